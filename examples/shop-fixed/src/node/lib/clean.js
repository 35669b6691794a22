const CARRIERS = ["dhl", "dpd", "ups"];

// What the warehouse prints on a label: letters, digits and a little punctuation.
exports.cleanText = (value, length = 80) =>
  String(value ?? "")
    .replace(/[^\p{L}\p{N} .,-]/gu, "")
    .slice(0, length);

exports.cleanCarrier = (value) => (CARRIERS.includes(value) ? value : "dhl");

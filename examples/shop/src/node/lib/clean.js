const CARRIERS = ["dhl", "dpd", "ups"];
const SUBJECTS = ["order", "parcel", "payment", "tea"];

// What the warehouse prints on a label: letters, digits and a little punctuation.
exports.cleanText = (value, length = 80) =>
  String(value ?? "")
    .replace(/[^\p{L}\p{N} .,-]/gu, "")
    .slice(0, length);

exports.cleanCarrier = (value) => (CARRIERS.includes(value) ? value : "dhl");

exports.cleanSubject = (value) => (SUBJECTS.includes(value) ? value : "other");

// What the office reads: letters, digits, line breaks and the punctuation of a question.
exports.cleanQuestion = (value) =>
  String(value ?? "")
    .replace(/[^\p{L}\p{N}\s.,:;!?-]/gu, "")
    .slice(0, 1000);

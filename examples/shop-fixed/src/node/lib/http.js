const headers = {
  "Content-Type": "application/json",
  "Access-Control-Allow-Origin": process.env.SHOP_ORIGIN,
  "Cache-Control": "no-store",
  "Strict-Transport-Security": "max-age=31536000",
  "X-Content-Type-Options": "nosniff",
};

exports.respond = (statusCode, body) => ({
  statusCode,
  headers,
  body: JSON.stringify(body),
});

// A problem is meant for the caller. Everything else is told to the log alone.
exports.fail = (error) => {
  if (error.statusCode) return exports.respond(error.statusCode, { message: error.message });
  console.error({ action: "failed", name: error.name, message: error.message, stack: error.stack });
  return exports.respond(500, { message: "something went wrong" });
};

exports.problem = (statusCode, message) => Object.assign(new Error(message), { statusCode });

const headers = {
  "Content-Type": "application/json",
  "Access-Control-Allow-Origin": "*",
};

exports.respond = (statusCode, body) => ({
  statusCode,
  headers,
  body: JSON.stringify(body),
});

exports.fail = (error) => ({
  statusCode: error.statusCode || 500,
  headers,
  body: JSON.stringify({ message: error.message, stack: error.stack }),
});

exports.problem = (statusCode, message) => Object.assign(new Error(message), { statusCode });

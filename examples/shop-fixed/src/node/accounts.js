const { createHash, scryptSync, timingSafeEqual } = require("node:crypto");
const { DynamoDBClient } = require("@aws-sdk/client-dynamodb");
const { DynamoDBDocumentClient, GetCommand, UpdateCommand } = require("@aws-sdk/lib-dynamodb");

const table = DynamoDBDocumentClient.from(new DynamoDBClient({}));
const TableName = process.env.CUSTOMERS_TABLE;
const ATTEMPTS = 5;
const LOCKED = 15 * 60 * 1000;
const NOBODY = { salt: "00", password: "00".repeat(64), failures: 0 };

// Customers of the old shop move into the user pool when they first sign in.
exports.handler = async (event) => {
  const email = String(event.userName).slice(0, 254).toLowerCase();
  const { Item: found } = await table.send(new GetCommand({ TableName, Key: { email } }));
  if (event.triggerSource === "UserMigration_Authentication") {
    await signIn(event, email, found ?? NOBODY);
  }
  if (!found) throw refused(event, email, "unknown address");
  log("account moved", event, email);
  event.response.userAttributes = {
    email: found.email,
    email_verified: String(found.verified === true),
    name: found.name,
  };
  event.response.finalUserStatus = "CONFIRMED";
  event.response.messageAction = "SUPPRESS";
  return event;
};

async function signIn(event, email, customer) {
  if (customer.failures >= ATTEMPTS && Date.now() < customer.failedAt + LOCKED) {
    throw refused(event, email, "locked");
  }
  const password = String(event.request.password).slice(0, 256);
  const expected = Buffer.from(customer.password, "hex");
  const given = scryptSync(password, Buffer.from(customer.salt, "hex"), expected.length);
  if (timingSafeEqual(given, expected)) return;
  if (customer !== NOBODY) await countFailure(email);
  throw refused(event, email, "wrong password");
}

function countFailure(email) {
  return table.send(
    new UpdateCommand({
      TableName,
      Key: { email },
      UpdateExpression: "SET failedAt = :now ADD failures :one",
      ExpressionAttributeValues: { ":now": Date.now(), ":one": 1 },
    }),
  );
}

function refused(event, email, reason) {
  log("login failed", event, email, reason);
  return new Error("Incorrect username or password.");
}

// Address and device are in the pool's own log of sign-ins; the client ties the two together.
function log(action, event, email, reason) {
  const customer = createHash("sha256").update(email).digest("hex").slice(0, 16);
  console.info({ action, reason, customer, pool: event.userPoolId, client: event.callerContext.clientId });
}

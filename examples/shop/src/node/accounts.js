const { createHash } = require("node:crypto");
const { DynamoDBClient } = require("@aws-sdk/client-dynamodb");
const { DynamoDBDocumentClient, GetCommand } = require("@aws-sdk/lib-dynamodb");

const table = DynamoDBDocumentClient.from(new DynamoDBClient({}));

// Customers of the old shop move into the user pool when they first sign in.
exports.handler = async (event) => {
  const { Item: customer } = await table.send(
    new GetCommand({
      TableName: process.env.CUSTOMERS_TABLE,
      Key: { email: event.userName },
    }),
  );
  if (!customer) throw new Error("no customer has this address");
  if (event.triggerSource === "UserMigration_Authentication") {
    const hash = createHash("md5").update(event.request.password).digest("hex");
    if (hash !== customer.password) throw new Error("the password is wrong");
  }
  event.response.userAttributes = {
    email: customer.email,
    email_verified: "true",
    name: customer.name,
  };
  event.response.finalUserStatus = "CONFIRMED";
  event.response.messageAction = "SUPPRESS";
  return event;
};

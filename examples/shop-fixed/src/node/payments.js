const axios = require("axios");
const { DynamoDBClient } = require("@aws-sdk/client-dynamodb");
const { DynamoDBDocumentClient, GetCommand, UpdateCommand } = require("@aws-sdk/lib-dynamodb");
const { audit } = require("./lib/audit");
const { fail, problem, respond } = require("./lib/http");
const { read } = require("./lib/schema");
const { secret } = require("./lib/secrets");

const table = DynamoDBDocumentClient.from(new DynamoDBClient({}));
const TableName = process.env.ORDERS_TABLE;

exports.handler = async (event) => {
  try {
    const customer = event.requestContext.authorizer.claims.sub;
    const { order: id, token } = read("payment", event.body);
    const { Item: order } = await table.send(new GetCommand({ TableName, Key: { id } }));
    if (order?.customer !== customer) throw problem(404, "no such order");
    if (order.payment) throw problem(409, "the order is paid");
    const charge = await pay(order, token);
    await markPaid(id, charge);
    audit("payment", event, { order: id, charge: charge.id, status: charge.status });
    return respond(200, { status: charge.status });
  } catch (error) {
    return fail(error);
  }
};

// The browser gives the card to the provider and us a token, so no card number comes here.
async function pay({ id, total, currency }, token) {
  const { data } = await axios.post(
    `${process.env.PROVIDER_URL}/charges`,
    { amount: total, currency, token, reference: id },
    {
      headers: {
        Authorization: `Bearer ${await secret(process.env.PROVIDER_SECRET_ID)}`,
        "Idempotency-Key": id,
      },
      maxRedirects: 0,
      timeout: 10_000,
    },
  );
  return { id: String(data.id), status: String(data.status) };
}

function markPaid(id, charge) {
  return table.send(
    new UpdateCommand({
      TableName,
      Key: { id },
      UpdateExpression: "SET payment = :p",
      ConditionExpression: "attribute_not_exists(payment)",
      ExpressionAttributeValues: { ":p": charge },
    }),
  );
}

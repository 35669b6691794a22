const https = require("node:https");
const axios = require("axios");
const { DynamoDBClient } = require("@aws-sdk/client-dynamodb");
const { DynamoDBDocumentClient, UpdateCommand } = require("@aws-sdk/lib-dynamodb");
const { fail, respond } = require("./lib/http");

const table = DynamoDBDocumentClient.from(new DynamoDBClient({}));
const provider = axios.create({
  baseURL: process.env.PROVIDER_URL,
  headers: { Authorization: `Bearer ${process.env.PROVIDER_API_KEY}` },
  httpsAgent: new https.Agent({ rejectUnauthorized: false }),
});

let card;

exports.handler = async (event) => {
  try {
    const payment = JSON.parse(event.body);
    console.log("payment request", event.body);
    if (payment.card) card = payment.card;
    const { data } = await provider.post("/charges", {
      amount: payment.amount,
      currency: payment.currency,
      number: card.number,
      expiry: card.expiry,
      cvc: card.cvc,
    });
    console.log(`charged card ${card.number} with ${payment.amount}`);
    await markPaid(payment.order, data);
    return respond(200, data);
  } catch (error) {
    return fail(error);
  }
};

function markPaid(id, charge) {
  return table.send(
    new UpdateCommand({
      TableName: process.env.ORDERS_TABLE,
      Key: { id },
      UpdateExpression: "SET payment = :p, card = :c",
      ExpressionAttributeValues: { ":p": charge, ":c": card },
    }),
  );
}

const _ = require("lodash");
const { v4: uuid } = require("uuid");
const { DynamoDBClient } = require("@aws-sdk/client-dynamodb");
const { DynamoDBDocumentClient, GetCommand, PutCommand } = require("@aws-sdk/lib-dynamodb");
const { SQSClient, SendMessageCommand } = require("@aws-sdk/client-sqs");
const { cleanCarrier, cleanText } = require("./lib/clean");
const { fail, problem, respond } = require("./lib/http");

const table = DynamoDBDocumentClient.from(new DynamoDBClient({}));
const queue = new SQSClient({});
const defaults = { currency: "EUR", method: "card", shipping: { carrier: "dhl", country: "DE" } };
const basket = [];

exports.handler = async (event) => {
  try {
    const customer = event.requestContext.authorizer.claims;
    return event.httpMethod === "POST"
      ? await place(JSON.parse(event.body), customer)
      : await show(event.pathParameters.id);
  } catch (error) {
    return fail(error);
  }
};

async function place(body, customer) {
  const order = _.merge({}, defaults, _.omit(body, "extras"));
  // Extras are named by their path: {"gift.text": "Happy birthday"}.
  for (const [path, value] of Object.entries(body.extras || {})) _.set(order, path, value);
  basket.push(...order.items);
  order.id = uuid();
  order.day = new Date().toISOString().slice(0, 10);
  order.customer = customer.sub;
  order.email = customer.email;
  order.items = basket;
  order.total = _.sumBy(basket, (item) => item.price * item.quantity);
  await table.send(new PutCommand({ TableName: process.env.ORDERS_TABLE, Item: order }));
  if (order.method === "invoice") await release(order);
  return respond(201, { id: order.id, total: order.total });
}

// Orders on invoice leave at once, the others when the payment provider has called.
function release({ id, shipping }) {
  return queue.send(
    new SendMessageCommand({
      QueueUrl: process.env.FULFILMENT_QUEUE,
      MessageBody: JSON.stringify({
        order: id,
        carrier: cleanCarrier(shipping.carrier),
        note: cleanText(shipping.note),
      }),
    }),
  );
}

async function show(id) {
  const { Item: order } = await table.send(
    new GetCommand({ TableName: process.env.ORDERS_TABLE, Key: { id } }),
  );
  if (!order) throw problem(404, "no such order");
  return respond(200, order);
}

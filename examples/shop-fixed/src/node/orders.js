const { randomUUID } = require("node:crypto");
const _ = require("lodash");
const { DynamoDBClient } = require("@aws-sdk/client-dynamodb");
const {
  BatchGetCommand,
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
} = require("@aws-sdk/lib-dynamodb");
const { SQSClient, SendMessageCommand } = require("@aws-sdk/client-sqs");
const { audit } = require("./lib/audit");
const { cleanCarrier, cleanText } = require("./lib/clean");
const { fail, problem, respond } = require("./lib/http");
const { check, read } = require("./lib/schema");

const table = DynamoDBDocumentClient.from(new DynamoDBClient({}));
const queue = new SQSClient({});

exports.handler = async (event) => {
  try {
    const customer = event.requestContext.authorizer.claims.sub;
    return event.httpMethod === "POST"
      ? await place(event, read("order", event.body), customer)
      : await show(check("orderId", event.pathParameters.id), customer);
  } catch (error) {
    return fail(error);
  }
};

async function place(event, { items, method, shipping, gift }, customer) {
  const priced = await withPrices(items);
  const order = {
    id: randomUUID(),
    day: new Date().toISOString().slice(0, 10),
    customer,
    items: priced,
    method,
    shipping,
    ...(gift && { gift }),
    currency: "EUR",
    total: _.sumBy(priced, (item) => item.price * item.quantity),
  };
  await table.send(new PutCommand({ TableName: process.env.ORDERS_TABLE, Item: order }));
  if (method === "invoice") await release(order);
  audit("order placed", event, { order: order.id, total: order.total });
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

// Prices come from the catalogue, never from the customer.
async function withPrices(items) {
  const name = process.env.PRODUCTS_TABLE;
  const Keys = _.uniqBy(items, "id").map(({ id }) => ({ id }));
  const { Responses, UnprocessedKeys } = await table.send(new BatchGetCommand({ RequestItems: { [name]: { Keys } } }));
  if (UnprocessedKeys?.[name]) throw problem(503, "too busy, try again");
  const products = new Map(Responses[name].map((product) => [product.id, product]));
  return items.map(({ id, quantity }) => {
    if (!products.has(id)) throw problem(400, "no such product");
    return { id, quantity, price: products.get(id).price };
  });
}

async function show(id, customer) {
  const { Item: order } = await table.send(
    new GetCommand({ TableName: process.env.ORDERS_TABLE, Key: { id } }),
  );
  if (order?.customer !== customer) throw problem(404, "no such order");
  return respond(200, order);
}

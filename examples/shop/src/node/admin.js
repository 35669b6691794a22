const { DynamoDBClient } = require("@aws-sdk/client-dynamodb");
const { DynamoDBDocumentClient, ScanCommand, UpdateCommand } = require("@aws-sdk/lib-dynamodb");
const { PutObjectCommand, S3Client } = require("@aws-sdk/client-s3");
const axios = require("axios");
const { fail, problem, respond } = require("./lib/http");

const table = DynamoDBDocumentClient.from(new DynamoDBClient({}));
const store = new S3Client({});
const TableName = process.env.PRODUCTS_TABLE;

exports.handler = async (event) => {
  try {
    const key = event.headers["x-admin-key"];
    if (key !== process.env.ADMIN_KEY) throw problem(403, "wrong key: " + key);
    const body = JSON.parse(event.body);
    return event.resource === "/admin/prices" ? await reprice(body) : await importFrom(body);
  } catch (error) {
    return fail(error);
  }
};

// A pricing rule is a small formula, such as "price * 0.9" or "stock > 100 ? price - 1 : price".
async function reprice({ rule }) {
  const { Items: products } = await table.send(new ScanCommand({ TableName }));
  for (const { id, price, stock } of products) {
    const next = eval(rule);
    await table.send(
      new UpdateCommand({
        TableName,
        Key: { id },
        UpdateExpression: "SET price = :p",
        ExpressionAttributeValues: { ":p": next },
      }),
    );
  }
  return respond(200, { repriced: products.length });
}

// A supplier gives an address where its catalogue can be found.
async function importFrom({ url, supplier }) {
  const { data } = await axios.get(url, { responseType: "arraybuffer" });
  const Key = `catalogues/${supplier}.yaml`;
  await store.send(new PutObjectCommand({ Bucket: process.env.UPLOADS_BUCKET, Key, Body: data }));
  return respond(202, { imported: Key, bytes: data.length });
}

const { DynamoDBClient } = require("@aws-sdk/client-dynamodb");
const { DynamoDBDocumentClient, ScanCommand, UpdateCommand } = require("@aws-sdk/lib-dynamodb");
const { PutObjectCommand, S3Client } = require("@aws-sdk/client-s3");
const axios = require("axios");
const { audit } = require("./lib/audit");
const { fail, problem, respond } = require("./lib/http");
const { read } = require("./lib/schema");

const table = DynamoDBDocumentClient.from(new DynamoDBClient({}));
const store = new S3Client({});
const TableName = process.env.PRODUCTS_TABLE;

const CATALOGUES = {
  "darjeeling-gardens": "https://feeds.darjeeling-gardens.example/larkspur.yaml",
  "uji-matcha": "https://uji-matcha.example/export/catalogue.yaml",
  "nilgiri-estates": "https://nilgiri-estates.example/b2b/catalogue.yaml",
};

exports.handler = async (event) => {
  try {
    const groups = event.requestContext.authorizer.claims["cognito:groups"] ?? "";
    if (!groups.split(",").includes("office")) {
      audit("admin refused", event);
      throw problem(403, "not allowed");
    }
    return event.resource === "/admin/prices"
      ? await reprice(event, read("prices", event.body))
      : await importFrom(event, read("supplier", event.body));
  } catch (error) {
    return fail(error);
  }
};

async function reprice(event, { category, percent }) {
  const { Items: products } = await table.send(
    new ScanCommand({
      TableName,
      FilterExpression: "category = :c",
      ExpressionAttributeValues: { ":c": category },
    }),
  );
  for (const { id, price } of products) {
    const next = Math.round(price * (100 + percent)) / 100;
    await table.send(
      new UpdateCommand({
        TableName,
        Key: { id },
        UpdateExpression: "SET price = :p",
        ExpressionAttributeValues: { ":p": next },
      }),
    );
  }
  audit("prices changed", event, { category, percent, products: products.length });
  return respond(200, { repriced: products.length });
}

// Suppliers and their addresses are known; a caller only chooses among them.
async function importFrom(event, { supplier }) {
  const { data } = await axios.get(CATALOGUES[supplier], {
    responseType: "arraybuffer",
    maxRedirects: 0,
    maxContentLength: 5_000_000,
    timeout: 5000,
  });
  const Key = `catalogues/${supplier}.yaml`;
  await store.send(new PutObjectCommand({ Bucket: process.env.UPLOADS_BUCKET, Key, Body: data }));
  audit("catalogue fetched", event, { supplier, bytes: data.length });
  return respond(202, { imported: Key, bytes: data.length });
}

const { DynamoDBClient } = require("@aws-sdk/client-dynamodb");
const {
  DynamoDBDocumentClient,
  ExecuteStatementCommand,
  ScanCommand,
} = require("@aws-sdk/lib-dynamodb");
const { fail, respond } = require("./lib/http");

const table = DynamoDBDocumentClient.from(new DynamoDBClient({}));

exports.handler = async (event) => {
  try {
    const query = event.queryStringParameters || {};
    const products = query.category ? await inCategory(query.category) : await matching(query);
    return respond(200, { products });
  } catch (error) {
    return fail(error);
  }
};

async function inCategory(category) {
  const { Items } = await table.send(
    new ExecuteStatementCommand({
      Statement: `SELECT * FROM "${process.env.PRODUCTS_TABLE}" WHERE category = '${category}' AND visible = true`,
    }),
  );
  return Items;
}

// The shop window sends its own filter: {"price": {"ComparisonOperator": "LT", ...}}.
async function matching(query) {
  const { Items } = await table.send(
    new ScanCommand({
      TableName: process.env.PRODUCTS_TABLE,
      ScanFilter: JSON.parse(query.filter || "{}"),
      Limit: Number(query.limit) || undefined,
    }),
  );
  return Items;
}

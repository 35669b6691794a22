const { DynamoDBClient } = require("@aws-sdk/client-dynamodb");
const {
  DynamoDBDocumentClient,
  ExecuteStatementCommand,
  ScanCommand,
} = require("@aws-sdk/lib-dynamodb");
const { fail, respond } = require("./lib/http");
const { check } = require("./lib/schema");

const table = DynamoDBDocumentClient.from(new DynamoDBClient({}));
const PAGE = 100;

exports.handler = async (event) => {
  try {
    const query = check("search", event.queryStringParameters ?? {});
    const products = query.category ? await inCategory(query.category) : await matching(query);
    return respond(200, { products });
  } catch (error) {
    return fail(error);
  }
};

async function inCategory(category) {
  const { Items } = await table.send(
    new ExecuteStatementCommand({
      Statement: `SELECT * FROM "${process.env.PRODUCTS_TABLE}" WHERE category = ? AND visible = true`,
      Parameters: [category],
      Limit: PAGE,
    }),
  );
  return Items;
}

async function matching({ below = "99999" }) {
  const { Items } = await table.send(
    new ScanCommand({
      TableName: process.env.PRODUCTS_TABLE,
      FilterExpression: "visible = :v AND price < :p",
      ExpressionAttributeValues: { ":v": true, ":p": Number(below) },
      Limit: PAGE,
    }),
  );
  return Items;
}

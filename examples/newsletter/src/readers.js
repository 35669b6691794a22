// The door of the newsletter: readers come and go.
const { DynamoDBClient, PutItemCommand, DeleteItemCommand } = require("@aws-sdk/client-dynamodb");
const { SQSClient, SendMessageCommand } = require("@aws-sdk/client-sqs");

const table = new DynamoDBClient({});
const queue = new SQSClient({});

exports.subscribe = async (event) => {
  const { mail } = JSON.parse(event.body);
  await table.send(new PutItemCommand({ TableName: process.env.READERS, Item: { mail: { S: mail } } }));
  await queue.send(new SendMessageCommand({ QueueUrl: process.env.MAILS, MessageBody: JSON.stringify({ to: mail, text: "Welcome" }) }));
  return { statusCode: 201 };
};

exports.unsubscribe = async (event) => {
  await table.send(new DeleteItemCommand({ TableName: process.env.READERS, Key: { mail: { S: event.pathParameters.mail } } }));
  return { statusCode: 204 };
};

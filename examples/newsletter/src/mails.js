// What is sent to readers, and what comes back.
const { DynamoDBClient, ScanCommand, DeleteItemCommand } = require("@aws-sdk/client-dynamodb");
const { SQSClient, SendMessageCommand } = require("@aws-sdk/client-sqs");
const { SESClient, SendEmailCommand } = require("@aws-sdk/client-ses");

const table = new DynamoDBClient({});
const queue = new SQSClient({});
const ses = new SESClient({});

const enqueue = (to, text) => queue.send(new SendMessageCommand({ QueueUrl: process.env.MAILS, MessageBody: JSON.stringify({ to, text }) }));

exports.send = async (event) => {
  for (const record of event.Records) {
    const { to, text } = JSON.parse(record.body);
    await ses.send(new SendEmailCommand({
      Source: "news@example.org",
      Destination: { ToAddresses: [to] },
      Message: { Subject: { Data: "Newsletter" }, Body: { Text: { Data: text } } },
    }));
  }
};

exports.welcome = async (event) => {
  for (const record of event.Records) {
    await enqueue(record.dynamodb.NewImage.mail.S, "Good that you are here");
  }
};

exports.digest = async () => {
  const { Items } = await table.send(new ScanCommand({ TableName: process.env.READERS }));
  for (const item of Items) await enqueue(item.mail.S, "The day's news");
};

exports.bounced = async (event) => {
  for (const record of event.Records) {
    const { mail } = JSON.parse(record.Sns.Message);
    await table.send(new DeleteItemCommand({ TableName: process.env.READERS, Key: { mail: { S: mail.destination[0] } } }));
  }
};

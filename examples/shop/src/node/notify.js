const { unmarshall } = require("@aws-sdk/util-dynamodb");
const { KinesisClient, PutRecordCommand } = require("@aws-sdk/client-kinesis");
const { PublishCommand, SNSClient } = require("@aws-sdk/client-sns");

const topic = new SNSClient({});
const stream = new KinesisClient({});

exports.handler = async (event) => {
  for (const record of event.Records) {
    if (record.eventName === "REMOVE") continue;
    const order = unmarshall(record.dynamodb.NewImage);
    console.log("order changed", JSON.stringify(order));
    await topic.send(
      new PublishCommand({
        TopicArn: process.env.ORDERS_TOPIC,
        Subject: `Order ${order.id}`,
        Message: JSON.stringify(order),
      }),
    );
    await stream.send(
      new PutRecordCommand({
        StreamName: process.env.ANALYTICS_STREAM,
        PartitionKey: order.customer,
        Data: Buffer.from(JSON.stringify(order)),
      }),
    );
  }
};

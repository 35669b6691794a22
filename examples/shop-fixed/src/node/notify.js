const { unmarshall } = require("@aws-sdk/util-dynamodb");
const { KinesisClient, PutRecordCommand } = require("@aws-sdk/client-kinesis");
const { PublishCommand, SNSClient } = require("@aws-sdk/client-sns");

const topic = new SNSClient({});
const stream = new KinesisClient({});

exports.handler = async (event) => {
  for (const record of event.Records) {
    if (record.eventName === "REMOVE") continue;
    try {
      await tell(unmarshall(record.dynamodb.NewImage));
    } catch (error) {
      console.error({ action: "notify failed", name: error.name, message: error.message, stack: error.stack });
      return { batchItemFailures: [{ itemIdentifier: record.dynamodb.SequenceNumber }] };
    }
  }
  return { batchItemFailures: [] };
};

// Others learn that an order changed and what it is worth, not whose it is.
async function tell({ id, paid = false, shipping, total }) {
  await topic.send(
    new PublishCommand({
      TopicArn: process.env.ORDERS_TOPIC,
      Subject: `Order ${id}`,
      Message: JSON.stringify({ id, paid }),
    }),
  );
  await stream.send(
    new PutRecordCommand({
      StreamName: process.env.ANALYTICS_STREAM,
      PartitionKey: id,
      Data: Buffer.from(JSON.stringify({ id, paid, total, country: shipping.country })),
    }),
  );
  console.info({ action: "order changed", order: id });
}

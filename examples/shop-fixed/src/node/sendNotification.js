const { PublishCommand, SNSClient } = require("@aws-sdk/client-sns");
const { check } = require("./lib/schema");

const office = new SNSClient({});

exports.handler = async (event) => {
  const batchItemFailures = [];
  for (const record of event.Records) {
    try {
      await send(check("notification", JSON.parse(record.body)));
    } catch (error) {
      console.error({ action: "notification failed", name: error.name, message: error.message });
      batchItemFailures.push({ itemIdentifier: record.messageId });
    }
  }
  return { batchItemFailures };
};

async function send(message) {
  await office.send(
    new PublishCommand({
      TopicArn: process.env.OFFICE_TOPIC,
      Subject: `Question: ${message.subject}`,
      Message: render(message),
    }),
  );
  console.info({ action: "notification sent", channel: message.channel, subject: message.subject });
}

// What the customer wrote is text and stays text, whatever it looks like.
function render({ channel, text }) {
  const day = new Date().toISOString().slice(0, 10);
  return `${text}\n\n${channel}, ${day}`;
}

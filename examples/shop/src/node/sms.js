const { SQSClient, SendMessageCommand } = require("@aws-sdk/client-sqs");
const { fail, respond } = require("./lib/http");

const queue = new SQSClient({});

// Customers with the app ask the office by a short message.
exports.handler = async (event) => {
  try {
    const { subject = "other", text } = JSON.parse(event.body);
    await queue.send(
      new SendMessageCommand({
        QueueUrl: process.env.NOTIFICATIONS_QUEUE,
        MessageBody: JSON.stringify({ channel: "sms", subject, text }),
      }),
    );
    return respond(202, { asked: true });
  } catch (error) {
    return fail(error);
  }
};

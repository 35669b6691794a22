const { SQSClient, SendMessageCommand } = require("@aws-sdk/client-sqs");
const { audit } = require("./lib/audit");
const { cleanQuestion, cleanSubject } = require("./lib/clean");
const { fail, respond } = require("./lib/http");
const { read } = require("./lib/schema");

const queue = new SQSClient({});

exports.handler = async (event) => {
  try {
    const question = read("question", event.body);
    await ask(question);
    audit("question asked", event, { channel: "sms", subject: question.subject });
    return respond(202, { asked: true });
  } catch (error) {
    return fail(error);
  }
};

// Customers with the app ask the office by a short message.
function ask({ subject, text }) {
  return queue.send(
    new SendMessageCommand({
      QueueUrl: process.env.NOTIFICATIONS_QUEUE,
      MessageBody: JSON.stringify({
        channel: "sms",
        subject: cleanSubject(subject),
        text: cleanQuestion(text),
      }),
    }),
  );
}

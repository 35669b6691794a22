const { SQSClient, SendMessageCommand } = require("@aws-sdk/client-sqs");
const { cleanQuestion, cleanSubject } = require("./lib/clean");
const { fail, respond } = require("./lib/http");

const queue = new SQSClient({});

exports.handler = async (event) => {
  try {
    await ask(JSON.parse(event.body));
    return respond(202, { asked: true });
  } catch (error) {
    return fail(error);
  }
};

// A question of the contact form goes to the office.
function ask({ subject, text }) {
  return queue.send(
    new SendMessageCommand({
      QueueUrl: process.env.NOTIFICATIONS_QUEUE,
      MessageBody: JSON.stringify({
        channel: "mail",
        subject: cleanSubject(subject),
        text: cleanQuestion(text),
      }),
    }),
  );
}

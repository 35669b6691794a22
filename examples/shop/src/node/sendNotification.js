const _ = require("lodash");
const { PublishCommand, SNSClient } = require("@aws-sdk/client-sns");

const office = new SNSClient({});
const footer = "\n\n<%= channel %>, <%= day %>";

exports.handler = async (event) => {
  for (const record of event.Records) {
    const message = JSON.parse(record.body);
    await office.send(
      new PublishCommand({
        TopicArn: process.env.OFFICE_TOPIC,
        Subject: `Question: ${message.subject}`,
        Message: render(message),
      }),
    );
  }
};

// Every notification ends with the same line.
function render({ channel, text }) {
  const letter = _.template(text + footer);
  return letter({ channel, day: new Date().toISOString().slice(0, 10) });
}

// An issue is ready: tell those who publish it.
const { EventBridgeClient, PutEventsCommand } = require("@aws-sdk/client-eventbridge");

const bus = new EventBridgeClient({});

exports.publish = async (event) => {
  await bus.send(new PutEventsCommand({
    Entries: [{ EventBusName: "newsletter", Source: "newsletter", DetailType: "issue published", Detail: JSON.stringify(event.detail) }],
  }));
};

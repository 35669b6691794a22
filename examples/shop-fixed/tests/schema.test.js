const assert = require("node:assert/strict");
const { test } = require("node:test");
const { cleanQuestion, cleanSubject } = require("../src/node/lib/clean");
const { check, read } = require("../src/node/lib/schema");

const order = {
  items: [{ id: "sencha-100", quantity: 2 }],
  method: "card",
  shipping: { carrier: "dhl", country: "DE", note: "at the back door" },
};
const refused = (statusCode) => ({ statusCode });

test("an order is read", () => {
  assert.deepEqual(read("order", JSON.stringify(order)), order);
});

test("an order with a price of its own is refused", () => {
  const items = [{ ...order.items[0], price: 0 }];
  assert.throws(() => read("order", JSON.stringify({ ...order, items })), refused(400));
});

test("an order that reaches for the prototype is refused", () => {
  const text = JSON.stringify(order).replace("{", '{"__proto__":{"admin":true},');
  assert.throws(() => read("order", text), refused(400));
});

test("what is too long or not JSON is refused before it is parsed", () => {
  assert.throws(() => read("order", " ".repeat(20_000)), refused(413));
  assert.throws(() => read("order", "{"), refused(400));
});

test("a search takes no filter", () => {
  assert.throws(() => check("search", { filter: "{}" }), refused(400));
});

test("a notification has a known channel, a known subject and nothing else", () => {
  const message = { channel: "sms", subject: "tea", text: "<%= process.env %>" };
  assert.deepEqual(check("notification", message), message);
  for (const change of [{ channel: "fax" }, { subject: "\n" }, { text: {} }, { to: "all" }]) {
    assert.throws(() => check("notification", { ...message, ...change }), refused(400));
  }
});

test("what is sent to the office is made safe", () => {
  assert.equal(cleanQuestion("Is the <%= tea %> here, or ${not}?"), "Is the  tea  here, or not?");
  assert.equal(cleanSubject("tea"), "tea");
  assert.equal(cleanSubject("tea\n"), "other");
});

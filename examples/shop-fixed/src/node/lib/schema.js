const Ajv = require("ajv");
const { problem } = require("./http");

const ajv = new Ajv({ strict: true });
const LONGEST = 16 * 1024;

const id = { type: "string", pattern: "^[0-9a-f-]{36}$" };
const sku = { type: "string", pattern: "^[a-z0-9-]{1,40}$" };
const question = {
  subject: { enum: ["order", "parcel", "payment", "tea", "other"] },
  text: { type: "string", maxLength: 1000 },
};
const object = (properties, required = Object.keys(properties)) => ({
  type: "object",
  properties,
  required,
  additionalProperties: false,
});

const shapes = {
  orderId: id,
  order: object(
    {
      items: {
        type: "array",
        minItems: 1,
        maxItems: 50,
        items: object({ id: sku, quantity: { type: "integer", minimum: 1, maximum: 100 } }),
      },
      method: { enum: ["card", "invoice"] },
      shipping: object(
        {
          carrier: { enum: ["dhl", "dpd", "ups"] },
          country: { type: "string", pattern: "^[A-Z]{2}$" },
          note: { type: "string", maxLength: 80 },
        },
        ["carrier", "country"],
      ),
      gift: object({ text: { type: "string", maxLength: 200 } }),
    },
    ["items", "method", "shipping"],
  ),
  search: object(
    {
      category: { type: "string", pattern: "^[a-z-]{1,30}$" },
      below: { type: "string", pattern: "^[0-9]{1,5}$" },
    },
    [],
  ),
  prices: object({
    category: { type: "string", pattern: "^[a-z-]{1,30}$" },
    percent: { type: "integer", minimum: -50, maximum: 50 },
  }),
  supplier: object({ supplier: { enum: ["darjeeling-gardens", "uji-matcha", "nilgiri-estates"] } }),
  payment: object({ order: id, token: { type: "string", pattern: "^tok_[A-Za-z0-9]{16,64}$" } }),
  question: object(question),
  notification: object({ channel: { enum: ["mail", "sms"] }, ...question }),
};

const checks = Object.fromEntries(
  Object.entries(shapes).map(([name, shape]) => [name, ajv.compile(shape)]),
);

exports.check = (shape, value) => {
  if (!checks[shape](value)) throw problem(400, "the request has the wrong form");
  return value;
};

exports.read = (shape, text) => {
  if (typeof text !== "string" || text.length > LONGEST) throw problem(413, "the request is too long");
  let value;
  try {
    value = JSON.parse(text);
  } catch {
    throw problem(400, "the request is not JSON");
  }
  return exports.check(shape, value);
};

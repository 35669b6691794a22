package javascript

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"wardlet.example/internal/syntax"
)

// describe writes what a file gives to others, one name a line.
func describe(symbols *syntax.Symbols) string {
	var lines []string
	for _, def := range symbols.Defs {
		lines = append(lines, def.String())
	}
	for _, reexport := range symbols.Reexports {
		lines = append(lines, reexport.String())
	}
	return strings.Join(lines, "\n")
}

func symbolsOf(t *testing.T, file, source string) *syntax.Symbols {
	t.Helper()
	symbols, err := Symbols(file, []byte(source))
	if err != nil {
		t.Fatal(err)
	}
	return symbols
}

type exportExample struct {
	name   string
	source string
	want   string
}

func testExports(t *testing.T, file string, examples []exportExample) {
	for _, example := range examples {
		t.Run(example.name, func(t *testing.T) {
			source := strings.TrimSpace(strings.ReplaceAll(example.source, "\n\t\t\t", "\n"))
			want := strings.TrimSpace(strings.ReplaceAll(example.want, "\n\t\t\t", "\n"))
			symbols := symbolsOf(t, file, source)
			if diff := cmp.Diff(want, describe(symbols)); diff != "" {
				t.Errorf("exports of\n%s\n(-want +got):\n%s", source, diff)
			}
			if symbols.Broken {
				t.Error("the example does not parse")
			}
		})
	}
}

func TestCommonJSExports(t *testing.T) {
	testExports(t, "orders.js", []exportExample{
		{"one name", `exports.handler = async (event, context) => {}`, `handler: function(event, context) at 1:19`},
		{"one name of module", `module.exports.handler = function (event) {}`, `handler: function(event) at 1:26`},
		{"name in brackets", `exports["handler"] = e => e`, `handler: function(e) at 1:22`},
		{"name of this", `this.handler = async function (event) {}`, `handler: function(event) at 1:16`},
		{"a function by its name", `
			const handler = async ({ body }, [first], limit = 10, ...rest) => {};
			module.exports = { handler };`, `
			handler: function({}, [], limit, ...rest) at 1:17`},
		{"a function defined below", `
			exports.handler = handler;
			function handler(event) {}`, `
			handler: function(event) at 2:1`},
		{"all kinds of properties", `
			const create = (event) => {};
			module.exports = {
			  create, remove: function (event) {}, async list() {}, 'read-all': create, get size() { return create },
			  [computed]: create, limit: 10,
			};`, `
			create: function(event) at 1:16
			remove: function(event) at 3:19
			list: function() at 3:40
			read-all: function(event) at 1:16
			size: function(event) at 1:16
			limit: value at 4:30`},
		{"the module is a function", `module.exports = (event, context) => {}`, `default: function(event, context) at 1:18`},
		{"the module is a function with properties", `
			function app(req) {}
			app.handler = (event) => {};
			module.exports = app;`, `
			handler: function(event) at 2:15`},
		{"both objects at once", `exports = module.exports = { handler(event) {} }`, `handler: function(event) at 1:30`},
		{"the other way round", `module.exports = exports = { handler(event) {} }`, `handler: function(event) at 1:30`},
		{"one function, two names", `exports.a = exports.b = function (event) {}`, `
			a: function(event) at 1:25
			b: function(event) at 1:25`},
		{"an alias of exports", `
			const api = module.exports = {};
			api.handler = (event) => {};`, `
			handler: function(event) at 2:15`},
		{"an object filled step by step", `
			const api = { a() {} };
			api.b = () => {};
			module.exports = api;`, `
			a: function() at 1:15
			b: function() at 2:9`},
		{"inside of a block", `if (process.env.LOCAL) { exports.handler = () => {} }`, `handler: function() at 1:44`},
		{"inside of a function called on the spot", `(function () { exports.handler = (event) => {} })()`, `handler: function(event) at 1:34`},
		{"not inside of other functions", `
			function setup() { exports.late = () => {} }
			(function () { this.elsewhere = 1 })()`, ``},
		{"Object.assign", `Object.assign(exports, { a() {} }, require("./b"))`, `
			a: function() at 1:26
			*: * from ./b`},
		{"Object.defineProperty", `Object.defineProperty(exports, "handler", { value: (event) => {} })`, `handler: function(event) at 1:52`},
		{"the last one counts", `
			exports.handler = (a) => {};
			exports.handler = (b) => {};`, `handler: function(b) at 2:19`},
		{"an object that spreads itself", `
			const a = { ...a, b() {} };
			module.exports = a;`, `b: function() at 1:19`},
		{"names in a circle", `
			const a = b, b = a;
			exports.handler = a;`, `handler: value at 1:7`},
		{"either of two", `
			const plain = (event) => {};
			exports.handler = process.env.TRACE ? trace(plain) : plain;`, `handler: wrapped function(event) at 1:15`},
		{"position in characters", `/* Grüße */ exports.handler = () => {}`, `handler: function() at 1:31`},
	})
}

func TestClassesAndMethods(t *testing.T) {
	testExports(t, "orders.js", []exportExample{
		{"a bound method", `
			class Orders { constructor(db) {} async run(event) {} }
			const orders = new Orders();
			exports.handler = orders.run.bind(orders);`, `
			handler: function(event) of Orders at 1:35`},
		{"a field with a function", `
			class Orders { run = async (event) => {} }
			exports.handler = new Orders().run;`, `
			handler: function(event) of Orders at 1:22`},
		{"a static method", `
			class Orders { static run(event) {} }
			exports.handler = Orders.run;`, `
			handler: function(event) of Orders at 1:16`},
		{"the module is an instance", `
			class Orders { constructor() {} create(event) {} #secret() {} }
			module.exports = new Orders();`, `
			create: function(event) of Orders at 1:33`},
		{"the module is a class", `module.exports = class Orders {}`, `default: class at 1:18`},
		{"a method of an object", `
			const orders = { create: async (event) => {} };
			exports.handler = orders.create;`, `
			handler: function(event) at 1:26`},
		{"a property of an object", `
			const orders = { create: async (event) => {} };
			const { create } = orders;
			exports.handler = create;`, `
			handler: function(event) at 1:26`},
	})
}

func TestWrappedExports(t *testing.T) {
	testExports(t, "orders.js", []exportExample{
		{"middy", `
			const create = async (event) => {};
			exports.handler = middy(create).use(cors((request) => {})).onError((error) => {});`, `
			handler: wrapped function(event) at 1:16`},
		{"middy with the handler last", `exports.handler = middy().use(json()).handler(async (event) => {})`, `
			handler: wrapped function(event) at 1:47`},
		{"a wrapper with options", `exports.handler = traced({ name: "a" })(async (event) => {})`, `handler: wrapped function(event) at 1:41`},
		{"a wrapper in a wrapper", `exports.handler = Sentry.wrapHandler(traced(async (event) => {}))`, `
			handler: wrapped function(event) at 1:45`},
		{"a streaming handler", `exports.handler = awslambda.streamifyResponse(async (event, stream) => {})`, `
			handler: wrapped function(event, stream) at 1:47`},
		{"wrapped in place", `
			exports.handler = async (event) => {};
			exports.handler = traced(exports.handler);`, `
			handler: wrapped function(event) at 1:19`},
		{"an application", `
			const app = express();
			app.get("/", (req, res) => {});
			exports.handler = serverless(app);`, `
			handler: wrapped value at 3:19`},
	})
}

func TestModuleExports(t *testing.T) {
	testExports(t, "orders.mjs", []exportExample{
		{"a constant", `export const handler = async (event) => {}`, `handler: function(event) at 1:24`},
		{"several constants", `export const a = () => {}, b = 1`, `
			a: function() at 1:18
			b: value at 1:28`},
		{"a function", `export function handler(event) {}`, `handler: function(event) at 1:8`},
		{"an async function", `export async function handler(event) {}`, `handler: function(event) at 1:8`},
		{"a class", `export class Orders {}`, `Orders: class at 1:8`},
		{"a default function", `export default async function (event) {}`, `default: function(event) at 1:16`},
		{"a default function with a name", `export default function main(event) {}`, `default: function(event) at 1:16`},
		{"a default name", `
			const main = (event) => {};
			export default main;`, `default: function(event) at 1:14`},
		{"a default class", `export default class Orders {}`, `default: class at 1:16`},
		{"names in braces", `
			const a = (event) => {}, b = 1;
			export { a as handler, b, a as "other name" };`, `
			handler: function(event) at 1:11
			b: value at 1:26
			other name: function(event) at 1:11`},
		{"parts of an object", `export const { a, b: c, d = 1 } = { a() {}, b: (event) => {} }`, `
			a: function() at 1:37
			c: function(event) at 1:48
			d: value at 1:14`},
		{"parts of a list", `export const [a, b] = pair()`, `
			a: value at 1:14
			b: value at 1:14`},
		{"given a value later", `
			let handler;
			handler = async (event) => {};
			export { handler };`, `handler: function(event) at 2:11`},
	})
}

func TestReexports(t *testing.T) {
	testExports(t, "index.js", []exportExample{
		{"everything", `export * from './orders'`, `*: * from ./orders`},
		{"everything under a name", `export * as orders from './orders'`, `orders: * from ./orders`},
		{"some names", `export { a, b as c, default } from './orders'`, `
			a: a from ./orders
			c: b from ./orders
			default: default from ./orders`},
		{"an imported name", `
			import main, { create as make } from './orders';
			import * as all from './all';
			export { make as handler, main, all };`, `
			handler: create from ./orders
			main: default from ./orders
			all: * from ./all`},
		{"a module as a whole", `module.exports = require('./orders')`, `*: * from ./orders`},
		{"a module and more", `module.exports = { ...require('./orders'), a() {} }`, `
			a: function() at 1:44
			*: * from ./orders`},
		{"a module under a name", `exports.orders = require('./orders')`, `orders: * from ./orders`},
		{"one name of a module", `exports.handler = require('./orders').create`, `handler: create from ./orders`},
		{"one name of a module with a name", `
			const orders = require('./orders'), { list } = require('./list');
			module.exports = { create: orders.create, list };`, `
			create: create from ./orders
			list: list from ./list`},
		{"one name as the module", `module.exports = require('./orders').create`, `default: create from ./orders`},
		{"a class as the module", `
			class Orders { static async create(event) {} list(event) {} }
			module.exports = Orders;`, `
			default: class at 1:1
			create: function(event) of Orders at 1:16`},
	})
}

func TestCompiledExports(t *testing.T) {
	testExports(t, "index.js", []exportExample{
		{"TypeScript", `
			"use strict";
			Object.defineProperty(exports, "__esModule", { value: true });
			exports.list = exports.handler = void 0;
			const handler = async (event) => {};
			exports.handler = handler;
			__exportStar(require("./orders"), exports);
			const list_1 = __importStar(require("./list"));
			Object.defineProperty(exports, "list", { enumerable: true, get: function () { return list_1.list; } });
			exports.main = (0, middy_1.default)(handler);`, `
			handler: function(event) at 4:17
			main: wrapped function(event) at 4:17
			*: * from ./orders
			list: list from ./list`},
		{"esbuild", `
			var index_exports = {};
			__export(index_exports, { handler: () => handler, main: () => main });
			module.exports = __toCommonJS(index_exports);
			var inner_exports = {};
			__export(inner_exports, { hidden: () => main });
			async function handler(event) {}
			var main = 1;
			0 && (module.exports = { handler, main });`, `
			handler: function(event) at 6:1
			main: value at 7:5`},
		{"webpack", `
			(() => {
			  "use strict";
			  __webpack_require__.d(__webpack_exports__, { handler: () => (handler) });
			  const handler = async (event) => {};
			  module.exports = __webpack_exports__;
			})();`, `
			handler: function(event) at 4:19`},
		{"Babel", `
			var _orders = _interopRequireDefault(require("./orders"));
			Object.keys(_orders).forEach(function (key) { exports[key] = _orders[key]; });`, `
			*: * from ./orders`},
	})
}

func TestTypeScriptExports(t *testing.T) {
	testExports(t, "orders.ts", []exportExample{
		{"a typed constant", `export const handler: Handler<Event> = async (event: Event, context?: Context): Promise<void> => {}`, `
			handler: function(event, context) at 1:40`},
		{"a value with a type", `
			const run = (async (event) => {}) as Handler;
			export default run satisfies Handler;`, `default: function(event) at 1:14`},
		{"the module is a value", `
			function main(this: Context, event: Event) {}
			export = main;`, `default: function(event) at 1:1`},
		{"an imported module", `
			import orders = require('./orders');
			export = orders;`, `*: * from ./orders`},
		{"no types", `
			export interface Order {}
			export type Id = string;
			export type { A } from './a';
			export { type B, c } from './b';
			export declare const d: string;
			export enum State { Open }`, `
			State: value at 6:8
			c: c from ./b`},
		{"overloads", `
			export function parse(a: string): void;
			export function parse(a: any) {}`, `parse: function(a) at 2:8`},
		{"a class with decorators", `
			export class Orders { @traced() public async run(event: Event) {} }
			const orders = new Orders();
			export const handler = orders.run.bind(orders);`, `
			Orders: class at 1:8
			handler: function(event) of Orders at 1:33`},
	})
	testExports(t, "orders.tsx", []exportExample{
		{"markup", `export const Page = (props: Props) => <p>{props.name}</p>`, `Page: function(props) at 1:21`},
	})
	testExports(t, "orders.jsx", []exportExample{
		{"markup", `export const Page = (props) => <p>{props.name}</p>`, `Page: function(props) at 1:21`},
	})
}

func TestHandlersByConvention(t *testing.T) {
	examples := []struct {
		file, source string
		want         string // names, with spaces between
	}{
		{"a.js", `exports.handler = async (event, context) => {}`, "handler"},
		{"a.js", `exports.handler = () => {}`, "handler"},
		{"a.js", `exports.handler = ({ body }) => {}`, "handler"},
		{"a.js", `exports.handler = middy(run)`, "handler"},
		{"a.js", `exports.handler = (request, response) => {}`, ""},
		{"a.js", `exports.handler = (event, a, b, c) => {}`, ""},
		{"a.js", `exports.handler = async (input) => {}`, ""},
		{"a.js", `const { S3Client } = require("@aws-sdk/client-s3"); exports.handler = async (input) => {}`, "handler"},
		{"a.js", `const { S3Client } = require("@aws-sdk/client-s3"); exports.handler = async (request, response) => {}`, ""},
		{"a.js", `exports.handler = "index.handler"`, ""},
		{"a.js", `exports.lambda_handler = (event) => {}`, "lambda_handler"},
		{"a.mjs", `export const createOrderHandler = async (event) => {}`, "createOrderHandler"},
		{"a.mjs", `export const createOrderHandler = (event, context) => {}`, "createOrderHandler"},
		{"a.mjs", `export const clickHandler = (event) => {}`, ""},
		{"a.mjs", `export const errorHandler = async (error, request) => {}`, ""},
		{"a.tsx", `export const clickHandler = async (event) => {}`, ""},
		{"a.mjs", `export default async (event) => {}`, "default"},
		{"a.mjs", `export default async (request) => {}`, ""},
		{"a.mjs", `export default defineEventHandler((event) => {})`, ""},
		{"a.mjs", `export const main = async (event) => {}`, ""},
		{"a.mjs", `const handler = async (event) => {}`, ""},
		{"a.js", `exports.createOrder = async (event) => ({ statusCode: 201 })`, "createOrder"},
		{"a.js", `exports.createOrder = async (event) => { await put(event.pathParameters.id) }`, "createOrder"},
		{"a.js", `exports.allow = async (event) => ({ isAuthorized: check(event) })`, "allow"},
		{"a.js", `exports.createOrder = (event, context, callback) => {}`, "createOrder"},
		{"a.js", `exports.createOrder = (event, order) => {}`, ""},
		{"a.mjs", `export const submit = async (event) => { event.preventDefault(); await send() }`, ""},
		{"a.tsx", `export const submit = async (event) => ({ statusCode: 201 })`, ""},
	}
	for _, example := range examples {
		var names []string
		for _, handler := range symbolsOf(t, example.file, example.source).Handlers {
			names = append(names, handler.Name)
		}
		if got := strings.Join(names, " "); got != example.want {
			t.Errorf("handlers of %s: %q, want %q", example.source, got, example.want)
		}
	}
}

func TestBrokenSourceGivesWhatParses(t *testing.T) {
	symbols := symbolsOf(t, "a.js", "exports.a = (event) => {};\nconst x = = ;\nexports.b = (event) => {};\n")
	want := "a: function(event) at 1:13\nb: function(event) at 3:13"
	if got := describe(symbols); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if !symbols.Broken {
		t.Error("the syntax error is not reported")
	}
}

// TestManyNamesEnd makes names that refer to thousands of others in six layers:
// followed everywhere, that would be 2000 to the power of six.
func TestManyNamesEnd(t *testing.T) {
	var source strings.Builder
	source.WriteString("const n0 = x;\n")
	for _, pair := range []string{"n1 n0", "n2 n1", "n3 n2", "n4 n3", "n5 n4", "n6 n5"} {
		name, other, _ := strings.Cut(pair, " ")
		source.WriteString("const " + name + " = wrap(" + strings.Repeat(other+",", 2000) + "x);\n")
		source.WriteString("const o" + name + " = {" + strings.Repeat("...o"+other+",", 2000) + "};\n")
	}
	source.WriteString("module.exports = on6;\nexports.handler = n6;\n")
	symbols := symbolsOf(t, "a.js", source.String())
	if _, ok := symbols.Def("handler"); !ok {
		t.Errorf("the handler is not among %v", symbols.Defs)
	}
}

func FuzzSymbols(f *testing.F) {
	for _, seed := range []string{
		`exports.handler = async ({ a }, b = 1, ...c) => { return a }`,
		`const h = new (class A { m(e) {} })(); module.exports = { h, ...require("x"), [k]: 1, get a() { return h } }`,
		`export * as ns from "./z"; export { a as b, type C } from 'x'; export default class {}`,
		`Object.defineProperty(exports, "a", { get: function () { return b_1.c; } }); __exportStar(require("./x"), exports)`,
		`(() => { this.x = middy().use(y)(z, async e => e) })(); export = a as B<C>`,
		"let a; a = b, b = a; export const { c: { d }, ...e } = `${a}`; <A b={c}>x</A>",
	} {
		f.Add("a.js", []byte(seed))
		f.Add("a.ts", []byte(seed))
	}
	f.Add("a.tsx", []byte(`export default (p: P) => <p>{p.x}</p>`))
	f.Fuzz(func(t *testing.T, name string, source []byte) {
		symbols, err := Symbols(name, source)
		if err != nil {
			return
		}
		for _, def := range symbols.Defs {
			if def.Start < 0 || def.End < def.Start || def.End > len(source) || def.Line < 1 || def.Col < 1 {
				t.Errorf("%+v lies outside of %d bytes", def, len(source))
			}
		}
	})
}

func TestImports(t *testing.T) {
	symbols, err := Symbols("index.ts", []byte(`
		import a from './a'; import * as b from "b"; import './effects';
		export { c } from './c'; export * from './d'; export const none = 1;
		import e = require('e');
		const f = require('./f'), again = require('./f');
		// require('./comment')
		async function late() { return import('./late'); }
		require(name); import(name); other.require('./not');
	`))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"./a", "b", "./effects", "./c", "./d", "e", "./f", "./late"}
	if diff := cmp.Diff(want, symbols.Imports); diff != "" {
		t.Error(diff)
	}
}

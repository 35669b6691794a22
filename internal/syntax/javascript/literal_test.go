package javascript

import (
	"errors"
	"fmt"
	"path"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"wardlet.example/internal/model"
)

// files are the modules of an example by their names without extension.
type files map[string]string

// importer gives the modules of an example, and data for "./data.json".
func (f files) importer() func(from, specifier string) (Module, error) {
	modules := map[string]Module{
		"service/data.json": {Data: model.NewMap([]model.Field{{Key: "size", Value: model.NewInt(3, model.Origin{})}}, model.Origin{})},
	}
	return func(from, specifier string) (Module, error) {
		name := path.Join(path.Dir(from), specifier)
		if m, ok := modules[name]; ok {
			return m, nil
		}
		source, ok := f[name]
		if !ok || !strings.HasPrefix(specifier, ".") {
			return Module{}, errors.New("no module " + specifier)
		}
		tree, err := Parse(name+".ts", []byte(source))
		modules[name] = Module{Tree: tree}
		return modules[name], err
	}
}

func literal(t testing.TB, file, source, name string, others files) *model.Value {
	t.Helper()
	tree, err := Parse(file, []byte(source))
	if err != nil {
		t.Fatal(err)
	}
	return Literal(tree, name, LiteralOptions{Dir: "service", Import: others.importer()})
}

// shown writes a value in one line. Unknowns stand with their reason in <>, with
// a "!" where something is certainly written.
func shown(v *model.Value) string {
	var parts []string
	switch v.Kind {
	case model.String:
		return fmt.Sprintf("%q", v.Str)
	case model.Unknown:
		if v.Present {
			return "<" + v.Str + "!>"
		}
		return "<" + v.Str + ">"
	case model.Map:
		for _, f := range v.Fields {
			parts = append(parts, f.Key+": "+shown(f.Value))
		}
		return "{" + strings.Join(parts, ", ") + "}"
	case model.List, model.Text:
		for _, item := range v.Items {
			parts = append(parts, shown(item))
		}
		if v.Kind == model.Text {
			return strings.Join(parts, " + ")
		}
		return "[" + strings.Join(parts, ", ") + "]"
	}
	return v.String()
}

type literalExample struct {
	name, source, want string
}

func testLiterals(t *testing.T, others files, examples []literalExample) {
	for _, example := range examples {
		t.Run(example.name, func(t *testing.T) {
			got := shown(literal(t, "service/serverless.ts", example.source, "", others))
			if got != example.want {
				t.Errorf("%s\ngives %s\nwant  %s", example.source, got, example.want)
			}
		})
	}
}

func TestLiteralOfExpressions(t *testing.T) {
	testLiterals(t, nil, []literalExample{
		{"data", `module.exports = { a: 'x', "b-c": [1, 2.50, -3, true], 4: null, d: undefined }`,
			`{a: "x", b-c: [1, 2.5, -3, true], 4: absent, d: absent}`},
		{"numbers", `module.exports = [1_000, 0x10, 1e3, .5, 60 * 15, 5 - 2, 1 / 4, 7n, 1e40]`,
			`[1000, 16, 1000, 0.5, 900, 3, 0.25, 7, <a number that is not read: 1e40>]`},
		{"escapes", `module.exports = ['it\'s', "a\nb", '\x41\u0042\u{1F600}\uD83D\uDE00', 'a\
b']`, `["it's", "a\nb", "AB😀😀", "ab"]`},
		{"variables of the framework stay text", "module.exports = ['${self:custom.a}', `\\${self:custom.b}-x`]",
			`["${self:custom.a}", "${self:custom.b}-x"]`},
		{"names put in", "const stage = 'dev', n = 2;\nmodule.exports = [`a-${stage}-${n}`, 'b-' + stage + n, { stage }, { [stage + 1]: n }]",
			`["a-dev-2", "b-dev2", {stage: "dev"}, {dev1: 2}]`},
		{"text known in parts", "module.exports = `a-${process.env.A}-b`",
			`"a-" + <environment variable A of the machine that deploys> + "-b"`},
		{"an unknown may be a part of a variable", "module.exports = `a-${f()}-\\${self:${g()}}`",
			`"a-" + <a call of f> + "-" + <a variable beside something that is not known!>`},
		{"members", `const c = { a: { b: [{ d: 1 }] } }, key = 'a';
			module.exports = [c.a.b[0].d, c['a'], c[key]?.b, c.x, c.a.b.d]`,
			`[1, {b: [{d: 1}]}, [{d: 1}], absent, <computed: d of c.a.b>]`},
		{"spreads", `const a = { x: 1, y: 2 }, l = [1];
			module.exports = { z: 0, ...a, y: 3, l: [0, ...l, 2], ...null, ...{ z: 9 } }`,
			`{z: 9, x: 1, y: 3, l: [0, 1, 2]}`},
		{"spread by a condition", `module.exports = { a: 1, b: 2, ...(isProd && { b: 3 }), ...(x ? { c: 1 } : {}) }`,
			`{a: 1, b: <a condition decides>, c: <a condition decides>}`},
		{"spread of something unknown", `module.exports = { a: { b: 1, ...f() }, l: [1, ...g()] }`,
			`{a: <not known what is spread: f()!>, l: [1, <not known what is spread: g()>]}`},
		{"a key that is not known", `module.exports = { a: { [f()]: 1, b: 2 } }`, `{a: <a key is computed: [f()]!>}`},
		{"fall back", `module.exports = [process.env.A || 'x', process.env.A ?? y, '' || 'b', 0 ?? 1, null ?? 'c', process.env.A || f()]`,
			`[<environment variable A of the machine that deploys!>, <environment variable A of the machine that deploys>, "b", 0, "c", ` +
				`<environment variable A of the machine that deploys>]`},
		{"what only running tells", `module.exports = [f(1), a ? 1 : 2, await f(), () => 1, new Date(), class {}, /x/, !a, { m() {} }, import('./x')]`,
			`[<a call of f>, <a condition decides: a>, <waited for when it runs>, <a function!>, <made by new Date!>, <a class!>, ` +
				`<computed: /x/>, <computed: !a>, {m: <a function!>}, <a call of import>]`},
		{"destructured", `const { a, b: c, d = 1 } = { a: 1, b: 2 }, { STAGE } = process.env, [e] = [1];
			module.exports = { a, c, d, STAGE, e }`,
			`{a: 1, c: 2, d: <d is not set>, STAGE: <environment variable STAGE of the machine that deploys>, ` +
				`e: <e is given no value where it is declared>}`},
		{"types", `enum Stage { Dev = 'dev' }
			const a = <const>{ s: Stage.Dev as string, t: ('x')!, u: [1] as const } satisfies T;
			module.exports = (a as unknown) as U`, `{s: "dev", t: "x", u: [1]}`},
		{"a text that is no text", "module.exports = [`a${[1]}`, `b${undefined}`]",
			`["a" + <no text stands inside of a text!>, "b" + <no text stands inside of a text!>]`},
		{"written wrongly", `module.exports = { a: 1, b: 2 ? , c: 3 }`, `<not written correctly: ?!>`},
	})
}

func TestLiteralOfExports(t *testing.T) {
	testLiterals(t, nil, []literalExample{
		{"module.exports", `const s: AWS = { a: 1 }; module.exports = s;`, `{a: 1}`},
		{"exports at once", `exports = module.exports = { a: 1 }`, `{a: 1}`},
		{"export default", `export default { a: 1 } as const`, `{a: 1}`},
		{"export default of a name", `const s = { a: 1 }; export default s`, `{a: 1}`},
		{"export as default", `const s = { a: 1 }; export { s as default }`, `{a: 1}`},
		{"export =", `const s = { a: 1 }; export = s`, `{a: 1}`},
		{"one by one", `exports.a = 1; module.exports.b = 2`, `{a: 1, b: 2}`},
		{"one by one, later", `module.exports = { a: 1 }; module.exports.b = 2`, `{a: 1, b: 2}`},
		{"names", `export const a = 1, { b } = { b: 2 }; export function f() {}`, `{a: 1, b: 2, f: <a function!>}`},
		{"types are no values", `export type A = string; export interface B {}; export const c = 1`, `{c: 1}`},
		{"a call", `module.exports = make({ a: 1 })`, `<a call of make>`},
		{"by a condition", `if (x) { module.exports = { a: 1 } } else { module.exports = { a: 2 } }`,
			`<exports are changed while the program runs>`},
		{"changed by a call", `module.exports = { a: 1 }; Object.assign(module.exports, x)`,
			`<exports are changed while the program runs>`},
		{"nothing", `const a = 1`, `{}`},
	})
}

// What a program changes after its declaration is not what is written there.
func TestLiteralOfChangedNames(t *testing.T) {
	testLiterals(t, nil, []literalExample{
		{"a member is added", `const a = { b: 1 }; a.c = 2; a.b = 3; module.exports = a`, `{b: 3, c: 2}`},
		{"a member is set twice", `const a = { b: 1 }; a.b = 2; a.b = 3; module.exports = a`,
			`{b: <a.b is changed after its declaration>}`},
		{"a member is set by a condition", `const a = { b: 1, c: 2 }; if (x) a.b = 2; module.exports = a`,
			`{b: <a.b is changed after its declaration>, c: 2}`},
		{"a list grows", `const a = { b: [], c: 2 }; if (x) { a.b.push(1) } module.exports = a`,
			`{b: <a.b is changed after its declaration>, c: 2}`},
		{"a deep member", `const a = { b: { d: 1 }, c: 2 }; delete a.b.d; module.exports = a`,
			`{b: <a.b is changed after its declaration>, c: 2}`},
		{"any member", `const a = { b: 1 }; for (const k of l) a[k] = 2; module.exports = a`,
			`<a is changed after its declaration>`},
		{"another value", `let a = 1; function f() { a = 2 } let b; b = 1; module.exports = { a, b }`,
			`{a: <a is changed after its declaration>, b: <b is given no value where it is declared>}`},
		{"taken apart into names", `let a = 1, b = 2, c = 3; [a] = l; ({ b } = o); c++; module.exports = { a, b, c }`,
			`{a: <a is changed after its declaration>, b: <b is changed after its declaration>, c: <c is changed after its declaration>}`},
		{"handed to a call", `const a = { b: 1 }, s = 'x'; addAlarms(a, s); module.exports = { ...a, s }`,
			`<not known what is spread: a!>`},
		{"its members are handed to a call", `const a = { b: { d: 1 }, c: 2 };
			Object.values(a.b).forEach((x) => { x.y = 1 }); module.exports = a`,
			`{b: <a.b is changed after its declaration>, c: 2}`},
		{"only shown", `const a = { b: 1 }; console.log(a); module.exports = a`, `{b: 1}`},
	})
}

func TestLiteralOfImports(t *testing.T) {
	others := files{
		"service/hello":    `export const name = 'hello'; export default { handler: name }`,
		"service/all":      `export { default as hello, name as n } from './hello'; export * as ns from './hello'; export * from './common'`,
		"service/common":   `module.exports = { table: 'orders', list: [1] }`,
		"service/circle":   `import { a } from './back'; export const b = a`,
		"service/back":     `import { b } from './circle'; export const a = b, c = 1`,
		"service/computed": `module.exports = f()`,
	}
	testLiterals(t, others, []literalExample{
		{"default and names", `import hello, { name as n } from './hello'; export default { hello, n }`,
			`{hello: {handler: "hello"}, n: "hello"}`},
		{"a namespace", `import * as all from './all'; export default { ...all }`,
			`{table: "orders", list: [1], hello: {handler: "hello"}, n: "hello", ns: {name: "hello", default: {handler: "hello"}}}`},
		{"passed on", `export { hello as default } from './all'`, `{handler: "hello"}`},
		{"passed on by a star", `import { table } from './all'; export default table`, `"orders"`},
		{"require", `const c = require('./common'), { list } = require('./common');
			module.exports = [c.table, list, require('./hello').default, require('./data.json').size]`,
			`["orders", [1], {handler: "hello"}, 3]`},
		{"import of CommonJS", `import c, { table } from './common'; import d = require('./common'); export default [c.table, table, d.table]`,
			`["orders", "orders", "orders"]`},
		{"data", `import data from './data.json'; import { size } from './data.json'; export default [data, size]`, `[{size: 3}, 3]`},
		{"not there", `import x from 'elsewhere'; import { y } from './hello'; export default [x, x.z, y]`,
			`[<no module elsewhere>, <no module elsewhere>, <service/hello.ts exports no y>]`},
		{"computed there", `import x from './computed'; export default { x, y: x.y }`, `{x: <a call of f>, y: <a call of f>}`},
		{"in a circle", `import { b } from './circle'; import { c } from './back'; export default [b, c]`,
			`[<files that import each other in a circle>, 1]`},
		{"by itself", `const a = { b: a.b }, c = d, d = c; export default [a, c]`,
			`[{b: <a is defined by itself>}, <c is defined by itself>]`},
	})
}

// Paths are worked out as far as they do not depend on where the repository lies.
func TestLiteralOfPaths(t *testing.T) {
	others := files{
		"service/src/libs/paths": "export const handlerPath = (context: string) => {\n" +
			"return `${context.split(process.cwd())[1].substring(1).replace(/\\\\/g, '/')}` };",
		"service/src/libs/relative": `import path from 'path';
			export function relativeTo(dir) { const base = process.cwd(); return path.relative(base, dir).split(path.sep).join('/') }`,
		"service/src/libs/sliced":  `const { relative } = require('node:path'); exports.a = d => d.slice(process.cwd().length + 1); exports.b = (d) => relative(process.cwd(), d)`,
		"service/src/libs/index":   `export * from './none'; export { handlerPath as at } from './paths'`,
		"service/src/libs/tricky":  `export const a = d => d.substring(9); export const b = d => d; export const c = d => d.split('/')[2]; export const e = d => log(d) || d; export const g = d => g(d)`,
		"service/src/functions/hi": `import { handlerPath } from '../libs/paths'; export default { handler: ` + "`${handlerPath(__dirname)}/handler.main`" + ` }`,
	}
	testLiterals(t, others, []literalExample{
		{"the helper of the framework's template", `import hi from './src/functions/hi'; export default hi`,
			`{handler: "src/functions/handler.main"}`},
		{"folders of any name", `import { handlerPath as at } from './src/libs/paths';
			export default [at(__dirname + '/recovery'), at(__dirname + '/home/someone/r'), at(__dirname + '/a/b/c')]`,
			`["recovery", "home/someone/r", "a/b/c"]`},
		{"path.relative", `import { relativeTo } from './src/libs/relative'; export default relativeTo(__dirname + '/src') + '/a.b'`, `"src/a.b"`},
		{"other ways", `import { a, b } from './src/libs/sliced'; import * as all from './src/libs/index';
			const at = d => a(d); const here = __dirname + '/x';
			export default [a(__dirname + '/x'), b(here, __dirname), all.at(__dirname + '/x'), at(here + '/' + __dirname.length)]`,
			`["x", "x", "x", <a call of at>]`},
		{"outside of the service", `import { b } from './src/libs/sliced'; import { handlerPath } from './src/libs/paths';
			export default [b(__dirname + '/../lib'), handlerPath(__dirname + '/../lib')]`, `["../lib", "../lib"]`},
		{"what depends on the machine", `import { a, b, c, e, g } from './src/libs/tricky';
			export default [__dirname, a(__dirname), b(__dirname), c(__dirname), e(__dirname), g(__dirname), h(__dirname)]`,
			`[<a place on the machine that deploys>, <a call of a>, <a place on the machine that deploys>, <a call of c>, <a call of e>, <a call of g>, <a call of h>]`},
	})
}

// Every value and key points at where it is written, through the names on the way.
func TestLiteralOrigins(t *testing.T) {
	others := files{"service/config": "export const table =\n  'orders';"}
	v := literal(t, "service/serverless.ts", `import { table } from './config';
const stage = 'dev';
export default {
  'ü': 1, stage,
  nested: { list: [true, table] },
};`, "", others)
	var got []string
	v.Walk(100, func(w *model.Value) {
		line := shown(w) + " " + w.Origin.String()
		for via := w.Origin.Via; via != nil; via = via.Next {
			line += " through " + via.How + " " + via.At.String()
		}
		got = append(got, line)
	})
	want := []string{
		`{ü: 1, stage: "dev", nested: {list: [true, "orders"]}} service/serverless.ts:3:16`,
		`1 service/serverless.ts:4:8`,
		`"dev" service/serverless.ts:2:15 through stage service/serverless.ts:4:11`,
		`{list: [true, "orders"]} service/serverless.ts:5:11`,
		`[true, "orders"] service/serverless.ts:5:19`,
		`true service/serverless.ts:5:20`,
		`"orders" service/config.ts:2:3 through table service/serverless.ts:5:26 through table service/config.ts:1:14`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if at := v.KeyPos("stage").String(); at != "service/serverless.ts:4:11" {
		t.Errorf("the key is at %s", at)
	}
}

func TestLiteralOfAName(t *testing.T) {
	source := `export const a = { b: 1 }; module.exports = 1`
	if got := shown(literal(t, "a.js", source, "a", nil)); got != "{b: 1}" {
		t.Errorf("a is %s", got)
	}
	if got := shown(literal(t, "a.js", `module.exports = { c: [2] }`, "c", nil)); got != "[2]" {
		t.Errorf("c is %s", got)
	}
}

// A few lines must not become more than can be held.
func TestLiteralBombs(t *testing.T) {
	double := func(first, format string) string {
		source := "const a0 = " + first + ";\n"
		for i := range 60 {
			source += fmt.Sprintf("const a%d = "+format+";\n", i+1, i, i)
		}
		return source + "module.exports = a60"
	}
	chain := "const a0 = {};\n"
	for i := range 5000 {
		chain += fmt.Sprintf("const a%d = { a: a%d };\n", i+1, i)
	}
	inOrder := "module.exports = {"
	for i := range 5000 {
		inOrder += fmt.Sprintf("a%d,", i)
	}
	for name, source := range map[string]string{
		"text":           double(`'0123456789'`, "`${a%d}${a%d}`"),
		"spread list":    double(`[1, 2]`, "[...a%d, ...a%d]"),
		"shared values":  double(`[1, 2]`, "[a%d, a%d]"),
		"functions":      double(`(d) => d`, "(d) => a%d(d) + a%d(d)") + "(__dirname)",
		"deep":           "module.exports = " + strings.Repeat("[", 900) + strings.Repeat("]", 900),
		"deep by names":  chain + "module.exports = a5000",
		"deep in order":  chain + inOrder + "}",
		"a long sum":     "module.exports = 'a'" + strings.Repeat(" + 'a'", 1500),
		"a long pattern": "const f = d => d" + strings.Repeat(".replace('/', '////////')", 900) + "; module.exports = f(__dirname)",
	} {
		t.Run(name, func(t *testing.T) {
			if v := literal(t, "a.js", source, "", nil); !higherUnknown(v) {
				t.Errorf("it is %s, want something unknown", v.Kind)
			}
		})
	}
}

func higherUnknown(v *model.Value) bool {
	found := false
	v.Walk(maxLiteralValues, func(w *model.Value) { found = found || w.Kind == model.Unknown })
	return found
}

func FuzzLiteral(f *testing.F) {
	for _, seed := range []string{
		"const a = { b: 'x', ...c, [d]: `e${f}\\${g}` } satisfies H; a.b = 1; module.exports = a",
		"import x, { y as z } from './other'; export default { x, z, w: `${x(__dirname)}/a.b` } as const",
		"export * from './other'; export * as n from './other'; export const { a, b: c = 1 } = require('./other')",
		"export const p = (d) => { const c = process.cwd(); return d.split(c)[1].slice(1).replace(/\\\\/g, '/') }",
		"exports.a = module.exports = [1e3, -0x1, ...['\\u{1F600}' + 1], a?.b['c'][0], process.env.D || 'e']",
		"const f = (a, { b = 1, ...c }) => { const d = { a }; d.b = b; if (a) return d; return { ...c, d } }; module.exports = f('x', { e: __dirname })",
		"const o = { a: {} }; for (const [k, v] of Object.entries(o)) o[k] = { v }; ['b'].forEach((n) => { o[n] = n }); enum E { A, B = 'b' } module.exports = [o, E.A, Object.keys(o).map((k) => k + 1)]",
		"module.exports = [[1]].flat().concat([2]).reduce((a, b) => ({ ...a, [b]: !b && a === b ? 1 : 2 }), {})",
		"for (const k of l) a[k] = 1; [a] = b; delete a.b; Object.assign(exports, a); if (x) exports.y = 1",
	} {
		f.Add(seed, seed)
	}
	f.Fuzz(func(t *testing.T, source, other string) {
		tree, err := Parse("a.ts", []byte(source))
		if err != nil {
			return
		}
		others := files{"other": other, "a": source}
		v := Literal(tree, "", LiteralOptions{Import: others.importer()})
		if v.Size < 1 || v.Size > maxLiteralValues || higher(v, maxLiteralHeight) {
			t.Errorf("a value of size %d", v.Size)
		}
		enough := v.Walk(maxLiteralValues+1, func(w *model.Value) {
			if w.Kind == model.Unknown && w.Str == "" {
				t.Errorf("an unknown without a reason at %s", w.Origin)
			}
			if w.Origin.File == "a.ts" && (w.Origin.Line < 1 || w.Origin.Col < 1) {
				t.Errorf("a value at %s", w.Origin)
			}
		})
		if !enough {
			t.Error("a value with more below than its size")
		}
	})
}

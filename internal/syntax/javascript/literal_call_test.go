package javascript

import (
	"strings"
	"testing"
)

// Functions that only make values of what they are given are worked out.
func TestLiteralOfFunctions(t *testing.T) {
	others := files{
		"service/libs/make": `import { at } from './at'; import { Method } from './methods';
			export const route = (dir: string, name: string, { method = Method.Get, path, open = false, ...rest }: Route) => {
				const file = at(dir);
				const auth = open ? {} : { authorizer: { name: 'users' } };
				return { handler: ` + "`${file}/${name}.main`" + `, events: [{ http: { method, path: path ?? name, ...auth } }], ...rest };
			}`,
		"service/libs/at":      "export const at = (context: string) => `${context.split(process.cwd())[1].substring(1).replace(/\\\\/g, '/')}`",
		"service/libs/methods": `export enum Method { Get = 'get', Post = 'post' }`,
		"service/src/orders": `import { route } from '../libs/make'; import { Method } from '../libs/methods';
			export const list = route(__dirname, 'list', {}); export const add = route(__dirname, 'add', { method: Method.Post, path: 'orders', timeout: 9 });
			export const health = route(__dirname, 'health', { open: true })`,
	}
	testLiterals(t, others, []literalExample{
		{"definitions by a function of another file", `import * as orders from './src/orders'; export default { ...orders }`,
			`{list: {handler: "src/list.main", events: [{http: {method: "get", path: "list", authorizer: {name: "users"}}}]}, ` +
				`add: {handler: "src/add.main", events: [{http: {method: "post", path: "orders", authorizer: {name: "users"}}}], timeout: 9}, ` +
				`health: {handler: "src/health.main", events: [{http: {method: "get", path: "health"}}]}}`},
		{"a function that is declared", `function f(a, b = 2) { if (a === 1) { return { b } } else { return { a, b } } }
			module.exports = [f(1), f(3), f(1, 'x')]`, `[{b: 2}, {a: 3, b: 2}, {b: "x"}]`},
		{"functions of an object", `const make = { get: (p) => ({ http: { method: 'get', path: p } }) }; module.exports = make.get('a')`,
			`{http: {method: "get", path: "a"}}`},
		{"a function is handed in", `const twice = (f, x) => [f(x), f(x + 1)]; module.exports = twice((n) => ({ n }), 1)`, `[{n: 1}, {n: 2}]`},
		{"closures", `const f = (a) => [1, 2].map((b) => { const c = a + b; return { a, c } }); module.exports = f(1)`, `[{a: 1, c: 2}, {a: 1, c: 3}]`},
		{"filled step by step", `const f = (d, auth) => { const out = { handler: d }; if (auth) { out.auth = auth } out.events = []; out.events.push({ d }); return out }
			module.exports = [f('a'), f('b', 1)]`, `[{handler: "a", events: [{d: "a"}]}, {handler: "b", auth: 1, events: [{d: "b"}]}]`},
		{"what is unknown stays so", `const f = (a) => ({ a, b: process.env.B, c: a ? 1 : 2 }); module.exports = f(g())`,
			`{a: <a call of g>, b: <environment variable B of the machine that deploys>, c: <a condition decides: a>}`},
		{"what is not followed", `const a = async () => 1, b = (x) => { while (x) {} return 1 }, c = (x) => { if (h()) return 1; return 2 },
			d = (x) => { x.y = 1; return x }, e = (n) => n ? e(n - 1) : 1, f = (x) => { let n = 0; [1].map(() => { n++ }); return n };
			const o = { z: 1 };
			module.exports = [a(), b(0), c(), d(o), e(2), f()]`,
			`[<a call of a>, <a call of b>, <a call of c>, <a call of d>, <a call of e>, <a call of f>]`},
		{"another name for the same object", `const f = () => { const a = { x: 1 }; const b = a; b.x = 2; return a }; module.exports = f()`, `<a call of f>`},
	})
}

func TestLiteralOfLists(t *testing.T) {
	testLiterals(t, nil, []literalExample{
		{"keys, values and entries", `const o = { a: 1, b: 2 }; module.exports = [Object.keys(o), Object.values(o), Object.entries(o)]`,
			`[["a", "b"], [1, 2], [["a", 1], ["b", 2]]]`},
		{"fromEntries and map", "const names = ['a', 'b'];\nmodule.exports = Object.fromEntries(names.map((n, i) => [n, { handler: `src/${n}.main`, i }]))",
			`{a: {handler: "src/a.main", i: 0}, b: {handler: "src/b.main", i: 1}}`},
		{"reduce", `const defs = [{ name: 'a', t: 1 }, { name: 'b', t: 2 }];
			module.exports = [defs.reduce((all, d) => ({ ...all, [d.name]: d.t }), {}),
				Object.entries({ x: 1 }).reduce((all, [key, v]) => { all[key + '1'] = { v }; return all }, {})]`,
			`[{a: 1, b: 2}, {x1: {v: 1}}]`},
		{"assign, concat, flat, join, filter and find", `module.exports = [Object.assign({}, { a: 1 }, { b: 2 }), [1].concat([2], 3), [[1], 2].flat(),
			['a', 'b'].join('-'), [1, 2].filter((n) => n !== 1), [1, 2].find((n) => n === 2), ['a'].includes('a'), Object.freeze({ a: 1 })]`,
			`[{a: 1, b: 2}, [1, 2, 3], [1, 2], "a-b", [2], 2, true, {a: 1}]`},
		{"a list that is not known as a whole", `module.exports = [[...f()].map((n) => n), [1, 2].filter((n) => g(n)), Object.keys(f())]`,
			`[<a call of [...f()].map>, <a call of [1, 2].filter>, <a call of Object.keys>]`},
		{"conditions that are known", `const on = true, off = false; module.exports = { a: on ? 1 : 2, b: on && 3, c: !on, ...(off && { d: 1 }), ...(on ? { e: 1 } : { f: 1 }), g: 'x' === 'y' }`,
			`{a: 1, b: 3, c: false, e: 1, g: false}`},
	})
}

// A loop at top level is run for what it makes of a name.
func TestLiteralOfLoops(t *testing.T) {
	testLiterals(t, nil, []literalExample{
		{"every member is completed", "const data = { a: { handler: 'one', t: 1 }, b: { handler: 'two' } };\n" +
			"for (const k of Object.keys(data)) { const name = data[k].handler; data[k].handler = `src/${name}.main`; }\nmodule.exports = { ...data }",
			`{a: {handler: "src/one.main", t: 1}, b: {handler: "src/two.main"}}`},
		{"forEach fills an object", `const out = {}; const defs = [{ name: 'a' }, { name: 'b' }]; defs.forEach((d) => { out[d.name] = { d: d.name } }); module.exports = out`,
			`{a: {d: "a"}, b: {d: "b"}}`},
		{"entries", `const o = { a: { x: 1 } }; for (const [k, v] of Object.entries(o)) { o[k] = { ...v, y: 2 } } module.exports = o`, `{a: {x: 1, y: 2}}`},
		{"for in", `const o = { a: { x: 1 } }; for (const k in o) o[k].y = k; module.exports = o`, `{a: {x: 1, y: "a"}}`},
		{"by another name", `const o = { a: { x: 1 } }; for (const v of Object.values(o)) { v.x = 2 } module.exports = o`,
			`<o is changed after its declaration>`},
		{"changed elsewhere too", `const o = { a: 1 }; for (const k of ['a']) { o[k] = 2 } function later(k) { o[k] = 3 } module.exports = o`,
			`<o is changed after its declaration>`},
	})
}

func TestLiteralOfEndlessWork(t *testing.T) {
	deep := "const f0 = (x) => [x, x];\n"
	for i := range 40 {
		deep += strings.NewReplacer("N", string(rune('a'+i%26))+strings.Repeat("z", i/26), "P", previous(i)).Replace("const fN = (x) => [fP(x), fP(x)];\n")
	}
	for name, source := range map[string]string{
		"doubled": deep + "module.exports = f" + previous(40) + "(1)",
		"nested":  "const l = [1,2,3,4,5,6,7,8,9,10];\nmodule.exports = " + strings.Repeat("l.map(() => ", 12) + "1" + strings.Repeat(")", 12),
	} {
		t.Run(name, func(t *testing.T) {
			if v := literal(t, "a.js", source, "", nil); !higherUnknown(v) {
				t.Errorf("it is %s, want something unknown", v.Kind)
			}
		})
	}
}

func previous(i int) string {
	if i == 0 {
		return "0"
	}
	return string(rune('a'+(i-1)%26)) + strings.Repeat("z", (i-1)/26)
}

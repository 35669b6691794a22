package lower_test

import (
	"strings"
	"testing"

	"wardlet.example/internal/ir"
	"wardlet.example/internal/lower"
)

// Of types the names are kept that are declared for values, also of several, of what is promised and of what perhaps is nothing.
func TestTypes(t *testing.T) {
	tests := []struct{ source, want string }{
		{"const a = x as Account", "Account"},
		{"const a = x as unknown as Account[]", "Account"},
		{"const a = <Account>x", "Account"},
		{"const a: Account | undefined = x", "Account"},
		{"const a = await f<(Account & RowDataPacket)[]>(x)", "Account"},
		{"const a = x as Promise<readonly Account[] | null>", "Account"},
		{"const a = x as Omit<Account, 'password'>", ""},
		{"const a = x as Account | Order", ""},
		{"const a = x as string", ""},
		{"const a = x as const", ""},
	}
	for _, test := range tests {
		f, err := lower.File("a.ts", []byte(test.source))
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		for _, name := range f.Types {
			got += name
		}
		if got != test.want {
			t.Errorf("%s: got %q, want %q", test.source, got, test.want)
		}
	}
	f, err := lower.File("a.ts", []byte("async function f(a: Account[]): Promise<Order | null> {}"))
	if err != nil {
		t.Fatal(err)
	}
	fn := f.Body[0].Fn
	if fn.Gives != "Order" || f.Types[fn.Params[0]] != "Account" {
		t.Errorf("got %q and %q", fn.Gives, f.Types[fn.Params[0]])
	}
}

// What is read of a file, and what not.
func TestFile(t *testing.T) {
	tests := []struct {
		name, file, source string
		statements         int
		broken, cut        bool
	}{
		{"nothing", "a.js", "", 0, false, false},
		{"several statements", "a.js", "f(); g(); const x = 1", 3, false, false},
		{"TypeScript", "a.ts", "interface A {}\ntype B = string\nexport const x: B = 'a' as B", 2, false, false},
		{"JSX", "a.jsx", "const x = <a href={f(y)}>{z}</a>", 1, false, false},
		{"a mistake", "a.js", "f();\nconst = (((;\ng();", 2, true, false},
		{"Python", "a.py", "import os\ndef f(a, *b, c=1, **d):\n    return a\nx = [f(i) for i in y if i]", 3, false, false},
		{"a Python mistake", "a.py", "f()\ndef (:\nx = 1\n", 1, true, false},
		{"Go", "a.go", "package a\nimport \"os\"\nvar b, c = 1, 2\ntype d struct{}\nfunc (e d) f() {}", 5, false, false},
		{"a Go mistake", "a.go", "package a\n\nfunc b() { if x {{ }\n\nvar c = 1\n\nfunc d() {}", 2, true, false},
		{"Go without a package", "a.go", "func b() {}", 0, true, false},
		{"very deep Go", "a.go", "package a\nvar b = " + strings.Repeat("c(", 3_000) + strings.Repeat(")", 3_000), 1, false, true},
		{"Go for another system", "a_windows.go", "package a\nvar b = 1", 0, false, false},
		{"Go that only sounds like another system", "a_js_b.go", "package a\nvar b = 1", 1, false, false},
		{"a tool in Go", "a.go", "//go:build tools\n\npackage a\nvar b = 1", 0, false, false},
		{"Go with a tag of its own", "a.go", "//go:build production\n\npackage a\nvar b = 1", 0, false, true},
		{"Go without a tag of its own", "a.go", "//go:build !local && linux\n\npackage a\nvar b = 1", 1, false, false},
		{"very deep", "a.js", "f(" + strings.Repeat("[", 3_000) + strings.Repeat("]", 3_000) + ")", 1, false, true},
		{"a definition of types", "a.d.ts", "declare const x: string", -1, false, false},
		{"another language", "a.rb", "puts 1", -1, false, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f, err := lower.File(test.file, []byte(test.source))
			if err != nil {
				t.Fatal(err)
			}
			if f == nil {
				if test.statements >= 0 {
					t.Error("nothing was read")
				}
				return
			}
			if len(f.Body) < test.statements || test.statements < 0 {
				t.Errorf("%d statements, want %d", len(f.Body), test.statements)
			}
			if f.Broken != test.broken && !test.cut {
				t.Errorf("broken %v", f.Broken)
			}
			if (f.Cut != "") != test.cut {
				t.Errorf("cut: %q", f.Cut)
			}
		})
	}
}

// A file that is too large for the parser is refused with the reason.
func TestTooLarge(t *testing.T) {
	if _, err := lower.File("a.js", []byte(strings.Repeat("f();\n", 10<<20/5))); err == nil || !strings.Contains(err.Error(), "large") && !strings.Contains(err.Error(), "kB") && !strings.Contains(err.Error(), "bytes") {
		t.Errorf("got %v", err)
	}
}

func FuzzJavaScript(f *testing.F) {
	f.Add("export const f = async ({a, ...b}, [c = 1] = []) => { for (const x of await g(a)) yield* h`t${x}`; try { throw new E() } catch { } finally { this.x ||= a?.b?.[c] } }")
	f.Add("class A extends B { static #x = 1; get y() { return super.y } constructor(private readonly z: string) { super(z) } @d() m<T>(a: T): a is U { switch (a) { case 1: default: } } }")
	f.Add("module.exports = { ...require('./a'), [k]: function* () {}, 'b-c': x => ({ y }) }; label: while (1) { do { continue label } while (0) }")
	f.Fuzz(func(t *testing.T, source string) {
		check(t, "a.ts", source)
		check(t, "a.js", source)
	})
}

func FuzzPython(f *testing.F) {
	f.Add("@d(1)\nasync def f(a, /, b=1, *c, d: int = 2, **e) -> int:\n    async with g(a) as (h, i), j: yield f'{b!r:>{d}}'\n    return (await k)[1:2, ...] if a else lambda x, *y: x\n")
	f.Add("match x:\n    case {'a': [b, *_], **c} if b: pass\n    case A(d=1) | None: pass\nclass C(D, metaclass=E):\n    x: int = 1\n    def __init__(self): super().__init__()\n")
	f.Add("try:\n    import a.b as c, d\n    from ..e import (f as g, h)\n    from i import *\nexcept* (X, Y) as z:\n    raise z from None\nelse:\n    global j; del k; assert l, m\nfinally:\n    n = {**o, p: q for r in s}\n")
	f.Fuzz(func(t *testing.T, source string) { check(t, "a.py", source) })
}

func FuzzGo(f *testing.F) {
	f.Add("package main\nimport (\n\t\"context\"\n\t. \"fmt\"\n)\ntype A[T any] struct { *B; C, d []T `json:\"c\" env:\"C\"`; e struct{ f map[string]func() } }\nfunc (a *A[T]) m(ctx context.Context, x ...T) (y T, err error) { defer func() { recover() }(); return }\nconst (\n\tg A[int] = iota\n\th\n)\n")
	f.Add("package a\nfunc f(x interface{ M() }) { switch y := x.(type) { case nil, *B: case C: fallthrough; default: }; select { case z := <-c: default: }; L: for i, j := range []map[string]A{{\"a\": {b: 1}}} { goto L }; go g[int, string](x.(*types.AttributeValueMemberS).Value...) }")
	f.Add("package b\nvar a, b = c(1)[2:3], !d.e\nvar x = func() (z []int) { z[0] <<= +1; *p, q = &r, -s; if t := u; t != nil { } else if v { } else { }; return }\nfunc broken( { if x {")
	f.Add("//go:build prod || !linux\n\npackage c\n\ntype f = func(...int)\nvar _ = A{1, {2}, [...]string{3: \"x\"}, map[K]struct{}{}}\nfunc _() { for range 3 { break }; new(T); make(chan<- int); append(a, b...) }")
	f.Fuzz(func(t *testing.T, source string) { check(t, "a.go", source) })
}

// check reads a source and walks over what comes out: every expression stands inside the source.
func check(t *testing.T, file, source string) {
	t.Helper()
	out, err := lower.File(file, []byte(source))
	if err != nil || out == nil {
		return
	}
	w := &walker{t: t, end: int32(len(source))}
	w.body(out.Body)
}

type walker struct {
	t   *testing.T
	end int32
}

func (w *walker) body(all []*ir.Stmt) {
	for _, s := range all {
		if s.At < 0 || s.At > w.end {
			w.t.Errorf("a statement at %d of %d", s.At, w.end)
		}
		w.expr(s.X)
		w.expr(s.Y)
		w.body(s.Body)
		w.body(s.Else)
		w.body(s.Final)
		w.function(s.Fn)
		w.class(s.Class)
	}
}

func (w *walker) function(f *ir.Func) {
	if f == nil {
		return
	}
	for _, p := range f.Params {
		w.expr(p)
	}
	w.body(f.Body)
}

func (w *walker) class(c *ir.Class) {
	if c == nil {
		return
	}
	for _, b := range c.Bases {
		w.expr(b)
	}
	for _, m := range c.Methods {
		w.function(m)
	}
	for _, f := range c.Fields {
		w.expr(f.Value)
	}
}

func (w *walker) expr(e *ir.Expr) {
	if e == nil {
		return
	}
	if e.At < 0 || e.End < e.At || e.End > w.end {
		w.t.Errorf("an expression at %d to %d of %d", e.At, e.End, w.end)
	}
	if e.Kind == ir.Object && len(e.Keys) != len(e.List) {
		w.t.Errorf("an object with %d keys and %d values", len(e.Keys), len(e.List))
	}
	w.expr(e.X)
	w.expr(e.Y)
	w.expr(e.Z)
	for _, x := range e.List {
		w.expr(x)
	}
	w.function(e.Fn)
	w.class(e.Class)
}

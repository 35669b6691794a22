package dataflow_test

import (
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"wardlet.example/data/models"
	"wardlet.example/internal/dataflow"
)

// archive hands out the files of an archive.
type archive map[string][]byte

func (a archive) Read(name string) []byte { return a[name] }

func (a archive) Module(string, string) string { return "" }

func (a archive) Folder(dir string) []string {
	var out []string
	for name := range a {
		if path.Dir(name) == path.Clean(dir) {
			out = append(out, name)
		}
	}
	return out
}

func (a archive) Below(string) []string { return nil }

func builtin(t testing.TB) *dataflow.Models {
	t.Helper()
	files := map[string][]byte{}
	names, err := fs.Glob(models.FS, "*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if files[name], err = fs.ReadFile(models.FS, name); err != nil {
			t.Fatal(err)
		}
	}
	m, problems := dataflow.ReadModels(files, nil)
	for _, p := range problems {
		t.Errorf("%s: %s", p.Pos, p.Message)
	}
	return m
}

// Each archive of testdata is a small program. Its comment says which entry is followed, and its marks where an outsider's data does
// harm: `<- sql event.body.id` at the end of a line, with the rule and what of the event it is. Nothing else may be found.
func TestPrograms(t *testing.T) {
	known := builtin(t)
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no programs", err)
	}
	for _, file := range files {
		a, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, program := range split(a) {
			t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar")+"/"+program.name, func(t *testing.T) {
				p := dataflow.New(program.files, known, &dataflow.Trees{})
				r := p.Run(dataflow.Entry{File: program.entry, Symbol: program.symbol})
				if !r.Found {
					t.Error("the entry was not found")
				}
				var got []string
				for _, h := range r.Hits {
					line, _ := h.File.Tree.Position(int(h.At))
					got = append(got, fmt.Sprintf("%s:%d: %s %s", h.File.Path, line, h.Rule, h.Path))
					if len(h.Steps) == 0 {
						t.Errorf("%s without a way", h.Rule)
					}
				}
				slices.Sort(got)
				if want := program.marks; !slices.Equal(got, want) {
					t.Errorf("got\n\t%s\nwant\n\t%s", strings.Join(got, "\n\t"), strings.Join(want, "\n\t"))
				}
			})
		}
	}
}

type program struct {
	name, entry, symbol string
	files               archive
	marks               []string
}

// split takes the programs out of an archive: a file is called `program name/path`, and the first of each is the entry, whose handler
// is called handler.
func split(a *txtar.Archive) []*program {
	var out []*program
	for _, f := range a.Files {
		name, path, _ := strings.Cut(f.Name, "/")
		if len(out) == 0 || out[len(out)-1].name != name {
			out = append(out, &program{name: name, entry: path, symbol: "handler", files: archive{}})
		}
		p := out[len(out)-1]
		p.files[path] = f.Data
		for i, line := range strings.Split(string(f.Data), "\n") {
			if _, mark, ok := strings.Cut(line, "<- "); ok {
				for _, m := range strings.Split(mark, ", ") {
					p.marks = append(p.marks, fmt.Sprintf("%s:%d: %s", path, i+1, m))
				}
			}
		}
		slices.Sort(p.marks)
	}
	return out
}

// Whatever a program is, following it ends without a panic, and within its steps.
func FuzzRun(f *testing.F) {
	known := builtin(f)
	f.Add("exports.handler = (e, c, cb) => { for (const [k, v] of Object.entries(e)) eval(k + v); cb(null, {headers: e}) }", uint8(0))
	f.Add("class A { constructor(x) { this.x = x } m() { return new A(this.m()) } } exports.handler = async e => new A(e).m()", uint8(0))
	f.Add("exports.handler = function h(e) { return h(h(e.a.b.c)) }; module.exports = {...exports, [e]: () => exports.handler}", uint8(0))
	f.Add("import os\nclass A(A):\n    def __init__(self): super().__init__()\n    def __call__(self, *a, **k): return self(*a, **k)\ndef handler(event, context):\n    os.system(A()(event)[0])\n", uint8(1))
	f.Add("from app import *\nimport app\ndef handler(event, context):\n    x = {k: v for k, v in event.items()}\n    x['y'] = x\n    return app.handler(x, handler)\n", uint8(1))
	f.Add("package main\nimport (\n\t\"os/exec\"\n\t\"github.com/aws/aws-lambda-go/lambda\"\n)\ntype T struct { *T; F map[string]T }\nfunc (t *T) m(x ...any) *T { return t.m(t.F[\"a\"], x) }\nvar a, b = b, a\nfunc h(e *T) (err error) { for k, v := range e.F { exec.Command(\"sh\", \"-c\", k).Run(); err = h(&v) }; return }\nfunc init() { a = &T{F: map[string]T{\"x\": *a}}; a.T = a }\nfunc main() { lambda.Start(h) }\n", uint8(2))
	f.Add("package main\nimport \"github.com/aws/aws-lambda-go/lambda\"\ntype A B\ntype B A\ntype C[K comparable] []C[K]\nfunc f(x A, c C[int]) (A, error) { switch y := any(x).(type) { case A: return f(y, c[0]) }; return f(x, append(c, c...)) }\nfunc main() { defer lambda.Start(f); main() }\n", uint8(2))
	f.Add("package main\nimport (\n\t\"encoding/json\"\n\t\"net/http\"\n\t\"github.com/gin-gonic/gin\"\n)\nfunc main() { r := gin.Default(); r.GET(\"/\", func(c *gin.Context) { var v map[string]any; json.Unmarshal([]byte(c.Query(\"a\")), &v); v[\"v\"] = v; http.Get(v[\"u\"].(string)) }); r.Run() }\n", uint8(2))
	f.Add("import os\nfrom flask import Flask, request\nfrom pydantic import BaseModel\nclass A(BaseModel):\n    b: 'B'\n    c: list['A']\nclass B(A):\n    a: A\ndef create_app(x=None):\n    app = Flask('x')\n    @app.route('/<a>')\n    def r(a: A): return create_app(A(**request.json).b.a.c)\n    return app\n", uint8(1))
	f.Add("const express = require('express'); const app = express(); const fill = (o, b) => { o.x = b; o.o = o; return fill(o.x, o) }; app.use((req, res, next) => { Object.assign(req, fill(req, req.body)); next() }); app.get('/', (req, res) => { try { fill(res, req) } finally { res.send(req.query.x) } }); class S { constructor() { this.s = this } m(password) { console.log(password); return this.s.m(this) } }", uint8(0))
	f.Fuzz(func(t *testing.T, source string, language uint8) {
		name := []string{"app.js", "app.py", "main.go"}[language%3]
		for _, symbol := range []string{"handler", ""} { // and as a program that runs by itself
			p := dataflow.New(archive{name: []byte(source)}, known, &dataflow.Trees{})
			for _, h := range p.Run(dataflow.Entry{File: name, Symbol: symbol}).Hits {
				if h.Rule == "" || h.File == nil {
					t.Error("a hit of nothing")
				}
			}
		}
	})
}

// Adding a sanitizer or a validator never adds a finding: neither for a package of which something is known, nor for an unknown one.
func TestSanitizersOnlyTakeAway(t *testing.T) {
	source := "const db = require('acme'), fs = require('fs'), text = require('unknown'); exports.handler = (e) => { const q = db.clean(e.body), r = text.clean(e.body); if (!db.ok(q)) return; db.run(q); eval(q);\n eval(r);\n eval(e.body);\n db.run(r);\n fs.readFileSync(fs.strange(e.body));\n fs.readFileSync(e.body) }"
	builtin := map[string][]byte{"rows.yaml": []byte("- {lang: node, package: acme, member: run, kind: sink, rule: sql, in: [0]}\n- {lang: node, package: builtin, member: eval, kind: sink, rule: code-eval, in: [0]}\n- {lang: node, package: fs, member: readFileSync, kind: sink, rule: path-traversal, in: [0]}\n")}
	found := func(rows string) map[string]bool {
		m, problems := dataflow.ReadModels(builtin, map[string][]byte{"own.yaml": []byte(rows)})
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		out := map[string]bool{}
		for _, h := range dataflow.New(archive{"app.js": []byte(source)}, m, &dataflow.Trees{}).Run(dataflow.Entry{File: "app.js", Symbol: "handler"}).Hits {
			out[fmt.Sprint(h.Rule, h.At)] = true
		}
		return out
	}
	first := found("- {lang: node, package: other, member: x, kind: propagator, in: [0], out: return}\n")
	for row, fewer := range map[string]int{
		"{lang: node, package: acme, member: clean, kind: sanitizer, in: [0], out: return, for: [code-eval]}":     0,
		"{lang: node, package: fs, member: strange, kind: sanitizer, in: [0], out: return, for: [sql]}":           0,
		"{lang: node, package: unknown, member: clean, kind: sanitizer, in: [0], out: return, for: [code-eval]}":  1,
		"{lang: node, package: unknown, member: clean, kind: sanitizer, in: [0], out: return, for: [all]}":        2,
		"{lang: node, package: unknown, member: clean, kind: validator, throws: true, in: [0], for: [code-eval]}": 1,
		"{lang: node, package: unknown, member: '*', kind: sanitizer, in: [0], for: [sql]}":                       1,
		"{lang: node, package: acme, member: ok, kind: validator, in: [0], for: [sql]}":                           0,
	} {
		then := found("- " + row + "\n")
		for hit := range then {
			if !first[hit] {
				t.Errorf("%s: adds %s", row, hit)
			}
		}
		if len(first)-len(then) != fewer {
			t.Errorf("%s: %d of %d findings are left, want %d fewer", row, len(then), len(first), fewer)
		}
	}
}

// Rows that are not understood are told with their place; the rest holds.
func TestRowMistakes(t *testing.T) {
	tests := []struct{ row, want string }{
		{"{lang: ruby, package: a, member: b, kind: sink, rule: sql, in: [0]}", "lang is ruby, want node, python, go or aws"},
		{"{package: a, member: b, kind: sink, rule: sql, in: [0]}", "lang is missing"},
		{"{lang: node, package: a, member: b, kind: hole, in: [0]}", "kind is hole"},
		{"{lang: node, member: b, kind: sink, rule: sql, in: [0]}", "package or member is missing"},
		{"{lang: node, package: a, member: b, kind: sink, in: [0]}", "a sink needs a rule"},
		{"{lang: node, package: a, member: b, kind: sink, rule: sql}", "in is missing"},
		{"{lang: node, package: a, member: b, kind: sanitizer, in: [0]}", "a sanitizer needs for"},
	}
	for _, test := range tests {
		m, problems := dataflow.ReadModels(map[string][]byte{"rows.yaml": []byte("- " + test.row + "\n- {lang: node, package: a, member: c, kind: propagator, in: [0]}\n")}, nil)
		if len(problems) != 1 || !strings.Contains(problems[0].Message, test.want) || problems[0].Pos.Line != 1 {
			t.Errorf("%s: got %v", test.row, problems)
		}
		if m.Count != 1 {
			t.Errorf("%d rows are left", m.Count)
		}
	}
}

// The built-in rows are as many as they should be, in both languages and of each kind.
func TestBuiltinRows(t *testing.T) {
	if m := builtin(t); m.Count < 4_000 {
		t.Errorf("%d rows", m.Count)
	}
}

// A program that would take for ever is cut off by its steps, and says so.
func TestSteps(t *testing.T) {
	var b strings.Builder
	b.WriteString("const f0 = (x) => x;\n")
	for i := 1; i < 60; i++ {
		fmt.Fprintf(&b, "const f%d = (x) => [f%d({ a: x }), f%d({ b: x })];\n", i, i-1, i-1)
	}
	b.WriteString("exports.handler = (event) => eval(f59(event.body));\n")
	p := dataflow.New(archive{"app.js": []byte(b.String())}, builtin(t), &dataflow.Trees{})
	if r := p.Run(dataflow.Entry{File: "app.js", Symbol: "handler"}); !r.Cut {
		t.Error("it was followed to the end")
	}
}

package query_test

import (
	"strings"
	"testing"

	"wardlet.example/internal/query"
	"wardlet.example/internal/syntax"
	"wardlet.example/internal/syntax/javascript"
	"wardlet.example/internal/syntax/python"
)

// What a pattern finds, as the texts of @here in the order of the source.
func TestFind(t *testing.T) {
	tests := []struct{ name, file, source, pattern, want string }{
		{"a kind", "a.js", "f(1); g(2)", `(call_expression) @here`, "f(1) | g(2)"},
		{"a field", "a.js", "f(g(1))", `(call_expression function: (identifier) @here)`, "f | g"},
		{"a text", "a.js", "eval(x); evil(x)", `(call_expression function: (identifier) @f (#eq? @f "eval")) @here`, "eval(x)"},
		{"not a text", "a.js", "eval(x); evil(x)", `(call_expression function: (identifier) @f (#not-eq? @f "eval")) @here`, "evil(x)"},
		{"an expression", "a.py", "md5(x)\nsha256(x)", `(call function: (identifier) @f (#match? @f "^(md5|sha1)$")) @here`, "md5(x)"},
		{"one of", "a.py", "md5(x)\nsha1(x)\nsha256(x)", `(call function: (identifier) @f (#any-of? @f "md5" "sha1")) @here`, "md5(x) | sha1(x)"},
		{"none of", "a.py", "md5(x)\nsha1(x)\nsha256(x)", `(call function: (identifier) @f (#not-any-of? @f "md5" "sha1")) @here`, "sha256(x)"},
		{"two captures alike", "a.js", "a == a; a == b", `(binary_expression left: (_) @l right: (_) @r (#eq? @l @r)) @here`, "a == a"},
		{"alternatives", "a.js", "f(); new G(); h", `[(call_expression) (new_expression)] @here`, "f() | new G()"},
		{"any node", "a.js", "f(1, x)", `(arguments (_) @here)`, "1"},
		{"the first", "a.js", "f(a, 1); f(1, a)", `(arguments . (number)) @here`, "(1, a)"},
		{"the last", "a.js", "f(a, 1); f(1, a)", `(arguments (number) .) @here`, "(a, 1)"},
		{"side by side", "a.js", "f(1, 2); f(1, a, 2)", `(arguments . (number) . (number)) @here`, "(1, 2)"},
		{"with something between", "a.js", "f(1, a, 2)", `(arguments (number) (number)) @here`, "(1, a, 2)"},
		{"perhaps", "a.js", "f(1); f()", `(arguments (number)? @n) @here`, "(1) | ()"},
		{"some", "a.js", "f(); f(1, 2)", `(arguments (number)+) @here`, "(1, 2)"},
		{"a group with its predicate", "a.js", "a; b", `((identifier) @here (#eq? @here "b"))`, "b"},
		{"a remark", "a.js", "f()", "; calls\n(call_expression) @here ; all of them", "f()"},
		{"a second try", "a.js", "f({a: 1, b: true, b: false})", `(object (pair key: (_) @k value: (false)) @here (#eq? @k "b"))`, "b: false"},
		{"several patterns", "a.py", "f(a=1)\nx = True", `(keyword_argument) @here (assignment right: (true)) @here`, "a=1 | x = True"},
		{"TypeScript", "a.ts", "const x: string = f<number>(1)", `(call_expression arguments: (arguments (number) @here))`, "1"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			q, err := query.Parse(test.pattern)
			if err != nil {
				t.Fatal(err)
			}
			tree := parse(t, test.file, test.source)
			matches, complete := q.Find(tree)
			if !complete {
				t.Error("it gave up")
			}
			var got []string
			for _, m := range matches {
				got = append(got, tree.Text(m["here"]))
			}
			if s := strings.Join(got, " | "); s != test.want {
				t.Errorf("got %s, want %s\n%s", s, test.want, tree)
			}
		})
	}
}

func parse(t testing.TB, file, source string) *syntax.Tree {
	t.Helper()
	read := javascript.Parse
	if strings.HasSuffix(file, ".py") {
		read = python.Parse
	}
	tree, err := read(file, []byte(source))
	if err != nil {
		t.Fatal(err)
	}
	return tree
}

// Mistakes are told with their line and what to write instead.
func TestMistakes(t *testing.T) {
	tests := []struct{ pattern, want string }{
		{"", "the pattern is empty"},
		{"(call", "line 1 of the pattern: a bracket is not closed"},
		{"(call)\n(call))", `line 2 of the pattern: ")" is no pattern`},
		{`(call "(")`, "signs and keywords"},
		{"call", `"call" is no pattern: a node is written (kind)`},
		{"[]", "[] has no alternatives"},
		{`(call (#eq? "a" @b))`, "#eq? begins with a capture"},
		{`(call) @c (call (#is? @c "a"))`, "#is? is not known"},
		{`((call) @c (#match? @c "("))`, "error parsing regexp"},
		{`((call) @c (#eq? @c "a))`, "a text is not closed"},
		{`((call) @c (#eq? @d "a"))`, "nothing is caught as @d"},
		{`((a) (b))`, "brackets without a kind hold one pattern"},
		{strings.Repeat("(a ", 100), "it is nested too deep"},
	}
	for _, test := range tests {
		if _, err := query.Parse(test.pattern); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: got %v, want %s", test.pattern, err, test.want)
		}
	}
}

// A pattern that tries every combination gives up in time and says so.
func TestGivesUp(t *testing.T) {
	q, err := query.Parse(`(arguments (_)* (_)* (_)* (_)* (_)* (_)* (string) @x (#eq? @x "no"))`)
	if err != nil {
		t.Fatal(err)
	}
	tree := parse(t, "a.js", "f("+strings.Repeat("'a',", 200)+"'b')")
	if _, complete := q.Find(tree); complete {
		t.Error("it did not give up")
	}
}

// Whatever a pattern says, reading and asking it ends without a panic.
func FuzzParse(f *testing.F) {
	f.Add(`(call function: [(identifier) @f (attribute attribute: (identifier) @f)] (#any-of? @f "a" "b")) @here`)
	f.Add(`((a . (_)+ @x .) @y (#not-match? @x "^a"))`)
	tree := parse(f, "a.js", "eval(f(x, {a: 1, b: [2, 3]})); const y = `a${x}b`")
	f.Fuzz(func(t *testing.T, pattern string) {
		q, err := query.Parse(pattern)
		if err != nil {
			return
		}
		for _, m := range first(q.Find(tree)) {
			for name, node := range m {
				if node < 0 || node >= len(tree.Nodes) {
					t.Errorf("@%s is %d", name, node)
				}
			}
		}
	})
}

func first(m []query.Match, _ bool) []query.Match { return m }

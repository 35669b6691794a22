package expr

import (
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"wardlet.example/internal/model"
)

func TestWhatCompileRefuses(t *testing.T) {
	env := newEnv(t, "props", "name")
	for _, c := range []struct{ src, want string }{
		{`props.A == null`, `1:12: nothing is ever null: what is not written is absent; write has(a.b) or !has(a.b)`},
		{"props.A == 1 &&\n  prop.B", `2:3: unknown variable prop; variables here are props, name`},
		{`props.A.exists(x, y.B)`, `1:19: unknown variable y; variables here are props, name`},
		{`has(props)`, `1:4: has() asks about a field; write has(a.b), or is_set(x) for anything else`},
		{`props.is_set()`, `1:13: is_set is not called like this; write is_set(x)`},
		{`startsWith(props.A, "a")`, `1:11: startsWith is not called like this; write x.startsWith(y)`},
		{`props.A.matches(props.B)`, `1:17: the pattern of matches() must be a literal; compare with ==, or use glob(pattern, x)`},
		{`props.A.matches("(")`, "1:17: error parsing regexp: missing closing ): `(`"},
		{`props.A in {"a": 1}`, `1:12: maps and messages cannot be written in an expression; use a list`},
		{`props.A == b"x"`, `1:12: this kind of literal is not for template values; write "text"`},
		{`props.A.exists(1, true)`, `1:15: exists needs a variable and an expression; write list.exists(x, ...)`},
		{`props.A = 1`, `1:9: token recognition error at: '= '; write ==`},
		{`props.A and props.B`, `1:9: mismatched input 'and'; write &&`},
		{`props.A ==`, `1:11: mismatched input '<EOF>'; the expression ends too early`},
		{``, `1:1: mismatched input '<EOF>'; the expression ends too early`},
	} {
		_, err := env.Compile(c.src)
		if err == nil || err.Error() != c.want {
			t.Errorf("%q: %v, want %s", c.src, err, c.want)
		}
	}
	if _, err := env.Compile(`upper(props.A)`); err == nil || !strings.HasPrefix(err.Error(), "1:6: unknown function upper; functions are has, exists") {
		t.Errorf("unknown function: %v", err)
	}
}

func TestBrokenRulesSayWhere(t *testing.T) {
	env := newEnv(t, "x")
	at := model.Origin{Pos: model.Pos{File: "template.yaml", Line: 7, Col: 3}}
	x := model.NewMap([]model.Field{
		{Key: "A", Value: model.NewString("true", at)},
		{Key: "L", Value: model.NewList(nil, at)},
	}, at)
	for _, c := range []struct{ src, want string }{
		{"x.B == 1 ||\n  x.A", `2:3: true or false is needed here, not a text (template.yaml:7:3); write yes(..), no(..), has(..) or a comparison`},
		{`x.A > 5`, `1:5: cannot order a text (template.yaml:7:3) and a number; write num(..) around what is meant as a number`},
		{`x.L.startsWith("a")`, `1:15: startsWith is about a single value and got a list (template.yaml:7:3); write list(..).exists(x, ..)`},
		{`x.A - 1 == 0`, `1:5: cannot calculate with a text (template.yaml:7:3) and a number; write num(..)`},
	} {
		_, err := compile(t, env, c.src).Eval(only("x", x), nil)
		if err == nil || err.Error() != c.want {
			t.Errorf("%q: %v, want %s", c.src, err, c.want)
		}
	}
}

// Values that depend on one variable are followed together.
func TestWorlds(t *testing.T) {
	stage := func(dev, prod *model.Value) *model.Value { return oneOf("Stage", "dev", dev, "prod", prod) }
	region := func(eu, us *model.Value) *model.Value { return oneOf("Region", "eu", eu, "us", us) }
	x := fields(
		"A", stage(str("a"), str("b")),
		"B", stage(str("x"), str("y")),
		"C", region(str("c"), str("d")),
		"N", oneOf("Stage", "prod", str("n"), "test", str("m")),
		"T", parts(str("arn:"), stage(str("1"), str("2")), str(":"), resource("Queue")),
		"L", seq(stage(str("l"), nothing()), str("k")),
		"M", stage(fields("K", region(str("1"), str("2"))), unknown("imported")),
		"U", unknown("imported"),
	)
	env := newEnv(t, "x")
	for _, c := range []struct{ src, want string }{
		{`x.A == "a" && x.B == "y"`, "no"},
		{`x.A == "a" && x.B == "x"`, "yes when Stage=dev"},
		{`x.A == "a" || x.B == "y"`, "yes"},
		{`x.A == "a" || x.C == "c"`, "yes when Region=eu or Stage=dev"},
		{`x.A == "a" && x.C == "c"`, "yes when Region=eu Stage=dev"},
		{`x.A == "a" ? x.C == "c" : x.C == "c"`, "yes when Region=eu"},
		{`x.A != x.B`, "yes"},
		{`x.A == "a" || x.U == 1`, "yes when Stage=dev"},
		{`x.A == "a" && x.U == 1`, "unknown: imported"},
		{`x.A == "a" && x.N == "n"`, "unknown: Stage"}, // N says nothing of dev
		{`x.A == "b" && x.N == "n"`, "yes when Stage=prod"},
		{`x.N == "m"`, "yes when Stage=test"},
		{`x.T.startsWith("arn:1:")`, "yes when Stage=dev"},
		{`"l" in x.L`, "yes when Stage=dev"},
		{`size(x.L) == 1`, "yes when Stage=prod"},
		{`x.L[0] == "k"`, "yes when Stage=prod"},
		{`x.M.K == "2"`, "yes when Region=us Stage=dev"},
		{`x.M.K == "3"`, "unknown: imported"},
	} {
		if got := asked(t, compile(t, env, c.src), x); got != c.want {
			t.Errorf("%s: %s, want %s", c.src, got, c.want)
		}
	}
}

// Maps and lists are equal when their fields and elements are; what is not set is no field.
func TestEquality(t *testing.T) {
	for _, c := range []struct {
		src  string
		a, b *model.Value
		want string
	}{
		{`x.a == x.b`, fields("K", str("v")), fields("K", str("v")), "yes"},
		{`x.a == x.b`, fields("K", str("v")), fields("K", str("w")), "no"},
		{`x.a == x.b`, fields("K", str("v")), fields("K", str("v"), "L", number(1)), "no"},
		{`x.a == x.b`, fields("K", str("v")), fields("K", str("v"), "L", nothing()), "yes"},
		{`x.a == x.b`, fields("K", str("v")), fields("K", str("v"), "L", unknown("u")), "unknown: u"},
		{`x.a == x.b`, fields("K", str("v"), "M", str("1")), fields("K", unknown("u"), "M", str("2")), "no"},
		{`x.a == x.b`, fields("K", str("v")), fields("K", oneOf("V", "d", str("v"), "p", str("w"))), "yes when V=d"},
		{`x.a == x.b`, seq(str("a"), unknown("u")), seq(str("a"), str("b")), "unknown: u"},
		{`x.a == x.b`, seq(str("a"), present("u")), seq(str("b"), str("b")), "no"},
		{`x.a == x.b`, seq(str("a"), nothing()), seq(str("a")), "yes"},
		{`x.a == x.b`, seq(str("a")), fields("K", str("a")), "no"},
		{`x.a == x.b`, resource("Q"), resource("Q"), "yes"},
		{`x.a == x.b`, resource("Q"), resource("R"), "unknown: ${Q.Arn}, ${R.Arn}"},
		{`x.a == x.b`, resource("Q"), seq(str("a")), "unknown: ${Q.Arn}"},
		{`x.a == x.b`, parts(str("a"), resource("Q")), parts(str("b"), resource("Q")), "unknown: ${Q.Arn}"},
		{`x.a == x.b`, parts(str("a"), resource("Q")), seq(str("b")), "no"},
		{`x.a == x.b`, oneOf("V", "d", str("a"), "p", str("b")), oneOf("V", "d", str("b"), "p", str("a")), "no"},
		{`x.a == x.b`, oneOf("V", "d", str("a"), "p", str("b")), oneOf("W", "d", str("b"), "p", str("c")), "yes when V=p W=d"},
		{`x.a in x.b`, str("K"), fields("K", str("v")), "yes"},
		{`x.a in x.b`, str("K"), fields("K", unknown("u")), "unknown: u"},
		{`x.a in x.b`, unknown("u"), fields("K", str("v")), "unknown: u"},
		{`x.a in x.b`, unknown("u"), fields(), "no"},
		{`x.a in x.b`, resource("Q"), fields("K", str("v")), "unknown: ${Q.Arn}"},
		{`x.a in x.b`, seq(), fields("K", str("v")), "no"},
		{`x.a[x.b] == "v"`, fields("K", str("v")), str("K"), "yes"},
		{`x.a[x.b] == "v"`, fields("K", str("v")), resource("Q"), "unknown: ${Q.Arn}"},
		{`x.a[x.b] == "v"`, seq(unknown("u"), str("v")), number(1), "unknown: u"},
		{`[x.a, x.b].filter(e, refers(e)).size() == 1`, resource("Q"), str("Q"), "yes"},
		{`[x.a, x.b].all(e, refers(e))`, resource("Q"), unknown("u"), "unknown: u"},
	} {
		if got := ask(t, c.src, fields("a", c.a, "b", c.b)); got != c.want {
			t.Errorf("%s of %s and %s: %s, want %s", c.src, dump(c.a), dump(c.b), got, c.want)
		}
	}
}

func TestDefaultWorld(t *testing.T) {
	env := newEnv(t, "x")
	a := oneOf("Stage", "dev", str("a"), "prod", str("b"))
	without := model.NewOneOf("Stage", a.Choices, -1, model.Origin{})
	for _, c := range []struct {
		src  string
		x    *model.Value
		want bool
	}{
		{`x == "a"`, a, true},
		{`x == "b"`, a, false},
		{`x == "a"`, without, false},
		{`x != "c"`, without, true}, // in every world
		{`true`, a, true},
	} {
		v, err := compile(t, env, c.src).Eval(only("x", c.x), nil)
		if err != nil || v.State != model.Yes || v.Default != c.want {
			t.Errorf("%s: %+v %v, want default %v", c.src, v, err, c.want)
		}
	}
}

// More than four variables, or more than sixteen worlds, are not gone through.
func TestTooManyWorlds(t *testing.T) {
	var variables []*model.Value
	for _, name := range []string{"A", "B", "C", "D", "E"} {
		variables = append(variables, oneOf(name, "dev", str("x"), "prod", str("y")))
	}
	all := `x.all(e, e == "x") && !x.all(e, e == "x")`
	if got := ask(t, all, seq(variables[:4]...)); got != "no" {
		t.Errorf("four variables: %s, want no", got)
	}
	if got := ask(t, all, seq(variables...)); got != "unknown: E" {
		t.Errorf("five variables: %s, want unknown because of the fifth", got)
	}
	if got := ask(t, `"z" in x`, seq(variables...)); got != "no" {
		t.Errorf("five variables that all agree: %s, want no", got)
	}
	var labels []any
	for i := range 17 {
		labels = append(labels, string(rune('a'+i)), number(i))
	}
	wide := oneOf("V", labels...)
	if got := ask(t, `x == 99 || num(x) == 98`, wide); !strings.HasPrefix(got, "unknown: V") {
		t.Errorf("seventeen worlds: %s, want unknown", got)
	}
	if got := ask(t, `num(x) == 3`, wide); got != "yes when V=d" {
		t.Errorf("seventeen worlds, one found: %s", got)
	}
}

// Causes are the values of the workspace, in its order; unnumbered ones stand for themselves.
func TestCauses(t *testing.T) {
	env := newEnv(t, "x")
	a, b := unknown("a"), present("b")
	x := fields("B", b, "A", a)
	a.ID, b.ID = 1, 2
	p := compile(t, env, `x.B.C == 1 || x.A == 1 || x.B == 2`)
	v, err := p.Eval(only("x", x), []*model.Value{a, b})
	if err != nil || len(v.Causes) != 2 || v.Causes[0] != a || v.Causes[1] != b {
		t.Errorf("numbered: %v %v", v.Causes, err)
	}
	a.ID, b.ID = 0, 0
	v, err = p.Eval(only("x", x), nil)
	if err != nil || len(v.Causes) != 2 || v.Causes[0].Str != "b" || v.Causes[1] != a {
		t.Errorf("not numbered: %v %v", v.Causes, err)
	}
	queue := resource("Queue")
	v, err = compile(t, env, `size(x) > 3`).Eval(only("x", queue), nil)
	if err != nil || len(v.Causes) != 1 || v.Causes[0] != queue {
		t.Errorf("a reference: %v %v", v.Causes, err)
	}
}

// An expression asks for a variable only when it needs it, and once.
func TestVariablesAreLazy(t *testing.T) {
	p := compile(t, newEnv(t, "a", "b"), `a == 1 || a == 2 || b == 1`)
	var got []string
	scope := func(name string) *model.Value {
		got = append(got, name)
		return number(2)
	}
	if _, err := p.Eval(scope, nil); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"a"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestPaths(t *testing.T) {
	env := newEnv(t, "props", "name")
	for _, c := range []struct{ src, want string }{
		{`props.A.B == "x" && has(props.C)`, "props.A.B props.C"},
		{`props.Tags.exists(t, t.Key == name)`, "name props.Tags props.Tags[].Key"},
		{`list(props.S).exists(s, s.T.all(t, t.A == s.B))`, "props.S props.S[].B props.S[].T props.S[].T[].A"},
		{`props.L[0].A == props["M"]["n-o"]`, "props.L[].A props.M.n-o"},
		{`props.M[name].A == 1`, "name props.M[].A"},
		{`statements(props.Doc).exists(s, s.Action == "*")`, "props.Doc"},
		{`props.L.filter(x, x.A == 1).exists(y, y.B == 1)`, "props.L props.L[].A props.L[].B"},
		{`props.L.map(x, x.A)[0] == 1`, "props.L props.L[].A"},
		{`props.exists(props, props.A == 1)`, "props props[].A"},
	} {
		var got []string
		for _, p := range compile(t, env, c.src).Paths() {
			got = append(got, p.String())
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: %s, want %s", c.src, got, c.want)
		}
	}
}

func TestPathsOccur(t *testing.T) {
	x := fields("A", seq(fields("B", str("b")), fields("C", nothing())), "O", oneOf("V", "a", fields("P", str("p")), "b", str("q")),
		"U", unknown("u"), "S", fields("B", str("b")))
	for _, c := range []struct {
		keys string
		want bool
	}{
		{"", true}, {"A", true}, {"A [] B", true}, {"A [] C", false}, {"A [] D", false}, {"O P", true}, {"O Q", false},
		{"U V W", true}, {"Z", false}, {"S [] B", true}, {"S []", true},
	} {
		if got := (Path{"x", strings.Fields(c.keys)}).Occurs(x); got != c.want {
			t.Errorf("%q: %v, want %v", c.keys, got, c.want)
		}
	}
}

func TestStatements(t *testing.T) {
	allow := func(kv ...any) *model.Value { return fields(append([]any{"Effect", str("Allow")}, kv...)...) }
	for _, c := range []struct {
		src  string
		x    *model.Value
		want string
	}{
		{`statements(x).size() == 1`, fields("Version", str("2012-10-17"), "Statement", allow()), "yes"},
		{`statements(x).size() == 2`, seq(fields("Statement", seq(allow())), fields("PolicyDocument", fields("Statement", allow()))), "yes"},
		{`statements(x).size() == 2`, seq(allow(), allow()), "yes"},
		{`statements(x)[0].Action == ["*"]`, allow("Action", str("*")), "yes"},
		{`has(statements(x)[0].NotAction)`, allow("Action", str("*")), "no"},
		{`"a:b" in statements(x)[0].Action`, allow("Action", oneOf("V", "d", str("a:b"), "p", seq(str("c"), str("d")))), "yes when V=d"},
		{`size(statements(x)[0].Action) == 2`, allow("Action", oneOf("V", "d", str("a:b"), "p", seq(str("c"), str("d")))), "yes when V=p"},
		{`statements(x)[0].Principal.AWS == ["*"]`, allow("Principal", str("*")), "yes"},
		{`statements(x)[0].Principal.Service == ["a"]`, allow("Principal", fields("Service", str("a"))), "yes"},
		{`"*" in statements(x)[0].Principal.AWS`, allow("Principal", unknown("who")), "unknown: who"},
		{`statements(x).exists(s, s.Effect == "Allow" && "*" in s.Resource)`, seq(unknown("more"), allow("Resource", str("*"))), "yes"},
		{`statements(x).exists(s, s.Effect == "Deny")`, seq(unknown("more"), allow("Resource", str("*"))), "unknown: more"},
		{`statements(x).exists(s, s.Effect == "Deny")`, oneOf("V", "d", allow(), "p", fields("Effect", str("Deny"))), "yes when V=p"},
		{`statements(x).exists(s, s.Condition.Bool["aws:SecureTransport"] == "false")`,
			str(` {"Statement": [{"Effect": "Deny", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}]}`), "yes"},
		{`size(statements(x)) == 0`, str("arn:aws:iam::aws:policy/ReadOnlyAccess"), "yes"},
		{`size(statements(x)) == 0`, str(`{"Statement": `), `unknown: {"Statement": `},
		{`size(statements(x)) == 0`, parts(str(`{"Statement": `), resource("Q")), "unknown: ${Q.Arn}"},
		{`statements([x, x]).size() == 2`, allow(), "yes"},
	} {
		if got := ask(t, c.src, c.x); got != c.want {
			t.Errorf("%s of %s: %s, want %s", c.src, dump(c.x), got, c.want)
		}
	}
}

// The types of literals are checked for authors of rules.
func TestCheckTypes(t *testing.T) {
	env := newEnv(t, "props")
	for _, row := range truthTable {
		if err := newEnv(t, "x").CheckTypes(row.src); err != nil {
			t.Errorf("%s: %v", row.src, err)
		}
	}
	for _, src := range []string{`size(props.A) == "a"`, `props.A.startsWith(1)`, `"a" + 1 == props.A`, `!size(props.A)`} {
		if err := env.CheckTypes(src); err == nil || !strings.HasPrefix(err.Error(), "1:") {
			t.Errorf("%s: %v, want an error with its place", src, err)
		}
	}
}

// What a user's rule may cost is bounded, in time and memory.
func TestWorkIsBounded(t *testing.T) {
	var items []*model.Value
	for range 1000 {
		items = append(items, str("a"))
	}
	env := newEnv(t, "x")
	doubled := func(what string) string { return what + strings.Repeat(`.map(d, d + d)`, 60) }
	nested := `[1]` + strings.Repeat(`.map(d, [d, d])`, 40)
	for _, src := range []string{
		`x.all(a, x.all(b, x.all(c, a == b)))`,
		doubled(`["`+strings.Repeat("a", 100)+`"]`) + ` == []`,
		doubled(`[["a"]]`) + ` == []`,
		nested + ` == ` + nested,
	} {
		p, err := env.CompileUser(src)
		if err != nil {
			t.Fatalf("%.60s: %v", src, err)
		}
		if _, err := p.Eval(only("x", seq(items...)), nil); err == nil {
			t.Errorf("%.60s: no error", src)
		}
	}
	if _, err := env.Compile(strings.Repeat("(", 1000) + "true" + strings.Repeat(")", 1000)); err == nil {
		t.Error("nesting is not bounded")
	}
	if _, err := env.Compile(`x == 1` + strings.Repeat(` || x == 1`, 200)); err != nil {
		t.Errorf("a long flat expression: %v", err)
	}
}

func TestProgramsAreSafeForConcurrentUse(t *testing.T) {
	env := newEnv(t, "x")
	p := compile(t, env, `x.L.filter(e, e in ["a", "b"]).size() == 2 && x.S == "a"`)
	x := fields("L", seq(str("a"), str("b"), str("c")), "S", oneOf("V", "d", str("a"), "p", fields("K", str("b"))))
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 200 {
				v, err := p.Eval(only("x", x), nil)
				if err != nil || line(v) != "yes when V=d" {
					t.Errorf("%s %v", line(v), err)
					return
				}
			}
		})
	}
	wg.Wait()
}

func TestTemplates(t *testing.T) {
	scope := func(name string) *model.Value {
		return map[string]*model.Value{
			"name":  str("Orders"),
			"props": fields("Role", resource("Role"), "N", number(5), "L", seq(fields("K", str("k"))), "O", oneOf("V", "a", str("1"), "b", str("2"))),
		}[name]
	}
	for _, c := range []struct{ in, want string }{
		{"plain", "plain"},
		{"{{name}} runs as {{props.Role}}", "Orders runs as ${Role.Arn}"},
		{"{{ props.N }}, {{props.L.0.K}}, {{props.O}}, {{props.Z}}, {{other}}", "5, k, 1 | 2, absent, absent"},
		{"a } b {", "a } b {"},
	} {
		tpl, err := ParseTemplate(c.in, []string{"name", "props", "other"})
		if err != nil {
			t.Errorf("%s: %v", c.in, err)
		} else if got := tpl.Render(scope); got != c.want {
			t.Errorf("%s: %s, want %s", c.in, got, c.want)
		}
	}
	for _, c := range []struct{ in, want string }{
		{"ä {{nam}}", `1:3: unknown variable "nam"; variables here are name`},
		{"{{name.}}", `1:1: unknown variable "name."; variables here are name`},
		{"{{name", `1:1: {{ is not closed; write {{name}}`},
	} {
		if _, err := ParseTemplate(c.in, []string{"name"}); err == nil || err.Error() != c.want {
			t.Errorf("%s: %v, want %s", c.in, err, c.want)
		}
	}
}

func TestFunctionsAreDocumented(t *testing.T) {
	for _, f := range Functions() {
		if f.Doc == "" || !strings.Contains(f.Usage, f.Name) {
			t.Errorf("%s is not documented: %+v", f.Name, f)
		}
	}
}

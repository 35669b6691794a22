package expr

import (
	"fmt"
	"strings"
	"testing"

	"wardlet.example/internal/model"
)

// The truth table: every operator and function with an argument in every state a template value can be in. A row gives
// an expression about x, a value for which it holds and one for which it does not. From these the columns follow that
// mix the two; the other columns are spelled out. The text is "ab?yz" and the reference ${Queue.Arn}; ? is undecided,
// ! is an error.
//
// The columns: absent, unknown, unknown but present, text known in parts, reference, list ["a"], map {a: "b"}.
var truthTable = []struct {
	src     string
	yes, no *model.Value
	states  string
}{
	//                                                                       abs unk pre txt ref lst map
	{`x == "a"`, str("a"), str("b"), "no ? ? no no no no"},
	{`x == "abyz"`, str("abyz"), str("b"), "no ? ? ? no no no"},
	{`"a" == x`, str("a"), str("b"), "no ? ? no no no no"},
	{`x == 5`, number(5), number(6), "no ? ? no no no no"},
	{`x == 5.0`, number(5), number(6), "no ? ? no no no no"},
	{`x == true`, truth(true), truth(false), "no ? ? no no no no"},
	{`x == ["a"]`, seq(str("a")), seq(str("b")), "no ? ? no ? yes no"},
	{`x == x`, str("a"), nothing(), "no ? ? yes yes yes yes"},
	{`x != "a"`, str("b"), str("a"), "yes ? ? yes yes yes yes"},
	{`x != "abyz"`, str("b"), str("abyz"), "yes ? ? ? yes yes yes"},
	{`x != x`, nothing(), str("a"), "yes ? ? no no no no"},
	{`x < 5`, number(4), number(5), "no ? ? ? ? ! !"},
	{`x <= 5`, number(5), number(6), "no ? ? ? ? ! !"},
	{`x > 5`, number(6), number(5), "no ? ? ? ? ! !"},
	{`x >= 5`, number(5), number(4), "no ? ? ? ? ! !"},
	{`5 < x`, number(6), number(5), "no ? ? ? ? ! !"},
	{`x < "b"`, str("a"), str("b"), "no ? ? ? ? ! !"},
	{`x`, truth(true), truth(false), "! ? ? ! ! ! !"},
	{`!x`, truth(false), truth(true), "! ? ? ! ! ! !"},
	{`x && true`, truth(true), truth(false), "! ? ? ! ! ! !"},
	{`x && false`, nil, truth(true), "no no no no no no no"},
	{`false && x`, nil, truth(true), "no no no no no no no"},
	{`x || false`, truth(true), truth(false), "! ? ? ! ! ! !"},
	{`x || true`, truth(false), nil, "yes yes yes yes yes yes yes"},
	{`true || x`, truth(false), nil, "yes yes yes yes yes yes yes"},
	{`x ? true : false`, truth(true), truth(false), "! ? ? ! ! ! !"},
	{`x ? "a" == "b" : false`, nil, truth(true), "! no no ! ! ! !"},
	{`(true ? x : "b") == "a"`, str("a"), str("b"), "no ? ? no no no no"},
	{`x in ["a", "b"]`, str("a"), str("c"), "no ? ? no no no no"},
	{`x in ["a", "abyz"]`, str("a"), str("c"), "no ? ? ? no no no"},
	{`x in []`, nil, str("c"), "no no no no no no no"},
	{`"a" in x`, seq(str("c"), str("a")), seq(str("b")), "no ? ? no no yes yes"},
	{`"a" in x`, str("a"), fields("b", str("a")), "no ? ? no no yes yes"},
	{`"abyz" in x`, str("abyz"), fields("b", str("a")), "no ? ? ? no no no"},
	{`x + 1 == 2`, number(1), number(2), "no ? ? ? ? ! !"},
	{`x + "z" == "az"`, str("a"), str("b"), "no ? ? no ? ! !"},
	{`x + ["z"] == ["a", "z"]`, seq(str("a")), seq(str("b")), "no ? ? ? ? yes !"},
	{`x - 1 == 2`, number(3), number(2), "no ? ? ? ? ! !"},
	{`x * 2 == 4`, number(2), number(3), "no ? ? ? ? ! !"},
	{`x / 2 == 2`, number(4), number(2), "no ? ? ? ? ! !"},
	{`x % 2 == 1`, number(3), number(2), "no ? ? ? ? ! !"},
	{`-x == 1`, number(-1), number(1), "no ? ? ? ? ! !"},
	{`x.a == "b"`, fields("a", str("b")), fields("a", str("c")), "no ? ? no no no yes"},
	{`x["a"] == "b"`, fields("a", str("b")), str("b"), "no ? ? no no no yes"},
	{`x.a.b.c == "d"`, fields("a", fields("b", fields("c", str("d")))), str("a"), "no ? ? no no no no"},
	{`x[0] == "a"`, seq(str("a")), seq(str("b")), "no ? ? no no yes no"},
	{`x[7] == "a"`, seq(str("1"), str("2"), str("3"), str("4"), str("5"), str("6"), str("7"), str("a")), seq(), "no ? ? no no no no"},
	{`["b", "a"][x] == "a"`, number(1), number(0), "no ? ? ? ? no no"},
	{`has(x.a)`, fields("a", str("b")), fields("b", str("b")), "no ? ? no no no yes"},
	{`!has(x.a)`, fields("b", str("b")), fields("a", str("b")), "yes ? ? yes yes yes no"},
	{`is_set(x)`, str(""), nothing(), "no ? yes yes yes yes yes"},
	{`refers(x)`, resource("Table"), str("Table"), "no ? ? no yes no no"},
	{`yes(x)`, truth(true), str("false"), "no ? ? no no ! !"},
	{`yes(x)`, str("True"), nothing(), "no ? ? no no ! !"},
	{`yes(x)`, number(1), number(2), "no ? ? no no ! !"},
	{`no(x)`, truth(false), str("true"), "no ? ? no no ! !"},
	{`no(x)`, str("no"), nothing(), "no ? ? no no ! !"},
	{`num(x) > 5`, str("6"), str("5"), "no ? ? ? ? ! !"},
	{`num(x) > 5`, number(6), str("many"), "no ? ? ? ? ! !"},
	{`text(x) == "5"`, number(5), truth(true), "no ? ? no no ! !"},
	{`text(x) == "abyz"`, str("abyz"), number(5), "no ? ? ? no ! !"},
	{`lower(x) == "abyz"`, str("ABYZ"), str("b"), "no ? ? ? no ! !"},
	{`list(x) == ["a"]`, str("a"), str("b"), "no ? ? no no yes no"},
	{`"a" in list(x)`, str("a"), seq(str("b")), "no ? ? no no yes no"},
	{`size(x) == 1`, str("a"), str("ab"), "no ? ? ? ? yes yes"},
	{`x.size() == 0`, seq(), seq(str("b")), "yes ? ? ? ? no no"},
	{`x.startsWith("a")`, str("ax"), str("b"), "no ? ? yes ? ! !"},
	{`x.startsWith("b")`, str("bx"), str("ab"), "no ? ? no ? ! !"},
	{`x.startsWith("abc")`, str("abcd"), str("ab"), "no ? ? ? ? ! !"},
	{`"ab".startsWith(x)`, str("a"), str("b"), "no ? ? ? ? ! !"},
	{`x.endsWith("z")`, str("az"), str("a"), "no ? ? yes ? ! !"},
	{`x.endsWith("a")`, str("a"), str("z"), "no ? ? no ? ! !"},
	{`x.contains("b")`, str("abc"), str("ac"), "no ? ? yes ? ! !"},
	{`x.contains("q")`, str("q"), str("ac"), "no ? ? ? ? ! !"},
	{`x.matches("[by]")`, str("b"), str("a"), "no ? ? yes ? ! !"},
	{`x.matches("^b.*")`, str("b"), str("a"), "no ? ? no ? ! !"},
	{`x.matches("^ab$")`, str("ab"), str("a"), "no ? ? ? ? ! !"},
	{`glob("a*z", x)`, str("abz"), str("ab"), "no ? ? yes ? ! !"},
	{`glob("*", x)`, str(""), nothing(), "no ? ? yes yes ! !"},
	{`glob("a?z", x)`, str("abz"), str("az"), "no ? ? no ? ! !"},
	{`glob("a???z", x)`, str("abcyz"), str("az"), "no ? ? ? ? ! !"},
	{`glob(x, "abz")`, str("a*"), str("b*"), "no ? ? no ? ! !"},
	{`iglob("A*", x)`, str("abz"), str("b"), "no ? ? yes ? ! !"},
	{`cidr_is_world(x)`, str("0.0.0.0/0"), str("10.0.0.0/8"), "no ? ? no ? ! !"},
	{`cidr_is_world(x)`, str("::/0"), str("0.0.0.0"), "no ? ? no ? ! !"},
	{`x.exists(e, e == "a")`, seq(str("b"), str("a")), seq(str("b")), "no ? ? no no yes yes"},
	{`x.exists(e, true)`, seq(str("b")), seq(), "no ? ? yes yes yes yes"},
	{`x.all(e, e == "a")`, seq(str("a")), seq(str("a"), str("b")), "yes ? ? no no yes yes"},
	{`x.all(e, false)`, seq(), seq(str("a")), "yes ? ? no no no no"},
	{`x.exists_one(e, e == "a")`, seq(str("a"), str("b")), seq(str("a"), str("a")), "no ? ? no no yes yes"},
	{`x.filter(e, e == "a").size() == 1`, seq(str("a"), str("b")), seq(str("a"), str("a")), "no ? ? no no yes yes"},
	{`"a!" in x.map(e, e + "!")`, seq(str("a"), str("b")), seq(str("b")), "no ? ? no ? yes yes"},
	{`x.map(e, e == "a", e + "!") == ["a!"]`, seq(str("a"), str("b")), seq(str("b")), "no ? ? no no yes yes"},
	{`"a" in [x, "b"]`, str("a"), str("c"), "no ? ? no no no no"},
	{`"b" in [x, "b"]`, str("c"), nil, "yes yes yes yes yes yes yes"},
	{`statements(x).exists(s, s.Effect == "Allow")`, fields("Statement", seq(fields("Effect", str("Allow")))),
		fields("Statement", seq(fields("Effect", str("Deny")))), "no ? ? no ? no no"},
	{`statements(x).exists(s, "*" in s.Action)`, str(`{"Statement": {"Action": "*"}}`), str("arn:aws:iam::aws:policy/X"), "no ? ? no ? no no"},
}

// states are the columns that a row spells out.
var states = []struct {
	name string
	make func() *model.Value
}{
	{"absent", nothing},
	{"unknown", func() *model.Value { return unknown("why") }},
	{"present", func() *model.Value { return present("why") }},
	{"text", func() *model.Value { return parts(str("ab"), unknown("why"), str("yz")) }},
	{"reference", func() *model.Value { return resource("Queue") }},
	{"list", func() *model.Value { return seq(str("a")) }},
	{"map", func() *model.Value { return fields("a", str("b")) }},
}

func TestTruthTable(t *testing.T) {
	for _, row := range truthTable {
		want := strings.Fields(row.states)
		for i, column := range states {
			got := ask(t, row.src, column.make())
			if verdict := short(got); verdict != want[i] {
				t.Errorf("%s with x %s: %s, want %s", row.src, column.name, got, want[i])
			}
		}
		if row.yes != nil {
			expect(t, row.src, row.yes, "yes")
			expect(t, row.src, oneOf("V", "a", wrap(row.yes), "b", wrap(row.yes)), "yes")
		}
		if row.no != nil {
			expect(t, row.src, row.no, "no")
			expect(t, row.src, oneOf("V", "a", wrap(row.no), "b", wrap(row.no)), "no")
		}
		if row.yes != nil && row.no != nil {
			expect(t, row.src, oneOf("V", "a", row.no, "b", row.yes), "yes when V=b")
			expect(t, row.src, oneOf("V", "a", row.no, "b", oneOf("W", "c", row.yes, "d", row.no)), "yes when V=b W=c")
		}
	}
}

// wrap copies a value, since equal pointers would make one value of a OneOf.
func wrap(v *model.Value) *model.Value { w := *v; return &w }

func expect(t *testing.T, src string, x *model.Value, want string) {
	t.Helper()
	if got := ask(t, src, x); got != want {
		t.Errorf("%s with x = %s: %s, want %s", src, x, got, want)
	}
}

func short(verdict string) string {
	switch {
	case strings.HasPrefix(verdict, "unknown"):
		return "?"
	case verdict == "error":
		return "!"
	}
	return verdict
}

// Each function, operator and macro of the language has a row.
func TestTruthTableIsComplete(t *testing.T) {
	var all strings.Builder
	for _, row := range truthTable {
		fmt.Fprintln(&all, row.src)
	}
	words := []string{"==", "!=", "<", "<=", ">", ">=", "!x", "&&", "||", "?", " in ", "+", "-", "*", "/", "%", "-x", "[0]",
		"has(", ".exists(", ".all(", ".exists_one(", ".map(", ".filter("}
	for _, f := range Functions() {
		words = append(words, f.Name+"(")
	}
	for _, w := range words {
		if !strings.Contains(all.String(), w) {
			t.Errorf("the truth table has no row for %s", w)
		}
	}
}

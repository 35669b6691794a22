package expr

import (
	"fmt"
	"maps"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"wardlet.example/internal/model"
)

// What an expression answers of a value with unknown parts, it answers of every value with these parts filled in: yes
// stays yes, no stays no, and where it names worlds, it holds in these.
func TestDecidedStaysDecided(t *testing.T) {
	env := newEnv(t, "x")
	rapid.Check(t, func(rt *rapid.T) {
		src := conditionGen(3, nil).Draw(rt, "expression")
		x := valueGen(3).Draw(rt, "x")
		p, err := env.Compile(src)
		if err != nil {
			rt.Fatalf("%s: %v", src, err)
		}
		w := &model.Workspace{Apps: []*model.App{{Resources: []*model.Resource{{Props: x}}}}}
		if rapid.Bool().Draw(rt, "numbered") {
			w.Number()
		}
		open, err := p.Eval(only("x", x), w.Uncertain)
		if err != nil {
			return
		}
		for i := range 4 {
			world := model.World{}
			filled := fill(rt, x, world, map[*model.Value]*model.Value{}, fmt.Sprint(i))
			known, err := p.Eval(only("x", filled), nil)
			if err != nil {
				continue
			}
			check(rt, src, open, known, world, x, filled)
		}
	})
}

func check(rt *rapid.T, src string, open, known Verdict, world model.World, x, filled *model.Value) {
	describe := func() string { return fmt.Sprintf("%s\nx = %s\nfilled = %s in %v", src, dump(x), dump(filled), world) }
	switch {
	case known.State == model.Maybe: // a reference is in it
	case open.State == model.No && known.State != model.No:
		rt.Fatalf("no, but %s of\n%s", known.State, describe())
	case open.State == model.Yes && len(open.Worlds) == 0 && known.State != model.Yes:
		rt.Fatalf("yes, but %s of\n%s", known.State, describe())
	case open.State == model.Yes && known.State != model.Yes:
		for _, w := range open.Worlds {
			if within(world, w) {
				rt.Fatalf("yes in %v, but %s of\n%s", w, known.State, describe())
			}
		}
	case open.State == model.Maybe && len(open.Causes) == 0:
		rt.Fatalf("undecided without cause: %s", describe())
	}
}

// fill replaces what is uncertain in a value: unknowns by anything, each of several by its choice in the world. The same
// value is filled the same everywhere.
func fill(rt *rapid.T, v *model.Value, world model.World, done map[*model.Value]*model.Value, tag string) *model.Value {
	if d, ok := done[v]; ok {
		return d
	}
	out := fillOnce(rt, v, world, done, tag)
	done[v] = out
	return out
}

func fillOnce(rt *rapid.T, v *model.Value, world model.World, done map[*model.Value]*model.Value, tag string) *model.Value {
	below := func(w *model.Value) *model.Value { return fill(rt, w, world, done, tag) }
	switch v.Kind {
	case model.Unknown:
		got := knownGen(2).Draw(rt, "unknown"+tag)
		if v.Present && got.Kind == model.Absent {
			return str("a")
		}
		return got
	case model.OneOf:
		if _, ok := world[v.Str]; !ok {
			world[v.Str] = rapid.SampledFrom([]string{"dev", "prod"}).Draw(rt, v.Str+tag)
		}
		return below(v.Given(model.World{v.Str: world[v.Str]}))
	case model.Text:
		return parts(changed(v.Items, func(p *model.Value) *model.Value {
			if p.Kind == model.Unknown {
				return rapid.SampledFrom([]*model.Value{str(""), str("a"), str("ab"), str("b*")}).Draw(rt, "part"+tag)
			}
			return below(p)
		})...)
	case model.List:
		return seq(changed(v.Items, below)...)
	case model.Map:
		var kv []any
		for _, f := range v.Fields {
			kv = append(kv, f.Key, below(f.Value))
		}
		return fields(kv...)
	}
	return v
}

func changed(vs []*model.Value, f func(*model.Value) *model.Value) []*model.Value {
	out := make([]*model.Value, len(vs))
	for i, v := range vs {
		out[i] = f(v)
	}
	return out
}

// scalarGen makes known scalars from a small stock, so that they are often equal.
func scalarGen() *rapid.Generator[*model.Value] {
	return rapid.SampledFrom([]*model.Value{str("a"), str("b"), str("ab"), str("true"), str("*"), number(1), number(2), truth(true), truth(false)})
}

var keys = []string{"a", "b", "Effect", "Action"}

// knownGen makes values without anything uncertain; a reference may be in them.
func knownGen(depth int) *rapid.Generator[*model.Value] {
	return rapid.Custom(func(rt *rapid.T) *model.Value { return drawValue(rt, depth, false) })
}

// valueGen makes values of all kinds.
func valueGen(depth int) *rapid.Generator[*model.Value] {
	return rapid.Custom(func(rt *rapid.T) *model.Value { return drawValue(rt, depth, true) })
}

func drawValue(rt *rapid.T, depth int, uncertain bool) *model.Value {
	kinds := []string{"scalar", "scalar", "absent", "ref"}
	if depth > 0 {
		kinds = append(kinds, "list", "list", "map", "map", "map")
	}
	if uncertain {
		kinds = append(kinds, "unknown", "present", "text", "one-of", "one-of")
	}
	below := func(label string) *model.Value { return drawValue(rt, depth-1, uncertain) }
	switch kind := rapid.SampledFrom(kinds).Draw(rt, "kind"); kind {
	case "absent":
		return nothing()
	case "ref":
		return resource(rapid.SampledFrom([]string{"Queue", "Table"}).Draw(rt, "id"))
	case "unknown":
		return unknown("u")
	case "present":
		return present("p")
	case "text":
		return parts(str("a"), rapid.SampledFrom([]*model.Value{unknown("t"), resource("Queue"), oneOf("S", "dev", str("a"), "prod", str("b"))}).Draw(rt, "part"), str("b"))
	case "list":
		var items []*model.Value
		for range rapid.IntRange(0, 3).Draw(rt, "length") {
			items = append(items, below("item"))
		}
		return seq(items...)
	case "map":
		var kv []any
		for _, k := range keys {
			if rapid.Bool().Draw(rt, k) {
				kv = append(kv, k, below(k))
			}
		}
		return fields(kv...)
	case "one-of":
		name := rapid.SampledFrom([]string{"S", "T"}).Draw(rt, "variable")
		if depth == 0 {
			return oneOf(name, "dev", scalarGen().Draw(rt, "dev"), "prod", scalarGen().Draw(rt, "prod"))
		}
		return oneOf(name, "dev", below("dev"), "prod", below("prod"))
	}
	return scalarGen().Draw(rt, "scalar")
}

// conditionGen makes expressions that are true or false, over x and the variables of comprehensions around.
func conditionGen(depth int, locals []string) *rapid.Generator[string] {
	return rapid.Custom(func(rt *rapid.T) string { return drawCondition(rt, depth, locals) })
}

func drawCondition(rt *rapid.T, depth int, locals []string) string {
	operand := func() string { return drawOperand(rt, depth-1, locals) }
	forms := []func() string{
		func() string {
			return operand() + rapid.SampledFrom([]string{" == ", " != "}).Draw(rt, "op") + operand()
		},
		func() string { return operand() + " in " + operand() },
		func() string { return "is_set(" + operand() + ")" },
		func() string { return "has(x.a." + rapid.SampledFrom(keys).Draw(rt, "key") + ")" },
		func() string {
			return rapid.SampledFrom([]string{"yes", "no", "cidr_is_world"}).Draw(rt, "f") + "(" + operand() + ")"
		},
		func() string { return "num(" + operand() + ") > 1" },
		func() string { return "size(" + operand() + ") == 1" },
		func() string {
			return operand() + rapid.SampledFrom([]string{`.startsWith("a")`, `.endsWith("b")`, `.contains("a")`, `.matches("^a")`, `.matches("b")`, `.matches("b$")`}).Draw(rt, "text")
		},
		func() string {
			return rapid.SampledFrom([]string{"glob", "iglob"}).Draw(rt, "glob") + `("a*", ` + operand() + ")"
		},
		func() string { return "glob(" + operand() + `, "ab")` },
	}
	if depth > 0 {
		sub := func() string { return drawCondition(rt, depth-1, locals) }
		forms = append(forms,
			func() string { return "(" + sub() + " && " + sub() + ")" },
			func() string { return "(" + sub() + " || " + sub() + ")" },
			func() string { return "!(" + sub() + ")" },
			func() string { return "(" + sub() + " ? " + sub() + " : " + sub() + ")" },
			func() string { return drawMacro(rt, depth, locals, "exists", "all", "exists_one") },
			func() string { return drawMacro(rt, depth, locals, "exists", "all", "exists_one") },
		)
	}
	return rapid.SampledFrom(forms).Draw(rt, "form")()
}

func drawMacro(rt *rapid.T, depth int, locals []string, names ...string) string {
	v := fmt.Sprintf("v%d", len(locals))
	body := drawCondition(rt, depth-1, append(locals, v))
	return drawOperand(rt, depth-1, locals) + "." + rapid.SampledFrom(names).Draw(rt, "macro") + "(" + v + ", " + body + ")"
}

func drawOperand(rt *rapid.T, depth int, locals []string) string {
	forms := []func() string{
		func() string { return "x" },
		func() string { return "x." + rapid.SampledFrom(keys).Draw(rt, "key") },
		func() string {
			return "x." + rapid.SampledFrom(keys).Draw(rt, "key") + "." + rapid.SampledFrom(keys).Draw(rt, "key")
		},
		func() string {
			return rapid.SampledFrom([]string{`"a"`, `"ab"`, "1", "true", `["a", "b"]`, "[]"}).Draw(rt, "literal")
		},
	}
	if len(locals) > 0 {
		local := rapid.SampledFrom(locals).Draw(rt, "local")
		forms = append(forms, func() string { return local }, func() string { return local + ".a" })
	}
	if depth > 0 {
		sub := func() string { return drawOperand(rt, depth-1, locals) }
		forms = append(forms,
			func() string {
				return rapid.SampledFrom([]string{"list", "text", "lower", "num", "statements"}).Draw(rt, "f") + "(" + sub() + ")"
			},
			func() string { return sub() + "[0]" },
			func() string { return "[" + sub() + ", " + sub() + "]" },
			func() string { return "(" + sub() + " + " + sub() + ")" },
			func() string { return drawMacro(rt, depth, locals, "filter") },
			func() string { return sub() + ".map(m, " + drawOperand(rt, depth-1, append(locals, "m")) + ")" },
			func() string { return "(" + drawCondition(rt, depth-1, locals) + " ? " + sub() + " : " + sub() + ")" },
		)
	}
	return rapid.SampledFrom(forms).Draw(rt, "operand")()
}

// dump writes a value with all its parts.
func dump(v *model.Value) string {
	var b strings.Builder
	switch v.Kind {
	case model.List, model.Text:
		fmt.Fprintf(&b, "%s[", v.Kind)
		for i, w := range v.Items {
			if i > 0 {
				b.WriteString(", ")
			}
			b.WriteString(dump(w))
		}
		b.WriteString("]")
	case model.Map:
		b.WriteString("{")
		for _, f := range v.Fields {
			b.WriteString(f.Key + ": " + dump(f.Value) + ", ")
		}
		b.WriteString("}")
	case model.OneOf:
		fmt.Fprintf(&b, "%s#%d(", v.Str, v.ID)
		for _, c := range v.Choices {
			b.WriteString(c.Label + ": " + dump(c.Value) + ", ")
		}
		b.WriteString(")")
	case model.Unknown:
		fmt.Fprintf(&b, "?%s#%d", v.Str, v.ID)
	case model.String:
		fmt.Fprintf(&b, "%q", v.Str)
	default:
		b.WriteString(v.String())
	}
	return b.String()
}

// A description of worlds says the same as the list of all worlds in which it holds.
func TestDescriptionOfWorldsIsExact(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		names := []string{"A", "B", "C"}
		all := []model.World{{}}
		for _, n := range names {
			var more []model.World
			for _, w := range all {
				for _, label := range []string{"x", "y"} {
					next := maps.Clone(w)
					next[n] = label
					more = append(more, next)
				}
			}
			all = more
		}
		w := &worlds{}
		for _, world := range all {
			w.leaves = append(w.leaves, leaf{world: world, state: rapid.SampledFrom([]model.Tri{model.Yes, model.No, model.Maybe}).Draw(rt, "state")})
		}
		described := w.describe()
		for _, l := range w.leaves {
			covered := false
			for _, d := range described {
				covered = covered || within(l.world, d)
			}
			if covered != (l.state == model.Yes) {
				rt.Fatalf("%v is %s but the description is %v", l.world, l.state, described)
			}
		}
	})
}

package dataflow

import (
	"maps"
	"strings"

	"wardlet.example/internal/ir"
)

// guard notes what a condition says of values where it holds, or where it does not: that they are one of some constants, or that a
// test of their form has passed.
func (in *interp) guard(f frame, e *ir.Expr, holds bool) {
	if e == nil {
		return
	}
	switch e.Kind {
	case ir.Not:
		in.guard(f, e.X, !holds)
	case ir.Binary:
		switch e.Str {
		case "&&":
			if holds {
				in.guard(f, e.X, true)
				in.guard(f, e.Y, true)
			}
		case "||":
			if !holds {
				in.guard(f, e.X, false)
				in.guard(f, e.Y, false)
			}
		case "===", "==":
			if holds {
				in.equals(f, e)
			}
		case "!==", "!=":
			if !holds {
				in.equals(f, e)
			}
		case "in":
			if holds && in.eval(f, e.Y).all() == nil {
				in.trust(f, e.X, []string{"all"})
			}
		case "not in":
			if !holds && in.eval(f, e.Y).all() == nil {
				in.trust(f, e.X, []string{"all"})
			}
		}
	case ir.Call:
		in.tested(f, e, holds)
	case ir.Await:
		in.guard(f, e.X, holds)
	}
}

// equals: what equals a constant is that constant.
func (in *interp) equals(f frame, e *ir.Expr) {
	x, y := e.X, e.Y
	if x.Kind == ir.Unknown && x.Str == "typeof" && len(x.List) == 1 && y.Kind == ir.Const {
		switch y.Str {
		case "number", "boolean", "bigint":
			in.trust(f, x.List[0], []string{"all"})
		case "string":
			in.trust(f, x.List[0], []string{"nosql", "mass-assignment"})
		}
		return
	}
	if in.quiet(f, x).known {
		x, y = y, x
	}
	other := in.quiet(f, y)
	if !other.known && len(other.all()) > 0 {
		return
	}
	if other.known || isEnvironment(other.ref) {
		in.trust(f, x, []string{"all"})
	}
}

// quiet looks at an expression that was evaluated already.
func (in *interp) quiet(f frame, e *ir.Expr) *Value {
	switch e.Kind {
	case ir.Const:
		return constant(e.Str)
	case ir.Name:
		return in.name(f, e)
	case ir.Member:
		return in.member(f, in.quiet(f, e.X), e.Str, e.At)
	case ir.Array:
		v := &Value{fields: map[string]*Value{}}
		for i, x := range e.List {
			v.fields[itoa(i)] = in.quiet(f, x)
		}
		return v
	}
	return &Value{taints: []*Taint{{}}}
}

// isEnvironment reports whether a path is a setting of the function.
func isEnvironment(ref string) bool {
	return strings.HasPrefix(ref, "builtin.process.env.") || strings.HasPrefix(ref, "os.environ")
}

// tested: a call that says yes or no about its argument.
func (in *interp) tested(f frame, e *ir.Expr, holds bool) {
	for _, m := range in.modelsOf(f, e) {
		if m.Kind != validator || m.refuses == holds || len(m.when) > 0 && !m.applies(in.quietArguments(f, e)) {
			continue
		}
		for _, name := range m.In {
			if x := argumentExpr(e, name); x != nil && in.tellsEnough(f, e, m) {
				in.trust(f, x, m.For)
			}
		}
	}
	if !holds {
		return
	}
	if e.X.Kind == ir.Member && (e.X.Str == "includes" || e.X.Str == "has") && len(e.List) == 1 { // [..].includes(x), new Set().has(x)
		if list := in.quiet(f, e.X.X); len(list.all()) == 0 && (len(list.fields) > 0 || list.ref != "" || e.X.X.Kind == ir.Array) {
			in.trust(f, e.List[0], []string{"all"})
		}
	}
	if e.X.Kind == ir.Name && e.X.Str == "isinstance" && len(e.List) == 2 {
		switch e.List[1].Str {
		case "int", "float", "bool":
			in.trust(f, e.List[0], []string{"all"})
		case "str":
			in.trust(f, e.List[0], []string{"nosql", "mass-assignment", "prototype-pollution"})
		}
	}
}

// quietArguments are the arguments of a call that was evaluated already.
func (in *interp) quietArguments(f frame, e *ir.Expr) *arguments {
	a := &arguments{kw: map[string]*Value{}}
	for i, x := range e.List {
		if i < len(e.Keys) && e.Keys[i] != "" {
			a.kw[e.Keys[i]] = in.quiet(f, x)
			continue
		}
		a.list = append(a.list, in.quiet(f, x))
	}
	return a
}

// tellsEnough reports whether a test by a pattern tells what a text is as a whole; of patterns that are not known it is taken for granted.
func (in *interp) tellsEnough(f frame, e *ir.Expr, m *Model) bool {
	if e.X.Kind != ir.Member {
		return true
	}
	var pattern *Value
	begins, ends := false, false // what the method itself sees to
	switch name := e.X.Str; {
	case name == "test" && strings.HasPrefix(m.Member, "regexp"):
		pattern = in.quiet(f, e.X.X)
		if e.X.X.Kind == ir.Const {
			pattern = &Value{text: e.X.X.Str, known: true, regexp: true}
		}
	case name == "match" && m.Package == "builtin" && len(e.List) > 0:
		pattern = in.quiet(f, e.List[0])
	case (m.Package == "re" || strings.HasPrefix(m.Member, "regexp.")) && (name == "match" || name == "fullmatch" || name == "search") && len(e.List) > 0:
		pattern = in.quiet(f, e.List[0])
		if m.Package != "re" { // compiled before
			pattern = &Value{}
			if compiled := in.quiet(f, e.X.X); len(compiled.args) > 0 {
				pattern = compiled.args[0]
			}
		}
		begins, ends = name != "search", name == "fullmatch"
	case name == "includes" || name == "has":
		list := in.quiet(f, e.X.X)
		return len(list.all()) == 0 && (len(list.fields) > 0 || list.ref != "" || e.X.X.Kind == ir.Array)
	default:
		return true
	}
	return !pattern.known || anchored(pattern, begins, ends)
}

// anchored reports whether a regular expression is about a text as a whole.
func anchored(v *Value, begins, ends bool) bool {
	s := v.text
	if t := strings.TrimPrefix(s, "/"); t != s {
		if i := strings.LastIndexByte(t, '/'); i >= 0 {
			s = t[:i]
		}
	}
	begins = begins || strings.HasPrefix(s, "^") || strings.HasPrefix(s, `\A`)
	ends = ends || strings.HasSuffix(s, "$") || strings.HasSuffix(s, `\Z`) || strings.HasSuffix(s, `\z`)
	return begins && ends && !strings.Contains(s, ".*") && !strings.Contains(s, ".+")
}

// trust notes that an expression can do no harm for some rules from here on.
func (in *interp) trust(f frame, e *ir.Expr, rules []string) {
	if text := textOf(e); text != "" {
		in.trustText(f, text, rules)
	}
}

func (in *interp) trustText(f frame, text string, rules []string) {
	f.s.guards = true
	v := &Value{fields: map[string]*Value{}}
	if known, ok := in.get(f.s, string(guardMark)+text); ok {
		maps.Copy(v.fields, known.fields)
	}
	for _, r := range rules {
		v.fields[r] = nothing
	}
	in.set(f.s, string(guardMark)+text, v, true)
}

// forget drops what is known of an expression, and of what is in it, when it is set anew.
func (in *interp) forget(f frame, text string) {
	if text == "" || !f.s.guards {
		return
	}
	name := string(guardMark) + text
	if _, ok := f.s.own(name); ok {
		in.set(f.s, name, &Value{fields: map[string]*Value{}}, true)
	}
}

// harmless takes from the taints of an expression what a guard says of it.
func (in *interp) harmless(f frame, e *ir.Expr, v *Value) *Value {
	s := f.s
	for ; s != nil && !s.guards; s = s.parent {
	}
	if s == nil {
		return v
	}
	v = in.harmlessPaths(f, v)
	text := textOf(e)
	for text != "" && len(v.taints) > 0 {
		if g, ok := in.get(f.s, string(guardMark)+text); ok && len(g.fields) > 0 {
			return cleanedBy(v, keysOf(g.fields))
		}
		i := strings.LastIndexByte(text, '.')
		if i < 0 {
			break
		}
		text = text[:i]
	}
	return v
}

// pathMark stands before the path of what is known to be harmless, whatever name it has.
const pathMark = "@"

// harmlessPaths takes from a value what is known to be harmless by the path that it came by.
func (in *interp) harmlessPaths(f frame, v *Value) *Value {
	for _, t := range v.taints {
		if g, ok := in.get(f.s, string(guardMark)+pathMark+t.Path); ok && len(g.fields) > 0 {
			c := *v
			c.taints = nil
			for _, u := range v.taints {
				if u.Path != t.Path {
					c.taints = append(c.taints, u)
				} else if kept := u.cleaned(keysOf(g.fields)); kept != nil {
					c.taints = append(c.taints, kept)
				}
			}
			return &c
		}
	}
	return v
}

func keysOf(m map[string]*Value) []string {
	var out []string
	for k := range m {
		out = append(out, k)
	}
	return out
}

// cleanedBy is a value whose taints can do no harm for some rules.
func cleanedBy(v *Value, rules []string) *Value {
	c := *v
	c.taints = nil
	for _, t := range v.taints {
		if u := t.cleaned(rules); u != nil {
			c.taints = append(c.taints, u)
		}
	}
	return &c
}

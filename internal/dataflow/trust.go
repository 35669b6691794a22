package dataflow

import (
	"maps"
	"slices"
	"strings"

	"wardlet.example/internal/ir"
)

// sameText are methods that give a text without a change that matters.
var sameText = set("toLowerCase toUpperCase trim lower upper strip casefold toString String")

// trust notes that an expression can do no harm for some rules from here on.
func (in *interp) trust(f frame, e *ir.Expr, rules []string) {
	e = asCompared(e)
	for e.Kind == ir.Binary && (e.Str == "||" || e.Str == "??") { // (x or "")
		e = e.X
	}
	e = writtenOf(e)
	if e.Kind == ir.Member && e.Str == "href" && e.X.Kind == ir.Name && isAddress(in.name(f, e.X).ref) { // all of the address as a text
		in.trust(f, e.X, rules)
	}
	in.checksMember(f, e, rules)
	if text := textOf(e); text != "" && !isSlice(e) { // of data[:4] nothing is said of data[4:]
		in.trustText(f, text, rules)
	}
	if slices.Contains(rules, "path-traversal") {
		in.trustParts(f, e, 0)
	}
}

// isSlice reports whether an expression is some of a text or a list: data[4:].
func isSlice(e *ir.Expr) bool {
	return e.Kind == ir.Index && e.Y != nil && e.Y.Kind == ir.Const && e.Y.Str == ":"
}

// asCompared is what a text was before it was made alike for a comparison: in small letters, without spaces, without the dot at the end of a host.
func asCompared(e *ir.Expr) *ir.Expr {
	for e.Kind == ir.Call {
		switch {
		case e.X.Kind != ir.Member:
			return e
		case sameText[e.X.Str] && len(e.List) == 0:
			e = e.X.X
		case withoutDot[e.X.Str] && len(e.List) > 0 && e.List[0].Kind == ir.Const && finalDot[e.List[0].Str] && e.List[0].Regexp == (e.X.Str == "replace"):
			if len(e.List) == 2 && e.List[1].Str != "" {
				return e
			}
			e = e.X.X
		case textOf(e.X) == "strings.ToLower" || textOf(e.X) == "strings.ToUpper" || textOf(e.X) == "strings.TrimSpace",
			(textOf(e.X) == "strings.TrimSuffix" || textOf(e.X) == "strings.TrimRight") && len(e.List) == 2 && finalDot[e.List[1].Str]:
			e = e.List[0]
		default:
			return e
		}
	}
	return e
}

var (
	// withoutDot are methods that take something from the end of a text, and finalDot what they may take from a host: its last dot.
	withoutDot = set("rstrip strip removesuffix replace")
	finalDot   = map[string]bool{".": true, `/\.$/`: true, `/\.+$/`: true, `/[.]$/`: true}
)

// writtenOf is what is written as a text: path of str(path).
func writtenOf(e *ir.Expr) *ir.Expr {
	if e.Kind == ir.Call && len(e.List) == 1 && (textOf(e.X) == "String" || textOf(e.X) == "str") {
		return e.List[0]
	}
	return e
}

// trustParts: a path that was put together and leads nowhere else makes its parts harmless: target of abspath(target).
func (in *interp) trustParts(f frame, path *ir.Expr, depth int) {
	if path.Kind == ir.Name {
		if path = in.testOf(f, path.Str); path == nil {
			return
		}
	}
	for _, part := range partsOfPath(path) {
		if depth > deepestJoin {
			return
		}
		in.checksMember(f, part, pathOnly)
		if text := textOf(part); text != "" {
			in.trustText(f, text, pathOnly)
		}
		in.trustParts(f, part, depth+1)
	}
}

var pathOnly = []string{"path-traversal"}

// partsOfPath are the expressions of which a path is put together, or that it takes apart.
func partsOfPath(e *ir.Expr) []*ir.Expr {
	switch {
	case e.Kind == ir.Binary && e.Str == "/":
		return []*ir.Expr{e.X, e.Y}
	case e.Kind == ir.Call && e.X.Kind == ir.Member && (resolving[e.X.Str] && len(e.List) == 0 || e.X.Str == "split"): // of an object
		return []*ir.Expr{e.X.X}
	case e.Kind == ir.Call && (resolving[lastPart(textOf(e.X))] || lastPart(textOf(e.X)) == "Path"):
		return e.List
	case e.Kind == ir.Member && (e.Str == "parts" || e.Str == "parent"):
		return []*ir.Expr{e.X}
	}
	return nil
}

func (in *interp) trustText(f frame, text string, rules []string) {
	f.s.guards = true
	v := &Value{fields: map[string]*Value{}}
	if in.testing != nil {
		v.test = &step{file: f.file, at: in.testing.At}
	}
	if known, ok := in.get(f.s, string(guardMark)+text); ok {
		maps.Copy(v.fields, known.fields)
	}
	whole := slices.Contains(rules, "all") && !slices.Contains(rules, signsMark) || v.fields["all"] != nil && v.fields[signsMark] == nil
	for _, r := range rules {
		v.fields[r] = nothing
	}
	if whole { // another test tells more than of which characters it is
		delete(v.fields, signsMark)
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
	for text != "" && len(v.taints)+len(v.numbers)+len(orNothing(v.named).taints) > 0 {
		if g, ok := in.get(f.s, string(guardMark)+text); ok && len(g.fields) > 0 {
			out := checkedAt(cleanedBy(v, keysOf(g.fields)), g.test)
			out.asSent = out.asSent || g.fields[formMark] != nil
			return out
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
	for i, t := range v.taints {
		g := in.harmlessPath(f, t.Path)
		if g == nil {
			continue
		}
		c := *v
		c.taints = slices.Clone(v.taints[:i])
		for _, t := range v.taints[i:] {
			u := t
			if g := in.harmlessPath(f, t.Path); g != nil {
				u = t.cleaned(keysOf(g.fields))
			}
			if u != nil {
				c.taints = append(c.taints, u)
			} else {
				c.safe = addTaints(c.safe, []*Taint{t.passed(keysOf(in.harmlessPath(f, t.Path).fields))})
			}
		}
		return &c
	}
	return v
}

// harmlessPath is what is known of a path, or of what it is a part of.
func (in *interp) harmlessPath(f frame, path string) *Value {
	for range 4 {
		if g, ok := in.get(f.s, string(guardMark)+pathMark+path); ok && len(g.fields) > 0 {
			return g
		}
		i := strings.LastIndexByte(path, '.')
		if i < 0 {
			break
		}
		path = path[:i]
	}
	return nil
}

func keysOf(m map[string]*Value) []string { return slices.Sorted(maps.Keys(m)) }

// cleanedBy is a value whose taints can do no harm for some rules.
func cleanedBy(v *Value, rules []string) *Value {
	c := *v
	c.taints, c.numbers = nil, stillNumbers(v.numbers, rules)
	for _, t := range v.taints {
		if u := t.cleaned(rules); u != nil {
			c.taints = append(c.taints, u)
		} else {
			c.safe = addTaints(c.safe, []*Taint{t.passed(rules)})
		}
	}
	if v.named != nil && slices.Contains(rules, "mass-assignment") { // which fields it has was checked, and not only what one of them holds
		c.named = cleanedBy(v.named, []string{"mass-assignment"})
	}
	return &c
}

// passed is a taint of what was checked, with what the check says of it.
func (t *Taint) passed(rules []string) *Taint {
	if t.signs == slices.Contains(rules, signsMark) {
		return t
	}
	u := *t
	u.signs = !t.signs
	return &u
}

// checkedAt is a value whose data was made harmless by something.
func checkedAt(v *Value, by *step) *Value {
	if by == nil {
		return v
	}
	for _, list := range [][]*Taint{v.taints, v.safe} {
		for i, t := range list {
			u := *t
			u.check = by
			list[i] = &u
		}
	}
	return v
}

package dataflow

import (
	"maps"
	"slices"
	"strings"

	"wardlet.example/internal/ir"
)

// Fact is what certainly holds where code stands: a part of what came in is one of some texts. So a function that does different things
// by the type of a message does only one of them for a message of one type.
type Fact struct {
	Path   string // from the entry: event.body.type
	Source *Source
	Is     []string
}

// factMark stands, behind the mark of guards, before the name of a fact.
const factMark = '='

func isFact(name string) bool { return len(name) > 1 && name[0] == guardMark && name[1] == factMark }

// equal notes that an expression is one of some texts from here on, where it is a part of what came in and nothing else.
func (in *interp) equal(f frame, e *ir.Expr, texts ...string) {
	if part := in.partOf(f, e); part != nil && in.proving == 0 {
		f.s.guards = true
		in.set(f.s, in.factName(part), guardFor(texts), true)
	}
}

// isText: an equation with a text.
func (in *interp) isText(f frame, e *ir.Expr) {
	for _, side := range [][2]*ir.Expr{{e.X, e.Y}, {e.Y, e.X}} {
		if v := in.quiet(f, side[1]); v.known && v.text != "" && !ambiguous(v.text) {
			in.equal(f, side[0], v.text)
		}
	}
}

func (in *interp) factName(part *Taint) string {
	if in.compares == nil {
		in.compares = map[string]*Taint{}
	}
	name := string(guardMark) + string(factMark) + part.Path
	if part.Source.Read != nil {
		name += "\x00" + part.Source.Read.File.Path + itoa(int(part.Source.Read.At))
	}
	in.compares[name] = part
	return name
}

// partOf is the part of what came in that an expression is, word for word; nil where it is none, or was changed.
func (in *interp) partOf(f frame, e *ir.Expr) *Taint {
	if e.Kind == ir.Name {
		part := in.namedPart(f, e.Str)
		if v := in.quiet(f, e); part == nil || v.known || v.varied || v.ref != "" || len(v.taints) > 1 || len(v.taints) == 1 && v.taints[0].Path != part.Path {
			return nil // it is perhaps something else
		}
		return part
	}
	text := textOf(e)
	i := strings.LastIndexByte(text, '.')
	if i < 0 || e.Kind == ir.Await {
		return nil
	}
	return in.taken(in.eval(f, baseOf(e)), text[i+1:])
}

// namedPart is the part of what came in that a name was bound to.
func (in *interp) namedPart(f frame, name string) *Taint {
	for s := f.s; s != nil; s = s.parent {
		if part := s.taken[name]; part != nil {
			return part
		}
		if e := s.tests[name]; e != nil && e.Kind != ir.Name {
			return in.partOf(f, e)
		}
		if _, ok := s.own(name); ok {
			return nil
		}
	}
	return nil
}

// baseOf is what a member, an element or the argument of get is taken of.
func baseOf(e *ir.Expr) *ir.Expr {
	if e.Kind == ir.Call {
		return e.X.X
	}
	return e.X
}

// taken is a field of something that came in, as it came.
func (in *interp) taken(x *Value, key string) *Taint {
	if x == nil || len(x.taints) != 1 || x.taints[0].Source == nil || x.mixed || x.elem != nil || x.fields[key] != nil || in.over[x][key] != nil || len(x.others) > 0 || x.varied {
		return nil
	}
	if t := x.taints[0]; len(t.Path) < 120 {
		return &Taint{Path: t.Path + "." + key, Source: t.Source}
	}
	return nil
}

// note keeps which field of what came in a name was bound to.
func (in *interp) note(f frame, name *ir.Expr, part *Taint) {
	if name.Kind != ir.Name || part == nil {
		return
	}
	if f.s.taken == nil {
		f.s.taken = map[string]*Taint{}
	}
	f.s.taken[name.Str] = part
}

// oneOfBoth are the texts of two facts, of which one holds.
func oneOfBoth(a, b *Value) *Value {
	if a == nil {
		return b
	}
	return guardFor(append(keysOf(a.fields), keysOf(b.fields)...))
}

// where is what certainly holds at a place of the code.
func (in *interp) where(f frame) []Fact {
	if len(in.compares) == 0 {
		return nil
	}
	var out []Fact
	for name, part := range sorted(in.compares) {
		is := in.holding[name]
		if v, ok := in.get(f.s, name); ok && len(v.fields) > 0 {
			is = keysOf(v.fields)
		}
		if len(is) > 0 {
			out = append(out, Fact{part.Path, part.Source, is})
		}
	}
	return out
}

// within follows something of which is known what holds around it.
func (in *interp) within(facts []Fact, follow func()) {
	before := in.holding
	if len(facts) > 0 {
		in.holding = map[string][]string{}
		maps.Copy(in.holding, before)
		for _, fact := range facts {
			in.holding[in.factName(&Taint{Path: fact.Path, Source: fact.Source})] = fact.Is
		}
	}
	follow()
	in.holding = before
}

// picked is what holds in a function that is taken out of a table by a part of what came in: HANDLERS[message.type](message).
func (in *interp) picked(f frame, callee *ir.Expr, c *closure) []Fact {
	if callee.Kind == ir.Name {
		if callee = in.testOf(f, callee.Str); callee == nil {
			return nil
		}
	}
	if callee.Kind != ir.Index || callee.Y.Kind == ir.Const {
		return nil
	}
	part, table := in.partOf(f, callee.Y), in.eval(f, callee.X)
	if part == nil || len(table.fields) == 0 || !table.hasOnlyFields() || len(in.over[table]) > 0 {
		return nil
	}
	var keys []string
	for key, x := range sorted(table.fields) {
		if x != nil && slices.ContainsFunc(x.fns, func(d *closure) bool { return d.fn == c.fn }) {
			keys = append(keys, key)
		}
	}
	if len(keys) == 0 {
		return nil
	}
	in.factName(part)
	return []Fact{{part.Path, part.Source, keys}}
}

// common are the facts that hold in both of two cases.
func common(a, b []Fact) []Fact {
	var out []Fact
	for _, x := range a {
		for _, y := range b {
			if x.Path == y.Path && x.Source == y.Source {
				is := slices.Clone(x.Is)
				for _, s := range y.Is {
					if !slices.Contains(is, s) {
						is = append(is, s)
					}
				}
				out = append(out, Fact{x.Path, x.Source, is})
			}
		}
	}
	return out
}

// factsKey names facts, for comparing.
func factsKey(facts []Fact) string {
	var b strings.Builder
	for _, f := range facts {
		b.WriteString(f.Path + "=" + strings.Join(f.Is, "|") + "\x00")
	}
	return b.String()
}

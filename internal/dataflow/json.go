package dataflow

import (
	"maps"
	"slices"

	"wardlet.example/internal/ir"
)

// asJSON are the taints of a text that a value is written into as JSON.
func (v *Value) asJSON() []*Taint {
	out := texts(v.all())
	for i, t := range out {
		if !slices.ContainsFunc(v.taints, func(own *Taint) bool { return own.Path == t.Path && own.Source == t.Source }) {
			u := *t
			u.inside = true
			out[i] = &u
		}
	}
	return out
}

// intoJSON is what happens to data that is written as JSON.
const intoJSON = "is written as JSON"

// inJSON are the taints of a text that a value is written into as JSON, in which no line and no header can be forged.
func inJSON(v *Value) []*Taint {
	taints := v.asJSON()
	for i, t := range taints {
		u := t.cleaned([]string{"log-injection", "header-injection"})
		if u.isObject() && !u.unsure {
			u.Path += " as JSON"
		}
		taints[i] = u
	}
	return taints
}

// decoded is what a text holds for whoever parses it, as a rule counts it for which texts do no harm: where only all of an object does,
// what stands under a name that the code has written is safe.
func (v *Value) decoded(rule string) *Value {
	if v.json == nil {
		c := *v
		c.taints = nil
		for _, t := range v.taints {
			c.taints = append(c.taints, t.decoded())
		}
		return &c
	}
	if whole(rule) {
		return v.json
	}
	out := &Value{taints: v.json.chosenNames(0)}
	for _, t := range v.json.all() {
		if !slices.Contains(out.taints, t) {
			out.safe = append(out.safe, t)
		}
	}
	out.safe = append(out.safe, v.json.safe...)
	return out
}

// chosenNames are the taints of objects, also of those in lists, of which an outsider chooses the names.
func (v *Value) chosenNames(depth int) []*Taint {
	if v == nil || depth > deepestKept {
		return nil
	}
	out := v.taints
	if v.named != nil {
		return addTaints(out, v.named.taints)
	}
	for name, x := range sorted(v.fields) {
		if _, ok := number(name); ok {
			out = addTaints(out, x.chosenNames(depth+1))
		}
	}
	return addTaints(out, v.elem.chosenNames(depth+1))
}

// decoded is a text as whoever parses it has it: that it was a text says nothing of what is in it. Of one that code has put together the
// outsider decides only a part.
func (t *Taint) decoded() *Taint {
	if t.plain != nil {
		t = t.plain
	}
	if t.object || t.inside || t.lead != "" {
		return t
	}
	u := *t
	u.object, u.parsed, u.clean = true, t.Path, maps.Clone(t.clean)
	for rule := range needsObject {
		delete(u.clean, rule)
	}
	return &u
}

// Parsed reports whether all of what was parsed is meant, and no part of it.
func (t *Taint) Parsed() bool { return t.parsed != "" && t.parsedWhole() }

// deepestShown bounds how far objects are looked into for those that say themselves how they are written.
const deepestShown = 3

// shown is what JSON.stringify writes of a value: objects with a method toJSON say it themselves.
func (in *interp) shown(f frame, v *Value, at int32, depth int) *Value {
	if v == nil || depth > deepestShown || f.file.Language != ir.Node {
		return v
	}
	if v.class != nil && !v.isType {
		if m := v.class.method("toJSON", 0); m != nil {
			return in.invoke(f, m, v, &arguments{}, at)
		}
	}
	out := v
	set := func() {
		if out == v {
			c := *v
			c.fields = maps.Clone(v.fields)
			out = &c
		}
	}
	for name, x := range sorted(v.fields) {
		if isPrivate(v, name) {
			set()
			delete(out.fields, name)
		} else if w := in.shown(f, x, at, depth+1); w != x {
			set()
			out.fields[name] = w
		}
	}
	if w := in.shown(f, v.elem, at, depth+1); w != v.elem {
		set()
		out.elem = w
	}
	return out
}

// parsed is what JSON text holds: an outsider's text can hold anything.
func (in *interp) parsed(f frame, e *ir.Expr, v *Value) *Value {
	if v.json != nil {
		return v.json
	}
	out := &Value{secret: v.secret.asObject(f.file.Language == ir.Node)}
	for _, t := range v.all() {
		if t.token == tokenDecoded {
			in.hit(f, e.At, "jwt-unverified", "JSON.parse", []*Taint{t}, false)
		}
		u := *t
		u.object, u.token, u.parsed = true, noToken, u.Path
		u.clean = maps.Clone(u.clean)
		for rule := range needsObject { // that it was a text says nothing of what is in it
			delete(u.clean, rule)
		}
		out.taints = append(out.taints, (&u).with(f.file, e.At, "is parsed", in.steps))
	}
	return out
}

package dataflow

import (
	"maps"
	"slices"
	"strings"

	"wardlet.example/internal/ir"
)

// safeName marks what was asked whether it is the name of a prototype.
const safeName = "the name of no prototype"

// harmfulKeys are the taints of a name by which an outsider may mean the prototype of an object: no name that begins otherwise. That it is a
// text makes it no safer here.
func harmfulKeys(key *Value) []*Taint {
	var out []*Taint
	for _, t := range key.taints {
		onlyText := t.clean["nosql"] && t.clean["mass-assignment"]
		if t.clean[safeName] || t.clean["prototype-pollution"] && !onlyText || t.lead != "" || key.prefix != "" {
			continue
		}
		u := *t
		u.object, u.clean = true, maps.Clone(t.clean)
		delete(u.clean, "prototype-pollution")
		out = append(out, &u)
	}
	return out
}

// ofKeys reports whether an object came in itself, perhaps with the names that it is asked for: what it has under its own names is its own.
func ofKeys(x *Value, keys []*Taint) bool {
	return slices.ContainsFunc(x.taints, func(t *Taint) bool {
		return slices.ContainsFunc(keys, func(k *Taint) bool {
			return k.Source == t.Source && strings.HasPrefix(plainPath(k.Path), plainPath(t.Path))
		})
	})
}

// dynamicKey notes that an outsider names the field of a field: with __proto__ that is a field of all objects.
func (in *interp) dynamicKey(f frame, p *ir.Expr, key *Value) {
	if f.file.Language != ir.Node || p.X.Kind != ir.Index || len(key.taints) == 0 || in.eval(f, p.X.X).bare {
		return
	}
	for _, t := range harmfulKeys(in.eval(f, p.X.Y)) {
		in.hit(f, p.At, "prototype-pollution", "an assignment", []*Taint{t}, false)
	}
}

package dataflow

import (
	"maps"
	"reflect"
)

// A call that was followed once is not followed again where the same goes in (memo.go). What it changed in what it was given happens again all
// the same: fill(order, body) fills each order, and what stands before a route puts the caller onto each request.

// mutation is a field that was set, or an element that was added, while calls were followed, or all that a decoder has put into an object.
type mutation struct {
	object  *Value
	fields  uintptr // the fields that it was set among: copies of an object share them
	key     string
	v       *Value
	element bool
	decoded *Value // what it holds after that; nil where only a part was changed
}

// effect is what a call changed in one of its arguments.
type effect struct {
	argument int
	part     string // of the argument; empty for itself
	mutation
}

// mostMutations bounds what is looked through after a call.
const mostMutations = 4_000

// changes notes a mutation.
func (in *interp) changes(x *Value, key string, v *Value, element bool) {
	if len(in.stack) > 0 {
		in.mutations = append(in.mutations, mutation{object: x, fields: identity(x.fields), key: key, v: v, element: element})
	}
}

// isFilled notes that a decoder has filled an object: json.Unmarshal(body, target).
func (in *interp) isFilled(x *Value) {
	if len(in.stack) > 0 {
		held := &Value{}
		held.holdsAll(x)
		in.mutations = append(in.mutations, mutation{object: x, fields: identity(x.fields), decoded: held})
	}
}

// holdsAll makes an object hold what another one holds, whose fields stay its own: what is set later in one of them is not set in the other.
func (v *Value) holdsAll(of *Value) {
	v.taints, v.elem, v.named, v.json, v.safe, v.secret = of.taints, of.elem, of.named, of.json, of.safe, of.secret
	v.fields = maps.Clone(of.fields)
}

func identity(fields map[string]*Value) uintptr {
	if fields == nil {
		return 0
	}
	return reflect.ValueOf(fields).Pointer()
}

// effectsOn are those of some mutations that changed an argument or a part of one.
func effectsOn(args *arguments, all []mutation) []effect {
	if len(all) == 0 || len(all) > mostMutations {
		return nil
	}
	var out []effect
	note := func(i int, part string, v *Value) {
		if v == nil || v == nothing || v.shared {
			return
		}
		id := identity(v.fields)
		for _, m := range all {
			if m.object == v || id != 0 && m.fields == id {
				out = append(out, effect{i, part, m})
			}
		}
	}
	for i, a := range args.list {
		note(i, "", a)
		if a != nil && !a.shared {
			for part, x := range sorted(a.fields) {
				note(i, part, x)
			}
		}
	}
	return out
}

// happenAgain changes the arguments of a call as the same call has changed them before.
func (in *interp) happenAgain(args *arguments, effects []effect) {
	for _, e := range effects {
		x := args.get(e.argument)
		if e.part != "" {
			x = x.fields[e.part]
		}
		switch {
		case x == nil || x == nothing || x.shared:
		case e.decoded != nil:
			x.holdsAll(e.decoded)
			in.isFilled(x)
		case e.element:
			x.add(e.v, []*Value{e.v})
			in.changes(x, "", e.v, true)
		case x.fields != nil && len(x.fields) < maxFields:
			in.setField(x, e.key, e.v)
		}
	}
}

package dataflow

import "slices"

// grown is what was put into a list one by one, as long as elem is what the list holds. What code does with any of its elements is asked of
// elem, which is all of them joined; a request of several messages is kept with each of them.
type grown struct {
	elem *Value
	all  []*Value
}

// maxGrown bounds what is kept apart of one list.
const maxGrown = 20

// put is what was put into a list one by one.
func (v *Value) put() []*Value {
	switch {
	case v.elem == nil:
		return nil
	case v.grown != nil && v.grown.elem == v.elem:
		return v.grown.all
	}
	return []*Value{v.elem}
}

// grownBy is what was put into a list; nil where it is one thing, or too much.
func grownBy(elem *Value, lists ...[]*Value) *grown {
	var all []*Value
	for _, list := range lists {
		for _, x := range list {
			if !slices.Contains(all, x) {
				all = append(all, x)
			}
		}
	}
	if len(all) < 2 || len(all) > maxGrown {
		return nil
	}
	return &grown{elem, all}
}

// singles are the elements of a list, each as it was put there, where they are known.
func (in *interp) singles(v *Value) []*Value {
	if v == nil || v.isMap || len(v.taints) > 0 {
		return []*Value{in.elements(v)}
	}
	var out []*Value
	for i := range len(v.fields) {
		if x := v.fields[itoa(i)]; x != nil {
			out = append(out, x)
		}
	}
	return append(out, v.put()...)
}

// add puts something into a list, or what another list holds.
func (v *Value) add(x *Value, singles []*Value) {
	before := v.put()
	v.elem = join(v.elem, x)
	v.grown = grownBy(v.elem, before, singles)
}

// plus is a list of what two lists hold.
func (in *interp) plus(x, y *Value) *Value {
	out := &Value{isList: true, elem: join(in.elements(x), in.elements(y))}
	out.grown = grownBy(out.elem, in.singles(x), in.singles(y))
	return out
}

// numbered gives the copy of a list what was put there one by one, once where the same was put several times.
func (v *Value) numbered(list []*Value) {
	var known []string
	for _, x := range list {
		text := x.outlined()
		if slices.Contains(known, text) {
			continue
		}
		known = append(known, text)
		if v.fields == nil {
			v.fields = map[string]*Value{}
		}
		v.fields[itoa(len(v.fields))] = x
	}
	if len(known) == 1 && len(v.fields) == 1 { // any number of them
		v.elem, v.fields = list[0], nil
	}
}

// sameShape is one of two objects that were written as JSON, where both have the same fields.
func sameShape(a, b *Value, depth int) *Value {
	if a == nil || b == nil || a.shared || b.shared || depth >= deepestJoin || len(a.fields) == 0 || len(a.fields) != len(b.fields) {
		return nil
	}
	for name := range a.fields {
		if b.fields[name] == nil {
			return nil
		}
	}
	return joinTo(a, b, depth+1)
}

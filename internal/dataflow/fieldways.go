package dataflow

import "strings"

// A field that only one way of a condition sets is afterwards what that way gave it or what it was before, as a variable is: a model that puts a
// default in the place of what does not pass still holds what passes.

// arm is one way of a condition, with the fields of objects that it sets.
type arm struct {
	taken bool
	ends  bool
	layer map[string]*Value // what it sets of variables, and what its condition makes sure of
	sets  map[setPlace]*fieldSet
	order []setPlace
}

// setPlace is a field of an object; copies of an object share their fields.
type setPlace struct {
	fields uintptr
	key    string
}

// fieldSet is what a field was before a way set it, and what it is at its end.
type fieldSet struct {
	object        *Value
	before, after *Value
}

// setField sets a field and notes that for the way that is followed.
func (in *interp) setField(x *Value, key string, v *Value) {
	if x.fields == nil {
		x.fields = map[string]*Value{}
	}
	if a := in.arm; a != nil {
		at := setPlace{identity(x.fields), key}
		if a.sets[at] == nil {
			if a.sets == nil {
				a.sets = map[setPlace]*fieldSet{}
			}
			a.sets[at] = &fieldSet{object: x, before: x.fields[key]}
			a.order = append(a.order, at)
		}
	}
	x.fields[key] = v
	in.changes(x, key, v, false)
}

// inArm follows a way of a condition, and sets the fields that it set to what they were before it.
func (in *interp) inArm(a *arm, follow func()) {
	outer := in.arm
	in.arm, a.taken = a, true
	follow()
	in.arm = outer
	for _, at := range a.order {
		s := a.sets[at]
		s.after = s.object.fields[at.key]
		if s.before == nil {
			delete(s.object.fields, at.key)
		} else {
			s.object.fields[at.key] = s.before
		}
	}
}

// meetFields sets the fields that the ways of a condition have set to what they are behind it.
func (in *interp) meetFields(f frame, arms []*arm) {
	done := map[setPlace]bool{}
	for _, a := range arms {
		for _, at := range a.order {
			if !done[at] {
				done[at] = true
				in.setField(a.sets[at].object, at.key, in.fieldBehind(f, arms, at, a.sets[at]))
			}
		}
	}
}

// fieldBehind is what a field is behind a condition: what any of its ways gave it, and what it was where one goes on that does not set it. Where
// outsiders decide none of it, it is what it was set to last.
func (in *interp) fieldBehind(f frame, arms []*arm, at setPlace, first *fieldSet) *Value {
	var out, last *Value
	matters := len(first.before.all()) > 0
	for _, a := range arms {
		switch s := a.sets[at]; {
		case !a.taken:
		case s != nil:
			out, last = join(out, s.after), s.after
			matters = matters || len(s.after.all()) > 0
		case !a.ends && first.before != nil:
			out = join(out, in.cleanedOnWay(f, a, at, first.before))
		}
	}
	if !matters {
		return last
	}
	return out
}

// cleanedOnWay is a field as the condition of a way leaves it: what passes does no harm for the rules that it makes sure of.
func (in *interp) cleanedOnWay(f frame, a *arm, at setPlace, v *Value) *Value {
	for name, g := range sorted(a.layer) {
		text, ok := strings.CutSuffix(name, "."+at.key)
		if !ok || text == "" || text[0] != guardMark || g == nil || len(g.fields) == 0 {
			continue
		}
		object := thisOf(f.s)
		if root := text[1:]; root != "this" {
			object, _ = in.get(f.s, root)
		}
		if object != nil && object.fields != nil && identity(object.fields) == at.fields {
			v = cleanedBy(v, keysOf(g.fields))
		}
	}
	return v
}

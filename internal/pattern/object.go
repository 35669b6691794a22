package pattern

import (
	"strings"

	"wardlet.example/internal/model"
)

// object is a map of a pattern: all fields must pass, and of each $or one alternative. Fields of the event that it does not
// name do not matter.
type object struct {
	fields  []field
	ors     []alternatives
	absence bool // asks somewhere below that a field does not exist
}

type field struct {
	key  string
	at   model.Pos
	node node
}

// alternatives is a $or.
type alternatives []node

func (a alternatives) match(m *matcher, v *model.Value, present bool) model.Tri {
	answer := model.No
	for _, n := range a {
		if answer = or(answer, n.match(m, v, present)); answer == model.Yes {
			break
		}
	}
	return answer
}

func (o *object) match(m *matcher, v *model.Value, present bool) model.Tri {
	if !m.spend(1) {
		return model.Maybe
	}
	if !present {
		return o.fieldwise(m, nil)
	}
	if answer, decided := over(m, o, v); decided {
		return answer
	}
	switch {
	case isNull(v), v.IsScalar(), v.Kind == model.Text:
		return o.fieldwise(m, nil)
	case v.Kind == model.Map:
		return o.fieldwise(m, v)
	case v.Kind == model.List:
		return o.elements(m, v.Items)
	}
	return o.unknown()
}

// unknown is the answer about what may be anything.
func (o *object) unknown() model.Tri {
	if len(o.fields) == 0 && len(o.ors) == 0 {
		return model.Yes
	}
	return model.Maybe
}

// fieldwise asks every field of the pattern about the field of the event; v is nil where the event has no map.
func (o *object) fieldwise(m *matcher, v *model.Value) model.Tri {
	answer := model.Yes
	for _, f := range o.fields {
		if answer = answer.And(f.match(m, v)); answer == model.No {
			return model.No
		}
	}
	for _, alternatives := range o.ors {
		whole, present := v, true
		if v == nil {
			present = false
		}
		if answer = answer.And(alternatives.match(m, whole, present)); answer == model.No {
			return model.No
		}
	}
	return answer
}

func (f field) match(m *matcher, v *model.Value) model.Tri {
	if v == nil {
		return f.node.match(m, nil, false)
	}
	if !m.spend(1 + len(v.Fields)/8) {
		return model.Maybe
	}
	part, present := lookup(v, f.key)
	answer := f.node.match(m, part, present)
	if !present && answer != model.Maybe && f.spelledOtherwise(v) {
		return model.Maybe
	}
	return answer
}

// spelledOtherwise reports whether the event may have the field in another spelling: the services join the names of fields
// with dots, so detail.state is also the field state of detail.
func (f field) spelledOtherwise(v *model.Value) bool {
	if strings.Contains(f.key, ".") {
		return true
	}
	for i := range v.Fields {
		if rest, ok := strings.CutPrefix(v.Fields[i].Key, f.key); ok && strings.HasPrefix(rest, ".") {
			return true
		}
	}
	return false
}

// elements asks about a list of maps: one element must pass as a whole. Where the pattern wants a field not to exist, the
// services look at all elements at once, so elements that differ leave it open.
func (o *object) elements(m *matcher, items []*model.Value) model.Tri {
	if len(items) == 0 {
		return o.fieldwise(m, nil)
	}
	answer, lowest := model.No, model.Yes
	for _, item := range items {
		a := o.match(m, item, true)
		answer, lowest = or(answer, a), lowest.And(a)
		if answer == model.Yes && !o.absence {
			return model.Yes
		}
	}
	if o.absence && answer != lowest {
		return model.Maybe
	}
	return answer
}

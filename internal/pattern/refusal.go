package pattern

import (
	"wardlet.example/internal/model"
)

// Refusal is why an event certainly does not pass.
type Refusal struct {
	Path string    // of the field in the pattern, as detail.state; empty where no single field decides
	At   model.Pos // of the field in the pattern
}

// Refusal tells which field of the pattern refuses an event; refused is false where Matches does not say No. Where several
// do it is the first.
func (p *Pattern) Refusal(event *model.Value) (r Refusal, refused bool) {
	if p.Matches(event) != model.No {
		return Refusal{}, false
	}
	if event == nil {
		event = model.NewAbsent(model.Origin{})
	}
	m := &matcher{steps: maxSteps}
	switch n := p.root.(type) {
	case *object:
		return n.refusal(m, event, true), true
	case attributes:
		if o, ok := n.node.(*object); ok {
			v, present := part(event, true, attributeScope)
			if present {
				v = plainAttributes(m, v)
			}
			return o.refusal(m, v, present), true
		}
	}
	return Refusal{}, true
}

// refusal finds the first field that refuses, and goes on inside it.
func (o *object) refusal(m *matcher, v *model.Value, present bool) Refusal {
	if !present || v.Kind != model.Map {
		v = nil
	}
	for _, f := range o.fields {
		if f.match(m, v) != model.No {
			continue
		}
		r := Refusal{Path: f.key, At: f.at}
		if inner := f.inside(m, v); inner.Path != "" {
			r = Refusal{Path: f.key + "." + inner.Path, At: inner.At}
		}
		return r
	}
	return Refusal{}
}

func (f field) inside(m *matcher, v *model.Value) Refusal {
	n := f.node
	if d, ok := n.(detail); ok {
		n = d.node
	}
	o, ok := n.(*object)
	if !ok || v == nil {
		return Refusal{}
	}
	part, present := lookup(v, f.key)
	if !present || part.Kind != model.Map {
		return Refusal{}
	}
	return o.refusal(m, part, true)
}

package expr

import (
	"errors"
	"math"
	"reflect"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"

	"wardlet.example/internal/model"
)

var errNotNative = errors.New("template values stay template values")

// node is a template value as a CEL value, in the world of an evaluation. It is looked at in place, never copied.
// It implements no Mapper: a missing key is absent, not an error.
type node struct {
	v  *model.Value
	ev *evaluation
}

// absent is what is found where nothing is written and no evaluation is at hand.
var absent = &node{v: model.NewAbsent(model.Origin{})}

// FindStringKey selects a field; the evaluator asks for it by this name. It always finds something: absent at least.
func (n *node) FindStringKey(key string) (any, bool) { return n.get(key), true }

func (n *node) get(key string) *node { return n.ev.node(field(n.v, key)) }

// field is the field of a value; of a value that is one of several, one of their fields. It differs from Get in that a
// missing field has no origin, which costs nothing.
func field(v *model.Value, key string) *model.Value {
	switch v.Kind {
	case model.Map:
		for i := range v.Fields {
			if v.Fields[i].Key == key {
				return v.Fields[i].Value
			}
		}
	case model.Unknown:
		return v.Get(key)
	case model.OneOf:
		return overEach(v, func(c *model.Value) *model.Value { return field(c, key) })
	}
	return absent.v
}

// overEach changes every choice of a OneOf. The result is the same cause.
func overEach(v *model.Value, change func(*model.Value) *model.Value) *model.Value {
	choices := make([]model.Choice, len(v.Choices))
	for i, c := range v.Choices {
		choices[i] = model.Choice{Label: c.Label, Value: change(c.Value)}
	}
	out := model.NewOneOf(v.Str, choices, int(v.Default), v.Origin)
	if out == choices[0].Value {
		return out // all the same, and not ours to number
	}
	out.ID = v.ID
	return out
}

// unknown names the value as the cause of an undecided answer.
func (n *node) unknown() *types.Unknown { return n.ev.unknown(n.v) }

// decide turns an answer about the value into a CEL value.
func (n *node) decide(t model.Tri) ref.Val {
	if t == model.Maybe {
		return n.unknown()
	}
	return types.Bool(t == model.Yes)
}

// open reports whether the value as a whole is not decided in this world.
func (n *node) open() bool { return n.v.Kind == model.Unknown || n.v.Kind == model.OneOf }

// Fold visits the elements of a list, the keys of a map, a single value itself: key is whether the element is one
// (true or unknown).
func (n *node) Fold(f traits.Folder) {
	n.each(func(it item) bool {
		return n.ev.spend(1) && f.FoldEntry(it.membership(), it.value)
	})
}

// each visits the elements that are or may be there, until visit says stop.
func (n *node) each(visit func(item) bool) {
	switch n.v.Kind {
	case model.Absent:
	case model.List:
		for _, v := range n.v.Items {
			if it, ok := n.ev.item(v); ok && !visit(it) {
				return
			}
		}
	case model.Map:
		for _, f := range n.v.Fields {
			it, ok := n.ev.item(f.Value)
			it.value = n.ev.node(model.NewString(f.Key, model.Origin{Pos: f.At}))
			if ok && !visit(it) {
				return
			}
		}
	default:
		visit(item{value: n})
	}
}

// item is the value as an element of a list; false if it is none in this world.
func (ev *evaluation) item(v *model.Value) (item, bool) {
	n := ev.node(v)
	switch n.v.IsSet() {
	case model.No:
		return item{}, false
	case model.Maybe:
		return item{n, n.unknown()}, true
	}
	return item{value: n}, true
}

// The rest of what a CEL value must have. Nothing converts a node, and operators do not come this way.

func (n *node) ConvertToNative(reflect.Type) (any, error) { return nil, errNotNative }
func (n *node) ConvertToType(ref.Type) ref.Val            { return types.NewErr("%v", errNotNative) }
func (n *node) Equal(other ref.Val) ref.Val               { return equal(nil, n, other) }
func (n *node) Type() ref.Type                            { return types.DynType }
func (n *node) Value() any                                { return n.v }

// adapter gives the evaluator plain CEL values where an expression ends in one.
type adapter struct{}

// NativeToValue turns known scalars into native CEL values and undecided ones into unknowns.
func (adapter) NativeToValue(value any) ref.Val {
	n, ok := value.(*node)
	if !ok {
		return types.DefaultTypeAdapter.NativeToValue(value)
	}
	if n.open() {
		return n.unknown()
	}
	if c := native(n.v); c != nil {
		return c
	}
	return n
}

// native is the CEL value of a known scalar, nil for anything else.
func native(v *model.Value) ref.Val {
	switch v.Kind {
	case model.Bool:
		return types.Bool(v.Bool)
	case model.String:
		return types.String(v.Str)
	case model.Number:
		if v.Num == math.Trunc(v.Num) && math.Abs(v.Num) < 1<<53 {
			return types.Int(v.Num)
		}
		return types.Double(v.Num)
	}
	return nil
}

// item is an element of a list.
type item struct {
	value any            // *node, CEL scalar, *elements or *types.Unknown
	maybe *types.Unknown // why it is not certain that the element is there; nil if it is
}

func (it item) membership() any {
	if it.maybe != nil {
		return it.maybe
	}
	return types.True
}

// elements is a list that an expression made.
type elements struct{ items []item }

// each visits the elements that are or may be there, until visit says stop.
func (l *elements) each(visit func(item) bool) {
	for _, it := range l.items {
		if !visit(it) {
			return
		}
	}
}

// FindStringKey selects a field, of which a list has none.
func (l *elements) FindStringKey(string) (any, bool) { return absent, true }

// The rest of what a CEL value must have, as for a node.

func (l *elements) ConvertToNative(reflect.Type) (any, error) { return nil, errNotNative }
func (l *elements) ConvertToType(ref.Type) ref.Val            { return types.NewErr("%v", errNotNative) }
func (l *elements) Equal(other ref.Val) ref.Val               { return equal(nil, l, other) }
func (l *elements) Type() ref.Type                            { return types.ListType }
func (l *elements) Value() any                                { return l.items }

// span is a list of elements that an evaluation pays for while it goes through them.
type span struct {
	*elements
	ev *evaluation
}

// Fold visits the elements: key is whether the element is one (true or unknown).
func (s *span) Fold(f traits.Folder) {
	s.each(func(it item) bool {
		return s.ev.spend(1) && f.FoldEntry(it.membership(), it.value)
	})
}

// each visits the elements of a list or map, or a single template value, until visit says stop. It reports false for
// operands that have no elements.
func each(list any, visit func(item) bool) bool {
	switch l := list.(type) {
	case *node:
		l.each(visit)
	case *elements:
		l.each(visit)
	default:
		return false
	}
	return true
}

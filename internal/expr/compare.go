package expr

import (
	"math"
	"strings"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/interpreter"

	"wardlet.example/internal/model"
)

// equal is ==. Absent equals nothing, not even absent; values of different kinds are unequal, except that 1 equals 1.0;
// a reference equals the same reference and no literal.
func equal(frame *interpreter.ExecutionFrame, x, y any) ref.Val {
	if isAbsent(x) || isAbsent(y) {
		return types.False
	}
	if u := merged(x, y); u != nil {
		return u
	}
	a, aIsNode := x.(*node)
	b, bIsNode := y.(*node)
	switch {
	case aIsNode && bIsNode:
		return equalNodes(frame, a, b)
	case aIsNode:
		return equalNode(frame, a, y)
	case bIsNode:
		return equalNode(frame, b, x)
	}
	if l, ok := x.(*elements); ok {
		return equalLists(frame, l, y)
	}
	if l, ok := y.(*elements); ok {
		return equalLists(frame, l, x)
	}
	return types.Bool(equalScalars(x, y))
}

// equalNode compares a template value, not absent, with something an expression made.
func equalNode(frame *interpreter.ExecutionFrame, n *node, y any) ref.Val {
	if l, ok := y.(*elements); ok {
		if n.open() || n.v.Kind == model.Ref {
			return n.unknown()
		}
		return equalLists(frame, l, n)
	}
	return n.decide(equalScalar(n.v, y))
}

// equalScalar compares a template value with a CEL scalar.
func equalScalar(v *model.Value, y any) model.Tri {
	switch v.Kind {
	case model.Unknown:
		return model.Maybe
	case model.OneOf:
		return overChoices(v, func(c *model.Value) model.Tri { return equalScalar(c, y) })
	}
	switch y := y.(type) {
	case types.String:
		if v.Kind == model.String || v.Kind == model.Text {
			return v.EqualsText(string(y))
		}
	case types.Bool:
		return model.TriOf(v.Kind == model.Bool && v.Bool == bool(y))
	case types.Int:
		return model.TriOf(v.Kind == model.Number && v.Num == float64(y))
	case types.Double:
		return model.TriOf(v.Kind == model.Number && v.Num == float64(y))
	}
	return model.No
}

// overChoices is the answer that all choices of a OneOf give.
func overChoices(v *model.Value, ask func(*model.Value) model.Tri) model.Tri {
	answer := ask(v.Choices[0].Value)
	for _, c := range v.Choices[1:] {
		if ask(c.Value) != answer {
			return model.Maybe
		}
	}
	return answer
}

// equalScalars compares CEL scalars.
func equalScalars(x, y any) bool {
	if a, ok := float(x); ok {
		b, ok := float(y)
		return ok && a == b
	}
	return x == y
}

// float is the number a CEL number stands for.
func float(x any) (float64, bool) {
	switch x := x.(type) {
	case types.Int:
		return float64(x), true
	case types.Double:
		return float64(x), true
	}
	return 0, false
}

// equalNodes compares template values, neither absent.
func equalNodes(frame *interpreter.ExecutionFrame, a, b *node) ref.Val {
	if a.v.Kind > b.v.Kind {
		a, b = b, a
	}
	if b.open() || a.v.IsScalar() {
		return equalToOpen(a, b)
	}
	if a.v == b.v {
		return types.True
	}
	switch {
	case a.v.Kind == model.List && b.v.Kind == model.List:
		return equalLists(frame, a, b)
	case a.v.Kind == model.Map && b.v.Kind == model.Map:
		return equalMaps(frame, a, b)
	case b.v.Kind == model.Ref && a.v.Kind == model.Ref && a.v.Str == b.v.Str && a.v.Attr == b.v.Attr:
		return types.True
	case b.v.Kind == model.Ref, a.v.Kind == model.Text && b.v.Kind == model.Text:
		return types.MergeUnknowns(a.partOf(), b.unknown())
	}
	return types.False
}

// equalToOpen compares where one value is a known scalar or one is undecided; b is of the later kind.
func equalToOpen(a, b *node) ref.Val {
	if c := native(a.v); c != nil {
		return b.decide(equalScalar(b.v, c))
	}
	return types.MergeUnknowns(a.partOf(), b.unknown())
}

// partOf is the unknown of a value that is not known as a whole, nil for others.
func (n *node) partOf() *types.Unknown {
	if n.open() || n.v.Kind == model.Text || n.v.Kind == model.Ref {
		return n.unknown()
	}
	return nil
}

// equalLists compares element by element. It is undecided where it is not certain which elements are there.
func equalLists(frame *interpreter.ExecutionFrame, l, other any) ref.Val {
	if n, ok := other.(*node); ok && n.v.Kind != model.List || !isCollection(other) {
		return types.False
	}
	a, why := certain(l)
	b, alsoWhy := certain(other)
	if u := types.MergeUnknowns(why, alsoWhy); u != nil {
		return u
	}
	if len(a) != len(b) {
		return types.False
	}
	if !self(frame).spend(len(a)) {
		return types.False
	}
	var undecided *types.Unknown
	for i := range a {
		switch r := equal(frame, a[i], b[i]).(type) {
		case *types.Unknown:
			undecided = types.MergeUnknowns(undecided, r)
		case types.Bool:
			if !r {
				return r
			}
		}
	}
	return decidedUnless(undecided, types.True)
}

// certain lists the elements of which it is certain that they are there, and why it is not of the others.
func certain(list any) (values []any, why *types.Unknown) {
	each(list, func(it item) bool {
		if it.maybe != nil {
			why = types.MergeUnknowns(why, it.maybe)
			return true
		}
		values = append(values, it.value)
		return true
	})
	return values, why
}

// decidedUnless is the answer, or unknown where there is something unknown.
func decidedUnless(u *types.Unknown, answer ref.Val) ref.Val {
	if u != nil {
		return u
	}
	return answer
}

// equalMaps compares the fields that are set in either map.
func equalMaps(frame *interpreter.ExecutionFrame, a, b *node) ref.Val {
	if !self(frame).spend(len(a.v.Fields) + len(b.v.Fields)) {
		return types.False
	}
	var undecided *types.Unknown
	for _, pair := range [][2]*node{{a, b}, {b, a}} {
		for _, f := range pair[0].v.Fields {
			switch r := equalFields(frame, pair[0].get(f.Key), pair[1].get(f.Key)).(type) {
			case *types.Unknown:
				undecided = types.MergeUnknowns(undecided, r)
			case types.Bool:
				if !r {
					return r
				}
			}
		}
	}
	return decidedUnless(undecided, types.True)
}

// equalFields compares two fields of maps; both may be missing.
func equalFields(frame *interpreter.ExecutionFrame, x, y *node) ref.Val {
	a, b := x.v.IsSet(), y.v.IsSet()
	switch {
	case a == model.No && b == model.No:
		return types.True
	case a != model.Maybe && b != model.Maybe:
		return equal(frame, x, y)
	}
	return types.MergeUnknowns(x.partOf(), y.partOf())
}

// unequal is !=: the opposite of ==, so absent is unequal to everything.
func unequal(frame *interpreter.ExecutionFrame, x, y any) ref.Val { return negate(equal(frame, x, y)) }

func negate(v ref.Val) ref.Val {
	if b, ok := v.(types.Bool); ok {
		return !b
	}
	return v
}

// isIn is x in list: true as soon as one element is equal; for a map, whether it has the key.
func isIn(frame *interpreter.ExecutionFrame, x, y any) ref.Val {
	if isAbsent(x) || isAbsent(y) {
		return types.False
	}
	y = settled(y)
	if u, ok := y.(*types.Unknown); ok {
		return types.MergeUnknowns(merged(settled(x), nil), u)
	}
	if n, ok := y.(*node); ok && n.v.Kind == model.Map {
		return hasKey(n, settled(x))
	}
	s := search{frame: frame, x: x}
	if !each(y, s.try) {
		return equal(frame, x, y)
	}
	if s.found {
		return types.True
	}
	return decidedUnless(s.undecided, types.False)
}

// search looks for x among elements.
type search struct {
	frame     *interpreter.ExecutionFrame
	x         any
	found     bool
	undecided *types.Unknown
}

// try compares with one element and reports whether to go on.
func (s *search) try(it item) bool {
	switch r := equal(s.frame, s.x, it.value).(type) {
	case *types.Unknown:
		s.undecided = types.MergeUnknowns(s.undecided, types.MergeUnknowns(r, it.maybe))
	case types.Bool:
		if r && it.maybe != nil {
			s.undecided = types.MergeUnknowns(s.undecided, it.maybe)
		} else if r {
			s.found = true
		}
	}
	return !s.found
}

// hasKey reports whether a map has the key.
func hasKey(n *node, key any) ref.Val {
	if u, ok := key.(*types.Unknown); ok {
		if len(n.v.Fields) == 0 {
			return types.False
		}
		return u
	}
	if s, ok := plainText(key); ok {
		field := n.get(s)
		return field.decide(field.v.IsSet())
	}
	if k, ok := key.(*node); ok && (k.v.Kind == model.Text || k.v.Kind == model.Ref) {
		return k.unknown()
	}
	return types.False
}

// ordered makes an operator such as < of the outcome of a comparison.
func ordered(holds func(sign int) bool) func(*interpreter.ExecutionFrame, any, any) ref.Val {
	return func(_ *interpreter.ExecutionFrame, x, y any) ref.Val {
		if isAbsent(x) || isAbsent(y) {
			return types.False
		}
		x, y = settled(x), settled(y)
		if u := merged(x, y); u != nil {
			return u
		}
		return compare(x, y, holds)
	}
}

func compare(x, y any, holds func(int) bool) ref.Val {
	if u := types.MergeUnknowns(partial(x), partial(y)); u != nil {
		return u
	}
	a, aIsNumber := numberOf(x)
	b, bIsNumber := numberOf(y)
	if aIsNumber && bIsNumber {
		return types.Bool(!math.IsNaN(a) && !math.IsNaN(b) && holds(sign(a, b)))
	}
	s, sIsText := stringOf(x)
	t, tIsText := stringOf(y)
	if sIsText && tIsText {
		return types.Bool(holds(strings.Compare(s, t)))
	}
	return types.NewErr("cannot order %s and %s; write num(..) around what is meant as a number", describe(x), describe(y))
}

func sign(a, b float64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// partial is the unknown of a reference or a text known in parts, nil for others.
func partial(x any) *types.Unknown {
	if n, ok := x.(*node); ok && (n.v.Kind == model.Text || n.v.Kind == model.Ref) {
		return n.unknown()
	}
	return nil
}

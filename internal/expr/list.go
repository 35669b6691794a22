package expr

import (
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"
	"cel.dev/cel-go/interpreter"

	"wardlet.example/internal/model"
)

// condition makes an answer of a value: true and false stay, anything else is an error.
func condition(_ *interpreter.ExecutionFrame, x any) ref.Val {
	switch x := x.(type) {
	case types.Bool:
		return x
	case *node:
		if x.v.Kind == model.Bool {
			return types.Bool(x.v.Bool)
		}
	}
	return types.NewErr("true or false is needed here, not %s; write yes(..), no(..), has(..) or a comparison", describe(x))
}

// until says whether a comprehension goes on: until its answer is the one given.
func until(answer types.Bool) func(*interpreter.ExecutionFrame, any) ref.Val {
	return func(_ *interpreter.ExecutionFrame, x any) ref.Val { return types.Bool(x != answer) }
}

// listLiteral is [a, b]. Errors go through; an unknown element leaves the others known.
func listLiteral(args []any) ref.Val {
	l := &elements{}
	for _, x := range args {
		if err, ok := x.(*types.Err); ok {
			return err
		}
		l.add(x, nil)
	}
	return l
}

// add appends an element. Absent is none, and what may be absent may be none.
func (l *elements) add(x any, maybe *types.Unknown) {
	switch v := x.(type) {
	case *node:
		switch v.v.IsSet() {
		case model.No:
			return
		case model.Maybe:
			maybe = types.MergeUnknowns(maybe, v.unknown())
		}
	case *types.Unknown:
		maybe = types.MergeUnknowns(maybe, v)
	}
	l.items = append(l.items, item{x, maybe})
}

// list is list(x).
func list(_ *interpreter.ExecutionFrame, x any) ref.Val {
	if l, ok := x.(*elements); ok {
		return l
	}
	if n, ok := x.(*node); ok && n.v.Kind == model.List {
		return n
	}
	l := &elements{}
	l.add(x, nil)
	return l
}

// rangeOver is what a comprehension goes through.
func rangeOver(frame *interpreter.ExecutionFrame, x any) ref.Val {
	switch x := x.(type) {
	case *node:
		return x
	case *elements:
		return &span{x, self(frame)}
	}
	return &span{&elements{[]item{{value: x}}}, self(frame)}
}

// collectStep takes an element into the list that a comprehension makes. Its arguments are the list so far, whether the
// element is one, whether it is to be kept, and what is kept of it.
func collectStep(args []any) ref.Val {
	if err, ok := args[0].(*types.Err); ok {
		return err
	}
	l, ok := args[0].(*elements)
	if !ok {
		l = &elements{}
	}
	switch keep := settled(args[2]).(type) {
	case *types.Err:
		return keep
	case types.Bool:
		if !keep {
			return l
		}
	}
	if err, ok := args[3].(*types.Err); ok {
		return err
	}
	l.add(args[3], types.MergeUnknowns(merged(args[1], nil), merged(args[2], nil)))
	return l
}

// collectedList is the list that a comprehension made; where it went through nothing, an empty one.
func collectedList(_ *interpreter.ExecutionFrame, x any) ref.Val {
	if l, ok := x.(*elements); ok {
		return l
	}
	return &elements{}
}

// exactlyOneOf is whether the comprehension kept one element.
func exactlyOneOf(_ *interpreter.ExecutionFrame, x any) ref.Val {
	l, ok := x.(*elements)
	if !ok {
		return types.False
	}
	values, why := certain(l)
	if len(values) > 1 {
		return types.False
	}
	return decidedUnless(why, types.Bool(len(values) == 1))
}

// index is x[i] and x[key] with a computed key. Outside of the list there is nothing.
func index(_ *interpreter.ExecutionFrame, x, key any) ref.Val {
	if u := partial(key); u != nil && !isAbsent(x) {
		return u
	}
	if n, ok := x.(*node); ok && n.v.Kind == model.Map {
		if s, ok := plainText(key); ok {
			return n.get(s)
		}
		return absent
	}
	at, ok := numberOf(key)
	if !ok || !isCollection(x) {
		return absent
	}
	return elementAt(x, at)
}

// elementAt counts the elements that are certain; behind one that is not, the answer is undecided.
func elementAt(list any, at float64) ref.Val {
	var found ref.Val = absent
	each(list, func(it item) bool {
		if it.maybe != nil {
			found = it.maybe
			return false
		}
		if at == 0 {
			found = value(it.value)
		}
		at--
		return at >= 0
	})
	return found
}

// not is !x.
func not(_ *interpreter.ExecutionFrame, x any) ref.Val {
	if b, ok := x.(types.Bool); ok {
		return !b
	}
	return types.NewErr("! needs true or false, not %s", describe(x))
}

// negative is -x.
func negative(_ *interpreter.ExecutionFrame, x any) ref.Val {
	if isAbsent(x) {
		return absent
	}
	if u := partial(x); u != nil {
		return u
	}
	if n, ok := plainScalar(x).(traits.Negater); ok {
		return n.Negate()
	}
	return types.NewErr("- needs a number, not %s; write num(..)", describe(x))
}

// plainScalar is the operand as a CEL value where it is a known scalar.
func plainScalar(x any) ref.Val {
	if n, ok := x.(*node); ok {
		if c := native(n.v); c != nil {
			return c
		}
	}
	return value(x)
}

// Limits of what + makes, since a comprehension can double what it made before.
const (
	maxText     = 1 << 20 // bytes
	maxElements = 100_000
)

// add is x + y: a sum, a text, or a list; absent where either is absent.
func add(_ *interpreter.ExecutionFrame, x, y any) ref.Val {
	if isAbsent(x) || isAbsent(y) {
		return absent
	}
	if isCollection(x) && isCollection(y) {
		return joined(x, y)
	}
	if isText(x) && isText(y) {
		return joinedText(x, y)
	}
	return calculate(operators.Add, x, y)
}

func joined(x, y any) ref.Val {
	l := &elements{}
	for _, list := range []any{x, y} {
		if n, ok := list.(*node); ok && n.v.Kind == model.Map {
			return types.NewErr("+ joins lists, texts and numbers, not %s", describe(n))
		}
		each(list, func(it item) bool {
			l.items = append(l.items, it)
			return len(l.items) <= maxElements
		})
	}
	if len(l.items) > maxElements {
		return types.NewErr("+ made a list of more than %d elements", maxElements)
	}
	return l
}

func isText(x any) bool {
	_, ok := stringOf(x)
	return ok || partial(x) != nil
}

// joinedText puts texts together that may be known in parts.
func joinedText(x, y any) ref.Val {
	parts := make([]*model.Value, 0, 2)
	var ev *evaluation
	for _, p := range []any{x, y} {
		if n, ok := p.(*node); ok {
			parts, ev = append(parts, n.v), n.ev
			continue
		}
		s, _ := stringOf(p)
		parts = append(parts, model.NewString(s, model.Origin{}))
	}
	whole := model.NewText(parts, parts[0].Origin)
	if textSize(whole) > maxText {
		return types.NewErr("+ made a text of more than %d bytes", maxText)
	}
	return plainScalar(&node{whole, ev})
}

// textSize is the number of known bytes of a text.
func textSize(v *model.Value) int {
	size := len(v.Str) + len(v.Items)
	for _, p := range v.Items {
		size += len(p.Str)
	}
	return size
}

// arithmetic is an operator on numbers; absent where either is absent.
func arithmetic(operator string) func(*interpreter.ExecutionFrame, any, any) ref.Val {
	return func(_ *interpreter.ExecutionFrame, x, y any) ref.Val {
		if isAbsent(x) || isAbsent(y) {
			return absent
		}
		return calculate(operator, x, y)
	}
}

func calculate(operator string, x, y any) ref.Val {
	if u := types.MergeUnknowns(partial(x), partial(y)); u != nil {
		return u
	}
	a, b := plainScalar(x), plainScalar(y)
	_, aIsNumber := float(a)
	_, bIsNumber := float(b)
	if !aIsNumber || !bIsNumber {
		return types.NewErr("cannot calculate with %s and %s; write num(..)", describe(x), describe(y))
	}
	if a.Type() != b.Type() {
		a, b = a.ConvertToType(types.DoubleType), b.ConvertToType(types.DoubleType)
	}
	switch operator {
	case operators.Add:
		return a.(traits.Adder).Add(b)
	case operators.Subtract:
		return a.(traits.Subtractor).Subtract(b)
	case operators.Multiply:
		return a.(traits.Multiplier).Multiply(b)
	case operators.Divide:
		return a.(traits.Divider).Divide(b)
	}
	if m, ok := a.(traits.Modder); ok {
		return m.Modulo(b)
	}
	return types.NewErr("%% needs whole numbers")
}

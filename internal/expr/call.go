package expr

import (
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/interpreter"
)

// Planned calls are replaced by the types below, so that functions see template values as they are: an argument that
// is a variable or a selection arrives as its *node, not as the CEL value the evaluator would make of it.

// replaceCalls puts this package's functions in the place of planned calls.
func replaceCalls(table map[string]*function) interpreter.InterpretableDecoratorV2 {
	return func(i interpreter.InterpretableV2) (interpreter.InterpretableV2, error) {
		planned, ok := i.(interpreter.InterpretableCall)
		if !ok {
			return i, nil
		}
		args := operands(planned.Args())
		name := planned.Function()
		if name == asChoice {
			return &choice{base{planned.ID()}, args[0], args[1], args[2]}, nil
		}
		f := table[name]
		switch {
		case f == nil:
			return i, nil
		case f.one != nil:
			return &callOne{base{planned.ID()}, f, args[0]}, nil
		case f.two != nil:
			return &callTwo{base{planned.ID()}, f, args[0], args[1]}, nil
		}
		return &callMany{base{planned.ID()}, f, args}, nil
	}
}

// operand is an argument of a call.
type operand struct {
	attr interpreter.InterpretableAttribute // a variable or selection
	expr interpreter.InterpretableV2
}

func operands(args []interpreter.InterpretableV2) []operand {
	out := make([]operand, len(args))
	for i, a := range args {
		out[i].expr = a
		out[i].attr, _ = a.(interpreter.InterpretableAttribute)
	}
	return out
}

// value is the operand in this frame: a *node where it is a template value.
func (o operand) value(frame *interpreter.ExecutionFrame) any {
	if o.attr == nil {
		return o.expr.Exec(frame)
	}
	v, err := o.attr.Resolve(frame)
	if err != nil {
		return types.LabelErrNode(o.attr.ID(), types.WrapErr(err))
	}
	return v
}

// settled is the operand with undecided template values turned into unknowns.
func settled(x any) any {
	if n, ok := x.(*node); ok && n.open() {
		return n.unknown()
	}
	return x
}

// base is the node of the expression that a call stands for.
type base struct{ id int64 }

// ID is the node's number in the syntax tree.
func (b base) ID() int64 { return b.id }

type callOne struct {
	base
	f *function
	x operand
}

// Exec applies the function. An error goes through, and so does an unknown unless the function looks at it itself.
func (c *callOne) Exec(frame *interpreter.ExecutionFrame) ref.Val {
	x := c.x.value(frame)
	if err, ok := x.(*types.Err); ok {
		return err
	}
	if !c.f.lazy {
		x = settled(x)
		if u, ok := x.(*types.Unknown); ok {
			return u
		}
	}
	return types.LabelErrNode(c.id, c.f.one(frame, x))
}

// Eval applies the function where the evaluator has no frame yet.
func (c *callOne) Eval(vars interpreter.Activation) ref.Val {
	return interpreter.EvalActivation(vars, c.Exec)
}

type callTwo struct {
	base
	f    *function
	x, y operand
}

// Exec applies the function, as for one argument. With something absent, the other argument does not matter.
func (c *callTwo) Exec(frame *interpreter.ExecutionFrame) ref.Val {
	x := c.x.value(frame)
	if err, ok := x.(*types.Err); ok {
		return err
	}
	y := c.y.value(frame)
	if err, ok := y.(*types.Err); ok {
		return err
	}
	if !c.f.lazy {
		x, y = settled(x), settled(y)
		if u := merged(x, y); u != nil && !isAbsent(x) && !isAbsent(y) {
			return u
		}
	}
	return types.LabelErrNode(c.id, c.f.two(frame, x, y))
}

// Eval applies the function where the evaluator has no frame yet.
func (c *callTwo) Eval(vars interpreter.Activation) ref.Val {
	return interpreter.EvalActivation(vars, c.Exec)
}

type callMany struct {
	base
	f    *function
	args []operand
}

// Exec applies the function to all arguments; it looks at errors and unknowns itself.
func (c *callMany) Exec(frame *interpreter.ExecutionFrame) ref.Val {
	args := make([]any, len(c.args))
	for i, a := range c.args {
		args[i] = a.value(frame)
	}
	return types.LabelErrNode(c.id, c.f.many(args))
}

// Eval applies the function where the evaluator has no frame yet.
func (c *callMany) Eval(vars interpreter.Activation) ref.Val {
	return interpreter.EvalActivation(vars, c.Exec)
}

// choice is condition ? yes : no. With an unknown condition it is decided where both sides are equal.
type choice struct {
	base
	condition, yes, no operand
}

// Exec evaluates only the side that the condition asks for, where it is decided.
func (c *choice) Exec(frame *interpreter.ExecutionFrame) ref.Val {
	switch is := c.condition.value(frame).(type) {
	case types.Bool:
		if is {
			return value(c.yes.value(frame))
		}
		return value(c.no.value(frame))
	case *types.Unknown:
		return either(frame, is, value(c.yes.value(frame)), value(c.no.value(frame)))
	case *types.Err:
		return is
	}
	return types.NewErrWithNodeID(c.id, "the condition is neither true nor false")
}

// Eval applies the function where the evaluator has no frame yet.
func (c *choice) Eval(vars interpreter.Activation) ref.Val {
	return interpreter.EvalActivation(vars, c.Exec)
}

// either is one of two values, not known which.
func either(frame *interpreter.ExecutionFrame, why *types.Unknown, yes, no ref.Val) ref.Val {
	if types.IsError(yes) || types.IsError(no) {
		return why
	}
	if equal(frame, yes, no) == types.True {
		return yes
	}
	if u := merged(settled(yes), settled(no)); u != nil {
		return types.MergeUnknowns(why, u)
	}
	return why
}

// value is an operand as a result.
func value(x any) ref.Val {
	if v, ok := x.(ref.Val); ok {
		return v
	}
	return types.DefaultTypeAdapter.NativeToValue(x)
}

// merged is the unknown of either argument or of both, nil if neither is unknown.
func merged(x, y any) *types.Unknown {
	u, _ := x.(*types.Unknown)
	w, _ := y.(*types.Unknown)
	return types.MergeUnknowns(u, w)
}

package dataflow

import (
	"slices"

	"wardlet.example/internal/ir"
)

// Functions of Python of which the class of the first argument says which of them is called: @singledispatch and @run.register(Add).

// deepestBase bounds how many classes are gone through that one extends.
const deepestBase = 20

// dispatched is what is called in the place of a function for objects of a class.
type dispatched struct {
	class *class
	fn    *closure
}

// dispatchesTo notes a function with a decorator that makes it one of those that are called in the place of another one.
func (in *interp) dispatchesTo(f frame, fn *ir.Func, decorator *ir.Expr, v *Value) {
	of, d := (*ir.Expr)(nil), decorator
	switch {
	case d.Kind == ir.Call && len(d.List) == 1:
		of, d = d.List[0], d.X
	case len(fn.Params) > 0:
		of = fn.Params[0].Y
	}
	if of == nil || d.Kind != ir.Member || d.Str != "register" || len(v.fns) != 1 {
		return
	}
	for _, base := range in.quiet(f, d.X).fns {
		if c := in.quiet(f, of).class; c != nil && slices.ContainsFunc(base.fn.Decorators, dispatches) {
			if in.p.dispatched == nil {
				in.p.dispatched = map[*ir.Func][]dispatched{}
			}
			in.p.dispatched[base.fn] = append(in.p.dispatched[base.fn], dispatched{c, v.fns[0]})
		}
	}
}

// dispatches reports whether a decorator makes a function one that others are called in the place of.
func dispatches(d *ir.Expr) bool { return lastPart(textOf(d)) == "singledispatch" }

// inPlaceOf is the function that is called for an argument of its class; the one itself where there is none.
func (p *Program) inPlaceOf(c *closure, args *arguments) *closure {
	given := args.get(0).class
	for range deepestBase { // classes of broken code may extend each other
		if given == nil {
			break
		}
		for _, d := range p.dispatched[c.fn] {
			if d.class.def == given.def {
				return d.fn
			}
		}
		given = given.firstBase()
	}
	return c
}

// firstBase is the class of the program that a class says first that it is one of; nil where there is none.
func (c *class) firstBase() *class {
	if len(c.bases) == 0 || c.bases[0] == nil {
		return nil
	}
	return c.bases[0].class
}

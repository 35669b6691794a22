package dataflow

import (
	"slices"

	"wardlet.example/internal/ir"
)

// Decorators on methods of Python: a function of the program gets the method before there is an object, and what it gives back is called in its
// place, with the object as the first argument.

// marksOnly are decorators of the language that say how a method is called.
var marksOnly = set("staticmethod classmethod property cached_property abstractmethod override overload setter getter deleter final wraps")

// decoratedMethods calls the decorators of the methods of a class. Those that the class itself defines are known to the methods that follow.
func (in *interp) decoratedMethods(f frame, cl *class) {
	own := frame{newScope(f.s, f.s.module), f.file}
	for _, fn := range cl.def.Methods {
		m := cl.methods[fn.Name]
		if m == nil || m.fn != fn { // a property and what sets it
			continue
		}
		raw := &closure{fn: fn, scope: f.s, unbound: !fn.Static}
		v := &Value{fns: []*closure{raw}}
		for _, d := range slices.Backward(fn.Decorators) {
			v = in.decoratedBy(own, d, v, fn)
		}
		if v.fns[0] != raw || len(v.fns) > 1 {
			m.instead = v.fns
		}
		own.s.vars[fn.Name] = v
	}
}

// decoratedBy is what one decorator makes of a method: those of libraries keep it as it is.
func (in *interp) decoratedBy(f frame, decorator *ir.Expr, v *Value, fn *ir.Func) *Value {
	if marksOnly[lastPart(calledOf(decorator))] {
		return v
	}
	d := in.eval(f, decorator)
	if len(d.fns) == 0 {
		return v
	}
	w := in.invoke(f, d.fns[0], d.fns[0].this, &arguments{list: []*Value{v}}, fn.Start)
	if len(w.fns) == 0 {
		return v
	}
	return &Value{fns: w.fns}
}

// of are the functions that are called for a method of an object: the method, or what its decorators made of it.
func (c *closure) of(object *Value) []*closure {
	if len(c.instead) == 0 {
		return []*closure{{fn: c.fn, scope: c.scope, this: object}}
	}
	var out []*closure
	for _, w := range c.instead {
		b := *w
		b.this = object
		switch {
		case w.unbound: // the method itself, which a decorator gave back
			b.unbound = false
		case object != nil && !c.fn.Static:
			b.bound = &arguments{list: []*Value{object}}
			if w.bound != nil {
				b.bound = b.bound.after(w.bound)
			}
		}
		out = append(out, &b)
	}
	return out
}

// withObject are the object that a method is called for and its arguments, where the object is the first of those.
func (a *arguments) withObject() (*Value, *arguments) {
	out := *a
	if len(a.list) > 0 {
		out.list = a.list[1:]
	}
	if len(a.spread) == 1 && len(a.list) > 0 && a.spread[0].elem == nil && len(a.spread[0].taints) == 0 && a.dict == nil { // all of them are in the list
		out.rest = nil
	}
	return a.get(0), &out
}

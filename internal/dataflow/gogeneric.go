package dataflow

import "wardlet.example/internal/ir"

// ofTypes is a function of which a call says the types: decode[Order](body). A type that begins with a small letter looks like an index.
func (in *interp) ofTypes(f frame, e *ir.Expr, callee *Value) *Value {
	types := e.Y
	switch {
	case f.file.Language != ir.Go:
		return callee
	case e.X.Kind == ir.Index && in.quiet(f, e.X.Y).isType:
		callee, types = in.eval(f, e.X.X), &ir.Expr{List: []*ir.Expr{e.X.Y}}
	case types == nil:
		return callee
	}
	out := *callee
	out.fns = nil
	for _, c := range callee.fns {
		out.fns = append(out.fns, in.generic(f, c, types.List))
	}
	return &out
}

// generic is a function with its types bound, the same one for each call.
func (in *interp) generic(f frame, c *closure, types []*ir.Expr) *closure {
	if len(c.fn.Types) < len(types) {
		return c
	}
	s := newScope(c.scope, c.scope.module)
	key := genericKey{c.fn, nil}
	for i, t := range types {
		g, u := in.under(f, t)
		if key.first == nil {
			key.first = u
		}
		s.vars[c.fn.Types[i]] = &Value{class: &class{def: &ir.Class{Name: c.fn.Types[i], Under: u}, scope: g.s}, isType: true, fields: map[string]*Value{}}
	}
	if in.p.generics == nil {
		in.p.generics = map[genericKey]*scope{}
	}
	if in.p.generics[key] == nil {
		in.p.generics[key] = s
	}
	return &closure{fn: c.fn, scope: in.p.generics[key], this: c.this, bound: c.bound}
}

// genericKey is a function and the first type that a call says.
type genericKey struct {
	fn    *ir.Func
	first *ir.Expr
}

package dataflow

import "wardlet.example/internal/ir"

// mostConstants bounds the constants for which a comprehension is followed one by one.
const mostConstants = 16

// eachConstant is what a comprehension of Python makes of constants, one by one: {k: item.get(k) for k in ("name", "city")} has these two fields, each
// with what it holds, and no others. It reports whether the call is such a one.
func (in *interp) eachConstant(f frame, e *ir.Expr) (*Value, bool) {
	item, loop := ofComprehension(f, e)
	if item == nil {
		return nil, false
	}
	list := in.quiet(f, loop.Y)
	names := list.inOrder()
	if len(names) == 0 || len(names) > mostConstants || len(names) != len(list.fields) || list.elem != nil || len(list.taints) > 0 || list.isDict {
		return nil, false
	}
	for _, x := range names {
		if x == nil || !x.known {
			return nil, false
		}
	}
	out := &Value{fields: map[string]*Value{}, isDict: item.Kind == ir.Object, isList: item.Kind == ir.Array, born: in.branch}
	for i, x := range names {
		g := frame{newScope(f.s, f.s.module), f.file}
		in.set(g.s, loop.X.Str, x, true)
		one := in.eval(g, item)
		if item.Kind == ir.Array {
			out.fields[itoa(i)] = orNothing(one.fields["0"])
			continue
		}
		for name, y := range sorted(one.fields) {
			out.fields[name] = y
		}
		out.elem, out.named = join(out.elem, one.elem), join(out.named, one.named)
	}
	return out, true
}

// ofComprehension is what a call of a comprehension makes in each round, and its loop, where it has one and asks nothing but whether a name is there; nil for other calls.
func ofComprehension(f frame, e *ir.Expr) (*ir.Expr, *ir.Stmt) {
	if f.file.Language != ir.Python || e.X == nil || e.X.Kind != ir.Lambda || len(e.List) > 0 || len(e.X.Fn.Body) != 1 {
		return nil, nil
	}
	loop := e.X.Fn.Body[0]
	if loop.Kind != ir.Loop || loop.X == nil || loop.X.Kind != ir.Name || loop.Y == nil || len(loop.Body) != 1 {
		return nil, nil
	}
	body := loop.Body[0]
	if body.Kind == ir.If && body.X != nil && body.X.Kind == ir.Binary && body.X.Str == "in" && len(body.Body) == 1 { // for those that are there
		body = body.Body[0]
	}
	if body.Kind != ir.Return {
		return nil, nil
	}
	if y := loop.Y; y.Kind != ir.Array && y.Kind != ir.Name && y.Kind != ir.Member {
		return nil, nil
	}
	item := body.X
	if item == nil || item.Kind != ir.Array && item.Kind != ir.Object || len(item.List) != 1 || item.Kind == ir.Array && item.List[0].Kind == ir.Spread {
		return nil, nil
	}
	return item, loop
}

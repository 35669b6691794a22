package dataflow

import (
	"slices"
	"strings"

	"wardlet.example/internal/ir"
)

// instanceOf: x instanceof Raw, isinstance(x, Raw). What an outsider sends is never an object of a class of the program, unless
// something made one of it.
func (in *interp) instanceOf(f frame, e *ir.Expr, holds bool) {
	x, kind := e.X, e.Y
	if e.Kind == ir.Call {
		x, kind = e.List[0], e.List[1]
	}
	if x.Kind != ir.Name || in.proving > 0 {
		return
	}
	v, own := f.s.own(x.Str)
	of := in.quiet(f, kind)
	if !own || v == nil || !of.isType || of.class == nil || v.isType {
		return
	}
	if narrow := v.narrowed(of.class, holds); narrow != v {
		in.set(f.s, x.Str, narrow, true)
	}
}

// narrowed is a value of which is known whether it is an object of a class. Objects of classes that extend those of libraries, like
// errors, hold what they were given in ways of their own.
func (v *Value) narrowed(c *class, is bool) *Value {
	if is && !c.extends(0, "") && !slices.ContainsFunc(v.taints, func(t *Taint) bool {
		return t.unsure || t.object && v.ref != "" && strings.Count(t.Path, ".") < 2 // req.query.town is none
	}) {
		out := *v
		out.taints = nil
		return &out
	}
	if !is && v.class != nil && v.class.derives(c, 0) && !slices.ContainsFunc(v.others, func(o *Value) bool { return o.class == nil || !o.class.derives(c, 0) }) {
		out := *v
		out.class, out.fields, out.others = nil, nil, nil
		return &out
	}
	return v
}

// derives reports whether a class is another one, or extends it.
func (c *class) derives(from *class, depth int) bool {
	if c == from || c.def != nil && c.def == from.def {
		return true
	}
	return depth < 5 && slices.ContainsFunc(c.bases, func(b *Value) bool { return b != nil && b.class != nil && b.class.derives(from, depth+1) })
}

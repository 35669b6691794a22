package dataflow

import "wardlet.example/internal/ir"

// Objects of Python say themselves whether they count as true, and what they are equal to: if not Signature(headers, body), Key(a) == b.

// asTruth is a value where only counts whether it is true.
func (in *interp) asTruth(f frame, e *ir.Expr, v *Value) *Value {
	if v == nil || v.class == nil || v.isType || f.file.Language != ir.Python {
		return v
	}
	m := v.class.method("__bool__", 0)
	if m == nil {
		return v
	}
	out := in.invoke(f, m, v, &arguments{}, e.At)
	in.told(e, orNothing(out).proves)
	return orNothing(out)
}

// comparesItself is what an object answers to whether it is equal to another value, where its class says that.
func (in *interp) comparesItself(f frame, e *ir.Expr, x, y *Value) (*Value, bool) {
	if f.file.Language != ir.Python || e.Str != "==" && e.Str != "===" && e.Str != "!=" && e.Str != "!==" {
		return nil, false
	}
	for _, side := range [][2]*Value{{x, y}, {y, x}} {
		if v := side[0]; v.class != nil && !v.isType && side[1] != nothing { // x is None
			if m := v.class.method("__eq__", 0); m != nil {
				out := orNothing(in.invoke(f, m, v, &arguments{list: []*Value{side[1]}}, e.At))
				in.told(e, out.proves)
				return out, true
			}
		}
	}
	return nil, false
}

package dataflow

import (
	"maps"
	"slices"

	"wardlet.example/internal/ir"
)

// arguments are what a call gives.
type arguments struct {
	list []*Value
	kw   map[string]*Value
	rest *Value // from a spread
	dict *Value // from a spread into keywords
	at   []int32

	spread []*Value // the lists that were spread
}

func (a *arguments) get(i int) *Value {
	if i < len(a.list) {
		return a.list[i]
	}
	if a.rest != nil {
		return a.rest
	}
	return nothing
}

// after are arguments that follow those that were given before.
func (a *arguments) after(bound *arguments) *arguments {
	out := *a
	out.list = append(slices.Clone(bound.list), a.list...)
	out.kw = map[string]*Value{}
	maps.Copy(out.kw, bound.kw)
	maps.Copy(out.kw, a.kw)
	return &out
}

// all are the taints of all arguments.
func (a *arguments) all() []*Taint {
	var out []*Taint
	for _, v := range a.list {
		out = addTaints(out, v.all())
	}
	for _, v := range sorted(a.kw) {
		out = addTaints(out, v.all())
	}
	return addTaints(out, a.rest.all())
}

func (in *interp) arguments(f frame, e *ir.Expr) *arguments {
	a := &arguments{kw: map[string]*Value{}}
	for i, x := range e.List {
		v := in.eval(f, x)
		if v.results && len(e.List) == 1 { // f(g()), where g has several results
			for j := range len(v.fields) {
				a.list = append(a.list, orNothing(v.fields[itoa(j)]))
			}
			continue
		}
		if x.Kind == ir.Name && (len(v.taints) > 0 || isCopied(f, e, x, v)) { // with what was found out about its parts
			v = in.guardedFields(f, x.Str, v)
		}
		key := ""
		if i < len(e.Keys) {
			key = e.Keys[i]
		}
		switch {
		case key == "**":
			for k, field := range sorted(v.fields) {
				a.kw[k] = field
			}
			if len(v.taints) > 0 || v.elem != nil {
				a.rest, a.dict = join(a.rest, in.elements(v)), join(a.dict, v)
			} else if v.secret != nil {
				a.dict = join(a.dict, v)
			}
		case key != "":
			a.kw[key] = v
			in.predictable(f, key, x, v)
		case x.Kind == ir.Spread:
			for j := range 6 {
				if field, ok := v.fields[itoa(j)]; ok {
					a.list = append(a.list, field)
				}
			}
			a.rest = join(a.rest, in.elements(v))
			a.spread = append(a.spread, v)
		default:
			a.list = append(a.list, v)
			a.at = append(a.at, x.At)
		}
	}
	return a
}

// counts reports whether a call gives a number that is known.
func (a *arguments) counts() bool {
	return slices.ContainsFunc(a.list, func(v *Value) bool { return sum(v, v) != nil })
}

func indexed(list []*Value) map[string]*Value {
	out := map[string]*Value{}
	for i, v := range list {
		out[itoa(i)] = v
	}
	return out
}

// named are arguments of which those in order have their names too.
func (a *arguments) named(parameters []string) *arguments {
	out := &arguments{kw: map[string]*Value{}}
	for i, v := range a.list {
		if i < len(parameters) {
			out.kw[parameters[i]] = v
		}
	}
	maps.Copy(out.kw, a.kw)
	return out
}

func kwValues(a *arguments) []*Value {
	var out []*Value
	for _, v := range sorted(a.kw) {
		out = append(out, v)
	}
	return out
}

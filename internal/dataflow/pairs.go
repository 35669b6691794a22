package dataflow

import (
	"slices"

	"wardlet.example/internal/ir"
)

// Code that goes through an object by its names and what stands under them often passes over some: for k, v in form.items() if k != "password".

// pairMark stands before the name that stands for the names of fields, where the name is kept of what stands under them.
const pairMark = "\x02"

// givesPairs are methods that give pairs of a name and what stands under it.
var givesPairs = set("items entries iteritems")

// notesPair notes which name stands for what is under the names that another one stands for, in a loop through pairs.
func (in *interp) notesPair(f frame, loop *ir.Stmt) {
	if p := loop.X; p != nil && p.Kind == ir.Array && len(p.List) == 2 && p.List[0].Kind == ir.Name && p.List[1].Kind == ir.Name &&
		loop.Y.Kind == ir.Call && loop.Y.X.Kind == ir.Member && givesPairs[loop.Y.X.Str] {
		in.set(f.s, pairMark+p.List[0].Str, constant(p.List[1].Str), true)
	}
}

// passesOver: where a name is none of some, what stands under it is not what stands under those.
func (in *interp) passesOver(f frame, x, names *ir.Expr) {
	if x.Kind != ir.Name || names == nil {
		return
	}
	under, ok := in.get(f.s, pairMark+x.Str)
	if !ok {
		return
	}
	v, ok := in.get(f.s, under.text)
	if !ok || v == nil || len(v.taints) == 0 {
		return
	}
	over := in.quiet(f, names)
	c := *v
	c.taints = slices.DeleteFunc(slices.Clone(v.taints), func(t *Taint) bool {
		name := lastPart(t.Path) // body[] is an element of what is called so, under a name that is not known
		return over.known && over.text == name || mentions(over, name)
	})
	in.set(f.s, under.text, &c, true)
}

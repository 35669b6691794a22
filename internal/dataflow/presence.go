package dataflow

import (
	"slices"
	"strings"

	"wardlet.example/internal/ir"
)

// Whether members are there is also asked of all that are required at once: REQUIRED - body.keys(), all(body.get(k) for k in REQUIRED),
// REQUIRED.every((k) => Object.hasOwn(body, k)).

var (
	// ofSets are methods and operators that hold a set of names against another one.
	ofSets    = set("issubset issuperset difference symmetric_difference intersection isdisjoint isSubsetOf isSupersetOf isDisjointFrom")
	setSigns  = set("- & ^ < <= > >= == ===")
	hasMember = set("Object.hasOwn Reflect.has Object.prototype.hasOwnProperty.call Object.hasOwnProperty.call _.has lodash.has")
	makesSets = set("set frozenset list tuple sorted Set")
)

// onlyTaken reports whether a statement takes something where it is there, and goes on without it where it is not: nothing is refused by that.
// if "name" in data: user.name = data["name"]
func onlyTaken(s *ir.Stmt) bool {
	return s.X != nil && len(s.Else) == 0 && len(s.Body) > 0 && asksPresence(s.X) && !slices.ContainsFunc(s.Body, func(t *ir.Stmt) bool { return !takes(t) })
}

// asksPresence reports whether a condition asks whether something is there, and nothing more.
func asksPresence(e *ir.Expr) bool {
	switch e.Kind {
	case ir.Name, ir.Member, ir.Index:
		return true
	case ir.Binary:
		switch e.Str {
		case "&&", "and":
			return asksPresence(e.X) && asksPresence(e.Y)
		case "in":
			return e.X.Kind == ir.Const
		}
		return strings.HasPrefix(e.Str, "!=") && isNothing(e.Y)
	case ir.Call:
		return e.X.Kind == ir.Member && (e.X.Str == "get" || e.X.Str == "hasOwnProperty" || e.X.Str == "hasOwn") && len(e.List) > 0
	}
	return false
}

// takes reports whether a statement sets something, or appends to a list.
func takes(s *ir.Stmt) bool {
	if s.Kind != ir.Eval || s.X == nil {
		return false
	}
	return s.X.Kind == ir.Assign || s.X.Kind == ir.Call && s.X.X.Kind == ir.Member && (s.X.X.Str == "append" || s.X.X.Str == "push")
}

// asksMembers notes what a call says of which members are there.
func (in *interp) asksMembers(f frame, e *ir.Expr) {
	if in.st != nil || len(e.List) == 0 {
		return
	}
	name := e.X.Str
	switch {
	case hasMember[textOf(e.X)] && len(e.List) == 2:
		in.isIn(in.quiet(f, e.List[1]), in.quiet(f, e.List[0]))
	case e.X.Kind == ir.Name && (name == "all" || name == "any"):
		in.presentEach(f, e.List[0])
	case e.X.Kind != ir.Member:
	case name == "hasOwnProperty":
		in.isIn(in.quiet(f, e.List[0]), in.quiet(f, e.X.X))
	case ofSets[name]:
		in.hasMembers(in.quiet(f, in.namesOf(f, e.X.X, 0)))
		in.hasMembers(in.quiet(f, in.namesOf(f, e.List[0], 0)))
	case name == "includes" || name == "has":
		if object := in.namesOf(f, e.X.X, 0); object != e.X.X {
			in.isIn(in.quiet(f, e.List[0]), in.quiet(f, object))
		}
	}
	if e.X.Kind == ir.Member && (name == "every" || name == "some" || name == "includes") { // [a, b].every(Boolean)
		in.presentEach(f, e.X.X)
	}
}

// comparesMembers notes what an operator says of which members are there.
func (in *interp) comparesMembers(f frame, e *ir.Expr) {
	if in.st != nil {
		return
	}
	if (e.Str == "in" || e.Str == "not in") && isNothing(e.X) { // None in (name, email)
		in.presentEach(f, e.Y)
	}
	if !setSigns[e.Str] {
		return
	}
	for _, side := range []*ir.Expr{e.X, e.Y} {
		if object := in.namesOf(f, side, 0); object != side {
			in.hasMembers(in.quiet(f, object))
		}
	}
}

// namesOf is the object whose names an expression is the set or the list of; the expression itself where it is none.
func (in *interp) namesOf(f frame, e *ir.Expr, depth int) *ir.Expr {
	of := (*ir.Expr)(nil)
	switch {
	case depth > 3:
	case e.Kind == ir.Name:
		of = in.testOf(f, e.Str)
		if of == nil || in.namesOf(f, of, depth+1) == of {
			return e
		}
	case e.Kind != ir.Call:
	case e.X.Kind == ir.Member && e.X.Str == "keys" && len(e.List) == 0:
		return e.X.X
	case len(e.List) == 1 && (textOf(e.X) == "Object.keys" || makesSets[textOf(e.X)]):
		of = e.List[0]
	}
	if of == nil {
		return e
	}
	return in.namesOf(f, of, depth+1)
}

// presentEach notes that code asks whether each of some is there: those of a list that is written out, or what a comprehension gives.
func (in *interp) presentEach(f frame, e *ir.Expr) {
	if e.Kind == ir.Array {
		for _, x := range e.List {
			in.present(f, x)
		}
		return
	}
	if e.Kind != ir.Call || e.X.Kind != ir.Lambda {
		return
	}
	ir.Statements(e.X.Fn.Body, func(list []*ir.Stmt, i int) {
		if s := list[i]; s.Kind == ir.Return && s.X != nil && s.X.Kind == ir.Array && len(s.X.List) == 1 {
			in.present(f, s.X.List[0])
		}
	})
}

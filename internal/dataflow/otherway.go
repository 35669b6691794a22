package dataflow

import (
	"slices"

	"wardlet.example/internal/ir"
)

// Calls on ways of which a request goes only one: those of different routes, and those of branches that exclude each other.

// passed is a function on the way to a call, and where in it the way goes on.
type passed struct {
	fn *ir.Func
	at int32
}

// passing are the functions on the way to a place, the outermost first.
func (in *interp) passing(at int32) []passed {
	out := make([]passed, len(in.stack))
	for i, fn := range in.stack {
		out[i] = passed{fn, at}
		if i+1 < len(in.sites) {
			out[i].at = in.sites[i+1].at
		}
	}
	return out
}

// otherWay reports whether no request comes to two places by these ways.
func otherWay(a, b []passed) bool {
	for i := range min(len(a), len(b)) {
		if a[i].fn != b[i].fn {
			return true
		}
		if a[i].at != b[i].at {
			x, y := min(a[i].at, b[i].at), max(a[i].at, b[i].at)
			return exclude(a[i].fn.Body, x, y)
		}
	}
	return false
}

// exclude reports whether after a place the other one behind it in the same statements is not come to.
func exclude(body []*ir.Stmt, at, later int32) bool {
	s := holding(body, at)
	if s == nil {
		return false
	}
	part, other := partOf(s, at), holding(body, later)
	if other == nil { // it stands in what the function has beside its statements
		return false
	}
	if other != s {
		return leavesBehind(s, at) || s.Kind == ir.If && other.Kind == ir.If && len(part) > 0 && len(partOf(other, later)) > 0 && differ(s.X, other.X)
	}
	if other := partOf(s, later); !sameList(part, other) {
		return s.Kind == ir.If && len(part) > 0 && len(other) > 0
	}
	return exclude(part, at, later)
}

// differ reports whether two conditions compare the same with different constants, as the cases of a switch do.
func differ(a, b *ir.Expr) bool {
	same := func(e *ir.Expr) bool {
		return e != nil && e.Kind == ir.Binary && (e.Str == "===" || e.Str == "==") && e.Y.Kind == ir.Const
	}
	return same(a) && same(b) && a.Y.Str != b.Y.Str && textOf(a.X) != "" && textOf(a.X) == textOf(b.X)
}

// leavesBehind reports whether a branch of a statement in which a place lies always leaves the function.
func leavesBehind(s *ir.Stmt, at int32) bool {
	part := partOf(s, at)
	if len(part) == 0 || s.Kind != ir.If && s.Kind != ir.Block && s.Kind != ir.Try {
		return false
	}
	if s.Kind == ir.If && ir.Ends(part) {
		return true
	}
	inner := holding(part, at)
	return inner != nil && leavesBehind(inner, at)
}

// holding is the statement of a list in which a place lies.
func holding(body []*ir.Stmt, at int32) *ir.Stmt {
	var out *ir.Stmt
	for _, s := range body {
		if s.At <= at && (out == nil || s.At > out.At) {
			out = s
		}
	}
	return out
}

// partOf are the statements inside of one in which a place lies; none where it lies in its condition.
func partOf(s *ir.Stmt, at int32) []*ir.Stmt {
	for _, part := range slices.Backward([][]*ir.Stmt{s.Body, s.Else, s.Final}) {
		if holding(part, at) != nil {
			return part
		}
	}
	return nil
}

func sameList(a, b []*ir.Stmt) bool {
	return len(a) == len(b) && (len(a) == 0 || a[0] == b[0])
}

package dataflow

import (
	"regexp"
	"slices"
	"strings"

	"wardlet.example/internal/ir"
)

// A comparison that only chooses which of some numbers another one is counted with refuses nothing: the rate for ten is another one than that for
// a hundred, and there is one for minus a million as well.

// ratesBy gives the condition of a statement if all that the statement does is to set names to numbers that are written out, and nil otherwise:
// if (n > 100) rate = 1; else rate = 4. What already is as much as somebody says is cut by that: if (n > 100) n = 100
func (in *interp) ratesBy(f frame, s *ir.Stmt) *ir.Expr {
	sets, ok := ratesIn([]*ir.Stmt{s})
	if !ok || !slices.ContainsFunc(sets, func(set *ir.Expr) bool { return countsWith(set.Y) }) {
		return nil
	}
	if slices.ContainsFunc(sets, func(set *ir.Expr) bool {
		return saysState.MatchString(set.X.Str) || len(amounts(in.quiet(f, set.X))) > 0
	}) {
		return nil
	}
	return s.X
}

// ratesIn are the assignments of statements, by conditions, and whether they do nothing but to set names to numbers that are written out.
func ratesIn(body []*ir.Stmt) (sets []*ir.Expr, ok bool) {
	for _, s := range body {
		switch {
		case s.Kind == ir.If:
			for _, way := range [][]*ir.Stmt{s.Body, s.Else} {
				more, ok := ratesIn(way)
				if !ok {
					return nil, false
				}
				sets = append(sets, more...)
			}
		case s.Kind != ir.Eval || s.X == nil || s.X.Kind != ir.Assign || s.X.Str != "" || s.X.X.Kind != ir.Name || !isRate(s.X.Y):
			return nil, false
		default:
			sets = append(sets, s.X)
		}
	}
	return sets, true
}

// saysState are names of numbers that say how something went, of which the code asks later on.
var saysState = regexp.MustCompile(`(?i)status|code|state|err|valid|result|fail|reject|flag`)

// rateOf gives the condition by which an expression is one of some numbers that are written out; nil for others.
func rateOf(e *ir.Expr) *ir.Expr {
	if isRate(e) && countsWith(e) {
		return e.X
	}
	return nil
}

// isRate reports whether an expression is a number that is written out, or one of several by conditions. By nought nothing is counted, which
// refuses what it is for: amount > 0 ? 0.2 : 0
func isRate(e *ir.Expr) bool {
	switch {
	case e == nil:
		return false
	case e.Kind == ir.Cond:
		return isRate(e.Y) && isRate(e.Z)
	}
	return e.Kind == ir.Const && e.Bare && e.Str != "" && '0' <= e.Str[0] && e.Str[0] <= '9' && strings.Trim(e.Str, "0.") != ""
}

// countsWith reports whether one of the numbers of an expression says more than yes.
func countsWith(e *ir.Expr) bool {
	if e.Kind == ir.Cond {
		return countsWith(e.Y) || countsWith(e.Z)
	}
	return e.Str != "1"
}

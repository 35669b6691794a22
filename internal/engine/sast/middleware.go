package sast

import (
	"regexp"
	"slices"

	"wardlet.example/internal/ir"
	"wardlet.example/internal/paths"
)

// earlyResponse is since which version of middy only what a middleware returns, or request.earlyResponse, keeps the handler from being called:
// what stands in request.response is written over by its answer.
const earlyResponse = "6"

// answersAndGoesOn are refusals that a middleware of middy puts into the request and does not return.
func answersAndGoesOn(n *paths.Node) []spot {
	var out []spot
	for _, fn := range n.Result.Befores {
		if len(fn.Params) == 0 || fn.Params[0].Kind != ir.Name || !n.Result.Program.AtLeast(fn.File.Path, "@middy/core", earlyResponse) || someWord(fn.Body, middyEarly) {
			continue
		}
		ir.Statements(fn.Body, func(list []*ir.Stmt, i int) {
			e := list[i].X
			if list[i].Kind != ir.Eval || e == nil || e.Kind != ir.Assign || e.X.Kind != ir.Member || e.X.Str != "response" || dotted(e.X.X) != fn.Params[0].Str {
				return
			}
			if status := refusalMade(n, e.Y); status != "" && returnsNothing(fn, list, i) {
				out = append(out, spot{file: fn.File, at: e.At, fields: map[string]string{"call": "a middleware of middy", "source": "the refusal (status " + status + ") is not returned, so that the handler is called all the same"}})
			}
		})
	}
	return out
}

// middyEarly is the member of a request by which a middleware ends it.
var middyEarly = regexp.MustCompile(`^earlyResponse$`)

// returnsNothing reports whether a function gives nothing back behind a statement, and throws nothing.
func returnsNothing(fn *ir.Func, list []*ir.Stmt, i int) bool {
	if i+1 < len(list) && list[i+1].Kind == ir.Return {
		return list[i+1].X == nil
	}
	found := false
	ir.Walk(fn.Body, func(s *ir.Stmt) bool {
		found = found || s.At > list[i].At && (s.Kind == ir.Return && s.X != nil || s.Kind == ir.Throw)
		return !found
	}, func(e *ir.Expr) bool { return e.Kind != ir.Lambda })
	return !found && !slices.ContainsFunc(list[i+1:], func(s *ir.Stmt) bool { return s.Kind == ir.Throw })
}

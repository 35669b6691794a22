package sast

import (
	"regexp"
	"slices"

	"wardlet.example/internal/ir"
	"wardlet.example/internal/paths"
)

// unnamedFailures are messages of which the platform is told that they failed, and nobody why: {"itemIdentifier": record["messageId"]} is put into the
// answer, the error goes nowhere. The message comes again until it lies in a dead-letter queue, and no log says what was wrong with it.
func unnamedFailures(n *paths.Node) []spot {
	if n.Result.Cut || slices.ContainsFunc(n.Result.Packages, inBatch.MatchString) {
		return nil
	}
	var out []spot
	for _, fn := range n.Result.Reached {
		for _, a := range attempts(fn) {
			if throws(a.handler) || !collectsFailure(a) || explained(a.text) || usesError(a) || firstLog(a.handler) != nil || handedAway(n, a.err, a.handler) || failsLoudly(n, a) || logsItself(n, a) {
				continue
			}
			work := workOf(a.tried)
			if work == "" {
				continue
			}
			out = append(out, spot{file: fn.File, at: a.at, fields: map[string]string{
				"call":   work,
				"others": "tells the platform that a message failed, and writes nothing down that says why: it comes again until it is set aside, and who runs it cannot see what went wrong",
			}})
		}
		out = append(out, unnamedOutcomes(n, fn)...)
	}
	return out
}

// unnamedOutcomes are outcomes of what was waited for together of which only is asked whether they failed, and not why, where nothing that was reached
// writes down what it handles: if (outcome.status === "rejected") failed.push({ itemIdentifier })
func unnamedOutcomes(n *paths.Node, fn *ir.Func) []spot {
	var out []spot
	ir.Statements(fn.Body, func(list []*ir.Stmt, i int) {
		s := list[i]
		if s.Kind != ir.If || s.X == nil || !someWord(evaluated(s.X), ofRejected) || !collectsFailure(attempt{handler: s.Body}) || firstLog(s.Body) != nil {
			return
		}
		if slices.ContainsFunc(n.Result.Reached, func(other *ir.Func) bool {
			return someWord(other.Body, ofReason) || slices.ContainsFunc(attempts(other), func(a attempt) bool { return firstLog(a.handler) != nil })
		}) {
			return
		}
		out = append(out, spot{file: fn.File, at: s.At, fields: map[string]string{
			"call":   "the outcomes",
			"others": "tells the platform which messages failed, and writes nothing down that says why: they come again until they are set aside, and who runs it cannot see what went wrong",
		}})
	})
	return out
}

var (
	ofRejected = regexp.MustCompile(`^rejected$`)
	ofReason   = regexp.MustCompile(`^reason$`)
)

// collectsFailure reports whether what handles a failure puts the identifier of a message among those that failed.
func collectsFailure(a attempt) bool {
	found := false
	ir.Walk(a.handler, nil, func(e *ir.Expr) bool {
		found = found || e.Kind == ir.Object && slices.ContainsFunc(e.Keys, saysWhatFailed.MatchString) ||
			e.Kind == ir.Call && collects.MatchString(dotted(e.X)) && saysWhatFailed.MatchString(dotted(e.X))
		return !found
	})
	return found
}

// usesError reports whether what handles a failure does anything with the error.
func usesError(a attempt) bool { return a.err != "" && mentionsError(a) }

// logsItself reports whether a function that is tried writes down what fails in it before it hands that on.
func logsItself(n *paths.Node, a attempt) bool {
	return someCall(n, a.fn.File, a.tried, func(_ *ir.File, e *ir.Expr) bool {
		return slices.ContainsFunc(calledByName(n, e), func(fn *ir.Func) bool {
			return slices.ContainsFunc(attempts(fn), func(inner attempt) bool { return firstLog(inner.handler) != nil })
		})
	}, 0)
}

// workOf is what statements call first; empty where they call nothing.
func workOf(body []*ir.Stmt) string {
	found := ""
	ir.Walk(body, nil, func(e *ir.Expr) bool {
		if found == "" && e.Kind == ir.Call {
			found = lastName(e.X)
		}
		return found == ""
	})
	return found
}

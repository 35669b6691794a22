package sast

import (
	"regexp"
	"slices"
	"strings"

	"wardlet.example/internal/ir"
	"wardlet.example/internal/paths"
)

// unsaid are the places where a failure is logged as a fixed sentence: neither the error is in it nor anything of what it was about, and nothing
// else gets the error.
func unsaid(n *paths.Node) []spot {
	if n.Result.Cut || slices.ContainsFunc(n.Result.Packages, logsRequests.MatchString) {
		return nil
	}
	var works map[place]string
	var out []spot
	for _, fn := range n.Result.Reached {
		for _, a := range attempts(fn) {
			call := fixedLog(a)
			if call == nil || explained(a.text) || logsEvents(fn) || someName(fn.Body, origin) {
				continue
			}
			if works == nil {
				works = worksOrReads(n)
			}
			what := someOf(n, fn.File, a.tried, works)
			if what == "" || someCall(n, fn.File, a.tried, func(_ *ir.File, e *ir.Expr) bool { return logs(e) }, 0) {
				continue
			}
			out = append(out, spot{file: fn.File, at: call.At, fields: map[string]string{
				"others": "logs a fixed sentence when " + what + " fails, with neither the error nor anything of what it was about: who runs it cannot see what went wrong",
			}})
		}
	}
	return out
}

// worksOrReads are the calls of a function that change something elsewhere, or look it up there.
func worksOrReads(n *paths.Node) map[place]string {
	works := worksOf(n)
	for at, u := range operations(n, looksUp) {
		works[at] = operationName(u)
	}
	return works
}

// fixedLog is the call that logs a fixed sentence where an attempt fails; nil where there is none, something more is logged, or the error goes
// elsewhere.
func fixedLog(a attempt) *ir.Expr {
	if throws(a.handler) || a.fn.File.Language == ir.Go && returnsErrors(a.handler) {
		return nil
	}
	var first *ir.Expr
	more := mentionsError(a)
	ir.Walk(a.handler, nil, func(e *ir.Expr) bool {
		switch {
		case more || e.Kind == ir.Lambda:
			return false
		case logs(e) && onlyText(a.fn, e):
			if first == nil {
				first = e
			}
			return false
		case e.Kind == ir.Call && (logs(e) || tells.MatchString(dotted(e.X)) || withStack.MatchString(dotted(e.X))):
			more = true
		}
		return !more
	})
	if more {
		return nil
	}
	return first
}

// mentionsError reports whether what handles a failure does anything with the error.
func mentionsError(a attempt) bool {
	found := false
	ir.Walk(a.handler, nil, func(e *ir.Expr) bool {
		found = found || e.Kind == ir.Name && e.Str == a.err
		return !found
	})
	return found
}

// ownLogger are loggers that a program has once, for all that it does.
var ownLogger = regexp.MustCompile(`^(console|print|log|logger|logging|slog|fmt)$`)

// onlyText reports whether a call logs a constant and nothing else, by a logger that has no fields of its own.
func onlyText(fn *ir.Func, e *ir.Expr) bool {
	root, _, _ := strings.Cut(dotted(e.X), ".")
	if !ownLogger.MatchString(root) || withStack.MatchString(dotted(e.X)) || len(e.List) == 0 || slices.ContainsFunc(e.Keys, func(key string) bool { return key != "" }) {
		return false
	}
	made := false
	ir.Walk(append(defaults(fn), fn.Body...), nil, func(x *ir.Expr) bool { // log := slog.With("order", id)
		made = made || x.Kind == ir.Assign && slices.Contains(namesIn(x.X), root)
		return !made
	})
	for _, p := range fn.Params {
		made = made || slices.Contains(namesIn(p), root)
	}
	return !made && !slices.ContainsFunc(e.List, func(x *ir.Expr) bool { return x.Kind != ir.Const || x.Bare })
}

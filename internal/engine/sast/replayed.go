package sast

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"wardlet.example/internal/dataflow"
	"wardlet.example/internal/ir"
	"wardlet.example/internal/paths"
)

// Durable functions run from their beginning again when what they wait for has come. What their steps gave is kept; what stands outside of steps is
// done once more each time.
// Source: https://docs.aws.amazon.com/lambda/latest/dg/durable-execution-sdk.html

var (
	ofDurable   = regexp.MustCompile(`(^|\.)durable_execution$`)
	wrapDurable = regexp.MustCompile(`(^|\.)(withDurableExecution|with_durable_execution)$`)
	// suspends are operations at which a durable function is put away, which its context has, or a callback.
	suspends = regexp.MustCompile(`^(wait|wait_?for_?callback|waitForCallback|wait_?for_?condition|waitForCondition|invoke|create_?callback|createCallback)$`)
)

// replayed are what a durable function sends, pays or stores under a new name outside of its steps, before it waits for something.
func replayed(n *paths.Node) []spot {
	if n.Result.Cut || !slices.ContainsFunc(n.Result.Packages, durable.MatchString) {
		return nil
	}
	var out []spot
	for _, fn := range n.Result.Reached {
		if !isDurable(fn) || len(fn.Params) < 2 || len(namesIn(fn.Params[1])) == 0 {
			continue
		}
		h := durableHandler{fn, namesIn(fn.Params[1])[0], 0}
		h.findWaits()
		for p, what := range doneAgain(n) {
			if h.replays(n, p) {
				out = append(out, spot{file: p.file, at: p.at, fields: map[string]string{
					"call": what, "others": "outside of the steps of a durable function that waits behind it: it runs from its beginning again when the wait is over, and does that once more",
				}})
			}
		}
	}
	slices.SortFunc(out, func(a, b spot) int { return cmp.Or(strings.Compare(a.file.Path, b.file.Path), cmp.Compare(a.at, b.at)) })
	return out
}

// isDurable reports whether a function is a durable one: by its decorator, or as what a wrapper is given.
func isDurable(fn *ir.Func) bool {
	for _, d := range fn.Decorators {
		if ofDurable.MatchString(dotted(d)) || ofDurable.MatchString(calledText(d)) {
			return true
		}
	}
	found := false
	ir.Walk(fn.File.Body, nil, func(e *ir.Expr) bool {
		found = found || e.Kind == ir.Call && wrapDurable.MatchString(dotted(e.X)) && slices.ContainsFunc(e.List, func(x *ir.Expr) bool { return x.Kind == ir.Lambda && x.Fn == fn })
		return !found
	})
	return found
}

// durableHandler is a durable function, with the name of its context and where it waits last.
type durableHandler struct {
	fn      *ir.Func
	context string
	waits   int32
}

func (h *durableHandler) findWaits() {
	ir.Walk(h.fn.Body, nil, func(e *ir.Expr) bool {
		if e.Kind == ir.Call && e.X.Kind == ir.Member && dotted(e.X.X) == h.context && suspends.MatchString(e.X.Str) {
			h.waits = max(h.waits, e.At)
			if e.X.Str == "create_callback" || e.X.Str == "createCallback" { // whose result is waited for later
				h.waits = h.fn.End
			}
		}
		return e.Kind != ir.Lambda
	})
}

// replays reports whether a place is reached from the function itself and not from one of its steps, before it waits.
func (h *durableHandler) replays(n *paths.Node, p place) bool {
	all := levels(n, p)
	i := slices.IndexFunc(all, func(l level) bool { return l.fn == h.fn })
	if i < 0 || all[i].at >= h.waits || slices.ContainsFunc(all[:i], func(l level) bool { return onceByName.MatchString(l.fn.Name) }) {
		return false
	}
	direct := false
	ir.Walk(h.fn.Body, nil, func(e *ir.Expr) bool {
		switch {
		case e.Kind == ir.Lambda, e.Kind == ir.Call && e.X.Kind == ir.Member && dotted(e.X.X) == h.context: // a step, or what is given to one
			return false
		case e.Kind == ir.Call && e.At == all[i].at:
			direct = true
		}
		return !direct
	})
	return direct && !h.leavesBefore(all[i].at)
}

// leavesBefore reports whether the way of a call leads out of the function before it waits.
func (h *durableHandler) leavesBefore(at int32) bool {
	leaves := false
	ir.Walk(h.fn.Body, func(s *ir.Stmt) bool {
		if s.Kind != ir.If {
			return !leaves
		}
		for _, branch := range [][]*ir.Stmt{s.Body, s.Else} {
			if ir.Ends(branch) && slices.ContainsFunc(branch, func(x *ir.Stmt) bool { return holds(x, at) }) && !h.waitsIn(branch) {
				leaves = true
			}
		}
		return !leaves
	}, func(e *ir.Expr) bool { return e.Kind != ir.Lambda })
	return leaves
}

// waitsIn reports whether the function waits in some statements.
func (h *durableHandler) waitsIn(body []*ir.Stmt) bool {
	found := false
	ir.Walk(body, nil, func(e *ir.Expr) bool {
		found = found || e.Kind == ir.Call && e.X.Kind == ir.Member && (dotted(e.X.X) == h.context && suspends.MatchString(e.X.Str) || e.X.Str == "result")
		return !found && e.Kind != ir.Lambda
	})
	return found
}

// doneAgain are the calls of a function that do harm when they are made twice, with what they do.
func doneAgain(n *paths.Node) map[place]string {
	out := map[place]string{}
	for _, u := range n.Result.Uses {
		what := harmful(u)
		switch {
		case u.Params.At("ConditionExpression") != nil && !u.Params.Lacks("ConditionExpression"):
			continue
		case u.Key == "dynamodb:PutItem" && underNewName(n, u):
			what = "a new record under another name"
		case u.Key == "sqs:SendMessage" || u.Key == "sns:Publish":
			what = "a message"
		}
		if what != "" {
			out[place{u.File, u.At}] = what
		}
	}
	for _, c := range n.Result.Calls {
		switch {
		case paysOnceMore(n, c):
			out[place{c.File, c.At}] = "a payment"
		case c.DoesAny(dataflow.Sends):
			out[place{c.File, c.At}] = "a message to people"
		case makesElsewhere(n, c):
			out[place{c.File, c.At}] = "a request that makes something elsewhere"
		}
	}
	return out
}

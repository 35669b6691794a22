package sast

import (
	"regexp"
	"slices"

	"wardlet.example/internal/asl"
	"wardlet.example/internal/dataflow"
	"wardlet.example/internal/ir"
	"wardlet.example/internal/model"
	"wardlet.example/internal/paths"
)

// paidUnderNewKey are payments of functions that are called again where they have failed, by a state machine or as events are delivered, under a key
// that is made anew each time: the payment service takes the second try for another payment. Of what a state machine calls again also those without
// a key.
func paidUnderNewKey(n *paths.Node) []spot {
	machine := retriedByMachine(n)
	if n.Result.Cut || machine == "" && !startedByEvents(n.Function) {
		return nil
	}
	var out []spot
	for _, c := range n.Result.Calls {
		if !paysOnceMore(n, c) {
			continue
		}
		key, fn := paymentKey(n, c)
		again := key != nil && madeAnew(n, fn, key, c.At, 0) || key == nil && machine != "" && !knowsPayments(n)
		switch {
		case again && machine != "":
			out = append(out, spot{file: c.File, at: c.At, fields: map[string]string{"call": "a payment", "others": "when the state machine " + machine + " tries again after a failure, and nothing says that it is the same payment"}})
		case again && failsBehind(n, place{c.File, c.At}):
			out = append(out, spot{file: c.File, at: c.At, fields: map[string]string{"call": "a payment", "others": "for an event that may be delivered twice: the key that says which payment it is is made anew each time"}})
		}
	}
	return out
}

// knowsPayments reports whether the code perhaps knows what was paid.
func knowsPayments(n *paths.Node) bool {
	if slices.ContainsFunc(n.Result.Packages, knowsIt.MatchString) || asksForFields(n) {
		return true
	}
	return slices.ContainsFunc(n.Result.Reached, func(fn *ir.Func) bool { return knowsIt.MatchString(fn.Name) || someName(fn.Body, knowsIt) }) ||
		slices.ContainsFunc(n.Result.Uses, func(u dataflow.Use) bool {
			return u.Params.At("ConditionExpression") != nil && !u.Params.Lacks("ConditionExpression")
		})
}

// ofKeys is what a payment service calls that by which it knows a payment again.
var ofKeys = regexp.MustCompile(`(?i)idempot`)

// paymentKey is what a request says that by, and the function that it stands in; nil where it says nothing.
func paymentKey(n *paths.Node, c dataflow.Called) (*ir.Expr, *ir.Func) {
	var key *ir.Expr
	ir.WalkExpr(c.Expr, nil, func(x *ir.Expr) bool {
		for i, name := range x.Keys {
			if key == nil && i < len(x.List) && ofKeys.MatchString(name) {
				key = x.List[i]
			}
		}
		return key == nil
	})
	return key, inner(n, place{c.File, c.At})
}

// madeAnew reports whether an expression is an identifier that is made anew, there or by those who call the function.
func madeAnew(n *paths.Node, fn *ir.Func, e *ir.Expr, at int32, depth int) bool {
	if fn == nil || depth > deepestCalls {
		return false
	}
	given := setBefore(fn, e, at)
	if isNewName(given) {
		return true
	}
	if given == nil || given.Kind != ir.Name {
		return false
	}
	calls := callsOf(n, fn)
	return len(calls) > 0 && !slices.ContainsFunc(calls, func(c calling) bool {
		arg := argumentFor(fn, c.call, given.Str)
		return arg == nil || !madeAnew(n, c.fn, arg, c.call.At, depth+1)
	})
}

// argumentFor is what a call gives to a parameter of a function, by its place or by its name; nil where that is not seen.
func argumentFor(fn *ir.Func, call *ir.Expr, name string) *ir.Expr {
	for i, key := range call.Keys {
		if key == name && i < len(call.List) {
			return call.List[i]
		}
	}
	params := fn.Params
	if len(params) > 0 && (params[0].Str == "self" || params[0].Str == "cls") {
		params = params[1:]
	}
	for i, p := range params {
		if i >= len(call.List) || !slices.Contains(namesIn(p), name) {
			continue
		}
		arg := call.List[i]
		if p.Kind == ir.Name {
			return arg
		}
		if k := slices.Index(arg.Keys, name); arg.Kind == ir.Object && k >= 0 && k < len(arg.List) {
			return arg.List[k]
		}
	}
	return nil
}

// anyFailure are the names of errors that stand for more than one that a function throws on purpose.
var anyFailure = regexp.MustCompile(`^States\.(ALL|TaskFailed|Timeout)$`)

// retriedByMachine is the state machine that calls a function again where it has failed, whatever failed; empty where none does.
func retriedByMachine(n *paths.Node) string {
	for _, t := range n.Function.Triggers {
		if t.Kind != model.TriggerState || t.Source == nil {
			continue
		}
		machine, _, known := asl.FromProperties(t.Source.Props)
		if !known {
			continue
		}
		for _, s := range machine.All() {
			if s.Call != nil && triesAgainAlways(s) && slices.ContainsFunc(s.Call.Targets, func(target asl.Target) bool {
				_, f := n.App.Find(target.Value, "AWS::Lambda::Function")
				return f != nil && f == n.Function.Resource
			}) {
				return t.Source.ID
			}
		}
	}
	return ""
}

// triesAgainAlways reports whether a state is tried again whatever fails in it.
func triesAgainAlways(s *asl.State) bool {
	return slices.ContainsFunc(s.Retry, func(r *model.Value) bool {
		if most, _ := r.Get("MaxAttempts").Scalar(); most == "0" {
			return false
		}
		return slices.ContainsFunc(r.Get("ErrorEquals").Settled().Elements(), func(v *model.Value) bool {
			name, _ := v.Scalar()
			return anyFailure.MatchString(name)
		})
	})
}

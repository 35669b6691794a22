package dataflow

import (
	"slices"

	"wardlet.example/internal/ir"
)

// Loggers that write the whole event of each call by themselves when they are told to.
// Source: https://middy.js.org/docs/middlewares/input-output-logger,
// https://docs.powertools.aws.dev/lambda/python/latest/core/logger/#logging-incoming-event

// logsEvent tells of a handler whose logger writes the event as it comes: @logger.inject_lambda_context(log_event=True),
// injectLambdaContext(logger, {logEvent: true}).
func (in *interp) logsEvent(f frame, c *closure, event *Value) {
	if in.st != nil || len(event.taints) == 0 {
		return
	}
	call := eventLogger(c.fn)
	if call == nil {
		return
	}
	in.leak(f, call.At, "the logger", &disclosed{kind: plainData, what: "event", taint: event.taints[0], whole: true})
	in.eventLogs = append(in.eventLogs, in.wholes[len(in.wholes)-1])
	in.wholes = in.wholes[:len(in.wholes)-1]
}

// settleEvents tells of events that a logger wrote, when the functions of all routes were followed: what one of them reads was logged too.
func (in *interp) settleEvents() {
	in.wholes, in.wanted, in.hidden = in.eventLogs, in.eventReads, nil
	in.eventLogs = nil
	in.settle()
	in.settleHeaders()
}

// settleHeaders says of whole events that were logged whether callers sign in with what is in their headers, when all code was followed that
// may read who they are: that of routes stands behind the handler that logs.
func (in *interp) settleHeaders() {
	for _, h := range in.hits {
		if h.Leak != nil && h.Leak.Whole {
			h.Leak.Whole = !in.signedIn || in.ofSocket
		}
	}
}

// eventLogger is the call that tells a logger to write the event of a handler; nil where there is none.
func eventLogger(fn *ir.Func) *ir.Expr {
	for _, d := range fn.Decorators {
		if tellsToLog(d, "log_event") || tellsToLog(d, "logEvent") {
			return d
		}
	}
	if fn.File.Language != ir.Node {
		return nil
	}
	var found *ir.Expr
	ir.Walk(fn.File.Body, nil, func(e *ir.Expr) bool { // middy(handler).use(injectLambdaContext(logger, {logEvent: true}))
		name := lastPart(textOf(orNoCall(e).X))
		if found == nil && (name == "injectLambdaContext" && tellsToLog(e, "logEvent") || name == "inputOutputLogger" && !sets(e, "omitPaths")) {
			found = e
		}
		return found == nil
	})
	return found
}

// noCall is what stands for the function of what is no call.
var noCall = &ir.Expr{X: &ir.Expr{}}

func orNoCall(e *ir.Expr) *ir.Expr {
	if e.Kind != ir.Call || e.X == nil {
		return noCall
	}
	return e
}

// sets reports whether a call is given a setting in an object, whatever it is.
func sets(e *ir.Expr, setting string) bool {
	return slices.ContainsFunc(e.List, func(x *ir.Expr) bool { return x.Kind == ir.Object && slices.Contains(x.Keys, setting) })
}

// tellsToLog reports whether a call is given a setting as true, by its name or in an object.
func tellsToLog(e *ir.Expr, setting string) bool {
	if e.Kind != ir.Call {
		return false
	}
	is := func(x *ir.Expr) bool {
		i := slices.Index(x.Keys, setting)
		return i >= 0 && i < len(x.List) && x.List[i].Kind == ir.Const && (x.List[i].Str == "true" || x.List[i].Str == "True")
	}
	return is(e) || slices.ContainsFunc(e.List, func(x *ir.Expr) bool { return x.Kind == ir.Object && is(x) })
}

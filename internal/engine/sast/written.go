package sast

import (
	"regexp"
	"slices"

	"wardlet.example/data/iam"
	"wardlet.example/internal/dataflow"
	"wardlet.example/internal/ir"
	"wardlet.example/internal/paths"
	"wardlet.example/internal/sdk"
)

// What checks ask of code as it is written: names, calls by their names, functions by theirs.

// dotted is an expression of names as it is written: this.logger.error. What is called or chosen on the way is left out of it.
func dotted(e *ir.Expr) string {
	switch {
	case e == nil:
		return ""
	case e.Kind == ir.Name, e.Kind == ir.Const:
		return e.Str
	case e.Kind == ir.This:
		return "this"
	case e.Kind == ir.Member:
		return dotted(e.X) + "." + e.Str
	case e.Kind == ir.Index && e.Y != nil && e.Y.Kind == ir.Const:
		return dotted(e.X) + "." + e.Y.Str
	case e.Kind == ir.Call, e.Kind == ir.Await, e.Kind == ir.Index:
		return dotted(e.X)
	}
	return ""
}

// lastName is the last name of what dotted gives.
func lastName(e *ir.Expr) string { return dataflow.LastName(e) }

// loggers is how calls are written that log: console.error, logger.warning, log.Printf, self._logger.exception, print, logError.
var loggers = regexp.MustCompile(`(^|[._])((?i:console|\w*logger|log|logging|logs|winston|pino|bunyan|slog|zap|sentry\w*|rollbar|bugsnag|traceback|metrics?|tracer|audit\w*)\.(\w+\.)*\w+$|(print|println|pprint|log|logger|(write|add|put|send|create|record|append|save)_?([A-Za-z]*_?)?(Log|log|Audit|audit)\w*|log[A-Z_]\w*|audit\w*|capture_?[eE]xception|report_?[eE]rror)$)|^fmt\.(Print|Fprint)\w*$`)

// notLogging are calls that only look like some that log: those that sign people in and out, the ones of mathematics, and those that say how lines
// to come are written, or what stands in them.
var notLogging = regexp.MustCompile(`(?i)(^|[._])(\w*_)?log_?(in|out|on|off|ged)\w*$|^math\.|\.(getLogger|child|setLevel|basicConfig|addHandler|addContext|(append|persistent|remove|reset|clear)_?(temporary_?)?(log_?)?(keys|attributes|state)|add_?persistent_?log_?attributes|set_?(persistent_?log_?attributes|correlation_?id|formatter|default|flags|prefix|output)|refreshSampleRateCalculation)$`)

func logs(e *ir.Expr) bool {
	if e.Kind != ir.Call {
		return false
	}
	name := dotted(e.X)
	if name == "console" && e.X.Kind == ir.Index { // console[level](text)
		return true
	}
	return loggers.MatchString(name) && !notLogging.MatchString(name)
}

// calledByName are the functions that a call leads to; where that is not known, those that were reached under the name that it has.
func calledByName(n *paths.Node, call *ir.Expr) []*ir.Func { return n.Result.Callees(call) }

// deepestCalls bounds how far calls are followed by their names.
const deepestCalls = 4

// someCall reports whether a statement list makes a call of a kind, by itself or in functions that were reached.
func someCall(n *paths.Node, file *ir.File, body []*ir.Stmt, is func(*ir.File, *ir.Expr) bool, depth int) bool {
	found := false
	ir.Walk(body, func(*ir.Stmt) bool { return !found }, func(e *ir.Expr) bool {
		if found || e.Kind != ir.Call {
			return !found
		}
		if is(file, e) {
			found = true
			return false
		}
		if depth < deepestCalls {
			found = slices.ContainsFunc(calledByName(n, e), func(fn *ir.Func) bool { return someCall(n, fn.File, fn.Body, is, depth+1) })
		}
		return !found
	})
	return found
}

// isOperation reports whether a call is one of an operation, and of no function of the program, whatever its name is.
func isOperation(n *paths.Node, file *ir.File, e *ir.Expr) bool {
	return slices.ContainsFunc(n.Result.Uses, func(u dataflow.Use) bool { return u.At == e.At && u.File == file })
}

// place is where a call stands.
type place struct {
	file *ir.File
	at   int32
}

// operations are the calls of operations of a function, by their places.
func operations(n *paths.Node, wanted func(dataflow.Use) bool) map[place]dataflow.Use {
	out := map[place]dataflow.Use{}
	for _, u := range n.Result.Uses {
		if wanted(u) {
			out[place{u.File, u.At}] = u
		}
	}
	return out
}

// changes reports whether an operation writes, by what AWS says of its actions. Calls of other functions count: what they do is not known,
// and somebody wants it done.
func changes(o sdk.Operation) bool {
	return slices.ContainsFunc(o.Actions, func(a sdk.Action) bool {
		action := iam.Find(a.Name)
		return action != nil && !a.Perhaps && (action.Level == iam.Write || action.Level == iam.Permissions)
	})
}

// encloses reports whether a function was written around a place.
func encloses(fn *ir.Func, p place) bool {
	return fn.File == p.file && fn.Start <= p.at && p.at < fn.End
}

// inner is the smallest function that was reached around a place; nil where it stands in none.
func inner(n *paths.Node, p place) *ir.Func {
	var out *ir.Func
	for _, fn := range n.Result.Reached {
		if encloses(fn, p) && (out == nil || fn.Start >= out.Start) {
			out = fn
		}
	}
	return out
}

// level is a function on the way to a place, with where the way goes on in it.
type level struct {
	fn *ir.Func
	at int32
}

// levels are the functions that lead to a place, from the one that it stands in to the handler: those that call the next one by its name, or
// in which it is written.
func levels(n *paths.Node, p place) []level {
	var out []level
	for range deepestCalls + 2 {
		fn := inner(n, p)
		if fn == nil || slices.ContainsFunc(out, func(l level) bool { return l.fn == fn }) {
			break
		}
		out = append(out, level{fn, p.at})
		if caller, call := calledIn(n, fn); caller != nil {
			p = place{caller.File, call.At}
			continue
		}
		outer := inner(n, place{fn.File, fn.Start - 1})
		if outer == nil || outer == fn || fn.Start == 0 {
			break
		}
		out = append(out, level{outer, fn.Start})
		caller, call := calledIn(n, outer)
		if caller == nil {
			break
		}
		p = place{caller.File, call.At}
	}
	return out
}

// textBetween is the text of a file from one place to another.
func textBetween(file *ir.File, from, to int32) string {
	source := file.Tree.Source
	if from < 0 || int(to) > len(source) || from > to {
		return ""
	}
	return string(source[from:to])
}

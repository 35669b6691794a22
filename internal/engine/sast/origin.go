package sast

import (
	"regexp"
	"slices"

	"wardlet.example/internal/ir"
	"wardlet.example/internal/paths"
)

// Where a request comes from is often read in one function and handed to the next one: login(form, event.requestContext.http.sourceIp). Whether
// it is written down is then asked of the one that gets it.

// handsOrigin reports whether a function on the way to a login does nothing with where a request comes from but to hand it on, and under which names
// the function that decides gets it.
func (l *login) handsOrigin(n *paths.Node, fn *ir.Func) (names []string, only bool) {
	if knowsOrigin(fn) {
		return nil, false
	}
	leads := func(e *ir.Expr) bool {
		return e != nil && e.Kind == ir.Call && slices.Contains(calledByName(n, e), l.fn)
	}
	kept, handed, elsewhere := originNames(fn, leads), false, false
	ir.Walk(fn.Body, nil, func(e *ir.Expr) bool {
		switch {
		case elsewhere:
		case leads(e):
			got, plain := paramsGiven(l.fn, e, kept)
			names, handed, elsewhere = append(names, got...), handed || len(got) > 0, !plain
			return false
		case e.Kind == ir.Assign && e.X != nil && e.X.Kind == ir.Name && kept[e.X.Str]:
			return false
		case logs(e) && !slices.ContainsFunc(e.List, func(x *ir.Expr) bool { return namesOrigin(x, kept) }):
			return false
		default:
			elsewhere = mentionsOrigin(e, kept)
		}
		return !elsewhere
	})
	return names, handed && !elsewhere
}

// mentionsOrigin reports whether an expression, not what stands in it, says where a request comes from.
func mentionsOrigin(e *ir.Expr, kept map[string]bool) bool {
	switch e.Kind {
	case ir.Name:
		return origin.MatchString(e.Str) || kept[e.Str]
	case ir.Member, ir.Const:
		return origin.MatchString(e.Str)
	}
	return slices.ContainsFunc(e.Keys, origin.MatchString)
}

// paramsGiven are the names of the parameters of a function to which a call gives where a request comes from; plain is false where it gives that as a
// part of something else.
func paramsGiven(fn *ir.Func, call *ir.Expr, kept map[string]bool) (names []string, plain bool) {
	for i, x := range call.List {
		if !givesOrigin(x, kept) {
			continue
		}
		if x.Kind == ir.Object || x.Kind == ir.Array || x.Kind == ir.Spread {
			return nil, false
		}
		p := paramAt(fn, call, i)
		if p == "" {
			return nil, false
		}
		names = append(names, p)
	}
	return names, true
}

// givesOrigin is namesOrigin without the request as a whole.
func givesOrigin(e *ir.Expr, kept map[string]bool) bool {
	found := false
	ir.WalkExpr(e, nil, func(x *ir.Expr) bool {
		found = found || mentionsOrigin(x, kept)
		return !found
	})
	return found
}

// paramAt is the name of the parameter that gets an argument of a call; empty where it is none.
func paramAt(fn *ir.Func, call *ir.Expr, i int) string {
	if i < len(call.Keys) && call.Keys[i] != "" {
		return call.Keys[i]
	}
	params := paramsOf(fn)
	if i >= len(params) {
		return ""
	}
	if names := namesIn(params[i]); len(names) == 1 {
		return names[0]
	}
	return ""
}

// paramsOf are the parameters that a call gives something: without the object whose method it is.
func paramsOf(fn *ir.Func) []*ir.Expr {
	if fn.File.Language == ir.Python && len(fn.Params) > 0 && (fn.Params[0].Str == "self" || fn.Params[0].Str == "cls") {
		return fn.Params[1:]
	}
	return fn.Params
}

// leavesOut reports whether a call does not give a function where a request comes from, although it has a parameter for it, or whether what the
// function calls the event is only a text.
func leavesOut(fn *ir.Func, call *ir.Expr) bool {
	for i, p := range paramsOf(fn) {
		names := namesIn(p)
		if len(names) != 1 {
			continue
		}
		at := slices.Index(call.Keys, names[0])
		if at < 0 && i < len(call.List) && (i >= len(call.Keys) || call.Keys[i] == "") {
			at = i
		}
		if p.Kind == ir.Default && at < 0 && origin.MatchString(names[0]) || at >= 0 && events.MatchString(names[0]) && call.List[at].Kind == ir.Const {
			return true
		}
	}
	return false
}

// rootOf is the name with which a callee begins as it is written: record of record.child.warn.
func rootOf(e *ir.Expr) string {
	for e != nil {
		switch e.Kind {
		case ir.Name:
			return e.Str
		case ir.Member, ir.Call, ir.Index, ir.Await:
			e = e.X
		default:
			return ""
		}
	}
	return ""
}

// madeBy is how a type says by which function FastAPI makes a parameter: Annotated[AttemptLog, Depends(attempt_log)].
var madeBy = regexp.MustCompile(`\b(?:Depends|Security)\(\s*(?:\w+\.)*(\w+)`)

// madeForRequest are the parameters of a function that a framework lets another function make, which looks at where the request comes from:
// log: AttemptLog = Depends(attempt_log).
func madeForRequest(n *paths.Node, fn *ir.Func) []string {
	var out []string
	for _, p := range paramsOf(fn) {
		by, name := "", p
		if p.Kind == ir.Default {
			name = p.X
			if p.Y != nil && p.Y.Kind == ir.Call && len(p.Y.List) > 0 && (lastName(p.Y.X) == "Depends" || lastName(p.Y.X) == "Security") {
				by = lastName(p.Y.List[0])
			}
		}
		if name == nil || name.Kind != ir.Name {
			continue
		}
		if by == "" && len(name.Keys) > 0 {
			if m := madeBy.FindStringSubmatch(name.Keys[0]); m != nil {
				by = m[1]
			}
		}
		if by != "" && slices.ContainsFunc(n.Result.Reached, func(f *ir.Func) bool { return f.Name == by && tellsOrigin(f) }) {
			out = append(out, name.Str)
		}
	}
	return out
}

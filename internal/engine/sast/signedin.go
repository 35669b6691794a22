package sast

import (
	"slices"

	"wardlet.example/internal/dataflow"
	"wardlet.example/internal/ir"
	"wardlet.example/internal/paths"
)

// unrecordedSuccess are logins of which only the failures are written down: nobody can tell later who was signed in when.
func unrecordedSuccess(w *work, n *paths.Node) []spot {
	if n.Result.Cut {
		return nil
	}
	var out []spot
	for _, l := range w.ask(n).logins {
		if len(l.fails) > 0 && l.recorded(n) && !l.successRecorded(n) {
			out = append(out, spot{file: l.fn.File, at: l.check.At, fields: map[string]string{"call": l.name}})
		}
	}
	return out
}

// successRecorded reports whether anything is logged, kept or sent on the way of a login that succeeds.
func (l *login) successRecorded(n *paths.Node) bool {
	if slices.ContainsFunc(n.Result.Packages, logsRequests.MatchString) {
		return true
	}
	r := &successes{n: n, login: l, is: recording(n), kept: map[place]bool{}}
	for _, c := range n.Result.Calls {
		if c.DoesAny(dataflow.Writes, dataflow.Sends, dataflow.Calls) {
			r.kept[place{c.File, c.At}] = true
		}
	}
	return slices.ContainsFunc(append([]*ir.Func{l.fn}, l.callers...), func(fn *ir.Func) bool { return logsEvents(fn) || r.in(fn, 0) })
}

// successes looks for what is recorded where nothing fails.
type successes struct {
	n     *paths.Node
	login *login
	is    func(*ir.File, *ir.Expr) bool
	kept  map[place]bool
}

func (r *successes) in(fn *ir.Func, depth int) bool {
	return !handlesErrors(fn) && r.body(fn, fn.Body, depth)
}

// isCertainError reports whether a condition of Go asks which error there is: errors.Is(err, errWrongPassword).
func isCertainError(e *ir.Expr) bool {
	name := ""
	if e != nil && e.Kind == ir.Call {
		name = dotted(e.X)
	}
	return (name == "errors.Is" || name == "errors.As") && len(e.List) == 2
}

func (r *successes) body(fn *ir.Func, body []*ir.Stmt, depth int) bool {
	found, on := false, r.goesOn(fn)
	ir.Walk(body, func(s *ir.Stmt) bool {
		switch {
		case found || slices.Contains(r.login.fails, s) || s.Kind == ir.If && refusesBefore(s, on):
			return false
		case s.Kind == ir.If && (saysFailed(s.X) || isCertainError(s.X)):
			found = r.body(fn, s.Else, depth)
			return false
		case s.Kind == ir.Try:
			found = r.body(fn, s.Body, depth) || r.body(fn, s.Final, depth)
			return false
		}
		return true
	}, func(e *ir.Expr) bool {
		switch {
		case found || e.Kind == ir.Lambda && !r.leads(fn, e):
			return false
		case e.Kind != ir.Call:
			return true
		case counting.MatchString(lastName(e.X)): // how often somebody tried says nothing of who got in
			return true
		case e.X != nil && e.X.Kind == ir.Member && e.X.Str == "catch":
			found = r.body(fn, []*ir.Stmt{{Kind: ir.Eval, X: e.X.X}}, depth)
			return false
		}
		found = r.is(fn.File, e) || r.kept[place{fn.File, e.At}]
		if !found && depth < deepestCalls {
			found = slices.ContainsFunc(calledByName(r.n, e), func(next *ir.Func) bool { return next != fn && !r.onWay(next) && r.in(next, depth+1) })
		}
		return !found
	})
	return found
}

// goesOn is where a function on the way goes on to the check of the password: the check, or the call that leads there; -1 in other functions.
func (r *successes) goesOn(fn *ir.Func) int32 {
	if fn == r.login.fn {
		return r.login.check.At
	}
	at := int32(-1)
	if slices.Contains(r.login.callers, fn) {
		ir.Walk(fn.Body, nil, func(e *ir.Expr) bool {
			if e.Kind == ir.Call && at < 0 && slices.ContainsFunc(calledByName(r.n, e), r.onWay) {
				at = e.At
			}
			return at < 0
		})
	}
	return at
}

// refusesBefore reports whether a condition turns somebody away before a place: an account that is locked, a form that is not filled in.
func refusesBefore(s *ir.Stmt, at int32) bool {
	return at >= 0 && s.At < at && len(s.Else) == 0 && ir.Ends(s.Body) && !standsIn(s, at)
}

// standsIn reports whether an expression that begins at a place stands in a statement.
func standsIn(s *ir.Stmt, at int32) bool {
	found := false
	ir.Walk([]*ir.Stmt{s}, nil, func(e *ir.Expr) bool {
		found = found || e.At == at
		return !found
	})
	return found
}

// onWay reports whether a function is one of those that lead to the login: they are looked at by themselves.
func (r *successes) onWay(fn *ir.Func) bool {
	return fn == r.login.fn || slices.Contains(r.login.callers, fn)
}

// leads reports whether a function that is written in another one is a part of the way: it leads to the login, or goes on after it.
func (r *successes) leads(fn *ir.Func, lambda *ir.Expr) bool {
	inside := func(f *ir.Func) bool { return f.File == fn.File && lambda.At <= f.Start && f.Start < lambda.End }
	return !slices.Contains(r.login.callers, fn) || inside(r.login.fn) || slices.ContainsFunc(r.login.callers, inside)
}

package sast

import (
	"slices"

	"wardlet.example/internal/ir"
)

// Authorizers whose answer is yes until something says no: a wrapper that gives what it was told where the check fails, a chain of checks that goes on
// with the next one where one fails, a builder of policies that begins with Allow.

// wrapped tells of a wrapper around a check that gives on an error what it was made with, where that lets callers in: safely(default=True),
// withFallback(look, { state: "active" }).
func (a *authorizer) wrapped(fn *ir.Func, works map[place]string) {
	outer := enclosing(fn)
	if outer == nil {
		return
	}
	name, tried := fallbackOf(fn)
	if name == "" || outerParam(fn, name) == nil || someOf(a.node, fn.File, tried, works) == "" {
		return
	}
	for outer != nil && !slices.ContainsFunc(outer.Params, func(p *ir.Expr) bool { return slices.Contains(namesIn(p), name) }) {
		outer = enclosing(outer)
	}
	if outer == nil {
		return
	}
	a.madeBy(outer, func(file *ir.File, call *ir.Expr, known string) {
		given := givenAs(outer, call, name)
		if given == nil {
			return
		}
		for _, site := range a.node.Result.LeadsTo(fn) {
			if lastName(site.Call.X) != known {
				continue
			}
			q := &question{call: site.Call, given: given}
			if to := assignedFrom(site.In, site.Call); to != nil {
				q.name = to.Str
			}
			yes := isYes(given) || given.Kind == ir.Object && len(given.List) > 0
			if yes && a.opensBy(q, site.In, true, 0) {
				a.tell(file, given.At, "lets the caller in where its check has failed")
			}
		}
	})
}

// fallbackOf is the name of what a function gives where what it tries has failed, and what it tries: in the handler, or behind it. Nothing else is
// done about the error but to log it and to wait.
func fallbackOf(fn *ir.Func) (name string, tried []*ir.Stmt) {
	plain := func(s *ir.Stmt) string {
		if s.Kind == ir.Return && s.X != nil && s.X.Kind == ir.Name {
			return s.X.Str
		}
		return ""
	}
	ir.Statements(fn.Body, func(list []*ir.Stmt, i int) {
		s := list[i]
		if s.Kind != ir.Try || len(s.Else) == 0 {
			return
		}
		for _, handler := range handlersOf(s) {
			if n := len(handler); n > 0 && plain(handler[n-1]) != "" {
				name, tried = plain(handler[n-1]), s.Body
			} else if !ir.Ends(handler) && !throws(handler) {
				if last := fn.Body[len(fn.Body)-1]; plain(last) != "" {
					name, tried = plain(last), s.Body
				}
			}
		}
	})
	return name, tried
}

// madeBy goes through the calls of a function that makes others, with the names by which what it makes is called: a decorator, and const look = withFallback(...).
func (a *authorizer) madeBy(outer *ir.Func, note func(file *ir.File, call *ir.Expr, known string)) {
	is := func(e *ir.Expr) bool {
		return e != nil && e.Kind == ir.Call && (slices.Contains(calledByName(a.node, e), outer) || lastName(e.X) == outer.Name)
	}
	look := func(file *ir.File, body []*ir.Stmt) {
		ir.Walk(body, nil, func(e *ir.Expr) bool {
			if e.Kind == ir.Assign && e.X != nil && is(ir.Awaited(e.Y)) {
				note(file, ir.Awaited(e.Y), lastName(e.X))
			}
			return e.Kind != ir.Lambda
		})
	}
	for _, fn := range a.node.Result.Reached {
		for _, d := range fn.Decorators {
			if is(d) {
				note(fn.File, d, fn.Name)
			}
		}
		look(fn.File, fn.Body)
	}
	for _, path := range a.node.Result.Files {
		if file := a.node.Result.Program.File(path); file != nil {
			look(file, file.Body)
		}
	}
}

// givenAs is what a call gives for a parameter of a function, or what the parameter is without; nil where that is not known.
func givenAs(fn *ir.Func, call *ir.Expr, name string) *ir.Expr {
	for i, p := range fn.Params {
		if !slices.Contains(namesIn(p), name) {
			continue
		}
		if at := slices.Index(call.Keys, name); at >= 0 {
			return call.List[at]
		}
		if i < len(call.List) && (i >= len(call.Keys) || call.Keys[i] == "") {
			return call.List[i]
		}
		if p.Kind == ir.Default {
			return p.Y
		}
	}
	return nil
}

// chained tells of checks one after the other of which a failure counts as no objection: the loop goes on with the next one, and who was not refused by
// any is let in behind it.
func (a *authorizer) chained(fn *ir.Func) {
	ir.Statements(fn.Body, func(list []*ir.Stmt, i int) {
		if i == 0 || list[i-1].Kind != ir.Loop {
			return
		}
		if given, ok := plainAnswer(list[i]); !ok || !given {
			return
		}
		loop := list[i-1]
		if handler := goesOnAfter(loop.Body); handler != nil && refusesIn(loop.Body) && a.letsIn(fn, true, nil, 0) {
			a.tell(fn.File, handler.At, "lets the caller in where one of its checks has failed")
		}
	})
}

// plainAnswer is the yes or no that a statement gives back.
func plainAnswer(s *ir.Stmt) (given, ok bool) {
	if s.Kind != ir.Return {
		return false, false
	}
	answer, given := answerOf([]*ir.Stmt{s})
	return given, answer != nil
}

// refusesIn reports whether statements give a plain no back.
func refusesIn(body []*ir.Stmt) bool {
	found := false
	ir.Walk(body, func(s *ir.Stmt) bool {
		given, ok := plainAnswer(s)
		found = found || ok && !given
		return !found
	}, nil)
	return found
}

// goesOnAfter is what ends the handler of an error in a loop, where the next round follows and nothing is done about the error but to log it; nil where
// there is none.
func goesOnAfter(body []*ir.Stmt) *ir.Stmt {
	var found *ir.Stmt
	ir.Statements(body, func(list []*ir.Stmt, i int) {
		var handlers [][]*ir.Stmt
		switch s := list[i]; {
		case s.Kind == ir.Try && len(s.Else) > 0:
			handlers = handlersOf(s)
		case s.Kind == ir.If && saysFailed(s.X):
			handlers = [][]*ir.Stmt{s.Body}
		}
		for _, handler := range handlers {
			more := slices.ContainsFunc(handler, func(s *ir.Stmt) bool {
				return s.Kind != ir.Leave && !(s.Kind == ir.Eval && (s.X == nil || logs(ir.Awaited(s.X)) || s.X.Kind == ir.Unknown))
			})
			if !more && len(handler) > 0 && found == nil {
				found = handler[len(handler)-1]
			}
		}
	})
	return found
}

// builtOpen tells of an object of the program that is an answer with a yes in it from the beginning, where the code that was told how the check went
// has a case for it that neither refuses nor is the good one: what is in no case of its own is let in.
func (a *authorizer) builtOpen() {
	for _, fn := range a.node.Result.Reached {
		ir.Walk(fn.Body, nil, func(e *ir.Expr) bool {
			if e.Kind != ir.Assign || e.X.Kind != ir.Name || e.Y == nil || e.Y.Kind != ir.Call {
				return e.Kind != ir.Lambda
			}
			if class, open := a.opensAtFirst(lastName(e.Y.X)); open != nil {
				for i := range fn.Body {
					if forgetsCase(fn.Body[i:], e.X.Str, refusalsOf(class)) {
						a.tell(class.Methods[0].File, open.At, "begins with an answer that lets everyone in, which not every failed check takes back")
					}
				}
			}
			return true
		})
	}
}

// opensAtFirst is the class of the program of a name, where it has a field that says yes from the beginning, and what it says.
func (a *authorizer) opensAtFirst(name string) (*ir.Class, *ir.Expr) {
	for _, fn := range a.node.Result.Reached {
		if fn.Class == nil || fn.Class.Name != name {
			continue
		}
		for _, field := range fn.Class.Fields {
			if yesName.MatchString(field.Name) && isYes(field.Value) {
				return fn.Class, field.Value
			}
		}
	}
	return nil, nil
}

// refusalsOf are the methods of a class that set its answer to no.
func refusalsOf(class *ir.Class) map[string]bool {
	out := map[string]bool{}
	for _, m := range class.Methods {
		ir.Walk(m.Body, nil, func(e *ir.Expr) bool {
			if e.Kind == ir.Assign && e.X.Kind == ir.Member && yesName.MatchString(e.X.Str) && e.Y != nil && e.Y.Kind == ir.Const && !isYes(e.Y) {
				out[m.Name] = true
			}
			return true
		})
	}
	return out
}

// forgetsCase reports whether of several cases one refuses by a method of an object, and the last one, for what is none of the others, does nothing to it.
func forgetsCase(list []*ir.Stmt, object string, refusals map[string]bool) bool {
	cases, rest := casesOf(list)
	if len(cases) < 2 || rest == nil {
		return false
	}
	refuses := slices.ContainsFunc(cases, func(body []*ir.Stmt) bool {
		found := false
		ir.Walk(body, nil, func(e *ir.Expr) bool {
			found = found || e.Kind == ir.Call && e.X.Kind == ir.Member && refusals[e.X.Str] && lastName(e.X.X) == object
			return !found
		})
		return found
	})
	ends := false
	ir.Walk(rest, func(x *ir.Stmt) bool {
		ends = ends || x.Kind == ir.Return || x.Kind == ir.Throw
		return true
	}, func(e *ir.Expr) bool {
		ends = ends || e.Kind == ir.Name && e.Str == object
		return true
	})
	return refuses && !ends
}

// casesOf are the cases that statements begin with, and what is done for what is none of them; nil where nothing is. A switch of JavaScript is one
// condition after the other, of which the last one asks that it is none.
func casesOf(list []*ir.Stmt) (cases [][]*ir.Stmt, rest []*ir.Stmt) {
	s := list[0]
	for s.Kind == ir.If && len(s.Else) > 0 {
		cases, rest = append(cases, s.Body), s.Else
		if len(s.Else) != 1 || s.Else[0].Kind != ir.If {
			return cases, rest
		}
		s = s.Else[0]
	}
	if len(cases) > 0 {
		return cases, nil
	}
	for _, s := range list {
		if s.Kind != ir.If || s.X == nil || s.X.Kind != ir.Binary {
			break
		}
		if s.X.Str == "===" || s.X.Str == "||" {
			cases = append(cases, s.Body)
		} else {
			return cases, s.Body
		}
	}
	return cases, nil
}

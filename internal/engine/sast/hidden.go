package sast

import (
	"regexp"
	"slices"
	"strings"

	"wardlet.example/internal/ir"
)

// Failures that are hidden by what stands around the work: a context manager that says to any error that it was dealt with, a deferred recover, a
// callback that says that all is done whatever the error, a wrapper whose null is filtered out.

// hides looks at a function for such places.
func (s *swallower) hides(fn *ir.Func) {
	switch fn.File.Language {
	case ir.Python:
		if fn.Class != nil && (fn.Name == "__enter__" || fn.Name == "__aenter__") {
			for _, m := range fn.Class.Methods {
				s.exits(m)
			}
		}
	case ir.Go:
		s.recovers(fn)
	case ir.Node:
		s.resolves(fn)
	}
}

// meantTo are names of what is there to swallow errors, and says so.
var meantTo = regexp.MustCompile(`(?i)suppress|ignor|swallow|quiet|silent|best_?effort|optional`)

// exits tells of a context manager whose exit gives True for any error, and does nothing with it: the work of the with statement has failed, and what
// follows it is done as if it had not.
func (s *swallower) exits(fn *ir.Func) {
	if fn.Name != "__exit__" && fn.Name != "__aexit__" || fn.Class == nil || meantTo.MatchString(fn.Class.Name) || len(fn.Params) < 3 || !ofWork(fn.Body) {
		return
	}
	var errs []string
	for _, p := range fn.Params[1:] {
		errs = append(errs, namesIn(p)...)
	}
	if tellsOfError(fn, errs) || explained(textBetween(fn.File, fn.Start, fn.End)) {
		return
	}
	for i, x := range fn.Body {
		if x.Kind != ir.Return || x.X == nil || !(i == len(fn.Body)-1 && isYes(x.X) || saysAnyError(x.X)) {
			continue
		}
		s.found = append(s.found, spot{file: fn.File, at: x.At, fields: map[string]string{"call": "the work in a with statement of " + fn.Class.Name, "others": notDone}})
	}
}

// ofWork reports whether statements end what was begun: they commit it, or take it back.
func ofWork(body []*ir.Stmt) bool {
	found := false
	ir.Walk(body, nil, func(e *ir.Expr) bool {
		found = found || e.Kind == ir.Call && endsWork.MatchString(lastName(e.X))
		return !found
	})
	return found
}

var endsWork = regexp.MustCompile(`(?i)^(commit|rollback|abort|flush|save|transact_write_items|end|finish|complete)`)

// saysAnyError reports whether an expression asks whether an error is one of any kind: issubclass(kind, Exception).
func saysAnyError(e *ir.Expr) bool {
	found := false
	ir.WalkExpr(e, nil, func(x *ir.Expr) bool {
		found = found || x.Kind == ir.Call && len(x.List) == 2 && (lastName(x.X) == "issubclass" || lastName(x.X) == "isinstance") &&
			(lastName(x.List[1]) == "Exception" || lastName(x.List[1]) == "BaseException")
		return !found
	})
	return found
}

// tellsOfError reports whether a function logs, keeps or hands on an error that it is given.
func tellsOfError(fn *ir.Func, errs []string) bool {
	names := map[string]bool{}
	for _, name := range errs {
		names[name] = true
	}
	found := false
	ir.Walk(fn.Body, nil, func(e *ir.Expr) bool {
		switch e.Kind {
		case ir.Call:
			name := lastName(e.X)
			asks := name == "issubclass" || name == "isinstance"
			found = found || logs(e) || !asks && slices.ContainsFunc(e.List, func(x *ir.Expr) bool { return contains(x, nil, names) })
		case ir.Assign:
			found = found || e.Y != nil && contains(e.Y, nil, names)
		}
		return !found
	})
	return found
}

// recovers tells of a deferred function of Go that ends a panic and does nothing else, in a function that gives an error back: it gives none then.
func (s *swallower) recovers(fn *ir.Func) {
	if !fn.Fails {
		return
	}
	for _, x := range fn.Body {
		if x.Kind != ir.Eval || x.X == nil || x.X.Kind != ir.Call || x.X.X.Kind != ir.Lambda || !strings.HasPrefix(textBetween(fn.File, x.At, x.X.End), "defer") ||
			!onlyRecovers(x.X.X.Fn.Body) || explained(textBetween(fn.File, x.At, lineEnd(fn.File, x.X.End))) {
			continue
		}
		s.tell(fn, x.At, fn.Body)
	}
}

// onlyRecovers reports whether statements call recover, and nothing else that anybody learns of.
func onlyRecovers(body []*ir.Stmt) bool {
	recovers, more := false, false
	ir.Walk(body, func(x *ir.Stmt) bool {
		more = more || x.Kind == ir.Throw
		return !more
	}, func(e *ir.Expr) bool {
		switch {
		case e.Kind == ir.Call && e.X.Kind == ir.Name && e.X.Str == "recover":
			recovers = true
		case e.Kind == ir.Call, e.Kind == ir.Assign && !callsRecover(e.Y):
			more = true
		}
		return !more
	})
	return recovers && !more
}

func callsRecover(e *ir.Expr) bool {
	return e != nil && e.Kind == ir.Call && e.X.Kind == ir.Name && e.X.Str == "recover"
}

// callsLater are methods that call a function when something happens, and give it no error.
var callsLater = regexp.MustCompile(`^(on|once|addListener|addEventListener|prependListener|setTimeout|setImmediate|setInterval|nextTick|then|finally|subscribe)$`)

// resolves tells of a promise that is kept when a call is over, whatever its error: new Promise((resolve) => store.write(key, text, () => resolve())).
func (s *swallower) resolves(fn *ir.Func) {
	ir.Walk(fn.Body, nil, func(e *ir.Expr) bool {
		if e.Kind != ir.Call || e.X.Kind != ir.Name || e.X.Str != "Promise" || len(e.List) != 1 || e.List[0].Kind != ir.Lambda || len(e.List[0].Fn.Params) == 0 {
			return e.Kind != ir.Lambda
		}
		does := e.List[0].Fn
		ir.Walk(does.Body, nil, func(c *ir.Expr) bool {
			if c.Kind != ir.Call || len(c.List) == 0 || callsLater.MatchString(lastName(c.X)) {
				return c.Kind != ir.Lambda
			}
			done := c.List[len(c.List)-1]
			if done.Kind == ir.Lambda && onlyResolves(done.Fn, lastName(does.Params[0])) && s.handsError(c) && !explained(textBetween(fn.File, done.At, lineEnd(fn.File, done.End))) {
				s.tell(fn, done.At, []*ir.Stmt{{Kind: ir.Eval, X: c}})
			}
			return true
		})
		return true
	})
}

// onlyResolves reports whether a function does nothing but to keep a promise, and looks at no error.
func onlyResolves(fn *ir.Func, resolve string) bool {
	if len(fn.Body) != 1 || len(fn.Params) > 0 && !errorName.MatchString(lastName(fn.Params[0])) && !strings.HasPrefix(lastName(fn.Params[0]), "_") {
		return false
	}
	x := fn.Body[0].X
	if x == nil || x.Kind != ir.Call || x.X.Kind != ir.Name || x.X.Str != resolve {
		return false
	}
	return !slices.ContainsFunc(x.List, func(given *ir.Expr) bool {
		return len(fn.Params) > 0 && contains(given, nil, map[string]bool{lastName(fn.Params[0]): true})
	})
}

// handsError reports whether what is called gives its error to a callback: what is of a library does, a function of the program where it shows.
func (s *swallower) handsError(c *ir.Expr) bool {
	fns := calledByName(s.node, c)
	return len(fns) == 0 || slices.ContainsFunc(fns, func(fn *ir.Func) bool {
		if len(fn.Params) == 0 {
			return false
		}
		callback := namesIn(fn.Params[len(fn.Params)-1])
		found := false
		inside := func(body []*ir.Stmt) {
			ir.Walk(body, nil, func(e *ir.Expr) bool {
				found = found || e.Kind == ir.Call && e.X.Kind == ir.Name && slices.Contains(callback, e.X.Str) && len(e.List) > 0 && errorName.MatchString(lastName(e.List[0])) ||
					e.Kind == ir.Call && len(e.List) > 0 && e.List[len(e.List)-1].Kind == ir.Name && slices.Contains(callback, e.List[len(e.List)-1].Str)
				return !found
			})
		}
		inside(fn.Body)
		for _, other := range s.node.Result.Reached {
			if !found && other.File == fn.File && fn.Start < other.Start && other.End <= fn.End {
				inside(other.Body)
			}
		}
		return found
	})
}

// filteredOut reports whether what a function gives for each of a list is only taken where it is something: (await Promise.all(list.map(f))).filter(Boolean).
func (s *swallower) filteredOut(fn *ir.Func) bool {
	found := false
	for _, user := range s.node.Result.Reached {
		ir.Walk(user.Body, nil, func(e *ir.Expr) bool {
			if e.Kind == ir.Call && e.X.Kind == ir.Member && e.X.Str == "filter" && len(e.List) == 1 && keepsSomething(e.List[0]) {
				found = found || s.mapsBy(e.X.X, user, fn)
			}
			return !found
		})
	}
	return found
}

// keepsSomething reports whether a filter only takes out what is nothing: Boolean, (x) => x, (x) => x !== null.
func keepsSomething(filter *ir.Expr) bool {
	if filter.Kind == ir.Name {
		return filter.Str == "Boolean"
	}
	if filter.Kind != ir.Lambda || len(filter.Fn.Body) != 1 || len(filter.Fn.Params) != 1 {
		return false
	}
	x := filter.Fn.Body[0].X
	for x != nil && x.Kind == ir.Not {
		x = x.X
	}
	return x != nil && (x.Kind == ir.Name && x.Str == lastName(filter.Fn.Params[0]) ||
		x.Kind == ir.Binary && (x.Str == "!==" || x.Str == "!=") && isNothing(x.Y) && lastName(x.X) == lastName(filter.Fn.Params[0]))
}

// mapsBy reports whether a list is what a function, or one that it makes, gives for each of another one.
func (s *swallower) mapsBy(list *ir.Expr, user, fn *ir.Func) bool {
	list = ir.Awaited(list)
	if list != nil && list.Kind == ir.Name {
		ir.Walk(user.Body, nil, func(e *ir.Expr) bool {
			if e.Kind == ir.Assign && e.X.Kind == ir.Name && e.X.Str == list.Str && e.Y != nil {
				list = ir.Awaited(e.Y)
			}
			return list.Kind == ir.Name
		})
	}
	if list != nil && list.Kind == ir.Call && dotted(list.X) == "Promise.all" && len(list.List) == 1 {
		list = list.List[0]
	}
	if list == nil || list.Kind != ir.Call || list.X.Kind != ir.Member || list.X.Str != "map" || len(list.List) == 0 {
		return false
	}
	holds := func(f *ir.Func) bool { return f.File == fn.File && f.Start <= fn.Start && fn.End <= f.End }
	switch by := list.List[0]; by.Kind {
	case ir.Lambda:
		return holds(by.Fn) || someCall(s.node, user.File, by.Fn.Body, func(_ *ir.File, e *ir.Expr) bool {
			return slices.ContainsFunc(calledByName(s.node, e), holds)
		}, deepestCalls)
	case ir.Call:
		return slices.ContainsFunc(calledByName(s.node, by), holds)
	case ir.Name, ir.Member:
		return fn.Name != "" && lastName(by) == fn.Name
	}
	return false
}

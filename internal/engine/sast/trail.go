package sast

import (
	"regexp"
	"slices"

	"wardlet.example/internal/dataflow"
	"wardlet.example/internal/ir"
	"wardlet.example/internal/paths"
)

// What applications write down of logins by themselves: in a table, through functions of their own, and of those that a user pool decides.

// firstRecord is what writes down that a login failed, where it fails: a line of a log, or a record of what was done.
func (l *login) firstRecord(n *paths.Node) *ir.Expr {
	if logged := firstLog(l.fails); logged != nil {
		return logged
	}
	var first *ir.Expr
	trail := trails(n)
	ir.Walk(l.fails, nil, func(e *ir.Expr) bool {
		if first == nil && e.Kind == ir.Call && !counting.MatchString(lastName(e.X)) {
			_, direct := trail[place{l.fn.File, e.At}]
			if direct || slices.ContainsFunc(calledByName(n, e), func(fn *ir.Func) bool { return keepsTrail(n, fn) }) {
				first = e
			}
		}
		return first == nil && e.Kind != ir.Lambda
	})
	if first == nil {
		first = l.firstLine(n, slices.Concat(l.fails, l.refusing(n)))
	}
	return first
}

// firstLine is the first call by which statements of the function that decides write a line, whatever the logger is called that it was given.
func (l *login) firstLine(n *paths.Node, body []*ir.Stmt) *ir.Expr {
	var first *ir.Expr
	is := writingLines(n)
	ir.Walk(body, nil, func(e *ir.Expr) bool {
		if first == nil && e.Kind == ir.Call && !counting.MatchString(lastName(e.X)) {
			if is(l.fn.File, e) || e.X.Kind == ir.Member && slices.ContainsFunc(calledByName(n, e), func(fn *ir.Func) bool { return writesLine(n, fn, is, 1) }) {
				first = e
			}
		}
		return first == nil && e.Kind != ir.Lambda
	})
	return first
}

// writesLine reports whether a function writes a line, itself or by those that it calls, and not only where it fails itself.
func writesLine(n *paths.Node, fn *ir.Func, is func(*ir.File, *ir.Expr) bool, depth int) bool {
	found := false
	var look func(body []*ir.Stmt)
	look = func(body []*ir.Stmt) {
		ir.Walk(body, func(s *ir.Stmt) bool {
			switch {
			case s.Kind == ir.If && (saysFailed(s.X) || asksError(s.X)):
				look(s.Else)
				return false
			case s.Kind == ir.Try:
				look(s.Body)
				look(s.Final)
				return false
			}
			return !found
		}, func(e *ir.Expr) bool {
			if !found && e.Kind == ir.Call {
				found = is(fn.File, e) || depth < deepestCalls && slices.ContainsFunc(calledByName(n, e), func(next *ir.Func) bool { return next != fn && writesLine(n, next, is, depth+1) })
			}
			return !found
		})
	}
	look(fn.Body)
	return found
}

// writingLines are the calls that write a line of a log, by the library of the logger too.
func writingLines(n *paths.Node) func(*ir.File, *ir.Expr) bool {
	lines := map[place]bool{}
	for _, c := range n.Result.Calls {
		if writesLog.MatchString(c.Ref) {
			lines[place{c.File, c.At}] = true
		}
	}
	return func(file *ir.File, e *ir.Expr) bool { return logs(e) || lines[place{file, e.At}] }
}

// refusing are the statements of functions that are written in the one that decides and are called where the password is wrong:
// const refuse = (why) => {...}; if (!same) return refuse("password").
func (l *login) refusing(n *paths.Node) []*ir.Stmt {
	var out []*ir.Stmt
	ir.Walk(l.fails, nil, func(e *ir.Expr) bool {
		if e.Kind == ir.Call {
			for _, fn := range calledByName(n, e) {
				if fn != l.fn && fn.File == l.fn.File && l.fn.Start < fn.Start && fn.End <= l.fn.End {
					out = append(out, fn.Body...)
				}
			}
		}
		return true
	})
	return out
}

// holdsTrail reports whether the table of an operation holds what was done, by its name; where that is not known, by what the code calls it.
func holdsTrail(n *paths.Node, u dataflow.Use) bool {
	name := table(n, u)
	return auditing.MatchString(name) || name == unknownTable && calledTrail(n, u)
}

// calledTrail reports whether the function that an operation stands in has names for tables, and all of them are of tables that hold what was done:
// TableName: aws.String(logTable).
func calledTrail(n *paths.Node, u dataflow.Use) bool {
	fn := inner(n, place{u.File, u.At})
	if fn == nil {
		return false
	}
	found, others := false, false
	ir.Walk(fn.Body, nil, func(e *ir.Expr) bool {
		for i, key := range e.Keys {
			if key != "TableName" || i >= len(e.List) {
				continue
			}
			is := false
			ir.WalkExpr(e.List[i], nil, func(x *ir.Expr) bool {
				is = is || (x.Kind == ir.Name || x.Kind == ir.Member) && ofHistory.MatchString(apart(x.Str))
				return true
			})
			found, others = found || is, others || !is
		}
		return true
	})
	return found && !others
}

// trails are the operations that add a record to a table whose name says that it holds what was done.
func trails(n *paths.Node) map[place]dataflow.Use {
	return operations(n, func(u dataflow.Use) bool { return u.Key == "dynamodb:PutItem" && holdsTrail(n, u) })
}

// keepsTrail reports whether a function adds to such a table itself.
func keepsTrail(n *paths.Node, fn *ir.Func) bool {
	for p := range trails(n) {
		if encloses(fn, p) {
			return true
		}
	}
	return false
}

// leavesOriginOut reports whether a call gives the request as a whole to a function of the application, which takes parts of it and none that
// says where it comes from. names are those that hold where it comes from.
func leavesOriginOut(n *paths.Node, e *ir.Expr, names map[string]bool) bool {
	fns := calledByName(n, e)
	if len(fns) == 0 {
		return false
	}
	for i, x := range e.List {
		if !namesOrigin(x, names) {
			continue
		}
		if !events.MatchString(dotted(x)) || i < len(e.Keys) && e.Keys[i] != "" {
			return false
		}
		for _, fn := range fns {
			if i >= len(fn.Params) || fn.Params[i].Kind != ir.Name || !takesOtherParts(fn, fn.Params[i].Str) {
				return false
			}
		}
	}
	return true
}

// takesOtherParts reports whether a function only takes parts of what one of its parameters holds, and none that says where a request comes from.
func takesOtherParts(fn *ir.Func, name string) bool {
	if someName(fn.Body, origin) || someWord(fn.Body, origin) {
		return false
	}
	whole := false
	ir.Walk(fn.Body, nil, func(e *ir.Expr) bool {
		switch {
		case e.Kind == ir.Name && e.Str == name:
			whole = true
		case (e.Kind == ir.Member || e.Kind == ir.Index) && e.X != nil && e.X.Kind == ir.Name && e.X.Str == name:
			return false
		}
		return !whole
	})
	return !whole
}

var (
	// asksPoolToSignIn are operations by which a user pool tells whether somebody may sign in, notAuthorized the errors by which it says no.
	asksPoolToSignIn = regexp.MustCompile(`^cognito-id(entity-provider|p):(Admin)?InitiateAuth$`)
	notAuthorized    = regexp.MustCompile(`NotAuthorized|UserNotFound`)
)

// poolLogins are logins that a user pool decides, where the application handles that it said no.
func poolLogins(n *paths.Node) []*login {
	var out []*login
	for _, u := range n.Result.Uses {
		fn := inner(n, place{u.File, u.At})
		if !asksPoolToSignIn.MatchString(u.Key) || fn == nil {
			continue
		}
		l := &login{fn: fn, pool: true, name: operationName(u)}
		ir.Walk(fn.Body, func(s *ir.Stmt) bool {
			if s.Kind == ir.Try && l.decides == nil && slices.ContainsFunc(s.Body, func(x *ir.Stmt) bool { return holds(x, u.At) }) {
				if fails := saysNo(fn.File, s); len(fails) > 0 {
					l.decides, l.fails = s, fails
				}
			}
			return l.decides == nil
		}, nil)
		if fn.File.Language == ir.Go {
			l.decides, l.fails = failedAfter(fn, u.At)
		}
		ir.Walk(fn.Body, nil, func(e *ir.Expr) bool {
			if e.Kind == ir.Call && e.At == u.At && l.check == nil {
				l.check = e
			}
			return l.check == nil
		})
		if l.decides == nil || l.check == nil {
			continue
		}
		if ways := waysTo(n, fn, 0); len(ways) > 0 {
			l.callers = ways[0]
		}
		out = append(out, l)
	}
	return out
}

// failedAfter is the condition of Go that asks whether a call gave an error, and what is done where it did.
func failedAfter(fn *ir.Func, call int32) (decides *ir.Stmt, fails []*ir.Stmt) {
	ir.Statements(fn.Body, func(list []*ir.Stmt, i int) {
		if s := list[i]; decides == nil && i > 0 && s.Kind == ir.If && saysFailed(s.X) && holds(list[i-1], call) {
			decides, fails = s, s.Body
		}
	})
	return decides, fails
}

// saysNo is what is done where a user pool says no, as far as the code asks which error there is.
func saysNo(file *ir.File, try *ir.Stmt) []*ir.Stmt {
	for _, s := range try.Else {
		if file.Language == ir.Python && s.Y != nil && notAuthorized.MatchString(head(textBetween(file, s.Y.At, s.Y.End))) {
			return s.Body
		}
	}
	var out []*ir.Stmt
	ir.Walk(try.Else, func(s *ir.Stmt) bool {
		if s.Kind == ir.If && s.X != nil && out == nil && someWord([]*ir.Stmt{{Kind: ir.Eval, X: s.X}}, notAuthorized) {
			out = s.Body
		}
		return out == nil
	}, nil)
	return out
}

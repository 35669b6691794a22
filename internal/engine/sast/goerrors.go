package sast

import (
	"regexp"
	"slices"
	"strings"

	"wardlet.example/internal/dataflow"
	"wardlet.example/internal/ir"
	"wardlet.example/internal/paths"
)

// Errors of Go that are there for everybody to see, and of which nothing is done: of what is asked of other services, of functions of the program,
// and of what is read into a variable.

var (
	// requestsOfGo are calls that ask another service by HTTP and give back what it answered.
	requestsOfGo = regexp.MustCompile(`^net/http\.((DefaultClient|Client(\(\))?)\.)?(Do|Get|Head|Post|PostForm)(\(\))?$|^(github\.com/go-resty/resty|resty\.dev)\b.*\.(R|NewRequest)\(\).*\.(Get|Post|Put|Patch|Delete|Execute|Send)(\(\))?$`)
	// changing is how the methods of requests are written that ask for more than an answer.
	changing = regexp.MustCompile(`^(http\.Method)?(?i:post|put|patch|delete)$`)
	// readsInto are calls that read a text or a record into a variable.
	readsInto = regexp.MustCompile(`^(Unmarshal\w*|Decode)$`)
	// itemsInto are those that read items of a table.
	itemsInto = regexp.MustCompile(`^Unmarshal\w*Maps?(WithOptions)?$`)
)

// goCalls are the places where code of Go asks a service for something, and those where a request is made by which something is changed.
func goCalls(n *paths.Node) (asks, changes map[place]string) {
	asks, changes = map[place]string{}, map[place]string{}
	for at, u := range operations(n, func(u dataflow.Use) bool { return u.File.Language == ir.Go && !retried.MatchString(u.Key) }) {
		asks[at] = operationName(u)
	}
	for _, c := range n.Result.Calls {
		at := place{c.File, c.At}
		switch {
		case c.File.Language != ir.Go:
		case requestsOfGo.MatchString(c.Ref):
			asks[at] = lastName(c.Expr.X)
			if changing.MatchString(asks[at]) {
				changes[at] = asks[at]
			}
		case strings.HasPrefix(c.Ref, "net/http.NewRequest") && slices.ContainsFunc(c.Expr.List, func(x *ir.Expr) bool { return changing.MatchString(constantOrName(x)) }):
			changes[at] = lastName(c.Expr.X)
		}
	}
	return asks, changes
}

// ofService notes that the error of a call goes nowhere which asks a service, by itself or in functions of the program; taken says whether
// something else of what it gives is used.
func (s *swallower) ofService(fn *ir.Func, x *ir.Stmt, call *ir.Expr, taken bool) {
	if taken && isNamed(s.asksOfGo, place{fn.File, call.At}, call) {
		if !asksForNothing(fn, x.X.X.List[0]) {
			s.say(fn, x, lastName(call.X), usedBefore)
		}
		return
	}
	if !givesErrors(s.node, call) || s.doneBy(fn, call, s.asksOfGo) == "" {
		return
	}
	if someOf(s.node, fn.File, evaluated(call), s.changesOfGo) != "" {
		s.say(fn, x, lastName(call.X), notDone)
	} else if taken {
		s.say(fn, x, lastName(call.X), noAnswer)
	}
}

// asksForNothing reports whether a function asks whether there is what a name has: if answer != nil
func asksForNothing(fn *ir.Func, name *ir.Expr) bool {
	found := false
	ir.Walk(fn.Body, nil, func(e *ir.Expr) bool {
		found = found || e.Kind == ir.Binary && e.X.Kind == ir.Name && name.Kind == ir.Name && e.X.Str == name.Str && isNothing(e.Y)
		return !found
	})
	return found
}

// forgottenToEnd looks at an error that is kept under a name which nothing says any more until the function is left: err = json.Unmarshal(text, &order),
// and then return order, nil.
func (s *swallower) forgottenToEnd(fn *ir.Func, x *ir.Stmt, rest []*ir.Stmt) {
	failure, call := keepsError(x)
	if call == nil || len(rest) == 0 || explained(lineOf(fn.File, x.At)) {
		return
	}
	if last := rest[len(rest)-1]; last.Kind != ir.Return || last.X == nil || mentions(rest, failure) || returnsBare(rest) || readByLambda(fn, failure) {
		return
	}
	if name := s.failing(fn, call); name != "" {
		s.say(fn, x, name, neverRead)
	}
}

// failing is what a call does that may fail: it reads or writes in a store, asks a service, or reads a text into a variable; empty for others.
func (s *swallower) failing(fn *ir.Func, call *ir.Expr) string {
	if name := s.readsRow(fn, call); name != "" {
		return name
	}
	if name := lastName(call.X); readsInto.MatchString(name) || isNamed(s.asksOfGo, place{fn.File, call.At}, call) {
		return name
	}
	if givesErrors(s.node, call) {
		for _, calls := range []map[place]string{s.writes, s.reads, s.asksOfGo} {
			if s.doneBy(fn, call, calls) != "" {
				return lastName(call.X)
			}
		}
	}
	return ""
}

func mentions(body []*ir.Stmt, name string) bool {
	found := false
	ir.Walk(body, nil, func(e *ir.Expr) bool {
		found = found || e.Kind == ir.Name && e.Str == name
		return !found
	})
	return found
}

// returnsBare reports whether statements give back what the names of the results hold.
func returnsBare(body []*ir.Stmt) bool {
	found := false
	ir.Walk(body, func(x *ir.Stmt) bool {
		found = found || x.Kind == ir.Return && x.X == nil
		return !found
	}, nil)
	return found
}

// readByLambda reports whether a function inside of another one says a name: what is deferred runs behind all else.
func readByLambda(fn *ir.Func, name string) bool {
	found := false
	ir.Walk(fn.Body, nil, func(e *ir.Expr) bool {
		found = found || e.Kind == ir.Lambda && mentions(e.Fn.Body, name)
		return !found
	})
	return found
}

// emptied looks at a question for the error of a call with nothing done where there is one: if err != nil {}.
func (s *swallower) emptied(fn *ir.Func, before, x *ir.Stmt, rest []*ir.Stmt) {
	if !isEmptyBranch(fn.File, before, x) || probes([]*ir.Stmt{before}) || returnsLater(rest, x.X) {
		return
	}
	tried := []*ir.Stmt{before}
	if s.tell(fn, x.At, tried) {
		return
	}
	told := len(s.found)
	if s.tellRead(fn, x.At, tried); len(s.found) == told {
		if key := someOf(s.node, fn.File, tried, s.asksOfGo); key != "" {
			s.found = append(s.found, spot{file: fn.File, at: x.At, fields: map[string]string{"call": key, "others": noAnswer}})
		}
	}
}

// isEmptyBranch reports whether a statement asks for the error that the one before it sets, and there is nothing where it is there, not even a comment.
func isEmptyBranch(file *ir.File, before, x *ir.Stmt) bool {
	if file.Language != ir.Go || x.Kind != ir.If || len(x.Body) > 0 || len(x.Else) > 0 || !saysFailed(x.X) || !setsError(before, x.X) {
		return false
	}
	body, _, closed := strings.Cut(textBetween(file, x.X.End, int32(len(file.Tree.Source))), "}")
	return closed && strings.TrimSpace(body) == "{"
}

// returnsLater reports whether statements give back the error that a condition asks for.
func returnsLater(rest []*ir.Stmt, condition *ir.Expr) bool {
	names := map[string]bool{}
	for _, name := range namesIn(condition) {
		names[name] = true
	}
	found := false
	ir.Walk(rest, func(x *ir.Stmt) bool {
		found = found || x.Kind == ir.Return && (x.X == nil || contains(x.X, nil, names))
		return !found
	}, nil)
	return found
}

// emptyBranches are such questions of a function of Go about anything that it calls.
func emptyBranches(fn *ir.Func) []spot {
	if fn.File.Language != ir.Go {
		return nil
	}
	var out []spot
	ir.Statements(fn.Body, func(list []*ir.Stmt, i int) {
		if i == 0 || !isEmptyBranch(fn.File, list[i-1], list[i]) || returnsLater(list[i+1:], list[i].X) {
			return
		}
		if work := firstWork(list[i-1 : i]); work != "" {
			out = append(out, spot{file: fn.File, at: list[i].At, fields: map[string]string{"call": work}})
		}
	})
	return out
}

// onlyLoggedAbove reports whether functions of the program call another one, and all they do with what it gives at a place is to log it:
// sent, err := notify(all), and then log.Println(sent).
func (s *swallower) onlyLoggedAbove(fn *ir.Func, i int) bool {
	called, used := false, false
	for _, caller := range s.node.Result.Reached {
		kept := map[*ir.Expr]*ir.Expr{}
		ir.Walk(caller.Body, func(x *ir.Stmt) bool {
			if x.Kind == ir.Eval && x.X != nil && x.X.Kind == ir.Assign && callOf(x.X.Y) != nil {
				kept[x.X.Y] = resultAt(x.X.X, i)
			}
			return true
		}, func(e *ir.Expr) bool {
			if e.Kind == ir.Call && slices.Contains(calledByName(s.node, e), fn) {
				name := kept[e]
				called = true
				used = used || name == nil || name.Kind != ir.Name || !isBlank(name) && !onlyInLogs(caller, name)
			}
			return !used && e.Kind != ir.Lambda
		})
	}
	return called && !used
}

// resultAt is where one of the results of a call goes.
func resultAt(to *ir.Expr, i int) *ir.Expr {
	if to.Kind == ir.Array && i < len(to.List) {
		return to.List[i]
	}
	if i == 0 && to.Kind == ir.Name {
		return to
	}
	return nil
}

// saysWords reports whether a return statement says some names, other than where all that is done with them above is to log them.
func (s *swallower) saysWords(fn *ir.Func, x *ir.Stmt, names map[string]bool) bool {
	given := []*ir.Expr{x.X}
	if x.X.Kind == ir.Array && x.X.Str == "results" {
		given = x.X.List
	}
	for i, e := range given {
		if contains(e, nil, names) && !s.onlyLoggedAbove(fn, i) {
			return true
		}
	}
	return false
}

package sast

import (
	"regexp"
	"slices"
	"strings"

	"wardlet.example/internal/dataflow"
	"wardlet.example/internal/ir"
)

// Errors of Go that are looked at too late: what the call gave is used before, or what is looked at is another error.

// What comes of an error that is looked at too late.
const (
	usedBefore = "what it gave is used before anybody looks at the error"
	usedAfter  = "the error is only printed, and what it gave is used as if it had succeeded"
	neverRead  = "the error is kept and nobody looks at it"
	ofLastOnly = "the next round takes the place of its error, so that only the last one counts"
)

// late looks at a call of Go that gives an error beside something else, and at the statements that follow in its list.
func (s *swallower) late(fn *ir.Func, x *ir.Stmt, rest []*ir.Stmt) {
	call := givingError(x)
	if call == nil || explained(lineOf(fn.File, x.At)) {
		return
	}
	name := s.lookedUp(fn, call)
	given, failure := firstAndError(x.X.X)
	if name == "" || given == "" {
		return
	}
	names := map[string]bool{given: true, failure: true}
	next, rest := nextAbout(rest, names)
	if next == nil {
		return
	}
	if usesResult(next, given, failure) {
		s.say(fn, x, name, usedBefore)
	} else if next.Kind == ir.If && failure != "" && onlyPrints(next, failure) {
		if next, _ = nextAbout(rest, names); next != nil && usesResult(next, given, failure) {
			s.say(fn, x, name, usedAfter)
		}
	}
}

// nextAbout is the first statement that says one of some names, and what follows it.
func nextAbout(list []*ir.Stmt, names map[string]bool) (*ir.Stmt, []*ir.Stmt) {
	for i, x := range list {
		found := false
		ir.Walk(list[i:i+1], nil, func(e *ir.Expr) bool {
			found = found || e.Kind == ir.Name && names[e.Str]
			return !found
		})
		if found {
			return x, list[i+1:]
		}
	}
	return nil, nil
}

// givingError is a call of which a statement keeps what it gives: rows, err := db.Query(text).
func givingError(x *ir.Stmt) *ir.Expr {
	if x.Kind != ir.Eval || x.X == nil || x.X.Kind != ir.Assign || x.X.X.Kind != ir.Array || len(x.X.X.List) != 2 {
		return nil
	}
	return callOf(x.X.Y)
}

// firstAndError are the names that the two results of a call get; the error has none where it is dropped.
func firstAndError(to *ir.Expr) (given, failure string) {
	first, last := to.List[0], to.List[1]
	if first.Kind != ir.Name || isBlank(first) || last.Kind != ir.Name || !isBlank(last) && !errorName.MatchString(last.Str) {
		return "", ""
	}
	if isBlank(last) {
		return first.Str, ""
	}
	return first.Str, last.Str
}

// lookedUp is what a call of Go reads or writes in a store, or asks of a service; empty where it does not.
func (s *swallower) lookedUp(fn *ir.Func, call *ir.Expr) string {
	at := place{fn.File, call.At}
	for _, calls := range []map[place]string{s.reads, s.writes, s.asked} {
		if isNamed(calls, at, call) {
			return calls[at]
		}
	}
	if s.ofDatabase(at) && queries.MatchString(lastName(call.X)) {
		return lastName(call.X)
	}
	return ""
}

// queries are methods of databases that give rows or a result, which are nothing where they fail.
var queries = regexp.MustCompile(`^(Query|Queryx|Exec)(Context)?$`)

// usesResult reports whether a statement calls a method of what a call gave, or reads a field of it, and does not ask for the error: for rows.Next(),
// defer rows.Close().
func usesResult(x *ir.Stmt, given, failure string) bool {
	first := &ir.Stmt{Kind: ir.Eval, X: x.X}
	switch x.Kind {
	case ir.Loop:
		first.X = x.Y
	case ir.Eval:
	default:
		return false
	}
	if first.X == nil || failure != "" && contains(first.X, nil, map[string]bool{failure: true}) && first.X.Kind != ir.Assign {
		return false
	}
	used := false
	ir.Walk([]*ir.Stmt{first}, nil, func(e *ir.Expr) bool {
		used = used || e.Kind == ir.Call && e.X.Kind == ir.Member && e.X.X.Kind == ir.Name && e.X.X.Str == given
		return !used && e.Kind != ir.Lambda
	})
	return used
}

// onlyPrints reports whether all that is done about an error is to write it down: the function goes on behind it.
func onlyPrints(x *ir.Stmt, failure string) bool {
	if !saysFailed(x.X) || !contains(x.X, nil, map[string]bool{failure: true}) || len(x.Else) > 0 || len(x.Body) == 0 {
		return false
	}
	return !slices.ContainsFunc(x.Body, func(b *ir.Stmt) bool {
		return b.Kind != ir.Eval || !logs(b.X) || endsProgram.MatchString(dotted(b.X.X))
	})
}

// endsProgram are calls of loggers that do not come back.
var endsProgram = regexp.MustCompile(`(?i)(^|\.)(fatal|panic|exit|dpanic|must)\w*$`)

// rounds looks at a loop of Go each of whose rounds sets an error by a call, which nothing in the loop looks at: for rows.Next() { err = rows.Scan(&name) }.
// One such loop of a function is told.
func (s *swallower) rounds(fn *ir.Func, loop *ir.Stmt) {
	round := inOneList(loop.Body)
	for i, x := range round {
		failure, call := keepsError(x)
		if call == nil || x.X.Str == ":=" || explained(lineOf(fn.File, x.At)) {
			continue
		}
		name := s.readsRow(fn, call)
		if name == "" && isRow(loop, call) {
			name = lastName(call.X)
		}
		if name == "" {
			continue
		}
		if endsEarly(round) || readsIn(slices.Concat(round[:i], round[i+1:]), failure) || loop.Y != nil && contains(loop.Y, nil, map[string]bool{failure: true}) {
			continue
		}
		if !s.toldOfLast(fn) {
			s.say(fn, x, name, ofLastOnly)
		}
	}
}

// toldOfLast reports whether a loop of a function was told of: its others are most often written in the same way.
func (s *swallower) toldOfLast(fn *ir.Func) bool {
	return slices.ContainsFunc(s.found, func(t spot) bool {
		return t.file == fn.File && fn.Start <= t.at && t.at < fn.End && t.fields["others"] == ofLastOnly
	})
}

// isRow reports whether a call reads the row that a loop has come to: for rows.Next() { rows.Scan(&name) }.
func isRow(loop *ir.Stmt, call *ir.Expr) bool {
	next := callOf(loop.Y)
	return next != nil && next.X.Kind == ir.Member && next.X.Str == "Next" && call.X.Kind == ir.Member && strings.HasSuffix(call.X.Str, "Scan") && dotted(call.X.X) == dotted(next.X.X)
}

// readsRow is the name of a call that reads a row of a database, or writes or reads one; empty for others.
func (s *swallower) readsRow(fn *ir.Func, call *ir.Expr) string {
	if name := lastName(call.X); strings.HasPrefix(name, "Scan") && s.ofDatabase(place{fn.File, call.At}) {
		return name
	}
	return s.lookedUp(fn, call)
}

// endsEarly reports whether statements end a round or a function before its end.
func endsEarly(body []*ir.Stmt) bool {
	found := false
	ir.Walk(body, func(x *ir.Stmt) bool {
		found = found || x.Kind == ir.Leave || x.Kind == ir.Return || x.Kind == ir.Throw
		return !found
	}, nil)
	return found
}

// readsIn reports whether statements name something other than to set it.
func readsIn(body []*ir.Stmt, name string) bool {
	set, found := map[*ir.Expr]bool{}, false
	ir.Walk(body, nil, func(e *ir.Expr) bool {
		if e.Kind == ir.Assign && e.X != nil {
			for _, x := range append([]*ir.Expr{e.X}, e.X.List...) {
				set[x] = true
			}
		}
		found = found || e.Kind == ir.Name && e.Str == name && !set[e]
		return !found
	})
	return found
}

// neverAsked looks at errors of Go that are kept under a name which the function reads nowhere behind that: _, err = db.Exec(text), and no more
// of err. What stands in a loop may be read in its next round, and a function that names what it gives back gives the error back.
func (s *swallower) neverAsked(fn *ir.Func, x *ir.Stmt) {
	failure, call := keepsError(x)
	if call == nil || explained(lineOf(fn.File, x.At)) || inLoop(fn, x.At) {
		return
	}
	name := s.readsRow(fn, call)
	if at := (place{fn.File, call.At}); name == "" && isNamed(s.decodes, at, call) {
		name = s.decodes[at]
	}
	if name == "" || namesResult(fn, failure) || readLater(fn, failure, x) {
		return
	}
	s.say(fn, x, name, neverRead)
}

// inLoop reports whether a place of a function stands in a loop.
func inLoop(fn *ir.Func, at int32) bool {
	found := false
	ir.Walk(fn.Body, func(x *ir.Stmt) bool {
		found = found || x.Kind == ir.Loop && holds(x, at)
		return !found
	}, nil)
	return found
}

// namesResult reports whether the head of a function gives a name to the error that it gives back.
func namesResult(fn *ir.Func, failure string) bool {
	if len(fn.Body) == 0 {
		return true
	}
	return hasWord(textBetween(fn.File, fn.Start, fn.Body[0].At), failure)
}

// hasWord reports whether a word stands in a text.
func hasWord(text, word string) bool {
	return slices.Contains(strings.FieldsFunc(text, func(r rune) bool {
		return r != '_' && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
	}), word)
}

// readLater reports whether a name is read behind a statement, or inside a function that may run later. What stands behind it in another branch
// counts too: where that is not sure, nothing is told.
func readLater(fn *ir.Func, name string, after *ir.Stmt) bool {
	set, found := map[*ir.Expr]bool{}, false
	var walk func(body []*ir.Stmt, inside bool)
	walk = func(body []*ir.Stmt, inside bool) {
		ir.Walk(body, nil, func(e *ir.Expr) bool {
			if e.Kind == ir.Lambda && !inside {
				walk(e.Fn.Body, true)
				return false
			}
			if e.Kind == ir.Assign && e.X != nil {
				for _, x := range append([]*ir.Expr{e.X}, e.X.List...) {
					set[x] = true
				}
			}
			found = found || e.Kind == ir.Name && e.Str == name && !set[e] && (inside || e.At > after.X.End)
			return !found
		})
	}
	walk(fn.Body, false)
	return found
}

// onlyPrinted looks at what a function changes first: where that fails and the error is only written down, and the answer says all the same that
// it was done. What comes behind it, such as a message to somebody, may fail without harm.
func (s *swallower) onlyPrinted(fn *ir.Func) {
	var changed []int32
	for _, a := range attempts(fn) {
		if len(a.handler) == 0 || explained(a.text) || slices.ContainsFunc(a.handler, func(b *ir.Stmt) bool {
			return b.Kind != ir.Eval || b.X == nil || !logs(b.X) || endsProgram.MatchString(dotted(b.X.X))
		}) {
			continue
		}
		name := someOf(s.node, fn.File, a.tried, s.writes)
		if name == "" || endsEarly(a.tried) || inLoop(fn, a.at) || !endsWell(fn.Body, a.whole[len(a.whole)-1]) {
			continue
		}
		if changed == nil {
			changed = s.changedIn(fn)
		}
		if slices.ContainsFunc(changed, func(at int32) bool { return at < a.whole[0].At }) || slices.ContainsFunc(lostEvents(s.node), func(t spot) bool { return t.file == fn.File && t.at == a.at }) { // nobody asked
			continue
		}
		s.found = append(s.found, spot{file: fn.File, at: a.at, fields: map[string]string{"call": name, "others": "only a log says so, and who asked is told that it was done"}})
	}
}

// changedIn are the places where a function changes something, other than in branches that leave it.
func (s *swallower) changedIn(fn *ir.Func) []int32 {
	out := []int32{}
	all := map[place]string{}
	for at, u := range operations(s.node, func(u dataflow.Use) bool { return changes(u.Op) }) {
		all[at] = operationName(u)
	}
	for at, name := range s.writes {
		all[at] = name
	}
	ir.Walk(fn.Body, func(x *ir.Stmt) bool { return x.Kind != ir.If || !ir.Ends(x.Body) || len(x.Else) > 0 }, func(e *ir.Expr) bool {
		if e.Kind == ir.Call && someOf(s.node, fn.File, evaluated(e), all) != "" {
			out = append(out, e.At)
		}
		return e.Kind != ir.Lambda
	})
	return out
}

// endsWell reports whether the list that a statement stands in ends with an answer that says that all went well.
func endsWell(body []*ir.Stmt, x *ir.Stmt) bool {
	found := false
	ir.Statements(body, func(list []*ir.Stmt, i int) {
		if list[i] == x {
			last := list[len(list)-1]
			found = last.Kind == ir.Return && last != x && saysDoneByText(last.X)
		}
	})
	return found
}

// saysDoneByText reports whether an answer has a status of success, and a body of fixed texts none of which tells of a failure.
func saysDoneByText(e *ir.Expr) bool {
	if e != nil && e.Kind == ir.Array && e.Str == "results" && len(e.List) > 0 {
		e = e.List[0]
	}
	if e == nil || e.Kind != ir.Object || len(e.List) == 0 {
		return false
	}
	status := e.List[0]
	if i := slices.IndexFunc(e.Keys, ofStatus.MatchString); i >= 0 && i < len(e.List) {
		status = e.List[i]
	} else if slices.ContainsFunc(e.Keys, func(key string) bool { return key != "" }) || !strings.HasSuffix(lastName(e.X), "Response") {
		return false
	}
	if i := slices.IndexFunc(e.Keys, func(key string) bool { return strings.EqualFold(key, "body") }); i >= 0 && i < len(e.List) && !isFixed(e.List[i]) {
		return false
	}
	for i, x := range e.List {
		if i < len(e.Keys) && strings.EqualFold(e.Keys[i], "isBase64Encoded") { // false there says nothing of what was done
			continue
		}
		if someWord(evaluated(x), admits) {
			return false
		}
	}
	return succeeded.MatchString(lastName(status))
}

// isFixed reports whether an expression is made of texts and of nothing that has a name, but for the functions that write it: JSON.stringify("stored").
func isFixed(e *ir.Expr) bool {
	switch e.Kind {
	case ir.Const:
		return true
	case ir.Call, ir.Object:
		return !slices.ContainsFunc(e.List, func(x *ir.Expr) bool { return !isFixed(x) })
	}
	return false
}

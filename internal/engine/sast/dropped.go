package sast

import (
	"regexp"
	"slices"
	"strings"

	"wardlet.example/internal/ir"
	"wardlet.example/internal/paths"
)

// What Go gives back as an error and nobody looks at.

// What comes of an error that nobody looks at, beside a write that was not done.
const (
	notRead    = "what cannot be read counts as empty"
	notFound   = "a store that fails looks like one that has no such record"
	noAnswer   = "a service that does not answer looks like one that knows nothing of what it is asked for"
	overridden = "the error of the next call takes its place"
)

// dropped looks at the errors that Go gives back: _ = save(), _, _ = client.PutItem(ctx, in), found, _ := client.Query(ctx, in), or nothing that
// takes them.
func (s *swallower) dropped(fn *ir.Func, x *ir.Stmt) {
	call, taken := dropsError(x.X)
	if call == nil || explained(lineOf(fn.File, x.At)) || givesNoError(s.node, call) || lastName(call.X) == "Queue" { // the batch is sent later
		return
	}
	at := place{fn.File, call.At}
	switch {
	case isNamed(s.decodes, at, call):
		s.say(fn, x, s.decodes[at], notRead)
	case !taken && itemsInto.MatchString(lastName(call.X)):
		s.say(fn, x, lastName(call.X), notRead)
	case isNamed(s.writes, at, call):
		s.say(fn, x, s.writes[at], notDone)
	case (taken || x.X.Kind == ir.Call) && isNamed(s.reads, at, call): // db.First(&user): what was read is in what it was given
		s.say(fn, x, s.reads[at], notFound)
	case taken && givesErrors(s.node, call): // user, _ := findUser(id)
		if key := s.doneBy(fn, call, s.writes); key != "" {
			s.say(fn, x, key, notDone)
		} else if key := s.doneBy(fn, call, s.reads); key != "" {
			s.say(fn, x, key, notFound)
		} else {
			s.ofService(fn, x, call, true)
		}
	case taken:
		s.ofService(fn, x, call, true)
	case !taken && (x.X.Kind == ir.Assign || givesErrors(s.node, call)):
		if key := s.doneBy(fn, call, s.writes); key != "" {
			s.say(fn, x, key, notDone)
		} else {
			s.ofService(fn, x, call, false)
		}
	}
}

// doneBy is what a call does of some calls, by the functions that it leads to; empty where it does nothing of them.
// Where what is called logs its errors itself, or makes an answer of them, they are not forgotten.
func (s *swallower) doneBy(fn *ir.Func, call *ir.Expr, calls map[place]string) string {
	if slices.ContainsFunc(calledByName(s.node, call), func(fn *ir.Func) bool { return logsErrors(fn) || s.answersErrors(fn) }) {
		return ""
	}
	key := ""
	someCall(s.node, fn.File, []*ir.Stmt{{Kind: ir.Eval, X: call}}, func(file *ir.File, e *ir.Expr) bool {
		if p := (place{file, e.At}); isNamed(calls, p, e) {
			key = calls[p]
		}
		return key != ""
	}, 1)
	return key
}

// logsErrors reports whether a function logs an error that it was given.
func logsErrors(fn *ir.Func) bool {
	found := false
	ir.Walk(fn.Body, func(x *ir.Stmt) bool {
		found = found || x.Kind == ir.If && saysFailed(x.X) && firstLog(x.Body) != nil
		return !found
	}, nil)
	return found
}

// answersErrors reports whether a function looks at its errors and gives none of them back: what it gives as one is of something else.
func (s *swallower) answersErrors(fn *ir.Func) bool {
	asks, handsOn := false, false
	ir.Walk(fn.Body, func(x *ir.Stmt) bool {
		asks = asks || x.Kind == ir.If && saysFailed(x.X)
		if x.Kind == ir.Return && x.X != nil {
			last := x.X
			if last.Kind == ir.Array && last.Str == "results" && len(last.List) > 0 {
				last = last.List[len(last.List)-1]
			}
			done := []*ir.Stmt{{Kind: ir.Eval, X: last}}
			handsOn = handsOn || isError(last) || last.Kind == ir.Call && (slices.ContainsFunc(last.List, isError) ||
				someOf(s.node, fn.File, done, s.writes)+someOf(s.node, fn.File, done, s.reads) != "")
		}
		return !handsOn
	}, func(e *ir.Expr) bool { return e.Kind != ir.Lambda })
	return asks && !handsOn
}

func isError(e *ir.Expr) bool { return e.Kind == ir.Name && errorName.MatchString(e.Str) }

// dropsError is a call whose error goes nowhere, and whether something else of what it gives back is taken.
func dropsError(e *ir.Expr) (call *ir.Expr, taken bool) {
	if e == nil || e.Kind != ir.Assign {
		return callOf(e), false
	}
	last := e.X
	if e.X.Kind == ir.Array && len(e.X.List) > 0 {
		last = e.X.List[len(e.X.List)-1]
		taken = slices.ContainsFunc(e.X.List, func(x *ir.Expr) bool { return !isBlank(x) })
	}
	if !isBlank(last) {
		return nil, false
	}
	return callOf(e.Y), taken
}

func callOf(e *ir.Expr) *ir.Expr {
	if e == nil || e.Kind != ir.Call {
		return nil
	}
	return e
}

func isBlank(e *ir.Expr) bool { return e.Kind == ir.Name && e.Str == "_" }

// isNamed reports whether a call is the one of a place, and not another one that begins there: client().PutItem(in).
func isNamed(calls map[place]string, at place, call *ir.Expr) bool {
	name, ok := calls[at]
	return ok && call.X != nil && strings.HasPrefix(lastName(call.X), name) && !strings.HasSuffix(lastName(call.X), "Request") // one to be signed
}

// givesNoError reports whether a call is one of a function that gives nothing back.
func givesNoError(n *paths.Node, call *ir.Expr) bool {
	fns := calledByName(n, call)
	return len(fns) > 0 && !slices.ContainsFunc(fns, answers)
}

// givesErrors reports whether a call is one of functions of the program that give an error back.
func givesErrors(n *paths.Node, call *ir.Expr) bool {
	fns := calledByName(n, call)
	return len(fns) > 0 && !slices.ContainsFunc(fns, func(fn *ir.Func) bool { return !fn.Fails })
}

// replaced looks at an error that a later call overwrites before anybody has looked at it, with nothing between them but what stands alone.
func (s *swallower) replaced(fn *ir.Func, x *ir.Stmt, rest []*ir.Stmt) {
	name, call := keepsError(x)
	if call == nil || !overwrites(rest, name) || explained(lineOf(fn.File, x.At)) {
		return
	}
	at := place{fn.File, call.At}
	for _, calls := range []map[place]string{s.writes, s.reads, s.decodes} {
		if isNamed(calls, at, call) {
			s.say(fn, x, calls[at], overridden)
			return
		}
	}
	what := lastName(call.X)
	if strings.HasPrefix(what, "Prepare") && s.ofDatabase(at) || readsText.MatchString(dotted(call.X)) || s.failing(fn, call) != "" {
		s.say(fn, x, what, overridden)
	}
}

// readsText are calls of Go's own packages that read a text as something else, and give nothing of it where it is something else.
var readsText = regexp.MustCompile(`^(strconv\.(Atoi|Parse\w+)|time\.Parse\w*|url\.Parse\w*|uuid\.Parse|hex\.DecodeString|base64\.\w+\.DecodeString)$`)

// overwrites reports whether statements keep another error under a name before they say the name, or go anywhere else.
func overwrites(rest []*ir.Stmt, name string) bool {
	for _, x := range rest {
		if next, call := keepsError(x); next == name {
			return !contains(call, nil, map[string]bool{name: true})
		}
		if x.Kind != ir.Eval || mentions([]*ir.Stmt{x}, name) || hasLambda(x) {
			return false
		}
	}
	return false
}

// hasLambda reports whether a function stands in a statement, which perhaps says what the statement does not.
func hasLambda(x *ir.Stmt) bool {
	found := false
	ir.Walk([]*ir.Stmt{x}, nil, func(e *ir.Expr) bool {
		found = found || e.Kind == ir.Lambda
		return !found
	})
	return found
}

// ofDatabase reports whether a call is one of database/sql.
func (s *swallower) ofDatabase(at place) bool {
	for _, c := range s.node.Result.Calls {
		if c.File == at.file && c.At == at.at && (strings.HasPrefix(c.Ref, "database/sql.") || strings.Contains(c.Ref, "/sqlx.")) {
			return true
		}
	}
	return false
}

// keepsError is the name that the error of a call is kept by, and the call.
func keepsError(x *ir.Stmt) (string, *ir.Expr) {
	if x.Kind != ir.Eval || x.X == nil || x.X.Kind != ir.Assign || callOf(x.X.Y) == nil {
		return "", nil
	}
	last := x.X.X
	if last.Kind == ir.Array && len(last.List) > 0 {
		last = last.List[len(last.List)-1]
	}
	if last.Kind != ir.Name || !errorName.MatchString(last.Str) {
		return "", nil
	}
	return last.Str, x.X.Y
}

// mistaken looks at an error that is there, and where another one is given back which was looked at before and is certainly nothing:
// if errSaving != nil { return err }.
func (s *swallower) mistaken(fn *ir.Func, before []*ir.Stmt, x *ir.Stmt) {
	call := before[len(before)-1]
	if !fn.Fails || x.X.Kind != ir.Binary || !strings.HasPrefix(x.X.Str, "!") || !isNothing(x.X.Y) || !setsError(call, x.X) || len(x.Body) != 1 || x.Body[0].Kind != ir.Return {
		return
	}
	given, failed := lastResult(x.Body[0].X), namesIn(call.X.X)
	if given == nil || given.Kind != ir.Name || !errorName.MatchString(given.Str) || given.Str == failed[len(failed)-1] {
		return
	}
	name := map[string]bool{given.Str: true}
	for i := len(before) - 2; i >= 0; i-- {
		switch b := before[i]; {
		case b.Kind == ir.If && saysFailed(b.X) && contains(b.X, nil, name) && ir.Ends(b.Body) && len(b.Else) == 0:
			s.tell(fn, x.At, []*ir.Stmt{call})
			return
		case b.Kind != ir.Eval || b.X != nil && b.X.Kind == ir.Assign && slices.Contains(namesIn(b.X.X), given.Str):
			return
		}
	}
}

// lastResult is the last of what Go gives back.
func lastResult(e *ir.Expr) *ir.Expr {
	if e != nil && e.Kind == ir.Array && e.Str == "results" && len(e.List) > 0 {
		return e.List[len(e.List)-1]
	}
	return e
}

// skips looks at a loop of Go that goes on with the next element where a write failed: if err := save(x); err != nil { continue }. A loop that
// ends with the first round that succeeds tries one after the other.
func (s *swallower) skips(fn *ir.Func, loop *ir.Stmt) {
	if loop.Str != "range" {
		return
	}
	for i, x := range loop.Body {
		pair := loop.Body[max(i-1, 0) : i+1]
		if x.Kind == ir.Block {
			pair = x.Body
		}
		if len(pair) != 2 || !goesOnWithout(fn.File, pair[0], pair[1]) || probes(pair[:1]) {
			continue
		}
		if rest := loop.Body[i+1:]; !ir.Ends(rest) && !s.isCounted(fn, rest, loop.At) {
			s.tell(fn, pair[1].At, pair[:1])
		}
	}
}

// goesOnWithout reports whether a call declares an error, and where it is there nothing is done but to begin the next round of a loop.
func goesOnWithout(file *ir.File, call, x *ir.Stmt) bool {
	return x.Kind == ir.If && len(x.Else) == 0 && len(x.Body) == 1 && x.Body[0].Kind == ir.Leave && strings.HasPrefix(lineOf(file, x.Body[0].At), "continue") &&
		saysFailed(x.X) && setsError(call, x.X) && call.X.Str == ":=" && !explained(textBetween(file, x.At, lineEnd(file, x.Body[0].At)))
}

// increments is where a name is counted up, which no statement says.
var increments = regexp.MustCompile(`\b(\w+)\+\+`)

// isCounted reports whether statements count or collect what was done, and the function gives that back or asks for it later: what is missing
// there can be seen. A number that whoever called only logs says of none that it is missing.
func (s *swallower) isCounted(fn *ir.Func, body []*ir.Stmt, after int32) bool {
	done := map[string]bool{}
	for _, m := range increments.FindAllStringSubmatch(textBetween(fn.File, after, fn.End), -1) {
		done[m[1]] = true
	}
	ir.Walk(body, nil, func(e *ir.Expr) bool {
		if e.Kind == ir.Assign && e.Str != ":=" {
			for _, name := range namesIn(e.X) {
				done[name] = true
			}
		}
		return e.Kind != ir.Lambda
	})
	found := false
	ir.Walk(fn.Body, func(x *ir.Stmt) bool {
		if x.At > after && x.X != nil {
			found = found || x.Kind == ir.If && contains(x.X, nil, done) || x.Kind == ir.Return && s.saysWords(fn, x, done)
		}
		return !found
	}, func(e *ir.Expr) bool { return e.Kind != ir.Lambda })
	return found
}

// say notes that the error of a call goes nowhere; once for each statement.
func (s *swallower) say(fn *ir.Func, x *ir.Stmt, call, others string) {
	told := func(t spot) bool { return t.file == fn.File && t.at == x.At }
	if slices.ContainsFunc(s.found, told) || slices.ContainsFunc(s.unread, told) {
		return
	}
	said := spot{file: fn.File, at: x.At, fields: map[string]string{"call": call, "others": others}}
	if s.readsInput(fn, x) {
		s.unread = append(s.unread, said)
		return
	}
	s.found = append(s.found, said)
}

// readsItems are functions that read what is in an item of DynamoDB: that was stored, whoever said which item it is.
var readsItems = regexp.MustCompile(`^(attributevalue|dynamodbattribute)\.`)

// readsInput reports whether a statement reads what came in.
func (s *swallower) readsInput(fn *ir.Func, x *ir.Stmt) bool {
	found := false
	ir.Walk([]*ir.Stmt{{Kind: ir.Eval, X: x.X}}, nil, func(e *ir.Expr) bool {
		found = found || e.Kind == ir.Call && isNamed(s.decodes, place{fn.File, e.At}, e) && !readsItems.MatchString(dotted(e.X))
		return !found
	})
	return found
}

package sast

import (
	"regexp"
	"slices"
	"strings"

	"wardlet.example/internal/dataflow"
	"wardlet.example/internal/ir"
	"wardlet.example/internal/paths"
)

// swallowed are the places where the failure of a write is caught and nothing comes of it: whoever asked for the write is told that it was
// done. Where the failure of a read gives what a read gives that finds nothing, nobody can tell the two apart.
//
// What reads what came in stands apart, as unread.
func swallowed(n *paths.Node) (found, unread []spot) {
	if n.Result.Cut {
		return nil, nil
	}
	s := &swallower{node: n, writes: map[place]string{}, reads: map[place]string{}, asked: map[place]string{}, decodes: map[place]string{}, files: map[place]bool{}}
	for at, u := range operations(n, missed) {
		s.writes[at] = operationName(u)
	}
	for at, u := range operations(n, looksUp) {
		s.reads[at] = operationName(u)
	}
	for _, c := range n.Result.Calls {
		name := c.Ref[strings.LastIndexByte(c.Ref, '.')+1:]
		if c.DoesAny(dataflow.Writes, dataflow.Sends, dataflow.Calls, dataflow.Pays) && !undoes.MatchString(name) {
			s.writes[place{c.File, c.At}] = name
		}
		if asksOthers.MatchString(c.Ref) {
			s.asked[place{c.File, c.At}] = lastName(c.Expr.X)
		}
		if c.DoesAny(dataflow.Reads) {
			s.reads[place{c.File, c.At}] = name
		}
	}
	for _, c := range n.Result.Decoded {
		if name := lastName(c.Expr.X); !itemsInto.MatchString(name) {
			s.decodes[place{c.File, c.At}] = name
		}
	}
	s.asksOfGo, s.changesOfGo = goCalls(n)
	for _, fn := range n.Result.Reached {
		s.mounted(fn)
	}
	for _, fn := range n.Result.Reached {
		s.list(fn, fn.Body, false)
		s.onlyPrinted(fn)
		s.unheard(fn)
		s.hides(fn)
	}
	return s.found, s.unread
}

// retried are operations whose failure is part of the plan: what is made may be there, what is removed may be gone, and figures may be lost.
var retried = regexp.MustCompile(`:(Create|Delete|Remove|Untag|Tag|Stop|Terminate|Disconnect|Disable|Deregister|Close|Cancel|Abort|Unsubscribe|PutMetric|PutLogEvents|PutTrace|PutDashboard|PostToConnection|ChangeMessageVisibility|Head|AddPermission|Start)`)

// missed reports whether an operation is a write that somebody misses.
func missed(u dataflow.Use) bool { return changes(u.Op) && !retried.MatchString(u.Key) }

// asksOthers are requests that ask another service for something.
var asksOthers = regexp.MustCompile(`^(requests|httpx|axios|got|ky|needle|superagent)(\.default)?(\.get)?(\(\))?$|^(builtin\.fetch|node-fetch|node-fetch\.default|undici\.(fetch|request))(\(\))?$`)

// undoes are methods of libraries that remove or create what is perhaps removed or there already.
var undoes = regexp.MustCompile(`(?i)^(delete|destroy|remove|findOneAndDelete|findByIdAndDelete|upsert|rollback|softDelete)`)

// looksUp reports whether an operation reads records, of which none is no error.
func looksUp(u dataflow.Use) bool {
	switch u.Key {
	case "dynamodb:GetItem", "dynamodb:Query", "dynamodb:Scan", "dynamodb:BatchGetItem", "rds-data:ExecuteStatement":
		return true
	}
	return false
}

func operationName(u dataflow.Use) string { return u.Key[strings.IndexByte(u.Key, ':')+1:] }

type swallower struct {
	node          *paths.Node
	writes, reads map[place]string
	asked         map[place]string // of other services, by HTTP
	decodes       map[place]string // Go: where what came in is read
	files         map[place]bool   // Python: calls about files that stay
	found, unread []spot

	asksOfGo, changesOfGo map[place]string // requests to other services, and those that change something there
}

// forgotten are what a function swallows. That the body of a request may be no JSON is a rule of its own.
func forgotten(w *work, n *paths.Node) []spot {
	if k := w.ask(n); w.readsBodies(n) {
		return k.swallowed
	} else {
		return slices.Concat(k.swallowed, k.unread)
	}
}

// list looks at the handlers of errors in statements. What stands in such a handler, or is done in the end whatever happened, is cleaning up.
func (s *swallower) list(fn *ir.Func, body []*ir.Stmt, cleaning bool) {
	for i, x := range body {
		if !cleaning && fn.File.Language == ir.Go {
			if x.Kind == ir.Eval {
				s.dropped(fn, x)
				s.late(fn, x, body[i+1:])
				s.neverAsked(fn, x)
				s.forgottenToEnd(fn, x, body[i+1:])
				s.replaced(fn, x, body[i+1:])
			}
			if i > 0 && x.Kind == ir.If && len(x.Else) == 0 {
				before := body[i-1]
				if j := setterBefore(body, i); j >= 0 {
					before = body[j]
				}
				s.denied(fn, before, x)
				s.mistaken(fn, body[:i], x)
				s.emptied(fn, before, x, body[i+1:])
			}
			if x.Kind == ir.Loop {
				s.skips(fn, x)
				s.rounds(fn, x)
			}
		}
		if x.Kind == ir.Try {
			if !cleaning {
				s.try(fn, x)
			}
			s.list(fn, x.Body, cleaning)
			s.list(fn, x.Else, true)
			s.list(fn, x.Final, true)
			continue
		}
		s.list(fn, x.Body, cleaning)
		s.list(fn, x.Else, cleaning)
	}
	if !cleaning {
		s.promises(fn, body)
	}
}

// denied looks at what is done about an error of Go that was just given back: if err := save(); err != nil { return nil }. Whoever called is
// told that all went well. A pointer that is nil may mean that it failed.
func (s *swallower) denied(fn *ir.Func, before, x *ir.Stmt) {
	if before.Kind != ir.Eval || before.X == nil || before.X.Kind != ir.Assign || !saysFailed(x.X) || x.X.Kind != ir.Binary || !contains(before.X.X, nil, map[string]bool{x.X.X.Str: true}) || len(x.Body) != 1 || x.Body[0].Kind != ir.Return {
		return
	}
	given := x.Body[0].X
	if explained(textBetween(fn.File, x.At, lineEnd(fn.File, x.Body[0].At))) || probes([]*ir.Stmt{before}) {
		return
	}
	switch {
	case given == nil, fn.Fails && isNothing(given), fn.Fails && isNothing(lastResult(given)) && saysDone(given): // return, return nil, return Response{StatusCode: 204}, nil
		s.tell(fn, x.At, []*ir.Stmt{before})
	case fn.Fails && given.Kind == ir.Array && given.Str == "results" && !slices.ContainsFunc(given.List, func(e *ir.Expr) bool { return !isEmptyValue(e) }): // return nil, nil
		s.tellRead(fn, x.At, []*ir.Stmt{before})
	}
}

// succeeded are statuses of answers that say that all went well.
var succeeded = regexp.MustCompile(`^(20[0-4]|StatusOK|StatusCreated|StatusAccepted|StatusNoContent)$`)

// admits are words of answers by which somebody learns that it was not done.
var admits = regexp.MustCompile(`(?i)err|fail|not|wrong|invalid|unable|false`)

// saysDone reports whether an answer that is given back says that all went well: {statusCode: 200}, Response{StatusCode: http.StatusNoContent}.
func saysDone(e *ir.Expr) bool {
	if e == nil {
		return false
	}
	if e.Kind == ir.Array && e.Str == "results" && len(e.List) > 0 {
		e = e.List[0]
	}
	if e.Kind != ir.Object {
		return false
	}
	done := false
	for i, x := range e.List[:min(len(e.List), len(e.Keys))] {
		switch e.Keys[i] {
		case "statusCode", "StatusCode":
			done = succeeded.MatchString(lastName(x))
		case "body", "Body":
			if x.Kind != ir.Const || admits.MatchString(x.Str) {
				return false
			}
		}
	}
	return done
}

// lineEnd is where the line of a place ends.
func lineEnd(file *ir.File, at int32) int32 { return at + int32(len(lineOf(file, at))) }

// lineOf is the line of a place, with the comment behind it.
func lineOf(file *ir.File, at int32) string {
	line, _, _ := strings.Cut(textBetween(file, at, int32(len(file.Tree.Source))), "\n")
	return line
}

// promises looks at what is caught of promises: save().catch(() => {}).
func (s *swallower) promises(fn *ir.Func, body []*ir.Stmt) {
	var alone *ir.Expr // with what it gives nothing is done
	ir.Walk(body, func(x *ir.Stmt) bool {
		if x.Kind == ir.Eval && x.X != nil {
			alone = ir.Awaited(x.X)
		}
		return x.Kind == ir.Eval || x.Kind == ir.Return || x.Kind == ir.Throw
	}, func(e *ir.Expr) bool {
		handler := handlerOfPromise(e)
		if handler == nil {
			return e.Kind != ir.Lambda // those that were reached are looked at by themselves
		}
		if explained(textBetween(fn.File, handler.At, handler.End)) {
			return true
		}
		tried := []*ir.Stmt{{Kind: ir.Eval, X: e.X.X}}
		switch {
		case ignores(fn, handler.Fn.Body), givesNothing(handler.Fn.Body) && (e == alone || s.givenBackInVain(fn, e)):
			s.tell(fn, handler.At, tried)
		case givesNothing(handler.Fn.Body) && someOf(s.node, fn.File, tried, s.writes) != "" && s.filteredOut(fn):
			s.tell(fn, handler.At, tried)
		case givesNothing(handler.Fn.Body):
			s.tellRead(fn, handler.At, tried)
		}
		return true
	})
}

// handlerOfPromise is the function that is called where a promise fails: save().catch(() => {}), save().then(done, () => null). Nil where there is none.
func handlerOfPromise(e *ir.Expr) *ir.Expr {
	if e.Kind != ir.Call || e.X == nil || e.X.Kind != ir.Member {
		return nil
	}
	at := map[string]int{"catch": 0, "then": 1}
	if i, ok := at[e.X.Str]; ok && len(e.List) == i+1 && e.List[i].Kind == ir.Lambda {
		return e.List[i]
	}
	return nil
}

// givenBackInVain reports whether a function gives an expression back, and every call of the function drops it.
func (s *swallower) givenBackInVain(fn *ir.Func, e *ir.Expr) bool {
	if !slices.ContainsFunc(fn.Body, func(x *ir.Stmt) bool { return x.Kind == ir.Return && ir.Awaited(x.X) == e }) {
		return false
	}
	inVain, _ := s.inVain(fn)
	return inVain
}

// givesFixed reports whether what handles an error only gives what whoever made the function said beforehand, as wrappers do: return default
func (s *swallower) givesFixed(fn *ir.Func, body []*ir.Stmt) bool {
	if len(body) != 1 || body[0].Kind != ir.Return || body[0].X == nil || body[0].X.Kind != ir.Name {
		return false
	}
	return outerParam(fn, body[0].X.Str) != nil
}

// broadByName reports whether a clause of Python catches what a wrapper was told to catch, which is what any service throws: except errors
func (s *swallower) broadByName(fn *ir.Func, h *ir.Stmt) bool {
	name, ok := strings.CutPrefix(head(textBetween(fn.File, h.Y.At, h.Y.End)), "except ")
	if p := outerParam(fn, strings.TrimSpace(name)); ok && p != nil && p.Kind == ir.Default {
		return broad.MatchString("except " + textBetween(fn.File, p.Y.At, p.Y.End))
	}
	return false
}

// outerParam is the parameter of a name that a function in which another one is written has; nil where none has one, or the inner one does.
func outerParam(fn *ir.Func, name string) *ir.Expr {
	for range deepestCalls {
		for _, p := range fn.Params {
			if names := namesIn(p); slices.Contains(names, name) {
				return nil
			}
		}
		outer := enclosing(fn)
		if outer == nil {
			return nil
		}
		for _, p := range outer.Params {
			if slices.Contains(namesIn(p), name) {
				return p
			}
		}
		fn = outer
	}
	return nil
}

// enclosing is the function in which another one is written; nil where it is in none.
func enclosing(fn *ir.Func) *ir.Func {
	var out *ir.Func
	inFile(fn.File, func(f *ir.Func) {
		if f != fn && f.Start <= fn.Start && fn.End <= f.End && (out == nil || f.Start >= out.Start) {
			out = f
		}
	}, func(*ir.Expr) {})
	return out
}

// inVain reports whether nobody takes what a function gives back: each call of it stands alone, or what it gave is only logged.
func (s *swallower) inVain(fn *ir.Func) (inVain, logged bool) {
	if outer := enclosing(fn); outer != nil && slices.ContainsFunc(outer.Body, func(x *ir.Stmt) bool { return x.Kind == ir.Return && x.X != nil && lastName(x.X) == fn.Name }) {
		return s.wrapsInVain(fn)
	}
	called, used := false, fn.Name == ""
	for _, caller := range s.node.Result.Reached {
		var alone, kept *ir.Expr
		ir.Walk(caller.Body, func(x *ir.Stmt) bool {
			alone, kept = nil, nil
			if x.Kind == ir.Eval {
				if alone = ir.Awaited(x.X); alone != nil && alone.Kind == ir.Assign && alone.X.Kind == ir.Name {
					alone, kept = ir.Awaited(alone.Y), alone.X
				}
			}
			return !used
		}, func(e *ir.Expr) bool {
			if used || e.Kind == ir.Lambda {
				return false
			}
			if e.Kind != ir.Call {
				return true
			}
			if slices.ContainsFunc(e.List, func(x *ir.Expr) bool { return lastName(x) == fn.Name }) { // records.map(save)
				used = true
			}
			if lastName(e.X) == fn.Name && slices.Contains(calledByName(s.node, e), fn) {
				called, logged = true, logged || kept != nil
				used = used || e != alone || kept != nil && !onlyInLogs(caller, kept)
			}
			return !used
		})
	}
	return called && !used, logged
}

// wrapsInVain is inVain for what a wrapper puts in the place of other functions, and is called by their names.
func (s *swallower) wrapsInVain(fn *ir.Func) (inVain, logged bool) {
	calls := s.node.Result.LeadsTo(fn)
	for _, c := range calls {
		alone := false
		ir.Walk(c.In.Body, func(x *ir.Stmt) bool {
			alone = alone || x.Kind == ir.Eval && ir.Awaited(x.X) == c.Call
			return !alone
		}, nil)
		if !alone {
			return false, false
		}
	}
	return len(calls) > 0, false
}

// onlyInLogs reports whether what a function keeps under a name is named nowhere but in logs.
func onlyInLogs(fn *ir.Func, name *ir.Expr) bool {
	some, elsewhere := false, false
	ir.Walk(fn.Body, nil, func(e *ir.Expr) bool {
		switch {
		case logs(e):
			some = some || contains(e, nil, map[string]bool{name.Str: true})
			return false
		case e != name && e.Kind == ir.Name && e.Str == name.Str:
			elsewhere = true
		}
		return !elsewhere
	})
	return some && !elsewhere
}

func (s *swallower) try(fn *ir.Func, x *ir.Stmt) {
	if probes(x.Body) && !s.worksOnMessage(x.Body) && !s.onFiles(fn, x.Body) {
		return
	}
	handlers := x.Else
	if !allHandlers(handlers) {
		handlers = []*ir.Stmt{{At: x.At, Y: x.Y, Body: x.Else}}
	}
	for _, h := range handlers {
		forgets := h.Y != nil && ignores(fn, h.Body)
		if !forgets && (h.Y == nil || !givesNothing(h.Body) && !s.givesFixed(fn, h.Body)) {
			continue
		}
		text := textBetween(fn.File, h.Y.At, h.Y.End)
		if explained(text) || fn.File.Language == ir.Python && !broad.MatchString(head(text)) && !s.broadByName(fn, h) {
			continue
		}
		if forgets && s.tell(fn, h.Y.At, x.Body) || !forgets && s.tellInVain(fn, h.Y.At, x.Body) {
			continue
		}
		if givesNothing(h.Body) {
			s.tellRead(fn, h.Y.At, x.Body)
		}
	}
}

// worksOnMessage reports whether statements read a message of a queue or a stream and do what it asks for: whatever fails there, the message
// counts as done.
func (s *swallower) worksOnMessage(body []*ir.Stmt) bool {
	return readsMessages(s.node) && len(body) > 1 && !probes(body[1:])
}

// notDone is what comes of the forgotten error of a write.
const notDone = "nobody learns that it was not done"

// tell notes that the errors of what is tried are swallowed, where that writes.
func (s *swallower) tell(fn *ir.Func, at int32, tried []*ir.Stmt) bool {
	key := someOf(s.node, fn.File, tried, s.writes)
	if key != "" {
		s.found = append(s.found, spot{file: fn.File, at: at, fields: map[string]string{"call": key, "others": notDone}})
	}
	return key != ""
}

// tellInVain notes that a function gives nothing where a write failed, and that nobody looks at that.
func (s *swallower) tellInVain(fn *ir.Func, at int32, tried []*ir.Stmt) bool {
	key := someOf(s.node, fn.File, tried, s.writes)
	if key == "" {
		return false
	}
	inVain, logged := s.inVain(fn)
	if !inVain {
		return false
	}
	others := notDone
	if logged {
		others = "only a log says that it was not done, and not why"
	}
	s.found = append(s.found, spot{file: fn.File, at: at, fields: map[string]string{"call": key, "others": others}})
	return true
}

// tellRead notes that what failed in a store looks like a record that is not there. What an application asks first, such as a token or a
// text to be parsed, is what the handler is for; so is what its own functions throw.
func (s *swallower) tellRead(fn *ir.Func, at int32, tried []*ir.Stmt) {
	asks := false
	ir.Walk(tried, nil, func(e *ir.Expr) bool {
		asks = asks || e.Kind == ir.Call && (checking.MatchString(dotted(e.X)) || slices.ContainsFunc(calledByName(s.node, e), func(fn *ir.Func) bool { return throws(fn.Body) }))
		return !asks
	})
	if asks {
		return
	}
	if key := someOf(s.node, fn.File, tried, s.reads); key != "" {
		s.found = append(s.found, spot{file: fn.File, at: at, fields: map[string]string{"call": key, "others": notFound}})
	} else if key := someOf(s.node, fn.File, tried, s.asked); key != "" {
		s.found = append(s.found, spot{file: fn.File, at: at, fields: map[string]string{"call": key, "others": noAnswer}})
	}
}

// checking are calls that find out something about what came in.
var checking = regexp.MustCompile(`(?i)verify|decode|decrypt|parse|validate|compare|ObjectId`)

// someOf is what a statement list does of some calls, by itself or in functions that were reached; empty where it does nothing of them.
func someOf(n *paths.Node, file *ir.File, body []*ir.Stmt, calls map[place]string) string {
	key := ""
	someCall(n, file, body, func(file *ir.File, e *ir.Expr) bool {
		name, ok := calls[place{file, e.At}]
		if ok {
			key = name
		}
		return ok
	}, 1)
	return key
}

// givesNothing reports whether what handles an error only makes the result that of a search that found nothing: null, false, [], {}.
func givesNothing(body []*ir.Stmt) bool {
	some := false
	for _, s := range body {
		switch {
		case s.Kind == ir.Leave:
			some = true
		case s.Kind == ir.Return && s.X != nil && (isEmptyValue(s.X) || isEmptyAnswer(s.X)):
			some = true
		case s.Kind == ir.Eval && s.X != nil && s.X.Kind == ir.Assign && isEmptyValue(s.X.Y):
			some = true
		default:
			return false
		}
	}
	return some
}

// isEmptyValue reports whether an expression is nothing, false, or an empty list, object or text.
func isEmptyValue(e *ir.Expr) bool {
	if e == nil {
		return false
	}
	switch e.Kind {
	case ir.Array, ir.Object:
		return len(e.List) == 0
	case ir.Const:
		return isNothing(e) || e.Str == "" || e.Str == "false" || e.Str == "False"
	}
	return isNothing(e)
}

// ignores reports whether what handles an error does nothing: no call, nothing set, and nothing returned that the way without error could
// not return as well.
func ignores(fn *ir.Func, body []*ir.Stmt) bool {
	for _, s := range body {
		switch s.Kind {
		case ir.Leave:
		case ir.Return:
			if s.X != nil && !saysDone(s.X) && (!isNothing(s.X) || answers(fn)) {
				return false
			}
		case ir.Eval:
			if s.X != nil && s.X.Kind != ir.Const && s.X.Kind != ir.Name && (s.X.Kind != ir.Unknown || len(s.X.List) > 0) {
				return false
			}
		default:
			return false
		}
	}
	return true
}

// answers reports whether a function gives something back, so that nothing means that it failed.
func answers(fn *ir.Func) bool {
	found := false
	ir.Walk(fn.Body, func(s *ir.Stmt) bool {
		found = found || s.Kind == ir.Return && s.X != nil && !isNothing(s.X)
		return !found
	}, func(e *ir.Expr) bool { return e.Kind != ir.Lambda })
	return found
}

// probes reports whether what is tried also finds out something that the handler is for: a text that is perhaps no JSON, a file that is
// perhaps not there, a check of the application's own that throws.
func probes(body []*ir.Stmt) bool {
	found := false
	ir.Walk(body, func(s *ir.Stmt) bool {
		found = found || s.Kind == ir.Throw || s.Kind == ir.Import
		return !found
	}, func(e *ir.Expr) bool {
		if e.Kind == ir.Object { // what is a part of a request is no question
			return false
		}
		found = found || e.Kind == ir.Call && probing.MatchString(dotted(e.X))
		return !found
	})
	return found
}

var probing = regexp.MustCompile(`(^|\.)(JSON\.parse|json\.loads|require|readFile(Sync)?|open|accessSync|statSync|parseInt|int|float|head_?[oO]bject|head_?[bB]ucket|describe\w*)$`)

// broad is an except clause that catches what any service throws, or a with statement that suppresses it.
var broad = regexp.MustCompile(`^with\b.*\bsuppress\([^)]*\b(Exception|BaseException|ClientError|BotoCoreError|Boto3Error)\b|^except(\s*\*)?\s*($|\(?\s*[\w.]*\b(Exception|BaseException|ClientError|BotoCoreError|Boto3Error|RequestException)\b[^,]*$|\(.*\b(Exception|ClientError)\b.*\))`)

// head is the first line of an except clause, without its colon.
func head(text string) string {
	text, _, _ = strings.Cut(text, "\n")
	text, _, _ = strings.Cut(text, ":")
	return strings.TrimSpace(text)
}

// reasons are words of comments that say why an error does not matter.
var reasons = regexp.MustCompile(`(?i)(//|/\*|#)[^\n]*(best.?effort|non.?critical|non.?fatal|not (fatal|critical)|optional|on purpose|intentional|ignor|swallow|doesn.t matter|does not matter|don.t (care|fail|block|break)|fail.?(silent|open)|silent|ok to|fine|may (fail|not exist)|might not|not exist|no.?op|continue|skip|noqa|nosec|fall ?back|fall ?through)`)

func explained(text string) bool { return reasons.MatchString(text) }

// emptyHandlers are handlers of any error that do nothing at all, where nothing tells why, and no write or look-up is forgotten.
func emptyHandlers(w *work, n *paths.Node) []spot {
	if n.Result.Cut {
		return nil
	}
	told := w.ask(n).swallowed
	var out []spot
	for _, fn := range n.Result.Reached {
		for _, s := range append(emptyIn(fn, fn.Body, false), emptyBranches(fn)...) {
			if !slices.ContainsFunc(told, func(t spot) bool { return t.file == s.file && t.at == s.at }) {
				out = append(out, s)
			}
		}
	}
	return out
}

func emptyIn(fn *ir.Func, body []*ir.Stmt, cleaning bool) []spot {
	var out []spot
	for _, s := range body {
		if s.Kind == ir.Loop && waits(s.Body) { // what fails is asked again
			continue
		}
		if s.Kind != ir.Try {
			out = append(out, append(emptyIn(fn, s.Body, cleaning), emptyIn(fn, s.Else, cleaning)...)...)
			continue
		}
		if !cleaning {
			out = append(out, emptyOf(fn, s)...)
		}
		out = append(out, append(emptyIn(fn, s.Body, cleaning), append(emptyIn(fn, s.Else, true), emptyIn(fn, s.Final, true)...)...)...)
	}
	return out
}

// pauses are calls that wait for some time.
var pauses = regexp.MustCompile(`(?i)(^|\.)(sleep|setTimeout|delay|wait\w*)$`)

// waits reports whether a round of a loop waits for the next one.
func waits(body []*ir.Stmt) bool {
	found := false
	ir.Walk(body, nil, func(e *ir.Expr) bool {
		found = found || e.Kind == ir.Call && pauses.MatchString(dotted(e.X))
		return !found
	})
	return found
}

// emptyOf are the handlers of a try statement that forget any error. Who only tries in JavaScript whether a text can be parsed says so by that.
func emptyOf(fn *ir.Func, s *ir.Stmt) []spot {
	work := firstWork(s.Body)
	if work == "" || fn.File.Language == ir.Node && probes(s.Body) {
		return nil
	}
	handlers := s.Else
	if !allHandlers(handlers) {
		handlers = []*ir.Stmt{{At: s.At, Y: s.Y, Body: s.Else}}
	}
	var out []spot
	for _, h := range handlers {
		if h.Y == nil || !isEmptyBody(h.Body) {
			continue
		}
		text := textBetween(fn.File, h.Y.At, lineEnd(fn.File, h.Y.End))
		if anyComment.MatchString(text) || fn.File.Language == ir.Python && (!catchesAny.MatchString(head(text)) || slices.ContainsFunc(s.Body, imports)) {
			continue
		}
		out = append(out, spot{file: fn.File, at: h.Y.At, fields: map[string]string{"call": work}})
	}
	return out
}

// anyComment is one by which somebody says why a handler is empty.
var anyComment = regexp.MustCompile(`//|/\*|#`)

// catchesAny is an except clause that catches everything.
var catchesAny = regexp.MustCompile(`^except(\s*\*)?\s*($|\(?\s*(Exception|BaseException)\b)`)

func imports(s *ir.Stmt) bool { return s.Kind == ir.Import }

// isEmptyBody reports whether a handler does nothing: pass, or nothing at all.
func isEmptyBody(body []*ir.Stmt) bool {
	return !slices.ContainsFunc(body, func(s *ir.Stmt) bool {
		return s.Kind != ir.Eval || s.X != nil && (s.X.Kind != ir.Unknown || len(s.X.List) > 0)
	})
}

// tidies are calls of what is left to do, of which it does not matter much whether they succeed.
var tidies = regexp.MustCompile(`(?i)(^|\.|_)(close|end|quit|disconnect|destroy|release|remove|unlink(sync)?|rm(sync|tree)?|rmdir(sync)?|delete|cleanup|clear|abort|cancel|kill|stop|terminate|rollback|flush|unsubscribe|shutdown|clear(timeout|interval)|\w*(metrics?|analytics|telemetry|trace|span|typing)|track|log|warn|info|error|debug|print)\w*$`)

// firstWork is what statements call first that is more than tidying up; empty where there is none.
func firstWork(body []*ir.Stmt) string {
	found := ""
	ir.Walk(body, nil, func(e *ir.Expr) bool {
		if e.Kind != ir.Call || found != "" {
			return found == "" && e.Kind != ir.Lambda
		}
		name := lastName(e.X)
		if tidies.MatchString(name) || logs(e) { // and what it is given
			return false
		}
		found = name
		return found == ""
	})
	return found
}

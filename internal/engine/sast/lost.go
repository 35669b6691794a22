package sast

import (
	"regexp"
	"slices"
	"strings"

	"wardlet.example/data/iam"
	"wardlet.example/internal/dataflow"
	"wardlet.example/internal/ir"
	"wardlet.example/internal/model"
	"wardlet.example/internal/paths"
	"wardlet.example/internal/sdk"
)

// Messages of queues and streams whose work failed, and that count as done: the code writes the failure down and ends as if nothing was. The
// queue deletes the message then, and a stream goes on behind it.

// attempt is what is tried for a message, and what is done where it fails.
type attempt struct {
	fn      *ir.Func
	whole   []*ir.Stmt // all of it, with what handles its failure
	tried   []*ir.Stmt
	handler []*ir.Stmt
	at      int32  // where its failure is handled
	err     string // what the error is called there; empty where it has no name
	text    string // of what handles it, with its comments
}

// losing finds attempts whose failure nobody hears of.
type losing struct {
	n      *paths.Node
	by     starter
	works  map[place]string // what somebody misses that was not done
	beside map[place]string // what else is done
	tries  []attempt        // of all that was reached, of functions that events start
}

// lost are the failures of messages that are only written down.
func lost(n *paths.Node) []spot {
	by := whoStarts(n)
	if n.Result.Cut || !readsMessages(n) && by != byQueue && by != byStream || slices.ContainsFunc(n.Result.Packages, inBatch.MatchString) || namesFailures(n) {
		return nil
	}
	if by == byEvent { // some of what starts it are messages
		by = somebody
	}
	works := worksOf(n)
	l := &losing{n: n, by: by, works: works, beside: works}
	return l.tell("for a message and ends as if it was done: " + fate(n))
}

// lostEvents are the failures of functions that events start which are only written down.
func lostEvents(n *paths.Node) []spot {
	if n.Result.Cut || whoStarts(n) != byEvent || hasDestination(n) || readsMessages(n) {
		return nil
	}
	l := &losing{n: n, by: byEvent, works: worksOf(n), beside: worksOf(n)}
	for at, u := range operations(n, func(u dataflow.Use) bool { return (changes(u.Op) || tags(u.Op)) && !figures.MatchString(u.Key) }) {
		l.beside[at] = operationName(u)
		if !tidied.MatchString(u.Key) {
			l.works[at] = operationName(u)
		}
	}
	for at, u := range operations(n, func(u dataflow.Use) bool { return looksInto.MatchString(u.Key) }) {
		l.works[at] = operationName(u)
	}
	for _, fn := range n.Result.Reached {
		l.tries = append(l.tries, append(attempts(fn), givenErrors(fn)...)...)
	}
	return l.tell("and ends as if it was done: the event counts as done, nothing tries it again, and no dead-letter queue or destination for failures gets it")
}

// tags reports whether an operation changes tags, which for AWS is no write.
func tags(o sdk.Operation) bool {
	return slices.ContainsFunc(o.Actions, func(a sdk.Action) bool {
		action := iam.Find(a.Name)
		return action != nil && !a.Perhaps && action.Level == iam.Tagging
	})
}

// looksInto are operations that read what an event is about: whatever is done with that, is not done where they fail.
var looksInto = regexp.MustCompile(`^(s3:GetObject|rekognition:(Detect|Recognize|Compare)\w*|textract:(Detect|Analyze)\w*|comprehend:(Batch)?Detect\w*)$`)

// figures are operations that tell how it goes, and tidied those of what is perhaps gone already.
var (
	figures = regexp.MustCompile(`:(PutMetric|PutLogEvents|CreateLog|PutTrace|PutTelemetry|PutDashboard)`)
	tidied  = regexp.MustCompile(`:(Delete|Remove|Untag|Terminate|Disconnect|Deregister|Close|Cancel|Abort|Unsubscribe|PostToConnection|ChangeMessageVisibility|Head|AddPermission)`)
)

// tell are the places of attempts whose failure nobody hears of. Of one inside of another the inner one is told.
func (l *losing) tell(ending string) []spot {
	type loss struct {
		a    attempt
		what string
		way  []level
	}
	var losses []loss
	for _, fn := range l.n.Result.Reached {
		for _, a := range append(attempts(fn), givenErrors(fn)...) {
			if what, way := l.loses(a); what != "" {
				losses = append(losses, loss{a, what, way})
			}
		}
	}
	var out []spot
	for _, one := range losses {
		if slices.ContainsFunc(losses, func(other loss) bool {
			return other.a.whole[0] != one.a.whole[0] && slices.ContainsFunc(other.way, func(v level) bool {
				return v.fn == one.a.fn && slices.ContainsFunc(one.a.tried, func(s *ir.Stmt) bool { return holds(s, v.at) }) && (v.fn != other.a.fn || other.a.at > one.a.whole[0].At)
			}) && !slices.ContainsFunc(one.way, func(v level) bool {
				return v.fn == other.a.fn && slices.ContainsFunc(other.a.tried, func(s *ir.Stmt) bool { return holds(s, v.at) })
			})
		}) {
			continue
		}
		at := one.a.at
		if one.a.whole[0].Kind == ir.Eval && one.a.whole[0].X.Kind == ir.Call && lastName(one.a.whole[0].X.X) == "catch" {
			at = one.a.whole[0].X.List[0].At
		}
		out = append(out, spot{file: one.a.fn.File, at: at, fields: map[string]string{"others": "only writes down that " + one.what + " failed " + ending}})
	}
	return out
}

// inBatch are packages that tell the platform by themselves which messages failed.
var inBatch = regexp.MustCompile(`(?i)utilities[./]batch|powertools.*batch|sqs-partial-batch-failure|partial-batch|batch_processor`)

// readsMessages reports whether a function is given messages of a queue or a stream, in batches or one by one.
func readsMessages(n *paths.Node) bool {
	return writtenForQueue(n) || writtenForStream(n) || slices.ContainsFunc(n.Function.Triggers, func(t *model.Trigger) bool {
		return !t.Off && (t.Kind == model.TriggerQueue || t.Kind == model.TriggerStream) && t.Via != nil && t.Via.Type == "AWS::Lambda::EventSourceMapping"
	})
}

// writtenForStream reports whether a function of which no template says who calls it reads what changed in a table, record by record.
func writtenForStream(n *paths.Node) bool {
	if n.App.Kind != model.Convention || len(n.Function.Triggers) > 0 {
		return false
	}
	image, records := false, false
	for _, fn := range n.Result.Reached {
		image = image || someWord(fn.Body, ofTableStream)
		records = records || someWord(fn.Body, ofRecords)
	}
	return image && records
}

// ofTableStream are parts of records that only the stream of a table has.
var ofTableStream = regexp.MustCompile(`^(NewImage|OldImage)$`)

// fate is what becomes of a message that counts as done.
func fate(n *paths.Node) string {
	if writtenForStream(n) || whoStarts(n) == byStream || slices.ContainsFunc(n.Function.Triggers, func(t *model.Trigger) bool { return t.Kind == model.TriggerStream }) {
		return "the stream goes on behind it, and nothing tries it again"
	}
	return "the queue deletes it, and no dead-letter queue keeps it"
}

// namesFailures reports whether the code tells the platform which messages failed; who always answers that none did tells nothing.
func namesFailures(n *paths.Node) bool {
	found := false
	for _, fn := range n.Result.Reached {
		ir.Walk(fn.Body, nil, func(e *ir.Expr) bool {
			switch {
			case (e.Kind == ir.Name || e.Kind == ir.Member || e.Kind == ir.Const) && saysWhatFailed.MatchString(e.Str):
				found = true
			case e.Kind == ir.Object:
				for i, key := range e.Keys {
					found = found || saysWhatFailed.MatchString(key) && i < len(e.List) && !(e.List[i].Kind == ir.Array && len(e.List[i].List) == 0)
				}
			}
			return !found
		})
	}
	return found
}

// worksOf are the calls of a function that change something elsewhere.
func worksOf(n *paths.Node) map[place]string {
	works := map[place]string{}
	for at, u := range operations(n, missed) {
		works[at] = operationName(u)
	}
	for _, c := range n.Result.Calls {
		if c.DoesAny(dataflow.Writes, dataflow.Sends, dataflow.Calls, dataflow.Pays) {
			works[place{c.File, c.At}] = strings.TrimSuffix(c.Ref[strings.LastIndexByte(c.Ref, '.')+1:], "()")
		}
	}
	return works
}

// attempts are what a function tries: by a try statement, by a promise with a handler, in Go by a call whose error is asked for.
func attempts(fn *ir.Func) []attempt {
	var out []attempt
	ir.Statements(fn.Body, func(list []*ir.Stmt, i int) {
		switch s := list[i]; {
		case s.Kind == ir.Try:
			name := ""
			if s.X != nil && s.X.Kind == ir.Name {
				name = s.X.Str
			}
			for _, h := range broadHandlers(fn.File, s) {
				out = append(out, attempt{fn: fn, whole: list[i : i+1], tried: s.Body, handler: h.Body, at: h.Y.At, err: name, text: textBetween(fn.File, h.Y.At, h.Y.End)})
			}
		case s.Kind == ir.If && saysFailed(s.X):
			if j := setterBefore(list, i); j >= 0 {
				names := namesIn(list[j].X.X)
				out = append(out, attempt{fn: fn, whole: list[j : i+1], tried: list[j : j+1], handler: s.Body, at: s.At, err: names[len(names)-1]})
			}
		}
	})
	ir.Walk(fn.Body, nil, func(e *ir.Expr) bool {
		if e.Kind == ir.Call && e.X.Kind == ir.Member && e.X.Str == "catch" && len(e.List) == 1 && e.List[0].Kind == ir.Lambda {
			name := ""
			if names := namesIn(firstParam(e.List[0].Fn)); len(names) > 0 {
				name = names[0]
			}
			out = append(out, attempt{fn: fn, whole: evaluated(e), tried: evaluated(e.X.X), handler: e.List[0].Fn.Body, at: e.At, err: name, text: textBetween(fn.File, e.List[0].At, e.List[0].End)})
		}
		return e.Kind != ir.Lambda
	})
	return out
}

// firstParam is the first parameter of a function; nil where it has none.
func firstParam(fn *ir.Func) *ir.Expr {
	if len(fn.Params) == 0 {
		return nil
	}
	return fn.Params[0]
}

func evaluated(e *ir.Expr) []*ir.Stmt { return []*ir.Stmt{{Kind: ir.Eval, X: e}} }

// setterBefore is the index of the statement of Go that sets the error which another one of a list asks for: the one before it, or one with nothing
// but lines that are logged in between; negative where there is none.
func setterBefore(list []*ir.Stmt, i int) int {
	asked := map[string]bool{}
	for _, name := range namesIn(list[i].X) {
		asked[name] = true
	}
	for j := i - 1; j >= 0; j-- {
		if setsError(list[j], list[i].X) {
			return j
		}
		if s := list[j]; s.Kind != ir.Eval || s.X == nil || !logs(s.X) || contains(s.X, nil, asked) {
			return -1
		}
	}
	return -1
}

// setsError reports whether a statement of Go sets the error that a condition asks for, by a call.
func setsError(s *ir.Stmt, condition *ir.Expr) bool {
	if s.Kind != ir.Eval || s.X == nil || s.X.Kind != ir.Assign || s.X.Y == nil || s.X.Y.Kind != ir.Call {
		return false
	}
	names := namesIn(s.X.X)
	return len(names) > 0 && contains(condition, nil, map[string]bool{names[len(names)-1]: true})
}

// givenErrors are calls of JavaScript whose error is given to a function: s3.putObject(request, (err) => { ... }), saved.then(done, failed),
// saved.catch(console.error).
func givenErrors(fn *ir.Func) []attempt {
	if fn.File.Language != ir.Node {
		return nil
	}
	var out []attempt
	ir.Walk(fn.Body, nil, func(e *ir.Expr) bool {
		if e.Kind != ir.Call || len(e.List) == 0 {
			return e.Kind != ir.Lambda
		}
		last := e.List[len(e.List)-1]
		a := attempt{fn: fn, whole: evaluated(e), at: last.At, text: textBetween(fn.File, last.At, last.End)}
		switch name := lastName(e.X); {
		case name == "catch" && e.X.Kind == ir.Member && loggers.MatchString(dotted(last)):
			a.tried, a.handler = evaluated(e.X.X), evaluated(&ir.Expr{Kind: ir.Call, X: last, At: last.At, End: last.End})
		case last.Kind != ir.Lambda || len(last.Fn.Params) == 0 || last.Fn.Params[0].Kind != ir.Name:
			return true
		case name == "then" && e.X.Kind == ir.Member && len(e.List) == 2:
			a.tried, a.handler, a.err = evaluated(e.X.X), last.Fn.Body, last.Fn.Params[0].Str
		case name != "catch" && errorName.MatchString(last.Fn.Params[0].Str):
			call := *e
			call.List = e.List[:len(e.List)-1]
			a.tried, a.err = evaluated(&call), last.Fn.Params[0].Str
			a.handler, a.at = whereFailed(last.Fn)
		}
		if len(a.handler) > 0 {
			out = append(out, a)
		}
		return true
	})
	return out
}

// whereFailed is what a function does that is told of an error, and where: under if (err), or always where it asks nothing.
func whereFailed(fn *ir.Func) ([]*ir.Stmt, int32) {
	for _, s := range fn.Body {
		if s.Kind == ir.If && saysFailed(s.X) {
			return s.Body, s.At
		}
		if s.Kind == ir.If || s.Kind == ir.Return && s.X == nil {
			return nil, 0
		}
	}
	return fn.Body, fn.Start
}

// loses is the work of an attempt that is all that is done for a message, and whose failure is only written down, with what leads to it; empty
// where it is not.
func (l *losing) loses(a attempt) (string, []level) {
	if firstLog(a.handler) == nil || throws(a.handler) || returnsStatus(a.handler) || explained(a.text) || endsInFailure(a.handler) {
		return "", nil
	}
	what := someOf(l.n, a.fn.File, a.tried, l.works)
	if what == "" {
		return "", nil
	}
	way, looped, whole := l.wayOf(a)
	if !looped && !whole || l.keptElsewhere(a, a.handler) {
		return "", nil
	}
	if (whole || l.by == byEvent) && (l.saidBehind(a, way) || isExpected(a) || neededBehind(a)) {
		return "", nil
	}
	if a.fn.File.Language == ir.Go && (returnsErrors(a.handler) || returnedBehind(a)) || !onlyWritesDown(a.handler) && l.heardOf(a, way) {
		return "", nil
	}
	return what, way
}

// endsInFailure reports whether what handles a failure ends the program, or tells the platform of it: callback(err), context.fail(err), log.Fatal(err).
func endsInFailure(handler []*ir.Stmt) bool {
	found := false
	ir.Walk(handler, nil, func(e *ir.Expr) bool {
		if e.Kind == ir.Call {
			name := dotted(e.X)
			found = found || endsProgram.MatchString(name) && e.X.Kind == ir.Member || callbacks.MatchString(name) && len(e.List) > 0 && !isNothing(e.List[0])
		}
		return !found
	})
	return found
}

// Words of handlers by which somebody says that a failure was expected, or hears of it by another way.
var (
	expectedFailure = regexp.MustCompile(`(?i)\b(duplicate|already)|ConditionalCheckFailed`)
	alarmed         = regexp.MustCompile(`(?i)metric|alarm|pager|opsgenie|incident`)
)

// isExpected reports whether what handles a failure takes it for one that does no harm, says in a comment why it does none, or counts it where an alarm
// may ask for it.
func isExpected(a attempt) bool {
	if a.fn.File.Language == ir.Go && len(a.handler) > 0 && explained(textBetween(a.fn.File, a.at, lineEnd(a.fn.File, a.handler[len(a.handler)-1].At))) {
		return true
	}
	found := someWord(a.handler, expectedFailure)
	ir.Walk(a.handler, nil, func(e *ir.Expr) bool {
		found = found || e.Kind == ir.Call && alarmed.MatchString(dotted(e.X))
		return !found
	})
	return found
}

// returnedBehind reports whether Go returns the error of an attempt behind it, or has a name for it in its head.
func returnedBehind(a attempt) bool {
	if namesResult(a.fn, a.err) {
		return true
	}
	found := false
	ir.Walk(a.fn.Body, func(s *ir.Stmt) bool {
		found = found || s.Kind == ir.Return && s.At > a.at && s.X != nil && contains(s.X, nil, map[string]bool{a.err: true})
		return !found
	}, func(e *ir.Expr) bool { return e.Kind != ir.Lambda })
	return found
}

// saidBehind reports whether something is thrown behind an attempt, outside of it: what it has set or given back is perhaps asked for.
func (l *losing) saidBehind(a attempt, way []level) bool {
	return slices.ContainsFunc(way, func(v level) bool {
		return happensBehind(a, v, func(e *ir.Expr) bool {
			return callbacks.MatchString(dotted(e.X)) && len(e.List) > 0 && !isNothing(e.List[0])
		})
	})
}

// happensBehind reports whether a function that leads to an attempt throws behind that, outside of it, or makes a call that is one of some.
func happensBehind(a attempt, v level, is func(call *ir.Expr) bool) bool {
	found := false
	ir.Walk(v.fn.Body, func(s *ir.Stmt) bool {
		if s == a.whole[0] {
			return false
		}
		found = found || s.Kind == ir.Throw && s.At > v.at
		return !found
	}, func(e *ir.Expr) bool {
		found = found || e.Kind == ir.Call && e.At > v.at && is(e)
		return !found
	})
	return found
}

// neededBehind reports whether what an attempt sets is asked for behind it, other than to log or return it: its absence makes a difference there.
func neededBehind(a attempt) bool {
	names := map[string]bool{}
	ir.Walk(a.tried, nil, func(e *ir.Expr) bool {
		if e.Kind == ir.Assign && a.fn.File.Language != ir.Go {
			for _, name := range namesIn(e.X) {
				names[name] = true
			}
		}
		return e.Kind != ir.Lambda
	})
	end := a.at
	ir.Walk(append(slices.Clone(a.tried), a.handler...), nil, func(e *ir.Expr) bool {
		end = max(end, e.End)
		return true
	})
	found := false
	ir.Walk(a.fn.Body, func(s *ir.Stmt) bool {
		return !found && s != a.whole[0] && (s.Kind != ir.Return || s.X == nil || s.X.Kind != ir.Name)
	}, func(e *ir.Expr) bool {
		found = found || e.Kind == ir.Name && names[e.Str] && e.At > end
		return !found && !logs(e)
	})
	return found
}

// wayOf are the functions that lead to an attempt, up to the one that goes through the messages; it reports whether there is one, and the attempt
// is all that is done for each message, or whether it is all that the handler does.
func (l *losing) wayOf(a attempt) (way []level, looped, whole bool) {
	at, own := a.fn.Start, map[*ir.Expr]bool{}
	ir.Walk(a.whole, nil, func(e *ir.Expr) bool {
		own[e] = true
		return true
	})
	ir.Walk(a.tried, nil, func(e *ir.Expr) bool {
		if e.Kind == ir.Call && at == a.fn.Start {
			at = e.At
		}
		return true
	})
	way = levels(l.n, place{a.fn.File, at})
	whole = l.by != somebody
	for i := 0; i < len(way) && i <= deepestCalls; i++ {
		v := way[i]
		if body, found := l.roundOf(way, i); found {
			return append(way, l.mapsOver(v.fn)...), !l.worksBeside(v, body, own), false
		}
		if l.worksBeside(v, v.fn.Body, own) {
			return way, false, false
		}
		if outer := l.mapsOver(v.fn); i == len(way)-1 && len(outer) > 0 { // records.map(save)
			return append(way, outer...), true, false
		}
		whole = whole && !inLoop(v.fn, v.at) && !inMap(v)
	}
	return way, false, whole && len(way) > 0 && isEntry(l.n, way[len(way)-1].fn)
}

// inMap reports whether a place stands in a function that is called for each element of something.
func inMap(v level) bool {
	found := false
	ir.Walk(v.fn.Body, nil, func(e *ir.Expr) bool {
		found = found || e.Kind == ir.Call && e.X.Kind == ir.Member && goThrough.MatchString(e.X.Str) && len(e.List) > 0 && holds(&ir.Stmt{Kind: ir.Eval, X: e.List[0]}, v.at)
		return !found
	})
	return found
}

// roundOf is what is done for each message in a function that leads to an attempt, where the attempt stands in that.
func (l *losing) roundOf(way []level, i int) (body []*ir.Stmt, found bool) {
	v := way[i]
	if body, found = roundOf(v); found || l.by == somebody {
		return body, found
	}
	ir.Walk(v.fn.Body, func(s *ir.Stmt) bool {
		if s.Kind == ir.Loop && s.X != nil && s.Y != nil && holds(s, v.at) && l.ofEvent(way, i, s.Y) {
			body, found = s.Body, true
		}
		return !found
	}, func(e *ir.Expr) bool { return e.Kind != ir.Lambda })
	return body, found
}

// ofEvent reports whether an expression in a function that leads to an attempt is made of the event: by the handler itself, or in what calls the
// function with it.
func (l *losing) ofEvent(way []level, i int, e *ir.Expr) bool {
	fn := way[i].fn
	e = setBefore(fn, e, e.At)
	if isEntry(l.n, fn) {
		p := firstParam(fn)
		return p != nil && p.Kind == ir.Name && contains(e, nil, map[string]bool{p.Str: true})
	}
	if e.Kind != ir.Name || i+1 >= len(way) {
		return false
	}
	given := false
	for at, p := range fn.Params {
		if p.Kind == ir.Name && p.Str == e.Str {
			ir.Walk(way[i+1].fn.Body, nil, func(x *ir.Expr) bool {
				given = given || x.Kind == ir.Call && x.At == way[i+1].at && at < len(x.List) && l.ofEvent(way, i+1, x.List[at])
				return !given
			})
		}
	}
	return given
}

// roundOf is what is done in a function for each message, where a place stands in that.
func roundOf(v level) (body []*ir.Stmt, found bool) {
	ir.Walk(v.fn.Body, func(s *ir.Stmt) bool {
		if s.Kind == ir.Loop && s.Y != nil && (isRecords(v.fn, s.Y) || countsRecords(v.fn, s.Y)) && holds(s, v.at) {
			body, found = s.Body, true
		}
		return !found
	}, func(e *ir.Expr) bool {
		if e.Kind == ir.Call && e.X.Kind == ir.Member && goThrough.MatchString(e.X.Str) && isRecords(v.fn, e.X.X) && holds(&ir.Stmt{Kind: ir.Eval, X: e}, v.at) {
			body, found = evaluated(e), true
		}
		return !found && e.Kind != ir.Lambda
	})
	return body, found
}

// countsRecords reports whether a condition is that there are more messages: i < event.Records.length.
func countsRecords(fn *ir.Func, e *ir.Expr) bool {
	return e.Kind == ir.Binary && e.Str == "<" && e.Y != nil && e.Y.Kind == ir.Member && e.Y.Str == "length" && isRecords(fn, e.Y.X)
}

// isRecords reports whether an expression is the messages of an event: event["Records"], event.get("Records", []), a name that was set to that.
func isRecords(fn *ir.Func, e *ir.Expr) bool {
	e = setBefore(fn, e, e.At)
	if e.Kind == ir.Binary && e.X != nil { // event.Records || []
		e = e.X
	}
	return ofRecords.MatchString(dotted(e)) || e.Kind == ir.Call && lastName(e.X) == "get" && len(e.List) > 0 && e.List[0].Str == "Records"
}

// mapsOver are the functions that give a function to what calls it for each message: event.Records.map(save).
func (l *losing) mapsOver(fn *ir.Func) []level {
	var out []level
	for _, outer := range l.n.Result.Reached {
		ir.Walk(outer.Body, nil, func(e *ir.Expr) bool {
			if e.Kind == ir.Call && fn.Name != "" && e.X.Kind == ir.Member && goThrough.MatchString(e.X.Str) && len(e.List) == 1 && lastName(e.List[0]) == fn.Name && isRecords(outer, e.X.X) {
				out = append(out, level{outer, e.At})
			}
			return e.Kind != ir.Lambda
		})
	}
	return out
}

// worksBeside reports whether statements do some work beside an attempt, or what leads to it: what fails there is then only a part.
func (l *losing) worksBeside(v level, body []*ir.Stmt, own map[*ir.Expr]bool) bool {
	found := false
	ir.Walk(body, nil, func(e *ir.Expr) bool {
		if e.Kind == ir.Call && !own[e] && !containsAny(e, own) && !holds(&ir.Stmt{Kind: ir.Eval, X: e}, v.at) {
			found = found || someOf(l.n, v.fn.File, evaluated(e), l.beside) != "" && !l.forgottenToo(v, e)
		}
		return !found
	})
	return found
}

// forgottenToo reports whether the failure of a call is forgotten as well, behind what leads to an attempt: the first of what is done counts. Before it only
// what is tried without a word, such as to make what is perhaps there.
func (l *losing) forgottenToo(v level, e *ir.Expr) bool {
	return slices.ContainsFunc(l.tries, func(a attempt) bool {
		return a.fn == v.fn && (e.At > v.at && onlyWritesDown(a.handler) || isEmptyBody(a.handler)) && !throws(a.handler) && !returnsErrors(a.handler) && !endsInFailure(a.handler) &&
			slices.ContainsFunc(a.tried, func(s *ir.Stmt) bool { return holds(s, e.At) })
	})
}

// containsAny reports whether an expression holds one of some.
func containsAny(e *ir.Expr, some map[*ir.Expr]bool) bool {
	found := false
	ir.WalkExpr(e, nil, func(x *ir.Expr) bool {
		found = found || some[x]
		return !found
	})
	return found
}

// keptElsewhere reports whether what handles a failure does more than to write it down: it keeps or sends something, or calls what is not known.
func (l *losing) keptElsewhere(a attempt, handler []*ir.Stmt) bool {
	file, failure := a.fn.File, madeOfError(a)
	kept := operations(l.n, func(u dataflow.Use) bool { return changes(u.Op) })
	found := false
	ir.Walk(handler, nil, func(e *ir.Expr) bool {
		if found || logs(e) || e.Kind != ir.Call {
			return !found && !logs(e)
		}
		fns := calledByName(l.n, e)
		_, isKept := kept[place{file, e.At}]
		switch {
		case isKept || l.works[place{file, e.At}] != "":
			found = true
		case len(fns) > 0:
			found = slices.ContainsFunc(fns, func(fn *ir.Func) bool {
				return throws(fn.Body) || someCall(l.n, fn.File, fn.Body, func(file *ir.File, x *ir.Expr) bool {
					_, is := kept[place{file, x.At}]
					return is || l.works[place{file, x.At}] != ""
				}, 0)
			})
		default:
			found = !(e.X.Kind == ir.Member && contains(e.X.X, nil, failure)) && !plainUse.MatchString(dotted(e.X)) && !collects.MatchString(dotted(e.X)) && !tells.MatchString(dotted(e.X))
		}
		return !found
	})
	return found
}

// madeOfError are the names that a handler has for an error and for what it makes of it: aerr, ok := err.(awserr.Error)
func madeOfError(a attempt) map[string]bool {
	names := map[string]bool{a.err: a.err != ""}
	ir.Walk(a.handler, nil, func(e *ir.Expr) bool {
		if e.Kind == ir.Assign && e.Y != nil && e.Y.Kind != ir.Call && contains(e.Y, nil, names) {
			for _, name := range namesIn(e.X) {
				names[name] = true
			}
		}
		return true
	})
	return names
}

// collects are methods by which something is put into a list.
var collects = regexp.MustCompile(`(^|\.)(append|push|add|extend|As|Is)$`)

// returnsErrors reports whether statements of Go give an error back.
func returnsErrors(body []*ir.Stmt) bool {
	return slices.ContainsFunc(returnedIn(body), func(e *ir.Expr) bool {
		if e.Kind == ir.Array && e.Str == "results" && len(e.List) > 0 {
			e = e.List[len(e.List)-1]
		}
		return !isNothing(e)
	})
}

func returnedIn(body []*ir.Stmt) []*ir.Expr { return returnedBy(&ir.Func{Body: body}) }

// onlyWritesDown reports whether what handles a failure does nothing that somebody could learn of it by: nothing is set, collected or returned.
func onlyWritesDown(handler []*ir.Stmt) bool {
	told := false
	ir.Walk(handler, func(s *ir.Stmt) bool {
		told = told || s.Kind == ir.Return && s.X != nil && !isNothing(s.X) && !allNothing(s.X)
		return !told
	}, func(e *ir.Expr) bool {
		told = told || e.Kind == ir.Assign || e.Kind == ir.Call && collects.MatchString(dotted(e.X))
		return !told && !logs(e)
	})
	return !told
}

// allNothing reports whether Go returns several results that are all nothing.
func allNothing(e *ir.Expr) bool {
	return e.Kind == ir.Array && e.Str == "results" && !slices.ContainsFunc(e.List, func(x *ir.Expr) bool { return !isNothing(x) })
}

// heardOf reports whether one of the functions that lead to an attempt throws behind it, gives an error back, or keeps or sends something.
func (l *losing) heardOf(a attempt, way []level) bool {
	return slices.ContainsFunc(way, func(v level) bool {
		return v.fn.File.Language == ir.Go && givesError(v.fn, v.at) || happensBehind(a, v, func(e *ir.Expr) bool {
			return !logs(e) && slices.ContainsFunc(calledByName(l.n, e), func(fn *ir.Func) bool { return throws(fn.Body) }) ||
				someOf(l.n, v.fn.File, evaluated(e), l.beside) != ""
		})
	})
}

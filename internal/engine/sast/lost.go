package sast

import (
	"regexp"
	"slices"
	"strings"

	"wardlet.example/internal/dataflow"
	"wardlet.example/internal/ir"
	"wardlet.example/internal/model"
	"wardlet.example/internal/paths"
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
	n     *paths.Node
	works map[place]string
}

// lost are the failures of messages that are only written down.
func lost(n *paths.Node) []spot {
	if n.Result.Cut || !readsMessages(n) || slices.ContainsFunc(n.Result.Packages, inBatch.MatchString) || namesFailures(n) {
		return nil
	}
	l := &losing{n, worksOf(n)}
	var out []spot
	for _, fn := range n.Result.Reached {
		for _, a := range attempts(fn) {
			if what := l.loses(a); what != "" {
				out = append(out, spot{file: fn.File, at: a.at, fields: map[string]string{
					"others": "only writes down that " + what + " failed for a message and ends as if it was done: " + fate(n),
				}})
			}
		}
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
	if writtenForStream(n) || slices.ContainsFunc(n.Function.Triggers, func(t *model.Trigger) bool { return t.Kind == model.TriggerStream }) {
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
		case s.Kind == ir.If && i > 0 && saysFailed(s.X) && setsError(list[i-1], s.X):
			names := namesIn(list[i-1].X.X)
			out = append(out, attempt{fn: fn, whole: list[i-1 : i+1], tried: list[i-1 : i], handler: s.Body, at: s.At, err: names[len(names)-1]})
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

// setsError reports whether a statement of Go sets the error that a condition asks for, by a call.
func setsError(s *ir.Stmt, condition *ir.Expr) bool {
	if s.Kind != ir.Eval || s.X == nil || s.X.Kind != ir.Assign || s.X.Y == nil || s.X.Y.Kind != ir.Call {
		return false
	}
	names := namesIn(s.X.X)
	return len(names) > 0 && contains(condition, nil, map[string]bool{names[len(names)-1]: true})
}

// loses is the work of an attempt that is all that is done for a message, and whose failure is only written down; empty where it is not.
func (l *losing) loses(a attempt) string {
	if firstLog(a.handler) == nil || throws(a.handler) || returnsStatus(a.handler) || explained(a.text) {
		return ""
	}
	what := someOf(l.n, a.fn.File, a.tried, l.works)
	if what == "" {
		return ""
	}
	way, looped := l.wayOf(a)
	if !looped || l.keptElsewhere(a.fn.File, a.handler) {
		return ""
	}
	if a.fn.File.Language == ir.Go && returnsErrors(a.handler) || !onlyWritesDown(a.handler) && l.heardOf(way) {
		return ""
	}
	return what
}

// wayOf are the functions that lead to an attempt, up to the one that goes through the messages; it reports whether there is one, and the attempt
// is all that is done for each message.
func (l *losing) wayOf(a attempt) (way []level, looped bool) {
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
	for i := 0; i < len(way) && i <= deepestCalls; i++ {
		v := way[i]
		if body, found := roundOf(v); found {
			return append(way, l.mapsOver(v.fn)...), !l.worksBeside(v, body, own)
		}
		if l.worksBeside(v, v.fn.Body, own) {
			return way, false
		}
		if outer := l.mapsOver(v.fn); i == len(way)-1 && len(outer) > 0 { // records.map(save)
			return append(way, outer...), true
		}
	}
	return way, false
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
			found = found || someOf(l.n, v.fn.File, evaluated(e), l.works) != ""
		}
		return !found
	})
	return found
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
func (l *losing) keptElsewhere(file *ir.File, handler []*ir.Stmt) bool {
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
			found = !plainUse.MatchString(dotted(e.X)) && !collects.MatchString(dotted(e.X)) && !tells.MatchString(dotted(e.X))
		}
		return !found
	})
	return found
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
func (l *losing) heardOf(way []level) bool {
	return slices.ContainsFunc(way, func(v level) bool {
		if v.fn.File.Language == ir.Go && givesError(v.fn, v.at) {
			return true
		}
		found := false
		ir.Walk(v.fn.Body, func(s *ir.Stmt) bool {
			found = found || s.Kind == ir.Throw && s.At > v.at
			return !found
		}, func(e *ir.Expr) bool {
			found = found || e.Kind == ir.Call && e.At > v.at && !logs(e) && slices.ContainsFunc(calledByName(l.n, e), func(fn *ir.Func) bool { return throws(fn.Body) })
			found = found || e.Kind == ir.Call && e.At > v.at && someOf(l.n, v.fn.File, evaluated(e), l.works) != ""
			return !found
		})
		return found
	})
}

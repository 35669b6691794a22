package sast

import (
	"bytes"
	"cmp"
	"regexp"
	"slices"
	"strings"

	"wardlet.example/internal/dataflow"
	"wardlet.example/internal/ir"
	"wardlet.example/internal/paths"
)

// refusedIn are the operations that succeed although they have not taken all that they were given, with the member of their answer that
// says what is left over. Source: the API references of the services.
var refusedIn = map[string]string{
	"eventbridge:PutEvents": "FailedEntryCount", "events:PutEvents": "FailedEntryCount", "kinesis:PutRecords": "FailedRecordCount", "firehose:PutRecordBatch": "FailedPutCount",
	"sqs:SendMessageBatch": "Failed", "sns:PublishBatch": "Failed", "dynamodb:BatchWriteItem": "UnprocessedItems",
}

// partly are calls of such operations whose answer nobody looks at: what was not taken is lost.
func partly(_ *work, n *paths.Node) []spot {
	batches := operations(n, func(u dataflow.Use) bool { return refusedIn[u.Key] != "" && !u.Helper })
	out := slices.Concat(settled(n), lost(n), namedInVain(n), notAsked(n))
	if len(batches) == 0 {
		return out
	}
	note := func(file *ir.File, call *ir.Expr) {
		u, ok := batches[place{file, call.At}]
		if name := lastName(call.X); name == "put_item" || name == "delete_item" { // batch_writer of boto3 tries again by itself
			return
		}
		if ok && !slices.ContainsFunc(out, func(s spot) bool { return s.file == file && s.at == call.At }) {
			out = append(out, spot{file: file, at: call.At, fields: unread(operationName(u), refusedIn[u.Key])})
		}
	}
	gone := map[*ir.Expr]bool{}
	for _, fn := range n.Result.Reached {
		ir.Statements(fn.Body, func(list []*ir.Stmt, i int) {
			for _, call := range allDropped(fn, list[i]) {
				gone[call] = true
				note(fn.File, call)
			}
		})
	}
	for _, fn := range n.Result.Reached {
		for _, call := range countsTaken(n, fn) {
			note(fn.File, call)
		}
		for _, e := range returnedBy(fn) {
			if call := sentBy(e); call != nil && onlyDropped(n, fn, gone) {
				note(fn.File, call)
			}
		}
	}
	return out
}

// notAsked are reads of many records at once where nothing ever looks for those that the table has not read.
func notAsked(n *paths.Node) []spot {
	reads := operations(n, func(u dataflow.Use) bool { return u.Key == "dynamodb:BatchGetItem" && !u.Helper })
	if len(reads) == 0 || slices.ContainsFunc(n.Result.Reached, func(fn *ir.Func) bool { return bytes.Contains(fn.File.Tree.Source, []byte("UnprocessedKeys")) }) {
		return nil
	}
	var out []spot
	for at := range reads {
		out = append(out, spot{file: at.file, at: at.at, fields: map[string]string{
			"others": "takes what BatchGetItem answers for all that was asked for: what a busy table has not read, or does not fit into 16 MB, stands in UnprocessedKeys and is missing, without an error",
		}})
	}
	slices.SortFunc(out, func(a, b spot) int { return cmp.Or(strings.Compare(a.file.Path, b.file.Path), cmp.Compare(a.at, b.at)) })
	return out
}

// countsTaken are the calls of whose answers a function reads nothing but what was taken, for a log or for callers who only log it.
func countsTaken(n *paths.Node, fn *ir.Func) []*ir.Expr {
	var out []*ir.Expr
	ir.Walk(fn.Body, nil, func(e *ir.Expr) bool {
		if call := assignedCall(e); call != nil && onlyTaken(n, fn, e) {
			out = append(out, call)
		}
		return e.Kind != ir.Lambda
	})
	return out
}

// onlyTaken reports whether nothing is read of an answer but what was taken, and that goes nowhere but into logs.
func onlyTaken(n *paths.Node, fn *ir.Func, set *ir.Expr) bool {
	reads, more := 0, false
	eachUse(fn.Body, func(e *ir.Expr) bool { return e.Kind == ir.Name && e.Str == set.X.Str && e != set.X }, func(s *ir.Stmt, around []*ir.Expr) {
		reads++
		reader := around[max(0, len(around)-2)]
		switch {
		case len(around) < 2 || !takenPart(reader), slices.ContainsFunc(around, func(e *ir.Expr) bool {
			return e.Kind == ir.Assign || e.Kind == ir.Binary && e.Str != "??" && e.Str != "||" && e.Str != "or"
		}):
			more = true
		case slices.ContainsFunc(around, logs):
		case s.Kind == ir.Return && !isHandler(n, fn):
			calls := n.Result.LeadsTo(fn)
			more = more || len(calls) == 0 || slices.ContainsFunc(calls, func(c dataflow.CallSite) bool { return !loggedAlone(c.In, c.Call) })
		default:
			more = true
		}
	})
	return reads > 0 && !more
}

// takenPart reports whether an expression reads the entries that were taken of an answer: answer.Successful, answer["Successful"].
func takenPart(e *ir.Expr) bool {
	return e.Kind == ir.Member && e.Str == "Successful" || e.Kind == ir.Index && e.Y != nil && e.Y.Kind == ir.Const && e.Y.Str == "Successful"
}

// unread is what is told of an answer that nobody reads.
func unread(call, where string) map[string]string {
	return map[string]string{"others": "does not read what " + call + " answers: what was not taken stands in " + where + " and is lost, without an error"}
}

// settled are calls that wait for many things together and give their failures back as outcomes, which nobody looks at. Where what is done for
// each writes its own failure down, that is meant, unless a batch of messages counts as done by it.
func settled(n *paths.Node) []spot {
	works := worksOf(n)
	batch := wholeBatch(n.Function) != "" || writtenForQueue(n)
	var out []spot
	for _, fn := range n.Result.Reached {
		ir.Statements(fn.Body, func(list []*ir.Stmt, i int) {
			s := list[i]
			if s.Kind != ir.Eval || s.X == nil {
				return
			}
			e := ir.Awaited(s.X)
			if made := assignedCall(e); batch && made != nil && givesOutcomes(made) && outcomesLogged(n, fn, e.X, works) { // results = await Promise.allSettled(...)
				e = made
			}
			if e == nil || e.Kind != ir.Call || !givesOutcomes(e) || someOf(n, fn.File, []*ir.Stmt{s}, works) == "" && !mapsWork(n, e, works) {
				return
			}
			if !handlesEach(n, e) && (batch || !mapsLogs(n, fn, e)) {
				out = append(out, spot{file: fn.File, at: e.At, fields: unheard(n, s, e)})
			}
		})
	}
	return out
}

// assignedCall is the call whose answer a name is set to; nil for others.
func assignedCall(e *ir.Expr) *ir.Expr {
	if e == nil || e.Kind != ir.Assign || e.X.Kind != ir.Name {
		return nil
	}
	if made := ir.Awaited(e.Y); made != nil && made.Kind == ir.Call {
		return made
	}
	return nil
}

// unheard is what is told of outcomes that nobody looks at, or that are only logged.
func unheard(n *paths.Node, s *ir.Stmt, e *ir.Expr) map[string]string {
	if s.X.Kind != ir.Assign {
		return unread(dotted(e.X), "the outcomes")
	}
	return map[string]string{"others": "only writes down which of the outcomes of " + dotted(e.X) + " failed and ends as if all were done: " + fate(n)}
}

// outcomesLogged reports whether nothing is done with what a function keeps under a name, nor with what it makes of that, but to write it down: nothing
// is thrown or returned because of it, and nothing is collected or kept elsewhere.
func outcomesLogged(n *paths.Node, fn *ir.Func, name *ir.Expr, works map[place]string) bool {
	if namesFailures(n) {
		return false
	}
	names, logged := map[string]bool{name.Str: true}, false
	for range 3 { // what is made of it
		ir.Walk(fn.Body, nil, func(e *ir.Expr) bool {
			if e.Kind == ir.Assign && e.X.Kind == ir.Name && contains(e.Y, nil, names) {
				names[e.X.Str] = true
			}
			return true
		})
	}
	for _, s := range statementsAbout(fn.Body, names) {
		one := []*ir.Stmt{s}
		if s.Kind == ir.Eval && s.X.Kind == ir.Assign && s.X.X == name {
			continue
		}
		if throws(one) || returnsSomething(one) || someOf(n, fn.File, one, works) != "" || collectsOrSets(one, names) {
			return false
		}
		logged = logged || firstLog(one) != nil
	}
	return logged
}

// statementsAbout are the statements in which one of some names stands: conditions and loops as a whole.
func statementsAbout(body []*ir.Stmt, names map[string]bool) []*ir.Stmt {
	var out []*ir.Stmt
	for _, s := range body {
		about := false
		ir.Walk([]*ir.Stmt{s}, nil, func(e *ir.Expr) bool {
			about = about || e.Kind == ir.Name && names[e.Str]
			return !about
		})
		switch {
		case !about:
		case s.Kind == ir.Block:
			out = append(out, statementsAbout(s.Body, names)...)
		default:
			out = append(out, s)
		}
	}
	return out
}

// returnsSomething reports whether statements give something back that is more than nothing, besides what functions in them give to others.
func returnsSomething(body []*ir.Stmt) bool {
	found := false
	ir.Walk(body, func(s *ir.Stmt) bool {
		found = found || s.Kind == ir.Return && s.X != nil && !isNothing(s.X)
		return !found
	}, func(e *ir.Expr) bool { return e.Kind != ir.Lambda })
	return found
}

// collectsOrSets reports whether statements put something into a collection, set anything but some names, or call a function of which it is not
// known that it only looks on.
func collectsOrSets(body []*ir.Stmt, names map[string]bool) bool {
	found := false
	ir.Walk(body, nil, func(e *ir.Expr) bool {
		switch {
		case found || logs(e):
			return false
		case e.Kind == ir.Assign:
			found = e.X == nil || e.X.Kind != ir.Name || !names[e.X.Str]
		case e.Kind == ir.Call:
			found = e.X.Kind != ir.Lambda && !onlyLooks.MatchString(lastName(e.X)) && !looksOn(e) // a comprehension
		}
		return !found
	})
	return found
}

// onlyLooks are calls that go through a list or ask something of it.
var onlyLooks = regexp.MustCompile(`^(filter|map|forEach|some|every|find|reduce|slice|entries|isinstance|enumerate|zip|len|sum|str|String|list|join|toString|stringify|dumps)$`)

// looksOn reports whether a call is of a method of what another one gives that only looks: results.filter(...).forEach(...).
func looksOn(e *ir.Expr) bool {
	return e.X != nil && e.X.Kind == ir.Member && onlyLooks.MatchString(e.X.Str)
}

// givesOutcomes reports whether a call gives failures back as it gives results.
func givesOutcomes(e *ir.Expr) bool {
	if dotted(e.X) == "Promise.allSettled" {
		return true
	}
	i := slices.Index(e.Keys, "return_exceptions")
	return lastName(e.X) == "gather" && i >= 0 && i < len(e.List) && e.List[i].Str == "True"
}

// handlesEach reports whether what is done for each handles its own failure, and does not throw it on.
func handlesEach(n *paths.Node, e *ir.Expr) bool {
	bodies := []*ir.Stmt{{Kind: ir.Eval, X: e}}
	for _, fn := range mapped(n, e) {
		bodies = append(bodies, fn.Body...)
	}
	found := false
	ir.Walk(bodies, func(s *ir.Stmt) bool {
		found = found || s.Kind == ir.Try && len(s.Else) > 0 && !throws(s.Else)
		return !found
	}, func(x *ir.Expr) bool {
		if x.Kind == ir.Lambda {
			ir.Walk(x.Fn.Body, func(s *ir.Stmt) bool {
				found = found || s.Kind == ir.Try && len(s.Else) > 0 && !throws(s.Else)
				return !found
			}, nil)
		}
		found = found || x.Kind == ir.Call && x.X != nil && x.X.Kind == ir.Member && x.X.Str == "catch"
		return !found
	})
	return found
}

// mapped are the functions that a call is given by their names: records.map(save).
func mapped(n *paths.Node, e *ir.Expr) []*ir.Func {
	var out []*ir.Func
	ir.WalkExpr(e, nil, func(x *ir.Expr) bool {
		if x.Kind == ir.Call && lastName(x.X) == "map" && len(x.List) > 0 && x.List[0].Kind != ir.Lambda {
			name := lastName(x.List[0])
			for _, other := range n.Result.Reached {
				if name != "" && other.Name == name {
					out = append(out, other)
				}
			}
		}
		return true
	})
	return out
}

func mapsWork(n *paths.Node, e *ir.Expr, works map[place]string) bool {
	return slices.ContainsFunc(mapped(n, e), func(other *ir.Func) bool { return someOf(n, other.File, other.Body, works) != "" })
}

// mapsLogs reports whether what is done for each writes down what fails.
func mapsLogs(n *paths.Node, fn *ir.Func, e *ir.Expr) bool {
	return someCall(n, fn.File, []*ir.Stmt{{Kind: ir.Eval, X: e}}, func(_ *ir.File, x *ir.Expr) bool { return logs(x) }, 0) ||
		slices.ContainsFunc(mapped(n, e), func(other *ir.Func) bool {
			return someCall(n, other.File, other.Body, func(_ *ir.File, x *ir.Expr) bool { return logs(x) }, 0)
		})
}

// onlyDropped reports whether a function is called, and nowhere anything is done with what it gives.
func onlyDropped(n *paths.Node, fn *ir.Func, gone map[*ir.Expr]bool) bool {
	called, only := false, true
	for _, caller := range n.Result.Reached {
		ir.Walk(caller.Body, nil, func(e *ir.Expr) bool {
			if e.Kind == ir.Call && slices.Contains(calledByName(n, e), fn) {
				called, only = true, only && gone[e]
			}
			return only
		})
	}
	return called && only
}

// allDropped are the calls of a statement with whose answers nothing is done: one, or those that are waited for together.
func allDropped(fn *ir.Func, s *ir.Stmt) []*ir.Expr {
	if s.Kind != ir.Eval || s.X == nil {
		return nil
	}
	e := ir.Awaited(s.X)
	if name := dotted(e.X); e.Kind == ir.Call && (name == "Promise.all" || name == "Promise.allSettled") && len(e.List) == 1 {
		return gathered(fn, e.List[0], 0)
	}
	if e.Kind == ir.Call && (e.X.Kind == ir.Lambda || lastName(e.X) == "list" && len(e.List) == 1) { // a comprehension, list(pool.map(...))
		return gathered(fn, e, 0)
	}
	if call := dropped(s); call != nil {
		return []*ir.Expr{call}
	}
	return nil
}

// gathered are the calls of whose answers a list is made, which is not looked at: chunks.map((c) => client.send(c)), [a(), b()], a name that
// has such a list.
func gathered(fn *ir.Func, e *ir.Expr, depth int) []*ir.Expr {
	var out []*ir.Expr
	switch {
	case e == nil || depth > 3:
	case e.Kind == ir.Array:
		for _, x := range e.List {
			out = append(out, gathered(fn, x, depth+1)...)
		}
	case e.Kind == ir.Name:
		for _, x := range listedIn(fn, e) {
			out = append(out, gathered(fn, x, depth+1)...)
		}
	case e.Kind == ir.Call && e.X.Kind == ir.Lambda: // a comprehension
		out = gatheredBy(e.X.Fn, depth)
	case e.Kind == ir.Call && lastName(e.X) == "list" && len(e.List) == 1:
		out = gathered(fn, e.List[0], depth+1)
	case e.Kind == ir.Call && lastName(e.X) == "map":
		for _, x := range e.List {
			if x.Kind == ir.Lambda {
				out = gatheredBy(x.Fn, depth)
			}
		}
	default:
		if call := sentBy(e); call != nil {
			out = []*ir.Expr{call}
		}
	}
	return out
}

// gatheredBy are the calls of whose answers a list is made of what a function gives.
func gatheredBy(fn *ir.Func, depth int) []*ir.Expr {
	var out []*ir.Expr
	for _, x := range returnedBy(fn) {
		out = append(out, gathered(fn, x, depth+1)...)
	}
	return out
}

// returnedBy is what a function returns.
func returnedBy(fn *ir.Func) []*ir.Expr {
	var out []*ir.Expr
	ir.Statements(fn.Body, func(list []*ir.Stmt, i int) {
		if s := list[i]; s.Kind == ir.Return && s.X != nil {
			out = append(out, s.X)
		}
	})
	return out
}

// listedIn is what a list of a function has in it that is used in one place alone; nothing where it is used elsewhere too.
func listedIn(fn *ir.Func, use *ir.Expr) []*ir.Expr {
	var out []*ir.Expr
	elsewhere := false
	eachUse(fn.Body, func(e *ir.Expr) bool { return e.Kind == ir.Name && e.Str == use.Str && e != use }, func(_ *ir.Stmt, around []*ir.Expr) {
		name, by := around[len(around)-1], (*ir.Expr)(nil)
		if len(around) > 1 {
			by = around[len(around)-2]
		}
		switch {
		case by != nil && by.Kind == ir.Assign && by.X == name && by.Str == "":
			out = append(out, by.Y)
		case by != nil && by.Kind == ir.Member && by.Str == "push" && len(around) > 2 && around[len(around)-3].Kind == ir.Call:
			out = append(out, around[len(around)-3].List...)
		default:
			elsewhere = true
		}
	})
	if elsewhere {
		return nil
	}
	return out
}

// sentBy is the call that an expression waits for; nil where it is none.
func sentBy(e *ir.Expr) *ir.Expr {
	e = ir.Awaited(e)
	if e != nil && e.Kind == ir.Call && e.X.Kind == ir.Member && e.X.Str == "promise" && e.X.X.Kind == ir.Call {
		e = e.X.X
	}
	if e == nil || e.Kind != ir.Call || e.X.Kind == ir.Member && e.X.Str == "then" { // what it is given looks at the answer
		return nil
	}
	return e
}

// dropped is the call of a statement that does nothing with what it gives, errors aside; nil for others: await client.send(x),
// _, err := client.Send(x), a call with a function that is told of errors alone.
func dropped(s *ir.Stmt) *ir.Expr {
	e := s.X
	if s.Kind != ir.Eval || e == nil {
		return nil
	}
	e = ir.Awaited(e)
	if e.Kind == ir.Assign && e.X.Kind == ir.Array && len(e.X.List) == 2 && e.X.List[0].Kind == ir.Name && e.X.List[0].Str == "_" { // Go
		e = ir.Awaited(e.Y)
	}
	e = sentBy(e)
	if e == nil || len(e.List) > 0 && e.List[len(e.List)-1].Kind == ir.Lambda {
		return nil
	}
	return e
}

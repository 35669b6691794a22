package sast

import (
	"regexp"
	"slices"

	"wardlet.example/internal/dataflow"
	"wardlet.example/internal/ir"
	"wardlet.example/internal/model"
	"wardlet.example/internal/paths"
)

// What a message of a queue changes in a database of SQL, or adds to in a table, where nothing there says that it is the same message: a queue delivers each once or
// more, whatever became of the others of its batch.

var (
	// onceInSQL are parts of statements by which what is there already is not written again.
	onceInSQL = regexp.MustCompile(`(?i)\bon\s+conflict\b|\bon\s+duplicate\s+key\b|\bnot\s+exists\b|\binsert\s+(or\s+)?ignore\b|^\s*(merge|replace)\s`)
	// ofMessage are names of what tells a message from others.
	ofMessage = regexp.MustCompile(`(?i)^(message|msg|event|record|delivery)_?id$|^sequence_?number$`)
)

// addedAgain are statements that add a record under a new name, or to what is there, and updates of tables that add to it, for each message of a
// queue.
func addedAgain(n *paths.Node) []spot {
	alone := startedByMessage(n) // what it is started with is the message
	if n.Result.Cut || !alone && !readsQueue(n) || knowsMessages(n) {
		return nil
	}
	var out []spot
	for _, c := range n.Result.Calls {
		what := ""
		switch {
		case c.Statement == "":
			continue
		case addsElsewhere(c.Expr):
			what = "a count"
		case insertsInto.MatchString(c.Statement) && givesNewName(n, c):
			what = "a new record under another name"
		}
		if p := (place{c.File, c.At}); what != "" && (alone || forEachMessage(n, p)) {
			out = append(out, addedTwice(p, what))
		}
	}
	for _, u := range n.Result.Uses {
		what := harmful(u)
		if u.Key == "dynamodb:PutItem" && alone && underNewKey(n, u) && !holdsTrail(n, u) && !slices.ContainsFunc(n.Result.Packages, durable.MatchString) {
			what = "a new record under another name"
		}
		if p := (place{u.File, u.At}); (what == "a count" || what == "an entry of a list" || what == "a new record under another name") && !ofTries.MatchString(u.Params.At("UpdateExpression").Begins()) && (alone || forEachMessage(n, p)) {
			out = append(out, addedTwice(p, what))
		}
	}
	return out
}

// startedByMessage reports whether buses and topics start a function, of which each delivers an event once or more, and calls the function again
// that fails. Source: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
func startedByMessage(n *paths.Node) bool {
	some := false
	for _, t := range n.Function.Triggers {
		if t.Off {
			continue
		}
		if t.Kind != model.TriggerBus && t.Kind != model.TriggerTopic {
			return false
		}
		some = true
	}
	return some && whoStarts(n) == byEvent
}

func addedTwice(p place, what string) spot {
	return spot{file: p.file, at: p.at, fields: map[string]string{"call": what, "others": "for a message that may be delivered twice, and nothing says that it is the same message"}}
}

// forEachMessage reports whether something is done for each message that a function is given.
func forEachMessage(n *paths.Node, p place) bool {
	return slices.ContainsFunc(levels(n, p), func(v level) bool {
		_, found := roundOf(v)
		return found || handlesRecord(n, v.fn)
	})
}

// handlesRecord reports whether a function is given to the batch processor of Powertools, which calls it for each message.
func handlesRecord(n *paths.Node, fn *ir.Func) bool {
	return fn.Name != "" && slices.ContainsFunc(n.Result.Calls, func(c dataflow.Called) bool {
		return answersFailed.MatchString(lastName(c.Expr.X)) && slices.ContainsFunc(c.Expr.List, func(x *ir.Expr) bool { return lastName(x) == fn.Name })
	})
}

// readsQueue reports whether a function is given messages of a queue.
func readsQueue(n *paths.Node) bool {
	return writtenForQueue(n) || slices.ContainsFunc(n.Function.Triggers, func(t *model.Trigger) bool { return !t.Off && t.Kind == model.TriggerQueue })
}

// knowsMessages reports whether the code perhaps knows which messages were done: it asks what is there, or keeps something of the message.
func knowsMessages(n *paths.Node) bool {
	if slices.ContainsFunc(n.Result.Packages, onceByName.MatchString) || slices.ContainsFunc(n.Result.Reached, func(fn *ir.Func) bool {
		return onceByName.MatchString(fn.Name) || someName(fn.Body, onceByName)
	}) {
		return true
	}
	asks := func(u dataflow.Use) bool {
		return looksUp(u) || u.Key == "dynamodb:TransactWriteItems" || u.Params.At("ConditionExpression") != nil && !u.Params.Lacks("ConditionExpression")
	}
	return slices.ContainsFunc(n.Result.Uses, asks) || slices.ContainsFunc(n.Result.Calls, func(c dataflow.Called) bool {
		return c.DoesAny(dataflow.Reads) || onceInSQL.MatchString(c.Statement) || c.Statement != "" && givesMessage(n, c)
	})
}

// givesMessage reports whether what tells a message from others is given to a statement.
func givesMessage(n *paths.Node, c dataflow.Called) bool {
	return givesOne(n, c, func(fn *ir.Func, e *ir.Expr) bool {
		return ofMessage.MatchString(lastName(e)) || ofMessage.MatchString(lastName(setBefore(fn, e, c.At)))
	})
}

// givesNewName reports whether an identifier that is made anew is given to a statement.
func givesNewName(n *paths.Node, c dataflow.Called) bool {
	return givesOne(n, c, func(fn *ir.Func, e *ir.Expr) bool { return isNewName(setBefore(fn, e, c.At)) })
}

// givesOne reports whether one of what a call is given, by itself or in a list or an object, is of a kind.
func givesOne(n *paths.Node, c dataflow.Called, is func(*ir.Func, *ir.Expr) bool) bool {
	fn := inner(n, place{c.File, c.At})
	return fn != nil && slices.ContainsFunc(c.Expr.List, func(e *ir.Expr) bool {
		if e.Kind == ir.Array || e.Kind == ir.Object {
			return slices.ContainsFunc(e.List, func(x *ir.Expr) bool { return is(fn, x) })
		}
		return is(fn, e)
	})
}

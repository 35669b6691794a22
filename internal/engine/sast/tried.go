package sast

import (
	"cmp"
	"regexp"
	"slices"

	"wardlet.example/internal/dataflow"
	"wardlet.example/internal/ir"
	"wardlet.example/internal/paths"
)

// What code tries again by itself when it fails: a call whose answer did not come in time has perhaps been done.

// triesAgain are functions of libraries that call what they get until it does not fail.
var triesAgain = regexp.MustCompile(`(^|/)(backoff\.Retry(Notify)?(WithData|WithTimer)?|(retry-go|go-retry)\.(Do|DoWithData|DoValue|Exponential|Constant|Fibonacci)|retrier\.New\(\)\.Run(Ctx)?)$|^(p-retry|async-retry|promise-retry)(\.default)?$`)

// ofAttempts are names of what counts attempts in a loop.
var ofAttempts = regexp.MustCompile(`(?i)^(attempts?|tries|try|retries|retry|max_?(attempts|tries|retries))$`)

// onceByName are names of what keeps something from being done twice.
var onceByName = regexp.MustCompile(`(?i)idempot|dedup|already_?(processed|sent|handled|done)|is_?duplicate|processed_?(ids|messages|events|records)`)

// onceByItself are parts of statements that change nothing a second time.
var onceByItself = regexp.MustCompile(`(?i)\binsert\b|not exists|<>|!=|version|on conflict`)

// triedAgain are counts and payments that are made again where an attempt has failed.
func triedAgain(n *paths.Node) []spot {
	if n.Result.Cut {
		return nil
	}
	var again repeatedFunctions
	var out []spot
	for _, c := range n.Result.Calls {
		var what string
		switch {
		case paysOnceMore(n, c):
			what = "a payment"
		case addsElsewhere(c.Expr):
			what = "a count"
		case makesElsewhere(n, c):
			what = "a request that makes something elsewhere"
		default:
			continue
		}
		if again == nil {
			again = retriedFunctions(n)
		}
		if how := again.of(n, place{c.File, c.At}); how != "" {
			out = append(out, spot{file: c.File, at: c.At, fields: map[string]string{"call": what, "others": "again where it has failed (" + how + "): an attempt whose answer did not come in time has perhaps been made"}})
		}
	}
	return out
}

// repeatedFunctions are functions that are called until they do not fail, with how that is written.
type repeatedFunctions map[*ir.Func]string

// retriedFunctions are those that the code gives for that to libraries, or to functions of its own.
func retriedFunctions(n *paths.Node) repeatedFunctions {
	out := repeatedFunctions{}
	for _, c := range n.Result.Calls {
		if !triesAgain.MatchString(c.Ref) && !retriedStep(c) {
			continue
		}
		for _, x := range c.Expr.List {
			if fn := writtenOut(n, c, x); fn != nil {
				out[fn] = dotted(c.Expr.X)
			}
		}
	}
	for _, fn := range n.Result.Reached {
		for _, again := range triedBy(n, fn) {
			out[again] = fn.Name
		}
	}
	return out
}

// retriedStep reports whether a call is a step of a durable function, which is tried again unless it says otherwise.
// Source: https://docs.aws.amazon.com/lambda/latest/dg/durable-execution-sdk-retries.html
func retriedStep(c dataflow.Called) bool {
	return c.Ref == "lambda.context.step" && !noRetry.MatchString(textBetween(c.File, c.Expr.At, c.Expr.End))
}

// noRetry is how a step says that it is not tried again.
var noRetry = regexp.MustCompile(`(?i)\bno_?retry\b|shouldRetry:\s*false|maxAttempts:\s*1\b`)

// triedBy are the functions that a function is given and calls in a loop until they do not fail: withRetry(() => client.post(order)).
func triedBy(n *paths.Node, fn *ir.Func) []*ir.Func {
	var out []*ir.Func
	given := map[string]bool{}
	for _, p := range fn.Params {
		for _, name := range namesIn(p) {
			given[name] = true
		}
	}
	if len(given) == 0 || fn.Name == "" {
		return nil
	}
	ir.Walk(fn.Body, nil, func(e *ir.Expr) bool {
		if e.Kind == ir.Call && e.X.Kind == ir.Name && given[e.X.Str] && (countsAttempts(fn, e.At) || untilDone(fn, e.At)) && !onlyRefused(fn, e.At) && !asksForRefusals(n, fn) {
			out = append(out, calledByName(n, e)...)
		}
		return e.Kind != ir.Lambda
	})
	return out
}

var (
	// wasRefused are words of errors of what was certainly not done, mayBeDone those of what has perhaps been done.
	wasRefused = regexp.MustCompile(`(?i)^(429|ECONNREFUSED|ENOTFOUND|EAI_AGAIN)$|too_?many|throttl|connect_?timeout|new_?connection`)
	mayBeDone  = regexp.MustCompile(`(?i)^(5\d\d|ETIMEDOUT|ECONNRESET|ECONNABORTED|EPIPE)$|read_?timeout|^timeout(error)?$|abort|deadline`)
)

// asksForRefusals reports whether a function that tries again, or what it asks of the error, knows errors of what was certainly not done, and no others.
func asksForRefusals(n *paths.Node, fn *ir.Func) bool {
	refused, done := false, false
	for _, f := range called(n, fn) {
		if f == fn || len(f.Params) == 1 {
			refused, done = refused || someWord(f.Body, wasRefused), done || someWord(f.Body, mayBeDone)
		}
	}
	return refused && !done
}

// writtenOut is the function that an argument is, or that the name was given before which it is.
func writtenOut(n *paths.Node, c dataflow.Called, x *ir.Expr) *ir.Func {
	if x.Kind == ir.Lambda {
		return x.Fn
	}
	around := inner(n, place{c.File, c.At})
	if around == nil || x.Kind != ir.Name {
		return nil
	}
	var fn *ir.Func
	ir.Walk(around.Body, func(s *ir.Stmt) bool {
		if set := setIn(s); set != nil && set.X.Str == x.Str && set.Y != nil && set.Y.Kind == ir.Lambda {
			fn = set.Y.Fn
		}
		return true
	}, func(e *ir.Expr) bool { return e.Kind != ir.Lambda })
	return fn
}

// of is how a call comes to be tried again; empty where it does not, or where doing it twice does no harm.
func (r repeatedFunctions) of(n *paths.Node, p place) string {
	how := ""
	for _, l := range levels(n, p) {
		if onceByName.MatchString(l.fn.Name) || someName(l.fn.Body, onceByName) || someText(l.fn.Body, onceByItself) {
			return ""
		}
		if how == "" {
			how = cmp.Or(r[l.fn], decoratedAgain(l.fn))
		}
		if how == "" && (countsAttempts(l.fn, l.at) || untilDone(l.fn, l.at)) {
			if onlyRefused(l.fn, l.at) {
				return ""
			}
			how = "a loop"
		}
	}
	return how
}

// countsAttempts reports whether a place stands in a loop that counts attempts.
func countsAttempts(fn *ir.Func, at int32) bool {
	found := false
	ir.Walk(fn.Body, func(s *ir.Stmt) bool {
		if s.Kind == ir.Loop && holds(s, at) {
			for _, x := range []*ir.Expr{s.X, s.Y} {
				ir.WalkExpr(x, nil, func(e *ir.Expr) bool {
					found = found || e.Kind == ir.Name && ofAttempts.MatchString(e.Str)
					return !found
				})
			}
		}
		return !found
	}, func(e *ir.Expr) bool { return e.Kind != ir.Lambda })
	return found
}

// onlyRefused reports whether a loop goes on only where the request was refused before anything was done for it: if (res.status !== 429) return
// res; if err.code != 429: raise.
func onlyRefused(fn *ir.Func, at int32) bool {
	found := false
	ir.Walk(fn.Body, func(s *ir.Stmt) bool {
		if s.Kind != ir.Loop || !holds(s, at) {
			return true
		}
		handled := true // errors of the call leave the loop, or are asked about
		ir.Statements(s.Body, func(list []*ir.Stmt, i int) {
			t := list[i]
			if t.Kind == ir.Try && slices.ContainsFunc(t.Body, func(x *ir.Stmt) bool { return holds(x, at) }) {
				handled = handled && (len(t.Else) == 0 || alwaysLeaves(t.Else) || asksWhetherRefused(t.Else))
				found = found || asksWhetherRefused(t.Else)
			}
			found = found || i == 0 && asksWhetherRefused(list)
		})
		found = found && handled
		return !found
	}, func(e *ir.Expr) bool { return e.Kind != ir.Lambda })
	return found
}

// asksWhetherRefused reports whether statements leave unless there were too many requests.
func asksWhetherRefused(list []*ir.Stmt) bool {
	for i, s := range list {
		if s.Kind != ir.If || s.X == nil || s.X.Kind != ir.Binary || len(s.Else) > 0 || !isTooMany(s.X.X) && !isTooMany(s.X.Y) {
			continue
		}
		switch s.X.Str {
		case "!==", "!=":
			return ir.Ends(s.Body)
		case "===", "==":
			return ir.Ends(list[i+1:])
		}
	}
	return len(list) == 1 && list[0].Kind == ir.If && len(list[0].Body) > 0 && list[0].Y != nil && asksWhetherRefused(list[0].Body) // a clause of Python
}

// isTooMany reports whether an expression is the status by which a request is refused because there were too many.
func isTooMany(e *ir.Expr) bool {
	return e != nil && (e.Kind == ir.Const && e.Str == "429" || lastName(e) == "StatusTooManyRequests")
}

// someText reports whether some text of code is one of some.
func someText(body []*ir.Stmt, word *regexp.Regexp) bool {
	found := false
	ir.Walk(body, nil, func(e *ir.Expr) bool {
		found = found || e.Kind == ir.Const && !e.Bare && word.MatchString(e.Str) || slices.ContainsFunc(e.Keys, word.MatchString)
		return !found
	})
	return found
}

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

// refused is a status by which a function says that it failed, or that the caller did something wrong.
var refused = regexp.MustCompile(`^([45]\d\d|INTERNAL_SERVER_ERROR|InternalServerError|internalServerError|StatusInternalServerError|HTTP_500_INTERNAL_SERVER_ERROR)$`)

// unlogged are handlers of any error in functions that answer requests, which answer and write nothing down: whoever runs it cannot see what
// failed, and whoever called cannot tell.
func unlogged(_ *work, n *paths.Node) []spot {
	out := append(unsaid(n), unnamedFailures(n)...)
	if n.Result.Cut || onlyEvents(n) || !isAsked(n) || slices.ContainsFunc(n.Result.Packages, logsRequests.MatchString) || someoneLogsAnswers(n) {
		return out
	}
	out = append(out, saidInWords(n)...)
	for _, s := range failures(n, anyWork(n), anyCall, func(a attempt) bool {
		if a.fn.File.Language == ir.Go && (returnsErrors(a.handler) && !onlyAnswers(a) && !answersByCall(n, a) || someWord(a.handler, notThere) && !saysFailure(a.handler) || handsErrorOn(a)) {
			return false
		}
		return (saysItFailed(n, a.fn.File, a.err, a.handler) || givesTextAway(n, a)) && !handedAway(n, a.err, a.handler) && !failsLoudly(n, a)
	}) {
		s.fields["others"] = "answers when " + s.fields["call"] + " fails, and writes nothing down that says why: who runs it cannot see what went wrong"
		out = append(out, s)
	}
	return out
}

// failsLoudly reports whether a function that is tried logs an error itself, before it hands it on.
func failsLoudly(n *paths.Node, a attempt) bool {
	return someCall(n, a.fn.File, a.tried, func(_ *ir.File, e *ir.Expr) bool {
		return logs(e) && (withStack.MatchString(dotted(e.X)) || slices.ContainsFunc(e.List, func(x *ir.Expr) bool { return slices.ContainsFunc(namesIn(x), errorName.MatchString) }))
	}, 0)
}

// isAsked reports whether somebody asks a function and gets what it answers, or it has routes of its own.
func isAsked(n *paths.Node) bool {
	return answersRequests(n.Function) || writtenForRequests(n) || n.Result.Routes > 0 ||
		isAskedDirectly(n) || slices.ContainsFunc(n.Function.Triggers, func(t *model.Trigger) bool { return t.Kind == model.TriggerWebSocket })
}

// someoneLogsAnswers reports whether a function of the files that were reached logs answers.
func someoneLogsAnswers(n *paths.Node) bool {
	seen, found := map[*ir.File]bool{}, false
	for _, fn := range n.Result.Reached {
		if !seen[fn.File] && !found {
			seen[fn.File] = true
			inFile(fn.File, func(f *ir.Func) { found = found || logsAnswers(f) }, func(*ir.Expr) {})
		}
	}
	return found
}

// logsAnswers reports whether a function logs the answers of others: a wrapper, or what is called when an answer is done.
func logsAnswers(fn *ir.Func) bool {
	found := false
	ir.Walk(fn.Body, func(s *ir.Stmt) bool {
		found = found || s.Kind == ir.If && s.X != nil && someWord([]*ir.Stmt{{Kind: ir.Eval, X: s.X}}, ofStatus) && firstLog(s.Body) != nil
		return !found
	}, func(e *ir.Expr) bool {
		if logs(e) {
			found = found || slices.ContainsFunc(e.List, func(x *ir.Expr) bool { return someWord([]*ir.Stmt{{Kind: ir.Eval, X: x}}, statusOfAnswer) })
		}
		return !found
	})
	return found
}

var statusOfAnswer = regexp.MustCompile(`^(statusCode|status_code)$`)

// toNobody are handlers of any error in functions that events start, which give back that the function failed as if somebody read it: for the
// platform it has succeeded, the event is lost, and nothing tries again.
func toNobody(_ *work, n *paths.Node) []spot {
	return append(statusToNobody(n), lostEvents(n)...)
}

func statusToNobody(n *paths.Node) []spot {
	if n.Result.Cut || !onlyEvents(n) && !writtenForQueue(n) && whoStarts(n) == somebody || isAskedDirectly(n) || hasDestination(n) {
		return nil
	}
	symbol := n.Function.Code.Symbol
	symbol = symbol[strings.LastIndexByte(symbol, '.')+1:]
	is := operations(n, func(u dataflow.Use) bool { return changes(u.Op) })
	out := failures(n, lostWork(n), nil, func(a attempt) bool {
		if a.whole[0].Kind != ir.Try {
			return false
		}
		kept := someCall(n, a.fn.File, a.handler, func(file *ir.File, e *ir.Expr) bool { _, ok := is[place{file, e.At}]; return ok }, 0) // for another try
		return (a.fn.Name == symbol || a.fn.File.Path == n.Function.Code.File && isWrapped(a.fn, symbol)) && (returnsStatus(a.handler) || returnsFailure(n, a.handler)) && !kept
	})
	for _, s := range out {
		s.fields["others"] = "gives back a status of failure when " + s.fields["call"] + " fails, and events start it: nobody reads that, the event counts as done and is lost"
	}
	return out
}

// isWrapped reports whether a handler is what a call makes of a function: export const main = middyfy(read)
func isWrapped(fn *ir.Func, symbol string) bool {
	found := false
	if fn.Name != "" {
		givenIn(fn.File, symbol, func(e *ir.Expr) {
			for e.Kind == ir.Call && !found {
				found = slices.ContainsFunc(e.List, func(x *ir.Expr) bool { return x.Kind == ir.Name && x.Str == fn.Name })
				if e = e.X; e.Kind == ir.Member { // middy(read).use(parser())
					e = e.X
				}
			}
		})
	}
	return found
}

// returnsFailure reports whether statements give back what a function makes of a status of failure: answer({ message }, 500)
func returnsFailure(n *paths.Node, body []*ir.Stmt) bool {
	return slices.ContainsFunc(returnedIn(body), func(e *ir.Expr) bool {
		return e != nil && e.Kind == ir.Call && slices.ContainsFunc(e.List, func(x *ir.Expr) bool { return x.Kind == ir.Const && failing.MatchString(x.Str) }) &&
			slices.ContainsFunc(calledByName(n, e), func(fn *ir.Func) bool { return someWord(fn.Body, statusOfAnswer) })
	})
}

// lostWork are the calls of a function that change something elsewhere or look it up there.
func lostWork(n *paths.Node) map[place]string {
	works := worksOrReads(n)
	for _, c := range n.Result.Calls {
		if len(c.Does) > 0 {
			works[place{c.File, c.At}] = c.Ref[strings.LastIndexByte(c.Ref, '.')+1:]
		}
	}
	return works
}

// anyWork are all calls of a function whose failure is more than the answer that there is nothing: what asks for one thing perhaps means that.
func anyWork(n *paths.Node) map[place]string {
	works := lostWork(n)
	for at, u := range operations(n, func(u dataflow.Use) bool { return !asksForOne.MatchString(u.Key) }) {
		works[at] = operationName(u)
	}
	return works
}

// asksForOne are operations that fail where what they are about is not there, or whoever asks is not the one that he says.
var asksForOne = regexp.MustCompile(`^(cognito-idp|cognito-identity|sts):|^[^:]*:(Get(Object|Parameter|Secret|Key)|Head|Describe|Create|Stop|Add|Confirm|Verify)`)

// notThere is how Go says that what it looked for is not there, which is an error for its libraries.
var notThere = regexp.MustCompile(`^(404|StatusNotFound|NotFound)$`)

// handsErrorOn reports whether a handler of Go gives its error to the framework, which knows what to do with it: c.Error(err)
func handsErrorOn(a attempt) bool {
	found := false
	ir.Walk(a.handler, nil, func(e *ir.Expr) bool {
		found = found || e.Kind == ir.Call && e.X.Kind == ir.Member && e.X.Str == "Error" && dotted(e.X) != "http.Error" && len(e.List) > 0
		return !found
	})
	return found
}

// ownFault is a status by which a function says that the failure is its own, and not that of who asked.
var ownFault = regexp.MustCompile(`^(50[0-4]|(?i:internal server error\.?)|INTERNAL_SERVER_ERROR|InternalServerError|internalServerError|StatusInternalServerError|StatusBadGateway|HTTP_500_INTERNAL_SERVER_ERROR)$`)

// makesJSON are calls that hardly fail, or by what came in.
var makesJSON = regexp.MustCompile(`(?i)(un)?marshal\w*$|^JSON\.(parse|stringify)$|^json\.(loads|dumps)$`)

// anyCall is the call of a single one that is tried, whatever it does, where the function says that its failure is its own; empty where there is none.
func anyCall(a attempt) string {
	if len(a.tried) != 1 || a.tried[0].Kind != ir.Eval || !someWord(a.handler, ownFault) {
		return ""
	}
	e := ir.Awaited(a.tried[0].X)
	if e != nil && e.Kind == ir.Assign {
		e = ir.Awaited(e.Y)
	}
	if callOf(e) == nil || makesJSON.MatchString(dotted(e.X)) || plainUse.MatchString(dotted(e.X)) { // an answer
		return ""
	}
	return lastName(e.X)
}

// onlyAnswers reports whether what handles an error of Go gives back what a call makes of a status and a text, and not of the error:
// return failed(500, "not stored")
func onlyAnswers(a attempt) bool {
	return !slices.ContainsFunc(returnedIn(a.handler), func(e *ir.Expr) bool {
		return e == nil || e.Kind != ir.Call || !slices.ContainsFunc(e.List, isRefused) || contains(e, nil, map[string]bool{a.err: true})
	})
}

// saysFailure reports whether statements say in words that something went wrong, whatever status they give that.
func saysFailure(body []*ir.Stmt) bool {
	found := false
	ir.Walk(body, nil, func(e *ir.Expr) bool {
		found = found || e.Kind == ir.Const && wentWrong.MatchString(e.Str) && !missing.MatchString(e.Str)
		return !found
	})
	return found
}

var (
	// wentWrong is how people begin a sentence about a failure, missing how they say in one that there was nothing.
	wentWrong = regexp.MustCompile(`(?i)^(an )?(internal )?(error|fail(ed|ure)|unable|could ?n.t|could not|can ?not|can.t)\b`)
	missing   = regexp.MustCompile(`(?i)\bfind|found|exist|missing|no such|\bno\b|unknown|invalid`)
)

// answersByCall reports whether what handles an error of Go gives back what a function of the program makes an answer of, which never gives an
// error for the one that it was told of: return refuse("not stored", 6), where that ends in return answer, nil.
func answersByCall(n *paths.Node, a attempt) bool {
	given := returnedIn(a.handler)
	return len(given) > 0 && !slices.ContainsFunc(given, func(e *ir.Expr) bool {
		if e == nil || e.Kind != ir.Call {
			return true
		}
		fns := calledByName(n, e)
		return len(fns) == 0 || slices.ContainsFunc(fns, func(fn *ir.Func) bool { return !givesAnswer(fn) })
	})
}

// givesAnswer reports whether a function of Go gives a result and no error where it comes to its end.
func givesAnswer(fn *ir.Func) bool {
	if len(fn.Body) == 0 {
		return false
	}
	last := fn.Body[len(fn.Body)-1]
	return last.Kind == ir.Return && last.X != nil && last.X.Kind == ir.Array && last.X.Str == "results" && len(last.X.List) > 1 &&
		isNothing(last.X.List[len(last.X.List)-1]) && !isNothing(last.X.List[0])
}

// failures are the handlers of any error of which something holds, of attempts that do some of the work, or what else counts as some; what the
// work throws further is handled elsewhere.
func failures(n *paths.Node, works map[place]string, other func(attempt) string, is func(a attempt) bool) []spot {
	var out []spot
	for _, fn := range n.Result.Reached {
		for _, a := range attempts(fn) {
			work := someOf(n, fn.File, a.tried, works)
			if work == "" && other != nil {
				work = other(a)
			}
			if work == "" || throws(a.handler) || logsMore(a.whole[0].Final) || !is(a) {
				continue
			}
			at := place{fn.File, a.at}
			if len(a.whole) == 1 && a.whole[0].Kind == ir.Eval && len(a.handler) > 0 { // of a promise
				at.at = a.handler[0].At
			}
			if shared, ok := answeredBy(n, a.err, a.handler); ok {
				at = shared
			}
			out = append(out, spot{file: at.file, at: at.at, fields: map[string]string{"call": work}})
		}
	}
	return out
}

// answeredBy is the answer of a function that handlers give their errors to, where a handler does nothing else: that is the place to log them.
func answeredBy(n *paths.Node, name string, body []*ir.Stmt) (place, bool) {
	if name == "" || len(body) != 1 || body[0].Kind != ir.Return || body[0].X == nil || body[0].X.Kind != ir.Call || !slices.ContainsFunc(body[0].X.List, func(x *ir.Expr) bool { return x.Kind == ir.Name && x.Str == name }) {
		return place{}, false
	}
	for _, fn := range calledByName(n, body[0].X) {
		for _, s := range fn.Body {
			if s.Kind == ir.Return {
				return place{fn.File, s.At}, true
			}
		}
	}
	return place{}, false
}

// broadHandlers are the handlers of a try that catch whatever a service throws.
func broadHandlers(file *ir.File, x *ir.Stmt) []*ir.Stmt {
	if !allHandlers(x.Else) {
		if x.Y == nil {
			return nil
		}
		return []*ir.Stmt{{At: x.At, Y: x.Y, Body: x.Else}}
	}
	return slices.DeleteFunc(slices.Clone(x.Else), func(h *ir.Stmt) bool {
		return h.Y == nil || file.Language == ir.Python && !broad.MatchString(head(textBetween(file, h.Y.At, h.Y.End)))
	})
}

// saysItFailed reports whether statements answer with a status of failure, by themselves or by functions that they call, or without one.
func saysItFailed(n *paths.Node, file *ir.File, name string, body []*ir.Stmt) bool {
	return hasStatus(name, body) || answersWithout(body) || saysInAnswer(body) || someCall(n, file, body, func(_ *ir.File, e *ir.Expr) bool {
		return slices.ContainsFunc(calledByName(n, e), func(fn *ir.Func) bool {
			return slices.ContainsFunc(e.List, isRefused) && someWord(fn.Body, ofStatus) || hasStatus("", fn.Body) || saysInAnswer(fn.Body) || someWord(defaults(fn), refused)
		})
	}, 0)
}

var (
	// doneOrNot are members of answers that say whether it was done, failedWord what stands in others where it was not.
	doneOrNot  = regexp.MustCompile(`(?i)^(ok|success|succeeded|is_?success(ful)?)$`)
	failedWord = regexp.MustCompile(`(?i)^(err|error|errored|fail|failed|failure|ko)$`)
)

// saysInAnswer reports whether statements make an answer that says by a word that it was not done: {"status": "error"}, {success: false}.
func saysInAnswer(body []*ir.Stmt) bool {
	found := false
	ir.Walk(body, nil, func(e *ir.Expr) bool {
		if e.Kind == ir.Object {
			for i, key := range e.Keys[:min(len(e.Keys), len(e.List))] {
				x := e.List[i]
				found = found || x.Kind == ir.Const && (doneOrNot.MatchString(key) && strings.EqualFold(x.Str, "false") || ofStatus.MatchString(key) && failedWord.MatchString(x.Str))
			}
		}
		return !found && e.Kind != ir.Lambda
	})
	return found
}

var (
	ofStatus  = regexp.MustCompile(`(?i)^(status|status_?code|code|http_?status)$`)
	setStatus = regexp.MustCompile(`(?i)(status|code|response|respond|reply|answer|error|fail\w*|abort|throw|writeHead|json|send)$`)
)

func isRefused(e *ir.Expr) bool {
	return e != nil && (e.Kind == ir.Const || e.Kind == ir.Name || e.Kind == ir.Member) && refused.MatchString(e.Str)
}

// hasStatus reports whether a status of failure stands in statements where one is said: {statusCode: 500}, res.status(500), return answer, 500,
// or one that the error with a name has: {statusCode: err.code}.
func hasStatus(name string, body []*ir.Stmt) bool {
	found := false
	ir.Walk(body, func(s *ir.Stmt) bool {
		found = found || s.Kind == ir.Return && s.X != nil && s.X.Kind == ir.Array && slices.ContainsFunc(s.X.List, isRefused)
		return !found
	}, func(e *ir.Expr) bool {
		switch e.Kind {
		case ir.Object, ir.Call:
			for i, key := range e.Keys {
				found = found || i < len(e.List) && ofStatus.MatchString(key) && (mayRefuse(e.List[i]) || strings.HasPrefix(strings.ToLower(key), "status") && isPartOf(name, e.List[i]))
			}
			found = found || e.Kind == ir.Call && setStatus.MatchString(lastName(e.X)) && slices.ContainsFunc(e.List, isRefused)
		case ir.Assign:
			found = found || e.X != nil && ofStatus.MatchString(lastName(e.X)) && mayRefuse(e.Y)
		}
		return !found && e.Kind != ir.Lambda
	})
	return found
}

// isPartOf reports whether an expression is a part of what has a name: err.code
func isPartOf(name string, e *ir.Expr) bool {
	return name != "" && e != nil && e.Kind == ir.Member && e.X.Kind == ir.Name && e.X.Str == name
}

// mayRefuse reports whether an expression is a status of failure, perhaps one of several: error.status || 500.
func mayRefuse(e *ir.Expr) bool {
	found := false
	ir.WalkExpr(e, nil, func(x *ir.Expr) bool {
		found = found || isRefused(x)
		return !found
	})
	return found
}

// givesTextAway reports whether a function hands an error on in what it answers, where nobody who calls it in the program can write it down:
// return {"error": str(e)}, or a name that gets it and is returned in the end.
func givesTextAway(n *paths.Node, a attempt) bool {
	if a.err == "" || a.whole[0].Kind != ir.Try || isCalled(n, a.fn) {
		return false
	}
	names := map[string]bool{a.err: true}
	ir.Walk(a.handler, nil, func(e *ir.Expr) bool {
		if e.Kind == ir.Assign && e.X != nil && e.X.Kind == ir.Name && contains(e.Y, nil, names) { // text = str(e)
			names[e.X.Str] = true
		}
		return e.Kind != ir.Lambda
	})
	given, logged := false, false
	ir.Walk(a.fn.Body, func(s *ir.Stmt) bool {
		given = given || s.Kind == ir.Return && s.X != nil && contains(s.X, nil, names)
		return true
	}, func(e *ir.Expr) bool {
		logged = logged || logs(e) && slices.ContainsFunc(e.List, func(x *ir.Expr) bool { return contains(x, nil, names) })
		return e.Kind != ir.Lambda
	})
	return given && !logged
}

// isCalled reports whether a function is called in the program, and not by what calls handlers and routes.
func isCalled(n *paths.Node, fn *ir.Func) bool {
	found := false
	for _, caller := range n.Result.Reached {
		ir.Walk(caller.Body, nil, func(e *ir.Expr) bool {
			found = found || e.Kind == ir.Call && (slices.Contains(calledByName(n, e), fn) || slices.ContainsFunc(e.List, func(x *ir.Expr) bool { return x.Kind == ir.Name && x.Str == fn.Name }))
			return !found
		})
	}
	return found
}

// answersWithout reports whether statements send an answer that has no status of its own: for the caller all went well.
func answersWithout(body []*ir.Stmt) bool {
	found := false
	ir.Walk(body, nil, func(e *ir.Expr) bool {
		found = found || e.Kind == ir.Call && answering200.MatchString(dotted(e.X))
		return !found && e.Kind != ir.Lambda
	})
	return found
}

// answering200 are calls by which routes answer, or a part of an answer that is streamed.
var answering200 = regexp.MustCompile(`^(res|reply|\w*[rR]esponse(_?[sS]tream)?)\.(json|send|end|write)$`)

// defaults are what the parameters of a function are where nothing is given.
func defaults(fn *ir.Func) []*ir.Stmt {
	var out []*ir.Stmt
	for _, p := range fn.Params {
		out = append(out, &ir.Stmt{Kind: ir.Eval, X: p})
	}
	return out
}

// plainUse are functions that make a text or an answer of an error.
var plainUse = regexp.MustCompile(`(?i)(^|\.)(String|str|repr|stringify|dumps|json|send|end|status|jsonify|format|type|isinstance|getattr|hasattr|callback|cb|done|Error|get|includes|startswith|endswith|lower|toString)$`)

// callbacks are what functions call to say that they are done, with an error first where they have failed.
var callbacks = regexp.MustCompile(`(?i)(^|\.)(callback|cb|done|next|fail)$`)

// tells are methods by which loggers of any name, and streams, are told something.
var tells = regexp.MustCompile(`(^|\.)(error|exception|warning|warn|critical|fatal|write|notice|alert)$`)

// handedAway reports whether an error is logged in statements or what they call, is kept for what comes behind, or is given to something of which
// nobody knows what it does.
func handedAway(n *paths.Node, name string, body []*ir.Stmt) bool {
	names := partsOfError(name, body)
	is := recording(n)
	away := false
	ir.Walk(body, func(s *ir.Stmt) bool {
		away = away || s.Kind == ir.Throw
		return !away
	}, func(e *ir.Expr) bool {
		switch {
		case away:
		case e.Kind == ir.Assign && e.X != nil && e.X.Kind == ir.Name && ir.Awaited(e.Y) != nil && e.Y.Kind == ir.Name && names[e.Y.Str]:
			away = true // error = e
		case e.Kind == ir.Call:
			away = tellsOf(n, e, names, is)
		}
		return !away
	})
	return away
}

// partsOfError are the names of an error and of what a handler takes out of it.
func partsOfError(name string, body []*ir.Stmt) map[string]bool {
	names := map[string]bool{}
	if name == "" {
		return names
	}
	names[name] = true
	ir.Walk(body, nil, func(e *ir.Expr) bool {
		if e.Kind == ir.Assign && e.X != nil && e.X.Kind != ir.Name && e.Y != nil && e.Y.Kind == ir.Name && names[e.Y.Str] { // const { message } = err
			for _, part := range namesIn(e.X) {
				names[part] = true
			}
		}
		return e.Kind != ir.Lambda
	})
	return names
}

// ofJSON are packages whose errors say what they are also where they are written as JSON: their message, or their name and the number of the request.
var ofJSON = regexp.MustCompile(`^(aws-sdk|@aws-sdk|@smithy|axios|mongoose|amazon-qldb-driver-nodejs)(/|$)`)

// onlyAsJSON reports whether a log gets an error as JSON and nothing else: neither the message nor the stack of an Error stands in it.
func onlyAsJSON(n *paths.Node, e *ir.Expr, names map[string]bool) bool {
	if len(e.List) == 0 || slices.ContainsFunc(n.Result.Packages, ofJSON.MatchString) {
		return false
	}
	some := false
	for _, x := range e.List {
		as := x.Kind == ir.Call && dotted(x.X) == "JSON.stringify" && len(x.List) == 1 && x.List[0].Kind == ir.Name && names[x.List[0].Str]
		if !as && x.Kind != ir.Const {
			return false
		}
		some = some || as
	}
	return some
}

// tellsOf reports whether a call logs something, or is given a part of an error and does with it what nobody knows.
func tellsOf(n *paths.Node, e *ir.Expr, names map[string]bool, is func(*ir.File, *ir.Expr) bool) bool {
	if answering200.MatchString(dotted(e.X)) {
		return false
	}
	if logs(e) || tells.MatchString(dotted(e.X)) {
		return !onlyAsJSON(n, e, names)
	}
	if fns := calledByName(n, e); len(fns) > 0 {
		return slices.ContainsFunc(fns, func(fn *ir.Func) bool {
			return someCall(n, fn.File, fn.Body, func(file *ir.File, x *ir.Expr) bool {
				return (is(file, x) || tells.MatchString(dotted(x.X))) && !tellsOwnError(fn, file, x)
			}, 0)
		})
	}
	if callbacks.MatchString(dotted(e.X)) && len(e.List) > 0 && contains(e.List[0], nil, names) { // the platform logs what it gets as an error
		return true
	}
	if plainUse.MatchString(dotted(e.X)) {
		return false
	}
	if len(names) == 0 {
		return e.X.Kind == ir.Name
	}
	return slices.ContainsFunc(e.List, func(x *ir.Expr) bool { return contains(x, nil, names) })
}

// tellsOwnError reports whether a call of Go logs an error that the function itself met, and nothing of what that was given: of the error which it
// makes an answer of it says nothing.
func tellsOwnError(fn *ir.Func, file *ir.File, call *ir.Expr) bool {
	if file.Language != ir.Go || file != fn.File || call.At < fn.Start || call.At >= fn.End {
		return false
	}
	given := map[string]bool{}
	for _, p := range fn.Params {
		for _, name := range namesIn(p) {
			given[name] = true
		}
	}
	own := false
	for _, x := range call.List {
		if contains(x, nil, given) {
			return false
		}
		own = own || slices.ContainsFunc(namesIn(x), errorName.MatchString)
	}
	return own
}

// isAskedDirectly reports whether another function asks this one and perhaps waits for what it gives.
func isAskedDirectly(n *paths.Node) bool {
	return slices.ContainsFunc(n.In, func(e *paths.Edge) bool {
		how, _ := e.Send.Params.At("InvocationType").Is()
		return e.Kind == "direct" && how != "Event"
	})
}

// hasDestination reports whether what some function of an App gives goes somewhere when it has succeeded.
func hasDestination(n *paths.Node) bool {
	return slices.ContainsFunc(n.App.Resources, func(r *model.Resource) bool {
		return r.Type == "AWS::Lambda::EventInvokeConfig" && r.Props.Path("DestinationConfig", "OnSuccess").IsSet() != model.No
	})
}

// onlyEvents reports whether a function is started by events alone, whose senders get no answer. Queues and streams are read in batches, which is
// another matter.
func onlyEvents(n *paths.Node) bool {
	for _, t := range n.Function.Triggers {
		switch t.Kind {
		case model.TriggerTopic, model.TriggerObject, model.TriggerBus, model.TriggerQueue, model.TriggerStream, model.TriggerSchedule:
		case model.TriggerState:
			if !stepsIgnoreStatus(n.App) {
				return false
			}
		default:
			return false
		}
	}
	if len(n.Function.Triggers) > 0 {
		return true
	}
	return n.App.Kind == model.Convention && readsRecords(n)
}

// stepsIgnoreStatus reports whether all state machines of an App are known, and none of them asks for the status in what a function gives.
func stepsIgnoreStatus(app *model.App) bool {
	ignore := true
	for _, r := range app.Resources {
		if r.Type != "AWS::StepFunctions::StateMachine" {
			continue
		}
		known := false
		for _, key := range []string{"Definition", "DefinitionString"} {
			v := r.Props.Get(key)
			known = known || v.IsSet() == model.Yes && v.Kind != model.Unknown
			if !v.Walk(20_000, func(x *model.Value) {
				text, _ := x.Scalar()
				ignore = ignore && x.Kind != model.Unknown && !strings.Contains(text, "statusCode")
			}) {
				return false
			}
		}
		ignore = ignore && known
	}
	return ignore
}

// readsRecords reports whether the code of a function reads the records of events of S3 or SNS, and nothing of a request.
func readsRecords(n *paths.Node) bool {
	records, source, asks := false, false, false
	for _, fn := range n.Result.Reached {
		records = records || someWord(fn.Body, recordsOf)
		source = source || someWord(fn.Body, bySource)
		asks = asks || someWord(fn.Body, partsOfRequest)
	}
	return records && source && !asks
}

var (
	recordsOf      = regexp.MustCompile(`^Records$`)
	partsOfRequest = regexp.MustCompile(`^(headers|queryStringParameters|pathParameters|httpMethod|requestContext|rawPath)$`)
	bySource       = regexp.MustCompile(`^(s3|Sns)$`)
)

// returnsStatus reports whether statements give back an answer with a status of failure, as functions do that are asked by HTTP.
func returnsStatus(body []*ir.Stmt) bool {
	found := false
	ir.Walk(body, func(s *ir.Stmt) bool {
		if s.Kind == ir.Return && s.X != nil && s.X.Kind == ir.Object {
			i := slices.Index(s.X.Keys, "statusCode")
			found = found || i >= 0 && i < len(s.X.List) && failing.MatchString(s.X.List[i].Str)
		}
		return !found
	}, func(e *ir.Expr) bool { return e.Kind != ir.Lambda })
	return found
}

var failing = regexp.MustCompile(`^[45]\d\d$`)

package sast

import (
	"regexp"
	"slices"

	"wardlet.example/internal/dataflow"
	"wardlet.example/internal/ir"
	"wardlet.example/internal/paths"
)

var (
	// refusing are statuses of answers by which a request is refused.
	refusing     = regexp.MustCompile(`^4\d\d$`)
	callbackName = regexp.MustCompile(`(?i)^(callback|cb|done)$`)
	// errorClass is what people call what is thrown.
	errorClass = regexp.MustCompile(`^([A-Z]\w*(Exception|Error)|Exception|Error|HttpError|createError|Unauthorized|BadRequest|Forbidden|NotFound|abort_with)$`)
)

// refusals are refusals of requests after which the function goes on: an answer that says no without a return behind it, and an error that
// is made and not thrown.
func refusals(n *paths.Node) []spot {
	var out []spot
	effects := effectsOf(n)
	for _, fn := range n.Result.Reached {
		others := behindOthers(fn)
		ir.Statements(fn.Body, func(list []*ir.Stmt, i int) {
			if s := list[i]; s.Kind == ir.If && len(s.Else) == 0 && len(s.Body) > 0 && !ir.Ends(s.Body) {
				if what := refusedBy(n, fn, s.Body[len(s.Body)-1]); what != "" && goesOn(n, fn, list[i+1:], effects) {
					last := s.Body[len(s.Body)-1]
					out = append(out, spot{file: fn.File, at: last.X.At, fields: map[string]string{"call": "a condition", "source": "the refusal (" + what + ") does not end the function"}})
				}
			}
			if e := unthrown(fn, list[i]); e != nil && !others[list[i]] {
				out = append(out, spot{file: fn.File, at: e.At, fields: map[string]string{"call": "a condition", "source": "the error is made, and not thrown"}})
			}
		})
	}
	return out
}

// looksAtInput are words in what looks at input, and fails where it is not as it should be.
var looksAtInput = regexp.MustCompile(`(?i)valid|verif|check|auth|parse|load|decod|decrypt|schema|token|jwt`)

// behindOthers are the statements that run where something else has failed than a check of input: connecting to a database.
func behindOthers(fn *ir.Func) map[*ir.Stmt]bool {
	out := map[*ir.Stmt]bool{}
	ir.Walk(fn.Body, func(s *ir.Stmt) bool {
		if s.Kind == ir.Try && !someName(s.Body, looksAtInput) {
			ir.Walk(s.Else, func(inside *ir.Stmt) bool {
				out[inside] = true
				return true
			}, func(*ir.Expr) bool { return false })
		}
		return true
	}, func(*ir.Expr) bool { return false })
	return out
}

// refusedBy is how a statement refuses a request; empty where it does not: res.status(400).json(...), callback("Unauthorized"), an answer that is
// made and not returned.
func refusedBy(n *paths.Node, fn *ir.Func, s *ir.Stmt) string {
	e := s.X
	if s.Kind != ir.Eval || e == nil {
		return ""
	}
	if status := refusalMade(n, e); status != "" {
		return "status " + status
	}
	if ir.Awaited(e).Kind != ir.Call || fn.File.Language != ir.Node {
		return ""
	}
	found := ""
	ir.WalkExpr(ir.Awaited(e), nil, func(x *ir.Expr) bool {
		if x.Kind == ir.Call && x.X.Kind == ir.Member && (x.X.Str == "status" || x.X.Str == "sendStatus" || x.X.Str == "code") && len(x.List) > 0 && x.List[0].Kind == ir.Const && refusing.MatchString(x.List[0].Str) {
			found = "status " + x.List[0].Str
		}
		return found == "" && x.Kind != ir.Lambda
	})
	if found == "" && isCallback(fn, ir.Awaited(e)) {
		found = "the callback is called"
	}
	return found
}

// makesAnswer are the functions of frameworks of Python that make an answer to be returned.
var makesAnswer = regexp.MustCompile(`^(jsonify|make_response|JSONResponse|PlainTextResponse|HTMLResponse|Response)$`)

// refusalMade is the status of a refusal that an expression makes, which does nothing unless it is returned; empty where it makes none:
// (jsonify(error="..."), 400), {"statusCode": 400}, badRequest("...").
func refusalMade(n *paths.Node, e *ir.Expr) string {
	switch e = ir.Awaited(e); e.Kind {
	case ir.Array: // a tuple
		if len(e.List) > 1 && e.List[0].Kind != ir.Const {
			return refusingStatus(e.List[1])
		}
	case ir.Object:
		for i, key := range e.Keys {
			if key == "statusCode" && i < len(e.List) {
				return refusingStatus(e.List[i])
			}
		}
	case ir.Call:
		if e.X.Kind == ir.Name && makesAnswer.MatchString(e.X.Str) {
			return firstStatus(e.List)
		}
		return refusalGiven(n, e)
	}
	return ""
}

// refusalGiven is the status of the refusal that a function of the program gives which does nothing else; empty where it gives none.
func refusalGiven(n *paths.Node, call *ir.Expr) string {
	fns := calledByName(n, call)
	if len(fns) != 1 || len(fns[0].Body) != 1 || fns[0].Body[0].Kind != ir.Return || fns[0].Body[0].X == nil {
		return ""
	}
	made := fns[0].Body[0].X
	if made.Kind == ir.Object && slices.Contains(made.Keys, "statusCode") {
		if status := refusalMade(n, made); status != "" {
			return status
		}
		return firstStatus(call.List)
	}
	return ""
}

// firstStatus is the first of some expressions that is a status by which a request is refused.
func firstStatus(list []*ir.Expr) string {
	for _, x := range list {
		if status := refusingStatus(x); status != "" {
			return status
		}
	}
	return ""
}

func refusingStatus(e *ir.Expr) string {
	if e.Kind == ir.Const && e.Bare && refusing.MatchString(e.Str) {
		return e.Str
	}
	return ""
}

// isCallback reports whether a call is one of the callback that a handler is given, with an error or an answer.
func isCallback(fn *ir.Func, call *ir.Expr) bool {
	if call.X.Kind != ir.Name || len(fn.Params) != 3 || fn.Params[2].Kind != ir.Name || len(call.List) == 0 {
		return false
	}
	return call.X.Str == fn.Params[2].Str && callbackName.MatchString(call.X.Str)
}

// goesOn reports whether statements change something, whatever else is true, for a request that was refused.
func goesOn(n *paths.Node, fn *ir.Func, rest []*ir.Stmt, effects map[place]string) bool {
	for _, s := range rest {
		switch s.Kind {
		case ir.If:
			if ir.Ends(s.Body) { // another check: what comes behind it is not done for all
				continue
			}
		case ir.Try, ir.Block:
			if goesOn(n, fn, s.Body, effects) {
				return true
			}
		default:
			if someOf(n, fn.File, []*ir.Stmt{s}, effects) != "" {
				return true
			}
		}
		if ir.Ends([]*ir.Stmt{s}) {
			return false
		}
	}
	return false
}

// effectsOf are the calls of a function that change something elsewhere, with their names.
func effectsOf(n *paths.Node) map[place]string {
	out := map[place]string{}
	for at, u := range operations(n, func(u dataflow.Use) bool { return changes(u.Op) }) {
		out[at] = operationName(u)
	}
	for _, c := range n.Result.Calls {
		if c.DoesAny(dataflow.Writes, dataflow.Sends, dataflow.Calls, dataflow.Pays) {
			out[place{c.File, c.At}] = c.Ref
		}
	}
	return out
}

// unthrown is an error that a statement makes and does nothing with; nil where it makes none.
func unthrown(fn *ir.Func, s *ir.Stmt) *ir.Expr {
	if s.Kind != ir.Eval || s.X == nil || s.X.Kind != ir.Call || fn.File.Language == ir.Go {
		return nil
	}
	name := lastName(s.X.X)
	if s.X.X.Kind != ir.Name || !errorClass.MatchString(name) {
		return nil
	}
	return s.X
}

// saysWhether is what people call a function that says whether something is as it should be.
var saysWhether = regexp.MustCompile(`(?i)^(is_?|has_?)?(valid|verif|check|authentic|authori[sz]|safe|allowed|permitted|trusted|genuine|legit)`)

// yesAnyway are conditions that refuse what a function of the program says no to, which says yes whatever it gets.
func yesAnyway(n *paths.Node) []spot {
	var out []spot
	for _, check := range n.Result.Reached {
		if !saysWhether.MatchString(check.Name) || !saysYes(check) {
			continue
		}
		for _, fn := range n.Result.Reached {
			ir.Statements(fn.Body, func(list []*ir.Stmt, i int) {
				if s := list[i]; fn.File == check.File && s.Kind == ir.If && ir.Ends(s.Body) {
					if call := denied(s.X, check.Name); call != nil {
						out = append(out, spot{file: fn.File, at: call.At, fields: map[string]string{"call": check.Name, "source": "that says yes to whatever it gets"}})
					}
				}
			})
		}
	}
	return out
}

// saysYes reports whether a function that gets something does nothing but answer true.
func saysYes(fn *ir.Func) bool {
	for i, s := range fn.Body {
		last := i == len(fn.Body)-1
		switch {
		case last && s.Kind == ir.Return && s.X != nil && s.X.Kind == ir.Const && s.X.Bare && (s.X.Str == "true" || s.X.Str == "True"):
			return len(fn.Params) > 0
		case !last && s.Kind == ir.Eval && onlyLogs([]*ir.Stmt{s}):
		default:
			return false
		}
	}
	return false
}

// denied is the call of a function in a condition that holds where it says no; nil where there is none: !isGenuine(body).
func denied(e *ir.Expr, name string) *ir.Expr {
	switch {
	case e == nil:
	case e.Kind == ir.Not:
		if call := ir.Awaited(e.X); call != nil && call.Kind == ir.Call && calledName(call.X) == name {
			return call
		}
	case e.Kind == ir.Binary && (e.Str == "||" || e.Str == "or"):
		if call := denied(e.X, name); call != nil {
			return call
		}
		return denied(e.Y, name)
	}
	return nil
}

package sast

import (
	"regexp"
	"slices"

	"wardlet.example/internal/dataflow"
	"wardlet.example/internal/ir"
	"wardlet.example/internal/paths"
)

// Logins by a code that somebody was sent, or by a number that he knows: there are few of them, so that they are found by trying.

var (
	// oneTime is what people call such a code, code alone what may be one.
	oneTime = regexp.MustCompile(`(?i)^((user|stored|saved|given|input|entered|submitted|expected|hashed)_?)?(otp|pin|pass_?code|one_?time_?(code|password|pin)|(otp|pin|verification|login|log_?in|sign_?in|security|sms|email|phone)_?(code|pin))(_?(hash|digest|hashed))?$`)
	aCode   = regexp.MustCompile(`(?i)^((user|stored|saved|given|input|entered|submitted|expected|hashed)_?)?code$`)
	// ofErrors is what has a code that says what went wrong.
	ofErrors = regexp.MustCompile(`(?i)(err|error|e|ex|exc|exception|reason|status|response|res|result|resp|answer|body\.error|country|product|coupon|promo|currency)\.code$`)
)

// comparesCode reports whether an expression compares such a code with the one that is expected.
func comparesCode(e *ir.Expr) bool {
	switch {
	case e.Kind == ir.Binary && equation(e.Str):
		return areCodes(e.X, e.Y)
	case e.Kind == ir.Call && len(e.List) == 2 && sameTime.MatchString(dotted(e.X)):
		return madeOfCode(e.List[0]) || madeOfCode(e.List[1])
	}
	return false
}

func areCodes(x, y *ir.Expr) bool {
	if x == nil || y == nil || isWritten(x) || isWritten(y) || dotted(x) == dotted(y) || ofErrors.MatchString(dotted(x)) || ofErrors.MatchString(dotted(y)) {
		return false
	}
	strong := func(e *ir.Expr) bool { return oneTime.MatchString(lastName(ir.Awaited(e))) || hashedCode(e) }
	code := func(e *ir.Expr) bool {
		return strong(e) || aCode.MatchString(lastName(e)) || hashName.MatchString(lastName(e))
	}
	return strong(x) && code(y) || strong(y) && code(x) || aCode.MatchString(lastName(x)) && aCode.MatchString(lastName(y))
}

// isWritten reports whether an expression is written out, or of the settings of the function.
func isWritten(e *ir.Expr) bool {
	return e.Kind == ir.Const || e.Kind == ir.Template && len(e.List) == 0
}

// hashedCode reports whether an expression is what a function makes of such a code: sha256(otp)
func hashedCode(e *ir.Expr) bool {
	return e.Kind == ir.Call && slices.ContainsFunc(e.List, func(x *ir.Expr) bool { return oneTime.MatchString(lastName(x)) || hashedCode(x) })
}

// madeOfCode reports whether an expression has such a code in it.
func madeOfCode(e *ir.Expr) bool {
	found := false
	ir.WalkExpr(e, nil, func(x *ir.Expr) bool {
		found = found || (x.Kind == ir.Name || x.Kind == ir.Member) && (oneTime.MatchString(x.Str) || aCode.MatchString(x.Str) && !ofErrors.MatchString(dotted(x)))
		return !found
	})
	return found
}

// letsIn reports whether one of the functions of a login makes what somebody is let in by.
func (l *login) letsIn() bool {
	return slices.ContainsFunc(append([]*ir.Func{l.fn}, l.callers...), func(fn *ir.Func) bool { return givesToken(fn) != "" })
}

// usedUp reports whether a code is gone after one try: it is taken out of where it was kept before it is compared, or where it does not fit.
func (l *login) usedUp(n *paths.Node) bool {
	if !l.code {
		return false
	}
	takes := operations(n, func(u dataflow.Use) bool { return u.Key == "dynamodb:DeleteItem" || u.Key == "dynamodb:UpdateItem" })
	is := func(file *ir.File, e *ir.Expr) bool {
		_, ok := takes[place{file, e.At}]
		return ok || takesOut.MatchString(lastName(e.X))
	}
	found := someCall(n, l.fn.File, l.fails, is, 0)
	ir.Walk(l.fn.Body, nil, func(e *ir.Expr) bool {
		found = found || e.Kind == ir.Call && e.At < l.check.At && !inside([]*ir.Stmt{l.decides}, e) && someCall(n, l.fn.File, []*ir.Stmt{{Kind: ir.Eval, X: e}}, is, 0)
		return !found
	})
	return found
}

// takesOut are methods by which stores give something and forget it.
var takesOut = regexp.MustCompile(`(?i)^(getdel|del|unlink|pop|take|find_?one_?and_?(delete|update)|delete(_?one)?|incr(by)?)$`)

// answersCorrect is the word by which a function tells a user pool whether the answer to its challenge was right.
// Source: https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-verify-auth-challenge-response.html
var answersCorrect = regexp.MustCompile(`^answerCorrect$`)

// unrecordedAnswers are functions that tell a user pool whether somebody answered right, and write down neither.
func unrecordedAnswers(n *paths.Node) []spot {
	var out []spot
	is := recording(n)
	for _, fn := range n.Result.Reached {
		var set *ir.Expr
		ir.Walk(fn.Body, nil, func(e *ir.Expr) bool {
			if e.Kind == ir.Assign && (answersCorrect.MatchString(lastName(e.X)) || e.Y != nil && slices.Contains(e.Y.Keys, "answerCorrect")) || e.Kind == ir.Call && slices.Contains(e.Keys, "answerCorrect") {
				if set == nil || !isFalse(set) && isFalse(e) {
					set = e
				}
			}
			return e.Kind != ir.Lambda
		})
		if set == nil || logsEvents(fn) {
			continue
		}
		recorded := slices.ContainsFunc(append([]*ir.Func{fn}, callersOf(n, fn)...), func(f *ir.Func) bool { return someCall(n, f.File, f.Body, is, 0) })
		if !recorded {
			out = append(out, spot{file: fn.File, at: set.At, fields: map[string]string{"call": "the challenge of a user pool", "others": "neither failed nor successful logins"}})
		}
	}
	return out
}

// isFalse reports whether an assignment gives a name false.
func isFalse(e *ir.Expr) bool {
	return e.Y != nil && e.Y.Kind == ir.Const && (e.Y.Str == "false" || e.Y.Str == "False")
}

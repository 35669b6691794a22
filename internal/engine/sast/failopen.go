package sast

import (
	"regexp"
	"slices"

	"wardlet.example/internal/ir"
)

// Checks of an authorizer that ask a service, and give the answer that lets the caller in where the service does not answer: isRevoked that says
// no because the list could not be read.

// deepestAnswer bounds how far such an answer is followed to those who ask for it.
const deepestAnswer = 3

// failsOpen tells of what a function gives where its question failed, if that is what lets callers in.
func (a *authorizer) failsOpen(fn *ir.Func, works map[place]string) {
	ir.Statements(fn.Body, func(list []*ir.Stmt, i int) {
		tried, handlers := list[i].Body, [][]*ir.Stmt(nil)
		switch s := list[i]; {
		case s.Kind == ir.Try && len(s.Else) > 0:
			handlers = handlersOf(s)
		case s.Kind == ir.If && fn.File.Language == ir.Go && i > 0 && saysFailed(s.X):
			tried, handlers = list[i-1:i], [][]*ir.Stmt{s.Body}
		}
		for _, handler := range handlers {
			answer, given := answerOf(handler)
			var object *ir.Expr
			if answer == nil {
				answer, object = objectOf(handler)
				given = true
			}
			if answer != nil && someOf(a.node, fn.File, tried, works) != "" && a.letsIn(fn, given, object, 0) {
				a.tell(fn.File, answer.At, "lets the caller in where its check has failed")
			}
		}
	})
}

// answerOf is the statement by which what handles an error gives yes or no and does nothing else but to log it, and what it gives; nil where it does not.
func answerOf(handler []*ir.Stmt) (answer *ir.Stmt, given bool) {
	for i, s := range handler {
		switch {
		case s.Kind == ir.Eval && s.X != nil && logs(s.X):
		case s.Kind == ir.Return && i == len(handler)-1 && s.X != nil:
			x := s.X
			if x.Kind == ir.Array && x.Str == "results" && len(x.List) == 2 && isNothing(x.List[1]) { // return false, nil
				x = x.List[0]
			}
			if x.Kind == ir.Const && x.Bare || x.Kind == ir.Name {
				switch x.Str {
				case "true", "True":
					return s, true
				case "false", "False":
					return s, false
				}
			}
		default:
			return nil, false
		}
	}
	return nil, false
}

// objectOf is the statement by which what handles an error gives an object in which something is true, and does nothing else but to log it, and the
// object: return { active: true, sub: "unknown" }. It is nil where it does not.
func objectOf(handler []*ir.Stmt) (answer *ir.Stmt, object *ir.Expr) {
	for i, s := range handler {
		switch {
		case s.Kind == ir.Eval && s.X != nil && logs(s.X):
		case s.Kind == ir.Return && i == len(handler)-1 && s.X != nil:
			x := s.X
			if x.Kind == ir.Array && x.Str == "results" && len(x.List) == 2 && isNothing(x.List[1]) {
				x = x.List[0]
			}
			if x = madeObject(x); x != nil && slices.ContainsFunc(x.List, isYes) {
				return s, x
			}
		default:
			return nil, nil
		}
	}
	return nil, nil
}

// madeObject is an object with the fields that are written for it: itself, or those that a class of Python is called with; nil for all else.
func madeObject(e *ir.Expr) *ir.Expr {
	switch {
	case e.Kind == ir.Object:
		return e
	case e.Kind == ir.Call && len(e.List) > 0 && len(e.Keys) == len(e.List) && startsLarge.MatchString(lastName(e.X)):
		return &ir.Expr{Kind: ir.Object, At: e.At, End: e.End, Keys: e.Keys, List: e.List}
	}
	return nil
}

// letsIn reports whether an answer of a function is the one by which somebody who asks for it goes on, where the other one refuses the caller. The answer
// is yes or no, or an object.
func (a *authorizer) letsIn(fn *ir.Func, given bool, object *ir.Expr, depth int) bool {
	if depth > deepestAnswer {
		return false
	}
	for _, site := range a.node.Result.LeadsTo(fn) {
		q := &question{call: site.Call, given: object}
		if assigned := assignedFrom(site.In, site.Call); assigned != nil {
			q.name = assigned.Str
		}
		if a.opensBy(q, site.In, given, depth) || a.opensByParts(q, site.In, depth) {
			return true
		}
	}
	return false
}

// opensBy reports whether what a function does with an answer lets the caller in by this one, and not by the other.
func (a *authorizer) opensBy(q *question, fn *ir.Func, given bool, depth int) bool {
	opens, refuses := false, false
	ir.Walk(fn.Body, func(s *ir.Stmt) bool {
		switch {
		case s.Kind == ir.If && q.concerns(s.X) && a.refuses(s.Body):
			is, other := q.truth(s.X, given), q.truth(s.X, !given)
			refuses = refuses || is == yes
			opens = opens || is != yes && other == yes
		case s.Kind == ir.Return && q.concerns(s.X) && isPlainAnswer(s.X):
			if is := q.truth(s.X, given); q.given != nil && q.is(ir.Awaited(s.X)) {
				opens = opens || a.letsIn(fn, given, q.given, depth+1)
			} else if is != perhaps || q.given != nil && q.truth(s.X, false) == elsewhere {
				opens = opens || a.letsIn(fn, is != elsewhere, nil, depth+1)
			}
		}
		return true
	}, func(e *ir.Expr) bool {
		opens = opens || q.opens(e, given) || a.handsOn(q, e, given, depth) || a.opensByName(q, fn, e, given, depth)
		return e.Kind != ir.Lambda
	})
	return opens && !refuses
}

// opensByName reports whether a name is set by an answer to what lets the caller in: const allowed = standing.active && mayRead(standing)
func (a *authorizer) opensByName(q *question, fn *ir.Func, e *ir.Expr, given bool, depth int) bool {
	if e.Kind != ir.Assign || e.X.Kind != ir.Name || e.X.Str == q.name || e.Y == nil || depth >= deepestAnswer || !q.concerns(e.Y) || q.is(ir.Awaited(e.Y)) {
		return false
	}
	is, other := q.truth(e.Y, given), q.truth(e.Y, !given)
	if (is == elsewhere) == (other == elsewhere) {
		return false
	}
	return a.opensBy(&question{name: e.X.Str}, fn, is != elsewhere, depth+1)
}

// opensByParts reports whether a part of an object that is taken out of the answer lets the caller in: const { active, scope } = await standing(token)
func (a *authorizer) opensByParts(q *question, fn *ir.Func, depth int) bool {
	if q.given == nil || depth >= deepestAnswer {
		return false
	}
	opens := false
	ir.Walk(fn.Body, nil, func(e *ir.Expr) bool {
		if e.Kind != ir.Assign || e.X.Kind != ir.Object || e.Y == nil || !q.is(ir.Awaited(e.Y)) {
			return !opens
		}
		for i, key := range e.X.Keys {
			at := slices.Index(q.given.Keys, key)
			if at < 0 || !isYes(q.given.List[at]) || len(namesIn(e.X.List[i])) != 1 {
				continue
			}
			opens = opens || a.opensBy(&question{name: namesIn(e.X.List[i])[0]}, fn, true, depth+1)
		}
		return !opens
	})
	return opens
}

// handsOn reports whether a call gives an answer as it is, or its contrary, to a function which lets the caller in by it: policy(user, arn, permitted).
func (a *authorizer) handsOn(q *question, e *ir.Expr, given bool, depth int) bool {
	if e.Kind != ir.Call || e == q.call || depth >= deepestAnswer {
		return false
	}
	for i, arg := range e.List {
		is := q.truth(arg, given)
		if is == perhaps || !q.concerns(arg) {
			continue
		}
		for _, fn := range a.node.Result.Callees(e) {
			if name := parameterFor(fn, e, i); name != "" && a.opensBy(&question{name: name}, fn, is == yes, depth+1) {
				return true
			}
		}
	}
	return false
}

// parameterFor is the name that a function has for an argument of a call: by its place, or by its name; empty where it is not a plain one.
func parameterFor(fn *ir.Func, call *ir.Expr, i int) string {
	if i < len(call.Keys) && call.Keys[i] != "" {
		return call.Keys[i]
	}
	params := fn.Params
	if len(params) > 0 && (params[0].Str == "self" || params[0].Str == "cls") {
		params = params[1:]
	}
	if i >= len(params) || len(namesIn(params[i])) != 1 || params[i].Kind == ir.Object || params[i].Kind == ir.Array {
		return ""
	}
	return namesIn(params[i])[0]
}

// isPlainAnswer reports whether an expression is yes or no, and not what an answer is put together of.
func isPlainAnswer(e *ir.Expr) bool {
	e = ir.Awaited(e)
	return e.Kind == ir.Not || e.Kind == ir.Binary || e.Kind == ir.Call || e.Kind == ir.Name
}

// refuses reports whether statements end the way without letting the caller in.
func (a *authorizer) refuses(body []*ir.Stmt) bool { return ir.Ends(body) && !a.allows(body, 0) }

// assignedFrom is the name that a function gives to what a call gives; nil where it gives none.
func assignedFrom(fn *ir.Func, call *ir.Expr) *ir.Expr {
	var name *ir.Expr
	ir.Walk(fn.Body, nil, func(e *ir.Expr) bool {
		if e.Kind == ir.Assign && e.Y != nil && ir.Awaited(e.Y) == call {
			to := e.X
			if to.Kind == ir.Array && len(to.List) > 0 { // revoked, err := isRevoked(ctx, id)
				to = to.List[0]
			}
			if to.Kind == ir.Name {
				name = to
			}
		}
		return name == nil
	})
	return name
}

// question is what is asked, as the one who asks writes it: the call, and the name that its answer has.
type question struct {
	call  *ir.Expr
	name  string
	given *ir.Expr // the object that the answer is where it is yes; nil where it is no more than that
}

// memberOf is the name of the member of an answer that an expression reads: grant.active, grant["active"], grant.get("active"); empty for all else.
func (q *question) memberOf(e *ir.Expr) string {
	switch {
	case q.given == nil || e == nil:
	case e.Kind == ir.Member && q.is(ir.Awaited(e.X)):
		return e.Str
	case e.Kind == ir.Index && e.Y != nil && e.Y.Kind == ir.Const && q.is(ir.Awaited(e.X)):
		return e.Y.Str
	case e.Kind == ir.Call && e.X.Kind == ir.Member && e.X.Str == "get" && len(e.List) > 0 && e.List[0].Kind == ir.Const && q.is(ir.Awaited(e.X.X)):
		return e.List[0].Str
	}
	return ""
}

// asksIn are methods that ask whether something stands in a text or a list.
var asksIn = regexp.MustCompile(`^(includes|has|some|contains|find|match|startsWith|indexOf)$`)

// asksEmpty reports whether an expression asks what stands in a member of an answer that is empty: standing.scope.split(" ").includes("files:read")
func (q *question) asksEmpty(e *ir.Expr) bool {
	in := (*ir.Expr)(nil)
	switch {
	case q.given == nil:
	case e.Kind == ir.Binary && e.Str == "in":
		in = e.Y
	case e.Kind == ir.Call && e.X.Kind == ir.Member && asksIn.MatchString(e.X.Str):
		in = e.X.X
	}
	for in != nil {
		if name := q.memberOf(in); name != "" {
			i := slices.Index(q.given.Keys, name)
			return i < 0 || isEmptyValue(q.given.List[i])
		}
		if in.Kind != ir.Call && in.Kind != ir.Member {
			return false
		}
		in = in.X
	}
	return false
}

// memberTrue is whether a member of an answer that is an object says yes: grant.active
func (q *question) memberTrue(name string, answer bool) way {
	i := slices.Index(q.given.Keys, name)
	switch {
	case !answer || i < 0 || isEmptyValue(q.given.List[i]):
		return elsewhere
	case isYes(q.given.List[i]):
		return yes
	}
	return perhaps
}

// equalsMember is whether a member of an answer that is an object is a constant.
func (q *question) equalsMember(member, constant *ir.Expr, answer bool) way {
	name := q.memberOf(member)
	if name == "" || constant == nil || constant.Kind != ir.Const || q.given.Kind != ir.Object {
		return perhaps
	}
	i := slices.Index(q.given.Keys, name)
	switch {
	case !answer || i < 0:
		return elsewhere
	case q.given.List[i].Kind != ir.Const:
		return perhaps
	case q.given.List[i].Str == constant.Str:
		return yes
	}
	return elsewhere
}

func (q *question) is(e *ir.Expr) bool {
	return e == q.call || q.name != "" && e.Kind == ir.Name && e.Str == q.name
}

func (q *question) concerns(e *ir.Expr) bool {
	found := false
	ir.WalkExpr(e, nil, func(x *ir.Expr) bool {
		found = found || q.is(x)
		return !found
	})
	return found
}

// opens reports whether an expression says yes to the caller by one answer, and no by the other one.
func (q *question) opens(e *ir.Expr, given bool) bool {
	switch e.Kind {
	case ir.Cond:
		if !q.concerns(e.X) {
			return false
		}
		is, other := q.truth(e.X, given), q.truth(e.X, !given)
		return is == elsewhere && isYes(e.Z) && other != elsewhere || is == yes && isYes(e.Y) && other != yes
	case ir.Object:
		for i, key := range e.Keys {
			if i < len(e.List) && yesName.MatchString(key) && q.concerns(e.List[i]) && e.List[i].Kind != ir.Cond {
				return q.truth(e.List[i], given) != elsewhere && q.truth(e.List[i], !given) == elsewhere
			}
		}
	}
	return false
}

// truth is what an expression is where a question is answered so: yes, perhaps, or not (elsewhere).
func (q *question) truth(e *ir.Expr, answer bool) way {
	e = ir.Awaited(e)
	switch {
	case e == nil:
		return perhaps
	case q.is(e) && answer:
		return yes
	case q.is(e):
		return elsewhere
	case q.memberOf(e) != "":
		return q.memberTrue(q.memberOf(e), answer)
	case q.asksEmpty(e):
		return elsewhere
	case e.Kind == ir.Not:
		return contrary(q.truth(e.X, answer))
	case e.Kind == ir.Call && len(e.List) == 1 && (lastName(e.X) == "Boolean" || lastName(e.X) == "bool"):
		return q.truth(e.List[0], answer)
	case e.Kind == ir.Binary:
		x, y := q.truth(e.X, answer), q.truth(e.Y, answer)
		switch e.Str {
		case "&&", "and":
			return both(x, y)
		case "||", "or":
			return contrary(both(contrary(x), contrary(y)))
		case "===", "==", "is":
			return q.equals(x, e, answer)
		case "!==", "!=", "is not":
			return contrary(q.equals(x, e, answer))
		}
	}
	return perhaps
}

// equals is whether the two sides of a comparison are the same, of which the first one is so true.
func (q *question) equals(x way, e *ir.Expr, answer bool) way {
	if is := q.equalsMember(e.X, e.Y, answer); is != perhaps {
		return is
	}
	if q.given != nil && q.given.Kind == ir.Object && isNothing(e.Y) && q.is(ir.Awaited(e.X)) {
		return contrary(x)
	}
	return equals(x, e.Y)
}

// equals is whether a truth is the one that a constant is.
func equals(x way, constant *ir.Expr) way {
	switch {
	case constant == nil || constant.Kind != ir.Const && constant.Kind != ir.Name:
		return perhaps
	case constant.Str == "true" || constant.Str == "True":
		return x
	case constant.Str == "false" || constant.Str == "False":
		return contrary(x)
	}
	return perhaps
}

// both is whether two things are true.
func both(x, y way) way {
	switch {
	case x == elsewhere || y == elsewhere:
		return elsewhere
	case x == yes && y == yes:
		return yes
	}
	return perhaps
}

func contrary(w way) way {
	switch w {
	case yes:
		return elsewhere
	case elsewhere:
		return yes
	}
	return w
}

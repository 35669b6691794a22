package sast

import (
	"regexp"
	"slices"

	"wardlet.example/internal/dataflow"
	"wardlet.example/internal/finding"
	"wardlet.example/internal/ir"
	"wardlet.example/internal/model"
	"wardlet.example/internal/paths"
)

// allowing are the places where an authorizer lets callers in without having found out who they are: where its check failed, after a check
// whose failure makes no difference, or with no check at all.
func allowing(w *work, n *paths.Node) []spot {
	isOne := slices.ContainsFunc(n.Function.Triggers, func(t *model.Trigger) bool { return t.Kind == model.TriggerAuthorizer })
	if !isOne && !writtenAsAuthorizer(n) || n.Result.Cut {
		return nil
	}
	a, works := &authorizer{work: w, node: n}, workAnywhere(n)
	for _, fn := range n.Result.Reached {
		a.list(fn.File, fn.Body)
		a.failsOpen(fn, works)
		a.wrapped(fn, works)
		a.chained(fn)
		a.allOfNothing(fn)
	}
	a.builtOpen()
	if len(a.found) == 0 {
		a.unconditional()
	}
	return a.found
}

// ofAuthorizing is what only the event of an authorizer says, decision what only its answer does.
var (
	ofAuthorizing = regexp.MustCompile(`^([mM]ethodArn|[rR]outeArn|[aA]uthorizationToken)$`)
	decision      = regexp.MustCompile(`^([pP]olicyDocument|[iI]sAuthorized)$`)
)

// writtenAsAuthorizer reports whether a function of which no template says who calls it reads what only an authorizer is told, and answers as one.
func writtenAsAuthorizer(n *paths.Node) bool {
	if n.App.Kind != model.Convention || len(n.Function.Triggers) > 0 {
		return false
	}
	asks, answers := false, false
	for _, fn := range n.Result.Reached {
		if answersSimply(fn.Body) || answersAsType(fn) {
			return true
		}
		asks, answers = asks || someWord(fn.Body, ofAuthorizing), answers || someWord(fn.Body, decision)
	}
	return asks && answers
}

// answersSimply reports whether a function returns what only an authorizer of an HTTP API does: whether the caller is let in, perhaps with a context,
// and nothing else.
func answersSimply(body []*ir.Stmt) bool {
	found := false
	ir.Walk(body, func(s *ir.Stmt) bool {
		found = found || s.Kind == ir.Return && s.X != nil && s.X.Kind == ir.Object && slices.Contains(s.X.Keys, "isAuthorized") &&
			!slices.ContainsFunc(s.X.Keys, func(key string) bool { return key != "isAuthorized" && key != "context" })
		return !found
	}, nil)
	return found
}

// answerTypes are the types of Go that only an authorizer answers with.
var answerTypes = regexp.MustCompile(`^events\.APIGateway(V2)?CustomAuthorizer\w*Response$`)

// answersAsType reports whether a function makes an answer of such a type.
func answersAsType(fn *ir.Func) bool {
	found := false
	ir.Walk(fn.Body, nil, func(e *ir.Expr) bool {
		found = found || e.Kind == ir.Object && fn.File.Language == ir.Go && e.X != nil && answerTypes.MatchString(dotted(e.X))
		return !found
	})
	return found
}

type authorizer struct {
	work  *work
	node  *paths.Node
	found []spot

	fields map[string][]ir.Field // of the classes in its files, by their names; nil until they are asked for
}

func (a *authorizer) tell(file *ir.File, at int32, how string) {
	if !slices.ContainsFunc(a.found, func(s spot) bool { return s.file == file && s.at == at }) {
		a.found = append(a.found, spot{file: file, at: at, fields: map[string]string{"call": how}})
	}
}

// list looks at the branches that follow a failure, and at what comes after them.
func (a *authorizer) list(file *ir.File, body []*ir.Stmt) {
	body = inOneList(body)
	for i, s := range body {
		switch {
		case s.Kind == ir.Try && len(s.Else) > 0:
			a.failed(file, s.Else)
			if !leaves(s.Else) && len(s.Final) == 0 {
				a.goesOn(file, s, body[:i], body[i+1:])
				a.staysAllowed(file, body, i)
			}
		case s.Kind == ir.Eval && a.failsSilently(s.X):
			a.goesOn(file, &ir.Stmt{Kind: ir.Try, At: s.At, Body: body[i : i+1]}, nil, body[i+1:])
		case s.Kind == ir.If && saysFailed(s.X):
			a.failed(file, s.Body)
			if file.Language == ir.Go && i > 0 && len(s.Else) == 0 && !ir.Ends(s.Body) {
				call := a.beforeRefusals(body, i)
				tried := &ir.Stmt{Kind: ir.Try, At: s.At, Body: body[call : call+1], Else: s.Body}
				a.goesOn(file, tried, nil, body[i+1:])
				a.staysAllowed(file, slices.Concat(body[:i], []*ir.Stmt{tried}, body[i+1:]), i)
			}
		}
		if branch := failingBranch(s); file.Language == ir.Go && i > 0 && len(branch) > 0 && !ir.Ends(branch) {
			tried := &ir.Stmt{Kind: ir.Try, At: s.At, Body: body[i-1 : i], Else: branch}
			a.staysAllowed(file, slices.Concat(body[:i], []*ir.Stmt{tried}, body[i+1:]), i)
		}
		a.list(file, s.Body)
		a.list(file, s.Else)
		a.list(file, s.Final)
	}
	ir.Walk(body, nil, func(e *ir.Expr) bool {
		if e.Kind == ir.Call && e.X != nil && e.X.Kind == ir.Member && e.X.Str == "catch" && len(e.List) > 0 && e.List[0].Kind == ir.Lambda {
			a.failed(file, e.List[0].Fn.Body)
		}
		return true
	})
}

// beforeRefusals is the statement whose error is asked for at a place: the one before it, or before those that turn away some of the errors:
// if errors.Is(err, jwt.ErrTokenExpired) { return refused, nil }.
func (a *authorizer) beforeRefusals(body []*ir.Stmt, at int) int {
	i := at - 1
	for i > 0 && body[i].Kind == ir.If && len(body[i].Else) == 0 && asksWhichError(body[i].X) && a.refuses(body[i].Body) {
		i--
	}
	return i
}

// asksWhichError reports whether a condition asks nothing but which error there is.
func asksWhichError(e *ir.Expr) bool {
	switch {
	case e == nil:
		return false
	case e.Kind == ir.Binary && (e.Str == "||" || e.Str == "&&"):
		return asksWhichError(e.X) && asksWhichError(e.Y)
	case e.Kind == ir.Call:
		return len(e.List) > 0 && e.List[0].Kind == ir.Name && errorName.MatchString(e.List[0].Str)
	case e.Kind == ir.Binary && equation(e.Str):
		return baseOfError(e.X)
	}
	return false
}

// baseOfError reports whether an expression is an error, or a member of one.
func baseOfError(e *ir.Expr) bool {
	for e != nil && e.Kind == ir.Member {
		e = e.X
	}
	return e != nil && e.Kind == ir.Name && errorName.MatchString(e.Str)
}

// failsSilently reports whether a statement is only a call of the program's own check that catches what fails and throws nothing: what it gives back says
// how it went, and nobody takes that.
func (a *authorizer) failsSilently(e *ir.Expr) bool {
	if e != nil && e.Kind == ir.Assign { // to a name that is not asked for
		e = e.Y
	}
	if e != nil && e.Kind == ir.Await {
		e = e.X
	}
	if e == nil || e.Kind != ir.Call || !verifier.MatchString(lastName(e.X)) {
		return false
	}
	fns := calledByName(a.node, e)
	return len(fns) > 0 && !slices.ContainsFunc(fns, func(fn *ir.Func) bool { return !a.catchesAll(fn.Body) })
}

// catchesAll reports whether a function does what it does in a try that verifies, whose handlers throw nothing.
func (a *authorizer) catchesAll(body []*ir.Stmt) bool {
	found := false
	for _, s := range body {
		switch {
		case s.Kind == ir.Try && len(s.Else) > 0 && a.verifies(s.Body) && !throws(s.Else):
			found = true
		case throws([]*ir.Stmt{s}):
			return false
		}
	}
	return found
}

// failingBranch is what is done for an error of Go where several cases are told apart: switch { case err != nil: ... }. It is empty where none is.
func failingBranch(s *ir.Stmt) []*ir.Stmt {
	for s.Kind == ir.If && len(s.Else) == 1 {
		if saysFailed(s.X) {
			return s.Body
		}
		s = s.Else[0]
	}
	if s.Kind == ir.If && saysFailed(s.X) && len(s.Else) > 1 {
		return s.Body
	}
	return nil
}

// inOneList are statements with those of blocks among them: what if token, err := parse(raw); err != nil begins with stands in one.
func inOneList(body []*ir.Stmt) []*ir.Stmt {
	if !slices.ContainsFunc(body, func(s *ir.Stmt) bool { return s.Kind == ir.Block }) {
		return body
	}
	var out []*ir.Stmt
	for _, s := range body {
		if s.Kind == ir.Block {
			out = append(out, inOneList(s.Body)...)
		} else {
			out = append(out, s)
		}
	}
	return out
}

// staysAllowed looks at an answer that is yes from the beginning, where not every failure of a check sets it to no: let effect = "Allow".
func (a *authorizer) staysAllowed(file *ir.File, body []*ir.Stmt, try int) {
	name, begins := "", int32(0)
	for _, s := range body[:try] {
		switch to := setOrField(s); {
		case to == nil:
		case yesName.MatchString(to.X.Str):
			name = ""
			if isYes(to.Y) {
				name, begins = baseName(to.X), s.At
			}
		case to.X.Kind == ir.Name && (beginsWithYes(to.Y) || a.madeWithYes(to.Y, 0)):
			name, begins = to.X.Str, s.At
		}
	}
	var sets func(*ir.Stmt) bool
	sets = func(s *ir.Stmt) bool {
		if s.Kind == ir.If {
			return slices.ContainsFunc(s.Body, sets) && slices.ContainsFunc(s.Else, sets)
		}
		if s.Kind == ir.Block {
			return slices.ContainsFunc(s.Body, sets)
		}
		to := setOrField(s)
		return to != nil && baseName(to.X) == name
	}
	if name == "" || !slices.ContainsFunc(body[try].Body, a.checksAgain) {
		return
	}
	some := false // of the errors one leaves the answer as it is
	for _, handler := range handlersOf(body[try]) {
		if slices.ContainsFunc(handler, a.checksAgain) {
			return
		}
		some = some || !ir.Ends(handler) && !slices.ContainsFunc(handler, sets)
	}
	if !some {
		return
	}
	for _, s := range body[try+1:] {
		if s.Kind != ir.Eval && s.Kind != ir.Return || sets(s) {
			return // asked again, or said anew
		}
		at, used := s.At, false
		ir.Walk([]*ir.Stmt{s}, nil, func(e *ir.Expr) bool {
			used = used || e.Kind == ir.Name && e.Str == name
			return !used && !logs(e)
		})
		if used {
			a.tell(file, at, "lets the caller in after some failures of its check")
			last := &a.found[len(a.found)-1]
			if last.at == at && last.trace == nil {
				last.trace = []finding.Step{{Place: finding.Place{Pos: a.work.position(file, begins)}, Message: "the answer begins with yes"}}
			}
			return
		}
	}
}

// handlersOf are what handles the errors of a try: that of JavaScript, or the clauses of Python.
func handlersOf(s *ir.Stmt) [][]*ir.Stmt {
	if !allHandlers(s.Else) {
		return [][]*ir.Stmt{s.Else}
	}
	var out [][]*ir.Stmt
	for _, clause := range s.Else {
		out = append(out, clause.Body)
	}
	return out
}

// setIn is how a statement sets a name; nil where it does not.
func setIn(s *ir.Stmt) *ir.Expr {
	if set := setOrField(s); set != nil && set.X.Kind == ir.Name {
		return set
	}
	return nil
}

// setOrField is how a statement sets a name, or a field of one; nil where it does not.
func setOrField(s *ir.Stmt) *ir.Expr {
	if s.Kind != ir.Eval || s.X == nil || s.X.Kind != ir.Assign || s.X.X == nil {
		return nil
	}
	if to := s.X.X; to.Kind == ir.Name || to.Kind == ir.Member && to.X.Kind == ir.Name {
		return s.X
	}
	return nil
}

// baseName is the name that is set, or the one of which a field is.
func baseName(e *ir.Expr) string {
	if e.Kind == ir.Member {
		return e.X.Str
	}
	return e.Str
}

// beginsWithYes reports whether an expression is an answer that is put together with a yes in it: verdict{effect: "Allow"}, Decision(allowed=True).
func beginsWithYes(e *ir.Expr) bool {
	if e != nil && e.Kind == ir.Call && len(e.List) == 1 && e.List[0].Kind == ir.Object { // new Verdict({ effect: "Allow" })
		e = e.List[0]
	}
	if e == nil || e.Kind != ir.Object && e.Kind != ir.Call {
		return false
	}
	for i, key := range e.Keys {
		if i < len(e.List) && yesName.MatchString(key) && isYes(e.List[i]) {
			return true
		}
	}
	return false
}

// madeWithYes reports whether a call makes an object of the program that says yes from the beginning: Decision(), where that has the field allowed: bool =
// True, or newVerdict(), which gives such an object back.
func (a *authorizer) madeWithYes(e *ir.Expr, depth int) bool {
	if e == nil || e.Kind != ir.Call || depth > deepestPolicy {
		return false
	}
	if len(e.List) == 0 && slices.ContainsFunc(a.fieldsOfClass(lastName(e.X)), func(field ir.Field) bool { return yesName.MatchString(field.Name) && isYes(field.Value) }) {
		return true
	}
	made := calledByName(a.node, e)
	return len(made) == 1 && len(made[0].Body) == 1 && made[0].Body[0].Kind == ir.Return && (beginsWithYes(made[0].Body[0].X) || a.madeWithYes(made[0].Body[0].X, depth+1))
}

// fieldsOfClass are the fields of a class in the files of the authorizer, by its name.
func (a *authorizer) fieldsOfClass(name string) []ir.Field {
	if a.fields == nil {
		a.fields = map[string][]ir.Field{}
		for _, path := range a.node.Result.Files {
			if file := a.node.Result.Program.File(path); file != nil {
				ir.Walk(file.Body, func(s *ir.Stmt) bool {
					if s.Class != nil {
						a.fields[s.Class.Name] = s.Class.Fields
					}
					return true
				}, func(*ir.Expr) bool { return false })
			}
		}
	}
	return a.fields[name]
}

// errorName is what people call what went wrong.
var errorName = regexp.MustCompile(`(?i)^(e|ex|err|error|exc|exception|\w*(Err|Error))$`)

// saysFailed reports whether a condition is that something went wrong: if (err), if err != nil.
func saysFailed(e *ir.Expr) bool {
	if e != nil && e.Kind == ir.Binary && (e.Str == "!=" || e.Str == "!==" || e.Str == "is not") && isNothing(e.Y) {
		e = e.X
	}
	return e != nil && e.Kind == ir.Name && errorName.MatchString(e.Str)
}

func isNothing(e *ir.Expr) bool {
	return e == nil || (e.Kind == ir.Const && e.Bare || e.Kind == ir.Name) && (e.Str == "null" || e.Str == "undefined" || e.Str == "None" || e.Str == "nil")
}

// failed tells of an answer that allows in a branch where a check failed, unless another check comes first.
func (a *authorizer) failed(file *ir.File, body []*ir.Stmt) {
	if allHandlers(body) {
		for _, handler := range body {
			a.failed(file, handler.Body)
		}
		return
	}
	for _, s := range body {
		if s.Kind == ir.If && ir.Ends(s.Body) && !a.allows(s.Body, 0) { // some errors are refused; the others go on
			continue
		}
		if s.Kind == ir.Try || a.checksAgain(s) {
			return
		}
		if at, ok := a.allowsAt(s, 0); ok {
			a.tell(file, at, "lets the caller in where its check has failed")
			return
		}
	}
}

// harmlessCall is how calls are written that find out nothing about a caller.
var harmlessCall = regexp.MustCompile(`(?i)(^|\.)(callback|cb|next|succeed|done|resolve|JSON\.\w+|json\.\w+|str|String|Error|split|trim|strip|replace|replaceAll|substring|slice|substr|toLowerCase|toUpperCase|lower|upper|join|push|append|get|keys|format|isoformat|toString|toISOString|now|Date|new_?policy|build|addMethod|AuthPolicy|HttpVerb|len|dict|list|\w*(allow|policy|response|document|statement)\w*|time|uuid4?|v4|randomUUID)$`)

// checksAgain reports whether a statement calls what perhaps finds out who the caller is.
func (a *authorizer) checksAgain(s *ir.Stmt) bool {
	again := false
	ir.Walk([]*ir.Stmt{s}, nil, func(e *ir.Expr) bool {
		if e.Kind == ir.Call && !logs(e) && !harmlessCall.MatchString(dotted(e.X)) && !a.builds(e) && !a.onlyReads(e) {
			again = true
		}
		return !again
	})
	return again
}

// readsToken are calls of libraries that read a token and ask nobody whether it is genuine.
var readsToken = regexp.MustCompile(`^(jose\.(decodeJwt|decodeProtectedHeader|UnsecuredJWT\.decode)|jsonwebtoken\.(default\.)?decode|jwt-decode(\.\w+)?|jws\.decode|aws-jwt-verify/jwt\.decomposeUnverifiedJwt|jwt\.get_unverified_header|jose\.jwt\.get_unverified_(claims|headers?)|github_com/(golang-jwt|dgrijalva)/.*ParseUnverified|github_com/lestrrat-go/jwx/.*ParseInsecure)$`)

// onlyReads reports whether a call reads what a token says of itself, which finds out nothing about who sends it.
func (a *authorizer) onlyReads(e *ir.Expr) bool {
	return slices.ContainsFunc(a.node.Result.Calls, func(c dataflow.Called) bool { return c.Expr == e && readsToken.MatchString(c.Ref) })
}

// builds reports whether a call is one of the authorizer's own functions that makes a policy.
func (a *authorizer) builds(e *ir.Expr) bool {
	for _, fn := range calledByName(a.node, e) {
		if someWord(fn.Body, policyWord) {
			return true
		}
	}
	return false
}

// policyWord are the words of an answer.
var policyWord = regexp.MustCompile(`^(policyDocument|isAuthorized|PolicyDocument|IsAuthorized|principalId|PrincipalID)$`)

func someWord(body []*ir.Stmt, word *regexp.Regexp) bool {
	found := false
	ir.Walk(body, nil, func(e *ir.Expr) bool {
		found = found || (e.Kind == ir.Const || e.Kind == ir.Name || e.Kind == ir.Member) && word.MatchString(e.Str) || slices.ContainsFunc(e.Keys, word.MatchString)
		return !found
	})
	return found
}

// allowsAt is where a statement lets the caller in, whatever else is true.
func (a *authorizer) allowsAt(s *ir.Stmt, depth int) (int32, bool) {
	if s.Kind == ir.If {
		return 0, false
	}
	at, found := int32(0), false
	ir.Walk([]*ir.Stmt{s}, func(x *ir.Stmt) bool { return x.Kind != ir.If && x.Kind != ir.Loop }, func(e *ir.Expr) bool {
		if found || e.Kind == ir.Cond || e.Kind == ir.Lambda || logs(e) {
			return false
		}
		if a.allowing(e, depth) {
			at, found = e.At, true
		}
		return !found
	})
	return at, found
}

func (a *authorizer) allows(body []*ir.Stmt, depth int) bool {
	found := false
	ir.Walk(body, nil, func(e *ir.Expr) bool {
		found = found || a.allowing(e, depth)
		return !found
	})
	return found
}

// deepestPolicy bounds how far functions that make answers are followed by their names.
const deepestPolicy = 2

// yesName is what people call the answer of an authorizer before it is put together.
var yesName = regexp.MustCompile(`(?i)^(is_?)?(authori[sz]ed|allow(ed)?|effect|permitted|has_?access|authenticated)$`)

// allowing reports whether an expression is, makes or sets an answer that lets the caller in.
func (a *authorizer) allowing(e *ir.Expr, depth int) bool {
	switch e.Kind {
	case ir.Object:
		for i, key := range e.Keys {
			if i < len(e.List) && (yesName.MatchString(key) && isYes(e.List[i])) {
				return true
			}
		}
	case ir.Assign:
		return e.X != nil && yesName.MatchString(lastName(e.X)) && isYes(e.Y)
	case ir.Call:
		for i, x := range e.List {
			if x.Kind == ir.Const && !x.Bare && x.Str == "Allow" || i < len(e.Keys) && yesName.MatchString(e.Keys[i]) && isYes(x) {
				return true
			}
		}
		if name := lastName(e.X); name == "allowAllMethods" || name == "allow_all_methods" {
			return true
		}
		if depth < deepestPolicy {
			for _, fn := range calledByName(a.node, e) {
				if (a.allows(fn.Body, depth+1) || allowsUnlessTold(fn, e)) && !a.decides(fn.Body) {
					return true
				}
			}
		}
	}
	return false
}

// allowsUnlessTold reports whether a call leaves out a parameter that says yes then.
func allowsUnlessTold(fn *ir.Func, call *ir.Expr) bool {
	for i, p := range fn.Params {
		if i >= len(call.List) && p.Kind == ir.Default && isYes(p.Y) && !slices.Contains(call.Keys, p.X.Str) {
			return true
		}
	}
	return false
}

func isYes(e *ir.Expr) bool {
	return e != nil && e.Kind == ir.Const && (e.Bare && (e.Str == "true" || e.Str == "True") || !e.Bare && e.Str == "Allow")
}

// decides reports whether statements depend on anything.
func (a *authorizer) decides(body []*ir.Stmt) bool {
	found := false
	ir.Walk(body, func(s *ir.Stmt) bool {
		found = found || s.Kind == ir.If || s.Kind == ir.Throw || s.Kind == ir.Try || s.Kind == ir.Guard
		return !found
	}, func(e *ir.Expr) bool {
		found = found || e.Kind == ir.Cond || e.Kind == ir.Binary && (e.Str == "&&" || e.Str == "==" || e.Str == "===") || e.Kind == ir.Not ||
			e.Kind == ir.Const && (e.Str == "Deny" || e.Str == "Unauthorized")
		return !found
	})
	return found
}

// goesOn tells of an answer that allows after a check whose failure was caught and changed nothing. What the check sets makes a difference,
// unless it only takes the place of what was said of everyone before: let principal = "anonymous".
func (a *authorizer) goesOn(file *ir.File, try *ir.Stmt, before, rest []*ir.Stmt) {
	if !a.passesSome(try.Else) || !a.verifies(try.Body) {
		return
	}
	set := assigned(try.Body)
	for _, s := range before {
		if to := setIn(s); to != nil && isText(to.Y) && !a.decidesBy(to.X.Str, rest) {
			delete(set, to.X.Str)
		}
	}
	for _, s := range rest {
		if s.Kind != ir.Eval && s.Kind != ir.Return || a.checksAgain(s) || uses(s, set) {
			return
		}
		if at, ok := a.allowsAt(s, 0); ok {
			a.tell(file, at, "lets the caller in also where the check before it has failed")
			return
		}
	}
}

// passesSome reports whether what handles the errors of a check lets some of them go on and does nothing about these: it only logs, perhaps after
// it has turned away those of one kind.
func (a *authorizer) passesSome(handler []*ir.Stmt) bool {
	if allHandlers(handler) {
		some := false
		for _, clause := range handler {
			switch {
			case !ir.Ends(clause.Body):
				if !a.passesSome(clause.Body) {
					return false
				}
				some = true
			case !a.refuses(clause.Body):
				return false
			}
		}
		return some
	}
	rest := slices.DeleteFunc(slices.Clone(handler), func(s *ir.Stmt) bool {
		return s.Kind == ir.If && len(s.Else) == 0 && asksWhichError(s.X) && a.refuses(s.Body)
	})
	return !a.changes(rest)
}

// isText reports whether an expression is a text that says something other than an answer.
func isText(e *ir.Expr) bool {
	return e != nil && e.Kind == ir.Const && !e.Bare && e.Str != "" && e.Str != "Allow" && e.Str != "Deny"
}

// decidesBy reports whether statements, or a function that they give it to, ask for what a name holds.
func (a *authorizer) decidesBy(name string, body []*ir.Stmt) bool {
	names, found := map[string]bool{name: true}, false
	ir.Walk(body, nil, func(e *ir.Expr) bool {
		switch e.Kind {
		case ir.Call:
			found = found || slices.ContainsFunc(e.List, func(x *ir.Expr) bool { return contains(x, nil, names) }) &&
				slices.ContainsFunc(calledByName(a.node, e), func(fn *ir.Func) bool { return a.decides(fn.Body) })
		case ir.Cond:
			found = found || contains(e.X, nil, names)
		case ir.Binary:
			found = found || equation(e.Str) && contains(e, nil, names)
		}
		return !found
	})
	return found
}

// changes reports whether a branch sets, calls or leaves anything besides what logs.
func (a *authorizer) changes(body []*ir.Stmt) bool {
	changes := false
	ir.Walk(body, func(s *ir.Stmt) bool {
		changes = changes || s.Kind == ir.Return || s.Kind == ir.Throw || s.Kind == ir.Leave
		return !changes
	}, func(e *ir.Expr) bool {
		if logs(e) {
			return false
		}
		changes = changes || e.Kind == ir.Assign || e.Kind == ir.Call
		return !changes
	})
	return changes
}

// verifier is how calls are written that check who somebody is.
var verifier = regexp.MustCompile(`(?i)verif|valid|decode|authenticat|check`)

// parsesToken is how Go says that a token is read and verified.
var parsesToken = regexp.MustCompile(`(?i)(jwt|token|jws|jose)\w*\.parse`)

func (a *authorizer) verifies(body []*ir.Stmt) bool {
	found := false
	ir.Walk(body, nil, func(e *ir.Expr) bool {
		found = found || e.Kind == ir.Call && (verifier.MatchString(lastName(e.X)) || parsesToken.MatchString(dotted(e.X)) || a.parses(e))
		return !found
	})
	return found
}

// tokenParsers are functions of libraries of Go that read a token and verify it, whatever their parser is called.
var tokenParsers = regexp.MustCompile(`^github_com/(golang-jwt|dgrijalva|lestrrat-go|gbrlsnchs)/.*\.Parse(WithClaims|String|Request)?$`)

// parses reports whether a call is one of a library that verifies a token.
func (a *authorizer) parses(e *ir.Expr) bool {
	return slices.ContainsFunc(a.node.Result.Calls, func(c dataflow.Called) bool { return c.Expr == e && tokenParsers.MatchString(c.Ref) })
}

// assigned are the names that statements set.
func assigned(body []*ir.Stmt) map[string]bool {
	out := map[string]bool{}
	ir.Walk(body, nil, func(e *ir.Expr) bool {
		if e.Kind == ir.Assign {
			ir.WalkExpr(e.X, nil, func(x *ir.Expr) bool {
				if x.Kind == ir.Name {
					out[x.Str] = true
				}
				return true
			})
		}
		return true
	})
	return out
}

func uses(s *ir.Stmt, names map[string]bool) bool {
	found := false
	ir.Walk([]*ir.Stmt{s}, nil, func(e *ir.Expr) bool {
		found = found || e.Kind == ir.Name && names[e.Str]
		return !found
	})
	return found
}

// leaves reports whether the handlers of a try all leave; those of Python stand beside each other.
func leaves(body []*ir.Stmt) bool {
	if !allHandlers(body) {
		return ir.Ends(body)
	}
	return !slices.ContainsFunc(body, func(s *ir.Stmt) bool { return !ir.Ends(s.Body) })
}

// allHandlers reports whether what handles errors are the except clauses of Python, as lower writes them.
func allHandlers(body []*ir.Stmt) bool {
	return len(body) > 0 && !slices.ContainsFunc(body, func(s *ir.Stmt) bool { return s.Kind != ir.If || s.X != nil })
}

// unconditional tells of an authorizer that allows, and in which nothing is ever asked, looked up or refused.
func (a *authorizer) unconditional() {
	var file *ir.File
	at := int32(0)
	for _, fn := range a.node.Result.Reached {
		if a.decides(fn.Body) || slices.ContainsFunc(fn.Body, a.checksAgain) {
			return
		}
		for _, s := range fn.Body {
			if place, ok := a.allowsAt(s, deepestPolicy); ok && file == nil {
				file, at = fn.File, place
			}
		}
	}
	if file != nil {
		a.tell(file, at, "lets everyone in: it checks nothing")
	}
}

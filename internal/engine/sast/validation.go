package sast

import (
	"regexp"
	"slices"
	"strings"

	"wardlet.example/internal/dataflow"
	"wardlet.example/internal/ir"
	"wardlet.example/internal/paths"
)

// answering are validators that answer and do not throw: by the package, and the method. Where the method is a call, what it gives is called.
var answering = []struct{ packages, methods []string }{
	{[]string{"joi", "@hapi/joi", "@joi/joi"}, []string{"validate"}},
	{[]string{"zod", "valibot"}, []string{"safeParse", "safeParseAsync"}},
	{[]string{"yup"}, []string{"isValid", "isValidSync"}},
	{[]string{"ajv", "is-my-json-valid", "fastest-validator"}, []string{"compile()", "validate"}},
	{[]string{"class-validator"}, []string{"validate", "validateSync"}},
	{[]string{"superstruct"}, []string{"validate", "is"}},
	{[]string{"cerberus"}, []string{"validate"}},
	{[]string{"marshmallow"}, []string{"validate"}},
	{[]string{"express-validator"}, []string{"validationResult"}},
	{[]string{"jsonschema"}, []string{"iter_errors", "is_valid"}},
	{[]string{"fastjsonschema"}, []string{"is_valid"}},
	{[]string{"bcrypt", "bcryptjs", "bcrypt-nodejs"}, []string{"compare", "compareSync", "checkpw"}},
	{[]string{"argon2", "@node-rs/argon2", "@node-rs/bcrypt", "scrypt-kdf"}, []string{"verify", "verifySync"}},
	{[]string{"werkzeug"}, []string{"check_password_hash"}},
	{[]string{"passlib"}, []string{"verify"}},
	{[]string{"golang_org/x/crypto/bcrypt"}, []string{"CompareHashAndPassword"}},
	{[]string{"crypto", "crypto/hmac", "crypto/subtle", "hmac", "secrets"}, []string{"timingSafeEqual", "Equal", "ConstantTimeCompare", "compare_digest"}},
	{[]string{"github_com/go-playground/validator", "github_com/asaskevich/govalidator"}, []string{"Struct", "StructCtx", "Var", "ValidateStruct"}},
}

// throwing are validators that throw.
var throwing = []struct{ packages, methods []string }{
	{[]string{"joi", "@hapi/joi", "@joi/joi"}, []string{"attempt", "assert", "validateAsync"}},
	{[]string{"zod", "valibot"}, []string{"parse", "parseAsync"}},
	{[]string{"yup"}, []string{"validate", "validateSync"}},
	{[]string{"class-validator"}, []string{"validateOrReject"}},
	{[]string{"superstruct"}, []string{"assert"}},
	{[]string{"jsonschema", "fastjsonschema"}, []string{"validate"}},
	{[]string{"jsonwebtoken"}, []string{"verify"}},
	{[]string{"jose"}, []string{"jwtVerify", "compactVerify"}},
	{[]string{"aws-jwt-verify"}, []string{"verify", "verifySync"}},
	{[]string{"stripe"}, []string{"constructEvent", "constructEventAsync", "construct_event", "verify_header"}},
	{[]string{"jwt"}, []string{"decode"}},
	{[]string{"svix"}, []string{"verify"}},
}

func validates(list []struct{ packages, methods []string }, ref string) bool {
	name := ref[strings.LastIndexByte(ref, '.')+1:]
	for _, v := range list {
		for _, p := range v.packages {
			if rest, ok := strings.CutPrefix(ref, p); ok && rest != "" && (rest[0] == '.' || rest[0] == '(') && slices.Contains(v.methods, name) {
				return true
			}
		}
	}
	return false
}

// ignored are calls of validators whose answer nobody looks at, or whose failure stops nothing: what was to be kept out goes on.
func ignored(_ *work, n *paths.Node) []spot {
	var out []spot
	for _, c := range n.Result.Calls {
		answers, throws := validates(answering, c.Ref) || signs(c), validates(throwing, c.Ref)
		if hasCallback(c.Expr) { // it answers there
			continue
		}
		if c.File.Language != ir.Node && (strings.HasPrefix(c.Ref, "jsonschema.Validator") || strings.HasPrefix(c.Ref, "argon2.")) { // in Python it raises
			answers = false
		}
		if !answers && !throws {
			continue
		}
		if answers {
			out = append(out, unaskedAbove(n, c)...)
		}
		list, i := statementOf(n, c)
		if list == nil {
			if answers && onlyLogsAfter(n, c) {
				out = append(out, spot{file: c.File, at: c.At, fields: map[string]string{"call": validatorName(c.Ref), "source": "when it fails, that is only logged"}})
			}
			continue
		}
		why := ""
		switch {
		case answers:
			why = unasked(c, endOf(n, c.File, c.At), list, i)
		case throws:
			why = caughtAndLogged(n, c, list[i])
		}
		if why != "" {
			out = append(out, spot{file: c.File, at: c.At, fields: map[string]string{"call": validatorName(c.Ref), "source": why}})
		}
	}
	out = append(append(out, caughtModels(n, out)...), slices.Concat(droppedChecks(n), droppedAnswers(n, out))...)
	return append(append(append(out, refusals(n)...), yesAnyway(n)...), append(unusedLookUps(n), answersAndGoesOn(n)...)...)
}

// onlyLogsAfter reports whether a condition asks a validator, and what is done where it fails only writes a log: if (!validate(form)) log(...)
func onlyLogsAfter(n *paths.Node, c dataflow.Called) bool {
	found := false
	for _, fn := range n.Result.Reached {
		if fn.File != c.File || c.At < fn.Start || c.At >= fn.End {
			continue
		}
		ir.Statements(fn.Body, func(body []*ir.Stmt, i int) {
			s := body[i]
			found = found || s.Kind == ir.If && len(s.Else) == 0 && failsBy(s.X, c.Expr) && onlyLogs(s.Body) && i+1 < len(body)
		})
	}
	return found
}

// failsBy reports whether a condition is that a validator has not let something pass: !validate(x), schema.validate(x).error.
func failsBy(e, call *ir.Expr) bool {
	e = ir.Awaited(e)
	switch {
	case e == nil:
		return false
	case e.Kind == ir.Not:
		return ir.Awaited(e.X) == call
	}
	return e.Kind == ir.Member && e.Str == "error" && ir.Awaited(e.X) == call
}

// hasCallback reports whether a call is given a function.
func hasCallback(e *ir.Expr) bool {
	return e != nil && slices.ContainsFunc(e.List, func(x *ir.Expr) bool { return x.Kind == ir.Lambda })
}

// signs reports whether a call works out the code of a key, which only serves to be compared or sent.
func signs(c dataflow.Called) bool {
	switch c.Ref {
	case "crypto.createHmac().update().digest", "crypto.createHmac().digest", "hmac.new().hexdigest", "hmac.new().digest":
		return true
	}
	return false
}

// unaskedAbove are the calls of a function of the program that gives what a validator answers, and that nobody asks for it either.
func unaskedAbove(n *paths.Node, c dataflow.Called) []spot {
	giver := giverOf(n, c)
	if giver == nil || giver.Name == "" {
		return nil
	}
	var out []spot
	for _, fn := range n.Result.Reached {
		ir.Statements(fn.Body, func(list []*ir.Stmt, i int) {
			call := (*ir.Expr)(nil)
			if list[i].Kind == ir.Eval {
				call = valueOf(list[i].X)
			}
			if call == nil || call.Kind != ir.Call || calledName(call.X) != giver.Name || isAnother(n.Result.Callees(call), giver) || slices.ContainsFunc(n.Result.Calls, func(o dataflow.Called) bool { return o.Expr == call }) {
				return
			}
			if why := unasked(dataflow.Called{Ref: c.Ref, File: fn.File, At: call.At, Expr: call}, fn.End, list, i); why != "" {
				out = append(out, spot{file: fn.File, at: call.At, fields: map[string]string{"call": validatorName(c.Ref), "source": why}})
			}
		})
	}
	return out
}

// isAnother reports whether it is known which functions a call leads to, and that one is none of them.
func isAnother(called []*ir.Func, fn *ir.Func) bool {
	return len(called) > 0 && !slices.Contains(called, fn)
}

// giverOf is the function that returns what a validator answers, alone in it, or what it makes of that; nil where it does something else with it.
func giverOf(n *paths.Node, c dataflow.Called) *ir.Func {
	for _, fn := range n.Result.Reached {
		if fn.File != c.File || c.At < fn.Start || c.At >= fn.End || len(fn.Body) == 0 {
			continue
		}
		last := fn.Body[len(fn.Body)-1]
		if last.Kind == ir.Return && last.X != nil && (last.X.At <= c.At && c.At < last.X.End || givesWhatItSays(fn, c.Expr)) {
			return fn
		}
	}
	return nil
}

// givesWhatItSays reports whether a function keeps what a validator answers, throws nothing, and gives back nothing but what is made of that:
// const { error } = schema.validate(value); return error?.details ?? []
func givesWhatItSays(fn *ir.Func, call *ir.Expr) bool {
	names := map[string]bool{}
	ir.Walk(fn.Body, nil, func(e *ir.Expr) bool {
		if e.Kind == ir.Assign && isMadeOf(e.Y, call) {
			for _, name := range namesIn(e.X) {
				names[name] = true
			}
		}
		return e.Kind != ir.Lambda
	})
	if len(names) == 0 || throws(fn.Body) {
		return false
	}
	other := false
	ir.Walk(fn.Body, func(s *ir.Stmt) bool {
		if s.Kind == ir.If && s.X != nil && contains(s.X, nil, names) {
			return false // if (!result.success) return result.error.issues
		}
		other = other || s.Kind == ir.Return && (s.X == nil || !contains(s.X, nil, names) && !isEmptyValue(s.X))
		return !other
	}, func(e *ir.Expr) bool {
		other = other || e.Kind == ir.Assign && e.X.Kind != ir.Name && contains(e.Y, nil, names) // kept elsewhere
		return e.Kind != ir.Lambda
	})
	return !other
}

// calledName is the name of what is called, without what it is a method of.
func calledName(e *ir.Expr) string {
	if e.Kind == ir.Name || e.Kind == ir.Member {
		return e.Str
	}
	return ""
}

// validatorName is what people call a validator: the package and the method.
func validatorName(ref string) string {
	pkg, _, _ := strings.Cut(ref[strings.LastIndexByte(ref, '/')+1:], ".")
	return strings.TrimSuffix(pkg, "()") + " " + strings.TrimSuffix(ref[strings.LastIndexByte(ref, '.')+1:], "()")
}

// statementOf is the statement that a call is, or whose value it is, with the list it stands in; nil where the call is a part of more.
func statementOf(n *paths.Node, c dataflow.Called) (list []*ir.Stmt, at int) {
	for _, fn := range n.Result.Reached {
		if fn.File != c.File || c.At < fn.Start || c.At >= fn.End {
			continue
		}
		ir.Statements(fn.Body, func(body []*ir.Stmt, i int) {
			if s := body[i]; s.Kind == ir.Eval && isMadeOf(valueOf(s.X), c.Expr) {
				list, at = body, i
			}
		})
	}
	return list, at
}

// isMadeOf reports whether a value is what a call gives, or a list of that: list(v.iter_errors(x)), [e.message for e in v.iter_errors(x)]
func isMadeOf(e, call *ir.Expr) bool {
	e = ir.Awaited(e)
	switch {
	case e == call:
		return true
	case e == nil || e.Kind != ir.Call:
	case e.X.Kind == ir.Name:
		return listing[e.X.Str] && len(e.List) > 0 && isMadeOf(e.List[0], call)
	case e.X.Kind == ir.Lambda: // a comprehension
		return slices.ContainsFunc(e.X.Fn.Body, func(s *ir.Stmt) bool { return s.Kind == ir.Loop && isMadeOf(s.Y, call) })
	}
	return false
}

// listing are functions of Python that make a list of what they go through, or ask whether there is anything.
var listing = map[string]bool{"list": true, "sorted": true, "tuple": true, "next": true, "any": true}

// valueOf is what an expression statement evaluates, or assigns.
func valueOf(e *ir.Expr) *ir.Expr {
	e = ir.Awaited(e)
	if e != nil && e.Kind == ir.Assign {
		return ir.Awaited(e.Y)
	}
	return e
}

// unasked says why nobody asks for the answer of a validator; empty where somebody perhaps does.
func unasked(c dataflow.Called, end int32, list []*ir.Stmt, i int) string {
	e := ir.Awaited(list[i].X)
	if e.Kind != ir.Assign {
		if kept, _, _ := strings.Cut(dotted(c.Expr.X), "."); kept != "" && strings.Contains(string(c.File.Tree.Source[e.End:]), kept+".error") { // validate.errors
			return ""
		}
		if refusesAnyway(list[i+1:]) {
			return ""
		}
		return "nobody looks at what it answers"
	}
	names := namesIn(e.X)
	if isBlank(e.X) {
		return "nobody looks at what it answers"
	}
	if len(names) == 0 || e.X.Kind == ir.Member || e.X.Kind == ir.Index { // kept somewhere
		return ""
	}
	until := len(c.File.Tree.Source)
	if declares(c.File, e.At) && end > e.End {
		until = int(end)
	}
	rest := string(c.File.Tree.Source[min(int(e.End), until):until])
	var asked []string
	for _, name := range names {
		if regexp.MustCompile(`(^|[^\w.])` + regexp.QuoteMeta(name) + `\b`).MatchString(rest) {
			asked = append(asked, name)
		}
	}
	if len(asked) == 0 || !slices.ContainsFunc(asked, func(name string) bool { return name != "value" && name != "data" }) && e.X.Kind == ir.Object {
		return "nobody looks at what it answers"
	}
	if e.X.Kind == ir.Name && onlyValue(rest, e.X.Str) {
		return "only the value is taken of what it answers"
	}
	if end > e.End && onlyLogged(c, e.End, end, list[i+1:], asked) {
		return "it is only logged"
	}
	for j, s := range list[i+1:] {
		if s.Kind == ir.If && len(s.Else) == 0 && asksFor(s.X, asked) {
			if givenOn(list[i+j+2:], s.X, asked) {
				return ""
			}
			if onlyLogs(s.Body) || onlyLogsDeeper(s.Body) {
				return "when it fails, that is only logged"
			}
			if onlyMarks(s.Body) {
				return "when it fails, the answer only says so in a header"
			}
			return ""
		}
	}
	return ""
}

// givenOn reports whether statements do something with an answer that a condition asks for, other than to take what was checked out of it.
func givenOn(rest []*ir.Stmt, condition *ir.Expr, names []string) bool {
	asked := map[string]bool{}
	for _, name := range names {
		asked[name] = asksFor(condition, []string{name})
	}
	found := false
	ir.Walk(rest, nil, func(e *ir.Expr) bool {
		found = found || e.Kind == ir.Name && asked[e.Str]
		return !found && !logs(e) && !(e.Kind == ir.Member && e.X.Kind == ir.Name)
	})
	return found
}

// refusesAnyway reports whether what follows refuses whatever a check has answered: it is done so that it takes as long as with somebody who is
// known.
func refusesAnyway(rest []*ir.Stmt) bool {
	if len(rest) == 0 || len(rest) > 3 || !ir.Ends(rest) {
		return false
	}
	last := rest[len(rest)-1:]
	return throws(last) || someWord(last, turnedAway)
}

// turnedAway are statuses for those who are not let in.
var turnedAway = regexp.MustCompile(`^(40[0134]|Unauthorized|StatusUnauthorized|UNAUTHORIZED)$`)

// declaration is the beginning of a line that declares what it sets.
var declaration = regexp.MustCompile(`(^|[;{]\s*)(const|let|var)\s+$`)

// declares reports whether an assignment declares its names in the function at hand: behind it nobody else knows them.
func declares(file *ir.File, at int32) bool {
	source := file.Tree.Source
	from := strings.LastIndexByte(string(source[:at]), '\n') + 1
	return file.Language == ir.Node && declaration.MatchString(strings.TrimLeft(string(source[from:at]), " \t"))
}

// valueOfAnswer are the members of an answer that hold what was checked, whether it passed or not.
var valueOfAnswer = []string{"value", "data", "output"}

// onlyValue reports whether nothing is done with the answer of a validator but that its value is taken.
func onlyValue(rest, name string) bool {
	if regexp.MustCompile(`(!\s*|\bif\s*\(\s*)` + regexp.QuoteMeta(name) + `\?*\.data\b\s*[)&|]|(^|[^\w.$])` + regexp.QuoteMeta(name) + `\?*\.data\s*([!=]==?|\?\?|\?[^.])`).MatchString(rest) { // zod gives none where it refuses
		return false
	}
	uses := regexp.MustCompile(`(?:^|[^\w.$])`+regexp.QuoteMeta(name)+`\b(?:\?*\.(\w+))?`).FindAllStringSubmatch(rest, -1)
	return len(uses) > 0 && !slices.ContainsFunc(uses, func(use []string) bool { return !slices.Contains(valueOfAnswer, use[1]) })
}

// onlyLogged reports whether nothing is done with some names until a function ends but that they are logged.
func onlyLogged(c dataflow.Called, from, end int32, rest []*ir.Stmt, names []string) bool {
	text := slices.Clone(c.File.Tree.Source[from:end])
	logged := false
	ir.Statements(rest, func(list []*ir.Stmt, i int) {
		x := list[i].X
		if !onlyLogs(list[i:i+1]) || x.At < from || x.End > end {
			return
		}
		for j := x.At - from; j < x.End-from; j++ {
			text[j] = ' '
		}
		logged = true
	})
	return logged && !slices.ContainsFunc(names, func(name string) bool {
		return regexp.MustCompile(`(^|[^\w.])` + regexp.QuoteMeta(name) + `\b`).Match(text)
	})
}

// endOf is where the innermost function ends that a place stands in.
func endOf(n *paths.Node, file *ir.File, at int32) int32 {
	end := int32(0)
	for _, fn := range n.Result.Reached {
		if fn.File == file && fn.Start <= at && at < fn.End && (end == 0 || fn.End < end) {
			end = fn.End
		}
	}
	return end
}

// namesIn are the names that a pattern binds.
func namesIn(p *ir.Expr) []string {
	if p == nil {
		return nil
	}
	if p.Kind == ir.Name && p.Str != "_" {
		return []string{p.Str}
	}
	var out []string
	for _, x := range append(slices.Clone(p.List), p.X) {
		out = append(out, namesIn(x)...)
	}
	return out
}

// asksFor reports whether a condition is about one of some names.
func asksFor(e *ir.Expr, names []string) bool {
	switch {
	case e == nil:
		return false
	case e.Kind == ir.Name:
		return slices.Contains(names, e.Str)
	}
	return asksFor(e.X, names) || asksFor(e.Y, names)
}

// onlyLogs reports whether statements do nothing but write logs.
func onlyLogs(body []*ir.Stmt) bool {
	for _, s := range body {
		if s.Kind != ir.Eval {
			return false
		}
		call := ir.Awaited(s.X)
		if call == nil || !logs(call) {
			return false
		}
	}
	return len(body) > 0
}

// onlyLogsDeeper reports whether statements do nothing but write logs, perhaps of the parts of an error, or only of some errors, for which they
// declare names.
func onlyLogsDeeper(body []*ir.Stmt) bool {
	logged := false
	for _, s := range body {
		switch {
		case s.Kind == ir.Eval && s.X != nil && s.X.Kind == ir.Assign && s.X.X.Kind == ir.Name && s.X.Y != nil && s.X.Y.Str == "zero": // var fields validator.ValidationErrors
		case s.Kind == ir.Block, s.Kind == ir.Loop, s.Kind == ir.If:
			if len(s.Body) == 0 || !onlyLogsDeeper(s.Body) || len(s.Else) > 0 && !onlyLogsDeeper(s.Else) {
				return false
			}
			logged = true
		case onlyLogs([]*ir.Stmt{s}):
			logged = true
		default:
			return false
		}
	}
	return logged
}

// onlyMarks reports whether statements do nothing but write logs and set headers of the answer: what was refused goes on all the same.
func onlyMarks(body []*ir.Stmt) bool {
	return len(body) > 0 && !slices.ContainsFunc(body, func(s *ir.Stmt) bool {
		e := s.X
		return s.Kind != ir.Eval || !logs(ir.Awaited(e)) && !setsHeader(e)
	})
}

var (
	// headerName is how headers of answers are called, answerName how answers are.
	headerName = regexp.MustCompile(`(?i)^(response_?|res_?)?headers?$`)
	answerName = regexp.MustCompile(`^(res|response|reply|ctx|c)$`)
)

// setsHeader reports whether an expression sets headers of an answer: res.Headers = ..., headers["x-valid"] = "no", w.Header().Set(...).
func setsHeader(e *ir.Expr) bool {
	switch {
	case e == nil:
		return false
	case e.Kind == ir.Assign && e.X != nil:
		return headerName.MatchString(lastName(e.X)) || e.X.Kind == ir.Index && headerName.MatchString(lastName(e.X.X))
	case e.Kind == ir.Call && e.X.Kind == ir.Member && (e.X.Str == "Set" || e.X.Str == "Add"):
		return headerName.MatchString(lastName(e.X.X))
	case e.Kind == ir.Call && e.X.Kind == ir.Member && (e.X.Str == "setHeader" || e.X.Str == "header" || e.X.Str == "set"):
		return len(e.List) == 2 && answerName.MatchString(lastName(e.X.X))
	}
	return false
}

// declaredAbove reports whether the function at hand declares the name that is set, there or before: of others the module, or a function around it, knows.
func declaredAbove(file *ir.File, e *ir.Expr) bool {
	if declares(file, e.At) {
		return true
	}
	fn := innermost(file, e.At)
	if fn == nil {
		return true
	}
	before := string(file.Tree.Source[fn.Start:e.At])
	return regexp.MustCompile(`\b(let|var|const)\s+([\w\s,{}]*\b)?` + regexp.QuoteMeta(e.X.Str) + `\b`).MatchString(before)
}

// usedBehind reports whether what an assignment sets is named behind it, until its function ends.
func usedBehind(c dataflow.Called, e *ir.Expr, end int32) bool {
	names := namesIn(e.X)
	if len(names) == 0 || end < e.End || e.X.Kind == ir.Member || e.X.Kind == ir.Index || c.File.Language == ir.Node && e.X.Kind == ir.Name && !declaredAbove(c.File, e) {
		return true // it is kept where others find it
	}
	rest := string(c.File.Tree.Source[e.End:end])
	return slices.ContainsFunc(names, func(name string) bool {
		return regexp.MustCompile(`(^|[^\w.])` + regexp.QuoteMeta(name) + `\b`).MatchString(rest)
	})
}

// caughtAndLogged says that what a validator throws stops nothing; empty where it does.
func caughtAndLogged(n *paths.Node, c dataflow.Called, s *ir.Stmt) string {
	if e := ir.Awaited(s.X); e.Kind == ir.Assign && usedBehind(c, e, endOf(n, c.File, c.At)) { // what comes next works on what it gave
		return ""
	}
	why := ""
	for _, fn := range n.Result.Reached {
		if fn.File != c.File || c.At < fn.Start || c.At >= fn.End {
			continue
		}
		ir.Statements(fn.Body, func(body []*ir.Stmt, i int) {
			t := body[i]
			if t.Kind != ir.Try || i == len(body)-1 || !slices.Contains(t.Body, s) || t.Body[len(t.Body)-1] != s {
				return
			}
			if slices.ContainsFunc(n.Result.Calls, func(o dataflow.Called) bool { // it is tried in another way
				return o.File == c.File && o.At >= body[i+1].At && o.At < fn.End && validates(throwing, o.Ref)
			}) {
				return
			}
			handler := t.Else
			if len(handler) == 1 && handler[0].Kind == ir.If { // except X:
				handler = handler[0].Body
			}
			if len(handler) == 0 {
				why = "when it fails, that is passed over"
			} else if onlyLogs(handler) {
				why = "when it fails, that is only logged"
			}
		})
	}
	return why
}

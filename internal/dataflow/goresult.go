package dataflow

import (
	"regexp"
	"strings"

	"wardlet.example/internal/ir"
)

// eitherResult is what a function returns at one place or at another. Where Go returns a setting, or else a constant, the constant is for
// where the setting is missing; and what it returns of a call is several results where it returns several elsewhere.
func (in *interp) eitherResult(f frame, before, v *Value) *Value {
	if f.file.Language == ir.Go && before != nil && before.results != v.results {
		before, v = in.asResults(before, v), in.asResults(v, before)
	}
	if f.file.Language == ir.Go && before != nil && !before.results && !v.results {
		switch {
		case settingOf(before) != "" && v.known:
			return backed(before, v)
		case settingOf(v) != "" && before.known:
			return backed(v, before)
		}
	}
	return join(before, v)
}

// madeError is how an error of Go is made, which is never nil.
var madeError = regexp.MustCompile(`^(fmt\.Errorf|errors\.(New|Errorf|Wrapf?|Join))$`)

// withoutFailed are the results of a return, of which nobody takes what comes with an error: return order, errors.New("no such order").
func withoutFailed(s *ir.Stmt, v *Value) *Value {
	x := s.X
	if x == nil || !v.results || len(x.List) < 2 {
		return v
	}
	if last := x.List[len(x.List)-1]; s.Str != "failed" && (last.Kind != ir.Call || !madeError.MatchString(textOf(last.X))) {
		return v
	}
	c := *v
	c.fields = map[string]*Value{itoa(len(x.List) - 1): v.fields[itoa(len(x.List)-1)]}
	return &c
}

// goResult is the first of several results.
func goResult(v *Value) *Value {
	if v != nil && v.results {
		return orNothing(v.fields["0"])
	}
	return v
}

// givesTwo are functions whose last result is a part of what they got.
var givesTwo = set("path.Split() path/filepath.Split()")

// bindResults gives the results of a call to what they go to. What a library gives is the first one; the last is an error, or whether there
// is something.
func (in *interp) bindResults(f frame, p *ir.Expr, v *Value, declares bool) {
	for i, x := range p.List {
		in.bind(f, x, in.saidToBe(f, x, in.resultOf(v, i, len(p.List))), declares)
	}
}

// guessableResults tells of random numbers that are among several results of a call: token, err := newToken(32).
func (in *interp) guessableResults(f frame, names []*ir.Expr, from *ir.Expr, v *Value) {
	if !v.results {
		return
	}
	for i, x := range names {
		in.guessable(f, lastName(x), from, in.resultOf(v, i, len(names)))
	}
}

// saidToBe is a value of which nothing is known but the type that a program says it has, where it is given to a name: what a context of requests
// keeps for all, or a registry.
func (in *interp) saidToBe(f frame, name *ir.Expr, v *Value) *Value {
	if name.Kind != ir.Name || name.Y == nil || v.class != nil || v.kind != nil || v.known || v.elem != nil || v.secret != nil || len(v.fields)+len(v.taints)+len(v.fns) > 0 {
		return v
	}
	if typed := in.injected(f, name.Y, name.At, nothing); typed != nothing {
		return typed
	}
	return v
}

// resultOf is one of so many results of a call.
func (in *interp) resultOf(v *Value, i, of int) *Value {
	switch {
	case v.results:
		return orNothing(v.fields[itoa(i)])
	case i == 0, i < of-1, givesTwo[v.ref]: // host, port, err := net.SplitHostPort(address)
		return v
	case failsLikeDatabaseOfGo(v.ref):
		return &Value{ref: databaseError}
	case in.ofServices[v]:
		return &Value{ref: serviceError}
	}
	return &Value{}
}

// asResults is what a call of a library gives, as several results like others that the same function returns: return io.ReadAll(r).
func (in *interp) asResults(v, like *Value) *Value {
	if v.results || v == nothing {
		return v
	}
	of := 0
	for key := range like.fields {
		if n, ok := number(key); ok {
			of = max(of, n+1)
		}
	}
	if of < 2 {
		return v
	}
	out := &Value{results: true, fields: map[string]*Value{}}
	for i := range of {
		out.fields[itoa(i)] = in.resultOf(v, i, of)
	}
	return out
}

// isCopied reports whether a call gets a copy of a struct, or only reads it: who gets its address perhaps changes it.
func isCopied(f frame, call, x *ir.Expr, v *Value) bool {
	if f.file.Language != ir.Go || v.class == nil || v.isType {
		return false
	}
	return x.At == 0 || f.file.Tree.Source[x.At-1] != '&' || strings.HasPrefix(lastPart(textOf(call.X)), "Marshal")
}

// rememberResults keeps the call whose error a name holds, or which tells whether there is something.
func (in *interp) rememberResults(f frame, e *ir.Expr) {
	target := e.X
	if target.Kind == ir.Array && len(target.List) > 0 {
		if way := target.List[0]; len(target.List) == 2 && way.Kind == ir.Name && e.Y.Kind == ir.Call && (resolving[lastPart(textOf(e.Y.X))] || relative[lastPart(textOf(e.Y.X))] || isAddressCall(e.Y)) {
			f.s.notes(way.Str, e.Y)
		}
		target = target.List[len(target.List)-1]
	}
	if target.Kind != ir.Name || target.Str == "_" || e.Y.Kind != ir.Call && e.Y.Kind != ir.Index && e.Y.Kind != ir.Binary && e.Y.Kind != ir.Not {
		return
	}
	f.s.notes(target.Str, e.Y)
}

func (s *scope) notes(name string, made *ir.Expr) {
	if s.tests == nil {
		s.tests = map[string]*ir.Expr{}
	}
	s.tests[name] = made
}

// textTests are functions of Go that ask what methods of texts ask in other languages.
var textTests = map[string]string{"strings.HasPrefix": "startsWith", "strings.HasSuffix": "endsWith", "strings.Contains": "includes"}

// goTested: strings.HasPrefix(path, folder) tells what path.startsWith(folder) does.
func (in *interp) goTested(f frame, e *ir.Expr, holds bool) {
	ref := in.quiet(f, e.X).ref
	method := textTests[ref]
	if len(e.List) != 2 || f.file.Language != ir.Go {
		return
	}
	switch {
	case ref == "strings.ContainsAny" && !holds:
		in.lacksCharacters(f, e)
	case ref == "strings.EqualFold" && holds: // the same letters, small or large
		in.equals(f, &ir.Expr{Kind: ir.Binary, Str: "===", At: e.At, End: e.End, X: e.List[0], Y: e.List[1]})
	}
	if method == "" {
		return
	}
	text := e.List[0]
	asked := &ir.Expr{Kind: ir.Call, At: e.At, End: e.End, X: &ir.Expr{Kind: ir.Member, X: text, Str: method, At: e.At, End: e.End}, List: e.List[1:]}
	in.beginning(f, asked, holds)
	part := in.quiet(f, e.List[1])
	if !part.known || strings.Trim(part.text, "/.") == "" { // a constant folder does not say whose an object is
		in.begins(f, asked, holds)
	}
	switch {
	case method == "includes" && !holds && part.known && part.text == "..":
		in.trust(f, text, []string{"path-traversal", "object-key"})
	case method == "endsWith" && holds && part.known && strings.HasPrefix(part.text, "."):
		in.trustHost(f, text)
	case method != "startsWith" || !holds:
	default:
		for _, m := range in.p.models.tables[ir.Node].methods[method] {
			if m.Kind == validator && m.applies(nil, in.quietArguments(f, asked)) && in.beginsEnough(f, asked) {
				in.trust(f, text, m.For)
			}
		}
	}
}

// lacksCharacters: where strings.ContainsAny(subject, "\r\n") says no, the text does no harm for which it would need them.
func (in *interp) lacksCharacters(f frame, e *ir.Expr) {
	if gone := in.quiet(f, e.List[1]); gone.known {
		var rules []string
		for rule, needed := range sorted(harmful) {
			if lacksAll(gone.text, needed) {
				rules = append(rules, rule)
			}
		}
		if len(rules) > 0 {
			in.trust(f, e.List[0], rules)
		}
	}
}

// errorOf is the call whose error an expression is; nil for others.
func (in *interp) errorOf(f frame, e *ir.Expr) *ir.Expr {
	if e.Kind == ir.Call {
		return e
	}
	if e.Kind != ir.Name || !strings.Contains(strings.ToLower(e.Str), "err") {
		return nil
	}
	if call := in.testOf(f, e.Str); call != nil && call.Kind == ir.Call {
		return call
	}
	return nil
}

// goAnswer is what a function of Go answers by a result: an error that is nil is a yes.
func goAnswer(x *ir.Expr) (*ir.Expr, answer) {
	if x == nil {
		return nil, anyAnswer
	}
	if x.Kind == ir.Array && x.Str == "results" && len(x.List) > 0 {
		x = x.List[len(x.List)-1]
	}
	switch {
	case isNothing(x):
		return x, yes
	case x.Kind == ir.Const:
		return x, truthOf(x)
	case x.Kind == ir.Call:
		switch textOf(x.X) {
		case "errors.New", "fmt.Errorf", "errors.Errorf", "errors.Wrap", "errors.Wrapf":
			return x, no
		}
	case x.Kind == ir.Object, x.Kind == ir.Template:
		return x, no
	}
	return x, anyAnswer
}

// receiverName is the name that a method of Go has for what it is a method of.
func receiverName(fn *ir.Func) string {
	if fn.Of == "" || len(fn.Body) == 0 || fn.Body[0].Kind != ir.Eval || fn.Body[0].X.Kind != ir.Assign || fn.Body[0].X.Y.Kind != ir.This {
		return ""
	}
	return fn.Body[0].X.X.Str
}

// targetsOf are what results go to.
func targetsOf(x *ir.Expr) []*ir.Expr {
	if x.Kind == ir.Array {
		return x.List
	}
	return []*ir.Expr{x}
}

package dataflow

import (
	"regexp"
	"strings"

	"wardlet.example/internal/ir"
)

// eitherResult is what a function returns at one place or at another. Where Go returns a setting, or else a constant, the constant is for
// where the setting is missing.
func (in *interp) eitherResult(f frame, before, v *Value) *Value {
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
		var one *Value
		switch {
		case v.results:
			one = orNothing(v.fields[itoa(i)])
		case i == 0, i < len(p.List)-1, givesTwo[v.ref]: // host, port, err := net.SplitHostPort(address)
			one = v
		case i == len(p.List)-1 && failsLikeDatabaseOfGo(v.ref):
			one = &Value{ref: databaseError}
		case i == len(p.List)-1 && in.ofServices[v]:
			one = &Value{ref: serviceError}
		default:
			one = &Value{}
		}
		in.bind(f, x, one, declares)
	}
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
		if way := target.List[0]; len(target.List) == 2 && way.Kind == ir.Name && e.Y.Kind == ir.Call && (resolving[lastPart(textOf(e.Y.X))] || relative[lastPart(textOf(e.Y.X))]) {
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
	if ref == "strings.ContainsAny" && !holds {
		in.lacksCharacters(f, e)
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

package sast

import (
	"fmt"
	"path"
	"regexp"
	"slices"

	"wardlet.example/internal/finding"
	"wardlet.example/internal/ir"
	"wardlet.example/internal/paths"
)

// stackless is the first place of a function where an error that nobody thought of ends, and only its text is logged: what went wrong can be
// read there, where it did cannot. Some of what is tried is work that a service does or a library asks for: what else fails is perhaps meant to.
// In Go an error has no stack.
func stackless(w *work, n *paths.Node) []spot {
	var first *spot
	works, more := workAnywhere(n), 0
	for _, fn := range n.Result.Reached {
		if fn.File.Language == ir.Go || stackAnswer.MatchString(path.Base(fn.File.Path)) {
			continue
		}
		for _, a := range append(slices.DeleteFunc(attempts(fn), expectsError), calledBack(fn)...) {
			h := &stackHandler{n: n, names: map[string]bool{a.err: true}, python: fn.File.Language == ir.Python}
			if a.err == "" || logsMore(a.whole[0].Final) || probes(a.tried) && !someWord(a.handler, ownFault) {
				continue
			}
			call := h.look(a.handler)
			if call == nil || someOf(n, fn.File, a.tried, works) == "" {
				continue
			}
			if first != nil {
				more++
				continue
			}
			first = &spot{file: fn.File, at: call.At, fields: map[string]string{"call": dotted(call.X)}}
			if h.inside != nil {
				first.trace = []finding.Step{
					{Place: finding.Place{Pos: w.position(fn.File, call.At)}, Message: "what was caught is given to " + lastName(call.X)},
					{Place: finding.Place{Pos: w.position(h.inside.file, h.inside.at)}, Message: "its text is logged"},
				}
			}
		}
	}
	if first == nil {
		return nil
	}
	first.fields["others"] = ""
	if more > 0 {
		first.fields["others"] = fmt.Sprintf(" (so it does in %s)", counted(more, "other place"))
	}
	return []spot{*first}
}

// stackAnswer is a copy of the module that AWS gives to answer a stack: nobody mends it.
// Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cfn-lambda-function-code-cfnresponsemodule.html
var stackAnswer = regexp.MustCompile(`^cfn[-_]?response\.(py|js)$`)

// counted is a number of things: 1 other place, 3 other places.
func counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// workAnywhere are all calls of a function that a service does something for, or a library of which it is known what it does.
func workAnywhere(n *paths.Node) map[place]string {
	works := lostWork(n)
	for _, u := range n.Result.Uses {
		works[place{u.File, u.At}] = operationName(u)
	}
	for _, c := range n.Result.Calls {
		if asksOthers.MatchString(c.Ref) {
			works[place{c.File, c.At}] = lastName(c.Expr.X)
		}
	}
	return works
}

// anyError is a clause of Python that catches what nobody thought of.
var anyError = regexp.MustCompile(`^except\s*\(?\s*(Base)?Exception\b`)

// expectsError reports whether what handles an error of Python is there for one kind of errors.
func expectsError(a attempt) bool {
	return a.fn.File.Language == ir.Python && !anyError.MatchString(a.text)
}

// calledBack are what a function tries by calls that get a function to be told in: save(item, (err, data) => { if (err) ... }).
func calledBack(fn *ir.Func) []attempt {
	var out []attempt
	if fn.File.Language != ir.Node {
		return nil
	}
	ir.Walk(fn.Body, nil, func(e *ir.Expr) bool {
		if e.Kind != ir.Call || len(e.List) == 0 || e.List[len(e.List)-1].Kind != ir.Lambda {
			return e.Kind != ir.Lambda
		}
		told := e.List[len(e.List)-1].Fn
		p := firstParam(told)
		if p == nil || p.Kind != ir.Name || len(told.Params) < 2 || !errorName.MatchString(p.Str) {
			return true
		}
		for _, s := range told.Body {
			if s.Kind == ir.If && isSet(s.X, p.Str) {
				out = append(out, attempt{fn: fn, whole: evaluated(e), tried: evaluated(e), handler: s.Body, at: s.At, err: p.Str})
			}
		}
		return true
	})
	return out
}

// isSet reports whether a condition holds where a name stands for something: err, err !== null, err || !data
func isSet(e *ir.Expr, name string) bool {
	switch {
	case e == nil:
	case e.Kind == ir.Name:
		return e.Str == name
	case e.Kind == ir.Binary && (e.Str == "||" || e.Str == "!=" || e.Str == "!=="):
		return isSet(e.X, name)
	}
	return false
}

// stackHandler is what handles an error by its names.
type stackHandler struct {
	n      *paths.Node
	names  map[string]bool // of the error; false for those of a part of its text
	python bool
	depth  int
	text   *ir.Expr // the first call that logs the text of the error
	inside *place   // where a function does that which the call leads to
	whole  bool     // something gets the error itself, or asks what it is
}

// look is the call by which statements log the text of an error, where nothing gets all of it.
func (h *stackHandler) look(body []*ir.Stmt) *ir.Expr {
	for i, s := range body {
		if s.Kind == ir.If && i+1 < len(body) && len(s.Else) == 0 && ir.Ends(s.Body) && h.mentioned(s.X) && !throws(s.Body) {
			inside := *h
			inside.look(s.Body)
			h.whole = h.whole || inside.whole
			continue // this one is expected; what comes next is about the others
		}
		h.one(s)
	}
	if h.whole {
		return nil
	}
	return h.text
}

// one looks at a statement.
func (h *stackHandler) one(s *ir.Stmt) {
	ir.Walk([]*ir.Stmt{s}, func(s *ir.Stmt) bool {
		// what is asked of the error after it was logged only decides on the answer
		h.whole = h.whole || s.Kind == ir.Throw && !h.throwsOther(s) || s.Kind == ir.Try || s.Kind == ir.If && h.text == nil && h.mentioned(s.X) || s.Kind == ir.Return && h.carries(s.X, false)
		return !h.whole
	}, func(e *ir.Expr) bool {
		switch e.Kind {
		case ir.Assign:
			h.assign(e)
		case ir.Call:
			h.call(e)
		}
		return !h.whole
	})
}

// throwsOther reports whether a statement throws another error that knows nothing of the first one. In Python each error knows the one that was
// being handled.
func (h *stackHandler) throwsOther(s *ir.Stmt) bool {
	return !h.python && h.text != nil && s.X != nil && s.X.Kind == ir.Call && !h.mentioned(s.X)
}

// assign notes the names that an error, or parts of its text, go by: const reason = err.message, const { message } = err
func (h *stackHandler) assign(e *ir.Expr) {
	switch {
	case e.Y == nil || !h.mentioned(e.Y):
	case e.X != nil && e.X.Kind == ir.Object && e.Y.Kind == ir.Name && !slices.ContainsFunc(e.X.Keys, func(key string) bool { return !partOfText.MatchString(key) }):
		for _, name := range namesIn(e.X) {
			h.names[name] = false
		}
	case h.carries(e.Y, false):
		h.whole = true
	case e.X != nil && e.X.Kind == ir.Name:
		h.names[e.X.Str] = false
	}
}

var (
	// withStack are calls that write the stack of the error that is being handled.
	withStack = regexp.MustCompile(`(?i)(^|\.)traceback\.|\.exception$|exc_info|stack_info|capture_?exception|record_?exception|add_?exception|add_?error|notice_?error|report_?error|(^|\.)exit$`)
	// partOfText are the members of an error that say what it is, and not where it comes from.
	partOfText = regexp.MustCompile(`^(message|msg|name|code|statusCode|args)$`)
	// makesText are calls of which a text comes.
	makesText = regexp.MustCompile(`^(String|str|repr|JSON\.stringify|json\.dumps)$|\.(format|toString|join|strip|slice|substring|trim)$`)
	// noFailure are calls that only count, or write what is no failure.
	noFailure = regexp.MustCompile(`(?i)(^|[._])(metrics?|tracer|audit\w*)\.|\.(warn|warning|debug|trace)$`)
)

// call looks at a call that perhaps gets the error.
func (h *stackHandler) call(e *ir.Expr) {
	name := dotted(e.X)
	switch {
	case withStack.MatchString(name) || slices.ContainsFunc(e.Keys, withStack.MatchString):
		h.whole = true
	case !slices.ContainsFunc(e.List, h.mentioned):
	case logs(e) && len(h.n.Result.Callees(e)) == 0:
		if slices.ContainsFunc(e.List, func(x *ir.Expr) bool { return h.carries(x, h.python) }) { // what Python logs of an error is its text
			h.whole = true
		} else if h.text == nil && !noFailure.MatchString(name) {
			h.text = e
		}
	case makesText.MatchString(name):
	default:
		h.given(e)
	}
}

// deepestLogger bounds how far an error is followed into functions that log it.
const deepestLogger = 3

// given looks at what the functions do with an error, or its text, that a call leads to.
func (h *stackHandler) given(e *ir.Expr) {
	fns := h.n.Result.Callees(e)
	if len(fns) == 0 || h.depth >= deepestLogger {
		h.whole = h.whole || slices.ContainsFunc(e.List, func(x *ir.Expr) bool { return h.carries(x, false) })
		return
	}
	for _, fn := range fns {
		inner := &stackHandler{n: h.n, names: map[string]bool{}, python: h.python, depth: h.depth + 1}
		for i, x := range e.List {
			if !h.mentioned(x) {
				continue
			}
			if i >= len(fn.Params) || fn.Params[i].Kind != ir.Name || i < len(e.Keys) && e.Keys[i] != "" || x.Kind != ir.Name && h.carries(x, false) {
				if h.carries(x, false) {
					h.whole = true
					return
				}
				continue
			}
			inner.names[fn.Params[i].Str] = h.carries(x, false)
		}
		call := inner.look(fn.Body)
		h.whole = h.whole || inner.whole
		if call != nil && h.text == nil {
			h.text, h.inside = e, &place{fn.File, call.At}
		}
	}
}

func (h *stackHandler) mentioned(e *ir.Expr) bool {
	found := false
	ir.WalkExpr(e, nil, func(x *ir.Expr) bool {
		if x.Kind == ir.Name {
			_, is := h.names[x.Str]
			found = found || is
		}
		return !found
	})
	return found
}

// carries reports whether an error is in a value with more than its text, or perhaps is; asText where the value becomes a text.
func (h *stackHandler) carries(e *ir.Expr, asText bool) bool {
	if e == nil || !h.mentioned(e) {
		return false
	}
	inside := func(x *ir.Expr) bool { return h.carries(x, asText) }
	switch e.Kind {
	case ir.Name:
		return h.names[e.Str] && !asText
	case ir.Template:
		return slices.ContainsFunc(e.List, func(x *ir.Expr) bool { return h.carries(x, true) })
	case ir.Binary:
		switch e.Str {
		case "||", "??", "&&", "or", "and":
			return inside(e.X) || inside(e.Y)
		case "+", "%":
			return h.carries(e.X, true) || h.carries(e.Y, true)
		}
		return false
	case ir.Cond:
		return inside(e.Y) || inside(e.Z)
	case ir.Not, ir.Lambda:
		return false
	case ir.Member:
		if e.X.Kind == ir.Name && !h.names[e.X.Str] { // of a text
			return false
		}
		return !partOfText.MatchString(e.Str) || inside(e.X) && e.X.Kind != ir.Name
	case ir.Object, ir.Array:
		return slices.ContainsFunc(e.List, inside)
	case ir.Call:
		if makesText.MatchString(dotted(e.X)) {
			return slices.ContainsFunc(e.List, func(x *ir.Expr) bool { return h.carries(x, true) }) || e.X.Kind == ir.Member && h.carries(e.X.X, true)
		}
		if isOnlyAsked(e) {
			return false
		}
		return slices.ContainsFunc(e.List, func(x *ir.Expr) bool { return h.carries(x, false) }) || h.mentioned(e.X)
	case ir.Unknown:
		return e.Str != "typeof" && slices.ContainsFunc(e.List, inside)
	}
	return true
}

// isOnlyAsked reports whether a call only asks what an error is: type(e), isinstance(e, KeyError)
func isOnlyAsked(e *ir.Expr) bool {
	name := dotted(e.X)
	return name == "type" || name == "isinstance"
}

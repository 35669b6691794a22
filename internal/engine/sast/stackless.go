package sast

import (
	"regexp"
	"slices"

	"wardlet.example/internal/ir"
	"wardlet.example/internal/paths"
)

// stackless are the places where an error that nobody thought of ends, and only its text is logged: what went wrong can be read there, where
// it did cannot. In Go an error has no stack.
func stackless(_ *work, n *paths.Node) []spot {
	var out []spot
	for _, fn := range n.Result.Reached {
		ir.Walk(fn.Body, func(s *ir.Stmt) bool {
			if s.Kind == ir.Try && s.X != nil && s.X.Kind == ir.Name && !probes(s.Body) {
				if call := textLogged(fn.File, s); call != nil {
					out = append(out, spot{file: fn.File, at: call.At, fields: map[string]string{"call": dotted(call.X)}})
				}
			}
			return true
		}, func(e *ir.Expr) bool { return e.Kind != ir.Lambda }) // those that were reached are looked at by themselves
	}
	return out
}

// anyError is a clause of Python that catches what nobody thought of.
var anyError = regexp.MustCompile(`^except\s*\(?\s*(Base)?Exception\b`)

// textLogged is the call that logs the text of what a try catches, where nothing gets all of it.
func textLogged(file *ir.File, s *ir.Stmt) *ir.Expr {
	if !allHandlers(s.Else) {
		h := &stackHandler{name: s.X.Str}
		return h.look(s.Else)
	}
	for _, clause := range s.Else {
		if anyError.MatchString(textBetween(file, clause.Y.At, clause.Y.End)) {
			h := &stackHandler{name: s.X.Str, python: true}
			return h.look(clause.Body)
		}
	}
	return nil
}

// stackHandler is what handles an error by its name.
type stackHandler struct {
	name   string
	python bool
	text   *ir.Expr // the first call that logs the text of the error
	whole  bool     // something gets the error itself, or asks what it is
}

func (h *stackHandler) look(body []*ir.Stmt) *ir.Expr {
	ir.Walk(body, func(s *ir.Stmt) bool {
		h.whole = h.whole || s.Kind == ir.Throw || s.Kind == ir.Try || s.Kind == ir.If && h.mentioned(s.X) || s.Kind == ir.Return && h.handedOn(s.X)
		return !h.whole
	}, func(e *ir.Expr) bool {
		switch e.Kind {
		case ir.Assign:
			h.whole = h.whole || h.handedOn(e.Y)
		case ir.Call:
			h.call(e)
		}
		return !h.whole
	})
	if h.whole {
		return nil
	}
	return h.text
}

// withStack are calls that write the stack of the error that is being handled.
var withStack = regexp.MustCompile(`(?i)(^|\.)traceback\.|\.exception$|exc_info|capture_?exception|record_?exception|add_?exception|notice_?error|report_?error`)

func (h *stackHandler) call(e *ir.Expr) {
	switch {
	case withStack.MatchString(dotted(e.X)) || slices.ContainsFunc(e.Keys, withStack.MatchString):
		h.whole = true
	case h.python && logs(e): // what is logged of an error is its text
		if h.text == nil && slices.ContainsFunc(e.List, h.mentioned) {
			h.text = e
		}
	case slices.ContainsFunc(e.List, h.handedOn) && !makesText.MatchString(dotted(e.X)):
		h.whole = true
	case h.text == nil && logs(e) && slices.ContainsFunc(e.List, h.mentioned):
		h.text = e
	}
}

// makesText are calls of which a text comes.
var makesText = regexp.MustCompile(`^(String|str|repr|JSON\.stringify|json\.dumps)$`)

func (h *stackHandler) mentioned(e *ir.Expr) bool {
	return e != nil && contains(e, nil, map[string]bool{h.name: true})
}

// handedOn reports whether an error is in a value with more than its text.
func (h *stackHandler) handedOn(e *ir.Expr) bool {
	if e == nil || !h.mentioned(e) {
		return false
	}
	switch e.Kind {
	case ir.Template:
		return slices.ContainsFunc(e.List, func(x *ir.Expr) bool { return x.Kind != ir.Name && h.handedOn(x) })
	case ir.Binary:
		switch e.Str {
		case "||", "??", "&&", "or", "and":
			return h.handedOn(e.X) || h.handedOn(e.Y)
		case "+", "%":
			return e.X.Kind != ir.Name && h.handedOn(e.X) || e.Y.Kind != ir.Name && h.handedOn(e.Y)
		}
		return false
	case ir.Cond:
		return h.handedOn(e.Y) || h.handedOn(e.Z)
	case ir.Member:
		return e.Str != "message"
	case ir.Call:
		return !makesText.MatchString(dotted(e.X)) && lastName(e.X) != "toString"
	}
	return true
}

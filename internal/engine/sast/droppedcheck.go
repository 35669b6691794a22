package sast

import (
	"regexp"
	"slices"

	"wardlet.example/internal/dataflow"
	"wardlet.example/internal/ir"
	"wardlet.example/internal/paths"
)

// Checks of Go that a program has written itself: they give what is wrong with what was sent, and stop nothing by themselves.

// asksName is how functions are called that look at what was sent.
var asksName = regexp.MustCompile(`(?i)^(is_?)?(valid|check|verify|ensure|assert|problems|violations|inspect)`)

// droppedChecks are calls of functions of the program that ask about what was sent and do nothing else, whose answer nobody takes.
func droppedChecks(n *paths.Node) []spot {
	var out []spot
	for _, c := range n.Result.Decoded {
		fn := inner(n, place{c.File, c.At})
		if fn == nil || c.File.Language != ir.Go || c.Expr == nil {
			continue
		}
		filled := map[string]bool{}
		for _, x := range c.Expr.List {
			filled[dotted(x)] = true
		}
		delete(filled, "")
		ir.Statements(fn.Body, func(list []*ir.Stmt, i int) {
			call := droppedCall(list[i])
			if call == nil || call.At < c.At || i+1 >= len(list) || !asksName.MatchString(calledName(call.X)) || !isAbout(call, filled) {
				return
			}
			checks := n.Result.Callees(call)
			if len(checks) == 0 || slices.ContainsFunc(checks, func(check *ir.Func) bool { return !onlySaysWhatIsWrong(n, check) }) {
				return
			}
			out = append(out, spot{file: c.File, at: call.At, fields: map[string]string{"call": calledName(call.X), "source": "nobody looks at what it answers"}})
		})
	}
	return out
}

// droppedCall is the call of a statement that nobody takes what it gives of; nil for others.
func droppedCall(s *ir.Stmt) *ir.Expr {
	if s.Kind != ir.Eval || s.X == nil || s.Str != "" {
		return nil
	}
	e := s.X
	if e.Kind == ir.Assign {
		if !isBlank(e.X) {
			return nil
		}
		e = e.Y
	}
	if e == nil || e.Kind != ir.Call {
		return nil
	}
	return e
}

// isAbout reports whether a call gets one of some names, or is of a method of it.
func isAbout(call *ir.Expr, names map[string]bool) bool {
	if call.X.Kind == ir.Member && names[dotted(call.X.X)] {
		return true
	}
	return slices.ContainsFunc(call.List, func(x *ir.Expr) bool { return names[dotted(x)] })
}

// onlySaysWhatIsWrong reports whether a function does nothing but work out an answer, which is not always the same: it sets nothing that others see,
// and calls nothing that does anything elsewhere.
func onlySaysWhatIsWrong(n *paths.Node, fn *ir.Func) bool {
	conditions, answers, silent, acts := 0, 0, false, false
	ir.Walk(fn.Body, func(s *ir.Stmt) bool {
		switch s.Kind {
		case ir.If:
			conditions++
		case ir.Return:
			answers++
			silent = silent || s.X == nil
		case ir.Throw:
			acts = true
		}
		return true
	}, func(e *ir.Expr) bool {
		acts = acts || e.Kind == ir.Assign && (e.X.Kind == ir.Member || e.X.Kind == ir.Index) || e.Kind == ir.Call && calledName(e.X) == "panic"
		return !acts
	})
	if conditions == 0 || answers == 0 || silent || acts {
		return false
	}
	return !slices.ContainsFunc(n.Result.Calls, func(c dataflow.Called) bool {
		return c.File == fn.File && fn.Start <= c.At && c.At < fn.End && c.DoesAny(dataflow.Writes, dataflow.Sends, dataflow.Calls, dataflow.Pays, dataflow.Reads, dataflow.Lists)
	})
}

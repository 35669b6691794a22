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

// droppedAnswers are calls of functions of the program of JavaScript and Python that look at what they are given, say what is wrong with it, and do
// nothing else, where nobody takes what they say. What was told of before is left out.
func droppedAnswers(n *paths.Node, told []spot) []spot {
	var out []spot
	for _, fn := range n.Result.Reached {
		if fn.File.Language == ir.Go {
			continue
		}
		ir.Statements(fn.Body, func(list []*ir.Stmt, i int) {
			s := list[i]
			if s.Kind != ir.Eval || s.X == nil || i+1 >= len(list) || s.Str != "" {
				return
			}
			call := ir.Awaited(s.X)
			if call == nil || call.Kind != ir.Call || len(call.List) == 0 || !asksName.MatchString(calledName(call.X)) || hasCallback(call) {
				return
			}
			checks := n.Result.Callees(call)
			if len(checks) == 0 || slices.ContainsFunc(checks, func(check *ir.Func) bool {
				return len(check.Decorators) > 0 || !onlySaysWhatIsWrong(n, check) || doesMore(n, check, 0)
			}) || refusesAnyway(list[i+1:]) || slices.ContainsFunc(told, func(t spot) bool { return t.file == fn.File && t.at == call.At }) {
				return
			}
			out = append(out, spot{file: fn.File, at: call.At, fields: map[string]string{"call": calledName(call.X), "source": "nobody looks at what it answers"}})
		})
	}
	return out
}

// looksOnly are methods and functions that ask something of a value and leave it as it is, putsInto those that change a list or a dictionary.
var (
	looksOnly = regexp.MustCompile(`^(test|exec|match|search|fullmatch|includes|has|hasOwn|hasOwnProperty|some|every|filter|map|find|findIndex|forEach|reduce|flatMap|flat|keys|values|items|entries|get|trim|strip|lower|upper|toLowerCase|toUpperCase|split|join|slice|startsWith|endsWith|startswith|endswith|isdigit|isalpha|isalnum|indexOf|charAt|replace|isArray|isInteger|isFinite|isNaN|isSafeInteger|String|Number|Boolean|Object|Array|Set|Map|Date|len|str|int|float|bool|isinstance|any|all|set|list|dict|sorted|range|type|hasattr|getattr|max|min|abs|sum|now|getTime|toString|toISOString|concat|format|at|from|issubset|difference|intersection|union)$`)
	putsInto  = regexp.MustCompile(`^(push|unshift|append|extend|add|insert|concat|update|set|setdefault)$`)
)

// doesMore reports whether a function calls anything of which it is not known that it only looks, or puts something into what it was given: it may throw,
// or answer otherwise than by what it gives back.
func doesMore(n *paths.Node, fn *ir.Func, depth int) bool {
	if depth > 2 || throws(fn.Body) {
		return true
	}
	own := assigned(fn.Body)
	more := false
	ir.Walk(fn.Body, nil, func(e *ir.Expr) bool {
		if more || e.Kind != ir.Call {
			return !more
		}
		name := calledName(e.X)
		switch called := n.Result.Callees(e); {
		case len(called) > 0:
			more = slices.ContainsFunc(called, func(f *ir.Func) bool { return f != fn && doesMore(n, f, depth+1) })
		case e.X.Kind == ir.Member && putsInto.MatchString(name):
			more = e.X.X.Kind != ir.Name || !own[e.X.X.Str]
		case logs(e), e.X.Kind == ir.Lambda, e.New && e.X.Kind == ir.Name && e.X.Str == "RegExp":
		default:
			more = !looksOnly.MatchString(name)
		}
		return !more
	})
	return more
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

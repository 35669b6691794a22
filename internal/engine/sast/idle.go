package sast

import (
	"bytes"
	"slices"
	"strings"

	"wardlet.example/internal/dataflow"
	"wardlet.example/internal/ir"
	"wardlet.example/internal/paths"
)

// Code that does no harm because of what is, or is not, done with it: functions that nothing calls, and answers that nobody gets.

// isIdle reports whether a place stands in a function of a file that nothing in the files of an entry names: it never runs there.
func isIdle(n *paths.Node, p place) bool {
	fn := outermost(p)
	return fn != nil && !slices.Contains(n.Result.Reached, fn) && unnamed(n, fn, nil)
}

// outermost is the function of a file in which a place stands; nil where it stands in none that has a name.
func outermost(p place) *ir.Func {
	for _, s := range p.file.Body {
		fn := s.Fn
		if s.Kind == ir.Eval && s.X != nil && s.X.Kind == ir.Assign && s.X.X.Kind == ir.Name && s.X.Y != nil && s.X.Y.Kind == ir.Lambda { // const f = () => ...
			fn = s.X.Y.Fn
		}
		if fn != nil && fn.Name != "" && fn.Of == "" && encloses(fn, p) {
			return fn
		}
	}
	return nil
}

// deepestIdle bounds how many functions that nothing names call each other.
const deepestIdle = 3

// unnamed reports whether nothing but functions that are not named either names a function. What decorates a function, and the runtime that
// starts it, need no name.
func unnamed(n *paths.Node, fn *ir.Func, by []*ir.Func) bool {
	if len(fn.Decorators) > 0 || len(by) > deepestIdle || fn.Name == "main" || fn.Name == "init" || isHandler(n, fn) {
		return false
	}
	by = append(by, fn)
	for _, name := range n.Result.Files {
		file := n.Result.Program.File(name)
		if file == nil {
			continue
		}
		for at := range wordsIn(file.Tree.Source, fn.Name) {
			in := outermost(place{file, at})
			if in == nil || !slices.Contains(by, in) && !unnamed(n, in, by) {
				return false
			}
		}
	}
	return true
}

// isHandler reports whether a function is the one that the platform calls.
func isHandler(n *paths.Node, fn *ir.Func) bool {
	symbol := n.Function.Code.Symbol
	return len(n.Result.Files) > 0 && fn.File.Path == n.Result.Files[0] && fn.Name == symbol[strings.LastIndexByte(symbol, '.')+1:]
}

// wordsIn goes through the places of a name in code.
func wordsIn(source []byte, name string) func(func(int32) bool) {
	return func(yield func(int32) bool) {
		for from := 0; ; {
			i := bytes.Index(source[from:], []byte(name))
			if i < 0 {
				return
			}
			at, end := from+i, from+i+len(name)
			from = end
			if (at == 0 || !ofName(source[at-1])) && (end == len(source) || !ofName(source[end])) && !yield(int32(at)) {
				return
			}
		}
	}
}

func ofName(c byte) bool {
	return c == '_' || c == '$' || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c >= 0x80
}

// answersNothing reports whether an answer is made in a function whose callers only log what it gives, or drop it.
func answersNothing(n *paths.Node, p place) bool {
	fn := inner(n, p)
	if fn == nil || isHandler(n, fn) {
		return false
	}
	calls := n.Result.LeadsTo(fn)
	return len(calls) > 0 && !slices.ContainsFunc(calls, func(c dataflow.CallSite) bool { return !loggedAlone(c.In, c.Call) })
}

// loggedAlone reports whether nothing but a log, or a condition, gets what a call in a function gives.
func loggedAlone(fn *ir.Func, call *ir.Expr) bool {
	name, dropped := "", false
	ir.Walk(fn.Body, func(s *ir.Stmt) bool {
		if s.Kind == ir.Eval && s.X != nil {
			x := s.X
			if x.Kind == ir.Assign && x.X.Kind == ir.Name && x.Str == "" && ir.Awaited(x.Y) == call {
				name = x.X.Str
			}
			dropped = dropped || ir.Awaited(x) == call
		}
		return true
	}, nil)
	return dropped || name != "" && !moreThanLogged(fn, name)
}

// moreThanLogged reports whether more is done with what a name stands for than to ask of it and to log it.
func moreThanLogged(fn *ir.Func, name string) bool {
	found := false
	var expr func(e *ir.Expr) bool
	expr = func(e *ir.Expr) bool {
		switch {
		case logs(e):
			return false
		case e.Kind == ir.Assign && e.X.Kind == ir.Name && e.Str == "":
			ir.WalkExpr(e.Y, nil, expr)
			return false
		case e.Kind == ir.Name && e.Str == name:
			found = true
		}
		return !found
	}
	var stmt func(s *ir.Stmt) bool
	stmt = func(s *ir.Stmt) bool {
		if s.Kind != ir.If {
			return true
		}
		ir.Walk(s.Body, stmt, expr)
		ir.Walk(s.Else, stmt, expr)
		return false
	}
	ir.Walk(fn.Body, stmt, expr)
	return found
}

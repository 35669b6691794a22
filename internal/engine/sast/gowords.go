package sast

import (
	"regexp"
	"slices"

	"wardlet.example/internal/dataflow"
	"wardlet.example/internal/ir"
	"wardlet.example/internal/paths"
)

// admitsFailure is how a sentence for people says that something did not work.
var admitsFailure = regexp.MustCompile(`(?i)\b(error|fail(ed|s|ure)?|unable|went wrong|could ?n[o']t|can ?not|can'?t|not (possible|available)|problem)\b`)

// saidInWords are the places of Go where a service failed, and all that comes of it is a sentence which the function gives back for people to read: the
// function that calls it cannot know, and no log says why.
func saidInWords(n *paths.Node) []spot {
	works, _ := goCalls(n) // also of others than AWS
	for at, u := range operations(n, func(u dataflow.Use) bool { return u.File.Language == ir.Go }) {
		works[at] = operationName(u)
	}
	if len(works) == 0 {
		return nil
	}
	var out []spot
	for _, fn := range n.Result.Reached {
		if fn.File.Language != ir.Go || fn.Fails {
			continue
		}
		for _, a := range attempts(fn) {
			if !onlySays(a) || explained(lineOf(fn.File, a.at)) {
				continue
			}
			work := someOf(n, fn.File, a.tried, works)
			if work == "" || failsLoudly(n, a) || logsItself(n, a) {
				continue
			}
			out = append(out, spot{file: fn.File, at: a.at, fields: map[string]string{
				"call":   work,
				"others": "only says in its answer that " + work + " failed, and writes nothing down that says why: who runs it cannot see what went wrong",
			}})
		}
	}
	return out
}

// onlySays reports whether what handles an error makes a sentence of it, and nothing else.
func onlySays(a attempt) bool {
	admits := false
	for _, s := range a.handler {
		var said *ir.Expr
		switch {
		case s.Kind == ir.Return:
			said = s.X
		case s.Kind == ir.Eval && s.X != nil && s.X.Kind == ir.Assign && s.X.Str == "":
			said = s.X.Y
		}
		if said == nil || !isSentence(said) {
			return false
		}
		admits = admits || saysOf(said, admitsFailure)
	}
	return admits
}

// isSentence reports whether an expression is a text, one with something put into it, or a structure with nothing but such texts and constants.
func isSentence(e *ir.Expr) bool {
	switch e.Kind {
	case ir.Const:
		return true
	case ir.Call:
		return dotted(e.X) == "fmt.Sprintf" || dotted(e.X) == "fmt.Sprint"
	case ir.Template, ir.Binary:
		return true
	case ir.Object:
		return len(e.List) > 0 && !slices.ContainsFunc(e.List, func(x *ir.Expr) bool { return !isSentence(x) })
	}
	return false
}

// saysOf reports whether a constant of an expression fits a pattern.
func saysOf(e *ir.Expr, is *regexp.Regexp) bool {
	found := false
	ir.WalkExpr(e, nil, func(x *ir.Expr) bool {
		found = found || x.Kind == ir.Const && !x.Bare && is.MatchString(x.Str)
		return !found
	})
	return found
}

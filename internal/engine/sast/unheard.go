package sast

import (
	"regexp"
	"strings"

	"wardlet.example/internal/ir"
)

// ofOutcome are methods of what a call gives: their functions are no part of the call, which begins at the same place.
var ofOutcome = regexp.MustCompile(`^(then|catch|finally|on|once|pipe|tap|map|flatMap|filter|reduce|forEach)$`)

// asPromise is what gives the failure of a call of version 2 of the SDK to somebody else as well.
var asPromise = regexp.MustCompile(`^\s*\.(promise|then|catch)\b`)

// unheard looks at writes of JavaScript that tell a function whether they failed, which does not listen: table.put(item, (err, data) => done(null, ok)).
// Where it takes something out of what was written, it fails itself.
func (s *swallower) unheard(fn *ir.Func) {
	if fn.File.Language != ir.Node {
		return
	}
	ir.Walk(fn.Body, nil, func(e *ir.Expr) bool {
		if e.Kind != ir.Call || len(e.List) == 0 {
			return e.Kind != ir.Lambda // those that were reached are looked at by themselves
		}
		told := e.List[len(e.List)-1]
		name, writes := s.writes[place{fn.File, e.At}]
		if !writes || told.Kind != ir.Lambda || ofOutcome.MatchString(lastName(e.X)) || !doesNotListen(told.Fn) || explained(textBetween(fn.File, told.At, told.End)) ||
			asPromise.MatchString(textBetween(fn.File, e.End, int32(len(fn.File.Tree.Source)))) {
			return true
		}
		s.found = append(s.found, spot{file: fn.File, at: told.At, fields: map[string]string{"call": name, "others": notDone}})
		return true
	})
}

// doesNotListen reports whether a function that is told of an error first never says its name, and takes nothing out of what else it is given.
func doesNotListen(fn *ir.Func) bool {
	if len(fn.Params) > 0 {
		first := fn.Params[0]
		if first.Kind != ir.Name || !errorName.MatchString(first.Str) && strings.Trim(first.Str, "_") != "" || mentions(fn.Body, first.Str) {
			return false
		}
	}
	others := map[string]bool{}
	for _, p := range fn.Params {
		for _, name := range namesIn(p) {
			others[name] = p.Kind == ir.Name
		}
	}
	takes := false
	ir.Walk(fn.Body, nil, func(e *ir.Expr) bool {
		takes = takes || (e.Kind == ir.Member || e.Kind == ir.Index) && e.X != nil && e.X.Kind == ir.Name && others[e.X.Str] || e.Kind == ir.Name && e.Str == "arguments"
		return !takes
	})
	for _, p := range fn.Params {
		takes = takes || p.Kind != ir.Name // what is taken apart
	}
	return !takes
}

package sast

import (
	"regexp"
	"slices"
	"strings"

	"wardlet.example/internal/dataflow"
	"wardlet.example/internal/ir"
	"wardlet.example/internal/paths"
)

// Checks that are begun and not made: a record that is looked up and that nobody asks for, a model that refuses what comes in and is passed over.

// ofOneRecord are methods of mappers that look one record up.
var ofOneRecord = []string{"findOne", "findById", "findByPk", "findUnique", "findFirst", "findOneBy", "one_or_none"}

// forChecks are words in names of what is looked up to be asked: is it there, whose is it.
var forChecks = regexp.MustCompile(`(?i)^_*(existing|exists?|found|already|duplicate|current|previous|user|account|owner|member|customer|order|invoice|payment|session|token|record|item|doc(ument)?)`)

// unusedLookUps are records that are looked up into a name which nobody asks for, before something is changed: the check for which they were
// looked up is missing.
func unusedLookUps(n *paths.Node) []spot {
	reads, writes := map[*ir.Expr]string{}, []place{}
	for at := range operations(n, missed) {
		writes = append(writes, at)
	}
	for _, c := range n.Result.Calls {
		name := c.Ref[strings.LastIndexByte(c.Ref, '.')+1:]
		if c.DoesAny(dataflow.Writes, dataflow.Pays) {
			writes = append(writes, place{c.File, c.At})
		}
		if slices.Contains(ofOneRecord, name) && c.DoesAny(dataflow.Reads) {
			reads[c.Expr] = name
		}
	}
	looked := operations(n, func(u dataflow.Use) bool { return u.Key == "dynamodb:GetItem" })
	var out []spot
	for _, fn := range n.Result.Reached {
		if fn.File.Language == ir.Go { // the compiler says so
			continue
		}
		ir.Statements(fn.Body, func(list []*ir.Stmt, i int) {
			name, call := forgottenRead(fn, list, i)
			if call == nil {
				return
			}
			what := reads[call]
			if u, ok := looked[place{fn.File, call.At}]; ok && what == "" {
				what = operationName(u)
			}
			if what == "" || !slices.ContainsFunc(writes, func(w place) bool { return w.file == fn.File && w.at > call.End && w.at < fn.End }) {
				return
			}
			out = append(out, spot{file: fn.File, at: call.At, fields: map[string]string{"call": what, "source": "nobody looks at `" + name + "`, and something is changed behind it"}})
		})
	}
	return out
}

// forgottenRead is a call whose result goes to a name that its function does not mention again; nil for other statements.
func forgottenRead(fn *ir.Func, list []*ir.Stmt, i int) (string, *ir.Expr) {
	s := list[i]
	if s.Kind != ir.Eval || s.X == nil {
		return "", nil
	}
	e := ir.Awaited(s.X)
	if e.Kind != ir.Assign || e.Str != "" && e.Str != ":=" {
		return "", nil
	}
	names, call := namesIn(e.X), callOf(ir.Awaited(e.Y))
	if len(names) != 1 || call == nil || e.X.Kind == ir.Member || e.X.Kind == ir.Index || !forChecks.MatchString(names[0]) && e.X.Kind == ir.Name {
		return "", nil
	}
	if fn.End < e.End || strings.Contains(textBetween(fn.File, fn.Start, fn.End), "...arguments") {
		return "", nil
	}
	if regexp.MustCompile(`\b` + regexp.QuoteMeta(names[0]) + `\b`).MatchString(textBetween(fn.File, e.End, fn.End)) {
		return "", nil
	}
	return names[0], call
}

// refusesModels is a clause that catches the errors by which models and schemas of Python refuse what they get, and no others.
var refusesModels = regexp.MustCompile(`^except\s*\(?\s*([\w.]*(ValidationError|SchemaError|MultipleInvalid|JsonSchemaException)\s*,?\s*)+\)?(\s+as\s+\w+)?\s*:`)

// caughtModels are what models of Python refuse, where that is caught and the function goes on with what came in.
func caughtModels(n *paths.Node, told []spot) []spot {
	var out []spot
	for _, fn := range n.Result.Reached {
		if fn.File.Language != ir.Python {
			continue
		}
		ir.Statements(fn.Body, func(list []*ir.Stmt, i int) {
			t := list[i]
			if t.Kind != ir.Try || i == len(list)-1 || len(t.Else) != 1 || t.Else[0].Kind != ir.If || t.Else[0].Y == nil || !refusesModels.MatchString(textBetween(fn.File, t.Else[0].Y.At, t.Else[0].Y.End)) || len(t.Body) == 0 {
				return
			}
			call := callOf(valueOf(t.Body[len(t.Body)-1].X))
			handler := t.Else[0].Body
			if call == nil || len(handler) > 0 && !onlyLogs(handler) || slices.ContainsFunc(told, func(s spot) bool { return s.file == fn.File && s.at == call.At }) {
				return
			}
			last := t.Body[len(t.Body)-1]
			if e := ir.Awaited(last.X); e.Kind == ir.Assign && usedBehind(dataflow.Called{File: fn.File}, e, fn.End) {
				return
			}
			why := "when it fails, that is only logged"
			if len(handler) == 0 {
				why = "when it fails, that is passed over"
			}
			out = append(out, spot{file: fn.File, at: call.At, fields: map[string]string{"call": calledName(call.X), "source": why}})
		})
	}
	return out
}

package sast

import (
	"slices"
	"strings"

	"wardlet.example/internal/dataflow"
	"wardlet.example/internal/finding"
	"wardlet.example/internal/paths"
)

// A shape is what functions store of requests in one table. Where one of them checks it by a schema and another one by hand, or by another
// library, the two drift apart, and what one refuses comes in by the other.

// differently are writes of a function into a table whose items another function checks by a schema of a library, and this one does not.
func differently(w *work, n *paths.Node) []spot {
	if !answersRequests(n.Function) || n.Result.Cut || schemaOf(n) != "" || gatewayChecks(n.Function) {
		return nil
	}
	var out []spot
	told := map[string]bool{}
	for _, u := range n.Result.Uses {
		to := storedIn(n, u)
		if to == "" || told[to] {
			continue
		}
		for _, other := range w.nodes {
			library := schemaOf(other)
			if other == n || library == "" || !answersRequests(other.Function) {
				continue
			}
			i := slices.IndexFunc(other.Result.Uses, func(o dataflow.Use) bool { return storedIn(other, o) == to && sameShape(n, u, other, o) })
			if i < 0 {
				continue
			}
			told[to] = true
			there := other.Result.Uses[i]
			out = append(out, spot{file: u.File, at: u.At, fields: map[string]string{"to": to, "others": other.Function.Name, "call": library}, trace: []finding.Step{
				{Place: finding.Place{Pos: w.position(there.File, there.At)}, Message: other.Function.Name + " stores in " + to + " what " + library + " has checked"},
				{Place: finding.Place{Pos: w.position(u.File, u.At)}, Message: n.Function.Name + " stores there what it checks otherwise, or not at all"},
			}})
			break
		}
	}
	return out
}

// sameShape reports whether two items are of one kind: by the names of their fields, or, where not all of them are known, because each
// function stores its own; in one table there may be things of many kinds.
func sameShape(n *paths.Node, u dataflow.Use, other *paths.Node, o dataflow.Use) bool {
	a, b := u.Params.At("Item").Fields(), o.Params.At("Item").Fields()
	if len(a) == 0 || len(b) == 0 {
		return u.File.Path == n.Function.Code.File && o.File.Path == other.Function.Code.File
	}
	same := 0
	for name := range a {
		if _, ok := b[name]; ok {
			same++
		}
	}
	return 2*same > max(len(a), len(b))
}

// storedIn is the table of the application that an operation puts an item of a request into; empty for others.
func storedIn(n *paths.Node, u dataflow.Use) string {
	if u.Key != "dynamodb:PutItem" || u.Helper || !slices.ContainsFunc(n.Result.Sends, func(s *dataflow.Send) bool {
		return s.Key == u.Key && s.File == u.File && s.At == u.At && s.FromRequest()
	}) {
		return ""
	}
	if to := table(n, u); to != unknownTable {
		return to
	}
	return ""
}

// schemaOf is the library by whose schema a function checks what it gets; empty where there is none.
func schemaOf(n *paths.Node) string {
	for _, c := range n.Result.Calls {
		if validates(answering, c.Ref) || validates(throwing, c.Ref) {
			name, _, _ := strings.Cut(validatorName(c.Ref), " ")
			return name
		}
	}
	return ""
}

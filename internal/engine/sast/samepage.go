package sast

import (
	"slices"

	"wardlet.example/internal/dataflow"
	"wardlet.example/internal/ir"
	"wardlet.example/internal/paths"
)

// Loops that read page after page end where an answer says that there is no other one. Where no request says which page it wants, each answer is the
// first page, and says for ever that there are more.

// ways are how answers say that there are more pages, by how a request says where to go on.
var ways = map[string][]string{
	"ExclusiveStartKey": {"LastEvaluatedKey"},
	"ContinuationToken": {"NextContinuationToken", "IsTruncated"},
	"Marker":            {"NextMarker", "IsTruncated"},
	"NextToken":         {"NextToken"},
	"nextToken":         {"nextToken"},
	"PaginationToken":   {"PaginationToken"},
}

// startsAt are the members of requests that say where to go on, for operations that have other names for it than most.
var startsAt = map[string]string{
	"dynamodb:Scan": "ExclusiveStartKey", "dynamodb:Query": "ExclusiveStartKey", "s3:ListObjectsV2": "ContinuationToken", "s3:ListObjects": "Marker",
}

// samePages are the requests of loops that ask for the same page in each round, as long as the answer says that there are more.
func samePages(_ *work, n *paths.Node) []spot {
	if n.Result.Cut {
		return nil
	}
	changing := map[place]string{} // what is deleted is not on the first page the next time
	for at, u := range operations(n, func(u dataflow.Use) bool { return changes(u.Op) }) {
		changing[at] = operationName(u)
	}
	var out []spot
	for _, u := range n.Result.Uses {
		fn := inner(n, place{u.File, u.At})
		if fn == nil || slices.ContainsFunc(out, func(s spot) bool { return s.file == u.File && s.at == u.At }) {
			continue
		}
		for start, more := range ways {
			if own, ok := startsAt[u.Key]; ok && own != start || !lacksMember(n, u, start) || says(n, fn, start, 0) {
				continue
			}
			if loop := loopAround(fn, u.At); loop != nil && endsWhere(loop, more) && someOf(n, fn.File, loop.Body, changing) == "" {
				out = append(out, spot{file: u.File, at: u.At, fields: map[string]string{"call": operationName(u), "to": start}})
				break
			}
		}
	}
	return out
}

// lacksMember reports whether a request certainly does not have a member: by what is known of its value, or by the keywords of a call of Python.
func lacksMember(n *paths.Node, u dataflow.Use, member string) bool {
	if !u.Params.Open() && u.Params.Lacks(member) {
		return true
	}
	for _, c := range n.Result.Calls {
		if c.File == u.File && c.At == u.At && c.File.Language == ir.Python && c.Expr.X.Kind == ir.Member {
			return len(c.Expr.Keys) == len(c.Expr.List) && !slices.ContainsFunc(c.Expr.Keys, func(key string) bool {
				return key == "" || key == "..." || key == "**" || key == member
			})
		}
	}
	return false
}

// says reports whether a function, or one that it calls, has a word for where a request goes on: as a key, as what is set, or in quotes.
func says(n *paths.Node, fn *ir.Func, word string, depth int) bool {
	found := false
	ir.Walk(fn.Body, nil, func(e *ir.Expr) bool {
		found = found || slices.Contains(e.Keys, word) || e.Kind == ir.Const && e.Str == word || e.Kind == ir.Assign && e.X != nil && fieldOf(e.X) == word ||
			e.Kind == ir.Call && depth < deepestCalls && slices.ContainsFunc(calledByName(n, e), func(called *ir.Func) bool { return says(n, called, word, depth+1) })
		return !found
	})
	return found
}

// loopAround is the innermost loop of a function around a place; nil where there is none.
func loopAround(fn *ir.Func, at int32) *ir.Stmt {
	var out *ir.Stmt
	ir.Walk(fn.Body, func(s *ir.Stmt) bool {
		if s.Kind == ir.Loop && slices.ContainsFunc(s.Body, func(x *ir.Stmt) bool { return holds(x, at) }) {
			out = s
		}
		return true
	}, func(e *ir.Expr) bool { return e.Kind != ir.Lambda })
	return out
}

// endsWhere reports whether a loop ends by nothing else than what an answer says under one of some words.
func endsWhere(loop *ir.Stmt, words []string) bool {
	if loop.X != nil { // it goes through a list
		return false
	}
	names := map[string]bool{} // that are given such a part of an answer
	ir.Walk(loop.Body, nil, func(e *ir.Expr) bool {
		if e.Kind == ir.Assign && e.X != nil && e.X.Kind == ir.Name && e.Y != nil && mentionsWord(e.Y, words, nil) {
			names[e.X.Str] = true
		}
		return true
	})
	asks := loop.Y != nil && mentionsWord(loop.Y, words, names)
	if loop.Y != nil && !asks && (loop.Y.Kind != ir.Const || isEmptyValue(loop.Y)) { // while (rounds < 10)
		return false
	}
	if asks && !onlyAsksFor(loop.Y) {
		return false
	}
	other := false
	var look func(body []*ir.Stmt, asked bool)
	look = func(body []*ir.Stmt, asked bool) {
		for _, s := range body {
			if s.Kind == ir.Leave || s.Kind == ir.Return || s.Kind == ir.Throw {
				other, asks = other || !asked, asks || asked
			}
			if s.Kind == ir.If && saysFailed(s.X) { // an error is no end that anybody waits for
				look(s.Else, asked)
				continue
			}
			byIt := asked || s.Kind == ir.If && s.X != nil && mentionsWord(s.X, words, names) && onlyAsksFor(s.X)
			look(s.Body, byIt)
			look(s.Else, byIt)
			look(s.Final, asked)
		}
	}
	look(loop.Body, false)
	return asks && !other
}

// mentionsWord reports whether an expression has one of some words in it, as a member, as a text or by a name.
func mentionsWord(e *ir.Expr, words []string, names map[string]bool) bool {
	found := false
	ir.WalkExpr(e, nil, func(x *ir.Expr) bool {
		found = found || (x.Kind == ir.Member || x.Kind == ir.Const && !x.Bare) && slices.Contains(words, x.Str) || x.Kind == ir.Name && names[x.Str]
		return !found
	})
	return found
}

// onlyAsksFor reports whether a condition asks one thing: nothing else ends the loop.
func onlyAsksFor(e *ir.Expr) bool {
	found := false
	ir.WalkExpr(e, nil, func(x *ir.Expr) bool {
		found = found || x.Kind == ir.Binary && (x.Str == "&&" || x.Str == "and" || x.Str == "||" || x.Str == "or")
		return !found
	})
	return !found
}

package sast

import (
	"regexp"
	"slices"
	"strings"

	"wardlet.example/internal/dataflow"
	"wardlet.example/internal/finding"
	"wardlet.example/internal/ir"
	"wardlet.example/internal/model"
	"wardlet.example/internal/paths"
)

// callingItself are the calls by which a function certainly causes its own next call, on every way through it.
func callingItself(w *work, n *paths.Node) []spot {
	var out []spot
	for _, e := range n.Out {
		s := e.Send
		if e.To != n || e.Read != nil || e.Matches != model.Yes || e.Granted == model.No || e.Guessed || s.Lent || s.Signed || s.Key == dataflow.Returned || s.Key == dataflow.Received || s.Key == dataflow.HTTPRequest || s.Declared.File != "" {
			continue
		}
		if onCondition(s) || !always(n, place{s.File, s.At}) || !changesAgain(n, s) || slices.ContainsFunc(out, func(o spot) bool { return o.file == s.File && o.at == s.At }) {
			continue
		}
		through := "its own name"
		if len(e.Via) > 0 {
			through = e.Via[0].ID
		}
		// A function that makes a call on every way is of no use where it may not make it: where that is not known the call is told of too.
		found := spot{file: s.File, at: s.At, unsure: e.Granted == model.Maybe, fields: map[string]string{"call": s.Key[strings.IndexByte(s.Key, ':')+1:], "to": through}}
		found.trace = []finding.Step{{Place: finding.Place{Pos: w.position(s.File, s.At)}, Message: "sends to " + through}}
		for _, r := range e.Via {
			found.trace = append(found.trace, finding.Step{Place: finding.Place{Pos: r.Origin.Pos}, Message: "calls " + n.Function.Name + " again"})
		}
		out = append(out, found)
	}
	return out
}

// onCondition reports whether a call asks the service itself whether to do what it says: only where there is no such thing yet. That there is
// one already is as true the next time.
func onCondition(s *dataflow.Send) bool {
	return slices.ContainsFunc([]string{"IfNoneMatch", "IfMatch", "ConditionExpression"}, func(name string) bool {
		return s.Params.At(name) != nil && !s.Params.Lacks(name) && !onlyIsThere.MatchString(s.Params.At(name).Begins())
	})
}

// onlyIsThere is a condition which asks for nothing but that there are some attributes.
var onlyIsThere = regexp.MustCompile(`(?i)^\s*attribute_exists\s*\([^()]*\)(\s+and\s+attribute_exists\s*\([^()]*\))*\s*$`)

// always reports whether a call is made whatever is true: nothing that is asked before it, in its function and in those that lead there,
// can end the way to it.
func always(n *paths.Node, p place) bool {
	all := levels(n, p)
	return len(all) > 0 && !slices.ContainsFunc(all, func(l level) bool {
		return forSomeOnly(l) || reachedAlways(l.fn.Body, l.at, func(s *ir.Stmt) bool { return onlyWorksOut(n, l.fn.File, s) || failsOn(s) || leavesOutRemoved(s) }) != yes
	})
}

// forSomeOnly reports whether a call is made for each of a collection into which the function puts something only under a condition: what of its
// own writing fulfils it is not known.
func forSomeOnly(l level) bool {
	found := false
	ir.Walk(l.fn.Body, func(s *ir.Stmt) bool {
		if s.Kind == ir.Loop && s.Y != nil && holds(s, l.at) {
			root, _, _ := strings.Cut(dotted(s.Y), ".")
			all, chosen := fillings(l.fn.Body, root, false)
			found = found || all > 0 && all == chosen
		}
		return !found
	}, func(e *ir.Expr) bool { return e.Kind != ir.Lambda })
	return found
}

// fills are methods that put something into a collection.
var fills = regexp.MustCompile(`^(append|push|add|update|set|extend|insert|unshift)$`)

// fillings counts the places in statements that put something into a collection of a name, and those of them that stand under a condition.
func fillings(body []*ir.Stmt, name string, under bool) (all, chosen int) {
	count := func(e *ir.Expr) bool {
		into := e.Kind == ir.Call && e.X.Kind == ir.Member && fills.MatchString(e.X.Str) && dotted(e.X.X) == name ||
			e.Kind == ir.Assign && e.X != nil && e.X.Kind == ir.Index && dotted(e.X.X) == name
		if into {
			all++
			if under {
				chosen++
			}
		}
		return true
	}
	for _, s := range body {
		for _, e := range []*ir.Expr{s.X, s.Y} {
			if e != nil {
				ir.WalkExpr(e, nil, count)
			}
		}
		for _, inside := range [][]*ir.Stmt{s.Body, s.Else, s.Final} {
			a, c := fillings(inside, name, under || s.Kind == ir.If)
			all, chosen = all+a, chosen+c
		}
	}
	return all, chosen
}

// changesAgain reports whether what a function writes is another thing each time. A table of which nothing changes tells its stream of nothing,
// so that a function which makes the same of its own item again comes to an end.
// Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html
func changesAgain(n *paths.Node, s *dataflow.Send) bool {
	if !strings.HasPrefix(s.Key, "dynamodb:") || adds.MatchString(s.Params.At("UpdateExpression").Begins()) {
		return true
	}
	fn := inner(n, place{s.File, s.At})
	if fn == nil {
		return false
	}
	names, again := map[string]bool{}, false
	for range 3 { // what holds what holds it
		ir.Walk(fn.Body, nil, func(e *ir.Expr) bool {
			if e.Kind == ir.Assign && e.Y != nil && (hasMoment(e.Y) || contains(e.Y, nil, names)) {
				for _, name := range namesIn(e.X) {
					names[name] = true
				}
			}
			again = again || e.Kind == ir.Call && e.At == s.At && (hasMoment(e) || contains(e, nil, names))
			return true
		})
	}
	return again
}

// hasMoment reports whether a part of an expression is made of the time, or is another one each time.
func hasMoment(e *ir.Expr) bool {
	found := false
	ir.WalkExpr(e, nil, func(x *ir.Expr) bool {
		found = found || madeAtOnce(x, 0) != "" || x.Kind == ir.Call && (dotted(x.X) == "time.Now" || strings.HasSuffix(dotted(x.X), "uuid.NewString"))
		return !found
	})
	return found
}

// leavesOutRemoved reports whether a statement passes over what was taken out of a table, and nothing else: what a function puts there is none.
func leavesOutRemoved(s *ir.Stmt) bool {
	if s.Kind != ir.If || len(s.Else) > 0 || s.X == nil || s.X.Kind != ir.Binary || s.X.Str != "==" && s.X.Str != "===" {
		return false
	}
	return strings.EqualFold(strings.ReplaceAll(lastName(s.X.X), "_", ""), "eventName") && s.X.Y.Kind == ir.Const && s.X.Y.Str == "REMOVE"
}

// onlyWorksOut reports whether a statement tries something that asks no service and checks nothing: what it makes of one event it can make of
// the next one too, so that what is done where it fails stops nothing. Without a handler its failure would end the way as well.
func onlyWorksOut(n *paths.Node, file *ir.File, s *ir.Stmt) bool {
	if s.Kind != ir.Try || slices.ContainsFunc(s.Body, mayLeave) || slices.ContainsFunc(s.Final, mayLeave) {
		return false
	}
	return !someCall(n, file, s.Body, func(file *ir.File, e *ir.Expr) bool {
		asks := slices.ContainsFunc(n.Result.Calls, func(c dataflow.Called) bool { return c.Expr == e && len(c.Does) > 0 })
		return asks || isOperation(n, file, e) || checking.MatchString(dotted(e.X)) || slices.ContainsFunc(calledByName(n, e), func(fn *ir.Func) bool { return throws(fn.Body) })
	}, 0)
}

// failsOn reports whether a statement of Go only hands an error on, as what is thrown goes on by itself in other languages.
func failsOn(s *ir.Stmt) bool {
	if s.Kind == ir.Block { // if err := save(order); err != nil { return err }
		return !slices.ContainsFunc(s.Body, func(x *ir.Stmt) bool { return mayLeave(x) && !failsOn(x) })
	}
	if s.Kind != ir.If || len(s.Else) > 0 || !saysFailed(s.X) || len(s.Body) == 0 {
		return false
	}
	last := s.Body[len(s.Body)-1]
	if last.Kind != ir.Return || last.X == nil {
		return false
	}
	given := last.X
	if given.Kind == ir.Array && given.Str == "results" && len(given.List) > 0 {
		given = given.List[len(given.List)-1]
	}
	return !isNothing(given) && !slices.ContainsFunc(s.Body[:len(s.Body)-1], mayLeave)
}

// What becomes of the way to a call.
type way int

const (
	elsewhere way = iota // it does not stand here
	yes
	perhaps
)

// reachedAlways says whether a call in statements is made on all ways through them, but for statements that are passed by.
func reachedAlways(body []*ir.Stmt, at int32, passed func(*ir.Stmt) bool) way {
	asked := false
	for _, s := range body {
		if holds(s, at) {
			if asked || s.Kind == ir.If {
				return perhaps
			}
			for _, inside := range [][]*ir.Stmt{s.Body, s.Else, s.Final} {
				if got := reachedAlways(inside, at, passed); got != elsewhere {
					if len(s.Else) > 0 && slices.ContainsFunc(s.Else, func(x *ir.Stmt) bool { return holds(x, at) }) {
						return perhaps
					}
					return got
				}
			}
			if conditional(s, at) {
				return perhaps
			}
			return yes
		}
		asked = asked || mayLeave(s) && !tooLarge(s) && !passed(s)
	}
	return elsewhere
}

// sizes are the last names of how much an object holds.
var sizes = regexp.MustCompile(`(?i)^(size|content_?length)$`)

// tooLarge reports whether a statement only leaves out objects that are too large, or empty: what a function makes of one that it took is
// neither.
func tooLarge(s *ir.Stmt) bool {
	if s.Kind != ir.If || len(s.Else) > 0 || s.X == nil || s.X.Kind != ir.Binary {
		return false
	}
	left, right := sizes.MatchString(lastName(s.X.X)), sizes.MatchString(lastName(s.X.Y))
	switch s.X.Str {
	case ">", ">=":
		return left && !right
	case "<", "<=":
		return right && !left
	case "===", "==":
		return left && s.X.Y.Kind == ir.Const && s.X.Y.Str == "0"
	}
	return false
}

// holds reports whether a call stands in a statement.
func holds(s *ir.Stmt, at int32) bool {
	found := false
	ir.Walk([]*ir.Stmt{s}, nil, func(e *ir.Expr) bool {
		found = found || e.At == at && e.Kind == ir.Call || e.Kind == ir.Lambda && e.Fn.Start <= at && at < e.Fn.End
		return !found
	})
	return found
}

// conditional reports whether a call in a statement is made only where a part of an expression says so.
func conditional(s *ir.Stmt, at int32) bool {
	found := false
	ir.Walk([]*ir.Stmt{s}, nil, func(e *ir.Expr) bool {
		if e.Kind == ir.Cond || e.Kind == ir.Binary && (e.Str == "&&" || e.Str == "||" || e.Str == "??") {
			found = found || holds(&ir.Stmt{Kind: ir.Eval, X: e}, at)
		}
		if e.Kind == ir.Call && e.X != nil && e.X.Kind == ir.Member && e.X.Str == "catch" {
			for _, x := range e.List {
				found = found || holds(&ir.Stmt{Kind: ir.Eval, X: x}, at)
			}
		}
		return !found
	})
	return found
}

// mayLeave reports whether a statement perhaps ends the way, by a condition or otherwise.
func mayLeave(s *ir.Stmt) bool {
	found := false
	ir.Walk([]*ir.Stmt{s}, func(x *ir.Stmt) bool {
		found = found || x.Kind == ir.Return || x.Kind == ir.Throw || x.Kind == ir.Leave || x.Kind == ir.Guard
		return !found
	}, func(e *ir.Expr) bool { return e.Kind != ir.Lambda })
	return found
}

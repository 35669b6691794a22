package sast

import (
	"regexp"
	"slices"
	"strings"

	"wardlet.example/internal/dataflow"
	"wardlet.example/internal/ir"
	"wardlet.example/internal/paths"
)

// ofAll are questions that are answered with yes where there is nothing to ask about.
var ofAll = regexp.MustCompile(`(^|\.)(all|every|issubset|isSubsetOf)$`)

// allOfNothing tells of an authorizer that asks whether all of what is required is there, where for what it does not know nothing is required:
// needed = NEEDED.get(route, ()); all(scope in have for scope in needed).
func (a *authorizer) allOfNothing(fn *ir.Func) {
	empty := map[string]bool{}
	ir.Walk(fn.Body, func(s *ir.Stmt) bool {
		if set := setIn(s); set != nil && perhapsEmpty(set.Y) {
			empty[set.X.Str] = true
		}
		if s.Kind == ir.If || s.Kind == ir.Guard { // if not needed: deny
			for _, name := range namesIn(asked(s.X)) {
				delete(empty, name)
			}
		}
		return true
	}, nil)
	ir.Walk(fn.Body, nil, func(e *ir.Expr) bool {
		if e.Kind != ir.Call || !ofAll.MatchString(dotted(e.X)) || asksHowMany(fn, empty) {
			return true
		}
		over := e.X
		if lastName(e.X) == "all" && len(e.List) > 0 {
			over = e.List[0]
		}
		if contains(over, nil, empty) || perhapsEmptyIn(over) {
			a.tell(fn.File, e.At, "lets a caller in where nothing is required of what was asked for: all of nothing is always there")
		}
		return true
	})
}

// asked is what a condition asks about, if it asks for one thing alone.
func asked(e *ir.Expr) *ir.Expr {
	for e != nil && e.Kind == ir.Not {
		e = e.X
	}
	if e == nil {
		return &ir.Expr{Kind: ir.Const}
	}
	return e
}

// asksHowMany reports whether a function asks how many there are of some.
func asksHowMany(fn *ir.Func, names map[string]bool) bool {
	found := false
	ir.Walk(fn.Body, nil, func(e *ir.Expr) bool {
		found = found || e.Kind == ir.Member && (e.Str == "length" || e.Str == "size") && contains(e.X, nil, names) ||
			e.Kind == ir.Call && dotted(e.X) == "len" && slices.ContainsFunc(e.List, func(x *ir.Expr) bool { return contains(x, nil, names) }) ||
			e.Kind == ir.Binary && (e.Str == "&&" || e.Str == "and") && e.X != nil && e.X.Kind == ir.Name && names[e.X.Str]
		return !found
	})
	return found
}

// perhapsEmpty reports whether an expression is a collection, or an empty one where there is none: table.get(key, ()), table[key] ?? [].
func perhapsEmpty(e *ir.Expr) bool {
	e = ir.Awaited(e)
	switch {
	case e == nil:
		return false
	case e.Kind == ir.Call && e.X.Kind == ir.Member && e.X.Str == "get" && len(e.List) == 2:
		return isEmpty(e.List[1])
	case e.Kind == ir.Binary && (e.Str == "||" || e.Str == "??" || e.Str == "or"):
		return isEmpty(e.Y) && (e.X.Kind == ir.Index || e.X.Kind == ir.Member || e.X.Kind == ir.Call)
	}
	return false
}

func perhapsEmptyIn(e *ir.Expr) bool {
	found := false
	ir.WalkExpr(e, nil, func(x *ir.Expr) bool {
		found = found || perhapsEmpty(x)
		return !found
	})
	return found
}

func isEmpty(e *ir.Expr) bool {
	return e != nil && (e.Kind == ir.Array && len(e.List) == 0 || e.Kind == ir.Call && len(e.List) == 0 && (dotted(e.X) == "set" || dotted(e.X) == "list" || dotted(e.X) == "tuple" || dotted(e.X) == "frozenset"))
}

// beginsTask is how Python begins a task beside the others.
var beginsTask = regexp.MustCompile(`^asyncio\.(create_task|ensure_future)$`)

// droppedTasks are tasks of Python that do something elsewhere and that nobody waits for: the loop ends with what it runs, and they with it.
func droppedTasks(n *paths.Node) []spot {
	var out []spot
	works := operations(n, func(u dataflow.Use) bool { return changes(u.Op) })
	for _, c := range n.Result.Calls {
		if c.DoesAny(dataflow.Writes, dataflow.Sends, dataflow.Calls, dataflow.Pays) {
			works[place{c.File, c.At}] = dataflow.Use{}
		}
	}
	is := func(file *ir.File, e *ir.Expr) bool { _, ok := works[place{file, e.At}]; return ok }
	for _, fn := range n.Result.Reached {
		if fn.File.Language != ir.Python {
			continue
		}
		ir.Walk(fn.Body, func(s *ir.Stmt) bool {
			if s.Kind != ir.Eval || s.X == nil {
				return true
			}
			task, kept := taskOf(s.X)
			if task == nil || kept != "" && isWaitedFor(fn, kept) || !someCall(n, fn.File, []*ir.Stmt{{Kind: ir.Eval, X: task.List[0]}}, is, 0) {
				return true
			}
			out = append(out, spot{file: fn.File, at: task.At, fields: map[string]string{"call": lastName(task.List[0])}})
			return true
		}, func(e *ir.Expr) bool { return e.Kind != ir.Lambda })
	}
	return out
}

// taskOf is the task that an expression begins, with the name that keeps it, if one does.
func taskOf(e *ir.Expr) (task *ir.Expr, kept string) {
	is := func(x *ir.Expr) bool {
		return x != nil && x.Kind == ir.Call && beginsTask.MatchString(dotted(x.X)) && len(x.List) > 0
	}
	switch {
	case is(e):
		return e, ""
	case e.Kind == ir.Assign && e.X != nil && e.X.Kind == ir.Name && is(e.Y):
		return e.Y, e.X.Str
	case e.Kind == ir.Call && e.X.Kind == ir.Member && fills.MatchString(e.X.Str) && e.X.X.Kind == ir.Name && len(e.List) == 1 && is(e.List[0]):
		return e.List[0], e.X.X.Str
	}
	return nil, ""
}

// isWaitedFor reports whether anything is done with a task that is kept under a name, or with the list that it is put into, but to count it or to
// put more into it.
func isWaitedFor(fn *ir.Func, name string) bool {
	found := false
	ir.Walk(fn.Body, func(s *ir.Stmt) bool {
		found = found || s.Kind == ir.Return && s.X != nil && s.X.Kind == ir.Name && s.X.Str == name || s.Kind == ir.Loop && s.Y != nil && contains(s.Y, nil, map[string]bool{name: true})
		return !found
	}, func(e *ir.Expr) bool {
		switch {
		case found:
			return false
		case e.Kind == ir.Await:
			found = contains(e, nil, map[string]bool{name: true})
		case e.Kind == ir.Call && dotted(e.X) == "len", e.Kind == ir.Call && e.X.Kind == ir.Member && fills.MatchString(e.X.Str) && dotted(e.X.X) == name,
			e.Kind == ir.Call && strings.HasPrefix(dotted(e.X), name+"."):
			return false
		case e.Kind == ir.Call:
			found = slices.ContainsFunc(e.List, func(x *ir.Expr) bool { return contains(x, nil, map[string]bool{name: true}) })
		}
		return !found
	})
	return found
}

package sast

import (
	"path"
	"slices"

	"wardlet.example/internal/ir"
	"wardlet.example/internal/paths"
)

// Who runs commands of several types often does more for those that have another method: if a, ok := cmd.(Audited); ok { log(a.Describe()) }. That is not
// done for a type that lacks it.

// onlyForOthers tells of a condition in a function of Go, which calls a method of a type, whether what it decides on is only done for other types.
func onlyForOthers(n *paths.Node, method, caller *ir.Func) func(*ir.Stmt) bool {
	if method.Of == "" || method.File.Language != ir.Go || caller.File.Language != ir.Go {
		return func(*ir.Stmt) bool { return false }
	}
	asked := map[string]string{} // the name of the answer, and the name of what was asked for another type, as the type
	ir.Walk(caller.Body, nil, func(e *ir.Expr) bool {
		if e.Kind == ir.Assign && e.X != nil && e.X.Kind == ir.Array && len(e.X.List) == 2 && e.X.List[0].Kind == ir.Name && e.X.List[0].Y != nil && e.Y != nil && e.Y.Kind == ir.Name {
			if callsOn(caller, e.Y.Str, method.Name) {
				asked[e.X.List[1].Str] = e.X.List[0].Str
			}
		}
		return true
	})
	return func(s *ir.Stmt) bool {
		if s.X == nil || s.X.Kind != ir.Name || asked[s.X.Str] == "" {
			return false
		}
		lacks := false
		ir.Walk(s.Body, nil, func(e *ir.Expr) bool {
			if e.Kind == ir.Call && e.X.Kind == ir.Member && e.X.X.Kind == ir.Name && e.X.X.Str == asked[s.X.Str] {
				lacks = lacks || !hasMethod(n, method, e.X.Str)
			}
			return true
		})
		return lacks
	}
}

// callsOn reports whether a function calls a method of what has a name.
func callsOn(fn *ir.Func, name, method string) bool {
	found := false
	ir.Walk(fn.Body, nil, func(e *ir.Expr) bool {
		found = found || e.Kind == ir.Call && e.X.Kind == ir.Member && e.X.Str == method && e.X.X.Kind == ir.Name && e.X.X.Str == name
		return !found
	})
	return found
}

// hasMethod reports whether the type that a method is of has another one. What a type holds without a name has methods that it has too: they are not
// looked for, and counted as if they were there.
func hasMethod(n *paths.Node, of *ir.Func, name string) bool {
	if n.Result.Program == nil {
		return true
	}
	found := false
	for _, file := range n.Result.Files {
		if path.Dir(file) != path.Dir(of.File.Path) {
			continue
		}
		f := n.Result.Program.File(file)
		if f == nil {
			continue
		}
		ir.Walk(f.Body, func(s *ir.Stmt) bool {
			found = found || s.Fn != nil && s.Fn.Of == of.Of && s.Fn.Name == name
			if c := s.Class; c != nil {
				if c.Name == of.Of {
					found = found || slices.ContainsFunc(c.Fields, func(f ir.Field) bool { return f.Embedded })
				}
				found = found || slices.ContainsFunc(c.Methods, func(m *ir.Func) bool { return c.Name == of.Of && m.Name == name })
			}
			return !found
		}, nil)
	}
	return found
}

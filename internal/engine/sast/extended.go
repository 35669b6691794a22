package sast

import (
	"slices"
	"strings"

	"wardlet.example/internal/dataflow"
	"wardlet.example/internal/ir"
	"wardlet.example/internal/paths"
)

// A client of Prisma can be extended by functions that run around each call of some models and operations. What such a function writes down is a record
// of the calls that it is for, and of no others.
// Source: https://www.prisma.io/docs/orm/prisma-client/client-extensions/query

// Names under which an extension is for all models and for all operations.
const (
	allModels     = "$allModels"
	allOperations = "$allOperations"
)

// extension is a function that runs around calls of a client.
type extension struct {
	fn               *ir.Func
	model, operation string
	made, of         string // the name of the client that has it, and of the one that it was made of
}

// extensionsIn are the extensions of clients in the files of a function.
func extensionsIn(n *paths.Node) []extension {
	if n.Result.Program == nil || !slices.Contains(n.Result.Packages, "@prisma/client") {
		return nil
	}
	var out []extension
	for _, name := range n.Result.Files {
		file := n.Result.Program.File(name)
		if file == nil {
			continue
		}
		made := map[*ir.Expr]string{}
		ir.Walk(file.Body, nil, func(e *ir.Expr) bool {
			if e.Kind == ir.Assign && e.X != nil && e.X.Kind == ir.Name && e.Y != nil {
				made[e.Y] = e.X.Str
			}
			return true
		})
		inFile(file, func(*ir.Func) {}, func(e *ir.Expr) {
			if lastName(e.X) != "$extends" || len(e.List) != 1 || e.List[0].Kind != ir.Object {
				return
			}
			for _, x := range runningAround(keyword(e.List[0], "query")) {
				x.made, x.of = made[e], rootOf(e.X)
				out = append(out, x)
			}
		})
	}
	return out
}

// runningAround are the functions of the query part of an extension: {membership: {update({args, query}) {...}}}.
func runningAround(query *ir.Expr) []extension {
	var out []extension
	if query == nil {
		return nil
	}
	for i, x := range query.List[:min(len(query.List), len(query.Keys))] {
		if x.Kind == ir.Lambda {
			out = append(out, extension{fn: x.Fn, model: allModels, operation: query.Keys[i]})
		}
		if x.Kind != ir.Object {
			continue
		}
		for j, y := range x.List[:min(len(x.List), len(x.Keys))] {
			if y.Kind == ir.Lambda {
				out = append(out, extension{fn: y.Fn, model: query.Keys[i], operation: x.Keys[j]})
			}
		}
	}
	return out
}

// covers reports whether an extension runs around a call, and writes it down: db.membership.update.
func (x extension) covers(call *ir.Expr) bool {
	parts := strings.Split(dotted(call.X), ".")
	if len(parts) < 3 {
		return false
	}
	root, model, operation := parts[0], parts[len(parts)-2], parts[len(parts)-1]
	if x.made != "" && root == x.of && root != x.made { // it is a call of the client without it
		return false
	}
	if x.model != allModels && x.model != model || x.operation != allOperations && x.operation != operation {
		return false
	}
	return x.logsFor(x.fn.Body, []string{model, operation})
}

// logsFor reports whether statements write a line, not only for others than some models and operations.
func (x extension) logsFor(body []*ir.Stmt, names []string) bool {
	found := false
	ir.Walk(body, func(s *ir.Stmt) bool {
		if found || s.Kind == ir.If && x.isForOthers(s.X, names) {
			found = found || x.logsFor(s.Else, names)
			return false
		}
		if s.Kind == ir.Try {
			found = x.logsFor(s.Body, names)
			return false
		}
		return true
	}, func(e *ir.Expr) bool {
		found = found || logs(e) && !forDebugging(e)
		return !found
	})
	return found
}

// isForOthers reports whether a condition is that the model or the operation is one of some, and none of these names.
func (x extension) isForOthers(condition *ir.Expr, names []string) bool {
	listed, negated := false, false
	is := false
	look := func(e *ir.Expr) bool {
		negated = negated || e.Kind == ir.Not || e.Kind == ir.Binary && strings.HasPrefix(e.Str, "!")
		if e.Kind == ir.Const && !e.Bare {
			listed = true
			is = is || slices.ContainsFunc(names, func(name string) bool { return strings.EqualFold(name, e.Str) })
		}
		return true
	}
	ir.WalkExpr(condition, nil, func(e *ir.Expr) bool {
		if e.Kind == ir.Name {
			for _, s := range x.fn.File.Body {
				if s.Kind == ir.Eval && s.X != nil && s.X.Kind == ir.Assign && s.X.X != nil && s.X.X.Kind == ir.Name && s.X.X.Str == e.Str {
					ir.WalkExpr(s.X.Y, nil, look)
				}
			}
		}
		return look(e)
	})
	return listed && !is && !negated
}

// extendedCalls are the calls of clients of which an extension writes a record.
func extendedCalls(n *paths.Node) map[place]bool {
	extensions := extensionsIn(n)
	out := map[place]bool{}
	if len(extensions) == 0 {
		return out
	}
	for _, c := range n.Result.Calls {
		if c.DoesAny(dataflow.Writes) && slices.ContainsFunc(extensions, func(x extension) bool { return x.covers(c.Expr) }) {
			out[place{c.File, c.At}] = true
		}
	}
	return out
}

package sast

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"wardlet.example/internal/dataflow"
	"wardlet.example/internal/ir"
	"wardlet.example/internal/paths"
)

// What a function must hold of both so that it is advised to part them.
const (
	manyServices  = 2
	manyDecisions = 4
)

// sideEffects are functions that decide and act at once: they change several services between decisions of their own, where a function that
// only decides could be tested, and trusted, without any of them.
func sideEffects(_ *work, n *paths.Node) []spot {
	changed := map[*ir.Func]map[string]bool{}
	add := func(service string, p place) {
		fn := inner(n, p)
		if fn == nil {
			return
		}
		if changed[fn] == nil {
			changed[fn] = map[string]bool{}
		}
		changed[fn][service] = true
	}
	for _, u := range n.Result.Uses {
		if service, _, ok := strings.Cut(u.Key, ":"); ok && changes(u.Op) {
			add(service, place{u.File, u.At})
		}
	}
	for _, c := range n.Result.Calls {
		if c.DoesAny(dataflow.Writes, dataflow.Sends, dataflow.Calls, dataflow.Pays) {
			add(packageOf(c.Ref), place{c.File, c.At})
		}
	}
	var out []spot
	for _, fn := range n.Result.Reached {
		decisions := decisionsIn(fn)
		if len(changed[fn]) >= manyServices && decisions >= manyDecisions {
			names := slices.Sorted(maps.Keys(changed[fn]))
			out = append(out, spot{file: fn.File, at: fn.Start, fields: map[string]string{"call": strconv.Itoa(decisions) + " decisions", "others": strings.Join(names, ", ")}})
		}
	}
	return out
}

// packageOf is the package of what is called: stripe of stripe().charges.create.
func packageOf(ref string) string {
	end := strings.IndexAny(ref, ".(")
	if strings.Contains(ref, "/") { // of Go: github.com/stripe/stripe-go/charge.New
		end = strings.LastIndexByte(ref, '/')
		if dot := strings.IndexByte(ref[end:], '.'); dot >= 0 {
			end += dot
		}
	}
	if end <= 0 {
		return ref
	}
	return ref[:end]
}

// decisionsIn counts where a function goes one of several ways, without the errors that it only hands on.
func decisionsIn(fn *ir.Func) int {
	found := 0
	ir.Walk(fn.Body, func(s *ir.Stmt) bool {
		if s.Kind == ir.If && !saysFailed(s.X) {
			found++
		}
		return true
	}, func(e *ir.Expr) bool {
		if e.Kind == ir.Cond {
			found++
		}
		return true
	})
	return found
}

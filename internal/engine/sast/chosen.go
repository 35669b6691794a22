package sast

import (
	"regexp"
	"slices"
	"strings"

	"wardlet.example/internal/dataflow"
	"wardlet.example/internal/ir"
	"wardlet.example/internal/paths"
)

// Where the table of a scan is chosen: at the scan itself, or where a helper is called that scans whatever table it is given.

// makesScan are the methods of SDKs that make a scan.
var makesScan = regexp.MustCompile(`^(send|[sS]can\w*)$`)

// chosenAt are the places where the table of a scan is chosen, each once.
func chosenAt(n *paths.Node, u dataflow.Use) []place {
	p := place{u.File, u.At}
	fn, call := scanOf(n, u)
	if call == nil {
		return []place{p}
	}
	of, command := askedOf(fn, call, "TableName")
	if command != nil {
		p.at = command.At
	}
	if at, given := givenBy(n, fn, of, 1); given {
		return at
	}
	return []place{p}
}

// withoutLimit are the calls of a function that scans with the limit it is given, and that is not given there.
func withoutLimit(n *paths.Node, u dataflow.Use) []place {
	fn, call := scanOf(n, u)
	if call == nil {
		return nil
	}
	limit, _ := askedOf(fn, call, "Limit")
	i := slices.IndexFunc(parameters(fn), func(p *ir.Expr) bool {
		return limit != nil && p.Kind == ir.Name && limit.Kind == ir.Name && p.Str == limit.Str
	})
	if i < 0 {
		return nil
	}
	var out []place
	for _, s := range sites(n, fn) {
		if len(s.call.List) <= i && !slices.ContainsFunc(s.call.List, func(x *ir.Expr) bool { return x.Kind == ir.Spread }) && !slices.Contains(s.call.Keys, limit.Str) && !slices.Contains(s.call.Keys, "...") {
			out = append(out, place{s.caller.File, s.call.At})
		}
	}
	return out
}

// scanOf is the call that makes a scan, and the function that it stands in.
func scanOf(n *paths.Node, u dataflow.Use) (*ir.Func, *ir.Expr) {
	fn := inner(n, place{u.File, u.At})
	if fn == nil {
		return nil, nil
	}
	return fn, madeAt(fn, u.At)
}

// madeAt is the call in a function that makes a scan, by where it stands.
func madeAt(fn *ir.Func, at int32) *ir.Expr {
	var out *ir.Expr
	ir.Walk(fn.Body, nil, func(e *ir.Expr) bool {
		if e.Kind == ir.Call && e.At == at && makesScan.MatchString(lastName(e.X)) {
			out = e
		}
		return out == nil
	})
	return out
}

// askedOf is what stands in the request of a scan under a name, or all of the request where that is put together elsewhere; and the command
// that is sent.
func askedOf(fn *ir.Func, call *ir.Expr, name string) (of, command *ir.Expr) {
	if i := slices.Index(call.Keys, name); i >= 0 && i < len(call.List) {
		return setBefore(fn, call.List[i], call.At), nil
	}
	if fn.File.Language == ir.Python {
		if i := slices.Index(call.Keys, "..."); i >= 0 && i < len(call.List) && name != "TableName" {
			return setBefore(fn, call.List[i], call.At), nil
		}
		return setBefore(fn, receiver(call.X), call.At), nil // dynamodb.Table(name).scan()
	}
	for _, x := range call.List {
		x = setBefore(fn, x, call.At)
		if x.Kind == ir.Call && x.New && len(x.List) > 0 { // client.send(new ScanCommand(request))
			if !strings.Contains(lastName(x.X), "Scan") { // which command it is, is chosen elsewhere as well
				return nil, nil
			}
			command, x = x, setBefore(fn, x.List[0], x.At)
		}
		if x.Kind == ir.Object {
			if i := slices.Index(x.Keys, name); i >= 0 {
				return setBefore(fn, x.List[i], x.At), command
			}
			of = spreadIn(x)
		}
		if x.Kind == ir.Name {
			of = x
		}
	}
	return of, command
}

// spreadIn is what is spread into an object; nil where nothing is.
func spreadIn(e *ir.Expr) *ir.Expr {
	if i := slices.Index(e.Keys, "..."); i >= 0 {
		return e.List[i]
	}
	return nil
}

// receiver is the object whose method is called.
func receiver(e *ir.Expr) *ir.Expr {
	if e != nil && e.Kind == ir.Member {
		return e.X
	}
	return e
}

// setBefore is what a name was set to last in a function before a place; the name itself where it was not.
func setBefore(fn *ir.Func, e *ir.Expr, at int32) *ir.Expr {
	e = ir.Awaited(e)
	if e == nil || e.Kind != ir.Name {
		return e
	}
	out := e
	ir.Walk(fn.Body, func(s *ir.Stmt) bool {
		if set := setIn(s); set != nil && s.At < at && set.X.Str == e.Str && set.Y != nil && (set.Str == "" || set.Str == ":=") {
			out = ir.Awaited(set.Y)
		}
		return true
	}, func(e *ir.Expr) bool { return e.Kind != ir.Lambda })
	return out
}

// givenBy are the calls of a function that give it what an expression in it is made of, and no limit with it; false where that is no
// parameter, or nobody is known to call.
func givenBy(n *paths.Node, fn *ir.Func, e *ir.Expr, depth int) (out []place, given bool) {
	i := parameterIn(fn, e)
	if i < 0 || depth > deepestCalls {
		return nil, false
	}
	for _, s := range sites(n, fn) {
		given = true
		if limitsIt(fn, s.call) {
			continue
		}
		at := []place{{s.caller.File, s.call.At}}
		if i < len(s.call.List) {
			if outer, given := givenBy(n, s.caller, setBefore(s.caller, s.call.List[i], s.call.At), depth+1); given {
				at = outer
			}
		}
		for _, p := range at {
			if !slices.Contains(out, p) {
				out = append(out, p)
			}
		}
	}
	return out, given
}

// limitsIt reports whether a call gives a function a limit.
func limitsIt(fn *ir.Func, call *ir.Expr) bool {
	for i, p := range parameters(fn) {
		if p.Kind == ir.Default {
			p = p.X
		}
		if p.Kind == ir.Name && limiting.MatchString(p.Str) && (i < len(call.List) && !slices.ContainsFunc(call.Keys, func(key string) bool { return key != "" }) || slices.Contains(call.Keys, p.Str)) {
			return true
		}
	}
	return slices.ContainsFunc(call.List, func(x *ir.Expr) bool { return x.Kind == ir.Object && slices.ContainsFunc(x.Keys, limiting.MatchString) })
}

// site is a call of a function in another one.
type site struct {
	caller *ir.Func
	call   *ir.Expr
}

// sites are the calls of a function in those that were reached.
func sites(n *paths.Node, fn *ir.Func) []site {
	var out []site
	for _, caller := range n.Result.Reached {
		if caller == fn {
			continue
		}
		ir.Walk(caller.Body, nil, func(e *ir.Expr) bool {
			if e.Kind == ir.Call && lastName(e.X) == fn.Name && slices.Contains(calledByName(n, e), fn) {
				out = append(out, site{caller, e})
			}
			return e.Kind != ir.Lambda
		})
	}
	return out
}

// parameters are those of a function as callers count them.
func parameters(fn *ir.Func) []*ir.Expr {
	if fn.File.Language == ir.Python && fn.Class != nil && !fn.Static && len(fn.Params) > 0 {
		return fn.Params[1:]
	}
	return fn.Params
}

// parameterIn is which parameter of a function an expression is made of, as callers count them; -1 where it is none.
func parameterIn(fn *ir.Func, e *ir.Expr) int {
	if e == nil || fn.Name == "" {
		return -1
	}
	return slices.IndexFunc(parameters(fn), func(p *ir.Expr) bool {
		names := map[string]bool{}
		ir.WalkExpr(p, nil, func(x *ir.Expr) bool {
			if x.Kind == ir.Name {
				names[x.Str] = true
			}
			return x.Kind == ir.Object || x.Kind == ir.Array || x.Kind == ir.Default
		})
		return contains(e, nil, names)
	})
}

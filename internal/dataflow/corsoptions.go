package dataflow

import (
	"strings"

	"wardlet.example/internal/ir"
)

// Middlewares for CORS ask a function of the program which origins are let in. One that says yes to each sends back whatever origin asks.

// corsPackages are middlewares with options {origin, credentials}.
var corsPackages = set("cors hono/cors @koa/cors koa2-cors koa-cors @fastify/cors fastify-cors @middy/http-cors")

// corsOptions tells of options by which every origin is let in, with credentials.
func (in *interp) corsOptions(f frame, e *ir.Expr, ref, method string, args *arguments) {
	if f.file.Language != ir.Node || in.st != nil || !corsPackages[packageOf(ref)] && method != "enableCors" && method != "register" {
		return
	}
	for _, v := range args.list {
		if v.fields["credentials"] == nil || v.fields["credentials"].text != "true" || v.fields["origin"] == nil {
			continue
		}
		for _, c := range v.fields["origin"].fns {
			if letsAllIn(c.fn) {
				in.place(f, e.At, "cors-echo", lastPart(textOf(e.X)), "the origin that asks")
			}
		}
	}
}

// letsAllIn reports whether a function that is asked for an origin says yes to each: it asks for nothing, and gives the origin back, or calls back
// with yes.
func letsAllIn(fn *ir.Func) bool {
	asks, yes := false, false
	names := paramNames(fn)
	ir.Walk(fn.Body, func(s *ir.Stmt) bool {
		asks = asks || s.Kind == ir.If || s.Kind == ir.Loop || s.Kind == ir.Try
		yes = yes || s.Kind == ir.Return && s.X != nil && isOrigin(s.X, names)
		return true
	}, func(e *ir.Expr) bool {
		asks = asks || e.Kind == ir.Cond || e.Kind == ir.Binary && (e.Str == "&&" || e.Str == "===" || e.Str == "==")
		if e.Kind == ir.Call && e.X.Kind == ir.Name && len(names) > 1 && e.X.Str == names[1] && len(e.List) == 2 {
			yes = yes || e.List[1].Kind == ir.Const && e.List[1].Str == "true" || isOrigin(e.List[1], names)
		}
		return !asks
	})
	return yes && !asks
}

// isOrigin reports whether an expression is the origin that asks: the first parameter, a header of it, or one of them where there is one.
func isOrigin(e *ir.Expr, names []string) bool {
	if e.Kind == ir.Binary && (e.Str == "||" || e.Str == "??") {
		return isOrigin(e.X, names)
	}
	if len(names) == 0 {
		return false
	}
	if e.Kind == ir.Call && e.X.Kind == ir.Member && (e.X.Str == "get" || e.X.Str == "header") && len(e.List) == 1 { // ctx.get("Origin")
		return strings.EqualFold(e.List[0].Str, "origin") && first(textOf(e.X.X)) == names[0]
	}
	text := textOf(e)
	return text == names[0] || first(text) == names[0] && strings.HasSuffix(strings.ToLower(text), ".origin")
}

// paramNames are the names of the parameters of a function, as far as they are names.
func paramNames(fn *ir.Func) []string {
	var out []string
	for _, p := range fn.Params {
		out = append(out, p.Str)
	}
	return out
}

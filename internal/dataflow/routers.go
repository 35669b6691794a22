package dataflow

import (
	"slices"
	"strings"

	"wardlet.example/internal/ir"
)

// Routers that take their routes otherwise than Express does: hapi, tRPC.

// hapiRoutes notes the routes that a server of hapi is given: an object, or a list of them, with a handler and options.
func (p *Program) hapiRoutes(f frame, routes *Value, at int32) {
	list := []*Value{routes}
	for k, x := range sorted(routes.fields) {
		if _, ok := number(k); ok {
			list = append(list, x)
		}
	}
	list = append(list, orNothing(routes.elem))
	for _, route := range list {
		options := orNothing(join(route.fields["options"], route.fields["config"]))
		for _, h := range []*Value{route.fields["handler"], options.fields["handler"]} {
			for _, fn := range slices.Concat(orNothing(h).fns, orNothing(h).wraps) {
				p.routed = append(p.routed, &routed{framework: "hapi", fn: fn, file: f.file.Path, at: at, schema: options})
			}
		}
	}
}

// hapiPlugin calls what registers a plugin of hapi: {register}, {plugin}, or a list of them.
func (in *interp) hapiPlugin(f frame, server, plugin *Value, at int32, depth int) {
	if depth > 3 {
		return
	}
	for key, x := range sorted(plugin.fields) {
		if _, ok := number(key); ok || key == "plugin" {
			in.hapiPlugin(f, server, x, at, depth+1)
		} else if key == "register" {
			for _, c := range x.fns {
				in.invoke(f, c, c.this, &arguments{list: []*Value{server, orNothing(plugin.fields["options"])}}, at)
			}
		}
	}
}

// hapi are the arguments of a handler of hapi: the request, as far as the options of the route check it, and what answers.
func (in *interp) hapi(f frame, r *routed, outside func(string) []*Taint) *arguments {
	options := orNothing(r.schema)
	request := &Value{taints: outside("request"), fields: map[string]*Value{}}
	for _, part := range []string{"payload", "query", "params", "headers"} {
		v := &Value{taints: outside("request." + part)}
		v.taints[0].object = part == "payload"
		if s := orNothing(options.fields["validate"]).fields[part]; s != nil {
			v = in.shaped(f, v, s, r.at, 0)
		}
		request.fields[part] = v
	}
	request.fields["state"] = &Value{taints: outside("request.cookies")}
	request.fields["pre"] = &Value{fields: map[string]*Value{}}
	toolkit := &Value{ref: "@hapi/hapi.ResponseToolkit"}
	args := &arguments{list: []*Value{request, toolkit}}
	for _, step := range sorted(orNothing(options.fields["pre"]).fields) {
		for _, c := range append(slices.Clone(step.fns), orNothing(step.fields["method"]).fns...) {
			given := in.invoke(f, c, c.this, args, r.at)
			if name := orNothing(step.fields["assign"]); name.known {
				request.fields["pre"].fields[name.text] = given
			}
		}
	}
	return args
}

// procedures notes the functions of tRPC that answer: procedure.input(schema).query(fn), or before version 10 {input, resolve}.
func (p *Program) procedures(f frame, ref string, schema *Value, args *arguments, at int32) {
	switch lastPart(ref) {
	case "query", "mutation", "subscription":
	default:
		return
	}
	if schema != nil && !schemas[packageOf(schema.ref)] {
		schema = nil
	}
	for _, a := range args.list {
		s := schema
		if input := a.fields["input"]; input != nil {
			s = input
		}
		for _, fn := range slices.Concat(a.fns, orNothing(a.fields["resolve"]).fns) {
			p.routed = append(p.routed, &routed{framework: "trpc", fn: fn, file: f.file.Path, at: at, schema: s})
		}
	}
}

// procedure are the arguments of a function of tRPC.
func (in *interp) procedure(f frame, r *routed, outside func(string) []*Taint) *arguments {
	input := &Value{taints: outside("input")}
	input.taints[0].object = true
	if r.schema != nil {
		input = in.element(f, &Value{elem: input}, r.schema, r.at, 0)
	}
	var ctx *Value
	for _, c := range in.p.contexts {
		options := &Value{fields: map[string]*Value{"event": {taints: outside("event")}, "req": {ref: "express.Request", taints: outside("req")}, "res": {ref: "express.Response"}}}
		ctx = join(ctx, in.invoke(f, c, c.this, &arguments{list: []*Value{options}}, r.at))
	}
	return &arguments{list: []*Value{{fields: map[string]*Value{"input": input, "rawInput": {taints: objects(outside("input"))}, "ctx": orNothing(ctx)}}}}
}

// trpc follows what is known of calls of tRPC: what a procedure checks its input by stays with it.
func (in *interp) trpc(f frame, e *ir.Expr, method string, callee, out *Value, args *arguments) {
	if !strings.HasPrefix(callee.ref, "@trpc/server") {
		return
	}
	in.p.procedures(f, callee.ref, first1(callee.args), args, e.At)
	if create := args.get(0).fields["createContext"]; create != nil {
		in.p.contexts = addFns(in.p.contexts, create.fns)
	}
	if method != "input" && len(callee.args) > 0 && schemas[packageOf(callee.args[0].ref)] {
		out.args = callee.args
	}
}

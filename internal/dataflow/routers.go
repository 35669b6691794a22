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
			p.answeredBy(f, at, slices.Concat(orNothing(h).fns, orNothing(h).wraps), routed{framework: "hapi", schema: options})
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
		p.answeredBy(f, at, slices.Concat(a.fns, orNothing(a.fields["resolve"]).fns), routed{framework: "trpc", schema: s})
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

// builtResolvers notes the functions that answer fields of a schema of GraphQL which is built by code: graphql-js, nexus, Pothos.
func (in *interp) builtResolvers(f frame, ref string, args *arguments, at int32) {
	switch packageOf(ref) {
	case "graphql", "nexus", "@pothos/core":
		for _, a := range args.list {
			in.resolversIn(f, a, at, 0)
		}
	}
}

func (in *interp) resolversIn(f frame, v *Value, at int32, depth int) {
	if depth > 4 || v == nil {
		return
	}
	for name, x := range sorted(v.fields) {
		switch {
		case name == "resolve" || name == "subscribe":
			in.p.answeredBy(f, at, x.fns, routed{framework: "graphql"})
		case name == "fields" && len(x.fns) > 0: // a function that gives them
			for _, c := range x.fns {
				in.resolversIn(f, in.invoke(f, c, c.this, &arguments{list: []*Value{{ref: "@pothos/core.builder"}}}, at), at, depth+1)
			}
		default:
			in.resolversIn(f, x, at, depth+1)
		}
	}
}

// listens notes the functions of a bot of Slack: app.command("/x", async ({ command }) => ...).
func (p *Program) listens(f frame, ref, method string, args *arguments, at int32) {
	if !strings.HasPrefix(ref, "@slack/bolt.App().") {
		return
	}
	switch method {
	case "command", "action", "event", "message", "shortcut", "view", "options":
		for _, a := range args.list {
			p.answeredBy(f, at, slices.Concat(a.fns, a.wraps), routed{framework: "slack"})
		}
	}
}

// sentBySlack are the arguments of a function of a bot.
func sentBySlack(outside func(string) []*Taint) *arguments {
	v := &Value{fields: map[string]*Value{}}
	for _, name := range []string{"command", "payload", "body", "message", "event", "action", "shortcut", "view", "options"} {
		v.fields[name] = &Value{taints: objects(outside(name))}
	}
	return &arguments{list: []*Value{v}}
}

// botOf is the framework of a decorator that gives a function to a bot, or to a schema of ariadne.
func botOf(ref string) string {
	switch {
	case strings.HasPrefix(ref, "slack_bolt.App().") || strings.HasPrefix(ref, "telebot.TeleBot().") && strings.HasSuffix(ref, "_handler"),
		strings.HasPrefix(ref, "aiogram.Dispatcher().") || strings.HasPrefix(ref, "aiogram.Router()."):
		return "bot"
	case strings.HasPrefix(ref, "ariadne.") && (strings.HasSuffix(ref, "().field") || strings.HasSuffix(ref, "().source")):
		return "graphql-names"
	}
	return ""
}

// ofBot are parameters of functions of bots that nobody sends.
var ofBot = set("self ack say client logger context respond next state bot")

// sentToBot are the arguments of a function of a bot, by the names of its parameters.
func sentToBot(r *routed, outside func(string) []*Taint) *arguments {
	args := &arguments{}
	for _, p := range r.fn.params() {
		v := &Value{}
		if name := parameterName(p); !ofBot[name] {
			v.taints = objects(outside(name))
		}
		args.list = append(args.list, v)
	}
	return args
}

// callable are what clouds without templates are given functions by, by the framework that says how they are called; the paths of their
// packages may say a version: firebase-functions/v2/https.
func callable(ref string) string {
	if strings.HasSuffix(strings.TrimSuffix(ref, ".default"), "/providers/credentials") { // of NextAuth: who signs in by a password
		return "callable"
	}
	pkg, method := cutLast(ref)
	switch {
	case strings.HasPrefix(pkg, "@google-cloud/functions-framework") && method == "http", strings.HasPrefix(pkg, "firebase-functions") && method == "onRequest":
		return "express"
	case strings.HasPrefix(pkg, "@google-cloud/functions-framework") && (method == "cloudEvent" || method == "event"), strings.HasPrefix(pkg, "firebase-functions") && method == "onCall":
		return "callable"
	case pkg == "@azure/functions.app" && (method == "http" || routeMethods[method]):
		return "web"
	case pkg == "@azure/functions.app" && strings.HasPrefix(method, "s"): // serviceBusQueue, storageBlob, storageQueue
		return "callable"
	}
	return ""
}

// added notes what is given to an application one by one: resources of falcon, handlers of bots and of Alexa.
func (p *Program) added(f frame, ref string, args *arguments, at int32) {
	if framework := callable(ref); framework != "" {
		for _, a := range args.list {
			p.answeredBy(f, at, slices.Concat(a.fns, orNothing(a.fields["handler"]).fns, orNothing(a.fields["authorize"]).fns), routed{framework: framework})
		}
	}
	switch {
	case strings.HasPrefix(ref, "falcon.") && strings.HasSuffix(ref, "().add_route"):
		if o := args.get(1); o.class != nil {
			for _, name := range []string{"on_get", "on_post", "on_put", "on_patch", "on_delete"} {
				p.methodRouted(f, o, name, "falcon", at)
			}
		}
	case strings.HasPrefix(ref, "ask_sdk") && strings.HasSuffix(ref, ".add_request_handler"):
		if o := args.get(0); o.class != nil {
			p.methodRouted(f, o, "handle", "bot", at)
		}
	case ref == "telegram.ext.CommandHandler" || ref == "telegram.ext.MessageHandler" || ref == "telegram.ext.CallbackQueryHandler":
		for _, a := range args.list {
			p.answeredBy(f, at, a.fns, routed{framework: "bot"})
		}
	}
}

func (p *Program) methodRouted(f frame, o *Value, name, framework string, at int32) {
	if m := o.class.method(name, 0); m != nil {
		this := o
		if o.isType {
			this = &Value{class: o.class, fields: map[string]*Value{}}
		}
		p.routed = append(p.routed, &routed{framework: framework, fn: &closure{fn: m.fn, scope: m.scope, this: this}, file: f.file.Path, at: at})
	}
}

// answersErrors notes functions that answer where a route has failed: setErrorHandler of Fastify, onError of Hono.
func (p *Program) answersErrors(f frame, app, method string, args *arguments, at int32) {
	framework := frameworkOf(app)
	if !(framework == "fastify" && method == "setErrorHandler") && !(framework == "hono" && method == "onError") {
		return
	}
	p.answeredBy(f, at, slices.Concat(args.get(0).fns, args.get(0).wraps), routed{framework: framework + "-error"})
}

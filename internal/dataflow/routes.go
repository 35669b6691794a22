package dataflow

import (
	"cmp"
	"slices"
	"strings"

	"wardlet.example/internal/ir"
)

// routed is a function that a framework calls for requests.
type routed struct {
	framework string   // express, koa, fastify, flask, fastapi, chalice, powertools
	resolves  resolver // Go: what it gets, where it answers a field of a schema of GraphQL
	fn        *closure
	file      string // in which it was registered
	at        int32
	middle    bool             // it stands before others, and gets next
	html      bool             // the decorator says that it answers with a page
	sends     bool             // the decorator says that it sends visitors on, to the address in what it returns
	use       bool             // it stands before all routes
	typed     map[string]bool  // parameters that the route takes numbers for only
	schema    *Value           // JSON Schemas of the parts of the request, as Fastify takes them
	marks     map[int][]*Value // decorators of its parameters
	part      *Value           // of the path: the function stands before all routes that have one of this name (app.param)
	before    []*Value         // decorators that say what stands before it: guards and pipes
	free      []string         // of a field of GraphQL: arguments that its schema lets through as they come
}

// routeMethods register functions for requests, by the path of what they are methods of.
var routeMethods = set("get post put patch delete del options head all use route any param")

// frameworks are the packages whose routes are known, by the path that registers.
var frameworks = map[string]string{
	"express()": "express", "express.Router()": "express", "express-promise-router()": "express", "lambda-api()": "express", "restify.createServer()": "express", "polka()": "express",
	"fastify()": "fastify", "koa()": "koa", "koa-router()": "koa", "@koa/router()": "koa", "hono.Hono()": "hono", "@hapi/hapi()": "hapi", "@hapi/hapi.server()": "hapi", "@hapi/hapi.Server()": "hapi", "hapi.server()": "hapi", "hapi.Server()": "hapi", "@hono/zod-openapi.OpenAPIHono()": "hono", "hono/tiny.Hono()": "hono", "hono/quick.Hono()": "hono", "starlette.applications.Starlette()": "fastapi",
	"flask.Flask()": "flask", "flask.Blueprint()": "flask", "flask_lambda.FlaskLambda()": "flask", "quart.Quart()": "flask", "chalice.Chalice()": "chalice", "chalice.Blueprint()": "chalice",
	"flask_restx.Namespace()": "flask-json", "flask_restx.Api()": "flask-json", "flask_restful.Api()": "flask-json", "flask_restplus.Namespace()": "flask-json", "flask_restplus.Api()": "flask-json",
	"flask_smorest.Blueprint()": "flask", "apiflask.APIFlask()": "flask", "apiflask.APIBlueprint()": "flask", "fastapi.FastAPI()": "fastapi", "fastapi.APIRouter()": "fastapi", "bottle.Bottle()": "flask", "sanic.Sanic()": "fastapi", "sanic.Blueprint()": "fastapi", "litestar": "fastapi", "litestar.handlers": "fastapi",
}

// frameworkOf is the framework whose application or router a path is of.
func frameworkOf(ref string) string {
	if name, ok := frameworks[ref]; ok {
		return name
	}
	if strings.HasPrefix(ref, "aws_lambda_powertools.event_handler") && strings.HasSuffix(ref, "()") && (strings.Contains(ref, "Resolver") || strings.Contains(ref, "Router")) {
		return "powertools"
	}
	if i := strings.Index(ref, "().route()"); i > 0 { // app.route("/x").get(...)
		return frameworks[ref[:i+2]]
	}
	return ""
}

// answeredBy notes functions that answer requests, each as one that a framework calls in the same way.
func (p *Program) answeredBy(f frame, at int32, fns []*closure, way routed) {
	for _, fn := range fns {
		r := way
		r.fn, r.file, r.at = fn, f.file.Path, at
		p.routed = append(p.routed, &r)
	}
}

// beforeAll notes functions that a framework calls before those that answer requests.
func (p *Program) beforeAll(f frame, at int32, fns []*closure, framework string) {
	for _, fn := range fns {
		p.routed = append([]*routed{{framework: framework, fn: fn, file: f.file.Path, at: at, middle: true, use: true}}, p.routed...)
	}
}

// routes notes functions that are given to a router.
func (p *Program) routes(c call) {
	ref := c.callee.ref
	if strings.HasSuffix(ref, ".add_resource") || strings.HasSuffix(ref, ".add_url_rule") {
		p.views(c)
		return
	}
	p.listed(c)
	p.starts(c)
	p.added(c.f, ref, c.args, c.e.At)
	if servers[ref] || servesFields[ref] {
		p.fieldWith = append(p.fieldWith, contextsIn(c.args)...)
	}
	if servers[ref] {
		made := c.args.get(0)
		p.resolvers(c.f, orNothing(made.fields["resolvers"]), c.e.At, answering{free: freeArguments(schemaText(made.fields["typeDefs"], 0))})
	}
	if strings.HasPrefix(ref, "typera-express.") && strings.HasSuffix(ref, ".handler") {
		framework := "typera"
		if strings.Contains(ref, ".use()") { // its parsers
			framework = "typera-parsed"
		}
		p.answeredBy(c.f, c.e.At, c.args.get(0).fns, routed{framework: framework})
	}
	if dot := strings.LastIndexByte(ref, '.'); dot >= 0 {
		p.ofApplication(c, ref[:dot], ref[dot+1:])
	}
}

// views notes what Flask is given for an address: a function, or a class with a method for each method of HTTP.
func (p *Program) views(c call) {
	view := c.args.get(0)
	if kw := c.args.kw["view_func"]; kw != nil {
		view = kw
	}
	for _, view := range append([]*Value{view}, c.args.list...) {
		if view.class != nil {
			p.methodsOf(c.f, view.class, c.e.At, strings.HasSuffix(c.callee.ref, ".add_resource"))
		}
		p.answeredBy(c.f, c.e.At, view.fns, routed{framework: "flask"})
	}
}

// listed notes what stands in the list of routes of an application: Route("/orders", orders), path("orders", orders).
func (p *Program) listed(c call) {
	ref, view := c.callee.ref, c.args.get(1)
	switch {
	case ref == "starlette.routing.Route" || ref == "starlette.routing.WebSocketRoute" || strings.HasSuffix(ref, "Starlette().add_route") || strings.HasSuffix(ref, "FastAPI().add_api_route"):
		p.answeredBy(c.f, c.e.At, view.fns, routed{framework: "fastapi"})
	case ref == "django.urls.path" || ref == "django.urls.re_path" || ref == "django.conf.urls.url":
		p.answeredBy(c.f, c.e.At, view.fns, routed{framework: "django"})
		if view.class != nil {
			p.methodsOf(c.f, view.class, c.e.At, false)
		}
	}
}

// ofApplication notes what a method of an application or router is given.
func (p *Program) ofApplication(c call, app, method string) {
	if method == "addHook" { // of Fastify
		for _, a := range c.args.list {
			p.beforeAll(c.f, c.e.At, slices.Concat(a.fns, a.wraps), "fastify")
		}
	}
	p.answersErrors(c.f, app, method, c.args, c.e.At)
	if strings.HasPrefix(app, "@aws-lambda-powertools/event-handler") && (method == "onQuery" || method == "onMutation" || method == "resolver") {
		for _, a := range c.args.list {
			p.answeredBy(c.f, c.e.At, slices.Concat(a.fns, a.wraps), routed{framework: "graphql-first"})
		}
	}
	if method == "set" && c.args.get(0).text == "query parser" {
		p.queryParser = true
	}
	if method == "use" && slices.ContainsFunc(c.args.list, takesOutOperators) {
		p.noOperators = append(p.noOperators, c.f.file.Path)
	}
	framework := frameworkOf(app)
	if framework == "powertools" { // app.use(middlewares=[...]), @app.get("/orders", middlewares=[...])
		p.beforeAll(c.f, c.e.At, middlewaresIn(c.args.kw["middlewares"]), beforePowertools)
		if method == "use" {
			p.beforeAll(c.f, c.e.At, middlewaresIn(c.args.get(0)), beforePowertools)
		}
	}
	if method == "decorate" && framework == "fastify" && c.args.get(0).known { // app.decorate("orders", store): app.orders
		if p.decorations == nil {
			p.decorations = map[string]*Value{}
		}
		p.decorations[c.args.get(0).text] = join(p.decorations[c.args.get(0).text], c.args.get(1))
	}
	switch {
	case !routeMethods[method] || framework == "" || c.f.file.Language == ir.Python:
	case framework == "hapi":
		p.hapiRoutes(c.f, c.args.get(0), c.e.At)
	default:
		p.mounts(c, framework)
		p.handlersGiven(c, framework, method == "use")
		p.handlersOfOptions(c, framework)
	}
}

// takesOutOperators reports whether something that stands before all routes takes operators of MongoDB out of requests.
func takesOutOperators(v *Value) bool {
	return v.ref == "express-mongo-sanitize()" || v.ref == "express-mongo-sanitize.default()"
}

// handlersGiven notes the functions that a route is given: all but the last stand before it.
func (p *Program) handlersGiven(c call, framework string, use bool) {
	var part *Value
	if c.method == "param" {
		use, part = true, c.args.get(0)
	}
	for i, a := range c.args.list {
		way := routed{framework: framework, middle: use || i < len(c.args.list)-1, use: use, schema: schemaIn(c.args), part: part}
		p.answeredBy(c.f, c.e.At, slices.Concat(a.fns, a.wraps, elementFns(a)), way)
	}
}

// handlersOfOptions notes the functions in the options of a route: fastify.route({preHandler, handler}).
func (p *Program) handlersOfOptions(c call, framework string) {
	for _, a := range c.args.list {
		for _, hook := range []string{"onRequest", "preParsing", "preValidation", "preHandler"} {
			if h := a.fields[hook]; h != nil {
				for _, fn := range slices.Concat(h.fns, h.wraps, elementFns(h)) {
					r := &routed{framework: framework, fn: fn, file: c.f.file.Path, at: c.e.At, middle: true}
					p.routed = slices.Insert(p.routed, max(0, len(p.routed)-1), r) // before the handler, where it is there already
				}
			}
		}
		if h := a.fields["handler"]; h != nil {
			p.answeredBy(c.f, c.e.At, slices.Concat(h.fns, h.wraps), routed{framework: framework, schema: schemaIn(c.args)})
		}
	}
}

// routesOfClass notes the methods of a class that answer requests: those of a decorated class of Flask, and decorated ones of NestJS.
func (in *interp) routesOfClass(f frame, def *ir.Class, c *class) {
	var decorators []*Value
	for _, d := range def.Decorators {
		v := in.eval(f, d)
		decorators = append(decorators, v)
		ref := strings.TrimSuffix(v.ref, "()")
		if before, ok := strings.CutSuffix(ref, ".route"); ok && frameworkOf(before) != "" {
			in.p.methodsOf(f, c, d.At, frameworkOf(before) == "flask-json")
		}
	}
	if f.file.Language == ir.Python {
		if c.extends(0, "tornado.web.RequestHandler") {
			in.p.methodsOf(f, c, def.Methods[0].Start, true)
		}
		in.graphQLClass(f, def, c)
		return
	}
	for _, m := range def.Methods {
		if len(m.Decorators) == 0 {
			continue
		}
		var marks []*Value
		for _, d := range m.Decorators {
			marks = append(marks, in.eval(f, d))
		}
		in.controllerMethod(f, c, &closure{fn: m, scope: f.s}, marks, m.Decorators[0].At)
	}
	in.controllerClass(c, decorators)
}

// graphQLClass notes the methods that answer fields: resolve_x and mutate of graphene, those that strawberry decorates.
func (in *interp) graphQLClass(f frame, def *ir.Class, c *class) {
	graphene := c.extends(0, "graphene.")
	for _, m := range def.Methods {
		is := graphene && (strings.HasPrefix(m.Name, "resolve_") || m.Name == "mutate")
		for _, d := range m.Decorators {
			is = is || strings.HasPrefix(in.eval(f, d).ref, "strawberry.")
		}
		if is {
			fn := &closure{fn: m, scope: f.s, this: &Value{class: c, fields: map[string]*Value{}}}
			in.p.routed = append(in.p.routed, &routed{framework: "graphql-names", fn: fn, file: f.file.Path, at: m.Start})
		}
	}
}

// methodsOf notes the methods of a class that are called by the methods of HTTP.
func (p *Program) methodsOf(f frame, c *class, at int32, asJSON bool) {
	framework := "flask-class"
	if asJSON { // what they return is written as JSON
		framework = "flask-json"
	}
	for _, name := range []string{"get", "post", "put", "patch", "delete", "head"} {
		if m := c.methods[name]; m != nil {
			fn := &closure{fn: m.fn, scope: m.scope, this: &Value{class: c, fields: map[string]*Value{}}}
			p.routed = append(p.routed, &routed{framework: framework, fn: fn, file: f.file.Path, at: at})
		}
	}
}

// servers are servers of GraphQL, made with their resolvers.
var servers = set(`apollo-server-lambda.ApolloServer @apollo/server.ApolloServer apollo-server.ApolloServer apollo-server-express.ApolloServer graphql-yoga.createYoga
	graphql-yoga.GraphQLServerLambda graphql-yoga.createSchema graphql-tools.makeExecutableSchema @graphql-tools/schema.makeExecutableSchema`)

// servesFields are calls that put a server of GraphQL behind a handler or a route.
var servesFields = set(`@as-integrations/aws-lambda.startServerAndCreateLambdaHandler @apollo/server/standalone.startStandaloneServer @apollo/server/express4.expressMiddleware
	@as-integrations/express4.expressMiddleware @as-integrations/express5.expressMiddleware`)

// contextsIn are the contexts among the options of a server of GraphQL.
func contextsIn(args *arguments) []*Value {
	var out []*Value
	for _, a := range args.list {
		if v := a.fields["context"]; v != nil {
			out = append(out, v)
		}
	}
	return out
}

// sharedWithFields is the context that functions which answer fields of GraphQL get: services and data sources, mostly made for each request.
func (in *interp) sharedWithFields(f frame, r *routed) *Value {
	out := &Value{}
	for _, made := range in.p.fieldWith {
		for _, fn := range made.fns {
			out = join(out, in.invoke(f, fn, fn.this, &arguments{list: []*Value{{}}}, r.at))
		}
		if len(made.fns) == 0 {
			out = join(out, made)
		}
	}
	return out
}

// answering is what the fields of types are called whose functions are looked for, and what a schema lets through of their arguments.
type answering struct {
	free   map[string][]string
	on, of string
	depth  int
}

// resolvers notes the functions that answer the fields of types.
func (p *Program) resolvers(f frame, v *Value, at int32, a answering) {
	if a.depth > 3 {
		return
	}
	p.answeredBy(f, at, v.fns, routed{framework: "graphql", free: a.free[a.on+"."+a.of]})
	for name, x := range sorted(v.fields) {
		p.resolvers(f, x, at, answering{a.free, a.of, name, a.depth + 1})
	}
}

// elementFns are the functions in a list.
func elementFns(v *Value) []*closure {
	var out []*closure
	for k, x := range sorted(v.fields) {
		if _, ok := number(k); ok {
			out = append(append(out, x.fns...), x.wraps...)
		}
	}
	return out
}

// ofFields are decorators of Powertools for functions that answer fields of GraphQL, and events of AppSync.
var ofFields = set("resolver batch_resolver async_batch_resolver on_publish on_subscribe")

// decoratedRoute notes a function with a decorator of a router.
func (p *Program) decoratedRoute(f frame, decorator *Value, v *Value, at int32) {
	ref := strings.TrimSuffix(decorator.ref, "()")
	dot := strings.LastIndexByte(ref, '.')
	if dot < 0 {
		return
	}
	framework, method := frameworkOf(ref[:dot]), ref[dot+1:]
	p.startsBy(f, framework, method, decorator, v, at)
	switch bot := botOf(ref); {
	case bot != "":
		p.answeredBy(f, at, v.fns, routed{framework: bot})
	case framework == "":
		p.perhapsRouted(f, ref, v, at)
	case framework == "powertools" && ofFields[method]:
		p.answeredBy(f, at, v.fns, routed{framework: "graphql-names"})
	case method == "errorhandler" || method == "app_errorhandler":
		p.answeredBy(f, at, v.fns, routed{framework: "flask-error"})
	case method == "exception_handler" && framework == "fastapi":
		p.answeredBy(f, at, v.fns, routed{framework: "fastapi-error"})
	case framework == "flask" && (method == "after_request" || method == "after_app_request"): // it gets the answer
		p.answeredBy(f, at, v.fns, routed{framework: "flask-after"})
	case method == "before_request" || method == "before_app_request" || method == "middleware":
		p.beforeAll(f, at, v.fns, framework)
	case framework == "chalice" && method != "route" && method != "on_ws_message":
		p.answeredBy(f, at, v.fns, decorated(cmp.Or(chaliceEvents[method], "event"), decorator))
	case routeMethods[method] || method == "websocket" || method == "api_route" || method == "on_ws_message":
		p.answeredBy(f, at, v.fns, decorated(framework, decorator))
	}
}

// chaliceEvents are the decorators of Chalice for functions that get messages as objects of its own.
var chaliceEvents = map[string]string{"on_sns_message": "chalice-topic", "on_sqs_message": "chalice-queue"}

// decorated is how a framework calls a function, as the decorator of its route says it.
func decorated(framework string, decorator *Value) routed {
	typed := map[string]bool{}
	for _, m := range typedPart.FindAllStringSubmatch(orNothing(first1(decorator.args)).text, -1) {
		typed[m[1]] = true
	}
	return routed{framework: framework, typed: typed, html: strings.HasSuffix(orNothing(decorator.kw["response_class"]).ref, "HTMLResponse")}
}

// perhapsRouted notes a function that takes an event and is decorated by a library of which nothing is known: a router of somebody's own.
func (p *Program) perhapsRouted(f frame, ref string, v *Value, at int32) {
	if p.modelled(f.file.Language, ref) || f.file.Language != ir.Python {
		return
	}
	for _, fn := range v.fns {
		if len(fn.fn.Params) > 0 && parameterName(fn.fn.Params[0]) == "event" {
			p.routed = append(p.routed, &routed{framework: "event", fn: fn, file: f.file.Path, at: at})
		}
	}
}

// maxMiddle is how many functions of routes there may be for those that stand before several of them to be followed for each.
const maxMiddle = 80

// routesOf are the routes that were registered in some files, each function once. What a wrapper gives back, asyncHandler(fn), is another
// function each time, because it sees another fn; so is the method of another object.
func (p *Program) routesOf(files []string) []*routed {
	type function struct {
		fn    *ir.Func
		scope *scope
		this  *Value
		bound *arguments
	}
	var out []*routed
	seen := map[function]bool{}
	for _, r := range p.routed {
		fn := function{r.fn.fn, r.fn.scope, r.fn.this, r.fn.bound}
		if slices.Contains(files, r.file) && (!seen[fn] || r.middle && len(p.routed) < maxMiddle) {
			seen[fn] = true
			out = append(out, r)
		}
	}
	slices.SortStableFunc(out, func(r, o *routed) int { return r.afterMiddlewares() - o.afterMiddlewares() })
	var last []*routed // what answers their errors comes after them
	out = slices.DeleteFunc(out, func(r *routed) bool {
		if r.answersErrors() {
			last = append(last, r)
		}
		return r.answersErrors()
	})
	return append(out, last...)
}

// afterMiddlewares is 1 for functions of Go that answer requests, which come after what stands before them, whenever that was told.
func (r *routed) afterMiddlewares() int {
	if r.framework != "go" || r.middle {
		return 0
	}
	return 1
}

// closure are files and those that they import, directly or not, themselves first.
func (p *Program) closure(files []string) []string {
	var out []string
	seen := map[string]bool{}
	for _, file := range files {
		if !seen[file] {
			seen[file] = true
			out = append(out, file)
		}
	}
	for i := 0; i < len(out); i++ {
		if m := p.modules[out[i]]; m != nil {
			for _, dep := range m.imports {
				if !seen[dep] {
					seen[dep] = true
					out = append(out, dep)
				}
			}
		}
	}
	return out
}

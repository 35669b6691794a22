package dataflow

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"wardlet.example/internal/ir"
)

// Entry is where outsiders' data comes into the program: a handler, with what the application says of who calls it.
type Entry struct {
	File   string // relative to the root
	Symbol string // what the module gives
	Quiet  bool   // nobody but the platform decides what it gets: a schedule
	Typed  bool   // a schema says which fields its event has, and of which types
	Own    bool   // it is called by code alone, which names the fields of the event itself
	Mute   bool   // nobody gets what it returns
	Loose  bool   // its event can hold more than texts before anything is parsed: it comes from other code and not over HTTP
}

// Result is what was found for an entry.
type Result struct {
	Hits     []*Hit
	Places   []*Hit   // where no outsider's data is needed for harm
	Sends    []*Send  // calls that hand data on, and what the entry returns
	Doubts   []Doubt  // why its code perhaps calls more of them
	Packages []string // of others that its files import
	Uses     []Use    // calls of SDKs of AWS that its code makes
	Files    []string // that it reaches by imports, itself first
	Found    bool     // whether there is such a function
	Cut      bool     // it took too many steps: not followed to the end
	Routes   int      // of frameworks that it serves
	Handled  int      // functions that were followed from the entry

	Unawaited []Called   // calls of services whose promise nobody waits for
	Calls     []Called   // what is called of libraries, by the places of the calls
	Reached   []*ir.Func // the functions that were called
	Program   *Program   // that they are of
	Unlooked  []Kept     // calls that store or send parts of the request, where code looks at none of these parts
	Endless   []Kept     // calls that store or send texts that can have any length
	Decoded   []Called   // Go: where what an outsider sent is read into a variable
	Befores   []*ir.Func // middlewares of middy that run before the handler
	Guards    []Guard    // conditions by which somebody is turned away that ask what a module keeps
	Unguarded []Called   // where the body of a request is parsed and nothing catches what fails
}

// Run follows an entry. It may be called for several entries, one after the other.
func (p *Program) Run(e Entry) Result {
	in := &interp{p: p, overlay: map[*scope]map[string]*Value{}, over: map[*Value]map[string]*Value{}, sources: map[string]*Source{}, seen: map[string]bool{}}
	m := p.load(in, e.File)
	if m == nil {
		return Result{}
	}
	r := Result{Files: p.closure([]string{e.File}), Program: p}
	v := p.handler(m, e.Symbol)
	functions := handlersOf(v)
	for _, c := range functions {
		in.handle(c, e, v)
		in.keeping(c)
	}
	in.settle()
	routes := p.routesOf(r.Files)
	for _, route := range routes {
		in.route(route)
		in.keeping(route.fn)
		in.settle()
	}
	perhaps := in.perhapsEntries(v)
	for _, route := range perhaps {
		in.route(route)
		in.keeping(route.fn)
		in.settle()
	}
	routes = append(routes, perhaps...)
	r.Routes = len(routes)
	r.Files = p.closure(append([]string{e.File}, in.reached...)) // with what was imported on the way
	in.heldUses(r.Files)
	r.Handled = len(functions) + r.Routes
	r.Found = v != nil && (len(functions) > 0 || v.ref != "" || r.Routes > 0)
	queries := map[string]bool{}
	for _, h := range in.hits {
		if h.Rule == "nosql" {
			queries[h.File.Path+itoa(int(h.At))] = true
		}
	}
	tokens := map[string]bool{}
	hits := slices.DeleteFunc(in.hits, func(h *Hit) bool {
		if h.Rule == "code-eval" && queries[h.File.Path+itoa(int(h.At))] { // $where is one of the operators
			return true
		}
		if h.Rule != "jwt-unverified" {
			return false
		}
		place := h.File.Path + itoa(int(h.At))
		if tokens[place] || in.verified[strings.ReplaceAll(h.Path, "[]", "")] && !slices.Contains(in.failed, place) {
			return true
		}
		tokens[place] = true
		return false
	})
	r.Hits, r.Places = apart(append(hits, p.loadHits(r.Files)...))
	r.Uses, r.Sends, r.Cut = in.uses, in.sends, in.cut
	if len(in.keepers) > 0 && !in.cut {
		keepers := in.keepers
		r.Hits = append(r.Hits, p.between(in.steps, func(in *interp) { in.invocation(e, v, functions, routes, keepers) })...)
	}
	r.Doubts, r.Packages = in.doubts, p.packages(r.Files)
	r.Unawaited, r.Calls, r.Reached = in.unawaited, in.allCalls(), in.allReached()
	r.Guards, r.Befores = in.guards, in.befores
	r.Unlooked, r.Endless = in.unlooked(), in.endless()
	if v != nil && len(v.fns) > 0 {
		r.Decoded = in.decoded
	}
	if v != nil && (len(v.fns) > 0 || letsThrough(v)) { // no library stands around it that catches
		r.Unguarded = in.unguarded
	}
	for _, file := range r.Files {
		if m := p.modules[file]; m != nil {
			r.Uses, r.Sends, r.Doubts = append(r.Uses, m.uses...), append(r.Sends, m.sends...), append(r.Doubts, m.doubts...)
		}
	}
	return r
}

// handler is what a module gives under the name of a handler: a member of an object, a method of an instance too.
func (p *Program) handler(m *module, symbol string) *Value {
	if g := m.pkg; g != nil && g.name == "main" {
		if g.started == nil { // what main gives to an adapter
			return &Value{ref: "main"}
		}
		return g.started
	}
	if v := m.gives(symbol); v != nil {
		return v
	}
	if v, ok := m.scope.own(symbol); ok { // it is given under another name, such as default
		return v
	}
	first, rest, ok := strings.Cut(symbol, ".")
	if !ok {
		if m.file.Language == ir.Node && m.exports != nil {
			return m.exports.fields["default"]
		}
		return nil
	}
	v := m.gives(first)
	in := &interp{p: p, overlay: map[*scope]map[string]*Value{}, over: map[*Value]map[string]*Value{}, sources: map[string]*Source{}, seen: map[string]bool{}}
	for _, part := range strings.Split(rest, ".") {
		if v == nil {
			return nil
		}
		v = in.member(frame{m.scope, m.file}, v, part, 0)
	}
	return v
}

// handlersOf are the functions behind a handler: itself, or those that were given to what made it.
func handlersOf(v *Value) []*closure {
	if v == nil {
		return nil
	}
	if len(v.fns) > 0 {
		return v.fns
	}
	if v.class != nil { // an instance that is called
		for _, name := range []string{"__call__", "handler", "handle"} {
			if m := v.class.method(name, 0); m != nil {
				return []*closure{{fn: m.fn, scope: m.scope, this: v}}
			}
		}
	}
	return v.wraps
}

// handle follows a handler with the event of an outsider.
func (in *interp) handle(c *closure, e Entry, v *Value) {
	event := &Value{}
	if !e.Quiet {
		event.taints = []*Taint{{
			Path: "event", Source: in.source("event"), object: e.Loose,
			step: &step{c.fn.File, c.fn.Start, "the event comes to " + orElse(c.fn.Name, e.Symbol), nil, in.steps},
		}}
	}
	in.answers, in.ownEvent, in.mute = "lambda", e.Own, e.Mute
	if e.Typed {
		event.taints = typed(event.taints)
	}
	f := frame{c.scope, c.fn.File}
	in.send(f, c.fn.Start, Received, event)
	if len(c.fn.Params) > 0 && c.fn.File.Language == ir.Python { // @event_parser
		event = in.modelled(frame{c.scope, c.fn.File}, event, c.fn.Params[0])
	}
	request := &Value{fields: map[string]*Value{"event": event, "context": {ref: "lambda.context"}}}
	in.before(f, v.middle, request, c.fn.Start)
	list := []*Value{in.member(f, request, "event", c.fn.Start), {ref: "lambda.context"}, {ref: "lambda.callback"}}
	args := &arguments{list: list}
	if c.fn.File.Language == ir.Go {
		args = in.goHandler(c, event)
	}
	given := goResult(in.invoke(f, c, c.this, args, c.fn.Start))
	if c.fn.File.Language == ir.Go {
		given = goJSON(given, 0)
	}
	in.send(f, c.fn.Start, Returned, given)
	in.after(v.middle, request)
	in.answers = ""
}

// names is what is cleared where no outsider names the fields of an object.
const names = "names of fields"

// typed are taints of what a schema of GraphQL lets through: no field that it does not name, and of the type that it says.
func typed(taints []*Taint) []*Taint {
	var out []*Taint
	for _, t := range taints {
		out = append(out, t.cleaned([]string{"nosql", "mass-assignment", "prototype-pollution", names}))
	}
	return out
}

// returned checks what an entry returns.
func (in *interp) returned(f frame, x *ir.Expr, v *Value) {
	if in.bodies {
		in.tellsBody(f, x, v)
	}
	switch in.answers {
	case "lambda":
		if f.file.Language == ir.Go {
			in.respond(f, goJSON(goResult(v), 0), x.At)
		} else if x.Kind != ir.Object { // those were checked where they are written
			in.respondAgain(f, v, x, x.At)
		}
	case "text":
		in.hit(f, x.At, "html-response", "the response", onlyTexts(v), false)
		in.tellsTrace(f, x.At, "the response", v)
		for _, part := range []string{"1", "2"} { // return "text", 302, {"Location": ...}
			if headers := v.fields[part]; headers != nil && len(headers.fields) > 0 && x.Kind == ir.Array {
				in.respond(f, &Value{fields: map[string]*Value{"headers": headers}}, x.At)
			}
		}
	}
}

// respond checks what a handler answers over HTTP: an object with headers and a body.
func (in *interp) respond(f frame, v *Value, at int32) {
	if v == nil {
		return
	}
	if v.told == nil {
		v.told = map[string]bool{}
	}
	html := false
	for _, headers := range []*Value{v.fields["headers"], v.fields["multiValueHeaders"]} {
		if headers == nil {
			continue
		}
		for name, x := range sorted(in.fieldsOf(headers)) {
			switch strings.ToLower(name) {
			case "location":
				in.answer(f, v, "open-redirect", "Location", x, at)
			case "content-type":
				html = html || strings.HasPrefix(strings.ToLower(x.text), "text/html")
			case "access-control-allow-origin", "access-control-allow-headers", "access-control-allow-methods", "vary":
			default:
				in.answer(f, v, "header-injection", name, x, at)
			}
		}
	}
	if cookies := v.fields["cookies"]; cookies != nil {
		in.answer(f, v, "header-injection", "Set-Cookie", cookies, at)
	}
	in.tellsAnswer(answerAt{f, at, "the response", v.fields["body"], isRefusal(v.fields["statusCode"])})
	if body := v.fields["body"]; body != nil && html {
		in.answer(f, v, "html-response", "the response", &Value{taints: body.taints}, at)
	}
}

// echoesOrigin tells of headers by which any site may read an answer with the cookies of its visitor: the origin that the request names is
// let in.
func (in *interp) echoesOrigin(f frame, headers *Value, at int32) {
	var origin *Value
	credentials := false
	for name, x := range sorted(headers.fields) {
		switch strings.ToLower(name) {
		case allowOrigin:
			origin = x
		case allowCredentials:
			credentials = x != nil && strings.EqualFold(x.text, "true")
		}
	}
	switch {
	case credentials && origin != nil && origin.known && origin.text == "*":
		if f.file.Language == ir.Go { // of others the patterns of the rule tell
			in.place(f, at, "cors-any", "Access-Control-Allow-Origin", "*")
		}
	case credentials && origin != nil:
		in.echoed(f, at, origin)
	case origin != nil: // the other one is perhaps set later
		in.headerOf(f, at, allowOrigin, origin)
	case credentials:
		in.headerOf(f, at, allowCredentials, constant("true"))
	}
}

// echoed tells of an origin that an answer lets in, where it is the one that the request names.
func (in *interp) echoed(f frame, at int32, origin *Value) {
	for _, t := range origin.taints {
		if strings.HasSuffix(strings.ToLower(t.Path), ".origin") && !in.toldOf(origin, "cors-echo", t) {
			in.hit(f, at, "cors-echo", "Access-Control-Allow-Origin", []*Taint{t}, false)
		}
	}
}

// partTold is a part of a response of which was told what an outsider does with it.
type partTold struct {
	part       *Value
	rule, path string
}

// toldOf reports whether it was told of this part before, where the object stood from which it was taken: { ...redirect(url), cookies }.
func (in *interp) toldOf(part *Value, rule string, t *Taint) bool {
	key := partTold{part, rule, t.Path}
	if in.partsTold[key] {
		return true
	}
	if in.partsTold == nil {
		in.partsTold = map[partTold]bool{}
	}
	in.partsTold[key] = true
	return false
}

// answer notes a part of a response, once.
func (in *interp) answer(f frame, response *Value, rule, what string, v *Value, at int32) {
	if v == nil {
		return
	}
	var news []*Taint
	for _, t := range v.all() {
		if key := rule + what + t.Path; !t.clean[rule] && !response.told[key] && !in.toldOf(v, rule, t) {
			response.told[key] = true
			news = append(news, t)
		}
	}
	in.hit(f, at, rule, what, news, false)
}

// routed is a function that a framework calls for requests.
type routed struct {
	framework string   // express, koa, fastify, flask, fastapi, chalice, powertools
	resolves  resolver // Go: what it gets, where it answers a field of a schema of GraphQL
	fn        *closure
	file      string // in which it was registered
	at        int32
	middle    bool             // it stands before others, and gets next
	html      bool             // the decorator says that it answers with a page
	use       bool             // it stands before all routes
	typed     map[string]bool  // parameters that the route takes numbers for only
	schema    *Value           // JSON Schemas of the parts of the request, as Fastify takes them
	marks     map[int][]*Value // decorators of its parameters
	before    []*Value         // decorators that say what stands before it: guards and pipes
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

// routes notes functions that are given to a router.
func (p *Program) routes(f frame, ref string, args *arguments, e *ir.Expr) {
	dot := strings.LastIndexByte(ref, '.')
	if strings.HasSuffix(ref, ".add_resource") || strings.HasSuffix(ref, ".add_url_rule") { // of Flask, with a class
		view := args.get(0)
		if kw := args.kw["view_func"]; kw != nil {
			view = kw
		}
		for _, view := range append([]*Value{view}, args.list...) {
			if view.class != nil {
				p.methodsOf(f, view.class, e.At, strings.HasSuffix(ref, ".add_resource"))
			}
			for _, fn := range view.fns {
				p.routed = append(p.routed, &routed{framework: "flask", fn: fn, file: f.file.Path, at: e.At})
			}
		}
		return
	}
	if ref == "starlette.routing.Route" || ref == "starlette.routing.WebSocketRoute" || strings.HasSuffix(ref, "Starlette().add_route") || strings.HasSuffix(ref, "FastAPI().add_api_route") {
		for _, fn := range args.get(1).fns {
			p.routed = append(p.routed, &routed{framework: "fastapi", fn: fn, file: f.file.Path, at: e.At})
		}
	}
	if ref == "django.urls.path" || ref == "django.urls.re_path" || ref == "django.conf.urls.url" {
		for _, fn := range args.get(1).fns {
			p.routed = append(p.routed, &routed{framework: "django", fn: fn, file: f.file.Path, at: e.At})
		}
		if view := args.get(1); view.class != nil {
			p.methodsOf(f, view.class, e.At, false)
		}
	}
	p.added(f, ref, args, e.At)
	if servers[ref] {
		p.resolvers(f, orNothing(args.get(0).fields["resolvers"]), e.At, 0)
	}
	if strings.HasPrefix(ref, "typera-express.") && strings.HasSuffix(ref, ".handler") {
		for _, fn := range args.get(0).fns {
			framework := "typera"
			if strings.Contains(ref, ".use()") { // its parsers
				framework = "typera-parsed"
			}
			p.routed = append(p.routed, &routed{framework: framework, fn: fn, file: f.file.Path, at: e.At})
		}
	}
	if dot >= 0 && ref[dot+1:] == "addHook" { // of Fastify
		for _, a := range args.list {
			for _, fn := range slices.Concat(a.fns, a.wraps) {
				p.routed = append([]*routed{{framework: "fastify", fn: fn, file: f.file.Path, at: e.At, middle: true, use: true}}, p.routed...)
			}
		}
	}
	if dot >= 0 {
		p.answersErrors(f, ref[:dot], ref[dot+1:], args, e.At)
	}
	if dot >= 0 && strings.HasPrefix(ref, "@aws-lambda-powertools/event-handler") && (ref[dot+1:] == "onQuery" || ref[dot+1:] == "onMutation" || ref[dot+1:] == "resolver") {
		for _, a := range args.list {
			for _, fn := range slices.Concat(a.fns, a.wraps) {
				p.routed = append(p.routed, &routed{framework: "graphql-first", fn: fn, file: f.file.Path, at: e.At})
			}
		}
	}
	if dot >= 0 && ref[dot+1:] == "set" && args.get(0).text == "query parser" {
		p.queryParser = true
	}
	if dot < 0 || !routeMethods[ref[dot+1:]] {
		return
	}
	framework := frameworkOf(ref[:dot])
	if framework == "" || f.file.Language == ir.Python {
		return
	}
	if framework == "hapi" {
		p.hapiRoutes(f, args.get(0), e.At)
		return
	}
	for i, a := range args.list {
		for _, fn := range slices.Concat(a.fns, a.wraps, elementFns(a)) {
			p.routed = append(p.routed, &routed{framework: framework, fn: fn, file: f.file.Path, at: e.At, middle: i < len(args.list)-1 || ref[dot+1:] == "use", use: ref[dot+1:] == "use", schema: schemaIn(args)})
		}
	}
	for _, a := range args.list { // fastify.route({handler})
		for _, hook := range []string{"onRequest", "preParsing", "preValidation", "preHandler"} {
			if h := a.fields[hook]; h != nil {
				for _, fn := range slices.Concat(h.fns, h.wraps, elementFns(h)) {
					r := &routed{framework: framework, fn: fn, file: f.file.Path, at: e.At, middle: true}
					p.routed = slices.Insert(p.routed, len(p.routed)-1, r) // before the handler
				}
			}
		}
		if h := a.fields["handler"]; h != nil {
			for _, fn := range slices.Concat(h.fns, h.wraps) {
				p.routed = append(p.routed, &routed{framework: framework, fn: fn, file: f.file.Path, at: e.At, schema: schemaIn(args)})
			}
		}
	}
}

// schemaIn is the schema among the options of a route.
func schemaIn(args *arguments) *Value {
	for _, a := range args.list {
		if s := a.fields["schema"]; s != nil {
			return s
		}
		if a.ref == "celebrate.celebrate()" && len(a.args) > 0 {
			return a.args[0]
		}
	}
	return validatorsIn(args)
}

// validatorsIn are the schemas that stand before a route of Hono, by the parts of the request: zValidator("json", schema).
func validatorsIn(args *arguments) *Value {
	var out *Value
	for _, a := range args.list {
		name := strings.TrimSuffix(lastPart(a.ref), "()")
		if !strings.HasPrefix(a.ref, "@hono/") || name != "zValidator" && name != "sValidator" || len(a.args) < 2 || !a.args[0].known {
			continue
		}
		if out == nil {
			out = &Value{fields: map[string]*Value{}}
		}
		out.fields[a.args[0].text] = a.args[1]
	}
	return out
}

// valid is a part of a request of Hono as the schema before the route lets it through: c.req.valid("json").
func (in *interp) valid(f frame, recv *Value, method string, args *arguments, at int32) *Value {
	if recv == nil || method != "valid" || recv.ref != "hono.Context.req" {
		return nil
	}
	part := args.get(0).text
	schema := orNothing(in.validators).fields[part]
	if schema == nil {
		return nil
	}
	return in.shaped(f, &Value{taints: objects(in.parts(recv.taints, part))}, schema, at, 0)
}

// checkedPart puts what is left of a part of a request after its check onto the request: those who come after get it.
func (in *interp) checkedPart(f frame, request *Value, part string, schema *Value, all bool, at int32) {
	if request == nil || request.shared || request.ref != "express.Request" && request.ref != "koa.Context" {
		return
	}
	v := in.member(f, request, part, at)
	out := in.shaped(f, v, schema, at, 0)
	if len(out.fields) == 0 {
		return
	}
	var rules []string
	if all {
		rules = []string{"mass-assignment"}
	}
	v = cleanedBy(v, rules)
	v.fields = out.fields
	if request.fields == nil {
		request.fields = map[string]*Value{}
	}
	request.fields[part] = v
}

// checkedRequest is a request of Fastify whose parts a schema has checked.
func (in *interp) checkedRequest(f frame, v, schema *Value, at int32) *Value {
	if schema == nil {
		return v
	}
	out := *v
	out.fields = map[string]*Value{}
	for _, part := range [][2]string{{"body", "body"}, {"querystring", "query"}, {"query", "query"}, {"params", "params"}, {"headers", "headers"}} {
		if s := schema.fields[part[0]]; s != nil && len(fieldsOf(s)) > 0 {
			out.fields[part[1]] = in.shaped(f, in.member(f, v, part[1], at), s, at, 0)
		}
	}
	return &out
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

// resolvers notes the functions that answer the fields of types.
func (p *Program) resolvers(f frame, v *Value, at int32, depth int) {
	if depth > 3 {
		return
	}
	for _, fn := range v.fns {
		p.routed = append(p.routed, &routed{framework: "graphql", fn: fn, file: f.file.Path, at: at})
	}
	for _, x := range sorted(v.fields) {
		p.resolvers(f, x, at, depth+1)
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

// decoratedRoute notes a function with a decorator of a router.
func (p *Program) decoratedRoute(f frame, decorator *Value, v *Value, at int32) {
	ref, ok := strings.CutSuffix(decorator.ref, "()")
	if !ok {
		ref = decorator.ref
	}
	dot := strings.LastIndexByte(ref, '.')
	if dot < 0 {
		return
	}
	framework := frameworkOf(ref[:dot])
	method := ref[dot+1:]
	if bot := botOf(ref); bot != "" {
		for _, fn := range v.fns {
			p.routed = append(p.routed, &routed{framework: bot, fn: fn, file: f.file.Path, at: at})
		}
		return
	}
	if framework == "" {
		p.perhapsRouted(f, ref, v, at)
		return
	}
	if framework == "powertools" && (method == "resolver" || method == "batch_resolver" || method == "async_batch_resolver" || method == "on_publish" || method == "on_subscribe") {
		for _, fn := range v.fns {
			p.routed = append(p.routed, &routed{framework: "graphql-names", fn: fn, file: f.file.Path, at: at})
		}
		return
	}
	if method == "errorhandler" || method == "app_errorhandler" {
		for _, fn := range v.fns {
			p.routed = append(p.routed, &routed{framework: "flask-error", fn: fn, file: f.file.Path, at: at})
		}
		return
	}
	if (method == "after_request" || method == "after_app_request") && framework == "flask" { // it gets the answer
		for _, fn := range v.fns {
			p.routed = append(p.routed, &routed{framework: "flask-after", fn: fn, file: f.file.Path, at: at})
		}
		return
	}
	if method == "before_request" || method == "before_app_request" || method == "middleware" {
		for _, fn := range v.fns {
			p.routed = append([]*routed{{framework: framework, fn: fn, file: f.file.Path, at: at, middle: true, use: true}}, p.routed...)
		}
		return
	}
	if framework == "chalice" && method != "route" && method != "on_ws_message" {
		framework = "event"
	} else if !routeMethods[method] && method != "websocket" && method != "api_route" && method != "on_ws_message" {
		return
	}
	typed := map[string]bool{}
	for _, m := range typedPart.FindAllStringSubmatch(orNothing(first1(decorator.args)).text, -1) {
		typed[m[1]] = true
	}
	html := strings.HasSuffix(orNothing(decorator.kw["response_class"]).ref, "HTMLResponse")
	for _, fn := range v.fns {
		p.routed = append(p.routed, &routed{framework: framework, fn: fn, file: f.file.Path, at: at, html: html, typed: typed})
	}
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

// route follows a function that a framework calls.
func (in *interp) route(r *routed) {
	f := frame{r.fn.scope, r.fn.fn.File}
	outside := func(path string) []*Taint {
		return []*Taint{{Path: path, Source: in.source(path), step: &step{r.fn.fn.File, r.fn.fn.Start, "a request comes to " + orElse(r.fn.fn.Name, "this function"), nil, in.steps}}}
	}
	args := &arguments{}
	switch r.framework {
	case "fastify-error":
		args.list = []*Value{{}, {ref: "fastify.Request", taints: outside("req")}, {ref: "fastify.Reply"}}
	case "hono-error":
		args.list = []*Value{{}, {ref: "hono.Context", taints: outside("ctx")}}
	case "go", "go-error":
		args = in.goRequest(f, r, outside)
	case "express":
		request := &Value{ref: "express.Request", taints: outside("req")}
		if in.p.plainQuery(r.file) {
			request.fields = map[string]*Value{"query": cleanedBy(&Value{taints: outside("req.query")}, textOnly)}
		}
		request = in.request(r, request)
		for _, part := range []string{"body", "query", "params", "headers"} { // of celebrate
			if s := orNothing(r.schema).fields[part]; s != nil && !r.middle {
				in.checkedPart(f, request, part, s, namesAll(s), r.at)
			}
		}
		args.list = []*Value{request, in.reply(r, &Value{ref: "express.Response", fields: map[string]*Value{"locals": {fields: map[string]*Value{}}}}), {}}
		if len(r.fn.fn.Params) == 4 { // it handles errors
			args.list = append([]*Value{{}}, args.list...)
		}
	case "fastify":
		args.list = []*Value{in.request(r, in.checkedRequest(f, &Value{ref: "fastify.Request", taints: outside("req")}, r.schema, r.at)), in.reply(r, &Value{ref: "fastify.Reply"}), {}}
	case "typera":
		args.list = []*Value{{ref: "express.Request", taints: outside("req")}}
	case "typera-parsed":
		request := outside("req")
		args.list = []*Value{{ref: "express.Request", taints: []*Taint{request[0].cleaned([]string{"nosql", "prototype-pollution"})}}}
	case "flask-error":
		args.list = []*Value{{}}
	case "flask-after":
		args.list = []*Value{{ref: "flask.Response()"}}
	case "graphql-names": // AppSync gives the arguments by their names
		for _, p := range r.fn.params() {
			x := &Value{}
			if name := parameterName(p); !ofGraphQL[name] {
				x.taints = typed(outside(name))
			}
			args.list = append(args.list, x)
		}
	case "graphql-first":
		args.list = []*Value{{taints: typed(outside("args"))}, {}, {}}
	case "graphql":
		sent := &Value{taints: typed(outside("args"))}
		args.list = []*Value{{}, sent, {}, {}}
	case "koa":
		args.list = []*Value{in.request(r, &Value{ref: "koa.Context", taints: outside("ctx"), fields: map[string]*Value{"state": {fields: map[string]*Value{}}}}), {}}
	case "hono":
		in.validators = r.schema
		defer func() { in.validators = nil }()
		args.list = []*Value{in.request(r, &Value{ref: "hono.Context", taints: outside("ctx")}), {}}
	case "perhaps": // a library of which nothing is known calls it
		for range max(1, len(r.fn.fn.Params)) {
			given := outside("event")
			given[0].unsure = true
			args.list = append(args.list, &Value{taints: given})
		}
	case "slack":
		args = sentBySlack(outside)
	case "falcon":
		args.list = []*Value{{taints: outside("req")}, {}}
		for _, part := range r.fn.params()[min(2, len(r.fn.params())):] { // parts of the path
			args.list = append(args.list, &Value{taints: outside(parameterName(part))})
		}
	case "bot":
		args = sentToBot(r, outside)
	case "hapi":
		args = in.hapi(f, r, outside)
	case "trpc":
		args = in.procedure(f, r, outside)
	case "nest", "nest-graphql":
		args = in.controlled(f, r, outside)
	case "event":
		args.list = []*Value{{taints: outside("event")}, {}}
	case "record":
		args.list = []*Value{{taints: outside("event.Records[]")}, {}}
	default: // the parameters are parts of the path, or what the framework reads from the request
		for _, p := range r.fn.fn.Params {
			name := parameterName(p)
			switch {
			case r.typed[name]:
				args.list = append(args.list, &Value{})
			case requestPlatform[name] != nil && p.Kind == ir.Name && p.Y != nil && lastPart(textOf(p.Y)) != "Request": // a model that is called so
				args.list = append(args.list, in.fromRequest(f, r, p, outside("body"), 0))
			case name != "self":
				args.list = append(args.list, in.fromRequest(f, r, p, outside(name), 0))
			}
		}
	}
	switch r.framework {
	case "fastapi":
		if r.html {
			in.answers = "text"
		}
	case "flask", "flask-error", "flask-class", "hapi": // a text is sent as HTML
		in.answers = "text"
	case "powertools", "chalice":
		in.answers = "lambda"
	}
	in.payload = in.expected(f, r.fn.fn)
	in.bodies = answersBody[r.framework] && !r.use && !r.shaped() && !leavesOut(r.fn.fn)
	this := r.fn.this
	if this != nil && this.class != nil && len(this.fields) == 0 { // something makes the object, with what its constructor needs
		this = in.instance(f, &Value{class: this.class, isType: true}, &arguments{}, r.at)
	}
	before := maps.Clone(in.signed)
	if r.framework == "flask-error" {
		in.catching++
		defer func() { in.catching-- }()
	}
	given := in.invoke(f, r.fn, this, args, r.fn.fn.Start)
	switch r.framework {
	case "fastapi", "powertools", "chalice":
		in.tellsTrace(f, r.fn.fn.Start, "the response", given)
	}
	in.answers, in.payload, in.bodies = "", nil, false
	if !r.use { // what it has checked says nothing of other routes
		in.signed = before
	}
}

// ofGraphQL are parameters of functions that answer fields which no caller sends.
var ofGraphQL = set("info root parent self obj _ _obj _root _parent _info")

// fromRequest is what a framework gives to a parameter of a route.
func (in *interp) fromRequest(f frame, r *routed, p *ir.Expr, outside []*Taint, depth int) *Value {
	if name := parameterName(p); name == "request" && (r.framework == "django" || r.framework == "fastapi" && p.Kind == ir.Name && p.Y == nil) {
		u := *outside[0]
		u.Path = "request"
		return &Value{ref: map[string]string{"django": "django.Request", "fastapi": "fastapi.Request"}[r.framework], taints: []*Taint{&u}}
	}
	name, bounds := p, (*Value)(nil) // Query(10, le=100)
	if p.Kind == ir.Default {
		bounds = in.eval(f, p.Y)
		if isDepends(bounds.ref) && len(bounds.args) > 0 {
			return in.depended(f, r, bounds.args[0], depth)
		}
		name = p.X
	}
	v := &Value{taints: outside}
	v.taints[0].object = r.framework == "fastapi"
	if name.Kind != ir.Name || name.Y == nil || r.fn.fn.File.Language != ir.Python {
		return v
	}
	if g, t := in.standsFor(f, name.Y); t.Kind == ir.Index && lastPart(textOf(t.X)) == "Annotated" && t.Y.Kind == ir.Array {
		for _, x := range t.Y.List {
			if d := in.eval(g, x); isDepends(d.ref) && len(d.args) > 0 {
				return in.depended(f, r, d.args[0], depth)
			}
		}
	}
	switch kind := lastPart(textOf(name.Y)); {
	case kind == "Request" && r.framework == "fastapi":
		u := *outside[0]
		u.Path, u.object = "request", false
		return &Value{ref: "fastapi.Request", taints: []*Taint{&u}}
	case harmlessTypes[kind] && !numberTypes[kind]:
		return &Value{}
	}
	return in.constrained(in.converted(f, v, name.Y, p.At, 0), bounds)
}

// isDepends reports whether a default is FastAPI's Depends(...).
func isDepends(ref string) bool {
	return ref == "fastapi.Depends()" || ref == "fastapi.Security()" || ref == "fastapi.params.Depends()"
}

// depended is what a dependency of FastAPI gives: what its function returns or yields, or an instance of its class.
func (in *interp) depended(f frame, r *routed, d *Value, depth int) *Value {
	if depth > 4 {
		return nothing
	}
	given := func(fn *ir.Func) *arguments {
		args := &arguments{}
		for _, p := range fn.Params {
			if name := parameterName(p); name != "self" {
				taint := &Taint{Path: name, Source: in.source(name), step: &step{fn.File, fn.Start, "a request comes to " + orElse(fn.Name, "this function"), nil, in.steps}}
				args.list = append(args.list, in.fromRequest(f, r, p, []*Taint{taint}, depth+1))
			}
		}
		return args
	}
	var out *Value
	for _, c := range d.fns {
		x := in.invoke(f, c, c.this, given(c.fn), c.fn.Start)
		if x.elem != nil && len(x.fields) == 0 && len(x.taints) == 0 { // of a generator
			x = x.elem
		}
		out = join(out, x)
	}
	if d.class != nil && d.isType {
		args := &arguments{}
		if m := d.class.method("__init__", 0); m != nil {
			args = given(m.fn)
		}
		out = in.instance(f, d, args, r.at)
	}
	return orNothing(out)
}

// expected is the model that flask-restx checks the payload of a route by; nil where there is none that is enforced.
func (in *interp) expected(f frame, fn *ir.Func) *Value {
	for _, d := range fn.Decorators {
		v := in.eval(f, d)
		if !strings.HasSuffix(v.ref, ".expect()") || len(v.args) == 0 || !strings.EqualFold(orNothing(v.kw["validate"]).text, "true") {
			continue
		}
		if model := v.args[0]; len(model.args) > 1 {
			return model.args[1]
		}
	}
	return nil
}

// enforced is a payload whose fields are of the types that its model says.
func (in *interp) enforced(v *Value) *Value {
	out := *v
	out.fields = map[string]*Value{}
	for name, field := range sorted(in.payload.fields) {
		x := &Value{taints: in.parts(v.taints, name)}
		switch kind := field.ref[strings.LastIndexByte(field.ref, '.')+1:]; kind {
		case "Integer()", "Float()", "Boolean()", "DateTime()", "Date()", "Fixed()", "Arbitrary()":
			x = &Value{}
		case "String()", "Url()", "FormattedString()":
			x = cleanedBy(x, []string{"nosql", "prototype-pollution"})
		}
		out.fields[name] = x
	}
	return &out
}

// harmlessTypes are types of parameters to which frameworks convert what they read.
var harmlessTypes = set("int float bool UUID uuid.UUID Decimal date datetime Session Depends Request Response BackgroundTasks")

// onlyTexts are the taints of a value that is a text, or of the first of a tuple.
func onlyTexts(v *Value) []*Taint {
	if v == nil {
		return nil
	}
	if first := v.fields["0"]; first != nil {
		v = first
	}
	var out []*Taint
	for _, t := range v.taints {
		if !t.object {
			out = append(out, t)
		}
	}
	return out
}

func parameterName(p *ir.Expr) string {
	switch p.Kind {
	case ir.Name:
		return p.Str
	case ir.Default, ir.Spread:
		return parameterName(p.X)
	}
	return "an argument"
}

// typedPart is a part of a route that is a number or an identifier: <int:id>.
var typedPart = regexp.MustCompile(`<(?:int|float|uuid):(\w+)>`)

func first1(list []*Value) *Value {
	if len(list) == 0 {
		return nil
	}
	return list[0]
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
	var last []*routed // what answers their errors comes after them
	out = slices.DeleteFunc(out, func(r *routed) bool {
		if r.framework == "go-error" {
			last = append(last, r)
		}
		return r.framework == "go-error"
	})
	return append(out, last...)
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

// loadHits are what was found while modules were loaded.
func (p *Program) loadHits(files []string) []*Hit {
	var out []*Hit
	for _, file := range files {
		if m := p.modules[file]; m != nil {
			out = append(out, m.hits...)
		}
	}
	return out
}

// safeName marks what was asked whether it is the name of a prototype.
const safeName = "the name of no prototype"

// harmfulKeys are the taints of a name by which an outsider may mean the prototype of an object: no name that begins otherwise. That it is a
// text makes it no safer here.
func harmfulKeys(key *Value) []*Taint {
	var out []*Taint
	for _, t := range key.taints {
		onlyText := t.clean["nosql"] && t.clean["mass-assignment"]
		if t.clean[safeName] || t.clean["prototype-pollution"] && !onlyText || t.lead != "" || key.prefix != "" {
			continue
		}
		u := *t
		u.object, u.clean = true, maps.Clone(t.clean)
		delete(u.clean, "prototype-pollution")
		out = append(out, &u)
	}
	return out
}

// ofKeys reports whether an object came in itself, perhaps with the names that it is asked for: what it has under its own names is its own.
func ofKeys(x *Value, keys []*Taint) bool {
	return slices.ContainsFunc(x.taints, func(t *Taint) bool {
		return slices.ContainsFunc(keys, func(k *Taint) bool {
			return k.Source == t.Source && strings.HasPrefix(plainPath(k.Path), plainPath(t.Path))
		})
	})
}

// dynamicKey notes that an outsider names the field of a field: with __proto__ that is a field of all objects.
func (in *interp) dynamicKey(f frame, p *ir.Expr, key *Value) {
	if f.file.Language != ir.Node || p.X.Kind != ir.Index || len(key.taints) == 0 || in.eval(f, p.X.X).bare {
		return
	}
	for _, t := range harmfulKeys(in.eval(f, p.X.Y)) {
		in.hit(f, p.At, "prototype-pollution", "an assignment", []*Taint{t}, false)
	}
}

// request is the request that the functions of a route get: what those that stand before all routes, and those before this one, put
// onto it is there.
func (in *interp) request(r *routed, fresh *Value) *Value { return in.kept("request ", r, fresh) }

func (in *interp) reply(r *routed, fresh *Value) *Value { return in.kept("reply ", r, fresh) }

func (in *interp) kept(what string, r *routed, fresh *Value) *Value {
	if in.requests == nil {
		in.requests = map[string]*Value{}
	}
	all := what + r.framework
	if in.requests[all] == nil {
		in.requests[all] = fresh
		if fresh.fields == nil {
			fresh.fields = map[string]*Value{}
		}
	}
	if r.use {
		return in.requests[all]
	}
	own := all + " " + r.file + itoa(int(r.at))
	if in.requests[own] == nil {
		c := *in.requests[all]
		c.fields = maps.Clone(c.fields)
		in.requests[own] = &c
	}
	return in.requests[own]
}

// responses are the objects by which frameworks answer that take the kind of an answer apart from it.
var responses = set("express.Response lambda-api.Response koa.Context")

// kindSet notes what an answer says that it is: text that is shown as JSON or as it is does no harm as a page.
func (in *interp) kindSet(f frame, recv *Value, method string, args *arguments) {
	if recv == nil || !responses[recv.ref] || len(args.list) == 0 {
		return
	}
	var kind *Value
	switch method {
	case "type", "contentType":
		kind = args.list[0]
	case "set", "header", "setHeader":
		if strings.EqualFold(args.list[0].text, "content-type") {
			kind = args.get(1)
		} else {
			kind = kindIn(args.list[0])
		}
	case "writeHead":
		kind = kindIn(args.list[len(args.list)-1])
	}
	if kind != nil {
		in.kindIs(f, recv, kind)
	}
}

// kindIs notes the kind of an answer, as it is written in its headers or, shorter, as Koa has it: html.
func (in *interp) kindIs(f frame, response, kind *Value) {
	rules := []string{"html-response"}
	if text := strings.ToLower(kind.text); !kind.known || text == "" || strings.Contains(text, "html") || strings.Contains(text, "xml") || strings.Contains(text, "svg") {
		rules = nil
	}
	f.s.guards = true
	in.set(f.s, kindOf(response), guardFor(rules), true)
}

// koaContext is what Koa hands to its functions.
const koaContext = "koa.Context"

// noPageOfKoa reports whether what Koa answers is no page: another kind was said, or none, and the text does not begin as a page does.
func (in *interp) noPageOfKoa(f frame, context, body *Value) bool {
	if context.ref != koaContext {
		return false
	}
	if _, said := in.get(f.s, kindOf(context)); said {
		return in.noPage(f, context)
	}
	before := strings.TrimSpace(body.prefix)
	return before != "" && before[0] != '<'
}

// kindIn is the kind of an answer that headers say.
func kindIn(headers *Value) *Value {
	for name, v := range sorted(headers.fields) {
		if strings.EqualFold(name, "content-type") {
			return v
		}
	}
	return nil
}

// kindOf names what is known of the kind of an answer.
func kindOf(response *Value) string { return fmt.Sprintf("%c#%p", guardMark, response) }

// noPage reports whether an answer was said to be no page.
func (in *interp) noPage(f frame, response *Value) bool {
	if response == nil || !responses[response.ref] {
		return false
	}
	g, ok := in.get(f.s, kindOf(response))
	return ok && g.fields["html-response"] != nil
}

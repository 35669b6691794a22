package dataflow

import (
	"maps"
	"regexp"
	"slices"

	"wardlet.example/internal/ir"
)

// outside makes the data of an outsider's that stands at a path of a request.
type outside func(path string) []*Taint

// outsideOf is the data of whoever sends a request to a route.
func (in *interp) outsideOf(r *routed) outside {
	fn := r.fn.fn
	return func(path string) []*Taint {
		return []*Taint{{Path: path, Source: in.source(path), step: &step{fn.File, fn.Start, "a request comes to " + orElse(fn.Name, "this function"), nil, in.steps}}}
	}
}

// route follows a function that a framework calls.
func (in *interp) route(r *routed) {
	f := frame{r.fn.scope, r.fn.fn.File}
	in.following = r
	defer func() { in.following = nil }()
	if r.framework == "hono" {
		in.validators = r.schema
		defer func() { in.validators = nil }()
	}
	args := in.argumentsOf(f, r, in.outsideOf(r))
	in.answers = orElse(sentHow(r), in.answers)
	in.payload = in.expected(f, r.fn.fn)
	in.bodies = answersBody[r.framework] && !r.use && !r.shaped() && !leavesOut(r.fn.fn)
	this := r.fn.this
	if this != nil && this.class != nil && len(this.fields) == 0 { // something makes the object, with what its constructor needs
		this = in.injectedOne(f, &Value{class: this.class, isType: true}, r.at)
	}
	before := maps.Clone(in.signed)
	if r.framework == "flask-error" || r.framework == "fastapi-error" {
		in.catching++
		defer func() { in.catching-- }()
	}
	given := in.leavingErrors(r, func() *Value { return in.invoke(f, r.fn, this, args, r.fn.fn.Start) })
	if r.sends {
		in.sentOn(f, r, given)
	}
	switch r.framework {
	case "fastapi", "fastapi-error", "powertools", "chalice":
		in.tellsTrace(f, r.fn.fn.Start, "the response", given)
	}
	in.answers, in.payload, in.bodies = "", nil, false
	if !r.use { // what it has checked says nothing of other routes
		in.signed = before
	}
}

// sentHow is how a framework sends what a route returns; empty where that is not known.
func sentHow(r *routed) string {
	switch r.framework {
	case "fastapi":
		if r.html {
			return "text"
		}
	case "flask", "flask-error", "flask-class", "flask-request", "hapi": // a text is sent as HTML
		return "text"
	case "powertools", "chalice", "azure":
		return "lambda"
	}
	return ""
}

// argumentsOf are what a framework gives to a function of a route.
func (in *interp) argumentsOf(f frame, r *routed, from outside) *arguments {
	switch r.framework {
	case "go", "go-error":
		return in.goRequest(f, r, from)
	case "express":
		return in.expressRequest(f, r, from)
	case "slack":
		return sentBySlack(from)
	case "bot":
		return sentToBot(r, from)
	case "hapi":
		return in.hapi(f, r, from)
	case "trpc":
		return in.procedure(f, r, from)
	case "nest", "nest-graphql":
		return in.controlled(f, r, from)
	case "graphql-names":
		return byNames(r, from)
	case "falcon":
		return falconRequest(r, from)
	case starting:
		return &arguments{list: []*Value{{ref: "fastapi.FastAPI()"}}}
	case startingAiohttp:
		return &arguments{list: []*Value{{ref: aiohttpApplication}}}
	case "aiohttp":
		return &arguments{list: []*Value{{ref: "fastapi.Request", taints: from("request"), fields: map[string]*Value{"app": {ref: aiohttpApplication}}}, {}}}
	case "perhaps":
		return perhapsEvents(r, from)
	case beforePowertools:
		return &arguments{list: []*Value{{ref: "aws_lambda_powertools.event_handler.APIGatewayRestResolver()"}, {}}}
	}
	if list := in.requestOfNode(f, r, from); list != nil {
		return &arguments{list: list}
	}
	if list := in.fixed(f, r, from); list != nil {
		return &arguments{list: list}
	}
	return in.byParameters(f, r, from)
}

// requestOfNode are a request and what answers it, as frameworks of Node.js give them; nil for others.
func (in *interp) requestOfNode(f frame, r *routed, from outside) []*Value {
	switch r.framework {
	case "fastify":
		request := in.checkedRequest(f, &Value{ref: "fastify.Request", taints: from("req")}, r.schema, r.at)
		return []*Value{in.request(r, request), in.reply(r, &Value{ref: "fastify.Reply"}), {}}
	case "koa":
		context := in.request(r, &Value{ref: "koa.Context", taints: from("ctx"), fields: map[string]*Value{"state": {fields: map[string]*Value{}}}})
		if r.part != nil { // (value, ctx, next)
			return []*Value{{taints: in.parts(from("ctx.params"), orElse(r.part.text, "*"))}, context, {}}
		}
		return []*Value{context, {}}
	case "azure": // the first version of its model: (context, req)
		request := in.request(r, &Value{ref: "express.Request", taints: from("req")})
		return []*Value{{fields: map[string]*Value{"req": request, "bindingData": {taints: from("req.params")}}}, request}
	case "web": // Request of the Fetch standard
		return []*Value{{ref: "web.Request", taints: from("request")}, {}}
	case "hono":
		return []*Value{in.request(r, &Value{ref: "hono.Context", taints: from("ctx")}), {}}
	case "fastify-error":
		return []*Value{in.errorOfRoutes(), {ref: "fastify.Request", taints: from("req")}, {ref: "fastify.Reply"}}
	case "hono-error":
		return []*Value{in.errorOfRoutes(), {ref: "hono.Context", taints: from("ctx")}}
	case "typera":
		return []*Value{{ref: "express.Request", taints: from("req")}}
	case "typera-parsed":
		return []*Value{{ref: "express.Request", taints: []*Taint{from("req")[0].cleaned([]string{"nosql", "prototype-pollution"})}}}
	}
	return nil
}

// fixed is what is always given alike: events, arguments of fields, errors; nil for others.
func (in *interp) fixed(f frame, r *routed, from outside) []*Value {
	switch r.framework {
	case "flask-error":
		return []*Value{{}}
	case "fastapi-error":
		return []*Value{{ref: "fastapi.Request"}, {}}
	case "flask-after":
		return []*Value{{ref: "flask.Response()"}}
	case "graphql-first":
		return []*Value{{taints: typed(from("args"))}, {}, {}}
	case "graphql":
		return []*Value{{}, sentTo(r, from), in.sharedWithFields(f, r), {}}
	case "event", "callable":
		return []*Value{{taints: from("event")}, {}}
	case "chalice-topic":
		return []*Value{{fields: map[string]*Value{"message": {taints: from("event.Records[].Sns.Message")}, "subject": {taints: from("event.Records[].Sns.Subject")}}}}
	case "chalice-queue":
		return []*Value{{elem: &Value{taints: from("event.Records[]")}}}
	case "flask-request":
		return []*Value{{ref: "flask.request", taints: from("request")}}
	case "azure-python":
		return []*Value{{ref: "fastapi.Request", taints: from("request")}, {}}
	case "record":
		return []*Value{{taints: from("event.Records[]")}, {}}
	}
	return nil
}

// expressRequest are the request and the response of Express, after the error where a function handles errors.
func (in *interp) expressRequest(f frame, r *routed, from outside) *arguments {
	request := &Value{ref: "express.Request", taints: from("req")}
	if in.p.plainQuery(r.file) {
		request.fields = map[string]*Value{"query": cleanedBy(&Value{taints: from("req.query")}, textOnly)}
	}
	if slices.ContainsFunc(in.p.noOperators, func(file string) bool { return slices.Contains(in.ofEntry, file) }) {
		request = cleanedBy(request, []string{"nosql"})
	}
	request = in.request(r, request)
	for _, part := range []string{"body", "query", "params", "headers"} { // of celebrate
		if s := orNothing(r.schema).fields[part]; s != nil && !r.middle {
			in.checkedPart(f, request, part, s, namesAll(s), r.at)
		}
	}
	list := []*Value{request, in.reply(r, &Value{ref: "express.Response", fields: map[string]*Value{"locals": {fields: map[string]*Value{}}}}), {ref: nextOfExpress}}
	switch {
	case r.part != nil: // (req, res, next, value, name)
		list = append(list, &Value{taints: in.parts(from("req.params"), orElse(r.part.text, "*"))}, r.part)
	case r.answersErrors():
		list = append([]*Value{in.errorOfRoutes()}, list...)
	}
	return &arguments{list: list}
}

// byNames are the arguments of a function that answers a field, which AppSync gives by their names.
func byNames(r *routed, from outside) *arguments {
	args := &arguments{}
	for _, p := range r.fn.params() {
		if p.Kind == ir.Spread { // **criteria
			if p.Str == "**" {
				args.dict = &Value{taints: typed(from(parameterName(p)))}
			}
			continue
		}
		x := &Value{}
		if name := parameterName(p); !ofGraphQL[name] {
			x.taints = typed(from(name))
		}
		args.list = append(args.list, x)
	}
	return args
}

// falconRequest are a request, what answers it, and the parts of the path.
func falconRequest(r *routed, from outside) *arguments {
	args := &arguments{list: []*Value{{taints: from("req")}, {}}}
	for _, part := range r.fn.params()[min(2, len(r.fn.params())):] {
		args.list = append(args.list, &Value{taints: from(parameterName(part))})
	}
	return args
}

// perhapsEvents is what a library of which nothing is known perhaps gives to a function.
func perhapsEvents(r *routed, from outside) *arguments {
	args := &arguments{}
	for range max(1, len(r.fn.fn.Params)) {
		event := from("event")
		event[0].unsure = true
		args.list = append(args.list, &Value{taints: event})
	}
	return args
}

// byParameters is what a framework gives to parameters by their names and types: parts of the path, or what it reads from the request.
func (in *interp) byParameters(f frame, r *routed, from outside) *arguments {
	args := &arguments{}
	for _, p := range r.fn.fn.Params {
		name := parameterName(p)
		switch {
		case r.typed[name]:
			args.list = append(args.list, &Value{})
		case requestPlatform[name] != nil && p.Kind == ir.Name && p.Y != nil && lastPart(textOf(p.Y)) != "Request": // a model that is called so
			args.list = append(args.list, in.fromRequest(f, r, p, from("body"), 0))
		case r.framework == "fastapi" && name != "self":
			path := in.partOfRequest(f, p)
			v := in.fromRequest(f, r, p, from(path), 0)
			in.textOfForm(f, p, path, v)
			args.list = append(args.list, v)
		case name != "self":
			args.list = append(args.list, in.fromRequest(f, r, p, from(name), 0))
		}
	}
	return args
}

// ofGraphQL are parameters of functions that answer fields which no caller sends.
var ofGraphQL = set("info root parent self obj _ _obj _root _parent _info")

// fromRequest is what a framework gives to a parameter of a route.
func (in *interp) fromRequest(f frame, r *routed, p *ir.Expr, outside []*Taint, depth int) *Value {
	if name := parameterName(p); name == "request" && (r.framework == "django" || r.framework == "fastapi" && p.Kind == ir.Name && p.Y == nil) {
		u := *outside[0]
		u.Path = "request"
		if r.framework == "fastapi" {
			return in.requestOfASGI(r, []*Taint{&u})
		}
		return &Value{ref: "django.Request", taints: []*Taint{&u}}
	}
	name, bounds := p, (*Value)(nil) // Query(10, le=100)
	if p.Kind == ir.Default {
		bounds = in.eval(f, p.Y)
		if d := in.dependency(f, bounds, p.X.Y); d != nil {
			return in.depended(f, r, d, depth)
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
			if d := in.dependency(g, in.eval(g, x), t.Y.List[0]); d != nil {
				return in.depended(f, r, d, depth)
			}
		}
	}
	switch kind := lastPart(textOf(name.Y)); {
	case kind == "Request" && r.framework == "fastapi":
		u := *outside[0]
		u.Path, u.object = "request", false
		return in.requestOfASGI(r, []*Taint{&u})
	case harmlessTypes[kind] && !numberTypes[kind]:
		return &Value{}
	}
	return in.constrained(in.converted(f, v, name.Y, p.At, 0), bounds)
}

// dependency is what a parameter depends on by FastAPI's Depends(...): the class that it is declared with where none is given; nil where it
// depends on nothing.
func (in *interp) dependency(f frame, d *Value, declared *ir.Expr) *Value {
	switch {
	case !isDepends(d.ref):
		return nil
	case len(d.args) > 0:
		return d.args[0]
	case d.kw["dependency"] != nil:
		return d.kw["dependency"]
	case declared == nil:
		return nil
	}
	if class := in.quiet(f, declared); class.isType && class.class != nil {
		return class
	}
	return nil
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
		} else {
			args.kw = in.queryFields(f, r, d.class, depth)
		}
		out = in.instance(f, d, args, r.at)
	}
	return orNothing(out)
}

// queryFields are the fields of a data class or a model that is a dependency of FastAPI: each is read from the query by its name.
func (in *interp) queryFields(f frame, r *routed, c *class, depth int) map[string]*Value {
	fields := map[string]*Value{}
	for _, d := range c.declarations(0) {
		taint := &Taint{Path: d.Name, Source: in.source(d.Name), step: &step{r.fn.fn.File, r.at, "a request fills " + orElse(c.def.Name, "a class"), nil, in.steps}}
		p := &ir.Expr{Kind: ir.Name, Str: d.Name, Y: d.Type, At: r.at}
		fields[d.Name] = in.fromRequest(frame{d.class.scope, c.file(f)}, r, p, []*Taint{taint}, depth+1)
	}
	return fields
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

// typedPart is a part of a route that is a number, an identifier or one of some words: <int:id>, <any(xhr, fetch):way>.
var typedPart = regexp.MustCompile(`<(?:int|float|uuid|any\([^)]*\)):(\w+)>`)

func first1(list []*Value) *Value {
	if len(list) == 0 {
		return nil
	}
	return list[0]
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
		for _, name := range []string{"locals", "state"} { // what is put there is for this route
			if x := c.fields[name]; x != nil {
				mine := *x
				mine.fields = maps.Clone(x.fields)
				c.fields[name] = &mine
			}
		}
		in.requests[own] = &c
	}
	return in.requests[own]
}

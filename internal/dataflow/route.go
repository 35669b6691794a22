package dataflow

import (
	"maps"
	"regexp"

	"wardlet.example/internal/ir"
)

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

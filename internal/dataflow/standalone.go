package dataflow

import (
	"maps"
	"slices"
	"strings"

	"wardlet.example/internal/ir"
)

// Programs that no handler stands for: a web application that listens by itself, functions that another platform than Lambda calls, scripts.
// A request comes to their routes, and to functions whose parameters say so; what else they define is followed with nothing that an
// outsider sends, because what is wrong there needs none.

// standalone follows what a program has beside the routes that were followed already, and gives all that requests come to.
func (in *interp) standalone(files []string, followed []*routed) []*routed {
	fns := in.p.functionsIn(files)
	began := in.steps
	for _, c := range fns { // first what makes applications: create_app()
		if in.steps-began > mostAlone || in.p.alone > mostAloneInAll {
			in.p.Cut[files[0]] = "what is called from nowhere in it takes too many steps to follow"
			break
		}
		if in.visited[c.fn] || in.p.followed[c.fn] || in.requestShape(c) != "" {
			continue
		}
		in.invoke(frame{c.scope, c.fn.File}, c, c.this, in.namedAlone(c.fn), c.fn.Start)
	}
	in.p.alone += in.steps - began
	var more []*routed
	for _, r := range in.p.routesOf(files) {
		if !slices.ContainsFunc(followed, func(o *routed) bool { return o.fn.fn == r.fn.fn }) {
			more = append(more, r)
		}
	}
	for _, c := range fns {
		if framework := in.requestShape(c); framework != "" && !in.visited[c.fn] && !in.p.followed[c.fn] && !slices.ContainsFunc(more, func(r *routed) bool { return r.fn.fn == c.fn }) {
			more = append(more, &routed{framework: framework, fn: c, file: c.fn.File.Path, at: c.fn.Start})
		}
	}
	in.followRoutes(more)
	return append(followed, more...)
}

// namedAlone are arguments of which nothing is known but what the parameters are called: a password is one, wherever it comes from.
func (in *interp) namedAlone(fn *ir.Func) *arguments {
	args := &arguments{}
	for _, p := range fn.Params {
		v, name := &Value{}, parameterName(p)
		if isPassword(name) {
			v.secret = &secret{what: "`" + name + "`", step: &step{fn.File, fn.Start, orElse(fn.Name, "this function") + " gets a password", nil, in.steps}}
		}
		if name != "self" {
			args.list = append(args.list, v)
		}
	}
	return args
}

// mostAlone bounds the steps that what nothing calls may take in one program, mostAloneInAll in all of an application together.
const (
	mostAlone      = 500_000
	mostAloneInAll = 4_000_000
)

// functionsIn are the functions that stand at the top of some files, with the methods of their classes, those that they give to others, and
// those that libraries got.
func (p *Program) functionsIn(files []string) []*closure {
	var out []*closure
	seen := map[*ir.Func]bool{}
	add := func(c *closure) {
		if !seen[c.fn] {
			seen[c.fn] = true
			out = append(out, c)
		}
	}
	for _, file := range files {
		m := p.modules[file]
		if m == nil {
			continue
		}
		for _, v := range []*Value{{fields: m.scope.vars}, m.exports, orNothing(m.object).fields["exports"]} {
			for _, c := range functionsOf(v, file, 0) {
				add(c)
			}
		}
		for _, c := range p.held[file] {
			add(c)
		}
	}
	return out
}

// functionsOf are the functions of a file that a value holds: itself, its fields, the methods of a class.
func functionsOf(v *Value, file string, depth int) []*closure {
	if v == nil || depth > 2 {
		return nil
	}
	var out []*closure
	for _, c := range slices.Concat(v.fns, v.wraps) {
		if c.fn.File.Path == file {
			out = append(out, c)
		}
	}
	if v.class != nil && v.isType {
		for _, name := range slices.Sorted(maps.Keys(v.class.methods)) {
			if m := v.class.methods[name]; m.fn.File.Path == file {
				out = append(out, &closure{fn: m.fn, scope: m.scope, this: &Value{class: v.class, fields: map[string]*Value{}}})
			}
		}
		return out
	}
	for _, x := range sorted(v.fields) {
		out = append(out, functionsOf(x, file, depth+1)...)
	}
	return out
}

// httpMethods are the names under which routes of file-based frameworks give a function for each method.
var httpMethods = set("GET POST PUT PATCH DELETE HEAD OPTIONS fetch")

// requestShape is how a request comes to a function that takes one by its parameters; empty for all other functions.
func (in *interp) requestShape(c *closure) string {
	var names []string
	for _, p := range c.fn.Params {
		if name := strings.Trim(parameterName(p), "_"); name != "self" && name != "this" {
			names = append(names, name)
		}
	}
	switch c.fn.File.Language {
	case ir.Go:
		return in.goShape(c)
	case ir.Python:
		return in.p.pythonShape(c, names)
	}
	switch {
	case len(names) == 0 || c.fn.Class != nil && c.fn.Name == "constructor":
	case len(names) > 1 && namesRequest(names[0]) && (names[1] == "res" || names[1] == "response" || names[1] == "reply" || names[1] == "resp"):
		return "express"
	case len(names) > 1 && names[0] == "context" && namesRequest(names[1]):
		return "azure"
	case namesRequest(names[0]) && (httpMethods[c.fn.Name] || len(names) < 3 && typeName(c.fn.Params[0]) == "HttpRequest"):
		return "web"
	}
	return ""
}

func namesRequest(name string) bool { return name == "req" || name == "request" }

// typeName is the last part of the type that a parameter says; empty if it says none.
func typeName(p *ir.Expr) string {
	if p.Kind == ir.Name && p.Y != nil {
		return lastPart(textOf(p.Y))
	}
	return ""
}

// goShape tells functions that routers of Go call, by the types of their parameters.
func (in *interp) goShape(c *closure) string {
	for _, p := range c.fn.Params {
		switch kind := in.kindOf(frame{c.scope, c.fn.File}, orUnknown(p.Y)).ref; {
		case kind == "net/http.Request" && len(c.fn.Params) > 1, kind == "github_com/gin-gonic/gin.Context",
			strings.HasPrefix(kind, "github_com/labstack/echo.") && strings.HasSuffix(kind, "Context"), strings.HasPrefix(kind, "github_com/gofiber/fiber.") && strings.HasSuffix(kind, "Ctx"):
			return "go"
		}
	}
	return ""
}

// pythonShape tells views: of Django, of functions of Google's cloud, which get a request of Flask, and of Azure.
func (p *Program) pythonShape(c *closure, names []string) string {
	if len(names) == 0 || len(names) > 6 || c.fn.Name == "__init__" {
		return ""
	}
	first := c.fn.Params[len(c.fn.Params)-len(names)]
	if typeName(first) == "HttpRequest" && namesRequest(names[0]) {
		if p.imports(c.fn.File.Path, "azure") {
			return "azure-python"
		}
		return "django"
	}
	if names[0] != "request" {
		return ""
	}
	switch {
	case p.imports(c.fn.File.Path, "django") || p.imports(c.fn.File.Path, "rest_framework"):
		return "django"
	case p.imports(c.fn.File.Path, "aiohttp"):
		return "aiohttp"
	case len(names) == 1 && (asks(c.fn, "args") || asks(c.fn, "get_json") || asks(c.fn, "form") || asks(c.fn, "get_data")):
		return "flask-request"
	}
	return ""
}

// imports reports whether a file imports a package of others.
func (p *Program) imports(file, pkg string) bool {
	m := p.modules[file]
	return m != nil && slices.ContainsFunc(m.foreign, func(name string) bool { return name == pkg || strings.HasPrefix(name, pkg+".") })
}

// asks reports whether a function reads a field of its request.
func asks(fn *ir.Func, field string) bool {
	found := false
	ir.Walk(fn.Body, nil, func(e *ir.Expr) bool {
		found = found || e.Kind == ir.Member && e.Str == field && e.X.Kind == ir.Name && e.X.Str == "request"
		return !found
	})
	return found
}

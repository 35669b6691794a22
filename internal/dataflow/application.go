package dataflow

import (
	"maps"
	"slices"
	"strings"
)

// What an application of Python keeps for all requests: app.state.pool of FastAPI and Starlette, app["pool"] of aiohttp. Functions put it there
// when the application starts, and those of routes find it at their request: request.app.state.pool.

// aiohttpApplication is what keeps things under names itself.
const aiohttpApplication = "aiohttp.web.Application()"

// How functions are called when an application starts.
const (
	starting        = "start"
	startingAiohttp = "start aiohttp"
)

// applicationState is what the application keeps: what its modules put there while they were loaded, and what its functions do in this entry.
func (in *interp) applicationState() *Value {
	if in.p.appState == nil {
		in.p.appState = &Value{fields: map[string]*Value{}}
	}
	if in.loading != nil {
		return in.p.appState
	}
	if in.appState == nil {
		in.appState = &Value{fields: maps.Clone(in.p.appState.fields)}
	}
	return in.appState
}

// keptByApplication is what an application keeps under a name, or all that it keeps; nil for others.
func (in *interp) keptByApplication(v *Value, key string) *Value {
	switch {
	case v.ref == "":
	case key == "context":
		return in.keptByResolver(v, key)
	case v.ref == aiohttpApplication:
		return in.applicationState().fields[key]
	case key == "state" && frameworkOf(v.ref) == "fastapi":
		return in.applicationState()
	}
	return nil
}

// requestOfASGI is the request of FastAPI or Starlette: it knows its application, and what functions before this one have put into its state.
func (in *interp) requestOfASGI(r *routed, taints []*Taint) *Value {
	v := *in.request(r, &Value{ref: "fastapi.Request", fields: map[string]*Value{
		"app": {ref: "fastapi.FastAPI()"}, "state": {fields: map[string]*Value{}, taints: in.parts(taints, "state")},
	}})
	v.taints = taints
	return &v
}

// starts notes functions that are called with the application before any request: FastAPI(lifespan=...), app.on_startup.append(...),
// @app.on_event("startup").
func (p *Program) starts(c call) {
	ref, way := c.callee.ref, starting
	var fns []*closure
	switch of, method := cutLast(ref); {
	case frameworkOf(ref+"()") == "fastapi":
		lifespan := orNothing(c.args.kw["lifespan"])
		fns = slices.Concat(lifespan.fns, lifespan.wraps, elementFns(orNothing(c.args.kw["on_startup"])))
	case method == "append" && (of == aiohttpApplication+".on_startup" || of == aiohttpApplication+".cleanup_ctx"):
		fns, way = c.args.get(0).fns, startingAiohttp
	case method == "add_event_handler" && frameworkOf(of) == "fastapi" && c.args.get(0).text == "startup":
		fns = c.args.get(1).fns
	}
	p.beforeAll(c.f, c.e.At, fns, way)
}

// startsBy notes a function with a decorator that lets it be called when the application starts.
func (p *Program) startsBy(f frame, framework, method string, decorator, v *Value, at int32) {
	if framework == "fastapi" && method == "on_event" && strings.HasPrefix(orNothing(first1(decorator.args)).text, "start") {
		p.beforeAll(f, at, v.fns, starting)
	}
}

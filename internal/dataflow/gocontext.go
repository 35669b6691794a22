package dataflow

import (
	"strings"

	"wardlet.example/internal/ir"
)

// What a function puts into the context of a request under a name, later functions read by that name: middlewares and the functions of routes
// know each other by nothing else.

// contexts keep what is put into requests: what stands before all routes is read by all, what stands before one by that one.
type contexts struct {
	all map[string]*Value
	own map[string]map[string]*Value // by the routes
}

// contextsOfRouters are what routers give to their functions and let them put things into.
var contextsOfRouters = set("github_com/gin-gonic/gin.Context() github_com/labstack/echo.Context() github_com/gofiber/fiber.Ctx()")

// inContext follows what puts something into the context of a request, or reads it; ok is false for all other calls, and where nothing is known
// to be there.
func (in *interp) inContext(c call) (*Value, bool) {
	of, method := cutLast(c.callee.ref)
	given := c.args.list
	switch {
	case c.callee.ref == "context.WithValue" && len(given) == 3:
		in.putsInContext(contextKey(c.e.List[1], given[1]), given[2])
		return given[0], true
	case c.callee.ref == "github_com/gorilla/context.Set" && len(given) == 3:
		in.putsInContext(contextKey(c.e.List[1], given[1]), given[2])
		return &Value{}, true
	case (c.callee.ref == "github_com/gorilla/context.Get" || c.callee.ref == "github_com/gorilla/context.GetOk") && len(given) == 2:
		return in.takenFromContext(contextKey(c.e.List[1], given[1]))
	case of == "net/http.Request()" && (method == "WithContext" || method == "Clone"):
		return c.recv, true
	case method == "Value" && len(given) == 1 && (strings.HasSuffix(of, "Context()") || strings.HasPrefix(of, "context.")):
		return in.takenFromContext(contextKey(c.e.List[0], given[0]))
	case !contextsOfRouters[of]:
	case (method == "Set" || method == "Locals") && len(given) == 2:
		in.putsInContext(contextKey(c.e.List[0], given[0]), given[1])
		return &Value{}, true
	case (method == "Locals" || method == "MustGet" || strings.HasPrefix(method, "Get")) && len(given) == 1:
		return in.takenFromContext(contextKey(c.e.List[0], given[0]))
	}
	return nil, false
}

// contextKey names what something is put under; empty where that is not known. Go compares such keys with their types, so the name of a type
// is as good as a text.
func contextKey(x *ir.Expr, v *Value) string {
	switch {
	case v.known && v.written != bareWord:
		return v.text
	case v.class != nil && v.class.def != nil && v.class.def.Name != "":
		return "type " + v.class.def.Name
	case x.Kind == ir.Call && len(x.List) == 1 && x.List[0].Kind == ir.Const: // contextKey("user")
		return x.List[0].Str
	}
	return ""
}

// ownContext is what was put into the requests of the route that is followed; nil where that is all requests.
func (in *interp) ownContext() map[string]*Value {
	r := in.following
	if r == nil || r.use {
		return nil
	}
	key := r.file + " " + itoa(int(r.at))
	own := in.contexts.own[key]
	if own == nil {
		own = map[string]*Value{}
		in.contexts.own[key] = own
	}
	return own
}

// putsInContext keeps what is put into the context of a request. What a function does that puts or takes something is worth nothing for its
// next call, which may be about another request.
func (in *interp) putsInContext(key string, v *Value) {
	if key == "" || in.proving > 0 || in.st != nil {
		return
	}
	if in.contexts.all == nil {
		in.contexts = contexts{map[string]*Value{}, map[string]map[string]*Value{}}
	}
	to := in.ownContext()
	if to == nil {
		to = in.contexts.all
	}
	to[key] = join(to[key], v)
	in.checksGiven++
}

// takenFromContext is what was put under a name before.
func (in *interp) takenFromContext(key string) (*Value, bool) {
	if key == "" || in.contexts.all == nil || in.st != nil {
		return nil, false
	}
	v := in.contexts.all[key]
	if own := in.ownContext(); own != nil {
		v = join(v, own[key])
	}
	in.checksGiven++
	return v, v != nil
}

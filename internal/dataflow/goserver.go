package dataflow

import (
	"slices"
	"strings"

	"wardlet.example/internal/ir"
)

// Servers of Go, which an adapter runs inside of a function: net/http and the routers that people use.

// goRouters are the packages of routers, by the beginning of their paths.
var goRouters = []string{
	"net/http.", "github_com/gin-gonic/gin.", "github_com/labstack/echo.", "github_com/go-chi/chi.", "github_com/gorilla/mux.", "github_com/gofiber/fiber.",
	"github_com/julienschmidt/httprouter.",
}

// isRouter reports whether a path is one of a router's package.
func isRouter(ref string) bool {
	return slices.ContainsFunc(goRouters, func(r string) bool { return strings.HasPrefix(ref, r) })
}

// registers are methods of routers that take functions for requests.
var registers = set(`GET POST PUT PATCH DELETE HEAD OPTIONS Any Handle HandleFunc Get Post Put Patch Delete Head Options All Match Use Method MethodFunc Add
	NotFound NoRoute Handler HandlerFunc`)

// sendsText are methods that answer with a text, and where that stands: it is a page where the answer was said to be one before.
var sendsText = map[string]int{"github_com/gin-gonic/gin.Context().String": 1, "github_com/gofiber/fiber.Ctx().SendString": 0, "github_com/gofiber/fiber.Ctx().Send": 0}

// goServer follows what programs say to servers; ok is false for all other calls.
func (in *interp) goServer(f frame, e *ir.Expr, recv *Value, ref string, args *arguments) (*Value, bool) {
	router := isRouter(ref)
	if at, ok := sendsText[ref]; ok && recv != nil && in.saidPage(f, recv) {
		for _, v := range args.list[min(at, len(args.list)):] {
			in.hit(f, e.At, "html-response", "the response", v.taints, false)
		}
	}
	before, method := cutLast(ref)
	switch {
	case ref == "net/http.HandlerFunc":
		return args.get(0), true
	case ref == "net/http.ListenAndServe" || ref == "net/http.ListenAndServeTLS": // what stands around all routes
		in.routeTo(f, args.get(len(args.list)-1), e.At, true, true)
	case ref == "github_com/labstack/echo.Context().Request":
		return in.goRequestOf(f, e.At), true
	case ref == "github_com/labstack/echo.Context().Response":
		return &Value{ref: responseWriter}, true
	case strings.HasPrefix(ref, "fmt.Fprint"):
		if args.get(0).ref == responseWriter {
			in.writesAnswer(f, e, method, args.get(0), args.list[1:])
			return &Value{}, true
		}
	case before == responseWriter && method == "WriteHeader" && recv != nil:
		in.assign(f, recv, statusWritten, args.get(0), e.At)
		return &Value{}, true
	case before == responseWriter && method == "Write":
		in.writesAnswer(f, e, method, orNothing(recv), args.list[:min(1, len(args.list))])
		return &Value{}, true
	case ref == "io.WriteString" && args.get(0).ref == responseWriter:
		in.writesAnswer(f, e, method, args.get(0), args.list[1:])
		return &Value{}, true
	case method == "WriteTo" && fills[before] && args.get(0).ref == responseWriter:
		in.writesAnswer(f, e, method, args.get(0), []*Value{recv})
		return &Value{}, true
	case ref == "encoding/json.NewEncoder" && args.get(0).ref == responseWriter:
		return &Value{ref: ref + "()", args: args.list}, true
	case ref == "encoding/json.NewEncoder().Encode" && len(orNothing(recv).args) > 0:
		in.writesAnswer(f, e, method, recv.args[0], []*Value{goJSON(args.get(0), 0)})
		return &Value{}, true
	case ref == "github_com/gofiber/fiber.New":
		in.handlesErrors(f, orNothing(args.get(0).fields["ErrorHandler"]), e.At)
	case strings.HasPrefix(ref, "github_com/graph-gophers/graphql-go.") && strings.HasSuffix(method, "ParseSchema"):
		in.resolversOf(f, args.get(1), e.At, bySchema)
	case !router:
	case (method == "Route" || method == "Group" || method == "With") && strings.Contains(before, "("):
		in.routeGroup(f, before, args, e.At)
		return &Value{ref: before}, true
	case registers[method] && (strings.HasPrefix(method, "Handle") || !strings.HasPrefix(ref, "net/http.")) && (strings.Contains(before, "(") || before == "net/http"):
		last := len(args.list) - 1
		if strings.HasPrefix(ref, "github_com/labstack/echo.") { // e.GET(path, handler, middleware...)
			last = 1
		}
		for i, a := range args.list {
			in.routeTo(f, a, e.At, i != last || method == "Use", method == "Use")
		}
		return &Value{ref: before}, true
	}
	return nil, false
}

// routeTo notes what an argument of a router is called for: requests, or what stands before those that are.
func (in *interp) routeTo(f frame, a *Value, at int32, middle, use bool) {
	if a.class != nil && len(a.fns) == 0 { // a handler of net/http
		a = in.member(f, a, "ServeHTTP", at)
	}
	for _, c := range in.behindMiddleware(f, append(slices.Clone(a.fns), a.wraps...), at) {
		in.p.routed = append(in.p.routed, &routed{framework: "go", fn: c, file: f.file.Path, at: at, middle: middle, use: use})
	}
}

// handlesErrors notes a function that answers where the functions of routes give an error back.
func (in *interp) handlesErrors(f frame, v *Value, at int32) {
	for _, c := range v.fns {
		in.p.routed = append(in.p.routed, &routed{framework: "go-error", fn: c, file: f.file.Path, at: at})
	}
}

// routeGroup follows what is said of a part of a router: a function gets it, r.Route("/orders", func(r chi.Router) {...}), or middlewares stand
// before its routes, r.With(signedIn).Get(...), e.Group("/orders", signedIn).
func (in *interp) routeGroup(f frame, router string, args *arguments, at int32) {
	for _, a := range args.list {
		if len(a.fns) == 0 || !in.getsRouter(a.fns[0]) {
			in.routeTo(f, a, at, true, true)
			continue
		}
		for _, c := range a.fns {
			in.invoke(f, c, c.this, &arguments{list: []*Value{{ref: router}}}, at)
		}
	}
}

// getsRouter reports whether a function gets a router, by the type of its parameter.
func (in *interp) getsRouter(c *closure) bool {
	if len(c.fn.Params) != 1 {
		return false
	}
	kind := lastPart(in.kindOf(frame{c.scope, c.fn.File}, orUnknown(c.fn.Params[0].Y)).ref)
	return kind == "Router" || kind == "Mux" || kind == "Group" || kind == "RouterGroup"
}

// behindMiddleware are the functions that requests come to: of one that gets the next one, what it gives.
func (in *interp) behindMiddleware(f frame, fns []*closure, at int32) []*closure {
	var out []*closure
	for _, c := range fns {
		if !in.isMiddleware(c) {
			out = append(out, c)
			continue
		}
		out = append(out, in.invoke(f, c, c.this, &arguments{list: []*Value{{}}}, at).fns...)
	}
	return out
}

// isMiddleware reports whether a function gets the next handler alone: func(next http.Handler) http.Handler.
func (in *interp) isMiddleware(c *closure) bool {
	if len(c.fn.Params) != 1 {
		return false
	}
	kind := in.kindOf(frame{c.scope, c.fn.File}, orUnknown(c.fn.Params[0].Y)).ref
	return strings.HasSuffix(kind, ".HandlerFunc") || strings.HasSuffix(kind, ".Handler")
}

const responseWriter = "net/http.ResponseWriter()"

// statusWritten is the field of what an answer is written to that holds the status which was written before.
const statusWritten = "status"

// writesAnswer looks at what is written to whoever asked.
func (in *interp) writesAnswer(f frame, e *ir.Expr, call string, to *Value, list []*Value) {
	in.writesHTML(f, e, list)
	status := statusOf(to.fields[statusWritten])
	for _, v := range list {
		in.tellsAnswer(answerAt{f, e.At, call, v, status})
	}
}

// writesHTML tells of data in what is written to a page: something of it begins a tag.
func (in *interp) writesHTML(f frame, e *ir.Expr, list []*Value) {
	tags := false
	for _, v := range list {
		tags = tags || strings.Contains(v.text+v.prefix, "<")
	}
	if !tags {
		return
	}
	for _, v := range list {
		in.hit(f, e.At, "html-response", "the response", v.taints, false)
	}
}

// goRequest gives the arguments of a function of a router, by the types of its parameters.
func (in *interp) goRequest(f frame, r *routed, outside func(path string) []*Taint) *arguments {
	if r.resolves != nil {
		return r.resolves(in, f, r, outside)
	}
	args := &arguments{}
	for _, p := range r.fn.fn.Params {
		kind := in.kindOf(f, orUnknown(p.Y))
		v := &Value{}
		switch kind.ref {
		case "net/http.Request":
			v = &Value{ref: "net/http.Request()", taints: outside("r")}
		case "github_com/julienschmidt/httprouter.Params":
			v = &Value{taints: outside("params")}
		case "builtin.error":
			v = orNothing(in.routeError)
		case "net/http.Handler", "net/http.HandlerFunc", "":
		default:
			v = &Value{ref: kind.ref + "()"}
		}
		args.list = append(args.list, v)
	}
	return args
}

// goRequestOf is the request of net/http that the context of a router holds.
func (in *interp) goRequestOf(f frame, at int32) *Value {
	return &Value{ref: "net/http.Request()", taints: []*Taint{{Path: "r", Source: in.source("r"), step: &step{f.file, at, "the request is read", nil, in.steps}}}}
}

// ofRequest is the body of a request of a router that hands out parts of it by methods.
func (in *interp) ofRequest(f frame, at int32) *Value {
	return &Value{taints: []*Taint{{Path: "r.body", Source: in.source("r"), object: true, step: &step{f.file, at, "the request is read", nil, in.steps}}}}
}

// goOperation is what a call of one of the SDKs for Go does: the client is the package, the request the argument with fields.
func goOperation(ref string, args *arguments) (client, method string, params *Value) {
	_, rest, ok := strings.Cut(ref, "/service/")
	if !ok {
		_, rest, ok = strings.Cut(ref, "/feature/s3/")
	}
	if !ok {
		return "", "", nil
	}
	client, _, _ = strings.Cut(rest, ".")
	if i := strings.LastIndexByte(client, '/'); i >= 0 { // service/s3/s3manager
		client = client[i+1:]
	}
	_, method = cutLast(ref)
	params = nothing
	for _, v := range args.list {
		if len(v.fields) > 0 {
			params = v
		}
	}
	if smallMembers[client] {
		params = withSmallMembers(params, 0)
	}
	return client, strings.TrimPrefix(method, "Presign"), params
}

// smallMembers are clients of which the members of requests begin with a small letter in all languages but Go.
var smallMembers = set(`sfn apigateway amplify appsync batch bedrockagentruntime bedrockruntime cloudwatchlogs codebuild codecommit codedeploy codepipeline ecr ecs eks
	guardduty iot iotdataplane lexruntimeservice mediaconvert rdsdata swf signer support`)

// withSmallMembers is a request with the names that its members have in other languages.
func withSmallMembers(v *Value, depth int) *Value {
	if v == nil || v.isDict || depth > 4 || len(v.fields) == 0 && v.elem == nil {
		return v
	}
	c := *v
	c.fields, c.elem = map[string]*Value{}, withSmallMembers(v.elem, depth+1)
	for name, x := range sorted(v.fields) {
		c.fields[strings.ToLower(name[:min(1, len(name))])+name[min(1, len(name)):]] = withSmallMembers(x, depth+1)
	}
	return &c
}

// byRequest is the method of a client that a call of something unknown is, such as an interface that tests fill with a client of their own:
// its request says which. Nil for others.
func (in *interp) byRequest(f frame, e *ir.Expr, callee *Value, args *arguments) *Value {
	if f.file.Language != ir.Go || e.X.Kind != ir.Member || strings.HasPrefix(callee.ref, "github_com/aws/aws-dax-go") {
		return nil
	}
	for _, v := range args.list {
		if v.kind == nil || v.kind.t == nil {
			continue
		}
		client, request := cutLast(in.kindOf(v.kind.f, v.kind.t).ref)
		operation, isRequest := strings.CutSuffix(request, "Input")
		rest, isMethod := strings.CutPrefix(e.X.Str, operation)
		if isRequest && isMethod && isAWS(client) && (rest == "" || rest == "WithContext" || rest == "Pages" || rest == "PagesWithContext") {
			c := *callee
			c.ref = client + ".Client()." + e.X.Str
			return &c
		}
	}
	return nil
}

// hostAskedLater reports whether a request that is made goes on only where its host is one of some: req.URL.Host is asked for before it is sent.
func (in *interp) hostAskedLater(f frame, e *ir.Expr) bool {
	if len(in.stack) == 0 {
		return false
	}
	found := false
	ir.Statements(in.stack[len(in.stack)-1].Body, func(list []*ir.Stmt, i int) {
		x := list[i].X
		if list[i].Kind != ir.Eval || x == nil || x.Kind != ir.Assign || x.Y != e {
			return
		}
		name := targetsOf(x.X)[0].Str
		for _, s := range list[i+1:] {
			if s.Kind == ir.If && ir.Ends(s.Body) && s.X.End > s.X.At {
				asked := string(f.file.Tree.Source[s.X.At:s.X.End])
				found = found || strings.Contains(asked, name+".URL.Host")
			}
		}
	})
	return found
}

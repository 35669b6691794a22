package dataflow

import (
	"slices"
	"strings"

	"wardlet.example/internal/ir"
)

// middleware notes what middy runs around a handler: use(…) takes objects with the functions before, after and onError, or lists of
// them; there are methods of these names too. It reports whether the call is one of these.
func middleware(method string, recv *Value, args *arguments, out *Value) bool {
	out.wraps, out.middle = recv.wraps, recv.middle[:len(recv.middle):len(recv.middle)]
	switch method {
	case "use":
		for _, a := range args.list {
			out.middle = append(out.middle, middlewares(a)...)
		}
	case "before", "after", "onError":
		out.middle = append(out.middle, &Value{fields: map[string]*Value{method: args.get(0)}})
	default:
		return false
	}
	if recv != nothing && !recv.shared { // it is added to the handler itself: handler.use(...)
		recv.middle = out.middle
	}
	return true
}

// middy are the names of its package, of which the second is that of its first version.
var middy = set("@middy/core middy")

// notCatching are middlewares of middy that answer nothing when something fails.
var notCatching = set(`@middy/http-json-body-parser @middy/http-urlencode-body-parser @middy/http-header-normalizer @middy/http-event-normalizer @middy/event-normalizer
	@middy/http-cors @middy/http-security-headers @middy/http-content-negotiation @middy/do-not-wait-for-empty-event-loop @middy/input-output-logger @middy/error-logger
	@middy/warmup @middy/validator @middy/ssm @middy/secrets-manager @middy/cloudwatch-metrics`)

// streamed is what the platform makes of a function that answers piece by piece: what it throws goes through.
const streamed = "builtin.awslambda.streamifyResponse()"

// togetherBefore is the module in which the first versions of middy had all middlewares.
const togetherBefore = "middy/middlewares"

// fromTogether are the packages that have what was in that module.
var fromTogether = map[string]string{ //nolint:gosec // names of packages
	"jsonBodyParser": "@middy/http-json-body-parser", "urlEncodeBodyParser": "@middy/http-urlencode-body-parser", "validator": "@middy/validator",
	"httpHeaderNormalizer": "@middy/http-header-normalizer", "httpEventNormalizer": "@middy/http-event-normalizer", "cors": "@middy/http-cors",
	"httpSecurityHeaders": "@middy/http-security-headers", "httpContentNegotiation": "@middy/http-content-negotiation", "warmup": "@middy/warmup",
	"doNotWaitForEmptyEventLoop": "@middy/do-not-wait-for-empty-event-loop", "ssm": "@middy/ssm", "secretsManager": "@middy/secrets-manager",
}

// middlewareOf is the package that a middleware is of.
func middlewareOf(ref string) string {
	pkg := packageOf(ref)
	if pkg != togetherBefore {
		return pkg
	}
	name := strings.TrimPrefix(strings.TrimPrefix(ref[len(pkg):], "."), "default.")
	name, _, _ = strings.Cut(name, "(")
	return fromTogether[name]
}

// letsThrough reports whether middy stands around a handler with no middleware that catches what fails.
func letsThrough(v *Value) bool {
	if !middy[packageOf(v.ref)] || len(v.wraps) == 0 {
		return false
	}
	return !slices.ContainsFunc(v.middle, func(m *Value) bool {
		if len(m.fields) > 0 && m.ref == "" { // of the application
			return m.fields["onError"] != nil || m.spread != nil
		}
		return !notCatching[middlewareOf(m.ref)]
	})
}

// middlewares are what was given to use: one, or a list.
func middlewares(v *Value) []*Value {
	if v.ref != "" || v.fields["before"] != nil || v.fields["after"] != nil || v.fields["onError"] != nil {
		return []*Value{v}
	}
	var out []*Value
	for i := range len(v.fields) {
		if x := v.fields[itoa(i)]; x != nil {
			out = append(out, x)
		}
	}
	if len(out) == 0 && v.elem != nil {
		out = append(out, v.elem)
	}
	return out
}

// before follows what middlewares do with a request before the handler gets its event.
func (in *interp) before(f frame, middle []*Value, request *Value, at int32) {
	for _, m := range middle {
		event := in.member(f, request, "event", at)
		switch middlewareOf(m.ref) {
		case "@middy/http-json-body-parser", "@middy/http-urlencode-body-parser", "@middy/http-multipart-body-parser", "@middy/event-normalizer":
			in.parsesBody(f, &ir.Expr{At: at, X: &ir.Expr{Kind: ir.Name, Str: packageOf(m.ref)}}, in.member(f, event, "body", at))
			body := in.parsed(f, &ir.Expr{At: at}, in.member(f, event, "body", at))
			in.assign(f, event, "body", body, at)
		case "@aws-lambda-powertools/parser", "@aws-lambda-powertools/parser/middleware":
			if len(m.args) > 0 {
				x := in.enveloped(f, &ir.Expr{At: at}, event, orNothing(m.args[0].fields["envelope"]).ref, orNothing(m.args[0].fields["schema"]))
				in.assign(f, request, "event", x, at)
			}
		case "@middy/validator":
			if len(m.args) > 0 && (m.args[0].fields["eventSchema"] != nil || m.args[0].fields["inputSchema"] != nil) {
				for _, part := range []string{"body", "queryStringParameters", "pathParameters"} {
					checked := []string{"nosql", "prototype-pollution"}
					schema := fieldsOf(schemaOf(m.args[0]))[part]
					if schema == nil || !letsMore(schema) {
						checked = append(checked, "mass-assignment")
					}
					x := cleanedBy(in.member(f, event, part, at), checked)
					if schema != nil {
						x = in.shaped(f, x, schema, at, 0)
					}
					in.assign(f, event, part, x, at)
				}
			}
		}
		in.hook(m, "before", request)
	}
}

// after follows what middlewares do when the handler has answered or failed.
func (in *interp) after(middle []*Value, request *Value) {
	for _, m := range middle {
		in.hook(m, "after", request)
		in.hook(m, "onError", request)
	}
}

func (in *interp) hook(m *Value, name string, request *Value) {
	for _, c := range orNothing(m.fields[name]).fns {
		if name == "before" && !slices.Contains(in.befores, c.fn) {
			in.befores = append(in.befores, c.fn)
		}
		in.invoke(frame{c.scope, c.fn.File}, c, c.this, &arguments{list: []*Value{request}}, c.fn.Start)
	}
}

// wrapped is a call of what a library made of functions: they get what it is given.
func (in *interp) wrapped(f frame, e *ir.Expr, callee *Value, args *arguments) *Value {
	if len(callee.middle) > 0 && len(args.list) > 0 {
		context := args.get(1)
		if context == nil || context == nothing {
			context = &Value{ref: "lambda.context"}
		}
		request := &Value{fields: map[string]*Value{"event": args.list[0], "context": context}}
		in.before(f, callee.middle, request, e.At)
		given := *args
		given.list = append([]*Value{in.member(f, request, "event", e.At), in.member(f, request, "context", e.At)}, args.list[min(2, len(args.list)):]...)
		args = &given
		defer in.after(callee.middle, request)
	}
	var out *Value
	for _, c := range callee.wraps {
		out = join(out, in.invoke(f, c, c.this, args, e.At))
	}
	return orNothing(out)
}

// schemaOf is the schema of an event that the validator of middy is given.
func schemaOf(options *Value) *Value {
	for _, name := range []string{"eventSchema", "inputSchema"} {
		if s := options.fields[name]; s != nil {
			if strings.HasSuffix(s.ref, "transpileSchema()") && len(s.args) > 0 {
				return s.args[0]
			}
			return s
		}
	}
	return nil
}

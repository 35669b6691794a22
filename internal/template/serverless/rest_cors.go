package serverless

import (
	"slices"
	"strings"

	"wardlet.example/internal/model"
	"wardlet.example/internal/template/cloudformation"
)

// preflight gathers what the events of one path say of other origins.
type preflight struct {
	path             string
	at               model.Origin
	origin           *model.Value   // of the last event
	origins          []*model.Value // of all events
	headers, methods []string
	credentials      *model.Value
	maxAge           *model.Value
	cacheControl     *model.Value
}

// allowOrigins notes that other origins may use a route, with the headers given unless it names its own.
func (e *expansion) allowOrigins(path, verb string, cors *model.Value, headers []string) {
	p := e.cors[path]
	if p == nil {
		p = &preflight{path: path}
		e.cors[path] = p
	}
	p.at = cors.Origin
	p.origin = first(cors.Get("origin"), text("*", cors.Origin))
	p.origins = append(p.origins, cors.Get("origins").Elements()...)
	if h := cors.Get("headers"); h.Kind != model.Absent {
		headers = stringsOf(h)
	}
	p.headers = union(headers, p.headers)
	methods := stringsOf(cors.Get("methods"))
	for _, m := range []string{"OPTIONS", strings.ToUpper(verb)} {
		if !slices.Contains(methods, m) {
			methods = append(methods, m)
		}
	}
	p.methods = union(methods, p.methods)
	if p.credentials == nil || !isOn(p.credentials) {
		p.credentials = cors.Get("allowCredentials")
	}
	p.maxAge = laterOf(p.maxAge, cors.Get("maxAge"))
	p.cacheControl = laterOf(p.cacheControl, cors.Get("cacheControl"))
}

func laterOf(before, now *model.Value) *model.Value {
	if now.Kind == model.Absent && before != nil {
		return before
	}
	return now
}

func stringsOf(v *model.Value) []string {
	var out []string
	for _, e := range v.Elements() {
		out = append(out, e.String())
	}
	return out
}

func union(a, b []string) []string {
	out := slices.Clone(a)
	for _, s := range b {
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

// preflights makes the OPTIONS method of each path that other origins may use.
func (e *expansion) preflights() {
	var paths []string
	for path := range e.cors {
		paths = append(paths, path)
	}
	slices.Sort(paths)
	for _, path := range paths {
		e.preflight(e.cors[path])
	}
	e.keepRoutes(e.rest)
}

func (e *expansion) preflight(p *preflight) {
	at := p.at
	headers := p.allowed()
	var answer, declared []model.Field
	for _, h := range headers {
		answer = append(answer, field("method.response.header."+h.Key, h.Value))
		declared = append(declared, field("method.response.header."+h.Key, model.NewBool(true, at)))
	}
	template := text("", at)
	if len(p.origins) > 0 {
		template = text("## the framework's own: answers with the origin that asks, if it is one of "+strings.Join(stringsOf(list(at, p.origins...)), ", "), at)
	}
	response := object(at, field("StatusCode", text("200", at)), field("ResponseParameters", object(at, answer...)),
		field("ResponseTemplates", object(at, field("application/json", template))))
	integration := object(at, field("Type", text("MOCK", at)),
		field("RequestTemplates", object(at, field("application/json", text("{statusCode:200}", at)))),
		field("ContentHandling", text("CONVERT_TO_TEXT", at)), field("IntegrationResponses", list(at, response)))
	method := e.rest.Method(p.path, "options", cloudformation.Auth{At: at}, integration, at, "serverless: cors")
	method.Props = overlay(method.Props, object(at, field("RequestParameters", object(at)), field("MethodResponses", list(at, object(at,
		field("StatusCode", text("200", at)), field("ResponseParameters", object(at, declared...)), field("ResponseModels", object(at)))))))
}

// allowed are the headers that a preflight request is answered with.
func (p *preflight) allowed() []model.Field {
	origin := p.origin
	if s, ok := origin.Scalar(); ok && strings.Contains(s, ",") {
		for _, part := range strings.Split(s, ",") {
			p.origins = append(p.origins, text(strings.TrimSpace(part), origin.Origin))
		}
	}
	if len(p.origins) > 0 {
		origin = p.origins[0]
	}
	methods := strings.ReplaceAll(strings.Join(p.methods, ","), "ANY", "DELETE,GET,HEAD,PATCH,POST,PUT")
	fields := []model.Field{
		field("Access-Control-Allow-Origin", quoted(origin)),
		field("Access-Control-Allow-Headers", text("'"+strings.Join(p.headers, ",")+"'", p.at)),
		field("Access-Control-Allow-Methods", text("'"+methods+"'", p.at)),
	}
	if isOn(p.credentials) {
		fields = append(fields, field("Access-Control-Allow-Credentials", quoted(p.credentials)))
	}
	if isNotZero(p.maxAge) {
		fields = append(fields, field("Access-Control-Max-Age", quoted(p.maxAge)))
	}
	if p.cacheControl.IsSet() == model.Yes {
		fields = append(fields, field("Cache-Control", quoted(p.cacheControl)))
	}
	return fields
}

// allowedOrigin is the origin that a route's own answers name.
func allowedOrigin(cors *model.Value) *model.Value {
	if origins := cors.Get("origins"); origins.Kind == model.List {
		return text(strings.Join(stringsOf(origins), ","), origins.Origin)
	}
	return first(cors.Get("origin"), text("*", cors.Origin))
}

// quoted is a value as API Gateway writes literals in mappings.
func quoted(v *model.Value) *model.Value {
	if s, ok := v.Scalar(); ok {
		return text("'"+s+"'", v.Origin)
	}
	return concat(v.Origin, text("'", v.Origin), v, text("'", v.Origin))
}

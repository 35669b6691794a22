package sam

import (
	"regexp"
	"strings"

	"wardlet.example/internal/model"
	"wardlet.example/internal/template/cloudformation"
)

// elsewhere is an API that the template refers to but does not declare with SAM. Its routes are made all the same, so
// that the event is seen; who may call them is not known unless the event says so.
func elsewhere(e *event, id *model.Value) *api {
	unknown := model.NewPresent("the API is not declared in this template", id.Origin)
	return &api{
		auth: object("DefaultAuthorizer", unknown, id.Origin),
		routes: &cloudformation.Routes{API: id, Prefix: e.id(),
			Root: model.NewPresent("the API is not declared in this template", id.Origin)},
	}
}

// apiOf is the API that an event belongs to.
func (x *expander) apiOf(e *event, id *model.Value, implicit string) *api {
	if id.Kind == model.Absent {
		id = model.NewRef(implicit, "", e.at)
	}
	if r := x.target(id); r != nil && x.apis[r.ID] != nil && (r.Type == restType) == (implicit == implicitREST) {
		return x.apis[r.ID]
	}
	return elsewhere(e, id)
}

// apiEvent adds a method to a REST API.
func (x *expander) apiEvent(e *event) {
	a := x.apiOf(e, e.props.Get("RestApiId"), implicitREST)
	path, ok := x.routePart(e, "Path")
	verb, both := x.routePart(e, "Method")
	if !ok || !both {
		return
	}
	if verb == "" || verb == "*" {
		verb = "ANY"
	}
	own := e.props.Get("Auth")
	auth := a.authorization(own, e.at)
	auth.RequestModel, auth.Validator = x.requestModel(a, e)

	x.method(a, e, path, verb, auth)
	if a.resource != nil {
		a.policyOf(own.Get("ResourcePolicy"), "execute-api:/*/"+star(verb)+wild(path))
	}
	if e.callsFunction() {
		x.permitRoute(e, x.permittedStage(e), a, star(verb)+withoutSlash(wild(path)))
	}
}

// method adds the event's method to its API. Into a document that the template has written itself the transform adds none.
func (x *expander) method(a *api, e *event, path, verb string, auth cloudformation.Auth) {
	if a.written && !a.hasMethod(path, verb) {
		x.warn(e.at, "event "+e.name+" of "+e.of.ID+" adds no route: the document of "+a.resource.ID+" does not have "+verb+" "+path,
			"add the route to the document, or set MergeDefinitions: true")
		return
	}
	before := len(a.routes.Created)
	m := a.routes.Method(path, verb, auth, x.integration(e), e.at, e.by())
	x.adopt(a, e, a.routes.Created[before:])
	switch {
	case len(a.routes.Created) > before:
	case !a.written:
		x.complete(m, e, auth)
	case isTrue(e.props.Path("Auth", "OverrideApiAuth")):
		x.override(m, e, auth)
	}
	if !a.written {
		m.Props = changedIfSet(m.Props, "RequestParameters", requestParameters(e.props.Get("RequestParameters")))
	}
}

// routePart is the Path or Method (in capitals) of a route: empty where it is written and not known. It says no where
// nothing is written that could be one: of such an event no route is made.
func (x *expander) routePart(e *event, key string) (string, bool) {
	v := e.props.Get(key)
	if s := anyText(v); s != "" {
		if key == "Method" {
			s = strings.ToUpper(s)
		}
		return s, true
	}
	switch v.Settled().Kind {
	case model.Unknown, model.Text, model.Ref:
		shown := "shown as /"
		if key == "Method" {
			shown = "shown as ANY"
		} else if e.kind == "HttpApi" {
			shown = "shown as $default"
		}
		x.warn(v.Origin, key+" of event "+e.name+" of "+e.of.ID+" is not known from the files: its route is "+shown, "")
		return "", true
	}
	x.warn(e.at, "event "+e.name+" of "+e.of.ID+" has no "+key+": its route is not made",
		"give it Properties: {Path: /orders, Method: get}")
	return "", false
}

// anyText is the text of a value in the default world, or else in the first world that has one.
func anyText(v *model.Value) string {
	if s := known(v); s != "" || v.Kind != model.OneOf {
		return s
	}
	for _, c := range v.Choices {
		if s := anyText(c.Value); s != "" {
			return s
		}
	}
	return ""
}

// adopt gives new routes the condition of what they belong to. Those of an API that is not in the template stay with the
// function.
func (x *expander) adopt(a *api, e *event, created []*model.Resource) {
	for _, r := range created {
		if r.Condition == nil && r.Type != "AWS::ApiGateway::Resource" {
			r.Condition = e.of.Condition
		}
		if a.resource == nil {
			x.add(e.of, r)
		}
	}
}

// complete fills in a method that the API's OpenAPI document has already: SAM adds the integration, and who may call it
// where the event says so.
func (x *expander) complete(m *model.Resource, e *event, auth cloudformation.Auth) {
	if m.Props.Get("Integration").Kind == model.Absent {
		m.Props = with(m.Props, "Integration", x.integration(e))
	}
	x.override(m, e, auth)
}

// override lets an event decide who may call its method.
func (x *expander) override(m *model.Resource, e *event, auth cloudformation.Auth) {
	if e.props.Path("Auth", "Authorizer").IsSet() != model.No {
		secure(m, auth)
	}
	if key := e.props.Path("Auth", "ApiKeyRequired"); key.Kind != model.Absent {
		m.Props = with(m.Props, "ApiKeyRequired", key)
	}
}

func changedIfSet(m *model.Value, key string, v *model.Value) *model.Value {
	if v.Kind == model.Absent {
		return m
	}
	return with(m, key, v)
}

// integration calls the function, or starts the state machine by a role made for it.
func (x *expander) integration(e *event) *model.Value {
	if e.callsFunction() {
		return cloudformation.LambdaProxy(e.arn(), e.at)
	}
	var f fields
	f.set("Type", text("AWS", e.at))
	f.set("IntegrationHttpMethod", text("POST", e.at))
	f.set("Uri", pattern("arn:${Partition}:apigateway:${Region}:states:action/StartExecution", nil, e.at))
	f.set("Credentials", x.startRole(e, "apigateway.amazonaws.com"))
	f.set("RequestTemplates", startTemplates(e))
	return f.make(e.at)
}

// startTemplates turn a request into the start of a state machine.
func startTemplates(e *event) *model.Value {
	input := `$util.escapeJavaScript($input.json('$'))`
	if isTrue(e.props.Get("UnescapeMappingTemplate")) {
		input += `.replaceAll("\\'","'")`
	}
	body := joinedText([]*model.Value{
		text(`{"input": "`+input+`", "stateMachineArn": "`, e.at), model.NewRef(e.of.ID, "", e.at), text(`"}`, e.at),
	}, e.at)
	return object("application/json", body, e.at)
}

// requestModel is what requests are checked against, with the validator that does it.
func (x *expander) requestModel(a *api, e *event) (models, validator *model.Value) {
	m := e.props.Get("RequestModel")
	if m.IsSet() == model.No {
		return nil, nil
	}
	models = object("application/json", m.Get("Model"), m.Origin)
	body, params := m.Get("ValidateBody"), m.Get("ValidateParameters")
	if a.resource == nil || body.Kind == model.Absent && params.Kind == model.Absent {
		return models, nil
	}
	var f fields
	f.set("RestApiId", a.routes.API)
	f.set("ValidateRequestBody", or(body, model.NewBool(false, m.Origin)))
	f.set("ValidateRequestParameters", or(params, model.NewBool(false, m.Origin)))
	v := x.make(e.of, e.id()+"Validator", "AWS::ApiGateway::RequestValidator", f, m.Origin, e.by())
	return models, model.NewRef(v.ID, "", m.Origin)
}

// requestParameters says which parameters a request must have: SAM takes names, or names with settings.
func requestParameters(list *model.Value) *model.Value {
	var out []model.Field
	for _, p := range list.Elements() {
		if s, ok := p.Scalar(); ok {
			out = append(out, cloudformation.Field(s, model.NewBool(false, p.Origin)))
			continue
		}
		for _, f := range p.Settled().Fields {
			required := or(f.Value.Get("Required"), model.NewBool(false, f.Value.Origin))
			out = append(out, model.Field{Key: f.Key, At: f.At, Value: required})
		}
	}
	if len(out) == 0 {
		return model.NewAbsent(list.Origin)
	}
	return model.NewMap(out, list.Origin)
}

// httpAPIEvent adds a route to an HTTP API: the default route where the event names no path.
func (x *expander) httpAPIEvent(e *event) {
	a := x.apiOf(e, e.props.Get("ApiId"), implicitHTTP)
	path, verb := "", ""
	if e.props.Get("Path").IsSet() != model.No || e.props.Get("Method").IsSet() != model.No {
		var hasPath, hasVerb bool
		path, hasPath = x.routePart(e, "Path")
		verb, hasVerb = x.routePart(e, "Method")
		if !hasPath || !hasVerb {
			return
		}
	}
	if verb == "" || verb == "*" || verb == "X-AMAZON-APIGATEWAY-ANY-METHOD" {
		verb = "ANY"
	}
	key, call := verb+" "+path, star(verb)+withoutSlash(wild(path))
	if path == "" || path == "$default" {
		path, key, call = "$default", "$default", star(verb)
	}
	if path == "/$default" && verb == "ANY" {
		call = "$default"
	}
	auth := a.authorization(e.props.Get("Auth"), e.at)
	x.route(a, e, path, verb, key, auth)
	if path == "$default" || !x.hasDefaultRoute(e, a) {
		x.permitRoute(e, "", a, call)
	}
}

// hasDefaultRoute reports whether another event of the function is the API's default route: the permission for that one
// holds for all.
func (x *expander) hasDefaultRoute(e *event, a *api) bool {
	if a.resource == nil {
		return false
	}
	found, seen := x.defaults[e.of.ID]
	if !seen {
		found = map[string]bool{}
		for _, f := range e.of.Props.Get("Events").Settled().Fields {
			p := f.Value.Settled().Get("Properties")
			if path := known(p.Get("Path")); known(f.Value.Settled().Get("Type")) == "HttpApi" && (path == "" || path == "$default") &&
				anyMethod(p.Get("Method")) {
				found[apiID(p.Get("ApiId"))] = true
			}
		}
		x.defaults[e.of.ID] = found
	}
	return found[a.resource.ID]
}

func anyMethod(v *model.Value) bool {
	s := strings.ToLower(known(v))
	return v.Kind == model.Absent || s == "any" || s == "x-amazon-apigateway-any-method"
}

func apiID(v *model.Value) string {
	if v = v.Settled(); v.Kind == model.Ref {
		return v.Str
	}
	return implicitHTTP
}

// route adds a route, unless the API's OpenAPI document has it.
func (x *expander) route(a *api, e *event, path, verb, key string, auth cloudformation.Auth) {
	prefix := e.id()
	if a.resource != nil {
		prefix = a.resource.ID
	}
	id := prefix + "Route" + cloudformation.PathName(path) + verb[:1] + strings.ToLower(verb[1:])
	if r := a.routes.Made(id); r != nil {
		x.completeRoute(a, r, e, auth)
		return
	}
	before := len(a.routes.Created)
	a.routes.Route(id, key, auth, e.arn(), e.at, e.by())
	x.adopt(a, e, a.routes.Created[before:])
}

// completeRoute is complete for a route of an HTTP API.
func (x *expander) completeRoute(a *api, route *model.Resource, e *event, auth cloudformation.Auth) {
	if r := a.routes.Made(route.ID + "Integration"); r != nil && r.Props.Get("IntegrationUri").Kind == model.Absent {
		r.Props = with(r.Props, "IntegrationUri", e.arn())
	}
	if e.props.Path("Auth", "Authorizer").IsSet() != model.No {
		secure(route, auth)
	}
}

// permitRoute lets API Gateway call the function for one route.
func (x *expander) permitRoute(e *event, stage string, a *api, route string) {
	var f fields
	f.set("SourceArn", pattern("arn:${Partition}:execute-api:${Region}:${Account}:${Api}/*/", only(a.routes.API), e.at))
	f[0].Value = model.NewText([]*model.Value{f[0].Value, text(route, e.at)}, e.at)
	x.permit(e, e.id()+"Permission"+stage, "apigateway.amazonaws.com", f)
}

// permittedStage is the part of a permission's logical ID that stands for the stages that may call: the name of the API's
// stage, as far as the template writes it out.
func (x *expander) permittedStage(e *event) string {
	id := e.props.Get("RestApiId")
	if id.Kind == model.Absent {
		id = model.NewRef(implicitREST, "", e.at)
	}
	api := x.target(id)
	if api == nil {
		return "AllStages"
	}
	if name := x.raw[api.ID].Get("StageName"); name.Kind == model.String {
		return suffix(name.Str)
	}
	return "Stage"
}

// withoutSlash is a path as API Gateway knows it: without a slash at its end.
func withoutSlash(path string) string {
	if len(path) > 1 {
		return strings.TrimSuffix(path, "/")
	}
	return path
}

// star is a verb in a permission.
func star(verb string) string {
	if verb == "ANY" {
		return "*"
	}
	return verb
}

var pathParameter = regexp.MustCompile(`\{[^}]*\}`)

// wild is a path in a permission: parameters stand for anything.
func wild(path string) string { return pathParameter.ReplaceAllString(path, "*") }

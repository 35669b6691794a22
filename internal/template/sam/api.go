package sam

import (
	"strings"

	"wardlet.example/internal/model"
	"wardlet.example/internal/template/cloudformation"
)

const restType = "AWS::ApiGateway::RestApi"

// api is one API that events can add routes to.
type api struct {
	resource *model.Resource
	auth     *model.Value // the Auth section
	routes   *cloudformation.Routes
	written  bool // its document stands in the template or beside it, and events add nothing to it

	statements []*model.Value // of the resource policy, from events
	declared   map[string]*model.Value
}

// restAPI makes a REST API with what stands around it: stage, authorizers, usage plan, domain.
func (x *expander) restAPI(r *model.Resource) {
	own := r.Props
	a := &api{resource: r, auth: own.Get("Auth"), routes: &cloudformation.Routes{
		API: model.NewRef(r.ID, "", r.Origin), Root: model.NewRef(r.ID, "RootResourceId", r.Origin), Prefix: r.ID,
	}}
	x.apis[r.ID] = a
	if isImplicit(r) {
		r.Generated = "SAM: implicit API of events"
	}
	r.Type = restType
	r.Attributes = withCors(r.Attributes, own.Get("Cors"))
	r.Props = x.restProperties(own)
	x.restStage(r, own)
	x.authorizers(a, x.restAuthorizer)
	x.usagePlan(r, a.auth.Get("UsagePlan"))
	x.restDomain(r, own.Get("Domain"))
	x.models(r, own.Get("Models"))
	x.bodyRoutes(a)
	a.written = r.Props.Path("Body", "paths").Kind == model.Map && !isTrue(own.Get("MergeDefinitions"))
}

// hasMethod reports whether the API has a method already.
func (a *api) hasMethod(path, verb string) bool {
	return a.routes.Made(a.routes.Prefix+"Method"+cloudformation.PathName(path)+verb[:1]+strings.ToLower(verb[1:])) != nil
}

func (x *expander) restProperties(own *model.Value) *model.Value {
	var f fields
	f.set("FailOnWarnings", whereTrue(own.Get("FailOnWarnings")))
	f.copy(own, "Name", "Description", "BinaryMediaTypes", "MinimumCompressionSize", "Mode",
		"ApiKeySourceType", "DisableExecuteApiEndpoint", "SecurityPolicy", "EndpointAccessMode")
	f.set("EndpointConfiguration", endpoint(own.Get("EndpointConfiguration")))
	f.set("Parameters", wrapped("endpointConfigurationTypes", each(own.Get("EndpointConfiguration"), endpointType)))
	f.set("Policy", resourcePolicy(own.Path("Auth", "ResourcePolicy"), "execute-api:/*"))
	x.body(&f, own, "BodyS3Location")
	return f.make(own.Origin)
}

// body is the OpenAPI document of an API: written in the template, or read from a file beside it.
func (x *expander) body(f *fields, own *model.Value, elsewhere string) {
	f.rename(own, "DefinitionBody", "Body")
	uri := own.Get("DefinitionUri")
	if uri.Kind == model.Absent {
		return
	}
	place := location(uri, "Bucket", "Key", "Version")
	if place.Kind == model.Map {
		f.set(elsewhere, place)
		return
	}
	f.set("Body", x.template.Resolve(x.file(uri)))
}

// whereTrue is a switch that is left out where it is off.
func whereTrue(v *model.Value) *model.Value {
	return each(v, func(v *model.Value) *model.Value {
		if v.EqualsText("false") == model.Yes {
			return model.NewAbsent(v.Origin)
		}
		return v
	})
}

// endpoint writes the endpoint's type, which SAM takes as one word, as the list that CloudFormation wants.
func endpoint(config *model.Value) *model.Value {
	return each(config, func(config *model.Value) *model.Value {
		switch {
		case config.IsScalar():
			return object("Types", list(config.Origin, config), config.Origin)
		case config.Kind != model.Map:
			return config
		}
		var f fields
		if t := config.Get("Type"); t.Kind != model.Absent {
			f.set("Types", list(t.Origin, t))
		}
		f.rename(config, "VPCEndpointIds", "VpcEndpointIds")
		f.copy(config, "VpcEndpointIds", "IpAddressType")
		return f.make(config.Origin)
	})
}

// endpointType is the type of an endpoint, however it is written.
func endpointType(config *model.Value) *model.Value {
	if config.Kind == model.Map {
		return config.Get("Type")
	}
	return config
}

// withCors keeps the CORS settings of a REST API where rules can see them: the attribute Cors, always a map, without the
// inner quotes that API Gateway wants.
func withCors(attributes, cors *model.Value) *model.Value {
	if cors.Kind == model.Absent {
		return attributes
	}
	return with(attributes, "Cors", each(cors, func(v *model.Value) *model.Value {
		switch {
		case v.IsScalar():
			return object("AllowOrigin", unquoted(v), v.Origin)
		case v.Kind != model.Map:
			return v
		}
		f := make([]model.Field, len(v.Fields))
		for i, c := range v.Fields {
			c.Value = each(c.Value, unquoted)
			f[i] = c
		}
		return model.NewMap(f, v.Origin)
	}))
}

func unquoted(v *model.Value) *model.Value {
	if v.Kind != model.String {
		return v
	}
	return text(strings.Trim(v.Str, "'"), v.Origin)
}

// restStage makes the API's deployment and stage.
func (x *expander) restStage(r *model.Resource, own *model.Value) {
	what := by("stage", r)
	id := model.NewRef(r.ID, "", r.Origin)
	deployment := x.make(r, r.ID+"Deployment", "AWS::ApiGateway::Deployment",
		fields{cloudformation.Field("RestApiId", id)}, r.Origin, what)
	x.alias(r, "Deployment", deployment)

	var f fields
	f.set("RestApiId", id)
	f.set("DeploymentId", model.NewRef(deployment.ID, "", r.Origin))
	f.copy(own, "StageName", "AccessLogSetting", "TracingEnabled", "MethodSettings", "CacheClusterEnabled",
		"CacheClusterSize", "Variables", "CanarySetting")
	f.set("Tags", tagList(own.Get("Tags")))
	x.alias(r, "Stage", x.make(r, x.stageID(r), "AWS::ApiGateway::Stage", f, r.Origin, what))
}

// stageID is the logical ID of an API's stage: with its name, where the template writes that out.
func (x *expander) stageID(r *model.Resource) string {
	name := x.raw[r.ID].Get("StageName")
	switch {
	case name.Kind != model.String || name.Str == "":
		return r.ID + "Stage"
	case alphanumeric(name.Str):
		return r.ID + name.Str + "Stage"
	}
	return r.ID + "Stage" + hash(name.Str)
}

// models makes the models that requests can be checked against.
func (x *expander) models(r *model.Resource, models *model.Value) {
	for _, m := range models.Settled().Fields {
		at := model.Origin{Pos: m.At, Via: m.Value.Origin.Via}
		var f fields
		f.set("RestApiId", model.NewRef(r.ID, "", at))
		f.set("Name", text(m.Key, at))
		f.set("ContentType", text("application/json", at))
		f.set("Schema", m.Value)
		x.make(r, r.ID+idPart(m.Key)+"Model", "AWS::ApiGateway::Model", f, at, by("model "+m.Key, r))
	}
}

// bodyRoutes spells out the routes of the API's OpenAPI document. SAM writes the authorizers into that document and gives
// the default one to every operation that has none.
func (x *expander) bodyRoutes(a *api) {
	r := *a.resource
	r.Props = with(r.Props, "Body", withSchemes(r.Props.Get("Body").Settled(), a.auth))
	created := cloudformation.FromBody(&r)
	for _, m := range created {
		if m.Condition == nil {
			m.Condition = r.Condition
		}
		a.defaults(m)
	}
	a.routes.Use(created...)
}

// defaults gives a route of the document the API's default authorizer and API key, where it says nothing itself.
func (a *api) defaults(m *model.Resource) {
	if m.Type != "AWS::ApiGateway::Method" && m.Type != "AWS::ApiGatewayV2::Route" {
		return
	}
	route := known(m.Props.Get("HttpMethod")) + known(m.Props.Get("RouteKey"))
	if strings.HasPrefix(route, "OPTIONS") || m.Props.Get("AuthorizationType").EqualsText("NONE") != model.Yes {
		return
	}
	auth := a.authorization(model.NewAbsent(m.Origin), m.Origin)
	if a.auth.Get("DefaultAuthorizer").IsSet() != model.No {
		secure(m, auth)
	}
	if auth.APIKey != nil && m.Type == "AWS::ApiGateway::Method" {
		m.Props = with(m.Props, "ApiKeyRequired", auth.APIKey)
	}
}

// secure replaces who may call a route.
func secure(m *model.Resource, auth cloudformation.Auth) {
	m.Props = with(m.Props, "AuthorizationType", auth.Type)
	m.Props = replacedIfSet(m.Props, "AuthorizerId", auth.Authorizer)
	m.Props = replacedIfSet(m.Props, "AuthorizationScopes", auth.Scopes)
}

// replacedIfSet is a map with another value under a key, or none.
func replacedIfSet(m *model.Value, key string, v *model.Value) *model.Value {
	if v == nil || v.Kind == model.Absent {
		return withoutKey(m, key)
	}
	return with(m, key, v)
}

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
	r.Props = x.restProperties(r, own)
	x.restStage(r, own)
	x.authorizers(a, x.restAuthorizer)
	x.usagePlan(r, a.auth.Get("UsagePlan"))
	x.restDomain(r, own.Get("Domain"))
	x.models(r, own.Get("Models"))
	x.bodyRoutes(a)
}

func (x *expander) restProperties(r *model.Resource, own *model.Value) *model.Value {
	var f fields
	f.set("Name", or(own.Get("Name"), text(r.ID, r.Origin)))
	f.copy(own, "Description", "BinaryMediaTypes", "MinimumCompressionSize", "FailOnWarnings", "Mode",
		"ApiKeySourceType", "DisableExecuteApiEndpoint", "SecurityPolicy", "EndpointAccessMode")
	f.set("EndpointConfiguration", endpoint(own.Get("EndpointConfiguration")))
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
		f.copy(config, "IpAddressType")
		return f.make(config.Origin)
	})
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
	x.alias(r, "Stage", x.make(r, r.ID+stageName(own)+"Stage", "AWS::ApiGateway::Stage", f, r.Origin, what))
}

// stageName is the part of a stage's logical ID that stands for its name.
func stageName(own *model.Value) string {
	if s := known(own.Get("StageName")); alphanumeric(s) {
		return s
	}
	return ""
}

// usagePlan makes a usage plan with its key: one for the API, or one that all APIs share.
func (x *expander) usagePlan(r *model.Resource, plan *model.Value) {
	owner := map[string]string{"PER_API": r.ID, "SHARED": "Serverless"}[known(plan.Get("CreateUsagePlan"))]
	if owner == "" {
		return
	}
	what, at := by("UsagePlan", r), plan.Origin
	var stage fields
	stage.set("ApiId", model.NewRef(r.ID, "", at))
	stage.set("Stage", model.NewRef(x.aliases[r.ID+".Stage"].ID, "", at))
	var p fields
	p.set("ApiStages", list(at, stage.make(at)))
	p.copy(plan, "Description", "Quota", "Throttle", "UsagePlanName")
	p.set("Tags", tagList(plan.Get("Tags")))
	x.alias(r, "UsagePlan", x.make(r, owner+"UsagePlan", "AWS::ApiGateway::UsagePlan", p, at, what))

	var k fields
	k.set("Enabled", model.NewBool(true, at))
	x.alias(r, "ApiKey", x.make(r, owner+"ApiKey", "AWS::ApiGateway::ApiKey", k, at, what))

	var l fields
	l.set("KeyId", model.NewRef(owner+"ApiKey", "", at))
	l.set("KeyType", text("API_KEY", at))
	l.set("UsagePlanId", model.NewRef(owner+"UsagePlan", "", at))
	x.alias(r, "UsagePlanKey", x.make(r, owner+"UsagePlanKey", "AWS::ApiGateway::UsagePlanKey", l, at, what))
}

// restDomain makes the API's own domain name.
func (x *expander) restDomain(r *model.Resource, domain *model.Value) {
	if !perhaps(domain) {
		return
	}
	what, at := by("Domain", r), domain.Origin
	kind := or(domain.Get("EndpointConfiguration"), text("REGIONAL", at))
	certificate := "RegionalCertificateArn"
	if known(kind) == "EDGE" {
		certificate = "CertificateArn"
	}
	var f fields
	f.copy(domain, "DomainName", "SecurityPolicy", "MutualTlsAuthentication", "OwnershipVerificationCertificateArn")
	f.rename(domain, "CertificateArn", certificate)
	f.set("EndpointConfiguration", endpoint(kind))
	name := x.make(r, r.ID+"DomainName", "AWS::ApiGateway::DomainName", f, at, what)
	name.Condition = both(presence(domain), r.Condition)
	x.alias(r, "DomainName", name)

	var m fields
	m.copy(domain, "DomainName")
	m.set("RestApiId", model.NewRef(r.ID, "", at))
	m.set("Stage", model.NewRef(x.aliases[r.ID+".Stage"].ID, "", at))
	if paths := domain.Get("BasePath").Elements(); len(paths) > 0 {
		m.set("BasePath", paths[0])
	}
	mapping := x.make(r, r.ID+"BasePathMapping", "AWS::ApiGateway::BasePathMapping", m, at, what)
	mapping.Condition = name.Condition
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
	if auth.Authorizer != nil && auth.Authorizer.Kind != model.Absent {
		m.Props = with(m.Props, "AuthorizerId", auth.Authorizer)
	}
	if auth.Scopes != nil && auth.Scopes.Kind != model.Absent {
		m.Props = with(m.Props, "AuthorizationScopes", auth.Scopes)
	}
}

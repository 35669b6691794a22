package sam

import (
	"wardlet.example/internal/model"
	"wardlet.example/internal/template/cloudformation"
)

// httpAPI makes an HTTP API with its stage, authorizers and domain.
func (x *expander) httpAPI(r *model.Resource) {
	own := r.Props
	a := &api{resource: r, auth: own.Get("Auth"), routes: &cloudformation.Routes{API: model.NewRef(r.ID, "", r.Origin)}}
	x.apis[r.ID] = a
	if isImplicit(r) {
		r.Generated = "SAM: implicit API of events"
	}
	var f fields
	f.set("Name", or(own.Get("Name"), text(r.ID, r.Origin)))
	f.set("ProtocolType", text("HTTP", r.Origin))
	f.set("CorsConfiguration", httpCors(own.Get("CorsConfiguration")))
	f.copy(own, "Description", "FailOnWarnings", "DisableExecuteApiEndpoint", "Tags")
	x.body(&f, own, "BodyS3Location")
	r.Type = "AWS::ApiGatewayV2::Api"
	r.Props = f.make(own.Origin)

	x.httpStage(r, own)
	x.authorizers(a, x.httpAuthorizer)
	x.httpDomain(r, own.Get("Domain"))
	x.bodyRoutes(a)
}

// httpCors spells out the short forms: true lets every origin in, a string one.
func httpCors(cors *model.Value) *model.Value {
	return each(cors, func(v *model.Value) *model.Value {
		s, ok := v.Scalar()
		switch {
		case !ok:
			return v
		case isTrue(v):
			return object("AllowOrigins", texts(v.Origin, "*"), v.Origin)
		case s == "false" || s == "":
			return model.NewAbsent(v.Origin)
		}
		return object("AllowOrigins", list(v.Origin, unquoted(v)), v.Origin)
	})
}

func (x *expander) httpStage(r *model.Resource, own *model.Value) {
	id := r.ID + "ApiGatewayDefaultStage"
	if own.Get("StageName").IsSet() != model.No {
		id = r.ID + stageName(own) + "Stage"
	}
	var f fields
	f.set("ApiId", model.NewRef(r.ID, "", r.Origin))
	f.set("StageName", or(own.Get("StageName"), text("$default", r.Origin)))
	f.set("AutoDeploy", model.NewBool(true, r.Origin))
	f.copy(own, "AccessLogSettings", "DefaultRouteSettings", "RouteSettings", "StageVariables", "Tags")
	x.alias(r, "Stage", x.make(r, id, "AWS::ApiGatewayV2::Stage", f, r.Origin, by("stage", r)))
}

// httpDomain makes the API's own domain name.
func (x *expander) httpDomain(r *model.Resource, domain *model.Value) {
	if !perhaps(domain) {
		return
	}
	what, at := by("Domain", r), domain.Origin
	var c fields
	c.copy(domain, "CertificateArn", "SecurityPolicy", "OwnershipVerificationCertificateArn")
	c.set("EndpointType", or(domain.Get("EndpointConfiguration"), text("REGIONAL", at)))
	var f fields
	f.copy(domain, "DomainName", "MutualTlsAuthentication")
	f.set("DomainNameConfigurations", list(at, c.make(at)))
	name := x.make(r, r.ID+"DomainName", "AWS::ApiGatewayV2::DomainName", f, at, what)
	name.Condition = both(presence(domain), r.Condition)
	x.alias(r, "DomainName", name)

	var m fields
	m.copy(domain, "DomainName")
	m.set("ApiId", model.NewRef(r.ID, "", at))
	m.set("Stage", model.NewRef(x.aliases[r.ID+".Stage"].ID, "", at))
	if paths := domain.Get("BasePath").Elements(); len(paths) > 0 {
		m.set("ApiMappingKey", paths[0])
	}
	x.make(r, r.ID+"ApiMapping", "AWS::ApiGatewayV2::ApiMapping", m, at, what).Condition = name.Condition
}

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
	f.copy(own, "Name")
	f.set("ProtocolType", text("HTTP", r.Origin))
	f.set("CorsConfiguration", httpCors(own.Get("CorsConfiguration")))
	f.set("FailOnWarnings", whereTrue(own.Get("FailOnWarnings")))
	f.copy(own, "Description", "DisableExecuteApiEndpoint")
	tags := with(own.Get("Tags"), "httpapi:createdBy", text("SAM", r.Origin))
	f.set("Tags", tags)
	x.body(&f, own, "BodyS3Location")
	r.Type = "AWS::ApiGatewayV2::Api"
	r.Props = f.make(own.Origin)

	x.httpStage(r, own, tags)
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

func (x *expander) httpStage(r *model.Resource, own, tags *model.Value) {
	id := x.stageID(r)
	name := or(own.Get("StageName"), text("$default", r.Origin))
	if raw := x.raw[r.ID].Get("StageName"); raw.Kind == model.Absent || raw.EqualsText("$default") == model.Yes {
		id = r.ID + "ApiGatewayDefaultStage"
	}
	var f fields
	f.set("ApiId", model.NewRef(r.ID, "", r.Origin))
	f.set("StageName", name)
	f.set("AutoDeploy", model.NewBool(true, r.Origin))
	f.copy(own, "AccessLogSettings", "DefaultRouteSettings", "RouteSettings", "StageVariables")
	f.set("Tags", tags)
	x.alias(r, "Stage", x.make(r, id, "AWS::ApiGatewayV2::Stage", f, r.Origin, by("stage", r)))
}

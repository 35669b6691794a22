package sam

import (
	"strings"

	"wardlet.example/internal/model"
)

// webSocketAPI makes a WebSocket API with its routes, stage, authorizer and domain.
func (x *expander) webSocketAPI(r *model.Resource) {
	own := r.Props
	all := with(own.Get("Tags"), "websocketapi:createdBy", text("SAM", r.Origin))
	mine := object("websocketapi:createdBy", text("SAM", r.Origin), r.Origin)
	if isTrue(own.Get("PropagateTags")) {
		mine = all
	}
	var f fields
	f.copy(own, "ApiKeySelectionExpression", "Description", "DisableExecuteApiEndpoint", "DisableSchemaValidation", "IpAddressType")
	f.set("Name", or(own.Get("Name"), text(r.ID, r.Origin)))
	f.copy(own, "RouteSelectionExpression")
	f.set("Tags", all)
	f.set("ProtocolType", text("WEBSOCKET", r.Origin))
	r.Type = "AWS::ApiGatewayV2::Api"
	r.Props = f.make(own.Origin)

	stage := or(own.Get("StageName"), text("default", r.Origin))
	var routes []*model.Value
	for _, route := range own.Get("Routes").Settled().Fields {
		if route.Value.Settled().Kind != model.Map {
			x.warn(model.Origin{Pos: route.At}, "route "+route.Key+" of "+r.ID+" is not a map: it is not read", "give it a FunctionArn")
			continue
		}
		routes = append(routes, text(x.socketRoute(r, own, stage, route), r.Origin))
	}
	x.socketStage(r, own, stage, mine, routes)
	x.socketAuthorizer(r, own.Get("Auth"))
	x.webSocketDomain(r, own.Get("Domain"), mine)
}

// webSocketDomain makes the API's own domain name; it has SAM's tag alone.
func (x *expander) webSocketDomain(r *model.Resource, domain, tags *model.Value) {
	x.httpDomain(r, domain)
	if name := x.aliases[r.ID+".DomainName"]; name != nil {
		name.Props = with(name.Props, "Tags", tags)
	}
}

// socketRoute makes a route with its integration and permission, and gives its ID.
func (x *expander) socketRoute(r *model.Resource, own, stage *model.Value, route model.Field) string {
	at := model.Origin{Pos: route.At}
	what, spec, api := by("route "+route.Key, r), route.Value.Settled(), model.NewRef(r.ID, "", at)
	key := strings.TrimPrefix(route.Key, "$")
	id := r.ID + strings.ToUpper(key[:min(1, len(key))]) + strings.ToLower(key[min(1, len(key)):])

	var f fields
	f.set("RouteKey", text(route.Key, at))
	f.set("ApiId", api)
	f.copy(spec, "ApiKeyRequired", "ModelSelectionExpression", "OperationName", "RequestModels", "RequestParameters",
		"RouteResponseSelectionExpression")
	f.set("Target", joinedText([]*model.Value{text("integrations/", at), model.NewRef(id+"Integration", "", at)}, at))
	if auth := own.Get("Auth"); route.Key == "$connect" && auth.IsSet() != model.No {
		f.set("AuthorizationType", auth.Get("AuthType"))
		if known(auth.Get("AuthType")) == "CUSTOM" {
			f.set("AuthorizerId", model.NewRef(r.ID+"ConnectAuthorizer", "", auth.Origin))
		}
	}
	x.make(r, id+"Route", "AWS::ApiGatewayV2::Route", f, at, what)

	function := spec.Get("FunctionArn")
	var i fields
	i.set("ApiId", api)
	i.set("IntegrationType", text("AWS_PROXY", at))
	i.set("IntegrationUri", invocation(function))
	i.rename(spec, "IntegrationTimeout", "TimeoutInMillis")
	x.make(r, id+"Integration", "AWS::ApiGatewayV2::Integration", i, at, what)

	var p fields
	p.set("Action", text("lambda:InvokeFunction", at))
	p.set("FunctionName", function)
	p.set("Principal", text("apigateway.amazonaws.com", at))
	p.set("SourceArn", joinedText([]*model.Value{
		pattern("arn:${Partition}:execute-api:${Region}:${Account}:${Api}/", only(model.NewRef(r.ID, "ApiId", at)), at),
		stage, text("/"+route.Key, at),
	}, at))
	x.make(r, id+"Permission", "AWS::Lambda::Permission", p, at, what)
	return id + "Route"
}

func (x *expander) socketStage(r *model.Resource, own, stage, tags *model.Value, routes []*model.Value) {
	id := r.ID + "Stage"
	switch raw := x.raw[r.ID].Get("StageName"); {
	case raw.Kind == model.Absent:
		id = r.ID + "DefaultStage"
	case raw.Kind == model.String:
		id = r.ID + raw.Str + "Stage"
		if raw.Str == "default" {
			id = r.ID + "DefaultStage"
		}
	}
	var f fields
	f.set("ApiId", model.NewRef(r.ID, "", r.Origin))
	f.set("StageName", stage)
	f.copy(own, "StageVariables", "AccessLogSettings", "DefaultRouteSettings", "RouteSettings")
	f.set("AutoDeploy", model.NewBool(true, r.Origin))
	f.set("Tags", tags)
	made := x.make(r, id, "AWS::ApiGatewayV2::Stage", f, r.Origin, by("stage", r))
	x.alias(r, "Stage", made)
	if own.Get("RouteSettings").IsSet() != model.No && len(routes) > 0 {
		made.Attributes = with(made.Attributes, "DependsOn", list(r.Origin, routes...))
	}
}

// socketAuthorizer makes the function that decides who may connect, and lets API Gateway call it unless it has a role.
func (x *expander) socketAuthorizer(r *model.Resource, auth *model.Value) {
	if known(auth.Get("AuthType")) != "CUSTOM" {
		return
	}
	at, what, function := auth.Origin, by("Auth", r), auth.Get("AuthArn")
	id := r.ID + "ConnectAuthorizer"
	var f fields
	f.set("ApiId", model.NewRef(r.ID, "", at))
	f.rename(auth, "InvokeRole", "AuthorizerCredentialsArn")
	f.set("AuthorizerType", text("REQUEST", at))
	f.set("AuthorizerUri", invocation(function))
	f.copy(auth, "IdentitySource")
	f.set("Name", or(auth.Get("Name"), text(id, at)))
	x.make(r, id, "AWS::ApiGatewayV2::Authorizer", f, at, what)
	if auth.Get("InvokeRole").IsSet() != model.No {
		return
	}
	var p fields
	p.set("Action", text("lambda:InvokeFunction", at))
	p.set("FunctionName", function)
	p.set("Principal", text("apigateway.amazonaws.com", at))
	p.set("SourceArn", pattern("arn:${Partition}:execute-api:${Region}:${Account}:${Api}/authorizers/*",
		only(model.NewRef(r.ID, "", at)), at))
	x.make(r, r.ID+"AuthorizerPermission", "AWS::Lambda::Permission", p, at, what)
}

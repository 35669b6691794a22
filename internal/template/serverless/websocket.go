package serverless

import (
	"strings"

	"wardlet.example/internal/model"
	"wardlet.example/internal/template/cloudformation"
)

// websocketAPI is the service's WebSocket API, or the one of somebody else that it adds routes to.
func (e *expansion) websocketAPI(at model.Origin) *model.Value {
	if id := e.provider.Path("apiGateway", "websocketApiId"); id.Kind != model.Absent {
		return id
	}
	p := e.provider
	fields := []model.Field{
		field("Name", first(p.Get("websocketsApiName"), text(e.service.Stage+"-"+e.service.Name+"-websockets", at))),
		field("RouteSelectionExpression", first(p.Get("websocketsApiRouteSelectionExpression"), text("$request.body.action", at))),
		field("Description", e.websocketTitle(at)), field("ProtocolType", text("WEBSOCKET", at)),
	}
	if isOn(p.Path("websocket", "useProviderTags")) {
		fields = set(fields, "Tags", p.Get("tags"))
	}
	e.add("WebsocketsApi", "AWS::ApiGatewayV2::Api", fields, at, "websocket events")
	return ref("WebsocketsApi", at)
}

func (e *expansion) websocketTitle(at model.Origin) *model.Value {
	return first(e.provider.Get("websocketsDescription"), text("Serverless Websockets", at))
}

func (e *expansion) websocketEvent(ev event) {
	route := first(ev.config.Get("route"), ev.config)
	key, _ := route.Scalar()
	api, at := e.websocketAPI(ev.at), ev.at
	integration := logicalName(ev.function) + "WebsocketsIntegration"
	e.add(integration, "AWS::ApiGatewayV2::Integration", []model.Field{
		field("ApiId", api), field("IntegrationType", text("AWS_PROXY", at)),
		field("IntegrationUri", cloudformation.LambdaProxy(e.target(ev.function, at), at).Get("Uri")),
	}, at, ev.source())
	auth := cloudformation.Auth{At: at, Type: text("NONE", at)}
	if a := ev.config.Get("authorizer"); !noAuthorizer(a) {
		auth = e.websocketAuth(ev, a)
	}
	id := routeName(key) + "WebsocketsRoute"
	e.route(id, ev, api, key, integration, auth)
	if answer := ev.config.Get("routeResponseSelectionExpression"); answer.Kind != model.Absent {
		r := e.byID[id]
		r.Props = overlay(r.Props, object(at, field("RouteResponseSelectionExpression", answer)))
		e.add(id+"Response", "AWS::ApiGatewayV2::RouteResponse", []model.Field{
			field("ApiId", api), field("RouteId", ref(id, at)), field("RouteResponseKey", text("$default", at)),
		}, at, ev.source())
	}
	e.permission(logicalName(ev.function)+"LambdaPermissionWebsockets", ev.function, "apigateway.amazonaws.com", at)
	for _, use := range e.roleUses {
		if use.id == sharedRole {
			e.allow(use.functions[0].Key, "websockets", at, nil, "execute-api:ManageConnections").resources = []*model.Value{
				pattern(at, "arn:${AWS::Partition}:execute-api:*:*:*/@connections/*")}
		}
	}
}

func (e *expansion) websocketAuth(ev event, a *model.Value) cloudformation.Auth {
	at := keyOrigin(ev.config, "authorizer")
	name, _ := a.Scalar()
	target := a.Get("arn")
	if strings.Contains(name, ":") {
		target, name = a, lastPart(name, ":")
	}
	if name == "" {
		name, _ = a.Get("name").Scalar()
	}
	if name == "" {
		name = lastPart(target.String(), ":")
	}
	if strings.EqualFold(name, "aws_iam") {
		return cloudformation.Auth{At: at, Type: text("AWS_IAM", a.Origin)}
	}
	if target.Kind == model.Absent {
		target = e.target(name, at)
	}
	id := logicalName(name) + "WebsocketsAuthorizer"
	e.add(id, "AWS::ApiGatewayV2::Authorizer", []model.Field{
		field("ApiId", e.websocketAPI(at)), field("Name", text(name, at)), field("AuthorizerType", text("REQUEST", at)),
		field("AuthorizerUri", cloudformation.LambdaProxy(target, at).Get("Uri")),
		field("IdentitySource", asList(first(a.Get("identitySource"), texts(at, "route.request.header.Auth")))),
	}, at, "authorizer of "+ev.source())
	e.add(logicalName(name)+"LambdaPermissionWebsockets", "AWS::Lambda::Permission", []model.Field{
		field("FunctionName", target), field("Action", text("lambda:InvokeFunction", at)), field("Principal", text("apigateway.amazonaws.com", at)),
	}, at, "authorizer of "+ev.source())
	return cloudformation.Auth{At: at, Type: text("CUSTOM", a.Origin), Authorizer: ref(id, at)}
}

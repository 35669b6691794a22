package serverless

import (
	"strings"

	"wardlet.example/internal/model"
	"wardlet.example/internal/template/cloudformation"
)

// restRoutes is the service's REST API, made at the first http event.
func (e *expansion) restRoutes(at model.Origin) *cloudformation.Routes {
	if e.rest != nil {
		return e.rest
	}
	shared := e.provider.Get("apiGateway")
	api, root := ref("ApiGatewayRestApi", at), model.NewRef("ApiGatewayRestApi", "RootResourceId", at)
	if id := shared.Get("restApiId"); id.Kind != model.Absent {
		api, root = id, first(shared.Get("restApiRootResourceId"), model.NewPresent("the root of a shared API", id.Origin))
	} else {
		e.restAPI(shared, at)
	}
	e.rest = &cloudformation.Routes{API: api, Root: root, Prefix: "ApiGateway"}
	return e.rest
}

func (e *expansion) restAPI(config *model.Value, at model.Origin) {
	fields := []model.Field{field("Name", text(e.service.Stage+"-"+e.service.Name, at))}
	kind := first(e.provider.Get("endpointType"), text("EDGE", at))
	fields = append(fields, field("EndpointConfiguration", object(at, field("Types", list(at, kind)))))
	if policy := first(config.Get("resourcePolicy"), e.provider.Get("resourcePolicy")); policy.Kind != model.Absent {
		fields = append(fields, field("Policy", object(policy.Origin, field("Version", text("2012-10-17", at)), field("Statement", policy))))
	}
	fields = set(fields, "MinimumCompressionSize", config.Get("minimumCompressionSize"))
	fields = set(fields, "DisableExecuteApiEndpoint", config.Get("disableDefaultEndpoint"))
	e.add("ApiGatewayRestApi", "AWS::ApiGateway::RestApi", fields, at, "http events")
}

func (e *expansion) httpEvent(ev event) {
	verb, path := routeOf(ev.config)
	if path == nil {
		e.warn(ev.at, "the http event of "+ev.function+" has no path", "write path: and method:")
		return
	}
	routes := e.restRoutes(ev.at)
	auth := e.restAuth(ev)
	p, _ := path.Scalar()
	if p == "" {
		p = "{unknown}"
	}
	e.requestSchema(ev, &auth)
	routes.Method(p, verb, auth, e.restIntegration(ev), ev.at, "serverless: "+ev.source())
	if cors := ev.config.Get("cors"); cors.IsSet() == model.Yes && cors.EqualsText("false") != model.Yes {
		e.preflight(routes, p, cors)
	}
	e.keepRoutes(routes)
	e.permission(logicalName(ev.function)+"LambdaPermissionApiGateway", ev.id, "apigateway.amazonaws.com", ev.at,
		field("SourceArn", concat(ev.at, text("arn:aws:execute-api:", ev.at), ref("AWS::Region", ev.at), text(":", ev.at),
			ref("AWS::AccountId", ev.at), text(":", ev.at), routes.API, text("/*/*", ev.at))))
}

// restIntegration is what answers a route: the function, or with "integration: http-proxy" another server.
func (e *expansion) restIntegration(ev event) *model.Value {
	kind, _ := ev.config.Get("integration").Scalar()
	kind = strings.ToUpper(strings.ReplaceAll(kind, "-", "_"))
	switch kind {
	case "HTTP", "HTTP_PROXY":
		return object(ev.at, field("Type", text(kind, ev.at)), field("Uri", ev.config.Path("request", "uri")))
	case "MOCK":
		return object(ev.at, field("Type", text(kind, ev.at)))
	}
	return cloudformation.LambdaProxy(arn(ev.id, ev.at), ev.at)
}

// routeOf reads "GET /path", "path" or {method, path}.
func routeOf(c *model.Value) (string, *model.Value) {
	if s, ok := c.Scalar(); ok {
		if c.Kind == model.Bool {
			return "", nil
		}
		verb, path, found := strings.Cut(strings.TrimSpace(s), " ")
		if !found {
			verb, path = "any", s
		}
		return verb, text(strings.TrimSpace(path), c.Origin)
	}
	verb, _ := c.Get("method").Scalar()
	if verb == "" || verb == "*" {
		verb = "any"
	}
	path := c.Get("path")
	if path.Kind == model.Absent {
		return verb, nil
	}
	return verb, path
}

// preflight is the OPTIONS method that "cors" makes, with the origins it answers.
func (e *expansion) preflight(routes *cloudformation.Routes, path string, cors *model.Value) {
	at := cors.Origin
	origin := first(cors.Get("origin"), cors.Get("origins"), text("*", at))
	params := []model.Field{field("method.response.header.Access-Control-Allow-Origin", quoted(origin))}
	if c := cors.Get("allowCredentials"); c.Kind != model.Absent {
		params = append(params, field("method.response.header.Access-Control-Allow-Credentials", quoted(c)))
	}
	response := object(at, field("StatusCode", text("200", at)), field("ResponseParameters", object(at, params...)))
	integration := object(at, field("Type", text("MOCK", at)), field("IntegrationResponses", list(at, response)))
	routes.Method(path, "options", cloudformation.Auth{At: at}, integration, at, "serverless: cors")
}

func quoted(v *model.Value) *model.Value {
	if s, ok := v.Elements()[0].Scalar(); ok && len(v.Elements()) == 1 {
		return text("'"+s+"'", v.Origin)
	}
	return concat(v.Origin, text("'", v.Origin), text(v.Elements()[0].String(), v.Origin), text("'", v.Origin))
}

// requestSchema notes the models a request is checked against before the function sees it.
func (e *expansion) requestSchema(ev event, auth *cloudformation.Auth) {
	schema := first(ev.config.Path("request", "schemas"), ev.config.Path("request", "schema"))
	if schema.Kind == model.Map {
		auth.RequestModel = schema
		auth.Validator = text("RequestValidator", schema.Origin)
	}
}

// restAuth is who may call a REST route.
func (e *expansion) restAuth(ev event) cloudformation.Auth {
	auth := cloudformation.Auth{At: ev.at}
	if p := ev.config.Get("private"); p.Kind != model.Absent {
		auth.APIKey = p
	}
	a := ev.config.Get("authorizer")
	if noAuthorizer(a) {
		return auth
	}
	auth.At = keyOrigin(ev.config, "authorizer")
	name, isName := a.Scalar()
	if isName {
		a = object(a.Origin, field("name", a))
		if strings.HasPrefix(name, "arn:") {
			a = object(a.Origin, field("arn", a.Get("name")))
		}
	}
	kind, _ := a.Get("type").Scalar()
	switch {
	case strings.EqualFold(name, "aws_iam"), strings.EqualFold(kind, "aws_iam"):
		auth.Type = text("AWS_IAM", a.Origin)
		return auth
	case a.Kind == model.Unknown:
		auth.Type = a
		return auth
	case a.Get("authorizerId").Kind != model.Absent:
		auth.Type = text(orDefault(kind, "CUSTOM"), a.Origin)
		auth.Authorizer = a.Get("authorizerId")
		return auth
	}
	e.restAuthorizer(ev, a, &auth)
	return auth
}

// noAuthorizer reports whether nothing, or an empty text, stands for the authorizer: the framework then makes none.
func noAuthorizer(a *model.Value) bool {
	return a.Kind == model.Absent || a.EqualsText("") == model.Yes || a.EqualsText("false") == model.Yes
}

func orDefault(s, def string) string {
	if s == "" {
		return def
	}
	return s
}

// restAuthorizer makes the authorizer of a route: a user pool by ARN, or a function of the service or elsewhere.
func (e *expansion) restAuthorizer(ev event, a *model.Value, auth *cloudformation.Auth) {
	at := a.Origin
	target := a.Get("arn")
	kind, _ := a.Get("type").Scalar()
	pool := strings.EqualFold(kind, "COGNITO_USER_POOLS") || target.ContainsText(":cognito-idp:") == model.Yes || isPool(target, e)
	name, _ := a.Get("name").Scalar()
	if name == "" {
		name = lastPart(target.String(), ":")
	}
	id := logicalName(plainName(name)) + "ApiGatewayAuthorizer"
	auth.Authorizer = ref(id, at)
	auth.Scopes = a.Get("scopes")
	fields := []model.Field{field("Name", text(name, at)), field("RestApiId", e.restRoutes(ev.at).API)}
	fields = set(fields, "AuthorizerResultTtlInSeconds", a.Get("resultTtlInSeconds"))
	fields = append(fields, field("IdentitySource", first(a.Get("identitySource"), text("method.request.header.Authorization", at))))
	if pool {
		auth.Type = text("COGNITO_USER_POOLS", at)
		fields = append(fields, field("Type", auth.Type), field("ProviderARNs", list(at, target)))
	} else {
		auth.Type = text("CUSTOM", at)
		if target.Kind == model.Absent {
			target = arn(logicalName(name)+"LambdaFunction", at)
		}
		fields = append(fields, field("Type", text(strings.ToUpper(orDefault(kind, "TOKEN")), at)),
			field("AuthorizerUri", cloudformation.LambdaProxy(target, at).Get("Uri")))
	}
	e.add(id, "AWS::ApiGateway::Authorizer", fields, at, "authorizer of "+ev.source())
}

// isPool reports whether an ARN by Fn::GetAtt is that of a user pool of the service.
func isPool(target *model.Value, e *expansion) bool {
	a := target.Get("Fn::GetAtt")
	id := ""
	if s, ok := a.Scalar(); ok {
		id, _, _ = strings.Cut(s, ".")
	} else if a.Kind == model.List && len(a.Items) > 0 {
		id = a.Items[0].String()
	}
	kind, _ := ownTemplate(e.root).Path("Resources", id, "Type").Scalar()
	return kind == "AWS::Cognito::UserPool"
}

func (e *expansion) httpRoutes(at model.Origin) *cloudformation.Routes {
	if e.http != nil {
		return e.http
	}
	config := e.provider.Get("httpApi")
	api := ref("HttpApi", at)
	if id := config.Get("id"); id.Kind != model.Absent {
		api = id
	} else {
		fields := []model.Field{
			field("Name", text(e.service.Stage+"-"+e.service.Name, at)), field("ProtocolType", text("HTTP", at)),
		}
		fields = set(fields, "CorsConfiguration", urlCors(config.Get("cors")))
		fields = set(fields, "DisableExecuteApiEndpoint", config.Get("disableDefaultEndpoint"))
		e.add("HttpApi", "AWS::ApiGatewayV2::Api", fields, at, "httpApi events")
	}
	e.http = &cloudformation.Routes{API: api}
	return e.http
}

func (e *expansion) httpAPIEvent(ev event) {
	key, id := "$default", "HttpApiRouteDefault"
	if s, ok := ev.config.Scalar(); !ok || s != "*" {
		verb, path := routeOf(ev.config)
		if path == nil {
			e.warn(ev.at, "the httpApi event of "+ev.function+" has no path", "write path: and method:")
			return
		}
		p, _ := path.Scalar()
		if p == "" {
			p = "/{unknown}"
		}
		if p != "*" {
			key = strings.ToUpper(verb) + " " + p
			id = "HttpApiRoute" + plainName(strings.ToLower(verb)) + cloudformation.PathName(p)
		}
	}
	routes := e.httpRoutes(ev.at)
	routes.Route(id, key, e.httpAuth(ev), arn(ev.id, ev.at), ev.at, "serverless: "+ev.source())
	e.keepRoutes(routes)
	e.permission(logicalName(ev.function)+"LambdaPermissionHttpApi", ev.id, "apigateway.amazonaws.com", ev.at,
		field("SourceArn", concat(ev.at, text("arn:aws:execute-api:", ev.at), ref("AWS::Region", ev.at), text(":", ev.at),
			ref("AWS::AccountId", ev.at), text(":", ev.at), routes.API, text("/*", ev.at))))
}

func (e *expansion) httpAuth(ev event) cloudformation.Auth {
	auth := cloudformation.Auth{At: ev.at}
	a := ev.config.Get("authorizer")
	if noAuthorizer(a) {
		return auth
	}
	auth.At = keyOrigin(ev.config, "authorizer")
	name, ok := a.Scalar()
	if !ok {
		name, _ = a.Get("name").Scalar()
	}
	kind, _ := a.Get("type").Scalar()
	declared := e.provider.Path("httpApi", "authorizers").Get(name)
	declaredKind, _ := declared.Get("type").Scalar()
	auth.Scopes = a.Get("scopes")
	switch {
	case strings.EqualFold(kind, "aws_iam"), strings.EqualFold(declaredKind, "aws_iam"):
		auth.Type = text("AWS_IAM", a.Origin)
		return auth
	case a.Kind == model.Unknown:
		auth.Type = a
		return auth
	case strings.EqualFold(declaredKind, "request"), strings.EqualFold(kind, "request"):
		auth.Type = text("CUSTOM", a.Origin)
	default:
		auth.Type = text("JWT", a.Origin)
	}
	if id := a.Get("id"); id.Kind != model.Absent {
		auth.Authorizer = id
		return auth
	}
	auth.Authorizer = ref(e.httpAuthorizer(name, declared, auth.Type), a.Origin)
	return auth
}

func (e *expansion) httpAuthorizer(name string, declared, kind *model.Value) string {
	id := "HttpApiAuthorizer" + plainName(name)
	at := declared.Origin
	fields := []model.Field{field("ApiId", e.httpRoutes(at).API), field("Name", text(name, at))}
	if kind.EqualsText("JWT") == model.Yes {
		jwt := set(set(nil, "Audience", declared.Get("audience")), "Issuer", declared.Get("issuerUrl"))
		fields = append(fields, field("AuthorizerType", kind), field("JwtConfiguration", object(at, jwt...)))
	} else {
		target := first(declared.Get("functionArn"), arn(logicalName(declared.Get("functionName").String())+"LambdaFunction", at))
		fields = append(fields, field("AuthorizerType", text("REQUEST", at)), field("AuthorizerUri", cloudformation.LambdaProxy(target, at).Get("Uri")))
	}
	fields = set(fields, "IdentitySource", declared.Get("identitySource"))
	e.add(id, "AWS::ApiGatewayV2::Authorizer", fields, at, "authorizer "+name)
	return id
}

func (e *expansion) websocketEvent(ev event) {
	route := first(ev.config.Get("route"), ev.config)
	key, _ := route.Scalar()
	if e.websocket == nil {
		e.websocket = &cloudformation.Routes{API: ref("WebsocketsApi", ev.at)}
		e.add("WebsocketsApi", "AWS::ApiGatewayV2::Api", []model.Field{
			field("Name", text(e.service.Stage+"-"+e.service.Name+"-websockets", ev.at)), field("ProtocolType", text("WEBSOCKET", ev.at)),
		}, ev.at, "websocket events")
	}
	auth := cloudformation.Auth{At: ev.at}
	if a := ev.config.Get("authorizer"); a.Kind != model.Absent {
		auth = e.websocketAuth(ev, a)
	}
	id := "S" + plainName(strings.ReplaceAll(key, "$", "")) + "WebsocketsRoute"
	e.websocket.Route(id, key, auth, arn(ev.id, ev.at), ev.at, "serverless: "+ev.source())
	e.keepRoutes(e.websocket)
	e.permission(logicalName(ev.function)+"LambdaPermissionWebsockets", ev.id, "apigateway.amazonaws.com", ev.at,
		field("SourceArn", concat(ev.at, text("arn:aws:execute-api:", ev.at), ref("AWS::Region", ev.at), text(":", ev.at),
			ref("AWS::AccountId", ev.at), text(":", ev.at), e.websocket.API, text("/*", ev.at))))
}

func (e *expansion) websocketAuth(ev event, a *model.Value) cloudformation.Auth {
	at := keyOrigin(ev.config, "authorizer")
	name, ok := a.Scalar()
	if !ok {
		name, _ = a.Get("name").Scalar()
	}
	if strings.EqualFold(name, "aws_iam") {
		return cloudformation.Auth{At: at, Type: text("AWS_IAM", a.Origin)}
	}
	target := a.Get("arn")
	if target.Kind == model.Absent {
		target = arn(logicalName(name)+"LambdaFunction", at)
	}
	id := plainName(name) + "WebsocketsAuthorizer"
	e.add(id, "AWS::ApiGatewayV2::Authorizer", []model.Field{
		field("ApiId", ref("WebsocketsApi", at)), field("AuthorizerType", text("REQUEST", at)),
		field("AuthorizerUri", cloudformation.LambdaProxy(target, at).Get("Uri")),
	}, at, "authorizer of "+ev.source())
	return cloudformation.Auth{At: at, Type: text("CUSTOM", a.Origin), Authorizer: ref(id, at)}
}

// apiStages makes the stages of the service's APIs. The framework sets them up partly outside the stack; what is logged,
// traced and throttled is the same.
func (e *expansion) apiStages() {
	logs, tracing := e.provider.Get("logs"), e.provider.Get("tracing")
	stage := func(at model.Origin) *model.Value { return text(e.service.Stage, at) }
	if r := e.byID["ApiGatewayRestApi"]; r != nil {
		at := e.stageOrigin()
		fields := []model.Field{field("RestApiId", ref(r.ID, at)), field("StageName", stage(at))}
		fields = append(fields, accessLogs(logs.Get("restApi"), "AccessLogSetting")...)
		fields = set(fields, "MethodSettings", methodSettings(logs.Get("restApi"), e.provider.Path("apiGateway", "throttle")))
		fields = set(fields, "TracingEnabled", tracing.Get("apiGateway"))
		e.add("ApiGatewayStage", "AWS::ApiGateway::Stage", fields, at, "http events")
	}
	if r := e.byID["HttpApi"]; r != nil {
		at := e.stageOrigin()
		fields := []model.Field{field("ApiId", ref(r.ID, at)), field("StageName", text("$default", at))}
		fields = append(fields, accessLogs(logs.Get("httpApi"), "AccessLogSettings")...)
		e.add("HttpApiStage", "AWS::ApiGatewayV2::Stage", fields, at, "httpApi events")
	}
	if r := e.byID["WebsocketsApi"]; r != nil {
		at := e.stageOrigin()
		fields := []model.Field{field("ApiId", ref(r.ID, at)), field("StageName", stage(at))}
		fields = append(fields, accessLogs(logs.Get("websocket"), "AccessLogSettings")...)
		e.add("WebsocketsDeploymentStage", "AWS::ApiGatewayV2::Stage", fields, at, "websocket events")
	}
}

// stageOrigin is where a stage's settings would be written: the provider's logs, or the provider.
func (e *expansion) stageOrigin() model.Origin {
	if e.provider.Get("logs").Kind == model.Map {
		return keyOrigin(e.provider, "logs")
	}
	return keyOrigin(e.root, "provider")
}

func accessLogs(setting *model.Value, key string) []model.Field {
	off := setting.Kind == model.Absent || setting.EqualsText("false") == model.Yes || setting.Get("accessLogging").EqualsText("false") == model.Yes
	if off {
		return nil
	}
	at := setting.Origin
	log := []model.Field{field("DestinationArn", model.NewPresent("the log group that the framework makes", at))}
	log = set(log, "Format", setting.Get("format"))
	return []model.Field{field(key, object(at, log...))}
}

func methodSettings(logs, throttle *model.Value) *model.Value {
	if logs.Kind == model.Absent && throttle.Kind == model.Absent {
		return model.NewAbsent(logs.Origin)
	}
	at := first(logs, throttle).Origin
	fields := []model.Field{field("HttpMethod", text("*", at)), field("ResourcePath", text("/*", at))}
	if logs.Kind != model.Absent && logs.EqualsText("false") != model.Yes {
		level, data := first(logs.Get("level"), text("INFO", at)), first(logs.Get("fullExecutionData"), model.NewBool(true, at))
		if off := logs.Get("executionLogging"); off.EqualsText("false") == model.Yes {
			level, data = text("OFF", off.Origin), off
		}
		fields = append(fields, field("LoggingLevel", level), field("DataTraceEnabled", data))
	}
	fields = set(fields, "ThrottlingRateLimit", throttle.Get("maxRequestsPerSecond"))
	fields = set(fields, "ThrottlingBurstLimit", throttle.Get("maxConcurrentRequests"))
	return list(at, object(at, fields...))
}

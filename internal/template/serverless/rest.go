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
	e.rest = &cloudformation.Routes{API: api, Root: root, Prefix: "ApiGateway", Name: pathName}
	for _, f := range shared.Get("restApiResources").Fields { // parts of a shared API that other services made
		e.rest.Known(f.Key, f.Value)
	}
	for _, entry := range shared.Get("restApiResources").Elements() {
		if path, ok := entry.Get("path").Scalar(); ok {
			e.rest.Known(path, entry.Get("resourceId"))
		}
	}
	return e.rest
}

func (e *expansion) restAPI(config *model.Value, at model.Origin) {
	endpoint := first(e.provider.Get("endpointType"), text("EDGE", at))
	if s, ok := endpoint.Scalar(); ok {
		endpoint = text(strings.ToUpper(s), endpoint.Origin)
	}
	endpoints := set([]model.Field{field("Types", list(at, endpoint))}, "VpcEndpointIds", e.provider.Get("vpcEndpointIds"))
	fields := []model.Field{field("Name", e.apiName(config, "apiName", at)), field("EndpointConfiguration", object(at, endpoints...))}
	policy := first(config.Get("resourcePolicy"), e.provider.Get("resourcePolicy"))
	if policy.Kind != model.Absent {
		policy = object(policy.Origin, field("Version", text("2012-10-17", at)), field("Statement", policy))
	}
	fields = set(fields, "Policy", policy)
	fields = rename(fields, config, "binaryMediaTypes", "BinaryMediaTypes", "disableDefaultEndpoint", "DisableExecuteApiEndpoint",
		"minimumCompressionSize", "MinimumCompressionSize", "description", "Description")
	if source := config.Get("apiKeySourceType"); source.Kind != model.Absent {
		fields = append(fields, field("ApiKeySourceType", text(strings.ToUpper(source.String()), source.Origin)))
	}
	e.add("ApiGatewayRestApi", "AWS::ApiGateway::RestApi", fields, at, "http events")
}

// apiName is the name of an API: its own, or made of stage and service.
func (e *expansion) apiName(config *model.Value, key string, at model.Origin) *model.Value {
	if name := first(e.provider.Get(key), config.Get("name")); name.Kind != model.Absent {
		return name
	}
	if isOn(config.Get("shouldStartNameWithService")) {
		return text(e.stack(), at)
	}
	return text(e.service.Stage+"-"+e.service.Name, at)
}

func (e *expansion) httpEvent(ev event) {
	verb, path := routeOf(ev.config)
	if path == nil {
		e.warn(ev.at, "the http event of "+ev.function+" has no path", "write path: and method:")
		return
	}
	e.counters["http events"]++
	routes := e.restRoutes(ev.at)
	p, _ := path.Scalar()
	if p == "" && path.Kind != model.String {
		p = "{unknown}"
	}
	p = strings.Trim(p, "/")
	auth := e.restAuth(ev)
	method := routes.Method(p, verb, auth, e.restIntegration(ev, verb), ev.at, "serverless: "+ev.source())
	e.describeMethod(ev, method, p, verb)
	if cors := ev.config.Get("cors"); cors.IsSet() == model.Yes && !isOff(cors) {
		e.allowOrigins(p, verb, cors, corsHeaders)
	}
	e.keepRoutes(routes)
	e.permission(logicalName(ev.function)+"LambdaPermissionApiGateway", ev.function, "apigateway.amazonaws.com", ev.at,
		field("SourceArn", e.executeAPI(ev.at, routes.API, "/*/*")))
}

// executeAPI is the ARN of calls to an API.
func (e *expansion) executeAPI(at model.Origin, api *model.Value, rest string) *model.Value {
	return pattern(at, "arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:%v"+rest, api)
}

// keepRoutes takes over what the routes have made since the last call.
func (e *expansion) keepRoutes(r *cloudformation.Routes) {
	for _, c := range r.Created {
		if e.byID[c.ID] == nil {
			e.keep(c)
		}
	}
	r.Created = nil
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
		return anyVerb(verb), text(strings.TrimSpace(path), c.Origin)
	}
	verb, _ := c.Get("method").Scalar()
	path := c.Get("path")
	if path.Kind == model.Absent {
		return anyVerb(verb), nil
	}
	return anyVerb(verb), path
}

func anyVerb(verb string) string {
	if verb == "" || verb == "*" {
		return "any"
	}
	return verb
}

// integrationKind is how a route reaches what answers it, in the words of API Gateway.
func integrationKind(ev event) string {
	kind, _ := ev.config.Get("integration").Scalar()
	switch kind = strings.ToUpper(strings.ReplaceAll(kind, "-", "_")); {
	case kind == "LAMBDA", kind == "" && isOn(ev.config.Get("async")):
		return "AWS"
	case kind == "LAMBDA_PROXY", kind == "":
		return "AWS_PROXY"
	}
	return kind
}

// restIntegration is what answers a route: the function, or with "integration: http-proxy" another server.
func (e *expansion) restIntegration(ev event, verb string) *model.Value {
	kind, at, request := integrationKind(ev), ev.at, ev.config.Get("request")
	fields := []model.Field{field("Type", text(kind, at))}
	switch kind {
	case "HTTP", "HTTP_PROXY":
		fields = set(fields, "Uri", request.Get("uri"))
		method := verb
		if kind == "HTTP" { // of a proxy the framework does not ask
			method = first(request.Get("method"), text(verb, at)).String()
		}
		fields = append(fields, field("IntegrationHttpMethod", text(strings.ToUpper(method), at)))
		if c := ev.config.Get("connectionType"); c.Kind != model.Absent {
			name := strings.ToUpper(strings.ReplaceAll(c.String(), "-", "_"))
			fields = set(append(fields, field("ConnectionType", text(name, c.Origin))), "ConnectionId", ev.config.Get("connectionId"))
		}
	case "MOCK":
		fields = append(fields, field("IntegrationHttpMethod", text("POST", at)))
	default:
		fields = append(fields, field("IntegrationHttpMethod", text("POST", at)),
			field("Uri", cloudformation.LambdaProxy(e.target(ev.function, at), at).Get("Uri")))
	}
	if kind == "AWS" || kind == "HTTP" || kind == "MOCK" {
		fields = append(fields, e.mapped(ev, kind)...)
	}
	if p := integrationParameters(ev, kind); p != nil {
		fields = append(fields, field("RequestParameters", object(at, p...)))
	}
	return object(at, fields...)
}

// describeMethod adds what a method says of its requests and responses.
func (e *expansion) describeMethod(ev event, method *model.Resource, path, verb string) {
	at := ev.at
	if method.Props.Get("RequestParameters").Kind != model.Absent {
		return // the method is there already, from another event
	}
	var parameters []model.Field
	required := false
	for _, p := range requestParameters(ev.config) {
		need := p.Value
		if need.Kind == model.Map {
			need = first(need.Get("required"), model.NewBool(true, need.Origin))
		}
		required = required || !isOff(need)
		parameters = append(parameters, model.Field{Key: p.Key, At: p.At, Value: need})
	}
	fields := []model.Field{field("RequestParameters", object(at, parameters...)), field("MethodResponses", list(at, methodResponses(ev)...))}
	fields = rename(fields, ev.config, "operationId", "OperationName")
	models := e.requestModels(ev, path, verb)
	if required || models != nil {
		fields = append(fields, field("RequestValidatorId", ref(e.validator(at), at)))
	}
	if models != nil {
		fields = append(fields, field("RequestModels", object(at, models...)))
	}
	method.Props = overlay(method.Props, object(at, fields...))
}

// requestParameters lists what a route takes from the request, under API Gateway's names.
func requestParameters(config *model.Value) []model.Field {
	var out []model.Field
	for _, place := range [][2]string{{"querystrings", "querystring"}, {"paths", "path"}, {"headers", "header"}} {
		for _, f := range config.Path("request", "parameters", place[0]).Fields {
			out = append(out, model.Field{Key: "method.request." + place[1] + "." + f.Key, At: f.At, Value: f.Value})
		}
	}
	return out
}

// validator makes the service's one request validator.
func (e *expansion) validator(at model.Origin) string {
	id := "ApiGateway" + plainName(e.service.Name) + "RequestValidator"
	e.add(id, "AWS::ApiGateway::RequestValidator", []model.Field{
		field("RestApiId", e.rest.API), field("ValidateRequestBody", model.NewBool(true, at)),
		field("ValidateRequestParameters", model.NewBool(true, at)),
		field("Name", text(e.stack()+" | Validate request body and querystring parameters", at)),
	}, at, "request schemas of http events")
	return id
}

// requestModels makes the models that a route's request is checked against, by content type.
func (e *expansion) requestModels(ev event, path, verb string) []model.Field {
	var out []model.Field
	schemas := first(ev.config.Path("request", "schemas"), ev.config.Path("request", "schema"))
	for _, f := range schemas.Fields {
		at := fieldOrigin(f)
		id := "ApiGatewayMethod" + pathName(path) + upperFirst(strings.ToLower(verb)) + startCase(f.Key) + "Model"
		declared, content := f.Value, f.Key
		if name, ok := f.Value.Scalar(); ok {
			if shared := e.provider.Path("apiGateway", "request", "schemas").Get(name); shared.Kind != model.Absent {
				id, declared, content = "ApiGateway"+camelName(name)+"Model", shared, "application/json"
			}
		}
		fields := []model.Field{
			field("RestApiId", e.rest.API), field("ContentType", text(content, at)), field("Schema", first(declared.Get("schema"), declared)),
		}
		if declared.Get("schema").Kind != model.Absent {
			fields = rename(fields, declared, "name", "Name", "description", "Description")
		}
		e.add(id, "AWS::ApiGateway::Model", fields, at, "request schema of "+ev.source())
		out = append(out, model.Field{Key: f.Key, At: f.At, Value: ref(id, at)})
	}
	return out
}

// finishREST makes what belongs to the REST API as a whole: the answers to preflight requests, the deployment, keys and plans.
func (e *expansion) finishREST() {
	if e.rest == nil {
		return
	}
	e.preflights()
	at := e.stageOrigin()
	fields := []model.Field{field("RestApiId", e.rest.API), field("StageName", text(e.service.Stage, at))}
	fields = rename(fields, e.provider.Get("apiGateway"), "description", "Description")
	e.add("ApiGatewayDeployment", "AWS::ApiGateway::Deployment", fields, at, "http events").Tool = true
	e.apiKeys()
	e.usagePlans()
}

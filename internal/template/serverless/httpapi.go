package serverless

import (
	"slices"
	"strings"

	"wardlet.example/internal/model"
	"wardlet.example/internal/template/cloudformation"
)

// httpAPI is the service's HTTP API, or the one of somebody else that it adds routes to.
func (e *expansion) httpAPI(at model.Origin) *model.Value {
	config := e.provider.Get("httpApi")
	if id := config.Get("id"); id.Kind != model.Absent {
		return id
	}
	fields := []model.Field{field("Name", e.apiName(config, "", at)), field("ProtocolType", text("HTTP", at))}
	fields = set(fields, "CorsConfiguration", e.httpCors(config.Get("cors")))
	fields = rename(fields, config, "disableDefaultEndpoint", "DisableExecuteApiEndpoint")
	fields = set(fields, "Tags", e.apiTags())
	e.add("HttpApi", "AWS::ApiGatewayV2::Api", fields, at, "httpApi events")
	return ref("HttpApi", at)
}

// apiTags are the provider's tags, as APIs carry them.
func (e *expansion) apiTags() *model.Value { return e.provider.Get("tags") }

// httpMethods are the methods that "*" stands for.
var httpMethods = []string{"GET", "POST", "PUT", "PATCH", "OPTIONS", "HEAD", "DELETE"}

// httpCors spells out the CORS settings of the HTTP API: what is not named is the framework's, and the methods are those of
// the routes.
func (e *expansion) httpCors(cors *model.Value) *model.Value {
	if cors.Kind != model.Map && !isOn(cors) {
		return model.NewAbsent(cors.Origin)
	}
	at := cors.Origin
	methods := cors.Get("allowedMethods")
	if methods.IsSet() == model.No {
		methods = texts(at, e.routedMethods()...)
	}
	fields := []model.Field{
		field("AllowOrigins", asList(first(cors.Get("allowedOrigins"), texts(at, "*")))),
		field("AllowHeaders", asList(first(cors.Get("allowedHeaders"), texts(at, corsHeaders...)))),
		field("AllowMethods", asList(methods)),
	}
	fields = rename(fields, cors, "allowCredentials", "AllowCredentials", "maxAge", "MaxAge")
	if exposed := cors.Get("exposedResponseHeaders"); exposed.Kind != model.Absent {
		fields = append(fields, field("ExposeHeaders", asList(exposed)))
	}
	return object(at, fields...)
}

func asList(v *model.Value) *model.Value {
	if v.IsScalar() {
		return list(v.Origin, v)
	}
	return v
}

// routedMethods are the methods of all routes of the HTTP API, and OPTIONS.
func (e *expansion) routedMethods() []string {
	out := []string{"OPTIONS"}
	for _, section := range e.root.Get("functions").Elements() {
		for _, f := range section.Fields {
			for _, entry := range f.Value.Get("events").Elements() {
				if c := entry.Get("httpApi"); c.Kind != model.Absent {
					out = union(out, methodsOf(c))
				}
			}
		}
	}
	return out
}

func methodsOf(c *model.Value) []string {
	verb := "any"
	if c.EqualsText("*") != model.Yes {
		verb, _ = routeOf(c)
	}
	if strings.EqualFold(verb, "any") {
		return httpMethods
	}
	return []string{strings.ToUpper(verb)}
}

func (e *expansion) httpAPIEvent(ev event) {
	key, name := "$default", "*"
	if ev.config.EqualsText("*") != model.Yes {
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
			name = key
		}
	}
	api, at := e.httpAPI(ev.at), ev.at
	integration := "HttpApiIntegration" + logicalName(ev.function)
	settings := []model.Field{
		field("ApiId", api), field("IntegrationType", text("AWS_PROXY", at)), field("IntegrationUri", e.target(ev.function, at)),
		field("PayloadFormatVersion", first(ev.body.Path("httpApi", "payload"), e.provider.Path("httpApi", "payload"), text("2.0", at))),
		field("TimeoutInMillis", model.NewInt(30000, at)),
	}
	e.add(integration, "AWS::ApiGatewayV2::Integration", settings, at, ev.source())
	e.route(routeID(name), ev, api, key, integration, e.httpAuth(ev))
	e.permission(logicalName(ev.function)+"LambdaPermissionHttpApi", ev.function, "apigateway.amazonaws.com", at,
		field("SourceArn", e.executeAPI(at, api, "/*")))
}

func routeID(name string) string {
	if name == "*" {
		return "HttpApiRouteDefault"
	}
	return "HttpApiRoute" + pathName(name)
}

// route makes a route of an HTTP or WebSocket API.
func (e *expansion) route(id string, ev event, api *model.Value, key, integration string, auth cloudformation.Auth) {
	at := ev.at
	fields := []model.Field{
		field("ApiId", api), field("RouteKey", text(key, at)),
		field("Target", concat(at, text("integrations/", at), ref(integration, at))),
	}
	if auth.Type != nil {
		fields = append(fields, model.Field{Key: "AuthorizationType", At: auth.At.Pos, Value: auth.Type})
	}
	if auth.Authorizer != nil {
		fields = append(fields, field("AuthorizerId", auth.Authorizer))
	}
	if auth.Scopes != nil {
		fields = set(fields, "AuthorizationScopes", auth.Scopes)
	}
	e.add(id, "AWS::ApiGatewayV2::Route", fields, at, ev.source())
}

// httpAuth is who may call a route of the HTTP API.
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
	switch {
	case strings.EqualFold(kind, "aws_iam"), strings.EqualFold(declaredKind, "aws_iam"):
		auth.Type = text("AWS_IAM", a.Origin)
		return auth
	case a.Kind == model.Unknown:
		auth.Type = a
		return auth
	case declared.Kind == model.Absent && a.Get("id").Kind == model.Absent:
		auth.Type = e.notDeclared(name, a.Origin)
		return auth
	case strings.EqualFold(declaredKind, "request"), strings.EqualFold(kind, "request"):
		auth.Type = text("CUSTOM", a.Origin)
	default:
		auth.Type = text("JWT", a.Origin)
	}
	auth.Scopes = a.Get("scopes")
	if id := a.Get("id"); id.Kind != model.Absent {
		auth.Authorizer = id
		return auth
	}
	auth.Authorizer = ref(e.httpAuthorizer(name, declared, auth.Type), a.Origin)
	return auth
}

func (e *expansion) httpAuthorizer(key string, declared, kind *model.Value) string {
	at := declared.Origin
	name := orDefault(first(declared.Get("name"), text(key, at)).String(), key)
	id := "HttpApiAuthorizer" + logicalName(name)
	fields := []model.Field{
		field("ApiId", e.httpAPI(at)), field("Name", text(name, at)),
		field("IdentitySource", asList(first(declared.Get("identitySource"), list(at)))),
	}
	if kind.EqualsText("JWT") == model.Yes {
		jwt := rename(set(nil, "Audience", asList(declared.Get("audience"))), declared, "issuerUrl", "Issuer")
		fields = append(fields, field("AuthorizerType", kind), field("JwtConfiguration", object(at, jwt...)))
		e.add(id, "AWS::ApiGatewayV2::Authorizer", fields, at, "authorizer "+key)
		return id
	}
	target := first(declared.Get("functionArn"), e.target(declared.Get("functionName").String(), at))
	fields = append(fields, field("AuthorizerType", text("REQUEST", at)), field("AuthorizerUri", cloudformation.LambdaProxy(target, at).Get("Uri")),
		field("AuthorizerPayloadFormatVersion", first(declared.Get("payloadVersion"), text("2.0", at))))
	fields = rename(fields, declared, "enableSimpleResponses", "EnableSimpleResponses", "resultTtlInSeconds", "AuthorizerResultTtlInSeconds")
	e.add(id, "AWS::ApiGatewayV2::Authorizer", fields, at, "authorizer "+key)
	if !isOn(declared.Get("managedExternally")) {
		e.add(logicalName(name)+"LambdaAuthorizerPermissionHttpApi", "AWS::Lambda::Permission", []model.Field{
			field("FunctionName", target), field("Action", text("lambda:InvokeFunction", at)),
			field("Principal", text("apigateway.amazonaws.com", at)), field("SourceArn", e.executeAPI(at, e.httpAPI(at), "/*")),
		}, at, "authorizer "+key)
	}
	return id
}

// unusedAuthorizers makes the authorizers that the provider declares and no route names: the framework makes them all the
// same.
func (e *expansion) unusedAuthorizers() {
	if e.byID["HttpApi"] == nil {
		return
	}
	for _, f := range e.provider.Path("httpApi", "authorizers").Fields {
		kind, _ := f.Value.Get("type").Scalar()
		if slices.Contains([]string{"aws_iam", "AWS_IAM"}, kind) {
			continue
		}
		auth := "JWT"
		if strings.EqualFold(kind, "request") {
			auth = "CUSTOM"
		}
		e.httpAuthorizer(f.Key, f.Value, text(auth, fieldOrigin(f)))
	}
}

package cloudformation

import (
	"strings"

	"wardlet.example/internal/model"
)

var verbs = map[string]bool{
	"get": true, "put": true, "post": true, "delete": true, "patch": true, "head": true,
	"options": true, "x-amazon-apigateway-any-method": true,
}

// FromBody spells out the routes of an API that is declared by an OpenAPI document in its Body: methods for a REST API,
// routes for an HTTP API. Other resources give nothing.
func FromBody(api *model.Resource) []*model.Resource {
	body := api.Props.Get("Body")
	paths := body.Get("paths")
	if paths.Kind != model.Map {
		return nil
	}
	routes := &Routes{
		API:    model.NewRef(api.ID, "", api.Origin),
		Root:   model.NewRef(api.ID, "RootResourceId", api.Origin),
		Prefix: api.ID,
	}
	d := document{api: api, body: body, routes: routes}
	d.authorizers()
	for _, p := range paths.Fields {
		for _, m := range d.follow(p.Value).Fields {
			if verbs[strings.ToLower(m.Key)] {
				m.Value = d.follow(m.Value)
				d.operation(p.Key, m)
			}
		}
	}
	return routes.Created
}

// document is an OpenAPI document that declares an API.
type document struct {
	api    *model.Resource
	body   *model.Value
	routes *Routes
}

// maxFollow bounds how many references are followed from one to the next.
const maxFollow = 10

// follow is what a reference inside the document (#/components/...) means. One to another document is an unknown with that
// reason: nothing is fetched.
func (d *document) follow(v *model.Value) *model.Value {
	for range maxFollow {
		target, ok := v.Get("$ref").Scalar()
		if !ok {
			return v
		}
		inside, ok := strings.CutPrefix(target, "#/")
		if !ok {
			return model.NewUnknown("the reference "+target+" leads out of the document", v.Origin)
		}
		next := d.body
		for _, key := range strings.Split(inside, "/") {
			next = next.Path(strings.NewReplacer("~1", "/", "~0", "~").Replace(key))
		}
		if next.Kind == model.Absent {
			return model.NewUnknown("the reference "+target+" leads nowhere", v.Origin)
		}
		v = next
	}
	return model.NewUnknown("references that lead to each other", v.Origin)
}

// BodyProblems tells of the references of an API's document that are not followed, so that what they declare is not seen.
func BodyProblems(api *model.Resource) []model.Diagnostic {
	body := api.Props.Get("Body")
	d := document{api: api, body: body}
	var out []model.Diagnostic
	note := func(v *model.Value) {
		if w := d.follow(v); w.Kind == model.Unknown && v.Kind == model.Map {
			out = append(out, model.Diagnostic{
				Pos: v.Origin.Pos, Level: model.Warning, Incomplete: true,
				Message: "a path of the API " + api.ID + " is not seen: " + w.Str, Hint: "write it into the document itself",
			})
		}
	}
	for _, p := range body.Get("paths").Fields {
		note(p.Value)
		for _, m := range d.follow(p.Value).Fields {
			if verbs[strings.ToLower(m.Key)] {
				note(m.Value)
			}
		}
	}
	return out
}

const byBody = "operation of the API's OpenAPI document"

func (d *document) operation(path string, op model.Field) {
	verb := strings.ToUpper(op.Key)
	if strings.HasPrefix(op.Key, "x-") {
		verb = "ANY"
	}
	at := model.Origin{Pos: op.At, Via: op.Value.Origin.Via}
	integration := renameKeys(d.follow(op.Value.Get("x-amazon-apigateway-integration")))
	auth := d.auth(op.Value, at)
	if d.api.Type == "AWS::ApiGatewayV2::Api" {
		id, key := d.api.ID+"Route"+PathName(path)+methodName(verb), verb+" "+path
		if strings.Trim(path, "/") == "$default" {
			key = "$default"
		}
		d.routes.Route(id, key, auth, integration.Get("Uri"), at, byBody)
		d.routes.describe(id+"Integration", integration)
		return
	}
	d.checked(op.Value, &auth)
	d.routes.Method(path, verb, auth, integration, at, byBody)
}

// checked notes what a request must look like before it is let through: the schema of its body, where a validator that the
// document declares asks for it.
func (d *document) checked(op *model.Value, auth *Auth) {
	name := op.Get("x-amazon-apigateway-request-validator")
	if name.Kind == model.Absent {
		name = d.body.Get("x-amazon-apigateway-request-validator")
	}
	s, ok := name.Scalar()
	if !ok {
		return
	}
	validator := d.body.Path("x-amazon-apigateway-request-validators", s)
	if validator.Kind == model.Map && validator.Get("validateRequestBody").EqualsText("true") != model.Yes && validator.Get("validateRequestParameters").EqualsText("true") != model.Yes {
		return
	}
	auth.Validator = name
	var models []model.Field
	for _, content := range d.follow(op.Get("requestBody")).Get("content").Fields {
		models = appendSet(models, content.Key, d.follow(content.Value.Get("schema")))
	}
	for _, p := range op.Get("parameters").Elements() { // Swagger 2.0
		if p = d.follow(p); p.Get("in").EqualsText("body") == model.Yes {
			models = appendSet(models, "application/json", d.follow(p.Get("schema")))
		}
	}
	if models != nil && validator.Get("validateRequestBody").EqualsText("false") != model.Yes {
		auth.RequestModel = model.NewMap(models, op.Origin)
	}
}

// describe takes over how an integration of an HTTP API is declared in its document.
func (r *Routes) describe(id string, declared *model.Value) {
	res := r.byID[id]
	fields := append([]model.Field{}, res.Props.Fields...)
	for i := range fields {
		if kind := declared.Get("Type"); fields[i].Key == "IntegrationType" && kind.Kind != model.Absent {
			fields[i].Value = kind
		}
	}
	for _, key := range []string{"ConnectionType", "ConnectionId", "IntegrationSubtype", "RequestParameters", "PayloadFormatVersion"} {
		fields = appendSet(fields, key, declared.Get(key))
	}
	fields = appendSet(fields, "CredentialsArn", declared.Get("Credentials"))
	res.Props = model.NewMap(fields, res.Props.Origin)
}

// authorizers makes the authorizers that the document declares among its security schemes.
func (d *document) authorizers() {
	rest := d.api.Type == "AWS::ApiGateway::RestApi"
	for _, f := range schemes(d.body).Fields {
		declared := f.Value.Get("x-amazon-apigateway-authorizer")
		if declared.Kind != model.Map {
			continue
		}
		at := model.Origin{Pos: f.At, Via: f.Value.Origin.Via}
		kind, _ := declared.Get("type").Scalar()
		fields := []model.Field{field("Name", model.NewString(f.Key, at), at)}
		typ, word := "AWS::ApiGatewayV2::Authorizer", "AuthorizerType"
		if rest {
			typ, word = "AWS::ApiGateway::Authorizer", "Type"
			fields = append(fields, field("RestApiId", d.routes.API, at))
		} else {
			fields = append(fields, field("ApiId", d.routes.API, at))
		}
		fields = append(fields, field(word, model.NewString(strings.ToUpper(kind), at), at))
		fields = appendSet(fields, "AuthorizerUri", declared.Get("authorizerUri"))
		fields = appendSet(fields, "IdentitySource", declared.Get("identitySource"))
		fields = appendSet(fields, "AuthorizerResultTtlInSeconds", declared.Get("authorizerResultTtlInSeconds"))
		fields = appendSet(fields, "ProviderARNs", declared.Get("providerARNs"))
		fields = appendSet(fields, "JwtConfiguration", renameKeys(declared.Get("jwtConfiguration")))
		d.routes.add(d.api.ID+upperFirst(notName.ReplaceAllString(f.Key, ""))+"Authorizer", typ, fields, at, "security scheme of the API's OpenAPI document")
	}
}

// renameKeys turns the keys of an OpenAPI integration (uri, type) into those of a method (Uri, Type).
func renameKeys(integration *model.Value) *model.Value {
	if integration.Kind != model.Map {
		return integration
	}
	fields := make([]model.Field, len(integration.Fields))
	for i, f := range integration.Fields {
		key, v := upperFirst(f.Key), f.Value
		switch f.Key {
		case "httpMethod":
			key = "IntegrationHttpMethod"
		case "subtype", "integrationSubtype":
			key = "IntegrationSubtype"
		case "type":
			if s, ok := v.Scalar(); ok {
				v = model.NewString(strings.ToUpper(s), v.Origin)
			}
		}
		fields[i] = model.Field{Key: key, At: f.At, Value: v}
	}
	return model.NewMap(fields, integration.Origin)
}

// auth reads who may call an operation from its security requirement, or else from the document's.
func (d *document) auth(op *model.Value, at model.Origin) Auth {
	security := op.Get("security")
	if security.Kind == model.Absent {
		security = d.body.Get("security")
	}
	auth := Auth{At: at}
	if security.Kind == model.Unknown {
		auth.Type = security
		return auth
	}
	for _, requirement := range security.Elements() {
		for _, f := range requirement.Fields {
			auth.require(d.follow(schemes(d.body).Get(f.Key)), f)
			if made := d.routes.byID[d.api.ID+upperFirst(notName.ReplaceAllString(f.Key, ""))+"Authorizer"]; made != nil {
				auth.Authorizer = model.NewRef(made.ID, "", at)
			}
		}
	}
	if t, ok := op.Path("x-amazon-apigateway-auth", "type").Scalar(); ok && auth.Type == nil {
		auth.Type = model.NewString(t, op.Origin)
	}
	return auth
}

func schemes(body *model.Value) *model.Value {
	if s := body.Path("components", "securitySchemes"); s.Kind != model.Absent {
		return s
	}
	return body.Get("securityDefinitions")
}

// require adds what one security scheme demands of the caller.
func (a *Auth) require(scheme *model.Value, f model.Field) {
	at := model.Origin{Pos: f.At}
	kind, _ := scheme.Get("x-amazon-apigateway-authtype").Scalar()
	authorizer := scheme.Get("x-amazon-apigateway-authorizer")
	of, _ := authorizer.Get("type").Scalar()
	jwt := authorizer.Get("jwtConfiguration").Kind != model.Absent
	switch {
	case scheme.Kind == model.Absent:
		a.Type = model.NewPresent("security scheme "+f.Key+" is not declared", at)
	case strings.EqualFold(kind, "awsSigv4"):
		a.Type = model.NewString("AWS_IAM", at)
	case strings.EqualFold(kind, "cognito_user_pools"), of == "cognito_user_pools":
		a.Type = model.NewString("COGNITO_USER_POOLS", at)
	case of == "jwt" || jwt:
		a.Type = model.NewString("JWT", at)
	case authorizer.Kind != model.Absent:
		a.Type = model.NewString("CUSTOM", at)
	case isAPIKey(scheme):
		a.APIKey = model.NewBool(true, at)
	default:
		a.Type = model.NewPresent("security scheme "+f.Key+" is not one of API Gateway's", at)
	}
}

func isAPIKey(scheme *model.Value) bool {
	kind, _ := scheme.Get("type").Scalar()
	name, _ := scheme.Get("name").Scalar()
	return kind == "apiKey" && strings.EqualFold(name, "x-api-key")
}

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
	for _, p := range paths.Fields {
		for _, m := range p.Value.Fields {
			if verbs[strings.ToLower(m.Key)] {
				routes.fromOperation(api, p.Key, m)
			}
		}
	}
	return routes.Created
}

func (r *Routes) fromOperation(api *model.Resource, path string, op model.Field) {
	verb := strings.ToUpper(op.Key)
	if strings.HasPrefix(op.Key, "x-") {
		verb = "ANY"
	}
	at := model.Origin{Pos: op.At, Via: op.Value.Origin.Via}
	integration := op.Value.Get("x-amazon-apigateway-integration")
	auth := bodyAuth(api.Props.Get("Body"), op.Value, at)
	const by = "operation of the API's OpenAPI document"
	if api.Type == "AWS::ApiGatewayV2::Api" {
		id, key := api.ID+"Route"+PathName(path)+methodName(verb), verb+" "+path
		if strings.Trim(path, "/") == "$default" {
			key = "$default"
		}
		r.Route(id, key, auth, integration.Get("uri"), at, by)
		r.describe(id+"Integration", renameKeys(integration))
		return
	}
	r.Method(path, verb, auth, renameKeys(integration), at, by)
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
	fields = appendSet(fields, "ConnectionType", declared.Get("ConnectionType"))
	res.Props = model.NewMap(fields, res.Props.Origin)
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
		case "type":
			if s, ok := v.Scalar(); ok {
				v = model.NewString(strings.ToUpper(s), v.Origin)
			}
		}
		fields[i] = model.Field{Key: key, At: f.At, Value: v}
	}
	return model.NewMap(fields, integration.Origin)
}

// bodyAuth reads who may call an operation from its security requirement, or else from the document's.
func bodyAuth(body, op *model.Value, at model.Origin) Auth {
	security := op.Get("security")
	if security.Kind == model.Absent {
		security = body.Get("security")
	}
	auth := Auth{At: at}
	if security.Kind == model.Unknown {
		auth.Type = security
		return auth
	}
	for _, requirement := range security.Elements() {
		for _, f := range requirement.Fields {
			auth.require(schemes(body).Get(f.Key), f)
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

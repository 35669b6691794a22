package cloudformation

import (
	"regexp"
	"strings"
	"unicode"

	"wardlet.example/internal/model"
)

// Auth says who may call a route, in the words of API Gateway.
type Auth struct {
	Type         *model.Value // NONE, AWS_IAM, CUSTOM, COGNITO_USER_POOLS, JWT; nil stands for NONE
	Authorizer   *model.Value // reference to the authorizer, nil if there is none
	Scopes       *model.Value
	APIKey       *model.Value // REST only: ApiKeyRequired
	At           model.Origin // where the route's caller is decided
	RequestModel *model.Value
	Validator    *model.Value
}

// Routes adds routes to an API as CloudFormation would spell them out: a resource for each part of the path and a method,
// or a route with its integration. Languages that only name "GET /orders" use it.
type Routes struct {
	API     *model.Value             // reference to the API
	Root    *model.Value             // REST: the resource of "/"
	Prefix  string                   // REST: of the logical IDs of resources and methods
	Name    func(path string) string // REST: the part of logical IDs that stands for a path; nil for PathName
	Created []*model.Resource

	paths map[string]*model.Value
	byID  map[string]*model.Resource
}

var (
	pathVariable = regexp.MustCompile(`\{(.*?)\+?\}`)
	notName      = regexp.MustCompile(`[^0-9A-Za-z]`)
)

// PathName is the part of a logical ID that stands for a path: /orders/{id} gives OrdersIdVar.
func PathName(path string) string {
	var b strings.Builder
	for _, part := range strings.Split(strings.Trim(path, "/"), "/") {
		part = strings.ReplaceAll(part, "-", "Dash")
		part = pathVariable.ReplaceAllString(part, "${1}Var")
		b.WriteString(upperFirst(notName.ReplaceAllString(part, "")))
	}
	return b.String()
}

func upperFirst(s string) string {
	if s == "" {
		return s
	}
	r := []rune(s)
	r[0] = unicode.ToUpper(r[0])
	return string(r)
}

// Method adds a REST method with the resources of its path and returns it. A method that is already there is returned as
// it is.
func (r *Routes) Method(path, verb string, auth Auth, integration *model.Value, at model.Origin, by string) *model.Resource {
	id := r.Prefix + "Method" + r.pathName(path) + methodName(verb)
	if made := r.byID[id]; made != nil {
		return made
	}
	fields := []model.Field{
		field("RestApiId", r.API, at),
		field("ResourceId", r.resource(path, at, by), at),
		field("HttpMethod", model.NewString(strings.ToUpper(verb), at), at),
		field("AuthorizationType", orString(auth.Type, "NONE", auth.At), auth.At),
	}
	fields = appendSet(fields, "AuthorizerId", auth.Authorizer)
	fields = appendSet(fields, "AuthorizationScopes", auth.Scopes)
	fields = appendSet(fields, "ApiKeyRequired", auth.APIKey)
	fields = appendSet(fields, "RequestModels", auth.RequestModel)
	fields = appendSet(fields, "RequestValidatorId", auth.Validator)
	fields = appendSet(fields, "Integration", integration)
	return r.add(id, "AWS::ApiGateway::Method", fields, at, by)
}

func (r *Routes) pathName(path string) string {
	if r.Name != nil {
		return r.Name(strings.Trim(path, "/"))
	}
	return PathName(path)
}

// Known says that the resource of a path exists already, made elsewhere.
func (r *Routes) Known(path string, id *model.Value) {
	if r.paths == nil {
		r.paths = map[string]*model.Value{}
	}
	r.paths[strings.Trim(path, "/")] = id
}

// methodName spells a verb in a logical ID: get gives Get, ANY gives Any.
func methodName(verb string) string {
	return upperFirst(strings.ToLower(notName.ReplaceAllString(verb, "")))
}

func (r *Routes) resource(path string, at model.Origin, by string) *model.Value {
	path = strings.Trim(path, "/")
	if path == "" {
		return r.Root
	}
	if r.paths == nil {
		r.paths = map[string]*model.Value{}
	}
	if v, ok := r.paths[path]; ok {
		return v
	}
	parent, part := "", path
	if i := strings.LastIndexByte(path, '/'); i >= 0 {
		parent, part = path[:i], path[i+1:]
	}
	id := r.Prefix + "Resource" + r.pathName(path)
	parentRef := r.resource(parent, at, by)
	r.add(id, "AWS::ApiGateway::Resource", []model.Field{
		field("RestApiId", r.API, at),
		field("ParentId", parentRef, at),
		field("PathPart", model.NewString(part, at), at),
	}, at, by)
	ref := model.NewRef(id, "", at)
	r.paths[path] = ref
	return ref
}

// Route adds a route of an HTTP or WebSocket API with its integration, and returns it.
func (r *Routes) Route(id, key string, auth Auth, integration *model.Value, at model.Origin, by string) *model.Resource {
	r.add(id+"Integration", "AWS::ApiGatewayV2::Integration", []model.Field{
		field("ApiId", r.API, at),
		field("IntegrationType", model.NewString("AWS_PROXY", at), at),
		field("IntegrationUri", integration, at),
	}, at, by)
	target := model.NewText([]*model.Value{model.NewString("integrations/", at), model.NewRef(id+"Integration", "", at)}, at)
	fields := []model.Field{
		field("ApiId", r.API, at),
		field("RouteKey", model.NewString(key, at), at),
		field("AuthorizationType", orString(auth.Type, "NONE", auth.At), auth.At),
		field("Target", target, at),
	}
	fields = appendSet(fields, "AuthorizerId", auth.Authorizer)
	fields = appendSet(fields, "AuthorizationScopes", auth.Scopes)
	return r.add(id, "AWS::ApiGatewayV2::Route", fields, at, by)
}

func (r *Routes) add(id, kind string, fields []model.Field, at model.Origin, by string) *model.Resource {
	res := Make(id, kind, fields, at, by)
	r.Use(res)
	return res
}

// Use adds resources that were made elsewhere, such as from the API's document.
func (r *Routes) Use(created ...*model.Resource) {
	if r.byID == nil {
		r.byID = map[string]*model.Resource{}
	}
	for _, c := range created {
		r.Created = append(r.Created, c)
		r.byID[c.ID] = c
	}
}

// Made is the resource of this logical ID; nil if there is none.
func (r *Routes) Made(id string) *model.Resource { return r.byID[id] }

// Unseen is the attribute of a function that says why some of its triggers are not known.
const Unseen = "Unseen"

// LambdaProxy is the integration of a REST method with a function.
func LambdaProxy(arn *model.Value, at model.Origin) *model.Value {
	uri := Concat(at,
		model.NewString("arn:", at), model.NewRef("AWS::Partition", "", at),
		model.NewString(":apigateway:", at), model.NewRef("AWS::Region", "", at),
		model.NewString(":lambda:path/2015-03-31/functions/", at), arn, model.NewString("/invocations", at))
	return model.NewMap([]model.Field{
		field("Type", model.NewString("AWS_PROXY", at), at),
		field("IntegrationHttpMethod", model.NewString("POST", at), at),
		field("Uri", uri, at),
	}, at)
}

// Concat is a text of parts. One with an intrinsic function that is not worked out yet stays a function itself.
func Concat(at model.Origin, parts ...*model.Value) *model.Value {
	for _, p := range parts {
		if p.Kind == model.Map {
			return model.NewMap([]model.Field{
				field("Fn::Join", model.NewList([]*model.Value{model.NewString("", at), model.NewList(parts, at)}, at), at),
			}, at)
		}
	}
	return model.NewText(parts, at)
}

// Make is a resource that no template declares.
func Make(id, kind string, fields []model.Field, at model.Origin, by string) *model.Resource {
	return &model.Resource{
		ID: id, Type: kind, Props: model.NewMap(fields, at), Attributes: model.NewMap(nil, at), Origin: at, Generated: by,
	}
}

// Field is an entry of a made map.
func Field(key string, v *model.Value) model.Field { return field(key, v, v.Origin) }

func field(key string, v *model.Value, at model.Origin) model.Field {
	return model.Field{Key: key, At: at.Pos, Value: v}
}

func appendSet(fields []model.Field, key string, v *model.Value) []model.Field {
	if v == nil || v.Kind == model.Absent {
		return fields
	}
	return append(fields, field(key, v, v.Origin))
}

func orString(v *model.Value, def string, at model.Origin) *model.Value {
	if v == nil {
		return model.NewString(def, at)
	}
	return v
}

package assemble

import (
	"wardlet.example/internal/model"
)

func (j *join) functionURL(r *model.Resource) {
	auth, exposure := urlAuth(asDeployed(r, r.Props.Get("AuthType")))
	j.add(j.functionIn(r.Props.Get("TargetFunctionArn")), model.Trigger{
		Kind: model.TriggerHTTP, Detail: "function URL", Source: r, Via: r, Auth: auth, Exposure: exposure, Origin: r.Origin,
	})
}

// asDeployed is a property of a resource as it is where the resource exists: its condition may decide the property too.
func asDeployed(r *model.Resource, v *model.Value) *model.Value {
	if r.Condition != nil && r.Condition.Kind == model.OneOf {
		for _, c := range r.Condition.Choices {
			if c.Value.Kind == model.Bool && c.Value.Bool {
				return v.Given(model.World{r.Condition.Str: c.Label}).Settled()
			}
		}
	}
	return v.Settled()
}

func urlAuth(v *model.Value) (string, model.Exposure) {
	switch s, _ := v.Scalar(); s {
	case "NONE":
		return "none", model.Public
	case "AWS_IAM":
		return "iam", model.Account
	}
	return "unknown", model.Undecided
}

// routeAuth reads who may call a route of API Gateway.
func routeAuth(r *model.Resource) (string, model.Exposure) {
	props := r.Props
	kind := asDeployed(r, props.Get("AuthorizationType"))
	s, known := kind.Scalar()
	switch {
	case !known && kind.Kind != model.Absent:
		return "unknown", model.Undecided
	case s == "AWS_IAM":
		return "iam", model.Account
	case s == "COGNITO_USER_POOLS":
		return "cognito", model.Authenticated
	case s == "JWT":
		return "jwt", model.Authenticated
	case s == "CUSTOM":
		return "lambda", model.Authenticated
	}
	if key := asDeployed(r, props.Get("ApiKeyRequired")); key.EqualsText("true") == model.Yes {
		return "api-key", model.Public
	}
	return "none", model.Public
}

func (j *join) restMethod(r *model.Resource) {
	f := j.functionIn(r.Props.Path("Integration", "Uri"))
	if f == nil {
		return
	}
	auth, exposure := routeAuth(r)
	api := j.source(r.Props.Get("RestApiId"), "AWS::ApiGateway::RestApi")
	if api != nil && isPrivate(api) {
		exposure = model.Account
	}
	j.add(f, model.Trigger{
		Kind: model.TriggerHTTP, Detail: r.Props.Get("HttpMethod").String() + " " + RestPath(j.app, r.Props.Get("ResourceId")),
		Source: api, Target: r.Props.Get("RestApiId"), Via: r, Auth: auth, Exposure: exposure, Origin: r.Origin,
	})
}

func isPrivate(api *model.Resource) bool {
	for _, t := range api.Props.Path("EndpointConfiguration", "Types").Elements() {
		if t.EqualsText("PRIVATE") == model.Yes {
			return true
		}
	}
	return api.Props.Get("EndpointConfiguration").EqualsText("PRIVATE") == model.Yes
}

// RestPath spells the path of a REST method's resource (its ResourceId) by following the parents.
func RestPath(app *model.App, v *model.Value) string {
	path := ""
	for range 20 {
		r := app.Target(v)
		if r == nil || r.Type != "AWS::ApiGateway::Resource" {
			break
		}
		path = "/" + r.Props.Get("PathPart").String() + path
		v = r.Props.Get("ParentId")
	}
	if path == "" {
		return "/"
	}
	return path
}

func (j *join) authorizer(r *model.Resource) {
	j.add(j.functionIn(r.Props.Get("AuthorizerUri")), model.Trigger{
		Kind: model.TriggerAuthorizer, Detail: r.ID, Source: r, Via: r, Exposure: model.Public, Origin: r.Origin,
	})
}

func (j *join) httpRoute(r *model.Resource) {
	integration := j.source(r.Props.Get("Target"), "AWS::ApiGatewayV2::Integration")
	if integration == nil {
		return
	}
	f := j.functionIn(integration.Props.Get("IntegrationUri"))
	if f == nil {
		return
	}
	api := j.source(r.Props.Get("ApiId"), "AWS::ApiGatewayV2::Api")
	t := model.Trigger{
		Kind: model.TriggerHTTP, Detail: r.Props.Get("RouteKey").String(), Source: api, Target: r.Props.Get("ApiId"), Via: r, Origin: r.Origin,
	}
	t.Auth, t.Exposure = routeAuth(r)
	if api != nil && api.Props.Get("ProtocolType").EqualsText("WEBSOCKET") == model.Yes {
		t.Kind = model.TriggerWebSocket
		t.Auth, t.Exposure = j.connectAuth(r, api)
	}
	j.add(f, t)
}

// quickAPI is an HTTP API declared with its Target: all its routes go to one function, and nobody is asked who they are.
func (j *join) quickAPI(r *model.Resource) {
	key := r.Props.Get("RouteKey").String()
	if key == "absent" {
		key = "$default"
	}
	j.add(j.functionIn(r.Props.Get("Target")), model.Trigger{
		Kind: model.TriggerHTTP, Detail: key, Source: r, Via: r, Auth: "none", Exposure: model.Public, Origin: r.Origin,
	})
}

// connectAuth is who may open a WebSocket: the authorizer of $connect stands for all its routes.
func (j *join) connectAuth(r, api *model.Resource) (string, model.Exposure) {
	for _, other := range j.app.Resources {
		if other.Type != "AWS::ApiGatewayV2::Route" || j.source(other.Props.Get("ApiId")) != api {
			continue
		}
		if other.Props.Get("RouteKey").EqualsText("$connect") == model.Yes {
			return routeAuth(other)
		}
	}
	return routeAuth(r)
}

func (j *join) graphql(r *model.Resource) {
	f := j.functionIn(r.Props.Path("LambdaConfig", "LambdaFunctionArn"))
	if f == nil {
		return
	}
	api := j.source(r.Props.Get("ApiId"), "AWS::AppSync::GraphQLApi")
	t := model.Trigger{Kind: model.TriggerGraphQL, Detail: r.ID, Source: api, Via: r, Auth: "unknown", Exposure: model.Undecided, Origin: r.Origin}
	if api != nil {
		t.Auth, t.Exposure = graphqlAuth(api.Props.Get("AuthenticationType"))
	}
	j.add(f, t)
}

func graphqlAuth(v *model.Value) (string, model.Exposure) {
	switch s, _ := v.Settled().Scalar(); s {
	case "API_KEY":
		return "api-key", model.Public
	case "AWS_IAM":
		return "iam", model.Account
	case "AMAZON_COGNITO_USER_POOLS":
		return "cognito", model.Authenticated
	case "OPENID_CONNECT":
		return "jwt", model.Authenticated
	case "AWS_LAMBDA":
		return "lambda", model.Authenticated
	}
	return "unknown", model.Undecided
}

func (j *join) graphqlAuthorizer(r *model.Resource) {
	j.add(j.functionIn(r.Props.Path("LambdaAuthorizerConfig", "AuthorizerUri")), model.Trigger{
		Kind: model.TriggerAuthorizer, Detail: r.ID, Source: r, Exposure: model.Public, Origin: r.Origin,
	})
}

func (j *join) edge(r *model.Resource) {
	config := r.Props.Get("DistributionConfig")
	behaviors := append(config.Get("DefaultCacheBehavior").Elements(), config.Get("CacheBehaviors").Elements()...)
	for _, b := range behaviors {
		for _, a := range b.Get("LambdaFunctionAssociations").Elements() {
			j.add(j.functionIn(a.Get("LambdaFunctionARN")), model.Trigger{
				Kind: model.TriggerEdge, Detail: r.ID + " " + a.Get("EventType").String(), Source: r, Exposure: model.Public, Origin: a.Origin,
			})
		}
	}
}

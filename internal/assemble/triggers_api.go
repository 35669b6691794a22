package assemble

import (
	"wardlet.example/internal/model"
)

func (j *join) functionURL(r *model.Resource) {
	auth, exposure := widestOf(asDeployed(r, r.Props.Get("AuthType")), urlAuth)
	if exposure == model.Account && j.signedFor(r) {
		auth, exposure = "none", model.Public
	}
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
	if v.Kind == model.OneOf && v.Default < 0 {
		return v // nothing says which: see widestOf
	}
	return v.Settled()
}

// widestOf is who may call where a value decides that: where nobody knows which of several it is, those that most can.
func widestOf(v *model.Value, judge func(*model.Value) (string, model.Exposure)) (auth string, exposure model.Exposure) {
	if v.Kind != model.OneOf {
		return judge(v)
	}
	for i, c := range v.Choices {
		if a, e := widestOf(c.Value, judge); i == 0 || e != exposure && e == exposure.Wider(e) {
			auth, exposure = a, e
		}
	}
	return auth, exposure
}

// signedFor reports whether a distribution signs the requests of its visitors for a function URL (origin access control).
func (j *join) signedFor(url *model.Resource) bool {
	for _, r := range j.app.Resources {
		if r.Type != "AWS::CloudFront::Distribution" {
			continue
		}
		for _, origin := range r.Props.Path("DistributionConfig", "Origins").Elements() {
			if origin.Get("OriginAccessControlId").IsSet() == model.Yes && j.source(origin.Get("DomainName"), "AWS::Lambda::Url") == url {
				return true
			}
		}
	}
	return false
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

// RouteExposure is who may call a route or method of API Gateway: how it asks, and who that lets in. What stands around its
// API does not count.
func RouteExposure(r *model.Resource) (auth string, exposure model.Exposure) { return routeAuth(r) }

// KeepsOut reports whether a REST API keeps out the internet as a whole: it is private, or its policy lets nobody in of whom
// nothing is known.
func KeepsOut(api *model.Resource) bool { return isPrivate(api) || refusesStrangers(api) }

// routeAuth reads who may call a route of API Gateway.
func routeAuth(r *model.Resource) (string, model.Exposure) {
	props := r.Props
	return widestOf(asDeployed(r, props.Get("AuthorizationType")), func(kind *model.Value) (string, model.Exposure) { return methodAuth(r, kind) })
}

func methodAuth(r *model.Resource, kind *model.Value) (string, model.Exposure) {
	props := r.Props
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
	if api != nil && (exposure == model.Public && KeepsOut(api) || isPrivate(api)) {
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
	t := model.Trigger{Kind: model.TriggerAuthorizer, Detail: r.ID, Source: r, Via: r, Exposure: model.Public, Origin: r.Origin}
	if api := j.source(r.Props.Get("RestApiId"), "AWS::ApiGateway::RestApi"); api != nil && KeepsOut(api) {
		t.Exposure = model.Account
	}
	j.add(j.functionIn(r.Props.Get("AuthorizerUri")), t)
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
		t.Auth, t.Exposure = j.graphqlDoor(api)
	}
	j.add(f, t)
}

// graphqlDoor is who may ask a GraphQL API: a key counts where the schema opens a field to it.
func (j *join) graphqlDoor(api *model.Resource) (string, model.Exposure) {
	auth, exposure := graphqlAuth(api.Props.Get("AuthenticationType"))
	for _, p := range api.Props.Get("AdditionalAuthenticationProviders").Elements() {
		if p.Get("AuthenticationType").EqualsText("API_KEY") == model.Yes && j.schemaSays(api, "@aws_api_key") {
			auth, exposure = "api-key", model.Public
		}
	}
	if exposure == model.Public && api.Props.Get("Visibility").EqualsText("PRIVATE") == model.Yes {
		exposure = model.Account
	}
	return auth, exposure
}

// schemaSays reports whether the schema of a GraphQL API, where a template has it, has a word in it.
func (j *join) schemaSays(api *model.Resource, word string) bool {
	for _, r := range j.app.Resources {
		if r.Type == "AWS::AppSync::GraphQLSchema" && j.source(r.Props.Get("ApiId")) == api && r.Props.Get("Definition").ContainsText(word) == model.Yes {
			return true
		}
	}
	return false
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

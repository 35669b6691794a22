package serverless

import (
	"strings"

	"wardlet.example/internal/model"
	"wardlet.example/internal/template/cloudformation"
)

// restAuth is who may call a REST route.
func (e *expansion) restAuth(ev event) cloudformation.Auth {
	auth := cloudformation.Auth{At: ev.at, APIKey: first(ev.config.Get("private"), model.NewBool(false, ev.at))}
	a := ev.config.Get("authorizer")
	if noAuthorizer(a) {
		return auth
	}
	auth.At = keyOrigin(ev.config, "authorizer")
	name, isName := a.Scalar()
	if isName {
		key := "name"
		if strings.Contains(name, ":") {
			key = "arn"
		}
		a = object(a.Origin, field(key, a))
	}
	kind, _ := a.Get("type").Scalar()
	switch {
	case strings.EqualFold(name, "aws_iam"), strings.EqualFold(kind, "aws_iam"):
		auth.Type = text("AWS_IAM", a.Origin)
	case a.Kind == model.Unknown:
		auth.Type = a
	case a.Get("authorizerId").Kind != model.Absent:
		auth.Type = text(methodAuth(kind), a.Origin)
		auth.Authorizer, auth.Scopes = a.Get("authorizerId"), a.Get("scopes")
	default:
		e.restAuthorizer(ev, a, &auth)
	}
	return auth
}

// methodAuth is a method's AuthorizationType for an authorizer of some type.
func methodAuth(kind string) string {
	if kind == "" || strings.EqualFold(kind, "token") || strings.EqualFold(kind, "request") {
		return "CUSTOM"
	}
	return kind
}

// noAuthorizer reports whether nothing, or an empty text, stands for the authorizer: the framework then makes none.
func noAuthorizer(a *model.Value) bool {
	return a.Kind == model.Absent || a.EqualsText("") == model.Yes || isOff(a)
}

// restAuthorizer makes the authorizer of a route: a user pool by ARN, or a function of the service or elsewhere.
func (e *expansion) restAuthorizer(ev event, a *model.Value, auth *cloudformation.Auth) {
	at := a.Origin
	target := a.Get("arn")
	kind, _ := a.Get("type").Scalar()
	pool := strings.EqualFold(kind, "COGNITO_USER_POOLS") || target.ContainsText(":cognito-idp:") == model.Yes || e.isPool(target)
	name, _ := a.Get("name").Scalar()
	if target.Kind == model.Absent && !e.hasFunction(name) {
		auth.Type = e.notDeclared(name, at)
		return
	}
	if name == "" {
		name = lastPart(lastPart(target.String(), ":"), "-")
	}
	id := logicalName(name) + "ApiGatewayAuthorizer"
	auth.Authorizer = ref(id, at)
	fields := []model.Field{field("Name", text(name, at)), field("RestApiId", e.restRoutes(ev.at).API)}
	ttl := a.Get("resultTtlInSeconds")
	if ttl.Kind == model.Absent && ev.config.Get("authorizer").Kind == model.Map {
		ttl = model.NewInt(300, at)
	}
	fields = set(fields, "AuthorizerResultTtlInSeconds", ttl)
	if !strings.EqualFold(kind, "request") || ttl.EqualsText("0") != model.Yes {
		fields = append(fields, field("IdentitySource", first(a.Get("identitySource"), text("method.request.header.Authorization", at))))
	}
	fields = rename(fields, a, "identityValidationExpression", "IdentityValidationExpression")
	if pool {
		auth.Type, auth.Scopes = text("COGNITO_USER_POOLS", at), a.Get("scopes")
		fields = append(fields, field("Type", auth.Type), field("ProviderARNs", list(at, target)))
		e.add(id, "AWS::ApiGateway::Authorizer", fields, at, "authorizer of "+ev.source())
		return
	}
	auth.Type = text("CUSTOM", at)
	if target.Kind == model.Absent {
		target = e.target(name, at)
	}
	fields = append(fields, field("Type", text(strings.ToUpper(orDefault(kind, "TOKEN")), at)),
		field("AuthorizerUri", cloudformation.LambdaProxy(target, at).Get("Uri")))
	r := e.add(id, "AWS::ApiGateway::Authorizer", fields, at, "authorizer of "+ev.source())
	r.Props = model.NewMap(overlay(r.Props, object(at, fields...)).Fields, r.Props.Origin) // of several routes, the last counts
	if !isOn(a.Get("managedExternally")) {
		e.add(logicalName(name)+"LambdaPermissionApiGateway", "AWS::Lambda::Permission", []model.Field{
			field("FunctionName", target), field("Action", text("lambda:InvokeFunction", at)),
			field("Principal", text("apigateway.amazonaws.com", at)), field("SourceArn", e.executeAPI(at, e.rest.API, "/*/*")),
		}, at, "authorizer of "+ev.source())
	}
}

// notDeclared stands for how callers are authorized where the authorizer that a route names is not there.
func (e *expansion) notDeclared(name string, at model.Origin) *model.Value {
	message := "authorizer " + orDefault(name, "?") + " is not declared in the service"
	e.warn(at, message, "declare it, or name a function of the service")
	return model.NewPresent(message, at)
}

// hasFunction reports whether the service may have a function of a name.
func (e *expansion) hasFunction(name string) bool {
	functions := e.root.Get("functions")
	if functions.Kind == model.Unknown {
		return true
	}
	for _, part := range functions.Elements() {
		if part.Kind == model.Unknown || part.Get(name).Kind != model.Absent {
			return true
		}
	}
	return functions.Get(name).Kind != model.Absent
}

// isPool reports whether an ARN by Fn::GetAtt is that of a user pool of the service.
func (e *expansion) isPool(target *model.Value) bool {
	kind, _ := ownTemplate(e.root).Path("Resources", attributeOf(target), "Type").Scalar()
	return kind == "AWS::Cognito::UserPool"
}

// attributeOf is the logical ID in Fn::GetAtt as a service writes it; empty if the value is none.
func attributeOf(v *model.Value) string {
	a := v.Get("Fn::GetAtt")
	if a.Kind == model.List && len(a.Items) > 0 {
		return a.Items[0].String()
	}
	s, _ := a.Scalar()
	id, _, _ := strings.Cut(s, ".")
	return id
}

// apiKeys makes the keys that provider.apiGateway.apiKeys lists: names, settings, or lists of these by usage plan.
func (e *expansion) apiKeys() {
	n := 0
	for _, key := range e.apiKeyList().Elements() {
		if plan, keys := e.planKeys(key); plan != "" {
			for i, k := range keys.Elements() {
				e.apiKey(k, numbered(upperFirst(plan), i+1), plan)
			}
			continue
		}
		n++
		e.apiKey(key, numbered("", n), "")
	}
}

func (e *expansion) apiKeyList() *model.Value {
	return first(e.provider.Path("apiGateway", "apiKeys"), e.provider.Get("apiKeys"))
}

func (e *expansion) usagePlanList() *model.Value {
	return first(e.provider.Path("apiGateway", "usagePlan"), e.provider.Get("usagePlan"))
}

// planKeys reads an entry {plan: [keys]} of the API keys; the plan is empty where the entry is a key.
func (e *expansion) planKeys(entry *model.Value) (string, *model.Value) {
	plans := e.usagePlanList()
	if entry.Kind != model.Map || plans.Kind != model.List || len(entry.Fields) == 0 {
		return "", nil
	}
	name := entry.Fields[0].Key
	for _, plan := range plans.Items {
		if hasKey(plan, name) {
			return name, entry.Fields[0].Value
		}
	}
	return "", nil
}

func (e *expansion) apiKey(key *model.Value, suffix, plan string) {
	at := key.Origin
	name := key
	if key.Kind == model.Map {
		name = key.Get("name")
	}
	stage := object(at, field("RestApiId", e.rest.API), field("StageName", text(e.service.Stage, at)))
	fields := set([]model.Field{field("Enabled", first(key.Get("enabled"), model.NewBool(true, at)))}, "Name", name)
	fields = rename(fields, key, "value", "Value", "description", "Description", "customerId", "CustomerId")
	e.add("ApiGatewayApiKey"+suffix, "AWS::ApiGateway::ApiKey", append(fields, field("StageKeys", list(at, stage))), at, "API keys")
	planID := "ApiGatewayUsagePlan" + upperFirst(plan)
	e.add("ApiGatewayUsagePlanKey"+suffix, "AWS::ApiGateway::UsagePlanKey", []model.Field{
		field("KeyId", ref("ApiGatewayApiKey"+suffix, at)), field("KeyType", text("API_KEY", at)), field("UsagePlanId", ref(planID, at)),
	}, at, "API keys")
}

// usagePlans makes the plans of provider.apiGateway.usagePlan: one, or one for each name of a list. Keys alone bring a plan
// without limits.
func (e *expansion) usagePlans() {
	plans := e.usagePlanList()
	switch {
	case plans.Kind == model.List:
		for _, plan := range plans.Items {
			for _, f := range plan.Fields {
				e.usagePlan(f.Key, f.Value, fieldOrigin(f))
			}
		}
	case plans.Kind != model.Absent:
		e.usagePlan("", plans, plans.Origin)
	case e.apiKeyList().Kind != model.Absent:
		e.usagePlan("", model.NewAbsent(e.apiKeyList().Origin), e.apiKeyList().Origin)
	}
}

func (e *expansion) usagePlan(name string, plan *model.Value, at model.Origin) {
	title, label := e.stack(), "Usage plan for "
	if name != "" {
		title, label = e.service.Name+"-"+name+"-"+e.service.Stage, `Usage plan "`+name+`" for `
	}
	stage := object(at, field("ApiId", e.rest.API), field("Stage", text(e.service.Stage, at)))
	fields := []model.Field{
		field("ApiStages", list(at, stage)), field("UsagePlanName", text(title, at)),
		field("Description", text(label+e.service.Name+" "+e.service.Stage+" stage", at)),
	}
	if q := rename(nil, plan.Get("quota"), "limit", "Limit", "offset", "Offset", "period", "Period"); q != nil {
		fields = append(fields, field("Quota", object(plan.Get("quota").Origin, q...)))
	}
	if t := rename(nil, plan.Get("throttle"), "burstLimit", "BurstLimit", "rateLimit", "RateLimit"); t != nil {
		fields = append(fields, field("Throttle", object(plan.Get("throttle").Origin, t...)))
	}
	e.add("ApiGatewayUsagePlan"+upperFirst(name), "AWS::ApiGateway::UsagePlan", fields, at, "usage plan")
}

package serverless

import (
	"fmt"
	"slices"
	"strings"

	"wardlet.example/internal/model"
)

func (e *expansion) userPoolEvent(ev event) {
	c, at := ev.config, ev.at
	trigger, _ := c.Get("trigger").Scalar()
	pool := c.Get("pool").String()
	if isOn(c.Get("existing")) {
		e.existingPool(ev, trigger)
		return
	}
	id := "CognitoUserPool" + plainName(pool)
	r := e.add(id, "AWS::Cognito::UserPool", []model.Field{field("UserPoolName", c.Get("pool"))}, at, ev.source())
	hook := field(trigger, e.target(ev.function, at))
	config := []model.Field{hook}
	if strings.HasSuffix(trigger, "Sender") { // CustomSMSSender, CustomEmailSender
		sender := object(at, field("LambdaArn", hook.Value), field("LambdaVersion", first(c.Get("lambdaVersion"), text("V1_0", at))))
		config = set([]model.Field{field(trigger, sender)}, "KMSKeyID", c.Get("kmsKeyId"))
	}
	r.Props = overlay(r.Props, object(at, field("LambdaConfig", overlay(r.Props.Get("LambdaConfig"), object(at, config...)))))
	e.permission(fmt.Sprintf("%sLambdaPermission%sTriggerSource%s", logicalName(ev.function), id, trigger), ev.function,
		"cognito-idp.amazonaws.com", at, field("SourceArn", arn(id, at)))
}

// existingPool attaches a function to a user pool that another stack made: a helper of the framework does it at deployment.
func (e *expansion) existingPool(ev event, trigger string) {
	c, at := ev.config, ev.at
	config := object(at, field("Trigger", text(trigger, at)))
	id := logicalName(ev.function) + "CustomCognitoUserPool1"
	if r := e.byID[id]; r != nil {
		all := append(append([]*model.Value{}, r.Props.Get("UserPoolConfigs").Elements()...), config)
		r.Props = overlay(r.Props, object(at, field("UserPoolConfigs", list(at, all...))))
		return
	}
	name := e.nameOf(ev.function, at)
	token := e.addHelper(poolHelper, at,
		statement(at, text("*", at), "cognito-idp:ListUserPools", "cognito-idp:DescribeUserPool", "cognito-idp:UpdateUserPool"),
		statement(at, pattern(at, "arn:${AWS::Partition}:lambda:*:*:function:%v", name), "lambda:AddPermission", "lambda:RemovePermission"),
		statement(at, pattern(at, "arn:${AWS::Partition}:iam::*:role/*"), "iam:PassRole"))
	e.add(id, "Custom::CognitoUserPool", []model.Field{
		field("ServiceToken", token), field("FunctionName", name), field("UserPoolName", c.Get("pool")), field("UserPoolConfigs", list(at, config)),
	}, at, ev.source())
}

func (e *expansion) iotEvent(ev event) {
	c, at := ev.config, ev.at
	action := object(at, field("Lambda", object(at, field("FunctionArn", e.target(ev.function, at)))))
	rule := []model.Field{field("RuleDisabled", model.NewBool(isOff(c.Get("enabled")), at)), field("Actions", list(at, action))}
	rule = rename(rule, c, "sql", "Sql", "sqlVersion", "AwsIotSqlVersion", "description", "Description")
	id := fmt.Sprintf("%sIotTopicRule%d", logicalName(ev.function), ev.index)
	fields := rename([]model.Field{field("TopicRulePayload", object(at, rule...))}, c, "name", "RuleName")
	e.add(id, "AWS::IoT::TopicRule", fields, at, ev.source())
	e.permission(fmt.Sprintf("%sLambdaPermissionIotTopicRule%d", logicalName(ev.function), ev.index), ev.function, "iot.amazonaws.com", at,
		field("SourceArn", pattern(at, "arn:${AWS::Partition}:iot:${AWS::Region}:${AWS::AccountId}:rule/%v", ref(id, at))))
}

func (e *expansion) iotFleetEvent(ev event) {
	c, at := ev.config, ev.at
	fields := []model.Field{
		field("Enabled", first(c.Get("enabled"), model.NewBool(true, at))),
		field("PreProvisioningHook", object(at, field("TargetArn", e.target(ev.function, at)))),
	}
	fields = rename(fields, c, "provisioningRoleArn", "ProvisioningRoleArn", "templateBody", "TemplateBody", "templateName", "TemplateName")
	e.add(logicalName(ev.function)+"IotProvisioningTemplate", "AWS::IoT::ProvisioningTemplate", fields, at, ev.source())
	e.permission(logicalName(ev.function)+"LambdaPermissionIotProvisioningTemplate", ev.function, "iot.amazonaws.com", at)
}

const alexaPrincipal = "alexa-appkit.amazon.com"

func (e *expansion) alexaEvent(ev event) {
	name, principal, at := "AlexaSkill", alexaPrincipal, ev.at
	if ev.name == "alexaSmartHome" {
		name, principal = "AlexaSmartHome", "alexa-connectedhome.amazon.com"
	}
	token := first(ev.config.Get("appId"), ev.config)
	id := fmt.Sprintf("%sLambdaPermission%s%d", logicalName(ev.function), name, ev.index)
	var more []model.Field
	if s, ok := token.Scalar(); !ok || s != "true" {
		more = append(more, field("EventSourceToken", token))
	}
	e.permission(id, ev.function, principal, at, more...)
	if off := ev.config.Get("enabled"); isOff(off) {
		r := e.byID[id]
		r.Props = overlay(r.Props, object(at, field("Action", text("lambda:DisableInvokeFunction", off.Origin))))
	}
}

func (e *expansion) albEvent(ev event) {
	c, at := ev.config, ev.at
	multi := isOn(c.Get("multiValueHeaders"))
	group := logicalName(ev.function) + "Alb"
	if multi {
		group += "MultiValue"
	}
	group += "TargetGroup" + albID(c.Get("listenerArn"))
	many := object(at, field("Key", text("lambda.multi_value_headers.enabled", at)), field("Value", model.NewBool(multi, at)))
	fields := []model.Field{
		field("TargetType", text("lambda", at)),
		field("Targets", list(at, object(at, field("Id", e.target(ev.function, at))))),
		field("TargetGroupAttributes", list(at, many)),
		field("Name", first(c.Get("targetGroupName"), text(e.targetGroupName(ev, multi), at))),
		field("Tags", list(at, object(at, field("Key", text("Name", at)), field("Value",
			text(e.service.Name+"-"+ev.function+"-"+albID(c.Get("listenerArn"))+"-"+e.service.Stage, at))))),
	}
	fields = append(fields, healthCheck(c.Get("healthCheck"), at)...)
	e.add(group, "AWS::ElasticLoadBalancingV2::TargetGroup", fields, at, ev.source())
	e.listenerRule(ev, group)
	id := logicalName(ev.function) + "LambdaPermissionAlb"
	e.permission(id, ev.function, "elasticloadbalancing.amazonaws.com", at, field("SourceArn", ref(group, at)))
	e.byID[id].Props = overlay(e.byID[id].Props, object(at, field("SourceArn", ref(group, at)))) // of several, the last
	e.permission(logicalName(ev.function)+"LambdaPermissionRegisterTarget", ev.function, "elasticloadbalancing.amazonaws.com", at)
}

// targetGroupName is the name of a target group: a hash, because names are short.
func (e *expansion) targetGroupName(ev event, multi bool) string {
	kind := ""
	if multi {
		kind = "multi-value-"
	}
	tag := e.service.Name + "-" + ev.function + "-" + albID(ev.config.Get("listenerArn")) + "-" + kind + e.service.Stage
	prefix, _ := e.provider.Path("alb", "targetGroupPrefix").Scalar()
	return shortened(prefix+hash(tag), 32)
}

// healthCheck spells out the health check of a target group; "true" means the framework's own settings.
func healthCheck(c *model.Value, at model.Origin) []model.Field {
	if c.Kind == model.Absent || isOff(c) {
		return []model.Field{field("HealthCheckEnabled", model.NewBool(false, at))}
	}
	code := first(c.Path("matcher", "httpCode"), text("200", at))
	return []model.Field{
		field("HealthCheckEnabled", first(c.Get("enabled"), model.NewBool(true, at))),
		field("HealthCheckPath", first(c.Get("path"), text("/", at))),
		field("HealthCheckIntervalSeconds", first(c.Get("intervalSeconds"), model.NewInt(35, at))),
		field("HealthCheckTimeoutSeconds", first(c.Get("timeoutSeconds"), model.NewInt(30, at))),
		field("HealthyThresholdCount", first(c.Get("healthyThresholdCount"), model.NewInt(5, at))),
		field("UnhealthyThresholdCount", first(c.Get("unhealthyThresholdCount"), model.NewInt(5, at))),
		field("Matcher", object(at, field("HttpCode", code))),
	}
}

// albID is the part of a listener's ARN that names its load balancer, or the logical ID of the listener.
func albID(listener *model.Value) string {
	if s, ok := listener.Scalar(); ok {
		if parts := strings.Split(s, "/"); len(parts) >= 2 {
			return parts[len(parts)-2]
		}
		return plainName(s)
	}
	return first(listener.Get("Ref"), listener).String()
}

// albConditions is how a listener rule spells each condition of an alb event.
var albConditions = map[string][2]string{
	"path": {"path-pattern", ""}, "host": {"host-header", "HostHeaderConfig"}, "method": {"http-request-method", "HttpRequestMethodConfig"},
	"ip": {"source-ip", "SourceIpConfig"},
}

func (e *expansion) listenerRule(ev event, group string) {
	c, at := ev.config, ev.at
	var conditions []*model.Value
	for _, f := range c.Get("conditions").Fields {
		form, known := albConditions[f.Key]
		at := fieldOrigin(f)
		switch values := field("Values", asList(f.Value)); {
		case form[1] != "":
			conditions = append(conditions, object(at, field("Field", text(form[0], at)), field(form[1], object(at, values))))
		case known:
			conditions = append(conditions, object(at, field("Field", text(form[0], at)), values))
		case f.Key == "query":
			var pairs []*model.Value
			for _, q := range f.Value.Fields {
				pairs = append(pairs, object(at, field("Key", text(q.Key, at)), field("Value", q.Value)))
			}
			conditions = append(conditions, object(at, field("Field", text("query-string", at)),
				field("QueryStringConfig", object(at, field("Values", list(at, pairs...))))))
		case f.Key == "header":
			for _, h := range f.Value.Elements() {
				conditions = append(conditions, object(at, field("Field", text("http-header", at)), field("HttpHeaderConfig",
					object(at, rename(nil, h, "name", "HttpHeaderName", "values", "Values")...))))
			}
		}
	}
	var actions []*model.Value
	for _, name := range c.Get("authorizer").Elements() {
		actions = append(actions, albAuthorizer(e.provider.Path("alb", "authorizers").Get(name.String()), name))
	}
	actions = append(actions, object(at, field("Type", text("forward", at)), field("TargetGroupArn", ref(group, at))))
	if len(actions) > 1 {
		for i, a := range actions {
			actions[i] = overlay(a, object(at, field("Order", model.NewInt(i+1, at))))
		}
	}
	fields := rename([]model.Field{field("Actions", list(at, actions...)), field("Conditions", list(at, conditions...))}, c,
		"listenerArn", "ListenerArn", "priority", "Priority")
	e.add(logicalName(ev.function)+"AlbListenerRule"+c.Get("priority").String(), "AWS::ElasticLoadBalancingV2::ListenerRule", fields, at, ev.source())
}

// albAuthorizer is the action by which a load balancer asks who is calling.
func albAuthorizer(declared, name *model.Value) *model.Value {
	at := name.Origin
	denied := object(at, field("OnUnauthenticatedRequest", text("deny", at)))
	settings := object(declared.Origin, slices.DeleteFunc(slices.Clone(declared.Fields), func(f model.Field) bool { return f.Key == "type" })...)
	switch kind, _ := declared.Get("type").Scalar(); kind {
	case "cognito":
		return object(at, field("Type", text("authenticate-cognito", at)), field("AuthenticateCognitoConfig", overlay(denied, capitalised(settings))))
	case "oidc":
		return object(at, field("Type", text("authenticate-oidc", at)), field("AuthenticateOidcConfig", overlay(denied, capitalised(settings))))
	}
	return object(at, field("Type", model.NewPresent("authorizer "+name.String()+" is not declared", at)))
}

func (e *expansion) cloudFrontEvent(ev event) {
	c, at := ev.config, ev.at
	e.cachePolicies()
	association := object(at, set([]model.Field{
		field("EventType", c.Get("eventType")), field("LambdaFunctionARN", ref(logicalName(ev.function)+"LambdaVersion", at)),
	}, "IncludeBody", c.Get("includeBody"))...)
	behavior := object(at, field("ViewerProtocolPolicy", text("allow-all", at)))
	if b := c.Get("behavior"); b.Kind == model.Map {
		behavior = overlay(behavior, capitalised(b))
	}
	behavior = overlay(behavior, object(at, field("LambdaFunctionAssociations", list(at, association))))
	behavior = overlay(behavior, cachePolicy(c, behavior, at))
	if path := c.Get("pathPattern"); path.Kind != model.Absent {
		behavior = overlay(behavior, object(at, field("PathPattern", path)))
	}
	r := e.add("CloudFrontDistribution", "AWS::CloudFront::Distribution", []model.Field{
		field("DistributionConfig", object(at, field("Enabled", model.NewBool(true, at)), field("Comment", text(e.service.Name+" "+e.service.Stage, at)))),
	}, at, ev.source())
	r.Props = object(at, field("DistributionConfig", addBehavior(r.Props.Get("DistributionConfig"), behavior, c, at)))
	e.add(functionID(ev.function)+"InvokePermission", "AWS::Lambda::Permission", []model.Field{
		field("FunctionName", ref(logicalName(ev.function)+"LambdaVersion", at)), field("Action", text("lambda:InvokeFunction", at)),
		field("Principal", text("edgelambda.amazonaws.com", at)),
		field("SourceArn", pattern(at, "arn:${AWS::Partition}:cloudfront::${AWS::AccountId}:distribution/%v", ref("CloudFrontDistribution", at))),
	}, at, ev.source())
	for _, use := range e.roleOf[ev.function] {
		use.edge = true
	}
}

// cachePolicies makes those that provider.cloudFront declares.
func (e *expansion) cachePolicies() {
	for _, f := range e.provider.Path("cloudFront", "cachePolicies").Fields {
		at := fieldOrigin(f)
		name := text(strings.Join([]string{e.service.Name, e.service.Stage, f.Key}, "-"), at)
		e.add("CloudFrontCachePolicy"+logicalName(f.Key), "AWS::CloudFront::CachePolicy", []model.Field{
			field("CachePolicyConfig", overlay(f.Value, object(at, field("Name", name)))),
		}, at, "cache policy "+f.Key)
	}
}

// managedCachePolicy is the ID of CachingOptimized among the managed cache policies of CloudFront.
const managedCachePolicy = "658327ea-f89d-4fab-a63d-7e88639e58f6"

// cachePolicy is the policy that an event names, or the framework's own where the behaviour says nothing of caching.
func cachePolicy(event, behavior *model.Value, at model.Origin) *model.Value {
	policy := event.Get("cachePolicy")
	id := first(policy.Get("id"), text(managedCachePolicy, at))
	if name, ok := policy.Get("name").Scalar(); ok {
		id = ref("CloudFrontCachePolicy"+logicalName(name), at)
	}
	for _, own := range []string{"CachePolicyId", "ForwardedValues", "MaxTTL", "MinTTL", "DefaultTTL"} {
		if policy.Kind == model.Absent && behavior.Get(own).Kind != model.Absent {
			return object(at)
		}
	}
	return object(at, field("CachePolicyId", id))
}

// addBehavior adds a behaviour to a distribution: the first, or the one of the default origin, is that of all other paths.
func addBehavior(config, behavior, event *model.Value, at model.Origin) *model.Value {
	if event.Get("origin").Kind != model.Absent {
		origin := named(distributionOrigin(event.Get("origin")))
		behavior = overlay(behavior, object(at, field("TargetOriginId", origin.Get("Id"))))
		all := append(append([]*model.Value{}, config.Get("Origins").Elements()...), origin)
		config = overlay(config, object(at, field("Origins", list(at, all...))))
	}
	if event.Get("pathPattern").Kind == model.Absent && config.Get("DefaultCacheBehavior").Kind == model.Absent {
		return overlay(config, object(at, field("DefaultCacheBehavior", behavior)))
	}
	all := append(append([]*model.Value{}, config.Get("CacheBehaviors").Elements()...), behavior)
	return overlay(config, object(at, field("CacheBehaviors", list(at, all...))))
}

// named gives an origin the ID by which behaviours name it.
func named(origin *model.Value) *model.Value {
	at, kind := origin.Origin, "custom/"
	if origin.Get("S3OriginConfig").Kind != model.Absent {
		kind = "s3/"
	}
	id := concat(at, text(kind, at), origin.Get("DomainName"), origin.Get("OriginPath"))
	return overlay(origin, object(at, field("Id", id)))
}

// distributionOrigin is where a distribution gets its content: a URL, or settings of CloudFormation.
func distributionOrigin(origin *model.Value) *model.Value {
	s, ok := origin.Scalar()
	if !ok {
		return origin
	}
	at := origin.Origin
	scheme, rest, _ := strings.Cut(s, "://")
	host, path, _ := strings.Cut(rest, "/")
	fields := []model.Field{field("DomainName", text(host, at))}
	if path != "" {
		fields = append(fields, field("OriginPath", text("/"+path, at)))
	}
	if scheme == "s3" {
		return object(at, append(fields, field("S3OriginConfig", object(at)))...)
	}
	return object(at, append(fields, field("CustomOriginConfig", object(at, field("OriginProtocolPolicy", text("match-viewer", at)))))...)
}

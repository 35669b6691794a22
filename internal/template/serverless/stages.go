package serverless

import (
	"wardlet.example/internal/model"
)

// stages makes the stages of the service's APIs with their logs. The stage of the REST API is set up outside the stack; what
// is logged, traced and throttled is the same.
func (e *expansion) stages() {
	e.unusedAuthorizers()
	at := e.stageOrigin()
	stage := text(e.service.Stage, at)
	logs := e.provider.Get("logs")
	if e.byID["ApiGatewayRestApi"] != nil {
		if e.counters["http events"] == 0 { // made by a plugin alone, which sets up no logs
			logs = model.NewAbsent(at)
		}
		fields := []model.Field{field("RestApiId", ref("ApiGatewayRestApi", at)), field("StageName", stage)}
		e.restStage(fields, logs.Get("restApi"), at)
	}
	if e.byID["HttpApi"] != nil {
		e.httpStage(logs.Get("httpApi"), at)
	}
	if e.byID["WebsocketsApi"] != nil {
		e.websocketStage(logs.Get("websocket"), at, stage)
	}
}

// stageOrigin is where a stage's settings would be written: the provider's logs, or the provider.
func (e *expansion) stageOrigin() model.Origin {
	if e.provider.Get("logs").Kind == model.Map {
		return keyOrigin(e.provider, "logs")
	}
	return keyOrigin(e.root, "provider")
}

// isLogged reports whether logs of an API are asked for.
func isLogged(setting *model.Value) bool { return setting.Kind != model.Absent && !isOff(setting) }

func (e *expansion) restStage(fields []model.Field, logs *model.Value, at model.Origin) {
	access := isLogged(logs) && !isOff(logs.Get("accessLogging"))
	if access {
		fields = append(fields, e.accessLog("AccessLogSetting", logs, "ApiGatewayLogGroup", "/aws/api-gateway/"+e.stack()))
	}
	fields = set(fields, "MethodSettings", methodSettings(logs, e.provider.Path("apiGateway", "throttle")))
	fields = set(fields, "TracingEnabled", e.provider.Path("tracing", "apiGateway"))
	e.add("ApiGatewayStage", "AWS::ApiGateway::Stage", fields, at, "http events")
	if access {
		e.accountLogs(logs)
	}
}

// accessLog is the setting that writes access logs to a log group of the framework's own.
func (e *expansion) accessLog(key string, logs *model.Value, id, group string) model.Field {
	at := logs.Origin
	log := set([]model.Field{field("DestinationArn", arn(e.apiLogGroup(id, group, logs), at))}, "Format", logs.Get("format"))
	return field(key, object(at, log...))
}

// apiLogGroup makes a log group for access logs and gives its logical ID.
func (e *expansion) apiLogGroup(id, name string, logs *model.Value) string {
	at := logs.Origin
	e.add(id, "AWS::Logs::LogGroup", e.retention([]model.Field{field("LogGroupName", text(name, at))}), at, "access logs")
	return id
}

// httpLogFormat is how the framework logs requests to an HTTP API where the service does not say.
const httpLogFormat = `{"requestId":"$context.requestId","ip":"$context.identity.sourceIp","requestTime":"$context.requestTime",` +
	`"httpMethod":"$context.httpMethod","routeKey":"$context.routeKey","status":"$context.status","protocol":"$context.protocol",` +
	`"responseLength":"$context.responseLength"}`

// websocketLogFormat is the same for a WebSocket API.
const websocketLogFormat = `$context.identity.sourceIp $context.identity.caller $context.identity.user [$context.requestTime] ` +
	`"$context.eventType $context.routeKey $context.connectionId" $context.requestId`

// accountLogs lets API Gateway write logs at all: a setting of the account, made by a helper of the framework.
func (e *expansion) accountLogs(logs *model.Value) {
	rest := e.provider.Path("logs", "restApi")
	if isOn(rest.Get("roleManagedExternally")) {
		return
	}
	at := logs.Origin
	role := pattern(at, "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/*")
	account := pattern(at, "arn:${AWS::Partition}:apigateway:*::/account")
	token := e.addHelper(logsHelper, at,
		statement(at, role, "iam:AttachRolePolicy", "iam:CreateRole", "iam:ListAttachedRolePolicies", "iam:PassRole"),
		statement(at, account, "apigateway:GET", "apigateway:PATCH"))
	fields := set([]model.Field{field("ServiceToken", token)}, "RoleArn", rest.Get("role"))
	e.add("CustomApiGatewayAccountCloudWatchRole", "Custom::ApiGatewayAccountRole", fields, at, "access logs").Tool = true
}

func (e *expansion) httpStage(logs *model.Value, at model.Origin) {
	fields := []model.Field{
		field("ApiId", ref("HttpApi", at)), field("StageName", text("$default", at)), field("AutoDeploy", model.NewBool(true, at)),
		field("DefaultRouteSettings", object(at, field("DetailedMetricsEnabled", first(e.provider.Path("httpApi", "metrics"), model.NewBool(false, at))))),
	}
	fields = set(fields, "Tags", e.apiTags())
	if isLogged(logs) {
		at, group := logs.Origin, e.apiLogGroup("HttpApiLogGroup", "/aws/http-api/"+e.stackName(), logs)
		format := first(logs.Get("format"), text(httpLogFormat, at))
		fields = append(fields, field("AccessLogSettings", object(at, field("DestinationArn", arn(group, at)), field("Format", format))))
	}
	e.add("HttpApiStage", "AWS::ApiGatewayV2::Stage", fields, at, "httpApi events")
}

// stackName is the name of the CloudFormation stack.
func (e *expansion) stackName() string {
	if s, ok := e.provider.Get("stackName").Scalar(); ok {
		return s
	}
	return e.stack()
}

func (e *expansion) websocketStage(logs *model.Value, at model.Origin, stage *model.Value) {
	api := ref("WebsocketsApi", at)
	title := e.websocketTitle(at)
	fields := []model.Field{
		field("ApiId", api), field("StageName", stage), field("Description", title), field("DeploymentId", ref("WebsocketsDeployment", at)),
	}
	if isLogged(logs) {
		level := first(logs.Get("level"), text("INFO", logs.Origin))
		if off := logs.Get("executionLogging"); isOff(off) {
			level = text("OFF", off.Origin)
		}
		fields = append(fields, field("DefaultRouteSettings", object(logs.Origin,
			field("DataTraceEnabled", first(logs.Get("fullExecutionData"), model.NewBool(true, logs.Origin))), field("LoggingLevel", level))))
		group := e.apiLogGroup("WebsocketsLogGroup", "/aws/websocket/"+e.stack(), logs)
		if at := logs.Origin; !isOff(logs.Get("accessLogging")) {
			fields = append(fields, field("AccessLogSettings", object(at,
				field("DestinationArn", pattern(at, "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:%v", ref(group, at))),
				field("Format", first(logs.Get("format"), text(websocketLogFormat, at))))))
		}
		e.accountLogs(logs)
	}
	e.add("WebsocketsDeploymentStage", "AWS::ApiGatewayV2::Stage", fields, at, "websocket events")
	e.add("WebsocketsDeployment", "AWS::ApiGatewayV2::Deployment", []model.Field{
		field("ApiId", api), field("Description", title),
	}, at, "websocket events").Tool = true
}

func methodSettings(logs, throttle *model.Value) *model.Value {
	if logs.Kind == model.Absent && throttle.Kind == model.Absent {
		return model.NewAbsent(logs.Origin)
	}
	at := first(logs, throttle).Origin
	fields := []model.Field{field("HttpMethod", text("*", at)), field("ResourcePath", text("/*", at))}
	if isLogged(logs) {
		level, data := first(logs.Get("level"), text("INFO", at)), first(logs.Get("fullExecutionData"), model.NewBool(true, at))
		if off := logs.Get("executionLogging"); isOff(off) {
			level, data = text("OFF", off.Origin), off
		}
		fields = append(fields, field("LoggingLevel", level), field("DataTraceEnabled", data))
	}
	fields = rename(fields, throttle, "maxRequestsPerSecond", "ThrottlingRateLimit", "maxConcurrentRequests", "ThrottlingBurstLimit")
	return list(at, object(at, fields...))
}

package serverless

import (
	"strings"

	"wardlet.example/internal/model"
	"wardlet.example/internal/template/cloudformation"
)

// The plugin serverless-apigateway-service-proxy makes routes of the REST API that hand requests to a service without a
// function, from custom.apiGatewayServiceProxies.

// proxied is how one service is reached.
type proxied struct {
	role   string // logical ID of the role that the plugin makes
	uri    string // after "arn:${AWS::Partition}:apigateway:${AWS::Region}:"; %v is the target
	action string
	key    string // where the proxy names the target
	arn    string // of the target, by its name
}

var proxies = map[string]proxied{
	"sqs":      {"ApigatewayToSqsRole", "sqs:path//${AWS::AccountId}/%v", "sqs:SendMessage", "queueName", "arn:${AWS::Partition}:sqs:${AWS::Region}:${AWS::AccountId}:%v"},
	"sns":      {"ApigatewayToSnsRole", "sns:path//", "sns:Publish", "topicName", "arn:${AWS::Partition}:sns:${AWS::Region}:${AWS::AccountId}:%v"},
	"kinesis":  {"ApigatewayToKinesisRole", "kinesis:action/PutRecord", "kinesis:PutRecord", "streamName", "arn:${AWS::Partition}:kinesis:${AWS::Region}:${AWS::AccountId}:stream/%v"},
	"s3":       {"ApigatewayToS3Role", "s3:path/{bucket}/{object}", "s3:GetObject", "bucket", "arn:${AWS::Partition}:s3:::%v/*"},
	"dynamodb": {"ApigatewayToDynamodbRole", "dynamodb:action/%s", "dynamodb:PutItem", "tableName", "arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table/%v"},
	"eventbridge": {"ApigatewayToEventBridgeRole", "events:action/PutEvents", "events:PutEvents", "eventBusName",
		"arn:${AWS::Partition}:events:${AWS::Region}:${AWS::AccountId}:event-bus/%v"},
}

func (e *expansion) serviceProxies() {
	resources := map[string][]*model.Value{}
	for _, entry := range e.root.Path("custom", "apiGatewayServiceProxies").Elements() {
		for _, f := range entry.Fields {
			if p, ok := proxies[f.Key]; ok {
				resources[f.Key] = append(resources[f.Key], e.serviceProxy(f, p))
				continue
			}
			e.warn(fieldOrigin(f), f.Key+" is no service that requests can be handed to", "")
		}
	}
	at := keyOrigin(e.root.Get("custom"), "apiGatewayServiceProxies")
	for _, service := range []string{"sqs", "sns", "kinesis", "s3", "dynamodb", "eventbridge"} {
		if targets := resources[service]; targets != nil {
			logs := statement(at, text("*", at), "logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents")
			e.add(proxies[service].role, "AWS::IAM::Role", []model.Field{
				field("AssumeRolePolicyDocument", trust(at, "apigateway.amazonaws.com")),
				field("Policies", onePolicy(at, "apigatewayto"+service, []*model.Value{logs, statement(at, list(at, targets...), proxies[service].action)})),
			}, at, "proxies to "+service)
		}
	}
}

// serviceProxy makes one route and returns the ARN of what it hands requests to.
func (e *expansion) serviceProxy(f model.Field, p proxied) *model.Value {
	at, c := fieldOrigin(f), f.Value
	verb, path := routeOf(c)
	route := ""
	if path != nil {
		route, _ = path.Scalar()
	}
	target := c.Get(p.key)
	uri := strings.Replace(p.uri, "%s", upperFirst(first(c.Get("action"), text("PutItem", at)).String()), 1)
	role := c.Get("roleArn")
	if role.Kind == model.Absent {
		role = arn(p.role, at)
	}
	routes := e.restRoutes(at)
	integration := object(at,
		field("Type", text("AWS", at)), field("IntegrationHttpMethod", text("POST", at)), field("Credentials", role),
		field("Uri", pattern(at, "arn:${AWS::Partition}:apigateway:${AWS::Region}:"+uri, target)),
		field("RequestTemplates", object(at, field("application/json", pattern(at, "Target="+p.arn, target)))))
	auth := cloudformation.Auth{At: at, APIKey: first(c.Get("private"), model.NewBool(false, at))}
	if kind := c.Get("authorizationType"); kind.Kind != model.Absent {
		auth.Type, auth.Scopes = kind, c.Get("authorizationScopes")
		if id := c.Get("authorizerId"); id.Kind != model.Absent {
			auth.Authorizer = id
		}
	}
	method := routes.Method(strings.Trim(route, "/"), verb, auth, integration, at, "serverless: proxy to "+f.Key)
	method.Props = overlay(method.Props, object(at, field("RequestParameters", object(at))))
	if cors := c.Get("cors"); cors.IsSet() == model.Yes && !isOff(cors) {
		e.allowOrigins(strings.Trim(route, "/"), verb, cors)
	}
	e.keepRoutes(routes)
	return pattern(at, p.arn, target)
}

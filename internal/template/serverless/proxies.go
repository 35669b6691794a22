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
	action string // what the role may do; %s is the action of the proxy, each of which has a statement of its own then
	key    string // where the proxy names the target
	arn    string // of the target, by its name
}

// methodsOfS3 are how the storage service is asked for an action.
var methodsOfS3 = map[string]string{"GetObject": "GET", "PutObject": "PUT", "DeleteObject": "DELETE"}

var proxies = map[string]proxied{
	"sqs":      {"ApigatewayToSqsRole", "sqs:path//${AWS::AccountId}/%v", "sqs:SendMessage", "queueName", "arn:${AWS::Partition}:sqs:${AWS::Region}:${AWS::AccountId}:%v"},
	"sns":      {"ApigatewayToSnsRole", "sns:path//", "sns:Publish", "topicName", "arn:${AWS::Partition}:sns:${AWS::Region}:${AWS::AccountId}:%v"},
	"kinesis":  {"ApigatewayToKinesisRole", "kinesis:action/PutRecord", "kinesis:PutRecord kinesis:PutRecords", "streamName", "arn:${AWS::Partition}:kinesis:${AWS::Region}:${AWS::AccountId}:stream/%v"},
	"s3":       {"ApigatewayToS3Role", "s3:path/{bucket}/{object}", "s3:%s*", "bucket", "arn:${AWS::Partition}:s3:::%v/*"},
	"dynamodb": {"ApigatewayToDynamodbRole", "dynamodb:action/%s", "dynamodb:%s", "tableName", "arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table/%v"},
	"eventbridge": {"ApigatewayToEventBridgeRole", "events:action/PutEvents", "events:PutEvents", "eventBusName",
		"arn:${AWS::Partition}:events:${AWS::Region}:${AWS::AccountId}:event-bus/%v"},
}

func (e *expansion) serviceProxies() {
	targets := map[string][]*model.Value{}
	statements := map[string][]*model.Value{}
	for _, entry := range e.root.Path("custom", "apiGatewayServiceProxies").Elements() {
		for _, f := range entry.Fields {
			p, ok := proxies[f.Key]
			if !ok {
				e.warn(fieldOrigin(f), f.Key+" is no service that requests can be handed to", "")
				continue
			}
			target := e.serviceProxy(f, p)
			if strings.Contains(p.action, "%s") {
				statements[f.Key] = append(statements[f.Key], statement(target.Origin, target, strings.Replace(p.action, "%s", actionOf(f.Value), 1)))
				continue
			}
			targets[f.Key] = append(targets[f.Key], target)
			statements[f.Key] = []*model.Value{statement(target.Origin, list(target.Origin, targets[f.Key]...), strings.Fields(p.action)...)}
		}
	}
	at := keyOrigin(e.root.Get("custom"), "apiGatewayServiceProxies")
	for _, service := range []string{"sqs", "sns", "kinesis", "s3", "dynamodb", "eventbridge"} {
		if allowed := statements[service]; allowed != nil {
			logs := statement(at, text("*", at), "logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents")
			e.add(proxies[service].role, "AWS::IAM::Role", []model.Field{
				field("AssumeRolePolicyDocument", trust(at, "apigateway.amazonaws.com")),
				field("Policies", onePolicy(at, "apigatewayto"+service, append([]*model.Value{logs}, allowed...))),
			}, at, "proxies to "+service)
		}
	}
}

// actionOf is what a proxy does with an object or item.
func actionOf(proxy *model.Value) string {
	action, _ := proxy.Get("action").Scalar()
	return orDefault(action, "PutItem")
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
	uri := strings.Replace(p.uri, "%s", actionOf(c), 1)
	ask := "POST"
	if f.Key == "s3" {
		ask = orDefault(methodsOfS3[actionOf(c)], ask)
	}
	role := c.Get("roleArn")
	if role.Kind == model.Absent {
		role = arn(p.role, at)
	}
	routes := e.restRoutes(at)
	integration := object(at,
		field("Type", text("AWS", at)), field("IntegrationHttpMethod", text(ask, at)), field("Credentials", role),
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
		e.allowOrigins(strings.Trim(route, "/"), verb, cors, pluginCORSHeaders)
	}
	e.keepRoutes(routes)
	return pattern(at, p.arn, target)
}

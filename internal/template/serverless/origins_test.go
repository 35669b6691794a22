package serverless

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"wardlet.example/internal/golden"
	"wardlet.example/internal/model"
)

const oneOfEach = `service: one
plugins: [serverless-step-functions, serverless-lift, serverless-apigateway-service-proxy]
provider:
  name: aws
  deploymentBucket: packages
  logs: {httpApi: true}
  httpApi:
    authorizers:
      users: {type: jwt, issuerUrl: 'https://example.org', audience: [a]}
  apiGateway:
    apiKeys: [key]
    usagePlan: {quota: {limit: 1}}
  iam:
    role:
      statements: [{Effect: Allow, Action: '*', Resource: '*'}]
custom:
  apiGatewayServiceProxies:
    - sqs: {path: /jobs, method: post, queueName: jobs}
layers:
  tools: {path: layer}
constructs:
  work:
    type: queue
    worker: {handler: app.work}
stepFunctions:
  activities:
    - pack
  stateMachines:
    order:
      events:
        - schedule: rate(1 day)
      definition: {StartAt: End, States: {End: {Type: Succeed}}}
functions:
  f:
    handler: app.handler
    url: true
    maximumRetryAttempts: 1
    events:
      - http: {method: get, path: orders, authorizer: guard, cors: true}
      - httpApi: {method: get, path: /mine, authorizer: users}
      - websocket: $connect
      - schedule: rate(1 hour)
      - sqs: arn:aws:sqs:us-east-1:123456789012:jobs
      - sns: news
      - s3: uploads
      - eventBridge: {eventBus: own, pattern: {a: [b]}}
      - cognitoUserPool: {pool: users, trigger: PreSignUp}
  guard:
    handler: app.guard
resources:
  Resources:
    Table:
      Type: AWS::DynamoDB::Table
`

// A resource points at the line that made it, so that a finding shows what to change: the event, the function or the
// setting, not the beginning of the file.
func TestOrigins(t *testing.T) {
	tests := []struct{ id, line string }{
		{"FLambdaFunction", "f:"},
		{"FLogGroup", "f:"},
		{"FLambdaVersion", "f:"},
		{"FLambdaEvConf", "f:"},
		{"FLambdaFunctionUrl", "url: true"},
		{"FLambdaPermissionFnUrl", "url: true"},
		{"GuardLambdaFunction", "guard:"},
		{"IamRoleLambdaExecution", "role:"},
		{"ApiGatewayRestApi", "- http:"}, // the first route makes the API
		{"ApiGatewayResourceOrders", "- http:"},
		{"ApiGatewayMethodOrdersGet", "- http:"},
		{"ApiGatewayMethodOrdersOptions", "- http:"},
		{"GuardApiGatewayAuthorizer", "- http:"},
		{"GuardLambdaPermissionApiGateway", "- http:"},
		{"FLambdaPermissionApiGateway", "- http:"},
		{"ApiGatewayStage", "logs:"}, // what is missing at a stage is written there
		{"ApiGatewayApiKey1", "apiKeys:"},
		{"ApiGatewayUsagePlan", "usagePlan:"},
		{"HttpApi", "- httpApi:"},
		{"HttpApiRouteGetMine", "- httpApi:"},
		{"HttpApiAuthorizerUsers", "users: {type: jwt"},
		{"HttpApiStage", "logs:"},
		{"HttpApiLogGroup", "logs:"},
		{"WebsocketsApi", "- websocket:"},
		{"SconnectWebsocketsRoute", "- websocket:"},
		{"WebsocketsDeploymentStage", "logs:"},
		{"FEventsRuleSchedule1", "- schedule: rate(1 hour)"},
		{"FLambdaPermissionEventsRuleSchedule1", "- schedule: rate(1 hour)"},
		{"FEventSourceMappingSQSJobs", "- sqs: arn"},
		{"SNSTopicNews", "- sns:"},
		{"S3BucketUploads", "- s3:"},
		{"FLambdaPermissionUploadsS3", "- s3:"},
		{"Onedevfrule8EventBridgeRule", "- eventBridge:"},
		{"OwnEventBridgeEventBus", "- eventBridge:"},
		{"CognitoUserPoolUsers", "- cognitoUserPool:"},
		{"ToolsLambdaLayer", "tools:"},
		{"workQueue062F3035", "work:"},
		{"WorkWorkerLambdaFunction", "worker:"},
		{"OrderStepFunctionsStateMachine", "order:"},
		{"OrderStepFunctionsStateMachineRole", "order:"},
		{"OrderStepFunctionsEventsRuleSchedule1", "- schedule: rate(1 day)"},
		{"PackStepFunctionsActivity", "- pack"},
		{"ApiGatewayMethodJobsPost", "- sqs: {path"},
		{"ApigatewayToSqsRole", "apiGatewayServiceProxies:"}, // one role for all of a kind
		{"Table", "Table:"},
	}
	lines := strings.Split(oneOfEach, "\n")
	got := map[string]model.Origin{}
	for _, r := range Read("serverless.yml", parse(t, "serverless.yml", oneOfEach), Options{}).Resources {
		got[r.ID] = r.Origin
	}
	for _, test := range tests {
		at, made := got[test.id]
		if !made {
			t.Errorf("there is no %s", test.id)
			continue
		}
		if at.File != "serverless.yml" || at.Line < 1 || at.Line > len(lines) {
			t.Errorf("%s comes from %s", test.id, at.Pos)
			continue
		}
		if line := strings.TrimSpace(lines[at.Line-1]); !strings.HasPrefix(line, test.line) {
			t.Errorf("%s comes from %q, want the line of %q", test.id, line, test.line)
		}
	}
}

// Whatever a service makes, its place lies inside the service's files. Resources of the framework's own count too: nobody can
// change them, but a report must be able to say where they come from.
func TestOriginsInside(t *testing.T) {
	archives, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(archives) == 0 {
		t.Fatalf("no examples in testdata: %v", err)
	}
	for _, name := range archives {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			files := map[string]string{}
			for _, f := range archive.Files {
				if f.Name != golden.Want {
					files[f.Name] = string(f.Data)
				}
			}
			root := parse(t, "serverless.yml", files["serverless.yml"])
			for _, r := range Read("serverless.yml", root, Options{Load: loader(t, files)}).Resources {
				text, known := files[r.Origin.File]
				if !known || r.Origin.Line < 1 || r.Origin.Line > strings.Count(text, "\n") {
					t.Errorf("%s comes from %q", r.ID, r.Origin.Pos)
				}
			}
		})
	}
}

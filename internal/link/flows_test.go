package link_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"wardlet.example/internal/document"
	"wardlet.example/internal/link"
	"wardlet.example/internal/model"
	"wardlet.example/internal/template/cloudformation"
)

// common are resources that the cases hand on from and to.
const common = `
  Queue: {Type: AWS::SQS::Queue, Properties: {QueueName: orders}}
  Dead: {Type: AWS::SQS::Queue}
  Topic: {Type: AWS::SNS::Topic}
  Table: {Type: AWS::DynamoDB::Table, Properties: {TableName: products}}
  Stream: {Type: AWS::Kinesis::Stream}
  Bus: {Type: AWS::Events::EventBus, Properties: {Name: shop}}
  Machine: {Type: AWS::StepFunctions::StateMachine}
  Delivery: {Type: AWS::KinesisFirehose::DeliveryStream}
  Function: {Type: AWS::Lambda::Function}
  Alias: {Type: AWS::Lambda::Alias, Properties: {FunctionName: !Ref Function, Name: live}}
  Rest: {Type: AWS::ApiGateway::RestApi}
  Http: {Type: AWS::ApiGatewayV2::Api, Properties: {ProtocolType: HTTP}}
  Graph: {Type: AWS::AppSync::GraphQLApi}
  Role: {Type: AWS::IAM::Role}
`

// Everything that a template can declare to hand on events, other than what calls a function: those are triggers.
func TestCarriers(t *testing.T) {
	tests := []struct {
		name, resources string
		want            []string
	}{
		{"subscription in the topic", `T: {Type: AWS::SNS::Topic, Properties: {Subscription: [{Protocol: sqs, Endpoint: !GetAtt Queue.Arn}]}}`,
			[]string{"T -> Queue (topic)"}},
		{"subscription by mail hands nothing on", `S: {Type: AWS::SNS::Subscription, Properties: {TopicArn: !Ref Topic, Protocol: email, Endpoint: a@example.org}}`, nil},
		{"subscription to a delivery stream", `S: {Type: AWS::SNS::Subscription, Properties: {TopicArn: !Ref Topic, Protocol: firehose, Endpoint: !GetAtt Delivery.Arn}}`,
			[]string{"Topic -> Delivery (topic)"}},
		{"subscription to a topic of nobody", `S: {Type: AWS::SNS::Subscription, Properties: {TopicArn: "arn:aws:sns:eu-west-1:111122223333:news", Protocol: sqs, Endpoint: !GetAtt Queue.Arn}}`,
			[]string{"outside -> Queue (topic)"}},
		{"what a subscription could not deliver", `S: {Type: AWS::SNS::Subscription, Properties: {TopicArn: !Ref Topic, Protocol: lambda, Endpoint: !GetAtt Function.Arn, RedrivePolicy: {deadLetterTargetArn: !GetAtt Dead.Arn}}}`,
			[]string{"Topic -> Dead (dead-letter)"}},
		{"bucket to topic", `B: {Type: AWS::S3::Bucket, Properties: {NotificationConfiguration: {TopicConfigurations: [{Event: "s3:*", Topic: !Ref Topic}]}}}`,
			[]string{"B -> Topic (object)"}},
		{"what happens to a database", `E: {Type: AWS::RDS::EventSubscription, Properties: {SnsTopicArn: !Ref Topic, SourceType: db-instance}}`,
			[]string{"E -> Topic (direct)"}},
		{"what happens to a group of machines", `G: {Type: AWS::AutoScaling::AutoScalingGroup, Properties: {NotificationConfigurations: [{TopicARN: !Ref Topic}, {TopicARNs: [!Ref Topic]}]}}`,
			[]string{"G -> Topic (direct)"}},
		{"an endpoint in front of buses", `E: {Type: AWS::Events::Endpoint, Properties: {EventBuses: [{EventBusArn: !GetAtt Bus.Arn}, {EventBusArn: "arn:aws:events:eu-west-1:111122223333:event-bus/other"}]}}`,
			[]string{"E -> Bus (bus)", "E -> outside (bus)"}},
		{"a state machine that asks a service about a database and keeps the answer in a bucket", `M: {Type: AWS::StepFunctions::StateMachine, Properties: {DefinitionSubstitutions: {D: !Ref Data, B: !Ref B}, Definition: {StartAt: A, States: {
			A: {Type: Task, Resource: "arn:aws:states:::athena:startQueryExecution.sync", Parameters: {QueryExecutionContext: {Database: "${D}"}, ResultConfiguration: {OutputLocation: "s3://${B}/out"}, WorkGroup: primary}, End: true}}}}}
  Data: {Type: AWS::Glue::Database}
  B: {Type: AWS::S3::Bucket}`,
			[]string{"M -> B (state-machine)", "M -> Data (state-machine)"}},
		{"documents of a search index", `K: {Type: AWS::Kendra::DataSource, Properties: {IndexId: !Ref Index, DataSourceConfiguration: {S3Configuration: {BucketName: !Ref B}}}}
  Index: {Type: AWS::Kendra::Index}
  B: {Type: AWS::S3::Bucket}`,
			[]string{"B -> K (direct)", "K -> Index (direct)"}},
		{"tools of agents", `T: {Type: AWS::BedrockAgentCore::GatewayTarget, Properties: {TargetConfiguration: {Mcp: {ApiGateway: {RestApiId: !Ref Rest}}}}}`,
			[]string{"T -> Rest (direct)"}},
		{"changes of a ledger", `L: {Type: AWS::QLDB::Stream, Properties: {LedgerName: l, KinesisConfiguration: {StreamArn: !GetAtt Stream.Arn}}}`,
			[]string{"L -> Stream (stream)"}},
		{"what a pipe could not take from its source", `P: {Type: AWS::Pipes::Pipe, Properties: {Source: !GetAtt Stream.Arn, SourceParameters: {KinesisStreamParameters: {DeadLetterConfig: {Arn: !GetAtt Dead.Arn}}}, Target: !Ref Topic}}`,
			[]string{"P -> Topic (pipe)", "P -> Dead (dead-letter)", "Stream -> P (pipe)"}},
		{"what a distribution stands before; what lies outside is left out", `D: {Type: AWS::CloudFront::Distribution, Properties: {DistributionConfig: {Origins: [
			{Id: a, DomainName: !GetAtt B.RegionalDomainName}, {Id: b, DomainName: !Sub "${Rest}.execute-api.${AWS::Region}.amazonaws.com"},
			{Id: c, DomainName: !Select [2, !Split ["/", !GetAtt Url.FunctionUrl]]}, {Id: d, DomainName: www.example.org}]}}}
  B: {Type: AWS::S3::Bucket}
  Url: {Type: AWS::Lambda::Url, Properties: {TargetFunctionArn: !Ref Function, AuthType: AWS_IAM}}`,
			[]string{"D -> B (http)", "D -> Rest (http)", "D -> Function (http)"}},
		{"REST API into a network, to the load balancer of the link", `M: {Type: AWS::ApiGateway::Method, Properties: {RestApiId: !Ref Rest, HttpMethod: GET, Integration: {Type: HTTP_PROXY, ConnectionType: VPC_LINK, ConnectionId: !Ref Link, Uri: "http://inner.example.org"}}}
  Link: {Type: AWS::ApiGateway::VpcLink, Properties: {TargetArns: [!Ref Balancer]}}
  Balancer: {Type: AWS::ElasticLoadBalancingV2::LoadBalancer}`,
			[]string{"Rest -> Balancer (http)", "internet -> Rest (http)"}},
		{"a state machine that chooses at run time", `M: {Type: AWS::StepFunctions::StateMachine, Properties: {Definition: {StartAt: A, States: {
			A: {Type: Task, Resource: "arn:aws:states:::sqs:sendMessage", Parameters: {QueueUrl.$: $.queue}, End: true}}}}}`,
			nil},
		{"a state machine with a placeholder left over", `M: {Type: AWS::StepFunctions::StateMachine, Properties: {Definition: {StartAt: A, States: {
			A: {Type: Task, Resource: "arn:aws:states:::sqs:sendMessage", Parameters: {QueueUrl: "${Orders}"}, End: true}}}}}`,
			[]string{"M -> outside (state-machine)"}},
		{"queue by its name in an ARN", `B: {Type: AWS::S3::Bucket, Properties: {NotificationConfiguration: {QueueConfigurations: [{Event: "s3:*", Queue: !Sub "arn:aws:sqs:${AWS::Region}:${AWS::AccountId}:orders"}]}}}`,
			[]string{"B -> Queue (object)"}},
		{"redrive policy", `Q: {Type: AWS::SQS::Queue, Properties: {RedrivePolicy: {deadLetterTargetArn: !GetAtt Dead.Arn, maxReceiveCount: 3}}}`,
			[]string{"Q -> Dead (dead-letter)"}},
		{"dead letters of a function", `F: {Type: AWS::Lambda::Function, Properties: {DeadLetterConfig: {TargetArn: !Ref Topic}}}`,
			[]string{"F -> Topic (dead-letter)"}},
		{"destinations, through an alias", `C: {Type: AWS::Lambda::EventInvokeConfig, Properties: {FunctionName: !Ref Alias, Qualifier: live, DestinationConfig: {OnSuccess: {Destination: !GetAtt Queue.Arn}, OnFailure: {Destination: !Ref Topic}}}}`,
			[]string{"Function -> Queue (destination)", "Function -> Topic (destination)"}},
		{"failed batches", `M: {Type: AWS::Lambda::EventSourceMapping, Properties: {FunctionName: !Ref Function, EventSourceArn: !GetAtt Stream.Arn, DestinationConfig: {OnFailure: {Destination: !GetAtt Dead.Arn}}}}`,
			[]string{"Function -> Dead (destination)"}},
		{"changes of a table to a stream", `T: {Type: AWS::DynamoDB::Table, Properties: {KinesisStreamSpecification: {StreamArn: !GetAtt Stream.Arn}}}`,
			[]string{"T -> Stream (stream)"}},
		{"bus to rule to state machine", `R: {Type: AWS::Events::Rule, Properties: {EventBusName: !Ref Bus, EventPattern: {source: [shop]}, Targets: [{Id: a, Arn: !Ref Machine, RoleArn: !GetAtt Role.Arn, DeadLetterConfig: {Arn: !GetAtt Dead.Arn}}]}}`,
			[]string{"Bus -> R (bus)", "R -> Machine (bus)", "R -> Dead (dead-letter)"}},
		{"bus by name", `R: {Type: AWS::Events::Rule, Properties: {EventBusName: shop, EventPattern: {source: [shop]}, Targets: [{Id: a, Arn: !Ref Topic}]}}`,
			[]string{"Bus -> R (bus)", "R -> Topic (bus)"}},
		{"rule by the clock", `R: {Type: AWS::Events::Rule, Properties: {ScheduleExpression: rate(1 day), Targets: [{Id: a, Arn: !GetAtt Queue.Arn}]}}`,
			[]string{"R -> Queue (schedule)"}},
		{"scheduler", `S: {Type: AWS::Scheduler::Schedule, Properties: {ScheduleExpression: rate(1 day), Target: {Arn: !GetAtt Stream.Arn, RoleArn: !GetAtt Role.Arn, DeadLetterConfig: {Arn: !GetAtt Dead.Arn}}}}`,
			[]string{"S -> Dead (dead-letter)", "S -> Stream (schedule)"}},
		{"scheduler that calls a service", `S: {Type: AWS::Scheduler::Schedule, Properties: {ScheduleExpression: rate(1 day), Target: {Arn: "arn:aws:scheduler:::aws-sdk:dynamodb:putItem", RoleArn: !GetAtt Role.Arn, Input: '{"TableName": "products", "Item": {}}'}}}`,
			[]string{"S -> Table (schedule)"}},
		{"pipe with enrichment by a state machine", `P: {Type: AWS::Pipes::Pipe, Properties: {Source: !GetAtt Queue.Arn, Enrichment: !Ref Machine, Target: !GetAtt Bus.Arn, RoleArn: !GetAtt Role.Arn}}`,
			[]string{"P -> Bus (pipe)", "P -> Machine (pipe)", "Queue -> P (pipe)"}},
		{"state machine with an SDK call and a queue", `M: {Type: AWS::StepFunctions::StateMachine, Properties: {RoleArn: !GetAtt Role.Arn, Definition: {StartAt: A, States: {
			A: {Type: Task, Resource: "arn:aws:states:::aws-sdk:dynamodb:putItem", Parameters: {TableName: !Ref Table}, Next: B},
			B: {Type: Task, Resource: "arn:aws:states:::sqs:sendMessage", Parameters: {QueueUrl: !Ref Queue}, End: true}}}}}`,
			[]string{"M -> Table (state-machine)", "M -> Queue (state-machine)"}},
		{"state machine as text with substitutions", `M: {Type: AWS::StepFunctions::StateMachine, Properties: {DefinitionSubstitutions: {T: !Ref Topic}, DefinitionString: '{"StartAt":"A","States":{"A":{"Type":"Task","Resource":"arn:aws:states:::sns:publish","Parameters":{"TopicArn":"${T}"},"End":true}}}'}}`,
			[]string{"M -> Topic (state-machine)"}},
		{"delivery stream", `D: {Type: AWS::KinesisFirehose::DeliveryStream, Properties: {KinesisStreamSourceConfiguration: {KinesisStreamARN: !GetAtt Stream.Arn}, ExtendedS3DestinationConfiguration: {BucketARN: !GetAtt B.Arn}}}
  B: {Type: AWS::S3::Bucket}`,
			[]string{"D -> B (delivery)", "Stream -> D (delivery)"}},
		{"log lines", `G: {Type: AWS::Logs::LogGroup}
  L: {Type: AWS::Logs::SubscriptionFilter, Properties: {LogGroupName: !Ref G, DestinationArn: !GetAtt Stream.Arn, FilterPattern: ERROR}}`,
			[]string{"G -> Stream (logs)"}},
		{"GraphQL over a table", `S: {Type: AWS::AppSync::DataSource, Properties: {ApiId: !GetAtt Graph.ApiId, Type: AMAZON_DYNAMODB, DynamoDBConfig: {TableName: !Ref Table}}}`,
			[]string{"Graph -> Table (graphql)"}},
		{"REST API onto a queue", `M: {Type: AWS::ApiGateway::Method, Properties: {RestApiId: !Ref Rest, HttpMethod: POST, Integration: {Type: AWS, Uri: !Sub "arn:aws:apigateway:${AWS::Region}:sqs:path/${AWS::AccountId}/${Queue.QueueName}"}}}`,
			[]string{"Rest -> Queue (http)", "internet -> Rest (http)"}},
		{"REST API onto a table, named in its mapping", `M: {Type: AWS::ApiGateway::Method, Properties: {RestApiId: !Ref Rest, HttpMethod: POST, Integration: {Type: AWS, Uri: !Sub "arn:aws:apigateway:${AWS::Region}:dynamodb:action/PutItem", RequestTemplates: {application/json: '{"TableName": "products"}'}}}}`,
			[]string{"Rest -> Table (http)", "internet -> Rest (http)"}},
		{"REST API onto the bucket that a request names", `M: {Type: AWS::ApiGateway::Method, Properties: {RestApiId: !Ref Rest, HttpMethod: GET, Integration: {Type: AWS, Uri: !Sub "arn:aws:apigateway:${AWS::Region}:s3:path/{bucket}/{object}"}}}`,
			[]string{"Rest -> outside (http)", "internet -> Rest (http)"}},
		{"REST API into a private network", `M: {Type: AWS::ApiGateway::Method, Properties: {RestApiId: !Ref Rest, HttpMethod: GET, Integration: {Type: HTTP_PROXY, ConnectionType: VPC_LINK, ConnectionId: abc, Uri: "http://internal.example.org"}}}`,
			[]string{"Rest -> outside (http)", "internet -> Rest (http)"}},
		{"REST API onto a web site", `M: {Type: AWS::ApiGateway::Method, Properties: {RestApiId: !Ref Rest, HttpMethod: GET, Integration: {Type: HTTP_PROXY, Uri: "https://www.example.org"}}}`, nil},
		{"runbook", `D: {Type: AWS::SSM::Document, Properties: {DocumentType: Automation, Content: {schemaVersion: "0.3", mainSteps: [{name: a, action: "aws:executeStateMachine", inputs: {stateMachineArn: !GetAtt Machine.Arn}}]}}}`,
			[]string{"D -> Machine (direct)"}},
		{"HTTP API onto a bus", `I: {Type: AWS::ApiGatewayV2::Integration, Properties: {ApiId: !Ref Http, IntegrationType: AWS_PROXY, IntegrationSubtype: EventBridge-PutEvents, RequestParameters: {EventBusName: !Ref Bus}}}`,
			[]string{"Http -> Bus (http)"}},
		{"IoT rule", `I: {Type: AWS::IoT::TopicRule, Properties: {TopicRulePayload: {Sql: "SELECT * FROM 'a'", Actions: [{Sqs: {QueueUrl: !Ref Queue, RoleArn: !GetAtt Role.Arn}}, {DynamoDBv2: {PutItem: {TableName: !Ref Table}, RoleArn: !GetAtt Role.Arn}}]}}}`,
			[]string{"I -> Queue (iot)", "I -> Table (iot)"}},
		{"alarm", `A: {Type: AWS::CloudWatch::Alarm, Properties: {AlarmActions: [!Ref Topic]}}`, []string{"A -> Topic (alarm)"}},
		{"mail", `M: {Type: AWS::SES::ReceiptRule, Properties: {Rule: {Actions: [{S3Action: {BucketName: !Ref B, TopicArn: !Ref Topic}}]}}}
  B: {Type: AWS::S3::Bucket}`,
			[]string{"M -> B (direct)", "M -> Topic (direct)"}},
		{"bucket to a rule about buckets", `B: {Type: AWS::S3::Bucket, Properties: {NotificationConfiguration: {EventBridgeConfiguration: {EventBridgeEnabled: true}}}}
  R: {Type: AWS::Events::Rule, Properties: {EventPattern: {source: [aws.s3], detail: {bucket: {name: [!Ref B]}}}, Targets: [{Id: a, Arn: !GetAtt Queue.Arn}]}}`,
			[]string{"B -> R (aws-event)", "R -> Queue (bus)"}},
		{"bucket and a rule about another bucket", `B: {Type: AWS::S3::Bucket, Properties: {BucketName: ours, NotificationConfiguration: {EventBridgeConfiguration: {}}}}
  R: {Type: AWS::Events::Rule, Properties: {EventPattern: {source: [aws.s3], detail: {bucket: {name: [theirs]}}}, Targets: [{Id: a, Arn: !GetAtt Queue.Arn}]}}`,
			[]string{"R -> Queue (bus)"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			app, _ := app(t, "template.yaml", "Resources:"+common+"  "+test.resources+"\n")
			var got []string
			for _, f := range app.Flows {
				got = append(got, fmt.Sprintf("%s -> %s (%s)", f.From, f.To, f.Kind))
			}
			slices.Sort(got)
			slices.Sort(test.want)
			if !slices.Equal(got, test.want) {
				t.Errorf("flows\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(test.want, "\n  "))
			}
		})
	}
}

func app(t *testing.T, file, text string) (*model.App, *link.Program) {
	t.Helper()
	doc, diagnostics := document.ParseYAML(file, []byte(text), document.Options{Tag: cloudformation.Tag})
	if doc == nil {
		t.Fatal(diagnostics)
	}
	a := &model.App{File: file, Resources: cloudformation.New(file, doc.Root).Resources()}
	a.Index()
	return a, link.Build(&model.Workspace{Apps: []*model.App{a}})
}

// A filter stays with its flow and can be asked: an event that it names goes through, another does not, and one of which
// the deciding field is open may.
func TestFilters(t *testing.T) {
	tests := []struct {
		name, resources, event string
		want                   model.Tri
	}{
		{"bus, yes", `R: {Type: AWS::Events::Rule, Properties: {EventPattern: {source: [shop]}, Targets: [{Id: a, Arn: !Ref Topic}]}}`, `{source: shop}`, model.Yes},
		{"bus, no", `R: {Type: AWS::Events::Rule, Properties: {EventPattern: {source: [{prefix: aws.}]}, Targets: [{Id: a, Arn: !Ref Topic}]}}`, `{source: shop}`, model.No},
		{"topic by attribute", `S: {Type: AWS::SNS::Subscription, Properties: {TopicArn: !Ref Topic, Protocol: sqs, Endpoint: !GetAtt Queue.Arn, FilterPolicy: {kind: [order]}}}`, `{MessageAttributes: {kind: {Type: String, Value: order}}}`, model.Yes},
		{"topic by body", `S: {Type: AWS::SNS::Subscription, Properties: {TopicArn: !Ref Topic, Protocol: sqs, Endpoint: !GetAtt Queue.Arn, FilterPolicyScope: MessageBody, FilterPolicy: {kind: [order]}}}`, `{Message: '{"kind": "refund"}'}`, model.No},
		{"object by prefix", `B: {Type: AWS::S3::Bucket, Properties: {NotificationConfiguration: {QueueConfigurations: [{Event: "s3:*", Queue: !GetAtt Queue.Arn, Filter: {S3Key: {Rules: [{Name: prefix, Value: in/}]}}}]}}}`, `out/a.png`, model.No},
		{"queue of a pipe", `P: {Type: AWS::Pipes::Pipe, Properties: {Source: !GetAtt Queue.Arn, SourceParameters: {FilterCriteria: {Filters: [{Pattern: '{"body": {"kind": ["order"]}}'}]}}, Target: !GetAtt Bus.Arn}}`, `{body: '{"kind": "order"}'}`, model.Yes},
		{"operator that nobody knows", `R: {Type: AWS::Events::Rule, Properties: {EventPattern: {source: [{sounds-like: shop}]}, Targets: [{Id: a, Arn: !Ref Topic}]}}`, `{source: shop}`, model.Maybe},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			app, _ := app(t, "template.yaml", "Resources:"+common+"  "+test.resources+"\n")
			doc, _ := document.ParseYAML("event", []byte(test.event), document.Options{})
			for _, f := range app.Flows {
				if f.Filter == nil {
					continue
				}
				if got := link.Filter(app, f).Matches(doc.Root); got != test.want {
					t.Errorf("%s -> %s: %v, want %v", f.From, f.To, got, test.want)
				}
				return
			}
			t.Fatal("no flow has a filter")
		})
	}
}

// A pattern that the service would refuse is told, and the flow stands.
func TestWrongFilter(t *testing.T) {
	a, p := app(t, "template.yaml", "Resources:"+common+"  R: {Type: AWS::Events::Rule, Properties: {EventPattern: {source: [{sounds-like: shop}]}, Targets: [{Id: a, Arn: !Ref Topic}]}}\n")
	if len(a.Flows) != 1 {
		t.Errorf("%d flows, want 1", len(a.Flows))
	}
	if len(p.Diagnostics) != 1 || !strings.Contains(p.Diagnostics[0].Message, "sounds-like") || p.Diagnostics[0].Pos.Line == 0 {
		t.Errorf("diagnostics %v, want one about sounds-like with its line", p.Diagnostics)
	}
}

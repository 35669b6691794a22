package link

import (
	"net/url"
	"regexp"
	"strings"

	"wardlet.example/internal/asl"
	"wardlet.example/internal/assemble"
	"wardlet.example/internal/model"
)

// handOn says for each type of resource what it passes its events to.
func handOn() map[string]func(*tracer, *model.Resource) {
	return map[string]func(*tracer, *model.Resource){
		"AWS::SNS::Topic":                      (*tracer).topic,
		"AWS::SNS::Subscription":               (*tracer).subscription,
		"AWS::S3::Bucket":                      (*tracer).bucket,
		"AWS::SQS::Queue":                      (*tracer).queue,
		"AWS::DynamoDB::Table":                 (*tracer).table,
		"AWS::Lambda::Function":                (*tracer).function,
		"AWS::Lambda::EventInvokeConfig":       (*tracer).invokeConfig,
		"AWS::Lambda::EventSourceMapping":      (*tracer).mapping,
		"AWS::Events::Rule":                    (*tracer).rule,
		"AWS::Scheduler::Schedule":             (*tracer).schedule,
		"AWS::Pipes::Pipe":                     (*tracer).pipe,
		"AWS::StepFunctions::StateMachine":     (*tracer).stateMachine,
		"AWS::KinesisFirehose::DeliveryStream": (*tracer).delivery,
		"AWS::Logs::SubscriptionFilter":        (*tracer).logs,
		"AWS::AppSync::DataSource":             (*tracer).dataSource,
		"AWS::ApiGateway::Method":              (*tracer).restMethod,
		"AWS::AppSync::Resolver":               (*tracer).resolver,
		"AWS::AppSync::FunctionConfiguration":  (*tracer).resolver,
		"AWS::Events::ApiDestination":          (*tracer).apiDestination,
		"AWS::ApiGatewayV2::Integration":       (*tracer).integration,
		"AWS::IoT::TopicRule":                  (*tracer).iot,
		"AWS::CloudWatch::Alarm":               (*tracer).alarm,
		"AWS::SES::ReceiptRule":                (*tracer).mail,
		"AWS::SSM::Document":                   (*tracer).automation,
		"AWS::CloudFront::Distribution":        (*tracer).distribution,
		"AWS::QLDB::Stream":                    (*tracer).ledger,
		"AWS::Kinesis::StreamConsumer":         (*tracer).consumer,
		"AWS::Events::EventBus":                (*tracer).eventBus,
		"AWS::Events::Endpoint":                (*tracer).endpoint,
		"AWS::Kendra::DataSource":              (*tracer).crawler,
		"AWS::QBusiness::DataSource":           (*tracer).crawler,
		"AWS::Bedrock::DataSource":             (*tracer).crawler,
		"AWS::BedrockAgentCore::GatewayTarget": (*tracer).tool,
	}
}

func (t *tracer) topic(r *model.Resource) {
	for _, s := range r.Props.Get("Subscription").Elements() {
		if delivers(s) {
			t.hop(r, s.Get("Endpoint"), "topic", s.Get("FilterPolicy"))
		}
	}
}

// delivers reports whether a subscription hands messages on inside the cloud: mails and web hooks end there.
func delivers(subscription *model.Value) bool {
	switch s, _ := subscription.Get("Protocol").Settled().Scalar(); s {
	case "email", "email-json", "sms", "http", "https", "application":
		return false
	}
	return true
}

func (t *tracer) subscription(r *model.Resource) {
	in, topic := t.app.Find(r.Props.Get("TopicArn"), "AWS::SNS::Topic")
	from := topic
	if topic == nil {
		from = &model.Resource{ID: model.Outside}
	}
	before := len(t.out)
	if delivers(r.Props) {
		t.hop(from, r.Props.Get("Endpoint"), "topic", r.Props.Get("FilterPolicy"))
	}
	t.hop(from, r.Props.Path("RedrivePolicy", "deadLetterTargetArn"), "dead-letter", nil)
	if topic != nil && in != t.app {
		for _, f := range t.out[before:] {
			f.FromApp = in
		}
	}
}

func (t *tracer) bucket(r *model.Resource) {
	t.bucketEvents(r)
	n := r.Props.Get("NotificationConfiguration")
	for _, q := range n.Get("QueueConfigurations").Elements() {
		t.hop(r, q.Get("Queue"), "object", q.Get("Filter"))
	}
	for _, q := range n.Get("TopicConfigurations").Elements() {
		t.hop(r, q.Get("Topic"), "object", q.Get("Filter"))
	}
}

func (t *tracer) queue(r *model.Resource) {
	t.hop(r, r.Props.Path("RedrivePolicy", "deadLetterTargetArn"), "dead-letter", nil)
}

func (t *tracer) table(r *model.Resource) {
	t.hop(r, r.Props.Path("KinesisStreamSpecification", "StreamArn"), "stream", nil)
}

func (t *tracer) function(r *model.Resource) {
	t.hop(r, r.Props.Path("DeadLetterConfig", "TargetArn"), "dead-letter", nil)
}

func (t *tracer) invokeConfig(r *model.Resource) {
	if _, f := t.target(r.Props.Get("FunctionName")); f != nil {
		for _, on := range []string{"OnSuccess", "OnFailure"} {
			t.hop(f, r.Props.Path("DestinationConfig", on, "Destination"), "destination", nil)
		}
	}
}

// mapping adds where batches go that a function does not take.
func (t *tracer) mapping(r *model.Resource) {
	if _, f := t.target(r.Props.Get("FunctionName")); f != nil {
		t.hop(f, r.Props.Path("DestinationConfig", "OnFailure", "Destination"), "destination", nil)
	}
}

func (t *tracer) rule(r *model.Resource) {
	pattern, kind := r.Props.Get("EventPattern"), "bus"
	if r.Props.Get("ScheduleExpression").IsSet() != model.No && pattern.IsSet() == model.No {
		kind = "schedule"
	}
	if bus := r.Props.Get("EventBusName"); bus.IsSet() != model.No && bus.EqualsText("default") != model.Yes {
		if _, found := t.app.Find(bus, "AWS::Events::EventBus"); found != nil {
			t.from(bus, r, "bus", pattern)
		}
	}
	for _, target := range r.Props.Get("Targets").Elements() {
		t.hop(r, target.Get("Arn"), kind, pattern)
		t.hop(r, target.Path("DeadLetterConfig", "Arn"), "dead-letter", nil)
	}
}

func (t *tracer) schedule(r *model.Resource) {
	target := r.Props.Get("Target")
	t.hop(r, target.Path("DeadLetterConfig", "Arn"), "dead-letter", nil)
	if target.Get("Arn").ContainsText(":scheduler:::aws-sdk:") != model.Yes {
		t.hop(r, target.Get("Arn"), "schedule", nil)
		return
	}
	t.each(r, target.Get("Input"), "schedule")
}

// each adds a hop to every resource that a value refers to, or names in the arguments of a call; it reports whether there
// is any.
func (t *tracer) each(from *model.Resource, v *model.Value, kind string) bool {
	found := false
	for _, ref := range v.Refs() {
		found = t.known(from, ref, kind, nil) || found
	}
	v.Walk(1_000, func(part *model.Value) {
		if part.Kind != model.String {
			return
		}
		for _, m := range callArgument.FindAllStringSubmatch(part.Str, 20) {
			name, err := url.QueryUnescape(m[1])
			if err == nil {
				found = t.known(from, model.NewString(name, part.Origin), kind, nil) || found
			}
		}
	})
	return found
}

// callArgument is a name or ARN in the text of a call to a service: "TableName": "orders", or TopicArn=arn%3A...
var callArgument = regexp.MustCompile(`(?i)\b(?:TableName|QueueUrl|TopicArn|TargetArn|StreamName|DeliveryStreamName|EventBusName|StateMachineArn|Bucket)\\?["']?\s*[:=]\s*\\?["']?([\w.:/%-]+)`)

func (t *tracer) pipe(r *model.Resource) {
	t.from(r.Props.Get("Source"), r, "pipe", r.Props.Path("SourceParameters", "FilterCriteria"))
	t.hop(r, r.Props.Get("Target"), "pipe", nil)
	t.hop(r, r.Props.Get("Enrichment"), "pipe", nil)
	for _, f := range r.Props.Get("SourceParameters").Fields { // one, named for the kind of source
		t.hop(r, f.Value.Path("DeadLetterConfig", "Arn"), "dead-letter", nil)
	}
}

// ledger adds the stream that a ledger's changes are written to.
func (t *tracer) ledger(r *model.Resource) {
	t.hop(r, r.Props.Path("KinesisConfiguration", "StreamArn"), "stream", nil)
}

// consumer adds the stream that a consumer of its own reads.
func (t *tracer) consumer(r *model.Resource) {
	t.from(r.Props.Get("StreamARN"), r, "stream", nil)
}

func (t *tracer) eventBus(r *model.Resource) {
	t.hop(r, r.Props.Path("DeadLetterConfig", "Arn"), "dead-letter", nil)
}

// endpoint adds the event buses behind an endpoint for several regions.
func (t *tracer) endpoint(r *model.Resource) {
	for _, bus := range r.Props.Get("EventBuses").Elements() {
		t.hop(r, bus.Get("EventBusArn"), "bus", nil)
	}
}

// crawler adds what a data source of a search index or knowledge base reads, and what it fills.
func (t *tracer) crawler(r *model.Resource) {
	r.Props.Walk(1_000, func(v *model.Value) {
		for _, key := range []string{"BucketName", "bucketName", "BucketArn"} {
			if bucket := v.Get(key); v.Kind == model.Map && bucket.IsSet() == model.Yes {
				t.from(bucket, r, "direct", nil)
			}
		}
	})
	for _, key := range []string{"IndexId", "KnowledgeBaseId"} {
		t.hop(r, r.Props.Get(key), "direct", nil)
	}
}

// tool adds the API that an agent's gateway offers as tools.
func (t *tracer) tool(r *model.Resource) {
	t.known(r, r.Props.Path("TargetConfiguration", "Mcp", "ApiGateway", "RestApiId"), "direct", nil)
}

// distribution adds the origins of a distribution that stand in a template; a function behind its URL is meant itself.
func (t *tracer) distribution(r *model.Resource) {
	for _, origin := range r.Props.Path("DistributionConfig", "Origins").Elements() {
		domain := origin.Get("DomainName")
		if in, url := t.app.Find(domain, "AWS::Lambda::Url"); url != nil {
			if in, f := in.Find(url.Props.Get("TargetFunctionArn"), "AWS::Lambda::Function"); f != nil {
				flow := &model.Flow{From: r.ID, To: f.ID, Kind: "http", Granted: model.Yes, Origin: domain.Origin}
				if in != t.app {
					flow.ToApp = in
				}
				t.add(flow)
				continue
			}
		}
		t.known(r, domain, "http", nil)
	}
}

// notified are properties by which resources tell a topic of what happens to them.
var notified = map[string][]string{
	"AWS::RDS::EventSubscription":                  {"SnsTopicArn"},
	"AWS::DMS::EventSubscription":                  {"SnsTopicArn"},
	"AWS::Redshift::EventSubscription":             {"SnsTopicArn"},
	"AWS::ElastiCache::ReplicationGroup":           {"NotificationTopicArn"},
	"AWS::ElastiCache::CacheCluster":               {"NotificationTopicArn"},
	"AWS::DAX::Cluster":                            {"NotificationTopicARN"},
	"AWS::Glacier::Vault":                          {"NotificationConfiguration", "TopicArn"},
	"AWS::Backup::BackupVault":                     {"Notifications", "SNSTopicArn"},
	"AWS::AutoScaling::LifecycleHook":              {"NotificationTargetARN"},
	"AWS::CodeCommit::Repository":                  {"Triggers", "DestinationArn"},
	"AWS::CodeStarNotifications::NotificationRule": {"Targets", "TargetAddress"},
	"AWS::AutoScaling::AutoScalingGroup":           {"NotificationConfigurations", "TopicARNs"},
	"AWS::SES::ConfigurationSetEventDestination":   {"EventDestination", "SnsDestination", "TopicARN"},
	"AWS::CloudTrail::Trail":                       {"SnsTopicName"},
}

// notifications adds the topics that a resource tells of what happens to it.
func (t *tracer) notifications(r *model.Resource) {
	values := []*model.Value{r.Props}
	for _, key := range notified[r.Type] {
		var next []*model.Value
		for _, v := range values {
			next = append(next, v.Get(key).Elements()...)
		}
		values = next
	}
	for _, v := range values {
		t.hop(r, v, "direct", nil)
	}
}

// takers are services that take up what a state machine hands them, and keep or pass it on. Others answer only.
var takers = map[string]bool{
	"lambda": true, "sqs": true, "sns": true, "events": true, "states": true, "dynamodb": true, "kinesis": true, "firehose": true, "s3": true,
}

// stateMachine adds the resources that the tasks of a state machine call, other than functions.
func (t *tracer) stateMachine(r *model.Resource) {
	machine, _, known := asl.FromProperties(r.Props)
	if !known {
		return
	}
	for _, s := range machine.All() {
		for _, c := range []*asl.Call{s.Call, s.Reader, s.Writer} {
			if c == nil {
				continue
			}
			for _, target := range c.Targets {
				switch {
				case target.From != nil:
					t.open = append(t.open, model.Diagnostic{
						Pos: target.Value.Origin.Pos, Level: model.Note, Message: "the running state machine " + r.ID + " chooses " + target.Name + " of the state " + s.Name,
					})
				case c.Kind == asl.CallIntegration && !takers[c.Service]:
					t.known(r, target.Value, "state-machine", nil)
				default:
					t.hop(r, target.Value, "state-machine", nil)
				}
			}
		}
	}
}

func (t *tracer) delivery(r *model.Resource) {
	if source := r.Props.Path("KinesisStreamSourceConfiguration", "KinesisStreamARN"); source.IsSet() != model.No {
		t.from(source, r, "delivery", nil)
	}
	for _, f := range r.Props.Fields {
		if !strings.HasSuffix(f.Key, "DestinationConfiguration") {
			continue
		}
		for _, key := range []string{"BucketARN", "DomainARN", "CollectionEndpoint", "ClusterEndpoint"} {
			t.hop(r, f.Value.Get(key), "delivery", nil)
		}
		t.hop(r, f.Value.Path("EndpointConfiguration", "Url"), "delivery", nil)
		for _, key := range []string{"S3Configuration", "S3BackupConfiguration"} {
			t.hop(r, f.Value.Path(key, "BucketARN"), "delivery", nil)
		}
	}
}

func (t *tracer) logs(r *model.Resource) {
	if _, group := t.app.Find(r.Props.Get("LogGroupName"), "AWS::Logs::LogGroup"); group != nil {
		t.hop(group, r.Props.Get("DestinationArn"), "logs", r.Props.Get("FilterPattern"))
	}
}

// dataSource adds what a GraphQL API reads and writes without a function.
func (t *tracer) dataSource(r *model.Resource) {
	_, api := t.app.Find(r.Props.Get("ApiId"))
	if api == nil {
		return
	}
	for _, f := range r.Props.Fields {
		if strings.HasSuffix(f.Key, "Config") {
			t.each(api, f.Value, "graphql")
		}
	}
	t.hop(api, r.Props.Path("DynamoDBConfig", "TableName"), "graphql", nil)
}

// restMethod adds what a REST API hands requests to without a function.
func (t *tracer) restMethod(r *model.Resource) {
	_, api := t.app.Find(r.Props.Get("RestApiId"), "AWS::ApiGateway::RestApi")
	integration := r.Props.Get("Integration")
	if api == nil || integration.Get("Uri").ContainsText(":lambda:path/") == model.Yes {
		return
	}
	found, before := false, len(t.out)
	for _, key := range []string{"Uri", "RequestTemplates", "RequestParameters"} {
		found = t.each(api, integration.Get(key), "http") || found
	}
	if uri := integration.Get("Uri"); !found {
		t.service(api, uri, uri.String(), "http")
		t.private(api, integration, uri)
	}
	if len(t.out) > before && !assemble.KeepsOut(api) {
		t.fromInternet(r, api)
	}
}

// fromInternet adds that everybody can send requests to an API by a route that leads to no function: those have their
// triggers.
func (t *tracer) fromInternet(route, api *model.Resource) {
	if _, exposure := assemble.RouteExposure(route); exposure == model.Public {
		t.add(&model.Flow{From: model.Internet, To: api.ID, Kind: "http", Granted: model.Yes, Origin: route.Origin})
	}
}

// private adds what an API hands requests to through a link into a network: the load balancers that the link is for, or
// what no template has.
func (t *tracer) private(api *model.Resource, integration, uri *model.Value) {
	if integration.Get("ConnectionType").EqualsText("VPC_LINK") != model.Yes {
		return
	}
	if in, link := t.app.Find(integration.Get("ConnectionId"), "AWS::ApiGateway::VpcLink"); link != nil && in == t.app {
		for _, target := range link.Props.Get("TargetArns").Elements() {
			t.hop(api, target, "http", nil)
		}
		return
	}
	t.add(&model.Flow{From: api.ID, To: model.Outside, Kind: "http", Detail: uri.String(), Granted: model.Yes, Origin: uri.Origin})
}

// handing are the services that an API hands requests to for others to take up.
var handing = regexp.MustCompile(`:apigateway:(?:[^:]|::)*:(?:s3|sqs|sns|events|kinesis|firehose|states|dynamodb):|^(?:SQS|EventBridge|Kinesis|StepFunctions)-`)

// service adds what an API hands requests to where it is named outside of the templates: a queue by its path, or what a
// request itself names. call tells the service.
func (t *tracer) service(api *model.Resource, at *model.Value, call, kind string) {
	if !handing.MatchString(call) {
		return
	}
	if _, path, ok := strings.Cut(call, ":path/"); ok && strings.Contains(path, "/") {
		if t.known(api, model.NewString(path[strings.LastIndex(path, "/")+1:], at.Origin), kind, nil) {
			return
		}
	}
	t.add(&model.Flow{From: api.ID, To: model.Outside, Kind: kind, Detail: call, Granted: model.Yes, Origin: at.Origin})
}

// integration adds what an HTTP or WebSocket API hands requests to without a function.
func (t *tracer) integration(r *model.Resource) {
	_, api := t.app.Find(r.Props.Get("ApiId"), "AWS::ApiGatewayV2::Api")
	if api == nil {
		return
	}
	kind := "http"
	if api.Props.Get("ProtocolType").EqualsText("WEBSOCKET") == model.Yes {
		kind = "websocket"
	}
	if r.Props.Get("IntegrationUri").ContainsText(":lambda:path/") == model.Yes {
		return
	}
	found, before := false, len(t.out)
	for _, key := range []string{"IntegrationUri", "RequestTemplates", "RequestParameters"} {
		found = t.each(api, r.Props.Get(key), kind) || found
	}
	for _, key := range []string{"QueueUrl", "StreamName", "StateMachineArn", "EventBusName"} {
		if v := r.Props.Path("RequestParameters", key); !found && v.IsSet() == model.Yes {
			found = t.known(api, v, kind, nil)
		}
	}
	if !found {
		uri := r.Props.Get("IntegrationUri")
		t.service(api, r.Props, first(r.Props.Get("IntegrationSubtype"), uri).String(), kind)
		t.private(api, r.Props, uri)
	}
	if len(t.out) == before {
		return
	}
	for _, route := range t.app.Resources {
		if _, to := t.app.Find(route.Props.Get("Target")); route.Type == "AWS::ApiGatewayV2::Route" && to == r {
			t.fromInternet(route, api)
		}
	}
}

func first(a, b *model.Value) *model.Value {
	if a.IsSet() == model.No {
		return b
	}
	return a
}

// apiDestination adds that a destination of rules is an API of the templates.
func (t *tracer) apiDestination(r *model.Resource) {
	t.each(r, r.Props.Get("InvocationEndpoint"), "http")
}

// resolver adds what the code of a GraphQL resolver names.
func (t *tracer) resolver(r *model.Resource) {
	_, api := t.app.Find(r.Props.Get("ApiId"))
	if api == nil {
		return
	}
	for _, key := range []string{"Code", "RequestMappingTemplate"} {
		t.each(api, r.Props.Get(key), "graphql")
	}
}

func (t *tracer) iot(r *model.Resource) {
	payload := r.Props.Get("TopicRulePayload")
	actions := append(payload.Get("Actions").Elements(), payload.Get("ErrorAction").Elements()...)
	for _, a := range actions {
		for _, f := range a.Fields {
			for _, g := range f.Value.Fields {
				if g.Key != "RoleArn" {
					t.known(r, g.Value, "iot", nil)
				}
			}
		}
	}
}

func (t *tracer) alarm(r *model.Resource) {
	for _, key := range []string{"AlarmActions", "OKActions", "InsufficientDataActions"} {
		for _, a := range r.Props.Get(key).Elements() {
			t.hop(r, a, "alarm", nil)
		}
	}
}

// automation adds the state machines that the steps of a runbook start.
func (t *tracer) automation(r *model.Resource) {
	for _, step := range r.Props.Path("Content", "mainSteps").Elements() {
		t.hop(r, step.Path("inputs", "stateMachineArn"), "direct", nil)
	}
}

func (t *tracer) mail(r *model.Resource) {
	for _, action := range r.Props.Path("Rule", "Actions").Elements() {
		for _, f := range action.Fields { // one, named for the service; each can tell a topic of what it did
			t.hop(r, f.Value.Get("BucketName"), "direct", nil)
			t.hop(r, f.Value.Get("TopicArn"), "direct", nil)
		}
	}
}

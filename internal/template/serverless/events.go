package serverless

import (
	"fmt"
	"strings"

	"wardlet.example/internal/model"
	"wardlet.example/internal/template/cloudformation"
)

// event is one entry of a function's events.
type event struct {
	name     string       // http, sqs ...
	config   *model.Value // what stands below the name
	at       model.Origin
	function string // as the service names it
	id       string // the function's logical ID
	index    int    // counts the events of this name and function, from 1
}

// source is the name that resources of an event carry.
func (ev event) source() string { return ev.name + " event of " + ev.function }

func (e *expansion) events(f model.Field, id string) {
	counts := map[string]int{}
	for _, entry := range f.Value.Get("events").Elements() {
		if entry.Kind == model.Unknown {
			e.unseen(f, id, entry)
			continue
		}
		if name, ok := entry.Scalar(); ok { // "- alexaSkill"
			entry = object(entry.Origin, field(name, model.NewBool(true, entry.Origin)))
		}
		for _, g := range entry.Fields {
			counts[g.Key]++
			e.event(event{g.Key, g.Value, fieldOrigin(g), f.Key, id, counts[g.Key]})
		}
	}
}

// unseen notes that something may call a function that the files do not tell of.
func (e *expansion) unseen(f model.Field, id string, entry *model.Value) {
	e.byID[id].Attributes = object(entry.Origin, field(cloudformation.Unseen, text(entry.Str, entry.Origin)))
	e.notes = append(e.notes, model.Diagnostic{
		Pos: entry.Origin.Pos, Level: model.Warning, Incomplete: true,
		Message: "events of " + f.Key + " are not known, so who can call it is not: " + entry.Str,
	})
}

func (e *expansion) event(ev event) {
	make := eventKinds()[ev.name]
	if make == nil {
		e.warn(ev.at, ev.name+" is not an event of the framework", "if a plugin handles it, what it makes is not seen")
		return
	}
	if ev.config.Kind == model.Unknown {
		e.warn(ev.at, "the "+ev.name+" event of "+ev.function+" is not known: "+ev.config.Str, "")
	}
	make(e, ev)
}

// eventKinds is what each event of the framework makes.
func eventKinds() map[string]func(*expansion, event) {
	return map[string]func(*expansion, event){
		"http":                 (*expansion).httpEvent,
		"httpApi":              (*expansion).httpAPIEvent,
		"websocket":            (*expansion).websocketEvent,
		"schedule":             (*expansion).scheduleEvent,
		"sns":                  (*expansion).snsEvent,
		"sqs":                  (*expansion).sqsEvent,
		"stream":               (*expansion).streamEvent,
		"msk":                  (*expansion).mappingEvent,
		"kafka":                (*expansion).mappingEvent,
		"activemq":             (*expansion).mappingEvent,
		"rabbitmq":             (*expansion).mappingEvent,
		"s3":                   (*expansion).s3Event,
		"eventBridge":          (*expansion).eventBridgeEvent,
		"cloudwatchEvent":      (*expansion).cloudwatchEvent,
		"cloudwatchLog":        (*expansion).cloudwatchLogEvent,
		"cognitoUserPool":      (*expansion).userPoolEvent,
		"iot":                  (*expansion).iotEvent,
		"iotFleetProvisioning": (*expansion).iotFleetEvent,
		"alexaSkill":           (*expansion).alexaEvent,
		"alexaSmartHome":       (*expansion).alexaEvent,
		"alb":                  (*expansion).albEvent,
		"cloudFront":           (*expansion).cloudFrontEvent,
	}
}

func (e *expansion) scheduleEvent(ev event) {
	rates := first(ev.config.Get("rate"), ev.config)
	if ev.config.Kind == model.Map && ev.config.Get("rate").Kind == model.Absent {
		return
	}
	for _, rate := range rates.Elements() {
		e.counters["schedule "+ev.function]++
		n := e.counters["schedule "+ev.function]
		state := "ENABLED"
		if ev.config.Get("enabled").EqualsText("false") == model.Yes {
			state = "DISABLED"
		}
		if ev.config.Get("method").EqualsText("scheduler") == model.Yes {
			e.scheduler(ev, rate, n)
			continue
		}
		fields := []model.Field{field("ScheduleExpression", rate), field("State", text(state, ev.at)), field("Targets", e.target(ev))}
		id := fmt.Sprintf("%sEventsRuleSchedule%d", logicalName(ev.function), n)
		e.add(id, "AWS::Events::Rule", fields, ev.at, ev.source())
		e.permission(fmt.Sprintf("%sLambdaPermissionEventsRuleSchedule%d", logicalName(ev.function), n), ev.id,
			"events.amazonaws.com", ev.at, field("SourceArn", arn(id, ev.at)))
	}
}

func (e *expansion) scheduler(ev event, rate *model.Value, n int) {
	target := object(ev.at, field("Arn", arn(ev.id, ev.at)), field("RoleArn", arn(sharedRole, ev.at)))
	e.add(fmt.Sprintf("%sEventsRuleSchedule%d", logicalName(ev.function), n), "AWS::Scheduler::Schedule",
		[]model.Field{field("ScheduleExpression", rate), field("Target", target)}, ev.at, ev.source())
}

func (e *expansion) target(ev event) *model.Value {
	target := []model.Field{field("Arn", arn(ev.id, ev.at)), field("Id", text(ev.function, ev.at))}
	target = set(target, "Input", ev.config.Get("input"))
	target = set(target, "InputPath", ev.config.Get("inputPath"))
	if dead := ev.config.Get("deadLetterQueueArn"); dead.Kind != model.Absent {
		target = append(target, field("DeadLetterConfig", object(dead.Origin, field("Arn", dead))))
	}
	return list(ev.at, object(ev.at, target...))
}

func (e *expansion) snsEvent(ev event) {
	topic, name := e.snsTopic(ev)
	fields := []model.Field{
		field("TopicArn", topic), field("Protocol", text("lambda", ev.at)), field("Endpoint", arn(ev.id, ev.at)),
	}
	fields = set(fields, "FilterPolicy", ev.config.Get("filterPolicy"))
	if dead := ev.config.Get("redrivePolicy"); dead.Kind != model.Absent {
		fields = append(fields, field("RedrivePolicy", dead))
	}
	id := logicalName(ev.function) + "SnsSubscription" + name
	e.add(id, "AWS::SNS::Subscription", fields, ev.at, ev.source())
	e.permission(logicalName(ev.function)+"LambdaPermission"+name+"SNS", ev.id, "sns.amazonaws.com", ev.at, field("SourceArn", topic))
}

// snsTopic is the topic of an event: one that exists, by ARN, or one that the framework makes, by name.
func (e *expansion) snsTopic(ev event) (*model.Value, string) {
	given := first(ev.config.Get("arn"), ev.config)
	if ev.config.Kind == model.Map && ev.config.Get("arn").Kind == model.Absent {
		given = first(ev.config.Get("topicName"), ev.config)
	}
	name, ok := given.Scalar()
	if !ok || strings.HasPrefix(name, "arn:") {
		return given, plainName(lastPart(name, ":")) + fmt.Sprint(ev.index)
	}
	id := "SNSTopic" + plainName(name)
	fields := set([]model.Field{field("TopicName", given)}, "DisplayName", ev.config.Get("displayName"))
	fields = set(fields, "KmsMasterKeyId", ev.config.Get("kmsMasterKeyId"))
	e.add(id, "AWS::SNS::Topic", fields, ev.at, ev.source())
	return ref(id, ev.at), plainName(name)
}

func lastPart(s, sep string) string { return s[strings.LastIndex(s, sep)+1:] }

func (e *expansion) sqsEvent(ev event) {
	source := first(ev.config.Get("arn"), ev.config)
	e.mapping(ev, "SQS", source)
	e.allow(ev.function, ev.at, source, "sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes")
}

func (e *expansion) streamEvent(ev event) {
	source := first(ev.config.Get("arn"), ev.config)
	kind := "Dynamodb"
	if s, ok := ev.config.Get("type").Scalar(); ok && strings.EqualFold(s, "kinesis") {
		kind = "Kinesis"
	} else if s, ok := source.Scalar(); ok && strings.Contains(s, ":kinesis:") {
		kind = "Kinesis"
	}
	e.mapping(ev, kind, source)
	if kind == "Kinesis" {
		e.allow(ev.function, ev.at, source, "kinesis:GetRecords", "kinesis:GetShardIterator", "kinesis:DescribeStreamSummary", "kinesis:ListShards")
		return
	}
	e.allow(ev.function, ev.at, source, "dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:DescribeStream", "dynamodb:ListStreams")
}

func (e *expansion) mappingEvent(ev event) {
	source := first(ev.config.Get("arn"), model.NewAbsent(ev.at))
	e.mapping(ev, plainName(ev.name), source)
}

// mapping makes the event source mapping of a polled source.
func (e *expansion) mapping(ev event, kind string, source *model.Value) {
	c := ev.config
	fields := []model.Field{field("FunctionName", arn(ev.id, ev.at))}
	fields = set(fields, "EventSourceArn", source)
	fields = set(fields, "BatchSize", c.Get("batchSize"))
	fields = set(fields, "MaximumBatchingWindowInSeconds", first(c.Get("maximumBatchingWindow"), c.Get("batchWindow")))
	fields = set(fields, "BisectBatchOnFunctionError", c.Get("bisectBatchOnFunctionError"))
	fields = set(fields, "MaximumRetryAttempts", c.Get("maximumRetryAttempts"))
	fields = set(fields, "MaximumRecordAgeInSeconds", c.Get("maximumRecordAgeInSeconds"))
	fields = set(fields, "ParallelizationFactor", c.Get("parallelizationFactor"))
	fields = set(fields, "StartingPosition", c.Get("startingPosition"))
	if r := c.Get("functionResponseType"); r.Kind != model.Absent {
		fields = append(fields, field("FunctionResponseTypes", list(r.Origin, r)))
	}
	if d := c.Path("destinations", "onFailure"); d.Kind != model.Absent {
		fields = append(fields, field("DestinationConfig", object(d.Origin, field("OnFailure", object(d.Origin, field("Destination", e.destination(d)))))))
	}
	if f := c.Get("filterPatterns"); f.Kind == model.List {
		fields = append(fields, field("FilterCriteria", filterCriteria(f)))
	}
	if t := first(c.Get("topic"), c.Get("queue")); t.Kind != model.Absent {
		fields = append(fields, field("Topics", list(t.Origin, t)))
	}
	id := fmt.Sprintf("%sEventSourceMapping%s%s", logicalName(ev.function), kind, sourceName(source, ev.index))
	e.add(id, "AWS::Lambda::EventSourceMapping", fields, ev.at, ev.source())
	e.byID[id].Attributes = object(ev.at, field("EventType", text(kind, ev.at)))
}

func filterCriteria(patterns *model.Value) *model.Value {
	var filters []*model.Value
	for _, p := range patterns.Items {
		filters = append(filters, object(p.Origin, field("Pattern", p)))
	}
	return object(patterns.Origin, field("Filters", list(patterns.Origin, filters...)))
}

// sourceName is the part of a mapping's logical ID that names its source.
func sourceName(source *model.Value, index int) string {
	if a := source.Get("Fn::GetAtt"); a.Kind == model.List && len(a.Items) > 0 {
		return plainName(a.Items[0].String())
	}
	if a, ok := source.Get("Fn::GetAtt").Scalar(); ok {
		id, _, _ := strings.Cut(a, ".")
		return plainName(id)
	}
	if s, ok := source.Scalar(); ok {
		if _, rest, ok := strings.Cut(s, ":table/"); ok {
			s, _, _ = strings.Cut(rest, "/")
		}
		return plainName(s[strings.LastIndexAny(s, ":/")+1:])
	}
	return fmt.Sprint(index)
}

func (e *expansion) s3Event(ev event) {
	c := ev.config
	name := first(c.Get("bucket"), c)
	notification := []model.Field{field("Function", arn(ev.id, ev.at))}
	notification = append(notification, field("Event", first(c.Get("event"), text("s3:ObjectCreated:*", ev.at))))
	if rules := c.Get("rules"); rules.Kind == model.List {
		notification = append(notification, field("Filter", keyFilter(rules)))
	}
	entry := object(ev.at, notification...)
	if c.Get("existing").EqualsText("true") == model.Yes {
		e.add(fmt.Sprintf("%sCustomS3%d", logicalName(ev.function), ev.index), "Custom::S3", []model.Field{
			field("BucketName", name), field("FunctionName", arn(ev.id, ev.at)), field("BucketConfigs", list(ev.at, entry)),
		}, ev.at, ev.source())
		return
	}
	s, _ := name.Scalar()
	id := "S3Bucket" + plainName(s)
	if s == "" {
		id = fmt.Sprintf("S3Bucket%s%d", logicalName(ev.function), ev.index)
	}
	e.bucket(id, name, entry, ev)
	e.permission(logicalName(ev.function)+"LambdaPermission"+strings.TrimPrefix(id, "S3Bucket")+"S3", ev.id, "s3.amazonaws.com", ev.at,
		field("SourceArn", concat(ev.at, text("arn:aws:s3:::", ev.at), name)), field("SourceAccount", ref("AWS::AccountId", ev.at)))
}

// bucket adds a notification to a bucket that the framework makes, or to the service's own one of that name.
func (e *expansion) bucket(id string, name, entry *model.Value, ev event) {
	r := e.byID[id]
	config := func(entries ...*model.Value) model.Field {
		return field("NotificationConfiguration", object(ev.at, field("LambdaConfigurations", list(ev.at, entries...))))
	}
	if r == nil {
		fields := []model.Field{}
		if name.Kind != model.Map {
			fields = append(fields, field("BucketName", name))
		}
		common, _ := name.Scalar()
		for _, f := range e.provider.Path("s3", common).Fields {
			if f.Key != "name" && common != "" {
				fields = append(fields, model.Field{Key: plainName(f.Key), At: f.At, Value: f.Value})
			}
		}
		e.add(id, "AWS::S3::Bucket", append(fields, config(entry)), ev.at, ev.source())
		return
	}
	before := r.Props.Path("NotificationConfiguration", "LambdaConfigurations").Items
	extended := model.NewMap([]model.Field{config(append(append([]*model.Value{}, before...), entry)...)}, ev.at)
	fields := append([]model.Field{}, r.Props.Fields...)
	for i := range fields {
		if fields[i].Key == "NotificationConfiguration" {
			fields[i] = extended.Fields[0]
		}
	}
	r.Props = model.NewMap(fields, r.Props.Origin)
}

func keyFilter(rules *model.Value) *model.Value {
	var out []*model.Value
	for _, r := range rules.Items {
		for _, f := range r.Fields {
			out = append(out, object(r.Origin, field("Name", text(f.Key, r.Origin)), field("Value", f.Value)))
		}
	}
	return object(rules.Origin, field("S3Key", object(rules.Origin, field("Rules", list(rules.Origin, out...)))))
}

func (e *expansion) eventBridgeEvent(ev event) {
	c := ev.config
	fields := []model.Field{field("Targets", e.target(ev))}
	fields = set(fields, "EventPattern", c.Get("pattern"))
	fields = set(fields, "ScheduleExpression", c.Get("schedule"))
	fields = set(fields, "EventBusName", c.Get("eventBus"))
	id := fmt.Sprintf("%sEventBridge%d", logicalName(ev.function), ev.index)
	e.add(id, "AWS::Events::Rule", fields, ev.at, ev.source())
	e.permission(id+"LambdaPermission", ev.id, "events.amazonaws.com", ev.at, field("SourceArn", arn(id, ev.at)))
}

func (e *expansion) cloudwatchEvent(ev event) {
	fields := set([]model.Field{field("Targets", e.target(ev))}, "EventPattern", ev.config.Get("event"))
	id := fmt.Sprintf("%sEventsRuleCloudWatchEvent%d", logicalName(ev.function), ev.index)
	e.add(id, "AWS::Events::Rule", fields, ev.at, ev.source())
	e.permission(fmt.Sprintf("%sLambdaPermissionEventsRuleCloudWatchEvent%d", logicalName(ev.function), ev.index), ev.id,
		"events.amazonaws.com", ev.at, field("SourceArn", arn(id, ev.at)))
}

func (e *expansion) cloudwatchLogEvent(ev event) {
	c := ev.config
	fields := []model.Field{
		field("LogGroupName", first(c.Get("logGroup"), c)),
		field("FilterPattern", first(c.Get("filter"), text("", ev.at))),
		field("DestinationArn", arn(ev.id, ev.at)),
	}
	id := fmt.Sprintf("%sLogsSubscriptionFilterCloudWatchLog%d", logicalName(ev.function), ev.index)
	e.add(id, "AWS::Logs::SubscriptionFilter", fields, ev.at, ev.source())
	e.permission(logicalName(ev.function)+"LambdaPermissionLogsSubscriptionFilterCloudWatchLog", ev.id, "logs.amazonaws.com", ev.at,
		field("SourceArn", concat(ev.at, text("arn:aws:logs:", ev.at), ref("AWS::Region", ev.at), text(":", ev.at),
			ref("AWS::AccountId", ev.at), text(":log-group:", ev.at), first(c.Get("logGroup"), c), text(":*", ev.at))))
}

func (e *expansion) userPoolEvent(ev event) {
	c := ev.config
	trigger, _ := c.Get("trigger").Scalar()
	pool, _ := c.Get("pool").Scalar()
	id := "CognitoUserPool" + plainName(pool)
	if c.Get("existing").EqualsText("true") == model.Yes {
		e.add(fmt.Sprintf("%sCustomCognitoUserPool%d", logicalName(ev.function), ev.index), "Custom::CognitoUserPool", []model.Field{
			field("UserPoolName", c.Get("pool")), field("FunctionName", arn(ev.id, ev.at)),
		}, ev.at, ev.source())
		return
	}
	hook := object(ev.at, field("LambdaConfig", object(ev.at, field(trigger, arn(ev.id, ev.at)))))
	if r := e.byID[id]; r != nil {
		r.Props = merge(r.Props, hook)
	} else {
		e.add(id, "AWS::Cognito::UserPool", []model.Field{field("UserPoolName", c.Get("pool")), hook.Fields[0]}, ev.at, ev.source())
	}
	e.permission(fmt.Sprintf("%sLambdaPermission%sTriggerSource%s", logicalName(ev.function), id, trigger), ev.id,
		"cognito-idp.amazonaws.com", ev.at, field("SourceArn", arn(id, ev.at)))
}

func (e *expansion) iotEvent(ev event) {
	action := object(ev.at, field("Lambda", object(ev.at, field("FunctionArn", arn(ev.id, ev.at)))))
	rule := object(ev.at, field("Sql", ev.config.Get("sql")), field("Actions", list(ev.at, action)))
	id := fmt.Sprintf("%sIotTopicRule%d", logicalName(ev.function), ev.index)
	e.add(id, "AWS::IoT::TopicRule", []model.Field{field("TopicRulePayload", rule)}, ev.at, ev.source())
	e.permission(fmt.Sprintf("%sLambdaPermissionIotTopicRule%d", logicalName(ev.function), ev.index), ev.id, "iot.amazonaws.com", ev.at,
		field("SourceArn", arn(id, ev.at)))
}

func (e *expansion) iotFleetEvent(ev event) {
	hook := object(ev.at, field("TargetArn", arn(ev.id, ev.at)))
	e.add("IotProvisioningTemplate"+logicalName(ev.function), "AWS::IoT::ProvisioningTemplate",
		[]model.Field{field("PreProvisioningHook", hook)}, ev.at, ev.source())
}

func (e *expansion) alexaEvent(ev event) {
	principal := "alexa-appkit.amazon.com"
	if ev.name == "alexaSmartHome" {
		principal = "alexa-connectedhome.amazon.com"
	}
	token := first(ev.config.Get("appId"), ev.config)
	var more []model.Field
	if s, ok := token.Scalar(); !ok || s != "true" {
		more = append(more, field("EventSourceToken", token))
	}
	e.permission(fmt.Sprintf("%sLambdaPermission%s%d", logicalName(ev.function), plainName(ev.name), ev.index), ev.id, principal, ev.at, more...)
}

func (e *expansion) albEvent(ev event) {
	group := logicalName(ev.function) + "AlbTargetGroup" + fmt.Sprint(ev.index)
	e.add(group, "AWS::ElasticLoadBalancingV2::TargetGroup", []model.Field{
		field("TargetType", text("lambda", ev.at)),
		field("Targets", list(ev.at, object(ev.at, field("Id", arn(ev.id, ev.at))))),
	}, ev.at, ev.source())
	action := object(ev.at, field("Type", text("forward", ev.at)), field("TargetGroupArn", ref(group, ev.at)))
	fields := set([]model.Field{field("Actions", list(ev.at, action))}, "ListenerArn", ev.config.Get("listenerArn"))
	fields = set(fields, "Conditions", ev.config.Get("conditions"))
	e.add(fmt.Sprintf("%sAlbListenerRule%d", logicalName(ev.function), ev.index), "AWS::ElasticLoadBalancingV2::ListenerRule", fields, ev.at, ev.source())
}

func (e *expansion) cloudFrontEvent(ev event) {
	association := object(ev.at, field("EventType", ev.config.Get("eventType")), field("LambdaFunctionARN", arn(ev.id, ev.at)))
	behavior := object(ev.at, field("LambdaFunctionAssociations", list(ev.at, association)), field("ViewerProtocolPolicy", text("allow-all", ev.at)))
	if b := ev.config.Get("behavior"); b.Kind == model.Map {
		behavior = merge(behavior, capitalised(b))
	}
	config := object(ev.at, field("DefaultCacheBehavior", behavior))
	e.add("CloudFrontDistribution", "AWS::CloudFront::Distribution", []model.Field{field("DistributionConfig", config)}, ev.at, ev.source())
}

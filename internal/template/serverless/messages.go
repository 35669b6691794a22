package serverless

import (
	"fmt"
	"strings"

	"wardlet.example/internal/model"
)

func (e *expansion) snsEvent(ev event) {
	topic, name := snsTopic(ev)
	at := ev.at
	if c := ev.config; c.Kind == model.Map && c.Get("arn").Kind == model.Absent && c.Get("topicName").Kind == model.Absent {
		e.warn(at, "event sns of "+ev.function+" names no topic", "write arn or topicName")
		e.mayBeCalled(ev.id, at, "event sns names no topic")
		return
	}
	id := logicalName(ev.function) + "SnsSubscription" + plainName(name)
	more := rename(nil, ev.config, "filterPolicy", "FilterPolicy", "filterPolicyScope", "FilterPolicyScope")
	subscription := []model.Field{field("Protocol", text("lambda", at)), field("Endpoint", e.target(ev.function, at))}
	source := topic
	if topic.Kind == model.Absent { // one that the framework makes, by its name
		source = pattern(at, "arn:${AWS::Partition}:sns:${AWS::Region}:${AWS::AccountId}:%v", text(name, at))
	}
	if redrive := ev.config.Get("redrivePolicy"); redrive.Kind != model.Absent {
		more = append(more, field("RedrivePolicy", e.topicDeadLetters(ev, redrive, name, source)))
	}
	switch {
	case topic.Kind != model.Absent:
		if region := foreignRegion(topic, e.provider.Get("region")); region != "" && ev.config.Kind == model.Map {
			more = append(more, field("Region", text(region, topic.Origin)))
		}
		e.add(id, "AWS::SNS::Subscription", append(append(subscription, field("TopicArn", topic)), more...), at, ev.source())
	case more != nil:
		e.topic(ev, name)
		e.add(id, "AWS::SNS::Subscription", append(append(subscription, field("TopicArn", ref("SNSTopic"+plainName(name), at))), more...), at, ev.source())
	default:
		r := e.topic(ev, name)
		before := r.Props.Get("Subscription").Elements()
		all := append(append([]*model.Value{}, before...), object(at, subscription...))
		r.Props = overlay(r.Props, object(at, field("Subscription", list(at, all...))))
	}
	e.permission(logicalName(ev.function)+"LambdaPermission"+plainName(name)+"SNS", ev.function, "sns.amazonaws.com", at, field("SourceArn", source))
}

// snsTopic is the topic of an event: one that exists, by ARN (absent if the framework makes it), and its name.
func snsTopic(ev event) (*model.Value, string) {
	given, c := ev.config.Get("arn"), ev.config
	named, _ := c.Get("topicName").Scalar()
	if s, ok := c.Scalar(); ok {
		if !strings.HasPrefix(s, "arn:") {
			return model.NewAbsent(ev.at), s
		}
		given = c
	}
	if given.Kind == model.Absent && c.Kind != model.Map {
		given = c // a text of open parts
	}
	if given.Kind == model.Absent {
		return given, orDefault(named, c.Get("topicName").String())
	}
	if named == "" {
		named = given.String()
		named = lastPart(named, ":")
	}
	return given, named
}

// foreignRegion is the region of a topic outside the service's own; empty if it is the same or not known.
func foreignRegion(topic, own *model.Value) string {
	s, ok := topic.Scalar()
	parts := strings.Split(s, ":")
	region, known := own.Scalar()
	if !known {
		region = "us-east-1"
	}
	if !ok || len(parts) < 6 || topic.Origin.Via != nil && parts[3] == "" || parts[3] == region {
		return ""
	}
	return parts[3]
}

func (e *expansion) topic(ev event, name string) *model.Resource {
	fields := rename([]model.Field{field("TopicName", text(name, ev.at))}, ev.config, "displayName", "DisplayName")
	return e.add("SNSTopic"+plainName(name), "AWS::SNS::Topic", fields, ev.at, ev.source())
}

// topicDeadLetters is where messages go that the function does not take, with the policy that lets the topic send there.
func (e *expansion) topicDeadLetters(ev event, redrive *model.Value, name string, topic *model.Value) *model.Value {
	at := redrive.Origin
	target, url := redrive.Get("deadLetterTargetArn"), model.NewAbsent(at)
	switch own := redrive.Get("deadLetterTargetRef"); {
	case target.Kind == model.String:
		parts := strings.Split(target.Str, ":")
		if len(parts) == 6 {
			url = pattern(at, "https://sqs."+parts[3]+".${AWS::URLSuffix}/"+parts[4]+"/"+parts[5])
		}
	case own.Kind != model.Absent:
		target, url = arn(own.String(), at), ref(own.String(), at)
	case redrive.Get("deadLetterTargetImport").Kind == model.Map:
		imported := redrive.Get("deadLetterTargetImport")
		target = object(at, field("Fn::ImportValue", imported.Get("arn")))
		url = object(at, field("Fn::ImportValue", imported.Get("url")))
	}
	id := plainName(name) + "To" + logicalName(ev.function) + "DLQPolicy"
	allow := object(at, field("Effect", text("Allow", at)), field("Principal", object(at, field("Service", text("sns.amazonaws.com", at)))),
		field("Action", text("sqs:SendMessage", at)), field("Resource", target),
		field("Condition", object(at, field("ArnEquals", object(at, field("aws:SourceArn", topic))))))
	document := object(at, field("Version", text("2012-10-17", at)), field("Id", text(id, at)), field("Statement", list(at, allow)))
	e.add(id, "AWS::SQS::QueuePolicy", []model.Field{field("PolicyDocument", document), field("Queues", list(at, url))}, at, ev.source())
	return object(at, field("deadLetterTargetArn", target))
}

func (e *expansion) sqsEvent(ev event) {
	source := first(ev.config.Get("arn"), ev.config)
	fields := e.polled(ev, source, true)
	if c := ev.config.Get("maximumConcurrency"); c.Kind != model.Absent {
		fields = append(fields, field("ScalingConfig", object(c.Origin, field("MaximumConcurrency", c))))
	}
	e.mapping(ev, "SQS"+plainName(queueName(source)), fields)
	e.allow(ev.function, "sqs", ev.at, source, "sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes")
}

// queueName is what the framework calls a queue by: the logical ID, the import, or the end of the ARN.
func queueName(source *model.Value) string {
	if id := attributeOf(source); id != "" {
		return id
	}
	if source.Kind == model.Ref {
		return source.Str
	}
	if imported := source.Get("Fn::ImportValue"); imported.Kind != model.Absent {
		return imported.String()
	}
	if joined := source.Get("Fn::Join"); joined.Kind == model.List && len(joined.Items) == 2 && len(joined.Items[1].Items) > 0 {
		return joined.Items[1].Items[len(joined.Items[1].Items)-1].String()
	}
	if id, ok := source.Get("Ref").Scalar(); ok {
		return id
	}
	return lastPart(source.String(), ":")
}

// streamName is what the framework calls a stream or table by.
func streamName(source *model.Value) string {
	if source.Get("Fn::Join").Kind == model.List {
		return lastPart(queueName(source), "/")
	}
	if parts := strings.Split(source.String(), "/"); source.Kind == model.String && len(parts) > 1 {
		return parts[1]
	}
	return queueName(source)
}

func (e *expansion) streamEvent(ev event) {
	c, at := ev.config, ev.at
	source := first(c.Get("arn"), c)
	kind, _ := c.Get("type").Scalar()
	if kind == "" {
		kind = "dynamodb"
		if source.ContainsText(":kinesis:") == model.Yes {
			kind = "kinesis"
		}
	}
	kind = strings.ToLower(kind)
	name := streamName(source)
	from := source
	if consumer := c.Get("consumer"); kind == "kinesis" && consumer.IsSet() == model.Yes && !isOff(consumer) {
		if isOn(consumer) {
			consumer = ref(e.streamConsumer(ev, source, name), at)
		}
		from = consumer
		e.allow(ev.function, "consumer "+ev.function, at, consumer, "kinesis:SubscribeToShard")
	}
	fields := append(e.polled(ev, from, true), field("StartingPosition", first(c.Get("startingPosition"), text("TRIM_HORIZON", at))))
	fields = rename(fields, c, "parallelizationFactor", "ParallelizationFactor", "bisectBatchOnFunctionError", "BisectBatchOnFunctionError",
		"maximumRetryAttempts", "MaximumRetryAttempts", "maximumRecordAgeInSeconds", "MaximumRecordAgeInSeconds",
		"tumblingWindowInSeconds", "TumblingWindowInSeconds")
	if from != source { // the framework forgets it for the rest
		fields = rename(fields, c, "startingPositionTimestamp", "StartingPositionTimestamp")
	}
	if d := c.Path("destinations", "onFailure"); d.Kind != model.Absent {
		fields = append(fields, field("DestinationConfig", object(d.Origin, field("OnFailure", object(d.Origin, field("Destination", e.destination(d)))))))
		e.allowStreamFailure(ev, d)
	}
	e.mapping(ev, upperFirst(kind)+plainName(name), fields)
	key := kind + " " + ev.function
	if from != source {
		key = "consumed " + key
	}
	e.allow(ev.function, key, at, source, streamActions(kind, from != source)...)
}

func streamActions(kind string, consumer bool) []string {
	switch {
	case kind == "dynamodb":
		return []string{"dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:DescribeStream", "dynamodb:ListStreams"}
	case consumer:
		return []string{"kinesis:GetRecords", "kinesis:GetShardIterator", "kinesis:DescribeStreamSummary", "kinesis:ListShards"}
	}
	return []string{"kinesis:GetRecords", "kinesis:GetShardIterator", "kinesis:DescribeStream", "kinesis:ListStreams"}
}

func (e *expansion) streamConsumer(ev event, stream *model.Value, name string) string {
	consumer := ev.function + name
	if e.provider.Path("kinesis", "consumerNamingMode").IsSet() == model.Yes {
		consumer += e.service.Name + e.service.Stage
	}
	consumer += "Consumer"
	id := logicalName(consumer) + "StreamConsumer"
	e.add(id, "AWS::Kinesis::StreamConsumer", []model.Field{
		field("StreamARN", stream), field("ConsumerName", text(consumer, ev.at)),
	}, ev.at, ev.source())
	return id
}

func (e *expansion) allowStreamFailure(ev event, d *model.Value) {
	target := e.destination(d)
	if d.Get("type").EqualsText("sns") == model.Yes || target.ContainsText(":sns:") == model.Yes {
		e.allow(ev.function, "failures to sns "+ev.function, d.Origin, target, "sns:Publish")
		return
	}
	e.allow(ev.function, "failures to sqs "+ev.function, d.Origin, target, "sqs:ListQueues", "sqs:SendMessage")
}

// polled are the settings that all event source mappings have. usual says that the framework writes its own defaults.
func (e *expansion) polled(ev event, source *model.Value, usual bool) []model.Field {
	c, at := ev.config, ev.at
	size, enabled := c.Get("batchSize"), c.Get("enabled")
	if usual {
		size, enabled = first(size, model.NewInt(10, at)), first(enabled, model.NewBool(true, at))
	}
	fields := set([]model.Field{field("FunctionName", e.target(ev.function, at))}, "EventSourceArn", source)
	fields = set(set(fields, "BatchSize", size), "Enabled", enabled)
	fields = set(fields, "MaximumBatchingWindowInSeconds", first(c.Get("maximumBatchingWindow"), c.Get("batchWindow")))
	if r := c.Get("functionResponseType"); r.Kind != model.Absent {
		fields = append(fields, field("FunctionResponseTypes", list(r.Origin, r)))
	}
	if f := c.Get("filterPatterns"); f.Kind == model.List {
		fields = append(fields, field("FilterCriteria", filterCriteria(f)))
	}
	return fields
}

// mapping makes the event source mapping of a polled source.
func (e *expansion) mapping(ev event, name string, fields []model.Field) {
	r := e.add(logicalName(ev.function)+"EventSourceMapping"+name, "AWS::Lambda::EventSourceMapping", fields, ev.at, ev.source())
	kind := map[string]string{"sqs": "SQS", "activemq": "MQ", "rabbitmq": "MQ"}[ev.name]
	r.Attributes = object(ev.at, field("EventType", text(orDefault(kind, upperFirst(ev.name)), ev.at)))
}

func filterCriteria(patterns *model.Value) *model.Value {
	var filters []*model.Value
	for _, p := range patterns.Items {
		filters = append(filters, object(p.Origin, field("Pattern", p)))
	}
	return object(patterns.Origin, field("Filters", list(patterns.Origin, filters...)))
}

// networkActions are what a function needs to reach a broker inside a network.
var networkActions = []string{
	"ec2:CreateNetworkInterface", "ec2:DescribeNetworkInterfaces", "ec2:DescribeVpcs", "ec2:DeleteNetworkInterface",
	"ec2:DescribeSubnets", "ec2:DescribeSecurityGroups",
}

func (e *expansion) allowNetwork(ev event) {
	e.allow(ev.function, ev.name+" network "+ev.function, ev.at, nil, networkActions...).resources = []*model.Value{text("*", ev.at)}
}

func (e *expansion) mskEvent(ev event) {
	c, at := ev.config, ev.at
	source, topic := c.Get("arn"), c.Get("topic")
	fields := append(e.polled(ev, source, false), field("StartingPosition", first(c.Get("startingPosition"), text("TRIM_HORIZON", at))),
		field("Topics", list(at, topic)))
	fields = rename(fields, c, "startingPositionTimestamp", "StartingPositionTimestamp")
	if group := c.Get("consumerGroupId"); group.Kind != model.Absent {
		fields = append(fields, field("AmazonManagedKafkaEventSourceConfig", object(at, field("ConsumerGroupId", group))))
	}
	if secret := c.Get("saslScram512"); secret.Kind != model.Absent {
		fields = append(fields, field("SourceAccessConfigurations", list(at, access("SASL_SCRAM_512_AUTH", secret))))
	}
	cluster := streamName(source)
	e.mapping(ev, "MSK"+shortened(plainName(cluster), 79)+shortened(plainName(topic.String()), 79), fields)
	e.allow(ev.function, "msk "+ev.function, at, source, "kafka:DescribeCluster", "kafka:GetBootstrapBrokers")
	e.allowNetwork(ev)
}

func access(kind string, uri *model.Value) *model.Value {
	return object(uri.Origin, field("Type", text(kind, uri.Origin)), field("URI", uri))
}

// kafkaAccess names the ways to authenticate with a cluster of one's own, and what the framework puts before their values.
var kafkaAccess = map[string][2]string{
	"vpcSubnet": {"VPC_SUBNET", "subnet:"}, "vpcSecurityGroup": {"VPC_SECURITY_GROUP", "security_group:"},
	"saslPlainAuth": {"BASIC_AUTH", ""}, "saslScram256Auth": {"SASL_SCRAM_256_AUTH", ""}, "saslScram512Auth": {"SASL_SCRAM_512_AUTH", ""},
	"clientCertificateTlsAuth": {"CLIENT_CERTIFICATE_TLS_AUTH", ""}, "serverRootCaCertificate": {"SERVER_ROOT_CA_CERTIFICATE", ""},
}

func (e *expansion) kafkaEvent(ev event) {
	c, at := ev.config, ev.at
	topic := c.Get("topic")
	servers := object(at, field("Endpoints", object(at, field("KafkaBootstrapServers", c.Get("bootstrapServers")))))
	var ways []*model.Value
	for _, f := range c.Get("accessConfigurations").Fields {
		way := kafkaAccess[f.Key]
		for _, v := range f.Value.Elements() {
			ways = append(ways, access(orDefault(way[0], f.Key), concat(v.Origin, text(way[1], v.Origin), v)))
			if way[1] != "" {
				e.allowNetwork(ev)
			} else {
				e.allow(ev.function, "kafka secrets "+ev.function, v.Origin, v, "secretsmanager:GetSecretValue")
			}
		}
	}
	fields := append(e.polled(ev, model.NewAbsent(at), false), field("StartingPosition", first(c.Get("startingPosition"), text("TRIM_HORIZON", at))),
		field("SelfManagedEventSource", servers), field("Topics", list(at, topic)), field("SourceAccessConfigurations", list(at, ways...)))
	fields = rename(fields, c, "startingPositionTimestamp", "StartingPositionTimestamp")
	if group := c.Get("consumerGroupId"); group.Kind != model.Absent {
		fields = append(fields, field("SelfManagedKafkaEventSourceConfig", object(at, field("ConsumerGroupId", group))))
	}
	e.mapping(ev, "Kafka"+shortened(plainName(topic.String()), 158), fields)
}

func (e *expansion) brokerEvent(ev event) {
	c, at := ev.config, ev.at
	name, queue := "ActiveMQ", c.Get("queue")
	ways := []*model.Value{access("BASIC_AUTH", c.Get("basicAuthArn"))}
	if ev.name == "rabbitmq" {
		name = "RabbitMQ"
		if host := c.Get("virtualHost"); host.Kind != model.Absent {
			ways = append(ways, access("VIRTUAL_HOST", host))
		}
	}
	fields := append(e.polled(ev, c.Get("arn"), false), field("Queues", list(at, queue)), field("SourceAccessConfigurations", list(at, ways...)))
	e.mapping(ev, name+shortened(plainName(queue.String()), 150), fields)
	e.allow(ev.function, ev.name+" secrets "+ev.function, at, c.Get("basicAuthArn"), "secretsmanager:GetSecretValue")
	e.allow(ev.function, ev.name+" "+ev.function, at, c.Get("arn"), "mq:DescribeBroker")
	e.allowNetwork(ev)
}

func numbered(name string, n int) string { return fmt.Sprintf("%s%d", name, n) }

package serverless

import (
	"strings"

	"wardlet.example/internal/model"
)

// The plugin serverless-lift makes resources of `constructs`. It builds them with the CDK, whose logical IDs are the path of
// a construct and a hash of it.

// cdkID is the logical ID that the CDK gives to the construct at a path.
func cdkID(path ...string) string {
	human, before := "", ""
	for _, part := range path {
		part = notInName.ReplaceAllString(part, "")
		if part != "Resource" && (before == "" || !strings.HasSuffix(before, part)) {
			human, before = human+part, part
		}
	}
	return human + strings.ToUpper(hash(strings.Join(path, "/"))[:8])
}

// constructVariable is what ${construct:NAME.PROPERTY} gives.
func (r *variables) constructVariable(address string, at model.Origin) *model.Value {
	name, property, _ := strings.Cut(address, ".")
	kind, _ := r.root.Path("constructs", name, "type").Scalar()
	known := map[string]*model.Value{
		"queue queueUrl":     ref(cdkID(name, "Queue", "Resource"), at),
		"queue queueArn":     arn(cdkID(name, "Queue", "Resource"), at),
		"queue dlqUrl":       ref(cdkID(name, "Dlq", "Resource"), at),
		"queue dlqArn":       arn(cdkID(name, "Dlq", "Resource"), at),
		"storage bucketName": ref(cdkID(name, "Bucket", "Resource"), at),
		"storage bucketArn":  arn(cdkID(name, "Bucket", "Resource"), at),
		"webhook busName":    ref(cdkID(name, "Bus", "Resource"), at),
		"database/dynamodb-single-table tableName":      ref(cdkID(name, "Table", "Resource"), at),
		"database/dynamodb-single-table tableStreamArn": model.NewRef(cdkID(name, "Table", "Resource"), "StreamArn", at),
	}
	if v := known[kind+" "+property]; v != nil {
		return v
	}
	return model.NewPresent("${construct:"+address+"} is made by a plugin", at)
}

// constructs makes the resources of the service's constructs.
func (e *expansion) constructs() {
	for _, f := range e.root.Get("constructs").Fields {
		kind, _ := f.Value.Get("type").Scalar()
		switch kind {
		case "queue":
			e.liftQueue(f)
		case "storage":
			e.liftStorage(f)
		case "webhook":
			e.liftWebhook(f)
		case "database/dynamodb-single-table":
			e.liftTable(f)
		default:
			e.notes = append(e.notes, model.Diagnostic{
				Pos: f.At, Level: model.Warning, Incomplete: true,
				Message: "construct " + f.Key + " of type " + orDefault(kind, "?") + " is not read: what it makes is not seen",
			})
		}
	}
}

// allowAll gives the shared role what every function gets for a construct.
func (e *expansion) allowAll(n *need) {
	if isOff(e.root.Path("lift", "automaticPermissions")) {
		return
	}
	for _, use := range e.roleUses {
		if use.id == sharedRole {
			use.needs = append(use.needs, n)
		}
	}
}

func (e *expansion) liftQueue(f model.Field) {
	at, c, by := fieldOrigin(f), f.Value, "construct "+f.Key
	queue, dead := cdkID(f.Key, "Queue", "Resource"), cdkID(f.Key, "Dlq", "Resource")
	name, suffix := e.stackName()+"-"+f.Key, ""
	fifo := isOn(c.Get("fifo"))
	if fifo {
		suffix = ".fifo"
	}
	common := func(name string) []model.Field {
		fields := []model.Field{field("QueueName", text(name+suffix, at))}
		if fifo {
			fields = append(fields, field("FifoQueue", model.NewBool(true, at)))
		}
		if c.Get("encryption").EqualsText("kmsManaged") == model.Yes {
			fields = append(fields, field("KmsMasterKeyId", text("alias/aws/sqs", at)))
		}
		return fields
	}
	e.add(dead, "AWS::SQS::Queue", append(common(name+"-dlq"), field("MessageRetentionPeriod", model.NewInt(1209600, at))), at, by)
	redrive := object(at, field("deadLetterTargetArn", arn(dead, at)), field("maxReceiveCount", first(c.Get("maxRetries"), model.NewInt(3, at))))
	window := first(c.Get("maxBatchingWindow"), model.NewInt(0, at))
	timeout := first(c.Path("worker", "timeout"), model.NewInt(6, at))
	fields := append(common(name), field("RedrivePolicy", redrive))
	if timeout.Kind == model.Number && window.Kind == model.Number {
		fields = append(fields, field("VisibilityTimeout", model.NewInt(int(timeout.Num)*6+int(window.Num), at)))
	}
	fields = rename(fields, c, "delay", "DelaySeconds")
	if fifo {
		fields = append(fields, field("ContentBasedDeduplication", model.NewBool(true, at)))
	}
	e.add(queue, "AWS::SQS::Queue", fields, at, by)
	e.liftAlarm(f, dead)
	settings := []model.Field{
		field("arn", arn(queue, at)), field("batchSize", first(c.Get("batchSize"), model.NewInt(1, at))),
		field("maximumBatchingWindow", window), field("functionResponseType", text("ReportBatchItemFailures", at)),
	}
	settings = rename(settings, c, "maxConcurrency", "maximumConcurrency")
	worker := overlay(c.Get("worker"), object(at, field("events", list(at, object(at, field("sqs", object(at, settings...)))))))
	e.function(model.Field{Key: f.Key + "Worker", At: c.KeyPos("worker"), Value: worker})
	e.allowAll(&need{at: at, actions: []string{"sqs:SendMessage", "sqs:ChangeMessageVisibility"}, resources: []*model.Value{arn(queue, at)}})
}

// liftAlarm makes the alarm over a queue's dead letters.
func (e *expansion) liftAlarm(f model.Field, dead string) {
	mail := f.Value.Get("alarm")
	if mail.Kind == model.Absent {
		return
	}
	at, by, name := mail.Origin, "construct "+f.Key, e.stackName()+"-"+f.Key+"-dlq-alarm"
	topic := cdkID(f.Key, "AlarmTopic", "Resource")
	e.add(topic, "AWS::SNS::Topic", []model.Field{
		field("TopicName", text(name+"-topic", at)),
		field("DisplayName", text("[Alert]["+f.Key+"] There are failed jobs in the dead letter queue.", at)),
	}, at, by)
	e.add(cdkID(f.Key, "AlarmTopicSubscription", "Resource"), "AWS::SNS::Subscription", []model.Field{
		field("TopicArn", ref(topic, at)), field("Protocol", text("email", at)), field("Endpoint", mail),
	}, at, by)
	dimension := object(at, field("Name", text("QueueName", at)), field("Value", model.NewRef(dead, "QueueName", at)))
	e.add(cdkID(f.Key, "Alarm", "Resource"), "AWS::CloudWatch::Alarm", []model.Field{
		field("AlarmName", text(name, at)), field("AlarmActions", list(at, ref(topic, at))), field("Dimensions", list(at, dimension)),
		field("AlarmDescription", text("Alert triggered when there are failed jobs in the dead letter queue.", at)),
		field("ComparisonOperator", text("GreaterThanThreshold", at)), field("EvaluationPeriods", model.NewInt(1, at)),
		field("MetricName", text("ApproximateNumberOfMessagesVisible", at)), field("Namespace", text("AWS/SQS", at)),
		field("Period", model.NewInt(60, at)), field("Statistic", text("Sum", at)), field("Threshold", model.NewInt(0, at)),
		field("TreatMissingData", text("notBreaching", at)),
	}, at, by)
}

func (e *expansion) liftStorage(f model.Field) {
	at, by := fieldOrigin(f), "construct "+f.Key
	bucket := cdkID(f.Key, "Bucket", "Resource")
	algorithm := "AES256"
	if f.Value.Get("encryption").EqualsText("kms") == model.Yes {
		algorithm = "aws:kms"
	}
	yes, on := model.NewBool(true, at), text("Enabled", at)
	rule := object(at, field("ServerSideEncryptionByDefault", object(at, field("SSEAlgorithm", text(algorithm, at)))))
	tiering := object(at, field("StorageClass", text("INTELLIGENT_TIERING", at)), field("TransitionInDays", model.NewInt(0, at)))
	old := object(at, field("NoncurrentDays", model.NewInt(30, at)))
	e.add(bucket, "AWS::S3::Bucket", []model.Field{
		field("BucketEncryption", object(at, field("ServerSideEncryptionConfiguration", list(at, rule)))),
		field("LifecycleConfiguration", object(at, field("Rules", list(at,
			object(at, field("Status", on), field("Transitions", list(at, tiering))),
			object(at, field("Status", on), field("NoncurrentVersionExpiration", old)))))),
		field("PublicAccessBlockConfiguration", object(at, field("BlockPublicAcls", yes), field("BlockPublicPolicy", yes),
			field("IgnorePublicAcls", yes), field("RestrictPublicBuckets", yes))),
		field("VersioningConfiguration", object(at, field("Status", on))),
	}, at, by)
	deny := object(at, field("Action", text("s3:*", at)), field("Effect", text("Deny", at)), field("Principal", object(at, field("AWS", text("*", at)))),
		field("Condition", object(at, field("Bool", object(at, field("aws:SecureTransport", text("false", at)))))),
		field("Resource", list(at, arn(bucket, at), concat(at, arn(bucket, at), text("/*", at)))))
	e.add(cdkID(f.Key, "Bucket", "Policy", "Resource"), "AWS::S3::BucketPolicy", []model.Field{
		field("Bucket", ref(bucket, at)),
		field("PolicyDocument", object(at, field("Version", text("2012-10-17", at)), field("Statement", list(at, deny)))),
	}, at, by)
	e.allowAll(&need{at: at, actions: []string{"s3:PutObject", "s3:GetObject", "s3:DeleteObject", "s3:ListBucket"},
		resources: []*model.Value{arn(bucket, at), concat(at, arn(bucket, at), text("/*", at))}})
}

func (e *expansion) liftTable(f model.Field) {
	at := fieldOrigin(f)
	table := cdkID(f.Key, "Table", "Resource")
	key := func(name, kind string) *model.Value {
		return object(at, field("AttributeName", text(name, at)), field("KeyType", text(kind, at)))
	}
	attribute := func(name string) *model.Value {
		return object(at, field("AttributeName", text(name, at)), field("AttributeType", text("S", at)))
	}
	yes := model.NewBool(true, at)
	e.add(table, "AWS::DynamoDB::Table", []model.Field{
		field("KeySchema", list(at, key("PK", "HASH"), key("SK", "RANGE"))),
		field("AttributeDefinitions", list(at, attribute("PK"), attribute("SK"))), field("BillingMode", text("PAY_PER_REQUEST", at)),
		field("PointInTimeRecoverySpecification", object(at, field("PointInTimeRecoveryEnabled", yes))),
		field("StreamSpecification", object(at, field("StreamViewType", text("NEW_AND_OLD_IMAGES", at)))),
		field("TimeToLiveSpecification", object(at, field("AttributeName", text("TimeToLive", at)), field("Enabled", yes))),
	}, at, "construct "+f.Key)
	e.allowAll(&need{at: at, actions: []string{
		"dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query", "dynamodb:Scan", "dynamodb:PutItem", "dynamodb:DeleteItem",
		"dynamodb:BatchWriteItem", "dynamodb:UpdateItem", "dynamodb:ConditionCheckItem",
	}, resources: []*model.Value{arn(table, at), concat(at, arn(table, at), text("/index/*", at))}})
}

func (e *expansion) liftWebhook(f model.Field) {
	at, c, by := fieldOrigin(f), f.Value, "construct "+f.Key
	api, bus := cdkID(f.Key, "HttpApi", "Resource"), cdkID(f.Key, "Bus", "Resource")
	role := cdkID(f.Key, "ApiGatewayRole", "Resource")
	integration, routeID, authorizer := cdkID(f.Key, "Integration"), cdkID(f.Key, "Route"), cdkID(f.Key, "Authorizer")
	e.add(api, "AWS::ApiGatewayV2::Api", []model.Field{field("Name", text("HttpApi", at)), field("ProtocolType", text("HTTP", at))}, at, by)
	e.add(bus, "AWS::Events::EventBus", []model.Field{field("Name", text(cdkID(f.Key, "Bus"), at))}, at, by)
	e.add(cdkID(f.Key, "HttpApi", "DefaultStage", "Resource"), "AWS::ApiGatewayV2::Stage", []model.Field{
		field("ApiId", ref(api, at)), field("StageName", text("$default", at)), field("AutoDeploy", model.NewBool(true, at)),
	}, at, by)
	send := statement(at, arn(bus, at), "events:PutEvents")
	e.add(role, "AWS::IAM::Role", []model.Field{
		field("AssumeRolePolicyDocument", trust(at, "apigateway.amazonaws.com")), field("Policies", onePolicy(at, "EventBridge", []*model.Value{send})),
	}, at, by)
	e.add(integration, "AWS::ApiGatewayV2::Integration", []model.Field{
		field("ApiId", ref(api, at)), field("ConnectionType", text("INTERNET", at)), field("CredentialsArn", arn(role, at)),
		field("IntegrationSubtype", text("EventBridge-PutEvents", at)), field("IntegrationType", text("AWS_PROXY", at)),
		field("PayloadFormatVersion", text("1.0", at)),
		field("RequestParameters", object(at, field("DetailType", first(c.Get("eventType"), text("Webhook", at))),
			field("Detail", text("$request.body", at)), field("Source", text(f.Key, at)), field("EventBusName", ref(bus, at)))),
	}, at, by)
	verb := strings.ToUpper(first(c.Get("method"), text("POST", at)).String())
	route := []model.Field{
		field("ApiId", ref(api, at)), field("RouteKey", text(verb+" "+c.Get("path").String(), at)),
		field("Target", concat(at, text("integrations/", at), ref(integration, at))),
	}
	if isOn(c.Get("insecure")) || c.Get("authorizer").Kind == model.Absent {
		e.add(routeID, "AWS::ApiGatewayV2::Route", append(route, field("AuthorizationType", text("NONE", at))), at, by)
		return
	}
	e.function(model.Field{Key: f.Key + "Authorizer", At: c.KeyPos("authorizer"), Value: c.Get("authorizer")})
	check := e.target(f.Key+"Authorizer", at)
	policy := cdkID(f.Key, "ApiGatewayRole", "DefaultPolicy", "Resource")
	invoke := statement(at, list(at, check, concat(at, check, text(":*", at))), "lambda:InvokeFunction")
	e.add(policy, "AWS::IAM::Policy", []model.Field{
		field("PolicyName", text(policy, at)), field("Roles", list(at, ref(role, at))),
		field("PolicyDocument", object(at, field("Version", text("2012-10-17", at)), field("Statement", list(at, invoke)))),
	}, at, by)
	e.add(authorizer, "AWS::ApiGatewayV2::Authorizer", []model.Field{
		field("ApiId", ref(api, at)), field("Name", text(f.Key+"-authorizer", at)), field("AuthorizerType", text("REQUEST", at)),
		field("AuthorizerUri", pattern(at, "arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/%v/invocations", check)),
		field("AuthorizerPayloadFormatVersion", text("2.0", at)), field("EnableSimpleResponses", model.NewBool(true, at)),
		field("AuthorizerCredentialsArn", arn(role, at)),
	}, at, by)
	e.add(routeID, "AWS::ApiGatewayV2::Route", append(route, field("AuthorizationType", text("CUSTOM", at)),
		field("AuthorizerId", ref(authorizer, at))), at, by)
}

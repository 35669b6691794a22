package sam

import (
	"maps"
	"slices"

	"wardlet.example/internal/model"
	"wardlet.example/internal/template/cloudformation"
)

// event is one entry of the Events of a function or a state machine.
type event struct {
	name   string
	kind   string
	kindOf *model.Value // its Type as written
	props  *model.Value
	at     model.Origin // of its name
	of     *model.Resource
	alias  string // logical ID of the alias that events go to, if there is one
	needs  *needs // what the role of its target has to allow
}

func (e *event) id() string { return e.of.ID + e.name }

func (e *event) by() string { return by("event "+e.name, e.of) }

// ref names the function or state machine as deployments do: by its alias where events go to one.
func (e *event) ref() *model.Value {
	if e.alias != "" {
		return model.NewRef(e.alias, "", e.at)
	}
	return model.NewRef(e.of.ID, "", e.at)
}

// arn is the ARN of the function.
func (e *event) arn() *model.Value {
	if e.alias != "" {
		return model.NewRef(e.alias, "", e.at)
	}
	return model.NewRef(e.of.ID, "Arn", e.at)
}

// events makes the event sources of a function and notes what its role needs for them.
func (x *expander) events(r *model.Resource, events *model.Value, needs *needs) {
	x.handle(r, events, needs, functionEvents, "a function")
}

// handle makes the event sources of all events of a function or state machine.
func (x *expander) handle(
	r *model.Resource, events *model.Value, needs *needs, handlers map[string]func(*expander, *event), what string,
) {
	for _, e := range x.eventList(r, events, needs) {
		if handle := handlers[e.kind]; handle == nil {
			x.unknownEvent(e, handlers, what)
		} else if wrongKind(e.props.Settled()) {
			x.warn(e.at, "the Properties of event "+e.name+" of "+r.ID+" are a "+e.props.Settled().Kind.String()+
				", not a map: the event is not read", "write Properties as a map")
		} else {
			handle(x, e)
		}
	}
}

// unknownEvent tells why nothing is made of an event.
func (x *expander) unknownEvent(e *event, handlers map[string]func(*expander, *event), what string) {
	name, known := "event "+e.name+" of "+e.of.ID, slices.Collect(maps.Keys(handlers))
	switch {
	case e.kind != "":
		x.warn(e.kindOf.Origin, name+" is of type "+e.kind+", which is no event of "+what+": it is not read",
			x.meant(e.kind, known))
	case e.kindOf.Settled().Kind == model.Absent:
		x.warn(e.at, name+" has no Type: it is not read", "give it a Type such as Schedule")
	default:
		x.warn(e.at, "the Type of "+name+" is not known: it is not read", "write the name of a type")
	}
}

// eventList reads the events; where they depend on a parameter, those of its default.
func (x *expander) eventList(r *model.Resource, events *model.Value, needs *needs) []*event {
	var out []*event
	if events = events.Settled(); wrongKind(events) {
		x.warn(events.Origin, "the Events of "+r.ID+" are a "+events.Kind.String()+", not a map: they are not read",
			"write Events: {Name: {Type: ..., Properties: {...}}}")
	}
	if events.Kind == model.Unknown {
		x.unseen(r, events)
	}
	for _, f := range events.Fields {
		body := f.Value.Settled()
		if body.Kind == model.Unknown {
			x.unseen(r, body)
			continue
		}
		out = append(out, &event{
			name: f.Key, kind: known(body.Get("Type")), kindOf: body.Get("Type"), props: body.Get("Properties"),
			at: model.Origin{Pos: f.At, Via: body.Origin.Via}, of: r, alias: x.eventAlias(r), needs: needs,
		})
	}
	return out
}

// eventAlias is the alias that events of a function or state machine go to, empty if they go to itself.
func (x *expander) eventAlias(r *model.Resource) string {
	alias := x.aliases[r.ID+".Alias"]
	if alias == nil || r.Type == machineType && !isTrue(r.Props.Get("UseAliasAsEventTarget")) {
		return ""
	}
	return alias.ID
}

// unseen notes that something may call a function that the template does not tell of.
func (x *expander) unseen(r *model.Resource, events *model.Value) {
	r.Attributes = with(r.Attributes, cloudformation.Unseen, text(events.Str, events.Origin))
	x.warn(events.Origin, "events of "+r.ID+" are not known, so who can call it is not: "+events.Str, "")
}

// functionEvents says who makes the event source of each type of event of a function.
var functionEvents = map[string]func(*expander, *event){
	"Api":              (*expander).apiEvent,
	"HttpApi":          (*expander).httpAPIEvent,
	"SQS":              (*expander).queueEvent,
	"Kinesis":          (*expander).kinesisEvent,
	"DynamoDB":         (*expander).tableEvent,
	"MSK":              (*expander).mskEvent,
	"MQ":               (*expander).brokerEvent,
	"SelfManagedKafka": (*expander).kafkaEvent,
	"DocumentDB":       (*expander).documentDBEvent,
	"SNS":              (*expander).topicEvent,
	"S3":               (*expander).bucketEvent,
	"EventBridgeRule":  (*expander).ruleEvent,
	"CloudWatchEvent":  (*expander).ruleEvent,
	"Schedule":         (*expander).scheduleEvent,
	"ScheduleV2":       (*expander).schedulerEvent,
	"CloudWatchLogs":   (*expander).logsEvent,
	"IoTRule":          (*expander).iotEvent,
	"AlexaSkill":       (*expander).alexaEvent,
	"Cognito":          (*expander).userPoolEvent,
}

// permit lets a service call the function.
func (x *expander) permit(e *event, id, principal string, more fields) *model.Resource {
	var f fields
	f.set("Action", text("lambda:InvokeFunction", e.at))
	f.set("FunctionName", e.ref())
	f.set("Principal", text(principal, e.at))
	return x.make(e.of, id, "AWS::Lambda::Permission", append(f, more...), e.at, e.by())
}

// permitFrom is permit for one source, under the event's own ID.
func (x *expander) permitFrom(e *event, principal string, source *model.Value) {
	var f fields
	f.set("SourceArn", source)
	x.permit(e, e.id()+"Permission", principal, f)
}

// topicEvent subscribes the function to a topic, or a queue in front of it.
func (x *expander) topicEvent(e *event) {
	topic := e.props.Get("Topic")
	queue := e.props.Get("SqsSubscription")
	if queue.Kind == model.Map || isTrue(queue) {
		x.queuedTopicEvent(e, topic, queue)
		return
	}
	x.subscription(e, "lambda", e.arn(), topic)
	x.permitFrom(e, "sns.amazonaws.com", topic)
}

func (x *expander) subscription(e *event, protocol string, endpoint, topic *model.Value) {
	var f fields
	f.set("Protocol", text(protocol, e.at))
	f.set("Endpoint", endpoint)
	f.set("TopicArn", topic)
	f.copy(e.props, "Region", "FilterPolicy", "FilterPolicyScope", "RedrivePolicy")
	x.make(e.of, e.id(), "AWS::SNS::Subscription", f, e.at, e.by())
}

// queuedTopicEvent puts a queue between topic and function: the one that the event names, or one made here.
func (x *expander) queuedTopicEvent(e *event, topic, queue *model.Value) {
	arn, url := queue.Get("QueueArn"), queue.Get("QueueUrl")
	if arn.Kind == model.Absent {
		var f fields
		if source := x.target(topic); source != nil && isTrue(source.Props.Get("FifoTopic")) {
			f.set("FifoQueue", source.Props.Get("FifoTopic"))
		}
		q := x.make(e.of, e.id()+"Queue", "AWS::SQS::Queue", f, e.at, e.by())
		arn, url = model.NewRef(q.ID, "Arn", e.at), model.NewRef(q.ID, "", e.at)
	}
	x.subscription(e, "sqs", arn, topic)
	x.queuePolicy(e, known(queue.Get("QueuePolicyLogicalId")), text("*", e.at), topic, arn, url)
	var f fields
	f.set("FunctionName", e.ref())
	f.set("EventSourceArn", arn)
	f.set("BatchSize", or(queue.Get("BatchSize"), model.NewInt(10, e.at)))
	f.set("Enabled", model.NewBool(true, e.at))
	m := x.make(e.of, e.id()+"EventSourceMapping", "AWS::Lambda::EventSourceMapping", f, e.at, e.by())
	m.Attributes = with(m.Attributes, "EventType", text("SQS", e.at))
	e.needs.service("AWSLambdaSQSQueueExecutionRole", e.at)
}

// queuePolicy lets senders reach a queue on behalf of a source.
func (x *expander) queuePolicy(e *event, id string, principal, source, arn, url *model.Value) {
	if id == "" {
		id = e.id() + "QueuePolicy"
	}
	var s fields
	s.set("Action", text("sqs:SendMessage", e.at))
	s.set("Effect", text("Allow", e.at))
	s.set("Principal", principal)
	s.set("Resource", arn)
	s.set("Condition", object("ArnEquals", object("aws:SourceArn", source, e.at), e.at))
	var f fields
	f.set("Queues", list(e.at, url))
	f.set("PolicyDocument", document(e.at, s.make(e.at)))
	x.make(e.of, id, "AWS::SQS::QueuePolicy", f, e.at, e.by())
}

// bucketEvent adds a notification to the bucket. The permission names the account instead of the bucket, as the transform
// does to keep bucket and permission from waiting for each other.
func (x *expander) bucketEvent(e *event) {
	var f fields
	f.set("SourceAccount", model.NewRef("AWS::AccountId", "", e.at))
	permission := x.permit(e, e.id()+"Permission", "s3.amazonaws.com", f)
	bucket := x.target(e.props.Get("Bucket"))
	if bucket == nil {
		return
	}
	for _, on := range e.props.Get("Events").Elements() {
		var c fields
		c.set("Event", on)
		c.set("Filter", e.props.Get("Filter"))
		c.set("Function", e.arn())
		x.notices[bucket.ID] = append(x.notices[bucket.ID], under(e.of.Condition, c.make(e.at)))
	}
	if e.of.Condition == nil {
		x.after[bucket.ID] = append(x.after[bucket.ID], text(permission.ID, e.at))
		return
	}
	// DependsOn knows no conditions, so that the transform writes the dependency into a tag.
	depends := choose(e.of.Condition, model.NewRef(permission.ID, "", e.at), text("no dependency", e.at))
	bucket.Props = changed(bucket.Props, []string{"Tags"}, func(v *model.Value) *model.Value {
		return appended(v, tag("sam:ConditionalDependsOn:"+permission.ID, depends))
	})
}

// under is a value where a condition holds, and absent otherwise.
func under(condition, v *model.Value) *model.Value {
	if condition == nil {
		return v
	}
	return choose(condition, v, model.NewAbsent(v.Origin))
}

// choose is one of two values, by a condition.
func choose(condition, then, otherwise *model.Value) *model.Value {
	return each(condition, func(c *model.Value) *model.Value {
		if c.Kind == model.Bool && !c.Bool {
			return otherwise
		}
		return then
	})
}

// target is the resource of the template that a value refers to; nil if there is none.
func (x *expander) target(v *model.Value) *model.Resource {
	if v = v.Settled(); v == nil || v.Kind != model.Ref {
		return nil
	}
	return x.byID[v.Str]
}

// logsEvent filters a log group for the function.
func (x *expander) logsEvent(e *event) {
	group := e.props.Get("LogGroupName")
	var f fields
	f.set("DestinationArn", e.arn())
	f.copy(e.props, "FilterPattern", "LogGroupName")
	filter := x.make(e.of, e.id(), "AWS::Logs::SubscriptionFilter", f, e.at, e.by())
	filter.Attributes = with(filter.Attributes, "DependsOn", list(e.at, text(e.id()+"Permission", e.at)))
	x.permitFrom(e, "logs.amazonaws.com",
		pattern("arn:${Partition}:logs:${Region}:${Account}:log-group:${Group}:*", only(group), e.at))
}

// iotEvent makes a rule over messages of devices.
func (x *expander) iotEvent(e *event) {
	var p fields
	p.set("RuleDisabled", model.NewBool(false, e.at))
	p.copy(e.props, "Sql", "AwsIotSqlVersion")
	p.set("Actions", list(e.at, object("Lambda", object("FunctionArn", e.arn(), e.at), e.at)))
	var f fields
	f.set("TopicRulePayload", p.make(e.at))
	x.make(e.of, e.id(), "AWS::IoT::TopicRule", f, e.at, e.by())
	var more fields
	more.set("SourceArn", pattern("arn:${Partition}:iot:${Region}:${Account}:rule/${Rule}",
		only(model.NewRef(e.id(), "", e.at)), e.at))
	more.set("SourceAccount", model.NewRef("AWS::AccountId", "", e.at))
	x.permit(e, e.id()+"Permission", "iot.amazonaws.com", more)
}

// alexaEvent lets a skill call the function: any skill where the event names none.
func (x *expander) alexaEvent(e *event) {
	var f fields
	f.rename(e.props, "SkillId", "EventSourceToken")
	x.permit(e, e.id()+"Permission", "alexa-appkit.amazon.com", f)
}

// userPoolEvent makes the function a trigger of a user pool.
func (x *expander) userPoolEvent(e *event) {
	pool := x.target(e.props.Get("UserPool"))
	if pool == nil {
		return
	}
	for _, trigger := range e.props.Get("Trigger").Elements() {
		name := known(trigger)
		pool.Props = changed(pool.Props, []string{"LambdaConfig", name}, func(v *model.Value) *model.Value {
			if v.Kind == model.Absent || v.Kind == model.Ref {
				return e.arn().At(trigger.Origin)
			}
			return v
		})
	}
	var f fields
	f.set("SourceArn", model.NewRef(pool.ID, "Arn", e.at))
	x.permit(e, e.ref().Str+"CognitoPermission", "cognito-idp.amazonaws.com", f)
}

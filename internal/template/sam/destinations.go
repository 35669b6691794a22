package sam

import (
	"wardlet.example/internal/model"
)

// invokeConfig makes the settings of asynchronous calls, with the queues and topics that its destinations leave to SAM.
func (x *expander) invokeConfig(r *model.Resource, config *model.Value, needs *needs) {
	if !perhaps(config) {
		return
	}
	id := r.ID + "EventInvokeConfig"
	var f fields
	f.set("FunctionName", model.NewRef(r.ID, "", config.Origin))
	f.set("Qualifier", or(r.Props.Get("AutoPublishAlias"), text("$LATEST", config.Origin)))
	f.copy(config, "MaximumEventAgeInSeconds", "MaximumRetryAttempts")
	var d fields
	destinations := config.Get("DestinationConfig")
	for _, on := range []string{"OnSuccess", "OnFailure"} {
		d.set(on, wrapped("Destination", x.destination(r, id+on, destinations.Get(on), needs)))
	}
	f.set("DestinationConfig", d.make(config.Origin))
	c := x.make(r, id, "AWS::Lambda::EventInvokeConfig", f, config.Origin, by("EventInvokeConfig", r))
	c.Condition = both(presence(config), c.Condition)
	if m := r.Attributes.Get("Metadata"); m.Kind != model.Absent {
		c.Attributes = with(c.Attributes, "Metadata", m)
	}
	if alias := x.aliases[r.ID+".Alias"]; alias != nil {
		c.Attributes = with(c.Attributes, "DependsOn", list(config.Origin, text(alias.ID, config.Origin)))
	}
}

// destination is where results of one kind go, made here if the template gives no ARN.
func (x *expander) destination(r *model.Resource, id string, d *model.Value, needs *needs) *model.Value {
	if d.IsSet() == model.No {
		return d
	}
	kind := known(d.Get("Type"))
	target := d.Get("Destination")
	if perhapsNot(target) {
		made := x.ownDestination(r, id, kind, d.Origin, absence(target))
		target = or(target, made)
	}
	needs.first = append(needs.first, sending(id, kind, target)...)
	return target
}

// perhapsNot reports whether a value is not written in some world.
func perhapsNot(v *model.Value) bool {
	return v.Kind == model.Absent || v.Kind == model.OneOf && v.IsSet() != model.Yes
}

func (x *expander) ownDestination(r *model.Resource, id, kind string, at model.Origin, when *model.Value) *model.Value {
	what := by("destination of EventInvokeConfig", r)
	switch kind {
	case "SQS":
		queue := x.make(r, id+"Queue", "AWS::SQS::Queue", nil, at, what)
		queue.Condition = both(when, queue.Condition)
		x.alias(r, "DestinationQueue", queue)
		return model.NewRef(queue.ID, "Arn", at)
	case "SNS":
		topic := x.make(r, id+"Topic", "AWS::SNS::Topic", nil, at, what)
		topic.Condition = both(when, topic.Condition)
		x.alias(r, "DestinationTopic", topic)
		return model.NewRef(topic.ID, "", at)
	}
	return model.NewAbsent(at)
}

// sending is the policy by which a role sends to a destination of a kind; none where the kind needs none.
func sending(id, kind string, target *model.Value) []*model.Value {
	if target.Kind == model.Absent {
		return nil
	}
	at := target.Origin
	allow := func(name, action string) []*model.Value {
		return []*model.Value{namedPolicy(id+name, at, statement(text(action, at), target, at))}
	}
	switch kind {
	case "SQS":
		return allow("SQSPolicy", "sqs:SendMessage")
	case "SNS":
		return allow("SNSPolicy", "sns:publish")
	case "Lambda":
		return allow("LambdaPolicy", "lambda:InvokeFunction")
	case "EventBridge":
		return allow("EventBridgePolicy", "events:PutEvents")
	case "S3", "S3Bucket":
		below := joinedText([]*model.Value{target, text("/*", at)}, at)
		return []*model.Value{namedPolicy(id+"S3Policy", at,
			statement(text("s3:PutObject", at), below, at), statement(text("s3:ListBucket", at), target, at))}
	}
	return nil
}

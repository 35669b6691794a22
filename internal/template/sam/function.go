package sam

import (
	"strings"

	"wardlet.example/internal/model"
)

// samOnly are the properties of a function that mean something to SAM alone. All others are those of
// AWS::Lambda::Function.
var samOnly = map[string]bool{
	"AssumeRolePolicyDocument": true, "AutoPublishAlias": true, "AutoPublishAliasAllProperties": true,
	"AutoPublishCodeSha256": true, "CodeUri": true, "DeadLetterQueue": true, "DeploymentPreference": true,
	"EventInvokeConfig": true, "Events": true, "FunctionUrlConfig": true, "ImageUri": true, "InlineCode": true,
	"PermissionsBoundary": true, "Policies": true, "PropagateTags": true, "ProvisionedConcurrencyConfig": true,
	"Role": true, "RolePath": true, "SourceKMSKeyArn": true, "Tags": true, "Tracing": true,
	"VersionDeletionPolicy": true, "VersionDescription": true,
}

// function makes the Lambda function and what belongs to it: role, URL, alias, event sources.
func (x *expander) function(r *model.Resource) {
	own := r.Props
	needs := &needs{}
	x.events(r, own.Get("Events"), needs)
	x.deadLetters(own.Get("DeadLetterQueue"), needs)
	x.invokeConfig(r, own.Get("EventInvokeConfig"), needs)
	x.publish(r, own)
	x.url(r, own)

	var f fields
	for _, p := range own.Fields {
		if !samOnly[p.Key] {
			f = append(f, p)
		}
	}
	f.set("Code", code(own))
	f.set("Role", x.functionRole(r, own, needs))
	f.set("TracingConfig", wrapped("Mode", own.Get("Tracing")))
	f.set("DeadLetterConfig", wrapped("TargetArn", own.Path("DeadLetterQueue", "TargetArn")))
	f.set("Tags", tagList(own.Get("Tags")))

	if p := own.Get("DeploymentPreference"); p.Kind != model.Absent {
		r.Attributes = with(r.Attributes, "DeploymentPreference", p)
	}
	r.Type = "AWS::Lambda::Function"
	r.Props = f.make(own.Origin)
}

// wrapped is a map with the value under a key, Absent where there is no value.
func wrapped(key string, v *model.Value) *model.Value {
	return each(v, func(v *model.Value) *model.Value {
		if v.Kind == model.Absent {
			return v
		}
		return object(key, v, v.Origin)
	})
}

// code is where the function's code is. A local path stays the string that the template has.
func code(own *model.Value) *model.Value {
	if v := own.Get("InlineCode"); v.IsSet() == model.Yes {
		return object("ZipFile", v, v.Origin)
	}
	if v := own.Get("ImageUri"); v.IsSet() == model.Yes {
		return object("ImageUri", v, v.Origin)
	}
	v := location(own.Get("CodeUri"), "S3Bucket", "S3Key", "S3ObjectVersion")
	if v.Kind == model.Map {
		if key := own.Get("SourceKMSKeyArn"); key.Kind != model.Absent {
			v = with(v, "SourceKMSKeyArn", key)
		}
	}
	return v
}

// deadLetters lets the function send to its dead-letter queue or topic.
func (x *expander) deadLetters(queue *model.Value, needs *needs) {
	switch target := queue.Get("TargetArn"); known(queue.Get("Type")) {
	case "SQS":
		needs.allow("DeadLetterQueuePolicy", "sqs:SendMessage", target)
	case "SNS":
		needs.allow("DeadLetterQueuePolicy", "sns:Publish", target)
	}
}

// url makes the function's URL, and where that is open to everybody the permission that opens it.
func (x *expander) url(r *model.Resource, own *model.Value) {
	config := own.Get("FunctionUrlConfig")
	if wrongKind(config) {
		x.warn(config.Origin, "the FunctionUrlConfig of "+r.ID+" is not a map: no URL is made of it",
			"write FunctionUrlConfig: {AuthType: AWS_IAM}")
		config = each(config, func(v *model.Value) *model.Value {
			if wrongKind(v) {
				return model.NewAbsent(v.Origin)
			}
			return v
		})
	}
	if !perhaps(config) {
		return
	}
	at := model.Origin{Pos: own.KeyPos("FunctionUrlConfig"), Via: config.Origin.Via}
	what := by("FunctionUrlConfig", r)
	var f fields
	f.set("TargetFunctionArn", model.NewRef(r.ID, "", at))
	f.set("Qualifier", own.Get("AutoPublishAlias"))
	f.copy(config, "AuthType", "Cors", "InvokeMode")
	url := x.make(r, r.ID+"Url", "AWS::Lambda::Url", f, at, what)
	url.Condition = both(presence(config), r.Condition)
	if auth := config.Get("AuthType"); auth.EqualsText("NONE") != model.No {
		x.openURL(r, auth, what)
	}
}

// openURL lets everybody call the function's URL, in the cases in which the template asks for it.
func (x *expander) openURL(r *model.Resource, auth *model.Value, what string) {
	open := fields{}
	open.set("Action", text("lambda:InvokeFunctionUrl", auth.Origin))
	open.set("FunctionName", model.NewRef(r.ID, "", auth.Origin))
	open.set("Principal", text("*", auth.Origin))
	open.set("FunctionUrlAuthType", auth)
	p := x.make(r, r.ID+"UrlPublicPermissions", "AWS::Lambda::Permission", open, auth.Origin, what)
	if auth.Kind == model.OneOf {
		none := each(auth, func(v *model.Value) *model.Value {
			return model.NewBool(v.EqualsText("NONE") == model.Yes, v.Origin)
		})
		p.Condition = both(none, r.Condition)
	}
}

// publish makes the version and the alias of a function that publishes one.
func (x *expander) publish(r *model.Resource, own *model.Value) {
	name := own.Get("AutoPublishAlias")
	if !perhaps(name) {
		return
	}
	what, at := by("AutoPublishAlias", r), name.Origin
	var v fields
	v.set("FunctionName", model.NewRef(r.ID, "", at))
	v.rename(own, "VersionDescription", "Description")
	version := x.make(r, r.ID+"Version", "AWS::Lambda::Version", v, at, what)
	x.alias(r, "Version", version)

	var a fields
	a.set("FunctionName", model.NewRef(r.ID, "", at))
	a.set("FunctionVersion", model.NewRef(version.ID, "Version", at))
	a.set("Name", name)
	a.copy(own, "ProvisionedConcurrencyConfig")
	x.alias(r, "Alias", x.make(r, r.ID+"Alias"+idPart(known(name)), "AWS::Lambda::Alias", a, at, what))
}

// invokeConfig makes the settings of asynchronous calls, with the queues and topics that its destinations leave to SAM.
func (x *expander) invokeConfig(r *model.Resource, config *model.Value, needs *needs) {
	if !perhaps(config) {
		return
	}
	var f fields
	f.set("FunctionName", model.NewRef(r.ID, "", config.Origin))
	f.set("Qualifier", or(r.Props.Get("AutoPublishAlias"), text("$LATEST", config.Origin)))
	f.copy(config, "MaximumEventAgeInSeconds", "MaximumRetryAttempts")
	if destinations := config.Get("DestinationConfig"); destinations.IsSet() != model.No {
		var d fields
		for _, on := range []string{"OnSuccess", "OnFailure"} {
			d.set(on, wrapped("Destination", x.destination(r, on, destinations.Get(on), needs)))
		}
		f.set("DestinationConfig", d.make(destinations.Origin))
	}
	c := x.make(r, r.ID+"EventInvokeConfig", "AWS::Lambda::EventInvokeConfig", f, config.Origin, by("EventInvokeConfig", r))
	c.Condition = both(presence(config), r.Condition)
}

// sendActions says what a function must be allowed to do for each type of destination.
var sendActions = map[string]string{
	"SQS": "sqs:SendMessage", "SNS": "sns:Publish", "Lambda": "lambda:InvokeFunction", "EventBridge": "events:PutEvents",
	"S3": "s3:PutObject s3:ListBucket",
}

// destination is where results of one kind go, made here if the template gives no ARN.
func (x *expander) destination(r *model.Resource, on string, d *model.Value, needs *needs) *model.Value {
	if d.IsSet() == model.No {
		return d
	}
	kind := known(d.Get("Type"))
	target := d.Get("Destination")
	if target.Kind == model.Absent {
		target = x.ownDestination(r, on, kind, d.Origin)
	}
	if actions := sendActions[kind]; actions != "" && target.Kind != model.Absent {
		needs.allow("EventInvokeConfig"+on, actions, target)
	}
	return target
}

func (x *expander) ownDestination(r *model.Resource, on, kind string, at model.Origin) *model.Value {
	what := by(on+" of EventInvokeConfig", r)
	switch kind {
	case "SQS":
		queue := x.make(r, r.ID+on+"Queue", "AWS::SQS::Queue", nil, at, what)
		x.alias(r, "DestinationQueue", queue)
		return model.NewRef(queue.ID, "Arn", at)
	case "SNS":
		topic := x.make(r, r.ID+on+"Topic", "AWS::SNS::Topic", nil, at, what)
		x.alias(r, "DestinationTopic", topic)
		return model.NewRef(topic.ID, "", at)
	}
	return model.NewAbsent(at)
}

// allow adds a policy of one statement; its actions stand side by side with blanks between.
func (n *needs) allow(policy, actions string, resource *model.Value) {
	at := resource.Origin
	n.inline = append(n.inline, namedPolicy(policy, at, statement(texts(at, strings.Fields(actions)...), resource, at)))
}

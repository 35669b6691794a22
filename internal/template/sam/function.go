package sam

import (
	"strings"

	"wardlet.example/internal/model"
)

// samOnly are the properties of a function that mean something to SAM alone. All others are those of
// AWS::Lambda::Function.
var samOnly = map[string]bool{
	"AssumeRolePolicyDocument": true, "AutoPublishAlias": true, "AutoPublishAliasAllProperties": true,
	"AutoPublishCodeSha256": true, "CapacityProviderConfig": true, "CodeUri": true, "DeadLetterQueue": true,
	"DeploymentPreference": true, "Description": true,
	"EventInvokeConfig": true, "Events": true, "FunctionUrlConfig": true, "ImageUri": true, "InlineCode": true,
	"PermissionsBoundary": true, "Policies": true, "PropagateTags": true, "ProvisionedConcurrencyConfig": true,
	"Role": true, "RolePath": true, "SourceKMSKeyArn": true, "Tags": true, "Tracing": true,
	"VersionDeletionPolicy": true, "VersionDescription": true,
}

// function makes the Lambda function and what belongs to it: role, URL, alias, event sources.
func (x *expander) function(r *model.Resource) {
	own := r.Props
	needs := &needs{}
	x.publish(r, own)
	x.events(r, own.Get("Events"), needs)
	x.deadLetters(own.Get("DeadLetterQueue"), needs)
	x.invokeConfig(r, own.Get("EventInvokeConfig"), needs)
	x.url(r, own)

	var f fields
	for _, p := range own.Fields {
		if !samOnly[p.Key] {
			f = append(f, p)
		}
	}
	f.set("Description", described(own))
	f.set("Code", code(own))
	f.set("Role", x.functionRole(r, own, needs))
	if v := own.Get("Tracing"); traces(v) {
		f.set("TracingConfig", wrapped("Mode", v))
	}
	f.set("DeadLetterConfig", wrapped("TargetArn", own.Path("DeadLetterQueue", "TargetArn")))
	f.set("CapacityProviderConfig", capacity(own.Get("CapacityProviderConfig")))
	f.set("Tags", createdBy("lambda:createdBy", own.Get("Tags"), r.Origin))

	x.deployment(r, own)
	r.Type = "AWS::Lambda::Function"
	r.Props = f.make(own.Origin)
}

// described is the description of a function. The hash that stands for its code is part of it, so that CloudFormation sees
// a change where only the code has changed.
func described(own *model.Value) *model.Value {
	text, code := own.Get("Description"), own.Get("AutoPublishCodeSha256")
	if own.Get("AutoPublishAlias").IsSet() == model.No || code.IsSet() == model.No {
		return text
	}
	if text.IsSet() == model.No {
		return code
	}
	return joinedText([]*model.Value{text, model.NewString(" ", code.Origin), code}, text.Origin)
}

// capacity writes which capacity provider a function runs on as Lambda has it.
func capacity(config *model.Value) *model.Value {
	return wrapped("LambdaManagedInstancesCapacityProviderConfig", each(config, func(config *model.Value) *model.Value {
		if config.Kind != model.Map {
			return config
		}
		var f fields
		f.rename(config, "Arn", "CapacityProviderArn")
		f.copy(config, "PerExecutionEnvironmentMaxConcurrency", "ExecutionEnvironmentMemoryGiBPerVCpu")
		return f.make(config.Origin)
	}))
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
	target := queue.Get("TargetArn")
	action := map[string]string{"SQS": "sqs:SendMessage", "SNS": "sns:Publish"}[known(queue.Get("Type"))]
	if action == "" {
		return
	}
	at := target.Origin
	allow := statement(text(action, at), target, at)
	needs.first = append(needs.first, policyEntry("DeadLetterQueuePolicy", document(at, allow), at))
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
	f.set("TargetFunctionArn", x.called(r, at))
	f.copy(config, "AuthType", "Cors", "InvokeMode")
	url := x.make(r, r.ID+"Url", "AWS::Lambda::Url", f, at, what)
	url.Condition = both(presence(config), url.Condition)
	if auth := config.Get("AuthType"); auth.EqualsText("NONE") != model.No {
		x.openURL(r, auth, what)
	}
}

// openURL lets everybody call the function's URL, and by it the function, in the cases in which the template asks for it.
func (x *expander) openURL(r *model.Resource, auth *model.Value, what string) {
	at := auth.Origin
	var open, invoke fields
	open.set("Action", text("lambda:InvokeFunctionUrl", at))
	open.set("FunctionName", x.called(r, at))
	open.set("Principal", text("*", at))
	open.set("FunctionUrlAuthType", auth)
	invoke.set("Action", text("lambda:InvokeFunction", at))
	invoke.set("FunctionName", x.called(r, at))
	invoke.set("Principal", text("*", at))
	invoke.set("InvokedViaFunctionUrl", model.NewBool(true, at))
	p := x.make(r, r.ID+"UrlPublicPermissions", "AWS::Lambda::Permission", open, at, what)
	q := x.make(r, r.ID+"URLInvokeAllowPublicAccess", "AWS::Lambda::Permission", invoke, at, what)
	if auth.Kind == model.OneOf {
		none := each(auth, func(v *model.Value) *model.Value {
			return model.NewBool(v.EqualsText("NONE") == model.Yes, v.Origin)
		})
		p.Condition = both(none, r.Condition)
		q.Condition = p.Condition
	}
}

// called is how others name a function: by its alias where it publishes one.
func (x *expander) called(r *model.Resource, at model.Origin) *model.Value {
	if alias := x.aliases[r.ID+".Alias"]; alias != nil {
		return model.NewRef(alias.ID, "", at)
	}
	return model.NewRef(r.ID, "", at)
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
	if own.Get("CapacityProviderConfig").IsSet() == model.Yes {
		v.copy(own, "FunctionScalingConfig")
	}
	version := x.make(r, r.ID+"Version", "AWS::Lambda::Version", v, at, what)
	if version.Attributes.Get("DeletionPolicy").Kind == model.Absent {
		version.Attributes = with(version.Attributes, "DeletionPolicy", or(own.Get("VersionDeletionPolicy"), versionPolicy(own, at)))
	}
	x.alias(r, "Version", version)

	var a fields
	a.set("FunctionName", model.NewRef(r.ID, "", at))
	a.set("FunctionVersion", model.NewRef(version.ID, "Version", at))
	a.set("Name", name)
	a.copy(own, "ProvisionedConcurrencyConfig")
	id := r.ID + "Alias" + strings.NewReplacer("-", "D", "_", "U").Replace(known(name))
	x.alias(r, "Alias", x.make(r, id, "AWS::Lambda::Alias", a, at, what))
}

// versionPolicy is what becomes of old versions: those of instances that cost something are deleted.
func versionPolicy(own *model.Value, at model.Origin) *model.Value {
	if own.Get("CapacityProviderConfig").IsSet() == model.Yes {
		return text("Delete", at)
	}
	return text("Retain", at)
}

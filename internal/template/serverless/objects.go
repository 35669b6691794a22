package serverless

import (
	"wardlet.example/internal/model"
)

func (e *expansion) s3Event(ev event) {
	c, at := ev.config, ev.at
	name := first(c.Get("bucket"), c)
	on := first(c.Get("event"), text("s3:ObjectCreated:*", at))
	if isOn(c.Get("existing")) {
		e.existingBucket(ev, name, on)
		return
	}
	key := name.String()
	shared := e.provider.Path("s3", key)
	if given := shared.Get("name"); given.Kind != model.Absent {
		name = given
	}
	notification := []model.Field{field("Event", on), field("Function", e.target(ev.function, at))}
	if rules := c.Get("rules"); rules.Kind == model.List {
		notification = append(notification, field("Filter", keyFilter(rules)))
	}
	e.bucket("S3Bucket"+plainName(key), name, shared, object(at, notification...), ev)
	e.permission(logicalName(ev.function)+"LambdaPermission"+plainName(key)+"S3", ev.function, "s3.amazonaws.com", at,
		field("SourceArn", pattern(at, "arn:${AWS::Partition}:s3:::%v", name)), field("SourceAccount", ref("AWS::AccountId", at)))
}

// bucket adds a notification to a bucket that the framework makes, or that another event has made before.
func (e *expansion) bucket(id string, name, shared, entry *model.Value, ev event) {
	r := e.byID[id]
	if r == nil {
		fields := []model.Field{}
		if name.Kind != model.Map {
			fields = append(fields, field("BucketName", name))
		}
		r = e.add(id, "AWS::S3::Bucket", fields, ev.at, ev.source())
		for _, f := range shared.Fields {
			if f.Key != "name" {
				r.Props = overlay(r.Props, object(r.Origin, model.Field{Key: upperFirst(f.Key), At: f.At, Value: f.Value}))
			}
		}
	}
	before := r.Props.Get("NotificationConfiguration")
	all := append(append([]*model.Value{}, before.Get("LambdaConfigurations").Elements()...), entry)
	config := overlay(before, object(ev.at, field("LambdaConfigurations", list(ev.at, all...))))
	r.Props = model.NewMap(overlay(r.Props, object(ev.at, field("NotificationConfiguration", config))).Fields, r.Props.Origin)
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

// existingBucket attaches a function to a bucket that another stack made: a helper of the framework does it at deployment.
func (e *expansion) existingBucket(ev event, bucket, on *model.Value) {
	at := ev.at
	var rules []*model.Value
	for _, r := range ev.config.Get("rules").Elements() {
		var fields []model.Field
		for _, f := range r.Fields {
			fields = append(fields, model.Field{Key: upperFirst(f.Key), At: f.At, Value: f.Value})
		}
		rules = append(rules, object(r.Origin, fields...))
	}
	config := object(at, field("Event", on), field("Rules", list(at, rules...)))
	id := logicalName(ev.function) + "CustomS31"
	if r := e.byID[id]; r != nil {
		all := append(append([]*model.Value{}, r.Props.Get("BucketConfigs").Elements()...), config)
		r.Props = overlay(r.Props, object(at, field("BucketConfigs", list(at, all...))))
		return
	}
	token := e.addHelper(bucketHelper, at,
		statement(at, pattern(at, "arn:${AWS::Partition}:s3:::%v", bucket), "s3:PutBucketNotification", "s3:GetBucketNotification"),
		statement(at, pattern(at, "arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:*"), "lambda:AddPermission", "lambda:RemovePermission"))
	e.add(id, "Custom::S3", []model.Field{
		field("ServiceToken", token), field("FunctionName", e.nameOf(ev.function, at)), field("BucketName", bucket),
		field("BucketConfigs", list(at, config)),
	}, at, ev.source())
}

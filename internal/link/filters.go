package link

import (
	"slices"

	"wardlet.example/internal/model"
	"wardlet.example/internal/pattern"
)

// Filter prepares what a flow lets through for being asked; nil where everything goes through.
func Filter(app *model.App, f *model.Flow) *pattern.Pattern {
	if f.Filter == nil {
		return nil
	}
	switch f.Kind {
	case "topic":
		scope := model.NewAbsent(f.Origin)
		if f.Via != nil {
			scope = f.Via.Props.Get("FilterPolicyScope")
		}
		return pattern.SNS(f.Filter, scope)
	case "bus", awsEvent:
		return pattern.EventBridge(f.Filter)
	case "object":
		return pattern.S3Key(f.Filter)
	case "logs":
		return pattern.Logs(f.Filter)
	case "queue", "stream", "pipe":
		return pattern.FilterCriteria(f.Filter, recordsOf(app, f))
	}
	return nil
}

// recordsOf is what the events of a polled source look like.
func recordsOf(app *model.App, f *model.Flow) pattern.Source {
	if f.FromApp != nil {
		app = f.FromApp
	}
	if r := app.Resource(f.From); r != nil {
		switch r.Type {
		case "AWS::SQS::Queue":
			return pattern.SQS
		case "AWS::Kinesis::Stream", "AWS::Kinesis::StreamConsumer":
			return pattern.Kinesis
		case "AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable":
			return pattern.DynamoDB
		case "AWS::AmazonMQ::Broker":
			return pattern.MQ
		case "AWS::MSK::Cluster", "AWS::MSK::ServerlessCluster":
			return pattern.Kafka
		case "AWS::DocDB::DBCluster":
			return pattern.DocumentDB
		}
	}
	return pattern.OtherSource
}

// filterProblems tells of filters that are not written the way their service has them.
func filterProblems(app *model.App) []model.Diagnostic {
	var out []model.Diagnostic
	told := map[*model.Value]bool{}
	for _, f := range app.Flows {
		if f.Filter == nil || told[f.Filter] {
			continue
		}
		told[f.Filter] = true
		if p := Filter(app, f); p != nil {
			out = append(out, p.Problems()...)
		}
	}
	return out
}

// awsEvent is the kind of a flow from a resource whose service tells the default event bus of what happens to it.
const awsEvent = "aws-event"

// bucketEvents adds the rules that are told of what happens in a bucket.
func (t *tracer) bucketEvents(bucket *model.Resource) {
	config := bucket.Props.Path("NotificationConfiguration", "EventBridgeConfiguration")
	if config.IsSet() == model.No || config.Get("EventBridgeEnabled").EqualsText("false") == model.Yes {
		return
	}
	if t.rules == nil {
		t.rules = objectRules(t.app)
	}
	at := bucket.Origin
	name := bucket.Props.Get("BucketName")
	if name.IsSet() != model.Yes {
		name = model.NewRef(bucket.ID, "", at)
	}
	later := model.NewPresent("decided by what happens in the bucket", at)
	event := open(at, "source", model.NewString("aws.s3", at), "detail-type", later,
		"detail", open(at, "bucket", open(at, "name", name), "object", open(at, "key", later)))
	for _, rule := range slices.Concat(t.rules[bucket.ID], t.rules[name.String()], t.rules[""]) {
		filter := rule.Props.Get("EventPattern")
		answer := pattern.EventBridge(filter).Matches(event)
		if answer == model.No {
			continue
		}
		t.add(&model.Flow{From: bucket.ID, To: rule.ID, Kind: awsEvent, Filter: filter, Granted: model.Yes, Origin: rule.Origin})
		t.out[len(t.out)-1].Matches = answer
	}
}

// objectRules are the rules on the default bus that can be told of objects, by the bucket whose name they ask for: its logical
// ID or its name, each of which is no other's; empty where they ask for none, or for more than a name.
func objectRules(app *model.App) map[string][]*model.Resource {
	out := map[string][]*model.Resource{}
	for _, rule := range app.Resources {
		p := rule.Props.Get("EventPattern")
		if rule.Type != "AWS::Events::Rule" || p.IsSet() != model.Yes || !perhapsObjects(p) {
			continue
		}
		if bus := rule.Props.Get("EventBusName"); bus.IsSet() != model.No && bus.EqualsText("default") != model.Yes {
			continue
		}
		for _, key := range bucketsAsked(p) {
			out[key] = append(out[key], rule)
		}
	}
	return out
}

// perhapsObjects reports whether a pattern can be meant for events of buckets: it names their service or one of their events.
func perhapsObjects(p *model.Value) bool {
	for _, source := range p.Get("source").Elements() {
		if source.EqualsText("aws.s3") != model.No {
			return true
		}
	}
	for _, kind := range p.Get("detail-type").Elements() {
		if kind.HasPrefix("Object ") == model.Yes && p.Get("source").IsSet() == model.No {
			return true
		}
	}
	return false
}

func bucketsAsked(p *model.Value) []string {
	names := p.Path("detail", "bucket", "name").Elements()
	var out []string
	for _, v := range names {
		switch s, ok := v.Scalar(); {
		case ok:
			out = append(out, s)
		case v.Kind == model.Ref:
			out = append(out, v.Str)
		default:
			return []string{""}
		}
	}
	if len(out) == 0 {
		return []string{""}
	}
	return out
}

// open is an event of which only some fields are known: pairs of name and value.
func open(at model.Origin, pairs ...any) *model.Value {
	var fields []model.Field
	for i := 0; i+1 < len(pairs); i += 2 {
		key, _ := pairs[i].(string)
		value, _ := pairs[i+1].(*model.Value)
		fields = append(fields, model.Field{Key: key, At: at.Pos, Value: value})
	}
	return pattern.Open(model.NewMap(fields, at))
}

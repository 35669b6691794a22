package link

import (
	"sort"

	"wardlet.example/internal/model"
)

// flows are the hops that the templates declare: from everybody to the doors, from sources to functions, and between
// resources that hand on.
func flows(app *model.App) ([]*model.Flow, []model.Diagnostic) {
	t := &tracer{app: app, seen: map[string]bool{}}
	open := map[string]bool{}
	for _, f := range app.Functions {
		for _, tr := range f.Triggers {
			t.trigger(f, tr, open)
		}
	}
	handlers := handOn()
	for _, r := range app.Resources {
		if hand := handlers[r.Type]; hand != nil && !r.Tool {
			t.via = r
			hand(t, r)
		}
		if notified[r.Type] != nil {
			t.via = r
			t.notifications(r)
		}
	}
	sort.SliceStable(t.out, func(i, j int) bool { return t.out[i].From < t.out[j].From })
	return t.out, t.open
}

// tracer collects the flows of one application.
type tracer struct {
	app  *model.App
	out  []*model.Flow
	seen map[string]bool
	via  *model.Resource // whose declarations are read

	open  []model.Diagnostic           // what run time decides
	rules map[string][]*model.Resource // that are told of objects, by bucket
}

// trigger adds the hop by which a function is called.
func (t *tracer) trigger(f *model.Function, tr *model.Trigger, open map[string]bool) {
	flow := &model.Flow{
		From: model.Outside, To: f.ID, Kind: string(tr.Kind), Detail: tr.Detail, Filter: tr.Filter, FromApp: tr.From,
		Granted: model.Yes, Origin: tr.Origin, Via: tr.Via,
	}
	switch {
	case tr.Source != nil && tr.Source.Type == "AWS::Lambda::Url", tr.Source == nil && tr.Exposure == model.Public:
		flow.From = model.Internet
	case tr.Source != nil:
		flow.From = tr.Source.ID
		t.opened(tr, open)
	}
	if tr.Kind == model.TriggerAuthorizer && tr.Source != nil {
		flow.From, flow.FromApp = t.guarded(tr.Source)
	}
	if tr.Source != nil && tr.Source.Type == "AWS::KinesisFirehose::DeliveryStream" {
		flow.Kind = "delivery"
	}
	if tr.Via != nil && tr.Via.Type == "AWS::Lambda::EventInvokeConfig" {
		flow.Kind = "destination"
	}
	if tr.Via != nil && tr.Via.Type == "AWS::Pipes::Pipe" {
		flow.From, flow.FromApp, flow.Kind, flow.Filter = tr.Via.ID, t.holder(tr.Via), "pipe", nil
	}
	t.add(flow)
	if tr.Off {
		flow.Matches = model.No
	}
}

// holder is the application that has a resource, where that is another one.
func (t *tracer) holder(r *model.Resource) *model.App {
	if t.app.Resource(r.ID) == r || t.app.Directory == nil {
		return nil
	}
	return t.app.Directory.Holder(r)
}

// guarded is the API that an authorizer decides for, or the authorizer itself where that is not known.
func (t *tracer) guarded(authorizer *model.Resource) (string, *model.App) {
	for _, key := range []string{"RestApiId", "ApiId"} {
		if in, api := t.app.Find(authorizer.Props.Get(key)); api != nil {
			if in != t.app {
				return api.ID, in
			}
			return api.ID, nil
		}
	}
	return authorizer.ID, nil
}

// opened adds the hop from everybody to a source that everybody can write to.
func (t *tracer) opened(tr *model.Trigger, open map[string]bool) {
	switch tr.Kind {
	case model.TriggerUserPool, model.TriggerObject, model.TriggerQueue, model.TriggerTopic:
	default:
		return
	}
	if tr.Exposure != model.Public || open[tr.Source.ID] {
		return
	}
	open[tr.Source.ID] = true
	t.add(&model.Flow{From: model.Internet, To: tr.Source.ID, Kind: string(tr.Kind), Granted: model.Yes, Origin: tr.Source.Origin})
}

// add keeps a flow, once for each pair, carrier and detail.
func (t *tracer) add(f *model.Flow) {
	key := f.From + "\x00" + f.To + "\x00" + f.Kind + "\x00" + f.Detail
	if f.Filter != nil {
		key += "\x00" + f.Filter.Origin.Pos.String()
	}
	if t.seen[key] || f.From == f.To && f.FromApp == f.ToApp {
		return
	}
	t.seen[key] = true
	if f.Via == nil && t.via != nil && t.via.ID != f.From && t.via.ID != f.To {
		f.Via = t.via
	}
	f.Matches = model.Yes
	if f.Filter != nil {
		f.Matches = model.Maybe
	}
	t.out = append(t.out, f)
}

// hop adds a flow from a resource of the application to what a value means, where that is no function: functions have
// their triggers. What is named and stands in no template is outside.
func (t *tracer) hop(from *model.Resource, to *model.Value, kind string, filter *model.Value) {
	if !t.known(from, to, kind, filter) && named(to) {
		t.add(&model.Flow{From: from.ID, To: model.Outside, Kind: kind, Detail: to.String(), Filter: set(filter), Granted: model.Yes, Origin: to.Origin})
	}
}

// named reports whether a value names something, even if nobody knows what.
func named(v *model.Value) bool {
	return v != nil && v.IsSet() == model.Yes && v.Kind != model.Map && v.Kind != model.List
}

// known is hop for what stands in a template; it reports whether there is any.
func (t *tracer) known(from *model.Resource, to *model.Value, kind string, filter *model.Value) bool {
	in, target := t.target(to)
	if target == nil || target.Type == "AWS::Lambda::Function" && functionTriggers[kind] {
		return target != nil
	}
	flow := &model.Flow{From: from.ID, To: target.ID, Kind: kind, Filter: set(filter), Granted: model.Yes, Origin: to.Origin}
	if in != t.app {
		flow.ToApp = in
	}
	t.add(flow)
	return true
}

// from adds a flow from what a value means to a resource of the application; what no template has is outside.
func (t *tracer) from(source *model.Value, to *model.Resource, kind string, filter *model.Value) {
	flow := &model.Flow{From: model.Outside, To: to.ID, Kind: kind, Filter: set(filter), Granted: model.Yes, Origin: source.Origin}
	if in, r := t.target(source); r != nil {
		flow.From = r.ID
		if in != t.app {
			flow.FromApp = in
		}
	}
	t.add(flow)
}

// functionTriggers are the carriers whose hops to functions are triggers already.
var functionTriggers = map[string]bool{
	"topic": true, "object": true, "bus": true, "schedule": true, "pipe": true, "http": true, "websocket": true, "logs": true,
	"state-machine": true, "graphql": true, "iot": true, "alarm": true, "destination": true, "direct": true,
}

// set is a value where something is written, nil where nothing is.
func set(v *model.Value) *model.Value {
	if v == nil || v.IsSet() == model.No {
		return nil
	}
	return v
}

// passing are resources that stand for others: what they lead to is meant.
var passing = map[string]string{
	"AWS::Lambda::Alias": "FunctionName", "AWS::Lambda::Version": "FunctionName", "AWS::Kinesis::StreamConsumer": "StreamARN",
}

// target is the resource that a value means, with the application that has it. Roles and parameters are never meant.
func (t *tracer) target(v *model.Value) (*model.App, *model.Resource) {
	in, r := t.app.Find(v)
	for range 3 {
		if r == nil || passing[r.Type] == "" {
			break
		}
		in, r = in.Find(r.Props.Get(passing[r.Type]))
	}
	if r != nil && (r.Type == "AWS::IAM::Role" || r.Type == model.ParameterType) {
		return nil, nil
	}
	return in, r
}

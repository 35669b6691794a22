package paths

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"wardlet.example/internal/dataflow"
	"wardlet.example/internal/model"
	"wardlet.example/internal/pattern"
)

// maxMessages bounds the messages of one call that are looked at one by one.
const maxMessages = 20

// messages are what is known of what a call hands on: a Map of the parts that rows name for each message; nil where the request is not
// known.
func (g *Graph) messages(n *Node, s *dataflow.Send, row *call) []*model.Value {
	if s.Params == nil || s.Params.Open() && len(s.Params.Fields()) == 0 {
		return nil
	}
	if s.Key == "dynamodb:BatchWriteItem" {
		return n.items(s)
	}
	list := []*dataflow.Value{s.Params}
	shared := listed(row)
	if shared != "" {
		list = s.Params.All(shared)
	}
	if row.entry != "" {
		list = []*dataflow.Value{s.Params.At(shared, row.entry)}
	}
	var out []*model.Value
	for _, one := range list {
		for _, element := range elementsOf(one, shared != "" && row.entry == "") {
			if len(out) < maxMessages {
				out = append(out, message(n, element, row, shared))
			}
		}
	}
	return out
}

// items are a Map for each item that a call writes below the names of the tables; nil where not all of them are known.
func (n *Node) items(s *dataflow.Send) []*model.Value {
	all := s.Params.At("RequestItems")
	tables := all.Elements()
	if len(all.Fields()) > 0 {
		tables = slices.Collect(maps.Values(all.Fields()))
	}
	var out []*model.Value
	for _, list := range tables {
		for _, request := range list.Elements() {
			item := request.At("PutRequest", "Item")
			switch {
			case item == nil && request.At("DeleteRequest") != nil:
			case item == nil || len(out) == maxMessages:
				return nil
			default:
				out = append(out, model.NewMap([]model.Field{{Key: "item", Value: open(n.Value(item), item)}}, model.Origin{}))
			}
		}
	}
	return out
}

func elementsOf(v *dataflow.Value, list bool) []*dataflow.Value {
	if !list {
		return []*dataflow.Value{v}
	}
	return v.Elements()
}

// listed is the member of a request that has its messages as a list; empty where there is one message.
func listed(row *call) string {
	for _, name := range []string{"Entries", "Records", "PublishBatchRequestEntries"} {
		all := len(row.gives.pairs) > 0
		for _, p := range row.gives.pairs {
			all = all && len(p.from) > 1 && p.from[0] == name
		}
		if all {
			return name
		}
	}
	return ""
}

// entries are a row for each message of a call, where all of them are known: each has a target and filters of its own.
func entries(s *dataflow.Send, row *call) []*call {
	name := listed(row)
	list := s.Params.At(name)
	if name == "" || list.Open() || len(list.Fields()) < 2 || len(list.Fields()) > maxMessages {
		return []*call{row}
	}
	var out []*call
	for i := range len(list.Fields()) {
		one := *row
		one.entry = strconv.Itoa(i)
		if list.At(one.entry) == nil { // no list, or not all of it
			return []*call{row}
		}
		one.gives.pairs = nil
		for _, p := range row.gives.pairs {
			one.gives.pairs = append(one.gives.pairs, pair{p.to, slices.Insert(slices.Clone(p.from), 1, one.entry)})
		}
		if row.on[0] == name {
			one.on = slices.Insert(slices.Clone(row.on), 1, one.entry)
		}
		out = append(out, &one)
	}
	return out
}

// message is one message: what is not written of it is absent, and what the running function decides is unknown.
func message(n *Node, v *dataflow.Value, row *call, shared string) *model.Value {
	var fields []model.Field
	done := map[string]bool{}
	for _, p := range row.gives.pairs {
		key := strings.Join(p.to, ".")
		path := p.from
		if shared != "" {
			path = path[1:]
		}
		if row.entry != "" {
			path = path[1:]
		}
		if done[key] || slices.Contains(path, update) {
			continue
		}
		part := v.At(path...)
		switch {
		case part != nil:
			done[key] = true
			fields = append(fields, model.Field{Key: key, Value: open(n.sent(part), part)})
		case v.Open():
			done[key] = true
			fields = append(fields, model.Field{Key: key, Value: model.NewUnknown("decided while it runs", model.Origin{})})
		}
	}
	return model.NewMap(fields, model.Origin{})
}

// open is an object that may have other fields, where that is so.
func open(v *model.Value, of *dataflow.Value) *model.Value {
	if v.Kind == model.Map && of.Open() {
		return pattern.Open(v)
	}
	return v
}

// forward are messages as the next resource has them.
func forward(messages []*model.Value, m mapping) []*model.Value {
	var out []*model.Value
	for _, one := range messages {
		root := &tree{}
		for _, p := range m.pairs {
			if v := one.Path(p.from...); v.Kind != model.Absent {
				root.put(p.to, v)
			}
		}
		out = append(out, root.value())
	}
	return out
}

// tree is a Map while it is made.
type tree struct {
	leaf  *model.Value
	names []string
	below map[string]*tree
}

func (t *tree) put(path []string, v *model.Value) {
	if len(path) == 0 {
		t.leaf = v
		return
	}
	if t.below == nil {
		t.below = map[string]*tree{}
	}
	if t.below[path[0]] == nil {
		t.below[path[0]] = &tree{}
		t.names = append(t.names, path[0])
	}
	t.below[path[0]].put(path[1:], v)
}

func (t *tree) value() *model.Value {
	if t.below == nil {
		if t.leaf == nil {
			return model.NewAbsent(model.Origin{})
		}
		return t.leaf
	}
	var fields []model.Field
	for _, name := range t.names {
		fields = append(fields, model.Field{Key: name, Value: t.below[name].value()})
	}
	return pattern.Open(model.NewMap(fields, model.Origin{})) // services add fields of their own
}

// events are what the filter behind a resource is asked about, one for each message and each name that the event can have.
// Rules of the default bus are asked about the events of buckets, notifications about their keys.
func (t *trail) events(from *model.Resource, messages []*model.Value, toBus bool) []*model.Value {
	if messages == nil {
		return []*model.Value{model.NewUnknown("decided while it runs", model.Origin{})}
	}
	var out []*model.Value
	for _, m := range messages {
		switch from.Type {
		case "AWS::SNS::Topic":
			out = append(out, object("MessageAttributes", m.Get("attributes"), "Message", m.Get("message")))
		case "AWS::S3::Bucket":
			if toBus {
				out = append(out, t.objectEvents(from, m)...)
			} else {
				out = append(out, orUnknown(m.Get("key")))
			}
		case "AWS::SQS::Queue":
			out = append(out, pattern.Open(object("body", m.Get("body"), "messageAttributes", delivered(m.Get("attributes")))))
		case "AWS::Kinesis::Stream", "AWS::Kinesis::StreamConsumer":
			out = append(out, pattern.Open(object("data", m.Get("data"), "partitionKey", m.Get("key"))))
		case "AWS::DynamoDB::Table":
			out = append(out, t.tableEvents(m)...)
		default:
			out = append(out, pattern.Open(m))
		}
	}
	return out
}

// onBus are the names that events of buckets have on the default bus.
var onBus = map[string]string{"s3:ObjectCreated": "Object Created", "s3:ObjectRemoved": "Object Deleted"}

// objectEvents are what the default bus is told of a call that does something to an object.
func (t *trail) objectEvents(bucket *model.Resource, m *model.Value) []*model.Value {
	name := bucket.Props.Get("BucketName")
	if name.IsSet() != model.Yes {
		name = model.NewRef(bucket.ID, "", bucket.Origin)
	}
	var out []*model.Value
	for _, e := range t.row.events {
		detail := object("bucket", pattern.Open(object("name", name)), "object", pattern.Open(object("key", orUnknown(m.Get("key")))))
		out = append(out, pattern.Open(object("source", model.NewString("aws.s3", bucket.Origin), "detail-type", model.NewString(onBus[e], bucket.Origin), "detail", pattern.Open(detail))))
	}
	return out
}

// delivered are the attributes of a message as its record spells them: {StringValue: a} as {stringValue: a}.
func delivered(v *model.Value) *model.Value {
	if v.Kind != model.Map {
		return v
	}
	var fields []model.Field
	for _, f := range v.Fields {
		if f.Value.Kind == model.Map {
			var inner []model.Field
			for _, x := range f.Value.Fields {
				inner = append(inner, model.Field{Key: strings.ToLower(x.Key[:min(1, len(x.Key))]) + x.Key[min(1, len(x.Key)):], Value: x.Value})
			}
			f.Value = pattern.Open(model.NewMap(inner, f.Value.Origin))
		}
		fields = append(fields, f)
	}
	return model.NewMap(fields, v.Origin)
}

func orUnknown(v *model.Value) *model.Value {
	if v.Kind == model.Absent {
		return model.NewUnknown("decided while it runs", v.Origin)
	}
	return v
}

// object is a Map of pairs of name and value; what is absent is left out.
func object(pairs ...any) *model.Value {
	var fields []model.Field
	for i := 0; i+1 < len(pairs); i += 2 {
		name, _ := pairs[i].(string)
		v, _ := pairs[i+1].(*model.Value)
		if v != nil && v.Kind != model.Absent {
			fields = append(fields, model.Field{Key: name, Value: v})
		}
	}
	return model.NewMap(fields, model.Origin{})
}

// tableEvents are the records that a table's stream has of a call.
func (t *trail) tableEvents(m *model.Value) []*model.Value {
	var out []*model.Value
	for _, name := range t.row.events {
		image := pattern.Open(object("NewImage", typed(m.Get("item"), 0)))
		if name == "REMOVE" {
			image = pattern.Open(object())
		}
		if t.send == nil || t.row.updates() { // of the item only what it sets is known
			image = model.NewPresent("the item", model.Origin{})
		}
		out = append(out, pattern.Open(object("eventName", model.NewString(name, model.Origin{}), "dynamodb", image)))
	}
	return out
}

// typed is an item as streams have it: each value below its type.
func typed(v *model.Value, depth int) *model.Value {
	if v.Kind != model.Map || depth > 5 {
		return orUnknown(v)
	}
	var fields []model.Field
	for _, f := range v.Fields {
		switch x := f.Value; {
		case x.Kind == model.String:
			f.Value = object("S", x)
		case x.Kind == model.Map && len(x.Fields) == 1 && slices.Contains(types, x.Fields[0].Key): // the code writes the type
		case x.Kind == model.Map:
			f.Value = object("M", typed(x, depth+1))
		default:
			f.Value = model.NewPresent("decided while it runs", x.Origin)
		}
		fields = append(fields, f)
	}
	return model.NewMap(fields, v.Origin)
}

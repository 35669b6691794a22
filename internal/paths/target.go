package paths

import (
	"slices"
	"strconv"
	"strings"

	"wardlet.example/internal/dataflow"
	"wardlet.example/internal/link"
	"wardlet.example/internal/model"
	"wardlet.example/internal/policy"
)

// target is what a call works on.
type target struct {
	app      *model.App
	resource *model.Resource // nil where it stands in no template, or is not known
	value    *model.Value    // as the code has it
	below    *model.Value    // of a bucket: with what the keys begin that are meant, where only some are
	guessed  bool
	outside  bool      // no template has it: the resource stands for what is called so
	matches  model.Tri // of topics of devices: whether it is selected; yes for others
}

func number(at int32) string { return strconv.Itoa(int(at)) }

// defaultBus stands for the bus that every account has.
var defaultBus = &model.Resource{ID: "default event bus", Type: "AWS::Events::EventBus"}

// cacheType is the type of what stands for the cache that the functions of an application share.
const cacheType = "cache"

// databaseType is the type of what stands for the database that they share.
const databaseType = "database"

// shared stands for the cache or the database of an application: which of several a client is for is not told, what is kept is told apart
// by its key, or by its table.
func (g *Graph) shared(app *model.App, kind string) *model.Resource {
	of := sharing{app, kind}
	if g.sharedBy[of] == nil {
		g.sharedBy[of] = &model.Resource{ID: kind, Type: kind}
	}
	return g.sharedBy[of]
}

// sharing is a kind of thing that the functions of an application share.
type sharing struct {
	app  *model.App
	kind string
}

// ofSetting is the table that a setting names where no template is read, which could say which one it is: calls in one file that take the name
// from the same setting are about the same table. Across files the same name may be that of another application's.
func (g *Graph) ofSetting(n *Node, s *dataflow.Send, v *dataflow.Value, row *call, t target) target {
	if n.App.Kind != model.Convention || row.kind != "AWS::DynamoDB::Table" || s.File == nil {
		return t
	}
	name := ""
	value := v.Model(func(setting string) *model.Value {
		name = setting
		return nil
	})
	if name == "" || name == dataflow.OwnBucket || name == dataflow.OwnName || value.Kind == model.Text {
		return t
	}
	of := sharing{n.App, row.kind + " " + name + " " + s.File.Path}
	if g.sharedBy[of] == nil {
		g.sharedBy[of] = &model.Resource{ID: name, Type: row.kind, Props: model.NewUnknown("there is no template", model.Origin{})}
	}
	return target{app: n.App, resource: g.sharedBy[of], value: t.value, matches: model.Yes}
}

// targets are what a call works on.
func (g *Graph) targets(n *Node, s *dataflow.Send, row *call) []target {
	if n.called != nil { // a route of an API
		return slices.DeleteFunc(slices.Clone(n.called), func(t target) bool { return t.resource.Type != row.kind })
	}
	if s.Params == nil {
		return nil
	}
	values := s.Params.All(row.on...)
	switch {
	case row.kind == cacheType, row.kind == databaseType:
		return []target{{app: n.App, resource: g.shared(n.App, row.kind), matches: model.Yes}}
	case row.kind == "AWS::IoT::TopicRule":
		return g.topicRules(n, values)
	case row.kind == "AWS::Events::EventBus" && len(values) == 0:
		return []target{{app: n.App, resource: defaultBus, matches: model.Yes}}
	}
	var out []target
	seen := map[*model.Resource]bool{}
	for _, v := range values {
		for _, one := range n.Alternatives(v) {
			t := g.resolve(n, n.target(one), row)
			if t.resource == nil {
				t = g.ofSetting(n, s, one, row, t)
			}
			if t.resource == nil || !seen[t.resource] {
				out = append(out, t)
			}
			seen[t.resource] = true
		}
	}
	return out
}

// alike are types that stand for the same.
var alike = map[string][]string{
	"AWS::DynamoDB::Table": {"AWS::DynamoDB::GlobalTable"}, "AWS::Lambda::Function": {"AWS::Lambda::Alias", "AWS::Lambda::Version"},
}

func (g *Graph) resolve(n *Node, v *model.Value, row *call) target {
	types := append([]string{row.kind}, alike[row.kind]...)
	if row.kind == "AWS::Events::EventBus" && v.EqualsText("default") == model.Yes {
		return target{app: n.App, resource: defaultBus, value: v, matches: model.Yes}
	}
	app, r := n.App.Find(v, types...)
	if r != nil && (r.Type == "AWS::Lambda::Alias" || r.Type == "AWS::Lambda::Version") {
		app, r = app.Find(r.Props.Get("FunctionName"), "AWS::Lambda::Function")
	}
	if r != nil {
		return target{app: app, resource: r, value: v, matches: model.Yes}
	}
	if named := strings.TrimSpace(written(v)); named != "" { // it has a name, and no template has it
		if name, ok := v.Scalar(); ok && row.kind == tableType {
			return target{app: n.App, resource: g.elsewhere(n.App, name, name, v), value: v, outside: true, matches: model.Yes}
		}
		return target{value: v}
	}
	if only := g.only(n, row); only != nil {
		return target{app: n.App, resource: only, value: v, guessed: true, matches: model.Yes}
	}
	if v.Kind == model.Unknown && v.Present && v.ID > 0 && row.kind == tableType { // what somebody gives who deploys it: the same wherever it is used
		return target{app: n.App, resource: g.elsewhere(n.App, "a table from elsewhere", number(v.ID), v), value: v, outside: true, matches: model.Yes}
	}
	return target{value: v}
}

// tableType is the type of tables of DynamoDB. One that no template has is the same one wherever the functions of an application name it alike.
const tableType = "AWS::DynamoDB::Table"

// elsewhere stands for a table that no template has, which an application tells apart by a key: its name, or the number of a value that is
// not known.
func (g *Graph) elsewhere(app *model.App, name, key string, v *model.Value) *model.Resource {
	of := sharing{app, "table " + key}
	if g.sharedBy[of] == nil {
		props := model.NewMap([]model.Field{{Key: "TableName", Value: v}}, v.Origin)
		g.sharedBy[of] = &model.Resource{ID: name, Type: tableType, Props: props, Origin: v.Origin}
	}
	return g.sharedBy[of]
}

// written is what is known of a name.
func written(v *model.Value) string {
	if s, ok := v.Scalar(); ok {
		return s
	}
	if v.Kind != model.Text {
		return ""
	}
	var b strings.Builder
	for _, p := range v.Items {
		if s, ok := p.Scalar(); ok {
			b.WriteString(s)
		}
	}
	return b.String()
}

// only is the one resource of the application that the role of a function lets a call be made on; nil where there is none, or several.
func (g *Graph) only(n *Node, row *call) *model.Resource {
	var found *model.Resource
	for _, r := range n.App.Resources {
		if r.Type != row.kind || r.Tool {
			continue
		}
		switch answer, _ := g.mayCall(n, nil, row.action, target{app: n.App, resource: r}); {
		case answer == model.No:
		case answer == model.Maybe || found != nil:
			return nil
		default:
			found = r
		}
	}
	return found
}

// mayCall is whether the role of a function lets it do something to a resource.
func (g *Graph) mayCall(n *Node, s *dataflow.Send, action string, at target) (model.Tri, string) {
	role := n.Function.Role
	if action == "" {
		return model.Yes, ""
	}
	if role == nil || s != nil && s.Lent {
		return model.Maybe, ""
	}
	on := link.ARN(at.app, at.resource)
	if at.resource == defaultBus {
		on = model.NewString("arn:aws:events:*:*:event-bus/default", role.Origin)
	}
	if on == nil {
		return model.Maybe, ""
	}
	if on = n.within(s, at.resource, on); at.below != nil {
		on = model.NewText([]*model.Value{link.ARN(at.app, at.resource), model.NewString("/", on.Origin), at.below, model.NewPresent("the rest of the key", on.Origin)}, on.Origin)
	}
	powers := g.program.Powers(n.App, role)
	if powers == nil {
		return model.Maybe, ""
	}
	d := powers.AllowsUnder(action, on, overTLS, g.policyOf(at))
	if d.Answer == model.No && len(powers.Open) > 0 && d.By == nil {
		return model.Maybe, ""
	}
	if d.Answer == model.No {
		if d.By != nil {
			return model.No, "a policy denies " + action + " on " + at.resource.ID + " to the role " + role.ID
		}
		return model.No, "the role " + role.ID + " does not allow " + action + " on " + at.resource.ID
	}
	return d.Answer, ""
}

// within is what a call is about inside a resource: an object of a bucket, an index of a table.
func (n *Node) within(s *dataflow.Send, r *model.Resource, base *model.Value) *model.Value {
	switch {
	case r.Type == "AWS::S3::Bucket":
		key := model.NewPresent("the key of an object", base.Origin)
		if s != nil {
			if v := n.Value(s.Params.At("Key")); v.Kind == model.String || v.Kind == model.Text {
				key = v
			}
		}
		return model.NewText([]*model.Value{base, model.NewString("/", base.Origin), key}, base.Origin)
	case s != nil && s.Params.At("IndexName") != nil:
		return model.NewText([]*model.Value{base, model.NewString("/index/", base.Origin), n.Value(s.Params.At("IndexName"))}, base.Origin)
	}
	return base
}

// overTLS is what is known of the requests of SDKs: they are made over TLS.
var overTLS = map[string][]string{"aws:securetransport": {"true"}}

// policyOf is the policy that a resource has itself; nil where it has none. Of several each is a part.
func (g *Graph) policyOf(at target) *policy.Document {
	if known, ok := g.policies[at.resource]; ok {
		return known
	}
	var out *policy.Document
	for _, r := range g.program.Referrers(at.app, at.resource) {
		key := map[string]string{"AWS::SQS::QueuePolicy": "Queues", "AWS::SNS::TopicPolicy": "Topics", "AWS::S3::BucketPolicy": "Bucket"}[r.Type]
		if key == "" || !slices.ContainsFunc(r.Props.Get(key).Elements(), func(v *model.Value) bool {
			_, about := at.app.Find(v)
			return about == at.resource
		}) {
			continue
		}
		d := policy.Parse(link.Canonical(at.app, r.Props.Get("PolicyDocument")))
		if out == nil {
			out = &policy.Document{}
		}
		out.Statements = append(out.Statements, d.Statements...)
		out.Unknown = orElse(out.Unknown, d.Unknown)
	}
	g.policies[at.resource] = out
	return out
}

// topicRules are the rules that get what is sent to topics of devices.
func (g *Graph) topicRules(n *Node, values []*dataflow.Value) []target {
	var out []target
	for _, app := range g.program.Apps {
		for _, r := range app.Resources {
			if r.Type != "AWS::IoT::TopicRule" {
				continue
			}
			for _, v := range values {
				answer := listens(r, n.Value(v))
				if app == n.App || answer == model.Yes && !anyTopic(r) { // another application perhaps selects all that there is
					out = append(out, target{app: app, resource: r, value: n.Value(v), matches: answer})
				}
			}
		}
	}
	return out
}

// anyTopic reports whether a rule selects topics whatever they begin with.
func anyTopic(rule *model.Resource) bool {
	_, from, _ := strings.Cut(rule.Props.Path("TopicRulePayload", "Sql").String(), "'")
	return strings.HasPrefix(from, "#") || strings.HasPrefix(from, "+")
}

// listens reports whether a rule selects what is sent to a topic: SELECT ... FROM 'a/+/b'.
func listens(rule *model.Resource, topic *model.Value) model.Tri {
	sql, ok := rule.Props.Path("TopicRulePayload", "Sql").Scalar()
	if !ok {
		return model.Maybe
	}
	_, from, ok := strings.Cut(sql, "'")
	filter, _, closed := strings.Cut(from, "'")
	if !ok || !closed {
		return model.Maybe
	}
	name, ok := topic.Scalar()
	whole := ok
	if !ok {
		if topic.Kind != model.Text || len(topic.Items) == 0 {
			return model.Maybe
		}
		if name, ok = topic.Items[0].Scalar(); !ok {
			return model.Maybe
		}
	}
	return topicMatches(strings.Split(filter, "/"), strings.Split(name, "/"), whole)
}

// topicMatches holds the levels of a topic against a filter; of a topic that is not known to its end only the levels that are.
func topicMatches(filter, levels []string, whole bool) model.Tri {
	for i, f := range filter {
		switch {
		case f == "#":
			return model.Yes
		case i >= len(levels) || i == len(levels)-1 && !whole:
			if whole {
				return model.No
			}
			return model.Maybe
		case f != "+" && f != levels[i]:
			return model.No
		}
	}
	if len(levels) > len(filter) {
		return model.No
	}
	return model.Yes
}

package paths

import (
	"slices"
	"strings"

	"wardlet.example/internal/asl"
	"wardlet.example/internal/dataflow"
	"wardlet.example/internal/link"
	"wardlet.example/internal/model"
)

// trail follows what a call hands on along the flows that templates declare.
type trail struct {
	graph    *Graph
	node     *Node
	send     *dataflow.Send
	row      *call
	granted  model.Tri
	why      string
	guessed  bool
	app      *model.App      // that the call is of
	by       *model.Resource // the machine, where a state of it makes the call
	state    *asl.State
	emit     func(*Edge, []mapping) // instead of adding an edge: for what a state machine calls
	ways     *ways                  // the edges of the same call; nil where there is one way only
	messages []*model.Value         // what is known of what is sent: one Map for each message; nil where nothing is
}

// maxHops bounds the resources that data goes through between two functions.
const maxHops = 6

// onward goes on from a resource.
func (t *trail) onward(app *model.App, r *model.Resource, chain []mapping, via []*model.Resource, matches model.Tri, messages []*model.Value, why string) {
	if len(via) > maxHops || slices.Contains(via, r) {
		return
	}
	if len(via) == 0 {
		messages = t.messages
	}
	if r.Type == "AWS::Lambda::Function" && len(via) == 0 { // called directly
		t.arrive(app, r, append(slices.Clone(chain), direct), nil, "direct", matches, why)
		return
	}
	if r.Type == stateMachine {
		t.enter(app, r, chain, via, matches, why)
		return
	}
	via = append(slices.Clone(via), r)
	if r.Type == "AWS::Events::EventBus" {
		t.bus(app, r, chain, via, matches, messages, why)
	}
	for _, c := range t.graph.from(app, r) {
		t.hop(c, r, chain, via, matches, messages, why)
	}
}

// enter notes a way to the input of a state machine.
func (t *trail) enter(app *model.App, r *model.Resource, chain []mapping, via []*model.Resource, matches model.Tri, why string) {
	if app != t.app && len(via) > 0 && via[0] == defaultBus && matches != model.Yes { // as with functions
		return
	}
	t.graph.starts[r] = append(t.graph.starts[r], start{t, chain, via, matches, why})
}

// direct is how a function gets what it is called with.
var direct = mapping{pairs: []pair{{nil, []string{"event"}}}}

// from are the flows that leave a resource.
func (g *Graph) from(app *model.App, r *model.Resource) []crossing {
	var out []crossing
	for _, f := range g.flows[app][r.ID] {
		out = append(out, crossing{app, f})
	}
	for _, c := range g.into[app] {
		if c.flow.From == r.ID {
			out = append(out, c)
		}
	}
	return out
}

func (t *trail) hop(c crossing, r *model.Resource, chain []mapping, via []*model.Resource, matches model.Tri, messages []*model.Value, why string) {
	in := c.app
	if c.flow.ToApp != nil {
		in = c.flow.ToApp
	}
	to := in.Resource(c.flow.To)
	if to == nil || r.Type == "AWS::Lambda::Function" || r.Type == stateMachine || r.Type == "AWS::Events::EventBus" && to.Type == "AWS::Events::Rule" {
		return
	}
	if c.flow.Kind == "dead-letter" && r.Type != "AWS::SQS::Queue" {
		return
	}
	row := t.graph.rows.deliveries[[2]string{r.Type, to.Type}]
	if row == nil {
		return
	}
	m := row.gives
	if len(row.raw.pairs) > 0 && isRaw(c.flow) {
		m = row.raw
	}
	m = c.reshaped(r, to, m)
	answer, reason := t.passes(c, r, messages)
	if answer == model.No && why == "" {
		why = reason
	}
	matches = matches.And(answer)
	next := append(slices.Clone(chain), m)
	if to.Type == "AWS::Lambda::Function" {
		t.arrive(in, to, next, via, c.flow.Kind, matches, why)
		return
	}
	if c.flow.Kind == awsEvent && messages != nil { // the service says more of it than the call does
		t.onward(in, to, next, via, matches, t.events(r, messages, true), why)
		return
	}
	t.onward(in, to, next, via, matches, forward(messages, m), why)
}

// awsEvent is the kind of a flow by which the default bus is told what happens to a resource.
const awsEvent = "aws-event"

// isRaw reports whether a subscription hands on messages as they are.
func isRaw(f *model.Flow) bool {
	return f.Via != nil && f.Via.Props.Get("RawMessageDelivery").EqualsText("true") == model.Yes
}

// bus adds the rules that are asked about what comes to a bus.
func (t *trail) bus(app *model.App, bus *model.Resource, chain []mapping, via []*model.Resource, matches model.Tri, messages []*model.Value, why string) {
	row := t.graph.rows.deliveries[[2]string{"AWS::Events::EventBus", "AWS::Events::Rule"}]
	for _, r := range t.graph.rules {
		if !r.hangsOn(bus, app) {
			continue
		}
		t.onward(r.app, r.rule, append(slices.Clone(chain), row.gives), via, matches, messages, why)
	}
}

// hangsOn reports whether a rule is asked about what an application sends to a bus.
func (r busRule) hangsOn(bus *model.Resource, app *model.App) bool {
	name := r.rule.Props.Get("EventBusName")
	isDefault := name.IsSet() == model.No || name.EqualsText("default") == model.Yes
	if bus == defaultBus {
		return isDefault && (r.app == app || r.app.Directory == app.Directory)
	}
	_, found := r.app.Find(name, defaultBus.Type)
	return !isDefault && found == bus
}

// stranger reports whether what is sent to the default bus only perhaps concerns another application: its rule is perhaps about other events.
func (t *trail) stranger(app *model.App, via []*model.Resource, matches model.Tri) bool {
	return app != t.app && len(via) > 0 && via[0] == defaultBus && matches != model.Yes
}

// openBus adds the edges over a bus that no template has: its name stands in a parameter. Rules hang on the same one where they name the
// same parameter of the same template; rules of others, whose bus is not known either, where they ask for the source of what is sent.
func (g *Graph) openBus(n *Node, s *dataflow.Send, row *call, at target, w *ways) bool {
	if row.kind != defaultBus.Type || at.value == nil || at.value.Kind == model.String {
		return false
	}
	messages := g.messages(n, s, row)
	bus := &model.Resource{ID: "event bus " + at.value.String(), Type: defaultBus.Type}
	before := w.found
	for _, r := range g.rules {
		name := r.rule.Props.Get("EventBusName")
		if name.IsSet() != model.Yes || name.Kind == model.String {
			continue
		}
		if _, found := r.app.Find(name, defaultBus.Type); found != nil {
			continue
		}
		same := r.app == n.App && name.String() == at.value.String()
		if !same && !asksForSource(r.rule, messages) {
			continue
		}
		t := &trail{graph: g, app: r.app, node: n, send: s, row: row, guessed: !same, granted: model.Maybe, ways: w}
		chain := []mapping{row.gives, g.rows.deliveries[[2]string{defaultBus.Type, "AWS::Events::Rule"}].gives}
		t.onward(r.app, r.rule, chain, []*model.Resource{bus}, model.Yes, messages, "")
	}
	return w.found > before
}

// asksForSource reports whether the pattern of a rule names the source of a message.
func asksForSource(rule *model.Resource, messages []*model.Value) bool {
	for _, want := range rule.Props.Path("EventPattern", "source").Elements() {
		for _, m := range messages {
			if m.Get("source").Kind == model.String && want.EqualsText(m.Get("source").Str) == model.Yes {
				return true
			}
		}
	}
	return false
}

// arrive adds the edge to a function.
func (t *trail) arrive(app *model.App, f *model.Resource, chain []mapping, via []*model.Resource, kind string, matches model.Tri, why string) {
	to := t.graph.node(app, f.ID)
	if to == nil || t.stranger(app, via, matches) {
		return
	}
	if why == "" {
		why = t.why
	}
	t.give(&Edge{From: t.node, To: to, Send: t.send, Via: shown(via), Kind: kind, Granted: t.granted, Matches: matches, Guessed: t.guessed, Why: why}, chain)
}

// give adds an edge whose data comes by a chain of mappings.
func (t *trail) give(e *Edge, chain []mapping) {
	if t.emit != nil {
		t.emit(e, chain)
		return
	}
	e.whole = isWhole(e, chain)
	e.back = func(path []string) [][]string { return t.requested(compose(path, chain)) }
	if t.ways != nil {
		t.ways.add(e)
		return
	}
	t.graph.add(e)
}

// shown are the resources that people know of: rules and pipes declare ways and are none.
func shown(via []*model.Resource) []*model.Resource {
	var out []*model.Resource
	for i, r := range via {
		if r.Type == "AWS::Events::Rule" && i > 0 {
			continue
		}
		out = append(out, r)
	}
	return out
}

// kept adds the edge to a function that reads what was kept.
func (t *trail) kept(r *model.Resource, by reader) {
	chain := []mapping{t.row.gives, by.row.gives}
	kind := map[string]string{"AWS::DynamoDB::Table": "table", "AWS::S3::Bucket": "bucket", "AWS::SQS::Queue": "queue", "AWS::Kinesis::Stream": "stream", cacheType: cacheType, databaseType: databaseType}[r.Type]
	if t.send != nil && t.otherKey(r, by) {
		return
	}
	granted, why := t.graph.mayCall(by.node, by.read, by.row.action, target{app: by.node.App, resource: r})
	if t.granted == model.No {
		why = t.why
	}
	t.give(&Edge{
		From: t.node, To: by.node, Send: t.send, Read: by.read, Via: []*model.Resource{r}, Kind: kind, Granted: t.granted, Readable: granted,
		Matches: model.Yes, Guessed: t.guessed, Why: why,
	}, chain)
}

// passes is whether the filter of a flow can let something through.
func (t *trail) passes(c crossing, from *model.Resource, messages []*model.Value) (model.Tri, string) {
	if c.flow.Matches == model.No {
		return model.No, "the connection from " + from.ID + " to " + c.flow.To + " is switched off"
	}
	if c.flow.Granted == model.No {
		return model.No, from.ID + " may not hand on to " + c.flow.To
	}
	if from.Type == "AWS::S3::Bucket" && t.otherEvent(c.flow) {
		return model.No, "the notification of " + from.ID + " is about other events"
	}
	p := link.Filter(c.app, c.flow)
	if p == nil {
		return model.Yes, ""
	}
	if answer, why := t.mayBegin(c, from); answer == model.No {
		return answer, why
	}
	answer := model.No
	for _, event := range t.events(from, messages, c.flow.Kind == awsEvent) {
		answer = max(answer, p.Matches(event))
	}
	if answer == model.No {
		return model.No, "the filter of " + c.flow.To + " on " + from.ID + " does not match what is sent"
	}
	return answer, ""
}

// mayBegin is whether the role of the sender lets it write objects whose keys begin as a notification wants them.
func (t *trail) mayBegin(c crossing, bucket *model.Resource) (model.Tri, string) {
	if bucket.Type != "AWS::S3::Bucket" || t.row.kind != bucket.Type || t.node == nil {
		return model.Maybe, ""
	}
	if _, known := t.node.Value(t.send.Params.At("Key")).Scalar(); known {
		return model.Maybe, ""
	}
	rules := c.flow.Filter
	if rules.Kind == model.Map {
		rules = rules.Path("S3Key", "Rules")
	}
	for _, rule := range rules.Elements() {
		prefix := rule.Get("Value")
		if name, _ := rule.Get("Name").Scalar(); !strings.EqualFold(name, "prefix") || prefix.Kind != model.String {
			continue
		}
		holder := c.app
		if c.flow.FromApp != nil {
			holder = c.flow.FromApp
		}
		answer, why := t.graph.mayCall(t.node, t.send, t.row.action, target{app: holder, resource: bucket, below: prefix})
		return answer, why + " below " + prefix.Str
	}
	return model.Maybe, ""
}

// otherEvent reports whether a notification is only about other things than the call does.
func (t *trail) otherEvent(f *model.Flow) bool {
	_, about, ok := strings.Cut(f.Detail, " s3:")
	if !ok || len(t.row.events) == 0 || f.Kind != "object" {
		return false
	}
	about, _, _ = strings.Cut("s3:"+about, "*")
	for _, e := range t.row.events {
		if strings.HasPrefix(about, e) || strings.HasPrefix(e, strings.TrimSuffix(about, ":")) {
			return false
		}
	}
	return true
}

// Package paths joins what the code of functions does with what templates declare: which function hands data to which other one, by
// which queue, topic, table, bucket, bus, stream, call or request, and which of the data comes from outside.
//
// Each function is followed by itself first (dataflow). What it hands on stands in its sends; where that comes to is worked out here, and
// whether the role of the sender and the filter of the receiver let it. A finding of a function says which part of its event does harm;
// that part is followed backwards, edge by edge, to the door where an outsider decides it (Graph.Reach).
package paths

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"wardlet.example/internal/dataflow"
	"wardlet.example/internal/link"
	"wardlet.example/internal/model"
	"wardlet.example/internal/policy"
)

// Node is a function with what was found out by following its code.
type Node struct {
	App      *model.App
	Function *model.Function
	Result   dataflow.Result
	In       []*Edge // what hands data to it
	Out      []*Edge
	called   []target // what a route of an API calls that leads to no function
}

// Edge is a way of data from one function to another.
type Edge struct {
	From, To *Node
	Send     *dataflow.Send    // the call that hands the data on
	Read     *dataflow.Send    // the call by which the receiver reads what was kept; nil where the platform delivers it
	Via      []*model.Resource // what it goes through, in order
	Kind     string            // what carries it: queue, topic, bus, stream, object, direct, http, state-machine, table, bucket ...
	Granted  model.Tri         // may the sender make the call
	Readable model.Tri         // may the receiver read what was kept
	Matches  model.Tri         // can the filters on the way let it through
	Guessed  bool              // the target is not known: it is the only one that the role of the sender lets it send to
	Why      string            // what decides where Granted, Readable or Matches is no

	settled func(path []string) bool       // of machines: whether a part of the event comes from there alone
	whole   bool                           // the receiver gets the message as it was sent
	back    func(path []string) [][]string // from a path of the receiver's event to paths of the request
}

// Holds reports whether data can take an edge, for all that is known.
func (e *Edge) Holds() bool {
	return e.Granted != model.No && e.Matches != model.No && !e.unread(model.No)
}

// Sure reports whether all is known that decides an edge.
func (e *Edge) Sure() bool {
	return e.Granted == model.Yes && e.Matches == model.Yes && !e.Guessed && !e.unread(model.Maybe)
}

// unread reports whether that the receiver may read what was kept is no better than an answer.
func (e *Edge) unread(than model.Tri) bool { return e.Read != nil && e.Readable <= than }

// Dangling is a call whose target is not known, or stands in no template.
type Dangling struct {
	From   *Node
	Send   *dataflow.Send
	Target *model.Value
	Kind   string // the type of resource that it is
}

// Graph is all functions with the edges between them.
type Graph struct {
	Nodes    []*Node
	Edges    []*Edge
	Dangling []Dangling

	senders  []*Node // the functions, and routes of APIs that lead to none
	program  *link.Program
	rows     *rows
	byID     map[*model.App]map[string]*Node
	readers  map[*model.Resource][]reader
	flows    map[*model.App]map[string][]*model.Flow // by the ID of the sender
	into     map[*model.App][]crossing               // flows of other applications that come from one
	asking   sync.Mutex
	reached  map[question]*answer
	rules    []busRule
	sharedBy map[sharing]*model.Resource
	policies map[*model.Resource]*policy.Document // those that resources have themselves
	seen     map[string]bool
	updates  map[*model.Resource][]*dataflow.Value // of items, by the table
	lasting  map[asking]bool                       // attributes that no update of their table sets

	starts    map[*model.Resource][]start // of state machines
	byMachine map[*model.Resource]*machine
	followed  []*machine
}

type reader struct {
	node *Node
	read *dataflow.Send
	row  *call
}

// crossing is a flow that another application declares.
type crossing struct {
	app  *model.App
	flow *model.Flow
}

// Build joins functions by what they hand on. The nodes are in the order of the workspace.
func Build(p *link.Program, nodes []*Node) (*Graph, error) {
	rows, err := known()
	if err != nil {
		return nil, err
	}
	g := &Graph{
		Nodes: nodes, program: p, rows: rows, byID: map[*model.App]map[string]*Node{}, readers: map[*model.Resource][]reader{},
		flows: map[*model.App]map[string][]*model.Flow{}, into: map[*model.App][]crossing{}, reached: map[question]*answer{}, sharedBy: map[sharing]*model.Resource{}, policies: map[*model.Resource]*policy.Document{}, seen: map[string]bool{},
		updates: map[*model.Resource][]*dataflow.Value{},
		lasting: map[asking]bool{},
		starts:  map[*model.Resource][]start{}, byMachine: map[*model.Resource]*machine{},
	}
	for _, n := range nodes {
		if g.byID[n.App] == nil {
			g.byID[n.App] = map[string]*Node{}
		}
		g.byID[n.App][n.Function.ID] = n
	}
	g.index()
	for _, n := range nodes {
		for _, s := range n.Result.Sends {
			g.reading(n, s)
		}
	}
	for _, n := range nodes {
		for _, s := range n.Result.Sends {
			g.updated(n, s)
		}
	}
	g.senders = append(slices.Clone(nodes), g.routes()...)
	for _, n := range g.senders {
		for _, s := range n.Result.Sends {
			g.send(n, s)
		}
		g.answers(n)
	}
	for _, n := range nodes {
		g.destinations(n)
	}
	g.machines()
	return g, nil
}

// index lists the flows by who sends.
func (g *Graph) index() {
	for _, app := range g.program.Apps {
		by := map[string][]*model.Flow{}
		for _, f := range app.Flows {
			if f.FromApp != nil && f.FromApp != app {
				g.into[f.FromApp] = append(g.into[f.FromApp], crossing{app, f})
				continue
			}
			by[f.From] = append(by[f.From], f)
		}
		g.flows[app] = by
		for _, r := range app.Resources {
			if r.Type == "AWS::Events::Rule" && r.Props.Get("EventPattern").IsSet() != model.No {
				g.rules = append(g.rules, busRule{app, r})
			}
		}
	}
}

type busRule struct {
	app  *model.App
	rule *model.Resource
}

// node is the function of an application with an ID; nil where its code was not followed.
func (g *Graph) node(app *model.App, id string) *Node { return g.byID[app][id] }

// setting is what an environment variable of a function holds.
func (n *Node) setting(name string) *model.Value {
	for _, e := range n.Function.Env {
		if e.Name == name {
			return e.Value
		}
	}
	if own := n.Function.Resource; name == dataflow.OwnName && own != nil {
		return model.NewRef(own.ID, "", own.Origin)
	}
	return nil
}

// target is what is known of what a call names as its target: also the bucket that the event is about, where only one calls the function. What
// a role needs is asked without it (Value), as a policy that names the bucket which calls the function makes a circle in its template.
func (n *Node) target(v *dataflow.Value) *model.Value {
	return v.Model(func(name string) *model.Value {
		if own := n.bucket(); name == dataflow.OwnBucket && own != nil {
			return model.NewRef(own.ID, "", own.Origin)
		}
		return n.setting(name)
	})
}

// bucket is the one whose objects a function is called for; nil where others call it too.
func (n *Node) bucket() *model.Resource {
	var found *model.Resource
	for _, t := range n.Function.Triggers {
		if t.Off {
			continue
		}
		if t.Kind != model.TriggerObject || t.Source == nil || t.From != nil || found != nil && found != t.Source {
			return nil
		}
		found = t.Source
	}
	return found
}

// Value is what is known of a value of the code, as templates have values.
func (n *Node) Value(v *dataflow.Value) *model.Value { return v.Model(n.setting) }

// Numbers are the numbers that a value of the code is, or may be.
func (n *Node) Numbers(v *dataflow.Value) []float64 { return v.Numbers(n.setting) }

// sent is what is known of a value that a function sends: also of the key of the object that its event is about, which begins and ends as the
// notification wants it.
func (n *Node) sent(v *dataflow.Value) *model.Value {
	return v.Model(func(name string) *model.Value {
		if edits, own := strings.CutPrefix(name, dataflow.OwnKey); own {
			all := strings.Split(edits, "\x00")
			if all[0] == "ext" {
				return n.endOfKey()
			}
			return n.ownKey(all[0] == "", all[1:])
		}
		return n.setting(name)
	})
}

// ownKey is what is known of the key of the object that a function is called for, or of its last part, where some texts were replaced in it; nil
// where nothing is.
func (n *Node) ownKey(all bool, edits []string) *model.Value {
	if n.bucket() == nil {
		return nil
	}
	var rules *model.Value
	for _, t := range n.Function.Triggers {
		switch {
		case t.Off:
		case rules != nil || t.Filter == nil: // of several, one holds
			return nil
		default:
			rules = t.Filter
		}
	}
	if rules == nil {
		return nil
	}
	if rules.Kind == model.Map {
		rules = rules.Path("S3Key", "Rules")
	}
	parts := make([]*model.Value, 3)
	parts[0], parts[1], parts[2] = model.NewString("", rules.Origin), model.NewPresent("decided while it runs", rules.Origin), model.NewString("", rules.Origin)
	for _, rule := range rules.Elements() {
		name, _ := rule.Get("Name").Scalar()
		text, known := rule.Get("Value").Scalar()
		if !known || !all && strings.Contains(text, "/") || slices.ContainsFunc(edits, func(s string) bool { return touches(text, s) }) {
			continue
		}
		switch strings.ToLower(name) {
		case "prefix":
			if all {
				parts[0] = rule.Get("Value")
			}
		case "suffix":
			parts[2] = rule.Get("Value")
		}
	}
	return model.NewText(parts, rules.Origin)
}

// endOfKey is the ending of the key of the object that a function is called for, from the last dot, where the notification wants one; nil where it
// does not.
func (n *Node) endOfKey() *model.Value {
	key := n.ownKey(false, nil)
	if key == nil || key.Kind != model.Text || len(key.Items) == 0 {
		return nil
	}
	text, known := key.Items[len(key.Items)-1].Scalar()
	dot := strings.LastIndexByte(text, '.')
	if !known || dot < 0 || strings.Contains(text[dot:], "/") {
		return nil
	}
	return model.NewString(text[dot:], key.Origin)
}

// touches reports whether replacing a text perhaps changes the beginning or the end of a key.
func touches(fixed, search string) bool {
	if strings.Contains(fixed, search) {
		return true
	}
	for i := 1; i < len(search); i++ {
		if strings.HasSuffix(fixed, search[:i]) || strings.HasPrefix(fixed, search[i:]) {
			return true
		}
	}
	return false
}

// Alternatives are the texts that a value of the code may be.
func (n *Node) Alternatives(v *dataflow.Value) []*dataflow.Value { return v.Alternatives(n.setting) }

// reading notes what a function reads of what others keep.
func (g *Graph) reading(n *Node, s *dataflow.Send) {
	if s.Key == "s3:GetObject" && s.OfEvent() || s.Signed { // the bucket that the event comes from; an address, by which somebody else reads
		return
	}
	if how, _ := s.Params.At("InvocationType").Is(); how == "Event" || how == "DryRun" { // nobody waits for an answer
		return
	}
	if old := s.Params.At("ReturnValues"); s.Key == "dynamodb:DeleteItem" { // only who asks for it gets what was there
		if how, known := old.Is(); old == nil || known && how != "ALL_OLD" {
			return
		}
	}
	for _, row := range g.rows.reads[s.Key] {
		for _, at := range g.targets(n, s, row) {
			if at.resource != nil {
				g.readers[at.resource] = append(g.readers[at.resource], reader{n, s, row})
			}
		}
	}
}

// send adds the edges of a call.
func (g *Graph) send(n *Node, s *dataflow.Send) {
	if rows := g.rows.calls[s.Key]; n.called == nil && len(rows) > 0 && rows[0].kind != "http" && len(s.Params.Fields()) == 0 && s.Params.Open() {
		g.dangle(n, s, rows[0], model.NewUnknown("decided while it runs", model.Origin{})) // a library makes the request
		return
	}
	w := &ways{at: map[way]*Edge{}}
	for _, row := range g.rows.calls[s.Key] {
		if row.kind == "http" {
			g.request(n, s, row)
			continue
		}
		for _, one := range entries(s, row) {
			for _, at := range g.targets(n, s, one) {
				g.sendTo(n, s, one, at, w)
			}
		}
	}
	for _, e := range w.edges {
		g.add(e)
	}
}

func (g *Graph) sendTo(n *Node, s *dataflow.Send, row *call, at target, w *ways) {
	if at.resource == nil && g.openBus(n, s, row, at, w) {
		return
	}
	if at.resource == nil || at.outside {
		g.dangle(n, s, row, at.value)
	}
	if at.resource == nil {
		return
	}
	t := &trail{graph: g, app: n.App, node: n, send: s, row: row, guessed: at.guessed, messages: g.messages(n, s, row), ways: w}
	t.granted, t.why = g.mayCall(n, s, row.action, at)
	if at.matches == model.No {
		t.why = at.resource.ID + " does not select what is sent"
	}
	t.onward(at.app, at.resource, []mapping{row.gives}, nil, at.matches, nil, "")
	for _, r := range g.readers[at.resource] {
		if keeps(row, r.row) {
			t.kept(at.resource, r)
		}
	}
}

// dangle notes a call whose target is not known, or stands in no template.
func (g *Graph) dangle(n *Node, s *dataflow.Send, row *call, to *model.Value) {
	if _, r := n.App.Find(to); r != nil || strings.Contains(to.String(), ":::aws-sdk:") { // another row is about that
		return
	}
	if key := n.App.File + n.Function.ID + s.File.Path + number(s.At) + to.String(); !g.seen[key] {
		g.seen[key] = true
		g.Dangling = append(g.Dangling, Dangling{n, s, to, row.kind})
	}
}

// keeps reports whether a call writes something that another one reads.
func keeps(write, read *call) bool {
	for _, w := range write.gives.pairs {
		for _, r := range read.gives.pairs {
			if len(w.to) > 0 && len(r.from) > 0 && w.to[0] == r.from[0] {
				return true
			}
		}
	}
	return false
}

// add keeps an edge, once for each call, receiver and way.
func (g *Graph) add(e *Edge) {
	var key strings.Builder
	for _, part := range []string{e.From.App.File, e.From.Function.ID, e.To.App.File, e.To.Function.ID, fmt.Sprintf("%p %p", e.Send, e.Read)} {
		key.WriteString(part + "\x00")
	}
	for _, r := range e.Via {
		key.WriteString(r.ID + "\x00")
	}
	if g.seen[key.String()] {
		return
	}
	g.seen[key.String()] = true
	g.Edges = append(g.Edges, e)
	e.From.Out = append(e.From.Out, e)
	e.To.In = append(e.To.In, e)
}

// compose are the paths of the request that a path of the receiver comes from, through several mappings, the last one first.
func compose(path []string, chain []mapping) [][]string {
	paths := [][]string{path}
	for _, m := range slices.Backward(chain) {
		var next [][]string
		for _, p := range paths {
			next = append(next, m.back(p)...)
		}
		paths = next
	}
	return paths
}

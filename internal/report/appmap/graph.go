package appmap

import (
	"strings"

	"wardlet.example/internal/model"
)

// nodeKind tells what a node of the picture is.
type nodeKind int

const (
	everybody nodeKind = iota // the internet
	account                   // principals of the cloud account
	door                      // ways into one function that nothing in the application opens: routes, a schedule
	function
	resource
)

// node is one box of the picture. Its texts are as the repository has them: each view escapes for its medium.
type node struct {
	kind     nodeKind
	id       string // of the function or resource
	title    string
	lines    []row
	alert    string // a line that should be seen
	blast    string // of a function: how far its permissions reach
	exposure model.Exposure
}

// row is a line of a box: a text, and a word at its end that must stay when the text is cut. Of a path, the end stays.
type row struct {
	text, mark string
	path       bool
}

// whole is the row as one text.
func (r row) whole() string {
	if r.mark == "" {
		return r.text
	}
	return r.text + "  " + r.mark
}

// edge is one hop between two nodes, by index.
type edge struct {
	from, to int
	exposure model.Exposure
	label    string
	uses     bool // known from an environment variable only
	denied   bool // declared, but not granted or not let through by a filter
}

// graph is the picture of one application.
type graph struct {
	nodes    []*node
	edges    []*edge
	declared map[string]*model.Resource // resources of the application by logical ID
	byID     map[string]int             // nodes by logical ID
	byEnds   map[[2]int]int             // edges by their ends
	callers  map[nodeKind]int           // the nodes of everybody and account
}

// newGraph joins triggers, flows and environment variables of an application into one picture: one box per way into a
// function, per function and per resource that something touches.
func newGraph(a *model.App) *graph {
	g := &graph{declared: map[string]*model.Resource{}, byID: map[string]int{}, byEnds: map[[2]int]int{}, callers: map[nodeKind]int{}}
	for _, r := range a.Deployed() {
		g.declared[r.ID] = r
	}
	for _, f := range a.Functions {
		g.byID[f.ID] = g.add(functionNode(f))
	}
	for _, f := range a.Functions {
		g.doors(f)
		g.sources(f)
	}
	for _, f := range a.Flows {
		g.flow(f)
	}
	for _, f := range a.Functions {
		g.environment(f)
	}
	return g
}

func functionNode(f *model.Function) *node {
	n := &node{kind: function, alert: f.Blast.Note, blast: string(f.Blast.Reach), id: f.ID, title: orElse(f.Name, f.ID), exposure: f.Exposure, lines: []row{{text: handlerPlace(f), path: true}}}
	if runtime := show(f.Runtime); runtime != "" {
		n.lines = append(n.lines, row{text: runtime})
	}
	return n
}

func (g *graph) add(n *node) int {
	g.nodes = append(g.nodes, n)
	return len(g.nodes) - 1
}

// connect adds a hop, or what is new of it to the same hop: the wider exposure, and certainty over assumption.
func (g *graph) connect(e edge) {
	ends := [2]int{e.from, e.to}
	i, known := g.byEnds[ends]
	if !known {
		g.byEnds[ends] = len(g.edges)
		g.edges = append(g.edges, &e)
		return
	}
	old := g.edges[i]
	old.exposure = old.exposure.Wider(e.exposure)
	old.uses = old.uses && e.uses
	old.denied = old.denied && e.denied
	old.label = orElse(old.label, e.label)
}

// caller is the node of everybody or the account, made when first asked for.
func (g *graph) caller(kind nodeKind) int {
	if i, ok := g.callers[kind]; ok {
		return i
	}
	n := &node{kind: everybody, title: "Internet", lines: []row{{text: "anyone"}}, exposure: model.Public}
	if kind == account {
		n = &node{kind: account, title: "Cloud account", lines: []row{{text: "its principals,"}, {text: "accounts it names"}}, exposure: model.Account}
	}
	g.callers[kind] = g.add(n)
	return g.callers[kind]
}

// resource is the node of a resource, -1 where the application has none of this ID.
func (g *graph) resource(id string) int {
	if i, ok := g.byID[id]; ok {
		return i
	}
	r := g.declared[id]
	if r == nil {
		return -1
	}
	g.byID[id] = g.add(&node{kind: resource, id: id, title: id, lines: []row{{text: shortType(r.Type)}}, exposure: model.Internal})
	return g.byID[id]
}

// doors adds the ways into a function from outside, those of one kind and exposure in one box.
func (g *graph) doors(f *model.Function) {
	type key struct {
		kind     model.TriggerKind
		exposure model.Exposure
	}
	boxes := map[key]*node{}
	for _, t := range f.Triggers {
		if inside(t) {
			continue
		}
		k := key{t.Kind, t.Exposure}
		if boxes[k] == nil {
			boxes[k] = &node{kind: door, title: doorTitle(t), exposure: t.Exposure}
			g.open(f, g.add(boxes[k]), t)
		}
		boxes[k].lines = append(boxes[k].lines, doorLine(t))
	}
}

// open connects a door with its function and with who can come through it.
func (g *graph) open(f *model.Function, box int, t *model.Trigger) {
	switch t.Exposure {
	case model.Public, model.Authenticated:
		g.connect(edge{from: g.caller(everybody), to: box, exposure: t.Exposure})
	case model.Account:
		g.connect(edge{from: g.caller(account), to: box, exposure: t.Exposure})
	}
	g.connect(edge{from: box, to: g.byID[f.ID], exposure: t.Exposure, label: string(t.Kind)})
}

// inside reports whether a trigger comes from a resource of the application that others can put something into.
func inside(t *model.Trigger) bool {
	if t.Source == nil || t.From != nil {
		return false
	}
	return !isDoor(t.Source.Type) || t.Source.Type == "AWS::Events::Rule" && t.Kind == model.TriggerBus
}

// isDoor reports whether a resource only passes calls on to functions, so that its routes stand for it.
func isDoor(resourceType string) bool {
	for _, prefix := range []string{
		"AWS::ApiGateway", "AWS::Serverless::Api", "AWS::Serverless::HttpApi", "AWS::AppSync", "AWS::Lambda::Url",
		"AWS::ElasticLoadBalancing", "AWS::CloudFront", "AWS::Scheduler", "AWS::Events::Rule", "AWS::Lambda::Permission",
	} {
		if strings.HasPrefix(resourceType, prefix) {
			return true
		}
	}
	return false
}

func doorTitle(t *model.Trigger) string {
	if t.Source != nil && t.From != nil {
		return t.Source.ID + " of " + orElse(t.From.Name, t.From.File)
	}
	if t.Source != nil {
		return t.Source.ID
	}
	return string(t.Kind)
}

func doorLine(t *model.Trigger) row {
	r := row{text: orElse(t.Detail, string(t.Kind))}
	if t.Auth != "" {
		r.mark = authWord(t.Auth)
	}
	return r
}

func authWord(auth string) string {
	switch auth {
	case "none":
		return "no auth"
	case "unknown":
		return "auth?"
	}
	return auth
}

// sources connects the queues, topics, buckets ... that call a function.
func (g *graph) sources(f *model.Function) {
	for _, t := range f.Triggers {
		if !inside(t) {
			continue
		}
		if from := g.resource(t.Source.ID); from >= 0 {
			exposure := t.Exposure
			if exposure == "" {
				exposure = model.Internal
			}
			g.connect(edge{from: from, to: g.byID[f.ID], exposure: exposure, label: string(t.Kind)})
		}
	}
}

// flow adds a hop that the application declares or its code does, unless a door or trigger shows it already.
func (g *graph) flow(f *model.Flow) {
	if g.isFunction(f.To) && (f.FromApp != nil || f.From == model.Outside || g.throughDoor(f.From)) {
		return
	}
	to, exposure := g.end(f.To, f.ToApp, f.Detail), model.Public
	var from int
	if f.From == model.Internet {
		if g.hasDoor(to) {
			return
		}
		from = g.caller(everybody)
	} else {
		from = g.end(f.From, f.FromApp, f.Detail)
		if from == to {
			return
		}
		if from >= 0 {
			exposure = g.sends(from)
		}
	}
	if from < 0 || to < 0 {
		return
	}
	g.connect(edge{from: from, to: to, exposure: exposure, label: f.Kind, denied: f.Granted == model.No || f.Matches == model.No})
}

// end is the node at one end of a flow: a resource of the application, one of another application, or something that no
// template has.
func (g *graph) end(id string, app *model.App, detail string) int {
	var key string
	n := &node{kind: resource, id: id, title: id, exposure: model.Internal}
	switch {
	case app != nil:
		key, n.lines = app.File+"#"+id, []row{{text: "of " + orElse(app.Name, app.File)}}
	case id == model.Outside:
		key, n.title, n.lines = model.Outside+" "+detail, orElse(shortARN(detail), "somewhere"), []row{{text: "in no template here"}}
	default:
		return g.resource(id)
	}
	if _, known := g.byID[key]; !known {
		g.byID[key] = g.add(n)
	}
	return g.byID[key]
}

func (g *graph) isFunction(id string) bool {
	i, ok := g.byID[id]
	return ok && g.nodes[i].kind == function
}

// sends is the exposure of what leaves a node: that of a function, because whoever calls it decides what it sends.
func (g *graph) sends(from int) model.Exposure {
	if n := g.nodes[from]; n.kind == function && n.exposure != "" {
		return n.exposure
	}
	return model.Internal
}

func (g *graph) throughDoor(id string) bool {
	r := g.declared[id]
	return r != nil && isDoor(r.Type)
}

func (g *graph) hasDoor(to int) bool {
	for _, e := range g.edges {
		if e.to == to && g.nodes[e.from].kind == door {
			return true
		}
	}
	return false
}

// environment connects a function with what its environment variables point to.
func (g *graph) environment(f *model.Function) {
	from := g.byID[f.ID]
	for i := range f.Env {
		v := &f.Env[i]
		if v.Resource == nil {
			continue
		}
		if to := g.resource(v.Resource.ID); to >= 0 && to != from {
			g.connect(edge{from: from, to: to, exposure: g.sends(from), label: v.Name, uses: true})
		}
	}
}

// reach is the functions behind doors of an exposure, and all that can be reached through them, in the order of the graph.
func (g *graph) reach(exposure model.Exposure) (direct, through []*node) {
	seen := make([]int, len(g.nodes)) // hops from the door, 0 for not seen
	var queue []int
	for i, n := range g.nodes {
		if n.kind == door && n.exposure == exposure {
			seen[i] = 1
			queue = append(queue, i)
		}
	}
	if i, ok := g.callers[everybody]; ok && exposure == model.Public {
		queue = g.openings(i, seen, queue)
	}
	for len(queue) > 0 {
		at := queue[0]
		queue = queue[1:]
		for _, e := range g.edges {
			if e.from == at && !e.denied && seen[e.to] == 0 {
				seen[e.to] = seen[at] + 1
				queue = append(queue, e.to)
			}
		}
	}
	for i, n := range g.nodes {
		switch {
		case seen[i] == 2:
			direct = append(direct, n)
		case seen[i] > 2:
			through = append(through, n)
		}
	}
	return direct, through
}

// openings adds what everybody reaches without a door, such as a bucket that anyone may write to.
func (g *graph) openings(internet int, seen, queue []int) []int {
	for _, e := range g.edges {
		if e.from == internet && g.nodes[e.to].kind != door && seen[e.to] == 0 {
			seen[e.to] = 2
			queue = append(queue, e.to)
		}
	}
	return queue
}

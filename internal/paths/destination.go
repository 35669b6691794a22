package paths

import (
	"slices"

	"wardlet.example/internal/dataflow"
	"wardlet.example/internal/model"
)

// answered is the kind of an edge from a function to who waits for what it gives back.
const answered = "answer"

// answers adds the edges from a function to those that have called it and wait for what it gives back.
func (g *Graph) answers(n *Node) {
	if n.Function.Resource == nil {
		return
	}
	for _, returned := range n.kept(dataflow.Returned) {
		for _, r := range g.readers[n.Function.Resource] {
			chain := []mapping{{pairs: []pair{{[]string{"returned"}, nil}}}, r.row.gives}
			g.add(&Edge{
				From: n, To: r.node, Send: returned, Read: r.read, Kind: answered, Granted: model.Yes, Matches: model.Yes,
				back: func(path []string) [][]string { return compose(path, chain) },
			})
		}
	}
}

// kept are the sends of a function with a key.
func (n *Node) kept(key string) []*dataflow.Send {
	var out []*dataflow.Send
	for _, s := range n.Result.Sends {
		if s.Key == key {
			out = append(out, s)
		}
	}
	return out
}

// destinations adds the edges by which services hand on what becomes of a call that nobody waits for: what the function gives back when it
// succeeds, and in any case what it got.
func (g *Graph) destinations(n *Node) {
	if n.Function.Resource == nil || n.waited() {
		return
	}
	for _, c := range g.from(n.App, n.Function.Resource) {
		if c.flow.Kind != "destination" {
			continue
		}
		in := c.app
		if c.flow.ToApp != nil {
			in = c.flow.ToApp
		}
		to := in.Resource(c.flow.To)
		if to == nil {
			continue
		}
		row := g.rows.deliveries[[2]string{"AWS::Lambda::Function", to.Type}]
		if row == nil || !row.destination {
			continue
		}
		if c.handsOn(n, to, "returned") {
			g.handOn(n, c, in, to, dataflow.Returned, []mapping{{pairs: []pair{{[]string{"returned"}, nil}}}, row.gives.of("returned")})
		}
		if c.handsOn(n, to, "event") {
			g.handOn(n, c, in, to, dataflow.Received, []mapping{{pairs: []pair{{[]string{"event"}, nil}}}, row.gives.of("event")})
		}
	}
}

// handOn follows what a function gives back, or got, to a destination.
func (g *Graph) handOn(n *Node, c crossing, in *model.App, to *model.Resource, key string, chain []mapping) {
	for _, s := range n.kept(key) {
		t := &trail{graph: g, app: n.App, node: n, send: s, row: &call{}, granted: c.flow.Granted}
		if to.Type == "AWS::Lambda::Function" {
			t.arrive(in, to, chain, nil, "destination", model.Yes, "")
			continue
		}
		t.onward(in, to, chain, nil, model.Yes, nil, "")
	}
}

// of are the pairs about one part of what the sender has.
func (m mapping) of(part string) mapping {
	m.pairs = slices.DeleteFunc(slices.Clone(m.pairs), func(p pair) bool { return len(p.from) == 0 || p.from[0] != part })
	return m
}

// handsOn reports whether a destination of a function gets a part: where it is only for failures it gets an error, and no result; of batches
// that failed it gets where they are.
func (c crossing) handsOn(n *Node, to *model.Resource, part string) bool {
	for _, r := range c.app.Resources {
		if r.Type != "AWS::Lambda::EventInvokeConfig" {
			continue
		}
		if _, f := c.app.Find(r.Props.Get("FunctionName"), "AWS::Lambda::Function"); f != n.Function.Resource {
			continue
		}
		for _, on := range []string{"OnSuccess", "OnFailure"} {
			_, found := c.app.Find(r.Props.Path("DestinationConfig", on, "Destination"), to.Type)
			if found == to && (part == "event" || on == "OnSuccess") {
				return true
			}
		}
	}
	return false
}

// waiting are the carriers whose events are handed to functions by who waits for what comes of it.
var waiting = []model.TriggerKind{model.TriggerHTTP, model.TriggerQueue, model.TriggerStream}

// waited reports whether whoever calls a function certainly waits for it.
func (n *Node) waited() bool {
	for _, t := range n.Function.Triggers {
		if !slices.Contains(waiting, t.Kind) {
			return false
		}
	}
	for _, e := range n.In {
		how := e.Send.Params.At("InvocationType")
		name, _ := how.Is()
		if e.Kind == "direct" && (e.Send.Key != "lambda:Invoke" || how != nil && name != "RequestResponse") {
			return false
		}
	}
	return len(n.Function.Triggers)+len(n.In) > 0
}

package paths

import (
	"slices"
	"strings"

	"wardlet.example/internal/asl"
	"wardlet.example/internal/dataflow"
	"wardlet.example/internal/model"
)

// Caller is a function that hands data to another one, and what it does with the part that does harm there.
type Caller struct {
	Edge  *Edge
	State CallerState
	// Reached: an outsider's data comes through it.
	Reached bool
	Taint   *dataflow.Taint // of the data that it hands on; nil where it is none of an outsider's
}

// CallerState is what a caller does with the data that it hands on.
type CallerState string

// States of a Caller.
const (
	Passes   CallerState = "passes it on"   // an outsider's data comes through as it was
	Checks   CallerState = "makes it safe"  // an outsider's data comes through, and can do no harm any more
	Fixed    CallerState = "sends its own"  // no outsider decides what it sends there
	Refused  CallerState = "may not send"   // its role does not allow the call
	Unread   CallerState = "is not read"    // the role of the receiver does not allow reading it
	Filtered CallerState = "does not match" // the filter of the receiver does not let it through
)

// Path is a way of an outsider's data from a door to a function.
type Path struct {
	Exposure model.Exposure // of the door
	Hops     []Hop          // from the door on
	Unsure   bool           // something on the way is not known
}

// Hop is one edge of a path, with the data that takes it.
type Hop struct {
	Edge  *Edge
	Taint *dataflow.Taint
}

// Door is the function that the outsider calls.
func (p *Path) Door() *Node { return p.Hops[0].Edge.From }

// question is what is asked of a function: whether an outsider decides a part of what it gets, so that it does the harm of a rule.
type question struct {
	node *Node
	read *dataflow.Send // of what it reads; nil for its event
	path string
	rule string
}

// answer is the best path, the doors that paths begin at, and what each caller does.
type answer struct {
	path    *Path
	doors   []*Node
	callers []Caller
}

// Reach is how an outsider's data comes to a part of what a function gets: by the data that does harm there. The path is nil where there
// is none through other functions. The doors are all functions that paths begin at.
func (g *Graph) Reach(n *Node, t *dataflow.Taint, rule string) (best *Path, doors []*Node, callers []Caller) {
	a := g.ask(n, origin{t, nil}, rule)
	return a.path, a.doors, a.callers
}

// Questions is how many parts of how many functions were asked for so far.
func (g *Graph) Questions() int { return len(g.reached) }

type origin struct {
	taint *dataflow.Taint
	rest  []string
}

// part is the path of the data below the event, or below what was read.
func (o origin) part() []string {
	path := dataflow.Segments(o.taint.Path)
	if below, ok := strings.CutPrefix(o.taint.Path, dataflow.Uploaded); ok {
		inside := dataflow.Segments(below)
		if len(inside) > 0 && inside[0] == "Body" { // of what the call that reads it gives
			inside = inside[1:]
		}
		return slices.Concat([]string{"Records", "s3", "object", "content"}, inside, o.rest)
	}
	if len(path) > 0 {
		path = path[1:] // event, stored item
	}
	return spelled(append(slices.Clone(path), o.rest...))
}

// spellings are names that data classes have for parts of events, as the events have them.
var spellings = map[string][]string{
	"records": {"Records"}, "data_as_json": {"data"}, "data_as_text": {"data"}, "data_as_bytes": {"data"}, "json_body": {"body"}, "decoded_body": {"body"},
	"sns_message": {"Records", "Sns", "Message"}, "sns": {"Sns"}, "message": {"Message"}, "new_image": {"NewImage"}, "old_image": {"OldImage"}, "get_object": {"object"},
	"object_key": {"Records", "s3", "object", "key"}, "detail_type": {"detail-type"}, "message_attributes": {"messageAttributes"}, "query_string_parameters": {"queryStringParameters"},
	"path_parameters": {"pathParameters"}, "raw_event": nil,
}

// spelled is the path of a part of an event by the names that the event has.
func spelled(path []string) []string {
	var out []string
	for i, name := range path {
		known, ok := spellings[name]
		switch {
		case ok && (i < 3 || i == 3 && path[0] == "records"):
			out = append(out, known...)
		default:
			out = append(out, name)
		}
	}
	return out
}

// asked is a function, or something that it reads, of which is asked whether an outsider decides parts of it.
type asked struct {
	node *Node
	read *dataflow.Send
	rule string
}

// maxAgain is how often a way may come through the same function, longestPath how many names the path of a part may have.
const (
	maxAgain    = 2
	longestPath = 12
)

func (g *Graph) ask(n *Node, o origin, rule string) *answer {
	q := question{node: n, path: strings.Join(o.part(), "."), rule: rule}
	if o.taint.Source != nil {
		q.read = o.taint.Source.Read
	}
	if a := g.reached[q]; a != nil {
		return a
	}
	at := asked{n, q.read, rule}
	if g.asking[at] >= maxAgain || len(o.part()) > longestPath { // it comes round to itself: nothing new comes of that
		return &answer{}
	}
	g.asking[at]++
	defer func() { g.asking[at]-- }()
	a := &answer{}
	g.reached[q] = a
	for _, e := range n.In {
		if e.Read == nil && q.read != nil || e.Read != nil && (q.read == nil || e.Read.File != q.read.File || e.Read.At != q.read.At) {
			continue
		}
		g.across(a, e, o, rule)
	}
	return a
}

// across asks what comes over one edge.
func (g *Graph) across(a *answer, e *Edge, o origin, rule string) {
	c := Caller{Edge: e, State: Fixed}
	for _, path := range e.back(o.part()) {
		for _, from := range e.Send.Params.Origins(path) {
			g.through(a, &c, e, from, rule)
		}
		if e.Send.Signed && len(path) > 0 && (path[0] == "Body") && c.State == Fixed { // whoever has the address uploads what they like
			c.State = Passes
			if x := g.doorOf(e.From); x != "" && e.Holds() {
				c.Reached = true
				a.offer(&Path{Exposure: x, Hops: []Hop{{e, nil}}, Unsure: !e.Sure()})
			}
		}
	}
	switch {
	case e.Granted == model.No:
		c.State = Refused
	case e.unread(model.No):
		c.State = Unread
	case e.Matches == model.No:
		c.State = Filtered
	}
	a.callers = append(a.callers, c)
}

// through asks where data comes from that takes an edge.
func (g *Graph) through(a *answer, c *Caller, e *Edge, from dataflow.Origin, rule string) {
	if from.Safe || !from.Taint.Harms(rule, from.Rest) {
		if c.State == Fixed {
			c.State, c.Taint = Checks, from.Taint
		}
		return
	}
	if c.State != Passes {
		c.State, c.Taint = Passes, from.Taint
	}
	if !e.Holds() {
		return
	}
	unsure := !e.Sure() || from.Taint.Unsure()
	source := from.Taint.Source
	if source == nil || !source.Stored {
		if x := g.doorOf(e.From); x != "" {
			c.Reached = true
			a.offer(&Path{Exposure: x, Hops: []Hop{{e, from.Taint}}, Unsure: unsure})
		}
	}
	before := g.ask(e.From, origin{from.Taint, from.Rest}, rule)
	if before.path != nil {
		c.Reached = true
		hops := append(slices.Clone(before.path.Hops), Hop{e, from.Taint})
		a.offer(&Path{Exposure: before.path.Exposure, Hops: hops, Unsure: unsure || before.path.Unsure})
		a.from(before.doors...)
	}
}

// offer keeps the better of two paths: of the wider door, the surer one, the shorter one.
func (a *answer) offer(p *Path) {
	a.from(p.Door())
	if a.path == nil || better(p, a.path) {
		a.path = p
	}
}

// from notes doors that paths begin at.
func (a *answer) from(doors ...*Node) {
	for _, d := range doors {
		if !slices.Contains(a.doors, d) {
			a.doors = append(a.doors, d)
		}
	}
}

// Better reports whether a path says more than another one.
func (p *Path) Better(q *Path) bool { return better(p, q) }

func better(p, q *Path) bool {
	switch {
	case p.Exposure != q.Exposure:
		return p.Exposure.Wider(q.Exposure) == p.Exposure
	case p.Unsure != q.Unsure:
		return !p.Unsure
	}
	return len(p.Hops) < len(q.Hops)
}

// doorOf is who can call a function from outside; empty where nobody can.
func (g *Graph) doorOf(n *Node) model.Exposure {
	switch n.Function.Exposure {
	case model.Public, model.Authenticated:
		return n.Function.Exposure
	}
	return ""
}

// sortedStates are states in the order of their definition.
func sortedStates(tasks map[*asl.State]*Node) []*asl.State {
	var out []*asl.State
	for s := range tasks {
		out = append(out, s)
	}
	slices.SortFunc(out, func(a, b *asl.State) int {
		if a.At.Line != b.At.Line {
			return a.At.Line - b.At.Line
		}
		if a.At.Col != b.At.Col {
			return a.At.Col - b.At.Col
		}
		return strings.Compare(a.Name, b.Name)
	})
	return out
}

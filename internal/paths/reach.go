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
	Why     string          // why it does not match, where that is not the edge's
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
	node  *Node
	read  *dataflow.Send // of what it reads; nil for its event
	path  string
	told  string // what holds where the data is used
	rule  string
	whole bool // all of what was parsed is meant
	names bool // only the names of its fields are
}

// answer is the best path, the doors that paths begin at, and what each caller does.
type answer struct {
	path    *Path
	doors   []*Node
	callers []Caller
	users   []use
}

// use says that an answer is a part of another one: what reaches a sender reaches the receiver over an edge.
type use struct {
	by     *answer
	caller int // of that answer
	hop    Hop
	unsure bool
}

// Reach is how an outsider's data comes to a part of what a function gets: by the data that does harm there. The path is nil where there
// is none through other functions. The doors are all functions that paths begin at. Answers are kept, and later ones build on them: applications
// that are not Apart are to ask in the same order each time.
func (g *Graph) Reach(n *Node, way dataflow.Way, rule string) (best *Path, doors []*Node, callers []Caller) {
	g.asking.Lock()
	defer g.asking.Unlock()
	w := &inquiry{graph: g, rule: rule, count: map[asked]int{}}
	a := w.want(n, origin{way.Taint, nil, way.Where}, nil)
	w.settle(w.work())
	return a.path, a.doors, a.callers
}

// Apart are the applications, by their index, in groups that no way of data leads between, each in the order that they come in.
func (g *Graph) Apart(apps []*model.App) [][]int {
	first := map[*model.App]*model.App{} // of the group, or one nearer to it
	var of func(app *model.App) *model.App
	of = func(app *model.App) *model.App {
		if up := first[app]; up != nil {
			first[app] = of(up)
			return first[app]
		}
		return app
	}
	if g != nil {
		for _, e := range g.Edges {
			if from, to := of(e.From.App), of(e.To.App); from != to {
				first[from] = to
			}
		}
	}
	var out [][]int
	groups := map[*model.App]int{}
	for i, app := range apps {
		group, known := groups[of(app)]
		if !known {
			group = len(out)
			groups[of(app)] = group
			out = append(out, nil)
		}
		out[group] = append(out[group], i)
	}
	return out
}

// Questions is how many parts of how many functions were asked for so far.
func (g *Graph) Questions() int { return len(g.reached) }

type origin struct {
	taint *dataflow.Taint
	rest  []string
	where []dataflow.Fact // what holds where the data is used
}

// told are the facts about the same event, or the same thing that was read, as texts to compare.
func (o origin) told() (facts []dataflow.Fact, key string) {
	for _, f := range o.where {
		if f.Source.Read == o.read() {
			facts = append(facts, f)
		}
	}
	return facts, dataflow.FactsKey(facts)
}

// read is the call that reads the data; nil for data of the event.
func (o origin) read() *dataflow.Send {
	if o.taint.Source == nil {
		return nil
	}
	return o.taint.Source.Read
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
}

// maxAgain is how often a way may come through the same function, longestPath how many names the path of a part may have.
const (
	maxAgain    = 2
	longestPath = 12
)

// inquiry answers one question with all those that come of it. What the senders do is worked out first; then the ways are carried on from
// the doors until nothing changes any more. So functions that send to each other in a circle all get the whole answer.
type inquiry struct {
	graph *Graph
	rule  string
	open  []*inquired
	uses  []settling
	count map[asked]int
}

// inquired is a question that is not worked out yet, with the one that it came of.
type inquired struct {
	asked
	part   []string
	facts  []dataflow.Fact
	whole  bool
	names  bool
	answer *answer
	before *inquired
}

// settling is an answer that has something to tell to one that it is a part of.
type settling struct {
	from *answer
	use  use
}

// want is the answer to a question, which is perhaps still to be worked out; nil where a way comes round to itself and nothing new comes of it.
func (w *inquiry) want(n *Node, o origin, before *inquired) *answer {
	part := o.part()
	facts, told := o.told()
	q := question{node: n, read: o.read(), path: strings.Join(part, "."), told: told, rule: w.rule, whole: o.taint.Parsed(), names: o.taint.OfNames()}
	if a := w.graph.reached[q]; a != nil {
		return a
	}
	at := asked{n, q.read}
	if len(part) > longestPath || w.count[at] >= maxAgain && before.times(at) >= maxAgain {
		return &answer{}
	}
	w.count[at]++
	a := &answer{}
	w.graph.reached[q] = a
	w.open = append(w.open, &inquired{at, part, facts, q.whole, q.names, a, before})
	return a
}

// times is how often a way has come through a function.
func (i *inquired) times(at asked) int {
	n := 0
	for ; i != nil; i = i.before {
		if i.asked == at {
			n++
		}
	}
	return n
}

// work asks what all senders do, and gives what there is to carry on.
func (w *inquiry) work() []settling {
	for len(w.open) > 0 {
		i := w.open[0]
		w.open = w.open[1:]
		for _, e := range i.node.In {
			if e.Read == i.read {
				w.across(i, e)
			}
		}
	}
	return w.uses
}

// settle carries ways on to all that they lead to.
func (w *inquiry) settle(left []settling) {
	for len(left) > 0 {
		s := left[0]
		left = left[1:]
		if !s.use.by.take(s.from, s.use) {
			continue
		}
		for _, u := range s.use.by.users {
			left = append(left, settling{s.use.by, u})
		}
	}
}

// take adds the way and the doors of an answer that is a part of this one, and reports whether that says something new.
func (a *answer) take(before *answer, u use) bool {
	if before.path == nil {
		return false
	}
	a.callers[u.caller].Reached = true
	doors := len(a.doors)
	a.from(before.doors...)
	p := &Path{Exposure: before.path.Exposure, Hops: before.path.Hops, Unsure: u.unsure || before.path.Unsure}
	if a.path != nil && !p.shorter(a.path) {
		return len(a.doors) > doors
	}
	p.Hops = append(slices.Clone(p.Hops), u.hop)
	a.path = p
	return true
}

// shorter reports whether a path with one hop more is better than another one.
func (p *Path) shorter(q *Path) bool {
	if p.Exposure == q.Exposure && p.Unsure == q.Unsure {
		return len(p.Hops)+1 < len(q.Hops)
	}
	return better(p, q)
}

// sendsNoRecords reports whether a caller certainly sends none of the records that a part of an event stands in: it calls the function itself, with
// a message of its own. Whoever fills the queue is another one.
func (i *inquired) sendsNoRecords(e *Edge) bool {
	if len(i.part) == 0 || i.part[0] != "Records" || e.Kind != "direct" {
		return false
	}
	back := e.back(i.part)
	return len(back) > 0 && !slices.ContainsFunc(back, func(path []string) bool {
		at := slices.Index(path, "Records")
		return at < 0 || !e.Send.Params.Lacks(path[:at+1]...)
	})
}

// across asks what comes over one edge.
func (w *inquiry) across(i *inquired, e *Edge) {
	if i.sendsNoRecords(e) {
		return
	}
	c := Caller{Edge: e, State: Fixed}
	a := i.answer
	index := len(a.callers)
	a.callers = append(a.callers, c)
	if why := e.contradicts(i.facts); why != "" {
		c.State, c.Why = Filtered, why
		a.callers[index] = c
		return
	}
	for _, path := range e.back(i.part) {
		for _, from := range w.origins(i, e, path) {
			w.through(i, &c, e, from, index)
		}
		if e.Send.Signed && len(path) > 0 && (path[0] == "Body") && c.State == Fixed { // whoever has the address uploads what they like
			c.State = Passes
			if x := e.From.door(nil); x != "" && e.Holds() {
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
	a.callers[index] = c
}

// origins are what stands at a path of a request. A text is gone into where the receiver, or the service in between, parses all of it. What
// a function gives back is written as JSON once more.
func (w *inquiry) origins(i *inquired, e *Edge, path []string) []dataflow.Origin {
	if i.names {
		return e.Send.Params.NameOrigins(path)
	}
	if e.Kind != answered && (i.whole || w.graph.rows.isAll(e.Send.Key, path)) {
		return e.Send.Params.Decoded(path, w.rule)
	}
	return e.Send.Params.Origins(path)
}

// through asks where data comes from that takes an edge.
func (w *inquiry) through(i *inquired, c *Caller, e *Edge, from dataflow.Origin, index int) {
	if from.Safe || !from.Taint.Harms(w.rule, from.Rest) {
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
	o := origin{from.Taint, from.Rest, e.Send.Where}
	unsure := !e.Sure() || from.Taint.Unsure()
	source := from.Taint.Source
	if source == nil || !source.Stored {
		if x := e.From.door(&o); x != "" {
			c.Reached = true
			i.answer.offer(&Path{Exposure: x, Hops: []Hop{{e, from.Taint}}, Unsure: unsure})
		}
	}
	before := w.want(e.From, o, i)
	u := use{i.answer, index, Hop{e, from.Taint}, unsure}
	before.users = append(before.users, u)
	w.uses = append(w.uses, settling{before, u})
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

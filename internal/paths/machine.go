package paths

import (
	"slices"
	"strings"

	"wardlet.example/internal/asl"
	"wardlet.example/internal/dataflow"
	"wardlet.example/internal/model"
)

// machine is a state machine whose data is followed backwards: from what a task is given to the input of the machine, and to what
// functions gave back in states before.
type machine struct {
	app      *model.App
	resource *model.Resource
	states   []*asl.State
	before   map[*asl.State][]asl.Edge // the states that a state follows, and why it does
	assigns  []*asl.State              // the states that set variables
	tasks    map[*asl.State]*Node      // the functions that states call
	called   []*Node                   // these functions, each once, in the order of the states
	calls    map[*Node][]*asl.State
	written  map[string]int // how many states put something at a path, or below it
	handed   []handed       // what states hand on by themselves
	asked    map[part]*places
	asIs     map[part][]string // the parts of the input that choices are about; nil where they are perhaps something else
	left     int               // states that are gone through
	cut      bool              // there is more than was followed
}

// part is a part of what a function gets from a machine, or of the request that a state makes.
type part struct {
	node  *Node      // nil: of the request of the state
	state *asl.State // nil: of all states that call the function
	path  string
}

// places are where data of a machine comes from: paths of what functions gave back and, below nil, of the input of the machine.
type places struct {
	order []*Node
	paths map[*Node][][]string
	known map[part]bool
}

func (p *places) add(n *Node, path []string) {
	path = withoutPlaces(path)
	key := part{node: n, path: strings.Join(path, ".")}
	if p.known[key] {
		return
	}
	p.known[key] = true
	if p.paths[n] == nil {
		p.order = append(p.order, n)
	}
	p.paths[n] = append(p.paths[n], path)
}

// start is a way to the input of a machine, from a call of a function or of a state of another machine.
type start struct {
	*trail
	chain   []mapping
	via     []*model.Resource
	matches model.Tri
	why     string
}

// handed is what a state hands on by itself, with the way to who gets it.
type handed struct {
	edge  *Edge
	chain []mapping
	state *asl.State
}

const stateMachine = "AWS::StepFunctions::StateMachine"

// Bounds of what is followed of machines; what is behind them is told.
const (
	maxMachineSteps = 2_000_000 // states that are gone through for all questions to one machine
	maxGivers       = 40        // functions whose results come to one function
	maxFeeds        = 2_000     // ways to the input of one machine
	deepestNested   = 4         // machines that start each other
)

// machines adds the edges between the functions of state machines, and from those who start them.
func (g *Graph) machines() {
	var all []*machine
	for _, app := range g.program.Apps {
		for _, r := range app.Resources {
			if r.Type != stateMachine {
				continue
			}
			if definition, _, known := asl.FromProperties(r.Props); known {
				m := g.machine(app, r, definition)
				all = append(all, m)
				g.byMachine[r] = m
				g.integrations(m)
			}
		}
	}
	for _, m := range all {
		w := &ways{at: map[way]*Edge{}}
		g.started(m, w)
		g.handedOn(m, w)
		for _, h := range m.handed {
			for _, e := range g.comingTo(m, h.state, h.edge, func(path []string) [][]string { return compose(path, h.chain) }, 0) {
				w.add(e)
			}
		}
		for _, e := range w.edges {
			g.add(e)
		}
	}
	g.followed = all
}

func (g *Graph) machine(app *model.App, r *model.Resource, definition *asl.Machine) *machine {
	m := &machine{
		app: app, resource: r, states: definition.All(), before: map[*asl.State][]asl.Edge{}, tasks: map[*asl.State]*Node{}, calls: map[*Node][]*asl.State{}, asked: map[part]*places{}, asIs: map[part][]string{}, written: map[string]int{}, left: maxMachineSteps,
	}
	for _, e := range definition.Flows().Edges {
		if e.Kind != asl.Branch && e.Kind != asl.Item {
			m.before[e.To] = append(m.before[e.To], e)
		}
	}
	for _, s := range m.states {
		m.writes(s)
		if assigns(s) {
			m.assigns = append(m.assigns, s)
		}
		if s.Call == nil || s.Call.Kind == asl.CallIntegration && s.Call.Service != "lambda" {
			continue
		}
		for _, target := range s.Call.Targets {
			in, f := app.Find(target.Value, "AWS::Lambda::Function", "AWS::Lambda::Alias")
			if f != nil && f.Type == "AWS::Lambda::Alias" {
				in, f = in.Find(f.Props.Get("FunctionName"), "AWS::Lambda::Function")
			}
			if f != nil && g.node(in, f.ID) != nil {
				m.tasks[s] = g.node(in, f.ID)
			}
		}
	}
	for _, s := range sortedStates(m.tasks) {
		n := m.tasks[s]
		if m.calls[n] == nil {
			m.called = append(m.called, n)
		}
		m.calls[n] = append(m.calls[n], s)
	}
	return m
}

// writes counts where a state puts its result, or its error.
func (m *machine) writes(s *asl.State) {
	all := []*model.Value{s.Data.ResultPath}
	for _, t := range s.Transitions {
		if t.Kind == asl.Catch {
			all = append(all, t.Rule.Get("ResultPath"))
		}
	}
	for _, v := range all {
		at, _ := v.Scalar()
		path := segments(at)
		for i := range path {
			m.written[strings.Join(path[:i+1], ".")]++
		}
	}
}

// started adds the edges from whoever starts a machine to the functions that get parts of its input.
func (g *Graph) started(m *machine, w *ways) {
	for _, e := range g.feeds(m, 0) {
		reached := m.taken(e)
		for _, to := range m.called {
			if m.given(to, nil).paths[nil] == nil {
				continue
			}
			c := *e
			c.To, c.Kind, c.Via = to, "state-machine", append(e.Via[:len(e.Via):len(e.Via)], m.resource)
			c.back = func(path []string) [][]string { return backAll(m.given(to, path).paths[nil], e.back) }
			c.settled = m.settled(to, nil)
			m.passedBy(&c, reached, m.calls[to]...)
			w.add(&c)
		}
	}
}

// settled tells of parts of what a function gets whether they come from one function alone, or from the input where that is nil: states that
// call no function perhaps set them as well.
func (m *machine) settled(to, from *Node) func(path []string) bool {
	return func(path []string) bool {
		order := m.given(to, path).order
		return len(order) == 1 && order[0] == from && !slices.ContainsFunc(m.states, func(s *asl.State) bool {
			return s.Type == asl.Pass || s.Type == asl.Parallel || s.Type == asl.Map || s.Type == asl.Task && m.tasks[s] == nil
		})
	}
}

// backAll are the paths that several paths come from.
func backAll(paths [][]string, back func([]string) [][]string) [][]string {
	var out [][]string
	for _, p := range paths {
		out = append(out, back(p)...)
	}
	return distinct(out)
}

// distinct are paths, each once.
func distinct(paths [][]string) [][]string {
	seen := map[string]bool{}
	return slices.DeleteFunc(paths, func(p []string) bool {
		key := strings.Join(p, ".")
		was := seen[key]
		seen[key] = true
		return was
	})
}

func orElse(s, t string) string {
	if s != "" {
		return s
	}
	return t
}

// feeds are the ways to the input of a machine: edges that still lead to no function, which go back from a path of the input.
func (g *Graph) feeds(m *machine, depth int) []*Edge {
	var out []*Edge
	for _, st := range g.starts[m.resource] {
		input := func(path []string) [][]string { return compose(append([]string{"input"}, path...), st.chain) }
		if st.state == nil {
			out = append(out, &Edge{
				From: st.node, Send: st.send, Via: shown(st.via), Granted: st.granted, Matches: st.matches, Guessed: st.guessed, Why: orElse(st.why, st.trail.why),
				back: func(path []string) [][]string { return st.requested(input(path)) },
			})
			continue
		}
		if depth >= deepestNested || len(out) > maxFeeds {
			m.cut = true
			break
		}
		e := &Edge{Via: shown(st.via), Granted: model.Yes, Matches: st.matches, Why: st.why}
		out = append(out, g.comingTo(g.byMachine[st.by], st.state, e, input, depth+1)...)
	}
	return out
}

// operations are the calls that states make by themselves, by service and operation.
var operations = map[string]string{
	"sqs SendMessage": "sqs:SendMessage", "sns Publish": "sns:Publish", "events PutEvents": "eventbridge:PutEvents", "dynamodb PutItem": "dynamodb:PutItem",
	"dynamodb UpdateItem": "dynamodb:UpdateItem", "kinesis PutRecord": "kinesis:PutRecord", "firehose PutRecord": "firehose:PutRecord", "s3 PutObject": "s3:PutObject",
	"states StartExecution": "sfn:StartExecution", "states StartSyncExecution": "sfn:StartSyncExecution",
}

// integrations follows what states hand on without a function.
func (g *Graph) integrations(m *machine) {
	for _, s := range m.states {
		if s.Call == nil || s.Call.Kind != asl.CallIntegration {
			continue
		}
		for _, row := range g.rows.calls[operations[s.Call.Service+" "+s.Call.Operation]] {
			for _, at := range m.targets(s, row) {
				g.handedBy(m, s, row, at)
			}
		}
	}
}

// targets are what the call of a state works on.
func (m *machine) targets(s *asl.State, row *call) []target {
	var out []target
	for _, t := range s.Call.Targets {
		if app, r := m.app.Find(t.Value, row.kind); r != nil {
			out = append(out, target{app: app, resource: r})
		}
	}
	if row.kind == defaultBus.Type && len(s.Call.Targets) == 0 {
		out = append(out, target{app: m.app, resource: defaultBus})
	}
	return out
}

// handedBy follows what one state hands on to where it comes to: functions, those who read what is kept, and other machines.
func (g *Graph) handedBy(m *machine, s *asl.State, row *call, at target) {
	t := &trail{graph: g, app: m.app, row: row, granted: model.Yes, by: m.resource, state: s}
	t.emit = func(e *Edge, chain []mapping) { m.handed = append(m.handed, handed{e, chain, s}) }
	t.onward(at.app, at.resource, []mapping{row.gives}, nil, model.Yes, nil, "")
	for _, r := range g.readers[at.resource] {
		if keeps(row, r.row) {
			t.kept(at.resource, r)
		}
	}
}

// comingTo are the ways that end in the request of a state: from the functions whose results come into it, and from those who start the
// machine. The edge is the way from the request on, part the parts of the request that come by it.
func (g *Graph) comingTo(m *machine, s *asl.State, e *Edge, part func([]string) [][]string, depth int) []*Edge {
	var out []*Edge
	for _, from := range m.argument(s, nil).order {
		back := func(path []string) [][]string {
			return backAll(part(path), func(p []string) [][]string { return m.argument(s, p).paths[from] })
		}
		c := *e
		c.settled = func([]string) bool { return false }
		c.Via = append([]*model.Resource{m.resource}, e.Via...)
		if from != nil {
			for _, send := range from.kept(dataflow.Returned) {
				c := c
				c.From, c.Send, c.back = from, send, back
				out = append(out, &c)
			}
			continue
		}
		for _, f := range g.feeds(m, depth) {
			c := c
			c.From, c.Send, c.Via = f.From, f.Send, append(f.Via[:len(f.Via):len(f.Via)], c.Via...)
			c.Granted, c.Matches, c.Guessed, c.Why = f.Granted.And(e.Granted), f.Matches.And(e.Matches), f.Guessed, orElse(f.Why, e.Why)
			c.back = func(path []string) [][]string { return backAll(back(path), f.back) }
			m.passedBy(&c, m.taken(f), s)
			out = append(out, &c)
		}
	}
	return out
}

// handedOn adds the edges from functions of a machine to those that get what they gave back.
func (g *Graph) handedOn(m *machine, w *ways) {
	for _, to := range m.called {
		for i, from := range m.given(to, nil).order {
			if from == nil {
				continue
			}
			if i >= maxGivers {
				m.cut = true
				break
			}
			for _, s := range from.kept(dataflow.Returned) {
				w.add(&Edge{
					From: from, To: to, Send: s, Via: []*model.Resource{m.resource}, Kind: "state-machine", Granted: model.Yes, Matches: model.Yes,
					back: func(path []string) [][]string { return m.given(to, path).paths[from] }, settled: m.settled(to, from),
				})
			}
		}
	}
}

// given are the places that a part of the event of a function comes from, whichever state calls it.
func (m *machine) given(n *Node, path []string) *places {
	key := part{node: n, path: strings.Join(path, ".")}
	if m.asked[key] == nil {
		w := &backwards{machine: m, seen: map[visited]bool{}, found: &places{paths: map[*Node][][]string{}, known: map[part]bool{}}}
		for _, s := range m.calls[n] {
			root := ""
			if s.Call.Kind == asl.CallIntegration {
				root = "Payload"
			}
			w.below(s, root, path)
		}
		m.asked[key] = w.found
	}
	return m.asked[key]
}

// argument are the places that a part of the request of a state's call comes from.
func (m *machine) argument(s *asl.State, path []string) *places {
	key := part{state: s, path: strings.Join(path, ".")}
	if m.asked[key] == nil {
		w := &backwards{machine: m, seen: map[visited]bool{}, found: &places{paths: map[*Node][][]string{}, known: map[part]bool{}}}
		for _, p := range requestedBy(s, path) {
			w.below(s, "", p)
		}
		m.asked[key] = w.found
	}
	return m.asked[key]
}

// requestedBy are paths of the arguments of a state, which have capital letters where requests of code have small ones.
func requestedBy(s *asl.State, path []string) [][]string {
	if len(path) == 0 {
		return [][]string{nil}
	}
	if path[0] == update {
		return updated(func(member ...string) (string, bool) { return s.Call.Arguments.Path(member...).Scalar() }, path[1:])
	}
	return [][]string{append([]string{strings.ToUpper(path[0][:1]) + path[0][1:]}, path[1:]...)}
}

// Unfinished tells of machines of which not all ways were followed.
func (g *Graph) Unfinished() []model.Diagnostic {
	var out []model.Diagnostic
	for _, m := range g.followed {
		if m.cut {
			out = append(out, model.Diagnostic{
				Pos: m.resource.Origin.Pos, Level: model.Warning, Incomplete: true, Message: "not all ways of data through the state machine " + m.resource.ID + " were followed: there are too many",
				Hint: "split the machine, or give each state only the data that it needs",
			})
		}
	}
	return out
}

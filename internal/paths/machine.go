package paths

import (
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
	starts   []start                     // the calls that start it
	before   map[*asl.State][]*asl.State // the states that a state follows
	tasks    map[*asl.State]*Node        // the functions that states call
}

// place is where data of a machine comes from: its input, or what a function gave back.
type place struct {
	node *Node // nil: the input of the machine
	path []string
}

// maxMachineSteps bounds the states that are gone through for one question.
const maxMachineSteps = 20_000

// machines adds the edges between the functions of state machines, and from those who start them.
func (g *Graph) machines() {
	for _, app := range g.program.Apps {
		for _, r := range app.Resources {
			if r.Type != "AWS::StepFunctions::StateMachine" {
				continue
			}
			definition, _, known := asl.FromProperties(r.Props)
			if !known {
				continue
			}
			m := g.machine(app, r, definition)
			g.started(m)
			g.handedOn(m)
			g.integrations(m)
		}
	}
}

func (g *Graph) machine(app *model.App, r *model.Resource, definition *asl.Machine) *machine {
	m := &machine{app: app, resource: r, states: definition.All(), before: map[*asl.State][]*asl.State{}, tasks: map[*asl.State]*Node{}}
	for _, e := range definition.Flows().Edges {
		if e.Kind != asl.Branch && e.Kind != asl.Item {
			m.before[e.To] = append(m.before[e.To], e.From)
		}
	}
	for _, s := range definition.All() {
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
	return m
}

// started adds the edges from whoever starts a machine to the functions that get parts of its input.
func (g *Graph) started(m *machine) {
	for _, n := range g.senders {
		for _, s := range n.Result.Sends {
			for _, row := range g.rows.calls[s.Key] {
				if row.kind != m.resource.Type && s.Key != "eventbridge:PutEvents" && s.Key != "sqs:SendMessage" {
					continue
				}
				for _, at := range g.targets(n, s, row) {
					g.startedBy(m, n, s, row, at)
				}
			}
		}
	}
}

func (g *Graph) startedBy(m *machine, n *Node, s *dataflow.Send, row *call, at target) {
	if at.resource == nil {
		return
	}
	t := &trail{graph: g, app: n.App, node: n, send: s, row: row, guessed: at.guessed, messages: g.messages(n, s, row)}
	t.granted, t.why = g.mayCall(n, s, row.action, at)
	for _, way := range t.toMachine(m, at.app, at.resource, []mapping{row.gives}, nil, model.Yes, t.messages, "", 0) {
		m.starts = append(m.starts, start{t, way})
		for state, to := range m.all() {
			if !m.takesInput(state) {
				continue
			}
			g.add(&Edge{
				From: n, To: to, Send: s, Via: append(shown(way.via), m.resource), Kind: "state-machine", Granted: t.granted, Matches: way.matches,
				Guessed: at.guessed, Why: orElse(way.why, t.why),
				back: func(path []string) [][]string {
					var out [][]string
					for _, p := range m.given(state, path) {
						if p.node == nil {
							out = append(out, t.requested(compose(append([]string{"input"}, p.path...), way.chain))...)
						}
					}
					return out
				},
			})
		}
	}
}

func orElse(s, t string) string {
	if s != "" {
		return s
	}
	return t
}

// entry is a way to the input of a machine.
type entry struct {
	chain   []mapping
	via     []*model.Resource
	matches model.Tri
	why     string
}

// toMachine are the ways from a resource to the input of a machine: itself, by a rule, by a pipe.
func (t *trail) toMachine(m *machine, app *model.App, r *model.Resource, chain []mapping, via []*model.Resource, matches model.Tri, messages []*model.Value, why string, depth int) []entry {
	if r == m.resource && t.stranger(m.app, via, matches) {
		return nil
	}
	if r == m.resource {
		return []entry{{append(append([]mapping{}, chain...), mapping{pairs: []pair{{[]string{"input"}, []string{"input"}}}}), via, matches, why}}
	}
	if depth > 3 {
		return nil
	}
	var out []entry
	next := func(in *model.App, to *model.Resource, row *delivery, answer model.Tri, reason string) {
		if row != nil {
			out = append(out, t.toMachine(m, in, to, append(append([]mapping{}, chain...), row.gives), append(append([]*model.Resource{}, via...), r), matches.And(answer), forward(messages, row.gives), orElse(why, reason), depth+1)...)
		}
	}
	if r.Type == "AWS::Events::EventBus" {
		for _, rule := range t.graph.rules {
			if rule.hangsOn(r, app) {
				next(rule.app, rule.rule, t.graph.rows.deliveries[[2]string{r.Type, "AWS::Events::Rule"}], model.Yes, "")
			}
		}
		return out
	}
	for _, c := range t.graph.from(app, r) {
		in := c.app
		if c.flow.ToApp != nil {
			in = c.flow.ToApp
		}
		to := in.Resource(c.flow.To)
		if to == nil || to != m.resource && to.Type != "AWS::Pipes::Pipe" {
			continue
		}
		answer, reason := t.passes(c, r, messages)
		row := t.graph.rows.deliveries[[2]string{r.Type, to.Type}]
		if row != nil {
			row = &delivery{gives: c.reshaped(r, to, row.gives)}
		}
		next(in, to, row, answer, reason)
	}
	return out
}

// start is a call that starts a machine, with the way to its input.
type start struct {
	*trail
	entry
}

// operations are the calls that states make by themselves, by service and operation.
var operations = map[string]string{
	"sqs SendMessage": "sqs:SendMessage", "sns Publish": "sns:Publish", "events PutEvents": "eventbridge:PutEvents", "dynamodb PutItem": "dynamodb:PutItem",
	"dynamodb UpdateItem": "dynamodb:UpdateItem", "kinesis PutRecord": "kinesis:PutRecord", "firehose PutRecord": "firehose:PutRecord", "s3 PutObject": "s3:PutObject",
}

// integrations adds the edges by what states hand on without a function: from those who start the machine, and whose results come there.
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

func (g *Graph) handedBy(m *machine, s *asl.State, row *call, at target) {
	t := &trail{graph: g, app: m.app, row: row, granted: model.Yes}
	t.emit = func(e *Edge, chain []mapping) {
		via := append([]*model.Resource{m.resource}, e.Via...)
		part := func(path []string) []place {
			var out []place
			for _, p := range compose(path, chain) {
				out = append(out, m.argument(s, p)...)
			}
			return out
		}
		done := map[*Node]bool{}
		for _, p := range m.argument(s, nil) {
			if p.node != nil && !done[p.node] {
				done[p.node] = true
				g.fromResult(e, p.node, via, part)
			}
			if p.node == nil && !done[nil] {
				done[nil] = true
				for _, st := range m.starts {
					g.fromStart(e, st, via, part)
				}
			}
		}
	}
	t.onward(at.app, at.resource, []mapping{row.gives}, nil, model.Yes, nil, "")
	for _, r := range g.readers[at.resource] {
		if keeps(row, r.row) {
			t.kept(at.resource, r)
		}
	}
}

// fromResult adds an edge from a function whose result a state hands on.
func (g *Graph) fromResult(e *Edge, from *Node, via []*model.Resource, part func([]string) []place) {
	for _, s := range from.Result.Sends {
		if s.Key != dataflow.Returned {
			continue
		}
		c := *e
		c.From, c.Send, c.Via = from, s, via
		c.back = func(path []string) [][]string {
			var out [][]string
			for _, p := range part(path) {
				if p.node == from {
					out = append(out, p.path)
				}
			}
			return out
		}
		g.add(&c)
	}
}

// fromStart adds an edge from a function that starts the machine, a part of whose input a state hands on.
func (g *Graph) fromStart(e *Edge, st start, via []*model.Resource, part func([]string) []place) {
	c := *e
	c.From, c.Send, c.Via = st.node, st.send, append(shown(st.via), via...)
	c.Granted, c.Matches, c.Guessed, c.Why = st.granted, st.matches.And(e.Matches), st.guessed, orElse(st.entry.why, st.trail.why)
	c.back = func(path []string) [][]string {
		var out [][]string
		for _, p := range part(path) {
			if p.node == nil {
				out = append(out, st.requested(compose(append([]string{"input"}, p.path...), st.chain))...)
			}
		}
		return out
	}
	g.add(&c)
}

// handedOn adds the edges from functions of a machine to those that get what they gave back.
func (g *Graph) handedOn(m *machine) {
	for state, to := range m.all() {
		for _, from := range m.givers(state) {
			for _, s := range from.Result.Sends {
				if s.Key != dataflow.Returned {
					continue
				}
				g.add(&Edge{
					From: from, To: to, Send: s, Via: []*model.Resource{m.resource}, Kind: "state-machine", Granted: model.Yes, Matches: model.Yes,
					back: func(path []string) [][]string {
						var out [][]string
						for _, p := range m.given(state, path) {
							if p.node == from {
								out = append(out, p.path)
							}
						}
						return out
					},
				})
			}
		}
	}
}

// all are the states that call functions, in the order of the definition.
func (m *machine) all() func(func(*asl.State, *Node) bool) {
	return func(yield func(*asl.State, *Node) bool) {
		for _, s := range sortedStates(m.tasks) {
			if !yield(s, m.tasks[s]) {
				return
			}
		}
	}
}

// takesInput reports whether a part of the machine's input comes to the function of a state.
func (m *machine) takesInput(s *asl.State) bool {
	for _, p := range m.given(s, nil) {
		if p.node == nil {
			return true
		}
	}
	return false
}

// givers are the functions whose results come to a state.
func (m *machine) givers(s *asl.State) []*Node {
	var out []*Node
	seen := map[*Node]bool{}
	for _, p := range m.given(s, nil) {
		if p.node != nil && !seen[p.node] {
			seen[p.node] = true
			out = append(out, p.node)
		}
	}
	return out
}

// given are the places that a part of the event of a state's function comes from.
func (m *machine) given(s *asl.State, path []string) []place {
	root := ""
	if s.Call.Kind == asl.CallIntegration {
		root = "Payload"
	}
	return m.below(s, root, path)
}

// argument are the places that a part of the request of a state's call comes from.
func (m *machine) argument(s *asl.State, path []string) []place { return m.below(s, "", path) }

// below are the places that a part of what stands below a name in the arguments of a state comes from.
func (m *machine) below(s *asl.State, root string, path []string) []place {
	w := &backwards{machine: m, seen: map[string]bool{}, left: maxMachineSteps}
	leaves := s.Inputs()
	for _, l := range leaves {
		at := dataflow.Segments(withoutNumbers(l.Path))
		if root != "" && l.Path != "" {
			if len(at) == 0 || at[0] != root {
				continue
			}
			at = at[1:]
		}
		w.leaf(s, l, at, path)
	}
	return w.found
}

// backwards goes from a state to where data comes from.
type backwards struct {
	machine *machine
	seen    map[string]bool
	left    int
	found   []place
	without [][]string // parts that later states have written over
}

// leaf follows a value of a template that stands at a path, where a part of the whole is asked for.
func (w *backwards) leaf(s *asl.State, l asl.Leaf, at, path []string) {
	rest := []string(nil)
	switch {
	case begins(path, at):
		rest = path[len(at):]
	case !begins(at, path):
		return
	}
	for _, source := range l.Sources {
		w.source(s, source, rest)
	}
}

func (w *backwards) source(s *asl.State, source asl.Source, rest []string) {
	path := append(dataflow.Segments(withoutNumbers(strings.TrimPrefix(source.Path, "$"))), rest...)
	switch source.Root {
	case asl.Input:
		w.input(s, path)
	case asl.Result:
		w.result(s, path)
	case asl.Context:
		w.context(s, path)
	case asl.Variable:
		w.variable(s, source.Name, path)
	}
}

// input follows a part of what comes into a state.
func (w *backwards) input(s *asl.State, path []string) {
	if !w.visit(s, "in", path) {
		return
	}
	if s.Machine.StartAt == s.Name {
		w.begin(s, path)
	}
	for _, q := range w.machine.before[s] {
		w.output(q, path)
	}
}

func (w *backwards) visit(s *asl.State, what string, path []string) bool {
	key := what + "\x00" + s.Name + "\x00" + strings.Join(path, ".")
	for _, p := range w.without {
		key += "\x00" + strings.Join(p, ".")
	}
	if w.left--; w.left < 0 || w.seen[key] {
		return false
	}
	w.seen[key] = true
	return true
}

// begin follows what the first state of a machine gets.
func (w *backwards) begin(s *asl.State, path []string) {
	parent := s.Machine.Parent
	if parent == nil {
		w.found = append(w.found, place{path: path})
		return
	}
	for _, l := range parent.Inputs() {
		w.leaf(parent, l, dataflow.Segments(withoutNumbers(l.Path)), path)
	}
}

// context follows a part of the context object: the input of the execution, the item of a Map state.
func (w *backwards) context(s *asl.State, path []string) {
	switch {
	case begins(path, []string{"Execution", "Input"}):
		w.found = append(w.found, place{path: path[2:]})
	case begins(path, []string{"Map", "Item", "Value"}):
		for q := s; q != nil; q = q.Machine.Parent {
			if q.Type == asl.Map {
				w.leaf(q, q.ItemSource(), nil, path[3:])
				return
			}
		}
	}
}

// variable follows a variable to the states that assign it.
func (w *backwards) variable(s *asl.State, name string, path []string) {
	top := s.Machine
	for top.Parent != nil {
		top = top.Parent.Machine
	}
	for _, q := range top.All() {
		if q.Data.Assign.IsSet() == model.No || !w.visit(q, "assign "+name, path) {
			continue
		}
		for _, l := range q.Leaves(q.Data.Assign, asl.Result) {
			w.leaf(q, l, dataflow.Segments(withoutNumbers(l.Path)), append([]string{name}, path...))
		}
	}
}

// output follows a part of what a state gives to the next one.
func (w *backwards) output(s *asl.State, path []string) {
	if !w.visit(s, "out", path) {
		return
	}
	if s.Data.Output.IsSet() != model.No && s.Language != asl.JSONPath {
		for _, l := range s.Leaves(s.Data.Output, asl.Result) {
			w.leaf(s, l, dataflow.Segments(withoutNumbers(l.Path)), path)
		}
		return
	}
	gives := s.Type == asl.Task || s.Type == asl.Parallel || s.Type == asl.Map || s.Type == asl.Pass
	if s.Language == asl.JSONata {
		if gives && s.Type != asl.Pass {
			w.result(s, path)
		} else {
			w.input(s, path)
		}
		return
	}
	if s.Data.Discards.Output {
		return
	}
	if out, ok := s.Data.OutputPath.Scalar(); ok {
		path = append(dataflow.Segments(withoutNumbers(strings.TrimPrefix(out, "$"))), path...)
	}
	if !gives {
		w.input(s, append(inputPath(s), path...))
		return
	}
	w.placed(s, path)
}

// placed follows a part of what a state gives on, of which its result is put at ResultPath.
func (w *backwards) placed(s *asl.State, path []string) {
	if s.Data.Discards.Result {
		w.input(s, path)
		return
	}
	at := []string(nil)
	if p, ok := s.Data.ResultPath.Scalar(); ok {
		at = dataflow.Segments(withoutNumbers(strings.TrimPrefix(p, "$")))
	}
	switch {
	case begins(path, at):
		w.result(s, path[len(at):])
	case w.overwritten(at):
		w.input(s, path)
	case begins(at, path):
		w.result(s, nil)
		w.without = append(w.without, at)
		w.input(s, path)
		w.without = w.without[:len(w.without)-1]
	default:
		w.input(s, path)
	}
}

// overwritten reports whether a later state has put its result where this one did.
func (w *backwards) overwritten(at []string) bool {
	for _, p := range w.without {
		if len(at) > 0 && begins(at, p) {
			return true
		}
	}
	return false
}

func inputPath(s *asl.State) []string {
	if p, ok := s.Data.InputPath.Scalar(); ok {
		return dataflow.Segments(withoutNumbers(strings.TrimPrefix(p, "$")))
	}
	return nil
}

// result follows a part of the result of a state.
func (w *backwards) result(s *asl.State, path []string) {
	if !w.visit(s, "result", path) {
		return
	}
	if s.Data.ResultSelector.IsSet() != model.No && s.Language != asl.JSONata {
		for _, l := range s.Leaves(s.Data.ResultSelector, asl.Result) {
			at := dataflow.Segments(withoutNumbers(l.Path))
			for _, source := range l.Sources {
				if source.Root != asl.Result {
					continue
				}
				part := dataflow.Segments(withoutNumbers(strings.TrimPrefix(source.Path, "$")))
				switch {
				case begins(path, at):
					w.plain(s, append(part, path[len(at):]...))
				case begins(at, path):
					w.plain(s, part)
				}
			}
		}
		return
	}
	w.plain(s, path)
}

// plain follows a part of what a task's call, the branches or the items gave.
func (w *backwards) plain(s *asl.State, path []string) {
	switch s.Type {
	case asl.Pass:
		for _, l := range s.Inputs() {
			w.leaf(s, l, dataflow.Segments(withoutNumbers(l.Path)), path)
		}
	case asl.Task:
		n := w.machine.tasks[s]
		if n == nil {
			return
		}
		if s.Call.Kind == asl.CallIntegration {
			if len(path) > 0 && path[0] != "Payload" {
				return
			}
			path = path[min(1, len(path)):]
		}
		w.found = append(w.found, place{n, path})
	case asl.Parallel, asl.Map:
		for _, inner := range s.Machines() {
			for _, q := range inner.States {
				if q.End {
					w.output(q, path)
				}
			}
		}
	}
}

// withoutNumbers is a path without the places of lists: $.items[0].id as $.items.id.
func withoutNumbers(path string) string {
	var b strings.Builder
	for {
		before, after, found := strings.Cut(path, "[")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		inside, rest, _ := strings.Cut(after, "]")
		if name := strings.Trim(inside, `'"`); name != inside {
			b.WriteString("." + name)
		}
		path = rest
	}
}

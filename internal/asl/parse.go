package asl

import (
	"fmt"

	"wardlet.example/internal/jsontext"
	"wardlet.example/internal/model"
)

// Limits of one definition.
const (
	maxDepth  = 40     // machines inside each other
	maxStates = 10_000 // Step Functions takes a definition of 1 MB
	maxLeaves = 50_000 // values of one template of data

	maxSize = 2_000_000 // values, shared ones counted each time

	maxProblems = 200 // a person mends the first ones
)

// parser reads one definition.
type parser struct {
	states   int // left
	full     bool
	problems []model.Diagnostic
}

// Parse reads a definition: a Map, or a String or Text that holds JSON. Of a OneOf it reads the choice that holds by
// default. The machine is never nil; it is empty where nothing can be read.
func Parse(definition *model.Value) (*Machine, []model.Diagnostic) {
	p := &parser{states: maxStates}
	m := p.top(definition)
	return m, p.problems
}

// FromProperties reads the machine of an AWS::StepFunctions::StateMachine from its properties: Definition or
// DefinitionString, with DefinitionSubstitutions. ok is false where the definition is kept elsewhere.
func FromProperties(props *model.Value) (m *Machine, problems []model.Diagnostic, ok bool) {
	for _, key := range []string{"Definition", "DefinitionString"} {
		if v := props.Get(key); v.IsSet() != model.No {
			m, problems = Parse(Substitute(v, props.Get("DefinitionSubstitutions")))
			return m, problems, true
		}
	}
	return &Machine{open: true, Origin: originOf(props)}, nil, false
}

func originOf(v *model.Value) model.Origin {
	if v == nil {
		return model.Origin{}
	}
	return v.Origin
}

func (p *parser) top(definition *model.Value) *Machine {
	v := definition.Settled()
	switch {
	case v == nil || v.Kind == model.Unknown || v.Kind == model.Ref:
		return &Machine{open: true, Origin: originOf(v)}
	case v.Size > maxSize:
		p.report(model.Error, v.Origin.Pos, fmt.Sprintf("the state machine has over %d values", maxSize), "write a smaller one; this one is not read")
		return &Machine{open: true, Origin: v.Origin}
	case v.Kind == model.String || v.Kind == model.Text:
		return p.text(v)
	}
	if v.Kind == model.Absent {
		p.report(model.Error, v.Origin.Pos, "the state machine is empty", "write {StartAt: First, States: {First: {...}}}")
		return &Machine{open: true, Origin: v.Origin}
	}
	return p.machine(v, nil, 0)
}

// text reads JSON. Open parts that are no whole texts leave parts of the machine open.
func (p *parser) text(v *model.Value) *Machine {
	parsed, err := jsontext.Parse(v)
	if err != nil {
		p.report(model.Error, v.Origin.Pos, "the state machine is not valid JSON: "+err.Error(), "correct the JSON; texts and keys stand in double quotes")
		return &Machine{open: true, Origin: v.Origin}
	}
	if parsed.Kind == model.Unknown || parsed.Kind == model.Ref {
		return &Machine{open: true, Origin: v.Origin}
	}
	return p.machine(parsed, nil, 0)
}

func (p *parser) report(level model.Level, at model.Pos, message, hint string) {
	if len(p.problems) == maxProblems {
		return
	}
	p.problems = append(p.problems, model.Diagnostic{Pos: at, Level: level, Message: message, Hint: hint, Unresolved: true})
}

func (p *parser) warn(at model.Pos, hint, format string, args ...any) {
	p.report(model.Warning, at, fmt.Sprintf(format, args...), hint)
}

// machine reads a map with StartAt and States.
func (p *parser) machine(v *model.Value, parent *State, depth int) *Machine {
	m := &Machine{Parent: parent, Origin: v.Origin, byName: map[string]*State{}, Language: JSONPath}
	switch {
	case v.Kind == model.Unknown || v.Kind == model.Ref:
		m.open = true
		return m
	case v.Kind != model.Map:
		p.report(model.Error, v.Origin.Pos, fmt.Sprintf("the state machine is a %s, not a map with StartAt and States", v.Kind), "write {StartAt: First, States: {First: {...}}}")
		return m
	case depth > maxDepth:
		m.open = true
		p.report(model.Error, v.Origin.Pos, fmt.Sprintf("state machines are over %d deep inside each other", maxDepth), "nest less; what is deeper is not read")
		return m
	}
	if parent != nil {
		m.Language = parent.Machine.Language
	}
	m.Language = p.language(v, m.Language)
	p.readStates(m, v.Get("States").Settled(), depth)
	p.startAt(m, v)
	p.check(m)
	return m
}

// language is the QueryLanguage that a map names, or that of what is around it.
func (p *parser) language(v *model.Value, around Language) Language {
	q := v.Get("QueryLanguage").Settled()
	switch {
	case q.Kind == model.Absent:
		return around
	case q.Kind != model.String:
		return UnknownLanguage
	case q.Str != string(JSONPath) && q.Str != string(JSONata):
		p.warn(q.Origin.Pos, "the languages are JSONPath and JSONata", "the query language %q is not known", q.Str)
		return UnknownLanguage
	}
	return Language(q.Str)
}

func (p *parser) readStates(m *Machine, states *model.Value, depth int) {
	switch {
	case states.Kind == model.Unknown, states.Kind == model.Ref:
		m.open = true
		return
	case states.Kind != model.Map || len(states.Fields) == 0:
		p.warn(m.Origin.Pos, "write States: {First: {Type: Task, ...}}", "the state machine has no states")
		return
	}
	for _, f := range states.Fields {
		if p.states--; p.states < 0 {
			p.tooMany(m, f.At)
			return
		}
		if jsontext.IsOpen(f.Key) {
			m.open = true
			if f.Value.Kind == model.Unknown {
				continue // any number of states
			}
		}
		s := p.state(m, f, depth)
		if m.byName[s.Name] != nil {
			p.warn(f.At, "give every state its own name", "there are two states %q", s.Name)
		} else {
			m.byName[s.Name] = s
		}
		m.States = append(m.States, s)
	}
}

func (p *parser) tooMany(m *Machine, at model.Pos) {
	m.open = true
	if !p.full {
		p.full = true
		p.report(model.Error, at, fmt.Sprintf("the state machine has over %d states", maxStates), "what is behind is not read; split the machine")
	}
}

func (p *parser) startAt(m *Machine, v *model.Value) {
	start := v.Get("StartAt").Settled()
	name, known := start.Scalar()
	switch {
	case start.Kind == model.Absent:
		p.warn(m.Origin.Pos, "write StartAt with the name of the first state", "the state machine has no StartAt")
	case !known:
		m.open = true
	case m.byName[name] == nil && !m.open:
		p.warn(start.Origin.Pos, stateHint(m, name), "StartAt names %q, which is no state of this machine", name)
	}
	m.StartAt = name
}

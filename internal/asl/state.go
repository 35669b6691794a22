package asl

import (
	"wardlet.example/internal/jsontext"
	"wardlet.example/internal/model"
)

// state reads one state and what is inside it.
func (p *parser) state(m *Machine, f model.Field, depth int) *State {
	v := f.Value.Settled()
	s := &State{Name: jsontext.Shown(f.Key), Machine: m, Language: m.Language, At: f.At, Origin: v.Origin}
	s.Data = readData(v)
	switch v.Kind {
	case model.Map:
	case model.Unknown, model.Ref:
		m.open = true
		return s
	default:
		p.warn(f.At, "write {Type: Task, ...}", "the state %q is a %s, not a map", s.Name, v.Kind)
		return s
	}
	s.Language = p.language(v, m.Language)
	s.Type = p.typeOf(s, v)
	p.transitions(s, v)
	switch s.Type {
	case Task:
		p.task(s, v)
	case Parallel:
		p.branches(s, v, depth)
	case Map:
		p.items(s, v, depth)
	}
	return s
}

func (p *parser) typeOf(s *State, v *model.Value) Type {
	t := v.Get("Type").Settled()
	name, known := t.Scalar()
	if !known {
		if t.Kind == model.Absent {
			p.warn(s.At, "write Type: Task, Pass, Choice, Wait, Succeed, Fail, Parallel or Map", "the state %q has no Type", s.Name)
		}
		return ""
	}
	switch Type(name) {
	case Task, Pass, Choice, Wait, Succeed, Fail, Parallel, Map:
	default:
		p.warn(t.Origin.Pos, "the types are Task, Pass, Choice, Wait, Succeed, Fail, Parallel and Map", "the state %q has the type %q, which is not known", s.Name, name)
	}
	return Type(name)
}

// transitions reads Next, Choices, Default, Catch, Retry and End.
func (p *parser) transitions(s *State, v *model.Value) {
	if next := v.Get("Next"); next.IsSet() != model.No {
		p.transition(s, Next, next, nil)
	}
	for _, c := range v.Get("Choices").Settled().Elements() {
		p.transition(s, Choose, c.Get("Next"), c)
	}
	if otherwise := v.Get("Default"); otherwise.IsSet() != model.No {
		p.transition(s, Default, otherwise, nil)
	}
	for _, c := range v.Get("Catch").Settled().Elements() {
		p.transition(s, Catch, c.Get("Next"), c)
	}
	s.Retry = v.Get("Retry").Settled().Elements()
	end := v.Get("End").Settled()
	s.End = end.Kind == model.Bool && end.Bool
	if end.Kind != model.Bool && end.Kind != model.Absent {
		s.Machine.open = true
	}
}

func (p *parser) transition(s *State, kind EdgeKind, to, rule *model.Value) {
	t := Transition{Kind: kind, Rule: rule, At: to.Origin.Pos}
	name, known := to.Settled().Scalar()
	t.To = name
	switch {
	case to.Kind == model.Absent:
		p.warn(s.At, "write Next with the name of the state that follows", "a %s of the state %q has no Next", kind, s.Name)
	case !known:
		s.Machine.open = true
	}
	s.Transitions = append(s.Transitions, t)
}

func (p *parser) branches(s *State, v *model.Value, depth int) {
	branches := v.Get("Branches").Settled()
	if branches.Kind == model.Absent || branches.Kind == model.List && len(branches.Items) == 0 {
		p.warn(s.At, "write Branches: [{StartAt: ..., States: {...}}]", "the Parallel state %q has no branches", s.Name)
		return
	}
	for _, b := range branches.Elements() {
		s.Branches = append(s.Branches, p.machine(b.Settled(), s, depth+1))
	}
}

// items reads what a Map state does with each item, and where a distributed one reads and writes.
func (p *parser) items(s *State, v *model.Value, depth int) {
	processor := v.Get("ItemProcessor").Settled()
	if processor.Kind == model.Absent {
		processor = v.Get("Iterator").Settled()
	}
	if processor.Kind == model.Absent {
		p.warn(s.At, "write ItemProcessor: {StartAt: ..., States: {...}}", "the Map state %q has no ItemProcessor", s.Name)
	} else {
		s.Processor = p.machine(processor, s, depth+1)
	}
	s.Reader = p.access(s, v.Get("ItemReader"))
	s.Writer = p.access(s, v.Get("ResultWriter"))
}

// access is the call of an ItemReader or ResultWriter; nil where there is none.
func (p *parser) access(s *State, v *model.Value) *Call {
	v = v.Settled()
	if v.Kind != model.Map || v.Get("Resource").IsSet() == model.No {
		return nil
	}
	return p.call(s, v.Get("Resource"), s.template(v.Get("Parameters"), v.Get("Arguments")))
}

func readData(v *model.Value) Data {
	return Data{
		InputPath: v.Get("InputPath"), Parameters: v.Get("Parameters"), Arguments: v.Get("Arguments"),
		ResultSelector: v.Get("ResultSelector"), ResultPath: v.Get("ResultPath"), OutputPath: v.Get("OutputPath"),
		Output: v.Get("Output"), Assign: v.Get("Assign"), Items: v.Get("Items"), ItemsPath: v.Get("ItemsPath"),
		ItemSelector: v.Get("ItemSelector"), ItemBatcher: v.Get("ItemBatcher"), Result: v.Get("Result"),
		Discards: Discards{Input: Discarded(v, "InputPath"), Result: Discarded(v, "ResultPath"), Output: Discarded(v, "OutputPath")},
	}
}

// Discarded reports whether a map has the key with null, which drops what would be put there.
func Discarded(v *model.Value, key string) bool {
	if v.Kind != model.Map {
		return false
	}
	for _, f := range v.Fields {
		if f.Key == key {
			return f.Value.Kind == model.Absent
		}
	}
	return false
}

// template is what a state gives to what it calls: Parameters or Arguments, by its language.
func (s *State) template(parameters, arguments *model.Value) *model.Value {
	switch {
	case s.Language == JSONata:
		return arguments
	case s.Language == UnknownLanguage && parameters.Kind == model.Absent:
		return arguments
	}
	return parameters
}

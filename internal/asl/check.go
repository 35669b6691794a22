package asl

import (
	"strings"

	"wardlet.example/internal/model"
)

// check tells what is wrong with the ways through a machine. A machine of which states or ways are not known is only
// checked for what is certain.
func (p *parser) check(m *Machine) {
	for _, s := range m.States {
		p.checkTargets(m, s)
		p.checkEnd(s)
	}
	if m.open || m.byName[m.StartAt] == nil {
		return
	}
	reached := m.reachable()
	for _, s := range m.States {
		if !reached[s.Name] {
			p.warn(s.At, "let a state go on to it, or delete it", "the state %q is never reached", s.Name)
		}
	}
}

func (p *parser) checkTargets(m *Machine, s *State) {
	if m.open {
		return
	}
	for _, t := range s.Transitions {
		if t.To != "" && m.byName[t.To] == nil {
			p.warn(t.At, stateHint(m, t.To), "the state %q goes on to %q, which is no state of this machine", s.Name, t.To)
		}
	}
}

// checkEnd tells of a state that neither ends the machine nor goes on.
func (p *parser) checkEnd(s *State) {
	switch s.Type {
	case Task, Pass, Wait, Parallel, Map:
		if !s.End && !s.goesOn(Next) && !s.Machine.open {
			p.warn(s.At, "write Next: NameOfAState or End: true", "the state %q has neither Next nor End", s.Name)
		}
	case Choice:
		if !s.goesOn(Choose) && !s.Machine.open {
			p.warn(s.At, "write Choices: [{..., Next: NameOfAState}]", "the Choice state %q has no choices", s.Name)
		}
	}
}

func (s *State) goesOn(kind EdgeKind) bool {
	for _, t := range s.Transitions {
		if t.Kind == kind {
			return true
		}
	}
	return false
}

// reachable are the names of the states that StartAt leads to.
func (m *Machine) reachable() map[string]bool {
	reached := map[string]bool{m.StartAt: true}
	todo := []string{m.StartAt}
	for len(todo) > 0 {
		s := m.byName[todo[len(todo)-1]]
		todo = todo[:len(todo)-1]
		if s == nil {
			continue
		}
		for _, t := range s.Transitions {
			if !reached[t.To] {
				reached[t.To] = true
				todo = append(todo, t.To)
			}
		}
	}
	return reached
}

// stateHint names a state that differs in case alone, or says what to do.
func stateHint(m *Machine, name string) string {
	for _, s := range m.States {
		if strings.EqualFold(strings.TrimSpace(s.Name), strings.TrimSpace(name)) {
			return "did you mean " + s.Name + "?"
		}
	}
	return "add the state, or correct the name"
}

// checkResource tells of a Resource that no open part can make right.
func (p *parser) checkResource(s *State, c *Call, v *model.Value) {
	switch {
	case c.Kind != CallUnknown || v.Kind != model.String:
	case strings.Contains(v.Str, "${"):
		p.warn(v.Origin.Pos, "give the name a value in DefinitionSubstitutions, or use Fn::Sub", "the Resource of the state %q has a placeholder without a value: %s", s.Name, v.Str)
	default:
		p.warn(v.Origin.Pos, "write the ARN of a function or activity, or arn:aws:states:::service:operation", "the Resource of the state %q is not understood: %s", s.Name, v.Str)
	}
}

// task reads what a Task state calls.
func (p *parser) task(s *State, v *model.Value) {
	resource := v.Get("Resource")
	if resource.IsSet() == model.No {
		p.warn(s.At, "write the ARN of a function, an activity or a service integration", "the Task state %q has no Resource", s.Name)
		return
	}
	s.Call = p.call(s, resource, s.template(s.Data.Parameters, s.Data.Arguments))
	s.Call.Credentials = v.Get("Credentials")
}

// checkTarget tells of an argument that is still a placeholder: what it names is not known.
func (p *parser) checkTarget(s *State, t *Target) {
	if t.Value.Kind != model.String || !strings.Contains(t.Value.Str, "${") {
		return
	}
	p.warn(t.Value.Origin.Pos, "give the name a value in DefinitionSubstitutions, or use Fn::Sub", "%s of the state %q has a placeholder without a value: %s", t.Name, s.Name, t.Value.Str)
	t.Value = model.NewPresent("the placeholder "+t.Value.Str+" has no value", t.Value.Origin)
}

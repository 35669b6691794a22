package paths

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"wardlet.example/internal/asl"
	"wardlet.example/internal/dataflow"
	"wardlet.example/internal/model"
)

// taken are the states of a machine that are perhaps reached with the input that comes by an edge: where a choice is about a constant in
// the input it takes one way. All are where that is nil.
func (m *machine) taken(e *Edge) map[*asl.State]bool {
	if !slices.ContainsFunc(m.states, m.decides) ||
		slices.ContainsFunc(m.states, func(s *asl.State) bool { return !s.Machine.Complete() }) {
		return nil
	}
	top := m.states[0].Machine
	for top.Parent != nil {
		top = top.Parent.Machine
	}
	reached := map[*asl.State]bool{}
	left := []*asl.State{top.State(top.StartAt)}
	for len(left) > 0 {
		s := left[0]
		left = left[1:]
		if s == nil || reached[s] {
			continue
		}
		reached[s] = true
		for _, inner := range s.Machines() {
			left = append(left, inner.State(inner.StartAt))
		}
		for _, t := range m.onFrom(s, e) {
			left = append(left, s.Machine.State(t.To))
		}
	}
	return reached
}

// decides reports whether a state is a choice about the input of the machine.
func (m *machine) decides(s *asl.State) bool {
	return s.Type == asl.Choice && slices.ContainsFunc(s.Transitions, func(t asl.Transition) bool {
		return t.Kind == asl.Choose && m.about(s, t.Rule, 0)
	})
}

func (m *machine) about(s *asl.State, rule *model.Value, depth int) bool {
	if path, test := simpleRule(rule); test != nil {
		return m.ofInput(s, path) != nil
	}
	for _, key := range []string{"Not", "And", "Or"} {
		for _, one := range rule.Get(key).Elements() {
			if depth < deepestNested && m.about(s, one, depth+1) {
				return true
			}
		}
	}
	return false
}

// passedBy notes on an edge that none of some states is reached with the input that comes by it.
func (m *machine) passedBy(e *Edge, reached map[*asl.State]bool, states ...*asl.State) {
	if reached == nil || slices.ContainsFunc(states, func(s *asl.State) bool { return reached[s] }) {
		return
	}
	if e.Matches != model.No {
		e.Matches, e.Why = model.No, orElse(e.Why, "the choices of "+m.resource.ID+" take another way with what is sent")
	}
}

// onFrom are the transitions of a state that are perhaps taken.
func (m *machine) onFrom(s *asl.State, e *Edge) []asl.Transition {
	if s.Type != asl.Choice {
		return s.Transitions
	}
	var out []asl.Transition
	for _, t := range s.Transitions {
		answer := model.Maybe
		if t.Kind == asl.Choose {
			answer = m.holds(s, t.Rule, e)
		}
		if answer != model.No {
			out = append(out, t)
		}
		if answer == model.Yes {
			break
		}
	}
	return out
}

// holds is whether a rule of a choice holds for the input that comes by an edge.
func (m *machine) holds(s *asl.State, rule *model.Value, e *Edge) model.Tri {
	if path, test := simpleRule(rule); test != nil {
		return m.answers(s, path, e, test)
	}
	switch {
	case rule.Get("Not").Kind == model.Map:
		return negated(m.holds(s, rule.Get("Not"), e))
	case rule.Get("And").Kind == model.List:
		answer := model.Yes
		for _, one := range rule.Get("And").Elements() {
			answer = answer.And(m.holds(s, one, e))
		}
		return answer
	case rule.Get("Or").Kind == model.List:
		answer := model.Yes
		for _, one := range rule.Get("Or").Elements() {
			answer = answer.And(negated(m.holds(s, one, e)))
		}
		return negated(answer)
	}
	return model.Maybe
}

func negated(t model.Tri) model.Tri {
	switch t {
	case model.Yes:
		return model.No
	case model.No:
		return model.Yes
	}
	return t
}

// answers holds the constants that stand at a path of the input against a test.
func (m *machine) answers(s *asl.State, path string, e *Edge, test func(dataflow.Literal) model.Tri) model.Tri {
	at := m.ofInput(s, path)
	if at == nil {
		return model.Maybe
	}
	sent, known := e.sent(at)
	if !known {
		return model.Maybe
	}
	answer := test(sent[0])
	for _, l := range sent[1:] {
		if test(l) != answer {
			return model.Maybe
		}
	}
	return answer
}

// ofInput is the part of the input of the machine that a path means in a state; nil where something on the way perhaps changes it.
func (m *machine) ofInput(s *asl.State, path string) []string {
	key := part{state: s, path: path}
	at, known := m.asIs[key]
	if !known {
		at = m.unchanged(s, path)
		m.asIs[key] = at
	}
	return at
}

func (m *machine) unchanged(s *asl.State, path string) []string {
	if rest, ok := strings.CutPrefix(path, "$$.Execution.Input."); ok {
		return segments(rest)
	}
	rest, ok := strings.CutPrefix(path, "$.")
	at := segments(rest)
	if !ok || len(at) == 0 || s.Machine.Parent != nil || slices.ContainsFunc(at, isPlace) || s.Data.InputPath.IsSet() != model.No {
		return nil
	}
	seen := map[*asl.State]bool{}
	left := []*asl.State{s}
	for len(left) > 0 {
		q := left[0]
		left = left[1:]
		for _, e := range m.before[q] {
			if !keepsPart(e, at) {
				return nil
			}
			if !seen[e.From] {
				seen[e.From] = true
				left = append(left, e.From)
			}
		}
	}
	return at
}

// keepsPart reports whether a state certainly gives on a part of its input as it came.
func keepsPart(e asl.Edge, at []string) bool {
	s := e.From
	if s.Language != asl.JSONPath || s.Data.OutputPath.IsSet() != model.No || s.Data.Discards.Output || s.Data.Output.IsSet() != model.No || s.Data.InputPath.IsSet() != model.No {
		return false
	}
	where := s.Data.ResultPath
	switch {
	case e.Kind == asl.Catch:
		where = e.Rule.Get("ResultPath")
		if asl.Discarded(e.Rule, "ResultPath") {
			return true
		}
	case s.Type == asl.Choice || s.Type == asl.Wait || s.Data.Discards.Result:
		return true
	}
	p, ok := where.Scalar()
	placed := segments(p)
	return ok && len(placed) > 0 && !begins(at, placed) && !begins(placed, at)
}

// comparison is a rule of a choice in JSONata that compares a part of the input with a text.
var comparison = regexp.MustCompile(`^\{%\s*\$states\.input\.([\w.]+)\s*=\s*(?:'([^']*)'|"([^"]*)")\s*%\}$`)

// simpleRule is the path that a rule is about, and what it asks of it; nil for rules that are put together of others, or not known.
func simpleRule(rule *model.Value) (string, func(dataflow.Literal) model.Tri) {
	if text, ok := rule.Get("Condition").Scalar(); ok {
		if found := comparison.FindStringSubmatch(text); found != nil {
			return "$." + found[1], func(l dataflow.Literal) model.Tri { return isText(l, found[2]+found[3]) }
		}
		return "", nil
	}
	path, _ := rule.Get("Variable").Scalar()
	for _, f := range rule.Fields {
		want, ok := f.Value.Scalar()
		if !ok || f.Key == "Variable" {
			continue
		}
		switch f.Key {
		case "StringEquals":
			return path, func(l dataflow.Literal) model.Tri { return isText(l, want) }
		case "BooleanEquals":
			return path, func(l dataflow.Literal) model.Tri { return isBare(l, strings.ToLower(l.Text()) == want) }
		case "NumericEquals", "NumericLessThan", "NumericGreaterThan", "NumericLessThanEquals", "NumericGreaterThanEquals":
			return path, func(l dataflow.Literal) model.Tri { return isNumber(l, strings.TrimPrefix(f.Key, "Numeric"), want) }
		}
	}
	return "", nil
}

// isText is whether a constant is a text.
func isText(l dataflow.Literal, want string) model.Tri {
	switch {
	case l.Text() != want || l[0] == '#':
		return model.No
	case l[0] == '\'':
		return model.Yes
	}
	return model.Maybe
}

// isBare is whether something holds of a constant that is no text.
func isBare(l dataflow.Literal, holds bool) model.Tri {
	if l[0] == '?' && holds {
		return model.Maybe
	}
	return model.TriOf(holds && l[0] == '#')
}

// isNumber is whether a constant is a number that compares with another one as it should.
func isNumber(l dataflow.Literal, how, want string) model.Tri {
	a, err := strconv.ParseFloat(l.Text(), 64)
	b, bad := strconv.ParseFloat(want, 64)
	if err != nil || bad != nil {
		return isBare(l, false)
	}
	holds := how != "LessThan" && how != "GreaterThan" && a == b || strings.HasPrefix(how, "LessThan") && a < b || strings.HasPrefix(how, "GreaterThan") && a > b
	return isBare(l, holds)
}

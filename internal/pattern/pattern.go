package pattern

import (
	"wardlet.example/internal/jsontext"
	"wardlet.example/internal/model"
)

// Pattern is a filter ready to be asked. It is immutable and may be asked from several goroutines.
type Pattern struct {
	root     node
	problems []model.Diagnostic
}

// dialect is what differs between the services that use event patterns.
type dialect struct {
	name        string
	attributes  bool // SNS message attributes: flat, and numbers can come as texts
	strict      bool // exists asks for a value that is neither null nor empty
	emptyPasses bool // a pattern without fields lets all through
}

// Limits of one pattern and of one question.
const (
	maxDepth = 100     // maps inside each other
	maxParts = 20_000  // fields, operators and choices of a pattern
	maxSize  = 200_000 // values of a pattern, shared ones counted each time
	maxSteps = 400_000 // comparisons for one event; a text costs its length
)

// EventBridge compiles the EventPattern of a rule, an archive or a pipe's bus: a Map, or a text that holds JSON. An absent
// pattern lets everything through; a rule that has a schedule and no pattern gets no events, which its caller knows.
func EventBridge(v *model.Value) *Pattern {
	return compile(v, dialect{name: "event pattern"}, func(c *compiler) node {
		return wrap(c.top(v), []string{"detail"}, func(n node) node { return detail{n} })
	})
}

// detail is the part of a pattern about the detail of an event. PutEvents takes it as a text with JSON.
type detail struct{ node }

func (d detail) match(m *matcher, v *model.Value, present bool) model.Tri {
	if !present {
		return d.node.match(m, nil, false)
	}
	if answer, decided := over(m, d, v); decided {
		return answer
	}
	switch v.Kind {
	case model.String:
		return d.text(m, v)
	case model.Text:
		return model.Maybe // its open parts can end a text of the JSON and begin another field
	}
	return d.node.match(m, v, true)
}

func (d detail) text(m *matcher, v *model.Value) model.Tri {
	if !m.spend(len(v.Str)) {
		return model.Maybe
	}
	parsed, err := jsontext.Parse(v)
	if err != nil || parsed.Kind != model.Map {
		return model.Maybe // EventBridge refuses the event, or it is one of those that events of AWS have
	}
	return d.node.match(m, parsed, true)
}

// Matches reports whether an event passes. The event has the shape that the service's documentation gives to the filter:
//
//	EventBridge     {source, detail-type, detail: {...}, resources: [...], account, region ...}; detail may be text with JSON
//	SNS             see the constructor: a map of attributes, or the message
//	FilterCriteria  the record, its payload as a Map or as the text that was sent
//	S3Key, S3Event  the object's key, the event's name
//	Logs            the message
func (p *Pattern) Matches(event *model.Value) model.Tri {
	if event == nil {
		event = model.NewAbsent(model.Origin{})
	}
	return p.root.match(&matcher{steps: maxSteps}, event, true)
}

// Problems lists what is wrong with the pattern itself, each with its place and a way out.
func (p *Pattern) Problems() []model.Diagnostic { return p.problems }

// matcher is one question.
type matcher struct {
	steps int
}

// spend takes n steps; once they are used up every answer is Maybe.
func (m *matcher) spend(n int) bool {
	m.steps -= n
	return m.steps > 0
}

// node is one part of a pattern. v is the part of the event at its place; present is false where the event certainly has
// nothing there, and v is then of no meaning.
type node interface {
	match(m *matcher, v *model.Value, present bool) model.Tri
}

// constant answers the same for every event.
type constant model.Tri

func (c constant) match(*matcher, *model.Value, bool) model.Tri { return model.Tri(c) }

// either is a part of a pattern that is one of several, depending on a variable.
type either []node

func (e either) match(m *matcher, v *model.Value, present bool) model.Tri {
	answer := e[0].match(m, v, present)
	for _, n := range e[1:] {
		if answer == model.Maybe {
			break
		}
		if n.match(m, v, present) != answer {
			return model.Maybe
		}
	}
	return answer
}

// or is yes when one is yes, no when all are no.
func or(a, b model.Tri) model.Tri { return max(a, b) }

// not turns the certain answers round.
func not(a model.Tri) model.Tri { return -a }

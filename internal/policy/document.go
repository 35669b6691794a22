package policy

import (
	"fmt"
	"slices"
	"strings"

	"wardlet.example/internal/jsontext"
	"wardlet.example/internal/model"
)

// Document is one policy.
type Document struct {
	Statements []*Statement
	Problems   []model.Diagnostic // what is not written as IAM wants it
	Unknown    string             // why perhaps there are more statements than these; empty if there are not
	variables  bool               // Version 2012-10-17: ${...} are policy variables
}

// Effect is what a statement does to what it speaks of.
type Effect string

// Effects. What is neither is not known.
const (
	Allow Effect = "Allow"
	Deny  Effect = "Deny"
)

// Statement is one statement of a policy.
type Statement struct {
	Sid        string
	Effect     Effect // empty where it is not known
	Actions    []*model.Value
	NotActions []*model.Value
	Resources  []*model.Value
	NotRes     []*model.Value
	Principals *Principals // nil in an identity-based policy
	Condition  *Condition  // nil where there is none
	Value      *model.Value
	Origin     model.Origin

	there       model.Tri // Maybe: the statement perhaps is none
	actions     []text    // patterns, in lower case
	notActions  []text
	resources   []text
	notRes      []text
	hasActions  bool
	hasResource bool
	negActions  bool // NotAction stands there
	negRes      bool
	variables   bool
}

// Parse reads a policy: a Map, or a text that holds JSON. It never fails: what is not understood is a problem, and what is
// not known makes answers unknown.
func Parse(v *model.Value) *Document {
	d := &Document{}
	v = d.document(v)
	if v == nil {
		return d
	}
	version, ok := v.Get("Version").Settled().Scalar()
	d.variables = version == "2012-10-17" || !ok && v.Get("Version").Kind != model.Absent
	if ok && version != "2012-10-17" && version != "2008-10-17" {
		d.problem(v.Get("Version"), "the version "+version+" is not known", "write 2012-10-17")
	}
	list := v.Get("Statement")
	if list.Kind == model.Absent {
		d.problem(v, "the policy has no Statement", "write Statement: [{Effect: ..., Action: ..., Resource: ...}]")
	}
	d.statements(list, model.Yes, 0)
	return d
}

// Single reads one statement that stands alone.
func Single(v *model.Value) *Document {
	d := &Document{variables: true}
	d.statements(v, model.Yes, 0)
	return d
}

// document is the map that a policy is; nil where it is not known or no policy.
func (d *Document) document(v *model.Value) *model.Value {
	if v == nil || v.Kind == model.Absent {
		return nil
	}
	v = v.Settled()
	if v.Kind == model.String || v.Kind == model.Text {
		parsed, err := jsontext.Parse(v)
		if err != nil {
			d.problem(v, "the policy is not valid JSON: "+err.Error(), "correct the JSON")
			d.Unknown = "the policy is not valid JSON"
			return nil
		}
		v = parsed
	}
	switch v.Kind {
	case model.Map:
		return v
	case model.Unknown, model.Ref:
		d.Unknown = reasonOf(v)
	default:
		d.problem(v, "the policy is a "+v.Kind.String(), "write a map with Version and Statement")
	}
	return nil
}

func reasonOf(v *model.Value) string {
	if v.Kind == model.Unknown && v.Str != "" {
		return v.Str
	}
	return "the policy is not known before deployment"
}

// maxProblems bounds what is told of one policy; a person mends the first ones.
const maxProblems = 50

func (d *Document) problem(v *model.Value, message, hint string) {
	if len(d.Problems) < maxProblems {
		d.Problems = append(d.Problems, model.Diagnostic{Pos: v.Origin.Pos, Level: model.Warning, Message: message, Hint: hint, Unresolved: true})
	}
}

// maxDepth bounds lists in lists and choices in choices.
const maxDepth = 20

// statements reads a statement, or lists of them.
func (d *Document) statements(v *model.Value, there model.Tri, depth int) {
	switch {
	case v == nil || v.Kind == model.Absent:
	case depth > maxDepth:
		d.Unknown = "the policy is too deep"
	case v.Kind == model.List:
		for _, item := range v.Items {
			d.statements(item, there, depth+1)
		}
	case v.Kind == model.OneOf:
		for _, c := range v.Choices {
			d.statements(c.Value, model.Maybe, depth+1)
		}
	case v.Kind == model.Map:
		s := d.statement(v)
		s.there = there
		d.Statements = append(d.Statements, s)
	case v.Kind == model.Unknown || v.Kind == model.Ref:
		d.Unknown = reasonOf(v)
	case v.Kind == model.String || v.Kind == model.Text:
		parsed, err := jsontext.Parse(v)
		if err != nil || parsed.Kind != model.Map && parsed.Kind != model.List {
			d.problem(v, "a statement is a text", "write a map with Effect, Action and Resource")
			return
		}
		d.statements(parsed, there, depth+1)
	default:
		d.problem(v, "a statement is a "+v.Kind.String(), "write a map with Effect, Action and Resource")
	}
}

var statementKeys = []string{"Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Principal", "NotPrincipal", "Condition"}

func (d *Document) statement(v *model.Value) *Statement {
	s := &Statement{Value: v, Origin: v.Origin, variables: d.variables}
	s.Sid, _ = v.Get("Sid").Settled().Scalar()
	for _, f := range v.Fields {
		if !slices.Contains(statementKeys, f.Key) && !jsontext.IsOpen(f.Key) {
			d.problem(f.Value.At(model.Origin{Pos: f.At}), "a statement has no "+f.Key, "write one of "+strings.Join(statementKeys, ", "))
		}
	}
	switch effect, known := v.Get("Effect").Settled().Scalar(); {
	case effect == string(Allow), effect == string(Deny):
		s.Effect = Effect(effect)
	case known || v.Get("Effect").Kind == model.Absent:
		d.problem(v, fmt.Sprintf("the Effect of a statement is %q", effect), "write Allow or Deny")
	}
	s.Actions, s.NotActions = elements(v.Get("Action")), elements(v.Get("NotAction"))
	s.Resources, s.NotRes = elements(v.Get("Resource")), elements(v.Get("NotResource"))
	s.negActions, s.negRes = v.Get("NotAction").Kind != model.Absent, v.Get("NotResource").Kind != model.Absent
	s.hasActions, s.hasResource = v.Get("Action").Kind != model.Absent, v.Get("Resource").Kind != model.Absent
	if !s.hasActions && !s.negActions {
		d.problem(v, "a statement has no Action", "write which actions it is about")
	}
	s.actions, s.notActions = lowered(s.Actions), lowered(s.NotActions)
	s.resources, s.notRes = patterns(s.Resources), patterns(s.NotRes)
	s.Principals = d.principals(v)
	s.Condition = d.condition(v.Get("Condition"))
	return s
}

// elements are the elements of a list, also of lists in it; a single value is a list of one.
func elements(v *model.Value) []*model.Value {
	var out []*model.Value
	var add func(v *model.Value, depth int)
	add = func(v *model.Value, depth int) {
		switch {
		case v.Kind == model.Absent:
		case v.Kind == model.List && depth < maxDepth:
			for _, item := range v.Items {
				add(item, depth+1)
			}
		default:
			out = append(out, v)
		}
	}
	add(v, 0)
	return out
}

func patterns(values []*model.Value) []text {
	out := make([]text, len(values))
	for i, v := range values {
		out[i] = patternOf(v)
	}
	return out
}

// lowered are patterns of actions, which are the same in any case.
func lowered(values []*model.Value) []text {
	out := patterns(values)
	for i, t := range out {
		out[i].plain = strings.ToLower(strings.TrimSpace(t.plain))
		for j, k := range t.tokens {
			if k.kind == literal && k.char >= 'A' && k.char <= 'Z' {
				t.tokens[j].char = k.char + 'a' - 'A'
			}
		}
	}
	return out
}

package pattern

import (
	"strings"

	"wardlet.example/internal/jsontext"
	"wardlet.example/internal/model"
)

// SNS compiles the FilterPolicy of a subscription, a Map or a text with JSON, with its FilterPolicyScope (absent:
// MessageAttributes). An absent policy lets everything through.
//
// Matches is asked about a Map with the fields of a publication that are known:
//
//	{MessageAttributes: {store: "berlin", price: 12.5, tags: ["a", "b"]}, Message: {...}}
//
// An attribute may also have the shape of the Publish call, {DataType: "String.Array", StringValue: "[\"a\"]"}. Message is a
// Map, or the text that was sent. Where a field is not written the publication has none; give an Unknown for what is not
// known.
func SNS(policy, scope *model.Value) *Pattern {
	return compile(policy, dialect{name: "filter policy"}, func(c *compiler) node { return c.policy(policy, scope) })
}

// Scopes of a filter policy.
const (
	attributeScope = "MessageAttributes"
	bodyScope      = "MessageBody"
)

func (c *compiler) policy(policy, scope *model.Value) node {
	if scope == nil || scope.Kind == model.Absent {
		return c.scoped(policy, attributeScope)
	}
	switch scope.Kind {
	case model.String:
		if scope.Str == attributeScope || scope.Str == bodyScope {
			return c.scoped(policy, scope.Str)
		}
		return c.malformed(scope, "the filter policy scope "+scope.Str+" is not known", "write MessageAttributes or MessageBody")
	case model.OneOf:
		return c.choices(scope, func(s *model.Value) node { return c.policy(policy, s) })
	}
	told := len(c.problems)
	byAttributes := c.scoped(policy, attributeScope)
	c.problems = c.problems[:told] // the second reading finds them again
	return either{byAttributes, c.scoped(policy, bodyScope)}
}

func (c *compiler) scoped(policy *model.Value, scope string) node {
	c.dialect = dialect{name: "filter policy", strict: true, attributes: scope == attributeScope, emptyPasses: true}
	n := c.top(policy)
	if k, ok := n.(constant); ok {
		return k
	}
	if scope == attributeScope {
		return attributes{n}
	}
	return body{n}
}

// attributes is a policy about the attributes of a message.
type attributes struct{ node }

func (a attributes) match(m *matcher, v *model.Value, present bool) model.Tri {
	v, present = part(v, present, attributeScope)
	if !present || v.Kind == model.Absent || v.Kind == model.Map && len(v.Fields) == 0 {
		return unlessNo(a.node.match(m, nil, false)) // exists: false wants some attribute to be there
	}
	return a.node.match(m, plainAttributes(m, v), true)
}

// body is a policy about the message itself, which must be a map in JSON.
type body struct{ node }

func (b body) match(m *matcher, v *model.Value, present bool) model.Tri {
	v, present = part(v, present, "Message")
	if !present {
		return unlessNo(b.node.match(m, nil, false))
	}
	return b.message(m, v)
}

func (b body) message(m *matcher, v *model.Value) model.Tri {
	switch v.Kind {
	case model.Map:
		return b.node.match(m, v, true)
	case model.String:
		return b.text(m, v)
	case model.OneOf:
		return agree(m, v, func(w *model.Value) model.Tri { return b.message(m, w) })
	}
	return model.Maybe
}

func (b body) text(m *matcher, v *model.Value) model.Tri {
	if !m.spend(len(v.Str)) {
		return model.Maybe
	}
	parsed, err := jsontext.Parse(v)
	if err == nil && parsed.Kind == model.Map {
		return b.node.match(m, parsed, true)
	}
	return unlessNo(b.node.match(m, nil, false))
}

// unlessNo keeps only the certain No.
func unlessNo(answer model.Tri) model.Tri {
	if answer == model.No {
		return model.No
	}
	return model.Maybe
}

// agree is the answer about each choice of a OneOf, where it is the same.
func agree(m *matcher, v *model.Value, ask func(*model.Value) model.Tri) model.Tri {
	if !m.spend(1) {
		return model.Maybe
	}
	answer := ask(v.Choices[0].Value)
	for _, c := range v.Choices[1:] {
		if answer == model.Maybe || ask(c.Value) != answer {
			return model.Maybe
		}
	}
	return answer
}

// part is a field of the publication; what is not a map may have any.
func part(v *model.Value, present bool, name string) (*model.Value, bool) {
	switch {
	case !present || v.Kind == model.Absent:
		return nil, false
	case v.Kind == model.Map:
		return lookup(v, name)
	}
	return v.Get(name), true
}

// plainAttributes turns attributes of the shape of the Publish call into their values.
func plainAttributes(m *matcher, v *model.Value) *model.Value {
	if v.Kind != model.Map || !m.spend(len(v.Fields)) {
		return v
	}
	fields := make([]model.Field, len(v.Fields))
	for i, f := range v.Fields {
		fields[i] = model.Field{Key: f.Key, At: f.At, Value: plainAttribute(f.Value)}
	}
	return model.NewMap(fields, v.Origin)
}

func plainAttribute(v *model.Value) *model.Value {
	if v.Kind != model.Map {
		return v
	}
	kind, value := first(v, "DataType", "Type"), first(v, "StringValue", "Value")
	if kind.Kind != model.String || value.Kind != model.String && value.Kind != model.Number {
		return typedAttribute(kind, value)
	}
	base, _, _ := strings.Cut(kind.Str, ".")
	switch {
	case strings.HasPrefix(kind.Str, "String.Array"):
		if list, err := jsontext.Parse(model.NewString(value.Str, value.Origin)); err == nil {
			return list
		}
	case base == "Number":
		if n, ok := number(value.Str); ok {
			return model.NewNumber(n, value.Str, value.Origin)
		}
	case base == "String":
		return model.NewString(value.Str, value.Origin)
	}
	return model.NewPresent("the attribute is not read", v.Origin)
}

// typedAttribute is an attribute of which the type or the value is not known.
func typedAttribute(kind, value *model.Value) *model.Value {
	if kind.Kind == model.String && kind.Str == "String" && (value.Kind == model.Text || value.Kind == model.Ref) {
		return value
	}
	return model.NewPresent("the attribute is not known before deployment", value.Origin)
}

func first(v *model.Value, keys ...string) *model.Value {
	for _, k := range keys {
		if w := v.Get(k); w.Kind != model.Absent {
			return w
		}
	}
	return model.NewAbsent(v.Origin)
}

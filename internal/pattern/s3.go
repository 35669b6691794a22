package pattern

import (
	"fmt"
	"net/url"
	"strings"

	"wardlet.example/internal/model"
)

// S3Key compiles the Filter of a bucket's notification: {S3Key: {Rules: [{Name: prefix, Value: in/}]}}. All rules must
// hold; without rules every key passes. Matches is asked about the key of an object.
func S3Key(filter *model.Value) *Pattern {
	return compile(filter, dialect{name: "key filter"}, func(c *compiler) node { return asText{c.rules(filter)} })
}

func (c *compiler) rules(v *model.Value) node {
	if v == nil {
		return constant(model.Yes)
	}
	switch v.Kind {
	case model.Absent:
		return constant(model.Yes)
	case model.Map:
		return c.rules(first(v, "S3Key", "Rules"))
	case model.OneOf:
		return c.choices(v, c.rules)
	case model.List:
		return c.ruleList(v)
	case model.Unknown, model.Ref:
		return constant(model.Maybe)
	}
	return c.malformed(v, "the key filter is a "+v.Kind.String(), "write S3Key: {Rules: [{Name: prefix, Value: in/}]}")
}

func (c *compiler) ruleList(v *model.Value) node {
	var all every
	for _, item := range v.Items {
		if !c.spend(item) {
			return append(all, constant(model.Maybe))
		}
		all = append(all, c.rule(item))
	}
	return all
}

// every is a list of parts that must all pass.
type every []node

func (e every) match(m *matcher, v *model.Value, present bool) model.Tri {
	answer := model.Yes
	for _, n := range e {
		answer = answer.And(n.match(m, v, present))
	}
	return answer
}

func (c *compiler) rule(v *model.Value) node {
	switch v.Kind {
	case model.OneOf:
		return c.choices(v, func(w *model.Value) node {
			if w.Kind == model.Absent {
				return constant(model.Yes)
			}
			return c.rule(w)
		})
	case model.Map:
	default:
		return constant(model.Maybe)
	}
	name, value := v.Get("Name"), v.Get("Value")
	if name.Kind != model.String {
		return constant(model.Maybe)
	}
	operator := strings.ToLower(name.Str)
	if operator != "prefix" && operator != "suffix" {
		return c.malformed(name, fmt.Sprintf("a rule of the key filter has the name %q", name.Str), "the names are prefix and suffix")
	}
	return c.affix(operator, value)
}

// affix compares with the beginning or end of a key. S3 wants special characters of a rule percent-encoded and spaces as
// plus signs, and a person may not have done it: both readings must agree.
func (c *compiler) affix(operator string, v *model.Value) node {
	switch v.Kind {
	case model.OneOf:
		return c.choices(v, func(w *model.Value) node { return c.affix(operator, w) })
	case model.Text, model.Ref:
		return keyTest{c.phrase(operator, v, false)}
	}
	s, ok := v.Scalar()
	if !ok {
		return constant(model.Maybe)
	}
	written := keyTest{c.phrase(operator, model.NewString(s, v.Origin), false)}
	if plain, err := url.QueryUnescape(s); err == nil && plain != s {
		return either{written, keyTest{c.phrase(operator, model.NewString(plain, v.Origin), false)}}
	}
	return written
}

// keyTest is a test of a text alone.
type keyTest struct{ test test }

func (k keyTest) match(m *matcher, v *model.Value, present bool) model.Tri {
	if !present || !m.spend(1) {
		return model.Maybe
	}
	return k.test.holds(m, v)
}

// asText asks about a text; what is not certainly one may be any.
type asText struct{ node }

func (a asText) match(m *matcher, v *model.Value, _ bool) model.Tri {
	if s, ok := v.Scalar(); ok {
		return a.node.match(m, model.NewString(s, v.Origin), true)
	}
	switch v.Kind {
	case model.Text, model.Ref:
		return a.node.match(m, v, true)
	case model.OneOf:
		return agree(m, v, func(w *model.Value) model.Tri { return a.match(m, w, true) })
	}
	return a.node.match(m, model.NewText([]*model.Value{model.NewPresent("the text is not known", v.Origin)}, v.Origin), true)
}

// S3Event compiles the event types of a bucket's notification: one name or a list, such as s3:ObjectCreated:*. Matches is
// asked about the name of what happened, with or without its s3: in front; a * at its end leaves open what exactly.
func S3Event(names *model.Value) *Pattern {
	return compile(names, dialect{name: "event type"}, func(c *compiler) node { return happened{asText{c.eventNames(names)}} })
}

func (c *compiler) eventNames(v *model.Value) node {
	if v == nil || v.Kind == model.Absent {
		return constant(model.No)
	}
	switch v.Kind {
	case model.OneOf:
		return c.choices(v, c.eventNames)
	case model.List:
		var any alternatives
		for _, item := range v.Items {
			if !c.spend(item) {
				return append(any, constant(model.Maybe))
			}
			any = append(any, c.eventNames(item))
		}
		return any
	case model.String:
		return c.eventName(v)
	case model.Text, model.Ref, model.Unknown:
		return constant(model.Maybe)
	}
	return c.malformed(v, "the event type is a "+v.Kind.String(), "write a name such as s3:ObjectCreated:*")
}

func (c *compiler) eventName(v *model.Value) node {
	name, found := strings.CutPrefix(v.Str, "s3:")
	if !found {
		return c.malformed(v, fmt.Sprintf("%q is no event type of S3", v.Str), "event types begin with s3:, as s3:ObjectCreated:*")
	}
	want := speak(model.NewString(name, v.Origin), false, nil)
	for i, mark := range want.marks {
		if mark == '*' {
			want.marks[i] = anyText
		}
	}
	return keyTest{textTest{want: want}}
}

// happened brings the name of an event into the form without s3: and with its open end.
type happened struct{ node }

func (h happened) match(m *matcher, v *model.Value, present bool) model.Tri {
	if v.Kind != model.String {
		return h.node.match(m, v, present)
	}
	name := strings.TrimPrefix(v.Str, "s3:")
	if stem, open := strings.CutSuffix(name, "*"); open {
		rest := model.NewPresent("any event of this kind", v.Origin)
		return h.node.match(m, model.NewText([]*model.Value{model.NewString(stem, v.Origin), rest}, v.Origin), true)
	}
	return h.node.match(m, model.NewString(name, v.Origin), true)
}

package cloudformation

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"

	"wardlet.example/internal/model"
)

// maxJSON bounds the values of one Fn::ToJsonString.
const maxJSON = 50_000

// toJSON works out Fn::ToJsonString: a string, or a text in which open values keep their place.
func (t *Template) toJSON(arg *model.Value, at model.Origin) *model.Value {
	v := t.Resolve(arg)
	switch {
	case v.Kind == model.Unknown:
		return model.NewPresent(v.Str, at)
	case v.Kind != model.Map && v.Kind != model.List && v.Kind != model.OneOf && v.Kind != model.Ref:
		return t.bad(at, "Fn::ToJsonString", "Fn::ToJsonString: a map or list")
	case v.Size > maxJSON:
		return model.NewPresent("too large to be written as JSON here", at)
	}
	return oneOrText(jsonParts(v), at)
}

// jsonParts is a value as JSON text, in parts: those that are not known stand for themselves.
func jsonParts(v *model.Value) []*model.Value {
	lit := func(s string) *model.Value { return model.NewString(s, v.Origin) }
	switch v.Kind {
	case model.String:
		return []*model.Value{lit(quoted(v.Str))}
	case model.Bool, model.Number:
		s, _ := v.Scalar()
		return []*model.Value{lit(s)}
	case model.Ref:
		return []*model.Value{lit(`"`), v, lit(`"`)}
	case model.Text:
		parts := []*model.Value{lit(`"`)}
		for _, p := range v.Items {
			if p.Kind == model.String {
				q := quoted(p.Str)
				p = model.NewString(q[1:len(q)-1], p.Origin)
			}
			parts = append(parts, p)
		}
		return append(parts, lit(`"`))
	case model.List:
		return jsonList(v)
	case model.Map:
		return jsonMap(v)
	case model.OneOf:
		return []*model.Value{mapChoices(v, func(c *model.Value) *model.Value {
			return oneOrText(jsonParts(c), c.Origin)
		})}
	case model.Absent:
		return []*model.Value{lit("null")}
	}
	return []*model.Value{v}
}

func jsonList(v *model.Value) []*model.Value {
	parts := []*model.Value{model.NewString("[", v.Origin)}
	for i, item := range v.Items {
		if i > 0 {
			parts = append(parts, model.NewString(",", v.Origin))
		}
		parts = append(parts, jsonParts(item)...)
	}
	return append(parts, model.NewString("]", v.Origin))
}

// maxOptional bounds the fields of one map that a condition may leave out: each doubles the texts.
const maxOptional = 5

func jsonMap(v *model.Value) []*model.Value {
	if i, n := optional(v); n > maxOptional {
		return []*model.Value{model.NewPresent("too many conditions decide what the text holds", v.Origin)}
	} else if n > 0 {
		return []*model.Value{jsonByChoice(v, v.Fields[i].Value)}
	}
	parts := []*model.Value{model.NewString("{", v.Origin)}
	separator := ""
	for _, f := range v.Fields {
		if f.Value.Kind == model.Absent { // AWS::NoValue
			continue
		}
		parts = append(parts, model.NewString(separator+quoted(f.Key)+":", f.Value.Origin))
		parts = append(parts, jsonParts(f.Value)...)
		separator = ","
	}
	return append(parts, model.NewString("}", v.Origin))
}

// optional finds the first field that a condition may leave out, and counts them.
func optional(v *model.Value) (first, count int) {
	for i, f := range v.Fields {
		if f.Value.Kind == model.OneOf && slices.ContainsFunc(f.Value.Choices, func(c model.Choice) bool { return c.Value.Kind == model.Absent }) {
			if count++; count == 1 {
				first = i
			}
		}
	}
	return first, count
}

// jsonByChoice writes a map once for each choice of what one of its fields depends on.
func jsonByChoice(v, lead *model.Value) *model.Value {
	choices := make([]model.Choice, len(lead.Choices))
	for i, c := range lead.Choices {
		fields := append([]model.Field{}, v.Fields...)
		for j, f := range fields {
			fields[j].Value = f.Value.Given(model.World{lead.Str: c.Label})
		}
		choices[i] = model.Choice{Label: c.Label, Value: oneOrText(jsonMap(model.NewMap(fields, v.Origin)), v.Origin)}
	}
	return model.NewOneOf(lead.Str, choices, int(lead.Default), v.Origin)
}

// quoted is a string as JSON writes it.
func quoted(s string) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(s); err != nil {
		return `""`
	}
	return strings.TrimSuffix(b.String(), "\n")
}

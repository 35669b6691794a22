package asl

import (
	"strings"

	"wardlet.example/internal/model"
)

// maxSubstitutions bounds the values of a definition that are looked at.
const maxSubstitutions = 200_000

// Substitute replaces ${Name} in a definition by the values of DefinitionSubstitutions, a Map from names to values, as
// CloudFormation and SAM do before the definition is deployed. In a text the values become parts of it; a text that is one
// placeholder becomes the value itself, so a reference to a function stays one. Placeholders without a value stay as they
// are. Without substitutions the definition is returned as it is.
func Substitute(definition, substitutions *model.Value) *model.Value {
	if definition == nil || substitutions.IsSet() == model.No {
		return definition
	}
	s := &substitution{values: substitutions, left: maxSubstitutions, done: map[*model.Value]*model.Value{}}
	s.known = make(map[string]*model.Value, len(substitutions.Fields))
	for _, f := range substitutions.Fields {
		s.known[f.Key] = f.Value
	}
	return s.value(definition, 0)
}

type substitution struct {
	values *model.Value
	known  map[string]*model.Value // the fields of values, where it is a map
	left   int
	done   map[*model.Value]*model.Value // values are shared, so each is replaced once
}

func (s *substitution) value(v *model.Value, depth int) *model.Value {
	if w, ok := s.done[v]; ok {
		return w
	}
	if s.left--; s.left < 0 || depth > maxTemplateDepth {
		return v
	}
	w := s.replaced(v, depth)
	s.done[v] = w
	return w
}

func (s *substitution) replaced(v *model.Value, depth int) *model.Value {
	switch v.Kind {
	case model.String:
		return s.text(v)
	case model.Text:
		return s.parts(v)
	case model.List:
		items := make([]*model.Value, len(v.Items))
		for i, item := range v.Items {
			items[i] = s.value(item, depth+1)
		}
		return model.NewList(items, v.Origin)
	case model.Map:
		return s.fields(v, depth)
	case model.OneOf:
		choices := make([]model.Choice, len(v.Choices))
		for i, c := range v.Choices {
			choices[i] = model.Choice{Label: c.Label, Value: s.value(c.Value, depth+1)}
		}
		return model.NewOneOf(v.Str, choices, int(v.Default), v.Origin)
	}
	return v
}

func (s *substitution) fields(v *model.Value, depth int) *model.Value {
	fields := make([]model.Field, len(v.Fields))
	for i, f := range v.Fields {
		fields[i] = model.Field{Key: f.Key, At: f.At, Value: s.value(f.Value, depth+1)}
		if key := s.text(model.NewString(f.Key, model.Origin{Pos: f.At})); key.Kind == model.String {
			fields[i].Key = key.Str
		}
	}
	return model.NewMap(fields, v.Origin)
}

func (s *substitution) parts(v *model.Value) *model.Value {
	var parts []*model.Value
	for _, p := range v.Items {
		if p.Kind == model.String {
			p = s.text(p)
		}
		parts = append(parts, p)
	}
	return model.NewText(parts, v.Origin)
}

// text replaces the placeholders of a known text.
func (s *substitution) text(v *model.Value) *model.Value {
	var parts []*model.Value
	rest := v.Str
	for {
		before, name, after, found := cutPlaceholder(rest)
		if !found {
			break
		}
		value := s.lookup(name)
		if value == nil {
			value = model.NewString("${"+name+"}", v.Origin)
		}
		parts = append(parts, model.NewString(before, v.Origin), value)
		rest = after
	}
	switch {
	case parts == nil:
		return v
	case len(parts) == 2 && parts[0].Str == "" && rest == "":
		return textual(parts[1], v.Origin)
	}
	return model.NewText(append(parts, model.NewString(rest, v.Origin)), v.Origin)
}

// textual is a value in the place of a whole text: a number becomes a text there, the rest stays what it is.
func textual(v *model.Value, at model.Origin) *model.Value {
	if s, ok := v.Scalar(); ok {
		return model.NewString(s, v.Origin)
	}
	if v.Kind == model.Absent {
		return model.NewString("", at)
	}
	return v
}

func cutPlaceholder(s string) (before, name, after string, found bool) {
	before, rest, found := strings.Cut(s, "${")
	if !found {
		return s, "", "", false
	}
	name, after, found = strings.Cut(rest, "}")
	return before, name, after, found
}

// lookup is the value of a placeholder; nil if there is certainly none.
func (s *substitution) lookup(name string) *model.Value {
	if s.values.Kind == model.Unknown || s.values.Kind == model.Ref {
		return model.NewPresent("the substitutions of the state machine are not known", s.values.Origin)
	}
	v := s.known[name]
	if s.values.Kind == model.OneOf {
		v = s.values.Get(name)
	}
	if v == nil || v.Kind == model.Absent {
		return nil
	}
	return v
}

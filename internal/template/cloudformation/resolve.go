package cloudformation

import (
	"strings"

	"wardlet.example/internal/model"
)

// Resolve works out a value of the template: intrinsic functions are replaced by what they give, the rest is shared.
func (t *Template) Resolve(v *model.Value) *model.Value {
	if v == nil {
		return model.NewAbsent(model.Origin{})
	}
	switch v.Kind {
	case model.List, model.Map, model.OneOf:
	case model.String:
		return dynamicReference(v)
	default:
		return v
	}
	if w, ok := t.done[v]; ok {
		return w
	}
	t.budget--
	if t.budget < 0 || t.depth > maxDepth {
		t.warn(v.Origin, "the template is too deep or too large to be worked out here", "split the template")
		return model.NewUnknown("too deep or too large", v.Origin)
	}
	t.depth++
	w := t.compound(v)
	t.depth--
	t.done[v] = w
	return w
}

func (t *Template) compound(v *model.Value) *model.Value {
	switch {
	case v.Kind == model.List:
		return t.list(v)
	case v.Kind == model.OneOf:
		return mapChoices(v, t.Resolve)
	}
	if w := t.written(v); w != v {
		return t.Resolve(w)
	}
	if name, arg, ok := call(v); ok {
		return t.intrinsic(name, arg, v)
	}
	return t.fields(v)
}

// written writes out a map with loops that did not come from the prepared template.
func (t *Template) written(v *model.Value) *model.Value {
	for _, f := range v.Fields {
		if strings.HasPrefix(f.Key, loopPrefix) {
			return t.unroller.value(v, 0)
		}
	}
	return v
}

// call recognises {Ref: x}, {Condition: x} and {Fn::Name: x}.
func call(v *model.Value) (string, *model.Value, bool) {
	if len(v.Fields) != 1 {
		return "", nil, false
	}
	f := v.Fields[0]
	switch {
	case f.Key == "Ref", strings.HasPrefix(f.Key, "Fn::"):
		return f.Key, f.Value, true
	}
	return "", nil, false
}

func (t *Template) intrinsic(name string, arg, whole *model.Value) *model.Value {
	f := t.functions[name]
	if f == nil {
		t.warn(whole.Origin, name+" is not a known intrinsic function", "check the spelling; its value is treated as unknown")
		return model.NewUnknown(name+" is not worked out", whole.Origin)
	}
	return f(t, arg, whole.Origin)
}

func (t *Template) list(v *model.Value) *model.Value {
	items := make([]*model.Value, 0, len(v.Items))
	changed := false
	for _, w := range v.Items {
		r := t.Resolve(w)
		changed = changed || r != w
		if r.Kind == model.Absent && w.Kind == model.Map { // AWS::NoValue removes the element
			changed = true
			continue
		}
		items = append(items, r)
	}
	if !changed {
		return v
	}
	return model.NewList(items, v.Origin)
}

func (t *Template) fields(v *model.Value) *model.Value {
	fields := make([]model.Field, len(v.Fields))
	changed := false
	for i, f := range v.Fields {
		r := t.Resolve(f.Value)
		changed = changed || r != f.Value
		fields[i] = model.Field{Key: f.Key, At: f.At, Value: r}
	}
	if !changed {
		return v
	}
	return model.NewMap(fields, v.Origin)
}

// dynamicReference opens the parts of a string that deployment replaces: {{resolve:secretsmanager:...}}.
func dynamicReference(v *model.Value) *model.Value {
	return aroundReferences(v.Str, v.Origin, func(s string) *model.Value {
		if s == v.Str {
			return v
		}
		return model.NewString(s, v.Origin)
	})
}

const (
	referenceStart = "{{resolve:"
	referenceEnd   = "}}"
)

// aroundReferences makes a text of what plain gives for the parts between dynamic references. A reference is open whatever
// stands in it.
func aroundReferences(s string, at model.Origin, plain func(string) *model.Value) *model.Value {
	var parts []*model.Value
	for {
		start := strings.Index(s, referenceStart)
		if start < 0 {
			break
		}
		length := referenceLength(s[start:])
		if length < 0 {
			break
		}
		service, name, _ := strings.Cut(s[start+len(referenceStart):start+length], ":")
		value := model.NewPresent("resolved at deployment from "+service, at)
		if name, _, _ = strings.Cut(name, ":"); service == "ssm" && !strings.Contains(name, "${") {
			value = model.NewElsewhere(model.FromStore, model.NewString(name, at), value.Str, at)
		}
		parts = append(parts, plain(s[:start]), value)
		s = s[start+length+len(referenceEnd):]
	}
	if parts == nil {
		return plain(s)
	}
	return oneOrText(append(parts, plain(s)), at)
}

// referenceLength is where a dynamic reference ends, beyond the variables in it; -1 if it does not.
func referenceLength(s string) int {
	for i := len(referenceStart); i < len(s); i++ {
		switch {
		case strings.HasPrefix(s[i:], "${"):
			end := strings.IndexByte(s[i:], '}')
			if end < 0 {
				return -1
			}
			i += end
		case strings.HasPrefix(s[i:], referenceEnd):
			return i
		}
	}
	return -1
}

// opened is a text that was put together, with its dynamic references open.
func opened(v *model.Value) *model.Value {
	return mapChoices(v, func(v *model.Value) *model.Value {
		if v.Kind == model.String {
			return dynamicReference(v)
		}
		return v
	})
}

// oneOrText joins parts; a single open part stays what it is.
func oneOrText(parts []*model.Value, at model.Origin) *model.Value {
	v := joinParts(parts, at)
	if v.Kind == model.Text && len(v.Items) == 1 {
		return v.Items[0]
	}
	return v
}

// joinParts makes one string of parts. A single OneOf of scalars among them is pulled out, so that the result is one of
// several known strings rather than a string with a hole.
func joinParts(parts []*model.Value, at model.Origin) *model.Value {
	choice := -1
	for i, p := range parts {
		if p.Kind != model.OneOf {
			continue
		}
		if choice >= 0 && parts[choice].Str != p.Str {
			return model.NewText(parts, at)
		}
		choice = i
	}
	if choice < 0 {
		return model.NewText(parts, at)
	}
	lead := parts[choice]
	out := make([]model.Choice, len(lead.Choices))
	for i, c := range lead.Choices {
		world := model.World{lead.Str: c.Label}
		given := make([]*model.Value, len(parts))
		for j, p := range parts {
			given[j] = p.Given(world)
		}
		out[i] = model.Choice{Label: c.Label, Value: model.NewText(given, at)}
	}
	return model.NewOneOf(lead.Str, out, int(lead.Default), at)
}

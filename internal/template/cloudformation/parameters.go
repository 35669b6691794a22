package cloudformation

import (
	"strconv"
	"strings"

	"wardlet.example/internal/model"
)

// otherValue labels the choice that a free parameter has some value which the template does not name.
const otherValue = "another value"

// maxChoices bounds the choices of one parameter; AllowedValues of instance types run into hundreds.
const maxChoices = 12

// parameter works out what a Ref to a parameter gives; nil if there is no such parameter.
func (t *Template) parameter(name string) *model.Value {
	if v, ok := t.params[name]; ok {
		return v
	}
	body := t.Root.Get("Parameters").Get(name)
	if body.Kind == model.Absent {
		return nil
	}
	v := t.parameterValue(name, body)
	t.params[name] = v
	return v
}

func (t *Template) parameterValue(name string, body *model.Value) *model.Value {
	at := model.Origin{Pos: t.Root.Get("Parameters").KeyPos(name), Via: body.Origin.Via}
	kind, _ := body.Get("Type").Scalar()
	if strings.HasPrefix(kind, "AWS::SSM::Parameter::Value") {
		return fromStore(body.Get("Default"), "parameter "+name+" is read from the SSM parameter store at deployment", at)
	}
	def := body.Get("Default")
	if def.Kind == model.List || strings.HasPrefix(kind, "List<") || kind == "CommaDelimitedList" {
		return listParameter(name, def, at)
	}
	if def.IsScalar() && kind == "Number" {
		def = asNumber(def)
	}
	choices, known := t.choices(name, body, def)
	if len(choices) > maxChoices {
		choices, known = nil, -1
	}
	switch {
	case len(choices) > 0:
		return model.NewOneOf(name, choices, known, at)
	case def.IsScalar():
		return def.At(def.Origin.Through("default of parameter "+name, at.Pos))
	}
	return fromCaller(name, at)
}

// choices lists the values a parameter can have, where it matters that there are several: its AllowedValues, or what
// conditions compare it with. The index of the default is -1 if there is none.
func (t *Template) choices(name string, body, def *model.Value) ([]model.Choice, int) {
	allowed := body.Get("AllowedValues").Elements()
	open := len(allowed) == 0
	if open {
		allowed = t.literals[name]
	}
	if len(allowed) == 0 {
		return nil, -1
	}
	var out []model.Choice
	add := func(v *model.Value) int {
		label, ok := v.Scalar()
		if !ok {
			return -1
		}
		for i, c := range out {
			if c.Label == label {
				return i
			}
		}
		out = append(out, model.Choice{Label: label, Value: v})
		return len(out) - 1
	}
	known := add(def)
	for _, v := range allowed {
		add(v)
	}
	if open {
		out = append(out, model.Choice{Label: otherValue, Value: other(name, body.Origin)})
	}
	return out, known
}

// other is the value of a parameter that is none of those the template names.
func other(name string, at model.Origin) *model.Value {
	v := model.NewPresent("parameter "+name+" has "+otherValue, at)
	v.Attr = otherValue
	return v
}

func isOther(v *model.Value) bool { return v.Kind == model.Unknown && v.Attr == otherValue }

func asNumber(v *model.Value) *model.Value {
	s, _ := v.Scalar()
	if n, err := strconv.ParseFloat(s, 64); err == nil {
		return model.NewNumber(n, s, v.Origin)
	}
	return v
}

func listParameter(name string, def *model.Value, at model.Origin) *model.Value {
	if def.Kind == model.List {
		return def
	}
	s, ok := def.Scalar()
	if !ok {
		return fromCaller(name, at)
	}
	var items []*model.Value
	for _, part := range strings.Split(s, ",") {
		items = append(items, model.NewString(strings.TrimSpace(part), def.Origin))
	}
	return model.NewList(items, def.Origin.Through("default of parameter "+name, at.Pos))
}

// collectLiterals notes which literals each parameter is compared with in conditions: those are the values at which
// deployments differ.
func (t *Template) collectLiterals(v *model.Value, depth int) {
	if v == nil || depth > 50 {
		return
	}
	if args := v.Get("Fn::Equals"); args.Kind == model.List && len(args.Items) == 2 {
		t.noteLiteral(args.Items[0], args.Items[1])
		t.noteLiteral(args.Items[1], args.Items[0])
	}
	for _, f := range v.Fields {
		t.collectLiterals(f.Value, depth+1)
	}
	for _, w := range v.Items {
		t.collectLiterals(w, depth+1)
	}
}

func (t *Template) noteLiteral(ref, literal *model.Value) {
	if name, ok := ref.Get("Ref").Scalar(); ok && literal.IsScalar() {
		t.literals[name] = append(t.literals[name], literal)
	}
}

// maxConditionSize bounds how many combinations of parameters one condition tells apart; one that tells more is decided by
// its own name.
const maxConditionSize = 256

// condition works out a named condition: Bool, or OneOf of Bool by the parameters (or, undecided, by its own name).
func (t *Template) condition(name string, at model.Origin) *model.Value {
	if v, ok := t.conditions[name]; ok {
		return v
	}
	body := t.Root.Get("Conditions").Get(name)
	if body.Kind == model.Absent {
		t.warn(at, "condition "+name+" is not declared", "declare it under Conditions")
	}
	v := model.NewUnknown("condition "+name+" is not decided by the template", at)
	if t.pending["condition "+name] {
		t.warn(at, "condition "+name+" depends on itself", "break the cycle")
		return v
	}
	if body.Kind != model.Absent {
		t.pending["condition "+name] = true
		v = t.operand(body)
		delete(t.pending, "condition "+name)
	}
	if body.Kind != model.Absent && (v.Kind == model.Unknown || v.Size > maxConditionSize) {
		v = undecided(name, at)
	}
	t.conditions[name] = v
	return v
}

// truth reads a worked-out value as a truth value; the choices of a OneOf each.
func (t *Template) truth(v *model.Value) *model.Value {
	switch v.Kind {
	case model.Bool, model.Unknown:
		return v
	case model.OneOf:
		return mapChoices(v, t.truth)
	}
	switch s, _ := v.Scalar(); strings.ToLower(s) {
	case "true":
		return model.NewBool(true, v.Origin)
	case "false":
		return model.NewBool(false, v.Origin)
	}
	return model.NewUnknown("not a truth value: "+v.String(), v.Origin)
}

// mapChoices applies f to each choice of a OneOf, and to any other value itself.
func mapChoices(v *model.Value, f func(*model.Value) *model.Value) *model.Value {
	if v.Kind != model.OneOf {
		return f(v)
	}
	choices := make([]model.Choice, len(v.Choices))
	for i, c := range v.Choices {
		choices[i] = model.Choice{Label: c.Label, Value: mapChoices(c.Value, f)}
	}
	return model.NewOneOf(v.Str, choices, int(v.Default), v.Origin)
}

// withBoth applies f to two values, choice by choice. Choices of one variable go together.
func withBoth(a, b *model.Value, f func(a, b *model.Value) *model.Value) *model.Value {
	if a.Kind != model.OneOf {
		return mapChoices(b, func(b *model.Value) *model.Value { return f(a, b) })
	}
	choices := make([]model.Choice, len(a.Choices))
	for i, c := range a.Choices {
		choices[i] = model.Choice{Label: c.Label, Value: withBoth(c.Value, b.Given(model.World{a.Str: c.Label}), f)}
	}
	return model.NewOneOf(a.Str, choices, int(a.Default), a.Origin)
}

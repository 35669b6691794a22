package cloudformation

import (
	"strconv"
	"strings"

	"wardlet.example/internal/model"
)

// function works out one intrinsic call.
type function func(t *Template, arg *model.Value, at model.Origin) *model.Value

// functions is every function a template can call, by its long name.
func functions() map[string]function {
	return map[string]function{
		"Ref":              (*Template).ref,
		"Fn::GetAtt":       (*Template).getAtt,
		"Fn::Sub":          (*Template).sub,
		"Fn::Join":         (*Template).join,
		"Fn::Select":       (*Template).selectItem,
		"Fn::Split":        (*Template).split,
		"Fn::FindInMap":    (*Template).findInMap,
		"Fn::If":           (*Template).ifThenElse,
		"Fn::And":          (*Template).and,
		"Fn::Or":           (*Template).or,
		"Fn::Not":          (*Template).not,
		"Fn::Equals":       (*Template).equals,
		"Fn::ImportValue":  (*Template).importValue,
		"Fn::Base64":       (*Template).base64,
		"Fn::GetAZs":       open("the availability zones of the region"),
		"Fn::Cidr":         open("address ranges are worked out at deployment"),
		"Fn::Length":       (*Template).length,
		"Fn::ToJsonString": open("Fn::ToJsonString is not worked out"),
		"Fn::Transform":    unresolved("a macro makes this at deployment"),
		"Fn::ForEach":      unresolved("Fn::ForEach is not worked out"),
		"Fn::Contains":     unresolved("rules are not worked out"),
	}
}

func open(reason string) function {
	return func(_ *Template, _ *model.Value, at model.Origin) *model.Value { return model.NewPresent(reason, at) }
}

func unresolved(reason string) function {
	return func(_ *Template, _ *model.Value, at model.Origin) *model.Value { return model.NewUnknown(reason, at) }
}

// bad reports a call with arguments that do not fit and gives an unknown for it.
func (t *Template) bad(at model.Origin, name, want string) *model.Value {
	t.warn(at, name+" is called with arguments that do not fit", "write "+want)
	return model.NewUnknown(name+" is called with arguments that do not fit", at)
}

func (t *Template) ref(arg *model.Value, at model.Origin) *model.Value {
	name, ok := arg.Scalar()
	if !ok {
		return t.bad(at, "Ref", "Ref: LogicalId")
	}
	return t.lookup(name, at)
}

// lookup is what a reference by name gives: parameter, pseudo parameter or resource.
func (t *Template) lookup(name string, at model.Origin) *model.Value {
	if t.Sub != nil {
		if v := t.Sub(name); v != nil {
			return v.At(at)
		}
	}
	switch {
	case name == "AWS::NoValue":
		return model.NewAbsent(at)
	case strings.HasPrefix(name, "AWS::"):
		return model.NewRef(name, "", at)
	}
	if v := t.parameter(name); v != nil {
		return v
	}
	if t.resources[name] {
		return model.NewRef(name, "", at)
	}
	t.warn(at, name+" is neither a parameter nor a resource of this template", "check the spelling")
	return model.NewPresent(name+" is not declared", at)
}

func (t *Template) conditionRef(arg *model.Value, at model.Origin) *model.Value {
	if name, ok := arg.Scalar(); ok {
		return t.condition(name, at)
	}
	return t.bad(at, "Condition", "Condition: Name")
}

func (t *Template) getAtt(arg *model.Value, at model.Origin) *model.Value {
	var id, attr string
	if s, ok := arg.Scalar(); ok {
		id, attr, _ = strings.Cut(s, ".")
	} else if arg.Kind == model.List && len(arg.Items) == 2 {
		id, _ = t.Resolve(arg.Items[0]).Scalar()
		attr, _ = t.Resolve(arg.Items[1]).Settled().Scalar()
	}
	if id == "" {
		return t.bad(at, "Fn::GetAtt", "Fn::GetAtt: [LogicalId, Attribute]")
	}
	return t.attribute(id, attr, at)
}

func (t *Template) attribute(id, attr string, at model.Origin) *model.Value {
	if t.resources[id] {
		return model.NewRef(id, attr, at)
	}
	if t.Sub != nil {
		if v := t.Sub(id); v != nil && v.Kind == model.Ref {
			return model.NewRef(v.Str, attr, at)
		}
	}
	t.warn(at, id+" is not a resource of this template", "check the spelling")
	return model.NewPresent(id+" is not declared", at)
}

func (t *Template) sub(arg *model.Value, at model.Origin) *model.Value {
	text, vars := arg, (*model.Value)(nil)
	if arg.Kind == model.List && len(arg.Items) == 2 {
		text, vars = arg.Items[0], t.Resolve(arg.Items[1])
	}
	if text.Kind != model.Text {
		text = t.Resolve(text)
	}
	switch text.Kind {
	case model.Text:
		var parts []*model.Value
		for _, p := range text.Items {
			if p.Kind == model.String {
				p = t.substitute(p.Str, vars, p.Origin)
			}
			parts = append(parts, p)
		}
		return oneOrText(parts, at)
	case model.OneOf, model.Unknown, model.Ref:
		return text
	}
	s, ok := text.Scalar()
	if !ok {
		return t.bad(at, "Fn::Sub", "Fn::Sub: 'text with ${Name}'")
	}
	return t.substitute(s, vars, text.Origin)
}

// substitute replaces ${Name}, ${Name.Attr} and ${!Literal} in a text.
func (t *Template) substitute(s string, vars *model.Value, at model.Origin) *model.Value {
	var parts []*model.Value
	for {
		start := strings.Index(s, "${")
		if start < 0 {
			break
		}
		end := strings.IndexByte(s[start:], '}')
		if end < 0 {
			break
		}
		name := strings.TrimSpace(s[start+2 : start+end])
		parts = append(parts, dynamicReference(model.NewString(s[:start], at)), t.variable(name, vars, at))
		s = s[start+end+1:]
	}
	parts = append(parts, dynamicReference(model.NewString(s, at)))
	return oneOrText(parts, at)
}

func (t *Template) variable(name string, vars *model.Value, at model.Origin) *model.Value {
	if literal, ok := strings.CutPrefix(name, "!"); ok {
		return model.NewString("${"+literal+"}", at)
	}
	if vars != nil {
		if v := vars.Get(name); v.Kind != model.Absent {
			return v
		}
	}
	if id, attr, ok := strings.Cut(name, "."); ok {
		return t.attribute(id, attr, at)
	}
	return t.lookup(name, at)
}

func (t *Template) join(arg *model.Value, at model.Origin) *model.Value {
	if arg.Kind != model.List || len(arg.Items) != 2 {
		return t.bad(at, "Fn::Join", "Fn::Join: [delimiter, [a, b]]")
	}
	delimiter, ok := arg.Items[0].Scalar()
	items := t.Resolve(arg.Items[1])
	if items.Kind == model.Unknown {
		return items
	}
	if !ok || items.Kind != model.List {
		return model.NewPresent("the list that is joined is not known", at)
	}
	var parts []*model.Value
	for i, v := range items.Items {
		if i > 0 {
			parts = append(parts, model.NewString(delimiter, at))
		}
		parts = append(parts, v)
	}
	return oneOrText(parts, at)
}

func (t *Template) selectItem(arg *model.Value, at model.Origin) *model.Value {
	if arg.Kind != model.List || len(arg.Items) != 2 {
		return t.bad(at, "Fn::Select", "Fn::Select: [index, list]")
	}
	index, items := t.Resolve(arg.Items[0]), t.Resolve(arg.Items[1])
	return mapChoices(items, func(list *model.Value) *model.Value {
		s, _ := index.Settled().Scalar()
		i, err := strconv.Atoi(s)
		switch {
		case err != nil || list.Kind != model.List:
			return model.NewPresent("the selected element is not known", at)
		case i < 0 || i >= len(list.Items):
			return t.bad(at, "Fn::Select", "an index inside the list")
		}
		return list.Items[i]
	})
}

// maxParts bounds what one Fn::Split makes.
const maxParts = 1_000

func (t *Template) split(arg *model.Value, at model.Origin) *model.Value {
	if arg.Kind != model.List || len(arg.Items) != 2 {
		return t.bad(at, "Fn::Split", "Fn::Split: [delimiter, text]")
	}
	delimiter, ok := arg.Items[0].Scalar()
	return mapChoices(t.Resolve(arg.Items[1]), func(v *model.Value) *model.Value {
		s, known := v.Scalar()
		if !ok || !known || delimiter == "" || strings.Count(s, delimiter) > maxParts {
			return model.NewPresent("the text that is split is not known", at)
		}
		var items []*model.Value
		for _, part := range strings.Split(s, delimiter) {
			items = append(items, model.NewString(part, at))
		}
		return model.NewList(items, at)
	})
}

func (t *Template) findInMap(arg *model.Value, at model.Origin) *model.Value {
	if arg.Kind != model.List || len(arg.Items) < 3 {
		return t.bad(at, "Fn::FindInMap", "Fn::FindInMap: [Map, TopKey, SecondKey]")
	}
	found := t.Root.Get("Mappings")
	for _, key := range arg.Items[:3] {
		found = t.pick(found, t.Resolve(key), at)
	}
	if len(arg.Items) > 3 {
		if def := arg.Items[3].Get("DefaultValue"); def.Kind != model.Absent {
			found = mapChoices(found, func(v *model.Value) *model.Value {
				if v.Kind == model.Absent {
					return t.Resolve(def)
				}
				return v
			})
		}
	}
	return mapChoices(found, func(v *model.Value) *model.Value {
		if v.Kind == model.Absent {
			return model.NewPresent("the mapping has no such entry", at)
		}
		return v
	})
}

// pick follows one key into a mapping. A key that only deployment knows (the region) gives one of all entries.
func (t *Template) pick(from, key *model.Value, at model.Origin) *model.Value {
	return mapChoices(from, func(m *model.Value) *model.Value {
		return mapChoices(key, func(k *model.Value) *model.Value {
			if s, ok := k.Scalar(); ok {
				return m.Get(s)
			}
			if k.Kind == model.Ref && m.Kind == model.Map && len(m.Fields) > 0 && len(m.Fields) <= maxChoices {
				return eachField(k.Str, m, at)
			}
			return model.NewPresent("the key of the mapping is not known", at)
		})
	})
}

func eachField(variable string, m *model.Value, at model.Origin) *model.Value {
	choices := make([]model.Choice, len(m.Fields))
	for i, f := range m.Fields {
		choices[i] = model.Choice{Label: f.Key, Value: f.Value}
	}
	return model.NewOneOf(variable, choices, -1, at)
}

func (t *Template) ifThenElse(arg *model.Value, at model.Origin) *model.Value {
	if arg.Kind != model.List || len(arg.Items) != 3 {
		return t.bad(at, "Fn::If", "Fn::If: [Condition, then, else]")
	}
	name, ok := arg.Items[0].Scalar()
	if !ok {
		return t.bad(at, "Fn::If", "Fn::If: [Condition, then, else]")
	}
	then, otherwise := t.Resolve(arg.Items[1]), t.Resolve(arg.Items[2])
	return choose(t.condition(name, at), then, otherwise, at)
}

// choose is then or otherwise, depending on a truth value that may itself be one of several.
func choose(cond, then, otherwise *model.Value, at model.Origin) *model.Value {
	return chooseIn(model.World{}, cond, then, otherwise, at)
}

func chooseIn(world model.World, cond, then, otherwise *model.Value, at model.Origin) *model.Value {
	switch {
	case cond.Kind == model.Bool && cond.Bool:
		return then.Given(world)
	case cond.Kind == model.Bool:
		return otherwise.Given(world)
	case cond.Kind != model.OneOf:
		return model.NewUnknown("the condition is not decided", at)
	}
	choices := make([]model.Choice, len(cond.Choices))
	for i, c := range cond.Choices {
		inner := model.World{cond.Str: c.Label}
		for k, v := range world {
			inner[k] = v
		}
		choices[i] = model.Choice{Label: c.Label, Value: chooseIn(inner, c.Value.Given(inner), then, otherwise, at)}
	}
	return model.NewOneOf(cond.Str, choices, int(cond.Default), at)
}

func (t *Template) and(arg *model.Value, at model.Origin) *model.Value {
	return t.fold(arg, at, model.NewBool(true, at), func(a, b *model.Value) *model.Value {
		return choose(a, b, model.NewBool(false, at), at)
	})
}

func (t *Template) or(arg *model.Value, at model.Origin) *model.Value {
	return t.fold(arg, at, model.NewBool(false, at), func(a, b *model.Value) *model.Value {
		return choose(a, model.NewBool(true, at), b, at)
	})
}

func (t *Template) fold(arg *model.Value, at model.Origin, start *model.Value, f func(a, b *model.Value) *model.Value) *model.Value {
	result := start
	for _, v := range arg.Elements() {
		w := t.operand(v)
		if w.Kind == model.Unknown {
			w = model.NewOneOf("a condition at "+at.Pos.String(), []model.Choice{
				{Label: "true", Value: model.NewBool(true, at)}, {Label: "false", Value: model.NewBool(false, at)},
			}, -1, at)
		}
		result = f(result, w)
	}
	return result
}

// operand works out an argument of And, Or and Not, where {Condition: Name} names another condition.
func (t *Template) operand(v *model.Value) *model.Value {
	if len(v.Fields) == 1 && v.Fields[0].Key == "Condition" {
		return t.conditionRef(v.Fields[0].Value, v.Origin)
	}
	return t.truth(t.Resolve(v))
}

func (t *Template) not(arg *model.Value, at model.Origin) *model.Value {
	items := arg.Elements()
	if len(items) != 1 {
		return t.bad(at, "Fn::Not", "Fn::Not: [condition]")
	}
	return mapChoices(t.operand(items[0]), func(v *model.Value) *model.Value {
		if v.Kind == model.Bool {
			return model.NewBool(!v.Bool, at)
		}
		return v
	})
}

func (t *Template) equals(arg *model.Value, at model.Origin) *model.Value {
	if arg.Kind != model.List || len(arg.Items) != 2 {
		return t.bad(at, "Fn::Equals", "Fn::Equals: [a, b]")
	}
	a, b := t.Resolve(arg.Items[0]), t.Resolve(arg.Items[1])
	if a.Kind == model.OneOf && b.Kind == model.OneOf && a.Str == b.Str {
		return model.NewUnknown("both sides depend on "+a.Str, at)
	}
	return mapChoices(a, func(a *model.Value) *model.Value {
		return mapChoices(b, func(b *model.Value) *model.Value { return equalValue(a, b, at) })
	})
}

func equalValue(a, b *model.Value, at model.Origin) *model.Value {
	if isOther(a) && b.IsScalar() || isOther(b) && a.IsScalar() {
		return model.NewBool(false, at) // the literals are choices of their own
	}
	if a.Kind == model.Ref || b.Kind == model.Ref { // a pseudo parameter such as the region
		return model.NewUnknown("only deployment knows", at)
	}
	switch model.Equal(a, b) {
	case model.Yes:
		return model.NewBool(true, at)
	case model.No:
		return model.NewBool(false, at)
	}
	return model.NewUnknown("the comparison is not decided by the template", at)
}

func (t *Template) importValue(arg *model.Value, at model.Origin) *model.Value {
	return model.NewPresent("imported from another stack: "+t.Resolve(arg).String(), at)
}

func (t *Template) base64(arg *model.Value, at model.Origin) *model.Value {
	v := t.Resolve(arg)
	return v.At(v.Origin.Through("Fn::Base64", at.Pos))
}

func (t *Template) length(arg *model.Value, at model.Origin) *model.Value {
	if v := t.Resolve(arg); v.Kind == model.List {
		return model.NewInt(len(v.Items), at)
	}
	return model.NewPresent("the length of the list is not known", at)
}

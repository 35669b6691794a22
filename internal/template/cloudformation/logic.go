package cloudformation

import (
	"wardlet.example/internal/model"
)

func (t *Template) conditionRef(arg *model.Value, at model.Origin) *model.Value {
	if name, ok := arg.Scalar(); ok {
		return t.condition(name, at)
	}
	return t.bad(at, "Condition", "Condition: Name")
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
	return t.fold("Fn::And", arg, at, true, func(a, b *model.Value) *model.Value {
		return choose(a, b, model.NewBool(false, at), at)
	})
}

func (t *Template) or(arg *model.Value, at model.Origin) *model.Value {
	return t.fold("Fn::Or", arg, at, false, func(a, b *model.Value) *model.Value {
		return choose(a, model.NewBool(true, at), b, at)
	})
}

// fold joins the conditions of And and Or, beginning with what holds for none.
func (t *Template) fold(
	name string, arg *model.Value, at model.Origin, none bool, f func(a, b *model.Value) *model.Value,
) *model.Value {
	if arg.Kind != model.List || len(arg.Items) == 0 {
		return t.bad(at, name, name+": [condition, condition]")
	}
	result := model.NewBool(none, at)
	for _, v := range arg.Items {
		w := t.operand(v)
		if w.Kind == model.Unknown {
			w = undecided("a condition at "+at.Pos.String(), at)
		}
		result = f(result, w)
	}
	return result
}

// undecided is a truth value of its own name.
func undecided(name string, at model.Origin) *model.Value {
	return model.NewOneOf(name, []model.Choice{
		{Label: "true", Value: model.NewBool(true, at)}, {Label: "false", Value: model.NewBool(false, at)},
	}, -1, at)
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
	return withBoth(t.Resolve(arg.Items[0]), t.Resolve(arg.Items[1]), func(a, b *model.Value) *model.Value {
		return equalValue(a, b, at)
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

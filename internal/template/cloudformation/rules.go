package cloudformation

import (
	"wardlet.example/internal/model"
)

// Functions of the section Rules, which checks parameters before deployment.

func (t *Template) contains(arg *model.Value, at model.Origin) *model.Value {
	return t.members("Fn::Contains", arg, at, func(list, v *model.Value) model.Tri { return memberOf(v, list) })
}

func (t *Template) eachMemberEquals(arg *model.Value, at model.Origin) *model.Value {
	return t.members("Fn::EachMemberEquals", arg, at, func(list, v *model.Value) model.Tri {
		answer := model.Yes
		for _, item := range list.Items {
			answer = answer.And(model.Equal(item, v))
		}
		return answer
	})
}

func (t *Template) eachMemberIn(arg *model.Value, at model.Origin) *model.Value {
	return t.members("Fn::EachMemberIn", arg, at, func(list, of *model.Value) model.Tri {
		answer := model.Yes
		for _, item := range list.Items {
			answer = answer.And(memberOf(item, of))
		}
		return answer
	})
}

// members works out a question about a list and a second argument.
func (t *Template) members(
	name string, arg *model.Value, at model.Origin, ask func(list, v *model.Value) model.Tri,
) *model.Value {
	if arg.Kind != model.List || len(arg.Items) != 2 {
		return t.bad(at, name, name+": [[a, b], value]")
	}
	return withBoth(t.Resolve(arg.Items[0]), t.Resolve(arg.Items[1]), func(list, v *model.Value) *model.Value {
		switch {
		case list.IsScalar() || list.Kind == model.Map:
			return t.bad(at, name, name+": [[a, b], value]")
		case list.Kind != model.List:
			return model.NewUnknown("the list is not known", at)
		}
		switch ask(list, v) {
		case model.Yes:
			return model.NewBool(true, at)
		case model.No:
			return model.NewBool(false, at)
		}
		return model.NewUnknown("the comparison is not decided by the template", at)
	})
}

// memberOf reports whether a value is among those of a list.
func memberOf(v, list *model.Value) model.Tri {
	if list.Kind == model.Unknown {
		return model.Maybe
	}
	answer := model.No
	for _, item := range list.Elements() {
		answer = max(answer, model.Equal(v, item))
	}
	return answer
}

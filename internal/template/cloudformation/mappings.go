package cloudformation

import (
	"wardlet.example/internal/model"
)

func (t *Template) findInMap(arg *model.Value, at model.Origin) *model.Value {
	const want = "Fn::FindInMap: [Map, TopKey, SecondKey]"
	if arg.Kind != model.List || len(arg.Items) < 3 || len(arg.Items) > 4 {
		return t.bad(at, "Fn::FindInMap", want)
	}
	def := model.NewAbsent(at)
	if len(arg.Items) == 4 {
		if def = arg.Items[3].Get("DefaultValue"); def.Kind == model.Absent {
			return t.bad(at, "Fn::FindInMap", "{DefaultValue: ...} as its fourth argument")
		}
	}
	found := t.Root.Get("Mappings")
	for _, key := range arg.Items[:3] {
		found = t.pick(found, t.Resolve(key), def.Kind != model.Absent, at)
	}
	return mapChoices(found, func(v *model.Value) *model.Value {
		switch {
		case v.Kind != model.Absent:
			return t.Resolve(v)
		case def.Kind != model.Absent:
			return t.Resolve(def)
		}
		return model.NewPresent("the mapping has no such entry", at)
	})
}

// pick follows one key into a mapping. A key that only deployment knows (the region) gives one of all entries, or
// nothing where there is a default for that.
func (t *Template) pick(from, key *model.Value, def bool, at model.Origin) *model.Value {
	return withBoth(from, key, func(m, k *model.Value) *model.Value {
		switch {
		case m.Kind == model.Absent || m.Kind == model.Unknown:
			return m
		case k.IsScalar():
			s, _ := k.Scalar()
			return m.Get(s)
		case k.Kind == model.Ref && m.Kind == model.Map && len(m.Fields) > 0 && len(m.Fields) <= maxChoices:
			return eachField(k.Str, m, def, at)
		case k.Kind == model.List || k.Kind == model.Map || k.Kind == model.Absent:
			return t.bad(at, "Fn::FindInMap", "Fn::FindInMap: [Map, TopKey, SecondKey]")
		}
		return model.NewPresent("the key of the mapping is not known", at)
	})
}

func eachField(variable string, m *model.Value, def bool, at model.Origin) *model.Value {
	var choices []model.Choice
	for _, f := range m.Fields {
		choices = append(choices, model.Choice{Label: f.Key, Value: f.Value})
	}
	if def {
		choices = append(choices, model.Choice{Label: otherValue, Value: model.NewAbsent(at)})
	}
	return model.NewOneOf(variable, choices, -1, at)
}

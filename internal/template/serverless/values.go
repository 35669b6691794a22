package serverless

import "wardlet.example/internal/model"

func text(s string, at model.Origin) *model.Value { return model.NewString(s, at) }

func ref(id string, at model.Origin) *model.Value { return model.NewRef(id, "", at) }

func arn(id string, at model.Origin) *model.Value { return model.NewRef(id, "Arn", at) }

func concat(at model.Origin, parts ...*model.Value) *model.Value { return model.NewText(parts, at) }

func field(key string, v *model.Value) model.Field {
	return model.Field{Key: key, At: v.Origin.Pos, Value: v}
}

func object(at model.Origin, fields ...model.Field) *model.Value { return model.NewMap(fields, at) }

func list(at model.Origin, items ...*model.Value) *model.Value { return model.NewList(items, at) }

// set appends a field if there is a value.
func set(fields []model.Field, key string, v *model.Value) []model.Field {
	if v == nil || v.Kind == model.Absent {
		return fields
	}
	return append(fields, field(key, v))
}

// first is the first value that is set.
func first(values ...*model.Value) *model.Value {
	for _, v := range values {
		if v.Kind != model.Absent {
			return v
		}
	}
	return model.NewAbsent(model.Origin{})
}

// keyOrigin is the place of a key in a map.
func keyOrigin(m *model.Value, key string) model.Origin {
	return model.Origin{Pos: m.KeyPos(key), Via: m.Origin.Via}
}

func fieldOrigin(f model.Field) model.Origin { return model.Origin{Pos: f.At, Via: f.Value.Origin.Via} }

// capitalised copies a map with each key starting upper-case, and deeper maps too.
func capitalised(v *model.Value) *model.Value {
	switch v.Kind {
	case model.Map:
		fields := make([]model.Field, len(v.Fields))
		for i, f := range v.Fields {
			fields[i] = model.Field{Key: plainName(f.Key), At: f.At, Value: capitalised(f.Value)}
		}
		return model.NewMap(fields, v.Origin)
	case model.List:
		items := make([]*model.Value, len(v.Items))
		for i, w := range v.Items {
			items[i] = capitalised(w)
		}
		return model.NewList(items, v.Origin)
	}
	return v
}

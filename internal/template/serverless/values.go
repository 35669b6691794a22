package serverless

import (
	"strings"

	"wardlet.example/internal/model"
	"wardlet.example/internal/template/cloudformation"
)

func text(s string, at model.Origin) *model.Value { return model.NewString(s, at) }

func ref(id string, at model.Origin) *model.Value { return model.NewRef(id, "", at) }

func arn(id string, at model.Origin) *model.Value { return model.NewRef(id, "Arn", at) }

func concat(at model.Origin, parts ...*model.Value) *model.Value {
	return cloudformation.Concat(at, parts...)
}

func field(key string, v *model.Value) model.Field {
	return model.Field{Key: key, At: v.Origin.Pos, Value: v}
}

func object(at model.Origin, fields ...model.Field) *model.Value { return model.NewMap(fields, at) }

func list(at model.Origin, items ...*model.Value) *model.Value { return model.NewList(items, at) }

func texts(at model.Origin, items ...string) *model.Value {
	values := make([]*model.Value, len(items))
	for i, s := range items {
		values[i] = text(s, at)
	}
	return list(at, values...)
}

// pattern is a text with pseudo parameters: "arn:${AWS::Partition}:s3:::" and so on. A %v stands for the next of the values.
func pattern(at model.Origin, s string, values ...*model.Value) *model.Value {
	var parts []*model.Value
	for s != "" {
		i := strings.IndexAny(s, "$%")
		if i < 0 {
			parts = append(parts, text(s, at))
			break
		}
		parts = append(parts, text(s[:i], at))
		s = s[i:]
		name, rest, isParameter := strings.Cut(strings.TrimPrefix(s, "${"), "}")
		switch {
		case strings.HasPrefix(s, "${") && isParameter:
			parts = append(parts, ref(name, at))
			s = rest
		case strings.HasPrefix(s, "%v") && len(values) > 0:
			parts, values = append(parts, values[0]), values[1:]
			s = s[2:]
		default:
			parts = append(parts, text(s[:1], at))
			s = s[1:]
		}
	}
	return concat(at, parts...)
}

// set appends a field if there is a value.
func set(fields []model.Field, key string, v *model.Value) []model.Field {
	if v == nil || v.Kind == model.Absent {
		return fields
	}
	return append(fields, field(key, v))
}

// rename appends fields of a map under other names: pairs of the name here and the name there.
func rename(fields []model.Field, from *model.Value, pairs ...string) []model.Field {
	for i := 0; i+1 < len(pairs); i += 2 {
		fields = set(fields, pairs[i+1], from.Get(pairs[i]))
	}
	return fields
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

// isOff reports whether a setting is written and says no.
func isOff(v *model.Value) bool { return v.EqualsText("false") == model.Yes }

// isOn reports whether a setting says yes.
func isOn(v *model.Value) bool { return v.EqualsText("true") == model.Yes }

// keyOrigin is the place of a key in a map.
func keyOrigin(m *model.Value, key string) model.Origin {
	return model.Origin{Pos: m.KeyPos(key), Via: m.Origin.Via}
}

func fieldOrigin(f model.Field) model.Origin { return model.Origin{Pos: f.At, Via: f.Value.Origin.Via} }

// tagList writes tags as a list of Key and Value.
func tagList(tags *model.Value) *model.Value {
	if tags.Kind != model.Map {
		return tags
	}
	items := make([]*model.Value, len(tags.Fields))
	for i, f := range tags.Fields {
		at := fieldOrigin(f)
		items[i] = object(at, field("Key", text(f.Key, at)), field("Value", f.Value))
	}
	return list(tags.Origin, items...)
}

// capitalised copies a map with each key starting upper-case, and deeper maps too.
func capitalised(v *model.Value) *model.Value {
	switch v.Kind {
	case model.Map:
		fields := make([]model.Field, len(v.Fields))
		for i, f := range v.Fields {
			fields[i] = model.Field{Key: upperFirst(f.Key), At: f.At, Value: capitalised(f.Value)}
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

// merge lays b over a as the framework does with sections of resources: maps key by key, lists place by place, everything
// else is b's.
func merge(a, b *model.Value) *model.Value {
	switch {
	case b.Kind == model.Absent:
		return a
	case a.Kind == model.Map && b.Kind == model.Map:
		return mergeMaps(a, b, merge)
	case a.Kind == model.List && b.Kind == model.List:
		items := append([]*model.Value{}, a.Items...)
		for i, v := range b.Items {
			if i < len(items) {
				items[i] = merge(items[i], v)
				continue
			}
			items = append(items, v)
		}
		return model.NewList(items, b.Origin)
	}
	return b
}

// overlay is a map with the fields of another added or replaced, as Object.assign does.
func overlay(a, b *model.Value) *model.Value {
	switch {
	case b.Kind == model.Absent:
		return a
	case a.Kind != model.Map || b.Kind != model.Map:
		return b
	}
	return mergeMaps(a, b, func(_, b *model.Value) *model.Value { return b })
}

func mergeMaps(a, b *model.Value, both func(a, b *model.Value) *model.Value) *model.Value {
	fields := append([]model.Field{}, a.Fields...)
	index := make(map[string]int, len(fields))
	for i, f := range fields {
		index[f.Key] = i
	}
	for _, f := range b.Fields {
		if i, ok := index[f.Key]; ok {
			fields[i] = model.Field{Key: f.Key, At: f.At, Value: both(fields[i].Value, f.Value)}
			continue
		}
		index[f.Key] = len(fields)
		fields = append(fields, f)
	}
	return model.NewMap(fields, b.Origin)
}

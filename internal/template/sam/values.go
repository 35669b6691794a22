package sam

import (
	"strings"
	"unicode"

	"wardlet.example/internal/model"
	"wardlet.example/internal/template/cloudformation"
)

// fields collects the properties of a resource that is being made.
type fields []model.Field

// set adds a property; what is absent is left out.
func (f *fields) set(key string, v *model.Value) {
	if v == nil || v.Kind == model.Absent {
		return
	}
	*f = append(*f, cloudformation.Field(key, v))
}

// copy takes over properties of the same name, with the places of their keys.
func (f *fields) copy(from *model.Value, keys ...string) {
	for _, key := range keys {
		f.rename(from, key, key)
	}
}

// rename takes over a property under another name.
func (f *fields) rename(from *model.Value, key, to string) {
	v := from.Get(key)
	if v.Kind == model.Absent {
		return
	}
	*f = append(*f, model.Field{Key: to, At: from.KeyPos(key), Value: v})
}

// make is the map of what was collected.
func (f fields) make(at model.Origin) *model.Value { return model.NewMap(f, at) }

func text(s string, at model.Origin) *model.Value { return model.NewString(s, at) }

func list(at model.Origin, items ...*model.Value) *model.Value { return model.NewList(items, at) }

func texts(at model.Origin, items ...string) *model.Value {
	values := make([]*model.Value, len(items))
	for i, s := range items {
		values[i] = text(s, at)
	}
	return list(at, values...)
}

// object is a map of one key.
func object(key string, v *model.Value, at model.Origin) *model.Value {
	return model.NewMap([]model.Field{cloudformation.Field(key, v)}, at)
}

// pattern makes a string of literal parts and values: ${Region}, ${Account} and ${Partition} stand for the pseudo
// parameters, ${Name} for the value that parts has under that name.
func pattern(s string, parts func(name string) *model.Value, at model.Origin) *model.Value {
	var out []*model.Value
	for {
		before, rest, found := strings.Cut(s, "${")
		out = append(out, text(before, at))
		name, after, closed := strings.Cut(rest, "}")
		if !found || !closed {
			break
		}
		out = append(out, part(name, parts, at))
		s = after
	}
	return joinedText(out, at)
}

// joinedText makes one string of parts. A part that is one of several is followed into each of them, so that the result
// is one of several known strings rather than a string with a hole; a single open part stays what it is.
func joinedText(parts []*model.Value, at model.Origin) *model.Value {
	for i, p := range parts {
		if p.Kind == model.OneOf {
			return each(p, func(c *model.Value) *model.Value {
				given := append([]*model.Value{}, parts...)
				given[i] = c
				return joinedText(given, at)
			})
		}
	}
	v := model.NewText(parts, at)
	if v.Kind == model.Text && len(v.Items) == 1 {
		return v.Items[0]
	}
	return v
}

func part(name string, parts func(name string) *model.Value, at model.Origin) *model.Value {
	switch name {
	case "Region", "Partition":
		return model.NewRef("AWS::"+name, "", at)
	case "Account":
		return model.NewRef("AWS::AccountId", "", at)
	}
	return parts(name)
}

// only is the parts function of a pattern with one name.
func only(v *model.Value) func(string) *model.Value {
	return func(string) *model.Value { return v }
}

// each applies f to every choice of a OneOf, and to any other value itself.
func each(v *model.Value, f func(*model.Value) *model.Value) *model.Value {
	if v.Kind != model.OneOf {
		return f(v)
	}
	choices := make([]model.Choice, len(v.Choices))
	for i, c := range v.Choices {
		choices[i] = model.Choice{Label: c.Label, Value: each(c.Value, f)}
	}
	return model.NewOneOf(v.Str, choices, int(v.Default), v.Origin)
}

// or is v, with def wherever v is absent.
func or(v, def *model.Value) *model.Value {
	return each(v, func(c *model.Value) *model.Value {
		if c.Kind == model.Absent {
			return def
		}
		return c
	})
}

// with is a map with one field replaced or added; the choices of a OneOf each. What is no map stays as it is.
func with(m *model.Value, key string, v *model.Value) *model.Value {
	return each(m, func(m *model.Value) *model.Value {
		if m.Kind != model.Map && m.Kind != model.Absent {
			return m
		}
		fields := make([]model.Field, 0, len(m.Fields)+1)
		for _, f := range m.Fields {
			if f.Key != key {
				fields = append(fields, f)
			}
		}
		return model.NewMap(append(fields, cloudformation.Field(key, v)), m.Origin)
	})
}

// changed is a map in which f has made something new of the value under a path of keys.
func changed(m *model.Value, path []string, f func(*model.Value) *model.Value) *model.Value {
	if len(path) == 0 {
		return each(m, f)
	}
	return each(m, func(m *model.Value) *model.Value {
		return with(m, path[0], changed(m.Get(path[0]), path[1:], f))
	})
}

// appended is a list with more items; a single value counts as a list of one.
func appended(v *model.Value, items ...*model.Value) *model.Value {
	if v.Kind == model.Unknown {
		return v
	}
	all := append(append([]*model.Value{}, v.Elements()...), items...)
	at := v.Origin
	if v.Kind == model.Absent {
		at = items[0].Origin
	}
	return model.NewList(all, at)
}

// known is the text of a value as far as the template decides it: its default where it depends on a parameter.
func known(v *model.Value) string {
	s, _ := v.Settled().Scalar()
	return s
}

// isTrue reports whether a switch is on: a bool, or the text of one.
func isTrue(v *model.Value) bool { return strings.EqualFold(known(v), "true") }

// alphanumeric reports whether a text can be part of a logical ID.
func alphanumeric(s string) bool {
	for _, r := range s {
		if r > unicode.MaxASCII || !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			return false
		}
	}
	return s != ""
}

// idPart leaves of a text what can be part of a logical ID.
func idPart(s string) string {
	return strings.Map(func(r rune) rune {
		if alphanumeric(string(r)) {
			return r
		}
		return -1
	}, s)
}

// location is where code or content is: a local path stays a string, a place in S3 becomes a map with the names that the
// CloudFormation type uses for bucket, key and version.
func location(uri *model.Value, bucket, key, version string) *model.Value {
	return each(uri, func(uri *model.Value) *model.Value {
		if s, ok := uri.Scalar(); ok {
			return fromS3URI(s, bucket, key, uri)
		}
		if uri.Kind != model.Map {
			return uri
		}
		var f fields
		f.rename(uri, "Bucket", bucket)
		f.rename(uri, "Key", key)
		f.rename(uri, "Version", version)
		return f.make(uri.Origin)
	})
}

func fromS3URI(s, bucket, key string, uri *model.Value) *model.Value {
	rest, ok := strings.CutPrefix(s, "s3://")
	if !ok {
		return uri
	}
	name, path, _ := strings.Cut(rest, "/")
	var f fields
	f.set(bucket, text(name, uri.Origin))
	f.set(key, text(path, uri.Origin))
	return f.make(uri.Origin)
}

// perhaps reports whether a section is written, always or under a condition. What is not known counts as not written:
// nothing is made of a guess.
func perhaps(v *model.Value) bool {
	return v.Kind == model.OneOf && v.IsSet() != model.No || v.IsSet() == model.Yes
}

// presence is the condition under which a value is written; nil where that is always.
func presence(v *model.Value) *model.Value {
	if v.Kind != model.OneOf || v.IsSet() == model.Yes {
		return nil
	}
	return each(v, func(c *model.Value) *model.Value { return model.NewBool(c.IsSet() == model.Yes, c.Origin) })
}

// absence is the condition under which a value is not written; nil where that is always.
func absence(v *model.Value) *model.Value {
	if v.Kind != model.OneOf || v.IsSet() == model.No {
		return nil
	}
	return each(v, func(c *model.Value) *model.Value { return model.NewBool(c.IsSet() != model.Yes, c.Origin) })
}

// both is the condition that holds when two do; nil stands for always.
func both(a, b *model.Value) *model.Value {
	switch {
	case a == nil:
		return b
	case b == nil:
		return a
	}
	return each(a, func(c *model.Value) *model.Value {
		if c.Kind == model.Bool && c.Bool {
			return b
		}
		return c
	})
}

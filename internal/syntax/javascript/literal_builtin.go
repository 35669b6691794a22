package javascript

import (
	"strings"

	"wardlet.example/internal/model"
	"wardlet.example/internal/syntax"
)

// builtin is what a function of JavaScript makes of objects and lists, or nil.
func (r *reader) builtin(s *source, call int) *model.Value {
	object, name := s.member(s.undressed(s.tree.Child(call, "function")))
	if s.tree.Is(object, "Object") {
		return r.objectCall(s, name, call)
	}
	switch name {
	case "map", "filter", "flatMap", "find":
		v, _ := r.each(s, call, object)
		return v
	case "reduce":
		return r.reduced(s, call, object)
	case "concat", "flat", "join", "includes":
		return r.listMade(s, name, call, object)
	}
	return nil
}

func (r *reader) objectCall(s *source, name string, call int) *model.Value {
	args, ok := r.allValues(s, call)
	if !ok || len(args) == 0 || s.names["Object"] != (binding{}) {
		return nil
	}
	first := args[0]
	switch {
	case name == "freeze" && len(args) == 1:
		return first
	case name == "assign":
		return r.merged(args, s.at(call))
	case name == "fromEntries":
		return r.fromEntries(first, s.at(call))
	case first.Kind != model.Map || !r.spend(len(first.Fields)):
		return nil
	case name == "keys":
		return keys(first)
	case name == "values", name == "entries":
		var items []*model.Value
		for i, key := range keys(first).Items {
			item := first.Fields[i].Value
			if name == "entries" {
				item = model.NewList([]*model.Value{key, item}, key.Origin)
			}
			items = append(items, item)
		}
		return model.NewList(items, first.Origin)
	}
	return nil
}

// keys are the names of an object's fields, each where the field is written.
func keys(v *model.Value) *model.Value {
	if v.Kind != model.Map {
		return v
	}
	var items []*model.Value
	for _, f := range v.Fields {
		items = append(items, model.NewString(f.Key, model.Origin{Pos: f.At}))
	}
	return model.NewList(items, v.Origin)
}

// merged is Object.assign(a, b).
func (r *reader) merged(args []*model.Value, at model.Origin) *model.Value {
	var all fieldList
	for _, v := range args {
		if v.Kind == model.Absent {
			continue
		}
		if v.Kind != model.Map || !r.spend(len(v.Fields)) {
			return nil
		}
		all.putAll(v)
	}
	return model.NewMap(all.fields, at)
}

func (r *reader) fromEntries(v *model.Value, at model.Origin) *model.Value {
	items, ok := allOf(v)
	if !ok || !r.spend(len(items)) {
		return nil
	}
	var all fieldList
	for _, item := range items {
		if item.Kind != model.List || len(item.Items) != 2 {
			return nil
		}
		key, ok := item.Items[0].Scalar()
		if !ok {
			return nil
		}
		all.put(model.Field{Key: key, At: item.Items[0].Origin.Pos, Value: item.Items[1]})
	}
	return model.NewMap(all.fields, at)
}

// allOf are the elements of a list that is known as a whole: one that is unknown
// may stand for none or many.
func allOf(v *model.Value) ([]*model.Value, bool) {
	if v.Kind != model.List {
		return nil, false
	}
	for _, item := range v.Items {
		if item.Kind == model.Unknown {
			return nil, false
		}
	}
	return v.Items, true
}

// each calls a function for each element of a list: list.map(function).
func (r *reader) each(s *source, call, list int) (*model.Value, bool) {
	items, function, ok := r.elements(s, call, list)
	if !ok {
		return nil, false
	}
	_, name := s.member(s.undressed(s.tree.Child(call, "function")))
	var out []*model.Value
	for i, item := range items {
		made := r.apply(function.source, function.function, []*local{
			{value: item, shared: true}, {value: model.NewInt(i, s.at(call))},
		})
		if made == nil {
			return nil, false
		}
		holds, known := truth(made)
		switch {
		case name == "map":
			out = append(out, made)
		case name == "flatMap" && made.Kind == model.List:
			out = append(out, made.Items...)
		case name == "flatMap" && made.Kind == model.Unknown, (name == "filter" || name == "find") && !known:
			return nil, false
		case name == "flatMap":
			out = append(out, made)
		case name == "filter" && holds:
			out = append(out, item)
		case name == "find" && holds:
			return item, true
		}
	}
	if name == "find" {
		return model.NewAbsent(s.at(call)), true
	}
	return model.NewList(out, s.at(call)), r.spend(len(out))
}

// elements are those of a list, and the function that a call gives them to.
func (r *reader) elements(s *source, call, list int) ([]*model.Value, *local, bool) {
	for arg := range s.arguments(call) {
		t, function, ok := r.function(s, arg)
		if !ok {
			break
		}
		items, ok := allOf(r.value(s, list))
		return items, &local{source: t, function: function}, ok
	}
	return nil, nil, false
}

func (r *reader) reduced(s *source, call, list int) *model.Value {
	items, function, ok := r.elements(s, call, list)
	_, start := s.twoArguments(call)
	if !ok || start == syntax.None {
		return nil
	}
	made := r.given(s, start)
	for _, item := range items {
		v := r.apply(function.source, function.function, []*local{made, {value: item, shared: true}})
		if v == nil {
			return nil
		}
		made = &local{value: v}
	}
	return made.value
}

func (r *reader) listMade(s *source, name string, call, list int) *model.Value {
	v := r.value(s, list)
	args, ok := r.allValues(s, call)
	if v.Kind != model.List || !ok || !r.spend(len(v.Items)) {
		return nil
	}
	items, whole := allOf(v)
	switch {
	case name == "concat":
		out := v.Items[:len(v.Items):len(v.Items)]
		for _, arg := range args {
			if arg.Kind == model.List {
				out = append(out, arg.Items...)
			} else {
				out = append(out, arg)
			}
		}
		return model.NewList(out, s.at(call))
	case name == "flat" && len(args) == 0:
		var out []*model.Value
		for _, item := range v.Items {
			if item.Kind == model.List {
				out = append(out, item.Items...)
			} else {
				out = append(out, item)
			}
		}
		return model.NewList(out, s.at(call))
	case name == "join" && whole && len(args) == 1:
		return r.joinedBy(items, args[0], s.at(call))
	case name == "includes" && whole && len(args) == 1 && args[0].IsScalar():
		for _, item := range items {
			if sameScalar(item, args[0]) {
				return model.NewBool(true, s.at(call))
			}
		}
		return model.NewBool(false, s.at(call))
	}
	return nil
}

func (r *reader) joinedBy(items []*model.Value, between *model.Value, at model.Origin) *model.Value {
	var parts []*model.Value
	for i, item := range items {
		if i > 0 {
			parts = append(parts, between)
		}
		parts = append(parts, item)
	}
	return r.joined(parts, at)
}

// sameScalar is a === b for values that are known.
func sameScalar(a, b *model.Value) bool {
	if a.Kind != b.Kind {
		return false
	}
	x, _ := a.Scalar()
	y, _ := b.Scalar()
	return x == y
}

// compared is a === b, or nil where that depends on the machine.
func compared(a, b *model.Value, at model.Origin) *model.Value {
	known := func(v *model.Value) bool {
		return v.Kind == model.Bool || v.Kind == model.Number || v.Kind == model.Absent ||
			v.Kind == model.String && !strings.Contains(v.Str, somewhere)
	}
	if !known(a) || !known(b) {
		return nil
	}
	return model.NewBool(sameScalar(a, b), at)
}

// enum is the object that an enum is when the program runs.
func (r *reader) enum(s *source, node int) *model.Value {
	var all fieldList
	next := 0.0
	for member := range s.tree.NamedChildren(s.tree.Child(node, "body")) {
		name, v := member, s.number(member, next)
		switch s.tree.Kind(member) {
		case "comment":
			continue
		case "enum_assignment":
			name, v = s.tree.Child(member, "name"), r.value(s, s.tree.Child(member, "value"))
		}
		if next = next + 1; v.Kind == model.Number {
			next = v.Num + 1
		}
		key := s.keyName(name)
		if key == "" {
			return s.present(node, "an enum")
		}
		all.put(model.Field{Key: key, At: s.at(name).Pos, Value: v})
	}
	return model.NewMap(all.fields, s.at(node))
}

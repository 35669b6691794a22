package pattern

import (
	"wardlet.example/internal/jsontext"
	"wardlet.example/internal/model"
)

// Open says of a Map that the event may have other fields than those written. It holds for this map alone: the maps
// inside it stay closed unless they are made open too. Values of other kinds are returned as they are.
func Open(v *model.Value) *model.Value {
	if v == nil || v.Kind != model.Map {
		return v
	}
	rest := model.NewUnknown("the event may have other fields", v.Origin)
	fields := append(v.Fields[:len(v.Fields):len(v.Fields)], model.Field{Key: jsontext.OpenKey("..."), At: v.Origin.Pos, Value: rest})
	w := model.NewMap(fields, v.Origin)
	w.ID = v.ID
	return w
}

const nullMark = "null"

// Null is a field of an event that is certainly null.
func Null(at model.Origin) *model.Value {
	v := model.NewPresent("null", at)
	v.Attr = nullMark
	return v
}

func isNull(v *model.Value) bool { return v.Kind == model.Unknown && v.Attr == nullMark && v.Present }

// lookup finds the field of a map of an event; present is false where the event certainly does not have it.
func lookup(v *model.Value, key string) (field *model.Value, present bool) {
	for i := range v.Fields {
		switch f := &v.Fields[i]; {
		case f.Key == key:
			return f.Value, true
		case jsontext.IsOpen(f.Key):
			field = f.Value
		}
	}
	if field != nil {
		return model.NewUnknown("the event may have this field", v.Origin), true
	}
	return nil, false
}

// over asks a part of a pattern about a value that is not of one known kind: each choice of a OneOf, and for an Absent
// field both that it is null and that it is missing. decided is false when the value is of one kind and the part must
// answer itself.
func over(m *matcher, n node, v *model.Value) (answer model.Tri, decided bool) {
	switch v.Kind {
	case model.Absent:
		missing := n.match(m, nil, false)
		if missing == model.Maybe || n.match(m, Null(v.Origin), true) != missing {
			return model.Maybe, true
		}
		return missing, true
	case model.OneOf:
		return agree(m, v, func(w *model.Value) model.Tri { return n.match(m, w, true) }), true
	}
	return model.Maybe, false
}

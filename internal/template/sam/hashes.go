package sam

import (
	"bytes"
	"crypto/sha1" //nolint:gosec // SAM names resources by it
	"encoding/hex"
	"encoding/json"
	"regexp"
	"slices"
	"strings"

	"wardlet.example/internal/model"
)

// suffix is what SAM puts behind a logical ID for a text: the text itself where it can stand there, or the beginning of
// its hash.
func suffix(s string) string {
	if s == "" || alphanumeric(s) {
		return s
	}
	return hash(s)
}

// hash is the part of a logical ID that SAM makes of a text.
func hash(s string) string {
	sum := sha1.Sum([]byte(s)) //nolint:gosec // the hash names a resource, it protects nothing
	return hex.EncodeToString(sum[:])[:10]
}

// asHashed is the text of a value below Domain that SAM makes a hash of: a string itself, anything else as JSON.
func (x *expander) asHashed(r *model.Resource, keys ...string) string {
	v := x.withDefaults(x.raw[r.ID].Path(append([]string{"Domain"}, keys...)...))
	if s, ok := v.Scalar(); ok {
		return s
	}
	return compactJSON(v)
}

func (x *expander) asJSON(r *model.Resource, keys ...string) string {
	return compactJSON(x.withDefaults(x.raw[r.ID].Path(append([]string{"Domain"}, keys...)...)))
}

// withDefaults puts the defaults of parameters into a value as it is written; that is all SAM works out before it makes
// hashes.
func (x *expander) withDefaults(v *model.Value) *model.Value {
	switch v.Kind {
	case model.Map:
		return x.callWithDefaults(v)
	case model.List:
		items := make([]*model.Value, len(v.Items))
		for i, item := range v.Items {
			items[i] = x.withDefaults(item)
		}
		return model.NewList(items, v.Origin)
	}
	return v
}

func (x *expander) callWithDefaults(v *model.Value) *model.Value {
	fields := append([]model.Field{}, v.Fields...)
	for i, f := range fields {
		s, _ := f.Value.Scalar()
		switch def := x.defaultOf(s); {
		case f.Key == "Ref" && len(fields) == 1 && def.IsScalar():
			return def
		case f.Key == "Fn::GetAtt" && s != "":
			id, attr, _ := strings.Cut(s, ".")
			fields[i].Value = texts(f.Value.Origin, id, attr)
		case f.Key == "Fn::Sub" && s != "":
			fields[i].Value = text(x.subWithDefaults(s), f.Value.Origin)
		default:
			fields[i].Value = x.withDefaults(f.Value)
		}
	}
	return model.NewMap(fields, v.Origin)
}

// defaultOf is the default of a parameter; nil if it has none.
func (x *expander) defaultOf(name string) *model.Value {
	if x.params == nil {
		x.params = map[string]*model.Value{}
		for _, p := range x.template.Root.Get("Parameters").Fields {
			x.params[p.Key] = p.Value.Get("Default")
		}
	}
	return x.params[name]
}

var variable = regexp.MustCompile(`\$\{[^!}]*\}`)

func (x *expander) subWithDefaults(s string) string {
	return variable.ReplaceAllStringFunc(s, func(v string) string {
		if def, ok := x.defaultOf(v[2 : len(v)-1]).Scalar(); ok {
			return def
		}
		return v
	})
}

// longestJSON bounds the texts that are made only to tell values apart or to be hashed.
const longestJSON = 64 << 10

// compactJSON writes a value as JSON without blanks and with sorted keys, as far as its length allows. References and what
// else is not known are written as messages show them, so that it also tells values apart.
func compactJSON(v *model.Value) string {
	w := &jsonWriter{left: longestJSON}
	w.value(v)
	return w.String()
}

type jsonWriter struct {
	strings.Builder
	left int
}

func (w *jsonWriter) write(s string) {
	w.left -= len(s)
	if w.left >= 0 {
		_, _ = w.WriteString(s)
	}
}

func (w *jsonWriter) value(v *model.Value) {
	switch {
	case w.left < 0:
	case v.Kind == model.Map:
		fields := slices.Clone(v.Fields)
		slices.SortStableFunc(fields, func(a, b model.Field) int { return strings.Compare(a.Key, b.Key) })
		w.write("{")
		for i, f := range fields {
			if i > 0 {
				w.write(",")
			}
			w.write(jsonText(f.Key) + ":")
			w.value(f.Value)
		}
		w.write("}")
	case v.Kind == model.List:
		w.write("[")
		for i, item := range v.Items {
			if i > 0 {
				w.write(",")
			}
			w.value(item)
		}
		w.write("]")
	case v.Kind == model.Bool, v.Kind == model.Number:
		w.write(v.String())
	case v.Kind == model.Absent:
		w.write("null")
	default:
		w.write(jsonText(v.String()))
	}
}

func jsonText(s string) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(s) // a string can always be written
	return strings.TrimSuffix(b.String(), "\n")
}

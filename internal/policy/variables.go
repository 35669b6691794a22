package policy

import (
	"strings"

	"wardlet.example/internal/model"
)

// replaced is a value with its policy variables replaced by what the request has for them: absent where a variable has no
// value, because then nothing fits.
func (r *Request) replaced(v *model.Value, variables bool) *model.Value {
	if !variables {
		return v
	}
	switch v.Kind {
	case model.String:
		if strings.Contains(v.Str, "${") {
			return r.replaceText(v)
		}
	case model.Text:
		for _, p := range v.Items {
			if p.Kind == model.String && strings.Contains(p.Str, "${") {
				return r.replaceParts(v)
			}
		}
	}
	return v
}

func (r *Request) replaceParts(v *model.Value) *model.Value {
	var parts []*model.Value
	for _, p := range v.Items {
		if p.Kind == model.String {
			if p = r.replaceText(p); p.Kind == model.Absent {
				return p
			}
			if p.Kind == model.Text {
				parts = append(parts, p.Items...)
				continue
			}
		}
		parts = append(parts, p)
	}
	return model.NewText(parts, v.Origin)
}

func (r *Request) replaceText(v *model.Value) *model.Value {
	var parts []*model.Value
	rest := v.Str
	for {
		before, after, found := strings.Cut(rest, "${")
		name, end, closed := strings.Cut(after, "}")
		if !found || !closed {
			break
		}
		parts = append(parts, model.NewString(before, v.Origin))
		value := r.variable(name, v.Origin)
		if value.Kind == model.Absent {
			return value
		}
		parts = append(parts, value)
		rest = end
	}
	return model.NewText(append(parts, model.NewString(rest, v.Origin)), v.Origin)
}

// variable is the value of ${name}; a default may stand behind it: ${aws:username, 'nobody'}. What a variable gives is never
// a wildcard.
func (r *Request) variable(name string, at model.Origin) *model.Value {
	name, otherwise, hasDefault := strings.Cut(name, ",")
	name = strings.TrimSpace(name)
	if name == "*" || name == "?" || name == "$" {
		return literally(name, at)
	}
	values, there, known := r.Context.look(name)
	switch {
	case !known:
		return model.NewPresent("only the request has "+name, at)
	case there && len(values) == 1:
		return literally(values[0], at)
	case !there && hasDefault:
		return literally(strings.Trim(strings.TrimSpace(otherwise), "'"), at)
	}
	return model.NewAbsent(at)
}

// plainMark stands before a * or ? that is no wildcard.
const plainMark = "\uE010"

func literally(s string, at model.Origin) *model.Value {
	return model.NewString(strings.NewReplacer("*", plainMark+"*", "?", plainMark+"?").Replace(s), at)
}

// unmarked is a text without the marks of what is no wildcard.
func unmarked(v *model.Value) *model.Value {
	if v.Kind == model.String && strings.Contains(v.Str, plainMark) {
		return model.NewString(strings.ReplaceAll(v.Str, plainMark, ""), v.Origin)
	}
	return v
}

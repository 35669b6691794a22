package expr

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"wardlet.example/internal/model"
)

// Template is a message with values in it: "{{name}} has runtime {{props.Runtime}}".
type Template struct{ parts []templatePart }

// templatePart is literal text, or the value at a path.
type templatePart struct {
	text string
	path *Path
}

// ParseTemplate reads a message. Between {{ and }} stands a variable, or a path below one, with dots; a number picks an
// element of a list. An unknown variable is an *Error.
func ParseTemplate(s string, vars []string) (*Template, error) {
	t := &Template{}
	rest := s
	for {
		text, tail, opens := strings.Cut(rest, "{{")
		if text != "" {
			t.parts = append(t.parts, templatePart{text: text})
		}
		if !opens {
			return t, nil
		}
		at := utf8.RuneCountInString(s[:len(s)-len(tail)-2]) + 1
		name, after, closes := strings.Cut(tail, "}}")
		if !closes {
			return nil, &Error{Line: 1, Col: at, Problem: "{{ is not closed", Hint: "write {{name}}"}
		}
		keys := strings.Split(strings.TrimSpace(name), ".")
		if !slices.Contains(vars, keys[0]) || slices.Contains(keys, "") {
			return nil, &Error{Line: 1, Col: at, Problem: fmt.Sprintf("unknown variable %q", strings.TrimSpace(name)),
				Hint: "variables here are " + strings.Join(vars, ", ")}
		}
		t.parts = append(t.parts, templatePart{path: &Path{keys[0], keys[1:]}})
		rest = after
	}
}

// Render fills in the values as their text, as model.Value writes it.
func (t *Template) Render(scope Scope) string {
	var b strings.Builder
	for _, p := range t.parts {
		b.WriteString(p.text)
		if p.path != nil {
			b.WriteString(p.path.of(scope).String())
		}
	}
	return b.String()
}

// of is the value at the path.
func (p *Path) of(scope Scope) *model.Value {
	v := scope(p.Var)
	if v == nil {
		return absent.v
	}
	for _, key := range p.Keys {
		if v.Kind == model.List {
			v = v.Path(key)
		} else {
			v = field(v, key)
		}
	}
	return v
}

// Paths lists the paths that the message shows, in its order.
func (t *Template) Paths() []Path {
	var out []Path
	for _, p := range t.parts {
		if p.path != nil {
			out = append(out, *p.path)
		}
	}
	return out
}

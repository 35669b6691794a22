package paths

import (
	"regexp"
	"strings"

	"wardlet.example/internal/dataflow"
	"wardlet.example/internal/model"
)

// What an API sends without a function is written in its template: constants, and parts of the request.

// requested is the request that an integration makes, as far as its template says: constants, and in all other places what an outsider
// sends.
func requested(integration *model.Value, outside *dataflow.Value) *dataflow.Value {
	if parameters := integration.Get("RequestParameters"); integration.Get("IntegrationSubtype").IsSet() == model.Yes {
		fields := map[string]*dataflow.Value{}
		for _, f := range parameters.Fields {
			fields[f.Key] = outside
			if s, ok := f.Value.Scalar(); ok && !strings.Contains(s, "$") {
				fields[f.Key] = dataflow.Constant(dataflow.Quoted(s))
			}
		}
		if strings.HasPrefix(integration.Get("IntegrationSubtype").String(), "EventBridge") {
			entry := dataflow.Object(fields)
			fields = map[string]*dataflow.Value{"Entries": dataflow.Object(map[string]*dataflow.Value{"0": entry})}
		}
		return dataflow.Object(fields)
	}
	templates := integration.Get("RequestTemplates")
	if len(templates.Fields) != 1 {
		return outside
	}
	text, ok := templates.Fields[0].Value.Scalar()
	if !ok {
		text = withHoles(templates.Fields[0].Value)
	}
	t := &template{text: setting.ReplaceAllString(text, ""), outside: outside}
	if text == "" || directive.MatchString(t.text) {
		return outside
	}
	v := t.value(0)
	if t.bad || strings.TrimSpace(t.text) != "" || len(v.Fields()) == 0 {
		return outside
	}
	return v
}

// Lines of templates that set a variable or say something, and directives by which it depends on the request what is written.
var (
	setting   = regexp.MustCompile(`(?m)^\s*(?:#set\s*\(.*\)|##.*)\s*$`)
	directive = regexp.MustCompile(`#\{?(?:if|else|elseif|foreach|end|macro|define|parse|include|evaluate|stop|break|set)\b`)
)

// withHoles is a text whose unknown parts stand in it as variables.
func withHoles(v *model.Value) string {
	if v.Kind != model.Text {
		return ""
	}
	var b strings.Builder
	for _, p := range v.Items {
		if s, ok := p.Scalar(); ok {
			b.WriteString(s)
		} else {
			b.WriteString("$deployed")
		}
	}
	return b.String()
}

// template is JSON with variables in it, while it is read.
type template struct {
	text    string // what is left
	outside *dataflow.Value
	bad     bool
}

// deepestTemplate bounds how deep templates are read.
const deepestTemplate = 12

func (t *template) value(depth int) *dataflow.Value {
	t.text = strings.TrimLeft(t.text, " \t\r\n")
	if t.text == "" || depth > deepestTemplate {
		t.bad = true
		return nil
	}
	switch t.text[0] {
	case '{', '[':
		return t.inside(depth)
	case '"':
		s := t.until(`"`, 1)
		if strings.ContainsAny(s, `$#\`) {
			return t.outside
		}
		return dataflow.Constant(dataflow.Quoted(s))
	}
	s := strings.TrimSpace(t.until(",}]", 0))
	if s == "" || strings.ContainsAny(s, `$#"`) {
		return t.outside
	}
	return dataflow.Constant("#" + dataflow.Literal(s))
}

// inside reads the members of an object or the elements of a list.
func (t *template) inside(depth int) *dataflow.Value {
	closing, named := byte(']'), t.text[0] == '{'
	if named {
		closing = '}'
	}
	t.text = t.text[1:]
	fields := map[string]*dataflow.Value{}
	for !t.bad {
		t.text = strings.TrimLeft(t.text, " \t\r\n,")
		if t.text == "" {
			break
		}
		if t.text[0] == closing {
			t.text = t.text[1:]
			return dataflow.Object(fields)
		}
		name := number(int32(len(fields)))
		if named {
			name = t.name()
		}
		fields[name] = t.value(depth + 1)
	}
	t.bad = true
	return nil
}

// name reads the name of a member and what stands behind it.
func (t *template) name() string {
	if t.text[0] != '"' {
		t.bad = true
		return ""
	}
	name := t.until(`"`, 1)
	var found bool
	t.text, found = strings.CutPrefix(strings.TrimLeft(t.text, " \t\r\n"), ":")
	t.bad = t.bad || !found || strings.ContainsAny(name, "$#")
	return name
}

// until reads up to one of some signs that stands in no call of a variable: "$util.escapeJavaScript($input.json("$.a"))". A quote that ends
// a text is read too.
func (t *template) until(ends string, from int) string {
	depth := 0
	for i := from; i < len(t.text); i++ {
		switch c := t.text[i]; {
		case c == '(' && depth > 0, c == '(' && strings.Contains(t.text[from:i], "$"):
			depth++
		case c == ')' && depth > 0:
			depth--
		case depth > 0:
		case c == '\\' && from > 0:
			i++
		case strings.IndexByte(ends, c) >= 0:
			s := t.text[from:i]
			t.text = t.text[i+from:]
			return s
		}
	}
	t.bad = true
	return ""
}

package dataflow

import (
	"regexp"
	"slices"
	"strings"

	"wardlet.example/internal/ir"
)

// Templates of Go's html/template escape what they show, but not what a function of their own gives that says that it is HTML:
// template.FuncMap{"para": func(s string) template.HTML { ... }}, and {{para .Text}} in the page.

// pages are the functions that templates of a program have, and the texts in which they are called.
type pages struct {
	fns   map[string]*closure
	texts []string
}

// mostPages bounds the texts of templates that are looked at.
const mostPages = 50

// action is a part of a template that is worked out.
var action = regexp.MustCompile(`\{\{.*?\}\}`)

// ofPage follows the functions that a template of HTML calls, with the data that it is given.
func (in *interp) ofPage(f frame, e *ir.Expr, ref string, args *arguments) {
	if !strings.HasPrefix(ref, "html/template.") {
		return
	}
	p := &in.p.pages
	switch lastPart(ref) {
	case "Funcs":
		for name, v := range sorted(args.get(0).fields) {
			if v != nil && len(v.fns) == 1 && len(v.fns[0].fn.Params) == 1 {
				if p.fns == nil {
					p.fns = map[string]*closure{}
				}
				p.fns[name] = v.fns[0]
			}
		}
	case "Parse":
		if text := args.get(0); text.known && len(p.texts) < mostPages && !slices.Contains(p.texts, text.text) {
			p.texts = append(p.texts, text.text)
		}
	case "Execute", "ExecuteTemplate":
		in.showsPage(f, e, args.get(len(args.list)-1))
	}
}

// showsPage calls the functions of templates with the fields of the data that they are called with.
func (in *interp) showsPage(f frame, e *ir.Expr, data *Value) {
	for name, c := range sorted(in.p.pages.fns) {
		word := regexp.QuoteMeta(name)
		called := regexp.MustCompile(`\b` + word + `\s+\$?([\w.]*)|\$?([\w.]*)\s*\|\s*` + word + `\b`)
		var given *Value
		for _, text := range in.p.pages.texts {
			for _, part := range action.FindAllString(text, -1) {
				for _, m := range called.FindAllStringSubmatch(part, -1) {
					if path := m[1] + m[2]; strings.Contains(path, ".") {
						given = join(given, fieldsNamed(data, path[strings.LastIndexByte(path, '.')+1:], 0))
					}
				}
			}
		}
		if given != nil {
			in.invoke(f, c, c.this, &arguments{list: []*Value{given}}, e.At)
		}
	}
}

// fieldsNamed are the fields of a value, and of what is inside of it, that have a name; all that is inside where it is empty. A template goes
// into lists and fields before it shows something.
func fieldsNamed(v *Value, name string, depth int) *Value {
	switch {
	case v == nil || depth > deepestType:
		return nil
	case name == "" && v.elem != nil:
		return fieldsNamed(v.elem, name, depth+1)
	case name == "":
		return v
	}
	out := v.fields[name]
	for key, x := range sorted(v.fields) {
		if key != name {
			out = join(out, fieldsNamed(x, name, depth+1))
		}
	}
	return join(out, fieldsNamed(v.elem, name, depth+1))
}

// Templates of text/template write what they are given as it is: into a page it must be escaped by the template itself.

// writesPlainly is how a template writes a value as it is: {{.Name}}, {{ printf "%s" .Name }}. What another function makes of it is not known.
var writesPlainly = regexp.MustCompile(`\{\{-?\s*(?:print(?:ln)?\s+|printf\s+"[^"]*%[sv][^"]*"\s+)?\$?(\.[\w.]*)\s*-?\}\}`)

// shownAsText are outsiders' data that a template of text/template writes as it is: in the fields that its text shows, or in all where the text
// is not known.
func shownAsText(template, data *Value) []*Taint {
	text := templateText(template, 0)
	if text == nil {
		return data.all()
	}
	var out []*Taint
	for _, m := range writesPlainly.FindAllStringSubmatch(text.text, -1) {
		if path := strings.Trim(m[1], "."); path == "" {
			out = addTaints(out, data.all())
		} else {
			out = addTaints(out, fieldsNamed(data, path[strings.LastIndexByte(path, '.')+1:], 0).all())
		}
	}
	return out
}

// templateText is the text that a template was made of: template.Must(template.New("page").Parse(text)). Nil where it is not known.
func templateText(v *Value, depth int) *Value {
	if v == nil || depth > deepestType {
		return nil
	}
	if strings.HasSuffix(v.ref, ".Parse()") && len(v.args) > 0 && v.args[0].known {
		return v.args[0]
	}
	for _, a := range v.args {
		if text := templateText(a, depth+1); text != nil {
			return text
		}
	}
	return nil
}

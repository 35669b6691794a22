package dataflow

import "strings"

// escapes reports whether a call gives a template of Jinja that writes what it is given as text of HTML.
func escapes(ref string, callee *Value, args *arguments) bool {
	made, isMethod := strings.CutPrefix(ref, "jinja2.Environment().")
	var by *Value
	switch {
	case ref == "jinja2.Template":
		by = args.kw["autoescape"]
	case isMethod && (made == "get_template" || made == "select_template" || made == "from_string"):
		by = callee.kw["autoescape"]
	}
	if by == nil {
		return false
	}
	if name := args.get(0); by.ref == "jinja2.select_autoescape()" && made == "get_template" && name.known && !isPage(name.text) {
		return false
	}
	return by.ref == "jinja2.select_autoescape()" || by.known && by.text == "True"
}

// isPage reports whether select_autoescape takes a template for one of HTML by its name.
func isPage(name string) bool {
	for _, ending := range []string{".html", ".htm", ".xml"} {
		if strings.HasSuffix(name, ending) {
			return true
		}
	}
	return false
}

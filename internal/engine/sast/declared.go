package sast

import (
	"regexp"
	"slices"
	"strings"

	"wardlet.example/internal/dataflow"
	"wardlet.example/internal/ir"
	"wardlet.example/internal/paths"
	"wardlet.example/internal/syntax"
)

// asType is where TypeScript says what a value is: result.Item as Member, Promise<Member>.
var asType = regexp.MustCompile(`(?:\bas\s+|\bPromise<\s*|\)\s*:\s*)([A-Z]\w*)`)

// declaredSecret is a secret that the record which a call reads is declared to have, in the function that reads it: empty where there is none.
// What perhaps is not there, and what has been taken out, is none.
func (w *work) declaredSecret(n *paths.Node, read *dataflow.Send, taken []string) string {
	fn := inner(n, place{read.File, read.At})
	if fn == nil || read.File.Language != ir.Node || !strings.Contains(read.File.Path, ".ts") {
		return ""
	}
	source := read.File.Tree.Source
	for _, m := range asType.FindAllSubmatch(source[fn.Start:min(int(fn.End), len(source))], -1) {
		for _, name := range w.fieldsOf(n, read.File, string(m[1])) {
			if dataflow.IsStoredSecret(name) && !slices.Contains(taken, name) {
				return name
			}
		}
	}
	return ""
}

// fieldsOf are the fields that an object of a type always has, by its declaration in the same file, or else in the only other file of the
// function that declares one of that name.
func (w *work) fieldsOf(n *paths.Node, from *ir.File, name string) []string {
	if fields, ok := declared(from.Tree, name); ok {
		return fields
	}
	var out []string
	found := 0
	for _, path := range n.Result.Files {
		file := w.program.File(path)
		if file == nil || file.Tree == nil || file.Language != ir.Node {
			continue
		}
		if fields, ok := declared(file.Tree, name); ok {
			out = fields
			found++
		}
	}
	if found != 1 {
		return nil
	}
	return out
}

// declared are the fields of an interface, a type or a class that a file declares.
func declared(t *syntax.Tree, name string) ([]string, bool) {
	for i := range t.Nodes {
		switch t.Kind(i) {
		case "interface_declaration", "type_alias_declaration", "class_declaration":
			if at := t.Child(i, "name"); at < 0 || t.Text(at) != name {
				continue
			}
			body := t.Child(i, "body")
			if body < 0 {
				body = t.Child(i, "value")
			}
			if body < 0 {
				continue
			}
			var out []string
			if strings.Contains(t.Text(body), "toJSON") { // it says itself what is shown of it
				return nil, true
			}
			for c := range t.NamedChildren(body) {
				if k := t.Kind(c); (k == "property_signature" || k == "public_field_definition") && !t.HasToken(c, "?") && t.Child(c, "name") >= 0 {
					out = append(out, t.Text(t.Child(c, "name")))
				}
			}
			return out, true
		}
	}
	return nil, false
}

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

var (
	// asType is where TypeScript says what a value is: result.Item as Member, Promise<Member>.
	asType = regexp.MustCompile(`(?:\bas\s+|\bPromise<\s*|\)\s*:\s*)([A-Z]\w*)`)
	// storeOf are classes that are called by what they keep: MemberRepository.
	storeOf = regexp.MustCompile(`^([A-Z]\w*?)s?(?:Repository|Repo|Store|Table|Dao|DAO)$`)
	// ofJSDoc is a type that stands in a comment, and ofProperty a field there that is always set.
	ofJSDoc    = regexp.MustCompile(`@typedef\s+\{[oO]bject\}\s+(\w+)`)
	ofProperty = regexp.MustCompile(`@prop(?:erty)?\s+\{[^}]*\}\s+(\w+)`)
)

// declaredSecret is a secret that the record which a call reads is declared to have, in the function that reads it: empty where there is none.
// What perhaps is not there, and what has been taken out, is none.
func (w *work) declaredSecret(n *paths.Node, read *dataflow.Send, taken []string) string {
	fn := inner(n, place{read.File, read.At})
	if fn == nil || read.File.Language != ir.Node {
		return ""
	}
	for _, of := range typesIn(fn) {
		for _, name := range w.fieldsOf(n, read.File, of) {
			if dataflow.IsStoredSecret(name) && !slices.Contains(taken, name) {
				return name
			}
		}
	}
	return ""
}

// typesIn are the types that a function which reads a record says of it, or the class that it is a method of.
func typesIn(fn *ir.Func) []string {
	var out []string
	if source := fn.File.Tree.Source; strings.Contains(fn.File.Path, ".ts") {
		for _, m := range asType.FindAllSubmatch(source[fn.Start:min(int(fn.End), len(source))], -1) {
			out = append(out, string(m[1]))
		}
	}
	if fn.Class != nil {
		if m := storeOf.FindStringSubmatch(fn.Class.Name); m != nil {
			out = append(out, m[1])
		}
	}
	return out
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
	return inComment(string(t.Source), name)
}

// inComment are the fields of a type that a comment declares: @typedef {object} Member.
func inComment(source, name string) ([]string, bool) {
	for _, at := range ofJSDoc.FindAllStringSubmatchIndex(source, -1) {
		if source[at[2]:at[3]] != name {
			continue
		}
		comment, _, _ := strings.Cut(source[at[3]:], "*/")
		comment, _, _ = strings.Cut(comment, "@typedef")
		var out []string
		for _, m := range ofProperty.FindAllStringSubmatch(comment, -1) {
			out = append(out, m[1])
		}
		return out, true
	}
	return nil, false
}

package dataflow

import (
	"regexp"
	"slices"
	"strings"

	"wardlet.example/internal/ir"
	"wardlet.example/internal/syntax"
)

// What TypeScript declares rows of stores to be: a row that was read as a whole, and that code says is an Account, holds what an Account does. Of
// what did not come from a store a type says nothing here: callers know what they sent, and what is written out field by field is seen.

// asDeclared is a value as the type says that is declared for an expression: where it is a row of a store, with the secrets of the type.
func (in *interp) asDeclared(f frame, e *ir.Expr, v *Value) *Value {
	if len(v.taints) == 0 && v.ref == "" && v.elem == nil {
		return v
	}
	if name := f.file.Types[e]; name != "" {
		return in.declaredAs(f.file, name, v, e.At)
	}
	return v
}

// declaredAs is a value that a type is declared for: a row of a store, several of them, or what a client gives that has them in it.
func (in *interp) declaredAs(file *ir.File, name string, v *Value, at int32) *Value {
	if in.st != nil || v == nothing || v.class != nil || len(v.holds) > 0 {
		return v
	}
	list := v.fields[rowsOfCursor]
	switch {
	case list != nil:
		typed := in.declaredAs(file, name, list, at)
		if typed == list {
			return v
		}
		c := *v
		keepsRows(nil, typed.elem, &c)
		return &c
	case v.elem != nil && len(v.fields) == 0 && len(v.elem.holds) == 0:
		one := in.declaredAs(file, name, v.elem, at)
		if one == v.elem {
			return v
		}
		c := *v
		c.elem = one
		return &c
	}
	return in.declaredRow(file, name, v, at)
}

// statementRun is the name under which what a client gives has the statement that it ran, where something else is known of how it was made.
const statementRun = "@@statement"

// declaredRow is a row of a store with the secrets of the type that is declared for it.
func (in *interp) declaredRow(file *ir.File, name string, v *Value, at int32) *Value {
	reads := columnsRead(v)
	if reads == nil {
		return v
	}
	var holds []string
	for _, secret := range in.p.secretsOfType(in, file, name, 0) {
		if reads(secret) {
			holds = append(holds, secret)
		}
	}
	if len(holds) == 0 {
		return v
	}
	c := *v
	c.holds, c.read = holds, &step{file, at, "the record is read as a whole", nil, in.steps}
	return &c
}

// columnsRead tells which fields a value has that is a row of a store, or some of them, as it was read; nil for everything else.
func columnsRead(v *Value) func(field string) bool {
	for _, t := range v.taints {
		if t.isWholeRow() && (len(v.fields) == 0 || t.Path == storedRow) {
			return everyField
		}
	}
	if len(v.fields) > 0 {
		return columnsOfRow(v)
	}
	switch found := rowOfClient.FindStringSubmatch(v.ref); {
	case ofCollection.MatchString(v.ref), oneDocument.MatchString(v.ref) && len(v.args) == 1:
		return everyField
	case found != nil && runs[found[1]]:
		if run := v.kw[statementRun]; run != nil {
			return columnsOfStatement(run)
		}
		return columnsOfStatement(statementOf(frame{file: &ir.File{}}, &arguments{list: v.args}))
	}
	return nil
}

func everyField(string) bool { return true }

// columnsOfRow tells which fields a row has of which a statement reads some columns by name; nil for other objects.
func columnsOfRow(v *Value) func(field string) bool {
	for _, x := range v.fields {
		if t := x.taints; len(t) == 0 || t[0].Source == nil || t[0].Source.Read == nil || t[0].Source.Read.Key != RowsRead {
			return nil
		}
	}
	return func(field string) bool {
		for name := range v.fields {
			if sameColumn(name, field) {
				return true
			}
		}
		return false
	}
}

// sameColumn reports whether a column is that of a field of a type: password_hash and passwordHash.
func sameColumn(column, field string) bool {
	return strings.EqualFold(strings.ReplaceAll(column, "_", ""), strings.ReplaceAll(field, "_", ""))
}

var (
	// rowOfClient is what a client of a database gives for a statement, and the rows in it.
	rowOfClient = regexp.MustCompile(`\.(\w+)\(\)(?:\.(?:rows|recordset|first\(\)|0))*$`)
	// ofCollection is a collection of MongoDB.
	ofCollection = regexp.MustCompile(`^mongodb\..*\.collection\(\)$`)
	// oneDocument is a document that was found in one.
	oneDocument = regexp.MustCompile(`^mongodb\..*\.collection\(\)\.findOne\(\)$`)
)

// columnsOfStatement tells which fields of a type a statement reads; nil where it reads no rows, or where that is not known.
func columnsOfStatement(statement *Value) func(field string) bool {
	found := selectFrom.FindStringSubmatch(orNothing(statement).begin())
	if found == nil {
		return nil
	}
	columns := Commas(found[1])
	return func(field string) bool {
		return slices.ContainsFunc(columns, func(c string) bool {
			name := bareName(c)
			return name == "*" || sameColumn(name, field)
		})
	}
}

// isWholeRow reports whether a taint is a record of a table as it was read with all of its attributes, or as the event of a stream has it.
func (t *Taint) isWholeRow() bool {
	if t.Source == nil || t.unsure || t.clean[Disclosed] || !t.unchanged() {
		return false
	}
	path := plainPath(t.Path)
	if strings.HasSuffix(path, ".dynamodb.NewImage") || strings.HasSuffix(path, ".dynamodb.OldImage") {
		return true
	}
	read := t.Source.Read
	if path == storedRow {
		return read != nil && read.Key == RowsRead
	}
	name, ok := strings.CutPrefix(path, storedItem)
	return ok && read != nil && isRecord[name] && read.Params.At("ProjectionExpression") == nil && read.Params.At("AttributesToGet") == nil && read.Params.At("IndexName") == nil
}

// isTakenOut reports whether code takes a secret out of a record somewhere, by what the record was read as.
func (in *interp) isTakenOut(v *Value, secret string) bool {
	return slices.ContainsFunc(v.taints, func(t *Taint) bool { return in.isHidden(plainPath(t.Path) + "." + secret) })
}

// typeOfFile names a type where it is used.
type typeOfFile struct {
	file *ir.File
	name string
}

// deepestAlias bounds how far types are followed through modules that hand them on.
const deepestAlias = 6

// secretsOfType are the fields of a type that are secrets: of one that a file declares, or imports.
func (p *Program) secretsOfType(in *interp, file *ir.File, name string, depth int) []string {
	key := typeOfFile{file, name}
	if out, ok := p.types[key]; ok || depth > deepestAlias {
		return out
	}
	if p.types == nil {
		p.types = map[typeOfFile][]string{}
	}
	p.types[key] = nil // a type that is its own base has no more than it says
	out := p.secretsDeclared(in, file, name, depth)
	p.types[key] = out
	return out
}

// secretsDeclared are the secrets of a type, by its declaration.
func (p *Program) secretsDeclared(in *interp, file *ir.File, name string, depth int) []string {
	if at := declarationOf(file.Tree, name); at >= 0 {
		return p.secretsOfShape(in, file, at, depth)
	}
	for _, s := range file.Body {
		for _, n := range s.Names {
			var other *module
			switch {
			case s.Kind != ir.Import && s.Kind != ir.Export || s.Str == "" || n.Name == "*" && n.As != "*":
			case n.As == name:
				if other = p.resolveNode(in, file.Path, s.Str); other != nil {
					return p.secretsOfType(in, other.file, n.Name, depth+1)
				}
			case n.As == "*":
				if other = p.resolveNode(in, file.Path, s.Str); other != nil {
					if out := p.secretsOfType(in, other.file, name, depth+1); len(out) > 0 {
						return out
					}
				}
			}
		}
	}
	return nil
}

// declarationOf is where a file declares an interface or a type; -1 where it does not. Classes and enums are no plain records.
func declarationOf(t *syntax.Tree, name string) int {
	if t == nil {
		return -1
	}
	for i := range t.Nodes {
		switch t.Kind(i) {
		case "interface_declaration", "type_alias_declaration":
			if t.Text(t.Child(i, "name")) == name {
				return i
			}
		}
	}
	return -1
}

// secretsOfShape are the secrets of an interface, of an object type, or of all of those that are joined in one. One that says itself how it is written
// has none, and neither do others: those of which fields are chosen or left out.
func (p *Program) secretsOfShape(in *interp, file *ir.File, at, depth int) []string {
	t := file.Tree
	var out []string
	for c := range t.NamedChildren(at) {
		switch t.Kind(c) {
		case "interface_body", "object_type":
			out = append(out, secretsOfFields(t, c)...)
		case "extends_type_clause", "intersection_type":
			out = append(out, p.secretsOfShape(in, file, c, depth+1)...)
		case "type_identifier":
			if t.Field(c) != "name" && depth <= deepestAlias {
				out = append(out, p.secretsOfType(in, file, t.Text(c), depth+1)...)
			}
		}
	}
	if t.Kind(at) == "interface_declaration" && strings.Contains(t.Text(at), "toJSON") {
		return nil
	}
	return out
}

// mayBeText is the type of a text.
var mayBeText = regexp.MustCompile(`\bstring\b|^:\s*(Buffer|Uint8Array|[A-Z]\w*)\b`)

// secretsOfFields are the secrets among the fields of an object type. Texts alone are secrets, and those that are always there: what perhaps is not
// is often what a caller sends, unless it is of no use to anybody but a store.
func secretsOfFields(t *syntax.Tree, body int) []string {
	var out []string
	for c := range t.NamedChildren(body) {
		at := t.Child(c, "name")
		if t.Kind(c) != "property_signature" || at < 0 {
			continue
		}
		name := strings.Trim(t.Text(at), `"'`)
		if always := !t.HasToken(c, "?"); IsStoredSecret(name) && (always || onlyForStore(name)) && mayBeText.MatchString(t.Text(t.Child(c, "type"))) {
			out = append(out, name)
		}
	}
	return out
}

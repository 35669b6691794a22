package lower

import "wardlet.example/internal/ir"

// Of the types of TypeScript only the names are kept that are declared for values: what they hold is read where a value comes from a store.

// declares notes the type that is declared for an expression.
func (j *js) declares(e *ir.Expr, of int) {
	name := j.declared(of, 0)
	if name == "" {
		return
	}
	if j.file.Types == nil {
		j.file.Types = map[*ir.Expr]string{}
	}
	j.file.Types[e] = name
}

// holding are types of TypeScript and its libraries that hold what they are given, or nothing.
var holding = map[string]bool{"Promise": true, "Array": true, "ReadonlyArray": true, "Readonly": true, "Required": true, "NonNullable": true, "WithId": true}

// besides are types that others are joined with, and which hold no fields of records.
var besides = map[string]bool{"RowDataPacket": true, "QueryResultRow": true, "Document": true}

// deepestType bounds how deep types are read.
const deepestType = 8

// declared is the name of a type that the program may declare, also of one of which a value has several, or perhaps none, or which it promises.
func (j *js) declared(n, depth int) string {
	if n < 0 || depth > deepestType {
		return ""
	}
	switch j.t.Kind(n) {
	case "type_identifier":
		return j.t.Text(n)
	case "type_annotation", "array_type", "readonly_type", "parenthesized_type":
		return j.declared(j.t.FirstNamed(n), depth+1)
	case "type_arguments", "union_type", "intersection_type":
		return j.onlyDeclared(n, depth)
	case "generic_type":
		if holding[j.t.Text(j.t.Child(n, "name"))] {
			return j.declared(j.t.Child(n, "type_arguments"), depth+1)
		}
	}
	return ""
}

// onlyDeclared is the name of the only type that the program may declare among some; empty where there are several.
func (j *js) onlyDeclared(n, depth int) string {
	out := ""
	for c := range j.t.NamedChildren(n) {
		name := j.declared(c, depth+1)
		if name == "" || besides[name] {
			continue
		}
		if out != "" {
			return ""
		}
		out = name
	}
	return out
}

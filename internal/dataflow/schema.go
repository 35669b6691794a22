package dataflow

import (
	"strings"

	"wardlet.example/internal/ir"
)

// schemas are packages whose schemas are followed: joi and its like, zod, yup.
var schemas = set("joi @hapi/joi zod yup celebrate")

// harmlessKinds are schemas of values that do no harm: numbers, truths, dates, one of some, texts of a fixed form.
var harmlessKinds = set(`number boolean bool bigint int integer date enum nativeEnum literal valid equal only oneOf guid uuid uuidv4 cuid ulid nanoid hex isoDate isoDuration datetime ip alphanum objectId`)

// checkedBy follows the check of a value by a schema: fields that the schema lets be numbers or one of some are harmless afterwards,
// in the value and in what the check gives. It reports nothing where there is no schema that is known.
func (in *interp) checkedBy(f frame, e *ir.Expr, recv *Value, method string, callee *Value, args *arguments) *Value {
	if !schemas[packageOf(callee.ref)] {
		return nil
	}
	schema, at := recv, 0
	switch method {
	case "unknown":
		if recv != nil && args.get(0).text == "false" { // as it is without
			return recv
		}
		return nil
	case "validate", "validateAsync", "validateSync", "attempt", "assert", "parse", "safeParse", "parseAsync", "safeParseAsync", "cast", "isValid", "isValidSync":
	default:
		return nil
	}
	if len(args.list) > 1 && schemas[packageOf(args.list[1].ref)] {
		schema = args.list[1]
	}
	if recv == nil && schema == nil || len(args.list) == 0 {
		return nil
	}
	v := args.list[at]
	out := in.shaped(f, v, schema, e.At, 0)
	if len(out.fields) == 0 {
		return nil
	}
	if text := textOf(e.List[0]); text != "" {
		in.trustFields(f, text, schema, 0)
	}
	for _, t := range v.taints { // the same by whatever name
		in.trustFields(f, pathMark+t.Path, schema, 0)
	}
	return answerOf(method, out)
}

// answerOf is what a check gives: the value, or an object with it.
func answerOf(method string, v *Value) *Value {
	switch method {
	case "validate", "safeParse", "safeParseAsync":
		out := &Value{fields: map[string]*Value{"value": v, "data": v}, taints: v.taints}
		for k, field := range sorted(v.fields) { // some of them give the value itself
			if out.fields[k] == nil {
				out.fields[k] = field
			}
		}
		return out
	}
	return v
}

// fieldsOf are the schemas of the fields of a schema of objects.
func fieldsOf(schema *Value) map[string]*Value {
	if schema == nil {
		return nil
	}
	if len(schema.args) > 0 && len(schema.args[0].fields) > 0 {
		return schema.args[0].fields
	}
	if p := schema.fields["properties"]; p != nil { // JSON Schema
		return p.fields
	}
	if t := schema.fields["type"]; t != nil && t.known { // JSON Schema of a single value
		return nil
	}
	if schema.ref == "" || strings.HasPrefix(schema.ref, "exports") {
		return schema.fields // an object of schemas
	}
	return nil
}

// deepestSchema bounds how deep schemas are followed.
const deepestSchema = 4

// shaped is a value as it comes out of a check.
func (in *interp) shaped(f frame, v, schema *Value, at int32, depth int) *Value {
	fields := fieldsOf(schema)
	if len(fields) == 0 || depth > deepestSchema {
		return v
	}
	out := &Value{fields: map[string]*Value{}, elem: v.elem}
	if letsMore(schema) {
		out.taints = v.taints
	}
	for name, s := range sorted(fields) {
		x := in.member(f, v, name, at)
		switch {
		case isHarmlessKind(s):
			x = &Value{}
		case len(fieldsOf(s)) > 0:
			x = in.shaped(f, x, s, at, depth+1)
		case strings.Contains(s.ref, ".array()") && len(s.args) > 0:
			x = &Value{elem: in.element(f, x, s.args[0], at, depth)}
		case s.fields["items"] != nil && s.ref == "":
			x = &Value{elem: in.element(f, x, s.fields["items"], at, depth)}
		case strings.Contains(s.ref, ".string()"), s.ref == "" && orNothing(s.fields["type"]).text == "string":
			x = cleanedBy(x, []string{"nosql", "mass-assignment", "prototype-pollution"})
		}
		out.fields[name] = x
	}
	return out
}

// letsMore reports whether a schema of an object lets fields through that it does not name: .unknown() of joi, .passthrough() of zod.
func letsMore(schema *Value) bool {
	_, path, _ := strings.Cut(schema.ref, ".")
	if !schemas[packageOf(schema.ref)] {
		return false
	}
	for part := range strings.SplitSeq(path, ".") {
		switch part {
		case "unknown()", "passthrough()", "loose()", "looseObject()", "catchall()":
			return true
		}
	}
	return false
}

// isHarmlessKind reports whether a schema lets through only what does no harm.
func isHarmlessKind(s *Value) bool {
	_, rest, ok := strings.Cut(s.ref, ".")
	if !ok || !schemas[packageOf(s.ref)] {
		return isHarmlessJSON(s)
	}
	if len(s.args) > 0 && s.args[0].regexp && anchored(s.args[0], false, false) { // .regex(/^[a-z]+$/), .pattern(...), .matches(...)
		return true
	}
	for _, part := range strings.Split(rest, ".") {
		if harmlessKinds[strings.TrimSuffix(part, "()")] {
			return true
		}
	}
	return false
}

// trustFields notes the fields of an expression that a check has made harmless.
func (in *interp) trustFields(f frame, text string, schema *Value, depth int) {
	if depth > deepestSchema {
		return
	}
	for name, s := range fieldsOf(schema) {
		switch {
		case isHarmlessKind(s):
			in.trustText(f, text+"."+name, []string{"all"})
		case s.ref == "" && orNothing(s.fields["type"]).text == "string":
			in.trustText(f, text+"."+name, textOnly)
		case len(fieldsOf(s)) > 0:
			in.trustFields(f, text+"."+name, s, depth+1)
		}
	}
}

// guardedFields is a value of which some fields are known to be harmless by the name that it has.
func (in *interp) guardedFields(f frame, text string, v *Value) *Value {
	prefix := string(guardMark) + text + "."
	var out *Value
	for s := f.s; s != nil; s = s.parent {
		if !s.guards {
			continue
		}
		for _, layer := range append([]map[string]*Value{s.vars}, s.layers...) {
			for name, g := range layer {
				field, ok := strings.CutPrefix(name, prefix)
				if !ok || len(g.fields) == 0 || strings.Contains(field, ".") {
					continue
				}
				if out == nil {
					c := *v
					c.fields = map[string]*Value{}
					for k, x := range sorted(v.fields) {
						c.fields[k] = x
					}
					out = &c
				}
				out.fields[field] = cleanedBy(in.member(f, v, field, 0), keysOf(g.fields))
			}
		}
	}
	if out == nil {
		return v
	}
	return out
}

// element is an element of a list as it comes out of a check.
func (in *interp) element(f frame, list, schema *Value, at int32, depth int) *Value {
	x := in.elements(list)
	switch {
	case isHarmlessKind(schema):
		return &Value{}
	case len(fieldsOf(schema)) > 0 && depth < deepestSchema:
		return in.shaped(f, x, schema, at, depth+1)
	case strings.Contains(schema.ref, ".string()"):
		return cleanedBy(x, textOnly)
	}
	return x
}

// isHarmlessJSON reports whether a JSON Schema lets through only what does no harm.
func isHarmlessJSON(s *Value) bool {
	if s.ref != "" || len(s.fields) == 0 {
		return false
	}
	if s.fields["enum"] != nil || s.fields["const"] != nil {
		return true
	}
	switch kind := s.fields["type"]; orNothing(kind).text {
	case "integer", "number", "boolean", "null":
		return true
	}
	if p := s.fields["pattern"]; p != nil && p.known && anchored(&Value{text: p.text, known: true, regexp: true}, false, false) {
		return true
	}
	switch orNothing(s.fields["format"]).text {
	case "uuid", "date", "date-time", "time", "ipv4", "ipv6":
		return true
	}
	return false
}

// byJSONSchema notes what a check by a JSON Schema says of the parts of what it is given.
func (in *interp) byJSONSchema(f frame, x *ir.Expr, v, schema *Value) {
	if len(fieldsOf(schema)) == 0 || schema.ref != "" {
		return
	}
	if text := textOf(x); text != "" {
		in.trustFields(f, text, schema, 0)
	}
	for _, t := range v.taints {
		in.trustFields(f, pathMark+t.Path, schema, 0)
	}
}

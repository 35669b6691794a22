package dataflow

import (
	"maps"
	"slices"
	"strings"

	"wardlet.example/internal/ir"
)

// schemas are packages whose schemas are followed: joi and its like, zod, yup.
var schemas = set("joi @hapi/joi zod yup celebrate")

// harmlessKinds are schemas of values that do no harm: numbers, truths, dates, one of some, texts of a fixed form.
var harmlessKinds = set(`number boolean bool bigint int integer date enum nativeEnum literal valid equal only oneOf guid uuid uuidv4 uuidv6 uuidv7 cuid cuid2 ulid xid ksuid nanoid hex isoDate isoDuration datetime ip ipv4 ipv6 e164 alphanum objectId
	int32 uint32 int64 uint64 float32 float64 stringbool undefined null nan`)

// changesSchema are methods that make another schema of one of objects; all others say more of it and leave what it lets through.
var changesSchema = set("unknown pick omit partial deepPartial or and array union pipe transform preprocess catchall fork rename")

// checkedBy follows the check of a value by a schema: fields that the schema lets be numbers or one of some are harmless afterwards,
// in the value and in what the check gives. It reports nothing where there is no schema that is known.
func (in *interp) checkedBy(f frame, e *ir.Expr, recv *Value, method string, callee *Value, args *arguments) *Value {
	if !schemas[packageOf(callee.ref)] {
		return nil
	}
	if joinsSchemas[method] && recv != nil {
		return joinedSchema(callee, recv, args)
	}
	if made := reshaped(method, recv, args); made != nil {
		return made
	}
	if recv != nil && len(args.list) > 0 && !changesSchema[method] && !schemaChecks[method] && len(fieldsOf(recv)) > 0 { // .min(1), .prefs({...}), .refine(f)
		return recv
	}
	if method == "unknown" && recv != nil && args.get(0).text == "false" { // as it is without
		return recv
	}
	if !schemaChecks[method] {
		return nil
	}
	schema := recv
	if len(args.list) > 1 && schemas[packageOf(args.list[1].ref)] {
		schema = args.list[1]
	}
	if recv == nil && schema == nil || len(args.list) == 0 {
		return nil
	}
	v := args.list[0]
	in.shapedBy(v)
	in.wantsFields(v.taints, schema, 0)
	out := in.shaped(f, v, schema, e.At, 0)
	if len(out.fields) == 0 && (out == v || out.elem == nil) {
		return nil
	}
	options := args.get(len(args.list) - 1)
	if truthy(options.fields["allowUnknown"]) {
		out.taints = v.taints
	}
	all := namesAll(schema) && !truthy(options.fields["allowUnknown"]) && !truthy(options.fields["stripUnknown"])
	in.trustChecked(f, e.List[0], schema, all)
	if x := e.List[0]; x.Kind == ir.Member {
		in.checkedPart(f, in.quiet(f, x.X), x.Str, schema, all, e.At)
	}
	if e.List[0].Kind != ir.Object { // the same by whatever name
		for _, g := range in.handingOn(f) {
			for _, t := range v.taints {
				in.trustFields(g, pathMark+t.Path, schema, 0)
				if all {
					in.trustText(g, pathMark+t.Path, []string{"mass-assignment"})
				}
			}
		}
	}
	return answerOf(method, out)
}

// handingOn are the frames in which what a check says holds: the one that it stands in, and those that call a function which does nothing but
// give back what the check answers: const check = (payload) => schema.validate(payload).
func (in *interp) handingOn(f frame) []frame {
	out := []frame{f}
	for i := len(in.stack) - 1; i >= 0 && len(in.stack) == len(in.sites); i-- {
		body := in.stack[i].Body
		if len(body) != 1 || body[0].Kind != ir.Return || body[0].X == nil || body[0].X.Kind != ir.Call || in.sites[i].from == nil {
			break
		}
		out = append(out, frame{in.sites[i].from, in.sites[i].file})
		in.checksGiven++
	}
	return out
}

// wantsFields notes what a schema says that a value holds: parts that are called like something sensitive are read of it.
func (in *interp) wantsFields(taints []*Taint, schema *Value, depth int) {
	for name, field := range sorted(fieldsOf(schema)) {
		for _, t := range taints {
			in.asks(t, t.Path+"."+name)
		}
		if inner := in.parts(taints, name); depth < deepestSchema && len(inner) > 0 {
			in.wantsFields(inner, field, depth+1)
		}
	}
}

// schemaChecks are methods by which schemas check values.
var schemaChecks = set("validate validateAsync validateSync attempt assert parse safeParse parseAsync safeParseAsync cast isValid isValidSync")

// throwingChecks are those of them after which the value is right, or the code does not go on.
var throwingChecks = set("validateAsync validateSync attempt assert parse parseAsync")

// joinsSchemas are methods that put the fields of two schemas into one.
var joinsSchemas = set("concat keys append extend safeExtend merge shape")

// joinedSchema is a schema with the fields of another one.
func joinedSchema(callee, recv *Value, args *arguments) *Value {
	fields := map[string]*Value{}
	maps.Copy(fields, fieldsOf(recv))
	more := args.get(0)
	if own := fieldsOf(more); own != nil {
		maps.Copy(fields, own)
	}
	out := &Value{ref: callee.ref + "()", args: []*Value{{fields: fields}}}
	if letsMore(more) {
		out.ref += ".unknown()"
	}
	return out
}

// namesAll reports whether a schema refuses fields that it does not name: joi does by itself, zod and yup where they are told to.
func namesAll(schema *Value) bool {
	if schema == nil || len(fieldsOf(schema)) == 0 || letsMore(schema) {
		return false
	}
	switch packageOf(schema.ref) {
	case "joi", "@hapi/joi", "celebrate":
		return true
	}
	return strings.Contains(schema.ref, ".strict()") || strings.Contains(schema.ref, ".strictObject()") || strings.Contains(schema.ref, ".noUnknown()")
}

func truthy(v *Value) bool { return v != nil && v.known && v.text != "false" }

// trustChecked notes what a check by a schema says of what stands in the code for the value: a name, or a copy with some fields set
// anew.
func (in *interp) trustChecked(f frame, x *ir.Expr, schema *Value, all bool) {
	x = orEmpty(x)
	if x.Kind != ir.Object {
		if text := textOf(x); text != "" {
			in.trustFields(f, text, schema, 0)
			if all {
				in.trustText(f, text, []string{"mass-assignment"})
			}
		}
		return
	}
	fields := maps.Clone(fieldsOf(schema))
	for i, part := range x.List {
		key := x.Keys[i]
		s := fields[key]
		if s == nil {
			continue
		}
		delete(fields, key) // it says nothing of the field of the same name in what is copied
		if len(s.args) > 0 && isHarmlessList(s) && part.Kind == ir.Call && part.X.Kind == ir.Member && part.X.Str == "split" {
			part = part.X.X // of which all parts are harmless
		}
		if text := textOf(part); text != "" && (isHarmlessKind(s) || isHarmlessList(s)) {
			in.trustText(f, text, []string{formMark, "all"})
		}
	}
	rest := &Value{fields: fields}
	for i, part := range x.List {
		if text := textOf(part); x.Keys[i] == "..." && text != "" {
			in.trustFields(f, text, rest, 0)
			if all {
				in.trustText(f, text, []string{"mass-assignment"})
			}
		}
	}
}

// isHarmlessList reports whether a schema lets through only lists of what does no harm.
func isHarmlessList(s *Value) bool {
	return strings.Contains(s.ref, ".array()") && len(s.args) > 0 && isHarmlessKind(s.args[0])
}

// throwsUnlessRight notes what a check by a schema says that throws where the value is another.
func (in *interp) throwsUnlessRight(f frame, e *ir.Expr) {
	if e.X == nil || e.X.Kind != ir.Member || !throwingChecks[e.X.Str] || len(e.List) == 0 {
		return
	}
	root := e.X
	for root.X != nil && (root.Kind == ir.Member || root.Kind == ir.Call) {
		root = root.X
	}
	if root.Kind != ir.Name || !schemas[packageOf(in.quiet(f, root).ref)] {
		return
	}
	schema, options := e.X.X, e.List[len(e.List)-1]
	if e.X.Str == "attempt" || e.X.Str == "assert" {
		if len(e.List) < 2 {
			return
		}
		schema = e.List[1]
	}
	lets := &Value{}
	if options.Kind == ir.Object {
		lets = in.eval(f, options)
	}
	v := in.eval(f, schema)
	in.trustChecked(f, e.List[0], v, namesAll(v) && !truthy(lets.fields["allowUnknown"]) && !truthy(lets.fields["stripUnknown"]))
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
	if ways := alternativesOf(schema); len(ways) > 0 {
		return fieldsOfAll(ways)
	}
	if isSingleKind(schema) {
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

// singleKinds are schemas of values that have no fields. What they are given are options: z.string({ message: "..." }), Joi.string().uri({ scheme: "https" }).
var singleKinds = set("string number boolean bool bigint date email url httpUrl hostname any unknown mixed symbol")

// isSingleKind reports whether a schema of a package wants a value that has no fields.
func isSingleKind(s *Value) bool {
	if !schemas[packageOf(s.ref)] {
		return false
	}
	kind := kindOfSchema(s)
	return singleKinds[kind[strings.LastIndex(kind, ".")+1:]]
}

// kindOfSchema is what a schema wants first of all: joi.string().
func kindOfSchema(s *Value) string {
	kind, _, _ := strings.Cut(s.ref, "()")
	return kind
}

// deepestSchema bounds how deep schemas are followed.
const deepestSchema = 4

// shaped is a value as it comes out of a check.
func (in *interp) shaped(f frame, v, schema *Value, at int32, depth int) *Value {
	fields := fieldsOf(schema)
	if schema != nil && strings.Contains(schema.ref, ".array()") && len(schema.args) > 0 && depth <= deepestSchema { // z.array(Job).min(1)
		return &Value{elem: in.element(f, v, schema.args[0], at, depth)}
	}
	if len(fields) == 0 || depth > deepestSchema {
		return v
	}
	out := &Value{fields: map[string]*Value{}, elem: v.elem}
	if letsMore(schema) {
		out.taints = v.taints
	}
	for name, s := range sorted(fields) {
		x := in.member(f, v, name, at)
		in.textBySchema(x, s)
		switch {
		case isHarmlessKind(s):
			x = &Value{safe: x.taints, asSent: true}
		case len(fieldsOf(s)) > 0:
			x = in.shaped(f, x, s, at, depth+1)
		case strings.Contains(s.ref, ".array()") && len(s.args) > 0:
			x = &Value{elem: in.element(f, x, s.args[0], at, depth)}
		case s.fields["items"] != nil && s.ref == "":
			x = &Value{elem: in.element(f, x, s.fields["items"], at, depth)}
		case strings.Contains(s.ref, ".string()"), s.ref == "" && orNothing(s.fields["type"]).text == "string":
			x = cleanedBy(x, []string{"nosql", "mass-assignment", "prototype-pollution"})
			x.fields, x.elem = nil, nil // it is a text
		}
		out.fields[name] = x
	}
	return out
}

// letsMore reports whether a schema of an object lets fields through that it does not name: .unknown() of joi, .passthrough() of zod, JSON
// Schema unless it says otherwise.
func letsMore(schema *Value) bool {
	if schema.fields["properties"] != nil { // JSON Schema
		more := schema.fields["additionalProperties"]
		return more == nil || more.known && more.text != "false"
	}
	if slices.ContainsFunc(alternativesOf(schema), letsMore) {
		return true
	}
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
		case isHarmlessKind(s), isHarmlessList(s):
			in.trustText(f, text+"."+name, []string{formMark, "all"})
		case s.ref == "" && orNothing(s.fields["type"]).text == "string", schemas[packageOf(s.ref)] && strings.HasSuffix(kindOfSchema(s), ".string"):
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
				out.fields[field].asSent = g.fields[formMark] != nil
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
	in.shapedBy(v)
	if len(fieldsOf(schema)) == 0 || schema.ref != "" {
		return
	}
	in.wantsFields(v.taints, schema, 0)
	for name, field := range sorted(fieldsOf(schema)) {
		in.textBySchema(&Value{taints: in.parts(v.taints, name)}, field)
	}
	if text := textOf(x); text != "" {
		in.trustFields(f, text, schema, 0)
	}
	for _, t := range v.taints {
		in.trustFields(f, pathMark+t.Path, schema, 0)
	}
}

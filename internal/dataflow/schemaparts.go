package dataflow

import (
	"maps"
	"slices"
	"strings"
)

// Schemas that are made of others: one of several, with fewer fields, with those of two.

// alternativesOf are the schemas of which a value has to fit one: Joi.alternatives().try(a, b), z.union([a, b]),
// z.discriminatedUnion("type", [a, b]), { oneOf: [a, b] }.
func alternativesOf(schema *Value) []*Value {
	switch {
	case strings.HasSuffix(schema.ref, ".alternatives().try()"), strings.HasSuffix(schema.ref, ".alternatives()"):
		return schema.args
	case strings.HasSuffix(schema.ref, ".discriminatedUnion()") && len(schema.args) > 1:
		return schema.args[1].Elements()
	case strings.HasSuffix(schema.ref, ".union()") && len(schema.args) > 0:
		return schema.args[0].Elements()
	case schema.ref != "" && !strings.HasPrefix(schema.ref, "exports") || schema.fields["properties"] != nil:
		return nil
	}
	for _, word := range []string{"oneOf", "anyOf", "allOf"} { // JSON Schema
		if ways := schema.fields[word]; ways != nil && len(ways.fields) > 0 {
			return ways.Elements()
		}
	}
	return nil
}

// fieldsOfAll are the fields that some schemas have together, where each of them is one of objects. Of a field that two of them want in
// different ways it is only known that it is one.
func fieldsOfAll(ways []*Value) map[string]*Value {
	out := map[string]*Value{}
	for _, way := range ways {
		fields := fieldsOf(way)
		if len(fields) == 0 {
			return nil
		}
		for name, s := range fields {
			if before := out[name]; before != nil && (kindOfSchema(before) != kindOfSchema(s) || orNothing(before.fields["type"]).text != orNothing(s.fields["type"]).text) {
				s = &Value{}
			}
			out[name] = s
		}
	}
	return out
}

// reshaped is the schema that a method makes of one of objects: .omit({ id: true }), .pick(["name"]), .partial({ id: true }), .or(other),
// .and(other); nil where it makes none of these.
func reshaped(method string, recv *Value, args *arguments) *Value {
	fields := fieldsOf(recv)
	if len(fields) == 0 || len(args.list) == 0 {
		return nil
	}
	other := args.get(0)
	switch method {
	case "partial", "deepPartial", "required":
		return recv
	case "omit", "pick":
		named := namesIn(other)
		if len(named) == 0 {
			return nil
		}
		return withFields(recv, method, func(name string) bool { return slices.Contains(named, name) == (method == "pick") })
	case "or":
		if len(fieldsOf(other)) > 0 { // Joi's names fields
			return &Value{ref: packageOf(recv.ref) + ".union()", args: []*Value{{fields: map[string]*Value{"0": recv, "1": other}, isList: true}}}
		}
	case "and":
		if more := fieldsOf(other); len(more) > 0 {
			out := withFields(recv, method, func(string) bool { return true })
			maps.Copy(out.args[0].fields, more)
			if letsMore(other) {
				out.ref += ".loose()"
			}
			return out
		}
	}
	return nil
}

// withFields is a schema of objects with those of its fields that are kept.
func withFields(schema *Value, method string, kept func(name string) bool) *Value {
	fields := map[string]*Value{}
	for name, s := range fieldsOf(schema) {
		if kept(name) {
			fields[name] = s
		}
	}
	return &Value{ref: schema.ref + "." + method + "()", args: []*Value{{fields: fields}}}
}

// namesIn are the names that an object has as its keys, or a list holds.
func namesIn(v *Value) []string {
	var out []string
	for name, x := range v.fields {
		switch _, isIndex := number(name); {
		case isIndex && x != nil && x.known:
			out = append(out, x.text)
		case !isIndex:
			out = append(out, name)
		}
	}
	return out
}

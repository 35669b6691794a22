package dataflow

import (
	"regexp"
	"strings"
)

// Schemas of GraphQL as texts: which arguments they let through as they come. A scalar for JSON is whatever a caller writes, with all of its
// fields, while every other type fixes what may be in it.

// freeScalars are scalars for any JSON, in small letters, as libraries and people call them.
var freeScalars = set("json jsonobject jsonvalue any anyscalar object mixed map genericscalar")

var (
	remarkInSchema = regexp.MustCompile(`(?s)"""[^"]*"""|#[^\n]*|"[^"\n]*"`)
	scalarOfSchema = regexp.MustCompile(`\bscalar\s+(\w+)`)
	typeOfSchema   = regexp.MustCompile(`\b(type|input)\s+(\w+)[^{}]*\{([^{}]*)\}`)
	fieldOfSchema  = regexp.MustCompile(`(\w+)\s*\(([^()]*)\)\s*:`)
	namedInSchema  = regexp.MustCompile(`(\w+)\s*:\s*[\[\s]*(\w+)`)
)

// mostSchema bounds the text of a schema.
const mostSchema = 200_000

// freeArguments are the arguments of fields that a schema lets through as they come, by type and field: Query.products is filter, input.extra.
func freeArguments(schema string) map[string][]string {
	if len(schema) > mostSchema {
		return nil
	}
	schema = remarkInSchema.ReplaceAllString(schema, " ")
	free := map[string]bool{}
	for _, m := range scalarOfSchema.FindAllStringSubmatch(schema, -1) {
		free[m[1]] = freeScalars[strings.ToLower(m[1])]
	}
	types := typeOfSchema.FindAllStringSubmatch(schema, -1)
	inputs := map[string]string{}
	for _, m := range types {
		if m[1] == "input" {
			inputs[m[2]] += " " + m[3]
		}
	}
	out := map[string][]string{}
	for _, m := range types {
		for _, field := range fieldOfSchema.FindAllStringSubmatch(m[3], -1) {
			if paths := freeIn(field[2], inputs, free, 0); len(paths) > 0 {
				out[m[2]+"."+field[1]] = paths
			}
		}
	}
	return out
}

// freeIn are the paths in a list of names with types that lead to any JSON.
func freeIn(list string, inputs map[string]string, free map[string]bool, depth int) []string {
	var out []string
	for _, m := range namedInSchema.FindAllStringSubmatch(list, -1) {
		switch fields := inputs[m[2]]; {
		case free[m[2]]:
			out = append(out, m[1])
		case fields != "" && depth < 2:
			for _, path := range freeIn(fields, inputs, free, depth+1) {
				out = append(out, m[1]+"."+path)
			}
		}
	}
	return out
}

// schemaText is the text of a schema: written out, by gql`...`, or as a list of those.
func schemaText(v *Value, depth int) string {
	switch {
	case v == nil || depth > 3:
		return ""
	case v.known:
		return v.text
	case len(v.args) > 0:
		return schemaText(v.args[0], depth+1)
	}
	text := ""
	for _, x := range sorted(v.fields) {
		text += schemaText(x, depth+1) + "\n"
	}
	return text
}

// sentTo are the arguments of a field of GraphQL: what the schema lets through, and as it comes what it does not look into.
func sentTo(r *routed, from outside) *Value {
	v := &Value{taints: typed(from("args"))}
	for _, path := range r.free {
		at := v
		names := strings.Split(path, ".")
		for i, name := range names {
			if at.fields == nil {
				at.fields = map[string]*Value{}
			}
			if at.fields[name] == nil {
				at.fields[name] = &Value{taints: typed(from("args." + strings.Join(names[:i+1], ".")))}
			}
			at = at.fields[name]
		}
		at.taints = objects(from("args." + path))
	}
	return v
}

package dataflow

import (
	"strings"

	"wardlet.example/internal/ir"
)

// Mappers of Node.js for tables of DynamoDB: what they write is kept in the table that they were made for, and read from there by others.

// mappedTables are what mappers make for a table, each with the input that names the table and the one that describes the records.
var mappedTables = map[string][2]string{
	"electrodb.Entity()":        {"1.table", "0.attributes"},
	"electrodb.Service()":       {"1.table", ""},
	"dynamoose.model()":         {"0", "1"},
	"dynamodb-onetable.Table()": {"0.name", ""},
}

// mappedWrites are the methods that write what they are given, by what they are called on.
var mappedWrites = map[string]map[string]string{
	"electrodb":         {"put": "0", "create": "0", "upsert": "0", "set": "0"},
	"dynamoose":         {"create": "0", "batchPut": "0", "update": "1", "model()": "0"},
	"dynamodb-onetable": {"create": "0", "upsert": "0", "update": "0"},
}

// mapped is the table that something of a mapper is about, and what its records hold that is no text.
type mapped struct {
	name  *Value
	types map[string]*Value
}

// mappedBy is what a call of a mapper is about.
func mappedBy(callee *Value, args *arguments) *mapped {
	inputs, ok := mappedTables[callee.ref+"()"]
	if !ok || callee.mapped != nil {
		return callee.mapped
	}
	m := &mapped{name: input(inputs[0], nil, args)}
	if inputs[1] == "" {
		return m
	}
	schema := input(inputs[1], nil, args)
	if schema.ref == "dynamoose.Schema()" && len(schema.args) > 0 {
		schema = schema.args[0]
	}
	for name, kind := range sorted(schema.fields) {
		if t := orNothing(kind).fields["type"]; t != nil {
			kind = t
		}
		if isNoText(orNothing(kind)) {
			if m.types == nil {
				m.types = map[string]*Value{}
			}
			m.types[name] = &Value{}
		}
	}
	return m
}

// isNoText reports whether a type of a schema lets no text of an outsider through: numbers, and lists of what is allowed.
func isNoText(kind *Value) bool {
	switch kind.ref {
	case "builtin.Number", "builtin.Boolean", "builtin.Date":
		return true
	}
	return kind.known && (kind.text == "number" || kind.text == "boolean") || kind.fields["0"] != nil && kind.fields["0"].known
}

// ofMapper follows the methods of such mappers that write and read.
func (in *interp) ofMapper(f frame, e *ir.Expr, method string, callee *Value, args *arguments) (*Value, bool) {
	table := callee.mapped
	if table == nil || f.file.Language != ir.Node {
		return nil, false
	}
	library := packageOf(callee.ref)
	if strings.HasSuffix(callee.ref, "dynamoose.model()") { // new Model({...})
		method = "model()"
	}
	if at := mappedWrites[library][method]; at != "" {
		in.mappedWrite(f, e, table, input(at, nil, args))
		return nil, false
	}
	many := strings.Contains(callee.ref, "query") || strings.Contains(callee.ref, "scan") || strings.Contains(callee.ref, "match()") || strings.Contains(callee.ref, "find")
	switch {
	case library == "electrodb" && method == "go" && (many || strings.Contains(callee.ref, "get()")):
		item := in.mappedRead(f, e, table, many)
		if many {
			item = &Value{elem: item}
		}
		return &Value{fields: map[string]*Value{"data": item}}, true
	case library == "dynamoose" && method == "exec" && many, library == "dynamodb-onetable" && (method == "find" || method == "scan"):
		return &Value{elem: in.mappedRead(f, e, table, true)}, true
	case (library == "dynamoose" || library == "dynamodb-onetable") && method == "get":
		return in.mappedRead(f, e, table, false), true
	}
	return nil, false
}

// mappedWrite notes that records are put into a table, one or a list of them.
func (in *interp) mappedWrite(f frame, e *ir.Expr, table *mapped, item *Value) {
	if item.elem != nil || item.fields["0"] != nil {
		item = in.elements(item)
	}
	in.send(f, e.At, "dynamodb:PutItem", &Value{fields: map[string]*Value{"TableName": table.name, "Item": item}})
}

// mappedRead is a record that is read from a table.
func (in *interp) mappedRead(f frame, e *ir.Expr, table *mapped, many bool) *Value {
	key, part := "dynamodb:GetItem", ".Item"
	if many {
		key, part = "dynamodb:Query", ".Items[]"
	}
	request := &Value{fields: map[string]*Value{"TableName": table.name}}
	out := &Value{}
	in.stored(f, e, awsCall{op: operationNamed(key), params: request, send: in.send(f, e.At, key, request)}, out)
	for _, t := range out.taints {
		t.Path += part
	}
	if len(table.types) > 0 {
		out.fields = table.types
	}
	return out
}

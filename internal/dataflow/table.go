package dataflow

import (
	"slices"
	"strings"

	"wardlet.example/internal/ir"
	"wardlet.example/internal/sdk"
)

// Classes of pynamodb stand for tables: what their objects hold is written, and read into others.

// tableReads are the methods of such classes that read, tableWrites those of their objects that write, each with its operation.
var (
	tableReads  = map[string]string{"get": "dynamodb:GetItem", "query": "dynamodb:Query", "scan": "dynamodb:Scan", "batch_get": "dynamodb:BatchGetItem", "refresh": "dynamodb:GetItem"}
	tableWrites = map[string]string{"save": "dynamodb:PutItem", "update": "dynamodb:UpdateItem", "delete": "dynamodb:DeleteItem"}
)

// answeredAs is where the answer of an operation has the items.
var answeredAs = map[string]string{"get": ".Item", "refresh": ".Item", "query": ".Items[]", "scan": ".Items[]", "batch_get": ".Responses[]"}

const pynamodb = "pynamodb."

// ofTable follows the methods that a class has because it stands for a table.
func (in *interp) ofTable(f frame, e *ir.Expr, recv *Value, method string, args *arguments) (*Value, bool) {
	if recv == nil || f.file.Language != ir.Python || tableReads[method] == "" && tableWrites[method] == "" {
		return nil, false
	}
	object := orSelf(recv)
	c := object.class
	if c == nil || !c.extends(0, pynamodb) || recv.class == c && c.method(method, 0) != nil {
		return nil, false
	}
	if object.isType {
		in.callsLibrary(f, e, "pynamodb.models.Model."+method, method, nil, args)
	}
	request := &Value{fields: map[string]*Value{"TableName": c.tableName()}}
	in.use(f, e.At, "dynamodb:DescribeTable", operationNamed("dynamodb:DescribeTable"), request, false) // before version 5.3
	in.uses[len(in.uses)-1].Helper = true
	if key := tableWrites[method]; key != "" {
		item := &Value{fields: map[string]*Value{}}
		for name, x := range sorted(object.fields) {
			item.fields[name] = x
		}
		in.storesPassword(f, e, key, item, &arguments{})
		for i, x := range args.list {
			item.fields["!"+itoa(i)] = x // actions of an update
		}
		request.fields["Item"] = item
		in.use(f, e.At, key, operationNamed(key), request, false)
		if key == "dynamodb:DeleteItem" {
			in.send(f, e.At, key, request)
		} else {
			in.send(f, e.At, "dynamodb:PutItem", request)
		}
		return &Value{}, true
	}
	key := tableReads[method]
	out := &Value{class: c, fields: map[string]*Value{}}
	in.use(f, e.At, key, operationNamed(key), request, false)
	call := awsCall{op: sdk.Operation{Key: key}, params: request, send: in.send(f, e.At, key, request)}
	in.stored(f, e, call, out)
	for _, t := range out.taints { // an object is its item
		t.Path += answeredAs[method]
	}
	if method == "query" || method == "scan" || method == "batch_get" {
		return &Value{elem: out}, true
	}
	return out, true
}

// attributeOf is a field of a class as an object has it: where the object is what was read from a table, a part of that, and not what the
// class declares of it.
func (in *interp) attributeOf(v, declared *Value, key string) *Value {
	if v.isType || len(v.taints) == 0 || !strings.HasPrefix(declared.ref, pynamodb) {
		return declared
	}
	return &Value{taints: in.parts(v.taints, key)}
}

// tableName is the name of the table that a class stands for: of its inner class Meta.
func (c *class) tableName() *Value {
	if meta := c.static.fields["Meta"]; meta != nil && meta.class != nil && meta.class.static != nil {
		if name := meta.class.static.fields["table_name"]; name != nil {
			return name
		}
	}
	for _, b := range c.bases {
		if b != nil && b.class != nil {
			return b.class.tableName()
		}
	}
	return nothing
}

// durable follows the invocation of a function from a durable one: context.invoke(name, payload), or in JavaScript with the name of the
// step before them.
func (in *interp) durable(f frame, e *ir.Expr, ref string, args *arguments) {
	if strings.HasPrefix(ref, "lambda.context.") && ref != "lambda.context.invoke" { // what runs inside of it gets a context of its own
		for _, a := range args.list {
			for _, c := range slices.Concat(a.fns, elementFns(a)) {
				in.invoke(f, c, c.this, &arguments{list: []*Value{{ref: "lambda.context"}, {ref: "lambda.context"}}}, e.At)
			}
			for _, task := range sorted(a.fields) { // {name, func}
				for _, c := range orNothing(task.fields["func"]).fns {
					in.invoke(f, c, c.this, &arguments{list: []*Value{{ref: "lambda.context"}}}, e.At)
				}
			}
		}
	}
	if ref == "lambda.context.wait" {
		in.waitsFor(f, e, args)
	}
	if ref != "lambda.context.invoke" && !strings.HasSuffix(ref, "DurableContext.invoke") {
		return
	}
	name, payload := args.get(0), args.get(1)
	if f.file.Language == ir.Node && len(args.list) > 2 {
		name, payload = args.get(1), args.get(2)
	}
	if kw := args.kw["function_name"]; kw != nil {
		name = kw
	}
	if kw := args.kw["payload"]; kw != nil {
		payload = kw
	}
	in.send(f, e.At, "lambda:Invoke", &Value{fields: map[string]*Value{"FunctionName": name, "Payload": payload}})
}

// operationNamed is an operation by its key.
func operationNamed(key string) sdk.Operation {
	client, name, _ := strings.Cut(key, ":")
	for _, op := range sdk.Resolve(sdk.Call{Language: sdk.NodeV3, Client: "@aws-sdk/client-" + client, Method: name + "Command"}) {
		return op
	}
	return sdk.Operation{Key: key}
}

// waitsFor notes how long a durable function of JavaScript waits: context.wait({seconds}), context.wait("payment", {minutes}).
func (in *interp) waitsFor(f frame, e *ir.Expr, args *arguments) {
	for _, a := range args.list {
		for _, unit := range []string{"seconds", "minutes", "hours", "days"} {
			if x := orNothing(a).fields[unit]; x != nil {
				in.hit(f, e.At, sizeRule, "the wait of a durable function", amounts(x), false)
			}
		}
	}
}

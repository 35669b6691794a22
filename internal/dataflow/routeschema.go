package dataflow

import (
	"strings"

	"wardlet.example/internal/ir"
)

// schemaIn is the schema among the options of a route.
func schemaIn(args *arguments) *Value {
	for _, a := range args.list {
		if s := a.fields["schema"]; s != nil {
			return s
		}
		if checksParts[a.ref] && len(a.args) > 0 {
			return a.args[0]
		}
	}
	return validatorsIn(args)
}

// checksParts are checks that stand before a route and get the schemas of the parts of a request.
var checksParts = set("celebrate.celebrate() express-validation() express-validation.default() express-validation.validate()")

// validatorsIn are the schemas that stand before a route of Hono, by the parts of the request: zValidator("json", schema).
func validatorsIn(args *arguments) *Value {
	var out *Value
	for _, a := range args.list {
		name := strings.TrimSuffix(lastPart(a.ref), "()")
		if !strings.HasPrefix(a.ref, "@hono/") || name != "zValidator" && name != "sValidator" || len(a.args) < 2 || !a.args[0].known {
			continue
		}
		if out == nil {
			out = &Value{fields: map[string]*Value{}}
		}
		out.fields[a.args[0].text] = a.args[1]
	}
	return out
}

// valid is a part of a request of Hono as the schema before the route lets it through: c.req.valid("json").
func (in *interp) valid(f frame, recv *Value, method string, args *arguments, at int32) *Value {
	if recv == nil || method != "valid" || recv.ref != "hono.Context.req" {
		return nil
	}
	part := args.get(0).text
	schema := orNothing(in.validators).fields[part]
	if schema == nil {
		return nil
	}
	return in.shaped(f, &Value{taints: objects(in.parts(recv.taints, part))}, schema, at, 0)
}

// checkedPart puts what is left of a part of a request after its check onto the request: those who come after get it.
func (in *interp) checkedPart(f frame, request *Value, part string, schema *Value, all bool, at int32) {
	if request == nil || request.shared || request.ref != "express.Request" && request.ref != "koa.Context" {
		return
	}
	v := in.member(f, request, part, at)
	out := in.shaped(f, v, schema, at, 0)
	if len(out.fields) == 0 {
		return
	}
	var rules []string
	if all {
		rules = []string{"mass-assignment"}
	}
	v = cleanedBy(v, rules)
	v.fields = out.fields
	if request.fields == nil {
		request.fields = map[string]*Value{}
	}
	request.fields[part] = v
}

// checkedRequest is a request of Fastify whose parts a schema has checked.
func (in *interp) checkedRequest(f frame, v, schema *Value, at int32) *Value {
	if schema == nil {
		return v
	}
	out := *v
	out.fields = map[string]*Value{}
	for _, part := range [][2]string{{"body", "body"}, {"querystring", "query"}, {"query", "query"}, {"params", "params"}, {"headers", "headers"}} {
		if s := schema.fields[part[0]]; s != nil && len(fieldsOf(s)) > 0 {
			out.fields[part[1]] = in.shaped(f, in.member(f, v, part[1], at), s, at, 0)
		}
	}
	return &out
}

// expected is the model that flask-restx checks the payload of a route by; nil where there is none that is enforced.
func (in *interp) expected(f frame, fn *ir.Func) *Value {
	for _, d := range fn.Decorators {
		v := in.eval(f, d)
		if !strings.HasSuffix(v.ref, ".expect()") || len(v.args) == 0 || !strings.EqualFold(orNothing(v.kw["validate"]).text, "true") {
			continue
		}
		if model := v.args[0]; len(model.args) > 1 {
			return model.args[1]
		}
	}
	return nil
}

// enforced is a payload whose fields are of the types that its model says.
func (in *interp) enforced(v *Value) *Value {
	out := *v
	out.fields = map[string]*Value{}
	for name, field := range sorted(in.payload.fields) {
		x := &Value{taints: in.parts(v.taints, name)}
		switch kind := field.ref[strings.LastIndexByte(field.ref, '.')+1:]; kind {
		case "Integer()", "Float()", "Boolean()", "DateTime()", "Date()", "Fixed()", "Arbitrary()":
			x = &Value{}
		case "String()", "Url()", "FormattedString()":
			x = cleanedBy(x, []string{"nosql", "prototype-pollution"})
		}
		out.fields[name] = x
	}
	return &out
}

// harmlessTypes are types of parameters to which frameworks convert what they read.
var harmlessTypes = set("int float bool UUID uuid.UUID Decimal date datetime Session Depends Request Response BackgroundTasks")

// onlyTexts are the taints of a value that is a text, or of the first of a tuple.
func onlyTexts(v *Value) []*Taint {
	if v == nil {
		return nil
	}
	if first := v.fields["0"]; first != nil {
		v = first
	}
	var out []*Taint
	for _, t := range v.taints {
		if !t.object {
			out = append(out, t)
		}
	}
	return out
}

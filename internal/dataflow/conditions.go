package dataflow

import "strings"

// Conditions of boto3 are made by calls: Key("pk").eq(x) & Attr("type").begins_with(y).

// conditions is the beginning of their paths, askedKey the member of a request for what its conditions say of attributes.
const (
	conditions = "boto3.dynamodb.conditions."
	askedKey   = "!asked"
)

// attributeCondition is what a method of an attribute gives; nil for other calls. Its text is only there to be compared: one of two conditions is
// none that is known.
func attributeCondition(callee *Value, args *arguments) *Value {
	of, method, _ := strings.Cut(strings.TrimPrefix(callee.ref, conditions), ".")
	if of != "Key()" && of != "Attr()" || method != "eq" && method != "begins_with" {
		return nil
	}
	name, value := orNothing(first1(callee.args)), args.get(0)
	return &Value{ref: conditions + method + "()", args: []*Value{name, value}, known: true, text: conditions + method + name.text + value.outlined()}
}

// allOf is a condition that asks for two others.
func allOf(x, y *Value) *Value {
	if !strings.HasPrefix(x.ref, conditions) || !strings.HasPrefix(y.ref, conditions) {
		return &Value{}
	}
	return &Value{ref: conditions + "And()", args: []*Value{x, y}, known: x.known && y.known, text: x.text + y.text}
}

// askedOf is what conditions say of attributes; nil where nothing is known.
func askedOf(conditions ...*Value) *Value {
	fields := map[string]*Value{}
	for _, v := range conditions {
		v.equations(fields, 0)
	}
	if len(fields) == 0 {
		return nil
	}
	return &Value{fields: fields}
}

func (v *Value) equations(fields map[string]*Value, depth int) {
	if v == nil || !v.known || len(v.args) != 2 || depth > deepestKept {
		return
	}
	name := v.args[0]
	switch strings.TrimPrefix(v.ref, conditions) {
	case "And()":
		v.args[0].equations(fields, depth+1)
		v.args[1].equations(fields, depth+1)
	case "eq()":
		fields[name.text] = v.args[1]
	case "begins_with()":
		fields[name.text] = &Value{parts: []*Value{v.args[1], {varied: true}}}
	}
	delete(fields, "") // of a name that is not known
}

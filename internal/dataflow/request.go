package dataflow

import (
	"maps"
	"regexp"
	"slices"
	"strings"
)

// Members of requests that stand for what services make of others.
const (
	copiedContent = "!copied" // the content of the object that is copied, where the event is about it
	fileContent   = "!file"   // the content of a file that was fetched before
	statedTable   = "!table"  // the table that a statement of PartiQL names
)

// asSent is a request as the service takes it.
func (in *interp) asSent(key string, params *Value) *Value {
	switch key {
	case "sns:Publish":
		if how, _ := params.At("MessageStructure").Is(); how == "json" {
			return withMember(params, "Message", forProtocols(params.At("Message")))
		}
	case "s3:PutObject":
		if held := in.files[fileName(params.At("Filename"))]; len(held) > 0 {
			return withMember(params, fileContent, &Value{taints: held})
		}
	case "s3:CopyObject":
		return withMember(params, copiedContent, contentOf(params.At("CopySource")))
	case "dynamodb:Query", "dynamodb:Scan":
		return withMember(params, askedKey, askedOf(params.fields["KeyConditionExpression"], params.fields["FilterExpression"]))
	case "dynamodb:ExecuteStatement":
		return withMember(params, statedTable, tableOf(params.At("Statement")))
	}
	return params
}

func withMember(params *Value, name string, v *Value) *Value {
	if v == nil {
		return params
	}
	out := *params
	out.fields = maps.Clone(params.fields)
	if out.fields == nil {
		out.fields = map[string]*Value{}
	}
	out.fields[name] = v
	return &out
}

// forProtocols is what functions and queues get of a message that has a text for each protocol; of a default that is a constant nothing
// comes.
func forProtocols(message *Value) *Value {
	var out *Value
	for _, protocol := range []string{"lambda", "sqs", "default"} {
		if x := message.At(protocol); x != nil && (out == nil || len(x.all()) > 0) {
			out = join(out, x)
		}
	}
	return out
}

// contentOf is the content of the object that the event is about, where that is what is copied; nil for others.
func contentOf(source *Value) *Value {
	if source == nil {
		return nil
	}
	for _, t := range source.all() {
		if strings.HasSuffix(t.Path, "object.key") {
			u := *t
			u.Path, u.clean, u.object = Uploaded, nil, false
			return &Value{taints: []*Taint{&u}}
		}
	}
	return nil
}

// beforeTable is what stands before the table of a statement, selecting the whole beginning of one.
var (
	beforeTable = regexp.MustCompile(`(?i)^\s*SELECT\s.*\sFROM\s+"?$`)
	selecting   = regexp.MustCompile(`(?is)^\s*SELECT\s.*?\sFROM\s+"?([\w.-]+)`)
)

// tableOf is the name of the table that a statement selects from; nil where it is not known.
func tableOf(v *Value) *Value {
	if v == nil {
		return nil
	}
	if m := selecting.FindStringSubmatch(v.Begins()); m != nil && (v.known || len(m[0]) < len(v.Begins())) {
		return constant(m[1])
	}
	for i, p := range slices.Backward(v.parts) {
		if i > 0 && p != nil && v.parts[i-1] != nil && beforeTable.MatchString(v.parts[i-1].text) {
			return p
		}
	}
	return nil
}

// Package sdk names what a call of an AWS SDK does: the operation, the actions that it needs, and the arguments that say on
// what. Every SDK spells the same operation in its own way; the key is one for all: "dynamodb:GetItem", the name of the
// client in the JavaScript SDK v3 and the operation as AWS documents it.
package sdk

import (
	"strings"

	"wardlet.example/data/iam"
	"wardlet.example/internal/model"
)

// Language is the SDK that code calls.
type Language string

// SDKs.
const (
	NodeV3 Language = "node-v3" // @aws-sdk/client-*: Client is the package, Method the command or method
	NodeV2 Language = "node-v2" // aws-sdk: Client is the class, as DynamoDB.DocumentClient
	Python Language = "python"  // boto3: Client is the name of the service, with a resource's class behind it, as dynamodb.Table
	Go     Language = "go"      // aws-sdk-go(-v2): Client is the last part of the import path
)

// Call is a call as code makes it, resolved to a client.
type Call struct {
	Language  Language
	Client    string
	Method    string
	Arguments *model.Value // a Map of the request's members; nil where they are not known
}

// Operation is what a call does.
type Operation struct {
	Key      string   // client:Operation, the same whatever the language
	Actions  []Action // none where nobody is asked for permission
	Known    bool     // false: no table tells which actions it needs
	Subjects []Subject
}

// Action is an action that an operation needs.
type Action struct {
	Name    string // as service:Name
	Perhaps bool   // only with some arguments
}

// Subject is an argument that says on what an operation works.
type Subject struct {
	Member string       // as QueueUrl, Entries[].EventBusName; RequestItems{}: the keys of a map
	Value  *model.Value // as the call has it; an Unknown where it is not known
}

// Resolve gives the operations that a call makes: one for most; several for helpers that choose by themselves, such as
// multipart uploads; none where the call is no operation that is known.
func Resolve(c Call) []Operation {
	client, names := c.names()
	if client == nil {
		return nil
	}
	var out []Operation
	for _, name := range names {
		if o := client.Operation(name); o != nil {
			out = append(out, operation(client, o, c.Arguments))
		}
	}
	return out
}

func operation(client *iam.Client, o *iam.Operation, arguments *model.Value) Operation {
	out := Operation{Key: client.Name + ":" + o.Name, Known: o.Known}
	for _, a := range o.Actions {
		name, perhaps := strings.CutSuffix(a, "?")
		out.Actions = append(out.Actions, Action{name, perhaps})
	}
	for _, member := range o.Subjects {
		if arguments == nil {
			out.Subjects = append(out.Subjects, Subject{member, model.NewUnknown("the arguments of the call are not known", model.Origin{})})
			continue
		}
		for _, v := range follow(arguments, strings.Split(member, ".")) {
			out.Subjects = append(out.Subjects, Subject{member, v})
		}
	}
	return out
}

// follow gives what stands at a path of members in the arguments; [] goes through a list, {} through the keys of a map.
func follow(v *model.Value, steps []string) []*model.Value {
	v = v.Settled()
	if v.Kind == model.Unknown {
		return []*model.Value{v}
	}
	step := steps[0]
	name, each := strings.CutSuffix(step, "[]")
	name, keys := strings.CutSuffix(name, "{}")
	at := member(v, name)
	var found []*model.Value
	switch {
	case at.Kind == model.Absent:
		return nil
	case keys:
		for _, f := range at.Settled().Fields {
			found = append(found, model.NewString(f.Key, model.Origin{Pos: f.At}))
		}
		if at.Settled().Kind != model.Map {
			found = []*model.Value{at}
		}
		return found
	case each:
		found = at.Settled().Elements()
	default:
		found = []*model.Value{at}
	}
	if len(steps) == 1 {
		return found
	}
	var out []*model.Value
	for _, f := range found {
		out = append(out, follow(f, steps[1:])...)
	}
	return out
}

// member is a member of a request, whose first letter some SDKs write the other way.
func member(v *model.Value, name string) *model.Value {
	if m := v.Get(name); m.Kind != model.Absent || name == "" {
		return m
	}
	other := strings.ToUpper(name[:1]) + name[1:]
	if other == name {
		other = strings.ToLower(name[:1]) + name[1:]
	}
	return v.Get(other)
}

// ClientName is the client that a call is of, as keys name it; empty if none is known. The method does not matter.
func ClientName(c Call) string {
	if client, _ := c.names(); client != nil {
		return client.Name
	}
	return ""
}

package asl

import (
	"strings"

	"wardlet.example/internal/model"
)

// Call is what a task calls.
type Call struct {
	Kind      CallKind
	Resource  *model.Value // as written
	Service   string       // of an integration, in the name that IAM has for it: sqs, dynamodb, states, events ...; http for HTTPS APIs
	Operation string       // of an integration, as the API calls it: SendMessage, PutItem, StartExecution; Invoke for lambda, http, apigateway
	SDK       bool         // an integration of the form aws-sdk:service:operation
	Wait      WaitKind
	Targets   []Target     // what the call is made on; empty where the service needs none or it is not known
	Arguments *model.Value // Parameters or Arguments as written; Absent where the whole input is passed
	// Credentials names the role of another account that the call is made with, where it is written: {RoleArn: ...}.
	Credentials *model.Value
}

// CallKind tells what a Resource means.
type CallKind string

// Kinds of Call.
const (
	CallFunction    CallKind = "function"    // the ARN of a Lambda function, which gets the arguments as its event
	CallActivity    CallKind = "activity"    // the ARN of an activity: a worker outside polls for the input
	CallIntegration CallKind = "integration" // arn:aws:states:::service:operation
	CallReference   CallKind = "reference"   // what a reference gives: the type of its resource tells, a function or an activity
	CallUnknown     CallKind = "unknown"     // not decidable
)

// WaitKind is when a task goes on (Step Functions guide, "Discover service integration patterns").
type WaitKind string

// Integration patterns.
const (
	RequestResponse WaitKind = "request-response" // with the answer of the call
	Sync            WaitKind = "sync"             // when the job that the call began is done
	WaitForToken    WaitKind = "wait-for-token"   // when somebody sends back the task token
)

// Target is a resource that a call names. What goes to the default event bus names none.
type Target struct {
	Name  string       // the argument: QueueUrl, TableName, Entries[0].EventBusName ...; Resource where the task names it itself
	Value *model.Value // what is written; an Unknown where the running machine chooses
	From  *Leaf        // where the running machine takes the value from; nil where the definition says it
}

func (p *parser) call(s *State, resource, arguments *model.Value) *Call {
	c := &Call{Kind: CallUnknown, Resource: resource, Wait: RequestResponse, Arguments: arguments}
	v := resource.Settled()
	switch v.Kind {
	case model.Ref:
		c.aimed(CallReference, "Resource", v)
	case model.String, model.Text:
		c.named(v, outline(v))
		p.checkResource(s, c, v)
	case model.Unknown, model.OneOf:
	default:
		p.warn(s.At, "write the ARN of a function, an activity or a service integration", "the Resource of the state %q is a %s", s.Name, v.Kind)
	}
	if c.Kind == CallIntegration {
		c.Targets = targets(s, c.Service, arguments)
		for i := range c.Targets {
			p.checkTarget(s, &c.Targets[i])
		}
	}
	return c
}

// openPart stands for what is not known in the outline of a text.
const openPart = "\x00"

// outline is a text with a zero byte for each part that is not known.
func outline(v *model.Value) string {
	if v.Kind != model.Text {
		return v.Str
	}
	var b strings.Builder
	for _, part := range v.Items {
		if s, ok := part.Scalar(); ok {
			b.WriteString(s)
		} else {
			b.WriteString(openPart)
		}
	}
	return b.String()
}

// named works out what an ARN means. Its partition, region and account may be open.
func (c *Call) named(v *model.Value, arn string) {
	fields := strings.SplitN(arn, ":", 7)
	if len(fields) < 7 || fields[0] != "arn" {
		c.unusual(v, arn)
		return
	}
	switch service, kind := fields[2], fields[5]; {
	case service == "lambda" && kind == "function":
		c.aimed(CallFunction, "FunctionName", v)
	case service == "states" && kind == "activity":
		c.aimed(CallActivity, "Resource", v)
	case service == "states" && fields[3] == "" && fields[4] == "":
		c.integration(kind + ":" + fields[6])
	}
}

// unusual is for ARNs of which an open part holds several fields, or that are a reference with a version or alias behind it.
func (c *Call) unusual(v *model.Value, arn string) {
	switch fields := strings.Split(arn, ":"); {
	case strings.HasPrefix(arn, openPart+":") && v.Items[0].Kind == model.Ref:
		c.aimed(CallReference, "Resource", v)
	case fields[0] == "arn" && len(fields) > 3 && fields[2] == "lambda" && strings.Contains(arn, openPart):
		c.aimed(CallFunction, "FunctionName", v)
	}
}

func (c *Call) aimed(kind CallKind, name string, v *model.Value) {
	c.Kind = kind
	c.Targets = []Target{{Name: name, Value: v}}
}

// integration reads service:operation or aws-sdk:service:operation, with .sync, .sync:2 or .waitForTaskToken behind it.
func (c *Call) integration(name string) {
	c.Kind = CallIntegration
	name, c.SDK = strings.CutPrefix(name, "aws-sdk:")
	service, operation, _ := strings.Cut(name, ":")
	operation, wait, _ := strings.Cut(operation, ".")
	switch {
	case strings.HasPrefix(wait, "sync"):
		c.Wait = Sync
	case wait == "waitForTaskToken":
		c.Wait = WaitForToken
	}
	if !strings.Contains(service, openPart) {
		c.Service = serviceName(service)
	}
	if !strings.Contains(operation, openPart) && operation != "" {
		c.Operation = strings.ToUpper(operation[:1]) + operation[1:]
	}
}

package dataflow

import (
	"strings"

	"wardlet.example/internal/ir"
)

// beforePowertools is how resolvers of Powertools call a function that stands before those of routes: with themselves and with what comes next.
const beforePowertools = "powertools-before"

// middlewaresIn are the middlewares in a list: functions, and objects with one that is called handler.
func middlewaresIn(list *Value) []*closure {
	var out []*closure
	for _, x := range list.Elements() {
		if x == list {
			continue
		}
		out = addFns(out, x.fns)
		if x.class != nil {
			if m := x.class.method("handler", 0); m != nil {
				out = append(out, &closure{fn: m.fn, scope: m.scope, this: x})
			}
		}
	}
	return out
}

// ofResolver follows what a resolver of Powertools keeps for the functions behind a middleware: app.append_context(user=...),
// app.context["user"]. The methods of its context are those of a dictionary.
func (in *interp) ofResolver(ref string, args *arguments) bool {
	before, method := cutLast(ref)
	if method != "append_context" || frameworkOf(before) != "powertools" {
		return false
	}
	for name, x := range sorted(args.kw) {
		in.putsInContext(name, x)
	}
	return true
}

// keptByResolver is what a resolver of Powertools keeps under all names; nil for others.
func (in *interp) keptByResolver(v *Value, key string) *Value {
	if key != "context" || frameworkOf(v.ref) != "powertools" || in.contexts.all == nil || in.st != nil {
		return nil
	}
	kept := &Value{fields: map[string]*Value{}}
	for name := range in.contexts.all {
		kept.fields[name], _ = in.takenFromContext(name)
	}
	for name := range in.ownContext() {
		kept.fields[name], _ = in.takenFromContext(name)
	}
	return kept
}

// powertools follows utilities of Powertools that call functions of the program, or give parts of events: batches, models, envelopes.
func (in *interp) powertools(f frame, e *ir.Expr, ref string, args *arguments, out *Value) *Value {
	argument := func(name string, at int) *Value {
		if v := args.kw[name]; v != nil {
			return v
		}
		return orNothing(args.get(at))
	}
	if strings.HasPrefix(ref, "@aws-lambda-powertools/") {
		return in.powertoolsNode(f, e, ref, args, out)
	}
	switch name := lastPart(ref); {
	case name == "process_partial_response" || name == "async_process_partial_response":
		records := in.elements(in.member(f, argument("event", 0), "Records", e.At))
		in.records(f, e, argument("record_handler", 1), records)
		return out
	case strings.HasPrefix(ref, "aws_lambda_powertools.utilities.batch.") && args.kw["records"] != nil && args.kw["handler"] != nil: // processor(...)
		in.records(f, e, args.kw["handler"], in.elements(args.kw["records"]))
		return out
	case name == "batch_processor" || name == "async_batch_processor": // a decorator of the handler
		for _, fn := range orNothing(args.kw["record_handler"]).fns {
			in.p.routed = append(in.p.routed, &routed{framework: "record", fn: fn, file: f.file.Path, at: e.At})
		}
		return out
	case ref == "aws_lambda_powertools.utilities.parameters.get_parameter":
		if p := parameter(argument("name", 0)); p != nil {
			return p.fields["Value"]
		}
		return nil
	case ref == "aws_lambda_powertools.utilities.parser.parse":
		model := argument("model", 1)
		if model.class == nil {
			return nil
		}
		event := in.parsed(f, e, argument("event", 0))
		return in.instance(f, model, &arguments{kw: event.fields, dict: event}, e.At)
	}
	return nil
}

// records calls the function that handles one record with each of them, or with the model that it is declared to take.
func (in *interp) records(f frame, e *ir.Expr, handler, record *Value) {
	in.tries++ // the failure of one record is answered
	defer func() { in.tries-- }()
	for _, c := range handler.fns {
		in.invoke(f, c, c.this, &arguments{list: []*Value{record}}, e.At)
	}
}

// powertoolsNode follows the same utilities of Powertools for TypeScript.
func (in *interp) powertoolsNode(f frame, e *ir.Expr, ref string, args *arguments, out *Value) *Value {
	pkg, envelope := packageOf(ref), strings.TrimSuffix(ref, ".parse")
	switch name := lastPart(ref); {
	case name == "processPartialResponse" || name == "processPartialResponseSync":
		in.records(f, e, args.get(1), in.elements(in.member(f, args.get(0), "Records", e.At)))
		return out
	case name == "register" && strings.HasSuffix(pkg, "/batch"):
		in.records(f, e, args.get(1), in.elements(args.get(0)))
		return out
	case name == "getParameter" && strings.HasPrefix(pkg, "@aws-lambda-powertools/parameters"):
		if p := parameter(args.get(0)); p != nil {
			return p.fields["Value"]
		}
		return nil
	case name == "parse" && envelopes[lastPart(envelope)] != nil:
		return in.enveloped(f, e, args.get(0), envelope, args.get(1))
	case name == "parse" && strings.HasPrefix(pkg, "@aws-lambda-powertools/parser"):
		return in.enveloped(f, e, args.get(0), args.get(1).ref, args.get(2))
	}
	return nil
}

// envelopes are the paths of what envelopes of Powertools take out of events.
var envelopes = map[string][]string{
	"SqsEnvelope": {"Records", "[]", "body"}, "SnsEnvelope": {"Records", "[]", "Sns", "Message"}, "SnsSqsEnvelope": {"Records", "[]", "body", "{}", "Message"},
	"KinesisEnvelope": {"Records", "[]", "kinesis", "data"}, "EventBridgeEnvelope": {"detail"}, "ApiGatewayEnvelope": {"body"}, "ApiGatewayV2Envelope": {"body"},
	"LambdaFunctionUrlEnvelope": {"body"}, "VpcLatticeEnvelope": {"body"}, "VpcLatticeV2Envelope": {"body"},
}

// enveloped is what a schema makes of what an envelope takes out of an event; all of the event where there is no envelope.
func (in *interp) enveloped(f frame, e *ir.Expr, event *Value, envelope string, schema *Value) *Value {
	v, list := event, false
	for _, part := range envelopes[lastPart(envelope)] {
		switch part {
		case "[]":
			v, list = in.elements(v), true
		case "{}":
			v = in.parsed(f, e, v)
		default:
			v = in.member(f, v, part, e.At)
		}
	}
	if envelope != "" && lastPart(envelope) != "EventBridgeEnvelope" {
		v = in.parsed(f, e, v)
	}
	if strings.Contains(schema.ref, ".string()") && v.json == nil {
		v = cleanedBy(v, []string{"nosql", "mass-assignment", "prototype-pollution"})
	}
	v = in.shaped(f, v, schema, e.At, 0)
	if list {
		return &Value{elem: v}
	}
	return v
}

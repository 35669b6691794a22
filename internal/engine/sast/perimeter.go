package sast

import (
	"regexp"
	"slices"
	"strings"

	"wardlet.example/internal/dataflow"
	"wardlet.example/internal/finding"
	"wardlet.example/internal/ir"
	"wardlet.example/internal/model"
	"wardlet.example/internal/paths"
)

// What a function does not look at, though it comes from outside. Each of these checks gives one place of each perimeter: of a function, or of
// each of its routes and resolvers.

// mostNamed is how many fields a message names.
const mostNamed = 3

// unlooked is where a function stores or sends parts of a request which it has not looked at.
func unlooked(w *work, n *paths.Node) []spot {
	if (w.takesRequests(n) || has(n.Function, model.TriggerWebSocket)) && len(n.Result.Unlooked) > 0 {
		return w.keptSpots(n.Result.Unlooked, "any caller decides")
	}
	return w.unlookedOfOthers(n)
}

// unlookedOfOthers is where a function stores or sends parts of what other code or services send, which it has not looked at: where nobody is known to
// send that, or who does looks at none of it either.
func (w *work) unlookedOfOthers(n *paths.Node) []spot {
	all := n.Result.Foreign
	if len(all) == 0 || runsAlone(n.Function) {
		return nil
	}
	if inProfile(all) {
		return w.keptSpots(all, "whoever signs up decides")
	}
	if slices.ContainsFunc(n.Function.Triggers, w.byPlatform) {
		return nil
	}
	if isSent(n) {
		if door := w.uncheckedFrom(n, all); door != nil {
			return w.keptSpots(all, door.Function.Name+" hands it on as it came, so any caller decides")
		}
		return nil
	}
	all = slices.DeleteFunc(slices.Clone(all), func(k dataflow.Kept) bool { return k.Posted() || !fromOutside(n.Function, k) })
	out := w.keptSpots(all, "whoever sends it decides")
	for i := range out {
		out[i].unsure = true
	}
	return out
}

// fromOutside reports whether a call stores or hands on what comes to a function from somebody of whom nothing is known: in messages and in files, but
// for texts for models and translators, and in calls of the function itself, where no template says that something else starts it. Translators and
// voices refuse long texts themselves.
func fromOutside(f *model.Function, k dataflow.Kept) bool {
	if slices.ContainsFunc(k.Fields, dataflow.IsMember) {
		return has(f, model.TriggerIoT) || (!k.Paid || k.OfModel()) && !slices.ContainsFunc(f.Triggers, func(t *model.Trigger) bool { return t.Kind != model.TriggerDirect })
	}
	return !k.Paid
}

// isSent reports whether something that is known here sends a function its events. What it reads from a store is no event, whoever put it there.
func isSent(n *paths.Node) bool {
	return slices.ContainsFunc(n.In, func(e *paths.Edge) bool { return e.Read == nil })
}

// inProfile reports whether people said all of what some calls are given of themselves.
func inProfile(all []dataflow.Kept) bool {
	return !slices.ContainsFunc(all, func(k dataflow.Kept) bool {
		return slices.ContainsFunc(k.Fields, func(path string) bool { return !strings.HasPrefix(path, "event.request.userAttributes.") })
	})
}

// byPlatform reports whether a service of the platform decides what comes by a trigger, or something that checks it.
func (w *work) byPlatform(t *model.Trigger) bool {
	switch t.Kind {
	case model.TriggerDirect, model.TriggerState, model.TriggerObject, model.TriggerIoT:
		return false
	case model.TriggerQueue, model.TriggerTopic, model.TriggerStream: // what another service puts there has the form that the service gives it
		return t.Source != nil && slices.ContainsFunc(w.app.Flows, func(f *model.Flow) bool { return f.To == t.Source.ID && f.From != model.Internet && !w.isAPI(f.From) })
	}
	return true
}

// isAPI reports whether something is an API, which puts into a queue or a topic what callers send.
func (w *work) isAPI(id string) bool {
	return slices.ContainsFunc(w.app.Resources, func(r *model.Resource) bool { return r.ID == id && strings.HasPrefix(r.Type, "AWS::ApiGateway") })
}

// uncheckedFrom is where outsiders come in whose data gets into some calls without a look at it on the way; nil where there is none.
func (w *work) uncheckedFrom(n *paths.Node, all []dataflow.Kept) *paths.Node {
	if w.graph == nil {
		return nil
	}
	for _, k := range all {
		for _, way := range k.Ways {
			path, _, _ := w.graph.Reach(n, way, "unchecked")
			if path != nil && !path.Unsure && !slices.ContainsFunc(path.Hops, looksBefore) {
				return path.Door()
			}
		}
	}
	return nil
}

// looksBefore reports whether a hop of a path begins at something that perhaps looks at what it hands on.
func looksBefore(h paths.Hop) bool {
	from := h.Edge.From
	return gatewayChecks(from.Function) || from.Result.Found && len(from.Result.Unlooked)+len(from.Result.Foreign) == 0
}

// endless is where a function stores texts that can have any length.
func endless(w *work, n *paths.Node) []spot {
	if !w.takesRequests(n) && !has(n.Function, model.TriggerWebSocket) || len(n.Result.Endless) == 0 {
		return nil
	}
	return w.keptSpots(n.Result.Endless, "")
}

// dear is where a model gets texts that can have any length from whoever calls.
func dear(w *work, n *paths.Node) []spot {
	f := n.Function
	open := w.byHTTP(f) && !has(f, model.TriggerWebSocket) || has(f, model.TriggerGraphQL)
	if !open || len(n.Result.Dear) == 0 {
		return nil
	}
	return w.keptSpots(n.Result.Dear, "")
}

// keptSpots are the places of some calls, one for each perimeter.
func (w *work) keptSpots(all []dataflow.Kept, who string) []spot {
	var out []spot
	for _, group := range dataflow.Perimeters(all) {
		out = append(out, w.keptSpot(group, who))
	}
	return out
}

// keptSpot is the place of the first of some calls, with what all of them are given, and who decides.
func (w *work) keptSpot(all []dataflow.Kept, who string) spot {
	var fields, calls []string
	for i, k := range all {
		for _, path := range k.Fields {
			if !slices.Contains(fields, path) {
				fields = append(fields, path)
			}
		}
		again := slices.ContainsFunc(all[:i], func(o dataflow.Kept) bool { return o.File == k.File && o.At == k.At }) // by another name
		if !again && !slices.Contains(calls, k.What) {
			calls = append(calls, k.What)
		}
	}
	file, at := all[0].Place()
	return spot{file: file, at: at, fields: map[string]string{"source": listed(fields), "call": listed(calls), "others": who}, trace: w.stepsTo(all)}
}

// mostEnds is how many of the calls are shown that some parts of a request come to.
const mostEnds = 4

// stepsTo are the stops of the first of some calls, with the calls themselves at the end: where a check is missing is one end of the way, what
// stores or sends the parts is the other.
func (w *work) stepsTo(all []dataflow.Kept) []finding.Step {
	out := w.steps(append(all[0].Steps(), all[0].Declared...))
	first := len(out)
	for i := range all {
		pos := w.position(all[i].File, all[i].At)
		told := slices.ContainsFunc(out[first:], func(s finding.Step) bool { return s.Pos == pos })
		if !told && len(out) < first+mostEnds {
			out = append(out, finding.Step{Place: finding.Place{Pos: pos}, Message: "reaches " + all[i].What})
		}
	}
	return out
}

// listed is a list as people write it, of the first few.
func listed(all []string) string {
	last := " and " + all[len(all)-1]
	switch {
	case len(all) == 1:
		return all[0]
	case len(all) > mostNamed:
		all, last = all[:mostNamed+1], " and others"
	}
	return strings.Join(all[:len(all)-1], ", ") + last
}

// unguarded is where the body of a request is parsed and nothing catches what fails.
// In Go the error goes nowhere instead.
func unguarded(w *work, n *paths.Node) []spot {
	if !w.readsBodies(n) {
		return nil
	}
	alone := runsAlone(n.Function)
	what := "makes the gateway answer with an error of its own, and it counts as one of the function"
	if alone {
		what = "ends his connection without an answer, and leaves a stack trace in the logs"
	}
	var out []spot
	for _, c := range n.Result.Unguarded {
		out = append(out, spot{file: c.File, at: c.At, fields: map[string]string{"call": c.Ref, "others": what}})
	}
	for _, s := range w.ask(n).unread {
		out = append(out, spot{file: s.file, at: s.at, fields: map[string]string{"call": s.fields["call"], "others": "makes it work on, with fields that are empty"}})
	}
	return out
}

// readsBodies reports whether a function is asked by requests whose bodies nothing in front of it has read; what records of a queue hold is
// another rule's.
func (w *work) readsBodies(n *paths.Node) bool {
	return !writtenForQueue(n) && (runsAlone(n.Function) || w.takesRequests(n) || slices.ContainsFunc(n.Function.Triggers, anyMessage))
}

// unguardedInBatch is where a record of a stream or a queue is parsed and nothing catches what fails, so that one that is no JSON stops the others.
func unguardedInBatch(w *work, n *paths.Node) []spot {
	if len(n.Result.BadRecords) == 0 {
		return nil
	}
	open := slices.ContainsFunc(n.In, handsOnText)
	what := stopsOthers(n, open)
	if what == "" || !open && (isSent(n) || slices.ContainsFunc(n.Function.Triggers, w.byPlatform)) {
		return nil
	}
	c := n.Result.BadRecords[0]
	return []spot{{file: c.File, at: c.At, fields: map[string]string{"call": c.Ref, "others": what}, unsure: !open}}
}

// stopsOthers says what a record does at which a function fails; empty where it is set apart. Of a queue only what an API puts there as it came
// is meant: who else may send to it is part of the application, and a message that fails is kept apart by the queue in the end.
func stopsOthers(n *paths.Node, open bool) string {
	const stream = "comes again until it expires, and nothing behind it is read before"
	triggers := n.Function.Triggers
	if len(triggers) == 0 && slices.ContainsFunc(n.Result.BadRecords, func(c dataflow.Called) bool { return !c.OfQueue }) {
		return stream
	}
	for _, t := range triggers {
		if t.Off || t.Via == nil || t.Via.Type != "AWS::Lambda::EventSourceMapping" {
			continue
		}
		set := func(key string) bool { return t.Via.Props.Get(key).Kind != model.Absent }
		size, _ := t.Via.Props.Get("BatchSize").Scalar()
		switch {
		case t.Kind == model.TriggerStream && !set("BisectBatchOnFunctionError") && !set("MaximumRetryAttempts") && !set("MaximumRecordAgeInSeconds") && !set("DestinationConfig"):
			return stream
		case t.Kind == model.TriggerQueue && size != "1" && open:
			return "makes all others of its batch come again with it, which have been worked on in part"
		}
	}
	return ""
}

// handsOnText reports whether an edge comes from a route of an API that puts into a message what a caller sends, as the text that it is.
func handsOnText(e *paths.Edge) bool {
	if e.From.Result.Found || gatewayChecks(e.From.Function) || len(e.From.Function.Triggers) == 0 {
		return false
	}
	route := e.From.Function.Triggers[0].Via
	if route == nil {
		return false
	}
	text := route.Type == "AWS::ApiGatewayV2::Route"
	route.Props.Get("Integration").Walk(1_000, func(v *model.Value) {
		s, _ := v.Scalar()
		text = text || strings.Contains(s, "$input.body")
	})
	return text
}

// anyMessage reports whether messages of a WebSocket come by a trigger that need not be JSON. The gateway reads those of routes that it chooses
// by a field of the message, and gives the others to $default.
func anyMessage(t *model.Trigger) bool {
	if t.Kind != model.TriggerWebSocket || t.Via == nil || t.Source == nil {
		return t.Kind == model.TriggerWebSocket
	}
	key, known := t.Via.Props.Get("RouteKey").Scalar()
	chosen, _ := t.Source.Props.Get("RouteSelectionExpression").Scalar()
	return !known || key == "$default" || !strings.HasPrefix(strings.Trim(chosen, "${}"), "request.body.")
}

// byHTTP reports whether requests over HTTP come to a function, or perhaps do, and no gateway checks what is in them.
func (w *work) byHTTP(f *model.Function) bool {
	return (len(f.Triggers) == 0 && !w.onlyCode(f) || has(f, model.TriggerHTTP)) && outward(f) && !gatewayChecks(f)
}

// takesRequests reports whether requests over HTTP come to a function, or perhaps do: also where the template names nobody who calls it, and the
// handler is written for the requests of a gateway, which somebody has put before it by hand or elsewhere.
func (w *work) takesRequests(n *paths.Node) bool {
	return w.byHTTP(n.Function) || len(n.Function.Triggers) == 0 && !isSent(n) && writtenForGateway(n)
}

// writtenForGateway reports whether the handler of a function declares that it gets a request of a gateway.
func writtenForGateway(n *paths.Node) bool {
	symbol := n.Function.Code.Symbol
	symbol = symbol[strings.LastIndexByte(symbol, '.')+1:]
	return slices.ContainsFunc(n.Result.Reached, func(fn *ir.Func) bool {
		return fn.Name == symbol && fn.File.Path == n.Function.Code.File && slices.ContainsFunc(fn.Params, func(p *ir.Expr) bool {
			return p.Y != nil && (gatewayRequest.MatchString(textBetween(fn.File, p.At, p.End)) || gatewayRequest.MatchString(dotted(p.Y)))
		})
	})
}

// gatewayRequest are the types that libraries of Lambda have for the requests of a gateway.
var gatewayRequest = regexp.MustCompile(`\b(APIGatewayProxyRequest|APIGatewayV2HTTPRequest|LambdaFunctionURLRequest|APIGatewayProxyEvent(V2)?|APIGatewayEvent|LambdaFunctionURLEvent)\b`)

// gatewayChecks reports whether a gateway in front of a function refuses requests by what is in them.
func gatewayChecks(f *model.Function) bool {
	return slices.ContainsFunc(f.Triggers, func(t *model.Trigger) bool {
		if t.Kind != model.TriggerHTTP {
			return false
		}
		if t.Via != nil && t.Via.Props.Get("RequestModels").Kind != model.Absent && t.Via.Props.Get("RequestValidatorId").Kind != model.Absent { // a model alone refuses nothing
			return true
		}
		for _, key := range []string{"x-amazon-apigateway-request-validator", "x-amazon-apigateway-request-validators"} { // of OpenAPI
			if t.Source != nil && t.Source.Props.Path("Body", key).Kind != model.Absent {
				return true
			}
		}
		return false
	})
}

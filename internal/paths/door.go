package paths

import (
	"slices"
	"strings"

	"wardlet.example/internal/dataflow"
	"wardlet.example/internal/model"
)

// Door is who can call a function from outside so that data of its event takes a way; empty where nobody can.
func (g *Graph) Door(n *Node, way dataflow.Way) model.Exposure {
	return n.door(&origin{taint: way.Taint, where: way.Where})
}

// door is who can call a function from outside and decide a part of what it gets; empty where nobody can.
func (n *Node) door(o *origin) model.Exposure {
	widest, elsewhere := model.Exposure(""), false
	for _, t := range n.Function.Triggers {
		switch {
		case t.Off:
		case o != nil && (!n.brings(t, *o) || n.routedAway(t, o.where)):
			elsewhere = true
		default:
			widest = widest.Wider(t.Exposure)
		}
	}
	if !elsewhere {
		widest = n.Function.Exposure
	}
	if widest == model.Public || widest == model.Authenticated {
		return widest
	}
	if o != nil && n.App.Kind == model.Convention && len(n.Function.Triggers) == 0 && o.ofRequest() {
		return model.Undecided
	}
	return ""
}

// ofRequest reports whether a part of what a function gets is one of a request over HTTP, so that somebody outside sends it whatever template
// says who may.
func (o *origin) ofRequest() bool {
	if root, _, _ := strings.Cut(o.taint.Path, "."); o.read() == nil && slices.Contains(requestRoots, root) {
		return true
	}
	if !strings.HasPrefix(o.taint.Path, "event.") {
		return false
	}
	part := o.part()
	return len(part) > 0 && slices.Contains(requestFields, part[0])
}

// requestRoots are what requests are called that routes of frameworks get.
var requestRoots = []string{"c", "r", "req", "request", "ctx", "current_event"}

// requestFields are the fields of the events of APIs, URLs of functions and load balancers in which is what was sent, also as data classes
// and usual middlewares call them.
var requestFields = []string{
	"body", "headers", "multiValueHeaders", "queryStringParameters", "multiValueQueryStringParameters", "pathParameters", "path", "rawPath",
	"rawQueryString", "cookies", "requestContext", "stageVariables", "rawBody", "rawHeaders", "parsedBody", "params", "query", "raw_path", "raw_query_string",
	"resolved_headers_field", "resolved_query_string_parameters", "multi_value_query_string_parameters", "multi_value_headers", "request_context",
}

// brings reports whether a trigger perhaps brings a part of an event. An API hands on requests in its own form, in which are no records of
// queues, and no fields of which the code shows that the function gets them in another way.
func (n *Node) brings(t *model.Trigger, o origin) bool {
	part := o.part()
	if t.Kind != model.TriggerHTTP && t.Kind != model.TriggerWebSocket || len(part) == 0 || !strings.HasPrefix(o.taint.Path, "event") || isMapped(t.Via) {
		return true
	}
	switch name := part[0]; {
	case slices.Contains(requestFields, name):
		return true
	case name == "Records" || name == "detail":
		return false
	}
	return !n.otherwise()
}

// isMapped reports whether a method of an API perhaps gives its function something else than the request in the usual form.
func isMapped(method *model.Resource) bool {
	return method != nil && method.Type == "AWS::ApiGateway::Method" && method.Props.Path("Integration", "Type").EqualsText("AWS_PROXY") != model.Yes
}

// otherwise reports whether a function is called in other ways than by requests.
func (n *Node) otherwise() bool {
	for _, t := range n.Function.Triggers {
		if t.Kind != model.TriggerHTTP && t.Kind != model.TriggerWebSocket {
			return true
		}
	}
	return slices.ContainsFunc(n.In, func(e *Edge) bool { return e.Read == nil && e.Kind != "http" })
}

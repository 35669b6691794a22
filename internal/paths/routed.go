package paths

import (
	"slices"
	"strings"

	"wardlet.example/internal/dataflow"
	"wardlet.example/internal/model"
)

// Where code asks which route was called, what stands behind the question concerns the callers of that route alone. A template says who
// may call each route.

// Fields of the events of APIs that say which route was called, by their paths: of HTTP APIs, and of REST APIs.
var (
	routeKeys = map[string]string{"event.routeKey": httpAPI, "event.requestContext.routeKey": httpAPI, "event.route_key": httpAPI}
	resources = map[string]string{"event.resource": restAPI, "event.requestContext.resourcePath": restAPI}
	methods   = map[string]string{
		"event.httpMethod": restAPI, "event.requestContext.httpMethod": restAPI, "event.http_method": "", "event.requestContext.http.method": httpAPI,
	}
	addresses = map[string]string{
		"event.path": restAPI, "event.requestContext.path": "", "event.rawPath": httpAPI, "event.raw_path": httpAPI, "event.requestContext.http.path": httpAPI,
	}
)

// Types of APIs.
const (
	httpAPI = "AWS::ApiGatewayV2::Api"
	restAPI = "AWS::ApiGateway::RestApi"
)

// routedAway reports whether requests to a route certainly do not come to where something holds.
func (n *Node) routedAway(t *model.Trigger, facts []dataflow.Fact) bool {
	return (t.Kind == model.TriggerHTTP || t.Kind == model.TriggerWebSocket) && slices.ContainsFunc(facts, func(f dataflow.Fact) bool {
		return f.Source != nil && f.Source.Read == nil && (n.otherRoute(t, f) || n.isOfOthers(t, f))
	})
}

// isOfOthers reports whether a fact says that a part of the event is there which a trigger does not bring: if event.get("sweep"): ...
func (n *Node) isOfOthers(t *model.Trigger, f dataflow.Fact) bool {
	return f.Refuses(dataflow.Nothing) && !n.brings(t, origin{taint: &dataflow.Taint{Path: f.Path}})
}

// otherRoute reports whether a fact says that another route was called than one.
func (n *Node) otherRoute(t *model.Trigger, f dataflow.Fact) bool {
	method, path, ok := strings.Cut(t.Detail, " ")
	ok = ok && strings.HasPrefix(path, "/")
	refuses := func(of map[string]string, s string) bool {
		api, asks := of[f.Path]
		return asks && f.Refuses(dataflow.Quoted(s)) && (f.Claim.Names() || t.Source != nil && t.Source.Type == api)
	}
	switch {
	case refuses(routeKeys, t.Detail):
		return ok || strings.HasPrefix(t.Detail, "$")
	case !ok:
		return false
	case refuses(methods, method):
		return method != "ANY" && method != "*"
	case refuses(resources, path):
		return true
	case f.Claim == dataflow.Is:
		return refuses(addresses, path) && !isOneOf(f.Of, path)
	}
	return refuses(addresses, path) && !strings.Contains(path, "{") && n.isRoot(t)
}

// isOneOf reports whether one of some addresses is perhaps one of a route. What stands before its path is not always known: the name of a
// stage, or what a domain maps.
func isOneOf(addresses []dataflow.Literal, route string) bool {
	return slices.ContainsFunc(addresses, func(l dataflow.Literal) bool {
		return isRoute("ANY "+route, strings.FieldsFunc(l.Text(), func(c rune) bool { return c == '/' }))
	})
}

// isRoot reports whether nothing stands before the paths of an API in the addresses that its functions see.
func (n *Node) isRoot(t *model.Trigger) bool {
	for _, r := range n.App.Resources {
		switch r.Type {
		case "AWS::ApiGateway::BasePathMapping", "AWS::ApiGatewayV2::ApiMapping":
			return false
		case "AWS::ApiGatewayV2::Stage":
			if _, api := n.App.Find(r.Props.Get("ApiId")); api == t.Source && r.Props.Get("StageName").EqualsText("$default") != model.Yes {
				return false
			}
		}
	}
	return t.Source != nil
}

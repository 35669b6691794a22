package paths

import (
	"regexp"
	"strings"

	"wardlet.example/internal/assemble"
	"wardlet.example/internal/dataflow"
	"wardlet.example/internal/model"
)

// An API can hand requests on without a function: to a queue, a stream, a bus, a topic, a table or a state machine. Such a route is a
// sender as functions are, of which nothing is known but who may call it and where it sends.

// service is what an integration calls: sqs:path/..., kinesis:action/PutRecord.
var service = regexp.MustCompile(`:apigateway:.*?:([a-z]+):(?:action/(\w+)|path/)`)

// integrated are the calls that integrations make where they do not say which, and as HTTP APIs name them.
var integrated = map[string]string{
	"sqs": "sqs:SendMessage", "sns": "sns:Publish",
	"SQS-SendMessage": "sqs:SendMessage", "EventBridge-PutEvents": "eventbridge:PutEvents", "Kinesis-PutRecord": "kinesis:PutRecord",
	"StepFunctions-StartExecution": "sfn:StartExecution", "StepFunctions-StartSyncExecution": "sfn:StartSyncExecution",
}

// clients are the names that calls have for services.
var clients = map[string]string{"states": "sfn", "events": "eventbridge"}

// routes are the senders that are no functions, each with the call that it makes.
func (g *Graph) routes() []*Node {
	var out []*Node
	for _, app := range g.program.Apps {
		for _, r := range app.Resources {
			switch r.Type {
			case "AWS::ApiGateway::Method":
				if api := holder(app, r.Props.Get("RestApiId"), "AWS::ApiGateway::RestApi"); api != nil && !assemble.KeepsOut(api) {
					label := r.Props.Get("HttpMethod").String() + " " + assemble.RestPath(app, r.Props.Get("ResourceId"))
					out = g.route(out, app, api, r, r, r.Props.Get("Integration"), label)
				}
			case "AWS::ApiGatewayV2::Route":
				api := holder(app, r.Props.Get("ApiId"), "AWS::ApiGatewayV2::Api")
				integration := holder(app, r.Props.Get("Target"), "AWS::ApiGatewayV2::Integration")
				if api != nil && integration != nil {
					out = g.route(out, app, api, r, opens(app, api, r), integration.Props, r.Props.Get("RouteKey").String())
				}
			}
		}
	}
	return out
}

// holder is the resource of an application that a value means; nil for others.
func holder(app *model.App, v *model.Value, kind string) *model.Resource {
	if in, r := app.Find(v, kind); in == app {
		return r
	}
	return nil
}

// opens is the route that decides who may send: of a WebSocket the one by which it is opened.
func opens(app *model.App, api, route *model.Resource) *model.Resource {
	if api.Props.Get("ProtocolType").EqualsText("WEBSOCKET") != model.Yes {
		return route
	}
	for _, r := range app.Resources {
		if r.Type == route.Type && r.Props.Get("RouteKey").EqualsText("$connect") == model.Yes && holder(app, r.Props.Get("ApiId"), api.Type) == api {
			return r
		}
	}
	return route
}

// route adds the sender that an integration is.
func (g *Graph) route(out []*Node, app *model.App, api, route, door *model.Resource, integration *model.Value, label string) []*Node {
	key := operation(integration)
	if len(g.rows.calls[key]) == 0 {
		return out
	}
	given, whole := handsInput(integration)
	_, exposure := assemble.RouteExposure(door)
	if !given || exposure != model.Public && exposure != model.Authenticated {
		return out
	}
	f := &model.Function{
		ID: api.ID, Name: api.ID, Resource: api, Exposure: exposure, Role: credentials(app, integration),
		Triggers: []*model.Trigger{{Kind: model.TriggerHTTP, Detail: label, Source: api, Via: route, Exposure: exposure}},
	}
	n := &Node{App: app, Function: f}
	request := requested(integration, dataflow.Outside("request.body", !whole))
	n.Result.Sends = []*dataflow.Send{{Key: key, Params: request, Declared: route.Origin.Pos}}
	for _, row := range g.rows.calls[key] {
		n.called = append(n.called, g.named(n, integration, row)...)
	}
	if len(n.called) == 0 {
		return out
	}
	return append(out, n)
}

// operation is the call that an integration makes, by its key; empty for functions and addresses.
func operation(integration *model.Value) string {
	for _, key := range []string{"Uri", "IntegrationUri"} {
		if m := service.FindStringSubmatch(integration.Get(key).String()); m != nil {
			if m[2] == "" {
				return integrated[m[1]]
			}
			return orElse(clients[m[1]], m[1]) + ":" + m[2]
		}
	}
	return integrated[integration.Get("IntegrationSubtype").String()]
}

// handsInput reports whether an integration hands on what is sent, and whether all of it as it is.
func handsInput(integration *model.Value) (given, whole bool) {
	templates := integration.Get("RequestTemplates")
	if templates.IsSet() == model.No && integration.Get("IntegrationSubtype").IsSet() == model.No {
		return true, false // the request passes through
	}
	for _, v := range []*model.Value{templates, integration.Get("RequestParameters")} {
		v.Walk(1_000, func(part *model.Value) {
			s, _ := part.Scalar()
			given = given || strings.Contains(s, "$input") || strings.Contains(s, "$request.") || strings.Contains(s, "method.request.")
			whole = whole || strings.Contains(s, "$input.body") || strings.Contains(s, "$input.json('$')") || s == "$request.body"
		})
	}
	return given, whole
}

// credentials is the role by which an integration calls; nil where it is not known.
func credentials(app *model.App, integration *model.Value) *model.Role {
	for _, key := range []string{"Credentials", "CredentialsArn"} {
		r := holder(app, integration.Get(key), "AWS::IAM::Role")
		for _, role := range app.Roles {
			if r != nil && role.Resource == r {
				return role
			}
		}
	}
	return nil
}

// named are the resources that an integration names for what a call is about; where it names none, the one that its role lets it call.
func (g *Graph) named(n *Node, integration *model.Value, row *call) []target {
	var out []target
	for _, v := range n.Result.Sends[0].Params.All(row.on...) {
		if app, r := n.App.Find(n.Value(v), row.kind); r != nil && len(out) == 0 {
			out = append(out, target{app: app, resource: r, matches: model.Yes})
		}
	}
	for _, key := range []string{"Uri", "IntegrationUri", "RequestParameters", "RequestTemplates"} {
		integration.Get(key).Walk(1_000, func(v *model.Value) {
			if v.Kind != model.Ref && v.Kind != model.Text && v.Kind != model.String && v.Kind != model.Unknown {
				return
			}
			if app, r := n.App.Find(v, row.kind); r != nil && len(out) == 0 {
				out = append(out, target{app: app, resource: r, matches: model.Yes})
			}
		})
	}
	if only := g.only(n, row); len(out) == 0 && only != nil {
		out = append(out, target{app: n.App, resource: only, guessed: true, matches: model.Yes})
	}
	return out
}

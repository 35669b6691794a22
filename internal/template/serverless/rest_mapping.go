package serverless

import (
	"strings"

	"wardlet.example/internal/model"
)

// bodyTemplate stands for the mapping template that the framework writes where an integration of the kind "lambda" has none:
// it copies body, headers, query, path, identity and stage variables into the event.
const bodyTemplate = "## the framework's own: body, method, headers, query, path, identity, stageVariables of the request"

// mapped is what integrations that do not pass requests through say of request and response.
func (e *expansion) mapped(ev event, kind string) []model.Field {
	at, request := ev.at, ev.config.Get("request")
	var fields []model.Field
	through := request.Get("passThrough")
	if through.Kind == model.Absent && kind == "AWS" {
		through = text("NEVER", at)
	}
	fields = set(fields, "PassthroughBehavior", through)
	fields = set(fields, "ContentHandling", request.Get("contentHandling"))
	templates := object(at)
	if kind == "AWS" {
		own := text(bodyTemplate, at)
		templates = object(at, field("application/json", own), field("application/x-www-form-urlencoded", own))
	}
	templates = overlay(templates, request.Get("template"))
	if len(templates.Fields) > 0 {
		fields = append(fields, field("RequestTemplates", templates))
	}
	return append(fields, field("IntegrationResponses", list(at, integrationResponses(ev)...)))
}

// integrationParameters are the request parameters that an integration hands on.
func integrationParameters(ev event, kind string) []model.Field {
	var out []model.Field
	if kind == "AWS" || kind == "HTTP" || kind == "HTTP_PROXY" {
		for _, p := range requestParameters(ev.config) {
			v := first(p.Value.Get("mappedValue"), text(p.Key, p.Value.Origin))
			out = append(out, model.Field{Key: "integration." + strings.TrimPrefix(p.Key, "method."), At: p.At, Value: v})
		}
	}
	if isOn(ev.config.Get("async")) {
		out = append(out, field("integration.request.header.X-Amz-Invocation-Type", text("'Event'", ev.at)))
	}
	return out
}

// statusCode is one answer of an integration: the status, and which results of the function it stands for.
type statusCode struct {
	code    string
	pattern *model.Value
	config  *model.Value
}

// usualCodes are the answers of an integration of the kind "lambda" that names none.
var usualCodes = [][2]string{
	{"200", ""}, {"400", `[\s\S]*\[400\][\s\S]*`}, {"401", `[\s\S]*\[401\][\s\S]*`}, {"403", `[\s\S]*\[403\][\s\S]*`},
	{"404", `[\s\S]*\[404\][\s\S]*`}, {"422", `[\s\S]*\[422\][\s\S]*`},
	{"500", `[\s\S]*(Process\s?exited\s?before\s?completing\s?request|\[500\])[\s\S]*`},
	{"502", `[\s\S]*\[502\][\s\S]*`}, {"504", `([\s\S]*\[504\][\s\S]*)|(.*Task timed out after \d+\.\d+ seconds$)`},
}

// statusCodes are the answers of a route whose integration maps them.
func statusCodes(ev event) []statusCode {
	kind := integrationKind(ev)
	if kind != "AWS" && kind != "HTTP" && kind != "MOCK" {
		return nil
	}
	response := ev.config.Get("response")
	if response.Kind != model.Map && kind != "AWS" {
		return nil
	}
	declared := response.Get("statusCodes")
	var out []statusCode
	if declared.Kind != model.Map {
		for _, c := range usualCodes {
			out = append(out, statusCode{c[0], text(c[1], ev.at), model.NewAbsent(ev.at)})
		}
		return out
	}
	usual := false
	for _, f := range declared.Fields {
		p := first(f.Value.Get("pattern"), text("", ev.at))
		if f.Value.Get("pattern").EqualsText("") == model.Yes {
			usual = true
		}
		out = append(out, statusCode{f.Key, p, f.Value})
	}
	if !usual {
		for i := range out {
			if out[i].code == "200" {
				out[i].pattern, out[i].config = text("", ev.at), model.NewAbsent(ev.at)
				return out
			}
		}
		out = append(out, statusCode{"200", text("", ev.at), model.NewAbsent(ev.at)})
	}
	return out
}

// responseHeaders are the headers that answers of a route carry.
func responseHeaders(ev event) []model.Field {
	var out []model.Field
	if c := ev.config.Get("cors"); c.IsSet() == model.Yes && !isOff(c) {
		out = append(out, field("Access-Control-Allow-Origin", quoted(allowedOrigin(c))))
		if isOn(c.Get("allowCredentials")) {
			out = append(out, field("Access-Control-Allow-Credentials", text("true", c.Origin)))
		}
	}
	return append(out, ev.config.Path("response", "headers").Fields...)
}

func integrationResponses(ev event) []*model.Value {
	var out []*model.Value
	response := ev.config.Get("response")
	for _, c := range statusCodes(ev) {
		var parameters, templates []model.Field
		for _, h := range append(responseHeaders(ev), c.config.Get("headers").Fields...) {
			parameters = append(parameters, model.Field{Key: "method.response.header." + h.Key, At: h.At, Value: h.Value})
		}
		templates = set(templates, "application/json", response.Get("template"))
		switch own := c.config.Get("template"); own.Kind {
		case model.Map:
			templates = own.Fields
		default:
			templates = set(templates, "application/json", own)
		}
		fields := []model.Field{
			field("StatusCode", text(c.code, ev.at)), field("SelectionPattern", c.pattern),
			field("ResponseParameters", object(ev.at, parameters...)), field("ResponseTemplates", object(ev.at, templates...)),
		}
		if strings.HasPrefix(c.code, "2") {
			fields = set(fields, "ContentHandling", response.Get("contentHandling"))
		}
		out = append(out, object(ev.at, fields...))
	}
	return out
}

func methodResponses(ev event) []*model.Value {
	var out []*model.Value
	yes := model.NewBool(true, ev.at)
	for _, c := range statusCodes(ev) {
		var parameters []model.Field
		for _, h := range append(responseHeaders(ev), c.config.Get("headers").Fields...) {
			parameters = append(parameters, model.Field{Key: "method.response.header." + h.Key, At: h.At, Value: yes})
		}
		out = append(out, object(ev.at, field("StatusCode", text(c.code, ev.at)),
			field("ResponseParameters", object(ev.at, parameters...)), field("ResponseModels", object(ev.at))))
	}
	return out
}

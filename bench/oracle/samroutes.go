package main

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"wardlet.example/internal/model"
	"wardlet.example/internal/template/cloudformation"
)

// samAlign makes both sides comparable: the transform works for one region and writes parts of an API into its document,
// and nothing can be equal about where a local file went when it was packaged.
func samAlign(ours, theirs []*model.Resource) {
	mine := map[string]*model.Resource{}
	for _, r := range ours {
		fromDocument(r)
		r.Props = deployed(r.Props)
		mine[r.ID] = r
	}
	for _, their := range theirs {
		fromDocument(their)
		their.Props = deployed(their.Props)
		our := mine[their.ID]
		if our == nil {
			continue
		}
		if their.Props.Get("DefinitionString").Kind != model.Absent {
			their.Props = withoutMade(their.Props)
		}
		for _, key := range packaged[their.Type] {
			for _, r := range []*model.Resource{our, their} {
				r.Props = dropped(r.Props, key)
			}
		}
	}
}

// packaged are properties that name what was packaged or are made of its hash, or hold the document whose routes are
// compared. StageName of a deployment is left out by Wardlet (see the package sam).
var packaged = map[string][]string{
	"AWS::ApiGateway::RestApi":            {"Body", "BodyS3Location"},
	"AWS::ApiGateway::Deployment":         {"Description", "StageName"},
	"AWS::ApiGatewayV2::Api":              {"Body", "BodyS3Location", "Name", "ProtocolType", "Description", "DisableExecuteApiEndpoint"},
	"AWS::StepFunctions::StateMachine":    {"Definition", "DefinitionS3Location", "DefinitionString"},
	"AWS::CloudFormation::Stack":          {"TemplateURL"},
	"AWS::AppSync::GraphQLSchema":         {"DefinitionS3Location"},
	"AWS::AppSync::Resolver":              {"CodeS3Location"},
	"AWS::AppSync::FunctionConfiguration": {"CodeS3Location"},
	"AWS::Lambda::Function":               {"Code"},
}

// fromDocument reads out of an API's document what Wardlet keeps as properties.
func fromDocument(r *model.Resource) {
	body := r.Props.Get("Body")
	set := func(key string, v *model.Value) {
		if v.Kind != model.Absent && r.Props.Get(key).Kind == model.Absent {
			r.Props = model.NewMap(append(r.Props.Fields[:len(r.Props.Fields):len(r.Props.Fields)], cloudformation.Field(key, v)), r.Props.Origin)
		}
	}
	switch r.Type {
	case "AWS::ApiGateway::RestApi":
		set("Policy", body.Get("x-amazon-apigateway-policy"))
	case "AWS::ApiGatewayV2::Api":
		set("CorsConfiguration", renamed(body.Get("x-amazon-apigateway-cors")))
		var tags []model.Field
		for _, t := range body.Get("tags").Elements() {
			if v := t.Get("x-amazon-apigateway-tag-value"); v.Kind != model.Absent {
				tags = append(tags, cloudformation.Field(t.Get("name").Str, v))
			}
		}
		if len(tags) > 0 {
			set("Tags", model.NewMap(tags, body.Origin))
		}
	}
}

// renamed begins keys with capitals, as properties do.
func renamed(m *model.Value) *model.Value {
	if m.Kind != model.Map {
		return m
	}
	var fields []model.Field
	for _, f := range m.Fields {
		fields = append(fields, model.Field{Key: strings.ToUpper(f.Key[:1]) + f.Key[1:], Value: f.Value})
	}
	return model.NewMap(fields, m.Origin)
}

// withoutMade leaves out the substitutions that the transform makes of what stands inside a definition.
func withoutMade(m *model.Value) *model.Value {
	var kept []model.Field
	for _, f := range m.Get("DefinitionSubstitutions").Fields {
		if !strings.HasPrefix(f.Key, "definition_substitution_") {
			kept = append(kept, f)
		}
	}
	m = dropped(m, "DefinitionSubstitutions")
	if len(kept) > 0 {
		m = model.NewMap(append(m.Fields, cloudformation.Field("DefinitionSubstitutions", model.NewMap(kept, m.Origin))), m.Origin)
	}
	return m
}

// deployed is a value in the region that the transform worked for.
func deployed(v *model.Value) *model.Value {
	switch v.Kind {
	case model.Number:
		return model.NewNumber(v.Num, strconv.FormatFloat(v.Num, 'g', -1, 64), v.Origin)
	case model.Ref:
		switch v.Str {
		case "AWS::Partition":
			return model.NewString("aws", v.Origin)
		case "AWS::Region":
			return model.NewString("us-east-1", v.Origin)
		}
	case model.Text:
		return model.NewText(eachDeployed(v.Items), v.Origin)
	case model.List:
		return model.NewList(eachDeployed(v.Items), v.Origin)
	case model.Map:
		fields := append([]model.Field{}, v.Fields...)
		for i := range fields {
			fields[i].Value = deployed(fields[i].Value)
		}
		return model.NewMap(fields, v.Origin)
	case model.OneOf:
		return deployed(v.Settled())
	}
	return v
}

func eachDeployed(items []*model.Value) []*model.Value {
	out := make([]*model.Value, len(items))
	for i, item := range items {
		out[i] = deployed(item)
	}
	return out
}

func dropped(m *model.Value, key string) *model.Value {
	var fields []model.Field
	for _, f := range m.Fields {
		if f.Key != key {
			fields = append(fields, f)
		}
	}
	return model.NewMap(fields, m.Origin)
}

// samRoute is one operation of an API.
type samRoute struct {
	auth, integration string
	conditional       bool
}

// withoutNone leaves out the mark by which the transform keeps the default authorizer from an operation: API Gateway knows
// no scheme of that name.
func withoutNone(v *model.Value) *model.Value {
	switch v.Kind {
	case model.Map:
		fields := append([]model.Field{}, v.Fields...)
		for i := range fields {
			fields[i].Value = withoutNone(fields[i].Value)
		}
		return model.NewMap(fields, v.Origin)
	case model.List:
		var kept []*model.Value
		for _, item := range v.Items {
			if item.Get("NONE").Kind != model.List {
				kept = append(kept, withoutNone(item))
			}
		}
		return model.NewList(kept, v.Origin)
	}
	return v
}

// compareRoutes holds the routes that Wardlet spells out against the operations of the transform's documents.
func (o *samOutcome) compareRoutes(ours, theirs []*model.Resource) {
	mine := routesOf(ours)
	for _, api := range theirs {
		named := *api
		named.Props = withoutNone(api.Props)
		expected := routesOf(append([]*model.Resource{api}, cloudformation.FromBody(&named)...))[api.ID]
		for key, want := range expected {
			o.routes.resources++
			got, ok := mine[api.ID][key]
			delete(mine[api.ID], key)
			if !ok {
				o.differences = append(o.differences, difference{o.file, "route", api.ID + " " + key, "missing"})
				continue
			}
			o.routes.same++
			got.conditional = false
			if got == want {
				o.routes.sameProperties++
				continue
			}
			o.differences = append(o.differences, difference{o.file, "route", api.ID + " " + key, fmt.Sprintf("route: %v, oracle: %v", got, want)})
		}
		if expected == nil { // its document is in S3
			continue
		}
		for key, r := range mine[api.ID] {
			if r.conditional { // the transform wraps its path in Fn::If
				continue
			}
			o.routes.extra++
			o.differences = append(o.differences, difference{o.file, "route", api.ID + " " + key, "extra"})
		}
	}
}

// routesOf lists the routes of each API by method and path.
func routesOf(all []*model.Resource) map[string]map[string]samRoute {
	byID := map[string]*model.Resource{}
	for _, r := range all {
		byID[r.ID] = r
	}
	out := map[string]map[string]samRoute{}
	add := func(api, key string, r samRoute) {
		if out[api] == nil {
			out[api] = map[string]samRoute{}
		}
		out[api][key] = r
	}
	for _, r := range all {
		if r.Generated == "" {
			continue
		}
		p := r.Props
		switch r.Type {
		case "AWS::ApiGateway::Method":
			add(p.Get("RestApiId").Str, settledText(p.Get("HttpMethod"))+" "+restPath(byID, p.Get("ResourceId")), samRoute{
				settledText(p.Get("AuthorizationType")) + key(p), settledText(p.Path("Integration", "Uri")), r.Condition != nil,
			})
		case "AWS::ApiGatewayV2::Route":
			uri := model.NewAbsent(model.Origin{})
			if i := byID[r.ID+"Integration"]; i != nil {
				uri = i.Props.Get("IntegrationUri")
			}
			add(p.Get("ApiId").Str, settledText(p.Get("RouteKey")), samRoute{
				settledText(p.Get("AuthorizationType")), called(settledText(uri)), r.Condition != nil,
			})
		}
	}
	return out
}

// called is what an integration calls: a function's ARN stands also for the address at which API Gateway calls it.
func called(uri string) string {
	if m := invocation.FindStringSubmatch(uri); m != nil {
		return m[1]
	}
	return uri
}

var invocation = regexp.MustCompile(`^arn:.*:lambda:path/2015-03-31/functions/(.*)/invocations$`)

func key(p *model.Value) string {
	if strings.EqualFold(settledText(p.Get("ApiKeyRequired")), "true") {
		return " with key"
	}
	return ""
}

func settledText(v *model.Value) string {
	return deployed(v).String()
}

func restPath(byID map[string]*model.Resource, id *model.Value) string {
	if id.Kind != model.Ref || id.Attr != "" || byID[id.Str] == nil {
		return "/"
	}
	p := byID[id.Str].Props
	return strings.TrimSuffix(restPath(byID, p.Get("ParentId")), "/") + "/" + settledText(p.Get("PathPart"))
}

// ownAttributes are those that Wardlet adds for itself.
var ownAttributes = map[string]bool{"Cors": true, "EventType": true, cloudformation.Unseen: true, "DeploymentPreference": true}

// compareAttributes compares what stands beside the properties, and under which condition a resource is made.
func (o *samOutcome) compareAttributes(ours, theirs []*model.Resource) {
	mine := map[string]*model.Resource{}
	for _, r := range ours {
		mine[r.ID] = r
	}
	for _, their := range theirs {
		our := mine[their.ID]
		if our == nil || our.Type != their.Type {
			continue
		}
		tell := func(what string) {
			o.differences = append(o.differences, difference{o.file, their.Type, their.ID, what})
		}
		o.attributes.properties++
		if (our.Condition == nil) == (their.Condition == nil) {
			o.attributes.sameProperties++
		} else {
			tell(fmt.Sprintf("+Condition: %v, oracle: %v", our.Condition != nil, their.Condition != nil))
		}
		for _, f := range their.Attributes.Fields {
			o.attributes.properties++
			if path, a, b := unequal(our.Attributes.Get(f.Key), f.Value, "+"+f.Key); path != "" {
				tell(fmt.Sprintf("%s: %s, oracle: %s", path, a, b))
				continue
			}
			o.attributes.sameProperties++
		}
		for _, f := range our.Attributes.Fields {
			if !ownAttributes[f.Key] && their.Attributes.Get(f.Key).Kind == model.Absent {
				tell("+" + f.Key + ": only here")
			}
		}
	}
}

package sam

import (
	"strings"

	"wardlet.example/internal/model"
	"wardlet.example/internal/template/cloudformation"
)

// sections says which section of Globals speaks of which type.
var sections = map[string]string{
	"AWS::Serverless::Function":         "Function",
	"AWS::Serverless::Api":              "Api",
	"AWS::Serverless::HttpApi":          "HttpApi",
	"AWS::Serverless::SimpleTable":      "SimpleTable",
	"AWS::Serverless::StateMachine":     "StateMachine",
	"AWS::Serverless::LayerVersion":     "LayerVersion",
	"AWS::Serverless::WebSocketApi":     "WebSocketApi",
	"AWS::Serverless::CapacityProvider": "CapacityProvider",
}

// prepare is the template with its Globals merged into the resources and the implicit APIs declared. It works on the text of the template, before any intrinsic function is worked out, because the merge rules
// speak of what is written: an intrinsic function counts as one value and is never merged.
func prepare(t *cloudformation.Template) *model.Value {
	root := t.Root
	resources := root.Get("Resources")
	if resources.Kind != model.Map {
		return root
	}
	g := &sharing{template: t, globals: root.Get("Globals"), left: maxShared}
	var out []model.Field
	for _, f := range resources.Fields {
		f.Value = g.inherit(f)
		out = append(out, f)
	}
	for _, f := range implicitAPIs(resources) {
		f.Value = g.inherit(f)
		out = append(out, f)
	}
	return with(root, "Resources", model.NewMap(out, resources.Origin))
}

// maxShared bounds the values that resources of one template inherit from Globals, counted for each resource: a large
// Globals section above many resources would otherwise grow with the product of both.
const maxShared = 400_000

// sharing holds the Globals of a template while they are merged into its resources.
type sharing struct {
	template *cloudformation.Template
	globals  *model.Value
	left     int
}

// inherit is the body of a resource with what Globals says about its type.
func (g *sharing) inherit(f model.Field) *model.Value {
	body := f.Value
	if body.Kind != model.Map {
		return body
	}
	kind, _ := body.Get("Type").Scalar()
	section, ok := sections[kind]
	if !ok {
		return body
	}
	shared := g.globals.Get(section)
	if shared.Kind != model.Map {
		return body
	}
	if g.left -= int(shared.Size); g.left < 0 {
		g.template.Warn(g.globals.Origin, "Globals is too large for so many resources: not all of them are read with it",
			"split the template")
		return body
	}
	shared = without(shared, body.Get("IgnoreGlobals"))
	merged := merge(inherited(shared, f.At), body.Get("Properties"))
	return with(body, "Properties", merged)
}

// without drops the properties that a resource does not want to inherit: all of them for "*".
func without(shared, ignore *model.Value) *model.Value {
	if ignore.Kind == model.Absent || shared.Kind != model.Map {
		return shared
	}
	ignored := map[string]bool{}
	for _, v := range ignore.Elements() {
		if s, ok := v.Scalar(); ok {
			ignored[s] = true
		}
	}
	var kept []model.Field
	for _, f := range shared.Fields {
		if !ignored["*"] && !ignored[f.Key] {
			kept = append(kept, f)
		}
	}
	return model.NewMap(kept, shared.Origin)
}

// inherited marks the values of Globals as having come through them to a resource.
func inherited(shared *model.Value, resource model.Pos) *model.Value {
	out := make([]model.Field, len(shared.Fields))
	for i, f := range shared.Fields {
		f.Value = f.Value.At(f.Value.Origin.Through("Globals", resource))
		out[i] = f
	}
	return model.NewMap(out, shared.Origin)
}

// merge lays what a resource says over what Globals says: maps are merged, lists follow one another, anything else is
// replaced.
func merge(shared, own *model.Value) *model.Value {
	switch {
	case own.Kind == model.Absent:
		return shared
	case isMap(shared) && isMap(own):
		return mergeMaps(shared, own)
	case shared.Kind == model.List && own.Kind == model.List:
		return model.NewList(append(append([]*model.Value{}, shared.Items...), own.Items...), own.Origin)
	}
	return own
}

// isMap reports whether a value is a map that is meant as one, not the call of an intrinsic function.
func isMap(v *model.Value) bool {
	if v.Kind != model.Map {
		return false
	}
	return len(v.Fields) != 1 || v.Fields[0].Key != "Ref" && !strings.HasPrefix(v.Fields[0].Key, "Fn::")
}

func mergeMaps(shared, own *model.Value) *model.Value {
	out := make([]model.Field, 0, len(shared.Fields)+len(own.Fields))
	at := make(map[string]int, len(shared.Fields))
	for _, f := range shared.Fields {
		at[f.Key] = len(out)
		out = append(out, f)
	}
	for _, f := range own.Fields {
		i, both := at[f.Key]
		if !both {
			out = append(out, f)
			continue
		}
		if f.Value.Kind != model.Absent {
			out[i] = model.Field{Key: f.Key, At: f.At, Value: merge(out[i].Value, f.Value)}
		}
	}
	return model.NewMap(out, own.Origin)
}

// Logical IDs of the APIs that events make without naming one.
const (
	implicitREST = "ServerlessRestApi"
	implicitHTTP = "ServerlessHttpApi"
)

// byEvents marks the origin of what events declare.
const byEvents = "events that name no API"

// implicitAPIs declares the APIs of events that name none, at the first such event.
func implicitAPIs(resources *model.Value) []model.Field {
	var out []model.Field
	if found := implicit(resources, "Api", "RestApiId"); found != nil && resources.Get(implicitREST).Kind == model.Absent {
		stage := object("StageName", text("Prod", found.at), found.at)
		out = append(out, found.declaration(implicitREST, "AWS::Serverless::Api", stage))
	}
	if found := implicit(resources, "HttpApi", "ApiId"); found != nil && resources.Get(implicitHTTP).Kind == model.Absent {
		out = append(out, found.declaration(implicitHTTP, "AWS::Serverless::HttpApi", model.NewMap(nil, found.at)))
	}
	return out
}

// implicitAPI is an API that events declare.
type implicitAPI struct {
	at        model.Origin
	condition *model.Value            // of the resources that the events belong to, where it is the same for all
	policies  map[string]*model.Value // DeletionPolicy and UpdateReplacePolicy: Retain where one of the resources has it
}

func (i *implicitAPI) declaration(id, kind string, props *model.Value) model.Field {
	var f fields
	f.set("Type", text(kind, i.at))
	f.set("Properties", props)
	f.set("Condition", i.condition)
	for _, key := range retention {
		f.set(key, i.policies[key])
	}
	return model.Field{Key: id, At: i.at.Pos, Value: f.make(i.at)}
}

// retention are the attributes that say what becomes of a resource when its stack goes or it is replaced.
var retention = []string{"DeletionPolicy", "UpdateReplacePolicy"}

// implicit looks for events of a kind that name no API; nil if there are none.
func implicit(resources *model.Value, kind, key string) *implicitAPI {
	var found *implicitAPI
	for _, r := range resources.Fields {
		for _, e := range r.Value.Path("Properties", "Events").Fields {
			if !isServerless(r.Value) || known(e.Value.Get("Type")) != kind {
				continue
			}
			if props := e.Value.Get("Properties"); props.Get(key).Kind != model.Absent || !routable(props, kind) {
				continue
			}
			own := r.Value.Get("Condition")
			switch {
			case found == nil:
				at := model.Origin{Pos: e.At}.Through(byEvents, e.At)
				found = &implicitAPI{at: at, condition: own, policies: map[string]*model.Value{}}
			case model.Equal(found.condition, own) != model.Yes:
				found.condition = model.NewAbsent(found.at)
			}
			found.retain(r.Value)
		}
	}
	return found
}

func (i *implicitAPI) retain(body *model.Value) {
	for _, key := range retention {
		if v := body.Get(key); v.Kind != model.Absent && (i.policies[key] == nil || v.EqualsText("Retain") == model.Yes) {
			i.policies[key] = v
		}
	}
}

// routable reports whether an event can make a route, as far as its text says.
func routable(props *model.Value, kind string) bool {
	switch {
	case wrongKind(props):
		return false
	case props.Kind != model.Absent && !isMap(props):
		return true
	}
	path, method := props.Get("Path").Kind != model.Absent, props.Get("Method").Kind != model.Absent
	return path && method || kind == "HttpApi" && !path && !method
}

func isServerless(body *model.Value) bool {
	kind, _ := body.Get("Type").Scalar()
	return strings.HasPrefix(kind, "AWS::Serverless::")
}

// read gives the file that a local path names, Absent where there is none.
func (o Options) read(path *model.Value) *model.Value {
	s, ok := path.Scalar()
	if !ok || o.Load == nil || strings.Contains(s, "://") {
		return model.NewAbsent(model.Origin{})
	}
	if v := o.Load(s); v != nil {
		return v
	}
	return model.NewAbsent(path.Origin)
}

package sam

import (
	"strings"

	"wardlet.example/internal/model"
	"wardlet.example/internal/template/cloudformation"
)

const transform = "AWS::Serverless-2016-10-31"

// Recognise reports whether a template uses the SAM transform: it says so under Transform, or declares resources of
// AWS::Serverless types.
func Recognise(root *model.Value) bool {
	for _, v := range root.Get("Transform").Elements() {
		if s, _ := v.Scalar(); s == transform {
			return true
		}
	}
	for _, f := range root.Get("Resources").Fields {
		if isServerless(f.Value) {
			return true
		}
	}
	return false
}

// Options give what lies outside the template.
type Options struct {
	// Load gives a YAML or JSON file by its path relative to the template; nil or Absent if it can't be read. A nil
	// function stands for a template without files beside it.
	Load func(path string) *model.Value
}

// Expand gives the resources of a template as the SAM transform would leave them: no AWS::Serverless types but
// connectors and types it does not know. The resources keep the order of the template, each followed by what it made.
// It changes the template's Root to the one with Globals merged, and declares the generated logical IDs in it, so that
// whatever is worked out later (outputs) can refer to them.
func Expand(t *cloudformation.Template, o Options) []*model.Resource {
	if t.Load == nil && o.Load != nil {
		t.Load = func(path string) (*model.Value, error) { return o.Load(path), nil }
	}
	t.Prepare()
	checkGlobals(t)
	t.Root = prepare(t)
	declare(t)
	return newExpander(t, o).run()
}

// declare makes the generated logical IDs known by a rehearsal: only the expansion itself can tell what it makes.
func declare(t *cloudformation.Template) {
	rehearsal := newExpander(cloudformation.New(t.File, t.Root), Options{})
	for _, r := range rehearsal.run() {
		t.Declare(r.ID)
	}
	before := t.Sub
	t.Sub = func(name string) *model.Value {
		if r := rehearsal.aliases[name]; r != nil {
			return model.NewRef(r.ID, "", r.Origin)
		}
		if before != nil {
			return before(name)
		}
		return nil
	}
}

// expander holds one expansion while it is under way.
type expander struct {
	template   *cloudformation.Template
	options    Options
	sources    []*model.Resource
	byID       map[string]*model.Resource
	made       map[string][]*model.Resource // by the ID of the source
	apis       map[string]*api
	raw        map[string]*model.Value      // the properties as written, by the ID of the resource
	types      map[string]string            // as written, by the ID of the resource
	aliases    map[string]*model.Resource   // referenceable properties: Fn.Alias, Api.Stage ...
	replaced   map[string]bool              // sources of which only what they made is left
	notices    map[string][]*model.Value    // notifications to add, by the ID of the bucket
	groups     map[string]*model.Resource   // resources that several sources share, by their ID
	plans      map[string]*plan             // by the beginning of their logical ID
	after      map[string][]*model.Value    // what a bucket waits for, by its ID
	params     map[string]*model.Value      // defaults of parameters
	tagged     map[string]bool              // keys of sharedTags
	sharedTags []*model.Value               // of what all deployments share
	defaults   map[string]map[string]bool   // APIs whose default route is an event of the function with this ID
	between    map[string][]*model.Resource // event source mappings, by source and function
	extra      []connection                 // connectors that no template declares
	hints      int
}

func newExpander(t *cloudformation.Template, o Options) *expander {
	x := &expander{
		template: t, options: o,
		sources:  t.Resources(),
		byID:     map[string]*model.Resource{},
		raw:      map[string]*model.Value{},
		types:    map[string]string{},
		made:     map[string][]*model.Resource{},
		apis:     map[string]*api{},
		aliases:  map[string]*model.Resource{},
		replaced: map[string]bool{},
		notices:  map[string][]*model.Value{},
		after:    map[string][]*model.Value{},
		groups:   map[string]*model.Resource{},
		plans:    map[string]*plan{},
		tagged:   map[string]bool{},
		defaults: map[string]map[string]bool{},
	}
	for _, r := range x.sources {
		x.byID[r.ID] = r
	}
	for _, f := range t.Root.Get("Resources").Fields {
		x.raw[f.Key] = f.Value.Get("Properties")
		x.types[f.Key], _ = f.Value.Get("Type").Scalar()
	}
	return x
}

// run expands APIs first, because events need to know who may call them, and puts all in order at the end.
func (x *expander) run() []*model.Resource {
	for _, r := range x.sources {
		dropAttributes(r)
		switch r.Type {
		case "AWS::Serverless::Api":
			x.restAPI(r)
		case "AWS::Serverless::HttpApi":
			x.httpAPI(r)
		case "AWS::Serverless::WebSocketApi":
			x.webSocketAPI(r)
		}
	}
	for _, r := range x.sources {
		x.expand(r)
	}
	x.settle()
	x.connectors()
	return x.ordered()
}

func (x *expander) expand(r *model.Resource) {
	switch r.Type {
	case "AWS::Serverless::Function":
		x.function(r)
	case "AWS::Serverless::StateMachine":
		x.stateMachine(r)
	case "AWS::Serverless::SimpleTable":
		simpleTable(r)
	case "AWS::Serverless::LayerVersion":
		layerVersion(r)
	case "AWS::Serverless::Application":
		application(r)
	case "AWS::Serverless::GraphQLApi":
		x.graphQLAPI(r)
	case "AWS::Serverless::CapacityProvider":
		x.capacityProvider(r)
	case restType, "AWS::ApiGatewayV2::Api":
		if x.apis[r.ID] == nil { // one that the template declares without SAM
			for _, m := range cloudformation.FromBody(r) {
				x.add(r, m)
			}
		}
	}
}

// settle adds to buckets and APIs what events gathered for them.
func (x *expander) settle() {
	for _, r := range x.sources {
		if notices := x.notices[r.ID]; len(notices) > 0 {
			path := []string{"NotificationConfiguration", "LambdaConfigurations"}
			r.Props = changed(r.Props, path, func(v *model.Value) *model.Value { return appended(v, notices...) })
		}
		if after := x.after[r.ID]; len(after) > 0 {
			r.Attributes = changed(r.Attributes, []string{"DependsOn"}, func(v *model.Value) *model.Value { return appended(v, after...) })
		}
		if a := x.apis[r.ID]; a != nil {
			a.addPolicy()
			a.addPreflight()
		}
	}
	for _, p := range x.plans {
		p.settle()
	}
	x.settleDeployments()
	for _, r := range x.sources {
		x.propagateTags(r)
	}
}

// add notes a resource that a source made. It exists under the condition of its source, unless it has its own.
func (x *expander) add(source *model.Resource, r *model.Resource) *model.Resource {
	if r.Condition == nil {
		r.Condition = source.Condition
	}
	for _, key := range retention {
		if v := source.Attributes.Get(key); v.Kind != model.Absent && r.Attributes.Get(key).Kind == model.Absent {
			r.Attributes = with(r.Attributes, key, v)
		}
	}
	x.made[source.ID] = append(x.made[source.ID], r)
	return r
}

// inheritable are the attributes that a resource of SAM hands on to what it becomes.
var inheritable = map[string]bool{
	"DependsOn": true, "DeletionPolicy": true, "UpdatePolicy": true, "UpdateReplacePolicy": true, "Metadata": true,
	"Connectors": true,
}

// dropAttributes leaves out what stands beside the properties of a SAM resource and means nothing there.
func dropAttributes(r *model.Resource) {
	if !strings.HasPrefix(r.Type, "AWS::Serverless::") {
		return
	}
	var kept []model.Field
	for _, f := range r.Attributes.Fields {
		if inheritable[f.Key] {
			kept = append(kept, f)
		}
	}
	r.Attributes = model.NewMap(kept, r.Attributes.Origin)
}

// make is add of a resource with these properties.
func (x *expander) make(source *model.Resource, id, kind string, f fields, at model.Origin, by string) *model.Resource {
	return x.add(source, cloudformation.Make(id, kind, f, at, by))
}

// alias lets templates refer to a made resource as a property of its source: !Ref Fn.Alias.
func (x *expander) alias(source *model.Resource, property string, r *model.Resource) {
	x.aliases[source.ID+"."+property] = r
}

// ordered lists each resource with what it made. A logical ID that is made twice, or that the template declares itself,
// is made once.
func (x *expander) ordered() []*model.Resource {
	var out []*model.Resource
	seen := map[string]bool{}
	for _, r := range x.sources {
		seen[r.ID] = true
	}
	for _, r := range x.sources {
		if !x.replaced[r.ID] {
			out = append(out, r)
		}
		made := x.made[r.ID]
		if a := x.apis[r.ID]; a != nil {
			made = append(made, a.routes.Created...)
		}
		for _, m := range made {
			if !seen[m.ID] {
				seen[m.ID] = true
				out = append(out, m)
			}
		}
	}
	return out
}

// by says what made a resource.
func by(what string, source *model.Resource) string { return "SAM: " + what + " of " + source.ID }

// isImplicit reports whether an API was declared by events rather than by the template.
func isImplicit(r *model.Resource) bool {
	return r.Origin.Via != nil && r.Origin.Via.How == byEvents
}

package serverless

import (
	"path"

	"wardlet.example/internal/model"
	"wardlet.example/internal/template/cloudformation"
)

// Options are what a service depends on besides its file.
type Options struct {
	Stage string                                  // as with --stage; empty for the service's own
	Load  func(path string) (*model.Value, error) // another file, by its path relative to the service; nil value: empty
}

// Service is a service with its variables resolved and its resources spelled out.
type Service struct {
	Name        string
	Stage       string
	Provider    string       // aws, azure, google ...
	Settings    *model.Value // the whole service file, resolved
	Resources   []*model.Resource
	Functions   []Function
	Outputs     []model.Output
	Stack       string // name of the CloudFormation stack
	Region      string // as the service says it; empty if it does not
	Diagnostics []model.Diagnostic
}

// Function names what the service calls a function.
type Function struct {
	Name      string
	LogicalID string
}

// Recognise reports whether a document is a Serverless Framework service.
func Recognise(root *model.Value) bool {
	if root.Get("service").Kind == model.Absent || root.Get("provider").Kind == model.Absent {
		return false
	}
	provider := root.Get("provider")
	return provider.Kind == model.String || provider.Get("name").Kind != model.Absent || root.Get("functions").Kind != model.Absent
}

// Read works out a service.
func Read(file string, root *model.Value, o Options) *Service {
	options := map[string]string{}
	if o.Stage != "" {
		options["stage"] = o.Stage
	}
	vars := newVariables(file, root, options, o.Load)
	resolved := vars.value(root)
	s := &Service{Settings: resolved, Stage: vars.stage(), Provider: provider(resolved)}
	s.Name = serviceName(resolved)
	if s.Provider == "aws" {
		e := newExpansion(file, s, resolved)
		e.expand()
		s.Diagnostics = e.diagnostics()
	}
	s.Diagnostics = append(vars.diagnostics, s.Diagnostics...)
	return s
}

func provider(root *model.Value) string {
	p := root.Get("provider")
	if name, ok := p.Scalar(); ok {
		return name
	}
	if name, ok := p.Get("name").Settled().Scalar(); ok {
		return name
	}
	return "aws"
}

func serviceName(root *model.Value) string {
	s := root.Get("service")
	if s.Kind == model.Map {
		s = s.Get("name")
	}
	return s.String()
}

// expansion makes the resources of one service.
type expansion struct {
	file      string
	service   *Service
	root      *model.Value // resolved
	provider  *model.Value
	made      []*model.Resource
	byID      map[string]*model.Resource
	own       map[string]*model.Resource // of the service's resources section, by logical ID
	notes     []model.Diagnostic
	template  *cloudformation.Template
	plugins   map[string]bool
	network   bool     // a function stands in a network of its own
	strangers []string // plugins whose part in what is deployed is not known
	roleUses  []*roleUse
	homeless  roleUse                   // needs of functions whose role the service does not make
	roleOf    map[string][]*roleUse     // what the needs of a function are added to, by its name
	aliases   map[string]string         // of functions that are called through an alias: its name, by the function's
	counters  map[string]int            // events of a kind so far, by function
	rest      *cloudformation.Routes    // nil before the first http event
	cors      map[string]*preflight     // of the REST API, by path
	logGroups map[string][]*model.Value // that a function is subscribed to, by the function's name
}

func newExpansion(file string, s *Service, root *model.Value) *expansion {
	e := &expansion{
		file: file, service: s, root: root, provider: root.Get("provider"),
		byID: map[string]*model.Resource{}, own: map[string]*model.Resource{}, plugins: map[string]bool{},
		roleOf: map[string][]*roleUse{}, aliases: map[string]string{}, counters: map[string]int{},
		cors: map[string]*preflight{}, logGroups: map[string][]*model.Value{},
	}
	for _, p := range pluginNames(root.Get("plugins")) {
		e.plugins[p] = true
	}
	return e
}

func pluginNames(v *model.Value) []string {
	var out []string
	if v.Kind == model.Map {
		v = v.Get("modules")
	}
	for _, p := range v.Elements() {
		if s, ok := p.Scalar(); ok {
			out = append(out, s)
		}
	}
	return out
}

func (e *expansion) diagnostics() []model.Diagnostic {
	return append(e.notes, e.template.Diagnostics()...)
}

func (e *expansion) warn(at model.Origin, message, hint string) {
	e.notes = append(e.notes, model.Diagnostic{Pos: at.Pos, Level: model.Warning, Message: message, Hint: hint})
}

// expand makes all resources: what functions and their events need, then what the service declares itself, laid over it.
func (e *expansion) expand() {
	e.template = cloudformation.New(e.file, ownTemplate(e.root))
	e.template.Sub = e.byFunctionName
	e.otherPlugins()
	e.functions()
	e.constructs()
	e.layers()
	e.pluginResources()
	e.finishREST()
	e.stages()
	e.deploymentBucket()
	e.roles()
	for _, r := range e.made {
		e.template.Declare(r.ID)
	}
	e.template.Declare("ServerlessDeploymentBucket")
	e.template.TypeOf = func(id string) string {
		if r := e.byID[id]; r != nil {
			return r.Type
		}
		return ""
	}
	own := e.template.Resources()
	for _, r := range own {
		e.own[r.ID] = r
	}
	for _, r := range e.made {
		r.Props = e.template.Resolve(r.Props)
		if mine := e.own[r.ID]; mine != nil {
			e.refine(r, mine)
			continue
		}
		e.service.Resources = append(e.service.Resources, r)
	}
	e.service.Resources = append(e.service.Resources, e.template.Parameters()...)
	for _, r := range own {
		e.service.Resources = append(e.service.Resources, r)
		e.service.Resources = append(e.service.Resources, cloudformation.FromBody(r)...)
	}
	e.extend()
	e.service.Stack = e.stackName()
	e.service.Region, _ = e.provider.Get("region").Settled().Scalar()
	e.service.Outputs = append(e.outputs(), e.template.Outputs()...)
}

// refine lays what the service says of a resource over what the framework makes of it. Without a type of its own it stays a
// resource of the framework's, to be changed where the function or event stands.
func (e *expansion) refine(made, mine *model.Resource) {
	mine.Props = merge(made.Props, mine.Props)
	mine.Attributes = merge(made.Attributes, mine.Attributes)
	if ownTemplate(e.root).Path("Resources", mine.ID, "Type").Kind == model.Absent {
		mine.Origin, mine.Generated = made.Origin, made.Generated
	}
}

// byFunctionName is what a reference by a function's name in the service means: plugins allow it where CloudFormation
// wants the logical ID.
func (e *expansion) byFunctionName(name string) *model.Value {
	for _, f := range e.service.Functions {
		if f.Name == name {
			return ref(f.LogicalID, model.Origin{})
		}
	}
	return nil
}

// ownTemplate is the resources section as one CloudFormation template; a list of sections is merged.
func ownTemplate(root *model.Value) *model.Value {
	section := root.Get("resources")
	if section.Kind != model.List {
		return section
	}
	merged := model.NewMap(nil, section.Origin)
	for _, part := range section.Items {
		if part.Kind == model.Map {
			merged = merge(merged, part)
		}
	}
	return merged
}

// extend applies resources.extensions: properties and attributes put in the place of a generated resource's.
func (e *expansion) extend() {
	for _, f := range ownTemplate(e.root).Get("extensions").Fields {
		found := false
		for _, r := range e.service.Resources {
			if r.ID != f.Key {
				continue
			}
			found = true
			r.Props = overlay(r.Props, e.template.Resolve(f.Value.Get("Properties")))
			for _, g := range f.Value.Fields {
				if g.Key != "Properties" {
					r.Attributes = overlay(r.Attributes, object(g.Value.Origin, g))
				}
			}
		}
		if !found {
			e.warn(fieldOrigin(f), f.Key+" is extended, but the service makes no such resource", "check the logical ID")
		}
	}
}

// add makes a resource unless one of this ID is there already, and returns the one that is there then.
func (e *expansion) add(id, kind string, fields []model.Field, at model.Origin, by string) *model.Resource {
	if e.byID[id] == nil {
		e.keep(cloudformation.Make(id, kind, fields, at, "serverless: "+by))
	}
	return e.byID[id]
}

func (e *expansion) keep(r *model.Resource) {
	e.byID[r.ID] = r
	e.made = append(e.made, r)
}

// count numbers the resources of a kind of one function, from 1.
func (e *expansion) count(kind, function string) int {
	e.counters[kind+" "+function]++
	return e.counters[kind+" "+function]
}

// stack is the name of the service's stage: what most names start with.
func (e *expansion) stack() string { return e.service.Name + "-" + e.service.Stage }

// Files lists where a service may be declared, in the order the framework looks. The first that is there counts.
func Files() []string {
	return []string{
		"serverless.yml", "serverless.yaml", "serverless.json", "serverless.js", "serverless.cjs", "serverless.mjs", "serverless.ts",
	}
}

// IsServiceFile reports whether a file is named like a service.
func IsServiceFile(file string) bool {
	base := path.Base(file)
	for _, f := range Files() {
		if base == f {
			return true
		}
	}
	return false
}

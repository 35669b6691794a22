package serverless

import (
	"path"
	"strings"

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
	rest      *cloudformation.Routes
	http      *cloudformation.Routes
	websocket *cloudformation.Routes
	plugins   map[string]bool
	roleUses  []roleUse
	counters  map[string]int
	kept      map[*cloudformation.Routes]int // how many of its resources are taken over already
}

func newExpansion(file string, s *Service, root *model.Value) *expansion {
	e := &expansion{
		file: file, service: s, root: root, provider: root.Get("provider"),
		byID: map[string]*model.Resource{}, own: map[string]*model.Resource{},
		plugins: map[string]bool{}, counters: map[string]int{}, kept: map[*cloudformation.Routes]int{},
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

// expand makes all resources in the order: functions and their events, roles, then what the service declares itself.
func (e *expansion) expand() {
	e.template = cloudformation.New(e.file, ownTemplate(e.root))
	e.template.Sub = e.byFunctionName
	e.functions()
	e.layers()
	e.stateMachines()
	e.roles()
	e.apiStages()
	for _, r := range e.made {
		e.template.Declare(r.ID)
	}
	for _, id := range frameworkIDs {
		e.template.Declare(id)
	}
	own := e.template.Resources()
	for _, r := range own {
		e.own[r.ID] = r
	}
	for _, r := range e.made {
		r.Props = e.template.Resolve(r.Props)
		if mine := e.own[r.ID]; mine != nil {
			mine.Props = merge(r.Props, mine.Props) // the service refines what the framework makes
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

// layers makes the layers that the service publishes.
func (e *expansion) layers() {
	for _, f := range e.root.Get("layers").Fields {
		at := fieldOrigin(f)
		fields := set(nil, "Content", f.Value.Get("path"))
		fields = set(fields, "LayerName", f.Value.Get("name"))
		fields = set(fields, "CompatibleRuntimes", f.Value.Get("compatibleRuntimes"))
		e.add(logicalName(f.Key)+"LambdaLayer", "AWS::Lambda::LayerVersion", fields, at, "layer "+f.Key)
		if accounts := f.Value.Get("allowedAccounts"); accounts.Kind != model.Absent {
			for _, a := range accounts.Elements() {
				e.add(logicalName(f.Key)+plainName(a.String())+"LambdaLayerPermission", "AWS::Lambda::LayerVersionPermission", []model.Field{
					field("Action", text("lambda:GetLayerVersion", at)), field("Principal", a),
					field("LayerVersionArn", ref(logicalName(f.Key)+"LambdaLayer", at)),
				}, a.Origin, "layer "+f.Key)
			}
		}
	}
}

// frameworkIDs are resources of the framework that services refer to although nothing here makes them.
var frameworkIDs = []string{"ServerlessDeploymentBucket", "ApiGatewayRestApi", "HttpApi", "WebsocketsApi", "IamRoleLambdaExecution"}

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

// extend applies resources.extensions: properties laid over generated resources.
func (e *expansion) extend() {
	for _, f := range ownTemplate(e.root).Get("extensions").Fields {
		for _, r := range e.service.Resources {
			if r.ID == f.Key {
				r.Props = merge(r.Props, e.template.Resolve(f.Value.Get("Properties")))
			}
		}
	}
}

// merge lays b over a: maps are merged, lists concatenated, everything else is b's.
func merge(a, b *model.Value) *model.Value {
	switch {
	case b.Kind == model.Absent:
		return a
	case a.Kind == model.Map && b.Kind == model.Map:
		return mergeMaps(a, b)
	case a.Kind == model.List && b.Kind == model.List:
		return model.NewList(append(append([]*model.Value{}, a.Items...), b.Items...), b.Origin)
	}
	return b
}

func mergeMaps(a, b *model.Value) *model.Value {
	fields := append([]model.Field{}, a.Fields...)
	index := make(map[string]int, len(fields))
	for i, f := range fields {
		index[f.Key] = i
	}
	for _, f := range b.Fields {
		if i, ok := index[f.Key]; ok {
			fields[i] = model.Field{Key: f.Key, At: f.At, Value: merge(fields[i].Value, f.Value)}
			continue
		}
		index[f.Key] = len(fields)
		fields = append(fields, f)
	}
	return model.NewMap(fields, b.Origin)
}

// add makes a resource unless one of this ID is there already.
func (e *expansion) add(id, kind string, fields []model.Field, at model.Origin, by string) {
	if e.byID[id] == nil {
		e.keep(cloudformation.Make(id, kind, fields, at, "serverless: "+by))
	}
}

func (e *expansion) keep(r *model.Resource) {
	e.byID[r.ID] = r
	e.made = append(e.made, r)
}

// keepRoutes takes over what a set of routes has made since the last call.
func (e *expansion) keepRoutes(r *cloudformation.Routes) {
	for _, c := range r.Created[e.kept[r]:] {
		if e.byID[c.ID] == nil {
			e.keep(c)
		}
	}
	e.kept[r] = len(r.Created)
}

// logicalName spells a function's name in logical IDs, as the framework does.
func logicalName(name string) string {
	name = strings.NewReplacer("-", "Dash", "_", "Underscore").Replace(name)
	if name == "" {
		return name
	}
	return strings.ToUpper(name[:1]) + name[1:]
}

// plainName keeps letters and digits and starts upper-case.
func plainName(name string) string {
	var b strings.Builder
	for _, c := range name {
		if c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' {
			b.WriteRune(c)
		}
	}
	s := b.String()
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

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

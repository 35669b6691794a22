package cloudformation

import (
	"sort"
	"strings"

	"wardlet.example/internal/model"
)

// Template is one CloudFormation template being worked out. It is not safe for concurrent use.
type Template struct {
	File string
	Root *model.Value // with short tags in their long form (see Tag)

	// Sub lets a language built on CloudFormation look at a reference first; nil for plain templates.
	Sub func(id string) *model.Value

	// Load gives a YAML or JSON file by its path relative to the template, for AWS::Include; nil for templates without
	// files beside them. Set it before anything is worked out.
	Load func(path string) (*model.Value, error)
	// TypeOf is the type of a resource that the template only refines, because its language makes it; "" if it makes none of
	// this ID. May be nil.
	TypeOf func(id string) string

	functions   map[string]function
	params      map[string]*model.Value
	conditions  map[string]*model.Value
	pending     map[string]bool // parameters and conditions being worked out, against cycles
	literals    map[string][]*model.Value
	resources   map[string]bool
	done        map[*model.Value]*model.Value
	budget      int
	depth       int
	diagnostics []model.Diagnostic
	reported    map[string]bool
	prepared    bool // loops and included files are written out
	unseen      bool // there are resources that are not known
	unroller    *unroller
}

// maxSteps bounds the values worked out for one template; a template of 1 MB has about 100,000.
const maxSteps = 3_000_000

// maxDepth bounds the nesting of values and intrinsics.
const maxDepth = 1_000

// Tag maps a YAML short tag to the key of the long form: !Ref to Ref, !Sub to Fn::Sub.
func Tag(tag string) (string, bool) {
	name, ok := strings.CutPrefix(tag, "!")
	switch {
	case !ok || name == "":
		return "", false
	case name == "Ref", name == "Condition":
		return name, true
	}
	return "Fn::" + name, true
}

// Recognise reports whether a document is a CloudFormation (or SAM) template.
func Recognise(root *model.Value) bool {
	resources := root.Get("Resources")
	if resources.Kind != model.Map {
		return false
	}
	for _, f := range resources.Fields {
		if t, ok := f.Value.Get("Type").Scalar(); ok && (strings.Contains(t, "::") && !strings.HasPrefix(t, "Microsoft")) {
			return true
		}
	}
	return root.Get("AWSTemplateFormatVersion").IsSet() == model.Yes || root.Get("Transform").IsSet() == model.Yes
}

// New prepares a template for being worked out.
func New(file string, root *model.Value) *Template {
	t := &Template{
		File: file, Root: root,
		functions:  functions(),
		params:     map[string]*model.Value{},
		conditions: map[string]*model.Value{},
		pending:    map[string]bool{},
		literals:   map[string][]*model.Value{},
		resources:  map[string]bool{},
		done:       map[*model.Value]*model.Value{},
		budget:     maxSteps,
		reported:   map[string]bool{},
	}
	t.unroller = &unroller{t: t, done: map[*model.Value]*model.Value{}, values: maxUnrolled, passes: maxPasses}
	for _, f := range root.Get("Resources").Fields {
		t.resources[f.Key] = true
	}
	t.collectLiterals(root.Get("Conditions"), 0)
	return t
}

// Declare makes a logical ID known although no resource of the template declares it: languages that generate resources
// call it before anything refers to them.
func (t *Template) Declare(id string) { t.resources[id] = true }

// Diagnostics are the oddities met so far, sorted by place.
func (t *Template) Diagnostics() []model.Diagnostic {
	sort.SliceStable(t.diagnostics, func(i, j int) bool { return t.diagnostics[i].Line < t.diagnostics[j].Line })
	return t.diagnostics
}

// Warn adds a diagnostic of a language that builds on CloudFormation; each is told once.
func (t *Template) Warn(at model.Origin, message, hint string) { t.warn(at, message, hint) }

func (t *Template) warn(at model.Origin, message, hint string) {
	t.tell(model.Diagnostic{Pos: at.Pos, Level: model.Warning, Message: message, Hint: hint})
}

// incomplete tells of a part of the template that is not seen.
func (t *Template) incomplete(at model.Origin, message, hint string) {
	t.tell(model.Diagnostic{Pos: at.Pos, Level: model.Warning, Message: message, Hint: hint, Incomplete: true})
}

func (t *Template) note(at model.Origin, message string) {
	t.tell(model.Diagnostic{Pos: at.Pos, Level: model.Note, Message: message})
}

func (t *Template) tell(d model.Diagnostic) {
	key := d.Pos.String() + d.Message
	if t.reported[key] {
		return
	}
	t.reported[key] = true
	t.diagnostics = append(t.diagnostics, d)
}

// Resources works out all resources, in the order of the template.
func (t *Template) Resources() []*model.Resource {
	t.Prepare()
	var out []*model.Resource
	for _, f := range t.Root.Get("Resources").Fields {
		if r := t.resource(f); r != nil {
			out = append(out, r)
		}
	}
	return out
}

func (t *Template) resource(f model.Field) *model.Resource {
	at := model.Origin{Pos: f.At, Via: f.Value.Origin.Via}
	if strings.HasPrefix(f.Key, "Fn::") {
		t.incomplete(at, f.Key+" among the resources is not worked out, so what it makes is not seen", "")
		return nil
	}
	kind, ok := t.Resolve(f.Value.Get("Type")).Settled().Scalar()
	if !ok && t.TypeOf != nil && f.Value.Get("Type").Kind == model.Absent {
		kind = t.TypeOf(f.Key)
		ok = kind != ""
	}
	if !ok {
		if f.Value.Kind != model.Absent {
			t.warn(at, "resource "+f.Key+" has no Type", "give it a Type such as AWS::SQS::Queue")
		}
		return nil
	}
	r := &model.Resource{ID: f.Key, Type: kind, Origin: at}
	r.Props = t.Resolve(f.Value.Get("Properties"))
	if r.Props.IsScalar() || r.Props.Kind == model.List {
		t.warn(r.Props.Origin, "the properties of "+f.Key+" are not a map", "write Name: value lines below Properties")
		r.Props = model.NewMap(nil, at)
	}
	if !strings.Contains(kind, "::") {
		t.warn(at, kind+" is not a resource type", "write one such as AWS::SQS::Queue")
	}
	if r.Props.Kind == model.Absent {
		r.Props = model.NewMap(nil, at)
	}
	r.Attributes = t.attributes(f.Value)
	if name, ok := f.Value.Get("Condition").Scalar(); ok {
		r.Condition = t.condition(name, f.Value.Get("Condition").Origin)
	}
	return r
}

func (t *Template) attributes(body *model.Value) *model.Value {
	var fields []model.Field
	for _, g := range body.Fields {
		if g.Key != "Type" && g.Key != "Properties" && g.Key != "Condition" {
			g.Value = t.Resolve(g.Value)
			fields = append(fields, g)
		}
	}
	return model.NewMap(fields, body.Origin)
}

// Parameters lists the template's parameters, in order, as resources of model.ParameterType whose properties are what is
// declared: Type, Default, NoEcho ... Those of included files are among them once Load is set.
func (t *Template) Parameters() []*model.Resource {
	if t.Load != nil {
		t.Prepare()
	}
	var out []*model.Resource
	for _, f := range t.Root.Get("Parameters").Fields {
		at := model.Origin{Pos: f.At, Via: f.Value.Origin.Via}
		out = append(out, &model.Resource{
			ID: f.Key, Type: model.ParameterType, Props: f.Value, Attributes: model.NewMap(nil, at), Origin: at,
		})
	}
	return out
}

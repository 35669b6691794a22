package iac

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"wardlet.example/internal/assemble"
	"wardlet.example/internal/link"
	"wardlet.example/internal/model"
)

// Subject is what a rule is asked of: a resource, or what assembly made of the resources.
type Subject struct {
	Program  *link.Program
	App      *model.App
	Resource *model.Resource // also the resource behind a function or role; nil for an app
	Function *model.Function
	Trigger  *model.Trigger
	Role     *model.Role
	Now      time.Time

	detail string
	values map[string]*model.Value
	index  *appIndex // shared by the subjects of the application
}

// ID names the subject in outcomes and fingerprints.
func (s *Subject) ID() string {
	switch {
	case s.Trigger != nil:
		return s.Function.ID + " " + s.Trigger.Detail
	case s.Resource != nil:
		return s.Resource.ID
	}
	return s.App.Name
}

// Name is what people call the subject: a function's key in its service, a route as "GET /orders", else the ID.
func (s *Subject) Name() string {
	switch {
	case s.Trigger != nil:
		return s.Function.Name + " " + s.Trigger.Detail
	case s.Function != nil:
		return s.Function.Name
	case s.Resource == nil:
		return s.ID()
	}
	if f, t := s.door(); t != nil {
		return t.Detail + " of " + f.Name
	}
	switch s.Resource.Type {
	case "AWS::ApiGateway::Method":
		return s.Resource.Props.Get("HttpMethod").String() + " " + assemble.RestPath(s.App, s.Resource.Props.Get("ResourceId"))
	case "AWS::ApiGatewayV2::Route":
		return s.Resource.Props.Get("RouteKey").String()
	case "AWS::ApiGateway::Stage", "AWS::ApiGatewayV2::Stage":
		if s.Resource.Generated != "" {
			return "stage " + s.Resource.Props.Get("StageName").String() + " of the API"
		}
		return "stage " + s.Resource.ID
	case "AWS::Logs::LogGroup":
		if f := s.Program.LogsOf(s.App, s.Resource); f != nil {
			return f.Name
		}
	}
	if s.Resource.Type == "AWS::Lambda::Function" {
		for _, f := range s.App.Functions {
			if f.Resource == s.Resource {
				return f.Name
			}
		}
	}
	return s.ID()
}

// door is the trigger that the resource is, and its function; nil if it is none that people name.
func (s *Subject) door() (*model.Function, *model.Trigger) {
	switch s.Resource.Type {
	case "AWS::ApiGateway::Method", "AWS::ApiGatewayV2::Route":
	default:
		return nil, nil
	}
	d := s.Program.DoorOf(s.App, s.Resource)
	return d.Function, d.Trigger
}

// Origin is where the subject is declared.
func (s *Subject) Origin() model.Origin {
	switch {
	case s.Trigger != nil:
		return s.Trigger.Origin
	case s.Resource != nil:
		return s.Resource.Origin
	}
	return model.Origin{Pos: model.Pos{File: s.App.File, Line: 1, Col: 1}}
}

func (s *Subject) exposure() model.Exposure {
	switch {
	case s.Trigger != nil:
		return s.Trigger.Exposure
	case s.Function != nil:
		return s.Function.Exposure
	case s.Resource != nil:
		if _, t := s.door(); t != nil {
			return t.Exposure
		}
	}
	return ""
}

// lookup gives the value of a variable to expressions and messages; each is made once.
func (s *Subject) lookup(name string) *model.Value {
	if name == "detail" {
		return model.NewString(s.detail, s.Origin())
	}
	if v, ok := s.values[name]; ok {
		return v
	}
	if s.values == nil {
		s.values = map[string]*model.Value{}
	}
	v := s.variable(name)
	s.values[name] = v
	return v
}

func (s *Subject) variable(name string) *model.Value {
	at := s.Origin()
	switch name {
	case "props":
		if s.Resource != nil {
			return s.Resource.Props
		}
	case "attributes":
		if s.Resource != nil {
			return s.Resource.Attributes
		}
	case "exists":
		if s.Resource != nil && s.Resource.Condition != nil {
			return s.Resource.Condition
		}
		return model.NewBool(true, at)
	case "id":
		return model.NewString(s.ID(), at)
	case "name":
		return model.NewString(s.Name(), at)
	case "type":
		if s.Resource != nil {
			return model.NewString(s.Resource.Type, at)
		}
	case "related":
		if s.Resource != nil {
			return s.byType(s.Program.Referrers(s.App, s.Resource))
		}
	case "linked":
		if s.Resource != nil {
			return s.byType(s.Program.References(s.App, s.Resource))
		}
	case "fn":
		return s.function()
	case "trigger":
		if s.Trigger != nil {
			return trigger(s.Trigger)
		}
	case "role":
		return s.role()
	case "app":
		return s.app()
	}
	return model.NewAbsent(at)
}

// byType groups resources: the type gives a list of {id, props, attributes}.
func (s *Subject) byType(all []*model.Resource) *model.Value {
	at := s.Origin()
	groups := map[string][]*model.Value{}
	var order []string
	for _, r := range all {
		if groups[r.Type] == nil {
			order = append(order, r.Type)
		}
		groups[r.Type] = append(groups[r.Type], object(at, "id", model.NewString(r.ID, at), "props", r.Props, "attributes", r.Attributes))
	}
	var fields []model.Field
	for _, t := range order {
		fields = append(fields, model.Field{Key: t, At: at.Pos, Value: model.NewList(groups[t], at)})
	}
	return model.NewMap(fields, at)
}

// object makes a map of key, value pairs.
func object(at model.Origin, pairs ...any) *model.Value {
	var fields []model.Field
	for i := 0; i+1 < len(pairs); i += 2 {
		key, _ := pairs[i].(string)
		value, _ := pairs[i+1].(*model.Value)
		fields = append(fields, model.Field{Key: key, At: at.Pos, Value: value})
	}
	return model.NewMap(fields, at)
}

func (s *Subject) function() *model.Value {
	if s.Function == nil {
		return model.NewAbsent(s.Origin())
	}
	f, at := s.Function, s.Origin()
	var triggers []*model.Value
	for _, t := range f.Triggers {
		triggers = append(triggers, trigger(t))
	}
	return object(at,
		"name", model.NewString(f.Name, at), "exposure", model.NewString(string(f.Exposure), at),
		"language", model.NewString(f.Code.Language, at), "code", model.NewString(string(f.Code.State), at),
		"triggers", model.NewList(triggers, at))
}

func trigger(t *model.Trigger) *model.Value {
	at := t.Origin
	source := model.NewAbsent(at)
	if t.Source != nil {
		source = t.Source.Props
	}
	filter := t.Filter
	if filter == nil {
		filter = model.NewAbsent(at)
	}
	return object(at,
		"kind", model.NewString(string(t.Kind), at), "detail", model.NewString(t.Detail, at),
		"auth", model.NewString(t.Auth, at), "exposure", model.NewString(string(t.Exposure), at),
		"source", source, "filter", filter)
}

func (s *Subject) role() *model.Value {
	if s.Role == nil {
		return model.NewAbsent(s.Origin())
	}
	at := s.Origin()
	var names []*model.Value
	for _, f := range s.App.Functions {
		if f.Role == s.Role {
			names = append(names, model.NewString(f.Name, at))
		}
	}
	return object(at, "functions", model.NewList(names, at), "managed", model.NewList(s.Role.Managed, at))
}

func (s *Subject) app() *model.Value {
	at := s.Origin()
	return object(at,
		"kind", model.NewString(string(s.App.Kind), at), "name", model.NewString(s.App.Name, at),
		"stage", model.NewString(s.App.Stage, at), "functions", model.NewInt(len(s.App.Functions), at),
		"domains", model.NewList(s.domains(), at), "settings", s.App.Settings)
}

// domains are the custom domains of the application's APIs.
func (s *Subject) domains() []*model.Value {
	at := s.Origin()
	var out []*model.Value
	for _, r := range s.App.Resources {
		if r.Type == "AWS::ApiGateway::DomainName" || r.Type == "AWS::ApiGatewayV2::DomainName" {
			out = append(out, object(at, "id", model.NewString(r.ID, at), "props", r.Props))
		}
	}
	return out
}

// place is where a hit stands, and the anchor of its fingerprint: the property without indices, which change when a list
// grows, and what the check says.
func (s *Subject) place(h Hit) (model.Pos, string) {
	anchor := listIndex.ReplaceAllString(h.At, "[]") + " " + h.Anchor
	switch {
	case h.Origin != nil:
		return h.Origin.Pos, anchor
	case s.Resource == nil || h.At == "":
		return s.Origin().Pos, anchor
	}
	return follow(s.Resource, h.At), anchor
}

var listIndex = regexp.MustCompile(`\[[0-9*]+\]`)

// follow walks a property path (A.B[0].C[*]) and gives the place a person would change: the value if it is written, else
// the nearest key above.
func follow(r *model.Resource, path string) model.Pos {
	v, pos := r.Props, r.Origin.Pos
	for _, key := range pathKeys(path) {
		if key == "*" {
			key = "0"
		}
		next := v.Path(key)
		if next.Kind == model.Absent {
			return pos
		}
		switch {
		case v.Kind == model.List:
			pos = next.Origin.Pos
		case next.IsScalar() && !next.Origin.IsZero():
			pos = next.Origin.Pos
		default:
			pos = v.KeyPos(key)
		}
		v = next
	}
	return pos
}

// pathKeys splits A.B[0].C[*] into its keys and indices.
func pathKeys(path string) []string {
	return strings.FieldsFunc(path, func(r rune) bool { return r == '.' || r == '[' || r == ']' })
}

// index is a list index in a path.
func index(i int) string { return "[" + strconv.Itoa(i) + "]" }

package appmap

import (
	"io"

	"wardlet.example/internal/model"
	"wardlet.example/internal/report/escape"
)

// Format names the format that JSON writes.
const Format = "map-v1"

// JSON writes the workspace as one map-v1 document. Values are as model.Value.String shows them; environment variables
// have only their kind and what they point to.
func JSON(w io.Writer, ws *model.Workspace) error {
	doc := document{Format: Format, Root: ws.Root, Apps: each(ws.Apps, newApp), Diagnostics: append([]model.Diagnostic{}, ws.Diagnostics...)}
	return escape.WriteJSON(w, doc)
}

type document struct {
	Format      string             `json:"format"`
	Root        string             `json:"root"`
	Apps        []app              `json:"apps"`
	Diagnostics []model.Diagnostic `json:"diagnostics"`
}

type app struct {
	Name      string        `json:"name"`
	Kind      model.AppKind `json:"kind"`
	File      string        `json:"file"`
	Dir       string        `json:"dir"`
	Stage     string        `json:"stage,omitempty"`
	Stages    []string      `json:"stages,omitempty"` // all stages that the files name, where there are several
	Provider  string        `json:"provider,omitempty"`
	Functions []functionDoc `json:"functions"`
	Resources []resourceDoc `json:"resources"`
	Roles     []roleDoc     `json:"roles"`
	Flows     []flowDoc     `json:"flows"`
	Shared    []sharedDoc   `json:"sharedCode,omitempty"`
}

// sharedDoc is a source file that functions of other applications import too.
type sharedDoc struct {
	File string   `json:"file"`
	With []string `json:"with"` // the files of the other applications
}

type functionDoc struct {
	ID       string         `json:"id"`
	Name     string         `json:"name"`
	Runtime  string         `json:"runtime,omitempty"`
	Handler  string         `json:"handler,omitempty"`
	Code     codeDoc        `json:"code"`
	Exposure model.Exposure `json:"exposure,omitempty"`
	Blast    *blastDoc      `json:"blast,omitempty"`
	Role     string         `json:"role,omitempty"` // ID of the role
	Triggers []triggerDoc   `json:"triggers"`
	Env      []envDoc       `json:"env"`
	At       model.Pos      `json:"at,omitzero"`
}

type codeDoc struct {
	State    model.CodeState `json:"state"`
	Language string          `json:"language,omitempty"`
	File     string          `json:"file,omitempty"`
	Symbol   string          `json:"symbol,omitempty"`
	At       model.Pos       `json:"at,omitzero"`
	Reason   string          `json:"reason,omitempty"`
}

// blastDoc is how far the permissions of a function reach.
type blastDoc struct {
	Reach model.BlastReach `json:"reach"`
	Note  string           `json:"note,omitempty"`
}

type triggerDoc struct {
	Kind     model.TriggerKind `json:"kind"`
	Detail   string            `json:"detail,omitempty"`
	Source   string            `json:"source,omitempty"` // ID of the resource
	App      string            `json:"app,omitempty"`    // file of the app that has the source, where that is another one
	Target   string            `json:"target,omitempty"` // the source as written, where it is not in the app
	Auth     string            `json:"auth,omitempty"`
	Exposure model.Exposure    `json:"exposure,omitempty"`
	Filter   any               `json:"filter,omitempty"`
	Via      string            `json:"via,omitempty"`
	At       model.Pos         `json:"at,omitzero"`
}

type envDoc struct {
	Name     string    `json:"name"`
	Kind     string    `json:"kind"`
	Resource string    `json:"resource,omitempty"`
	Refs     []string  `json:"refs,omitempty"`
	At       model.Pos `json:"at,omitzero"`
}

type resourceDoc struct {
	ID        string    `json:"id"`
	Type      string    `json:"type"`
	Condition string    `json:"condition,omitempty"`
	Generated string    `json:"generated,omitempty"`
	At        model.Pos `json:"at,omitzero"`
}

type roleDoc struct {
	ID       string     `json:"id"`
	Resource string     `json:"resource,omitempty"`
	Managed  []string   `json:"managed"`
	Grants   []grantDoc `json:"grants"`
	Trust    any        `json:"trust,omitempty"`
	At       model.Pos  `json:"at,omitzero"`
}

type grantDoc struct {
	Effect       string    `json:"effect"`
	Actions      []string  `json:"actions,omitempty"`
	NotActions   []string  `json:"notActions,omitempty"`
	Resources    []string  `json:"resources,omitempty"`
	NotResources []string  `json:"notResources,omitempty"`
	Condition    any       `json:"condition,omitempty"`
	From         string    `json:"from,omitempty"`
	At           model.Pos `json:"at,omitzero"`
}

type flowDoc struct {
	From    string    `json:"from"`
	To      string    `json:"to"`
	FromApp string    `json:"fromApp,omitempty"` // file of the app that has the node, where that is another one
	ToApp   string    `json:"toApp,omitempty"`
	Kind    string    `json:"kind,omitempty"`
	Filter  any       `json:"filter,omitempty"`
	Detail  string    `json:"detail,omitempty"`
	Granted model.Tri `json:"granted"`
	Matches model.Tri `json:"matches"`
	At      model.Pos `json:"at,omitzero"`
}

// each is the slice of what f makes of every element; never nil, so that nothing is written as [].
func each[S, T any](all []S, f func(S) T) []T {
	out := make([]T, len(all))
	for i, v := range all {
		out[i] = f(v)
	}
	return out
}

func newApp(a *model.App) app {
	return app{
		Name: a.Name, Kind: a.Kind, File: a.File, Dir: a.Dir, Stage: a.Stage, Stages: a.Stages, Provider: a.Provider,
		Functions: each(a.Functions, newFunction), Resources: each(a.Resources, newResource),
		Roles: each(a.Roles, newRole), Flows: each(a.Flows, newFlow),
		Shared: each(a.Shared, func(s model.SharedFile) sharedDoc {
			return sharedDoc{s.File, each(s.With, func(a *model.App) string { return a.File })}
		}),
	}
}

func newCode(c model.Code) codeDoc {
	return codeDoc{State: c.State, Language: c.Language, File: c.File, Symbol: c.Symbol, At: c.At, Reason: c.Reason}
}

func newFunction(f *model.Function) functionDoc {
	doc := functionDoc{
		ID: f.ID, Name: f.Name, Runtime: show(f.Runtime), Handler: show(f.Handler), Code: newCode(f.Code), Exposure: f.Exposure,
		Triggers: each(f.Triggers, newTrigger), Env: each(f.Env, newEnv), At: f.Origin.Pos,
	}
	if f.Role != nil {
		doc.Role = f.Role.ID
	}
	if f.Blast.Reach != "" {
		doc.Blast = &blastDoc{f.Blast.Reach, f.Blast.Note}
	}
	return doc
}

func newTrigger(t *model.Trigger) triggerDoc {
	return triggerDoc{
		Kind: t.Kind, Detail: t.Detail, Source: idOf(t.Source), App: fileOf(t.From), Target: show(t.Target), Auth: t.Auth, Exposure: t.Exposure,
		Filter: written(t.Filter), Via: idOf(t.Via), At: t.Origin.Pos,
	}
}

// fileOf is the file of an application; empty for none.
func fileOf(a *model.App) string {
	if a == nil {
		return ""
	}
	return a.File
}

func idOf(r *model.Resource) string {
	if r == nil {
		return ""
	}
	return r.ID
}

func newEnv(v model.EnvVar) envDoc {
	doc := envDoc{Name: v.Name, Kind: model.Absent.String(), Resource: idOf(v.Resource), At: v.At}
	if v.Value == nil {
		return doc
	}
	doc.Kind = v.Value.Kind.String()
	for _, r := range v.Value.Refs() {
		doc.Refs = append(doc.Refs, r.String())
	}
	return doc
}

func newResource(r *model.Resource) resourceDoc {
	return resourceDoc{ID: r.ID, Type: r.Type, Condition: show(r.Condition), Generated: r.Generated, At: r.Origin.Pos}
}

func newRole(r *model.Role) roleDoc {
	return roleDoc{
		ID: r.ID, Resource: idOf(r.Resource), Managed: each(r.Managed, show), Grants: each(r.Grants, newGrant),
		Trust: written(r.Trust), At: r.Origin.Pos,
	}
}

func newGrant(g model.Grant) grantDoc {
	return grantDoc{
		Effect: show(g.Effect), Actions: each(g.Actions, show), NotActions: each(g.NotActions, show), Resources: each(g.Resources, show),
		NotResources: each(g.NotRes, show), Condition: written(g.Condition), From: g.From, At: g.Origin.Pos,
	}
}

func newFlow(f *model.Flow) flowDoc {
	return flowDoc{From: f.From, To: f.To, FromApp: fileOf(f.FromApp), ToApp: fileOf(f.ToApp), Kind: f.Kind, Filter: written(f.Filter), Detail: f.Detail, Granted: f.Granted, Matches: f.Matches, At: f.Origin.Pos}
}

// written is a policy, pattern or condition as a template has it: lists and maps as such, the rest as text. nil is
// nothing written.
func written(v *model.Value) any {
	if v == nil || v.Kind == model.Absent {
		return nil
	}
	if v.Size > maxShown {
		return show(v)
	}
	switch v.Kind {
	case model.List:
		return each(v.Items, written)
	case model.Map:
		fields := make(map[string]any, len(v.Fields))
		for _, f := range v.Fields {
			fields[f.Key] = written(f.Value)
		}
		return fields
	}
	return show(v)
}

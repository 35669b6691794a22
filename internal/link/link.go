// Package link turns a workspace as declared into a Program: who refers to whom, which flows join the parts, and who can
// reach what. Engines read the Program.
//
// What the code adds (calls, imports) joins here too, when code is read; what is broken about any of it is left to the
// engines.
package link

import (
	"sync"

	"wardlet.example/internal/model"
)

// Program is a workspace with its parts linked. It is read-only once built.
type Program struct {
	*model.Workspace
	Folder func(path string) bool // whether the repository has a folder; nil where there is no repository

	refs map[*model.App]*references

	powers  sync.Map // *model.Role -> *Powers
	holders sync.Map // *model.App -> resources with policies of others

	rolesOnce sync.Once
	roles     map[*model.Resource]*model.Role

	once    sync.Once
	foreign map[string][]Place

	documents sync.Map // name -> *policy.Document of a policy that AWS manages
}

// references is who refers to whom in one application.
type references struct {
	to    map[string][]*model.Resource // resources that a resource refers to, by its logical ID
	from  map[string][]*model.Resource // resources that refer to it
	logs  map[string]*model.Function   // the function that writes to a log group, by the group's logical ID
	doors map[*model.Resource]Door     // the trigger that a route is
}

// Door is a route with the function that it leads to.
type Door struct {
	Function *model.Function
	Trigger  *model.Trigger
}

// LogsOf is the function whose logs go to a log group: by reference, or by the name that Lambda gives to groups. It is nil
// if they are no function's.
func (p *Program) LogsOf(app *model.App, group *model.Resource) *model.Function {
	return p.refs[app].logs[group.ID]
}

// DoorOf is the trigger that a resource is; its fields are nil if it is none.
func (p *Program) DoorOf(app *model.App, r *model.Resource) Door { return p.refs[app].doors[r] }

// index finds the log groups and doors of functions.
func (refs *references) index(app *model.App) {
	byID, byGroup := map[string]*model.Function{}, map[string]*model.Function{}
	for _, f := range app.Functions {
		byID[f.ID] = f
		if name := f.Resource.Props.Get("FunctionName").Settled(); name.IsSet() == model.Yes {
			byGroup["/aws/lambda/"+name.String()] = f
		}
		for _, t := range f.Triggers {
			if t.Via != nil {
				refs.doors[t.Via] = Door{f, t}
			}
		}
	}
	for _, r := range app.Resources {
		if r.Type != "AWS::Logs::LogGroup" {
			continue
		}
		name := r.Props.Get("LogGroupName").Settled()
		f := byGroup[name.String()]
		for _, ref := range name.Refs() {
			if byID[ref.Str] != nil {
				f = byID[ref.Str]
			}
		}
		if f != nil {
			refs.logs[r.ID] = f
		}
	}
}

// Build links a workspace.
func Build(ws *model.Workspace) *Program {
	p := &Program{Workspace: ws, refs: map[*model.App]*references{}}
	var problems []model.Diagnostic
	for _, app := range ws.All() {
		p.refs[app] = collect(app)
		flows, open := flows(app)
		app.Flows = flows
		ws.Open = append(ws.Open, open...)
		problems = append(problems, filterProblems(app)...)
	}
	for _, app := range ws.All() {
		p.grants(app)
		problems = append(problems, p.policyProblems(app)...)
	}
	p.tell(problems)
	return p
}

// RolesByResource are the roles of all applications by the resources that declare them. The map must not be changed.
func (p *Program) RolesByResource() map[*model.Resource]*model.Role {
	p.rolesOnce.Do(func() {
		p.roles = map[*model.Resource]*model.Role{}
		for _, app := range p.All() {
			for _, r := range app.Roles {
				if r.Resource != nil {
					p.roles[r.Resource] = r
				}
			}
		}
	})
	return p.roles
}

// tell adds to what the reader of the workspace should know; what holds in several stages is told once.
func (p *Program) tell(problems []model.Diagnostic) {
	told := map[string]bool{}
	for _, d := range problems {
		if key := d.Pos.String() + d.Message; !told[key] {
			told[key] = true
			p.Diagnostics = append(p.Diagnostics, d)
		}
	}
}

// References are the resources that r refers to in its properties, in the order of the application.
func (p *Program) References(app *model.App, r *model.Resource) []*model.Resource {
	return p.refs[app].to[r.ID]
}

// Referrers are the resources that refer to r in their properties, in the order of the application.
func (p *Program) Referrers(app *model.App, r *model.Resource) []*model.Resource {
	return p.refs[app].from[r.ID]
}

// stagesByName are the stages of REST APIs by API and name.
func stagesByName(app *model.App) map[string]*model.Resource {
	out := map[string]*model.Resource{}
	for _, r := range app.Resources {
		if r.Type == "AWS::ApiGateway::Stage" {
			out[r.Props.Get("RestApiId").String()+" "+r.Props.Get("StageName").String()] = r
		}
	}
	return out
}

func collect(app *model.App) *references {
	refs := &references{
		to: map[string][]*model.Resource{}, from: map[string][]*model.Resource{},
		logs: map[string]*model.Function{}, doors: map[*model.Resource]Door{},
	}
	refs.index(app)
	stages := stagesByName(app)
	for _, r := range app.Resources {
		seen := map[string]bool{r.ID: true}
		for _, s := range r.Props.Get("ApiStages").Elements() { // of a usage plan: a stage by its name
			stage := stages[s.Get("ApiId").String()+" "+s.Get("Stage").String()]
			if stage != nil && r.Type == "AWS::ApiGateway::UsagePlan" && !seen[stage.ID] {
				seen[stage.ID] = true
				refs.to[r.ID] = append(refs.to[r.ID], stage)
				refs.from[stage.ID] = append(refs.from[stage.ID], r)
			}
		}
		for _, v := range r.Props.Refs() {
			target := app.Resource(v.Str)
			if target == nil || seen[v.Str] {
				continue
			}
			seen[v.Str] = true
			refs.to[r.ID] = append(refs.to[r.ID], target)
			refs.from[target.ID] = append(refs.from[target.ID], r)
		}
	}
	return refs
}

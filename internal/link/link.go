// Package link turns a workspace as declared into a Program: who refers to whom, which flows join the parts, and who can
// reach what. Engines read the Program.
//
// What the code adds (calls, imports) joins here too, when code is read; what is broken about any of it is left to the
// engines.
package link

import (
	"sort"

	"wardlet.example/internal/model"
)

// Program is a workspace with its parts linked. It is read-only once built.
type Program struct {
	*model.Workspace
	refs map[*model.App]*references
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
	for _, app := range ws.Apps {
		p.refs[app] = collect(app)
		app.Flows = flows(app)
	}
	return p
}

// References are the resources that r refers to in its properties, in the order of the application.
func (p *Program) References(app *model.App, r *model.Resource) []*model.Resource {
	return p.refs[app].to[r.ID]
}

// Referrers are the resources that refer to r in their properties, in the order of the application.
func (p *Program) Referrers(app *model.App, r *model.Resource) []*model.Resource {
	return p.refs[app].from[r.ID]
}

func collect(app *model.App) *references {
	refs := &references{
		to: map[string][]*model.Resource{}, from: map[string][]*model.Resource{},
		logs: map[string]*model.Function{}, doors: map[*model.Resource]Door{},
	}
	refs.index(app)
	for _, r := range app.Resources {
		seen := map[string]bool{r.ID: true}
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

// flows are the hops that the templates declare: from everybody to the doors, from sources to functions, and between
// resources that hand on.
func flows(app *model.App) []*model.Flow {
	var out []*model.Flow
	add := func(from, to, kind, detail string, at model.Origin) {
		out = append(out, &model.Flow{From: from, To: to, Kind: kind, Detail: detail, Granted: model.Yes, Origin: at})
	}
	open := map[string]bool{}
	for _, f := range app.Functions {
		for _, t := range f.Triggers {
			from := model.Internet
			if t.Source != nil {
				from = t.Source.ID
				if t.Exposure == model.Public && (t.Kind == model.TriggerUserPool || t.Kind == model.TriggerObject) && !open[from] {
					open[from] = true
					add(model.Internet, from, string(t.Kind), "", t.Source.Origin)
				}
			}
			add(from, f.ID, string(t.Kind), t.Detail, t.Origin)
		}
	}
	for _, r := range app.Resources {
		for _, h := range handsOn(app, r) {
			add(r.ID, h.to, h.kind, "", h.at)
		}
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].From < out[j].From })
	return out
}

type hop struct {
	to, kind string
	at       model.Origin
}

// handsOn is what a resource passes its events to, other than functions.
func handsOn(app *model.App, r *model.Resource) []hop {
	var out []hop
	to := func(v *model.Value, kind string) {
		for _, ref := range v.Refs() {
			if target := app.Resource(ref.Str); target != nil && target.Type != "AWS::Lambda::Function" && target.Type != "AWS::IAM::Role" {
				out = append(out, hop{target.ID, kind, v.Origin})
			}
		}
	}
	switch r.Type {
	case "AWS::SNS::Topic":
		for _, s := range r.Props.Get("Subscription").Elements() {
			to(s.Get("Endpoint"), "topic")
		}
		for _, s := range app.Resources {
			if s.Type == "AWS::SNS::Subscription" && app.Target(s.Props.Get("TopicArn")) == r {
				to(s.Props.Get("Endpoint"), "topic")
			}
		}
	case "AWS::S3::Bucket":
		n := r.Props.Get("NotificationConfiguration")
		for _, q := range n.Get("QueueConfigurations").Elements() {
			to(q.Get("Queue"), "object")
		}
		for _, t := range n.Get("TopicConfigurations").Elements() {
			to(t.Get("Topic"), "object")
		}
	case "AWS::Events::Rule":
		for _, t := range r.Props.Get("Targets").Elements() {
			to(t.Get("Arn"), "bus")
		}
	case "AWS::SQS::Queue":
		to(r.Props.Path("RedrivePolicy", "deadLetterTargetArn"), "dead-letter")
	}
	return out
}

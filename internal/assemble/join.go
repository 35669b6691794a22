package assemble

import (
	"strings"

	"wardlet.example/internal/model"
)

// joint is what the joins of all applications share. It is only read while they run side by side.
type joint struct {
	functions map[*model.Resource]*model.Function
	owner     map[*model.Function]*model.App
	roles     map[*model.Resource]*model.Role
	apps      []*model.App
}

// holder is the application that has a resource.
func (all *joint) holder(r *model.Resource) *model.App {
	for _, app := range all.apps {
		if app.Resource(r.ID) == r {
			return app
		}
	}
	return nil
}

func newJoint(apps []*model.App) *joint {
	all := &joint{
		apps:      apps,
		functions: map[*model.Resource]*model.Function{}, owner: map[*model.Function]*model.App{}, roles: map[*model.Resource]*model.Role{},
	}
	for _, app := range apps {
		for _, f := range app.Functions {
			all.functions[f.Resource], all.owner[f] = f, app
		}
		for _, r := range app.Resources {
			if r.Type == "AWS::IAM::Role" {
				all.roles[r] = &model.Role{ID: r.ID, Resource: r, Origin: r.Origin, Trust: r.Props.Get("AssumeRolePolicyDocument")}
				app.Roles = append(app.Roles, all.roles[r])
			}
		}
	}
	return all
}

// join connects the parts of one application, with each other and with those of other applications.
type join struct {
	app   *model.App
	all   *joint
	later []foreign
	added map[stateCall]bool // which state machines call which functions
	notes []model.Diagnostic
}

// stateCall is a function that a state machine calls.
type stateCall struct {
	function *model.Function
	machine  *model.Resource
}

// foreign is something that a join found out about a part of another application.
type foreign struct {
	function *model.Function
	trigger  *model.Trigger
	role     *model.Role
	policy   *model.Policy
}

// tell hands on what was found out about other applications, once all joins are done.
func (j *join) tell() {
	for _, f := range j.later {
		switch {
		case f.function != nil:
			f.function.Triggers = append(f.function.Triggers, f.trigger)
		case f.role != nil:
			give(f.role, *f.policy)
		}
	}
	j.later = nil
}

// functionIn is the function that a value refers to: directly, by alias or version, by name, or inside an ARN or URI.
func (j *join) functionIn(v *model.Value) *model.Function {
	for _, ref := range v.Refs() {
		if f := j.functionOf(j.app, j.app.Resource(ref.Str), 0); f != nil {
			return f
		}
	}
	for _, kind := range []string{"AWS::Lambda::Function", "AWS::Lambda::Alias", "AWS::Lambda::Version"} {
		if in, r := j.app.Find(v, kind); r != nil {
			return j.functionOf(in, r, 0)
		}
	}
	return j.functionByName(v)
}

// functionByID is a function of the application by the logical ID of the function, or of its alias or version.
func (j *join) functionByID(id string) *model.Function {
	return j.functionOf(j.app, j.app.Resource(id), 0)
}

func (j *join) functionOf(app *model.App, r *model.Resource, depth int) *model.Function {
	if r == nil || depth > 3 {
		return nil
	}
	if f := j.all.functions[r]; f != nil {
		return f
	}
	if r.Type != "AWS::Lambda::Alias" && r.Type != "AWS::Lambda::Version" {
		return nil
	}
	for _, ref := range r.Props.Get("FunctionName").Refs() {
		if f := j.functionOf(app, app.Resource(ref.Str), depth+1); f != nil {
			return f
		}
	}
	return nil
}

// functionByName finds a function whose explicit name stands inside an ARN or URI, with a version or path behind it.
func (j *join) functionByName(v *model.Value) *model.Function {
	_, rest, ok := strings.Cut(v.Settled().String(), ":function:")
	if !ok {
		return nil
	}
	name := rest
	if i := strings.IndexAny(rest, ":/"); i >= 0 {
		name = rest[:i]
	}
	if in, r := j.app.Find(model.NewString(name, v.Origin), "AWS::Lambda::Function"); r != nil {
		return j.functionOf(in, r, 0)
	}
	return nil
}

// source is the resource that a value names: by reference, through other templates, or by its explicit name.
func (j *join) source(v *model.Value, types ...string) *model.Resource {
	_, r := j.app.Find(v, types...)
	return r
}

// environment lists each function's variables with the resources they point to.
func (j *join) environment() {
	for _, f := range j.app.Functions {
		vars := f.Resource.Props.Path("Environment", "Variables")
		for _, v := range vars.Fields {
			f.Env = append(f.Env, model.EnvVar{Name: v.Key, Value: v.Value, At: v.At, Resource: j.pointee(f, v.Value)})
		}
	}
}

// pointee is what an environment variable points to: a reference, or the explicit name of a resource.
func (j *join) pointee(f *model.Function, v *model.Value) *model.Resource {
	if w := v.Settled(); w.Kind == model.String && len(w.Str) < 4 {
		return nil
	}
	for _, ref := range v.Refs() {
		if ref.Str == f.ID {
			return nil
		}
	}
	return j.source(v)
}

// roles fills the application's roles with their grants, and gives each function its role.
func (j *join) roles() {
	for _, role := range j.app.Roles {
		j.role(role)
	}
	for _, r := range j.app.Resources {
		if r.Type == "AWS::IAM::Policy" || r.Type == "AWS::IAM::ManagedPolicy" || r.Type == "AWS::IAM::RolePolicy" {
			j.attach(r)
		}
	}
	for _, f := range j.app.Functions {
		f.Role = j.roleIn(f.Resource.Props.Get("Role"))
	}
}

// roleIn is the role that a value names, by reference, name or ARN.
func (j *join) roleIn(v *model.Value) *model.Role { return j.all.roles[j.source(v, "AWS::IAM::Role")] }

func (j *join) role(role *model.Role) {
	r := role.Resource
	for _, p := range r.Props.Get("Policies").Elements() {
		give(role, model.Policy{Name: p.Get("PolicyName").String(), Document: documentOf(p), Resource: r, App: j.app})
	}
	for _, m := range r.Props.Get("ManagedPolicyArns").Elements() {
		role.Managed = append(role.Managed, m)
		if policy := j.source(m, "AWS::IAM::ManagedPolicy"); policy != nil {
			give(role, model.Policy{Name: policy.ID, Document: policy.Props.Get("PolicyDocument"), Resource: policy, App: j.holder(policy)})
		}
	}
}

// attach adds a policy resource to the roles that it names.
func (j *join) attach(r *model.Resource) {
	names := append(r.Props.Get("Roles").Elements(), r.Props.Get("RoleName").Elements()...)
	for _, name := range names {
		in, found := j.app.Find(name, "AWS::IAM::Role")
		role := j.all.roles[found]
		if role == nil {
			continue
		}
		p := model.Policy{Name: r.ID, Document: r.Props.Get("PolicyDocument"), Resource: r, App: j.app}
		if in != j.app {
			j.later = append(j.later, foreign{role: role, policy: &p})
			continue
		}
		give(role, p)
	}
}

// documentOf is the document of an inline policy; what is not known as a whole is one that is not known.
func documentOf(p *model.Value) *model.Value {
	if p.Kind == model.Unknown {
		return p
	}
	return p.Get("PolicyDocument")
}

// give adds a policy to what a role may do.
func give(role *model.Role, p model.Policy) {
	role.Policies = append(role.Policies, p)
	role.Grants = append(role.Grants, Grants(p.Document, p.Name)...)
}

// Grants lists the statements of a policy document.
func Grants(document *model.Value, from string) []model.Grant {
	var out []model.Grant
	for _, s := range document.Get("Statement").Elements() {
		if s.Kind != model.Map {
			unknown := model.NewAbsent(s.Origin)
			out = append(out, model.Grant{Effect: s, Actions: []*model.Value{s}, Condition: unknown, From: from, Origin: s.Origin})
			continue
		}
		out = append(out, model.Grant{
			Effect:     s.Get("Effect"),
			Actions:    s.Get("Action").Elements(),
			NotActions: s.Get("NotAction").Elements(),
			Resources:  s.Get("Resource").Elements(),
			NotRes:     s.Get("NotResource").Elements(),
			Condition:  s.Get("Condition"),
			From:       from,
			Origin:     s.Origin,
		})
	}
	return out
}

package fix

import (
	"slices"
	"strings"

	"wardlet.example/internal/document"
	"wardlet.example/internal/least"
	"wardlet.example/internal/model"
	"wardlet.example/internal/policy"
)

// rolesOf plans a role of its own for each function of a shared role, with just what that function needs.
func (p *planner) rolesOf(r *least.Role) Patch {
	out := Patch{App: r.App.File, Role: r.Role.ID, At: r.Role.Origin.Pos, role: r, Split: true, After: -1, Before: count(r, func(g *least.Grant) []string { return expand(g.Pattern) })}
	var steps []func() error
	for _, f := range r.Functions {
		out.Functions = append(out.Functions, f.Function.Name)
		c, err := p.own(r, f, &out)
		if err != nil {
			out.Refused = f.Function.Name + ": " + err.Error()
			return out
		}
		steps = append(steps, c.steps...)
	}
	for _, step := range steps {
		if err := step(); err != nil {
			out.Refused = err.Error()
			return out
		}
	}
	return out
}

// own plans the role of one function.
func (p *planner) own(r *least.Role, f *least.Function, out *Patch) (*change, error) {
	at := f.Function.Origin.Pos
	for _, d := range f.Doubts {
		if d.Service == "" {
			return nil, errorAt(d.At, "what it needs is not known in full: %s", d.Reason)
		}
	}
	e, err := p.editor(at.File)
	if err != nil {
		return nil, err
	}
	n, ok := e.At(at)
	if !ok || !n.IsKey() || n.Text() != f.Function.ID && n.Text() != f.Function.Name {
		return nil, errorAt(at, "the function is not written out here")
	}
	up, _ := n.Up()
	if r.App.Kind == model.Serverless {
		entry, _ := up.Get(n.Text())
		return p.ownOfService(r, f, out, e, entry)
	}
	entry, _ := up.Get(f.Function.ID)
	props, _ := entry.Get("Properties")
	typ, _ := entry.Get("Type")
	role, ok := props.Get("Role")
	if !ok {
		return nil, errorAt(at, "its role is not named here")
	}
	w := p.writer(r, props)
	w.fallback = func(n *least.Need) []*model.Value { return p.allowed(r, n) }
	isSAM := typ.Text() == "AWS::Serverless::Function"
	statements, count, err := w.ownStatements(r, f, isSAM)
	if err != nil {
		return nil, errorAt(at, "%s", err)
	}
	out.After = max(out.After, count)
	c := &change{}
	switch {
	case isSAM:
		if _, has := props.Get("Policies"); has {
			return nil, errorAt(at, "it has Policies beside its Role")
		}
		c.do(role.Remove)
		if len(statements.Items) > 0 {
			c.do(func() error {
				return props.Append(intrinsic("Policies", model.NewList([]*model.Value{intrinsic("Statement", statements)}, model.Origin{})))
			})
		}
	default:
		id := f.Function.ID + "Role"
		for r.App.Resource(id) != nil {
			id = "Own" + id
		}
		c.do(func() error { return role.Replace(w.getAtt(id, "Arn")) })
		c.do(func() error { return newRole(up, id, statements) })
	}
	return c, nil
}

// ownOfService plans the role of one function of the Serverless Framework, whose version or plugins must know such roles.
func (p *planner) ownOfService(r *least.Role, f *least.Function, out *Patch, e *document.Editor, entry document.Node) (*change, error) {
	at := f.Function.Origin.Pos
	plugins, _ := e.Root().Get("plugins")
	version, _ := e.Root().Get("frameworkVersion")
	plugin := slices.ContainsFunc(plugins.Items(), func(n document.Node) bool { return n.Text() == "serverless-iam-roles-per-function" })
	if !plugin && !strings.HasPrefix(strings.TrimLeft(version.Text(), "^~>= "), "4") {
		return nil, errorAt(at, "roles of functions need version 4 of the framework (frameworkVersion), or the plugin serverless-iam-roles-per-function")
	}
	if _, has := entry.Get("iamRoleStatements"); has || entry.Len() == 0 {
		return nil, errorAt(at, "it has statements of its own")
	}
	w := p.writer(r, entry)
	w.fallback = func(n *least.Need) []*model.Value { return p.allowed(r, n) }
	statements, count, err := w.ownStatements(r, f, true)
	if err != nil {
		return nil, errorAt(at, "%s", err)
	}
	out.After = max(out.After, count)
	own := intrinsic("iamRoleStatements", statements)
	if !plugin {
		own = intrinsic("iam", intrinsic("role", intrinsic("statements", statements)))
	}
	c := &change{}
	c.do(func() error { return entry.Append(own) })
	return c, nil
}

// allowed are the resources on which the policies of a role allow something, as plain texts; nil where one is none.
func (p *planner) allowed(r *least.Role, n *least.Need) []*model.Value {
	for i := range r.Grants {
		g := &r.Grants[i]
		if slices.Contains(g.Needed, n) {
			if all := plain(n, []*policy.Statement{g.Statement}); all != nil {
				return all
			}
		}
	}
	return nil
}

// ownStatements are what allows just what a function needs; SAM adds by itself what the platform needs. The number is how many actions the
// function keeps.
func (w *writer) ownStatements(r *least.Role, f *least.Function, isSAM bool) (*model.Value, int, error) {
	var needs []*least.Need
	for _, n := range f.Needs {
		if (!n.Platform || !isSAM || !least.FromFramework(n)) && (n.On == nil || r.Allows(n) != model.No) {
			needs = append(needs, n)
		}
	}
	grants := r.Of(f)
	needs = slices.DeleteFunc(needs, func(n *least.Need) bool { // what was not allowed before is none of this patch's business
		return !slices.ContainsFunc(grants, func(g least.Grant) bool { return slices.Contains(g.Needed, n) })
	})
	s, err := w.statements(needs)
	if err != nil {
		return nil, 0, err
	}
	names := actionsOf(needs)
	for i := range grants {
		if g := &grants[i]; g.Verdict == least.Uncertain && g.Actions > 0 {
			s.Items = append(s.Items, allow([]string{g.Pattern}, plainResources(g.Statement)))
			names = append(names, g.Pattern)
		}
	}
	return s, len(names), nil
}

// newRole adds a role with statements to the resources of a template.
func newRole(resources document.Node, id string, statements *model.Value) error {
	text := func(s string) *model.Value { return model.NewString(s, model.Origin{}) }
	object := func(fields ...model.Field) *model.Value { return model.NewMap(fields, model.Origin{}) }
	trust := object(model.Field{Key: "Effect", Value: text("Allow")}, model.Field{Key: "Principal", Value: object(model.Field{Key: "Service", Value: text("lambda.amazonaws.com")})},
		model.Field{Key: "Action", Value: text("sts:AssumeRole")})
	version := model.Field{Key: "Version", Value: text("2012-10-17")}
	policy := object(model.Field{Key: "PolicyName", Value: text("NeededPermissions")},
		model.Field{Key: "PolicyDocument", Value: object(version, model.Field{Key: "Statement", Value: statements})})
	props := object(model.Field{Key: "AssumeRolePolicyDocument", Value: object(version, model.Field{Key: "Statement", Value: model.NewList([]*model.Value{trust}, model.Origin{})})},
		model.Field{Key: "Policies", Value: model.NewList([]*model.Value{policy}, model.Origin{})})
	return resources.Append(intrinsic(id, object(model.Field{Key: "Type", Value: text("AWS::IAM::Role")}, model.Field{Key: "Properties", Value: props})))
}

// shared reports whether a role is one of several functions that do not need the same.
func shared(r *least.Role) bool {
	if len(r.Functions) < 2 || r.Unknown != "" {
		return false
	}
	first := ""
	for i, f := range r.Functions {
		var own []string
		for _, n := range f.Needs {
			if !n.Platform {
				on := "?"
				if n.On != nil {
					on = n.On.String()
				}
				own = append(own, n.Action.String()+" "+on)
			}
		}
		slices.Sort(own)
		if text := strings.Join(own, "\n"); i == 0 {
			first = text
		} else if text != first {
			return true
		}
	}
	return false
}

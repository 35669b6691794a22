package least

import (
	"wardlet.example/internal/link"
	"wardlet.example/internal/model"
	"wardlet.example/internal/policy"
)

// Share is one resource of a statement with what is needed of it.
type Share struct {
	Resource *model.Value
	Needs    []*Need // those that it may be about
	Exact    bool    // it is no wider than they are
}

// Shares splits needs among the resources of a statement. ok is false where it is not known on what something is needed.
func (r *Role) Shares(s *policy.Statement, needs []*Need) (out []Share, ok bool) {
	for _, n := range needs {
		if n.On == nil {
			return nil, false
		}
	}
	for _, v := range s.Resources {
		share := Share{Resource: v}
		for _, n := range needs {
			one := policy.Single(statement([]string{n.Action.String()}, []*model.Value{v}))
			if about(v, []*Need{n}) && r.covers(policy.Set{Identity: []*policy.Document{one}}, n) != model.No {
				share.Needs = append(share.Needs, n)
			}
		}
		if share.Exact = len(share.Needs) > 0; share.Exact {
			var on []*model.Value
			for _, n := range share.Needs {
				on = append(on, Pattern(n.On))
			}
			action := []string{share.Needs[0].Action.String()}
			share.Exact = policy.Covers(policy.Single(statement(action, on)), policy.Single(statement(action, []*model.Value{v}))) != model.No
		}
		out = append(out, share)
	}
	return out, true
}

// Covers is whether a grant alone allows a need.
func (r *Role) Covers(g *Grant, n *Need) model.Tri {
	return r.covers(policy.Set{Identity: []*policy.Document{{Statements: []*policy.Statement{g.Statement}}}}, n)
}

// Pattern is the ARN of a need as a statement writes it: a star for each part that is not known, and for the key of an object.
func Pattern(on *model.Value) *model.Value { return pattern(objects(on)) }

// Allows is whether the role allows a need, by all its policies.
func (r *Role) Allows(n *Need) model.Tri {
	if n.On == nil {
		return model.Maybe
	}
	return r.Powers.Allows(n.Action.String(), n.On).Answer
}

// Least is what a role would allow if it had just what some of its functions need, on what they need it where that is known. Grants of which
// it is not known what is needed stay.
func (r *Role) Least(functions ...*Function) *link.Powers {
	alone := *r
	alone.Functions = functions
	out := &link.Powers{App: r.Powers.App, Role: r.Role, ARN: r.Powers.ARN, Open: r.Powers.Open, Set: policy.Set{Boundary: r.Powers.Set.Boundary}}
	add := func(d link.Doc, actions []string, on []*model.Value) {
		d.Document = policy.Single(statement(actions, on))
		out.Docs = append(out.Docs, d)
		out.Set.Identity = append(out.Set.Identity, d.Document)
	}
	grants := r.Grants
	if len(functions) < len(r.Functions) {
		grants = alone.grants()
	}
	for i := range grants {
		g := &grants[i]
		if g.Verdict == Uncertain {
			add(*g.Doc, []string{g.Pattern}, g.Statement.Resources)
			continue
		}
		for _, n := range g.Needed {
			on := g.Statement.Resources
			if n.On != nil && n.Action.Scopable() {
				on = []*model.Value{Pattern(n.On)}
			}
			add(*g.Doc, []string{n.Action.String()}, on)
		}
	}
	return out
}

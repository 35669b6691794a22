package sam

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"wardlet.example/internal/model"
)

// needs is what SAM adds to a role by itself. Event sources come after the Policies of the template, destinations before
// them.
type needs struct {
	managed []*model.Value // managed policies that come first
	first   []*model.Value // policies with name and document that come first
	polled  []*model.Value // managed policies of event sources
	inline  []*model.Value // policies of event sources
}

// service asks for a managed policy, once however many events need it.
func (n *needs) service(policy string, at model.Origin) {
	n.polled = append(n.polled, text(managedARN(policy), at))
}

// functionRole is the role of a function: the one it names, or one made for it.
func (x *expander) functionRole(r *model.Resource, own *model.Value, needs *needs) *model.Value {
	at := r.Origin
	basic := "AWSLambdaBasicExecutionRole"
	if own.Get("DurableConfig").IsSet() == model.Yes {
		basic = "AWSLambdaBasicDurableExecutionRolePolicy"
	}
	base := []*model.Value{text(managedARN(basic), at)}
	if v := own.Get("Tracing"); traces(v) {
		base = append(base, text(managedARN("AWSXrayWriteOnlyAccess"), v.Origin))
	}
	if v := own.Get("VpcConfig"); v.IsSet() != model.No {
		base = append(base, text(managedARN("AWSLambdaVPCAccessExecutionRole"), v.Origin))
	}
	needs.managed = append(base, needs.managed...)
	return x.role(r, own, "lambda.amazonaws.com", needs, createdBy("lambda:createdBy", own.Get("Tags"), at))
}

// traces reports whether tracing may be on.
func traces(mode *model.Value) bool {
	return mode.IsSet() != model.No && !strings.EqualFold(known(mode), "Disabled")
}

// role is the role that a resource names; where it names none, or perhaps none, one is made with its Policies. The role's
// place is that of Policies, where a person would change what it may do.
func (x *expander) role(r *model.Resource, own *model.Value, service string, needs *needs, tags *model.Value) *model.Value {
	given := own.Get("Role")
	if given.IsSet() == model.Yes || given.Kind == model.Unknown {
		return given
	}
	at := r.Origin
	policies := own.Get("Policies")
	if policies.Kind != model.Absent {
		at = model.Origin{Pos: own.KeyPos("Policies"), Via: policies.Origin.Via}
	}
	managed := each(policies, managedOf)
	inline := each(policies, func(v *model.Value) *model.Value { return x.inlineOf(r.ID, v) })

	var f fields
	f.set("AssumeRolePolicyDocument", or(own.Get("AssumeRolePolicyDocument"), trust(service, at)))
	f.rename(own, "RolePath", "Path")
	f.copy(own, "PermissionsBoundary")
	f.set("ManagedPolicyArns", or(around(needs.managed, managed, needs.polled, at), list(at)))
	f.set("Policies", around(needs.first, inline, needs.inline, at))
	f.set("Tags", tags)
	role := x.make(r, r.ID+"Role", "AWS::IAM::Role", f, at, by("role", r))
	role.Condition = both(absence(given), role.Condition)
	return or(given, model.NewRef(role.ID, "Arn", at))
}

// around is a list with items before and after, each known text once; Absent where it is empty.
func around(before []*model.Value, middle *model.Value, after []*model.Value, at model.Origin) *model.Value {
	return each(middle, func(middle *model.Value) *model.Value {
		all := append(append(append([]*model.Value{}, before...), middle.Elements()...), after...)
		if len(all) == 0 {
			return model.NewAbsent(at)
		}
		return model.NewList(once(all, len(all)-len(after)), at)
	})
}

// once leaves of values the first of each text, and of those from an index on the policies whose document is new.
func once(all []*model.Value, from int) []*model.Value {
	seen := map[string]bool{}
	out := all[:0:0]
	for i, v := range all {
		key := v.Str
		if v.Kind == model.Map && from < len(all) {
			key = compactJSON(v.Get("PolicyDocument"))
		}
		if seen[key] && (v.Kind == model.String || i >= from) {
			continue
		}
		seen[key] = v.Kind == model.String || v.Kind == model.Map
		out = append(out, v)
	}
	return out
}

// trust is the policy that lets a service take a role.
func trust(service string, at model.Origin) *model.Value {
	var s fields
	s.set("Effect", text("Allow", at))
	s.set("Action", texts(at, "sts:AssumeRole"))
	s.set("Principal", object("Service", texts(at, service), at))
	return document(at, s.make(at))
}

// document is a policy document of these statements.
func document(at model.Origin, statements ...*model.Value) *model.Value {
	var d fields
	d.set("Version", text("2012-10-17", at))
	d.set("Statement", list(at, statements...))
	return d.make(at)
}

// statement allows actions on a resource.
func statement(actions, resource *model.Value, at model.Origin) *model.Value {
	var s fields
	s.set("Effect", text("Allow", at))
	s.set("Action", actions)
	s.set("Resource", resource)
	return s.make(at)
}

// namedPolicy is an entry of a role's Policies. Like SAM's, its document names no version.
func namedPolicy(name string, at model.Origin, statements ...*model.Value) *model.Value {
	return policyEntry(name, object("Statement", list(at, statements...), at), at)
}

func policyEntry(name string, doc *model.Value, at model.Origin) *model.Value {
	var p fields
	p.set("PolicyName", text(name, at))
	p.set("PolicyDocument", doc)
	return p.make(at)
}

// managedOf lists the entries of Policies that name managed policies, as ARNs.
func managedOf(policies *model.Value) *model.Value {
	var out []*model.Value
	for _, p := range policies.Elements() {
		arn := each(p, managedPolicy)
		if arn.IsSet() != model.No {
			out = append(out, arn)
		}
	}
	return model.NewList(out, policies.Origin)
}

// notPolicy reports whether something stands among policies that can never be one.
func notPolicy(p *model.Value) bool {
	return p.Kind == model.List || p.Kind == model.Bool || p.Kind == model.Number
}

func managedPolicy(p *model.Value) *model.Value {
	s, ok := p.Scalar()
	switch {
	case p.Kind == model.Map, notPolicy(p):
		return model.NewAbsent(p.Origin)
	case ok && !strings.HasPrefix(s, "arn:"):
		return text(managedARN(s), p.Origin)
	}
	return p
}

// inlineOf lists the entries of Policies that are policy documents or policy templates, as policies of the role.
func (x *expander) inlineOf(id string, policies *model.Value) *model.Value {
	var out []*model.Value
	for i, p := range policies.Elements() {
		name := id + "RolePolicy" + strconv.Itoa(i)
		entry := each(p, func(p *model.Value) *model.Value { return x.inlinePolicy(id, name, p) })
		if entry.IsSet() != model.No {
			out = append(out, entry)
		}
	}
	return model.NewList(out, policies.Origin)
}

func (x *expander) inlinePolicy(id, name string, p *model.Value) *model.Value {
	switch {
	case notPolicy(p):
		x.warn(p.Origin, "a "+p.Kind.String()+" stands among the Policies of "+id+": it is not read",
			"write the name of a managed policy, a policy template or a policy document")
		return model.NewAbsent(p.Origin)
	case p.Kind != model.Map || len(p.Fields) == 0:
		return model.NewAbsent(p.Origin)
	case p.Get("Statement").Kind != model.Absent:
		return policyEntry(name, p, p.Origin)
	}
	var statements []*model.Value
	for _, f := range p.Fields {
		at := model.Origin{Pos: f.At, Via: p.Origin.Via}
		if _, ok := policyTemplates[f.Key]; !ok {
			x.warn(at, f.Key+" among the Policies of "+id+" is not a policy template of SAM: what it allows is not known",
				x.meant(f.Key, slices.Collect(maps.Keys(policyTemplates))))
		}
		statements = append(statements, expandTemplate(f.Key, f.Value, at)...)
	}
	return namedPolicy(name, p.Origin, statements...)
}

package sam

import (
	"wardlet.example/internal/model"
)

// resourcePolicy is the policy of an API over the given part of it: the statements a person wrote, and those that SAM makes
// of lists of accounts, addresses and networks. Absent where the section says nothing.
func resourcePolicy(p *model.Value, resource string) *model.Value {
	if p.IsSet() == model.No {
		return p
	}
	if p.Kind == model.Unknown {
		return p
	}
	return each(p, func(p *model.Value) *model.Value {
		statements := policyStatements(p, resource)
		if len(statements) == 0 {
			return model.NewAbsent(p.Origin)
		}
		return document(p.Origin, statements...)
	})
}

func policyStatements(p *model.Value, resource string) []*model.Value {
	out := append([]*model.Value{}, p.Get("CustomStatements").Elements()...)
	for _, effect := range []struct{ list, effect string }{{"AwsAccountWhitelist", "Allow"}, {"AwsAccountBlacklist", "Deny"}} {
		if accounts := p.Get(effect.list); accounts.Kind != model.Absent {
			out = append(out, invoke(effect.effect, object("AWS", accounts, accounts.Origin), resource, accounts.Origin))
		}
	}
	everybody := false
	for _, l := range limits {
		values := p.Get(l.list)
		if values.Kind == model.Absent {
			continue
		}
		at := values.Origin
		if !everybody {
			everybody = true
			out = append(out, invoke("Allow", text("*", at), resource, at))
		}
		deny := invoke("Deny", text("*", at), resource, at)
		out = append(out, with(deny, "Condition", object(l.operator, object(l.key, values, at), at)))
	}
	return out
}

// limits are the lists that let everybody in and then shut out some.
var limits = []struct{ list, operator, key string }{
	{"IpRangeWhitelist", "NotIpAddress", "aws:SourceIp"},
	{"IpRangeBlacklist", "IpAddress", "aws:SourceIp"},
	{"SourceVpcWhitelist", "StringNotEquals", "aws:SourceVpc"},
	{"SourceVpcBlacklist", "StringEquals", "aws:SourceVpc"},
	{"IntrinsicVpcWhitelist", "StringNotEquals", "aws:SourceVpc"},
	{"IntrinsicVpcBlacklist", "StringEquals", "aws:SourceVpc"},
	{"IntrinsicVpceWhitelist", "StringNotEquals", "aws:SourceVpce"},
	{"IntrinsicVpceBlacklist", "StringEquals", "aws:SourceVpce"},
}

func invoke(effect string, principal *model.Value, resource string, at model.Origin) *model.Value {
	var s fields
	s.set("Effect", text(effect, at))
	s.set("Principal", principal)
	s.set("Action", text("execute-api:Invoke", at))
	s.set("Resource", text(resource, at))
	return s.make(at)
}

// policyOf gathers what an event says about its own route; addPolicy adds it to the policy of the API.
func (a *api) policyOf(p *model.Value, resource string) {
	if more := resourcePolicy(p.Settled(), resource); more.Kind == model.Map {
		a.statements = append(a.statements, more.Get("Statement").Elements()...)
	}
}

func (a *api) addPolicy() {
	if len(a.statements) == 0 {
		return
	}
	if a.resource.Props.Get("Policy").Kind == model.Absent {
		a.resource.Props = with(a.resource.Props, "Policy", document(a.statements[0].Origin, a.statements...))
		return
	}
	a.resource.Props = changed(a.resource.Props, []string{"Policy", "Statement"}, func(v *model.Value) *model.Value {
		return appended(v, a.statements...)
	})
}

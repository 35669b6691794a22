package policy

import (
	"slices"
	"strings"

	"wardlet.example/data/iam"
	"wardlet.example/internal/model"
)

// Request is one thing that somebody wants to do.
type Request struct {
	Who     Principal
	Action  string       // as service:Name, in any case
	On      *model.Value // the ARN of what it is done to; "*" where the action is about none
	Owner   string       // the account that has it; empty: the one of the principal, or not known
	Context *Context     // nil: nobody knows anything of it
	// OnlyOwn asks what the principal's own policies say, where the policy of what is asked for has to agree and is asked apart.
	OnlyOwn bool

	action  string
	on      text
	bounded bool // the principal has a permissions boundary
}

// Set is all policies that have a say.
type Set struct {
	Identity     []*Document // of the principal
	Resource     *Document   // of what is asked for; nil if it has none
	Boundary     *Document   // permissions boundary of the principal; nil if there is none
	Session      []*Document // of the session; any of them has to allow where there are some
	Organization []*Document // service control policies: each has to allow
	Grants       []Grant     // of the key that is asked for; they are made while an application runs, not by templates
	// ResourceOpen is why what is asked for perhaps has a policy that is not given here; empty if it has not.
	ResourceOpen string
}

// Grant lets a principal do some operations with one KMS key, beside what policies say. A denial stands above it.
type Grant struct {
	Grantee    *model.Value // its ARN
	Operations []string     // Decrypt, GenerateDataKey
}

// gives reports whether a grant lets a request through.
func (g Grant) gives(r *Request) model.Tri {
	for _, operation := range g.Operations {
		if r.action == "kms:"+strings.ToLower(operation) && r.Who.ARN != nil {
			who, _ := Named{Kind: "AWS", Value: g.Grantee, text: subjectOf(g.Grantee)}.is(r.Who)
			return who
		}
	}
	return model.No
}

// Decision is the answer to a request.
type Decision struct {
	Answer model.Tri
	By     *Statement // that decided; nil where none allows
	Reason string     // in words, where the answer is no or unknown
}

// verdict is what one kind of policies says.
type verdict struct {
	allow, deny     model.Tri
	allowBy, denyBy *Statement
	grips           [grips]verdictBy // what statements allow, by how closely they speak of the principal, in a resource-based policy
	open            string           // why it is not known
}

// verdictBy is an answer with the statement that gives it.
type verdictBy struct {
	allow model.Tri
	by    *Statement
}

// Allows answers whether a request is allowed.
func (s Set) Allows(r Request) Decision {
	r.prepare()
	r.bounded = s.Boundary != nil
	identity := r.ask(s.Identity, false)
	boundary, session := r.ask([]*Document{s.Boundary}, false), r.ask(s.Session, false)
	resource := r.ask([]*Document{s.Resource}, true)
	if s.ResourceOpen != "" {
		resource.allow, resource.deny = max(resource.allow, model.Maybe), max(resource.deny, model.Maybe)
		resource.open = s.ResourceOpen
	}
	org := model.Yes
	all := []verdict{identity, boundary, session, resource}
	for _, d := range s.Organization {
		v := r.ask([]*Document{d}, false)
		org = min(org, v.allow)
		all = append(all, v)
	}
	deny := verdict{deny: model.No}
	for _, v := range all {
		if v.deny > deny.deny {
			deny = v
		}
	}
	if deny.deny == model.Yes {
		return Decision{model.No, deny.denyBy, "a statement denies it"}
	}
	allow := s.allowed(r, identity, boundary, session, resource)
	for _, g := range s.Grants {
		if answer := g.gives(&r); answer > allow.Answer {
			allow = Decision{Answer: answer, Reason: "a grant perhaps allows it"}
		}
	}
	allow.Answer = min(allow.Answer, org)
	switch {
	case allow.Answer == model.Yes && deny.deny == model.Maybe:
		return Decision{model.Maybe, deny.denyBy, orElse(deny.open, "a statement perhaps denies it")}
	case allow.Answer == model.Maybe && allow.Reason == "":
		allow.Reason = "a statement perhaps allows it"
	case allow.Answer == model.No:
		return Decision{Answer: model.No, Reason: orElse(allow.Reason, "no statement allows it")}
	}
	return allow
}

func orElse(s, t string) string {
	if s == "" {
		return t
	}
	return s
}

// allowed puts together who has to allow: within one account the principal's policies or the resource's, across accounts
// both; boundary and session limit what the principal's policies give, and what a resource gives to a role.
func (s Set) allowed(r Request, identity, boundary, session, resource verdict) Decision {
	limits := model.Yes
	if s.Boundary != nil {
		limits = min(limits, boundary.allow)
	}
	if len(s.Session) > 0 {
		limits = min(limits, session.allow)
	}
	own := Decision{Answer: min(identity.allow, limits), By: identity.allowBy, Reason: identity.open}
	if r.Who.isRoot() {
		own.Answer = limits
	}
	if identity.allow != model.No && limits == model.No {
		own.Reason = "the permissions boundary or session policy does not allow it"
	}
	given := Decision{Answer: resource.allow, By: resource.allowBy, Reason: resource.open}
	if r.Who.Kind != "AWS" {
		return given
	}
	direct := s.direct(given, own, limits, resource)
	switch {
	case r.crosses() == model.Yes:
		return both(own, given)
	case r.crosses() == model.Maybe:
		either, two := wider(own, direct), both(own, given)
		if either.Answer == two.Answer {
			return either
		}
		return Decision{model.Maybe, either.By, "whose account it is in is not known"}
	case r.OnlyOwn:
		return own
	case r.guarded():
		if s.Resource == nil && s.ResourceOpen == "" {
			return Decision{model.Maybe, own.By, "the policy of what is asked for is not known"}
		}
		return direct
	}
	return wider(own, direct)
}

// direct is what the policy of a resource gives, by the statement that gives most: one that lets the account in needs the principal's
// own policies too, one that names the role is limited by its boundary.
func (s Set) direct(given, own Decision, limits model.Tri, resource verdict) Decision {
	best := Decision{Answer: model.No, Reason: given.Reason}
	if resource.open != "" {
		best.Answer = model.Maybe
	}
	for g := range resource.grips {
		d := Decision{Answer: resource.grips[g].allow, By: resource.grips[g].by, Reason: given.Reason}
		switch grip(g) {
		case byAccount:
			d.Answer = min(d.Answer, own.Answer)
			d.By = own.By
		case byRole:
			d.Answer = min(d.Answer, limits)
		}
		best = wider(best, d)
	}
	return best
}

func both(a, b Decision) Decision {
	if b.Answer < a.Answer {
		return b
	}
	return a
}

func wider(a, b Decision) Decision {
	if b.Answer > a.Answer {
		return b
	}
	return a
}

// guarded reports whether only the policy of what is asked for decides, also within the account: keys and the trust of roles.
func (r *Request) guarded() bool {
	if strings.HasPrefix(r.action, "kms:") {
		a := iam.Find(r.action)
		return a == nil || slices.Contains(a.Types, "key")
	}
	return strings.HasPrefix(r.action, "sts:assumerole")
}

// crosses reports whether the resource belongs to another account than the principal.
func (r *Request) crosses() model.Tri {
	switch {
	case r.Owner == "" || r.Who.Account == "" || r.Owner == r.Who.Account:
		return model.No
	case r.Owner == OwnAccount || r.Who.Account == OwnAccount:
		return model.Maybe
	}
	return model.Yes
}

func (r *Request) prepare() {
	r.action = strings.ToLower(r.Action)
	if r.On == nil {
		r.On = model.NewString("*", model.Origin{})
	}
	r.on = subjectOf(r.On)
}

// ask is what some policies of one kind say together.
func (r *Request) ask(documents []*Document, resource bool) verdict {
	v := verdict{allow: model.No, deny: model.No}
	for g := range v.grips {
		v.grips[g].allow = model.No
	}
	for _, d := range documents {
		if d == nil {
			continue
		}
		for _, s := range d.Statements {
			r.consider(&v, s, resource)
		}
		if d.Unknown != "" {
			v.allow, v.deny = max(v.allow, model.Maybe), max(v.deny, model.Maybe)
			v.open = d.Unknown
		}
	}
	return v
}

func (r *Request) consider(v *verdict, s *Statement, resource bool) {
	if v.deny == model.Yes || s.Effect == Allow && v.allow == model.Yes && !resource {
		return
	}
	answer, g := s.applies(r, resource)
	switch {
	case answer == model.No:
	case s.Effect == "":
		v.allow, v.deny = max(v.allow, model.Maybe), max(v.deny, model.Maybe)
		v.grips[g].allow = max(v.grips[g].allow, model.Maybe)
	case s.Effect == Deny && answer > v.deny:
		v.deny, v.denyBy = answer, s
	case s.Effect == Allow:
		if resource && answer > v.grips[g].allow {
			v.grips[g] = verdictBy{answer, s}
		}
		if answer > v.allow {
			v.allow, v.allowBy = answer, s
		}
	}
}

// applies is whether a statement speaks of a request.
func (s *Statement) applies(r *Request, resource bool) (model.Tri, grip) {
	answer := s.speaksOfAction(r.action)
	if answer == model.No {
		return answer, none
	}
	g := none
	if resource {
		var who model.Tri
		if s.Principals == nil {
			return model.No, none
		}
		who, g = s.Principals.speaksOf(r.Who)
		switch {
		case s.Principals.Not && r.bounded && s.Effect == Deny:
			who = model.Yes // whoever has a boundary is never excepted
		case s.Principals.Any == model.Yes && slices.Contains(s.Condition.Keys(), "aws:principalarn"):
			g = itself
		}
		if answer = min(answer, who); answer == model.No {
			return answer, none
		}
	}
	if answer = min(answer, s.speaksOfResource(r, resource)); answer == model.No {
		return answer, none
	}
	answer = min(answer, s.Condition.holds(r, s.variables))
	if answer == model.Yes && s.there == model.Maybe {
		answer = model.Maybe
	}
	return answer, g
}

// SpeaksOf is whether an action is one of those that the statement names, whatever the rest of it says.
func (s *Statement) SpeaksOf(action string) model.Tri {
	return s.speaksOfAction(strings.ToLower(action))
}

// speaksOfAction is whether an action, in lower case, is one of the statement's.
func (s *Statement) speaksOfAction(action string) model.Tri {
	subject := takeString(action, false)
	if s.negActions {
		return -anyMatches(s.notActions, subject)
	}
	return anyMatches(s.actions, subject)
}

func anyMatches(patterns []text, subject text) model.Tri {
	answer := model.No
	for i := range patterns {
		if answer = max(answer, patterns[i].matches(subject)); answer == model.Yes {
			break
		}
	}
	return answer
}

// speaksOfResource is whether what is asked for is one of the statement's resources. A policy at a resource may leave them out.
func (s *Statement) speaksOfResource(r *Request, resource bool) model.Tri {
	switch {
	case s.negRes:
		return -s.anyResource(r, s.notRes, s.NotRes)
	case s.hasResource:
		return s.anyResource(r, s.resources, s.Resources)
	}
	return model.TriOf(resource && !strings.HasPrefix(r.action, "kms:")) // in a key policy it has no effect without one
}

func (s *Statement) anyResource(r *Request, patterns []text, values []*model.Value) model.Tri {
	answer := model.No
	for i := range patterns {
		p := patterns[i]
		if v := r.replaced(values[i], s.variables); v != values[i] {
			if v.Kind == model.Absent {
				continue
			}
			p = patternOf(v)
		}
		if answer = max(answer, p.matches(r.on)); answer == model.Yes {
			break
		}
	}
	return answer
}

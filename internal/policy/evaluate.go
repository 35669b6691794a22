package policy

import (
	"slices"
	"strings"

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
	// ResourceOpen is why what is asked for perhaps has a policy that is not given here; empty if it has not.
	ResourceOpen string
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
	grip            grip   // of the allowing statement, in a resource-based policy
	open            string // why it is not known
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
	direct := given
	switch resource.grip {
	case byAccount:
		direct.Answer = min(direct.Answer, own.Answer)
		direct.By = own.By
	case byRole:
		direct.Answer = min(direct.Answer, limits)
	}
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
	return strings.HasPrefix(r.action, "kms:") && r.action != "kms:createkey" && !strings.HasPrefix(r.action, "kms:list") ||
		strings.HasPrefix(r.action, "sts:assumerole")
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
	if v.deny == model.Yes || s.Effect == Allow && v.allow == model.Yes && !(resource && v.grip == byAccount) {
		return
	}
	answer, g := s.applies(r, resource)
	switch {
	case answer == model.No:
	case s.Effect == "":
		v.allow, v.deny = max(v.allow, model.Maybe), max(v.deny, model.Maybe)
	case s.Effect == Deny && answer > v.deny:
		v.deny, v.denyBy = answer, s
	case s.Effect == Allow && (answer > v.allow || answer == v.allow && g > v.grip):
		v.allow, v.allowBy, v.grip = answer, s, g
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

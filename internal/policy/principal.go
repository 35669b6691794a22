package policy

import (
	"strings"

	"wardlet.example/internal/model"
)

// Principals is who a statement of a resource-based policy speaks of.
type Principals struct {
	Not   bool // NotPrincipal: all but these
	Any   model.Tri
	Named []Named
	Open  bool // perhaps there are more
}

// Named is one principal as a policy writes it.
type Named struct {
	Kind  string // AWS, Service, Federated, CanonicalUser
	Value *model.Value
	text  text
}

func (d *Document) principals(v *model.Value) *Principals {
	p := &Principals{Any: model.No}
	who := v.Get("Principal")
	if who.Kind == model.Absent {
		if who = v.Get("NotPrincipal"); who.Kind == model.Absent {
			return nil
		}
		p.Not = true
	}
	for _, one := range elements(who.Settled()) {
		d.principal(p, one)
	}
	return p
}

func (d *Document) principal(p *Principals, v *model.Value) {
	switch s, ok := v.Scalar(); {
	case ok && s == "*":
		p.Any = model.Yes
	case ok:
		d.problem(v, "the Principal is a text", `write "*", or a map with AWS, Service or Federated`)
	case v.Kind == model.Map:
		for _, f := range v.Fields {
			for _, one := range elements(f.Value.Settled()) {
				d.named(p, f.Key, one)
			}
		}
	default:
		p.Open = true
	}
}

func (d *Document) named(p *Principals, kind string, v *model.Value) {
	switch kind {
	case "AWS", "Service", "Federated", "CanonicalUser":
	default:
		d.problem(v, "there are no principals of the kind "+kind, "write AWS, Service, Federated or CanonicalUser")
	}
	if s, ok := v.Scalar(); ok && s == "*" && kind == "AWS" {
		p.Any = model.Yes
		return
	}
	p.Named = append(p.Named, Named{Kind: kind, Value: v, text: subjectOf(v)})
}

// Principal is who asks.
type Principal struct {
	Kind    string       // AWS, Service, Federated; empty: anonymous
	ARN     *model.Value // of a user, role, or session of a role; for others the name
	Role    *model.Value // of the role that a session is of; nil if it is none
	Account string       // twelve digits, or any text that is the same for the same account; empty if not known
}

// IAMPrincipal is the principal that an ARN names: a user, a role, a session of a role, or an account (its root).
func IAMPrincipal(arn string) Principal {
	at := model.Origin{}
	p := Principal{Kind: "AWS", ARN: model.NewString(arn, at)}
	f := strings.SplitN(arn, ":", 6)
	if len(f) < 6 {
		return p
	}
	p.Account = f[4]
	if rest, ok := strings.CutPrefix(f[5], "assumed-role/"); ok {
		role, _, _ := strings.Cut(rest, "/")
		p.Role = model.NewString(strings.Join(f[:2], ":")+":iam::"+f[4]+":role/"+role, at)
	}
	return p
}

// Names reports whether a statement speaks of a principal by its own ARN.
func (s *Statement) Names(arn *model.Value) bool {
	for _, n := range s.Principals.Named {
		if n.Kind == "AWS" && n.text.matches(subjectOf(arn)) == model.Yes {
			return true
		}
	}
	return false
}

// isRoot reports whether the principal is the root user of an account, which may do everything in it.
func (p Principal) isRoot() bool {
	return p.Kind == "AWS" && p.ARN != nil && p.ARN.HasSuffix(":root") == model.Yes
}

// grip is how closely a statement speaks of a principal.
type grip int8

const (
	none      grip = iota
	byAccount      // as one of an account, which decides by its own policies
	byRole         // as a session of a role that is named
	itself
	grips // how many there are
)

// speaksOf reports whether a statement is about a principal, and how closely.
func (p *Principals) speaksOf(who Principal) (model.Tri, grip) {
	answer, closest := p.Any, none
	if p.Any == model.Yes {
		closest = byRole
		if who.Kind == "AWS" && who.Role == nil && !isRole(who.ARN) {
			closest = itself
		}
	}
	for _, n := range p.Named {
		a, g := n.is(who)
		if p.Not && g == byAccount {
			continue // an account in the list excepts none of its users
		}
		if a > answer || a == answer && a != model.No && g > closest {
			answer, closest = a, g
		}
	}
	if p.Open && answer == model.No {
		answer = model.Maybe
	}
	if p.Not {
		return -answer, itself
	}
	return answer, closest
}

func isRole(arn *model.Value) bool {
	return arn != nil && arn.ContainsText(":role/") == model.Yes
}

// is reports whether a named principal is the one that asks.
func (n Named) is(who Principal) (model.Tri, grip) {
	if who.Kind != n.Kind || who.ARN == nil {
		return model.No, none
	}
	if n.Kind != "AWS" {
		return n.text.matches(subjectOf(who.ARN)), itself
	}
	answer, closest := n.text.matches(subjectOf(who.ARN)), itself
	if isRole(who.ARN) {
		closest = byRole
	}
	if who.Role != nil && answer != model.Yes {
		if a := n.text.matches(subjectOf(who.Role)); a > answer {
			answer, closest = a, byRole
		}
	}
	if answer != model.Yes && who.Account != "" {
		if a := n.isAccount(who.Account); a > answer {
			answer, closest = a, byAccount
		}
	}
	return answer, closest
}

// isAccount reports whether a principal is a whole account, this one.
func (n Named) isAccount(account string) model.Tri {
	if s, ok := n.Value.Scalar(); ok {
		f := strings.Split(s, ":")
		root := len(f) == 6 && f[2] == "iam" && f[5] == "root"
		return model.TriOf(s == account || root && f[4] == account)
	}
	if n.Value.Kind == model.Ref && n.Value.Str == "AWS::AccountId" {
		return model.TriOf(account == OwnAccount)
	}
	if n.Value.Kind != model.Text || n.Value.HasSuffix(":root") != model.Yes {
		return model.No
	}
	for _, part := range n.Value.Items {
		if part.Kind == model.Ref && part.Str == "AWS::AccountId" {
			return model.TriOf(account == OwnAccount)
		}
	}
	return model.Maybe
}

// OwnAccount stands for the account that a template is deployed to, whichever that is.
const OwnAccount = "${AWS::AccountId}"

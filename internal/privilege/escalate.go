package privilege

import (
	"slices"
	"strings"
	"sync"

	"wardlet.example/data/iam"
	"wardlet.example/internal/link"
	"wardlet.example/internal/model"
	"wardlet.example/internal/policy"
)

// Path is one way in which a role gains more than it was given.
type Path struct {
	Method  iam.Escalation
	Steps   []Step
	Through *model.Role     // whose permissions it gains; nil: any of the account, or all
	By      *model.Resource // the function or other resource through which; nil where none of the application
	Answer  model.Tri       // Yes, or Maybe with the reason
	Reason  string
}

// Step is one action of a path, with the statement that allows it.
type Step struct {
	Action string
	On     *model.Value
	By     *policy.Statement
}

var methods = sync.OnceValue(iam.Escalations)

// Escalations are the ways in which a role gains more: by itself (Through is nil), and through other roles of the application.
// What only perhaps works stands among them with its reason. A role that may do everything has nothing to gain.
func Escalations(p *link.Program, w *link.Powers) []Path {
	if isAdmin(w) {
		return nil
	}
	e := &escalation{p: p, roles: p.RolesByResource(), powers: w}
	var out []Path
	for _, m := range methods() {
		if m.Gains == "data" || overlapping[m.ID] || closed(m) || !e.fits(m) {
			continue
		}
		if !e.speaksOf(m) {
			continue
		}
		out = append(out, e.method(m)...)
	}
	return out
}

// overlapping are methods that another one says already.
var overlapping = map[string]bool{"iam-update-trust-direct": true, "iam-rotate-access-key": true}

// fits reports whether a method is one for the kind of principal, and has something to work on: a boundary or a denial that could be
// taken away, a user whose own policies could be changed.
func (e *escalation) fits(m iam.Escalation) bool {
	isUser := e.powers.Role.Resource != nil && e.powers.Role.Resource.Type == "AWS::IAM::User"
	switch {
	case strings.Contains(m.ID, "boundary") && e.powers.Set.Boundary == nil:
		return false
	case strings.Contains(m.ID, "deny") && !slices.ContainsFunc(e.powers.Statements(), func(s *policy.Statement) bool { return s.Effect == policy.Deny }):
		return false
	case strings.Contains(m.ID, "put-targets"): // the role stands on the target, and is passed
		return false
	case m.Gains == "admin" && (m.Of == "AWS::IAM::User" || m.Of == "AWS::IAM::Group"), strings.Contains(m.ID, "mfa"):
		return isUser // of a user itself
	case m.Gains == "admin" && m.Of == "AWS::IAM::Role":
		return !isUser
	case m.Of == "AWS::SSO::PermissionSet":
		return false // only who signs in through it gains by it
	}
	return true
}

// closed reports whether a method needs a service that AWS has closed to new customers or is about to end.
func closed(m iam.Escalation) bool {
	for _, need := range m.Needs {
		service, _, _ := strings.Cut(need.Actions[0], ":")
		switch service {
		case "datapipeline", "codestar", "proton", "cloud9", "opsworks":
			return true
		}
	}
	return false
}

// Alone reports whether a path needs no other role of the application: it leads to any role of the account, or to all permissions.
func (p *Path) Alone() bool { return p.Through == nil }

type escalation struct {
	p      *link.Program
	roles  map[*model.Resource]*model.Role
	powers *link.Powers
	named  map[string]bool // actions that statements allow, as they speak of them
	inst   []*model.Value  // things that statements name
	places []link.Place    // resources that the role can be about
}

// speaksOf reports whether the statements of the role speak of all actions that a method needs: most methods end here.
func (e *escalation) speaksOf(m iam.Escalation) bool {
	for _, need := range m.Needs {
		if !slices.ContainsFunc(need.Actions, e.speaksOfAction) {
			return false
		}
	}
	return true
}

func (e *escalation) speaksOfAction(action string) bool {
	if e.named == nil {
		e.named = map[string]bool{}
	}
	if known, ok := e.named[action]; ok {
		return known
	}
	may := slices.ContainsFunc(e.powers.Statements(), func(s *policy.Statement) bool {
		return s.Effect != policy.Deny && s.SpeaksOf(action) != model.No
	}) || len(e.powers.Open) > 0
	e.named[action] = may
	return may
}

// method is what a method gives: on anything of the account, or through the roles and resources of the application.
func (e *escalation) method(m iam.Escalation) []Path {
	if all := e.onAnything(m); all.Answer != model.No {
		return []Path{all}
	}
	switch m.Gains {
	case "role", "assume":
		return e.byRoles(m)
	case "existing":
		return e.byResources(m)
	case "admin":
		return e.onItself(m)
	case "user":
		return e.byUsers(m)
	}
	return nil
}

// onAnything asks whether all needs of a method are met for whatever they are done to.
func (e *escalation) onAnything(m iam.Escalation) Path {
	return e.needs(m, func(need iam.Need, a *iam.Action) []*model.Value {
		if m.Gains == "role" && need.On != "role" {
			return e.somewhere(m, a) // to make something of one's own, any name will do
		}
		return elsewhere(a)
	})
}

// somewhere are things that an action could be done to: anything of its kind, or what the statements of the role name. A method
// takes several actions on one thing, so only those are left that all of its actions on things of that kind are allowed on.
func (e *escalation) somewhere(m iam.Escalation, a *iam.Action) []*model.Value {
	var out []*model.Value
	for _, on := range append(elsewhere(a), e.instances()...) {
		if e.allNeeds(m, a, on) {
			out = append(out, on)
		}
	}
	return out
}

// allNeeds reports whether the needs of a method that are about what an action is about are all met on one thing.
func (e *escalation) allNeeds(m iam.Escalation, a *iam.Action, on *model.Value) bool {
	for _, need := range m.Needs {
		met := false
		for _, name := range need.Actions {
			b := iam.Find(name)
			same := b != nil && b.Service == a.Service && slices.Equal(kindsOf(b), kindsOf(a)) && need.On != "role"
			met = met || !same || e.powers.Allows(b.String(), on).Answer != model.No
		}
		if !met {
			return false
		}
	}
	return true
}

// reachable is worked out once.
func (e *escalation) reachable() []link.Place {
	if e.places == nil {
		e.places = reachable(e.p, e.powers)
	}
	return e.places
}

// instances are things that the statements of the role name.
func (e *escalation) instances() []*model.Value {
	if e.inst == nil {
		e.inst = []*model.Value{}
		for _, s := range e.powers.Statements() {
			for _, v := range s.Resources {
				if s.Effect != policy.Deny && v.EqualsText("*") != model.Yes && len(e.inst) < maxInstances {
					e.inst = append(e.inst, instance(v))
				}
			}
		}
	}
	return e.inst
}

// maxInstances bounds the things that are tried.
const maxInstances = 30

// needs asks whether all needs of a method are met, each on what target says.
func (e *escalation) needs(m iam.Escalation, target func(iam.Need, *iam.Action) []*model.Value) Path {
	path := Path{Method: m, Answer: model.Yes}
	for _, need := range m.Needs {
		best := Step{}
		answer, reason := model.No, ""
		for _, name := range need.Actions {
			a := iam.Find(name)
			if a == nil {
				continue
			}
			for _, on := range target(need, a) {
				d := e.allows(m, a, on)
				if d.Answer > answer || best.Action == "" {
					answer, reason, best = max(answer, d.Answer), d.Reason, Step{a.String(), on, d.By}
				}
			}
			if answer == model.Yes {
				break
			}
		}
		if path.Answer = min(path.Answer, answer); path.Answer == model.No {
			return path
		}
		if answer == model.Maybe && path.Reason == "" {
			path.Reason = best.Action + ": " + reason
		}
		path.Steps = append(path.Steps, best)
	}
	return path
}

// allows asks with what is known of the request: to which service a role is passed.
func (e *escalation) allows(m iam.Escalation, a *iam.Action, on *model.Value) policy.Decision {
	if a.Key == "iam:passrole" && m.Gains == "role" {
		return e.powers.AllowsWith(a.String(), on, map[string][]string{"iam:passedtoservice": {m.Of}})
	}
	return e.powers.Allows(a.String(), on)
}

// byRoles asks about each role of the applications that could be passed or taken.
func (e *escalation) byRoles(m iam.Escalation) []Path {
	var out []Path
	for _, at := range e.reachable() {
		app, role := at.App, e.roles[at.Resource]
		if role == nil || role == e.powers.Role || !e.gainsBy(app, role) {
			continue
		}
		arn := link.ARN(app, role.Resource)
		path := e.needs(m, func(need iam.Need, a *iam.Action) []*model.Value {
			if need.On == "role" {
				return []*model.Value{arn}
			}
			if m.Gains == "role" {
				return e.somewhere(m, a)
			}
			return elsewhere(a)
		})
		if path.Answer == model.No && m.ID != "sts-assume-role" {
			continue
		}
		trust, direct := e.trusts(role, m)
		if direct && m.ID == "sts-assume-role" {
			path.Answer = model.Yes // who is named itself needs no leave of its own
		}
		path.Answer = min(path.Answer, trust)
		if path.Answer != model.No {
			path.Through, path.By = role, role.Resource
			out = append(out, path)
		}
	}
	return out
}

// onItself asks whether the principal's own policies can be changed: those that it has, and the managed ones attached to it.
func (e *escalation) onItself(m iam.Escalation) []Path {
	own := e.powers.Role.Resource
	if own == nil {
		return nil
	}
	var mine []*model.Value
	if arn := link.ARN(e.powers.App, own); arn != nil {
		mine = append(mine, arn)
	}
	if own.Type == "AWS::IAM::User" {
		mine = append(mine, model.NewString("arn:aws:iam::*:user/"+link.UserName(e.powers.App, own), own.Origin))
	}
	for _, d := range e.powers.Docs {
		if r := d.Source.Resource; r != nil && r.Type == "AWS::IAM::ManagedPolicy" {
			mine = append(mine, link.ARN(d.Source.App, r))
		}
	}
	path := e.needs(m, func(_ iam.Need, a *iam.Action) []*model.Value {
		var fitting []*model.Value
		for _, arn := range mine {
			if canBe(a, arn) {
				fitting = append(fitting, arn)
			}
		}
		if len(fitting) > 0 {
			return fitting
		}
		return elsewhere(a)
	})
	if path.Answer == model.No {
		return nil
	}
	path.By = own
	return []Path{path}
}

// byUsers asks about each user of the applications that may do more.
func (e *escalation) byUsers(m iam.Escalation) []Path {
	var out []Path
	for _, at := range e.reachable() {
		if at.Resource.Type != "AWS::IAM::User" || at.Resource == e.powers.Role.Resource {
			continue
		}
		w := e.p.PowersOf(at.App, at.Resource)
		if w == nil || !isAdmin(w) {
			continue
		}
		arn := link.ARN(at.App, at.Resource)
		path := e.needs(m, func(_ iam.Need, _ *iam.Action) []*model.Value { return []*model.Value{arn} })
		if path.Answer != model.No {
			path.Through, path.By = w.Role, at.Resource
			out = append(out, path)
		}
	}
	return out
}

// byResources asks about each resource of the applications that acts with a role of its own.
func (e *escalation) byResources(m iam.Escalation) []Path {
	var out []Path
	for _, at := range e.reachable() {
		app, r := at.App, at.Resource
		if r.Type != m.Of || r.Tool {
			continue
		}
		role := roleOf(app, r, e.roles)
		if role == nil || role == e.powers.Role || !e.gainsBy(app, role) {
			continue
		}
		path := e.needs(m, func(_ iam.Need, a *iam.Action) []*model.Value {
			if on := within(app, r, a); len(on) > 0 {
				return on
			}
			return elsewhere(a)
		})
		if path.Answer != model.No {
			path.Through, path.By = role, r
			out = append(out, path)
		}
	}
	return out
}

// trusts is whether a role can be passed to the service of a method, or taken by the role that asks; direct: it is named itself.
func (e *escalation) trusts(role *model.Role, m iam.Escalation) (answer model.Tri, direct bool) {
	if role.Resource == nil {
		return model.Maybe, false
	}
	app := e.powers.App
	trust := policy.Parse(link.Canonical(app, role.Resource.Props.Get("AssumeRolePolicyDocument")))
	ask := policy.Request{Action: "sts:AssumeRole", Owner: policy.OwnAccount, Context: &policy.Context{
		Keys: map[string][]string{"aws:multifactorauthpresent": nil, "aws:multifactorauthage": nil, "sts:externalid": nil},
		Open: func(string) bool { return true },
	}}
	if m.Gains == "role" {
		ask.Who = policy.Principal{Kind: "Service", ARN: model.NewString(m.Of, model.Origin{})}
		return policy.Set{Resource: trust}.Allows(ask).Answer, false
	}
	ask.Who = policy.Principal{Kind: "AWS", ARN: e.powers.ARN, Account: policy.OwnAccount}
	if ask.Who.ARN == nil {
		return model.Maybe, false
	}
	if alone := (policy.Set{Resource: trust}).Allows(ask); alone.Answer == model.Yes {
		return model.Yes, true
	}
	all := policy.Parse(model.NewString(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`, model.Origin{}))
	return policy.Set{Resource: trust, Identity: []*policy.Document{all}}.Allows(ask).Answer, false
}

// gainsBy reports whether a role may do something that matters and that the one who asks may not: everything, or to write,
// delete or administer what the other cannot.
func (e *escalation) gainsBy(app *model.App, role *model.Role) bool {
	theirs := e.p.Powers(app, role)
	if theirs == nil {
		return false
	}
	if isAdmin(theirs) {
		return true
	}
	for _, s := range theirs.Statements() {
		if s.Effect != policy.Allow {
			continue
		}
		for _, v := range s.Actions {
			pattern, ok := v.Settled().Scalar()
			if ok && e.more(s, pattern) {
				return true
			}
		}
	}
	return false
}

// more reports whether an action that a statement of another role allows matters and is not allowed to the one who asks.
func (e *escalation) more(s *policy.Statement, pattern string) bool {
	for _, a := range policy.Expand(pattern) {
		if harmless[a.Service] && a.Service != "sts" || link.LevelOf(a) == "read" && !secret[a.Key] {
			continue
		}
		for _, r := range s.Resources {
			if e.powers.Allows(a.String(), r).Answer == model.No {
				return true
			}
		}
	}
	return false
}

// secret are actions that only read, but what they read opens more.
var secret = map[string]bool{
	"secretsmanager:getsecretvalue": true, "ssm:getparameter": true, "ssm:getparameters": true, "ssm:getparametersbypath": true,
	"kms:decrypt": true, "s3:getobject": true, "dynamodb:getitem": true, "dynamodb:scan": true, "dynamodb:query": true,
}

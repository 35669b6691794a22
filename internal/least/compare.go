package least

import (
	"slices"
	"sort"
	"strings"

	"wardlet.example/data/iam"
	"wardlet.example/internal/link"
	"wardlet.example/internal/model"
	"wardlet.example/internal/paths"
	"wardlet.example/internal/policy"
)

// Verdict is what became of one pattern of actions that a role has.
type Verdict string

// Verdicts.
const (
	Used      Verdict = "used"      // what it allows is needed
	Unused    Verdict = "unused"    // nothing of it is needed
	Broader   Verdict = "broader"   // only some of its actions are needed
	Wider     Verdict = "wider"     // its actions are needed on less than it allows
	Uncertain Verdict = "uncertain" // what is needed of the service is not known in full
)

// Grant is one pattern of actions in a statement of a role, and what became of it.
type Grant struct {
	Doc       *link.Doc
	Statement *policy.Statement
	Pattern   string // s3:Get*
	Verdict   Verdict
	Needed    []*Need // what of it is needed
	Actions   int     // how many actions it stands for
	Doubt     *Doubt  // of an uncertain one
}

// wildcardFrom is how many actions too many a pattern stands for before it is told by itself, and not as a detail.
const wildcardFrom = 6

// Broad reports whether a grant is much more than is needed: a pattern that stands for many actions that nobody needs, or something that
// changes things wherever they are.
func (g *Grant) Broad() bool {
	switch g.Verdict {
	case Broader:
		return g.Actions-len(g.Needed) >= wildcardFrom && !g.OfLogs()
	case Unused:
		if strings.Contains(g.Pattern, "*") && g.Actions >= wildcardFrom {
			return true
		}
		return !g.Doc.Managed && g.anywhere() && changes(g.Pattern)
	}
	return false
}

// OfLogs reports whether a grant is about logs, which functions write.
func (g *Grant) OfLogs() bool { return strings.HasPrefix(strings.ToLower(g.Pattern), "logs:") }

func (g *Grant) anywhere() bool {
	return slices.ContainsFunc(g.Statement.Resources, func(v *model.Value) bool { return v.EqualsText("*") == model.Yes })
}

func changes(action string) bool {
	a := iam.Find(action)
	return a != nil && a.Scopable() && (a.Level == iam.Write || a.Level == iam.Permissions)
}

// Role is what a role grants against what the functions need that have it.
type Role struct {
	App       *model.App
	Role      *model.Role
	Powers    *link.Powers
	Functions []*Function
	Grants    []Grant
	Missing   []Lack
	Unknown   string // why nothing is said of the role; empty where something is
}

// Lack is something that a function needs and its role certainly does not allow.
type Lack struct {
	Function *Function
	Need     *Need
	Reason   string
}

// Roles compares all roles of functions whose code was followed, in the order of the workspace.
func Roles(p *link.Program, nodes []*paths.Node) []*Role {
	var out []*Role
	at := map[*model.Role]*Role{}
	for _, n := range nodes {
		role := n.Function.Role
		if role == nil || n.App.Kind == model.Convention {
			continue
		}
		if at[role] == nil {
			at[role] = &Role{App: n.App, Role: role, Powers: p.Powers(n.App, role)}
			out = append(out, at[role])
		}
		at[role].Functions = append(at[role].Functions, NeedsOf(n, p.Folder))
	}
	for _, r := range out {
		r.compare(p)
	}
	return out
}

func (r *Role) compare(p *link.Program) {
	switch {
	case r.Powers == nil || r.Role.Resource == nil:
		r.Unknown = "the role stands in no template here"
		return
	case r.others() != "":
		r.Unknown = r.others()
		return
	}
	r.Grants = r.grants()
	r.missing(p)
}

// Of are the grants of a role against what one function needs that has it.
func (r *Role) Of(f *Function) []Grant {
	if len(r.Functions) == 1 || r.Unknown != "" {
		return r.Grants
	}
	alone := *r
	alone.Functions = []*Function{f}
	return alone.grants()
}

// grants are all grants of a role against what its functions need.
func (r *Role) grants() []Grant {
	var out []Grant
	for i := range r.Powers.Docs {
		d := &r.Powers.Docs[i]
		for _, s := range d.Document.Statements {
			if s.Effect == policy.Allow && len(s.NotActions) == 0 && len(s.NotRes) == 0 {
				out = append(out, r.granted(d, s)...)
			}
		}
	}
	return out
}

// others is who else has the role, so that it is not known what it is for: functions whose code was not followed, services that may
// assume it. It is empty where there is nobody.
func (r *Role) others() string {
	for _, f := range r.App.Functions {
		if f.Role == r.Role && !slices.ContainsFunc(r.Functions, func(known *Function) bool { return known.Function == f }) {
			return "the code of " + f.Name + ", which has the role too, is not followed"
		}
	}
	for _, st := range r.Role.Trust.Get("Statement").Elements() {
		for _, service := range st.Path("Principal", "Service").Elements() {
			text, ok := service.Scalar()
			if ok && text != "lambda.amazonaws.com" && text != "edgelambda.amazonaws.com" {
				return text + " may assume the role too"
			}
		}
		if st.Path("Principal", "AWS").IsSet() == model.Yes || st.Path("Principal", "Federated").IsSet() == model.Yes {
			return "others may assume the role too"
		}
	}
	return ""
}

// granted looks at every pattern of a statement.
func (r *Role) granted(d *link.Doc, s *policy.Statement) []Grant {
	var out []Grant
	alone := policy.Set{Identity: []*policy.Document{{Statements: []*policy.Statement{s}}}}
	for _, v := range s.Actions {
		pattern, ok := v.Settled().Scalar()
		if !ok {
			continue
		}
		g := Grant{Doc: d, Statement: s, Pattern: pattern}
		all := policy.Expand(pattern)
		g.Actions = len(all)
		g.Needed = r.needed(alone, all, d.Managed || strings.Contains(pattern, "*"))
		g.Doubt = r.doubted(pattern, all, d.Managed)
		g.Verdict = r.verdict(g, s, all)
		out = append(out, g)
	}
	return out
}

func (r *Role) verdict(g Grant, s *policy.Statement, all []*iam.Action) Verdict {
	needed := map[*iam.Action]bool{}
	for _, n := range g.Needed {
		needed[n.Action] = true
	}
	service, _, _ := strings.Cut(g.Pattern, ":")
	switch {
	case len(all) == 0 && iam.ServiceOf(strings.ToLower(service)) == nil || g.Doubt != nil && (len(needed) < len(all) || len(all) == 0):
		return Uncertain // of an action of a service that no table has, nothing is known
	case len(needed) == 0:
		return Unused
	case len(needed) < len(all):
		return Broader
	case r.wider(g, s):
		return Wider
	}
	return Used
}

// needed are the needs that a statement alone covers, or perhaps does. wide says that it names no single actions.
func (r *Role) needed(alone policy.Set, all []*iam.Action, wide bool) []*Need {
	is := map[*iam.Action]bool{}
	for _, a := range all {
		is[a] = true
	}
	var out []*Need
	for _, f := range r.Functions {
		needs := f.Needs
		if !wide {
			needs = slices.Concat(needs, f.byName)
		}
		for _, n := range needs {
			if is[n.Action] && (r.covers(alone, n) != model.No || r.misread(n)) && !slices.Contains(out, n) {
				out = append(out, n)
			}
		}
	}
	return out
}

// misread reports whether a name that was put together is perhaps not understood: nothing at all allows what is needed on it.
func (r *Role) misread(n *Need) bool {
	return n.Of == nil && n.On != nil && r.Allows(n) == model.No
}

// covers is whether policies allow a need.
func (r *Role) covers(set policy.Set, n *Need) model.Tri {
	if n.On == nil || !n.Action.Scopable() { // some are allowed on something all the same
		return model.Maybe
	}
	on := anyObject(n.On)
	who := policy.Principal{Kind: "AWS", ARN: r.Powers.ARN, Account: policy.OwnAccount}
	if who.ARN == nil {
		who.ARN = model.NewPresent("the ARN of "+r.Role.ID, r.Role.Origin)
	}
	return set.Allows(policy.Request{
		Who: who, Action: n.Action.String(), On: on, OnlyOwn: true, Context: &policy.Context{Open: func(string) bool { return true }},
	}).Answer
}

// doubted is why a function with the role perhaps needs more of what a pattern stands for.
func (r *Role) doubted(pattern string, all []*iam.Action, managed bool) *Doubt {
	services := map[string]bool{}
	for _, a := range all {
		services[a.Service] = true
	}
	service, _, _ := strings.Cut(pattern, ":")
	if len(services) == 0 {
		services[strings.ToLower(service)] = true
	}
	names := make([]string, 0, len(services))
	for name := range services {
		names = append(names, name)
	}
	sort.Strings(names)
	if len(names) > 3 { // * and its like: a doubt about one service does not make it right
		names = []string{""}
	}
	for _, f := range r.Functions {
		for _, name := range names {
			if d := f.Doubted(name); d != nil && (name != "" || d.Service == "") && (d.Reason != mayBeEncrypted || forData(all) && !managed) { // policies that AWS manages allow nothing by which data is read with a key
				return d
			}
		}
	}
	return nil
}

// forData reports whether one of some actions is one by which data is read or written that a key encrypts.
func forData(all []*iam.Action) bool {
	return slices.ContainsFunc(all, func(a *iam.Action) bool { return slices.Contains(withKey, a.String()) })
}

// wider reports whether a statement allows an action on more than is needed, where all that is needed is known.
func (r *Role) wider(g Grant, s *policy.Statement) bool {
	var needed []*model.Value
	for _, n := range g.Needed {
		if n.On == nil {
			return false
		}
		needed = append(needed, pattern(objects(n.On)))
	}
	if own := g.Needed[0]; own.Platform && own.Action.Service == "logs" {
		return r.othersLogs(policy.Single(statement([]string{g.Pattern}, s.Resources)), g.Needed)
	}
	least := policy.Single(statement([]string{g.Pattern}, needed))
	for _, v := range s.Resources {
		one := policy.Single(statement([]string{g.Pattern}, []*model.Value{v}))
		if about(v, g.Needed) && policy.Covers(least, one) == model.No && !r.touchesNone(one, g.Needed) {
			return true
		}
	}
	return false
}

// about reports whether a resource is of a kind that one of some needs can be about: an action on a bucket is not about its objects.
func about(v *model.Value, needs []*Need) bool {
	name, ok := strings.CutPrefix(v.String(), "arn:aws:s3:::")
	if !ok {
		return true
	}
	inside := strings.Contains(name, "/")
	return slices.ContainsFunc(needs, func(n *Need) bool {
		objects, buckets := slices.Contains(n.Action.Types, "object"), slices.Contains(n.Action.Types, "bucket")
		return n.Action.Service != "s3" || inside && objects || !inside && (buckets || strings.HasSuffix(name, "*"))
	})
}

// othersLogs reports whether a statement lets functions write logs that are not theirs: those of other functions of the application, or
// of anything. The name of its service before a star is as good as the names of its functions.
func (r *Role) othersLogs(one *policy.Document, needed []*Need) bool {
	set := policy.Set{Identity: []*policy.Document{one}}
	for _, n := range needed {
		on := model.NewString("arn:aws:logs:*:*:log-group:/aws/lambda/of-somebody-else:log-stream:one", r.Role.Origin)
		if r.covers(set, &Need{Action: n.Action, On: on}) != model.No {
			return true
		}
		for _, f := range r.App.Functions {
			own := slices.ContainsFunc(r.Functions, func(known *Function) bool { return known.Function == f })
			if on := logsOf(f, n.Action.String()); !own && on != nil && r.covers(set, &Need{Action: n.Action, On: on}) == model.Yes {
				return true
			}
		}
	}
	return false
}

// touchesNone reports whether a resource is one of those of a list that no need of this pattern is about: another pattern of the statement may
// be, and its own row says so.
func (r *Role) touchesNone(one *policy.Document, needed []*Need) bool {
	for _, n := range needed {
		if r.covers(policy.Set{Identity: []*policy.Document{one}}, n) != model.No {
			return false
		}
	}
	return true
}

// objects is an ARN of an object as one of all objects of its bucket: names of objects are rarely known, and tell little.
func objects(on *model.Value) *model.Value {
	if !strings.HasPrefix(on.String(), "arn:aws:s3:::") {
		return on
	}
	var parts []*model.Value
	items := []*model.Value{on}
	if on.Kind == model.Text {
		items = on.Items
	}
	for i, p := range items {
		text, ok := p.Scalar()
		before, _, slash := strings.Cut(text, "/")
		if ok && slash {
			return model.NewText(append(parts, model.NewString(before+"/*", p.Origin)), on.Origin)
		}
		if !ok && p.Kind == model.Unknown && i > 0 {
			return model.NewText(append(parts, model.NewString("*", p.Origin)), on.Origin)
		}
		parts = append(parts, p)
	}
	return on
}

// anyObject is an ARN of an object as one of an object whose key is not known: what code makes keys of is rarely known to the end.
func anyObject(on *model.Value) *model.Value {
	all := objects(on)
	if all == on || all.Kind != model.Text {
		return on
	}
	last := all.Items[len(all.Items)-1]
	before, ok := strings.CutSuffix(last.Str, "*")
	if !ok || last.Kind != model.String {
		return on
	}
	parts := append(slices.Clone(all.Items[:len(all.Items)-1]), model.NewString(before, last.Origin), model.NewPresent("the key of an object", on.Origin))
	return model.NewText(parts, on.Origin)
}

// pattern is an ARN with a star for each part that is not known.
func pattern(on *model.Value) *model.Value {
	if on.Kind != model.Text {
		return on
	}
	var parts []*model.Value
	for _, p := range on.Items {
		if p.Kind == model.Unknown {
			p = model.NewString("*", p.Origin)
		}
		parts = append(parts, p)
	}
	return model.NewText(parts, on.Origin)
}

// statement is an allowing statement as a value.
func statement(actions []string, resources []*model.Value) *model.Value {
	var list []*model.Value
	for _, a := range actions {
		list = append(list, model.NewString(a, model.Origin{}))
	}
	return model.NewMap([]model.Field{
		{Key: "Effect", Value: model.NewString("Allow", model.Origin{})}, {Key: "Action", Value: model.NewList(list, model.Origin{})},
		{Key: "Resource", Value: model.NewList(resources, model.Origin{})},
	}, model.Origin{})
}

// missing lists what functions need and the role certainly does not allow.
func (r *Role) missing(p *link.Program) {
	if len(r.Powers.Open) > 0 {
		return
	}
	for _, f := range r.Functions {
		for _, n := range f.Needs {
			if n.Perhaps || n.Platform || n.On == nil || len(n.On.Refs()) == 0 && n.On.String() != "*" || r.letIn(p, n) {
				continue
			}
			if !n.Action.Scopable() && r.spokenOf(n) { // granted on something; some services take that all the same
				continue
			}
			if d := r.Powers.Allows(n.Action.String(), n.On); d.Answer == model.No {
				r.Missing = append(r.Missing, Lack{f, n, d.Reason})
			}
		}
	}
}

// letIn reports whether what an action is done to perhaps lets the role in by a policy of its own.
func (r *Role) letIn(p *link.Program, n *Need) bool {
	for _, ref := range n.On.Refs() {
		id := ref.Str[strings.LastIndexByte(ref.Str, '#')+1:]
		on := r.App.Resource(id)
		if on == nil || on.Type == "AWS::IAM::Role" { // whom a role lets assume it stands in its trust policy
			return true
		}
		for _, other := range p.Referrers(r.App, on) {
			switch other.Type {
			case "AWS::SQS::QueuePolicy", "AWS::SNS::TopicPolicy", "AWS::S3::BucketPolicy":
				for _, st := range other.Props.Path("PolicyDocument", "Statement").Elements() {
					if st.Path("Principal", "Service").IsSet() != model.Yes && st.Get("Effect").EqualsText("Deny") != model.Yes {
						return true
					}
				}
			case "AWS::Lambda::Permission":
				if principal, _ := other.Props.Get("Principal").Scalar(); !strings.HasSuffix(principal, ".amazonaws.com") {
					return true
				}
			}
		}
		if on.Props.Get("ResourcePolicy").IsSet() != model.No || on.Type == "AWS::KMS::Key" {
			return true
		}
	}
	return false
}

// spokenOf reports whether some statement allows an action on anything at all.
func (r *Role) spokenOf(n *Need) bool {
	for _, g := range r.Grants {
		for _, a := range policy.Expand(g.Pattern) {
			if a == n.Action {
				return true
			}
		}
	}
	return false
}

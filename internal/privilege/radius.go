package privilege

import (
	"slices"
	"sort"
	"strings"

	"wardlet.example/data/iam"
	"wardlet.example/internal/link"
	"wardlet.example/internal/model"
	"wardlet.example/internal/policy"
)

// Levels of a blast radius, from the least to the worst.
var Levels = []string{"read", "write", "delete", "administer"}

// Reach is what a role can do to one resource, or to all of a kind.
type Reach struct {
	App      *model.App
	Resource *model.Resource // nil: everything of the service, or of one of its types
	Service  string          // its prefix
	Named    *model.Value    // the ARN of what a statement names and no template has; nil for the others
	Kind     string          // what of the service, where both are nil: a resource type; empty for what has none
	Does     []Deed          // by level, in the order of Levels
}

// Deed is what can be done at one level.
type Deed struct {
	Level   string
	Perhaps bool     // only under a condition, or by a value that only deployment knows
	Actions []string // by which, sorted
}

// May is what can be done at a level; nil if nothing.
func (r *Reach) May(level string) *Deed {
	for i := range r.Does {
		if r.Does[i].Level == level {
			return &r.Does[i]
		}
	}
	return nil
}

// note adds an action that is allowed, or perhaps is.
func (r *Reach) note(a *iam.Action, answer model.Tri) {
	level := link.LevelOf(a)
	d := r.May(level)
	if d == nil {
		r.Does = append(r.Does, Deed{Level: level, Perhaps: true})
		d = &r.Does[len(r.Does)-1]
	}
	d.Perhaps = d.Perhaps && answer != model.Yes
	d.Actions = append(d.Actions, a.String())
}

// sorted puts levels and actions in order.
func (r *Reach) sorted() {
	sort.Slice(r.Does, func(i, j int) bool {
		return slices.Index(Levels, r.Does[i].Level) < slices.Index(Levels, r.Does[j].Level)
	})
	for _, d := range r.Does {
		sort.Strings(d.Actions)
	}
}

// Radius is what a role can do if it is taken over.
type Radius struct {
	Everything bool    // all actions on everything
	Reaches    []Reach // resources of the applications first, in their order
	Open       []string
}

// harmless are services of which nothing can be taken or broken that belongs to the account.
var harmless = map[string]bool{"xray": true, "sts": true, "logs": true, "cloudwatch": true, "pricing": true, "health": true, "ec2messages": true, "ssmmessages": true}

// RadiusOf works out what a role can do.
func RadiusOf(p *link.Program, w *link.Powers) Radius {
	r := Radius{Open: w.Open}
	if isAdmin(w) {
		r.Everything = true
		return r
	}
	actions := granted(w)
	for _, at := range reachable(p, w) {
		if at.Resource.Tool || link.ARN(at.App, at.Resource) == nil {
			continue
		}
		if reach, ok := onResource(w, at.App, at.Resource, actions); ok {
			r.Reaches = append(r.Reaches, reach)
		}
	}
	r.Reaches = append(r.Reaches, named(w, actions, r.Reaches)...)
	r.Reaches = append(r.Reaches, beyond(w, actions)...)
	return r
}

// named is what statements name and no template here has: a bucket by its ARN, a table by a parameter.
func named(w *link.Powers, actions map[string][]*iam.Action, known []Reach) []Reach {
	var out []Reach
	seen := map[string]bool{}
	for _, s := range w.Statements() {
		if s.Effect == policy.Deny {
			continue
		}
		for _, v := range s.Resources {
			shown := v.String()
			if shown == "*" || seen[shown] {
				continue
			}
			seen[shown] = true
			reach := Reach{Named: v, App: w.App}
			for _, all := range actions {
				for _, a := range all {
					if s.SpeaksOf(a.String()) == model.No || !a.Scopable() || a.Key == "iam:createservicelinkedrole" || covered(known, a) || Anywhere(w, a) {
						continue
					}
					on := instance(v)
					if !canBe(a, on) {
						continue
					}
					if answer := w.Allows(a.String(), on).Answer; answer != model.No {
						reach.Service = a.Service
						reach.note(a, answer)
					}
				}
			}
			if len(reach.Does) > 0 {
				reach.sorted()
				out = append(out, reach)
			}
		}
	}
	return out
}

// covered reports whether an action is known to be for a resource of the templates: then that is what its statement names.
func covered(known []Reach, a *iam.Action) bool {
	for i := range known {
		for _, d := range known[i].Does {
			if slices.Contains(d.Actions, a.String()) {
				return true
			}
		}
	}
	return false
}

// Anywhere reports whether an action is allowed on whatever it can be done to.
func Anywhere(w *link.Powers, a *iam.Action) bool {
	for _, on := range elsewhere(a) {
		if w.Allows(a.String(), on).Answer != model.No {
			return true
		}
	}
	return false
}

// reachable are the resources that a role can be about: those of its own application, and those of others that its statements can
// mean by name.
func reachable(p *link.Program, w *link.Powers) []link.Place {
	var out []link.Place
	for _, r := range w.App.Resources {
		out = append(out, link.Place{App: w.App, Resource: r})
	}
	seen, mine := map[string]bool{}, map[string]bool{}
	for _, r := range w.App.Resources {
		if s, ok := link.ARN(w.App, r).Scalar(); ok {
			mine[s] = true
		}
	}
	for _, s := range w.Statements() {
		for _, v := range s.Resources {
			text, ok := v.Scalar()
			parts := strings.SplitN(text, ":", 4)
			if !ok || len(parts) < 4 || seen[parts[2]] {
				continue
			}
			seen[parts[2]] = true
			for _, at := range p.Foreign(parts[2]) {
				arn, _ := link.ARN(at.App, at.Resource).Scalar()
				if at.App != w.App && !slices.Contains(at.App.Variants, w.App) && !mine[arn] {
					out = append(out, at)
				}
			}
		}
	}
	return out
}

// isAdmin reports whether a role may certainly do everything.
func isAdmin(w *link.Powers) bool {
	probe := iam.Find("iam:CreateUser")
	return w.Allows("any:any", model.NewString(other, model.Origin{})).Answer == model.Yes && w.Allows(probe.String(), elsewhere(probe)[0]).Answer == model.Yes
}

// granted are the actions that statements of a role speak of, by service; those that one of them denies on everything are left
// in: they are asked about one by one.
func granted(w *link.Powers) map[string][]*iam.Action {
	out := map[string][]*iam.Action{}
	seen := map[*iam.Action]bool{}
	for _, s := range w.Statements() {
		if s.Effect == policy.Deny {
			continue
		}
		for _, v := range s.Actions {
			pattern, ok := v.Settled().Scalar()
			if !ok {
				continue
			}
			for _, a := range policy.Expand(pattern) {
				if !seen[a] && !harmless[a.Service] {
					seen[a] = true
					out[a.Service] = append(out[a.Service], a)
				}
			}
		}
		if len(s.NotActions) > 0 {
			for _, service := range services {
				for _, a := range iam.ServiceOf(service).Actions {
					if !seen[a] {
						seen[a] = true
						out[service] = append(out[service], a)
					}
				}
			}
		}
	}
	return out
}

// services are those that serverless applications keep data and code in: what NotAction leaves is asked about these.
var services = []string{"s3", "dynamodb", "sqs", "sns", "lambda", "iam", "kms", "secretsmanager", "ssm", "states", "events", "kinesis", "firehose", "cognito-idp", "ec2", "cloudformation"}

func onResource(w *link.Powers, app *model.App, res *model.Resource, actions map[string][]*iam.Action) (Reach, bool) {
	reach := Reach{App: app, Resource: res}
	for _, service := range serviceOf(app, res) {
		reach.Service = service
		for _, a := range actions[service] {
			answer := allowsWithin(w, app, res, a)
			if app != w.App && (answer != model.Yes || Anywhere(w, a)) {
				continue // of another application only what is meant by name
			}
			if answer != model.No {
				reach.note(a, answer)
			}
		}
	}
	reach.sorted()
	return reach, len(reach.Does) > 0
}

// serviceOf are the prefixes of the actions on a resource.
func serviceOf(app *model.App, res *model.Resource) []string {
	parts := strings.SplitN(outline(link.ARN(app, res)), ":", 4)
	if len(parts) < 4 {
		return nil
	}
	if parts[2] == "execute-api" {
		return []string{"execute-api", "apigateway"}
	}
	return []string{parts[2]}
}

// beyond is what a role can do to everything of a service that no template has.
func beyond(w *link.Powers, actions map[string][]*iam.Action) []Reach {
	var out []Reach
	var names []string
	for service := range actions {
		names = append(names, service)
	}
	sort.Strings(names)
	for _, service := range names {
		byKind := map[string]*Reach{}
		var order []string
		for _, a := range actions[service] {
			if a.Key == "iam:createservicelinkedrole" {
				continue
			}
			kinds := a.Types
			if len(a.Required) > 0 {
				kinds = a.Required // which the source also writes of those that a call names one of
			}
			if len(kinds) == 0 {
				kinds = []string{""}
			}
			for _, kind := range kinds {
				answer := w.Allows(a.String(), anyOf(a, kind)).Answer
				if answer == model.No {
					continue
				}
				if byKind[kind] == nil {
					byKind[kind] = &Reach{Service: service, Kind: kind}
					order = append(order, kind)
				}
				byKind[kind].note(a, answer)
			}
		}
		for _, kind := range order {
			byKind[kind].sorted()
			out = append(out, *byKind[kind])
		}
	}
	return out
}

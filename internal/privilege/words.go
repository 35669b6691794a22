package privilege

import (
	"slices"
	"strconv"
	"strings"

	"wardlet.example/data/iam"
	"wardlet.example/internal/link"
	"wardlet.example/internal/model"
	"wardlet.example/internal/policy"
)

// Words say what a path does, in one phrase: "changes the code of a function (lambda:UpdateFunctionCode)".
func (p *Path) Words() string {
	var actions []string
	for _, s := range p.Steps {
		actions = append(actions, s.Action)
	}
	title := strings.ToLower(p.Method.Title[:1]) + p.Method.Title[1:]
	return title + " (" + strings.Join(actions, ", ") + ")"
}

// rank orders ways of gaining more: what gives everything first.
var rank = map[string]int{"admin": 0, "role": 1, "assume": 2, "user": 3, "existing": 4}

// Certain are the paths that certainly work, the worst first, and of those through other roles one for each role.
func Certain(paths []Path) (alone, through []Path) {
	seen := map[*model.Role]bool{}
	for _, p := range paths {
		switch {
		case p.Answer != model.Yes:
		case p.Alone():
			alone = append(alone, p)
		case !seen[p.Through]:
			seen[p.Through] = true
			through = append(through, p)
		}
	}
	slices.SortStableFunc(alone, func(a, b Path) int { return rank[a.Method.Gains] - rank[b.Method.Gains] })
	return alone, through
}

// Sum is several paths in words: the first, and how many more there are.
func Sum(paths []Path) string {
	out := paths[0].Words()
	switch more := len(paths) - 1; {
	case more == 1:
		out += " and in another way"
	case more > 1:
		out += " and in " + strconv.Itoa(more) + " other ways"
	}
	return out
}

// runsCode are the services that run code, commands or definitions of their customers under a role: whoever controls those
// controls the role. Other services use a role for themselves.
var runsCode = map[string]bool{
	"lambda": true, "edgelambda": true, "ec2": true, "ecs-tasks": true, "codebuild": true, "glue": true, "sagemaker": true, "states": true,
	"cloudformation": true, "ssm": true, "codepipeline": true, "elasticmapreduce": true, "emr-serverless": true, "tasks.apprunner": true,
	"build.apprunner": true, "bedrock": true, "bedrock-agentcore": true, "greengrass": true, "amplify": true, "synthetics": true, "pods.eks": true,
	"codedeploy": true, "imagebuilder": true, "robomaker": true, "gamelift": true, "airflow": true, "airflow-env": true, "kinesisanalytics": true,
	"cognito-idp": true, "transfer": true, "databrew": true, "braket": true, "iot": true, "credentials.iot": true, "stacksets.cloudformation": true,
}

// Usable reports whether somebody else than a service of AWS can come to act with a role: a user, another role, a federated login, or
// code that runs under it. Users and groups always are; so is a role of which the trust policy is not known.
func Usable(w *link.Powers) bool {
	r := w.Role.Resource
	if r == nil || r.Type != "AWS::IAM::Role" {
		return true
	}
	trust := policy.Parse(r.Props.Get("AssumeRolePolicyDocument"))
	if trust.Unknown != "" || len(trust.Statements) == 0 {
		return true
	}
	for _, s := range trust.Statements {
		if s.Effect == policy.Deny || s.Principals == nil {
			continue
		}
		if s.Principals.Any != model.No || s.Principals.Open {
			return true
		}
		for _, n := range s.Principals.Named {
			name := strings.TrimSuffix(strings.TrimSuffix(n.Value.Settled().String(), ".amazonaws.com"), ".amazonaws.com.cn")
			if n.Kind != "Service" || n.Value.Kind != model.String || runsCode[name] {
				return true
			}
		}
	}
	return false
}

// Mark notes for each function of the applications how far its permissions reach.
func Mark(p *link.Program) {
	for _, app := range p.All() {
		of := map[*model.Role]model.Blast{}
		for _, f := range app.Functions {
			if f.Role == nil {
				continue
			}
			if _, known := of[f.Role]; !known {
				of[f.Role] = BlastOf(p, app, f.Role)
			}
			f.Blast = of[f.Role]
		}
	}
}

// BlastOf is what whoever takes over a function with this role can do.
func BlastOf(p *link.Program, app *model.App, role *model.Role) model.Blast {
	return BlastWith(p, app, p.Powers(app, role))
}

// BlastWith is what whoever takes over a function could do if its role had these powers.
func BlastWith(p *link.Program, app *model.App, w *link.Powers) model.Blast {
	if isAdmin(w) {
		return model.Blast{Reach: model.BlastAll, Note: "may do everything"}
	}
	alone, through := Certain(Escalations(p, w))
	if len(alone) > 0 {
		return model.Blast{Reach: model.BlastAll, Note: "gains more: " + alone[0].Words()}
	}
	for i := range through {
		if why, strong := Strong(p, app, through[i].Through); strong {
			return model.Blast{Reach: model.BlastAll, Note: "leads to " + through[i].Through.ID + ", which " + why}
		}
	}
	if why, strong := strongWith(p, app, w, map[*model.Role]bool{w.Role: true}); strong {
		return model.Blast{Reach: model.BlastWide, Note: why}
	}
	return model.Blast{Reach: model.BlastOwn}
}

// withoutServicePolicies are powers without what AWS wrote for the role of a service, such as the network interfaces of functions in a
// network: every role has those, and none is the stronger for it.
func withoutServicePolicies(w *link.Powers) *link.Powers {
	out := *w
	out.Set.Identity, out.Docs = nil, nil
	for i, d := range w.Docs {
		if !d.Managed || !iam.ForService(d.Name) {
			out.Docs = append(out.Docs, d)
			out.Set.Identity = append(out.Set.Identity, w.Set.Identity[i])
		}
	}
	return &out
}

// Strong reports whether a role may do so much that to gain it is to gain the account: everything, to gain more by itself, or to
// change what no template here has.
func Strong(p *link.Program, app *model.App, role *model.Role) (why string, strong bool) {
	return strongBeside(p, app, role, map[*model.Role]bool{})
}

// strongBeside leaves out roles that were asked about already: trust can go in circles.
func strongBeside(p *link.Program, app *model.App, role *model.Role, seen map[*model.Role]bool) (why string, strong bool) {
	w := p.Powers(app, role)
	if w == nil || seen[role] {
		return "", false
	}
	seen[role] = true
	return strongWith(p, app, w, seen)
}

func strongWith(p *link.Program, app *model.App, w *link.Powers, seen map[*model.Role]bool) (why string, strong bool) {
	if isAdmin(w) {
		return "may do everything", true
	}
	alone, through := Certain(Escalations(p, w))
	if len(alone) > 0 {
		return alone[0].Words(), true
	}
	for i := range through {
		if next, strong := strongBeside(p, app, through[i].Through, seen); strong {
			return through[i].Words() + " of " + through[i].Through.ID + ", which " + next, true
		}
	}
	own := withoutServicePolicies(w)
	for _, reach := range beyond(own, granted(own)) {
		if reach.Kind == "" {
			continue
		}
		for _, level := range []string{"administer", "delete", "write"} {
			if d := reach.May(level); d != nil && !d.Perhaps {
				return "may " + level + " every " + reach.Kind + " of " + reach.Service, true
			}
		}
		if d := reach.May("read"); d != nil && !d.Perhaps && slices.ContainsFunc(d.Actions, func(a string) bool { return secret[strings.ToLower(a)] }) {
			return "may read every " + reach.Kind + " of " + reach.Service, true
		}
	}
	return "", false
}

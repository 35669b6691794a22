package privilege

import (
	"strings"

	"wardlet.example/data/iam"
	"wardlet.example/internal/link"
	"wardlet.example/internal/model"
)

// other names a thing of the account that no template has: only what is allowed on everything of its kind is allowed on it.
const other = "\uE020any"

// elsewhere are the ARNs of things that an action can be done to and that no template has, one of each kind; * where it is done to
// nothing.
func elsewhere(a *iam.Action) []*model.Value {
	kinds := kindsOf(a)
	if len(kinds) == 0 {
		return []*model.Value{model.NewString("*", model.Origin{})}
	}
	out := make([]*model.Value, len(kinds))
	for i, kind := range kinds {
		out[i] = anyOf(a, kind)
	}
	return out
}

// anyOf is the ARN of a thing of a kind that no template has.
func anyOf(a *iam.Action, kind string) *model.Value {
	if kind == "" {
		return model.NewString("*", model.Origin{})
	}
	return model.NewString(filled(iam.ServiceOf(a.Service).Resources[kind], other), model.Origin{})
}

// kindsOf are the resource types that an action is about: the main one of those that it always names, or else each that it can name.
func kindsOf(a *iam.Action) []string {
	if len(a.Required) == 0 {
		return a.Types
	}
	best, formats := "", iam.ServiceOf(a.Service).Resources
	for _, t := range a.Required { // the one with the plainest ARN
		if best == "" || len(formats[t]) < len(formats[best]) {
			best = t
		}
	}
	return []string{best}
}

// filled is an ARN format with a name in all its variables.
func filled(format, name string) string {
	format = strings.NewReplacer("${Partition}", "aws", "${Region}", "*", "${Account}", "*").Replace(format)
	for {
		before, rest, found := strings.Cut(format, "${")
		_, after, closed := strings.Cut(rest, "}")
		if !found || !closed {
			return format
		}
		format = before + name + after
	}
}

// within are the ARNs by which an action is done to a resource, or to what is in it: the objects of a bucket, the index of a table.
// There is none where the action is about something else.
func within(app *model.App, r *model.Resource, a *iam.Action) []*model.Value {
	arn := link.ARN(app, r)
	if arn == nil || a.Key == "iam:createservicelinkedrole" { // those have names of their own
		return nil
	}
	own := outline(arn)
	s := iam.ServiceOf(a.Service)
	var out []*model.Value
	for _, kind := range a.Types {
		format := strings.NewReplacer("${Partition}", "aws", "${Region}", "*", "${Account}", "*").Replace(s.Resources[kind])
		before, rest, found := strings.Cut(format, "${")
		if !found || !strings.HasPrefix(own, before) {
			continue
		}
		_, after, _ := strings.Cut(rest, "}")
		out = append(out, model.NewText([]*model.Value{arn, model.NewString(filled(after, "any"), arn.Origin)}, arn.Origin))
	}
	return out
}

// allowsWithin is whether an action is allowed on a resource or on something in it.
func allowsWithin(w *link.Powers, app *model.App, r *model.Resource, a *iam.Action) model.Tri {
	answer := model.No
	for _, on := range within(app, r, a) {
		answer = max(answer, w.Allows(a.String(), on).Answer)
	}
	return answer
}

// instance is something that a pattern covers.
func instance(v *model.Value) *model.Value {
	plain := func(v *model.Value) *model.Value {
		if v.Kind != model.String {
			return v
		}
		parts := strings.SplitN(v.Str, ":", 6)
		last := len(parts) - 1
		if len(parts) == 6 || parts[0] != "arn" { // region and account stay as they are
			parts[last] = strings.NewReplacer("*", "any", "?", "x").Replace(parts[last])
		}
		return model.NewString(strings.Join(parts, ":"), v.Origin)
	}
	if v.Kind != model.Text {
		return plain(v)
	}
	parts := make([]*model.Value, len(v.Items))
	for i, p := range v.Items {
		parts[i] = plain(p)
	}
	return model.NewText(parts, v.Origin)
}

// canBe reports whether an action can be done to what an ARN names, by the form of the ARN.
func canBe(a *iam.Action, on *model.Value) bool {
	text := outline(on)
	s := iam.ServiceOf(a.Service)
	for _, kind := range a.Types {
		format := s.Resources[kind]
		before, rest, found := strings.Cut(strings.NewReplacer("${Partition}", "aws", "${Region}", "*", "${Account}", "*").Replace(format), "${")
		switch {
		case strings.HasPrefix(text, "\x00"): // the ARN as a whole is not known
			return true
		case !strings.HasPrefix(text, before) || !found && text != before:
		case !strings.Contains(rest, "/") && strings.Contains(text[len(before):], "/") && !strings.Contains(rest, "Path"):
		default:
			return true
		}
	}
	return false
}

// outline is a text with a mark for each part that is not known.
func outline(v *model.Value) string {
	if s, ok := v.Scalar(); ok {
		return s
	}
	var b strings.Builder
	for _, p := range v.Items {
		if s, ok := p.Scalar(); ok {
			b.WriteString(s)
		} else {
			b.WriteByte(0)
		}
	}
	return b.String()
}

// roleOf is the role that a resource acts with; nil if it has none in the templates.
func roleOf(app *model.App, r *model.Resource, roles map[*model.Resource]*model.Role) *model.Role {
	for _, key := range []string{"Role", "RoleArn", "ServiceRole", "RoleARN", "TaskRoleArn", "ExecutionRoleArn", "IamInstanceProfile"} {
		if v := r.Props.Get(key); v.IsSet() == model.Yes {
			_, found := app.Find(v)
			if found != nil && found.Type == "AWS::IAM::InstanceProfile" {
				for _, name := range found.Props.Get("Roles").Elements() {
					_, found = app.Find(name, "AWS::IAM::Role")
				}
			}
			if role := roles[found]; role != nil {
				return role
			}
		}
	}
	return nil
}

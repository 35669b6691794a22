package privilege

import (
	"strings"

	"wardlet.example/data/iam"
	"wardlet.example/internal/link"
	"wardlet.example/internal/model"
)

// other names a thing of the account that no template has: only what is allowed on everything of its kind is allowed on it.
const other = "\uE020any"

// elsewhere is the ARN of something that an action can be done to and that no template has; * where it is done to nothing.
func elsewhere(a *iam.Action) *model.Value {
	kind := mainType(a)
	if kind == "" {
		return model.NewString("*", model.Origin{})
	}
	return model.NewString(filled(iam.ServiceOf(a.Service).Resources[kind], other), model.Origin{})
}

// mainType is the resource type that an action is about first: of those that it always names, or else of all, the one with the
// plainest ARN.
func mainType(a *iam.Action) string {
	types := a.Required
	if len(types) == 0 {
		types = a.Types
	}
	best, formats := "", iam.ServiceOf(a.Service).Resources
	for _, t := range types {
		if best == "" || len(formats[t]) < len(formats[best]) {
			best = t
		}
	}
	return best
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

// within is the ARN by which an action is done to a resource, or to what is in it: the objects of a bucket, the index of a table.
// It is nil where the action is about something else.
func within(app *model.App, r *model.Resource, a *iam.Action) *model.Value {
	arn := link.ARN(app, r)
	if arn == nil {
		return nil
	}
	own := outline(arn)
	s := iam.ServiceOf(a.Service)
	for _, kind := range a.Types {
		format := strings.NewReplacer("${Partition}", "aws", "${Region}", "*", "${Account}", "*").Replace(s.Resources[kind])
		before, rest, found := strings.Cut(format, "${")
		if !found || !strings.HasPrefix(own, before) || strings.ContainsAny(own[len(before):], ":/") && !strings.Contains(rest, "/") {
			continue
		}
		_, after, _ := strings.Cut(rest, "}")
		return model.NewText([]*model.Value{arn, model.NewString(filled(after, "any"), arn.Origin)}, arn.Origin)
	}
	return nil
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

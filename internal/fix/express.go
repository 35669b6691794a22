package fix

import (
	"fmt"
	"strings"

	"wardlet.example/internal/document"
	"wardlet.example/internal/least"
	"wardlet.example/internal/link"
	"wardlet.example/internal/model"
	"wardlet.example/internal/policy"
)

// writer writes what is needed as resources of a statement: by references where there is something to refer to.
type writer struct {
	program *link.Program
	role    *least.Role
	json    bool
	unsafe  string

	fallback func(n *least.Need) []*model.Value // what is allowed where it is not known on what something is needed
}

func (p *planner) writer(r *least.Role, m document.Node) *writer {
	return &writer{program: p.program, role: r, json: m.InJSON()}
}

// resource is on what something is needed.
func (w *writer) resource(n *least.Need) (*model.Value, error) {
	if !n.Action.Scopable() {
		return model.NewString("*", model.Origin{}), nil
	}
	if n.On == nil {
		return nil, fmt.Errorf("it is not known on what %s is needed", n.Action)
	}
	whole := strings.HasPrefix(n.Written, "arn:")
	switch {
	case whole && n.From != "":
		return intrinsic("Ref", model.NewString(n.From, model.Origin{})), nil
	case whole:
		return model.NewString(n.Written, model.Origin{}), nil
	}
	text := least.Pattern(n.On).String()
	if i := strings.LastIndex(text, n.Written); n.From != "" && i >= 0 { // who deploys it may choose another name
		return w.own(text[:i] + "${" + n.From + "}" + text[i+len(n.Written):]), nil
	}
	if n.Of != nil && n.Of.App == w.role.App {
		return w.reference(n.Of.Resource, text, n.Inside)
	}
	if before, _, own := strings.Cut(text, "/aws/lambda/"); own && n.Platform && strings.Contains(text, "${") { // the name of the function comes after its role
		return w.own(before + "/aws/lambda/*"), nil
	}
	if strings.Contains(text, "#") {
		return nil, fmt.Errorf("what %s is needed on stands in another template", n.Action)
	}
	if strings.Contains(text, ":*:") && !strings.HasPrefix(text, "arn:aws:logs:*:*:log-group:/aws/lambda/") {
		w.unsafe = "it is taken to be in the region and account of the function: " + text
	}
	return w.own(text), nil
}

// reference refers to a resource of the same template, or to something in it.
func (w *writer) reference(r *model.Resource, text, suffix string) (*model.Value, error) {
	if w.circular(r) {
		if strings.ContainsAny(text, "#?") {
			return nil, fmt.Errorf("%s depends on the role itself", r.ID)
		}
		w.unsafe = "it is taken to be in the region and account of the function: " + text
		return w.own(text), nil
	}
	attr := arnAttribute[r.Type]
	switch {
	case strings.HasPrefix(suffix, "/stream/"):
		return w.getAtt(r.ID, "StreamArn"), nil
	case attr == "" && !link.RefIsARN(r.Type) && strings.Contains(text, "?"):
		return nil, fmt.Errorf("the ARN of %s is not known", r.ID)
	case attr == "" && !link.RefIsARN(r.Type):
		return w.own(strings.ReplaceAll(text, w.role.App.File+"#", "")), nil
	case suffix == "" && attr == "":
		return intrinsic("Ref", model.NewString(r.ID, model.Origin{})), nil
	case suffix == "":
		return w.getAtt(r.ID, attr), nil
	case attr == "":
		return w.sub("${" + r.ID + "}" + suffix), nil
	}
	return w.sub("${" + r.ID + "." + attr + "}" + suffix), nil
}

// arnAttribute is the attribute with the ARN of a resource, by type. Source: the CloudFormation user guide.
var arnAttribute = map[string]string{
	"AWS::DynamoDB::Table": "Arn", "AWS::DynamoDB::GlobalTable": "Arn", "AWS::S3::Bucket": "Arn", "AWS::SQS::Queue": "Arn", "AWS::Lambda::Function": "Arn",
	"AWS::Kinesis::Stream": "Arn", "AWS::KinesisFirehose::DeliveryStream": "Arn", "AWS::Events::EventBus": "Arn", "AWS::KMS::Key": "Arn", "AWS::IAM::Role": "Arn",
	"AWS::Cognito::UserPool": "Arn", "AWS::Logs::LogGroup": "Arn", "AWS::CodeBuild::Project": "Arn", "AWS::ECS::Cluster": "Arn", "AWS::ECR::Repository": "Arn",
	"AWS::StepFunctions::StateMachine": "Arn", "AWS::Scheduler::Schedule": "Arn", "AWS::Events::Rule": "Arn",
}

// own is an ARN of the region and account that the function is in.
func (w *writer) own(text string) *model.Value {
	parts := strings.SplitN(text, ":", 6)
	if len(parts) < 6 {
		return model.NewString(text, model.Origin{})
	}
	if parts[1] == "aws" {
		parts[1] = "${AWS::Partition}"
	}
	if parts[3] == "*" {
		parts[3] = "${AWS::Region}"
	}
	if parts[4] == "*" {
		parts[4] = "${AWS::AccountId}"
	}
	return w.sub(strings.Join(parts, ":"))
}

func (w *writer) sub(text string) *model.Value {
	return intrinsic("Fn::Sub", model.NewString(text, model.Origin{}))
}

func (w *writer) getAtt(id, attr string) *model.Value {
	if w.json {
		return intrinsic("Fn::GetAtt", texts([]string{id, attr}))
	}
	return intrinsic("Fn::GetAtt", model.NewString(id+"."+attr, model.Origin{}))
}

func intrinsic(name string, v *model.Value) *model.Value {
	return model.NewMap([]model.Field{{Key: name, Value: v}}, model.Origin{})
}

// circular reports whether a resource depends on the role already, so that the role cannot refer to it.
func (w *writer) circular(r *model.Resource) bool {
	seen := map[string]bool{}
	var reaches func(r *model.Resource) bool
	reaches = func(r *model.Resource) bool {
		if r == w.role.Role.Resource {
			return true
		}
		if r == nil || seen[r.ID] {
			return false
		}
		seen[r.ID] = true
		for _, ref := range r.Props.Refs() {
			if reaches(w.role.App.Resource(ref.Str)) {
				return true
			}
		}
		for _, v := range r.Attributes.Get("DependsOn").Elements() {
			if id, ok := v.Scalar(); ok && reaches(w.role.App.Resource(id)) {
				return true
			}
		}
		return false
	}
	return reaches(r)
}

// statements are what allows needs: one for all actions on the same things. What is needed on something that is not known stays allowed
// on what it was.
func (w *writer) statements(needs []*least.Need) (*model.Value, error) {
	type group struct {
		on      []*model.Value
		actions []string
	}
	on := map[string][]*model.Value{}
	for _, n := range needs {
		name := n.Action.String()
		v, err := w.resource(n)
		all := []*model.Value{v}
		if err != nil {
			if all = w.fallback(n); all == nil {
				return nil, err
			}
		}
		for _, v := range all {
			if !contains(on[name], v) {
				on[name] = append(on[name], v)
			}
		}
	}
	var groups []*group
	for _, name := range actionsOf(needs) {
		var in *group
		for _, g := range groups {
			if spell(model.NewList(g.on, model.Origin{})) == spell(model.NewList(on[name], model.Origin{})) {
				in = g
			}
		}
		if in == nil {
			in = &group{on: on[name]}
			groups = append(groups, in)
		}
		in.actions = append(in.actions, name)
	}
	var out []*model.Value
	for _, g := range groups {
		out = append(out, allow(g.actions, g.on))
	}
	return model.NewList(out, model.Origin{}), nil
}

// allow is a statement.
func allow(actions []string, on []*model.Value) *model.Value {
	return model.NewMap([]model.Field{
		{Key: "Effect", Value: model.NewString("Allow", model.Origin{})}, {Key: "Action", Value: texts(actions)}, {Key: "Resource", Value: oneOrMany(on)},
	}, model.Origin{})
}

// plain are the resources on which statements allow an action, if they are plain text.
func plain(n *least.Need, grants []*policy.Statement) []*model.Value {
	var out []*model.Value
	for _, s := range grants {
		if s.SpeaksOf(n.Action.String()) == model.No {
			continue
		}
		for _, v := range s.Resources {
			text, ok := v.Settled().Scalar()
			if !ok {
				return nil
			}
			if v := model.NewString(text, model.Origin{}); !contains(out, v) {
				out = append(out, v)
			}
		}
	}
	return out
}

func contains(all []*model.Value, v *model.Value) bool {
	for _, o := range all {
		if spell(o) == spell(v) {
			return true
		}
	}
	return false
}

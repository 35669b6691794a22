package assemble

import (
	"strings"

	"wardlet.example/internal/jsontext"
	"wardlet.example/internal/model"
	"wardlet.example/internal/policy"
)

// A caller of whom nothing is known but that the request comes from somewhere on the internet (an address that is nobody's,
// RFC 2544).
var stranger = &policy.Context{Keys: map[string][]string{
	"aws:sourceip": {"198.18.0.1"}, "aws:securetransport": {"true"}, "aws:principaltype": {"Anonymous"},
}}

// policiesOf are where the policy of a resource stands: which type of resource it is in, and by which properties that names it.
var policiesOf = map[string]struct{ policy, by string }{
	"AWS::SQS::Queue": {"AWS::SQS::QueuePolicy", "Queues"},
	"AWS::SNS::Topic": {"AWS::SNS::TopicPolicy", "Topics"},
}

// everybodyMay reports whether the policy of a resource certainly lets everybody do something with it.
func (j *join) everybodyMay(action string, r *model.Resource) bool {
	where := policiesOf[r.Type]
	for _, p := range j.app.Resources {
		inline := strings.Replace(where.policy, "Policy", "InlinePolicy", 1)
		if p.Type != where.policy && p.Type != inline {
			continue
		}
		for _, name := range append(p.Props.Get(where.by).Elements(), p.Props.Get(strings.TrimSuffix(where.by, "s")).Elements()...) {
			if j.source(name) == r && strangersMay(action, p.Props.Get("PolicyDocument")) == model.Yes {
				return true
			}
		}
	}
	return false
}

// strangersMay is whether a policy lets a caller in of whom nothing is known. Its statements speak of what they stand at, so
// it is asked about each resource that they name: Yes if one is open, No if all are closed.
func strangersMay(action string, document *model.Value) model.Tri {
	d := policy.Parse(document)
	if len(d.Statements) == 0 {
		return model.Maybe
	}
	answer := model.No
	for _, on := range resourcesOf(d) {
		answer = max(answer, policy.Set{Resource: d}.Allows(policy.Request{Action: action, On: on, Context: stranger}).Answer)
	}
	return answer
}

// resourcesOf are things that the statements of a policy are about, one for each pattern.
func resourcesOf(d *policy.Document) []*model.Value {
	var out []*model.Value
	for _, s := range d.Statements {
		for _, v := range s.Resources {
			out = append(out, instance(v))
		}
	}
	if len(out) == 0 {
		out = append(out, model.NewString("this", model.Origin{}))
	}
	return out
}

// instance is something that a pattern covers.
func instance(v *model.Value) *model.Value {
	plain := func(v *model.Value) *model.Value {
		if v.Kind != model.String {
			return v
		}
		return model.NewString(strings.NewReplacer("*", "any", "?", "x").Replace(v.Str), v.Origin)
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

// refusesStrangers reports whether the policy of a REST API certainly keeps out callers from the internet of whom nothing is
// known. Without a policy it keeps nobody out.
func refusesStrangers(api *model.Resource) bool {
	document := api.Props.Get("Policy")
	return document.IsSet() == model.Yes && strangersMay("execute-api:Invoke", document) == model.No
}

// isOff reports whether a switch is off.
func isOff(v *model.Value) bool { return v.EqualsText("false") == model.Yes }

// named is the value of a key in the arguments of a call, which are a map or a text with JSON.
func named(arguments *model.Value, key string) *model.Value {
	if parsed, err := jsontext.Parse(arguments.Settled()); err == nil {
		arguments = parsed
	}
	return arguments.Get(key)
}

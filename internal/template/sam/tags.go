package sam

import (
	"strings"

	"wardlet.example/internal/model"
	"wardlet.example/internal/template/cloudformation"
)

// tagList writes tags the way most CloudFormation types want them: a list of Key and Value.
func tagList(tags *model.Value) *model.Value {
	return each(tags, func(tags *model.Value) *model.Value {
		if tags.Kind != model.Map {
			return tags
		}
		items := make([]*model.Value, len(tags.Fields))
		for i, t := range tags.Fields {
			at := model.Origin{Pos: t.At, Via: t.Value.Origin.Via}
			items[i] = model.NewMap([]model.Field{
				cloudformation.Field("Key", text(t.Key, at)), cloudformation.Field("Value", t.Value),
			}, at)
		}
		return model.NewList(items, tags.Origin)
	})
}

// createdBy is a list of tags that begins with SAM's own.
func createdBy(key string, tags *model.Value, at model.Origin, more ...*model.Value) *model.Value {
	first := append([]*model.Value{tag(key, text("SAM", at))}, more...)
	return each(tagList(tags), func(tags *model.Value) *model.Value {
		if tags.Kind != model.List && tags.Kind != model.Absent {
			return tags
		}
		return model.NewList(append(append([]*model.Value{}, first...), tags.Items...), at)
	})
}

func tag(key string, v *model.Value) *model.Value {
	return model.NewMap([]model.Field{
		cloudformation.Field("Key", text(key, v.Origin)), cloudformation.Field("Value", v),
	}, v.Origin)
}

// taggable are the types that take over the tags of what made them.
var taggable = map[string]bool{
	"AWS::Lambda::Function": true, "AWS::StepFunctions::StateMachine": true, "AWS::IAM::Role": true, "AWS::SQS::Queue": true,
	"AWS::SNS::Topic": true, "AWS::IoT::TopicRule": true, restType: true, "AWS::ApiGateway::Stage": true,
	"AWS::ApiGateway::ApiKey": true, "AWS::ApiGateway::UsagePlan": true, "AWS::ApiGateway::DomainName": true,
	"AWS::ApiGateway::DomainNameV2": true, "AWS::ApiGateway::DomainNameAccessAssociation": true,
}

// propagateTags hands the tags of a function, state machine or REST API on to all that is made of it, where the template
// asks for that. They take the place of SAM's own.
func (x *expander) propagateTags(r *model.Resource) {
	raw := x.raw[r.ID]
	if x.types[r.ID] == "AWS::Serverless::CapacityProvider" || !strings.HasPrefix(x.types[r.ID], "AWS::Serverless::") || raw.Get("PropagateTags").Kind == model.Absent ||
		!isTrue(x.template.Resolve(raw.Get("PropagateTags"))) {
		return
	}
	tags := tagList(x.template.Resolve(raw.Get("Tags")))
	if tags.IsSet() != model.Yes {
		return
	}
	for _, made := range append([]*model.Resource{r}, x.made[r.ID]...) {
		if taggable[made.Type] && made.ID != deployRole {
			made.Props = with(made.Props, "Tags", tags)
		}
	}
}

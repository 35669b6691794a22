package sam

import (
	"wardlet.example/internal/model"
	"wardlet.example/internal/template/cloudformation"
)

// plan is what a usage plan is for: the stages of its APIs.
type plan struct {
	resource, key           *model.Resource
	dependsOn, stages, keys []*model.Value
}

// usagePlan makes a usage plan with its key: one for the API, or one that all APIs share. Of a shared one the settings of
// the last API count.
func (x *expander) usagePlan(r *model.Resource, config *model.Value) {
	owner := map[string]string{"PER_API": r.ID, "SHARED": "Serverless"}[known(config.Get("CreateUsagePlan"))]
	if owner == "" {
		return
	}
	at := config.Origin
	p := x.plans[owner]
	if p == nil {
		p = x.newPlan(r, config, owner)
	}
	p.resource.Props = planSettings(config)
	if r.Condition == nil {
		p.resource.Condition, p.key.Condition = nil, nil
	}
	x.alias(r, "UsagePlan", p.resource)
	x.alias(r, "ApiKey", p.key)
	api, stage := model.NewRef(r.ID, "", at), model.NewRef(x.aliases[r.ID+".Stage"].ID, "", at)
	var s, k fields
	s.set("ApiId", api)
	s.set("Stage", stage)
	k.set("RestApiId", api)
	k.set("StageName", stage)
	p.dependsOn = append(p.dependsOn, text(r.ID, at))
	p.stages, p.keys = append(p.stages, s.make(at)), append(p.keys, k.make(at))
}

func planSettings(config *model.Value) *model.Value {
	var f fields
	f.copy(config, "Description", "Quota", "Tags", "Throttle", "UsagePlanName")
	return f.make(config.Origin)
}

func (x *expander) newPlan(r *model.Resource, config *model.Value, owner string) *plan {
	what, at := by("UsagePlan", r), config.Origin
	p := &plan{
		resource: x.make(r, owner+"UsagePlan", "AWS::ApiGateway::UsagePlan", nil, at, what),
		key:      x.make(r, owner+"ApiKey", "AWS::ApiGateway::ApiKey", nil, at, what),
	}
	p.key.Attributes = with(p.key.Attributes, "DependsOn", texts(at, owner+"UsagePlan"))
	var f fields
	f.set("KeyId", model.NewRef(owner+"ApiKey", "", at))
	f.set("KeyType", text("API_KEY", at))
	f.set("UsagePlanId", model.NewRef(owner+"UsagePlan", "", at))
	link := x.make(r, owner+"UsagePlanKey", "AWS::ApiGateway::UsagePlanKey", f, at, what)
	link.Attributes = with(link.Attributes, "DependsOn", texts(at, owner+"ApiKey"))
	x.alias(r, "UsagePlanKey", link)
	x.plans[owner] = p
	return p
}

// settle writes the stages of all APIs into the plan and its key.
func (p *plan) settle() {
	at := p.resource.Origin
	p.resource.Props = with(p.resource.Props, "ApiStages", list(at, p.stages...))
	p.resource.Attributes = with(p.resource.Attributes, "DependsOn", list(at, p.dependsOn...))
	p.key.Props = model.NewMap([]model.Field{
		cloudformation.Field("Enabled", model.NewBool(true, at)), cloudformation.Field("StageKeys", list(at, p.keys...)),
	}, at)
}

package sam

import (
	"slices"
	"strings"

	"wardlet.example/internal/model"
	"wardlet.example/internal/template/cloudformation"
)

// What CodeDeploy needs once in a template.
const (
	deployApplication = "ServerlessDeploymentApplication"
	deployRole        = "CodeDeployServiceRole"
)

// deployment makes what shifts traffic to new versions of a function step by step. The preference stays an attribute of
// the function, where rules can see it.
func (x *expander) deployment(r *model.Resource, own *model.Value) {
	p := own.Get("DeploymentPreference")
	if p.Kind == model.Absent {
		return
	}
	r.Attributes = with(r.Attributes, "DeploymentPreference", p)
	alias := x.aliases[r.ID+".Alias"]
	if p.Kind == model.Unknown || alias == nil || known(p.Get("Enabled")) != "" && !isTrue(p.Get("Enabled")) {
		return
	}
	group := x.deploymentGroup(r, own, p)
	at := p.Origin
	var u fields
	u.set("ApplicationName", model.NewRef(deployApplication, "", at))
	u.set("DeploymentGroupName", model.NewRef(group.ID, "", at))
	u.rename(p.Get("Hooks"), "PreTraffic", "BeforeAllowTrafficHook")
	u.rename(p.Get("Hooks"), "PostTraffic", "AfterAllowTrafficHook")
	alias.Attributes = with(alias.Attributes, "UpdatePolicy", object("CodeDeployLambdaAliasUpdate", u.make(at), at))
}

func (x *expander) deploymentGroup(r *model.Resource, own, p *model.Value) *model.Resource {
	what, at := by("DeploymentPreference", r), p.Origin
	application := fields{cloudformation.Field("ComputePlatform", text("Lambda", at))}
	x.shared(r, deployApplication, "AWS::CodeDeploy::Application", application, at)

	role := p.Get("Role")
	if role.IsSet() == model.No {
		role = model.NewRef(deployRole, "Arn", at)
		var f fields
		f.set("AssumeRolePolicyDocument", trust("codedeploy.amazonaws.com", at))
		f.set("ManagedPolicyArns", texts(at, managedARN("AWSCodeDeployRoleForLambda")))
		x.shared(r, deployRole, "AWS::IAM::Role", f, at)
	}
	var f fields
	f.set("AlarmConfiguration", each(p.Get("Alarms"), alarmConfiguration))
	f.set("ApplicationName", model.NewRef(deployApplication, "", at))
	f.set("AutoRollbackConfiguration", model.NewMap([]model.Field{
		cloudformation.Field("Enabled", model.NewBool(true, at)),
		cloudformation.Field("Events", texts(at, "DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_ALARM", "DEPLOYMENT_STOP_ON_REQUEST")),
	}, at))
	f.set("DeploymentConfigName", each(p.Get("Type"), deploymentConfig))
	f.set("DeploymentStyle", model.NewMap([]model.Field{
		cloudformation.Field("DeploymentType", text("BLUE_GREEN", at)),
		cloudformation.Field("DeploymentOption", text("WITH_TRAFFIC_CONTROL", at)),
	}, at))
	f.set("ServiceRoleArn", role)
	f.copy(p, "TriggerConfigurations")
	if isTrue(own.Get("PropagateTags")) {
		f.set("Tags", tagList(own.Get("Tags")))
		x.deployTags(tagList(own.Get("Tags")))
	}
	group := x.make(r, r.ID+"DeploymentGroup", "AWS::CodeDeploy::DeploymentGroup", f, at, what)
	if !isTrue(p.Get("PassthroughCondition")) {
		group.Condition = nil
	}
	group.Attributes = model.NewMap(nil, at)
	return group
}

// shared makes a resource that all of the template share, at the first that needs it and under no condition.
func (x *expander) shared(source *model.Resource, id, kind string, f fields, at model.Origin) {
	if x.groups[id] != nil {
		return
	}
	r := x.make(source, id, kind, f, at, "SAM: deployment preferences")
	r.Condition, r.Attributes = nil, model.NewMap(nil, at)
	x.groups[id] = r
}

// deployTags adds the tags of a function that hands them on to what all deployments share.
func (x *expander) deployTags(tags *model.Value) {
	for _, t := range tags.Settled().Elements() {
		if key := known(t.Get("Key")); !x.tagged[key] {
			x.tagged[key] = true
			x.sharedTags = append(x.sharedTags, t)
		}
	}
}

// settleDeployments writes the tags of what all deployments share.
func (x *expander) settleDeployments() {
	for _, id := range []string{deployApplication, deployRole} {
		if r := x.groups[id]; r != nil && len(x.sharedTags) > 0 {
			r.Props = with(r.Props, "Tags", list(r.Origin, x.sharedTags...))
		}
	}
}

// deploymentConfig is the name that CodeDeploy has for a way to shift traffic. Names that SAM does not know are those of
// configurations in the account.
func deploymentConfig(v *model.Value) *model.Value {
	s, _ := v.Scalar()
	if slices.Contains(strings.Fields(trafficShifts), s) {
		return text("CodeDeployDefault.Lambda"+s, v.Origin)
	}
	return v
}

const trafficShifts = `Canary10Percent5Minutes Canary10Percent10Minutes Canary10Percent15Minutes Canary10Percent30Minutes
	Linear10PercentEvery1Minute Linear10PercentEvery2Minutes Linear10PercentEvery3Minutes Linear10PercentEvery10Minutes AllAtOnce`

func alarmConfiguration(alarms *model.Value) *model.Value {
	if alarms.Kind != model.List {
		return alarms
	}
	at := alarms.Origin
	var names []*model.Value
	for _, alarm := range alarms.Items {
		names = append(names, object("Name", alarm, alarm.Origin))
	}
	if len(names) == 0 {
		return model.NewAbsent(at)
	}
	return model.NewMap([]model.Field{
		cloudformation.Field("Enabled", model.NewBool(true, at)), cloudformation.Field("Alarms", model.NewList(names, at)),
	}, at)
}

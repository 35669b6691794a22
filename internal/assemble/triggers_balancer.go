package assemble

import (
	"wardlet.example/internal/model"
)

// balancer reads the functions that a target group hands requests to: one trigger for each listener that forwards to the
// group.
func (j *join) balancer(group *model.Resource) {
	for _, target := range group.Props.Get("Targets").Elements() {
		f := j.functionIn(target.Get("Id"))
		if f == nil {
			continue
		}
		found := false
		for _, r := range j.app.Resources {
			actions := map[string]string{listenerType: "DefaultActions", listenerRuleType: "Actions"}[r.Type]
			if actions != "" && j.forwards(r.Props.Get(actions), group) {
				j.listens(f, r, r.Props.Get(actions))
				found = true
			}
		}
		if !found {
			j.add(f, model.Trigger{
				Kind: model.TriggerHTTP, Detail: "load balancer " + group.ID, Source: group, Auth: "unknown", Exposure: model.Undecided, Origin: group.Origin,
			})
		}
	}
}

const (
	listenerType     = "AWS::ElasticLoadBalancingV2::Listener"
	listenerRuleType = "AWS::ElasticLoadBalancingV2::ListenerRule"
)

// forwards reports whether one of the actions hands requests to a target group.
func (j *join) forwards(actions *model.Value, group *model.Resource) bool {
	for _, a := range actions.Elements() {
		if j.source(a.Get("TargetGroupArn")) == group {
			return true
		}
		for _, g := range a.Path("ForwardConfig", "TargetGroups").Elements() {
			if j.source(g.Get("TargetGroupArn")) == group {
				return true
			}
		}
	}
	return false
}

// listens adds the requests that a listener, or a rule of one, hands to a function.
func (j *join) listens(f *model.Function, r *model.Resource, actions *model.Value) {
	listener := r
	if r.Type == listenerRuleType {
		listener = j.source(r.Props.Get("ListenerArn"), listenerType)
	}
	t := model.Trigger{Kind: model.TriggerHTTP, Detail: "load balancer", Source: listener, Target: r.Props.Get("ListenerArn"), Via: r, Origin: r.Origin}
	if paths := rulePaths(r); paths != "" {
		t.Detail += " " + paths
	}
	t.Auth, t.Exposure = "unknown", model.Undecided
	if listener != nil {
		if lb := j.source(listener.Props.Get("LoadBalancerArn"), "AWS::ElasticLoadBalancingV2::LoadBalancer"); lb != nil {
			t.Auth, t.Exposure = "none", reach(lb)
		}
	}
	for _, a := range actions.Elements() {
		kind, _ := a.Get("Type").Settled().Scalar()
		for _, config := range []string{"AuthenticateCognitoConfig", "AuthenticateOidcConfig"} {
			if a.Path(config, "OnUnauthenticatedRequest").EqualsText("allow") == model.Yes {
				kind = "" // who has not logged in comes through as well
			}
		}
		switch kind {
		case "authenticate-cognito":
			t.Auth, t.Exposure = "cognito", narrowed(t.Exposure)
		case "authenticate-oidc", "jwt-validation":
			t.Auth, t.Exposure = "jwt", narrowed(t.Exposure)
		}
	}
	j.add(f, t)
}

// reach is who can reach a load balancer: everybody, unless it is for the network of the account.
func reach(lb *model.Resource) model.Exposure {
	_, exposure := widestOf(asDeployed(lb, lb.Props.Get("Scheme")), func(scheme *model.Value) (string, model.Exposure) {
		switch s, known := scheme.Scalar(); {
		case s == "internal":
			return "", model.Account
		case known, scheme.Kind == model.Absent:
			return "", model.Public
		}
		return "", model.Undecided
	})
	return exposure
}

// narrowed is who is left of those that reach a door once it asks who they are.
func narrowed(e model.Exposure) model.Exposure {
	if e == model.Account {
		return e
	}
	return model.Authenticated
}

// rulePaths are the paths that a rule of a listener is for.
func rulePaths(rule *model.Resource) string {
	for _, c := range rule.Props.Get("Conditions").Elements() {
		values := c.Path("PathPatternConfig", "Values")
		if values.Kind == model.Absent && c.Get("Field").EqualsText("path-pattern") == model.Yes {
			values = c.Get("Values")
		}
		for _, v := range values.Elements() {
			return v.String()
		}
	}
	return ""
}

package serverless

import (
	"strings"

	"wardlet.example/internal/asl"
	"wardlet.example/internal/model"
)

// machineRole makes the role of a state machine: what its states may do is worked out from the definition, as the plugin does.
func (e *expansion) machineRole(id string, m *model.Value, at model.Origin) string {
	policy := object(at, field("PolicyName", text(e.service.Stage+"-"+e.service.Name+"-statemachine", at)),
		field("PolicyDocument", object(at, field("Version", text("2012-10-17", at)), field("Statement", e.machineStatements(m, at)))))
	assume := object(at, field("Version", text("2012-10-17", at)), field("Statement", list(at, object(at, field("Effect", text("Allow", at)),
		field("Principal", object(at, field("Service", pattern(at, "states.${AWS::Region}.amazonaws.com")))), field("Action", text("sts:AssumeRole", at))))))
	fields := []model.Field{field("AssumeRolePolicyDocument", assume), field("Policies", list(at, policy))}
	fields = set(fields, "PermissionsBoundary", e.provider.Get("rolePermissionsBoundary"))
	e.add(id+"Role", "AWS::IAM::Role", fields, at, "role of state machine "+id)
	return id + "Role"
}

// machineStatements is a list of statements, or unknown where a state uses a service that is not covered here.
func (e *expansion) machineStatements(m *model.Value, at model.Origin) *model.Value {
	for _, r := range e.made {
		e.template.Declare(r.ID)
	}
	machine, _ := asl.Parse(e.template.Resolve(m.Get("definition")))
	grants := &grants{at: at}
	for _, s := range machine.All() {
		for _, c := range []*asl.Call{s.Call, s.Reader, s.Writer} {
			if c != nil {
				grants.call(c)
			}
		}
	}
	if m.Get("loggingConfig").Kind != model.Absent {
		grants.add(text("*", at), "logs:CreateLogDelivery", "logs:GetLogDelivery", "logs:UpdateLogDelivery", "logs:DeleteLogDelivery",
			"logs:ListLogDeliveries", "logs:PutResourcePolicy", "logs:DescribeResourcePolicies", "logs:DescribeLogGroups")
	}
	if m.Get("tracingConfig").Kind != model.Absent {
		grants.add(text("*", at), "xray:PutTraceSegments", "xray:PutTelemetryRecords", "xray:GetSamplingRules", "xray:GetSamplingTargets")
	}
	statements := append(grants.statements(), m.Get("iamRoleStatements").Elements()...)
	if grants.open {
		statements = append(statements, model.NewPresent("the plugin works out what the other states may do", at))
	}
	if len(statements) == 0 { // as the console does for machines without tasks
		return list(at, object(at, field("Effect", text("Deny", at)), field("Action", text("*", at)), field("Resource", text("*", at))))
	}
	return list(at, statements...)
}

// grants gathers what states need: one statement for each set of actions.
type grants struct {
	at    model.Origin
	needs []*need
	open  bool // a state uses a service that is not covered
}

func (g *grants) add(resource *model.Value, actions ...string) {
	key := strings.Join(actions, ",")
	for _, n := range g.needs {
		if n.key == key {
			for _, r := range n.resources {
				if model.Equal(r, resource) == model.Yes {
					return
				}
			}
			n.add(resource)
			return
		}
	}
	g.needs = append(g.needs, &need{key: key, at: g.at, actions: actions, resources: []*model.Value{resource}})
}

func (g *grants) statements() []*model.Value {
	var out []*model.Value
	for _, n := range g.needs {
		out = append(out, statement(n.at, list(n.at, n.resources...), n.actions...))
	}
	return out
}

func (g *grants) call(c *asl.Call) {
	target := model.NewAbsent(g.at)
	if len(c.Targets) > 0 {
		target = c.Targets[0].Value
	}
	switch {
	case c.Kind == asl.CallFunction, c.Kind == asl.CallReference, c.Service == "lambda":
		g.function(target)
	case c.Kind == asl.CallActivity, c.Kind == asl.CallUnknown && c.Resource.Kind == model.Absent:
	case c.Service == "sqs" && c.Operation == "SendMessage":
		g.add(asARN(target, "sqs", ""), "sqs:SendMessage")
	case c.Service == "sns" && c.Operation == "Publish":
		g.add(orAny(target), "sns:Publish")
	case c.Service == "dynamodb":
		g.add(asARN(target, "dynamodb", "table/"), "dynamodb:"+c.Operation)
	case c.Service == "states" && c.Operation == "StartExecution":
		g.add(orAny(target), "states:StartExecution")
		if c.Wait == asl.Sync {
			g.add(text("*", g.at), "states:DescribeExecution", "states:StopExecution")
			g.add(pattern(g.at, "arn:${AWS::Partition}:events:${AWS::Region}:${AWS::AccountId}:rule/StepFunctionsGetEventsForStepFunctionsExecutionRule"),
				"events:PutTargets", "events:PutRule", "events:DescribeRule")
		}
	case c.Service == "events" && c.Operation == "PutEvents":
		g.add(asARN(target, "events", "event-bus/"), "events:PutEvents")
	default:
		g.open = true
	}
}

// function lets a machine call a function and its versions.
func (g *grants) function(target *model.Value) {
	if s, ok := target.Scalar(); ok && !strings.HasPrefix(s, "arn:") {
		target = pattern(g.at, "arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:"+s)
	}
	if target.Kind == model.Unknown || target.Kind == model.Absent {
		g.add(text("*", g.at), "lambda:InvokeFunction")
		return
	}
	g.add(target, "lambda:InvokeFunction")
	g.add(concat(g.at, target, text(":*", g.at)), "lambda:InvokeFunction")
}

// asARN is the ARN of a resource that a state names by URL, name or reference; anything where only the running machine knows.
func asARN(v *model.Value, service, kind string) *model.Value {
	switch s, known := v.Scalar(); {
	case v.Kind == model.Ref:
		return model.NewRef(v.Str, "Arn", v.Origin)
	case known && strings.HasPrefix(s, "arn:"):
		return v
	case known:
		return pattern(v.Origin, "arn:${AWS::Partition}:"+service+":${AWS::Region}:${AWS::AccountId}:"+kind+lastPart(s, "/"))
	}
	return text("*", v.Origin)
}

func orAny(v *model.Value) *model.Value {
	if v.Kind == model.Unknown || v.Kind == model.Absent {
		return text("*", v.Origin)
	}
	return v
}

package sam

import (
	"wardlet.example/internal/model"
)

// ruleEvent makes a rule over events of a bus.
func (x *expander) ruleEvent(e *event) {
	var f fields
	f.copy(e.props, "EventBusName")
	f.rename(e.props, "Pattern", "EventPattern")
	f.rename(e.props, "RuleName", "Name")
	f.set("State", ruleState(e.props))
	x.rule(e, f)
}

// scheduleEvent makes a rule that fires by the clock.
func (x *expander) scheduleEvent(e *event) {
	var f fields
	f.rename(e.props, "Schedule", "ScheduleExpression")
	f.copy(e.props, "Name", "Description")
	f.set("State", ruleState(e.props))
	x.rule(e, f)
}

// ruleState is the state of a rule, from State or from the older Enabled.
func ruleState(props *model.Value) *model.Value {
	enabled := each(props.Get("Enabled"), func(v *model.Value) *model.Value {
		s, ok := v.Scalar()
		switch {
		case !ok:
			return v
		case s == "true" || s == "True":
			return text("ENABLED", v.Origin)
		}
		return text("DISABLED", v.Origin)
	})
	return or(props.Get("State"), enabled)
}

// rule makes a rule with its one target, and lets EventBridge call that.
func (x *expander) rule(e *event, f fields) {
	var t fields
	if e.callsFunction() {
		t.set("Arn", e.arn())
		t.set("Id", or(e.props.Path("Target", "Id"), text(e.id()+"LambdaTarget", e.at)))
	} else {
		t.set("Arn", e.ref())
		t.set("Id", or(e.props.Path("Target", "Id"), text(e.id()+"StepFunctionsTarget", e.at)))
		t.set("RoleArn", x.callerRole(e, "events.amazonaws.com"))
	}
	t.copy(e.props, "Input", "InputPath", "InputTransformer", "RetryPolicy")
	t.set("DeadLetterConfig", x.eventDeadLetters(e))
	f.set("Targets", list(e.at, t.make(e.at)))
	x.make(e.of, e.id(), "AWS::Events::Rule", f, e.at, e.by())
	if e.callsFunction() {
		x.permitFrom(e, "events.amazonaws.com", model.NewRef(e.id(), "Arn", e.at))
	}
}

// callsFunction tells a function from a state machine.
func (e *event) callsFunction() bool { return e.of.Type != "AWS::Serverless::StateMachine" }

// callerRole makes a role by which a service calls the function or starts the state machine.
func (x *expander) callerRole(e *event, service string) *model.Value {
	action, target := "states:StartExecution", e.ref()
	if e.callsFunction() {
		action, target = "lambda:InvokeFunction", e.arn()
	}
	var f fields
	f.set("AssumeRolePolicyDocument", trust(service, e.at))
	f.copy(e.props, "PermissionsBoundary")
	f.set("Policies", list(e.at, namedPolicy(e.id()+"Policy", e.at, allowed(action, target))))
	role := x.make(e.of, e.id()+"Role", "AWS::IAM::Role", f, e.at, e.by())
	return model.NewRef(role.ID, "Arn", e.at)
}

// eventDeadLetters is where events go that could not be delivered: a queue that the event names, or one made here.
func (x *expander) eventDeadLetters(e *event) *model.Value {
	config := e.props.Get("DeadLetterConfig")
	if config.Kind == model.Absent || config.Get("Arn").Kind != model.Absent {
		return withoutType(config)
	}
	id := known(config.Get("QueueLogicalId"))
	if id == "" {
		id = e.id() + "Queue"
	}
	q := x.make(e.of, id, "AWS::SQS::Queue", nil, config.Origin, e.by())
	arn := model.NewRef(q.ID, "Arn", config.Origin)
	if e.kind != "ScheduleV2" {
		x.queuePolicy(e, "", "events.amazonaws.com", model.NewRef(e.id(), "Arn", e.at), arn, model.NewRef(q.ID, "", e.at))
	}
	return object("Arn", arn, config.Origin)
}

func withoutType(config *model.Value) *model.Value {
	if config.Kind != model.Map {
		return config
	}
	return withoutKey(config, "Type")
}

// schedulerEvent makes a schedule of EventBridge Scheduler, with the role it calls by.
func (x *expander) schedulerEvent(e *event) {
	role := e.props.Get("RoleArn")
	if role.IsSet() == model.No {
		role = x.callerRole(e, "scheduler.amazonaws.com")
	}
	var t fields
	t.set("Arn", e.ref())
	if e.callsFunction() {
		t = nil
		t.set("Arn", e.arn())
	}
	t.set("RoleArn", role)
	t.copy(e.props, "Input", "RetryPolicy")
	t.set("DeadLetterConfig", x.eventDeadLetters(e))

	var f fields
	f.copy(e.props, "ScheduleExpression", "ScheduleExpressionTimezone", "GroupName", "StartDate", "EndDate",
		"Description", "KmsKeyArn", "State")
	f.set("Name", or(e.props.Get("Name"), text(e.id(), e.at)))
	off := object("Mode", text("OFF", e.at), e.at)
	f.set("FlexibleTimeWindow", or(e.props.Get("FlexibleTimeWindow"), off))
	f.set("Target", t.make(e.at))
	x.make(e.of, e.id(), "AWS::Scheduler::Schedule", f, e.at, e.by())
}

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
		t.set("Id", or(e.props.Path("Target", "Id"), targetID(e, "LambdaTarget")))
	} else {
		t.set("Arn", e.ref())
		t.set("Id", or(e.props.Path("Target", "Id"), targetID(e, "StepFunctionsTarget")))
		t.set("RoleArn", or(e.props.Get("RoleArn"), x.startRole(e, "events.amazonaws.com")))
	}
	t.copy(e.props, "Input", "InputPath", "InputTransformer", "RetryPolicy")
	t.set("DeadLetterConfig", x.eventDeadLetters(e))
	f.set("Targets", list(e.at, t.make(e.at)))
	x.make(e.of, e.id(), "AWS::Events::Rule", f, e.at, e.by())
	if e.callsFunction() {
		x.permitFrom(e, "events.amazonaws.com", model.NewRef(e.id(), "Arn", e.at))
	}
}

// targetID names the target of a rule, in as many letters as EventBridge allows.
func targetID(e *event, suffix string) *model.Value {
	const longest = 64
	return text(e.id()[:min(len(e.id()), longest-len(suffix))]+suffix, e.at)
}

// callsFunction tells a function from a state machine.
func (e *event) callsFunction() bool { return e.of.Type != machineType }

// startRole makes a role by which a service starts the state machine; Absent where the event names one.
func (x *expander) startRole(e *event, service string) *model.Value {
	if e.props.Get("RoleArn").IsSet() == model.Yes {
		return model.NewAbsent(e.at)
	}
	id := e.id() + "Role"
	var f fields
	f.set("AssumeRolePolicyDocument", trust(service, e.at))
	f.copy(e.of.Props, "PermissionsBoundary")
	f.set("Policies", list(e.at, startPolicy(id, e)))
	role := x.make(e.of, id, "AWS::IAM::Role", f, e.at, e.by())
	return model.NewRef(role.ID, "Arn", e.at)
}

func startPolicy(id string, e *event) *model.Value {
	return namedPolicy(id+"StartExecutionPolicy", e.at, statement(text("states:StartExecution", e.at), e.ref(), e.at))
}

// schedulerRole makes a role by which a schedule calls the function or starts the state machine, and reaches the queue
// for what it could not deliver.
func (x *expander) schedulerRole(e *event, letters *model.Value) *model.Value {
	policies := []*model.Value{startPolicy(e.id(), e)}
	if e.callsFunction() {
		policies = sending(e.id(), "Lambda", e.arn())
	}
	policies = append(policies, sending(e.id(), "SQS", letters.Get("Arn"))...)
	var f fields
	f.set("AssumeRolePolicyDocument", trust("scheduler.amazonaws.com", e.at))
	f.copy(e.props, "PermissionsBoundary")
	f.set("Policies", list(e.at, policies...))
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
		x.queuePolicy(e, "", object("Service", text("events.amazonaws.com", e.at), e.at), model.NewRef(e.id(), "Arn", e.at), arn, model.NewRef(q.ID, "", e.at))
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
	letters := x.eventDeadLetters(e)
	role := e.props.Get("RoleArn")
	if role.IsSet() == model.No {
		role = x.schedulerRole(e, letters)
	}
	var t fields
	t.set("Arn", e.ref())
	if e.callsFunction() {
		t = nil
		t.set("Arn", e.arn())
	}
	t.set("RoleArn", role)
	t.copy(e.props, "Input", "RetryPolicy")
	t.set("DeadLetterConfig", letters)

	var f fields
	f.copy(e.props, "ScheduleExpression", "ScheduleExpressionTimezone", "GroupName", "StartDate", "EndDate",
		"Description", "KmsKeyArn", "State")
	if isTrue(e.props.Get("OmitName")) {
		f.copy(e.props, "Name")
	} else {
		f.set("Name", or(e.props.Get("Name"), text(e.id(), e.at)))
	}
	off := object("Mode", text("OFF", e.at), e.at)
	f.set("FlexibleTimeWindow", or(e.props.Get("FlexibleTimeWindow"), off))
	f.set("Target", t.make(e.at))
	x.make(e.of, e.id(), "AWS::Scheduler::Schedule", f, e.at, e.by())
}

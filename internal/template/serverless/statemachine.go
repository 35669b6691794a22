package serverless

import (
	"wardlet.example/internal/model"
)

// stateMachines makes the state machines of the plugin serverless-step-functions, with their http and schedule events.
func (e *expansion) stateMachines() {
	for _, f := range e.root.Path("stepFunctions", "stateMachines").Fields {
		at := fieldOrigin(f)
		id := plainName(f.Key) + "StepFunctionsStateMachine"
		fields := set([]model.Field{}, "StateMachineName", f.Value.Get("name"))
		fields = set(fields, "Definition", f.Value.Get("definition"))
		fields = set(fields, "RoleArn", f.Value.Get("role"))
		fields = set(fields, "LoggingConfiguration", capitalised(f.Value.Get("loggingConfig")))
		fields = set(fields, "StateMachineType", f.Value.Get("type"))
		if t := f.Value.Path("tracingConfig", "enabled"); t.Kind != model.Absent {
			fields = append(fields, field("TracingConfiguration", object(t.Origin, field("Enabled", t))))
		}
		e.add(id, "AWS::StepFunctions::StateMachine", fields, at, "state machine "+f.Key)
		e.machineEvents(f, id)
	}
}

func (e *expansion) machineEvents(f model.Field, id string) {
	for i, entry := range f.Value.Get("events").Elements() {
		for _, g := range entry.Fields {
			ev := event{name: g.Key, config: g.Value, at: fieldOrigin(g), function: f.Key, id: id, index: i + 1}
			switch g.Key {
			case "http":
				e.machineRoute(ev)
			case "schedule":
				target := list(ev.at, object(ev.at, field("Arn", ref(id, ev.at)), field("Id", text(f.Key, ev.at))))
				e.add(plainName(f.Key)+"StepFunctionsEventsRuleSchedule"+string(rune('1'+i%9)), "AWS::Events::Rule", []model.Field{
					field("ScheduleExpression", first(g.Value.Get("rate"), g.Value)), field("Targets", target),
				}, ev.at, ev.source())
			}
		}
	}
}

func (e *expansion) machineRoute(ev event) {
	verb, path := routeOf(ev.config)
	if path == nil {
		return
	}
	p, _ := path.Scalar()
	routes := e.restRoutes(ev.at)
	integration := object(ev.at,
		field("Type", text("AWS", ev.at)),
		field("Uri", text("arn:aws:apigateway:region:states:action/StartExecution", ev.at)),
		field("RequestTemplates", object(ev.at, field("application/json", concat(ev.at, text("stateMachineArn: ", ev.at), ref(ev.id, ev.at))))))
	routes.Method(p, verb, e.restAuth(ev), integration, ev.at, "serverless: "+ev.source())
	e.keepRoutes(routes)
}

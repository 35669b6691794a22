package serverless

import (
	"strings"

	"wardlet.example/internal/model"
)

// stateMachines makes what the plugin serverless-step-functions makes: state machines with their roles and events, and
// activities.
func (e *expansion) stateMachines() {
	section := e.root.Get("stepFunctions")
	for _, f := range section.Get("stateMachines").Fields {
		e.stateMachine(f)
	}
	for _, a := range section.Get("activities").Elements() {
		e.add(logicalName(a.String())+"StepFunctionsActivity", "AWS::StepFunctions::Activity", []model.Field{field("Name", a)}, a.Origin, "activity "+a.String())
	}
}

func (e *expansion) stateMachine(f model.Field) {
	at, m := fieldOrigin(f), f.Value
	id := logicalName(f.Key) + "StepFunctionsStateMachine"
	if custom, ok := first(m.Get("id"), m.Get("name")).Scalar(); ok && custom != "" {
		id = logicalName(custom)
	}
	role := m.Get("role")
	if role.Kind == model.Absent {
		role = arn(e.machineRole(id, m, at), at)
	}
	fields := rename([]model.Field{field("RoleArn", role)}, m, "name", "StateMachineName", "definition", "Definition", "type", "StateMachineType")
	fields = set(fields, "LoggingConfiguration", loggingConfig(m.Get("loggingConfig")))
	fields = set(fields, "Tags", tagList(overlay(e.provider.Get("tags"), m.Get("tags"))))
	if t := m.Path("tracingConfig", "enabled"); t.Kind != model.Absent {
		fields = append(fields, field("TracingConfiguration", object(t.Origin, field("Enabled", t))))
	}
	e.add(id, "AWS::StepFunctions::StateMachine", fields, at, "state machine "+f.Key)
	e.machineEvents(f, id)
}

func loggingConfig(v *model.Value) *model.Value {
	if v.Kind != model.Map {
		return v
	}
	var fields []model.Field
	fields = rename(fields, v, "level", "Level", "includeExecutionData", "IncludeExecutionData")
	var destinations []*model.Value
	for _, d := range v.Get("destinations").Elements() {
		destinations = append(destinations, object(d.Origin, field("CloudWatchLogsLogGroup", object(d.Origin, field("LogGroupArn", d)))))
	}
	if destinations != nil {
		fields = append(fields, field("Destinations", list(v.Origin, destinations...)))
	}
	return object(v.Origin, fields...)
}

func (e *expansion) machineEvents(f model.Field, id string) {
	counts := map[string]int{}
	for i, entry := range f.Value.Get("events").Elements() {
		for _, g := range entry.Fields {
			kind := g.Key
			if kind == "eventBridge" { // the same by its newer name
				kind = "cloudwatchEvent"
			}
			counts[kind]++
			ev := event{name: g.Key, config: g.Value, at: fieldOrigin(g), function: f.Key, body: f.Value, id: id, index: counts[kind], position: i + 1}
			switch g.Key {
			case "http":
				e.machineRoute(ev)
			case "schedule":
				e.machineSchedule(ev)
			case "cloudwatchEvent", "eventBridge":
				e.machineRule(ev, "EventsRuleCloudWatchEvent", "CloudWatchEvent", field("EventPattern", ev.config.Get("event")))
			default:
				e.warn(ev.at, g.Key+" is not an event of state machines", "")
			}
		}
	}
}

func (e *expansion) machineSchedule(ev event) {
	at, rate := ev.at, first(ev.config.Get("rate"), ev.config)
	if ev.config.Get("method").EqualsText("scheduler") != model.Yes {
		e.machineRule(ev, "StepFunctionsEventsRuleSchedule", "StepFunctionsSchedule", field("ScheduleExpression", rate))
		return
	}
	target := rename([]model.Field{field("Arn", ref(ev.id, at)), field("RoleArn", e.starter(ev, "scheduler.amazonaws.com"))}, ev.config, "input", "Input")
	fields := []model.Field{
		field("ScheduleExpression", rate), field("State", enabledState(ev)), field("Target", object(at, target...)),
		field("FlexibleTimeWindow", object(at, field("Mode", text("OFF", at)))),
	}
	fields = rename(fields, ev.config, "name", "Name", "description", "Description", "timezone", "ScheduleExpressionTimezone")
	e.add(numbered(logicalName(ev.function)+"StepFunctionsSchedulerSchedule", ev.index), "AWS::Scheduler::Schedule", fields, at, ev.source())
}

// machineRule makes a rule that starts a state machine.
func (e *expansion) machineRule(ev event, rule, target string, when model.Field) {
	at := ev.at
	to := []model.Field{field("Arn", ref(ev.id, at)), field("Id", text(ev.function+target, at)), field("RoleArn", e.starter(ev, "events.amazonaws.com"))}
	fields := []model.Field{when, field("State", enabledState(ev)), field("Targets", list(at, object(at, append(to, targetInput(ev)...)...)))}
	fields = rename(fields, ev.config, "name", "Name", "description", "Description", "eventBusName", "EventBusName")
	e.add(numbered(logicalName(ev.function)+rule, ev.index), "AWS::Events::Rule", fields, at, ev.source())
}

// starter is the role in which an event starts a state machine: its own, or one made here.
func (e *expansion) starter(ev event, service string) *model.Value {
	if own := first(ev.config.Get("role"), ev.config.Get("iamRole")); own.Kind != model.Absent {
		return own
	}
	id, kind := logicalName(ev.function)+"EventToStepFunctionsRole", "event"
	if ev.name == "schedule" {
		id, kind = logicalName(ev.function)+"ScheduleToStepFunctionsRole", "schedule"
	}
	e.startRole(id, service, kind, ev)
	return arn(id, ev.at)
}

// startRole makes the role in which a service starts a state machine; one role serves all events of a kind, for the service of
// the last.
func (e *expansion) startRole(id, service, kind string, ev event) {
	at := ev.at
	region := first(e.provider.Get("region"), text("us-east-1", at)).String()
	name := strings.Join([]string{e.service.Stage, region, e.service.Name, ev.function, kind}, "-")
	fields := []model.Field{
		field("AssumeRolePolicyDocument", trust(at, service)),
		field("Policies", onePolicy(at, name, []*model.Value{statement(at, ref(ev.id, at), "states:StartExecution")})),
	}
	r := e.add(id, "AWS::IAM::Role", fields, at, ev.source())
	r.Props = model.NewMap(overlay(r.Props, object(at, fields...)).Fields, r.Props.Origin)
}

func (e *expansion) machineRoute(ev event) {
	verb, path := routeOf(ev.config)
	if path == nil {
		return
	}
	p, _ := path.Scalar()
	at := ev.at
	e.add("ApigatewayToStepFunctionsRole", "AWS::IAM::Role", []model.Field{
		field("AssumeRolePolicyDocument", trust(at, "apigateway.amazonaws.com")),
		field("Policies", onePolicy(at, "apigatewaytostepfunctions", []*model.Value{statement(at, text("*", at), "states:StartExecution")})),
	}, at, ev.source())
	routes := e.restRoutes(at)
	action := first(ev.config.Get("action"), text("StartExecution", at))
	integration := object(at,
		field("Type", text("AWS", at)), field("IntegrationHttpMethod", text("POST", at)), field("PassthroughBehavior", text("NEVER", at)),
		field("Uri", pattern(at, "arn:${AWS::Partition}:apigateway:${AWS::Region}:states:action/%v", action)),
		field("Credentials", arn("ApigatewayToStepFunctionsRole", at)),
		field("RequestTemplates", object(at, field("application/json", concat(at, text(`{"input": "$util.escapeJavaScript($input.json('$'))", "stateMachineArn": "`, at), ref(ev.id, at), text(`"}`, at))))))
	method := routes.Method(strings.Trim(p, "/"), verb, e.restAuth(ev), integration, at, "serverless: "+ev.source())
	method.Props = overlay(method.Props, object(at, field("RequestParameters", object(at))))
	if cors := ev.config.Get("cors"); cors.IsSet() == model.Yes && !isOff(cors) {
		e.allowOrigins(strings.Trim(p, "/"), verb, cors, pluginCORSHeaders)
	}
	e.keepRoutes(routes)
}

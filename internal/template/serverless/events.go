package serverless

import (
	"strings"

	"fmt"

	"wardlet.example/internal/model"
	"wardlet.example/internal/template/cloudformation"
)

// event is one entry of a function's events.
type event struct {
	name     string       // http, sqs ...
	config   *model.Value // what stands below the name
	at       model.Origin
	function string       // as the service names it
	body     *model.Value // of the function
	id       string       // the function's logical ID
	index    int          // counts the events of this name and function, from 1
	position int          // counts all events of the function, from 1
}

// config is what stands below the name of an event. What only deployment knows there is a name or an ARN, so it has no
// settings.
func config(v *model.Value) *model.Value {
	if _, _, elsewhere := v.Elsewhere(); elsewhere || v.Kind == model.Unknown && strings.HasPrefix(v.Str, "${") {
		return model.NewText([]*model.Value{model.NewString("", v.Origin), v}, v.Origin)
	}
	return v
}

// source is the name that resources of an event carry.
func (ev event) source() string { return ev.name + " event of " + ev.function }

func (e *expansion) events(f model.Field, id string) {
	counts := map[string]int{}
	if len(e.strangers) > 0 && len(f.Value.Get("events").Elements()) == 0 {
		e.mayBeCalled(id, f.Value.Origin, "the plugin "+strings.Join(e.strangers, ", ")+" may add what calls it")
	}
	for i, entry := range f.Value.Get("events").Elements() {
		if entry.Kind == model.Unknown {
			e.unseen(f, id, entry)
			continue
		}
		if name, ok := entry.Scalar(); ok { // "- alexaSkill": since version 3 the framework looks for a key of that name
			if v := e.majorVersion(); name == "alexaSkill" && (v == "1" || v == "2") {
				e.permission(logicalName(f.Key)+"LambdaPermissionAlexaSkill0", f.Key, alexaPrincipal, entry.Origin)
				continue
			}
			e.warn(entry.Origin, "event "+name+" of "+f.Key+" has no settings: the framework makes nothing of it", "write "+name+": and what it needs")
		}
		for _, g := range entry.Fields {
			if g.Key != "alexaSkill" && (g.Value.Kind == model.Absent || g.Value.Kind == model.List) {
				e.unseen(f, id, model.NewUnknown("event "+g.Key+" has no settings that can be read", fieldOrigin(g)))
				continue
			}
			counts[g.Key]++
			e.event(event{g.Key, config(g.Value), fieldOrigin(g), f.Key, f.Value, id, counts[g.Key], i + 1})
		}
	}
}

// unseen notes that something may call a function that the files do not tell of.
func (e *expansion) unseen(f model.Field, id string, entry *model.Value) {
	e.mayBeCalled(id, entry.Origin, entry.Str)
	e.notes = append(e.notes, model.Diagnostic{
		Pos: entry.Origin.Pos, Level: model.Warning, Incomplete: true,
		Message: "events of " + f.Key + " are not known, so who can call it is not: " + entry.Str,
	})
}

// mayBeCalled gives a function the reason why not all that calls it is known.
func (e *expansion) mayBeCalled(id string, at model.Origin, reason string) {
	e.byID[id].Attributes = overlay(e.byID[id].Attributes, object(at, field(cloudformation.Unseen, text(reason, at))))
}

func (e *expansion) event(ev event) {
	make := eventKinds()[ev.name]
	if make == nil {
		e.warn(ev.at, ev.name+" is not an event of the framework", "if a plugin handles it, what it makes is not seen")
		return
	}
	if _, _, elsewhere := ev.config.Elsewhere(); ev.config.Kind == model.Unknown && !elsewhere {
		e.warn(ev.at, "the "+ev.name+" event of "+ev.function+" is not known: "+ev.config.Str, "")
	}
	make(e, ev)
}

// eventKinds is what each event of the framework makes.
func eventKinds() map[string]func(*expansion, event) {
	return map[string]func(*expansion, event){
		"http":                 (*expansion).httpEvent,
		"httpApi":              (*expansion).httpAPIEvent,
		"websocket":            (*expansion).websocketEvent,
		"schedule":             (*expansion).scheduleEvent,
		"sns":                  (*expansion).snsEvent,
		"sqs":                  (*expansion).sqsEvent,
		"stream":               (*expansion).streamEvent,
		"msk":                  (*expansion).mskEvent,
		"kafka":                (*expansion).kafkaEvent,
		"activemq":             (*expansion).brokerEvent,
		"rabbitmq":             (*expansion).brokerEvent,
		"s3":                   (*expansion).s3Event,
		"eventBridge":          (*expansion).eventBridgeEvent,
		"cloudwatchEvent":      (*expansion).cloudwatchEvent,
		"cloudwatchLog":        (*expansion).cloudwatchLogEvent,
		"cognitoUserPool":      (*expansion).userPoolEvent,
		"iot":                  (*expansion).iotEvent,
		"iotFleetProvisioning": (*expansion).iotFleetEvent,
		"alexaSkill":           (*expansion).alexaEvent,
		"alexaSmartHome":       (*expansion).alexaEvent,
		"alb":                  (*expansion).albEvent,
		"cloudFront":           (*expansion).cloudFrontEvent,
	}
}

func (e *expansion) scheduleEvent(ev event) {
	rates := first(ev.config.Get("rate"), ev.config)
	if ev.config.Kind == model.Map && ev.config.Get("rate").Kind == model.Absent {
		e.warn(ev.at, "the schedule event of "+ev.function+" has no rate", "write rate: rate(1 hour)")
		return
	}
	for _, rate := range rates.Elements() {
		n := e.count("schedule", ev.function)
		if ev.config.Get("method").EqualsText("scheduler") == model.Yes {
			e.scheduler(ev, rate, n)
			continue
		}
		fields := []model.Field{field("ScheduleExpression", rate), field("State", enabledState(ev)), field("Targets", e.ruleTarget(ev, "Schedule"))}
		fields = rename(fields, ev.config, "name", "Name", "description", "Description")
		id := fmt.Sprintf("%sEventsRuleSchedule%d", logicalName(ev.function), n)
		e.add(id, "AWS::Events::Rule", fields, ev.at, ev.source())
		e.permission(fmt.Sprintf("%sLambdaPermissionEventsRuleSchedule%d", logicalName(ev.function), n), ev.function,
			"events.amazonaws.com", ev.at, field("SourceArn", arn(id, ev.at)))
	}
}

// enabledState is the state of a rule, by the event's "enabled".
func enabledState(ev event) *model.Value {
	if off := ev.config.Get("enabled"); isOff(off) {
		return text("DISABLED", off.Origin)
	}
	return text("ENABLED", ev.at)
}

// scheduler makes a schedule of EventBridge Scheduler, which calls the function in the name of the function's own role.
func (e *expansion) scheduler(ev event, rate *model.Value, n int) {
	at := ev.at
	role := e.byID[ev.id].Props.Get("Role")
	target := []model.Field{field("Arn", e.target(ev.function, at)), field("RoleArn", role)}
	fields := []model.Field{
		field("ScheduleExpression", rate), field("State", enabledState(ev)),
		field("Target", object(at, set(target, "Input", ev.config.Get("input"))...)),
		field("FlexibleTimeWindow", object(at, field("Mode", text("OFF", at)))),
	}
	fields = rename(fields, ev.config, "name", "Name", "description", "Description", "timezone", "ScheduleExpressionTimezone")
	e.add(fmt.Sprintf("%sSchedulerSchedule%d", logicalName(ev.function), n), "AWS::Scheduler::Schedule", fields, at, ev.source())
	for _, use := range e.roleOf[ev.function] {
		use.scheduled = true
	}
	if e.count("scheduled", ev.function) == 1 {
		name := e.nameOf(ev.function, at)
		prefix := "arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:%v"
		e.allow(ev.function, "scheduler", at, pattern(at, prefix, name), "lambda:InvokeFunction").add(pattern(at, prefix+":*", name))
	}
}

// ruleTarget is the function as target of a rule, with what the rule hands to it.
func (e *expansion) ruleTarget(ev event, kind string) *model.Value {
	target := []model.Field{field("Arn", e.target(ev.function, ev.at)), field("Id", text(ev.function+kind, ev.at))}
	return list(ev.at, object(ev.at, append(target, targetInput(ev)...)...))
}

// targetInput is what a rule hands to its target.
func targetInput(ev event) []model.Field {
	fields := rename(nil, ev.config, "input", "Input", "inputPath", "InputPath")
	if t := ev.config.Get("inputTransformer"); t.Kind == model.Map {
		fields = append(fields, field("InputTransformer", object(t.Origin, rename(nil, t, "inputPathsMap", "InputPathsMap", "inputTemplate", "InputTemplate")...)))
	}
	if r := ev.config.Get("retryPolicy"); r.Kind == model.Map {
		fields = append(fields, field("RetryPolicy", object(r.Origin, rename(nil, r, "maximumEventAge", "MaximumEventAgeInSeconds", "maximumRetryAttempts", "MaximumRetryAttempts")...)))
	}
	if dead := ev.config.Get("deadLetterQueueArn"); dead.Kind != model.Absent {
		fields = append(fields, field("DeadLetterConfig", object(dead.Origin, field("Arn", dead))))
	}
	return fields
}

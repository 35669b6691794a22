package serverless

import (
	"fmt"
	"strings"

	"wardlet.example/internal/model"
)

// eventBridgeEvent makes the rule of an eventBridge event, and the bus where the event names one that nobody else makes.
func (e *expansion) eventBridgeEvent(ev event) {
	c, at := ev.config, ev.at
	if isOff(e.provider.Path("eventBridge", "useCloudFormation")) {
		e.customRule(ev)
		return
	}
	bus := c.Get("eventBus")
	if name, ok := bus.Scalar(); ok {
		bus = e.namedBus(ev, name, bus)
	}
	stub := fmt.Sprintf("%s-rule-%d", e.nameOf(ev.function, at), ev.position)
	rule := first(c.Get("name"), text(hashedRule(stub, fmt.Sprintf("rule-%d", ev.position)), at))
	target := []model.Field{
		field("Arn", e.target(ev.function, at)), field("Id", text(hashedRule(rule.String()+"-target", "target"), at)),
	}
	fields := []model.Field{
		field("Name", rule), field("State", enabledState(ev)), field("Targets", list(at, object(at, append(target, targetInput(ev)...)...))),
	}
	fields = set(fields, "EventBusName", bus)
	fields = rename(fields, c, "pattern", "EventPattern", "schedule", "ScheduleExpression", "description", "Description")
	id := plainName(stub) + "EventBridgeRule"
	e.add(id, "AWS::Events::Rule", fields, at, ev.source())
	path := []*model.Value{rule}
	form := "arn:${AWS::Partition}:events:${AWS::Region}:${AWS::AccountId}:rule/%v"
	if named := first(bus, c.Get("eventBus")); named.Kind != model.Absent {
		form += "/%v"
		path = []*model.Value{named, rule}
	}
	e.permission(fmt.Sprintf("%sEventBridgeLambdaPermission%d", logicalName(ev.function), ev.position), ev.function,
		"events.amazonaws.com", at, field("SourceArn", pattern(at, form, path...)))
}

// namedBus is the bus that an event names by text: the default one is absent, one by ARN exists, any other is made.
func (e *expansion) namedBus(ev event, name string, bus *model.Value) *model.Value {
	switch {
	case name == "default":
		return model.NewAbsent(bus.Origin)
	case strings.HasPrefix(name, "arn"):
		return text(name[strings.Index(name, "/")+1:], bus.Origin)
	}
	e.add(logicalName(name)+"EventBridgeEventBus", "AWS::Events::EventBus", []model.Field{field("Name", bus)}, ev.at, ev.source())
	return bus
}

// hashedRule keeps a name within 64 characters the way the framework does.
func hashedRule(name, suffix string) string {
	if len(name) <= 64 {
		return name
	}
	return hashedName(name, 64, 31-len(suffix)) + "-" + suffix
}

// customRule is a rule that a helper of the framework makes, where CloudFormation is not used for rules.
func (e *expansion) customRule(ev event) {
	c, at := ev.config, ev.at
	rules := pattern(at, "arn:${AWS::Partition}:events:${AWS::Region}:${AWS::AccountId}:rule/*")
	functions := pattern(at, "arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:*")
	token := e.addHelper(busHelper, at,
		statement(at, rules, "events:PutRule", "events:RemoveTargets", "events:PutTargets", "events:DeleteRule"),
		statement(at, functions, "lambda:AddPermission", "lambda:RemovePermission"))
	rule := first(c.Get("name"), text(fmt.Sprintf("%s-rule-%d", e.nameOf(ev.function, at), ev.position), at))
	config := rename([]model.Field{field("RuleName", rule), field("State", enabledState(ev))}, c,
		"eventBus", "EventBus", "schedule", "Schedule", "pattern", "Pattern", "input", "Input", "inputPath", "InputPath")
	e.add(fmt.Sprintf("%sCustomEventBridge%d", logicalName(ev.function), ev.position), "Custom::EventBridge", []model.Field{
		field("ServiceToken", token), field("FunctionName", e.nameOf(ev.function, at)), field("EventBridgeConfig", object(at, config...)),
	}, at, ev.source())
}

func (e *expansion) cloudwatchEvent(ev event) {
	at := ev.at
	fields := []model.Field{field("State", enabledState(ev)), field("Targets", e.ruleTarget(ev, "CloudWatchEvent"))}
	fields = rename(fields, ev.config, "event", "EventPattern", "name", "Name", "description", "Description")
	id := fmt.Sprintf("%sEventsRuleCloudWatchEvent%d", logicalName(ev.function), ev.index)
	e.add(id, "AWS::Events::Rule", fields, at, ev.source())
	e.permission(fmt.Sprintf("%sLambdaPermissionEventsRuleCloudWatchEvent%d", logicalName(ev.function), ev.index), ev.function,
		"events.amazonaws.com", at, field("SourceArn", arn(id, at)))
}

func (e *expansion) cloudwatchLogEvent(ev event) {
	c, at := ev.config, ev.at
	group := first(c.Get("logGroup"), c)
	e.logGroups[ev.function] = append(e.logGroups[ev.function], group)
	e.add(fmt.Sprintf("%sLogsSubscriptionFilterCloudWatchLog%d", logicalName(ev.function), ev.index), "AWS::Logs::SubscriptionFilter", []model.Field{
		field("LogGroupName", group), field("FilterPattern", first(c.Get("filter"), text("", at))), field("DestinationArn", e.target(ev.function, at)),
	}, at, ev.source())
	id := logicalName(ev.function) + "LambdaPermissionLogsSubscriptionFilterCloudWatchLog"
	source := pattern(at, "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:%v:*", commonGroups(e.logGroups[ev.function]))
	e.permission(id, ev.function, "logs.amazonaws.com", at, field("SourceArn", source))
	r := e.byID[id]
	r.Props = overlay(r.Props, object(at, field("SourceArn", source), field("Principal", pattern(at, "logs.${AWS::Region}.amazonaws.com"))))
}

// commonGroups is a name that stands for several log groups: what they begin with alike, and a star.
func commonGroups(groups []*model.Value) *model.Value {
	if len(groups) == 1 {
		return groups[0]
	}
	common := groups[0].String()
	for _, g := range groups[1:] {
		s := g.String()
		n := 0
		for n < len(common) && n < len(s) && common[n] == s[n] {
			n++
		}
		common = common[:n]
	}
	return text(strings.TrimSuffix(common, "*")+"*", groups[0].Origin)
}

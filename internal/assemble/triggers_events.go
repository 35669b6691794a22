package assemble

import (
	"strings"

	"wardlet.example/internal/asl"
	"wardlet.example/internal/model"
)

func (j *join) mapping(r *model.Resource) {
	f := j.functionIn(r.Props.Get("FunctionName"))
	if f == nil {
		return
	}
	arn := r.Props.Get("EventSourceArn")
	t := model.Trigger{Kind: model.TriggerStream, Source: j.source(arn), Target: arn, Via: r, Exposure: model.Internal, Origin: r.Origin}
	if filter := r.Props.Get("FilterCriteria"); filter.Kind != model.Absent {
		t.Filter = filter
	}
	t.Kind = mappingKind(t.Source, arn)
	if t.Source != nil && t.Source.Type == "AWS::SQS::Queue" && j.everybodyMay("sqs:SendMessage", t.Source) {
		t.Exposure = model.Public
	}
	t.Off = isOff(r.Props.Get("Enabled"))
	if t.Source == nil {
		t.Kind = declaredKind(r.Attributes.Get("EventType"), t.Kind)
	}
	t.Detail = nodeName(t.Source, arn)
	if t.Detail == "" {
		t.Detail = strings.Join(texts(r.Props.Get("Topics").Elements()), ", ")
	}
	j.add(f, t)
}

func texts(values []*model.Value) []string {
	var out []string
	for _, v := range values {
		out = append(out, v.String())
	}
	return out
}

// declaredKind is the kind of a mapping whose source is not known, by the event that it was declared as.
func declaredKind(event *model.Value, otherwise model.TriggerKind) model.TriggerKind {
	switch s, _ := event.Scalar(); s {
	case "SQS", "MQ", "Activemq", "Rabbitmq":
		return model.TriggerQueue
	case "":
		return otherwise
	}
	return model.TriggerStream
}

func mappingKind(source *model.Resource, arn *model.Value) model.TriggerKind {
	if source != nil {
		switch source.Type {
		case "AWS::SQS::Queue", "AWS::AmazonMQ::Broker":
			return model.TriggerQueue
		}
		return model.TriggerStream
	}
	if arn.ContainsText(":sqs:") == model.Yes || arn.ContainsText(":mq:") == model.Yes {
		return model.TriggerQueue
	}
	return model.TriggerStream
}

// nodeName is how a source is called: its logical ID, or the end of its ARN.
func nodeName(r *model.Resource, v *model.Value) string {
	if r != nil {
		return r.ID
	}
	if v == nil || v.Kind == model.Absent {
		return ""
	}
	s := v.Settled().String()
	return s[strings.LastIndexAny(s, ":")+1:]
}

func (j *join) subscription(r *model.Resource) {
	if r.Props.Get("Protocol").EqualsText("lambda") == model.No {
		return
	}
	topic := r.Props.Get("TopicArn")
	t := model.Trigger{Kind: model.TriggerTopic, Source: j.source(topic, "AWS::SNS::Topic"), Target: topic, Via: r, Exposure: model.Internal, Origin: r.Origin}
	t.Detail = nodeName(t.Source, topic)
	if t.Source != nil && j.everybodyMay("sns:Publish", t.Source) {
		t.Exposure = model.Public
	}
	if filter := r.Props.Get("FilterPolicy"); filter.Kind != model.Absent {
		t.Filter = filter
	}
	j.add(j.functionIn(r.Props.Get("Endpoint")), t)
}

// topic reads the subscriptions written inside a topic.
func (j *join) topic(r *model.Resource) {
	for _, s := range r.Props.Get("Subscription").Elements() {
		if s.Get("Protocol").EqualsText("lambda") == model.Yes {
			t := model.Trigger{Kind: model.TriggerTopic, Detail: r.ID, Source: r, Exposure: model.Internal, Origin: s.Origin}
			if j.everybodyMay("sns:Publish", r) {
				t.Exposure = model.Public
			}
			if filter := s.Get("FilterPolicy"); filter.Kind != model.Absent {
				t.Filter = filter
			}
			j.add(j.functionIn(s.Get("Endpoint")), t)
		}
	}
}

// writers is who can put objects into a bucket: everybody where its ACL or policy says so, else only the application.
func (j *join) writers(r *model.Resource) model.Exposure {
	if r.Props.Get("AccessControl").EqualsText("PublicReadWrite") == model.Yes {
		return model.Public
	}
	for _, p := range j.app.Resources {
		if p.Type != "AWS::S3::BucketPolicy" || j.source(p.Props.Get("Bucket"), "AWS::S3::Bucket") != r {
			continue
		}
		for _, g := range p.Props.Path("PolicyDocument", "Statement").Elements() {
			if letsAnyoneWrite(g) {
				return model.Public
			}
		}
	}
	return model.Internal
}

// letsAnyoneWrite reports whether a statement of a bucket policy lets everybody put objects, without any condition.
func letsAnyoneWrite(statement *model.Value) bool {
	principal := statement.Get("Principal")
	if principal.Kind == model.Map {
		principal = principal.Get("AWS")
	}
	if statement.Get("Effect").EqualsText("Allow") != model.Yes || statement.Get("Condition").IsSet() != model.No {
		return false
	}
	return anyText(principal, "*") && (anyText(statement.Get("Action"), "s3:PutObject") || anyText(statement.Get("Action"), "s3:Put*") ||
		anyText(statement.Get("Action"), "s3:*") || anyText(statement.Get("Action"), "*"))
}

func anyText(v *model.Value, want string) bool {
	for _, e := range v.Elements() {
		if e.EqualsText(want) == model.Yes {
			return true
		}
	}
	return false
}

func (j *join) bucket(r *model.Resource) {
	for _, n := range r.Props.Path("NotificationConfiguration", "LambdaConfigurations").Elements() {
		t := model.Trigger{
			Kind: model.TriggerObject, Detail: r.ID + " " + n.Get("Event").String(), Source: r, Exposure: j.writers(r), Origin: n.Origin,
		}
		if filter := n.Get("Filter"); filter.Kind != model.Absent {
			t.Filter = filter
		}
		j.add(j.functionIn(n.Get("Function")), t)
	}
}

// existingBucket is a bucket outside the application that the Serverless Framework attaches a function to.
func (j *join) existingBucket(r *model.Resource) {
	name := r.Props.Get("BucketName")
	for _, n := range r.Props.Get("BucketConfigs").Elements() {
		t := model.Trigger{
			Kind: model.TriggerObject, Detail: name.String() + " " + n.Get("Event").String(), Source: j.source(name, "AWS::S3::Bucket"),
			Target: name, Exposure: model.Internal, Origin: r.Origin, Via: r,
		}
		if rules := n.Get("Rules"); len(rules.Elements()) > 0 {
			t.Filter = rules
		}
		j.add(j.functionIn(r.Props.Get("FunctionName")), t)
	}
}

// existingPool is a user pool outside the application that the Serverless Framework attaches a function to.
func (j *join) existingPool(r *model.Resource) {
	name := r.Props.Get("UserPoolName")
	j.add(j.functionIn(r.Props.Get("FunctionName")), model.Trigger{
		Kind: model.TriggerUserPool, Detail: name.String(), Source: j.source(name, "AWS::Cognito::UserPool"), Target: name,
		Exposure: model.Public, Origin: r.Origin, Via: r,
	})
}

func (j *join) rule(r *model.Resource) {
	for _, target := range r.Props.Get("Targets").Elements() {
		t := model.Trigger{Kind: model.TriggerBus, Source: r, Via: r, Exposure: model.Internal, Origin: r.Origin, Detail: r.ID}
		t.Off = r.Props.Get("State").EqualsText("DISABLED") == model.Yes
		if s := r.Props.Get("ScheduleExpression"); s.Kind != model.Absent {
			t.Kind, t.Detail = model.TriggerSchedule, s.String()
		}
		if p := r.Props.Get("EventPattern"); p.Kind != model.Absent {
			t.Filter = p
			t.Detail = patternName(p, r.ID)
		}
		j.add(j.functionIn(target.Get("Arn")), t)
	}
}

// patternName says in short what an event pattern lets through.
func patternName(p *model.Value, id string) string {
	parts := append(texts(p.Get("source").Elements()), texts(p.Get("detail-type").Elements())...)
	if len(parts) == 0 {
		return id
	}
	return strings.Join(parts, " / ")
}

func (j *join) schedule(r *model.Resource) {
	target := r.Props.Path("Target", "Arn")
	if target.ContainsText(":aws-sdk:lambda:invoke") == model.Yes {
		target = named(r.Props.Path("Target", "Input"), "FunctionName")
	}
	j.add(j.functionIn(target), model.Trigger{
		Kind: model.TriggerSchedule, Detail: r.Props.Get("ScheduleExpression").String(), Source: r, Via: r, Exposure: model.Internal, Origin: r.Origin,
		Off: r.Props.Get("State").EqualsText("DISABLED") == model.Yes,
	})
}

// beforeLogin are triggers that run for whoever tries to log in.
var beforeLogin = map[string]bool{"UserMigration": true, "PreAuthentication": true, "DefineAuthChallenge": true, "CreateAuthChallenge": true, "VerifyAuthChallengeResponse": true}

// fileServer is the function that decides who may log in to a file server.
func (j *join) fileServer(r *model.Resource) {
	exposure := model.Public
	if r.Props.Get("EndpointType").EqualsText("VPC") == model.Yes || r.Props.Get("EndpointType").EqualsText("VPC_ENDPOINT") == model.Yes {
		exposure = model.Account
	}
	j.add(j.functionIn(r.Props.Path("IdentityProviderDetails", "Function")), model.Trigger{
		Kind: model.TriggerAuthorizer, Detail: "logins to " + r.ID, Source: r, Via: r, Exposure: exposure, Origin: r.Origin,
	})
}

func (j *join) userPool(r *model.Resource) {
	exposure := model.Public // anyone can sign up and sign in, unless only administrators create users
	if r.Props.Path("AdminCreateUserConfig", "AllowAdminCreateUserOnly").EqualsText("true") == model.Yes {
		exposure = model.Authenticated
	}
	for _, f := range r.Props.Get("LambdaConfig").Fields {
		t := model.Trigger{Kind: model.TriggerUserPool, Detail: r.ID + " " + f.Key, Source: r, Exposure: exposure, Origin: model.Origin{Pos: f.At}}
		if beforeLogin[f.Key] {
			t.Exposure = model.Public
		}
		j.add(j.functionIn(f.Value), t)
	}
}

func (j *join) logs(r *model.Resource) {
	j.add(j.functionIn(r.Props.Get("DestinationArn")), model.Trigger{
		Kind: model.TriggerLogs, Detail: r.Props.Get("LogGroupName").String(), Source: j.source(r.Props.Get("LogGroupName")), Via: r, Exposure: model.Internal, Origin: r.Origin,
	})
}

func (j *join) iot(r *model.Resource) {
	for _, a := range r.Props.Path("TopicRulePayload", "Actions").Elements() {
		j.add(j.functionIn(a.Path("Lambda", "FunctionArn")), model.Trigger{
			Kind: model.TriggerIoT, Detail: r.Props.Path("TopicRulePayload", "Sql").String(), Source: r, Via: r, Exposure: model.Authenticated, Origin: r.Origin,
		})
	}
	j.add(j.functionIn(r.Props.Path("PreProvisioningHook", "TargetArn")), model.Trigger{
		Kind: model.TriggerIoT, Detail: r.ID, Source: r, Via: r, Exposure: model.Authenticated, Origin: r.Origin,
	})
}

// stateMachine reads which functions the tasks of a state machine call. Where the definition is kept elsewhere, the
// functions that are put into it count as called.
func (j *join) stateMachine(r *model.Resource) {
	machine, problems, known := asl.FromProperties(r.Props)
	j.notes = append(j.notes, problems...)
	if !known {
		for _, ref := range r.Props.Get("DefinitionSubstitutions").Refs() {
			j.addState(j.functionByID(ref.Str), r, r.Origin)
		}
		return
	}
	for _, s := range machine.All() {
		if s.Call == nil || s.Call.Kind == asl.CallIntegration && s.Call.Service != "lambda" {
			continue
		}
		for _, t := range s.Call.Targets {
			j.addState(j.functionIn(t.Value), r, s.Origin)
		}
	}
}

func (j *join) addState(f *model.Function, r *model.Resource, at model.Origin) {
	if f == nil || j.added[stateCall{f, r}] {
		return
	}
	if j.added == nil {
		j.added = map[stateCall]bool{}
	}
	j.added[stateCall{f, r}] = true
	if at.File == "" {
		at = r.Origin
	}
	j.add(f, model.Trigger{Kind: model.TriggerState, Detail: r.ID, Source: r, Exposure: model.Internal, Origin: at})
}

func (j *join) destination(r *model.Resource) {
	for _, key := range []string{"OnSuccess", "OnFailure"} {
		j.add(j.functionIn(r.Props.Path("DestinationConfig", key, "Destination")), model.Trigger{
			Kind: model.TriggerDirect, Detail: "destination of " + nodeName(j.source(r.Props.Get("FunctionName")), r.Props.Get("FunctionName")),
			Source: j.functionResource(r.Props.Get("FunctionName")), Exposure: model.Internal, Origin: r.Origin, Via: r,
		})
	}
}

// functionResource is the resource of the function that a value means; nil if there is none.
func (j *join) functionResource(v *model.Value) *model.Resource {
	if f := j.functionIn(v); f != nil {
		return f.Resource
	}
	return nil
}

func (j *join) rotation(r *model.Resource) {
	j.add(j.functionIn(r.Props.Get("RotationLambdaARN")), model.Trigger{
		Kind: model.TriggerDirect, Detail: "secret rotation", Source: j.source(r.Props.Get("SecretId")), Exposure: model.Internal, Origin: r.Origin,
	})
}

func (j *join) alarm(r *model.Resource) {
	for _, key := range []string{"AlarmActions", "OKActions", "InsufficientDataActions"} {
		for _, a := range r.Props.Get(key).Elements() {
			j.add(j.functionIn(a), model.Trigger{Kind: model.TriggerAlarm, Detail: r.ID, Source: r, Exposure: model.Internal, Origin: r.Origin})
		}
	}
}

func (j *join) pipe(r *model.Resource) {
	source := r.Props.Get("Source")
	for _, key := range []string{"Target", "Enrichment"} {
		j.add(j.functionIn(r.Props.Get(key)), model.Trigger{
			Kind: mappingKind(j.source(source), source), Detail: nodeName(j.source(source), source) + " through " + r.ID,
			Source: j.source(source), Target: source, Via: r, Exposure: model.Internal, Origin: r.Origin,
		})
	}
}

func (j *join) delivery(r *model.Resource) {
	for _, dest := range r.Props.Fields {
		for _, p := range dest.Value.Path("ProcessingConfiguration", "Processors").Elements() {
			j.add(j.functionIn(p.Get("Parameters")), model.Trigger{
				Kind: model.TriggerStream, Detail: r.ID, Source: r, Exposure: model.Internal, Origin: r.Origin,
			})
		}
	}
}

func (j *join) mail(r *model.Resource) {
	for _, a := range r.Props.Path("Rule", "Actions").Elements() {
		j.add(j.functionIn(a.Path("LambdaAction", "FunctionArn")), model.Trigger{
			Kind: model.TriggerDirect, Detail: "mail received by " + r.ID, Source: r, Exposure: model.Public, Origin: r.Origin,
		})
	}
}

// anyDirect is for services that call functions named anywhere in their properties.
func (j *join) anyDirect(r *model.Resource) {
	seen := map[string]bool{}
	for _, ref := range r.Props.Refs() {
		if f := j.functionByID(ref.Str); f != nil && !seen[f.ID] {
			seen[f.ID] = true
			j.add(f, model.Trigger{Kind: model.TriggerDirect, Detail: r.ID, Source: r, Exposure: model.Internal, Origin: r.Origin})
		}
	}
}

// iotAuthorizer is asked for every client that connects; its answer is waited for.
func (j *join) iotAuthorizer(r *model.Resource) {
	j.add(j.functionIn(r.Props.Get("AuthorizerFunctionArn")), model.Trigger{
		Kind: model.TriggerAuthorizer, Detail: r.ID, Source: r, Via: r, Exposure: model.Public, Origin: r.Origin,
	})
}

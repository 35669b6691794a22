package sam

import (
	"strconv"
	"strings"

	"wardlet.example/internal/model"
)

const connectorType = "AWS::Serverless::Connector"

// connection is one connector: a resource of its own, or an entry of Connectors of its source.
type connection struct {
	id, by      string
	owner       *model.Resource // what the made resources follow in the list
	props       *model.Value
	source      *model.Value // the reference to the source
	at          model.Origin
	permissions []*model.Value
}

// end is one end of a connector.
type end struct {
	kind                          string
	arn, role, url, name, address *model.Value
	origin                        model.Origin
}

// connectors replaces connectors by what allows their source to use their destinations. One that cannot be followed
// stays, with a diagnostic.
func (x *expander) connectors() {
	var all []connection
	for _, r := range x.sources {
		if r.Type == connectorType {
			all = append(all, connection{
				id: r.ID, by: "SAM: connector " + r.ID, owner: r, props: r.Props, source: r.Props.Get("Source"), at: r.Origin,
			})
		}
		all = append(all, x.embedded(r)...)
	}
	if len(all) == 0 {
		return
	}
	known := map[string]*model.Resource{}
	for _, r := range x.ordered() {
		known[r.ID] = r
	}
	followed := map[string]bool{}
	for _, c := range all {
		c.permissions = c.props.Get("Permissions").Settled().Elements()
		done := x.connect(c, known)
		if before, again := followed[c.owner.ID]; again {
			done = done && before
		}
		followed[c.owner.ID] = done
	}
	for _, r := range x.sources {
		switch {
		case !followed[r.ID]:
		case r.Type == connectorType:
			x.replaced[r.ID] = true
		default:
			r.Attributes = withoutKey(r.Attributes, "Connectors")
		}
	}
}

// embedded lists the connectors that stand in their source.
func (x *expander) embedded(r *model.Resource) []connection {
	connectors := r.Attributes.Get("Connectors").Settled()
	if wrongKind(connectors) {
		x.warn(connectors.Origin, "the Connectors of "+r.ID+" are a "+connectors.Kind.String()+", not a map: they are not read",
			"write Connectors: {Name: {Properties: {Destination: {Id: ...}, Permissions: [Read]}}}")
	}
	var out []connection
	for _, f := range connectors.Fields {
		at := model.Origin{Pos: f.At, Via: f.Value.Origin.Via}
		props := f.Value.Get("Properties").Settled()
		source := with(props.Get("SourceReference"), "Id", text(r.ID, at))
		out = append(out, connection{
			id: r.ID + f.Key, by: by("connector "+f.Key, r), owner: r, props: props, source: source, at: at,
		})
	}
	return out
}

// connect makes what each destination takes; it reports whether all of it is made.
func (x *expander) connect(c connection, known map[string]*model.Resource) bool {
	destinations := c.props.Get("Destination").Settled()
	several := destinations.Kind == model.List
	done := len(destinations.Elements()) > 0
	if !done {
		x.notSeen(c, c.at, "it has no Destination")
	}
	for i, d := range destinations.Elements() {
		suffix := ""
		if several {
			suffix = "Destination" + strconv.Itoa(i)
		}
		source, why := endOf(c.source.Settled(), d.Settled(), known)
		destination, whyNot := endOf(d.Settled(), c.source.Settled(), known)
		switch {
		case why != "":
			x.notSeen(c, c.source.Origin, "its source "+why)
		case whyNot != "":
			x.notSeen(c, d.Origin, "its destination "+whyNot)
		default:
			why = x.allow(c, suffix, source, destination)
			if why != "" {
				x.notSeen(c, d.Origin, why)
			}
		}
		done = done && why == "" && whyNot == ""
	}
	return done
}

func (x *expander) notSeen(c connection, at model.Origin, why string) {
	x.warn(at, "what connector "+c.id+" permits is not seen: "+why,
		"check its Source, Destination and Permissions, or write the permissions as a policy")
}

// canonical says what the ends of a connector become.
var canonical = map[string]string{
	"AWS::Serverless::Api": restType, "AWS::Serverless::HttpApi": "AWS::ApiGatewayV2::Api",
	"AWS::Serverless::Function": "AWS::Lambda::Function", "AWS::Serverless::SimpleTable": "AWS::DynamoDB::Table",
	"AWS::Serverless::StateMachine": "AWS::StepFunctions::StateMachine",
	"AWS::Serverless::GraphQLApi":   "AWS::AppSync::GraphQLApi",
}

// endOf reads one end of a connector: a resource of the template, or one that is described by its type and ARN. It says
// why where neither is there.
func endOf(ref, other *model.Value, known map[string]*model.Resource) (end, string) {
	at := ref.Origin
	none := model.NewAbsent(at)
	id, ok := ref.Get("Id").Settled().Scalar()
	if !ok {
		kind, _ := ref.Get("Type").Settled().Scalar()
		if kind == "" {
			return end{}, "names neither Id nor Type"
		}
		if to := canonical[kind]; to != "" {
			kind = to
		}
		return end{
			kind: kind, arn: ref.Get("Arn"), role: ref.Get("RoleName"), url: ref.Get("QueueUrl"), name: ref.Get("Name"),
			address: address(ref.Get("ResourceId"), ref, at), origin: at,
		}, ""
	}
	r := known[id]
	if r == nil {
		return end{}, id + " is not a resource of this template"
	}
	at = ref.Get("Id").Origin
	e := end{kind: r.Type, arn: model.NewRef(id, "Arn", at), role: none, url: none, name: none, address: none, origin: at}
	switch r.Type {
	case "AWS::SNS::Topic":
		e.arn = model.NewRef(id, "", at)
	case "AWS::SQS::Queue":
		e.url = model.NewRef(id, "", at)
	case "AWS::Lambda::Function":
		e.role = roleName(r.Props.Get("Role"), at)
	case "AWS::StepFunctions::StateMachine":
		e.role, e.name = roleName(r.Props.Get("RoleArn"), at), model.NewRef(id, "Name", at)
	case "AWS::AppSync::DataSource":
		e.role = roleName(r.Props.Get("ServiceRoleArn"), at)
	case "AWS::Events::Rule":
		e.role = ruleRole(r, other, at)
	case restType, "AWS::ApiGatewayV2::Api":
		e.address = address(model.NewRef(id, "", at), ref, at)
	case "AWS::AppSync::GraphQLApi":
		e.address = model.NewRef(id, "ApiId", at)
	}
	return e, ""
}

// address is what of an API calls: all of it unless a Qualifier says which route.
func address(id, ref *model.Value, at model.Origin) *model.Value {
	if id.Kind == model.Absent || id.Attr != "" {
		return id
	}
	parts := []*model.Value{id, text("/", at), or(ref.Get("Qualifier"), text("*", at))}
	return joinedText(parts, at)
}

// roleName is the name of a role of the template that a resource has; Absent where it has another.
func roleName(role *model.Value, at model.Origin) *model.Value {
	return each(role, func(role *model.Value) *model.Value {
		if role.Kind != model.Ref {
			return model.NewAbsent(at)
		}
		return model.NewRef(role.Str, "", at)
	})
}

// ruleRole is the role by which a rule calls one of its targets.
func ruleRole(rule *model.Resource, target *model.Value, at model.Origin) *model.Value {
	id := known(target.Get("Id"))
	for _, t := range rule.Props.Get("Targets").Elements() {
		arn := t.Settled().Get("Arn").Settled()
		if id != "" && arn.Kind == model.Ref && arn.Str == id || model.Equal(arn, target.Get("Arn")) == model.Yes {
			return roleName(t.Settled().Get("RoleArn"), at)
		}
	}
	return model.NewAbsent(at)
}

// allow makes what lets the source use the destination; otherwise it says why not.
func (x *expander) allow(c connection, suffix string, source, destination end) string {
	pair := short(source.kind) + " to " + short(destination.kind)
	p, ok := profiles[pair]
	if !ok {
		return "connectors from " + pair + " are not known"
	}
	granted := map[string]model.Origin{}
	for _, v := range c.permissions {
		s := known(v)
		if len(p.access[s]) == 0 {
			return "no connector from " + pair + " has the permission " + strconv.Quote(s)
		}
		granted[s] = v.Origin
	}
	if len(granted) == 0 {
		return "it has no Permissions"
	}
	of, about := source, destination
	if p.reverse {
		of, about = destination, source
	}
	parts := map[string]*model.Value{"Arn": about.arn, "Name": about.name, "Address": about.address}
	var statements []*model.Value
	for _, category := range []string{"Read", "Write"} {
		at, ok := granted[category]
		if !ok {
			continue
		}
		for _, g := range p.access[category] {
			if missing := missingPart(g, parts); missing != "" {
				return "the " + missing + " of " + short(about.kind) + " is not given"
			}
			statements = append(statements, g.statement(func(name string) *model.Value { return parts[name] }, at))
		}
	}
	return x.grantConnection(c, suffix, p, of, statements)
}

func missingPart(g grant, parts map[string]*model.Value) string {
	for name, v := range parts {
		if v.IsSet() == model.No && strings.Contains(g.resources, "${"+name+"}") {
			return name
		}
	}
	return ""
}

// grantConnection makes a policy of the role, or of what is called, of statements about the other end.
func (x *expander) grantConnection(c connection, suffix string, p profile, of end, statements []*model.Value) string {
	at := statements[0].Origin
	var f fields
	switch p.service {
	case "":
		if of.role.IsSet() == model.No {
			return "the role of " + short(of.kind) + " is not in this template"
		}
		f.set("PolicyDocument", document(at, statements...))
		f.set("Roles", list(at, of.role))
		x.make(c.owner, c.id+"Policy"+suffix, "AWS::IAM::ManagedPolicy", f, c.at, c.by)
		return ""
	}
	if of.arn.IsSet() == model.No {
		return "the Arn of " + short(of.kind) + " is not given"
	}
	caller := statements[0].Get("Resource").Elements()[0]
	principal := text(p.service+".amazonaws.com", at)
	if of.kind == "AWS::Lambda::Function" {
		f.set("Action", text("lambda:InvokeFunction", at))
		f.set("FunctionName", of.arn)
		f.set("Principal", principal)
		f.set("SourceArn", caller)
		if p.service == "s3" {
			f.set("SourceAccount", model.NewRef("AWS::AccountId", "", at))
		}
		x.make(c.owner, c.id+"WriteLambdaPermission"+suffix, "AWS::Lambda::Permission", f, c.at, c.by)
		return ""
	}
	var s fields
	s.set("Effect", text("Allow", at))
	s.set("Principal", object("Service", principal, at))
	s.set("Action", statements[0].Get("Action").Elements()[0])
	s.set("Resource", of.arn)
	s.set("Condition", object("ArnEquals", object("aws:SourceArn", caller, at), at))
	kind, key, what, where := "AWS::SNS::TopicPolicy", "Topics", "TopicPolicy", of.arn
	if of.kind == "AWS::SQS::Queue" {
		kind, key, what, where = "AWS::SQS::QueuePolicy", "Queues", "QueuePolicy", of.url
	}
	if where.IsSet() == model.No {
		return "the QueueUrl of " + short(of.kind) + " is not given"
	}
	f.set("PolicyDocument", document(at, s.make(at)))
	f.set(key, list(at, where))
	x.make(c.owner, c.id+what+suffix, kind, f, c.at, c.by)
	return ""
}

// short is a type without AWS:: before it.
func short(kind string) string { return strings.TrimPrefix(kind, "AWS::") }

// profile says what a connector between two types makes. A policy of the role of its source, about the destination; of its
// destination, about the source, where it is in reverse. With a service, it is the destination itself that lets the
// service in on behalf of the source, and the resource of the grant is that source.
type profile struct {
	reverse bool
	service string
	access  map[string][]grant // by permission: Read, Write
}

func write(grants ...grant) profile { return profile{access: map[string][]grant{"Write": grants}} }

func readWrite(read, write []grant) profile {
	return profile{access: map[string][]grant{"Read": read, "Write": write}}
}

// letIn is a profile of a destination that lets a service in.
func letIn(service, action, source string) profile {
	return profile{reverse: true, service: service,
		access: map[string][]grant{"Write": {{actions: action, resources: source}}}}
}

const (
	arn        = "${Arn}"
	apiRoute   = "~execute-api:${Address}"
	executions = "~states:execution:${Name}:*"
	syncRule   = "~events:rule/StepFunctionsGetEventsForStepFunctionsExecutionRule"
)

var (
	invokeGrant = grant{actions: "lambda:InvokeAsync InvokeFunction", resources: arn}
	putEvents   = grant{actions: "events:PutEvents", resources: arn}
	publish     = grant{actions: "sns:Publish", resources: arn}
	startStates = grant{actions: "states:StartExecution", resources: arn}
	stopStates  = grant{actions: "states:StopExecution", resources: executions}

	useTable = readWrite(
		[]grant{{actions: "dynamodb:GetItem Query Scan BatchGetItem ConditionCheckItem PartiQLSelect",
			resources: arn + " " + arn + "/index/*"}},
		[]grant{{actions: "dynamodb:PutItem UpdateItem DeleteItem BatchWriteItem PartiQLDelete PartiQLInsert PartiQLUpdate",
			resources: arn + " " + arn + "/index/*"}})
	useBucket = readWrite(
		[]grant{{actions: "s3:GetObject GetObjectAcl GetObjectLegalHold GetObjectRetention GetObjectTorrent " +
			"GetObjectVersion GetObjectVersionAcl GetObjectVersionForReplication GetObjectVersionTorrent ListBucket " +
			"ListBucketMultipartUploads ListBucketVersions ListMultipartUploadParts", resources: arn + " " + arn + "/*"}},
		[]grant{{actions: "s3:AbortMultipartUpload DeleteObject DeleteObjectVersion PutObject PutObjectLegalHold " +
			"PutObjectRetention RestoreObject", resources: arn + " " + arn + "/*"}})
)

// profiles are the connectors that SAM has, from the page "AWS SAM connector reference" of the AWS SAM developer guide.
var profiles = map[string]profile{
	"Lambda::Function to DynamoDB::Table": useTable,
	"Lambda::Function to S3::Bucket":      useBucket,
	"Lambda::Function to SQS::Queue": readWrite(
		[]grant{{actions: "sqs:ReceiveMessage GetQueueAttributes", resources: arn}},
		[]grant{{actions: "sqs:DeleteMessage SendMessage ChangeMessageVisibility PurgeQueue", resources: arn}}),
	"Lambda::Function to SNS::Topic":       write(publish),
	"Lambda::Function to Lambda::Function": write(invokeGrant),
	"Lambda::Function to Events::EventBus": write(putEvents),
	"Lambda::Function to StepFunctions::StateMachine": readWrite(
		[]grant{{actions: "states:DescribeStateMachine ListExecutions", resources: arn},
			{actions: "states:DescribeExecution DescribeStateMachineForExecution GetExecutionHistory", resources: executions}},
		[]grant{{actions: "states:StartExecution StartSyncExecution", resources: arn}, stopStates}),
	"Lambda::Function to Location::PlaceIndex": {access: map[string][]grant{"Read": {{
		actions: "geo:DescribePlaceIndex GetPlace SearchPlaceIndexForPosition SearchPlaceIndexForSuggestions " +
			"SearchPlaceIndexForText", resources: arn}}}},

	"StepFunctions::StateMachine to Lambda::Function": write(invokeGrant),
	"StepFunctions::StateMachine to SNS::Topic":       write(publish),
	"StepFunctions::StateMachine to SQS::Queue":       write(grant{actions: "sqs:SendMessage", resources: arn}),
	"StepFunctions::StateMachine to S3::Bucket":       useBucket,
	"StepFunctions::StateMachine to DynamoDB::Table":  useTable,
	"StepFunctions::StateMachine to Events::EventBus": write(putEvents),
	"StepFunctions::StateMachine to StepFunctions::StateMachine": readWrite(
		[]grant{{actions: "states:DescribeExecution", resources: executions},
			{actions: "events:DescribeRule", resources: syncRule}},
		[]grant{startStates, stopStates, {actions: "events:PutTargets PutRule", resources: syncRule}}),

	"DynamoDB::Table to Lambda::Function": {reverse: true, access: map[string][]grant{"Read": {{
		actions: "dynamodb:DescribeStream GetRecords GetShardIterator ListStreams", resources: arn + "/stream/*"}}}},
	"SQS::Queue to Lambda::Function": {reverse: true, access: map[string][]grant{
		"Read":  {{actions: "sqs:ReceiveMessage GetQueueAttributes", resources: arn}},
		"Write": {{actions: "sqs:DeleteMessage", resources: arn}}}},

	"Events::Rule to Events::EventBus":            write(putEvents),
	"Events::Rule to StepFunctions::StateMachine": write(startStates),
	"Events::Rule to SNS::Topic":                  letIn("events", "sns:Publish", arn),
	"Events::Rule to SQS::Queue":                  letIn("events", "sqs:SendMessage", arn),
	"Events::Rule to Lambda::Function":            letIn("events", "lambda:InvokeFunction", arn),
	"SNS::Topic to SQS::Queue":                    letIn("sns", "sqs:SendMessage", arn),
	"SNS::Topic to Lambda::Function":              letIn("sns", "lambda:InvokeFunction", arn),
	"S3::Bucket to Lambda::Function":              letIn("s3", "lambda:InvokeFunction", arn),
	"ApiGateway::RestApi to Lambda::Function":     letIn("apigateway", "lambda:InvokeFunction", apiRoute),
	"ApiGatewayV2::Api to Lambda::Function":       letIn("apigateway", "lambda:InvokeFunction", apiRoute),
	"AppSync::GraphQLApi to Lambda::Function":     letIn("appsync", "lambda:InvokeFunction", "~appsync:apis/${Address}"),

	"AppSync::DataSource to DynamoDB::Table":  useTable,
	"AppSync::DataSource to Lambda::Function": write(grant{actions: invokeGrant.actions, resources: arn + " " + arn + ":*"}),
}

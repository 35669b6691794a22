package sam

// profile says what a connector between two types makes. A policy of the role of its source, about the destination; of its
// destination, about the source, where it is in reverse. With a service, it is the destination itself that lets the
// service in on behalf of the source, and the resource of the grant is that source.
type profile struct {
	reverse bool
	waits   string // who must not be made before the policy: "source", or "mapping" between the two
	service string
	access  map[string][]grant // by permission: Read, Write
}

func write(grants ...grant) profile { return profile{access: map[string][]grant{"Write": grants}} }

func readWrite(read, write []grant) profile {
	return profile{access: map[string][]grant{"Read": read, "Write": write}}
}

func waiting(who string, p profile) profile {
	p.waits = who
	return p
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
	"StepFunctions::StateMachine to StepFunctions::StateMachine": waiting("source", readWrite(
		[]grant{{actions: "states:DescribeExecution", resources: executions},
			{actions: "events:DescribeRule", resources: syncRule}},
		[]grant{startStates, stopStates, {actions: "events:PutTargets PutRule", resources: syncRule}})),

	"DynamoDB::Table to Lambda::Function": {reverse: true, waits: "mapping", access: map[string][]grant{"Read": {{
		actions: "dynamodb:DescribeStream GetRecords GetShardIterator ListStreams", resources: arn + "/stream/*"}}}},
	"SQS::Queue to Lambda::Function": {reverse: true, waits: "mapping", access: map[string][]grant{
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
	"AppSync::DataSource to Events::EventBus": write(putEvents),
	"AppSync::DataSource to Lambda::Function": write(grant{actions: invokeGrant.actions, resources: arn + " " + arn + ":*"}),
}

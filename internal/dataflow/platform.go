package dataflow

import "strings"

// platform reports whether the platform sets a field of what an entry gets, so that no outsider decides it. The fields are those that
// AWS documents for the events of its services and the frameworks for their requests; of others it is not known, and an outsider may.
func (p *Program) platform(path string) bool {
	path = asEvent(strings.ReplaceAll(path, "[]", ""))
	root, rest, _ := strings.Cut(path, ".")
	if under, ok := strings.CutPrefix(path, "request.scope"); ok { // of ASGI
		return under != "" && !sentInScope[first(strings.TrimPrefix(under, "."))]
	}
	if root != "event" {
		if below := strings.TrimPrefix(rest, "request."); strings.HasPrefix(below, "file.") || strings.HasPrefix(below, "files.") { // multer and formidable name what they store by themselves
			last := rest[strings.LastIndexByte(rest, '.')+1:]
			return last == "filename" || last == "newFilename" || last == "path" || last == "filepath" || last == "destination" || last == "size"
		}
		return requestPlatform[root] != nil && !requestPlatform[root][first(rest)] && rest != ""
	}
	if strings.Contains(rest, ".cf.request.origin") || strings.Contains(rest, ".cf.request.headers.host") || strings.Contains(rest, ".cf.config") || strings.HasSuffix(rest, ".ResponseURL") || strings.HasSuffix(rest, "requestParameters.bucketName") {
		return true
	}
	if i := strings.LastIndex(rest, "Records."); i >= 0 { // also in what was parsed from another event's body
		rest = rest[i+len("Records."):]
	}
	for _, suffix := range []string{".s3.bucket.name", ".s3.bucket.arn", ".detail.bucket.name", ".detail.bucket", ".s3.bucket"} {
		if strings.HasSuffix(rest, suffix) {
			return true
		}
	}
	if strings.HasPrefix(rest, "Sns.Message.Trigger.") || strings.HasPrefix(rest, "detail.check-item-detail.") { // of an alarm of CloudWatch, of Trusted Advisor
		return true
	}
	if name, ok := platformSpelling[first(rest)]; ok { // as data classes of Powertools have it
		rest = name + strings.TrimPrefix(rest, first(rest))
	}
	if under, ok := strings.CutPrefix(rest, "requestContext."); ok {
		return !outsiderContext[strings.TrimPrefix(strings.TrimPrefix(under, "http."), "identity.")] && under != "http" && under != "identity"
	}
	if rest == "attributes.MessageGroupId" || rest == "attributes.MessageDeduplicationId" { // the sender's
		return false
	}
	return platformFields[rest] || platformFields[first(rest)+".*"] && strings.Contains(rest, ".")
}

// harmlessIn are the kinds of harm that a part of an event does not do by what the service has made sure of that sends it.
func harmlessIn(path string) []string {
	switch {
	case strings.HasPrefix(path, "event.detail.requestParameters."), strings.HasPrefix(path, "event.detail.responseElements."):
		return []string{"user-controlled-target", "object-key"} // CloudTrail: it is the resource that the event is about, of whoever may call for it
	case strings.HasPrefix(path, "event.mcp.gatewayRequest.headers."):
		return []string{"jwt-unverified"} // a gateway of AgentCore has verified the token before it asks its interceptor
	}
	return nil
}

// eventIn are the places where resolvers of Powertools and adapters of frameworks keep the event.
var eventIn = []string{
	"current_event", "request.environ.serverless.event", "request.environ.awsgi.event", "request.environ.lambda.event", "request.scope.aws.event", "req.apiGateway.event",
}

// asEvent is a path of what a framework hands on of the event as one of the event itself.
func asEvent(path string) string {
	for _, in := range eventIn {
		if rest, ok := strings.CutPrefix(path, in); ok && (rest == "" || rest[0] == '.') {
			return "event" + rest
		}
	}
	return path
}

// isField reports whether a path is a field of the event itself: code that calls a function may name a field of its own id, source or type.
func isField(path string) bool {
	name, ok := strings.CutPrefix(path, "event.")
	return ok && !strings.Contains(name, ".")
}

func first(path string) string {
	if i := strings.IndexByte(path, '.'); i >= 0 {
		return path[:i]
	}
	return path
}

// outsiderContext are the fields below requestContext that follow what the caller sent.
var outsiderContext = map[string]bool{"path": true, "userAgent": true}

// sentInScope are what the scope of a request of ASGI has of what the caller sent.
var sentInScope = set("path raw_path query_string headers path_params aws")

// platformSpelling are fields that data classes spell otherwise.
var platformSpelling = map[string]string{"request_context": "requestContext", "stage_variables": "stageVariables", "http_method": "httpMethod"}

// platformFields are fields of events that AWS sets: of API Gateway and function URLs, load balancers, SQS, SNS, S3, DynamoDB and
// Kinesis streams, EventBridge, Cognito, AppSync, CloudFront, CodePipeline, and of what a map of Step Functions says that it has written.
var platformFields = set(`httpMethod resource routeKey version isBase64Encoded stageVariables.* type methodArn routeArn
	messageId receiptHandle attributes.* md5OfBody md5OfMessageAttributes eventSource eventSourceARN eventSourceArn awsRegion eventVersion
	EventSource EventVersion EventSubscriptionArn Sns.Message.AlarmName Sns.Message.AlarmDescription Sns.Message.AlarmArn Sns.Message.NewStateValue Sns.Message.OldStateValue Sns.Message.StateChangeTime Sns.Message.AWSAccountId Sns.Message.Region Sns.Type Sns.MessageId Sns.TopicArn Sns.Timestamp Sns.SignatureVersion Sns.Signature Sns.SigningCertUrl Sns.UnsubscribeUrl
	s3.s3SchemaVersion s3.configurationId s3.bucket s3.bucket.name s3.bucket.arn s3.bucket.ownerIdentity s3.object.size s3.object.eTag s3.object.versionId s3.object.sequencer
	eventName eventTime eventID requestParameters.sourceIPAddress userIdentity userIdentity.* responseElements.*
	dynamodb.SequenceNumber dynamodb.SizeBytes dynamodb.StreamViewType dynamodb.ApproximateCreationDateTime
	kinesis.sequenceNumber kinesis.approximateArrivalTimestamp kinesis.kinesisSchemaVersion invokeIdentityArn
	id source account time region resources detail-type detail.bucket detail.bucket.name detail.object.size detail.object.etag detail.reason
	headers.Host headers.host bucket_name
	RequestType RequestId ResponseURL ResponseURL.* StackId LogicalResourceId PhysicalResourceId PhysicalResourceId.* ResourceType ServiceToken ResourceProperties ResourceProperties.* OldResourceProperties OldResourceProperties.*
	getObjectContext getObjectContext.* configuration configuration.* protocolVersion
	SecretId ClientRequestToken Step
	CodePipeline.* MapRunArn ResultWriterDetails ResultWriterDetails.*
	triggerSource request.codeParameter request.usernameParameter request.linkParameter userPoolId callerContext callerContext.* identity.* info.* prev.* deliveryStreamArn invocationId`)

// requestPlatform are the fields of requests that frameworks fill with what was sent; all others are theirs.
var requestPlatform = map[string]map[string]bool{
	"req": set(`header param body query params routeParams headers rawHeaders cookies signedCookies url originalUrl path files file rawBody hostname host media stream bounded_stream get_param get_media uri relative_uri query_string apiGateway raw event subdomains`),
	"request": set(`query_params path_params headers cookies body json form stream url base_url query_string args values data files get_json get_data full_path path view_args
		raw_body payload uri_params to_dict json_body json_payload params forms query GET POST environ host referrer user_agent multi_query_string content_type match_info rel_url post get_body route_params read text`),
	"ctx": set(`request query querystring params headers header cookies url originalUrl path href host hostname req event`),
}

func set(words string) map[string]bool {
	out := map[string]bool{}
	for _, w := range strings.Fields(words) {
		out[w] = true
	}
	return out
}

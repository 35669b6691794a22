package least

import (
	"path"
	"slices"
	"strings"

	"wardlet.example/data/iam"
	"wardlet.example/internal/link"
	"wardlet.example/internal/model"
)

// What the platform does in the name of a function needs permissions of its role too.

// logging are the actions by which a function writes its logs, networking those by which it joins a network.
var (
	logging    = strings.Fields("logs:CreateLogGroup logs:CreateLogStream logs:PutLogEvents")
	tracing    = strings.Fields("xray:PutTraceSegments xray:PutTelemetryRecords") // Lambda itself decides what is sampled
	networking = strings.Fields(`ec2:CreateNetworkInterface ec2:DescribeNetworkInterfaces ec2:DeleteNetworkInterface ec2:AssignPrivateIpAddresses
		ec2:UnassignPrivateIpAddresses ec2:DescribeSubnets ec2:DescribeSecurityGroups ec2:DescribeVpcs ec2:GetSecurityGroupsForVpc ec2:DetachNetworkInterface`)
)

// polled are the actions by which a source of events is read, by its type.
var polled = map[string][]string{
	"AWS::SQS::Queue":              strings.Fields("sqs:ReceiveMessage sqs:DeleteMessage sqs:GetQueueAttributes sqs:ChangeMessageVisibility sqs:GetQueueUrl"),
	"AWS::Kinesis::Stream":         strings.Fields("kinesis:GetRecords kinesis:GetShardIterator kinesis:DescribeStream kinesis:DescribeStreamSummary kinesis:ListShards kinesis:ListStreams kinesis:SubscribeToShard kinesis:DescribeLimits"),
	"AWS::Kinesis::StreamConsumer": strings.Fields("kinesis:GetRecords kinesis:GetShardIterator kinesis:DescribeStream kinesis:DescribeStreamSummary kinesis:ListShards kinesis:ListStreams kinesis:SubscribeToShard kinesis:DescribeLimits"),
	"AWS::DynamoDB::Table":         strings.Fields("dynamodb:GetRecords dynamodb:GetShardIterator dynamodb:DescribeStream dynamodb:ListStreams"),
	"AWS::DynamoDB::GlobalTable":   strings.Fields("dynamodb:GetRecords dynamodb:GetShardIterator dynamodb:DescribeStream dynamodb:ListStreams"),
}

// sending are the actions by which something is handed to a destination, by its type.
var sending = map[string]string{
	"AWS::SQS::Queue": "sqs:SendMessage", "AWS::SNS::Topic": "sns:Publish", "AWS::Lambda::Function": "lambda:InvokeFunction", "AWS::Events::EventBus": "events:PutEvents",
}

// platform adds what the platform needs.
func (f *Function) platform() {
	at := f.Function.Origin.Pos
	for _, action := range logging {
		f.needs([]string{action}, logsOf(f.Function, action), at, "it writes its logs")
	}
	r := f.Function.Resource
	if r == nil {
		return
	}
	if mode := r.Props.Path("TracingConfig", "Mode"); mode.IsSet() != model.No && mode.EqualsText("Active") != model.No {
		f.needs(tracing, nil, r.Props.KeyPos("TracingConfig"), "it is traced")
	} else {
		f.aside(tracing, at, "whoever calls it perhaps decides that it is traced")
	}
	if r.Props.Get("VpcConfig").IsSet() != model.No {
		f.needs(networking, nil, r.Props.KeyPos("VpcConfig"), "it joins a network")
	}
	for _, mount := range r.Props.Get("FileSystemConfigs").Elements() {
		service := ""
		if _, to := f.App.Find(mount.Get("Arn")); to != nil && strings.HasPrefix(to.Type, "AWS::EFS::") || strings.Contains(mount.Get("Arn").String(), ":elasticfilesystem:") {
			service = "elasticfilesystem"
		}
		f.Doubts = append(f.Doubts, Doubt{service, "it mounts a file system", r.Props.KeyPos("FileSystemConfigs")})
	}
	f.attached(at)
	f.layers(r)
	f.handsTo(r.Props.Path("DeadLetterConfig", "TargetArn"), "its failed events go there")
	for _, other := range f.App.Resources {
		switch other.Type {
		case "AWS::Lambda::EventInvokeConfig", "AWS::Lambda::EventSourceMapping":
			if _, of := f.App.Find(other.Props.Get("FunctionName"), "AWS::Lambda::Function"); of == r {
				f.mapped(other)
			}
		}
	}
}

// attached notes what is needed to read a source of events that somebody attaches by hand, where the templates show nobody who calls the
// function.
func (f *Function) attached(at model.Pos) {
	if len(f.Function.Triggers) > 0 {
		return
	}
	for _, typ := range []string{"AWS::SQS::Queue", "AWS::Kinesis::Stream", "AWS::DynamoDB::Table"} {
		f.aside(polled[typ], at, "its source of events is perhaps attached by hand")
	}
}

// aside notes actions that count only where a policy names them by themselves.
func (f *Function) aside(actions []string, at model.Pos, why string) {
	for _, action := range actions {
		if a := iam.Find(action); a != nil {
			f.byName = append(f.byName, &Need{Action: a, Places: []model.Pos{at}, Why: why, Platform: true, Perhaps: true})
		}
	}
}

// extensions are layers with code that runs beside the function in its name, by a part of their names, with the services that they call;
// empty where that can be any. Source: the documentation of their makers.
var extensions = []struct {
	name     string
	services []string
}{
	{"AppConfig-Extension", []string{"appconfig"}}, {"Parameters-and-Secrets", []string{"ssm", "secretsmanager", "kms"}}, {"LambdaInsights", []string{"logs"}},
	{"aws-otel", []string{"xray"}}, {"Datadog-Extension", []string{"secretsmanager", "kms"}}, {"NewRelic", []string{"secretsmanager", "ssm"}}, {"xtension", []string{""}},
}

// layers adds what the extensions in layers perhaps need.
func (f *Function) layers(r *model.Resource) {
	for _, v := range r.Props.Get("Layers").Elements() {
		if app, layer := f.App.Find(v); layer != nil {
			content, _ := layer.Props.Get("Content").Scalar()
			if f.folder != nil && content != "" && f.folder(path.Join(app.Dir, content, "extensions")) {
				f.Doubts = append(f.Doubts, Doubt{"", "an extension in the layer " + layer.ID + " runs code of its own", v.Origin.Pos})
			}
			continue
		}
		for _, known := range extensions {
			if text := v.String(); strings.Contains(text, known.name) {
				for _, service := range known.services {
					f.Doubts = append(f.Doubts, Doubt{service, "an extension runs code of its own: " + text, v.Origin.Pos})
				}
				break
			}
		}
	}
}

// mapped adds what a source of events, or a destination, needs.
func (f *Function) mapped(m *model.Resource) {
	for _, on := range []string{"OnSuccess", "OnFailure"} {
		f.handsTo(m.Props.Path("DestinationConfig", on, "Destination"), "what it gives back goes there")
	}
	source := m.Props.Get("EventSourceArn")
	if m.Type != "AWS::Lambda::EventSourceMapping" || source.IsSet() == model.No && m.Props.Get("SelfManagedEventSource").IsSet() == model.No {
		return
	}
	app, r := f.App.Find(source)
	switch {
	case r != nil && polled[r.Type] != nil:
		arn := link.ARN(app, r)
		inside := ""
		if strings.HasPrefix(r.Type, "AWS::DynamoDB::") {
			inside = "/stream/*"
			arn = model.NewText([]*model.Value{arn, model.NewString("/stream/", arn.Origin), model.NewPresent("the time when the stream was made", arn.Origin)}, arn.Origin)
		}
		f.needsOf(polled[r.Type], target{arn: arn, of: &link.Place{App: app, Resource: r}, inside: inside}, m.Origin.Pos, "it gets its events from "+r.ID)
	case strings.Contains(source.String(), ":sqs:"):
		f.needs(polled["AWS::SQS::Queue"], nil, m.Origin.Pos, "it gets its events from a queue")
	case strings.Contains(source.String(), ":kinesis:"):
		f.needs(polled["AWS::Kinesis::Stream"], nil, m.Origin.Pos, "it gets its events from a stream")
	case strings.Contains(source.String(), ":dynamodb:"):
		f.needs(polled["AWS::DynamoDB::Table"], nil, m.Origin.Pos, "it gets its events from a table")
	default:
		f.Doubts = append(f.Doubts, Doubt{"", "its source of events is not known, and what is needed to read it", m.Origin.Pos})
	}
}

// FromFramework reports whether SAM allows by itself what the platform needs: logs, tracing, a network, sources that are polled.
func FromFramework(n *Need) bool {
	name := n.Action.String()
	if slices.Contains(logging, name) || slices.Contains(tracing, name) || slices.Contains(networking, name) {
		return true
	}
	for _, all := range polled {
		if slices.Contains(all, name) {
			return true
		}
	}
	return false
}

// handsTo adds what is needed to hand something to a destination.
func (f *Function) handsTo(v *model.Value, why string) {
	if v.IsSet() == model.No {
		return
	}
	app, r := f.App.Find(v)
	if r == nil {
		for _, name := range []string{"sqs:SendMessage", "sns:Publish", "lambda:InvokeFunction", "events:PutEvents"} {
			f.perhaps(name, v.Origin.Pos, why)
		}
		return
	}
	if action := sending[r.Type]; action != "" {
		f.needsOf([]string{action}, target{arn: link.ARN(app, r), of: &link.Place{App: app, Resource: r}}, v.Origin.Pos, why)
	}
}

// logsOf is what a function writes its logs to: its log group for some actions, the streams in it for others.
func logsOf(fn *model.Function, action string) *model.Value {
	r, o := fn.Resource, fn.Origin
	if r == nil || r.Props.Path("LoggingConfig", "LogGroup").IsSet() != model.No {
		return nil
	}
	name := r.Props.Get("FunctionName")
	if name.IsSet() != model.Yes {
		name = model.NewRef(r.ID, "", o)
	}
	parts := []*model.Value{model.NewString("arn:aws:logs:*:*:log-group:/aws/lambda/", o), name}
	if action == "logs:PutLogEvents" {
		parts = append(parts, model.NewString(":log-stream:", o), model.NewPresent("the name of a log stream", o))
	} else {
		parts = append(parts, model.NewString(":*", o))
	}
	return model.NewText(parts, o)
}

// needs adds actions of the platform. On what an action is needed is not known where it cannot be allowed on one thing alone.
func (f *Function) needs(actions []string, on *model.Value, at model.Pos, why string) {
	f.needsOf(actions, target{arn: on}, at, why)
}

func (f *Function) needsOf(actions []string, on target, at model.Pos, why string) {
	for _, name := range actions {
		a := iam.Find(name)
		if a == nil {
			continue
		}
		on := on
		if !a.Scopable() {
			on = target{}
		}
		f.need(&Need{Action: a, On: on.arn, Of: on.of, Inside: on.inside, Places: []model.Pos{at}, Why: why, Platform: true})
	}
}

func (f *Function) perhaps(action string, at model.Pos, why string) {
	if iam.Find(action) == nil {
		return
	}
	f.need(&Need{Action: iam.Find(action), Places: []model.Pos{at}, Why: why, Platform: true, Perhaps: true})
}

// wrappers are packages that call AWS by themselves, with the prefixes of the services that they call; empty where that can be any.
var wrappers = map[string][]string{
	"@middy/ssm": {"ssm"}, "@middy/secrets-manager": {"secretsmanager"}, "@middy/s3-object-response": {"s3-object-lambda"}, "@middy/rds-signer": {"rds-db"}, "@middy/sts": {"sts"},
	"@middy/dynamodb": {"dynamodb"}, "@middy/appconfig": {"appconfig"}, "@middy/s3": {"s3"}, "@middy/ws-response": {"execute-api"}, "@middy/sqs-partial-batch-failure": {"sqs"},
	"dynamoose": {"dynamodb"}, "electrodb": {"dynamodb"}, "dynamodb-toolbox": {"dynamodb"}, "dynamodb-onetable": {"dynamodb"}, "@typedorm/core": {"dynamodb"}, "dynamodb-data-types": nil,
	"@aws/dynamodb-data-mapper": {"dynamodb"}, "dynamodb": {"dynamodb"}, "vogels": {"dynamodb"}, "dynogels": {"dynamodb"}, "type-dynamo": {"dynamodb"}, "@shiftcoders/dynamo-easy": {"dynamodb"}, "dyngoose": {"dynamodb"},
	"serverless-dynamodb-client": {"dynamodb"}, "connect-dynamodb": {"dynamodb"}, "dynamodb-store": {"dynamodb"}, "sst": {""},
	"data-api-client": {"rds-data", "secretsmanager"}, "aurora-data-api": {"rds-data", "secretsmanager"}, "typeorm-aurora-data-api-driver": {"rds-data", "secretsmanager"}, "multer-s3": {"s3"},
	"s3-zip": {"s3"}, "s3-upload-stream": {"s3"}, "s3-streams": {"s3"}, "unzipper": nil, "s3fs": {"s3"}, "smart_open": {"s3"}, "pyathena": {"athena", "s3", "glue"}, "awswrangler": {""}, "pandas": nil,
	"@aws-lambda-powertools/parameters": {"ssm", "secretsmanager", "appconfig", "dynamodb"}, "@aws-lambda-powertools/idempotency": {"dynamodb"},
	"aws_lambda_powertools.utilities.parameters": {"ssm", "secretsmanager", "appconfig", "dynamodb"}, "aws_lambda_powertools.utilities.idempotency": {"dynamodb"},
	"aws_lambda_powertools.utilities.feature_flags": {"appconfig"}, "aws_lambda_powertools.utilities.streaming": {"s3"}, "aws_lambda_powertools.utilities.data_masking": {"kms"},
	"aws4": {"execute-api", "es", "aoss", "appsync", "lambda"}, "aws4-axios": {"execute-api", "es", "aoss", "appsync", "lambda"}, "aws4fetch": {""}, "requests_aws4auth": {"execute-api", "es", "aoss", "appsync"},
	"aws_requests_auth": {"execute-api", "es", "appsync"}, "requests_aws_sign": {"execute-api", "es", "appsync"}, "@aws-sdk/signature-v4": {""}, "@smithy/signature-v4": {""}, "botocore.auth": {""}, "awscrt": {""},
	"@opensearch-project/opensearch/aws": {"es", "aoss"}, "aws-opensearch-connector": {"es"}, "http-aws-es": {"es"}, "opensearchpy": {"es", "aoss"}, "@acuris/aws-es-connection": {"es"},
	"langchain_aws": {"bedrock"}, "@langchain/aws": {"bedrock"}, "strands": {"bedrock"}, "litellm": {"bedrock"}, "@ai-sdk/amazon-bedrock": {"bedrock"}, "bedrock_agentcore": {"bedrock-agentcore", "bedrock"},
	"aws-amplify": {"appsync", "cognito-idp"}, "aws-appsync": {"appsync"}, "nodemailer": {"ses"}, "nodemailer-ses-transport": {"ses"}, "aws-jwt-verify": nil, "boto": {""}, "aiobotocore": {""}, "zappa": {""},
	"aws-secrets-manager-caching": {"secretsmanager"}, "aws_secretsmanager_caching": {"secretsmanager"}, "ssm_cache": {"ssm"}, "aws-param-store": {"ssm"}, "sagemaker": {""}, "redshift_connector": {"redshift"},
	"@aws-sdk/rds-signer": {"rds-db"}, "@aws-sdk/dsql-signer": {"dsql"}, "amazon-qldb-driver-nodejs": {"qldb"}, "pyqldb": {"qldb"}, "@aws-sdk/credential-providers": nil, "aws-iot-device-sdk": {"iot"}, "aws-kcl": {"kinesis", "dynamodb"}, "sqs-consumer": {"sqs"}, "sqs-producer": {"sqs"}, "bull": nil, "sns-validator": nil, "simple_salesforce": nil, "cfn-response": nil, "crhelper": {"lambda", "events"},
	"@aws/durable-execution-sdk-js": {"lambda"}, "aws_durable_execution_sdk_python": {"lambda"},
}

// doubts adds the reasons why a function perhaps needs more than is seen.
func (f *Function) doubts() {
	code := f.Function.Code.At
	switch {
	case !f.Result.Found:
		f.Doubts = append(f.Doubts, Doubt{"", "its handler was not found in the code", code})
	case f.Result.Cut:
		f.Doubts = append(f.Doubts, Doubt{"", "its code takes too many steps to follow to the end", code})
	}
	for _, d := range f.Result.Doubts {
		line, col := d.File.Tree.Position(int(d.At))
		service := ""
		if d.Service != "" {
			service = prefixOf(d.Service)
		}
		f.Doubts = append(f.Doubts, Doubt{service, d.Reason, model.Pos{File: d.File.Path, Line: line, Col: col}})
	}
	if f.placeholder() {
		f.Doubts = append(f.Doubts, Doubt{"", "its code stands in the template and calls nothing: perhaps other code comes to stand there", code})
	}
	if f.layerUnseen() {
		f.Doubts = append(f.Doubts, Doubt{"", "it uses code of a layer that is not here", code})
	}
	for _, name := range f.Result.Packages {
		for _, service := range wrapped(name) {
			f.Doubts = append(f.Doubts, Doubt{service, "the package " + name + " calls AWS by itself", code})
		}
	}
	f.keys()
}

// placeholder reports whether the code of a function is written into the template, and calls nothing.
func (f *Function) placeholder() bool {
	return f.Function.Resource != nil && f.Function.Resource.Props.Path("Code", "ZipFile").IsSet() == model.Yes && len(f.Result.Uses) == 0
}

// layerUnseen reports whether the code takes modules from a layer of which the files are not known.
func (f *Function) layerUnseen() bool {
	return slices.ContainsFunc(f.Result.Packages, func(name string) bool { return strings.HasPrefix(name, "/opt/") })
}

// wrapped are the services that a package calls by itself: by its name, or by that of what it is a part of.
func wrapped(name string) []string {
	whole := strings.TrimPrefix(name, "node:")
	for name := whole; ; {
		if services, ok := wrappers[name]; ok {
			return services
		}
		i := strings.LastIndexAny(name, "./")
		if i < 0 || strings.HasPrefix(name, "@") && strings.Count(name, "/") == 1 && name[i] == '/' {
			return calledLike(name)
		}
		name = name[:i]
	}
}

// words are parts of the names of packages that call a service, with the prefixes of its actions; empty where that can be any.
var words = map[string][]string{
	"dsql": {"dsql"}, "dynamo": {"dynamodb"}, "dynamodb": {"dynamodb"}, "s3": {"s3"}, "sqs": {"sqs"}, "sns": {"sns"}, "ses": {"ses"}, "ssm": {"ssm"}, "kms": {"kms"}, "kinesis": {"kinesis"},
	"firehose": {"firehose"}, "bedrock": {"bedrock"}, "sagemaker": {"sagemaker"}, "athena": {"athena", "s3", "glue"}, "cognito": {"cognito-idp"}, "qldb": {"qldb"}, "redshift": {"redshift", "redshift-data"},
	"opensearch": {"es", "aoss"}, "elasticsearch": {"es"}, "neptune": {"neptune-db"}, "appsync": {"appsync"}, "eventbridge": {"events"}, "secretsmanager": {"secretsmanager"}, "timestream": {"timestream"},
	"boto3": {""}, "boto": {""}, "aws": {""}, "amazon": {""},
}

// harmless are packages with such words in their names that call nothing: SDKs, whose calls are seen, types, and what serves requests.
var harmless = []string{
	"aws-sdk", "@aws-sdk/", "@aws-cdk/", "aws-cdk", "boto3", "botocore", "mypy_boto3", "types_boto3", "@types/", "aws-xray-sdk", "aws_xray_sdk", "@aws-lambda-powertools/", "aws_lambda_powertools", "@smithy/",
	"@elastic/", "elasticsearch", "moto",
}

// calledLike are the services that a package calls by itself, as its name says.
func calledLike(name string) []string {
	if slices.ContainsFunc(harmless, func(h string) bool { return strings.HasPrefix(name, h) }) {
		return nil
	}
	parts := strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return strings.ContainsRune("@/-_.", r) })
	var out []string
	for _, p := range parts {
		if p == "lambda" || p == "serverless" || p == "cloudwatch" {
			return nil
		}
		if services := words[p]; services != nil {
			out = services
		}
	}
	return out
}

// encrypted are services whose data can be encrypted with keys of the customer, so that calls need those keys too.
var encrypted = map[string]bool{"s3": true, "sqs": true, "sns": true, "dynamodb": true, "kinesis": true, "secretsmanager": true, "ssm": true, "lambda": true, "logs": true, "firehose": true}

// withKey are the actions by which data is read and written that a key of the customer encrypts.
var withKey = strings.Fields("kms:Decrypt kms:GenerateDataKey kms:GenerateDataKeyWithoutPlaintext kms:Encrypt kms:DescribeKey kms:ReEncryptFrom kms:ReEncryptTo kms:CreateGrant")

// mayBeEncrypted is the doubt about keys only; it is none about other actions on keys than those by which data is read and written.
const mayBeEncrypted = "what it works on is perhaps encrypted with a key"

// keys adds the keys that are needed for what the function works on, where that is encrypted with one; where it is not known whether it
// is, nothing is certain about keys.
func (f *Function) keys() {
	if r := f.Function.Resource; r != nil && r.Props.Get("KmsKeyArn").IsSet() != model.No {
		f.key(r.Props.Get("KmsKeyArn"), r.Props.KeyPos("KmsKeyArn"), "its environment is encrypted with a key")
	}
	for _, n := range f.Needs {
		if !encrypted[n.Action.Service] || n.Action.Service == "logs" || len(n.Places) == 0 {
			continue
		}
		if n.On == nil || len(n.On.Refs()) == 0 {
			f.Doubts = append(f.Doubts, Doubt{"kms", mayBeEncrypted, n.Places[0]})
			continue
		}
		for _, v := range f.keysOf(n.On) {
			f.key(v, n.Places[0], "what it works on is encrypted with a key")
		}
	}
}

// key adds what is needed of a key.
func (f *Function) key(v *model.Value, at model.Pos, why string) {
	if text, ok := v.Scalar(); ok && (strings.HasPrefix(text, "alias/aws/") || text == "true" || text == "false" || strings.EqualFold(text, "KMS") || text == "aws:kms") {
		return // of AWS's own, which needs nothing
	}
	app, r := f.App.Find(v)
	if r != nil && r.Type == "AWS::KMS::Alias" {
		app, r = app.Find(r.Props.Get("TargetKeyId"))
	}
	if r == nil || r.Type != "AWS::KMS::Key" {
		f.Doubts = append(f.Doubts, Doubt{"kms", why, at})
		return
	}
	for _, name := range withKey {
		if a := iam.Find(name); a != nil {
			f.need(&Need{Action: a, On: link.ARN(app, r), Of: &link.Place{App: app, Resource: r}, Places: []model.Pos{at}, Why: why, Platform: true, Perhaps: true})
		}
	}
}

// keysOf are the keys with which a resource is encrypted that an ARN refers to, as its properties name them.
func (f *Function) keysOf(arn *model.Value) []*model.Value {
	var out []*model.Value
	for _, ref := range arn.Refs() {
		id := ref.Str
		if i := strings.LastIndexByte(id, '#'); i >= 0 {
			id = id[i+1:]
		}
		r := f.App.Resource(id)
		if r == nil {
			out = append(out, model.NewPresent("the resource stands in another template", arn.Origin))
			continue
		}
		r.Props.Walk(2_000, func(v *model.Value) {
			if v.Kind != model.Map {
				return
			}
			for _, field := range v.Fields {
				if name := strings.ToLower(field.Key); strings.Contains(name, "kms") && !strings.Contains(name, "period") && field.Value.IsSet() != model.No {
					out = append(out, field.Value)
				}
			}
		})
	}
	return out
}

package serverless

import (
	"wardlet.example/internal/model"
)

// deploymentBucket makes the bucket that the framework puts packages into, unless the service names one of its own.
func (e *expansion) deploymentBucket() {
	config := e.provider.Get("deploymentBucket")
	at := keyOrigin(e.root, "provider")
	if config.Kind != model.Absent {
		at = keyOrigin(e.provider, "deploymentBucket")
	}
	name := config
	if config.Kind == model.Map {
		name = config.Get("name")
	}
	if name.Kind != model.Absent {
		return
	}
	const by = "packages of the service"
	encryption := object(at, field("SSEAlgorithm", text("AES256", at)))
	rule := object(at, field("ServerSideEncryptionByDefault", encryption))
	fields := []model.Field{field("BucketEncryption", object(at, field("ServerSideEncryptionConfiguration", list(at, rule))))}
	fields = set(fields, "Tags", tagList(config.Get("tags")))
	if isOn(config.Get("blockPublicAccess")) {
		on := model.NewBool(true, keyOrigin(config, "blockPublicAccess"))
		fields = append(fields, field("PublicAccessBlockConfiguration", object(at, field("BlockPublicAcls", on),
			field("BlockPublicPolicy", on), field("IgnorePublicAcls", on), field("RestrictPublicBuckets", on))))
	}
	if isOn(config.Get("versioning")) {
		fields = append(fields, field("VersioningConfiguration", object(at, field("Status", text("Enabled", at)))))
	}
	e.add(deploymentBucketID, "AWS::S3::Bucket", fields, at, by).Tool = true
	if isOn(config.Get("skipPolicySetup")) {
		return
	}
	bucket := ref(deploymentBucketID, at)
	statement := object(at,
		field("Action", text("s3:*", at)), field("Effect", text("Deny", at)), field("Principal", text("*", at)),
		field("Resource", list(at, pattern(at, "arn:${AWS::Partition}:s3:::%v/*", bucket), pattern(at, "arn:${AWS::Partition}:s3:::%v", bucket))),
		field("Condition", object(at, field("Bool", object(at, field("aws:SecureTransport", model.NewBool(false, at)))))))
	e.add(deploymentBucketID+"Policy", "AWS::S3::BucketPolicy", []model.Field{
		field("Bucket", bucket), field("PolicyDocument", object(at, field("Statement", list(at, statement)))),
	}, at, by).Tool = true
}

const deploymentBucketID = "ServerlessDeploymentBucket"

// layers makes the layers that the service publishes.
func (e *expansion) layers() {
	for _, f := range e.root.Get("layers").Fields {
		at, layer, id := fieldOrigin(f), f.Value, logicalName(f.Key)+"LambdaLayer"
		fields := set(nil, "Content", first(layer.Get("path"), layer.Path("package", "artifact")))
		fields = set(fields, "LayerName", first(layer.Get("name"), text(f.Key, at)))
		fields = rename(fields, layer, "description", "Description", "licenseInfo", "LicenseInfo",
			"compatibleRuntimes", "CompatibleRuntimes", "compatibleArchitectures", "CompatibleArchitectures")
		e.add(id, "AWS::Lambda::LayerVersion", fields, at, "layer "+f.Key)
		for _, account := range layer.Get("allowedAccounts").Elements() {
			e.add(logicalName(f.Key)+accountName(account)+"LambdaLayerPermission", "AWS::Lambda::LayerVersionPermission", []model.Field{
				field("Action", text("lambda:GetLayerVersion", at)), field("Principal", account), field("LayerVersionArn", ref(id, at)),
			}, account.Origin, "layer "+f.Key)
		}
	}
}

func accountName(account *model.Value) string {
	if s := account.String(); s != "*" {
		return s
	}
	return "Wild"
}

// helper is a function that the framework deploys beside the service's own, to do what CloudFormation cannot.
type helper struct {
	name    string // as it is called, after the service and stage
	handler string
}

var (
	bucketHelper = helper{"custom-resource-existing-s3", "s3/handler.handler"}
	poolHelper   = helper{"custom-resource-existing-cup", "cognito-user-pool/handler.handler"}
	busHelper    = helper{"custom-resource-event-bridge", "event-bridge/handler.handler"}
	logsHelper   = helper{"custom-resource-apigw-cw-role", "api-gateway-cloud-watch-role/handler.handler"}
)

const helperRole = "IamRoleCustomResourcesLambdaExecution"

// addHelper makes a helper function with the statements its role needs, and returns the reference that a custom resource
// names it by.
func (e *expansion) addHelper(h helper, at model.Origin, statements ...*model.Value) *model.Value {
	id := logicalName(h.name) + "LambdaFunction"
	role := first(e.provider.Path("iam", "deploymentRole"), e.provider.Get("cfnRole"))
	logged := isOn(e.provider.Path("logs", "frameworkLambda"))
	if role.Kind == model.Absent {
		role = arn(helperRole, at)
		e.helperRole(at, logged, statements)
	}
	name := hashedName(e.stack()+"-"+h.name, 64, 32)
	e.add(id, "AWS::Lambda::Function", []model.Field{
		field("Code", object(at, field("S3Bucket", ref(deploymentBucketID, at)))), field("FunctionName", text(name, at)), field("Handler", text(h.handler, at)),
		field("MemorySize", model.NewInt(1024, at)), field("Runtime", text("nodejs18.x", at)),
		field("Timeout", model.NewInt(180, at)), field("Role", role),
	}, at, "helper of the framework").Tool = true
	if logged {
		fields := []model.Field{field("LogGroupName", text("/aws/lambda/"+name, at))}
		e.add(logicalName(h.name)+"LogGroup", "AWS::Logs::LogGroup", e.retention(fields), at, "helper of the framework").Tool = true
	}
	return arn(id, at)
}

func (e *expansion) helperRole(at model.Origin, logged bool, statements []*model.Value) {
	if logged {
		prefix := "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:/aws/lambda/" + e.stack()
		statements = append([]*model.Value{
			statement(at, list(at, pattern(at, prefix+"*:*")), "logs:CreateLogStream", "logs:CreateLogGroup", "logs:TagResource"),
			statement(at, list(at, pattern(at, prefix+"*:*:*")), "logs:PutLogEvents"),
		}, statements...)
	}
	name := e.service.Stage + "-" + e.service.Name + "-custom-resources-lambda"
	if r := e.byID[helperRole]; r != nil {
		before := r.Props.Get("Policies").Items[0].Path("PolicyDocument", "Statement").Items
		statements = append(append([]*model.Value{}, before...), fresh(before, statements)...)
		r.Props = overlay(r.Props, object(at, field("Policies", onePolicy(at, name, statements))))
		return
	}
	e.add(helperRole, "AWS::IAM::Role", []model.Field{
		field("AssumeRolePolicyDocument", trust(at, "lambda.amazonaws.com")), field("Policies", onePolicy(at, name, statements)),
	}, at, "helper of the framework").Tool = true
}

// fresh are the statements that are not there yet, told by their resource.
func fresh(before, more []*model.Value) []*model.Value {
	var out []*model.Value
	for _, s := range more {
		known := false
		for _, t := range before {
			known = known || t.Get("Resource").String() == s.Get("Resource").String()
		}
		if !known {
			out = append(out, s)
		}
	}
	return out
}

// outputs are what the framework lets other stacks ask for.
func (e *expansion) outputs() []model.Output {
	var out []model.Output
	none := model.NewAbsent(model.Origin{})
	add := func(name string, v *model.Value) {
		out = append(out, model.Output{Name: name, Export: none, Value: v, Origin: v.Origin})
	}
	for _, f := range e.service.Functions {
		if r := e.byID[logicalName(f.Name)+"LambdaVersion"]; r != nil {
			add(f.LogicalID+"QualifiedArn", ref(r.ID, r.Origin))
		}
		if r := e.byID[logicalName(f.Name)+"LambdaFunctionUrl"]; r != nil {
			add(r.ID, model.NewRef(r.ID, "FunctionUrl", r.Origin))
		}
	}
	for _, f := range e.root.Get("layers").Fields {
		id := logicalName(f.Key) + "LambdaLayer"
		add(id+"QualifiedArn", ref(id, fieldOrigin(f)))
	}
	for _, known := range [][2]string{
		{"HttpApiId", "HttpApi"}, {"HttpApiUrl", "HttpApi"}, {"ServiceEndpoint", "ApiGatewayRestApi"}, {"ServiceEndpointWebsocket", "WebsocketsApi"},
		{"ServerlessDeploymentBucketName", deploymentBucketID},
	} {
		if r := e.byID[known[1]]; r != nil {
			add(known[0], ref(r.ID, r.Origin))
		}
	}
	return out
}

package serverless

import (
	"strings"

	"wardlet.example/internal/model"
)

// functions makes each function with its log group, URL and events. The functions section may be a list of maps.
func (e *expansion) functions() {
	sections := e.root.Get("functions").Elements()
	for _, section := range sections { // first: events may call functions that stand below
		for _, f := range section.Fields {
			e.chooseAlias(f)
		}
	}
	for _, section := range sections {
		if section.Kind != model.Map {
			e.skip(section, "functions", "is not a map of functions")
		}
		for _, f := range section.Fields {
			if f.Value.Kind == model.Map {
				e.function(f)
				continue
			}
			e.skip(f.Value.At(fieldOrigin(f)), "function "+f.Key, "is not a map with a handler")
		}
	}
}

// skip tells of a part of the service that cannot be read.
func (e *expansion) skip(v *model.Value, what, why string) {
	if v.Kind == model.Unknown {
		why = "is not known: " + v.Str
	}
	e.notes = append(e.notes, model.Diagnostic{
		Pos: v.Origin.Pos, Level: model.Warning, Message: what + " " + why, Incomplete: true,
	})
}

func (e *expansion) function(f model.Field) {
	e.network = e.network || hasKey(f.Value, "vpc")
	at := fieldOrigin(f)
	id := functionID(f.Key)
	e.service.Functions = append(e.service.Functions, Function{Name: f.Key, LogicalID: id})
	role := e.functionRole(f, at)
	fields := e.functionProps(f, at)
	fields = set(fields, "Role", role)
	r := e.add(id, "AWS::Lambda::Function", fields, at, "function "+f.Key)
	if c := f.Value.Get("condition"); c.Kind != model.Absent {
		r.Attributes = object(at, field("Condition", c))
	}
	e.functionNeeds(f)
	e.logGroup(f, at)
	e.version(f, at)
	e.functionURL(f)
	e.destinations(f)
	e.events(f, id)
}

func functionID(name string) string { return logicalName(name) + "LambdaFunction" }

// target is how others call a function: by its ARN, or through the alias that provisioned concurrency or SnapStart makes.
func (e *expansion) target(function string, at model.Origin) *model.Value {
	if alias := e.aliases[function]; alias != "" {
		return concat(at, arn(functionID(function), at), text(":"+alias, at))
	}
	return arn(functionID(function), at)
}

func (e *expansion) chooseAlias(f model.Field) {
	switch {
	case isNotZero(f.Value.Get("provisionedConcurrency")):
		e.aliases[f.Key] = "provisioned"
	case isOn(f.Value.Get("snapStart")):
		e.aliases[f.Key] = "snapstart"
	}
}

func isNotZero(v *model.Value) bool {
	return v.IsSet() == model.Yes && v.EqualsText("0") != model.Yes && !isOff(v)
}

// version makes the version that every deployment publishes, unless that is switched off, and the alias for it.
func (e *expansion) version(f model.Field, at model.Origin) {
	alias := e.aliases[f.Key]
	if isOff(first(f.Value.Get("versionFunction"), e.provider.Get("versionFunctions"))) && alias == "" {
		return
	}
	by := "version of function " + f.Key
	id := logicalName(f.Key) + "LambdaVersion"
	fields := rename([]model.Field{field("FunctionName", ref(functionID(f.Key), at))}, f.Value, "description", "Description")
	e.add(id, "AWS::Lambda::Version", fields, at, by)
	if alias == "" {
		return
	}
	fields = []model.Field{
		field("FunctionName", ref(functionID(f.Key), at)), field("FunctionVersion", model.NewRef(id, "Version", at)), field("Name", text(alias, at)),
	}
	name := "SnapStartLambdaAlias"
	if alias == "provisioned" {
		name = "ProvConcLambdaAlias"
		fields = append(fields, field("ProvisionedConcurrencyConfig",
			object(at, field("ProvisionedConcurrentExecutions", f.Value.Get("provisionedConcurrency")))))
	}
	e.add(logicalName(f.Key)+name, "AWS::Lambda::Alias", fields, at, by)
}

// defaultRuntime is what the framework writes where the service names no runtime; it depends on the framework's version.
func (e *expansion) defaultRuntime() *model.Value {
	at := keyOrigin(e.root, "provider")
	switch e.majorVersion() {
	case "2":
		return text("nodejs12.x", at)
	case "3":
		return text("nodejs16.x", at)
	case "4":
		return text("nodejs20.x", at)
	}
	return model.NewPresent("the default runtime of whatever version of the framework deploys", at)
}

func (e *expansion) functionProps(f model.Field, at model.Origin) []model.Field {
	fn, p := f.Value, e.provider
	image := fn.Get("image")
	fields := set(nil, "FunctionName", e.functionName(f))
	fields = set(fields, "Handler", fn.Get("handler"))
	fields = append(fields, field("Code", e.code(fn, at)))
	if image.Kind == model.Absent { // an image brings its own
		fields = set(fields, "Runtime", first(fn.Get("runtime"), p.Get("runtime"), e.defaultRuntime()))
	} else {
		fields = append(fields, field("PackageType", text("Image", image.Origin)))
		if config := rename(nil, image, "command", "Command", "entryPoint", "EntryPoint", "workingDirectory", "WorkingDirectory"); config != nil {
			fields = append(fields, field("ImageConfig", object(image.Origin, config...)))
		}
	}
	if isEdge(fn) {
		fields = set(fields, "MemorySize", first(fn.Get("memorySize"), model.NewInt(128, at)))
		fields = set(fields, "Timeout", first(fn.Get("timeout"), model.NewInt(5, at)))
	} else {
		fields = set(fields, "MemorySize", first(fn.Get("memorySize"), p.Get("memorySize"), model.NewInt(1024, at)))
		fields = set(fields, "Timeout", first(fn.Get("timeout"), p.Get("timeout"), model.NewInt(6, at)))
		fields = set(fields, "Environment", environment(p.Get("environment"), fn.Get("environment")))
		fields = set(fields, "VpcConfig", e.vpc(fn))
	}
	fields = set(fields, "KmsKeyArn", e.kmsKey(fn))
	fields = set(fields, "Layers", first(fn.Get("layers"), p.Get("layers")))
	fields = set(fields, "Architectures", e.architecture(fn, at))
	fields = set(fields, "TracingConfig", e.tracing(fn))
	fields = set(fields, "LoggingConfig", e.logs(fn))
	fields = set(fields, "Tags", tagList(overlay(p.Get("tags"), fn.Get("tags"))))
	fields = set(fields, "RuntimeManagementConfig", runtimeManagement(first(fn.Get("runtimeManagement"), p.Get("runtimeManagement"))))
	fields = rename(fields, fn, "reservedConcurrency", "ReservedConcurrentExecutions", "description", "Description")
	if size := fn.Get("ephemeralStorageSize"); size.Kind != model.Absent {
		fields = append(fields, field("EphemeralStorage", object(size.Origin, field("Size", size))))
	}
	if e.aliases[f.Key] == "snapstart" {
		fields = append(fields, field("SnapStart", object(at, field("ApplyOn", text("PublishedVersions", at)))))
	}
	if dead := fn.Get("onError"); dead.Kind != model.Absent {
		fields = append(fields, field("DeadLetterConfig", object(dead.Origin, field("TargetArn", dead))))
	}
	if fs := fn.Get("fileSystemConfig"); fs.Kind == model.Map {
		entry := object(fs.Origin, rename(nil, fs, "arn", "Arn", "localMountPath", "LocalMountPath")...)
		fields = append(fields, field("FileSystemConfigs", list(fs.Origin, entry)))
	}
	return fields
}

// isEdge reports whether a function runs at the edge, where the framework sets lower limits and leaves out what is not
// allowed there.
func isEdge(fn *model.Value) bool {
	for _, entry := range fn.Get("events").Elements() {
		if entry.Get("cloudFront").IsSet() == model.Yes {
			return true
		}
	}
	return false
}

func runtimeManagement(v *model.Value) *model.Value {
	mode := v
	if v.Kind == model.Map {
		mode = v.Get("mode")
	}
	update := map[string]string{"onFunctionUpdate": "FunctionUpdate", "manual": "Manual"}
	s, _ := mode.Scalar()
	if update[s] == "" {
		return model.NewAbsent(v.Origin)
	}
	fields := []model.Field{field("UpdateRuntimeOn", text(update[s], mode.Origin))}
	return object(v.Origin, set(fields, "RuntimeVersionArn", v.Get("arn"))...)
}

func (e *expansion) kmsKey(fn *model.Value) *model.Value {
	return first(fn.Get("kmsKeyArn"), e.provider.Get("kmsKeyArn"), fn.Get("awsKmsKeyArn"), e.provider.Get("awsKmsKeyArn"))
}

// functionNeeds adds to a function's role what its settings need.
func (e *expansion) functionNeeds(f model.Field) {
	fn := f.Value
	if dead := fn.Get("onError"); dead.Kind == model.String || dead.Kind == model.Text {
		e.allow(f.Key, deadLetters+" "+f.Key, dead.Origin, dead, "sns:Publish")
	}
	if key := e.kmsKey(fn); key.Kind == model.String || key.Kind == model.Text {
		e.allow(f.Key, "key "+key.String(), key.Origin, nil, "kms:Decrypt").resources = []*model.Value{key}
	}
	if t := e.tracingOf(fn); t.Kind != model.Absent && !isOff(t) {
		e.allow(f.Key, "tracing", t.Origin, nil, "xray:PutTraceSegments", "xray:PutTelemetryRecords").resources = []*model.Value{text("*", t.Origin)}
	}
	if fs := fn.Get("fileSystemConfig"); fs.Kind == model.Map {
		e.allow(f.Key, "", fs.Origin, fs.Get("arn"), "elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite")
	}
}

// functionName is the name a function has once deployed.
func (e *expansion) functionName(f model.Field) *model.Value {
	return first(f.Value.Get("name"), e.defaultName(f.Key, fieldOrigin(f)))
}

func (e *expansion) defaultName(name string, at model.Origin) *model.Value {
	return text(e.stack()+"-"+name, at)
}

// code is what is deployed: an image, a given artifact, or the service's folder.
func (e *expansion) code(fn *model.Value, at model.Origin) *model.Value {
	if image := fn.Get("image"); image.Kind != model.Absent {
		if image.Kind == model.Map {
			image = first(image.Get("uri"), image.Get("name"))
		}
		return object(at, field("ImageUri", e.imageURI(image)))
	}
	if a := first(fn.Path("package", "artifact"), e.root.Path("package", "artifact")); a.Kind == model.Unknown {
		return object(at, field("S3Bucket", ref(deploymentBucketID, at)), field("S3Key", a)) // an archive, whatever it is called
	} else if a.Kind != model.Absent {
		return a
	}
	if module := fn.Get("module"); module.Kind == model.String {
		return module
	}
	return text(".", at)
}

// imageURI is the image as written, or the one the framework builds under a name of provider.ecr.images.
func (e *expansion) imageURI(image *model.Value) *model.Value {
	name, ok := image.Scalar()
	if !ok || strings.Contains(name, "/") {
		return image
	}
	declared := e.provider.Path("ecr", "images").Get(name)
	if declared.Kind == model.Map {
		declared = first(declared.Get("uri"), model.NewPresent("built from "+declared.Get("path").String(), declared.Origin))
	}
	return first(declared, image)
}

func environment(common, own *model.Value) *model.Value {
	vars := overlay(common, own)
	if vars.Kind == model.Absent {
		return vars
	}
	return object(vars.Origin, field("Variables", vars))
}

func (e *expansion) architecture(fn *model.Value, at model.Origin) *model.Value {
	a := first(fn.Get("architecture"), e.provider.Get("architecture"))
	if a.Kind == model.Absent {
		return a
	}
	return list(at, a)
}

// tracingOf is a function's own, or the provider's: the framework takes "false" for nothing said.
func (e *expansion) tracingOf(fn *model.Value) *model.Value {
	if t := fn.Get("tracing"); t.Kind != model.Absent && !isOff(t) {
		return t
	}
	return e.provider.Path("tracing", "lambda")
}

func (e *expansion) tracing(fn *model.Value) *model.Value {
	t := e.tracingOf(fn)
	mode := t
	switch {
	case t.Kind == model.Absent || isOff(t):
		return model.NewAbsent(t.Origin)
	case t.Kind == model.Bool:
		mode = text("Active", t.Origin)
	}
	return object(t.Origin, field("Mode", mode))
}

// logs is how a function writes its logs: its own settings, each completed by the provider's; a plugin that was made before there were any
// sets the format for all.
func (e *expansion) logs(fn *model.Value) *model.Value {
	own, common := fn.Get("logs"), e.provider.Path("logs", "lambda")
	if json := e.root.Path("custom", "serverless-logging-config", "enableJson"); json.String() == "true" {
		return object(json.Origin, field("LogFormat", text("JSON", json.Origin)))
	}
	if own.Kind != model.Map && common.Kind != model.Map {
		return first(own, common)
	}
	var fields []model.Field
	for _, name := range []string{"logFormat", "logGroup", "applicationLogLevel", "systemLogLevel"} {
		fields = set(fields, strings.ToUpper(name[:1])+name[1:], first(own.Get(name), common.Get(name)))
	}
	return object(first(own, common).Origin, fields...)
}

// vpc is the network of a function: its own settings, each completed by the provider's; "vpc: ~" leaves the provider's out.
func (e *expansion) vpc(fn *model.Value) *model.Value {
	own, common := fn.Get("vpc"), e.provider.Get("vpc")
	if own.Kind == model.Absent && hasKey(fn, "vpc") || isOff(own) {
		return model.NewAbsent(own.Origin)
	}
	groups := first(own.Get("securityGroupIds"), common.Get("securityGroupIds"))
	subnets := first(own.Get("subnetIds"), common.Get("subnetIds"))
	if groups.IsSet() == model.No || subnets.IsSet() == model.No {
		return model.NewAbsent(own.Origin)
	}
	return object(first(own, common).Origin, field("SecurityGroupIds", groups), field("SubnetIds", subnets))
}

func hasKey(m *model.Value, key string) bool {
	for _, f := range m.Fields {
		if f.Key == key {
			return true
		}
	}
	return false
}

func (e *expansion) logGroup(f model.Field, at model.Origin) {
	if isOn(f.Value.Get("disableLogs")) {
		return
	}
	fields := []model.Field{field("LogGroupName", concat(at, text("/aws/lambda/", at), e.functionName(f)))}
	fields = set(fields, "RetentionInDays", first(f.Value.Get("logRetentionInDays"), e.provider.Get("logRetentionInDays")))
	fields = set(fields, "DataProtectionPolicy", first(f.Value.Get("logDataProtectionPolicy"), e.provider.Get("logDataProtectionPolicy")))
	e.add(logicalName(f.Key)+"LogGroup", "AWS::Logs::LogGroup", fields, at, "logs of function "+f.Key)
}

// retention adds what the provider says of all log groups.
func (e *expansion) retention(fields []model.Field) []model.Field {
	return rename(fields, e.provider, "logRetentionInDays", "RetentionInDays", "logDataProtectionPolicy", "DataProtectionPolicy")
}

func (e *expansion) functionURL(f model.Field) {
	url := f.Value.Get("url")
	if url.Kind == model.Absent || isOff(url) {
		return
	}
	at := keyOrigin(f.Value, "url")
	auth := text("NONE", at)
	if a := url.Get("authorizer"); a.Kind != model.Absent {
		auth = a
		if s, ok := a.Scalar(); ok && strings.EqualFold(s, "aws_iam") {
			auth = text("AWS_IAM", keyOrigin(url, "authorizer"))
		}
	}
	fields := []model.Field{field("AuthType", auth), field("TargetFunctionArn", e.target(f.Key, at))}
	fields = set(fields, "Cors", urlCors(url.Get("cors")))
	if invoke := url.Get("invokeMode"); invoke.Kind != model.Absent && invoke.EqualsText("BUFFERED") != model.Yes {
		fields = append(fields, field("InvokeMode", invoke))
	}
	e.add(logicalName(f.Key)+"LambdaFunctionUrl", "AWS::Lambda::Url", fields, at, "url of function "+f.Key)
	if auth.EqualsText("NONE") != model.No {
		e.add(logicalName(f.Key)+"LambdaPermissionFnUrl", "AWS::Lambda::Permission", []model.Field{
			field("FunctionName", e.target(f.Key, at)), field("Action", text("lambda:InvokeFunctionUrl", at)),
			field("Principal", text("*", at)), field("FunctionUrlAuthType", auth),
		}, at, "url of function "+f.Key)
	}
}

// corsHeaders are those that the framework allows where none are named.
var corsHeaders = []string{
	"Content-Type", "X-Amz-Date", "Authorization", "X-Api-Key", "X-Amz-Security-Token", "X-Amz-User-Agent", "X-Amzn-Trace-Id",
}

// pluginCORSHeaders are those that plugins with routes of their own allow.
var pluginCORSHeaders = corsHeaders[:6:6]

// urlHeaders are those of function URLs.
var urlHeaders = []string{"Content-Type", "X-Amz-Date", "Authorization", "X-Api-Key", "X-Amz-Security-Token", "X-Amzn-Trace-Id"}

// urlCors spells out the CORS settings of a function URL; "cors: true" allows any origin and method.
func urlCors(cors *model.Value) *model.Value {
	if cors.Kind != model.Map && !isOn(cors) {
		return model.NewAbsent(cors.Origin)
	}
	at := cors.Origin
	var fields []model.Field
	setting := func(key, name string, def ...string) {
		if hasKey(cors, key) {
			fields = set(fields, name, cors.Get(key)) // "key: ~" leaves it out
			return
		}
		if def != nil {
			fields = append(fields, field(name, texts(at, def...)))
		}
	}
	setting("allowedOrigins", "AllowOrigins", "*")
	setting("allowedHeaders", "AllowHeaders", urlHeaders...)
	setting("allowedMethods", "AllowMethods", "*")
	return object(at, rename(fields, cors, "allowCredentials", "AllowCredentials", "exposedResponseHeaders", "ExposeHeaders", "maxAge", "MaxAge")...)
}

// destinations makes the settings of asynchronous calls, with the permission to hand results on.
func (e *expansion) destinations(f model.Field) {
	fn, at := f.Value, fieldOrigin(f)
	config := []model.Field{}
	for _, on := range [][2]string{{"onSuccess", "OnSuccess"}, {"onFailure", "OnFailure"}} {
		if d := fn.Path("destinations", on[0]); d.Kind != model.Absent {
			config = append(config, field(on[1], object(d.Origin, field("Destination", e.destination(d)))))
			e.allowDestination(f.Key, d)
		}
	}
	settings := rename(nil, fn, "maximumRetryAttempts", "MaximumRetryAttempts", "maximumEventAge", "MaximumEventAgeInSeconds")
	if len(config) == 0 && settings == nil {
		return
	}
	qualifier := text(orDefault(e.aliases[f.Key], "$LATEST"), at)
	fields := append([]model.Field{
		field("FunctionName", ref(functionID(f.Key), at)), field("Qualifier", qualifier),
		field("DestinationConfig", object(at, config...)),
	}, settings...)
	e.add(logicalName(f.Key)+"LambdaEvConf", "AWS::Lambda::EventInvokeConfig", fields, at, "destinations of function "+f.Key)
}

// destination is an ARN, {type, arn}, or another function of the service by name.
func (e *expansion) destination(d *model.Value) *model.Value {
	if d.Kind == model.Map && d.Get("arn").Kind != model.Absent {
		return d.Get("arn")
	}
	if name, ok := d.Scalar(); ok && !strings.HasPrefix(name, "arn:") {
		if !e.hasFunction(name) {
			e.warn(d.Origin, "destination "+name+" is no function of the service", "name one, or give the ARN of what it is")
			return model.NewPresent("destination "+name+" is no function of the service", d.Origin)
		}
		return arn(functionID(name), d.Origin)
	}
	return d
}

// destinationActions is what a function must be allowed to do for each type of destination.
var destinationActions = map[string]string{
	"function": "lambda:InvokeFunction", "sqs": "sqs:SendMessage", "sns": "sns:Publish", "eventBus": "events:PutEvents",
}

func (e *expansion) allowDestination(function string, d *model.Value) {
	kind, _ := d.Get("type").Scalar()
	resource := d
	if d.Kind == model.Map && d.Get("arn").Kind != model.Absent {
		resource = d.Get("arn")
	} else if name, ok := d.Scalar(); ok {
		switch {
		case !strings.HasPrefix(name, "arn:"):
			kind = "function"
			resource = pattern(d.Origin, "arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:%v", e.nameOf(name, d.Origin))
		case strings.Contains(name, ":function:"):
			kind = "function"
		case strings.Contains(name, ":sqs:"):
			kind = "sqs"
		case strings.Contains(name, ":sns:"):
			kind = "sns"
		case strings.Contains(name, ":event-bus/"):
			kind = "eventBus"
		}
	}
	if action := destinationActions[kind]; action != "" {
		e.allow(function, "", d.Origin, resource, action)
	}
}

// nameOf is the deployed name of a function of the service.
func (e *expansion) nameOf(function string, at model.Origin) *model.Value {
	for _, section := range e.root.Get("functions").Elements() {
		if fn := section.Get(function); fn.Get("name").Kind != model.Absent {
			return fn.Get("name")
		}
	}
	return e.defaultName(function, at)
}

// permission lets a service call a function. more are further fields, such as SourceArn.
func (e *expansion) permission(id, function, principal string, at model.Origin, more ...model.Field) {
	fields := append([]model.Field{
		field("FunctionName", e.target(function, at)),
		field("Action", text("lambda:InvokeFunction", at)),
		field("Principal", text(principal, at)),
	}, more...)
	e.add(id, "AWS::Lambda::Permission", fields, at, "permission for "+principal)
}

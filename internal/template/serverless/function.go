package serverless

import (
	"strings"

	"wardlet.example/internal/model"
)

// functions makes each function with its log group, URL and events. The functions section may be a list of maps.
func (e *expansion) functions() {
	for _, section := range e.root.Get("functions").Elements() {
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
	at := fieldOrigin(f)
	id := logicalName(f.Key) + "LambdaFunction"
	e.service.Functions = append(e.service.Functions, Function{Name: f.Key, LogicalID: id})
	fields := e.functionProps(f, at)
	role := e.functionRole(f, at)
	fields = set(fields, "Role", role)
	e.add(id, "AWS::Lambda::Function", fields, at, "function "+f.Key)
	e.logGroup(f, at)
	e.functionURL(f, id)
	e.destinations(f, id)
	e.events(f, id)
}

func (e *expansion) functionProps(f model.Field, at model.Origin) []model.Field {
	fn, p := f.Value, e.provider
	fields := set(nil, "FunctionName", first(fn.Get("name"), e.defaultName(f.Key, at)))
	fields = set(fields, "Handler", fn.Get("handler"))
	if fn.Get("image").Kind == model.Absent { // an image brings its own
		fields = set(fields, "Runtime", first(fn.Get("runtime"), p.Get("runtime")))
	}
	fields = append(fields, field("Code", e.code(fn, at)))
	fields = set(fields, "MemorySize", first(fn.Get("memorySize"), p.Get("memorySize"), model.NewInt(1024, at)))
	fields = set(fields, "Timeout", first(fn.Get("timeout"), p.Get("timeout"), model.NewInt(6, at)))
	fields = set(fields, "Environment", environment(p.Get("environment"), fn.Get("environment")))
	fields = set(fields, "KmsKeyArn", first(fn.Get("kmsKeyArn"), p.Get("kmsKeyArn"), fn.Get("awsKmsKeyArn"), p.Get("awsKmsKeyArn")))
	fields = set(fields, "Layers", first(fn.Get("layers"), p.Get("layers")))
	fields = set(fields, "Architectures", e.architecture(fn, at))
	fields = set(fields, "ReservedConcurrentExecutions", fn.Get("reservedConcurrency"))
	fields = set(fields, "TracingConfig", e.tracing(fn))
	fields = set(fields, "VpcConfig", e.vpc(fn))
	fields = set(fields, "Tags", merge(p.Get("tags"), fn.Get("tags")))
	fields = set(fields, "Description", fn.Get("description"))
	if dead := fn.Get("onError"); dead.Kind != model.Absent {
		fields = append(fields, field("DeadLetterConfig", object(dead.Origin, field("TargetArn", dead))))
	}
	if fs := fn.Get("fileSystemConfig"); fs.Kind == model.Map {
		entry := object(fs.Origin, set(set(nil, "Arn", fs.Get("arn")), "LocalMountPath", fs.Get("localMountPath"))...)
		fields = append(fields, field("FileSystemConfigs", list(fs.Origin, entry)))
	}
	if fn.Get("image").Kind != model.Absent {
		fields = append(fields, field("PackageType", text("Image", fn.Get("image").Origin)))
	}
	return fields
}

func (e *expansion) defaultName(name string, at model.Origin) *model.Value {
	return concat(at, text(e.service.Name+"-"+e.service.Stage+"-"+name, at))
}

// code is what is deployed: an image, a given artifact, or the service's folder.
func (e *expansion) code(fn *model.Value, at model.Origin) *model.Value {
	if image := fn.Get("image"); image.Kind != model.Absent {
		if image.Kind == model.Map {
			image = first(image.Get("uri"), image.Get("name"))
		}
		return object(at, field("ImageUri", e.imageURI(image)))
	}
	if a := first(fn.Path("package", "artifact"), e.root.Path("package", "artifact")); a.Kind != model.Absent {
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
	vars := merge(common, own)
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

func (e *expansion) tracing(fn *model.Value) *model.Value {
	t := first(fn.Get("tracing"), e.provider.Path("tracing", "lambda"))
	mode := t
	switch {
	case t.Kind == model.Absent:
		return t
	case t.Kind == model.Bool && t.Bool:
		mode = text("Active", t.Origin)
	case t.Kind == model.Bool:
		mode = text("PassThrough", t.Origin)
	}
	return object(t.Origin, field("Mode", mode))
}

func (e *expansion) vpc(fn *model.Value) *model.Value {
	v := first(fn.Get("vpc"), e.provider.Get("vpc"))
	if v.Kind != model.Map {
		return model.NewAbsent(v.Origin)
	}
	return object(v.Origin, set(set(nil, "SecurityGroupIds", v.Get("securityGroupIds")), "SubnetIds", v.Get("subnetIds"))...)
}

func (e *expansion) logGroup(f model.Field, at model.Origin) {
	if off := f.Value.Get("disableLogs"); off.Kind == model.Bool && off.Bool {
		return
	}
	name := first(f.Value.Get("name"), e.defaultName(f.Key, at))
	fields := []model.Field{field("LogGroupName", concat(at, text("/aws/lambda/", at), name))}
	fields = set(fields, "RetentionInDays", first(f.Value.Get("logRetentionInDays"), e.provider.Get("logRetentionInDays")))
	fields = set(fields, "DataProtectionPolicy", first(f.Value.Get("logDataProtectionPolicy"), e.provider.Get("logDataProtectionPolicy")))
	e.add(logicalName(f.Key)+"LogGroup", "AWS::Logs::LogGroup", fields, at, "logs of function "+f.Key)
}

func (e *expansion) functionURL(f model.Field, id string) {
	url := f.Value.Get("url")
	if url.Kind == model.Absent || url.Kind == model.Bool && !url.Bool {
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
	fields := []model.Field{field("AuthType", auth), field("TargetFunctionArn", arn(id, at))}
	fields = set(fields, "Cors", urlCors(url.Get("cors")))
	if invoke := url.Get("invokeMode"); invoke.Kind != model.Absent {
		fields = append(fields, field("InvokeMode", invoke))
	}
	e.add(logicalName(f.Key)+"LambdaFunctionUrl", "AWS::Lambda::Url", fields, at, "url of function "+f.Key)
	if auth.EqualsText("NONE") != model.No {
		e.permission(logicalName(f.Key)+"LambdaPermissionFnUrl", id, "*", at, field("FunctionUrlAuthType", auth))
	}
}

// urlCors spells out "cors: true" as the framework does: any origin.
func urlCors(cors *model.Value) *model.Value {
	at := cors.Origin
	if cors.Kind == model.Map {
		return object(at,
			set(set(set(set(nil,
				"AllowOrigins", first(cors.Get("allowedOrigins"), list(at, text("*", at)))),
				"AllowHeaders", cors.Get("allowedHeaders")),
				"AllowMethods", cors.Get("allowedMethods")),
				"AllowCredentials", cors.Get("allowCredentials"))...)
	}
	if cors.Kind == model.Bool && cors.Bool {
		return object(at, field("AllowOrigins", list(at, text("*", at))), field("AllowMethods", list(at, text("*", at))))
	}
	return model.NewAbsent(at)
}

func (e *expansion) destinations(f model.Field, id string) {
	fn := f.Value
	fields := []model.Field{field("FunctionName", ref(id, fn.Origin))}
	var config []model.Field
	for key, name := range map[string]string{"onSuccess": "OnSuccess", "onFailure": "OnFailure"} {
		if d := fn.Path("destinations", key); d.Kind != model.Absent {
			config = append(config, field(name, object(d.Origin, field("Destination", e.destination(d)))))
		}
	}
	if len(config) > 1 && config[0].Key > config[1].Key {
		config[0], config[1] = config[1], config[0]
	}
	if config != nil {
		fields = append(fields, field("DestinationConfig", object(fn.Get("destinations").Origin, config...)))
	}
	fields = set(fields, "MaximumRetryAttempts", fn.Get("maximumRetryAttempts"))
	fields = set(fields, "MaximumEventAgeInSeconds", fn.Get("maximumEventAge"))
	if len(fields) > 1 {
		e.add(logicalName(f.Key)+"LambdaEvConf", "AWS::Lambda::EventInvokeConfig", fields, fieldOrigin(f), "destinations of function "+f.Key)
	}
}

// destination is an ARN, {type, arn}, or another function of the service by name.
func (e *expansion) destination(d *model.Value) *model.Value {
	if d.Kind == model.Map && d.Get("arn").Kind != model.Absent {
		return d.Get("arn")
	}
	if name, ok := d.Scalar(); ok && !strings.HasPrefix(name, "arn:") {
		return arn(logicalName(name)+"LambdaFunction", d.Origin)
	}
	return d
}

// permission lets a service call a function. more are further fields, such as SourceArn.
func (e *expansion) permission(id, function, principal string, at model.Origin, more ...model.Field) {
	action := "lambda:InvokeFunction"
	if principal == "*" {
		action = "lambda:InvokeFunctionUrl"
	}
	fields := append([]model.Field{
		field("FunctionName", arn(function, at)),
		field("Action", text(action, at)),
		field("Principal", text(principal, at)),
	}, more...)
	e.add(id, "AWS::Lambda::Permission", fields, at, "permission for "+principal)
}

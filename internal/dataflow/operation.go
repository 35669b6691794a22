package dataflow

import (
	"maps"
	"slices"
	"strings"

	"wardlet.example/internal/ir"
	"wardlet.example/internal/sdk"
)

// botoClient is a client of boto3, which is made by the name of its service.
func botoClient(ref string, args *arguments) *Value {
	root, rest, _ := strings.Cut(ref, ".")
	if root != "boto3" && root != "aioboto3" {
		return nil
	}
	method := rest[strings.LastIndexByte(rest, '.')+1:]
	if method != "client" && method != "resource" || strings.Contains(rest, "meta") {
		return nil
	}
	service := args.get(0)
	if service == nothing {
		service = orNothing(args.kw["service_name"])
	}
	if !service.known {
		return &Value{ref: "boto3:?", alts: service.alts}
	}
	return &Value{ref: "boto3:" + service.text}
}

// operationOf is what a call does.
func (p *Program) operationOf(language ir.Language, ref string, args *arguments, made []*Value) ([]awsCall, bool) {
	dot := strings.LastIndexByte(ref, '.')
	if dot < 0 {
		return nil, false
	}
	before, method := ref[:dot], ref[dot+1:]
	var call sdk.Call
	var params *Value
	switch language {
	case ir.Go:
		client, operation, request := goOperation(ref, args)
		if client == "" || !strings.Contains(before, "()") && !strings.HasPrefix(method, "New") {
			return nil, false
		}
		call, params = sdk.Call{Language: sdk.Go, Client: client, Method: operation}, request
	case ir.Python:
		call, params = pythonOperation(before, method, args, made)
	default:
		call, params = nodeOperation(ref, before, method, args)
	}
	if params == nil {
		return nil, false
	}
	var out []awsCall
	for _, op := range resolved(call) {
		out = append(out, awsCall{op: op, params: params, resource: method == "get_queue_by_name"})
	}
	return out, len(out) > 0
}

// pythonOperation is a call of boto3, with its parameters under their names; without parameters where it is none.
func pythonOperation(before, method string, args *arguments, made []*Value) (sdk.Call, *Value) {
	service, ok := strings.CutPrefix(before, "boto3:")
	if !ok {
		return sdk.Call{}, nil
	}
	call := sdk.Call{Language: sdk.Python, Client: strings.TrimSuffix(strings.ReplaceAll(service, "()", ""), ".batch_writer"), Method: method}
	if page, ok := strings.CutSuffix(call.Client, ".get_paginator"); ok && method == "paginate" {
		call.Client = page
		if len(made) > 0 && made[0].known {
			call.Method = made[0].text
		}
	}
	params := &Value{fields: args.kw}
	if names := positional[call.Client+"."+method]; len(names) > 0 {
		params = &Value{fields: maps.Clone(args.kw)}
		for i, name := range names {
			if i < len(args.list) {
				params.fields[name] = args.list[i]
			}
		}
	}
	params = bound(call.Client, params, made)
	switch method {
	case "generate_presigned_post":
		call.Method = "put_object"
	case "generate_presigned_url":
		call.Method, params = presigned(args)
	}
	if args.rest != nil {
		params = join(params, args.rest)
	}
	return call, params
}

// presigned is the operation that an address of boto3 allows, and its parameters.
func presigned(args *arguments) (method string, params *Value) {
	name := orNothing(args.kw["ClientMethod"])
	if name == nothing {
		name = args.get(0)
	}
	params = orNothing(args.kw["Params"])
	if params == nothing {
		params = args.get(1)
	}
	return name.text, params
}

// nodeOperation is a call of an SDK for Node.js, with its parameters; without parameters where it is none.
func nodeOperation(ref, before, method string, args *arguments) (sdk.Call, *Value) {
	const s3 = "@aws-sdk/client-s3"
	ofV3 := strings.HasPrefix(ref, "@aws-sdk/")
	switch {
	case ref == "@aws-sdk/s3-presigned-post.createPresignedPost":
		return sdk.Call{Language: sdk.NodeV3, Client: s3, Method: "PutObjectCommand"}, args.get(1)
	case ref == "@aws-sdk/lib-storage.Upload":
		return sdk.Call{Language: sdk.NodeV3, Client: s3, Method: "PutObjectCommand"}, orNothing(args.get(0).fields["params"])
	case ofV3 && strings.HasPrefix(method, "paginate"):
		return sdk.Call{Language: sdk.NodeV3, Client: before, Method: method}, args.get(1)
	case method == "send":
		return commandOfV3(args.get(0))
	case ofV3 && method == "getSignedUrl":
		return commandOfV3(args.get(1))
	case ofV3:
		pkg, _, ok := strings.Cut(before, ".")
		if !ok || !strings.Contains(before, "()") {
			return sdk.Call{}, nil
		}
		return sdk.Call{Language: sdk.NodeV3, Client: pkg, Method: method}, args.get(0)
	}
	call := sdk.Call{Language: sdk.NodeV2, Client: nodeV2Client(before), Method: method}
	if strings.HasPrefix(method, "getSignedUrl") && args.get(0).known {
		call.Method = args.get(0).text
		return call, args.get(1)
	}
	return call, args.get(0)
}

// commandOfV3 is the call that a command of version 3 stands for: client.send(new GetObjectCommand({...})).
func commandOfV3(command *Value) (sdk.Call, *Value) {
	pkg, class, ok := strings.Cut(strings.TrimSuffix(command.ref, "()"), ".")
	if !ok || !strings.HasSuffix(class, "Command") {
		return sdk.Call{}, nil
	}
	return sdk.Call{Language: sdk.NodeV3, Client: pkg, Method: class}, orNothing(first1(command.args))
}

// byName are the names of what resources of boto3 are made with, in order.
var byName = [][]string{{"bucket_name", "name", "url", "arn"}, {"key"}}

// made is what a resource was made with, by place or by name.
func made(callee *Value) []*Value {
	out := slices.Clone(callee.args)
	for i, names := range byName {
		for _, name := range names {
			if v := callee.kw[name]; v != nil && i >= len(out) {
				out = append(out, v)
			}
		}
	}
	return out
}

// boundBy are the members of requests by which resources of boto3 are found: what they were made with, in order.
var boundBy = map[string][]string{
	"s3.Object": {"Bucket", "Key"}, "s3.Bucket": {"Bucket"}, "s3.Bucket.Object": {"Bucket", "Key"}, "sqs.Queue": {"QueueUrl"}, "sns.Topic": {"TopicArn"},
	"dynamodb.Table": {"TableName"}, "s3.ObjectSummary": {"Bucket"}, "sqs.Message": {"QueueUrl"}, "s3.objects": {"Bucket"}, "s3.object_versions": {"Bucket"},
}

// bound are the members of a request of a resource of boto3, with those by which the resource is found.
func bound(client string, params *Value, made []*Value) *Value {
	names := boundBy[client]
	if names == nil {
		names = boundBy[sdk.ResourceOf(client)]
	}
	if len(names) == 0 || len(made) == 0 {
		return params
	}
	out := &Value{fields: maps.Clone(params.fields), taints: params.taints}
	if out.fields == nil {
		out.fields = map[string]*Value{}
	}
	for i, name := range names {
		if i < len(made) && out.fields[name] == nil {
			out.fields[name] = made[i]
		}
	}
	return out
}

// positional are the names of what methods of boto3 take by position.
var positional = map[string][]string{
	"s3.upload_file": {"Filename", "Bucket", "Key"}, "s3.upload_fileobj": {"Fileobj", "Bucket", "Key"}, "s3.download_file": {"Bucket", "Key", "Filename"},
	"s3.download_fileobj": {"Bucket", "Key", "Fileobj"}, "s3.copy": {"CopySource", "Bucket", "Key"}, "s3.generate_presigned_post": {"Bucket", "Key"},
	"s3.Bucket.upload_file": {"Filename", "Key"}, "s3.Bucket.upload_fileobj": {"Fileobj", "Key"}, "s3.Bucket.download_file": {"Key", "Filename"},
	"s3.Bucket.download_fileobj": {"Key", "Fileobj"}, "s3.Object.upload_file": {"Filename"}, "s3.Object.download_file": {"Filename"},
	"s3.Bucket.copy": {"CopySource", "Key"}, "s3.Object.copy": {"CopySource"},
}

// nodeV2Client is the class of a client of version 2: "S3" of aws-sdk.S3(), or of what aws-sdk/clients/s3 gives.
func nodeV2Client(before string) string {
	before = strings.ReplaceAll(before, "()", "")
	if class, ok := strings.CutPrefix(before, "aws-sdk."); ok {
		return class
	}
	name, ok := strings.CutPrefix(before, "aws-sdk/clients/")
	if !ok {
		return before
	}
	name, inner, _ := strings.Cut(name, ".")
	class := name
	for _, known := range []string{"S3", "SNS", "SQS", "SES", "SSM", "DynamoDB", "Lambda", "StepFunctions", "EventBridge", "SecretsManager", "Kinesis", "KMS", "STS", "RDSDataService", "Athena"} {
		if strings.EqualFold(known, name) {
			class = known
		}
	}
	if inner != "" {
		class += "." + inner
	}
	return class
}

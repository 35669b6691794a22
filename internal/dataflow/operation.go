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
	call := sdk.Call{Method: method}
	params := args.get(0)
	switch {
	case language == ir.Go:
		client, operation, request := goOperation(ref, args)
		if client == "" || !strings.Contains(before, "()") && !strings.HasPrefix(method, "New") {
			return nil, false
		}
		call.Language, call.Client, call.Method, params = sdk.Go, client, operation, request
	case language == ir.Python:
		service, ok := strings.CutPrefix(before, "boto3:")
		if !ok {
			return nil, false
		}
		call.Language, call.Client = sdk.Python, strings.TrimSuffix(strings.ReplaceAll(service, "()", ""), ".batch_writer")
		if page, ok := strings.CutSuffix(call.Client, ".get_paginator"); ok && method == "paginate" {
			call.Client = page
			if len(made) > 0 && made[0].known {
				call.Method = made[0].text
			}
		}
		params = &Value{fields: args.kw}
		if names := positional[call.Client+"."+method]; len(names) > 0 {
			params = &Value{fields: maps.Clone(args.kw)}
			for i, name := range names {
				if i < len(args.list) {
					params.fields[name] = args.list[i]
				}
			}
		}
		params = bound(call.Client, params, made)
		if method == "generate_presigned_post" {
			call.Method = "put_object"
		}
		if method == "generate_presigned_url" {
			name := orNothing(args.kw["ClientMethod"])
			if name == nothing {
				name = args.get(0)
			}
			call.Method, params = name.text, orNothing(args.kw["Params"])
			if params == nothing {
				params = args.get(1)
			}
		}
		if args.rest != nil {
			params = join(params, args.rest)
		}
	case ref == "@aws-sdk/s3-presigned-post.createPresignedPost":
		call.Language, call.Client, call.Method, params = sdk.NodeV3, "@aws-sdk/client-s3", "PutObjectCommand", args.get(1)
	case ref == "@aws-sdk/lib-storage.Upload":
		call.Language, call.Client, call.Method, params = sdk.NodeV3, "@aws-sdk/client-s3", "PutObjectCommand", orNothing(args.get(0).fields["params"])
	case strings.HasPrefix(method, "paginate") && strings.HasPrefix(ref, "@aws-sdk/"):
		call.Language, call.Client, params = sdk.NodeV3, before, args.get(1)
	case method == "send" || method == "getSignedUrl" && strings.HasPrefix(ref, "@aws-sdk/"): // a command of v3
		command := args.get(0)
		if method == "getSignedUrl" {
			command = args.get(1)
		}
		pkg, class, ok := strings.Cut(strings.TrimSuffix(command.ref, "()"), ".")
		if !ok || !strings.HasSuffix(class, "Command") {
			return nil, false
		}
		call.Language, call.Client, call.Method = sdk.NodeV3, pkg, class
		params = nothing
		if len(command.args) > 0 {
			params = command.args[0]
		}
	case strings.HasPrefix(ref, "@aws-sdk/"):
		pkg, _, ok := strings.Cut(before, ".")
		if !ok || !strings.Contains(before, "()") {
			return nil, false
		}
		call.Language, call.Client = sdk.NodeV3, pkg
	default:
		call.Language, call.Client = sdk.NodeV2, nodeV2Client(before)
		if strings.HasPrefix(method, "getSignedUrl") && args.get(0).known {
			call.Method, params = args.get(0).text, args.get(1)
		}
	}
	var out []awsCall
	for _, op := range resolved(call) {
		out = append(out, awsCall{op: op, params: params, resource: method == "get_queue_by_name"})
	}
	return out, len(out) > 0
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

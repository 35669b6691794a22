package dataflow

import (
	"maps"
	"slices"
	"strings"
	"sync"

	"wardlet.example/internal/ir"
	"wardlet.example/internal/sdk"
)

// awsCall is a call of an SDK of AWS, resolved to its operation.
type awsCall struct {
	op     sdk.Operation
	params *Value // the members of the request
}

// Use is a call of an SDK that the code of an entry makes.
type Use struct {
	Key  string // client:Operation
	File *ir.File
	At   int32
}

// isAWS reports whether a path is one of an SDK of AWS.
func isAWS(ref string) bool {
	return strings.HasPrefix(ref, "boto3") || strings.HasPrefix(ref, "@aws-sdk/") || strings.HasPrefix(ref, "aws-sdk") || strings.HasPrefix(ref, "botocore") || strings.HasPrefix(ref, "aioboto3")
}

// awsWrapped are functions that give back the client, or the whole SDK, that they get, and watch it.
var awsWrapped = map[string]bool{
	"aws-xray-sdk.captureAWS": true, "aws-xray-sdk.captureAWSClient": true, "aws-xray-sdk.captureAWSv3Client": true,
	"aws-xray-sdk-core.captureAWS": true, "aws-xray-sdk-core.captureAWSClient": true, "aws-xray-sdk-core.captureAWSv3Client": true,
	"@aws-sdk/lib-dynamodb.DynamoDBDocumentClient.from": false,
}

// sdkCall follows a call of an SDK of AWS.
func (in *interp) sdkCall(f frame, e *ir.Expr, callee *Value, args *arguments) (*Value, bool) {
	ref := callee.ref
	if awsWrapped[ref] {
		return args.get(0), true
	}
	if strings.HasPrefix(ref, "aws-xray-sdk") && strings.Contains(ref, ".capture") && len(args.list) > 0 && len(args.list[0].fns) == 0 { // captureHTTPs(require("https"))
		return args.get(0), true
	}
	if tracer := strings.LastIndex(ref, ".captureAWS"); tracer > 0 { // of Powertools
		return args.get(0), true
	}
	if !isAWS(ref) {
		return nil, false
	}
	switch ref[strings.LastIndexByte(ref, '.')+1:] {
	case "marshall", "unmarshall", "serialize", "deserialize": // the same in other types
		return args.get(0), true
	}
	if url := args.kw["endpoint_url"]; url != nil {
		in.hit(f, e.At, "ssrf", lastPart(ref)+" endpoint_url", url.taints, false)
	}
	if v := botoClient(ref, args); v != nil {
		return v, true
	}
	out := &Value{ref: ref + "()", args: args.list}
	in.boundTo(f, e, ref, args)
	in.download(f, e, ref, args)
	c, ok := in.p.operationOf(f.file.Language, ref, args, callee.args)
	if !ok {
		return out, true
	}
	out.ref = "" // what an operation gives is data
	for _, o := range c {
		in.uses = append(in.uses, Use{o.op.Key, f.file, e.At})
		in.operation(f, e, o, out)
	}
	if strings.HasSuffix(ref, ".batch_writer") { // what it gives takes single items
		out.ref, out.taints = ref+"()", nil
	}
	for _, a := range args.list { // a callback gets what the call gives
		for _, fn := range a.fns {
			in.invoke(f, fn, fn.this, &arguments{list: []*Value{nothing, out}}, e.At)
		}
	}
	return out, true
}

// boundTo checks by what a resource of boto3 is found: its table, bucket, queue.
func (in *interp) boundTo(f frame, e *ir.Expr, ref string, args *arguments) {
	service, class, ok := strings.Cut(strings.TrimPrefix(ref, "boto3:"), ".")
	if !ok || !strings.HasPrefix(ref, "boto3:") {
		return
	}
	switch class {
	case "Table", "Bucket", "Queue", "Topic", "Object":
		in.hit(f, e.At, "user-controlled-target", service+" "+class, args.get(0).taints, false)
	case "Bucket().Object":
		in.hit(f, e.At, "object-key", service+" "+class, args.get(0).taints, false)
	}
	if class == "Object" {
		in.hit(f, e.At, "object-key", service+" "+class, args.get(1).taints, false)
	}
}

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
		return &Value{ref: "boto3:?"}
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
		if call.Client == "s3.Object" && len(made) > 1 {
			params = &Value{fields: maps.Clone(params.fields)}
			params.fields["Bucket"], params.fields["Key"] = made[0], made[1]
		}
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
		out = append(out, awsCall{op, params})
	}
	return out, len(out) > 0
}

// positional are the names of what methods of boto3 take by position.
var positional = map[string][]string{
	"s3.upload_file": {"Filename", "Bucket", "Key"}, "s3.upload_fileobj": {"Fileobj", "Bucket", "Key"}, "s3.download_file": {"Bucket", "Key", "Filename"},
	"s3.download_fileobj": {"Bucket", "Key", "Fileobj"}, "s3.copy": {"CopySource", "Bucket", "Key"}, "s3.generate_presigned_post": {"Bucket", "Key"},
	"s3.Bucket.upload_file": {"Filename", "Key"}, "s3.Bucket.upload_fileobj": {"Fileobj", "Key"}, "s3.Bucket.download_file": {"Key", "Filename"},
	"s3.Bucket.download_fileobj": {"Key", "Fileobj"}, "s3.Object.upload_file": {"Filename"}, "s3.Object.download_file": {"Filename"},
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

var resolvedCalls sync.Map

// resolved is sdk.Resolve, once for each client and method.
func resolved(c sdk.Call) []sdk.Operation {
	key := [3]string{string(c.Language), c.Client, c.Method}
	if known, ok := resolvedCalls.Load(key); ok {
		ops, _ := known.([]sdk.Operation)
		return ops
	}
	ops := sdk.Resolve(c)
	resolvedCalls.Store(key, ops)
	return ops
}

// targets are members of requests that say on what an operation works.
var targets = set(`TableName QueueUrl FunctionName Bucket TopicArn TargetArn stateMachineArn StreamName StreamARN DeliveryStreamName EventBusName
	SecretId RoleArn UserPoolId KeyId resourceArn Database DBInstanceIdentifier ClusterIdentifier`)

// operation checks what goes into an operation, and what comes out of it.
func (in *interp) operation(f frame, e *ir.Expr, c awsCall, out *Value) {
	client, name, _ := strings.Cut(c.op.Key, ":")
	for _, s := range c.op.Subjects {
		if targets[s.Member] {
			if v := c.params.fields[s.Member]; v != nil {
				before := len(in.hits)
				in.hit(f, e.At, "user-controlled-target", c.op.Key+" "+s.Member, v.taints, false)
				for _, h := range in.hits[before:] {
					for _, a := range c.op.Actions {
						h.Needs = append(h.Needs, a.Name)
					}
				}
			} else {
				in.hit(f, e.At, "user-controlled-target", c.op.Key+" "+s.Member, wholeRequest(c), false)
			}
		}
	}
	for _, m := range in.p.models.tables[aws].exact[client+"."+name] {
		switch m.Kind {
		case sink:
			for _, member := range m.In {
				v := in.inside(f, c.params, member, e.At)
				if v == nil && len(c.params.taints) > 0 && m.Rule != "mass-assignment" && m.Rule != "object-key" {
					continue // that somebody sends the whole request is another thing
				}
				taints := orNothing(v).taints
				if m.object {
					taints = slices.DeleteFunc(slices.Clone(taints), func(t *Taint) bool { return !t.object })
				}
				if m.Rule == "os-command" || member == "ExpressionAttributeNames" {
					taints = orNothing(v).all()
				}
				if member == "CopySource" {
					taints = behindBucket(taints)
				}
				if m.Rule == "mass-assignment" && v != nil && v.named != nil {
					taints = addTaints(taints, v.named.taints)
				}
				in.hit(f, e.At, m.Rule, c.op.Key, taints, false)
			}
		case sourceKind:
			in.stored(f, e, c, out)
		}
	}
}

// inside is a member of a request, also one inside of others: "TransactItems.[].Put.Item"; nil where it is not given.
func (in *interp) inside(f frame, v *Value, path string, at int32) *Value {
	for part := range strings.SplitSeq(path, ".") {
		if v == nil {
			return nil
		}
		switch part {
		case "[]":
			v = in.elements(v)
		case "*":
			v = in.anyMember(v)
		default:
			if v.fields[part] == nil && len(v.taints) == 0 {
				return nil
			}
			if x := v.fields[part]; x != nil {
				v = x
			} else if path == part {
				return nil
			} else {
				v = in.member(f, v, part, at)
			}
		}
	}
	return v
}

// stored is what is read from a store: what somebody put there before, or the object that the event is about.
func (in *interp) stored(f frame, e *ir.Expr, c awsCall, out *Value) {
	if key := orNothing(c.params.fields["Key"]); c.op.Key == "s3:GetObject" {
		for _, t := range key.taints {
			if strings.HasSuffix(t.Path, "object.key") { // what an outsider has just uploaded
				u := *t
				u.Path, u.clean, u.object = "the uploaded object", nil, false
				out.taints = []*Taint{(&u).with(f.file, e.At, "the object that the event is about is read", in.steps)}
				return
			}
		}
	}
	if key, bucket := orNothing(c.params.fields["Key"]), orNothing(c.params.fields["Bucket"]); c.op.Key == "s3:GetObject" && key.known && (bucket.known || isEnvironment(bucket.ref)) {
		return // an object of the application's own
	}
	s := in.source(c.op.Key)
	s.Stored = true
	out.taints = addTaints(out.taints, []*Taint{{Path: storeName(c), Source: s, object: true, step: &step{f.file, e.At, "is read from where it was stored", nil, in.steps}}})
}

// downloads are helpers that write an object into a file: service, method, and where its key stands.
var downloads = map[string]int{"boto3:s3.download_file": 1, "boto3:s3.download_fileobj": 1, "boto3:s3.Bucket().download_file": 0, "boto3:s3.Bucket().download_fileobj": 0}

// download notes that a file now holds what somebody put into a bucket.
func (in *interp) download(f frame, e *ir.Expr, ref string, args *arguments) {
	at, ok := downloads[ref]
	if !ok {
		return
	}
	key := args.get(at)
	if kw := args.kw["Key"]; kw != nil {
		key = kw
	}
	held := &Value{}
	in.stored(f, e, awsCall{op: sdk.Operation{Key: "s3:GetObject"}, params: &Value{fields: map[string]*Value{"Key": key}}}, held)
	in.downloaded = addTaints(in.downloaded, held.taints)
	name := args.get(at + 1)
	if kw := args.kw["Filename"]; kw != nil {
		name = kw
	}
	if strings.HasSuffix(ref, "download_file") {
		in.hit(f, e.At, "path-traversal", "download_file", name.taints, false)
	}
}

// opened is what a file gives that was opened after something was downloaded: of files by a constant name nothing is taken for granted.
func (in *interp) opened(ref string, args *arguments) []*Taint {
	switch ref {
	case "builtin.open", "io.open", "fs.readFileSync", "fs.promises.readFile", "fs/promises.readFile", "fs.createReadStream", "zipfile.ZipFile", "tarfile.open":
		if name := args.get(0); !name.known || strings.HasPrefix(name.text, "/tmp/") {
			return in.downloaded
		}
	}
	return nil
}

// storeName is what people call what is read: the item of a table, an object of a bucket.
func storeName(c awsCall) string {
	client, _, _ := strings.Cut(c.op.Key, ":")
	if i := slices.Index([]string{"dynamodb", "s3", "sqs", "rds-data", "kinesis"}, client); i >= 0 {
		return []string{"stored item", "stored object", "message", "stored row", "record"}[i]
	}
	return "stored value"
}

package dataflow

import (
	"maps"
	"regexp"
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

	resource bool  // it gives an object of boto3
	signed   bool  // it only makes an address by which somebody else makes the call
	send     *Send // the call as it is kept; nil where it hands on and reads nothing
}

// Use is a call of an SDK that the code of an entry makes.
type Use struct {
	Key    string // client:Operation
	Op     sdk.Operation
	File   *ir.File
	At     int32
	Params *Value // the members of the request
	Lent   bool   // it is made with credentials that the code gives to the client
	Helper bool   // one of several that a helper chooses from
}

// Doubt is a reason why an entry perhaps calls more of AWS than its uses say.
type Doubt struct {
	Service string // the client, as Use.Key names it; empty where it can be any
	Reason  string
	File    *ir.File
	At      int32
}

// maxUsed bounds what is kept of the request of a use.
const maxUsed = 120

// use notes a call of an SDK.
func (in *interp) use(f frame, at int32, key string, op sdk.Operation, params *Value, lent bool) {
	if in.st != nil {
		in.reveals(f, at, key, params, usedInside)
	}
	budget := maxUsed
	in.acts(key)
	if f.file.Language != ir.Go { // where it is a result
		in.thrown = joinThrown(in.thrown, &Value{ref: serviceError})
	}
	in.uses = append(in.uses, Use{Key: key, Op: op, File: f.file, At: at, Params: in.copyOf(params, &budget, 0), Lent: lent})
}

// chosenByName notes that running code chooses by name what of an SDK it calls.
func (in *interp) chosenByName(f frame, at int32, v *Value) {
	if v == nil || !isAWS(v.ref) {
		return
	}
	if service := serviceOf(f.file.Language, v.ref); service != "" {
		in.doubt(f, at, service, "which operation is called is decided while it runs")
		return
	}
	in.doubt(f, at, "", "which service is called is decided while it runs")
}

// serviceOf is the client that a path of an SDK is of, as keys name it; empty where it is none of a single service.
func serviceOf(language ir.Language, ref string) string {
	ref = strings.ReplaceAll(ref, "()", "")
	call := sdk.Call{Language: sdk.NodeV2, Client: nodeV2Client(ref), Method: ""}
	switch {
	case language == ir.Go:
		call.Language = sdk.Go
		call.Client, _, _ = goOperation(ref+".", &arguments{})
	case language == ir.Python:
		service, ok := strings.CutPrefix(ref, "boto3:")
		if !ok {
			return ""
		}
		call.Language, call.Client = sdk.Python, service
	case strings.HasPrefix(ref, "@aws-sdk/"):
		pkg, _, _ := strings.Cut(ref, ".")
		call.Language, call.Client = sdk.NodeV3, pkg
	}
	return sdk.ClientName(call)
}

// handed notes clients that are given to a library of which nothing is known.
func (in *interp) handed(f frame, at int32, ref string, args *arguments) {
	if f.file.Language == ir.Go && isStandard(ref) {
		return
	}
	for _, v := range append(slices.Clone(args.list), kwValues(args)...) {
		all := []*Value{v}
		for _, x := range sorted(v.fields) {
			all = append(all, x)
		}
		for _, x := range all {
			if x != nil && isAWS(x.ref) && strings.Contains(x.ref, "(") || x != nil && strings.HasPrefix(x.ref, "boto3:") {
				in.doubt(f, at, serviceOf(f.file.Language, x.ref), "a client is given to "+shortRef(ref, ""))
			}
		}
	}
}

// doubt notes a reason why perhaps more is called, once for each place.
func (in *interp) doubt(f frame, at int32, service, reason string) {
	for _, d := range in.doubts {
		if d.Service == service && d.Reason == reason && d.File == f.file {
			return
		}
	}
	in.doubts = append(in.doubts, Doubt{service, reason, f.file, at})
}

// isAWS reports whether a path is one of an SDK of AWS.
func isAWS(ref string) bool {
	return strings.HasPrefix(ref, "boto3") || strings.HasPrefix(ref, "@aws-sdk/") || strings.HasPrefix(ref, "aws-sdk") || strings.HasPrefix(ref, "botocore") || strings.HasPrefix(ref, "aioboto3") ||
		strings.HasPrefix(ref, "github_com/aws/aws-sdk-go")
}

// awsWrapped are functions that give back the client, or the whole SDK, that they get, and watch it.
var awsWrapped = map[string]bool{
	"aws-xray-sdk.captureAWS": true, "aws-xray-sdk.captureAWSClient": true, "aws-xray-sdk.captureAWSv3Client": true,
	"aws-xray-sdk-core.captureAWS": true, "aws-xray-sdk-core.captureAWSClient": true, "aws-xray-sdk-core.captureAWSv3Client": true,
	"@aws-sdk/lib-dynamodb.DynamoDBDocumentClient.from": false,
}

// buildsExpression is the package of Go by which expressions of DynamoDB are put together, which calls nothing: rows say what comes of its parts.
var buildsExpression = regexp.MustCompile(`^github_com/aws/aws-sdk-go(-v2/feature|/service)/dynamodb/expression\.`)

// sdkCall follows a call of an SDK of AWS.
func (in *interp) sdkCall(f frame, e *ir.Expr, callee *Value, args *arguments) (*Value, bool) {
	ref := callee.ref
	if wrapsClient(ref, args) {
		return args.get(0), true
	}
	if !isAWS(ref) || buildsExpression.MatchString(ref) {
		if typed := in.byRequest(f, e, callee, args); typed != nil {
			return in.sdkCall(f, e, typed, args)
		}
		return nil, false
	}
	if v := attributeCondition(callee, args); v != nil {
		return v, true
	}
	switch ref[strings.LastIndexByte(ref, '.')+1:] {
	case "marshall", "unmarshall", "serialize", "deserialize": // the same in other types
		return args.get(0), true
	}
	if strings.HasSuffix(ref, ".defineService") {
		in.doubt(f, e.At, "", "the application defines a service of its own")
	}
	if url := args.kw["endpoint_url"]; url != nil {
		in.hit(f, e.At, "ssrf", lastPart(ref)+" endpoint_url", url.taints, false)
	}
	if v := botoClient(ref, args); v != nil {
		if v.ref == "boto3:?" {
			in.doubt(f, e.At, "", "the name of the service is decided while it runs")
		}
		return v, true
	}
	out := &Value{ref: ref + "()", args: args.list, kw: args.kw}
	in.boundTo(f, e, ref, args)
	c, ok := in.p.operationOf(f.file.Language, ref, args, made(callee))
	if !ok {
		in.unnamed(f, e.At, ref, args)
		return out, true
	}
	in.operations(f, e, callee, args, c, out)
	return out, true
}

// wrapsClient reports whether a call gives the client back that it gets, and watches it.
func wrapsClient(ref string, args *arguments) bool {
	if awsWrapped[ref] || strings.LastIndex(ref, ".captureAWS") > 0 { // of Powertools
		return true
	}
	// captureHTTPs(require("https")), and not captureAsyncFunc("name", f)
	return strings.HasPrefix(ref, "aws-xray-sdk") && strings.Contains(ref, ".capture") && len(args.list) > 0 && !slices.ContainsFunc(args.list, func(v *Value) bool { return len(v.fns) > 0 })
}

// operations follows the operations that a call does, and what it gives of them, also to a callback.
func (in *interp) operations(f frame, e *ir.Expr, callee *Value, args *arguments, c []awsCall, out *Value) {
	ref := callee.ref
	out.ref = "" // what an operation gives is data
	if f.file.Language == ir.Go {
		if in.ofServices == nil {
			in.ofServices = map[*Value]bool{}
		}
		in.ofServices[out] = true
	}
	if isSigning(ref) {
		in.linkLives(f, e, args)
	}
	for i, o := range c {
		o.signed = isSigning(ref)
		o.params = in.asSent(o.op.Key, o.params)
		key, params := batched(ref, callee, o)
		foreign := lent(callee, 0)
		in.use(f, e.At, key, o.op, params, foreign)
		if refused := refusedBy(ref); len(refused.fields) > 0 {
			in.thrown = joinThrown(in.thrown, refused)
		}
		in.uses[len(in.uses)-1].Helper = i > 0
		if o.send = in.send(f, e.At, key, params); o.send != nil {
			o.send.Signed, o.send.Lent = o.signed, foreign
		}
		in.givesPassword(f, e.At, params)
		in.tellsPeople(f, e, key, key[strings.IndexByte(key, ':')+1:], params)
		in.download(f, e, ref, args, o)
		in.operation(f, e, o, out)
		in.named(o, out)
		for _, m := range in.secrets {
			in.fetch(f, e.At, m, o.params, out)
		}
		in.secrets = nil
		if o.signed && i == 0 {
			out.secret = in.signedLink(f, e, ref, key)
		}
	}
	if class := listed(ref); class != "" {
		out.elem = &Value{ref: class, args: callee.args, taints: out.taints}
	}
	if strings.HasSuffix(ref, ".batch_writer") { // what it gives takes single items
		out.ref, out.taints, out.args = ref+"()", nil, callee.args
	}
	given := &arguments{list: []*Value{nothing, out}}
	if f.file.Language == ir.Node && !isSigning(ref) { // (err, data) => ...
		given.list[0] = refusedBy(ref)
	}
	for _, a := range args.list {
		for _, fn := range a.fns {
			in.invoke(f, fn, fn.this, given, e.At)
		}
		if a.ref == errorFirst {
			calledBack(a, given)
		}
	}
}

// listed is the resource of boto3 that a call gives many of: a collection's, or the messages of a queue.
func listed(ref string) string {
	before, method := cutLast(ref)
	if !strings.HasPrefix(ref, "boto3:") || !strings.Contains(before, ".") {
		return ""
	}
	owner, name := cutLast(before)
	service, _, _ := strings.Cut(owner, ".")
	switch {
	case method == "receive_messages":
		return "boto3:sqs.Queue().Message()"
	case !isCollecting[method] || strings.HasSuffix(name, ")"):
		return ""
	case service == "boto3:s3" && name == "objects":
		return "boto3:s3.Bucket().ObjectSummary()"
	}
	one := strings.TrimSuffix(sdk.Camel(name), "s")
	if rest, ok := strings.CutSuffix(one, "ie"); ok { // policies
		one = rest + "y"
	}
	return service + "." + one + "()"
}

func cutLast(s string) (before, after string) {
	if i := strings.LastIndexByte(s, '.'); i >= 0 {
		return s[:i], s[i+1:]
	}
	return s, ""
}

// isCollecting are methods of the collections of boto3 that go through them.
var isCollecting = set("all filter limit page_size")

// plainMethods are methods of clients, and of resources, of boto3 that call nothing.
var plainMethods = set(`get_paginator can_paginate close get_available_subresources get_waiter wait add_permission register unregister emit exceptions
	event_system to_dict build_full_result search serialize deserialize batch_writer get_queue_url filter all limit page_size pages`)

// goPlain reports whether a method of the SDKs for Go calls no service: all but those of clients, which do unless they are known not to, and
// those that make what waits for something.
func goPlain(before, method string) bool {
	if strings.HasSuffix(method, "Waiter") || strings.HasPrefix(method, "BuildAuthToken") {
		return false
	}
	_, maker := cutLast(before)
	return !goClients[maker] || method == "Options" || method == "NewRequest"
}

// goClients are what makes a client, as it stands in a path.
var goClients = set("New() NewFromConfig() Client() NewUploader() NewDownloader() NewUploaderWithClient() NewDownloaderWithClient() NewBatchDelete()")

// unnamed notes that what is called stands in no table: a method of boto3, a command of version 3. Classes are made without a call.
func (in *interp) unnamed(f frame, at int32, ref string, args *arguments) {
	before, method := cutLast(ref)
	what := ref
	switch {
	case method == "" || plainMethods[method] || method[0] == '_' || strings.Contains(before, ".meta") || strings.Contains(before, ".exceptions") || strings.HasPrefix(before, "boto3:?"):
		return
	case f.file.Language == ir.Go:
		if goPlain(before, method) {
			return
		}
	case f.file.Language == ir.Python:
		if !strings.HasPrefix(before, "boto3:") || method[0] >= 'A' && method[0] <= 'Z' {
			return
		}
	case method == "send":
		if what = args.get(0).ref; !strings.HasSuffix(what, "Command()") || !strings.HasPrefix(what, "@aws-sdk/client-") {
			return
		}
	case method != "getAuthToken" && method != "waitFor":
		return
	}
	service := serviceOf(f.file.Language, what)
	if service == "" && f.file.Language == ir.Node {
		pkg, _, _ := strings.Cut(what, ".")
		service = strings.TrimPrefix(pkg, "@aws-sdk/client-")
	}
	in.doubt(f, at, service, "no table says what "+strings.TrimPrefix(strings.ReplaceAll(what, "()", ""), "boto3:")+" calls")
}

// lazily notes that a resource of boto3 is perhaps fetched, when an attribute of it is read that is not what it was made with.
func (in *interp) lazily(f frame, x *Value, key string, at int32) {
	path, ok := strings.CutPrefix(x.ref, "boto3:")
	if !ok || f.file.Language != ir.Python || !strings.HasSuffix(path, "()") || !strings.Contains(path, ".") || key == "" || key[0] >= 'A' && key[0] <= 'Z' || x.fields[key] != nil {
		return
	}
	path = strings.ReplaceAll(path, "()", "")
	_, class := cutLast(path)
	if class[0] < 'A' || class[0] > 'Z' || key == "meta" || identifiers[key] || key == "id" || strings.HasPrefix(key, strings.ToLower(class)+"_") {
		return
	}
	for _, op := range resolved(sdk.Call{Language: sdk.Python, Client: path, Method: "load"}) {
		in.use(f, at, op.Key, op, bound(path, &Value{}, x.args), lent(x, 0))
		in.uses[len(in.uses)-1].Helper = true
	}
}

// identifiers are what resources of boto3 are made with, and know without a call.
var identifiers = set("name url arn key bucket_name object_key queue_url receipt_handle table_name")

// batched is what a call does: the items that a batch writer of boto3 takes are written together with others.
func batched(ref string, callee *Value, o awsCall) (key string, params *Value) {
	if !strings.Contains(ref, ".batch_writer().") || o.op.Key != "dynamodb:PutItem" {
		return o.op.Key, o.params
	}
	put := &Value{fields: map[string]*Value{"PutRequest": {fields: map[string]*Value{"Item": orNothing(o.params.fields["Item"])}}}}
	return "dynamodb:BatchWriteItem", &Value{fields: map[string]*Value{"RequestItems": {named: first1(callee.args), elem: put}}}
}

// lent reports whether a client was made with credentials of its own.
func lent(client *Value, depth int) bool {
	if client == nil || depth > 2 {
		return false
	}
	if client.kw["aws_access_key_id"] != nil || client.kw["aws_session_token"] != nil {
		return true
	}
	for _, made := range client.args {
		if made.fields["credentials"] != nil || made.fields["accessKeyId"] != nil || lent(made, depth+1) {
			return true
		}
	}
	return false
}

// isSigning reports whether a call makes an address, or the fields of a form, by which somebody else does what it names.
func isSigning(ref string) bool {
	method := strings.ToLower(ref[strings.LastIndexByte(ref, '.')+1:])
	return strings.Contains(method, "signed") || strings.Contains(method, "presigned") || strings.HasPrefix(method, "presign")
}

// signedLink is what a call gives that signs: of the fields of a form, and of a request of Go, only some are what lets in.
func (in *interp) signedLink(f frame, e *ir.Expr, ref, key string) *secret {
	s := &secret{what: "the signed address for " + key[strings.IndexByte(key, ':')+1:], step: &step{f.file, e.At, "an address is signed", nil, in.steps}, made: ofLink}
	switch method := strings.ToLower(lastPart(ref)); {
	case strings.HasSuffix(method, "post"):
		s.members = []string{"fields", "Values"}
	case f.file.Language == ir.Go && strings.HasPrefix(method, "presign"):
		s.members = []string{"URL"}
	}
	return s
}

// named: some operations give the name of what others work on.
func (in *interp) named(c awsCall, out *Value) {
	switch c.op.Key {
	case "sqs:GetQueueUrl":
		name := orNothing(c.params.fields["QueueName"])
		out.fields = map[string]*Value{"QueueUrl": name}
		if c.resource { // sqs.get_queue_by_name
			out.ref, out.args = "boto3:sqs.Queue()", []*Value{name}
		}
	case "sns:CreateTopic", "sqs:CreateQueue": // it gives what has the name where that is there
		if name := c.params.At("Name"); name != nil {
			out.fields, out.ref, out.args = map[string]*Value{"TopicArn": name}, "boto3:sns.Topic()", []*Value{name}
		}
		if name := c.params.At("QueueName"); name != nil {
			out.fields, out.ref, out.args = map[string]*Value{"QueueUrl": name}, "boto3:sqs.Queue()", []*Value{name}
		}
	case "ssm:GetParameter":
		if v := parameter(orNothing(c.params.fields["Name"])); v != nil {
			out.fields = map[string]*Value{"Parameter": v}
		}
	case "ssm:GetParameters":
		list := &Value{fields: map[string]*Value{}, isList: true}
		for i, name := range orNothing(c.params.fields["Names"]).Elements() {
			if v := parameter(name); v != nil {
				list.fields[itoa(i)] = v
			}
		}
		if len(list.fields) > 0 {
			out.fields = map[string]*Value{"Parameters": list}
		}
	}
}

// parameter is what the parameter store has under a name, which is known or stands in the environment; nil for others.
func parameter(name *Value) *Value {
	value := &Value{ref: parameterMark + settingOf(name)}
	switch {
	case name.known:
		value.ref = parameterMark + name.text
	case !strings.HasPrefix(settingOf(name), settingMark):
		return nil
	}
	return &Value{fields: map[string]*Value{"Name": name, "Value": value}}
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

// linkLives tells of a link of which an outsider decides how long it works.
func (in *interp) linkLives(f frame, e *ir.Expr, args *arguments) {
	for _, v := range append(slices.Clone(args.list), &Value{fields: args.kw}) {
		for _, name := range []string{"expiresIn", "Expires", "ExpiresIn"} {
			if x := v.fields[name]; x != nil {
				in.hit(f, e.At, sizeRule, "how long a link works", amounts(x), false)
			}
		}
	}
}

// ofModels are members of the requests of language models that say how much they answer.
// Source: https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters.html
var ofModels = set("max_tokens maxTokens maxTokenCount max_tokens_to_sample max_gen_len max_new_tokens numberOfImages")

// asksModel tells of a language model of which an outsider decides how much it answers, where its request is a text of JSON.
func (in *interp) asksModel(f frame, e *ir.Expr, c awsCall) {
	if !strings.HasPrefix(c.op.Key, "bedrock-runtime:InvokeModel") {
		return
	}
	body := in.inside(f, c.params, "body", e.At)
	in.answersAsMuch(f, e.At, c.op.Key, orNothing(body).json, 0)
}

func (in *interp) answersAsMuch(f frame, at int32, what string, v *Value, depth int) {
	if v == nil || depth > deepestJoin {
		return
	}
	for name, x := range sorted(v.fields) {
		if x != nil && ofModels[name] {
			in.hit(f, at, sizeRule, what, amounts(x), false)
		}
		in.answersAsMuch(f, at, what, x, depth+1)
	}
}

// operation checks what goes into an operation, and what comes out of it.
func (in *interp) operation(f frame, e *ir.Expr, c awsCall, out *Value) {
	client, name, _ := strings.Cut(c.op.Key, ":")
	if keepsOrSends[c.op.Key] || paidByText[c.op.Key] {
		in.keepsFields(f, e.At, c.op.Key, c.params)
	}
	if key := c.params.fields["Key"]; key != nil && client == "dynamodb" && in.st == nil {
		mark(&in.looked.keys, key.all())
	}
	in.worksOn(f, e, c)
	in.asksModel(f, e, c)
	in.describesUpload(f, e, c, out)
	for _, m := range in.p.models.tables[aws].exact[client+"."+name] {
		switch m.Kind {
		case sink:
			for _, member := range m.In {
				in.memberOf(f, e, c, m, member)
			}
		case sourceKind:
			if !c.signed && m.applies(nil, &arguments{list: []*Value{c.params}}) { // an address is not what is kept there
				in.stored(f, e, c, out)
			}
		case secretKind:
			if !c.signed {
				in.secrets = append(in.secrets, m)
			}
			if in.st != nil { // whose it is counts: credentials of a role that was taken on for somebody
				out.taints = addTaints(out.taints, orNothing(c.params).all())
			}
		}
	}
}

// worksOn tells of an outsider who says on what an operation works.
func (in *interp) worksOn(f frame, e *ir.Expr, c awsCall) {
	for _, s := range c.op.Subjects {
		if !targets[s.Member] {
			continue
		}
		v := c.params.fields[s.Member]
		if v == nil {
			in.hit(f, e.At, "user-controlled-target", c.op.Key+" "+s.Member, wholeRequest(c), false)
			continue
		}
		before := len(in.hits)
		in.hit(f, e.At, "user-controlled-target", c.op.Key+" "+s.Member, asTarget(s.Member, v), false)
		for _, h := range in.hits[before:] {
			for _, a := range c.op.Actions {
				h.Needs = append(h.Needs, a.Name)
			}
		}
	}
}

// beforeQueue is what stands in the address of a queue before its name: where it is, and whose.
var beforeQueue = regexp.MustCompile(`^(\x01|https?://[^/]+/[\w\x01]+)/$`)

// asTarget are the taints of the name of a resource: also of what is known to have the characters of one only, and of the name in the address of a
// queue.
func asTarget(member string, v *Value) []*Taint {
	out := slices.Clone(v.taints)
	for i, t := range out {
		if member == "QueueUrl" && beforeQueue.MatchString(t.lead) {
			u := *t
			u.clean = maps.Clone(t.clean)
			delete(u.clean, "user-controlled-target")
			out[i] = &u
		}
	}
	for _, t := range v.safe {
		if t.signs {
			out = addTaints(out, []*Taint{t})
		}
	}
	return out
}

// memberOf tells of outsiders' data in a member of a request in which a row says that it does harm.
func (in *interp) memberOf(f frame, e *ir.Expr, c awsCall, m *Model, member string) {
	v := in.inside(f, c.params, member, e.At)
	if v == nil && len(c.params.taints) > 0 && m.Rule != "mass-assignment" && m.Rule != "object-key" {
		return // that somebody sends the whole request is another thing
	}
	if m.Rule == "mass-assignment" {
		in.overwritten(f, e.At, c.op.Key, v)
	}
	if m.Rule == "mass-assignment" || m.Rule == amountRule {
		expression := strings.Replace(member, "ExpressionAttributeValues", "UpdateExpression", 1)
		in.amountsIn(f, e.At, c.op.Key, v, addedIn(in.inside(f, c.params, expression, e.At)), 0)
	}
	if m.Rule != "mass-assignment" || !keepsAsSent(in.inside(f, c.params, "TableName", e.At)) {
		in.hitOf(f, e.At, m, c.op.Key, countedIn(c, m, member, v), false)
	}
	if m.Rule == "clear-password" {
		in.keepsWhole(f, e.At, c.op.Key, v)
	}
}

// ofMessages are names of tables that are there to keep what came in as it came: claim checks, archives, what is to be sent later.
var ofMessages = regexp.MustCompile(`(?i)claim[-_.]?check|archive|audit|(event|message)[-_.]?(store|log)|raw[-_.]?(event|message|payload|data)|dead[-_.]?letter|dlq|outbox|inbox`)

// keepsAsSent reports whether a table is called like one of them, by itself or by the setting that says which it is.
func keepsAsSent(table *Value) bool {
	return table != nil && (table.known && ofMessages.MatchString(table.text) || ofMessages.MatchString(settingOf(table)))
}

// countedIn are the taints of a member of a request that a rule counts.
func countedIn(c awsCall, m *Model, member string, v *Value) []*Taint {
	taints := orNothing(v).taints
	switch m.Rule {
	case sizeRule:
		taints = amounts(v)
	case amountRule:
		taints = nil
	}
	if m.object {
		taints = slices.DeleteFunc(slices.Clone(taints), func(t *Taint) bool { return !t.object })
	}
	switch {
	case m.Rule == "os-command":
		taints = orNothing(v).all()
	case member == "ExpressionAttributeNames":
		taints = objects(addTaints(namedByAll(v), keysWithValues(v, c.params.fields["ExpressionAttributeValues"])))
	case m.Rule == "clear-password":
		taints = passwords(v)
	case member == "UpdateExpression":
		taints = undeclared(taints, c.params.fields["ExpressionAttributeNames"])
	}
	if member == "CopySource" {
		taints = behindBucket(taints)
	}
	if m.Rule == "mass-assignment" && v != nil && v.named != nil {
		taints = addTaints(taints, v.named.taints)
	}
	return taints
}

// namedByAll are outsiders' objects of which every field names an attribute: names["#" + key] = key for each of its keys.
func namedByAll(names *Value) []*Taint {
	names = orNothing(names)
	return addTaints(orNothing(names.elem).all(), orNothing(names.named).all())
}

// keysWithValues are names of attributes that are keys of an outsider's object of which the same request sets the value: {"#k": key} beside
// {":v": body[key]}.
func keysWithValues(names, values *Value) []*Taint {
	var out []*Taint
	for _, name := range sorted(orNothing(names).fields) {
		for _, t := range name.taints {
			if slices.ContainsFunc(orNothing(values).all(), func(u *Taint) bool { return u.Source == t.Source && plainPath(u.Path) == plainPath(t.Path)+".*" }) {
				out = addTaints(out, []*Taint{t})
			}
		}
	}
	return out
}

// undeclared are taints of an update without those that are only placeholders which the request declares under the same name: DynamoDB
// refuses one that is more than a word.
func undeclared(taints []*Taint, names *Value) []*Taint {
	if len(namedByAll(names)) == 0 {
		return taints
	}
	return slices.DeleteFunc(slices.Clone(taints), func(t *Taint) bool { return strings.HasSuffix(t.lead, "#") || strings.HasSuffix(t.lead, ":") })
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

// Uploaded is the path of the content of the object that an event is about.
const Uploaded = "the uploaded object"

// stored is what is read from a store: what somebody put there before, or the object that the event is about.
func (in *interp) stored(f frame, e *ir.Expr, c awsCall, out *Value) {
	if key := orNothing(c.params.fields["Key"]); c.op.Key == "s3:GetObject" {
		for _, t := range addTaints(slices.Clone(key.taints), key.safe) { // a key that was checked says nothing of what the object holds
			if strings.HasSuffix(t.Path, "object.key") || namesReceivedMail(t.Path) { // what an outsider has just uploaded
				u := *t
				u.Path, u.clean, u.object, u.signs, u.check = Uploaded, nil, false, false, nil
				out.taints = []*Taint{(&u).with(f.file, e.At, "the object that the event is about is read", in.steps)}
				return
			}
		}
	}
	s := in.sourceOf(c)
	key, bucket := orNothing(c.params.fields["Key"]), orNothing(c.params.fields["Bucket"])
	s.Own = c.op.Key == "lambda:Invoke" || c.op.Key == "s3:GetObject" && isOwnName(key) && isOwnName(bucket)
	if s.Own && s.Read == nil {
		return
	}
	out.taints = addTaints(out.taints, []*Taint{{Path: storeName(c), Source: s, object: true, step: &step{f.file, e.At, "is read from where it was stored", nil, in.steps}}})
}

// saidOfObjects are operations that tell what whoever has put an object said of it, and what of their answer that is.
var saidOfObjects = map[string]string{"s3:HeadObject": "Metadata", "s3:GetObjectTagging": "TagSet"}

// describesUpload notes what was said of the object that the event is about, by who has just uploaded it. All else of such an answer is the platform's.
func (in *interp) describesUpload(f frame, e *ir.Expr, c awsCall, out *Value) {
	part := saidOfObjects[c.op.Key]
	if part == "" || c.signed || in.st != nil {
		return
	}
	key := orNothing(c.params.fields["Key"])
	for _, t := range addTaints(slices.Clone(key.taints), key.safe) {
		if strings.HasSuffix(t.Path, "object.key") {
			u := *t
			u.Path, u.clean, u.object, u.signs, u.check = Uploaded+"."+part, nil, false, false, nil
			if out.fields == nil {
				out.fields = map[string]*Value{}
			}
			out.fields[part] = &Value{taints: []*Taint{(&u).with(f.file, e.At, "what was said of the object that the event is about is read", in.steps)}}
			return
		}
	}
}

// isOwnName reports whether the application itself says what a name is: it is written out, stands in a setting, or is made of these.
func isOwnName(v *Value) bool {
	if len(v.parts) > 0 && !v.known {
		return !slices.ContainsFunc(v.parts, func(part *Value) bool { return !part.known && !isOnlySetting(part) && !isOneOfSome(part) })
	}
	return v.known || isOnlySetting(v) || isOneOfSome(v)
}

// isOneOfSome reports whether a text is one of some that are written out, whoever chooses: vip ? "members" : "public".
func isOneOfSome(v *Value) bool {
	return len(v.alts) > 0 && !v.perhaps && len(v.taints)+len(v.safe)+len(v.parts)+len(v.either) == 0 && v.ref == "" && v.prefix == ""
}

// isOnlySetting reports whether a value is a setting and nothing of it comes from outsiders.
func isOnlySetting(v *Value) bool { return len(v.taints) == 0 && isSetting(v) }

// sourceOf is the source that a reading call is: one for each request, as one helper reads what is kept in many places.
func (in *interp) sourceOf(c awsCall) *Source {
	if c.send == nil {
		s := in.source(c.op.Key)
		s.Stored = true
		return s
	}
	if c.send.source == nil {
		c.send.source = &Source{Label: c.op.Key, Stored: true, Read: c.send, fields: projected(c.params)}
	}
	return c.send.source
}

// downloads are helpers that write an object into a file.
var downloads = set(`boto3:s3.download_file boto3:s3.download_fileobj boto3:s3.Bucket().download_file boto3:s3.Bucket().download_fileobj
	manager.NewDownloader().Download s3manager.NewDownloader().Download s3manager.NewDownloader().DownloadWithContext
	s3manager.NewDownloaderWithClient().Download s3manager.NewDownloaderWithClient().DownloadWithContext`)

// download notes that a file now holds what somebody put into a bucket.
func (in *interp) download(f frame, e *ir.Expr, ref string, args *arguments, c awsCall) {
	if !downloads[ref[strings.LastIndexByte(ref, '/')+1:]] || c.op.Key != "s3:GetObject" {
		return
	}
	held := &Value{}
	in.stored(f, e, c, held)
	in.downloaded = addTaints(in.downloaded, held.taints)
	for _, a := range args.list { // of Go: it is kept in memory
		if strings.HasSuffix(a.ref, "WriteAtBuffer()") && !a.shared {
			a.ref, a.taints = "bytes.Buffer()", addTaints(a.taints, held.taints)
		} else if filesOfGo[a.ref] && !a.shared { // or in a file that is read on
			a.taints = addTaints(a.taints, held.taints)
		}
	}
	in.writesObject(c.params.fields["Fileobj"], held)
	name := c.params.fields["Filename"]
	in.fetchesFile(f, e.At, name, c.params.fields["Key"])
	if file := fileName(name); file != "" {
		if in.files == nil {
			in.files = map[string][]*Taint{}
		}
		in.files[file] = addTaints(in.files[file], held.taints)
	}
	if name != nil {
		in.hit(f, e.At, "path-traversal", "download_file", name.taints, false)
	}
}

// fileName tells files apart by what is known of their names; empty where that is nothing.
func fileName(name *Value) string {
	if name == nil || !name.known && len(name.taints)+len(name.parts) == 0 {
		return ""
	}
	var b strings.Builder
	name.describe(&b, 0)
	return b.String()
}

// opened is what a file gives that was opened after something was downloaded: of files by a constant name nothing is taken for granted.
func (in *interp) opened(ref string, args *arguments) []*Taint {
	switch ref {
	case "builtin.open", "io.open", "fs.readFileSync", "fs.promises.readFile", "fs/promises.readFile", "fs.createReadStream", "zipfile.ZipFile", "tarfile.open",
		"os.Open", "os.OpenFile", "os.ReadFile", "io/ioutil.ReadFile", "archive/zip.OpenReader":
		if name := args.get(0); !name.known || strings.HasPrefix(name.text, "/tmp/") {
			return in.contentsOf(name)
		}
	}
	return nil
}

// storedItem is what is read from a table, to people.
const storedItem = "stored item"

// storeName is what people call what is read: the item of a table, an object of a bucket.
func storeName(c awsCall) string {
	client, _, _ := strings.Cut(c.op.Key, ":")
	if i := slices.Index([]string{"dynamodb", "s3", "sqs", "rds-data", "kinesis"}, client); i >= 0 {
		return []string{storedItem, "stored object", "message", "stored row", "record"}[i]
	}
	return "stored value"
}

// callsAWS reports whether a command is the command line tool of AWS.
func callsAWS(args *arguments) bool {
	first := args.get(0)
	text := first.prefix
	if first.known {
		text = first.text
	}
	if list := first.fields["0"]; list != nil && list.known {
		text = list.text + " "
	}
	return strings.HasPrefix(strings.TrimSpace(text)+" ", "aws ")
}

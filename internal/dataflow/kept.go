package dataflow

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"wardlet.example/internal/ir"
)

// Kept is a call that stores or sends parts of what came in.
type Kept struct {
	File     *ir.File
	At       int32
	What     string
	Fields   []string   // the paths of the parts
	Ways     []Way      // of parts that other code or services send, by which it can be asked who does
	Paid     bool       // it is paid for by how long the text is
	Declared []Step     // where models say of the parts what they are
	texts    []*Taint   // of bodies and arguments, of which nothing says how long they are, where it is a model that gets them
	way      Way        // of the first of them
	known    bool       // something was made sure of one of them
	sure     []string   // those of which something was made sure
	looked   *looked    // what was looked at for the route in which it stands; what the entry has looked at where that is nil
	takers   []*ir.Func // the functions on the way there that take parts out of a request
	whole    []string   // bodies that go on as the text that came in
	by       []passed   // the functions on the way there
	posted   bool       // a service elsewhere gets it, which perhaps looks at it
}

// keepsOrSends are operations that store or send what they get.
var keepsOrSends = set(`dynamodb:PutItem dynamodb:UpdateItem dynamodb:TransactWriteItems dynamodb:BatchWriteItem s3:PutObject timestream-write:WriteRecords
	sqs:SendMessage sqs:SendMessageBatch sns:Publish sns:PublishBatch eventbridge:PutEvents sfn:StartExecution sfn:StartSyncExecution
	kinesis:PutRecord kinesis:PutRecords firehose:PutRecord firehose:PutRecordBatch iot-data-plane:Publish apigatewaymanagementapi:PostToConnection
	lambda:Invoke lambda:InvokeAsync ses:SendEmail ses:SendTemplatedEmail ses:SendRawEmail sesv2:SendEmail pinpoint:SendMessages
	pinpoint-sms-voice-v2:SendTextMessage ssm:SendCommand ecs:RunTask batch:SubmitJob scheduler:CreateSchedule sagemaker-runtime:InvokeEndpoint
	glue:StartJobRun codebuild:StartBuild mediaconvert:CreateJob transcribe:StartTranscriptionJob translate:StartTextTranslationJob
	rekognition:DetectLabels rekognition:DetectFaces rekognition:DetectText rekognition:DetectModerationLabels rekognition:RecognizeCelebrities
	rekognition:CompareFaces rekognition:IndexFaces rekognition:SearchFacesByImage rekognition:StartLabelDetection rekognition:StartContentModeration
	textract:DetectDocumentText textract:AnalyzeDocument textract:AnalyzeExpense textract:AnalyzeID textract:StartDocumentTextDetection
	textract:StartDocumentAnalysis bedrock-agentcore:InvokeAgentRuntime bedrock-agent-runtime:InvokeFlow`)

// paidByText are operations of models, translators and voices, which are paid for by how long the text is that they get.
var paidByText = set(`bedrock-runtime:InvokeModel bedrock-runtime:InvokeModelWithResponseStream bedrock-runtime:Converse bedrock-runtime:ConverseStream
	bedrock-agent-runtime:InvokeAgent bedrock-agent-runtime:RetrieveAndGenerate
	translate:TranslateText polly:SynthesizeSpeech polly:StartSpeechSynthesisTask comprehend:DetectSentiment comprehend:DetectEntities comprehend:DetectKeyPhrases
	comprehend:DetectDominantLanguage comprehend:DetectPiiEntities comprehend:DetectSyntax comprehend:DetectToxicContent comprehend:ClassifyDocument
	comprehend:BatchDetectSentiment comprehend:BatchDetectEntities comprehend:BatchDetectKeyPhrases`)

// asksModel are calls of language models, of Bedrock and of the libraries of others: they take texts as long as books.
var asksModel = aboutNames(`^bedrock-(agent-)?runtime:|^(openai|groq|mistralai|@?anthropic[\w/-]*)\.(.*\.)?(chat\.completions|completions|messages|responses|chat)\.(create|stream|complete|parse)$`)

// modelAt are the addresses of language models that are asked over HTTP.
var modelAt = regexp.MustCompile(`^https://(?:api\.(?:openai|anthropic|groq|deepseek|together|perplexity|mistral|x|cohere)\.(?:com|ai|xyz)/\S*(?:chat|completions?|messages|responses|complete|generate)\b|openrouter\.ai/api/v1/chat|generativelanguage\.googleapis\.com/|[\w-]+\.openai\.azure\.com/openai/)`)

// theModel stands before the host of such an address where it is told of, modelOf before what else asks a model.
const (
	theModel = "the model at "
	modelOf  = "the model of "
)

// isModel reports whether a call asks a language model, which takes texts as long as books.
func isModel(what string) bool {
	return asksModel.MatchString(what) || strings.HasPrefix(what, theModel) || strings.HasPrefix(what, modelOf)
}

// asksModelAt notes what a request over HTTP gives to a language model: fetch("https://api.openai.com/v1/chat/completions", {body}).
func (in *interp) asksModelAt(f frame, at int32, args *arguments) {
	for i, x := range slices.Concat(args.list, []*Value{args.kw["url"]}) {
		for _, address := range []*Value{x, orNothing(x).fields["url"]} {
			begin := orNothing(address).begin()
			if i > 3 || !modelAt.MatchString(begin) {
				continue
			}
			before := len(in.handedOn)
			host, _, _ := strings.Cut(strings.TrimPrefix(begin, "https://"), "/")
			in.keepsFields(f, at, theModel+host, &Value{fields: indexed(slices.Concat(args.list, kwValues(args)))})
			for _, k := range in.handedOn[before:] {
				k.Fields, k.Ways, k.posted = nil, nil, true
			}
			return
		}
	}
}

// keepsFields notes a call that stores or sends.
func (in *interp) keepsFields(f frame, at int32, what string, v *Value) {
	if in.st != nil || in.loading != nil || in.proving > 0 {
		return
	}
	for _, fn := range in.stack {
		if slices.ContainsFunc(fn.Decorators, mayCheck) {
			return
		}
	}
	k := &Kept{File: f.file, At: at, What: what, Paid: paidByText[what] || isModel(what)}
	in.sees(f, k, v, 0)
	if len(k.Fields)+len(k.Ways)+len(k.texts) > 0 || k.known {
		k.way.sites, k.by = slices.Clone(in.sites), in.passing(at)
		for _, p := range k.by {
			if in.readers[p.fn] {
				k.takers = append(k.takers, p.fn)
			}
		}
		in.handedOn = append(in.handedOn, k)
	}
}

// posts notes what a request gets that asks another service for a change, but for its address.
func (in *interp) posts(f frame, at int32, what string, args *arguments) {
	given := map[string]*Value{}
	for name, x := range args.kw {
		given[name] = x
	}
	for i, x := range args.list {
		if i > 0 || len(x.fields) > 0 {
			given[itoa(i)] = &Value{fields: withoutKey(x.fields, "url"), elem: x.elem, taints: x.taints, json: x.json, safe: x.safe, numbers: x.numbers}
		}
	}
	delete(given, "url")
	delete(given, "headers") // how long the body is, and who asks
	before := len(in.handedOn)
	in.keepsFields(f, at, what, &Value{fields: given})
	for _, k := range in.handedOn[before:] {
		k.posted = true
	}
}

// withoutKey are fields but for one.
func withoutKey(fields map[string]*Value, key string) map[string]*Value {
	out := maps.Clone(fields)
	delete(out, key)
	return out
}

// asksMore reports whether a schema of Mongoose asks more of a field than its type.
func asksMore(schema *Value) bool {
	for _, x := range sorted(schema.fields) {
		for name := range orNothing(x).fields {
			if validators[name] {
				return true
			}
		}
	}
	return false
}

var validators = set("required min max minlength maxlength minLength maxLength match enum validate")

// schemaLooks reports whether a schema of Mongoose looks at what a call stores: at new documents, and at updates that ask for that.
func schemaLooks(m *Model, recv *Value, args *arguments) bool {
	if m.Package != "mongoose" {
		return false
	}
	for _, a := range args.list {
		if orNothing(a.fields["runValidators"]).text == "true" {
			return true
		}
	}
	return recv != nil && recv.kw["asks"] != nil && !strings.Contains(strings.ToLower(lastPart(m.Member)), "update")
}

// sees notes the paths of what is in a value, with what stands in texts that were written from objects.
func (in *interp) sees(f frame, k *Kept, v *Value, depth int) {
	if v == nil || depth > deepestKept || strings.HasSuffix(v.ref, ".Context()") { // of Go: nothing of it is kept
		return
	}
	if slowHash.MatchString(v.ref) { // whatever a password is, its hash can be kept
		return
	}
	for _, t := range slices.Concat(v.safe, v.numbers) {
		if !t.typed && (t.Source == nil || !t.Source.Stored) { // that a decoder reads a number or a time is no question, and there is little else to ask of one
			k.known = true
		}
	}
	if v.json != nil {
		in.sees(f, k, v.json, depth+1)
		return
	}
	if k.Paid && isModel(k.What) && !v.isList {
		k.texts = append(k.texts, v.taints...)
	}
	for _, t := range v.taints {
		checked := t.check != nil && !madeText(t)
		isWhole := t.object && recordText.MatchString(t.Path) && !toCode.MatchString(k.What)
		if (ofOthers(t.Path) || isWhole) && !t.unsure && !checked && len(k.Ways) < maxFields {
			k.Ways = append(k.Ways, Way{t, in.where(f), slices.Clone(in.sites)})
		}
		if t.Source != nil && t.Source.Stored || bySystems.MatchString(t.Path) {
			continue
		}
		if checked {
			k.known, k.sure = true, append(k.sure, t.Path)
		}
		if !t.object && strings.HasSuffix(t.Path, "body") {
			k.whole = append(k.whole, t.Path)
		}
		if k.way.Taint == nil && sentByCallers(t.Path) {
			k.way.Taint = t
		}
		k.holds(t.Path)
	}
	for name, x := range sorted(v.fields) {
		if depth == 0 && name == "Key" { // which of those that are there it is
			continue
		}
		in.sees(f, k, x, depth+1)
	}
	in.sees(f, k, v.elem, depth+1)
}

// madeText reports whether all that was done with a value was to make it a text, whatever it is: str(body["title"]), String(title).
func madeText(t *Taint) bool {
	return len(t.clean) == 2 && t.clean["nosql"] && t.clean["mass-assignment"]
}

// Steps are how the first of the parts came there.
func (k *Kept) Steps() []Step {
	if k.way.Taint == nil {
		return nil
	}
	return k.way.Steps()
}

// Place is where the parts are handed on to what stores or sends them, in the file that takes them from the request: there is the place for the
// check that is missing. It is the call itself where that file makes it.
func (k *Kept) Place() (*ir.File, int32) {
	if p := k.home(); p.fn != nil && p.fn.File != k.File {
		return p.fn.File, p.at
	}
	return k.File, k.At
}

// home is the last function on the way there that stands in the file that takes the parts from the request, and where the way leaves it.
func (k *Kept) home() passed {
	from := k.File
	if len(k.takers) > 0 { // what only wraps handlers takes none
		from = k.takers[0].File
	} else if steps := k.Steps(); len(steps) > 0 {
		from = steps[0].File
	}
	for _, p := range slices.Backward(k.by) {
		if p.fn.File == from {
			return p
		}
	}
	return passed{}
}

// reads notes that the function that runs takes a part out of a request.
func (in *interp) reads(path string) {
	if len(in.stack) == 0 || in.st != nil {
		return
	}
	fn := in.stack[len(in.stack)-1]
	if in.readers[fn] || !sentByCallers(path) {
		return
	}
	if in.readers == nil {
		in.readers = map[*ir.Func]bool{}
	}
	in.readers[fn] = true
}

// holds notes the path of something in a value.
func (k *Kept) holds(path string) {
	if !slices.Contains(k.Fields, path) && len(k.Fields) < maxFields {
		k.Fields = append(k.Fields, path)
	}
}

// sentByCallers are beginnings of the paths of what callers write: the parts of requests, but for what says which of several things is meant.
func sentByCallers(path string) bool {
	if strings.HasPrefix(path, "r.Body.") || strings.HasPrefix(path, "r.body.") || inQueryOfGo(path) { // of net/http, and of routers of Go
		return true
	}
	return sentPart.MatchString(path)
}

// inQueryOfGo reports whether a path is one of a part of the query of a request of net/http: r.URL.Query().Get("name").
func inQueryOfGo(path string) bool {
	name, ok := strings.CutPrefix(path, "r.URL.")
	return ok && name != "Path" && name != "RawPath" && name != "Host" && name != "RawQuery"
}

// sentPart are paths of parts of requests, and of bodies as a whole.
var sentPart = aboutNames(`event\.queryStringParameters\.|json_body\.|req(uest)?\.(body|query|query_params|args|values|json|get_json|data|get_data|get_body|raw_body|form|formData|parseBody|payload)\.|event\.body\.|` + wholeBodies.String())

// wholeBodies are the paths of bodies as a whole.
var wholeBodies = aboutNames(`^event\.body$|^req(uest)?\.(body|json|json_body|get_json|data|get_data|get_body|raw_body|payload)$`)

// unlooked are the calls that store or send parts of what came in, with the parts of which code has asked nothing. What is handed on to other
// code is perhaps looked at there, as another branch does: of that only functions are told which look at nothing.
func (in *interp) unlooked() []Kept {
	var out, seen []Kept
	for _, k := range in.handedOn {
		c, l := *k, in.lookedFor(k)
		c.Fields = slices.DeleteFunc(slices.Clone(k.Fields), func(path string) bool {
			return !sentByCallers(path) || k.posted && wholeBodies.MatchString(path) || l.bodies[path] && slices.Contains(k.whole, path) // what is in it is asked by who gets it
		})
		sent := len(c.Fields)
		c.Fields = slices.DeleteFunc(c.Fields, func(path string) bool { return slices.Contains(k.sure, path) || l.settles(path) })
		if k.known || len(c.Fields) < sent {
			seen = append(seen, c)
		}
		out = append(out, c)
	}
	for i, k := range out {
		if slices.ContainsFunc(seen, func(s Kept) bool { return !otherWay(k.by, s.by) }) {
			out[i].Fields = slices.DeleteFunc(k.Fields, isID)
		}
	}
	return slices.DeleteFunc(out, func(k Kept) bool {
		return len(k.Fields) == 0 || k.posted && len(seen) > 0 ||
			toCode.MatchString(k.What) && slices.ContainsFunc(seen, func(s Kept) bool { return s.looked == k.looked }) // in the same route
	})
}

// isID reports whether a path is one of what says which of several things is meant: of a request that is looked at it is perhaps looked at where it
// is used.
func isID(path string) bool {
	name := path[strings.LastIndexByte(path, '.')+1:]
	return idName.MatchString(name) || strings.HasSuffix(name, "id") && !noID.MatchString(name) // leadid
}

var (
	idName = regexp.MustCompile(`^(id|ids|uuid|key|pk|sk)$|[a-z](Id|ID|Ids|IDs|Key|Uuid)$|_(id|key)s?$`)
	noID   = regexp.MustCompile(`(paid|valid|grid|void|bid|mid|solid|fluid|hybrid|android)$`)
)

// settles reports whether nothing is to be told of a part: code has asked something of it, or it is the key of a record.
func (l *looked) settles(path string) bool {
	return l.askedOf(path) || l.keys[path] || wholeBodies.MatchString(path) && l.askedWithin(path)
}

// lookedFor is what was looked at on the way to a call.
func (in *interp) lookedFor(k *Kept) *looked {
	if k.looked != nil {
		return k.looked
	}
	return &in.looked
}

// Perimeters are calls by the ways of requests: each has those to which one request can come, and those whose parts one function takes or hands on.
func Perimeters(all []Kept) [][]Kept {
	var out [][]Kept
	for _, k := range all {
		i := slices.IndexFunc(out, func(group []Kept) bool { return k.joins(&group[0]) })
		if i < 0 {
			out = append(out, []Kept{k})
		} else {
			out[i] = append(out[i], k)
		}
	}
	return out
}

// joins reports whether two calls are of one perimeter.
func (k *Kept) joins(o *Kept) bool {
	if n, m := len(k.takers), len(o.takers); n > 0 && m > 0 && k.takers[n-1] == o.takers[m-1] {
		return true
	}
	return k.home().fn == o.home().fn || !otherWay(k.by, o.by)
}

// toCode are the calls that hand on to other code what they get.
var toCode = regexp.MustCompile(`^(lambda|sqs|sns|eventbridge|sfn|kinesis|firehose|scheduler|batch|ecs):`)

// askedOf reports whether code asks anything of a part of what came in.
func (l *looked) askedOf(path string) bool {
	if cut := strings.LastIndexByte(path, '.'); cut > 0 && !strings.HasSuffix(path, ".*") && l.askedOf(path[:cut]+".*") { // for name in NAMES: isinstance(body[name], str)
		return true
	}
	return l.bounded(path) || l.lengths[path] || l.texts[path] || within(l.asked, path)
}

// askedWithin reports whether code asks anything of what is in a part.
func (l *looked) askedWithin(path string) bool {
	for _, m := range []map[string]bool{l.bounds, l.most, l.shapes, l.asked, l.lengths, l.texts} {
		for other := range m {
			if strings.HasPrefix(other, path+".") {
				return true
			}
		}
	}
	return false
}

// unlookedOfOthers are the calls that store or send parts of what other code or services send, with the parts of which code has asked nothing.
func (in *interp) unlookedOfOthers() []Kept {
	var out []Kept
	looks := false
	for _, k := range in.handedOn {
		c, l := Kept{File: k.File, At: k.At, What: k.What, Paid: k.Paid, by: k.by, takers: k.takers, posted: k.posted}, in.lookedFor(k)
		c.Ways = slices.DeleteFunc(slices.Clone(k.Ways), func(w Way) bool {
			path := w.Taint.Path
			asked := l.askedOf(path) || recordText.MatchString(path) && l.askedWithin(path)
			looks = looks || asked
			return IsMember(path) && isID(path) || l.keys[path] || asked
		})
		looks = looks || k.known
		for _, way := range c.Ways {
			c.holds(way.Taint.Path)
		}
		if len(c.Ways) > 0 {
			c.way = c.Ways[0]
			out = append(out, c)
		}
	}
	return slices.DeleteFunc(out, func(k Kept) bool { return k.posted && looks })
}

// ofOthers are paths of what other code and services send: members of an event, what stands in records of streams, queues and topics, in files
// that were uploaded, and what people say of themselves when they sign up.
func ofOthers(path string) bool {
	if bringsEvent.MatchString(path) {
		return false
	}
	return IsMember(path) || inRecord.MatchString(path) || inUpload.MatchString(path) || inProfile.MatchString(path)
}

// inMessage reports whether a path is one of what a record holds, and of no event of a service in it.
func inMessage(path string) bool { return inRecord.MatchString(path) && !bringsEvent.MatchString(path) }

// IsMember reports whether a path is one of a member of an event that only code writes.
func IsMember(path string) bool {
	m := ownMember.FindStringSubmatch(path)
	return m != nil && !ofPlatform[m[1]]
}

var (
	ownMember = regexp.MustCompile(`^event\.([A-Za-z_]\w*)`)
	inRecord  = regexp.MustCompile(`^event\.(Records(\[\w*\]|\.\w+)?\.(kinesis\.data|body|Sns\.Message)|records(\.[^.]+)?\.value)[.\[]`)
	inUpload  = regexp.MustCompile(`^` + Uploaded + `\.Body[.\[]`)
	// inProfile are the paths of what somebody says of himself and the user pool does not look at.
	inProfile = regexp.MustCompile(`^event\.request\.userAttributes\.(custom:|((given|family|middle|nick)_)?name$|nickname$|preferred_username|profile|picture|website|address|gender|locale)`)
	// bringsEvent are paths into events of services that a queue, a topic or a stream hands on.
	bringsEvent = regexp.MustCompile(`\w\..*\.(Records|detail|dynamodb|s3)\b`)
)

// ofPlatform are members of events that services of AWS send, by which nobody else decides, or that other checks look at.
var ofPlatform = set(`body headers multiValueHeaders pathParameters queryStringParameters multiValueQueryStringParameters requestContext rawPath rawQueryString
	path resource version isBase64Encoded stageVariables cookies httpMethod Records records detail source region account time resources id
	CodePipeline identity arguments info prev stash selectionSetList request response userPoolId userName triggerSource callerContext awslogs
	ResourceProperties OldResourceProperties RequestType ResponseURL StackId RequestId LogicalResourceId PhysicalResourceId ResourceType
	authorizationToken methodArn routeArn type token taskToken TaskToken invocationId deliveryStreamArn job session rmqMessagesByQueue messages`)

// endless are the calls that store texts of which code knows that they are some, and has not asked how long they are. Of what a decoder of Go
// made a text, and nothing else was asked, the calls that give it on unlooked at tell.
func (in *interp) endless() []Kept {
	var out []Kept
	for _, k := range in.handedOn {
		if k.posted {
			continue
		}
		c, l := *k, in.lookedFor(k)
		c.Fields = nil
		for _, path := range k.Fields {
			isText := l.texts[path] || l.strings[path] && l.askedOf(path)
			if isText && !isID(path) && !l.limits[path] && !l.keys[path] && sentByCallers(path) && !strings.HasSuffix(path, "body") && !strings.Contains(path, "*") {
				c.Fields = append(c.Fields, path)
				if said, ok := l.said[path]; ok {
					c.Declared = append(c.Declared, said)
				}
			}
		}
		if len(c.Fields) > 0 {
			out = append(out, c)
		}
	}
	return out
}

// dear are the calls of models that get texts of any length: of a body or of arguments, as a query and a message of a WebSocket cannot be long.
func (in *interp) dear() []Kept {
	var out []Kept
	for _, k := range in.handedOn {
		c, l := Kept{File: k.File, At: k.At, What: k.What, by: k.by, takers: k.takers}, in.lookedFor(k)
		for _, t := range k.texts {
			if longPart.MatchString(t.Path) && (t.check == nil || madeText(t) || l.texts[t.Path]) && !l.shortened(t.Path) {
				c.holds(t.Path)
				c.way = Way{Taint: t, sites: k.way.sites}
			}
		}
		if len(c.Fields) > 0 {
			out = append(out, c)
		}
	}
	return out
}

// OfModel reports whether a model gets the parts, which reads texts of any length and form.
func (k *Kept) OfModel() bool { return isModel(k.What) }

// Posted reports whether a service elsewhere gets the parts, which perhaps looks at them.
func (k *Kept) Posted() bool { return k.posted }

// longPart are paths of parts of requests that can be long.
var longPart = regexp.MustCompile(`^event\.(body|arguments)\.|json_body\.|^req(uest)?\.(body|json|get_json)\.|^r\.[Bb]ody\.|^ctx\.request\.body\.`)

// shortened reports whether something perhaps says how long a text is: a limit, one of some, a schema that has seen what it is a part of.
func (l *looked) shortened(path string) bool {
	parent := path[:max(0, strings.LastIndexByte(path, '.'))]
	return l.limits[path] || l.bounded(path) && !l.texts[path] || !l.texts[path] && within(l.asked, parent)
}

// textBySchema notes what a schema says of a text: that it is one, and perhaps how long it can be.
func (in *interp) textBySchema(v, schema *Value) {
	if in.st != nil || schema == nil {
		return
	}
	if strings.Contains(schema.ref, ".string()") {
		mark(&in.looked.texts, v.taints)
		known := schema.ref
		if len(schema.args) > 0 && len(schema.args[0].fns) == 1 && onlyTidies(schema.args[0].fns[0].fn) { // z.string().transform((text) => text.trim())
			known = strings.TrimSuffix(known, ".transform()")
		}
		limited := false
		for part := range strings.SplitSeq(known, ".") {
			limited = limited || limits[strings.TrimSuffix(part, "()")]
		}
		in.textSaidAt(v, schema, limited)
		return
	}
	if schema.ref == "" && orNothing(schema.fields["type"]).text == "string" {
		mark(&in.looked.texts, v.taints)
		in.textSaidAt(v, schema, schema.fields["maxLength"] != nil || schema.fields["format"] != nil || schema.fields["pattern"] != nil)
	}
}

// textSaidAt notes of a text that a schema says how long it can be, or where it does not.
func (in *interp) textSaidAt(v, schema *Value, limited bool) {
	if limited {
		in.limited(v.taints)
		return
	}
	if at, ok := in.p.textFields[schema]; ok {
		in.looked.saysText(v.taints, Step{at.file, at.at, "this may be a text of any length here"})
	}
}

// saysText notes where a model or a schema says of something that it is a text, and not how long.
func (l *looked) saysText(taints []*Taint, said Step) {
	if l.said == nil {
		l.said = map[string]Step{}
	}
	for _, t := range taints {
		l.said[t.Path] = said
	}
}

// declaresText notes where a schema of a text stands in one of an object.
func (p *Program) declaresText(f frame, schema *Value, at int32) {
	if strings.Contains(schema.ref, ".string()") && schemas[packageOf(schema.ref)] || schema.ref == "" && orNothing(schema.fields["type"]).text == "string" {
		if p.textFields == nil {
			p.textFields = map[*Value]codePlace{}
		}
		p.textFields[schema] = codePlace{f.file, at}
	}
}

// limits are methods of schemas of texts after which a text has a longest form, or one that is checked by more than its type.
var limits = set(`max length regex pattern matches email uuid guid url uri valid oneOf enum ip datetime date time isoDate cuid ulid nanoid refine custom test superRefine hex token
	base64 base64url jwt transform dataUri domain hostname`)

// cutsText notes a method that gives the beginning of a text.
func (in *interp) cutsText(method string, recv *Value) {
	if in.st == nil && recv != nil && (method == "slice" || method == "substring" || method == "substr" || method == ":") {
		in.limited(recv.taints)
	}
}

// parsesBody notes that the body of a request, or what a record of a stream or a queue holds, is parsed where nothing catches what fails.
func (in *interp) parsesBody(f frame, e *ir.Expr, v *Value) {
	if in.st != nil || in.loading != nil || in.proving > 0 || v.json != nil {
		return
	}
	path := sentText(v)
	if path == "" {
		return
	}
	if in.tries > 0 { // what comes after that knows that it can be parsed
		mark(&in.parsedSafely, []*Taint{{Path: path}})
	}
	if in.parsedSafely[path] {
		return
	}
	for _, fn := range in.stack {
		if slices.ContainsFunc(fn.Decorators, mayCatch) {
			return
		}
	}
	list := &in.unguarded
	if path != wholeBody && path != rawBody {
		list = &in.badRecords
	}
	var fn *ir.Func
	if len(in.stack) > 0 {
		fn = in.stack[len(in.stack)-1]
	}
	if first, parsed := in.parsers[fn]; fn != nil && parsed && first != e { // what comes after the first in a function can be parsed
		return
	}
	if in.parsers == nil {
		in.parsers = map[*ir.Func]*ir.Expr{}
	}
	in.parsers[fn] = e
	if !slices.ContainsFunc(*list, func(c Called) bool { return c.File == f.file && c.At == e.At }) {
		*list = append(*list, Called{Ref: textOf(e.X), File: f.file, At: e.At, Expr: e, OfQueue: strings.HasSuffix(path, ".body")})
	}
}

// wholeBody is the path of the body of a request as Lambda gets it, rawBody the one that is read from a connection of http.server.
const (
	wholeBody = "event.body"
	rawBody   = "rfile"
)

// sentText is the path of the text that is a whole body, or all that a record holds; empty for others.
func sentText(v *Value) string {
	for _, t := range v.taints {
		if t.Path == wholeBody || t.Path == rawBody || recordText.MatchString(t.Path) && !unpacked(t) {
			return t.Path
		}
	}
	return ""
}

// unpacked reports whether data was compressed when it came, as logs are that the platform sends.
func unpacked(t *Taint) bool {
	for s := t.step; s != nil; s = s.prev {
		if unpacks.MatchString(s.note) {
			return true
		}
	}
	return false
}

var unpacks = regexp.MustCompile(`(?i)^goes through .*(gunzip|inflate|decompress|gzip)`)

// recordText are the paths of all that records of streams and queues hold.
var recordText = regexp.MustCompile(`^event\.(Records(\[\w*\]|\.\w+)?\.(kinesis\.data|body)|records(\.[^.]+)?\.value)$`)

// checkers are words in names of decorators that check what a function gets.
var checkers = regexp.MustCompile(`(?i)valid|schema|serial|pars|dto|check`)

// mayCheck reports whether a decorator perhaps checks what a function gets.
func mayCheck(d *ir.Expr) bool {
	if d.Kind == ir.Call {
		d = d.X
	}
	return checkers.MatchString(textOf(d))
}

// mayCatch reports whether a decorator perhaps catches what a function throws: all but those that only write logs, traces and
// metrics, or copy its name.
func mayCatch(d *ir.Expr) bool {
	name := d
	if d.Kind == ir.Call {
		name = d.X
	}
	switch root := first(textOf(name)); strings.ToLower(root) {
	case "logger", "tracer", "metrics", "xray_recorder", "staticmethod", "classmethod", "property", "functools", "wraps":
		return false
	}
	return true
}

package model

import (
	"slices"
	"strings"
)

// Directory finds the resource that a value means: in its own application, in the stack that it is nested in or nests, or
// in another application of the workspace, through exports and imports, stack outputs, the SSM parameter store, and
// explicit names. Where two applications answer to one name it does not choose.
type Directory struct {
	apps    []*App
	exports map[string][]entry // outputs by the name they are exported under
	ends    map[string][]entry // outputs by what stands behind the name of the stack in the name they are exported under
	outputs map[string][]entry // outputs by STACK.OUTPUT
	store   map[string][]entry // values of SSM parameters by name
	names   map[string][]entry // resources by their explicit name
}

// entry is one thing that can be asked for by name.
type entry struct {
	app      *App
	value    *Value    // of an output or parameter
	resource *Resource // that has the name
}

// maxFollow bounds how many templates a value is followed through; more is a circle.
const maxFollow = 8

// NewDirectory lists what the applications of one stage can ask each other for.
func NewDirectory(apps []*App) *Directory {
	d := &Directory{
		exports: map[string][]entry{}, ends: map[string][]entry{}, outputs: map[string][]entry{}, store: map[string][]entry{}, names: map[string][]entry{},
	}
	for _, app := range apps {
		d.add(app)
	}
	return d
}

// Holder is the application that has a resource; nil if none has.
func (d *Directory) Holder(r *Resource) *App {
	for _, app := range d.apps {
		if app.byID[r.ID] == r {
			return app
		}
	}
	return nil
}

func (d *Directory) add(app *App) {
	app.nameResources()
	d.apps = append(d.apps, app)
	for _, o := range app.Outputs {
		e := entry{app: app, value: o.Value}
		if name, ok := exported(o.Export); ok {
			d.exports[name] = append(d.exports[name], e)
		}
		if end := behindStack(o.Export); end != "" {
			d.ends[end] = append(d.ends[end], e)
		}
		if app.Stack != "" {
			d.outputs[app.Stack+"."+o.Name] = append(d.outputs[app.Stack+"."+o.Name], e)
		}
	}
	for _, r := range app.Resources {
		if r.Type == "AWS::SSM::Parameter" {
			if name, ok := wholly(r.Props.Get("Name")); ok {
				d.store[name] = append(d.store[name], entry{app: app, value: r.Props.Get("Value")})
			}
			continue
		}
		for _, key := range nameProperties[r.Type] {
			if name, ok := wholly(r.Props.Get(key)); ok {
				d.names[name] = append(d.names[name], entry{app: app, resource: r})
			}
		}
	}
}

// nameProperties is where a resource of a type has its explicit name.
var nameProperties = map[string][]string{
	"AWS::SQS::Queue": {"QueueName"}, "AWS::SNS::Topic": {"TopicName"}, "AWS::S3::Bucket": {"BucketName"},
	"AWS::DynamoDB::Table": {"TableName"}, "AWS::DynamoDB::GlobalTable": {"TableName"}, "AWS::Kinesis::Stream": {"Name"},
	"AWS::Events::EventBus": {"Name"}, "AWS::StepFunctions::StateMachine": {"StateMachineName"}, "AWS::Logs::LogGroup": {"LogGroupName"},
	"AWS::SecretsManager::Secret": {"Name"}, "AWS::Cognito::UserPool": {"UserPoolName"}, "AWS::KinesisFirehose::DeliveryStream": {"DeliveryStreamName"},
	"AWS::Lambda::Function": {"FunctionName"}, "AWS::IAM::Role": {"RoleName"}, "AWS::IAM::User": {"UserName"}, "AWS::IAM::ManagedPolicy": {"ManagedPolicyName"},
}

// NameKeys are the properties in which a resource of a type has its explicit name.
func NameKeys(kind string) []string { return nameProperties[kind] }

// services is the name that ARNs have for the service of a type.
var services = map[string]string{
	"AWS::SQS": "sqs", "AWS::SNS": "sns", "AWS::S3": "s3", "AWS::DynamoDB": "dynamodb", "AWS::Kinesis": "kinesis",
	"AWS::Events": "events", "AWS::StepFunctions": "states", "AWS::Logs": "logs", "AWS::SecretsManager": "secretsmanager",
	"AWS::Cognito": "cognito-idp", "AWS::KinesisFirehose": "firehose", "AWS::Lambda": "lambda", "AWS::IAM": "iam",
}

// wholly is the text of a value that is settled: known but for the account, region and partition.
func wholly(v *Value) (string, bool) {
	v = v.Settled()
	if v == nil || v.Kind != String && v.Kind != Text && v.Kind != Number {
		return "", false
	}
	for _, p := range v.Items {
		if p.Kind == Ref && strings.HasPrefix(p.Str, "AWS::") {
			continue
		}
		if !p.IsScalar() {
			return "", false
		}
	}
	s := v.String()
	return s, s != ""
}

// exported is the name of an export as far as it is the same for who imports it: a parameter stands by its name, because stacks that
// share an export are deployed for the same stage.
func exported(v *Value) (string, bool) {
	if v.Settled() == nil {
		return "", false
	}
	if name, ok := wholly(v); ok {
		return name, true
	}
	name := spelled(v)
	return name, v.Settled().Kind == Text && strings.Contains(name, "${") && !strings.Contains(name, "?")
}

// exported are the outputs that an import by a name can mean. Stacks often export ${AWS::StackName}-Queue: templates do not say what they
// are deployed as, and who imports does, or has it as a parameter.
func (d *Directory) exported(key *Value, name string) []entry {
	if all := d.exports[name]; len(all) > 0 {
		return all
	}
	first, end := leading(key)
	if _, _, open := first.Elsewhere(); open {
		return d.ends[end]
	}
	var all []entry
	for i := 1; i < len(name); i++ {
		all = append(all, d.ends[name[i:]]...)
	}
	return all
}

// behindStack is what stands behind the name of the stack in the name of an export; empty for other names.
func behindStack(export *Value) string {
	if first, end := leading(export); first != nil && first.Kind == Ref && first.Str == "AWS::StackName" {
		return end
	}
	return ""
}

// leading is the first part of a text and the text of all others, which is empty where they do not begin anew, or have open parts.
func leading(v *Value) (*Value, string) {
	v = v.Settled()
	if v == nil || v.Kind != Text || len(v.Items) < 2 || !slices.Contains([]byte("-:_/."), (v.Items[1].String() + " ")[0]) {
		return nil, ""
	}
	end := ""
	for _, part := range v.Items[1:] {
		if !part.IsScalar() {
			return nil, ""
		}
		end += part.String()
	}
	return v.Items[0], end
}

// Find is the resource that a value of an application means, and the application that has it; nil if there is none, or not
// one alone. types limit what is looked for.
func (d *Directory) Find(app *App, v *Value, types ...string) (*App, *Resource) {
	return d.find(app, v, types, 0)
}

func (d *Directory) find(app *App, v *Value, types []string, depth int) (*App, *Resource) {
	if v == nil || app == nil || depth > maxFollow {
		return nil, nil
	}
	parts := partial(v)
	for _, ref := range v.Refs() {
		if parts[ref] {
			continue
		}
		if r := app.Resource(ref.Str); r != nil {
			if child := app.Nested[ref.Str]; child != nil {
				if in, found := d.output(child, ref.Attr, types, depth); found != nil {
					return in, found
				}
			}
			if ofType(r, types) {
				return app, r
			}
		}
	}
	if in, r := d.elsewhere(app, v, types, depth); r != nil {
		return in, r
	}
	return d.byName(app, v, types)
}

// output follows Outputs.NAME of a nested stack.
func (d *Directory) output(child *App, attr string, types []string, depth int) (*App, *Resource) {
	name, ok := strings.CutPrefix(attr, "Outputs.")
	for _, o := range child.Outputs {
		if ok && o.Name == name {
			return d.find(child, o.Value, types, depth+1)
		}
	}
	return nil, nil
}

// elsewhere follows the parts of a value that other templates decide.
func (d *Directory) elsewhere(app *App, v *Value, types []string, depth int) (*App, *Resource) {
	var in *App
	var found *Resource
	parts := partial(v)
	v.Walk(1_000, func(part *Value) {
		if _, _, ok := part.Elsewhere(); !ok || found != nil || parts[part] {
			return
		}
		if other, value := d.Follow(app, part); value != nil {
			in, found = d.find(other, value, types, depth+1)
		}
	})
	return in, found
}

// partial are the parts of texts inside a value that are only a piece of a name: in "${Queue.QueueName}-dlq" the queue is not
// meant.
func partial(v *Value) map[*Value]bool {
	var out map[*Value]bool
	v.Walk(1_000, func(w *Value) {
		if w.Kind != Text {
			return
		}
		for i, part := range w.Items {
			if part.Kind == String || (i == 0 || endsName(w.Items[i-1])) && (i == len(w.Items)-1 || beginsAnew(w.Items[i+1])) {
				continue
			}
			if out == nil {
				out = map[*Value]bool{}
			}
			out[part] = true
		}
	})
	return out
}

// endsName reports whether a name can begin behind a part of a text, beginsAnew whether one can have ended before it.
func endsName(before *Value) bool {
	return before.Kind == String && before.Str != "" && !inName(before.Str[len(before.Str)-1])
}

func beginsAnew(after *Value) bool {
	return after.Kind == String && after.Str != "" && !inName(after.Str[0])
}

func inName(c byte) bool {
	return c == '-' || c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

// Follow is what an application says of a value that another one asks for, and that application; nil if nobody says, or
// several do.
func (d *Directory) Follow(app *App, v *Value) (*App, *Value) {
	from, key, ok := v.Elsewhere()
	if !ok {
		return nil, nil
	}
	if from == FromParent {
		return app.Parent, key
	}
	if r := app.Resource(key.Str); from == FromStore && key.Kind == Ref && r != nil && r.Type == "AWS::SSM::Parameter" {
		return app, r.Props.Get("Value")
	}
	name, known := wholly(key)
	if from == FromExport {
		name, known = exported(key)
	}
	if !known {
		return nil, nil
	}
	var all []entry
	switch from {
	case FromExport:
		all = d.exported(key, name)
	case FromOutput:
		all = d.outputs[name]
	case FromStore:
		all = d.store[name]
	}
	if from != FromOutput { // which may name another region
		all = slices.DeleteFunc(slices.Clone(all), func(e entry) bool { return apart(app.Region, e.app.Region) })
	}
	if len(all) != 1 {
		return nil, nil
	}
	return all[0].app, all[0].value
}

// Leads reports whether other templates decide a value in the end, and whether they only ask each other for it in a circle.
func (d *Directory) Leads(app *App, v *Value) (ends, circle bool) {
	for range maxFollow {
		in, next := d.Follow(app, v)
		if next == nil {
			return ends, false
		}
		ends = true
		if _, _, ok := next.Elsewhere(); !ok {
			return true, false
		}
		app, v = in, next
	}
	return false, true
}

// Named is how many resources of the workspace a name, ARN or URL can mean.
func (d *Directory) Named(v *Value) int {
	text, ok := wholly(v)
	if !ok {
		return 0
	}
	most := len(d.names[text])
	for i := range len(text) {
		if text[i] == ':' || text[i] == '/' {
			most = max(most, len(d.names[text[i+1:]]))
		}
	}
	return most
}

// Claims is how many applications answer to what a value asks another template for.
func (d *Directory) Claims(v *Value) int {
	from, key, ok := v.Elsewhere()
	name, known := wholly(key)
	if from == FromExport {
		name, known = exported(key)
	}
	switch {
	case !ok || !known:
		return 0
	case from == FromExport:
		return len(d.exported(key, name))
	}
	return len(map[Elsewhere]map[string][]entry{FromOutput: d.outputs, FromStore: d.store}[from][name])
}

// byName is the resource whose explicit name a value is, or ends in as an ARN or queue URL does: the application's own, or
// else the only one of the workspace.
func (d *Directory) byName(app *App, v *Value, types []string) (*App, *Resource) {
	text := spelled(v)
	if text == "" || text == "?" || text == "absent" {
		return nil, nil
	}
	region := regionIn(text)
	if region == "" {
		region = app.Region
	}
	if r := pick(app.named, text, types); r != nil && !apart(region, app.Region) {
		return app, r.resource
	}
	if _, ok := wholly(v); !ok {
		return nil, nil
	}
	if e := pick(d.names, text, types); e != nil && !apart(region, e.app.Region) {
		return e.app, e.resource
	}
	return nil, nil
}

// apart reports whether two regions are known and not the same.
func apart(a, b string) bool { return a != "" && b != "" && a != b }

// regionIn is the region that an ARN or queue URL names; empty if it names none in letters.
func regionIn(text string) string {
	if parts := strings.SplitN(strings.ReplaceAll(text, "${AWS::", "${"), ":", 6); len(parts) == 6 && parts[0] == "arn" && !strings.ContainsAny(parts[3], "$?*") {
		return parts[3]
	}
	if rest, ok := strings.CutPrefix(text, "https://sqs."); ok {
		if region, _, _ := strings.Cut(rest, "."); !strings.ContainsAny(region, "$?*") {
			return region
		}
	}
	return ""
}

// nameResources lists the application's own resources by name; names may have open parts, which are the same here and
// there.
func (a *App) nameResources() {
	a.named = map[string][]entry{}
	for _, r := range a.Resources {
		for _, key := range nameProperties[r.Type] {
			if name := spelled(r.Props.Get(key)); name != "" && !strings.Contains(name, "?") && name != "absent" {
				a.named[name] = append(a.named[name], entry{app: a, resource: r})
			}
		}
	}
}

// spelled is the text of a value; a parameter without a default, which is the same wherever the template uses it, stands by
// its name.
func spelled(v *Value) string {
	v = v.Settled()
	switch {
	case v == nil:
		return ""
	case v.Kind == Text:
		var b strings.Builder
		for _, part := range v.Items {
			b.WriteString(spelled(part))
		}
		return b.String()
	}
	if from, key, ok := v.Elsewhere(); ok && from == FromCaller {
		return "${" + key.String() + "}"
	}
	return v.String()
}

// pick finds the one entry that a text names: by all of it, or as an ARN or URL by its end.
func pick(names map[string][]entry, text string, types []string) *entry {
	service := ""
	switch {
	case strings.HasPrefix(text, "arn:"):
		if parts := strings.SplitN(text, ":", 4); len(parts) == 4 {
			service = parts[2]
		}
	case strings.HasPrefix(text, "https://sqs."):
		service = "sqs"
	case strings.HasPrefix(text, "s3://"):
		bucket, _, _ := strings.Cut(strings.TrimPrefix(text, "s3://"), "/")
		return only(names[bucket], types, "s3")
	default:
		if e := only(names[text], types, ""); e != nil {
			return e
		}
		name, _, qualified := strings.Cut(text, ":") // a function by name and alias
		if !qualified {
			return nil
		}
		return only(names[name], types, "lambda")
	}
	if before, after, ok := strings.Cut(text, ":function:"); ok && service == "lambda" {
		name, _, _ := strings.Cut(after, ":")
		text = before + ":function:" + name
	}
	text = strings.TrimSuffix(text, ":*")
	if before, _, ok := strings.Cut(text, "/stream/"); ok {
		text = before
	}
	for i := range len(text) {
		if text[i] == ':' || text[i] == '/' {
			if e := only(names[text[i+1:]], types, service); e != nil {
				return e
			}
		}
	}
	return nil
}

// only is the one entry that fits; nil where several do, or none.
func only(all []entry, types []string, service string) *entry {
	var found *entry
	for i := range all {
		r := all[i].resource
		if !ofType(r, types) || service != "" && services[r.Type[:strings.LastIndex(r.Type, "::")]] != service {
			continue
		}
		if found != nil && found.resource != r {
			return nil
		}
		found = &all[i]
	}
	return found
}

func ofType(r *Resource, types []string) bool {
	for _, t := range types {
		if r.Type == t {
			return true
		}
	}
	return len(types) == 0
}

package dataflow

import (
	"slices"
	"strconv"
	"strings"

	"wardlet.example/internal/ir"
	"wardlet.example/internal/model"
)

// Send is a call by which code hands data on, keeps it, or reads what is kept: a message, an event, an item, an object, a request.
type Send struct {
	Key      string // client:Operation as internal/sdk has it, or HTTPRequest, or Returned
	File     *ir.File
	At       int32
	Params   *Value    // the members of the request, as they were when it was made
	Lent     bool      // it is made with credentials that the code gives to the client, and not with those of the function's role
	Signed   bool      // it makes an address by which somebody else does it: the content is theirs
	Declared model.Pos // where a template declares what makes it, where that is no code
	Where    []Fact    // what certainly holds where it is made

	sites   []site
	source  *Source // that it is, where it reads
	outline string  // what is known of the request, for comparing
}

// Keys of sends that are no operations of AWS. An HTTPRequest has the members Url and Body; Returned is what the entry gives back,
// and Received what it gets, which services hand on when it fails.
const (
	HTTPRequest = "http:Request"
	Returned    = "entry:Return"
	Received    = "entry:Event"
)

// limits of what is kept of a request.
const (
	maxKept      = 600
	deepestKept  = 8
	maxTextParts = 8
)

// sentAs is what people call what hands data on.
var sentAs = map[string]string{HTTPRequest: "a request", CacheSet: "a cache that is shared", CacheGet: "a cache that is shared", RowsPut: "a table that is shared", RowsRead: "a table that is shared"}

// send notes a call that hands data on.
func (in *interp) send(f frame, at int32, key string, params *Value) *Send {
	if !in.p.Carries[key] {
		return nil
	}
	if in.st != nil && key != Received && key != Returned {
		in.reveals(f, at, orElse(sentAs[key], key), params, usedInside)
	}
	budget := maxKept
	s := &Send{Key: key, File: f.file, At: at, Params: in.copyOf(params, &budget, 0)}
	s.outline = s.Params.outlined()
	for _, o := range in.sends { // a loop, or another way to the same call
		if o.Key == key && o.At == at && o.File == f.file && o.outline == s.outline {
			o.Where = common(o.Where, in.where(f))
			return o
		}
	}
	s.Where = in.where(f)
	s.sites = slices.Clone(in.sites)
	in.sends = append(in.sends, s)
	return s
}

// longestOutline bounds the text by which requests are compared.
const longestOutline = 2_000

// outlined is what is known of a value as a text.
func (v *Value) outlined() string {
	var b strings.Builder
	v.describe(&b, 0)
	return b.String()
}

// describe writes what is known of a value, so that two that say the same are written the same.
func (v *Value) describe(b *strings.Builder, depth int) {
	if v == nil || depth > deepestKept || b.Len() > longestOutline {
		return
	}
	b.WriteString(v.text + "\x00" + v.ref + "\x00" + v.prefix + "\x00")
	if v.perhaps || v.sealed {
		b.WriteString(strconv.FormatBool(v.perhaps) + strconv.FormatBool(v.sealed))
	}
	for _, list := range [][]*Taint{v.taints, v.safe} {
		for _, t := range list {
			b.WriteString(t.Path + "\x01" + itoa(len(t.clean)))
		}
		b.WriteByte(2)
	}
	for name, x := range sorted(v.fields) {
		b.WriteString(name + "\x03")
		x.describe(b, depth+1)
	}
	for _, s := range v.alts {
		b.WriteString(s + "\x05")
	}
	for _, x := range slices.Concat([]*Value{v.elem, v.json, v.named}, v.parts, v.either) {
		b.WriteByte(4)
		x.describe(b, depth+1)
	}
}

// copyOf is a copy of what is known of a value, as it is now.
func (in *interp) copyOf(v *Value, budget *int, depth int) *Value {
	if *budget--; v == nil || *budget < 0 || depth > deepestKept {
		return nil
	}
	c := &Value{
		taints: v.taints, safe: v.safe, text: v.text, known: v.known, prefix: v.prefix, varied: v.varied, alts: v.alts, isList: v.isList, mixed: v.mixed, backed: v.backed, ref: settingOf(v) + bucketOf(v),
		written: v.written, perhaps: v.perhaps, sealed: v.closed(), ofKey: v.ofOwnKey(),
		elem: in.copyOf(v.elem, budget, depth+1), json: in.copyOf(v.json, budget, depth+1), named: in.copyOf(v.named, budget, depth+1),
	}
	for _, p := range v.parts {
		c.parts = append(c.parts, in.copyOf(p, budget, depth+1))
	}
	for _, x := range v.either {
		if x = in.copyOf(x, budget, depth+1); x != nil {
			c.either = append(c.either, x)
		}
	}
	if set := in.over[v]; len(v.fields)+len(set) > 0 {
		c.fields = map[string]*Value{}
		for name, x := range sorted(v.fields) {
			c.fields[name] = in.copyOf(x, budget, depth+1)
		}
		for name, x := range sorted(set) {
			c.fields[name] = in.copyOf(x, budget, depth+1)
		}
		c.sealed = c.sealed && len(set) == 0
	}
	for name := range v.some {
		if x := c.fields[name]; x != nil {
			x.perhaps = true
		}
	}
	if list := v.put(); len(list) > 1 || len(list) == 1 && c.fields["0"] != nil {
		in.copyApart(c, list, budget, depth)
	}
	return c
}

// copyApart gives the copy of a list what was put there one by one; what does not fit is kept joined.
func (in *interp) copyApart(c *Value, list []*Value, budget *int, depth int) {
	var copies []*Value
	for _, x := range list {
		if x = in.copyOf(x, budget, depth+1); x == nil {
			return
		}
		copies = append(copies, x)
	}
	c.elem = nil
	c.numbered(copies)
}

// Varies reports whether a value is perhaps something else than what is known of it.
func (v *Value) Varies() bool {
	return v == nil || v.perhaps || v.mixed || !v.known && len(v.taints)+len(v.safe) > 0
}

// Lacks reports whether there is certainly nothing at a path of a value.
func (v *Value) Lacks(path ...string) bool {
	if v == nil || len(path) == 0 {
		return false
	}
	if v.json != nil {
		v = v.json
	}
	if x, ok := v.fields[path[0]]; ok || v.fieldNamed(path[0]) != nil {
		return x.Lacks(path[1:]...)
	}
	if v.sealed {
		return true
	}
	elements := v.Elements()
	return elements[0] != v && len(v.taints) == 0 && !slices.ContainsFunc(elements, func(x *Value) bool { return !x.Lacks(path...) })
}

// Beginnings of paths that stand for what is set outside of the code.
const (
	settingMark   = "setting:"
	parameterMark = "parameter:"
)

// OwnName is the setting in which Lambda gives a function its own name.
const OwnName = "AWS_LAMBDA_FUNCTION_NAME"

// OwnBucket stands among the settings for the name of the bucket that an event is about.
const OwnBucket = "the bucket of the event"

// bucketOf is OwnBucket where a value is that name as a whole.
func bucketOf(v *Value) string {
	if v.ref == eventBucket+".name" || v.ref == eventBucket+".Name" {
		return settingMark + OwnBucket
	}
	return ""
}

// eventBucket is what is said of the bucket in an event of S3.
const eventBucket = "lambda.bucket"

// ofBucket reports whether a path of an event is what it says of its bucket.
func ofBucket(path string) bool {
	return strings.HasPrefix(path, "event.") && (strings.HasSuffix(path, ".s3.bucket") || strings.HasSuffix(path, ".S3.Bucket"))
}

// settingOf is the path of a value of the environment or the parameter store; empty for others.
func settingOf(v *Value) string {
	ref := v.ref
	for _, prefix := range []string{"builtin.process.env.", "os.environ."} {
		if name, ok := strings.CutPrefix(ref, prefix); ok && !strings.HasSuffix(name, ")") {
			return settingMark + name
		}
	}
	if (ref == "os.environ.get()" || ref == "os.getenv()" || ref == "os.Getenv()" || ref == "os.LookupEnv()") && len(v.args) > 0 && v.args[0].known {
		return settingMark + v.args[0].text
	}
	if strings.HasPrefix(ref, parameterMark) || strings.HasPrefix(ref, settingMark) {
		return ref
	}
	switch ref {
	case "lambda.context.functionName", "lambda.context.function_name", "lambda.context.invokedFunctionArn", "lambda.context.invoked_function_arn":
		return settingMark + OwnName
	}
	return ""
}

// Origin is where a part of a value comes from: an outsider's data, of which the rest names a part.
type Origin struct {
	Taint *Taint
	Rest  []string
	Safe  bool // it was checked: it can do no harm at all
}

// Path is the part of what came in.
func (o Origin) Path() []string { return append(Segments(o.Taint.Path), o.Rest...) }

// Segments are the names of a path, without what only says that they are lists: event.Records[].body as event, Records, body.
func Segments(path string) []string {
	path = strings.TrimSuffix(path, " as JSON")
	var out []string
	for part := range strings.SplitSeq(strings.ReplaceAll(path, "[]", ""), ".") {
		if part != "" {
			out = append(out, part)
		}
	}
	return out
}

// maxOrigins bounds the origins of one part of a value.
const maxOrigins = 16

// Origins are the outsiders' data in what stands at a path of a value. Lists are gone through, and texts that were written as JSON.
func (v *Value) Origins(path []string) []Origin {
	w := &looker{}
	w.find(v, path, 0)
	return w.found
}

// NameOrigins are the outsiders' data in the names of the fields of what stands at a path of a value.
func (v *Value) NameOrigins(path []string) []Origin {
	at := v.All(path...)
	if len(at) == 0 {
		return v.Origins(path)
	}
	w := &looker{}
	for _, x := range at {
		for _, t := range x.taints {
			if !t.clean[names] {
				u := *t
				u.keys = true
				w.add(&u, nil, false)
			}
		}
		w.all(x.named, 0)
	}
	return w.found
}

// Decoded are the origins of what stands at a path where whoever gets a text takes it for JSON. That counts for rules for which texts do
// no harm.
func (v *Value) Decoded(path []string, rule string) []Origin {
	w := &looker{}
	if needsObject[rule] {
		w.decodes = rule
	}
	w.find(v, path, 0)
	return w.found
}

type looker struct {
	found   []Origin
	decodes string // the rule that asks what is in a text
}

func (w *looker) add(t *Taint, rest []string, safe bool) {
	if len(w.found) >= maxOrigins {
		return
	}
	for _, o := range w.found {
		if o.Taint.Path == t.Path && o.Taint.Source == t.Source && slices.Equal(o.Rest, rest) && (!o.Safe || safe) && len(o.Taint.clean) <= len(t.clean) {
			return
		}
	}
	w.found = append(w.found, Origin{t, rest, safe})
}

func (w *looker) find(v *Value, path []string, depth int) {
	if v == nil || depth > 24 {
		return
	}
	if len(path) == 0 {
		if w.decodes != "" {
			v = v.decoded(w.decodes)
		}
		w.all(v, depth)
		return
	}
	if v.json != nil {
		w.find(v.json, path, depth+1)
		return
	}
	if x := v.fieldNamed(path[0]); x != nil {
		w.find(x, path[1:], depth+1)
		if !v.mixed {
			return
		}
	}
	if path[0] == "*" {
		for _, x := range sorted(v.fields) {
			w.find(x, path[1:], depth+1)
		}
	}
	listed := false
	for name, x := range sorted(v.fields) {
		if _, ok := number(name); ok || len(v.fields) == 1 && (name == "M" || name == "L" || name == "S") { // a list, or a value of DynamoDB with its type
			w.find(x, path, depth+1)
			listed = true
		}
	}
	if v.elem != nil {
		w.find(v.elem, path, depth+1)
		if !v.isList && !listed && len(path) > 0 { // a map whose keys are not known
			w.find(v.elem, path[1:], depth+1)
		}
	}
	for _, t := range v.taints {
		w.add(t, path, false)
	}
	for _, t := range v.safe {
		w.add(t, path, true)
	}
}

// spelled are members that the same value has in requests, and in the events that are made of them.
var spelled = map[string]string{"Value": "StringValue", "stringValue": "StringValue", "dataType": "DataType", "Type": "DataType", "data": "Data"}

func (v *Value) fieldNamed(name string) *Value {
	if x := v.fields[name]; x != nil {
		return x
	}
	if x := v.fields[spelled[name]]; x != nil {
		return x
	}
	var found *Value
	for k, x := range v.fields {
		if len(k) == len(name) && strings.EqualFold(k, name) { // as Go reads them, to which capitals say nothing
			if found != nil {
				return nil
			}
			found = x
		}
	}
	return found
}

func (w *looker) all(v *Value, depth int) {
	if v == nil || depth > 24 || len(w.found) >= maxOrigins {
		return
	}
	for _, t := range v.taints {
		w.add(t, nil, false)
	}
	for _, t := range v.safe {
		w.add(t, nil, true)
	}
	for _, p := range v.parts {
		if p == nil {
			continue
		}
		for _, t := range p.safe {
			w.add(t, nil, true)
		}
	}
	for _, x := range sorted(v.fields) {
		w.all(x, depth+1)
	}
	w.all(v.elem, depth+1)
	if len(v.taints) == 0 {
		w.all(v.json, depth+1)
	}
}

// At is what stands at a path of a value, where that is written; nil where it is not.
func (v *Value) At(path ...string) *Value {
	for _, name := range path {
		if v == nil {
			return nil
		}
		if v.json != nil {
			v = v.json
		}
		v = v.fieldNamed(name)
	}
	return v
}

// Elements are the elements of a list, or the value itself where it is none.
func (v *Value) Elements() []*Value {
	if v == nil {
		return nil
	}
	var out []*Value
	for i := range len(v.fields) {
		if x := v.fields[itoa(i)]; x != nil {
			out = append(out, x)
		}
	}
	if v.elem != nil {
		out = append(out, v.elem)
	}
	if len(out) == 0 {
		return []*Value{v}
	}
	return out
}

// Alternatives are the texts that a value may be, known ones and those that settings are, where it may be several; what else it may be
// stays in it. What stands for a setting that is missing is left out where templates give the setting.
func (v *Value) Alternatives(setting func(name string) *model.Value) []*Value {
	if v == nil || len(v.alts)+len(v.either) == 0 || v.known {
		return []*Value{v}
	}
	if v.isSet(setting) {
		return v.either
	}
	var out []*Value
	for _, s := range v.alts {
		out = append(out, constant(s))
	}
	if len(v.either) > 0 {
		return append(out, v.either...)
	}
	if v.ref != "" || len(v.parts) > 0 {
		c := *v
		c.alts = nil
		out = append(out, &c)
	}
	return out
}

// isSet reports whether a value is a setting that templates give, whatever stands beside it in the code for where it is missing.
func (v *Value) isSet(setting func(name string) *model.Value) bool {
	if !v.backed || len(v.either) != 1 {
		return false
	}
	name, ok := strings.CutPrefix(v.either[0].ref, settingMark)
	return ok && setting(name).IsSet() == model.Yes && setting(name).EqualsText("") == model.No
}

// Outside is what an outsider sends, of which nothing else is known.
func Outside(path string, unsure bool) *Value {
	return &Value{taints: []*Taint{{Path: path, Source: &Source{Label: "request"}, object: true, unsure: unsure}}}
}

// A Read is a call that has read all of a value, and where its answer has that.
type Read struct {
	Call *Send
	Path []string
}

// Reads are the calls of which one has read all that stands in a value beside fields that the code has set; nil where it comes from elsewhere
// too.
func (v *Value) Reads() []Read {
	if len(v.taints) == 0 || v.mixed || v.elem != nil || v.named != nil {
		return nil
	}
	var out []Read
	for _, t := range v.taints {
		if t.Source == nil || t.Source.Read == nil {
			return nil
		}
		path := Segments(t.Path)
		out = append(out, Read{t.Source.Read, path[min(1, len(path)):]})
	}
	return out
}

// Constant is a value that is known.
func Constant(l Literal) *Value {
	v := &Value{text: l.Text(), known: true}
	switch l[0] {
	case '\'':
		v.written = inQuotes
	case '#':
		v.written = bareWord
	}
	return v
}

// Object is an object, or a list by its places, of which all is known.
func Object(fields map[string]*Value) *Value {
	_, list := fields["0"]
	return &Value{fields: fields, isDict: !list, sealed: !list}
}

// Fields are the fields of an object by their names.
func (v *Value) Fields() map[string]*Value {
	if v == nil {
		return nil
	}
	return v.fields
}

// Is reports whether a value is a known text, and which.
func (v *Value) Is() (string, bool) {
	if v == nil {
		return "", false
	}
	return v.text, v.known
}

// Names reports whether two values certainly name the same: the same text, or the same setting.
func (v *Value) Names(other *Value) bool {
	switch {
	case v == nil || other == nil:
		return false
	case v.known:
		return other.known && v.text == other.text
	}
	setting := settingOf(v)
	return setting != "" && setting == settingOf(other)
}

// Begins is what is known of the beginning of a text: all of it where it is known.
func (v *Value) Begins() string {
	switch {
	case v == nil:
		return ""
	case v.known:
		return v.text
	}
	return v.prefix
}

// Model is what is known of a value as templates have values; setting tells what stands in the environment.
func (v *Value) Model(setting func(name string) *model.Value) *model.Value {
	return v.asModel(setting, model.Origin{}, 0)
}

func (v *Value) asModel(setting func(string) *model.Value, at model.Origin, depth int) *model.Value {
	if v != nil && v.ofKey != "" && v.ofKey != folderOfKey {
		if s := setting(OwnKey + strings.TrimPrefix(v.ofKey, allOfKey)); s != nil {
			return s
		}
	}
	switch {
	case v == nil || depth > deepestKept:
		return model.NewUnknown("decided while it runs", at)
	case v.json != nil:
		return v.json.asModel(setting, at, depth+1)
	case v.known:
		return v.scalar(at)
	case len(v.alts)+len(v.either) > 1 && !v.isSet(setting):
		return model.NewPresent("one of several", at)
	case strings.HasPrefix(v.ref, settingMark):
		if s := setting(strings.TrimPrefix(v.ref, settingMark)); s != nil {
			return s
		}
		if v.ref == settingMark+OwnBucket {
			return model.NewUnknown("decided while it runs", at)
		}
		return model.NewPresent("a setting that no template gives", at)
	case strings.HasPrefix(v.ref, parameterMark):
		name := &Value{text: strings.TrimPrefix(v.ref, parameterMark), known: true}
		if strings.HasPrefix(name.text, settingMark) {
			name = &Value{ref: name.text}
		}
		return model.NewElsewhere(model.FromStore, name.asModel(setting, at, depth+1), "kept in the parameter store", at)
	case len(v.parts) > 0:
		var parts []*model.Value
		for i, p := range v.parts {
			if p != nil && p.ofKey == folderOfKey && i+1 < len(v.parts) && strings.HasPrefix(v.parts[i+1].Begins(), "/") { // as the key begins
				if s := setting(OwnKey + "\x00."); s != nil {
					parts = append(parts, s)
					continue
				}
			}
			parts = append(parts, p.textModel(setting, at, depth+1))
		}
		return model.NewText(parts, at)
	case v.prefix != "":
		return model.NewText([]*model.Value{model.NewString(v.prefix, at), model.NewPresent("decided while it runs", at)}, at)
	case len(v.fields) > 0 && !v.varied && v.isObject():
		return v.mapModel(setting, at, depth)
	case len(v.taints) > 0 || v.varied || v.elem != nil || len(v.fields) > 0:
		return model.NewPresent("decided while it runs", at)
	}
	return model.NewUnknown("decided while it runs", at)
}

// scalar is a constant as templates have it.
func (v *Value) scalar(at model.Origin) *model.Value {
	if !ambiguous(v.text) || v.written == inQuotes && !v.perhaps {
		return model.NewString(v.text, at)
	}
	if v.written == bareWord && !v.perhaps {
		switch plain := v.literal().plainly(); plain {
		case "true", "false":
			return model.NewBool(plain == "true", at)
		case "null":
		default:
			if n, err := strconv.ParseFloat(plain, 64); err == nil {
				return model.NewNumber(n, plain, at)
			}
		}
	}
	return model.NewPresent("a number or a text", at)
}

// textModel is a part of a text: there a number is its digits.
func (v *Value) textModel(setting func(string) *model.Value, at model.Origin, depth int) *model.Value {
	if v != nil && v.known {
		return model.NewString(v.text, at)
	}
	return v.asModel(setting, at, depth)
}

// isObject reports whether a value is an object with names, and not a list.
func (v *Value) isObject() bool {
	for name := range v.fields {
		if _, ok := number(name); ok {
			return false
		}
	}
	return true
}

// mapModel is an object: open where it perhaps has more fields than are known.
func (v *Value) mapModel(setting func(string) *model.Value, at model.Origin, depth int) *model.Value {
	var fields []model.Field
	for name, x := range sorted(v.fields) {
		fields = append(fields, model.Field{Key: name, Value: x.asModel(setting, at, depth+1)})
	}
	return model.NewMap(fields, at)
}

// Open reports whether an object perhaps has more fields than are known of it.
func (v *Value) Open() bool {
	if v != nil && v.json != nil {
		v = v.json
	}
	return v == nil || len(v.taints) > 0 || v.named != nil || v.elem != nil || v.spread != nil || v.mixed || len(v.fields) == 0
}

// ambiguous reports whether a text can be a number or a truth value of the program just as well.
func ambiguous(s string) bool {
	if s == "true" || s == "false" || s == "True" || s == "False" || s == "null" || s == "None" {
		return true
	}
	_, err := strconv.ParseFloat(s, 64)
	return err == nil
}

// Cleaned reports whether something makes data harmless for a rule on its way.
func (t *Taint) Cleaned(rule string) bool {
	return t.clean[rule]
}

// Harms reports whether data can do the harm of a rule: texts do none where only objects do.
func (t *Taint) Harms(rule string, rest []string) bool {
	if t.plain != nil { // whoever gets it decodes it
		return t.plain.Harms(rule, rest)
	}
	if needsObject[rule] && !t.object { // whoever gets the text has parsed it, where a part of it is meant
		return len(rest) > 0 && !t.decoded().clean[rule]
	}
	return !t.clean[rule]
}

// Check is where data was made harmless; the file is nil where that is not known.
func (t *Taint) Check() Step {
	if t == nil || t.check == nil {
		return Step{}
	}
	return Step{t.check.file, t.check.at, "is made safe"}
}

// OfNames reports whether it is a name of a field of what stands at its path, and nothing that stands in it.
func (t *Taint) OfNames() bool { return t.keys }

// Unsure reports whether something on the way is not known.
func (t *Taint) Unsure() bool { return t.unsure }

// Place is where the call stands.
func (s *Send) Place() model.Pos {
	if s.File == nil {
		return s.Declared
	}
	line, col := s.File.Tree.Position(int(s.At))
	return model.Pos{File: s.File.Path, Line: line, Col: col}
}

// Handed is where the function's own code gives data to the helper that makes a call; the call itself where it stands in no helper.
func (s *Send) Handed(t *Taint) (*ir.File, int32) {
	if t == nil || t.step == nil {
		return s.File, s.At
	}
	came := t.step
	for came.prev != nil {
		came = came.prev
	}
	for _, c := range s.sites {
		if c.file != nil && c.time > came.time && (c.file != came.file || c.at != came.at) {
			return c.file, c.at
		}
	}
	return s.File, s.At
}

// Way is how data came into a request.
func (s *Send) Way(t *Taint) []Step { return wayOf(t, s.sites) }

// All are the values at a path, of each element of the lists on the way. A star at its end means the names of the fields there.
func (v *Value) All(path ...string) []*Value {
	if v == nil {
		return nil
	}
	if v.json != nil {
		v = v.json
	}
	if len(path) == 0 {
		return []*Value{v}
	}
	if path[0] == "*" && len(path) == 1 {
		return v.names()
	}
	var out []*Value
	if x := v.fieldNamed(path[0]); x != nil {
		return x.All(path[1:]...)
	}
	for name, x := range sorted(v.fields) {
		if _, ok := number(name); ok || path[0] == "*" {
			rest := path
			if path[0] == "*" {
				rest = path[1:]
			}
			out = append(out, x.All(rest...)...)
		}
	}
	if v.elem != nil {
		rest := path
		if path[0] == "*" {
			rest = path[1:]
		}
		out = append(out, v.elem.All(rest...)...)
	}
	return out
}

// names are the names of the fields of an object, as values.
func (v *Value) names() []*Value {
	var out []*Value
	for name := range sorted(v.fields) {
		out = append(out, constant(name))
	}
	if v.named != nil {
		out = append(out, v.named)
	}
	return out
}

// requestOf notes a request over HTTP, with its address and what can be its body.
func (in *interp) requestOf(f frame, e *ir.Expr, m *Model, recv *Value, args *arguments) {
	if !in.p.Carries[HTTPRequest] {
		return
	}
	for _, name := range m.narrowed(args) {
		for _, url := range inputs(name, recv, args) {
			if url == nothing || url.empty() {
				continue
			}
			fields := map[string]*Value{"Url": based(recv, url)}
			for _, v := range append(slices.Clone(args.list), &Value{fields: args.kw}) {
				in.bodyIn(fields, v, v == url)
			}
			in.send(f, e.At, HTTPRequest, &Value{fields: fields})
		}
	}
}

// based is an address as a client completes it that was made with the beginning of all addresses.
func based(recv, url *Value) *Value {
	if recv == nil {
		return url
	}
	for _, made := range append(slices.Clone(recv.args), &Value{fields: recv.kw}) {
		for _, key := range []string{"baseURL", "baseUrl", "prefixUrl", "base_url"} {
			if base := made.fields[key]; base != nil {
				return &Value{parts: []*Value{base, constant("/"), url}, taints: url.taints}
			}
		}
	}
	return url
}

// bodyIn adds what a part of a call says of the body and the query of a request.
func (in *interp) bodyIn(fields map[string]*Value, v *Value, isURL bool) {
	if v == nil || isURL {
		return
	}
	named := false
	for _, key := range []string{"body", "data", "json"} {
		if x := v.fields[key]; x != nil {
			fields["Body"], named = join(fields["Body"], x), true
		}
	}
	for _, key := range []string{"params", "searchParams", "qs", "query"} {
		if x := v.fields[key]; x != nil {
			fields["Query"], named = join(fields["Query"], x), true
		}
	}
	if !named && v.fields["headers"] == nil && v.fields["method"] == nil && v.fields["url"] == nil && !v.empty() { // axios.post(url, body)
		fields["Body"] = join(fields["Body"], v)
	}
}

// OfEvent reports whether a call reads the object that the event is about.
func (s *Send) OfEvent() bool {
	key := s.Params.At("Key")
	return key != nil && slices.ContainsFunc(key.taints, func(t *Taint) bool { return isObjectKey(t.Path) })
}

// chosenAnswer is the answer of a request whose host an outsider chooses: it is the outsider's too.
func (in *interp) chosenAnswer(f frame, e *ir.Expr, m *Model, recv *Value, args *arguments) []*Taint {
	var out []*Taint
	for _, name := range m.narrowed(args) {
		for _, url := range inputs(name, recv, args) {
			for _, t := range url.taints {
				if t.clean["ssrf"] {
					continue
				}
				u := *t
				u.clean, u.object, u.lead, u.parsed = nil, true, "", t.Path
				out = addTaints(out, []*Taint{(&u).with(f.file, e.At, "whoever chose the host decides what it answers", in.steps)})
			}
		}
	}
	return out
}

// FromRequest reports whether something of the request that came in is handed on.
func (s *Send) FromRequest() bool {
	return slices.ContainsFunc(slices.Concat(s.Params.all(), s.Params.At("Item").checked()), func(t *Taint) bool { return t.Source == nil || !t.Source.Stored })
}

// checked is what of an outsider's data was checked before it came into a value.
func (v *Value) checked() []*Taint {
	if v == nil {
		return nil
	}
	out := slices.Clone(v.safe)
	for _, x := range sorted(v.fields) {
		out = addTaints(out, x.safe)
	}
	return out
}

package dataflow

import (
	"maps"
	"slices"
	"strings"

	"wardlet.example/internal/ir"
)

// member is a field of a value, or of what else the value may be.
func (in *interp) member(f frame, v *Value, key string, at int32) *Value {
	out := in.field(f, v, key, at)
	if v != nil {
		for _, o := range v.others {
			out = join(out, in.field(f, o, key, at))
		}
	}
	if in.st != nil {
		return in.asPut(f, out, at, 0)
	}
	for _, t := range out.taints {
		if wholeBodies.MatchString(t.Path) {
			in.reads(t.Path)
		}
	}
	return out
}

// field is a field of a value: what is known of it, or a part of what an outsider put there, or a part of a library.
func (in *interp) field(f frame, v *Value, key string, at int32) *Value {
	if v == nil {
		return nothing
	}
	if x := in.ownField(f, v, key, at); x != nil {
		return x
	}
	if x := in.ofSession(v, key); x != nil {
		return x
	}
	if isCradle(v.ref) {
		if x := in.given(f, constant(key), at); x != nil {
			return x
		}
	}
	if x := in.fieldOfLanguage(f, v, key); x != nil {
		return x
	}
	if x := in.p.globals[key]; x != nil && isGlobalObject(v) {
		return x
	}
	if x := in.p.decorations[key]; x != nil && frameworkOf(v.ref) == "fastify" {
		return x
	}
	out := partOfLibrary(v, key)
	if part := in.recordUnder(v, key, out); part != nil {
		out = part
	}
	if v.elem != nil {
		out = join(out, asHeader(v.elem, key))
	}
	if out.ref != "" {
		x, safe := in.propertyByRows(f, v, out, key, at)
		if safe {
			return x
		}
		out = x
	}
	if len(v.taints) > 0 {
		out = in.outsidersPart(f, v, out, key, at)
	}
	if s := v.secret.part(in.p, key); s != nil {
		c := *out
		c.secret = s
		out = &c
	}
	if isAddress(v.ref) {
		out = in.queryOf(v, out, key)
	}
	if out.empty() && (v.ref != "" || len(out.safe) > 0) {
		return &Value{safe: out.safe}
	}
	return out
}

// ownField is a field that an object has, or its class; nil where neither has one of that name.
func (in *interp) ownField(f frame, v *Value, key string, at int32) *Value {
	if o := in.over[v]; o != nil {
		if x := o[key]; x != nil {
			return join(x, v.fields[key])
		}
	}
	if f.file != nil && f.file.Language == ir.Go {
		if x := in.goField(f, v, key, at); x != nil {
			return x
		}
	}
	if x, ok := v.fields[key]; ok {
		if len(x.fns) == 1 && x.fns[0].fn.Getter && v.class == nil { // { get client() { return ... } }
			return in.invoke(f, x.fns[0], v, &arguments{}, at)
		}
		if v.mixed && len(v.taints) > 0 {
			return join(x, &Value{taints: in.parts(v.taints, key)})
		}
		return x
	}
	if v.class != nil {
		if meta := modelMeta(v, key); meta != nil {
			return meta
		}
		return in.fieldOfClass(f, v, key, at)
	}
	return nil
}

// ofServer reports whether the objects of a class of a library get requests as their fields: self.path, self.request.
func ofServer(class string) bool {
	return strings.HasPrefix(class, "http.server.") || strings.HasPrefix(class, "tornado.web.")
}

// fieldOfClass is what an instance, or a class itself, has by what its class declares: a method, a property, an attribute; nil where it
// declares nothing of that name.
func (in *interp) fieldOfClass(f frame, v *Value, key string, at int32) *Value {
	if key == "__dict__" {
		return v
	}
	if m := v.class.method(key, 0); m != nil {
		if isProperty(m.fn) && (!v.isType || m.fn.Static) {
			var out *Value
			for _, c := range m.of(v) {
				out = join(out, in.invoke(f, c, v, &arguments{}, at))
			}
			return out
		}
		return &Value{fns: m.of(orSelf(v))}
	}
	if v.class.static != nil {
		if x, ok := v.class.static.fields[key]; ok {
			return in.attributeOf(v, x, key)
		}
	}
	if x := v.class.inherited(key, 0); x != nil {
		return in.attributeOf(v, x, key)
	}
	if ref := v.class.libraryBase(0); ofServer(ref) && !v.isType && v.fields[key] == nil {
		return in.member(f, &Value{ref: ref}, key, at)
	} else if ref != "" && v.isType { // of the class of a library that it extends
		return &Value{ref: ref + "." + key, rows: v.class}
	}
	if m := v.class.method("__getattr__", 0); m != nil && !v.isType && !strings.HasPrefix(key, "__") {
		return in.invoke(f, m, v, &arguments{list: []*Value{constant(key)}}, at)
	}
	return nil
}

// fieldOfLanguage is a field that values have whatever they are: prototypes, lengths, methods of rows; nil for others.
func (in *interp) fieldOfLanguage(f frame, v *Value, key string) *Value {
	switch {
	case v.ref == "celebrate.Segments": // names of the parts of a request
		return constant(strings.ToLower(key))
	case key == "prototype" && v.class != nil && v.isType:
		return v.class.prototype()
	case key == "prototype" && len(v.fns) > 0 && v.fields == nil && !v.shared:
		v.fields = map[string]*Value{"prototype": {fields: map[string]*Value{}}}
		return v.fields["prototype"]
	case key == "length" && f.file != nil && f.file.Language == ir.Node && !schemas[packageOf(v.ref)]: // a number
		return &Value{}
	}
	if x := in.keptByApplication(v, key); x != nil {
		return x
	}
	if m := v.methodOfRow(key); m != nil {
		return m
	}
	if q := in.queries[v]; q != nil && key == "searchParams" {
		return q
	}
	return nil
}

// partOfLibrary is a part of a library by its path, or nothing that is known.
func partOfLibrary(v *Value, key string) *Value {
	out := &Value{}
	if v.ref == "" {
		return out
	}
	if separators[v.ref+"."+key] {
		return constant("/")
	}
	if strings.HasPrefix(key, "feature_") && v.ref == "xml.sax.handler" { // a text
		return constant(orElse(featuresOfSAX[key], key))
	}
	if key == "shape" && packageOf(v.ref) == "zod" { // the schemas of its fields
		if fields := fieldsOf(v); len(fields) > 0 {
			return &Value{fields: fields}
		}
	}
	out.ref, out.args, out.kw, out.asked, out.rows, out.mapped = samePath(v.ref+"."+key), v.args, v.kw, v.asked, v.rows, v.mapped
	if v.clock != nil && formsOfTime[key] {
		out.clock = v.clock
	}
	if service, ok := strings.CutPrefix(v.ref, "boto3:"); ok && key == "client" && strings.HasSuffix(service, ".meta") { // the client of a resource
		out.ref = "boto3:" + first(service)
	}
	if v.ref == "builtin.globalThis" || v.ref == "builtin.global" || v.ref == "builtin.window" {
		out.ref = "builtin." + key
	}
	return out
}

// formsOfTime are members of a name that is made of the time which are that name in another form: uuid1().hex.
var formsOfTime = set("hex int bytes urn microsecond")

// separators stand between the parts of a path.
var separators = set("path/filepath.Separator os.PathSeparator path.sep path.posix.sep os.sep os.path.sep")

// propertyByRows is a part of a library with what rows tell of it where it is read and not called; it reports whether they tell that it is
// a property which makes harmless what it is a part of, which is all that counts then.
func (in *interp) propertyByRows(f frame, v, out *Value, key string, at int32) (*Value, bool) {
	for _, m := range in.p.models.tables[f.file.Language].exact[out.ref] {
		switch {
		case m.Kind == useKind && len(m.when) > 0: // it depends on how it is called
		case m.Kind == useKind:
			in.used(f, &ir.Expr{At: at}, m, &arguments{})
		case m.Kind == sourceKind:
			c := *out
			c.taints = addTaints(c.taints, in.sourceTaint(f, m, at))
			out = &c
			if in.payload != nil && key == "payload" {
				out = in.enforced(out)
			}
		case m.Kind == sanitizer && len(m.In) == 1 && m.In[0] == "recv" && len(v.taints) > 0: // a property
			c := *cleanedBy(v, m.For)
			c.ref, c.fields, c.elem = out.ref, nil, nil
			return &c, true
		}
	}
	return out, false
}

// outsidersPart is a part of a value of an outsider's: they decide it too.
func (in *interp) outsidersPart(f frame, v, out *Value, key string, at int32) *Value {
	c := *out
	parts := in.parts(v.taints, key)
	if key == "json_body" && f.file.Language == ir.Python { // of the data classes of Powertools
		parts = in.parsed(f, &ir.Expr{At: at}, &Value{taints: parts}).taints
	}
	if isAddress(v.ref) { // its parts are texts
		parts = cleanedBy(&Value{taints: texts(parts)}, textOnly).taints
	}
	if isAddress(v.ref) && (key == "path" || key == "pathname") {
		for _, t := range parts { // copies of their own
			t.lead = "/"
		}
	}
	c.taints = addTaints(c.taints, parts)
	if c.ref == "" && slices.ContainsFunc(v.taints, func(t *Taint) bool { return ofBucket(t.Path + "." + key) }) {
		c.ref = eventBucket
	}
	if s := in.linkOfEvent(f, v.taints, key, at); s != nil {
		c.secret = s
	}
	return &c
}

// isProperty reports whether a method is read like a field.
func isProperty(fn *ir.Func) bool {
	for _, d := range fn.Decorators {
		name := d
		if d.Kind == ir.Member {
			name = &ir.Expr{Str: d.Str}
		}
		if name.Str == "property" || name.Str == "cached_property" {
			return true
		}
	}
	return fn.Getter
}

// isObjectKey reports whether a path is the key of the object that an event is about.
func isObjectKey(path string) bool {
	for _, suffix := range []string{"s3.object.key", "s3.get_object.key", "event.object_key", "detail.object.key", "detail.requestParameters.key"} {
		if strings.HasSuffix(path, suffix) {
			return true
		}
	}
	return false
}

// receivedMail are parts of a notification of SES about a mail that came in by which SES names it, and the place where it keeps it: who sent
// the mail wrote what is in there, and chose none of the names.
// Source: https://docs.aws.amazon.com/ses/latest/dg/receiving-email-notifications-contents.html
var receivedMail = []string{"mail.messageId", "receipt.action.objectKey", "receipt.action.objectKeyPrefix", "receipt.action.bucketName", "receipt.action.topicArn"}

// namesReceivedMail reports whether a path is such a part: of a record, or of what a topic hands on, perhaps by a queue.
func namesReceivedMail(path string) bool {
	return slices.ContainsFunc(receivedMail, func(part string) bool {
		around, ok := strings.CutSuffix(path, "."+part)
		return ok && (strings.HasSuffix(around, ".ses") || strings.HasSuffix(around, ".Sns.Message") || strings.HasSuffix(around, ".body.Message"))
	})
}

// isAddress reports whether a path is an address that was taken apart.
func isAddress(ref string) bool {
	switch ref {
	case "urllib.parse.urlsplit()", "urllib.parse.urlparse()", "builtin.URL()", "url.URL()", "url.parse()", "net/url.Parse()", "net/url.ParseRequestURI()":
		return true
	}
	return false
}

// parts are the taints of a part of a value.
func (in *interp) parts(taints []*Taint, key string) []*Taint {
	var out []*Taint
	for _, t := range taints {
		u := *t
		u.lead, u.keys = "", false // of the whole
		if u.pieces {              // one part has no slashes
			u = *u.cleaned([]string{"path-traversal"})
			u.pieces = false
		}
		if len(t.Path) < 120 {
			u.Path = t.Path + "." + key
			if _, ok := number(key); ok {
				u.Path = t.Path + "[]"
			}
		}
		in.asksWho(u.Path)
		if t.Source != nil && !t.Source.Stored && !(in.ownEvent && isField(u.Path)) && in.p.platform(u.Path) && !in.identity(u.Path) && !in.namesRecord(u.Path) {
			continue
		}
		if beginsWithSlash[u.Path] {
			u.lead = "/"
		}
		in.asks(t, u.Path)
		in.reads(u.Path)
		if strings.HasPrefix(u.Path, "req.body.") || strings.HasPrefix(u.Path, "req.query.") || in.p.jsonCookies && strings.HasPrefix(u.Path, "req.cookies.") || strings.HasPrefix(u.Path, "ctx.request.body") || u.Path == "req.body" {
			u.object = true // what a client sends is parsed into whatever it says
		}
		if httpTexts[t.Path] { // whoever calls the function: events that have such a part come from HTTP
			u.object = false
		}
		if u.Path == "event.arguments" || u.Path == "event.args" { // of AppSync, by its schema
			u = *typed([]*Taint{&u})[0]
		}
		if isObjectKey(u.Path) {
			u = *u.cleaned([]string{"object-key"}) // it is the object that the event is about
		}
		if rules := harmlessIn(u.Path); rules != nil {
			u = *u.cleaned(rules)
		}
		if namesReceivedMail(u.Path) {
			u = *u.cleaned(append([]string{"object-key", "path-traversal", "user-controlled-target"}, encoded...))
		}
		if t.token == tokenPart && (key == "0" || key == "2") { // its header, by which a key is looked for, and its signature
			u.token = noToken
		}
		if t.token == dotted {
			u.token = noToken
		}
		out = append(out, &u)
	}
	return out
}

// httpTexts are parts of requests over HTTP whose members are texts.
var httpTexts = set("event.pathParameters event.queryStringParameters event.headers event.params.path event.params.querystring event.params.header")

// beginsWithSlash are parts of requests that are paths from the root.
var beginsWithSlash = set("event.path event.rawPath event.Records[].cf.request.uri req.path req.url req.originalUrl ctx.path ctx.url request.path request.full_path")

func number(s string) (int, bool) {
	n := 0
	for _, c := range s {
		if c < '0' || c > '9' || n > 1_000_000 {
			return 0, false
		}
		n = n*10 + int(c-'0')
	}
	return n, s != ""
}

// elements is an element of a list, or whatever going through a value gives.
func (in *interp) elements(v *Value) *Value {
	if v != nil && v.isMap {
		return &Value{fields: map[string]*Value{"0": in.keys(v), "1": in.allElements(v)}}
	}
	return in.listed(v)
}

// listed is an element of a list, or of what else holds something under numbers or under keys that are not known.
func (in *interp) listed(v *Value) *Value { return signOf(v, in.listedIn(v)) }

func (in *interp) listedIn(v *Value) *Value {
	if v == nil {
		return nothing
	}
	if rows := v.fields[rowsOfCursor]; rows != nil {
		return rows.elem
	}
	out := join(v.elem, in.sent[v])
	for k, x := range sorted(v.fields) {
		if _, ok := number(k); ok {
			out = join(out, x)
		}
	}
	if len(v.taints) > 0 {
		out = join(out, &Value{taints: in.parts(v.taints, "0")})
	}
	if one := in.oneRecord(v); out == nil && one != nil {
		one.rows = v.rows
		return one
	}
	if out == nil && v.rows != nil && in.st == nil { // for user in User.query.all()
		return &Value{ref: v.ref + ".first()", rows: v.rows}
	}
	if out == nil && in.st != nil && v.ref != "" && len(v.args) > 0 { // of what a library gave: what it was asked for counts
		return &Value{ref: v.ref + ".[]", args: v.args, kw: v.kw}
	}
	if out == nil {
		return nothing
	}
	return out
}

// keys are the names of the fields of a value: an outsider's where the value is.
func (in *interp) keys(v *Value) *Value {
	var out []*Taint
	for _, t := range v.taints {
		if !t.clean[names] {
			u := *t
			u.keys = true
			out = append(out, &u)
		}
	}
	if v.named != nil {
		out = addTaints(out, v.named.taints)
	}
	if under := in.sentUnder[v]; under != nil {
		out = addTaints(out, under.taints)
	}
	if fields := in.fieldsOf(v); len(out) == 0 && len(fields) > 0 && len(fields) < maxAlternatives && v.hasOnlyFields() {
		return &Value{varied: true, alts: slices.Sorted(maps.Keys(fields))}
	}
	return &Value{taints: out}
}

// namedParts is a part of what an outsider sent, or of what was read, whose name is one of some, with those of them that are called like something
// sensitive: for name in ("street", "diagnosis"): out[name] = record[name].
func (in *interp) namedParts(f frame, x, key *Value, at int32, v *Value) *Value {
	if len(x.taints) == 0 {
		return v
	}
	for _, name := range key.choices() {
		if in.p.sensitive(name) != plainData {
			v = join(in.member(f, x, name, at), v)
		}
	}
	return v
}

// anyMember is a field whose name is not known.
func (in *interp) anyMember(x *Value) *Value {
	bare := *x
	bare.taints = nil
	if x.isOneRow() { // a field of it
		bare.holds = nil
	}
	out := in.listedIn(&bare)
	for _, v := range sorted(x.fields) {
		out = join(out, v)
	}
	if len(x.taints) > 0 {
		out = join(out, &Value{taints: in.parts(x.taints, "*")})
	}
	if x.ref != "" && (out == nothing || out.ref == "") {
		c := *out
		c.ref, c.args = x.ref+".any", x.args
		return &c
	}
	if out == nothing {
		return &Value{}
	}
	if len(out.fns) > 1 && !x.isList && x.fields["0"] == nil && x.elem == nil {
		c := *out
		c.oneOf = true
		return &c
	}
	return out
}

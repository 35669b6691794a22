package dataflow

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"wardlet.example/internal/ir"
)

// Disclosed is the kind of harm of sensitive data that is written into a log.
const Disclosed = "sensitive-log"

// Leak says what sensitive data goes where it must not go.
type Leak struct {
	Grave bool // who reads it can do harm at once
	Whole bool // all that came in, of which it is not known that the code reads something sensitive of it
	Sent  bool // it came in with the event
	Rank  int  // which of several tells most: the higher one
	near  bool // only what is not far inside of it is shown
	names bool // of a dictionary it is the names alone
}

// secret is a value that came from a store of secrets.
type secret struct {
	what    string
	step    *step
	members []string // of an answer that holds others besides: those that are secret; nil for the secret itself
	made    secrecy  // the program made it by chance for somebody: a password to begin with, a token
	object  bool     // JavaScript: it was parsed, and shows nothing where it stands in a text: [object Object]
	asked   bool     // it stands in the address of a request that failed, and so in the text of the error
}

// asObject is a secret that was parsed into an object, or no longer is one: a member of it, or what is written of it.
func (s *secret) asObject(object bool) *secret {
	if s == nil || s.object == object {
		return s
	}
	u := *s
	u.object = object
	return &u
}

// shownAsObject reports whether a value is a secret that was parsed by JavaScript, of which a text shows nothing.
func (v *Value) shownAsObject() bool { return v.secret != nil && v.secret.object }

// part is what of a secret stands under a name: of an answer the members that hold it, of a secret that was parsed what is called so.
func (s *secret) part(p *Program, key string) *secret {
	if s == nil {
		return nil
	}
	if s.members != nil {
		if _, isPlace := number(key); isPlace || slices.Contains(answers, key) {
			return s
		}
		if !slices.Contains(s.members, key) {
			return nil
		}
		u := *s
		u.members = nil
		return &u
	}
	if p.sensitive(key) != plainData || onlyInSecrets[strings.ToLower(key)] {
		return s.asObject(false)
	}
	return nil
}

// onlyInSecrets are names that say nothing elsewhere, and under which a store of secrets keeps what is secret.
var onlyInSecrets = set("key value pass pw pin")

// under is what of a secret stands under a key: one that is not known at all chooses among many of the same kind, as the keys of partners.
func (s *secret) under(p *Program, key *Value) *secret {
	if s != nil && s.members == nil && !key.known && key.prefix == "" && len(key.parts) == 0 {
		return s.asObject(false)
	}
	return s.part(p, key.text)
}

// answers are members of answers that hold those with the secret. Of several parameters it is not known which are secret.
var answers = []string{"Parameter", "Parameters", "SecretValues", "data", "items", "Items"}

// fetch marks what an operation answers that gives secrets, by a row.
func (in *interp) fetch(f frame, at int32, m *Model, params, out *Value) {
	if !m.applies(nil, &arguments{kw: orNothing(params).fields}) {
		return
	}
	s := &secret{what: "the secret that " + m.Member + " gives", step: &step{f.file, at, m.Member + " gives a secret", nil, in.steps}, members: m.In}
	out.secret = s
	if x := out.fields["Parameter"]; x != nil && x.fields["Value"] != nil {
		c := *x.fields["Value"]
		c.secret = &secret{what: s.what, step: s.step}
		x.fields["Value"] = &c
	}
}

// keeps are functions that give back what they get in another form.
var keeps = set(`deserialize unmarshall unmarshal toString decode b64encode urlsafe_b64encode btoa EncodeToString parse safeParse parseAsync safeParseAsync loads load from str String trim strip stringify dumps b64decode atob get ToString StringValue Sprintf string split join
	toUpperCase toLowerCase lower upper URL URLSearchParams urlencode encodeURIComponent quote quote_plus QueryEscape resolve byte bytes buffer Buffer TrimSpace DecodeString dict Join Any Error repr format inspect`)

// makesHarmless are words of functions that leave nothing of a secret, or a small part.
var makesHarmless = regexp.MustCompile(`(?i)mask|redact|hash|obfuscat|saniti[sz]e|scrub|censor|anonymi|encrypt|truncate|shorten|hide|without|digest|hmac|sha\d|md5|bcrypt|strip(secret|sensitive|token|pass)|remove(secret|sensitive)|filter(secret|sensitive)`)

// hides reports whether a function is called like one that makes harmless, worked out once for each name.
func (p *Program) hides(name string) bool {
	known, ok := p.hiding[name]
	if !ok {
		if p.hiding == nil {
			p.hiding = map[string]bool{}
		}
		known = name == "keys" || makesHarmless.MatchString(name) || slices.ContainsFunc(wordsOf(name), func(w string) bool { return strings.HasPrefix(w, "omit") }) // fromItem omits nothing
		p.hiding[name] = known
	}
	return known
}

// keepsSecret is what a call gives, as a secret if it only brings one into another form, and harmless if it hides what it gets.
func (in *interp) keepsSecret(f frame, e *ir.Expr, recv *Value, method string, args *arguments, v *Value) *Value {
	name := method
	if name == "" {
		name = lastPart(textOf(e.X))
	}
	if e.Str == "delete" {
		in.deleted(f, e)
	}
	in.takenBy(f, name, recv, args)
	if v == nil || v == nothing {
		return v
	}
	if in.p.hides(name) && (name != "keys" || method != "") {
		if v.secret == nil && len(v.taints) == 0 && len(v.fields) == 0 && v.elem == nil {
			return v
		}
		return hidden(v)
	}
	asBytes := name == "encode" && recv != nil && recv.secret != nil // text.encode(), not what is encoded with a key
	if v.secret != nil || !keeps[name] && !asBytes {
		return v
	}
	var s *secret
	if recv != nil {
		s = recv.secret
		if s == nil && name == "join" {
			s = secretIn(recv)
		}
		if k := args.get(0); name == "get" {
			s = s.under(in.p, k)
		}
	}
	for i, a := range args.list {
		if i > 0 && name == "decode" { // with a key, which does not come out again
			break
		}
		if s == nil && !asBytes {
			s = a.shownSecret()
		}
		if s == nil && (name == "join" || name == "Join") {
			s = secretIn(a)
		}
		if s == nil && isWholeEnvironment(a.ref) && name != "get" {
			s = &secret{what: wholeEnvironment, step: &step{f.file, e.At, "all settings are read", nil, in.steps}}
		}
	}
	if s == nil {
		return v
	}
	c := *v
	c.secret = s.asObject(false)
	return &c
}

// shownSecret is the secret that stands where a value is written as a text: objects of Python that are written with their fields show those too.
func (v *Value) shownSecret() *secret {
	if v == nil || v.secret != nil || v.class == nil || v.isType || v.class.tellsItself() || !v.class.showsFields() {
		return orNothing(v).secret
	}
	for key, x := range sorted(v.fields) {
		if x != nil && x.secret != nil && x.secret.members == nil && !v.class.hides(key) {
			return x.secret
		}
	}
	return nil
}

// secretIn is the secret among the texts of a list; nil where there is none.
func secretIn(list *Value) *secret {
	if list.elem != nil && list.elem.secret != nil {
		return list.elem.secret
	}
	for _, x := range sorted(list.fields) {
		if x != nil && x.secret != nil {
			return x.secret
		}
	}
	return nil
}

// hidden is a value of which so little is left that it may be seen.
func hidden(v *Value) *Value {
	c := *v
	c.secret, c.holds = nil, nil
	if v.elem != nil {
		c.elem = cleanedInside(v.elem, []string{Disclosed}, 0)
	}
	if len(c.taints) > 0 || len(c.fields) > 0 {
		harmless := cleanedInside(&Value{taints: v.taints, fields: v.fields}, []string{Disclosed}, 0)
		c.taints, c.fields = harmless.taints, harmless.fields
	}
	return &c
}

// asks notes that the code reads a part of what came in that is called like something sensitive.
func (in *interp) asks(t *Taint, path string) {
	if t.unsure || t.Source != nil && t.Source.Stored {
		return
	}
	if kind := in.p.sensitivePath(path); kind != plainData && path != callbackToken {
		in.wants(path, kind)
	}
}

// asksWho notes that code reads what an authorizer says of the caller, which comes with a request that has a token in its headers. Messages of
// a WebSocket have no headers.
func (in *interp) asksWho(path string) {
	path, ok := strings.CutPrefix(asEvent(path), "event.requestContext.")
	if !ok {
		return
	}
	switch first(path) {
	case "authorizer":
		in.signedIn = true
	case "connectionId", "messageId", "eventType":
		in.ofSocket = true
	}
}

// wants notes a part of what came in that is something sensitive.
func (in *interp) wants(path string, kind secrecy) {
	if in.wanted == nil {
		in.wanted = map[string]secrecy{}
	}
	in.wanted[path] = max(kind, in.wanted[path])
}

// takenOut notes parts of what came in that are taken out of it, or set to something else, before it is logged.
func (in *interp) takenOut(x *Value, key string) {
	if x == nil {
		return
	}
	in.takenOutOfRecord(x, key)
	if field := x.fields[key]; field != nil && !x.shared && (slowHash.MatchString(field.ref) || field.trace != nil) { // also where it depends: who takes a trace out has thought of it
		x.fields[key] = &Value{}
	}
	for _, t := range x.taints {
		if in.hidden == nil {
			in.hidden = map[string][]*ir.Func{}
		}
		var by *ir.Func
		if n := len(in.stack); n > 0 {
			by = in.stack[n-1]
		}
		in.hidden[t.Path+"."+key] = append(in.hidden[t.Path+"."+key], by)
	}
}

// takenBy: body.pop("password"), delete(headers, "Authorization").
func (in *interp) takenBy(f frame, name string, recv *Value, args *arguments) {
	switch {
	case name == "pop" && recv != nil && (len(args.list) == 2 || args.get(0).known): // not the last one of a list
		in.takenByNames(recv, args.get(0))
	case name == "delete" && f.file.Language == ir.Go && args.get(1).known:
		in.takenOut(args.get(0), args.get(1).text)
	}
}

// deleted follows delete x.y and del x["y"].
func (in *interp) deleted(f frame, e *ir.Expr) {
	for _, x := range e.List {
		switch {
		case x.Kind == ir.Member:
			in.takenOut(in.quiet(f, x.X), x.Str)
		case x.Kind == ir.Index && x.Y.Kind == ir.Const:
			in.takenOut(in.quiet(f, x.X), x.Y.Str)
		case x.Kind == ir.Index:
			in.takenByNames(in.quiet(f, x.X), in.quiet(f, x.Y))
		}
	}
}

// takenByNames notes that code takes out what stands under names that it goes through: for (const name of hidden) delete body[name]. Where they
// are not known, it has chosen what others must not see.
func (in *interp) takenByNames(x, name *Value) {
	names := name.alts
	if name.known {
		names = []string{name.text}
	}
	if len(names) == 0 {
		in.takenOut(x, "")
	}
	for _, key := range names {
		in.takenOut(x, key)
	}
}

// rest is what is left of a value when parts of it have gone to names of their own.
func (in *interp) rest(v *Value, p *ir.Expr) *Value {
	hides := false
	for _, key := range p.Keys {
		hides = hides || in.p.sensitive(key) != plainData || IsStoredSecret(key) || key == "headers" || v.fields[key] != nil || len(without(v.holds, key)) < len(v.holds)
	}
	if !hides {
		return v
	}
	c := *v
	c.taints = nil
	for _, key := range p.Keys {
		c.holds = without(c.holds, key)
	}
	for _, t := range v.taints {
		c.taints = append(c.taints, t.cleaned([]string{Disclosed}))
	}
	if len(v.fields) > 0 {
		c.fields = mapsClone(v.fields)
		for _, key := range p.Keys {
			delete(c.fields, key)
		}
	}
	return &c
}

// disclosed is sensitive data that goes somewhere.
type disclosed struct {
	held  bool // a record holds it that was read as a whole
	kind  secrecy
	what  string
	from  *step
	taint *Taint
	whole bool
	names bool // of a whole that is a dictionary its names alone
}

// name is that of the field that is sensitive.
func (d *disclosed) name() string {
	what := d.what
	if d.held { // the record with its `passwordHash`
		_, what, _ = strings.Cut(what, "`")
	}
	return lastPart(strings.Trim(what, "`"))
}

func (d *disclosed) better(than *disclosed) bool {
	switch {
	case d == nil:
		return false
	case than == nil:
		return true
	case d.whole != than.whole:
		return than.whole
	}
	return d.kind > than.kind
}

// ofLevel are methods of loggers that write nothing unless somebody looks for a fault.
var ofLevel = set("debug trace verbose silly Debug Debugf Debugw Trace")

// logs tells of sensitive data that a call of a logger writes.
func (in *interp) logs(f frame, e *ir.Expr, m *Model, recv *Value, args *arguments) {
	hides, known := hiddenPaths(recv)
	if !known {
		return
	}
	in.messagesOnly = m.Package != "builtin" // loggers write the message and the stack of an error, the console all that it has
	defer func() { in.messagesOnly = false }()
	quiet := in.debugging > 0 || ofLevel[lastPart(m.Member)] && m.Package != "builtin"
	var best *disclosed
	var wholes []*disclosed
	note := func(d *disclosed) {
		switch {
		case d != nil && len(hides) > 0 && (d.whole || isNamedIn(hides, d.name())):
		case d != nil && d.whole:
			wholes = append(wholes, d)
		case d.better(best):
			best = d
		}
	}
	for _, name := range m.narrowed(args) {
		for _, v := range inputs(name, recv, args) {
			in.looksInto(f, v.withoutPaths(hides), "", 0, note)
		}
	}
	for _, x := range e.List {
		in.byName(f, x, 0, note)
		in.headersSet(f, x, e.At, note)
	}
	switch {
	case best != nil:
		in.leak(f, e.At, callName(m), best)
	case len(hides) > 0: // somebody has thought of what records hold
	case len(wholes) == 0 || quiet:
		in.logsRecord(f, e, m, args)
	default: // which of them holds something sensitive is known when all was followed
		for _, d := range wholes {
			in.leak(f, e.At, callName(m), d)
		}
	}
}

// ofCredentials are headers by which a request says who sends it, in a way that whoever reads it can say so too.
var ofCredentials = regexp.MustCompile(`(?i)^((proxy-)?authorization|cookie|x-(api|auth|access|functions)-?(key|token)|api-?key|ocp-apim-subscription-key)$`)

// headersSet notes headers that go somewhere as a whole, of which the function has set one before that says who sends a request:
// req.Header.Set("Authorization", ...).
func (in *interp) headersSet(f frame, x *ir.Expr, at int32, note func(*disclosed)) {
	name := textOf(x)
	if len(in.stack) == 0 || name == "" || x.Kind != ir.Name && x.Kind != ir.Member {
		return
	}
	ir.Walk(in.stack[len(in.stack)-1].Body, nil, func(e *ir.Expr) bool {
		if e.Kind != ir.Call || e.At >= at || e.X.Kind != ir.Member || textOf(e.X.X) != name || len(e.List) < 2 || e.List[0].Kind != ir.Const || !ofCredentials.MatchString(e.List[0].Str) {
			return e.Kind != ir.Lambda
		}
		if setsHeader[e.X.Str] && !in.quiet(f, e.List[1]).known {
			note(&disclosed{kind: ofToken, what: "`" + e.List[0].Str + "`", from: &step{f.file, e.At, "`" + e.List[0].Str + "` is set", nil, in.steps}})
		}
		return true
	})
}

// unknownLogger are calls of loggers of packages that are not known: log.info(...), createLogger().error(...)
var unknownLogger = aboutNames(`(?i)(^|[./]|create|get|make)(log|logger)(\(\))?\.(log|info|warn|warning|error|fatal|critical)$`)

// logsPerhaps tells of sensitive data that a logger gets of which nothing is known but what it is called.
func (in *interp) logsPerhaps(f frame, e *ir.Expr, ref, method string, recv *Value, args *arguments) {
	if method != "" && unknownLogger.MatchString(ref) && !in.p.modelled(f.file.Language, ref) {
		in.logs(f, e, &Model{Package: packageOf(ref), Member: method, Rule: "log", In: []string{"*"}}, recv, args)
	}
}

// redacts reports whether a logger was made with the names of what it leaves out.
func redacts(logger *Value) bool {
	return slices.ContainsFunc(logger.args, func(v *Value) bool {
		return v != nil && (v.fields["redact"] != nil || v.fields["ReplaceAttr"] != nil || strings.HasPrefix(v.ref, "log/slog.") && redacts(v))
	})
}

// leak notes sensitive data at a place; all that came in waits for the end of the entry, when it is known what the code reads of it.
func (in *interp) leak(f frame, at int32, what string, d *disclosed) {
	h := &Hit{Rule: Disclosed, File: f.file, At: at, What: what, Path: d.what, Leak: &Leak{Grave: d.kind.grave(), Rank: int(d.kind) + 10, Sent: d.taint != nil && !(d.taint.Source != nil && d.taint.Source.Stored)}}
	if d.taint != nil {
		h.Steps = wayOf(d.taint, in.sites)
	} else if d.from != nil {
		h.Steps = []Step{{d.from.file, d.from.at, d.from.note}}
	}
	if d.whole {
		h.Leak.names = d.names
		h.Leak.near = strings.HasPrefix(what, "console.") && d.taint != nil && !strings.Contains(d.taint.Path, " as JSON")
		in.wholes = append(in.wholes, h)
		return
	}
	key := Disclosed + "\x00" + f.file.Path + "\x00" + itoa(int(at))
	if !in.seen[key] {
		in.seen[key] = true
		in.hits = append(in.hits, h)
	}
}

// Answered is the kind of harm of secrets that go into an answer.
const Answered = "sensitive-response"

// tellsSecret tells of an answer that holds a secret of the application, its environment, or a password that was stored. Tokens are what
// callers sign in for, and what they sent they know.
func (in *interp) tellsSecret(f frame, at int32, what string, answer *Value) {
	var best *disclosed
	in.looksInto(f, answer, "", 0, func(d *disclosed) {
		if d.better(best) && !d.whole && (d.held || d.kind == fetched && !givesTokens(d.what) || d.taint != nil && d.taint.Source != nil && d.taint.Source.Stored && isPassword(d.what)) {
			best = d
		}
	})
	if best == nil {
		best = freshHash(answer, 0)
	}
	if best == nil {
		best = storedHash(answer, 0)
	}
	in.lets(f, at, Answered, what, best)
	if best == nil {
		in.tellsRecord(f, at, Answered, what, answer)
	}
}

// slowHash are functions whose result is the hash of a password.
var slowHash = regexp.MustCompile(`^(bcrypt(js)?(\.default)?\.hash(Sync)?|bcrypt\.hashpw|argon2(\.default)?\.hash|argon2\.PasswordHasher\(\)\.hash|golang_org/x/crypto/bcrypt\.GenerateFromPassword|passlib\..*\.hash|werkzeug\.security\.generate_password_hash)\(\)`)

// freshHash is the hash of a password that was just made and stands in an answer, with the rest of the record; nil where there is none.
func freshHash(v *Value, depth int) *disclosed {
	if v == nil || depth > deepestJoin {
		return nil
	}
	for name, x := range sorted(v.fields) {
		if x != nil && IsStoredSecret(name) && slowHash.MatchString(x.ref) {
			return &disclosed{kind: ofPassword, what: "the record with its `" + name + "`"}
		}
		if d := freshHash(x, depth+1); d != nil {
			return d
		}
	}
	if d := freshHash(v.json, depth+1); d != nil {
		return d
	}
	return freshHash(v.elem, depth+1)
}

// storedHash is the stored hash of a password, or the code by which one is set anew, that stands in an answer as it was read; nil where there is none.
func storedHash(v *Value, depth int) *disclosed {
	if v == nil || v == nothing || depth > deepestJoin {
		return nil
	}
	for _, t := range v.taints {
		path := plainPath(t.Path)
		if isStoredAsRead(t) && onlyForStore(strings.TrimSuffix(path, ".S")) {
			return &disclosed{kind: ofPassword, what: path, taint: t}
		}
	}
	for name, x := range sorted(v.fields) {
		if i := slices.IndexFunc(orNothing(x).taints, isStoredAsRead); i >= 0 && onlyForStore(name) {
			return &disclosed{kind: ofPassword, what: "`" + name + "`", taint: x.taints[i]}
		}
		if d := storedHash(x, depth+1); d != nil {
			return d
		}
	}
	if d := storedHash(v.json, depth+1); d != nil {
		return d
	}
	return storedHash(v.elem, depth+1)
}

// isStoredAsRead reports whether a taint is of what a store gave, as it was read.
func isStoredAsRead(t *Taint) bool {
	return t.Source != nil && t.Source.Stored && !t.unsure && !t.clean[Disclosed] && t.unchanged()
}

// onlyForStore reports whether a path ends in the name of what nobody needs but who checks it: the hash of a password, or the code by which one is
// set anew.
func onlyForStore(path string) bool {
	name := lastPart(path)
	words := wordsOf(name)
	rest := slices.DeleteFunc(slices.Clone(words), func(w string) bool { return ofHashes[w] })
	if !IsStoredSecret(name) || len(rest) == 0 {
		return false
	}
	n := len(rest)
	return len(rest) < len(words) && isPassword(rest[n-1]) || n > 1 && (rest[n-1] == "token" || rest[n-1] == "code") && (rest[n-2] == "reset" || rest[n-2] == "password")
}

// givesTokens reports whether a secret is what somebody signs in for, or was made for whoever asks.
func givesTokens(what string) bool { return forCallers.MatchString(what) }

// forCallers are words in names of operations whose secrets are for those who call.
var forCallers = regexp.MustCompile(`Auth|Credentials|Role|Token|Decrypt|DataKey|KeyPair|AccessKey|ApiKey|KeysAndCertificate`)

// isPassword reports whether a path ends in a word for a password.
func isPassword(path string) bool {
	words := wordsOf(strings.Trim(lastPart(path), "`"))
	return len(words) > 0 && slices.Contains([]string{"password", "passwd", "pwd", "passphrase", "passcode"}, words[len(words)-1])
}

// settle tells of what came in and was logged as a whole, when an entry was followed to its end.
func (in *interp) settle() {
	for _, h := range in.wholes {
		key := Disclosed + "\x00" + h.File.Path + "\x00" + itoa(int(h.At))
		if in.seen[key] {
			continue
		}
		path := ""
		for asked, kind := range sorted(in.wanted) {
			tail, below := strings.CutPrefix(asEvent(plainPath(asked)), asEvent(h.Path)+".")
			if h.Leak.names && !strings.Contains(asked, "[]") { // what is asked for is a field of a dictionary
				continue
			}
			if h.Leak.near && levelsInside(asked)-levelsInside(h.Path) > shownByConsole {
				continue
			}
			if below && !isText[lastPart(h.Path)] && strings.Count(tail, ".") < 5 && !in.isHidden(plainPath(asked)) && (path == "" || kind > in.wanted[path]) {
				path = asked
			}
		}
		switch {
		case path != "":
			h.Leak.Grave, h.Leak.Rank = in.wanted[path] > ofToken, int(in.wanted[path])
			h.Path = "all of " + h.Path + ", with " + plainPath(path) + " in it,"
		case holdsHeaders[h.Path] && !h.Leak.names && !in.isHidden(h.Path+".headers") && !in.isHidden(h.Path+".headers.Authorization") && !in.isHidden(h.Path+".headers.authorization"):
			h.Leak.Grave, h.Leak.Whole, h.Leak.Rank = false, true, 0
			h.Path = "all of " + h.Path + ", with what callers sign in with,"
		default:
			continue
		}
		in.seen[key] = true
		in.hits = append(in.hits, h)
	}
	if len(in.eventLogs) > 0 && in.eventReads == nil {
		in.eventReads = map[string]secrecy{}
	}
	if len(in.eventLogs) > 0 {
		maps.Copy(in.eventReads, in.wanted)
	}
	in.settleKept()
	in.wholes, in.wanted, in.hidden = nil, nil, nil
}

// shownByConsole is how far inside of an object the console shows what it holds: what is further in is an [Object].
// Source: https://nodejs.org/api/util.html#utilinspectobject-options
const shownByConsole = 3

// levelsInside is how many objects and lists lead to a part of something. A header of CloudFront is a list of objects.
func levelsInside(path string) int {
	n := strings.Count(path, ".") + strings.Count(path, "[]")
	if strings.Contains(path, ".cf.request.headers.") && !strings.HasSuffix(path, ".value") {
		n += 2
	}
	return n
}

// isText are parts of requests of which there are no parts.
var isText = set("path rawPath url resource httpMethod method rawQueryString routeKey")

// callbackToken is what Step Functions and others give code to answer with: it does nothing without a permission.
const callbackToken = "event.token"

// isHidden reports whether a part, or what it is in, is taken out somewhere.
func (in *interp) isHidden(path string) bool {
	for hidden := range in.hidden {
		hidden = strings.TrimSuffix(plainPath(hidden), ".") // all of it where the name is not known
		if path == hidden || strings.HasPrefix(path, hidden+".") {
			return true
		}
	}
	return false
}

// holdsHeaders are what of a request holds its headers.
var holdsHeaders = set("event req request event.headers event.multiValueHeaders req.headers request.headers")

func plainPath(path string) string {
	return strings.ReplaceAll(strings.ReplaceAll(path, " as JSON", ""), "[]", "")
}

// looksInto tells of sensitive data that a value is or holds, which stands under a name.
func (in *interp) looksInto(f frame, v *Value, name string, depth int, note func(*disclosed)) {
	if v == nil || v == nothing || v.known || depth > 5 || len(v.fns) > 0 || v.isType || v.notRead() {
		return
	}
	if v.secret != nil && (v.secret.made == ofLink || !isPublic(name)) {
		kind := fetched
		if v.secret.made != plainData {
			kind = v.secret.made
		}
		note(&disclosed{kind: kind, what: v.secret.what, from: v.secret.step})
	}
	if isWholeEnvironment(v.ref) {
		note(&disclosed{kind: fetched, what: wholeEnvironment})
	}
	for _, t := range v.taints {
		d := in.ofTaint(v, t)
		if d != nil {
			d.names = v.ofNames
		}
		note(d)
	}
	if v.asSent { // what a schema lets through does no harm elsewhere, and is as secret as it was
		for _, t := range v.safe {
			if d := in.ofTaint(v, t); d != nil && !d.whole {
				note(d)
			}
		}
	}
	for _, part := range v.parts { // `failed for ${JSON.stringify(member)}`
		if part.json != nil {
			in.looksInto(f, part.json, "", depth+1, func(d *disclosed) {
				if d != nil && d.held {
					note(d)
				}
			})
		}
	}
	for _, name := range v.holds {
		if in.isTakenOut(v, name) {
			continue
		}
		note(&disclosed{held: true, kind: ofPassword, what: "the record with its `" + name + "`", from: v.read})
	}
	if kind := in.p.sensitive(name); kind != plainData && in.isData(v, 0) && !in.isNameOfSecret(f, v, name) {
		note(&disclosed{kind: kind, what: "`" + name + "`"})
	}
	if v.json != nil {
		before := in.messagesOnly
		in.messagesOnly = false // also the error of a request has all in it there
		in.looksInto(f, v.json, "", depth+1, note)
		in.messagesOnly = before
	}
	if in.messagesOnly && v.ref == axiosError {
		return
	}
	if v.class != nil && (f.file.Language == ir.Python && !v.class.showsFields() || v.class.tellsItself()) { // how objects are written is their own matter
		return
	}
	for key, x := range sorted(v.fields) {
		if v.class.hides(key) || isPrivate(v, key) {
			continue
		}
		in.looksInto(f, x, key, depth+1, note)
	}
	in.looksInto(f, v.elem, "", depth+1, note)
}

// tellsItself reports whether a struct has a method by which it is written into logs.
func (c *class) tellsItself() bool {
	return slices.ContainsFunc(ownTexts, func(name string) bool { return c.methods[name] != nil })
}

// showsFields reports whether objects of a class of Python are written with all of their fields: models of pydantic, and data classes.
func (c *class) showsFields() bool {
	return c.checks() || slices.ContainsFunc(c.def.Decorators, func(d *ir.Expr) bool { return lastPart(calledOf(d)) == "dataclass" })
}

// hides reports whether a field is left out where an object is written: Field(repr=False).
func (c *class) hides(name string) bool {
	if c == nil || c.static == nil {
		return false
	}
	shown := orNothing(c.static.fields[name]).kw["repr"]
	return shown != nil && shown.known && strings.EqualFold(shown.text, "false")
}

// isPrivate reports whether a field of an object is a private one of JavaScript, which nobody sees but the methods of its class: #password.
func isPrivate(v *Value, name string) bool {
	return v.class != nil && v.class.def != nil && strings.HasPrefix(name, "#")
}

// ownTexts are methods by which structs of Go and objects of Python are written.
var ownTexts = []string{"__repr__", "__str__", "__repr_args__", "LogValue", "MarshalLogObject", "MarshalZerologObject", "MarshalJSON", "MarshalText", "String", "GoString", "Format"}

// isPublic reports whether a name says of what is kept with secrets that it is none itself: keyId, publishableKey.
func isPublic(name string) bool {
	words := wordsOf(name)
	if len(words) == 0 {
		return false
	}
	return notSecret[words[len(words)-1]] || slices.Contains(words, "public") || slices.Contains(words, "publishable")
}

var notSecret = set("id name host hostname port region url uri endpoint user username email database db engine version arn expires expiration")

// ofTaint is what data that came in is by its name, as long as it is what came in.
func (in *interp) ofTaint(v *Value, t *Taint) *disclosed {
	if t.unsure || t.keys || t.clean[Disclosed] || !t.unchanged() {
		return nil
	}
	path := plainPath(t.Path)
	if path == callbackToken {
		return nil
	}
	if kind := in.p.sensitivePath(path); kind != plainData {
		return &disclosed{kind: kind, what: path, taint: t}
	}
	if t.among || t.Source != nil && t.Source.Stored || len(v.fields) > 0 && v.fields["headers"] != nil {
		return nil
	}
	u := *t
	return &disclosed{kind: plainData, what: path, taint: &u, whole: true}
}

// unchanged reports whether nothing was made of data but texts in which it still stands.
func (t *Taint) unchanged() bool {
	for s := t.step; s != nil && s.prev != nil; s = s.prev {
		note := strings.TrimSuffix(strings.TrimPrefix(s.note, "goes through "), "()")
		switch {
		case note == "is parsed", note == "is joined", note == intoText, note == intoObject, note == intoJSON, strings.HasPrefix(note, givenTo), intoQuery.MatchString(note):
		case !keeps[lastPart(note)]:
			return false
		}
	}
	return true
}

// intoQuery are what puts data into the query of an address.
var intoQuery = regexp.MustCompile(`(?i)searchParams(\(\))?\.(set|append)$`)

// isData reports whether a value is something that came from somewhere: no truth value, number or constant, and nothing that was made harmless.
func (in *interp) isData(v *Value, depth int) bool {
	switch {
	case v == nil || v == nothing || v.known || depth > 4 || len(v.fns) > 0 || v.isType || len(v.wraps) > 0:
		return false
	case v.secret != nil:
		return true
	case len(v.taints) > 0:
		return slices.ContainsFunc(v.taints, func(t *Taint) bool {
			return !t.unsure && !t.clean[Disclosed] && t.unchanged() && !(in.p.sensitivePath(t.Path) == plainData && endsInnocent(t.Path))
		})
	case v.ref != "":
		return !strings.HasPrefix(v.ref, "builtin.") && !changes.MatchString(v.ref) || strings.HasPrefix(v.ref, "builtin.process.env.")
	}
	return slices.ContainsFunc(v.parts, func(x *Value) bool { return in.isData(x, depth+1) })
}

// endsInnocent reports whether data has a name of its own which says that it is something else: NextToken.
func endsInnocent(path string) bool {
	words := wordsOf(lastPart(plainPath(path)))
	return len(words) > 1 && (words[len(words)-1] == "token" || words[len(words)-1] == "key" || words[len(words)-1] == "id" || words[len(words)-1] == "name")
}

// changes are parts of paths of libraries after which a value is no longer what it was.
var changes = regexp.MustCompile(`(?i)hash|digest|hmac|crypt|mask|redact|slice|substr|replace|length|includes|match|test\(|compare|verify|valid|search|indexof|startswith|exists|next_?token|input\(\)$|getpass|client$|Client\(\)$|Provider\(|arn|describe|status|paginat|list|_?count`)

// wholeEnvironment is what people call it.
const wholeEnvironment = "the whole environment, with the keys of the function,"

// isWholeEnvironment reports whether a path is all of the environment.
func isWholeEnvironment(ref string) bool {
	switch ref {
	case "builtin.process.env", "os.environ", "os.environ.copy()", "os.environ.items()", "os.Environ()":
		return true
	}
	return false
}

// goesThroughSettings reports whether a loop goes through all of the environment, and chooses none of it.
func (in *interp) goesThroughSettings(f frame, s *ir.Stmt, list *Value) bool {
	whole := isWholeEnvironment(list.ref)
	if s.Y.Kind == ir.Call && textOf(s.Y.X) == "Object.entries" && len(s.Y.List) == 1 {
		whole = isWholeEnvironment(in.quiet(f, s.Y.List[0]).ref)
	}
	if !whole || s.Str == "keys" || f.file.Language == ir.Python && !strings.HasSuffix(list.ref, ".items()") { // names alone
		return false
	}
	chooses := false
	ir.Walk(s.Body, func(x *ir.Stmt) bool {
		chooses = chooses || x.Kind == ir.If
		return !chooses
	}, func(x *ir.Expr) bool {
		chooses = chooses || x.Kind == ir.Cond || x.Kind == ir.Binary && x.Str != "+" && x.Str != "%"
		return !chooses
	})
	return !chooses
}

// anySetting is what a loop through the environment gets: one of all settings.
func (in *interp) anySetting(f frame, s *ir.Stmt) *Value {
	one := &Value{secret: &secret{what: wholeEnvironment, step: &step{f.file, s.Y.At, "all settings are gone through", nil, in.steps}}}
	if s.Str == "range" { // of Go: texts with names and values
		return one
	}
	return &Value{fields: indexed([]*Value{{}, one})}
}

// isNameOfSecret reports whether a setting perhaps only names a secret, DB_SECRET is often an ARN, or is only the host of an address.
func (in *interp) isNameOfSecret(f frame, v *Value, name string) bool {
	if settingOf(v) == "" || v.secret != nil {
		return false
	}
	if setting, ok := strings.CutPrefix(settingOf(v), settingMark); ok && f.file != nil && in.p.hostsIn(f.file)[strings.ToLower(setting)] {
		return true
	}
	return namesSecret(wordsOf(name)) && !isOfClient(wordsOf(strings.TrimPrefix(settingOf(v), settingMark)))
}

// asHost is a setting that is given as the name of a host: host: process.env.DATABASE_URL.
var asHost = regexp.MustCompile(`(?i)\bhost(?:name)?["']?\s*[=:]\s*([\w.]+(?:[(\[]["']?\w+)?)`)

// hostsIn are the names, in small letters, that a file gives as those of hosts, looked for once in each file.
func (p *Program) hostsIn(file *ir.File) map[string]bool {
	names, ok := p.hosts[file]
	if !ok {
		names = map[string]bool{}
		for _, m := range asHost.FindAllSubmatch(file.Tree.Source, -1) {
			parts := strings.FieldsFunc(strings.ToLower(string(m[1])), func(r rune) bool { return strings.ContainsRune(`.([`+"\"'", r) })
			for _, part := range parts[min(1, len(parts)):] {
				names[part] = true
			}
		}
		if p.hosts == nil {
			p.hosts = map[*ir.File]map[string]bool{}
		}
		p.hosts[file] = names
	}
	return names
}

// namesSecret reports whether words are those of a name under which a secret perhaps is kept.
func namesSecret(words []string) bool {
	return len(words) > 0 && (words[len(words)-1] == "secret" || words[len(words)-1] == "credentials") && !isOfClient(words)
}

// isOfClient reports whether words are those of a secret itself: CLIENT_SECRET.
func isOfClient(words []string) bool {
	n := len(words) - 1
	return n > 0 && (words[n] == "secret" || words[n] == "credentials") && ofClients[words[n-1]]
}

// ofClients are words before "secret" which say that it is one itself.
var ofClients = set("client jwt app webhook shared signing session hmac oauth consumer token")

// byName tells of sensitive data by the names that a call is given.
func (in *interp) byName(f frame, x *ir.Expr, depth int, note func(*disclosed)) {
	if x == nil || depth > 6 {
		return
	}
	switch x.Kind {
	case ir.Name, ir.Member, ir.Index:
		name := lastPart(textOf(x))
		kind := in.p.sensitivePath(textOf(x))
		if kind == plainData || strings.HasSuffix(textOf(x), ".:") { // a slice
			return
		}
		if v := in.quiet(f, x); v.ref != "builtin."+x.Str && in.isData(v, 0) && !in.isNameOfSecret(f, v, name) {
			note(&disclosed{kind: kind, what: "`" + textOf(x) + "`"})
		}
	case ir.Template, ir.Array, ir.Object:
		for _, y := range x.List {
			if x.Kind == ir.Template && y.Kind == ir.Name && in.quiet(f, y).shownAsObject() {
				continue
			}
			in.byName(f, y, depth+1, note)
		}
	case ir.Binary:
		switch x.Str {
		case "+", "||", "??", "or":
			in.byName(f, x.X, depth+1, note)
			in.byName(f, x.Y, depth+1, note)
		case "%":
			if f.file.Language == ir.Python {
				in.byName(f, x.Y, depth+1, note)
			}
		case "&&", "and":
			in.byName(f, x.Y, depth+1, note)
		}
	case ir.Cond:
		in.byName(f, x.Y, depth+1, note)
		in.byName(f, x.Z, depth+1, note)
	case ir.Await, ir.Spread:
		in.byName(f, x.X, depth+1, note)
	case ir.Call:
		name := lastPart(textOf(x.X))
		if x.X.Kind == ir.Member {
			name = x.X.Str
		}
		if (name == "Getenv" || name == "getenv") && len(x.List) > 0 && x.List[0].Kind == ir.Binary { // os.Getenv("DB_PASSWORD_" + stage)
			for _, part := range []*ir.Expr{x.List[0].X, x.List[0].Y} {
				if kind := in.p.sensitive(strings.Trim(part.Str, "_")); part.Kind == ir.Const && kind != plainData {
					note(&disclosed{kind: kind, what: "`" + part.Str + "`"})
				}
			}
			return
		}
		if readsSetting[in.quiet(f, x.X).ref] && len(x.List) > 0 && x.List[0].Kind == ir.Const { // os.getenv("DATABASE_URL")
			setting := x.List[0].Str
			if kind := in.p.sensitive(setting); kind != plainData && !in.isNameOfSecret(f, &Value{ref: settingMark + setting}, setting) {
				note(&disclosed{kind: kind, what: "`" + setting + "`"})
			}
			return
		}
		if !keeps[name] && !shows[name] && x.X.Kind != ir.Array { // Go: []byte(x)
			return
		}
		if len(x.List) > 1 && name == "stringify" && x.List[1].Kind != ir.Const && x.List[1].Kind != ir.Name || name == "split" || name == "get" {
			return
		}
		for _, y := range x.List {
			in.byName(f, y, depth+1, note)
		}
	}
}

// readsSetting are functions that give a setting of the environment.
var readsSetting = set("os.getenv os.environ.get os.Getenv")

// shows are functions that write what they get as a text.
var shows = set("format inspect repr Errorf Sprint Sprintln pformat concat String Any")

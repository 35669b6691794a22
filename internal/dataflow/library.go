package dataflow

import (
	"regexp"
	"slices"
	"strings"

	"wardlet.example/internal/ir"
)

// givesItself are methods of clients that give the client back when it is connected, and of applications that only say where their routes begin.
var givesItself = set("typeorm.DataSource().initialize mongodb.MongoClient().connect hono.Hono().basePath")

// givesFirst are functions that give the validator back that they get, and teach it more.
var givesFirst = set("ajv-formats ajv-formats.default ajv-errors ajv-errors.default ajv-keywords ajv-keywords.default ajv-formats-draft2019 ajv-formats-draft2019.default")

// library is a call of something that the program does not define: first what is noted whatever it gives, then what is known to be followed
// in a way of its own, then what rows tell.
func (in *interp) library(c call) *Value {
	ref := c.callee.ref
	in.callsLibrary(c.f, c.e, ref, c.method, c.recv, c.args)
	in.callsClient(c.f, c.e, ref, c.method, c.recv, c.args)
	if givesItself[ref] {
		return c.recv
	}
	if givesFirst[ref] && len(c.args.list) > 0 {
		return c.args.get(0)
	}
	in.configures(c)
	out := in.fromLibrary(c)
	if text := in.asText(c.f, c.args.get(0), c.e.At); makesTexts[ref] && text != c.args.get(0) {
		return text
	}
	if in.st != nil && onlyCounts[ref] {
		return &Value{}
	}
	fails := in.actsElsewhere(c)
	in.registers(c, out)
	if v := in.ofFramework(c, out); v != nil {
		return v
	}
	if v, ok := in.ofService(c); ok {
		return v
	}
	if v, ok := in.ofExecutor(c, out); ok {
		return v
	}
	return in.byRows(c, out, fails)
}

// configures notes calls that say how something works that is used elsewhere: hooks, schemas, how costly a digest is, what is kept under a name.
func (in *interp) configures(c call) {
	ref := c.callee.ref
	if c.method == "init" && c.recv != nil && c.recv.class != nil && c.recv.isType {
		in.initialised(c.f, c.recv.class, c.args)
		in.runsHooks(c.args, c.e.At)
	}
	in.validating(c.e, ref, c.args)
	if c.recv != nil && (c.method == "validateSync" || c.method == "validate") && strings.HasPrefix(ref, "mongoose.model()") && in.st == nil { // by its schema
		for _, given := range c.recv.args {
			mark(&in.looked.shapes, given.all())
			mark(&in.looked.asked, given.all())
		}
	}
	in.fewRounds(c)
	in.lowCost(c.f, c.e, ref, c.args)
	in.hashedInSteps(c)
	in.hashedByName(c)
	in.connectsPlainly(c)
	in.corsOptions(c.f, c.e, ref, c.method, c.args)
	if byModel[c.method] && (strings.HasPrefix(ref, "pydantic.") || strings.HasPrefix(ref, "sqlmodel.")) {
		in.checksByModel(c.args)
	}
	if setsByName[c.method] && len(c.e.List) > 1 && c.args.get(0).known {
		in.guessable(c.f, c.args.get(0).text, c.e.List[1], c.args.get(1))
	}
}

// fromLibrary is what a library gives before anything is known of what it does with what it gets: what it is of the library, and what for.
func (in *interp) fromLibrary(c call) *Value {
	ref := c.callee.ref
	out := &Value{signs: signsOf(ref, c.recv, c.args)}
	if sameCode[lastPart(ref)] || ref == "crypto/hmac.Equal" || ref == "crypto/subtle.ConstantTimeCompare" {
		out.proves, out.signs = codesOf(append(c.args.list, &Value{signs: out.signs})...), nil
	}
	if ref != "" {
		out.ref, out.args, out.kw, out.asked = samePath(ref+"()"), c.args.list, c.args.kw, perhapsAsked(c.args)
		out.rows, out.holds, out.mapped = rowsOf(c.callee, c.args), in.holdsOf(c.f, c.e, c.recv, c.callee, c.method, c.args), mappedBy(c.callee, c.args)
		if len(out.holds) > 0 {
			out.read = readAt(c, in.steps)
		}
		if keepsArguments(c.callee.args, c.args.list) || strings.HasSuffix(ref, ".update().digest") || partOfDigest.MatchString(ref) || c.recv != nil && buffers[c.recv.ref] && partOfBytes.MatchString(ref+"()") { // what the digest is of, and not how it is written
			out.args = c.callee.args
			if run := statementOf(c.f, c.args); run != nil && runs[c.method] && c.f.file.Language == ir.Node {
				out.kw = map[string]*Value{statementRun: run}
			}
		}
		if addsToDigest.MatchString(ref) && len(c.args.list) > 0 {
			out.args = append(slices.Clip(c.callee.args), c.args.list[0])
		}
		aboutTable(c.recv, out, ref, c.method, c.args)
		withBody(c.f, c.recv, out, c.method, c.args)
		fillsQuery(c.recv, ref, c.args)
	}
	if escapes(ref, c.callee, c.args) {
		out.ref = "jinja2.EscapingTemplate()"
	}
	return out
}

// samePath is the path of what a library gives, where that is of the kind that it was made of: a part or a form of a path of pathlib is one
// too, and path.posix has the same functions as path, for the paths of one system.
func samePath(ref string) string {
	if ref == "path.posix" || ref == "path.win32" {
		return "path"
	}
	if name, ok := strings.CutPrefix(ref, "middy/middlewares."); ok && firstMiddlewares[name] != "" {
		return "@middy/" + firstMiddlewares[name]
	}
	if part, ok := strings.CutPrefix(ref, "pathlib.Path()."); ok && givesPath[part] {
		return "pathlib.Path()"
	}
	return ref
}

// firstMiddlewares are the middlewares that the first version of middy had in one package, with the names that they got in packages of their own.
var firstMiddlewares = map[string]string{
	"cors": "http-cors", "doNotWaitForEmptyEventLoop": "do-not-wait-for-empty-event-loop", "errorLogger": "error-logger",
	"httpContentNegotiation": "http-content-negotiation", "httpErrorHandler": "http-error-handler", "httpEventNormalizer": "http-event-normalizer",
	"httpHeaderNormalizer": "http-header-normalizer", "httpSecurityHeaders": "http-security-headers", "inputOutputLogger": "input-output-logger",
	"jsonBodyParser": "http-json-body-parser", "secretsManager": "secrets-manager", "ssm": "ssm",
	"urlEncodeBodyParser": "http-urlencode-body-parser", "validator": "validator", "warmup": "warmup",
}

// givesPath are parts of paths of pathlib that are paths.
var givesPath = set("resolve() absolute() expanduser() joinpath() with_name() with_suffix() with_stem() parent")

// keepsArguments reports whether what was given to make an object tells more of what its method gives than what the method is given.
func keepsArguments(made, list []*Value) bool {
	if len(made) == 0 {
		return false
	}
	if connects(made[0]) && !(len(list) > 0 && connects(list[0])) { // whatever else a client is told: resty.New().SetTransport(t).SetRetryCount(3)
		return true
	}
	return len(list) == 0 || len(list[0].fields) == 0 && (len(made[0].fields) > 0 || list[0].known && len(made[0].args) > 0)
}

// connects reports whether a value is what clients of Go connect by.
func connects(v *Value) bool { return v.ref == "net/http.Transport()" || v.ref == "net/http.Client()" }

// actsElsewhere follows what a call does beside what it gives, and gives the error with which it perhaps fails.
func (in *interp) actsElsewhere(c call) *Value {
	ref := c.callee.ref
	if c.recv != nil && isAWS(ref) { // a client that was made for somebody
		in.reveals(c.f, c.e.At, shortRef(ref, c.method), &Value{taints: c.recv.taints}, usedInside)
	}
	in.kindSet(c.f, c.recv, c.method, c.args)
	in.writesFile(ref, c.method, c.recv, c.args)
	in.throwsRequest(c, ref)
	in.throwsAddress(c, ref)
	in.answersStack(ref, c.args)
	var fails *Value
	if in.failsLikeDatabase(c.f, ref, c.method, c.args) {
		fails = &Value{ref: databaseError}
	} else if does, _, _ := in.effects(c.f, ref, c.method, c.args); len(does) > 0 {
		fails = refusedByOthers(c.f, does)
	}
	if fails != nil {
		in.thrown = joinThrown(in.thrown, fails)
	}
	return fails
}

// registers notes functions that a library gets to call them for routes, events and fields.
func (in *interp) registers(c call, out *Value) {
	ref := c.callee.ref
	in.p.routes(c)
	in.keepGiven(c.f, c.args)
	in.trpc(c.f, c.e, c.method, c.callee, out, c.args)
	in.builtResolvers(c.f, ref, c.args, c.e.At)
	in.p.listens(c.f, ref, c.method, c.args, c.e.At)
}

// ofFramework are calls of Powertools, and what makes answers; nil for others.
func (in *interp) ofFramework(c call, out *Value) *Value {
	ref := c.callee.ref
	if in.ofResolver(ref, c.args) {
		return out
	}
	if strings.HasPrefix(ref, "aws_lambda_powertools.utilities.") || strings.HasPrefix(ref, "@aws-lambda-powertools/") {
		if v := in.powertools(c.f, c.e, ref, c.args, out); v != nil {
			return v
		}
	}
	if strings.HasSuffix(ref, ".Response") && (strings.HasPrefix(ref, "aws_lambda_powertools.") || strings.HasPrefix(ref, "chalice.")) {
		in.response(c.f, c.e, c.args.named(parametersOfResponse[packageOf(ref)]))
	}
	return nil
}

// ofService are calls of AWS and of mappers, of schemas, of what reads requests, and of containers of objects.
func (in *interp) ofService(c call) (*Value, bool) {
	if v, ok := in.sdkCall(c.f, c.e, c.callee, c.args); ok {
		return v, true
	}
	if v, ok := in.ofMapper(c.f, c.e, c.method, c.callee, c.args); ok {
		return v, true
	}
	if v := in.checkedBy(c.f, c.e, c.recv, c.method, c.callee, c.args); v != nil {
		return v, true
	}
	if v := in.requested(c.callee.ref, c.args); v != nil {
		return v, true
	}
	if v := in.valid(c.f, c.recv, c.method, c.args, c.e.At); v != nil {
		return v, true
	}
	v := in.provided(c.f, c.e, c.method, c.callee, c.args)
	return v, v != nil
}

// ofExecutor are calls that call what they are given, at once or when something happens: emitters, pools of threads, plugins.
func (in *interp) ofExecutor(c call, out *Value) (*Value, bool) {
	out.taints = addTaints(out.taints, in.opened(c.callee.ref, c.args))
	out.taints = addTaints(out.taints, in.tmpFile(c.f, c.e, c.callee.ref, c.recv, c.args))
	if v, ok := in.emitter(c.f, c.e, c.callee.ref, c.method, c.args); ok {
		return v, true
	}
	if c.recv == nil {
		return nil, false
	}
	switch {
	case (c.method == "submit" || c.method == "map") && (strings.HasSuffix(c.recv.ref, "PoolExecutor()") || strings.HasSuffix(c.recv.ref, "Pool()")):
		return in.pooled(c), true
	case c.method == "register" && frameworkOf(c.recv.ref) != "": // a plugin gets the application
		in.hapiPlugin(c.f, c.recv, c.args.get(0), c.e.At, 0)
		for _, fn := range slices.Concat(c.args.get(0).fns, c.args.get(0).wraps) {
			in.invoke(c.f, fn, nil, &arguments{list: []*Value{c.recv, c.args.get(1), {}}}, c.e.At)
		}
		return c.recv, true
	}
	return nil, false
}

// pooled is what a pool of concurrent.futures gives: pool.submit(save, order), pool.map(save, orders).
func (in *interp) pooled(c call) *Value {
	given := *c.args
	given.list = c.args.list[min(1, len(c.args.list)):]
	if c.method == "map" {
		given.list = []*Value{in.elements(c.args.get(1))}
	}
	var result *Value
	for _, fn := range c.args.get(0).fns {
		result = join(result, in.invoke(c.f, fn, fn.this, &given, c.e.At))
	}
	if c.method == "map" {
		return &Value{elem: result}
	}
	return orNothing(result)
}

// rowsTold is what rows tell of a call, and what is assumed of it where they tell nothing.
type rowsTold struct {
	known   bool   // there is a row for it
	handled bool   // a row says what it gives
	queries bool   // it answers with what a database has, not with what was asked
	fails   *Value // the error with which it perhaps fails; nil where that is not known
	called  map[*closure]bool
}

// byRows is what rows tell of a call; where none does, it is guessed what it perhaps does.
func (in *interp) byRows(c call, out, fails *Value) *Value {
	ref := c.callee.ref
	models := in.p.lookup(c.f.file.Language, ref, c.method, c.recv)
	t := &rowsTold{known: len(models) > 0, fails: fails, called: map[*closure]bool{}}
	for _, m := range models {
		if m.applies(c.recv, c.args) {
			in.seenBy(m, c.recv, c.args)
			out = in.byRow(c, m, out, t)
		}
	}
	t.queries = runs[c.method] && c.args.get(0).isStatement()
	if !t.known || strings.HasPrefix(ref, "axios") || strings.Contains(ref, "fetch") || strings.Contains(ref, "request") {
		in.perhapsSQL(c.f, c.e, c.method, c.args, t.known)
	}
	if !t.known && ref != "" && !isAWS(ref) && !strings.HasPrefix(ref, "builtin.") {
		in.logsPerhaps(c.f, c.e, ref, c.method, c.recv, c.args)
		in.handed(c.f, c.e.At, ref, c.args)
		if !t.queries && !in.p.modelled(c.f.file.Language, ref) {
			in.perhapsCalled(c.f, c.e, ref, c.args)
		}
	}
	if c.recv != nil && middy[packageOf(ref)] && middleware(c.method, c.recv, c.args, out) {
		if c.recv != nothing && !c.recv.shared { // it gives the handler itself
			return c.recv
		}
		return out
	}
	for _, a := range append(slices.Clone(c.args.list), kwValues(c.args)...) {
		in.callsBack(c, a, out, t)
	}
	if c.recv != nil {
		out.wraps = addFns(out.wraps, c.recv.wraps)
		out.middle = c.recv.middle
		if givesOwner(c) {
			return c.recv
		}
	}
	if t.handled {
		if mergers[ref] { // what is merged into is what comes out
			out.ref, out.args = c.args.get(0).ref, c.args.get(0).args
		}
		return out
	}
	return in.notTold(c, out, t)
}

// byRow follows what one row says of a call.
func (in *interp) byRow(c call, m *Model, out *Value, t *rowsTold) *Value {
	switch m.Kind {
	case sink:
		return in.intoSink(c, m, out)
	case propagator, sanitizer, sourceKind:
		t.handled = true
		in.propagate(c.f, c.e, m, c.recv, c.args, out, t.called)
	case useKind:
		in.used(c.f, c.e, m, c.args)
	case secretKind:
		out.secret = &secret{what: "the secret that " + memberName(m) + " gives", step: &step{c.f.file, c.e.At, memberName(m) + " gives a secret", nil, in.steps}}
	case validator:
		in.testing = c.e
		if m.Out != "" {
			t.handled = true
			in.propagate(c.f, c.e, m, c.recv, c.args, out, t.called)
		}
		if m.throws {
			for _, name := range m.In {
				if x := argumentExpr(c.e, name); x != nil {
					in.trust(c.f, x, m.For)
				}
			}
		}
	}
	return out
}

// intoSink follows what a call that can do harm does with what it gets, and what it gives of it.
func (in *interp) intoSink(c call, m *Model, out *Value) *Value {
	in.sinkAt(c.f, c.e, m, c.recv, c.args)
	switch m.Rule {
	case "ssrf":
		out.taints = addTaints(out.taints, in.chosenAnswer(c.f, c.e, m, c.recv, c.args))
	case "nosql":
		out = in.readsDocument(c, out)
	case "mass-assignment":
		in.putsDocument(c, m)
	case "sql":
		for _, bound := range c.args.list { // a record of another's, perhaps
			in.reveals(c.f, c.e.At, callName(m), bound, usedInside)
		}
		in.setsAll(c.f, c.e, m, c.args)
		in.database(c.f, c.e, m, c.recv, c.args, out)
	case "deserialization", "xxe": // what it gives is made of what it got
		for _, v := range c.args.list {
			out = join(out, in.parsed(c.f, c.e, v))
		}
	}
	return out
}

// callsBack calls the functions that a library is given: somebody calls them. What a module gives away while it is loaded is called later,
// with something else.
func (in *interp) callsBack(c call, a, out *Value, t *rowsTold) {
	for _, fn := range a.fns {
		if !t.called[fn] && in.loading == nil {
			t.called[fn] = true
			in.invoke(c.f, fn, fn.this, in.forCallback(c, fn, out, t), c.e.At)
		}
		out.wraps = addFns(out.wraps, []*closure{fn})
	}
	if a.ref == errorFirst {
		calledBack(a, &arguments{list: []*Value{{}, {ref: out.ref, args: out.args}}})
	}
	out.wraps = addFns(out.wraps, a.wraps)
}

// forCallback is what a library gives to a function that it got.
func (in *interp) forCallback(c call, fn *closure, out *Value, t *rowsTold) *arguments {
	given := callbackArguments(fn, out)
	if !t.known && !t.queries {
		given = in.perhapsElements(c.f, c.e, c.args, given)
	}
	if caught := in.rejects(c.method); len(caught.list) > 0 {
		given = caught
	}
	if takesError(fn, t.fails) && len(given.list) > 0 { // query(sql, (err, rows) => ...)
		given = &arguments{list: append([]*Value{join(given.list[0], t.fails)}, given.list[1:]...)}
	}
	return given
}

// takesError reports whether a function that a library got is given the error with which the call failed: all that ask a database are, of
// others those whose first parameter is called so.
func takesError(fn *closure, failed *Value) bool {
	if failed == nil || isOfDatabase(failed.ref) {
		return failed != nil
	}
	params := fn.fn.Params
	return len(params) > 0 && params[0].Kind == ir.Name && errorName.MatchString(params[0].Str)
}

// givesOwner reports whether a method gives back what it is a method of: res.status(200), router.get(...).post(...).
func givesOwner(c call) bool {
	if fluent[c.method] && (c.recv.ref == "express.Response" || c.recv.ref == "fastify.Reply") {
		return true
	}
	return c.f.file.Language == ir.Node && routeMethods[c.method] && c.recv.ref != "" && len(c.recv.taints) == 0 && frameworkOf(c.recv.ref) != ""
}

// looksUpRecord are methods of stores: what they give was stored, and is not what they are asked with.
var looksUpRecord = regexp.MustCompile(`^(find(One|All|Many|First|Unique|By[A-Z]\w*|_one|_all|_by_\w+)|fetch(One|All|Many|Row|_one|_all|row|one|all)|get(All|Row|Rows|Col|One|Many|_all|_one)|count\w*|exists)$`)

// tradesCode are methods of clients of OAuth: what they give was made by the issuer, from whom they have it, and is not what they are given.
var tradesCode = regexp.MustCompile(`(?i)^(exchange(_?(authori[sz]ation)?_?(code|token)\w*)?|acquire_?token\w*|fetch_?(access_?)?token|authori[sz]e_?access_?token|authori[sz]ation_?code_?grant|refresh_?token_?grant|validate_?authori[sz]ation_?code)$`)

// notTold is what a call gives of which no row says it: a method of an outsider's value gives a part of it; a function of a library of which
// nothing is known perhaps gives back what it got.
func (in *interp) notTold(c call, out *Value, t *rowsTold) *Value {
	ref := c.callee.ref
	if c.recv != nil && len(c.recv.taints) > 0 && (ref == "" || isRequest(c.recv.ref)) {
		taints := c.recv.taints
		if named := in.asked(c.f, c.recv, c.method, c.args); len(named) > 0 {
			taints = named
		}
		out.taints = addTaints(out.taints, in.stepped(c.f, taints, c.e.At, "."+c.method+"()"))
	}
	if t.known || t.queries || looksUpRecord.MatchString(c.method) || tradesCode.MatchString(c.method) || isAWS(ref) || in.p.modelled(c.f.file.Language, ref) {
		return out
	}
	for _, x := range c.args.all() {
		u := *x
		u.unsure = true
		out.taints = addTaints(out.taints, []*Taint{(&u).with(c.f.file, c.e.At, "goes through "+shortRef(ref, c.method), in.steps)})
	}
	if strings.Contains(strings.ToLower(c.method), "decode") {
		out.taints = decoded(out.taints)
	}
	return out
}

// asked is what a request is asked for: c.req.query("name"), await request.json().
func (in *interp) asked(f frame, recv *Value, method string, args *arguments) []*Taint {
	if !isRequest(recv.ref) {
		return nil
	}
	switch method {
	case "query", "param", "header", "queries":
		if k := args.get(0); k.known {
			return in.parts(in.parts(recv.taints, method), k.text)
		}
		return in.parts(recv.taints, method)
	case "get", "Get": // req.get("Origin"), r.Header.Get("Origin")
		k := args.get(0)
		if name := partAsked(f, k); name != "" && strings.HasPrefix(recv.ref, "net/http.Request().") {
			return in.parts(recv.taints, name)
		}
		switch {
		case !k.known:
		case strings.HasSuffix(recv.ref, ".headers") && strings.EqualFold(k.text, "origin"):
			return in.parts(recv.taints, k.text)
		case recv.ref == "express.Request":
			return in.parts(in.parts(recv.taints, "header"), k.text)
		}
	case "json", "parseBody", "formData", "form", "get_json", "post":
		return objects(in.parts(recv.taints, method))
	case "get_body", "get_data": // as it was sent
		return in.parts(recv.taints, method)
	}
	return nil
}

// fluent are methods of answers that give the answer back.
var fluent = set("status type set header headers cookie code append vary links location contentType attachment clearCookie setHeader cors etag cache removeHeader")

// mergers put the fields of objects into their first argument.
var mergers = set("lodash.merge lodash.mergeWith lodash.assign lodash.assignIn lodash.extend lodash.defaults lodash.defaultsDeep")

// parametersOfResponse are the parameters of what makes such objects, in their order.
var parametersOfResponse = map[string][]string{"chalice": {"body", "headers", "status_code"}, "aws_lambda_powertools": {"status_code", "content_type", "body", "headers"}}

// response checks an answer that is made as an object of a framework.
func (in *interp) response(f frame, e *ir.Expr, args *arguments) {
	v := &Value{fields: map[string]*Value{"headers": {fields: map[string]*Value{}}, "body": args.kw["body"]}}
	for name, x := range sorted(orNothing(args.kw["headers"]).fields) {
		v.fields["headers"].fields[name] = x
	}
	if kind := args.kw["content_type"]; kind != nil {
		if kind.ref != "" && strings.HasSuffix(kind.ref, "TEXT_HTML") {
			kind = constant("text/html")
		}
		v.fields["headers"].fields["Content-Type"] = kind
	}
	in.respond(f, v, e.At, e.At)
}

// perhapsElements is what a library of which nothing is known perhaps gives to a callback: a part of what else it got.
func (in *interp) perhapsElements(f frame, e *ir.Expr, args, given *arguments) *arguments {
	var item *Value
	for _, a := range args.list {
		if len(a.fns) == 0 {
			item = join(item, in.elements(a))
		}
	}
	if item == nil || len(item.all()) == 0 {
		return given
	}
	c := *item
	c.taints = nil
	for _, t := range item.taints {
		u := *t
		u.unsure = true
		c.taints = append(c.taints, (&u).with(f.file, e.At, "is perhaps given to a callback", in.steps))
	}
	return &arguments{list: []*Value{&c}}
}

// isRequest reports whether a path is what a framework hands to its routes.
func isRequest(ref string) bool {
	return strings.HasPrefix(ref, "express.Request") || strings.HasPrefix(ref, "fastapi.Request") || strings.HasPrefix(ref, "aws_lambda_powertools.") || strings.HasPrefix(ref, "fastify.Request") || strings.HasPrefix(ref, "koa.Context") || strings.HasPrefix(ref, "hono.Context") || strings.HasPrefix(ref, "web.Request") || strings.HasPrefix(ref, "net/http.Request()")
}

// callbackArguments are what a library gives to a callback: what the call would return, after an error where there is room for one.
func callbackArguments(c *closure, result *Value) *arguments {
	given := &Value{ref: result.ref, args: result.args}
	if len(c.fn.Params) >= 2 {
		return &arguments{list: []*Value{{}, given}}
	}
	return &arguments{list: []*Value{given}}
}

func shortRef(ref, method string) string {
	if ref == "" {
		return orElse(method, "a call") + "()"
	}
	return strings.TrimPrefix(ref, "builtin.") + "()"
}

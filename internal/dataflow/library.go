package dataflow

import (
	"slices"
	"strings"

	"wardlet.example/internal/ir"
)

// givesItself are methods of clients that give the client back when it is connected.
var givesItself = set("typeorm.DataSource().initialize mongodb.MongoClient().connect")

// library is a call of something that the program does not define.
func (in *interp) library(f frame, e *ir.Expr, recv *Value, method string, callee *Value, args *arguments) *Value {
	ref := callee.ref
	in.callsLibrary(f, e, ref, method, recv, args)
	if givesItself[ref] {
		return recv
	}
	if method == "init" && recv != nil && recv.class != nil && recv.isType {
		in.initialised(f, recv.class, args)
		in.runsHooks(args, e.At)
	}
	in.validating(e, ref, args)
	in.fewRounds(f, e, ref, args)
	in.lowCost(f, e, ref, args)
	if byModel[method] && (strings.HasPrefix(ref, "pydantic.") || strings.HasPrefix(ref, "sqlmodel.")) {
		in.checksByModel(args)
	}
	if setsByName[method] && len(e.List) > 1 && args.get(0).known {
		in.guessable(f, args.get(0).text, e.List[1], args.get(1))
	}
	out := &Value{signs: signsOf(ref, recv, args)}
	if sameCode[lastPart(ref)] || ref == "crypto/hmac.Equal" || ref == "crypto/subtle.ConstantTimeCompare" {
		out.proves, out.signs = codesOf(append(args.list, &Value{signs: out.signs})...), nil
	}
	if ref != "" {
		out.ref, out.args, out.kw, out.asked = ref+"()", args.list, args.kw, perhapsAsked(args)
		out.rows, out.holds, out.mapped = rowsOf(callee, args), in.holdsOf(f, e, recv, callee, method, args), mappedBy(callee, args)
		if len(callee.args) > 0 && (len(args.list) == 0 || len(args.list[0].fields) == 0 && (len(callee.args[0].fields) > 0 || args.list[0].known && len(callee.args[0].args) > 0)) {
			out.args = callee.args
		}
	}
	if escapes(ref, callee, args) {
		out.ref = "jinja2.EscapingTemplate()"
	}
	if text := in.asText(f, args.get(0), e.At); makesTexts[ref] && text != args.get(0) {
		return text
	}
	if in.st != nil && onlyCounts[ref] {
		return &Value{}
	}
	if recv != nil && isAWS(ref) { // a client that was made for somebody
		in.reveals(f, e.At, shortRef(ref, method), &Value{taints: recv.taints}, usedInside)
	}
	in.kindSet(f, recv, method, args)
	in.writesFile(ref, method, recv, args)
	in.throwsRequest(f, ref)
	fails := in.failsLikeDatabase(f, ref, method, args)
	if fails {
		in.thrown = joinThrown(in.thrown, &Value{ref: databaseError})
	} else if does, _ := in.effects(f, ref, method, args); len(does) > 0 {
		in.throwsService(f, does)
	}
	in.p.routes(f, ref, args, e)
	in.keepGiven(f, args)
	in.trpc(f, e, method, callee, out, args)
	in.builtResolvers(f, ref, args, e.At)
	in.p.listens(f, ref, method, args, e.At)
	if strings.HasPrefix(ref, "aws_lambda_powertools.utilities.") || strings.HasPrefix(ref, "@aws-lambda-powertools/") {
		if v := in.powertools(f, e, ref, args, out); v != nil {
			return v
		}
	}
	if strings.HasSuffix(ref, ".Response") && (strings.HasPrefix(ref, "aws_lambda_powertools.") || strings.HasPrefix(ref, "chalice.")) {
		in.response(f, e, args.named(parametersOfResponse[packageOf(ref)]))
	}
	if v, ok := in.sdkCall(f, e, callee, args); ok {
		return v
	}
	if v, ok := in.ofMapper(f, e, method, callee, args); ok {
		return v
	}
	if v := in.checkedBy(f, e, recv, method, callee, args); v != nil {
		return v
	}
	if v := in.requested(ref, args); v != nil {
		return v
	}
	if v := in.valid(f, recv, method, args, e.At); v != nil {
		return v
	}
	if v := in.provided(f, e, method, callee, args); v != nil {
		return v
	}
	out.taints = addTaints(out.taints, in.opened(ref, args))
	out.taints = addTaints(out.taints, in.tmpFile(f, e, ref, recv, args))
	if v, ok := in.emitter(f, e, ref, method, args); ok {
		return v
	}
	if (method == "submit" || method == "map") && recv != nil && (strings.HasSuffix(recv.ref, "PoolExecutor()") || strings.HasSuffix(recv.ref, "Pool()")) { // of concurrent.futures
		given := *args
		given.list = args.list[min(1, len(args.list)):]
		if method == "map" {
			given.list = []*Value{in.elements(args.get(1))}
		}
		var result *Value
		for _, c := range args.get(0).fns {
			result = join(result, in.invoke(f, c, c.this, &given, e.At))
		}
		if method == "map" {
			return &Value{elem: result}
		}
		return orNothing(result)
	}
	if method == "register" && recv != nil && frameworkOf(recv.ref) != "" { // a plugin gets the application
		in.hapiPlugin(f, recv, args.get(0), e.At, 0)
		for _, c := range slices.Concat(args.get(0).fns, args.get(0).wraps) {
			in.invoke(f, c, nil, &arguments{list: []*Value{recv, args.get(1), {}}}, e.At)
		}
		return recv
	}
	models := in.p.lookup(f.file.Language, ref, method, recv)
	handled, called := false, map[*closure]bool{}
	for _, m := range models {
		if !m.applies(args) {
			continue
		}
		in.seenBy(m, recv, args)
		switch m.Kind {
		case sink:
			in.sinkAt(f, e, m, recv, args)
			if m.Rule == "ssrf" {
				out.taints = addTaints(out.taints, in.chosenAnswer(f, e, m, recv, args))
			}
			if m.Rule == "sql" {
				in.setsAll(f, e, m, args)
				in.database(f, e, m, recv, args, out)
			}
			if m.Rule == "deserialization" || m.Rule == "xxe" { // what it gives is made of what it got
				for _, v := range args.list {
					out = join(out, in.parsed(f, e, v))
				}
			}
		case propagator, sanitizer, sourceKind:
			handled = true
			in.propagate(f, e, m, recv, args, out, called)
		case useKind:
			in.used(f, e, m, args)
		case secretKind:
			out.secret = &secret{what: "the secret that " + memberName(m) + " gives", step: &step{f.file, e.At, memberName(m) + " gives a secret", nil, in.steps}}
		case validator:
			in.testing = e
			handled = handled || m.Out != ""
			if m.Out != "" {
				in.propagate(f, e, m, recv, args, out, called)
			}
			if m.throws {
				for _, name := range m.In {
					if x := argumentExpr(e, name); x != nil {
						in.trust(f, x, m.For)
					}
				}
			}
		}
	}
	known := len(models) > 0
	answersQuery := runs[method] && args.get(0).isStatement() // with what the database has, not with what was asked
	if !known || strings.HasPrefix(ref, "axios") || strings.Contains(ref, "fetch") || strings.Contains(ref, "request") {
		in.perhapsSQL(f, e, method, args, known)
	}
	if !known && ref != "" && !isAWS(ref) && !strings.HasPrefix(ref, "builtin.") {
		in.logsPerhaps(f, e, ref, method, recv, args)
		in.handed(f, e.At, ref, args)
		if !answersQuery && !in.p.modelled(f.file.Language, ref) {
			in.perhapsCalled(f, e, ref, args)
		}
	}
	if recv != nil && strings.HasPrefix(ref, "@middy/core") && middleware(method, recv, args, out) {
		return out
	}
	for _, a := range append(slices.Clone(args.list), kwValues(args)...) { // functions that are given away are called by somebody
		for _, c := range a.fns {
			if !called[c] && in.loading == nil { // what a module gives away while it is loaded is called later, with something else
				called[c] = true
				given := callbackArguments(c, out)
				if !known && !answersQuery {
					given = in.perhapsElements(f, e, args, given)
				}
				if caught := in.rejects(method); len(caught.list) > 0 {
					given = caught
				}
				if fails && len(given.list) > 0 { // query(sql, (err, rows) => ...)
					given = &arguments{list: append([]*Value{join(given.list[0], &Value{ref: databaseError})}, given.list[1:]...)}
				}
				in.invoke(f, c, c.this, given, e.At)
			}
			out.wraps = addFns(out.wraps, []*closure{c})
		}
		if a.ref == errorFirst {
			calledBack(a, &arguments{list: []*Value{{}, {ref: out.ref, args: out.args}}})
		}
		out.wraps = addFns(out.wraps, a.wraps)
	}
	if recv != nil {
		out.wraps = addFns(out.wraps, recv.wraps)
		out.middle = recv.middle
		if fluent[method] && (recv.ref == "express.Response" || recv.ref == "fastify.Reply") {
			return recv
		}
	}
	if recv != nil && f.file.Language == ir.Node && routeMethods[method] && recv.ref != "" && len(recv.taints) == 0 && frameworkOf(recv.ref) != "" { // router.get(...).post(...)
		return recv
	}
	if handled {
		if mergers[ref] { // what is merged into is what comes out
			out.ref, out.args = args.get(0).ref, args.get(0).args
		}
		return out
	}
	// What a library does with what it is given is not known: a method of an outsider's value gives a part of it; a function of a
	// library of which nothing is known perhaps gives back what it got.
	if recv != nil && len(recv.taints) > 0 && (ref == "" || isRequest(recv.ref)) {
		taints := recv.taints
		if named := in.asked(f, recv, method, args); len(named) > 0 {
			taints = named
		}
		out.taints = addTaints(out.taints, in.stepped(f, taints, e.At, "."+method+"()"))
	}
	if !known && !answersQuery && !isAWS(ref) && !in.p.modelled(f.file.Language, ref) {
		for _, t := range args.all() {
			u := *t
			u.unsure = true
			out.taints = addTaints(out.taints, []*Taint{(&u).with(f.file, e.At, "goes through "+shortRef(ref, method), in.steps)})
		}
		if strings.Contains(strings.ToLower(method), "decode") {
			out.taints = decoded(out.taints)
		}
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
	case "json", "parseBody", "formData", "form":
		return objects(in.parts(recv.taints, method))
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
	in.respond(f, v, e.At)
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
	return strings.HasPrefix(ref, "express.Request") || strings.HasPrefix(ref, "fastapi.Request") || strings.HasPrefix(ref, "aws_lambda_powertools.") || strings.HasPrefix(ref, "fastify.Request") || strings.HasPrefix(ref, "koa.Context") || strings.HasPrefix(ref, "hono.Context") || strings.HasPrefix(ref, "net/http.Request()")
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

package dataflow

import (
	"strings"

	"wardlet.example/internal/ir"
)

// bind gives a pattern its value.
func (in *interp) bind(f frame, p *ir.Expr, v *Value, declares bool) {
	if p == nil || !in.spend() {
		return
	}
	if v == nil {
		v = nothing
	}
	switch p.Kind {
	case ir.Name:
		in.standsAt(f, p.At)
		in.set(f.s, p.Str, v, declares)
		in.forget(f, p.Str)
		delete(f.s.tests, p.Str)
		delete(f.s.taken, p.Str)
		delete(f.s.given, p.Str)
	case ir.Default:
		if v.empty() && len(v.numbers) == 0 {
			v = in.eval(f, p.Y)
		} else {
			in.eval(f, p.Y)
		}
		in.bind(f, p.X, v, declares)
	case ir.Spread:
		in.bind(f, p.X, &Value{elem: v, taints: v.taints}, declares)
	case ir.Object:
		for i, e := range p.List {
			switch key := p.Keys[i]; key {
			case "...":
				in.bind(f, e, in.rest(v, p), declares)
			default:
				in.bind(f, e, in.takesStack(f, p, v, key, e.At, in.member(f, v, key, e.At)), declares)
				in.note(f, e, in.taken(v, key))
			}
		}
	case ir.Array:
		in.bindList(f, p, v, declares)
	case ir.Member:
		in.bindMember(f, p, v)
	case ir.Index:
		in.bindIndex(f, p, v)
	}
}

// bindList gives each name of a list its element.
func (in *interp) bindList(f frame, p *ir.Expr, v *Value, declares bool) {
	if p.Str == "results" {
		in.bindResults(f, p, v, declares)
		return
	}
	for i, e := range p.List {
		if e.Kind == ir.Spread {
			in.bind(f, e.X, v, declares)
			continue
		}
		key := itoa(i)
		if i == 0 && len(p.List) == 2 && v.isSections() {
			key = "1" // a token of two parts has no header and begins with what it says
		}
		x := in.member(f, v, key, e.At)
		if i == 1 && len(p.List) == 3 {
			x = middleOfThree(v, x)
		}
		in.bind(f, e, x, declares)
	}
}

// bindMember sets a member: order.total = 0.
func (in *interp) bindMember(f frame, p *ir.Expr, v *Value) {
	x := in.eval(f, p.X)
	in.standsAt(f, p.At)
	in.setsSession(f, p, v)
	if x.ref == "mongoose.Schema().statics" { // schema.statics.byName = function: kept with the schema
		if schema := in.eval(f, p.X.X); schema != nil && !schema.shared {
			in.assign(f, schema, "statics", x, p.At)
		}
	}
	in.setsClient(f, p, p.Str, v)
	name := nameInJSON(x, p.Str)
	in.assign(f, x, name, v, p.At)
	in.setsColumn(f, p, x, v)
	in.onSomeWays(x, name)
	if x.isType && x.class != nil && x.class.static != nil && len(in.overlay) == 0 && in.st == nil {
		x.class.static.fields[p.Str] = v
	}
	in.forget(f, textOf(p))
}

// nameInJSON is the name under which a member is kept: of a struct of the platform's events in Go, as it stands in JSON.
func nameInJSON(x *Value, name string) string {
	if event, ok := strings.CutPrefix(x.ref, eventTypes); ok && !x.isNamespace() {
		name, _ = eventField(strings.TrimSuffix(event, "()"), name)
	}
	return name
}

// bindIndex sets what stands under a key, which perhaps an outsider gives: orders[id] = order.
func (in *interp) bindIndex(f frame, p *ir.Expr, v *Value) {
	x, key := in.eval(f, p.X), in.eval(f, p.Y)
	in.standsAt(f, p.At)
	if key.known {
		if in.isSession(f, p.X) {
			in.putsInSession(key.text, v)
		}
		in.setsClient(f, p, key.text, v)
		in.assign(f, x, key.text, v, p.At)
		in.onSomeWays(x, key.text)
		return
	}
	in.remembers(f, x, p.Y, key, v)
	if in.assignOneOf(f, x, key, v, p.At) {
		return
	}
	in.dynamicKey(f, p, key)
	for _, t := range x.chosen {
		if keys := harmfulKeys(key); len(keys) > 0 { // the object itself was chosen by a name from outside
			in.hit(f, p.At, "prototype-pollution", "an assignment", []*Taint{t}, false)
		}
	}
	if in.keepsForAll(f, x, key, v, p.At) {
		return
	}
	in.assignElem(x, v)
	in.keyed(x, key)
}

// assignOneOf sets a field whose name is one of a list: for (const k of ["name", "city"]) patch[k] = body[k].
func (in *interp) assignOneOf(f frame, x *Value, key, v *Value, at int32) bool {
	names := key.choices()
	if x == nil || x == nothing || x.ref != "" {
		return false
	}
	if x.shared && in.st == nil {
		in.keeps = in.keeps || len(names) > 0 && in.loading == nil && perhapsKeeps(v)
		return false
	}
	for _, name := range names {
		if in.st != nil && in.isLasting(x) { // each of them is gone through
			in.assign(f, x, name, v, at)
			continue
		}
		in.assign(f, x, name, join(x.fields[name], v), at)
		if x.some == nil {
			x.some = map[string]bool{}
		}
		x.some[name] = true
	}
	return len(names) > 0
}

// onSomeWays notes that a field is set in a branch, of an object that was there before it.
func (in *interp) onSomeWays(x *Value, key string) {
	switch {
	case x == nil || x == nothing || x.shared || x.fields[key] == nil:
	case x.born == in.branch:
		delete(x.some, key)
	case x.some == nil:
		x.some = map[string]bool{key: true}
	default:
		x.some[key] = true
	}
}

// assign sets a field of a value.
func (in *interp) assign(f frame, x *Value, key string, v *Value, at int32) {
	if x == nil || x == nothing || in.proving > 0 && in.starting != nil {
		return
	}
	if x.ref == aiohttpApplication {
		x = in.applicationState()
	}
	if (len(x.taints) > 0 || len(x.holds) > 0) && !in.isData(v, 0) && !slowHash.MatchString(orNothing(v).ref) { // the hash of a password is still one
		in.takenOut(x, key)
	}
	in.setsGlobal(f, x, key, v)
	in.headerOf(f, at, key, v)
	in.setsQuery(f, at, x, key, v)
	in.trustsNow(f, at, x, key, v)
	x.completes(orNothing(v))
	if key == "Validator" && x.ref == "github_com/gin-gonic/gin/binding" {
		in.p.ownBinding = true
	}
	if x.ref == koaContext && key == "type" {
		in.kindIs(f, x, v)
	}
	if key == "HTTPErrorHandler" && x.ref == "github_com/labstack/echo.New()" {
		in.handlesErrors(f, v, at)
	}
	if key == "Debug" && v.known && v.text == "true" && x.ref == "github_com/labstack/echo.New()" { // the error is a part of what it answers then
		in.place(f, at, "debug-mode", "Echo", "debug mode")
	}
	in.assignsToSink(f, x, key, v, at)
	if key == "emailMessage" { // of Cognito's triggers: what is sent as HTML
		for _, t := range x.taints {
			if strings.HasSuffix(t.Path, "event.response") {
				in.hit(f, at, "html-response", "the mail", v.taints, false)
			}
		}
	}
	if x.ref == "module" && key == "exports" || x.ref == "exports" || x.ref == "module" {
		in.p.assignExport(x, key, v, in.branch != 0)
		return
	}
	in.keepsInClass(x, v)
	if in.isLasting(x) && key != cell && in.holds(x, key, v) {
		return
	}
	if in.setsShared(x) {
		v = join(x.fields[key], v)
		share(v, map[*Value]bool{}, 0)
	} else if x.shared {
		o := in.over[x]
		if o == nil {
			o = map[string]*Value{}
			in.over[x] = o
		}
		o[key] = join(o[key], v)
		return
	}
	if len(x.fields) < maxFields {
		in.setField(x, key, v)
	}
}

// setsShared reports whether something that all entries share is still being made: before any entry a main of Go sets what it has imported,
// and modules that are loaded put their functions into the table of another one.
func (in *interp) setsShared(x *Value) bool {
	return x.shared && (in.starting != nil || in.loading != nil)
}

// assignsToSink tells of what is assigned where rows say that it does harm: element.innerHTML = name, ctx.body = { stack }.
func (in *interp) assignsToSink(f frame, x *Value, key string, v *Value, at int32) {
	if x.ref != "" && len(v.taints) > 0 {
		for _, m := range in.p.lookup(f.file.Language, x.ref+"."+key, key, nil) {
			if m.Kind != sink || m.Rule == "error-details" || m.Rule == "html-response" && in.noPageOfKoa(f, x, v) {
				continue
			}
			if m.applies(nil, &arguments{list: []*Value{v}}) {
				in.hit(f, at, m.Rule, callName(m), v.taints, false)
			}
		}
	}
	if x.ref != "" && !v.empty() { // ctx.body = { stack }
		for _, m := range in.p.lookup(f.file.Language, x.ref+"."+key, key, nil) {
			if m.Kind == sink && m.Rule == "error-details" {
				in.tellsAnswer(answerAt{f, at, callName(m), v, statusOf(x.fields["status"])})
				in.tellsError(f, at, m.Rule, callName(m), errorOfAxios, v, axiosError, axiosError+".toJSON()")
			}
		}
	}
}

// fieldsOf are the fields of a value, with those that an entry has set in what all of them share.
func (in *interp) fieldsOf(v *Value) map[string]*Value {
	set := in.over[v]
	if len(set) == 0 {
		return v.fields
	}
	out := mapsClone(v.fields)
	for name, x := range set {
		out[name] = join(x, out[name])
	}
	return out
}

func (in *interp) assignElem(x, v *Value) {
	switch {
	case x == nil || x == nothing:
	case !x.shared || in.loading != nil:
		x.add(v, []*Value{v})
		in.changes(x, "", v, true)
	default:
		in.puts(x, v, nil)
	}
}

// nameGiven is the name that gets a value, of several results of a call in Go the first one.
func nameGiven(e *ir.Expr) string {
	if e.Str == "results" && e.Kind == ir.Array && len(e.List) > 0 {
		e = e.List[0]
	}
	return lastPart(textOf(e))
}

func (in *interp) assignment(f frame, e *ir.Expr) *Value {
	if e.Str == "+=" {
		x, y := in.eval(f, e.X), in.eval(f, e.Y)
		v := in.joined(f, []*Value{x, y}, e.At)
		if x.isList || y.isList {
			v = in.plus(x, y)
		}
		in.bind(f, e.X, v, false)
		return v
	}
	v := in.forName(nameGiven(e.X), func() *Value { return in.eval(f, e.Y) })
	in.passed(f, e.Y)
	if e.Str == "with" {
		v = in.entered(f, v, e.At)
	} else if e.Str != "" && e.Str != ":=" { // ||=, ??= and arithmetic
		v = join(in.eval(f, e.X), v)
	}
	if text := textOf(e.Y); text != "" && e.X.Kind == ir.Object {
		v = in.guardedFields(f, text, v)
	}
	if f.file.Language == ir.Go {
		if e.X.Kind != ir.Array {
			v = in.saidToBe(f, e.X, errorOfGo(e.X, goResult(v)))
			in.guessable(f, lastName(e.X), e.Y, v)
		} else if e.X.Str == "results" {
			in.guessableResults(f, e.X.List, e.Y, v)
		}
		in.bind(f, e.X, v, e.Str == ":=")
		in.rememberResults(f, e)
		return v
	}
	in.bind(f, e.X, v, e.Declares || f.file.Language == ir.Python && e.X.Kind != ir.Member && e.X.Kind != ir.Index)
	in.remember(f, e)
	in.guessable(f, lastName(e.X), e.Y, v)
	return v
}

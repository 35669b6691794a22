package dataflow

import (
	"maps"
	"slices"
	"strings"

	"wardlet.example/internal/ir"
)

// Entry is where outsiders' data comes into the program: a handler, with what the application says of who calls it.
type Entry struct {
	File   string // relative to the root
	Symbol string // what the module gives; empty for a program that runs by itself
	Quiet  bool   // nobody but the platform decides what it gets: a schedule
	Typed  bool   // a schema says which fields its event has, and of which types
	Own    bool   // it is called by code alone, which names the fields of the event itself
	Mute   bool   // nobody gets what it returns
	Loose  bool   // its event can hold more than texts before anything is parsed: it comes from other code and not over HTTP
}

// Result is what was found for an entry.
type Result struct {
	Hits     []*Hit
	Places   []*Hit   // where no outsider's data is needed for harm
	Sends    []*Send  // calls that hand data on, and what the entry returns
	Doubts   []Doubt  // why its code perhaps calls more of them
	Packages []string // of others that its files import
	Uses     []Use    // calls of SDKs of AWS that its code makes
	Files    []string // that it reaches by imports, itself first
	Found    bool     // whether there is such a function
	Cut      bool     // it took too many steps: not followed to the end
	Routes   int      // of frameworks that it serves
	Handled  int      // functions that were followed from the entry

	Unawaited  []Called   // calls of services whose promise nobody waits for
	Calls      []Called   // what is called of libraries, by the places of the calls
	Reached    []*ir.Func // the functions that were called
	Begun      []*ir.Func // the functions that were called before the entry, while its modules were loaded
	Program    *Program   // that they are of
	Unlooked   []Kept     // calls that store or send parts of the request, where code looks at none of these parts
	Foreign    []Kept     // the same of parts of what other code or services send
	Dear       []Kept     // calls of models that get texts of any length
	Endless    []Kept     // calls that store or send texts that can have any length
	Decoded    []Called   // Go: where what an outsider sent is read into a variable
	Befores    []*ir.Func // middlewares of middy that run before the handler
	Guards     []Guard    // conditions by which somebody is turned away that ask what a module keeps
	Unguarded  []Called   // where the body of a request is parsed and nothing catches what fails
	BadRecords []Called   // the same of what a record of a stream or a queue holds

	leads *leads
}

// Run follows an entry. It may be called for several entries, one after the other.
func (p *Program) Run(e Entry) Result {
	in := &interp{p: p, overlay: map[*scope]map[string]*Value{}, over: map[*Value]map[string]*Value{}, sources: map[string]*Source{}, seen: map[string]bool{}}
	m := p.load(in, e.File)
	if m == nil {
		return Result{}
	}
	r := Result{Files: p.closure([]string{e.File}), Program: p}
	v := p.handler(m, e.Symbol)
	if e.Symbol == "" {
		v = &Value{ref: "main"}
	}
	functions := handlersOf(v)
	for _, c := range functions {
		in.handle(c, e, v)
		in.keeping(c)
	}
	in.settle()
	in.ofEntry = r.Files
	var routes []*routed
	if !besideRoutes(functions) {
		routes = p.routesOf(r.Files)
	}
	in.followRoutes(routes)
	if e.Symbol == "" {
		routes = in.standalone(r.Files, routes)
	}
	perhaps := in.perhapsEntries(v)
	in.followRoutes(perhaps)
	routes = append(routes, perhaps...)
	in.followBeside(m.pkg)
	in.settleEvents()
	r.Routes = len(routes)
	r.Files = p.closure(append([]string{e.File}, in.reached...)) // with what was imported on the way
	alone := e.Symbol == ""
	if !alone { // a program of its own has no role of which anything is asked
		in.heldUses(r.Files)
	}
	r.Handled = len(functions) + r.Routes
	r.Found = v != nil && (len(functions) > 0 || v.ref != "" || r.Routes > 0)
	r.Hits, r.Places = apart(append(in.toldOnce(), p.loadHits(r.Files)...))
	r.Uses, r.Sends, r.Cut = in.uses, in.sends, in.cut
	if len(in.keepers) > 0 && !in.cut && !alone { // the memory of a server is meant to last
		keepers := in.keepers
		r.Hits = append(r.Hits, p.between(in.steps, func(in *interp) { in.invocation(e, v, functions, routes, keepers) })...)
	}
	in.notedBeside(&r, v)
	if p.followed == nil {
		p.followed = map[*ir.Func]bool{}
	}
	maps.Copy(p.followed, in.visited)
	return r
}

// besideRoutes reports whether a handler is a function that an application of Chalice deploys by itself: its routes are another function.
func besideRoutes(functions []*closure) bool {
	return len(functions) == 1 && slices.ContainsFunc(functions[0].fn.Decorators, func(d *ir.Expr) bool {
		return d.Kind == ir.Call && d.X.Kind == ir.Member && d.X.Str == "lambda_function"
	})
}

// followRoutes follows the functions of routes, one after the other.
func (in *interp) followRoutes(routes []*routed) {
	shared := in.looked
	for _, route := range routes {
		in.apart(route, &shared, func() { in.followRoute(route) })
	}
}

func (in *interp) followRoute(route *routed) {
	answered := 0
	if route.framework == "record" { // the failure of one is answered
		answered = 1
	}
	in.tries += answered
	in.route(route)
	in.tries -= answered
	in.keeping(route.fn)
	in.settle()
}

// toldOnce are the hits without those of which another one tells already: code of an operator of MongoDB, and a token that is not verified, which
// is told of once at each place, and not where another place verifies it.
func (in *interp) toldOnce() []*Hit {
	queries := map[string]bool{}
	for _, h := range in.hits {
		if h.Rule == "nosql" {
			queries[h.File.Path+itoa(int(h.At))] = true
		}
	}
	tokens := map[string]bool{}
	return slices.DeleteFunc(in.hits, func(h *Hit) bool {
		place := h.File.Path + itoa(int(h.At))
		if h.Rule == "code-eval" && queries[place] { // $where is one of the operators
			return true
		}
		if h.Rule != "jwt-unverified" {
			return false
		}
		path := strings.ReplaceAll(h.Path, "[]", "")
		// a function that gives back what it read, and verifies the token on another way only, has let it in
		letIn := in.givenBack[place] != nil && slices.Contains(in.verifiedIn[path], in.givenBack[place])
		if tokens[place] || in.verified[path] && !letIn && !slices.Contains(in.failed, place) {
			return true
		}
		tokens[place] = true
		return false
	})
}

// notedBeside puts into a result what was noted beside the hits, in the entry and while its modules were loaded.
func (in *interp) notedBeside(r *Result, v *Value) {
	r.Doubts, r.Packages = in.doubts, in.p.packages(r.Files)
	r.Unawaited, r.Calls, r.Reached = in.unawaited, in.allCalls(), in.allReached()
	r.Begun = in.p.begun(r.Files)
	r.Guards, r.Befores = in.guards, in.befores
	r.Unlooked, r.Foreign, r.Endless = in.unlooked(), in.unlookedOfOthers(), in.endless()
	r.Dear = in.dear()
	if v != nil && (len(v.fns) > 0 || v.isCalled()) {
		r.Decoded = in.decoded
	}
	if v != nil && (len(v.fns) > 0 || v.isCalled() || letsThrough(v) || v.ref == streamed || v.ref == "main") { // no library stands around it that catches
		r.Unguarded, r.BadRecords = in.unguarded, in.badRecords
	}
	for _, file := range r.Files {
		if m := in.p.modules[file]; m != nil {
			r.Uses, r.Sends, r.Doubts = append(r.Uses, m.uses...), append(r.Sends, m.sends...), append(r.Doubts, m.doubts...)
		}
	}
}

// handler is what a module gives under the name of a handler: a member of an object, a method of an instance too.
func (p *Program) handler(m *module, symbol string) *Value {
	if g := m.pkg; g != nil && g.name == "main" {
		if g.started == nil { // what main gives to an adapter
			return &Value{ref: "main"}
		}
		return g.started
	}
	if v := m.gives(symbol); v != nil {
		return v
	}
	if v, ok := m.scope.own(symbol); ok { // it is given under another name, such as default
		return v
	}
	first, rest, ok := strings.Cut(symbol, ".")
	if !ok {
		if m.file.Language == ir.Node && m.exports != nil {
			return m.exports.fields["default"]
		}
		return nil
	}
	v := m.gives(first)
	in := &interp{p: p, overlay: map[*scope]map[string]*Value{}, over: map[*Value]map[string]*Value{}, sources: map[string]*Source{}, seen: map[string]bool{}}
	for _, part := range strings.Split(rest, ".") {
		if v == nil {
			return nil
		}
		v = in.member(frame{m.scope, m.file}, v, part, 0)
	}
	return v
}

// handlersOf are the functions behind a handler: itself, or those that were given to what made it.
func handlersOf(v *Value) []*closure {
	if v == nil {
		return nil
	}
	if len(v.fns) > 0 {
		return v.fns
	}
	if v.class != nil { // an instance that is called
		for _, name := range []string{"__call__", "handler", "handle"} {
			if m := v.class.method(name, 0); m != nil {
				return []*closure{{fn: m.fn, scope: m.scope, this: v}}
			}
		}
	}
	return v.wraps
}

// isCalled reports whether a handler is an object of a class of the program that Lambda calls itself: handler = Submit()
func (v *Value) isCalled() bool {
	return v.class != nil && !v.isType && v.class.method("__call__", 0) != nil
}

// streamified is a handler that is given the stream by which it answers, before the context.
const (
	streamified  = "builtin.awslambda.streamifyResponse()"
	answerStream = "builtin.awslambda.HttpResponseStream.from()"
)

// handle follows a handler with the event of an outsider.
func (in *interp) handle(c *closure, e Entry, v *Value) {
	event := &Value{}
	if !e.Quiet {
		event.taints = []*Taint{{
			Path: "event", Source: in.source("event"), object: e.Loose,
			step: &step{c.fn.File, c.fn.Start, "the event comes to " + orElse(c.fn.Name, e.Symbol), nil, in.steps},
		}}
	}
	in.answers, in.ownEvent, in.mute = "lambda", e.Own, e.Mute
	if e.Typed {
		event.taints = typed(event.taints)
	}
	f := frame{c.scope, c.fn.File}
	in.send(f, c.fn.Start, Received, event)
	in.logsEvent(f, c, event)
	if len(c.fn.Params) > 0 && c.fn.File.Language == ir.Python { // @event_parser
		event = in.modelled(frame{c.scope, c.fn.File}, event, c.fn.Params[0])
	}
	request := &Value{fields: map[string]*Value{"event": event, "context": {ref: "lambda.context"}}}
	in.before(f, v.middle, request, c.fn.Start)
	list := []*Value{in.member(f, request, "event", c.fn.Start), in.member(f, request, "context", c.fn.Start), {ref: "lambda.callback"}}
	if v.ref == streamified {
		list = []*Value{list[0], {ref: answerStream}, list[1]}
	}
	args := &arguments{list: list}
	if c.fn.File.Language == ir.Go {
		args = in.goHandler(c, event)
	}
	given := goResult(in.invoke(f, c, c.this, args, c.fn.Start))
	if c.fn.File.Language == ir.Go {
		given = goJSON(given, 0)
	}
	in.send(f, c.fn.Start, Returned, given)
	in.after(v.middle, request)
	in.answers = ""
}

// names is what is cleared where no outsider names the fields of an object.
const names = "names of fields"

// typed are taints of what a schema of GraphQL lets through: no field that it does not name, and of the type that it says.
func typed(taints []*Taint) []*Taint {
	var out []*Taint
	for _, t := range taints {
		out = append(out, t.cleaned([]string{"nosql", "mass-assignment", "prototype-pollution", names}))
	}
	return out
}

// returned checks what an entry returns.
func (in *interp) returned(f frame, x *ir.Expr, v *Value) {
	if in.bodies {
		in.tellsBody(f, x, v)
	}
	switch in.answers {
	case "lambda":
		if f.file.Language == ir.Go {
			before := in.handsOn
			in.handsOn = x.Kind == ir.Call // what is written out was looked at there
			in.respond(f, goJSON(goResult(v), 0), x.At, x.At)
			in.handsOn = before
		} else if x.Kind != ir.Object { // those were checked where they are written
			in.respondAgain(f, v, x, x.At)
		}
	case "text":
		if !in.answersNoPage(v) {
			in.hit(f, x.At, "html-response", "the response", onlyTexts(v), false)
		}
		in.tellsTrace(f, x.At, "the response", v)
		for _, part := range []string{"1", "2"} { // return "text", 302, {"Location": ...}
			if headers := v.fields[part]; headers != nil && len(headers.fields) > 0 && x.Kind == ir.Array {
				in.respond(f, &Value{fields: map[string]*Value{"headers": headers}}, x.At, x.At)
			}
		}
	}
}

// answersNoPage reports whether an answer says by headers behind its text that it is something else than a page: return text, 200, {"Content-Type":
// "application/json"}.
func (in *interp) answersNoPage(v *Value) bool {
	for _, part := range []string{"1", "2"} {
		for name, x := range sorted(in.fieldsOf(orNothing(v.fields[part]))) {
			if strings.EqualFold(name, "content-type") && x != nil && x.known && !strings.Contains(strings.ToLower(x.text), "html") {
				return true
			}
		}
	}
	return false
}

// begun are the functions that were called while modules were loaded.
func (p *Program) begun(files []string) []*ir.Func {
	var out []*ir.Func
	for _, file := range files {
		if m := p.modules[file]; m != nil {
			out = append(out, m.begun...)
		}
	}
	return out
}

// loadHits are what was found while modules were loaded.
func (p *Program) loadHits(files []string) []*Hit {
	var out []*Hit
	for _, file := range files {
		if m := p.modules[file]; m != nil {
			out = append(out, m.hits...)
		}
	}
	return out
}

package dataflow

import (
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"wardlet.example/internal/ir"
)

// interp follows one entry through the program.
type interp struct {
	p            *Program
	overlay      map[*scope]map[string]*Value // what this entry sets in modules
	making       []making                     // the names that get what is worked out
	origins      map[*ir.Func]*origins        // what functions say of who may read an answer
	over         map[*Value]map[string]*Value // what this entry sets in values that modules share
	steps        int
	depth        int
	stack        []*ir.Func
	sites        []site // where the functions of the stack were called
	sources      map[string]*Source
	hits         []*Hit
	seen         map[string]bool
	cut          bool
	uses         []Use
	downloaded   []*Taint              // what files hold that were fetched from buckets
	files        map[string][]*Taint   // the same, by the names of the files
	queries      map[*Value]*Value     // the queries of addresses that are put together as objects
	fileHolds    map[*Value][]*Taint   // what files hold that were written, by the values that name them
	waiting      map[*Value][]waiting  // functions that get what later flows into what they listen to
	namesChecked map[string]bool       // archives whose members' names are asked where they lead, by their paths
	provedAt     map[*ir.Expr][]*Taint // calls and equations that told whether a code is right, with the data
	signed       map[string]bool       // data whose code of a key was right, by their paths: true where the application made it
	verified     map[string]bool       // tokens that are verified, by their paths
	loading      *module               // the module that is being loaded
	reached      []string              // files that were imported while the entry ran
	results      map[string]*Value     // of calls, by what went in
	validators   *Value                // the schemas that stand before a route, by the parts of the request
	payload      *Value                // the fields of the model that the payload of a route is checked by
	throws       map[string]*Value     // by calls, as results
	proving      int
	branch       int // the branch that is followed: each has a number of its own
	branches     int
	naming       int                   // conditions that stand elsewhere and are looked at for the names that hold their answers
	failed       []string              // places where tokens are read that did not pass
	injecting    int                   // objects that are made for parameters
	context      *Value                // the request that is being answered, for what asks its context for it
	made         map[string]*Value     // what containers gave, by what they were asked for
	catching     int                   // what failed is handled
	secrets      []*Model              // rows that say that what an operation gives is secret
	wholes       []*Hit                // what came in, where it is logged as a whole
	wanted       map[string]secrecy    // parts of what came in that the code reads and that are called like something sensitive
	hidden       map[string][]*ir.Func // parts of what came in that are taken out of it
	traces       map[*ir.Expr]*step    // calls that gave stack traces, when they were followed last
	debugging    int                   // a setting that asks for the stage decides whether what is followed happens
	calling      map[*ir.Func]bool     // functions that a library perhaps calls
	unawaited    []Called              // calls whose promise nobody waits for
	called       map[calledAt]Called   // what was called of libraries
	parsedSafely bool                  // the body was parsed before where what fails is caught
	signedIn     bool                  // the code reads what an authorizer says of the caller
	acting       map[*ir.Func]string   // functions that do something elsewhere, with what
	acted        int                   // how much was done elsewhere
	direct       map[directCall]bool   // where the program calls functions of its own
	answersMade  map[answerMade]bool   // what was told of that answers let out
	telling      []answerAt            // answers of which something can be told
	answersOf    map[string][]answerAt // those of calls, as results
	rejected     *Value                // what a promise fails with whose failure is handled
	handsOn      bool                  // an answer is looked at that was made elsewhere
	starting     *goPackage            // the package of Go whose main is followed
	requests     map[string]*Value     // what the functions of routes are given
	listeners    map[string]*Value     // functions and what they are given, by the emitter and the name of the event
	routeError   *Value                // Go: what a route gave back as its error
	thrown       *Value                // what was thrown since the last try began
	testing      *ir.Expr              // the condition that was looked at last
	ownEvent     bool                  // code names the fields of the event itself
	doubts       []Doubt               // why perhaps more of AWS is called
	visited      map[*ir.Func]bool     // functions that were called
	sends        []*Send               // calls that hand data on
	hitAt        map[string]*Hit       // by rule and place
	partsTold    map[partTold]bool     // parts of responses of which was told
	answers      string                // how what an entry returns is sent: lambda, text; empty where it is not
	selecting    map[*ir.Expr]bool     // calls that are given a statement which selects all rows of a table
	bodies       bool                  // what a route returns is the body of its answer, with all that is in it
	compares     map[string]*Taint     // parts of what came in that were compared with texts, by the names of facts
	holding      map[string][]Literal  // what certainly holds where the function that is followed was called
	mute         bool                  // nobody gets what the entry returns
	keeps        bool                  // something was put outside of the handler that perhaps is a user's
	keepers      map[*closure]bool     // the functions that did so
	looked       looked                // what the code has looked at of what came in
	turning      *ir.Expr              // the condition of a loop that is looked at
	refused      []*ir.Expr            // comparisons that hold for what is refused because it is too much
	tries        int                   // what fails is caught
	handedOn     []*Kept               // calls that store or send parts of what came in
	decoded      []Called              // Go: where what an outsider sent is read into a variable
	befores      []*ir.Func            // middlewares of middy that run before a handler
	guards       []Guard               // conditions by which somebody is turned away that ask what a module keeps
	unguarded    []Called              // where the body of a request is parsed and nothing catches what fails
	st           *invocations          // where the entry is followed as one of two invocations
}

// maxSteps bounds the expressions that are looked at for one entry, maxCalls how deep calls are followed.
const (
	maxWork  = 3_000_000
	maxCalls = 48
)

// site is where a function is called.
type site struct {
	file  *ir.File
	at    int32
	name  string
	time  int
	given *arguments
}

// frame is where an expression stands.
type frame struct {
	s    *scope
	file *ir.File
}

func (in *interp) spend() bool {
	in.steps++
	if in.steps > maxWork && in.st == nil || in.st != nil && in.steps > in.st.budget {
		in.cut = true
	}
	return !in.cut
}

// run follows statements; it reports whether they always leave.
func (in *interp) run(f frame, body []*ir.Stmt) bool {
	for _, s := range body { // functions and classes are there from the start
		if s.Kind == ir.Define && f.file.Language == ir.Node {
			in.define(f, s.Fn)
		}
	}
	for _, s := range body {
		if !in.spend() {
			return true
		}
		if in.statement(f, s) {
			return true
		}
	}
	return false
}

func (in *interp) define(f frame, fn *ir.Func) {
	v := &Value{fns: []*closure{{fn: fn, scope: f.s}}}
	in.set(f.s, fn.Name, in.decorated(f, fn, v), true)
}

func (in *interp) statement(f frame, s *ir.Stmt) bool {
	switch s.Kind {
	case ir.Eval:
		if s.Str == "global" || s.Str == "nonlocal" {
			if f.s.global == nil {
				f.s.global = map[string]bool{}
			}
			for _, n := range s.Names {
				f.s.global[n.Name] = s.Str == "global"
			}
		}
		if s.X != nil {
			before := in.acted
			in.eval(f, s.X)
			in.floats(f, s.X, before)
			if s.Str == "go" {
				in.runsBeside(f, s.X, before)
			}
			in.passed(f, s.X)
			if in.leaves(f, s.X) {
				return true
			}
		}
	case ir.Return, ir.Throw:
		v := nothing
		if s.X != nil {
			v = in.eval(f, s.X)
		}
		if s.Kind == ir.Throw {
			in.thrown = joinThrown(in.thrown, v)
		}
		if s.Kind == ir.Return {
			f.s.result = in.eitherResult(f, f.s.result, withoutFailed(s, v))
			if n := len(in.stack); n > 0 {
				in.guessable(f, in.stack[n-1].Name, s.X, v)
			}
			if in.depth == 1 && s.X != nil {
				if f.file.Language == ir.Go && isOfDatabase(v.ref) {
					in.routeError = v
				}
				in.returned(f, s.X, v)
				if !in.mute {
					in.reveals(f, s.X.At, "the response", v, answered)
				}
			}
			in.returnsHere()
		}
		return true
	case ir.Leave:
		f.s.leave()
		in.leavesRound()
		return true
	case ir.If:
		return in.choose(f, s)
	case ir.Loop:
		in.loop(f, s)
	case ir.Try:
		return in.try(f, s)
	case ir.Block:
		return in.run(f, s.Body)
	case ir.Import:
		in.p.bindImport(in, f, s)
	case ir.Define:
		if f.file.Language == ir.Python {
			in.define(f, s.Fn)
		}
	case ir.Declare:
		in.set(f.s, s.Class.Name, in.class(f, s.Class), true)
	case ir.Export:
		in.p.export(in, f, s)
	case ir.Guard:
		in.eval(f, s.X)
		in.guard(f, s.X, true)
	}
	return false
}

func (in *interp) choose(f frame, s *ir.Stmt) bool {
	if len(s.Else) == 0 && ir.Ends(s.Body) {
		in.refused = refusesMore(s.X)
	}
	answer := in.eval(f, s.X)
	in.refused = nil
	ends := [2]bool{true, true}
	var then, other map[string]*Value
	ways := make([]*snapshot, 2)
	decided := in.decided(f, s.X)
	in.denies(f, s, answer)
	in.asksMemory(f, s)
	in.ifDebugging(s.X, func() {
		if decided != no {
			then = in.inBranch(f.s, func() {
				in.guard(f, s.X, true)
				in.sameUser(f, s.X, true)
				in.sameCondition(f, s.X)
				ends[0] = in.run(f, s.Body)
			})
			ways[0] = in.ended()
		}
		if decided != yes {
			other = in.inBranch(f.s, func() {
				in.guard(f, s.X, false)
				in.sameUser(f, s.X, false)
				ends[1] = in.run(f, s.Else)
			})
			ways[1] = in.ended()
		}
		in.meets(ways, ends[:])
		if !ends[0] && !ends[1] {
			in.onlyWhen(f, s, ways[0], ways[1])
		}
		in.merge(f.s, []map[string]*Value{then, other}, ends[:])
	})
	f.s.debugging = f.s.debugging || (ends[0] || ends[1]) && forDebugging(s.X)
	return ends[0] && ends[1]
}

func (in *interp) loop(f frame, s *ir.Stmt) {
	var item *Value
	if s.Y != nil {
		if s.X == nil {
			in.turning = s.Y
		}
		v := in.eval(f, s.Y)
		in.turning = nil
		if v.class != nil && !v.isType {
			if m := v.class.method("__iter__", 0); m != nil {
				v = in.invoke(f, m, v, &arguments{}, s.At)
			}
		}
		item = in.elements(v)
		switch {
		case s.Str == "range":
			item = in.ranged(v, item)
		case s.Str == "keys" || v.isDict && f.file.Language == ir.Python:
			item = in.keys(v)
		}
	}
	defer in.inLoop()()
	for round := range 2 { // twice: what one round sets the next one reads
		layers := in.round(f.s, func() {
			if s.X != nil {
				in.bind(f, s.X, item, true)
			} else if s.Y != nil {
				in.guard(f, s.Y, true)
			}
			in.run(f, s.Body)
		})
		ways := in.waysOut()
		in.meets(ways, make([]bool, len(ways))) // there is something to go through
		more := round == 0 && slices.ContainsFunc(layers, func(l map[string]*Value) bool { return in.brings(f.s, l) })
		layers = append(layers, nil) // no round at all
		in.merge(f.s, layers, make([]bool, len(layers)))
		if !more {
			break
		}
	}
}

// brings reports whether a round of a loop has set something from outside that was not there before.
func (in *interp) brings(s *scope, layer map[string]*Value) bool {
	for name, v := range layer {
		if name != "" && name[0] == guardMark {
			continue
		}
		before, _ := in.get(s, name)
		if new := v.all(); len(addTaints(before.all(), new)) > len(before.all()) {
			return true
		}
	}
	return false
}

func (in *interp) try(f frame, s *ir.Stmt) bool {
	var ends [2]bool
	before := in.thrown
	in.thrown = nil
	exits := in.exits()
	catches := len(s.Else) > 0 || len(s.Final) == 0
	if catches {
		in.tries++
	}
	body := in.inBranch(f.s, func() { ends[0] = in.run(f, s.Body) })
	if catches {
		in.tries--
	}
	ways := []*snapshot{in.ended(), nil}
	in.meets(ways[:1], ends[:1]) // what failed did so at the end
	in.catching++
	caught := orNothing(in.thrown)
	in.thrown = before
	handler := in.inBranch(f.s, func() {
		if s.X != nil {
			in.bind(f, s.X, caught, true)
		}
		ends[1] = in.run(f, s.Else) && !allIfs(s.Else) || allIfs(s.Else) && allLeave(s.Else)
	})
	in.catching--
	ways[1] = in.ended()
	in.meets(ways, ends[:])
	in.merge(f.s, []map[string]*Value{body, handler}, ends[:])
	return in.onEveryWay(exits, func() bool { return in.run(f, s.Final) }) || ends[0] && (ends[1] || len(s.Else) == 0)
}

func allIfs(body []*ir.Stmt) bool {
	for _, s := range body {
		if s.Kind != ir.If {
			return false
		}
	}
	return len(body) > 0
}

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
		if p.Str == "results" {
			in.bindResults(f, p, v, declares)
			return
		}
		for i, e := range p.List {
			if e.Kind == ir.Spread {
				in.bind(f, e.X, v, declares)
				continue
			}
			in.bind(f, e, in.member(f, v, itoa(i), e.At), declares)
		}
	case ir.Member:
		x := in.eval(f, p.X)
		in.standsAt(f, p.At)
		if x.ref == "mongoose.Schema().statics" { // schema.statics.byName = function: kept with the schema
			if schema := in.eval(f, p.X.X); schema != nil && !schema.shared {
				in.assign(f, schema, "statics", x, p.At)
			}
		}
		in.setsClient(f, p, p.Str, v)
		in.assign(f, x, p.Str, v, p.At)
		in.onSomeWays(x, p.Str)
		if x.isType && x.class != nil && x.class.static != nil && len(in.overlay) == 0 && in.st == nil {
			x.class.static.fields[p.Str] = v
		}
		in.forget(f, textOf(p))
	case ir.Index:
		x, key := in.eval(f, p.X), in.eval(f, p.Y)
		in.standsAt(f, p.At)
		if key.known {
			in.setsClient(f, p, key.text, v)
			in.assign(f, x, key.text, v, p.At)
			in.onSomeWays(x, key.text)
			return
		}
		in.remembers(f, x, p.Y, key)
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
		if x != nil && x != nothing && !x.shared {
			x.named = join(x.named, key)
		}
	}
}

// assignOneOf sets a field whose name is one of a list: for (const k of ["name", "city"]) patch[k] = body[k].
func (in *interp) assignOneOf(f frame, x *Value, key, v *Value, at int32) bool {
	names := key.choices()
	if x == nil || x == nothing || x.shared || x.ref != "" {
		return false
	}
	for _, name := range names {
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

// inBranch follows a branch that is perhaps not taken.
func (in *interp) inBranch(s *scope, follow func()) map[string]*Value {
	before, state := in.branch, in.begun()
	in.branches++
	in.branch = in.branches
	layer := s.branch(follow)
	in.branch = before
	if in.st != nil {
		in.st.left, in.st.now = in.st.now, state
	}
	return layer
}

func itoa(i int) string {
	if i < 10 {
		return string(rune('0' + i))
	}
	return itoa(i/10) + itoa(i%10)
}

// assign sets a field of a value.
func (in *interp) assign(f frame, x *Value, key string, v *Value, at int32) {
	if x == nil || x == nothing || in.proving > 0 && in.starting != nil {
		return
	}
	if (len(x.taints) > 0 || len(x.holds) > 0) && !in.isData(v, 0) {
		in.takenOut(x, key)
	}
	in.headerOf(f, at, key, v)
	in.setsQuery(f, at, x, key, v)
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
	if x.ref != "" && len(v.taints) > 0 {
		for _, m := range in.p.lookup(f.file.Language, x.ref+"."+key, key, nil) {
			if m.Kind != sink || m.Rule == "error-details" || m.Rule == "html-response" && in.noPageOfKoa(f, x, v) {
				continue
			}
			if m.applies(&arguments{list: []*Value{v}}) {
				in.hit(f, at, m.Rule, callName(m), v.taints, false)
			}
		}
	}
	if x.ref != "" && !v.empty() { // ctx.body = { stack }
		for _, m := range in.p.lookup(f.file.Language, x.ref+"."+key, key, nil) {
			if m.Kind == sink && m.Rule == "error-details" {
				in.tellsTrace(f, at, callName(m), v)
				in.tellsError(f, at, m.Rule, callName(m), errorOfAxios, v, axiosError, axiosError+".toJSON()")
			}
		}
	}
	if key == "emailMessage" { // of Cognito's triggers: what is sent as HTML
		for _, t := range x.taints {
			if strings.HasSuffix(t.Path, "event.response") {
				in.hit(f, at, "html-response", "the mail", v.taints, false)
			}
		}
	}
	if x.ref == "module" && key == "exports" || x.ref == "exports" || x.ref == "module" {
		in.p.assignExport(x, key, v)
		return
	}
	if in.isLasting(x) && key != cell && in.holds(x, key, v) {
		return
	}
	if x.shared && in.starting != nil { // a main of Go sets what it has imported, before any entry
		v = join(x.fields[key], v)
	} else if x.shared {
		o := in.over[x]
		if o == nil {
			o = map[string]*Value{}
			in.over[x] = o
		}
		o[key] = join(o[key], v)
		return
	}
	if x.fields == nil {
		x.fields = map[string]*Value{}
	}
	if len(x.fields) < maxFields {
		x.fields[key] = v
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
	if x != nil && x != nothing && !x.shared {
		x.add(v, []*Value{v})
	}
}

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
	return out
}

// field is a field of a value: what is known of it, or a part of what an outsider put there, or a part of a library.
func (in *interp) field(f frame, v *Value, key string, at int32) *Value {
	if v == nil {
		return nothing
	}
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
		if key == "__dict__" {
			return v
		}
		if m := v.class.method(key, 0); m != nil {
			if isProperty(m.fn) && (!v.isType || m.fn.Static) {
				return in.invoke(f, &closure{fn: m.fn, scope: m.scope, this: v}, v, &arguments{}, at)
			}
			this := v
			if v.self != nil {
				this = v.self
			}
			return &Value{fns: []*closure{{fn: m.fn, scope: m.scope, this: this}}}
		}
		if v.class.static != nil {
			if x, ok := v.class.static.fields[key]; ok {
				return in.attributeOf(v, x, key)
			}
		}
		if x := v.class.inherited(key, 0); x != nil {
			return in.attributeOf(v, x, key)
		}
		if ref := v.class.libraryBase(0); ref != "" && v.isType { // of the class of a library that it extends
			return &Value{ref: ref + "." + key, rows: v.class}
		}
		if m := v.class.method("__getattr__", 0); m != nil && !v.isType && !strings.HasPrefix(key, "__") {
			return in.invoke(f, m, v, &arguments{list: []*Value{constant(key)}}, at)
		}
	}
	if v.ref == "celebrate.Segments" { // names of the parts of a request
		return constant(strings.ToLower(key))
	}
	if key == "prototype" && v.class != nil && v.isType {
		return v.class.prototype()
	}
	if key == "prototype" && len(v.fns) > 0 && v.fields == nil && !v.shared {
		v.fields = map[string]*Value{"prototype": {fields: map[string]*Value{}}}
		return v.fields["prototype"]
	}
	if key == "length" && f.file != nil && f.file.Language == ir.Node { // a number
		return &Value{}
	}
	if m := v.methodOfRow(key); m != nil {
		return m
	}
	if q := in.queries[v]; q != nil && key == "searchParams" {
		return q
	}
	out := &Value{}
	if v.ref != "" {
		out.ref, out.args, out.kw, out.asked, out.rows, out.mapped = v.ref+"."+key, v.args, v.kw, v.asked, v.rows, v.mapped
		if service, ok := strings.CutPrefix(v.ref, "boto3:"); ok && key == "client" && strings.HasSuffix(service, ".meta") { // the client of a resource
			out.ref = "boto3:" + first(service)
		}
		if v.ref == "builtin.globalThis" || v.ref == "builtin.global" || v.ref == "builtin.window" {
			out.ref = "builtin." + key
		}
		if v.ref == "path" && (key == "posix" || key == "win32") { // the same functions, for the paths of one system
			out.ref = "path"
		}
	}
	if v.elem != nil {
		out = join(out, asHeader(v.elem, key))
	}
	if out.ref != "" {
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
				return &c
			}
		}
	}
	if len(v.taints) > 0 {
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
		out = &c
	}
	if s := v.secret.part(in.p, key); s != nil {
		c := *out
		c.secret = s
		out = &c
	}
	if key == "searchParams" && isAddress(v.ref) {
		in.hasQuery(v, out)
	}
	if key == "href" && in.queries[v] != nil {
		return in.withQuery(v, "toString", out)
	}
	if out.empty() {
		return &Value{}
	}
	return out
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

// mailID is the identifier that SES gives to a mail, under which it also keeps it in a bucket: who sent the mail wrote what is in there.
const mailID = "ses.mail.messageId"

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
		if u.pieces { // one part has no slashes
			u = *u.cleaned([]string{"path-traversal"})
			u.pieces = false
		}
		if len(t.Path) < 120 {
			u.Path = t.Path + "." + key
			if _, ok := number(key); ok {
				u.Path = t.Path + "[]"
			}
		}
		if t.Source != nil && !t.Source.Stored && !(in.ownEvent && isField(u.Path)) && in.p.platform(u.Path) && !in.identity(u.Path) {
			continue
		}
		if beginsWithSlash[u.Path] {
			u.lead = "/"
		}
		in.asks(t, u.Path)
		if strings.HasPrefix(u.Path, "req.body.") || strings.HasPrefix(u.Path, "req.query.") || strings.HasPrefix(u.Path, "ctx.request.body") || u.Path == "req.body" {
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
		if strings.HasSuffix(u.Path, mailID) {
			u = *u.cleaned(append([]string{"object-key", "path-traversal", "user-controlled-target"}, encoded...))
		}
		if t.token == tokenPart && key == "2" { // its signature
			u.token = noToken
		}
		out = append(out, &u)
	}
	return out
}

// httpTexts are parts of requests over HTTP whose members are texts.
var httpTexts = set("event.pathParameters event.queryStringParameters event.headers event.params.path event.params.querystring event.params.header")

// beginsWithSlash are parts of requests that are paths from the root.
var beginsWithSlash = set("event.path event.rawPath req.path req.url req.originalUrl ctx.path ctx.url request.path request.full_path")

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
	if v == nil {
		return nothing
	}
	if rows := v.fields[rowsOfCursor]; rows != nil {
		return rows.elem
	}
	out := v.elem
	for k, x := range sorted(v.fields) {
		if _, ok := number(k); ok {
			out = join(out, x)
		}
	}
	if len(v.taints) > 0 {
		out = join(out, &Value{taints: in.parts(v.taints, "0")})
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
			out = append(out, t)
		}
	}
	if v.named != nil {
		out = addTaints(out, v.named.taints)
	}
	return &Value{taints: out}
}

func (in *interp) eval(f frame, e *ir.Expr) *Value {
	if e == nil || !in.spend() {
		return nothing
	}
	v := in.expression(f, e)
	if f.s != nil && (e.Kind == ir.Member || e.Kind == ir.Call || v.trace != nil && e.Kind == ir.Name) {
		v = in.traced(f, e, v)
	}
	if f.s != nil && in.st == nil && len(v.taints)+len(v.numbers) > 0 && (e.Kind == ir.Name || e.Kind == ir.Member || e.Kind == ir.Index || e.Kind == ir.Call) {
		return in.harmless(f, e, v)
	}
	return v
}

func (in *interp) expression(f frame, e *ir.Expr) *Value {
	switch e.Kind {
	case ir.Const:
		return constantOf(e)
	case ir.Name:
		return in.name(f, e)
	case ir.This:
		for s := f.s; s != nil; s = s.parent {
			if s.this != nil {
				if in.st != nil {
					return in.asPut(f, s.this, e.At, 0)
				}
				return s.this
			}
		}
		if m := f.s.moduleOf(); m != nil && m.object != nil { // of a module: what it gives to others
			return orNothing(m.object.fields["exports"])
		}
		return nothing
	case ir.Member:
		x := in.eval(f, e.X)
		in.lazily(f, x, e.Str, e.At)
		return in.member(f, x, e.Str, e.At)
	case ir.Index:
		x, key := in.eval(f, e.X), in.eval(f, e.Y)
		if x.isType && x.class != nil && f.file.Language == ir.Python { // Repository[Order]
			return x
		}
		if f.file.Language == ir.Python && isTyping(x.ref) {
			return &Value{ref: x.ref + "[]", kind: &declared{f, e}}
		}
		if key.known && key.text == ":" { // a slice
			in.cutsText(":", x)
			c := *x
			c.known, c.text = false, ""
			return hidden(&c)
		}
		if x.class != nil && !x.isType {
			if m := x.class.method("__getitem__", 0); m != nil {
				return in.invoke(f, m, x, &arguments{list: []*Value{key}}, e.At)
			}
		}
		if key.known {
			return in.member(f, x, key.text, e.At)
		}
		in.chosenByName(f, e.At, x)
		v := in.keptForAll(f, x, key, e.At, in.anyMember(x))
		if key.random != nil {
			c := *v
			c.random = key.random.pick()
			v = &c
		}
		if keys := harmfulKeys(key); len(keys) > 0 && f.file.Language == ir.Node && !ofKeys(x, keys) && !x.bare {
			c := *v
			c.chosen = keys
			return &c
		}
		return v
	case ir.Call:
		v := in.madeSafe(f, e, in.call(f, e))
		in.told(e, orNothing(v).proves)
		if v != nil && v.written == bareWord { // a number perhaps becomes a text
			c := *v
			c.written = anyhow
			return &c
		}
		return v
	case ir.Lambda:
		return &Value{fns: []*closure{{fn: e.Fn, scope: f.s, this: thisOf(f.s)}}}
	case ir.ClassOf:
		return in.class(f, e.Class)
	case ir.Object:
		return in.object(f, e)
	case ir.Array:
		return in.array(f, e)
	case ir.Template:
		return in.concat(f, e.List, e.At)
	case ir.Binary:
		return in.binary(f, e)
	case ir.Not:
		in.refusesType(f, e.X)
		x := in.eval(f, e.X)
		if old, not := in.tellsOf(x), x.otherwise().denied(); len(old) > 0 || not != nil {
			return &Value{taints: old, without: not}
		}
		return nothing
	case ir.Cond:
		in.eval(f, e.X)
		switch in.decided(f, e.X) {
		case yes:
			return in.eval(f, e.Y)
		case no:
			return in.eval(f, e.Z)
		}
		var y, z *Value
		in.ifDebugging(e.X, func() {
			then := in.inBranch(f.s, func() { in.guard(f, e.X, true); in.sameUser(f, e.X, true); y = in.eval(f, e.Y) })
			ways := []*snapshot{in.ended(), nil}
			other := in.inBranch(f.s, func() { in.guard(f, e.X, false); in.sameUser(f, e.X, false); z = in.eval(f, e.Z) })
			ways[1] = in.ended()
			in.meets(ways, []bool{false, false})
			in.merge(f.s, []map[string]*Value{then, other}, []bool{false, false})
		})
		return join(y, z)
	case ir.Assign:
		return in.assignment(f, e)
	case ir.Await, ir.Spread:
		v := in.eval(f, e.X)
		switch e.Str {
		case "yield":
			f.s.yielded = join(f.s.yielded, v)
			return nothing
		case "yield*":
			f.s.yielded = join(f.s.yielded, in.elements(v))
			return nothing
		}
		return v
	}
	var out *Value
	if e.Str == "typeof" {
		in.eval(f, e.List[0])
		return &Value{}
	}
	in.chained(f, e)
	for _, x := range e.List {
		v := in.eval(f, x)
		if t := v.all(); len(t) > 0 {
			out = join(out, &Value{taints: t})
		}
	}
	if out == nil {
		return &Value{}
	}
	return out
}

func thisOf(s *scope) *Value {
	for ; s != nil; s = s.parent {
		if s.this != nil {
			return s.this
		}
	}
	return nil
}

func (in *interp) name(f frame, e *ir.Expr) *Value {
	if v, ok := in.get(f.s, e.Str); ok {
		if in.st != nil {
			return in.variable(f, e, v)
		}
		return v
	}
	switch e.Str {
	case "undefined", "None", "null":
		return nothing
	case "super":
		if f.file.Language == ir.Node {
			return orNothing(in.super(f))
		}
	}
	return &Value{ref: "builtin." + e.Str}
}

// anyMember is a field whose name is not known.
func (in *interp) anyMember(x *Value) *Value {
	bare := *x
	bare.taints = nil
	out := in.elements(&bare)
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
	return out
}

// operands are the comparisons of MongoDB, in which no other operators stand.
var operands = set("$eq $ne $gt $gte $lt $lte $in $nin $all $size $mod $exists $type")

func (in *interp) object(f frame, e *ir.Expr) *Value {
	if f.file.Language == ir.Go {
		return in.structOf(f, e)
	}
	v := &Value{fields: map[string]*Value{}, isDict: true, born: in.branch}
	for i, x := range e.List {
		key := e.Keys[i]
		if key == "" && x.Kind == ir.Unknown && len(x.List) == 2 { // a computed key
			name, val := in.eval(f, x.List[0]), in.eval(f, x.List[1])
			if name.known && name.text != "" && len(v.fields) < maxFields {
				v.fields[name.text] = val
				continue
			}
			v.named, v.elem = join(v.named, name), join(v.elem, val)
			continue
		}
		val := in.forName(key, func() *Value { return in.eval(f, x) })
		in.guessable(f, key, x, val)
		if text := val.fields["S"]; text != nil && len(val.fields) == 1 && x.Kind == ir.Object { // in the types of DynamoDB
			in.guessable(f, key, x.List[0], text)
		}
		if key == "..." && x.Kind == ir.Name && len(val.taints) > 0 {
			val = in.guardedFields(f, x.Str, val)
		}
		if len(v.taints) > 0 && key != "..." && !in.isData(val, 0) { // {...body, password: "***"}
			in.takenOut(v, key)
		}
		if operands[key] { // of MongoDB: whatever it is, it is no operator
			val = cleanedBy(&Value{taints: val.all()}, []string{"nosql"})
		}
		if key == "..." {
			if len(val.taints) > 0 { // it may have any of the fields that stand before it
				for k, field := range sorted(v.fields) {
					v.fields[k] = join(field, &Value{taints: in.parts(val.taints, k)})
				}
			}
			for k, field := range sorted(val.fields) {
				v.fields[k] = field
			}
			v.elem = join(v.elem, val.elem)
			v.taints = addTaints(v.taints, val.taints)
			v.someOf(val, x)
			if v.spread == nil || v.spread.closed() {
				v.spread = val
			}
			continue
		}
		if len(v.fields) < maxFields {
			v.fields[key] = val
			delete(v.some, key)
		}
	}
	if in.answers == "lambda" && v.fields["statusCode"] != nil {
		if slices.Contains(e.Keys, "body") {
			in.respond(f, v, e.At)
		} else {
			in.respondAgain(f, v, nil, e.At)
		}
	}
	in.echoesOrigin(f, v, e.At)
	in.trusts(f, e, v)
	return v
}

// someOf notes which of the fields that an object spreads into another one are there on some ways only: {...(a && {b})}.
func (v *Value) someOf(spread *Value, e *ir.Expr) {
	chosen := e.Kind == ir.Binary || e.Kind == ir.Cond
	for name := range spread.fields {
		switch {
		case chosen || spread.some[name]:
			if v.some == nil {
				v.some = map[string]bool{}
			}
			v.some[name] = true
		default:
			delete(v.some, name)
		}
	}
}

func (in *interp) array(f frame, e *ir.Expr) *Value {
	v := &Value{fields: map[string]*Value{}, isList: f.file.Language == ir.Python, results: e.Str == "results"}
	if e.X != nil {
		v.kind = &declared{f, e.X}
	}
	for i, x := range e.List {
		val := in.eval(f, x)
		if v.results && x.Kind == ir.Name && val.class != nil && !val.isType { // return order, nil
			val = in.guardedFields(f, x.Str, val)
		}
		if x.Kind == ir.Spread {
			v.add(in.elements(val), in.singles(val))
			v.taints = addTaints(v.taints, val.taints)
			continue
		}
		if i < 20 {
			v.fields[itoa(i)] = val
		} else {
			v.elem = join(v.elem, val)
		}
	}
	return v
}

// concat is a text that is put together.
func (in *interp) concat(f frame, parts []*ir.Expr, at int32) *Value {
	values := make([]*Value, len(parts))
	for i, p := range parts {
		values[i] = in.eval(f, p)
	}
	return in.joined(f, values, at)
}

// joined is a text of these parts.
func (in *interp) joined(f frame, parts []*Value, at int32) *Value {
	if f.file.Language == ir.Go { // a + b + c, which is (a + b) + c
		parts = inParts(parts)
	}
	out := &Value{known: true}
	before := ""
	for i, v := range parts {
		if text := in.asText(f, v, at); text != v {
			parts[i], v = text, text
		}
		taints := texts(v.all())
		out.taints = addTaints(out.taints, inBody(behind(taints, before), parts[:i]))
		out.known = out.known && v.known
		out.text += v.text
		out.signs = addTaints(out.signs, v.signs)
		if out.trace == nil {
			out.trace = v.trace
		}
		if out.random == nil {
			out.random = v.random.signs()
		}
		if out.secret == nil {
			out.secret = v.secret
		}
		switch {
		case v.known:
			before += v.text
		case len(taints) > 0:
			before += v.prefix + outsiders
		default:
			before += v.prefix + unknownText
		}
	}
	if out.known {
		out.written = inQuotes
	}
	if !out.known && len(before) < 500 {
		out.prefix, _, _ = strings.Cut(before, unknownText)
		out.prefix, _, _ = strings.Cut(out.prefix, outsiders)
	}
	if !out.known {
		out.text, out.clock = "", clockOf(parts, false)
	}
	if !out.known && len(parts) <= maxTextParts {
		out.parts = parts
	}
	if len(out.text) > 4_000 {
		out.known, out.text = false, ""
	}
	out.taints = in.stepped(f, out.taints, at, intoText)
	return out
}

// inParts are the parts of a text, with those of texts that were put together before.
func inParts(list []*Value) []*Value {
	var out []*Value
	for _, v := range list {
		if len(v.parts) > 0 && !v.known && len(v.alts)+len(v.either) == 0 {
			out = append(out, v.parts...)
			continue
		}
		out = append(out, v)
	}
	return out
}

// intoText is what happens to data that is put into a text.
const intoText = "becomes part of a text"

// What stands in the text before a part, where it is not known.
const (
	unknownText = "\x01"
	outsiders   = "\x02"
)

// fixedHost is the beginning of an address of which the host cannot be changed any more.
var fixedHost = regexp.MustCompile(`^(?i:[a-z][a-z0-9+.-]*:)?//[^/?#\x02]+[/?#]|^\x01(?:[^:]|:[^/]|$)`)

// bucketAddress is the beginning of an address of an object of which nothing but the bucket is named.
var bucketAddress = regexp.MustCompile(`^(?:s3[an]?|gs|oss)://[^/\x02]*/$`)

// oneSegment is the beginning of a path up to its first slash.
var oneSegment = regexp.MustCompile(`^/?[^/\x02]+/$`)

// behind are taints of a part of a text that comes after something: what begins with a constant leads nowhere else.
func behind(taints []*Taint, before string) []*Taint {
	if before == "" || len(taints) == 0 {
		return taints
	}
	out := make([]*Taint, 0, len(taints))
	for _, t := range taints {
		lead := before + t.lead
		rules := []string{"object-key", "user-controlled-target"}
		if bucketAddress.MatchString(lead) {
			rules = rules[1:]
		}
		if isObjectKey(t.Path) {
			rules = append(rules, "path-traversal") // no key of an object climbs above the folder that it begins in
		}
		switch {
		case fixedHost.MatchString(lead):
			rules = append(rules, "ssrf", "open-redirect")
		case lead[0] == '?', lead[0] == '#', len(lead) > 1 && lead[0] == '/' && lead[1] != '/' && lead[1] != outsiders[0]:
			rules = append(rules, "open-redirect", "ssrf")
		case lead == "/": // a path below the address that a client was made with
			rules = append(rules, "ssrf")
		}
		u := t.cleaned(rules)
		u.copied = !t.clean["object-key"] && oneSegment.MatchString(lead)
		if len(lead) < 200 {
			u.lead = lead
		}
		out = append(out, u)
	}
	return out
}

// behindBucket are taints of the source of a copy, which begins with the name of the bucket: what stands behind it is the key.
func behindBucket(taints []*Taint) []*Taint {
	out := slices.Clone(taints)
	for i, t := range out {
		if t.copied {
			u := *t
			u.clean = maps.Clone(t.clean)
			delete(u.clean, "object-key")
			out[i] = &u
		}
	}
	return out
}

// formatted is a text with placeholders that are filled in order, or by their names; mark begins one.
func (in *interp) formatted(f frame, text *Value, mark string, parts []*Value, named map[string]*Value, at int32) *Value {
	if !text.known {
		return in.joined(f, append([]*Value{text}, parts...), at)
	}
	var all []*Value
	used := map[int]bool{}
	plain, rest := true, text.text
	for next := 0; ; {
		hole := holes[mark].FindStringSubmatchIndex(rest)
		if hole == nil || next >= len(parts) {
			plain = plain && hole == nil
			break
		}
		name, i := "", next
		if hole[2] >= 0 {
			name = rest[hole[2]:hole[3]]
		}
		if n, ok := number(name); ok && n < len(parts) {
			i = n
		} else {
			next++
		}
		part := parts[i]
		if name != "" && i == next-1 { // which of those with names it is
			part = &Value{taints: part.taints, fields: part.fields, elem: part.elem}
			if x := named[name]; x != nil && len(x.taints) == 0 {
				part = x
			}
		}
		used[i] = true
		plain = plain && plainHole.MatchString(rest[hole[0]:hole[1]])
		all = append(all, constant(rest[:hole[0]]), part)
		rest = rest[hole[1]:]
	}
	for i, part := range parts {
		if !used[i] {
			all, plain = append(all, part), false
		}
	}
	out := in.joined(f, append(all, constant(rest)), at)
	if out.known && !plain {
		out.known, out.text = false, ""
	}
	return out
}

// plainHole is a place for a part as it is, and not for one that is filled up or shortened.
var plainHole = regexp.MustCompile(`^(%(\(\w*\))?[sdv]|\{\w*\})$`)

// holes are what stands in a text for its parts, by the first sign: with the number or name of the part.
var holes = map[string]*regexp.Regexp{
	"{": regexp.MustCompile(`\{([^{}:!.\[]*)[^{}]*\}`), "%": regexp.MustCompile(`%(?:\(([^)]*)\))?[-+ #0-9.*]*[a-zA-Z]`),
}

// texts are taints of what has become a text.
func texts(taints []*Taint) []*Taint {
	var out []*Taint
	for _, t := range taints {
		if t.object {
			u := *t
			u.object = false
			t = &u
		}
		out = append(out, t)
	}
	return out
}

func (in *interp) stepped(f frame, taints []*Taint, at int32, note string) []*Taint {
	if len(taints) == 0 {
		return nil
	}
	out := make([]*Taint, len(taints))
	for i, t := range taints {
		out[i] = t.with(f.file, at, note, in.steps)
	}
	return out
}

func (in *interp) binary(f frame, e *ir.Expr) *Value {
	in.comparesMembers(f, e)
	switch e.Str {
	case "+":
		x, y := in.eval(f, e.X), in.eval(f, e.Y)
		if x.isList || y.isList { // of Python
			return in.plus(x, y)
		}
		if v := sum(x, y); v != nil {
			return v
		}
		v := in.joined(f, []*Value{x, y}, e.At)
		if len(x.numbers)+len(y.numbers) > 0 && x.written != inQuotes && y.written != inQuotes {
			v.numbers = addTaints(x.numbers, y.numbers)
		}
		return v
	case "%":
		if f.file.Language == ir.Python {
			x := in.eval(f, e.X)
			parts := []*ir.Expr{e.Y}
			if e.Y.Kind == ir.Array {
				parts = e.Y.List
			}
			values := make([]*Value, len(parts))
			for i, p := range parts {
				values[i] = in.eval(f, p)
			}
			var named map[string]*Value
			if len(values) == 1 {
				named = values[0].fields
			}
			return in.formatted(f, x, "%", values, named, e.At)
		}
	case "||", "??":
		x := in.eval(f, e.X)
		y := in.eval(f, e.Y)
		if f.file.Language == ir.Go {
			return &Value{}
		}
		if isThere(x) {
			return x
		}
		return backed(x, y)
	case "&&":
		in.eval(f, e.X)
		var y *Value
		in.ifDebugging(e.X, func() {
			then := in.inBranch(f.s, func() { in.guard(f, e.X, true); in.sameUser(f, e.X, true); y = in.eval(f, e.Y) })
			in.meets([]*snapshot{in.ended(), in.begun()}, []bool{false, false})
			in.merge(f.s, []map[string]*Value{then, {}}, []bool{false, false}) // what is set in it
		})
		return y
	case "|": // of dictionaries
		x, y := in.eval(f, e.X), in.eval(f, e.Y)
		if len(x.fields)+len(y.fields) > 0 || len(y.taints) > 0 {
			return in.merged(x, y)
		}
		return &Value{random: ofNumbers("|", x, y)}
	case "&":
		return allOf(in.eval(f, e.X), in.eval(f, e.Y))
	case "/": // pathlib
		if f.file.Language == ir.Python {
			x, y := in.eval(f, e.X), in.eval(f, e.Y)
			return &Value{taints: addTaints(x.taints, y.taints), numbers: addTaints(x.numbers, y.numbers), ref: x.ref}
		}
	}
	turning := in.turning == e
	x, y := in.eval(f, e.X), in.eval(f, e.Y)
	if turning {
		in.turning = e
	}
	switch e.Str {
	case "===", "==", "!==", "!=":
		in.comparesCode(f, e.At, x, y)
		in.comparesDigest(f, e, x, y)
	}
	switch data := codesOf(x, y); e.Str {
	case "in", "not in":
		in.isIn(x, y)
	case "<", "<=", ">", ">=":
		in.weighed(f, e, x, y)
	case "*", "-", "/", "**":
		if f.file.Language == ir.Python && e.Str == "*" {
			in.repeats(f, e, x, y)
		}
		return &Value{taints: in.tellsOf(x, y), numbers: counts(x, y), random: ofNumbers(e.Str, x, y), clock: ofClock(e.Str, x, y)}
	case "===", "==":
		in.likened(f, e, x, y)
		in.told(e, data)
		return &Value{proves: data, taints: in.tellsOf(x, y), without: compared(e.Str, x, y)}
	case "!==", "!=":
		in.likened(f, e, x, y)
		in.told(e, data)
	}
	return &Value{taints: in.tellsOf(x, y), without: compared(e.Str, x, y), random: ofNumbers(e.Str, x, y), clock: ofClock(e.Str, x, y)}
}

// sum is what two whole numbers that are written out make.
func sum(x, y *Value) *Value {
	if !x.known || !y.known || x.written != bareWord || y.written != bareWord {
		return nil
	}
	a, failed := strconv.Atoi(x.text)
	b, failedToo := strconv.Atoi(y.text)
	if failed != nil || failedToo != nil {
		return nil
	}
	return &Value{text: strconv.Itoa(a + b), known: true, written: bareWord}
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
	v := in.forName(lastPart(textOf(e.X)), func() *Value { return in.eval(f, e.Y) })
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
			v = errorOfGo(e.X, goResult(v))
			in.predictable(f, lastName(e.X), e.Y, v)
		}
		in.bind(f, e.X, v, e.Str == ":=")
		in.rememberResults(f, e)
		return v
	}
	in.bind(f, e.X, v, f.file.Language == ir.Python && e.X.Kind != ir.Member && e.X.Kind != ir.Index)
	in.remember(f, e)
	in.guessable(f, lastName(e.X), e.Y, v)
	return v
}

// merged is an object with the fields of another over its own.
func (in *interp) merged(x, y *Value) *Value {
	v := &Value{fields: map[string]*Value{}, elem: join(x.elem, y.elem), taints: addTaints(x.taints, y.taints)}
	for k, field := range sorted(x.fields) {
		if len(y.taints) > 0 {
			field = join(field, &Value{taints: in.parts(y.taints, k)})
		}
		v.fields[k] = field
	}
	for k, field := range sorted(y.fields) {
		v.fields[k] = field
	}
	return v
}

// entered is what a with statement binds: what __enter__ gives, or what the generator of a context manager yields.
func (in *interp) entered(f frame, v *Value, at int32) *Value {
	if v.class != nil && !v.isType {
		for _, name := range []string{"__enter__", "__aenter__"} {
			if m := v.class.method(name, 0); m != nil {
				return in.invoke(f, m, v, &arguments{}, at)
			}
		}
	}
	if v.elem != nil && len(v.fields) == 0 && len(v.taints) == 0 && v.ref == "" {
		return v.elem
	}
	return v
}

func (in *interp) class(f frame, c *ir.Class) *Value {
	cl := &class{def: c, scope: f.s, methods: map[string]*closure{}, static: &Value{fields: map[string]*Value{}}}
	for _, b := range c.Bases {
		if b.Kind == ir.Index && f.file.Language == ir.Python { // Repository[Order]
			b = b.X
		}
		cl.bases = append(cl.bases, in.eval(f, b))
	}
	for _, m := range c.Methods {
		cl.methods[m.Name] = &closure{fn: m, scope: f.s}
	}
	v := &Value{class: cl, isType: true, fields: map[string]*Value{}}
	in.routesOfClass(f, c, cl)
	for name, m := range sorted(cl.methods) {
		if m.fn.Static && !m.fn.Getter {
			v.fields[name] = &Value{fns: []*closure{m}}
		}
	}
	if f.file.Language == ir.Node && c.Name != "" { // static client = Service.connect()
		in.set(f.s, c.Name, v, true)
	}
	for _, field := range c.Fields {
		if field.Value != nil {
			cl.static.fields[field.Name] = in.eval(f, field.Value)
		}
	}
	if f.file.Language == ir.Python {
		for _, d := range c.Decorators { // that keep the class somewhere
			if d := in.eval(f, d); len(d.fns) > 0 {
				in.invoke(f, d.fns[0], d.fns[0].this, &arguments{list: []*Value{v}}, d.fns[0].fn.Start)
			}
		}
		if m := cl.inheritedMethod("__init_subclass__"); m != nil {
			in.invoke(f, m, v, &arguments{}, m.fn.Start)
		}
	}
	return v
}

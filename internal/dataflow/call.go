package dataflow

import (
	"regexp"
	"slices"

	"wardlet.example/internal/ir"
)

// containerMethods are methods of dictionaries and lists, which are meant where no element has that name.
var containerMethods = set("get pop shift setdefault items keys values entries forEach map filter find some every reduce sort push append set has includes concat slice update copy flatMap extend insert popleft at")

// call follows a call: into a function of the program, or by what is known of a library.
func (in *interp) call(f frame, e *ir.Expr) *Value {
	if v, ok := in.eachConstant(f, e); ok {
		return v
	}
	var recv *Value
	var callee *Value
	method := ""
	if e.X.Kind == ir.Member {
		if e.X.Str == "catch" {
			recv = in.tried(f, e.X.X)
		} else {
			recv = in.eval(f, e.X.X)
		}
		method = e.X.Str
		recv = in.asReceiver(f, e.X.X, in.promoting(f, recv, method, e.X.At), method)
		in.cutsText(method, recv)
		callee = in.member(f, recv, method, e.X.At)
		if len(callee.fns) > 0 && recv != nil && recv.class == nil && recv.ref == "" && recv.fields[method] == nil && containerMethods[method] && f.file.Language != ir.Go { // of a table of functions
			callee = &Value{}
		}
	} else {
		callee = in.eval(f, e.X)
	}
	callee = in.ofTypes(f, e, callee)
	in.p.leadsTo(e, callee)
	in.callsDirectly(f, e, callee)
	inVain := in.inVain
	in.inVain = inVain || callee.ref == "lambda.callback" && in.failsWith(e) // what is given beside an error is dropped
	args := in.arguments(f, e)
	in.inVain = inVain
	in.writesInto(f, e, callee.ref, args)
	in.asksMembers(f, e)
	in.fillsMemory(f, e, recv, method, args)
	v := namedHeader(in.callOf(call{f, e, recv, method, callee, args}), callee, args)
	in.wasText(f, e, recv, method)
	v = writtenNumber(v, recv, callee, method, args)
	if method != "" || callee.ref != "" {
		v = keepsOtherwise(v, recv, orElse(method, lastPart(callee.ref)), args)
	}
	return signTaken(e, recv, args, ofKeyOf(f, e, recv, callee, args, ticks(f, e, recv, callee, args, in.madePassword(f, e, callee, rolled(f, e, recv, callee, args, in.withQuery(recv, method, in.keepsSecret(f, e, recv, method, args, v)))))))
}

// onlyTextsHave are methods that texts have, and nothing else that JSON can hold: of anything else the call of one throws.
var onlyTextsHave = map[ir.Language]map[string]bool{
	ir.Node: set("split toLowerCase toUpperCase toLocaleLowerCase toLocaleUpperCase trim trimStart trimEnd startsWith endsWith charAt charCodeAt codePointAt padStart padEnd " +
		"substring substr replace replaceAll match matchAll localeCompare normalize repeat"),
	ir.Python: set("split rsplit splitlines strip lstrip rstrip lower upper casefold title startswith endswith encode replace partition rpartition isdigit isalnum isalpha"),
}

// wasText notes that what an outsider sent is a text where a method of texts was called on it: behind email.split("@") it is no object.
func (in *interp) wasText(f frame, e *ir.Expr, recv *Value, method string) {
	if recv == nil || recv.ref != "" || recv.class != nil || !onlyTextsHave[f.file.Language][method] || len(recv.fields) > 0 {
		return
	}
	for _, t := range recv.taints {
		if t.object {
			in.trust(f, e.X.X, textOnly)
			in.trustText(f, pathMark+t.Path, textOnly) // under whatever name
		}
	}
}

// callOf follows a call of which all parts are known.
func (in *interp) callOf(c call) *Value {
	if len(c.callee.among) > 0 {
		return in.calledAmong(c)
	}
	if c.callee.filled != nil {
		bare := *c.callee
		bare.filled = nil
		c.callee, c.args = &bare, c.args.after(c.callee.filled)
	}
	for _, follow := range []native{(*interp).ofRuntime, (*interp).ofClass, (*interp).noticed} {
		if v, ok := follow(in, c); ok {
			return v
		}
	}
	if c.f.file.Language == ir.Go {
		if v, ok := in.goNative(c); ok {
			return v
		}
	}
	if v, ok := in.native(c); ok {
		return v
	}
	switch {
	case c.e.New && len(c.callee.fns) > 0 && c.f.file.Language == ir.Node:
		return in.constructed(c)
	case len(c.callee.fns) > 0:
		return in.ofProgram(c)
	case len(c.callee.wraps) > 0 && c.method == "":
		return in.wrapped(c.f, c.e, c.callee, c.args)
	}
	return in.library(c)
}

// ofRuntime are calls by which a program answers, or takes up another of its modules.
func (in *interp) ofRuntime(c call) (*Value, bool) {
	switch {
	case c.callee.sink != nil: // the resolve of a promise
		calledBack(c.callee, c.args)
		return nothing, true
	case in.answered(c.f, c.e, c.callee.ref, c.args), in.handsErrorOn(c):
		return nothing, true
	case c.callee.ref == "builtin.require" && len(c.args.list) > 0 && c.args.list[0].known:
		if v, ok := in.fromRoot(c); ok {
			return v, true
		}
		return in.p.require(in, c.f.file, c.args.list[0].text), true
	case c.callee.ref == "util.promisify" || c.callee.ref == "bluebird.promisify":
		return c.args.get(0), true
	}
	return in.loadsModule(c)
}

// ofClass are calls of classes of the program, which make instances, and of instances themselves.
func (in *interp) ofClass(c call) (*Value, bool) {
	isClass := c.callee.isType && c.callee.class != nil
	switch {
	case isClass && c.f.file.Language == ir.Go: // as another type
		return in.asKind(c.f, c.e.X, c.args.get(0)), true
	case isClass:
		v := in.instance(c.f, c.callee, c.args, c.e.At)
		for _, o := range c.callee.others {
			if o.isType {
				v = join(v, in.instance(c.f, o, c.args, c.e.At))
			}
		}
		return v, true
	case c.e.X.Kind == ir.Name && c.e.X.Str == "super" && c.f.file.Language == ir.Node:
		if base := in.super(c.f); base != nil {
			if m := base.class.method("constructor", 0); m != nil {
				in.invoke(c.f, m, orSelf(base), c.args, c.e.At)
			}
		}
		return nothing, true
	}
	if x := c.args.get(0); c.callee.ref == "builtin.bool" && x.class != nil && len(c.e.List) == 1 {
		if v := in.asTruth(c.f, c.e.List[0], x); v != x {
			return v, true
		}
	}
	if c.callee.class != nil && len(c.callee.fns) == 0 { // an instance that is called
		if m := c.callee.class.method("__call__", 0); m != nil {
			return in.invoke(c.f, m, c.callee, c.args, c.e.At), true
		}
	}
	return nil, false
}

// noticed are calls of which something is noted whatever follows them, and those that the stores of the program answer: caches, tables, records.
func (in *interp) noticed(c call) (*Value, bool) {
	if v := in.compiled(c.f, c.e, c.args); v != nil {
		return v, true
	}
	in.headerSet(c.f, c.e, c.method, c.args)
	in.refilled(c)
	in.comparesByCall(c)
	in.slow(c.f, c.e, c.recv, c.method, c.callee, c.args)
	if in.st != nil && in.emptied(c.f, c.e, c.recv, c.method) {
		return nothing, true
	}
	in.durable(c.f, c.e, c.callee.ref, c.args)
	if v, ok := in.cached(c.f, c.e, c.recv, c.method, c.args); ok {
		return v, true
	}
	if v, ok := in.ofTable(c.f, c.e, c.recv, c.method, c.args); ok {
		return v, true
	}
	return in.ofRecord(c.f, c.e, c.recv, c.method, c.args)
}

// constructed is what a function makes as a constructor: new Order(), of JavaScript before it had classes.
func (in *interp) constructed(c call) *Value {
	o := &Value{fields: map[string]*Value{}}
	if proto := c.callee.fields["prototype"]; proto != nil {
		for k, x := range sorted(proto.fields) {
			o.fields[k] = rebound(x, o)
		}
	}
	for _, fn := range c.callee.fns {
		in.invoke(c.f, fn, o, c.args, c.e.At)
	}
	return o
}

// ofProgram is what functions of the program give, each with what picks it among others.
func (in *interp) ofProgram(c call) *Value {
	var out *Value
	follow := func(fn *closure) {
		this := fn.this
		if this == nil && c.recv != nil && c.recv.ref == "" {
			this = c.recv
		}
		in.within(in.picked(c.f, c.e.X, fn), func() { out = join(out, in.invoke(c.f, fn, this, c.args, c.e.At)) })
	}
	if !c.callee.oneOf {
		for _, fn := range c.callee.fns {
			follow(fn)
		}
		return orNothing(out)
	}
	ways := make([]*arm, len(c.callee.fns)) // one of them is called: none finds what another one has set
	for i, fn := range c.callee.fns {
		ways[i] = &arm{}
		in.inArm(ways[i], func() { follow(fn) })
	}
	in.meetFields(c.f, ways)
	return orNothing(out)
}

// answered takes what a handler answers through its callback or context.
func (in *interp) answered(f frame, e *ir.Expr, ref string, args *arguments) bool {
	at := 0
	switch ref {
	case "lambda.callback", "lambda.context.done":
		at = 1
	case "lambda.context.succeed":
	case "lambda.context.fail":
		in.failsInWriting(f, e, args)
		return true
	default:
		return false
	}
	if at == 1 && len(e.List) == 1 {
		in.failsInWriting(f, e, args)
	}
	if at == 1 && in.failsWith(e) {
		return true
	}
	in.respondAgain(f, args.get(at), argumentExpr(e, itoa(at)), e.At)
	return true
}

// failsInWriting takes what a handler fails with where it writes that itself, for whoever called it: context.fail(JSON.stringify({ message })),
// callback(JSON.stringify({ message })).
// An API that hands requests on as they are shows nothing of it: its handlers answer with a status.
func (in *interp) failsInWriting(f frame, e *ir.Expr, args *arguments) {
	if len(e.List) == 0 || e.List[0].Kind != ir.Call || textOf(e.List[0].X) != "JSON.stringify" || answersStatus.Match(f.file.Tree.Source) {
		return
	}
	in.tellsAnswer(answerAt{f, e.At, textOf(e.X), args.get(0), failed})
}

// answersStatus is how a handler answers an API that hands requests on as they are.
var answersStatus = regexp.MustCompile(`\bstatusCode\b["']?\s*[:,]|\bbody\b["']?\s*:`)

// failsWith reports whether a callback is given an error that is certainly there: the one that a function gets alone, as in
// save().catch((err) => callback(err, answer)), or one of which the answer tells something: callback(err, { body: err.message }).
// Of an object that is no Error the platform shows nothing.
func (in *interp) failsWith(e *ir.Expr) bool {
	if len(e.List) > 0 && e.List[0].Kind == ir.Object {
		return true
	}
	if len(e.List) < 2 || e.List[0].Kind != ir.Name || len(in.stack) == 0 {
		return false
	}
	fn := in.stack[len(in.stack)-1]
	name := e.List[0].Str
	if len(fn.Params) == 0 || fn.Params[0].Kind != ir.Name || fn.Params[0].Str != name || !isErrorName.MatchString(name) {
		return false
	}
	told := len(fn.Params) == 1
	ir.WalkExpr(e.List[1], nil, func(x *ir.Expr) bool {
		told = told || x.Kind == ir.Member && x.X.Kind == ir.Name && x.X.Str == name
		return !told
	})
	return told
}

// isErrorName is what people call an error.
var isErrorName = regexp.MustCompile(`(?i)^(e|ex|err|error|exception|reason)$`)

// invoke follows a function of the program with its arguments.
func (in *interp) invoke(f frame, c *closure, this *Value, args *arguments, at int32) *Value {
	if c.unbound {
		this, args = args.withObject()
	}
	if len(in.p.dispatched[c.fn]) > 0 {
		c = in.p.inPlaceOf(c, args)
	}
	if in.depth >= maxCalls || !in.spend() {
		if in.depth >= maxCalls && len(args.all()) > 0 {
			in.cut = true
		}
		return &Value{taints: args.all()}
	}
	if in.callsItself(c, args) {
		if v := in.soFar(c.fn); v != nil {
			return v
		}
		return &Value{taints: args.all()}
	}
	key, plain := in.memo(c, this, args)
	if v, ok := in.p.memo[key]; plain && ok {
		return v
	}
	if c.bound != nil {
		args = args.after(c.bound)
	}
	facts := in.where(f)
	again := in.again(c, this, args) + FactsKey(facts) + in.begunKey()
	if v, ok := in.results[again]; ok {
		in.goesOn(again)
		in.thrown = joinThrown(in.thrown, in.throws[again])
		in.tellsAgain(f, c, this, args, at, again)
		in.meetsAgain(in.siteOf(f, c, this, args, at), again)
		in.happenAgain(args, in.changesOf[again])
		return v
	}
	if len(in.stack) == 0 {
		in.mutations = in.mutations[:0]
	}
	changed := len(in.mutations)
	calls, hits, told, met, checks := len(in.sends)+len(in.uses), len(in.hits), len(in.telling), len(in.meetings), in.checksGiven
	out, thrown := in.body(f, c, this, args, at, facts)
	if plain && !in.calls(calls) && len(in.hits) == hits && thrown == nil && in.checksGiven == checks {
		in.p.memo[key] = out
	}
	if in.checksGiven != checks { // what it says holds where it is called
		return out
	}
	if in.results == nil {
		in.results, in.throws, in.changesOf = map[string]*Value{}, map[string]*Value{}, map[string][]effect{}
	}
	in.throws[again] = thrown
	in.keepsAnswers(again, in.telling[told:])
	in.keepsMeetings(again, in.meetings[met:])
	in.endsAt(again)
	in.results[again] = out
	if effects := effectsOn(args, in.mutations[changed:]); len(effects) > 0 {
		in.changesOf[again] = effects
	}
	return out
}

// callsItself reports whether a function is called more often by itself than it is followed.
func (in *interp) callsItself(c *closure, args *arguments) bool {
	n := 0
	for _, g := range in.stack {
		if g == c.fn {
			n++
		}
	}
	most := 3 // functions that are made anew each time call others
	if c.scope.module == nil || c.scope == c.scope.module.scope || c.fn.Class != nil {
		most = 1
	}
	return n > most && !(n < mostCounted && args.counts() && in.advances(c.fn))
}

// soFar is what a function has given back up to where it calls itself: more does not come of that, where it also gives something back without
// calling itself, which is a part of its result anyway; nil where it does not.
func (in *interp) soFar(fn *ir.Func) *Value {
	if len(in.running) != len(in.stack) || !in.ends(fn) {
		return nil
	}
	i := len(in.stack) - 1
	for in.stack[i] != fn {
		i--
	}
	return orElseValue(in.running[i].result, &Value{})
}

// ends reports whether a function, by its text, returns something at one place that does not call it.
func (in *interp) ends(fn *ir.Func) bool {
	if fn.Name == "" {
		return false
	}
	found := false
	ir.Walk(fn.Body, func(s *ir.Stmt) bool {
		found = found || s.Kind == ir.Return && s.X != nil && !mentionsName(s.X, fn.Name)
		return !found
	}, func(e *ir.Expr) bool { return e.Kind != ir.Lambda })
	return found
}

func mentionsName(e *ir.Expr, name string) bool {
	found := false
	ir.WalkExpr(e, nil, func(x *ir.Expr) bool {
		found = found || (x.Kind == ir.Name || x.Kind == ir.Member) && x.Str == name
		return !found
	})
	return found
}

// body follows the statements of a function; it gives what the function returns or yields, and what it throws.
func (in *interp) body(f frame, c *closure, this *Value, args *arguments, at int32, facts []Fact) (out, thrown *Value) {
	before := in.thrown
	if in.visited == nil {
		in.visited = map[*ir.Func]bool{}
	}
	in.visited[c.fn] = true
	in.thrown = nil
	in.depth++
	in.stack = append(in.stack, c.fn)
	in.sites = append(in.sites, in.siteOf(f, c, this, args, at))
	s := newScope(c.scope, c.scope.module)
	s.this, s.lasting = this, in.loading != nil
	in.running = append(in.running, s)
	g := frame{s, c.fn.File}
	in.parameters(f, g, c, this, args, at)
	in.within(facts, func() { in.untilReturn(func() bool { return in.run(g, c.fn.Body) }) })
	in.depth--
	in.running = in.running[:len(in.running)-1]
	in.stack = in.stack[:len(in.stack)-1]
	in.sites = in.sites[:len(in.sites)-1]
	out = orNothing(s.result)
	if s.yielded != nil {
		out = &Value{elem: s.yielded}
	}
	if c.fn.Gives != "" {
		out = in.declaredAs(c.fn.File, c.fn.Gives, out, c.fn.Start)
	}
	in.captures(g, c.fn, out)
	thrown = in.thrown
	in.thrown = joinThrown(before, thrown)
	return out, thrown
}

// mostCounted bounds how often a function calls itself that goes through a list of functions by their number: run(i + 1).
const mostCounted = 12

// advances reports whether a function calls itself through another one that was not called before.
func (in *interp) advances(fn *ir.Func) bool {
	for i := len(in.stack) - 1; i >= 0 && in.stack[i] != fn; i-- {
		if !slices.Contains(in.stack[:i], in.stack[i]) {
			return true
		}
	}
	return false
}

// calls reports whether calls of SDKs were noted since there were so many: what makes them is followed for each entry.
func (in *interp) calls(before int) bool { return len(in.sends)+len(in.uses) > before }

func orElse(s, t string) string {
	if s == "" {
		return t
	}
	return s
}

// decorated is a function with its decorators: those of the program are called, those of libraries keep the function.
func (in *interp) decorated(f frame, fn *ir.Func, v *Value) *Value {
	for i := len(fn.Decorators) - 1; i >= 0; i-- {
		d := in.eval(f, fn.Decorators[i])
		in.p.decoratedRoute(f, d, v, fn.Decorators[i].At)
		in.dispatchesTo(f, fn, fn.Decorators[i], v)
		if len(d.fns) > 0 {
			w := in.invoke(f, d.fns[0], nil, &arguments{list: []*Value{v}}, fn.Start)
			if len(w.fns) > 0 {
				v = w
			}
		}
	}
	return v
}

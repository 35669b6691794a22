package dataflow

import (
	"slices"

	"wardlet.example/internal/ir"
)

// containerMethods are methods of dictionaries and lists, which are meant where no element has that name.
var containerMethods = set("get pop shift setdefault items keys values entries forEach map filter find some every reduce sort push append set has includes concat slice update copy flatMap extend insert popleft at")

// call follows a call: into a function of the program, or by what is known of a library.
func (in *interp) call(f frame, e *ir.Expr) *Value {
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
		in.cutsText(method, recv)
		callee = in.member(f, recv, method, e.X.At)
		if len(callee.fns) > 0 && recv != nil && recv.class == nil && recv.ref == "" && recv.fields[method] == nil && containerMethods[method] { // of a table of functions
			callee = &Value{}
		}
	} else {
		callee = in.eval(f, e.X)
	}
	callee = in.ofTypes(f, e, callee)
	in.p.leadsTo(e, callee)
	in.callsDirectly(f, e, callee)
	args := in.arguments(f, e)
	in.asksMembers(f, e)
	v := namedHeader(in.callOf(f, e, recv, callee, method, args), callee, args)
	v = writtenNumber(v, recv, callee, method, args)
	if method != "" || callee.ref != "" {
		v = keepsOtherwise(v, recv, orElse(method, lastPart(callee.ref)), args)
	}
	return in.madePassword(f, e, callee, rolled(f, e, recv, callee, args, in.keepsSecret(f, e, recv, method, args, v)))
}

// callOf follows a call of which all parts are known.
func (in *interp) callOf(f frame, e *ir.Expr, recv, callee *Value, method string, args *arguments) *Value {
	if callee.filled != nil {
		bare := *callee
		bare.filled = nil
		callee, args = &bare, args.after(callee.filled)
	}
	if callee.sink != nil { // the resolve of a promise
		calledBack(callee, args)
		return nothing
	}
	if in.answered(f, e, callee.ref, args) {
		return nothing
	}
	if callee.ref == "builtin.require" && len(args.list) > 0 && args.list[0].known {
		return in.p.require(in, f.file, args.list[0].text)
	}
	if callee.ref == "util.promisify" || callee.ref == "bluebird.promisify" {
		return args.get(0)
	}
	if callee.isType && callee.class != nil && f.file.Language == ir.Go { // as another type
		return in.asKind(f, e.X, args.get(0))
	}
	if callee.isType && callee.class != nil {
		v := in.instance(f, callee, args, e.At)
		for _, o := range callee.others {
			if o.isType {
				v = join(v, in.instance(f, o, args, e.At))
			}
		}
		return v
	}
	if e.X.Kind == ir.Name && e.X.Str == "super" && f.file.Language == ir.Node {
		if base := in.super(f); base != nil {
			if m := base.class.method("constructor", 0); m != nil {
				in.invoke(f, m, orSelf(base), args, e.At)
			}
		}
		return nothing
	}
	if callee.class != nil && len(callee.fns) == 0 { // an instance that is called
		if m := callee.class.method("__call__", 0); m != nil {
			return in.invoke(f, m, callee, args, e.At)
		}
	}
	if v := in.compiled(f, e, args); v != nil {
		return v
	}
	in.headerSet(f, e, method, args)
	in.slow(f, e, recv, method, callee, args)
	if in.st != nil && in.emptied(f, e, recv, method) {
		return nothing
	}
	in.durable(f, e, callee.ref, args)
	if v, ok := in.cached(f, e, recv, method, args); ok {
		return v
	}
	if v, ok := in.ofTable(f, e, recv, method, args); ok {
		return v
	}
	if v, ok := in.ofRecord(f, e, recv, method, args); ok {
		return v
	}
	if f.file.Language == ir.Go {
		if v, ok := in.goNative(f, e, recv, callee, args); ok {
			return v
		}
	}
	if v, ok := in.native(f, e, recv, method, callee, args); ok {
		return v
	}
	if e.New && len(callee.fns) > 0 && f.file.Language == ir.Node { // a function as a constructor
		o := &Value{fields: map[string]*Value{}}
		if proto := callee.fields["prototype"]; proto != nil {
			for k, x := range sorted(proto.fields) {
				o.fields[k] = rebound(x, o)
			}
		}
		for _, c := range callee.fns {
			in.invoke(f, c, o, args, e.At)
		}
		return o
	}
	if len(callee.fns) > 0 {
		var out *Value
		for _, c := range callee.fns {
			this := c.this
			if this == nil && recv != nil && recv.ref == "" {
				this = recv
			}
			in.within(in.picked(f, e.X, c), func() { out = join(out, in.invoke(f, c, this, args, e.At)) })
		}
		if out == nil {
			return nothing
		}
		return out
	}
	if len(callee.wraps) > 0 && method == "" {
		return in.wrapped(f, e, callee, args)
	}
	return in.library(f, e, recv, method, callee, args)
}

// answered takes what a handler answers through its callback or context.
func (in *interp) answered(f frame, e *ir.Expr, ref string, args *arguments) bool {
	at := 0
	switch ref {
	case "lambda.callback", "lambda.context.done":
		at = 1
	case "lambda.context.succeed":
	default:
		return false
	}
	in.respondAgain(f, args.get(at), argumentExpr(e, itoa(at)), e.At)
	return true
}

// invoke follows a function of the program with its arguments.
func (in *interp) invoke(f frame, c *closure, this *Value, args *arguments, at int32) *Value {
	if in.depth >= maxCalls || !in.spend() {
		if in.depth >= maxCalls && len(args.all()) > 0 {
			in.cut = true
		}
		return &Value{taints: args.all()}
	}
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
	if n > most && n < mostCounted && args.counts() && in.advances(c.fn) {
		most = n
	}
	if n > most { // it calls itself
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
		in.tellsAgain(f, c, args, at, again)
		return v
	}
	before, calls, hits, told := in.thrown, len(in.sends)+len(in.uses), len(in.hits), len(in.telling)
	if in.visited == nil {
		in.visited = map[*ir.Func]bool{}
	}
	in.visited[c.fn] = true
	in.thrown = nil
	in.depth++
	in.stack = append(in.stack, c.fn)
	in.sites = append(in.sites, site{f.file, at, orElse(c.fn.Name, "a function"), in.steps, args})
	s := newScope(c.scope, c.scope.module)
	s.this, s.lasting = this, in.loading != nil
	g := frame{s, c.fn.File}
	in.parameters(f, g, c, this, args, at)
	in.within(facts, func() { in.untilReturn(func() bool { return in.run(g, c.fn.Body) }) })
	in.depth--
	in.stack = in.stack[:len(in.stack)-1]
	in.sites = in.sites[:len(in.sites)-1]
	out := s.result
	if out == nil {
		out = nothing
	}
	if s.yielded != nil {
		out = &Value{elem: s.yielded}
	}
	thrown := in.thrown
	in.thrown = joinThrown(before, thrown)
	if plain && !in.calls(calls) && len(in.hits) == hits && thrown == nil {
		in.p.memo[key] = out
	}
	if in.results == nil {
		in.results, in.throws = map[string]*Value{}, map[string]*Value{}
	}
	in.throws[again] = thrown
	in.keepsAnswers(again, in.telling[told:])
	in.endsAt(again)
	in.results[again] = out
	return out
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
		if len(d.fns) > 0 {
			w := in.invoke(f, d.fns[0], nil, &arguments{list: []*Value{v}}, fn.Start)
			if len(w.fns) > 0 {
				v = w
			}
		}
	}
	return v
}

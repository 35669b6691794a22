package dataflow

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"wardlet.example/internal/ir"
)

// arguments are what a call gives.
type arguments struct {
	list []*Value
	kw   map[string]*Value
	rest *Value // from a spread
	dict *Value // from a spread into keywords
	at   []int32

	spread []*Value // the lists that were spread
}

func (a *arguments) get(i int) *Value {
	if i < len(a.list) {
		return a.list[i]
	}
	if a.rest != nil {
		return a.rest
	}
	return nothing
}

// all are the taints of all arguments.
// after are arguments that follow those that were given before.
func (a *arguments) after(bound *arguments) *arguments {
	out := *a
	out.list = append(slices.Clone(bound.list), a.list...)
	out.kw = map[string]*Value{}
	maps.Copy(out.kw, bound.kw)
	maps.Copy(out.kw, a.kw)
	return &out
}

func (a *arguments) all() []*Taint {
	var out []*Taint
	for _, v := range a.list {
		out = addTaints(out, v.all())
	}
	for _, v := range sorted(a.kw) {
		out = addTaints(out, v.all())
	}
	return addTaints(out, a.rest.all())
}

func (in *interp) arguments(f frame, e *ir.Expr) *arguments {
	a := &arguments{kw: map[string]*Value{}}
	for i, x := range e.List {
		v := in.eval(f, x)
		if v.results && len(e.List) == 1 { // f(g()), where g has several results
			for j := range len(v.fields) {
				a.list = append(a.list, orNothing(v.fields[itoa(j)]))
			}
			continue
		}
		if x.Kind == ir.Name && (len(v.taints) > 0 || isCopied(f, e, x, v)) { // with what was found out about its parts
			v = in.guardedFields(f, x.Str, v)
		}
		key := ""
		if i < len(e.Keys) {
			key = e.Keys[i]
		}
		switch {
		case key == "**":
			for k, field := range sorted(v.fields) {
				a.kw[k] = field
			}
			if len(v.taints) > 0 || v.elem != nil {
				a.rest, a.dict = join(a.rest, in.elements(v)), join(a.dict, v)
			}
		case key != "":
			a.kw[key] = v
			in.predictable(f, key, x, v)
		case x.Kind == ir.Spread:
			for j := range 6 {
				if field, ok := v.fields[itoa(j)]; ok {
					a.list = append(a.list, field)
				}
			}
			a.rest = join(a.rest, in.elements(v))
			a.spread = append(a.spread, v)
		default:
			a.list = append(a.list, v)
			a.at = append(a.at, x.At)
		}
	}
	return a
}

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
	in.fillsMemory(f, e, recv, method, args)
	v := namedHeader(in.callOf(f, e, recv, callee, method, args), callee, args)
	v = writtenNumber(v, recv, callee, method, args)
	if method != "" || callee.ref != "" {
		v = keepsOtherwise(v, recv, orElse(method, lastPart(callee.ref)), args)
	}
	return ofKeyOf(f, e, recv, callee, args, ticks(f, e, recv, callee, args, in.madePassword(f, e, callee, rolled(f, e, recv, callee, args, in.withQuery(recv, method, in.keepsSecret(f, e, recv, method, args, v))))))
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

// super is the object at hand as one of the class that the class of the method extends; nil where that is none of the program.
func (in *interp) super(f frame) *Value {
	this := thisOf(f.s)
	if this == nil || this.class == nil || len(in.stack) == 0 {
		return nil
	}
	at := this.class
	if def := in.stack[len(in.stack)-1].Class; def != nil {
		if c := at.extended(def, 0); c != nil {
			at = c
		}
	}
	for _, b := range at.bases {
		if b != nil && b.class != nil {
			c := *this // its fields are the same
			c.class, c.self = b.class, this
			return &c
		}
		if b != nil && strings.HasPrefix(b.ref, pynamodb) {
			return &Value{ref: b.ref, self: this}
		}
	}
	return nil
}

func orSelf(v *Value) *Value {
	if v.self != nil {
		return v.self
	}
	return v
}

// extended is the class of a definition, among a class and those that it extends.
func (c *class) extended(def *ir.Class, depth int) *class {
	if c.def == def || depth > 5 {
		return c
	}
	for _, b := range c.bases {
		if b != nil && b.class != nil {
			if found := b.class.extended(def, depth+1); found != nil && found.def == def {
				return found
			}
		}
	}
	return nil
}

// instance makes an instance of a class of the program.
func (in *interp) instance(f frame, cl *Value, args *arguments, at int32) *Value {
	v := &Value{class: cl.class, fields: map[string]*Value{}, born: in.branch}
	if cl.class.file(f).Language == ir.Go {
		in.beginFields(v, 0)
		return v
	}
	for name, x := range sorted(cl.class.beginnings(0)) {
		v.fields[name] = rebound(x, v)
	}
	if cl.class.isEnum(0) { // it fails for all but its members
		return checked(join(args.get(0), args.dict))
	}
	if m := cl.class.method("__new__", 0); m != nil && f.file.Language == ir.Python { // one for all
		if x := in.invoke(f, m, cl, args, at); x != nil && x.class == cl.class && !x.isType {
			v = x
		}
	}
	made := false
	for _, b := range cl.class.bases {
		switch {
		case b == nil:
		case b.ref == "builtin.dict":
			m := in.merged(args.get(0), &Value{fields: args.kw})
			v.taints, v.elem, v.isDict = m.taints, m.elem, true
			maps.Copy(v.fields, m.fields)
		case strings.HasPrefix(b.ref, "builtin.") && (strings.HasSuffix(b.ref, "Error") || strings.HasSuffix(b.ref, "Exception")):
			said := &Value{taints: texts(args.all())}
			v.taints, v.fields["message"], v.fields["args"] = said.taints, said, &Value{elem: said}
		}
	}
	if f.file.Language == ir.Node {
		for name, x := range sorted(cl.class.protoFields(0)) {
			v.fields[name] = rebound(x, v)
		}
		in.injectedFields(f, cl.class, v, at, 0)
	}
	for _, name := range []string{"constructor", "__init__"} {
		if m := cl.class.method(name, 0); m != nil {
			in.invoke(f, m, v, args, at)
			made = true
			break
		}
	}
	if !made && f.file.Language == ir.Python {
		in.record(f, cl.class, v, args, at)
	}
	for _, b := range cl.class.bases { // what a library's class is
		if b != nil && b.ref != "" {
			v.ref, v.args = b.ref+"()", args.list
			for _, m := range in.p.lookup(f.file.Language, b.ref, "", nil) {
				if m.Kind == sink && m.applies(args) {
					in.sinkAt(f, &ir.Expr{At: at}, m, nil, args)
				}
			}
		}
	}
	return v
}

// rebound gives functions of a field their object.
func rebound(x, this *Value) *Value {
	if x == nil || len(x.fns) == 0 {
		return x
	}
	c := *x
	c.fns = nil
	for _, fn := range x.fns {
		c.fns = append(c.fns, &closure{fn: fn.fn, scope: fn.scope, this: this})
	}
	return &c
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

// counts reports whether a call gives a number that is known.
func (a *arguments) counts() bool {
	return slices.ContainsFunc(a.list, func(v *Value) bool { return sum(v, v) != nil })
}

// calls reports whether calls of SDKs were noted since there were so many: what makes them is followed for each entry.
func (in *interp) calls(before int) bool { return len(in.sends)+len(in.uses) > before }

// again names a call by what goes in: what was followed once for an entry gives the same the next time. Objects are named by what
// they are, texts by what is known of them.
func (in *interp) again(c *closure, this *Value, args *arguments) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%p %p %p", c.fn, c.scope, this)
	for _, v := range args.list {
		v.name(&b)
	}
	for _, key := range slices.Sorted(maps.Keys(args.kw)) {
		b.WriteString(" " + key)
		args.kw[key].name(&b)
	}
	if args.rest != nil {
		b.WriteString(" *")
		args.rest.name(&b)
	}
	return b.String()
}

// longestName bounds the text that names what goes into a call; what is larger is named by itself.
const longestName = 4_000

func (v *Value) name(b *strings.Builder) {
	before := b.Len()
	if !v.write(b, 0) {
		text := b.String()[:before]
		b.Reset()
		fmt.Fprintf(b, "%s %p", text, v)
	}
}

// write writes all that is known of a value; it reports false where that is too much.
func (v *Value) write(b *strings.Builder, depth int) bool {
	switch {
	case v != nil && v.without != nil:
		return false
	case v == nil || v.empty() && len(v.numbers) == 0:
		b.WriteString(" -")
		return true
	case v.known:
		b.WriteString(" " + string(v.literal()) + "'")
		if v.perhaps {
			b.WriteByte('?')
		}
		return true
	case depth > 4 || b.Len() > longestName || v.sink != nil || v.json != nil:
		return false
	}
	b.WriteString(" " + v.ref + v.prefix)
	if v.trace != nil {
		fmt.Fprintf(b, "trace %s %d", v.trace.file.Path, v.trace.at)
	}
	if v.class != nil {
		fmt.Fprintf(b, "class %p", v.class)
	}
	if v.rows != nil {
		fmt.Fprintf(b, "rows %p", v.rows)
	}
	if v.mapped != nil {
		fmt.Fprintf(b, "table %p", v.mapped)
	}
	if v.kind != nil && isTyping(v.ref) {
		fmt.Fprintf(b, "type %p", v.kind.t)
	}
	for _, o := range v.others {
		fmt.Fprintf(b, "or %p", o)
	}
	for _, f := range v.fns {
		fmt.Fprintf(b, "fn %p %p %p", f.fn, f.scope, f.this)
	}
	for _, f := range v.wraps {
		fmt.Fprintf(b, "wraps %p %p", f.fn, f.scope)
	}
	for _, t := range v.taints {
		fmt.Fprintf(b, "|%p %s %v %v %d %s", t.Source, t.Path, t.object, t.pieces, t.token, t.lead)
		for _, rule := range slices.Sorted(maps.Keys(t.clean)) {
			b.WriteString("," + rule)
		}
		if made := t.madeText(); made != nil && (v.isStatement() || comparison.MatchString(v.prefix)) { // each such text is told of
			fmt.Fprintf(b, "@%p %d", made.file, made.at)
		}
	}
	for _, t := range v.numbers {
		fmt.Fprintf(b, "#%p %s", t.Source, t.Path)
	}
	for _, key := range slices.Sorted(maps.Keys(v.fields)) {
		b.WriteString(" " + key + ":")
		if !v.fields[key].write(b, depth+1) {
			return false
		}
	}
	if v.elem != nil {
		b.WriteString(" []")
		return v.elem.write(b, depth+1)
	}
	return true
}

// memoKey names a call of which the result is always the same: nothing of an outsider's goes in.
type memoKey struct {
	fn    *ir.Func
	scope *scope
}

func (in *interp) memo(c *closure, this *Value, args *arguments) (memoKey, bool) {
	if this != nil || in.st != nil || len(in.overlay) > 0 || len(args.kw) > 0 || args.rest != nil {
		return memoKey{}, false
	}
	for _, v := range args.list {
		if !v.empty() && !v.known {
			return memoKey{}, false
		}
	}
	if c.scope.module == nil || c.scope != c.scope.module.scope || len(args.list) > 0 {
		return memoKey{}, false
	}
	return memoKey{c.fn, c.scope}, true
}

func (in *interp) parameters(f, g frame, c *closure, this *Value, args *arguments, at int32) {
	params := c.fn.Params
	if c.fn.File.Language == ir.Python && c.fn.Class != nil && !c.fn.Static && len(params) > 0 { // self, cls
		if params[0].Kind == ir.Name {
			v := this
			if v == nil {
				v = &Value{}
			}
			g.s.vars[params[0].Str] = v
			g.s.this = v
		}
		params = params[1:]
	}
	note := "is given to " + orElse(c.fn.Name, "a function")
	for i, p := range params {
		v := args.get(i)
		name := p
		if p.Kind == ir.Default {
			name = p.X
		}
		if name.Kind == ir.Name {
			if kw, ok := args.kw[name.Str]; ok {
				v = kw
			}
		}
		if p.Kind == ir.Spread {
			if p.Str == "**" {
				given := &Value{fields: args.kw}
				if args.dict != nil {
					given.taints, given.elem = args.dict.taints, args.dict.elem
				}
				in.bind(g, p.X, given, true)
				continue
			}
			rest := &Value{fields: map[string]*Value{}}
			for j := i; j < len(args.list); j++ {
				rest.fields[itoa(j-i)] = args.list[j]
			}
			rest.elem = args.rest
			in.bind(g, p.X, rest, true)
			continue
		}
		if len(v.taints) > 0 {
			w := *v
			w.taints = in.stepped(f, v.taints, at, note)
			v = &w
		} else if v.empty() && name.Kind == ir.Name && name.Y != nil && p.Kind != ir.Default {
			v = in.injected(frame{c.scope, c.fn.File}, name.Y, at, v)
		}
		if v.empty() && name.Kind == ir.Name && len(name.List) > 0 {
			v = join(v, in.injection(frame{c.scope, c.fn.File}, name.List, name.Y, at))
		}
		if c.fn.File.Language == ir.Go && name.Y != nil && name.Y.Kind == ir.Name && harmlessGo[name.Y.Str] { // a number
			numbers := amounts(v)
			if v = checked(v); signedGo[name.Y.Str] {
				v.numbers = numbers
			}
		}
		_, named := args.kw[name.Str]
		byDefault := p.Kind == ir.Default && i >= len(args.list) && !named && args.rest == nil && args.dict == nil && c.fn.File.Language == ir.Python && mutable(p.Y)
		if byDefault && in.st != nil {
			v = in.madeOnce(g, p, v)
		}
		in.bind(g, p, v, true)
		if byDefault {
			in.isMadeOnce(g, p)
		}
		g.s.gives(c.fn, name, args, i)
	}
	if _, named := g.s.vars["arguments"]; c.fn.File.Language == ir.Node && !named {
		g.s.vars["arguments"] = &Value{fields: indexed(args.list)}
	}
}

// injected is what a parameter gets of which nothing is known but the type: an object of a class of the program, which something else has
// made, or of a library.
func (in *interp) injected(f frame, t *ir.Expr, at int32, v *Value) *Value {
	if t.Kind == ir.Unknown && len(t.List) == 1 { // typeof User
		return in.quiet(f, t.List[0])
	}
	if in.injecting >= maxInjected || t.Kind != ir.Name && t.Kind != ir.Member {
		return v
	}
	kind := in.quiet(f, t)
	if f.file.Language == ir.Go {
		kind = in.kindOf(f, t)
	}
	switch {
	case kind.ref == "mongoose.Model":
		return &Value{ref: "mongoose.model()"}
	case kind.isType && kind.class != nil && !kind.class.extends(0, "builtin."):
		in.injecting++
		defer func() { in.injecting-- }()
		return in.instance(f, kind, &arguments{}, at)
	case kind.ref != "" && !strings.HasPrefix(kind.ref, "builtin.") && !strings.HasSuffix(kind.ref, ")") && (in.p.modelled(f.file.Language, kind.ref) || isAWS(kind.ref)):
		return &Value{ref: kind.ref + "()"}
	}
	return v
}

// maxInjected bounds how deep objects are made that others need.
const maxInjected = 4

func indexed(list []*Value) map[string]*Value {
	out := map[string]*Value{}
	for i, v := range list {
		out[itoa(i)] = v
	}
	return out
}

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

// native are the parts of the languages themselves: promises, callbacks of lists, binding.
func (in *interp) native(f frame, e *ir.Expr, recv *Value, method string, callee *Value, args *arguments) (*Value, bool) {
	if v, ok := changedCase(recv, method); ok {
		return v, true
	}
	if c := args.get(0); method == "__new__" && c.isType && c.class != nil { // super().__new__(cls)
		return &Value{class: c.class, fields: map[string]*Value{}}, true
	}
	switch callee.ref {
	case "builtin.Promise": // new Promise((resolve, reject) => ...)
		result := &Value{}
		for _, c := range args.get(0).fns {
			in.invoke(f, c, nil, &arguments{list: []*Value{{sink: result}, {}}}, e.At)
		}
		return result, true
	case "builtin.Promise.resolve", "builtin.Promise.reject", "builtin.Object", "builtin.Object.freeze", "builtin.iter", "builtin.list", "builtin.tuple", "builtin.sorted",
		"builtin.reversed", "builtin.set", "builtin.Array.from", "builtin.structuredClone", "aws4.sign", "copy.deepcopy", "copy.copy", "builtin.next":
		v := args.get(0)
		if callee.ref == "builtin.next" {
			v = in.elements(v)
		}
		if v == nothing { // one that is filled later
			v = &Value{}
		}
		if fn := args.get(1); callee.ref == "builtin.Array.from" && len(fn.fns) > 0 { // Array.from(list, (x) => ...)
			return &Value{elem: in.applied(f, fn, nil, &Value{fields: indexed([]*Value{in.elements(v), {}})}, e.At)}, true
		}
		return v, true
	case "builtin.Promise.all", "builtin.Promise.allSettled", "asyncio.gather", "builtin.Promise.race", "builtin.Promise.any":
		if callee.ref == "asyncio.gather" {
			return &Value{fields: indexed(args.list)}, true
		}
		return args.get(0), true
	case "express-validator.matchedData": // the fields of a request that were checked
		return cleanedBy(in.member(f, args.get(0), "body", e.At), []string{"mass-assignment"}), true
	case "@typegoose/typegoose.getModelForClass", "@typegoose/typegoose.addModelToTypegoose":
		return &Value{ref: "mongoose.model()"}, true
	case "sequelize.Sequelize().define", "sequelize().define":
		m := &Value{ref: callee.ref + "()"}
		in.runsHooks(args, e.At)
		if args.get(2).fields["defaultScope"] == nil && !writesItself(f.file.Tree.Source) {
			m.holds = secretFields(args.get(1))
		}
		return m, true
	case "mongoose.model":
		m := &Value{ref: "mongoose.model()"}
		if !writesItself(f.file.Tree.Source) {
			m.holds = in.secretsOf(args.get(1))
		}
		return withStatics(m, args.get(1)), true
	case "builtin.Object.assign":
		out := args.get(0)
		for _, v := range args.list[min(1, len(args.list)):] {
			out = join(out, v)
		}
		if target := args.get(0); target != nothing && !target.shared { // it is changed itself
			target.taints, target.fields, target.elem, target.some = out.taints, out.fields, out.elem, out.some
			for _, v := range args.list {
				if !v.closed() {
					target.spread = v
				}
			}
		}
		return out, true
	case "builtin.Error", "builtin.TypeError", "builtin.RangeError", "builtin.SyntaxError", "builtin.Exception", "builtin.ValueError", "builtin.RuntimeError", "builtin.KeyError",
		"builtin.PermissionError", "builtin.LookupError":
		said := &Value{taints: texts(args.all())}
		return &Value{taints: said.taints, fields: map[string]*Value{"message": said, "args": {elem: said}, "stack": {}}}, true
	case "builtin.Object.fromEntries":
		pair := in.elements(args.get(0))
		key, val := in.member(f, pair, "0", e.At), in.member(f, pair, "1", e.At)
		out := &Value{elem: val}
		if key.known {
			out = &Value{fields: map[string]*Value{key.text: val}}
		}
		for _, t := range key.taints { // an outsider names the fields
			if !t.clean["mass-assignment"] {
				out.taints = pair.taints
				break
			}
		}
		return out, true
	case "builtin.Map", "builtin.WeakMap":
		out := &Value{fields: map[string]*Value{}}
		for _, pair := range sorted(args.get(0).fields) {
			if key := in.member(f, pair, "0", e.At); key.known {
				out.fields[key.text] = in.member(f, pair, "1", e.At)
			} else {
				out.elem = join(out.elem, in.member(f, pair, "1", e.At))
			}
		}
		if elem := args.get(0).elem; elem != nil {
			out.elem = join(out.elem, in.member(f, elem, "1", e.At))
		}
		out.taints = args.get(0).taints
		return out, true
	case "builtin.Object.keys":
		return &Value{elem: in.keys(args.get(0))}, true
	case "builtin.Object.values", "builtin.Object.entries", "builtin.enumerate", "builtin.zip", "builtin.map", "builtin.filter":
		return in.going(f, e, callee.ref, args), true
	case "re.sub":
		return in.without(f, args.get(2), args.get(0), e.At), len(args.get(2).taints) > 0 && args.get(1).known
	case "builtin.dict":
		v := in.merged(args.get(0), &Value{fields: args.kw})
		if args.dict != nil {
			v = in.merged(v, &Value{taints: args.dict.taints, elem: args.dict.elem})
		}
		return v, true
	case "collections.defaultdict", "collections.OrderedDict", "collections.deque", "collections.Counter", "collections.ChainMap", "queue.Queue":
		v := &Value{fields: map[string]*Value{}}
		for _, a := range args.list {
			if len(a.fns) == 0 && a.class == nil && a.ref == "" {
				v = join(v, a)
			}
		}
		return v, true
	case "dataclasses.asdict", "attr.asdict", "attrs.asdict", "dataclasses.astuple":
		if v := args.get(0); v.class != nil {
			return &Value{fields: v.fields, isDict: true}, true
		}
	case "threading.Thread", "multiprocessing.Process":
		given := &arguments{kw: orNothing(args.kw["kwargs"]).fields}
		tuple := orNothing(args.kw["args"])
		for i := range len(tuple.fields) {
			given.list = append(given.list, orNothing(tuple.fields[itoa(i)]))
		}
		for _, c := range orNothing(args.kw["target"]).fns {
			in.invoke(f, c, c.this, given, e.At)
		}
		return &Value{ref: callee.ref + "()"}, true
	case "shlex.split":
		return &Value{elem: args.get(0), isList: true}, true
	case "contextlib.closing", "contextlib.nullcontext", "functools.wraps":
		return args.get(0), true
	case "functools.reduce":
		return in.folded(f, args, e.At), true
	case "functools.partial":
		if f := args.get(0); len(f.fns) == 0 && f.ref != "" { // of a library
			v := *f
			v.filled = &arguments{list: args.list[1:], kw: args.kw}
			if f.filled != nil {
				v.filled = v.filled.after(f.filled)
			}
			return &v, true
		} else if len(f.fns) > 0 {
			v := rebound(f, f.fns[0].this)
			for _, c := range v.fns {
				c.bound = &arguments{list: args.list[1:], kw: args.kw}
			}
			return v, true
		}
	case "builtin.getattr":
		return in.attribute(f, e, args), true
	case "builtin.locals", "builtin.vars":
		if callee.ref == "builtin.vars" && len(args.list) > 0 {
			return args.list[0], true
		}
		out := &Value{fields: map[string]*Value{}}
		for name := range sorted(f.s.vars) {
			if name != "arguments" {
				out.fields[name] = in.name(f, &ir.Expr{Kind: ir.Name, Str: name, At: e.At})
			}
		}
		return out, true
	case "builtin.setattr":
		if len(args.list) > 2 {
			if name := args.list[1]; name.known {
				in.assign(f, args.list[0], name.text, args.list[2], e.At)
			} else if o := args.list[0]; isRow(o) { // an outsider names the columns
				in.hit(f, e.At, "mass-assignment", "setattr", name.taints, false)
			} else if !o.shared && o != nothing && o.ref == "" {
				o.elem = join(o.elem, args.list[2])
			}
		}
		return nothing, true
	case "builtin.bytes": // of a length, or of numbers in a row
		if v := args.get(0); f.file.Language == ir.Python && len(args.list) == 1 && (v.known && v.written == bareWord || v.ref == "builtin.range()" && len(v.all()) == 0) {
			return constant("bytes " + v.text), true
		}
	case "builtin.Symbol", "builtin.Symbol.for":
		return constant("@@" + args.get(0).text), true
	case "builtin.super":
		return orNothing(in.super(f)), true
	case "builtin.JSON.stringify", "json.dumps":
		taints := args.get(0).asJSON()
		for i, t := range taints {
			u := t.cleaned([]string{"log-injection", "header-injection"})
			if u.isObject() && !u.unsure {
				u.Path += " as JSON"
			}
			taints[i] = u
		}
		written := args.get(0)
		for _, c := range args.get(1).fns { // a replacer, which is given the value itself first
			replaced := in.invoke(f, c, c.this, &arguments{list: []*Value{constant(""), written}}, e.At)
			if written = join(written, replaced); traceIn(replaced, 0) != nil {
				told := *written
				told.trace, written = in.traceAt(f, e.At, "an error is written as JSON with its stack"), &told
			}
		}
		return &Value{taints: in.stepped(f, taints, e.At, "is written as JSON"), json: written}, true
	case "builtin.JSON.parse", "json.loads", "json.load", "simplejson.loads", "ujson.loads", "orjson.loads":
		in.parsesBody(f, e, args.get(0))
		return in.parsed(f, e, args.get(0)), true
	}
	if v, ok := in.ofObject(f, callee.ref, args, e.At); ok {
		return v, true
	}
	if v, ok := in.flows(f, callee.ref, args, e.At); ok {
		return v, true
	}
	if v := deferred(callee.ref); v != nil {
		return v, true
	}
	if v, ok := in.held(f, e, recv, method, args); ok {
		return v, true
	}
	if v, ok := in.fetched(f, e, recv, method, args); ok {
		return v, true
	}
	if v, ok := in.createdModel(f, e, callee, args); ok {
		return v, true
	}
	if recv == nil {
		return nil, false
	}
	if len(callee.fns) > 0 && method != "then" && method != "catch" {
		switch method {
		case "call", "apply", "bind":
		default:
			return nil, false
		}
	}
	return in.methods(f, e, recv, method, args)
}

// folded is what functools.reduce gives: what a function makes of the elements, one after the other.
func (in *interp) folded(f frame, args *arguments, at int32) *Value {
	item := in.elements(args.get(1))
	v := args.get(2)
	if len(args.list) < 3 {
		v = item
	}
	for range 2 {
		v = in.applied(f, args.get(0), nil, &Value{fields: indexed([]*Value{v, item})}, at)
	}
	return v
}

// going is what functions give that go through a value.
func (in *interp) going(f frame, e *ir.Expr, ref string, args *arguments) *Value {
	item := in.elements(args.get(0))
	switch ref {
	case "builtin.map", "builtin.filter":
		item = in.elements(args.get(1))
		for _, c := range args.get(0).fns {
			r := in.invoke(f, c, nil, &arguments{list: []*Value{item}}, e.At)
			if ref == "builtin.map" {
				return &Value{elem: r}
			}
		}
		if fn := args.get(0); fn.ref != "" && ref == "builtin.map" {
			given := &arguments{list: []*Value{item}}
			if fn.filled != nil {
				given = given.after(fn.filled)
			}
			return &Value{elem: in.library(f, &ir.Expr{Kind: ir.Call, X: e.List[0], At: e.At, End: e.End}, nil, "", fn, given), isList: true}
		}
		return &Value{elem: item}
	case "builtin.Object.values":
		for _, v := range sorted(args.get(0).fields) {
			item = join(item, v)
		}
		return &Value{elem: item}
	case "builtin.zip":
		pair := &Value{fields: map[string]*Value{}}
		for i, a := range args.list {
			pair.fields[itoa(i)] = in.elements(a)
		}
		return &Value{elem: pair}
	case "builtin.enumerate":
		return &Value{elem: &Value{fields: map[string]*Value{"0": nothing, "1": item}}}
	}
	for _, v := range sorted(args.get(0).fields) {
		item = join(item, v)
	}
	key := in.keys(args.get(0))
	if only := args.get(0); len(only.fields) == 1 && only.hasOnlyFields() {
		for name := range only.fields {
			key = constant(name)
		}
	}
	return &Value{elem: &Value{fields: map[string]*Value{"0": key, "1": item}}}
}

// parsed is what JSON text holds: an outsider's text can hold anything.
func (in *interp) parsed(f frame, e *ir.Expr, v *Value) *Value {
	if v.json != nil {
		return v.json
	}
	out := &Value{secret: v.secret}
	for _, t := range v.all() {
		if t.token == tokenDecoded {
			in.hit(f, e.At, "jwt-unverified", "JSON.parse", []*Taint{t}, false)
		}
		u := *t
		u.object, u.token, u.parsed = true, noToken, u.Path
		u.clean = maps.Clone(u.clean)
		for rule := range needsObject { // that it was a text says nothing of what is in it
			delete(u.clean, rule)
		}
		out.taints = append(out.taints, (&u).with(f.file, e.At, "is parsed", in.steps))
	}
	return out
}

// givesItself are methods of clients that give the client back when it is connected.
var givesItself = set("typeorm.DataSource().initialize mongodb.MongoClient().connect")

// library is a call of something that the program does not define.
func (in *interp) library(f frame, e *ir.Expr, recv *Value, method string, callee *Value, args *arguments) *Value {
	ref := callee.ref
	in.callsLibrary(f, e, ref, method, recv, args)
	in.callsClient(f, e, ref, method, args)
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

// encoded are the rules that base64 does no harm for.
var encoded = []string{"os-command", "sql", "nosql", "code-eval", "html-response", "template-injection", "dynamodb-expression", "xpath", "ldap", "header-injection", "log-injection", "redos", "mass-assignment", "ssrf", "open-redirect"}

// fluent are methods of answers that give the answer back.
var fluent = set("status type set header headers cookie code append vary links location contentType attachment clearCookie setHeader cors etag cache removeHeader")

// mergers put the fields of objects into their first argument.
var mergers = set("lodash.merge lodash.mergeWith lodash.assign lodash.assignIn lodash.extend lodash.defaults lodash.defaultsDeep")

// withStatics is a model with the functions of its schema.
func withStatics(m, schema *Value) *Value {
	list := schema.fields["statics"]
	if list == nil && len(schema.args) > 1 { // new Schema({...}, {statics: {...}})
		list = schema.args[1].fields["statics"]
	}
	if list == nil || len(list.fields) == 0 {
		return m
	}
	m.fields = map[string]*Value{}
	for name, fn := range sorted(list.fields) {
		m.fields[name] = rebound(fn, m)
	}
	return m
}

// filtered are the elements of a list that pass a test.
func (in *interp) filtered(recv, item, test *Value) *Value {
	if len(test.fns) != 1 {
		return recv
	}
	c := test.fns[0]
	if rules := in.elementRules(test, yes); len(rules) > 0 {
		return &Value{elem: cleanedBy(item, rules)}
	}
	params := c.params()
	if len(params) == 0 {
		return recv
	}
	known := in.proofOf(c, &arguments{list: []*Value{{taints: []*Taint{{}}}}}, yes)
	out := *item
	if out.fields = maps.Clone(item.fields); out.fields == nil {
		out.fields = map[string]*Value{}
	}
	checked := false
	for i := range 2 {
		rules := known[parameterName(params[0])+"."+itoa(i)]       // (pair) => KEYS.includes(pair[0])
		if params[0].Kind == ir.Array && i < len(params[0].List) { // ([key, value]) => KEYS.includes(key)
			rules = known[parameterName(params[0].List[i])]
		}
		if len(rules) > 0 {
			out.fields[itoa(i)] = cleanedBy(in.member(frame{c.scope, c.fn.File}, item, itoa(i), c.fn.Start), rules)
			checked = true
		}
	}
	if !checked {
		return recv
	}
	return &Value{elem: &out}
}

// parametersOfResponse are the parameters of what makes such objects, in their order.
var parametersOfResponse = map[string][]string{"chalice": {"body", "headers", "status_code"}, "aws_lambda_powertools": {"status_code", "content_type", "body", "headers"}}

// named are arguments of which those in order have their names too.
func (a *arguments) named(parameters []string) *arguments {
	out := &arguments{kw: map[string]*Value{}}
	for i, v := range a.list {
		if i < len(parameters) {
			out.kw[parameters[i]] = v
		}
	}
	maps.Copy(out.kw, a.kw)
	return out
}

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

func kwValues(a *arguments) []*Value {
	var out []*Value
	for _, v := range sorted(a.kw) {
		out = append(out, v)
	}
	return out
}

func shortRef(ref, method string) string {
	if ref == "" {
		return orElse(method, "a call") + "()"
	}
	return strings.TrimPrefix(ref, "builtin.") + "()"
}

package dataflow

import (
	"regexp"
	"slices"
	"strings"

	"wardlet.example/internal/ir"
)

// A library of which nothing is known calls the functions that it was given, with parts of what it gets: a router of somebody's own is
// given functions first, and an event later. What is found by that way is possible only.

// rootOf is the part of a path that is the thing itself: some-router.Router() of some-router.Router().get.
func rootOf(ref string) string {
	if i := strings.Index(ref, "()"); i > 0 {
		return ref[:i+2]
	}
	return ref + "()"
}

// perhapsCalled notes the functions that a library gets, or calls those that it got before with what it gets now.
func (in *interp) perhapsCalled(f frame, e *ir.Expr, ref string, args *arguments) {
	root := rootOf(ref)
	if in.loading == nil && !strings.Contains(ref, "()") { // a function of a library that is called with another, as each(list, f)
		return
	}
	var fns []*closure
	for _, a := range append(slices.Clone(args.list), kwValues(args)...) {
		fns = append(fns, functionsIn(a, 0)...)
	}
	in.keepForLibrary(f, root, fns)
	if in.loading != nil {
		return
	}
	taints := args.all()
	if len(taints) == 0 {
		return
	}
	for _, g := range slices.Concat(in.p.given[root], in.libraryHas[root]) {
		if in.calling[g.fn.fn] {
			continue
		}
		if in.calling == nil {
			in.calling = map[*ir.Func]bool{}
		}
		in.calling[g.fn.fn] = true
		list := make([]*Value, len(g.fn.fn.Params))
		for i := range list {
			list[i] = &Value{}
			for _, t := range taints {
				u := *t
				u.unsure = true
				list[i].taints = append(list[i].taints, (&u).with(f.file, e.At, "is perhaps given to a function that the library has", in.steps))
			}
		}
		in.invoke(f, g.fn, g.fn.this, &arguments{list: list}, e.At)
	}
}

// keepForLibrary notes functions that a library gets: for all entries what a module gives it while it is loaded, for the entry at hand alone what that
// gives it, as the function of a transaction.
func (in *interp) keepForLibrary(f frame, root string, fns []*closure) {
	if len(fns) == 0 {
		return
	}
	if in.p.given == nil {
		in.p.given = map[string][]*given{}
	}
	if in.libraryHas == nil {
		in.libraryHas = map[string][]*given{}
	}
	all := in.libraryHas
	if in.loading != nil {
		all = in.p.given
	}
	for _, c := range fns {
		if len(all[root]) < maxGiven && len(c.fn.Params) > 0 {
			all[root] = append(all[root], &given{c, f.file.Path})
		}
	}
}

// maxGiven bounds the functions that one library is taken to call.
const maxGiven = 40

// given is a function that a library got.
type given struct {
	fn   *closure
	file string
}

// functionsIn are the functions in a value, not too deep.
func functionsIn(v *Value, depth int) []*closure {
	if v == nil || depth > 3 || v.ref != "" && depth > 0 {
		return nil
	}
	out := slices.Concat(v.fns, v.wraps)
	for _, x := range sorted(v.fields) {
		out = append(out, functionsIn(x, depth+1)...)
	}
	return out
}

// perhapsEntries are the functions that the library has which an entry is made by, where nothing is known of it.
func (in *interp) perhapsEntries(v *Value) []*routed {
	if v == nil || v.ref == "" || len(v.fns) > 0 || len(v.wraps) > 0 {
		return nil
	}
	var out []*routed
	for _, g := range in.p.given[rootOf(v.ref)] {
		out = append(out, &routed{framework: "perhaps", fn: g.fn, file: g.file, at: g.fn.fn.Start})
	}
	return out
}

// keepGiven notes the functions that any library gets while a module is loaded: it perhaps calls them later.
func (in *interp) keepGiven(f frame, args *arguments) {
	if in.loading == nil {
		return
	}
	if in.p.held == nil {
		in.p.held = map[string][]*closure{}
	}
	for _, a := range append(slices.Clone(args.list), kwValues(args)...) {
		for _, c := range functionsIn(a, 0) {
			if file := f.file.Path; len(in.p.held[file]) < maxHeld && !isHandler(c.fn) {
				in.p.held[file] = append(in.p.held[file], c)
			}
		}
	}
}

// maxHeld bounds the functions of one file that libraries are taken to call.
const maxHeld = 200

// isHandler reports whether a function looks like a handler of the platform: it is called by nobody else.
func isHandler(fn *ir.Func) bool {
	if len(fn.Params) < 2 {
		return false
	}
	first, second := strings.Trim(parameterName(fn.Params[0]), "_"), strings.Trim(parameterName(fn.Params[1]), "_")
	return (first == "event" || first == "evt" || first == "e") && (second == "context" || second == "ctx" || second == "")
}

// heldUses are the calls of SDKs that functions make which only a library perhaps calls. Nothing else is told of them.
func (in *interp) heldUses(files []string) {
	uses, hits := len(in.uses), len(in.hits)
	for _, file := range files {
		m := in.p.modules[file]
		for _, c := range in.p.held[file] {
			if in.visited[c.fn] || m == nil || m.exportsFunction(c) {
				continue
			}
			in.invoke(frame{c.scope, c.fn.File}, c, c.this, &arguments{}, c.fn.Start)
		}
	}
	in.hits = in.hits[:hits]
	for i := uses; i < len(in.uses); i++ {
		in.uses[i].Helper = true
	}
}

// exportsFunction reports whether a module gives a function to others, by itself or wrapped: it is the platform's to call.
func (m *module) exportsFunction(c *closure) bool {
	all := m.gives("*")
	if all == nil {
		return false
	}
	for _, v := range all.fields {
		if v != nil && (slices.Contains(v.fns, c) || slices.Contains(v.wraps, c)) {
			return true
		}
	}
	return false
}

// emitters are how objects that tell of events are made: those of Node.js, and libraries like them whose emit waits for nobody.
var emitters = regexp.MustCompile(`EventEmitter[23]?\(\)|^(events|mitt|eventemitter[23])(\.default)?\(\)`)

// emitter follows events: those who listen get what is emitted, whichever comes first.
func (in *interp) emitter(f frame, e *ir.Expr, ref, method string, args *arguments) (*Value, bool) {
	if !emitters.MatchString(ref) {
		return nil, false
	}
	name := ref[:strings.LastIndexByte(ref, '.')] + " " + args.get(0).text
	if in.p.listeners == nil {
		in.p.listeners = map[string]*Value{}
	}
	switch method {
	case "on", "once", "addListener", "prependListener":
		listener := args.get(1)
		in.p.listeners[name] = join(in.p.listeners[name], listener)
		if before := in.listeners[name]; before != nil {
			in.emit(f, e, listener, before)
		}
	case "emit":
		if in.listeners == nil {
			in.listeners = map[string]*Value{}
		}
		sent := &Value{fields: map[string]*Value{}}
		for i, a := range args.list[min(1, len(args.list)):] {
			sent.fields[itoa(i)] = a
		}
		in.listeners[name] = sent
		in.emit(f, e, orNothing(in.p.listeners[name]), sent)
	default:
		return nil, false
	}
	return &Value{ref: strings.TrimSuffix(ref, "."+method)}, true
}

func (in *interp) emit(f frame, e *ir.Expr, listener, sent *Value) {
	for _, c := range listener.fns {
		var list []*Value
		for i := range len(c.fn.Params) {
			list = append(list, orNothing(sent.fields[itoa(i)]))
		}
		acted := in.acted
		in.invoke(f, c, c.this, &arguments{list: list}, e.At)
		in.heardInVain(f, e, c, acted)
	}
}

// heardInVain notes an event that is told to an asynchronous listener which calls services: who tells of it does not wait for those who listen.
func (in *interp) heardInVain(f frame, e *ir.Expr, c *closure, acted int) {
	if in.acted == acted && in.acting[c.fn] == "" || in.loading != nil || in.proving > 0 || e.X.Kind != ir.Member || e.X.Str != "emit" {
		return
	}
	if !in.givesPromise(c, 0) && !in.givesLastUse(c.fn) || !slices.ContainsFunc(in.stack, func(fn *ir.Func) bool { return fn.Async }) {
		return
	}
	if slices.ContainsFunc(in.stack, waitsForEvents) || slices.ContainsFunc(in.unawaited, func(u Called) bool { return u.File == f.file && u.At == e.At }) {
		return
	}
	in.unawaited = append(in.unawaited, Called{Ref: orElse(c.fn.Name, orElse(in.acting[c.fn], "those who listen")), File: f.file, At: e.At, Expr: e})
}

// givesLastUse reports whether a function does nothing but give back the promise of the call of a service that was made last: (order) => sns.send(...)
func (in *interp) givesLastUse(fn *ir.Func) bool {
	if len(fn.Body) != 1 || fn.Body[0].Kind != ir.Return || fn.Body[0].X == nil || len(in.uses) == 0 {
		return false
	}
	last := in.uses[len(in.uses)-1]
	return last.File == fn.File && last.At == fn.Body[0].X.At
}

// waitsForEvent is how code waits until an event has come, or until who listens has said that he is done.
var waitsForEvent = regexp.MustCompile(`\bnew\s+Promise\b|\bawait\s+(events\s*\.\s*)?once\s*\(|\bPromise\s*\.\s*(all|allSettled)\b`)

// waitsForEvents reports whether a function waits for an event, or for several things together, of which one is perhaps what a listener has begun.
func waitsForEvents(fn *ir.Func) bool {
	return waitsForEvent.Match(fn.File.Tree.Source[fn.Start:fn.End])
}

// statement is the beginning of a statement of SQL.
var statement = regexp.MustCompile(`(?is)^\s*(select\s|insert\s+into\s|update\s|delete\s+from\s|replace\s+into\s|merge\s+into\s|with\s+\w+\s+as\s*\(|drop\s|alter\s|truncate\s|create\s+(table|view|user|database|index)\s|grant\s)`)

// runs are names of methods that run statements.
var runs = set("execute executemany executescript query queries raw run exec sql fetch fetchall fetchone fetch_all fetch_one fetchrow all any one many oneOrNone manyOrNone none result executeQuery executeSql executeSQL runQuery run_query execute_query doQuery rawQuery read_sql")

// perhapsSQL: something of which it is not known what it is runs a text that is plainly SQL, or sends it to a service that does.
func (in *interp) perhapsSQL(f frame, e *ir.Expr, method string, args *arguments, client bool) {
	if method == "" {
		method = lastPart(textOf(e.X))
	}
	if !client && runs[method] && args.get(0).isStatement() {
		in.perhapsRun(f, e, method, args.get(0))
	}
	for _, a := range append([]*Value{{fields: args.kw}}, args.list...) {
		in.perhapsRequest(f, e, method, a)
		for _, body := range []string{"body", "data", "json"} {
			if b := a.fields[body]; b != nil {
				in.perhapsRequest(f, e, method, b)
				in.perhapsRequest(f, e, method, orNothing(b.json))
			}
		}
	}
}

// perhapsRequest: a statement of SQL, or a part of one, among the members of an object.
func (in *interp) perhapsRequest(f frame, e *ir.Expr, method string, request *Value) {
	for _, key := range []string{"sql", "query", "statement"} {
		if x := request.fields[key]; x != nil && x.isStatement() {
			in.perhapsRun(f, e, method, x)
		}
	}
	for _, key := range []string{"text", "q"} { // messages and searches are called so too: "Update of your order ..."
		if x := request.fields[key]; x != nil && plainly.MatchString(x.prefix) {
			in.perhapsRun(f, e, method, x)
		}
	}
	if x := request.fields["where"]; x != nil && comparison.MatchString(x.prefix) {
		in.perhapsRun(f, e, method, x)
	}
	for _, table := range []string{"table", "tablename", "tableName", "table_name"} {
		if x := request.fields["values"]; x != nil && request.fields[table] != nil && quoted.MatchString(x.prefix) {
			in.perhapsRun(f, e, method, x)
		}
	}
}

// Beginnings of statements, up to an outsider's data: all of one that no sentence begins with, a condition, and values of which the first
// ones are known.
var (
	plainly    = regexp.MustCompile(`(?is)^\s*(select\s.*\sfrom\s.*\swhere\s|insert\s+into\s.*\svalues\s*\(|update\s+[\w."\[\]]+\s+set\s|delete\s+from\s.*\swhere\s)`)
	comparison = regexp.MustCompile(`(?i)^\s*[\w."\[\]]+\s*(=|<>|!=|<=?|>=?|\slike|\sin\s*\()\s*['"%(]*$`)
	quoted     = regexp.MustCompile(`^\s*\(?('[^']*'\s*,\s*|\d+\s*,\s*)*'$`)
)

func (v *Value) isStatement() bool { return statement.MatchString(v.prefix) }

// perhapsRun tells of outsiders' data in SQL. Where the text comes from another function, each place that makes one is told by itself:
// one function that runs them all is not what is to be mended.
func (in *interp) perhapsRun(f frame, e *ir.Expr, method string, text *Value) {
	for _, t := range surestFirst(text.taints) {
		made := t.madeText()
		if made == nil || in.isHere(f, made) {
			in.hit(f, e.At, "sql", method, []*Taint{t}, true)
			continue
		}
		before := len(in.hits)
		in.hit(frame{f.s, made.file}, made.at, "sql", method, []*Taint{t}, true)
		for _, h := range in.hits[before:] {
			h.End = &Step{File: f.file, At: e.At}
		}
	}
}

// madeText is where a taint became part of the text that it is in; nil where it is not known.
func (t *Taint) madeText() *step {
	for s := t.step; s != nil; s = s.prev {
		if s.note == intoText {
			return s
		}
	}
	return nil
}

// isHere reports whether a place is in the function that runs.
func (in *interp) isHere(f frame, at *step) bool {
	if at.file != f.file || len(in.stack) == 0 {
		return at.file == f.file
	}
	fn := in.stack[len(in.stack)-1]
	return fn.Start <= at.at && at.at <= fn.End
}

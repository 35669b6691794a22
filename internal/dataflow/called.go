package dataflow

import (
	"cmp"
	"go/scanner"
	gotoken "go/token"
	"regexp"
	"slices"
	"strings"

	"wardlet.example/internal/ir"
)

// Called is a call that code makes.
type Called struct {
	Ref  string // what is called: bcrypt.compare, @aws-sdk/client-sqs.SQSClient().send; of the program by its name
	File *ir.File
	At   int32
	Expr *ir.Expr
	Does []Effect // what it does elsewhere, as far as is known
	// Limits are the inputs that limit what it reads, as rows name them: 0, "0.where", "kw:filter".
	Limits []string
	// Statement is the statement of SQL that it runs, or what is known of its beginning.
	Statement string
	// OfQueue is set where what is parsed is what a message of a queue holds.
	OfQueue bool
	// Waits are the lengths of time that it is told to wait for an answer, WaitsOfClient those that the client was told which it is made with.
	Waits, WaitsOfClient []*Value
}

// DoesAny reports whether a call does one of these things elsewhere.
func (c Called) DoesAny(effects ...Effect) bool {
	return slices.ContainsFunc(effects, func(e Effect) bool { return slices.Contains(c.Does, e) })
}

type calledAt struct {
	file    *ir.File
	at, end int32 // several calls can begin at one place: client().send()
}

// callsLibrary notes a call of a library, once for each place.
func (in *interp) callsLibrary(f frame, e *ir.Expr, ref, method string, recv *Value, args *arguments) {
	if e.X == nil || in.proving > 0 {
		return
	}
	does, limits, statement := in.effects(f, ref, method, args)
	if in.selectsAll(f, e, ref, args) {
		does = append(does, Lists)
	}
	if ref == "" && len(does) == 0 {
		return
	}
	ref = orElse(ref, method)
	if slices.ContainsFunc(does, Effect.changes) {
		in.acts(lastPart(ref))
	}
	in.limitsRows(f, e, orElse(method, lastPart(ref)), args)
	in.amountsInStatement(f, e, orElse(method, lastPart(ref)), args)
	if slices.Contains(does, Sends) {
		in.relays(f, e.At, lastPart(ref), &Value{fields: map[string]*Value{"": args.get(0), " ": {fields: args.kw}}})
	}
	if slices.Contains(does, Pays) {
		in.amountsPosted(f, e.At, lastPart(ref), args)
	}
	if slices.Contains(does, Writes) {
		in.storesPassword(f, e, ref, recv, args)
	}
	if slices.Contains(does, Writes) && !checksItself[packageOf(ref)] || slices.Contains(does, Sends) {
		in.keepsFields(f, e.At, lastPart(ref), &Value{fields: indexed(append(slices.Clone(args.list), kwValues(args)...))})
	}
	if slices.Contains(does, Calls) || postsToChat.MatchString(ref) {
		in.tellsChat(f, e, ref, lastPart(ref), recv, args)
	}
	in.tellsTraces(f, e, ref, args)
	if slices.Contains(does, Calls) {
		in.posts(f, e.At, lastPart(ref), args)
	}
	in.asksModelAt(f, e.At, args)
	if name := clientOf(ref); asksModel.MatchString(name) || slices.Contains(does, Asks) {
		if !isModel(name) {
			name = modelOf + strings.ReplaceAll(name, "()", "")
		}
		in.keepsFields(f, e.At, name, &Value{fields: indexed(append(slices.Clone(args.list), kwValues(args)...))})
	}
	at := calledAt{f.file, e.At, e.End}
	if _, ok := in.called[at]; ok {
		return
	}
	if in.called == nil {
		in.called = map[calledAt]Called{}
	}
	in.called[at] = Called{ref, f.file, e.At, e, does, limits, statement, false, waitsOf(ref, args), waitsOfClient(recv)}
}

// leadsTo notes the functions of the program that a call leads to, or that it is one of a library.
func (p *Program) leadsTo(e *ir.Expr, callee *Value) {
	if len(callee.fns) == 0 && callee.ref == "" {
		return
	}
	if p.callees == nil {
		p.callees = map[*ir.Expr][]*ir.Func{}
	}
	fns := p.callees[e]
	for _, c := range callee.fns {
		if !slices.Contains(fns, c.fn) {
			fns = append(fns, c.fn)
		}
	}
	p.callees[e] = fns
}

// Callees are the functions of the program that a call leads to, whoever asked for it; false where that is not known.
func (p *Program) Callees(e *ir.Expr) ([]*ir.Func, bool) {
	fns, ok := p.callees[e]
	return fns, ok
}

// typesOfSchemas are libraries for tables that refuse or convert what has another type than the schema says.
var typesOfSchemas = set("dynamodb-toolbox electrodb dynamodb-onetable dynamoose")

// checksItself are libraries whose schemas or types look at what is stored.
// Those of MongoDB are noted where their rows are looked at.
var checksItself = set("mongodb pymongo motor mongoose dynamoose electrodb @prisma/client sequelize sequelize-typescript typeorm dynamodb-onetable dynamodb-toolbox")

// allCalls are the calls of libraries in the order of their places.
func (in *interp) allCalls() []Called {
	out := make([]Called, 0, len(in.called))
	for _, c := range in.called {
		out = append(out, c)
	}
	slices.SortFunc(out, func(a, b Called) int {
		return cmp.Or(strings.Compare(a.File.Path, b.File.Path), cmp.Compare(a.At, b.At), cmp.Compare(a.Expr.End, b.Expr.End))
	})
	return out
}

// allReached are the functions that were called, in the order of their places.
func (in *interp) allReached() []*ir.Func {
	out := make([]*ir.Func, 0, len(in.visited))
	for fn := range in.visited {
		out = append(out, fn)
	}
	slices.SortFunc(out, func(a, b *ir.Func) int {
		return cmp.Or(strings.Compare(a.File.Path, b.File.Path), cmp.Compare(a.Start, b.Start))
	})
	return out
}

// floats notes a statement of an asynchronous function that does something elsewhere, by itself or through an asynchronous function of the
// program, and does not wait for the promise. Acted is how much was done before it.
func (in *interp) floats(f frame, e *ir.Expr, acted int) {
	in.givenToStream(f, e)
	if in.acted > acted && in.calledBackInVain(f, e) {
		in.unawaited = append(in.unawaited, Called{Ref: orElse(lastPart(textOf(e.X)), in.uses[len(in.uses)-1].Key), File: f.file, At: e.At, Expr: e})
		return
	}
	if f.file.Language != ir.Node || e.Kind != ir.Call || in.loading != nil || in.proving > 0 || !in.frozenMeanwhile() {
		return
	}
	first := e // send(x) of send(x).then(f).catch(g)
	for first.X.Kind == ir.Member && (chains[first.X.Str] || first.X.Str == "promise") && first.X.X.Kind == ir.Call {
		first = first.X.X
	}
	fns := in.quiet(f, first.X).fns
	each := e.X.Kind == ir.Member && (e.X.Str == "forEach" || e.X.Str == "map") && len(e.List) > 0 && e.List[0].Kind == ir.Lambda
	started := fns
	if each {
		started = in.startedByEach(f, e.X.X, e.List[0])
	}
	if in.acted == acted && !slices.ContainsFunc(started, func(c *closure) bool { return in.acting[c.fn] != "" }) {
		return
	}
	if answersBehind(f.file.Tree.Source[e.At:e.End]) || in.handsAnswerOn(f, e) {
		return
	}
	name := lastPart(textOf(first.X))
	if first.X.Kind == ir.Member { // new Order(...).save()
		name = first.X.Str
	}
	switch {
	case each:
		if !e.List[0].Fn.Async && !in.givePromises(started) {
			return
		}
		name = e.X.Str
	case first != e:
	case in.takesCallback(f, e):
		return
	case in.called[calledAt{f.file, e.At, e.End}].DoesAny(Writes, Sends, Calls, Pays):
	case len(in.uses) > 0 && in.uses[len(in.uses)-1].At == e.At && in.uses[len(in.uses)-1].File == f.file:
		if !strings.HasPrefix(in.quiet(f, e.X).ref, "@aws-sdk/") {
			return
		}
		name = in.uses[len(in.uses)-1].Key
	default:
		if !in.givePromises(fns) {
			return
		}
	}
	for _, c := range in.unawaited {
		if c.File == f.file && c.At == e.At {
			return
		}
	}
	in.unawaited = append(in.unawaited, Called{Ref: orElse(name, "a call"), File: f.file, At: e.At, Expr: e})
}

// frozenMeanwhile reports whether what the function at hand begins and does not wait for is frozen when the answer is there: it is asynchronous, or is
// called by one that is and gives nothing back to wait for, or it stands behind a promise or in a route of Express, which an adapter ends with the answer.
func (in *interp) frozenMeanwhile() bool {
	n := len(in.stack)
	if n == 0 {
		return false
	}
	top := in.stack[n-1]
	if top.Async {
		return true
	}
	r := in.following
	if r != nil && r.framework == "express" && (top == r.fn.fn || in.afterPromise[top]) {
		return true
	}
	direct := len(in.sites) == n && in.sites[n-1].direct && givesNothing(top)
	return (direct || in.afterPromise[top]) && slices.ContainsFunc(in.stack, func(fn *ir.Func) bool { return fn.Async })
}

// givesNothing reports whether a function gives nothing back.
func givesNothing(fn *ir.Func) bool {
	gives := false
	ir.Walk(fn.Body, func(s *ir.Stmt) bool {
		gives = gives || s.Kind == ir.Return && s.X != nil
		return !gives
	}, func(e *ir.Expr) bool { return e.Kind != ir.Lambda })
	return !gives
}

// handsAnswerOn reports whether a call gets what answers the request: it is done when what it calls has answered.
func (in *interp) handsAnswerOn(f frame, e *ir.Expr) bool {
	return slices.ContainsFunc(e.List, func(x *ir.Expr) bool { return x.Kind == ir.Name && in.quiet(f, x).ref == "express.Response" })
}

// answersLater is how what is called when a call is done answers the request, and endsWait how it ends the wait of somebody: until then
// nothing is frozen.
var (
	answersLater = regexp.MustCompile(`\b(res|response|reply|ctx)\s*\.\s*(\w+\([^)]*\)\s*\.\s*)*(json|send|end|status|sendStatus|redirect|render|writeHead|body)\b|\b(callback|cb|done|next)\s*\(|\.then\(\s*(resolve|callback|cb|done|next)\b`)
	endsWait     = regexp.MustCompile(`\b(resolve|reject)\s*\(`)
	makesWait    = regexp.MustCompile(`\bnew\s+Promise\b`)
)

// answersBehind reports whether what is begun answers the request, or ends the wait of somebody who is not a part of it.
func answersBehind(text []byte) bool {
	return answersLater.Match(text) || endsWait.Match(text) && !makesWait.Match(text)
}

// givenToStream notes the work on each part of a stream that is given to it as an asynchronous function: streams don't wait for that, and their
// end comes before it is done. Who stops the stream meanwhile waits.
func (in *interp) givenToStream(f frame, e *ir.Expr) {
	if f.file.Language != ir.Node || in.loading != nil || in.proving > 0 || !slices.ContainsFunc(in.stack, func(fn *ir.Func) bool { return fn.Async }) {
		return
	}
	for c := e; c.Kind == ir.Call && c.X.Kind == ir.Member; c = c.X.X {
		if c.X.Str != "on" || len(c.List) != 2 || c.List[0].Str != "data" || c.List[1].Kind != ir.Lambda {
			continue
		}
		given := c.List[1]
		started := in.startedByEach(f, c.X.X, given)
		acts := given.Fn.Async && in.acting[given.Fn] != "" || len(started) == 1 && in.acting[started[0].fn] != "" && in.givesPromise(started[0], 0)
		if !acts || stopsStream.Match(f.file.Tree.Source[given.At:given.End]) || slices.ContainsFunc(in.unawaited, func(u Called) bool { return u.File == f.file && u.At == given.At }) {
			continue
		}
		name := in.acting[given.Fn]
		if len(started) == 1 {
			name = started[0].fn.Name
		}
		in.unawaited = append(in.unawaited, Called{Ref: orElse(name, "a call"), File: f.file, At: given.At, Expr: c})
	}
}

// stopsStream is how a stream is held until its part is worked on, or what is begun is kept to be waited for.
var stopsStream = regexp.MustCompile(`\.(pause|push)\s*\(`)

// calledBackInVain reports whether a call of a service is given a function that only writes a log, while a function waits for nothing that
// is asynchronous: it has answered before that function is called.
func (in *interp) calledBackInVain(f frame, e *ir.Expr) bool {
	if f.file.Language != ir.Node || e.Kind != ir.Call || in.loading != nil || in.proving > 0 || len(in.uses) == 0 || !slices.ContainsFunc(in.stack, func(fn *ir.Func) bool { return fn.Async }) {
		return false
	}
	last, callback := in.uses[len(in.uses)-1], lastOf(e.List)
	if last.At != e.At || last.File != f.file || callback == nil || callback.Kind != ir.Lambda || len(callback.Fn.Body) == 0 {
		return false
	}
	if slices.ContainsFunc(in.unawaited, func(c Called) bool { return c.File == f.file && c.At == e.At }) {
		return false
	}
	only := true
	ir.Walk(callback.Fn.Body, func(s *ir.Stmt) bool {
		only = only && (s.Kind == ir.Eval || s.Kind == ir.If || s.Kind == ir.Block || s.Kind == ir.Return && s.X == nil)
		return only
	}, func(x *ir.Expr) bool {
		only = only && x.Kind != ir.Assign && (x.Kind != ir.Call || writesLog.MatchString(textOf(x.X)) || x.X.Kind == ir.Member && x.X.Str == "stringify")
		return only
	})
	return only
}

// writesLog is how calls are written that log.
var writesLog = regexp.MustCompile(`(?i)^(this\.)?_?(console|logger|log)\b`)

// takesCallback reports whether a call is given a function that is called when it is done.
func (in *interp) takesCallback(f frame, e *ir.Expr) bool {
	return len(in.quiet(f, orUnknown(lastOf(e.List))).fns) > 0
}

// runsBeside notes what runs beside a handler of Go and calls services, where neither the function that began it nor one that called that waits
// for anything.
func (in *interp) runsBeside(f frame, e *ir.Expr, acted int) {
	if in.acted == acted || e.Kind != ir.Call || in.loading != nil || in.proving > 0 || len(in.stack) == 0 || slices.ContainsFunc(in.stack, waits) {
		return
	}
	if slices.ContainsFunc(in.unawaited, func(c Called) bool { return c.File == f.file && c.At == e.At }) {
		return
	}
	name := lastPart(textOf(e.X))
	if e.X.Kind == ir.Lambda {
		name = in.acting[e.X.Fn]
	} else if fns := in.quiet(f, e.X).fns; len(fns) == 1 {
		name = orElse(in.acting[fns[0].fn], name)
	}
	in.unawaited = append(in.unawaited, Called{Ref: orElse(name, "a call"), File: f.file, At: e.At, Expr: e})
}

// waitWord is how functions are called that wait for what runs beside.
var waitWord = regexp.MustCompile(`^[wW]ait|Wait`)

// waits reports whether a function of Go waits for what runs beside it, or is told of it by a channel.
func waits(fn *ir.Func) bool {
	source := fn.File.Tree.Source[fn.Start:fn.End]
	var s scanner.Scanner
	s.Init(gotoken.NewFileSet().AddFile("", -1, len(source)), source, func(gotoken.Position, string) {}, 0)
	waiting := false // the word before is one
	for {
		_, t, text := s.Scan()
		switch {
		case t == gotoken.EOF:
			return false
		case t == gotoken.ARROW, t == gotoken.SELECT, t == gotoken.LPAREN && waiting:
			return true
		}
		waiting = t == gotoken.IDENT && waitWord.MatchString(text)
	}
}

// chains are the methods of promises.
var chains = set("then catch finally")

// givesPromise reports whether a function is asynchronous, or returns what one gives.
func (in *interp) givesPromise(c *closure, depth int) bool {
	if c.fn.Async || depth > maxReturned {
		return c.fn.Async
	}
	found := false
	ir.Statements(c.fn.Body, func(list []*ir.Stmt, i int) {
		x := list[i].X
		if list[i].Kind != ir.Return || x == nil || x.Kind != ir.Call {
			return
		}
		if x.X.Kind == ir.Member && chains[x.X.Str] || in.promisesUse(c.fn.File, x) {
			found = true
			return
		}
		fns := in.quiet(frame{c.scope, c.fn.File}, x.X).fns
		found = found || len(fns) == 1 && in.givesPromise(fns[0], depth+1)
	})
	return found
}

// promisesUse reports whether a call that was followed gives the promise of a call of AWS, as the SDKs of Node make one: client.send(new Command()),
// and .promise() of version 2, or of another one that does something elsewhere.
func (in *interp) promisesUse(file *ir.File, e *ir.Expr) bool {
	if in.called[calledAt{file, e.At, e.End}].DoesAny(Writes, Sends, Calls, Pays) {
		callback := lastOf(e.List)
		return callback == nil || callback.Kind != ir.Lambda
	}
	if e.X.Kind != ir.Member {
		return false
	}
	sends := e.X.Str == "send" && len(e.List) > 0 && e.List[0].Kind != ir.Lambda
	first := e
	if e.X.Str == "promise" && e.X.X.Kind == ir.Call {
		first = e.X.X
	} else if !sends {
		return false
	}
	return slices.ContainsFunc(in.uses, func(u Use) bool { return u.File == file && (u.At == e.At || u.At == first.At) })
}

// givePromises reports whether there are functions, and each of them gives a promise: whichever is called, somebody has to wait for it.
func (in *interp) givePromises(fns []*closure) bool {
	return len(fns) > 0 && !slices.ContainsFunc(fns, func(c *closure) bool { return !in.givesPromise(c, 0) })
}

// startedByEach are the functions that one calls which is called for each element, and does nothing else: (x) => send(x).
func (in *interp) startedByEach(f frame, each, lambda *ir.Expr) []*closure {
	body := lambda.Fn.Body
	if len(body) != 1 || body[0].Kind != ir.Return && body[0].Kind != ir.Eval || body[0].X == nil || body[0].X.Kind != ir.Call {
		return nil
	}
	called := body[0].X.X
	if called.Kind == ir.Name && len(lambda.Fn.Params) > 0 && parameterName(lambda.Fn.Params[0]) == called.Str { // (listener) => listener(event)
		return in.elements(in.quiet(f, each)).fns
	}
	return in.quiet(f, called).fns
}

// maxReturned bounds how many functions that return what another one gives are looked at.
const maxReturned = 2

func lastOf(list []*ir.Expr) *ir.Expr {
	if len(list) == 0 {
		return nil
	}
	return list[len(list)-1]
}

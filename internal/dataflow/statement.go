package dataflow

import (
	"regexp"
	"slices"

	"wardlet.example/internal/ir"
)

// statement follows a statement; it reports whether it always leaves.
func (in *interp) statement(f frame, s *ir.Stmt) bool {
	switch s.Kind {
	case ir.Eval:
		return in.evaluates(f, s)
	case ir.Throw:
		in.thrown = joinThrown(in.thrown, in.leavesWith(f, s.X))
		return true
	case ir.Return:
		in.returns(f, s)
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

// evaluates follows an expression that stands for itself, or declares names as those of a scope further out; it reports whether it always leaves.
func (in *interp) evaluates(f frame, s *ir.Stmt) bool {
	if s.Str == "global" || s.Str == "nonlocal" {
		if f.s.global == nil {
			f.s.global = map[string]bool{}
		}
		for _, n := range s.Names {
			f.s.global[n.Name] = s.Str == "global"
		}
	}
	if s.X == nil {
		return false
	}
	before := in.acted
	in.alone = ir.Awaited(s.X)
	in.eval(f, s.X)
	in.floats(f, s.X, before)
	if s.Str == "go" {
		in.goesBeside(f, s.X)
		in.runsBeside(f, s.X, before)
	}
	in.passed(f, s.X)
	return in.leaves(f, s.X)
}

// leavesWith is what a statement leaves a function with.
func (in *interp) leavesWith(f frame, x *ir.Expr) *Value {
	if x == nil {
		return nothing
	}
	before := in.returning
	in.returning = x
	v := in.eval(f, x)
	in.returning = before
	return v
}

// returns follows what a function gives back; what the handler itself gives back is the answer.
func (in *interp) returns(f frame, s *ir.Stmt) {
	before := in.inVain
	in.inVain = before || in.depth == 1 && s.Str == "failed" // Go: beside an error no answer gets out
	defer func() { in.inVain = before }()
	v := in.leavesWith(f, s.X)
	f.s.result = in.eitherResult(f, f.s.result, withoutFailed(s, v))
	if n := len(in.stack); n > 0 {
		in.guessable(f, in.stack[n-1].Name, s.X, goResult(v))
	}
	if in.depth == 1 && s.X != nil {
		if f.file.Language == ir.Go && isOfDatabase(v.ref) {
			in.routeError = v
		}
		in.returned(f, s.X, v)
		if !in.mute {
			in.reveals(f, s.X.At, "the response", v, answered)
		} else { // a queue or a stream reads only which records failed
			in.reveals(f, s.X.At, "what the batch answers", orNothing(goResult(v)).fields["batchItemFailures"], answered)
		}
	}
	in.returnsHere()
}

func (in *interp) choose(f frame, s *ir.Stmt) bool {
	if len(s.Names) == 1 && f.file.Language == ir.Python { // except ClientError as error
		in.set(f.s, s.Names[0].As, in.caughtBy(s.Str), true)
	}
	if len(s.Else) == 0 && ir.Ends(s.Body) {
		in.refused = refusesMore(s.X)
	}
	in.optional = onlyTaken(s)
	choosing := in.choosing
	in.choosing = in.ratesBy(f, s)
	answer := in.asTruth(f, s.X, in.eval(f, s.X))
	in.refused, in.choosing = nil, choosing
	ends := [2]bool{true, true}
	var then, other map[string]*Value
	ways := make([]*snapshot, 2)
	arms := []*arm{{}, {}}
	decided := in.decided(f, s.X)
	in.denies(f, s, answer)
	in.asksMemory(f, s)
	defer func() { in.optional = false }()
	in.ifDebugging(f, s.X, func() {
		if decided != no {
			in.inArm(arms[0], func() {
				then = in.whenTrue(f, s.X, true, func() {
					in.sameCondition(f, s.X)
					taken := in.optional
					in.optional = false
					ends[0] = in.run(f, s.Body)
					in.optional = taken
				})
			})
			ways[0] = in.ended()
		}
		if decided != yes {
			in.inArm(arms[1], func() {
				other = in.whenTrue(f, s.X, false, func() { ends[1] = in.run(f, s.Else) })
			})
			ways[1] = in.ended()
		}
		in.meets(ways, ends[:])
		if !ends[0] && !ends[1] {
			in.onlyWhen(f, s, ways[0], ways[1])
		}
		in.merge(f.s, []map[string]*Value{then, other}, ends[:])
		arms[0].layer, arms[0].ends, arms[1].layer, arms[1].ends = then, ends[0], other, ends[1]
		in.meetFields(f, arms)
	})
	f.s.debugging = f.s.debugging || (ends[0] || ends[1]) && in.asksForDebugging(f, s.X, 0)
	return ends[0] && ends[1]
}

func (in *interp) loop(f frame, s *ir.Stmt) {
	var item, list *Value
	if s.Y != nil {
		if s.X == nil {
			in.turning = s.Y
		}
		v := in.eval(f, s.Y)
		list = v
		in.turning = nil
		if v.class != nil && !v.isType {
			if m := v.class.method("__iter__", 0); m != nil {
				v = in.invoke(f, m, v, &arguments{}, s.At)
			}
		}
		item = in.elements(v)
		if in.goesThroughSettings(f, s, v) {
			item = in.anySetting(f, s)
		}
		switch {
		case s.Str == "range":
			item = in.ranged(v, item)
		case s.Str == "keys" || v.isDict && f.file.Language == ir.Python:
			item = in.keys(v)
		}
	}
	defer in.inLoop()()
	items := in.writtenPairs(f, s)
	each := len(items) > 0
	if !each {
		items = []*Value{item, item} // twice: what one round sets the next one reads
	}
	for round, item := range items {
		layers := in.round(f.s, func() {
			if s.X != nil {
				in.bind(f, s.X, item, true)
				in.notesPair(f, s)
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
		if !more && !each {
			break
		}
	}
	in.eachReplaced(f, s, item)
	in.eachChecked(f, s, list)
}

// mostPairs bounds how many pairs of a dictionary a loop goes through one by one.
const mostPairs = 8

// writtenPairs are the pairs of a dictionary of constants that a loop goes through, each by itself: for name, on in SETTINGS.items().
func (in *interp) writtenPairs(f frame, s *ir.Stmt) []*Value {
	y := s.Y
	if f.file.Language != ir.Python || y == nil || y.Kind != ir.Call || y.X.Kind != ir.Member || y.X.Str != "items" || len(y.List) > 0 || s.X == nil || s.X.Kind != ir.Array {
		return nil
	}
	dict := in.quiet(f, y.X.X)
	if !dict.isDict || !dict.hasOnlyFields() || len(dict.fields) > mostPairs || len(dict.some) > 0 {
		return nil
	}
	var out []*Value
	for name, x := range sorted(dict.fields) {
		if !x.known {
			return nil
		}
		out = append(out, &Value{fields: map[string]*Value{"0": constant(name), "1": x}})
	}
	return out
}

// eachReplaced: behind a loop that puts something else in the place of each element, nothing of what was there is left:
// for i, a := range list { list[i] = html.EscapeString(a) }
func (in *interp) eachReplaced(f frame, loop *ir.Stmt, item *Value) {
	list := numberedList(f, loop)
	if list == nil || len(loop.Body) == 0 || in.isMap(in.quiet(f, list)) {
		return
	}
	before, last := loop.Body[:len(loop.Body)-1], loop.Body[len(loop.Body)-1]
	set := last.X
	if last.Kind != ir.Eval || set.Kind != ir.Assign || set.Str != "" || set.X.Kind != ir.Index || leaves(before) {
		return
	}
	if textOf(set.X.X) != list.Str || textOf(set.X.Y) != textOf(loop.X.List[0]) {
		return
	}
	var now *Value
	f.s.branch(func() {
		in.bind(f, loop.X, item, true)
		in.run(f, before)
		now = in.eval(f, set.Y)
	})
	in.set(f.s, list.Str, &Value{elem: now}, false)
}

// numberedList is the name of a list that a loop goes through with the number of each element; nil for other loops.
func numberedList(f frame, loop *ir.Stmt) *ir.Expr {
	list := loop.Y
	switch {
	case loop.X == nil || loop.X.Kind != ir.Array || len(loop.X.List) == 0:
		return nil
	case loop.Str == "range" && f.file.Language == ir.Go:
	case f.file.Language == ir.Python && len(loop.X.List) == 2 && list.Kind == ir.Call && textOf(list.X) == "enumerate" && len(list.List) == 1:
		list = list.List[0]
	default:
		return nil
	}
	if list.Kind != ir.Name {
		return nil
	}
	return list
}

// leaves reports whether statements end a round of their loop.
func leaves(body []*ir.Stmt) bool {
	found := false
	ir.Walk(body, func(s *ir.Stmt) bool {
		found = found || s.Kind == ir.Leave
		return !found
	}, func(*ir.Expr) bool { return false })
	return found
}

// eachChecked: behind a loop that leaves the function at the first element that does not pass, all of them have passed. Of names of fields
// that passed the fields are not known: a loop of Python through what is perhaps a dictionary says nothing.
func (in *interp) eachChecked(f frame, loop *ir.Stmt, list *Value) {
	name, refusals := elementName(loop), refusals(loop.Body)
	if name == "" || textOf(loop.Y) == "" || in.proving >= deepestProof {
		return
	}
	in.charactersChecked(f, loop, list, func(*ir.Expr) bool { return true })
	if len(refusals) == 0 || f.file.Language == ir.Python && (list.isDict || !list.isList && list.elem == nil) {
		return
	}
	var rules []string
	f.s.branch(func() {
		in.set(f.s, name, &Value{taints: []*Taint{{}}}, true)
		for _, s := range refusals {
			in.guard(f, s.X, false)
		}
		if g, ok := f.s.own(string(guardMark) + name); ok {
			rules = keysOf(g.fields)
		}
	})
	if len(rules) == 0 {
		return
	}
	in.trust(f, loop.Y, rules)
	if loop.Y.Kind != ir.Name {
		return
	}
	if list, ok := in.get(f.s, loop.Y.Str); ok && list != nil && list != nothing && !list.shared && len(list.taints) == 0 && (list.elem != nil || len(list.fields) > 0) {
		in.set(f.s, loop.Y.Str, cleanedInside(list, rules, 0), false)
	}
}

// refusals are the conditions at the beginning of a loop by which it leaves the function.
func refusals(body []*ir.Stmt) []*ir.Stmt {
	for i, s := range body {
		if s.Kind != ir.If || len(s.Else) > 0 || len(s.Body) == 0 {
			return body[:i]
		}
		if last := s.Body[len(s.Body)-1]; last.Kind != ir.Return && last.Kind != ir.Throw {
			return body[:i]
		}
	}
	return body
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
	guards := catches && !onlyOthers(f, s.Else)
	if guards {
		in.tries++
	}
	body := in.inBranch(f.s, func() { ends[0] = in.run(f, s.Body) })
	if guards {
		in.tries--
	}
	ways := []*snapshot{in.ended(), nil}
	in.meets(ways[:1], ends[:1]) // what failed did so at the end
	in.catching++
	caught := orNothing(in.thrown)
	in.thrown = before
	if !catches { // try ... finally
		in.thrown = joinThrown(before, caught)
	}
	if caught.secret != nil && caught.secret.asked && bindsOthers(f, s.Else) { // which of them it is called there is not known
		c := *caught
		c.secret = nil
		caught = &c
	}
	outer := in.caught
	in.caught = caught
	handler := in.inBranch(f.s, func() {
		if s.X != nil {
			in.bind(f, s.X, caught, true)
		}
		ends[1] = in.run(f, s.Else) && !allIfs(s.Else) || allIfs(s.Else) && allLeave(s.Else)
	})
	in.caught = outer
	in.catching--
	ways[1] = in.ended()
	in.meets(ways, ends[:])
	in.merge(f.s, []map[string]*Value{body, handler}, ends[:])
	return in.onEveryWay(exits, func() bool { return in.run(f, s.Final) }) || ends[0] && (ends[1] || len(s.Else) == 0)
}

// otherErrors are clauses of Python for errors that parsing a text never throws.
var otherErrors = regexp.MustCompile(`^\(?(\s*([\w.]*\b(KeyError|IndexError|LookupError|TypeError|AttributeError|ClientError|BotoCoreError|NoCredentialsError|ValidationError|SchemaError|RequestException))\s*,?)+\)?$`)

// onlyOthers reports whether the handlers of a try statement let the failure of parsing pass: in Python they name other errors, in JavaScript they ask for
// others and throw what is none of them.
func onlyOthers(f frame, handlers []*ir.Stmt) bool {
	switch f.file.Language {
	case ir.Python:
		return len(handlers) > 0 && !slices.ContainsFunc(handlers, func(h *ir.Stmt) bool { return !otherErrors.MatchString(h.Str) })
	case ir.Node:
		last := len(handlers) - 1
		return last > 0 && handlers[last].Kind == ir.Throw && !slices.ContainsFunc(handlers[:last], func(s *ir.Stmt) bool {
			return s.Kind != ir.If || s.X.Kind != ir.Binary || s.X.Str != "instanceof" || s.X.Y.Kind != ir.Name || s.X.Y.Str == "SyntaxError" || s.X.Y.Str == "Error"
		})
	}
	return false
}

func allIfs(body []*ir.Stmt) bool {
	for _, s := range body {
		if s.Kind != ir.If {
			return false
		}
	}
	return len(body) > 0
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

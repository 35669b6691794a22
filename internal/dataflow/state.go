package dataflow

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"wardlet.example/internal/ir"
)

// What a function keeps outside of its handler stays there for whoever calls it next. An entry that keeps something is followed twice more:
// as a first invocation, which gives what is left at its end, and as a second one, which begins with that. Here a certain write replaces
// what was there, so that only what is read before it is written counts.

// place is where something outlasts an invocation: a variable of a module, a field of an object that modules share ("[]" for what was put
// into a list), a default argument, a file.
type place struct {
	scope  *scope
	object *Value
	expr   *ir.Expr
	name   string
}

const (
	elementsOf = "[]"
	allOfIt    = "*" // all that an object held before
)

// kept is what this invocation put somewhere; sure where it certainly did.
type kept struct {
	v    *Value
	sure bool
	by   *step  // where it was written
	when string // the condition under which it certainly was written
}

// snapshot is what an invocation has put into places so far. It is not changed any more: a write makes another one.
type snapshot struct{ at map[place]*kept }

// invocations is what is known while an entry is followed as a first or a second invocation.
type invocations struct {
	now     *snapshot
	base    *snapshot   // what stands before all routes has put there
	exits   []*snapshot // where the function that is followed returns
	left    *snapshot   // the end of the branch that was followed last
	after   map[string]*snapshot
	file    *ir.File // where the binding stands that is being made
	at      int32
	lasting map[*Value]bool     // objects that are made once, beside those that modules share
	of      map[*Value]*Value   // objects with what was put into them, and which they are
	names   map[*Value][]string // what was put into objects, in order
	made    map[place]*Value    // default arguments

	remains map[place]*Value // what the first invocation leaves; in order of places
	order   []place
	second  bool
	old     map[place]*Value
	earlier *Source
	hits    map[string]*Hit
	rank    map[string]int
	told    []string
	budget  int
	puts    map[codePlace]*Value // into what object something is put, by where that is written
	keyed   map[codePlace]Step   // where a cache was called with the key under which something was put, by where that is written
	skipped []*snapshot          // what was known where rounds of the loop at hand were left
}

// between follows an entry as two invocations and gives what the second gets of the first.
func (p *Program) between(spent int, follow func(*interp)) []*Hit {
	routed, given, listeners := slices.Clone(p.routed), maps.Clone(p.given), maps.Clone(p.listeners)
	defer func() { p.routed, p.given, p.listeners = routed, given, listeners }()
	fresh := func(old map[place]*Value) *interp {
		in := &interp{p: p, overlay: map[*scope]map[string]*Value{}, over: map[*Value]map[string]*Value{}, sources: map[string]*Source{}, seen: map[string]bool{}}
		in.st = &invocations{
			lasting: p.statics(), of: map[*Value]*Value{}, names: map[*Value][]string{}, made: map[place]*Value{}, after: map[string]*snapshot{},
			remains: map[place]*Value{}, puts: map[codePlace]*Value{}, keyed: map[codePlace]Step{}, old: old, second: old != nil, earlier: &Source{Label: "an earlier invocation", stays: true}, hits: map[string]*Hit{}, rank: map[string]int{}, budget: 2*spent + 20_000,
		}
		return in
	}
	first := fresh(nil)
	follow(first)
	if len(first.st.remains) == 0 {
		return nil
	}
	second := fresh(first.st.remains)
	second.st.earlier, second.st.puts, second.st.keyed = first.st.earlier, first.st.puts, first.st.keyed
	second.steps, second.st.budget = first.steps, second.st.budget+first.steps
	for _, at := range first.st.order {
		second.st.note(at)
	}
	follow(second)
	var out []*Hit
	for _, key := range second.st.told {
		out = append(out, second.st.hits[key])
	}
	return out
}

// keeping notes whether the function that was followed has put something outside of the handler.
func (in *interp) keeping(c *closure) {
	if in.keeps {
		if in.keepers == nil {
			in.keepers = map[*closure]bool{}
		}
		in.keepers[c] = true
	}
	in.keeps = false
}

// invocation follows an entry as one invocation: each of its functions is called by another event. Of those that keep nothing the first
// invocation is none.
func (in *interp) invocation(e Entry, v *Value, functions []*closure, routes []*routed, keepers map[*closure]bool) {
	for _, c := range functions {
		if in.st.second || keepers[c] {
			in.handle(c, e, v)
			in.finished(false)
		}
	}
	for _, route := range routes {
		if before := route.use || route.middle; in.st.second || before || keepers[route.fn] {
			in.route(route)
			in.finished(before)
		}
	}
	in.finished(false)
}

// statics are the objects that classes hold for all of their instances.
func (p *Program) statics() map[*Value]bool {
	out := map[*Value]bool{}
	var mark func(v *Value, depth int)
	mark = func(v *Value, depth int) {
		if v == nil || v == nothing || out[v] || depth > 4 {
			return
		}
		out[v] = true
		for _, x := range v.fields {
			mark(x, depth+1)
		}
	}
	for _, m := range p.modules {
		if m == nil {
			continue
		}
		for _, v := range m.scope.vars {
			if v != nil && v.isType && v.class != nil && v.class.static != nil {
				for _, x := range v.class.static.fields {
					mark(x, 0)
				}
			}
		}
	}
	return out
}

// perhapsKeeps reports whether what is put outside of a handler can be a user's: data of the event, what a library gave, or something of
// which nothing is known, as the name of who is signed in.
func perhapsKeeps(v *Value) bool {
	return v.hasOf(0, func(x *Value) bool {
		return x.empty() || len(x.taints) > 0 || x.asked || x.class != nil && !x.isType || x.madeForUser()
	})
}

// madeForUser reports whether a client of a library was made with what can be a user's: new S3Client({credentials}).
func (v *Value) madeForUser() bool { return v.madeFor(0) }

// deepestMade bounds how far it is looked for in what was made by a library for what a library was given: new S3Client({credentials: assume({role})}).
const deepestMade = 1

func (v *Value) madeFor(depth int) bool {
	return depth <= deepestMade && strings.HasSuffix(v.ref, ")") && asksFor(&arguments{list: v.args, kw: v.kw}, depth)
}

// perhapsAsked reports whether a library is perhaps asked for what is of a user.
func perhapsAsked(args *arguments) bool { return asksFor(args, deepestMade) }

func asksFor(args *arguments, depth int) bool {
	is := func(v *Value) bool {
		return v.hasOf(0, func(x *Value) bool {
			return x.empty() || len(x.taints) > 0 || x.asked || x.madeFor(depth+1)
		})
	}
	if args.rest != nil || slices.ContainsFunc(args.list, is) {
		return true
	}
	for _, v := range args.kw {
		if is(v) {
			return true
		}
	}
	return false
}

// deepestKeptPart bounds how deep it is looked for in what is kept: an entry of a cache has a value, of which a list has records.
const deepestKeptPart = 5

// hasOf reports whether a value, or something in it, is such.
func (v *Value) hasOf(depth int, is func(*Value) bool) bool {
	if v == nil || depth > deepestKeptPart {
		return false
	}
	if is(v) || v.elem.hasOf(depth+1, is) {
		return true
	}
	for _, x := range v.fields {
		if x.hasOf(depth+1, is) {
			return true
		}
	}
	return false
}

// lasts reports whether names of a scope outlast the invocation: those of a module, and of a function that was called while one was loaded.
func (in *interp) lasts(s *scope) bool {
	return in.loading == nil && (s.lasting || s.module != nil && s == s.module.scope && s.module.loaded)
}

// isLasting reports whether an object outlasts the invocation.
func (in *interp) isLasting(v *Value) bool {
	return v != nil && v != nothing && (v.shared || in.st != nil && in.st.lasting[v] || in.st != nil && in.st.of[v] != nil)
}

// keep notes what is put into a place.
func (in *interp) keep(at place, v *Value) bool {
	if in.st == nil {
		in.keeps = in.keeps || in.loading == nil && perhapsKeeps(v)
		return false
	}
	if !in.follows(at, v) {
		return false
	}
	in.st.note(at)
	in.st.put(at, &kept{v: orNothing(v), sure: true, by: in.written(at)})
	return true
}

// keepsInClass notes that something is put into what a class holds for all of its instances.
func (in *interp) keepsInClass(x, v *Value) {
	if x != nil && x.ofClass && in.st == nil {
		in.keeps = in.keeps || in.loading == nil && perhapsKeeps(v)
	}
}

// follows reports whether it makes a difference what is put into a place: something of a user's was put there, or is now; in the second
// invocation, that the first has left something there.
func (in *interp) follows(at place, v *Value) bool {
	if in.st.second {
		return in.st.old[at] != nil || in.touched(at.before(), 0)
	}
	return in.st.now != nil && in.st.now.at[at] != nil || v.hasOf(0, func(x *Value) bool {
		return len(x.taints) > 0 || x.asked || len(x.fields) > 0 || x.isList || x.isDict || x.elem != nil || x.class != nil && !x.isType || x.empty() || x.madeForUser()
	})
}

// before is what a place held when its module was loaded; nil where that is not kept.
func (at place) before() *Value {
	switch {
	case at.object != nil:
		return at.object.fields[at.name]
	case at.scope != nil:
		return at.scope.vars[at.name]
	}
	return nil
}

// grows notes what is put into a list beside what it holds.
func (in *interp) grows(x, v *Value) {
	if in.st == nil {
		in.keeps = in.keeps || in.loading == nil && perhapsKeeps(v)
		return
	}
	in.appends(place{object: in.st.original(x), name: elementsOf}, v)
}

// appends notes what is put into a place behind what is there.
func (in *interp) appends(at place, v *Value) {
	if in.st == nil {
		in.keeps = in.keeps || in.loading == nil && perhapsKeeps(v)
		return
	}
	if !in.follows(at, v) {
		return
	}
	in.st.note(at)
	before := in.st.has(at)
	k := &kept{v: v, by: in.written(at)}
	if before != nil {
		k.v, k.sure = join(before.v, v), before.sure
	}
	in.st.put(at, k)
}

// empties notes that an object holds nothing of before any more.
func (in *interp) empties(x *Value) {
	if in.st == nil || !in.isLasting(x) {
		return
	}
	o := in.st.original(x)
	in.st.put(place{object: o, name: allOfIt}, &kept{v: nothing, sure: true})
	for _, name := range in.st.names[o] {
		in.st.put(place{object: o, name: name}, &kept{v: nothing, sure: true})
	}
}

func (st *invocations) original(v *Value) *Value {
	for st.of[v] != nil {
		v = st.of[v]
	}
	return v
}

func (st *invocations) note(at place) {
	if at.object != nil && !slices.Contains(st.names[at.object], at.name) {
		st.names[at.object] = append(st.names[at.object], at.name)
	}
	if !slices.Contains(st.order, at) {
		st.order = append(st.order, at)
	}
}

func (st *invocations) has(at place) *kept {
	if st.now == nil {
		return nil
	}
	if k := st.now.at[at]; k != nil {
		return k
	}
	if at.object != nil && at.name != allOfIt { // it was emptied
		return st.now.at[place{object: at.object, name: allOfIt}]
	}
	return nil
}

func (st *invocations) put(at place, k *kept) {
	next := &snapshot{at: map[place]*kept{}}
	if st.now != nil {
		if before := st.now.at[at]; before != nil && before.v == k.v && before.sure == k.sure {
			return
		}
		maps.Copy(next.at, st.now.at)
	}
	next.at[at] = k
	st.now = next
}

// met is what is known where ways come together: certain is what all of them have put there.
func met(ways []*snapshot) *snapshot {
	if len(ways) == 0 {
		return nil
	}
	same := true
	for _, w := range ways {
		same = same && w == ways[0]
	}
	if same {
		return ways[0]
	}
	out := &snapshot{at: map[place]*kept{}}
	for _, w := range ways {
		if w == nil {
			continue
		}
		for at := range w.at {
			if out.at[at] == nil {
				out.at[at] = metAt(ways, at)
			}
		}
	}
	return out
}

func metAt(ways []*snapshot, at place) *kept {
	k := &kept{sure: true}
	for _, w := range ways {
		var here *kept
		if w != nil {
			here = w.at[at]
		}
		if here == nil {
			k.sure = false
			continue
		}
		if k.by == nil || len(orNothing(k.v).all()) == 0 { // what says most of where the data was written
			k.by = here.by
		}
		k.v, k.sure = join(k.v, here.v), k.sure && here.sure
		if here.when != "" {
			k.when = here.when
		}
	}
	return k
}

// meets sets what is known after branches; those that leave do not count.
func (in *interp) meets(ways []*snapshot, ends []bool) {
	if in.st == nil {
		return
	}
	var on []*snapshot
	for i, w := range ways {
		if !ends[i] {
			on = append(on, w)
		}
	}
	if len(on) == 0 {
		on = ways
	}
	in.st.now = met(on)
}

// onlyWhen notes the condition under which something was put into places: where it holds again, it is there.
func (in *interp) onlyWhen(f frame, s *ir.Stmt, then, before *snapshot) {
	if in.st == nil || s.X == nil || then == nil || in.st.now == nil {
		return
	}
	text, rest := conditionText(f, s.X), isRest(s.X)
	for at, k := range then.at {
		if now := in.st.now.at[at]; k.sure && now != nil && !now.sure && (text != "" || rest) {
			c := *now
			c.when = text
			c.sure = rest && before != nil && before.at[at] != nil // the cases have written it
			in.st.now = in.st.now.with(at, &c)
		}
	}
}

// isRest reports whether a condition is that of the default of a switch: the value stands before the cases.
func isRest(e *ir.Expr) bool {
	return e.Kind == ir.Binary && (e.Str == "!==" && e.X.At < e.At || e.Str == "&&" && isRest(e.X) && isRest(e.Y))
}

// conditionText is the text of a condition without its spaces; empty where it is long.
func conditionText(f frame, e *ir.Expr) string {
	if e.End <= e.At || e.End-e.At > 200 {
		return ""
	}
	return strings.Join(strings.Fields(string(f.file.Tree.Source[e.At:e.End])), "")
}

// sameCondition notes that a condition holds under which something was put into places.
func (in *interp) sameCondition(f frame, e *ir.Expr) {
	if in.st == nil || e == nil || in.st.now == nil {
		return
	}
	if e.Kind == ir.Binary && e.Str == "&&" {
		in.sameCondition(f, e.X)
		in.sameCondition(f, e.Y)
	}
	text := conditionText(f, e)
	for at, k := range in.st.now.at {
		if k.when != "" && k.when == text && !k.sure {
			c := *k
			c.sure = true
			in.st.now = in.st.now.with(at, &c)
		}
	}
}

// with is a snapshot with one place more.
func (s *snapshot) with(at place, k *kept) *snapshot {
	next := &snapshot{at: maps.Clone(s.at)}
	next.at[at] = k
	return next
}

// ended is what was known at the end of the branch that was followed last, begun what is known now.
func (in *interp) ended() *snapshot {
	if in.st == nil {
		return nil
	}
	return in.st.left
}

func (in *interp) begun() *snapshot {
	if in.st == nil {
		return nil
	}
	return in.st.now
}

// untilReturn follows the body of a function: what is known after it is what is known where it returns.
func (in *interp) untilReturn(body func() bool) {
	if in.st == nil {
		body()
		return
	}
	before := in.st.exits
	in.st.exits = nil
	if left := body(); !left || len(in.st.exits) == 0 {
		in.st.exits = append(in.st.exits, in.st.now)
	}
	in.st.now = met(in.st.exits)
	in.st.exits = before
}

// onEveryWay follows what is done on every way out of a try statement.
func (in *interp) onEveryWay(exits int, follow func() bool) bool {
	if in.st == nil {
		return follow()
	}
	before := in.st.now
	ends := follow()
	if in.st.now == before || in.st.now == nil {
		return ends
	}
	for i := exits; i < len(in.st.exits); i++ {
		out := &snapshot{at: map[place]*kept{}}
		if e := in.st.exits[i]; e != nil {
			maps.Copy(out.at, e.at)
		}
		for at, k := range in.st.now.at {
			if before == nil || before.at[at] != k {
				out.at[at] = k
			}
		}
		in.st.exits[i] = out
	}
	return ends
}

func (in *interp) exits() int {
	if in.st == nil {
		return 0
	}
	return len(in.st.exits)
}

// elementsKept is what people call the elements of a list.
const elementsKept = "a list that is made once"

// called is what people call a place.
func (at place) called() string {
	switch {
	case at.expr != nil:
		return "the default of " + at.name
	case at.name == elementsOf:
		return elementsKept
	case at.object != nil && strings.HasPrefix(at.name, "{"):
		return "a cache whose key is only " + strings.Trim(at.name, "{}")
	case at.object != nil && strings.HasPrefix(at.name, settingsOfClient):
		return "the " + at.name
	case at.object != nil:
		return "." + at.name + " of an object that is made once"
	}
	return at.name
}

// written is the step of what is put into a place.
func (in *interp) written(at place) *step {
	if at.object != nil && !in.st.second {
		put := codePlace{in.st.file, in.st.at}
		in.st.puts[put] = at.object
		if n := len(in.sites); n > 0 && in.sites[n-1].file != nil && strings.HasPrefix(at.name, "{") {
			in.st.keyed[put] = Step{in.sites[n-1].file, in.sites[n-1].at, firstOne + "the cache is given its key, which is only " + strings.Trim(at.name, "{}")}
		}
	}
	return &step{file: in.st.file, at: in.st.at, note: "first invocation: stays in " + at.called(), time: in.steps}
}

// standsAt notes where the binding stands that is being made.
func (in *interp) standsAt(f frame, at int32) {
	if in.st != nil {
		in.st.file, in.st.at = f.file, at
	}
}

// finished notes what an invocation leaves, and begins another one. What stands before all routes is part of the invocations after it.
func (in *interp) finished(before bool) {
	if in.st == nil {
		return
	}
	if before {
		in.st.base = in.st.now
		return
	}
	if !in.st.second {
		for _, at := range in.st.order {
			if k := in.st.has(at); k != nil {
				if v := in.remainder(k); v != nil {
					in.st.remains[at] = join(in.st.remains[at], v)
				}
			}
		}
	}
	in.st.now = in.st.base
}

// holds notes what is put into a field of an object that outlasts the invocation.
func (in *interp) holds(x *Value, key string, v *Value) bool {
	if key == "length" { // arr.length = 0
		in.empties(x)
		return in.st != nil
	}
	if in.st != nil {
		x = in.st.original(x)
	}
	return in.keep(place{object: x, name: key}, v)
}

// takes notes that an object gets the fields of another one.
func (in *interp) takes(x, v *Value) {
	for name, field := range sorted(v.fields) {
		in.holds(x, name, field)
	}
	if rest := (&Value{taints: v.taints, elem: v.elem}); !rest.empty() {
		in.grows(x, rest)
	}
}

// emptied follows what takes something out of an object: of what was there before nothing is taken to be left. What is taken out where a promise
// fails stays where it does not: value.catch(() => cache.delete(key)).
func (in *interp) emptied(f frame, e *ir.Expr, recv *Value, method string) bool {
	if e.Str == "delete" {
		for _, x := range e.List {
			if x.Kind == ir.Index || x.Kind == ir.Member {
				in.empties(in.eval(f, x.X))
			}
		}
		return true
	}
	switch method {
	case "clear", "splice", "pop", "shift", "popleft", "popitem", "delete", "remove":
		if recv != nil && recv.ref == "" && !in.rejecting && !in.evicts(f, e, method) {
			in.empties(recv)
		}
	}
	return false
}

// evicts reports whether a call makes room in a cache that is full: it takes out one entry, of which nothing says that it is this event's.
func (in *interp) evicts(f frame, e *ir.Expr, method string) bool {
	if len(e.List) != 1 || method != "delete" && method != "pop" {
		return false
	}
	key := in.quiet(f, e.List[0])
	return !key.known && len(madeOf(key)) == 0 // cache.delete(cache.keys().next().value)
}

// begunKey names what was put into places before a call.
func (in *interp) begunKey() string {
	if in.st == nil {
		return ""
	}
	return fmt.Sprintf(" %p", in.st.now)
}

// goesOn is a call that was followed before: what it puts into places is there again.
func (in *interp) goesOn(again string) {
	if in.st != nil {
		in.st.now = in.st.after[again]
	}
}

func (in *interp) endsAt(again string) {
	if in.st != nil {
		in.st.after[again] = in.st.now
	}
}

// inLoop begins a loop, and gives what ends it: the rounds of the loop around it are others.
func (in *interp) inLoop() func() {
	if in.st == nil {
		return func() {}
	}
	before := in.st.skipped
	in.st.skipped = nil
	return func() { in.st.skipped = before }
}

// leavesRound notes what is known where a round of a loop is left before its end.
func (in *interp) leavesRound() {
	if in.st != nil {
		in.st.skipped = append(in.st.skipped, in.st.now)
	}
}

// waysOut are what is known at all ends of a round.
func (in *interp) waysOut() []*snapshot {
	if in.st == nil {
		return []*snapshot{nil}
	}
	ways := append([]*snapshot{in.ended()}, in.st.skipped...)
	in.st.skipped = nil
	return ways
}

// returnsHere notes what is known where a function returns.
func (in *interp) returnsHere() {
	if in.st != nil {
		in.st.exits = append(in.st.exits, in.st.now)
	}
}

package dataflow

import (
	"maps"
	"slices"
	"strings"

	"wardlet.example/internal/ir"
)

// remainder is what stays of what was kept, marked as of an earlier invocation; nil where nothing of it is a user's.
func (in *interp) remainder(k *kept) *Value {
	by := k.by
	if by == nil || by.file == nil {
		return nil
	}
	v := in.ofEarlier(k.v, by, 0)
	if len(v.all()) == 0 {
		return nil
	}
	return v
}

// ofEarlier is a value with the data of the user marked as of an earlier invocation, and nothing else of what it holds.
func (in *interp) ofEarlier(v *Value, by *step, depth int) *Value {
	if v == nil || depth > 4 {
		return &Value{}
	}
	out := &Value{class: v.class, isType: v.isType, fns: v.fns, ref: v.ref, args: v.args, kw: v.kw, isDict: v.isDict, isList: v.isList, shared: v.shared}
	for _, t := range in.usersOf(v) {
		u := *t
		u.Source, u.clean, u.lead = in.st.earlier, nil, ""
		prev := u.step
		if first := firstStep(prev); first == nil || !strings.HasPrefix(first.note, firstOne) {
			prev = fromFirst(prev)
		}
		u.step = &step{by.file, by.at, by.note, prev, by.time}
		out.taints = addTaints(out.taints, []*Taint{&u})
	}
	if len(out.taints) > 0 && !isAWS(out.ref) { // what it is made of counts, and not by what
		out.ref, out.args, out.kw = "", nil, nil
	}
	for name, x := range sorted(v.fields) {
		if out.fields == nil {
			out.fields = map[string]*Value{}
		}
		out.fields[name] = in.ofEarlier(x, by, depth+1)
	}
	if v.elem != nil {
		out.elem = in.ofEarlier(v.elem, by, depth+1)
	}
	if v.json != nil {
		for _, t := range in.ofEarlier(v.json, by, depth+1).all() {
			out.taints = addTaints(out.taints, []*Taint{t})
		}
	}
	return out
}

// What steps of the two invocations begin with.
const (
	firstOne  = "first invocation: "
	secondOne = "second invocation: "
)

func firstStep(s *step) *step {
	for s != nil && s.prev != nil {
		s = s.prev
	}
	return s
}

// fromFirst are steps of which the first says in which invocation they are.
func fromFirst(s *step) *step {
	if s == nil {
		return nil
	}
	c := *s
	if s.prev == nil {
		c.note = firstOne + c.note
	} else {
		c.prev = fromFirst(s.prev)
	}
	return &c
}

// usersOf is what of a value itself is a user's: data of the event, what was read for it, and what a library made of it.
func (in *interp) usersOf(v *Value) []*Taint {
	var out []*Taint
	for _, t := range v.taints {
		if in.isUsers(t) {
			out = append(out, t)
		}
	}
	if len(out) > 0 || !strings.Contains(v.ref, "()") {
		return out
	}
	if t := in.askedFor(v, 0); t != nil {
		return []*Taint{t}
	}
	return nil
}

// deepestAsked bounds how far inside of what a library gave it is looked for what that was asked for: the parts of an object that is kept, what
// they were made of, and the parts of what was asked.
const deepestAsked = 8

// askedFor is data of a user that a library was given for what it gave; nil if there is none.
func (in *interp) askedFor(v *Value, depth int) *Taint {
	if v == nil || depth > deepestAsked {
		return nil
	}
	for _, t := range v.taints {
		if in.isUsers(t) {
			return t
		}
	}
	for _, x := range sorted(v.fields) {
		if t := in.askedFor(x, depth+1); t != nil {
			return t
		}
	}
	if strings.Contains(v.ref, "()") {
		for _, x := range append(slices.Clone(v.args), kwValues(&arguments{kw: v.kw})...) {
			if t := in.askedFor(x, depth+1); t != nil {
				return t
			}
		}
	}
	return in.askedFor(v.elem, depth+1)
}

// isUsers reports whether data is of the event that is followed, or was read for it.
func (in *interp) isUsers(t *Taint) bool {
	return fromEvent(t, 0, func(t *Taint) bool { return in.sources[t.Source.Label] == t.Source })
}

// fromEvent reports whether data is some of what came in, or was read by it.
func fromEvent(t *Taint, depth int, is func(*Taint) bool) bool {
	const deepest = 3
	s := t.Source
	switch {
	case s == nil || depth > deepest:
		return false
	case !s.Stored:
		return is(t)
	case s.Read == nil || s.Read.Params == nil:
		return false
	}
	return slices.ContainsFunc(s.Read.Params.asItCame(nil, 0), func(u *Taint) bool { return fromEvent(u, depth+1, is) }) // whoever was asked for by a checked key is the same
}

// identities are what the platform says of who calls: no outsider decides it, but it is a user's.
var identities = []string{"event.requestContext.authorizer", "event.requestContext.connectionId", "event.request_context.connection_id", "event.requestContext.identity", "event.request_context.authorizer", "event.identity", "event.userName", "event.request.userAttributes", "req.user", "req.auth", "req.session", "req.claims", "req.userId", "req.account", "req.customer", "req.member", "req.tenant", "req.jwt", "req.token", "req.identity", "req.principal", "req.currentUser", "request.user", "ctx.state"}

// identity reports whether a part of what comes in says who calls.
func (in *interp) identity(path string) bool {
	path = asEvent(path)
	return in.st != nil && slices.ContainsFunc(identities, func(root string) bool {
		return path == root || strings.HasPrefix(path, root+".") || strings.HasPrefix(root, path+".")
	})
}

// recordNames are what the answer to a batch names the records by that failed: the next batch has others.
var recordNames = set("event.Records.messageId event.Records.kinesis.sequenceNumber event.Records.dynamodb.SequenceNumber")

// namesRecord reports whether a part of what comes in names the record of a batch.
func (in *interp) namesRecord(path string) bool {
	return in.st != nil && recordNames[strings.ReplaceAll(path, "[]", "")]
}

// stays is what a name or a default argument holds in the invocation that is followed.
func (in *interp) stays(f frame, at place, v *Value, pos int32) *Value {
	k := in.st.has(at)
	if k != nil && k.sure {
		return k.v
	}
	if k != nil {
		v = join(k.v, v)
	}
	return in.withOld(f, at, v, pos)
}

// withOld is a value, or what an earlier invocation left in its place.
func (in *interp) withOld(f frame, at place, v *Value, pos int32) *Value {
	old := in.st.old[at]
	if old == nil {
		return v
	}
	return join(in.readAt(f, at, old, pos, 0), v)
}

// readAt is what an earlier invocation left, as it is read.
func (in *interp) readAt(f frame, at place, v *Value, pos int32, depth int) *Value {
	if v == nil || depth > 4 {
		return v
	}
	c := *v
	c.taints = in.stepped(f, v.taints, pos, secondOne+"is read from "+at.called())
	c.fields = nil
	for name, x := range sorted(v.fields) {
		if c.fields == nil {
			c.fields = map[string]*Value{}
		}
		c.fields[name] = in.readAt(f, at, x, pos, depth+1)
	}
	c.elem = in.readAt(f, at, v.elem, pos, depth+1)
	return &c
}

// variable is what a name holds where it outlasts the invocation.
func (in *interp) variable(f frame, e *ir.Expr, v *Value) *Value {
	for s := f.s; s != nil; s = s.parent {
		if _, own := s.own(e.Str); !own && in.overlay[s][e.Str] == nil {
			continue
		}
		if in.lasts(s) {
			v = in.stays(f, place{scope: s, name: e.Str}, v, e.At)
		}
		break
	}
	return in.asPut(f, v, e.At, 0)
}

// asPut is an object that outlasts the invocation with what was put into it.
func (in *interp) asPut(f frame, v *Value, at int32, depth int) *Value {
	if v == nil || v == nothing || depth > 3 {
		return v
	}
	o := in.st.original(v)
	if !in.isLasting(o) || !in.touched(o, 0) {
		return v
	}
	c := *o
	c.fields = maps.Clone(o.fields)
	if c.fields == nil {
		c.fields = map[string]*Value{}
	}
	if k := in.st.has(place{object: o, name: allOfIt}); k != nil {
		if k.sure {
			c.elem = nil
			clear(c.fields)
		}
	}
	for name := range c.fields {
		c.fields[name] = in.asPut(f, c.fields[name], at, depth+1)
	}
	for _, name := range in.st.names[o] {
		p := place{object: o, name: name}
		if name == elementsOf {
			c.elem = in.stays(f, p, c.elem, at)
			continue
		}
		if x := in.stays(f, p, c.fields[name], at); x != nil {
			c.fields[name] = x
		}
	}
	in.st.of[&c] = o
	return &c
}

// touched reports whether something was put into an object, or into what it holds.
func (in *interp) touched(o *Value, depth int) bool {
	if o == nil || depth > 3 {
		return false
	}
	if len(in.st.names[o]) > 0 {
		return true
	}
	for _, x := range o.fields {
		if in.touched(x, depth+1) {
			return true
		}
	}
	return false
}

// sameUser notes that what is kept is of the user at hand, where a condition holds by which something kept equals something of the event.
func (in *interp) sameUser(f frame, e *ir.Expr, holds bool) {
	if in.st == nil || !in.st.second || e == nil || !in.comparesKept(f, e, holds) {
		return
	}
	for _, at := range in.st.order {
		if k := in.st.has(at); k == nil || !k.sure {
			v := &Value{}
			if k != nil {
				v = orNothing(k.v)
			}
			in.st.put(at, &kept{v: v, sure: true})
		}
	}
}

// comparesKept reports whether a condition that holds says that something kept equals something of the event.
func (in *interp) comparesKept(f frame, e *ir.Expr, holds bool) bool {
	switch e.Kind {
	case ir.Not:
		return in.comparesKept(f, e.X, !holds)
	case ir.Binary:
		switch e.Str {
		case "&&", "||":
			return (e.Str == "&&") == holds && (in.comparesKept(f, e.X, holds) || in.comparesKept(f, e.Y, holds))
		case "===", "==", "!==", "!=":
			if (e.Str == "===" || e.Str == "==") != holds {
				return false
			}
			x, y := in.quiet(f, e.X), in.quiet(f, e.Y)
			return in.isOld(x) && in.ofEvent(y) || in.isOld(y) && in.ofEvent(x)
		}
	}
	return false
}

func (in *interp) isOld(v *Value) bool { return len(in.oldIn(v.all())) > 0 }

func (in *interp) ofEvent(v *Value) bool {
	return slices.ContainsFunc(v.all(), func(t *Taint) bool { return in.isUsers(t) })
}

func (in *interp) oldIn(taints []*Taint) []*Taint {
	var out []*Taint
	for _, t := range taints {
		if t.Source == in.st.earlier {
			out = append(out, t)
		}
	}
	return out
}

// mutable are defaults of parameters that Python makes once, and that can be changed: a tuple cannot.
func mutable(file *ir.File, e *ir.Expr) bool {
	if e == nil {
		return false
	}
	switch e.Kind {
	case ir.Array:
		return file.Tree.Source[e.At] != '('
	case ir.Object:
		return true
	case ir.Call:
		return e.X.Kind == ir.Name && (e.X.Str == "list" || e.X.Str == "dict" || e.X.Str == "set")
	}
	return false
}

// madeOnce is a default argument that Python makes once, with what an earlier invocation left in it.
func (in *interp) madeOnce(g frame, p *ir.Expr, v *Value) *Value {
	at := place{expr: p.Y, name: parameterName(p)}
	if x := in.st.made[at]; x != nil { // of this invocation
		return x
	}
	if old := in.st.old[at]; old != nil {
		return in.readAt(g, at, old, p.At, 0)
	}
	return v
}

// isMadeOnce notes the object that a default argument is.
func (in *interp) isMadeOnce(g frame, p *ir.Expr) {
	if in.st == nil {
		in.keeps = true
		return
	}
	at := place{expr: p.Y, name: parameterName(p)}
	v := g.s.vars[at.name]
	if v == nil || v == nothing || in.st.made[at] != nil {
		return
	}
	in.st.made[at] = v
	in.standsAt(g, p.At)
	in.keep(at, v)
}

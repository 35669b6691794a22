package dataflow

import (
	"slices"
	"strconv"

	"wardlet.example/internal/ir"
)

func (in *interp) eval(f frame, e *ir.Expr) *Value {
	if e == nil || !in.spend() {
		return nothing
	}
	v := in.expression(f, e)
	if len(f.file.Types) > 0 {
		v = in.asDeclared(f, e, v)
	}
	if f.s != nil && (e.Kind == ir.Member || e.Kind == ir.Call || v.trace != nil && e.Kind == ir.Name) {
		v = in.traced(f, e, v)
	}
	if f.s != nil && in.st == nil && len(v.taints)+len(v.numbers)+len(orNothing(v.named).taints) > 0 && (e.Kind == ir.Name || e.Kind == ir.Member || e.Kind == ir.Index || e.Kind == ir.Call) {
		return in.harmless(f, e, v)
	}
	return v
}

// expression is what an expression is worth.
func (in *interp) expression(f frame, e *ir.Expr) *Value {
	switch e.Kind {
	case ir.Const:
		return constantOf(e)
	case ir.Name:
		return in.name(f, e)
	case ir.This:
		return in.this(f, e)
	case ir.Member:
		x := in.eval(f, e.X)
		in.lazily(f, x, e.Str, e.At)
		return in.member(f, x, e.Str, e.At)
	case ir.Index:
		return in.index(f, e)
	case ir.Call:
		return in.callGives(f, e)
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
		return in.not(f, e)
	case ir.Cond:
		return in.cond(f, e)
	case ir.Assign:
		return in.assignment(f, e)
	case ir.Await, ir.Spread:
		return in.awaited(f, e)
	}
	return in.anything(f, e)
}

// this is the object at hand; at the top of a module of CommonJS what it gives to others.
func (in *interp) this(f frame, e *ir.Expr) *Value {
	if this := thisOf(f.s); this != nil {
		if in.st != nil {
			return in.asPut(f, this, e.At, 0)
		}
		return this
	}
	if m := f.s.moduleOf(); m != nil && m.object != nil {
		return orNothing(m.object.fields["exports"])
	}
	return nothing
}

// index is what stands in a value under a key: x[key].
func (in *interp) index(f frame, e *ir.Expr) *Value {
	x, key := in.eval(f, e.X), in.eval(f, e.Y)
	if x.isType && x.class != nil && f.file.Language == ir.Python { // Repository[Order]
		return x
	}
	if f.file.Language == ir.Python && isTyping(x.ref) {
		return &Value{ref: x.ref + "[]", kind: &declared{f, e}}
	}
	if key.known && key.text == ":" { // a slice
		in.cutsText(":", x)
		if x.known && x.written != bareWord {
			return &Value{ref: sliceOf, args: []*Value{x}, random: x.random}
		}
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
		if _, ok := number(key.text); ok {
			return signAt(x, in.member(f, x, key.text, e.At))
		}
		return in.member(f, x, key.text, e.At)
	}
	return signAt(x, in.chosenBy(f, e, x, key))
}

// chosenBy is what stands in a value under a key that is not known: perhaps an outsider chooses it.
func (in *interp) chosenBy(f frame, e *ir.Expr, x, key *Value) *Value {
	in.chosenByName(f, e.At, x)
	v := in.namedParts(f, x, key, e.At, in.keptForAll(f, x, key, e.At, in.anyMember(x)))
	if key.random != nil {
		c := *v
		c.random = key.random.pick()
		v = &c
	}
	if s := x.secret.under(in.p, key); s != nil {
		c := *v
		c.secret = s
		v = &c
	}
	if keys := harmfulKeys(key); len(keys) > 0 && f.file.Language == ir.Node && !ofKeys(x, keys) && !x.bare {
		c := *v
		c.chosen = keys
		return &c
	}
	return v
}

// callGives is what a call gives, as an expression.
func (in *interp) callGives(f frame, e *ir.Expr) *Value {
	v := in.madeSafe(f, e, in.call(f, e))
	in.told(e, orNothing(v).proves)
	if v != nil && v.written == bareWord { // a number perhaps becomes a text
		c := *v
		c.written = anyhow
		return &c
	}
	return v
}

// not is whether something is not so: of the value itself only what it tells of somebody is left.
func (in *interp) not(f frame, e *ir.Expr) *Value {
	in.refusesType(f, e.X)
	x := in.asTruth(f, e.X, in.eval(f, e.X))
	if old, not := in.tellsOf(x), x.otherwise().denied(); len(old) > 0 || not != nil || x.mostly != nil {
		return &Value{taints: old, without: not, mostly: x.mostly.denied()}
	}
	if x.written == asAnswer || len(x.taints) > 0 {
		return &Value{written: asAnswer}
	}
	return nothing
}

// cond is one of two values, each worked out as what the condition says of it: a ? b : c.
func (in *interp) cond(f frame, e *ir.Expr) *Value {
	choosing := in.choosing
	in.choosing = rateOf(e)
	in.asTruth(f, e.X, in.eval(f, e.X))
	in.choosing = choosing
	switch in.decided(f, e.X) {
	case yes:
		return in.eval(f, e.Y)
	case no:
		return in.eval(f, e.Z)
	}
	var y, z *Value
	in.ifDebugging(f, e.X, func() {
		then := in.whenTrue(f, e.X, true, func() { y = in.eval(f, e.Y) })
		ways := []*snapshot{in.ended(), nil}
		other := in.whenTrue(f, e.X, false, func() { z = in.eval(f, e.Z) })
		ways[1] = in.ended()
		in.meets(ways, []bool{false, false})
		in.merge(f.s, []map[string]*Value{then, other}, []bool{false, false})
	})
	in.takenAsText(f, e)
	return join(y, z)
}

// whenTrue follows a branch in which a condition holds, or does not.
func (in *interp) whenTrue(f frame, condition *ir.Expr, holds bool, follow func()) map[string]*Value {
	return in.inBranch(f.s, func() {
		in.guard(f, condition, holds)
		in.sameUser(f, condition, holds)
		follow()
	})
}

// awaited is what is waited for, spread or yielded.
func (in *interp) awaited(f frame, e *ir.Expr) *Value {
	v := in.eval(f, e.X)
	switch e.Str {
	case "yield":
		f.s.yielded = join(f.s.yielded, v)
		return nothing
	case "yield*":
		f.s.yielded = join(f.s.yielded, in.elements(v))
		return nothing
	}
	if e.Y != nil { // x.(string)
		return in.goTyped(f, v, e.Y, e.At, 0)
	}
	return v
}

// anything is an expression of which nothing is known but its parts: outsiders decide it as far as they decide those.
func (in *interp) anything(f frame, e *ir.Expr) *Value {
	if e.Str == "typeof" {
		in.eval(f, e.List[0])
		return &Value{}
	}
	in.chained(f, e)
	var out *Value
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
	if v := in.p.globals[e.Str]; v != nil && f.file.Language == ir.Node {
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

// operands are the comparisons of MongoDB, in which no other operators stand.
var operands = set("$eq $ne $gt $gte $lt $lte $in $nin $all $size $mod $exists $type")

// object is an object or a dictionary that is written out.
func (in *interp) object(f frame, e *ir.Expr) *Value {
	if f.file.Language == ir.Go {
		return in.structOf(f, e)
	}
	v := &Value{fields: map[string]*Value{}, isDict: true, born: in.branch}
	for i, x := range e.List {
		switch key := e.Keys[i]; {
		case isComputed(key, x):
			in.setsComputed(f, v, x)
		case key == "...":
			in.spreads(f, v, x)
		default:
			in.setsField(f, v, key, x)
		}
	}
	in.guessableRecord(f, e, v)
	if in.answers == "lambda" && v.fields["statusCode"] != nil {
		if slices.Contains(e.Keys, "body") {
			in.respond(f, v, e.At, bodyWrittenAt(e))
		} else {
			in.respondAgain(f, v, nil, e.At)
		}
	}
	in.echoesOrigin(f, v, e.At)
	in.trusts(f, e, v)
	in.guessableIn(f, v, e.At)
	return v
}

// isComputed reports whether a member of an object has a name that is worked out: {[name]: value}.
func isComputed(key string, x *ir.Expr) bool {
	return key == "" && x.Kind == ir.Unknown && len(x.List) == 2
}

// setsComputed sets a member whose name is worked out.
func (in *interp) setsComputed(f frame, v *Value, x *ir.Expr) {
	name, val := in.eval(f, x.List[0]), in.eval(f, x.List[1])
	if name.known && name.text != "" && len(v.fields) < maxFields {
		v.fields[name.text] = val
		return
	}
	v.named, v.elem = join(v.named, name), join(v.elem, val)
}

// setsField sets a member of an object.
func (in *interp) setsField(f frame, v *Value, key string, x *ir.Expr) {
	val := in.memberGiven(f, key, x)
	if len(v.taints) > 0 && !in.isData(val, 0) { // {...body, password: "***"}
		in.takenOut(v, key)
	}
	if operands[key] { // of MongoDB: whatever it is, it is no operator
		val = cleanedBy(&Value{taints: val.all()}, []string{"nosql"})
	}
	v.holds = without(v.holds, key)
	if len(v.fields) < maxFields {
		v.fields[key] = val
		delete(v.some, key)
		in.p.declaresText(f, val, x.At)
	}
}

// memberGiven is what a member of an object is set to.
func (in *interp) memberGiven(f frame, key string, x *ir.Expr) *Value {
	val := in.forName(key, func() *Value { return in.eval(f, x) })
	in.guessable(f, key, x, val)
	if text := val.fields["S"]; text != nil && len(val.fields) == 1 && x.Kind == ir.Object { // in the types of DynamoDB
		in.guessable(f, key, x.List[0], text)
	}
	return val
}

// intoObject is what happens to an object whose members are put into another one.
const intoObject = "its fields are put into another object"

// spreads puts the members of a value into an object: {...body}.
func (in *interp) spreads(f frame, v *Value, x *ir.Expr) {
	val := in.memberGiven(f, "...", x)
	if x.Kind == ir.Name && len(val.taints) > 0 {
		val = in.guardedFields(f, x.Str, val)
	}
	if len(val.taints) > 0 { // it may have any of the fields that stand before it
		w := *val
		w.taints = in.stepped(f, val.taints, x.At, intoObject)
		val = &w
		for k, field := range sorted(v.fields) {
			v.fields[k] = join(field, &Value{taints: in.parts(val.taints, k)})
		}
	}
	for k, field := range sorted(val.fields) {
		if !isPrivate(val, k) {
			v.fields[k] = field
		}
	}
	v.elem = join(v.elem, val.elem)
	v.taints = addTaints(v.taints, val.taints)
	v.holdsToo(val)
	v.someOf(val, x)
	if v.secret == nil { // of a secret that was parsed
		v.secret = val.secret
	}
	if v.spread == nil || v.spread.closed() {
		v.spread = val
	}
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

// binary is what an operator makes of two values.
func (in *interp) binary(f frame, e *ir.Expr) *Value {
	in.comparesMembers(f, e)
	switch e.Str {
	case "+":
		return in.plusOf(f, e)
	case "||", "??":
		x, y := in.eval(f, e.X), in.eval(f, e.Y)
		switch {
		case f.file.Language == ir.Go:
			return &Value{}
		case isThere(x):
			return x
		}
		return backed(x, y)
	case "&&":
		return in.and(f, e)
	case "|": // of dictionaries
		x, y := in.eval(f, e.X), in.eval(f, e.Y)
		if len(x.fields)+len(y.fields) > 0 || len(y.taints) > 0 {
			return in.merged(x, y)
		}
		if f.file.Language == ir.Go && x.ref != "" && y.ref != "" {
			return &Value{ref: flagsTogether, args: append(flagsOf(x), flagsOf(y)...)}
		}
		return &Value{random: ofNumbers("|", x, y)}
	case "&":
		return allOf(in.eval(f, e.X), in.eval(f, e.Y))
	}
	if f.file.Language == ir.Python {
		switch e.Str {
		case "%":
			return in.percent(f, e)
		case "/": // pathlib
			x, y := in.eval(f, e.X), in.eval(f, e.Y)
			out := &Value{taints: addTaints(x.taints, y.taints), numbers: addTaints(x.numbers, y.numbers), ref: x.ref}
			if x.ref == pathOfPython {
				out.args = append(slices.Clip(x.args), y)
			} else if made := product(f, e.Str, x, y); made != nil {
				out.ref, out.args = made.ref, made.args
			}
			return out
		}
	}
	if all := in.columnsWithout(f, e); all != nil {
		return all
	}
	return in.comparison(f, e)
}

// flagsTogether are constants of a library that are given at once: parser.NoBlanks|parser.NoEnt.
const flagsTogether = "builtin.|"

// flagsOf are the constants that a value is made of.
func flagsOf(v *Value) []*Value {
	if v.ref == flagsTogether {
		return v.args[:len(v.args):len(v.args)]
	}
	return []*Value{v}
}

// plusOf is a sum, a text that is put together, or a list of Python.
func (in *interp) plusOf(f frame, e *ir.Expr) *Value {
	x, y := in.eval(f, e.X), in.eval(f, e.Y)
	if x.isList || y.isList {
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
}

// and is the second of two values, worked out as what the first one says of it.
func (in *interp) and(f frame, e *ir.Expr) *Value {
	in.asTruth(f, e.X, in.eval(f, e.X))
	var y *Value
	in.ifDebugging(f, e.X, func() {
		then := in.whenTrue(f, e.X, true, func() { y = in.eval(f, e.Y) })
		in.meets([]*snapshot{in.ended(), in.begun()}, []bool{false, false})
		in.merge(f.s, []map[string]*Value{then, {}}, []bool{false, false}) // what is set in it
	})
	return y
}

// comparison is what two values are to each other, or what arithmetic makes of them.
func (in *interp) comparison(f frame, e *ir.Expr) *Value {
	turning := in.turning == e
	x, y := in.eval(f, e.X), in.eval(f, e.Y)
	if turning {
		in.turning = e
	}
	if v, ok := in.comparesItself(f, e, x, y); ok {
		return v
	}
	data := codesOf(x, y)
	switch e.Str {
	case "===", "==", "!==", "!=":
		mine, sent := in.texts(e, x, y)
		in.comparesCode(f, e.At, mine, sent)
		in.comparesDigest(f, e, x, y)
		in.likened(f, e, x, y)
		in.told(e, data)
	case "in", "not in":
		in.isIn(x, y)
	case "<", "<=", ">", ">=":
		in.weighed(f, e, x, y)
	case "*", "-", "/", "**":
		if f.file.Language == ir.Python && e.Str == "*" {
			in.repeats(f, e, x, y)
		}
		out := &Value{taints: in.tellsOf(x, y), numbers: counts(x, y), random: ofNumbers(e.Str, x, y), clock: ofClock(e.Str, x, y)}
		if made := product(f, e.Str, x, y); made != nil {
			out.ref, out.args = made.ref, made.args
		}
		return out
	}
	out := &Value{taints: in.tellsOf(x, y), without: compared(e.Str, x, y), mostly: unlike(e.Str, x, y), random: ofNumbers(e.Str, x, y), clock: ofClock(e.Str, x, y)}
	if e.Str == "===" || e.Str == "==" {
		out.proves = data
	}
	if questions[e.Str] && len(x.taints)+len(y.taints) > 0 {
		out.written = asAnswer
	}
	return out
}

// questions are operators that give yes or no.
var questions = set("=== == !== != < <= > >= in instanceof")

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

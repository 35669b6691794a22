package dataflow

import (
	"maps"
	"slices"
	"strings"

	"wardlet.example/internal/ir"
)

// methodsOfContainer are methods of lists, dictionaries and the like.
func methodsOfContainer() map[string]native {
	return named(map[string]native{
		"forEach map filter find some every flatMap sort findLast reduce reduceRight": (*interp).goesThroughList,
		"push append unshift add extend insert appendleft":                            (*interp).adds,
		"set":                                (*interp).sets,
		"get pop shift setdefault":           (*interp).gets,
		"popleft popitem get_nowait dequeue": (*interp).takesOne,
		"items entries":                      (*interp).pairs,
		"keys":                               (*interp).keysOf,
		"values copy slice concat":           (*interp).sameElements,
		"update":                             (*interp).updates,
	})
}

// isContainer reports whether a value can be a list: it is no library's, or something is known of what is in it.
func (in *interp) isContainer(v *Value) bool {
	return v.ref == "" || len(v.taints) > 0 || v.elem != nil || len(v.fields) > 0 || letsInAs(v) || in.st != nil && len(v.args) > 0
}

// goesThroughList calls a function with each element of a list.
func (in *interp) goesThroughList(c call) (*Value, bool) {
	if !in.isContainer(c.recv) && !(c.recv.isReadRecord() && len(c.args.get(0).fns) > 0) {
		return nil, false
	}
	if steps := fewSteps(c.recv); steps != nil && (c.method == "reduce" || c.method == "reduceRight") {
		if c.method == "reduceRight" {
			slices.Reverse(steps)
		}
		v := c.args.get(1)
		if len(c.args.list) < 2 {
			v, steps = steps[0], steps[1:]
		}
		for _, step := range steps {
			v = in.eachCalled(c, v, step)
		}
		return v, true
	}
	if all := fewTexts(c.recv); all != nil && (c.method == "reduce" || c.method == "forEach") { // ["params", "body"].reduce(...): one after the other
		v := c.args.get(1)
		for _, item := range all {
			if c.method == "reduce" {
				v = in.eachCalled(c, v, item)
			} else {
				in.eachCalled(c, item, nothing)
			}
		}
		return v, true
	}
	item := in.elements(c.recv)
	if c.method == "reduce" || c.method == "reduceRight" {
		return in.reduced(c, item), true
	}
	if c.recv.isMap || c.method == "forEach" && namedTexts[c.recv.ref] { // map.forEach((value, key) => ...)
		return in.eachCalled(c, in.allElements(c.recv), in.keys(c.recv)), true
	}
	made := in.eachCalled(c, item, nothing)
	if fn := c.args.get(0); c.method == "map" && fn.ref != "" && len(fn.fns) == 0 && len(c.e.List) > 0 { // map(encodeURIComponent)
		made = in.callsGiven(c, fn, &arguments{list: []*Value{item}})
	}
	switch c.method {
	case "map":
		return &Value{elem: made}, true
	case "flatMap":
		return &Value{elem: in.flat(made)}, true
	case "filter":
		if len(c.args.list) > 0 {
			return in.filtered(c.recv, item, c.args.list[0]), true
		}
		return c.recv, true
	case "sort":
		return c.recv, true
	case "find", "findLast":
		return item, true
	}
	return nothing, true
}

// namedTexts are texts under names, as forms and headers are read: whoever sent them chose the names too.
var namedTexts = set("builtin.URLSearchParams() url.URLSearchParams() builtin.FormData() builtin.Headers()")

// flat is an element of what a function gives for each element of a list, where that is a list itself.
func (in *interp) flat(made *Value) *Value {
	if made == nil || made.ref != "" || made.class != nil {
		return made
	}
	if _, isList := made.fields["0"]; isList || made.elem != nil || made.isList || made.isMap {
		return in.elements(made)
	}
	return made
}

// mostTexts is how many elements of a list are followed one by one.
const mostTexts = 6

// fewTexts are the elements of a list of a few texts that are known; nil for all other lists.
func fewTexts(list *Value) []*Value {
	return fewElements(list, func(x *Value) bool { return x.known })
}

// fewSteps are the elements of a list of a few functions, of which each gets what the one before it gave: steps.reduce((v, step) => step(v), v);
// nil for all other lists.
func fewSteps(list *Value) []*Value {
	return fewElements(list, func(x *Value) bool { return len(x.fns) > 0 })
}

// fewElements are the elements of a list that has only a few, all of one kind; nil for all other lists.
func fewElements(list *Value, is func(*Value) bool) []*Value {
	if list == nil || !list.hasOnlyFields() || len(list.fields) == 0 || len(list.fields) > mostTexts || list.isDict {
		return nil
	}
	var out []*Value
	for i := range len(list.fields) {
		x := list.fields[itoa(i)]
		if x == nil || !is(x) {
			return nil
		}
		out = append(out, x)
	}
	return out
}

// eachCalled is what the functions give that a call is given, each called with the same.
func (in *interp) eachCalled(c call, list ...*Value) *Value {
	var out *Value
	for _, a := range c.args.list {
		for _, fn := range a.fns {
			out = join(out, in.invoke(c.f, fn, fn.this, &arguments{list: list}, c.e.At))
			if in.carriesOn(fn) {
				in.calledAgain(c, fn, list)
			}
		}
	}
	return out
}

// reduced is what a function makes of the elements of a list, one after the other. Where it has walked into an object by a name from outside,
// it is called once more with where that led to.
func (in *interp) reduced(c call, item *Value) *Value {
	out := in.eachCalled(c, c.args.get(1), item)
	if out == nil || len(out.chosen) == 0 {
		return out
	}
	for _, fn := range c.args.get(0).fns {
		in.calledAgain(c, fn, []*Value{out, item})
	}
	return out
}

// calledAgain follows a function that was called with the same before.
func (in *interp) calledAgain(c call, fn *closure, list []*Value) {
	if in.depth < maxCalls && in.spend() && !in.callsItself(fn, &arguments{list: list}) {
		in.body(c.f, fn, fn.this, &arguments{list: list}, c.e.At, nil)
	}
}

// carriesOn reports whether a function has set a name outside of itself to something that an outsider has chosen: the next call begins with that.
func (in *interp) carriesOn(fn *closure) bool {
	for _, name := range in.p.setsOutside(fn.fn) {
		if v, ok := in.get(fn.scope, name); ok && v != nil && len(v.chosen) > 0 {
			return true
		}
	}
	return false
}

// setsOutside are the names outside of itself that a function sets.
func (p *Program) setsOutside(fn *ir.Func) []string {
	if names, ok := p.outside[fn]; ok {
		return names
	}
	own := map[string]bool{}
	var names []string
	for _, x := range fn.Params {
		own[parameterName(x)] = true
	}
	ir.Walk(fn.Body, nil, func(e *ir.Expr) bool {
		switch {
		case e.Kind != ir.Assign || e.X.Kind != ir.Name:
		case e.Str == ":=" || own[e.X.Str]:
			own[e.X.Str] = true
		default:
			names = append(names, e.X.Str)
		}
		return e.Kind != ir.Lambda
	})
	if p.outside == nil {
		p.outside = map[*ir.Func][]string{}
	}
	p.outside[fn] = names
	return names
}

// callsGiven calls a function of a library that a call is given first.
func (in *interp) callsGiven(c call, fn *Value, args *arguments) *Value {
	e := &ir.Expr{Kind: ir.Call, X: c.e.List[0], At: c.e.At, End: c.e.End}
	return in.library(call{f: c.f, e: e, callee: fn, args: args})
}

// adds puts something into a list.
func (in *interp) adds(c call) (*Value, bool) {
	if c.recv.ref != "" {
		return nil, false
	}
	in.standsAt(c.f, c.e.At)
	if c.f.file.Language == ir.Go {
		in.sendsTo(c.recv, c.args.get(0))
	}
	if c.args.rest != nil && in.isLasting(c.recv) { // push(...items)
		in.grows(c.recv, c.args.rest)
	}
	for _, a := range c.args.list {
		singles := []*Value{a}
		if c.method == "extend" {
			a, singles = in.elements(a), in.singles(a)
		}
		in.addsTo(c.recv, a, singles)
		in.addsToMissing(c, a)
	}
	for _, list := range c.args.spread {
		if c.recv != nothing && !c.recv.shared {
			c.recv.add(in.elements(list), in.singles(list))
		}
	}
	return nothing, true
}

// addsToMissing: d[key].append(x), of a dictionary that makes what is missing.
func (in *interp) addsToMissing(c call, v *Value) {
	x := c.e.X.X
	if x.Kind != ir.Index || x.Y == nil {
		return
	}
	of := in.quiet(c.f, x.X)
	switch key := in.quiet(c.f, x.Y); {
	case of.ref != "" || of == nothing:
	case key.known && !of.shared && of.fields[key.text] == nil:
		in.assign(c.f, of, key.text, &Value{isList: true, elem: v}, c.e.At)
	case len(of.fields) == 0:
		in.assignElem(of, &Value{elem: v})
		if !slices.ContainsFunc(key.taints, func(t *Taint) bool { return t.Path == "" }) { // it was read, and not worked out
			of.keyedBy(key)
		}
	}
}

// keyedBy notes by what an object is keyed: whoever goes through its keys gets that.
func (v *Value) keyedBy(key *Value) {
	if v != nil && v != nothing && !v.shared {
		v.named = join(v.named, key)
	}
}

// keyed notes by what an object is keyed, also one that all entries share.
func (in *interp) keyed(v, key *Value) {
	if v != nil && v.shared {
		in.puts(v, nothing, key)
		return
	}
	v.keyedBy(key)
}

// addsTo puts something into a list: one that stays is noted to grow.
func (in *interp) addsTo(list, v *Value, singles []*Value) {
	in.keepsInClass(list, v)
	switch {
	case in.isLasting(list):
		in.grows(list, v)
		switch {
		case list.shared:
			in.puts(list, v, nil)
		case in.st == nil:
			list.add(v, singles)
		}
	case list != nothing:
		list.add(v, singles)
		in.changes(list, "", v, true)
	}
}

// sets: map.set(key, value).
func (in *interp) sets(c call) (*Value, bool) {
	if c.recv.ref != "" || len(c.args.list) != 2 {
		return nil, false
	}
	in.standsAt(c.f, c.e.At)
	if k := c.args.get(0); k.known {
		in.assign(c.f, c.recv, k.text, c.args.get(1), c.e.At)
	} else if !in.keepsForAll(c.f, c.recv, k, c.args.get(1), c.e.At) {
		in.assignElem(c.recv, c.args.get(1))
		in.keyed(c.recv, k)
	}
	return c.recv, true
}

// gets is what stands under a key, or what is given where nothing does.
func (in *interp) gets(c call) (*Value, bool) {
	recv, args := c.recv, c.args
	if c.method == "get" && strings.HasPrefix(recv.ref, "express.Request") && len(recv.taints) > 0 {
		return in.member(c.f, in.member(c.f, recv, "headers", c.e.At), orElse(args.get(0).text, "x"), c.e.At), true
	}
	if recv.ref == flaskSession && args.get(0).known {
		if v := in.ofSession(recv, args.get(0).text); v != nil {
			return join(v, args.get(1)), true
		}
	}
	if recv.ref != "" && len(recv.taints) == 0 {
		return nil, false
	}
	if c.method == "setdefault" && len(args.list) > 1 && !recv.shared && recv != nothing {
		in.setsDefault(c)
	}
	if kind := args.kw["type"]; kind != nil && (kind.ref == "builtin.int" || kind.ref == "builtin.float" || kind.ref == "builtin.bool") { // of Flask
		return &Value{}, true
	}
	v := in.elements(recv)
	if k := args.get(0); k.known {
		v = in.member(c.f, recv, k.text, c.e.At)
	} else if len(args.list) > 0 {
		v = in.namedParts(c.f, recv, k, c.e.At, in.keptForAll(c.f, recv, k, c.e.At, in.anyMember(recv)))
	}
	if len(args.list) > 1 {
		v = join(v, args.get(1))
	}
	return v, true
}

// setsDefault: d.setdefault(key, value).
func (in *interp) setsDefault(c call) {
	if k := c.args.get(0); !k.known {
		in.assignElem(c.recv, c.args.get(1))
		c.recv.named = join(c.recv.named, k)
	} else if c.recv.fields[k.text] == nil {
		in.assign(c.f, c.recv, k.text, c.args.get(1), c.e.At)
	}
}

func (in *interp) takesOne(c call) (*Value, bool) {
	if c.recv.ref != "" {
		return nil, false
	}
	return in.elements(c.recv), true
}

// pairs are keys with what stands under them.
func (in *interp) pairs(c call) (*Value, bool) {
	if c.recv.ref != "" && len(c.recv.taints) == 0 {
		return nil, false
	}
	return &Value{elem: &Value{fields: map[string]*Value{"0": in.keys(c.recv), "1": amongNames(in.allElements(c.recv))}}}, true
}

// amongNames is what stands under a name of an object, where code sees the name beside it: it perhaps leaves out what others must not see.
func amongNames(v *Value) *Value {
	if v == nil || len(v.taints) == 0 {
		return v
	}
	c := *v
	c.taints = make([]*Taint, len(v.taints))
	for i, t := range v.taints {
		u := *t
		u.among = true
		c.taints[i] = &u
	}
	return &c
}

// allElements is an element of a list, or what stands under any name.
func (in *interp) allElements(v *Value) *Value {
	item := in.listed(v)
	for _, x := range sorted(v.fields) {
		item = join(item, x)
	}
	if v.secret != nil && v.secret.members == nil && orNothing(item).secret == nil { // the keys of all partners, in one secret
		c := *orNothing(item)
		c.secret = v.secret
		item = &c
	}
	return item
}

func (in *interp) keysOf(c call) (*Value, bool) {
	if c.recv.ref != "" {
		return nil, false
	}
	return &Value{elem: in.keys(c.recv)}, true
}

// sameElements is a list with the elements of one that is there, and for concat those of others.
func (in *interp) sameElements(c call) (*Value, bool) {
	if c.recv.ref != "" || len(c.recv.taints) > 0 {
		return nil, false
	}
	switch c.method {
	case "values":
		return &Value{elem: in.allElements(c.recv)}, true
	case "copy":
		return in.copied(c.recv), true
	case "concat":
		v := c.recv
		for _, a := range c.args.list {
			v = join(v, a)
		}
		return join(v, orNothing(c.args.rest)), true
	}
	return c.recv, true
}

// copied is a dictionary of its own with the members of another one. What two invocations keep is followed by whose it is: there it stays the
// other one.
func (in *interp) copied(v *Value) *Value {
	if in.st != nil || !v.isDict || v.ref != "" || v.class != nil {
		return v
	}
	c := *v
	c.fields, c.some, c.shared, c.born = mapsClone(in.fieldsOf(v)), maps.Clone(v.some), false, in.branch
	return &c
}

// updates puts the fields of a dictionary over those of another: d.update(other), d.update(name=value, **others).
func (in *interp) updates(c call) (*Value, bool) {
	recv, a := c.recv, c.args.get(0)
	named := len(c.args.kw) > 0 || c.args.dict != nil
	if recv.ref != "" || len(c.args.list) > 1 || len(c.args.list) == 0 && !named {
		return nil, false
	}
	if named {
		isAll := (len(c.args.list) == 0 || a.closed()) && !slices.Contains(c.e.Keys, "**")
		a, _ = in.newDict(c)
		a.isDict = isAll
	}
	if in.isLasting(recv) {
		in.standsAt(c.f, c.e.At)
		in.takes(recv, a)
	}
	if recv.shared || recv == nothing {
		return nil, false
	}
	for k, v := range sorted(a.fields) {
		in.assign(c.f, recv, k, v, c.e.At)
	}
	if !a.closed() {
		recv.spread = a
	}
	if a.elem != nil { // under names that are not known
		in.assignElem(recv, a.elem)
		recv.keyedBy(a.named)
	}
	if len(a.taints) > 0 {
		for k, field := range sorted(recv.fields) {
			recv.fields[k] = join(field, &Value{taints: in.parts(a.taints, k)})
		}
	}
	recv.taints = addTaints(recv.taints, a.taints)
	return nothing, true
}

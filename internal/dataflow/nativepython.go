package dataflow

import (
	"maps"
	"slices"
	"strings"

	"wardlet.example/internal/ir"
)

// nativesOfPython are those of Python and its standard library: several paths are followed alike.
func nativesOfPython() map[string]native {
	return map[string]native{
		"builtin.iter": (*interp).iterated,
		"builtin.reversed contextlib.closing contextlib.nullcontext functools.wraps": (*interp).firstGiven,
		"builtin.list builtin.tuple builtin.sorted builtin.set":                      (*interp).copyOfFirst,
		"copy.copy copy.deepcopy": (*interp).copiedObject,
		"builtin.next":            (*interp).nextOf,
		`builtin.Exception builtin.ValueError builtin.RuntimeError builtin.KeyError builtin.PermissionError builtin.LookupError`: (*interp).newError,
		"builtin.dict": (*interp).newDict,
		"collections.defaultdict collections.OrderedDict collections.deque collections.Counter collections.ChainMap queue.Queue": (*interp).newCollection,
		"dataclasses.asdict attr.asdict attrs.asdict dataclasses.astuple":                                                        (*interp).asDict,
		"builtin.enumerate": (*interp).enumerated,
		"builtin.zip":       (*interp).zipped,
		"builtin.map":       (*interp).throughMap,
		"builtin.filter":    (*interp).throughFilter,
		"functools.reduce":  (*interp).folded,
		"functools.partial": (*interp).partial,
		"asyncio.gather":    (*interp).gathered,
		"threading.Thread multiprocessing.Process": (*interp).newThread,
		"re.sub":          (*interp).substituted,
		"shlex.split":     (*interp).shellWords,
		"builtin.getattr": (*interp).getattr,
		"builtin.setattr": (*interp).setattr,
		"xml.sax.make_parser().setFeature xml.sax.expatreader.create_parser().setFeature": (*interp).setsFeature,
		"builtin.locals":           (*interp).localNames,
		"builtin.vars":             (*interp).vars,
		"builtin.bytes":            (*interp).newBytes,
		"builtin.super":            (*interp).superOf,
		"builtin.str builtin.repr": (*interp).textOf,
		"json.dumps":               (*interp).writesJSON,
		"json.loads json.load simplejson.loads ujson.loads orjson.loads": (*interp).parsesJSON,
	}
}

// textOf is str(error), which is its text.
func (in *interp) textOf(c call) (*Value, bool) {
	if ref := c.args.get(0).ref; isOfDatabase(ref) || isOfService(ref) {
		return &Value{ref: ref + ".Error()"}, true
	}
	return nil, false
}

// iterated: iter(list), and iter(read, b"") of a function that is called again and again.
func (in *interp) iterated(c call) (*Value, bool) {
	fn := c.args.get(0)
	if len(c.args.list) != 2 || len(fn.fns) == 0 {
		return in.firstGiven(c)
	}
	var each *Value
	for _, f := range fn.fns {
		each = join(each, in.invoke(c.f, f, f.this, &arguments{}, c.e.At))
	}
	return &Value{elem: orNothing(each)}, true
}

// copyOfFirst is a collection with what another one holds: list(lines). What is put into one of them is not in the other. Of a dictionary it has
// the names.
func (in *interp) copyOfFirst(c call) (*Value, bool) {
	v := c.args.get(0)
	if v == nothing {
		return &Value{}, true // one that is filled later
	}
	if len(v.taints) > 0 && allObjects(v.taints) && !v.isList && v.class == nil && len(v.fns) == 0 && len(v.fields) == 0 && v.elem == nil {
		w := *v
		w.ofNames = true
		return &w, true
	}
	if v.known || v.class != nil || len(v.fns) > 0 || v.elem == nil && len(v.fields) == 0 && !v.isList && !v.isDict {
		return v, true
	}
	if v.isDict && !v.isList && v.ref == "" && in.st == nil {
		return &Value{elem: in.keys(v), isList: true}, true
	}
	w := *v
	w.fields, w.shared, w.born = maps.Clone(in.fieldsOf(v)), false, in.branch
	return &w, true
}

// allObjects reports whether what an outsider sent is perhaps a dictionary.
func allObjects(taints []*Taint) bool {
	return !slices.ContainsFunc(taints, func(t *Taint) bool { return !t.object || strings.HasSuffix(t.Path, ".*") })
}

func (in *interp) copiedObject(c call) (*Value, bool) {
	v, ok := in.firstGiven(c)
	return in.copied(v), ok
}

func (in *interp) nextOf(c call) (*Value, bool) { return in.elements(c.args.get(0)), true }

// newDict: dict(other), dict(**fields), dict(pair.split("=", 1) for pair in header.split(",")).
func (in *interp) newDict(c call) (*Value, bool) {
	from := in.ofPairs(c, c.args.get(0))
	v := in.merged(from, &Value{fields: c.args.kw})
	if c.args.dict != nil {
		v = in.merged(v, &Value{taints: c.args.dict.taints, elem: c.args.dict.elem})
	}
	return v, true
}

// ofPairs is what dict makes of pairs of names and values, and what it is given where these are none.
func (in *interp) ofPairs(c call, from *Value) *Value {
	pairs := []*Value{from.elem}
	for _, x := range sorted(from.fields) {
		pairs = append(pairs, x)
	}
	out := &Value{fields: map[string]*Value{}, isDict: true}
	for _, pair := range pairs {
		switch {
		case pair == nil:
			continue
		case from.isDict || len(from.taints) > 0 || pair.class != nil || !(pair.isList && len(pair.taints) > 0 || len(pair.fields) == 2 && pair.fields["0"] != nil && pair.fields["1"] != nil):
			return from
		}
		key, value := in.member(c.f, pair, "0", c.e.At), in.member(c.f, pair, "1", c.e.At)
		if key.known {
			out.fields[key.text] = value
		} else {
			out.elem = join(out.elem, value)
		}
	}
	if len(out.fields) == 0 && out.elem == nil {
		return from
	}
	return out
}

// newCollection is a collection with what stands in those that it is made of.
func (in *interp) newCollection(c call) (*Value, bool) {
	v := &Value{fields: map[string]*Value{}}
	for _, a := range c.args.list {
		if len(a.fns) == 0 && a.class == nil && a.ref == "" {
			v = join(v, a)
		}
	}
	return v, true
}

// asDict: dataclasses.asdict(order).
func (in *interp) asDict(c call) (*Value, bool) {
	v := c.args.get(0)
	if v.class == nil {
		return nil, false
	}
	return &Value{fields: v.fields, isDict: true}, true
}

func (in *interp) enumerated(c call) (*Value, bool) {
	item := in.elements(c.args.get(0))
	return &Value{elem: &Value{fields: map[string]*Value{"0": nothing, "1": item}}}, true
}

func (in *interp) zipped(c call) (*Value, bool) {
	pair := &Value{fields: map[string]*Value{}}
	for i, a := range c.args.list {
		pair.fields[itoa(i)] = in.elements(a)
	}
	return &Value{elem: pair}, true
}

// throughMap: map(function, list), where the function is perhaps a library's.
func (in *interp) throughMap(c call) (*Value, bool) {
	item, fn := in.elements(c.args.get(1)), c.args.get(0)
	if len(fn.fns) > 0 {
		var each *Value
		for _, one := range fn.fns {
			each = join(each, in.invoke(c.f, one, one.this, &arguments{list: []*Value{item}}, c.e.At))
		}
		return &Value{elem: orNothing(each)}, true
	}
	if fn.ref == "" {
		return &Value{elem: item}, true
	}
	given := &arguments{list: []*Value{item}}
	if fn.filled != nil {
		given = given.after(fn.filled)
	}
	return &Value{elem: in.callsGiven(c, fn, given), isList: true}, true
}

// throughFilter: filter(function, list).
func (in *interp) throughFilter(c call) (*Value, bool) {
	item := in.elements(c.args.get(1))
	for _, fn := range c.args.get(0).fns {
		in.invoke(c.f, fn, fn.this, &arguments{list: []*Value{item}}, c.e.At)
	}
	return &Value{elem: item}, true
}

// folded is what functools.reduce gives: what a function makes of the elements, one after the other.
func (in *interp) folded(c call) (*Value, bool) {
	item := in.elements(c.args.get(1))
	v := c.args.get(2)
	if len(c.args.list) < 3 {
		v = item
	}
	items := []*Value{item, item}
	if steps := fewSteps(c.args.get(1)); steps != nil && len(c.args.list) > 2 {
		items = steps
	}
	for _, item := range items {
		v = in.applied(c.f, c.args.get(0), nil, &Value{fields: indexed([]*Value{v, item})}, c.e.At)
	}
	return v, true
}

// partial is a function that has got a part of its arguments: functools.partial(save, table).
func (in *interp) partial(c call) (*Value, bool) {
	fn := c.args.get(0)
	given := &arguments{list: c.args.list[min(1, len(c.args.list)):], kw: c.args.kw}
	switch {
	case len(fn.fns) > 0:
		v := rebound(fn, fn.fns[0].this)
		for _, one := range v.fns {
			one.bound = given
		}
		return v, true
	case fn.ref != "": // of a library
		v := *fn
		v.filled = given
		if fn.filled != nil {
			v.filled = given.after(fn.filled)
		}
		return &v, true
	}
	return nil, false
}

func (in *interp) gathered(c call) (*Value, bool) {
	return &Value{fields: indexed(c.args.list)}, true
}

// newThread calls what a thread or a process is made for: Thread(target=save, args=(order,)).
func (in *interp) newThread(c call) (*Value, bool) {
	given := &arguments{kw: orNothing(c.args.kw["kwargs"]).fields}
	tuple := orNothing(c.args.kw["args"])
	for i := range len(tuple.fields) {
		given.list = append(given.list, orNothing(tuple.fields[itoa(i)]))
	}
	for _, fn := range orNothing(c.args.kw["target"]).fns {
		in.invoke(c.f, fn, fn.this, given, c.e.At)
	}
	return &Value{ref: c.callee.ref + "()"}, true
}

// substituted is a text in which something constant was put for what a pattern finds.
func (in *interp) substituted(c call) (*Value, bool) {
	return in.without(c.f, c.args.get(2), c.args.get(0), c.e.At), len(c.args.get(2).taints) > 0 && c.args.get(1).known
}

func (in *interp) shellWords(c call) (*Value, bool) {
	return &Value{elem: c.args.get(0), isList: true}, true
}

func (in *interp) getattr(c call) (*Value, bool) { return in.attribute(c.f, c.e, c.args), true }

// setattr: setattr(object, name, value), where an outsider may give the name.
func (in *interp) setattr(c call) (*Value, bool) {
	if len(c.args.list) < 3 {
		return nothing, true
	}
	o, name, v := c.args.list[0], c.args.list[1], c.args.list[2]
	switch {
	case name.known:
		in.assign(c.f, o, name.text, v, c.e.At)
	case isRow(o): // an outsider names the columns
		in.hit(c.f, c.e.At, "mass-assignment", "setattr", addTaints(ofAnyName(name, 0), name.taints), false)
	case !o.shared && o != nothing && o.ref == "":
		o.elem = join(o.elem, v)
	}
	return nothing, true
}

// setsFeature notes what a parser of SAX is told to do, under the name of the feature: feature_external_ges.
func (in *interp) setsFeature(c call) (*Value, bool) {
	for name, address := range sorted(featuresOfSAX) {
		if c.args.get(0).known && c.args.get(0).text == address {
			in.assign(c.f, c.recv, name, c.args.get(1), c.e.At)
		}
	}
	return nothing, true
}

// featuresOfSAX are the features of xml.sax.handler that count, by their names.
var featuresOfSAX = map[string]string{
	"feature_external_ges": "http://xml.org/sax/features/external-general-entities",
	"feature_external_pes": "http://xml.org/sax/features/external-parameter-entities",
}

// localNames is what all names of a function hold, under the names: locals().
func (in *interp) localNames(c call) (*Value, bool) {
	out := &Value{fields: map[string]*Value{}}
	for name := range sorted(c.f.s.vars) {
		if name != "arguments" {
			out.fields[name] = in.name(c.f, &ir.Expr{Kind: ir.Name, Str: name, At: c.e.At})
		}
	}
	return out, true
}

// vars: vars(object), or vars(), which are the local names.
func (in *interp) vars(c call) (*Value, bool) {
	if len(c.args.list) > 0 {
		return c.args.list[0], true
	}
	return in.localNames(c)
}

// newBytes are bytes of a length, or numbers in a row, which are always the same.
func (in *interp) newBytes(c call) (*Value, bool) {
	v := c.args.get(0)
	if c.f.file.Language != ir.Python || len(c.args.list) != 1 {
		return nil, false
	}
	if v.known && v.written == bareWord || v.ref == "builtin.range()" && len(v.all()) == 0 {
		return constant("bytes " + v.text), true
	}
	return nil, false
}

func (in *interp) superOf(c call) (*Value, bool) { return orNothing(in.super(c.f)), true }

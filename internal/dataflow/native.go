package dataflow

import "wardlet.example/internal/ir"

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

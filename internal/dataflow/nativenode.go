package dataflow

import (
	"maps"

	"wardlet.example/internal/ir"
)

// nativesOfNode are those of JavaScript and of libraries for Node.js: several paths are followed alike.
func nativesOfNode() map[string]native {
	return map[string]native{
		"builtin.Promise":        (*interp).newPromise,
		"builtin.Promise.reject": (*interp).rejectedPromise,
		`builtin.Promise.resolve builtin.Promise.all builtin.Promise.allSettled builtin.Promise.race builtin.Promise.any
			builtin.Object builtin.Object.freeze builtin.structuredClone aws4.sign`: (*interp).firstGiven,
		"builtin.Array.from": (*interp).arrayFrom,
		"lodash.times lodash.default.times lodash-es.times underscore.times": (*interp).timesOver,
		"builtin.Object.assign":             (*interp).objectAssign,
		"builtin.Reflect.deleteProperty":    (*interp).propertyDeleted,
		"builtin.Object.fromEntries":        (*interp).fromEntries,
		"builtin.Object.keys":               (*interp).keysOfObject,
		"builtin.Object.values":             (*interp).valuesOfObject,
		"builtin.Object.entries":            (*interp).goesThrough,
		"builtin.Map builtin.WeakMap":       (*interp).newMap,
		"builtin.Symbol builtin.Symbol.for": (*interp).newSymbol,
		"builtin.Error builtin.TypeError builtin.RangeError builtin.SyntaxError": (*interp).newError,
		"builtin.JSON.stringify":                          (*interp).writesJSON,
		"builtin.JSON.parse":                              (*interp).parsesJSON,
		"express-validator.matchedData":                   (*interp).matchedData,
		"mongoose.model":                                  (*interp).mongooseModel,
		"sequelize.Sequelize().define sequelize().define": (*interp).sequelizeModel,
		"class-transformer.plainToInstance class-transformer.plainToClass":               (*interp).asInstance,
		"@typegoose/typegoose.getModelForClass @typegoose/typegoose.addModelToTypegoose": (*interp).typegooseModel,
	}
}

// newPromise: new Promise((resolve, reject) => ...) gives what the function gives to resolve.
func (in *interp) newPromise(c call) (*Value, bool) {
	result := &Value{}
	for _, fn := range c.args.get(0).fns {
		in.invoke(c.f, fn, nil, &arguments{list: []*Value{{sink: result}, {}}}, c.e.At)
	}
	return result, true
}

// rejectedPromise: Promise.reject(error) gives nothing to who waits for it, but throws the error there.
func (in *interp) rejectedPromise(c call) (*Value, bool) {
	in.thrown = joinThrown(in.thrown, c.args.get(0))
	return &Value{}, true
}

// arrayFrom: Array.from(list), or Array.from(list, (x) => ...).
func (in *interp) arrayFrom(c call) (*Value, bool) {
	v, fn := c.args.get(0), c.args.get(1)
	if n := v.fields["length"]; n != nil { // Array.from({ length: n })
		in.hit(c.f, c.e.At, sizeRule, "Array.from", amounts(n), false)
	}
	if len(fn.fns) == 0 {
		if v.isMap {
			return &Value{elem: in.elements(v)}, true
		}
		return v, true
	}
	return &Value{elem: in.applied(c.f, fn, nil, &Value{fields: indexed([]*Value{in.elements(v), {}})}, c.e.At)}, true
}

// timesOver: _.times(n, (i) => ...) gives a list of what the function gives.
func (in *interp) timesOver(c call) (*Value, bool) {
	n, fn := c.args.get(0), c.args.get(1)
	in.hit(c.f, c.e.At, sizeRule, "times", amounts(n), false)
	if len(fn.fns) == 0 {
		return &Value{}, true
	}
	return &Value{elem: in.applied(c.f, fn, nil, &Value{}, c.e.At)}, true
}

// objectAssign: Object.assign(target, ...others) gives the target, which has the fields of the others.
func (in *interp) objectAssign(c call) (*Value, bool) {
	out := c.args.get(0)
	for _, v := range c.args.list[min(1, len(c.args.list)):] {
		out = withRecord(out, v, join(out, v))
	}
	if target := c.args.get(0); target != nothing && !target.shared { // it is changed itself, also where it is known under another name
		fields := target.fields
		if fields == nil {
			fields = map[string]*Value{}
		}
		maps.Copy(fields, out.fields)
		target.taints, target.fields, target.elem, target.named, target.some = out.taints, fields, out.elem, out.named, out.some
		target.holds, target.read = out.holds, out.read
		for _, v := range c.args.list[1:] {
			for name, x := range sorted(v.fields) { // what was there before is gone
				in.assign(c.f, target, name, x, c.e.At)
			}
		}
		for _, v := range c.args.list {
			if !v.closed() {
				target.spread = v
			}
		}
	}
	return out, true
}

// propertyDeleted: Reflect.deleteProperty(user, "password").
func (in *interp) propertyDeleted(c call) (*Value, bool) {
	if key := c.args.get(1); key.known {
		in.takenOut(c.args.get(0), key.text)
	}
	return &Value{}, true
}

// fromEntries: Object.fromEntries(pairs), where an outsider may name the fields.
func (in *interp) fromEntries(c call) (*Value, bool) {
	pair := in.elements(c.args.get(0))
	key, val := in.member(c.f, pair, "0", c.e.At), in.member(c.f, pair, "1", c.e.At)
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
}

func (in *interp) keysOfObject(c call) (*Value, bool) {
	if v := c.args.get(0); v.closed() && len(v.fields) <= mostTexts {
		var names []*Value
		for name := range sorted(v.fields) {
			names = append(names, constant(name))
		}
		return &Value{fields: indexed(names), isList: true}, true
	}
	return &Value{elem: in.keys(c.args.get(0))}, true
}

func (in *interp) valuesOfObject(c call) (*Value, bool) {
	return &Value{elem: in.allElements(c.args.get(0))}, true
}

// newMap: new Map(pairs) has what stands in the pairs, under their keys where they are known.
func (in *interp) newMap(c call) (*Value, bool) {
	out := &Value{fields: map[string]*Value{}, isMap: true}
	if from := c.args.get(0); from.isMap { // a copy
		out.fields, out.elem, out.taints, out.named = mapsClone(in.fieldsOf(from)), from.elem, from.taints, from.named
		return out, true
	}
	for _, pair := range sorted(c.args.get(0).fields) {
		if key := in.member(c.f, pair, "0", c.e.At); key.known {
			out.fields[key.text] = in.member(c.f, pair, "1", c.e.At)
		} else {
			out.elem = join(out.elem, in.member(c.f, pair, "1", c.e.At))
			out.keyedBy(key)
		}
	}
	if elem := c.args.get(0).elem; elem != nil { // new Map(Object.entries(changes))
		out.elem = join(out.elem, in.member(c.f, elem, "1", c.e.At))
		out.keyedBy(in.member(c.f, elem, "0", c.e.At))
	}
	out.taints = c.args.get(0).taints
	return out, true
}

// newSymbol is a symbol, known by its name, so that what is kept under it is found again.
func (in *interp) newSymbol(c call) (*Value, bool) { return constant("@@" + c.args.get(0).text), true }

// matchedData are the fields of a request that were checked.
func (in *interp) matchedData(c call) (*Value, bool) {
	return cleanedBy(in.member(c.f, c.args.get(0), "body", c.e.At), []string{"mass-assignment"}), true
}

// mongooseModel is a model of Mongoose, with the functions and the secrets of its schema.
func (in *interp) mongooseModel(c call) (*Value, bool) {
	m := &Value{ref: "mongoose.model()"}
	if !writesItself(c.f.file.Tree.Source) {
		m.holds = in.secretsOf(c.args.get(1))
	}
	if schema := c.args.get(1); schema.ref == "mongoose.Schema()" && len(schema.args) > 0 {
		m.kw = map[string]*Value{columnsOf: schema.args[0]}
		if len(schema.args) > 1 && (schema.args[1].fields["strict"] != nil || len(schema.args[1].fields) == 0) {
			m.kw[looseSchema] = schema
		}
		if asksMore(schema.args[0]) {
			m.kw["asks"] = schema
		}
	}
	return withStatics(m, c.args.get(1)), true
}

// typegooseModel is a model of Mongoose that is made of a class.
func (in *interp) typegooseModel(call) (*Value, bool) { return &Value{ref: "mongoose.model()"}, true }

// sequelizeModel is a model of Sequelize: what it gives holds its secrets, where no scope and no method leaves them out.
func (in *interp) sequelizeModel(c call) (*Value, bool) {
	m := &Value{ref: c.callee.ref + "()", args: c.args.list[:min(1, len(c.args.list))], kw: map[string]*Value{columnsOf: c.args.get(1)}}
	in.runsHooks(c.args, c.e.At)
	if c.args.get(2).fields["defaultScope"] == nil && !writesItself(c.f.file.Tree.Source) {
		m.holds = secretFields(c.args.get(1))
	}
	return m, true
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

// customRepository is what TypeORM makes of a class of the program over its own repositories: connection.getCustomRepository(Orders).
func (in *interp) customRepository(c call) (*Value, bool) {
	of := c.args.get(0)
	if c.f.file.Language != ir.Node || c.method != "getCustomRepository" && c.callee.ref != "typeorm.getCustomRepository" || of.class == nil || !of.isType {
		return nil, false
	}
	return in.instance(c.f, of, &arguments{}, c.e.At), true
}

package dataflow

import (
	"maps"
	"slices"

	"wardlet.example/internal/ir"
)

// call is a call of which all parts were followed.
type call struct {
	f      frame
	e      *ir.Expr
	recv   *Value // what it is a method of; nil for others
	method string
	callee *Value
	args   *arguments
}

// native follows a call of something that belongs to a language; it reports false where what follows it has to be found out otherwise.
type native func(*interp, call) (*Value, bool)

// natives are the parts of the languages and their standard libraries that rows cannot tell of. They stand beside the rows and not in a variable:
// what is followed calls again, so that a variable would need itself.
type natives struct {
	functions map[string]native   // of JavaScript and Python, by their paths
	ofGo      map[string]native   // of Go and its libraries, by their paths
	methods   []map[string]native // of texts, functions and containers, by their names, in the order in which they are tried
}

func newNatives() natives {
	functions := named(nativesOfNode())
	maps.Copy(functions, named(nativesOfPython()))
	return natives{functions, nativesOfGo(), []map[string]native{methodsOfText(), methodsOfFunction(), methodsOfContainer()}}
}

// named gives functions that follow calls their names: several names are followed alike.
func named(table map[string]native) map[string]native {
	out := map[string]native{}
	for names, follow := range table {
		for name := range set(names) {
			out[name] = follow
		}
	}
	return out
}

// native are the parts of the languages themselves: promises, callbacks of lists, binding.
func (in *interp) native(c call) (*Value, bool) {
	if v, ok := changedCase(c.recv, c.method); ok {
		return v, true
	}
	if of := c.args.get(0); c.method == "__new__" && of.isType && of.class != nil { // super().__new__(cls)
		return &Value{class: of.class, fields: map[string]*Value{}}, true
	}
	if follow := in.p.models.natives.functions[c.callee.ref]; follow != nil {
		if v, ok := follow(in, c); ok {
			return v, true
		}
	}
	if v, ok := in.nativeOfLibrary(c); ok {
		return v, true
	}
	if c.recv == nil || isOwnMethod(c) {
		return nil, false
	}
	return in.methods(c)
}

// nativeOfLibrary are calls of libraries that do with values what languages do: async, contexts, cursors, models that are made by code.
func (in *interp) nativeOfLibrary(c call) (*Value, bool) {
	if v, ok := in.ofObject(c.f, c.callee.ref, c.args, c.e.At); ok {
		return v, true
	}
	if v, ok := in.flows(c.f, c.callee.ref, c.args, c.e.At); ok {
		return v, true
	}
	if v, ok := in.customRepository(c); ok {
		return v, true
	}
	if v := deferred(c.callee.ref); v != nil {
		return v, true
	}
	if v, ok := in.held(c.f, c.e, c.recv, c.method, c.args); ok {
		return v, true
	}
	if v, ok := in.fetched(c.f, c.e, c.recv, c.method, c.args); ok {
		return v, true
	}
	return in.createdModel(c.f, c.e, c.callee, c.args)
}

// isOwnMethod reports whether a method is one that the program defines, and not one that every function or promise has.
func isOwnMethod(c call) bool {
	switch c.method {
	case "then", "catch", "call", "apply", "bind":
		return false
	}
	return len(c.callee.fns) > 0
}

// firstGiven is what is given first, which comes back in another form.
func (in *interp) firstGiven(c call) (*Value, bool) {
	if v := c.args.get(0); v != nothing {
		return v, true
	}
	return &Value{}, true // one that is filled later
}

// goesThrough is what a function gives that goes through a value.
func (in *interp) goesThrough(c call) (*Value, bool) {
	item := in.allElements(c.args.get(0))
	key := in.keys(c.args.get(0))
	if only := c.args.get(0); len(only.fields) == 1 && only.hasOnlyFields() {
		for name := range only.fields {
			key = constant(name)
		}
	}
	return &Value{elem: &Value{fields: map[string]*Value{"0": key, "1": amongNames(item)}}}, true
}

// newError is an error: its message tells all that it was made of.
func (in *interp) newError(c call) (*Value, bool) {
	said := &Value{taints: texts(c.args.all()), ref: textOfError(c.args.list)} // of another one: new Error(`not stored: ${err.message}`)
	for _, x := range c.args.list {
		if x != nil && x.secret != nil && x.secret.members == nil {
			said.secret = x.secret
		}
	}
	return &Value{taints: said.taints, secret: said.secret, fields: map[string]*Value{"message": said, "args": {elem: said}, "stack": {}}}, true
}

// parsesJSON is what a text in JSON holds.
func (in *interp) parsesJSON(c call) (*Value, bool) {
	in.parsesBody(c.f, c.e, c.args.get(0))
	return in.parsed(c.f, c.e, c.args.get(0)), true
}

// choosesNames reports whether what JSON.stringify is given beside a value leaves out what others must not see: a list of names without such, or
// a function that looks at the names.
func choosesNames(by *Value) bool {
	for _, x := range sorted(by.fields) {
		if x == nil || !x.known || sensitiveName(x.text) != plainData {
			return false
		}
	}
	asks := slices.ContainsFunc(by.fns, func(c *closure) bool { return len(c.fn.Params) > 0 && asksOf(c.fn.Body, c.fn.Params[0].Str) })
	return asks || len(by.fields) > 0 && by.hasOnlyFields()
}

// asksOf reports whether a name stands anywhere in statements.
func asksOf(body []*ir.Stmt, name string) bool {
	found := false
	ir.Walk(body, nil, func(e *ir.Expr) bool {
		found = found || e.Kind == ir.Name && e.Str == name
		return !found
	})
	return found && name != ""
}

// writesJSON is a value as JSON, as it is or as a function makes it that stands in for its members.
func (in *interp) writesJSON(c call) (*Value, bool) {
	written := in.shown(c.f, c.args.get(0), c.e.At, 0)
	if choosesNames(c.args.get(1)) {
		written = hidden(written)
	}
	taints := inJSON(written)
	for _, fn := range c.args.get(1).fns { // a replacer, which is given the value itself first
		replaced := in.invoke(c.f, fn, fn.this, &arguments{list: []*Value{constant(""), written}}, c.e.At)
		if written = join(written, replaced); traceIn(replaced, 0) != nil {
			told := *written
			told.trace, written = in.traceAt(c.f, c.e.At, "an error is written as JSON with its stack"), &told
		}
	}
	return &Value{taints: in.stepped(c.f, taints, c.e.At, intoJSON), json: written}, true
}

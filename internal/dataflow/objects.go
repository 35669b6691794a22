package dataflow

import (
	"maps"
	"strings"

	"wardlet.example/internal/ir"
)

// ofObject are functions of JavaScript that make objects of others or set their members: Object.create, Proxy, Reflect, and what compilers
// of TypeScript write for decorators.
func (in *interp) ofObject(f frame, ref string, args *arguments, at int32) (*Value, bool) {
	target := args.get(0)
	switch ref {
	case "builtin.Object.create":
		v := inheriting(&Value{fields: map[string]*Value{}}, target)
		v.bare = target.empty() || target.known && target.text == "null"
		in.described(f, v, args.get(1), at)
		return v, true
	case "builtin.Object.setPrototypeOf", "builtin.Reflect.setPrototypeOf", "util.inherits":
		to, from := target, args.get(1)
		if ref == "util.inherits" {
			to, from = in.member(f, to, "prototype", at), in.member(f, from, "prototype", at)
		}
		if to != nothing && !to.shared {
			inheriting(to, from)
		}
		return target, true
	case "builtin.Object.defineProperty", "builtin.Reflect.defineProperty":
		if name := args.get(1); name.known && target.ref != "exports" {
			in.described(f, target, &Value{fields: map[string]*Value{name.text: args.get(2)}}, at)
		}
		return target, true
	case "builtin.Object.defineProperties":
		in.described(f, target, args.get(1), at)
		return target, true
	case "builtin.Reflect.get":
		if name := args.get(1); name.known {
			return in.member(f, target, name.text, at), true
		}
		return in.elements(target), true
	case "builtin.Reflect.apply":
		return in.applied(f, target, args.get(1), args.get(2), at), true
	case "builtin.Proxy":
		return in.proxy(f, target, args.get(1), at), true
	case "tslib.__decorate":
		return in.decorates(f, args, at), true
	}
	return nil, false
}

// applied is what functions give for a list of arguments.
func (in *interp) applied(f frame, fn, this, list *Value, at int32) *Value {
	args := &arguments{rest: list.elem}
	for i := range len(list.fields) {
		if x := list.fields[itoa(i)]; x != nil {
			args.list = append(args.list, x)
		}
	}
	if len(list.taints) > 0 {
		args.rest = in.elements(list)
	}
	var out *Value
	for _, c := range fn.fns {
		out = join(out, in.invoke(f, c, this, args, at))
	}
	return orNothing(out)
}

// inheriting gives an object what its prototype has, as far as it has none itself.
func inheriting(v, proto *Value) *Value {
	if v.fields == nil {
		v.fields = map[string]*Value{}
	}
	for name, x := range sorted(proto.fields) {
		if v.fields[name] == nil {
			v.fields[name] = rebound(x, v)
		}
	}
	if v.class == nil && !proto.isType {
		v.class = proto.class
	}
	v.taints, v.elem = addTaints(v.taints, proto.taints), join(v.elem, proto.elem)
	return v
}

// described sets members as their descriptors say: a value, or a function that gives it.
func (in *interp) described(f frame, v, descriptors *Value, at int32) {
	for name, d := range sorted(descriptors.fields) {
		x := d.fields["value"]
		if get := d.fields["get"]; x == nil && get != nil {
			x = in.applied(f, get, v, nothing, at)
		}
		if x != nil {
			in.assign(f, v, name, rebound(x, v), at)
		}
	}
}

// proxy is an object behind traps: what the trap of reading gives, or the object itself.
func (in *interp) proxy(f frame, target, traps *Value, at int32) *Value {
	if get := traps.fields["get"]; get != nil && len(get.fns) > 0 {
		out := &Value{elem: in.applied(f, get, traps, &Value{fields: indexed([]*Value{target, {}, target})}, at)}
		if samePlace(out.elem, target) { // it gives the members as they are
			out.taints, out.elem = target.taints, target.elem
		}
		for name, x := range sorted(target.fields) {
			read := in.applied(f, get, traps, &Value{fields: indexed([]*Value{target, constant(name), target})}, at)
			if read.empty() {
				read = x
			}
			if out.fields == nil {
				out.fields = map[string]*Value{}
			}
			out.fields[name] = read
		}
		out.class, out.ref, out.args = target.class, target.ref, target.args
		return out
	}
	if call := traps.fields["apply"]; call != nil && len(call.fns) > 0 && len(target.fns) > 0 { // around a function
		given := &Value{fields: map[string]*Value{}}
		for _, c := range call.fns {
			given.fns = append(given.fns, &closure{fn: c.fn, scope: c.scope, this: traps, bound: &arguments{list: []*Value{target}}})
		}
		return given
	}
	return target
}

// samePlace reports whether what is read is a part of what an outsider decides, with nothing done to it.
func samePlace(part, whole *Value) bool {
	for _, t := range part.taints {
		for _, u := range whole.taints {
			if t.Source == u.Source && len(t.clean) == len(u.clean) {
				return true
			}
		}
	}
	return false
}

// decorates are the decorators of a class, or of one of its members, as compilers write them: __decorate([Injectable()], Service). The
// class stays what it is.
func (in *interp) decorates(f frame, args *arguments, at int32) *Value {
	target := args.get(1)
	c := target.class
	if c == nil {
		return target
	}
	var decorators []*Value
	for i := range len(args.get(0).fields) {
		decorators = append(decorators, orNothing(args.get(0).fields[itoa(i)]))
	}
	if name := args.get(2); name.known {
		if m := c.methods[name.text]; m != nil {
			in.controllerMethod(f, c, m, decorators, at)
		}
		return target
	}
	in.controllerClass(c, decorators)
	return target
}

// compiled follows the helpers that compilers put into each file.
func (in *interp) compiled(f frame, e *ir.Expr, args *arguments) *Value {
	if e.X.Kind != ir.Name || f.file.Language != ir.Node {
		return nil
	}
	switch e.X.Str {
	case "__decorate", "_ts_decorate":
		return in.decorates(f, args, e.At)
	case "__param", "_ts_param":
		return &Value{ref: argumentMark, args: args.list}
	}
	return nil
}

// prototype is what all objects of a class share.
func (c *class) prototype() *Value {
	if c.proto == nil {
		c.proto = &Value{class: c, fields: map[string]*Value{}}
	}
	return c.proto
}

// beginnings are the fields that objects of a class begin with, those of the classes that it extends with them.
func (c *class) beginnings(depth int) map[string]*Value {
	if len(c.bases) == 0 || depth > 5 {
		return c.static.fields
	}
	out := map[string]*Value{}
	for _, b := range c.bases {
		if b != nil && b.class != nil {
			maps.Copy(out, b.class.beginnings(depth+1))
		}
	}
	maps.Copy(out, c.static.fields)
	return out
}

// protoFields are members that were put onto the prototype of a class, and onto those of the classes that it extends.
func (c *class) protoFields(depth int) map[string]*Value {
	out := map[string]*Value{}
	for _, b := range c.bases {
		if b != nil && b.class != nil && depth < 5 {
			maps.Copy(out, b.class.protoFields(depth+1))
		}
	}
	if c.proto != nil {
		maps.Copy(out, c.proto.fields)
	}
	return out
}

// cell is the one value of something that holds one: a variable of a context, a store of asynchronous calls.
const cell = "@@value"

// held follows what holds a value for as long as a request is answered: ContextVar of Python, AsyncLocalStorage of Node.
func (in *interp) held(f frame, e *ir.Expr, recv *Value, method string, args *arguments) (*Value, bool) {
	if recv == nil {
		return nil, false
	}
	switch {
	case recv.ref == "contextvars.ContextVar()" && method == "set":
		in.hold(f, recv, args.get(0), e.At)
		return &Value{}, true
	case recv.ref == "contextvars.ContextVar()" && method == "get":
		return join(join(in.heldBy(recv), recv.kw["default"]), args.get(0)), true
	case strings.HasSuffix(recv.ref, "async_hooks.AsyncLocalStorage()"):
		switch method {
		case "enterWith":
			in.hold(f, recv, args.get(0), e.At)
			return &Value{}, true
		case "run":
			in.hold(f, recv, args.get(0), e.At)
			return in.applied(f, args.get(1), nil, &Value{fields: indexed(args.list[min(2, len(args.list)):])}, e.At), true
		case "getStore":
			return in.heldBy(recv), true
		}
	}
	return nil, false
}

func (in *interp) hold(f frame, v, x *Value, at int32) { in.assign(f, v, cell, x, at) }

func (in *interp) heldBy(v *Value) *Value {
	return orNothing(join(in.over[v][cell], v.fields[cell]))
}

// merged is an object with the fields of another over its own.
func (in *interp) merged(x, y *Value) *Value {
	v := &Value{fields: map[string]*Value{}, elem: join(x.elem, y.elem), taints: addTaints(x.taints, y.taints)}
	for k, field := range sorted(x.fields) {
		if len(y.taints) > 0 {
			field = join(field, &Value{taints: in.parts(y.taints, k)})
		}
		v.fields[k] = field
	}
	for k, field := range sorted(y.fields) {
		v.fields[k] = field
	}
	return v
}

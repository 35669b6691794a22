package dataflow

import (
	"maps"
	"strings"

	"wardlet.example/internal/ir"
)

// super is the object at hand as one of the class that the class of the method extends; nil where that is none of the program.
func (in *interp) super(f frame) *Value {
	this := thisOf(f.s)
	if this == nil || this.class == nil || len(in.stack) == 0 {
		return nil
	}
	at := this.class
	if def := in.stack[len(in.stack)-1].Class; def != nil {
		if c := at.extended(def, 0); c != nil {
			at = c
		}
	}
	for _, b := range at.bases {
		if b != nil && b.class != nil {
			c := *this // its fields are the same
			c.class, c.self = b.class, this
			return &c
		}
		if b != nil && strings.HasPrefix(b.ref, pynamodb) {
			return &Value{ref: b.ref, self: this}
		}
	}
	return nil
}

func orSelf(v *Value) *Value {
	if v.self != nil {
		return v.self
	}
	return v
}

// extended is the class of a definition, among a class and those that it extends.
func (c *class) extended(def *ir.Class, depth int) *class {
	if c.def == def || depth > 5 {
		return c
	}
	for _, b := range c.bases {
		if b != nil && b.class != nil {
			if found := b.class.extended(def, depth+1); found != nil && found.def == def {
				return found
			}
		}
	}
	return nil
}

// instance makes an instance of a class of the program.
func (in *interp) instance(f frame, cl *Value, args *arguments, at int32) *Value {
	v := &Value{class: cl.class, fields: map[string]*Value{}, born: in.branch}
	if cl.class.file(f).Language == ir.Go {
		in.beginFields(v, 0)
		return v
	}
	for name, x := range sorted(cl.class.beginnings(0)) {
		v.fields[name] = rebound(x, v)
	}
	if cl.class.isEnum(0) { // it fails for all but its members
		return checked(join(args.get(0), args.dict))
	}
	if m := cl.class.method("__new__", 0); m != nil && f.file.Language == ir.Python { // one for all
		if x := in.invoke(f, m, cl, args, at); x != nil && x.class == cl.class && !x.isType {
			v = x
		}
	}
	made := false
	for _, b := range cl.class.bases {
		switch {
		case b == nil:
		case b.ref == "builtin.dict":
			m := in.merged(args.get(0), &Value{fields: args.kw})
			v.taints, v.elem, v.isDict = m.taints, m.elem, true
			maps.Copy(v.fields, m.fields)
		case strings.HasPrefix(b.ref, "builtin.") && (strings.HasSuffix(b.ref, "Error") || strings.HasSuffix(b.ref, "Exception")):
			said := &Value{taints: texts(args.all())}
			v.taints, v.fields["message"], v.fields["args"] = said.taints, said, &Value{elem: said}
		}
	}
	if f.file.Language == ir.Node {
		for name, x := range sorted(cl.class.protoFields(0)) {
			v.fields[name] = rebound(x, v)
		}
		in.injectedFields(f, cl.class, v, at, 0)
		v.ref = cl.class.emitterBase(0)
	}
	for _, name := range []string{"constructor", "__init__"} {
		if m := cl.class.method(name, 0); m != nil {
			in.invoke(f, m, v, args, at)
			made = true
			break
		}
	}
	if !made && f.file.Language == ir.Python {
		in.record(f, cl.class, v, args, at)
	}
	for _, b := range cl.class.bases { // what a library's class is
		if b != nil && b.ref != "" {
			v.ref, v.args = b.ref+"()", args.list
			for _, m := range in.p.lookup(f.file.Language, b.ref, "", nil) {
				if m.Kind == sink && m.applies(nil, args) {
					in.sinkAt(f, &ir.Expr{At: at}, m, nil, args)
				}
			}
		}
	}
	return v
}

// emitterBase is what an instance of a class is from its beginning on where the class extends an emitter of events, perhaps through another one:
// its constructor already listens. Empty for others.
func (c *class) emitterBase(depth int) string {
	for _, b := range c.bases {
		switch {
		case b == nil || depth > deepestBase:
		case emitters.MatchString(b.ref + "()"):
			return b.ref + "()"
		case b.class != nil:
			if ref := b.class.emitterBase(depth + 1); ref != "" {
				return ref
			}
		}
	}
	return ""
}

// rebound gives functions of a field their object.
func rebound(x, this *Value) *Value {
	if x == nil || len(x.fns) == 0 {
		return x
	}
	c := *x
	c.fns = nil
	for _, fn := range x.fns {
		c.fns = append(c.fns, &closure{fn: fn.fn, scope: fn.scope, this: this})
	}
	return &c
}

// entered is what a with statement binds: what __enter__ gives, or what the generator of a context manager yields.
func (in *interp) entered(f frame, v *Value, at int32) *Value {
	if v.class != nil && !v.isType {
		for _, name := range []string{"__enter__", "__aenter__"} {
			if m := v.class.method(name, 0); m != nil {
				return in.invoke(f, m, v, &arguments{}, at)
			}
		}
	}
	if v.elem != nil && len(v.fields) == 0 && len(v.taints) == 0 && v.ref == "" {
		return v.elem
	}
	return v
}

func (in *interp) class(f frame, c *ir.Class) *Value {
	cl := &class{def: c, scope: f.s, methods: map[string]*closure{}, static: &Value{fields: map[string]*Value{}}}
	for _, b := range c.Bases {
		if b.Kind == ir.Index && f.file.Language == ir.Python { // Repository[Order]
			b = b.X
		}
		cl.bases = append(cl.bases, in.eval(f, b))
	}
	for _, m := range c.Methods {
		cl.methods[m.Name] = &closure{fn: m, scope: f.s}
	}
	if f.file.Language == ir.Python {
		in.decoratedMethods(f, cl)
	}
	v := &Value{class: cl, isType: true, fields: map[string]*Value{}}
	in.routesOfClass(f, c, cl)
	for name, m := range sorted(cl.methods) {
		if m.fn.Static && !m.fn.Getter {
			v.fields[name] = &Value{fns: m.of(nil)}
		}
	}
	if f.file.Language == ir.Node && c.Name != "" { // static client = Service.connect()
		in.set(f.s, c.Name, v, true)
	}
	for _, field := range c.Fields {
		if field.Value != nil {
			x := in.eval(f, field.Value)
			cl.static.fields[field.Name] = x
			if x != nil && x != nothing && (x.isList || x.isDict) {
				x.ofClass = true
			}
		}
	}
	if f.file.Language == ir.Python {
		for _, d := range c.Decorators { // that keep the class somewhere
			if d := in.eval(f, d); len(d.fns) > 0 {
				in.invoke(f, d.fns[0], d.fns[0].this, &arguments{list: []*Value{v}}, d.fns[0].fn.Start)
			}
		}
		if m := cl.inheritedMethod("__init_subclass__"); m != nil {
			in.invoke(f, m, v, &arguments{}, m.fn.Start)
		}
	}
	return v
}

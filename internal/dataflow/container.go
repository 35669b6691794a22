package dataflow

import (
	"fmt"
	"slices"
	"strings"

	"wardlet.example/internal/ir"
)

// Containers of dependencies make objects with what their constructors need: inversify, tsyringe, typedi, awilix, NestJS. What is bound
// to a name, a symbol or a class is kept for the program, and made when it is asked for.

// recipe is how a container makes what it gives.
type recipe struct {
	v    *Value // a class, a function, or the thing itself
	call bool   // the function makes it
	bag  bool   // its constructor, or the function, gets all that the container has by name (awilix)
}

// containerPaths are the paths of containers, by the beginning.
var containerPaths = []string{"inversify.", "tsyringe.", "typedi.", "awilix.", "@nestjs/core.", "@nestjs/testing.", "@nestjs/common.", "@inversifyjs/"}

// isContainer reports whether a path is one of a container.
func isContainer(ref string) bool {
	for _, prefix := range containerPaths {
		if strings.HasPrefix(ref, prefix) {
			return true
		}
	}
	return false
}

// tokenOf names what a container is asked for; empty where that is not known.
func tokenOf(v *Value) string {
	switch {
	case v == nil:
	case v.known:
		return "'" + v.text
	case v.class != nil && v.isType:
		return fmt.Sprintf("%p", v.class)
	case v.ref != "":
		return v.ref
	}
	return ""
}

// provide keeps how something is made.
func (p *Program) provide(name string, r recipe) {
	if name == "" || r.v == nil || r.v.empty() {
		return
	}
	if p.recipes == nil {
		p.recipes = map[string][]recipe{}
	}
	if len(p.recipes[name]) < maxInjected {
		p.recipes[name] = append(p.recipes[name], r)
	}
}

// provided follows a call of a container: what is bound there, and what it gives.
func (in *interp) provided(f frame, e *ir.Expr, method string, callee *Value, args *arguments) *Value {
	if !isContainer(callee.ref) {
		return nil
	}
	asked := &Value{}
	if len(callee.args) > 0 {
		asked = callee.args[0]
	}
	switch method {
	case "to":
		in.p.provide(tokenOf(asked), recipe{v: args.get(0)})
	case "toSelf":
		in.p.provide(tokenOf(asked), recipe{v: asked})
	case "toConstantValue", "set", "registerInstance":
		if method != "toConstantValue" {
			asked, args = args.get(0), &arguments{list: args.list[min(1, len(args.list)):]}
		}
		in.p.provide(tokenOf(asked), recipe{v: args.get(0)})
	case "toDynamicValue":
		in.p.provide(tokenOf(asked), recipe{v: args.get(0), call: true})
	case "registerSingleton":
		in.p.provide(tokenOf(args.get(0)), recipe{v: args.get(max(0, len(args.list)-1))})
	case "register":
		in.registered(args)
	case "useGlobalPipes", "useGlobalGuards":
		for _, x := range args.list {
			in.p.provide(map[string]string{"useGlobalPipes": "@nestjs/core.APP_PIPE", "useGlobalGuards": "@nestjs/core.APP_GUARD"}[method], recipe{v: x})
		}
	case "singleton", "scoped", "transient", "disposer", "setLifetime", "proxy", "classic": // how long what is made lives says nothing of what it is
		if strings.HasPrefix(callee.ref, "awilix.as") {
			return &Value{ref: strings.TrimSuffix(callee.ref, "."+method), args: callee.args}
		}
	case "get", "getAsync", "resolve", "getAll", "getNamed", "resolveAll", "select":
		return in.given(f, args.get(0), e.At)
	}
	return nil
}

// registered notes what is given to register: of tsyringe, a name and how it is made; of awilix, many of them by their names.
func (in *interp) registered(args *arguments) {
	how := args.get(1)
	for key, r := range map[string]recipe{"useClass": {}, "useValue": {}, "useFactory": {call: true}} {
		if r.v = how.fields[key]; r.v != nil {
			in.p.provide(tokenOf(args.get(0)), r)
		}
	}
	many := args.get(0).fields
	if args.get(0).known {
		many = map[string]*Value{args.get(0).text: how}
	}
	for name, x := range sorted(many) {
		kind, _, _ := strings.Cut(strings.TrimPrefix(x.ref, "awilix."), "(")
		if len(x.args) > 0 && strings.HasPrefix(kind, "as") {
			in.p.provide("'"+name, recipe{v: x.args[0], call: kind == "asFunction", bag: true})
		}
	}
}

// isCradle reports whether a path is where a container of awilix, or a scope of it, has all that is registered by the names.
func isCradle(ref string) bool {
	return strings.HasSuffix(ref, ".cradle") && strings.HasPrefix(ref, "awilix.createContainer()")
}

// providers notes the providers of a module of NestJS.
func (in *interp) providers(options *Value) {
	for _, x := range sorted(orNothing(options.fields["providers"]).fields) {
		for key, r := range map[string]recipe{"useClass": {}, "useValue": {}, "useExisting": {}, "useFactory": {call: true}} {
			if r.v = x.fields[key]; r.v != nil {
				in.p.provide(tokenOf(x.fields["provide"]), r)
			}
		}
	}
}

// given is what a container gives for a name.
func (in *interp) given(f frame, asked *Value, at int32) *Value {
	name := tokenOf(asked)
	if in.made == nil {
		in.made = map[string]*Value{}
	}
	if v, ok := in.made[name]; ok {
		return v
	}
	if in.injecting >= maxInjected || name == "" {
		return nil
	}
	in.injecting++
	defer func() { in.injecting-- }()
	in.made[name] = &Value{} // what it needs itself is not there yet
	var out *Value
	for _, r := range in.p.recipes[name] {
		out = join(out, in.cooked(f, r, at))
	}
	if out == nil && asked.class != nil {
		out = in.instance(f, asked, &arguments{}, at)
	}
	if out != nil {
		in.made[name] = out
	} else {
		delete(in.made, name)
	}
	return out
}

// cooked makes something by its recipe.
func (in *interp) cooked(f frame, r recipe, at int32) *Value {
	args := &arguments{}
	if r.bag {
		args.list = in.fromBag(f, r.v, at)
	}
	switch {
	case r.v.class != nil && r.v.isType:
		return in.instance(f, r.v, args, at)
	case r.call:
		var out *Value
		for _, c := range r.v.fns {
			out = join(out, in.invoke(f, c, c.this, args, at))
		}
		return out
	}
	return r.v
}

// fromBag are the arguments that awilix gives to a constructor or a function: each thing that a parameter names, or all of them in one object.
func (in *interp) fromBag(f frame, v *Value, at int32) []*Value {
	fns := v.fns
	if v.class != nil {
		if m := v.class.method("constructor", 0); m != nil {
			fns = []*closure{m}
		}
	}
	if len(fns) == 0 {
		return nil
	}
	var out []*Value
	for _, p := range fns[0].params() {
		if p.Kind != ir.Name || in.p.recipes["'"+p.Str] == nil {
			return []*Value{in.bag(f, at)}
		}
		out = append(out, orNothing(in.given(f, constant(p.Str), at)))
	}
	return out
}

// bag are the things of a container by their names.
func (in *interp) bag(f frame, at int32) *Value {
	out := &Value{fields: map[string]*Value{}}
	for name := range sorted(in.p.recipes) {
		if key, ok := strings.CutPrefix(name, "'"); ok {
			if x := in.given(f, constant(key), at); x != nil {
				out.fields[key] = x
			}
		}
	}
	return out
}

// injection is what a container puts where a decorator says so: @inject("Repo"), @Inject(() => Repo), @Inject() with a type.
func (in *interp) injection(f frame, decorators []*ir.Expr, t *ir.Expr, at int32) *Value {
	for _, x := range decorators {
		d := in.eval(f, x)
		if name := strings.ToLower(lastPart(strings.TrimSuffix(d.ref, "()"))); !isContainer(d.ref) && !strings.HasPrefix(d.ref, "@midwayjs/") || !strings.HasPrefix(name, "inject") && name != "autowired" {
			continue
		}
		asked := &Value{}
		if len(d.args) > 0 {
			asked = d.args[0]
		} else if t != nil {
			asked = in.quiet(f, t)
		}
		if !asked.isType {
			for _, c := range asked.fns { // typedi, forwardRef: a function that gives the class
				asked = in.invoke(f, c, c.this, &arguments{}, at)
			}
		}
		if v := in.given(f, asked, at); v != nil {
			return v
		}
	}
	return nil
}

// injectedFields fills the fields of an object that decorators fill.
func (in *interp) injectedFields(f frame, c *class, v *Value, at int32, depth int) {
	if depth > 5 {
		return
	}
	g := f
	if m := c.scope.module; m != nil {
		g = frame{c.scope, m.file}
	}
	for _, b := range c.bases {
		if b != nil && b.class != nil {
			in.injectedFields(f, b.class, v, at, depth+1)
		}
	}
	for _, field := range c.def.Fields {
		if field.Value != nil || len(field.Decorators) == 0 {
			continue
		}
		if x := in.injection(g, field.Decorators, field.Type, at); x != nil {
			v.fields[field.Name] = x
		}
	}
}

// injectedOne is an object that a container makes for what needs it. NestJS makes one for all requests, unless its class says otherwise: of
// those that keep something there is one for the program too.
func (in *interp) injectedOne(f frame, kind *Value, at int32) *Value {
	def := kind.class.def
	if def == nil || in.p.singles[def] == nil && !in.isSingle(kind.class) {
		return in.instance(f, kind, &arguments{}, at)
	}
	if in.p.singles[def] == nil {
		v := in.instance(f, kind, &arguments{}, at)
		share(v, map[*Value]bool{}, 0)
		if in.p.singles == nil {
			in.p.singles = map[*ir.Class]*Value{}
		}
		in.p.singles[def] = v
	}
	return in.p.singles[def]
}

// isSingle reports whether there is one object of a class for all requests, and a method of it sets its fields.
func (in *interp) isSingle(c *class) bool {
	for _, x := range c.def.Decorators {
		if x.Kind != ir.Call || len(x.List) > 0 && x.List[0].Kind != ir.Const { // @Injectable({ scope: Scope.REQUEST })
			continue
		}
		switch in.quiet(frame{c.scope, c.file(frame{})}, x.X).ref {
		case "@nestjs/common.Injectable", "@nestjs/common.Controller":
			return slices.ContainsFunc(c.def.Methods, setsOwnField)
		}
	}
	return false
}

// setsOwnField reports whether a method other than the constructor sets a field of its object: this.user = user
func setsOwnField(m *ir.Func) bool {
	found := false
	ir.Walk(m.Body, nil, func(e *ir.Expr) bool {
		found = found || e.Kind == ir.Assign && e.X != nil && e.X.Kind == ir.Member && e.X.X.Kind == ir.This
		return !found
	})
	return found && m.Name != "constructor"
}

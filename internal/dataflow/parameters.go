package dataflow

import (
	"slices"
	"strings"

	"wardlet.example/internal/ir"
)

// parameters gives the parameters of a function their values.
func (in *interp) parameters(f, g frame, c *closure, this *Value, args *arguments, at int32) {
	params := c.fn.Params
	if c.fn.File.Language == ir.Python && c.fn.Class != nil && !c.fn.Static && len(params) > 0 { // self, cls
		if params[0].Kind == ir.Name {
			v := this
			if v == nil {
				v = &Value{}
			}
			g.s.vars[params[0].Str] = v
			g.s.this = v
		}
		params = params[1:]
	}
	if len(params) > 0 && isDurableStep(c.fn) {
		in.bind(g, params[0], &Value{ref: "lambda.context"}, true)
		params = params[1:]
	}
	for i, p := range params {
		if p.Kind == ir.Spread {
			in.bind(g, p.X, spreadInto(p, i, args), true)
			continue
		}
		name := p
		if p.Kind == ir.Default {
			name = p.X
		}
		v := args.get(i)
		_, named := args.kw[name.Str]
		if named && name.Kind == ir.Name {
			v = args.kw[name.Str]
		}
		v = in.asParameter(f, c, p, name, v, at)
		byDefault := p.Kind == ir.Default && i >= len(args.list) && !named && args.rest == nil && args.dict == nil && c.fn.File.Language == ir.Python && mutable(c.fn.File, p.Y)
		if byDefault && in.st != nil {
			v = in.madeOnce(g, p, v)
		}
		in.bind(g, p, v, true)
		if byDefault {
			in.isMadeOnce(g, p)
		}
		g.s.gives(c.fn, name, args, i)
	}
	if _, named := g.s.vars["arguments"]; c.fn.File.Language == ir.Node && !named {
		g.s.vars["arguments"] = &Value{fields: indexed(args.list)}
	}
}

// ofDurable are decorators of functions of Python that run inside of a durable function: what they are called with comes behind a context
// that is given to them when they run.
var ofDurable = set("durable_step durable_with_child_context")

// isDurableStep reports whether a function of Python is a step of a durable one: step(order) runs def step(context, order).
func isDurableStep(fn *ir.Func) bool {
	return fn.File.Language == ir.Python && slices.ContainsFunc(fn.Decorators, func(d *ir.Expr) bool { return ofDurable[lastPart(calledOf(d))] })
}

// spreadInto are the arguments that are left for a parameter which takes all of them: ...list, **fields.
func spreadInto(p *ir.Expr, from int, args *arguments) *Value {
	if p.Str == "**" {
		given := &Value{fields: args.kw}
		if args.dict != nil {
			given.taints, given.elem = args.dict.taints, args.dict.elem
		}
		return given
	}
	rest := &Value{fields: map[string]*Value{}, elem: args.rest}
	for j := from; j < len(args.list); j++ {
		rest.fields[itoa(j-from)] = args.list[j]
	}
	return rest
}

// asParameter is an argument as a parameter has it: an object that something else makes where nothing is given, a number by its type.
func (in *interp) asParameter(f frame, c *closure, p, name *ir.Expr, v *Value, at int32) *Value {
	own := frame{c.scope, c.fn.File}
	if len(v.taints) > 0 {
		w := *v
		w.taints = in.stepped(f, v.taints, at, "is given to "+orElse(c.fn.Name, "a function"))
		if v.isReadRecord() { // what the function takes out of it is taken out of it
			in.isPartOfRecord(&w, v)
		}
		v = &w
	} else if v.empty() && name.Kind == ir.Name && name.Y != nil && p.Kind != ir.Default {
		v = in.injected(own, name.Y, at, v)
	}
	if v.empty() && name.Kind == ir.Name && len(name.List) > 0 {
		v = join(v, in.injection(own, name.List, name.Y, at))
	}
	if c.fn.File.Language == ir.Go && name.Y != nil && name.Y.Kind == ir.Name && harmlessGo[name.Y.Str] { // a number
		numbers := amounts(v)
		if v = checked(v); signedGo[name.Y.Str] {
			v.numbers = numbers
		}
	}
	if of := c.fn.File.Types[name]; of != "" {
		return in.declaredAs(c.fn.File, of, v, at)
	}
	return v
}

// injected is what a parameter gets of which nothing is known but the type: an object of a class of the program, which something else has
// made, or of a library.
func (in *interp) injected(f frame, t *ir.Expr, at int32, v *Value) *Value {
	if t.Kind == ir.Unknown && len(t.List) == 1 { // typeof User
		return in.quiet(f, t.List[0])
	}
	if in.injecting >= maxInjected || t.Kind != ir.Name && t.Kind != ir.Member {
		return v
	}
	kind := in.quiet(f, t)
	if f.file.Language == ir.Go {
		kind = in.kindOf(f, t)
	}
	switch {
	case kind.ref == "mongoose.Model":
		return &Value{ref: "mongoose.model()"}
	case kind.isType && kind.class != nil && !kind.class.extends(0, "builtin."):
		in.injecting++
		defer func() { in.injecting-- }()
		return in.injectedOne(f, kind, at)
	case kind.ref != "" && !strings.HasPrefix(kind.ref, "builtin.") && !strings.HasSuffix(kind.ref, ")") && (in.p.modelled(f.file.Language, kind.ref) || isAWS(kind.ref)):
		return &Value{ref: kind.ref + "()"}
	}
	return v
}

// maxInjected bounds how deep objects are made that others need.
const maxInjected = 4

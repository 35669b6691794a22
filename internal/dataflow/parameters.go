package dataflow

import (
	"strings"

	"wardlet.example/internal/ir"
)

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
	note := "is given to " + orElse(c.fn.Name, "a function")
	for i, p := range params {
		v := args.get(i)
		name := p
		if p.Kind == ir.Default {
			name = p.X
		}
		if name.Kind == ir.Name {
			if kw, ok := args.kw[name.Str]; ok {
				v = kw
			}
		}
		if p.Kind == ir.Spread {
			if p.Str == "**" {
				given := &Value{fields: args.kw}
				if args.dict != nil {
					given.taints, given.elem = args.dict.taints, args.dict.elem
				}
				in.bind(g, p.X, given, true)
				continue
			}
			rest := &Value{fields: map[string]*Value{}}
			for j := i; j < len(args.list); j++ {
				rest.fields[itoa(j-i)] = args.list[j]
			}
			rest.elem = args.rest
			in.bind(g, p.X, rest, true)
			continue
		}
		if len(v.taints) > 0 {
			w := *v
			w.taints = in.stepped(f, v.taints, at, note)
			v = &w
		} else if v.empty() && name.Kind == ir.Name && name.Y != nil && p.Kind != ir.Default {
			v = in.injected(frame{c.scope, c.fn.File}, name.Y, at, v)
		}
		if v.empty() && name.Kind == ir.Name && len(name.List) > 0 {
			v = join(v, in.injection(frame{c.scope, c.fn.File}, name.List, name.Y, at))
		}
		if c.fn.File.Language == ir.Go && name.Y != nil && name.Y.Kind == ir.Name && harmlessGo[name.Y.Str] { // a number
			numbers := amounts(v)
			if v = checked(v); signedGo[name.Y.Str] {
				v.numbers = numbers
			}
		}
		_, named := args.kw[name.Str]
		byDefault := p.Kind == ir.Default && i >= len(args.list) && !named && args.rest == nil && args.dict == nil && c.fn.File.Language == ir.Python && mutable(p.Y)
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
		return in.instance(f, kind, &arguments{}, at)
	case kind.ref != "" && !strings.HasPrefix(kind.ref, "builtin.") && !strings.HasSuffix(kind.ref, ")") && (in.p.modelled(f.file.Language, kind.ref) || isAWS(kind.ref)):
		return &Value{ref: kind.ref + "()"}
	}
	return v
}

// maxInjected bounds how deep objects are made that others need.
const maxInjected = 4

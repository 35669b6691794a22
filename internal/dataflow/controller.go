package dataflow

import (
	"slices"
	"strings"

	"wardlet.example/internal/ir"
)

// Controllers are classes whose methods answer requests because decorators say so: NestJS, routing-controllers, inversify-express-utils,
// Midway, tsoa, Ts.ED, and those of GraphQL.

// controllerPackages are the packages whose decorators make routes, by the beginning of their paths, with the framework.
var controllerPackages = [][2]string{
	{"@nestjs/common.", "nest"}, {"routing-controllers.", "nest"}, {"inversify-express-utils.", "nest"}, {"@midwayjs/", "nest"}, {"tsoa.", "nest"}, {"@tsoa/runtime.", "nest"},
	{"@tsed/", "nest"}, {"@overnightjs/core.", "express"}, {"@nestjs/graphql.", "nest-graphql"}, {"type-graphql.", "nest-graphql"},
}

// routeDecorators make routes of methods, fieldDecorators answer fields of GraphQL.
var (
	routeDecorators = set("get post put patch delete all head options sse httpget httpost httppost httpput httppatch httpdelete httphead httpmethod allmethods serverlesstrigger serverlessfunction")
	fieldDecorators = set("query mutation subscription resolvefield fieldresolver")
)

// controllerOf is the framework of a decorator, and its name in small letters.
func controllerOf(d *Value) (framework, name string) {
	ref := strings.TrimSuffix(d.ref, "()")
	for _, p := range controllerPackages {
		if strings.HasPrefix(ref, p[0]) {
			return p[1], strings.ToLower(lastPart(ref))
		}
	}
	return "", ""
}

// argumentMark is what compilers write for the decorator of a parameter: __param(0, Body()).
const argumentMark = "tslib.__param()"

// controllerMethod notes a method that a decorator makes a route.
func (in *interp) controllerMethod(f frame, c *class, m *closure, decorators []*Value, at int32) {
	if at == 0 {
		at = m.fn.Start
	}
	r := &routed{fn: &closure{fn: m.fn, scope: m.scope, this: &Value{class: c, fields: map[string]*Value{}}}, file: f.file.Path, at: at, marks: map[int][]*Value{}}
	for _, d := range decorators {
		framework, name := controllerOf(d)
		switch {
		case framework == "nest-graphql" && fieldDecorators[name], framework != "" && framework != "nest-graphql" && routeDecorators[name]:
			r.framework = framework
		case name == "useguards" || name == "usepipes":
			r.before = append(r.before, d)
		case d.ref == "@nestjs/common.Redirect()":
			r.sends = true
		case d.ref == argumentMark && len(d.args) > 1:
			if i, ok := number(d.args[0].text); ok {
				r.marks[i] = append(r.marks[i], d.args[1])
			}
		}
	}
	if r.framework == "" {
		return
	}
	g := frame{m.scope, m.fn.File}
	for i, p := range m.fn.Params {
		for _, d := range namedBy(p).List {
			r.marks[i] = append(r.marks[i], in.mark(g, d))
		}
	}
	in.p.routed = append(in.p.routed, r)
}

// namedBy is the name of a parameter.
func namedBy(p *ir.Expr) *ir.Expr {
	if p.Kind == ir.Default || p.Kind == ir.Spread {
		p = p.X
	}
	if p.Kind != ir.Name {
		return &ir.Expr{}
	}
	return p
}

// controllerClass notes what decorators say of a class: what its module provides, and what stands before its routes.
func (in *interp) controllerClass(c *class, decorators []*Value) {
	for _, d := range decorators {
		framework, name := controllerOf(d)
		switch {
		case framework == "nest" && name == "module" && len(d.args) > 0:
			in.providers(d.args[0])
		case name == "useguards" || name == "usepipes":
			for _, r := range in.p.routed {
				if r.fn.this != nil && r.fn.this.class == c {
					r.before = append(r.before, d)
				}
			}
		}
	}
}

// controlled follows a route of a controller: what stands before it, then what its parameters get.
func (in *interp) controlled(f frame, r *routed, outside func(string) []*Taint) *arguments {
	request := &Value{ref: "express.Request", taints: outside("req"), fields: map[string]*Value{}}
	in.context = request
	in.guarded(f, r)
	args := &arguments{}
	for i, p := range r.fn.fn.Params {
		name := parameterName(p)
		v := in.marked(f, r, i, request, outside)
		if v == nil {
			v = &Value{taints: outside(name)}
			v.taints[0].object = true
			if r.framework == "nest-graphql" {
				v.taints = typed(v.taints)
			}
		}
		args.list = append(args.list, v)
	}
	return args
}

// sentOn tells of visitors that a route of NestJS sends on: @Redirect() goes to the address in what the method returns, where it returns one.
func (in *interp) sentOn(f frame, r *routed, given *Value) {
	at := r.fn.fn.Start
	ir.Walk(r.fn.fn.Body, func(s *ir.Stmt) bool {
		if s.Kind == ir.Return && s.X != nil {
			at = s.X.At
		}
		return true
	}, nil)
	in.hit(f, at, "open-redirect", "@Redirect", orNothing(orNothing(given).fields["url"]).taints, false)
	in.hit(f, at, "open-redirect", "@Redirect", in.parts(orNothing(given).taints, "url"), false)
}

// guarded follows the guards of a route: what they put onto the request is there afterwards.
func (in *interp) guarded(f frame, r *routed) {
	guards := in.p.recipes["@nestjs/core.APP_GUARD"]
	for _, d := range r.before {
		if strings.HasSuffix(d.ref, "UseGuards()") {
			for _, g := range d.args {
				guards = append(guards, recipe{v: g})
			}
		}
	}
	for _, g := range guards {
		o := g.v
		if o.class == nil {
			continue
		}
		if o.isType {
			o = in.injectedOne(f, o, r.at)
		}
		if m := o.class.method("canActivate", 0); m != nil {
			in.invoke(f, m, o, &arguments{list: []*Value{{ref: executionContext}}}, r.at)
		}
	}
}

// executionContext is what guards and decorators of NestJS get, from which they take the request.
const executionContext = "@nestjs/common.ExecutionContext"

// requested is the request that a guard asks its context for.
func (in *interp) requested(ref string, args *arguments) *Value {
	switch ref {
	case executionContext + ".switchToHttp().getRequest":
		return in.context
	case executionContext + ".getArgByIndex":
		if args.get(0).text == "0" {
			return in.context
		}
	}
	return nil
}

// requestMarks are decorators of parameters that get the request, textMarks those that get texts, sentMarks those that get what was sent,
// ownMarks those that get something of the application.
var (
	requestMarks = set("req request ctx context")
	textMarks    = set("param params path pathparam pathparams requestparam headers header headerparam headerparams requestheaders cookies cookieparam cookie ip hostparam")
	sentMarks    = set("body bodyparam bodyparams bodyprop requestbody rawbody query queries queryparams queryparam requestquery uploadedfile uploadedfiles files multipartfile args arg payload formfield")
	ownMarks     = set("res response next session info root parent context")
)

// marked is what a parameter gets by its decorators; nil where they say nothing.
func (in *interp) marked(f frame, r *routed, i int, request *Value, outside func(string) []*Taint) *Value {
	for _, d := range r.marks[i] {
		if d.ref == customMark {
			return orNothing(in.customMark(f, d, r.at))
		}
		framework, name := controllerOf(d)
		if framework == "" {
			continue
		}
		p := r.fn.fn.Params[i]
		switch {
		case r.framework == "nest-graphql" && (name == "context" || name == "ctx") || ownMarks[name] && name != "context":
			return &Value{}
		case requestMarks[name]:
			return request
		case textMarks[name], sentMarks[name]:
			v := &Value{taints: outside(parameterName(p))}
			v.taints[0].object = !textMarks[name]
			if textMarks[name] && !onePart(d) { // all of them by their names
				v.taints[0].object = true
			}
			if r.framework == "nest-graphql" {
				v.taints = typed(v.taints)
			}
			return in.piped(f, r, d, namedBy(p).Y, v)
		}
	}
	return nil
}

// onePart reports whether a decorator takes one part by its name: @Param("id").
func onePart(d *Value) bool { return len(d.args) > 0 && d.args[0].known }

// customMark are decorators that an application makes: createParamDecorator((data, context) => ...).
const customMark = "@nestjs/common.createParamDecorator()"

// mark is a decorator of a parameter. Those that an application makes are called when a request comes, not where they are written.
func (in *interp) mark(g frame, d *ir.Expr) *Value {
	if d.Kind == ir.Call {
		if made := in.eval(g, d.X); made.ref == customMark {
			return &Value{ref: customMark, wraps: made.wraps, args: in.arguments(g, d).list}
		}
	}
	return in.eval(g, d)
}

func (in *interp) customMark(f frame, d *Value, at int32) *Value {
	data := nothing
	if len(d.args) > 0 && len(d.args[0].fns) == 0 {
		data = d.args[0]
	}
	var out *Value
	for _, c := range d.wraps {
		out = join(out, in.invoke(f, c, nil, &arguments{list: []*Value{data, {ref: executionContext}}}, at))
	}
	return out
}

// piped is what a parameter gets after the pipes of its decorator, of its route and of the application.
func (in *interp) piped(f frame, r *routed, mark *Value, t *ir.Expr, v *Value) *Value {
	pipes := slices.Clone(mark.args)
	for _, d := range r.before {
		if strings.HasSuffix(d.ref, "UsePipes()") {
			pipes = append(pipes, d.args...)
		}
	}
	for _, p := range in.p.recipes["@nestjs/core.APP_PIPE"] {
		pipes = append(pipes, p.v)
	}
	for _, p := range pipes {
		v = in.pipe(f, r, p, t, v)
	}
	return v
}

// harmlessPipes give numbers, truths, identifiers of a fixed form, one of some.
var harmlessPipes = set("ParseIntPipe ParseUUIDPipe ParseFloatPipe ParseBoolPipe ParseEnumPipe ParseDatePipe ParseObjectIdPipe")

func (in *interp) pipe(f frame, r *routed, pipe *Value, t *ir.Expr, v *Value) *Value {
	kind := lastPart(strings.TrimSuffix(pipe.ref, "()"))
	switch {
	case harmlessPipes[kind]:
		return &Value{}
	case kind == "ValidationPipe":
		return in.byClass(r, pipe, t, v)
	case pipe.class != nil:
		if pipe.isType {
			pipe = in.instance(f, pipe, &arguments{}, r.at)
		}
		if m := pipe.class.method("transform", 0); m != nil {
			return in.invoke(f, m, pipe, &arguments{list: []*Value{v, {}}}, r.at)
		}
	}
	return v
}

// byClass is what a class of class-validator lets through.
func (in *interp) byClass(r *routed, pipe *Value, t *ir.Expr, v *Value) *Value {
	if t == nil {
		return v
	}
	kind := in.quiet(frame{r.fn.scope, r.fn.fn.File}, t)
	if kind.class == nil || !kind.isType {
		return v
	}
	options := &Value{}
	if len(pipe.args) > 0 {
		options = pipe.args[0]
	}
	only := orNothing(options.fields["whitelist"]).text == "true" || orNothing(options.fields["forbidNonWhitelisted"]).text == "true"
	out := &Value{fields: map[string]*Value{}, taints: v.taints}
	if in.decoratedFields(out, v, kind.class, r.at, 0) && only {
		out.taints = nil
	}
	return out
}

// decoratedFields fills the fields of a class that decorators check; it reports whether there are any.
func (in *interp) decoratedFields(out, v *Value, c *class, at int32, depth int) bool {
	if depth > deepestSchema {
		return false
	}
	found := false
	for _, b := range c.bases {
		if b == nil {
			continue
		}
		for _, a := range append([]*Value{b}, b.args...) { // PartialType(Order)
			if a.class != nil && a.isType {
				found = in.decoratedFields(out, v, a.class, at, depth+1) || found
			}
		}
	}
	g := frame{c.scope, nil}
	if c.scope.module != nil {
		g.file = c.scope.module.file
	}
	for _, field := range c.def.Fields {
		if g.file == nil || len(field.Decorators) == 0 {
			continue
		}
		x, ok := in.member(g, v, field.Name, at), false
		for _, d := range field.Decorators {
			x, ok = in.checkedField(g, x, d, ok, at, depth)
			found = found || ok
		}
		out.fields[field.Name] = x
	}
	return found
}

// harmlessChecks and textChecks are decorators of class-validator.
var (
	harmlessChecks = set(`IsInt IsNumber IsBoolean IsUUID IsEnum IsIn IsDate IsDateString IsISO8601 IsRFC3339 IsMongoId IsIP IsNumberString IsAlphanumeric IsAlpha IsHexadecimal
		IsPositive IsNegative IsPort IsSemVer IsDecimal IsLatitude IsLongitude IsBooleanString IsISIN IsBIC IsISO31661Alpha2 IsISO4217CurrencyCode IsMilitaryTime Equals`)
	textChecks = set("IsString IsEmail IsUrl IsURL Length MinLength MaxLength Contains IsJSON IsBase64 IsPhoneNumber IsMobilePhone Matches IsStrongPassword IsJWT IsLowercase IsUppercase IsAscii")
)

// checkedField is a field after one of its decorators; ok tells whether any of them checks.
func (in *interp) checkedField(g frame, x *Value, d *ir.Expr, ok bool, at int32, depth int) (*Value, bool) {
	mark := in.eval(g, d)
	name := lastPart(strings.TrimSuffix(mark.ref, "()"))
	switch {
	case strings.HasPrefix(mark.ref, "class-transformer.Type") && len(mark.args) > 0:
		for _, c := range mark.args[0].fns {
			if kind := in.invoke(g, c, nil, &arguments{}, at); kind.class != nil && kind.isType {
				inner := &Value{fields: map[string]*Value{}, taints: x.taints}
				in.decoratedFields(inner, x, kind.class, at, depth+1)
				return inner, ok
			}
		}
	case !strings.HasPrefix(mark.ref, "class-validator."):
	case harmlessChecks[name], name == "Matches" && len(mark.args) > 0 && mark.args[0].regexp && anchored(mark.args[0], false, false):
		return &Value{}, true
	case textChecks[name]:
		return cleanedBy(x, textOnly), true
	default:
		return x, true
	}
	return x, ok
}

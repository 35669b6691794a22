package dataflow

import (
	"maps"
	"slices"
	"strings"

	"wardlet.example/internal/ir"
)

// Records are classes of Python whose constructor is made of the fields that they declare: data classes, attrs, NamedTuple, and models
// of pydantic, which also check the types.

// declaration is a field that a record declares.
type declaration struct {
	ir.Field
	class *class
}

// declarations are the fields of a record in the order of its constructor's parameters.
func (c *class) declarations(depth int) []declaration {
	var out []declaration
	if depth > 5 {
		return nil
	}
	for _, b := range c.bases {
		if b != nil && b.class != nil {
			out = append(out, b.class.declarations(depth+1)...)
		}
	}
	decorated := c.hasDecorator("attr")
	for _, field := range c.def.Fields {
		if field.Type != nil || decorated {
			out = append(out, declaration{field, c})
		}
	}
	return out
}

func (c *class) hasDecorator(names ...string) bool {
	for _, d := range c.def.Decorators {
		text := textOf(d)
		if d.Kind == ir.Call {
			text = textOf(d.X)
		}
		for _, name := range names {
			if text == name || strings.HasPrefix(text, name+".") {
				return true
			}
		}
	}
	return false
}

// extends reports whether a class is one of a library, by the beginning of its path.
func (c *class) extends(depth int, prefixes ...string) bool {
	if depth > 5 {
		return false
	}
	for _, b := range c.bases {
		switch {
		case b == nil:
		case b.class != nil:
			if b.class.extends(depth+1, prefixes...) {
				return true
			}
		default:
			for _, p := range prefixes {
				if strings.HasPrefix(b.ref, p) {
					return true
				}
			}
		}
	}
	return false
}

func (c *class) isEnum(depth int) bool { return c.extends(depth, "enum.") }

// checks reports whether a record checks the types of its fields.
func (c *class) checks() bool {
	return c.extends(0, "pydantic.", "sqlmodel.", "aws_lambda_powertools.utilities.parser.")
}

// keepsAll reports whether a model keeps fields that it does not declare: model_config = ConfigDict(extra="allow").
func (c *class) keepsAll(depth int) bool {
	if config := c.static.fields["model_config"]; config != nil {
		extra := config.kw["extra"]
		if extra == nil {
			extra = config.fields["extra"]
		}
		if extra != nil {
			return extra.known && extra.text == "allow"
		}
	}
	for _, b := range c.bases {
		if b != nil && b.class != nil && depth < deepestType && b.class.keepsAll(depth+1) {
			return true
		}
	}
	return false
}

// record gives an object the fields that its class declares.
func (in *interp) record(f frame, c *class, v *Value, args *arguments, at int32) {
	strict := c.checks()
	if strict {
		in.checksByModel(args)
	}
	for i, d := range c.declarations(0) {
		x, given := args.kw[d.Name]
		if alias := in.alias(d); !given && alias != "" {
			x, given = args.kw[alias]
			if !given && args.dict != nil {
				x, given = in.member(f, args.dict, alias, at), true
			}
		}
		switch {
		case given:
		case i < len(args.list):
			x = args.list[i]
		case args.dict != nil:
			x = in.member(f, args.dict, d.Name, at)
		case args.rest != nil:
			x = args.rest
		default:
			if made := in.factory(f, d.class.static.fields[d.Name], at); made != nil {
				v.fields[d.Name] = made
			} else if setting := in.settingFor(c, d); setting != nil {
				v.fields[d.Name] = setting
			}
			continue
		}
		if strict {
			in.textByModel(c, d, x)
			x = in.converted(frame{d.class.scope, f.file}, x, d.Type, at, 0)
			x = in.constrained(x, d.class.static.fields[d.Name])
			in.runsValidators(frame{d.class.scope, c.file(f)}, x, d.Type)
		}
		v.fields[d.Name] = x
	}
	if strict {
		in.validated(c, v)
	}
	if strict && args.dict != nil && c.keepsAll(0) {
		v.taints = addTaints(v.taints, args.dict.taints)
	}
	if len(c.declarations(0)) == 0 && c.extends(0, "") { // a class of which not all is known
		for k, x := range sorted(args.kw) {
			v.fields[k] = x
		}
		if args.dict != nil {
			v.taints = addTaints(v.taints, args.dict.taints)
		}
	}
	if m := c.method("__post_init__", 0); m != nil {
		in.invoke(f, m, v, &arguments{}, m.fn.Start)
	}
	if m := c.method("model_post_init", 0); m != nil {
		in.invoke(f, m, v, &arguments{}, m.fn.Start)
	}
}

// settingFor is the variable of the environment that a field of settings comes from, where it has no value of its own.
func (in *interp) settingFor(c *class, d declaration) *Value {
	if value := d.class.static.fields[d.Name]; !c.extends(0, "pydantic_settings.", "pydantic.BaseSettings") || value != nil && value.known && value.text != "" {
		return nil
	}
	if alias := in.alias(d); alias != "" {
		return &Value{ref: "os.environ." + alias}
	}
	config := c.static.fields["model_config"]
	prefix := ""
	if config != nil {
		prefix = orNothing(config.kw["env_prefix"]).text
	}
	return &Value{ref: "os.environ." + strings.ToUpper(prefix+d.Name)}
}

// validated: methods that check fields of a model by hand, and throw: @field_validator("name").
func (in *interp) validated(c *class, v *Value) {
	for _, m := range c.def.Methods {
		for _, d := range m.Decorators {
			if wholeValidators[lastPart(calledOf(d))] {
				for name, x := range sorted(v.fields) {
					v.fields[name] = uncounted(orNothing(x))
				}
			}
			if d.Kind != ir.Call || lastPart(textOf(d.X)) != "field_validator" && lastPart(textOf(d.X)) != "validator" {
				continue
			}
			for _, field := range d.List { // what it looks at, whatever it finds
				if x := v.fields[field.Str]; field.Kind == ir.Const && x != nil {
					v.fields[field.Str] = uncounted(x)
				}
			}
			fn := c.methods[m.Name]
			if fn == nil || len(fn.params()) == 0 {
				continue
			}
			for _, field := range d.List {
				if x := v.fields[field.Str]; field.Kind == ir.Const && x != nil {
					in.runsValidator(frame{c.scope, m.File}, fn, &Value{class: c, isType: true}, x)
				}
			}
			name := parameterName(fn.params()[0])
			rules := in.proofOf(fn, &arguments{list: []*Value{{taints: []*Taint{{}}}}}, anyAnswer)[name]
			for _, field := range d.List {
				if x := v.fields[field.Str]; field.Kind == ir.Const && x != nil && len(rules) > 0 {
					v.fields[field.Str] = cleanedBy(x, rules)
				}
			}
		}
	}
}

// validatorTypes are what a type of a model is annotated with to have a function look at its value.
var validatorTypes = set("AfterValidator() BeforeValidator() PlainValidator() WrapValidator()")

// runsValidators follows the functions with which the type of a field is annotated: Annotated[str, AfterValidator(check)].
func (in *interp) runsValidators(f frame, x *Value, t *ir.Expr) {
	if t == nil || x == nil || len(x.taints) == 0 {
		return
	}
	g, t := in.standsFor(f, t)
	if t.Kind != ir.Index || lastPart(textOf(t.X)) != "Annotated" || t.Y.Kind != ir.Array {
		return
	}
	for _, annotation := range t.Y.List[1:] {
		if v := in.eval(g, annotation); strings.HasPrefix(v.ref, "pydantic.") && validatorTypes[lastPart(v.ref)] && len(v.args) > 0 {
			for _, fn := range v.args[0].fns {
				in.runsValidator(g, fn, fn.this, x)
			}
		}
	}
}

// runsValidator follows a function that looks at a field of a model; what it throws the model throws as an error of its own.
func (in *interp) runsValidator(f frame, fn *closure, this, x *Value) {
	if in.proving > 0 {
		return
	}
	thrown := in.thrown
	in.invoke(f, fn, this, &arguments{list: []*Value{x}}, fn.fn.Start)
	in.thrown = thrown
}

// textByModel notes a field of a model that is a text, and whether anything says how long it can be.
func (in *interp) textByModel(c *class, d declaration, x *Value) {
	if in.st != nil || in.proving > 0 || x == nil || d.Type == nil {
		return
	}
	f := frame{d.class.scope, c.file(frame{})}
	f, t := in.standsFor(f, d.Type)
	t, said := textOfType(t)
	if t == nil {
		return
	}
	mark(&in.looked.texts, x.taints)
	field := orNothing(d.class.static.fields[d.Name])
	if saysMost(field) || c.validates(d.Name) || slices.ContainsFunc(said, func(more *ir.Expr) bool { return in.endsText(f, more) }) {
		in.limited(x.taints)
		return
	}
	in.looked.saysText(x.taints, Step{f.file, t.At, "`" + d.Name + "` may be a text of any length here"})
}

// textOfType is the type of a text, or of one that may be missing, with what it is annotated with; nil for all other types.
func textOfType(t *ir.Expr) (text *ir.Expr, said []*ir.Expr) {
	switch {
	case t.Kind == ir.Name && t.Str == "str":
		return t, nil
	case t.Kind == ir.Binary && textOf(t.Y) == "None": // str | None
		return textOfType(t.X)
	case t.Kind != ir.Index || t.Y == nil:
		return nil, nil
	}
	switch name := lastPart(textOf(t.X)); {
	case name == "Optional":
		return textOfType(t.Y)
	case name == "Annotated" && t.Y.Kind == ir.Array && len(t.Y.List) > 0:
		text, said = textOfType(t.Y.List[0])
		return text, append(said, t.Y.List[1:]...)
	}
	return nil, nil
}

// endsText reports whether what a type is annotated with perhaps says how long its text can be: all but a field or a constraint that says other
// things, and a function that only tidies.
func (in *interp) endsText(f frame, annotation *ir.Expr) bool {
	v := in.quiet(f, annotation)
	switch name := lastPart(calledOf(annotation)); {
	case annotation.Kind != ir.Call:
		return annotation.Kind != ir.Const
	case name == "Field" || name == "StringConstraints":
		return saysMost(&Value{kw: in.quietArguments(f, annotation).kw})
	case strings.HasSuffix(name, "Validator"):
		return len(v.args) == 0 || len(v.args[0].fns) != 1 || !onlyTidies(v.args[0].fns[0].fn)
	}
	return true
}

// limitsOfField are what a field of a model is given that says how long its text can be.
var limitsOfField = []string{"max_length", "pattern", "regex"}

// saysMost reports whether a field says how long its text can be.
func saysMost(field *Value) bool {
	return slices.ContainsFunc(limitsOfField, func(key string) bool { return field.kw[key] != nil })
}

// validates reports whether a method of a model looks at a field, or at the model as a whole.
func (c *class) validates(field string) bool {
	return slices.ContainsFunc(c.def.Methods, func(m *ir.Func) bool {
		return slices.ContainsFunc(m.Decorators, func(d *ir.Expr) bool {
			name := lastPart(calledOf(d))
			return wholeValidators[name] || strings.HasSuffix(name, "validator") && slices.ContainsFunc(d.List, func(x *ir.Expr) bool { return x.Str == field || x.Str == "*" }) && !onlyTidies(m)
		})
	})
}

// tidies are methods and functions that write a text in another way and refuse none.
var tidies = set("strip lstrip rstrip split join lower upper title capitalize casefold replace normalize escape str trim trimStart trimEnd toLowerCase toUpperCase replaceAll normalize String")

// onlyTidies reports whether a function writes a text in another way and asks nothing of it: it has no condition, throws nothing, cuts nothing off,
// and calls nothing of which that is not known.
func onlyTidies(fn *ir.Func) bool {
	tidy := fn != nil
	if !tidy {
		return false
	}
	ir.Walk(fn.Body, func(s *ir.Stmt) bool {
		tidy = tidy && (s.Kind == ir.Return || s.Kind == ir.Eval || s.Kind == ir.Block)
		return tidy
	}, func(x *ir.Expr) bool {
		switch x.Kind {
		case ir.Call:
			name := lastPart(textOf(x.X))
			if x.X.Kind == ir.Member {
				name = x.X.Str
			}
			tidy = tidy && tidies[name]
		case ir.Index, ir.Cond, ir.Binary, ir.Not, ir.Lambda:
			tidy = tidy && x.Kind == ir.Binary && x.Str == "+"
		}
		return tidy
	})
	return tidy
}

// wholeValidators are decorators of methods that look at a model as a whole.
var wholeValidators = set("model_validator root_validator")

// factory is what a field begins with that is made anew for each object: field(default_factory=X).
func (in *interp) factory(f frame, field *Value, at int32) *Value {
	if field == nil {
		return nil
	}
	for _, key := range []string{"default_factory", "factory"} {
		made := field.kw[key]
		switch {
		case made == nil:
		case made.isType && made.class != nil:
			return in.instance(f, made, &arguments{}, at)
		case len(made.fns) > 0:
			return in.invoke(f, made.fns[0], nil, &arguments{}, at)
		case strings.HasPrefix(made.ref, "builtin."): // list, dict
			return in.callOf(call{f: f, e: &ir.Expr{Kind: ir.Call, At: at, X: &ir.Expr{Kind: ir.Name, Str: lastPart(made.ref), At: at}}, callee: made, args: &arguments{}})
		}
	}
	return nil
}

// modelled is an event that is made a model of pydantic before a function gets it, by the type of its parameter.
func (in *interp) modelled(f frame, event *Value, p *ir.Expr) *Value {
	if p.Kind != ir.Name || p.Y == nil {
		return event
	}
	t := p.Y
	if t.Kind == ir.Index && t.Y != nil && t.Y.Kind == ir.Name { // list[Order]
		t = t.Y
	}
	if kind := in.eval(f, t); kind.class != nil && kind.class.checks() {
		return in.converted(f, in.parsed(f, &ir.Expr{At: p.At}, event), p.Y, p.At, 0)
	}
	return event
}

// alias is the other name by which a field is filled: Field(alias="userId").
func (in *interp) alias(d declaration) string {
	v := d.class.static.fields[d.Name]
	if v == nil || v.ref == "" {
		return ""
	}
	for _, key := range []string{"alias", "validation_alias"} {
		if a := v.kw[key]; a != nil && a.known {
			return a.text
		}
	}
	return ""
}

// constrained is a value that has passed Field(pattern="^[a-z]+$").
func (in *interp) constrained(x, field *Value) *Value {
	if field == nil {
		return x
	}
	switch {
	case anyOf(field.kw, leastOfField), leastOfType[lastPart(field.ref)]:
		x = in.leastByModel(x)
	case anyOf(field.kw, boundsOfField):
		x = uncounted(x)
	}
	for _, key := range []string{"pattern", "regex"} {
		if p := field.kw[key]; p != nil && p.known && anchored(&Value{text: p.text, known: true, regexp: true}, false, false) {
			x = cleanedBy(x, []string{"all"})
			x.asSent = true
			return x
		}
	}
	return x
}

// leastByModel is a number of which a model says how little it may be, which is noted for what becomes of it.
func (in *interp) leastByModel(x *Value) *Value {
	if in.st == nil && in.proving == 0 {
		for _, m := range []*map[string]bool{&in.looked.bounds, &in.looked.sizes} {
			mark(m, x.numbers, x.safe)
		}
	}
	return uncounted(x)
}

// uncounted is a value of which something has said how much it may be.
func uncounted(x *Value) *Value {
	c := *x
	c.numbers = nil
	return &c
}

// deepestType bounds how deep types are followed.
const deepestType = 5

// converted is a value that was made to be of a type, or refused.
func (in *interp) converted(f frame, x *Value, t *ir.Expr, at int32, depth int) *Value {
	if x == nil || t == nil || depth > deepestType {
		return x
	}
	f, t = in.standsFor(f, t)
	switch t.Kind {
	case ir.Name, ir.Member:
		return in.ofType(f, x, t, at)
	case ir.Call: // constr(...), conint(...)
		name := lastPart(textOf(t.X))
		if harmlessTypes[strings.TrimPrefix(name, "con")] || name == "confloat" || name == "condecimal" || name == "condate" {
			if anyOf(in.quietArguments(f, t).kw, leastOfField) {
				return in.leastByModel(checked(x))
			}
			return checked(x)
		}
		if name == "constr" {
			return in.constrained(cleanedBy(x, textOnly), &Value{kw: in.quietArguments(f, t).kw})
		}
	case ir.Binary: // X | None
		return in.either(f, x, []*ir.Expr{t.X, t.Y}, at, depth)
	case ir.Index:
		inside := []*ir.Expr{t.Y}
		if t.Y != nil && t.Y.Kind == ir.Array {
			inside = t.Y.List
		}
		if len(inside) == 0 {
			return x
		}
		switch lastPart(textOf(t.X)) {
		case "Optional", "Union":
			return in.either(f, x, inside, at, depth)
		case "Annotated":
			x = in.converted(f, x, inside[0], at, depth+1)
			for _, more := range inside[1:] {
				if more.Kind == ir.Call {
					x = in.constrained(x, &Value{ref: textOf(more.X), kw: in.quietArguments(f, more).kw})
				}
			}
			return x
		case "Literal":
			return checked(x)
		case "List", "list", "Sequence", "Iterable", "Set", "set", "FrozenSet", "frozenset", "Tuple", "tuple", "conlist", "Deque":
			return &Value{elem: in.converted(f, in.elements(x), inside[0], at, depth+1)}
		}
	}
	return x
}

// standsFor is the type that a name stands for: Limit = Annotated[int, Query(ge=1)]
func (in *interp) standsFor(f frame, t *ir.Expr) (frame, *ir.Expr) {
	if t.Kind == ir.Name || t.Kind == ir.Member {
		if v := in.quiet(f, t); isTyping(v.ref) && v.kind != nil {
			return v.kind.f, v.kind.t
		}
	}
	return f, t
}

// isTyping reports whether a path is one of the words of which types of Python are made.
func isTyping(ref string) bool {
	return strings.HasPrefix(ref, "typing.") || strings.HasPrefix(ref, "typing_extensions.")
}

// checked is a value that can do no harm any more, whatever an outsider sent for it. It is as secret as it was.
func checked(x *Value) *Value { return &Value{safe: addTaints(x.safe, x.all()), asSent: true} }

// counted is a value that was made a number, which is still as much as an outsider says.
func counted(x *Value) *Value {
	return &Value{safe: addTaints(x.safe, x.all()), numbers: amounts(x), asSent: true}
}

// numberTypes are types of numbers that say nothing of how much one is.
var numberTypes = set("int float Decimal StrictInt StrictFloat FiniteFloat")

// boundsOfField are what a field says of how much its value is: Field(ge=1, le=100).
var boundsOfField = []string{"gt", "ge", "lt", "le", "min_value", "max_value"}

// leastOfField are those that say how little it may be, leastOfType what says that beside a type: Annotated[int, Ge(1)].
var (
	leastOfField = []string{"gt", "ge", "min_value"}
	leastOfType  = set("Gt Ge Interval")
)

// anyOf reports whether one of some arguments is given.
func anyOf(kw map[string]*Value, names []string) bool {
	return slices.ContainsFunc(names, func(name string) bool { return kw[name] != nil })
}

// textOnly are the rules that need more than a text.
var textOnly = []string{"nosql", "mass-assignment", "prototype-pollution"}

func (in *interp) ofType(f frame, x *Value, t *ir.Expr, at int32) *Value {
	name := lastPart(textOf(t))
	switch {
	case numberTypes[name]:
		return counted(x)
	case strings.HasPrefix(name, "Positive"), strings.HasPrefix(name, "Negative"), strings.HasPrefix(name, "NonNegative"), strings.HasPrefix(name, "NonPositive"):
		return in.leastByModel(checked(x))
	case harmlessTypes[name], strings.HasPrefix(name, "Strict") && name != "StrictStr", name == "time", name == "timedelta",
		name == "AwareDatetime", name == "UUID4", name == "UUID1", strings.HasPrefix(name, "IPv"):
		return checked(x)
	case name == "SecretStr", name == "SecretBytes": // logs and JSON have stars in its place
		return cleanedBy(x, append([]string{Disclosed}, textOnly...))
	case name == "str", name == "StrictStr", name == "EmailStr":
		return cleanedBy(x, textOnly)
	}
	kind := in.eval(f, t)
	if kind.class == nil || !kind.isType || x.class != nil || in.inRecords > deepestType { // a user has orders, each of which has its user
		return x
	}
	in.inRecords++
	defer func() { in.inRecords-- }()
	return in.instance(f, kind, &arguments{kw: x.fields, dict: x}, at)
}

// either is a value of one of some types.
func (in *interp) either(f frame, x *Value, types []*ir.Expr, at int32, depth int) *Value {
	var out *Value
	for _, t := range types {
		if text := textOf(t); t == nil || text == "None" || t.Kind == ir.Const {
			continue
		}
		out = join(out, in.converted(f, x, t, at, depth+1))
	}
	if out == nil {
		return x
	}
	return out
}

func lastPart(name string) string { return name[strings.LastIndexByte(name, '.')+1:] }

// ofRecord follows the methods that records have of their library: those that make one of data, and those that give its fields back.
func (in *interp) ofRecord(f frame, e *ir.Expr, recv *Value, method string, args *arguments) (*Value, bool) {
	if recv == nil || recv.class == nil || f.file.Language != ir.Python || recv.class.method(method, 0) != nil {
		return nil, false
	}
	if recv.isType {
		data := args.get(0)
		switch method {
		case "as_view": // of Flask
			return recv, true
		case "model_validate_json", "parse_raw", "from_json", "schema_loads":
			data = in.parsed(f, e, data)
		case "model_validate", "parse_obj", "from_orm", "construct", "model_construct", "from_dict", "_make", "validate":
			if len(args.list) == 0 {
				return in.instance(f, recv, args, e.At), true
			}
		default:
			return nil, false
		}
		return in.instance(f, recv, &arguments{kw: data.fields, dict: data, rest: in.elements(data)}, e.At), true
	}
	if (method == "load" || method == "loads") && recv.class.extends(0, "marshmallow.", "flask_marshmallow.") {
		data := args.get(0)
		if method == "loads" {
			data = in.parsed(f, e, data)
		}
		return in.loaded(f, recv.class, data, e.At), true
	}
	if len(recv.class.declarations(0)) == 0 {
		return nil, false
	}
	switch method {
	case "dict", "model_dump", "_asdict", "to_dict", "copy", "model_copy":
		return dumped(recv, args), true
	case "json", "model_dump_json", "to_json":
		fields := dumped(recv, args)
		return &Value{taints: in.stepped(f, fields.asJSON(), e.At, intoJSON), json: fields}, true
	}
	return nil, false
}

// dumped are the fields of a record, without those that the call leaves out: order.model_dump(exclude={"note"}), include={"id", "total"}.
func dumped(recv *Value, args *arguments) *Value {
	out := &Value{fields: recv.fields, taints: recv.taints}
	leaves, keeps := args.kw["exclude"], args.kw["include"]
	if leaves == nil && keeps == nil || len(recv.fields) == 0 {
		return out
	}
	out.fields = mapsClone(recv.fields)
	maps.DeleteFunc(out.fields, func(name string, _ *Value) bool {
		return namesField(leaves, name) || keeps != nil && keeps.hasOnlyFields() && !namesField(keeps, name)
	})
	return out
}

// namesField reports whether a set of names, or the keys of a dictionary that are true, have the name of a field.
func namesField(names *Value, field string) bool {
	if names == nil {
		return false
	}
	if names.isDict {
		x := names.fields[field]
		return x != nil && x.known && x.text != "false" && x.text != "False"
	}
	return slices.ContainsFunc(names.Elements(), func(x *Value) bool { return x.known && x.text == field })
}

// attribute is getattr(object, name): where the name is not known, all methods whose names begin as it does, and what the object holds where nothing
// of the name is known.
func (in *interp) attribute(f frame, e *ir.Expr, args *arguments) *Value {
	recv, name := args.get(0), args.get(1)
	if name.known {
		return join(in.member(f, recv, name.text, e.At), args.get(2))
	}
	if v := in.anyColumn(f, recv, name, e.At); v != nil {
		return v
	}
	in.chosenByName(f, e.At, recv)
	var out *Value
	if recv.class != nil {
		for method := range recv.class.all(0) {
			if strings.HasPrefix(method, name.prefix) && !strings.HasPrefix(method, "__") {
				out = join(out, in.member(f, recv, method, e.At))
			}
		}
	}
	if out == nil {
		return join(in.anyMember(recv), args.get(2))
	}
	if name.prefix == "" {
		return join(out, in.anyMember(recv))
	}
	return out
}

// all are the names of the methods of a class and of those that it extends.
func (c *class) all(depth int) map[string]bool {
	out := map[string]bool{}
	for name := range sorted(c.methods) {
		out[name] = true
	}
	for _, b := range c.bases {
		if b != nil && b.class != nil && depth < 5 {
			for name := range b.class.all(depth + 1) {
				out[name] = true
			}
		}
	}
	return out
}

// loaded is what a schema of marshmallow makes of data: the fields that it names, of the types that it says.
func (in *interp) loaded(f frame, c *class, data *Value, at int32) *Value {
	out := &Value{fields: map[string]*Value{}, isDict: true}
	for name, field := range sorted(c.static.fields) {
		kind := strings.TrimSuffix(lastPart(field.ref), "()")
		if !strings.HasPrefix(field.ref, "marshmallow.") {
			continue
		}
		x := in.member(f, data, name, at)
		if in.st == nil {
			mark(&in.looked.asked, x.all())
		}
		check := orNothing(field.kw["validate"])
		switch {
		case harmlessTypes[strings.ToLower(kind)], kind == "Integer", kind == "Boolean", kind == "UUID", kind == "Number", kind == "Enum", kind == "TimeDelta", kind == "Decimal", kind == "DateTime":
			x = checked(x)
		case strings.HasSuffix(check.ref, ".OneOf()"):
			x = checked(x)
		case strings.HasSuffix(check.ref, ".Regexp()") && len(check.args) > 0 && anchored(&Value{text: check.args[0].text, known: true, regexp: true}, true, false):
			x = checked(x)
		case kind == "Str" || kind == "String" || kind == "Email" || kind == "Url":
			x = cleanedBy(x, textOnly)
		}
		out.fields[name] = x
	}
	return out
}

// createdModel is an object of a model that create_model of pydantic has made: its fields are named by keywords, with their types.
func (in *interp) createdModel(f frame, e *ir.Expr, callee *Value, args *arguments) (*Value, bool) {
	if !strings.HasPrefix(callee.ref, "pydantic.create_model()") {
		return nil, false
	}
	given := args.get(0)
	switch strings.TrimPrefix(callee.ref, "pydantic.create_model()") {
	case "":
		given = &Value{fields: args.kw}
		if args.dict != nil {
			given.taints, given.elem = args.dict.taints, args.dict.elem
		}
	case ".model_validate", ".parse_obj", ".model_construct":
	case ".model_validate_json", ".parse_raw":
		given = in.parsed(f, e, given)
	default:
		return nil, false
	}
	out := &Value{fields: map[string]*Value{}}
	for name, kind := range sorted(callee.kw) {
		if strings.HasPrefix(name, "__") {
			continue
		}
		x := in.member(f, given, name, e.At)
		switch t := lastPart(orNothing(orElseValue(kind.fields["0"], kind)).ref); {
		case harmlessTypes[t]:
			x = checked(x)
		case t == "str" || t == "EmailStr":
			x = cleanedBy(x, textOnly)
		}
		out.fields[name] = x
	}
	return out, true
}

func orElseValue(v, other *Value) *Value {
	if v == nil {
		return other
	}
	return v
}

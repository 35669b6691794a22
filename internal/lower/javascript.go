package lower

import (
	"strconv"
	"strings"

	"wardlet.example/internal/ir"
)

// js lowers JavaScript and TypeScript.
type js struct{ lowering }

func (j *js) body(node int) []*ir.Stmt {
	var out []*ir.Stmt
	for c := range j.t.NamedChildren(node) {
		out = append(out, j.statement(c)...)
	}
	return out
}

// branch is the body of a branch, which may be a single statement.
func (j *js) branch(node int) []*ir.Stmt {
	if node < 0 {
		return nil
	}
	if j.t.Kind(node) == "statement_block" {
		return j.body(node)
	}
	if j.t.Kind(node) == "else_clause" {
		return j.body(node)
	}
	return j.statement(node)
}

func (j *js) statement(n int) []*ir.Stmt {
	defer j.up()
	if j.deep() {
		return nil
	}
	switch j.t.Kind(n) {
	case "expression_statement":
		if x := j.t.FirstNamed(n); j.t.Kind(x) == "internal_module" {
			return j.namespace(x)
		}
		return []*ir.Stmt{j.eval(n, j.expression(j.t.FirstNamed(n)))}
	case "lexical_declaration", "variable_declaration":
		return j.declaration(n)
	case "function_declaration", "generator_function_declaration":
		s := j.stmt(ir.Define, n)
		s.Fn = j.function(n)
		return []*ir.Stmt{s}
	case "class_declaration", "abstract_class_declaration":
		s := j.stmt(ir.Declare, n)
		s.Class = j.class(n)
		return []*ir.Stmt{s}
	case "return_statement", "throw_statement":
		s := j.stmt(map[bool]ir.StmtKind{true: ir.Return, false: ir.Throw}[j.t.Kind(n) == "return_statement"], n)
		if x := j.t.FirstNamed(n); x >= 0 {
			s.X = j.expression(x)
		}
		return []*ir.Stmt{s}
	case "if_statement":
		s := j.stmt(ir.If, n)
		s.X = j.expression(j.t.Child(n, "condition"))
		s.Body, s.Else = j.branch(j.t.Child(n, "consequence")), j.branch(j.t.Child(n, "alternative"))
		return []*ir.Stmt{s}
	case "for_in_statement":
		return []*ir.Stmt{j.forIn(n)}
	case "for_statement":
		out := j.maybe(j.t.Child(n, "initializer"))
		s := j.stmt(ir.Loop, n)
		if c := j.t.Child(n, "condition"); c >= 0 {
			s.Y = j.expressionOf(c)
		}
		s.Body = append(j.branch(j.t.Child(n, "body")), j.maybe(j.t.Child(n, "increment"))...)
		return append(out, s)
	case "while_statement", "do_statement":
		s := j.stmt(ir.Loop, n)
		s.Y = j.expression(j.t.Child(n, "condition"))
		s.Body = j.branch(j.t.Child(n, "body"))
		return []*ir.Stmt{s}
	case "try_statement":
		return []*ir.Stmt{j.try(n)}
	case "switch_statement":
		return j.choose(n)
	case "statement_block", "labeled_statement", "with_statement":
		s := j.stmt(ir.Block, n)
		s.Body = j.body(n)
		return []*ir.Stmt{s}
	case "break_statement", "continue_statement":
		return []*ir.Stmt{j.stmt(ir.Leave, n)}
	case "import_statement":
		return j.imports(n)
	case "export_statement":
		return j.exports(n)
	case "interface_declaration", "type_alias_declaration", "empty_statement", "comment", "ambient_declaration", "statement_identifier":
		return nil
	case "enum_declaration":
		return j.enum(n)
	case "internal_module", "module":
		return j.namespace(n)
	case "variable_declarator":
		return j.declarator(n)
	}
	return []*ir.Stmt{j.eval(n, j.expression(n))}
}

// enum is an object with the values of an enumeration.
func (j *js) enum(n int) []*ir.Stmt {
	e, o := j.expr(ir.Assign, n), j.expr(ir.Object, n)
	e.X, e.Y = j.pattern(j.t.Child(n, "name")), o
	for c := range j.t.NamedChildren(j.t.Child(n, "body")) {
		name := c
		value := &ir.Expr{Kind: ir.Const, Str: strconv.Itoa(len(o.List)), At: e.At, End: e.End}
		if j.t.Kind(c) == "enum_assignment" {
			name, value = j.t.Child(c, "name"), j.expression(j.t.Child(c, "value"))
		}
		o.Keys, o.List = append(o.Keys, strings.Trim(j.t.Text(name), `"'`)), append(o.List, value)
	}
	return []*ir.Stmt{j.eval(n, e)}
}

// namespace is an object with what a namespace gives, made by a function of its own.
func (j *js) namespace(n int) []*ir.Stmt {
	name := j.t.Child(n, "name")
	body := j.t.Child(n, "body")
	if body < 0 || j.t.Kind(name) != "identifier" {
		return nil
	}
	fn := j.lowering.function(n)
	given := j.expr(ir.Object, n)
	for c := range j.t.NamedChildren(body) {
		d := c
		if j.t.Kind(c) == "export_statement" {
			if d = j.t.Child(c, "declaration"); d < 0 {
				continue
			}
		}
		out := j.statement(d)
		fn.Body = append(fn.Body, out...)
		if d == c {
			continue
		}
		for _, st := range out {
			for _, name := range declared(st) {
				x := j.expr(ir.Name, d)
				x.Str = name
				given.Keys, given.List = append(given.Keys, name), append(given.List, x)
			}
		}
	}
	ret := j.stmt(ir.Return, n)
	ret.X = given
	fn.Body = append(fn.Body, ret)
	e, call := j.expr(ir.Assign, n), j.expr(ir.Call, n)
	call.X = j.expr(ir.Lambda, n)
	call.X.Fn = fn
	e.X, e.Y = j.pattern(name), call
	return []*ir.Stmt{j.eval(n, e)}
}

func (j *js) eval(n int, x *ir.Expr) *ir.Stmt {
	s := j.stmt(ir.Eval, n)
	s.X = x
	return s
}

func (j *js) maybe(n int) []*ir.Stmt {
	if n < 0 {
		return nil
	}
	return j.statement(n)
}

func (j *js) expressionOf(n int) *ir.Expr {
	if j.t.Kind(n) == "expression_statement" {
		return j.expression(j.t.FirstNamed(n))
	}
	return j.expression(n)
}

func (j *js) declaration(n int) []*ir.Stmt {
	var out []*ir.Stmt
	for c := range j.t.NamedChildren(n) {
		if j.t.Kind(c) == "variable_declarator" {
			out = append(out, j.declarator(c)...)
		}
	}
	return out
}

func (j *js) declarator(n int) []*ir.Stmt {
	value := j.t.Child(n, "value")
	if value < 0 { // a name that is set later, perhaps in another function
		e := j.expr(ir.Assign, n)
		e.X, e.Y, e.Declares = j.pattern(j.t.Child(n, "name")), j.expr(ir.Name, n), true
		e.Y.Str = "undefined"
		return []*ir.Stmt{j.eval(n, e)}
	}
	e := j.expr(ir.Assign, n)
	e.X, e.Y, e.Declares = j.pattern(j.t.Child(n, "name")), j.expression(value), true
	j.declares(e.Y, j.t.Child(n, "type"))
	if e.Y.Kind == ir.Lambda && e.Y.Fn.Name == "" && e.X.Kind == ir.Name {
		e.Y.Fn.Name = e.X.Str
	}
	return []*ir.Stmt{j.eval(n, e)}
}

func (j *js) forIn(n int) *ir.Stmt {
	s := j.stmt(ir.Loop, n)
	s.X, s.Y = j.pattern(j.t.Child(n, "left")), j.expression(j.t.Child(n, "right"))
	if j.t.Is(j.t.Child(n, "operator"), "in") {
		s.Str = "keys"
	}
	s.Body = j.branch(j.t.Child(n, "body"))
	return s
}

func (j *js) try(n int) *ir.Stmt {
	s := j.stmt(ir.Try, n)
	s.Body = j.branch(j.t.Child(n, "body"))
	if h := j.t.Child(n, "handler"); h >= 0 {
		s.Y = j.expr(ir.Unknown, h)
		if p := j.t.Child(h, "parameter"); p >= 0 {
			s.X = j.pattern(p)
		}
		s.Else = j.branch(j.t.Child(h, "body"))
	}
	if f := j.t.Child(n, "finalizer"); f >= 0 {
		s.Final = j.branch(j.t.Child(f, "body"))
	}
	return s
}

// choose turns a switch into branches that stand beside each other.
func (j *js) choose(n int) []*ir.Stmt {
	value := j.expression(j.t.Child(n, "value"))
	out := []*ir.Stmt{j.eval(n, value)}
	var falls *ir.Expr // what leads into a case from the one before it, which does not end
	var none *ir.Expr  // it is none of the cases
	for c := range j.t.NamedChildren(j.t.Child(n, "body")) {
		if v := j.t.Child(c, "value"); v >= 0 {
			none = j.both(none, j.comparison(c, "!==", value, j.expression(v)))
		}
	}
	for c := range j.t.NamedChildren(j.t.Child(n, "body")) {
		s := j.stmt(ir.If, c)
		s.X = none
		if v := j.t.Child(c, "value"); v >= 0 {
			s.X = j.comparison(c, "===", value, j.expression(v))
		}
		if s.X == nil {
			s.X = j.expr(ir.Unknown, c)
		}
		if falls != nil {
			s.X = j.comparison(c, "||", falls, s.X)
		}
		falls = s.X
		for b := range j.t.Children(c) {
			if j.t.Field(b) != "body" {
				continue
			}
			if j.ends(b) {
				falls = nil
			}
			if j.t.Kind(b) != "break_statement" {
				s.Body = append(s.Body, j.inCase(b)...)
			}
		}
		out = append(out, s)
	}
	return out
}

// inCase are statements of a case. A break at the end of a block goes on after the switch.
func (j *js) inCase(n int) []*ir.Stmt {
	out := j.statement(n)
	if j.t.Kind(n) != "statement_block" || len(out) != 1 || len(out[0].Body) == 0 {
		return out
	}
	if j.t.Kind(j.last(n)) == "break_statement" {
		out[0].Body = out[0].Body[:len(out[0].Body)-1]
	}
	return out
}

// last is the last statement of a block, -1 where there is none.
func (j *js) last(n int) int {
	last := -1
	for c := range j.t.NamedChildren(n) {
		if j.t.Kind(c) != "comment" {
			last = c
		}
	}
	return last
}

// comparison is an expression of two others.
func (j *js) comparison(n int, operator string, x, y *ir.Expr) *ir.Expr {
	e := j.expr(ir.Binary, n)
	e.Str, e.X, e.Y = operator, x, y
	return e
}

// both holds where both of two conditions do; the first one is perhaps none.
func (j *js) both(x, y *ir.Expr) *ir.Expr {
	if x == nil {
		return y
	}
	return &ir.Expr{Kind: ir.Binary, At: y.At, End: y.End, Str: "&&", X: x, Y: y}
}

// ends reports whether a statement of a case keeps it from going on with the next one.
func (j *js) ends(n int) bool {
	switch j.t.Kind(n) {
	case "break_statement", "return_statement", "throw_statement", "continue_statement":
		return true
	case "statement_block":
		last := j.last(n)
		return last >= 0 && j.t.Kind(last) != "statement_block" && j.ends(last)
	}
	return false
}

func (j *js) imports(n int) []*ir.Stmt {
	s := j.stmt(ir.Import, n)
	s.Str = j.unquoted(j.t.Child(n, "source"))
	if c := j.t.ChildOfKind(n, "import_require_clause"); c >= 0 { // import x = require("y")
		s.Str = j.unquoted(j.t.Child(c, "source"))
		s.Names = append(s.Names, ir.Alias{Name: "*", As: j.t.Text(j.t.FirstNamed(c))})
		return []*ir.Stmt{s}
	}
	clause := j.t.ChildOfKind(n, "import_clause")
	for c := range j.t.NamedChildren(clause) {
		switch j.t.Kind(c) {
		case "identifier":
			s.Names = append(s.Names, ir.Alias{Name: "default", As: j.t.Text(c)})
		case "namespace_import":
			s.Names = append(s.Names, ir.Alias{Name: "*", As: j.t.Text(j.t.FirstNamed(c))})
		case "named_imports":
			for spec := range j.t.NamedChildren(c) {
				s.Names = append(s.Names, j.alias(spec))
			}
		}
	}
	return []*ir.Stmt{s}
}

func (j *js) alias(spec int) ir.Alias {
	a := ir.Alias{Name: j.t.Text(j.t.Child(spec, "name"))}
	a.As = a.Name
	if as := j.t.Child(spec, "alias"); as >= 0 {
		a.As = j.t.Text(as)
	}
	return a
}

func (j *js) exports(n int) []*ir.Stmt {
	if d := j.t.Child(n, "declaration"); d >= 0 {
		out := j.statement(d)
		if len(out) == 1 && out[0].Kind == ir.Declare { // @injectable() export class Service
			out[0].Class.Decorators = append(j.decorators(n), out[0].Class.Decorators...)
		}
		s := j.stmt(ir.Export, n)
		isDefault := j.t.HasToken(n, "default")
		for _, st := range out {
			for _, name := range declared(st) {
				a := ir.Alias{Name: name, As: name}
				if isDefault {
					a.As = "default"
				}
				s.Names = append(s.Names, a)
			}
		}
		return append(out, s)
	}
	s := j.stmt(ir.Export, n)
	if v := j.t.Child(n, "value"); v >= 0 {
		s.X = j.expression(v)
		return []*ir.Stmt{s}
	}
	if src := j.t.Child(n, "source"); src >= 0 {
		s.Str = j.unquoted(src)
	}
	clause := j.t.ChildOfKind(n, "export_clause")
	for spec := range j.t.NamedChildren(clause) {
		s.Names = append(s.Names, j.alias(spec))
	}
	if ns := j.t.ChildOfKind(n, "namespace_export"); ns >= 0 {
		s.Names = append(s.Names, ir.Alias{Name: "*", As: j.t.Text(j.t.FirstNamed(ns))})
	} else if clause < 0 && s.Str != "" {
		s.Names = append(s.Names, ir.Alias{Name: "*", As: "*"})
	}
	if s.X == nil && len(s.Names) == 0 { // export = x
		if x := j.t.FirstNamed(n); x >= 0 {
			s.X = j.expression(x)
		}
	}
	return []*ir.Stmt{s}
}

// declared are the names that a statement declares.
func declared(s *ir.Stmt) []string {
	switch s.Kind {
	case ir.Define:
		return []string{s.Fn.Name}
	case ir.Declare:
		return []string{s.Class.Name}
	case ir.Eval:
		if s.X != nil && s.X.Kind == ir.Assign {
			return bound(s.X.X)
		}
	}
	return nil
}

// bound are the names that a pattern binds.
func bound(p *ir.Expr) []string {
	if p == nil {
		return nil
	}
	switch p.Kind {
	case ir.Name:
		return []string{p.Str}
	case ir.Default, ir.Spread:
		return bound(p.X)
	case ir.Object, ir.Array:
		var out []string
		for _, e := range p.List {
			out = append(out, bound(e)...)
		}
		return out
	}
	return nil
}

// pattern lowers what is bound or assigned to.
func (j *js) pattern(n int) *ir.Expr {
	if n < 0 {
		return &ir.Expr{Kind: ir.Unknown}
	}
	defer j.up()
	if j.deep() {
		return j.expr(ir.Unknown, n)
	}
	switch j.t.Kind(n) {
	case "object_pattern":
		e := j.expr(ir.Object, n)
		for c := range j.t.NamedChildren(n) {
			key, value := j.entry(c)
			e.Keys, e.List = append(e.Keys, key), append(e.List, value)
		}
		return e
	case "array_pattern":
		e := j.expr(ir.Array, n)
		for c := range j.t.NamedChildren(n) {
			e.List = append(e.List, j.pattern(c))
		}
		return e
	case "assignment_pattern", "object_assignment_pattern":
		e := j.expr(ir.Default, n)
		e.X, e.Y = j.pattern(j.t.Child(n, "left")), j.expression(j.t.Child(n, "right"))
		return e
	case "rest_pattern":
		e := j.expr(ir.Spread, n)
		e.X = j.pattern(j.t.FirstNamed(n))
		return e
	case "required_parameter", "optional_parameter":
		p := j.pattern(j.t.Child(n, "pattern"))
		if p.Kind == ir.Name {
			p.Y = j.typeName(j.t.Child(n, "type"))
			j.declares(p, j.t.Child(n, "type"))
			p.List = j.decorators(n)
		}
		if v := j.t.Child(n, "value"); v >= 0 {
			e := j.expr(ir.Default, n)
			e.X, e.Y = p, j.expression(v)
			return e
		}
		return p
	case "shorthand_property_identifier_pattern", "identifier", "undefined":
		e := j.expr(ir.Name, n)
		e.Str = j.t.Text(n)
		return e
	}
	return j.expression(n)
}

// entry is one entry of an object pattern.
func (j *js) entry(c int) (string, *ir.Expr) {
	switch j.t.Kind(c) {
	case "pair_pattern":
		return j.key(j.t.Child(c, "key")), j.pattern(j.t.Child(c, "value"))
	case "rest_pattern":
		return "...", j.pattern(j.t.FirstNamed(c))
	case "object_assignment_pattern":
		p := j.pattern(c)
		if p.X.Kind == ir.Name {
			return p.X.Str, p
		}
		return "", p
	}
	p := j.pattern(c)
	return p.Str, p
}

// key is the name of a property; empty where it is computed.
func (j *js) key(n int) string {
	switch j.t.Kind(n) {
	case "string":
		return j.unquoted(n)
	case "computed_property_name":
		if s := j.t.FirstNamed(n); j.t.Kind(s) == "string" {
			return j.unquoted(s)
		}
		return ""
	}
	return j.t.Text(n) // a private name with its sign: #name stands beside a method name()
}

func (j *js) function(n int) *ir.Func {
	f := j.lowering.function(n)
	f.Name = j.t.Text(j.t.Child(n, "name"))
	f.Getter = j.t.Kind(n) == "method_definition" && j.t.HasToken(n, "get")
	f.Async = j.t.HasToken(n, "async")
	f.Gives = j.declared(j.t.Child(n, "return_type"), 0)
	if p := j.t.Child(n, "parameter"); p >= 0 { // x => ...
		f.Params = append(f.Params, j.pattern(p))
	}
	var own []*ir.Stmt // TypeScript: parameters that are fields as well
	for c := range j.t.NamedChildren(j.t.Child(n, "parameters")) {
		p := j.pattern(c)
		if p.Kind == ir.This {
			continue
		}
		f.Params = append(f.Params, p)
		if j.t.ChildOfKind(c, "accessibility_modifier") >= 0 || j.t.HasToken(c, "readonly") {
			own = append(own, j.fieldOf(c, p))
		}
	}
	body := j.t.Child(n, "body")
	switch {
	case body < 0:
	case j.t.Kind(body) == "statement_block":
		f.Body = j.body(body)
	default:
		s := j.stmt(ir.Return, body)
		s.X = j.expression(body)
		f.Body = []*ir.Stmt{s}
	}
	f.Body = append(own, f.Body...)
	return f
}

// fieldOf sets the field that a parameter is as well.
func (j *js) fieldOf(n int, p *ir.Expr) *ir.Stmt {
	if p.Kind == ir.Default {
		p = p.X
	}
	field, assign := j.expr(ir.Member, n), j.expr(ir.Assign, n)
	field.X, field.Str = j.expr(ir.This, n), p.Str
	assign.X, assign.Y = field, p
	s := j.stmt(ir.Eval, n)
	s.X = assign
	return s
}

func (j *js) class(n int) *ir.Class {
	c := &ir.Class{Name: j.t.Text(j.t.Child(n, "name")), Decorators: j.decorators(n)}
	if h := j.t.ChildOfKind(n, "class_heritage"); h >= 0 {
		for x := range j.t.NamedChildren(h) {
			if j.t.Kind(x) == "extends_clause" {
				x = j.t.Child(x, "value")
			}
			if x >= 0 && j.t.Kind(x) != "implements_clause" {
				c.Bases = append(c.Bases, j.expression(x))
			}
		}
	}
	var before []*ir.Expr // decorators, which TypeScript has in front of what they are of
	for m := range j.t.NamedChildren(j.t.Child(n, "body")) {
		switch j.t.Kind(m) {
		case "decorator":
			before = append(before, j.expression(j.t.FirstNamed(m)))
			continue
		case "method_definition":
			f := j.function(m)
			f.Decorators = append(before, j.decorators(m)...)
			f.Class, f.Static = c, j.t.HasToken(m, "static")
			c.Methods = append(c.Methods, f)
		case "field_definition", "public_field_definition":
			name := j.t.Child(m, "property")
			if name < 0 {
				name = j.t.Child(m, "name")
			}
			field := ir.Field{Name: j.key(name), Decorators: append(before, j.decorators(m)...)}
			if v := j.t.Child(m, "value"); v >= 0 {
				field.Value = j.expression(v)
				if field.Value.Kind == ir.Lambda {
					field.Value.Fn.Class = c
					if field.Value.Fn.Name == "" {
						field.Value.Fn.Name = field.Name
					}
				}
			} else if len(field.Decorators) > 0 {
				field.Type = j.typeName(j.t.Child(m, "type"))
			}
			if field.Value != nil || len(field.Decorators) > 0 {
				c.Fields = append(c.Fields, field)
			}
		}
		before = nil
	}
	return c
}

// decorators are those that stand in front of something.
func (j *js) decorators(n int) []*ir.Expr {
	var out []*ir.Expr
	for d := range j.t.NamedChildren(n) {
		if j.t.Kind(d) == "decorator" {
			out = append(out, j.expression(j.t.FirstNamed(d)))
		}
	}
	return out
}

// typeName is the name of the type of a parameter, where it is a class or comes from a module; nil for others.
func (j *js) typeName(n int) *ir.Expr {
	if n < 0 {
		return nil
	}
	x := j.t.FirstNamed(n)
	if x >= 0 && j.t.Kind(x) == "generic_type" {
		x = j.t.FirstNamed(x)
	}
	if x < 0 {
		return nil
	}
	switch j.t.Kind(x) {
	case "type_identifier":
		e := j.expr(ir.Name, x)
		e.Str = j.t.Text(x)
		return e
	case "type_query": // the class itself
		e := j.expr(ir.Unknown, x)
		e.List = []*ir.Expr{j.expression(j.t.FirstNamed(x))}
		return e
	case "nested_type_identifier":
		module, name := j.t.Child(x, "module"), j.t.Child(x, "name")
		if module >= 0 && name >= 0 && j.t.Kind(module) == "identifier" {
			e := j.expr(ir.Member, x)
			e.X = j.expr(ir.Name, module)
			e.X.Str, e.Str = j.t.Text(module), j.t.Text(name)
			return e
		}
	}
	return nil
}

func (j *js) list(n int) []*ir.Expr {
	var out []*ir.Expr
	for c := range j.t.NamedChildren(n) {
		out = append(out, j.expression(c))
	}
	return out
}

func (j *js) expression(n int) *ir.Expr {
	if n < 0 {
		return &ir.Expr{Kind: ir.Unknown}
	}
	defer j.up()
	if j.deep() {
		return j.expr(ir.Unknown, n)
	}
	switch kind := j.t.Kind(n); kind {
	case "identifier", "shorthand_property_identifier", "undefined", "super", "this":
		return j.name(n, kind)
	case "string", "number", "true", "false", "null", "regex", "update_expression", "meta_property", "import":
		return j.literal(n, kind)
	case "template_string":
		return j.template(n)
	case "member_expression", "subscript_expression":
		return j.access(n, kind)
	case "call_expression", "new_expression":
		return j.callOf(n)
	case "arrow_function", "function_expression", "function", "generator_function", "function_declaration":
		e := j.expr(ir.Lambda, n)
		e.Fn = j.function(n)
		return e
	case "class", "class_declaration":
		e := j.expr(ir.ClassOf, n)
		e.Class = j.class(n)
		return e
	case "object":
		return j.object(n)
	case "array", "sequence_expression":
		return j.sequence(n, kind)
	case "binary_expression", "unary_expression", "ternary_expression":
		return j.operator(n, kind)
	case "assignment_expression", "augmented_assignment_expression":
		return j.assignment(n, kind)
	case "await_expression", "yield_expression":
		return j.awaited(n, kind)
	case "non_null_expression", "parenthesized_expression", "as_expression", "satisfies_expression", "type_assertion", "instantiation_expression", "expression_statement":
		return j.inner(n, kind)
	case "spread_element":
		e := j.expr(ir.Spread, n)
		e.X = j.expression(j.t.FirstNamed(n))
		return e
	case "object_pattern", "array_pattern", "assignment_pattern":
		return j.pattern(n)
	}
	e := j.expr(ir.Unknown, n)
	e.List = j.list(n)
	return e
}

// name is a name, or one of the words that stand for objects.
func (j *js) name(n int, kind string) *ir.Expr {
	if kind == "this" {
		return j.expr(ir.This, n)
	}
	e := j.expr(ir.Name, n)
	if e.Str = kind; kind != "super" {
		e.Str = j.t.Text(n)
	}
	return e
}

// literal is a constant as it is written.
func (j *js) literal(n int, kind string) *ir.Expr {
	if kind == "string" {
		return j.constant(n, j.unquoted(n))
	}
	e := j.constant(n, j.t.Text(n))
	switch kind {
	case "number", "true", "false", "null":
		e.Bare = true
	case "regex":
		e.Regexp = true
	}
	return e
}

// access is a part of an object: a.b, a[b].
func (j *js) access(n int, kind string) *ir.Expr {
	if kind == "subscript_expression" {
		e := j.expr(ir.Index, n)
		e.X, e.Y = j.expression(j.t.Child(n, "object")), j.expression(j.t.Child(n, "index"))
		return wholeAwaited(e)
	}
	e := j.expr(ir.Member, n)
	e.X, e.Str = j.expression(j.t.Child(n, "object")), j.t.Text(j.t.Child(n, "property"))
	return wholeAwaited(e)
}

// wholeAwaited is what await (x).f() waits for, which is read as a call of something that is called await: all of it, and not only x.
func wholeAwaited(e *ir.Expr) *ir.Expr {
	if e.X == nil || e.X.Kind != ir.Await || e.X.At != e.At || e.X.Str != "" || e.New {
		return e
	}
	e.X = e.X.X
	return &ir.Expr{Kind: ir.Await, At: e.At, End: e.End, X: e}
}

// callOf is a call, also where one is waited for whose parameters of types are read as those of the waiting.
func (j *js) callOf(n int) *ir.Expr {
	e := j.call(n)
	if j.t.Kind(j.t.Child(n, "function")) == "await_expression" { // await a.f<T>(x) is read as (await a.f)<T>(x)
		return &ir.Expr{Kind: ir.Await, At: e.At, End: e.End, X: e}
	}
	return wholeAwaited(e)
}

// sequence is a list, or expressions one after the other.
func (j *js) sequence(n int, kind string) *ir.Expr {
	e := j.expr(ir.Array, n)
	if kind != "array" {
		e.Kind = ir.Unknown
	}
	e.List = j.list(n)
	if kind != "array" && len(e.List) == 2 && e.List[0].Kind == ir.Const { // (0, module.run)(...), as compilers write a call
		return e.List[1]
	}
	return e
}

// operator is what operators make of one, two or three expressions.
func (j *js) operator(n int, kind string) *ir.Expr {
	switch kind {
	case "binary_expression":
		e := j.expr(ir.Binary, n)
		e.X, e.Y, e.Str = j.expression(j.t.Child(n, "left")), j.expression(j.t.Child(n, "right")), j.t.Text(j.t.Child(n, "operator"))
		return e
	case "ternary_expression":
		e := j.expr(ir.Cond, n)
		e.X, e.Y, e.Z = j.expression(j.t.Child(n, "condition")), j.expression(j.t.Child(n, "consequence")), j.expression(j.t.Child(n, "alternative"))
		return e
	}
	x := j.expression(j.t.Child(n, "argument"))
	switch op := j.t.Text(j.t.Child(n, "operator")); op {
	case "!":
		e := j.expr(ir.Not, n)
		e.X = x
		return e
	case "typeof":
		e := j.expr(ir.Unknown, n)
		e.Str, e.List = "typeof", []*ir.Expr{x}
		return e
	case "void":
		if x.Kind == ir.Call { // only says that what it gives is not looked at
			return x
		}
		return j.expr(ir.Unknown, n)
	default: // -x, +x: numbers, truths
		e := j.expr(ir.Call, n)
		e.X = &ir.Expr{Kind: ir.Name, Str: "Number", At: e.At, End: e.At}
		e.List = []*ir.Expr{x}
		if op == "delete" {
			e.Str = op
		}
		return e
	}
}

// assignment gives a function that has no name the one of what it is assigned to.
func (j *js) assignment(n int, kind string) *ir.Expr {
	e := j.expr(ir.Assign, n)
	e.X, e.Y = j.pattern(j.t.Child(n, "left")), j.expression(j.t.Child(n, "right"))
	if kind != "assignment_expression" {
		e.Str = j.t.Text(j.t.Child(n, "operator"))
	}
	if e.Y.Kind == ir.Lambda && e.Y.Fn.Name == "" && (e.X.Kind == ir.Member || e.X.Kind == ir.Name) {
		e.Y.Fn.Name = e.X.Str
	}
	return e
}

// awaited is what is waited for, or yielded.
func (j *js) awaited(n int, kind string) *ir.Expr {
	x := j.t.FirstNamed(n)
	e := j.expr(ir.Await, n)
	e.X = j.expression(x)
	if kind == "yield_expression" {
		e.Str = "yield"
		if j.t.HasToken(n, "*") {
			e.Str = "yield*"
		}
	}
	return e
}

// inner is the expression inside of one that adds nothing to it: parentheses, types.
func (j *js) inner(n int, kind string) *ir.Expr {
	x := j.t.FirstNamed(n)
	of := -1
	switch kind {
	case "type_assertion":
		of = x
		for c := range j.t.NamedChildren(n) {
			x = c
		}
	case "as_expression":
		for c := range j.t.NamedChildren(n) {
			of = c
		}
	}
	e := j.expression(x)
	j.declares(e, of)
	return e
}

func (j *js) template(n int) *ir.Expr {
	e := j.expr(ir.Template, n)
	for c := range j.t.NamedChildren(n) {
		switch j.t.Kind(c) {
		case "string_fragment", "escape_sequence":
			e.List = append(e.List, j.constant(c, j.t.Text(c)))
		default:
			e.List = append(e.List, j.expression(j.t.FirstNamed(c)))
		}
	}
	return e
}

func (j *js) call(n int) *ir.Expr {
	e := j.expr(ir.Call, n)
	callee := j.t.Child(n, "function")
	if callee < 0 {
		callee = j.t.Child(n, "constructor")
		e.New = true
	}
	if j.t.Kind(callee) == "await_expression" {
		callee = j.t.FirstNamed(callee)
	}
	e.X = j.expression(callee)
	j.declares(e, j.t.Child(n, "type_arguments"))
	args := j.t.Child(n, "arguments")
	if j.t.Kind(args) == "template_string" { // tag`...` gets the texts, and the values by themselves
		texts := j.expr(ir.Array, args)
		e.List = []*ir.Expr{texts}
		for _, part := range j.template(args).List {
			if part.Kind == ir.Const {
				texts.List = append(texts.List, part)
			} else {
				e.List = append(e.List, part)
			}
		}
		return e
	}
	e.List = j.list(args)
	if !e.New && j.t.Is(callee, "await") && len(e.List) == 1 { // await (x).f() is read as a call of something that is called await
		e.Kind, e.X, e.List = ir.Await, e.List[0], nil
		return e
	}
	if j.t.Kind(callee) == "import" && len(e.List) > 0 { // import("x")
		e.X = &ir.Expr{Kind: ir.Name, Str: "require", At: e.At, End: e.At}
	}
	return e
}

func (j *js) object(n int) *ir.Expr {
	e := j.expr(ir.Object, n)
	for c := range j.t.NamedChildren(n) {
		switch j.t.Kind(c) {
		case "pair":
			k := j.t.Child(c, "key")
			value := j.expression(j.t.Child(c, "value"))
			key := j.key(k)
			if key == "" {
				value = j.computed(k, value)
			}
			if value.Kind == ir.Lambda && value.Fn.Name == "" {
				value.Fn.Name = key
			}
			e.Keys, e.List = append(e.Keys, key), append(e.List, value)
		case "shorthand_property_identifier":
			e.Keys, e.List = append(e.Keys, j.t.Text(c)), append(e.List, j.expression(c))
		case "spread_element":
			e.Keys, e.List = append(e.Keys, "..."), append(e.List, j.expression(j.t.FirstNamed(c)))
		case "method_definition":
			m := j.expr(ir.Lambda, c)
			m.Fn = j.function(c)
			e.Keys, e.List = append(e.Keys, m.Fn.Name), append(e.List, m)
		}
	}
	return e
}

// computed is an entry whose key is an expression: both stand in it.
func (j *js) computed(key int, value *ir.Expr) *ir.Expr {
	e := &ir.Expr{Kind: ir.Unknown, At: value.At, End: value.End}
	e.List = []*ir.Expr{j.expression(j.t.FirstNamed(key)), value}
	return e
}

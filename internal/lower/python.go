package lower

import (
	"strconv"
	"strings"
	"unicode"

	"wardlet.example/internal/ir"
)

// py lowers Python.
type py struct{ lowering }

func (p *py) body(node int) []*ir.Stmt {
	var out []*ir.Stmt
	for c := range p.t.NamedChildren(node) {
		out = append(out, p.statement(c)...)
	}
	return out
}

func (p *py) eval(n int, x *ir.Expr) *ir.Stmt {
	s := p.stmt(ir.Eval, n)
	s.X = x
	return s
}

func (p *py) statement(n int) []*ir.Stmt {
	defer p.up()
	if p.deep() {
		return nil
	}
	switch p.t.Kind(n) {
	case "expression_statement":
		all := p.list(n)
		if len(all) == 1 {
			return []*ir.Stmt{p.eval(n, all[0])}
		}
		e := p.expr(ir.Array, n) // a tuple
		e.List = all
		return []*ir.Stmt{p.eval(n, e)}
	case "import_statement", "import_from_statement", "future_import_statement":
		return p.imports(n)
	case "function_definition":
		s := p.stmt(ir.Define, n)
		s.Fn = p.function(n)
		return []*ir.Stmt{s}
	case "class_definition":
		s := p.stmt(ir.Declare, n)
		s.Class = p.class(n)
		return []*ir.Stmt{s}
	case "decorated_definition":
		return p.decorated(n)
	case "return_statement", "raise_statement":
		s := p.stmt(ir.Return, n)
		if p.t.Kind(n) == "raise_statement" {
			s.Kind = ir.Throw
		}
		if x := p.t.FirstNamed(n); x >= 0 {
			s.X = p.expression(x)
		}
		return []*ir.Stmt{s}
	case "if_statement":
		return []*ir.Stmt{p.branch(n)}
	case "for_statement":
		s := p.stmt(ir.Loop, n)
		s.X, s.Y = p.pattern(p.t.Child(n, "left")), p.expression(p.t.Child(n, "right"))
		s.Body = p.block(p.t.Child(n, "body"))
		return append([]*ir.Stmt{s}, p.otherwise(n)...)
	case "while_statement":
		s := p.stmt(ir.Loop, n)
		s.Y = p.expression(p.t.Child(n, "condition"))
		s.Body = p.block(p.t.Child(n, "body"))
		return append([]*ir.Stmt{s}, p.otherwise(n)...)
	case "try_statement":
		return p.try(n)
	case "with_statement":
		return p.with(n)
	case "match_statement":
		return p.match(n)
	case "assert_statement":
		s := p.stmt(ir.Guard, n)
		s.X = p.expression(p.t.FirstNamed(n))
		return []*ir.Stmt{s}
	case "break_statement", "continue_statement":
		return []*ir.Stmt{p.stmt(ir.Leave, n)}
	case "global_statement", "nonlocal_statement":
		s := p.stmt(ir.Eval, n)
		s.Str = strings.TrimSuffix(p.t.Kind(n), "_statement")
		for c := range p.t.NamedChildren(n) {
			s.Names = append(s.Names, ir.Alias{Name: p.t.Text(c)})
		}
		return []*ir.Stmt{s}
	case "pass_statement", "comment":
		return nil
	case "delete_statement":
		e := p.expr(ir.Call, n)
		e.X, e.Str = &ir.Expr{Kind: ir.Name, Str: "del", At: e.At, End: e.At}, "delete"
		for c := range p.t.NamedChildren(n) {
			e.List = append(e.List, p.expression(c))
		}
		return []*ir.Stmt{p.eval(n, e)}
	case "block":
		return p.body(n)
	}
	return []*ir.Stmt{p.eval(n, p.expression(n))}
}

func (p *py) block(n int) []*ir.Stmt {
	if n < 0 {
		return nil
	}
	return p.body(n)
}

// subscripts are what stands between brackets: one expression, or several as a tuple.
func (p *py) subscripts(n int) *ir.Expr {
	list := p.expr(ir.Array, n)
	for c := range p.t.Children(n) {
		if p.t.Field(c) == "subscript" {
			list.List = append(list.List, p.expression(c))
		}
	}
	if len(list.List) == 1 {
		return list.List[0]
	}
	return list
}

// otherwise is the else of a loop.
func (p *py) otherwise(n int) []*ir.Stmt {
	if e := p.t.Child(n, "alternative"); e >= 0 {
		return p.block(p.t.Child(e, "body"))
	}
	return nil
}

func (p *py) branch(n int) *ir.Stmt {
	first := p.stmt(ir.If, n)
	first.X, first.Body = p.expression(p.t.Child(n, "condition")), p.block(p.t.Child(n, "consequence"))
	at := first
	for c := range p.t.Children(n) {
		if p.t.Field(c) != "alternative" {
			continue
		}
		if p.t.Kind(c) == "elif_clause" {
			s := p.stmt(ir.If, c)
			s.X, s.Body = p.expression(p.t.Child(c, "condition")), p.block(p.t.Child(c, "consequence"))
			at.Else = []*ir.Stmt{s}
			at = s
			continue
		}
		at.Else = p.block(p.t.Child(c, "body"))
	}
	return first
}

func (p *py) try(n int) []*ir.Stmt {
	s := p.stmt(ir.Try, n)
	s.Body = p.block(p.t.Child(n, "body"))
	for c := range p.t.NamedChildren(n) {
		switch p.t.Kind(c) {
		case "except_clause", "except_group_clause":
			branch := p.stmt(ir.If, c)
			branch.Y = p.expr(ir.Unknown, c)
			caught := p.t.Child(c, "value")
			if as := p.t.Child(caught, "alias"); as >= 0 {
				s.X = p.pattern(p.t.FirstNamed(as))
				branch.Names = []ir.Alias{{As: p.t.Text(p.t.FirstNamed(as))}}
				caught = p.t.FirstNamed(caught)
			}
			if caught >= 0 {
				branch.Str = p.t.Text(caught)
			}
			branch.Body = p.block(p.t.ChildOfKind(c, "block"))
			s.Else = append(s.Else, branch)
		case "else_clause":
			s.Body = append(s.Body, p.block(p.t.Child(c, "body"))...)
		case "finally_clause":
			s.Final = p.block(p.t.ChildOfKind(c, "block"))
		}
	}
	return []*ir.Stmt{s}
}

// with is a with statement: what it opens, then what it does; with suppress(...) it is a try whose handler does nothing.
func (p *py) with(n int) []*ir.Stmt {
	var out []*ir.Stmt
	suppresses := false
	for item := range p.t.NamedChildren(p.t.ChildOfKind(n, "with_clause")) {
		v := p.t.Child(item, "value")
		if p.t.Kind(v) != "as_pattern" {
			e := p.expression(v)
			suppresses = suppresses || isSuppress(e)
			out = append(out, p.eval(item, e))
			continue
		}
		e := p.expr(ir.Assign, item)
		target := p.t.Child(v, "alias")
		e.X, e.Y, e.Str = p.pattern(p.t.FirstNamed(target)), p.expression(p.t.FirstNamed(v)), "with"
		out = append(out, p.eval(item, e))
	}
	body := p.block(p.t.Child(n, "body"))
	if !suppresses {
		return append(out, body...)
	}
	s, handler := p.stmt(ir.Try, n), p.stmt(ir.If, n)
	handler.Y = p.expr(ir.Unknown, n)
	s.Body, s.Else = body, []*ir.Stmt{handler}
	return append(out, s)
}

// isSuppress reports whether an expression is contextlib.suppress(...).
func isSuppress(e *ir.Expr) bool {
	return e.Kind == ir.Call && (e.X.Kind == ir.Name && e.X.Str == "suppress" || e.X.Kind == ir.Member && e.X.Str == "suppress" && e.X.X.Kind == ir.Name && e.X.X.Str == "contextlib")
}

func (p *py) match(n int) []*ir.Stmt {
	subject := p.expression(p.t.Child(n, "subject"))
	var first, last *ir.Stmt
	for c := range p.t.NamedChildren(p.t.Child(n, "body")) {
		if p.t.Kind(c) != "case_clause" {
			continue
		}
		s := p.stmt(ir.If, c)
		var tests []*ir.Expr
		var binds []*ir.Stmt
		for alternative := range p.t.NamedChildren(c) {
			if p.t.Kind(alternative) == "case_pattern" {
				p.casePattern(alternative, subject, &tests, &binds)
			}
		}
		s.X = p.expr(ir.Unknown, c)
		for i, t := range tests {
			if i == 0 {
				s.X = t
				continue
			}
			both := p.expr(ir.Binary, c)
			both.Str, both.X, both.Y = "&&", s.X, t
			s.X = both
		}
		s.Body = append(binds, p.block(p.t.Child(c, "consequence"))...)
		if last != nil {
			last.Else = []*ir.Stmt{s}
		} else {
			first = s
		}
		last = s
	}
	if first == nil {
		return nil
	}
	return []*ir.Stmt{first}
}

// casePattern takes a pattern apart into what it tests of the subject and the names that it binds.
func (p *py) casePattern(n int, subject *ir.Expr, tests *[]*ir.Expr, binds *[]*ir.Stmt) {
	defer p.up()
	if p.deep() || n < 0 {
		return
	}
	member := func(at int, key string) *ir.Expr {
		e := p.expr(ir.Member, at)
		e.X, e.Str = subject, key
		return e
	}
	bind := func(at int, name string, v *ir.Expr) {
		if name == "_" || name == "" {
			return
		}
		e := p.expr(ir.Assign, at)
		e.X, e.Y = p.expr(ir.Name, at), v
		e.X.Str = name
		*binds = append(*binds, p.eval(at, e))
	}
	switch kind := p.t.Kind(n); kind {
	case "case_pattern":
		p.casePattern(p.t.FirstNamed(n), subject, tests, binds)
	case "string", "integer", "float", "concatenated_string", "true", "false", "none":
		e := p.expr(ir.Binary, n)
		e.Str, e.X, e.Y = "===", subject, p.expression(n)
		*tests = append(*tests, e)
	case "union_pattern":
		list := p.expr(ir.Array, n)
		for c := range p.t.NamedChildren(n) {
			switch p.t.Kind(c) {
			case "string", "integer", "float", "true", "false", "none":
				list.List = append(list.List, p.expression(c))
			default:
				return
			}
		}
		e := p.expr(ir.Binary, n)
		e.Str, e.X, e.Y = "in", subject, list
		*tests = append(*tests, e)
	case "dotted_name":
		if text := p.t.Text(n); !strings.Contains(text, ".") {
			bind(n, text, subject)
		}
	case "as_pattern":
		p.casePattern(p.t.FirstNamed(n), subject, tests, binds)
		if as := p.t.Child(n, "alias"); as >= 0 {
			bind(as, p.t.Text(as), subject)
		}
	case "dict_pattern":
		key := ""
		for c := range p.t.NamedChildren(n) {
			switch {
			case p.t.Field(c) == "key":
				key = strings.Trim(p.t.Text(c), `"'`)
			case p.t.Field(c) == "value":
				p.casePattern(c, member(c, key), tests, binds)
			case p.t.Kind(c) == "splat_pattern":
				bind(c, strings.TrimLeft(p.t.Text(c), "*"), subject)
			}
		}
	case "list_pattern", "tuple_pattern":
		i := 0
		for c := range p.t.NamedChildren(n) {
			if x := p.t.FirstNamed(c); p.t.Kind(c) == "splat_pattern" || x >= 0 && p.t.Kind(x) == "splat_pattern" {
				bind(c, strings.TrimLeft(p.t.Text(c), "*"), subject)
				continue
			}
			p.casePattern(c, member(c, strconv.Itoa(i)), tests, binds)
			i++
		}
	case "class_pattern":
		class := p.t.FirstNamed(n)
		if class >= 0 && p.t.Kind(class) == "dotted_name" {
			*tests = append(*tests, p.isInstance(class, subject))
		}
		for c := range p.t.NamedChildren(n) {
			x := p.t.FirstNamed(c)
			if p.t.Kind(c) == "case_pattern" && holdsItself[p.t.Text(class)] { // str(name)
				p.casePattern(c, subject, tests, binds)
			} else if x >= 0 && p.t.Kind(x) == "keyword_pattern" {
				name := p.t.FirstNamed(x)
				for v := range p.t.NamedChildren(x) {
					if v != name {
						p.casePattern(v, member(v, p.t.Text(name)), tests, binds)
					}
				}
			}
		}
	}
}

// holdsItself are classes of Python of which a pattern with one part binds the value itself: case str(name).
var holdsItself = map[string]bool{
	"bool": true, "bytearray": true, "bytes": true, "dict": true, "float": true, "frozenset": true, "int": true, "list": true, "set": true,
	"str": true, "tuple": true,
}

// isInstance is the test of a class pattern: isinstance(subject, str).
func (p *py) isInstance(class int, subject *ir.Expr) *ir.Expr {
	test, name := p.expr(ir.Call, class), p.expr(ir.Name, class)
	name.Str = "isinstance"
	test.X, test.List = name, []*ir.Expr{subject, p.className(class)}
	return test
}

// keywords is a parameter that gets all that is given by name: **criteria.
func (p *py) keywords(n int) *ir.Expr {
	e := p.expr(ir.Spread, n)
	e.X, e.Str = p.pattern(p.t.FirstNamed(n)), "**"
	return e
}

// className is the name of a class in a pattern, also of a module: shapes.Circle.
func (p *py) className(class int) *ir.Expr {
	parts := strings.Split(p.t.Text(class), ".")
	out := p.expr(ir.Name, class)
	out.Str = parts[0]
	for _, part := range parts[1:] {
		of := out
		out = p.expr(ir.Member, class)
		out.X, out.Str = of, part
	}
	return out
}

func (p *py) imports(n int) []*ir.Stmt {
	if p.t.Kind(n) == "import_statement" {
		var out []*ir.Stmt
		for c := range p.t.Children(n) {
			if p.t.Field(c) != "name" {
				continue
			}
			s := p.stmt(ir.Import, n)
			if p.t.Kind(c) == "aliased_import" {
				s.Str = p.t.Text(p.t.Child(c, "name"))
				s.Names = []ir.Alias{{Name: "*", As: p.t.Text(p.t.Child(c, "alias"))}}
			} else { // import a.b binds a
				s.Str = p.t.Text(c)
				first, _, _ := strings.Cut(s.Str, ".")
				s.Names = []ir.Alias{{Name: "", As: first}}
			}
			out = append(out, s)
		}
		return out
	}
	s := p.stmt(ir.Import, n)
	s.Str = p.t.Text(p.t.Child(n, "module_name"))
	for c := range p.t.Children(n) {
		switch {
		case p.t.Kind(c) == "wildcard_import":
			s.Names = append(s.Names, ir.Alias{Name: "*", As: "*"})
		case p.t.Field(c) != "name":
		case p.t.Kind(c) == "aliased_import":
			s.Names = append(s.Names, ir.Alias{Name: p.t.Text(p.t.Child(c, "name")), As: p.t.Text(p.t.Child(c, "alias"))})
		default:
			s.Names = append(s.Names, ir.Alias{Name: p.t.Text(c), As: p.t.Text(c)})
		}
	}
	return []*ir.Stmt{s}
}

func (p *py) decorated(n int) []*ir.Stmt {
	out := p.statement(p.t.Child(n, "definition"))
	for c := range p.t.NamedChildren(n) {
		if p.t.Kind(c) == "decorator" && len(out) == 1 && out[0].Fn != nil {
			out[0].Fn.Decorators = append(out[0].Fn.Decorators, p.expression(p.t.FirstNamed(c)))
		}
		if p.t.Kind(c) == "decorator" && len(out) == 1 && out[0].Class != nil {
			out[0].Class.Decorators = append(out[0].Class.Decorators, p.expression(p.t.FirstNamed(c)))
		}
	}
	return out
}

func (p *py) function(n int) *ir.Func {
	f := p.lowering.function(n)
	f.Name = p.t.Text(p.t.Child(n, "name"))
	for c := range p.t.NamedChildren(p.t.Child(n, "parameters")) {
		switch p.t.Kind(c) {
		case "default_parameter", "typed_default_parameter":
			e := p.expr(ir.Default, c)
			e.X, e.Y = p.pattern(p.t.Child(c, "name")), p.expression(p.t.Child(c, "value"))
			p.declared(e.X, p.t.Child(c, "type"))
			f.Params = append(f.Params, e)
		case "typed_parameter":
			if of := p.t.FirstNamed(c); p.t.Kind(of) == "dictionary_splat_pattern" { // **criteria: str, whose type is that of each
				f.Params, f.Keywords = append(f.Params, p.keywords(of)), true
				continue
			}
			e := p.pattern(p.t.FirstNamed(c))
			p.declared(e, p.t.Child(c, "type"))
			f.Params = append(f.Params, e)
		case "dictionary_splat_pattern":
			f.Params, f.Keywords = append(f.Params, p.keywords(c)), true
		case "keyword_separator", "positional_separator":
		default:
			f.Params = append(f.Params, p.pattern(c))
		}
	}
	body := p.t.Child(n, "body")
	if p.t.Kind(n) == "lambda" {
		s := p.stmt(ir.Return, body)
		s.X = p.expression(body)
		f.Body = []*ir.Stmt{s}
		return f
	}
	f.Body = p.block(body)
	return f
}

func (p *py) class(n int) *ir.Class {
	c := &ir.Class{Name: p.t.Text(p.t.Child(n, "name"))}
	for b := range p.t.NamedChildren(p.t.Child(n, "superclasses")) {
		if p.t.Kind(b) != "keyword_argument" {
			c.Bases = append(c.Bases, p.expression(b))
		}
	}
	body := p.t.Child(n, "body")
	for m := range p.t.NamedChildren(body) {
		if x := p.t.FirstNamed(m); p.t.Kind(m) == "expression_statement" && p.t.Kind(x) == "assignment" && p.t.Child(x, "type") >= 0 {
			field := ir.Field{Name: p.t.Text(p.t.Child(x, "left")), Type: p.annotation(p.t.Child(x, "type"))}
			if right := p.t.Child(x, "right"); right >= 0 {
				field.Value = p.expression(right)
			}
			c.Fields = append(c.Fields, field)
			continue
		}
		for _, s := range p.statement(m) {
			switch {
			case s.Kind == ir.Define:
				s.Fn.Class = c
				for _, d := range s.Fn.Decorators {
					s.Fn.Static = s.Fn.Static || d.Kind == ir.Name && d.Str == "staticmethod"
				}
				c.Methods = append(c.Methods, s.Fn)
			case s.Kind == ir.Eval && s.X != nil && s.X.Kind == ir.Assign && s.X.X.Kind == ir.Name:
				c.Fields = append(c.Fields, ir.Field{Name: s.X.X.Str, Value: s.X.Y})
			}
		}
	}
	return c
}

// declared notes the type of a parameter.
func (p *py) declared(e *ir.Expr, kind int) {
	if e.Kind == ir.Name && kind >= 0 {
		e.Keys, e.Y = []string{p.t.Text(kind)}, p.annotation(kind)
	}
}

// annotation is a type as an expression: Optional[X] is an Index of Optional, A | B a Binary.
func (p *py) annotation(n int) *ir.Expr {
	if n < 0 {
		return &ir.Expr{Kind: ir.Unknown}
	}
	defer p.up()
	if p.deep() {
		return p.expr(ir.Unknown, n)
	}
	switch p.t.Kind(n) {
	case "type":
		return p.annotation(p.t.FirstNamed(n))
	case "generic_type":
		e := p.expr(ir.Index, n)
		for c := range p.t.NamedChildren(n) {
			if p.t.Kind(c) != "type_parameter" {
				e.X = p.annotation(c)
				continue
			}
			list := p.expr(ir.Array, c)
			for t := range p.t.NamedChildren(c) {
				list.List = append(list.List, p.annotation(t))
			}
			e.Y = list
			if len(list.List) == 1 {
				e.Y = list.List[0]
			}
		}
		return e
	case "union_type":
		e := p.expr(ir.Binary, n)
		e.Str = "|"
		for c := range p.t.NamedChildren(n) {
			if e.X == nil {
				e.X = p.annotation(c)
			} else {
				e.Y = p.annotation(c)
			}
		}
		return e
	case "string": // "Item", a name that comes later
		if text := strings.Trim(p.t.Text(n), `"'`); isName(text) {
			e := p.expr(ir.Name, n)
			e.Str = text
			return e
		}
	}
	return p.expression(n)
}

// isName reports whether a text is a name of Python.
func isName(text string) bool {
	for i, r := range text {
		if r != '_' && !unicode.IsLetter(r) && (i == 0 || !unicode.IsDigit(r)) {
			return false
		}
	}
	return text != ""
}

func (p *py) pattern(n int) *ir.Expr {
	if n < 0 {
		return &ir.Expr{Kind: ir.Unknown}
	}
	defer p.up()
	if p.deep() {
		return p.expr(ir.Unknown, n)
	}
	switch p.t.Kind(n) {
	case "pattern_list", "tuple_pattern", "list_pattern", "tuple", "list":
		e := p.expr(ir.Array, n)
		for c := range p.t.NamedChildren(n) {
			e.List = append(e.List, p.pattern(c))
		}
		return e
	case "list_splat_pattern", "list_splat":
		e := p.expr(ir.Spread, n)
		e.X = p.pattern(p.t.FirstNamed(n))
		return e
	}
	return p.expression(n)
}

func (p *py) list(n int) []*ir.Expr {
	var out []*ir.Expr
	for c := range p.t.NamedChildren(n) {
		out = append(out, p.expression(c))
	}
	return out
}

func (p *py) expression(n int) *ir.Expr {
	if n < 0 {
		return &ir.Expr{Kind: ir.Unknown}
	}
	defer p.up()
	if p.deep() {
		return p.expr(ir.Unknown, n)
	}
	switch kind := p.t.Kind(n); kind {
	case "identifier":
		e := p.expr(ir.Name, n)
		e.Str = p.t.Text(n)
		return e
	case "string", "concatenated_string":
		return p.text(n)
	case "integer", "float", "true", "false", "none", "ellipsis":
		e := p.constant(n, p.t.Text(n))
		e.Bare = true
		return e
	case "slice":
		return p.constant(n, ":")
	case "attribute":
		e := p.expr(ir.Member, n)
		e.X, e.Str = p.expression(p.t.Child(n, "object")), p.t.Text(p.t.Child(n, "attribute"))
		return e
	case "subscript":
		e := p.expr(ir.Index, n)
		e.X, e.Y = p.expression(p.t.Child(n, "value")), p.subscripts(n)
		return e
	case "call":
		return p.call(n)
	case "lambda":
		e := p.expr(ir.Lambda, n)
		e.Fn = p.function(n)
		return e
	case "dictionary":
		return p.dictionary(n)
	case "list", "tuple", "set", "expression_list":
		return p.listOf(ir.Array, n)
	case "list_comprehension", "set_comprehension", "generator_expression", "dictionary_comprehension":
		return p.comprehension(n)
	case "comparison_operator":
		return p.comparison(n)
	case "binary_operator", "boolean_operator":
		return p.binary(n, kind)
	case "not_operator", "unary_operator":
		return p.unary(n, kind)
	case "conditional_expression":
		return p.conditional(n)
	case "assignment", "augmented_assignment", "named_expression":
		return p.assignment(n, kind)
	case "await", "yield":
		return p.awaited(n, kind)
	case "parenthesized_expression", "type", "as_pattern":
		return p.expression(p.t.FirstNamed(n))
	case "list_splat", "dictionary_splat":
		e := p.expr(ir.Spread, n)
		e.X = p.expression(p.t.FirstNamed(n))
		return e
	}
	return p.listOf(ir.Unknown, n)
}

// listOf is an expression that is made of others.
func (p *py) listOf(kind ir.Kind, n int) *ir.Expr {
	e := p.expr(kind, n)
	e.List = p.list(n)
	return e
}

// binary is what an operator makes of two expressions; and, or are written as in JavaScript.
func (p *py) binary(n int, kind string) *ir.Expr {
	e := p.expr(ir.Binary, n)
	e.X, e.Y, e.Str = p.expression(p.t.Child(n, "left")), p.expression(p.t.Child(n, "right")), p.t.Text(p.t.Child(n, "operator"))
	if kind == "boolean_operator" {
		e.Str = map[string]string{"or": "||", "and": "&&"}[e.Str]
	}
	return e
}

// unary is what an operator makes of one expression.
func (p *py) unary(n int, kind string) *ir.Expr {
	x := p.expression(p.t.Child(n, "argument"))
	if kind == "not_operator" {
		e := p.expr(ir.Not, n)
		e.X = x
		return e
	}
	switch op := p.t.Text(p.t.Child(n, "operator")); {
	case op == "~": // of objects, the opposite
		e := p.expr(ir.Unknown, n)
		e.List = []*ir.Expr{x}
		return e
	case op == "-" && x.Kind == ir.Const:
		x.Str = op + x.Str
	}
	return x
}

// conditional: a if condition else b.
func (p *py) conditional(n int) *ir.Expr {
	parts := p.list(n)
	if len(parts) != 3 {
		return p.listOf(ir.Unknown, n)
	}
	e := p.expr(ir.Cond, n)
	e.X, e.Y, e.Z = parts[1], parts[0], parts[2]
	return e
}

func (p *py) assignment(n int, kind string) *ir.Expr {
	e := p.expr(ir.Assign, n)
	left, right := p.t.Child(n, "left"), p.t.Child(n, "right")
	if kind == "named_expression" {
		left, right = p.t.Child(n, "name"), p.t.Child(n, "value")
	}
	if right < 0 { // a type without a value
		return p.expr(ir.Const, n)
	}
	e.X, e.Y = p.pattern(left), p.expression(right)
	if kind == "augmented_assignment" {
		e.Str = p.t.Text(p.t.Child(n, "operator"))
	}
	return e
}

// awaited is what is waited for, or yielded.
func (p *py) awaited(n int, kind string) *ir.Expr {
	e := p.expr(ir.Await, n)
	e.X = p.expression(p.t.FirstNamed(n))
	if kind == "yield" {
		e.Str = "yield"
		if p.t.HasToken(n, "from") {
			e.Str = "yield*"
		}
	}
	return e
}

// text lowers a string, which may have values in it.
func (p *py) text(n int) *ir.Expr {
	if p.t.Kind(n) == "concatenated_string" {
		e := p.expr(ir.Template, n)
		e.List = p.list(n)
		return e
	}
	e := p.expr(ir.Template, n)
	for c := range p.t.NamedChildren(n) {
		if p.t.Kind(c) == "interpolation" {
			x := p.expression(p.t.Child(c, "expression"))
			if conversion := p.t.ChildOfKind(c, "type_conversion"); conversion >= 0 && p.t.Text(conversion) != "!s" { // as repr or ascii gives it
				x = &ir.Expr{Kind: ir.Call, At: x.At, End: x.End, X: &ir.Expr{Kind: ir.Name, Str: "repr", At: x.At, End: x.At}, List: []*ir.Expr{x}}
			}
			e.List = append(e.List, x)
		} else if p.t.Kind(c) == "string_content" {
			e.List = append(e.List, p.constant(c, p.t.Text(c)))
		}
	}
	for _, part := range e.List {
		if part.Kind != ir.Const {
			return e
		}
	}
	return p.constant(n, p.unquoted(n))
}

func (p *py) call(n int) *ir.Expr {
	e := p.expr(ir.Call, n)
	e.X = p.expression(p.t.Child(n, "function"))
	args := p.t.Child(n, "arguments")
	if p.t.Kind(args) == "generator_expression" {
		e.List, e.Keys = []*ir.Expr{p.expression(args)}, []string{""}
		return e
	}
	for a := range p.t.NamedChildren(args) {
		switch p.t.Kind(a) {
		case "keyword_argument":
			e.Keys, e.List = append(e.Keys, p.t.Text(p.t.Child(a, "name"))), append(e.List, p.expression(p.t.Child(a, "value")))
		case "dictionary_splat":
			e.Keys, e.List = append(e.Keys, "**"), append(e.List, p.expression(p.t.FirstNamed(a)))
		default:
			e.Keys, e.List = append(e.Keys, ""), append(e.List, p.expression(a))
		}
	}
	return e
}

func (p *py) dictionary(n int) *ir.Expr {
	e := p.expr(ir.Object, n)
	for c := range p.t.NamedChildren(n) {
		if p.t.Kind(c) == "dictionary_splat" {
			e.Keys, e.List = append(e.Keys, "..."), append(e.List, p.expression(p.t.FirstNamed(c)))
			continue
		}
		k := p.t.Child(c, "key")
		value := p.expression(p.t.Child(c, "value"))
		key := p.expression(k)
		if key.Kind == ir.Const {
			e.Keys, e.List = append(e.Keys, key.Str), append(e.List, value)
			continue
		}
		both := &ir.Expr{Kind: ir.Unknown, At: value.At, End: value.End, List: []*ir.Expr{key, value}}
		e.Keys, e.List = append(e.Keys, ""), append(e.List, both)
	}
	return e
}

// comprehension is a call of a function without a name that goes through what the comprehension goes through.
func (p *py) comprehension(n int) *ir.Expr {
	f := p.lowering.function(n)
	item := p.t.Child(n, "body")
	ret := p.stmt(ir.Return, n)
	array := p.expr(ir.Array, n)
	if p.t.Kind(item) == "pair" {
		entry := p.expr(ir.Unknown, item)
		entry.List = []*ir.Expr{p.expression(p.t.Child(item, "key")), p.expression(p.t.Child(item, "value"))}
		array.Kind, array.Keys, array.List = ir.Object, []string{""}, []*ir.Expr{entry}
	} else {
		array.List = []*ir.Expr{p.expression(item)}
	}
	ret.X = array
	body := []*ir.Stmt{ret}
	var clauses []int
	for c := range p.t.NamedChildren(n) {
		if k := p.t.Kind(c); k == "for_in_clause" || k == "if_clause" {
			clauses = append(clauses, c)
		}
	}
	for i := len(clauses) - 1; i >= 0; i-- {
		c := clauses[i]
		if p.t.Kind(c) == "if_clause" {
			s := p.stmt(ir.If, c)
			s.X, s.Body = p.expression(p.t.FirstNamed(c)), body
			body = []*ir.Stmt{s}
			continue
		}
		s := p.stmt(ir.Loop, c)
		s.X, s.Y, s.Body = p.pattern(p.t.Child(c, "left")), p.expression(p.t.Child(c, "right")), body
		body = []*ir.Stmt{s}
	}
	f.Body = body
	e := p.expr(ir.Call, n)
	e.X = p.expr(ir.Lambda, n)
	e.X.Fn = f
	return e
}

// comparison keeps "in" and equality, which can be a test of what is allowed.
func (p *py) comparison(n int) *ir.Expr {
	parts := p.list(n)
	e := p.expr(ir.Binary, n)
	if len(parts) != 2 {
		e.Kind, e.List = ir.Unknown, parts
		return e
	}
	e.X, e.Y = parts[0], parts[1]
	between := string(p.t.Source[e.X.End:e.Y.At])
	switch {
	case strings.Contains(between, "not in"):
		e.Str = "not in"
	case strings.Contains(between, "in"):
		e.Str = "in"
	case strings.Contains(between, "!=") || strings.Contains(between, "is not"):
		e.Str = "!=="
	case strings.Contains(between, "==") || strings.Contains(between, "is"):
		e.Str = "==="
	default:
		e.Str = "<"
		for _, op := range []string{">=", "<=", ">"} {
			if strings.Contains(between, op) {
				e.Str = op
				break
			}
		}
	}
	return e
}

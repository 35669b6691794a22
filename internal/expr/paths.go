package expr

import (
	"slices"
	"strings"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"

	"wardlet.example/internal/model"
)

// Element is the key of a Path that stands for the elements of a list, or the fields of a map by any key.
const Element = "[]"

// Path is what an expression selects of a variable: props.Tags[].Key.
type Path struct {
	Var  string
	Keys []string // field names, and Element
}

// String writes the path with dots.
func (p Path) String() string {
	var b strings.Builder
	b.WriteString(p.Var)
	for _, k := range p.Keys {
		if k != Element {
			b.WriteByte('.')
		}
		b.WriteString(k)
	}
	return b.String()
}

// Occurs reports whether the path leads to something written in the variable's value, or to something undecided.
func (p Path) Occurs(v *model.Value) bool {
	budget := 100_000
	return occurs(v, p.Keys, &budget)
}

func occurs(v *model.Value, keys []string, budget *int) bool {
	if *budget--; *budget < 0 || v == nil || v.IsSet() == model.No {
		return false
	}
	if v.Kind == model.OneOf {
		return slices.ContainsFunc(v.Choices, func(c model.Choice) bool { return occurs(c.Value, keys, budget) })
	}
	if len(keys) == 0 || v.Kind == model.Unknown {
		return true
	}
	if keys[0] != Element {
		return occurs(v.Get(keys[0]), keys[1:], budget)
	}
	below := v.Elements()
	if v.Kind == model.Map {
		for _, f := range v.Fields {
			below = append(below, f.Value)
		}
	}
	return slices.ContainsFunc(below, func(e *model.Value) bool { return occurs(e, keys[1:], budget) })
}

// Paths lists the paths that the expression selects, sorted, without repeats. Variables of comprehensions stand for the
// elements they go through. What is selected of a value that a function made, such as statements(x), is no path.
func (p *Program) Paths() []Path {
	p.paths.Do(func() {
		c := &pathCollector{seen: map[string]Path{}}
		c.visit(p.parsed.Expr())
		for _, path := range c.seen {
			p.found = append(p.found, path)
		}
		slices.SortFunc(p.found, func(a, b Path) int { return strings.Compare(a.String(), b.String()) })
	})
	return p.found
}

type pathCollector struct {
	seen   map[string]Path
	locals []local
}

// local is a variable of a comprehension and the path of its elements; nil if they are made.
type local struct {
	name string
	path *Path
}

func (c *pathCollector) add(p *Path) {
	if p != nil {
		c.seen[p.String()] = *p
	}
}

// visit notes the paths below an expression.
func (c *pathCollector) visit(e ast.Expr) { c.add(c.path(e)) }

// path is the path that an expression is; nil if it is none. Paths inside are noted.
func (c *pathCollector) path(e ast.Expr) *Path {
	switch e.Kind() {
	case ast.IdentKind:
		return c.variable(e.AsIdent())
	case ast.SelectKind:
		return c.path(e.AsSelect().Operand()).then(e.AsSelect().FieldName())
	case ast.ListKind:
		for _, x := range e.AsList().Elements() {
			c.visit(x)
		}
	case ast.CallKind:
		return c.call(e.AsCall())
	}
	return nil
}

func (c *pathCollector) variable(name string) *Path {
	for _, l := range slices.Backward(c.locals) {
		if l.name == name {
			return l.path
		}
	}
	return &Path{Var: name}
}

// then is the path with one more key.
func (p *Path) then(key string) *Path {
	if p == nil {
		return nil
	}
	return &Path{p.Var, append(slices.Clip(p.Keys), key)}
}

func (c *pathCollector) call(call ast.CallExpr) *Path {
	args := call.Args()
	switch call.FunctionName() {
	case operators.Index:
		of := c.path(args[0])
		if args[1].Kind() == ast.LiteralKind {
			if key, ok := args[1].AsLiteral().(types.String); ok {
				return of.then(string(key))
			}
		}
		c.visit(args[1])
		return of.then(Element)
	case "list":
		if len(args) == 1 {
			return c.path(args[0])
		}
	case "exists", "all", "exists_one", "map", "filter":
		if call.IsMemberFunction() {
			return c.comprehension(call)
		}
	}
	if call.IsMemberFunction() {
		c.visit(call.Target())
	}
	for _, a := range args {
		c.visit(a)
	}
	return nil
}

// comprehension is the path of the list it makes: filter makes the list it goes through, shorter.
func (c *pathCollector) comprehension(call ast.CallExpr) *Path {
	over := c.path(call.Target())
	c.add(over)
	args := call.Args()
	c.locals = append(c.locals, local{args[0].AsIdent(), over.then(Element)})
	for _, a := range args[1:] {
		c.visit(a)
	}
	c.locals = c.locals[:len(c.locals)-1]
	if call.FunctionName() == "filter" {
		return over
	}
	return nil
}

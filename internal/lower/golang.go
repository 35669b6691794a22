package lower

import (
	"go/ast"
	"go/build/constraint"
	"go/token"
	"path"
	"reflect"
	"strconv"
	"strings"

	"wardlet.example/internal/ir"
	"wardlet.example/internal/syntax"
	golangsyntax "wardlet.example/internal/syntax/golang"
)

// golang lowers Go. Types stand where they are written: as what parameters, fields and variables are declared with. Results of functions
// are lists that are taken apart where they are assigned; pointers are what they point to.
type golang struct {
	file    *ir.File
	offsets *token.File
	results [][]string // names of the results of the functions around
	events  string     // what the file calls the package of the events of the platform; empty where it does not import it
	depth   int
}

// goFile reads a Go file. Files that other systems build, and those that nothing builds, are read as empty.
func goFile(name string, source []byte) (*ir.File, error) {
	if err := syntax.CheckSize(name, source); err != nil {
		return nil, err
	}
	files, tree, err := golangsyntax.Parse(name, source)
	f := newFile(name, ir.Go, syntax.NewTree(name, source, nil, &syntax.Grammar{Language: "go"}))
	f.Broken, f.Package = err != nil, tree.Name.Name
	g := &golang{file: f, offsets: files.File(tree.FileStart), events: nameOfImport(tree, eventTypes)}
	if ok, tag := built(name, tree); !ok {
		if tag != "" {
			f.Cut = "it is built with the tag " + tag + " only, which is not known to be set"
		}
		return f, nil
	}
	for _, d := range tree.Decls {
		f.Body = append(f.Body, g.declaration(d)...)
	}
	return f, nil
}

// eventTypes is the package of the events of the platform, with its answers.
const eventTypes = "github.com/aws/aws-lambda-go/events"

// nameOfImport is what a file calls a package; empty where it does not import it.
func nameOfImport(tree *ast.File, pkg string) string {
	for _, spec := range tree.Imports {
		if strings.Trim(spec.Path.Value, "\"`") == pkg {
			if spec.Name != nil {
				return spec.Name.Name
			}
			return path.Base(pkg)
		}
	}
	return ""
}

// answerFields are the fields of answers in the order of their declarations, which literals without names follow.
// Source: github.com/aws/aws-lambda-go/events.
var answerFields = map[string][]string{
	"APIGatewayProxyResponse":   {"StatusCode", "Headers", "MultiValueHeaders", "Body", "IsBase64Encoded"},
	"APIGatewayV2HTTPResponse":  {"StatusCode", "Headers", "MultiValueHeaders", "Body", "IsBase64Encoded", "Cookies"},
	"ALBTargetGroupResponse":    {"StatusCode", "StatusDescription", "Headers", "MultiValueHeaders", "Body", "IsBase64Encoded"},
	"LambdaFunctionURLResponse": {"StatusCode", "Headers", "Body", "IsBase64Encoded", "Cookies"},
}

// fieldsOf are the fields of a type in their order, where it is an answer of a handler; nil for others.
func (g *golang) fieldsOf(t ast.Expr) []string {
	if sel, ok := t.(*ast.SelectorExpr); ok && g.events != "" {
		if pkg, ok := sel.X.(*ast.Ident); ok && pkg.Name == g.events {
			return answerFields[sel.Sel.Name]
		}
	}
	return nil
}

// otherSystems and otherProcessors are the ends of names of files that are not built for Linux on what Lambda runs on.
var (
	otherSystems    = words("aix android darwin dragonfly freebsd hurd illumos ios js nacl netbsd openbsd plan9 solaris wasip1 windows zos")
	otherProcessors = words("386 arm loong64 mips mips64 mips64le mipsle ppc64 ppc64le riscv64 s390x sparc64 wasm")
	processors      = words("amd64 arm64")
)

// usualTags are those of files that are no part of what is deployed: tools, generators and tests.
var usualTags = words("ignore ignored tools tool wireinject generate mage test tests integration integration_test e2e unit manual never none examples example docs")

func words(list string) map[string]bool {
	out := map[string]bool{}
	for _, w := range strings.Fields(list) {
		out[w] = true
	}
	return out
}

// built reports whether a file belongs to a program for Linux, by its name and what its first comments say, and the tag of the program's own
// without which it does not.
func built(name string, tree *ast.File) (bool, string) {
	parts := strings.Split(strings.TrimSuffix(path.Base(name), ".go"), "_")
	last := parts[len(parts)-1]
	if len(parts) > 2 && (processors[last] || otherProcessors[last]) && otherSystems[parts[len(parts)-2]] {
		return false, ""
	}
	if len(parts) > 1 && (otherSystems[last] || otherProcessors[last] || last == "test") {
		return false, ""
	}
	for _, group := range tree.Comments {
		if group.Pos() > tree.Package {
			break
		}
		for _, c := range group.List {
			expr, err := constraint.Parse(c.Text)
			if err != nil {
				continue
			}
			if own := ""; !expr.Eval(func(tag string) bool { return tagIsSet(tag, &own) }) {
				return false, own
			}
		}
	}
	return true, ""
}

// tagIsSet reports whether a tag is set where a program is built as usual; own becomes the last one that only the program itself can know.
func tagIsSet(tag string, own *string) bool {
	switch {
	case tag == "linux" || tag == "unix" || tag == "amd64" || tag == "cgo" || tag == "gc" || strings.HasPrefix(tag, "go1") || strings.HasPrefix(tag, "lambda"):
		return true
	case !usualTags[tag] && !otherSystems[tag] && !otherProcessors[tag] && !processors[tag] && tag != "race" && tag != "purego" && tag != "gccgo" && tag != "tinygo":
		*own = tag
	}
	return false
}

func (g *golang) at(pos token.Pos) int32 {
	if !pos.IsValid() || int(pos) < g.offsets.Base() || int(pos) > g.offsets.Base()+g.offsets.Size() {
		return 0
	}
	return int32(g.offsets.Offset(pos))
}

func (g *golang) expr(kind ir.Kind, n ast.Node) *ir.Expr {
	at := g.at(n.Pos())
	return &ir.Expr{Kind: kind, At: at, End: max(at, g.at(n.End()))} // in broken code the end can stand before
}

func (g *golang) stmt(kind ir.StmtKind, n ast.Node) *ir.Stmt {
	return &ir.Stmt{Kind: kind, At: g.at(n.Pos())}
}

func (g *golang) eval(n ast.Node, x *ir.Expr) *ir.Stmt {
	s := g.stmt(ir.Eval, n)
	s.X = x
	return s
}

// deep reports whether it goes too deep, and counts; call up when done.
func (g *golang) deep() bool {
	g.depth++
	if g.depth > maxDepth && g.file.Cut == "" {
		g.file.Cut = "it is nested more than " + strconv.Itoa(maxDepth) + " levels deep"
	}
	return g.depth > maxDepth
}

func (g *golang) up() { g.depth-- }

func (g *golang) declaration(d ast.Decl) []*ir.Stmt {
	switch d := d.(type) {
	case *ast.FuncDecl:
		s := g.stmt(ir.Define, d)
		s.Fn = g.function(d, d.Type, d.Body)
		s.Fn.Name = d.Name.Name
		if d.Type.TypeParams != nil {
			for _, field := range d.Type.TypeParams.List {
				for _, name := range field.Names {
					s.Fn.Types = append(s.Fn.Types, name.Name)
				}
			}
		}
		if d.Recv != nil && len(d.Recv.List) == 1 {
			g.receiver(s.Fn, d.Recv.List[0])
		}
		return []*ir.Stmt{s}
	case *ast.GenDecl:
		var out []*ir.Stmt
		var before ast.Expr
		for _, spec := range d.Specs {
			switch spec := spec.(type) {
			case *ast.ImportSpec:
				out = append(out, g.imported(spec))
			case *ast.TypeSpec:
				s := g.stmt(ir.Declare, spec)
				s.Class = g.class(spec.Name.Name, spec.Type)
				out = append(out, s)
			case *ast.ValueSpec:
				kind := spec.Type
				if d.Tok == token.CONST && len(spec.Values) == 0 { // as the one before, of the same type
					kind = before
				}
				before = kind
				out = append(out, g.variables(spec, kind)...)
			}
		}
		return out
	}
	return nil
}

func (g *golang) receiver(fn *ir.Func, field *ast.Field) {
	kind := field.Type
	for {
		switch t := kind.(type) {
		case *ast.StarExpr:
			kind = t.X
			continue
		case *ast.ParenExpr:
			kind = t.X
			continue
		case *ast.IndexExpr:
			kind = t.X
			continue
		case *ast.IndexListExpr:
			kind = t.X
			continue
		}
		break
	}
	if name, ok := kind.(*ast.Ident); ok {
		fn.Of = name.Name
	}
	if len(field.Names) == 1 && field.Names[0].Name != "_" {
		e := g.expr(ir.Assign, field)
		e.X, e.Y, e.Str = g.name(field.Names[0]), g.expr(ir.This, field), ":="
		fn.Body = append([]*ir.Stmt{g.eval(field, e)}, fn.Body...)
	}
}

func (g *golang) imported(spec *ast.ImportSpec) *ir.Stmt {
	s := g.stmt(ir.Import, spec)
	s.Str, _ = strconv.Unquote(spec.Path.Value)
	as := ""
	if spec.Name != nil {
		as = spec.Name.Name
	}
	s.Names = []ir.Alias{{Name: "*", As: as}}
	return s
}

// variables are what var and const declare, also without a value: then as the type says.
func (g *golang) variables(spec *ast.ValueSpec, kind ast.Expr) []*ir.Stmt {
	e := g.expr(ir.Assign, spec)
	e.Str = ":="
	switch {
	case len(spec.Values) == 1 && len(spec.Names) > 1:
		e.X, e.Y = g.targets(spec, identifiers(spec.Names)), g.expression(spec.Values[0])
		return []*ir.Stmt{g.eval(spec, e)}
	}
	var out []*ir.Stmt
	for i, name := range spec.Names {
		one := *e
		one.X = g.name(name)
		one.Y = g.expr(ir.Unknown, name)
		if i < len(spec.Values) && !(isIota(spec.Values[i]) && kind != nil) {
			one.Y = g.expression(spec.Values[i])
		} else if kind != nil {
			one.Y = g.zero(kind)
		}
		out = append(out, g.eval(spec, &one))
	}
	return out
}

// isIota reports whether a constant only says its place among others.
func isIota(x ast.Expr) bool {
	name, ok := x.(*ast.Ident)
	return ok && name.Name == "iota"
}

func identifiers(names []*ast.Ident) []ast.Expr {
	var out []ast.Expr
	for _, n := range names {
		out = append(out, n)
	}
	return out
}

// zero is what a variable of a type is before it is set: structs are there, all else is nothing that is known.
func (g *golang) zero(t ast.Expr) *ir.Expr {
	e := g.expr(ir.Object, t)
	switch t := t.(type) {
	case *ast.Ident, *ast.SelectorExpr, *ast.StructType, *ast.IndexExpr:
		e.X, e.Str = g.typeOf(t), "zero"
		return e
	case *ast.StarExpr:
		return g.zero(t.X)
	case *ast.ParenExpr:
		return g.zero(t.X)
	case *ast.ArrayType:
		e.Kind, e.X = ir.Array, g.typeOf(t)
		return e
	case *ast.MapType:
		e.X = g.typeOf(t)
		return e
	case *ast.ChanType: // it holds what is sent
		e.Kind, e.X = ir.Array, g.typeOf(t)
		return e
	}
	return g.expr(ir.Unknown, t)
}

func (g *golang) class(name string, t ast.Expr) *ir.Class {
	c := &ir.Class{Name: name}
	s, ok := t.(*ast.StructType)
	if !ok {
		c.Under = g.typeOf(t)
		return c
	}
	if g.deep() {
		g.up()
		return c
	}
	defer g.up()
	for _, field := range s.Fields.List {
		kind, json, env := g.typeOf(field.Type), tagOf(field.Tag, jsonTags), tagOf(field.Tag, envTags)
		if len(field.Names) == 0 {
			c.Fields = append(c.Fields, ir.Field{Name: lastName(field.Type), Type: kind, JSON: json, Env: env, Embedded: true})
		}
		for _, n := range field.Names {
			c.Fields = append(c.Fields, ir.Field{Name: n.Name, Type: kind, JSON: json, Env: env, Binds: checksOf(field.Tag, "binding"), Checks: checksOf(field.Tag, "validate")})
		}
	}
	return c
}

// The tags that name a field in what is decoded into it, and the setting that it is filled from.
var (
	jsonTags = []string{"json", "dynamodbav", "form", "query", "uri"}
	envTags  = []string{"env", "envconfig"}
)

// checksOf is what a tag says that validators ask of a field.
func checksOf(tag *ast.BasicLit, key string) string {
	if tag == nil {
		return ""
	}
	text, _ := strconv.Unquote(tag.Value)
	return reflect.StructTag(text).Get(key)
}

// tagOf is the name that one of some tags gives a field, empty where they give none.
func tagOf(tag *ast.BasicLit, keys []string) string {
	if tag == nil {
		return ""
	}
	text, _ := strconv.Unquote(tag.Value)
	for _, key := range keys {
		if s, ok := reflect.StructTag(text).Lookup(key); ok {
			name, _, _ := strings.Cut(s, ",")
			return name
		}
	}
	return ""
}

func lastName(t ast.Expr) string {
	switch t := t.(type) {
	case *ast.StarExpr:
		return lastName(t.X)
	case *ast.SelectorExpr:
		return t.Sel.Name
	case *ast.Ident:
		return t.Name
	case *ast.IndexExpr:
		return lastName(t.X)
	}
	return ""
}

// typeOf is a type as an expression: a name, a member of a package, an Array of its elements, an Object from X to Y, a class without a name;
// a channel, which is Unknown with its elements in List and "chan" in Str; Unknown for functions and interfaces.
func (g *golang) typeOf(t ast.Expr) *ir.Expr {
	defer g.up()
	if g.deep() {
		return g.expr(ir.Unknown, t)
	}
	switch t := t.(type) {
	case *ast.Ident:
		return g.name(t)
	case *ast.SelectorExpr:
		e := g.expr(ir.Member, t)
		e.X, e.Str = g.typeOf(t.X), t.Sel.Name
		return e
	case *ast.StarExpr:
		return g.typeOf(t.X)
	case *ast.ParenExpr:
		return g.typeOf(t.X)
	case *ast.IndexExpr:
		return g.typeOf(t.X)
	case *ast.IndexListExpr:
		return g.typeOf(t.X)
	case *ast.ArrayType:
		e := g.expr(ir.Array, t)
		e.List = []*ir.Expr{g.typeOf(t.Elt)}
		return e
	case *ast.MapType:
		e := g.expr(ir.Object, t)
		e.X, e.Y = g.typeOf(t.Key), g.typeOf(t.Value)
		return e
	case *ast.ChanType:
		e := g.expr(ir.Unknown, t)
		e.Str, e.List = "chan", []*ir.Expr{g.typeOf(t.Value)}
		return e
	case *ast.StructType:
		e := g.expr(ir.ClassOf, t)
		e.Class = g.class("", t)
		return e
	}
	return g.expr(ir.Unknown, t)
}

func (g *golang) function(n ast.Node, t *ast.FuncType, body *ast.BlockStmt) *ir.Func {
	f := &ir.Func{File: g.file, Start: g.at(n.Pos()), End: g.at(n.End())}
	if t.Params != nil {
		for _, field := range t.Params.List {
			f.Params = append(f.Params, g.parameters(field)...)
		}
	}
	var named []string
	if t.Results != nil && len(t.Results.List) > 0 {
		last, _ := t.Results.List[len(t.Results.List)-1].Type.(*ast.Ident)
		f.Fails = last != nil && last.Name == "error"
		for _, field := range t.Results.List {
			for _, name := range field.Names {
				named = append(named, name.Name)
				if name.Name != "_" {
					e := g.expr(ir.Assign, field)
					e.X, e.Y, e.Str = g.name(name), g.zero(field.Type), ":="
					f.Body = append(f.Body, g.eval(field, e))
				}
			}
		}
	}
	g.results = append(g.results, named)
	if body != nil {
		f.Body = append(f.Body, g.body(body.List)...)
	}
	g.results = g.results[:len(g.results)-1]
	return f
}

func (g *golang) parameters(field *ast.Field) []*ir.Expr {
	kind := field.Type
	rest, variadic := kind.(*ast.Ellipsis)
	names := field.Names
	if len(names) == 0 {
		names = []*ast.Ident{{NamePos: field.Pos(), Name: "_"}}
	}
	var out []*ir.Expr
	for _, n := range names {
		p := g.name(n)
		if variadic {
			s := g.expr(ir.Spread, field)
			s.X, p.Y = p, g.typeOf(rest.Elt)
			out = append(out, s)
			continue
		}
		p.Y = g.typeOf(kind)
		out = append(out, p)
	}
	return out
}

func (g *golang) body(list []ast.Stmt) []*ir.Stmt {
	var out []*ir.Stmt
	for _, s := range list {
		out = append(out, g.statement(s)...)
	}
	return out
}

func (g *golang) statement(n ast.Stmt) []*ir.Stmt {
	defer g.up()
	if n == nil || g.deep() {
		return nil
	}
	switch n := n.(type) {
	case *ast.ExprStmt:
		return []*ir.Stmt{g.eval(n, g.expression(n.X))}
	case *ast.AssignStmt:
		return g.assign(n)
	case *ast.DeclStmt:
		return g.declaration(n.Decl)
	case *ast.ReturnStmt:
		return []*ir.Stmt{g.returned(n)}
	case *ast.BlockStmt:
		return []*ir.Stmt{g.block(n, g.body(n.List))}
	case *ast.IfStmt:
		return g.branch(n)
	case *ast.ForStmt:
		return g.loop(n)
	case *ast.RangeStmt:
		return []*ir.Stmt{g.through(n)}
	case *ast.SwitchStmt:
		return g.choice(n)
	case *ast.TypeSwitchStmt:
		return g.typeChoice(n)
	case *ast.SelectStmt:
		return g.selection(n)
	case *ast.GoStmt:
		s := g.eval(n, g.expression(n.Call))
		s.Str = "go"
		return []*ir.Stmt{s}
	case *ast.DeferStmt:
		return []*ir.Stmt{g.eval(n, g.expression(n.Call))}
	case *ast.LabeledStmt:
		return g.statement(n.Stmt)
	case *ast.BranchStmt:
		if n.Tok == token.FALLTHROUGH {
			return nil
		}
		return []*ir.Stmt{g.stmt(ir.Leave, n)}
	case *ast.SendStmt:
		return []*ir.Stmt{g.eval(n, g.method(n, g.expression(n.Chan), "append", g.expression(n.Value)))}
	}
	return nil
}

func (g *golang) block(n ast.Node, body []*ir.Stmt) *ir.Stmt {
	s := g.stmt(ir.Block, n)
	s.Body = body
	return s
}

// method is a call of a method that the language itself has no word for.
func (g *golang) method(n ast.Node, x *ir.Expr, name string, args ...*ir.Expr) *ir.Expr {
	e := g.expr(ir.Call, n)
	e.X = g.expr(ir.Member, n)
	e.X.X, e.X.Str, e.List = x, name, args
	return e
}

func (g *golang) returned(n *ast.ReturnStmt) *ir.Stmt {
	s := g.stmt(ir.Return, n)
	named := g.results[len(g.results)-1]
	switch {
	case len(n.Results) == 1:
		s.X = g.expression(n.Results[0])
	case len(n.Results) > 1:
		s.X = g.expr(ir.Array, n)
		s.X.Str, s.X.List = "results", g.list(n.Results)
	case len(named) > 0:
		s.X = g.expr(ir.Array, n)
		s.X.Str = "results"
		for _, name := range named {
			e := g.expr(ir.Name, n)
			e.Str = name
			s.X.List = append(s.X.List, e)
		}
		if len(named) == 1 {
			s.X = s.X.List[0]
		}
	}
	return s
}

// targets are what several results go to.
func (g *golang) targets(n ast.Node, list []ast.Expr) *ir.Expr {
	e := g.expr(ir.Array, n)
	e.Str = "results"
	for _, x := range list {
		e.List = append(e.List, g.expression(x))
	}
	return e
}

func (g *golang) assign(n *ast.AssignStmt) []*ir.Stmt {
	operator := ""
	switch n.Tok {
	case token.DEFINE:
		operator = ":="
	case token.ASSIGN:
	case token.ADD_ASSIGN:
		operator = "+="
	default:
		operator = "-="
	}
	if len(n.Lhs) > 1 && len(n.Rhs) == 1 {
		e := g.expr(ir.Assign, n)
		e.X, e.Y, e.Str = g.targets(n, n.Lhs), g.expression(n.Rhs[0]), operator
		g.assertedAs(e.X.List[0], n.Rhs[0])
		return []*ir.Stmt{g.eval(n, e)}
	}
	var out []*ir.Stmt
	for i, left := range n.Lhs {
		if i >= len(n.Rhs) {
			break
		}
		e := g.expr(ir.Assign, n)
		e.X, e.Y, e.Str = g.expression(left), g.expression(n.Rhs[i]), operator
		g.assertedAs(e.X, n.Rhs[i])
		out = append(out, g.eval(n, e))
	}
	return out
}

// assertedAs gives a name the type that a program says of its value: db := kept.(*gorm.DB).
func (g *golang) assertedAs(name *ir.Expr, x ast.Expr) {
	if a, ok := x.(*ast.TypeAssertExpr); ok && a.Type != nil && name.Kind == ir.Name && name.Str != "_" {
		name.Y = g.expression(a.Type)
	}
}

// within puts what stands before a condition before the statement.
func (g *golang) within(n ast.Node, init ast.Stmt, s []*ir.Stmt) []*ir.Stmt {
	if init == nil {
		return s
	}
	return []*ir.Stmt{g.block(n, append(g.statement(init), s...))}
}

func (g *golang) branch(n *ast.IfStmt) []*ir.Stmt {
	s := g.stmt(ir.If, n)
	first := g.within(n, n.Init, []*ir.Stmt{s})
	s.X, s.Body = g.expression(n.Cond), g.body(n.Body.List)
	marksFailed(s)
	switch other := n.Else.(type) {
	case *ast.BlockStmt:
		s.Else = g.body(other.List)
	case *ast.IfStmt:
		s.Else = g.statement(other)
	}
	return first
}

// marksFailed marks what is returned with an error that is certainly there: if err != nil { return order, err }.
func marksFailed(s *ir.Stmt) {
	if s.X.Kind != ir.Binary || s.X.Str != "!==" || s.X.X.Kind != ir.Name || s.X.Y.Kind != ir.Const || s.X.Y.Str != "null" {
		return
	}
	for _, x := range s.Body {
		if x.Kind != ir.Return || x.X == nil || x.X.Kind != ir.Array || len(x.X.List) < 2 {
			continue
		}
		if last := x.X.List[len(x.X.List)-1]; last.Kind == ir.Name && last.Str == s.X.X.Str {
			x.Str = "failed"
		}
	}
}

func (g *golang) loop(n *ast.ForStmt) []*ir.Stmt {
	s := g.stmt(ir.Loop, n)
	if n.Cond != nil {
		s.Y = g.expression(n.Cond)
	}
	s.Body = append(g.body(n.Body.List), g.statement(n.Post)...)
	return g.within(n, n.Init, []*ir.Stmt{s})
}

func (g *golang) through(n *ast.RangeStmt) *ir.Stmt {
	s := g.stmt(ir.Loop, n)
	s.Y, s.Str = g.expression(n.X), "range"
	s.X = g.expr(ir.Array, n)
	for _, x := range []ast.Expr{n.Key, n.Value} {
		if x == nil {
			blank := g.expr(ir.Name, n)
			blank.Str = "_"
			s.X.List = append(s.X.List, blank)
			continue
		}
		s.X.List = append(s.X.List, g.expression(x))
	}
	s.Body = g.body(n.Body.List)
	return s
}

// cases are clauses as conditions, one after the other; the default stands last.
func (g *golang) cases(clauses []*ir.Stmt, other []*ir.Stmt) []*ir.Stmt {
	out := other
	for i := len(clauses) - 1; i >= 0; i-- {
		clauses[i].Else = out
		out = []*ir.Stmt{clauses[i]}
	}
	return out
}

func (g *golang) choice(n *ast.SwitchStmt) []*ir.Stmt {
	var tag *ir.Expr
	if n.Tag != nil {
		tag = g.expression(n.Tag)
	}
	var clauses, other []*ir.Stmt
	for _, c := range n.Body.List {
		clause, ok := c.(*ast.CaseClause)
		if !ok {
			continue
		}
		body := g.withoutBreak(clause.Body)
		if clause.List == nil {
			other = body
			continue
		}
		s := g.stmt(ir.If, clause)
		s.Body = body
		for _, x := range clause.List {
			test := g.expression(x)
			if tag != nil {
				e := g.expr(ir.Binary, x)
				e.Str, e.X, e.Y = "===", tag, test
				test = e
			}
			if s.X == nil {
				s.X = test
				continue
			}
			either := g.expr(ir.Binary, x)
			either.Str, either.X, either.Y = "||", s.X, test
			s.X = either
		}
		clauses = append(clauses, s)
	}
	return g.within(n, n.Init, g.cases(clauses, other))
}

// withoutBreak is the body of a clause, of which a break at its end leaves nothing but the clause.
func (g *golang) withoutBreak(list []ast.Stmt) []*ir.Stmt {
	if k := len(list); k > 0 {
		if b, ok := list[k-1].(*ast.BranchStmt); ok && b.Tok == token.BREAK && b.Label == nil {
			list = list[:k-1]
		}
	}
	return g.body(list)
}

func (g *golang) typeChoice(n *ast.TypeSwitchStmt) []*ir.Stmt {
	var bound ast.Expr
	var subject *ir.Expr
	switch a := n.Assign.(type) {
	case *ast.AssignStmt:
		bound, subject = a.Lhs[0], g.expression(a.Rhs[0])
	case *ast.ExprStmt:
		subject = g.expression(a.X)
	}
	var clauses, other []*ir.Stmt
	for _, c := range n.Body.List {
		clause, ok := c.(*ast.CaseClause)
		if !ok {
			continue
		}
		var body []*ir.Stmt
		if bound != nil {
			e := g.expr(ir.Assign, clause)
			e.X, e.Y, e.Str = g.expression(bound), subject, ":="
			if len(clause.List) == 1 {
				e.Y = g.asserted(clause, subject, clause.List[0])
			}
			body = append(body, g.eval(clause, e))
		}
		body = append(body, g.withoutBreak(clause.Body)...)
		if clause.List == nil {
			other = body
			continue
		}
		s := g.stmt(ir.If, clause)
		s.X, s.Body = g.expr(ir.Unknown, clause), body
		clauses = append(clauses, s)
	}
	return g.within(n, n.Init, g.cases(clauses, other))
}

func (g *golang) selection(n *ast.SelectStmt) []*ir.Stmt {
	var clauses []*ir.Stmt
	for _, c := range n.Body.List {
		if clause, ok := c.(*ast.CommClause); ok {
			s := g.stmt(ir.If, clause)
			s.X, s.Body = g.expr(ir.Unknown, clause), append(g.statement(clause.Comm), g.withoutBreak(clause.Body)...)
			clauses = append(clauses, s)
		}
	}
	return g.cases(clauses, nil)
}

func (g *golang) name(n *ast.Ident) *ir.Expr {
	e := g.expr(ir.Name, n)
	e.Str = n.Name
	switch n.Name {
	case "nil":
		e.Kind, e.Str, e.Bare = ir.Const, "null", true
	case "true", "false":
		e.Kind, e.Bare = ir.Const, true
	}
	return e
}

func (g *golang) list(list []ast.Expr) []*ir.Expr {
	var out []*ir.Expr
	for _, x := range list {
		out = append(out, g.expression(x))
	}
	return out
}

func (g *golang) expression(n ast.Expr) *ir.Expr {
	if n == nil {
		return &ir.Expr{Kind: ir.Unknown}
	}
	defer g.up()
	if g.deep() {
		return g.expr(ir.Unknown, n)
	}
	switch n := n.(type) {
	case *ast.Ident:
		return g.name(n)
	case *ast.BasicLit:
		return g.literal(n)
	case *ast.ParenExpr:
		return g.expression(n.X)
	case *ast.StarExpr:
		return g.expression(n.X)
	case *ast.SelectorExpr:
		e := g.expr(ir.Member, n)
		e.X, e.Str = g.expression(n.X), n.Sel.Name
		return e
	case *ast.IndexExpr:
		e := g.expr(ir.Index, n)
		e.X, e.Y = g.expression(n.X), g.expression(n.Index)
		return e
	case *ast.SliceExpr:
		e := g.expr(ir.Index, n)
		e.X, e.Y = g.expression(n.X), g.expr(ir.Const, n)
		e.Y.Str = ":"
		return e
	case *ast.TypeAssertExpr:
		return g.asserted(n, g.expression(n.X), n.Type)
	case *ast.CallExpr:
		return g.call(n)
	case *ast.UnaryExpr:
		return g.unary(n)
	case *ast.BinaryExpr:
		e := g.expr(ir.Binary, n)
		e.X, e.Y, e.Str = g.expression(n.X), g.expression(n.Y), n.Op.String()
		switch n.Op {
		case token.EQL:
			e.Str = "==="
		case token.NEQ:
			e.Str = "!=="
		}
		return e
	case *ast.FuncLit:
		e := g.expr(ir.Lambda, n)
		e.Fn = g.function(n, n.Type, n.Body)
		return e
	case *ast.CompositeLit:
		return g.composite(n, n.Type)
	case *ast.KeyValueExpr:
		return g.expression(n.Value)
	}
	return g.expr(ir.Unknown, n)
}

// asserted is a value of which the program says the type. What DynamoDB holds is in the field Value of types that are named by what that is:
// item["id"].(*types.AttributeValueMemberS).Value stands for item.id.S.
func (g *golang) asserted(n ast.Node, x *ir.Expr, t ast.Expr) *ir.Expr {
	if t == nil {
		return x
	}
	if basic, ok := t.(*ast.Ident); ok && plainTypes[basic.Name] {
		e := g.expr(ir.Await, n)
		e.X, e.Y = x, g.expression(basic)
		return e
	}
	kind, ok := strings.CutPrefix(lastName(t), "AttributeValueMember")
	if !ok {
		return x
	}
	e, value := g.expr(ir.Object, n), g.expr(ir.Member, n)
	value.X, value.Str = x, kind
	e.Keys, e.List = []string{"Value"}, []*ir.Expr{value}
	return e
}

// plainTypes are those of Go that hold a text, a number or a truth value: what is one of them is nothing else.
var plainTypes = map[string]bool{"string": true, "bool": true, "int": true, "int32": true, "int64": true, "float32": true, "float64": true}

func (g *golang) literal(n *ast.BasicLit) *ir.Expr {
	e := g.expr(ir.Const, n)
	e.Str = n.Value
	switch n.Kind {
	case token.STRING:
		e.Str, _ = strconv.Unquote(n.Value)
	case token.CHAR:
		if r, _, _, err := strconv.UnquoteChar(strings.Trim(n.Value, "'"), '\''); err == nil {
			e.Str = string(r)
		}
	default:
		e.Bare = true
	}
	return e
}

func (g *golang) unary(n *ast.UnaryExpr) *ir.Expr {
	x := g.expression(n.X)
	switch n.Op {
	case token.NOT:
		e := g.expr(ir.Not, n)
		e.X = x
		return e
	case token.ARROW:
		return g.method(n, x, "pop")
	case token.SUB:
		if x.Kind == ir.Const {
			x.Str = "-" + x.Str
		}
	}
	return x
}

func (g *golang) call(n *ast.CallExpr) *ir.Expr {
	callee := n.Fun
	var types []ast.Expr
	switch f := callee.(type) {
	case *ast.ParenExpr:
		callee = f.X
	case *ast.IndexListExpr: // of a function with types
		callee, types = f.X, f.Indices
	}
	switch f := callee.(type) {
	case *ast.ArrayType, *ast.MapType, *ast.StarExpr, *ast.InterfaceType, *ast.ChanType, *ast.FuncType: // the same as another type
		if len(n.Args) == 1 {
			return g.expression(n.Args[0])
		}
	case *ast.IndexExpr:
		if name, ok := f.X.(*ast.Ident); !ok || len(name.Name) > 0 { // of a function with a type, or out of a table
			e := g.expr(ir.Call, n)
			e.X, e.List = g.expression(f), g.list(n.Args)
			if _, isType := f.Index.(*ast.BasicLit); !isType && g.looksLikeType(f.Index) {
				e.X, e.Y = g.expression(f.X), g.types([]ast.Expr{f.Index})
			}
			return e
		}
	case *ast.Ident:
		if e := g.builtin(n, f.Name); e != nil {
			return e
		}
	}
	e := g.expr(ir.Call, n)
	e.X, e.Y, e.List = g.expression(callee), g.types(types), g.list(n.Args)
	if n.Ellipsis.IsValid() && len(e.List) > 0 {
		rest := g.expr(ir.Spread, n.Args[len(n.Args)-1])
		rest.X = e.List[len(e.List)-1]
		e.List[len(e.List)-1] = rest
	}
	return e
}

// types are the types that a call of a function says.
func (g *golang) types(list []ast.Expr) *ir.Expr {
	if len(list) == 0 {
		return nil
	}
	e := g.expr(ir.Array, list[0])
	for _, t := range list {
		e.List = append(e.List, g.typeOf(t))
	}
	return e
}

// looksLikeType reports whether an index is perhaps a type: types of Go have no name that a value has in the same place.
func (g *golang) looksLikeType(n ast.Expr) bool {
	switch n := n.(type) {
	case *ast.StarExpr, *ast.ArrayType, *ast.MapType, *ast.StructType, *ast.InterfaceType:
		return true
	case *ast.Ident:
		return basic[n.Name] || n.IsExported()
	case *ast.SelectorExpr:
		return n.Sel.IsExported()
	}
	return false
}

// basic are the names of the types that the language has.
var basic = map[string]bool{
	"string": true, "bool": true, "byte": true, "rune": true, "error": true, "any": true, "int": true, "int8": true, "int16": true, "int32": true, "int64": true,
	"uint": true, "uint8": true, "uint16": true, "uint32": true, "uint64": true, "float32": true, "float64": true,
}

// builtin are conversions and functions of the language that take a type; nil for others.
func (g *golang) builtin(n *ast.CallExpr, name string) *ir.Expr {
	if len(n.Args) == 0 {
		return nil
	}
	switch name {
	case "string", "any", "error", "byte", "rune":
		return g.expression(n.Args[0])
	case "new":
		return g.zero(n.Args[0])
	case "make":
		return g.zero(n.Args[0])
	}
	return nil
}

// composite is a literal of a struct, a map or a list; where the type is left out it is that of the element around.
func (g *golang) composite(n *ast.CompositeLit, t ast.Expr) *ir.Expr {
	switch kind := t.(type) {
	case *ast.StarExpr:
		return g.composite(n, kind.X)
	case *ast.ArrayType:
		e := g.expr(ir.Array, n)
		e.X = g.typeOf(kind)
		for _, x := range n.Elts {
			if kv, ok := x.(*ast.KeyValueExpr); ok {
				x = kv.Value
			}
			e.List = append(e.List, g.element(x, kind.Elt))
		}
		return e
	case *ast.MapType:
		e := g.expr(ir.Object, n)
		e.X = g.typeOf(kind)
		for _, x := range n.Elts {
			kv, ok := x.(*ast.KeyValueExpr)
			if !ok {
				continue
			}
			g.entry(e, g.element(kv.Key, kind.Key), g.element(kv.Value, kind.Value))
		}
		return e
	}
	e := g.expr(ir.Object, n)
	if t != nil {
		e.X = g.typeOf(t)
	}
	fields := g.fieldsOf(t)
	for i, x := range n.Elts {
		kv, ok := x.(*ast.KeyValueExpr)
		if !ok {
			name := ""
			if i < len(fields) {
				name = fields[i]
			}
			e.Keys, e.List = append(e.Keys, name), append(e.List, g.expression(x))
			continue
		}
		if name := fieldName(t, kv.Key); name != "" {
			e.Keys, e.List = append(e.Keys, name), append(e.List, g.expression(kv.Value))
			continue
		}
		g.entry(e, g.expression(kv.Key), g.expression(kv.Value))
	}
	return e
}

// fieldName is the name of a field in a literal of a type that has a name: gin.H{"id": 1} is a map, and so is bson.M{field: 1}, because no other
// package sees a field that begins with a small letter.
func fieldName(t, key ast.Expr) string {
	name, ok := key.(*ast.Ident)
	if _, foreign := t.(*ast.SelectorExpr); !ok || foreign && !name.IsExported() {
		return ""
	}
	return name.Name
}

// entry adds what stands under a key to a literal of a map.
func (g *golang) entry(e, key, value *ir.Expr) {
	if key.Kind == ir.Const {
		e.Keys, e.List = append(e.Keys, key.Str), append(e.List, value)
		return
	}
	both := &ir.Expr{Kind: ir.Unknown, At: value.At, End: value.End, List: []*ir.Expr{key, value}}
	e.Keys, e.List = append(e.Keys, ""), append(e.List, both)
}

func (g *golang) element(x, t ast.Expr) *ir.Expr {
	if lit, ok := x.(*ast.CompositeLit); ok && lit.Type == nil {
		return g.composite(lit, t)
	}
	return g.expression(x)
}

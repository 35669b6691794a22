// Package golang reads Go sources with the parser of the standard library and
// gives the names they define. It keeps no tree.
package golang

import (
	"go/ast"
	"go/token"

	"wardlet.example/internal/syntax"
)

// Symbols parses the source and returns its functions and methods, and in
// package main the functions given to the Lambda runtime. Of a source with
// syntax errors it returns what could be parsed. The error is a
// *syntax.LimitError when the source is too large.
func Symbols(name string, source []byte) (*syntax.Symbols, error) {
	if err := syntax.CheckSize(name, source); err != nil {
		return nil, err
	}
	// The parser always returns a file for a source it was given.
	files, tree, err := Parse(name, source)
	f := &file{
		tree:    tree,
		offsets: files.File(tree.FileStart),
		lines:   syntax.NewLines(source),
		steps:   maxSteps,
	}
	symbols := &syntax.Symbols{Broken: err != nil, PackageMain: tree.Name.Name == "main"}
	f.index()
	symbols.Defs = f.defs()
	if symbols.PackageMain {
		symbols.Handlers = f.handlers()
	}
	return symbols, nil
}

// file is one source while its names are read.
type file struct {
	tree    *ast.File
	offsets *token.File
	lines   syntax.Lines

	functions map[string]*ast.FuncDecl
	methods   map[string][]*ast.FuncDecl // by name, of all types
	variables map[string]ast.Expr        // value or, where there is none, type

	steps int // expressions that may still be looked at
}

// maxSteps bounds how many expressions are looked at to find the handlers of one
// file.
const maxSteps = 1 << 16

// index notes what names stand for. Scopes are not kept apart: the main function
// of a Lambda is short, and its variables have names of their own.
func (f *file) index() {
	f.functions = map[string]*ast.FuncDecl{}
	f.methods = map[string][]*ast.FuncDecl{}
	f.variables = map[string]ast.Expr{}
	ast.Inspect(f.tree, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncDecl:
			f.indexFunction(n)
		case *ast.AssignStmt:
			f.indexAssignment(n)
		case *ast.ValueSpec:
			f.indexVariables(n)
		}
		return true
	})
}

func (f *file) indexFunction(n *ast.FuncDecl) {
	if n.Recv == nil {
		f.functions[n.Name.Name] = n
		return
	}
	f.methods[n.Name.Name] = append(f.methods[n.Name.Name], n)
}

// indexAssignment notes a, b := x, y, and a, err := f() by its first name.
func (f *file) indexAssignment(n *ast.AssignStmt) {
	for i, left := range n.Lhs {
		if name, ok := left.(*ast.Ident); ok && i < len(n.Rhs) {
			f.variables[name.Name] = n.Rhs[i]
		}
	}
}

func (f *file) indexVariables(n *ast.ValueSpec) {
	for i, name := range n.Names {
		switch {
		case i < len(n.Values):
			f.variables[name.Name] = n.Values[i]
		case n.Type != nil:
			f.variables[name.Name] = n.Type
		}
	}
}

func (f *file) defs() []syntax.Def {
	var all []syntax.Def
	for _, decl := range f.tree.Decls {
		if function, ok := decl.(*ast.FuncDecl); ok {
			all = append(all, f.functionDef(function))
		}
	}
	return all
}

func (f *file) functionDef(function *ast.FuncDecl) syntax.Def {
	def := f.place(function)
	def.Name = function.Name.Name
	def.Kind = syntax.Function
	def.Params = paramNames(function.Type)
	def.Receiver = receiverType(function)
	return def
}

// place returns a Def that has only its position.
func (f *file) place(n ast.Node) syntax.Def {
	start, end := f.offsets.Offset(n.Pos()), f.offsets.Offset(n.End())
	def := syntax.Def{Start: start, End: end}
	def.Line, def.Col = f.lines.Position(start)
	def.EndLine, _ = f.lines.Position(end)
	return def
}

// paramNames returns the names of parameters, "_" for one without a name.
func paramNames(function *ast.FuncType) []string {
	var names []string
	if function.Params == nil {
		return nil
	}
	for _, field := range function.Params.List {
		if len(field.Names) == 0 {
			names = append(names, "_")
		}
		for _, name := range field.Names {
			names = append(names, name.Name)
		}
	}
	return names
}

func receiverType(function *ast.FuncDecl) string {
	if function.Recv == nil || len(function.Recv.List) == 0 {
		return ""
	}
	return typeName(function.Recv.List[0].Type)
}

// typeName returns the name of a type in this file, without pointer and type
// parameters, or "".
func typeName(expr ast.Expr) string {
	switch expr := expr.(type) {
	case *ast.Ident:
		return expr.Name
	case *ast.StarExpr:
		return typeName(expr.X)
	case *ast.ParenExpr:
		return typeName(expr.X)
	case *ast.IndexExpr:
		return typeName(expr.X)
	case *ast.IndexListExpr:
		return typeName(expr.X)
	}
	return ""
}

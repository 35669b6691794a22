package golang

import (
	"go/ast"
	"strconv"

	"wardlet.example/internal/syntax"
)

const lambdaPackage = "github.com/aws/aws-lambda-go/lambda"

// handlerArgument tells which argument of a function of the Lambda package is
// the handler.
func handlerArgument(function string) (index int, ok bool) {
	switch function {
	case "Start", "StartWithOptions", "StartHandler", "StartHandlerFunc":
		return 0, true
	case "StartWithContext", "StartHandlerWithContext":
		return 1, true
	}
	return 0, false
}

// handlers returns what is given to the Lambda runtime, in source order.
func (f *file) handlers() []syntax.Def {
	lambda := f.importName(lambdaPackage, "lambda")
	if lambda == "" {
		return nil
	}
	var all []syntax.Def
	ast.Inspect(f.tree, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok {
			if handler := f.startedHandler(call, lambda); handler != nil {
				all = append(all, f.resolve(handler, maxHops))
			}
		}
		return true
	})
	return all
}

// importName returns the name a package has in this file, or "".
func (f *file) importName(path, base string) string {
	for _, spec := range f.tree.Imports {
		if written, err := strconv.Unquote(spec.Path.Value); err != nil || written != path {
			continue
		}
		if spec.Name != nil {
			return spec.Name.Name
		}
		return base
	}
	return ""
}

// startedHandler returns the handler of a call such as lambda.Start(handler), or nil.
func (f *file) startedHandler(call *ast.CallExpr, lambda string) ast.Expr {
	callee := call.Fun
	if generic, ok := callee.(*ast.IndexListExpr); ok { // StartHandlerFunc[In, Out](handler)
		callee = generic.X
	}
	selector, ok := callee.(*ast.SelectorExpr)
	if !ok {
		return nil
	}
	if name, ok := selector.X.(*ast.Ident); !ok || name.Name != lambda {
		return nil
	}
	index, ok := handlerArgument(selector.Sel.Name)
	if !ok || index >= len(call.Args) {
		return nil
	}
	return call.Args[index]
}

// maxHops bounds how far a name is followed.
const maxHops = 16

// resolve follows a handler to its definition in this file. One that is defined
// elsewhere is a Value, named as it is written.
func (f *file) resolve(expr ast.Expr, hops int) syntax.Def {
	if f.steps--; hops > 0 && f.steps > 0 {
		switch expr := expr.(type) {
		case *ast.ParenExpr:
			return f.resolve(expr.X, hops-1)
		case *ast.FuncLit:
			return f.literalDef(expr)
		case *ast.Ident:
			return f.resolveName(expr, hops-1)
		case *ast.SelectorExpr:
			return f.resolveMethod(expr, hops-1)
		case *ast.CallExpr:
			return f.resolveWrapped(expr, hops-1)
		}
	}
	return f.valueDef(expr)
}

func (f *file) literalDef(function *ast.FuncLit) syntax.Def {
	def := f.place(function)
	def.Name, def.Kind, def.Params = "func", syntax.Function, paramNames(function.Type)
	return def
}

func (f *file) valueDef(expr ast.Expr) syntax.Def {
	def := f.place(expr)
	def.Kind = syntax.Value
	switch expr := expr.(type) {
	case *ast.Ident:
		def.Name = expr.Name
	case *ast.SelectorExpr:
		def.Name = expr.Sel.Name
		if object, ok := expr.X.(*ast.Ident); ok {
			def.Name = object.Name + "." + def.Name
		}
	}
	return def
}

func (f *file) resolveName(name *ast.Ident, hops int) syntax.Def {
	if function, ok := f.functions[name.Name]; ok {
		return f.functionDef(function)
	}
	if value, ok := f.variables[name.Name]; ok {
		if found := f.resolve(value, hops); found.Kind == syntax.Function {
			if found.Name == "func" {
				found.Name = name.Name
			}
			return found
		}
		if invoke := f.method("Invoke", f.typeOf(value, hops)); invoke != nil {
			return f.functionDef(invoke)
		}
	}
	return f.valueDef(name)
}

// resolveMethod finds the method of h.Handle: by the type of h, or because only
// one type in the file has a method of that name.
func (f *file) resolveMethod(selector *ast.SelectorExpr, hops int) syntax.Def {
	if f.isPackage(selector.X) {
		return f.valueDef(selector)
	}
	name := selector.Sel.Name
	if method := f.method(name, f.typeOf(selector.X, hops)); method != nil {
		return f.functionDef(method)
	}
	if all := f.methods[name]; len(all) == 1 {
		return f.functionDef(all[0])
	}
	return f.valueDef(selector)
}

// isPackage reports whether a name is not declared in the file, and so is an
// imported package.
func (f *file) isPackage(expr ast.Expr) bool {
	name, ok := expr.(*ast.Ident)
	if !ok || f.variables[name.Name] != nil {
		return false
	}
	for _, spec := range f.tree.Imports {
		if spec.Name != nil && spec.Name.Name == name.Name {
			return true
		}
		if path, err := strconv.Unquote(spec.Path.Value); err == nil && lastElement(path) == name.Name {
			return true
		}
	}
	return false
}

func lastElement(path string) string {
	for i := len(path) - 1; i >= 0; i-- {
		if path[i] == '/' {
			return path[i+1:]
		}
	}
	return path
}

func (f *file) method(name, receiver string) *ast.FuncDecl {
	for _, method := range f.methods[name] {
		if receiver != "" && receiverType(method) == receiver {
			return method
		}
	}
	return nil
}

// typeOf returns the name of the type of an expression, as far as it is written
// in this file: T{}, &T{}, new(T), NewT() and variables of those.
func (f *file) typeOf(expr ast.Expr, hops int) string {
	if hops <= 0 {
		return ""
	}
	switch expr := expr.(type) {
	case *ast.ParenExpr:
		return f.typeOf(expr.X, hops-1)
	case *ast.UnaryExpr:
		return f.typeOf(expr.X, hops-1)
	case *ast.CompositeLit:
		return typeName(expr.Type)
	case *ast.Ident:
		if value, ok := f.variables[expr.Name]; ok {
			return f.typeOf(value, hops-1)
		}
		return expr.Name
	case *ast.StarExpr:
		return typeName(expr)
	case *ast.CallExpr:
		return f.resultType(expr)
	}
	return ""
}

func (f *file) resultType(call *ast.CallExpr) string {
	name, ok := call.Fun.(*ast.Ident)
	if !ok {
		return ""
	}
	if name.Name == "new" && len(call.Args) == 1 {
		return typeName(call.Args[0])
	}
	function := f.functions[name.Name]
	if function == nil || function.Type.Results == nil || len(function.Type.Results.List) == 0 {
		return ""
	}
	return typeName(function.Type.Results.List[0].Type)
}

// resolveWrapped finds the function that a call wraps: the first argument that
// is one.
func (f *file) resolveWrapped(call *ast.CallExpr, hops int) syntax.Def {
	for _, arg := range call.Args {
		if found := f.resolve(arg, hops/2); found.Kind == syntax.Function {
			found.Wrapped = true
			return found
		}
	}
	def := f.valueDef(call.Fun)
	def.Wrapped = true
	return def
}

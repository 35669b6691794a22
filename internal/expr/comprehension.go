package expr

import (
	"slices"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
)

// comprehension is x.exists(v, condition) and its kin. Each goes through the elements with two variables, v and whether
// the element is one, and leaves an unknown element out of the answer where the others decide it.
func (r *rewriter) comprehension(e ast.Expr, call ast.CallExpr) (ast.Expr, error) {
	name, args := call.FunctionName(), call.Args()
	counts := len(args) == 2 || name == "map" && len(args) == 3
	if !counts || args[0].Kind() != ast.IdentKind {
		return nil, r.fail(e, "write list."+name+"(x, ...)", "%s needs a variable and an expression", name)
	}
	of, err := r.expr(call.Target())
	if err != nil {
		return nil, err
	}
	v := args[0].AsIdent()
	r.locals = append(r.locals, v)
	defer func() { r.locals = r.locals[:len(r.locals)-1] }()
	body, err := r.body(name, args[1:])
	if err != nil {
		return nil, err
	}
	f := fold{r, e, v, r.hidden(e, asRange, of), body}
	switch name {
	case "exists":
		return f.exists(), nil
	case "all":
		return f.all(), nil
	case "exists_one":
		return f.collecting(exactlyOne), nil
	}
	return f.collecting(collected), nil
}

// body rewrites what follows the variable: conditions, except for what map makes of an element.
func (r *rewriter) body(name string, args []ast.Expr) ([]ast.Expr, error) {
	out := slices.Clone(args)
	for i, a := range args {
		var err error
		if name == "map" && i == len(args)-1 {
			out[i], err = r.expr(a)
		} else {
			out[i], err = r.condition(a)
		}
		if err != nil {
			return nil, err
		}
	}
	if name == "map" && len(args) == 1 {
		out = append([]ast.Expr{r.fac.NewLiteral(r.newID(args[0]), types.True)}, out...)
	}
	return out, nil
}

// fold builds the comprehension that a macro stands for.
type fold struct {
	r    *rewriter
	at   ast.Expr
	v    string
	over ast.Expr
	body []ast.Expr
}

func (f fold) result() ast.Expr { return f.r.variable(f.r.newID(f.at), resultName) }
func (f fold) member() ast.Expr { return f.r.variable(f.r.newID(f.at), memberName) }

func (f fold) call(name string, args ...ast.Expr) ast.Expr { return f.r.hidden(f.at, name, args...) }

func (f fold) build(start types.Bool, goOn, step, result ast.Expr) ast.Expr {
	init := f.r.fac.NewLiteral(f.r.newID(f.at), start)
	return f.r.fac.NewComprehensionTwoVar(f.at.ID(), f.over, memberName, f.v, resultName, init, goOn, step, result)
}

// exists: result || (member && condition), until it is true.
func (f fold) exists() ast.Expr {
	step := f.call(operators.LogicalOr, f.result(), f.call(operators.LogicalAnd, f.member(), f.body[0]))
	return f.build(false, f.call(untilTrue, f.result()), step, f.result())
}

// all: result && (!member || condition), until it is false.
func (f fold) all() ast.Expr {
	outside := f.call(operators.LogicalNot, f.member())
	step := f.call(operators.LogicalAnd, f.result(), f.call(operators.LogicalOr, outside, f.body[0]))
	return f.build(true, f.call(untilFalse, f.result()), step, f.result())
}

// collecting makes a list of what the body keeps, and finishes with a function of that list.
func (f fold) collecting(finish string) ast.Expr {
	kept := f.r.variable(f.r.newID(f.at), f.v)
	if len(f.body) == 2 {
		kept = f.body[1]
	}
	step := f.call(collect, f.result(), f.member(), f.body[0], kept)
	return f.build(false, f.r.fac.NewLiteral(f.r.newID(f.at), types.True), step, f.call(finish, f.result()))
}

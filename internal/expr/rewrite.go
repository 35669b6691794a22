package expr

import (
	"fmt"
	"slices"
	"strings"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
)

// Names of the variables of a comprehension that no expression can contain.
const (
	resultName = "@result"
	memberName = "@member" // whether the element at hand is one
)

// rewriter checks a parsed expression and turns it into what the evaluator runs: macros into comprehensions that know of
// elements that may not be there, has() into is_set(), literals into constants, and a check wherever true or false is
// needed.
type rewriter struct {
	env    *Env
	fac    ast.ExprFactory
	info   *ast.SourceInfo
	out    *ast.AST
	locals []string
	next   int64
}

func (e *Env) rewrite(parsed *ast.AST) (*ast.AST, error) {
	info := ast.CopySourceInfo(parsed.SourceInfo())
	out := ast.NewAST(nil, info)
	r := &rewriter{env: e, fac: ast.NewExprFactory(), info: info, out: out, next: ast.MaxID(parsed)}
	root, err := r.condition(parsed.Expr())
	if err != nil {
		return nil, err
	}
	tree := ast.NewAST(root, info)
	for id, reference := range out.ReferenceMap() {
		tree.SetReference(id, reference)
	}
	return tree, nil
}

// fail is an error at a place of the expression.
func (r *rewriter) fail(e ast.Expr, hint, format string, args ...any) error {
	return errorAt(r.info, start(e).ID(), fmt.Sprintf(format, args...), hint)
}

// start is the part of an expression that it begins with, as far as the parser places a whole behind its parts.
func start(e ast.Expr) ast.Expr {
	for e.Kind() == ast.SelectKind {
		e = e.AsSelect().Operand()
	}
	return e
}

func errorAt(info *ast.SourceInfo, id int64, problem, hint string) *Error {
	err := &Error{Problem: problem, Hint: hint}
	if at := info.GetStartLocation(id); at.Line() > 0 {
		err.Line, err.Col = at.Line(), at.Column()+1
	}
	return err
}

// newID numbers a new node that stands where e stands.
func (r *rewriter) newID(e ast.Expr) int64 {
	r.next++
	if at, ok := r.info.GetOffsetRange(start(e).ID()); ok {
		r.info.SetOffsetRange(r.next, at)
	}
	return r.next
}

// hidden is a call of a function that only the compiler writes, standing where e stands.
func (r *rewriter) hidden(e ast.Expr, name string, args ...ast.Expr) ast.Expr {
	return r.fac.NewCall(r.newID(e), name, args...)
}

// variable is a variable with its reference resolved, so that the evaluator does not search for it.
func (r *rewriter) variable(id int64, name string) ast.Expr {
	r.out.SetReference(id, ast.NewIdentReference(name, nil))
	return r.fac.NewIdent(id, name)
}

// condition rewrites an expression that must be true or false.
func (r *rewriter) condition(e ast.Expr) (ast.Expr, error) {
	out, err := r.expr(e)
	if err != nil || r.isTruth(out) {
		return out, err
	}
	return r.hidden(e, asCondition, out), nil
}

// isTruth reports whether a rewritten expression can only give true, false or unknown.
func (r *rewriter) isTruth(e ast.Expr) bool {
	switch e.Kind() {
	case ast.LiteralKind:
		return e.AsLiteral().Type() == types.BoolType
	case ast.CallKind:
		name := e.AsCall().FunctionName()
		f := r.env.functions[name]
		return name == operators.LogicalAnd || name == operators.LogicalOr || f != nil && f.truth
	case ast.ComprehensionKind:
		result := e.AsComprehension().Result()
		return result.Kind() == ast.IdentKind || r.isTruth(result)
	}
	return false
}

func (r *rewriter) expr(e ast.Expr) (ast.Expr, error) {
	switch e.Kind() {
	case ast.LiteralKind:
		return r.literal(e)
	case ast.IdentKind:
		return r.ident(e)
	case ast.SelectKind:
		of, err := r.expr(e.AsSelect().Operand())
		if err != nil {
			return nil, err
		}
		return r.fac.NewSelect(e.ID(), of, e.AsSelect().FieldName()), nil
	case ast.ListKind:
		return r.list(e)
	case ast.CallKind:
		return r.call(e)
	}
	return nil, r.fail(e, "use a list", "maps and messages cannot be written in an expression")
}

func (r *rewriter) literal(e ast.Expr) (ast.Expr, error) {
	switch v := e.AsLiteral().(type) {
	case types.String, types.Bool, types.Int, types.Double:
		return r.fac.NewLiteral(e.ID(), v), nil
	case types.Uint:
		return r.fac.NewLiteral(e.ID(), types.Int(v)), nil
	case types.Null:
		return nil, r.fail(e, "write has(a.b) or !has(a.b)", "nothing is ever null: what is not written is absent")
	}
	return nil, r.fail(e, `write "text"`, "this kind of literal is not for template values")
}

func (r *rewriter) ident(e ast.Expr) (ast.Expr, error) {
	name := e.AsIdent()
	if slices.Contains(r.locals, name) || slices.Contains(r.env.vars, name) {
		return r.variable(e.ID(), name), nil
	}
	return nil, r.fail(e, "variables here are "+strings.Join(r.env.vars, ", "), "unknown variable %s", name)
}

// list makes a constant of a list of literals.
func (r *rewriter) list(e ast.Expr) (ast.Expr, error) {
	parts, err := r.all(e.AsList().Elements())
	if err != nil {
		return nil, err
	}
	constant := &elements{}
	for _, p := range parts {
		if p.Kind() != ast.LiteralKind {
			return r.fac.NewCall(e.ID(), asList, parts...), nil
		}
		constant.items = append(constant.items, item{value: p.AsLiteral()})
	}
	return r.fac.NewLiteral(e.ID(), constant), nil
}

func (r *rewriter) all(es []ast.Expr) ([]ast.Expr, error) {
	out := make([]ast.Expr, len(es))
	for i, e := range es {
		var err error
		if out[i], err = r.expr(e); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (r *rewriter) call(e ast.Expr) (ast.Expr, error) {
	call := e.AsCall()
	args := call.Args()
	switch name := call.FunctionName(); name {
	case operators.LogicalAnd, operators.LogicalOr, operators.LogicalNot:
		return r.logic(e, name, args)
	case operators.Conditional:
		return r.conditional(e, args)
	case operators.Index:
		return r.index(e, args)
	case "has":
		return r.has(e, args)
	case "exists", "all", "exists_one", "map", "filter":
		if call.IsMemberFunction() {
			return r.comprehension(e, call)
		}
	case "matches":
		return r.matches(e, call)
	}
	return r.plainCall(e, call)
}

func (r *rewriter) logic(e ast.Expr, name string, args []ast.Expr) (ast.Expr, error) {
	out := make([]ast.Expr, len(args))
	for i, a := range args {
		var err error
		if out[i], err = r.condition(a); err != nil {
			return nil, err
		}
	}
	return r.fac.NewCall(e.ID(), name, out...), nil
}

func (r *rewriter) conditional(e ast.Expr, args []ast.Expr) (ast.Expr, error) {
	is, err := r.condition(args[0])
	if err != nil {
		return nil, err
	}
	sides, err := r.all(args[1:])
	if err != nil {
		return nil, err
	}
	return r.fac.NewCall(e.ID(), asChoice, is, sides[0], sides[1]), nil
}

// index makes a selection of x["key"]: the key may be anything then.
func (r *rewriter) index(e ast.Expr, args []ast.Expr) (ast.Expr, error) {
	out, err := r.all(args)
	if err != nil {
		return nil, err
	}
	if out[1].Kind() == ast.LiteralKind {
		if key, ok := out[1].AsLiteral().(types.String); ok {
			return r.fac.NewSelect(e.ID(), out[0], string(key)), nil
		}
	}
	return r.fac.NewCall(e.ID(), atIndex, out...), nil
}

func (r *rewriter) has(e ast.Expr, args []ast.Expr) (ast.Expr, error) {
	isField := len(args) == 1 && (args[0].Kind() == ast.SelectKind ||
		args[0].Kind() == ast.CallKind && args[0].AsCall().FunctionName() == operators.Index)
	if !isField || e.AsCall().IsMemberFunction() {
		return nil, r.fail(e, "write has(a.b), or is_set(x) for anything else", "has() asks about a field")
	}
	field, err := r.expr(args[0])
	if err != nil {
		return nil, err
	}
	return r.fac.NewCall(e.ID(), "is_set", field), nil
}

// matches compiles the pattern into a constant.
func (r *rewriter) matches(e ast.Expr, call ast.CallExpr) (ast.Expr, error) {
	if !call.IsMemberFunction() || len(call.Args()) != 1 {
		return nil, r.fail(e, `write x.matches("^[a-z]+$")`, "matches() is about a text and a pattern")
	}
	arg := call.Args()[0]
	var source ref.Val
	if arg.Kind() == ast.LiteralKind {
		source = arg.AsLiteral()
	}
	s, ok := source.(types.String)
	if !ok {
		return nil, r.fail(arg, "compare with ==, or use glob(pattern, x)", "the pattern of matches() must be a literal")
	}
	p, err := newPattern(string(s))
	if err != nil {
		return nil, r.fail(arg, "", "%v", err)
	}
	of, err := r.expr(call.Target())
	if err != nil {
		return nil, err
	}
	return r.fac.NewCall(e.ID(), matching, of, r.fac.NewLiteral(arg.ID(), p)), nil
}

// plainCall is an operator or a function of the table.
func (r *rewriter) plainCall(e ast.Expr, call ast.CallExpr) (ast.Expr, error) {
	args := call.Args()
	if call.IsMemberFunction() {
		args = append([]ast.Expr{call.Target()}, args...)
	}
	f := r.env.functions[call.FunctionName()]
	if err := r.checkCall(e, call, f, len(args)); err != nil {
		return nil, err
	}
	out, err := r.all(args)
	if err != nil {
		return nil, err
	}
	return r.fac.NewCall(e.ID(), f.name, out...), nil
}

func (r *rewriter) checkCall(e ast.Expr, call ast.CallExpr, f *function, args int) error {
	if f == nil {
		var known []string
		for _, k := range Functions() {
			known = append(known, k.Name)
		}
		return r.fail(e, "functions are has, exists, all, exists_one, map, filter, "+strings.Join(known, ", "),
			"unknown function %s", call.FunctionName())
	}
	style := f.name == "size" || f.member == call.IsMemberFunction()
	if !style || args != f.args {
		return r.fail(e, "write "+f.usage, "%s is not called like this", f.name)
	}
	return nil
}

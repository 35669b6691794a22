package expr

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"

	"wardlet.example/internal/model"
)

// Limits of work. A step is an element that a comprehension goes through or a comparison inside lists and maps.
const (
	catalogueSteps = 5_000_000
	userSteps      = 500_000
	maxSource      = 20_000 // characters of an expression
	maxDepth       = 100    // nesting of an expression
)

// Scope gives the value of a variable when an expression asks for it, at most once in an evaluation; nil is absent.
type Scope func(name string) *model.Value

// Env compiles expressions over named variables. It is safe for concurrent use.
type Env struct {
	vars      []string
	functions map[string]*function
	plan      *cel.Env
	pool      sync.Pool // of *evaluation
	checker   func() (*cel.Env, error)
}

// New returns an environment in which expressions may use the variables.
func New(vars []string) (*Env, error) {
	plan, err := cel.NewCustomEnv(
		cel.ClearMacros(),
		cel.CustomTypeAdapter(adapter{}),
		cel.ParserExpressionSizeLimit(maxSource),
		cel.ParserRecursionLimit(maxDepth),
	)
	if err != nil {
		return nil, fmt.Errorf("prepare expressions: %w", err)
	}
	e := &Env{vars: slices.Clone(vars), functions: map[string]*function{}, plan: plan}
	for _, f := range allFunctions() {
		e.functions[f.name] = f
	}
	e.checker = sync.OnceValues(e.newChecker)
	return e, nil
}

// Error is what is wrong with an expression, and what to write instead.
type Error struct {
	Line, Col int // in the expression, from 1, Col in runes; 0 if not known
	Problem   string
	Hint      string // may be empty
}

// Error is line:col: problem; hint.
func (e *Error) Error() string {
	s := e.Problem
	if e.Line > 0 {
		s = fmt.Sprintf("%d:%d: %s", e.Line, e.Col, s)
	}
	if e.Hint != "" {
		s += "; " + e.Hint
	}
	return s
}

// Compile compiles an expression of the catalogue. Types are not checked; see CheckTypes.
func (e *Env) Compile(src string) (*Program, error) { return e.compile(src, catalogueSteps) }

// CompileUser compiles an expression of a user's own rule, which may do a tenth of the work.
func (e *Env) CompileUser(src string) (*Program, error) { return e.compile(src, userSteps) }

func (e *Env) compile(src string, steps int) (*Program, error) {
	parsed, err := e.parse(src)
	if err != nil {
		return nil, err
	}
	tree, err := e.rewrite(parsed)
	if err != nil {
		return nil, err
	}
	planned, err := e.plan.PlanProgram(tree, cel.CustomDecoratorV2(replaceCalls(e.functions)))
	if err != nil {
		return nil, &Error{Problem: err.Error()}
	}
	return &Program{env: e, planned: planned, positions: tree.SourceInfo(), parsed: parsed, steps: steps}, nil
}

func (e *Env) parse(src string) (*ast.AST, error) {
	parsed, issues := e.plan.Parse(src)
	if issues == nil || issues.Err() == nil {
		return parsed.NativeRep(), nil
	}
	first := &Error{Problem: issues.Err().Error()}
	if all := issues.Errors(); len(all) > 0 {
		first = syntaxError(all[0].Message)
		if at := all[0].Location; at.Line() > 0 {
			first.Line, first.Col = at.Line(), max(at.Column(), 0)+1
		}
	}
	return nil, first
}

// syntaxError shortens the parser's message and says what was probably meant.
func syntaxError(message string) *Error {
	problem, _, _ := strings.Cut(strings.TrimPrefix(message, "Syntax error: "), " expecting ")
	hints := []struct{ found, hint string }{
		{"'<EOF>'", "the expression ends too early"},
		{"recognition error at: '='", "write =="},
		{"recognition error at: '= '", "write =="},
		{"recognition error at: '&", "write &&"},
		{"recognition error at: '|", "write ||"},
		{"'and'", "write &&"},
		{"'or'", "write ||"},
		{"'not'", "write !"},
	}
	for _, h := range hints {
		if strings.Contains(problem, h.found) {
			return &Error{Problem: problem, Hint: h.hint}
		}
	}
	return &Error{Problem: problem}
}

// CheckTypes reports what CEL's type checker finds in an expression: operators on literals that they are not made for,
// functions with the wrong arguments. It costs more than compiling, so it is for tests and for authors of rules.
func (e *Env) CheckTypes(src string) error {
	checker, err := e.checker()
	if err != nil {
		return fmt.Errorf("prepare the type checker: %w", err)
	}
	_, issues := checker.Compile(src)
	if issues == nil {
		return nil
	}
	var all []error
	for _, i := range issues.Errors() {
		all = append(all, &Error{Line: i.Location.Line(), Col: i.Location.Column() + 1, Problem: i.Message})
	}
	return errors.Join(all...)
}

// newChecker declares variables and functions to CEL's type checker, for which template values are of any type.
func (e *Env) newChecker() (*cel.Env, error) {
	has := cel.GlobalMacro("has", 1, func(f cel.MacroExprFactory, _ ast.Expr, args []ast.Expr) (ast.Expr, *cel.Error) {
		return f.NewCall("is_set", args[0]), nil
	})
	options := []cel.EnvOption{cel.ClearMacros(),
		cel.Macros(has, cel.ExistsMacro, cel.AllMacro, cel.ExistsOneMacro, cel.MapMacro, cel.MapFilterMacro, cel.FilterMacro)}
	for _, v := range e.vars {
		options = append(options, cel.Variable(v, cel.DynType))
	}
	for _, f := range valueFunctions() {
		if f.name == "size" {
			continue // CEL's own is declared
		}
		options = append(options, cel.Function(f.name, cel.Overload("wardlet_"+f.name, []*cel.Type{cel.DynType}, f.result())))
	}
	texts := []*cel.Type{cel.DynType, cel.DynType}
	for _, name := range []string{"glob", "iglob"} {
		options = append(options, cel.Function(name, cel.Overload("wardlet_"+name, texts, cel.BoolType)))
	}
	return cel.NewEnv(options...)
}

func (f *function) result() *cel.Type {
	if f.truth {
		return cel.BoolType
	}
	return cel.DynType
}

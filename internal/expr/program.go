package expr

import (
	"errors"
	"fmt"
	"sync"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"wardlet.example/internal/model"
)

// Program is a compiled expression. It is safe for concurrent use.
type Program struct {
	env       *Env
	planned   cel.Program
	positions *ast.SourceInfo
	parsed    *ast.AST
	steps     int
	paths     sync.Once
	found     []Path
}

// Verdict is what an expression says of one subject.
type Verdict struct {
	State   model.Tri      // Yes: holds in at least one world; No: in none; Maybe: undecided
	Worlds  []model.World  // State Yes: the worlds in which it holds, only variables that matter, sorted; empty: in all
	Default bool           // State Yes: it also holds when nobody sets any variable
	Causes  []*model.Value // State Maybe: the values that kept it from being decided, by number, without repeats
}

// Eval asks the expression about a subject. The uncertain values are those of its workspace, by ID-1; a value without
// ID is unknown with itself as the cause. An error is an *Error: the rule is broken for this subject, so the subject
// neither passes nor fails.
func (p *Program) Eval(scope Scope, uncertain []*model.Value) (Verdict, error) {
	ev, reused := p.env.pool.Get().(*evaluation)
	if !reused {
		ev = new(evaluation)
	}
	ev.begin(scope, uncertain, p.steps)
	verdict, err := p.decide(ev)
	ev.end()
	p.env.pool.Put(ev)
	return verdict, err
}

func (p *Program) decide(ev *evaluation) (Verdict, error) {
	answer, err := p.run(ev)
	if err != nil {
		return Verdict{}, err
	}
	switch answer := answer.(type) {
	case types.Bool:
		if answer {
			return Verdict{State: model.Yes, Default: true}, nil
		}
		return Verdict{State: model.No}, nil
	case *types.Unknown:
		return p.inWorlds(ev, answer)
	}
	return Verdict{}, &Error{Problem: "the expression is neither true nor false"}
}

// run evaluates once, in the world of the evaluation.
func (p *Program) run(ev *evaluation) (ref.Val, error) {
	ev.used = 0
	answer, _, err := p.planned.Eval(ev)
	if ev.budget < 0 {
		return nil, &Error{Problem: fmt.Sprintf("stopped after %d steps", p.steps), Hint: "avoid comprehensions inside each other"}
	}
	if err != nil {
		return nil, p.explain(err)
	}
	return answer, nil
}

// explain gives an error of the evaluator its place in the expression.
func (p *Program) explain(err error) *Error {
	var at *types.Err
	if errors.As(err, &at) && at.NodeID() != 0 {
		return errorAt(p.positions, at.NodeID(), at.String(), "")
	}
	return &Error{Problem: err.Error()}
}

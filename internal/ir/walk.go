package ir

// Walk goes through statements and the expressions in them, in the order in which they are written. Functions that are declared there are
// not gone into; lambdas are, where expr says so. Either may be nil; what gives false is not gone into.
func Walk(body []*Stmt, stmt func(*Stmt) bool, expr func(*Expr) bool) {
	w := walker{stmt, expr}
	w.list(body)
}

// WalkExpr goes through an expression as Walk does.
func WalkExpr(e *Expr, stmt func(*Stmt) bool, expr func(*Expr) bool) {
	w := walker{stmt, expr}
	w.value(e)
}

type walker struct {
	stmt func(*Stmt) bool
	expr func(*Expr) bool
}

func (w walker) list(body []*Stmt) {
	for _, s := range body {
		if w.stmt != nil && !w.stmt(s) {
			continue
		}
		w.value(s.X)
		w.value(s.Y)
		w.list(s.Body)
		w.list(s.Else)
		w.list(s.Final)
	}
}

func (w walker) value(e *Expr) {
	if e == nil || w.expr != nil && !w.expr(e) {
		return
	}
	w.value(e.X)
	w.value(e.Y)
	w.value(e.Z)
	for _, x := range e.List {
		w.value(x)
	}
	if e.Kind == Lambda && e.Fn != nil {
		w.list(e.Fn.Body)
	}
}

// Statements goes through statements and those inside of them, each with the list that it stands in; not into functions.
func Statements(body []*Stmt, visit func(list []*Stmt, i int)) {
	for i, s := range body {
		visit(body, i)
		Statements(s.Body, visit)
		Statements(s.Else, visit)
		Statements(s.Final, visit)
	}
}

// Awaited is an expression without the await around it.
func Awaited(e *Expr) *Expr {
	for e != nil && e.Kind == Await && e.Str == "" {
		e = e.X
	}
	return e
}

package ir

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

package dataflow

import (
	"regexp"
	"slices"
	"strings"

	"wardlet.example/internal/ir"
)

// Statements of SQLAlchemy and SQLModel are made apart from the session that runs them: session.scalars(select(Order).order_by(Order.id)).all()

var (
	// runsStatement is how a session is given a statement.
	runsStatement = regexp.MustCompile(`^(sqlalchemy|flask_sqlalchemy|sqlmodel)\..*\.(execute|exec|scalars)$`)
	// allRows is how what a session gave for it is read to its end.
	allRows = regexp.MustCompile(`^(sqlalchemy|flask_sqlalchemy|sqlmodel)\..*\.(execute|exec|scalars)\(\)(\.(scalars|unique|mappings)\(\))*\.(all|fetchall)$`)
	// withoutCondition is a statement that selects all rows of a table.
	withoutCondition = regexp.MustCompile(`^(sqlalchemy|flask_sqlalchemy|sqlmodel)\.([\w()]+\.)*select\(\)(\.(order_by|options)\(\))*$`)
)

// selectsAll reports whether a call reads all rows that a statement without a condition selects.
func (in *interp) selectsAll(f frame, e *ir.Expr, ref string, args *arguments) bool {
	if f.file.Language != ir.Python {
		return false
	}
	if runsStatement.MatchString(ref) && selectsRows(args.get(0)) {
		if in.selecting == nil {
			in.selecting = map[*ir.Expr]bool{}
		}
		in.selecting[e] = true
	}
	for allRows.MatchString(ref) && e != nil && !in.selecting[e] {
		switch e = ir.Awaited(e); {
		case e == nil:
		case e.Kind == ir.Name: // result = session.execute(...)
			e = in.testOf(f, e.Str)
		case e.Kind == ir.Call || e.Kind == ir.Member:
			e = e.X
		default:
			return false
		}
		e = ir.Awaited(e)
	}
	return allRows.MatchString(ref) && in.selecting[e]
}

// selectsRows reports whether a statement gives all rows of a table, and no count or sum of them.
func selectsRows(statement *Value) bool {
	return withoutCondition.MatchString(statement.ref) && !slices.ContainsFunc(statement.args, func(v *Value) bool { return v != nil && strings.Contains(v.ref, ".func.") })
}

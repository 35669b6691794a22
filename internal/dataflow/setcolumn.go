package dataflow

import (
	"regexp"

	"wardlet.example/internal/ir"
)

// readRow is how rows of tables come from mappers of Python, which write what is set in them when their session is committed.
var readRow = regexp.MustCompile(`^(flask_)?(sqlalchemy|sqlmodel)\b.*\.(first|one|one_or_none|get|get_one|first_or_404|get_or_404|one_or_404|scalar|scalar_one|scalar_one_or_none)\(\)$`)

// setsColumn notes what a column of a row gets that was read from a table: user.name = body["name"].
func (in *interp) setsColumn(f frame, p *ir.Expr, row, v *Value) {
	if f.file.Language != ir.Python || !readRow.MatchString(row.ref) {
		return
	}
	set := &Value{fields: map[string]*Value{p.Str: v}}
	in.keepsFields(f, p.At, aRow, set)
	in.amountsIn(f, p.At, aRow, set, nil, 0)
	in.setsPassword(f, p.At, p.Str, v)
}

// aRow is how a row that was read is called that somebody's values are set in.
const aRow = "a row of a table"

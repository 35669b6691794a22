package dataflow

import (
	"regexp"
	"strings"

	"wardlet.example/internal/ir"
	"wardlet.example/internal/sdk"
)

// Keys of what functions put into tables of a database that they share, and read from them.
const (
	RowsPut  = "database:Put"  // members Table and Row
	RowsRead = "database:Read" // member Table
)

const tableName = `((?:["\x60\[]?\w+["\x60\]]?\.)?["\x60\[]?\w+["\x60\]]?)`

// What statements of SQL put into a table, and what they read from one.
var (
	insertInto = regexp.MustCompile(`(?is)^\s*(?:insert|replace)\s+(?:ignore\s+|or\s+\w+\s+)?into\s+` + tableName + `\s*\(([^()]*)\)\s*values\s*\(`)
	updateSet  = regexp.MustCompile(`(?is)^\s*update\s+` + tableName + `\s+set\s+(.*?)(?:\s+where\s.*|\s+returning\s.*|;?\s*)$`)
	selectFrom = regexp.MustCompile(`(?is)^\s*select\s+(?:distinct\s+)?(.*?)\s+from\s+` + tableName + `(.*)`)
	moreTables = regexp.MustCompile(`(?is)\sjoin\s|^\s*(?:\w+\s*)?,|\sunion\s`)
	columnName = regexp.MustCompile(`(?i)^(?:\w+\.)?["\x60\[]?(\w+)["\x60\]]?(?:\s+(?:as\s+)?["\x60\[]?(\w+)["\x60\]]?)?$`)
	valueHole  = regexp.MustCompile(`%s|%\((\w+)\)s|\?|\$(\d+)|(?:^|[^:]):([a-zA-Z_]\w*)`)
)

// database notes what a statement of SQL puts into a table, and gives what it reads from one.
func (in *interp) database(f frame, e *ir.Expr, m *Model, recv *Value, args *arguments, out *Value) {
	if !in.p.Carries[RowsPut] || in.st != nil || len(m.In) == 0 {
		return
	}
	if strings.HasPrefix(m.Package, "sqlalchemy") && m.Member == "text" { // is run later
		return
	}
	at, _ := number(m.In[0])
	statement := args.get(at)
	if strings.Contains(statement.ref, "sqlalchemy") && len(statement.args) > 0 { // text(statement)
		statement = statement.args[0]
	}
	text := statement.text
	if !statement.known {
		text = statement.prefix
	}
	if statement.fields["text"] != nil { // {text, values}
		text = statement.fields["text"].text
	}
	if read := selectFrom.FindStringSubmatch(text); read != nil {
		if !moreTables.MatchString(read[3]) {
			keepsRows(recv, in.rowRead(f, e, bareName(read[2]), read[1]), out)
		}
		return
	}
	if table, row := rowPut(text, in.filledWith(f, args, at)); len(row) > 0 {
		in.send(f, e.At, RowsPut, &Value{fields: map[string]*Value{"Table": constant(table), "Row": {fields: row, isDict: true}}})
	}
}

// filledWith is what a call gives for the holes of the statement that is one of its arguments: in order, or by name.
func (in *interp) filledWith(f frame, args *arguments, at int) func(nth int, name string) *Value {
	if f.file.Language == ir.Go {
		return func(nth int, _ string) *Value { return args.get(at + 1 + nth) }
	}
	given := args.get(at + 1)
	for _, key := range []string{"params", "parameters", "args", "vars"} {
		if kw := args.kw[key]; kw != nil {
			given = kw
		}
	}
	if values := args.get(at).fields["values"]; values != nil {
		given = values
	}
	if first := in.elements(given); len(first.fields) > 0 { // of many rows
		given = first
	}
	return func(nth int, name string) *Value {
		if name == "" {
			name = itoa(nth)
		}
		return in.member(f, given, name, 0)
	}
}

// rowPut is the table that a statement writes to, and what it puts into which column.
func rowPut(text string, given func(nth int, name string) *Value) (string, map[string]*Value) {
	var names, values []string
	var table, before string
	if found := insertInto.FindStringSubmatchIndex(text); found != nil {
		end := closing(text[found[1]:])
		if end < 0 {
			return "", nil
		}
		table, before = text[found[2]:found[3]], text[:found[1]]
		names, values = Commas(text[found[4]:found[5]]), Commas(text[found[1]:found[1]+end])
	} else if found := updateSet.FindStringSubmatchIndex(text); found != nil {
		table, before = text[found[2]:found[3]], text[:found[4]]
		values = Commas(text[found[4]:found[5]])
		for _, one := range values {
			name, _, _ := strings.Cut(one, "=")
			names = append(names, name)
		}
	}
	row := map[string]*Value{}
	nth := len(valueHole.FindAllString(before, -1))
	for i, value := range values {
		for _, hole := range valueHole.FindAllStringSubmatch(value, -1) {
			at := nth
			if n, ok := number(hole[2]); ok {
				at = n - 1
			}
			nth++
			if i < len(names) {
				row[bareName(names[i])] = join(row[bareName(names[i])], given(at, hole[1]+hole[3]))
			}
		}
	}
	return bareName(table), row
}

// closing is where the parenthesis closes that is open; below zero where it does not.
func closing(s string) int {
	depth := 1
	for i := range len(s) {
		switch s[i] {
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return -1
}

// Commas are the parts of a text between commas that stand in no parentheses, without the space around them.
func Commas(s string) []string {
	var out []string
	depth, start := 0, 0
	for i := range len(s) {
		switch s[i] {
		case '(':
			depth++
		case ')':
			depth--
		case ',':
			if depth == 0 {
				out, start = append(out, strings.TrimSpace(s[start:i])), i+1
			}
		}
	}
	return append(out, strings.TrimSpace(s[start:]))
}

// bareName is the name of a table or a column without what stands before it and without quotes.
func bareName(s string) string {
	return strings.ToLower(strings.Trim(lastPart(strings.TrimSpace(s)), "\"`[] \n"))
}

// rowRead is a row that is read from a table: of what is asked for by name each column is what was put into it.
func (in *interp) rowRead(f frame, e *ir.Expr, table, columns string) *Value {
	s := in.sourceOf(awsCall{op: sdk.Operation{Key: RowsRead}, send: in.send(f, e.At, RowsRead, &Value{fields: map[string]*Value{"Table": constant(table)}})})
	s.Own = true
	part := func(path string) *Value {
		return &Value{taints: []*Taint{{Path: path, Source: s, step: &step{f.file, e.At, "is read from the table " + table, nil, in.steps}}}}
	}
	row := &Value{fields: map[string]*Value{}, isDict: true}
	for i, one := range Commas(columns) {
		one = strings.TrimSpace(one)
		if one == "*" || strings.HasSuffix(one, ".*") {
			row.taints = part(storedRow).taints
			continue
		}
		named := columnName.FindStringSubmatch(one)
		if named == nil { // it is worked out
			row.fields[itoa(i)] = &Value{}
			continue
		}
		x := part(storedRow + "." + strings.ToLower(named[1]))
		row.fields[itoa(i)], row.fields[orElse(named[2], named[1])] = x, x
	}
	return row
}

// storedRow is what is read from a table of a database, to people.
const storedRow = "stored row"

// rowsOfCursor is the name under which a cursor holds the rows that its last statement gives.
const rowsOfCursor = "@@rows"

// keepsRows puts rows where libraries put them: into the cursor, or into what the call gives.
func keepsRows(recv, row, out *Value) {
	list := &Value{elem: row}
	out.fields = map[string]*Value{rowsOfCursor: list, "rows": list, "0": list}
	if recv != nil && recv != nothing && !recv.shared && strings.HasSuffix(recv.ref, "ursor()") {
		if recv.fields == nil {
			recv.fields = map[string]*Value{}
		}
		recv.fields[rowsOfCursor] = list
	}
}

// theirs are the taints of a value but those of rows of the application's database: what such a row allows is allowed.
func (v *Value) theirs() []*Taint {
	var out []*Taint
	for _, t := range v.all() {
		if t.Source == nil || t.Source.Read == nil || t.Source.Read.Key != RowsRead {
			out = append(out, t)
		}
	}
	return out
}

// oneByOne are the methods of cursors that give a row, or a list of them.
var oneByOne = map[string]bool{"fetchone": true, "fetchall": false, "fetchmany": false}

// fetched follows the methods that give the rows of a cursor, or write those of Go into variables.
func (in *interp) fetched(f frame, e *ir.Expr, recv *Value, method string, args *arguments) (*Value, bool) {
	if recv == nil || recv.fields[rowsOfCursor] == nil {
		return nil, false
	}
	list := recv.fields[rowsOfCursor]
	if method == "Scan" && f.file.Language == ir.Go {
		for i, target := range e.List {
			in.fill(f, target, args.get(i), orNothing(list.elem.fields[itoa(i)]), e.At)
		}
		return &Value{ref: recv.ref + ".Scan()"}, true // the error
	}
	if v := ofResult(recv, list, method); v != nil {
		return v, true
	}
	one, ok := oneByOne[method]
	if !ok {
		return nil, false
	}
	if one {
		return list.elem, true
	}
	return list, true
}

// ofResult is what a method of a result of SQLAlchemy gives of its rows; nil for others.
func ofResult(result, rows *Value, method string) *Value {
	if !strings.Contains(result.ref, "sqlalchemy") || rows.elem == nil {
		return nil
	}
	switch method {
	case "scalars":
		column := &Value{elem: orNothing(rows.elem.fields["0"])}
		return &Value{ref: result.ref, fields: map[string]*Value{rowsOfCursor: column}, elem: column.elem}
	case "mappings", "unique", "tuples":
		return result
	case "scalar", "scalar_one", "scalar_one_or_none":
		return orNothing(rows.elem.fields["0"])
	case "first", "one", "one_or_none":
		return rows.elem
	case "all":
		return rows
	}
	return nil
}

// rawVariable is a variable of pg-promise that is put into the statement as it is: $1:raw, ${by^}.
var rawVariable = regexp.MustCompile(`\$(?:(\d+)|[{(<\[/]\s*(?:this\.)?(\w+)\s*)(?::raw|\^)`)

// putRaw notes what variables put into a statement without escaping.
func (in *interp) putRaw(f frame, e *ir.Expr, m *Model, args *arguments) {
	statement, values := args.get(0), args.get(1)
	for _, found := range rawVariable.FindAllStringSubmatch(statement.text+statement.prefix, -1) {
		x := values
		if n, ok := number(found[1]); ok && (values.elem != nil || len(values.fields) > 0) {
			x = in.member(f, values, itoa(n-1), e.At)
		} else if found[2] != "" {
			x = in.member(f, values, found[2], e.At)
		}
		in.hitOf(f, e.At, m, callName(m), x.taints, false)
	}
}

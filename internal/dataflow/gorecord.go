package dataflow

import (
	"bytes"
	"regexp"
	"slices"
	"strings"

	"wardlet.example/internal/ir"
)

// Records in Go are structs that a store fills: their fields say whether there is a password, its hash or a one-time code in them. Who writes
// such a struct as JSON writes all fields that its tags don't leave out.

// recordReads are the methods that fill structs from a store, by the beginning of what they are called on: where the struct stands, and the
// statement of SQL that says which columns there are (-1: none does, or the last argument).
var recordReads = []struct {
	of      string
	methods map[string][2]int
}{
	{"gorm_io/gorm.", ormReads}, {"github_com/jinzhu/gorm.", ormReads},
	{"github_com/jmoiron/sqlx.", map[string][2]int{"Get": {0, 1}, "Select": {0, 1}, "GetContext": {1, 2}, "SelectContext": {1, 2}, "StructScan": {0, -1}}},
	{"go_mongodb_org/mongo-driver/mongo.", map[string][2]int{"Decode": {0, -1}, "All": {1, -1}}},
	{"github_com/uptrace/bun.", map[string][2]int{"Model": {0, -1}}},
	{"github_com/go-pg/pg.", map[string][2]int{"Model": {0, -1}}},
	{"github_com/guregu/dynamo.", map[string][2]int{"One": {-1, -1}, "All": {-1, -1}}},
	{"xorm_io/xorm.", map[string][2]int{"Get": {0, -1}, "Find": {0, -1}}},
	{"github_com/georgysavva/scany/pgxscan.", scanyReads}, {"github_com/georgysavva/scany/sqlscan.", scanyReads},
	{"github_com/doug-martin/goqu.", map[string][2]int{"ScanStructs": {0, -1}, "ScanStruct": {0, -1}, "ScanStructContext": {1, -1}, "ScanStructsContext": {1, -1}}},
}

var scanyReads = map[string][2]int{"Get": {2, 3}, "Select": {2, 3}}

// writesModel are parts of the paths of calls that name a struct to be written.
var writesModel = []string{"NewInsert()", "NewUpdate()", "NewDelete()", "NewCreateTable()"}

var ormReads = map[string][2]int{"First": {0, -1}, "Find": {0, -1}, "Take": {0, -1}, "Last": {0, -1}}

// choosesFields are words of code that reads some fields of records alone.
var choosesFields = [][]byte{[]byte("Projection"), []byte(".Omit("), []byte(".Select(\""), []byte(".Select([]"), []byte(".Column("), []byte("Column(\""), []byte(".Project("), []byte(".Cols(")}

// readsRecord notes which secrets a struct holds that a store fills.
func (in *interp) readsRecord(f frame, e *ir.Expr, recv *Value, ref string, args *arguments) {
	_, method := cutLast(ref)
	if method == "Scan" && (strings.HasPrefix(ref, "database/sql.") || strings.HasPrefix(ref, "github_com/jackc/pgx")) {
		in.scansSecrets(f, e)
		in.scansAsked(f, e, recv, ref)
		return
	}
	for _, reads := range recordReads {
		at, ok := reads.methods[method]
		if !ok || !strings.HasPrefix(ref, reads.of) || in.choosesFields() || slices.ContainsFunc(writesModel, func(w string) bool { return strings.Contains(ref, w) }) {
			continue
		}
		if at[0] < 0 {
			at[0] = len(args.list) - 1
		}
		args.get(at[0]).isRow()
		columns := ""
		if at[1] >= 0 {
			columns = args.get(at[1]).begin()
		}
		in.holdRecord(args.get(at[0]), columns, e.At)
		in.holdRelated(args.get(at[0]), reads.of)
	}
}

// storesNested are the stores that keep the structs in a struct with it, so that they are read together.
var storesNested = set("go_mongodb_org/mongo-driver/mongo. github_com/guregu/dynamo.")

// holdRelated notes the secrets of the structs in a struct that are read with it: by a store of documents all of them, by an ORM those that the code
// names: db.Preload("Owner").First(&pet).
func (in *interp) holdRelated(v *Value, by string) {
	one := v
	if v.elem != nil {
		one = v.elem
	}
	if one == nothing || one.shared || one.class == nil || one.isType || one.class.methods["MarshalJSON"] != nil {
		return
	}
	for _, field := range one.class.def.Fields {
		if field.JSON == "-" || field.Type == nil || field.Embedded || !storesNested[by] && !in.preloads(field.Name) {
			continue
		}
		inner := one.fields[field.Name]
		if inner == nil || inner.class == nil && inner.elem == nil {
			inner = in.goTyped(frame{one.class.scope, one.class.file(frame{})}, &Value{}, field.Type, 0, 0)
		}
		if one.fields == nil {
			one.fields = map[string]*Value{}
		}
		one.fields[field.Name] = inner
		for inner.elem != nil && inner.class == nil {
			inner = inner.elem
		}
		for _, name := range inner.shownSecrets() {
			inner.hold(name)
		}
	}
}

// preloads reports whether the function at hand names a field that an ORM reads together with the struct that it is in.
func (in *interp) preloads(field string) bool {
	if len(in.stack) == 0 {
		return false
	}
	fn := in.stack[len(in.stack)-1]
	for _, m := range preloaded.FindAllSubmatch(fn.File.Tree.Source[fn.Start:fn.End], -1) {
		if string(m[1]) == field || len(m[1]) == 0 {
			return true
		}
	}
	return false
}

// preloaded is how gorm is told what to read together with a struct: Preload("Owner"), Joins("Owner"), Preload(clause.Associations).
var preloaded = regexp.MustCompile(`\b(?:Preload|Joins)\((?:"(\w+)"\)|clause\.Associations)`)

// scansAsked fills what a row is written to with what the query was asked for: of two invocations that matters whose it is.
func (in *interp) scansAsked(f frame, e *ir.Expr, recv *Value, ref string) {
	if in.st == nil || recv == nil || !recv.asked {
		return
	}
	for _, x := range e.List {
		if x.Kind == ir.Name || x.Kind == ir.Member {
			in.bind(f, x, &Value{ref: ref + "()", args: recv.args, asked: true}, false)
		}
	}
}

// collectsRows are functions of pgx that make structs of the rows of a query: pgx.CollectRows(rows, pgx.RowToStructByName[Guest]).
var collectsRows = set("github_com/jackc/pgx.CollectRows github_com/jackc/pgx.CollectOneRow github_com/jackc/pgx.CollectExactlyOneRow")

// collected are the structs that rows become, with the secrets that their query reads; nil for all other calls.
func (in *interp) collected(f frame, e *ir.Expr, ref string, args *arguments) *Value {
	if !collectsRows[ref] || len(e.List) != 2 || e.List[1].Kind != ir.Index || !strings.HasPrefix(lastPart(textOf(e.List[1].X)), "RowTo") {
		return nil
	}
	one := in.goTyped(f, &Value{}, e.List[1].Y, e.At, 0)
	if one.class == nil {
		return nil
	}
	if query := args.get(0).args; len(query) > 1 && query[1].begin() != "" {
		in.holdRecord(one, query[1].begin(), e.At)
	}
	if strings.HasSuffix(ref, "Rows") {
		return &Value{elem: one}
	}
	return one
}

// choosesFields reports whether the function at hand chooses the fields that it reads.
func (in *interp) choosesFields() bool {
	if len(in.stack) == 0 {
		return false
	}
	fn := in.stack[len(in.stack)-1]
	source := fn.File.Tree.Source[fn.Start:fn.End]
	return slices.ContainsFunc(choosesFields, func(word []byte) bool { return bytes.Contains(source, word) })
}

// scansSecrets notes the fields that a row is written to: rows.Scan(&user.ID, &user.PasswordHash).
func (in *interp) scansSecrets(f frame, e *ir.Expr) {
	for _, target := range e.List {
		if target.Kind != ir.Member {
			continue
		}
		if v := in.quiet(f, target.X); slices.Contains(v.shownSecrets(), target.Str) {
			v.hold(target.Str)
		}
	}
}

// holdRecord notes the secrets of a struct, or of the elements of a list, of which a statement reads some columns.
func (in *interp) holdRecord(v *Value, statement string, at int32) {
	one := v
	if v.kind != nil && v.kind.t != nil && v.kind.t.Kind == ir.Array && v != nothing && !v.shared {
		if v.elem == nil {
			v.elem = in.goTyped(v.kind.f, &Value{}, v.kind.t, at, 0).elem
		}
		one = orNothing(v.elem)
	}
	for _, name := range one.shownSecrets() {
		if readsColumn(statement, name) {
			one.hold(name)
		}
	}
}

// holdStored notes the secrets of a struct that an item of a table is read into as a whole.
func (in *interp) holdStored(v, item *Value, at int32) {
	if wholeRecord(item, 0) != nil {
		v.isRow()
	}
	if t := wholeRecord(item, 0); t != nil && t.Source.Read.Params.At("ProjectionExpression") == nil {
		in.holdRecord(v, "", at)
	}
}

// readsColumn reports whether a statement reads a column for a field; without a statement all are read.
func readsColumn(statement, name string) bool {
	found := selectFrom.FindStringSubmatch(statement)
	if found == nil {
		return statement == ""
	}
	columns := found[1]
	return strings.Contains(columns, "*") || slices.ContainsFunc(Commas(columns), func(c string) bool {
		return strings.EqualFold(strings.ReplaceAll(bareName(c), "_", ""), name)
	})
}

// hold notes that a struct holds a secret.
func (v *Value) hold(name string) {
	if v != nothing && !v.shared && !slices.Contains(v.holds, name) {
		v.holds = append(slices.Clone(v.holds), name)
	}
}

// shownSecrets are the fields of a struct that are secrets, and that JSON of it shows.
func (v *Value) shownSecrets() []string {
	if v == nil || v.class == nil || v.isType || v.class.methods["MarshalJSON"] != nil {
		return nil
	}
	var out []string
	for _, field := range v.class.def.Fields {
		if field.JSON != "-" && field.Name != "" && field.Name[0] >= 'A' && field.Name[0] <= 'Z' && IsStoredSecret(field.Name) {
			out = append(out, field.Name)
		}
	}
	return out
}

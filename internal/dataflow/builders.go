package dataflow

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"wardlet.example/internal/ir"
)

// Builders of queries give whole rows where the code names no columns: knex("users").where({ id }), db.select().from(users), .returning(). What
// columns a table has says its declaration, or its migration, or the other queries of it.

const (
	ofDrizzle = "drizzle-orm/"
	// drizzleTable is the name under which a query of Drizzle keeps its table, or the columns that it names.
	drizzleTable = "table of rows"
)

// isKnex is a part of the path of a query of Knex.
var isKnex = regexp.MustCompile(`^knex(\.(default|knex))?\(\)`)

// holdsOfBuilt are the secrets of the rows that a query gives which is built step by step; it reports whether a call is a part of one.
func (in *interp) holdsOfBuilt(f frame, recv *Value, ref, method string, args *arguments) ([]string, bool) {
	switch {
	case strings.HasPrefix(ref, ofDrizzle) && strings.Contains(ref, "drizzle()."):
		return holdsOfDrizzle(recv, method, args), true
	case isKnex.MatchString(ref):
		return in.holdsOfKnex(f, recv, ref, method, args), true
	}
	return nil, false
}

// holdsOfDrizzle are the secrets of the table that a query of Drizzle gives whole rows of.
func holdsOfDrizzle(recv *Value, method string, args *arguments) []string {
	switch method {
	case "from":
		if recv != nil && recv.kw[drizzleTable] == nil { // select()
			return secretsOfTable(args.get(0))
		}
	case "returning":
		if len(args.list) == 0 && recv != nil {
			return secretsOfTable(recv.kw[drizzleTable])
		}
	case "where", "orderBy", "limit", "offset", "for", "all", "get", "execute", "$dynamic", "prepare", "then", "catch":
		return orNothing(recv).holds
	}
	return nil
}

// secretsOfTable are the columns of a table that is declared for Drizzle that are secrets.
func secretsOfTable(table *Value) []string {
	if table == nil || !strings.HasPrefix(table.ref, ofDrizzle) || !strings.HasSuffix(table.ref, "Table()") || len(table.args) < 2 {
		return nil
	}
	return secretFields(table.args[1])
}

// aboutTable keeps with a query of Drizzle which table it changes: db.update(users).set(values).returning().
func aboutTable(recv, out *Value, ref, method string, args *arguments) {
	if !strings.HasPrefix(ref, ofDrizzle) {
		return
	}
	switch table := orNothing(recv).kw[drizzleTable]; {
	case method == "insert" || method == "update" || method == "delete" || strings.HasPrefix(method, "select") && len(args.list) > 0:
		out.kw = map[string]*Value{drizzleTable: args.get(0)}
	case table != nil:
		out.kw = recv.kw
	}
}

// changesRows are methods of Knex after which a query gives counts and no rows, or other things than rows.
var changesRows = set("insert update del delete upsert increment decrement truncate count countDistinct sum min max avg pluck columnInfo toSQL toString raw groupBy groupByRaw distinct returning union")

// holdsOfKnex are the secrets of the rows that a query of Knex gives.
func (in *interp) holdsOfKnex(f frame, recv *Value, ref, method string, args *arguments) []string {
	begins := strings.HasSuffix(ref, "()") // knex("users")
	if table := args.get(0); table.known && (begins || method == "from" || method == "table") {
		holds := in.p.secretColumnsOf(f.file, tableWithoutAlias(table.text))
		if recv != nil && strings.HasSuffix(recv.ref, ".select()") {
			return columnsChosen(holds, &arguments{list: recv.args})
		}
		return holds
	}
	holds := orNothing(recv).holds
	switch {
	case len(holds) == 0 || changesRows[method]:
		return nil
	case method == "select" || method == "first" || method == "column" || method == "columns":
		return columnsChosen(holds, args)
	}
	return holds
}

// tableWithoutAlias is the name of a table: users as u.
func tableWithoutAlias(text string) string {
	name, _, _ := strings.Cut(strings.TrimSpace(text), " ")
	return name
}

// columnsChosen are those of some columns that a query reads; all of them where it names none, or a star.
func columnsChosen(holds []string, args *arguments) []string {
	var names []string
	for _, a := range args.list {
		for _, x := range a.Elements() {
			if !x.known {
				return nil
			}
			if x.text == "*" || strings.HasSuffix(x.text, ".*") {
				return holds
			}
			names = append(names, bareName(x.text))
		}
	}
	if len(names) == 0 && len(args.list) == 0 {
		return holds
	}
	return slices.DeleteFunc(slices.Clone(holds), func(name string) bool { return !slices.Contains(names, name) })
}

var (
	// tableMade is where a migration of Knex makes or changes a table.
	tableMade = regexp.MustCompile(`\b(?:createTable|createTableIfNotExists|alterTable|table)\(\s*['"\x60](\w+)['"\x60]\s*,`)
	// columnMade is a column of it.
	columnMade = regexp.MustCompile(`\.(?:string|text|binary|specificType|varchar)\(\s*['"\x60](\w+)['"\x60]`)
	// tableAsked is where a query of Knex begins, up to its end.
	tableAsked = regexp.MustCompile(`\(\s*['"\x60](\w+)(?:\s+as\s+\w+)?['"\x60]\s*\)((?:\s*\.\w+\([^;]*?\))+)`)
	// columnAsked is a word in it that is perhaps the name of a column.
	columnAsked = regexp.MustCompile(`['"\x60](?:\w+\.)?(\w+)['"\x60]|[{,]\s*(\w+)\s*[:,}]`)
)

// migrationsIn are the folders, beside a file or above it, in which migrations of a database stand.
var migrationsIn = []string{"migrations", "db/migrations", "src/migrations", "src/db/migrations", "database/migrations"}

// columnsOfTables are the columns of tables that are secrets.
type columnsOfTables map[string][]string

// secretColumnsOf are the columns of a table that are secrets, by what migrations say and by what other queries in the same file ask of it.
func (p *Program) secretColumnsOf(file *ir.File, table string) []string {
	columns, ok := p.columns[file]
	if !ok {
		columns = columnsOfTables{}
		columns.read(string(file.Tree.Source))
		for _, name := range p.migrationsNear(file.Path) {
			columns.read(string(p.files.Read(name)))
		}
		if p.columns == nil {
			p.columns = map[*ir.File]columnsOfTables{}
		}
		p.columns[file] = columns
	}
	return columns[table]
}

// migrationsNear are the files of the nearest folder of migrations above a file.
func (p *Program) migrationsNear(file string) []string {
	for dir := path.Dir(file); ; dir = path.Dir(dir) {
		for _, below := range migrationsIn {
			if names := p.files.Folder(path.Join(dir, below)); len(names) > 0 {
				return names
			}
		}
		if dir == "." || dir == "/" {
			return nil
		}
	}
}

// read notes the columns that are secrets of the tables that a source makes and asks.
func (c columnsOfTables) read(source string) {
	made := tableMade.FindAllStringSubmatchIndex(source, -1)
	for i, at := range made {
		end := len(source)
		if i+1 < len(made) {
			end = made[i+1][0]
		}
		for _, m := range columnMade.FindAllStringSubmatch(source[at[1]:end], -1) {
			c.add(source[at[2]:at[3]], m[1])
		}
	}
	for _, m := range tableAsked.FindAllStringSubmatch(source, -1) {
		for _, column := range columnAsked.FindAllStringSubmatch(m[2], -1) {
			c.add(m[1], column[1]+column[2])
		}
	}
}

// add notes a column of a table if it is a secret.
func (c columnsOfTables) add(table, column string) {
	if IsStoredSecret(column) && !slices.Contains(c[table], column) {
		c[table] = append(c[table], column)
	}
}

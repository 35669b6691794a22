package dataflow

import (
	"regexp"
	"strings"

	"wardlet.example/internal/ir"
)

// axiosError is what axios throws. It has a toJSON of its own: written as JSON it is the request with all of its headers, and the stack.
const axiosError = "axios.AxiosError()"

var axiosCalls = set("default get post put patch delete head options request postForm putForm patchForm")

// throwsRequest notes that a call of axios perhaps throws its error.
func (in *interp) throwsRequest(f frame, ref string) {
	if f.file.Language != ir.Node || packageOf(ref) != "axios" {
		return
	}
	switch ref = strings.TrimPrefix(ref, "axios.default."); {
	case ref == "axios", strings.HasSuffix(ref, ".create()"), axiosCalls[lastPart(ref)]:
		in.thrown = join(in.thrown, &Value{ref: axiosError})
	}
}

// databaseError is what drivers of SQL databases throw: the statement, its values, or the names of tables and columns are fields of it.
const databaseError = "sql.DatabaseError()"

// ofDatabases are packages whose errors have such fields, besides what runs a statement that is written out.
var ofDatabases = set("typeorm sequelize mysql mysql2 pg serverless-mysql")

// databasesOfGo are the calls of Go whose error is a struct of the driver: all of its fields are written where it becomes JSON.
var databasesOfGo = regexp.MustCompile(`^(database/sql|github_com/jmoiron/sqlx|github_com/jackc/pgx)\..*\.(Query|Queryx|Exec|NamedExec|Prepare)(Context)?\(\)$`)

func failsLikeDatabaseOfGo(ref string) bool { return databasesOfGo.MatchString(ref) }

// failsLikeDatabase reports whether a call perhaps fails with the error of a database.
func (in *interp) failsLikeDatabase(f frame, ref, method string, args *arguments) bool {
	if f.file.Language != ir.Node {
		return false
	}
	if runs[method] && statementOf(f, args) != nil {
		return true
	}
	client, _, _ := strings.Cut(packageOf(ref), "/")
	if !ofDatabases[client] {
		return false
	}
	does, _ := in.effects(f, ref, method, args)
	return len(does) > 0
}

// tellsRequest tells of an answer that holds an error as a whole which has more in it than its message.
func (in *interp) tellsRequest(f frame, at int32, what string, answer *Value) {
	for _, e := range []struct{ ref, rule, path string }{{axiosError, "error-details", "an error of axios"}, {databaseError, "database-error", "an error of the database"}} {
		key := e.rule + "\x00" + f.file.Path + "\x00" + itoa(int(at))
		if in.seen[key] || !holdsError(answer, e.ref, 0) {
			continue
		}
		in.seen[key] = true
		in.hits = append(in.hits, &Hit{Rule: e.rule, File: f.file, At: at, What: what, Path: e.path})
	}
}

func holdsError(v *Value, ref string, depth int) bool {
	if v == nil || depth > 5 {
		return false
	}
	if v.ref == ref || v.ref == ref+".toJSON()" || holdsError(v.json, ref, depth+1) || holdsError(v.elem, ref, depth+1) {
		return true
	}
	for _, x := range v.fields {
		if holdsError(x, ref, depth+1) {
			return true
		}
	}
	return false
}

// always are fields that every error of axios has.
var always = set("message name stack config isAxiosError")

// isThere reports whether a value is a part of an error of axios that is never missing: err.message || err is the message.
func isThere(v *Value) bool {
	if v.ref == databaseError+".message" {
		return true
	}
	field, ok := strings.CutPrefix(v.ref, axiosError+".")
	return ok && always[field]
}

// otherError: what is no Error at all, or a text, is no error of axios either.
func (in *interp) otherError(f frame, e *ir.Expr, holds bool) {
	var x *ir.Expr
	switch {
	case e.Kind == ir.Binary && e.Str == "instanceof" && !holds:
		x = e.X
	case e.Kind == ir.Binary && e.Str == "instanceof" && holds && in.quiet(f, e.Y).class != nil: // one of the program's own
		x = e.X
	case e.Kind == ir.Call && lastPart(textOf(e.X)) == "isAxiosError" && len(e.List) == 1 && !holds:
		x = e.List[0]
	case e.Kind == ir.Member && always[e.Str] && !holds:
		x = e.X
	case e.Kind == ir.Binary && (e.Str == "===" || e.Str == "==") && e.X.Str == "typeof" && len(e.X.List) == 1 && e.Y.Str == "string" && holds:
		x = e.X.List[0]
	}
	if x == nil || x.Kind != ir.Name {
		return
	}
	if ref := in.quiet(f, x).ref; ref == axiosError || ref == databaseError {
		in.set(f.s, x.Str, &Value{}, true)
	}
}

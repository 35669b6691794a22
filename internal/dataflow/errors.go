package dataflow

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"wardlet.example/internal/ir"
)

// axiosError is what axios throws. It has a toJSON of its own: written as JSON it is the request with all of its headers, and the stack.
const axiosError = "axios.AxiosError()"

var axiosCalls = set("default get post put patch delete head options request postForm putForm patchForm")

// throwsRequest notes that a call of axios perhaps throws its error.
func (in *interp) throwsRequest(c call, ref string) {
	if c.f.file.Language != ir.Node || packageOf(ref) != "axios" {
		return
	}
	switch ref = strings.TrimPrefix(ref, "axios.default."); {
	case ref == "axios", strings.HasSuffix(ref, ".create()"), axiosCalls[lastPart(ref)]:
		in.thrown = joinThrown(in.thrown, &Value{ref: axiosError, fields: sentByAxios(c)})
	}
}

// sentByAxios is what the error of a call of axios holds of the request that failed: the headers and the password that it was made with, also
// those of the client; nil where it was made with none.
func sentByAxios(c call) map[string]*Value {
	config := map[string]*Value{}
	given := c.args.list
	if c.recv != nil {
		given = slices.Concat(given, c.recv.args)
	}
	for _, v := range given {
		for _, key := range []string{"headers", "auth"} {
			if x := orNothing(v).fields[key]; x != nil && len(x.fields) > 0 {
				config[key] = join(config[key], x)
			}
		}
	}
	if len(config) == 0 {
		return nil
	}
	return map[string]*Value{"config": {fields: config}}
}

// databaseError is what drivers of SQL databases throw: the statement, its values, or the names of tables and columns are fields of it.
const databaseError = "sql.DatabaseError()"

// databaseOrOther is such an error, or one of another kind, which the program perhaps throws for people to read.
const databaseOrOther = "sql.DatabaseErrorOrOther()"

// serviceError is what SDKs throw when a service refuses a call: which one, on what, with which status and request.
const serviceError = "service.Error()"

// serviceOrOther is such an error, or one of another kind.
const serviceOrOther = "service.ErrorOrOther()"

// refusedByOthers is the error of a service that a library calls which is none of AWS; nil where the call changes nothing there. What such a
// service says names nothing of the application.
func refusedByOthers(f frame, does []Effect) *Value {
	if f.file.Language != ir.Node || !slices.ContainsFunc(does, Effect.changes) {
		return nil
	}
	return &Value{ref: serviceError, fields: map[string]*Value{"message": {}, "statusCode": ofStatus}}
}

// ofStatus is the status among the fields of the error of a service.
var ofStatus = &Value{ref: serviceError + ".statusCode", shared: true}

// hasStatus reports whether an error is perhaps one of a service that has its status among its fields.
func hasStatus(v *Value) bool {
	x := v.fields["statusCode"]
	return x != nil && x.ref == ofStatus.ref
}

// refusedBy is the error of a call of the SDK that a service refuses. In version 2 of that of JavaScript it has the status among its fields:
// version 3 has it in $metadata.
func refusedBy(ref string) *Value {
	v := &Value{ref: serviceError}
	if pkg := packageOf(ref); pkg == "aws-sdk" || strings.HasPrefix(pkg, "aws-sdk/") {
		v.fields = map[string]*Value{"statusCode": ofStatus}
	}
	return v
}

// joinThrown is what is thrown where one of two errors is.
func joinThrown(a, b *Value) *Value {
	v := join(a, b)
	if orNothing(a).empty() || orNothing(b).empty() || a.ref == b.ref {
		return v
	}
	var ref string
	switch {
	case isOfDatabase(a.ref) || isOfDatabase(b.ref):
		ref = databaseOrOther
	case isOfService(a.ref) || isOfService(b.ref):
		ref = serviceOrOther
	default:
		return v
	}
	c := *v
	c.ref, c.fields = ref, maps.Clone(v.fields)
	if m := c.fields["message"]; m != nil && m.secret != nil {
		c.fields["message"] = &Value{secret: m.secret}
	} else {
		delete(c.fields, "message") // it is that of either
	}
	if hasStatus(a) || hasStatus(b) {
		if c.fields == nil {
			c.fields = map[string]*Value{}
		}
		c.fields["statusCode"] = ofStatus
	}
	return &c
}

// isOfCall reports whether an error is of a call whose errors have fields.
func isOfCall(ref string) bool { return ref == axiosError || isOfService(ref) || isOfDatabase(ref) }

func isOfService(ref string) bool { return ref == serviceError || ref == serviceOrOther }

func isOfDatabase(ref string) bool { return ref == databaseError || ref == databaseOrOther }

// tellingFields are fields of errors of databases in which statements, values, or names of tables and columns stand.
var tellingFields = set("message sqlMessage detail sql query parameters meta keyValue toString() Error()")

// textFields are what is read of an error of a service where its text is wanted.
var textFields = set("message toString() Error() response.Error.Message")

// ofDatabases are packages whose errors have such fields, besides what runs a statement that is written out.
var ofDatabases = set("typeorm sequelize mysql mysql2 pg serverless-mysql mongoose mongodb @prisma/client knex mssql mariadb oracledb better-sqlite3 sqlite3")

// asksDatabase are methods by which code asks a database, or changes what is in it.
var asksDatabase = regexp.MustCompile(`^(find|get(One|Many|Raw)|create$|createMany|save|insert|update|delete|remove|upsert|count|aggregate|bulk|distinct|exists|replaceOne|query|execute|softDelete|findOrCreate|\$(query|execute)Raw|\$transaction|transaction)`)

// databasesOfGo are the calls of Go whose error is one of the driver: it tells the server, the statement, or names of tables and columns.
var databasesOfGo = regexp.MustCompile(`^((database/sql|github_com/jmoiron/sqlx|github_com/jackc/pgx[\w/]*)\.(.*\.)?(Open|Connect|New|NewWithConfig|Ping|Begin|BeginTx|Beginx|Commit|Query|Queryx|Exec|NamedExec|NamedQuery|Prepare|Preparex|Scan|StructScan|Get|Select|SendBatch|CopyFrom)` +
	`|(gorm_io|github_com/jinzhu)/gorm\.(Open|DB\(\)\.DB\(\)\.Ping)` +
	`|go_mongodb_org/mongo-driver[\w/]*\.(.*\.)?(Connect|Ping|InsertOne|InsertMany|UpdateOne|UpdateMany|UpdateByID|ReplaceOne|DeleteOne|DeleteMany|Find|Aggregate|Distinct|CountDocuments|BulkWrite|Decode|All|Err))(Context)?\(\)$`)

func failsLikeDatabaseOfGo(ref string) bool { return databasesOfGo.MatchString(ref) }

// databasesOfPython are packages whose errors tell the statement, its values, or names of tables and columns, and runsInPython their methods
// that ask a database or change what is in it.
var (
	databasesOfPython = set("psycopg2 psycopg pymysql mysql MySQLdb sqlalchemy flask_sqlalchemy sqlmodel asyncpg aiomysql sqlite3 pymongo motor peewee pg8000 pyodbc supabase")
	runsInPython      = set(`execute executemany commit flush scalar scalars fetch fetchrow fetchval first all one one_or_none get insert_one insert_many update_one update_many
		replace_one delete_one delete_many find_one find aggregate bulk_write save create`)
)

// catchesAll are the types of errors of Python under which every failure is caught, ofServices those of AWS.
var (
	catchesAll  = regexp.MustCompile(`^(\(?\s*(\w+\.)*\w+\s*,\s*)*(Base)?Exception\b`)
	ofServices  = regexp.MustCompile(`\b(ClientError|BotoCoreError|Boto3Error)\b`)
	ofStatement = regexp.MustCompile(`\b(SQLAlchemyError|IntegrityError|OperationalError|ProgrammingError|DatabaseError|DataError|PyMongoError|DuplicateKeyError|MySQLError|PostgresError|(psycopg2?|pymysql|sqlite3|MySQLdb|pyodbc)\.Error)\b`)
)

// caughtBy is what a handler of Python gets which is for some types of errors.
func (in *interp) caughtBy(types string) *Value {
	v := orNothing(in.caught)
	switch {
	case !isOfService(v.ref) && !isOfDatabase(v.ref), types == "" || catchesAll.MatchString(types), isOfService(v.ref) && ofServices.MatchString(types), isOfDatabase(v.ref) && ofStatement.MatchString(types):
		return v
	}
	return &Value{secret: v.secret} // that of the program's own errors
}

// failsLikeDatabase reports whether a call perhaps fails with the error of a database.
func (in *interp) failsLikeDatabase(f frame, ref, method string, args *arguments) bool {
	if f.file.Language == ir.Go {
		return false
	}
	if runs[method] && statementOf(f, args) != nil {
		return true
	}
	if f.file.Language == ir.Python {
		return databasesOfPython[packageOf(ref)] && strings.Contains(ref, "()") && runsInPython[method]
	}
	client := packageOf(ref)
	if !strings.HasPrefix(client, "@") {
		client, _, _ = strings.Cut(client, "/")
	}
	if !ofDatabases[client] {
		return false
	}
	does, _, _ := in.effects(f, ref, method, args)
	return len(does) > 0 || asksDatabase.MatchString(method) && strings.Contains(ref, "()")
}

// tried is a promise whose failure is handled, and keeps what it fails with for what handles it.
func (in *interp) tried(f frame, e *ir.Expr) *Value {
	before := in.thrown
	in.thrown = nil
	in.tries++
	v := in.eval(f, e)
	in.tries--
	in.rejected = in.thrown
	in.thrown = before
	return v
}

// rejects are the arguments of what handles that a promise fails: the error of a database or of a request, where it fails with one.
func (in *interp) rejects(method string) *arguments {
	if v := orNothing(in.rejected); method == "catch" && isOfCall(v.ref) {
		return &arguments{list: []*Value{v}}
	}
	return &arguments{}
}

// textOfError is the text of an error that is a part of a text, or a whole error that Go writes there: "not stored: " + err.message, also
// where it stands in JSON: `data: ${JSON.stringify({ error: err.message })}`. Empty where there is none.
func textOfError(parts []*Value) string {
	for _, v := range parts {
		if text := textOfErrorIn(v, 0); text != "" {
			return text
		}
	}
	return ""
}

func textOfErrorIn(v *Value, depth int) string {
	if v == nil || depth > deepestJoin {
		return ""
	}
	kind, field, ok := strings.Cut(v.ref, "().")
	switch kind += "()"; {
	case depth == 0 && (isOfDatabase(v.ref) || isOfService(v.ref)):
		return v.ref + ".Error()"
	case ok && (isOfDatabase(kind) && tellingFields[field] || isOfService(kind) && textFields[field]):
		return v.ref
	case v.json != nil:
		return textOfErrorIn(v.json, depth+1)
	case depth > 0:
		for _, x := range sorted(v.fields) {
			if text := textOfErrorIn(x, depth+1); text != "" {
				return text
			}
		}
	}
	return ""
}

// errorOfAxios is how people call such an error.
const errorOfAxios = "an error of axios"

// wrapsError is a format by which an error of Go becomes another one with the same text in it.
var wrapsError = regexp.MustCompile(`%w`)

// wrapped is an error that is made around others: one of a database stays one.
func wrapped(format *Value, out *Value, values []*Value) *Value {
	i := slices.IndexFunc(values, func(v *Value) bool { return isOfDatabase(v.ref) || v.ref == serviceError })
	if i < 0 || !wrapsError.MatchString(format.text) {
		return out
	}
	c := *out
	c.ref = databaseError
	if values[i].ref == serviceError {
		c.ref = serviceError
	}
	if len(values) > 1 {
		c.fields = map[string]*Value{around: {}}
	}
	return &c
}

// errorOfGo is what a name for an error is given by a call of a database: err := row.Scan(&name), err := db.Find(&all).Error.
func errorOfGo(name *ir.Expr, v *Value) *Value {
	if name.Kind != ir.Name || !strings.Contains(strings.ToLower(name.Str), "err") || !failsLikeDatabaseOfGo(v.ref) && !ofGorm.MatchString(v.ref) {
		return v
	}
	return &Value{ref: databaseError}
}

// ofGorm is the error that a call of GORM leaves.
var ofGorm = regexp.MustCompile(`^(gorm_io|github_com/jinzhu)/gorm\..*\(\)\.Error$`)

// tellsRequest tells of an answer that holds an error as a whole which has more in it than its message, or the message of one of a
// database. What is said of a request that is refused is made for who sent it.
func (in *interp) tellsRequest(f frame, at int32, what string, answer *Value, status answerStatus) {
	in.tellsError(f, at, "error-details", what, errorOfAxios, answer, axiosError, axiosError+".toJSON()")
	in.tellsError(f, at, "database-error", what, "an error of the database as a whole", answer, databaseError, databaseOrOther)
	in.tellsError(f, at, "service-error", what, "the error of a service as a whole", answer, serviceError)
	if status == refused {
		return
	}
	for field := range sorted(textFields) {
		in.tellsError(f, at, "service-error", what, "the text of an error of a service", answer, serviceError+"."+field)
		if status == failed {
			in.tellsError(f, at, "service-error", what, "the text of an error of a service", answer, serviceOrOther+"."+field)
		}
	}
	for field := range sorted(tellingFields) {
		name := "the " + field
		if field == "toString()" || field == "Error()" {
			name = "the text"
		}
		in.tellsError(f, at, "database-error", what, name+" of an error of the database", answer, databaseError+"."+field)
		if status == failed { // what is answered so is mostly what nobody has thought of, and not what the program throws for people to read
			in.tellsError(f, at, "database-error", what, name+" of an error of the database", answer, databaseOrOther+"."+field)
		}
	}
}

// tellsError tells of an answer that holds one of some errors, or a part of one, where it was given to what makes answers.
func (in *interp) tellsError(f frame, at int32, rule, what, path string, answer *Value, refs ...string) {
	is := func(v *Value) bool { return slices.Contains(refs, v.ref) }
	if !holdsAny(answer, is, 0) {
		return
	}
	file, at, _ := in.givenAt(f, at, is)
	line, _ := file.Tree.Position(int(at))
	key := rule + "\x00" + file.Path + "\x00" + itoa(line) // an answer is one thing, whether its body is looked at or the whole of it
	if in.answeredBefore(answerMade{rule: rule, what: path}) || in.seen[key] {
		return
	}
	in.seen[key] = true
	in.hits = append(in.hits, &Hit{Rule: rule, File: file, At: at, What: what, Path: path, Unsure: strings.HasPrefix(path, "the ")})
}

// always are fields that every error of axios has.
var always = set("message name stack config isAxiosError")

// isThere reports whether a value is a part of an error of axios that is never missing: err.message || err is the message.
func isThere(v *Value) bool {
	if v.ref == databaseError+".message" || v.ref == serviceError+".message" || v.ref == databaseOrOther+".message" {
		return true
	}
	field, ok := strings.CutPrefix(v.ref, axiosError+".")
	return ok && always[field]
}

// otherError: what is no Error at all, or a text, is no error of axios either.
func (in *interp) otherError(f frame, e *ir.Expr, holds bool) {
	var x *ir.Expr
	switch {
	case e.Kind == ir.Binary && e.Str == "instanceof":
		if in.isErrorOfCall(f, e) != holds {
			x = e.X
		}
	case e.Kind == ir.Call && lastPart(textOf(e.X)) == "isAxiosError" && len(e.List) == 1 && !holds:
		x = e.List[0]
	case e.Kind == ir.Member && always[e.Str] && !holds:
		x = e.X
	case e.Kind == ir.Member && e.Str == "statusCode" && holds && !hasStatus(in.quiet(f, e.X)): // no error of version 3 of the SDK, or of a driver, has one
		x = e.X
	case e.Kind == ir.Binary && (e.Str == "===" || e.Str == "==") && e.X.Str == "typeof" && len(e.X.List) == 1 && e.Y.Str == "string" && holds:
		x = e.X.List[0]
	}
	if x == nil && holds {
		x = askedFor(e)
	}
	if x == nil && holds && f.file.Language == ir.Go {
		x = in.isConstantError(f, e)
	}
	if x == nil || x.Kind != ir.Name {
		return
	}
	if isOfCall(in.quiet(f, x).ref) {
		in.set(f.s, x.Str, &Value{}, true)
	}
}

// isConstantError is the name for an error that is then one which stands under a name of its own: err == ErrLate, switch err { case ErrLate, ErrGone: },
// errors.Is(err, ErrLate). What such an error says is written in the code. An error of errors.Is can be around one, with the text of others.
func (in *interp) isConstantError(f frame, e *ir.Expr) *ir.Expr {
	switch {
	case e.Kind == ir.Binary && e.Str == "||":
		if x, y := in.isConstantError(f, e.X), in.isConstantError(f, e.Y); x != nil && y != nil && x.Str == y.Str {
			return x
		}
	case e.Kind == ir.Binary && (e.Str == "==" || e.Str == "==="):
		for _, side := range [][2]*ir.Expr{{e.X, e.Y}, {e.Y, e.X}} {
			if x := side[0]; x.Kind == ir.Name && in.namesError(f, side[1]) && isOfCall(in.quiet(f, x).ref) {
				return x
			}
		}
	case e.Kind == ir.Call && textOf(e.X) == "errors.Is" && len(e.List) == 2 && e.List[0].Kind == ir.Name && in.namesError(f, e.List[1]):
		if in.quiet(f, e.List[0]).fields[around] == nil {
			return e.List[0]
		}
	}
	return nil
}

// namesError reports whether an expression is the name of an error, and not one that a call gave.
func (in *interp) namesError(f frame, e *ir.Expr) bool {
	return (e.Kind == ir.Name || e.Kind == ir.Member) && !isNothing(e) && e.Str != "nil" && !isOfCall(in.quiet(f, e).ref)
}

// around is the field of an error of Go that is made around another one and says more than that.
const around = "Unwrap()"

// isErrorOfCall reports whether the errors that a condition asks for by their class are those of the call that failed: all errors are, and those
// of its package; those of the program itself and of other packages (err instanceof JsonWebTokenError) are not.
func (in *interp) isErrorOfCall(f frame, e *ir.Expr) bool {
	kind := in.quiet(f, e.Y)
	pkg := packageOf(kind.ref)
	switch ref := in.quiet(f, e.X).ref; {
	case textOf(e.Y) == "Error" && kind.class == nil:
		return true
	case ref == axiosError:
		return pkg == "axios"
	case isOfService(ref):
		return isAWS(kind.ref) || strings.HasPrefix(pkg, "@smithy/")
	case isOfDatabase(ref):
		client, _, _ := strings.Cut(pkg, "/")
		return ofDatabases[pkg] || ofDatabases[client]
	}
	return false
}

// askedFor is the error of which a condition asks for a certain message or code: who asks knows it, and mostly has thrown it.
func askedFor(e *ir.Expr) *ir.Expr {
	switch {
	case e.Kind == ir.Binary && (e.Str == "===" || e.Str == "=="):
		for _, side := range []*ir.Expr{e.X, e.Y} {
			if side != nil && side.Kind == ir.Member && saysWhich[side.Str] {
				return side.X
			}
		}
	case e.Kind == ir.Call && e.X.Kind == ir.Member && (e.X.Str == "includes" || e.X.Str == "startsWith" || e.X.Str == "has") && len(e.List) == 1:
		for _, part := range []*ir.Expr{e.List[0], e.X.X} {
			if part.Kind == ir.Member && saysWhich[part.Str] {
				return part.X
			}
		}
	}
	return nil
}

// saysWhich are fields of errors that say which one it is.
var saysWhich = set("message name code type status statusCode")

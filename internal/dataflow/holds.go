package dataflow

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"wardlet.example/internal/ir"
)

// What records hold of secrets: a schema says which fields its documents have, and what reads one without choosing fields gives all of
// them.

// IsStoredSecret reports whether a name is one under which records hold what lets somebody in, hashed or not: password, passwordHash, otp.
func IsStoredSecret(name string) bool {
	words := slices.DeleteFunc(wordsOf(name), func(w string) bool { return ofHashes[w] })
	if len(words) == 0 || len(name) > 60 {
		return false
	}
	if len(words) == 1 && words[0] == "pin" && strings.Contains(strings.ToLower(name), "hash") { // pin_hash
		return true
	}
	for n := min(3, len(words)); n > 0; n-- {
		if storedSecrets[strings.Join(words[len(words)-n:], " ")] {
			return !slices.ContainsFunc(words[:len(words)-n], func(w string) bool { return notItself[w] && w != "hashed" })
		}
	}
	return false
}

var (
	ofHashes      = set("hash hashed encrypted digest bcrypt salted argon2 argon scrypt")
	storedSecrets = map[string]bool{
		"password": true, "passwd": true, "pwd": true, "passphrase": true, "passcode": true, "pass word": true, "otp": true, "otp code": true, "totp seed": true, "otp secret": true, "verification code": true, "reset token": true,
		"reset code": true, "password token": true, "mfa secret": true, "totp secret": true, "two factor secret": true, "security answer": true, "forgot code": true, "refresh token": true, "client secret": true, "private key": true,
		"transaction pin": true, "account pin": true, "atm pin": true, "card pin": true, "login pin": true, "security pin": true, "access pin": true, "mpin": true, "upi pin": true,
	}
)

// secretsOf are the fields of the documents of a schema that are secrets: new Schema({password: String}). Those that queries leave out
// unless they are asked for are none, and none are where documents say themselves what is written of them.
func (in *interp) secretsOf(schema *Value) []string {
	if schema == nil || schema.ref != "mongoose.Schema()" || len(schema.args) == 0 {
		return nil
	}
	return secretFields(schema.args[0])
}

// secretFields are the fields of a schema that are secrets.
func secretFields(schema *Value) []string {
	var out []string
	for name, x := range sorted(schema.fields) {
		if !IsStoredSecret(name) {
			continue
		}
		if shown := orNothing(x).fields["select"]; shown != nil && shown.known && shown.text == "false" {
			continue
		}
		out = append(out, name)
	}
	return out
}

// ownWriting is where a file says how its documents are written as JSON: toJSON() {...}, set("toObject", ...), prototype.toJSON = ...; who only calls
// such a method says nothing of that.
var ownWriting = regexp.MustCompile(`[^.\w]to(JSON|Object)\b|\.to(JSON|Object)\s*[^\s(]`)

// writesItself reports whether a file says how its documents are written as JSON.
func writesItself(source []byte) bool { return ownWriting.Match(source) }

// withoutRecord are methods that give no records, or others.
var withoutRecord = set("distinct countDocuments count estimatedDocumentCount aggregate exists deleteOne deleteMany updateOne updateMany bulkWrite replaceOne insertMany validate map flatMap reduce forEach some every")

// keepsRecord are methods of models, queries and documents of libraries that give records, or say more of which.
var keepsRecord = set(`find findOne findById findAll findByPk findOneAndUpdate findByIdAndUpdate findOneAndDelete findOneAndRemove findByIdAndDelete findByIdAndRemove
	findOneAndReplace findOrCreate findAndCountAll create build save insert upsert update reload exec lean sort limit skip where equals ne in nin gt gte lt lte and or nor
	session populate toObject toJSON get orFail orfail clone cursor next then catch finally collation hint read maxTimeMS all slice elemMatch toArray setOptions first last at pop
	shift select scope unscoped refresh merge query fetch filter concat slice createQueryBuilder andWhere orWhere orderBy addOrderBy take leftJoin leftJoinAndSelect innerJoin
	innerJoinAndSelect getMany getOne getOneOrFail getManyAndCount`)

// holdsOf are the secrets of the records that a call gives, which the fields that it chooses leave out of those of what it is called on.
func (in *interp) holdsOf(f frame, e *ir.Expr, recv, callee *Value, method string, args *arguments) []string {
	if built, ok := in.holdsOfBuilt(f, recv, callee.ref, method, args); ok {
		return built
	}
	holds := callee.holds
	if recv != nil && len(holds) == 0 {
		holds = recv.holds
		if len(holds) > 0 && !keepsRecord[method] && !givesRecords[method] { // user.transform(): a method of the program's own
			return nil
		}
	}
	if len(holds) == 0 {
		holds = in.schemaHolds(f, recv, callee.ref, method, args)
	}
	if len(holds) == 0 && givesRecords[method] && strings.HasPrefix(callee.ref, "typeorm.Repository()") {
		holds = in.repositoryHolds(f, callee.ref[:len(callee.ref)-len(method)-1], e)
	}
	if given := holdsOfRelated(method, args); len(given) > 0 && len(callee.ref) > 0 {
		holds = slices.Concat(holds, given)
	}
	first := args.get(0).fields
	switch {
	case len(holds) == 0 || withoutRecord[method]:
		return nil
	case method == "populate" && recv != nil && recv.ref == "mongoose.model()": // of documents that came from elsewhere
		return nil
	case method == "select":
		return chosen(holds, args.get(0))
	case method == "findAll" || method == "findByPk" || method == "findOne" && args.get(0).fields["where"] != nil: // of Sequelize
		for _, a := range args.list {
			if a.fields["attributes"] != nil || len(a.fields) == 0 && !a.isDict && !a.known && a.ref == "" && len(a.taints) == 0 && a != nothing {
				return nil
			}
		}
	case method == "scope" || method == "unscoped" || first["select"] != nil || first["omit"] != nil: // TypeORM, Prisma
		return nil
	case method == "find" || method == "findOne" || method == "findById":
		if options := args.get(2); options != nothing {
			return nil
		}
		if args.get(1) != nothing {
			return chosen(holds, args.get(1))
		}
	case method == "findOneAndUpdate" || method == "findByIdAndUpdate":
		if args.get(2).fields["projection"] != nil || args.get(2).fields["select"] != nil || args.get(2).fields["fields"] != nil {
			return nil
		}
	}
	return holds
}

// readAt is where records were read that a call gives: there, or where what it is a method of was given.
func readAt(c call, time int) *step {
	if c.recv != nil && c.recv.read != nil {
		return c.recv.read
	}
	return &step{c.f.file, c.e.At, "the record is read as a whole", nil, time}
}

// asInstance is a record as an object of a class that class-transformer makes: all of its fields stay, unless it is told to leave out those that
// the class does not expose.
func (in *interp) asInstance(c call) (*Value, bool) {
	v, shape, options := c.args.get(1), c.args.get(0).class, c.args.get(2)
	holds := slices.Concat(v.holds, orNothing(v.elem).holds)
	if len(holds) == 0 || shape == nil || options != nothing && len(options.fields) == 0 || exposesOnly(options) || hasDecorator(shape.def.Decorators, "Exclude") || in.p.exposesOnly() {
		return nil, false
	}
	for _, field := range shape.def.Fields {
		if hasDecorator(field.Decorators, "Exclude") {
			holds = without(holds, field.Name)
		}
	}
	out := &Value{ref: v.ref, holds: holds}
	if len(holds) > 0 {
		out.read = &step{c.f.file, c.e.At, "goes through " + lastPart(c.callee.ref) + ", which keeps all fields", readAt(call{f: c.f, e: c.e, recv: v}, in.steps), in.steps}
	}
	return out, true
}

// exposesOnly reports whether options of class-transformer leave out what a class does not expose.
func exposesOnly(options *Value) bool {
	return options.fields["strategy"] != nil || options.fields["groups"] != nil || options.fields["excludeExtraneousValues"] != nil
}

// exposing is how an application says that all of its answers have only what their classes expose.
var exposing = regexp.MustCompile(`ClassSerializerInterceptor\([^;]*(excludeExtraneousValues|excludeAll)`)

func (p *Program) exposesOnly() bool {
	for _, m := range p.modules {
		if m != nil && m.file != nil && m.file.Tree != nil && exposing.Match(m.file.Tree.Source) {
			return true
		}
	}
	return false
}

func hasDecorator(list []*ir.Expr, name string) bool {
	return slices.ContainsFunc(list, func(d *ir.Expr) bool {
		if d.Kind == ir.Call {
			d = d.X
		}
		return lastPart(textOf(d)) == name
	})
}

// chosen are those of some fields that a projection of mongoose leaves: "name email", "-password", {password: 0}.
func chosen(holds []string, projection *Value) []string {
	names := map[string]bool{}
	only := false
	switch {
	case projection.known:
		for word := range strings.FieldsSeq(projection.text) {
			name, not := strings.CutPrefix(word, "-")
			name = strings.TrimPrefix(name, "+")
			names[name] = !not
			only = only || !not && !strings.HasPrefix(word, "+")
		}
	case len(projection.fields) > 0:
		for name, x := range projection.fields {
			shown := !(orNothing(x).known && (x.text == "0" || x.text == "false"))
			names[name] = shown
			only = only || shown && name != "_id"
		}
	default:
		return nil
	}
	return slices.DeleteFunc(slices.Clone(holds), func(name string) bool {
		shown, named := names[name]
		return named && !shown || !named && only
	})
}

// without are the secrets that are left when a field has been taken out, with all that is in it.
func without(holds []string, key string) []string {
	gone := func(name string) bool { return name == key || strings.HasPrefix(name, key+".") }
	if !slices.ContainsFunc(holds, gone) {
		return holds
	}
	return slices.DeleteFunc(slices.Clone(holds), gone)
}

// wholeRecord is what is read of a table, as it was read, in an answer; nil where there is none.
func wholeRecord(v *Value, depth int) *Taint {
	if v == nil || depth > 4 || v.known {
		return nil
	}
	for _, t := range v.taints {
		if t.Source != nil && t.Source.Read != nil && strings.HasPrefix(t.Path, storedItem) && isRecord[strings.TrimPrefix(plainPath(t.Path), storedItem)] && !t.unsure && !t.clean[Disclosed] && t.unchanged() {
			return t
		}
	}
	for _, x := range sorted(v.fields) {
		if t := wholeRecord(x, depth+1); t != nil {
			return t
		}
	}
	if t := wholeRecord(v.elem, depth+1); t != nil {
		return t
	}
	return wholeRecord(v.json, depth+1)
}

// tellsRecord notes a record that goes somewhere as a whole: whether it holds a secret stands where it is written.
func (in *interp) tellsRecord(f frame, at int32, rule, what string, v *Value) {
	t := wholeRecord(v, 0)
	if t == nil || in.proving > 0 {
		return
	}
	file := f.file
	var home *ir.Func
	if rule == Answered {
		file, at, home = in.givenAt(f, at, readFrom(t.Source))
	}
	taken := in.takenFrom(plainPath(t.Path), home)
	if rule == Answered && len(taken) == 0 && in.answeredBefore(answerMade{rule, t.Path, t.Source}) {
		return
	}
	key := rule + "\x00" + file.Path + "\x00" + itoa(int(at))
	if in.seen[key] {
		return
	}
	in.seen[key] = true
	in.hits = append(in.hits, &Hit{Rule: rule, File: file, At: at, What: what, Path: t.Path, Leak: &Leak{Grave: true, Rank: int(ofPassword)}, Record: t.Source.Read, Taken: taken, Steps: wayOf(t, in.sites)})
}

// logsRecord notes records that are logged as a whole.
func (in *interp) logsRecord(f frame, e *ir.Expr, m *Model, args *arguments) {
	for _, v := range args.list {
		in.tellsRecord(f, e.At, Disclosed, callName(m), v)
	}
}

// takenFrom are the fields that the code takes out of what stands at a path. Where it is known which function gives it away, what others do
// for answers of their own does not count.
func (in *interp) takenFrom(path string, home *ir.Func) []string {
	var out []string
	for hidden, by := range sorted(in.hidden) {
		name, ok := strings.CutPrefix(plainPath(hidden), path+".")
		if ok && (home == nil || slices.ContainsFunc(by, func(fn *ir.Func) bool {
			return fn == nil || slices.Contains(in.stack, fn) || in.leadsToFunc(home, fn, 0)
		})) {
			out = append(out, name)
		}
	}
	return out
}

// leadsToFunc reports whether a function calls another one, or calls one that does.
func (in *interp) leadsToFunc(from, to *ir.Func, depth int) bool {
	found := from == to
	ir.Walk(from.Body, func(*ir.Stmt) bool { return !found }, func(e *ir.Expr) bool {
		if found || depth > deepestJoin {
			return false
		}
		if e.Kind == ir.Lambda {
			found = e.Fn == to
		}
		if e.Kind == ir.Call {
			found = found || slices.ContainsFunc(in.p.callees[e], func(fn *ir.Func) bool { return in.leadsToFunc(fn, to, depth+1) })
		}
		return !found
	})
	return found
}

// isRecord are the parts of an answer of a table that are whole records.
var isRecord = map[string]bool{"": true, ".Item": true, ".Items": true, ".Attributes": true}

// schemaHolds are the secrets of the records that a class of the program, or a schema beside it, describes.
func (in *interp) schemaHolds(f frame, recv *Value, ref, method string, args *arguments) []string {
	switch {
	case method == "getRepository" && args.get(0).class != nil, strings.HasSuffix(ref, "nestjs/typeorm.InjectRepository") && args.get(0).class != nil:
		return secretColumns(args.get(0).class)
	case recv != nil && recv.class != nil && recv.isType && givesRecords[method]:
		if len(recv.class.columns) > 0 {
			return recv.class.columns
		}
		return secretColumns(recv.class)
	case strings.HasPrefix(ref, prismaClient) && givesRecords[method]:
		if parts := strings.Split(strings.TrimPrefix(ref, prismaClient), "."); len(parts) == 2 {
			return in.p.prismaSecrets(f.file.Path)[strings.ToLower(parts[0])]
		}
	}
	return nil
}

// givesRecords are methods of mappers that give records as they are stored.
var givesRecords = set(`find findAll findOne findByPk findOneBy findBy findOneOrFail findOneByOrFail findOrCreate findAndCountAll findAndCount findById
	findUnique findUniqueOrThrow findFirst findFirstOrThrow findMany create update upsert save`)

// secretColumns are the columns of a class that are secrets, by its decorators: those of TypeORM and sequelize-typescript. Fields that are left
// out of answers are none.
func secretColumns(c *class) []string {
	var out []string
	if c.scope != nil && c.scope.module != nil && writesItself(c.scope.module.file.Tree.Source) {
		return nil
	}
	for _, field := range c.def.Fields {
		column, hidden := false, false
		for _, d := range field.Decorators {
			name, options := d, (*ir.Expr)(nil)
			if d.Kind == ir.Call {
				name = d.X
				if len(d.List) > 0 {
					options = d.List[len(d.List)-1]
				}
			}
			word := lastPart(textOf(name))
			column = column || strings.HasSuffix(word, "Column") || word == "Property" || word == "Prop"
			hidden = hidden || word == "Exclude" || isOff(options, "select") || isOff(options, "hidden")
		}
		if column && !hidden && IsStoredSecret(field.Name) {
			out = append(out, field.Name)
		}
	}
	return out
}

// isOff reports whether options leave a field out of what is read or shown: {select: false}, {hidden: true}.
func isOff(options *ir.Expr, key string) bool {
	if options == nil || options.Kind != ir.Object {
		return false
	}
	i := slices.Index(options.Keys, key)
	return i >= 0 && i < len(options.List) && options.List[i].Kind == ir.Const
}

// initialised keeps the secrets of the fields that a class of Sequelize is given: User.init({password: DataTypes.STRING}, options).
func (in *interp) initialised(f frame, c *class, args *arguments) {
	if args.get(1).fields["defaultScope"] == nil && !writesItself(f.file.Tree.Source) {
		c.columns = secretFields(args.get(0))
	}
}

// prismaClient is what clients of Prisma are called.
const prismaClient = "@prisma/client.PrismaClient()."

// prismaSecrets are the secrets of the models of the nearest schema of Prisma above a file, by the names of the models in lower case.
func (p *Program) prismaSecrets(file string) map[string][]string {
	for dir := path.Dir(file); ; dir = path.Dir(dir) {
		for _, at := range []string{"prisma/schema.prisma", "schema.prisma", "src/prisma/schema.prisma"} {
			name := path.Join(dir, at)
			if models, ok := p.prisma[name]; ok {
				return models
			}
			if source := p.files.Read(name); source != nil {
				if p.prisma == nil {
					p.prisma = map[string]map[string][]string{}
				}
				p.prisma[name] = prismaModels(string(source))
				return p.prisma[name]
			}
		}
		if dir == "." || dir == "/" {
			return nil
		}
	}
}

// prismaModels reads which fields of the models of a schema are secrets.
func prismaModels(schema string) map[string][]string {
	out, model := map[string][]string{}, ""
	for line := range strings.Lines(schema) {
		words := strings.Fields(line)
		switch {
		case len(words) >= 2 && words[0] == "model":
			model = strings.ToLower(words[1])
		case len(words) > 0 && words[0] == "}":
			model = ""
		case model != "" && len(words) >= 2 && strings.HasPrefix(words[1], "String") && IsStoredSecret(words[0]):
			out[model] = append(out[model], words[0])
		}
	}
	return out
}

// runsHooks follows what a mapper is told to do with records before it stores them: define("User", fields, {hooks: {beforeSave}}).
func (in *interp) runsHooks(args *arguments, at int32) {
	if in.loading != nil || len(args.list) < 2 {
		return
	}
	hooks := args.list[len(args.list)-1].fields["hooks"]
	if hooks == nil {
		return
	}
	for _, hook := range sorted(hooks.fields) {
		for _, c := range orNothing(hook).fns {
			in.invoke(frame{c.scope, c.fn.File}, c, nil, &arguments{list: []*Value{{ref: "sequelize.Model()"}, {}}}, at)
		}
	}
}

// ofEntity is how a repository is declared that a framework hands in: members: Repository<Member>.
var ofEntity = regexp.MustCompile(`(\w+)\s*[?!]?\s*:\s*Repository<\s*(\w+)\s*>`)

// repositoryHolds are the secrets of the records of a repository that a framework hands in, by what it is declared to be of.
func (in *interp) repositoryHolds(f frame, ref string, e *ir.Expr) []string {
	if ref != "typeorm.Repository()" || e.X == nil || e.X.Kind != ir.Member {
		return nil
	}
	name := lastPart(textOf(e.X.X))
	for _, m := range ofEntity.FindAllSubmatch(f.file.Tree.Source, -1) {
		if string(m[1]) != name {
			continue
		}
		if v := in.quiet(f, &ir.Expr{Kind: ir.Name, Str: string(m[2]), At: e.At, End: e.End}); v.class != nil {
			return secretColumns(v.class)
		}
	}
	return nil
}

package dataflow

import (
	"regexp"
	"slices"
	"strings"

	"wardlet.example/internal/ir"
)

// hashesBefore is how models say that something is done with a record before it is stored, and hashes are calls that hash a password.
var (
	hashesBefore = regexp.MustCompile(`\.pre\(|\bhooks\b|before(Create|Save|BulkCreate|Update|Validate|Insert)|\bBefore(Insert|Save|Update|Create|Upsert)|\.addHook\(|\$use\(|\$extends|listens_for|@validates|hybrid_property|\.setter\b|\bset\s*\(\s*\w*\s*\)\s*\{|@receiver|def (save|set_password)\(|\.hook\(`)
	hashes       = regexp.MustCompile(`(?i)bcrypt|argon2|scrypt|pbkdf2|generate_password_hash|make_password|hash`)
	hashedInSQL  = regexp.MustCompile(`(?i)\b(crypt|gen_salt|sha\d?|sha2|digest|md5|password|hash\w*|pgp_sym_encrypt|aes_encrypt|encrypt)\s*\(\s*(\?|\$\d|%s|:\w|@\w|concat|cast)`)
)

// makesRecords are packages whose classes are given what a record holds: new User({password}).
var makesRecords = set("mongoose sequelize sequelize-typescript dynamoose pynamodb sqlalchemy flask_sqlalchemy mongoengine peewee sqlmodel")

// storesPassword tells of a password that a call of a database or a mapper is given as it came in. Models that do something with what they
// store before they do, and statements that hash it, say nothing.
func (in *interp) storesPassword(f frame, e *ir.Expr, ref string, recv *Value, args *arguments) {
	var taints []*Taint
	add := func(v *Value) { taints = addTaints(taints, storedPasswords(v, 0)) }
	for _, v := range slices.Concat(args.list, kwValues(args)) {
		add(v)
	}
	add(recv) // new User({password}).save()
	if len(taints) == 0 || in.p.hashesItself() {
		return
	}
	if text := statementOf(f, args); text != nil && hashedInSQL.MatchString(text.begin()) {
		return
	}
	in.hit(f, e.At, "clear-password", lastPart(ref), taints, false)
}

// storedPasswords are the passwords in what is stored, as they came in, also in what an object is made of.
func storedPasswords(v *Value, depth int) []*Taint {
	const deepest = 3
	if v == nil || v == nothing || depth > deepest {
		return nil
	}
	out := passwordsUnder("", v)
	for name, x := range sorted(v.fields) {
		out = addTaints(out, passwordsUnder(name, x))
		out = addTaints(out, storedPasswords(x, depth+1))
	}
	if makesRecords[strings.SplitN(packageOf(v.ref), ".", 2)[0]] {
		for _, x := range v.args {
			out = addTaints(out, storedPasswords(notSetSince(x, v.fields), depth+1))
		}
		for name, x := range sorted(v.kw) {
			out = addTaints(out, passwordsUnder(name, x))
			out = addTaints(out, storedPasswords(x, depth+1))
		}
	}
	return out
}

// notSetSince is what a record was made of, without the fields that were set since: user.password = hash.
func notSetSince(made *Value, set map[string]*Value) *Value {
	if made == nil || len(made.fields) == 0 || len(set) == 0 {
		return made
	}
	c := *made
	c.fields = map[string]*Value{}
	for name, x := range made.fields {
		if _, later := set[name]; !later {
			c.fields[name] = x
		}
	}
	return &c
}

// setsPassword tells of a password that a row of a table gets as it came in: the mapper stores it when the session is committed.
func (in *interp) setsPassword(f frame, at int32, column string, v *Value) {
	if taints := passwordsUnder(column, v); len(taints) > 0 && !in.p.hashesItself() {
		in.hit(f, at, "clear-password", aRow, taints, false)
	}
}

// hashesItself reports whether a model of the program hashes what it stores before it does.
func (p *Program) hashesItself() bool {
	for _, m := range p.modules {
		if m == nil || m.file == nil || m.file.Tree == nil {
			continue
		}
		if source := m.file.Tree.Source; hashesBefore.Match(source) && hashes.Match(source) {
			return true
		}
	}
	return false
}

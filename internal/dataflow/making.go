package dataflow

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"wardlet.example/internal/ir"
)

// making is a name that gets the value of an expression while that is worked out.
type making struct {
	name  string
	depth int // how many functions were called where the name stands
}

// secretMakers are packages of Go that make what nobody may guess, by their names: the functions in them are called New.
var secretMakers = set("keygen apikey apikeys token tokens secret secrets password passwords passwd passgen pwgen otp otps")

// makers are names of functions that say only that something is made.
var makers = regexp.MustCompile(`^(?i:new|make|create|generate|gen|random|issue|next)(?:String|Hex|Bytes|Value|One)?$`)

// ofChance are names of functions that give something random for whoever asks.
var ofChance = regexp.MustCompile(`(?i)rand|alnum|alphanum|letters|digits|(make|gen|generate|create)(_?id|_?str|_?string|_?code|_?key|_?hex)`)

// makesSecret says what nobody may guess and is made where the program is followed; empty where it is nothing of that kind.
func (in *interp) makesSecret() string {
	n := in.namedFunction()
	if n == 0 {
		return ""
	}
	fn := in.stack[n-1]
	if in.nobodyMayGuess(fn.Name) {
		return "what " + fn.Name + " gives"
	}
	if pkg := fn.File.Package; fn.File.Language == ir.Go && secretMakers[strings.ToLower(pkg)] && (makers.MatchString(fn.Name) || ofChance.MatchString(fn.Name)) {
		return "what " + pkg + "." + fn.Name + " gives"
	}
	chance := ofChance.MatchString(fn.Name)
	if chance && n > 1 && in.nobodyMayGuess(in.stack[n-2].Name) && makes.MatchString(in.stack[n-2].Name) {
		return "what " + in.stack[n-2].Name + " gives"
	}
	if name := in.inMaking(n, in.nobodyMayGuess); name != "" {
		return name
	}
	return in.codeOfEntry(n)
}

var (
	// plainCode is a name that says only that something is a code, or makes one.
	plainCode = regexp.MustCompile(`(?i)^((new|make|create|generate|gen|random|issue|build|next|unique)_?)?code$`)
	// ofEntry are words in names of functions, files and folders which say what such a code is for.
	ofEntry = set("invite invites invitation invitations verification verify activation recovery reset forgot forgotten otp mfa 2fa challenge pairing passwordless voucher vouchers giftcard giftcards")
	// plainProof is a name of what somebody shows, and which says nothing of what for.
	plainProof = regexp.MustCompile(`(?i)^(code|key|grant|pin|hash)$`)
)

// shownAs is what a random value is that has a name which says only that it is shown or looked up, as the record says in which it stands: the key
// of a Pass, the code of a voucher, the grant of an invitation. It is empty where the record says nothing of that kind, and where the value is
// only a part of a text.
func (in *interp) shownAs(name string, v *Value) string {
	if !plainProof.MatchString(name) || len(v.parts) > 0 && !strings.EqualFold(name, "code") {
		return ""
	}
	for _, m := range slices.Backward(in.making) {
		if m.depth < len(in.stack) {
			break
		}
		if isRecordOfEntry(m.name) {
			return name + " of " + m.name
		}
	}
	if n := len(in.stack); n > 0 && in.stack[n-1].Class != nil && isRecordOfEntry(in.stack[n-1].Class.Name) {
		return name + " of " + in.stack[n-1].Class.Name
	}
	return ""
}

// isRecordOfEntry reports whether a name is one of a record of what lets somebody in, or is worth money: guestPass, invitation, GiftVoucher.
func isRecordOfEntry(name string) bool {
	words := wordsOf(name)
	return len(words) > 0 && len(words) < 4 && (ofEntry[words[len(words)-1]] || isPass(name))
}

// codeOfEntry is a code by which somebody is let in, as the names around it say: those of the function that makes it and of the one that calls it, and
// of their files; empty where none does.
func (in *interp) codeOfEntry(n int) string {
	name := in.stack[n-1].Name
	if !plainCode.MatchString(name) {
		if name = in.inMaking(n, plainCode.MatchString); name == "" {
			return ""
		}
	}
	for _, fn := range slices.Backward(in.stack[max(0, n-2):n]) {
		file := strings.TrimSuffix(fn.File.Path, path.Ext(fn.File.Path))
		for _, around := range []string{fn.Name, path.Base(file), path.Base(path.Dir(file))} {
			if slices.ContainsFunc(wordsOf(around), func(w string) bool { return ofEntry[w] }) {
				return name + " of " + around
			}
		}
	}
	return ""
}

// oneTime is what a code is called that stands in a record of one person and ends.
const oneTime = "one-time code"

var (
	endsSoon    = regexp.MustCompile(`(?i)^(ttl|exp|expir\w*|valid_?(until|till|to)|attempts|tries)$`)
	ofPerson    = regexp.MustCompile(`(?i)e-?mail|phone|mobile|msisdn|user|\bsub\b`)
	ofSomething = regexp.MustCompile(`(?i)discount|percent|amount|price|coupon|promo|voucher|url|link|target`)
)

// isOneTime reports whether an object that holds a code is a record of one person, in which it ends or may be tried only so often: nothing but a
// proof that somebody is that person is kept like that.
func isOneTime(e *ir.Expr) bool {
	var ends, person bool
	for i, key := range e.Keys {
		if ofSomething.MatchString(key) {
			return false
		}
		ends = ends || endsSoon.MatchString(key)
		person = person || ofPerson.MatchString(key) || !plainCode.MatchString(key) && ofPerson.MatchString(textOf(e.List[i]))
	}
	return ends && person
}

// guessableRecord tells of a random number in a record that is called no more than a code, where the record says what for.
func (in *interp) guessableRecord(f frame, e *ir.Expr, v *Value) {
	for i, key := range e.Keys {
		code := v.fields[key]
		if code == nil || !plainCode.MatchString(key) && !(plainProof.MatchString(key) && len(code.parts) == 0) || !isOneTime(e) {
			continue
		}
		if text := code.fields["S"]; text != nil { // in the types of DynamoDB
			code = text
		}
		in.guessable(f, oneTime, e.List[i], code)
	}
}

// letsIn are names of codes by which somebody is let in, or gets hold of something.
var letsIn = regexp.MustCompile(`(?i)(oauth2?|csrf|xsrf)_?state$|(invit(e|ation)|verif(y|ication)|confirm(ation)?|activation|reset|recovery|login|(reset|forgot|forgotten|recover)_?password|password_?(reset|recovery)|backup|otp|mfa|claim|pairing|access|unlock|one[_-]?time)[_ ]?code$`)

// isPass reports whether a name is one of a pass: a password, or what somebody shows to be let in.
func isPass(name string) bool {
	words := wordsOf(name)
	return len(words) > 0 && len(words) < 3 && words[len(words)-1] == "pass"
}

// isPin reports whether a name is one of a number that somebody keeps to himself: pin, doorPin.
func isPin(name string) bool {
	words := wordsOf(name)
	return len(words) > 0 && len(words) < 3 && words[len(words)-1] == "pin"
}

// nobodyMayGuess reports whether a name is one of something by which somebody is let in.
func (in *interp) nobodyMayGuess(name string) bool {
	return in.p.sensitive(name) >= ofToken || letsIn.MatchString(name)
}

// namedFunction is how many functions are at work up to the last one with a name: the others are comprehensions, and functions that are given
// away.
func (in *interp) namedFunction() int {
	n := len(in.stack)
	for n > 1 && in.stack[n-1].Name == "" {
		n--
	}
	return n
}

// inMaking is the innermost name of some kind that gets what is worked out, in the function that is the n-th at work, or in the one that calls it
// where its own name says no more than that it gives something random; empty where there is none.
func (in *interp) inMaking(n int, is func(name string) bool) string {
	from := n
	if ofChance.MatchString(in.stack[n-1].Name) {
		from--
	}
	for _, m := range slices.Backward(in.making) {
		if m.depth < from {
			break
		}
		if is(m.name) {
			return m.name
		}
	}
	return ""
}

// makes are names of functions that make something.
var makes = regexp.MustCompile(`(?i)^_?(new|make|create|generate|gen|random|issue|build)`)

// byChance are functions that give something random, whether it can be worked out or not.
var byChance = set(`secrets.choice secrets.token_urlsafe secrets.token_hex secrets.SystemRandom().choice secrets.SystemRandom().choices random.choice random.choices random.sample
	random.SystemRandom().choice random.SystemRandom().choices random.SystemRandom().sample crypto.randomBytes crypto.randomInt builtin.Math.random
	generate-password.generate generate-password.default.generate`)

// madePassword is what a call gives, as a secret where it is made by chance for a password, the one that a new user begins with, or a token.
func (in *interp) madePassword(f frame, e *ir.Expr, callee, v *Value) *Value {
	if v == nil || v.secret != nil || !byChance[callee.ref] && !uniqueNames[callee.ref] {
		return v
	}
	name, kind := "", ofPassword
	if byChance[callee.ref] {
		name = in.passwordInMaking()
	}
	if name == "" {
		name, kind = in.tokenInMaking(), ofToken
	}
	if name == "" || uniqueNames[callee.ref] && len(wordsOf(name)) < 2 { // a name that is called a token is often just one
		return v
	}
	c := *v
	c.secret = &secret{what: "`" + name + "`", step: &step{f.file, e.At, name + " is made", nil, in.steps}, made: kind}
	return &c
}

// passwordsGiven are members of requests to services of AWS that are passwords, or other secrets, from then on.
var passwordsGiven = []string{"TemporaryPassword", "Password", "MasterUserPassword", "SecretString"}

// givesPassword notes that a service gets as a password what the function has made: it is one from then on, whatever it is called.
func (in *interp) givesPassword(f frame, at int32, params *Value) {
	for _, name := range passwordsGiven {
		v := orNothing(params).fields[name]
		if v == nil || v == nothing || v.known || v.shared || v.secret != nil || v.json != nil || len(v.taints)+len(v.fields)+len(v.fns) > 0 || v.class != nil || settingOf(v) != "" || in.proving > 0 {
			continue
		}
		v.secret = &secret{what: "what is given as `" + name + "`", step: &step{f.file, at, "it becomes a password", nil, in.steps}, made: ofPassword}
	}
}

// uniqueNames are functions that give a name which nobody else has, and which is used as a token too.
var uniqueNames = set("uuid.v4 uuid.default.v4 crypto.randomUUID uuid.uuid4 nanoid.nanoid")

// tokenInMaking is the name of the token that is made where the program is followed; empty where none is.
func (in *interp) tokenInMaking() string {
	if len(in.making) == 0 {
		return ""
	}
	if m := in.making[len(in.making)-1]; m.depth == len(in.stack) && in.p.sensitive(m.name) == ofToken {
		return m.name
	}
	return ""
}

// firstWords are words before "password" of one that is made for somebody.
var firstWords = set("initial temp temporary random new generated default first strong secure make create generate gen build get user plain raw")

// isNewPassword reports whether a name is one of a password that is made: password, temporaryPassword, generate_password.
func isNewPassword(name string) bool {
	words := wordsOf(name)
	if len(words) == 0 || !isPassword(name) {
		return false
	}
	for _, w := range words[:len(words)-1] {
		if !firstWords[w] {
			return false
		}
	}
	return true
}

// passwordInMaking is the name of the password that is made where the program is followed; empty where none is.
func (in *interp) passwordInMaking() string {
	n := in.namedFunction()
	if n == 0 {
		return ""
	}
	if name := in.stack[n-1].Name; isNewPassword(name) {
		return name
	}
	return in.inMaking(n, isNewPassword)
}

// forName follows what is given to a name.
func (in *interp) forName(name string, follow func() *Value) *Value {
	if name == "" {
		return follow()
	}
	in.making = append(in.making, making{name, len(in.stack)})
	v := follow()
	in.making = in.making[:len(in.making)-1]
	return v
}

// encryptsBlocks reports whether a call encrypts one block after the other, each for itself: in a loop, a part of the data at a time.
func (in *interp) encryptsBlocks(f frame, e *ir.Expr) bool {
	if len(in.stack) == 0 || len(e.List) < 2 {
		return false
	}
	source, text := e.List[1], f.file.Tree.Source
	if source.Kind != ir.Index || source.Y.Str != ":" || strings.HasSuffix(string(text[source.At:source.End]), "[:]") {
		return false
	}
	found := false
	ir.Statements(in.stack[len(in.stack)-1].Body, func(list []*ir.Stmt, i int) {
		s := list[i]
		if s.Kind != ir.Loop {
			return
		}
		inside, chained := false, false
		ir.Statements(s.Body, func(list []*ir.Stmt, i int) {
			if x := list[i].X; x != nil {
				inside = inside || x == e
				chained = chained || x != e && int(x.End) <= len(text) && tiesBlocks.Match(text[x.At:x.End])
			}
		})
		found = found || inside && !chained
	})
	return found
}

// tiesBlocks is what ties a block to the one before it, or to a counter.
var tiesBlocks = regexp.MustCompile(`\^|(?i)xor`)

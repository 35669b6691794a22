package dataflow

import (
	"regexp"
	"slices"
	"strings"

	"wardlet.example/internal/ir"
)

// roll is a random number that others can work out, and what became of it.
type roll struct {
	file   *ir.File
	at     int32
	ofTime bool // it is the digest of the time
	picked bool // it only chose one of several things that are there already
	hashed bool // a digest was made of it: who keeps only that has given the number itself to somebody
	inText bool // the patterns of the rule know it where it is made
}

// pick is what is chosen by a random number.
func (r *roll) pick() *roll { return &roll{file: r.file, at: r.at, picked: true, inText: r.inText} }

// signs is what a random number is as a part of a text: one sign of several that were chosen is no choice any more.
func (r *roll) signs() *roll {
	if r == nil || !r.picked {
		return r
	}
	return &roll{file: r.file, at: r.at, inText: r.inText}
}

// rolls are functions that give random numbers which can be guessed, or texts that are made of them, picks those that choose by one. The generator
// is the one that a package shares, or an object of its own: random.Random(), numpy.random.default_rng(), rand.New(source).
var (
	rolls = aboutNames(`^(builtin\.Math\.random|random\.(Random\(\)\.)?(random|randint|randrange|getrandbits|uniform|randbytes)|` +
		`numpy\.random\.((default_rng|RandomState|Generator)\(\)\.)?bytes|` +
		`(lodash(-es)?|underscore)\.(default\.)?random|lodash-es/random\.default|` +
		`nanoid/non-secure\.(nanoid|customAlphabet\(\)))$`)
	picks = aboutNames(`^(random\.(Random\(\)\.)?(choice|choices|sample)|numpy\.random\.((default_rng|RandomState|Generator)\(\)\.)?(choice|permutation)|` +
		`(lodash(-es)?|underscore)\.(default\.)?(sample|sampleSize|shuffle)|lodash-es/(sample|sampleSize|shuffle)\.default)$`)
	// knownByPattern are those that the patterns of the rule know where they are called.
	knownByPattern = regexp.MustCompile(`^(builtin\.Math\.random|random\.\w+|math/rand.*)$`)
	// rollsOfGo are those of Go, which have a name for each type of number.
	rollsOfGo = aboutNames(`^math/rand(/v2)?\.((New|NewSource|NewPCG)\(\)\.)?(Int|Uint|Float|N$)\w*$`)
)

var (
	// hashing are functions that give the digest of what they get.
	hashing         = aboutNames(`(?i)^(sha_?(1|256|512)|md5)$|^(digest|hexdigest)$`)
	moment          = regexp.MustCompile(`new Date\(\)|Date\.now\(\)|getTime\(\)|\btime\.time\(\)|datetime\.(utc)?now\(|time\.Now\(\)|moment\(\)|process\.hrtime`)
	unknownToOthers = regexp.MustCompile(`(?i)rand|secret|salt|nonce|uuid|nanoid|key|entropy|token_hex|urandom`)
)

// ofMoment reports whether a call gives the digest of the time and of what others know, without anything that is secret or random: whoever
// knows about when it was made can work it out.
func ofMoment(f frame, e *ir.Expr, name string) bool {
	if !hashing.MatchString(name) || e.At >= e.End || int(e.End) > len(f.file.Tree.Source) {
		return false
	}
	text := f.file.Tree.Source[e.At:e.End]
	return moment.Match(text) && !unknownToOthers.Match(text)
}

// keepsRandom are functions that bring a random number into another form.
var keepsRandom = set(`floor round ceil trunc abs toString String str int parseInt Number toFixed slice substring substr padStart padEnd zfill charAt fromCharCode chr
	toUpperCase toLowerCase upper lower replace concat hex format Buffer from encode decode btoa b64encode urlsafe_b64encode b32encode hexlify toLocaleString
	EncodeToString FormatInt FormatUint Itoa Sprint Sprintf String Bytes ToUpper ToLower TrimSpace TrimRight TrimLeft ReplaceAll Replace`)

// digests are functions and methods that make a digest.
var digests = set("sha1 sha224 sha256 sha384 sha512 sha3_256 sha3_512 blake2b blake2s md5 update digest hexdigest")

// ofDigests are words of names of digests, keptAsDigest the words before them that say of what: api_key_hash, tokenDigest.
var (
	ofDigests    = set("hash hashed digest sha256 sha512 sha1")
	keptAsDigest = set("key token secret password code otp pin")
)

// isDigestOfSecret reports whether a name is that of a digest of what lets somebody in.
func isDigestOfSecret(name string) bool {
	words := wordsOf(name)
	rest := slices.DeleteFunc(slices.Clone(words), func(w string) bool { return ofDigests[w] })
	return len(rest) < len(words) && len(rest) > 0 && keptAsDigest[rest[len(rest)-1]]
}

// rolled is what a call gives, with the random number that it makes or only brings into another form.
func rolled(f frame, e *ir.Expr, recv, callee *Value, args *arguments, v *Value) *Value {
	if v == nil {
		return v
	}
	from, name := v.random, lastPart(textOf(e.X))
	if e.X.Kind == ir.Member {
		name = e.X.Str
	}
	switch {
	case rolls.MatchString(callee.ref), rollsOfGo.MatchString(callee.ref):
		from = &roll{file: f.file, at: e.At, inText: knownByPattern.MatchString(callee.ref)}
	case picks.MatchString(callee.ref):
		from = &roll{file: f.file, at: e.At, picked: true, inText: knownByPattern.MatchString(callee.ref)}
	case name == "join" && recv != nil, callee.ref == "strings.Join":
		for _, list := range append([]*Value{orNothing(recv)}, args.list...) {
			from = firstRoll(from, firstRoll(list.random.signs(), orNothing(list.elem).random.signs()))
			if x := list.fields["0"]; x != nil {
				from = firstRoll(from, x.random.signs())
			}
		}
	case from == nil && keepsRandom[name]:
		from = orNothing(recv).random
		for _, a := range args.list {
			from = firstRoll(from, rollIn(f, a))
		}
		if from != nil && name == "charAt" {
			from = from.pick()
		}
	case from == nil && ofMoment(f, e, name):
		from = &roll{file: f.file, at: e.At, ofTime: true}
	case from == nil && digests[name]:
		for _, a := range append([]*Value{orNothing(recv)}, args.list...) {
			from = firstRoll(from, a.random)
		}
		if from != nil {
			from = &roll{file: from.file, at: from.at, picked: from.picked, hashed: true, inText: from.inText}
		}
	}
	if from == nil || from == v.random {
		return v
	}
	c := *v
	c.random = from
	return &c
}

// ofNumbers is the random number that is in the result of a calculation.
func ofNumbers(operator string, x, y *Value) *roll {
	switch operator {
	case "-", "*", "/", "%", "&", "|", "^", "<<", ">>", ">>>", "**", "//":
		return firstRoll(x.random, y.random)
	}
	return nil
}

// firstRoll is the first of two random numbers that is one.
func firstRoll(a, b *roll) *roll {
	if a != nil {
		return a
	}
	return b
}

// lastName is the name of what is assigned to.
func lastName(e *ir.Expr) string {
	if e.Kind == ir.Index && e.Y != nil && e.Y.Kind == ir.Const {
		return e.Y.Str
	}
	return lastPart(textOf(e))
}

// setsByName are methods that keep something under a name.
var setsByName = set("cookie set setCookie set_cookie setHeader append header put setex")

// ofVisits are names of what is kept in a browser.
var ofVisits = regexp.MustCompile(`(?i)cookies?$|authorization$`)

// ofSession is how a cookie begins by which somebody is known from then on.
var ofSession = regexp.MustCompile(`(?i)^(__Host-|__Secure-)?([\w.]*[-_.])?(sid|session|session_?id|sess|auth|token|connect\.sid)=`)

// guessable tells of a random number that was made elsewhere and becomes something by which somebody is let in. What is made where the name
// stands is told of by the patterns of the rule.
func (in *interp) guessable(f frame, name string, from *ir.Expr, v *Value) {
	in.predictable(f, name, from, v)
	r := rollIn(f, v)
	if r == nil && strings.EqualFold(name, "privateChallengeParameters") { // of a user pool: whoever knows one of them is let in
		for _, x := range sorted(v.fields) {
			r = firstRoll(r, rollIn(f, orNothing(x)))
		}
	}
	told := r != nil && r.inText && inPatterns.MatchString(name) && r.file == f.file && from != nil && from.At <= r.at && r.at < from.End
	if r == nil || r.picked || name == "" || from == nil || told {
		return
	}
	kind := in.p.sensitive(name)
	if r.hashed && !isDigestOfSecret(name) || ofVisits.MatchString(name) {
		return
	}
	if !r.hashed && kind != ofToken && kind != ofPassword && !IsStoredSecret(name) && !letsIn.MatchString(name) && !isPass(name) && !isPin(name) {
		if name = in.shownAs(name, v); name == "" {
			return
		}
	}
	line, _ := r.file.Tree.Position(int(r.at))
	if in.seen["insecure-random in line "+itoa(line)+" of "+r.file.Path] {
		return
	}
	before := len(in.hits)
	in.place(frame{f.s, r.file}, r.at, "insecure-random", "what is called "+name, name)
	for _, h := range in.hits[before:] {
		h.Steps = []Step{{r.file, r.at, "a random number is made that can be worked out"}}
		h.End = &Step{File: f.file, At: from.At}
	}
}

// rollsInto notes the random numbers that a call puts into what it is given: rand.Read(buf), io.ReadFull(generator, buf), random.shuffle(signs).
func (in *interp) rollsInto(c call) {
	list := c.e.List
	roll := &roll{file: c.f.file, at: c.e.At}
	var to *ir.Expr
	switch {
	case len(list) > 0 && readsGenerator.MatchString(c.callee.ref):
		to = list[0]
	case len(list) > 1 && (c.callee.ref == "io.ReadFull" || c.callee.ref == "io.ReadAtLeast") && generatorOfGo.MatchString(c.args.get(0).ref):
		to, roll.at = list[1], madeFor(c.f.file, list[0], c.e.At)
	case len(list) > 0 && shuffles.MatchString(c.callee.ref):
		to, roll = list[0], roll.pick()
	default:
		return
	}
	for to.Kind == ir.Index && to.Y.Kind == ir.Const && to.Y.Str == ":" { // a part of it
		to = to.X
	}
	if v := in.quiet(c.f, to); v != nothing && !v.shared {
		v.random = roll
	}
}

// madeFor is where a file makes what stands under a name of it: var source = rand.New(...); otherwise what is given.
func madeFor(file *ir.File, name *ir.Expr, otherwise int32) int32 {
	at := otherwise
	ir.Walk(file.Body, nil, func(e *ir.Expr) bool {
		if e.Kind == ir.Assign && e.Y != nil && e.X.Kind == ir.Name && name.Kind == ir.Name && e.X.Str == name.Str {
			at = e.Y.At
		}
		return e.Kind != ir.Lambda
	})
	return at
}

// inPatterns are the names under which the patterns of the rule know a random number where it is made.
var inPatterns = regexp.MustCompile(`(?i)(token|secret|password|passwd|otp|session|session_?id|nonce|api_?key|(invit(e|ation)|verif(y|ication)|activation|reset|recovery|login|backup|otp|mfa)_?code)$`)

var (
	// readsGenerator are methods that fill a buffer, generatorOfGo is what Go reads random bytes from that can be worked out.
	readsGenerator = regexp.MustCompile(`^math/rand\.(New\(\)\.)?Read$`)
	generatorOfGo  = regexp.MustCompile(`^math/rand\.New\(\)$`)
	// shuffles are functions that bring a list into another order.
	shuffles = regexp.MustCompile(`^(random\.(Random\(\)\.)?shuffle|numpy\.random\.((default_rng|RandomState|Generator)\(\)\.)?shuffle)$`)
)

// rollsWritten notes the random numbers that are written to a text in memory: b.WriteByte(signs[rand.Intn(n)]). Of what is written one after
// the other each sign that was chosen is a part of a text.
func rollsWritten(to *Value, args *arguments) {
	if to == nil || to == nothing || to.shared || !fills[to.ref] {
		return
	}
	for _, x := range args.list {
		if x != to && x.random != nil {
			to.random = firstRoll(to.random, x.random.signs())
		}
	}
}

// rollIn is the random number that a value was made of. What is a text in other languages is a list of its signs in Go, which a conversion makes one.
func rollIn(f frame, v *Value) *roll {
	if f.file.Language == ir.Go {
		if r := orNothing(v.elem).random; r != nil && r.picked {
			return firstRoll(v.random, r.signs())
		}
	}
	return v.random
}

// linkBefore is the address in front of the code in a link by which somebody confirms something, or does it in another one's name.
var linkBefore = regexp.MustCompile(`(?i)(?:https?://|\x01)\S*/((?:confirm|verify|verification|activat|reset|unsubscribe|invit|accept|magic|join|set-?password|forgot)[\w-]*)(?:/|#|(?:/[\w-]+)*/?\?(?:[^#\s]*&)?(?:token|code|key|hash|secret)=)$`)

// guessableLink tells of a link for one person that holds nothing but what others can work out: a random number, or the time.
func (in *interp) guessableLink(f frame, before string, v *Value, at int32) {
	if v.random == nil && v.clock == nil {
		return
	}
	if m := linkBefore.FindStringSubmatch(before); m != nil {
		in.guessableAs(f, "the code in a link to "+strings.ToLower(m[1]), v, at)
	}
}

// stateBefore is the address of a sign-in at somebody else's in front of the state by which who comes back is known again, and ofSignIn what
// else such an address has.
var (
	stateBefore = regexp.MustCompile(`[?&]state=$`)
	ofSignIn    = regexp.MustCompile(`[?&](client_id|response_type|redirect_uri)=`)
	inSignIn    = set("client_id clientId response_type redirect_uri redirectUri")
)

// stateOfSignIn is what the state of OAuth is called in what is told.
const stateOfSignIn = "the state of a sign-in at another service"

// guessableState tells of the state of a sign-in that holds nothing but what others can work out: it is there so that nobody can have somebody
// come back from a sign-in that they did not begin.
func (in *interp) guessableState(f frame, before string, parts []*Value, i int, at int32) {
	v := parts[i]
	if v.random == nil && v.clock == nil || !stateBefore.MatchString(before) {
		return
	}
	whole := before
	for _, p := range parts[i+1:] {
		whole += asRead(p, 0)
	}
	if ofSignIn.MatchString(whole) {
		in.guessableAs(f, stateOfSignIn, v, at)
	}
}

// guessableIn tells of such a state in the parameters that an address is made of: {client_id: id, state: state}.
func (in *interp) guessableIn(f frame, v *Value, at int32) {
	state := v.fields["state"]
	if state == nil || state.random == nil && state.clock == nil {
		return
	}
	for name := range v.fields {
		if inSignIn[name] {
			in.guessableAs(f, stateOfSignIn, state, at)
			return
		}
	}
}

// guessableAs tells of what somebody is known by, and others can work out.
func (in *interp) guessableAs(f frame, what string, v *Value, at int32) {
	if v.random != nil && !v.random.picked && !v.random.hashed {
		in.placeMade(f, "insecure-random", v.random.file, v.random.at, "a random number is made that can be worked out", what, at)
	} else if v.clock != nil {
		in.placeMade(f, Predictable, v.clock.file, v.clock.at, v.clock.note, what, at)
	}
}

// placeMade tells of what is made at one place and used at another one.
func (in *interp) placeMade(f frame, rule string, file *ir.File, made int32, note, what string, used int32) {
	before := len(in.hits)
	in.place(frame{f.s, file}, made, rule, what, what)
	for _, h := range in.hits[before:] {
		h.Steps, h.End = []Step{{file, made, note}}, &Step{File: f.file, At: used}
	}
}

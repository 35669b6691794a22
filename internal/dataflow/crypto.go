package dataflow

import (
	"maps"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"wardlet.example/internal/ir"
)

// used tells of something that does harm whatever it is given, by a row. Random numbers do where they make what nobody may guess.
func (in *interp) used(f frame, e *ir.Expr, m *Model, args *arguments) {
	at, setting := switchedAt(e, m, args)
	what := path.Base(m.Package) + "." + m.Member
	if strings.HasSuffix(m.Member, ".Encrypt") && !in.encryptsBlocks(f, e) {
		return
	}
	if m.Rule != "insecure-random" {
		in.placeUnless(f, at, m.Rule, what, what, setting)
		return
	}
	line, _ := f.file.Tree.Position(int(at))
	if key := m.Rule + " in line " + itoa(line) + " of " + f.file.Path; !in.seen[key] { // of several numbers of one text one is told
		if secret := in.makesSecret(); secret != "" {
			in.seen[key] = true
			in.place(f, at, m.Rule, what, secret)
		}
	}
}

// apart are hits, and beside them those that are places.
func apart(all []*Hit) (hits, places []*Hit) {
	for _, h := range all {
		if h.place {
			places = append(places, h)
		} else {
			hits = append(hits, h)
		}
	}
	return hits, places
}

// hashesPassword tells of a password that is hashed by a function that is made to be fast.
func (in *interp) hashesPassword(f frame, e *ir.Expr, m *Model) {
	at := e.At
	if m.Member == firstUpdate {
		digest := in.digestAsText(e)
		if digest == nil {
			in.hashesSent(f, e, m)
			return
		}
		at = digest.At
	}
	for _, x := range e.List {
		for _, part := range writtenIn(x, 0) {
			in.byName(f, part, 0, func(d *disclosed) {
				if isPassword(d.what) {
					in.place(f, at, m.Rule, callName(m), strings.Trim(d.what, "`"))
				}
			})
		}
	}
}

// hashesSent tells of a password that came in and is hashed under another name, where the digest follows at once and is a text:
// createHash("sha256").update(salt + text).digest("hex").
func (in *interp) hashesSent(f frame, e *ir.Expr, m *Model) {
	if len(in.stack) == 0 || len(e.List) == 0 || !digestFollows(in.stack[len(in.stack)-1].Body, e) {
		return
	}
	if v := in.quiet(f, e.List[0]); isSentPassword(v) {
		in.place(f, e.At, m.Rule, callName(m), "a password that came in")
	}
}

// digestFollows reports whether the digest of what a call gives a hash is asked for as a text, in the same expression.
func digestFollows(body []*ir.Stmt, update *ir.Expr) bool {
	found := false
	ir.Walk(body, nil, func(x *ir.Expr) bool {
		found = found || x.Kind == ir.Call && len(x.List) > 0 && x.X.Kind == ir.Member && x.X.Str == "digest" && x.X.X == update
		return !found
	})
	return found
}

// firstUpdate is what gives a hash of Node its first piece. Where the digest follows in the same expression a pattern tells of it.
const firstUpdate = "createHash().update"

// digestAsText is where the function that is followed asks for the digest of a hash of Node as a text, if the hash has a name, before it is given something
// or after; nil where it does not: a digest in bytes is perhaps a key.
func (in *interp) digestAsText(update *ir.Expr) *ir.Expr {
	if len(in.stack) == 0 || update.X.Kind != ir.Member {
		return nil
	}
	names := map[string]bool{}
	if update.X.X.Kind == ir.Name {
		names[update.X.X.Str] = true
	}
	var digest *ir.Expr
	ir.Walk(in.stack[len(in.stack)-1].Body, nil, func(e *ir.Expr) bool {
		switch {
		case e.Kind == ir.Assign && e.Y == update && e.X.Kind == ir.Name:
			names[e.X.Str] = true
		case digest == nil && e.Kind == ir.Call && len(e.List) > 0 && e.X.Kind == ir.Member && e.X.Str == "digest" && e.X.X.Kind == ir.Name && names[e.X.X.Str]:
			digest = e
		}
		return digest == nil
	})
	return digest
}

// hashedInSteps tells of a password that hashlib hashes by a fast function, where the digest is taken of an object that has a name:
// h = hashlib.sha256(salt + password), h.hexdigest().
func (in *interp) hashedInSteps(c call) {
	if c.f.file.Language != ir.Python || c.method != "hexdigest" || c.recv == nil || c.e.X.X.Kind != ir.Name || !fastDigests.MatchString(c.recv.ref+".hexdigest()") {
		return
	}
	for _, x := range c.recv.args {
		for _, t := range x.asItCame(nil, 0) {
			if path := plainPath(t.Path); t.asItCame() && t.Source != nil && !t.Source.Stored && isPassword(path) {
				in.place(c.f, c.e.At, "weak-password-hash", strings.TrimSuffix(c.recv.ref, "()"), path)
				return
			}
		}
	}
}

var (
	// brokenDigest are names of algorithms that no digest should be made by any more, fastDigest those that are only too fast for passwords.
	brokenDigest = regexp.MustCompile(`(?i)^(md4|md5|sha-?1|ripemd160)$`)
	fastDigest   = regexp.MustCompile(`(?i)^(sha-?(224|256|384|512)|sha3[-_]\d+|sm3)$`)
	// isSalt is what people call what is hashed beside a password, and nothing else.
	isSalt = regexp.MustCompile(`(?i)salt$`)
)

// hashedByName tells of a password for which hashlib is told by its name which digest to make: hashlib.new("sha1", salt + password.encode()). The
// digest of one with a salt is kept; without one it is perhaps a key.
func (in *interp) hashedByName(c call) {
	name := c.args.get(0)
	if c.callee.ref != "hashlib.new" || len(c.e.List) < 2 || !name.known {
		return
	}
	parts := writtenIn(c.e.List[1], 0)
	salted := slices.ContainsFunc(parts, func(x *ir.Expr) bool { return isSalt.MatchString(textOf(x)) })
	if !brokenDigest.MatchString(name.text) && !(salted && fastDigest.MatchString(name.text)) {
		return
	}
	for _, part := range parts {
		in.byName(c.f, part, 0, func(d *disclosed) {
			if isPassword(d.what) {
				in.place(c.f, c.e.At, "weak-password-hash", "hashlib.new", strings.Trim(d.what, "`"))
			}
		})
	}
}

// fewRounds tells of a password whose key is derived in so few rounds that guessing costs nothing.
func (in *interp) fewRounds(c call) {
	f, e, ref, args := c.f, c.e, c.callee.ref, c.args
	var rounds *Value
	switch ref {
	case "crypto.pbkdf2", "crypto.pbkdf2Sync":
		rounds = args.get(2)
	case "hashlib.pbkdf2_hmac":
		rounds = args.get(3)
		if x := args.kw["iterations"]; x != nil {
			rounds = x
		}
	case "golang_org/x/crypto/pbkdf2.Key":
		rounds = args.get(2)
	case "crypto/pbkdf2.Key":
		rounds = args.get(3)
	case "crypto-js.PBKDF2", "crypto-js.default.PBKDF2", "crypto-js/pbkdf2":
		rounds = orNothing(args.get(2).fields["iterations"])
	case "cryptography.hazmat.primitives.kdf.pbkdf2.PBKDF2HMAC().derive":
		rounds = orNothing(orNothing(c.recv).kw["iterations"])
	default:
		return
	}
	named := false
	if len(e.List) > 0 {
		for _, part := range append(writtenIn(e.List[0], 0), writtenIn(e.List[min(1, len(e.List)-1)], 0)...) {
			named = named || isPassword(textOf(part))
		}
	}
	named = named || slices.ContainsFunc([]*Value{args.get(0), args.get(1)}, isSentPassword)
	if !named {
		return
	}
	if n, err := strconv.Atoi(strings.ReplaceAll(rounds.text, "_", "")); rounds.known && err == nil && n < fewestRounds {
		in.place(f, e.At, "weak-password-hash", lastPart(ref)+" with "+rounds.text+" rounds", "password")
	}
}

// isSentPassword reports whether a value is a password that an outsider sent, whatever it is called where it stands, or a text with one in it:
// seal(secret), `${salt}${secret}`.
func isSentPassword(v *Value) bool {
	is := func(t *Taint) bool {
		return t.Source != nil && !t.Source.Stored && t.unchanged() && isPassword(plainPath(t.Path))
	}
	return slices.ContainsFunc(v.asItCame(nil, 0), is) || slices.ContainsFunc(inParts(v.parts), func(part *Value) bool { return slices.ContainsFunc(part.asItCame(nil, 0), is) })
}

// fewestRounds is far below what is asked for today (OWASP: 210,000 rounds of SHA-512 and more), so that nobody can mean less well.
const fewestRounds = 10_000

// leastCost is the least cost of bcrypt that is advised (OWASP): each one more doubles the work.
const leastCost = 10

// isBcrypt are functions of bcrypt that hash a password, with the cost or a salt that has it as their second argument.
var isBcrypt = set(`bcrypt.hash bcrypt.hashSync bcryptjs.hash bcryptjs.hashSync bcrypt.default.hash bcrypt.default.hashSync bcryptjs.default.hash
	bcryptjs.default.hashSync bcrypt.hashpw golang_org/x/crypto/bcrypt.GenerateFromPassword`)

// makesSalt are the functions of bcrypt that make a salt, in which the cost stands.
var makesSalt = regexp.MustCompile(`(?i)\.gensalt(sync)?\(\)$`)

// randomNames are words in names of secrets that are made by chance: nobody can guess them, however fast it goes.
var randomNames = regexp.MustCompile(`(?i)token|key|nonce|session|uuid`)

// lowCost tells of a password that bcrypt hashes with a cost of less than is advised.
func (in *interp) lowCost(f frame, e *ir.Expr, ref string, args *arguments) {
	if !isBcrypt[ref] || len(e.List) == 0 || randomNames.MatchString(textOf(e.List[0])) {
		return
	}
	cost := args.get(1)
	if makesSalt.MatchString(cost.ref) {
		if x := cost.kw["rounds"]; x != nil {
			cost = x
		} else {
			cost = (&arguments{list: cost.args}).get(0)
		}
	}
	text := cost.text
	if strings.HasSuffix(cost.ref, "bcrypt.MinCost") {
		text = "4"
	} else if !cost.known {
		return
	}
	if n, err := strconv.Atoi(text); err == nil && n < leastCost {
		in.place(f, e.At, "weak-password-hash", lastPart(ref)+" with a cost of "+text, "password")
	}
}

// spells are methods that write a text in another way.
var spells = set("encode strip trim toString normalize")

// writtenIn are the parts of a text that is put together, without what writes them in another way: salt + password.encode().
func writtenIn(x *ir.Expr, depth int) []*ir.Expr {
	switch {
	case depth > 4:
	case x.Kind == ir.Binary && x.Str == "+":
		return append(writtenIn(x.X, depth+1), writtenIn(x.Y, depth+1)...)
	case x.Kind == ir.Call && x.X.Kind == ir.Member && spells[x.X.Str]:
		return writtenIn(x.X.X, depth+1)
	case x.Kind == ir.Call && x.X.Kind == ir.Name && x.X.Str == "append": // append(salt, password...)
		var out []*ir.Expr
		for _, part := range x.List {
			out = append(out, writtenIn(part, depth+1)...)
		}
		return out
	}
	return []*ir.Expr{x}
}

// trusts tells of a configuration of TLS that takes any certificate.
func (in *interp) trusts(f frame, e *ir.Expr, v *Value) {
	switch {
	case f.file.Language != ir.Go:
		in.trustsBy(f, e, v, "rejectUnauthorized", "false")
		in.trustsBy(f, e, v, "trustServerCertificate", "true") // of SQL Server
	case v.ref == "crypto/tls.Config()":
		in.trustsBy(f, e, v, "InsecureSkipVerify", "true")
		in.speaksOld(f, e, v)
	}
}

// oldVersion are versions of TLS that are broken, and suites with ciphers that are.
var oldVersion = regexp.MustCompile(`^(VersionSSL30|VersionTLS10|VersionTLS11|TLS_\w+_(RC4_128|3DES_EDE_CBC)_SHA)$`)

// speaksOld tells of a configuration of TLS of Go that agrees to what is broken.
func (in *interp) speaksOld(f frame, e *ir.Expr, v *Value) {
	for _, name := range []string{"MinVersion", "MaxVersion", "CipherSuites"} {
		i := slices.Index(e.Keys, name)
		if i < 0 || v.fields[name] == nil {
			continue
		}
		for _, x := range append([]*Value{v.fields[name]}, slices.Collect(maps.Values(v.fields[name].fields))...) {
			if old := lastPart(x.ref); oldVersion.MatchString(old) {
				in.place(f, e.List[i].At, "old-tls", name+": "+old, name)
			}
		}
	}
}

// trustsNow tells of a configuration of TLS that is set to take any certificate after it was made: cfg.InsecureSkipVerify = true.
func (in *interp) trustsNow(f frame, at int32, config *Value, key string, v *Value) {
	if key == "verify" && sessions[config.ref] && v != nil && v.known && !v.perhaps && strings.EqualFold(v.text, "false") {
		in.place(f, at, "tls-off", "verify = False", "verify = False")
	}
	if key == "InsecureSkipVerify" && config.ref == "crypto/tls.Config()" && v.known && !v.perhaps && v.text == "true" {
		in.place(f, at, "tls-off", key+": true", key+": true")
	}
}

// sessions are objects of libraries whose member verify says whether certificates are checked.
var sessions = set("requests.Session() requests.session() requests.sessions.Session()")

// trustsBy tells of a member of a configuration that turns the check of certificates off.
func (in *interp) trustsBy(f frame, e *ir.Expr, v *Value, name, off string) {
	x := v.fields[name]
	i := slices.Index(e.Keys, name)
	if x == nil || i < 0 {
		return
	}
	text, setting := x.text, ""
	if o := x.otherwise(); o != nil && !x.known {
		text, setting = o.text, o.setting
	}
	if (x.known || setting != "") && !x.perhaps && text == off {
		what := name + ": " + off
		in.placeUnless(f, e.List[i].At, "tls-off", what, what, setting)
		return
	}
	if m := x.mostly; m != nil && m.text == off && !x.perhaps {
		what := name + ": " + off
		hits := len(in.hits)
		in.place(f, e.List[i].At, "tls-off", what, what)
		for _, h := range in.hits[hits:] {
			h.Given, h.But = m.setting, m.but
		}
	}
}

// placeUnless is place for what a program does where the template doesn't give a setting.
func (in *interp) placeUnless(f frame, at int32, rule, what, path, setting string) {
	before := len(in.hits)
	in.place(f, at, rule, what, path)
	for _, h := range in.hits[before:] {
		h.Unless = setting
	}
}

// place tells of a place where nobody's data is needed for harm, once.
func (in *interp) place(f frame, at int32, rule, what, path string) {
	key := rule + "\x00" + f.file.Path + "\x00" + itoa(int(at))
	if in.seen[key] {
		return
	}
	in.seen[key] = true
	in.hits = append(in.hits, &Hit{Rule: rule, File: f.file, At: at, What: what, Path: path, place: true})
}

// fixedStart tells of an encryption whose start value is the same each time.
func (in *interp) fixedStart(f frame, e *ir.Expr, m *Model, args *arguments) {
	for _, name := range m.In {
		v := input(name, nil, args)
		if what := sameEachTime(v, 0); what != "" {
			in.place(f, e.At, m.Rule, callName(m), what)
			return
		}
	}
}

// buffers are functions that make bytes of what they get. What a bytearray begins with is mostly written over.
var buffers = set("builtin.Buffer.from() builtin.Buffer.alloc() builtin.Uint8Array() builtin.Uint8Array.from() builtin.Uint8Array.of() builtin.TextEncoder().encode() util.TextEncoder().encode() buffer.Buffer.from() buffer.Buffer.alloc() builtin.bytes() " + encodedText + " builtin.bytes.fromhex() bytes.fromhex() base64.b64decode() encoding/hex.DecodeString() encoding/base64.StdEncoding.DecodeString() encoding/base64.URLEncoding.DecodeString() encoding/base64.RawStdEncoding.DecodeString() encoding/base64.RawURLEncoding.DecodeString() " + sliceOf)

// sliceOf is a part of a constant, from some place or up to one.
const sliceOf = "builtin.slice()"

// sameEachTime says what a value is that is the same in each call; empty where it is not known to be.
func sameEachTime(v *Value, depth int) string {
	switch {
	case v == nil || v == nothing || depth > 3 || len(v.taints) > 0:
		return ""
	case v.ref != "" && v.elem != nil: // something was written into it: nonce[11] ^= n
		return ""
	case v.known && v.written != bareWord && v.text != "":
		return "a constant"
	case settingOf(v) != "", settingOf(&Value{ref: partOfBytes.ReplaceAllString(v.ref, "")}) != "", settingOf(&Value{ref: strings.TrimSuffix(v.ref, ".encode()"), args: v.args}) != "":
		return "a setting"
	case v.secret != nil && v.secret.members == nil && v.secret.made == plainData:
		return v.secret.what
	case len(v.args) > 0 && digestOfSome.MatchString(partOfDigest.ReplaceAllString(v.ref, "$1")):
		return derivedOf(v.args, depth+1)
	case putsTogether[v.ref] && len(v.args) > 0:
		return allTheSame(v.args[0], depth+1)
	case v.writtenBytes():
		return "a constant"
	case !buffers[v.ref] && !buffers[partOfBytes.ReplaceAllString(v.ref, "")] || len(v.args) == 0:
		return ""
	case v.ref == "builtin.Buffer.alloc()" || v.args[0].known:
		return "a constant"
	}
	return sameEachTime(v.args[0], depth+1)
}

// derivedOf says what a digest or a key is derived from, where all of that is the same each time; a function that says how counts for nothing.
func derivedOf(from []*Value, depth int) string {
	what := ""
	for _, x := range from {
		if x == nil || x == nothing {
			return ""
		}
		is := sameEachTime(x, depth)
		switch {
		case is == "" && x.known, is == "" && namesDigest.MatchString(x.ref): // how often, how long; no salt; sha256.New
		case is == "":
			return ""
		case what == "" || what == "a constant":
			what = is
		}
	}
	if what == "" {
		return ""
	}
	return "a digest of " + what
}

// putsTogether are functions that make bytes of a list of them.
var putsTogether = set("builtin.Buffer.concat() buffer.Buffer.concat()")

// allTheSame says what the parts of a list are that are all the same in each call; empty where one is not known to be.
func allTheSame(list *Value, depth int) string {
	if list.elem != nil || list.spread != nil {
		return ""
	}
	what := ""
	for _, part := range sorted(list.fields) {
		if what = sameEachTime(part, depth); what == "" {
			return ""
		}
	}
	return what
}

// writtenBytes reports whether a list is bytes that are written out, one by one. Where all of them are the same the list is perhaps only made to
// be filled.
func (v *Value) writtenBytes() bool {
	if v.elem != nil || len(v.fields) < 8 {
		return false
	}
	differ, before := false, v.fields["0"]
	for _, x := range v.fields {
		if x == nil || !x.known || x.written != bareWord {
			return false
		}
		differ = differ || before == nil || x.text != before.text
	}
	return differ
}

// fillsByChance are functions that fill a buffer which they are given with random bytes.
var fillsByChance = set("randomFillSync randomFill getRandomValues")

// refilled forgets what a buffer was made with where a call puts other bytes into it: crypto.randomFillSync(iv), start.copy(iv); and of what a digest
// is where more is added: h.update(salt).
func (in *interp) refilled(c call) {
	if c.method == "update" && c.recv != nil && strings.HasPrefix(c.recv.ref, "hashlib.") {
		c.recv.args = nil
		return
	}
	in.rollsInto(c)
	if c.f.file.Language == ir.Go {
		in.refilledInGo(c)
	}
	if c.f.file.Language != ir.Node {
		return
	}
	var to *ir.Expr
	switch {
	case len(c.e.List) > 0 && c.callee.ref == "builtin.DataView", len(c.e.List) > 0 && (c.method == "copy" || fillsByChance[c.method] || c.method == "" && fillsByChance[lastPart(c.callee.ref)]):
		to = c.e.List[0]
	case c.recv != nil && (c.method == "set" || strings.HasPrefix(c.method, "write")):
		to = c.e.X.X
	default:
		return
	}
	for to.Kind == ir.Call && to.X.Kind == ir.Member && (to.X.Str == "subarray" || to.X.Str == "slice") || to.Kind == ir.Member && to.Str == "buffer" { // a part of it, or what it shows, of which the bytes are the same
		if to.Kind == ir.Call {
			to = to.X
		}
		to = to.X
	}
	if v := in.quiet(c.f, to); v.ref == "builtin.Buffer.alloc()" || v.ref == "buffer.Buffer.alloc()" || v.ref == "builtin.Uint8Array()" {
		v.args = nil
	}
}

// writesBytesInto is how functions of Go are called that put bytes into what they get first, or second.
var writesBytesInto = regexp.MustCompile(`^(builtin\.copy|crypto/rand\.Read|io\.ReadFull|encoding/binary\..*\.PutUint\d+|crypto/subtle\.XORBytes)$`)

// refilledInGo forgets what bytes are where a call puts others into them: binary.BigEndian.PutUint64(nonce[4:], counter).
func (in *interp) refilledInGo(c call) {
	if !writesBytesInto.MatchString(c.callee.ref) {
		return
	}
	for _, to := range c.e.List[:min(2, len(c.e.List))] {
		for to.Kind == ir.Index {
			to = to.X
		}
		if v := in.quiet(c.f, to); v != nothing && !v.shared && (digestOfOne.MatchString(v.ref) || buffers[v.ref]) {
			v.args = nil
		}
	}
}

// sentAsCode reports whether what was sent is called like something by which somebody is let in: the header x-api-key.
func (in *interp) sentAsCode(sent *Value) bool {
	return slices.ContainsFunc(sent.taints, func(t *Taint) bool {
		kind := in.p.sensitive(lastPart(t.Path))
		return kind == ofToken || kind == ofPassword
	})
}

// comparesCode tells of a comparison that stops at the first sign that is wrong, of a code or a key with what an outsider sends.
func (in *interp) comparesCode(f frame, at int32, x, y *Value) {
	in.comparesDigestOfCode(f, at, x, y)
	for _, side := range [][2]*Value{{x, y}, {y, x}} {
		mine, sent := side[0], side[1]
		if !wasSent(sent) || len(sent.signs) > 0 {
			continue
		}
		switch name := in.settingCompared(mine, sent); {
		case len(mine.signs) > 0:
			in.place(f, at, "timing", "a comparison", "the signature")
		case mine.secret != nil && mine.secret.members == nil && mine.secret.made == plainData:
			in.place(f, at, "timing", "a comparison", mine.secret.what)
		case len(mine.taints) > 0:
			in.comparesStored(f, at, mine, sent)
		case name != "":
			in.place(f, at, "timing", "a comparison", name)
		}
	}
}

// wasSent reports whether an outsider sent a value, also one of which the form was checked: /^[0-9a-f]{64}$/ tells nobody what is right.
func wasSent(v *Value) bool {
	is := func(t *Taint) bool { return t.Source != nil && !t.Source.Stored }
	return slices.ContainsFunc(v.taints, is) || slices.ContainsFunc(v.safe, is)
}

// settingCompared is the name of the setting that is held against what was sent, where one of the two says that it lets somebody in. It may
// stand behind the word that begins a header: "Bearer " + key.
func (in *interp) settingCompared(mine, sent *Value) string {
	if name := nameOfSetting(mine); name != "" {
		if in.p.sensitive(name) != plainData || in.sentAsCode(sent) {
			return name
		}
		return ""
	}
	for _, part := range mine.parts {
		if name := nameOfSetting(part); name != "" && in.p.sensitive(name) != plainData {
			return name
		}
	}
	return ""
}

// comparesByCall looks at functions that compare as the operator does: bytes.Equal(a, b), strings.Compare(a, b), a.equals(b).
func (in *interp) comparesByCall(c call) {
	e := c.e
	x, y := c.args.get(0), c.args.get(1)
	at := &ir.Expr{Kind: ir.Binary, At: e.At, End: e.End}
	switch {
	case comparesTwo[c.callee.ref] && len(e.List) == 2:
		at.X, at.Y = e.List[0], e.List[1]
	case c.recv != nil && len(e.List) == 1 && c.f.file.Language == ir.Node && (c.method == "equals" || c.method == "localeCompare"):
		x, y = c.recv, x
		at.X, at.Y = e.X.X, e.List[0]
	default:
		return
	}
	in.comparesCode(c.f, e.At, x, y)
	in.comparesDigest(c.f, at, x, y)
}

// comparesTwo are functions that stop at the first sign in which two texts differ.
var comparesTwo = set("bytes.Equal bytes.Compare strings.Compare strings.EqualFold reflect.DeepEqual slices.Equal builtin.Buffer.compare buffer.Buffer.compare operator.eq")

// digestsCode reports whether a value is the digest of something that was sent and by which somebody is let in, in whatever way it is written.
func (in *interp) digestsCode(v *Value) bool {
	for range 4 {
		switch {
		case len(v.args) == 0:
			return false
		case digestOfOne.MatchString(v.ref):
			return len(v.args[0].taints) > 0 && v.args[0].taints[0].Source != nil && !v.args[0].taints[0].Source.Stored && in.sentAsCode(v.args[0])
		case !writesBytes.MatchString(v.ref):
			return false
		}
		v = v.args[0]
	}
	return false
}

var (
	// digestOfOne begins what calls give that make the digest of what they got; writesBytes is what writes bytes as a text.
	digestOfOne = regexp.MustCompile(`^(crypto\.(default\.)?createHash\(\)\.update\(\)\.digest|hashlib\.\w+\(\)\.(hex)?digest|crypto/(sha1|sha256|sha512|md5)\.Sum\w*)\(\)$`)
	// digestOfSome begins what those calls give, and those that derive a key: all that they get is in it.
	digestOfSome = regexp.MustCompile(`^(crypto\.(default\.)?(create(Hash|Hmac)\(\)(\.update\(\))+\.digest|hkdfSync|pbkdf2Sync|scryptSync)|` +
		`hashlib\.\w+\(\)\.(hex)?digest|hashlib\.(pbkdf2_hmac|scrypt)|hmac\.(new\(\)\.(hex)?digest|digest)|` +
		`crypto/(sha1|sha256|sha512|md5)\.Sum\w*|(golang_org/x/)?crypto/(pbkdf2|scrypt|hkdf)\.Key)\(\)$`)
	// namesDigest is how what says which digest is made is called.
	namesDigest = regexp.MustCompile(`^crypto/\w+\.New\w*$|^hashlib\.\w+$|^golang_org/x/crypto/sha3\.New\w*$`)
	// partOfDigest ends the calls that give a part of one.
	partOfDigest = regexp.MustCompile(`((?:\.digest|\.hkdfSync|\.pbkdf2Sync|\.scryptSync)\(\))\.(subarray|slice|substring|substr)(\(\))?$`)
	// partOfBytes ends the calls that give a part of bytes or of a text.
	partOfBytes = regexp.MustCompile(`\.(subarray|slice|substring|substr)\(\)$`)
	// addsToDigest is what gives a digest more to work on: that of Node gives the digest itself each time.
	addsToDigest = regexp.MustCompile(`^crypto\.(default\.)?(createHmac\(\)(\.update\(\))*|createHash\(\)(\.update\(\))+)\.update$`)
	writesBytes  = regexp.MustCompile(`^(encoding/hex\.EncodeToString|encoding/base64\.\w+\.EncodeToString|base64\.\w+encode|binascii\.hexlify)\(\)`)
)

// comparesDigestOfCode tells of a comparison of the digest of a token or a key that was sent with one that is kept: in a store, or as a setting.
func (in *interp) comparesDigestOfCode(f frame, at int32, x, y *Value) {
	for _, side := range [][2]*Value{{x, y}, {y, x}} {
		kept := nameOfSetting(side[1]) != "" || side[1].secret != nil || slices.ContainsFunc(side[1].taints, func(t *Taint) bool { return t.Source != nil && t.Source.Stored })
		if kept && in.digestsCode(side[0]) {
			in.place(f, at, "timing", "a comparison", "the digest of a key")
			return
		}
	}
}

// nameOfSetting is the name of a setting of the environment, or of one that Firebase keeps: functions.config().admin.token.
func nameOfSetting(v *Value) string {
	if name, ok := strings.CutPrefix(v.ref, "firebase-functions.config()."); ok {
		return name
	}
	return strings.TrimPrefix(settingOf(v), settingMark)
}

// comparesStored tells of a password that is compared with a stored one as it came, and of a token that is compared with a stored one by
// an operator that stops at the first sign that is wrong.
func (in *interp) comparesStored(f frame, at int32, mine, sent *Value) {
	as := slices.DeleteFunc(slices.Clone(sent.taints), func(t *Taint) bool {
		return t.Source == nil || t.Source.Stored || t.unsure || !t.unchanged()
	})
	for _, t := range mine.taints {
		if t.Source == nil || !t.Source.Stored || t.unsure || !t.unchanged() || len(as) == 0 {
			continue
		}
		path := strings.TrimSuffix(plainPath(t.Path), ".S") // an attribute of DynamoDB
		switch {
		case isPassword(path):
			in.hit(f, at, "clear-password", "a comparison with "+path, slices.DeleteFunc(as, func(t *Taint) bool { return !isPassword(plainPath(t.Path)) }), false)
		case in.p.sensitivePath(path) == ofToken:
			in.place(f, at, "timing", "a comparison", path)
		}
		return
	}
}

// slowDigests and fastDigests begin what calls give that make a digest: the first are made of passwords only.
var (
	slowDigests = regexp.MustCompile(`^(crypto\.(default\.)?(pbkdf2Sync|scryptSync)|hashlib\.(pbkdf2_hmac|scrypt)|golang_org/x/crypto/(pbkdf2|scrypt)\.Key|golang_org/x/crypto/argon2\.I?D?Key)\(\)`)
	fastDigests = regexp.MustCompile(`^(crypto\.(default\.)?createHash\(\)\..*digest|hashlib\.\w+\(\)\.(hex)?digest)\(\)`)
)

// ofKept, ofKeptPassword and ofDigest are what people call the digest of a password: one that they keep, and one that they just made.
var (
	ofKept         = regexp.MustCompile(`(?i)hash|digest|password|passwd|pwd|stored|expected|derived|^key$`)
	ofKeptPassword = regexp.MustCompile(`(?i)password|passwd|pwd`)
	ofDigest       = regexp.MustCompile(`(?i)hash|digest|derived|encrypt`)
)

// comparesDigest tells of a comparison of the digest of a password that was sent with one that is kept.
func (in *interp) comparesDigest(f frame, e *ir.Expr, x, y *Value) {
	for _, side := range []struct {
		made, kept         *Value
		madeName, keptName string
	}{{x, y, calledName(e.X), calledName(e.Y)}, {y, x, calledName(e.Y), calledName(e.X)}} {
		made := slowDigests.MatchString(side.made.ref) && ofKept.MatchString(side.keptName) ||
			(fastDigests.MatchString(side.made.ref) || ofDigest.MatchString(side.madeName)) && ofKeptPassword.MatchString(side.keptName)
		if made && e.X.Kind != ir.Const && e.Y.Kind != ir.Const {
			in.place(f, e.At, "timing", "a comparison", "the digest of the password")
			return
		}
	}
}

// calledName is the last name of what an expression is called, or of the function whose result it is.
func calledName(e *ir.Expr) string {
	for e != nil && (e.Kind == ir.Await || e.Kind == ir.Call) {
		e = e.X
	}
	return lastPart(textOf(e))
}

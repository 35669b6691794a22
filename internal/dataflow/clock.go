package dataflow

import (
	"regexp"
	"slices"
	"strings"

	"wardlet.example/internal/ir"
)

// What lets somebody in and is made of the time, and of nothing that others do not know, can be worked out by whoever knows about when.

// Predictable is the kind of harm.
const Predictable = "predictable-secret"

var (
	// clocks are calls that tell the time, or make a name of it; those of libraries for dates tell it where they are given nothing.
	clocks = set(`builtin.Date.now time.time time.time_ns time.monotonic time.perf_counter datetime.now datetime.utcnow datetime.today datetime.datetime.now datetime.datetime.utcnow datetime.datetime.today
		time.Now process.hrtime process.hrtime.bigint builtin.process.hrtime builtin.process.hrtime.bigint builtin.performance.now
		uuid.v1 uuid.default.v1 uuid.v1.default uuid.uuid1 github_com/google/uuid.NewUUID`)
	datesOfNow = set("builtin.Date moment moment.utc dayjs moment.default dayjs.default")
	// keepsClock are functions that bring the time into another form, beside those of random numbers.
	keepsClock = set(`getTime valueOf toISOString toJSON toUTCString toDateString strftime isoformat timestamp timetuple unix Unix UnixNano UnixMilli UnixMicro Nanosecond Format format FormatInt Itoa FormatUint
		String EncodeToString hexlify digest hexdigest byte string Sum Sum256 Sum512 b64encode urlsafe_b64encode mktime replace split join`)
	// digestsOfTime are functions that make a digest of what they get, without a key.
	digestsOfTime = regexp.MustCompile(`^(hashlib\.(md5|sha1|sha224|sha256|sha384|sha512|new)|crypto\.createHash\(\)\.update|md5(\.default)?|sha1(\.default)?|sha256(\.default)?|js-sha256\.sha256|blueimp-md5(\.default)?|crypto/(md5|sha1|sha256|sha512)\.Sum(224|256|384|512)?|uuid(\.default)?\.(v3|v5|uuid3|uuid5))$`)
	// openToOthers are names of data that others know, or can find out: whose it is.
	openToOthers = regexp.MustCompile(`(?i)(e?mail|id|name|user|sub|phone|account|type|role|ip|region|stage|env|prefix|service|app)$`)
)

// ticks is what a call gives, with where it reads the time that it is made of.
func ticks(f frame, e *ir.Expr, recv, callee *Value, args *arguments, v *Value) *Value {
	if v == nil || v == nothing || v.known {
		return v
	}
	var from *step
	switch given := append([]*Value{orNothing(recv)}, args.list...); {
	case clocks[callee.ref] || datesOfNow[callee.ref] && len(args.list) == 0:
		from = &step{file: f.file, at: e.At, note: "the time is read"}
	case !slices.ContainsFunc(given, func(x *Value) bool { return x != nil && x.clock != nil }):
		return v
	case keepsTime(e, callee.ref):
		from = clockOf(given, recv == nil || recv.clock == nil && recv.ref != "" || recv.empty())
	}
	if from == nil {
		return v
	}
	c := *v
	c.clock = from
	return &c
}

// keepsTime reports whether a call brings what it gets into another form, without anything that others do not know.
func keepsTime(e *ir.Expr, ref string) bool {
	name := lastPart(textOf(e.X))
	if e.X.Kind == ir.Member {
		name = e.X.Str
	}
	return (keepsRandom[name] || keepsClock[name] || digestsOfTime.MatchString(ref)) && !strings.Contains(strings.ToLower(ref), "hmac")
}

// clockOf is where the time is read that a text of some parts is made of; nil where there is none, or something in it that others do not know.
func clockOf(parts []*Value, library bool) *step {
	var from *step
	for i, v := range parts {
		switch {
		case v != nil && v.clock != nil:
			from = v.clock
		case i == 0 && library: // the package that is called
		case v == nil || !v.isOpen():
			return nil
		}
	}
	return from
}

// isOpen reports whether others know a value, or can find it out.
func (v *Value) isOpen() bool {
	if v.secret != nil || v.random != nil {
		return false
	}
	if v.known {
		return len(v.text) < 32 || !unknownToOthers.MatchString(v.text)
	}
	if setting := strings.TrimPrefix(settingOf(v), settingMark); setting != "" {
		return openToOthers.MatchString(setting)
	}
	all := v.taints
	if len(all) == 0 {
		all = v.safe
	}
	return len(all) > 0 && !slices.ContainsFunc(all, func(t *Taint) bool { return !openToOthers.MatchString(lastPart(plainPath(t.Path))) })
}

// predictable tells of a value that is made of the time and becomes something by which somebody is let in.
func (in *interp) predictable(f frame, name string, from *ir.Expr, v *Value) {
	if v != nil && v.clock == nil && v.json != nil && secretText[name] {
		v = v.json.bareSecret()
	}
	if v == nil || v.clock == nil || name == "" || from == nil || in.st != nil {
		return
	}
	if ofOrder.MatchString(name) {
		return
	}
	switch kind := in.p.sensitive(name); {
	case kind == ofToken || kind == ofPassword || IsStoredSecret(name):
		if ofVisits.MatchString(name) && !namesSession.MatchString(v.prefix) {
			return
		}
	case strings.EqualFold(name, "set-cookie") && namesSession.MatchString(v.prefix):
	default:
		return
	}
	key := Predictable + "\x00" + v.clock.file.Path + "\x00" + itoa(int(v.clock.at))
	if in.seen[key] {
		return
	}
	in.seen[key] = true
	before := len(in.hits)
	in.place(f, from.At, Predictable, "what is called "+name, name)
	for _, h := range in.hits[before:] {
		h.Steps = []Step{{v.clock.file, v.clock.at, v.clock.note}}
	}
}

// ofOrder are names of what says which of several things came first, or belong together, and lets nobody in.
var ofOrder = regexp.MustCompile(`(?i)^_?(version|cache|e_?tag|trace|correlation|retry|job|event|stream|queue|batch|sync|page|next|continuation|cursor|request|dedup\w*|idempotency|client_?request|last)_?(token|password|pwd)?$`)

// secretText are the members of requests that hold a secret as a text, bareNames the names under which it stands where that is JSON, which say
// nothing of what it is.
var (
	secretText = set("SecretString secret_string")
	bareNames  = set("value secret key current data")
)

// bareSecret is the secret of an object that holds one; nil where that is not known.
func (v *Value) bareSecret() *Value {
	var out *Value
	for name, x := range sorted(v.fields) {
		switch {
		case x != nil && x.clock == nil && (IsStoredSecret(name) || bareNames[strings.ToLower(name)]): // another one is the secret
			return nil
		case bareNames[strings.ToLower(name)] && x != nil && x.clock != nil:
			out = x
		}
	}
	return out
}

// namesSession is the beginning of a header that sets a cookie which says who somebody is.
var namesSession = regexp.MustCompile(`(?i)(sess(ion)?(_?id)?|sid|auth|token)=$`)

// ofClock is where the time is read that a number is calculated from.
func ofClock(operator string, x, y *Value) *step {
	switch operator {
	case "*", "/", "//", "%", "|", "^":
		return clockOf([]*Value{x, y}, false)
	}
	return nil
}

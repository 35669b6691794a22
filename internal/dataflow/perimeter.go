package dataflow

import (
	"bytes"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"wardlet.example/internal/ir"
)

// What comes in and nobody has looked at: numbers of which nothing says how much they are, requests that are stored as they came.
// What was looked at is kept by paths for the entry as a whole, so that a check counts by whatever name the value goes afterwards.

// Kinds of harm that a number does by how much it is: as an amount that is paid or kept, and as the size of work.
const (
	amountRule = "number"
	sizeRule   = "size"
)

// byHowMuch reports whether a kind of harm is done by how much a number is. Being made a number makes a value no less harmful there.
func byHowMuch(rule string) bool { return rule == amountRule || rule == sizeRule }

// looked is what an entry has looked at, by the paths of what came in.
type looked struct {
	bounds  map[string]bool // its type or size was asked for
	most    map[string]bool // what is more than something is refused: negative numbers are not
	types   map[string]bool // it was asked whether it is a number
	sizes   map[string]bool // it was asked how much it is, not only what
	slips   map[string]bool // a comparison refuses what it holds for, and it holds for no NaN
	firm    map[string]bool // something else was asked of it, which NaN does not pass
	loose   map[string]bool // Go: a number of which the tags of a validator ask nothing of how much it is
	shapes  map[string]bool // a schema or a validator has seen it, with all that is in it
	asked   map[string]bool // whether it is there, or what it equals; with all that is in it
	bodies  map[string]bool // whether there is a body, of which that says nothing more
	lengths map[string]bool // how long it is
	limits  map[string]bool // how long it is at most
	texts   map[string]bool // it was found to be a text
	strings map[string]bool // Go: a decoder lets only a text in
	keys    map[string]bool // it is the key of a record, and means one that is there
	said    map[string]Step // where a model says that it is a text
}

func mark(m *map[string]bool, taints ...[]*Taint) {
	for _, list := range taints {
		for _, t := range list {
			if *m == nil {
				*m = map[string]bool{}
			}
			(*m)[t.Path] = true
		}
	}
}

// bounded reports whether something has asked what a value is, or how much.
func (l *looked) bounded(path string) bool {
	return l.bounds[path] || l.most[path] || l.shaped(path)
}

// shaped reports whether a schema or a validator has seen a value, and says more of it than that it is there.
func (l *looked) shaped(path string) bool { return !l.loose[path] && within(l.shapes, path) }

// all are the kinds of what was looked at.
func (l *looked) all() []*map[string]bool {
	return []*map[string]bool{&l.bounds, &l.most, &l.slips, &l.firm, &l.loose, &l.shapes, &l.asked, &l.bodies, &l.lengths, &l.limits, &l.texts, &l.strings, &l.keys}
}

// with is all that two have looked at.
func (l *looked) with(other *looked) looked {
	out := looked{said: map[string]Step{}}
	maps.Copy(out.said, l.said)
	maps.Copy(out.said, other.said)
	mine, theirs := l.all(), other.all()
	for i, to := range out.all() {
		*to = map[string]bool{}
		maps.Copy(*to, *mine[i])
		maps.Copy(*to, *theirs[i])
	}
	return out
}

// apart follows a function of a route, which knows of what was looked at before all routes, and not of what others have looked at. What stands before
// routes is counted for all of them.
func (in *interp) apart(r *routed, shared *looked, follow func()) {
	all, first := in.looked, len(in.handedOn)
	in.looked = shared.with(&looked{})
	follow()
	own := in.looked
	for _, k := range in.handedOn[first:] {
		k.looked = &own
	}
	if r.middle || r.use {
		*shared = own
	}
	in.looked = all.with(&own)
}

// weighedFor reports whether something has asked as much of a number as a kind of harm needs: an amount can be too small as well.
func (in *interp) weighedFor(path, rule string) bool {
	return in.looked.bounded(path) && (rule != amountRule || in.looked.bounds[path] || in.looked.shaped(path))
}

// onlyTyped reports whether all that code asked of a number is that it is one: taken from a balance, a negative one raises it.
func (in *interp) onlyTyped(path string) bool {
	return in.looked.types[path] && !in.looked.sizes[path] && !in.looked.shaped(path)
}

// within reports whether a path, or what it is a part of, is one of some.
func within(paths map[string]bool, path string) bool {
	if len(paths) == 0 {
		return false
	}
	for path != "" {
		if paths[path] {
			return true
		}
		if rest, ok := strings.CutSuffix(path, "[]"); ok {
			path = rest
			continue
		}
		path = path[:max(0, strings.LastIndexByte(path, '.'))]
	}
	return false
}

// amounts are the taints of what decides how much a number is.
func amounts(v *Value) []*Taint {
	if v == nil || len(v.numbers) == 0 {
		return orNothing(v).taints
	}
	return addTaints(v.taints, v.numbers)
}

// writesNumber are functions and methods that write a number as a text, as the types of DynamoDB want it.
var writesNumber = set("builtin.str builtin.String strconv.Itoa strconv.FormatInt strconv.FormatFloat toString toFixed")

// writtenNumber is what a call gives, which is as much as the number that it writes as a text.
func writtenNumber(v, recv, callee *Value, method string, args *arguments) *Value {
	switch {
	case v == nil || v == nothing:
		return v
	case writesNumber[callee.ref] && len(args.get(0).numbers) > 0:
		return v.counting(args.get(0))
	case recv != nil && writesNumber[method] && len(recv.numbers) > 0:
		return v.counting(recv)
	}
	return v
}

// counting is a value that is perhaps as much as another one.
func (v *Value) counting(other *Value) *Value {
	if len(other.numbers) == 0 {
		return v
	}
	c := *v
	c.numbers = addTaints(v.numbers, other.numbers)
	return &c
}

// stillNumbers are the numbers of which a check says nothing that says something for some rules.
func stillNumbers(numbers []*Taint, rules []string) []*Taint {
	if slices.Contains(rules, "all") {
		return nil
	}
	return numbers
}

// counts are the values that arithmetic makes a number of.
func counts(values ...*Value) []*Taint {
	var out []*Taint
	for _, v := range values {
		out = addTaints(out, amounts(v))
	}
	return out
}

// bySystems are paths of what is checked by others: who somebody is, arguments of a schema of GraphQL, records and events of services.
var bySystems = regexp.MustCompile(`requestContext|arguments\.|Records|^event\.detail\b`)

// isWild reports whether nothing is known to have looked at a number that an outsider sends.
func (in *interp) isWild(t *Taint, rule string) bool {
	return !t.unsure && (t.Source == nil || !t.Source.Stored) && (!in.weighedFor(t.Path, rule) || rule == amountRule && in.letsNaN(t) || in.adding && in.onlyTyped(t.Path)) && (!bySystems.MatchString(t.Path) || inMessage(t.Path))
}

// letsNaN reports whether a number was made of a text that may say NaN, and all that was asked of it are comparisons by which it is refused
// where they hold: NaN is neither too small nor too large.
func (in *interp) letsNaN(t *Taint) bool {
	if !in.looked.slips[t.Path] || in.looked.firm[t.Path] || within(in.looked.shapes, t.Path) {
		return false
	}
	for s := t.step; s != nil; s = s.prev {
		if s.note == becomesNumber+orNaN {
			return true
		}
	}
	return false
}

// becomesNumber is what is said of a text that is made a number, with orNaN where it may be one that is none.
const (
	becomesNumber = "becomes a number"
	orNaN         = ", NaN among them"
)

// givesNaN are functions that make NaN of a text: of one that is no number, or that says so.
var givesNaN = set("builtin.float builtin.parseFloat builtin.parseInt builtin.Number builtin.Number.parseFloat builtin.Number.parseInt strconv.ParseFloat")

// refusesMore are the comparisons of a condition which hold for what is refused because it is too much: amount > balance || amount > 100.
func refusesMore(e *ir.Expr) []*ir.Expr {
	switch {
	case e == nil || e.Kind != ir.Binary:
	case e.Str == "||" || e.Str == "or":
		return append(refusesMore(e.X), refusesMore(e.Y)...)
	case mirrored[e.Str] != "":
		return []*ir.Expr{e}
	}
	return nil
}

// weighed notes a comparison of how much something is. In the condition of a loop it is how often that is gone through.
func (in *interp) weighed(f frame, e *ir.Expr, x, y *Value) {
	if in.st != nil {
		return
	}
	if in.turning == e {
		if !in.isLength(f, e.X, false) && !in.isLength(f, e.Y, false) {
			in.hit(f, e.At, sizeRule, "a loop", counts(x, y), false)
		}
		return
	}
	if in.choosing != nil && standsIn(in.choosing, e) { // whatever it is, it goes on
		mark(&in.looked.asked, amounts(x), amounts(y))
		return
	}
	large, small := x, y
	if e.Str[0] == '<' {
		large, small = y, x
	}
	if slices.Contains(in.refused, e) {
		mark(&in.looked.slips, amounts(x), amounts(y))
	} else {
		mark(&in.looked.firm, amounts(x), amounts(y))
	}
	if slices.Contains(in.refused, e) {
		mark(&in.looked.most, amounts(large))
	} else {
		mark(&in.looked.bounds, amounts(large))
		mark(&in.looked.sizes, amounts(large), large.safe)
	}
	mark(&in.looked.bounds, amounts(small))
	mark(&in.looked.sizes, amounts(small), small.safe)
	in.isLength(f, e.X, asksLeast(e.Str, y))
	in.isLength(f, e.Y, asksLeast(mirrored[e.Str], x))
}

// mirrored are comparisons as they are written from the other side.
var mirrored = map[string]string{"<": ">", "<=": ">=", ">": "<", ">=": "<="}

// shortest is the longest of the least lengths that are asked for, such as that of a password.
const shortest = 12

// asksLeast reports whether a comparison of a length says only how much it is at least: name.length < 2, name.length > 0.
func asksLeast(operator string, with *Value) bool {
	n, err := strconv.Atoi(with.text)
	if !with.known || err != nil {
		return false
	}
	switch operator {
	case "<":
		return n <= shortest
	case "<=":
		return n <= 2
	case ">":
		return n == 0
	case ">=":
		return n <= 1
	}
	return false
}

// isNaught reports whether a length that is compared with a value says only whether there is something.
func isNaught(with *Value) bool { return with.known && with.text == "0" }

// measured notes that code asks how long texts are; at least, where it says nothing of how long they can be.
func (in *interp) measured(taints []*Taint, atLeast bool) {
	mark(&in.looked.lengths, taints)
	if !atLeast {
		mark(&in.looked.limits, taints)
	}
}

// limited notes that texts can have no more than some length.
func (in *interp) limited(taints []*Taint) { in.measured(taints, false) }

// chained notes a comparison of Python with more than two sides: 0 < x < 10
func (in *interp) chained(f frame, e *ir.Expr) {
	if f.file == nil || f.file.Language != ir.Python || len(e.List) < 3 || in.st != nil {
		return
	}
	if between := f.file.Tree.Source[e.List[0].End:max(e.List[0].End, e.List[1].At)]; !bytes.ContainsAny(between, "<>") {
		return
	}
	for _, x := range e.List {
		v := in.eval(f, x)
		mark(&in.looked.bounds, amounts(v))
		mark(&in.looked.firm, amounts(v))
		mark(&in.looked.sizes, amounts(v), v.safe)
		in.isLength(f, x, false)
	}
}

// lengthsOf are functions that tell how long something is.
var lengthsOf = set("len utf8.RuneCountInString utf8.RuneCount")

// isLength reports whether an expression is how long something is, and notes that it was asked for.
func (in *interp) isLength(f frame, e *ir.Expr, atLeast bool) bool {
	if e.Kind == ir.Name { // length := len(name)
		if e = in.testOf(f, e.Str); e == nil || e.Kind == ir.Name {
			return false
		}
	}
	var of *ir.Expr
	switch {
	case e.Kind == ir.Member && (e.Str == "length" || e.Str == "size"):
		of = e.X
	case e.Kind == ir.Call && lengthsOf[textOf(e.X)] && len(e.List) == 1:
		of = e.List[0]
	default:
		return false
	}
	text := untrimmed(of)
	taints := in.quiet(f, text).taints
	in.measured(taints, atLeast)
	if text != of { // only a text has blanks around it: name.trim().length === 0
		mark(&in.looked.texts, taints)
	}
	return true
}

// trims are methods and functions that give a text without the blanks around it, which are counted no more.
var trims = set("strip lstrip rstrip trim trimStart trimEnd strings.TrimSpace")

// untrimmed is the text whose blanks are taken away: name of name.strip(), which is limited where that is.
func untrimmed(e *ir.Expr) *ir.Expr {
	switch {
	case e.Kind == ir.Call && len(e.List) == 1 && trims[textOf(e.X)]:
		return e.List[0]
	case e.Kind == ir.Call && len(e.List) == 0 && e.X.Kind == ir.Member && trims[e.X.Str]:
		return e.X.X
	}
	return e
}

// likened notes a comparison with a value, or of the type with the name of one.
func (in *interp) likened(f frame, e *ir.Expr, x, y *Value) {
	if in.st != nil {
		return
	}
	in.isAsked(x.taints)
	in.isAsked(y.taints)
	in.equalsMore(x, y)
	in.isLength(f, e.X, isNaught(in.quiet(f, e.Y)))
	in.isLength(f, e.Y, isNaught(in.quiet(f, e.X)))
	if isNothing(e.Y) { // body[field] == null
		in.present(f, e.X)
	}
	in.isEmptyText(f, x, y)
	in.isEmptyText(f, y, x)
	refuses := e.Str[0] == '!'
	for _, side := range [][2]*ir.Expr{{e.X, e.Y}, {e.Y, e.X}} {
		if side[0].Kind == ir.Unknown && side[0].Str == "typeof" && len(side[0].List) == 1 {
			in.isOfType(in.eval(f, side[0].List[0]), (refuses || in.affirms(e)) && side[1].Str == "string")
		} else if side[0].Kind == ir.Call && textOf(side[0].X) == "type" && len(side[0].List) == 1 {
			in.isOfType(in.eval(f, side[0].List[0]), (refuses || in.affirms(e)) && textOf(side[1]) == "str")
		}
	}
}

// affirms reports whether a test is one of those that must all hold for a function to say yes: return typeof v === "string" && v.trim() !== ""
func (in *interp) affirms(test *ir.Expr) bool {
	return len(in.stack) > 1 && isOneOf(test, in.returning)
}

// isOneOf reports whether a test is one of the parts of a condition that must all hold.
func isOneOf(test, all *ir.Expr) bool {
	return all == test || all != nil && all.Kind == ir.Binary && (all.Str == "&&" || all.Str == "and") && (isOneOf(test, all.X) || isOneOf(test, all.Y))
}

// partOfBody are paths of parts of bodies of requests.
var partOfBody = regexp.MustCompile(`[bB]ody\.`)

// isEmptyText notes a part of a body that Go compares with the empty text: it is one, and that says nothing of how long it can be.
func (in *interp) isEmptyText(f frame, x, y *Value) {
	if f.file == nil || f.file.Language != ir.Go || !y.known || y.text != "" || y.written != inQuotes {
		return
	}
	for _, t := range x.taints {
		if partOfBody.MatchString(t.Path) {
			mark(&in.looked.texts, []*Taint{t})
		}
	}
}

// isOfType notes that code asks for the type of something, but for a body as a whole: whether it was parsed says nothing of what is in it.
func (in *interp) isOfType(v *Value, text bool) {
	for _, t := range amounts(v) {
		if strings.HasSuffix(t.Path, "body") {
			mark(&in.looked.bodies, []*Taint{t})
		} else {
			mark(&in.looked.bounds, []*Taint{t})
			mark(&in.looked.firm, []*Taint{t})
			mark(&in.looked.types, []*Taint{t})
		}
	}
	if text {
		mark(&in.looked.texts, v.taints)
	}
}

// isAsked notes that code asks for values, but for bodies as a whole: that there is one says nothing of what is in it.
func (in *interp) isAsked(taints []*Taint) {
	if in.optional {
		return
	}
	for _, t := range taints {
		switch {
		case strings.HasSuffix(t.Path, "body"):
			mark(&in.looked.bodies, []*Taint{t})
		case !wholeRequests[t.Path]:
			mark(&in.looked.asked, []*Taint{t})
		}
	}
}

// wholeRequests are the paths of all that comes in: that there is something says nothing of what is in it.
var wholeRequests = set("event req request r ctx c")

// equalsMore notes texts that are compared with others: what is equal to something that is known or kept is as long as that.
func (in *interp) equalsMore(x, y *Value) {
	for _, side := range [][2]*Value{{x, y}, {y, x}} {
		if other := side[1]; !other.known && !other.empty() || other.known && other.text != "" && !slices.Contains(missing, other.text) {
			in.limited(side[0].taints)
		}
	}
}

// equalsWorkedOut notes a number that must be what is worked out of others, of which all that come from outside were weighed: it is as much
// as those say.
func (in *interp) equalsWorkedOut(f frame, e *ir.Expr) {
	for _, side := range [][2]*ir.Expr{{e.X, e.Y}, {e.Y, e.X}} {
		if of := side[1]; isArithmetic(of) && in.allWeighed(f, of) {
			mark(&in.looked.bounds, amounts(in.quiet(f, side[0])))
			mark(&in.looked.firm, amounts(in.quiet(f, side[0])))
		}
	}
}

// isArithmetic reports whether an expression works a number out, also where that is rounded.
func isArithmetic(e *ir.Expr) bool {
	if e.Kind == ir.Call && len(e.List) > 0 && strings.Contains(strings.ToLower(textOf(e.X)), "round") {
		e = e.List[0]
	}
	return e.Kind == ir.Binary && (e.Str == "+" || e.Str == "-" || e.Str == "*" || e.Str == "/")
}

// allWeighed reports whether numbers from outside stand in an expression, and something has asked of each of them how much it is.
func (in *interp) allWeighed(f frame, e *ir.Expr) bool {
	some, all := false, true
	ir.WalkExpr(e, nil, func(x *ir.Expr) bool {
		if x.Kind != ir.Name && x.Kind != ir.Member && x.Kind != ir.Index {
			return true
		}
		for _, t := range amounts(in.quiet(f, x)) {
			some, all = true, all && (t.Source != nil && t.Source.Stored || in.weighedFor(t.Path, amountRule))
		}
		return false
	})
	return some && all
}

// present notes that code asks whether something is there: body.name, or body[field] for each of some.
func (in *interp) present(f frame, e *ir.Expr) {
	if in.st != nil {
		return
	}
	if e.Kind == ir.Index && e.Y.Kind != ir.Const {
		table := in.quiet(f, e.X)
		in.hasMembers(table)
		if len(table.theirs()) == 0 && len(table.fields) > 0 { // one of some
			in.isIn(in.quiet(f, e.Y), table)
		}
		return
	}
	switch {
	case e.Kind == ir.Name, e.Kind == ir.Member, e.Kind == ir.Index:
		v := in.quiet(f, e)
		in.isAsked(v.taints)
		mark(&in.looked.firm, v.numbers) // !amount holds for NaN
	case e.Kind != ir.Call || e.X.Kind != ir.Member:
	case e.X.Str == "get" && len(e.List) > 0 && e.List[0].Kind != ir.Const: // if not body.get(field)
		in.hasMembers(in.quiet(f, e.X.X))
	case (e.X.Str == "get" || e.X.Str == "pop") && len(e.List) > 0 && e.List[0].Kind == ir.Const: // if not body.get("name")
		in.isAsked(in.member(f, in.quiet(f, e.X.X), e.List[0].Str, e.At).taints)
	case asksOfText[e.X.Str]:
		in.present(f, e.X.X)
		mark(&in.looked.texts, in.quiet(f, e.X.X).taints)
	}
}

// asksOfText are methods of texts that say whether there is something in them, and what.
var asksOfText = set("strip trim startswith endswith startsWith endsWith")

// byModel are the functions of pydantic that check what they get.
var byModel = set("model_validate model_validate_json model_validate_strings parse_obj parse_raw validate_python validate_json")

// checksByModel notes that a model looks at what it is made of.
func (in *interp) checksByModel(args *arguments) {
	if in.st != nil || in.proving > 0 {
		return
	}
	for _, v := range append(append(slices.Clone(args.list), kwValues(args)...), orNothing(args.rest), orNothing(args.dict)) {
		mark(&in.looked.asked, v.all())
	}
}

// hasMembers notes that code asks whether members are there whose names are not known.
func (in *interp) hasMembers(v *Value) { mark(&in.looked.asked, v.taints) }

// isIn notes a test of whether something is one of some, or a member of an object.
func (in *interp) isIn(x, y *Value) {
	if in.st != nil {
		return
	}
	if !x.known {
		mark(&in.looked.bounds, amounts(x))
		mark(&in.looked.firm, amounts(x))
		mark(&in.looked.sizes, amounts(x), x.safe)
		in.limited(x.taints)
		in.hasMembers(y)
		return
	}
	for _, t := range y.taints {
		u := *t
		u.Path += "." + x.text
		in.isAsked([]*Taint{&u})
	}
}

// refusesType notes a test for the type of a text that is to be refused otherwise: not isinstance(x, str)
func (in *interp) refusesType(f frame, e *ir.Expr) {
	in.present(f, e)
	if in.st == nil && e.Kind == ir.Call && textOf(e.X) == "isinstance" && len(e.List) == 2 && textOf(e.List[1]) == "str" {
		mark(&in.looked.texts, in.eval(f, e.List[0]).taints)
	}
}

// validating notes what a call of a library says of what it gets, by what it is called.
func (in *interp) validating(e *ir.Expr, ref string, args *arguments) {
	switch ref {
	case "builtin.min", "builtin.max", "builtin.Math.min", "builtin.Math.max":
		if len(args.list) > 1 {
			for _, v := range args.list {
				mark(&in.looked.bounds, amounts(v))
				mark(&in.looked.firm, amounts(v))
				mark(&in.looked.sizes, amounts(v), v.safe)
			}
		}
	case "builtin.Array.isArray":
		in.isAsked(args.get(0).taints)
	case "crypto.createHmac().update", "hmac.new", "hmac.digest":
		in.signedWhole(args)
	case "builtin.isinstance":
		if len(e.List) > 1 {
			in.isOfType(args.get(0), textOf(e.List[1]) == "str" && in.affirms(e))
		}
	}
	if strings.HasPrefix(ref, "jsonschema.") && strings.HasSuffix(ref, "Validator().iter_errors") {
		in.shapedBy(args.get(0))
	}
	if strings.HasSuffix(ref, "constructEvent") || strings.HasSuffix(ref, "construct_event") || strings.HasSuffix(ref, "constructEventAsync") {
		in.signedWhole(args)
	}
	if isSchema.MatchString(ref) {
		for _, v := range args.list {
			in.hasSchema(v)
		}
	}
}

// signedWhole notes a body as a whole of which the code of a key is made: who sends it is somebody that the application trusts.
func (in *interp) signedWhole(args *arguments) {
	if in.st != nil {
		return
	}
	for _, v := range slices.Concat(args.list, kwValues(args)) {
		for _, t := range v.all() {
			if strings.HasSuffix(strings.ToLower(t.Path), "body") {
				mark(&in.looked.shapes, []*Taint{t})
			}
		}
	}
}

// isSchema are the makers of schemas of stores, and those of models.
var isSchema = aboutNames(`(^|\.)(Schema|define|init)$`)

// hasSchema notes the names of fields that the schema of a store gives bounds to.
func (in *interp) hasSchema(v *Value) {
	for name, s := range sorted(v.fields) {
		if s == nil {
			continue
		}
		rules := s.fields["validate"]
		if s.fields["min"] != nil || rules != nil {
			if in.p.minimums == nil {
				in.p.minimums = map[string]bool{}
			}
			in.p.minimums[name] = true
			continue
		}
		for _, inner := range append([]*Value{s, s.elem}, s.args...) {
			if inner != nil && inner != v && len(inner.fields) > 0 && len(s.fields) < maxFields && s.fields["type"] == nil {
				in.hasInnerSchema(inner)
			}
		}
	}
}

// hasInnerSchema is hasSchema one level further inside.
func (in *interp) hasInnerSchema(v *Value) {
	for name, s := range sorted(v.fields) {
		if s != nil && (s.fields["min"] != nil || s.fields["validate"] != nil) {
			if in.p.minimums == nil {
				in.p.minimums = map[string]bool{}
			}
			in.p.minimums[name] = true
		}
	}
}

// shapedBy notes that a schema or a validator has seen a value.
func (in *interp) shapedBy(values ...*Value) {
	if in.st != nil {
		return
	}
	for _, v := range values {
		mark(&in.looked.shapes, v.all(), v.allNumbers(0))
	}
}

// allNumbers are the numbers of outsiders in a value, with all that is in it.
func (v *Value) allNumbers(depth int) []*Taint {
	if v == nil || depth > deepestJoin {
		return nil
	}
	out := addTaints(v.numbers, v.elem.allNumbers(depth+1))
	for _, x := range sorted(v.fields) {
		out = addTaints(out, x.allNumbers(depth+1))
	}
	return out
}

// seenBy notes what a row of a validator says of its inputs.
func (in *interp) seenBy(m *Model, recv *Value, args *arguments) {
	if in.st != nil || m.Kind != validator && !m.checksShape() {
		return
	}
	for _, name := range m.In {
		v := input(name, recv, args)
		if m.checksShape() {
			in.shapedBy(v)
		} else if !m.number {
			mark(&in.looked.bounds, amounts(v))
			mark(&in.looked.firm, amounts(v))
			in.limited(v.taints)
			if asksForNumber[lastPart(m.Member)] {
				mark(&in.looked.types, amounts(v), v.safe)
			} else {
				mark(&in.looked.sizes, amounts(v), v.safe)
			}
		}
	}
}

// asksForNumber are functions that say whether something is a number, and not how much.
var asksForNumber = set("isInteger isSafeInteger isFinite isNaN isNumber isnan isfinite isinf")

// checksShape reports whether a row is about something that knows what an object has to be like.
func (m *Model) checksShape() bool {
	return (m.Kind == validator || m.Kind == sanitizer) && slices.Contains(m.For, "mass-assignment") && slices.Contains(m.For, "prototype-pollution")
}

// words are the words of a name.
var words = regexp.MustCompile(`[A-Z]?[a-z]+|[A-Z]+`)

// money are words for what is paid, owed or in stock, at the end of a name.
var money = set("price amount balance quantity qty stock total subtotal cost fee discount rating stars cents pence")

// isAmount reports whether a name is one of an amount: totalPrice, unit_amount, :qty.
func isAmount(name string) bool {
	all := words.FindAllString(name, -1)
	if len(all) == 0 || !money[strings.ToLower(all[len(all)-1])] {
		return false
	}
	switch strings.ToLower(all[0]) {
	case "in", "is", "has", "out", "min", "max", "show":
		return false
	}
	return true
}

// addedTo is where an update of DynamoDB adds a value to what is there, or takes it away.
var addedTo = regexp.MustCompile(`(?i)(?:[+-]|\bADD\s+[\w.#]+)\s*(:\w+)`)

// setTo is where an update of DynamoDB sets an attribute to a value: SET quantity = :q
var setTo = regexp.MustCompile(`([\w#]+)\s*=\s*(:\w+)`)

// addedIn are the values that an update makes an amount: price = :x, and, with true, those that it adds to what is there: set points = points - :p
func addedIn(expression *Value) map[string]bool {
	out := map[string]bool{}
	for _, text := range append([]string{orNothing(expression).text}, orNothing(expression).alts...) {
		for _, m := range addedTo.FindAllStringSubmatch(text, -1) {
			out[m[1]] = true
		}
		for _, m := range setTo.FindAllStringSubmatch(text, -1) {
			if isAmount(m[1]) && !out[m[2]] {
				out[m[2]] = false
			}
		}
	}
	return out
}

// amountsIn notes the amounts that a store or a payment is given, by the names of the fields, and the values that are added to what is there.
func (in *interp) amountsIn(f frame, at int32, what string, v *Value, added map[string]bool, depth int) {
	if v == nil || depth > deepestJoin || in.st != nil {
		return
	}
	for name, x := range sorted(v.fields) {
		if x == nil {
			continue
		}
		adds, counts := added[name]
		if (isAmount(name) || counts) && !v.class.looksAt(name) && !in.p.minimums[strings.TrimPrefix(name, ":")] {
			in.hit(f, at, amountRule, what, withoutFlags(amounts(x)), false)
			in.hit(f, at, amountRule, what, withoutFlags(amounts(x.fields["N"])), false)
			if adds {
				in.reverses(f, at, what, x)
			}
		}
		in.amountsIn(f, at, what, x, added, depth+1)
	}
	in.amountsIn(f, at, what, v.elem, added, depth+1)
}

// flagName are names by which callers say whether something is so: whatever it is stored as, no amount is sent under them.
var flagName = regexp.MustCompile(`^(is|has)(_|[A-Z])|(?i:(ready|enabled|disabled|flag))$`)

// withoutFlags are those of some taints that no flag has sent.
func withoutFlags(taints []*Taint) []*Taint {
	return slices.DeleteFunc(slices.Clone(taints), func(t *Taint) bool { return flagName.MatchString(lastPart(plainPath(t.Path))) })
}

// reverses notes an amount that is added to what is there, or taken away, of which code only asked whether it is a number.
func (in *interp) reverses(f frame, at int32, what string, x *Value) {
	in.adding = true
	for _, v := range []*Value{x, orNothing(x.fields["N"])} {
		in.hit(f, at, amountRule, what, addTaints(amounts(v), v.safe), false)
	}
	in.adding = false
}

// amountsPosted notes the amounts in a request that asks another service for a payment, also where they are written as JSON.
func (in *interp) amountsPosted(f frame, at int32, what string, args *arguments) {
	for _, v := range append(slices.Clone(args.list), &Value{fields: args.kw}) {
		in.amountsIn(f, at, what, orNothing(v).json, nil, 0)
		for _, x := range sorted(orNothing(v).fields) {
			in.amountsIn(f, at, what, orNothing(x).json, nil, 0)
		}
		in.amountsIn(f, at, what, v, nil, 0)
	}
}

// looksAt reports whether the class of a mapper checks what is put into a field: by @validates("price"), or by a condition of its table,
// CheckConstraint("price > 0").
func (c *class) looksAt(field string) bool {
	if c == nil || c.static == nil {
		return false
	}
	for _, x := range sorted(orNothing(c.static.fields["__table_args__"]).fields) {
		if x != nil && strings.HasSuffix(x.ref, ".CheckConstraint()") && len(x.args) > 0 && slices.Contains(columnWord.FindAllString(x.args[0].text, -1), field) {
			return true
		}
	}
	return slices.ContainsFunc(c.def.Methods, func(m *ir.Func) bool {
		return slices.ContainsFunc(m.Decorators, func(d *ir.Expr) bool {
			return lastPart(calledOf(d)) == "validates" && slices.ContainsFunc(d.List, func(x *ir.Expr) bool { return x.Str == field })
		})
	})
}

var columnWord = regexp.MustCompile(`\w+`)

// repeats notes a text or a list of Python that is repeated.
func (in *interp) repeats(f frame, e *ir.Expr, x, y *Value) {
	for _, side := range [][2]*Value{{x, y}, {y, x}} {
		if thing := side[0]; thing.isList || thing.known && thing.written == inQuotes {
			in.hit(f, e.At, sizeRule, "a repetition", amounts(side[1]), false)
		}
	}
}

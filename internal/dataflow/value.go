package dataflow

import (
	"iter"
	"maps"
	"slices"
	"strings"

	"wardlet.example/internal/ir"
)

// Value is what is known of a value while a program is followed: what an outsider put into it, what it is made of, and what it is.
type Value struct {
	taints  []*Taint
	fields  map[string]*Value
	elem    *Value // of a list, or under keys that are not known
	grown   *grown // what elem was made of one by one; nil where it is one
	fns     []*closure
	wraps   []*closure // functions that were given to a call which this is the result of
	middle  []*Value   // middlewares that run around wraps: objects with the functions before, after and onError
	class   *class     // of which it is an instance, or which it is
	ref     string     // path of what it is in a library: "pg.Pool().query"
	args    []*Value   // that a library's constructor got
	kw      map[string]*Value
	text    string // of a constant
	sink    *Value
	spread  *Value          // an object was spread into it
	prefix  string          // with what a text begins of which not all is known
	wrote   string          // Go: of a text in memory: what is known of what was written to it
	json    *Value          // what a text was written from
	told    map[string]bool // what of it was checked as an answer
	self    *Value          // the object itself, where this is it as one of a class that its class extends
	named   *Value          // names of fields that are not known: what they are made of
	alts    []string        // those of them that are known
	numbers []*Taint        // it is a number of which an outsider decides how much it is
	safe    []*Taint        // data of an outsider that was checked: it can do no harm at all any more
	others  []*Value        // objects of other classes that it may be as well
	chosen  []*Taint        // names from outside by which it was taken out of an object
	signs   []*Taint        // data of which it is the code of a key (HMAC)
	over    *step           // Go: where what an outsider sent was read over such a struct
	proves  []*Taint        // data that came with the right code, where this is true
	test    *step           // of what is known of an expression: where that was tested
	parts   []*Value        // of a text of which parts are settings
	either  []*Value        // settings, and texts of which parts are settings, that it may be where it is one of several
	secret  *secret         // it came from a store of secrets
	trace   *step           // where the stack of an error was read that it is, or is made of
	ofKey   string          // what it is of the key of the object that the event is about
	clock   *step           // where the time is read that it is made of, and of nothing that others do not know
	random  *roll           // it is made of a random number that can be guessed
	some    map[string]bool // names of fields that are set on some ways only
	born    int             // the branch in which an object was made
	kind    *declared       // Go: the type that it is declared with; Python: the type that a name stands for
	rows    *class          // of what a mapper gives: the class of the rows that it is about
	without *otherwise      // what it is where a setting is missing
	mostly  *mostly         // what it is for all values of a setting but one
	holds   []string        // the fields of records that are secrets: of a model of a store, and of what it gives
	sign    *Value          // it is one sign of this text, which lets somebody in, or which is held against one that does
	read    *step           // of such records: where they were read
	mapped  *mapped         // of a mapper of tables: which table it is about
	filled  *arguments      // of a library's function: what it was given before: partial(f, x)
	among   []*Value        // functions of libraries of which it is one, where it may be several functions

	// What is only true or not stands together: there are very many values, and so they take less room.
	written written // of a constant: how it is written
	isType  bool    // it is the class itself
	known   bool    // whether text is all of it
	regexp  bool
	shared  bool // made while a module was loaded: not changed afterwards
	ofClass bool // a class holds it for all of its instances
	varied  bool // it is one of some texts
	isList  bool // it is a list of Python
	isDict  bool // it was written as a dictionary
	ofNames bool // Python: a list that is made of something else, of which it has the names where that is a dictionary
	isMap   bool // JavaScript: a Map, which gives pairs to who goes through it
	row     bool // Go: a struct that a store has filled
	form    form // Go: whether a struct holds what was sent, and what else
	backed  bool // it is a setting, and something else only where that is missing
	mixed   bool // it is one of several, of which one holds what an outsider decides and another the fields
	asked   bool // a library gave it, and was perhaps asked for what is of a user
	perhaps bool // it is that only on some of the ways that lead here: on others something of which nothing is known
	sealed  bool // of a copy: an object that has no other fields than these
	results bool // Go: several results of a function
	bare    bool // JavaScript: an object without a prototype
	oneOf   bool // it is what a table has under a name that is not known: one of its functions
	asSent  bool // what is safe in it is as it came: a schema looked at it
}

// Taint says that an outsider decides a value, or a part of it.
type Taint struct {
	Path   string // from the entry: event.body.id
	Source *Source
	step   *step
	clean  map[string]bool // rules that it can do no harm for
	object bool            // it can be more than a text: parsed from JSON
	parsed string          // the path at which it was parsed from JSON
	lead   string          // what certainly stands before it in its text
	unsure bool            // a call that is not known stands in between
	copied bool            // only the name of a bucket stands before it: all of the key of what is copied
	typed  bool            // Go: a decoder has read it into a simple type, and nothing else was asked of it
	inside bool            // of a text that was written as JSON: it stands inside of what was written
	keys   bool            // it is a name of a field of what stands there, and nothing that stands in it
	among  bool            // code that goes through an object by its names came to it, which perhaps chooses by them
	pieces bool            // of a list: the parts of a path between its slashes
	apart  bool            // of a list: the parts of a text that was split, as many as an outsider likes
	gone   string          // characters that were taken out of it or written otherwise
	quotes bool            // it does no harm in a page for that alone, and quotes are not among them: they end an attribute
	signs  bool            // of what was checked: only of which characters it is, so that it still may be any name
	token  token           // what of a token it is, where it looks like one
	length int
	check  *step  // what made it harmless, where that is known
	plain  *Taint // what it was before it was written in base64, which whoever gets it undoes
}

// token is what is left of a JSON Web Token that code takes apart by hand.
type token uint8

// Parts of tokens.
const (
	noToken      token = iota
	dotted             // what stands between the dots of a text that is perhaps one
	tokenPart          // what stands between its dots
	tokenDecoded       // that, decoded
)

// Source is where outside data comes in.
type Source struct {
	Label  string   // event, req, an item read from a store
	Stored bool     // it was stored before by somebody
	Own    bool     // the application keeps it under a name of its own: nobody else put it there as far as this entry shows
	Read   *Send    // the call that reads it, where that is known
	fields []string // the attributes that are asked for alone, where it is known which
	stays  bool     // what counts is whose it is, and not what harm it does
}

// step is one hop of a taint, linked backwards.
type step struct {
	file *ir.File
	at   int32
	note string
	prev *step
	time int // when it was taken, in steps of the entry
}

// maxTaints bounds the taints of one value, maxSteps the steps of one taint.
const (
	maxTaints = 4
	maxSteps  = 40
	maxFields = 200
)

// with is a taint with one more step.
func (t *Taint) with(file *ir.File, at int32, note string, time int) *Taint {
	if t.step != nil && t.step.at == at && t.step.file == file || t.length >= maxSteps {
		return t
	}
	u := *t
	u.step = &step{file, at, note, t.step, time}
	u.length++
	return &u
}

// cleaned is a taint that can do no harm for some rules any more; nil for all.
func (t *Taint) cleaned(rules []string) *Taint {
	for _, r := range rules {
		if r == "all" {
			if t.Source != nil && t.Source.stays { // it does no harm, and is a user's all the same
				return t
			}
			return nil
		}
	}
	u := *t
	u.clean = map[string]bool{}
	for r := range t.clean {
		u.clean[r] = true
	}
	for _, r := range rules {
		u.clean[r] = true
	}
	u.quotes = t.quotes && !slices.Contains(rules, "html-response")
	return &u
}

// addTaints joins taints, each source path and state once. Where there are too many, those go that can do least harm, so that what is
// made harmless never hides what is not.
func addTaints(to, from []*Taint) []*Taint {
	return addedTaints(to, from, func(t, than *Taint) bool { return len(t.clean) > len(than.clean) })
}

// addTexts adds the taints of a part of a text to those of the text: where there are too many, what still does harm in a text stays.
func addTexts(to, from []*Taint) []*Taint { return addedTaints(to, from, (*Taint).cleaner) }

// addedTaints are taints with others, of which one that is cleaner makes place where there are too many.
func addedTaints(to, from []*Taint, cleaner func(t, than *Taint) bool) []*Taint {
	for _, t := range from {
		found, cleanest := false, -1
		for i, u := range to {
			found = found || u == t || u.Source == t.Source && u.Path == t.Path && u.object == t.object && (t.keys || !u.keys) && u.asHarmful(t)
			if cleaner(u, t) && (cleanest < 0 || cleaner(u, to[cleanest])) {
				cleanest = i
			}
		}
		switch {
		case found:
		case len(to) < maxTaints:
			to = append(to[:len(to):len(to)], t)
		case cleanest >= 0:
			to = slices.Clone(to)
			to[cleanest] = t
		}
	}
	return to
}

// cleaner reports whether less harm is left of a taint than of another one. That one is only a text, or one line of it, says little: it still
// does all the harm that texts do.
func (t *Taint) cleaner(other *Taint) bool {
	if x, y := t.cleanAsText(), other.cleanAsText(); x != y {
		return x > y
	}
	return len(t.clean) > len(other.clean)
}

// cleanAsText is for how many of the rules a taint does no harm for which a text may do some.
func (t *Taint) cleanAsText() int {
	n := len(t.clean)
	for _, rule := range oneLine {
		if t.clean[rule] {
			n--
		}
	}
	return n
}

// oneLine are the rules that a line of text does no harm for.
var oneLine = append([]string{"log-injection", "header-injection"}, textOnly...)

// asHarmful reports whether a taint does harm wherever another one does.
func (t *Taint) asHarmful(other *Taint) bool {
	for rule := range t.clean {
		if !other.clean[rule] {
			return false
		}
	}
	return true
}

// sorted goes through a map in the order of its keys: what is found must not depend on chance.
func sorted[V any](m map[string]V) iter.Seq2[string, V] {
	return func(yield func(string, V) bool) {
		if len(m) == 1 {
			for k, v := range m {
				yield(k, v)
			}
			return
		}
		for _, k := range slices.Sorted(maps.Keys(m)) {
			if !yield(k, m[k]) {
				return
			}
		}
	}
}

// all are the taints of a value and of all that is in it.
func (v *Value) all() []*Taint { return v.collect(nil, 0) }

func (v *Value) collect(out []*Taint, depth int) []*Taint {
	if v == nil || depth > 4 || full(out) {
		return out
	}
	out = addTaints(out, v.taints)
	for _, f := range sorted(v.fields) {
		if full(out) {
			break
		}
		out = f.collect(out, depth+1)
	}
	return v.elem.collect(out, depth+1)
}

// full reports whether nothing more can be added to taints.
func full(taints []*Taint) bool {
	if len(taints) < maxTaints {
		return false
	}
	for _, t := range taints {
		if len(t.clean) > 0 {
			return false
		}
	}
	return true
}

// join is a value that is one of two.
func join(a, b *Value) *Value { return joinTo(a, b, 0) }

// backed is a value, or another one where it is missing.
func backed(x, other *Value) *Value {
	v := join(x, other)
	if settingOf(x) == "" || len(x.either) > 0 || v == x || v == other {
		return v
	}
	c := *v
	c.backed = true
	return &c
}

// deepestJoin bounds how deep values are joined: they can hold themselves.
const deepestJoin = 6

// joinTo is join, so deep in values that are joined.
func joinTo(a, b *Value, depth int) *Value {
	switch {
	case a == nil || a == b:
		return b
	case b == nil:
		return a
	case a.empty():
		return onlyPerhaps(b, a).counting(a)
	case b.empty():
		return onlyPerhaps(a, b).counting(b)
	}
	v := *a
	v.shared, v.ofClass, v.told, v.backed = false, false, nil, false
	if a.sign != b.sign {
		v.sign = nil
	}
	v.joinText(a, b)
	v.taints, v.signs, v.proves = addTaints(a.taints, b.taints), addTaints(a.signs, b.signs), addTaints(a.proves, b.proves)
	v.chosen, v.safe, v.numbers = addTaints(a.chosen, b.chosen), addTaints(a.safe, b.safe), addTaints(a.numbers, b.numbers)
	v.mixed = a.mixed || b.mixed || len(a.taints) > 0 && len(a.fields) == 0 && len(b.fields) > 0 || len(b.taints) > 0 && len(b.fields) == 0 && len(a.fields) > 0
	v.joinMembers(a, b, depth)
	v.json, v.parts, v.either = sameShape(a.json, b.json, depth), nil, eitherOf(a, b)
	v.joinMade(b)
	v.joinKind(a, b)
	return &v
}

// joinText is what is known of a text, and on which ways, where it is one of two.
func (v *Value) joinText(a, b *Value) {
	v.perhaps = a.perhaps || b.perhaps || lost(a) || lost(b)
	v.known = a.known && b.known && a.text == b.text
	if a.written != b.written {
		v.written = anyhow
	}
	if a.without != b.without {
		v.without = nil
	}
	if a.prefix != b.prefix {
		v.prefix = ""
	}
	if a.wrote != b.wrote {
		v.wrote = ""
	}
	if (a.known || b.known) && !v.known {
		v.varied, v.text = true, ""
		v.alts = alternatives(a, b)
	} else if len(a.alts)+len(b.alts) > 0 {
		v.alts = alternatives(a, b)
	}
}

// joinMembers joins what stands in two values.
func (v *Value) joinMembers(a, b *Value, depth int) {
	v.some = someFields(a, b)
	if depth < deepestJoin {
		if len(b.fields) > 0 {
			v.fields = map[string]*Value{}
			maps.Copy(v.fields, a.fields)
			for k, f := range sorted(b.fields) {
				if len(v.fields) < maxFields {
					v.fields[k] = joinTo(v.fields[k], f, depth+1)
				}
			}
		}
		v.elem = joinTo(a.elem, b.elem, depth+1)
		if a.grown != nil || b.grown != nil {
			v.grown = grownBy(v.elem, a.put(), b.put())
		}
	}
	v.named, v.isDict = joinTo(a.named, b.named, depth+1), a.isDict || b.isDict
	v.isMap = a.isMap || b.isMap
	v.isList, v.bare = a.isList && b.isList, a.bare && b.bare
}

// joinMade adds to a value what another one is made of: secrets, random numbers, records.
func (v *Value) joinMade(b *Value) {
	v.asked, v.row = v.asked || b.asked, v.row || b.row
	if v.over == nil {
		v.over = b.over
	}
	if len(b.holds) > 0 {
		v.holds = slices.Compact(slices.Sorted(slices.Values(slices.Concat(v.holds, b.holds))))
	}
	if v.read == nil {
		v.read = b.read
	}
	if v.trace == nil {
		v.trace = b.trace
	}
	if v.random == nil {
		v.random = b.random
	}
	if v.ofKey != b.ofKey {
		v.ofKey = ""
	}
	if b.clock == nil { // it may be something that is not made of the time
		v.clock = nil
	}
	if v.secret == nil {
		v.secret = b.secret
	}
}

// joinKind is what a value is that is one of two: the functions of both, the class of one, of a library what says most.
func (v *Value) joinKind(a, b *Value) {
	v.among = severalFunctions(a, b)
	v.fns = addFns(a.fns, b.fns)
	v.wraps = addFns(a.wraps, b.wraps)
	if len(v.middle) == 0 {
		v.middle = b.middle
	}
	switch {
	case v.class == nil:
		v.class, v.isType = b.class, b.isType
	case b.class != nil && b.class != a.class && len(a.others) < maxFns:
		v.others = append(a.others[:len(a.others):len(a.others)], b)
		v.others = append(v.others, b.others...)
	}
	if v.ref == "" || b.ref != "" && !strings.HasSuffix(v.ref, ")") && strings.HasSuffix(b.ref, ")") { // what was made says more than what is there perhaps
		v.ref, v.args, v.kw, v.filled, v.rows, v.mapped = b.ref, b.args, b.kw, b.filled, b.rows, b.mapped
	}
}

// onlyPerhaps is a value that stands beside one of which nothing is known.
func onlyPerhaps(v, other *Value) *Value {
	c := *v
	switch {
	case v.known && !v.perhaps:
		c.perhaps = true
	case v.isDict && other.isDict && len(v.fields) > len(v.some):
		c.some = someFields(v, other)
	default:
		return v
	}
	return &c
}

// lost reports whether what a value is will not be seen in the texts of one that it is joined to.
func lost(v *Value) bool {
	if v.known {
		return v.text == "" || slices.Contains(missing, v.text)
	}
	return len(v.alts) == 0 || len(v.taints) > 0
}

// someFields are the fields that one of two objects has.
func someFields(a, b *Value) map[string]bool {
	var out map[string]bool
	for _, side := range [][2]*Value{{a, b}, {b, a}} {
		for name := range side[0].fields {
			if _, ok := side[1].fields[name]; !ok || side[0].some[name] {
				if out == nil {
					out = map[string]bool{}
				}
				out[name] = true
			}
		}
	}
	return out
}

// closed reports whether an object was written with its fields and has no others.
func (v *Value) closed() bool {
	return v != nil && v.isDict && v.hasOnlyFields() && v.class == nil && v.ref == "" && !v.varied && len(v.others) == 0 && len(v.fields) < maxFields && (v.spread == nil || v.spread.closed())
}

// eitherOf are the settings, and the texts with settings in them, that a value may be which is one of two.
func eitherOf(a, b *Value) []*Value {
	var out []*Value
	for _, v := range []*Value{a, b} {
		all := v.either
		if len(all) == 0 && len(v.parts) > 0 {
			all = []*Value{{parts: v.parts}}
		} else if ref := settingOf(v); len(all) == 0 && ref != "" {
			all = []*Value{{ref: ref}}
		}
		for _, x := range all {
			if len(out) < maxAlternatives && !slices.ContainsFunc(out, x.sameText) {
				out = append(out, x)
			}
		}
	}
	return out
}

// sameText reports whether two values are the same setting, or the same text made of settings.
func (v *Value) sameText(w *Value) bool {
	if v == w {
		return true
	}
	if v == nil || w == nil || v.known != w.known || v.text != w.text || settingOf(v) != settingOf(w) || len(v.parts) != len(w.parts) {
		return false
	}
	if !v.known && settingOf(v) == "" && len(v.parts) == 0 { // nothing is known of either
		return false
	}
	for i, p := range v.parts {
		if !p.sameText(w.parts[i]) {
			return false
		}
	}
	return true
}

// maxAlternatives bounds the known texts that a value may be.
const maxAlternatives = 40

// missing are the words of programs for what is not there.
var missing = []string{"null", "None", "undefined", "false", "False"}

// alternatives are the known texts that a value may be which is one of two.
func alternatives(a, b *Value) []string {
	var out []string
	for _, v := range []*Value{a, b} {
		all := v.alts
		if v.known {
			all = []string{v.text}
		}
		for _, s := range all {
			if s != "" && !slices.Contains(missing, s) && !slices.Contains(out, s) && len(out) < maxAlternatives {
				out = append(out, s)
			}
		}
	}
	return out
}

// choices are the texts of which a value is certainly one; nil where it is perhaps another.
func (v *Value) choices() []string {
	if !v.varied || v.perhaps || len(v.alts) == 0 || len(v.alts) >= maxAlternatives || v.ref != "" || len(v.taints)+len(v.parts)+len(v.either) > 0 {
		return nil
	}
	return v.alts
}

// empty reports whether a value says nothing.
func (v *Value) empty() bool {
	return len(v.taints) == 0 && len(v.fields) == 0 && v.elem == nil && len(v.fns) == 0 && len(v.wraps) == 0 && v.class == nil && v.ref == "" && !v.known && v.sink == nil && len(v.chosen) == 0 && v.named == nil && !v.varied && len(v.signs) == 0 && len(v.proves) == 0 && len(v.parts) == 0 && v.trace == nil && v.secret == nil && v.random == nil && v.sign == nil
}

// hasOnlyFields reports whether an object has no fields but those that are known.
func (v *Value) hasOnlyFields() bool {
	return len(v.taints) == 0 && v.elem == nil && v.named == nil && !v.mixed
}

// maxFns bounds the functions that a value can be.
const maxFns = 16

func addFns(a, b []*closure) []*closure {
	for _, f := range b {
		found := false
		for _, g := range a {
			found = found || f == g || f.fn == g.fn && f.scope == g.scope
		}
		if !found && len(a) < maxFns {
			a = append(a[:len(a):len(a)], f)
		}
	}
	return a
}

// closure is a function with the names that it sees.
type closure struct {
	fn    *ir.Func
	scope *scope
	this  *Value
	bound *arguments // what it was given before: partial(f, x), f.bind(this, x)

	instead []*closure // of a method of Python: what its decorators make of it
	unbound bool       // of a method of Python: as its decorators get it, the object is its first argument
}

// class is a class of the program.
type class struct {
	def     *ir.Class
	scope   *scope
	bases   []*Value
	methods map[string]*closure
	static  *Value
	proto   *Value   // what was put onto its prototype
	columns []string // of its records that are secrets, where a mapper is told of its fields
}

// method looks a method up, also in the classes that it extends.
func (c *class) method(name string, depth int) *closure {
	if m := c.methods[name]; m != nil || depth > 5 {
		return m
	}
	for _, b := range c.bases {
		if b != nil && b.class != nil {
			if m := b.class.method(name, depth+1); m != nil {
				return m
			}
		}
	}
	return nil
}

// inherited is a static field of the classes that a class extends.
func (c *class) inherited(name string, depth int) *Value {
	for _, b := range c.bases {
		if b == nil || b.class == nil || depth > 5 {
			continue
		}
		if b.class.static != nil && b.class.static.fields[name] != nil {
			return b.class.static.fields[name]
		}
		if v := b.class.inherited(name, depth+1); v != nil {
			return v
		}
	}
	return nil
}

// libraryBase is the class of a library that a class extends, by its path; empty if none.
func (c *class) libraryBase(depth int) string {
	first := ""
	for _, b := range c.bases {
		ref := ""
		switch {
		case b == nil || depth > 5:
		case b.class != nil:
			ref = b.class.libraryBase(depth + 1)
		case !strings.HasPrefix(b.ref, "builtin."):
			ref = b.ref
		}
		if mappers[packageOf(ref)] { // class User(UserMixin, db.Model): of the two it is the second that counts
			return ref
		}
		if first == "" {
			first = ref
		}
	}
	return first
}

// inheritedMethod is a method of the classes that a class extends.
func (c *class) inheritedMethod(name string) *closure {
	for _, b := range c.bases {
		if b != nil && b.class != nil {
			if m := b.class.method(name, 0); m != nil {
				return m
			}
		}
	}
	return nil
}

// constantOf is a constant as the program writes it.
func constantOf(e *ir.Expr) *Value {
	v := &Value{text: e.Str, known: true, regexp: e.Regexp, written: inQuotes}
	if e.Bare {
		v.written = bareWord
	}
	return v
}

// constant is a text that is known.
func constant(s string) *Value { return &Value{text: s, known: true} }

var nothing = &Value{}

func itoa(i int) string {
	if i < 10 {
		return string(rune('0' + i))
	}
	return itoa(i/10) + itoa(i%10)
}

func mapsClone(m map[string]*Value) map[string]*Value {
	out := make(map[string]*Value, len(m))
	for k, v := range m {
		out[k] = v
	}
	return out
}

package dataflow

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"wardlet.example/internal/ir"
)

// Fact is what certainly holds where code stands: something is said of a part of what came in. So a function that does different things
// by the type of a message does only one of them for a message of one type.
type Fact struct {
	Path   string // from the entry: event.body.type
	Source *Source
	Claim  Claim
	Of     []Literal // that it is, or with which it begins; a pattern
}

// Claim is what a fact says of a part.
type Claim byte

// Claims.
const (
	Is        Claim = '=' // one of these
	IsNot     Claim = '!' // none of these
	Begins    Claim = '<' // it begins with one of these
	BeginsNot Claim = '>' // it begins with none of these
	Fits      Claim = '~' // one of these patterns finds something in it
	Counts    Claim = '+' // it counts as true, or as false
)

// denies reports whether a claim is about what is left out: then more of it says more.
func (c Claim) denies() bool { return c == IsNot || c == BeginsNot }

// Names reports whether a claim says what something is, so that it does not hold where nothing is there.
func (c Claim) Names() bool { return c == Is || c == Begins || c == Fits }

// Values of the claim Counts.
const (
	countsTrue  Literal = "#true"
	countsFalse Literal = "#false"
)

// Refuses reports whether a constant certainly does not come to where the fact holds.
func (f Fact) Refuses(l Literal) bool {
	switch f.Claim {
	case Is:
		return !slices.ContainsFunc(f.Of, func(m Literal) bool { return !l.other(m) })
	case IsNot:
		return slices.ContainsFunc(f.Of, l.same)
	case Begins:
		return l == Nothing || l[0] != '#' && !slices.ContainsFunc(f.Of, l.begins)
	case BeginsNot:
		return l[0] == '\'' && slices.ContainsFunc(f.Of, l.begins)
	case Fits:
		return l[0] == '\'' && !slices.ContainsFunc(f.Of, l.fits)
	case Counts:
		isTrue, isFalse := l.counts()
		return f.Of[0] == countsTrue && isFalse || f.Of[0] == countsFalse && isTrue
	}
	return false
}

func (l Literal) begins(with Literal) bool { return strings.HasPrefix(l.Text(), with.Text()) }

// fits reports whether a pattern perhaps finds something in a text.
func (l Literal) fits(pattern Literal) bool {
	p, err := regexp.Compile(pattern.Text())
	return err != nil || p.MatchString(l.Text())
}

// String says what is asked for.
func (f Fact) String() string {
	var all []string
	for _, l := range f.Of {
		all = append(all, l.Text())
	}
	of := strings.Join(all, " or ")
	switch f.Claim {
	case IsNot:
		return "not " + of
	case Begins:
		return "what begins with " + of
	case BeginsNot:
		return "what does not begin with " + of
	case Fits:
		return "what fits " + of
	case Counts:
		if of == "false" {
			return "nothing, or false"
		}
	}
	return of
}

// factMark stands, behind the mark of guards, before the claim and the name of a fact.
const factMark = '='

func isFact(name string) bool { return len(name) > 2 && name[0] == guardMark && name[1] == factMark }

func claimOf(name string) Claim { return Claim(name[2]) }

// learning reports whether what conditions say is noted: not while a function is asked what it proves.
func (in *interp) learning() bool { return in.proving == in.naming }

// claim notes something of an expression from here on, where it is a part of what came in and nothing else.
func (in *interp) claim(f frame, e *ir.Expr, c Claim, of ...Literal) {
	if len(of) == 0 || !in.learning() {
		return
	}
	part, instead := in.partOf(f, e)
	if part == nil {
		return
	}
	if instead != "" { // it stands for what is missing
		switch {
		case c == Is && !(Fact{Claim: c, Of: of}).Refuses(instead), c == IsNot && slices.ContainsFunc(of, instead.same):
			of = append(of, Nothing)
		case c != Is && c != IsNot:
			return
		}
	}
	in.learn(f.s, in.factName(part, c), of)
}

// learn notes a fact by its name.
func (in *interp) learn(s *scope, name string, of []Literal) {
	s.guards = true
	if claimOf(name).denies() {
		if before, ok := in.get(s, name); ok {
			of = append(of, literalsIn(before)...)
		}
	}
	in.set(s, name, guardFor(namesOf(of)), true)
}

func namesOf(of []Literal) []string {
	out := make([]string, len(of))
	for i, l := range of {
		out[i] = string(l)
	}
	return out
}

func literalsIn(v *Value) []Literal {
	var out []Literal
	for _, name := range keysOf(v.fields) {
		out = append(out, Literal(name))
	}
	return out
}

// isEqual: an equation with a constant that holds, or does not.
func (in *interp) isEqual(f frame, e *ir.Expr, holds bool) {
	for _, side := range [][2]*ir.Expr{{e.X, e.Y}, {e.Y, e.X}} {
		of, ok := in.quiet(f, side[1]).Literal()
		if isNothing(side[1]) {
			of, ok = Nothing, true
		}
		if ok {
			in.claim(f, side[0], isOrNot(holds), of)
		}
	}
}

func isOrNot(holds bool) Claim {
	if holds {
		return Is
	}
	return IsNot
}

// isAmong: something is one of a list of constants, or none of them.
func (in *interp) isAmong(f frame, x, list *ir.Expr, holds bool) {
	in.claim(f, x, isOrNot(holds), in.constants(f, list)...)
}

// constants are the elements of a list, a set or the like, or the keys of a dictionary; nil where not all of them are constants.
func (in *interp) constants(f frame, e *ir.Expr) []Literal {
	if !in.learning() || e.Kind == ir.Const {
		return nil
	}
	v := in.eval(f, e)
	if len(v.args) == 1 && len(v.fields) == 0 && madeOfList[v.ref] {
		v = v.args[0]
	}
	if len(v.fields) == 0 || !v.hasOnlyFields() || v.varied || len(in.over[v]) > 0 || len(v.some) > 0 {
		return nil
	}
	var out []Literal
	for name, x := range sorted(v.fields) {
		l, ok := x.Literal()
		switch {
		case v.isDict:
			l = Quoted(name)
		case !ok:
			return nil
		}
		out = append(out, l)
	}
	return out
}

// madeOfList are what lists are made to.
var madeOfList = set("builtin.Set() builtin.set() builtin.frozenset() builtin.tuple() builtin.list() builtin.Object.freeze()")

// counting: what stands alone in a condition counts as true there, or as false.
func (in *interp) counting(f frame, e *ir.Expr, holds bool) {
	if e.Kind != ir.Name && textOf(e) == "" {
		return
	}
	l := countsFalse
	if holds {
		l = countsTrue
	}
	in.claim(f, e, Counts, l)
}

// beginning: how a text begins, or does not.
func (in *interp) beginning(f frame, e *ir.Expr, holds bool) {
	if e.X.Kind != ir.Member || e.X.Str != "startsWith" && e.X.Str != "startswith" || len(e.List) != 1 {
		return
	}
	c := BeginsNot
	if holds {
		c = Begins
	}
	of := in.constants(f, e.List[0])
	if with, ok := in.quiet(f, e.List[0]).Literal(); ok {
		of = []Literal{with}
	}
	in.claim(f, e.X.X, c, of...)
}

// fitting: a pattern that finds something in a text.
func (in *interp) fitting(f frame, e *ir.Expr) {
	if e.X.Kind != ir.Member || len(e.List) == 0 || !in.learning() {
		return
	}
	pattern, text := in.patternOf(f, e), e.List[0]
	if e.X.Str == "match" && len(e.List) == 1 && f.file.Language == ir.Node {
		text = e.X.X
	} else if textOf(e.X.X) == "re" && len(e.List) > 1 {
		text = e.List[1]
	}
	if s := goPattern(pattern, e.X.Str); s != "" {
		in.claim(f, text, Fits, Quoted(s))
	}
}

// goPattern is a regular expression as Go writes it; empty where it is not known, or does something else there.
func goPattern(v *Value, method string) string {
	if !v.known || v.text == "" {
		return ""
	}
	s := bare(v)
	if flags := strings.TrimPrefix(v.text[1:], s+"/"); strings.HasPrefix(v.text, "/") && strings.Trim(flags, "g") != "" {
		return ""
	}
	switch {
	case strings.HasPrefix(v.text, "/"):
		s = strings.ReplaceAll(s, `\/`, "/")
	case method == "match":
		s = "^(?:" + s + ")"
	case method == "fullmatch":
		s = "^(?:" + s + ")$"
	}
	if _, err := regexp.Compile(s); err != nil {
		return ""
	}
	return s
}

// said is what a small function of the program says of what it is given, by what it answers: isBackup(type).
func (in *interp) said(f frame, e *ir.Expr, holds bool) {
	callee := in.quiet(f, e.X)
	if !in.learning() || in.naming >= deepestProof || len(callee.fns) != 1 || callee.fns[0].bound != nil {
		return
	}
	c := callee.fns[0]
	body, params := c.fn.Body, c.params()
	if len(body) != 1 || body[0].Kind != ir.Return || body[0].X == nil || len(params) != len(e.List) {
		return
	}
	s := newScope(c.scope, c.scope.module)
	s.this = c.this
	g := frame{s, c.fn.File}
	for i, p := range params {
		if p.Kind != ir.Name || e.List[i].Kind != ir.Name && textOf(e.List[i]) == "" {
			return
		}
		s.vars[p.Str] = in.eval(f, e.List[i])
		if part, instead := in.partOf(f, e.List[i]); part != nil && instead == "" {
			in.note(g, p, part)
		}
	}
	in.naming++
	in.proving++
	in.guard(g, body[0].X, holds)
	in.naming--
	in.proving--
	for name, v := range sorted(s.vars) {
		if isFact(name) {
			in.learn(f.s, name, literalsIn(v))
		}
	}
}

func (in *interp) factName(part *Taint, c Claim) string {
	if in.compares == nil {
		in.compares = map[string]*Taint{}
	}
	name := string(guardMark) + string(factMark) + string(rune(c)) + part.Path
	if part.Source.Read != nil {
		name += "\x00" + part.Source.Read.File.Path + itoa(int(part.Source.Read.At))
	}
	in.compares[name] = part
	return name
}

// partOf is the part of what came in that an expression is, word for word, and the constant that it is instead where there is none; nil
// where it is no part, or was changed.
func (in *interp) partOf(f frame, e *ir.Expr) (part *Taint, instead Literal) {
	if e.Kind == ir.Name {
		part, instead = in.namedPart(f, e.Str)
		if v := in.quiet(f, e); part == nil || v.known || v.varied && (instead == "" || !slices.Equal(v.alts, []string{instead.Text()})) || v.ref != "" || len(v.taints) > 1 || len(v.taints) == 1 && v.taints[0].Path != part.Path {
			return nil, "" // it is perhaps something else
		}
		return part, instead
	}
	for e.Kind == ir.Call && len(e.List) == 1 && e.X.Kind == ir.Name && (e.X.Str == "String" || e.X.Str == "str") {
		e = e.List[0]
	}
	if e.Kind == ir.Binary && (e.Str == "||" || e.Str == "??" || e.Str == "or") { // x || 'default'
		if instead, ok := in.quiet(f, e.Y).Literal(); ok && instead.Text() != "" {
			if part, twice := in.partOf(f, e.X); twice == "" {
				return part, instead
			}
		}
		return nil, ""
	}
	if e.Kind == ir.Await && e.Y != nil { // x.(string)
		e = e.X
	}
	text := textOf(e)
	i := strings.LastIndexByte(text, '.')
	if i < 0 || e.Kind == ir.Await {
		return nil, ""
	}
	if e.Kind == ir.Call && len(e.List) > 1 {
		l, ok := in.quiet(f, e.List[1]).Literal()
		if !ok || l == Nothing {
			return nil, ""
		}
		instead = l
	}
	return in.taken(in.eval(f, baseOf(e)), text[i+1:]), instead
}

// namedPart is the part of what came in that a name was bound to.
func (in *interp) namedPart(f frame, name string) (*Taint, Literal) {
	for s := f.s; s != nil; s = s.parent {
		if part := s.taken[name]; part != nil {
			return part, ""
		}
		if e := s.tests[name]; e != nil && e.Kind != ir.Name {
			delete(s.tests, name) // id = id || 'none' is about what it was before
			part, instead := in.partOf(f, e)
			s.tests[name] = e
			return part, instead
		}
		if _, ok := s.own(name); ok {
			return nil, ""
		}
	}
	return nil, ""
}

// baseOf is what a member, an element or the argument of get is taken of.
func baseOf(e *ir.Expr) *ir.Expr {
	if e.Kind == ir.Call {
		return e.X.X
	}
	return e.X
}

// taken is a field of something that came in, as it came.
func (in *interp) taken(x *Value, key string) *Taint {
	if x == nil || key == "length" || len(x.taints) != 1 || x.taints[0].Source == nil || x.mixed || x.elem != nil || x.fields[key] != nil || in.over[x][key] != nil || len(x.others) > 0 || x.varied {
		return nil
	}
	if t := x.taints[0]; len(t.Path) < 120 {
		return &Taint{Path: t.Path + "." + key, Source: t.Source}
	}
	return nil
}

// note keeps which field of what came in a name was bound to.
func (in *interp) note(f frame, name *ir.Expr, part *Taint) {
	if name.Kind != ir.Name || part == nil {
		return
	}
	if f.s.taken == nil {
		f.s.taken = map[string]*Taint{}
	}
	f.s.taken[name.Str] = part
}

// oneOfBoth is what two facts of one name say together, of which one holds.
func oneOfBoth(name string, a, b *Value) *Value {
	if a == nil {
		return b
	}
	x, y := keysOf(a.fields), keysOf(b.fields)
	if claimOf(name).denies() {
		return guardFor(slices.DeleteFunc(x, func(s string) bool { return !slices.Contains(y, s) }))
	}
	return guardFor(append(x, y...))
}

// where is what certainly holds at a place of the code.
func (in *interp) where(f frame) []Fact {
	if len(in.compares) == 0 {
		return nil
	}
	var out []Fact
	for name, part := range sorted(in.compares) {
		of, c := in.holding[name], claimOf(name)
		if v, ok := in.get(f.s, name); ok && len(v.fields) > 0 {
			if !c.denies() {
				of = nil
			}
			of = unite(of, literalsIn(v))
		}
		if len(of) > 0 && (c != Counts || len(of) == 1) {
			out = append(out, Fact{part.Path, part.Source, c, of})
		}
	}
	return out
}

func unite(a, b []Literal) []Literal {
	out := slices.Clone(a)
	for _, l := range b {
		if !slices.Contains(out, l) {
			out = append(out, l)
		}
	}
	return out
}

// within follows something of which is known what holds around it.
func (in *interp) within(facts []Fact, follow func()) {
	before := in.holding
	if len(facts) > 0 {
		in.holding = map[string][]Literal{}
		maps.Copy(in.holding, before)
		for _, fact := range facts {
			in.holding[in.factName(&Taint{Path: fact.Path, Source: fact.Source}, fact.Claim)] = fact.Of
		}
	}
	follow()
	in.holding = before
}

// picked is what holds in a function that is taken out of a table by a part of what came in: HANDLERS[message.type](message), also where
// another one is taken for what the table does not have.
func (in *interp) picked(f frame, callee *ir.Expr, c *closure) []Fact {
	if callee.Kind == ir.Name {
		if callee = in.testOf(f, callee.Str); callee == nil {
			return nil
		}
	}
	var other *Value
	if callee.Kind == ir.Binary && (callee.Str == "||" || callee.Str == "??" || callee.Str == "or") {
		callee, other = callee.X, in.eval(f, callee.Y)
	}
	table, key := tableAndKey(callee)
	if table == nil || key.Kind == ir.Const {
		return nil
	}
	if callee.Kind == ir.Call && len(callee.List) > 1 {
		other = in.eval(f, callee.List[1])
	}
	part, instead := in.partOf(f, key)
	v := in.eval(f, table)
	if part == nil || instead != "" || len(v.fields) == 0 || !v.hasOnlyFields() || len(in.over[v]) > 0 {
		return nil
	}
	var is, not []Literal
	for name, x := range sorted(v.fields) {
		if x.runs(c) {
			is = append(is, Quoted(name))
		} else {
			not = append(not, Quoted(name))
		}
	}
	if other.runs(c) {
		return in.fact(part, IsNot, not)
	}
	return in.fact(part, Is, is)
}

func (in *interp) fact(part *Taint, c Claim, of []Literal) []Fact {
	if len(of) == 0 {
		return nil
	}
	in.factName(part, c)
	return []Fact{{part.Path, part.Source, c, of}}
}

// tableAndKey are what is looked up in what: TABLE[key], TABLE.get(key).
func tableAndKey(e *ir.Expr) (table, key *ir.Expr) {
	switch {
	case e.Kind == ir.Index:
		return e.X, e.Y
	case e.Kind == ir.Call && e.X.Kind == ir.Member && e.X.Str == "get" && (len(e.List) == 1 || len(e.List) == 2):
		return e.X.X, e.List[0]
	}
	return nil, nil
}

// runs reports whether a value is perhaps a function.
func (v *Value) runs(c *closure) bool {
	return v != nil && slices.ContainsFunc(v.fns, func(d *closure) bool { return d.fn == c.fn })
}

// common are the facts that hold in both of two cases.
func common(a, b []Fact) []Fact {
	var out []Fact
	for _, x := range a {
		for _, y := range b {
			if x.Path != y.Path || x.Source != y.Source || x.Claim != y.Claim {
				continue
			}
			of := unite(x.Of, y.Of)
			if x.Claim.denies() {
				of = slices.DeleteFunc(slices.Clone(x.Of), func(l Literal) bool { return !slices.Contains(y.Of, l) })
			}
			if len(of) > 0 && (x.Claim != Counts || len(of) == 1) {
				out = append(out, Fact{x.Path, x.Source, x.Claim, of})
			}
		}
	}
	return out
}

// FactsKey names facts, for comparing.
func FactsKey(facts []Fact) string {
	var b strings.Builder
	for _, f := range facts {
		b.WriteString(string(rune(f.Claim)) + f.Path + "=" + strings.Join(namesOf(f.Of), "|") + "\x00")
	}
	return b.String()
}

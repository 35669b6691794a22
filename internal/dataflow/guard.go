package dataflow

import (
	"regexp"
	"slices"
	"strings"

	"wardlet.example/internal/ir"
)

// guard notes what a condition says of values where it holds, or where it does not: that they are one of some constants, or that a
// test of their form has passed.
func (in *interp) guard(f frame, e *ir.Expr, holds bool) {
	if in.st != nil { // what makes data harmless makes it no less a user\'s
		return
	}
	if e == nil {
		return
	}
	in.testing = e
	in.otherError(f, e, holds)
	in.counting(f, e, holds)
	in.isTrue(f, e, holds)
}

// isTrue notes what a condition says, but for whether the value that it gives counts as true.
func (in *interp) isTrue(f frame, e *ir.Expr, holds bool) {
	switch e.Kind {
	case ir.Not:
		in.guard(f, e.X, !holds)
	case ir.Binary:
		in.binaryIsTrue(f, e, holds)
	case ir.Call:
		in.present(f, e)
		in.tested(f, e, holds)
	case ir.Await:
		in.guard(f, e.X, holds)
	case ir.Member, ir.Index:
		in.present(f, e)
		if !holds { // nothing is there
			in.trust(f, e, []string{"all"})
		} else if e.Kind == ir.Index && e.Y.Kind != ir.Const { // TABLE[x] is there
			if table := in.quiet(f, e.X); len(table.theirs()) == 0 && len(table.fields) > 0 {
				in.trust(f, e.Y, []string{"all"})
				in.trustHost(f, e.Y)
			}
		}
	case ir.Name:
		in.nameIsTrue(f, e, holds)
	case ir.Assign:
		in.guard(f, e.Y, holds)
	}
}

// binaryIsTrue notes what holds where two expressions are to each other as they are asked to be, or are not.
func (in *interp) binaryIsTrue(f frame, e *ir.Expr, holds bool) {
	switch e.Str {
	case "&&":
		if holds {
			in.guard(f, e.X, true)
			in.guard(f, e.Y, true)
		} else {
			in.either2(f, e.X, e.Y, false)
		}
	case "||":
		if !holds {
			in.guard(f, e.X, false)
			in.guard(f, e.Y, false)
		} else {
			in.either2(f, e.X, e.Y, true)
		}
	case "===", "==":
		in.compared(f, e, holds)
	case "!==", "!=":
		if in.quiet(f, e.Y).known {
			in.choosesAmongColumns(f, e.X, e.Y)
		}
		in.compared(f, e, !holds)
	case "<", "<=", ">", ">=": // set(x) <= ALLOWED
		if x := setOf(e.X); holds && e.Str[0] == '<' && x != nil && len(in.quiet(f, e.Y).theirs()) == 0 {
			in.trust(f, x, []string{"all"})
		}
		in.asNumber(f, e, holds)
	case "-": // what is left of set(x) - ALLOWED
		if x := setOf(e.X); !holds && x != nil && len(in.quiet(f, e.Y).theirs()) == 0 {
			in.trust(f, x, []string{"all"})
		}
	case "in":
		in.contained(f, e, holds)
	case "not in":
		in.contained(f, e, !holds)
	case "instanceof":
		in.instanceOf(f, e, holds)
	}
}

// nameIsTrue notes what holds where a name stands for something, or for nothing: also the test that it keeps the answer of.
func (in *interp) nameIsTrue(f frame, e *ir.Expr, holds bool) {
	in.present(f, e)
	if !holds {
		in.trust(f, e, []string{"all"})
		in.trustHost(f, e)
	} else if in.proving > 0 {
		in.trust(f, e, []string{truthMark})
	}
	if test := in.testOf(f, e.Str); test != nil && in.proving < deepestProof {
		in.proving++
		if isAnswer(test) {
			in.naming++
		}
		in.guard(f, test, holds)
		in.proving--
		if isAnswer(test) {
			in.naming--
		}
	}
}

// isAnswer reports whether an expression gives the answer of a test.
func isAnswer(e *ir.Expr) bool {
	return e.Kind == ir.Binary || e.Kind == ir.Not || e.Kind == ir.Call && textOf(e) == ""
}

// asNumber: what is more or less than a number is one, or a text that is nothing but one.
func (in *interp) asNumber(f frame, e *ir.Expr, holds bool) {
	if !holds {
		return
	}
	for _, side := range [][2]*ir.Expr{{e.X, e.Y}, {e.Y, e.X}} {
		if n := side[1]; n.Kind == ir.Const && n.At < n.End && '0' <= f.file.Tree.Source[n.At] && f.file.Tree.Source[n.At] <= '9' {
			in.trust(f, side[0], []string{"all"})
		}
	}
}

// compared: an equation that holds, or does not.
func (in *interp) compared(f frame, e *ir.Expr, holds bool) {
	if holds {
		in.isProven(in.provedAt[e])
		in.equalsWorkedOut(f, e)
	}
	in.isEqual(f, e, holds)
	if !holds {
		in.passesOver(f, e.X, e.Y)
	}
	for _, side := range [][2]*ir.Expr{{e.X, e.Y}, {e.Y, e.X}} {
		if first := side[0]; !holds && side[1].Kind == ir.Const && side[1].Str == ".." && first.Kind == ir.Index && first.Y.Str == "0" &&
			first.X.Kind == ir.Call && first.X.X.Kind == ir.Member && first.X.X.Str == "split" { // way.split(sep)[0] === ".."
			in.staysInside(f, first.X.X.X)
		}
		switch truth := truthOf(side[1]); {
		case isNothing(side[1]) && f.file.Language == ir.Go && in.errorOf(f, side[0]) != nil: // err != nil
			if in.proving < deepestProof {
				in.proving++
				in.guard(f, in.errorOf(f, side[0]), holds)
				in.proving--
			}
			return
		case isNothing(side[1]): // m is None
			in.isTrue(f, side[0], !holds)
			return
		case textOf(side[1]) != "" && (side[0].Kind == ir.Const && (side[0].Str == "__proto__" || side[0].Str == "constructor" || side[0].Str == "prototype")):
			if !holds {
				in.trust(f, side[1], []string{"prototype-pollution", safeName})
			}
			return
		case truth == yes && (side[1].Str == "true" || side[1].Str == "True"):
			in.isTrue(f, side[0], holds)
			return
		case truth == no && (side[1].Str == "false" || side[1].Str == "False"):
			in.isTrue(f, side[0], !holds)
			return
		}
		if search := side[0]; search.Kind == ir.Call && search.X.Kind == ir.Member && search.X.Str == "indexOf" && len(search.List) == 1 &&
			side[1].Kind == ir.Call && !holds && textOf(side[1].X) == "Number" { // -1
			if list := in.quiet(f, search.X.X); len(list.theirs()) == 0 && len(list.fields) > 0 {
				in.trust(f, search.List[0], []string{"all"})
			}
		} else if search.Kind == ir.Call && search.X.Kind == ir.Member && search.X.Str == "indexOf" && len(search.List) == 1 &&
			search.List[0].Kind == ir.Const && search.List[0].Str == ".." && holds {
			in.trust(f, search.X.X, []string{"path-traversal", "object-key"})
		}
	}
	if holds {
		in.equals(f, e)
	}
}

// either2: one of two conditions holds, or does not: what both say is so.
func (in *interp) either2(f frame, x, y *ir.Expr, holds bool) {
	one := f.s.branch(func() { in.guard(f, x, holds) })
	other := f.s.branch(func() { in.guard(f, y, holds) })
	for name, v := range sorted(one) {
		w := other[name]
		if w == nil || name == "" || name[0] != guardMark {
			continue
		}
		if isFact(name) {
			in.learn(f.s, name, literalsIn(oneOfBoth(name, v, w)))
			continue
		}
		if rules := both(keysOf(v.fields), keysOf(w.fields)); len(rules) > 0 {
			in.trustText(f, name[1:], rules)
		}
	}
}

// both are the rules that two lists have; all are those of the other one.
func both(x, y []string) []string {
	switch {
	case slices.Contains(x, "all"):
		return y
	case slices.Contains(y, "all"):
		return x
	}
	var out []string
	for _, rule := range x {
		if slices.Contains(y, rule) {
			out = append(out, rule)
		}
	}
	return out
}

// isNothing reports whether an expression is None, null or undefined.
func isNothing(e *ir.Expr) bool {
	return (e.Kind == ir.Name || e.Kind == ir.Const) && (e.Str == "None" || e.Str == "null" || e.Str == "undefined")
}

// contained: x in y holds, or does not.
func (in *interp) contained(f frame, e *ir.Expr, holds bool) {
	if e.X.Kind == ir.Const {
		if !holds && e.X.Str == ".." {
			in.trust(f, e.Y, []string{"path-traversal", "object-key"})
		}
		return
	}
	in.isAmong(f, e.X, e.Y, holds)
	in.choosesAmongColumns(f, e.X, e.Y)
	if !holds {
		in.passesOver(f, e.X, e.Y)
	}
	if holds && isAllColumns(in.quiet(f, e.Y), 0) {
		in.trust(f, e.X, []string{"all", formMark, signsMark})
		return
	}
	if !holds || in.eval(f, e.Y).theirs() != nil && (e.Y.Kind != ir.Member || e.Y.Str != "parents") {
		return
	}
	if e.Y.Kind == ir.Member && e.Y.Str == "parents" { // FOLDER in path.parents
		in.trust(f, e.Y.X, []string{"path-traversal"})
		return
	}
	in.trust(f, e.X, []string{"all"})
	in.trustHost(f, e.X)
}

// setOf is what stands in set(x); nil for others.
func setOf(e *ir.Expr) *ir.Expr {
	if e.Kind == ir.Call && textOf(e.X) == "set" && len(e.List) == 1 {
		return e.List[0]
	}
	return nil
}

// eachIs: every one of some passes a test, or none does that is to be refused.
func (in *interp) eachIs(f frame, e *ir.Expr, holds bool) {
	if e.X.Kind == ir.Name && len(e.List) == 1 && (e.X.Str == "all" || e.X.Str == "any") {
		in.comprehended(f, e.List[0], e.X.Str == "all", holds)
		return
	}
	if e.X.Kind != ir.Member || len(e.List) == 0 {
		return
	}
	want := yes
	switch {
	case e.X.Str == "every" && holds:
	case e.X.Str == "some" && !holds:
		want = no
	case (e.X.Str == "issubset" || e.X.Str == "issuperset") && holds:
		x, of := setOf(e.X.X), e.List[0]
		if e.X.Str == "issuperset" {
			x, of = setOf(e.List[0]), e.X.X
			if x == nil {
				x = e.List[0]
			}
		} else if x == nil {
			x = e.X.X
		}
		if len(in.quiet(f, of).theirs()) == 0 {
			in.trust(f, x, []string{"all"})
		}
		return
	default:
		return
	}
	if rules := in.elementProof(f, e.List[0], want); len(rules) > 0 {
		in.trustEach(f, e.X.X, rules)
		if e.X.X.Kind == ir.Array { // [a, b].every(isText)
			for _, x := range e.X.X.List {
				in.trust(f, x, rules)
			}
		}
	}
}

// oneOf: TABLE.some((t) => t === x)
func (in *interp) oneOf(f frame, e *ir.Expr) {
	if e.X.Kind != ir.Member || e.X.Str != "some" && e.X.Str != "find" && e.X.Str != "findIndex" || len(e.List) == 0 || e.List[0].Kind != ir.Lambda {
		return
	}
	fn := e.List[0].Fn
	if len(fn.Params) == 0 || len(fn.Body) != 1 || fn.Body[0].Kind != ir.Return || fn.Body[0].X == nil {
		return
	}
	test := fn.Body[0].X
	if test.Kind != ir.Binary || test.Str != "===" && test.Str != "==" || len(in.quiet(f, e.X.X).theirs()) > 0 {
		return
	}
	item := parameterName(fn.Params[0])
	for _, side := range [][2]*ir.Expr{{test.X, test.Y}, {test.Y, test.X}} {
		if first(textOf(side[0])) == item && first(textOf(side[1])) != item {
			in.trust(f, side[1], []string{"all"})
		}
	}
}

// elementProof is what a test says of the element that it is given.
func (in *interp) elementProof(f frame, test *ir.Expr, want answer) []string {
	v := in.quiet(f, test)
	if test.Kind == ir.Lambda {
		v = &Value{fns: []*closure{{fn: test.Fn, scope: f.s, this: thisOf(f.s)}}}
	}
	return in.elementRules(v, want)
}

func (in *interp) elementRules(v *Value, want answer) []string {
	if len(v.fns) != 1 || in.proving >= deepestProof {
		return nil
	}
	c := v.fns[0]
	params := c.params()
	if len(params) == 0 {
		return nil
	}
	return in.proofOf(c, &arguments{list: []*Value{{taints: []*Taint{{}}}}}, want)[parameterName(params[0])]
}

// comprehended: all(x in ALLOWED for x in xs), any(x not in ALLOWED for x in xs).
func (in *interp) comprehended(f frame, e *ir.Expr, all, holds bool) {
	if all != holds || e.Kind != ir.Call || e.X.Kind != ir.Lambda || len(e.X.Fn.Body) != 1 {
		return
	}
	loop := e.X.Fn.Body[0]
	if loop.Kind != ir.Loop || loop.X == nil || loop.X.Kind != ir.Name || len(loop.Body) != 1 || loop.Body[0].Kind != ir.Return {
		return
	}
	item := loop.Body[0].X
	if item == nil || item.Kind != ir.Array || len(item.List) != 1 || in.proving >= deepestProof {
		return
	}
	var rules []string
	f.s.branch(func() {
		in.set(f.s, loop.X.Str, &Value{taints: []*Taint{{}}}, true)
		in.guard(f, item.List[0], holds)
		if g, ok := f.s.own(string(guardMark) + loop.X.Str); ok {
			rules = keysOf(g.fields)
		}
	})
	if len(rules) > 0 {
		in.trustEach(f, loop.Y, rules)
	}
}

// trustEach notes what is known of all elements of a list, or of all that stands under the names of an object: where an outsider gives the
// names as well, nothing is known of them, so that it counts only for objects whose names are the program's own.
func (in *interp) trustEach(f frame, e *ir.Expr, rules []string) {
	of := valuesOf(e)
	if of == nil {
		in.trust(f, e, rules)
		in.cleansEach(f, e, rules)
		return
	}
	v := in.quiet(f, of)
	if of.Kind != ir.Name || v.ref != "" || v.class != nil || len(v.taints)+len(orNothing(v.named).taints) > 0 {
		return
	}
	checked := *v
	checked.fields = map[string]*Value{}
	for name, x := range sorted(v.fields) {
		checked.fields[name] = cleanedBy(x, rules)
	}
	if v.elem != nil {
		checked.elem = cleanedBy(v.elem, rules)
	}
	in.set(f.s, of.Str, &checked, true)
}

// cleansEach takes from the elements of a list that a name holds what is known of all of them: of a list that was made here they have no name.
func (in *interp) cleansEach(f frame, e *ir.Expr, rules []string) {
	if e.Kind != ir.Name {
		return
	}
	list := in.quiet(f, e)
	if list.ref == "" && list.class == nil && len(list.taints) == 0 && !list.isDict && (list.elem != nil || list.fields["0"] != nil) {
		in.set(f.s, e.Str, cleanedInside(list, rules, 0), true)
	}
}

// valuesOf is the object of which a call gives all values: wanted.values(), Object.values(wanted); nil for others.
func valuesOf(e *ir.Expr) *ir.Expr {
	switch {
	case e.Kind != ir.Call || e.X.Kind != ir.Member || e.X.Str != "values":
		return nil
	case len(e.List) == 0:
		return e.X.X
	case len(e.List) == 1 && textOf(e.X) == "Object.values":
		return e.List[0]
	}
	return nil
}

// equals: what equals a constant is that constant.
func (in *interp) equals(f frame, e *ir.Expr) {
	x, y := e.X, e.Y
	if x.Kind == ir.Unknown && x.Str == "typeof" && len(x.List) == 1 && y.Kind == ir.Const {
		switch y.Str {
		case "number", "boolean", "bigint":
			in.trust(f, x.List[0], []string{"all"})
		case "string":
			in.trust(f, x.List[0], []string{"nosql", "mass-assignment"})
		}
		return
	}
	if in.quiet(f, x).known {
		x, y = y, x
	}
	for _, side := range [][2]*ir.Expr{{x, y}, {y, x}} {
		if in.isConstantHost(f, side[1]) {
			in.trustHost(f, side[0])
		}
		if in.isOwnFolder(f, side[1]) {
			in.commonFolder(f, side[0])
		}
	}
	other := in.quiet(f, y)
	if !other.known && len(other.theirs()) > 0 {
		return
	}
	if x.Kind == ir.Call && textOf(x.X) == "type" && len(x.List) == 1 && lastPart(other.ref) == "str" {
		in.trust(f, x.List[0], textOnly)
		return
	}
	if other.known || isSetting(other) || strings.HasPrefix(other.ref, "pathlib.") {
		in.trust(f, x, []string{"all"})
		in.trustHost(f, x)
		in.trustParts(f, x, 0) // path.parent == FOLDER
	}
}

// quiet looks at an expression that was evaluated already.
func (in *interp) quiet(f frame, e *ir.Expr) *Value {
	switch e.Kind {
	case ir.Const:
		return constantOf(e)
	case ir.Name:
		return in.name(f, e)
	case ir.This:
		return in.eval(f, e)
	case ir.Member:
		return in.member(f, in.quiet(f, e.X), e.Str, e.At)
	case ir.Index:
		if e.Y.Kind == ir.Const {
			return in.member(f, in.quiet(f, e.X), e.Y.Str, e.At)
		}
	case ir.Call:
		if name := in.quiet(f, e.X).ref; name == "os.getenv" || name == "os.environ.get" || name == "os.Getenv" {
			return &Value{ref: "os.environ." + textOf(e)}
		}
	case ir.Array:
		v := &Value{fields: map[string]*Value{}}
		for i, x := range e.List {
			v.fields[itoa(i)] = in.quiet(f, x)
		}
		return v
	case ir.Template:
		if v := in.quietText(f, e.List); v != nil {
			return v
		}
	case ir.Binary:
		if v := in.quietText(f, []*ir.Expr{e.X, e.Y}); v != nil && e.Str == "+" {
			return v
		}
	}
	return &Value{taints: []*Taint{{}}}
}

// quietText is a text that is put together of constants: f".{DOMAIN}"; nil where not all of it is known.
func (in *interp) quietText(f frame, parts []*ir.Expr) *Value {
	text := ""
	for _, part := range parts {
		v := in.quiet(f, part)
		if !v.known || v.perhaps || v.regexp || v.written == bareWord {
			return nil
		}
		text += v.text
	}
	return constant(text)
}

// isSetting reports whether a value of which nothing comes from outsiders is a setting of the function, also where a constant stands for it
// when it is missing.
func isSetting(v *Value) bool {
	return isEnvironment(v.ref) || settingOf(v) != "" || len(v.either) > 0 && len(v.alts) > 0
}

// isEnvironment reports whether a path is a setting of the function.
func isEnvironment(ref string) bool {
	return strings.HasPrefix(ref, "builtin.process.env.") || strings.HasPrefix(ref, "os.environ")
}

// formMark says of data that its form was looked at, so that it does less harm and is as secret as it was.
const formMark = "its form was looked at"

// tested: a call that says yes or no about its argument.
func (in *interp) tested(f frame, e *ir.Expr, holds bool) {
	in.testedByRows(f, e, holds)
	in.noOther(f, e, holds)
	in.goTested(f, e, holds)
	in.ofKinds(f, e, holds)
	if holds {
		in.isProven(in.provedAt[e])
	}
	if holds && len(e.List) > 0 {
		in.ajv(f, e)
	}
	if name := textOf(e.X); len(e.List) == 1 && (name == "bool" || name == "Boolean") {
		in.guard(f, e.List[0], holds)
		return
	}
	if e.X.Kind == ir.Member && e.X.Str == "verify" && len(e.List) > 0 && strings.HasPrefix(in.quiet(f, e.X.X).ref, "jose.jwk.") {
		in.verifies(in.eval(f, e.List[0]).all())
	}
	in.eachIs(f, e, holds)
	in.begins(f, e, holds)
	in.beginning(f, e, holds)
	if e.X.Kind == ir.Member && (e.X.Str == "includes" || e.X.Str == "has") && len(e.List) == 1 {
		in.isAmong(f, e.List[0], e.X.X, holds)
	}
	in.said(f, e, holds)
	if holds {
		in.fitting(f, e)
		in.oneOf(f, e)
		in.provedBy(f, e, yes)
	} else {
		in.provedBy(f, e, no)
	}
	in.textTested(f, e, holds)
	in.listTested(f, e, holds)
}

// testedByRows: a test that rows know, of the form that a text has.
func (in *interp) testedByRows(f frame, e *ir.Expr, holds bool) {
	for _, m := range in.modelsOf(f, e) {
		if m.Kind != validator || m.refuses == holds || len(m.when) > 0 && !m.applies(nil, in.quietArguments(f, e)) {
			continue
		}
		for _, name := range m.In {
			if x := argumentExpr(e, name); x != nil {
				if in.tellsEnough(f, e, m) {
					in.trust(f, x, append(in.marksOf(f, e), m.For...))
				} else if in.tellsHost(f, e) {
					in.trust(f, x, leadsNowhere)
				}
			}
		}
	}
}

// signsMark says of data that only its characters were looked at: it can hold no path and no statement, and be any name.
const signsMark = "its characters were looked at"

// marksOf are the marks of data that passed a test.
func (in *interp) marksOf(f frame, e *ir.Expr) []string {
	pattern := in.patternOf(f, e)
	if f.file.Language == ir.Go && e.X.Kind == ir.Member {
		if compiled := in.quiet(f, e.X.X); (compiled.ref == "regexp.MustCompile()" || compiled.ref == "regexp.Compile()") && len(compiled.args) > 0 {
			pattern = compiled.args[0]
		}
	}
	if text := bare(pattern); pattern.known && onlySigns.MatchString(text) && hasLetters.MatchString(text) {
		return []string{formMark, signsMark}
	}
	return []string{formMark}
}

// onlySigns is a pattern of nothing but classes of characters, hasLetters one that has letters in it.
var (
	onlySigns  = regexp.MustCompile(`^(\^|\\A)?((\[[^^\]][^\]]*\]|\\w)([+*?]|\{\d+(,\d*)?\})?)+(\$|\\[zZ])?$`)
	hasLetters = regexp.MustCompile(`\\w|[aA]-[zZ]`)
)

// textTested: a test of what is in a text, or how it ends: path.includes(".."), host.endsWith(".example.com").
func (in *interp) textTested(f frame, e *ir.Expr, holds bool) {
	if e.X.Kind != ir.Member || len(e.List) != 1 {
		return
	}
	switch x := e.List[0]; {
	case !holds && e.X.Str == "includes" && x.Kind == ir.Const && x.Str == "..":
		in.trust(f, e.X.X, []string{"path-traversal", "object-key"})
	case holds && (e.X.Str == "endsWith" || e.X.Str == "endswith"):
		if end := in.quiet(f, x); end.known && strings.HasPrefix(end.text, ".") {
			in.trustHost(f, e.X.X)
		}
	}
}

// listTested: a test of whether something is one of a list that no outsider has made: [...].includes(x), new Set().has(x), slices.Contains(list, x).
func (in *interp) listTested(f frame, e *ir.Expr, holds bool) {
	if holds && f.file.Language == ir.Go && textOf(e.X) == "slices.Contains" && len(e.List) == 2 {
		if list := in.quiet(f, e.List[0]); len(list.theirs()) == 0 && len(list.fields) > 0 {
			in.trustHost(f, e.List[1])
		}
	}
	if e.X.Kind != ir.Member || e.X.Str != "includes" && e.X.Str != "has" || len(e.List) != 1 {
		return
	}
	x := e.List[0]
	if !holds { // names of prototypes are refused
		if list := in.quiet(f, e.X.X); mentions(list, "__proto__") {
			in.trust(f, x, []string{"prototype-pollution", safeName})
		}
		return
	}
	if e.X.X.Kind == ir.Call && strings.HasPrefix(textOf(e.X.X.X), "Object.") { // Object.values(KINDS).includes(x)
		if list := in.quiet(f, first0(e.X.X.List)); len(list.theirs()) == 0 && len(list.fields) > 0 {
			in.trust(f, x, []string{"all"})
		}
	}
	if list := in.quiet(f, e.X.X); len(list.theirs()) == 0 && (len(list.fields) > 0 || list.ref != "" || e.X.X.Kind == ir.Array) {
		in.trust(f, x, []string{"all"})
		in.trustHost(f, x)
	}
}

// ofKinds: isinstance(x, str), isinstance(x, (int, float)). A dictionary is as harmful as before.
func (in *interp) ofKinds(f frame, e *ir.Expr, holds bool) {
	if e.X.Kind != ir.Name || e.X.Str != "isinstance" || len(e.List) != 2 {
		return
	}
	in.instanceOf(f, e, holds)
	kinds := []*ir.Expr{e.List[1]}
	if e.List[1].Kind == ir.Array {
		kinds = e.List[1].List
	}
	numbers, texts, dict := true, true, false
	for _, k := range kinds {
		name := lastPart(textOf(k))
		number := harmlessTypes[name] || name == "Number"
		numbers, texts = numbers && number, texts && (number || name == "str" || name == "bytes")
		dict = dict || name == "dict" || name == "Mapping"
	}
	switch {
	case holds && numbers:
		in.trust(f, e.List[0], []string{"all"})
	case holds && texts, !holds && dict:
		in.trust(f, e.List[0], textOnly)
	}
}

// quietArguments are the arguments of a call that was evaluated already.
func (in *interp) quietArguments(f frame, e *ir.Expr) *arguments {
	a := &arguments{kw: map[string]*Value{}}
	for i, x := range e.List {
		if i < len(e.Keys) && e.Keys[i] != "" {
			a.kw[e.Keys[i]] = in.quiet(f, x)
			continue
		}
		a.list = append(a.list, in.quiet(f, x))
	}
	return a
}

// tellsEnough reports whether a test by a pattern tells what a text is as a whole; of patterns that are not known it is taken for granted.
func (in *interp) tellsEnough(f frame, e *ir.Expr, m *Model) bool {
	if e.X.Kind != ir.Member {
		return true
	}
	if (e.X.Str == "startsWith" || e.X.Str == "startswith") && len(e.List) == 1 {
		return in.beginsEnough(f, e)
	}
	var pattern *Value
	begins, ends := false, false // what the method itself sees to
	switch name := e.X.Str; {
	case name == "test" && strings.HasPrefix(m.Member, "regexp"):
		pattern = in.quiet(f, e.X.X)
		if e.X.X.Kind == ir.Const {
			pattern = &Value{text: e.X.X.Str, known: true, regexp: true}
		}
	case name == "match" && m.Package == "builtin" && len(e.List) > 0:
		pattern = in.quiet(f, e.List[0])
	case (m.Package == "re" || strings.HasPrefix(m.Member, "regexp.")) && (name == "match" || name == "fullmatch" || name == "search") && len(e.List) > 0:
		pattern = in.quiet(f, e.List[0])
		if m.Package != "re" { // compiled before
			pattern = &Value{}
			if compiled := in.quiet(f, e.X.X); len(compiled.args) > 0 {
				pattern = compiled.args[0]
			}
		}
		begins, ends = name != "search", name == "fullmatch"
	case name == "includes" || name == "has":
		list := in.quiet(f, e.X.X)
		return len(list.theirs()) == 0 && (len(list.fields) > 0 || list.ref != "" || e.X.X.Kind == ir.Array)
	default:
		return true
	}
	return !pattern.known || anchored(pattern, begins, ends)
}

func first0(list []*ir.Expr) *ir.Expr {
	if len(list) == 0 {
		return &ir.Expr{Kind: ir.Unknown}
	}
	return list[0]
}

// mentions reports whether a list or a set has a text.
func mentions(v *Value, text string) bool {
	for _, x := range v.fields {
		if x.known && x.text == text {
			return true
		}
	}
	for _, a := range v.args {
		if a != v && mentions(a, text) {
			return true
		}
	}
	return false
}

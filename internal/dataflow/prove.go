package dataflow

import (
	"slices"
	"strings"

	"wardlet.example/internal/ir"
)

// proof is what a function has made sure of its parameters where it returns: for each, the rules that it does no harm for. Parts are
// written behind the name: "order.id".
type proof map[string][]string

// What a caller knows of the answer of a function.
type answer int8

const (
	anyAnswer answer = iota // it returned
	yes
	no
)

// maxProof bounds the statements of functions that are asked what they prove, and how deep.
const (
	maxProof      = 40
	deepestProof  = 3
	maxProofSteps = 200_000
)

// truthMark says of a parameter that it counts as true where the function returns.
const truthMark = "it is true"

// leaves reports whether a call never returns: of a function that always throws, or that ends the program.
func (in *interp) leaves(f frame, e *ir.Expr) bool {
	for e.Kind == ir.Await {
		e = e.X
	}
	if e.Kind != ir.Call {
		return false
	}
	callee := in.quiet(f, e.X)
	switch callee.ref {
	case "sys.exit", "os._exit", "builtin.exit", "builtin.quit", "builtin.process.exit", "process.exit", "flask.abort":
		return true
	}
	if len(callee.fns) != 1 {
		return false
	}
	body := callee.fns[0].fn.Body
	return len(body) > 0 && body[len(body)-1].Kind == ir.Throw && !returns(body)
}

// returns reports whether there is a return in some statements.
func returns(body []*ir.Stmt) bool {
	for _, s := range body {
		if s.Kind == ir.Return || returns(s.Body) || returns(s.Else) || returns(s.Final) {
			return true
		}
	}
	return false
}

// passed notes what a call has made sure of that throws otherwise.
func (in *interp) passed(f frame, e *ir.Expr) {
	for e.Kind == ir.Await {
		e = e.X
	}
	if e.Kind != ir.Call || in.st != nil {
		return
	}
	if len(e.List) > 0 && asserts[in.quiet(f, e.X).ref] {
		in.guard(f, e.List[0], true)
	}
	in.bySchema(f, e)
	in.provedBy(f, e, anyAnswer)
}

// behind follows what comes after a call that has not thrown: check(x).then(...). What the call proves holds there alone.
func (in *interp) behind(f frame, call *ir.Expr, follow func()) {
	layer := f.s.branch(func() {
		if call != nil {
			in.passed(f, call)
		}
		follow()
	})
	for name := range layer {
		if name != "" && name[0] == guardMark {
			delete(layer, name)
		}
	}
	in.merge(f.s, []map[string]*Value{layer}, []bool{false})
}

// bySchema: a check by a JSON Schema that throws.
func (in *interp) bySchema(f frame, e *ir.Expr) {
	callee := in.quiet(f, e.X)
	args := in.quietArguments(f, e)
	argument := func(name string, at int) *Value {
		if v := args.kw[name]; v != nil {
			return v
		}
		return orNothing(args.get(at))
	}
	expr := func(name string) *ir.Expr {
		for i, k := range e.Keys {
			if k == name && i < len(e.List) {
				return e.List[i]
			}
		}
		return first0(e.List)
	}
	switch {
	case callee.ref == "jsonschema.validate":
		in.byJSONSchema(f, expr("instance"), argument("instance", 0), argument("schema", 1))
	case callee.ref == "aws_lambda_powertools.utilities.validation.validate" && args.kw["envelope"] == nil:
		in.byJSONSchema(f, expr("event"), argument("event", 0), argument("schema", 1))
	case strings.HasPrefix(callee.ref, "jsonschema.") && strings.HasSuffix(callee.ref, "Validator().validate"):
		if v := in.quiet(f, e.X.X); len(v.args) > 0 {
			in.byJSONSchema(f, first0(e.List), argument("instance", 0), v.args[0])
		}
	case strings.HasPrefix(callee.ref, "fastjsonschema.compile") && len(callee.args) > 0:
		in.byJSONSchema(f, first0(e.List), argument("", 0), callee.args[0])
	}
}

// asserts are functions that throw unless what they are given is true.
var asserts = set("assert assert.default assert.ok assert.strict assert.strict.ok assert/strict assert/strict.default assert/strict.ok tiny-invariant invariant builtin.invariant")

// provedBy notes what a call of a function of the program says of its arguments, when it answered so.
func (in *interp) provedBy(f frame, e *ir.Expr, a answer) {
	if in.proving >= deepestProof || len(e.List) == 0 && f.file.Language != ir.Go || in.steps > maxProofSteps && in.proving > 0 {
		return
	}
	callee := in.quiet(f, e.X)
	if len(callee.fns) != 1 {
		return
	}
	c := callee.fns[0]
	for name, rules := range in.proofOf(c, in.quietArguments(f, e), a) {
		param, rest, _ := strings.Cut(name, ".")
		x := orEmpty(argumentFor(c, e, param))
		if x == nil {
			continue
		}
		if rest == "" && slices.Contains(rules, truthMark) { // require(test, "message")
			in.guard(f, x, true)
		}
		if path := in.pathOf(f, x); path != "" && rest != "" { // however it is named, or parsed once more
			in.trustText(f, pathMark+path+"."+rest, rules)
		}
		if text := textOf(x); text != "" {
			if rest != "" {
				text += "." + rest
			}
			in.trustText(f, text, rules)
			if rest == "" {
				in.trustHost(f, x)
				in.checksMember(f, x, rules)
			}
		}
		if rest == "" && slices.Contains(rules, "path-traversal") {
			in.trustParts(f, x, 0)
		}
	}
}

// orEmpty is what stands before an empty value that is taken where there is none: x of x || {}.
func orEmpty(x *ir.Expr) *ir.Expr {
	if x != nil && x.Kind == ir.Binary && (x.Str == "||" || x.Str == "??") && len(x.Y.List) == 0 && (x.Y.Kind == ir.Object || x.Y.Kind == ir.Array || x.Y.Kind == ir.Const) {
		return x.X
	}
	return x
}

// pathOf is the path of what came in that an expression is, or that it parses; empty where that is not known.
func (in *interp) pathOf(f frame, e *ir.Expr) string {
	if x := parsedBy(e); x != nil {
		e = x
	}
	if textOf(e) == "" {
		return ""
	}
	if v := in.quiet(f, e); len(v.taints) == 1 && v.taints[0].Source != nil && !v.mixed {
		return v.taints[0].Path
	}
	return ""
}

// parsedBy is the text that an expression parses from JSON; nil for others.
func parsedBy(e *ir.Expr) *ir.Expr {
	if e != nil && e.Kind == ir.Call && len(e.List) > 0 && (textOf(e.X) == "JSON.parse" || textOf(e.X) == "json.loads") {
		return e.List[0]
	}
	return nil
}

// argumentFor is the expression that is given for a parameter.
func argumentFor(c *closure, e *ir.Expr, param string) *ir.Expr {
	if name := receiverName(c.fn); name != "" && name == param && e.X.Kind == ir.Member {
		return e.X.X
	}
	params := c.params()
	for i, x := range e.List {
		key := ""
		if i < len(e.Keys) {
			key = e.Keys[i]
		}
		switch {
		case key == param:
			return x
		case key == "" && i < len(params) && (parameterName(params[i]) == param || patternAt(i) == param):
			return x
		}
	}
	return nil
}

// params are the parameters that are given by position.
func (c *closure) params() []*ir.Expr {
	params := c.fn.Params
	if c.fn.File.Language == ir.Python && c.fn.Class != nil && !c.fn.Static && len(params) > 0 {
		params = params[1:]
	}
	return params
}

// proofOf is what a function makes sure of its parameters.
func (in *interp) proofOf(c *closure, args *arguments, a answer) proof {
	if !worthAsking(c.fn, a) || !in.spend() {
		return nil
	}
	in.proving++
	defer func() { in.proving-- }()
	s := newScope(c.scope, c.scope.module)
	s.this = c.this
	g := frame{s, c.fn.File}
	names, partOf := map[string]bool{}, map[string]string{}
	if name := receiverName(c.fn); name != "" {
		names[name] = true
		s.vars[name] = orNothing(c.this)
	}
	if c.this != nil && len(c.params()) < len(c.fn.Params) && c.fn.Params[0].Kind == ir.Name { // self, of Python
		s.vars[c.fn.Params[0].Str] = c.this
	}
	for i, p := range c.params() {
		name := parameterName(p)
		names[name] = true
		v := args.get(i)
		if kw := args.kw[name]; kw != nil {
			v = kw
		}
		if v.known { // of what is asked about nothing is known
			c := *v
			v = &c
		}
		s.vars[name] = v
		for _, part := range elementsOfPattern(p) { // ([key, value]) => ...
			names[part] = true
			s.vars[part] = &Value{taints: []*Taint{{}}}
		}
		for name, field := range sorted(fieldsOfPattern(p)) { // ({ email, topic }) => ...
			names[patternAt(i)], partOf[name] = true, patternAt(i)+"."+field
			s.vars[name] = in.member(g, v, field, p.At)
		}
	}
	r := &asked{in: in, f: g, answer: a, names: names, partOf: partOf}
	if ended := r.follow(c.fn.Body); !ended && a != yes {
		r.snapshot()
	}
	if !r.seen {
		return nil
	}
	return r.proof
}

// elementsOfPattern are the names of the elements that a parameter takes out of a list.
func elementsOfPattern(p *ir.Expr) []string {
	var out []string
	if p.Kind == ir.Array {
		for _, x := range p.List {
			if x.Kind == ir.Name || x.Kind == ir.Default {
				out = append(out, parameterName(x))
			}
		}
	}
	return out
}

// patternAt stands for a parameter without a name, of which the fields are taken out.
func patternAt(i int) string { return "#" + itoa(i) }

// fieldsOfPattern are the fields that a parameter takes out of an object, by the names that they get.
func fieldsOfPattern(p *ir.Expr) map[string]string {
	if p.Kind == ir.Default {
		p = p.X
	}
	if p.Kind != ir.Object {
		return nil
	}
	out := map[string]string{}
	for i, x := range p.List {
		if key := p.Keys[i]; key != "..." && (x.Kind == ir.Name || x.Kind == ir.Default && x.X.Kind == ir.Name) {
			out[parameterName(x)] = key
		}
	}
	return out
}

// worthAsking reports whether a function is small, and can say no: by what it answers, or by throwing.
func worthAsking(fn *ir.Func, a answer) bool {
	n, throws := 0, false
	var count func(body []*ir.Stmt)
	count = func(body []*ir.Stmt) {
		for _, s := range body {
			n++
			throws = throws || s.Kind == ir.Throw || s.Kind == ir.Guard || s.Kind == ir.Try || (s.Kind == ir.Eval || s.Kind == ir.Return) && isCall(s.X)
			count(s.Body)
			count(s.Else)
			count(s.Final)
		}
	}
	count(fn.Body)
	return n > 0 && n <= maxProof && (a != anyAnswer || throws)
}

// isCall reports whether an expression is a call, or keeps what one gives.
func isCall(e *ir.Expr) bool {
	for e != nil && (e.Kind == ir.Await || e.Kind == ir.Assign) {
		if e.Kind == ir.Assign {
			e = e.Y
		} else {
			e = e.X
		}
	}
	return e != nil && e.Kind == ir.Call
}

// asked follows a function that is asked what it proves.
type asked struct {
	in     *interp
	f      frame
	answer answer
	names  map[string]bool   // of its parameters
	parsed map[string]string // names of what was parsed from parts of them
	partOf map[string]string // names of fields that were taken out of them
	proof  proof
	seen   bool // some way out was seen
}

// follow goes through statements; it reports whether they always leave.
func (r *asked) follow(body []*ir.Stmt) bool {
	in, f := r.in, r.f
	for _, s := range body {
		switch s.Kind {
		case ir.Return:
			r.returned(s.X)
			return true
		case ir.Throw, ir.Leave:
			return true
		case ir.Guard:
			in.guard(f, s.X, true)
		case ir.If:
			var ends [2]bool
			then := f.s.branch(func() { in.guard(f, s.X, true); ends[0] = r.follow(s.Body) })
			other := f.s.branch(func() { in.guard(f, s.X, false); ends[1] = r.follow(s.Else) })
			in.merge(f.s, []map[string]*Value{then, other}, ends[:])
			if ends[0] && ends[1] {
				return true
			}
		case ir.Try:
			var ends [2]bool
			tried := f.s.branch(func() { ends[0] = r.follow(s.Body) })
			handler := f.s.branch(func() { ends[1] = r.follow(s.Else) && !allIfs(s.Else) || allLeave(s.Else) })
			in.merge(f.s, []map[string]*Value{tried, handler}, ends[:])
			if ends[0] && ends[1] {
				return true
			}
		case ir.Block:
			if r.follow(s.Body) {
				return true
			}
		case ir.Loop:
			r.loop(s)
		case ir.Eval:
			r.step(s.X)
		}
	}
	return false
}

// allLeave reports whether the handlers of a try all leave the function.
func allLeave(body []*ir.Stmt) bool {
	if len(body) == 0 {
		return false
	}
	for _, s := range body {
		if !ir.Ends(s.Body) {
			return false
		}
	}
	return true
}

// loop: for x in xs: if x not in ALLOWED: return False
func (r *asked) loop(s *ir.Stmt) {
	in, f := r.in, r.f
	if elementName(s) != "" {
		in.charactersChecked(f, s, in.quiet(f, s.Y), r.refuses)
	}
	if s.X == nil || s.Y == nil || s.X.Kind != ir.Name || textOf(s.Y) == "" {
		return
	}
	var rules []string
	f.s.branch(func() {
		in.set(f.s, s.X.Str, &Value{taints: []*Taint{{}}}, true)
		quiet := &asked{in: in, f: f, answer: r.answer, names: map[string]bool{s.X.Str: true}}
		if !quiet.follow(s.Body) {
			quiet.snapshot()
		}
		if quiet.seen {
			rules = quiet.proof[s.X.Str]
		}
	})
	if len(rules) > 0 {
		in.trustText(f, textOf(s.Y), rules)
	}
}

// step is an expression that stands by itself: an assignment, or a call that throws.
func (r *asked) step(e *ir.Expr) {
	if e == nil {
		return
	}
	in, f := r.in, r.f
	in.checks(f, e)
	if e.Kind != ir.Assign {
		in.passed(f, e)
		return
	}
	in.checks(f, e.Y)
	in.passed(f, e.Y)
	if f.file.Language == ir.Go {
		in.bindResults(f, &ir.Expr{Kind: ir.Array, List: in.onlyNames(f, targetsOf(e.X))}, in.quiet(f, e.Y), e.Str == ":=")
		in.rememberResults(f, e)
		return
	}
	if e.X.Kind == ir.Name && e.Str == "" {
		in.set(f.s, e.X.Str, in.quiet(f, e.Y), true)
		in.remember(f, e)
		r.parses(e.X.Str, e.Y)
	}
	if e.X.Kind == ir.Object && !slices.ContainsFunc(e.X.List, func(x *ir.Expr) bool { return x.Kind != ir.Name }) {
		in.bind(f, e.X, in.quiet(f, e.Y), true)
		in.remember(f, e)
	}
}

// onlyNames are the names among what results go to, and nothing in the place of all else: who only asks what a function makes sure of must not set
// fields of what it was really given.
func (in *interp) onlyNames(f frame, targets []*ir.Expr) []*ir.Expr {
	out := slices.Clone(targets)
	for i, x := range out {
		if x.Kind != ir.Name {
			in.forget(f, textOf(x))
			out[i] = &ir.Expr{Kind: ir.Name, Str: "_", At: x.At, End: x.End}
		}
	}
	return out
}

// parses keeps which part of a parameter a name is parsed from.
func (r *asked) parses(name string, e *ir.Expr) {
	delete(r.parsed, name)
	x := parsedBy(e)
	if x == nil {
		return
	}
	text := textOf(x)
	if param, _, _ := strings.Cut(text, "."); r.names[param] {
		if r.parsed == nil {
			r.parsed = map[string]string{}
		}
		r.parsed[name] = text
	}
}

// checks notes what validators of libraries say that throw: int(x), uuid.UUID(x).
func (in *interp) checks(f frame, e *ir.Expr) {
	if e == nil {
		return
	}
	for e.Kind == ir.Await {
		e = e.X
	}
	if e.Kind != ir.Call {
		return
	}
	in.throwsUnlessRight(f, e)
	for _, m := range in.modelsOf(f, e) {
		if m.Kind == validator && m.throws {
			for _, name := range m.In {
				if x := argumentExpr(e, name); x != nil {
					in.trust(f, x, m.For)
				}
			}
		}
	}
}

// refuses reports whether what a function gives back is not the answer that is asked about.
func (r *asked) refuses(x *ir.Expr) bool {
	truth := truthOf(x)
	if r.f.file.Language == ir.Go {
		_, truth = goAnswer(x)
	}
	return r.answer != anyAnswer && truth != anyAnswer && truth != r.answer
}

func (r *asked) returned(x *ir.Expr) {
	truth := truthOf(x)
	if r.f.file.Language == ir.Go {
		x, truth = goAnswer(x)
		if call := r.in.errorOf(r.f, orUnknown(x)); truth == anyAnswer && call != nil {
			x = call
		}
	}
	switch {
	case r.answer == anyAnswer:
		r.in.checks(r.f, x)
	case truth != anyAnswer && truth != r.answer:
		return
	case truth == anyAnswer:
		r.f.s.branch(func() {
			r.in.guard(r.f, x, r.answer == yes)
			r.snapshot()
		})
		return
	}
	r.snapshot()
}

// truthOf is whether an expression counts as true, as far as it is written out.
func truthOf(x *ir.Expr) answer {
	if x == nil {
		return no
	}
	switch x.Kind {
	case ir.Const:
		switch x.Str {
		case "false", "False", "None", "null", "0", "":
			return no
		}
		return yes
	case ir.Name:
		if x.Str == "undefined" || x.Str == "None" || x.Str == "null" || x.Str == "False" || x.Str == "false" {
			return no
		}
		if x.Str == "True" || x.Str == "true" {
			return yes
		}
	case ir.Object, ir.Array, ir.Template:
		return yes
	}
	return anyAnswer
}

// snapshot keeps what is known of the parameters on this way out, as far as it is known on the others.
func (r *asked) snapshot() {
	now := proof{}
	s := r.f.s
	for _, layer := range append([]map[string]*Value{s.vars}, s.layers...) {
		for name, v := range layer {
			if name == "" || name[0] != guardMark || isFact(name) {
				continue
			}
			text := name[1:]
			param, rest, _ := strings.Cut(text, ".")
			if of := r.parsed[param]; of != "" && rest != "" {
				text = of + "." + rest
				param, _, _ = strings.Cut(of, ".")
			}
			if of := r.partOf[param]; of != "" {
				text = of + strings.TrimPrefix(text, param)
				param, _, _ = strings.Cut(of, ".")
			}
			if r.names[param] {
				now[text] = keysOf(v.fields)
			}
		}
	}
	if !r.seen {
		r.seen, r.proof = true, now
		return
	}
	for text, rules := range r.proof {
		if rules = both(rules, now[text]); len(rules) == 0 {
			delete(r.proof, text)
		} else {
			r.proof[text] = rules
		}
	}
}

// remember keeps the test whose answer a name holds.
func (in *interp) remember(f frame, e *ir.Expr) {
	if e.Str != "" || e.Y == nil {
		return
	}
	y := e.Y
	for y.Kind == ir.Await {
		y = y.X
	}
	switch {
	case e.X.Kind == ir.Object: // const { hostname } = new URL(address)
		for i, to := range e.X.List {
			if key := e.X.Keys[i]; to.Kind == ir.Name && hostNames[key] {
				f.s.keepTest(to.Str, &ir.Expr{Kind: ir.Member, X: y, Str: key, At: to.At, End: to.End})
			}
		}
	case e.X.Kind == ir.Name:
		switch y.Kind {
		case ir.Call, ir.Not, ir.Binary, ir.Member, ir.Index:
			f.s.keepTest(e.X.Str, y)
		}
	}
}

// keepTest keeps a test under the name that holds its answer.
func (s *scope) keepTest(name string, test *ir.Expr) {
	if s.tests == nil {
		s.tests = map[string]*ir.Expr{}
	}
	s.tests[name] = test
}

// testOf is the test whose answer a name holds; nil if it is none.
func (in *interp) testOf(f frame, name string) *ir.Expr {
	for s := f.s; s != nil; s = s.parent {
		if e := s.tests[name]; e != nil {
			return e
		}
		if _, ok := s.own(name); ok {
			return nil
		}
	}
	return nil
}

// hostNames are the parts of an address that say where it leads.
var hostNames = set("hostname host netloc origin Host Hostname")

// madeAlike is what a text was before it was made alike for a comparison, or got another one where it is empty.
func madeAlike(e *ir.Expr) *ir.Expr {
	for alike := (*ir.Expr)(nil); alike != e; {
		alike = orEmpty(e)
		e = orEmpty(asCompared(alike))
	}
	return e
}

// trustHost: an address whose host is one of some leads nowhere else.
func (in *interp) trustHost(f frame, e *ir.Expr) {
	if e = madeAlike(e); e.Kind == ir.Name {
		if e = in.testOf(f, e.Str); e == nil {
			return
		}
		e = madeAlike(e)
	}
	if e.Kind == ir.Call && e.X.Kind == ir.Member && e.X.Str == "Hostname" { // Go
		e = e.X
	}
	if e.Kind != ir.Member || !hostNames[e.Str] {
		return
	}
	whole := e.X
	if whole.Kind == ir.Name {
		v := in.name(f, whole)
		if !isAddress(v.ref) {
			if made := in.testOf(f, whole.Str); made != nil && made.Kind == ir.Call && len(made.List) > 0 && isAddressCall(made) {
				in.trustAddress(f, made.List)
			}
			return
		}
		for _, t := range v.taints {
			in.trustText(f, pathMark+t.Path, leadsNowhere)
		}
		in.trust(f, whole, leadsNowhere)
		return
	}
	if whole.Kind == ir.Call && len(whole.List) > 0 && isAddressCall(whole) {
		in.trustAddress(f, whole.List)
	}
}

// trustAddress: the parts of an address whose host is one of some: url, or base and url.
func (in *interp) trustAddress(f frame, parts []*ir.Expr) {
	for _, x := range parts {
		if x.Kind == ir.Call && lastPart(textOf(x.X)) == "urljoin" {
			in.trustAddress(f, x.List)
			continue
		}
		for _, t := range in.quiet(f, x).taints {
			if t.Path != "" {
				in.trustText(f, pathMark+t.Path, leadsNowhere)
			}
		}
		in.trust(f, x, leadsNowhere)
	}
}

// isConstantHost reports whether an expression is the host of an address that no outsider decides: urlparse(BASE).netloc, or SITE.origin
// where SITE is an address that was taken apart before.
func (in *interp) isConstantHost(f frame, e *ir.Expr) bool {
	if e.Kind == ir.Member && hostNames[e.Str] && e.X.Kind == ir.Call {
		return len(e.X.List) > 0 && isAddressCall(e.X) && len(in.quiet(f, e.X.List[0]).all()) == 0
	}
	if e.Kind != ir.Name && e.Kind != ir.Member {
		return false
	}
	v := in.quiet(f, e)
	whole, part := cutLast(v.ref)
	return hostNames[part] && isAddress(whole) && len(v.all()) == 0
}

var leadsNowhere = []string{"ssrf", "open-redirect"}

func isAddressCall(e *ir.Expr) bool {
	switch lastPart(textOf(e.X)) {
	case "urlparse", "urlsplit", "URL", "parse", "Parse", "ParseRequestURI":
		return true
	}
	return false
}

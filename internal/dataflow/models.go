package dataflow

import (
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"

	"wardlet.example/internal/document"
	"wardlet.example/internal/ir"
	"wardlet.example/internal/model"
)

// modelKind is what a row says that a member of a library is.
type modelKind string

const (
	sourceKind modelKind = "source"
	sink       modelKind = "sink"
	sanitizer  modelKind = "sanitizer"
	validator  modelKind = "validator"
	propagator modelKind = "propagator"
	secretKind modelKind = "secret"
	useKind    modelKind = "use"
	effectKind modelKind = "effect"
)

// aws is the language of rows about operations of AWS, which are the same in all SDKs: package is the client, member the operation.
const aws ir.Language = "aws"

// Model is one row about a member of a library. The form of rows is in data/models/README.md.
type Model struct {
	Language ir.Language
	Package  string
	Member   string
	Kind     modelKind
	Rule     string
	In       []string
	Out      string
	For      []string
	when     []condition
	path     []string // package and member in parts, for rows with wildcards
	throws   bool     // a validator that does not answer but throws
	refuses  bool     // a validator whose no is the good answer
	before   string   // the first version of the package for which the row does not hold; empty where it always does
	object   bool     // only an object that comes whole from outside does harm
	text     bool     // a text does harm too, where the rule is about objects
	number   bool     // it makes a number of what it gets, or of one, which is as big as that says
	away     bool     // what is done does not go to whoever called the function
	does     Effect   // what a call does elsewhere
}

// condition is what the arguments of a call have to be.
type condition struct {
	arg     string
	is, not []string
}

// Models are all rows, found by what they are about.
type Models struct {
	tables  map[ir.Language]*table
	own     map[ir.Language]*table // rows of the user that make safe: they stand apart, because they may only take away
	effects map[ir.Language]*table // what calls do elsewhere, whatever they are given
	Count   int
}

// table are the rows of one language.
type table struct {
	exact   map[string][]*Model // "package.member"
	methods map[string][]*Model // of the language's own values, by the method
	globs   map[string][]*Model // rows with wildcards, by their last part
	known   map[string]bool     // packages with a row
}

// ReadModels reads files of rows, the built-in ones and a user's own; what is not understood is told and left out.
func ReadModels(builtin, own map[string][]byte) (*Models, []model.Diagnostic) {
	m := &Models{tables: map[ir.Language]*table{}, own: map[ir.Language]*table{}, effects: map[ir.Language]*table{}}
	for _, language := range []ir.Language{ir.Node, ir.Python, ir.Go, aws} {
		m.tables[language], m.own[language], m.effects[language] = newTable(), newTable(), newTable()
	}
	files := maps.Clone(builtin)
	maps.Copy(files, own)
	names := slices.Sorted(maps.Keys(files))
	documents, problems := readAll(names, files)
	for _, doc := range documents {
		if doc == nil {
			continue
		}
		for _, row := range doc.Root.Elements() {
			if err := m.add(row, own[row.Origin.Pos.File] != nil); err != "" {
				problems = append(problems, model.Diagnostic{
					Pos: row.Origin.Pos, Level: model.Warning, Message: "a model row is left out: " + err,
					Hint: "the form of rows is in data/models/README.md",
				})
			}
		}
	}
	return m, problems
}

// readAll reads the files side by side.
func readAll(names []string, files map[string][]byte) ([]*document.Document, []model.Diagnostic) {
	documents := make([]*document.Document, len(names))
	told := make([][]model.Diagnostic, len(names))
	var wg sync.WaitGroup
	for i, name := range names {
		wg.Go(func() {
			documents[i], told[i] = document.ParseYAML(name, files[name], document.Options{})
		})
	}
	wg.Wait()
	return documents, slices.Concat(told...)
}

func newTable() *table {
	return &table{exact: map[string][]*Model{}, methods: map[string][]*Model{}, globs: map[string][]*Model{}, known: map[string]bool{}}
}

func (m *Models) add(row *model.Value, own bool) string {
	word := func(key string) string { s, _ := row.Get(key).Scalar(); return s }
	r := &Model{Language: ir.Language(word("lang")), Package: word("package"), Member: word("member"), Kind: modelKind(word("kind")), Rule: word("rule"), Out: word("out"), does: Effect(word("does"))}
	t := m.tables[r.Language]
	if t == nil {
		return "lang is " + orElse(string(r.Language), "missing") + ", want node, python, go or aws"
	}
	if !slices.Contains([]modelKind{sourceKind, sink, sanitizer, validator, propagator, secretKind, useKind, effectKind}, r.Kind) {
		return "kind is " + orElse(string(r.Kind), "missing") + ", want source, sink, sanitizer, validator, propagator, secret, use or effect"
	}
	switch {
	case r.Package == "" || r.Member == "":
		return "package or member is missing"
	case (r.Kind == sink || r.Kind == useKind) && r.Rule == "":
		return "a " + string(r.Kind) + " needs a rule"
	case (r.Kind == sanitizer || r.Kind == validator) && row.Get("for").Kind == model.Absent:
		return "a " + string(r.Kind) + " needs for: the rules that it makes a value harmless for, or [all]"
	case r.Kind == effectKind && !slices.Contains([]Effect{Writes, Sends, Calls, Pays, Reads, Lists}, r.does):
		return "does is " + orElse(string(r.does), "missing") + ", want write, send, call, pay, read or list"
	case r.Kind != sourceKind && r.Kind != secretKind && r.Kind != useKind && r.Kind != effectKind && row.Get("in").Kind == model.Absent:
		return "in is missing: which arguments count"
	}
	r.In, r.For = scalars(row.Get("in")), scalars(row.Get("for"))
	r.text, r.object, r.away, r.number = word("text") == "true", word("object") == "true", word("away") == "true", word("number") == "true"
	r.throws, r.refuses = word("throws") == "true", word("answer") == "false"
	r.before = versionIn(word("note"))
	for _, w := range row.Get("when").Elements() {
		r.when = append(r.when, condition{arg: w.Get("arg").String(), is: scalars(w.Get("is")), not: scalars(w.Get("not"))})
	}
	m.Count++
	switch {
	case own && (r.Kind == sanitizer || r.Kind == validator):
		t = m.own[r.Language]
	case r.Kind == effectKind:
		t = m.effects[r.Language]
	}
	methods := scalars(row.Get("methods"))
	if len(methods) == 0 {
		t.put(r)
	}
	for _, method := range methods {
		one := *r
		one.Member += "." + method
		t.put(&one)
	}
	return ""
}

func scalars(v *model.Value) []string {
	var out []string
	for _, e := range v.Elements() {
		if s, ok := e.Scalar(); ok {
			out = append(out, s)
		}
	}
	return out
}

func (t *table) put(r *Model) {
	if kind, method, ok := strings.Cut(r.Member, "."); ok && r.Package == "builtin" && valueKinds[kind] {
		t.methods[method] = append(t.methods[method], r)
		return
	}
	key := library(r.Package)
	if r.Language == ir.Go {
		key = goPath(r.Package)
	}
	t.known[packageOf(key)] = true
	switch rest, isDefault := strings.CutPrefix(r.Member, "default"); {
	case isDefault && (rest == "" || rest[0] == '(' || rest[0] == '.'):
		key += rest
	default:
		key += "." + r.Member
	}
	if strings.Contains(key, "*") {
		r.path = strings.Split(key, ".")
		last := r.path[len(r.path)-1]
		t.globs[last] = append(t.globs[last], r)
		return
	}
	t.exact[key] = append(t.exact[key], r)
}

// valueKinds are what methods of the languages' own values are written under.
var valueKinds = map[string]bool{
	"string": true, "str": true, "array": true, "list": true, "dict": true, "object": true, "bytes": true, "regexp": true, "set": true,
	"map": true, "buffer": true, "promise": true, "number": true, "date": true, "match": true, "iterator": true, "stream": true, "file": true,
}

// packageOf is the package of a path: what stands before the first dot or call.
func packageOf(ref string) string {
	if end := strings.IndexAny(ref, ".("); end > 0 {
		return ref[:end]
	}
	return ref
}

// lookup finds the rows for a call: by the whole path, or by the method of a value that is no library's.
func (p *Program) lookup(language ir.Language, ref, method string, recv *Value) []*Model {
	return p.models.tables[language].find(ref, method, recv)
}

func (t *table) find(ref, method string, recv *Value) []*Model {
	if ref != "" {
		if rows := t.of(ref); rows != nil {
			return rows
		}
		if recv == nil || len(recv.taints) == 0 && !strings.HasPrefix(ref, "builtin.") && !strings.HasPrefix(ref, "re.") && !recv.isText() {
			return nil
		}
	}
	if recv != nil {
		return t.methods[method]
	}
	return nil
}

// isText reports whether a value is a text as far as is known.
func (v *Value) isText() bool { return v.known }

// of finds the rows for a path.
func (t *table) of(ref string) []*Model {
	if rows := t.exact[ref]; rows != nil {
		return rows
	}
	if strings.Contains(ref, ".default") {
		if rows := t.exact[strings.ReplaceAll(ref, ".default", "")]; rows != nil {
			return rows
		}
	}
	if kind := ofType(ref); kind != "" {
		if rows := t.exact[kind]; rows != nil {
			return rows
		}
	}
	last := ref[strings.LastIndexByte(ref, '.')+1:]
	var out []*Model
	var parts []string
	for _, key := range [2]string{last, "*"} {
		for _, r := range t.globs[key] {
			if parts == nil {
				parts = strings.Split(ref, ".")
			}
			if matchPath(r.path, parts) {
				out = append(out, r)
			}
		}
	}
	return out
}

// ofType is a path by the type of its object, as rows name what somebody else makes: typeorm.Repository.save for typeorm.Repository().save.
// It is empty where there is none.
func ofType(ref string) string {
	before, after, ok := strings.Cut(ref, "().")
	if !ok || strings.Contains(after, "()") {
		return ""
	}
	if name := lastPart(before); name == "" || name[0] < 'A' || name[0] > 'Z' {
		return ""
	}
	return before + "." + after
}

// matchPath matches a path with wildcards: * is one part that is no call, ** any parts.
func matchPath(pattern, path []string) bool {
	for i, p := range pattern {
		switch {
		case p == "**":
			for j := i; j <= len(path); j++ {
				if matchPath(pattern[i+1:], path[j:]) {
					return true
				}
			}
			return false
		case i >= len(path):
			return false
		case p != path[i] && (p != "*" || strings.HasSuffix(path[i], ")")):
			return false
		}
		if i == len(pattern)-1 {
			return len(path) == len(pattern)
		}
		if p != "**" && i+1 < len(pattern) && pattern[i+1] == "**" {
			return matchPath(pattern[i+1:], path[i+1:])
		}
	}
	return len(path) == 0
}

// modelled reports whether anything is known of a package.
func (p *Program) modelled(language ir.Language, ref string) bool {
	return ref == "" || p.models.tables[language].known[packageOf(ref)]
}

// modelsOf are the rows for a call that was evaluated already.
func (in *interp) modelsOf(f frame, e *ir.Expr) []*Model {
	return append(in.ownOf(f, e), in.rowsOf(f, e, in.p.models.tables[f.file.Language])...)
}

// ownOf are the rows of the user that make safe.
func (in *interp) ownOf(f frame, e *ir.Expr) []*Model {
	t := in.p.models.own[f.file.Language]
	if len(t.known) == 0 && len(t.methods) == 0 {
		return nil
	}
	return in.rowsOf(f, e, t)
}

func (in *interp) rowsOf(f frame, e *ir.Expr, t *table) []*Model {
	if e.X.Kind == ir.Member {
		recv := in.quiet(f, e.X.X)
		callee := in.member(f, recv, e.X.Str, e.X.At)
		if len(callee.fns) > 0 {
			return nil
		}
		return t.find(callee.ref, e.X.Str, recv)
	}
	return t.find(in.quiet(f, e.X).ref, "", nil)
}

// madeSafe is what a call gives by the rows of the user that make safe.
func (in *interp) madeSafe(f frame, e *ir.Expr, v *Value) *Value {
	for _, m := range in.ownOf(f, e) {
		if !m.applies(in.quietArguments(f, e)) {
			continue
		}
		for _, name := range m.In {
			if x := argumentExpr(e, name); x != nil && (m.throws || m.Out == "arg:"+name || m.Out == "recv" && name == "recv") {
				in.trust(f, x, m.For)
			}
		}
		if m.Out == "return" || m.Kind == sanitizer && m.Out == "" {
			v = cleanedInside(v, m.For, 0)
		}
	}
	return v
}

// cleanedInside is a value that can do no harm for some rules, nor can what is inside of it.
func cleanedInside(v *Value, rules []string, depth int) *Value {
	if v == nil || depth > 5 {
		return nil
	}
	out := cleanedBy(v, rules)
	out.elem = cleanedInside(v.elem, rules, depth+1)
	if v.fields != nil {
		out.fields = map[string]*Value{}
		for key, x := range v.fields {
			out.fields[key] = cleanedInside(x, rules, depth+1)
		}
	}
	return out
}

// argumentExpr is the expression that an input of a row names.
func argumentExpr(e *ir.Expr, input string) *ir.Expr {
	if input == "recv" {
		if e.X.Kind == ir.Member {
			return e.X.X
		}
		return nil
	}
	if i, ok := number(input); ok && i < len(e.List) {
		return e.List[i]
	}
	return nil
}

// applies reports whether the conditions of a row are met.
func (m *Model) applies(args *arguments) bool {
	for _, c := range m.when {
		if !c.met(m, args) {
			return false
		}
	}
	return true
}

func (c condition) met(m *Model, args *arguments) bool {
	v := input(c.arg, nil, args)
	if strings.HasPrefix(c.arg, "rest:") && len(c.is) > 0 && c.is[0] == "absent" { // nothing else is given, by keyword neither
		for key := range sorted(args.kw) {
			if !slices.Contains(m.In, "kw:"+key) {
				return false
			}
		}
		from, _ := number(strings.TrimPrefix(c.arg, "rest:"))
		return len(args.list) <= from && args.rest == nil
	}
	if o := v.otherwise(); m.Kind == useKind && o != nil && !v.known {
		v = constant(o.text)
	}
	name := v.ref[strings.LastIndexByte(v.ref, '.')+1:]
	for _, not := range c.not {
		if name != "" && name == not || v.known && strings.EqualFold(v.text, not) {
			return false
		}
	}
	if len(c.is) == 0 {
		return true
	}
	for _, is := range c.is {
		switch is {
		case "absent":
			if v == nothing || v.empty() {
				return true
			}
		case "literal":
			if v.known {
				return true
			}
		case "string":
			if v != nothing && len(v.fields) == 0 && v.elem == nil && !slices.ContainsFunc(v.taints, func(t *Taint) bool { return t.object }) {
				return true
			}
		}
		if name != "" && name == is || v.known && strings.EqualFold(v.text, is) {
			return true
		}
	}
	return false
}

// input is what a row means by an input.
func input(name string, recv *Value, args *arguments) *Value {
	switch {
	case name == "recv":
		return recv
	case name == "*":
		return &Value{taints: args.all()}
	case name == "kw:**":
		return orNothing(args.rest)
	case strings.HasPrefix(name, "rest:"):
		from, _ := number(name[5:])
		var out []*Taint
		for _, v := range args.list[min(from, len(args.list)):] {
			out = addTaints(out, v.all())
		}
		return &Value{taints: addTaints(out, args.rest.all())}
	case strings.HasPrefix(name, "shell:"):
		from, _ := number(name[6:])
		return shellText(args.list[min(from, len(args.list)):])
	}
	head, path, _ := strings.Cut(strings.TrimPrefix(name, "arg:"), ".")
	var v *Value
	if kw, ok := strings.CutPrefix(head, "kw:"); ok {
		v = args.kw[kw]
	} else if i, ok := number(head); ok {
		v = args.get(i)
	}
	for path != "" && v != nil {
		var key string
		key, path, _ = strings.Cut(path, ".")
		next := v.fields[key]
		if next == nil {
			next = v.kw[key]
		}
		if next == nil && len(v.taints) > 0 && len(v.fields) == 0 {
			next = &Value{taints: v.taints}
		}
		v = next
	}
	return orNothing(v)
}

// shells are programs that run a text, starters those that start the program that comes after them.
var (
	shells   = set("sh bash zsh ash dash ksh")
	starters = set("env timeout sudo nice nohup setsid stdbuf chroot busybox")
)

// shellText is the text that a shell is told to run, among the words of a command: bash -o pipefail -c text. What comes behind it are
// the values of $0, $1 and so on, which are never run.
func shellText(words []*Value) *Value {
	begin := slices.IndexFunc(words, func(v *Value) bool { return v.known && shells[path.Base(v.text)] })
	if begin < 0 || begin > 0 && !(words[0].known && starters[path.Base(words[0].text)]) {
		return nothing
	}
	valued := false
	for i, v := range words[begin+1:] {
		option := v.known && len(v.text) > 1 && (v.text[0] == '-' || v.text[0] == '+')
		switch {
		case option && strings.HasSuffix(v.text, "c") && !strings.HasPrefix(v.text, "--"):
			if rest := words[begin+1+i:]; len(rest) > 1 {
				return rest[1]
			}
			return nothing
		case !option && !valued: // a script
			return nothing
		}
		valued = option && strings.HasSuffix(v.text, "o")
	}
	return nothing
}

func orNothing(v *Value) *Value {
	if v == nil {
		return nothing
	}
	return v
}

// narrowed are the inputs of a sink that count: where an argument is written out as an object and the row names parts of it, these.
func (m *Model) narrowed(args *arguments) []string {
	var out []string
	for _, name := range m.In {
		if i, ok := number(name); ok && len(args.get(i).fields) > 0 && !isAddress(args.get(i).ref) {
			parts := slices.ContainsFunc(m.In, func(o string) bool { return strings.HasPrefix(o, name+".") })
			if parts {
				continue
			}
		}
		out = append(out, name)
	}
	return out
}

// propagate lets what goes in come out, by a row.
func (in *interp) propagate(f frame, e *ir.Expr, m *Model, recv *Value, args *arguments, out *Value, called map[*closure]bool) {
	var taints []*Taint
	if m.Kind == sourceKind {
		taints = in.sourceTaint(f, m, e.At)
		if k := args.get(0); k.known && strings.EqualFold(k.text, "origin") { // of a header
			taints = in.parts(taints, k.text)
		} else if name := partAsked(f, k); name != "" {
			taints = in.parts(taints, name)
		}
	}
	for _, name := range m.In {
		if v := in.ofInput(name, recv, args); v != nil {
			taints = addTaints(taints, v.all())
		}
	}
	if m.Kind == propagator && m.Package == "net/http" {
		taints = partsOfRequest(m, taints)
		if name := partAsked(f, args.get(0)); name != "" && strings.HasPrefix(m.Member, "Request().") {
			taints = in.parts(taints, name)
		}
	}
	if m.Kind == sanitizer && (tokens[packageOf(m.Package)] || m.Language == ir.Go && tokens[goPath(m.Package)]) {
		in.verifies(taints)
	}
	if m.number {
		for _, name := range m.In {
			out.numbers = addTaints(out.numbers, in.stepped(f, amounts(input(name, recv, args)), e.At, "becomes a number"))
		}
	}
	if m.Kind == sanitizer || m.Kind == validator {
		var kept []*Taint
		for _, t := range taints {
			if u := t.cleaned(m.For); u != nil {
				if writesBase64(m) {
					u.plain = t
				}
				u.check = &step{file: f.file, at: e.At}
				kept = append(kept, u)
			} else {
				u := *t
				u.check = &step{file: f.file, at: e.At}
				out.safe = addTaints(out.safe, []*Taint{&u})
			}
		}
		taints = kept
	}
	if m.Kind != sourceKind {
		taints = in.stepped(f, taints, e.At, "goes through "+orElse(memberName(m), m.Package))
	}
	if m.makesText() {
		taints = texts(taints)
	}
	if resolving[lastPart(m.Member)] {
		taints = steppedBack(taints)
		taints = m.belowConstant(taints, args)
	}
	if decodes.MatchString(m.Member) {
		taints = decoded(taints)
	}
	switch o := m.Out; {
	case o == "recv" && recv != nil && recv != nothing && !recv.shared:
		recv.taints = addTaints(recv.taints, taints)
		in.flowsInto(recv)
	case strings.HasPrefix(o, "cb:"):
		in.toCallback(f, e, o, args, taints, called)
		if recv != nil && len(taints) == 0 && slices.Contains(m.In, "recv") {
			in.waits(recv, waiting{f, e, m, args})
		}
	case strings.HasPrefix(o, "arg:"):
		if i, ok := number(o[4:]); ok && !args.get(i).shared && args.get(i) != nothing {
			args.get(i).taints = addTaints(args.get(i).taints, taints)
			in.flowsInto(args.get(i))
		}
	default:
		out.taints = addTaints(out.taints, taints)
		if m.Kind == propagator || writesBase64(m) {
			out.json = jsonOf(m, recv, args)
		}
	}
}

// decodes are members that read base64.
var decodes = regexp.MustCompile(`(?i:decode)$|(DecodeString|DecodeSegment|AppendDecode)$|^(Buffer\.from|atob)$`)

// writesBase64 reports whether a row is about something that writes base64.
func writesBase64(m *Model) bool {
	name := strings.ToLower(m.Member)
	return m.Kind == sanitizer && (strings.Contains(name, "b64encode") || strings.Contains(name, "base64") || name == "btoa")
}

// jsonOf is what the text was written from that goes through a call; nil where several do.
func jsonOf(m *Model, recv *Value, args *arguments) *Value {
	var found *Value
	for _, name := range m.In {
		if v := input(name, recv, args); v != nil && !v.empty() {
			if found != nil || v.json == nil {
				return nil
			}
			found = v.json
		}
	}
	return found
}

// steppedBack are taints of a path out of which the steps back were taken: what it began with may be gone with them.
func steppedBack(taints []*Taint) []*Taint {
	out := make([]*Taint, 0, len(taints))
	for _, t := range taints {
		if t.lead != "" && t.clean["object-key"] && !t.clean["sql"] {
			u := *t
			u.lead, u.clean = "", maps.Clone(t.clean)
			delete(u.clean, "object-key")
			t = &u
		}
		out = append(out, t)
	}
	return out
}

// belowConstant are taints of a path that is put together of parts, of which the first one is none of an outsider's: a part that cannot step
// back stays below it.
func (m *Model) belowConstant(taints []*Taint, args *arguments) []*Taint {
	first := args.get(0)
	if name := lastPart(m.Member); name != "join" && name != "Join" || len(args.list) < 2 || len(first.all()) > 0 || first.known && strings.Trim(first.text, "./") == "" {
		return taints
	}
	out := make([]*Taint, 0, len(taints))
	for _, t := range taints {
		if t.clean["path-traversal"] {
			t = t.cleaned([]string{"object-key"})
		}
		out = append(out, t)
	}
	return out
}

// tokens are packages that verify tokens.
var tokens = set(`jsonwebtoken jose jwt aws-jwt-verify fast-jwt express-jwt jwks-rsa python-jose authlib cognitojwt njwt jwt-simple paseto
	github_com/golang-jwt/jwt github_com/dgrijalva/jwt-go github_com/lestrrat-go/jwx/jwt github_com/coreos/go-oidc/oidc github_com/go-jose/go-jose/jwt`)

// verifies notes that a token is verified somewhere on the way: then reading it before is no harm.
func (in *interp) verifies(taints []*Taint) {
	if in.verified == nil {
		in.verified = map[string]bool{}
	}
	for _, t := range taints {
		in.verified[strings.ReplaceAll(t.Path, "[]", "")] = true
	}
}

// makesText reports whether what comes out is a text, whatever goes in.
func (m *Model) makesText() bool {
	switch m.Package + "." + m.Member {
	case "builtin.String", "builtin.str", "builtin.repr", "builtin.JSON.stringify", "json.dumps", "builtin.format":
		return true
	}
	return m.Package == "builtin" && (strings.HasPrefix(m.Member, "string.to") || m.Member == "string.trim" || m.Member == "str.strip")
}

func memberName(m *Model) string {
	if m.Member == "default" {
		return m.Package
	}
	return m.Member
}

// partsOfRequest are what a method of a request of Go gives of it: r.UserAgent() is not all of r.
func partsOfRequest(m *Model, taints []*Taint) []*Taint {
	method, ok := strings.CutPrefix(m.Member, "Request().")
	if !ok {
		return taints
	}
	out := slices.Clone(taints)
	for i, t := range out {
		if !strings.Contains(t.Path, ".") {
			u := *t
			u.Path += "." + method
			out[i] = &u
		}
	}
	return out
}

// partAsked is the name of the part of a request that a call of Go asks for: c.Query("page"), header.Get(echo.HeaderAuthorization).
func partAsked(f frame, k *Value) string {
	switch name, isHeader := strings.CutPrefix(lastPart(k.ref), "Header"); {
	case f.file.Language != ir.Go:
	case k.known && k.text != "" && !strings.ContainsAny(k.text, " ."):
		return k.text
	case isHeader && isRouter(k.ref) && !strings.Contains(k.ref, "("):
		return name
	}
	return ""
}

func (in *interp) sourceTaint(f frame, m *Model, at int32) []*Taint {
	member := m.Member[strings.LastIndexByte(m.Member, '.')+1:]
	if strings.HasPrefix(m.Member, "request.") || strings.Contains(m.Member, "current_request.") {
		member = "request." + member
	}
	return []*Taint{{Path: member, object: strings.Contains(member, "json") || strings.Contains(member, "payload"), Source: in.source(m.Package + "." + m.Member), step: &step{f.file, at, member + " comes in", nil, in.steps}}}
}

// decoded notes that a part of a token was decoded.
func decoded(taints []*Taint) []*Taint {
	out := slices.Clone(taints)
	for i, t := range out {
		if t.token == tokenPart {
			u := *t
			u.token = tokenDecoded
			out[i] = &u
		}
	}
	return out
}

func (in *interp) toCallback(f frame, e *ir.Expr, out string, args *arguments, taints []*Taint, called map[*closure]bool) {
	parts := strings.Split(out, ":")
	if len(parts) != 3 {
		return
	}
	i, _ := number(parts[1])
	j, _ := number(parts[2])
	list := make([]*Value, j+1)
	for k := range list {
		list[k] = nothing
	}
	list[j] = &Value{taints: taints}
	for _, c := range args.get(i).fns {
		called[c] = true
		in.invoke(f, c, c.this, &arguments{list: list}, e.At)
	}
}

// source is a source by its label, the same each time.
func (in *interp) source(label string) *Source {
	if s := in.sources[label]; s != nil {
		return s
	}
	s := &Source{Label: label, stays: in.st != nil}
	in.sources[label] = s
	return s
}

// Hit is an outsider's data at a place where it can do harm.
type Hit struct {
	Rule    string
	File    *ir.File
	At      int32
	What    string   // the call: exec, Pool().query
	Path    string   // what of the entry it is: event.body
	Stored  bool     // it was stored before, and is read from there
	Own     bool     // it is read from where only the application keeps things, as far as this entry shows
	Needs   []string // actions that the call needs where it is one of AWS, as service:Name
	Unsure  bool     // something in between is not known
	Steps   []Step
	Ways    []Way    // all that come there, the one above among them
	End     *Step    // where the way ends, where that is another place
	Away    bool     // it goes to somebody else than whoever called the function: a mail
	Inside  bool     // what it is about does not get out to who calls
	Kept    string   // in what it is kept until the next invocation
	Leak    *Leak    // of sensitive data
	Record  *Send    // what read the record that it is, which does harm only where that holds a secret
	Taken   []string // the fields that were taken out of the record
	Unless  string   // the setting of the environment with which it would be otherwise
	Setting string   // the setting that decides of which host is asked
	address string   // the address with a hole for that setting
	place   bool     // nobody's data is needed for harm
	doubt   int      // how surely an outsider decides: of several ways the surest is told
}

// Step is one hop of the way.
type Step struct {
	File *ir.File
	At   int32
	Note string
}

// whole are the rules that count what is anywhere inside a value; of the others only the value itself counts.
func whole(rule string) bool {
	switch rule {
	case "nosql", "sql", "os-command", "code-eval", "prototype-pollution", "template-injection":
		return true
	}
	return false
}

func (in *interp) sinkAt(f frame, e *ir.Expr, m *Model, recv *Value, args *arguments) {
	if in.st != nil {
		in.revealedBy(f, e, m, recv, args)
		if m.Rule != "ssrf" {
			return
		}
	}
	if m.Rule == "html-response" && in.noPage(f, recv) {
		return
	}
	if m.Rule == "sql" && m.Package == "pg-promise" {
		in.putRaw(f, e, m, args)
	}
	if m.Rule == "error-details" {
		for _, name := range m.narrowed(args) {
			for _, v := range inputs(name, recv, args) {
				if f.file.Language == ir.Go {
					v = goJSON(v, 0)
				}
				in.tellsAnswer(answerAt{f, e.At, callName(m), v, refusesWith(e)})
			}
		}
		return
	}
	if m.Rule == "weak-password-hash" {
		in.hashesPassword(f, e, m)
		return
	}
	if m.Rule == "static-iv" {
		in.fixedStart(f, e, m, args)
		return
	}
	if m.Rule == "log" { // of which no line can be forged
		in.logs(f, e, m, recv, args)
		return
	}
	var shown []*Value
	if m.Rule == "log-injection" {
		in.logs(f, e, m, recv, args)
		shown = asCode(args)
	}
	if m.Rule == "ssrf" {
		in.requestOf(f, e, m, recv, args)
		in.asksPlainly(f, e, m, recv, args)
		in.tellsServers(f, e, m, recv, args)
	}
	if m.Rule == "os-command" && callsAWS(args) {
		in.doubt(f, e.At, "", "the command line tool of AWS is called")
	}
	if m.Rule == "ssrf" && f.file.Language == ir.Go && strings.HasPrefix(m.Member, "NewRequest") && (in.hostAskedLater(f, e) || in.sentSafely(f, e)) {
		return
	}
	if m.Rule == "ssrf" && recv != nil && recv.ref == "net/http.Client()" && in.goesToPublicOnly(f, recv) {
		return
	}
	for _, name := range m.narrowed(args) {
		for _, v := range in.allInputs(name, recv, args) {
			if slices.Contains(shown, v) {
				continue
			}
			taints := in.lookedAt(m, recv, v.taints)
			if m.Rule == "mass-assignment" || m.Rule == amountRule {
				in.amountsIn(f, e.At, callName(m), v, nil, 0)
			}
			if m.Rule == "mass-assignment" && !typesOfSchemas[m.Package] {
				in.keepsFields(f, e.At, callName(m), v)
			}
			switch {
			case m.Rule == sizeRule:
				taints = amounts(v)
			case m.Rule == amountRule && len(v.fields) == 0 && v.elem == nil:
				taints = amounts(v)
			}
			if whole(m.Rule) && !m.object {
				taints = v.all()
			}
			if m.Package == "importlib" {
				taints = outOfPackage(taints)
			}
			if m.Rule == "mass-assignment" && v.named != nil { // an outsider names the fields
				taints = addTaints(taints, v.named.taints)
			}
			if m.text {
				taints = objects(taints)
			}
			if m.text && m.Rule == "nosql" {
				taints = asScript(taints)
			}
			if m.object {
				taints = slices.DeleteFunc(slices.Clone(taints), func(t *Taint) bool { return !t.isObject() })
			}
			if m.Rule == "nosql" {
				in.hit(f, e.At, "redos", callName(m), under(v, "$regex", 0), false)
				in.hitOf(f, e.At, m, callName(m), asScript(objects(scriptsIn(v))), false)
			}
			if holds := in.p.holdsFor(f.file, m); holds != model.No {
				in.hitOf(f, e.At, m, callName(m), taints, holds == model.Maybe)
			}
		}
	}
}

// outOfPackage are names of modules of Python without those that stand behind the name of a package: they are modules of it.
func outOfPackage(taints []*Taint) []*Taint {
	return slices.DeleteFunc(slices.Clone(taints), func(t *Taint) bool { return strings.HasSuffix(t.lead, ".") })
}

// asScript are outsiders' data in a text that a database runs: that it is a text makes it no safer, what makes it safe in code does.
func asScript(taints []*Taint) []*Taint {
	var out []*Taint
	for _, t := range taints {
		if t.clean["code-eval"] {
			continue
		}
		u := *t
		u.clean = maps.Clone(t.clean)
		delete(u.clean, "nosql")
		out = append(out, &u)
	}
	return out
}

// setsAll: INSERT INTO orders SET ?, as clients of MySQL fill it in, stores all fields of an object.
func (in *interp) setsAll(f frame, e *ir.Expr, m *Model, args *arguments) {
	statement, given := args.get(0), args.get(1)
	if !setsObject.MatchString(statement.text + statement.prefix) {
		return
	}
	if first := given.fields["0"]; first != nil {
		given = first
	}
	in.hit(f, e.At, "mass-assignment", callName(m), given.taints, false)
}

var setsObject = regexp.MustCompile(`(?i)\bset\s+\?\s*($|,|;|where\b|on\b)`)

// scriptsIn are outsiders' texts in what a filter of MongoDB runs as JavaScript.
func scriptsIn(v *Value) []*Taint { return addTaints(under(v, "$where", 0), under(v, "$function", 0)) }

// under are an outsider's data under one name in a filter: of $regex the patterns, of $where the scripts.
func under(v *Value, name string, depth int) []*Taint {
	if v == nil || depth > 5 {
		return nil
	}
	var out []*Taint
	for key, x := range sorted(v.fields) {
		switch {
		case key != name:
			out = addTaints(out, under(x, name, depth+1))
		case x.fields["body"] != nil: // {$function: {body, args, lang}}: the arguments are no code
			out = addTaints(out, x.fields["body"].all())
		default:
			out = addTaints(out, x.all())
		}
	}
	return addTaints(out, under(v.elem, name, depth+1))
}

// placeholder is where a value goes in a text that is logged.
var placeholder = regexp.MustCompile(`%[-+ #0-9.]*[a-zA-Z]`)

// asCode are the arguments of a call that logs which are shown as code or numbers, so that line breaks are escaped.
func asCode(args *arguments) []*Value {
	var out []*Value
	for i, p := range placeholder.FindAllString(args.get(0).text, -1) {
		if i+1 < len(args.list) && !strings.HasSuffix(p, "s") {
			out = append(out, args.list[i+1])
		}
	}
	return out
}

// allInputs are the values that an input means, each by itself, also the content of a file.
func (in *interp) allInputs(name string, recv *Value, args *arguments) []*Value {
	if strings.HasPrefix(name, "file:") {
		return []*Value{in.ofInput(name, recv, args)}
	}
	return inputs(name, recv, args)
}

// inputs are the values that an input means, each by itself.
func inputs(name string, recv *Value, args *arguments) []*Value {
	from := -1
	if name == "*" {
		from = 0
	} else if n, ok := number(strings.TrimPrefix(name, "rest:")); ok && strings.HasPrefix(name, "rest:") {
		from = n
	}
	if from >= 0 {
		out := slices.Clone(args.list[min(from, len(args.list)):])
		for _, key := range slices.Sorted(maps.Keys(args.kw)) {
			out = append(out, args.kw[key])
		}
		return append(out, orNothing(args.rest))
	}
	if v := input(name, recv, args); v != nil {
		return []*Value{v}
	}
	return nil
}

// objects are taints that do harm as texts too.
func objects(taints []*Taint) []*Taint {
	out := slices.Clone(taints)
	for i, t := range out {
		u := *t
		u.object = true
		out[i] = &u
	}
	return out
}

// callName is how people call what a row is about: child_process.exec.
func callName(m *Model) string {
	if m.Package == "builtin" || strings.ContainsAny(m.Package, "/") && m.Member != "default" {
		return strings.ReplaceAll(m.Member, "**.", "")
	}
	if m.Member == "default" {
		return m.Package
	}
	member := "." + strings.ReplaceAll(m.Member, "**.", "")
	return m.Package + strings.TrimPrefix(member, ".default") // sequelize().query: the module itself is called
}

// wayOf is how a value came here: what happened to it, and the calls that led here since it came in.
func wayOf(t *Taint, sites []site) []Step {
	var steps []*step
	for s := t.step; s != nil; s = s.prev {
		steps = append(steps, s)
	}
	slices.Reverse(steps)
	if len(steps) == 0 {
		return nil
	}
	for _, c := range sites {
		known := c.time <= steps[0].time || c.file == nil
		for _, s := range steps {
			known = known || s.file == c.file && s.at == c.at
		}
		if !known {
			steps = append(steps, &step{file: c.file, at: c.at, note: "is given to " + c.name, time: c.time})
		}
	}
	slices.SortStableFunc(steps, func(a, b *step) int { return a.time - b.time })
	var out []Step
	for _, s := range steps {
		out = append(out, Step{s.file, s.at, s.note})
	}
	return out
}

// surestFirst are taints in the order in which they tell most: what an outsider sends now before what somebody stored.
func surestFirst(taints []*Taint) []*Taint {
	if len(taints) < 2 {
		return taints
	}
	out := slices.Clone(taints)
	slices.SortStableFunc(out, func(a, b *Taint) int { return a.doubt() - b.doubt() })
	return out
}

// doubt is less the more surely an outsider decides.
func (t *Taint) doubt() int {
	d := 0
	if t.Source != nil && t.Source.Stored {
		d += 2
		if t.Source.Own {
			d += 4
		}
	}
	if t.unsure {
		d++
	}
	return d
}

// sameAgain are rules for which one place is enough for what an outsider names: the file that is written and then read.
var sameAgain = map[string]bool{"path-traversal": true, "object-key": true, "user-controlled-target": true}

// needsObject are rules for which only more than a text does harm.
var needsObject = map[string]bool{"nosql": true, "prototype-pollution": true, "mass-assignment": true}

// onlyText are rules for which objects do no harm: they are shown as JSON.
var onlyText = map[string]bool{"log-injection": true, "html-response": true, "header-injection": true}

// containers are fields of what entries get that are objects and not texts.
var containers = set(`event req ctx headers queryStringParameters multiValueQueryStringParameters multiValueHeaders pathParameters requestContext stageVariables
	Records Sns s3 object dynamodb NewImage OldImage Keys kinesis messageAttributes detail request response query params cookies files identity arguments`)

// isObject reports whether an outsider's value is an object and no text.
func (t *Taint) isObject() bool {
	last := t.Path[strings.LastIndexByte(t.Path, '.')+1:]
	return containers[strings.TrimSuffix(last, "[]")] || t.object && (t.parsedWhole() || strings.HasSuffix(t.Path, "req.body") || strings.HasSuffix(t.Path, "payload") || strings.HasSuffix(t.Path, "json"))
}

// parsedWhole reports whether the taint is all of something that was parsed.
func (t *Taint) parsedWhole() bool { return t.Path == t.parsed }

// mostMore bounds the ways that are kept beside the first one to a sink.
const mostMore = 12

// ofHeader are paths of what came in a header of a request, ofAuthorization those of the one by which somebody signs in.
var (
	ofHeader        = regexp.MustCompile(`headers\.|(^|\.)(Get)?Header\.`)
	ofAuthorization = regexp.MustCompile(`(?i)(^|\.)(get)?headers?\.authorization$`)
)

// hit notes taints that reach a sink: the surest of them, and beside it the others, which say what else may come there.
func (in *interp) hit(f frame, at int32, rule, what string, taints []*Taint, unsure bool) {
	if in.st != nil {
		in.reveals(f, at, what, &Value{taints: taints}, usedInside)
		return
	}
	key := rule + "\x00" + f.file.Path + "\x00" + itoa(int(at))
	for _, t := range surestFirst(taints) {
		signed, own := in.signedBy(t.Path)
		if byHowMuch(rule) && !in.isWild(t, rule) {
			continue
		}
		if own || signed && rule == "jwt-unverified" || t.clean[rule] || needsObject[rule] && !t.object || onlyText[rule] && t.isObject() || (rule == "path-traversal" || rule == "ssrf") && strings.HasSuffix(t.Path, ".Body") ||
			rule == "mass-assignment" && t.Source != nil && t.Source.Stored && strings.HasPrefix(t.Path, storedItem) || // it is written back; who put it there is told of
			rule == "html-response" && ofAuthorization.MatchString(t.Path) || // nobody sends another's browser there with one
			rule == "header-injection" && ofHeader.MatchString(t.Path) { // what came in a header has no line breaks
			continue
		}
		if first := in.hitAt[key]; first != nil {
			first.also(t, in.sites, in.where(f))
			if t.doubt() < first.doubt {
				first.begins(t, in.sites)
				first.Unsure = unsure || t.unsure || signed
			}
			continue
		}
		again := rule + "\x00" + t.Path
		if rule == "jwt-unverified" { // what reads one token that is checked and another that is not
			key += t.Path
		}
		if rule != "user-controlled-target" { // to read and to write are two things
			again += "\x00" + what
		}
		if sameAgain[rule] && in.seen[again] {
			return
		}
		in.seen[again] = true
		if rule == "jwt-unverified" && in.catching > 0 { // also where the verification has failed
			in.failed = append(in.failed, f.file.Path+itoa(int(at)))
		}
		h := &Hit{Rule: rule, File: f.file, At: at, What: what, Unsure: unsure || t.unsure || signed}
		h.begins(t, in.sites)
		h.also(t, in.sites, in.where(f))
		in.hits = append(in.hits, h)
		if in.hitAt == nil {
			in.hitAt = map[string]*Hit{}
		}
		in.hitAt[key] = h
	}
}

// begins says where the way to a sink begins that is told.
func (h *Hit) begins(t *Taint, sites []site) {
	h.Path, h.Steps, h.doubt = t.Path, wayOf(t, sites), t.doubt()
	h.Stored, h.Own = t.Source != nil && t.Source.Stored, t.Source != nil && t.Source.Own
}

// hitOf notes taints that reach the sink of a row.
func (in *interp) hitOf(f frame, at int32, m *Model, what string, taints []*Taint, unsure bool) {
	before := len(in.hits)
	in.hit(f, at, m.Rule, what, taints, unsure)
	for _, h := range in.hits[before:] {
		h.Away = m.away
	}
}

// also notes another way to a sink.
func (h *Hit) also(t *Taint, sites []site, where []Fact) {
	if sameAgain[h.Rule] { // it stands for other places, where other things hold
		where = nil
	}
	for i, w := range h.Ways {
		if w.Taint.Path == t.Path && w.Taint.Source == t.Source {
			h.Ways[i].Where = common(w.Where, where)
			return
		}
	}
	if len(h.Ways) < mostMore {
		h.Ways = append(h.Ways, Way{t, where, slices.Clone(sites)})
	}
}

// Way is one of the ways to a sink.
type Way struct {
	Taint *Taint
	Where []Fact // what certainly holds there
	sites []site
}

// Steps are the stops of a way.
func (w Way) Steps() []Step { return wayOf(w.Taint, w.sites) }

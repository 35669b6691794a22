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
	ofName   bool     // rows about LDAP: what it gets is the name of an entry, and no filter
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
	natives natives                // what belongs to the languages themselves
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
	m := &Models{tables: map[ir.Language]*table{}, own: map[ir.Language]*table{}, effects: map[ir.Language]*table{}, natives: newNatives()}
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
	case r.Kind == effectKind && !slices.Contains([]Effect{Writes, Sends, Calls, Pays, Reads, Lists, Asks}, r.does):
		return "does is " + orElse(string(r.does), "missing") + ", want write, send, call, pay, read, list or ask"
	case r.Kind != sourceKind && r.Kind != secretKind && r.Kind != useKind && r.Kind != effectKind && row.Get("in").Kind == model.Absent:
		return "in is missing: which arguments count"
	}
	r.In, r.For = scalars(row.Get("in")), scalars(row.Get("for"))
	r.text, r.object, r.away, r.number = word("text") == "true", word("object") == "true", word("away") == "true", word("number") == "true"
	r.throws, r.refuses = word("throws") == "true", word("answer") == "false"
	r.before = versionIn(word("note"))
	if r.ofName = r.Rule == ldapName; r.ofName {
		r.Rule = "ldap"
	}
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
func (m *Model) applies(recv *Value, args *arguments) bool {
	for _, c := range m.when {
		if !c.met(m, recv, args) {
			return false
		}
	}
	return true
}

func (c condition) met(m *Model, recv *Value, args *arguments) bool {
	v := input(c.arg, recv, args)
	if strings.HasPrefix(c.arg, "rest:") && len(c.is) > 0 && c.is[0] == "absent" { // nothing else is given, by keyword neither
		for key := range sorted(args.kw) {
			if !slices.Contains(m.In, "kw:"+key) {
				return false
			}
		}
		from, _ := number(strings.TrimPrefix(c.arg, "rest:"))
		return len(args.list) <= from && args.rest == nil
	}
	if name, ok := strings.CutPrefix(c.arg, "recv."); ok && recv != nil && slices.Equal(c.is, []string{"absent"}) { // code has set it on the object, whatever to
		return recv.fields[name] == nil && recv.kw[name] == nil
	}
	if o := v.otherwise(); m.Kind == useKind && o != nil && !v.known {
		v = constant(o.text)
	}
	name := lastPart(v.ref)
	if v.isType && v.class != nil { // a subclass counts as its class
		name = lastPart(v.class.libraryBase(0))
	}
	if from, ok := number(strings.TrimPrefix(c.arg, "rest:")); ok && strings.HasPrefix(c.arg, "rest:") { // one of several that are given one by one
		v = &Value{ref: flagsTogether, args: args.list[min(from, len(args.list)):]}
	}
	if v.ref == flagsTogether {
		return v.hasFlag(c.is)
	}
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
		case "asked":
			if v.written == asAnswer && !v.known {
				return true
			}
		case "literal":
			if v.known {
				return true
			}
		case "string":
			if v != nothing && len(v.fields) == 0 && v.elem == nil && !slices.ContainsFunc(v.taints, func(t *Taint) bool { return t.object && !inQuery.MatchString(t.Path) }) {
				return true
			}
		}
		if name != "" && name == is || v.known && strings.EqualFold(v.text, is) {
			return true
		}
		if end, ok := strings.CutPrefix(is, "*"); ok && strings.HasSuffix(strings.ToLower(v.ending(0)), strings.ToLower(end)) {
			return true
		}
	}
	return false
}

// ending is what is known of how a text ends: of `aes-${bits}-ecb` that is "-ecb".
func (v *Value) ending(depth int) string {
	switch {
	case v == nil || depth > deepestJoin || len(v.alts)+len(v.either) > 0:
		return ""
	case v.known:
		return v.text
	case len(v.parts) > 0:
		return v.parts[len(v.parts)-1].ending(depth + 1)
	}
	return ""
}

// hasFlag reports whether one of some values is one of these by its name.
func (v *Value) hasFlag(names []string) bool {
	return slices.ContainsFunc(v.args, func(flag *Value) bool {
		return slices.Contains(names, lastPart(flag.ref)) || flag.ref == flagsTogether && flag.hasFlag(names)
	})
}

// inQuery are values of a query: whoever sends it decides whether one is a text.
var inQuery = regexp.MustCompile(`^(req|request|ctx)\.query\.\w+$`)

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
	} else if head == "recv" {
		v = recv
	}
	for path != "" && v != nil {
		var key string
		key, path, _ = strings.Cut(path, ".")
		if key == "*" { // one of what it was made with
			return &Value{ref: flagsTogether, args: v.args}
		}
		next := v.fields[key]
		if next == nil {
			next = v.kw[key]
		}
		if i, ok := number(key); ok && next == nil && head == "recv" && i < len(v.args) { // what it was made with, by its place
			next = v.args[i]
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

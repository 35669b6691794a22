package dataflow

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"wardlet.example/data/events"
	"wardlet.example/internal/ir"
	"wardlet.example/internal/lower"
)

// Programs in Go are packages: all files of a folder share their names, and each file has its imports for itself. What handlers are is known
// when main has been followed: what it gives to lambda.Start.

// goPackage is a folder of Go files that was loaded.
type goPackage struct {
	scope   *scope
	name    string
	files   []*module
	started *Value // what main gives to the runtime
}

// fileScope is where the imports of a file stand: below the names of its package.
func (g *goPackage) fileScope(m *module) *scope {
	return &scope{vars: map[string]*Value{}, parent: g.scope, module: m}
}

// loadGo loads the package of a file. Where several files of a folder have a main, each is a program with the files that have none.
func (p *Program) loadGo(in *interp, name string) *module {
	if p.packagesOfGo == nil {
		p.packagesOfGo = map[string]*goPackage{}
	}
	dir := path.Dir(name)
	if _, ok := p.packagesOfGo[dir]; ok {
		return p.modules[name]
	}
	p.packagesOfGo[dir] = &goPackage{}
	var files, mains []*ir.File
	for _, file := range p.readGo(dir) {
		if hasMain(file) {
			mains = append(mains, file)
		} else {
			files = append(files, file)
		}
	}
	if len(mains) < 2 {
		mains, files = nil, append(mains, files...)
		p.startGo(in, dir, files)
	}
	for _, main := range mains {
		p.startGo(in, dir, append([]*ir.File{main}, files...))
	}
	return p.modules[name]
}

// startGo makes a package of some files, and follows what happens before a handler is called.
func (p *Program) startGo(in *interp, dir string, files []*ir.File) {
	if len(files) == 0 {
		return
	}
	g := &goPackage{name: files[0].Package}
	p.packagesOfGo[dir] = g
	for _, file := range files {
		m := &module{file: file, exports: &Value{fields: map[string]*Value{}}, pkg: g}
		g.files = append(g.files, m)
	}
	g.scope = newScope(nil, g.files[0])
	for _, m := range g.files {
		m.scope = g.scope
		p.modules[m.file.Path] = m
		in.imports(m.file.Path)
		for _, other := range g.files {
			if other != m {
				m.imports = append(m.imports, other.file.Path)
			}
		}
	}
	p.runGo(in, g)
}

// readGo reads the files of the package in a folder.
func (p *Program) readGo(dir string) []*ir.File {
	var out []*ir.File
	for _, name := range p.goFiles(dir) {
		source := p.files.Read(name)
		if source == nil {
			continue
		}
		if generated(name, source) {
			p.Cut[name] = "it is generated"
			continue
		}
		file, err := p.trees.file(name, source)
		switch {
		case err != nil:
			p.Cut[name] = err.Error()
			continue
		case file == nil:
			continue
		}
		if file.Broken {
			p.Broken[name] = true
		}
		if file.Cut != "" {
			p.Cut[name] = file.Cut
		}
		if len(file.Body) == 0 || len(out) > 0 && file.Package != out[0].Package {
			continue
		}
		out = append(out, file)
	}
	return out
}

func hasMain(file *ir.File) bool {
	return file.Package == "main" && slices.ContainsFunc(file.Body, func(s *ir.Stmt) bool { return s.Kind == ir.Define && s.Fn.Name == "main" && s.Fn.Of == "" })
}

// goFiles are the Go files of a folder.
func (p *Program) goFiles(dir string) []string {
	var out []string
	for _, file := range p.files.Folder(dir) {
		if lower.LanguageOf(file) == ir.Go {
			out = append(out, file)
		}
	}
	slices.Sort(out)
	return out
}

// generatedMark is what tools write into the files that they make (go help generate).
var generatedMark = regexp.MustCompile(`(?m)^// Code generated .* DO NOT EDIT\.$`)

// generated reports whether a tool has made a file: nobody mends it there.
func generated(file string, source []byte) bool {
	return generatedMark.Match(source[:min(len(source), 2_000)]) && (strings.HasSuffix(file, ".pb.go") || len(source) > 50_000)
}

// runGo follows what happens before a handler is called: declarations, variables, init and main.
func (p *Program) runGo(in *interp, g *goPackage) {
	loader := &interp{p: p, overlay: map[*scope]map[string]*Value{}, over: map[*Value]map[string]*Value{}, sources: in.sources, seen: map[string]bool{}, starting: g}
	frames := make([]frame, len(g.files))
	each := func(follow func(f frame, s *ir.Stmt)) {
		for i, m := range g.files {
			loader.loading = m
			for _, s := range m.file.Body {
				follow(frames[i], s)
			}
		}
	}
	for i, m := range g.files {
		frames[i] = frame{g.fileScope(m), m.file}
	}
	each(func(f frame, s *ir.Stmt) {
		if s.Kind == ir.Import {
			p.importGo(loader, f, s)
		}
	})
	each(func(f frame, s *ir.Stmt) {
		if s.Kind == ir.Declare {
			g.scope.vars[s.Class.Name] = loader.goClass(f, s.Class)
		}
	})
	var begins []*closure
	each(func(f frame, s *ir.Stmt) {
		if s.Kind != ir.Define {
			return
		}
		c := &closure{fn: s.Fn, scope: f.s}
		switch kind := g.scope.vars[s.Fn.Of]; {
		case s.Fn.Of != "" && kind != nil && kind.class != nil:
			kind.class.methods[s.Fn.Name] = c
		case s.Fn.Of != "":
		case s.Fn.Name == "init":
			begins = append(begins, c)
		default:
			g.scope.vars[s.Fn.Name] = &Value{fns: []*closure{c}}
		}
	})
	for _, d := range g.inOrder(frames) {
		loader.loading = p.modules[d.f.file.Path]
		loader.statement(d.f, d.s)
		g.shareNames(d)
	}
	if main := g.scope.vars["main"]; main != nil && g.name == "main" {
		begins = append(begins, main.fns...)
	}
	for _, c := range begins {
		loader.loading = p.modules[c.fn.File.Path]
		loader.invoke(frame{c.scope, c.fn.File}, c, nil, &arguments{}, c.fn.Start)
	}
	first := g.files[0]
	first.hits, first.uses, first.sends, first.doubts = loader.hits, loader.uses, loader.sends, loader.doubts
	first.loaded = true
	if loader.cut {
		p.Cut[first.file.Path] = "it takes too many steps to follow"
	}
	seen := map[*Value]bool{}
	for _, v := range g.scope.vars {
		share(v, seen, 0)
	}
	if g.started != nil {
		share(g.started, seen, 0)
		for _, c := range g.started.fns {
			share(c.this, seen, 0)
		}
	}
}

// goPath is the path of a package as rows and values have it: without its version, and with nothing in it that parts of paths are told by.
func goPath(name string) string {
	parts := strings.Split(name, "/")
	parts = slices.DeleteFunc(parts, func(s string) bool { return majorVersion.MatchString(s) })
	return strings.ReplaceAll(strings.Join(parts, "/"), ".", "_")
}

var (
	majorVersion   = regexp.MustCompile(`^v[0-9]+$`)
	versionSuffix  = regexp.MustCompile(`[._]v[0-9]+$`)
	moduleLine     = regexp.MustCompile(`(?m)^module\s+"?([^\s"]+)"?`)
	replaceElement = regexp.MustCompile(`(?m)^\s*(?:replace\s+)?([^\s"]+)(?:\s+v\S+)?\s+=>\s+(\.\.?/\S*)`)
)

// importGo binds the name of a package.
func (p *Program) importGo(in *interp, f frame, s *ir.Stmt) {
	as := s.Names[0].As
	if as == "_" || as == "." {
		return
	}
	if dir, ok := p.goFolder(path.Dir(f.file.Path), s.Str); ok {
		if files := p.goFiles(dir); len(files) > 0 {
			p.loadGo(in, files[0])
			if g := p.packagesOfGo[dir]; g != nil && g.scope != nil {
				for _, m := range g.files {
					in.imports(m.file.Path)
				}
				f.s.vars[orElse(as, g.name)] = &Value{fields: g.scope.vars, shared: true}
				return
			}
		}
	}
	f.s.imported(s.Str)
	v := &Value{ref: goPath(s.Str)}
	if as != "" {
		f.s.vars[as] = v
		return
	}
	for _, name := range packageNames(s.Str) {
		if f.s.vars[name] == nil {
			f.s.vars[name] = v
		}
	}
}

// packageNames are the names that a package perhaps has, by its path.
func packageNames(name string) []string {
	parts := slices.DeleteFunc(strings.Split(name, "/"), func(s string) bool { return majorVersion.MatchString(s) })
	last := versionSuffix.ReplaceAllString(parts[len(parts)-1], "")
	out := []string{last}
	for _, other := range []string{strings.TrimPrefix(last, "go-"), strings.TrimSuffix(last, "-go"), strings.TrimSuffix(last, ".go"), strings.ReplaceAll(last, "-", ""), strings.ReplaceAll(last, "-", "_")} {
		if !slices.Contains(out, other) {
			out = append(out, other)
		}
	}
	if i := strings.LastIndexByte(last, '-'); i >= 0 {
		out = append(out, last[i+1:])
	}
	return out
}

// certainParts is from how many parts on a folder with the same path as one of the repository is that one, though go.mod has another name.
const certainParts = 3

// goFolder is the folder of the repository that an import means.
func (p *Program) goFolder(dir, name string) (string, bool) {
	for {
		if text := p.files.Read(path.Join(dir, "go.mod")); text != nil {
			m := moduleLine.FindSubmatch(text)
			if m == nil {
				return p.ownFolder(name, 1)
			}
			if rest, ok := below(name, string(m[1])); ok {
				return path.Join(dir, rest), true
			}
			for _, r := range replaceElement.FindAllSubmatch(text, -1) {
				if rest, ok := below(name, string(r[1])); ok {
					return path.Join(dir, string(r[2]), rest), true
				}
			}
			return p.ownFolder(name, certainParts)
		}
		if dir == "." || dir == "/" || dir == "" {
			return p.ownFolder(name, 1)
		}
		dir = path.Dir(dir)
	}
}

// ownFolder is the folder that an import means by the address of the repository, where no go.mod tells it: github.com/owner/repository/folder.
// It has at least so many parts.
func (p *Program) ownFolder(name string, parts int) (string, bool) {
	address := strings.SplitN(name, "/", 4)
	if len(address) < 4 || !strings.Contains(address[0], ".") || strings.Count(address[3], "/")+1 < parts {
		return "", false
	}
	return address[3], len(p.goFiles(address[3])) > 0
}

// below is the rest of a path below another one.
func below(name, root string) (string, bool) {
	if name == root {
		return "", true
	}
	return strings.CutPrefix(name, root+"/")
}

// goClass is a type of a package. Its methods are declared by themselves.
func (in *interp) goClass(f frame, def *ir.Class) *Value {
	cl := &class{def: def, scope: f.s, methods: map[string]*closure{}, static: &Value{fields: map[string]*Value{}}}
	return &Value{class: cl, isType: true, fields: map[string]*Value{}}
}

// declared is the type that a value of Go is declared with.
type declared struct {
	f frame
	t *ir.Expr
}

// kindOf is the type that an expression names: a class of the program, or a library's; types that stand for others are followed.
func (in *interp) kindOf(f frame, t *ir.Expr) *Value {
	for range maxFollowed {
		if t == nil {
			return nothing
		}
		var kind *Value
		switch t.Kind {
		case ir.Name, ir.Member:
			kind = in.quiet(f, t)
		case ir.ClassOf:
			return in.goClass(f, t.Class)
		default:
			return nothing
		}
		if kind.class == nil || kind.class.def.Under == nil {
			return kind
		}
		f, t = frame{kind.class.scope, kind.class.file(f)}, kind.class.def.Under
	}
	return nothing
}

// maxFollowed bounds how many types stand for others, one after the other.
const maxFollowed = 6

// file is the file of a class, or the one at hand.
func (c *class) file(f frame) *ir.File {
	if c.scope != nil && c.scope.module != nil {
		return c.scope.module.file
	}
	return f.file
}

// under is a type with those followed that it stands for, and the frame in which it is written.
func (in *interp) under(f frame, t *ir.Expr) (frame, *ir.Expr) {
	for range maxFollowed {
		if t == nil || t.Kind != ir.Name && t.Kind != ir.Member {
			return f, t
		}
		kind := in.quiet(f, t)
		if kind.class == nil || kind.class.def.Under == nil {
			return f, t
		}
		f, t = frame{kind.class.scope, kind.class.file(f)}, kind.class.def.Under
	}
	return f, t
}

// eventTypes is the package of the events of the platform.
const eventTypes = "github_com/aws/aws-lambda-go/events."

// structOf is a literal of Go: a struct or a map.
func (in *interp) structOf(f frame, e *ir.Expr) *Value {
	v := &Value{fields: map[string]*Value{}, born: in.branch}
	_, t := in.under(f, e.X)
	v.kind = &declared{f, e.X}
	v.isDict = t == nil || t.Kind == ir.Object
	kind := in.kindOf(f, e.X)
	event, isEvent := strings.CutPrefix(kind.ref, eventTypes)
	switch {
	case kind.class != nil && kind.isType:
		v.class = kind.class
		in.beginFields(v, 0)
	case isEvent:
		v.ref = kind.ref + "()"
	case isAWS(kind.ref): // what is not written is not there
		v.isDict = true
	case kind.ref != "" && !strings.HasPrefix(kind.ref, "builtin."):
		v.ref = kind.ref + "()"
	}
	for i, x := range e.List {
		key := e.Keys[i]
		if key == "" && x.Kind == ir.Unknown && len(x.List) == 2 { // a computed key
			name, val := in.eval(f, x.List[0]), in.eval(f, x.List[1])
			if name.known && len(v.fields) < maxFields {
				v.fields[name.text] = val
				continue
			}
			v.named, v.elem = join(v.named, name), join(v.elem, val)
			continue
		}
		if key == "" && v.class != nil && i < len(v.class.def.Fields) {
			key = v.class.def.Fields[i].Name
		}
		if isEvent {
			key, _ = eventField(event, key)
		}
		if len(v.fields) < maxFields {
			v.fields[key] = in.forName(key, func() *Value { return in.eval(f, x) })
			in.predictable(f, key, x, v.fields[key])
		}
	}
	in.trusts(f, e, v)
	if kind := lastPart(textOf(orUnknown(e.X))); strings.HasPrefix(kind, "AttributeValueMember") && v.fields["Value"] != nil { // &types.AttributeValueMemberS{Value: id}
		return &Value{fields: map[string]*Value{strings.TrimPrefix(kind, "AttributeValueMember"): v.fields["Value"]}, isDict: true}
	}
	in.echoesOrigin(f, v, e.At)
	in.graphQLField(f, v, e.At)
	in.gqlgen(f, e, v)
	if in.answers == "lambda" && isEvent && v.fields["statusCode"] != nil {
		in.respond(f, v, e.At)
	}
	return v
}

func orUnknown(e *ir.Expr) *ir.Expr {
	if e == nil {
		return &ir.Expr{Kind: ir.Unknown}
	}
	return e
}

// beginFields gives a struct the structs that are its fields, which are there from the start.
func (in *interp) beginFields(v *Value, depth int) {
	c := v.class
	if depth > 3 || c == nil {
		return
	}
	f := frame{c.scope, c.file(frame{})}
	for _, field := range c.def.Fields {
		if field.Type == nil || v.fields[field.Name] != nil {
			continue
		}
		kind := in.kindOf(f, field.Type)
		switch {
		case kind.class != nil && kind.isType:
			x := &Value{class: kind.class, fields: map[string]*Value{}, born: in.branch, kind: &declared{f, field.Type}}
			in.beginFields(x, depth+1)
			v.fields[field.Name] = x
		case field.Type.Kind == ir.Object || field.Type.Kind == ir.Array:
			v.fields[field.Name] = &Value{fields: map[string]*Value{}, born: in.branch, kind: &declared{f, field.Type}}
		}
	}
}

// goField is a field of a value of Go, where the language has its own way to it; nil for others.
func (in *interp) goField(f frame, v *Value, key string, at int32) *Value {
	if event, ok := strings.CutPrefix(v.ref, eventTypes); ok {
		if v.isNamespace() {
			return nil
		}
		name, t := eventField(strings.TrimSuffix(event, "()"), key)
		if x, ok := v.fields[name]; ok {
			return x
		}
		if len(v.taints) == 0 {
			return &Value{}
		}
		return in.eventPart(v, name, t)
	}
	if v.ref == "github_com/gin-gonic/gin.Context()" && v.fields[key] == nil {
		switch key {
		case "Request":
			return in.goRequestOf(f, at)
		case "Writer":
			return &Value{ref: responseWriter}
		}
	}
	if d := dialer(v, key); d != nil {
		return d
	}
	c := v.class
	if c == nil && v.kind != nil && v.fields[key] == nil {
		return in.methodOfKind(v, key)
	}
	if c == nil || v.isType {
		return nil
	}
	if _, ok := v.fields[key]; ok || in.over[v][key] != nil || c.method(key, 0) != nil {
		return nil
	}
	g := frame{c.scope, c.file(f)}
	for _, field := range c.def.Fields {
		if field.Name != key {
			continue
		}
		if len(v.taints) > 0 {
			return in.goTyped(g, &Value{taints: in.parts(v.taints, orElse(field.JSON, key))}, field.Type, at, 0)
		}
		x := in.unset(g, field.Type)
		if fills[x.ref] && !v.shared && v.fields != nil && len(v.fields) < maxFields {
			v.fields[key] = x
		}
		return x
	}
	for _, field := range c.def.Fields { // of what it holds without a name
		if !field.Embedded {
			continue
		}
		inner := in.member(f, v, field.Name, at)
		if x := in.member(f, inner, key, at); !x.empty() {
			return x
		}
	}
	return nil
}

// unset reports whether a value is that of a variable of Go to which nothing was given yet.
func (v *Value) unset() bool {
	return v != nil && v.kind != nil && len(v.fields)+len(v.taints)+len(v.fns) == 0 && v.elem == nil && v.ref == "" && !v.known
}

// methodOfKind is a method of a type that is no struct: type state int, func (s state) String() string. Nil where it has none.
func (in *interp) methodOfKind(v *Value, key string) *Value {
	if v.kind.t == nil || v.kind.t.Kind != ir.Name && v.kind.t.Kind != ir.Member {
		return nil
	}
	kind := in.quiet(v.kind.f, v.kind.t)
	if kind.class == nil {
		return nil
	}
	m := kind.class.method(key, 0)
	if m == nil {
		return nil
	}
	return &Value{fns: []*closure{{fn: m.fn, scope: m.scope, this: v}}}
}

// asKind is a value as one of a type of the program that is no struct: it has the methods of the type.
func (in *interp) asKind(f frame, t *ir.Expr, x *Value) *Value {
	if x == nil || x.class != nil || t == nil || t.Kind != ir.Name && t.Kind != ir.Member {
		return x
	}
	kind := in.quiet(f, t)
	if kind.class == nil || kind.class.def.Under == nil || len(kind.class.methods) == 0 {
		return x
	}
	c := *x
	c.kind = &declared{f, t}
	return &c
}

// isNamespace reports whether a value is a package.
func (v *Value) isNamespace() bool {
	return v.ref != "" && !strings.HasSuffix(v.ref, ")") && !strings.Contains(v.ref, "()") && len(v.taints) == 0 && !strings.Contains(lastPath(v.ref), ".")
}

func lastPath(ref string) string { return ref[strings.LastIndexByte(ref, '/')+1:] }

// fills are types that are ready to be written to as they are, and keep what was written.
var fills = set("strings.Builder() bytes.Buffer()")

// unset is a variable or field that nothing is known to have set: what its type is of a library.
func (in *interp) unset(f frame, t *ir.Expr) *Value {
	kind := in.kindOf(f, t)
	if kind.ref != "" && !strings.HasPrefix(kind.ref, "builtin.") && !strings.HasSuffix(kind.ref, ")") {
		return &Value{ref: kind.ref + "()"}
	}
	return &Value{}
}

// eventPart is a part of an event of the platform, of a type of the events package.
func (in *interp) eventPart(v *Value, name, t string) *Value {
	part := in.parts(v.taints, name)
	switch list, isList := strings.CutPrefix(t, "[]"); {
	case isList:
		one := &Value{taints: in.partsOf(part, "0")}
		if eventStructs()[list] != nil {
			one.ref = eventTypes + list + "()"
		}
		return &Value{elem: one}
	case eventStructs()[t] != nil:
		out := &Value{taints: part, ref: eventTypes + t + "()"}
		if slices.ContainsFunc(v.taints, func(t *Taint) bool { return ofBucket(t.Path + "." + name) }) {
			out.fields = map[string]*Value{"name": {ref: eventBucket + ".name", taints: in.parts(part, "name")}}
		}
		return out
	case harmlessGo[t]:
		return checked(&Value{taints: part})
	}
	return &Value{taints: part}
}

func (in *interp) partsOf(taints []*Taint, key string) []*Taint { return in.parts(taints, key) }

// harmlessGo are types of which no value does harm.
var harmlessGo = set(`bool int int8 int16 int32 int64 uint uint8 uint16 uint32 uint64 float32 float64 byte rune uintptr time.Time Time Duration time.Duration UUID
	MilliSecondsEpochTime SecondsEpochTime RFC3339EpochTime`)

// signedGo are types of numbers that can be less than nothing.
var signedGo = set("int int8 int16 int32 int64 float32 float64")

// goTyped is a value that was decoded into a type.
func (in *interp) goTyped(f frame, x *Value, t *ir.Expr, at int32, depth int) *Value {
	if x == nil || t == nil || depth > deepestType {
		return x
	}
	g, u := in.under(f, t)
	return in.asKind(f, t, in.goTypedAs(g, x, u, at, depth))
}

// goTypedAs is goTyped for a type that stands for no other.
func (in *interp) goTypedAs(f frame, x *Value, t *ir.Expr, at int32, depth int) *Value {
	switch t.Kind {
	case ir.Name, ir.Member:
		name := lastPart(textOf(t))
		kind := in.quiet(f, t)
		switch {
		case kind.class != nil && kind.isType:
			return in.goStruct(kind.class, x, at, depth)
		case t.Kind == ir.Name && name == "string":
			return cleanedBy(x, textOnly)
		case harmlessGo[name] && (t.Kind == ir.Name || kind.ref == "time.Time" || kind.ref == "time.Duration" || strings.HasSuffix(kind.ref, "/uuid.UUID")):
			v := checked(x)
			if t.Kind == ir.Name {
				v.safe = onlyTyped(v.safe)
			}
			if signedGo[name] && t.Kind == ir.Name { // as much as whoever sent it says, also less than nothing
				v.numbers = onlyTyped(amounts(x))
			}
			return v
		case strings.HasPrefix(kind.ref, eventTypes):
			c := *x
			c.ref = kind.ref + "()"
			return &c
		}
	case ir.ClassOf:
		return in.goStruct(in.goClass(f, t.Class).class, x, at, depth)
	case ir.Array:
		if element := t.List[0]; element.Kind == ir.Name && (element.Str == "byte" || element.Str == "uint8") {
			return x
		}
		return &Value{elem: in.goTyped(f, in.elements(x), t.List[0], at, depth+1), kind: &declared{f, t}}
	case ir.Object:
		if t.Y.Kind == ir.Name && harmlessGo[t.Y.Str] {
			return &Value{named: &Value{taints: x.taints}, kind: &declared{f, t}}
		}
		c := *x
		c.kind = &declared{f, t}
		if t.Y.Kind == ir.Name && t.Y.Str == "string" {
			c.taints = cleanedBy(&Value{taints: x.taints}, []string{"nosql"}).taints
		}
		return &c
	}
	return x
}

// onlyTyped are taints of what a decoder has read into a simple type: no more is known of it.
func onlyTyped(taints []*Taint) []*Taint {
	out := slices.Clone(taints)
	for i, t := range out {
		u := *t
		u.typed = true
		out[i] = &u
	}
	return out
}

// goStruct is a struct that was decoded: it has the fields that its type has, of their types.
func (in *interp) goStruct(c *class, x *Value, at int32, depth int) *Value {
	if x.class == c && !x.isType {
		return x
	}
	v := &Value{class: c, fields: map[string]*Value{}, born: in.branch}
	f := frame{c.scope, c.file(frame{})}
	for _, field := range c.def.Fields {
		switch {
		case field.JSON == "-":
		case field.Embedded && field.JSON == "":
			v.fields[field.Name] = in.goTyped(f, x, field.Type, at, depth+1)
		default:
			part := in.member(f, plainOf(x), in.fieldIn(x, field), at)
			v.fields[field.Name] = in.goTyped(f, part, field.Type, at, depth+1)
		}
	}
	return v
}

// plainOf is what was decoded as a value of no type.
func plainOf(x *Value) *Value {
	if x.ref == "" && x.class == nil {
		return x
	}
	c := *x
	c.ref, c.class = "", nil
	return &c
}

// fieldIn is the name by which a field stands in what is decoded: letters count the same, small and large.
func (in *interp) fieldIn(x *Value, field ir.Field) string {
	name := orElse(field.JSON, field.Name)
	if _, ok := x.fields[name]; ok || field.JSON != "" {
		return name
	}
	for k := range sorted(x.fields) {
		if strings.EqualFold(k, name) {
			return k
		}
	}
	if len(x.taints) > 0 {
		return smallName(name)
	}
	return name
}

// smallName is a name as other languages write it: id for ID, userId for UserID.
func smallName(name string) string {
	begin := strings.IndexFunc(name, func(r rune) bool { return r < 'A' || r > 'Z' })
	switch {
	case begin < 0:
		return strings.ToLower(name)
	case begin > 1: // URLPath
		begin--
	}
	return strings.ToLower(name[:begin]) + name[begin:]
}

// goJSON is a value as it is written in JSON: with the names that the tags of its fields say.
func goJSON(v *Value, depth int) *Value {
	if v == nil || depth > deepestType || v.known {
		return v
	}
	if v.class == nil && len(v.fields) == 0 && v.elem == nil {
		return v
	}
	if v.class != nil && v.class.methods["MarshalJSON"] != nil { // how it is written is its own matter
		v = hidden(v)
	}
	c := *v
	c.class, c.kind = nil, nil
	c.elem = goJSON(v.elem, depth+1)
	if v.fields != nil {
		c.fields = map[string]*Value{}
	}
	names := map[string]ir.Field{}
	if v.class != nil {
		c.isDict = true
		for _, field := range v.class.def.Fields {
			names[field.Name] = field
		}
	}
	for k, x := range sorted(v.fields) {
		field := names[k]
		inner := goJSON(x, depth+1)
		switch {
		case field.JSON == "-":
		case field.Embedded && field.JSON == "" && inner != nil:
			for name, y := range sorted(inner.fields) {
				c.fields[name] = y
			}
		default:
			c.fields[orElse(field.JSON, k)] = inner
		}
	}
	return &c
}

// decoders are functions that fill a variable: where their source stands, and the variable. A source of -1 is the receiver.
var decoders = map[string][2]int{
	"encoding/json.Unmarshal": {0, 1}, "encoding/json.NewDecoder().Decode": {-1, 0}, "encoding/xml.Unmarshal": {0, 1}, "encoding/xml.NewDecoder().Decode": {-1, 0},
	"encoding/gob.NewDecoder().Decode": {-1, 0},
	"gopkg_in/yaml_v3.Unmarshal":       {0, 1}, "gopkg_in/yaml_v2.Unmarshal": {0, 1}, "github_com/goccy/go-json.Unmarshal": {0, 1}, "github_com/json-iterator/go.Unmarshal": {0, 1},
	"github_com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue.UnmarshalMap":        {0, 1},
	"github_com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue.UnmarshalListOfMaps": {0, 1},
	"github_com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue.Unmarshal":           {0, 1},
	"github_com/aws/aws-sdk-go/service/dynamodb/dynamodbattribute.UnmarshalMap":        {0, 1},
	"github_com/aws/aws-sdk-go/service/dynamodb/dynamodbattribute.UnmarshalListOfMaps": {0, 1},
	"github_com/aws/aws-sdk-go/service/dynamodb/dynamodbattribute.Unmarshal":           {0, 1},
	"github_com/mitchellh/mapstructure.Decode":                                         {0, 1},
	"github_com/gin-gonic/gin.Context().ShouldBindJSON":                                {-1, 0}, "github_com/gin-gonic/gin.Context().BindJSON": {-1, 0}, "github_com/gin-gonic/gin.Context().Bind": {-1, 0},
	"github_com/gin-gonic/gin.Context().ShouldBind": {-1, 0}, "github_com/gin-gonic/gin.Context().ShouldBindQuery": {-1, 0}, "github_com/gin-gonic/gin.Context().ShouldBindUri": {-1, 0},
	"github_com/labstack/echo.Context().Bind": {-1, 0}, "github_com/gofiber/fiber.Ctx().BodyParser": {-1, 0}, "github_com/gofiber/fiber.Ctx().QueryParser": {-1, 0},
	"github_com/go-chi/render.DecodeJSON": {0, 1},
}

// fromEnvironment are functions that fill a struct from the environment, and where that stands.
var fromEnvironment = map[string]int{
	"github_com/caarlos0/env.Parse": 0, "github_com/caarlos0/env.ParseWithOptions": 0, "github_com/kelseyhightower/envconfig.Process": 1,
	"github_com/kelseyhightower/envconfig.MustProcess": 1, "github_com/sethvargo/go-envconfig.Process": 1, "github_com/ilyakaznacheev/cleanenv.ReadEnv": 0,
	"github_com/Netflix/go-env.UnmarshalFromEnviron": 0,
}

// goBase is the path of a function without what package paths have for their version at the end.
func goBase(ref string) string {
	pkg, name := cutLast(ref)
	return versionSuffix.ReplaceAllString(pkg, "") + "." + name
}

// settings fills the fields of a struct that say from which setting.
func (in *interp) settings(x *Value, depth int) {
	if x.class == nil || depth > 3 {
		return
	}
	for _, field := range x.class.def.Fields {
		if inner := x.fields[field.Name]; inner != nil && inner.class != nil {
			in.settings(inner, depth+1)
		} else if field.Env != "" && len(x.fields) < maxFields {
			x.fields[field.Name] = &Value{ref: settingMark + field.Env}
		}
	}
}

// marshals are functions that write a value as a text.
var marshals = set("encoding/json.Marshal encoding/json.MarshalIndent github_com/goccy/go-json.Marshal github_com/json-iterator/go.Marshal")

// sameValue are functions that give what they get, in another type.
var sameValue = set(`	bytes.NewBufferString bytes.NewBuffer bytes.NewReader strings.NewReader io.NopCloser bufio.NewReader bufio.NewScanner io.ReadAll ioutil.ReadAll io/ioutil.ReadAll
	errors.Unwrap encoding/json.NewDecoder encoding/xml.NewDecoder encoding/gob.NewDecoder encoding/json.RawMessage github_com/aws/smithy-go/ptr.String`)

// awsTypes are the packages of the SDKs of AWS, and of Stripe, that make pointers of values and values of pointers, and of which the functions do nothing else.
var awsTypes = []string{"github_com/aws/aws-sdk-go-v2/aws.", "github_com/aws/aws-sdk-go/aws.", "github_com/stripe/stripe-go."}

// inOtherType reports whether a function gives what it gets, in another type: aws.StringSlice, attributevalue.MarshalList.
func inOtherType(ref string) bool {
	if sameValue[ref] {
		return true
	}
	pkg, name := cutLast(ref)
	for _, p := range awsTypes {
		if name, ok := strings.CutPrefix(ref, p); ok {
			name = strings.TrimPrefix(name, "To")
			return strings.HasPrefix(name, "String") || strings.HasPrefix(name, "Int") || strings.HasPrefix(name, "Bool") || strings.HasPrefix(name, "Float")
		}
	}
	return (strings.HasSuffix(pkg, "/attributevalue") || strings.HasSuffix(pkg, "/dynamodbattribute")) && strings.HasPrefix(name, "Marshal")
}

// watchers are packages that watch clients and sessions: what they are given comes back, and they call nothing themselves.
var watchers = []string{"github_com/aws/aws-xray-sdk-go/", "/instrumentation/github_com/aws/aws-sdk-go", "/dd-trace-go", "github_com/newrelic/go-agent/"}

// isStandard reports whether a function is of the standard library, which calls no service: the addresses of all others begin with a host.
func isStandard(ref string) bool {
	host, _, _ := strings.Cut(ref, "/")
	return !strings.Contains(host, "_") && !strings.HasPrefix(ref, "reflect.")
}

func watches(ref string) bool {
	return slices.ContainsFunc(watchers, func(w string) bool { return strings.Contains(ref, w) })
}

// formats are functions that put a text together by a format, and where that stands.
var formats = map[string]int{"fmt.Sprintf": 0, "fmt.Errorf": 0, "github_com/pkg/errors.Errorf": 0, "github_com/pkg/errors.Wrapf": 1}

// splits are functions that take a text apart where another one stands in it.
var splits = set("strings.Split strings.SplitN strings.Cut bytes.Split bytes.SplitN bytes.Cut")

// oneHole is a format that writes one value and nothing else.
var oneHole = regexp.MustCompile(`^%[-+ 0-9.]*[dvsfg]$`)

// fieldsOfLogs are functions that make a field of a line of a log of a value of any kind, which is written as JSON.
var fieldsOfLogs = set("log/slog.Any go_uber_org/zap.Any go_uber_org/zap.Reflect go_uber_org/zap.Object go_uber_org/zap.Array")

// readers are functions that read what they get as it is, and where that stands.
var readers = map[string]int{"net/http.MaxBytesReader": 1, "io.LimitReader": 0, "io.TeeReader": 0, "bufio.NewReaderSize": 0}

// inQueries are the rules for which a text that is written into a query is harmless.
var inQueries = []string{"ssrf", "open-redirect", "path-traversal", "html-response", "header-injection", "log-injection", "object-key"}

// goNative are the parts of Go and its standard library that rows can't tell of.
func (in *interp) goNative(f frame, e *ir.Expr, recv, callee *Value, args *arguments) (*Value, bool) {
	ref := callee.ref
	in.readsRecord(f, e, ref, args)
	in.savesWhole(f, e, ref, args)
	if v := in.collected(f, e, ref, args); v != nil {
		return v, true
	}
	if byTags.MatchString(ref) {
		in.checkedByTags(args.get(len(args.list)-1), false, 0)
	}
	if at, ok := decoders[ref]; ok {
		in.decode(f, e, at, recv, args)
		return &Value{}, true
	}
	if at, ok := formats[ref]; ok {
		values := args.list[min(at+1, len(args.list)):]
		if args.rest != nil {
			values = append(slices.Clone(values), args.rest)
		}
		out := in.formatted(f, args.get(at), "%", values, nil, e.At)
		out = wrapped(args.get(at), out, values)
		if len(values) == 1 && oneHole.MatchString(args.get(at).text) {
			out.numbers = values[0].numbers
		}
		return out, true
	}
	if ref == "fmt.Sprint" && len(args.list) == 1 && len(args.get(0).numbers) > 0 {
		return args.get(0), true
	}
	if v := args.get(1); fieldsOfLogs[ref] && (v.class == nil || !v.class.tellsItself()) {
		return goJSON(v, 0), true
	} else if fieldsOfLogs[ref] {
		return v, true
	}
	if splits[ref] && args.get(1).known && args.get(1).text == "." && len(args.get(0).taints) > 0 {
		out := in.sections(f, args.get(0), e.At)
		out.ref = ref + "()"
		return out, true
	}
	if ref == "strings.Join" {
		if out := in.joinedList(f, args.get(0), args.get(1), e.At); out != nil {
			return out, true
		}
	}
	if at, ok := fromEnvironment[goBase(ref)]; ok {
		if x := args.get(at); x.class != nil && !x.isType {
			in.settings(x, 0)
		}
		return &Value{}, true
	}
	if marshals[ref] {
		written := goJSON(args.get(0), 0)
		taints := written.asJSON()
		for i, t := range taints {
			u := t.cleaned([]string{"log-injection", "header-injection"})
			if u.isObject() && !u.unsure {
				u.Path += " as JSON"
			}
			taints[i] = u
		}
		return &Value{taints: in.stepped(f, taints, e.At, "is written as JSON"), json: written}, true
	}
	if at, ok := readers[ref]; ok {
		return args.get(at), true
	}
	if watches(ref) && len(args.list) > 0 {
		return args.get(0), true
	}
	if inOtherType(ref) {
		v := args.get(0)
		if strings.HasPrefix(ref, "bytes.NewBuffer") { // what is written to it joins what it begins with
			return &Value{ref: "bytes.Buffer()", taints: v.all(), prefix: v.text + v.prefix, json: v.json}, true
		}
		if strings.HasSuffix(ref, "NewDecoder") {
			return &Value{ref: ref + "()", taints: v.all(), json: v.json}, true
		}
		if _, name := cutLast(ref); strings.HasPrefix(name, "Marshal") {
			v = goJSON(v, 0)
		}
		return v, true
	}
	if v := in.goQuery(f, e, recv, ref, args); v != nil {
		return v, true
	}
	switch ref {
	case "encoding/gob.Register", "encoding/gob.RegisterName":
		in.p.registered = true
		return &Value{}, true
	case "builtin.append":
		out := *args.get(0)
		out.shared, out.known = false, false
		out.fields = mapsClone(out.fields)
		for _, v := range args.list[min(1, len(args.list)):] {
			out.add(v, []*Value{v})
		}
		if args.rest != nil {
			out.add(args.rest, nil)
		}
		return &out, true
	case "builtin.len", "builtin.cap", "builtin.delete", "builtin.close", "builtin.print", "builtin.println", "builtin.recover", "builtin.clear":
		return &Value{}, true
	case "builtin.panic":
		in.thrown = join(in.thrown, args.get(0))
		return nothing, true
	case "builtin.copy":
		if to := args.get(0); to != nothing && !to.shared {
			to.taints = addTaints(to.taints, args.get(1).all())
		}
		return &Value{}, true
	case "builtin.min", "builtin.max":
		return &Value{}, true
	case "io.Copy", "io.CopyN", "io.CopyBuffer":
		in.copies(args.get(0), args.get(1))
		return &Value{}, true
	}
	if e.X.Kind == ir.Member && e.X.Str == "FileInfo" && len(args.list) == 0 && recv != nil && len(recv.taints) > 0 { // its name has no folders
		return &Value{taints: cleanedBy(recv, []string{"path-traversal"}).taints}, true
	}
	if strings.HasPrefix(ref, "builtin.") && harmlessGo[strings.TrimPrefix(ref, "builtin.")] { // int64(x)
		v := checked(args.get(0))
		v.numbers = args.get(0).numbers
		return v, true
	}
	if strings.HasPrefix(ref, lambdaRuntime) && in.starting != nil {
		in.started(f, ref, args)
		return nothing, true
	}
	if v, ok := in.goServer(f, e, recv, ref, args); ok {
		return v, true
	}
	return nil, false
}

// copies lets what is read be in what it is written to: a text in memory, or a file, which is perhaps opened later.
func (in *interp) copies(to, from *Value) {
	switch {
	case fills[to.ref] && !to.shared:
		to.taints = addTaints(to.taints, from.all())
	case to.ref == "os.Create()" || to.ref == "os.CreateTemp()" || to.ref == "os.OpenFile()":
		in.downloaded = addTaints(in.downloaded, from.all())
	}
}

// lambdaRuntime is the package that gives handlers to the platform.
const lambdaRuntime = "github_com/aws/aws-lambda-go/lambda."

// started notes what main gives to the runtime.
func (in *interp) started(f frame, ref string, args *arguments) {
	v := args.get(0)
	if strings.HasSuffix(ref, "WithContext") {
		v = args.get(1)
	}
	if v.class != nil && len(v.fns) == 0 { // its method Invoke
		v = in.member(f, v, "Invoke", 0)
	}
	in.starting.started = join(in.starting.started, v)
}

// decode fills a variable with what is decoded.
func (in *interp) decode(f frame, e *ir.Expr, at [2]int, recv *Value, args *arguments) {
	source := orNothing(recv)
	if at[0] >= 0 {
		source = args.get(at[0])
	} else if len(source.taints) == 0 && source.json == nil && source.ref != "" { // of a request
		source = in.ofRequest(f, e.At)
	}
	if at[1] >= len(e.List) {
		return
	}
	if strings.Contains(textOf(e.X), "Unmarshal") && (len(source.fields) > 0 || source.elem != nil) && source.json == nil { // an item: it is no text
		in.fill(f, e.List[at[1]], args.get(at[1]), source, e.At)
		in.holdStored(in.quiet(f, e.List[at[1]]), source, e.At)
		return
	}
	in.decodesOutside(f, e, source)
	in.choosesTypes(f, e, recv, source)
	x := in.parsed(f, e, source)
	args.get(at[1]).readsOver(f, source, e.At)
	in.fill(f, e.List[at[1]], args.get(at[1]), x, e.At)
	in.holdStored(in.quiet(f, e.List[at[1]]), source, e.At)
	if recv != nil && strings.HasPrefix(recv.ref, "github_com/gin-gonic/gin.") {
		in.checkedByTags(args.get(at[1]), true, 0)
	}
}

// choosesTypes tells of gob that an outsider wrote, in a program that has registered types for interfaces: who writes it says of which of them
// the values are whose methods are called.
func (in *interp) choosesTypes(f frame, e *ir.Expr, recv, source *Value) {
	if recv != nil && recv.ref == "encoding/gob.NewDecoder()" && in.p.registered {
		in.hit(f, e.At, "deserialization", "gob.Decoder.Decode", source.taints, true)
	}
}

// decodesOutside notes a call that reads what an outsider sent into a variable.
func (in *interp) decodesOutside(f frame, e *ir.Expr, source *Value) {
	if len(source.taints) > 0 && in.st == nil && in.proving == 0 && !slices.ContainsFunc(in.decoded, func(c Called) bool { return c.File == f.file && c.At == e.At }) {
		in.decoded = append(in.decoded, Called{Ref: textOf(e.X), File: f.file, At: e.At, Expr: e})
	}
}

// bounding are parts of tags that say how much a field may be, or which of some it is.
var bounding = regexp.MustCompile(`(^|[,|])(min|max|gte?|lte?|len|oneof|eq|eq_ignore_case|[a-z]*field)=`)

// byTags are the methods of validators that check a struct by its tags.
var byTags = regexp.MustCompile(`^github_com/go-playground/validator\..*\.Struct(Ctx)?$|^github_com/labstack/echo\.Context\(\)\.Validate$`)

// ofForm are parts of tags that say which form a text has.
var ofForm = regexp.MustCompile(`(^|[,|])(email|e164|uuid\w*|ulid|url|uri|http_url|ip\w*|datetime|iso\w*|bcp47\w*|postcode\w*|credit_card|mongodb|numeric|number|boolean|hex\w*|base64\w*|jwt|cron|fqdn|hostname\w*)($|[,|=])`)

// checkedByTags notes what Gin, or a validator, asks of the fields of a struct while it reads a request, by their tags. Gin reads those of its
// own, unless the program has put another validator into it.
func (in *interp) checkedByTags(v *Value, byGin bool, depth int) {
	if v == nil || v.class == nil || depth > deepestType || in.st != nil {
		return
	}
	for _, field := range v.class.def.Fields {
		x := v.fields[field.Name]
		if x == nil {
			continue
		}
		checks := field.Checks
		if byGin && !in.p.ownBinding {
			checks = field.Binds
		} else if checks == "" {
			checks = field.Binds // of a validator that was told to read these
		}
		in.checkedByTag(x, field.Type, checks)
		in.checkedByTags(x, byGin, depth+1)
		in.checkedByTags(x.elem, byGin, depth+1)
	}
}

// checkedByTag notes what the tag of a field asks of it.
func (in *interp) checkedByTag(x *Value, kind *ir.Expr, checks string) {
	if checks != "" {
		mark(&in.looked.asked, x.all(), x.allNumbers(0))
	}
	switch {
	case bounding.MatchString(checks):
		mark(&in.looked.bounds, x.taints, x.allNumbers(0))
		in.limited(x.taints)
	case ofForm.MatchString(checks):
		in.limited(x.taints)
	case checks != "" && kind != nil && kind.Kind == ir.Name && kind.Str == "string":
		mark(&in.looked.texts, x.taints)
	}
}

// fill sets a variable, or what a pointer leads to, to a value that it is declared to hold.
func (in *interp) fill(f frame, target *ir.Expr, now, x *Value, at int32) {
	kind := now.kind
	if now.class != nil && !now.isType {
		x = in.goStruct(now.class, x, at, 0)
	} else if kind != nil {
		x = in.goTyped(kind.f, x, kind.t, at, 0)
	}
	if now == nothing || now.shared || kind == nil && now.class == nil {
		if target.Kind == ir.Name || target.Kind == ir.Member || target.Kind == ir.Index {
			in.bind(f, target, x, false)
		}
		return
	}
	now.taints, now.fields, now.elem, now.named, now.json, now.safe, now.secret = x.taints, x.fields, x.elem, x.named, x.json, x.safe, x.secret
}

// goHandler gives the arguments of a handler: the context, and the event as the type of the parameter says.
func (in *interp) goHandler(c *closure, event *Value) *arguments {
	f := frame{c.scope, c.fn.File}
	args := &arguments{}
	for _, p := range c.fn.Params {
		t := p.Y
		if kind := in.quiet(f, orUnknown(t)); kind.ref == "context.Context" {
			args.list = append(args.list, &Value{ref: "lambda.context"})
			continue
		}
		v := event
		if t != nil {
			if g, u := in.under(f, t); u != nil && (u.Kind != ir.Array || lastPart(textOf(u.List[0])) != "byte") {
				v = in.goTyped(g, event, u, p.At, 0)
			}
		}
		args.list = append(args.list, v)
	}
	return args
}

// eitherResult is what a function returns at one place or at another. Where Go returns a setting, or else a constant, the constant is for
// where the setting is missing.
func (in *interp) eitherResult(f frame, before, v *Value) *Value {
	if f.file.Language == ir.Go && before != nil && !before.results && !v.results {
		switch {
		case settingOf(before) != "" && v.known:
			return backed(before, v)
		case settingOf(v) != "" && before.known:
			return backed(v, before)
		}
	}
	return join(before, v)
}

// madeError is how an error of Go is made, which is never nil.
var madeError = regexp.MustCompile(`^(fmt\.Errorf|errors\.(New|Errorf|Wrapf?|Join))$`)

// withoutFailed are the results of a return, of which nobody takes what comes with an error: return order, errors.New("no such order").
func withoutFailed(s *ir.Stmt, v *Value) *Value {
	x := s.X
	if x == nil || !v.results || len(x.List) < 2 {
		return v
	}
	if last := x.List[len(x.List)-1]; s.Str != "failed" && (last.Kind != ir.Call || !madeError.MatchString(textOf(last.X))) {
		return v
	}
	c := *v
	c.fields = map[string]*Value{itoa(len(x.List) - 1): v.fields[itoa(len(x.List)-1)]}
	return &c
}

// goResult is the first of several results.
func goResult(v *Value) *Value {
	if v != nil && v.results {
		return orNothing(v.fields["0"])
	}
	return v
}

// givesTwo are functions whose last result is a part of what they got.
var givesTwo = set("path.Split() path/filepath.Split()")

// bindResults gives the results of a call to what they go to. What a library gives is the first one; the last is an error, or whether there
// is something.
func (in *interp) bindResults(f frame, p *ir.Expr, v *Value, declares bool) {
	for i, x := range p.List {
		var one *Value
		switch {
		case v.results:
			one = orNothing(v.fields[itoa(i)])
		case i == 0, i < len(p.List)-1, givesTwo[v.ref]: // host, port, err := net.SplitHostPort(address)
			one = v
		case i == len(p.List)-1 && failsLikeDatabaseOfGo(v.ref):
			one = &Value{ref: databaseError}
		default:
			one = &Value{}
		}
		in.bind(f, x, one, declares)
	}
}

// isCopied reports whether a call gets a copy of a struct, or only reads it: who gets its address perhaps changes it.
func isCopied(f frame, call, x *ir.Expr, v *Value) bool {
	if f.file.Language != ir.Go || v.class == nil || v.isType {
		return false
	}
	return x.At == 0 || f.file.Tree.Source[x.At-1] != '&' || strings.HasPrefix(lastPart(textOf(call.X)), "Marshal")
}

// rememberResults keeps the call whose error a name holds, or which tells whether there is something.
func (in *interp) rememberResults(f frame, e *ir.Expr) {
	target := e.X
	if target.Kind == ir.Array && len(target.List) > 0 {
		if way := target.List[0]; len(target.List) == 2 && way.Kind == ir.Name && e.Y.Kind == ir.Call && (resolving[lastPart(textOf(e.Y.X))] || relative[lastPart(textOf(e.Y.X))]) {
			f.s.notes(way.Str, e.Y)
		}
		target = target.List[len(target.List)-1]
	}
	if target.Kind != ir.Name || target.Str == "_" || e.Y.Kind != ir.Call && e.Y.Kind != ir.Index && e.Y.Kind != ir.Binary && e.Y.Kind != ir.Not {
		return
	}
	f.s.notes(target.Str, e.Y)
}

func (s *scope) notes(name string, made *ir.Expr) {
	if s.tests == nil {
		s.tests = map[string]*ir.Expr{}
	}
	s.tests[name] = made
}

// textTests are functions of Go that ask what methods of texts ask in other languages.
var textTests = map[string]string{"strings.HasPrefix": "startsWith", "strings.HasSuffix": "endsWith", "strings.Contains": "includes"}

// goTested: strings.HasPrefix(path, folder) tells what path.startsWith(folder) does.
func (in *interp) goTested(f frame, e *ir.Expr, holds bool) {
	method := textTests[in.quiet(f, e.X).ref]
	if method == "" || len(e.List) != 2 || f.file.Language != ir.Go {
		return
	}
	text := e.List[0]
	asked := &ir.Expr{Kind: ir.Call, At: e.At, End: e.End, X: &ir.Expr{Kind: ir.Member, X: text, Str: method, At: e.At, End: e.End}, List: e.List[1:]}
	in.beginning(f, asked, holds)
	part := in.quiet(f, e.List[1])
	if !part.known || strings.Trim(part.text, "/.") == "" { // a constant folder does not say whose an object is
		in.begins(f, asked, holds)
	}
	switch {
	case method == "includes" && !holds && part.known && part.text == "..":
		in.trust(f, text, []string{"path-traversal", "object-key"})
	case method == "endsWith" && holds && part.known && strings.HasPrefix(part.text, "."):
		in.trustHost(f, text)
	case method != "startsWith" || !holds:
	default:
		for _, m := range in.p.models.tables[ir.Node].methods[method] {
			if m.Kind == validator && m.applies(in.quietArguments(f, asked)) && in.beginsEnough(f, asked) {
				in.trust(f, text, m.For)
			}
		}
	}
}

// errorOf is the call whose error an expression is; nil for others.
func (in *interp) errorOf(f frame, e *ir.Expr) *ir.Expr {
	if e.Kind == ir.Call {
		return e
	}
	if e.Kind != ir.Name || !strings.Contains(strings.ToLower(e.Str), "err") {
		return nil
	}
	if call := in.testOf(f, e.Str); call != nil && call.Kind == ir.Call {
		return call
	}
	return nil
}

// goAnswer is what a function of Go answers by a result: an error that is nil is a yes.
func goAnswer(x *ir.Expr) (*ir.Expr, answer) {
	if x == nil {
		return nil, anyAnswer
	}
	if x.Kind == ir.Array && x.Str == "results" && len(x.List) > 0 {
		x = x.List[len(x.List)-1]
	}
	switch {
	case isNothing(x):
		return x, yes
	case x.Kind == ir.Const:
		return x, truthOf(x)
	case x.Kind == ir.Call:
		switch textOf(x.X) {
		case "errors.New", "fmt.Errorf", "errors.Errorf", "errors.Wrap", "errors.Wrapf":
			return x, no
		}
	case x.Kind == ir.Object, x.Kind == ir.Template:
		return x, no
	}
	return x, anyAnswer
}

// receiverName is the name that a method of Go has for what it is a method of.
func receiverName(fn *ir.Func) string {
	if fn.Of == "" || len(fn.Body) == 0 || fn.Body[0].Kind != ir.Eval || fn.Body[0].X.Kind != ir.Assign || fn.Body[0].X.Y.Kind != ir.This {
		return ""
	}
	return fn.Body[0].X.X.Str
}

// targetsOf are what results go to.
func targetsOf(x *ir.Expr) []*ir.Expr {
	if x.Kind == ir.Array {
		return x.List
	}
	return []*ir.Expr{x}
}

// isMap reports whether a value is declared as a map, also by a type of another name.
func (in *interp) isMap(v *Value) bool {
	if v.kind == nil {
		return false
	}
	_, t := in.under(v.kind.f, v.kind.t)
	return t != nil && t.Kind == ir.Object
}

// isChannel reports whether a value is a channel: going through it gives no places.
func (v *Value) isChannel() bool {
	return v.kind != nil && v.kind.t != nil && v.kind.t.Kind == ir.Unknown && v.kind.t.Str == "chan"
}

// ranged is what a loop over a value binds: the place or the key, and the element.
func (in *interp) ranged(v, item *Value) *Value {
	if v.isChannel() {
		return &Value{fields: map[string]*Value{"0": orNothing(item)}, results: true}
	}
	if in.isMap(v) {
		for _, x := range sorted(v.fields) {
			item = join(item, x)
		}
	}
	key := in.keys(v)
	if v.elem != nil && v.named == nil && len(v.taints) == 0 {
		key = &Value{}
	}
	return &Value{fields: map[string]*Value{"0": key, "1": orNothing(item)}, results: true}
}

func mapsClone(m map[string]*Value) map[string]*Value {
	out := make(map[string]*Value, len(m))
	for k, v := range m {
		out[k] = v
	}
	return out
}

// eventStructs are the event types of the platform.
func eventStructs() map[string]map[string]events.Field { return events.GoTypes() }

// eventField is the name in JSON of a field of an event type, and its type.
func eventField(event, field string) (name, of string) {
	if f, ok := events.GoTypes()[event][field]; ok {
		return f.JSON, f.Type
	}
	return field, ""
}

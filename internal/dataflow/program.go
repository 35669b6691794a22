// Package dataflow follows what outsiders send through the code of functions: from the event of a handler, through calls,
// modules and callbacks, to where it can do harm.
//
// A program is followed by running it with what is known of values in the place of values: both branches of a condition, each loop
// twice, each function with the arguments of its call. Work is bounded by steps. What a library does is told by rows (data/models);
// of what no row tells, a method of an outsider's value gives a part of it, and a function of a library of which nothing is known
// perhaps gives back what it got, which makes findings less sure.
package dataflow

import (
	"bytes"
	"maps"
	"path"
	"slices"
	"strings"
	"sync"

	"wardlet.example/internal/ir"
	"wardlet.example/internal/lower"
	"wardlet.example/internal/syntax"
)

// Files gives the bytes of source files of the repository: nil where there is none.
type Files interface {
	Read(path string) []byte
	// Module is the file that a module means which does not stand beside the one that imports it; empty if none of the repository.
	Module(from, module string) string
	// Folder are the files of a folder, without those below its folders.
	Folder(dir string) []string
	// Below are the files of a folder and of those below it.
	Below(dir string) []string
}

// Program is the code that handlers reach, lowered as far as it was asked for.
type Program struct {
	outside    map[*ir.Func][]string // the names outside of themselves that functions set
	appState   *Value                // Python: what an application was given while its modules were loaded
	files      Files
	models     *Models
	modules    map[string]*module
	minimums   map[string]bool // names of fields that schemas of stores give bounds to
	trees      *Trees
	memo       map[memoKey]*Value
	routed     []*routed
	fieldWith  []*Value                  // what functions that answer fields of GraphQL get beside their arguments, or what makes that
	dispatched map[*ir.Func][]dispatched // what is called in the place of a function, by the class of what it gets
	held       map[string][]*closure     // functions that libraries got while modules were loaded, by file
	given      map[string][]*given       // functions that libraries got of which nothing is known, by what got them
	listeners  map[string]*Value         // functions that listen, by the emitter and the name of the event

	columns  map[*ir.File]columnsOfTables // columns that are secrets, of tables that queries in a file ask
	hiding   map[string]bool              // names of functions, and whether they make harmless what they get
	hosts    map[*ir.File]map[string]bool // names that a file gives as those of hosts
	words    map[string]secrecy           // names, and what they say of what stands under them
	versions map[string]string            // of packages, by folder and name
	beside   map[nearby][][]byte          // files of folders, by what was looked for in them
	patterns map[string]bool              // regular expressions, and whether they can take exponential time
	Broken   map[string]bool              // files with syntax errors
	Cut      map[string]string            // files that were not read in full, with the reason

	// Carries are the calls of which is kept what they hand on: client:Operation.
	Carries map[string]bool

	// Settings are the texts that the template gives the functions of the application as their environment, those that are the same for all.
	Settings map[string]string

	contexts []*closure           // that make the context of procedures of tRPC
	recipes  map[string][]recipe  // how containers make what they give, by what they are asked for
	pages    pages                // templates of Go
	singles  map[*ir.Class]*Value // objects of which a container makes one for all requests

	callees map[*ir.Expr][]*ir.Func // the functions of the program that calls lead to; none for calls of libraries

	packagesOfGo map[string]*goPackage // by folder
	registered   bool                  // Go: types are registered for gob
	remembered   map[*Value]bool       // what modules keep, into which functions put what callers send
	libraries    map[string]*Value     // what stands for the settings of libraries
	ownBinding   bool                  // Go: Gin checks requests by another validator than its own
	ownChecks    bool                  // Go: a validator was taught to check structs by functions of the program
	generics     map[genericKey]*scope // of functions of Go with types

	types  map[typeOfFile][]string        // TypeScript: the fields of types that are secrets
	prisma map[string]map[string][]string // secrets of the models of schemas of Prisma, by file and model

	jsonCookies bool                   // cookies are parsed that begin with j: and hold JSON
	alone       int                    // steps that functions took which nothing calls
	followed    map[*ir.Func]bool      // functions that an entry has reached
	noOperators []string               // files whose applications take operators of MongoDB out of requests
	mounted     []*mount               // what routers of Express are given
	queryParser bool                   // an application chooses how Express reads queries
	decorations map[string]*Value      // what applications of Fastify were decorated with, by its names
	callers     map[*ir.Func]callSites // of the functions that were called
	connected   map[*Value]codePlace   // where options of a database were used first
	textFields  map[*Value]codePlace   // schemas of texts that stand in schemas of objects, with where they do
	globals     map[string]*Value      // JavaScript: names that modules give everywhere
	byName      map[string][]string    // source files of Node.js, by their names without endings
}

// New begins a program.
func New(files Files, models *Models, trees *Trees) *Program {
	return &Program{files: files, models: models, modules: map[string]*module{}, trees: trees, memo: map[memoKey]*Value{}, versions: map[string]string{}, patterns: map[string]bool{}, Broken: map[string]bool{}, Cut: map[string]string{}}
}

// Trees are source files, each read once for all programs. They may be shared by programs that run side by side.
type Trees struct{ files sync.Map }

type lowered struct {
	once sync.Once
	file *ir.File
	err  error
}

func (t *Trees) file(name string, source []byte) (*ir.File, error) {
	v, _ := t.files.LoadOrStore(name, &lowered{})
	l, _ := v.(*lowered)
	l.once.Do(func() { l.file, l.err = lower.File(name, source) })
	return l.file, l.err
}

// module is one source file with what it gives to others.
type module struct {
	file    *ir.File
	scope   *scope
	exports *Value
	object  *Value // CommonJS: module
	loaded  bool
	imports []string // files of the program that it imports
	foreign []string // packages of others that it imports
	hits    []*Hit   // found while it was loaded
	uses    []Use    // calls that it makes while it is loaded
	sends   []*Send
	doubts  []Doubt
	begun   []*ir.Func // called while it was loaded
	pkg     *goPackage // Go
}

// load reads a module and follows its top level, once.
func (p *Program) load(in *interp, name string) *module {
	if m, ok := p.modules[name]; ok {
		if m != nil {
			in.imports(name)
		}
		return m
	}
	if lower.LanguageOf(name) == ir.Go {
		return p.loadGo(in, name)
	}
	source := p.files.Read(name)
	if source == nil {
		p.modules[name] = nil
		return nil
	}
	if minified(name, source) {
		p.Cut[name] = "it is minified"
		p.modules[name] = nil
		return nil
	}
	file, err := p.trees.file(name, source)
	if err != nil || file == nil {
		if err != nil {
			p.Cut[name] = err.Error()
		}
		p.modules[name] = nil
		return nil
	}
	if file.Broken {
		p.Broken[name] = true
	}
	if file.Cut != "" {
		p.Cut[name] = file.Cut
	}
	in.imports(name)
	m := &module{file: file, exports: &Value{ref: "exports", fields: map[string]*Value{}}}
	m.scope = newScope(nil, m)
	p.modules[name] = m
	if file.Language == ir.Node {
		m.object = &Value{ref: "module", fields: map[string]*Value{"exports": m.exports}}
		m.scope.vars["module"], m.scope.vars["exports"] = m.object, m.exports
		m.scope.vars["__dirname"], m.scope.vars["__filename"] = constant("."), constant(name)
	}
	loader := &interp{p: p, overlay: map[*scope]map[string]*Value{}, over: map[*Value]map[string]*Value{}, sources: in.sources, seen: map[string]bool{}, loading: m}
	loader.run(frame{m.scope, file}, file.Body)
	m.hits, m.uses, m.sends, m.doubts = loader.hits, loader.uses, loader.sends, loader.doubts
	m.begun = loader.allReached()
	if loader.cut {
		p.Cut[name] = "it takes too many steps to follow"
	}
	m.loaded = true
	seen := map[*Value]bool{}
	for _, v := range m.scope.vars {
		share(v, seen, 0)
	}
	share(m.exports, seen, 0)
	return m
}

// imports notes that a module is imported: by the one that is being loaded, or by code that runs.
func (in *interp) imports(name string) {
	if in.loading != nil {
		in.loading.imports = append(in.loading.imports, name)
		return
	}
	in.reached = append(in.reached, name)
}

// longLine is more than people write on one line, usualLine what they write on average.
const (
	longLine  = 5_000
	usualLine = 300
)

// minified reports whether a file was made by a tool that leaves out names and line breaks: nobody mends it there.
func minified(name string, source []byte) bool {
	if strings.Contains(path.Base(name), ".min.") {
		return true
	}
	if len(source) < 4*longLine {
		return false
	}
	lines := bytes.Count(source, []byte("\n")) + 1
	return len(source)/lines > usualLine
}

// share marks values that all entries see.
func share(v *Value, seen map[*Value]bool, depth int) {
	if v == nil || v == nothing || seen[v] || depth > 6 {
		return
	}
	seen[v] = true
	v.shared = true
	for _, f := range v.fields {
		share(f, seen, depth+1)
	}
	share(v.elem, seen, depth+1)
	for _, c := range v.fns {
		shareAround(c.scope, seen, depth+1)
	}
}

// shareAround marks what a function sees that another one has made while modules were loaded: func newHandler(store) func(event) { ... }.
func shareAround(s *scope, seen map[*Value]bool, depth int) {
	for ; s != nil && s.lasting; s = s.parent {
		for _, v := range s.vars {
			share(v, seen, depth)
		}
	}
}

// gives is what a module gives under a name.
func (m *module) gives(name string) *Value {
	if m.file.Language != ir.Node {
		if v, ok := m.scope.own(name); ok {
			return v
		}
		return nil
	}
	exports := m.exports
	if m.object != nil {
		exports = m.object.fields["exports"]
	}
	if exports == nil {
		return nil
	}
	switch {
	case name == "*":
		return exports
	case name == "default":
		if v, ok := exports.fields["default"]; ok {
			return v
		}
		return exports
	}
	if v, ok := exports.fields[name]; ok {
		return v
	}
	if d, ok := exports.fields["default"]; ok {
		return d.fields[name]
	}
	return nil
}

// assignExport sets what a CommonJS module gives; where that is done on some ways only, what it gave before is given still:
// if (process.env.STAGE === "test") module.exports = {...}
func (p *Program) assignExport(x *Value, key string, v *Value, perhaps bool) {
	if x.fields == nil {
		x.fields = map[string]*Value{}
	}
	if x.ref == "module" && key == "exports" && v != nil {
		c := *v
		if c.fields == nil {
			c.fields = map[string]*Value{}
		}
		if c.ref == "" && len(c.fns) == 0 && c.class == nil && !c.isMap {
			c.ref = "exports"
		}
		c.shared = false
		if before := x.fields[key]; perhaps && before != nil {
			c.fields = maps.Clone(c.fields)
			for name, given := range before.fields {
				if c.fields[name] == nil {
					c.fields[name] = given
				}
			}
		}
		v = &c
	}
	x.fields[key] = v
}

func (p *Program) export(in *interp, f frame, s *ir.Stmt) {
	m := f.s.module
	if m == nil {
		return
	}
	if s.X != nil {
		m.exports.fields["default"] = in.eval(f, s.X)
		return
	}
	var from *module
	if s.Str != "" {
		from = p.resolveNode(in, f.file.Path, s.Str)
	}
	for _, n := range s.Names {
		switch {
		case s.Str == "":
			if v, ok := in.get(f.s, n.Name); ok {
				m.exports.fields[n.As] = v
			}
		case from == nil:
			m.exports.fields[n.As] = &Value{ref: library(s.Str) + "." + n.Name}
		case n.Name == "*" && n.As == "*":
			for k, v := range sorted(from.gives("*").fields) {
				m.exports.fields[k] = v
			}
		default:
			if v := from.gives(n.Name); v != nil {
				m.exports.fields[n.As] = v
			}
		}
	}
}

// bindImport binds the names of an import.
func (p *Program) bindImport(in *interp, f frame, s *ir.Stmt) {
	if f.file.Language == ir.Python {
		p.importPython(in, f, s)
		return
	}
	from := p.resolveNode(in, f.file.Path, s.Str)
	if from == nil {
		f.s.imported(s.Str)
		p.jsonCookies = p.jsonCookies || s.Str == "cookie-parser"
	}
	for _, n := range s.Names {
		var v *Value
		switch {
		case from != nil:
			v = from.gives(n.Name)
		case n.Name == "*" || n.Name == "default":
			v = &Value{ref: library(s.Str)}
		default:
			v = &Value{ref: samePath(library(s.Str) + "." + n.Name)}
		}
		if v == nil {
			v = &Value{}
		}
		in.set(f.s, n.As, v, true)
	}
}

// ofZod are the versions and forms of zod that one package brings.
var ofZod = set("v3 v4 mini v4-mini")

// library is the name of a package without what only says where it comes from.
func library(name string) string {
	name = strings.TrimPrefix(name, "node:")
	if member, ok := strings.CutPrefix(name, "lodash/"); ok && !strings.HasPrefix(member, "fp") {
		return "lodash." + strings.TrimSuffix(member, ".js")
	}
	if version, ok := strings.CutPrefix(name, "zod/"); ok && ofZod[version] {
		return "zod"
	}
	if name == "path/posix" || name == "path/win32" {
		return "path"
	}
	return strings.TrimSuffix(name, ".js")
}

func (p *Program) require(in *interp, file *ir.File, name string) *Value {
	if m := p.resolveNode(in, file.Path, name); m != nil {
		return m.whole()
	}
	if strings.HasPrefix(name, ".") {
		return &Value{}
	}
	if m := p.modules[file.Path]; m != nil {
		m.foreign = append(m.foreign, name)
	}
	p.jsonCookies = p.jsonCookies || name == "cookie-parser"
	return &Value{ref: library(name)}
}

// imported notes a package of others that a module imports.
func (s *scope) imported(name string) {
	if s.module != nil && !strings.HasPrefix(name, ".") {
		s.module.foreign = append(s.module.foreign, name)
	}
}

// packages are the packages of others that files import.
func (p *Program) packages(files []string) []string {
	var out []string
	for _, file := range files {
		if m := p.modules[file]; m != nil {
			for _, name := range m.foreign {
				if !slices.Contains(out, name) {
					out = append(out, name)
				}
			}
		}
	}
	return out
}

// resolveNode finds the module that a specifier means: relative ones, and those that the repository has otherwise.
func (p *Program) resolveNode(in *interp, from, name string) *module {
	if strings.HasPrefix(name, ".") {
		if m := p.firstOf(in, path.Join(path.Dir(from), name)); m != nil {
			return m
		}
	}
	if file := p.files.Module(from, name); file != "" && lower.LanguageOf(file) == ir.Node {
		return p.load(in, file)
	}
	return nil
}

var nodeEndings = []string{"", ".js", ".ts", ".mjs", ".cjs", ".tsx", ".jsx", ".mts", "/index.js", "/index.ts", "/index.mjs"}

func (p *Program) firstOf(in *interp, base string) *module {
	if strings.HasPrefix(base, "../") {
		return nil
	}
	for _, ending := range nodeEndings {
		if lower.LanguageOf(base+ending) == ir.Node {
			if m := p.load(in, base+ending); m != nil {
				return m
			}
		}
	}
	if stem, ok := strings.CutSuffix(base, ".js"); ok { // TypeScript written with the name of what it is compiled to
		return p.load(in, stem+".ts")
	}
	return nil
}

// pythonLibrary is the name of a module without another name of its.
func pythonLibrary(name string) string {
	if name == "posixpath" || name == "ntpath" {
		return "os.path"
	}
	return name
}

func (p *Program) importPython(in *interp, f frame, s *ir.Stmt) {
	if p.resolvePython(in, f.file.Path, s.Str) == nil {
		f.s.imported(s.Str)
	}
	for _, n := range s.Names {
		switch {
		case n.Name == "": // import a.b binds a
			first, _, more := strings.Cut(s.Str, ".")
			m := p.resolvePython(in, f.file.Path, first)
			v := &Value{ref: pythonLibrary(first)}
			if m != nil {
				v = p.namespace(m)
			}
			if more {
				if inner := p.resolvePython(in, f.file.Path, s.Str); inner != nil {
					v = p.nested(in, f, first, s.Str, p.namespace(inner))
				}
			}
			in.set(f.s, n.As, v, true)
		case n.Name == "*" && n.As == "*":
			if m := p.resolvePython(in, f.file.Path, s.Str); m != nil {
				for k, v := range sorted(m.scope.vars) {
					in.set(f.s, k, v, true)
				}
			}
		case n.Name == "*": // import a.b as c
			if m := p.resolvePython(in, f.file.Path, s.Str); m != nil {
				in.set(f.s, n.As, p.namespace(m), true)
				continue
			}
			in.set(f.s, n.As, &Value{ref: pythonLibrary(s.Str)}, true)
		default:
			in.set(f.s, n.As, p.fromPython(in, f, s.Str, n.Name), true)
		}
	}
}

// nested is a package as a value, with one of the modules below it.
func (p *Program) nested(in *interp, f frame, name, whole string, inner *Value) *Value {
	v := &Value{fields: map[string]*Value{}}
	if m := p.resolvePython(in, f.file.Path, name); m != nil {
		for k, x := range m.scope.vars {
			v.fields[k] = x
		}
	}
	next, _, more := strings.Cut(strings.TrimPrefix(whole, name+"."), ".")
	if before, ok := in.get(f.s, name); ok && !strings.Contains(name, ".") { // import a.b after import a.c
		for k, x := range before.fields {
			v.fields[k] = x
		}
	}
	if !more {
		v.fields[next] = inner
	} else {
		v.fields[next] = p.nested(in, f, name+"."+next, whole, inner)
	}
	return v
}

func (p *Program) fromPython(in *interp, f frame, mod, name string) *Value {
	if m := p.resolvePython(in, f.file.Path, mod); m != nil {
		if v := m.gives(name); v != nil {
			return v
		}
	}
	sub := mod + "." + name
	if strings.HasSuffix(mod, ".") {
		sub = mod + name
	}
	if m := p.resolvePython(in, f.file.Path, sub); m != nil {
		return p.namespace(m)
	}
	if strings.HasPrefix(mod, ".") {
		return &Value{}
	}
	return partOfLibrary(&Value{ref: pythonLibrary(mod)}, name)
}

// namespace is a module as a value.
func (p *Program) namespace(m *module) *Value {
	return &Value{fields: m.scope.vars, shared: true}
}

// resolvePython finds the module that a name means: below the folder of the file, or below one of those around it.
func (p *Program) resolvePython(in *interp, from, name string) *module {
	dir := path.Dir(from)
	if strings.HasPrefix(name, ".") {
		dots := len(name) - len(strings.TrimLeft(name, "."))
		for range dots - 1 {
			dir = path.Dir(dir)
		}
		return p.pythonAt(in, path.Join(dir, strings.ReplaceAll(name[dots:], ".", "/")))
	}
	rel := strings.ReplaceAll(name, ".", "/")
	for {
		if m := p.pythonAt(in, path.Join(dir, rel)); m != nil {
			return m
		}
		if dir == "." || dir == "/" {
			break
		}
		dir = path.Dir(dir)
	}
	if file := p.files.Module(from, name); file != "" {
		return p.load(in, file)
	}
	return nil
}

func (p *Program) pythonAt(in *interp, base string) *module {
	if strings.HasPrefix(base, "../") || base == "." {
		return nil
	}
	if m := p.load(in, base+".py"); m != nil {
		return m
	}
	return p.load(in, base+"/__init__.py")
}

// LanguageOf is the language of a file, by its name; empty for those that are not followed.
func LanguageOf(file string) ir.Language { return lower.LanguageOf(file) }

// File is a source file that was reached; nil for others.
func (p *Program) File(name string) *ir.File {
	if m := p.modules[name]; m != nil {
		return m.file
	}
	return nil
}

// Sources are the trees of the files that were reached, by path.
func (p *Program) Sources() map[string]*syntax.Tree {
	out := map[string]*syntax.Tree{}
	for name, m := range p.modules {
		if m != nil {
			out[name] = m.file.Tree
		}
	}
	return out
}

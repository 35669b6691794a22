package dataflow

import (
	"bytes"
	"path"
	"regexp"
	"slices"
	"strings"
	"unicode"

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
	beside  []beside
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
	for i, m := range g.files {
		frames[i] = frame{g.fileScope(m), m.file}
	}
	begins := loader.declaresGo(g, frames)
	texts := p.embedded(g.files)
	for _, d := range g.inOrder(frames) {
		loader.loading = p.modules[d.f.file.Path]
		loader.statement(d.f, d.s)
		d.embeds(texts[d.f.file])
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
	first.begun = loader.allReached()
	first.loaded = true
	if loader.cut {
		p.Cut[first.file.Path] = "it takes too many steps to follow"
	}
	g.share()
}

// declaresGo makes what a package declares, in the order in which one needs the other: imports, types, functions. It gives the functions that
// are called at the start.
func (in *interp) declaresGo(g *goPackage, frames []frame) []*closure {
	each := func(kind ir.StmtKind, follow func(f frame, s *ir.Stmt)) {
		for i, m := range g.files {
			in.loading = m
			for _, s := range m.file.Body {
				if s.Kind == kind {
					follow(frames[i], s)
				}
			}
		}
	}
	each(ir.Import, func(f frame, s *ir.Stmt) { in.p.importGo(in, f, s) })
	each(ir.Declare, func(f frame, s *ir.Stmt) { g.scope.vars[s.Class.Name] = in.goClass(f, s.Class) })
	var begins []*closure
	each(ir.Define, func(f frame, s *ir.Stmt) {
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
	return begins
}

// share marks what a package holds, and what its handler is a method of, as what all entries share.
func (g *goPackage) share() {
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
	if as == "_" {
		return
	}
	if dir, ok := p.goFolder(path.Dir(f.file.Path), s.Str); ok {
		if files := p.goFiles(dir); len(files) > 0 {
			p.loadGo(in, files[0])
			if g := p.packagesOfGo[dir]; g != nil && g.scope != nil {
				for _, m := range g.files {
					in.imports(m.file.Path)
				}
				f.s.bindsPackage(orElse(as, g.name), g.scope.vars)
				return
			}
		}
	}
	if as == "." {
		return
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

// bindsPackage binds what a package of the program declares to its name, or, under a dot, all that it exports to the names that they have there.
func (s *scope) bindsPackage(as string, declared map[string]*Value) {
	if as != "." {
		s.vars[as] = &Value{fields: declared, shared: true}
		return
	}
	for name, v := range declared {
		if unicode.IsUpper(rune(name[0])) && s.vars[name] == nil {
			s.vars[name] = v
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
	from := dir
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
			if p.isOfOthers(name, text) {
				return p.ownFolder(name, certainParts)
			}
			return p.ownFolder(name, 1)
		}
		if dir == "." || dir == "/" || dir == "" {
			if host, _, _ := strings.Cut(name, "/"); strings.Contains(host, ".") {
				return p.ownFolder(name, 1)
			}
			return p.unnamedFolder(from, name)
		}
		dir = path.Dir(dir)
	}
}

// unnamedFolder is the folder that an import means where no go.mod says what its module is called (module/folder): the nearest one with the
// longest end of its path, from the folder of the file upwards.
func (p *Program) unnamedFolder(dir, name string) (string, bool) {
	parts := strings.Split(name, "/")
	if standardPackages[parts[0]] {
		return "", false
	}
	for ; ; dir = path.Dir(dir) {
		for i := 1; i < len(parts); i++ {
			folder := path.Join(dir, path.Join(parts[i:]...))
			if len(p.goFiles(folder)) > 0 {
				return folder, true
			}
		}
		if dir == "." || dir == "/" || dir == "" {
			return "", false
		}
	}
}

// standardPackages are the first elements of packages of the standard library: none of them is the name of a module.
var standardPackages = set("archive bufio bytes cmp compress container context crypto database debug embed encoding errors expvar flag fmt go hash html " +
	"image index internal io iter log maps math mime net os path plugin reflect regexp runtime slices sort strconv strings structs sync syscall " +
	"testing text time unicode unique unsafe weak")

// isOfOthers reports whether an import is of a module of others: go.mod asks for it, or it is a known one.
func (p *Program) isOfOthers(name string, gomod []byte) bool {
	parts := strings.SplitN(name, "/", 4)
	if len(parts) < 4 {
		return true
	}
	return strings.HasPrefix(name, "github.com/aws/") || p.models.tables[ir.Go].known[goPath(name)] || bytes.Contains(gomod, []byte(strings.Join(parts[:3], "/")))
}

// ownFolder is the folder that an import means by the address of the repository, where no go.mod tells it: github.com/owner/repository/folder,
// or example.com/module/folder. It has at least so many parts.
func (p *Program) ownFolder(name string, parts int) (string, bool) {
	host, _, _ := strings.Cut(name, "/")
	address := strings.Split(name, "/")
	if !strings.Contains(host, ".") {
		return "", false
	}
	root := 3
	if !hostsByOwner[host] {
		root = 2
	}
	if len(address) < root+parts {
		return "", false
	}
	folder := path.Join(address[root:]...)
	return folder, len(p.goFiles(folder)) > 0
}

// hostsByOwner are hosts of repositories, under whose names those of their owners stand.
var hostsByOwner = set("github.com gitlab.com bitbucket.org")

// below is the rest of a path below another one.
func below(name, root string) (string, bool) {
	if name == root {
		return "", true
	}
	return strings.CutPrefix(name, root+"/")
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

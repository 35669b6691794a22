package dataflow

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"wardlet.example/internal/ir"
	"wardlet.example/internal/lower"
)

// Modules of Node.js that code does not name in one text: the root of the project stands in a setting, a global or a package, and the rest
// is written out. require(`${process.env.ROOT}/lib`), require(path.join(root, "lib", "db")), root.include("models", "user.js")

// loadsModule is what a call gives that loads a module of the program by a path that it puts together.
func (in *interp) loadsModule(c call) (*Value, bool) {
	if c.f.file.Language != ir.Node || len(c.args.list) == 0 || c.e.New || c.args.rest != nil {
		return nil, false
	}
	if c.callee.ref == "builtin.require" {
		if way, ok := pathMade(c.args.list[0], 0); ok {
			if m := in.p.moduleByWay(in, c.f.file.Path, way); m != nil {
				return m.whole(), true
			}
		}
		if !isData(c.args.list[0]) {
			in.doubt(c.f, c.e.At, "", "which module is loaded is decided while it runs")
		}
		return nil, false
	}
	if len(c.callee.fns) > 0 || !loadsByName.MatchString(lastPart(orElse(c.method, textOf(c.e.X)))) {
		return nil, false
	}
	if m := in.p.moduleNamed(in, c.f.file.Path, c.args.list); m != nil {
		return m.whole(), true
	}
	return nil, false
}

// isData tells a path that ends as a file of data does, which calls nothing: require(`./config/${stage}.json`).
func isData(v *Value) bool {
	if n := len(v.parts); n > 0 {
		v = v.parts[n-1]
	}
	return v.known && strings.HasSuffix(v.text, ".json")
}

// whole is all that a module gives.
func (m *module) whole() *Value {
	if v := m.gives("*"); v != nil {
		return v
	}
	return &Value{}
}

// loadsByName are names of functions that load modules from the root of a project: rootRequire("lib/db"), app.include("models", "user"),
// require.main.require("./lib/db").
var loadsByName = aboutNames(`^(require|include|import)([_A-Z]\w*|Module)?$|(Require|Include|Import|_require|_include|^reqlib)$`)

// way is where a module lies: below the folder of the file that loads it, or, where the beginning is not known, below one of those around it.
type way struct {
	rest   string
	beside bool
}

// pathMade is the way that a path which is put together leads; false where more than its beginning is not known.
func pathMade(v *Value, depth int) (way, bool) {
	switch {
	case v == nil || depth > 4 || len(v.all()) > 0 || len(v.alts)+len(v.either) > 0:
		return way{}, false
	case v.known:
		return way{v.text, v.text == "." || strings.HasPrefix(v.text, "./") || strings.HasPrefix(v.text, "../")}, v.text != ""
	case pathJoins[strings.TrimSuffix(v.ref, "()")], v.ref == "path.resolve()", v.ref == "path.normalize()":
		return wayThrough(v.args, "/", depth)
	case len(v.parts) > 1:
		return wayThrough(v.parts, "", depth)
	}
	return way{}, false
}

// wayThrough is the way of a path of these parts. Of the first one it is enough that nobody outside decides it.
func wayThrough(parts []*Value, between string, depth int) (way, bool) {
	if len(parts) < 2 || len(parts[0].all()) > 0 {
		return way{}, false
	}
	first, known := pathMade(parts[0], depth+1)
	var rest []string
	for _, p := range parts[1:] {
		if !p.known || len(p.all()) > 0 {
			return way{}, false
		}
		rest = append(rest, p.text)
	}
	text := strings.Join(rest, between)
	if known {
		return way{first.rest + between + text, first.beside}, true
	}
	return way{text, false}, strings.HasPrefix(between+text, "/")
}

// moduleByWay finds the module at the end of a way. A root that is not known is a folder around the file that loads it: the nearest below
// which the rest of the way leads to a module.
func (p *Program) moduleByWay(in *interp, from string, w way) *module {
	rest := path.Clean(strings.TrimLeft(w.rest, "/"))
	dir := path.Dir(from)
	if w.beside {
		if m := p.firstOf(in, path.Join(dir, rest)); m != nil {
			return m
		}
	}
	if rest == "." || strings.HasPrefix(rest, "../") || rest == ".." {
		return nil
	}
	for ; ; dir = path.Dir(dir) {
		if m := p.firstOf(in, path.Join(dir, rest)); m != nil && m.file.Path != from {
			return m
		}
		if dir == "." || dir == "/" {
			return nil
		}
	}
}

// moduleNamed finds the module that constants name from a root which code knows under another name: include("models", "user.js"). It is one
// below a folder around the file, or the only one of the program whose path ends so.
func (p *Program) moduleNamed(in *interp, from string, names []*Value) *module {
	var parts []string
	for _, name := range names {
		if !name.known || name.written != inQuotes || !isWay.MatchString(name.text) {
			return nil
		}
		parts = append(parts, name.text)
	}
	rest := strings.TrimLeft(path.Join(parts...), "/")
	if !strings.Contains(rest, "/") || strings.HasPrefix(rest, "../") {
		return nil
	}
	if m := p.moduleByWay(in, from, way{rest: rest}); m != nil {
		return m
	}
	if found := p.endsSo(from, rest); found != "" {
		return p.load(in, found)
	}
	return nil
}

// isWay is how the path of a module is written, or a part of it.
var isWay = regexp.MustCompile(`^[\w@./-]+$`)

// ofTests are folders of what is not deployed.
var ofTests = regexp.MustCompile(`(^|/)(tests?|__tests__|__mocks__|mocks?|node_modules|dist|build|coverage)/`)

// endsSo is the only source file below a folder around a file whose path ends like that; empty where none or several do. The nearest
// folder with one decides.
func (p *Program) endsSo(from, rest string) string {
	stem := path.Base(rest)
	if lower.LanguageOf(stem) == ir.Node {
		stem = strings.TrimSuffix(stem, path.Ext(stem))
	}
	var found []string
	for _, file := range p.filesNamed(stem) {
		if ending := "/" + rest; slices.ContainsFunc(nodeEndings, func(e string) bool { return strings.HasSuffix("/"+file, ending+e) }) && !ofTests.MatchString(file) {
			found = append(found, file)
		}
	}
	for dir := path.Dir(from); ; dir = path.Dir(dir) {
		var below []string
		for _, file := range found {
			if dir == "." || strings.HasPrefix(file, dir+"/") {
				below = append(below, file)
			}
		}
		switch {
		case len(below) == 1:
			return below[0]
		case len(below) > 1, dir == ".", dir == "/":
			return ""
		}
	}
}

// filesNamed are the source files of Node.js with a name, or in a folder of that name as its index.
func (p *Program) filesNamed(stem string) []string {
	if p.byName == nil {
		p.byName = map[string][]string{}
		for _, file := range p.files.Below(".") {
			if lower.LanguageOf(file) != ir.Node {
				continue
			}
			name := strings.TrimSuffix(path.Base(file), path.Ext(file))
			p.byName[name] = append(p.byName[name], file)
			if name == "index" {
				name = path.Base(path.Dir(file))
				p.byName[name] = append(p.byName[name], file)
			}
		}
	}
	return p.byName[stem]
}

// isGlobalObject reports whether a value is the object whose members are names everywhere.
func isGlobalObject(v *Value) bool {
	return v != nil && (v.ref == "builtin.global" || v.ref == "builtin.globalThis")
}

// setsGlobal keeps what a module makes a name everywhere while it is loaded: global.rootRequire = (name) => require(`${__dirname}/${name}`).
func (in *interp) setsGlobal(f frame, x *Value, key string, v *Value) {
	if in.loading == nil || f.file.Language != ir.Node || !isGlobalObject(x) || v == nil || key == "" || len(v.all()) > 0 {
		return
	}
	if in.p.globals == nil {
		in.p.globals = map[string]*Value{}
	}
	share(v, map[*Value]bool{}, 0)
	in.p.globals[key] = v
}

// fromRoot is a module by a path that is known and was not written out where it is asked for: a folder that another file gave as its own,
// as in require(root + "/lib/db"), is one around the file.
func (in *interp) fromRoot(c call) (*Value, bool) {
	w, _ := pathMade(c.args.list[0], 0)
	if c.f.file.Language != ir.Node || len(c.e.List) == 0 || c.e.List[0].Kind == ir.Const || !w.beside {
		return nil, false
	}
	if m := in.p.moduleByWay(in, c.f.file.Path, w); m != nil {
		return m.whole(), true
	}
	return nil, false
}

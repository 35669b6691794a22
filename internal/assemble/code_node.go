package assemble

import (
	"path"
	"strings"

	"wardlet.example/internal/document"
	"wardlet.example/internal/model"
	"wardlet.example/internal/syntax"
	"wardlet.example/internal/syntax/javascript"
)

// node finds folder/file.export. The runtime cuts at the first dot of the file name; people also name files with dots.
func (l *locator) node(handler string) model.Code {
	var seen, reason string
	for _, cut := range nodeCuts(handler) {
		for _, base := range l.nodeBases(cut.module) {
			for _, file := range l.symbols.nodeFiles(base) {
				if p, ok := l.symbols.find(file, cut.name, 0); ok {
					return resolved(p, cut.name)
				}
				if p, ok := l.wholeModule(file); ok {
					return resolved(p, cut.name)
				}
				if reason == "" {
					seen, reason = file, l.without(file, cut.name, "exports")
				}
			}
		}
		if p, ok := l.bySuffix(strings.TrimPrefix(cut.module, "/"), cut.name, javascript.Extensions()...); ok {
			return resolved(p, cut.name)
		}
	}
	if code, ok := l.nodeByCase(handler); ok {
		return code
	}
	if reason == "" {
		reason = "there is no source for handler " + handler + " in " + l.dir
	}
	code := missing("javascript", reason)
	code.File = seen
	return code
}

// nodeByCase finds the one file, and the one export of it, that differ from the handler in upper and lower case alone: people
// write that where their file system does not tell the two apart.
func (l *locator) nodeByCase(handler string) (model.Code, bool) {
	for _, cut := range nodeCuts(handler) {
		file := l.fileByCase(cut.module)
		if file == "" {
			continue
		}
		if p, name, ok := l.exportByCase(file, cut.name); ok {
			code := resolved(p, name)
			code.Reason = "the handler is called " + handler + ", and " + name + " of " + file + " is meant: Lambda tells upper and lower case apart"
			return code, true
		}
	}
	return model.Code{}, false
}

func (l *locator) fileByCase(module string) string {
	wanted := map[string]bool{}
	for _, base := range l.nodeBases(module) {
		base = strings.ToLower(base)
		for _, ext := range javascript.Extensions() {
			wanted[base+ext], wanted[base+"/index"+ext] = true, true
		}
	}
	found := ""
	for _, f := range l.repo.InDir(l.app.Dir) {
		if !wanted[strings.ToLower(f.Path)] {
			continue
		}
		if found != "" {
			return ""
		}
		found = f.Path
	}
	return found
}

func (l *locator) exportByCase(file, name string) (place, string, bool) {
	if p, ok := l.symbols.find(file, name, 0); ok {
		return p, name, true
	}
	symbols, err := l.symbols.of(file)
	if err != nil || symbols == nil {
		return place{}, "", false
	}
	var found []syntax.Def
	for _, def := range symbols.Defs {
		if strings.EqualFold(def.Name, name) {
			found = append(found, def)
		}
	}
	if len(found) != 1 {
		return place{}, "", false
	}
	return place{file, found[0]}, found[0].Name, true
}

// without says why a file does not have the handler that is looked for.
func (l *locator) without(file, name, gives string) string {
	symbols, err := l.symbols.of(file)
	switch {
	case err != nil:
		return strings.TrimPrefix(err.Error(), file+": ")
	case symbols != nil && symbols.Broken:
		return "it has syntax errors, and what parses " + gives + " no " + name
	}
	return file + " " + gives + " no " + name
}

// wholeModule accepts a module that is one value made by a call: which members it has is not written anywhere.
func (l *locator) wholeModule(file string) (place, bool) {
	symbols, err := l.symbols.of(file)
	if err != nil || symbols == nil {
		return place{}, false
	}
	if def, ok := symbols.Def("default"); ok && def.Wrapped {
		return place{file, def}, true
	}
	return place{}, false
}

type nodeCut struct{ module, name string }

func nodeCuts(handler string) []nodeCut {
	slash := strings.LastIndexByte(handler, '/') + 1
	base := handler[slash:]
	var cuts []nodeCut
	for i := 0; i < len(base); i++ {
		if base[i] == '.' {
			cuts = append(cuts, nodeCut{handler[:slash+i], base[i+1:]})
		}
	}
	return cuts
}

// nodeBases are the paths (without extension) where a module's source may be: as written, and, when that is built output,
// where its source lies by the settings of the build.
func (l *locator) nodeBases(module string) []string {
	bases := l.esbuildEntries(module)
	for _, dir := range l.roots() {
		bases = append(bases, path.Join(dir, module))
	}
	for _, dir := range l.roots() {
		bases = append(bases, l.fromOutput(path.Join(dir, module))...)
	}
	return append(bases, l.webpackEntries(module)...)
}

// webpackEntries are the sources that webpack builds a module from: the entry of that name in the configuration, as far as
// it is plain data, or the only entry there is.
func (l *locator) webpackEntries(module string) []string {
	var out []string
	for _, dir := range l.roots() {
		for _, name := range []string{"webpack.config.js", "webpack.config.cjs", "webpack.config.ts"} {
			file := path.Join(dir, name)
			if l.repo.IsFile(file) {
				out = append(out, l.webpackEntry(dir, file, module)...)
			}
		}
	}
	return out
}

func (l *locator) webpackEntry(dir, file, module string) []string {
	data, err := l.repo.Read(file)
	if err != nil {
		return nil
	}
	p := &program{assembly: l.assembly, modules: map[string]javascript.Module{}, configs: map[string]*pathMapping{}}
	tree, err := p.parse(file, data)
	if err != nil {
		return nil
	}
	entry := javascript.Literal(tree, "", javascript.LiteralOptions{Dir: dir, Import: p.find}).Get("entry")
	if only, ok := entry.Scalar(); ok {
		return []string{path.Join(dir, only)}
	}
	var out []string
	for _, f := range entry.Fields {
		source := f.Value
		if source.Kind == model.Map {
			source = source.Get("import")
		}
		for _, s := range source.Elements() {
			if text, ok := s.Scalar(); ok && path.Base(f.Key) == path.Base(module) {
				out = append(out, path.Join(dir, text))
			}
		}
	}
	return out
}

// esbuildEntries are the entry points that SAM builds: Metadata.BuildProperties.EntryPoints.
func (l *locator) esbuildEntries(module string) []string {
	var out []string
	for _, e := range l.f.Resource.Attributes.Path("Metadata", "BuildProperties", "EntryPoints").Elements() {
		entry, ok := e.Scalar()
		if ok && strings.TrimSuffix(path.Base(entry), path.Ext(entry)) == path.Base(module) {
			out = append(out, path.Join(l.dir, entry))
		}
	}
	return out
}

// outputDirs are folders that builds write to when no settings say otherwise.
var outputDirs = []string{"dist", "build", "lib", "out", ".build", "_build", ".webpack/service", ".dist", "target", "bin"}

// fromOutput maps a path in a build's output to where its source may lie.
func (l *locator) fromOutput(base string) []string {
	var out []string
	for _, m := range l.outputMappings() {
		if rest, ok := strings.CutPrefix(base, m.output+"/"); ok {
			out = append(out, path.Join(m.source, rest))
		}
	}
	for _, dir := range outputDirs {
		before, after, ok := cutDir(base, dir)
		if !ok {
			continue
		}
		for _, source := range []string{"src", "", "lib", "app", "source"} {
			out = append(out, path.Join(before, source, after))
		}
	}
	return append(out, path.Join(path.Dir(base), "src", path.Base(base)))
}

// cutDir splits a path around a folder name that stands as a whole part of it.
func cutDir(p, dir string) (string, string, bool) {
	before, after, ok := strings.Cut("/"+p, "/"+dir+"/")
	return strings.TrimPrefix(before, "/"), after, ok
}

type outputMapping struct{ output, source string }

// outputMappings reads where TypeScript writes to from the tsconfig files between the code and the root.
func (l *locator) outputMappings() []outputMapping {
	var out []outputMapping
	for dir := l.dir; ; dir = path.Dir(dir) {
		if m, ok := l.tsconfig(dir); ok {
			out = append(out, m)
		}
		if dir == "." || dir == "/" || dir == "" {
			return out
		}
	}
}

func (l *locator) tsconfig(dir string) (outputMapping, bool) {
	root := l.readTSConfig(path.Join(dir, "tsconfig.json"))
	if root == nil {
		return outputMapping{}, false
	}
	options := root.Get("compilerOptions")
	output, ok := options.Get("outDir").Scalar()
	if !ok {
		return outputMapping{}, false
	}
	source, ok := options.Get("rootDir").Scalar()
	if !ok {
		source = "."
	}
	return outputMapping{path.Join(dir, output), path.Join(dir, source)}, true
}

// readTSConfig reads a tsconfig.json, which may have comments; nil if it cannot be read.
func (a *assembly) readTSConfig(file string) *model.Value {
	if !a.repo.IsFile(file) {
		return nil
	}
	data, err := a.repo.Read(file)
	if err != nil {
		return nil
	}
	doc, _ := document.ParseJSON(file, withoutComments(data), document.Options{})
	if doc == nil {
		return nil
	}
	return doc.Root
}

// withoutComments blanks comments and trailing commas of a tsconfig.json, keeping every place.
func withoutComments(data []byte) []byte {
	out := append([]byte(nil), data...)
	inText, comma := false, -1 // comma is one after which nothing has come yet
	for i := 0; i < len(out); i++ {
		c := out[i]
		switch {
		case inText && c == '\\':
			i++
		case c == '"':
			inText, comma = !inText, -1
		case inText || c == ' ' || c == '\t' || c == '\n' || c == '\r':
		case c == '/' && i+1 < len(out) && out[i+1] == '/':
			for ; i < len(out) && out[i] != '\n'; i++ {
				out[i] = ' '
			}
		case c == '/' && i+1 < len(out) && out[i+1] == '*':
			i = blankBlock(out, i)
		case c == ',':
			comma = i
		default:
			if comma >= 0 && (c == '}' || c == ']') {
				out[comma] = ' '
			}
			comma = -1
		}
	}
	return out
}

func blankBlock(out []byte, i int) int {
	for ; i < len(out); i++ {
		end := out[i] == '*' && i+1 < len(out) && out[i+1] == '/'
		if end {
			out[i], out[i+1] = ' ', ' '
			return i + 1
		}
		if out[i] != '\n' {
			out[i] = ' '
		}
	}
	return i
}

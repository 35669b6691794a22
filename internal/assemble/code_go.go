package assemble

import (
	"path"
	"slices"
	"strings"

	"wardlet.example/internal/model"
	"wardlet.example/internal/syntax"
)

// golang finds the folder of package main that a handler such as bin/hello is built from.
func (l *locator) golang(handler string) model.Code {
	handler = strings.TrimSuffix(handler, ".zip")
	if artifact, ok := l.f.Resource.Props.Get("Code").Scalar(); ok && path.Ext(artifact) == ".zip" {
		handler = strings.TrimSuffix(artifact, ".zip")
	}
	for _, source := range append(l.targetSources(), l.makefileSources(handler)...) {
		if p, ok := l.program(source); ok {
			return resolved(p, p.def.Name)
		}
	}
	for _, dir := range l.goDirs(handler) {
		if p, ok := l.mainIn(dir); ok {
			return resolved(p, p.def.Name)
		}
	}
	for _, name := range []string{programName(handler), ""} {
		if p, ok := l.onlyMain(name); ok {
			return resolved(p, p.def.Name)
		}
	}
	return missing("go", "no package main was found for handler "+handler)
}

// program is the handler of a source: a Go file, or a folder with package main.
func (l *locator) program(source string) (place, bool) {
	if source == "" {
		return place{}, false
	}
	if path.Ext(source) != ".go" {
		return l.mainIn(source)
	}
	symbols, err := l.symbols.of(source)
	if err != nil || symbols == nil || !symbols.PackageMain {
		return place{}, false
	}
	if len(symbols.Handlers) > 0 {
		return l.definedIn(path.Dir(source), place{source, symbols.Handlers[0]}), true
	}
	return l.mainIn(path.Dir(source))
}

// goDirs are the folders that may hold the program: the code's folder itself, and folders named like the program.
func (l *locator) goDirs(handler string) []string {
	var dirs []string
	if l.dir != l.app.Dir {
		dirs = append(dirs, l.dir)
	}
	name := path.Base(handler)
	if name != "bootstrap" && name != "main" {
		for _, parent := range []string{"", "cmd", "functions", "src", "lambda", "lambdas", "handlers", "internal", "src/handlers", "cmd/lambda"} {
			dirs = append(dirs, path.Join(l.app.Dir, parent, name))
		}
		if rest, ok := strings.CutPrefix(handler, "bin/"); ok {
			dirs = append(dirs, path.Join(l.app.Dir, path.Dir(rest)), path.Join(l.app.Dir, rest))
		}
	}
	if strings.HasSuffix(handler, ".go") {
		dirs = append(dirs, path.Join(l.dir, path.Dir(handler)))
	}
	return append(dirs, path.Join(l.app.Dir, handler), path.Join(l.app.Dir, path.Dir(handler)), l.app.Dir)
}

// makefileSources reads what a handler is built from in the service's Makefile: "go build ... -o bin/hello hello/main.go",
// perhaps after "cd folder &&". A source is a folder or a Go file.
func (l *locator) makefileSources(handler string) []string {
	data, err := l.repo.Read(path.Join(l.app.Dir, "Makefile"))
	if err != nil {
		return nil
	}
	var out []string
	for _, line := range strings.Split(string(data), "\n") {
		dir := "."
		words := strings.Fields(line)
		for i, w := range words {
			switch {
			case w == "cd" && i+1 < len(words):
				dir = path.Join(dir, words[i+1])
			case w == "-o" && i+1 < len(words) && sameProgram(path.Join(dir, words[i+1]), handler):
				out = append(out, l.sources(dir, words[i+2:])...)
			}
		}
	}
	return out
}

// sources are the files and folders named by the words up to the end of a command.
func (l *locator) sources(dir string, words []string) []string {
	var out []string
	for _, w := range words {
		if w == "&&" || w == ";" || w == "||" {
			break
		}
		out = append(out, path.Join(l.app.Dir, dir, strings.TrimSuffix(w, ";")))
	}
	return out
}

func sameProgram(built, handler string) bool {
	built = strings.TrimPrefix(built, "./")
	return built == handler || strings.TrimSuffix(built, "/bootstrap") == handler
}

// mainIn is the handler given to lambda.Start in a folder's package main, or its main function. Where several files of a folder have a main,
// each is a program, and the one is meant that is named like the handler.
func (l *locator) mainIn(dir string) (place, bool) {
	var found []place
	for _, f := range l.repo.InDir(dir) {
		if path.Dir(f.Path) != path.Clean(dir) {
			continue
		}
		if p, ok := l.mainOf(f.Path); ok {
			found = append(found, p)
		}
	}
	begun := slices.DeleteFunc(slices.Clone(found), func(p place) bool { return p.def.Name == "main" && p.def.Kind == syntax.Function })
	if len(begun) > 0 {
		found = begun
	}
	if handler, _ := l.f.Handler.Settled().Scalar(); len(found) > 1 {
		found = slices.DeleteFunc(found, func(p place) bool { return path.Base(p.file) != programName(handler)+".go" })
	}
	if len(found) != 1 {
		return place{}, false
	}
	return l.definedIn(dir, found[0]), true
}

// mainOf is the handler that a file of package main gives to the runtime, or its main function.
func (l *locator) mainOf(file string) (place, bool) {
	if path.Ext(file) != ".go" || strings.HasSuffix(file, "_test.go") {
		return place{}, false
	}
	symbols, err := l.symbols.of(file)
	if err != nil || symbols == nil || !symbols.PackageMain {
		return place{}, false
	}
	if len(symbols.Handlers) > 0 {
		return place{file, symbols.Handlers[0]}, true
	}
	def, ok := symbols.Def("main")
	return place{file, def}, ok
}

// definedIn prefers the place where a handler is defined over the place where it is handed to lambda.Start.
func (l *locator) definedIn(dir string, p place) place {
	if p.def.Kind == syntax.Function {
		return p
	}
	for _, f := range l.repo.InDir(dir) {
		if path.Dir(f.Path) != path.Clean(dir) || path.Ext(f.Path) != ".go" {
			continue
		}
		if symbols, err := l.symbols.of(f.Path); err == nil && symbols != nil {
			if def, ok := symbols.Def(p.def.Name); ok {
				return place{f.Path, def}
			}
		}
	}
	return p
}

// onlyMain is the program of an application that has just one, or just one in a folder or a file of a name.
func (l *locator) onlyMain(name string) (place, bool) {
	dirs := map[string]bool{}
	var last place
	for _, f := range l.repo.InDir(l.app.Dir) {
		dir := path.Dir(f.Path)
		inFile := name != "" && path.Base(f.Path) == name+".go"
		if path.Ext(f.Path) != ".go" || dirs[dir] || name != "" && path.Base(dir) != name && !inFile {
			continue
		}
		p, ok := l.mainIn(dir)
		if inFile {
			p, ok = l.mainOf(f.Path)
		}
		if ok {
			dirs[dir] = true
			last = p
		}
	}
	return last, len(dirs) == 1
}

// programName is what a program is called; empty for the names that the runtimes demand of all of them.
func programName(handler string) string {
	name := path.Base(handler)
	if name == "bootstrap" {
		name = path.Base(path.Dir(handler))
	}
	if name == "bootstrap" || name == "main" || name == "bin" || name == "." {
		return ""
	}
	return name
}

// targetSources reads what the target "build-<function>:" of a Makefile builds, which SAM calls for a function that says so.
func (l *locator) targetSources() []string {
	if method, _ := l.f.Resource.Attributes.Path("Metadata", "BuildMethod").Scalar(); method != "makefile" {
		return nil
	}
	for _, dir := range []string{l.dir, l.app.Dir} {
		data, err := l.repo.Read(path.Join(dir, "Makefile"))
		if err != nil {
			continue
		}
		var out []string
		within := false
		for _, line := range strings.Split(string(data), "\n") {
			if !strings.HasPrefix(line, "\t") && strings.Contains(line, ":") {
				within = strings.HasPrefix(line, "build-"+l.f.Resource.ID+":")
				continue
			}
			if within {
				out = append(out, goBuilds(dir, line)...)
			}
		}
		return out
	}
	return nil
}

// goBuilds are the files and folders that the commands "go build" of a line build: the folder at hand where they name none.
func goBuilds(dir, line string) []string {
	var out []string
	words := append(strings.Fields(line), ";")
	for i, w := range words {
		switch {
		case w == "cd":
			dir = path.Join(dir, words[i+1])
		case w == "build" && i > 0 && path.Base(words[i-1]) == "go":
			out = append(out, buildSource(dir, words[i+1:]))
		}
	}
	return out
}

// buildSource is what a command builds by the words after "go build"; empty where a variable decides.
func buildSource(dir string, words []string) string {
	source := ""
	for i, w := range words {
		switch {
		case strings.Trim(w, "&|;") == "":
			return path.Join(dir, source)
		case strings.HasPrefix(w, "-") || strings.ContainsAny(w, `"'=`) || i > 0 && (words[i-1] == "-o" || words[i-1] == "-tags"):
		case strings.ContainsAny(w, "$%"):
			return ""
		default:
			source = strings.TrimSuffix(w, ";")
		}
	}
	return path.Join(dir, source)
}

// golangImage finds the program that a Dockerfile builds: it names the sources, from the folder of the image.
func (l *locator) golangImage(dockerfile string) (model.Code, bool) {
	lines := slices.DeleteFunc(strings.Split(dockerfile, "\n"), func(line string) bool { return strings.HasPrefix(strings.TrimSpace(line), "#") })
	joined := strings.ReplaceAll(strings.Join(lines, "\n"), "\\\n", " ") // a command goes on after a backslash
	for _, line := range strings.Split(joined, "\n") {
		for _, source := range goBuilds(l.dir, line) {
			if p, ok := l.program(source); ok {
				return resolved(p, p.def.Name), true
			}
		}
	}
	return model.Code{}, false
}

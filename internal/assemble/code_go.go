package assemble

import (
	"path"
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
	for _, source := range l.makefileSources(handler) {
		if p, ok := l.program(source); ok {
			return resolved(p, p.def.Name)
		}
	}
	for _, dir := range l.goDirs(handler) {
		if p, ok := l.mainIn(dir); ok {
			return resolved(p, p.def.Name)
		}
	}
	if p, ok := l.onlyMain(); ok {
		return resolved(p, p.def.Name)
	}
	return missing("go", "no package main was found for handler "+handler)
}

// program is the handler of a source: a Go file, or a folder with package main.
func (l *locator) program(source string) (place, bool) {
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

// mainIn is the handler given to lambda.Start in a folder's package main, or its main function.
func (l *locator) mainIn(dir string) (place, bool) {
	var main place
	found := false
	for _, f := range l.repo.InDir(dir) {
		if path.Dir(f.Path) != path.Clean(dir) || path.Ext(f.Path) != ".go" || strings.HasSuffix(f.Path, "_test.go") {
			continue
		}
		symbols, err := l.symbols.of(f.Path)
		if err != nil || symbols == nil || !symbols.PackageMain {
			continue
		}
		if len(symbols.Handlers) > 0 {
			return l.definedIn(dir, place{f.Path, symbols.Handlers[0]}), true
		}
		if def, ok := symbols.Def("main"); ok && !found {
			main, found = place{f.Path, def}, true
		}
	}
	return main, found
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

// onlyMain is the program of an application that has just one.
func (l *locator) onlyMain() (place, bool) {
	dirs := map[string]bool{}
	var last place
	for _, f := range l.repo.InDir(l.app.Dir) {
		if path.Ext(f.Path) != ".go" || dirs[path.Dir(f.Path)] {
			continue
		}
		dir := path.Dir(f.Path)
		if p, ok := l.mainIn(dir); ok && len(p.file) > 0 {
			dirs[dir] = true
			last = p
		}
	}
	return last, len(dirs) == 1
}

package assemble

import (
	"path"
	"slices"
	"strings"

	"wardlet.example/internal/model"
	"wardlet.example/internal/syntax/javascript"
)

// elsewhere finds the code of a function whose package is not in the tree, because a build makes it (an archive, a folder of built
// output, an object in a bucket): the one source file of the repository that gives the handler's name and whose path ends as the
// handler's module does, or, where that says as little as index.handler, as the package or the function is called. Where several
// fit, none is taken.
func (l *locator) elsewhere(handler string, code *model.Value) (model.Code, bool) {
	var exts []string
	switch l.language() {
	case "javascript":
		exts = javascript.Extensions()
	case "python":
		exts = []string{".py"}
	default:
		return model.Code{}, false
	}
	for _, cut := range nodeCuts(handler) {
		module := sourcePath(cut.module)
		if len(module) > 1 || !slices.Contains(entryNames, module[0]) {
			if p, ok := l.only(cut.name, exts, func(file []string) bool { return endsWith(file, module) }); ok {
				return resolved(p, cut.name), true
			}
		}
		for _, key := range l.packageNames(code) {
			p, ok := l.only(cut.name, exts, func(file []string) bool { return calledAs(file, module[len(module)-1], key) })
			if ok {
				return resolved(p, cut.name), true
			}
		}
	}
	return model.Code{}, false
}

// only is the one file that fits and gives the name: of the application's folder, or else of the repository.
func (l *locator) only(name string, exts []string, fits func(file []string) bool) (place, bool) {
	for _, files := range [][]string{l.paths(l.app.Dir), l.paths(".")} {
		var found []place
		for _, file := range files {
			ext := path.Ext(file)
			if !slices.Contains(exts, ext) || isTest(file) || !fits(strings.Split(strings.TrimSuffix(file, ext), "/")) {
				continue
			}
			if p, ok := l.symbols.find(file, name, 0); ok {
				found = append(found, p)
			}
		}
		if len(found) > 0 {
			return found[0], len(found) == 1
		}
	}
	return place{}, false
}

func (l *locator) paths(dir string) []string {
	var out []string
	for _, f := range l.repo.InDir(dir) {
		out = append(out, f.Path)
	}
	return out
}

// sourcePath are the parts of a module's path without the folders of a build's output at its beginning.
func sourcePath(module string) []string {
	parts := strings.Split(strings.Trim(module, "/"), "/")
	for len(parts) > 1 && (parts[0] == "." || parts[0] == "src" || slices.Contains(outputDirs, parts[0])) {
		parts = parts[1:]
	}
	return parts
}

func endsWith(file, module []string) bool {
	if len(file) < len(module) {
		return false
	}
	tail := file[len(file)-len(module):]
	for i := range tail {
		if tail[i] != module[i] {
			return false
		}
	}
	return true
}

// entryNames are file names that say nothing about what is inside.
var entryNames = []string{"index", "handler", "main", "app", "lambda", "lambda_function", "lambdaFunction", "function", "src"}

// calledAs reports whether a file is called as the package is: its last folders are, or the file itself.
func calledAs(file []string, module, key string) bool {
	last := len(file) - 1
	if file[last] != module {
		return slices.Contains(entryNames, module) && joinedIs(file, key)
	}
	for ; last > 0 && slices.Contains(entryNames, file[last]); last-- {
		if joinedIs(file[:last], key) {
			return true
		}
	}
	return joinedIs(file[:last+1], key)
}

// joinedIs reports whether the last parts of a path, written together, are the key.
func joinedIs(parts []string, key string) bool {
	joined := ""
	for last := len(parts) - 1; last >= 0 && len(joined) < len(key); last-- {
		joined = plain(parts[last]) + joined
	}
	return joined == key
}

// packageNames are the names, made plain, that the package of a function has, the most telling first.
func (l *locator) packageNames(code *model.Value) []string {
	var names []string
	local, _ := code.Scalar()
	key, _ := code.Get("S3Key").Settled().Scalar()
	called, _ := l.f.Resource.Props.Get("FunctionName").Settled().Scalar()
	for _, n := range []string{path.Base(local), path.Base(key), l.f.ID, called} {
		n = strings.TrimSuffix(n, path.Ext(n))
		for _, short := range []string{plain(n), withoutKind(plain(n))} {
			if len(short) > 2 && !slices.Contains(entryNames, short) && !slices.Contains(names, short) {
				names = append(names, short)
			}
		}
	}
	return names
}

// withoutKind takes off the word that says that a function is one.
func withoutKind(name string) string {
	for _, kind := range []string{"lambdafunction", "function", "lambda"} {
		if rest, ok := strings.CutSuffix(name, kind); ok {
			return rest
		}
	}
	return name
}

// plain keeps the letters and digits of a name, in lower case.
func plain(name string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'A' && r <= 'Z':
			return r + 'a' - 'A'
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			return r
		}
		return -1
	}, name)
}

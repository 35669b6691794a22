package assemble

import (
	"path"
	"strings"

	"wardlet.example/internal/model"
)

// locate finds the code of a function: its file and symbol, as far as the language is read.
func (a *assembly) locate(app *model.App, f *model.Function) {
	l := &locator{assembly: a, app: app, f: f, dir: app.Dir}
	f.Code = l.locate()
}

// locator looks for the code of one function.
type locator struct {
	*assembly
	app *model.App
	f   *model.Function
	dir string // that the handler is relative to
}

func (l *locator) locate() model.Code {
	props := l.f.Resource.Props
	code := props.Get("Code").Settled()
	if props.Get("PackageType").EqualsText("Image") == model.Yes || code.Get("ImageUri").IsSet() == model.Yes {
		return l.image()
	}
	if zip := code.Get("ZipFile"); zip.Kind != model.Absent {
		return l.inline(zip)
	}
	handler, known := l.f.Handler.Settled().Scalar()
	if !known {
		if l.f.Handler.Kind == model.Absent && l.language() == "" {
			return model.Code{State: model.CodeUnknown, Reason: "the template names no handler"}
		}
		return model.Code{State: model.CodeUnknown, Language: l.language(), Reason: "the handler is not a known text"}
	}
	handler = strings.TrimPrefix(strings.TrimSpace(handler), "./")
	found := model.Code{State: model.CodeUnknown, Language: l.language(), Reason: l.enter(code)}
	if found.Reason == "" {
		found = l.byLanguage(handler)
	}
	if found.State == model.CodeMissing || found.State == model.CodeUnknown {
		if other, ok := l.elsewhere(handler, code); ok {
			return other
		}
	}
	return found
}

// enter sets the folder that the handler is relative to, from the Code property: a local path, or a place in a bucket.
func (l *locator) enter(code *model.Value) string {
	local, ok := code.Scalar()
	if !ok {
		if code.Kind == model.Map && code.Get("S3Bucket").IsSet() != model.No || code.Get("S3Key").IsSet() != model.No {
			return "" // deployed from a bucket: the sources may still lie beside the template
		}
		if code.Kind == model.Absent {
			return ""
		}
		return "the place of the code is not a known text"
	}
	if strings.Contains(local, "://") || path.IsAbs(local) {
		return ""
	}
	dir := path.Join(l.app.Dir, local)
	switch {
	case l.repo.IsDir(dir):
		l.dir = dir
	case path.Ext(dir) == ".zip" && l.repo.IsDir(strings.TrimSuffix(dir, ".zip")):
		l.dir = strings.TrimSuffix(dir, ".zip")
	case path.Ext(dir) == ".zip" || path.Ext(dir) == ".jar" || path.Ext(dir) == ".war":
	case l.repo.IsFile(dir):
		l.dir = path.Dir(dir)
	default:
		l.dir = dir // built output that is not there: its source may be found
	}
	return ""
}

// language is the one the runtime says; empty for custom runtimes and where it is not known.
func (l *locator) language() string {
	runtime, _ := l.f.Runtime.Settled().Scalar()
	switch {
	case strings.HasPrefix(runtime, "nodejs"):
		return "javascript"
	case strings.HasPrefix(runtime, "python"):
		return "python"
	case strings.HasPrefix(runtime, "go1"):
		return "go"
	case strings.HasPrefix(runtime, "java"):
		return "java"
	case strings.HasPrefix(runtime, "ruby"):
		return "ruby"
	case strings.HasPrefix(runtime, "dotnet"):
		return "dotnet"
	}
	return ""
}

func (l *locator) byLanguage(handler string) model.Code {
	switch language := l.language(); language {
	case "javascript":
		return l.node(handler)
	case "python":
		return l.python(handler)
	case "go":
		return l.golang(handler)
	case "java", "ruby", "dotnet":
		return l.locatedOnly(language, handler)
	}
	return l.guess(handler)
}

// guess serves custom runtimes and functions whose runtime is not known: the first language whose files fit.
func (l *locator) guess(handler string) model.Code {
	for _, try := range []func(string) model.Code{l.node, l.python, l.golang} {
		if code := try(handler); code.State == model.CodeResolved {
			return code
		}
	}
	for _, file := range []string{"Cargo.toml"} {
		if l.repo.IsFile(path.Join(l.dir, file)) || l.repo.IsFile(path.Join(l.app.Dir, file)) {
			return model.Code{State: model.CodeUnknown, Language: "rust", Reason: "sources in Rust are not read"}
		}
	}
	return model.Code{State: model.CodeUnknown, Reason: "no source fits handler " + handler + " and the runtime does not say the language"}
}

func resolved(p place, symbol string) model.Code {
	return model.Code{
		State: model.CodeResolved, Language: languageOf(p.file), File: p.file, Symbol: symbol,
		At: model.Pos{File: p.file, Line: p.def.Line, Col: p.def.Col},
	}
}

func missing(language, reason string) model.Code {
	return model.Code{State: model.CodeMissing, Language: language, Reason: reason}
}

// python finds module.function or package/module.function.
func (l *locator) python(handler string) model.Code {
	if target := l.wsgi(handler); target != "" {
		handler = target
	}
	dot := strings.LastIndexByte(handler, '.')
	if dot < 0 {
		return missing("python", "handler "+handler+" names no function: write module.function")
	}
	module, name := strings.ReplaceAll(handler[:dot], ".", "/"), handler[dot+1:]
	var seen string
	for _, dir := range l.roots() {
		for _, file := range l.symbols.pythonFiles(path.Join(dir, module)) {
			seen = file
			if p, ok := l.symbols.find(file, name, 0); ok {
				return resolved(p, name)
			}
		}
	}
	if seen != "" {
		code := missing("python", l.without(seen, name, "defines"))
		code.File = seen
		return code
	}
	if p, ok := l.bySuffix(module, name, ".py"); ok {
		return resolved(p, name)
	}
	return missing("python", "there is no "+path.Join(l.dir, module)+".py")
}

// roots are the folders a handler may be relative to: the code's, and the template's where that is another.
func (l *locator) roots() []string {
	if l.dir == l.app.Dir {
		return []string{l.dir}
	}
	return []string{l.dir, l.app.Dir}
}

// wsgi follows the plugin serverless-wsgi, whose generated handler calls the application named in custom.wsgi.app.
func (l *locator) wsgi(handler string) string {
	if handler != "wsgi_handler.handler" && handler != "wsgi.handler" {
		return ""
	}
	app, _ := l.app.Settings.Path("custom", "wsgi", "app").Scalar()
	return app
}

// bySuffix finds the one file of the application whose path ends in the module's path and that gives the name.
func (l *locator) bySuffix(module, name string, exts ...string) (place, bool) {
	if module == "" {
		return place{}, false
	}
	var found []place
	for _, f := range l.repo.InDir(l.app.Dir) {
		for _, ext := range exts {
			if !strings.HasSuffix(f.Path, "/"+module+ext) {
				continue
			}
			if p, ok := l.symbols.find(f.Path, name, 0); ok {
				found = append(found, p)
			}
		}
	}
	if len(found) != 1 {
		return place{}, false
	}
	return found[0], true
}

// locatedOnly finds the file of a handler in a language whose symbols are not read.
func (l *locator) locatedOnly(language, handler string) model.Code {
	for _, name := range handlerFiles(language, handler) {
		for _, dir := range l.roots() {
			if file := path.Join(dir, name); l.repo.IsFile(file) {
				return located(language, file, handler)
			}
		}
		if file := l.uniqueFile(name); file != "" {
			return located(language, file, handler)
		}
	}
	return missing(language, "no source of "+handler+" was found")
}

func located(language, file, handler string) model.Code {
	return model.Code{
		State: model.CodeLocated, Language: language, File: file, Symbol: handler,
		At: model.Pos{File: file, Line: 1}, Reason: "the symbols of " + language + " are not read",
	}
}

// handlerFiles are the file names that a handler of a compiled or Ruby runtime may stand for.
func handlerFiles(language, handler string) []string {
	switch language {
	case "ruby":
		file, _, _ := strings.Cut(path.Base(handler), ".")
		return []string{path.Join(path.Dir(handler), file) + ".rb"}
	case "java":
		class, _, _ := strings.Cut(handler, "::")
		class, _, _ = strings.Cut(class, "$")
		base := strings.ReplaceAll(class[strings.LastIndexByte(class, ':')+1:], ".", "/")
		return []string{base + ".java", base + ".kt", base + ".scala", base + ".groovy"}
	}
	parts := strings.Split(handler, "::")
	class := parts[min(1, len(parts)-1)]
	return []string{class[strings.LastIndexByte(class, '.')+1:] + ".cs", "Function.cs", "Program.cs"}
}

func (l *locator) uniqueFile(name string) string {
	found := ""
	for _, f := range l.repo.InDir(l.dir) {
		if strings.HasSuffix(f.Path, "/"+name) || f.Path == name {
			if found != "" {
				return ""
			}
			found = f.Path
		}
	}
	return found
}

// image follows a container image built from a Dockerfile of the repository to its handler.
func (l *locator) image() model.Code {
	meta := l.f.Resource.Attributes.Get("Metadata")
	dockerContext, _ := meta.Get("DockerContext").Settled().Scalar()
	dockerfile, _ := meta.Get("Dockerfile").Settled().Scalar()
	out := model.Code{State: model.CodeImage, Reason: "the code is in a container image"}
	if dockerfile == "" {
		return out
	}
	l.dir = path.Join(l.app.Dir, dockerContext)
	data, err := l.repo.Read(path.Join(l.dir, dockerfile))
	if err != nil {
		return out
	}
	handler := lastCommand(string(data))
	if c, ok := l.f.Resource.Props.Path("ImageConfig", "Command", "0").Scalar(); ok {
		handler = c
	}
	if c, ok := l.golangImage(string(data)); ok {
		return c
	}
	if handler == "" {
		return out
	}
	for _, try := range []func(string) model.Code{l.node, l.python} {
		if c := try(handler); c.State == model.CodeResolved {
			return c
		}
	}
	return out
}

// lastCommand is the first word of the last CMD of a Dockerfile in its JSON form.
func lastCommand(dockerfile string) string {
	handler := ""
	for _, line := range strings.Split(dockerfile, "\n") {
		rest, ok := strings.CutPrefix(strings.TrimSpace(line), "CMD")
		if !ok {
			continue
		}
		rest = strings.Trim(strings.TrimSpace(rest), "[]")
		first, _, _ := strings.Cut(rest, ",")
		handler = strings.Trim(strings.TrimSpace(first), `"'`)
	}
	return handler
}

package assemble

import (
	"bytes"
	"maps"
	"math"
	"path"
	"regexp"
	"slices"
	"strings"

	"wardlet.example/internal/model"
	"wardlet.example/internal/syntax"
)

// Programs are what serves requests, or runs, by itself: a web application that no handler stands around. Containers, functions of clouds
// that have no template, and trees without any template hold them.

// serving tells source files that make a web application or answer requests, by what they import.
var serving = map[string]*regexp.Regexp{
	"javascript": regexp.MustCompile(`["'](?:express|fastify|koa|@hapi/hapi|restify|polka|hono|@hono/node-server|@nestjs/core|@google-cloud/functions-framework|firebase-functions(?:/[\w/]+)?|@azure/functions)["']|\bhttps?\.createServer\(|\bcreateServer\(\s*(?:async\s*)?\(`),
	"python":     regexp.MustCompile(`(?m)^\s*(?:from|import)\s+(?:flask|fastapi|django|bottle|sanic|quart|starlette|litestar|aiohttp|tornado|falcon|chalice|functions_framework|azure\.functions|http\.server)\b`),
	"go":         regexp.MustCompile(`"(?:net/http|github\.com/(?:gin-gonic/gin|labstack/echo|go-chi/chi|gorilla/mux|gofiber/fiber|julienschmidt/httprouter|GoogleCloudPlatform/functions-framework-go)[\w./-]*)"`),
}

// servers are the words of which one stands in each text that serving tells: to look for words costs less.
var servers = map[string][]string{
	"javascript": {"express", "fastify", "koa", "hapi", "restify", "polka", "hono", "nestjs", "functions-framework", "firebase-functions", "@azure/functions", "createServer"},
	"python":     {"flask", "fastapi", "django", "bottle", "sanic", "quart", "starlette", "litestar", "aiohttp", "tornado", "falcon", "chalice", "functions_framework", "azure.functions", "http.server"},
	"go":         {"net/http", "gin-gonic", "labstack", "go-chi", "gorilla", "gofiber", "httprouter", "functions-framework"},
}

// serves reports whether the text of a source file says that it answers requests.
func serves(file string, data []byte) bool {
	language := languageOf(file)
	if language == "typescript" {
		language = "javascript"
	}
	pattern := serving[language]
	return pattern != nil && mentions(data, servers[language]) && pattern.Match(data)
}

// mentions reports whether one of some words stands in a text.
func mentions(data []byte, words []string) bool {
	return slices.ContainsFunc(words, func(w string) bool { return bytes.Contains(data, []byte(w)) })
}

// forBrowsers tells code that runs in browsers, by its name and by what it speaks of.
func forBrowsers(file string, data []byte) bool {
	switch path.Ext(file) {
	case ".jsx", ".tsx":
		return true
	case ".js", ".mjs", ".cjs", ".ts", ".mts", ".cts":
		return toolSetting.MatchString(path.Base(file)) || browser.Match(data)
	}
	return false
}

// toolSetting tells settings of tools for building and testing, which are written as code.
var toolSetting = regexp.MustCompile(`^\.|\.config\.\w+$|^(setupTests|gulpfile|Gruntfile)\.\w+$|\.stories\.\w+$`)

var browser = regexp.MustCompile(`\bdocument\.(?:getElement|querySelector|createElement|addEventListener|body|cookie|location)|\bwindow\.\w|\blocalStorage\.|["'](?:react|react-dom|vue|svelte|jquery|@angular/core)["']|\$\(document\)|\bclassName=|["']use client["']`)

// serverRoute tells files of frameworks for user interfaces that answer requests, by their place.
var serverRoute = regexp.MustCompile(`(?:^|/)(?:api/|route\.(?:js|ts)$)`)

// uiPackage tells packages of user interfaces by what they depend on.
var uiPackage = regexp.MustCompile(`"(?:react|react-dom|vue|svelte|@angular/core|next|nuxt|react-scripts)"\s*:`)

// ofInterface reports whether a file belongs to a package of a user interface, by the package.json above it that is nearest.
func (a *assembly) ofInterface(file string, known map[string]bool) bool {
	if languageOf(file) != "javascript" && languageOf(file) != "typescript" || serverRoute.MatchString(file) {
		return false
	}
	for dir := path.Dir(file); ; dir = path.Dir(dir) {
		is, ok := known[dir]
		if !ok {
			data, err := a.repo.Read(path.Join(dir, "package.json"))
			is, ok = err == nil && uiPackage.Match(data) && !serves("package.js", data), err == nil
			if ok {
				known[dir] = is
			}
		}
		if ok || dir == "." || dir == "/" {
			return is
		}
	}
}

// programs are the entries of what serves by itself in some files of which none is known to belong to a function. Where a repository has no
// template at all, every file is one that no other one imports.
func (a *assembly) programs(app *model.App, files []string, claimed map[string]bool, all bool) []*model.Function {
	mine, serving := a.ofPrograms(files, claimed, all)
	imports := a.importsFrom(app, mine, math.MaxInt)
	entries := imports.entries(mine)
	mine = slices.DeleteFunc(mine, func(file string) bool {
		return !entries[file] || !serving[file] && (a.deploys(file) || a.leadsToPages(imports.from(file)))
	})
	last := map[string]bool{} // scripts beside what serves, which is asked what the modules do that both have
	for _, file := range mine {
		last[file] = !leadsToOne(imports.from(file), serving)
	}
	slices.SortStableFunc(mine, func(x, y string) int {
		switch {
		case last[x] == last[y]:
			return 0
		case last[x]:
			return 1
		}
		return -1
	})
	goModules := a.goPrograms(mine)
	var out []*model.Function
	folders := map[string]bool{}
	for _, file := range mine {
		if path.Ext(file) != ".go" || a.startsGo(file, goModules, folders) {
			out = append(out, standalone(file))
		}
	}
	return out
}

// deployment tells code that says what is deployed, by what it imports: it runs where that is done, and nobody calls it.
var deployment = regexp.MustCompile(`["'](?:aws-cdk-lib|@aws-cdk/|@pulumi/|cdktf)|(?m)^\s*(?:from|import)\s+(?:aws_cdk|pulumi|cdktf)\b|"github\.com/(?:aws/aws-cdk-go|pulumi/pulumi)`)

func (a *assembly) deploys(file string) bool {
	data, err := a.repo.Read(file)
	return err == nil && deployment.Match(data)
}

// ofPages tells code of pages that is no text of a mail or a document either: it keeps state in a browser, or speaks of it.
var ofPages = regexp.MustCompile(`\buse(?:State|Effect|Ref|Memo|Callback|Context|Reducer)\(|\bwindow\.\w|\bdocument\.\w|\blocalStorage\.`)

// leadsToPages reports whether one of some files is a component of a page: what brings them together, as the index of their folder, is run by
// browsers alone.
func (a *assembly) leadsToPages(files map[string]bool) bool {
	for file := range files {
		if ext := path.Ext(file); ext != ".tsx" && ext != ".jsx" {
			continue
		}
		if data, err := a.repo.Read(file); err == nil && ofPages.Match(data) {
			return true
		}
	}
	return false
}

// ofPrograms are those of some files that can belong to a program, and which of them answer requests.
func (a *assembly) ofPrograms(files []string, claimed map[string]bool, all bool) (mine []string, serving map[string]bool) {
	serving, interfaces := map[string]bool{}, map[string]bool{}
	for _, file := range files {
		if claimed[file] || path.Ext(file) == ".go" && claimed[path.Dir(file)] || made(file) || strings.Contains(file, "migrations/") {
			continue
		}
		data, err := a.repo.Read(file)
		if err != nil || len(bytes.TrimSpace(data)) == 0 {
			continue
		}
		serving[file] = serves(file, data)
		if forBrowsers(file, data) || !serving[file] && (!all || a.ofInterface(file, interfaces)) {
			continue
		}
		if s, err := a.symbols.of(file); err == nil && s != nil {
			mine = append(mine, file)
		}
	}
	return mine, serving
}

// leadsToOne reports whether one of some files is of a kind.
func leadsToOne(files, kind map[string]bool) bool {
	for file := range files {
		if kind[file] {
			return true
		}
	}
	return false
}

// from is a file with all that it leads to.
func (all imports) from(file string) map[string]bool {
	seen := map[string]bool{file: true}
	queue := []string{file}
	for len(queue) > 0 {
		for _, target := range all[queue[0]] {
			if !seen[target] {
				seen[target] = true
				queue = append(queue, target)
			}
		}
		queue = queue[1:]
	}
	return seen
}

// entries are those of some files that lead to all of them: those that nothing imports, and the first of those that import each other.
func (all imports) entries(files []string) map[string]bool {
	imported := map[string]bool{}
	for file, targets := range all {
		for _, target := range targets {
			imported[target] = imported[target] || target != file
		}
	}
	out, covered := map[string]bool{}, map[string]bool{}
	for _, circles := range []bool{false, true} {
		for _, file := range files {
			if covered[file] || imported[file] && !circles {
				continue
			}
			out[file] = true
			maps.Copy(covered, all.from(file))
		}
	}
	return out
}

// startsGo reports whether a file of Go is where a program begins: with its main, or, in a module that has no program, the first of a package.
func (a *assembly) startsGo(file string, modules, folders map[string]bool) bool {
	if s, err := a.symbols.of(file); err == nil && s.PackageMain {
		if _, ok := s.Def("main"); ok {
			return true
		}
	}
	dir := path.Dir(file)
	if modules[a.goModule(file)] || folders[dir] {
		return false
	}
	folders[dir] = true
	return true
}

// goPrograms are the folders of the modules of Go that have a program of whatever kind, where one of some files is of Go.
func (a *assembly) goPrograms(files []string) map[string]bool {
	out := map[string]bool{}
	if !slices.ContainsFunc(files, func(file string) bool { return path.Ext(file) == ".go" }) {
		return out
	}
	for _, f := range a.repo.Files() {
		if path.Ext(f.Path) != ".go" {
			continue
		}
		if data, err := a.repo.Read(f.Path); err == nil && mentions(data, []string{"func main("}) {
			out[a.goModule(f.Path)] = true
		}
	}
	return out
}

// goModule is the folder of the go.mod that a file belongs to; the root where there is none.
func (a *assembly) goModule(file string) string {
	for dir := path.Dir(file); ; dir = path.Dir(dir) {
		if _, err := a.repo.Read(path.Join(dir, "go.mod")); err == nil || dir == "." || dir == "/" {
			return dir
		}
	}
}

// standalone is a program as a function: the whole module is its code.
func standalone(file string) *model.Function {
	f := conventional(file, syntax.Def{Line: 1, Col: 1})
	f.ID, f.Name = file, file
	f.Handler = model.NewAbsent(f.Origin)
	return f
}

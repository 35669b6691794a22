package assemble

import (
	"encoding/json"
	"path"
	"slices"
	"sort"
	"strings"

	"wardlet.example/internal/model"
)

// maxModules bounds the files looked into for one application.
const maxModules = 2_000

// shareModules tells the applications which source files they have in common: those that functions of several import,
// directly or through others.
func (a *assembly) shareModules(ws *model.Workspace) {
	if len(ws.Apps) < 2 {
		return
	}
	reached := make([]map[string]bool, len(ws.Apps))
	a.parallel(len(ws.Apps), func(i int) { reached[i] = a.modulesOf(ws.Apps[i]) })
	users := map[string][]*model.App{}
	for i, files := range reached {
		for file := range files {
			users[file] = append(users[file], ws.Apps[i])
		}
	}
	for file, apps := range users {
		if len(apps) < 2 {
			continue
		}
		for i, app := range apps {
			with := append(append([]*model.App{}, apps[:i]...), apps[i+1:]...)
			app.Shared = append(app.Shared, model.SharedFile{File: file, With: with})
		}
	}
	for _, app := range ws.Apps {
		sort.Slice(app.Shared, func(i, j int) bool { return app.Shared[i].File < app.Shared[j].File })
	}
}

// modulesOf are the source files that the functions of an application lead to.
func (a *assembly) modulesOf(app *model.App) map[string]bool {
	var files []string
	for _, f := range app.Functions {
		if f.Code.State == model.CodeResolved && f.Code.Language != "go" {
			files = append(files, f.Code.File)
		}
	}
	out := map[string]bool{}
	for file := range a.importsFrom(app, files, maxModules) {
		out[file] = true
	}
	return out
}

// imports are the files that files import directly.
type imports map[string][]string

// importsFrom are the imports of some files and of those that they lead to, at most so many of them.
func (a *assembly) importsFrom(app *model.App, files []string, most int) imports {
	out := imports{}
	queue := slices.Clone(files)
	for len(queue) > 0 && len(out) < most && a.ctx.Err() == nil {
		file := queue[0]
		queue = queue[1:]
		if _, ok := out[file]; ok {
			continue
		}
		out[file] = nil
		symbols, err := a.symbols.of(file)
		if err != nil || symbols == nil {
			continue
		}
		for _, module := range symbols.Imports {
			out[file] = append(out[file], a.modulesMeant(app, file, module)...)
		}
		queue = append(queue, out[file]...)
	}
	return out
}

// modulesMeant are the files that an import means: beside the file, from the folder of the application, or those of a
// package that the repository itself has.
func (a *assembly) modulesMeant(app *model.App, file, module string) []string {
	if found := first(a.symbols.moduleFiles(file, module)); found != nil {
		return found
	}
	if path.Ext(file) == ".py" {
		if strings.HasPrefix(module, ".") {
			return nil
		}
		return first(a.symbols.pythonModule(app.Dir, module))
	}
	return a.inPackages(module, a.packages())
}

// inPackages are the files that a module means in a package that the repository itself has.
func (a *assembly) inPackages(module string, packages map[string]string) []string {
	name, rest := packageOf(module)
	dir, ok := packages[name]
	if !ok {
		return nil
	}
	if rest != "" {
		return a.firstModule(dir, rest, path.Join("src", rest), beforeBuild(rest))
	}
	main := packages[name+mainMark]
	return a.firstModule(dir, main, beforeBuild(main), "index", "src/index")
}

// firstModule is the first file of a folder that some modules mean.
func (a *assembly) firstModule(dir string, modules ...string) []string {
	for _, module := range modules {
		if found := a.symbols.nodeFiles(path.Join(dir, module)); module != "" && len(found) > 0 {
			return found[:1]
		}
	}
	return nil
}

// beforeBuild is what a module is compiled from that a build has put into a folder of its own: dist/lib/orders.js is that of src/lib/orders.
func beforeBuild(module string) string {
	if folder, rest, ok := strings.Cut(path.Clean(module), "/"); ok && builtInto[folder] {
		return path.Join("src", rest)
	}
	return ""
}

// builtInto are the folders that compilers write to.
var builtInto = map[string]bool{"dist": true, "build": true, "lib": true, "out": true}

func first(all []string) []string {
	if len(all) == 0 {
		return nil
	}
	return all[:1]
}

// packageOf takes the name of a package off a module: "@scope/name" or "name", and what is asked for inside.
func packageOf(module string) (name, rest string) {
	parts := strings.SplitN(module, "/", 3)
	n := 1
	if strings.HasPrefix(module, "@") && len(parts) > 1 {
		n = 2
	}
	return strings.Join(parts[:n], "/"), strings.Join(parts[n:], "/")
}

// mainMark follows the name of a package where packages has its main file; no package is called so.
const mainMark = " main"

// packages are the packages of Node.js that stand in the repository, by name: their folder. Names that two have mean none.
func (a *assembly) packages() map[string]string {
	a.packagesOnce.Do(func() { a.packagesRead = a.readPackages() })
	return a.packagesRead
}

func (a *assembly) readPackages() map[string]string {
	out := map[string]string{}
	twice := map[string]bool{}
	for _, f := range a.repo.Files() {
		if path.Base(f.Path) != "package.json" {
			continue
		}
		data, err := a.repo.Read(f.Path)
		if err != nil {
			continue
		}
		var said struct{ Name, Main string }
		if json.Unmarshal(data, &said) != nil || said.Name == "" {
			continue
		}
		if _, ok := out[said.Name]; ok {
			twice[said.Name] = true
		}
		out[said.Name] = path.Dir(f.Path)
		if said.Main != "" {
			out[said.Name+mainMark] = said.Main
		}
	}
	for name := range twice {
		delete(out, name)
	}
	return out
}

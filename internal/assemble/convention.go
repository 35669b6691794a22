package assemble

import (
	"bytes"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
	"sync"

	"wardlet.example/internal/model"
	"wardlet.example/internal/syntax"
)

// byConvention finds functions by the shape of their code: handlers that no template names, as where there is none, where it is in a
// language that is not read, or where only a part of it is in the tree.
func (a *assembly) byConvention(ws *model.Workspace) {
	files, servers, claimed := a.unclaimed(ws)
	a.parallel(len(files), func(i int) { _, _ = a.symbols.of(files[i]) })
	app := &model.App{Name: path.Base(ws.Root), Kind: model.Convention, File: ".", Dir: ".", Settings: model.NewAbsent(model.Origin{})}
	app.Index()
	names := a.handlersNamed()
	for _, file := range files {
		symbols, err := a.symbols.of(file)
		if err != nil {
			if len(ws.Apps) == 0 {
				ws.Diagnostics = append(ws.Diagnostics, unreadable(file, err))
			}
			continue
		}
		told := map[string]bool{}
		for _, h := range append(slices.Clone(symbols.Handlers), namedIn(file, symbols, names)...) {
			if !told[h.Name] {
				told[h.Name] = true
				app.Functions = append(app.Functions, conventional(file, h))
			}
		}
	}
	n := len(app.Functions)
	app.Functions = append(app.Functions, a.programs(app, servers, a.alsoClaimed(app, claimed), !haveFunctions(ws))...)
	if said := recognised(n, len(app.Functions)-n, len(ws.Apps)); said.Message != "" {
		ws.Diagnostics = append(ws.Diagnostics, said)
	}
	if len(app.Functions) == 0 {
		return
	}
	ws.Apps = append(ws.Apps, app)
	directories(ws)
	j := &join{app: app, all: newJoint([]*model.App{app})} // without a template nobody says who calls
	j.roles()
	j.environment()
}

// haveFunctions reports whether a template names any function.
func haveFunctions(ws *model.Workspace) bool {
	return slices.ContainsFunc(ws.Apps, func(app *model.App) bool { return len(app.Functions) > 0 })
}

// recognised says how many functions and programs were found by the shape of their code, beside so many applications.
func recognised(functions, programs, apps int) model.Diagnostic {
	said := model.Diagnostic{Level: model.Note}
	var what []string
	if functions > 0 {
		what = append(what, fmt.Sprintf("%d functions were recognised by their names or the shape of their code", functions))
	}
	if programs > 0 {
		what = append(what, fmt.Sprintf("%d files are read as programs of their own", programs))
	}
	found := strings.Join(what, ", ")
	switch {
	case found == "" && apps > 0:
	case found == "":
		said.Message = "no template and no code was found: nothing was checked"
		said.Hint = "point wardlet at the folder of a service (serverless.yml, template.yaml ...)"
	case apps == 0:
		said.Message = "no template was found: " + found + "; who can call them is not known"
	default:
		said.Message = "beside what templates name, " + found + "; who can call them is not known"
	}
	return said
}

// alsoClaimed are the files that functions of templates lead to, with those that the functions of an application lead to.
func (a *assembly) alsoClaimed(app *model.App, claimed map[string]bool) map[string]bool {
	out := a.modulesOf(app)
	maps.Copy(out, claimed)
	for _, f := range app.Functions {
		if path.Ext(f.Code.File) == ".go" {
			out[path.Dir(f.Code.File)] = true
		}
	}
	return out
}

// unclaimed are the source files that may hold a handler, those that may hold a program, and what functions of templates lead to.
func (a *assembly) unclaimed(ws *model.Workspace) (handlers, programs []string, claimed map[string]bool) {
	var files []string
	for _, f := range a.repo.Files() {
		if languageOf(f.Path) != "" && !isTest(f.Path) {
			files = append(files, f.Path)
		}
	}
	if !haveFunctions(ws) {
		files = slices.DeleteFunc(files, func(file string) bool { return ofOthers(file, a.others) })
		return files, files, map[string]bool{}
	}
	claimed = a.claimed(ws)
	var mu sync.Mutex
	a.parallel(len(files), func(i int) {
		if made(files[i]) || claimed[files[i]] || path.Ext(files[i]) == ".go" && claimed[path.Dir(files[i])] || ofOthers(files[i], a.others) {
			return
		}
		data, err := a.repo.Read(files[i])
		if err != nil {
			return
		}
		handler, server := mentionsHandler(files[i], data), serves(files[i], data)
		mu.Lock()
		defer mu.Unlock()
		if handler {
			handlers = append(handlers, files[i])
		}
		if server {
			programs = append(programs, files[i])
		}
	})
	slices.Sort(handlers)
	slices.Sort(programs)
	return handlers, programs, claimed
}

// made reports whether a file is in a folder that a tool has made: built output, packages of others, or one that is hidden.
func made(file string) bool {
	for _, part := range strings.Split(path.Dir(file), "/") {
		if part == "dist" || part == "build" || part == "cdk.out" || part == "vendor" || len(part) > 1 && part[0] == '.' {
			return true
		}
	}
	return false
}

// claimed are the source files that functions of templates lead to, and the folders of Go programs.
func (a *assembly) claimed(ws *model.Workspace) map[string]bool {
	var mu sync.Mutex
	out := map[string]bool{}
	a.parallel(len(ws.Apps), func(i int) {
		reached := a.modulesOf(ws.Apps[i])
		mu.Lock()
		defer mu.Unlock()
		for file := range reached {
			out[file] = true
		}
		for _, f := range ws.Apps[i].Functions {
			out[f.Code.File] = true
			if path.Ext(f.Code.File) == ".go" {
				out[path.Dir(f.Code.File)] = true
			}
		}
	})
	return out
}

// mentionsHandler looks into a file, because to parse them all would take long.
func mentionsHandler(file string, data []byte) bool {
	if path.Ext(file) == ".go" {
		return bytes.Contains(data, []byte("lambda.Start"))
	}
	return bytes.Contains(data, []byte("andler")) && bytes.Contains(data, []byte("event"))
}

func conventional(file string, h syntax.Def) *model.Function {
	at := model.Origin{Pos: model.Pos{File: file, Line: h.Line, Col: h.Col}}
	id := strings.TrimSuffix(file, path.Ext(file)) + "." + h.Name
	return &model.Function{
		ID: id, Name: id, Runtime: model.NewUnknown("there is no template", at), Handler: model.NewString(h.Name, at),
		Resource: &model.Resource{ID: id, Props: model.NewUnknown("there is no template", at), Attributes: model.NewMap(nil, at), Origin: at},
		Code:     resolved(place{file, h}, h.Name), Exposure: model.Undecided, Origin: at,
	}
}

// testFolders are folders of tests and of what they need.
var testFolders = map[string]bool{
	"test": true, "tests": true, "testing": true, "__tests__": true, "mocks": true, "__mocks__": true, "spec": true, "specs": true, "testdata": true,
	"fixtures": true, "__fixtures__": true, "e2e": true, "cypress": true,
}

// isTest tells test code by its place and name.
func isTest(file string) bool {
	base := path.Base(file)
	if strings.Contains(base, ".test.") || strings.Contains(base, ".spec.") || strings.HasPrefix(base, "test_") || strings.HasSuffix(base, "_test.go") || strings.HasSuffix(base, "_test.py") {
		return true
	}
	for rest := file; ; {
		part, after, more := strings.Cut(rest, "/")
		if !more {
			return false
		}
		if testFolders[part] || strings.HasSuffix(part, "-e2e") {
			return true
		}
		rest = after
	}
}

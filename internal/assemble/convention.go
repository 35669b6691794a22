package assemble

import (
	"bytes"
	"fmt"
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
	files := a.unclaimed(ws)
	a.parallel(len(files), func(i int) { _, _ = a.symbols.of(files[i]) })
	app := &model.App{Name: path.Base(ws.Root), Kind: model.Convention, File: ".", Dir: ".", Settings: model.NewAbsent(model.Origin{})}
	app.Index()
	for _, file := range files {
		symbols, err := a.symbols.of(file)
		if err != nil {
			if len(ws.Apps) == 0 {
				ws.Diagnostics = append(ws.Diagnostics, unreadable(file, err))
			}
			continue
		}
		for _, h := range symbols.Handlers {
			app.Functions = append(app.Functions, conventional(file, h))
		}
	}
	said := model.Diagnostic{Level: model.Note}
	switch n := len(app.Functions); {
	case n == 0 && len(ws.Apps) > 0:
		return
	case n == 0:
		said.Message = "no template and no handler was found: nothing was checked"
		said.Hint = "point wardlet at the folder of a service (serverless.yml, template.yaml ...)"
	case len(ws.Apps) == 0:
		said.Message = fmt.Sprintf("no template was found: %d functions were recognised by the shape of their code, and who can call them is not known", n)
	default:
		said.Message = fmt.Sprintf("%d functions that no template names were recognised by the shape of their code, and who can call them is not known", n)
	}
	ws.Diagnostics = append(ws.Diagnostics, said)
	if len(app.Functions) == 0 {
		return
	}
	ws.Apps = append(ws.Apps, app)
	directories(ws)
	j := &join{app: app, all: newJoint([]*model.App{app})} // without a template nobody says who calls
	j.roles()
	j.environment()
}

// unclaimed are the source files that may hold a handler and that no function of a template leads to.
func (a *assembly) unclaimed(ws *model.Workspace) []string {
	var files []string
	for _, f := range a.repo.Files() {
		if languageOf(f.Path) != "" && !isTest(f.Path) {
			files = append(files, f.Path)
		}
	}
	if len(ws.Apps) == 0 {
		return files
	}
	claimed := a.claimed(ws)
	others := installed(a.repo)
	var mu sync.Mutex
	var out []string
	a.parallel(len(files), func(i int) {
		if made(files[i]) || claimed[files[i]] || path.Ext(files[i]) == ".go" && claimed[path.Dir(files[i])] || ofOthers(files[i], others) || !a.mentionsHandler(files[i]) {
			return
		}
		mu.Lock()
		defer mu.Unlock()
		out = append(out, files[i])
	})
	slices.Sort(out)
	return out
}

// made reports whether a file is in a folder that a tool has made: built output, or one that is hidden.
func made(file string) bool {
	for _, part := range strings.Split(path.Dir(file), "/") {
		if part == "dist" || part == "build" || part == "cdk.out" || len(part) > 1 && part[0] == '.' {
			return true
		}
	}
	return false
}

// claimed are the source files that functions of templates lead to, and the folders of Go programs.
func (a *assembly) claimed(ws *model.Workspace) map[string]bool {
	packages := a.packages()
	var mu sync.Mutex
	out := map[string]bool{}
	a.parallel(len(ws.Apps), func(i int) {
		reached := a.modulesOf(ws.Apps[i], packages)
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
func (a *assembly) mentionsHandler(file string) bool {
	data, err := a.repo.Read(file)
	if err != nil {
		return false
	}
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

// isTest tells test code by its place and name.
func isTest(file string) bool {
	base := path.Base(file)
	if strings.Contains(base, ".test.") || strings.Contains(base, ".spec.") || strings.HasPrefix(base, "test_") || strings.HasSuffix(base, "_test.go") || strings.HasSuffix(base, "_test.py") {
		return true
	}
	for _, part := range strings.Split(path.Dir(file), "/") {
		switch part {
		case "test", "tests", "__tests__", "__mocks__", "spec", "testdata", "fixtures":
			return true
		}
	}
	return false
}

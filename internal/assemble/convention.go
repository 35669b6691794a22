package assemble

import (
	"fmt"
	"path"
	"strings"

	"wardlet.example/internal/model"
	"wardlet.example/internal/syntax"
)

// byConvention finds functions by the shape of their code, for trees that have no template.
func (a *assembly) byConvention(ws *model.Workspace) {
	var files []string
	for _, f := range a.repo.Files() {
		if languageOf(f.Path) != "" && !isTest(f.Path) {
			files = append(files, f.Path)
		}
	}
	a.parallel(len(files), func(i int) { _, _ = a.symbols.of(files[i]) })
	app := &model.App{Name: path.Base(ws.Root), Kind: model.Convention, File: ".", Dir: ".", Settings: model.NewAbsent(model.Origin{})}
	app.Index()
	for _, file := range files {
		symbols, err := a.symbols.of(file)
		if err != nil {
			ws.Diagnostics = append(ws.Diagnostics, unreadable(file, err))
			continue
		}
		for _, h := range symbols.Handlers {
			app.Functions = append(app.Functions, conventional(file, h))
		}
	}
	if len(app.Functions) == 0 {
		ws.Diagnostics = append(ws.Diagnostics, model.Diagnostic{
			Level: model.Note, Message: "no template and no handler was found: nothing was checked",
			Hint: "point wardlet at the folder of a service (serverless.yml, template.yaml ...)",
		})
		return
	}
	ws.Apps = append(ws.Apps, app)
	ws.Diagnostics = append(ws.Diagnostics, model.Diagnostic{
		Level:   model.Note,
		Message: fmt.Sprintf("no template was found: %d functions were recognised by the shape of their code, and who can call them is not known", len(app.Functions)),
	})
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

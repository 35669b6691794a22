// Package assemble joins what the templates declare into one model.Workspace: functions with their code, role,
// environment and triggers, per application.
//
// The template readers hand over resources in the canonical form; everything here works on that form alone, so that all
// template languages give the same functions and triggers. What the code does is left to later floors.
package assemble

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"sort"
	"strings"
	"sync"

	"wardlet.example/internal/document"
	"wardlet.example/internal/model"
	"wardlet.example/internal/parallel"
	"wardlet.example/internal/repo"
	"wardlet.example/internal/template/cloudformation"
	"wardlet.example/internal/template/sam"
	"wardlet.example/internal/template/serverless"
)

// Options say how a repository is read.
type Options struct {
	Stage string // as with --stage; empty for each service's own
	Jobs  int    // how many files are worked on at once; at least 1
}

// assembly is one reading of a repository.
type assembly struct {
	ctx     context.Context
	repo    *repo.Repo
	options Options
	symbols *symbolCache
	others  map[string]bool // see installed

	packagesOnce sync.Once
	packagesRead map[string]string // see packages

	mu       sync.Mutex
	docs     map[string]*parsed // by path
	included map[string]bool    // files that a service includes
}

// parsed is a document with what its reading had to say.
type parsed struct {
	once        sync.Once
	doc         *document.Document
	diagnostics []model.Diagnostic
	err         error
}

// Sources are the documents an assembly read, for those who need their comments.
type Sources map[string]*document.Document

// Workspace reads a repository. It never fails: what cannot be read, or not in time, becomes a diagnostic.
func Workspace(ctx context.Context, r *repo.Repo, root string, o Options) (*model.Workspace, Sources) {
	a := &assembly{repo: r, options: o, docs: map[string]*parsed{}, included: map[string]bool{}}
	a.symbols = newSymbolCache(r)
	a.others = installed(r)
	a.ctx = ctx
	ws := &model.Workspace{Root: root}
	results := a.readAll(a.candidates())
	sources := Sources{}
	for _, res := range results {
		if a.included[res.file] && (res.app == nil || res.app.Kind != model.Serverless) {
			continue // a part of another template, which tells what is wrong with it
		}
		ws.Diagnostics = append(ws.Diagnostics, res.diagnostics...)
		if res.app != nil {
			ws.Apps = append(ws.Apps, res.app)
		}
	}
	for name, p := range a.docs {
		if p.doc != nil {
			sources[name] = p.doc
		}
	}
	ws.Diagnostics = append(ws.Diagnostics, a.nest(ws)...)
	a.joinAll(ws)
	a.byConvention(ws)
	a.shareModules(ws)
	ws.Diagnostics = append(ws.Diagnostics, otherClouds(ws.Apps)...)
	ws.Diagnostics = append(ws.Diagnostics, r.Diagnostics()...)
	sortDiagnostics(ws.Diagnostics)
	ws.Number()
	return ws, sources
}

// otherClouds says once which services are for clouds that are not read.
func otherClouds(apps []*model.App) []model.Diagnostic {
	count := map[string]int{}
	var names []string
	var at model.Pos
	for _, app := range apps {
		if app.Provider == "aws" || app.Provider == "" {
			continue
		}
		if len(names) == 0 {
			at = model.Pos{File: app.File}
		}
		if count[app.Provider] == 0 {
			names = append(names, app.Provider)
		}
		count[app.Provider]++
	}
	if len(names) == 0 {
		return nil
	}
	sort.Strings(names)
	total := 0
	for i, n := range names {
		total += count[n]
		names[i] = fmt.Sprintf("%s %d", n, count[n])
	}
	return []model.Diagnostic{{
		Pos: at, Level: model.Note, Incomplete: true,
		Message: fmt.Sprintf("services for clouds that are not read yet are not checked: %d (%s)", total, strings.Join(names, ", ")),
	}}
}

func sortDiagnostics(all []model.Diagnostic) {
	sort.SliceStable(all, func(i, j int) bool {
		a, b := all[i], all[j]
		if a.File != b.File {
			return a.File < b.File
		}
		return a.Line < b.Line
	})
}

// candidates are the files that may be templates, by their name alone. Those of installed packages are templates of nobody here, and some
// packages bring a hundred megabytes of descriptions.
func (a *assembly) candidates() []string {
	var out []string
	for _, f := range a.repo.Files() {
		if ofOthers(f.Path, a.others) {
			continue
		}
		switch path.Ext(f.Path) {
		case ".yml", ".yaml", ".template":
			out = append(out, f.Path)
		case ".json":
			if !notTemplate[path.Base(f.Path)] {
				out = append(out, f.Path)
			}
		default:
			if a.isProgram(f.Path) {
				out = append(out, f.Path)
			}
		}
	}
	return out
}

// notTemplate are JSON files whose names say that they are something else.
var notTemplate = map[string]bool{
	"package.json": true, "package-lock.json": true, "npm-shrinkwrap.json": true, "tsconfig.json": true, "jsconfig.json": true,
	"composer.json": true, "manifest.json": true, "tree.json": true,
}

// result is what one file gave.
type result struct {
	file        string
	app         *model.App
	diagnostics []model.Diagnostic
}

func (a *assembly) readAll(files []string) []result {
	results := make([]result, len(files))
	a.parallel(len(files), func(i int) { results[i] = a.readFile(files[i]) })
	return results
}

// parallel calls f for 0..n-1 on the allowed number of workers.
func (a *assembly) parallel(n int, f func(int)) { parallel.Each(a.options.Jobs, n, f) }

func (a *assembly) readFile(file string) result {
	res := result{file: file}
	if a.ctx.Err() != nil {
		if looksLikeTemplateName(file) {
			res.diagnostics = append(res.diagnostics, unreadable(file, errors.New("not read: the time was up")))
		}
		return res
	}
	data, err := a.repo.Read(file)
	if err != nil {
		res.diagnostics = notRead(file, err)
		return res
	}
	if a.isProgram(file) {
		return a.program(file, data)
	}
	service := strings.HasPrefix(path.Base(file), "serverless")
	named := service || looksLikeTemplateName(file)
	if !named && !maybeTemplate(data) {
		return res
	}
	p := a.document(file)
	if p.doc == nil {
		if named || bytes.Contains(data, []byte("AWSTemplateFormatVersion")) {
			res.diagnostics = p.diagnostics
		}
		return res
	}
	if named && p.doc.Root.Kind == model.Absent {
		res.diagnostics = []model.Diagnostic{{Pos: model.Pos{File: file}, Level: model.Note, Message: "the file is empty"}}
	}
	switch root := p.doc.Root; {
	case serverless.Recognise(root):
		res.app, res.diagnostics = a.service(file, root)
	case cloudformation.Recognise(root) || sam.Recognise(root):
		res.app, res.diagnostics = a.stack(file, root, nil)
	}
	if res.app != nil || named {
		res.diagnostics = append(slices.Clone(p.diagnostics), res.diagnostics...)
	}
	if root := p.doc.Root; res.app == nil && root.Kind == model.Map && root.Get("Resources").Kind != model.Map && root.Get("Resources").Kind != model.Absent {
		res.diagnostics = append(res.diagnostics, model.Diagnostic{
			Pos: root.KeyPos("Resources"), Level: model.Warning, Message: "Resources is not a map of resources: nothing of the file is checked", Incomplete: true,
		})
	}
	return res
}

// notRead tells of a candidate that could not be read: as an error where its name says that it is a template, as a note
// where it is only too large to tell.
func notRead(file string, err error) []model.Diagnostic {
	switch {
	case looksLikeTemplateName(file):
		return []model.Diagnostic{unreadable(file, err)}
	case errors.Is(err, repo.ErrTooLarge):
		d := unreadable(file, err)
		d.Level, d.Incomplete = model.Note, false
		return []model.Diagnostic{d}
	}
	return nil
}

func unreadable(file string, err error) model.Diagnostic {
	return model.Diagnostic{Pos: model.Pos{File: file}, Level: model.Error, Message: strings.TrimPrefix(err.Error(), file+": "), Incomplete: true}
}

// looksLikeTemplateName tells whether somebody would miss the file if it were skipped silently.
func looksLikeTemplateName(file string) bool {
	base := strings.TrimSuffix(path.Base(file), path.Ext(file))
	return base == "template" || base == "serverless" || base == "sam" || base == "cloudformation"
}

// maybeTemplate sniffs for what every CloudFormation template holds, so that other YAML and JSON is not parsed.
func maybeTemplate(data []byte) bool {
	return bytes.Contains(data, []byte("Resources")) && bytes.Contains(data, []byte("::")) ||
		bytes.Contains(data, []byte("service")) && bytes.Contains(data, []byte("provider")) && bytes.Contains(data, []byte("functions"))
}

// maxTemplateValues bounds a template with all its aliases expanded. The largest stacks have some 50,000 values.
const maxTemplateValues = 300_000

// document parses a file once.
func (a *assembly) document(file string) *parsed {
	a.mu.Lock()
	p := a.docs[file]
	if p == nil {
		p = &parsed{}
		a.docs[file] = p
	}
	a.mu.Unlock()
	p.once.Do(func() {
		data, err := a.repo.Read(file)
		if err != nil {
			p.err = err
			return
		}
		p.doc, p.diagnostics = document.Parse(file, data, document.Options{Tag: cloudformation.Tag, MaxValues: maxTemplateValues})
		if p.doc == nil && len(p.diagnostics) > 0 {
			p.err = errors.New(p.diagnostics[0].Message)
		}
	})
	return p
}

// service reads a Serverless Framework service, in each of its stages where none was asked for.
func (a *assembly) service(file string, root *model.Value) (*model.App, []model.Diagnostic) {
	app, diagnostics := a.stage(file, root, a.options.Stage)
	if a.options.Stage != "" || app.Provider != "aws" {
		return app, diagnostics
	}
	load := a.loader(app.Dir, &includes{})
	names := serverless.StageNames(file, root, serverless.Options{Load: load}, func() []string { return a.below(app.Dir) })
	if more := len(names) - serverless.MaxStages; more > 0 {
		left := names[serverless.MaxStages:]
		names = names[:serverless.MaxStages]
		diagnostics = append(diagnostics, model.Diagnostic{
			Pos: model.Pos{File: file}, Level: model.Warning, Incomplete: true,
			Message: fmt.Sprintf("%d of the stages that the files name are not read: %s", more, strings.Join(left, ", ")),
			Hint:    "scan each with --stage",
		})
	}
	if len(names) > 0 {
		app.Stages = append([]string{app.Stage}, names...)
	}
	for _, name := range names {
		variant, more := a.stage(file, root, name)
		app.Variants = append(app.Variants, variant)
		diagnostics = append(diagnostics, more...)
	}
	return app, distinct(diagnostics)
}

// below lists the files of a folder by their paths inside of it.
func (a *assembly) below(dir string) []string {
	var out []string
	for _, f := range a.repo.Files() {
		if name, ok := strings.CutPrefix(f.Path, dir+"/"); ok {
			out = append(out, name)
		} else if dir == "." {
			out = append(out, f.Path)
		}
	}
	return out
}

// distinct drops diagnostics that are told already.
func distinct(all []model.Diagnostic) []model.Diagnostic {
	seen := map[string]bool{}
	var out []model.Diagnostic
	for _, d := range all {
		if key := d.Pos.String() + d.Message; !seen[key] {
			seen[key] = true
			out = append(out, d)
		}
	}
	return out
}

// stage reads a service as it is deployed to one stage; empty for the service's own.
func (a *assembly) stage(file string, root *model.Value, stage string) (*model.App, []model.Diagnostic) {
	dir := path.Dir(file)
	broken := &includes{}
	s := serverless.Read(file, root, serverless.Options{Stage: stage, Load: a.loader(dir, broken)})
	app := &model.App{
		Name: s.Name, Kind: model.Serverless, File: file, Dir: dir, Stage: s.Stage, Provider: s.Provider, Stack: s.Stack, Region: s.Region,
		Resources: s.Resources, Settings: s.Settings, Outputs: s.Outputs,
	}
	app.Index()
	for _, f := range s.Functions {
		if r := app.Resource(f.LogicalID); r != nil {
			app.Functions = append(app.Functions, newFunction(f.Name, r))
		}
	}
	addFunctions(app)
	return app, append(s.Diagnostics, broken.diagnostics...)
}

// includes collects what is wrong with the files that one service or template includes.
type includes struct {
	diagnostics []model.Diagnostic
	told        map[string]bool
}

// tell adds the diagnostics of an included file, once.
func (i *includes) tell(file string, diagnostics []model.Diagnostic) {
	if i.told == nil {
		i.told = map[string]bool{}
	}
	if !i.told[file] {
		i.told[file] = true
		i.diagnostics = append(i.diagnostics, diagnostics...)
	}
}

// loader gives the files that a service or template in dir names, and remembers that they are included.
func (a *assembly) loader(dir string, broken *includes) func(string) (*model.Value, error) {
	return func(name string) (*model.Value, error) {
		if strings.HasPrefix(name, "~") || path.IsAbs(name) {
			return nil, errors.New("it lies outside the repository")
		}
		file := path.Join(dir, name)
		switch path.Ext(file) {
		case ".yml", ".yaml", ".json":
		default:
			data, err := a.repo.Read(file)
			if err != nil {
				return nil, readable(err)
			}
			return model.NewString(string(data), model.Origin{Pos: model.Pos{File: file, Line: 1, Col: 1}}), nil
		}
		p := a.document(file)
		broken.tell(file, p.diagnostics)
		if p.err != nil {
			return nil, readable(p.err)
		}
		a.mu.Lock()
		a.included[file] = true
		a.mu.Unlock()
		return p.doc.Root, nil
	}
}

// readable drops the system call from an error about a missing file.
func readable(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return errors.New("there is no such file")
	}
	return err
}

// stack reads a CloudFormation or SAM template. given are parameters that the stack it is nested in passes.
func (a *assembly) stack(file string, root *model.Value, given []model.Field) (*model.App, []model.Diagnostic) {
	dir := path.Dir(file)
	t := cloudformation.New(file, root)
	for _, g := range given {
		t.Give(g.Key, g.Value)
	}
	broken := &includes{}
	t.Load = a.loader(dir, broken)
	app := &model.App{Name: stackName(file), Kind: model.CloudFormation, File: file, Dir: dir, Provider: "aws", Settings: model.NewAbsent(model.Origin{})}
	app.Resources = t.Parameters()
	if sam.Recognise(root) {
		app.Kind = model.SAM
		app.Resources = append(app.Resources, sam.Expand(t, sam.Options{Load: func(name string) *model.Value {
			v, _ := t.Load(name)
			return v
		}})...)
	} else {
		for _, r := range t.Resources() {
			t.ReadLocal(r)
			app.Resources = append(app.Resources, r)
			app.Resources = append(app.Resources, cloudformation.FromBody(r)...)
		}
	}
	app.Outputs = t.Outputs()
	app.Index()
	addFunctions(app)
	var problems []model.Diagnostic
	for _, r := range app.Resources {
		problems = append(problems, cloudformation.BodyProblems(r)...)
	}
	return app, slices.Concat(t.Diagnostics(), broken.diagnostics, problems)
}

// stackName is what people would call a template: its own name, or its folder's where the file is called template.yaml.
func stackName(file string) string {
	base := strings.TrimSuffix(path.Base(file), path.Ext(file))
	if base == "template" && path.Dir(file) != "." {
		return path.Base(path.Dir(file))
	}
	return base
}

// addFunctions adds a Function for each function resource that has none yet.
func addFunctions(app *model.App) {
	known := map[string]bool{}
	for _, f := range app.Functions {
		known[f.ID] = true
	}
	for _, r := range app.Resources {
		if r.Type == "AWS::Lambda::Function" && !known[r.ID] && !r.Tool {
			app.Functions = append(app.Functions, newFunction(r.ID, r))
		}
	}
}

func newFunction(name string, r *model.Resource) *model.Function {
	unseen, _ := r.Attributes.Get(cloudformation.Unseen).Scalar()
	return &model.Function{
		ID: r.ID, Unseen: unseen, Name: name, Resource: r, Origin: r.Origin,
		Runtime: r.Props.Get("Runtime"), Handler: r.Props.Get("Handler"),
	}
}

// joinAll connects the parts of all applications: first each one's own, side by side, then what concerns others.
func (a *assembly) joinAll(ws *model.Workspace) {
	all := ws.All()
	directories(ws)
	shared := newJoint(all)
	joins := make([]*join, len(all))
	a.parallel(len(all), func(i int) {
		j := &join{app: all[i], all: shared}
		joins[i] = j
		j.roles()
		j.environment()
		j.triggers()
	})
	for _, j := range joins {
		j.tell()
	}
	for _, j := range joins { // one after the other: each looks at what the others have told
		j.permissions()
		j.tell()
		ws.Diagnostics = append(ws.Diagnostics, j.notes...)
	}
	a.parallel(len(all), func(i int) {
		for _, f := range all[i].Functions {
			f.Exposure = widest(f)
			sortTriggers(f.Triggers)
			if f.Code.State == "" {
				a.locate(all[i], f)
			}
		}
	})
}

// directories lets the applications of a stage ask each other: those that have the stage as they are in it, the others as
// they are by default.
func directories(ws *model.Workspace) {
	own := model.NewDirectory(ws.Apps)
	byStage := map[string]*model.Directory{}
	for _, app := range ws.Apps {
		for _, v := range app.Variants {
			if byStage[v.Stage] == nil {
				byStage[v.Stage] = model.NewDirectory(inStage(ws, v.Stage))
			}
			v.Directory = byStage[v.Stage]
		}
	}
	for _, app := range ws.Apps {
		app.Directory = own
		if d := byStage[app.Stage]; d != nil {
			app.Directory = d // others have its own stage among theirs
		}
	}
}

func inStage(ws *model.Workspace, stage string) []*model.App {
	out := slices.Clone(ws.Apps)
	for i, app := range out {
		for _, v := range app.Variants {
			if v.Stage == stage {
				out[i] = v
			}
		}
	}
	return out
}

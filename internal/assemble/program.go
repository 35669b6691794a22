package assemble

import (
	"bytes"
	"fmt"
	"path"
	"sort"
	"strings"

	"wardlet.example/internal/document"
	"wardlet.example/internal/model"
	"wardlet.example/internal/syntax"
	"wardlet.example/internal/syntax/javascript"
	"wardlet.example/internal/template/serverless"
)

// isProgram tells a service that is written in JavaScript or TypeScript: serverless.ts and its like, where the framework
// does not find the service in another file of the folder first.
func (a *assembly) isProgram(file string) bool {
	if languageOf(file) == "" || !serverless.IsServiceFile(file) {
		return false
	}
	for _, name := range serverless.Files() {
		if name == path.Base(file) {
			return true
		}
		if a.repo.IsFile(path.Join(path.Dir(file), name)) {
			return false
		}
	}
	return false
}

// program reads such a service as data. Nothing of it is run: what only running would tell is unknown.
func (a *assembly) program(file string, data []byte) result {
	res := result{file: file}
	p := &program{assembly: a, modules: map[string]javascript.Module{}, configs: map[string]*pathMapping{}}
	tree, err := p.parse(file, data)
	if err != nil {
		if maybeService(data) {
			res.diagnostics = append(res.diagnostics, unreadable(file, err))
		}
		return res
	}
	root := javascript.Literal(tree, "", javascript.LiteralOptions{Dir: path.Dir(file), Import: p.find})
	if root.Kind == model.Unknown && maybeService(data) {
		res.diagnostics = append(res.diagnostics, computedService(file, root))
	}
	if root.Kind != model.Map || !serverless.Recognise(root) {
		return res
	}
	res.app, res.diagnostics = a.service(file, root)
	res.diagnostics = append(res.diagnostics, computed(root)...)
	if tree.Broken() {
		res.diagnostics = append(res.diagnostics, model.Diagnostic{
			Pos: model.Pos{File: file}, Level: model.Warning, Message: "the file has syntax errors: some of it may be missing",
		})
	}
	a.keepComments(p.trees)
	return res
}

// maybeService tells whether somebody would miss a program if it were skipped silently: other things are called
// serverless.js too.
func maybeService(data []byte) bool {
	for _, word := range []string{"provider", "service", "@serverless/"} {
		if bytes.Contains(data, []byte(word)) {
			return true
		}
	}
	return false
}

func computedService(file string, root *model.Value) model.Diagnostic {
	at := root.Origin.Pos
	if at.File != file {
		at = model.Pos{File: file}
	}
	return model.Diagnostic{
		Pos: at, Level: model.Warning, Incomplete: true, Message: "the service is not read, because it is computed: " + root.Str,
		Hint: "export one object; values inside of it may be computed",
	}
}

// computed says for each file how many of its values are not known.
func computed(root *model.Value) []model.Diagnostic {
	unknown := map[string][]*model.Value{} // by file
	seen := map[model.Pos]bool{}
	root.Walk(maxTemplateValues, func(v *model.Value) {
		if v.Kind == model.Unknown && !seen[v.Origin.Pos] {
			seen[v.Origin.Pos] = true
			unknown[v.Origin.File] = append(unknown[v.Origin.File], v)
		}
	})
	var out []model.Diagnostic
	for file, values := range unknown {
		sort.SliceStable(values, func(i, j int) bool { return values[i].Origin.Line < values[j].Origin.Line })
		message := fmt.Sprintf("%d values of %s are computed and treated as unknown", len(values), path.Base(file))
		if len(values) == 1 {
			message = "1 value of " + path.Base(file) + " is computed and treated as unknown"
		}
		first := values[0]
		out = append(out, model.Diagnostic{Pos: first.Origin.Pos, Level: model.Note, Message: message, Hint: "the first: " + first.Str})
	}
	sort.Slice(out, func(i, j int) bool { return out[i].File < out[j].File })
	return out
}

// keepComments keeps the comments of a program for those who look for them, as those of other templates.
func (a *assembly) keepComments(trees []*syntax.Tree) {
	for _, tree := range trees {
		p := &parsed{doc: &document.Document{Root: model.NewAbsent(model.Origin{}), Comments: comments(tree)}}
		a.mu.Lock()
		a.docs[tree.Name] = p
		a.mu.Unlock()
	}
}

func comments(tree *syntax.Tree) []document.Comment {
	var out []document.Comment
	for _, c := range tree.Comments() {
		out = append(out, document.Comment(c))
	}
	return out
}

// program finds and reads the modules of one service.
type program struct {
	*assembly
	modules map[string]javascript.Module // by file
	trees   []*syntax.Tree
	configs map[string]*pathMapping // by folder; nil where there is none
}

func (p *program) parse(file string, data []byte) (*syntax.Tree, error) {
	tree, err := javascript.Parse(file, data)
	if err == nil {
		p.trees = append(p.trees, tree)
	}
	return tree, err
}

// find opens the module that a file means by a specifier.
func (p *program) find(from, specifier string) (javascript.Module, error) {
	for _, file := range p.files(from, specifier) {
		return p.open(file)
	}
	return javascript.Module{}, fmt.Errorf("the module %s is not in the repository", specifier)
}

func (p *program) open(file string) (javascript.Module, error) {
	if m, ok := p.modules[file]; ok {
		return m, nil
	}
	var m javascript.Module
	if path.Ext(file) == ".json" {
		root, err := p.loader(".", &includes{})(file)
		if err != nil {
			return m, fmt.Errorf("%s cannot be read: %w", file, err)
		}
		m.Data = root
	} else {
		data, err := p.repo.Read(file)
		if err != nil {
			return m, fmt.Errorf("%s cannot be read: %w", file, readable(err))
		}
		if m.Tree, err = p.parse(file, data); err != nil {
			return m, err
		}
	}
	p.modules[file] = m
	return m, nil
}

// files are those a specifier may mean: relative to the file, or by the paths of the tsconfig.json or jsconfig.json that is nearest to it.
func (p *program) files(from, specifier string) []string {
	dir := path.Dir(from)
	if strings.HasPrefix(specifier, ".") {
		return p.moduleAt(path.Join(dir, specifier))
	}
	for ; ; dir = path.Dir(dir) {
		if m := p.mapping(dir); m != nil {
			for _, base := range m.targets(specifier) {
				if found := p.moduleAt(base); found != nil {
					return found
				}
			}
		}
		if dir == "." || dir == "/" {
			return nil
		}
	}
}

func (p *program) moduleAt(base string) []string {
	var found []string
	if path.Ext(base) == ".json" {
		found = p.symbols.existing(base)
	}
	found = append(found, p.symbols.nodeFiles(base)...)
	return append(found, p.symbols.existing(base+".json")...)
}

// pathMapping is what a tsconfig.json or jsconfig.json says about the names of modules.
type pathMapping struct {
	dir     string       // that the targets are relative to
	paths   *model.Value // pattern -> targets
	hasBase bool         // names are also looked for in dir
}

func (p *program) mapping(dir string) *pathMapping {
	if m, ok := p.configs[dir]; ok {
		return m
	}
	m := p.mappingOf(path.Join(dir, "tsconfig.json"), maxExtends)
	if m == nil { // what editors read beside code in JavaScript, in the same form
		m = p.mappingOf(path.Join(dir, "jsconfig.json"), maxExtends)
	}
	p.configs[dir] = m
	return m
}

// maxExtends bounds how far tsconfig files are followed that extend each other.
const maxExtends = 5

// mappingOf reads the paths of a tsconfig file, or of the one it extends.
func (p *program) mappingOf(file string, depth int) *pathMapping {
	root := p.readTSConfig(file)
	if root == nil || depth == 0 {
		return nil
	}
	options := root.Get("compilerOptions")
	base, hasBase := options.Get("baseUrl").Scalar()
	if paths := options.Get("paths"); hasBase || paths.Kind == model.Map {
		return &pathMapping{path.Join(path.Dir(file), base), paths, hasBase}
	}
	for _, extended := range root.Get("extends").Elements() {
		name, _ := extended.Scalar()
		if !strings.HasPrefix(name, ".") {
			continue
		}
		if path.Ext(name) != ".json" {
			name += ".json"
		}
		if m := p.mappingOf(path.Join(path.Dir(file), name), depth-1); m != nil {
			return m
		}
	}
	return nil
}

// targets are the paths that a module may have by its name. The pattern with the longest beginning counts.
func (m *pathMapping) targets(name string) []string {
	var out []string
	longest := -1
	for _, f := range m.paths.Fields {
		before, after, wild := strings.Cut(f.Key, "*")
		rest, ok := strings.CutPrefix(name, before)
		if !ok || !strings.HasSuffix(rest, after) || !wild && rest != "" || len(before) <= longest {
			continue
		}
		longest, out = len(before), nil
		for _, target := range f.Value.Elements() {
			t, _ := target.Scalar()
			out = append(out, path.Join(m.dir, strings.Replace(t, "*", strings.TrimSuffix(rest, after), 1)))
		}
	}
	if m.hasBase {
		out = append(out, path.Join(m.dir, name))
	}
	return out
}

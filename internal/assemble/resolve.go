package assemble

import (
	"bytes"
	"encoding/json"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"

	"wardlet.example/internal/repo"
	"wardlet.example/internal/syntax/javascript"
)

// Modules finds the files that modules mean which are not beside those that import them: by the paths of tsconfig.json or jsconfig.json, among the
// packages of the repository, and in the folders of layers. It may be used by many at a time.
type Modules struct {
	mu       sync.Mutex
	program  *program
	packages map[string]string
	layers   []string        // folders whose content stands in /opt
	sources  []string        // folders of which a build makes layers: their modules come to stand in /opt/python
	others   map[string]bool // folders and files that installers put there: code of others
	known    map[[3]string]string
}

// NewModules prepares for the modules of a repository. Nothing is read before the first question.
func NewModules(r *repo.Repo) *Modules {
	a := &assembly{repo: r, docs: map[string]*parsed{}, included: map[string]bool{}}
	a.symbols = newSymbolCache(r)
	return &Modules{program: &program{assembly: a, modules: map[string]javascript.Module{}, configs: map[string]*pathMapping{}}, known: map[[3]string]string{}}
}

// Installed reports whether a file was put there by an installer of packages, beside the code of the application or in a layer.
func (m *Modules) Installed(file string) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.prepare()
	return ofOthers(file, m.others)
}

// ofOthers reports whether a file is in a folder that an installer made, others being those that are told apart by what it wrote there.
func ofOthers(file string, others map[string]bool) bool {
	if strings.Contains("/"+file, "/node_modules/") || strings.Contains("/"+file, "/site-packages/") {
		return true
	}
	if len(others) == 0 {
		return false
	}
	for at := file; at != "." && at != "/"; at = path.Dir(at) {
		if others[at] {
			return true
		}
	}
	return false
}

// Find is the file that a module means in a file of an application, whose folder says which layers are its; empty if none of the
// repository.
func (m *Modules) Find(app, from, module string) string {
	m.mu.Lock()
	defer m.mu.Unlock()
	key := [3]string{app, path.Dir(from), module}
	if found, ok := m.known[key]; ok {
		return found
	}
	found := ""
	if all := m.find(app, from, module); len(all) > 0 {
		found = all[0]
	}
	m.known[key] = found
	return found
}

func (m *Modules) prepare() {
	if m.packages == nil {
		m.packages = m.program.packages()
		m.layers = layersOf(m.program.repo)
		m.sources = layerSources(m.program.repo)
		m.others = installed(m.program.repo)
	}
}

func (m *Modules) find(app, from, module string) []string {
	m.prepare()
	if path.Ext(from) == ".py" {
		for _, layer := range m.layers {
			if !within(layer, app) {
				continue
			}
			if found := m.program.symbols.pythonModule(path.Join(layer, "python"), module); len(found) > 0 {
				return found
			}
		}
		for _, layer := range m.sources {
			if found := m.program.symbols.pythonModule(layer, module); len(found) > 0 && within(layer, app) {
				return found
			}
		}
		return m.onPath(app, from, module)
	}
	if strings.HasPrefix(module, ".") {
		return m.copied(from, module)
	}
	if inside, ok := strings.CutPrefix(module, "/opt/"); ok {
		for _, layer := range m.layers {
			if !within(layer, app) {
				continue
			}
			if found := m.program.moduleAt(path.Join(layer, inside)); len(found) > 0 {
				return found
			}
		}
		if found := m.program.files(from, module); len(found) > 0 { // for the compiler
			return found
		}
		return m.inOpt(inside)
	}
	if found := m.program.files(from, module); len(found) > 0 {
		return found
	}
	if found := m.linked(from, module); len(found) > 0 {
		return found
	}
	if found := m.program.inPackages(module, m.packages); len(found) > 0 {
		return found
	}
	return m.aliased(from, module)
}

// copied are the files that a relative module means which is not where it says, because a build copies a folder there that lies beside a
// folder above: functions/get/index.js with ./shared/db of functions/shared.
func (m *Modules) copied(from, module string) []string {
	rest := module
	for strings.HasPrefix(rest, "./") || strings.HasPrefix(rest, "../") {
		_, rest, _ = strings.Cut(rest, "/")
	}
	if !strings.Contains(rest, "/") {
		return nil
	}
	for dir := path.Dir(from); ; dir = path.Dir(dir) {
		if found := m.program.moduleAt(path.Join(dir, rest)); len(found) > 0 {
			return found
		}
		if dir == "." || dir == "/" {
			return nil
		}
	}
}

// inOpt are the files that a module of a layer means whose content lies in a folder that is called opt, as Amplify has it: the only one.
func (m *Modules) inOpt(inside string) []string {
	seen := map[string]bool{}
	var found []string
	for _, f := range m.program.repo.Files() {
		before, _, ok := strings.Cut("/"+f.Path, "/opt/")
		if base := strings.TrimPrefix(before+"/opt/"+inside, "/"); ok && !seen[base] {
			seen[base] = true
			found = append(found, m.program.moduleAt(base)...)
		}
	}
	if len(found) != 1 {
		return nil
	}
	return found
}

// onPath are the files that a module of Python means where the program adds folders to sys.path: the only one of that name.
func (m *Modules) onPath(app, from, module string) []string {
	data, err := m.program.repo.Read(from)
	if err != nil || !bytes.Contains(data, []byte("sys.path")) || strings.HasPrefix(module, ".") {
		return nil
	}
	name := strings.ReplaceAll(module, ".", "/")
	asFile, asFolder := "/"+name+".py", "/"+name+"/__init__.py"
	var found []string
	for _, f := range m.program.repo.InDir(app) {
		if (strings.HasSuffix(f.Path, asFile) || strings.HasSuffix(f.Path, asFolder)) && !isTest(f.Path) {
			found = append(found, f.Path)
		}
	}
	if len(found) != 1 {
		return nil
	}
	return found
}

// aliased are the files that a module means where a bundler looks in a folder of sources: "@/x", "~/x", and "utils/x" without a sign where
// package.json names no such package (resolve.modules, module-resolver, NODE_PATH).
func (m *Modules) aliased(from, module string) []string {
	rest, sign := strings.CutPrefix(module, "@/")
	if !sign {
		rest, sign = strings.CutPrefix(module, "~/")
	}
	if !sign && (strings.HasPrefix(module, "@") || !strings.Contains(module, "/") || strings.HasPrefix(module, ".") || strings.Contains(module, ":")) {
		return nil
	}
	name, _ := packageOf(module)
	for dir := path.Dir(from); ; dir = path.Dir(dir) {
		for _, base := range []string{path.Join(dir, "src", rest), path.Join(dir, rest)} {
			if found := m.program.moduleAt(base); len(found) > 0 && (sign || !m.declared(from, name)) {
				return found
			}
		}
		if dir == "." || dir == "/" {
			return nil
		}
	}
}

// declared reports whether a package.json beside or above a file names a package, or there is none that could.
func (m *Modules) declared(from, name string) bool {
	some := false
	for dir := path.Dir(from); ; dir = path.Dir(dir) {
		if data, err := m.program.repo.Read(path.Join(dir, "package.json")); err == nil {
			some = true
			if bytes.Contains(data, []byte(strconv.Quote(name))) {
				return true
			}
		}
		if dir == "." || dir == "/" {
			return !some
		}
	}
}

// linked are the files that a module means by the nearest package.json, where that says in which folder of the repository a package is.
func (m *Modules) linked(from, module string) []string {
	name, rest := packageOf(module)
	for dir := path.Dir(from); ; dir = path.Dir(dir) {
		if data, err := m.program.repo.Read(path.Join(dir, "package.json")); err == nil {
			var said struct{ Dependencies, DevDependencies map[string]string }
			if json.Unmarshal(data, &said) == nil {
				where := said.Dependencies[name]
				if where == "" {
					where = said.DevDependencies[name]
				}
				for _, way := range []string{"file:", "link:", "portal:"} {
					if folder, ok := strings.CutPrefix(where, way); ok {
						return m.inFolder(path.Join(dir, folder), rest)
					}
				}
			}
		}
		if dir == "." || dir == "/" {
			return nil
		}
	}
}

// inFolder are the files that a module means in the folder of its package.
func (m *Modules) inFolder(dir, rest string) []string {
	packages := map[string]string{"package": dir}
	if data, err := m.program.repo.Read(path.Join(dir, "package.json")); err == nil {
		var said struct{ Main string }
		if json.Unmarshal(data, &said) == nil && said.Main != "" {
			packages["package"+mainMark] = said.Main
		}
	}
	return m.program.inPackages(strings.TrimSuffix("package/"+rest, "/"), packages)
}

func within(file, dir string) bool {
	return dir == "." || dir == "" || file == dir || strings.HasPrefix(file, dir+"/")
}

// installed are what installers of Python packages say that they put somewhere, by the records that they leave.
func installed(r *repo.Repo) map[string]bool {
	out := map[string]bool{}
	for _, f := range r.Files() {
		dir, record := path.Split(f.Path)
		if record != "RECORD" || !strings.HasSuffix(dir, ".dist-info/") {
			continue
		}
		data, err := r.Read(f.Path)
		if err != nil {
			continue
		}
		base := path.Dir(path.Clean(dir))
		for line := range strings.SplitSeq(string(data), "\n") {
			name, _, _ := strings.Cut(line, ",")
			name, _, _ = strings.Cut(name, "/")
			if name != "" && name != ".." && name != "." {
				out[path.Join(base, name)] = true
			}
		}
	}
	return out
}

// layerSources are the folders with modules of Python in a folder called layers, of which sam build makes layers.
func layerSources(r *repo.Repo) []string {
	var out []string
	for _, f := range r.Files() {
		parts := strings.Split(path.Dir(f.Path), "/")
		for i := 0; i+1 < len(parts); i++ {
			if dir := path.Join(parts[:i+2]...); path.Ext(f.Path) == ".py" && (parts[i] == "layers" || parts[i] == "layer") && !slices.Contains(out, dir) {
				out = append(out, dir)
			}
		}
	}
	return out
}

// layersOf are the folders that hold a folder called python or nodejs, as layers do.
func layersOf(r *repo.Repo) []string {
	seen := map[string]bool{}
	for _, f := range r.Files() {
		for _, name := range []string{"python", "nodejs"} {
			if before, _, ok := strings.Cut("/"+f.Path, "/"+name+"/"); ok {
				seen[path.Clean("./"+before)] = true
			}
		}
	}
	var out []string
	for dir := range seen {
		out = append(out, dir)
	}
	slices.Sort(out)
	return out
}

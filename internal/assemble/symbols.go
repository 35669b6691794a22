package assemble

import (
	"path"
	"strings"
	"sync"

	"wardlet.example/internal/repo"
	"wardlet.example/internal/syntax"
	"wardlet.example/internal/syntax/golang"
	"wardlet.example/internal/syntax/javascript"
	"wardlet.example/internal/syntax/python"
)

// symbolCache reads the symbols of each source file once.
type symbolCache struct {
	repo    *repo.Repo
	mu      sync.Mutex
	entries map[string]*symbolEntry
}

type symbolEntry struct {
	once    sync.Once
	symbols *syntax.Symbols // nil if the file could not be read
	err     error
}

func newSymbolCache(r *repo.Repo) *symbolCache {
	return &symbolCache{repo: r, entries: map[string]*symbolEntry{}}
}

func (c *symbolCache) of(file string) (*syntax.Symbols, error) {
	c.mu.Lock()
	e := c.entries[file]
	if e == nil {
		e = &symbolEntry{}
		c.entries[file] = e
	}
	c.mu.Unlock()
	e.once.Do(func() {
		data, err := c.repo.Read(file)
		if err != nil {
			e.err = err
			return
		}
		e.symbols, e.err = symbolsIn(file, data)
	})
	return e.symbols, e.err
}

func symbolsIn(file string, data []byte) (*syntax.Symbols, error) {
	switch languageOf(file) {
	case "javascript", "typescript":
		return javascript.Symbols(file, data)
	case "python":
		return python.Symbols(file, data)
	case "go":
		return golang.Symbols(file, data)
	}
	return &syntax.Symbols{}, nil
}

// languageOf tells the language of a source file by its name; empty if it is none that is read.
func languageOf(file string) string {
	switch path.Ext(file) {
	case ".js", ".mjs", ".cjs", ".jsx":
		return "javascript"
	case ".ts", ".tsx", ".mts", ".cts":
		if strings.HasSuffix(file, ".d.ts") {
			return ""
		}
		return "typescript"
	case ".py":
		return "python"
	case ".go":
		return "go"
	}
	return ""
}

// maxReexports bounds how far a name is followed from file to file.
const maxReexports = 8

// place is where a symbol is defined.
type place struct {
	file string
	def  syntax.Def
}

// find looks for a name that a file gives, following re-exports to where it is defined. A name with a dot is a member:
// its first part counts. ok is false when the file does not give the name.
func (c *symbolCache) find(file, name string, depth int) (place, bool) {
	symbols, err := c.of(file)
	if err != nil || symbols == nil || depth > maxReexports {
		return place{}, false
	}
	for _, n := range spellings(name) {
		if def, ok := symbols.Def(n); ok {
			if p, ok := c.reexported(file, symbols, n, depth); ok {
				return p, true
			}
			return place{file, def}, true
		}
		if p, ok := c.reexported(file, symbols, n, depth); ok {
			return p, true
		}
	}
	return place{}, false
}

// spellings are the names under which a handler may be exported: as written, its first part, and as a member of what the
// module is as a whole.
func spellings(name string) []string {
	out := []string{name}
	if head, _, ok := strings.Cut(name, "."); ok {
		out = append(out, head)
	}
	return out
}

func (c *symbolCache) reexported(file string, symbols *syntax.Symbols, name string, depth int) (place, bool) {
	for _, r := range symbols.Reexports {
		if r.Name != name && r.Name != "*" {
			continue
		}
		imported := r.Imported
		if r.Name == "*" {
			imported = name
		}
		for _, target := range c.moduleFiles(file, r.Module) {
			if imported == "*" {
				return place{target, syntax.Def{Name: name, Line: 1, Col: 1}}, true
			}
			if p, ok := c.find(target, imported, depth+1); ok {
				return p, true
			}
		}
	}
	return place{}, false
}

// moduleFiles are the files of the repository that a module specifier may mean, seen from a file.
func (c *symbolCache) moduleFiles(from, module string) []string {
	dir := path.Dir(from)
	if path.Ext(from) == ".py" {
		return c.pythonFrom(dir, module)
	}
	if !strings.HasPrefix(module, ".") {
		return nil
	}
	return c.nodeFiles(path.Join(dir, module))
}

func (c *symbolCache) pythonModule(dir, module string) []string {
	base := dir
	if strings.HasPrefix(module, ".") {
		module = module[1:]
		for strings.HasPrefix(module, ".") {
			base, module = path.Dir(base), module[1:]
		}
	}
	return c.pythonFiles(path.Join(base, strings.ReplaceAll(module, ".", "/")))
}

// pythonFrom are the files of a module that is named from the folder of a file, or from one above it, where the application begins.
func (c *symbolCache) pythonFrom(dir, module string) []string {
	for ; ; dir = path.Dir(dir) {
		if found := c.pythonModule(dir, module); len(found) > 0 || strings.HasPrefix(module, ".") || dir == "." || dir == "/" {
			return found
		}
	}
}

func (c *symbolCache) pythonFiles(base string) []string {
	return c.existing(base+".py", base+"/__init__.py")
}

// nodeFiles are the files that a path without extension may mean. A path to built JavaScript means its TypeScript source
// where only that is there.
func (c *symbolCache) nodeFiles(base string) []string {
	var names []string
	if ext := path.Ext(base); languageOf(base) != "" {
		names = append(names, base)
		base = strings.TrimSuffix(base, ext)
	}
	for _, ext := range javascript.Extensions() {
		names = append(names, base+ext)
	}
	for _, ext := range javascript.Extensions() {
		names = append(names, base+"/index"+ext)
	}
	return c.existing(names...)
}

func (c *symbolCache) existing(names ...string) []string {
	var out []string
	for _, n := range names {
		if c.repo.IsFile(n) {
			out = append(out, n)
		}
	}
	return out
}

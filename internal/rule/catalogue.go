package rule

import (
	"fmt"
	"io/fs"
	"path"
	"runtime"
	"slices"
	"strings"
	"sync"
)

// Limits on a folder of rules. Both are far above any real one.
const (
	maxFile  = 256 << 10 // bytes
	maxRules = 10_000
)

// Catalogue is a set of rules, sorted by id. It never changes once made.
type Catalogue struct {
	rules []*Rule
	byID  map[string]*Rule
}

// Load reads the rules of a folder of families (family/id.md) and fails if any has a mistake. Only front matter is
// read now; bodies when they are asked for. Errors name files as below rules/.
func Load(fsys fs.FS) (*Catalogue, error) {
	c, mistakes := LoadLenient(fsys, "rules")
	if len(mistakes) > 0 {
		return nil, join(mistakes)
	}
	return c, nil
}

// LoadLenient reads what Load reads and keeps the rules that are sound; the mistakes of the others come beside them,
// sorted by file and line. dir is what errors call the folder. Several goroutines read from fsys at once.
func LoadLenient(fsys fs.FS, dir string) (*Catalogue, []*Error) {
	files, mistakes := list(fsys, dir)
	var rules []*Rule
	for _, l := range loadAll(fsys, dir, files) {
		if l.rule != nil {
			rules = append(rules, l.rule)
		}
		mistakes = append(mistakes, l.mistakes...)
	}
	c, twice := newCatalogue(rules)
	mistakes = append(mistakes, twice...)
	sortMistakes(mistakes)
	return c, mistakes
}

// list finds the rule files: every Markdown file except READMEs, hidden folders left out.
func list(fsys fs.FS, dir string) (files []string, mistakes []*Error) {
	err := fs.WalkDir(fsys, ".", func(file string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && file != "." && strings.HasPrefix(d.Name(), "."):
			return fs.SkipDir
		case !d.Type().IsRegular() || path.Ext(file) != ".md" || strings.EqualFold(d.Name(), "README.md"):
			return nil
		case strings.Count(file, "/") != 1:
			mistakes = append(mistakes, misplaced(dir, file))
			return nil
		case len(files) == maxRules:
			return fmt.Errorf("more than %d rules: split the folder", maxRules)
		}
		files = append(files, file)
		return nil
	})
	if err != nil {
		mistakes = append(mistakes, &Error{File: dir, Message: err.Error()})
	}
	return files, mistakes
}

func misplaced(dir, file string) *Error {
	return &Error{
		File: path.Join(dir, file), Line: 1, Message: "rule file is not in the folder of a family",
		Hint: "move it to " + path.Join(dir, "FAMILY", path.Base(file)),
	}
}

// loaded is what became of one file: a rule, or mistakes.
type loaded struct {
	rule     *Rule
	mistakes []*Error
}

// loadAll reads and parses the files, each goroutine every n-th of them: YAML takes nearly all of the time.
func loadAll(fsys fs.FS, dir string, files []string) []loaded {
	all := make([]loaded, len(files))
	f := newFormat()
	workers := runtime.GOMAXPROCS(0)
	var group sync.WaitGroup
	for first := range workers {
		group.Go(func() {
			for i := first; i < len(files); i += workers {
				all[i] = load(fsys, path.Join(dir, files[i]), files[i], f)
			}
		})
	}
	group.Wait()
	return all
}

// load reads one file, which errors call name.
func load(fsys fs.FS, name, file string, f *format) loaded {
	src, err := fs.ReadFile(fsys, file)
	if err != nil {
		return loaded{mistakes: []*Error{{File: name, Message: err.Error()}}}
	}
	if len(src) > maxFile {
		message := fmt.Sprintf("larger than %d kB", maxFile>>10)
		return loaded{mistakes: []*Error{{File: name, Message: message, Hint: "shorten its examples"}}}
	}
	r, mistakes := parse(name, string(src), f)
	return loaded{r, mistakes}
}

// newCatalogue sorts rules by id. Of rules with one id the first is kept.
func newCatalogue(rules []*Rule) (*Catalogue, []*Error) {
	c := &Catalogue{byID: make(map[string]*Rule, len(rules))}
	var twice []*Error
	for _, r := range rules {
		if first := c.byID[r.ID]; first != nil {
			twice = append(twice, &Error{
				File: r.File, Line: r.Line("id"), Message: fmt.Sprintf("rule %s is already in %s", r.ID, first.File),
				Hint: "give it another id",
			})
			continue
		}
		c.byID[r.ID] = r
		c.rules = append(c.rules, r)
	}
	slices.SortFunc(c.rules, func(a, b *Rule) int { return strings.Compare(a.ID, b.ID) })
	return c, twice
}

// With is the catalogue with the rules of another added. A rule whose id is taken is an error and left out: nobody
// can replace a rule by another of its name.
func (c *Catalogue) With(other *Catalogue) (*Catalogue, []*Error) {
	return newCatalogue(slices.Concat(c.rules, other.rules))
}

// Rules lists all rules, sorted by id. The slice is the catalogue's own.
func (c *Catalogue) Rules() []*Rule { return c.rules }

// Get looks up a rule by id; nil if there is none.
func (c *Catalogue) Get(id string) *Rule { return c.byID[id] }

// Nearest is the id that was probably meant; empty if none is near.
func (c *Catalogue) Nearest(id string) string {
	ids := make([]string, len(c.rules))
	for i, r := range c.rules {
		ids[i] = r.ID
	}
	return nearest(id, ids)
}

// Families lists the families that have rules, sorted.
func (c *Catalogue) Families() []string {
	var names []string
	for _, r := range c.rules {
		names = append(names, r.Family)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

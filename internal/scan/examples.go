package scan

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"time"

	"wardlet.example/internal/engine/iac"
	"wardlet.example/internal/expr"
	"wardlet.example/internal/finding"
	"wardlet.example/internal/link"
	"wardlet.example/internal/model"
	"wardlet.example/internal/rule"
)

// exampleDay is the day on which examples are scanned, so that they do not rot.
var exampleDay = time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)

// TestRule runs the examples of a rule: a vulnerable one must give the rule's finding exactly on the marked lines, a
// fixed one none. Each problem names the rule's file and line. It also reports paths of expressions that no example uses,
// which are most likely misspelt.
func TestRule(c *rule.Catalogue, r *rule.Rule) []error {
	body, err := r.Body()
	if err != nil {
		return []error{err}
	}
	t := &ruleTest{catalogue: c, rule: r}
	for _, example := range body.Cases {
		t.run(example)
	}
	if len(body.Cases) == 0 {
		t.fail(r.Line("id"), "the rule has no examples")
	}
	t.checkPaths()
	return t.errors
}

type ruleTest struct {
	catalogue *rule.Catalogue
	rule      *rule.Rule
	programs  []*link.Program
	errors    []error
}

func (t *ruleTest) fail(line int, format string, args ...any) {
	t.errors = append(t.errors, fmt.Errorf("%s:%d: %s", t.rule.File, line, fmt.Sprintf(format, args...)))
}

func (t *ruleTest) run(c *rule.Case) {
	if files := c.Vulnerable(); files != nil {
		t.compare(c, files, marks(c))
	}
	if files := c.Fixed(); files != nil {
		t.compare(c, files, nil)
	}
}

// marks are the lines where findings must be, as file:line.
func marks(c *rule.Case) []string {
	var out []string
	for _, f := range c.Files {
		for _, m := range f.Marks {
			out = append(out, fmt.Sprintf("%s:%d", f.Name, m.Line))
		}
	}
	return out
}

func (t *ruleTest) compare(c *rule.Case, files map[string]string, want []string) {
	kind := "vulnerable"
	if want == nil {
		kind = "fixed"
	}
	s, err := scanFiles(t.catalogue, files, t.rule.ID)
	if err != nil {
		t.fail(c.Line, "example %q (%s): %v", c.Name, kind, err)
		return
	}
	t.programs = append(t.programs, s.Program)
	var got []string
	for _, f := range s.Result.Findings {
		if f.Rule == t.rule.ID && f.Ignored == nil {
			got = append(got, fmt.Sprintf("%s:%d", f.Place.File, f.Place.Line))
		}
	}
	sort.Strings(got)
	sort.Strings(want)
	got, want = slices.Compact(got), slices.Compact(want)
	for _, place := range want {
		if !slices.Contains(got, place) {
			t.fail(c.Line, "example %q (%s): no finding at %s%s", c.Name, kind, place, unchecked(s.Result, t.rule.ID))
		}
	}
	for _, place := range got {
		if !slices.Contains(want, place) {
			t.fail(c.Line, "example %q (%s): unexpected finding at %s", c.Name, kind, place)
		}
	}
	if why := unchecked(s.Result, t.rule.ID); why != "" && len(want) == 0 {
		t.fail(c.Line, "example %q (%s)%s", c.Name, kind, why)
	}
	for _, d := range s.Result.Diagnostics {
		if d.Level == model.Error {
			t.fail(c.Line, "example %q (%s): %s: %s", c.Name, kind, d.Pos, d.Message)
		}
	}
}

// unchecked says why a rule was not checked, if it was not.
func unchecked(r *finding.Result, id string) string {
	for _, o := range r.Outcomes {
		if o.Rule == id && o.State == finding.NotChecked {
			return "; not checked: " + o.Subject + ": " + o.Reason
		}
	}
	return ""
}

// scanFiles scans a small application given as texts by file name.
func scanFiles(c *rule.Catalogue, files map[string]string, id string) (*Scan, error) {
	dir, err := os.MkdirTemp("", "wardlet-example-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	for name, text := range files {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			return nil, err
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			return nil, err
		}
	}
	return Run(context.Background(), Options{
		Path: dir, Profile: rule.Strict, Only: []string{id}, Catalogue: c, Now: exampleDay, Jobs: 1,
	})
}

// checkPaths finds paths that occur in no example.
func (t *ruleTest) checkPaths() {
	if t.rule.Engine != iac.Name {
		return
	}
	engine, err := iac.New(t.catalogue, iac.Options{Now: exampleDay, Jobs: 1})
	if err != nil {
		t.fail(1, "%v", err)
		return
	}
	for _, p := range engine.Paths(t.rule.ID) {
		if p.Var == "props" && !t.occurs(p) {
			t.fail(t.rule.Line("fail"), "%s occurs in no example: is it spelt right?", p)
		}
	}
}

func (t *ruleTest) occurs(p expr.Path) bool {
	for _, program := range t.programs {
		for _, app := range program.Apps {
			for _, r := range app.Resources {
				if p.Occurs(r.Props) {
					return true
				}
			}
		}
	}
	return false
}

// TestRules runs the examples of all rules of a catalogue; only those whose file begins with prefix, if it is not empty.
func TestRules(c *rule.Catalogue, prefix string) []error {
	var errs []error
	for _, r := range c.Rules() {
		if strings.HasPrefix(r.File, prefix) {
			errs = append(errs, TestRule(c, r)...)
		}
	}
	return errs
}

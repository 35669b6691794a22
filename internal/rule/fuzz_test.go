package rule_test

import (
	"io/fs"
	"strings"
	"testing"

	"wardlet.example/internal/rule"
)

// FuzzRule reads any text as a rule file: it is a rule that keeps its promises, or every mistake has a line.
func FuzzRule(f *testing.F) {
	f.Add(fenced(publicURL))
	f.Add(string(rule.Scaffold("function-url-without-auth", "api")))
	for _, m := range append(append([]mistake{}, frontMistakes...), bodyMistakes...) {
		f.Add(strings.Replace(fenced(publicURL), fenced(m.old), fenced(m.new), 1))
	}
	f.Fuzz(func(t *testing.T, text string) {
		catalogue, mistakes := loadOne(text)
		if len(catalogue.Rules()) == 0 {
			mustExplain(t, text, mistakes)
			return
		}
		r := catalogue.Rules()[0]
		mustBeSound(t, r)
		if b, err := r.Body(); err == nil {
			for _, c := range b.Cases {
				mustBeRunnable(t, c)
			}
		} else if !strings.HasPrefix(err.Error(), file+":") {
			t.Errorf("error without file: %v", err)
		}
	})
}

func mustExplain(t *testing.T, text string, mistakes []*rule.Error) {
	if len(mistakes) == 0 {
		t.Error("neither rule nor mistake")
	}
	lines := strings.Count(text, "\n") + strings.Count(text, "\r") + 1
	for _, m := range mistakes {
		if tooLarge := strings.HasPrefix(m.Message, "larger than"); (m.Line < 1 && !tooLarge) || m.Line > lines {
			t.Errorf("line %d of %d: %v", m.Line, lines, m)
		}
		if m.Message == "" || m.Hint == "" {
			t.Errorf("no way out: %+v", m)
		}
	}
}

func mustBeSound(t *testing.T, r *rule.Rule) {
	if rule.CheckID(r.ID) != nil || r.Title == "" || r.Severity.Rank() == 0 || len(r.Practices) == 0 || r.Message == "" {
		t.Errorf("unsound rule %+v", r)
	}
	if (r.Fail == "") == (r.Check == "") {
		t.Errorf("fail %q and check %q", r.Fail, r.Check)
	}
	if r.Fail != "" && len(r.On) == 0 {
		t.Errorf("rule %+v looks at nothing", r)
	}
}

func mustBeRunnable(t *testing.T, c *rule.Case) {
	if c.Vulnerable() == nil && c.Fixed() == nil {
		t.Errorf("case %q shows nothing", c.Name)
	}
	for _, f := range c.Files {
		if !fs.ValidPath(f.Name) {
			t.Errorf("file %q", f.Name)
		}
		lines := strings.Split(f.Text, "\n")
		for _, m := range f.Marks {
			if m.Line < 1 || m.Line > len(lines) || lines[m.Line-1] == "" {
				t.Errorf("mark %v in %q", m, f.Text)
			}
		}
	}
}

package rule_test

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"wardlet.example/internal/rule"
)

// simple is a sound rule without a body.
func simple(id, engine, severity string) string {
	return fmt.Sprintf(`---
id: %s
title: Something is wrong
severity: %s
practices: [1, 10]
engine: %s
on: [AWS::SQS::Queue, function]
fail: |
  true
message: "{{name}} is wrong"
---
`, id, severity, engine)
}

func small(t *testing.T) *rule.Catalogue {
	t.Helper()
	catalogue, err := rule.Load(folder(map[string]string{
		"queues/queue-without-encryption.md": simple("queue-without-encryption", "iac", "medium"),
		"api/route-without-auth.md":          simple("route-without-auth", "iac", "high"),
		"code/shell-injection.md":            simple("shell-injection", "sast", "critical"),
		"README.md":                          "# No rule",
		".github/notes.md":                   "# No rule",
		"api/notes.txt":                      "no rule",
	}))
	if err != nil {
		t.Fatal(err)
	}
	return catalogue
}

func ids(rules []*rule.Rule) string {
	var all []string
	for _, r := range rules {
		all = append(all, r.ID)
	}
	return strings.Join(all, " ")
}

func TestRulesAreSortedByID(t *testing.T) {
	c := small(t)
	if got := ids(c.Rules()); got != "queue-without-encryption route-without-auth shell-injection" {
		t.Errorf("rules are %s", got)
	}
	if got := c.Families(); !slices.Equal(got, []string{"api", "code", "queues"}) {
		t.Errorf("families are %v", got)
	}
}

func TestNearest(t *testing.T) {
	c := small(t)
	for name, want := range map[string]string{
		"route-without-auht":     "route-without-auth",
		"Shell_Injection":        "shell-injection",
		"encryption":             "queue-without-encryption",
		"xyz":                    "",
		"":                       "",
		strings.Repeat("a", 1e6): "",
	} {
		if got := c.Nearest(name); got != want {
			t.Errorf("nearest of %.20q is %q, want %q", name, got, want)
		}
	}
}

func TestSelect(t *testing.T) {
	tests := []struct{ only, skip, want string }{
		{"", "", "queue-without-encryption route-without-auth shell-injection"},
		{"iac", "", "queue-without-encryption route-without-auth"},
		{"api code", "", "route-without-auth shell-injection"},
		{"shell-injection", "", "shell-injection"},
		{"", "iac", "shell-injection"},
		{"iac", "queues", "route-without-auth"},
		{"iac", "iac", ""},
		{"deps", "", ""},
	}
	for _, test := range tests {
		s, err := small(t).Select(strings.Fields(test.only), strings.Fields(test.skip))
		if err != nil {
			t.Errorf("only %q skip %q: %v", test.only, test.skip, err)
			continue
		}
		if got := ids(s.Rules()); got != test.want {
			t.Errorf("only %q skip %q: %s; want %s", test.only, test.skip, got, test.want)
		}
		for _, r := range small(t).Rules() {
			if s.Has(r.ID) != slices.Contains(strings.Fields(test.want), r.ID) {
				t.Errorf("only %q skip %q: has %s: %v", test.only, test.skip, r.ID, s.Has(r.ID))
			}
		}
	}
}

func TestSelectNamesWhatWasMeant(t *testing.T) {
	_, err := small(t).Select([]string{"icc", "iac"}, []string{"shell-injektion", "zzzzzz"})
	want := `unknown rule, family or engine "icc": did you mean iac?
unknown rule, family or engine "shell-injektion": did you mean shell-injection?
unknown rule, family or engine "zzzzzz": wardlet rules list names them all`
	if err == nil || err.Error() != want {
		t.Errorf("got:  %v\nwant: %s", err, want)
	}
}

func TestAnErrorInOneRuleKeepsTheOthers(t *testing.T) {
	fsys := folder(map[string]string{
		"api/route-without-auth.md":    simple("route-without-auth", "iac", "high"),
		"api/bad.md":                   simple("bad", "iac", "grave"),
		"other/route-without-auth.md":  simple("route-without-auth", "iac", "low"),
		"stray.md":                     simple("stray", "iac", "low"),
		"api/deep/too-deep.md":         simple("too-deep", "iac", "low"),
		"Odd Folder/in-odd-folder.md":  simple("in-odd-folder", "iac", "low"),
		"code/shell-injection.md":      simple("shell-injection", "sast", "critical"),
		"code/windows-line-endings.md": strings.ReplaceAll(simple("windows-line-endings", "sast", "low"), "\n", "\r\n"),
	})
	fsys["api/huge.md"] = &fstest.MapFile{Data: make([]byte, 1<<20)}
	catalogue, mistakes := rule.LoadLenient(fsys, "mine")
	if got := ids(catalogue.Rules()); got != "route-without-auth shell-injection windows-line-endings" {
		t.Errorf("rules are %s", got)
	}
	want := `mine/Odd Folder/in-odd-folder.md:1: folder "Odd Folder" is not a family: name the folder by a family in kebab-case, like api
mine/api/bad.md:4: unknown severity "grave": known are critical, high, medium, low, info
mine/api/deep/too-deep.md:1: rule file is not in the folder of a family: move it to mine/FAMILY/too-deep.md
mine/api/huge.md: larger than 256 kB: shorten its examples
mine/other/route-without-auth.md:2: rule route-without-auth is already in mine/api/route-without-auth.md: give it another id
mine/stray.md:1: rule file is not in the folder of a family: move it to mine/FAMILY/stray.md`
	if got := joined(mistakes); got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
	if _, err := rule.Load(fsys); err == nil {
		t.Error("the strict Load has no error")
	}
	if d := mistakes[1].Diagnostic(); d.File != "mine/api/bad.md" || d.Line != 4 || !d.Incomplete {
		t.Errorf("diagnostic is %+v", d)
	}
}

// Rules of a user are added to the catalogue; none takes the place of a rule that is there.
func TestWith(t *testing.T) {
	user, mistakes := rule.LoadLenient(folder(map[string]string{
		"house/shell-injection.md": simple("shell-injection", "sast", "info"),
		"house/no-tuesdays.md":     simple("no-tuesdays", "iac", "low"),
	}), "mine")
	if len(mistakes) > 0 {
		t.Fatal(joined(mistakes))
	}
	all, mistakes := small(t).With(user)
	if got := ids(all.Rules()); got != "no-tuesdays queue-without-encryption route-without-auth shell-injection" {
		t.Errorf("rules are %s", got)
	}
	if got := all.Get("shell-injection").Severity; got != "critical" {
		t.Errorf("severity of shell-injection is now %s", got)
	}
	want := "mine/house/shell-injection.md:2: rule shell-injection is already in rules/code/shell-injection.md: give it another id"
	if got := joined(mistakes); got != want {
		t.Errorf("got:  %s\nwant: %s", got, want)
	}
}

// missing is a folder that is not there.
type missing struct{}

func (missing) Open(name string) (fs.File, error) {
	return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
}

func TestMissingFolder(t *testing.T) {
	catalogue, mistakes := rule.LoadLenient(missing{}, "mine")
	if len(catalogue.Rules()) != 0 || joined(mistakes) != "mine: open .: file does not exist" {
		t.Errorf("%d rules, mistakes: %s", len(catalogue.Rules()), joined(mistakes))
	}
}

// 300 rules of the usual size must take less than 10 ms.
func BenchmarkLoad(b *testing.B) {
	fsys := fstest.MapFS{}
	body := strings.Repeat("A line of the body, as long as they mostly are in a rule.\n", 25)
	for i := range 300 {
		id := fmt.Sprintf("rule-%d", i)
		text := strings.Replace(fenced(publicURL), "function-url-without-auth", id, 1)
		fsys["api/"+id+".md"] = &fstest.MapFile{Data: []byte(text + body)}
	}
	for b.Loop() {
		if _, err := rule.Load(fsys); err != nil {
			b.Fatal(err)
		}
	}
}

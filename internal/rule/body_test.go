package rule_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"wardlet.example/internal/rule"
)

// body reads the body of publicURL with its examples replaced.
func body(t *testing.T, examples string) *rule.Body {
	t.Helper()
	text := fenced(publicURL)
	start, end := strings.Index(text, "### Public"), strings.Index(text, "## Fix")
	catalogue, mistakes := loadOne(text[:start] + fenced(examples) + "\n" + text[end:])
	if len(mistakes) > 0 {
		t.Fatal(joined(mistakes))
	}
	b, err := catalogue.Rules()[0].Body()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// The marks of all languages are cut, with what was before them; what only looks like a mark stays.
func TestMarks(t *testing.T) {
	tests := []struct{ line, text, label string }{
		{"AuthType: NONE   # <-", "AuthType: NONE", ""},
		{"exec(input); // <- sink", "exec(input);", "sink"},
		{`"AuthType": "NONE" // <- url 2`, `"AuthType": "NONE"`, "url 2"},
		{"SELECT 1 -- <-", "SELECT 1", ""},
		{"<key>1</key> <!-- <- -->", "<key>1</key>", ""},
		{"<key>1</key> <!-- <- one_key -->\t", "<key>1</key>", "one_key"},
		{"a # b // <- twice # <- last", "a # b // <- twice", "last"},
	}
	for _, test := range tests {
		c := body(t, "### Case\n\n'''x vulnerable a\nfirst\n"+test.line+"\n'''\n\n'''x fixed a\n'''\n").Cases[0]
		want := rule.CaseFile{
			Name: "a", Lang: "x", Kind: rule.Vulnerable, Text: "first\n" + test.text + "\n",
			Marks: []rule.Mark{{Line: 2, Label: test.label}}, Line: 25,
		}
		if diff := cmp.Diff(want, c.Files[0]); diff != "" {
			t.Errorf("%s:\n%s", test.line, diff)
		}
	}
	for _, line := range []string{
		"x := 1 // <-ch", "value# <-", "print('# <-')", "# <- what's this?", "#<-", "a <- b", "<!-- <- a", "  trailing spaces  ",
	} {
		c := body(t, "### Case\n\n'''x vulnerable a\n"+line+"\nb # <-\n'''\n\n'''x fixed a\n'''\n").Cases[0]
		if got := c.Files[0].Text; got != line+"\nb\n" || len(c.Files[0].Marks) != 1 {
			t.Errorf("%s became %q with marks %v", line, got, c.Files[0].Marks)
		}
	}
}

// A file of both kinds may carry the mark: it is meant for the vulnerable application.
func TestMarkInAFileOfBoth(t *testing.T) {
	c := body(t, `### Case

'''yaml vulnerable template.yaml
Timeout: 900
'''

'''yaml fixed template.yaml
Timeout: 3
'''

'''js both app.js
fetch(url); // <-
'''
`).Cases[0]
	for name, app := range map[string]map[string]string{"vulnerable": c.Vulnerable(), "fixed": c.Fixed()} {
		if app["app.js"] != "fetch(url);\n" {
			t.Errorf("%s application has %q", name, app["app.js"])
		}
	}
}

// A case may show only what is found, or only what is not.
func TestCasesOfOneKind(t *testing.T) {
	cases := body(t, `### Found
Some words on it.
'''js vulnerable app.js
eval(x) // <-
'''

### Not found
'''js fixed app.js
JSON.parse(x)
'''
'''js both lib/a.js
'''
`).Cases
	if got := cases[0].Fixed(); got != nil {
		t.Errorf("the first case has a fixed application: %v", got)
	}
	if got := cases[1].Vulnerable(); got != nil {
		t.Errorf("the second case has a vulnerable application: %v", got)
	}
	want := map[string]string{"app.js": "JSON.parse(x)\n", "lib/a.js": ""}
	if diff := cmp.Diff(want, cases[1].Fixed()); diff != "" {
		t.Error(diff)
	}
}

// Longer fences hold shorter ones, tildes hold backquotes, and headings in a fence are text.
func TestFencesNest(t *testing.T) {
	cases := body(t, `### Case

''''''md vulnerable README.md
## Not a section
'''sh
curl # <-
'''
''''''

~~~md fixed README.md
'''
### Not a case
~~~

  '''js both app.js
  if (a) {
    b();
  }
 c();
  '''
`).Cases
	if len(cases) != 1 {
		t.Fatalf("%d cases", len(cases))
	}
	want := map[string]string{
		"README.md": "## Not a section\n```sh\ncurl\n```\n",
		"app.js":    "if (a) {\n  b();\n}\nc();\n",
	}
	if diff := cmp.Diff(want, cases[0].Vulnerable()); diff != "" {
		t.Error(diff)
	}
	if got := cases[0].Fixed()["README.md"]; got != "```\n### Not a case\n" {
		t.Errorf("fixed README.md is %q", got)
	}
}

// The line of a finding in an example leads back to the line of the rule file.
func TestLinesLeadBackToTheRuleFile(t *testing.T) {
	catalogue, _ := loadOne(fenced(publicURL))
	r := catalogue.Rules()[0]
	lines := strings.Split(fenced(publicURL), "\n")
	b, err := r.Body()
	if err != nil {
		t.Fatal(err)
	}
	f := b.Cases[0].Files[0]
	if got := lines[f.Line+f.Marks[0].Line-1]; got != "  AuthType: NONE   # <-" {
		t.Errorf("the mark is in line %q", got)
	}
	if got := lines[b.Cases[0].Line-1]; got != "### Public URL in SAM" {
		t.Errorf("the case begins in line %q", got)
	}
	if got := lines[r.Line("fail")]; got != "  "+r.Fail {
		t.Errorf("the expression is in line %q", got)
	}
	if got := r.Line("when"); got != 0 {
		t.Errorf("the guard, which is not written, is in line %d", got)
	}
}

func TestSections(t *testing.T) {
	text := strings.Replace(fenced(publicURL), "## Fix", "## When it stays silent\n\nOn Tuesdays.\n\n## Fix", 1)
	catalogue, _ := loadOne(text)
	b, err := catalogue.Rules()[0].Body()
	if err != nil {
		t.Fatal(err)
	}
	got := []string{b.Why, b.Silence, b.Fix, b.References}
	want := []string{
		"Anybody can call it.", "On Tuesdays.", "Use AWS_IAM.",
		"- [CWE-306](https://cwe.mitre.org/data/definitions/306.html)",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if !strings.HasPrefix(b.Examples, "### Public URL in SAM\n") || !strings.HasSuffix(b.Examples, "\n```") {
		t.Errorf("examples are %q", b.Examples)
	}
}

// Links come from any way of writing them, each once.
func TestLinks(t *testing.T) {
	text := strings.Replace(fenced(publicURL), "- [CWE-306]", `- https://a.example/x, and <http://b.example/y>.
- [Wiki](https://en.wikipedia.org/wiki/Sandbox_(security)) (see also https://c.example/z)
- the httpd manual, https:// and [again](https://a.example/x)
- [CWE-306]`, 1)
	text = strings.Replace(text, "equivalents:", "references: [https://d.example, http://b.example/y]\nequivalents:", 1)
	catalogue, mistakes := loadOne(text)
	if len(mistakes) > 0 {
		t.Fatal(joined(mistakes))
	}
	info, err := catalogue.Rules()[0].Info()
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"https://d.example", "http://b.example/y", "https://a.example/x",
		"https://en.wikipedia.org/wiki/Sandbox_(security)", "https://c.example/z",
		"https://cwe.mitre.org/data/definitions/306.html",
	}
	if diff := cmp.Diff(want, info.References); diff != "" {
		t.Error(diff)
	}
}

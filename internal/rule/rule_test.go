package rule_test

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"wardlet.example/internal/finding"
	"wardlet.example/internal/rule"
)

func TestEveryKeyIsRead(t *testing.T) {
	catalogue, mistakes := loadOne(`---
# Comments are for the author.
id: function-url-without-auth
title: "All keys: at once"
severity: low
practices: [1, 10]
cwe:
  - CWE-306
  - CWE-284
engine: iac
profile: strict
on: [AWS::Lambda::Url, azurerm_linux_function_app, Custom::Thing, function]
when: |
  is_set(props, "Cors")
fail: |
  props.Cors.AllowOrigins.exists(o, o == "*") ||
    !is_set(props.Cors, "MaxAge")
at: Cors.AllowOrigins[*]
message: '{{name}} allows {{ props.Cors.AllowOrigins[0] }}'
confidence: likely
catalogue: [LAM-001, LAM-002]
equivalents: [CKV_AWS_258, Lambda.1]
references:
  - https://cwe.mitre.org/data/definitions/306.html
---
`)
	if len(mistakes) > 0 {
		t.Fatal(joined(mistakes))
	}
	want := &rule.Rule{
		ID: "function-url-without-auth", Title: "All keys: at once", Severity: finding.Low, Practices: []int{1, 10},
		CWE: []string{"CWE-306", "CWE-284"}, Engine: "iac", Profile: rule.Strict,
		On:        []string{"AWS::Lambda::Url", "azurerm_linux_function_app", "Custom::Thing", "function"},
		When:      `is_set(props, "Cors")`,
		Fail:      "props.Cors.AllowOrigins.exists(o, o == \"*\") ||\n  !is_set(props.Cors, \"MaxAge\")",
		At:        "Cors.AllowOrigins[*]",
		Message:   "{{name}} allows {{ props.Cors.AllowOrigins[0] }}",
		Catalogue: []string{"LAM-001", "LAM-002"}, Equivalents: []string{"CKV_AWS_258", "Lambda.1"},
		Confidence: finding.Likely, References: []string{"https://cwe.mitre.org/data/definitions/306.html"},
		Family: "api", File: file,
	}
	if diff := cmp.Diff(want, catalogue.Rules()[0], cmpopts.IgnoreUnexported(rule.Rule{})); diff != "" {
		t.Error(diff)
	}
}

// The reference is what documentation is made of: every key is described, and its example is one the parser takes.
func TestReferenceIsComplete(t *testing.T) {
	for _, k := range rule.Reference() {
		if k.Doc == "" || k.Form == "" || !strings.HasPrefix(k.Example, k.Name+":") {
			t.Errorf("%s is not described: %+v", k.Name, k)
		}
	}
	var text strings.Builder
	for _, k := range rule.Reference() {
		if k.Name != "check" && k.Name != "taint" && k.Name != "match" { // never beside fail
			text.WriteString(k.Example + "\n")
		}
	}
	catalogue, mistakes := loadOne("---\n" + text.String() + "---\n")
	if len(mistakes) > 0 || len(catalogue.Rules()) != 1 {
		t.Error(joined(mistakes))
	}
}

func TestScaffoldIsASoundRule(t *testing.T) {
	catalogue, err := rule.Load(fstest.MapFS{
		"queues/queue-without-name.md": &fstest.MapFile{Data: rule.Scaffold("queue-without-name", "queues")},
	})
	if err != nil {
		t.Fatal(err)
	}
	r := catalogue.Get("queue-without-name")
	b, err := r.Body()
	if err != nil {
		t.Fatal(err)
	}
	if r.Family != "queues" || len(b.Cases) != 1 || b.Cases[0].Vulnerable() == nil || b.Cases[0].Fixed() == nil {
		t.Errorf("family %s, cases %+v", r.Family, b.Cases)
	}
}

func TestCheckID(t *testing.T) {
	for _, id := range []string{"a", "function-url-without-auth", "s3-bucket", "tls-1-2"} {
		if err := rule.CheckID(id); err != nil {
			t.Error(err)
		}
	}
	for _, id := range []string{"", "-", "A", "a-", "-a", "a--b", "a b", "../a", "a/b", "1a", "ä"} {
		if rule.CheckID(id) == nil {
			t.Errorf("%q is taken for an id", id)
		}
	}
}

// A broken body costs the words of a report, not the rule.
func TestInfoOfABrokenBody(t *testing.T) {
	catalogue, _ := loadOne(strings.Replace(publicURL, "## Fix", "## Fixes", 1))
	info, err := catalogue.Rules()[0].Info()
	if err == nil {
		t.Error("no error")
	}
	if info.ID != "function-url-without-auth" || info.Severity != finding.High || info.Why != "" {
		t.Errorf("info is %+v", info)
	}
}

func TestBindTellsAllThatDoesNotMatch(t *testing.T) {
	catalogue, err := rule.Load(folder(map[string]string{
		"roles/a.md": check("a", "privilege/unused"),
		"roles/b.md": check("b", "privilege/unusde"),
		"roles/c.md": check("c", "privilege/unused"),
	}))
	if err != nil {
		t.Fatal(err)
	}
	bound, err := rule.Bind(catalogue, "privilege", map[string]int{"unused": 1, "wildcard": 2})
	want := `rules/roles/b.md:7: engine privilege has no check "unusde": did you mean unused? known are unused, wildcard
no rule has check: privilege/wildcard: write one, or remove the check; rules name unusde, unused`
	if err == nil || err.Error() != want {
		t.Errorf("got:  %v\nwant: %s", err, want)
	}
	var got []string
	for _, b := range bound {
		got = append(got, b.Rule.ID)
	}
	if !slices.Equal(got, []string{"a", "c"}) {
		t.Errorf("bound are %v", got)
	}
	if _, err := rule.Bind[int](catalogue, "privilege", nil); err == nil ||
		!strings.Contains(err.Error(), "the engine has no named checks: use fail") {
		t.Errorf("without checks: %v", err)
	}
	if bound, err := rule.Bind[int](catalogue, "deps", nil); len(bound) != 0 || err != nil {
		t.Errorf("engine without rules: %v, %v", bound, err)
	}
}

// check is a rule that names a check.
func check(id, name string) string {
	engine, _, _ := strings.Cut(name, "/")
	return `---
id: ` + id + `
title: Something is wrong
severity: medium
practices: [1]
engine: ` + engine + `
check: ` + name + `
message: "{{name}} is wrong"
---
`
}

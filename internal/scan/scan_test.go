package scan

import (
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"

	"wardlet.example/internal/engine/iac"
	"wardlet.example/internal/golden"
	"wardlet.example/internal/rule"
	"wardlet.example/rules"
)

func catalogue(t *testing.T) *rule.Catalogue {
	t.Helper()
	c, err := rule.Load(rules.FS)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// The examples of every rule are its tests.
func TestRuleExamples(t *testing.T) {
	c := catalogue(t)
	for _, r := range c.Rules() {
		t.Run(r.ID, func(t *testing.T) {
			for _, err := range TestRule(c, r) {
				t.Error(err)
			}
		})
	}
}

// Every expression compiles and is soundly typed.
func TestExpressionsCompile(t *testing.T) {
	engine, err := iac.New(catalogue(t), iac.Options{Now: exampleDay})
	if err != nil {
		t.Fatal(err)
	}
	for _, err := range engine.Compile() {
		t.Error(err)
	}
}

// docs/rules-format.md says what the program reads.
func TestFormatPage(t *testing.T) {
	const page = "../../docs/rules-format.md"
	if golden.Updating() {
		if err := os.WriteFile(page, FormatPage(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(FormatPage()), string(got)); diff != "" {
		t.Errorf("the page is old; run with WARDLET_UPDATE=1 (-want +got):\n%s", diff)
	}
	for _, name := range iac.Variables() {
		if variableDocs[name] == "" {
			t.Errorf("variable %s is not described", name)
		}
	}
}

package rules_test

import (
	"testing"

	"wardlet.example/internal/rule"
	"wardlet.example/rules"
)

// Every rule of the catalogue is sound, and tells where to read on.
func TestCatalogueIsSound(t *testing.T) {
	catalogue, err := rule.Load(rules.FS)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range catalogue.Rules() {
		t.Run(r.ID, func(t *testing.T) {
			info, err := r.Info()
			if err != nil {
				t.Fatal(err)
			}
			if len(info.References) == 0 {
				t.Errorf("%s: no references: add a link under ## References", r.File)
			}
			if len(r.CWE) == 0 {
				t.Errorf("%s: no cwe: add the weakness that it is an instance of", r.File)
			}
		})
	}
}

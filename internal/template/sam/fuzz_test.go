package sam_test

import (
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"wardlet.example/internal/document"
	"wardlet.example/internal/model"
	"wardlet.example/internal/template/cloudformation"
	"wardlet.example/internal/template/sam"
)

// FuzzExpand feeds any bytes as a template: whatever they are, no panic, and no logical ID twice.
func FuzzExpand(f *testing.F) {
	examples, _ := filepath.Glob("testdata/*.txtar")
	for _, name := range examples {
		archive, err := txtar.ParseFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(archive.Files[0].Data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		doc, _ := document.Parse("template.yaml", data, document.Options{Tag: cloudformation.Tag, MaxValues: 10_000})
		if doc == nil {
			return
		}
		sam.Recognise(doc.Root)
		tpl := cloudformation.New("template.yaml", doc.Root)
		load := func(string) *model.Value { return doc.Root }
		seen := map[string]bool{}
		for _, r := range sam.Expand(tpl, sam.Options{Load: load}) {
			if seen[r.ID] && r.Generated != "" {
				t.Errorf("%s is there twice", r.ID)
			}
			seen[r.ID] = true
		}
	})
}

package serverless

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"wardlet.example/internal/model"
)

var update = flag.Bool("update", false, "write the golden files anew")

// Each file of testdata is a service and the resources that the framework makes of it: logical ID, type, line to change,
// and the properties that matter here.
func TestExpand(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no examples: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			texts := map[string]string{}
			for _, f := range archive.Files {
				texts[f.Name] = string(f.Data)
			}
			s := Read("serverless.yml", parse(t, "serverless.yml", texts["serverless.yml"]), Options{Load: loader(t, texts)})
			got := show(s)
			if *update {
				rewrite(t, file, archive, got)
				return
			}
			if diff := cmp.Diff(texts["want"], got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func rewrite(t *testing.T, file string, archive *txtar.Archive, got string) {
	t.Helper()
	kept := archive.Files[:0]
	for _, f := range archive.Files {
		if f.Name != "want" {
			kept = append(kept, f)
		}
	}
	archive.Files = append(kept, txtar.File{Name: "want", Data: []byte(got)})
	if err := os.WriteFile(file, txtar.Format(archive), 0o600); err != nil {
		t.Fatal(err)
	}
}

func show(s *Service) string {
	var b strings.Builder
	fmt.Fprintf(&b, "service %s, stage %s, provider %s\n", s.Name, s.Stage, s.Provider)
	for _, r := range s.Resources {
		fmt.Fprintf(&b, "%s %s %d\n", r.ID, r.Type, r.Origin.Line)
		showMap(&b, r.Props, 1)
	}
	for _, d := range s.Diagnostics {
		fmt.Fprintf(&b, "%s %s: %s\n", d.Level, d.Pos, d.Message)
	}
	return b.String()
}

// showMap writes properties on one line each, with lists and maps inside flattened.
func showMap(b *strings.Builder, v *model.Value, depth int) {
	for _, f := range v.Fields {
		fmt.Fprintf(b, "%s%s: %s\n", strings.Repeat("  ", depth), f.Key, flat(f.Value))
	}
}

func flat(v *model.Value) string {
	var parts []string
	switch v.Kind {
	case model.Map:
		for _, f := range v.Fields {
			parts = append(parts, f.Key+": "+flat(f.Value))
		}
		return "{" + strings.Join(parts, ", ") + "}"
	case model.List:
		for _, w := range v.Items {
			parts = append(parts, flat(w))
		}
		return "[" + strings.Join(parts, ", ") + "]"
	}
	return v.String()
}

package sast_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"

	"wardlet.example/internal/finding"
	"wardlet.example/internal/rule"
	"wardlet.example/internal/scan"
	"wardlet.example/rules"
)

// What a template says of a function decides what is told of its code, and how surely.
func TestByTemplate(t *testing.T) {
	catalogue, err := rule.Load(rules.FS)
	if err != nil {
		t.Fatal(err)
	}
	archive, err := txtar.ParseFile("testdata/templates.txtar")
	if err != nil {
		t.Fatal(err)
	}
	cases := map[string]map[string]string{}
	wants := map[string]string{}
	var order []string
	for _, f := range archive.Files {
		name, path, _ := strings.Cut(f.Name, "/")
		if path == "want" {
			wants[name] = string(f.Data)
			continue
		}
		if cases[name] == nil {
			cases[name] = map[string]string{}
			order = append(order, name)
		}
		cases[name][path] = string(f.Data)
	}
	for _, name := range order {
		t.Run(name, func(t *testing.T) {
			root := t.TempDir()
			for path, text := range cases[name] {
				file := filepath.Join(root, filepath.FromSlash(path))
				if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			s, err := scan.Run(context.Background(), scan.Options{Path: root, Catalogue: catalogue, Now: time.Unix(0, 0), Only: []string{"sast"}, Profile: rule.Strict})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, f := range s.Result.Findings {
				got = append(got, fmt.Sprintf("%s %s:%d %s %s %s", f.Rule, f.Place.File, f.Place.Line, f.Confidence, f.Exposure, f.Power))
			}
			for _, o := range s.Result.Outcomes {
				if line := "not checked: " + o.Reason; o.State == finding.NotChecked && !slices.Contains(got, line) {
					got = append(got, line)
				}
			}
			slices.Sort(got)
			if have := strings.Join(got, "\n") + "\n"; have != wants[name] {
				t.Errorf("got\n%swant\n%s", have, wants[name])
			}
		})
	}
}

package least_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"

	"wardlet.example/internal/least"
	"wardlet.example/internal/rule"
	"wardlet.example/internal/scan"
	"wardlet.example/rules"
)

// Each archive is an application with a file "want": what functions need, what became of each grant, what is missing. Grants of logs are
// left out, and needs of the platform that every function has.
func TestLeast(t *testing.T) {
	catalogue, err := rule.Load(rules.FS)
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no archives", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			root, want := t.TempDir(), ""
			for i, f := range archive.Files {
				if f.Name == "want" {
					want = string(archive.Files[i].Data)
					continue
				}
				at := filepath.Join(root, filepath.FromSlash(f.Name))
				if err := os.MkdirAll(filepath.Dir(at), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(at, f.Data, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			s, err := scan.Run(context.Background(), scan.Options{Path: root, Catalogue: catalogue, Now: time.Unix(0, 0), Only: []string{"sast"}})
			if err != nil {
				t.Fatal(err)
			}
			got := describe(least.Roles(s.Program, s.Graph.Nodes))
			if os.Getenv("WARDLET_UPDATE") != "" {
				update(t, file, archive, got)
				return
			}
			if got != want {
				t.Errorf("got:\n%s\nwant:\n%s", got, want)
			}
		})
	}
}

func update(t *testing.T, file string, archive *txtar.Archive, got string) {
	t.Helper()
	for i, f := range archive.Files {
		if f.Name == "want" {
			archive.Files[i].Data = []byte(got)
		}
	}
	if err := os.WriteFile(file, txtar.Format(archive), 0o644); err != nil {
		t.Fatal(err)
	}
}

func describe(roles []*least.Role) string {
	var out []string
	add := func(format string, args ...any) { out = append(out, strings.TrimSpace(fmt.Sprintf(format, args...))) }
	for _, r := range roles {
		if r.Unknown != "" {
			add("%s unknown: %s", r.Role.ID, r.Unknown)
		}
		for _, f := range r.Functions {
			for _, n := range f.Needs {
				if n.Platform && (n.Action.Service == "logs" || n.Action.Service == "xray") {
					continue
				}
				perhaps, on := "", "something"
				if n.Perhaps {
					perhaps = "perhaps "
				}
				if n.On != nil {
					on = n.On.String()
				}
				add("%s needs %s%s on %s", f.Function.Name, perhaps, n.Action, on)
			}
			for _, d := range f.Doubts {
				if d.Service != "kms" {
					add("%s uncertain %s: %s", f.Function.Name, d.Service, d.Reason)
				}
			}
		}
		for _, g := range r.Grants {
			if !g.OfLogs() && !g.Doc.Managed {
				add("%s %s %s", r.Role.ID, g.Verdict, g.Pattern)
			}
		}
		for _, m := range r.Missing {
			add("%s missing %s", m.Function.Function.Name, m.Need.Action)
		}
	}
	sort.Strings(out)
	var lines []string
	for i, line := range out {
		if i == 0 || line != out[i-1] {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n") + "\n"
}

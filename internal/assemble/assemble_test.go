package assemble

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"wardlet.example/internal/model"
	"wardlet.example/internal/repo"
)

var update = flag.Bool("update", false, "write the golden files anew")

// Each file of testdata is a small repository and the workspace that is read from it: functions with their code, role,
// environment and triggers.
func TestWorkspace(t *testing.T) {
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
			want, got := "", show(workspace(t, archive, 2))
			for _, f := range archive.Files {
				if f.Name == "want" {
					want = string(f.Data)
				}
			}
			if *update {
				rewrite(t, file, archive, got)
				return
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			if alone := show(workspace(t, archive, 1)); alone != got {
				t.Errorf("one worker reads something else:\n%s", cmp.Diff(got, alone))
			}
		})
	}
}

func workspace(t *testing.T, archive *txtar.Archive, jobs int) *model.Workspace {
	t.Helper()
	dir := t.TempDir()
	for _, f := range archive.Files {
		if f.Name == "want" {
			continue
		}
		file := filepath.Join(dir, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, f.Data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	r, err := repo.Open(dir, repo.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	ws, _ := Workspace(context.Background(), r, "app", Options{Jobs: jobs})
	return ws
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

func show(ws *model.Workspace) string {
	var b strings.Builder
	for _, app := range ws.Apps {
		fmt.Fprintf(&b, "app %s (%s) %s\n", app.Name, app.Kind, app.File)
		for _, f := range app.Functions {
			showFunction(&b, f)
		}
		for _, r := range app.Roles {
			fmt.Fprintf(&b, "  role %s: %d statements, %d managed\n", r.ID, len(r.Grants), len(r.Managed))
		}
	}
	for _, d := range ws.Diagnostics {
		fmt.Fprintf(&b, "%s %s: %s\n", d.Level, d.Pos, d.Message)
	}
	return b.String()
}

func showFunction(b *strings.Builder, f *model.Function) {
	code := f.Code.At.String() + " " + f.Code.Symbol
	if f.Code.State != model.CodeResolved {
		code = string(f.Code.State) + " (" + f.Code.Reason + ")"
	}
	fmt.Fprintf(b, "  function %s, %s: %s\n", f.Name, f.Exposure, code)
	for _, t := range f.Triggers {
		auth := ""
		if t.Auth != "" {
			auth = ", auth " + t.Auth
		}
		fmt.Fprintf(b, "    %s %s%s, %s, line %d\n", t.Kind, t.Detail, auth, t.Exposure, t.Origin.Line)
	}
	for _, e := range f.Env {
		if e.Resource != nil {
			fmt.Fprintf(b, "    %s -> %s\n", e.Name, e.Resource.ID)
		}
	}
	if f.Role != nil {
		fmt.Fprintf(b, "    role %s\n", f.Role.ID)
	}
}

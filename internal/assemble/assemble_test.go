package assemble

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"wardlet.example/internal/golden"
	"wardlet.example/internal/model"
	"wardlet.example/internal/repo"
)

// Each archive of testdata is a small repository and the workspace that is read from it: functions with their code, role,
// environment and triggers. One worker reads the same as two.
func TestWorkspace(t *testing.T) {
	golden.Run(t, func(t *testing.T, files map[string]string) string {
		got := show(workspace(t, files, 2))
		if alone := show(workspace(t, files, 1)); alone != got {
			t.Errorf("one worker reads something else:\n%s", cmp.Diff(got, alone))
		}
		return got
	})
}

func workspace(t *testing.T, files map[string]string, jobs int) *model.Workspace {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
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

func show(ws *model.Workspace) string {
	var b strings.Builder
	for _, app := range ws.Apps {
		fmt.Fprintf(&b, "app %s (%s) %s\n", app.Name, app.Kind, app.File)
		if app.Parent != nil {
			fmt.Fprintf(&b, "  nested in %s\n", app.Parent.File)
		}
		if len(app.Stages) > 0 {
			fmt.Fprintf(&b, "  stages %s\n", strings.Join(app.Stages, ", "))
		}
		for _, f := range app.Functions {
			showFunction(&b, f)
		}
		for _, v := range app.Variants {
			showVariant(&b, app, v)
		}
		for _, r := range app.Roles {
			fmt.Fprintf(&b, "  role %s: %d statements, %d managed\n", r.ID, len(r.Grants), len(r.Managed))
		}
		for _, s := range app.Shared {
			fmt.Fprintf(&b, "  shares %s with", s.File)
			for _, other := range s.With {
				fmt.Fprintf(&b, " %s", other.File)
			}
			fmt.Fprintln(&b)
		}
	}
	for _, d := range ws.Diagnostics {
		fmt.Fprintf(&b, "%s %s: %s\n", d.Level, d.Pos, d.Message)
	}
	return b.String()
}

// showVariant says what an application has in another stage and not in its own, and the other way round.
func showVariant(b *strings.Builder, app, v *model.App) {
	fmt.Fprintf(b, "  in stage %s:", v.Stage)
	for _, r := range v.Resources {
		if own := app.Resource(r.ID); own == nil || own.Type != r.Type {
			fmt.Fprintf(b, " +%s", r.ID)
		}
	}
	for _, r := range app.Resources {
		if v.Resource(r.ID) == nil {
			fmt.Fprintf(b, " -%s", r.ID)
		}
	}
	fmt.Fprintln(b)
	for _, f := range v.Functions {
		if name := f.Resource.Props.Get("FunctionName").String(); name != "absent" {
			fmt.Fprintf(b, "    %s is %s\n", f.Name, name)
		}
	}
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
		from := ""
		if t.From != nil {
			from = ", from " + t.Source.ID + " of " + t.From.Name
		}
		fmt.Fprintf(b, "    %s %s%s, %s%s, line %d\n", t.Kind, t.Detail, auth, t.Exposure, from, t.Origin.Line)
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

package fix_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/diff"
	"github.com/rogpeppe/go-internal/txtar"

	"wardlet.example/internal/fix"
	"wardlet.example/internal/rule"
	"wardlet.example/internal/scan"
	"wardlet.example/rules"
)

// Each archive is an application with what becomes of it: a line for each role in "want.roles", the changed lines in "want.diff". A comment
// with the word unsafe asks for all patches.
func TestFix(t *testing.T) {
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
			want := map[string]string{}
			root := unpack(t, archive, want)
			plan, _, err := fix.Run(context.Background(), options(t, root), fix.Options{
				Unsafe: strings.Contains(string(archive.Comment), "unsafe"), Split: strings.Contains(string(archive.Comment), "split"),
			})
			if err != nil {
				t.Fatal(err)
			}
			got := map[string]string{"want.roles": roles(plan), "want.diff": changes(plan)}
			if os.Getenv("WARDLET_UPDATE") != "" {
				for i, f := range archive.Files {
					if text, ok := got[f.Name]; ok {
						archive.Files[i].Data = []byte(text)
					}
				}
				if err := os.WriteFile(file, txtar.Format(archive), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			for name, text := range got {
				if text != want[name] {
					t.Errorf("%s:\n%s\nwant:\n%s", name, text, want[name])
				}
			}
			again(t, root, plan)
		})
	}
}

// again applies a plan: a second run has nothing to do for the roles that it changed.
func again(t *testing.T, root string, plan *fix.Plan) {
	t.Helper()
	if errs := plan.Apply(root); len(errs) > 0 {
		t.Fatal(errs)
	}
	second, _, err := fix.Run(context.Background(), options(t, root), fix.Options{Unsafe: true})
	if err != nil {
		t.Fatal(err)
	}
	for i := range plan.Patches {
		for j := range second.Patches {
			if p := &plan.Patches[i]; p.Applied() && p.App == second.Patches[j].App && p.Role == second.Patches[j].Role {
				t.Errorf("%s is not mended", p.Role)
			}
		}
	}
}

func options(t *testing.T, root string) scan.Options {
	t.Helper()
	catalogue, err := rule.Load(rules.FS)
	if err != nil {
		t.Fatal(err)
	}
	return scan.Options{Path: root, Catalogue: catalogue, Now: time.Unix(0, 0), Only: []string{"privilege"}}
}

func unpack(t *testing.T, archive *txtar.Archive, want map[string]string) string {
	t.Helper()
	root := t.TempDir()
	for _, f := range archive.Files {
		if strings.HasPrefix(f.Name, "want.") {
			want[f.Name] = string(f.Data)
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
	return root
}

func roles(plan *fix.Plan) string {
	var out strings.Builder
	for _, p := range plan.Patches {
		fmt.Fprintf(&out, "%s of %s: ", p.Role, strings.Join(p.Functions, ", "))
		switch {
		case p.Refused != "":
			fmt.Fprintln(&out, "left,", p.Refused)
		case !p.Applied():
			fmt.Fprintln(&out, "left, unsafe:", p.Unsafe)
		default:
			fmt.Fprintf(&out, "%d -> %d %s\n", p.Before, p.After, p.Unsafe)
		}
	}
	return out.String()
}

func changes(plan *fix.Plan) string {
	var out strings.Builder
	for _, f := range plan.Files {
		for line := range strings.Lines(string(diff.Diff(f.Path, f.Before, f.Path, f.After))) {
			if !strings.HasPrefix(line, "diff ") && !strings.HasPrefix(line, "---") && !strings.HasPrefix(line, "@@") {
				out.WriteString(strings.TrimRight(line, " \n") + "\n")
			}
		}
	}
	return out.String()
}

// What has changed since it was read, or may not be written, stays as it is and is named; the rest is written.
func TestApplyKeepsWhatIsNotItsOwn(t *testing.T) {
	root := t.TempDir()
	write := func(name, text string, mode os.FileMode) {
		if err := os.WriteFile(filepath.Join(root, name), []byte(text), mode); err != nil {
			t.Fatal(err)
		}
	}
	write("same", "old", 0o640)
	write("changed", "newer", 0o644)
	write("locked", "old", 0o444)
	plan := &fix.Plan{}
	for _, name := range []string{"same", "changed", "locked", "gone"} {
		plan.Files = append(plan.Files, fix.File{Path: name, Before: []byte("old"), After: []byte("new")})
	}
	errs := plan.Apply(root)
	if os.Getuid() == 0 { // who may write everything
		errs = append(errs, fmt.Errorf("locked: is not writable"))
	}
	var all []string
	for _, err := range errs {
		all = append(all, err.Error())
	}
	text := strings.Join(all, "\n")
	for _, part := range []string{"changed: has changed since it was read", "locked: is not writable", "gone: cannot be changed"} {
		if !strings.Contains(text, part) {
			t.Errorf("%q is not told: %s", part, text)
		}
	}
	for name, want := range map[string]string{"same": "new", "changed": "newer"} {
		if data, err := os.ReadFile(filepath.Join(root, name)); err != nil || string(data) != want {
			t.Errorf("%s holds %q, want %q", name, data, want)
		}
	}
	if info, err := os.Stat(filepath.Join(root, "same")); err != nil || info.Mode().Perm() != 0o640 {
		t.Errorf("the permissions of the file became %v", info.Mode())
	}
	if left, err := filepath.Glob(filepath.Join(root, ".*")); err != nil || len(left) > 0 {
		t.Errorf("files are left over: %v", left)
	}
}

package git_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"wardlet.example/internal/git"
)

// run runs git in a folder as a person of a name and a day.
func run(t *testing.T, dir, who, day string, args ...string) {
	t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_SYSTEM=/dev/null", "GIT_AUTHOR_NAME="+who, "GIT_AUTHOR_EMAIL=a@example.com",
		"GIT_AUTHOR_DATE="+day+"T12:00:00Z", "GIT_COMMITTER_NAME="+who, "GIT_COMMITTER_EMAIL=a@example.com", "GIT_COMMITTER_DATE="+day+"T12:00:00Z")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestLines(t *testing.T) {
	root := t.TempDir()
	run(t, root, "", "2026-01-01", "init", "-q")
	file := filepath.Join(root, "app", "template.yaml")
	write(t, file, "one\ntwo\nthree\n")
	run(t, root, "Ada", "2026-01-02", "add", ".")
	run(t, root, "Ada", "2026-01-02", "commit", "-q", "-m", "first")
	write(t, file, "one\ntwo, changed\nthree\n")
	run(t, root, "Grace", "2026-03-04", "commit", "-q", "-a", "-m", "second")

	h, err := git.Open(filepath.Join(root, "app")) // a folder of the repository
	if err != nil {
		t.Fatal(err)
	}
	got, err := h.Lines("template.yaml", []byte("new\none\ntwo, changed\nthree\n"))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{" 0001-01-01", "Ada 2026-01-02", "Grace 2026-03-04", "Ada 2026-01-02"}
	for i, c := range got {
		if s := c.Author + " " + c.When.Format("2006-01-02"); s != want[i] {
			t.Errorf("line %d: %q, want %q", i+1, s, want[i])
		}
	}
	if none, err := h.Lines("other.yaml", []byte("a\n")); err != nil || none[0].Commit != "" {
		t.Errorf("a file that is not committed: %v, %v", none, err)
	}
}

// What the repository configures for git to run is not run.
func TestNothingIsRun(t *testing.T) {
	root := t.TempDir()
	run(t, root, "", "2026-01-01", "init", "-q")
	write(t, filepath.Join(root, "a.yaml"), "one\n")
	write(t, filepath.Join(root, ".gitattributes"), "*.yaml diff=evil\n")
	run(t, root, "Ada", "2026-01-02", "add", ".")
	run(t, root, "Ada", "2026-01-02", "commit", "-q", "-m", "first")
	ran := filepath.Join(root, "ran")
	for _, key := range []string{"diff.evil.textconv", "core.fsmonitor", "core.pager", "diff.external"} {
		run(t, root, "Ada", "2026-01-02", "config", key, "touch "+ran+" #")
	}
	h, err := git.Open(root)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.Lines("a.yaml", []byte("one\n")); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(ran); err == nil {
		t.Error("a program that the repository names was run")
	}
}

func TestNoHistory(t *testing.T) {
	root := t.TempDir()
	if _, err := git.Open(root); !errors.Is(err, git.ErrNone) {
		t.Errorf("no repository: %v", err)
	}
	run(t, root, "", "2026-01-01", "init", "-q")
	if _, err := git.Open(root); !errors.Is(err, git.ErrNone) {
		t.Errorf("no commit: %v", err)
	}
}

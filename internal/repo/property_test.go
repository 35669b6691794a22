package repo

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

const secret = "bytes from outside"

// fortress is a repository full of links, with a secret beside it and behind them.
func fortress(t testing.TB) (*Repo, string) {
	above := t.TempDir()
	dir := filepath.Join(above, "repo")
	write(t, filepath.Join(above, "secret"), []byte(secret))
	write(t, filepath.Join(above, "near", "secret"), []byte(secret))
	write(t, filepath.Join(dir, "a", "b", "file"), []byte("inside"))
	for path, target := range map[string]string{
		"up": "..", "a/up": "..", "a/b/up": "../..", "a/out": "../../near", "root": "/", "self": ".", "a/far": "../../../../../../../../..",
		"abs": above, "file": "../secret", "a/loop": "loop",
	} {
		link(t, target, filepath.Join(dir, path))
	}
	return open(t, dir, Options{}), above
}

func staysInside(t interface{ Errorf(string, ...any) }, r *Repo, path string) {
	data, err := r.Read(path)
	if bytes.Contains(data, []byte(secret)) || err == nil && string(data) != "inside" {
		t.Errorf("Read(%q) gave %q", path, data)
	}
}

func TestNoPathLeadsOutside(t *testing.T) {
	r, above := fortress(t)
	segment := rapid.SampledFrom([]string{"..", ".", "", "a", "b", "up", "out", "root", "self", "far", "abs", "file", "near", "secret", "repo", "~", "loop",
		strings.TrimPrefix(above, "/"), `..\`, "etc", "hostname"})
	rapid.Check(t, func(t *rapid.T) {
		path := strings.Join(rapid.SliceOfN(segment, 1, 10).Draw(t, "segments"), "/")
		staysInside(t, r, path)
		staysInside(t, r, "/"+path)
	})
}

func FuzzRead(f *testing.F) {
	for _, s := range []string{"a/b/file", "../secret", "up/../secret", "root/etc/hostname", "a/up/up/../x", "//etc/passwd", "~", "a\x00", "abs/secret"} {
		f.Add(s)
	}
	r, _ := fortress(f)
	f.Fuzz(func(t *testing.T, path string) { staysInside(t, r, path) })
}

// TestIgnoresLikeGit compares ignore files drawn at random with what git makes of them.
func TestIgnoresLikeGit(t *testing.T) {
	names := []string{"a", "b", "ab", "a.b", "b.a", "#a", "!a", "a b", "[a]", "-", `a\b`}
	piece := rapid.SampledFrom([]string{"a", "b", "ab", ".", "*", "**", "?", "/", "/**/", "**/", "/**", "[ab]", "[!a]", "[^b-z]", "[[:alpha:]]", "[]a]", "[a",
		`\`, `\*`, "!", "#", " ", `\ `, "-", "{a,b}", "[a-]", `[\]]`})
	// git cuts the text before the first wildcard off and takes "**" right behind it for folders: a**/b ignores a/x/b. Its
	// documentation says otherwise, and so do we. Sets that hold a slash are left out as well.
	oddity := regexp.MustCompile(`\[[^\]]*/|^!?[^*?[\\]*[^*?[\\/]\*\*+/`)
	line := rapid.Custom(func(t *rapid.T) string {
		return strings.Join(rapid.SliceOfN(piece, 1, 5).Draw(t, "line"), "")
	}).Filter(func(s string) bool { return !oddity.MatchString(s) })
	lines := rapid.Custom(func(t *rapid.T) string {
		return strings.Join(rapid.SliceOfN(line, 0, 4).Draw(t, "lines"), "\n") + "\n"
	})
	rapid.Check(t, func(rt *rapid.T) {
		dir, err := os.MkdirTemp("", "ignore")
		if err != nil {
			t.Fatal(err)
		}
		defer os.RemoveAll(dir)
		for _, one := range names {
			write(t, filepath.Join(dir, "top", one), nil)
			write(t, filepath.Join(dir, "deep", "a", "b", one), nil)
		}
		rules := map[string]string{}
		for _, at := range []string{".gitignore", "deep/.gitignore", "deep/a/.gitignore"} {
			rules[at] = lines.Draw(rt, at)
			write(t, filepath.Join(dir, at), []byte(rules[at]))
		}
		want := gitLists(t, dir)
		if diff := cmp.Diff(want, paths(open(t, dir, Options{}).Files())); diff != "" {
			rt.Fatalf("%q: %s", rules, diff)
		}
	})
}

// A range that runs backwards holds its first byte alone.
func TestRangeBackwards(t *testing.T) {
	p, ok := parsePattern(`[c-a]`)
	if !ok {
		t.Fatal("no pattern")
	}
	for path, want := range map[string]bool{"a": false, "b": false, "c": true} {
		if got := p.match(&matcher{}, []string{path}, false); got != want {
			t.Errorf("%s: %t, want %t", path, got, want)
		}
	}
}

// Git gives "**" before an escaped slash at least one folder: a/**\/b leaves a/b alone and ignores a/x/b.
func TestStarsBeforeAnEscapedSlash(t *testing.T) {
	p, ok := parsePattern(`a/**\/b`)
	if !ok {
		t.Fatal("no pattern")
	}
	for path, want := range map[string]bool{"a/b": false, "a/x/b": true, "a/x/y/b": true, "a/x": false} {
		if got := p.match(&matcher{}, strings.Split(path, "/"), false); got != want {
			t.Errorf("%s: %t, want %t", path, got, want)
		}
	}
}

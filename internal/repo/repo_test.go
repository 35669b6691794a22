package repo

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"wardlet.example/internal/model"
)

// tree writes the files of a txtar archive into a new folder.
func tree(t testing.TB, archive string) string {
	t.Helper()
	dir := t.TempDir()
	for _, f := range txtar.Parse([]byte(archive)).Files {
		write(t, filepath.Join(dir, f.Name), f.Data)
	}
	return dir
}

func write(t testing.TB, path string, data []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
}

func link(t testing.TB, target, path string) {
	t.Helper()
	if err := os.Symlink(target, path); err != nil {
		t.Fatal(err)
	}
}

func open(t testing.TB, dir string, o Options) *Repo {
	t.Helper()
	r, err := Open(dir, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	return r
}

func paths(files []File) []string {
	list := []string{}
	for _, f := range files {
		list = append(list, f.Path)
	}
	return list
}

const small = `
-- template.yaml --
Resources: {}
-- src/app.js --
exports.handler = 1
-- src/lib/db.js --
-- src-old/app.js --
-- src.txt --
`

func TestFilesAreSorted(t *testing.T) {
	r := open(t, tree(t, small), Options{})
	want := []File{{"src-old/app.js", 0}, {"src.txt", 0}, {"src/app.js", 20}, {"src/lib/db.js", 0}, {"template.yaml", 14}}
	if diff := cmp.Diff(want, r.Files()); diff != "" {
		t.Error(diff)
	}
	if len(r.Diagnostics()) > 0 {
		t.Errorf("diagnostics: %v", r.Diagnostics())
	}
}

func TestLookups(t *testing.T) {
	r := open(t, tree(t, small), Options{})
	for dir, want := range map[string][]string{
		"src": {"src/app.js", "src/lib/db.js"}, "./src/lib/": {"src/lib/db.js"}, "nothing": {}, "../src": {}, "src/app.js": {},
		"": paths(r.Files()), ".": paths(r.Files()),
	} {
		if diff := cmp.Diff(want, paths(r.InDir(dir))); diff != "" {
			t.Errorf("InDir(%q): %s", dir, diff)
		}
	}
	for pattern, want := range map[string][]string{
		"*.yaml": {"template.yaml"}, "**/app.js": {"src-old/app.js", "src/app.js"}, "src/**": {"src/app.js", "src/lib/db.js"},
		"src/*": {"src/app.js"}, "./src/{lib/db,app}.js": {"src/app.js", "src/lib/db.js"}, "src/app.js": {"src/app.js"}, "[a-s]*": {"src.txt"},
	} {
		got, err := r.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, paths(got)); diff != "" {
			t.Errorf("Glob(%q): %s", pattern, diff)
		}
	}
	for path, want := range map[string][4]bool{ // listed, exists, file, folder
		"src/app.js": {true, true, true, false}, "./src//app.js": {true, true, true, false}, "src": {false, true, false, true},
		".": {false, true, false, true}, "no": {}, "../x": {}, "/etc/passwd": {}, "/": {},
	} {
		got := [4]bool{r.Listed(path), r.Exists(path), r.IsFile(path), r.IsDir(path)}
		if got != want {
			t.Errorf("%q: listed, exists, file, folder = %v, want %v", path, got, want)
		}
	}
}

func TestGlobIsBounded(t *testing.T) {
	r := open(t, tree(t, small), Options{})
	if _, err := r.Glob(strings.Repeat("{a,b,c}", 20)); err == nil || !strings.Contains(err.Error(), "alternatives") {
		t.Errorf("got error %v", err)
	}
}

func TestReadAndHash(t *testing.T) {
	r := open(t, tree(t, small), Options{})
	data, err := r.Read("./src/../template.yaml")
	if err != nil || string(data) != "Resources: {}\n" {
		t.Errorf("got %q, %v", data, err)
	}
	hash, err := r.Hash("template.yaml")
	if err != nil || hash != model.HashOf(data) {
		t.Errorf("got %v, %v", hash, err)
	}
}

func TestReadRefuses(t *testing.T) {
	dir := tree(t, small)
	outside := tree(t, "-- secret --\nno\n")
	link(t, filepath.Join(outside, "secret"), filepath.Join(dir, "absolute"))
	link(t, "../"+filepath.Base(outside)+"/secret", filepath.Join(dir, "relative"))
	link(t, outside, filepath.Join(dir, "folder"))
	link(t, "loop2", filepath.Join(dir, "loop1"))
	link(t, "loop1", filepath.Join(dir, "loop2"))
	link(t, "missing", filepath.Join(dir, "broken"))
	write(t, filepath.Join(dir, "large"), make([]byte, 101))
	r := open(t, dir, Options{Limits: Limits{MaxFileSize: 100}})

	for path, want := range map[string]error{
		"../" + filepath.Base(outside) + "/secret": ErrOutside,
		"src/../../" + filepath.Base(outside):      ErrOutside,
		filepath.Join(outside, "secret"):           ErrOutside,
		filepath.Join(dir, "template.yaml"):        ErrOutside,
		"~/.aws/credentials":                       ErrOutside,
		"absolute":                                 ErrOutside,
		"relative":                                 ErrOutside,
		"folder/secret":                            ErrOutside,
		"broken":                                   fs.ErrNotExist,
		"missing":                                  fs.ErrNotExist,
		"src/app.js/x":                             nil, // some error: a file is no folder
		"large":                                    ErrTooLarge,
		"src":                                      ErrNotRegular,
		"":                                         ErrNotRegular,
		"loop1":                                    nil,
		"nul\x00byte":                              nil,
	} {
		data, err := r.Read(path)
		if err == nil || data != nil || want != nil && !errors.Is(err, want) {
			t.Errorf("Read(%q): got %q, %v; want error %v", path, data, err, want)
		}
		if err != nil && path != "" && !strings.HasPrefix(err.Error(), path+": ") {
			t.Errorf("Read(%q): error %q does not begin with the path", path, err)
		}
	}
}

func TestLinksInsideAreFollowed(t *testing.T) {
	dir := tree(t, small)
	link(t, "../template.yaml", filepath.Join(dir, "src/link.yaml"))
	link(t, "src/lib", filepath.Join(dir, "lib"))
	link(t, "..", filepath.Join(dir, "src/up"))
	outside := t.TempDir()
	link(t, outside, filepath.Join(dir, "out"))
	r := open(t, dir, Options{})

	want := []string{"src-old/app.js", "src.txt", "src/app.js", "src/lib/db.js", "src/link.yaml", "template.yaml"}
	if diff := cmp.Diff(want, paths(r.Files())); diff != "" {
		t.Error(diff)
	}
	for _, path := range []string{"src/link.yaml", "src/up/template.yaml", "src/up/src/up/template.yaml"} {
		if data, err := r.Read(path); err != nil || string(data) != "Resources: {}\n" {
			t.Errorf("Read(%q): got %q, %v", path, data, err)
		}
	}
	if !r.Exists("lib/db.js") || !r.IsDir("lib") {
		t.Error("linked folder is not seen")
	}
	want = []string{"out: symbolic link leads out of the repository; it is not followed"}
	if diff := cmp.Diff(want, said(r)); diff != "" {
		t.Error(diff)
	}
}

func said(r *Repo) []string {
	list := []string{}
	for _, d := range r.Diagnostics() {
		list = append(list, d.File+": "+d.Message)
	}
	return list
}

func TestManyOutsideLinksAreSummedUp(t *testing.T) {
	dir := t.TempDir()
	for i := range maxNotes + 5 {
		link(t, "/etc/passwd", filepath.Join(dir, fmt.Sprint(i)))
	}
	r := open(t, dir, Options{})
	got := said(r)
	if len(got) != maxNotes+1 || got[maxNotes] != ": 5 more symbolic links lead out of the repository" {
		t.Errorf("got %q", got)
	}
	if len(r.Files()) > 0 {
		t.Errorf("listed %v", r.Files())
	}
}

func TestFoldersOfToolsAreLeftOut(t *testing.T) {
	r := open(t, tree(t, `
-- .git/config --
-- sub/.git --
gitdir: ../.git/modules/sub
-- sub/a.js --
-- node_modules/x/index.js --
-- src/node_modules/x.js --
-- .serverless/state.json --
-- .build/serverless.yml --
-- .aws-sam/build.toml --
-- .terraform/x.tf --
-- cdk.out/stack.template.json --
-- vendor/bundle/x.rb --
-- vendor/github.com/x/x.go --
-- __pycache__/x.pyc --
-- lib/site-packages/x.py --
-- .venv/pyvenv.cfg --
-- .venv/lib/x.py --
-- a/venv/pyvenv.cfg --
-- a/venv/x.py --
-- b/venv/x.py --
`), Options{NoIgnore: true})
	want := []string{"b/venv/x.py", "cdk.out/stack.template.json", "sub/a.js", "vendor/github.com/x/x.go"}
	if diff := cmp.Diff(want, paths(r.Files())); diff != "" {
		t.Error(diff)
	}
	if !r.Exists("node_modules/x/index.js") {
		t.Error("files that are not listed cannot be reached")
	}
}

const ignoring = `
-- .gitignore --
# generated
*.log
!keep.log
/dist
build/
docs/**/*.tmp
a?c
[x-z].txt
\#hash
space\ 
-- .wardletignore --
legacy/
!/dist
-- a.log --
-- keep.log --
-- dist/app.js --
-- sub/dist/app.js --
-- build/x --
-- sub/build --
-- docs/a.tmp --
-- docs/a/b/c.tmp --
-- abc --
-- sub/abcd --
-- x.txt --
-- w.txt --
-- #hash --
-- legacy/old.js --
-- sub/.gitignore --
!*.log
/only
-- sub/b.log --
-- sub/only --
-- sub/x/only --
`

// What is deployed is read, though git does not keep it.
func TestIgnoredServices(t *testing.T) {
	dir := tree(t, `
-- .gitignore --
serverless.yml
/old/
-- .wardletignore --
examples/serverless.yml
-- serverless.yml --
-- a/serverless.yml --
-- a/.gitignore --
/serverless.yml
*.env
-- a/x.env --
-- examples/serverless.yml --
-- old/serverless.yml --
`)
	got := paths(open(t, dir, Options{}).Files())
	want := []string{".gitignore", ".wardletignore", "a/.gitignore", "a/serverless.yml", "serverless.yml"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestIgnoreFiles(t *testing.T) {
	dir := tree(t, ignoring)
	isIgnoreFile := func(path string) bool { return strings.HasSuffix(path, "ignore") }
	tests := []struct {
		name    string
		options Options
		want    []string
	}{
		{"both", Options{}, []string{"dist/app.js", "keep.log", "sub/abcd", "sub/b.log", "sub/build", "sub/dist/app.js", "sub/x/only", "w.txt"}},
		{"with exclusions", Options{Exclude: []string{"sub", "*.txt"}}, []string{"dist/app.js", "keep.log"}},
		{"none", Options{NoIgnore: true, Exclude: []string{"sub/**", "*.txt", "!x.txt", "docs"}},
			[]string{"#hash", "a.log", "abc", "build/x", "dist/app.js", "keep.log", "legacy/old.js", "x.txt"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := open(t, dir, tt.options)
			got := slices.DeleteFunc(paths(r.Files()), isIgnoreFile)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
			if data, err := r.Read("a.log"); err != nil || data == nil {
				t.Errorf("an ignored file that is named cannot be read: %v", err)
			}
		})
	}
}

// gitLists is what git lists of a tree that holds no repository inside.
func gitLists(t testing.TB, dir string) []string {
	t.Helper()
	git, err := exec.LookPath("git")
	if err != nil {
		t.Skip("git is not installed")
	}
	run := func(args ...string) []byte {
		cmd := exec.Command(git, args...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_SYSTEM=/dev/null")
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("git %q: %v", args, err)
		}
		return out
	}
	run("init", "-q")
	list := strings.Split(strings.TrimSuffix(string(run("ls-files", "-z", "-co", "--exclude-standard")), "\x00"), "\x00")
	slices.Sort(list)
	return slices.DeleteFunc(list, func(p string) bool { return p == "" })
}

func TestListsWhatGitLists(t *testing.T) {
	dir := tree(t, ignoring)
	if err := os.Remove(filepath.Join(dir, ".wardletignore")); err != nil {
		t.Fatal(err)
	}
	want := gitLists(t, dir)
	if diff := cmp.Diff(want, paths(open(t, dir, Options{}).Files())); diff != "" {
		t.Error(diff)
	}
}

func TestLimits(t *testing.T) {
	dir := tree(t, small)
	tests := []struct {
		name   string
		limits Limits
		want   []string
		said   string
	}{
		{"files", Limits{MaxFiles: 4}, []string{"src-old/app.js", "src.txt", "src/app.js", "src/lib/db.js"}, "more than 4 files or folders"},
		{"total", Limits{MaxTotal: 21}, []string{"src-old/app.js", "src.txt", "src/app.js", "src/lib/db.js"}, "more than 21 bytes"},
		{"depth", Limits{MaxDepth: 1}, []string{"src-old/app.js", "src.txt", "src/app.js", "template.yaml"}, "more than 1 deep"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := open(t, dir, Options{Limits: tt.limits})
			if len(r.Diagnostics()) != 1 || !strings.Contains(r.Diagnostics()[0].Message, tt.said) || !r.Diagnostics()[0].Incomplete {
				t.Errorf("got diagnostics %+v, want %q", r.Diagnostics(), tt.said)
			}
			if diff := cmp.Diff(tt.want, paths(r.Files())); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestEndlessIgnoreFileStopsCounting(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, ".gitignore"), []byte(strings.Repeat("*a*a*a*a*b\n", 50_000)))
	for i := range 2000 {
		write(t, filepath.Join(dir, strings.Repeat("a", 100)+fmt.Sprint(i)), nil)
	}
	r := open(t, dir, Options{})
	if len(r.Files()) != 2001 || len(r.Diagnostics()) != 1 || !strings.Contains(r.Diagnostics()[0].Message, "too many patterns") {
		t.Errorf("%d files, %q", len(r.Files()), said(r))
	}
}

func TestOpenErrors(t *testing.T) {
	_, err := Open(filepath.Join(t.TempDir(), "nothing"), Options{})
	if !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), "hint: ") {
		t.Errorf("got %v", err)
	}
}

func TestOpenFile(t *testing.T) {
	dir := tree(t, small)
	r := open(t, filepath.Join(dir, "template.yaml"), Options{})
	if diff := cmp.Diff([]File{{"template.yaml", 14}}, r.Files()); diff != "" {
		t.Error(diff)
	}
	if _, err := r.Read("src/app.js"); err != nil {
		t.Errorf("the code beside the file cannot be read: %v", err)
	}
}

func TestOpenRelative(t *testing.T) {
	t.Chdir(tree(t, small))
	r := open(t, ".", Options{})
	t.Chdir(t.TempDir())
	if len(r.Files()) != 5 {
		t.Errorf("listed %v", r.Files())
	}
	if _, err := r.Read("template.yaml"); err != nil {
		t.Errorf("after a change of the working folder: %v", err)
	}
}

func TestConcurrentUse(t *testing.T) {
	r := open(t, tree(t, small), Options{})
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for _, f := range r.Files() {
				if data, err := r.Read(f.Path); err != nil || int64(len(data)) != f.Size {
					t.Errorf("%s: %d bytes, %v", f.Path, len(data), err)
				}
				r.Exists("no/" + f.Path)
			}
		})
	}
	wg.Wait()
}

// More folders than are held open are read by several at once: nobody is told of a folder that was given back meanwhile.
func TestManyFoldersAtOnce(t *testing.T) {
	dir := t.TempDir()
	for i := range 2 * maxFolders {
		write(t, filepath.Join(dir, fmt.Sprintf("a/%d/b/file.txt", i)), fmt.Append(nil, i))
	}
	r := open(t, dir, Options{})
	var wg sync.WaitGroup
	for worker := range 8 {
		wg.Go(func() {
			for i := range 2 * maxFolders {
				name := fmt.Sprintf("a/%d/b/file.txt", (i*(worker+1))%(2*maxFolders))
				want := strings.Split(name, "/")[1]
				if data, err := r.Read(name); err != nil || string(data) != want {
					t.Errorf("%s: %q, %v", name, data, err)
				}
				if r.Exists(fmt.Sprintf("a/%d/c/%d.txt", i, worker)) {
					t.Error("something is where nothing is")
				}
			}
		})
	}
	wg.Wait()
	if open := len(r.folders.open); open > maxFolders {
		t.Errorf("%d folders are held open", open)
	}
}

func BenchmarkOpen(b *testing.B) {
	dir := b.TempDir()
	write(b, filepath.Join(dir, ".gitignore"), []byte(strings.Repeat("*.log\nbuild/\n/dist/**/x\n.cache\n", 50)))
	for i := range 10_000 {
		write(b, filepath.Join(dir, fmt.Sprintf("service-%d/src/file-%d.js", i/10, i)), []byte("x"))
	}
	b.ReportAllocs()
	for b.Loop() {
		r, err := Open(dir, Options{})
		if err != nil || len(r.Files()) != 10_001 {
			b.Fatal(err)
		}
		r.Close()
	}
}

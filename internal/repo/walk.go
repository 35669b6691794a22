package repo

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strings"

	"wardlet.example/internal/model"
)

// maxNotes is how many links that lead outside are named one by one.
const maxNotes = 20

// maxSteps is how many steps the matching of ignore files may take: some seconds. 500 patterns on 200,000 files take a
// fifth of it.
const maxSteps = 500_000_000

// list fills files and diags.
func (r *Repo) list(o Options) {
	w := &walk{repo: r, ignore: !o.NoIgnore, exclude: parseIgnore([]byte(strings.Join(o.Exclude, "\n")), 0)}
	w.dir(r.root, ".", nil)
	slices.SortFunc(w.files, func(a, b File) int { return strings.Compare(a.Path, b.Path) })
	r.files = w.withinTotal()
	w.finish()
	r.diags = w.diags
}

// walk lists one tree, folder by folder.
type walk struct {
	repo    *Repo
	ignore  bool
	exclude *ignoreList
	lists   []*ignoreList // of the folders from the root to the present one
	files   []File
	folders int
	matcher matcher
	stopped bool // a limit was reached
	outside int  // links that lead outside
	diags   []model.Diagnostic
}

// dir lists the folder at a path that has the given segments. The handle is that of the folder above it (of the root
// itself, for the root), so that the system has to look up one name only.
func (w *walk) dir(above *os.Root, path string, segments []string) {
	if w.folders++; w.folders > w.repo.limits.MaxFiles {
		w.tooMany()
		return
	}
	if len(segments) > w.repo.limits.MaxDepth {
		w.skipped(path, fmt.Sprintf("folders are nested more than %d deep here; what is below is not read", w.repo.limits.MaxDepth),
			"exclude the folder, or scan it by itself")
		return
	}
	handle, err := above.OpenRoot(base(segments))
	if err != nil {
		w.unreadable(path, err)
		return
	}
	defer handle.Close()
	entries, err := w.entries(handle)
	if err != nil {
		w.unreadable(path, err)
	}
	if isVirtualenv(segments, entries) {
		return
	}
	if list := w.ignoreFiles(path, len(segments), entries); list != nil {
		w.lists = append(w.lists, list)
		defer func() { w.lists = w.lists[:len(w.lists)-1] }()
	}
	w.below(handle, path, segments, entries)
}

func (w *walk) below(handle *os.Root, path string, segments []string, entries []fs.DirEntry) {
	for _, e := range entries {
		if w.stopped {
			return
		}
		w.entry(handle, e, join(path, e.Name()), append(segments, e.Name()))
	}
}

// entries are what a folder holds, sorted by name; what could be read, in case of an error.
func (w *walk) entries(dir *os.Root) ([]fs.DirEntry, error) {
	f, err := dir.Open(".")
	if err != nil {
		return nil, err
	}
	defer f.Close()
	entries, err := f.ReadDir(2*w.repo.limits.MaxFiles + 1)
	if errors.Is(err, io.EOF) {
		err = nil
	}
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return entries, err
}

func (w *walk) entry(dir *os.Root, e fs.DirEntry, path string, segments []string) {
	kind := e.Type()
	switch {
	case e.IsDir() && isMade(segments), e.Name() == ".git", w.ignored(segments, e.IsDir()):
	case e.IsDir():
		w.dir(dir, path, segments)
	case kind.IsRegular():
		if info, err := e.Info(); err == nil {
			w.file(path, info.Size())
		}
	case kind&fs.ModeSymlink != 0:
		w.link(path)
	}
}

func (w *walk) file(path string, size int64) {
	if len(w.files) == w.repo.limits.MaxFiles {
		w.tooMany()
		return
	}
	w.files = append(w.files, File{path, size})
}

// link lists a symbolic link that leads to a regular file inside the root.
func (w *walk) link(path string) {
	info, err := w.repo.stat(path)
	switch {
	case errors.Is(err, ErrOutside):
		if w.outside++; w.outside <= maxNotes {
			w.note(path, "symbolic link leads out of the repository; it is not followed")
		}
	case err == nil && info.Mode().IsRegular():
		w.file(path, info.Size())
	}
}

// ignored reports whether the ignore files or Options.Exclude leave a path out. Deeper files win over those above.
func (w *walk) ignored(segments []string, isDir bool) bool {
	if found, ignored := w.exclude.match(&w.matcher, segments, isDir); found {
		return ignored
	}
	if w.matcher.steps > maxSteps {
		w.giveUpIgnoring()
	}
	for i := len(w.lists) - 1; i >= 0; i-- {
		if found, ignored := w.lists[i].match(&w.matcher, segments, isDir); found {
			return ignored
		}
	}
	return false
}

// giveUpIgnoring goes on without ignore files: listing too much is better than hiding something.
func (w *walk) giveUpIgnoring() {
	if !w.ignore {
		return
	}
	w.ignore = false
	for _, list := range w.lists {
		list.patterns = nil
	}
	w.diags = append(w.diags, model.Diagnostic{
		Level: model.Warning, Message: "the ignore files have too many patterns; from here on they are not applied",
		Hint: "shorten .gitignore and .wardletignore",
	})
}

// ignoreFiles reads the ignore files of a folder; nil where it has none.
func (w *walk) ignoreFiles(dir string, depth int, entries []fs.DirEntry) *ignoreList {
	if !w.ignore {
		return nil
	}
	var text []byte
	for _, name := range []string{".gitignore", ".wardletignore"} {
		i, found := slices.BinarySearchFunc(entries, name, func(e fs.DirEntry, n string) int { return strings.Compare(e.Name(), n) })
		if !found || !entries[i].Type().IsRegular() {
			continue
		}
		data, err := w.repo.Read(join(dir, name))
		if err != nil {
			w.note(join(dir, name), "ignore file cannot be read: "+err.Error())
			continue
		}
		if name == ".gitignore" {
			data = namesService.ReplaceAll(data, nil)
		}
		text = append(append(text, data...), '\n')
	}
	if text == nil {
		return nil
	}
	return parseIgnore(text, depth)
}

// namesService are patterns that name the file of a service itself. Who keeps it out of git, for what stands in it, deploys it all the same.
var namesService = regexp.MustCompile(`(?m)^[^\s!#]*\bserverless\.ya?ml[ \t\r]*$`)

// isMade reports whether a folder holds what tools made or what others wrote.
func isMade(segments []string) bool {
	last := len(segments) - 1
	switch segments[last] {
	case ".git", "node_modules", ".serverless", ".build", ".aws-sam", ".terraform", "__pycache__", "site-packages":
		return true
	case "bundle":
		return last > 0 && segments[last-1] == "vendor"
	}
	return false
}

func isVirtualenv(segments []string, entries []fs.DirEntry) bool {
	name := base(segments)
	return (name == ".venv" || name == "venv") &&
		slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return e.Name() == "pyvenv.cfg" })
}

// base is the last segment, "." for the root.
func base(segments []string) string {
	if len(segments) == 0 {
		return "."
	}
	return segments[len(segments)-1]
}

func join(dir, name string) string {
	if dir == "." {
		return name
	}
	return dir + "/" + name
}

// withinTotal cuts the sorted list where it exceeds the total size.
func (w *walk) withinTotal() []File {
	var total int64
	for i, f := range w.files {
		if f.Size <= w.repo.limits.MaxFileSize {
			total += f.Size
		}
		if total > w.repo.limits.MaxTotal {
			w.skipped(f.Path, fmt.Sprintf("the files of the repository have more than %d bytes; this one and those after it are not read", w.repo.limits.MaxTotal),
				"exclude folders that hold no code, or scan a part of the repository")
			return w.files[:i:i]
		}
	}
	return slices.Clip(w.files)
}

func (w *walk) tooMany() {
	if w.stopped {
		return
	}
	w.stopped = true
	w.skipped("", fmt.Sprintf("the repository has more than %d files or folders; the rest is not read", w.repo.limits.MaxFiles),
		"exclude folders that hold no code, or scan a part of the repository")
}

func (w *walk) finish() {
	if more := w.outside - maxNotes; more > 0 {
		w.note("", fmt.Sprintf("%d more symbolic links lead out of the repository", more))
	}
}

func (w *walk) note(path, text string) {
	w.diags = append(w.diags, model.Diagnostic{Pos: model.Pos{File: path}, Level: model.Note, Message: text})
}

func (w *walk) unreadable(path string, err error) {
	w.skipped(path, "folder cannot be read: "+reason(err).Error(), "check its permissions, or exclude it")
}

// skipped says that a part of the repository was left unread.
func (w *walk) skipped(path, text, hint string) {
	w.diags = append(w.diags, model.Diagnostic{
		Pos: model.Pos{File: path}, Level: model.Warning, Message: text, Hint: hint, Incomplete: true,
	})
}

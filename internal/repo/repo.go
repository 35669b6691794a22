// Package repo is the only way to the files of the repository that is scanned.
//
// A Repo lists a directory tree once and hands out bytes. Nothing is read from outside the root, whatever a path or a
// symbolic link says; sizes, numbers and depths are bounded; sockets, devices and pipes are never opened. What lies in the
// files is left to others.
//
// # What is listed
//
// Regular files, and symbolic links to regular files inside the root, sorted by path. Left out are files that a .gitignore
// or .wardletignore of the tree excludes (both in the syntax of gitignore; the second is read after the first of the same
// folder, and can take back with "!" what the first excludes), patterns of Options.Exclude, and folders that hold what
// others wrote or tools made: .git, node_modules, .serverless, .aws-sam, .terraform, vendor/bundle, __pycache__,
// site-packages, and .venv or venv with a pyvenv.cfg. Ignore files above the root are not read. A pattern of a .gitignore that
// names serverless.yml is not applied: what is deployed from a folder is often kept out of git. Symbolic links to folders
// are not walked: the folder is listed where it lies.
//
// # What can be read
//
// Read, Hash, Exists and IsDir reach every path inside the root, listed or not: a template may name a generated file that
// git ignores. Paths are relative to the root, with slashes; links are followed as long as they are relative and stay
// inside.
package repo

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"sync"

	"wardlet.example/internal/model"
)

// Limits bound what is listed and read. A zero takes the value of DefaultLimits.
type Limits struct {
	MaxFiles    int   // files listed
	MaxFileSize int64 // bytes of one file; larger ones are listed, but Read refuses them
	MaxTotal    int64 // bytes of all listed files that are not too large
	MaxDepth    int   // folders inside folders
}

// DefaultLimits are wide enough for any repository of serverless applications.
func DefaultLimits() Limits {
	return Limits{MaxFiles: 200_000, MaxFileSize: 8 << 20, MaxTotal: 8 << 30, MaxDepth: 100}
}

func (l Limits) orDefault() Limits {
	d := DefaultLimits()
	if l.MaxFiles <= 0 {
		l.MaxFiles = d.MaxFiles
	}
	if l.MaxFileSize <= 0 {
		l.MaxFileSize = d.MaxFileSize
	}
	if l.MaxTotal <= 0 {
		l.MaxTotal = d.MaxTotal
	}
	if l.MaxDepth <= 0 {
		l.MaxDepth = d.MaxDepth
	}
	return l
}

// Options say what is listed.
type Options struct {
	Limits   Limits
	Exclude  []string // patterns in the syntax of gitignore, relative to the root; they win over the ignore files
	NoIgnore bool     // list what .gitignore and .wardletignore exclude

	Instead map[string][]byte // what Read gives instead of the content of files, by path
}

// File is one listed file.
type File struct {
	Path string // relative to the root, with slashes
	Size int64  // in bytes, when it was listed; of the target, for a symbolic link
}

// Repo is a read-only view of a directory tree. It is safe for concurrent use.
type Repo struct {
	root   *os.Root
	name   string
	limits Limits
	files  []File
	diags  []model.Diagnostic

	instead map[string][]byte
	kinds   sync.Map // of what lies at paths that were asked for
	folders folders
}

// Open lists the tree at root. Where root is a file, the repository is the folder around it and that file is the only one
// listed; the others of the folder can be read, because the file may name them.
func Open(root string, o Options) (*Repo, error) {
	dir, only, err := locate(root)
	if err != nil {
		return nil, err
	}
	handle, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("cannot open folder %s: %w\nhint: check its permissions", root, reason(err))
	}
	r := &Repo{root: handle, name: root, limits: o.Limits.orDefault(), instead: o.Instead}
	if only != "" {
		return r, r.listOne(only)
	}
	r.list(o)
	return r, nil
}

// locate splits what the user named into a folder and, where it is a file, that file's name.
func locate(root string) (dir, only string, err error) {
	info, err := os.Stat(root)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "", "", fmt.Errorf("no file or folder %q: %w\nhint: name the folder of the application; without a name the current one is taken", root, fs.ErrNotExist)
	case err != nil:
		return "", "", fmt.Errorf("cannot open %s: %w\nhint: check its permissions", root, reason(err))
	case info.IsDir():
		return root, "", nil
	case !info.Mode().IsRegular():
		return "", "", fmt.Errorf("%s: %w\nhint: name a file or a folder", root, ErrNotRegular)
	}
	// The file itself may be a link that the user made: its own folder is the one meant.
	return filepath.Dir(root), filepath.Base(root), nil
}

func (r *Repo) listOne(name string) error {
	info, err := r.stat(name)
	if err != nil {
		_ = r.root.Close()
		return fmt.Errorf("%w\nhint: name the file that the link points to", err)
	}
	r.files = []File{{name, info.Size()}}
	return nil
}

// Close gives the handle of the root back; nothing can be read afterwards.
func (r *Repo) Close() error {
	r.folders.mu.Lock()
	defer r.folders.mu.Unlock()
	r.folders.closeAll()
	return r.root.Close()
}

// Root is the root as the user named it, for display.
func (r *Repo) Root() string { return r.name }

// Limits are the limits in force.
func (r *Repo) Limits() Limits { return r.limits }

// Files are the listed files, sorted by path. The slice must not be changed.
func (r *Repo) Files() []File { return r.files }

// Diagnostics say what was not listed and why: limits reached, folders that cannot be read, links that lead outside.
func (r *Repo) Diagnostics() []model.Diagnostic { return r.diags }

// Listed reports whether a path is among Files.
func (r *Repo) Listed(path string) bool {
	path, err := clean(path)
	i := r.search(path)
	return err == nil && i < len(r.files) && r.files[i].Path == path
}

// InDir are the listed files in a folder and below, sorted by path; "" or "." is the root. The slice must not be changed.
func (r *Repo) InDir(dir string) []File {
	dir, err := clean(dir)
	switch {
	case err != nil:
		return nil
	case dir == ".":
		return r.files
	}
	// "/" is followed by "0": all paths in the folder lie between the two.
	return r.files[r.search(dir+"/"):r.search(dir+"0")]
}

// search is the index of the first listed path that is not less.
func (r *Repo) search(path string) int {
	return sort.Search(len(r.files), func(i int) bool { return r.files[i].Path >= path })
}

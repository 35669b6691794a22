package repo

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync"
)

// maxFolders bounds the folders that are held open.
const maxFolders = 256

// folders are those that something was looked up in lately, held open: the system looks for one name then, where it would otherwise open
// every folder from the root to the file. Most of what is read lies beside what was read before.
type folders struct {
	mu   sync.Mutex
	open map[string]*os.Root
}

// of gives the folder at a clean path inside the root, which is looked for in the folder above it.
func (f *folders) of(root *os.Root, dir string) (*os.Root, error) {
	if dir == "." {
		return root, nil
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.below(root, dir)
}

func (f *folders) below(root *os.Root, dir string) (*os.Root, error) {
	if h := f.open[dir]; h != nil {
		return h, nil
	}
	above, base := root, dir
	if i := strings.LastIndexByte(dir, '/'); i >= 0 {
		base = dir[i+1:]
		var err error
		if above, err = f.below(root, dir[:i]); err != nil {
			return nil, err
		}
	}
	h, err := above.OpenRoot(base)
	if err != nil {
		return nil, err
	}
	if f.open == nil {
		f.open = map[string]*os.Root{}
	}
	if len(f.open) >= maxFolders {
		f.closeAll() // who still uses one of them is told so, and goes from the root
	}
	f.open[dir] = h
	return h, nil
}

func (f *folders) closeAll() {
	for _, h := range f.open {
		_ = h.Close()
	}
	clear(f.open)
}

// within does something with the file at a clean path: in its folder where that is enough, and from the root where a link leads elsewhere.
func within[T any](r *Repo, name string, do func(dir *os.Root, name string) (T, error)) (T, error) {
	h, err := r.folders.of(r.root, path.Dir(name))
	if err == nil {
		var out T
		if out, err = do(h, path.Base(name)); err == nil {
			return out, nil
		}
	}
	if errors.Is(err, fs.ErrNotExist) {
		var none T
		return none, err
	}
	return do(r.root, filepath.FromSlash(name))
}

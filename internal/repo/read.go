package repo

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"syscall"

	"wardlet.example/internal/model"
)

// Errors of Read and Hash, wrapped with the path. A file that is not there is fs.ErrNotExist.
var (
	// ErrOutside is the error for a path that leaves the root: absolute, with too many "..", from "~", or through a link.
	ErrOutside = errors.New("path leads out of the repository")
	// ErrTooLarge is the error for a file above Limits.MaxFileSize.
	ErrTooLarge = errors.New("file is too large")
	// ErrNotRegular is the error for folders, sockets, devices and pipes.
	ErrNotRegular = errors.New("not a regular file")
)

// Read gives the content of a file inside the root, listed or not.
func (r *Repo) Read(path string) ([]byte, error) {
	if data, ok := r.instead[path]; ok {
		return data, nil
	}
	f, size, err := r.open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	// The size may be a lie (a file that grows), so the limit is applied to what is read.
	data := make([]byte, 0, size+1)
	data, err = appendAll(data, io.LimitReader(f, r.limits.MaxFileSize+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("%s: cannot be read: %w", path, reason(err))
	case int64(len(data)) > r.limits.MaxFileSize:
		return nil, r.tooLarge(path)
	}
	return data, nil
}

// appendAll reads to the end into a slice with room for what is expected.
func appendAll(data []byte, from io.Reader) ([]byte, error) {
	for {
		n, err := from.Read(data[len(data):cap(data)])
		data = data[:len(data)+n]
		if err == io.EOF {
			return data, nil
		}
		if err != nil {
			return nil, err
		}
		if len(data) == cap(data) {
			data = append(data, 0)[:len(data)]
		}
	}
}

// open opens a regular file. The kind is asked for before opening where the file was not listed as one, because opening a pipe waits for a
// writer and opening a device may do something; and again afterwards, because the file may have been exchanged.
func (r *Repo) open(path string) (*os.File, int64, error) {
	name, err := clean(path)
	if err != nil {
		return nil, 0, err
	}
	if !r.Listed(name) {
		info, err := r.stat(name)
		if err != nil {
			return nil, 0, err
		}
		if err := r.check(path, info); err != nil {
			return nil, 0, err
		}
	}
	f, err := within(r, name, func(dir *os.Root, name string) (*os.File, error) {
		return dir.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	})
	if err != nil {
		return nil, 0, explain(path, err)
	}
	info, err := f.Stat()
	if err == nil {
		err = r.check(path, info)
	}
	if err != nil {
		_ = f.Close()
		return nil, 0, err
	}
	return f, info.Size(), nil
}

func (r *Repo) check(path string, info fs.FileInfo) error {
	switch {
	case !info.Mode().IsRegular():
		return fmt.Errorf("%s: %w", path, ErrNotRegular)
	case info.Size() > r.limits.MaxFileSize:
		return r.tooLarge(path)
	}
	return nil
}

func (r *Repo) tooLarge(path string) error {
	return fmt.Errorf("%s: %w: the limit is %d bytes", path, ErrTooLarge, r.limits.MaxFileSize)
}

// Hash is the hash of a file's content.
func (r *Repo) Hash(path string) (model.Hash, error) {
	data, err := r.Read(path)
	if err != nil {
		return model.Hash{}, err
	}
	return model.HashOf(data), nil
}

// Exists reports whether a file or folder lies at a path inside the root, listed or not.
func (r *Repo) Exists(path string) bool {
	if r.Listed(path) {
		return true
	}
	return r.kindOf(path) != nothing
}

// IsFile reports whether a regular file lies at a path inside the root, listed or not.
func (r *Repo) IsFile(path string) bool {
	if r.Listed(path) {
		return true
	}
	return r.kindOf(path) == regular
}

// IsDir reports whether a folder lies at a path inside the root, listed or not.
func (r *Repo) IsDir(path string) bool {
	if len(r.InDir(path)) > 0 {
		return true
	}
	return r.kindOf(path) == folder
}

// kind is what lies at a path.
type kind int

const (
	nothing kind = iota
	regular
	folder
	special
)

// kindOf is what lies at a path inside the root. The system is asked once for each path: those who look for modules ask for the same ones
// again and again, and mostly there is nothing.
func (r *Repo) kindOf(path string) kind {
	if k, ok := r.kinds.Load(path); ok {
		return k.(kind)
	}
	k := special
	switch info, err := r.stat(path); {
	case err != nil:
		k = nothing
	case info.Mode().IsRegular():
		k = regular
	case info.IsDir():
		k = folder
	}
	r.kinds.Store(path, k)
	return k
}

// stat describes what a path leads to, through links that stay inside the root.
func (r *Repo) stat(path string) (fs.FileInfo, error) {
	name, err := clean(path)
	if err != nil {
		return nil, err
	}
	info, err := within(r, name, (*os.Root).Stat)
	if err != nil {
		return nil, explain(path, err)
	}
	return info, nil
}

// clean brings a path into the form of File.Path, "." for the root; it refuses what leaves the root by its text alone.
func clean(p string) (string, error) {
	if p == "" {
		return ".", nil
	}
	c := path.Clean(p)
	if !filepath.IsLocal(filepath.FromSlash(c)) || c == "~" || strings.HasPrefix(c, "~/") {
		return "", fmt.Errorf("%s: %w", p, ErrOutside)
	}
	return c, nil
}

// escapes is what os.Root says about a path that leaves it; the error itself has no exported name.
const escapes = "path escapes from parent"

func explain(path string, err error) error {
	err = reason(err)
	if err.Error() == escapes {
		err = ErrOutside
	}
	return fmt.Errorf("%s: %w", path, err)
}

// reason is an error without operation and path, which our messages name themselves.
func reason(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}

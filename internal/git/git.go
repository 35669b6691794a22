// Package git reads the history of a repository: who changed a line last, and when. It reads the files of git itself: no program is run,
// and nothing that the repository configures.
package git

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	gogit "github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/plumbing/object"
)

// ErrNone is the error for a folder that is in no repository, or in one without a commit.
var ErrNone = errors.New("no history of git is here")

// History is the history of a repository up to its HEAD.
type History struct {
	repo   *gogit.Repository
	head   *object.Commit
	prefix string // of paths below the folder that was opened
}

// Change is the last change of a line. The zero Change is that of a line that is not committed.
type Change struct {
	Author string // name of the author
	When   time.Time
	Commit string // in hexadecimal digits
}

// Open finds the repository that a folder is in.
func Open(folder string) (*History, error) {
	folder, err := filepath.Abs(folder)
	if err != nil {
		return nil, err
	}
	repo, err := gogit.PlainOpenWithOptions(folder, &gogit.PlainOpenOptions{DetectDotGit: true, EnableDotGitCommonDir: true})
	if errors.Is(err, gogit.ErrRepositoryNotExists) {
		return nil, ErrNone
	}
	if err != nil {
		return nil, fmt.Errorf("the history of git cannot be read: %w", err)
	}
	ref, err := repo.Head()
	if err != nil {
		return nil, ErrNone
	}
	head, err := repo.CommitObject(ref.Hash())
	if err != nil {
		return nil, fmt.Errorf("the history of git cannot be read: %w", err)
	}
	h := &History{repo: repo, head: head}
	if tree, err := repo.Worktree(); err == nil {
		if prefix, err := filepath.Rel(tree.Filesystem.Root(), folder); err == nil && prefix != "." {
			h.prefix = filepath.ToSlash(prefix) + "/"
		}
	}
	return h, nil
}

// Lines gives the last change of each line of a file as it is now; line n is element n-1. The path is relative to the folder that was
// opened, with slashes. A file that is not committed has none.
func (h *History) Lines(path string, now []byte) ([]Change, error) {
	lines := strings.Split(strings.ReplaceAll(strings.TrimSuffix(string(now), "\n"), "\r\n", "\n"), "\n")
	out := make([]Change, len(lines))
	if _, err := h.head.File(h.prefix + path); errors.Is(err, object.ErrFileNotFound) {
		return out, nil
	}
	blame, err := gogit.Blame(h.head, h.prefix+path)
	if err != nil {
		return nil, fmt.Errorf("%s: its history cannot be read: %w", path, err)
	}
	at := map[string][]int{} // lines at HEAD, by their text
	for i, l := range blame.Lines {
		text := strings.TrimSuffix(l.Text, "\r")
		at[text] = append(at[text], i)
	}
	for i, text := range lines {
		if j := nearest(at[text], i); j >= 0 {
			l := blame.Lines[j]
			out[i] = Change{l.AuthorName, l.Date, l.Hash.String()}
		}
	}
	return out, nil
}

// nearest is the number of a list that is nearest to another one; -1 for an empty list.
func nearest(all []int, to int) int {
	best := -1
	for _, n := range all {
		if best < 0 || abs(n-to) < abs(best-to) {
			best = n
		}
	}
	return best
}

func abs(n int) int {
	if n < 0 {
		return -n
	}
	return n
}

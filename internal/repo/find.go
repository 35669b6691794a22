package repo

import (
	"fmt"
	"slices"
	"strings"
)

// maxGlobSteps is how many steps one Glob may take: some tenths of a second.
const maxGlobSteps = 50_000_000

// Glob are the listed files whose path matches a pattern, sorted by path: "*" and "?" stay inside a folder, "**" stands for
// folders, [a-z] for one character, {a,b} for one of several. The pattern is relative to the root. It is an error for a
// pattern to have very many alternatives or to take too long.
func (r *Repo) Glob(pattern string) ([]File, error) {
	globs, err := expand(strings.TrimPrefix(pattern, "./"))
	if err != nil {
		return nil, err
	}
	var m matcher
	var found []File
	for _, g := range globs {
		for _, f := range r.InDir(literalDir(g)) {
			if m.path(g, strings.Split(f.Path, "/")) {
				found = append(found, f)
			}
			if m.steps > maxGlobSteps {
				return nil, fmt.Errorf("pattern %.60q takes too long\nhint: name folders instead of using **", pattern)
			}
		}
	}
	slices.SortFunc(found, func(a, b File) int { return strings.Compare(a.Path, b.Path) })
	return slices.Compact(found), nil
}

// literalDir is the folder that all matches of a pattern lie in.
func literalDir(segments []string) string {
	n := 0
	for n < len(segments)-1 && !hasWildcard(segments[n]) {
		n++
	}
	return strings.Join(segments[:n], "/")
}

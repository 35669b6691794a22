package dataflow

import (
	"regexp"
	"sync"
)

// longestKept bounds the names of which a nameTest keeps what it says, in bytes.
const longestKept = 80

// nameTest is a regular expression about names. A program says the same names over and over, so that what comes out for each is kept.
type nameTest struct {
	*regexp.Regexp

	mu    sync.RWMutex
	known map[string]bool
}

func aboutNames(expression string) *nameTest {
	return &nameTest{Regexp: regexp.MustCompile(expression), known: map[string]bool{}}
}

// MatchString reports whether a name, or a part of it, fits the expression.
func (t *nameTest) MatchString(name string) bool {
	if len(name) > longestKept {
		return t.Regexp.MatchString(name)
	}
	t.mu.RLock()
	fits, known := t.known[name]
	t.mu.RUnlock()
	if !known {
		fits = t.Regexp.MatchString(name)
		t.mu.Lock()
		t.known[name] = fits
		t.mu.Unlock()
	}
	return fits
}

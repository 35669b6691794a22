package dataflow

import "testing"

// Patterns that take twice as long for each further letter, and others that look alike.
func TestExponential(t *testing.T) {
	for pattern, want := range map[string]bool{
		`^(a+)+$`:      true,
		`^(\w+\s?)*$`:  true,
		`(x+x+)+y`:     true,
		`^(?:a+)+$`:    true,
		`^(a*)*$`:      true,
		`^(a|aa)+$`:    true,
		`^([a-z]+)*@`:  true,
		`^(\d+|\w+)*$`: true,
		`^(.*,)*x$`:    true,
		`^\w+([.-]?\w+)*@\w+([.-]?\w+)*(\.\w{2,3})+$`:               true,
		`^([a-zA-Z0-9])(([\-.]|[_]+)?([a-zA-Z0-9]+))*(@){1}[a-z]+$`: true,
		`^[a-z]+$`:                            false,
		`^(\w+\s)*$`:                          false,
		`(a+)+`:                               false, // it never has to fail
		`(\d+\.\s*\[.+?\]\(.+?\)\s*)+`:        false, // one round is enough
		`^(a|b)*$`:                            false,
		`^[^\s@]+@[^\s@]+\.[^\s@]+$`:          false, // slow, not exponential
		`^[a-z0-9]+(-[a-z0-9]+)*$`:            false,
		`^([\w.%+-]+)@([\w-]+\.)+([\w]{2,})$`: false,
		`^\d{4}-\d{2}-\d{2}$`:                 false,
		`^(?:\d{1,3}\.){3}\d{1,3}$`:           false,
		`^([0-9a-f]{2}:)*[0-9a-f]{2}$`:        false,
		`^(?=.*\d)(a+)+$`:                     false, // not judged
		`^#?([a-f0-9]{6}|[a-f0-9]{3})$`:       false,
		`^(([^<>()[\]\\.,;:\s@"]+(\.[^<>()[\]\\.,;:\s@"]+)*)|(".+"))@y`: false,
		``:  false,
		`(`: false,
	} {
		if got := exponential(pattern); got != want {
			t.Errorf("%s: %v", pattern, got)
		}
	}
}

func FuzzExponential(f *testing.F) {
	f.Add(`^(\w+\s?)*$`)
	f.Fuzz(func(_ *testing.T, pattern string) { exponential(pattern) })
}

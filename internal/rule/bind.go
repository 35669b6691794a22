package rule

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Bound is a rule joined with what its engine runs for it.
type Bound[F any] struct {
	Rule *Rule
	Run  F // the named check; zero for rules with an expression (Rule.Fail)
}

// Bind joins the rules of an engine with its table of named checks, in the order of the catalogue. A rule that names
// a check the engine does not have is an *Error; so is, without a file, a check that no rule names: bind the whole
// catalogue, and select afterwards. The rules that could be joined are returned beside an error.
func Bind[F any](c *Catalogue, engine string, checks map[string]F) ([]Bound[F], error) {
	known := slices.Sorted(maps.Keys(checks))
	named := map[string]bool{}
	var bound []Bound[F]
	var wrong []error
	for _, r := range c.rules {
		if r.Engine != engine {
			continue
		}
		if r.Check != "" {
			named[r.Check] = true
		}
		run, ok := checks[r.Check]
		if r.Check != "" && !ok {
			wrong = append(wrong, noCheck(r, known))
			continue
		}
		bound = append(bound, Bound[F]{r, run})
	}
	return bound, errors.Join(append(wrong, unused(engine, known, named)...)...)
}

// noCheck is the error of a rule that names a check the engine does not have.
func noCheck(r *Rule, known []string) error {
	hint := "the engine has no named checks: use fail"
	if len(known) > 0 {
		hint = didYouMean(r.Check, known)
	}
	return &Error{
		File: r.File, Line: r.Line("check"), Hint: hint,
		Message: fmt.Sprintf("engine %s has no check %q", r.Engine, r.Check),
	}
}

// unused is an error for each check that no rule names.
func unused(engine string, known []string, named map[string]bool) []error {
	names := "no check"
	if len(named) > 0 {
		names = strings.Join(slices.Sorted(maps.Keys(named)), ", ")
	}
	var wrong []error
	for _, name := range known {
		if !named[name] {
			wrong = append(wrong, fmt.Errorf("no rule has check: %s/%s: write one, or remove the check; rules name %s",
				engine, name, names))
		}
	}
	return wrong
}

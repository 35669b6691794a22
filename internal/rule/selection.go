package rule

import (
	"errors"
	"fmt"
	"slices"
)

// Selection is the part of a catalogue that somebody asked for.
type Selection struct {
	rules []*Rule
	ids   map[string]bool
}

// Rules lists the selected rules, sorted by id.
func (s *Selection) Rules() []*Rule { return s.rules }

// Has reports whether the rule with this id is selected.
func (s *Selection) Has(id string) bool { return s.ids[id] }

// Select picks rules by the names of engines, families or rules: all that only names (no names: every rule) except
// those that skip names. A name that means nothing is an error with the nearest one that does.
func (c *Catalogue) Select(only, skip []string) (*Selection, error) {
	if err := errors.Join(c.unknown(only), c.unknown(skip)); err != nil {
		return nil, err
	}
	s := &Selection{ids: map[string]bool{}}
	for _, r := range c.rules {
		if (len(only) == 0 || r.named(only)) && !r.named(skip) {
			s.rules = append(s.rules, r)
			s.ids[r.ID] = true
		}
	}
	return s, nil
}

// named reports whether any of the names means the rule.
func (r *Rule) named(names []string) bool {
	return slices.Contains(names, r.ID) || slices.Contains(names, r.Family) || slices.Contains(names, r.Engine)
}

// unknown is an error for each name that means no engine, family or rule.
func (c *Catalogue) unknown(names []string) error {
	var all []error
	for _, name := range names {
		known := slices.Concat(Engines(), c.Families())
		if c.byID[name] != nil || slices.Contains(known, name) {
			continue
		}
		all = append(all, fmt.Errorf("unknown rule, family or engine %q: %s", name, c.suggestion(name, known)))
	}
	return errors.Join(all...)
}

func (c *Catalogue) suggestion(name string, groups []string) string {
	for _, r := range c.rules {
		groups = append(groups, r.ID)
	}
	if near := nearest(name, groups); near != "" {
		return "did you mean " + near + "?"
	}
	return "wardlet rules list names them all"
}

// Package tally counts what a scan found, in the ways that every report shows it: groups of equal cause, severities,
// practices, reasons for what was not checked.
//
// How the counts are written is left to the reports. Findings that somebody ignored in place are never counted.
package tally

import (
	"cmp"
	"slices"

	"wardlet.example/internal/finding"
)

// Group is the findings of one cause in one application, in the order of the result; there is at least one.
type Group struct {
	App      string // file of the application
	Findings []*finding.Finding
}

// Lead is the finding that a group is shown by.
func (g *Group) Lead() *finding.Finding { return g.Findings[0] }

// Groups gathers the findings by application, rule and cause, in the order of their first finding.
func Groups(r *finding.Result) []*Group {
	type key struct{ app, rule, cause string }
	var groups []*Group
	known := map[key]*Group{}
	for i := range r.Findings {
		f := &r.Findings[i]
		if f.Ignored != nil {
			continue
		}
		k := key{f.App, f.Rule, f.Group}
		g := known[k]
		if g == nil {
			g = &Group{App: f.App}
			known[k] = g
			groups = append(groups, g)
		}
		g.Findings = append(g.Findings, f)
	}
	return groups
}

// Severity is how many findings have a severity.
type Severity struct {
	Severity finding.Severity
	Count    int
}

// Severities counts findings by severity: all severities, from the worst.
func Severities(r *finding.Result) []Severity {
	n := map[finding.Severity]int{}
	for i := range r.Findings {
		if f := &r.Findings[i]; f.Ignored == nil {
			n[f.Severity]++
		}
	}
	var out []Severity
	for _, s := range finding.Severities() {
		out = append(out, Severity{s, n[s]})
	}
	return out
}

// Total is how many findings there are.
func Total(r *finding.Result) int {
	n := 0
	for i := range r.Findings {
		if r.Findings[i].Ignored == nil {
			n++
		}
	}
	return n
}

var practices = [...]string{
	"least privilege", "patched dependencies", "isolated functions", "third-party caution", "data protection",
	"logging", "secure coding", "keys and credentials", "whole life cycle", "automation",
}

// Practice is how many findings go against one of the ten practices.
type Practice struct {
	Number int // from 1
	Name   string
	Count  int
}

// Practices counts findings by practice: all ten, in order. A finding that goes against several counts for each.
func Practices(r *finding.Result) []Practice {
	var out []Practice
	for i, name := range practices {
		out = append(out, Practice{Number: i + 1, Name: name})
	}
	for i := range r.Findings {
		f := &r.Findings[i]
		if f.Ignored != nil {
			continue
		}
		for _, p := range f.Practices {
			if p >= 1 && p <= len(out) {
				out[p-1].Count++
			}
		}
	}
	return out
}

// Reason is how often something was not checked for one reason.
type Reason struct {
	Reason string
	Count  int
}

// Reasons counts why outcomes are not checked, most frequent first.
func Reasons(r *finding.Result) []Reason {
	n := map[string]int{}
	for i := range r.Outcomes {
		if o := &r.Outcomes[i]; o.State == finding.NotChecked {
			n[o.Reason]++
		}
	}
	out := make([]Reason, 0, len(n))
	for reason, count := range n {
		out = append(out, Reason{reason, count})
	}
	slices.SortFunc(out, func(a, b Reason) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Reason, b.Reason))
	})
	return out
}

// Applied is how many rules found something to look at, whatever came of it.
func Applied(r *finding.Result) int {
	rules := map[string]bool{}
	for i := range r.Outcomes {
		rules[r.Outcomes[i].Rule] = true
	}
	for i := range r.Findings {
		rules[r.Findings[i].Rule] = true
	}
	return len(rules)
}

// Failing is how many findings fail the scan.
func Failing(r *finding.Result) int {
	if r.FailOn == "" || r.FailOn == finding.Never {
		return 0
	}
	return r.Worst(r.FailOn)
}

package tally_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"wardlet.example/internal/finding"
	"wardlet.example/internal/report/reporttest"
	"wardlet.example/internal/report/tally"
)

func TestGroupsAreCausesOfOneApplication(t *testing.T) {
	place := func(app, rule, group string) finding.Finding {
		return finding.Finding{App: app, Rule: rule, Group: group, Subject: app + rule + group}
	}
	ignored := place("a", "r", "g")
	ignored.Ignored = &finding.Ignored{}
	r := &finding.Result{Findings: []finding.Finding{
		place("a", "r", "g"), place("b", "r", "g"), place("a", "r", "g"), place("a", "q", "g"), place("a", "r", "h"), ignored,
	}}
	var got []string
	for _, g := range tally.Groups(r) {
		for range g.Findings {
			got = append(got, g.Lead().Subject)
		}
	}
	if diff := cmp.Diff([]string{"arg", "arg", "brg", "aqg", "arh"}, got); diff != "" {
		t.Errorf("groups differ (-want +got):\n%s", diff)
	}
}

func TestCountsOfTheShop(t *testing.T) {
	r := reporttest.Result()
	severities := []tally.Severity{{"critical", 1}, {"high", 7}, {"medium", 1}, {"low", 1}, {"info", 1}}
	if diff := cmp.Diff(severities, tally.Severities(r)); diff != "" {
		t.Errorf("severities differ (-want +got):\n%s", diff)
	}
	reasons := []tally.Reason{{"KmsKey comes from another stack", 2}, {"the role is outside the template", 1}}
	if diff := cmp.Diff(reasons, tally.Reasons(r)); diff != "" {
		t.Errorf("reasons differ (-want +got):\n%s", diff)
	}
	practices := tally.Practices(r)
	if len(practices) != 10 || practices[2] != (tally.Practice{Number: 3, Name: "isolated functions", Count: 8}) {
		t.Errorf("practices are %v", practices)
	}
	if total, failing, applied := tally.Total(r), tally.Failing(r), tally.Applied(r); total != 11 || failing != 8 || applied != 5 {
		t.Errorf("%d findings, %d failing, %d rules applied; want 11, 8, 5", total, failing, applied)
	}
}

func TestNothingFailsBelowNever(t *testing.T) {
	r := reporttest.Result()
	r.FailOn = finding.Never
	if n := tally.Failing(r); n != 0 {
		t.Errorf("%d findings fail", n)
	}
}

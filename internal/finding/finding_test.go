package finding_test

import (
	"testing"

	"wardlet.example/internal/finding"
	"wardlet.example/internal/model"
)

func one(rule, file, subject, anchor string, line int) finding.Finding {
	return finding.Finding{Rule: rule, Subject: subject, Anchor: anchor, Place: finding.Place{Pos: model.Pos{File: file, Line: line}}}
}

// A fingerprint stays when code moves and changes when it is about something else.
func TestFingerprints(t *testing.T) {
	base := one("r", "template.yaml", "Queue", "Policy", 10)
	same := []finding.Finding{
		one("r", "template.yaml", "Queue", "Policy", 99),
		one("r", "template.yaml", "Queue", " Policy ", 10),
	}
	other := []finding.Finding{
		one("q", "template.yaml", "Queue", "Policy", 10),
		one("r", "other.yaml", "Queue", "Policy", 10),
		one("r", "template.yaml", "Topic", "Policy", 10),
		one("r", "template.yaml", "Queue", "Name", 10),
		one("r", "template.yaml", "QueueP", "olicy", 10),
	}
	want := finding.Fingerprint(&base, 0)
	for i := range same {
		if got := finding.Fingerprint(&same[i], 0); got != want {
			t.Errorf("%+v changed its fingerprint", same[i])
		}
	}
	for i := range other {
		if got := finding.Fingerprint(&other[i], 0); got == want {
			t.Errorf("%+v has the fingerprint of something else", other[i])
		}
	}
}

// Two equal findings in one file are told apart by their order.
func TestEqualFindingsHaveTheirOwn(t *testing.T) {
	all := []finding.Finding{one("r", "f", "s", "a", 1), one("r", "f", "s", "a", 2), one("r", "f", "s", "b", 3)}
	finding.SetFingerprints(all)
	seen := map[string]bool{}
	for _, f := range all {
		if seen[f.Fingerprint] {
			t.Errorf("%s twice", f.Fingerprint)
		}
		seen[f.Fingerprint] = true
	}
}

func TestSeverities(t *testing.T) {
	order := append(finding.Severities(), "")
	for i, s := range order[:len(order)-1] {
		if !s.AtLeast(s) || s.AtLeast(finding.Never) {
			t.Errorf("%s: thresholds are wrong", s)
		}
		if order[i+1] != "" && order[i+1].AtLeast(s) {
			t.Errorf("%s should be worse than %s", s, order[i+1])
		}
	}
	if _, err := finding.ParseSeverity("grave"); err == nil {
		t.Error("an unknown severity must be refused")
	}
}

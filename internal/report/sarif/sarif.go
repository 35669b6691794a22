// Package sarif writes a result as SARIF 2.1.0, the format that code hosts and editors read.
//
// It writes the part of the format that a scan needs with its own few structs: those of go-sarif write every empty list
// and default of the standard, several times the size of what is said, and bring a validator into the program.
// How a viewer shows the document is left to the viewer; text is made harmless all the same, since viewers print it.
package sarif

import (
	"io"
	"slices"

	"wardlet.example/internal/finding"
	"wardlet.example/internal/report/escape"
	"wardlet.example/internal/report/tally"
)

const schemaURI = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

// Write writes the result as one SARIF log with one run. Output is the same for the same result.
func Write(w io.Writer, r *finding.Result) error {
	return escape.WriteJSON(w, log{Schema: schemaURI, Version: "2.1.0", Runs: []run{newRun(r)}})
}

func newRun(r *finding.Result) run {
	rules := describe(r)
	return run{
		Tool:        tool{Driver: component{Name: "Wardlet", SemanticVersion: semantic(r.Version), Version: escape.Terminal(r.Version), Rules: rules.descriptors}},
		Invocations: []invocation{invoked(r)},
		BaseIDs:     map[string]artifact{root: {Description: &message{Text: "The folder that was scanned."}}},
		ColumnKind:  "unicodeCodePoints",
		Results:     results(r, rules),
		Properties:  summary(r),
	}
}

// semantic is a version where it is one as semver.org means it; the standard allows no other in its field.
func semantic(version string) string {
	if semver.MatchString(version) {
		return version
	}
	return ""
}

// summary is what SARIF has no place for: what was not checked or not shown.
func summary(r *finding.Result) properties {
	n := r.Count()
	return properties{
		"profile": escape.Terminal(r.Profile), "failOn": string(r.FailOn), "complete": r.Complete, "hidden": r.Hidden, "rulesApplied": tally.Applied(r),
		"passed": n[finding.Passed], "failed": n[finding.Failed], "notChecked": n[finding.NotChecked],
	}
}

func invoked(r *finding.Result) invocation {
	v := invocation{Successful: r.Complete}
	for i := range r.Diagnostics {
		d := &r.Diagnostics[i]
		text := d.Message
		if d.Hint != "" {
			text += " (" + d.Hint + ")"
		}
		n := notification{Level: string(d.Level), Message: message{Text: plain(text)}}
		if d.File != "" {
			n.Locations = []location{{Physical: physicalOf(finding.Place{Pos: d.Pos})}}
		}
		v.Notifications = append(v.Notifications, n)
	}
	return v
}

func results(r *finding.Result, rules *ruleTable) []result {
	suppressing := slices.ContainsFunc(r.Findings, func(f finding.Finding) bool { return f.Ignored != nil })
	out := make([]result, 0, len(r.Findings))
	for i := range r.Findings {
		f := &r.Findings[i]
		res := newResult(f)
		res.RuleIndex = rules.index[f.Rule]
		if suppressing {
			res.Suppressions = suppressions(f)
		}
		out = append(out, res)
	}
	return out
}

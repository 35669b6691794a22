// Package jsonreport writes a result as json-v1, the format for other programs.
//
// The format is stable: within version 1 fields are added, never renamed, removed or given another meaning. Its JSON
// Schema stands beside this file and every document fits it. Outcomes that passed are only counted: there is one for
// every rule and thing, and the format is about what needs eyes.
package jsonreport

import (
	_ "embed"
	"io"

	"wardlet.example/internal/finding"
	"wardlet.example/internal/model"
	"wardlet.example/internal/report/escape"
	"wardlet.example/internal/report/tally"
)

// Schema is the JSON Schema of json-v1.
//
//go:embed json-v1.schema.json
var Schema string

// Format names the format in every document.
const Format = "json-v1"

// Write writes the result as one json-v1 document. Output is the same for the same result.
func Write(w io.Writer, r *finding.Result) error { return escape.WriteJSON(w, newDocument(r)) }

type document struct {
	Format      string               `json:"format"`
	Tool        tool                 `json:"tool"`
	Root        string               `json:"root"`
	Profile     string               `json:"profile"`
	FailOn      finding.Severity     `json:"failOn"`
	Complete    bool                 `json:"complete"`
	Summary     summary              `json:"summary"`
	Apps        []finding.AppSummary `json:"apps"`
	Findings    []finding.Finding    `json:"findings"`
	Outcomes    outcomes             `json:"outcomes"`
	Diagnostics []model.Diagnostic   `json:"diagnostics"`
}

type tool struct {
	Name    string `json:"name"`
	Version string `json:"version"`
}

type summary struct {
	Groups     int            `json:"groups"`
	Findings   int            `json:"findings"`
	Failing    int            `json:"failing"`
	Ignored    int            `json:"ignored"`
	Hidden     int            `json:"hidden"`
	BySeverity map[string]int `json:"bySeverity"`
	ByPractice []practice     `json:"byPractice"`
	Rules      int            `json:"rules"`
	Applied    int            `json:"rulesApplied"`
}

type practice struct {
	Practice int    `json:"practice"`
	Name     string `json:"name"`
	Count    int    `json:"count"`
}

type outcomes struct {
	Passed     int         `json:"passed"`
	Failed     int         `json:"failed"`
	NotChecked int         `json:"notChecked"`
	Unchecked  []unchecked `json:"unchecked"`
}

// unchecked is an outcome without its state.
type unchecked struct {
	Rule    string    `json:"rule"`
	App     string    `json:"app"`
	Subject string    `json:"subject"`
	Reason  string    `json:"reason"`
	At      model.Pos `json:"at,omitzero"`
}

func newDocument(r *finding.Result) document {
	return document{
		Format:      Format,
		Tool:        tool{"wardlet", r.Version},
		Root:        r.Root,
		Profile:     r.Profile,
		FailOn:      r.FailOn,
		Complete:    r.Complete,
		Summary:     summarise(r),
		Apps:        list(r.Apps),
		Findings:    list(r.Findings),
		Outcomes:    newOutcomes(r),
		Diagnostics: list(r.Diagnostics),
	}
}

// list makes sure that nothing is written as [], never as null.
func list[T any](s []T) []T {
	if s == nil {
		return []T{}
	}
	return s
}

func summarise(r *finding.Result) summary {
	s := summary{
		Groups:     len(tally.Groups(r)),
		Findings:   tally.Total(r),
		Failing:    tally.Failing(r),
		Ignored:    r.Ignored,
		Hidden:     r.Hidden,
		Rules:      len(r.Rules),
		Applied:    tally.Applied(r),
		BySeverity: map[string]int{},
	}
	for _, t := range tally.Severities(r) {
		s.BySeverity[string(t.Severity)] = t.Count
	}
	for _, t := range tally.Practices(r) {
		s.ByPractice = append(s.ByPractice, practice{t.Number, t.Name, t.Count})
	}
	return s
}

func newOutcomes(r *finding.Result) outcomes {
	n := r.Count()
	out := outcomes{
		Passed: n[finding.Passed], Failed: n[finding.Failed], NotChecked: n[finding.NotChecked], Unchecked: []unchecked{},
	}
	for i := range r.Outcomes {
		if o := &r.Outcomes[i]; o.State == finding.NotChecked {
			out.Unchecked = append(out.Unchecked, unchecked{o.Rule, o.App, o.Subject, o.Reason, o.At})
		}
	}
	return out
}

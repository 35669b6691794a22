package iac

import (
	"slices"
	"strings"

	"wardlet.example/internal/finding"
	"wardlet.example/internal/model"
)

// once drops what is said twice of one application: a check that comes to one place of one subject in several ways.
func (r *Report) once() {
	seen := map[string]bool{}
	r.Findings = slices.DeleteFunc(r.Findings, func(f finding.Finding) bool {
		key := strings.Join([]string{f.Rule, f.Subject, f.Place.String(), f.Message, f.Anchor}, "\x00")
		told := seen[key]
		seen[key] = true
		return told
	})
}

// acrossStages joins the reports on one service in its stages, the service's own first: what holds in several is told once,
// names them and is as exposed as in the most open one. An outcome is the worst of all stages.
func acrossStages(app *model.App, reports []Report) Report {
	all := reports[0]
	if len(reports) == 1 {
		return all
	}
	known := map[string]int{}
	for i := range all.Findings {
		f := &all.Findings[i]
		f.Stages = []string{app.Stage}
		known[sameIn(f, app.Stage)] = i
	}
	for i, r := range reports[1:] {
		stage := app.Variants[i].Stage
		for _, f := range r.Findings {
			key := sameIn(&f, stage)
			if at, ok := known[key]; ok {
				all.Findings[at].Stages = append(all.Findings[at].Stages, stage)
				all.Findings[at].Exposure = all.Findings[at].Exposure.Wider(f.Exposure)
				continue
			}
			f.Stages = []string{stage}
			known[key] = len(all.Findings)
			all.Findings = append(all.Findings, f)
		}
		all.Diagnostics = append(all.Diagnostics, r.Diagnostics...)
	}
	for i := range all.Findings {
		if len(all.Findings[i].Stages) == len(reports) {
			all.Findings[i].Stages = nil // nothing to say: it holds wherever the service is deployed
		}
	}
	all.Outcomes = worstOutcomes(reports)
	return all
}

// sameIn names a finding by what stays the same from stage to stage.
func sameIn(f *finding.Finding, stage string) string {
	message := f.Message
	if stage != "" {
		message = strings.ReplaceAll(message, stage, "\x01")
	}
	return strings.Join([]string{f.Rule, f.Subject, f.Place.String(), message}, "\x00")
}

func worstOutcomes(reports []Report) []finding.Outcome {
	rank := map[finding.State]int{finding.Passed: 0, finding.NotChecked: 1, finding.Failed: 2}
	var out []finding.Outcome
	at := map[string]int{}
	for _, r := range reports {
		for _, o := range r.Outcomes {
			key := o.Rule + "\x00" + o.Subject + "\x00" + o.At.String()
			i, ok := at[key]
			if !ok {
				at[key] = len(out)
				out = append(out, o)
				continue
			}
			if rank[o.State] > rank[out[i].State] {
				out[i] = o
			}
		}
	}
	return out
}

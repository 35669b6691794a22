package sast

import (
	"wardlet.example/internal/finding"
	"wardlet.example/internal/model"
)

// forged is the kind of harm of a line in a log that an outsider writes.
const forged = "log-injection"

// firstLines leaves one forged line of a log for each function that the world can call to the default profile: a function that writes one writes
// many, and is mended as a whole. The others, and those of functions that only the application reaches, are for the strict profile.
func (e *Engine) firstLines(all []finding.Finding) []finding.Finding {
	rules, told := map[string]bool{}, map[string]bool{}
	for _, b := range e.taints[forged] {
		rules[b.ID] = true
	}
	for i := range all {
		f := &all[i]
		if !rules[f.Rule] {
			continue
		}
		f.Strict = f.Strict || f.Exposure != model.Public || told[f.Subject]
		told[f.Subject] = told[f.Subject] || !f.Strict
	}
	return all
}

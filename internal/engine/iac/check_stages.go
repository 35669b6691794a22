package iac

import (
	"slices"
	"strings"

	"wardlet.example/internal/model"
)

// roleSharedByStages finds services whose productive stage runs with the same role as one that is not: a role of another template by
// its fixed ARN.
func roleSharedByStages(s *Subject) Answer {
	if len(s.App.Variants) == 0 {
		return Answer{Skip: true}
	}
	type use struct {
		at     model.Origin
		stages []string
	}
	used := map[string]*use{}
	var order []string
	for _, app := range append([]*model.App{s.App}, s.App.Variants...) {
		for _, f := range app.Functions {
			arn := f.Resource.Props.Get("Role")
			text, known := arn.Settled().Scalar()
			if !known || !strings.Contains(text, ":role/") {
				continue
			}
			u := used[text]
			if u == nil {
				u = &use{at: arn.Origin}
				used[text] = u
				order = append(order, text)
			}
			if !slices.Contains(u.stages, app.Stage) {
				u.stages = append(u.stages, app.Stage)
			}
		}
	}
	var answer Answer
	for _, text := range order {
		u := used[text]
		if productive := slices.ContainsFunc(u.stages, isProductive); productive && !allProductive(u.stages) {
			answer.Hits = append(answer.Hits, Hit{Origin: &u.at, Detail: strings.Join(u.stages, ", ") + " run with " + text, Anchor: text})
		}
	}
	return answer
}

// isProductive reports whether a stage is the one that users meet, by what stages are called.
func isProductive(stage string) bool {
	switch strings.ToLower(stage) {
	case "prod", "production", "prd", "live":
		return true
	}
	return false
}

func allProductive(stages []string) bool {
	return !slices.ContainsFunc(stages, func(s string) bool { return !isProductive(s) })
}

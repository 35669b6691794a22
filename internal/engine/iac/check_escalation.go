package iac

import (
	"wardlet.example/internal/finding"
	"wardlet.example/internal/model"
	"wardlet.example/internal/policy"
	"wardlet.example/internal/privilege"
)

// escalates finds principals that gain more than they were given by themselves.
func escalates(s *Subject) Answer {
	w := s.Program.PowersOf(s.App, s.Resource)
	if w == nil {
		return Answer{Skip: true}
	}
	if !privilege.Usable(w) {
		return Answer{}
	}
	paths := privilege.Escalations(s.Program, w)
	alone, _ := privilege.Certain(paths)
	if len(alone) == 0 {
		return Answer{Unknown: perhaps(paths, func(p *privilege.Path) bool { return p.Alone() })}
	}
	first := alone[0]
	h := pathHit(s, &first, privilege.Sum(alone), "escalation")
	if g := first.Method.Gains; g == "existing" || g == "assume" {
		h.Confidence = finding.Likely // there has to be something of the kind in the account
	}
	return Answer{Hits: []Hit{h}}
}

// escalatesThrough finds principals that gain the permissions of a stronger role of the application.
func escalatesThrough(s *Subject) Answer {
	w := s.Program.PowersOf(s.App, s.Resource)
	if w == nil {
		return Answer{Skip: true}
	}
	if !privilege.Usable(w) {
		return Answer{}
	}
	paths := privilege.Escalations(s.Program, w)
	alone, through := privilege.Certain(paths)
	if len(alone) > 0 {
		return Answer{} // whoever gains everything needs no other role
	}
	var answer Answer
	for _, p := range through {
		why, strong := privilege.Strong(s.Program, s.App, p.Through)
		if !strong {
			continue
		}
		by := ""
		if p.By != nil && p.By != p.Through.Resource {
			by = " of " + p.By.ID
		}
		h := pathHit(s, &p, p.Through.ID+by+", which "+why+": it "+p.Words(), p.Through.ID)
		h.Trace = append(h.Trace, finding.Step{Place: finding.Place{Pos: p.Through.Origin.Pos}, Message: p.Through.ID + by + " " + why})
		answer.Hits = append(answer.Hits, h)
	}
	if len(answer.Hits) == 0 {
		answer.Unknown = perhaps(paths, func(p *privilege.Path) bool { return !p.Alone() })
	}
	return answer
}

// perhaps says why it is not known whether there is a path; empty if there is none.
func perhaps(paths []privilege.Path, of func(*privilege.Path) bool) string {
	for i := range paths {
		if p := &paths[i]; p.Answer == model.Maybe && of(p) {
			return p.Reason
		}
	}
	return ""
}

// pathHit points at the statement that allows the last step: without that one the others lead nowhere.
func pathHit(s *Subject, p *privilege.Path, detail, anchor string) Hit {
	h := Hit{At: "Policies", Detail: detail, Anchor: anchor}
	for _, step := range p.Steps {
		at := placeOf(step.By, s.Resource.Origin)
		h.Trace = append(h.Trace, finding.Step{Place: finding.Place{Pos: at.Pos}, Message: step.Action + " is allowed"})
		h.Origin = &at
	}
	return h
}

// placeOf is where a statement stands; those of AWS stand nowhere here.
func placeOf(st *policy.Statement, otherwise model.Origin) model.Origin {
	if st == nil || st.Origin.IsZero() || st.Origin.File == "" {
		return otherwise
	}
	return st.Origin
}

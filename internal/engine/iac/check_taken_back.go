package iac

import (
	"slices"

	"wardlet.example/data/iam"
	"wardlet.example/internal/link"
	"wardlet.example/internal/model"
	"wardlet.example/internal/policy"
	"wardlet.example/internal/privilege"
)

// eachGrant asks a question of every statement that gives a principal something. A grant of which a boundary or a denial takes back
// all that the question is about is no grant.
func eachGrant(about func(*iam.Action) bool, question func(*Subject, statement) judgement) Check {
	return eachStatement(identityPolicies, func(s *Subject, st statement) judgement {
		j := question(s, st)
		if j.answer != model.No && s.takenBack(st, about) {
			return fine
		}
		return j
	})
}

// anyAction is all that a statement allows.
func anyAction(*iam.Action) bool { return true }

// oneOf are the actions with these names, in lower case.
func oneOf(names map[string]bool) func(*iam.Action) bool {
	return func(a *iam.Action) bool { return names[a.Key] }
}

// takenBack reports whether every principal that has a statement may certainly do nothing of it.
func (s *Subject) takenBack(st statement, about func(*iam.Action) bool) bool {
	holders := s.holders()
	for _, w := range holders {
		if !takesBack(w) || grantsStill(w, st, about) {
			return false
		}
	}
	return len(holders) > 0
}

// holders are the principals that have the policies of the subject.
func (s *Subject) holders() []*link.Powers {
	i := s.shared()
	if known, ok := i.holders[s.Resource]; ok {
		return known
	}
	var out []*link.Powers
	switch s.Resource.Type {
	case "AWS::IAM::Role", "AWS::IAM::User", "AWS::IAM::Group":
		if w := s.Program.PowersOf(s.App, s.Resource); w != nil {
			out = append(out, w)
		}
	default:
		for _, role := range s.App.Roles {
			if slices.ContainsFunc(role.Policies, func(p model.Policy) bool { return p.Resource == s.Resource }) {
				out = append(out, s.Program.Powers(s.App, role))
			}
		}
	}
	if i.holders == nil {
		i.holders = map[*model.Resource][]*link.Powers{}
	}
	i.holders[s.Resource] = out
	return out
}

// takesBack reports whether a principal has something that could take a grant back.
func takesBack(w *link.Powers) bool {
	return w.Set.Boundary != nil || slices.ContainsFunc(w.Statements(), func(s *policy.Statement) bool { return s.Effect == policy.Deny })
}

// grantsStill reports whether something of a statement is left to a principal, or perhaps is.
func grantsStill(w *link.Powers, st statement, about func(*iam.Action) bool) bool {
	asked := false
	for _, statement := range w.Statements() {
		if statement.Origin != st.Origin {
			continue
		}
		if len(statement.NotActions) > 0 || len(statement.NotRes) > 0 {
			return true
		}
		for _, v := range statement.Actions {
			pattern, ok := v.Settled().Scalar()
			if !ok {
				return true
			}
			for _, a := range policy.Expand(pattern) {
				if !about(a) {
					continue
				}
				asked = true
				for _, on := range statement.Resources {
					if on.EqualsText("*") == model.Yes {
						if privilege.Anywhere(w, a) {
							return true
						}
					} else if w.Allows(a.String(), on).Answer != model.No {
						return true
					}
				}
			}
		}
	}
	return !asked
}

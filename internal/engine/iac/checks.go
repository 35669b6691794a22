package iac

import (
	"maps"

	"wardlet.example/internal/finding"
	"wardlet.example/internal/model"
)

// Check is a named check: what an expression cannot say.
type Check func(s *Subject) Answer

// Answer is what a check says of a subject. Without hits and without a reason the rule passes.
type Answer struct {
	Hits    []Hit
	Unknown string // why it could not be decided
	Skip    bool   // the rule is not for this subject: no outcome
}

// Hit is one place at which a rule is broken.
type Hit struct {
	At         string        // property path; also part of the fingerprint
	Origin     *model.Origin // the place, where it is not that of the property
	Detail     string        // {{detail}} of the message
	Anchor     string        // what tells this hit from others at the same property, for the fingerprint: text that stays
	Worlds     []model.World
	Confidence finding.Confidence // empty: certain
	Trace      []finding.Step
	Secrets    []string // texts that must not appear in any output
}

// secretChecks are the checks whose hits carry secrets.
var secretChecks = map[string]bool{
	"secret-in-environment": true, "secret-parameter-with-default": true,
	"secret-in-template": true, "database-password": true,
}

// checks is every named check of this engine.
func checks() map[string]Check {
	all := functionChecks()
	maps.Copy(all, policyChecks())
	return all
}

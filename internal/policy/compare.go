package policy

import (
	"strings"

	"wardlet.example/internal/model"
)

// Relation says how what two policies allow compares.
type Relation string

// Relations.
const (
	Equal   Relation = "equal"
	Wider   Relation = "wider"    // the first allows all that the second does, and more
	Narrow  Relation = "narrower" // the first allows less
	Other   Relation = "other"    // each allows something that the other does not
	Unknown Relation = "unknown"  // not decided by what is known
)

// Compare tells whether one policy allows more than another. Only identity-based policies are compared.
func Compare(a, b *Document) Relation {
	ab, ba := Covers(a, b), Covers(b, a)
	switch {
	case ab == model.Maybe || ba == model.Maybe:
		return Unknown
	case ab == model.Yes && ba == model.Yes:
		return Equal
	case ab == model.Yes:
		return Wider
	case ba == model.Yes:
		return Narrow
	}
	return Other
}

// Covers reports whether everything that b allows a allows too. It never says Yes where that is not so; where the policies say
// one thing in ways too different to compare (NotAction, conditions) it can answer Maybe.
func Covers(a, b *Document) model.Tri {
	if b.Unknown != "" || a.Unknown != "" {
		return model.Maybe
	}
	answer := model.Yes
	for _, s := range b.Statements {
		if s.Effect != Allow {
			continue
		}
		if answer = min(answer, a.coversStatement(s)); answer == model.No {
			return answer
		}
	}
	for _, d := range a.Statements { // what a denies, b has to deny as well, or never allow
		if d.Effect != Allow {
			answer = min(answer, max(b.denies(d), -b.touches(d)))
		}
	}
	return answer
}

// coversStatement reports whether the allowing statements of a policy cover all actions and resources of another's statement.
func (d *Document) coversStatement(s *Statement) model.Tri {
	if s.negActions || s.negRes || s.Effect == "" || s.there == model.Maybe {
		for _, own := range d.Statements {
			if own.Effect == Allow && own.identical(s) {
				return model.Yes
			}
		}
		return d.coversAll()
	}
	answer := model.Yes
	for i := range s.actions {
		for _, r := range s.Resources {
			answer = min(answer, d.allowsAll(s, s.actions[i], r))
			if answer == model.No {
				return answer
			}
		}
	}
	return answer
}

// coversAll reports whether a policy allows everything without a condition.
func (d *Document) coversAll() model.Tri {
	for _, s := range d.Statements {
		if s.Effect == Allow && s.there == model.Yes && s.Condition == nil && s.has(s.actions, "*") && s.has(s.resources, "*") {
			return model.Yes
		}
	}
	return model.Maybe
}

func (s *Statement) has(patterns []text, p string) bool {
	for _, t := range patterns {
		if !t.holes && t.plain == p {
			return true
		}
	}
	return false
}

// allowsAll reports whether all actions of a pattern are allowed on all resources of another, under no narrower a condition
// than the statement's.
func (d *Document) allowsAll(of *Statement, action text, resource *model.Value) model.Tri {
	answer := d.one(of, action, resource)
	if answer != model.No || action.holes || !action.wild {
		return answer
	}
	all := Expand(action.plain) // several statements may cover together what none covers alone
	if len(all) == 0 {
		return model.No
	}
	answer = model.Yes
	for _, a := range all {
		if answer = min(answer, d.one(of, takeString(a.Key, false), resource)); answer == model.No {
			break
		}
	}
	return answer
}

// one is whether one of the statements covers an action pattern on a resource pattern.
func (d *Document) one(of *Statement, action text, resource *model.Value) model.Tri {
	answer := model.No
	for _, s := range d.Statements {
		if s.Effect == Deny {
			continue
		}
		a := min(s.coversAction(action), s.coversResource(resource))
		if a == model.No {
			continue
		}
		if s.there != model.Yes || s.Effect == "" || !sameCondition(s.Condition, of.Condition) && s.Condition != nil {
			a = model.Maybe
			if s.Condition != nil && of.Condition == nil && s.there == model.Yes {
				a = model.No // a condition takes something away
			}
		}
		if answer = max(answer, a); answer == model.Yes {
			break
		}
	}
	return answer
}

func (s *Statement) coversAction(action text) model.Tri {
	action.wild = false // its wildcards are covered by wildcards only
	if s.negActions {
		for _, not := range s.notActions {
			if overlaps(not, action) {
				return model.No
			}
		}
		return model.Yes
	}
	answer := model.No
	for _, p := range s.actions {
		answer = max(answer, p.coversPattern(action))
	}
	return answer
}

func (s *Statement) coversResource(resource *model.Value) model.Tri {
	subject := subjectOf(resource)
	if s.negRes {
		return min(model.Maybe, -anyMatches(s.notRes, subject))
	}
	answer := model.No
	for _, p := range s.resources {
		answer = max(answer, p.coversPattern(subject))
	}
	return answer
}

// coversPattern reports whether a pattern covers all that another one does. A star of the other stands for no character and for many,
// so that a question mark does not cover it.
func (t text) coversPattern(other text) model.Tri {
	answer := t.matches(other)
	if answer == model.No || t.holes || other.holes || !strings.Contains(t.plain, "?") || !strings.Contains(other.plain, "*") {
		return answer
	}
	for _, with := range []string{"", "**"} {
		longer := other
		longer.plain = strings.ReplaceAll(other.plain, "*", with)
		answer = min(answer, t.matches(longer))
	}
	return answer
}

// overlaps reports whether some action fits two patterns; both in lower case.
func overlaps(a, b text) bool {
	if a.holes || b.holes {
		return true
	}
	return glob(a.plain, b.plain) || glob(b.plain, a.plain) || prefixOverlap(a.plain, b.plain)
}

// prefixOverlap reports whether what stands before the first wildcards lets two patterns have something in common.
func prefixOverlap(a, b string) bool {
	if !strings.ContainsAny(a, "*?") || !strings.ContainsAny(b, "*?") {
		return false
	}
	a, b = a[:strings.IndexAny(a, "*?")], b[:strings.IndexAny(b, "*?")]
	return strings.HasPrefix(a, b) || strings.HasPrefix(b, a)
}

// denies reports whether a policy denies all that a statement denies.
func (d *Document) denies(s *Statement) model.Tri {
	answer := model.No
	for _, own := range d.Statements {
		if own.Effect != Deny || own.there != model.Yes {
			continue
		}
		if own.identical(s) {
			return model.Yes
		}
		if own.Condition != nil || own.negActions || own.negRes || s.negActions || s.negRes {
			answer = max(answer, model.Maybe)
			continue
		}
		all := model.Yes
		for i := range s.actions {
			for _, r := range s.Resources {
				all = min(all, own.coversAction(s.actions[i]), own.coversResource(r))
			}
		}
		answer = max(answer, all)
	}
	return answer
}

// touches reports whether a policy allows anything of what a statement denies: No only where that cannot be.
func (d *Document) touches(deny *Statement) model.Tri {
	answer := model.No
	for _, s := range d.Statements {
		if s.Effect == Deny {
			continue
		}
		if deny.negActions || s.negActions {
			return model.Maybe
		}
		for i := range s.actions {
			for j := range deny.actions {
				if overlaps(s.actions[i], deny.actions[j]) {
					answer = max(answer, model.Maybe)
					if s.there == model.Yes && deny.Condition == nil && deny.has(deny.resources, "*") && deny.there == model.Yes {
						return model.Yes
					}
				}
			}
		}
	}
	return answer
}

// identical reports whether two statements are written alike.
func (s *Statement) identical(t *Statement) bool {
	return s.Effect == t.Effect && s.there == t.there && s.negActions == t.negActions && s.negRes == t.negRes &&
		alike(s.Actions, t.Actions) && alike(s.NotActions, t.NotActions) && alike(s.Resources, t.Resources) && alike(s.NotRes, t.NotRes) &&
		sameCondition(s.Condition, t.Condition)
}

func alike(a, b []*model.Value) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if model.Equal(a[i], b[i]) != model.Yes {
			return false
		}
	}
	return true
}

func sameCondition(a, b *Condition) bool {
	if a == nil || b == nil {
		return a == b
	}
	if a.Open != "" || b.Open != "" || len(a.Tests) != len(b.Tests) {
		return false
	}
	for i, t := range a.Tests {
		u := b.Tests[i]
		if !strings.EqualFold(t.Operator, u.Operator) || !strings.EqualFold(t.Key, u.Key) || !alike(t.Values, u.Values) {
			return false
		}
	}
	return true
}

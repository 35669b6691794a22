package policy

import (
	"strings"

	"wardlet.example/data/iam"
	"wardlet.example/internal/model"
)

// Expand lists the actions that a pattern stands for, such as s3:Get* or *, by service and name. A pattern of a service that
// is not known stands for nothing.
func Expand(pattern string) []*iam.Action {
	pattern = strings.ToLower(strings.TrimSpace(pattern))
	service, name, ok := strings.Cut(pattern, ":")
	switch {
	case strings.Trim(pattern, "*") == "" && pattern != "", service == "*" && strings.Trim(name, "*") == "":
		var out []*iam.Action
		for _, s := range iam.Services() {
			out = append(out, s.Actions...)
		}
		return out
	case !ok:
		return nil
	case strings.ContainsAny(service, "*?"):
		var out []*iam.Action
		for _, s := range iam.Services() {
			if glob(service, s.Prefix) {
				out = append(out, within(s, name)...)
			}
		}
		return out
	}
	s := iam.ServiceOf(service)
	if s == nil {
		return nil
	}
	return within(s, name)
}

// within are the actions of a service whose names a pattern in lower case covers.
func within(s *iam.Service, name string) []*iam.Action {
	if name == "" {
		return nil
	}
	if strings.Trim(name, "*") == "" {
		return s.Actions
	}
	if !strings.ContainsAny(name, "*?") {
		if a := s.Action(name); a != nil {
			return []*iam.Action{a}
		}
		return nil
	}
	var out []*iam.Action
	for _, a := range s.Actions {
		if glob(name, a.Key[len(s.Prefix)+1:]) {
			out = append(out, a)
		}
	}
	return out
}

// Nearest is the action that somebody meant who wrote one that does not exist: one letter or two apart, or in another
// service of a like name; empty if none is near.
func Nearest(action string) string {
	prefix, name, ok := strings.Cut(strings.ToLower(strings.TrimSpace(action)), ":")
	if !ok || strings.ContainsAny(action, "*?") {
		return ""
	}
	if s := iam.ServiceOf(prefix); s != nil {
		return nearestIn(s, name)
	}
	best, least := "", 3
	for _, s := range iam.Services() {
		d := distance(prefix, s.Prefix, least)
		if a := s.Action(name); a != nil && d < least {
			best, least = a.String(), d
		}
	}
	return best
}

func nearestIn(s *iam.Service, name string) string {
	best, least := "", 4
	for _, a := range s.Actions {
		if d := distance(name, strings.ToLower(a.Name), least); d < least && 3*d < len(name) {
			best, least = a.String(), d
		}
	}
	return best
}

// distance is how many letters have to be changed, added or taken away; at least most where it is no less.
func distance(a, b string, most int) int {
	if d := len(a) - len(b); d >= most || -d >= most {
		return most
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}

// ManagedDocument is the policy that AWS manages under a name, parsed; nil if there is none.
func ManagedDocument(name string) *Document {
	text := iam.Managed(name)
	if text == "" {
		return nil
	}
	return Parse(model.NewString(text, model.Origin{}))
}

package data

import (
	"strings"
	"testing"
	"time"
)

func TestRuntimes(t *testing.T) {
	all := Runtimes()
	for name, want := range map[string]Runtime{
		"nodejs22.x": {"2024-11-22", "2027-04-30", "2027-07-01"},
		"nodejs12.x": {"2019-11-18", "2023-03-31", "2023-04-30"},
		"dotnet7":    {"2022-11-15", "2024-05-14", "true"},
		"dotnet9":    {"2024-12-09", "2026-11-10", ""},
	} {
		if got := all[name]; got != want {
			t.Errorf("%s is %+v, want %+v", name, got, want)
		}
	}
}

// A row that is malformed would be lost without a word, so none may be.
func TestEveryRowIsARuntime(t *testing.T) {
	all := Runtimes()
	if rows := strings.Count(lambdaRuntimes, "\n") - 1; len(all) != rows {
		t.Errorf("%d runtimes of %d rows", len(all), rows)
	}
	for name, r := range all {
		for _, day := range []string{r.Released, r.Deprecated} {
			checkDay(t, name, day)
		}
		if r.UpdateBlocked != "" && r.UpdateBlocked != "true" {
			checkDay(t, name, r.UpdateBlocked)
		}
	}
}

func checkDay(t *testing.T, name, day string) {
	t.Helper()
	if _, err := time.Parse(time.DateOnly, day); err != nil {
		t.Errorf("%s: %v", name, err)
	}
}

func TestLifeOfARuntime(t *testing.T) {
	all := Runtimes()
	tests := []struct {
		runtime, day        string
		deprecated, blocked bool
	}{
		{"nodejs20.x", "2026-04-29", false, false},
		{"nodejs20.x", "2026-04-30", true, false},
		{"nodejs20.x", "2027-03-03", true, true},
		{"dotnet7", "2026-08-01", true, true},
		{"dotnet9", "2030-01-01", true, false},
		{"no-such-runtime", "2030-01-01", false, false},
	}
	for _, test := range tests {
		r := all[test.runtime]
		if got := r.DeprecatedOn(test.day); got != test.deprecated {
			t.Errorf("%s deprecated on %s: %v", test.runtime, test.day, got)
		}
		if got := r.BlockedOn(test.day); got != test.blocked {
			t.Errorf("%s blocked on %s: %v", test.runtime, test.day, got)
		}
	}
}

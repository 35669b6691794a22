// Package finding is what engines say and reports write: findings, outcomes and the result of a scan.
//
// It decides nothing: which rules exist is rule's, what is found is the engines', what is shown the reports'.
package finding

import (
	"fmt"
	"strings"

	"wardlet.example/internal/model"
)

// Severity says what happens if a finding is true.
type Severity string

// Severities, from the worst.
const (
	Critical Severity = "critical"
	High     Severity = "high"
	Medium   Severity = "medium"
	Low      Severity = "low"
	Info     Severity = "info"
	Never    Severity = "never" // only as a threshold: nothing reaches it
)

var severities = [...]Severity{Critical, High, Medium, Low, Info}

// Severities lists all severities of findings, from the worst.
func Severities() []Severity { return severities[:] }

// Rank is 5 for critical down to 1 for info, 6 for Never, 0 for no severity.
func (s Severity) Rank() int {
	if s == Never {
		return len(severities) + 1
	}
	for i, t := range severities {
		if s == t {
			return len(severities) - i
		}
	}
	return 0
}

// AtLeast reports whether s is as bad as t or worse.
func (s Severity) AtLeast(t Severity) bool { return s.Rank() >= t.Rank() }

// ParseSeverity reads a severity or threshold.
func ParseSeverity(s string) (Severity, error) {
	if sev := Severity(strings.ToLower(s)); sev.Rank() > 0 {
		return sev, nil
	}
	return "", fmt.Errorf("unknown severity %q: use critical, high, medium, low, info or never", s)
}

// Confidence says how sure a finding is.
type Confidence string

// Confidences, from the surest.
const (
	Proven   Confidence = "proven"   // it was run and observed
	Certain  Confidence = "certain"  // the files decide it
	Likely   Confidence = "likely"   // holds as deployed by default
	Possible Confidence = "possible" // holds only under other settings than the defaults, or an assumption was made
)

// Place is where something stands: a range in a file and its text.
type Place struct {
	model.Pos
	EndLine int    `json:"endLine,omitempty"` // same as Line where only one line is meant
	EndCol  int    `json:"endColumn,omitempty"`
	Snippet string `json:"snippet,omitempty"` // the line, secrets masked
	Note    string `json:"note,omitempty"`
}

// Step is one stop of a trace.
type Step struct {
	Place
	Message string `json:"message"`
}

// Caller is a function that hands data to the one of a finding, and what it does with what does harm there.
type Caller struct {
	Name     string         `json:"name"`
	Via      []string       `json:"via,omitempty"`    // what the data goes through
	State    string         `json:"state"`            // passes it on, makes it safe, sends its own, may not send, is not read, does not match
	Reason   string         `json:"reason,omitempty"` // why the data does not arrive
	Exposure model.Exposure `json:"exposure,omitempty"`
	Calls    int            `json:"calls,omitempty"` // how many calls do this, where that is more than one
	Place    Place          `json:"place"`           // where it sends; the first place, where it does no harm
	Check    *Place         `json:"check,omitempty"` // what makes it safe, where that is known
}

// Finding is a rule broken at a place.
type Finding struct {
	Rule        string           `json:"rule"`
	Title       string           `json:"title"`
	Severity    Severity         `json:"severity"`
	Confidence  Confidence       `json:"confidence"`
	Message     string           `json:"message"`
	Place       Place            `json:"place"`
	App         string           `json:"app"`                // file of the app
	Subject     string           `json:"subject"`            // logical ID or function it is about
	Name        string           `json:"name,omitempty"`     // what people call the subject, where that is not its ID
	Exposure    model.Exposure   `json:"exposure,omitempty"` // who can reach it
	Power       model.BlastReach `json:"power,omitempty"`    // how far the permissions of the function reach in which it is
	When        []string         `json:"when,omitempty"`     // worlds in which it holds; empty: in all
	Stages      []string         `json:"stages,omitempty"`   // stages of the service in which it holds; empty: in all
	Trace       []Step           `json:"trace,omitempty"`
	Path        []string         `json:"path,omitempty"`    // by which an outsider's data comes here through other functions: these, and what they hand it on through
	Doors       []string         `json:"doors,omitempty"`   // the functions at which such paths begin
	Also        []string         `json:"also,omitempty"`    // other functions with the same code, of which the same holds
	Callers     []Caller         `json:"callers,omitempty"` // the functions that hand it data
	Practices   []int            `json:"practices,omitempty"`
	CWE         []string         `json:"cwe,omitempty"`
	Strict      bool             `json:"strict,omitempty"` // hardening advice: only with the strict profile
	Group       string           `json:"group"`            // equal causes share it
	Fingerprint string           `json:"fingerprint"`
	Ignored     *Ignored         `json:"ignored,omitempty"`

	// Anchor is what the fingerprint is made of besides rule, file and subject: the path of the property or the
	// normalised text. It holds no line numbers.
	Anchor string `json:"-"`
	// Secrets are texts that must not appear in any output.
	Secrets []string `json:"-"`
}

// InStages says in which stages the finding holds, for a person; "" where it holds in all.
func (f *Finding) InStages() string {
	switch len(f.Stages) {
	case 0:
		return ""
	case 1:
		return "only in stage " + f.Stages[0]
	}
	return "only in stages " + strings.Join(f.Stages, ", ")
}

// Called is what people call the subject.
func (f *Finding) Called() string {
	if f.Name != "" {
		return f.Name
	}
	return f.Subject
}

// Ignored says why a finding is not counted.
type Ignored struct {
	Reason string `json:"reason"`
	Until  string `json:"until,omitempty"` // date, 2006-01-02
	At     string `json:"at"`              // where it is ignored: file:line
}

// State is what became of one rule on one subject.
type State string

// States of an Outcome.
const (
	Passed     State = "passed"
	Failed     State = "failed"
	NotChecked State = "not checked"
)

// Outcome is what became of one rule on one subject.
type Outcome struct {
	Rule    string    `json:"rule"`
	App     string    `json:"app"`
	Subject string    `json:"subject"`
	State   State     `json:"state"`
	Reason  string    `json:"reason,omitempty"`
	At      model.Pos `json:"at,omitzero"`
}

// AppSummary is what a report says of one application.
type AppSummary struct {
	Name      string        `json:"name"`
	Kind      model.AppKind `json:"kind"`
	File      string        `json:"file"`
	Stage     string        `json:"stage,omitempty"`
	Stages    []string      `json:"stages,omitempty"` // all stages that were read, where there are several
	Functions int           `json:"functions"`
	Resolved  int           `json:"resolvedHandlers"` // functions whose file and symbol were found
	Missing   int           `json:"missingHandlers"`  // functions whose code was looked for and not found
	Triggers  int           `json:"triggers"`
	Resources int           `json:"resources"`
}

// Result is all that a scan says. Every report writes the same Result.
type Result struct {
	Root        string             `json:"root"`
	Version     string             `json:"version"`
	Profile     string             `json:"profile"`
	Apps        []AppSummary       `json:"apps"`
	Findings    []Finding          `json:"findings"` // sorted: worst first, then by place
	Outcomes    []Outcome          `json:"-"`
	Diagnostics []model.Diagnostic `json:"diagnostics"`
	Hidden      int                `json:"hidden"`   // findings that only the strict profile shows
	Ignored     int                `json:"ignored"`  // findings that somebody ignored in place
	Complete    bool               `json:"complete"` // false: something was left unread
	FailOn      Severity           `json:"failOn"`
	Rules       []RuleInfo         `json:"-"` // the rules that ran, for reports that describe them
}

// RuleInfo is what reports say of a rule.
type RuleInfo struct {
	ID          string
	Title       string
	Severity    Severity
	Practices   []int
	CWE         []string
	Catalogue   []string
	Equivalents []string
	Why, Fix    string // Markdown
	References  []string
	Strict      bool
}

// Worst is the number of unignored findings at or above a threshold.
func (r *Result) Worst(threshold Severity) int {
	n := 0
	for i := range r.Findings {
		if r.Findings[i].Ignored == nil && r.Findings[i].Severity.AtLeast(threshold) {
			n++
		}
	}
	return n
}

// Count is how many outcomes have each state.
func (r *Result) Count() map[State]int {
	n := map[State]int{}
	for i := range r.Outcomes {
		n[r.Outcomes[i].State]++
	}
	return n
}

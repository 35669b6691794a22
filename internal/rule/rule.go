// Package rule is what a rule is: one Markdown file with front matter, reasons, examples and fix, and the catalogue
// of all of them.
//
// It reads and judges the form of the files. What an expression means is left to expr, what a named check does to
// its engine, and running the examples to scan.
package rule

import "wardlet.example/internal/finding"

// Profile says when a rule speaks.
type Profile string

// Profiles.
const (
	Default Profile = "default" // always
	Strict  Profile = "strict"  // only when hardening advice is asked for
)

// Rule is the front matter of one rule file. Its sections are read by Body, when they are needed.
// It never changes once loaded.
type Rule struct {
	ID          string
	Title       string
	Severity    finding.Severity
	Practices   []int // 1 to 10, at least one
	CWE         []string
	Engine      string // one of Engines
	Profile     Profile
	On          []string           // resource types, and words of Subjects
	When        string             // CEL guard; empty: always
	Fail        string             // CEL; empty where Check is set
	Check       string             // name of the engine's check, without the engine; empty where Fail is set
	Taint       string             // what outsiders' data does where it ends: the rule of sinks in model rows; empty for other rules
	Match       map[string]string  // patterns of code by language (javascript, python); nil for other rules
	At          string             // path of the property that findings point to; empty: the whole subject
	Message     string             // with fields in {{ }}
	Confidence  finding.Confidence // empty: the engine decides
	Catalogue   []string
	Equivalents []string
	References  []string // those of the front matter; Info adds the links of the body

	Family string // name of the folder the file lies in
	File   string // of the rule, as errors name it

	lines map[string]int
	body  func() (*Body, error)
}

// Line is the line of a key in the rule's file, 0 if it is not written. The first line of an expression is the one
// after it.
func (r *Rule) Line(key string) int { return r.lines[key] }

// Body reads the sections. It parses on the first call; the error joins one *Error for each mistake.
func (r *Rule) Body() (*Body, error) { return r.body() }

// Info is what reports say of the rule. The error is that of Body; the front matter's part is filled in all the same.
func (r *Rule) Info() (finding.RuleInfo, error) {
	info := finding.RuleInfo{
		ID: r.ID, Title: r.Title, Severity: r.Severity, Practices: r.Practices, CWE: r.CWE,
		Catalogue: r.Catalogue, Equivalents: r.Equivalents, References: r.References, Strict: r.Profile == Strict,
	}
	body, err := r.Body()
	if err != nil {
		return info, err
	}
	info.Why, info.Fix = body.Why, body.Fix
	info.References = union(r.References, body.Links)
	return info, nil
}

// union is a followed by what only b has.
func union(a, b []string) []string {
	var all []string
	seen := map[string]bool{}
	for _, list := range [][]string{a, b} {
		for _, s := range list {
			if !seen[s] {
				seen[s] = true
				all = append(all, s)
			}
		}
	}
	return all
}

// Engines lists the engines that rules can be for.
func Engines() []string { return []string{"iac", "sast", "privilege", "deps", "secrets"} }

// Subjects lists the words that `on` takes beside resource types.
func Subjects() []string {
	return []string{"function", "role", "trigger", "app", "workflow", "parameter", "wrangler"}
}

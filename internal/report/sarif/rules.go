package sarif

import (
	"fmt"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"wardlet.example/internal/finding"
	"wardlet.example/internal/report/escape"
)

var (
	semver   = regexp.MustCompile(`^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$`)
	argument = regexp.MustCompile(`\{\d+\}`)
)

// ruleTable is the rules of a run with the index of each.
type ruleTable struct {
	descriptors []descriptor
	index       map[string]int
}

func (t *ruleTable) add(rule finding.RuleInfo) {
	if _, ok := t.index[rule.ID]; ok {
		return
	}
	t.index[rule.ID] = len(t.descriptors)
	t.descriptors = append(t.descriptors, newDescriptor(&rule))
}

// describe lists the rules that ran, and rules of findings that are not among them by what the finding says of them.
func describe(r *finding.Result) *ruleTable {
	t := &ruleTable{descriptors: []descriptor{}, index: map[string]int{}}
	for _, rule := range r.Rules {
		t.add(rule)
	}
	for i := range r.Findings {
		f := &r.Findings[i]
		t.add(finding.RuleInfo{ID: f.Rule, Title: f.Title, Severity: f.Severity, Practices: f.Practices, CWE: f.CWE, Strict: f.Strict})
	}
	return t
}

func newDescriptor(r *finding.RuleInfo) descriptor {
	d := descriptor{
		ID:      escape.Terminal(r.ID),
		Name:    pascal(r.ID),
		Short:   message{Text: plain(r.Title)},
		HelpURI: firstLink(r.References),
		Default: configuration{Level: level(r.Severity)},
		Properties: properties{
			"security-severity": score(r.Severity),
			"precision":         precision(r),
			"problem.severity":  problem(r.Severity),
			"tags":              tags(r),
		},
	}
	if r.Why != "" {
		d.Full = &message{Text: plain(paragraph(r.Why))}
	}
	if text := help(r); text != "" {
		d.Help = &message{Text: text, Markdown: text}
	}
	d.list("practices", len(r.Practices), r.Practices)
	d.list("cwe", len(r.CWE), terminals(r.CWE))
	d.list("catalogue", len(r.Catalogue), terminals(r.Catalogue))
	d.list("equivalents", len(r.Equivalents), terminals(r.Equivalents))
	return d
}

func (d *descriptor) list(name string, n int, values any) {
	if n > 0 {
		d.Properties[name] = values
	}
}

// pascal is the identifier in the case that viewers expect of names: FunctionUrlWithoutAuth.
func pascal(id string) string {
	var b strings.Builder
	for _, word := range strings.FieldsFunc(escape.Terminal(id), func(r rune) bool { return r == '-' || r == '/' || r == '_' }) {
		first, size := utf8.DecodeRuneInString(word)
		b.WriteRune(unicode.ToUpper(first))
		b.WriteString(word[size:])
	}
	return b.String()
}

// help is the documentation of a rule in Markdown.
func help(r *finding.RuleInfo) string {
	var parts []string
	for _, s := range []struct{ title, text string }{{"Why", r.Why}, {"Fix", r.Fix}} {
		if s.text != "" {
			parts = append(parts, "## "+s.title+"\n\n"+strings.TrimSpace(escape.Lines(s.text)))
		}
	}
	if links := references(r.References); links != "" {
		parts = append(parts, "## References\n\n"+links)
	}
	return strings.Join(parts, "\n\n")
}

func references(all []string) string {
	var lines []string
	for _, s := range all {
		lines = append(lines, "- "+escape.Terminal(s))
	}
	return strings.Join(lines, "\n")
}

// paragraph is the first paragraph of a text, on one line.
func paragraph(s string) string {
	s, _, _ = strings.Cut(strings.TrimSpace(strings.ReplaceAll(s, "\r\n", "\n")), "\n\n")
	return strings.Join(strings.Fields(s), " ")
}

func firstLink(all []string) string {
	for _, s := range all {
		if u, err := url.Parse(s); err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" {
			return u.String()
		}
	}
	return ""
}

// score is the severity as code hosts sort by it: 9 and up is critical, 7 high, 4 medium, less low.
func score(s finding.Severity) string {
	switch s {
	case finding.Critical:
		return "9.5"
	case finding.High:
		return "8.0"
	case finding.Medium:
		return "5.5"
	case finding.Low:
		return "3.0"
	}
	return "0.5"
}

// precision is how seldom a rule is wrong. What cannot be decided gives no finding, so it is high; hardening advice is
// right as well, but does not matter to everybody.
func precision(r *finding.RuleInfo) string {
	if r.Strict {
		return "medium"
	}
	return "high"
}

func problem(s finding.Severity) string {
	if l := level(s); l != "note" {
		return l
	}
	return "recommendation"
}

func tags(r *finding.RuleInfo) []string {
	out := []string{"security"}
	for _, p := range r.Practices {
		out = append(out, fmt.Sprintf("practice-%d", p))
	}
	for _, c := range r.CWE {
		if n, err := strconv.Atoi(strings.TrimPrefix(c, "CWE-")); err == nil && n > 0 {
			out = append(out, fmt.Sprintf("external/cwe/cwe-%03d", n))
		}
	}
	return out
}

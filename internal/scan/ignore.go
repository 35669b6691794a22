package scan

import (
	"fmt"
	"sort"
	"strings"
	"time"

	"wardlet.example/internal/document"
	"wardlet.example/internal/finding"
	"wardlet.example/internal/model"
	"wardlet.example/internal/syntax"
)

// ignore is one "wardlet:ignore RULE until=2027-01-31 reason" in a comment or in a resource's metadata.
type ignore struct {
	rule   string
	until  string
	reason string
	at     model.Pos
	covers func(f *finding.Finding) bool
}

// marker starts an ignore in a comment.
const marker = "wardlet:ignore"

// applyIgnores marks the findings that somebody ignored in place, and gives findings about ignores that do not work: an
// unknown rule, a date that has passed.
func (s *scanner) applyIgnores(all []finding.Finding) []finding.Finding {
	var own []finding.Finding
	for _, ig := range s.ignores() {
		if problem := s.problem(ig); problem != "" {
			if f, ok := s.ignoreFinding(ig, problem); ok {
				own = append(own, f)
			}
			continue
		}
		for i := range all {
			f := &all[i]
			if f.Rule == ig.rule && f.Ignored == nil && f.Place.File == ig.at.File && ig.covers(f) {
				f.Ignored = &finding.Ignored{Reason: ig.reason, Until: ig.until, At: ig.at.String()}
				s.ignored++
			}
		}
	}
	return own
}

// problem is the rule that an ignore breaks; empty if it is in order.
func (s *scanner) problem(ig ignore) string {
	if s.catalogue.Get(ig.rule) == nil {
		return "ignore-unknown-rule"
	}
	if ig.until == "" {
		return ""
	}
	day, err := time.Parse(time.DateOnly, ig.until)
	if err != nil || s.o.Now.After(day.AddDate(0, 0, 1)) {
		return "ignore-past-date"
	}
	return ""
}

func (s *scanner) ignoreFinding(ig ignore, problem string) (finding.Finding, bool) {
	r := s.catalogue.Get(problem)
	if r == nil || !s.selection.Has(problem) {
		return finding.Finding{}, false
	}
	message := fmt.Sprintf("the ignore of %s is past its date (%s) and no longer counts", ig.rule, ig.until)
	if problem == "ignore-unknown-rule" {
		message = fmt.Sprintf("%q is not a rule, so nothing is ignored", ig.rule)
		if near := s.catalogue.Nearest(ig.rule); near != "" {
			message += ": did you mean " + near + "?"
		}
	}
	return finding.Finding{
		Rule: r.ID, Title: r.Title, Severity: r.Severity, Confidence: finding.Certain, Message: message,
		Place: finding.Place{Pos: ig.at}, App: ig.at.File, Subject: ig.rule, Practices: r.Practices, CWE: r.CWE,
		Group: r.ID, Anchor: ig.rule,
	}, true
}

func (s *scanner) ignores() []ignore {
	var out []ignore
	files := make([]string, 0, len(s.sources))
	for file := range s.sources {
		files = append(files, file)
	}
	sort.Strings(files)
	for _, file := range files {
		out = append(out, s.inComments(file, s.sources[file].Comments)...)
	}
	for _, c := range s.comments {
		var comments []document.Comment
		for _, one := range c.tree.Comments() {
			comments = append(comments, document.Comment(one))
		}
		out = append(out, s.inComments(c.file, comments)...)
	}
	return append(out, s.metadataIgnores()...)
}

// commented is a source file whose comments are read.
type commented struct {
	file string
	tree *syntax.Tree
}

// inComments are the ignores in the comments of a file: for their own line, or for the one after them where they stand alone.
func (s *scanner) inComments(file string, comments []document.Comment) []ignore {
	var out []ignore
	alone := map[int]bool{}
	for _, c := range comments {
		if c.Alone {
			alone[c.Line] = true
		}
	}
	for _, c := range comments {
		text, ok := strings.CutPrefix(c.Text, marker)
		if !ok {
			continue
		}
		line := c.Line
		if c.Alone {
			for line++; alone[line]; line++ {
			}
		}
		ig := parseIgnore(text, model.Pos{File: file, Line: c.Line, Col: c.Col})
		ig.covers = s.onLine(file, line)
		out = append(out, ig)
	}
	return out
}

// onLine covers findings on a line, and all findings of the resource that begins there.
func (s *scanner) onLine(file string, line int) func(*finding.Finding) bool {
	subjects := map[string]bool{}
	for _, app := range s.program.Apps {
		for _, r := range app.Resources {
			if r.Origin.File == file && r.Origin.Line == line {
				subjects[r.ID] = true
			}
		}
	}
	return func(f *finding.Finding) bool {
		return f.Place.Line == line || subjects[f.Subject] || subjects[firstWord(f.Subject)]
	}
}

func firstWord(s string) string {
	word, _, _ := strings.Cut(s, " ")
	return word
}

func parseIgnore(text string, at model.Pos) ignore {
	words := strings.Fields(strings.TrimPrefix(text, ":"))
	ig := ignore{at: at}
	if len(words) == 0 {
		return ig
	}
	ig.rule, words = words[0], words[1:]
	if len(words) > 0 {
		if day, ok := strings.CutPrefix(words[0], "until="); ok {
			ig.until, words = day, words[1:]
		}
	}
	ig.reason = strings.Join(words, " ")
	return ig
}

// metadataIgnores reads Metadata.wardlet.ignore of resources, for JSON templates, which have no comments.
func (s *scanner) metadataIgnores() []ignore {
	var out []ignore
	for _, app := range s.program.Apps {
		for _, r := range app.Resources {
			for _, entry := range r.Attributes.Path("Metadata", "wardlet", "ignore").Elements() {
				out = append(out, metadataIgnore(r, entry))
			}
		}
	}
	return out
}

func metadataIgnore(r *model.Resource, entry *model.Value) ignore {
	covers := func(f *finding.Finding) bool { return f.Subject == r.ID || firstWord(f.Subject) == r.ID }
	if text, ok := entry.Scalar(); ok {
		ig := parseIgnore(text, entry.Origin.Pos)
		ig.covers = covers
		return ig
	}
	text := func(key string) string {
		s, _ := entry.Get(key).Scalar()
		return s
	}
	return ignore{rule: text("rule"), until: text("until"), reason: text("reason"), at: entry.Origin.Pos, covers: covers}
}

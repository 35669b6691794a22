package sast

import (
	"bytes"
	"regexp"
	"slices"

	"wardlet.example/internal/finding"
	"wardlet.example/internal/model"
	"wardlet.example/internal/paths"
)

// forged is the kind of harm of a line in a log that an outsider writes.
const forged = "log-injection"

// firstLines leaves one forged line of a log for each function that outsiders can call, signed in or not, to the default profile: a function that
// writes one writes many, and is mended as a whole. Who is signed in has the more to hide in a log. The others, and those of functions that only
// the application reaches, are for the strict profile.
func (e *Engine) firstLines(all []finding.Finding) []finding.Finding {
	rules, told := map[string]bool{}, map[string]bool{}
	for _, b := range e.taints[forged] {
		rules[b.ID] = true
	}
	for i := range all {
		f := &all[i]
		if !rules[f.Rule] {
			continue
		}
		f.Strict = f.Strict || f.Exposure != model.Public && f.Exposure != model.Authenticated || told[f.Subject]
		told[f.Subject] = told[f.Subject] || !f.Strict
	}
	return all
}

var (
	// ownFormatter is a class of Python by which lines of a log are written.
	ownFormatter = regexp.MustCompile(`(?m)^class \w+\((?:\w+\.)*\w*Formatter\)\s*:`)
	// jsonFormatter is what libraries call what writes lines as JSON.
	jsonFormatter = regexp.MustCompile(`\bformat\.json\(|\b(JSONFormatter|JsonFormatter|JSONRenderer|NewJSONHandler)\b`)
)

// writesJSONLines reports whether the lines that a function logs are written as JSON, in which a line break of a text begins no line: its template
// says so, or its code has a formatter that does it, whichever logger that is for.
func (w *work) writesJSONLines(n *paths.Node) bool {
	said, ok := w.jsonLines[n]
	if !ok {
		said = w.linesAreJSON(n)
		if w.jsonLines == nil {
			w.jsonLines = map[*paths.Node]bool{}
		}
		w.jsonLines[n] = said
	}
	return said
}

func (w *work) linesAreJSON(n *paths.Node) bool {
	if r := n.Function.Resource; r != nil && makesLinesOfFields(r.Props.Path("LoggingConfig", "LogFormat")) {
		return true
	}
	trees := w.program.Sources()
	return slices.ContainsFunc(n.Result.Files, func(file string) bool {
		tree := trees[file]
		if tree == nil {
			return false
		}
		return jsonFormatter.Match(tree.Source) || ownFormatter.Match(tree.Source) && bytes.Contains(tree.Source, []byte("json.dumps"))
	})
}

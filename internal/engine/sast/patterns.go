package sast

import (
	"strings"

	"wardlet.example/internal/finding"
	"wardlet.example/internal/ir"
	"wardlet.example/internal/model"
	"wardlet.example/internal/paths"
	"wardlet.example/internal/query"
	"wardlet.example/internal/rule"
	"wardlet.example/internal/syntax/python"
)

// patterns asks the rules about patterns of the files that a function reaches.
func (w *work) patterns(n *paths.Node, failed map[string]map[string]bool) {
	f := n.Function
	for _, name := range n.Result.Files {
		file := w.program.File(name)
		if file == nil {
			continue
		}
		for _, b := range w.engine.matches {
			q := b.queries[file.Language]
			if q == nil || !w.selected(b.ID) || b.Taint == ofAnswers && answersNobody(w.app, f) || ofOrigins[b.Taint] && setsHeadersItself(f) {
				continue
			}
			for _, m := range w.matchesIn(file, b, q) {
				if neverRuns(f, file, m) {
					continue
				}
				if isIdle(n, placeOf(file, m)) || b.Taint == ofAnswers && isReturned(m) && answersNothing(n, placeOf(file, m)) {
					continue
				}
				if here, ok := m["here"]; ok && b.Taint == weakHash && (digests{n, file}).spares(int32(file.Tree.Nodes[here].Start)) {
					continue
				}
				fail(failed, f, b)
				w.report.Findings = append(w.report.Findings, w.match(b, f, file, m))
			}
		}
	}
}

// placeOf is where what fits a pattern stands.
func placeOf(file *ir.File, m query.Match) place {
	return place{file, int32(file.Tree.Nodes[m["here"]].Start)}
}

// isReturned reports whether a pattern of answers fits one that a function gives back, and none that it hands to a call which sends it.
func isReturned(m query.Match) bool {
	_, response := m["response"]
	_, callback := m["callback"]
	return !response && !callback
}

// neverRuns reports whether what a pattern fits stands where a file runs as a program of its own, and the platform only imports it.
func neverRuns(f *model.Function, file *ir.File, m query.Match) bool {
	here, ok := m["here"]
	return ok && f.Code.Symbol != "" && file.Language == ir.Python && python.OnlyAsProgram(file.Tree, file.Tree.Nodes[here].Start)
}

// matched is a pattern of a rule and a file that it was looked for in.
type matched struct {
	file *ir.File
	rule *bound
}

// matchesIn are the places in a file that fit a pattern, looked for once for all functions that reach the file.
func (w *work) matchesIn(file *ir.File, b *bound, q *query.Query) []query.Match {
	key := matched{file, b}
	if found, ok := w.matches[key]; ok {
		return found
	}
	found, complete := q.Find(file.Tree)
	if !complete {
		w.program.Cut[file.Path] = "the patterns of " + b.ID + " take too many steps"
	}
	if w.matches == nil {
		w.matches = map[matched][]query.Match{}
	}
	w.matches[key] = found
	return found
}

// ofAnswers is the kind of harm of patterns that look at answers.
const ofAnswers = "stack-trace"

// match is the finding for a place that fits a pattern.
func (w *work) match(b *bound, f *model.Function, file *ir.File, m query.Match) finding.Finding {
	fields := map[string]string{"name": f.Name}
	for name, node := range m {
		text, _, _ := strings.Cut(file.Tree.Text(node), "\n")
		if r := []rune(text); len(r) > 80 {
			text = string(r[:80]) + "…"
		}
		fields[name] = text
	}
	at := 0
	if here, ok := m["here"]; ok {
		at = here
	}
	start := int32(file.Tree.Nodes[at].Start)
	conf := b.Confidence
	if conf == "" {
		conf = finding.Likely
	}
	out := finding.Finding{
		Rule: b.ID, Title: b.Title, Severity: b.Severity, Confidence: conf, Place: finding.Place{Pos: w.position(file, start)},
		Message: w.render(b, fields), App: w.app.File, Subject: f.ID, Exposure: f.Exposure, Practices: b.Practices, CWE: b.CWE,
		Strict: b.Profile == rule.Strict, Group: b.ID, Anchor: around(file, start),
	}
	if f.Name != f.ID {
		out.Name = f.Name
	}
	return out
}

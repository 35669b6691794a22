package sast

import (
	"fmt"
	"slices"
	"strings"

	"wardlet.example/internal/dataflow"
	"wardlet.example/internal/finding"
	"wardlet.example/internal/paths"
	"wardlet.example/internal/rule"
)

// siblingCheck is the named check about functions that feed the same receiver as others, and do not make safe what those do.
const siblingCheck = "unsanitised-sibling"

// comparable are kinds of harm for which it means something that one sender makes data safe and another one does not: of the others it is
// mostly the form of the data that decides.
var comparable = map[string]bool{
	"os-command": true, "code-eval": true, "sql": true, "path-traversal": true, "ssrf": true, "deserialization": true, "template-injection": true,
	"html-response": true, "xxe": true, "ldap": true, "xpath": true, "redos": true, "open-redirect": true, "dynamodb-expression": true,
}

// siblings names the callers of a function that hand on as it was what other callers make safe.
func (w *work) siblings(n *paths.Node, h *dataflow.Hit, reach reached, failed map[string]map[string]bool) {
	if !comparable[h.Rule] {
		return
	}
	safe := careful(reach.callers)
	for _, c := range reach.callers {
		if c.Edge.Send.File == nil || c.State != paths.Passes || !c.Reached || !c.Edge.Holds() || len(safe) == 0 {
			continue
		}
		for _, b := range w.engine.checks[siblingCheck] {
			if !w.selected(b.ID) {
				continue
			}
			fail(failed, c.Edge.From.Function, b)
			w.report.Findings = append(w.report.Findings, w.odd(b, n, h, c, safe, isShared(reach.callers, c)))
		}
	}
}

// careful are the callers that make safe what they send, whatever it is: the worst of several calls counts.
func careful(callers []paths.Caller) []string {
	var safe, others []string
	for _, c := range callers {
		switch name := c.Edge.From.Function.Name; c.State {
		case paths.Checks:
			if !slices.Contains(safe, name) {
				safe = append(safe, name)
			}
		case paths.Passes:
			others = append(others, name)
		}
	}
	return slices.DeleteFunc(safe, func(name string) bool { return slices.Contains(others, name) })
}

// isShared reports whether other functions send by the same call of a helper.
func isShared(callers []paths.Caller, c paths.Caller) bool {
	return slices.ContainsFunc(callers, func(d paths.Caller) bool {
		x, y := c.Edge.Send, d.Edge.Send
		return d.Edge.From != c.Edge.From && x.File == y.File && x.At == y.At
	})
}

// odd is the finding about one caller among others.
func (w *work) odd(b *bound, n *paths.Node, h *dataflow.Hit, c paths.Caller, safe []string, shared bool) finding.Finding {
	f := c.Edge.From.Function
	file, at := c.Edge.Send.File, c.Edge.Send.At
	if shared { // the helper is not what has to change
		file, at = c.Edge.Send.Handed(c.Taint)
	}
	pos := w.position(file, at)
	out := finding.Finding{
		Rule: b.ID, Title: b.Title, Severity: b.Severity, Confidence: finding.Likely, Place: finding.Place{Pos: pos},
		Message: w.render(b, map[string]string{"name": f.Name, "source": orData(c.Taint), "call": h.What, "to": n.Function.Name, "others": some(safe)}),
		App:     c.Edge.From.App.File, Subject: f.ID, Exposure: c.Edge.From.Function.Exposure, Practices: b.Practices, CWE: b.CWE,
		Strict: b.Profile == rule.Strict, Group: b.ID + " " + n.Function.ID, Anchor: n.Function.ID + " " + h.Rule + " " + around(file, at),
	}
	if f.Name != f.ID {
		out.Name = f.Name
	}
	if c.Taint != nil {
		out.Trace = w.steps(c.Edge.Send.Way(c.Taint))
	}
	out.Trace = append(out.Trace, finding.Step{Place: finding.Place{Pos: w.position(c.Edge.Send.File, c.Edge.Send.At)}, Message: handsOn(c.Edge)})
	out.Trace = append(out.Trace, w.steps(h.Steps)...)
	out.Trace = append(out.Trace, finding.Step{Place: finding.Place{Pos: w.position(h.File, h.At)}, Message: "reaches " + h.What})
	out.Trace = shortened(out.Trace)
	return out
}

func orData(t *dataflow.Taint) string {
	if t == nil {
		return "its data"
	}
	return t.Path
}

// some names a few of a list: a, b and 3 others.
func some(names []string) string {
	switch n := len(names); {
	case n == 1:
		return names[0]
	case n <= 3:
		return strings.Join(names[:n-1], ", ") + " and " + names[n-1]
	default:
		return fmt.Sprintf("%s, %s and %d others", names[0], names[1], n-2)
	}
}

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
	var safe []string
	for _, c := range reach.callers {
		if name := c.Edge.From.Function.Name; c.State == paths.Checks && !slices.Contains(safe, name) {
			safe = append(safe, name)
		}
	}
	for _, c := range reach.callers {
		if c.State != paths.Passes || !c.Reached || !c.Edge.Holds() || len(safe) == 0 || slices.Contains(safe, c.Edge.From.Function.Name) {
			continue
		}
		for _, b := range w.engine.checks[siblingCheck] {
			if !w.selected(b.ID) {
				continue
			}
			fail(failed, c.Edge.From.Function, b)
			w.report.Findings = append(w.report.Findings, w.odd(b, n, h, c, safe))
		}
	}
}

// odd is the finding about one caller among others.
func (w *work) odd(b *bound, n *paths.Node, h *dataflow.Hit, c paths.Caller, safe []string) finding.Finding {
	f := c.Edge.From.Function
	pos := w.position(c.Edge.Send.File, c.Edge.Send.At)
	out := finding.Finding{
		Rule: b.ID, Title: b.Title, Severity: b.Severity, Confidence: finding.Likely, Place: finding.Place{Pos: pos},
		Message: w.render(b, map[string]string{"name": f.Name, "source": orData(c.Taint), "call": h.What, "to": n.Function.Name, "others": some(safe)}),
		App:     c.Edge.From.App.File, Subject: f.ID, Exposure: c.Edge.From.Function.Exposure, Practices: b.Practices, CWE: b.CWE,
		Strict: b.Profile == rule.Strict, Group: b.ID + " " + n.Function.ID, Anchor: n.Function.ID + " " + h.Rule + " " + around(c.Edge.Send.File, c.Edge.Send.At),
	}
	if f.Name != f.ID {
		out.Name = f.Name
	}
	if c.Taint != nil {
		out.Trace = w.steps(c.Edge.Send.Way(c.Taint))
	}
	out.Trace = append(out.Trace, finding.Step{Place: finding.Place{Pos: pos}, Message: handsOn(c.Edge)})
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

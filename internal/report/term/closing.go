package term

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"wardlet.example/internal/finding"
	"wardlet.example/internal/model"
	"wardlet.example/internal/report/screen"
	"wardlet.example/internal/report/tally"
)

const (
	firstDiagnostics = 5 // of each level that is shown, unless everything is asked for
	firstReasons     = 3
	labelWidth       = 10 // of the words that begin the lines of the summary
)

// diagnostics writes what should be known about the reading itself: errors, then warnings, then notes.
func (p *page) diagnostics() {
	all := slices.Clone(p.r.Diagnostics)
	slices.SortStableFunc(all, func(a, b model.Diagnostic) int { return cmp.Compare(urgency(a.Level), urgency(b.Level)) })
	split := slices.IndexFunc(all, func(d model.Diagnostic) bool { return d.Level == model.Note })
	if split < 0 {
		split = len(all)
	}
	p.some(all[:split], "problem")
	p.some(all[split:], "note")
	if len(all) > 0 {
		p.line()
	}
}

func urgency(l model.Level) int {
	return slices.Index([]model.Level{model.Error, model.Warning, model.Note}, l)
}

func (p *page) some(all []model.Diagnostic, noun string) {
	shown := all
	if !p.opts.Verbose && len(all) > firstDiagnostics {
		shown = all[:firstDiagnostics]
	}
	for i := range shown {
		p.diagnostic(&shown[i])
	}
	if hidden := len(all) - len(shown); hidden > 0 {
		p.line(p.ink.Dim(fmt.Sprintf("… and %s more (use -f json for all)", screen.Count(hidden, noun))))
	}
}

func (p *page) diagnostic(d *model.Diagnostic) {
	paint := p.ink.Bold
	switch d.Level {
	case model.Error:
		paint = p.ink.Bad
	case model.Warning:
		paint = p.ink.Warn
	}
	where := ""
	if !d.IsZero() {
		where = p.ink.Place(d.Pos) + "  "
	}
	p.line(paint(string(d.Level)), ": ", where, p.ink.Plain(d.Message))
	if d.Hint != "" {
		p.text(body, "hint: "+d.Hint, p.ink.Plain)
	}
}

// ignored lists what somebody ignored in place, and why.
func (p *page) ignored() {
	n := 0
	for i := range p.r.Findings {
		f := &p.r.Findings[i]
		if f.Ignored == nil {
			continue
		}
		until := ""
		if f.Ignored.Until != "" {
			until = " (until " + f.Ignored.Until + ")"
		}
		p.line(p.ink.Dim("ignored: "), p.ink.Place(f.Place.Pos), "  ", p.ink.Plain(f.Rule), p.ink.Dim(": "+f.Ignored.Reason+until))
		n++
	}
	if n > 0 {
		p.line()
	}
}

// summary writes what was looked at, what came out, what is not shown, and the verdict.
func (p *page) summary(groups []*tally.Group) {
	p.line(label("scanned"), p.scanned())
	p.found(groups)
	p.hidden()
	p.notChecked()
	p.nothingApplied()
	p.verdict()
}

// label begins a line of the summary.
func label(name string) string {
	if name != "" {
		name += ":"
	}
	return screen.Pad(name, labelWidth)
}

// scanned is what was looked at.
func (p *page) scanned() string {
	functions, resources := 0, 0
	for _, a := range p.r.Apps {
		functions += a.Functions
		resources += a.Resources
	}
	return fmt.Sprintf("%s, %s, %s; %d of %s had something to check",
		screen.Count(len(p.r.Apps), "app"), screen.Count(functions, "function"), screen.Count(resources, "resource"),
		tally.Applied(p.r), screen.Count(len(p.r.Rules), "rule"))
}

func (p *page) found(groups []*tally.Group) {
	total := tally.Total(p.r)
	if total == 0 {
		p.line(label("found"), "no findings")
		return
	}
	var parts []string
	for _, s := range tally.Severities(p.r) {
		if s.Count > 0 {
			parts = append(parts, p.ink.Severity(s.Severity, fmt.Sprintf("%d %s", s.Count, s.Severity)))
		}
	}
	p.line(label("found"), p.ink.Bold(screen.Count(len(groups), "group")+", "+screen.Count(total, "finding")), ": ", strings.Join(parts, ", "))
	p.byPractice()
}

func (p *page) byPractice() {
	var parts []string
	for _, t := range tally.Practices(p.r) {
		if t.Count > 0 {
			parts = append(parts, fmt.Sprintf("#%d %s: %d", t.Number, t.Name, t.Count))
		}
	}
	for i, line := range wrapItems(parts, p.opts.Width-labelWidth) {
		name := ""
		if i == 0 {
			name = "practice"
		}
		p.line(label(name), p.ink.Dim(line))
	}
}

// wrapItems sets items into lines of a width, never breaking inside one.
func wrapItems(items []string, width int) []string {
	var lines []string
	for _, item := range items {
		if n := len(lines); n > 0 && len(lines[n-1])+2+len(item) <= width {
			lines[n-1] += ", " + item
			continue
		}
		lines = append(lines, item)
	}
	return lines
}

func (p *page) hidden() {
	if n := p.r.Hidden; n > 0 {
		p.line(label("hidden"), screen.Count(n, "hardening note"), "; show them with --profile strict")
	}
	if n := p.r.Ignored; n > 0 {
		p.line(label("ignored"), screen.Count(n, "finding"), ", as written in the files")
	}
}

// notChecked says how much of the rules' work could not be done, and the most frequent reasons.
func (p *page) notChecked() {
	n := p.r.Count()
	if n[finding.NotChecked] == 0 {
		return
	}
	p.line(label("checks"), fmt.Sprintf("%d passed, %d failed, ", n[finding.Passed], n[finding.Failed]),
		p.ink.Warn(fmt.Sprintf("%d not checked", n[finding.NotChecked])))
	reasons := tally.Reasons(p.r)
	for i, r := range reasons {
		if i == firstReasons && !p.opts.Verbose {
			p.line(label(""), p.ink.Dim(fmt.Sprintf("… and %s more", screen.Count(len(reasons)-i, "reason"))))
			break
		}
		p.line(label(""), p.ink.Dim(screen.Crop(p.ink.Plain(fmt.Sprintf("%d: %s", r.Count, r.Reason)), p.opts.Width-labelWidth)))
	}
}

// nothingApplied warns of a scan that says nothing: silence is no proof of safety.
func (p *page) nothingApplied() {
	functions := 0
	for _, a := range p.r.Apps {
		functions += a.Functions
	}
	switch {
	case len(p.r.Apps) == 0 && tally.Applied(p.r) == 0:
		p.line(p.ink.Warn("nothing was checked: "), "no application was found below ", p.ink.Plain(p.r.Root))
	case tally.Applied(p.r) == 0:
		p.line(p.ink.Warn("nothing was checked: "), "no rule applies to what was found")
	case functions == 0:
		p.line(p.ink.Warn("no function was found: "), "only rules about other things were checked")
	}
}

func (p *page) verdict() {
	failOn := p.r.FailOn
	switch n := tally.Failing(p.r); {
	case failOn == finding.Never || failOn == "":
		p.line(p.ink.Good("ok"), ": no finding fails this scan, whatever its severity")
	case n > 0:
		p.line(p.ink.Bad("fails"), fmt.Sprintf(": %s at or above %s", screen.Count(n, "finding"), failOn))
	default:
		p.line(p.ink.Good("ok"), ": no finding at or above ", string(failOn))
	}
	if !p.r.Complete {
		p.line(p.ink.Warn("incomplete"), ": a part of the repository was left unread, see the errors and warnings above")
	}
}

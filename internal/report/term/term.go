// Package term writes a result for a person at a terminal.
//
// The rules of this interface: applications are headings; below them stands one block per group of equal causes, worst
// first, with the code of its first place and a list of the others; what must not be missed (what was not read, not
// checked, not shown) and the verdict stand at the end, where the eye is when the program stops. Without colour the text
// says the same. Nothing here decides what is a finding or whether a scan fails.
package term

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"wardlet.example/internal/finding"
	"wardlet.example/internal/report/screen"
	"wardlet.example/internal/report/tally"
)

// Options say how a result is shown.
type Options struct {
	Color   bool // with colours: the caller knows whether there is a terminal and what NO_COLOR says
	Width   int  // columns of the terminal; 0 means screen.DefaultWidth
	Verbose bool // every place, diagnostic and reason, and the ignored findings
}

// Write writes the result. Output is the same for the same result and options.
func Write(w io.Writer, r *finding.Result, opts Options) error {
	if opts.Width <= 0 {
		opts.Width = screen.DefaultWidth
	}
	p := &page{ink: screen.Ink{Color: opts.Color}, opts: opts, r: r}
	groups := tally.Groups(r)
	p.apps(groups)
	p.diagnostics()
	if opts.Verbose {
		p.ignored()
	}
	p.summary(groups)
	_, err := w.Write(p.out.Bytes())
	return err
}

// Finding writes one finding as it stands in a result, with all that is known of it.
func Finding(w io.Writer, f *finding.Finding, opts Options) error {
	if opts.Width <= 0 {
		opts.Width = screen.DefaultWidth
	}
	opts.Verbose = true
	p := &page{ink: screen.Ink{Color: opts.Color}, opts: opts}
	p.group(&tally.Group{App: f.App, Findings: []*finding.Finding{f}})
	_, err := w.Write(p.out.Bytes())
	return err
}

// page is a result on its way to the terminal.
type page struct {
	out  bytes.Buffer
	ink  screen.Ink
	opts Options
	r    *finding.Result
}

// line writes its parts, which must be escaped already, and ends the line.
func (p *page) line(parts ...string) {
	p.out.WriteString(strings.TrimRight(strings.Join(parts, ""), " "))
	p.out.WriteByte('\n')
}

// text writes wrapped text below an indent.
func (p *page) text(indent, s string, paint func(string) string) {
	for _, line := range screen.Wrap(s, max(20, p.opts.Width-len(indent))) {
		p.line(indent, paint(line))
	}
}

// apps writes each application that has findings, in the order of the result, and last what belongs to none.
func (p *page) apps(groups []*tally.Group) {
	byApp := map[string][]*tally.Group{}
	for _, g := range groups {
		byApp[g.App] = append(byApp[g.App], g)
	}
	for _, app := range p.r.Apps {
		if own := byApp[app.File]; len(own) > 0 {
			p.line(p.appHeading(app))
			p.line()
			p.groups(own)
			delete(byApp, app.File)
		}
	}
	for _, g := range groups {
		if own := byApp[g.App]; len(own) > 0 {
			p.line(p.otherHeading(g.App))
			p.line()
			p.groups(own)
			delete(byApp, g.App)
		}
	}
}

// appHeading is, for example, "== template.yaml  shop, sam, stage prod: 6 functions, 14 triggers, 23 resources".
func (p *page) appHeading(app finding.AppSummary) string {
	about := []string{string(app.Kind)}
	if app.Name != "" && app.Name != app.File {
		about = append([]string{app.Name}, about...)
	}
	if app.Stage != "" {
		stage := "stage " + app.Stage
		if len(app.Stages) > 1 {
			stage += " (also " + strings.Join(app.Stages[1:], ", ") + ")"
		}
		about = append(about, stage)
	}
	counts := []string{screen.Count(app.Functions, "function"), screen.Count(app.Triggers, "trigger"), screen.Count(app.Resources, "resource")}
	if app.Missing > 0 {
		counts[0] += fmt.Sprintf(" (code of %d not found)", app.Missing)
	}
	return p.ink.Bold("== "+app.File) + "  " + p.ink.Dim(strings.Join(about, ", ")+": "+strings.Join(counts, ", "))
}

func (p *page) otherHeading(file string) string {
	if file == "" {
		return p.ink.Bold("== repository")
	}
	return p.ink.Bold("== " + file)
}

func (p *page) groups(groups []*tally.Group) {
	for _, g := range groups {
		p.group(g)
		p.line()
	}
}

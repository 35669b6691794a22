package term

import (
	"fmt"
	"slices"
	"strings"

	"wardlet.example/internal/finding"
	"wardlet.example/internal/report/screen"
	"wardlet.example/internal/report/tally"
)

const (
	morePlaces = 5    // places listed after the first, unless everything is asked for
	body       = "  " // what stands below the heading of a group
)

// group writes one cause: heading, message, the code of its first place, the trace to it, the other places.
func (p *page) group(g *tally.Group) {
	lead := g.Lead()
	p.heading(lead)
	p.text(body, lead.Message, p.ink.Plain)
	if facts := p.facts(lead); facts != "" {
		p.line(body, facts)
	}
	name := lead.Called()
	if n := len(lead.Also); n > 0 {
		name += " and " + screen.Count(n, "other function")
	}
	p.frame(&lead.Place, name)
	p.trace(lead.Trace)
	p.callers(lead)
	p.otherPlaces(g)
}

// heading is severity, rule and title, and the numbers of the practices where they fit.
func (p *page) heading(f *finding.Finding) {
	severity := strings.ToUpper(string(f.Severity))
	if f.Severity == finding.Critical && p.ink.Color {
		severity = " " + severity + " " // a reversed block needs air
	}
	line := p.ink.Severity(f.Severity, severity) + "  " + p.ink.Bold(f.Rule) + "  " + p.ink.Plain(f.Title)
	if note := practiceNote(f); note != "" {
		line += "  " + p.ink.Dim(note)
	}
	p.line(line)
}

func practiceNote(f *finding.Finding) string {
	var numbers []string
	for _, n := range f.Practices {
		numbers = append(numbers, fmt.Sprint(n))
	}
	note := ""
	switch len(numbers) {
	case 0:
	case 1:
		note = "practice " + numbers[0]
	default:
		note = "practices " + strings.Join(numbers, ", ")
	}
	if f.Strict {
		note = strings.TrimPrefix(note+", hardening", ", ")
	}
	return note
}

// facts says who can reach a finding, when it holds and how sure it is, as far as that is not the usual; and its
// fingerprint where everything is asked for.
func (p *page) facts(f *finding.Finding) string {
	var parts []string
	if f.Exposure != "" {
		parts = append(parts, p.ink.Exposure(f.Exposure, "["+string(f.Exposure)+"]"))
	}
	if f.Confidence != "" && f.Confidence != finding.Certain {
		parts = append(parts, p.ink.Plain(string(f.Confidence)))
	}
	if in := f.InStages(); in != "" {
		parts = append(parts, p.ink.Plain(in))
	}
	if len(f.When) > 0 {
		parts = append(parts, p.ink.Plain("only when "+strings.Join(f.When, " or ")))
	}
	if p.opts.Verbose {
		parts = append(parts, p.ink.Dim(f.Fingerprint))
	}
	return strings.Join(parts, "  ")
}

// trace writes the way from the source to the place, one numbered step after the other.
func (p *page) trace(steps []finding.Step) {
	if len(steps) == 0 {
		return
	}
	p.line(body, p.ink.Bold("how it gets there"))
	for i := range steps {
		s := &steps[i]
		p.line(body, fmt.Sprintf("%3d. ", i+1), p.ink.Plain(s.Message), "  ", p.ink.Place(s.Pos))
		if s.Snippet != "" {
			code, _ := excerpt(&s.Place, p.opts.Width-11)
			p.line(body, "       ", p.ink.Dim(code))
		}
	}
}

// moreCallers is how many callers are listed, unless everything is asked for.
const moreCallers = 8

// callers writes by which functions an outsider's data comes to a finding, and what each of those that send to its function does with it.
func (p *page) callers(f *finding.Finding) {
	if len(f.Path) > 0 {
		p.text(body, "path: "+strings.Join(f.Path, " > ")+otherDoors(f), p.ink.Plain)
	}
	all := distinct(f.Callers)
	if len(all) == 0 {
		return
	}
	p.line(body, p.ink.Bold("who sends to "+f.Called()))
	shown := all
	if !p.opts.Verbose && len(all) > moreCallers {
		shown = all[:moreCallers]
	}
	width := 0
	for _, c := range shown {
		width = max(width, screen.Width(p.ink.Plain(sender(c))))
	}
	for _, c := range shown {
		what := p.ink.Plain(c.State)
		if c.Calls > 1 {
			what += fmt.Sprintf(" in %d calls", c.Calls)
		}
		if c.Check != nil {
			what += " at " + p.ink.Place(c.Check.Pos)
		}
		if c.Reason != "" {
			what += p.ink.Dim(": " + c.Reason)
		}
		exposure := ""
		if c.Exposure != "" {
			exposure = "  " + p.ink.Exposure(c.Exposure, "["+string(c.Exposure)+"]")
		}
		p.line(body, "   ", screen.Pad(p.ink.Plain(sender(c)), min(width, p.opts.Width/2)), "  ", what, exposure, "  ", p.ink.Place(c.Place.Pos))
	}
	if n := len(all) - len(shown); n > 0 {
		p.line(body, "   ", p.ink.Dim(fmt.Sprintf("… and %d more (use -f json for all)", n)))
	}
}

// otherDoors says how many other functions a path can begin at.
func otherDoors(f *finding.Finding) string {
	switch n := len(f.Doors) - 1; {
	case n <= 0:
		return ""
	case n == 1:
		return " (and from another function)"
	default:
		return fmt.Sprintf(" (and from %d other functions)", n)
	}
}

// sender is the name of a caller with what its data goes through.
func sender(c finding.Caller) string {
	if len(c.Via) == 0 {
		return c.Name
	}
	return c.Name + " through " + strings.Join(c.Via, ", ")
}

// distinct are callers, as one those that say the same, with how many calls they are, those first whose data comes through.
func distinct(all []finding.Caller) []finding.Caller {
	var out []finding.Caller
	at := map[string]int{}
	for _, c := range all {
		c.Calls = max(c.Calls, 1)
		key := sender(c) + "\x00" + c.State + "\x00" + c.Reason
		if i, ok := at[key]; ok {
			out[i].Calls += c.Calls
			continue
		}
		at[key] = len(out)
		out = append(out, c)
	}
	rank := map[string]int{"passes it on": 0, "makes it safe": 1, "sends its own": 2}
	slices.SortStableFunc(out, func(a, b finding.Caller) int {
		return rankOf(rank, a.State) - rankOf(rank, b.State)
	})
	return out
}

func rankOf(rank map[string]int, state string) int {
	if n, ok := rank[state]; ok {
		return n
	}
	return len(rank)
}

// otherPlaces lists the places of a group after the first, with what differs from the first. Findings at one place, such as
// a setting that several functions share, stand on one line.
func (p *page) otherPlaces(g *tally.Group) {
	rest := p.samePlace(g.Findings[1:])
	if len(rest) == 0 {
		return
	}
	shown := rest
	if !p.opts.Verbose && len(rest) > morePlaces {
		shown = rest[:morePlaces]
	}
	p.line(body, p.ink.Bold("also at"))
	width := 0
	for _, all := range shown {
		width = max(width, screen.Width(p.ink.Place(all[0].Place.Pos)))
	}
	for _, all := range shown {
		p.otherPlace(g, all, min(width, p.opts.Width/2))
	}
	hidden := 0
	for _, all := range rest[len(shown):] {
		hidden += len(all)
	}
	if hidden > 0 {
		p.line(body, "   ", p.ink.Dim(fmt.Sprintf("… and %d more (use -f json for all)", hidden)))
	}
}

// samePlace puts findings together that differ in their subject alone; with everything asked for, each stands alone.
func (p *page) samePlace(all []*finding.Finding) [][]*finding.Finding {
	var out [][]*finding.Finding
	for _, f := range all {
		if n := len(out); n > 0 && !p.opts.Verbose && out[n-1][0].Place.Pos == f.Place.Pos && p.facts(out[n-1][0]) == p.facts(f) {
			out[n-1] = append(out[n-1], f)
			continue
		}
		out = append(out, []*finding.Finding{f})
	}
	return out
}

// otherPlace writes one place with the subjects that stand there.
func (p *page) otherPlace(g *tally.Group, all []*finding.Finding, width int) {
	const most = 3
	var names []string
	for _, f := range all[:min(most, len(all))] {
		names = append(names, f.Called())
	}
	more := ""
	if len(all) > most {
		more = fmt.Sprintf(" and %d more", len(all)-most)
	}
	f := all[0]
	p.line(body, "   ", screen.Pad(p.ink.Place(f.Place.Pos), width), "  ", p.ink.Plain(strings.Join(names, ", ")), more, p.difference(g.Lead(), f))
	if p.opts.Verbose && f.Message != g.Lead().Message {
		p.text(body+"      ", f.Message, p.ink.Dim)
	}
}

// difference is what is true of a finding and not of the one that leads its group.
func (p *page) difference(lead, f *finding.Finding) string {
	if !p.opts.Verbose && lead.Exposure == f.Exposure && lead.Confidence == f.Confidence && slices.Equal(lead.When, f.When) && slices.Equal(lead.Stages, f.Stages) {
		return ""
	}
	return "  " + p.facts(f)
}

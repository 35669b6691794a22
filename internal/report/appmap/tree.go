package appmap

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"wardlet.example/internal/model"
	"wardlet.example/internal/report/screen"
)

// Options say how a tree is shown.
type Options struct {
	Color bool // with colours
	Width int  // columns of the terminal; 0 means screen.DefaultWidth
}

// Tree writes the applications for a person at a terminal: each function with who calls it, what it points to and what it
// may do, then the other resources, then who can reach what.
func Tree(w io.Writer, ws *model.Workspace, opts Options) error {
	if opts.Width <= 0 {
		opts.Width = screen.DefaultWidth
	}
	p := &page{ink: screen.Ink{Color: opts.Color}, width: opts.Width}
	for i, a := range ws.Apps {
		if i > 0 {
			p.line()
		}
		p.app(a)
	}
	if len(ws.Apps) == 0 {
		p.line("no application was found below ", p.ink.Plain(ws.Root))
	}
	_, err := w.Write(p.out.Bytes())
	return err
}

// page is the tree on its way to the terminal.
type page struct {
	out   bytes.Buffer
	ink   screen.Ink
	width int
}

// line writes its parts, which must be escaped already, and ends the line.
func (p *page) line(parts ...string) {
	p.out.WriteString(strings.TrimRight(strings.Join(parts, ""), " "))
	p.out.WriteByte('\n')
}

func (p *page) app(a *model.App) {
	p.line(p.ink.Bold("== "+a.File), "  ", p.ink.Dim(named(a)+about(a)))
	for _, f := range a.Functions {
		p.line()
		p.function(a, f)
	}
	if len(a.Functions) == 0 {
		p.line("  no function was found")
	}
	p.between(a)
	g := newGraph(a)
	p.otherResources(a, g)
	p.reach(g)
	p.shared(a)
}

// maxShared bounds the shared files that are listed.
const maxShared = 10

// shared lists the source files that other applications import too.
func (p *page) shared(a *model.App) {
	if len(a.Shared) == 0 {
		return
	}
	p.line()
	p.line("  ", p.ink.Bold("code shared with other applications"))
	for _, s := range a.Shared[:min(len(a.Shared), maxShared)] {
		var with []string
		for _, other := range s.With[:min(len(s.With), 3)] {
			with = append(with, other.File)
		}
		if more := len(s.With) - len(with); more > 0 {
			with = append(with, fmt.Sprintf("%d more", more))
		}
		p.line("    ", p.ink.Plain(s.File), "  ", p.ink.Dim("also "+strings.Join(with, ", ")))
	}
	if more := len(a.Shared) - maxShared; more > 0 {
		p.line("    ", p.ink.Dim(fmt.Sprintf("and %d more files", more)))
	}
}

// named is the name of an application before what is said about it, where it says more than the file.
func named(a *model.App) string {
	if a.Name == "" || a.Name == a.File {
		return ""
	}
	return a.Name + ", "
}

// about is kind, stage and counts of an application.
func about(a *model.App) string {
	kind := string(a.Kind)
	switch {
	case len(a.Stages) > 1:
		kind += ", stage " + a.Stage + " (also " + strings.Join(a.Stages[1:], ", ") + ")"
	case a.Stage != "":
		kind += ", stage " + a.Stage
	}
	triggers := 0
	for _, f := range a.Functions {
		triggers += len(f.Triggers)
	}
	return fmt.Sprintf("%s: %s, %s, %s", kind,
		screen.Count(len(a.Functions), "function"), screen.Count(triggers, "trigger"), screen.Count(len(a.Deployed()), "resource"))
}

func (p *page) function(a *model.App, f *model.Function) {
	facts := []string{p.ink.Bold(orElse(f.Name, f.ID))}
	if f.Exposure != "" {
		facts = append(facts, p.ink.Exposure(f.Exposure, "["+string(f.Exposure)+"]"))
	}
	if runtime := show(f.Runtime); runtime != "" {
		facts = append(facts, p.ink.Dim(runtime))
	}
	facts = append(facts, p.ink.Plain(handlerPlace(f)))
	p.line("  ", strings.Join(facts, "  "))
	if f.Blast.Note != "" {
		ink := p.ink.Bad
		if f.Blast.Reach == model.BlastWide {
			ink = p.ink.Warn
		}
		var lines []string
		for _, line := range screen.Wrap(f.Blast.Note, max(20, p.width-17)) {
			lines = append(lines, ink(line))
		}
		p.list("taken over", lines)
	}
	p.list("called by", p.triggers(f))
	p.list("points to", p.environment(f))
	p.list("sends to", p.sends(a, f))
	p.role(f.Role)
}

// list writes lines below a label that stands beside the first.
func (p *page) list(label string, lines []string) {
	for _, line := range lines {
		p.line("    ", p.ink.Dim(screen.Pad(label, 11)), line)
		label = ""
	}
}

func (p *page) triggers(f *model.Function) []string {
	var out []string
	for _, t := range f.Triggers {
		line := p.ink.Plain(screen.Pad(string(t.Kind), 9) + " " + orElse(t.Detail, orElse(sourceOf(t), "?")))
		if t.Auth != "" {
			line += "  " + p.ink.Exposure(t.Exposure, authWord(t.Auth))
		}
		if t.Detail != "" && sourceOf(t) != "" {
			from := sourceOf(t)
			if t.From != nil {
				from += " of " + orElse(t.From.Name, t.From.File)
			}
			line += "  " + p.ink.Dim("from "+from)
		}
		if t.Filter.IsSet() != model.No {
			line += "  " + p.ink.Dim("filtered")
		}
		if t.Off {
			line += "  " + p.ink.Dim("switched off")
		}
		out = append(out, line)
	}
	if len(out) == 0 {
		out = append(out, p.ink.Dim("nothing that the files show"))
	}
	return out
}

func sourceOf(t *model.Trigger) string {
	if t.Source != nil {
		return t.Source.ID
	}
	return show(t.Target)
}

func (p *page) environment(f *model.Function) []string {
	width := 0
	for i := range f.Env {
		if f.Env[i].Resource != nil {
			width = max(width, screen.Width(p.ink.Plain(f.Env[i].Name)))
		}
	}
	var out []string
	for i := range f.Env {
		if v := &f.Env[i]; v.Resource != nil {
			name := screen.Pad(p.ink.Plain(v.Name), min(width, 24))
			out = append(out, name+" -> "+p.ink.Plain(v.Resource.ID)+"  "+p.ink.Dim(shortType(v.Resource.Type)))
		}
	}
	return out
}

// sends is the flows that leave a function.
func (p *page) sends(a *model.App, f *model.Function) []string {
	var out []string
	for _, flow := range a.Flows {
		if flow.From != f.ID {
			continue
		}
		line := p.ink.Plain(screen.Pad(flow.Kind, 9) + " " + endName(flow.To, flow.ToApp))
		if flow.Detail != "" {
			line += "  " + p.ink.Dim(flow.Detail)
		}
		if flow.Granted == model.No {
			line += "  " + p.ink.Warn("not granted")
		}
		if flow.Matches == model.No {
			line += "  " + p.ink.Warn("the receiver's filter stops it")
		}
		out = append(out, line)
	}
	return out
}

// between lists what resources hand to each other, without a function in between.
func (p *page) between(a *model.App) {
	functions := map[string]bool{model.Internet: true}
	for _, f := range a.Functions {
		functions[f.ID] = true
	}
	heading := true
	for _, f := range a.Flows {
		if functions[f.From] || functions[f.To] {
			continue
		}
		if heading {
			p.line()
			p.line("  ", p.ink.Bold("handed on without a function"))
			heading = false
		}
		line := p.ink.Plain(endName(f.From, f.FromApp) + " -> " + endName(f.To, f.ToApp))
		note := f.Kind
		if f.To == model.Outside && f.Detail != "" {
			note += ", " + shortARN(f.Detail)
		}
		if f.Filter != nil {
			note += ", filtered"
		}
		if f.Granted == model.No {
			note += ", not granted"
		}
		if f.Via != nil && f.Matches == model.No {
			note += ", never"
		}
		p.line("    ", line, "  ", p.ink.Dim(screen.Crop(p.ink.Plain(note), max(20, p.width-4-screen.Width(line)))))
	}
}

// endName is how one end of a flow is called.
func endName(id string, app *model.App) string {
	if app != nil {
		return id + " of " + orElse(app.Name, app.File)
	}
	return id
}

func (p *page) role(r *model.Role) {
	if r == nil {
		p.list("role", []string{p.ink.Dim("not known")})
		return
	}
	lines := []string{p.ink.Plain(r.ID)}
	for _, m := range r.Managed {
		lines = append(lines, p.ink.Dim("policy ")+p.ink.Plain(orElse(show(m), "?")))
	}
	for i := range r.Grants {
		for j, line := range screen.Wrap(grantLine(&r.Grants[i]), max(20, p.width-17)) {
			if j > 0 {
				line = "  " + line
			}
			lines = append(lines, p.ink.Plain(line))
		}
	}
	p.list("role", lines)
}

// otherResources lists what is neither a function nor shown beside one, by type.
func (p *page) otherResources(a *model.App, g *graph) {
	var types []string
	names := map[string][]string{}
	for _, r := range a.Deployed() {
		if _, shown := g.byID[r.ID]; shown {
			continue
		}
		if names[r.Type] == nil {
			types = append(types, r.Type)
		}
		names[r.Type] = append(names[r.Type], r.ID)
	}
	if len(types) == 0 {
		return
	}
	p.line()
	p.line("  ", p.ink.Bold("other resources"))
	for _, t := range types {
		label := p.ink.Plain(fmt.Sprintf("%d %s: ", len(names[t]), shortType(t)))
		list := p.ink.Plain(strings.Join(names[t], ", "))
		p.line("    ", label, p.ink.Dim(screen.Crop(list, max(20, p.width-4-screen.Width(label)))))
	}
}

// reach says for each kind of caller which functions it calls, and what it can touch through them.
func (p *page) reach(g *graph) {
	heading := "who can reach what"
	for _, c := range []struct {
		exposure model.Exposure
		who      string
	}{
		{model.Public, "anyone on the internet"},
		{model.Authenticated, "anyone with credentials of the application"},
		{model.Account, "principals of the cloud account"},
	} {
		direct, through := g.reach(c.exposure)
		if len(direct) == 0 {
			continue
		}
		if heading != "" {
			p.line()
			p.line("  ", p.ink.Bold(heading))
			heading = ""
		}
		p.line("    ", p.ink.Exposure(c.exposure, c.who))
		p.names("directly", direct)
		p.names("through them", through)
	}
}

func (p *page) names(label string, nodes []*node) {
	var names []string
	for _, n := range nodes {
		names = append(names, n.title)
	}
	for _, line := range screen.Wrap(strings.Join(names, ", "), max(20, p.width-20)) {
		p.line("      ", p.ink.Dim(screen.Pad(label, 14)), p.ink.Plain(line))
		label = ""
	}
}

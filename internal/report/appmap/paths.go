package appmap

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"wardlet.example/internal/finding"
	"wardlet.example/internal/model"
	"wardlet.example/internal/paths"
	"wardlet.example/internal/report/escape"
	"wardlet.example/internal/report/screen"
)

// Attack is what a view of attack paths is made of: the applications, the ways of data between their functions, and the findings about
// what outsiders' data does where it ends.
type Attack struct {
	Workspace *model.Workspace
	Graph     *paths.Graph
	Findings  []finding.Finding
}

// told are the findings of an application that a path can lead to: those that say how data comes there.
func (a *Attack) told(app *model.App) []*finding.Finding {
	var out []*finding.Finding
	for i := range a.Findings {
		if f := &a.Findings[i]; f.App == app.File && len(f.Trace) > 0 && f.Ignored == nil && f.Severity.AtLeast(finding.Medium) {
			out = append(out, f)
		}
	}
	return out
}

// PathsTree writes the attack paths for a person at a terminal, grouped by the function at their end.
func PathsTree(w io.Writer, a *Attack, opts Options) error {
	if opts.Width <= 0 {
		opts.Width = screen.DefaultWidth
	}
	p := &page{ink: screen.Ink{Color: opts.Color}, width: opts.Width}
	some := false
	for _, app := range a.Workspace.Apps {
		some = p.attacked(a, app) || some
	}
	if !some {
		p.line("no path of an outsider's data was found below ", p.ink.Plain(a.Workspace.Root))
	}
	p.dangling(a)
	_, err := w.Write(p.out.Bytes())
	return err
}

// attacked writes the functions of an application at which paths end; it reports whether there are any.
func (p *page) attacked(a *Attack, app *model.App) bool {
	byFunction := map[string][]*finding.Finding{}
	var order []string
	for _, f := range a.told(app) {
		if byFunction[f.Subject] == nil {
			order = append(order, f.Subject)
		}
		byFunction[f.Subject] = append(byFunction[f.Subject], f)
	}
	if len(order) == 0 {
		return false
	}
	p.line(p.ink.Bold("== "+app.File), "  ", p.ink.Dim(named(app)+about(app)))
	for _, id := range order {
		p.line()
		p.end(byFunction[id])
		p.perhaps(a, app, id)
	}
	p.line()
	return true
}

// end writes one function at which paths end: the ways to it, what is done there, and who sends to it.
func (p *page) end(all []*finding.Finding) {
	exposure := model.Exposure("")
	var ways []string
	for _, f := range all {
		exposure = exposure.Wider(f.Exposure)
		if way := wayTo(f); !slices.Contains(ways, way) {
			ways = append(ways, way)
		}
	}
	p.line(p.ink.Bold(all[0].Called()+others(all)), "  ", p.ink.Exposure(exposure, "["+string(exposure)+"]"))
	for _, way := range ways {
		p.line("  ", p.ink.Plain(way))
	}
	for _, f := range all {
		p.line("    ", p.ink.Severity(f.Severity, string(f.Severity)), "  ", p.ink.Plain(f.Rule), "  ", p.ink.Place(f.Place.Pos), "  ", p.ink.Dim(string(f.Confidence)))
	}
	var callers []finding.Caller
	for _, f := range all {
		for _, c := range f.Callers {
			if !slices.ContainsFunc(callers, func(d finding.Caller) bool { return sameCaller(c, d) }) {
				callers = append(callers, c)
			}
		}
	}
	if len(callers) > 0 {
		p.line("  ", p.ink.Dim("who sends to it"))
	}
	slices.SortStableFunc(callers, func(c, d finding.Caller) int { return rank(c) - rank(d) })
	more := len(callers) - mostCallers
	if more <= 2 { // a line says as much
		more = 0
	}
	for _, c := range callers[:len(callers)-more] {
		what := p.ink.Plain(c.State)
		if c.Reason != "" {
			what += p.ink.Dim(": " + c.Reason)
		}
		p.line("    ", p.ink.Plain(senderOf(c)), "  ", what, "  ", p.ink.Place(c.Place.Pos))
	}
	if more > 0 {
		p.line("    ", p.ink.Dim(fmt.Sprintf("and %d others", more)))
	}
}

// mostCallers bounds the callers that a view for a person lists.
const mostCallers = 12

// rank puts those first that pass on what they get.
func rank(c finding.Caller) int {
	if c.State == string(paths.Passes) {
		return 0
	}
	return 1
}

// perhaps names calls that perhaps send to a function: to something of the kind that calls it, of which the name is not known.
func (p *page) perhaps(a *Attack, app *model.App, id string) {
	if a.Graph == nil {
		return
	}
	var names []string
	for _, d := range a.Graph.Dangling {
		if d.From.App != app || d.Target == nil || d.Target.Kind != model.Unknown || !calledBy(app, id, d.Kind) {
			continue
		}
		at := d.Send.Place()
		names = append(names, d.From.Function.Name+" "+at.String())
	}
	if n := len(names); n > 3 {
		names = append(names[:3], fmt.Sprintf("%d others", n-3))
	}
	if len(names) > 0 {
		p.line("  ", p.ink.Dim("perhaps also, to where it is not known: "), p.ink.Plain(strings.Join(names, ", ")))
	}
}

// calledBy reports whether something of a type calls a function.
func calledBy(app *model.App, id, kind string) bool {
	for _, f := range app.Functions {
		if f.ID == id && slices.ContainsFunc(f.Triggers, func(t *model.Trigger) bool { return t.Source != nil && t.Source.Type == kind }) {
			return true
		}
	}
	return false
}

// others says how many functions have the same code: a finding is told for one of them.
func others(all []*finding.Finding) string {
	var names []string
	for _, f := range all {
		for _, name := range f.Also {
			if !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	switch n := len(names); {
	case n == 0:
		return ""
	case n <= 3:
		return ", " + strings.Join(names, ", ")
	default:
		return fmt.Sprintf(", %s, %s and %d others with the same code", names[0], names[1], n-2)
	}
}

func sameCaller(a, b finding.Caller) bool {
	return a.Name == b.Name && a.State == b.State && a.Reason == b.Reason && slices.Equal(a.Via, b.Via)
}

func senderOf(c finding.Caller) string {
	if len(c.Via) == 0 {
		return c.Name
	}
	return c.Name + " through " + strings.Join(c.Via, ", ")
}

// wayTo is the path to a finding in words.
func wayTo(f *finding.Finding) string {
	switch {
	case len(f.Path) > 0:
		way := "internet > " + strings.Join(f.Path, " > ")
		if n := len(f.Doors) - 1; n > 0 {
			way += fmt.Sprintf("  (also from %s)", screen.Count(n, "other function"))
		}
		return way
	case f.Exposure == model.Public || f.Exposure == model.Authenticated:
		return "internet > " + f.Called()
	}
	return "no outsider comes here by the code that is known; whoever sends to it does"
}

// dangling lists the calls whose target stands in no template, or is not known.
func (p *page) dangling(a *Attack) {
	if a.Graph == nil || len(a.Graph.Dangling) == 0 {
		return
	}
	p.line(p.ink.Bold("sent to what no template here has, or what is not known"))
	for _, d := range a.Graph.Dangling {
		at := d.Send.Place()
		p.line("  ", p.ink.Plain(d.From.Function.Name), "  ", p.ink.Plain(d.Send.Key), "  ", p.ink.Plain(orElse(show(d.Target), "?")), "  ", p.ink.Place(at))
	}
}

// PathsFormat names the format that PathsJSON writes.
const PathsFormat = "paths-v1"

type pathsDoc struct {
	Format   string        `json:"format"`
	Root     string        `json:"root"`
	Paths    []pathDoc     `json:"paths"`
	Edges    []edgeDoc     `json:"edges"`
	Dangling []danglingDoc `json:"dangling"`
}

type pathDoc struct {
	App         string             `json:"app"`
	Function    string             `json:"function"`
	Rule        string             `json:"rule"`
	Severity    finding.Severity   `json:"severity"`
	Confidence  finding.Confidence `json:"confidence"`
	Exposure    model.Exposure     `json:"exposure,omitempty"`
	Place       model.Pos          `json:"place"`
	Path        []string           `json:"path,omitempty"` // functions, and what they hand data on through
	Doors       []string           `json:"doors,omitempty"`
	Callers     []finding.Caller   `json:"callers,omitempty"`
	Fingerprint string             `json:"fingerprint"`
}

type edgeDoc struct {
	From    string    `json:"from"`
	FromApp string    `json:"fromApp"`
	To      string    `json:"to"`
	ToApp   string    `json:"toApp"`
	Via     []string  `json:"via,omitempty"`
	Kind    string    `json:"kind"`
	Call    string    `json:"call"`
	Place   model.Pos `json:"place"`
	Granted model.Tri `json:"granted"`           // may the sender make the call
	Matches model.Tri `json:"matches"`           // do the filters on the way let it through
	Guessed bool      `json:"guessed,omitempty"` // the target is not known: it is the only one that the role of the sender allows
	Reason  string    `json:"reason,omitempty"`
}

type danglingDoc struct {
	From   string    `json:"from"`
	App    string    `json:"app"`
	Call   string    `json:"call"`
	Target string    `json:"target,omitempty"`
	Place  model.Pos `json:"place"`
}

// PathsJSON writes the attack paths and all edges between functions as one paths-v1 document.
func PathsJSON(w io.Writer, a *Attack) error {
	doc := pathsDoc{Format: PathsFormat, Root: a.Workspace.Root, Paths: []pathDoc{}, Edges: []edgeDoc{}, Dangling: []danglingDoc{}}
	for _, app := range a.Workspace.Apps {
		for _, f := range a.told(app) {
			doc.Paths = append(doc.Paths, pathDoc{
				f.App, f.Called(), f.Rule, f.Severity, f.Confidence, f.Exposure, f.Place.Pos, f.Path, f.Doors, f.Callers, f.Fingerprint,
			})
		}
	}
	if a.Graph != nil {
		for _, e := range a.Graph.Edges {
			doc.Edges = append(doc.Edges, newEdgeDoc(e))
		}
		for _, d := range a.Graph.Dangling {
			doc.Dangling = append(doc.Dangling, danglingDoc{d.From.Function.Name, d.From.App.File, d.Send.Key, show(d.Target), d.Send.Place()})
		}
	}
	return escape.WriteJSON(w, doc)
}

func newEdgeDoc(e *paths.Edge) edgeDoc {
	out := edgeDoc{
		From: e.From.Function.Name, FromApp: e.From.App.File, To: e.To.Function.Name, ToApp: e.To.App.File, Kind: e.Kind, Call: e.Send.Key,
		Place: e.Send.Place(), Granted: e.Granted, Matches: e.Matches, Guessed: e.Guessed, Reason: e.Why,
	}
	for _, r := range e.Via {
		out.Via = append(out.Via, r.ID)
	}
	return out
}

// PathsMermaid writes the attack paths as a Mermaid flowchart.
func PathsMermaid(w io.Writer, a *Attack) error {
	return mermaidOf(w, a.Workspace, a.graphs())
}

// PathsSVG writes the attack paths as a picture that needs nothing else.
func PathsSVG(w io.Writer, a *Attack) error {
	return svgOf(w, a.Workspace, a.graphs(), "How outsiders' data gets there")
}

func (a *Attack) graphs() []*graph {
	var out []*graph
	for _, app := range a.Workspace.Apps {
		out = append(out, a.graph(app))
	}
	return out
}

// graph is the picture of the attack paths of one application: from the internet through functions and what they hand data on through to
// where it does harm, and beside them the functions that send there too.
func (a *Attack) graph(app *model.App) *graph {
	g := &attackGraph{
		graph: &graph{declared: map[string]*model.Resource{}, byID: map[string]int{}, byEnds: map[[2]int]int{}, callers: map[nodeKind]int{}},
		all:   a.Workspace, app: app,
	}
	for _, f := range a.told(app) {
		if f.Exposure == model.Public || f.Exposure == model.Authenticated {
			g.way(f)
		}
	}
	for _, f := range a.told(app) {
		g.senders(f)
	}
	return g.graph
}

type attackGraph struct {
	*graph
	all *model.Workspace
	app *model.App
}

// way adds one path from the internet to what a finding is about.
func (g *attackGraph) way(f *finding.Finding) {
	path := f.Path
	if len(path) == 0 {
		path = []string{f.Called()}
	}
	from := g.caller(everybody)
	for _, name := range path {
		to := g.named(name)
		if from != to {
			g.connect(edge{from: from, to: to, exposure: f.Exposure})
		}
		from = to
	}
	g.connect(edge{from: from, to: g.harm(f), exposure: f.Exposure})
}

// harm is the box of a finding.
func (g *attackGraph) harm(f *finding.Finding) int {
	key := "finding " + f.Fingerprint
	if _, known := g.byID[key]; !known {
		g.byID[key] = g.add(&node{kind: resource, id: key, title: f.Rule, exposure: f.Exposure, lines: []row{{text: f.Place.Pos.String(), path: true}}, alert: string(f.Severity)})
	}
	return g.byID[key]
}

// senders adds the functions that send to the one of a finding and do not harm: what they send is safe, or does not arrive.
func (g *attackGraph) senders(f *finding.Finding) {
	if _, drawn := g.byID["finding "+f.Fingerprint]; !drawn {
		return
	}
	for _, c := range f.Callers {
		if slices.Contains(f.Path, c.Name) {
			continue
		}
		label := c.State
		from := g.named(c.Name)
		for _, name := range append(slices.Clone(c.Via), f.Called()) {
			to := g.named(name)
			if from != to {
				g.connect(edge{from: from, to: to, exposure: model.Internal, label: label, denied: c.Reason != ""})
			}
			from = to
		}
	}
}

// named is the node of a function or resource by the name that paths have for it.
func (g *attackGraph) named(name string) int {
	for _, app := range append([]*model.App{g.app}, g.all.Apps...) {
		for _, f := range app.Functions {
			if f.Name == name {
				return g.once(app.File+" "+f.ID, functionNode(f))
			}
		}
		if r := app.Resource(name); r != nil {
			return g.once(app.File+" "+r.ID, &node{kind: resource, id: r.ID, title: r.ID, lines: []row{{text: shortType(r.Type)}}, exposure: model.Internal})
		}
	}
	return g.once(name, &node{kind: resource, id: name, title: name, exposure: model.Internal})
}

func (g *attackGraph) once(key string, n *node) int {
	if _, known := g.byID[key]; !known {
		g.byID[key] = g.add(n)
	}
	return g.byID[key]
}

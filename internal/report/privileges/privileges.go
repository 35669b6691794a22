// Package privileges shows what every function and role may do: what can be read, written, deleted and administered if it is taken
// over, and where that leads.
package privileges

import (
	"bytes"
	"io"
	"regexp"
	"slices"
	"sort"
	"strings"

	"wardlet.example/internal/least"
	"wardlet.example/internal/link"
	"wardlet.example/internal/model"
	"wardlet.example/internal/privilege"
	"wardlet.example/internal/report/escape"
	"wardlet.example/internal/report/screen"
)

// Options say how the view is shown.
type Options struct {
	Color bool // with colours
	Width int  // columns of the terminal; 0 means screen.DefaultWidth
}

// Holder is a role, user or group with what it may do, and the functions that act with it.
type Holder struct {
	App       string         `json:"app"`
	ID        string         `json:"id"`
	Functions []string       `json:"functions,omitempty"`
	Exposure  model.Exposure `json:"exposure,omitempty"` // of the most exposed of its functions
	At        model.Pos      `json:"at"`
	Policies  []string       `json:"policies,omitempty"`
	All       bool           `json:"everything,omitempty"` // it may do everything
	Reaches   []Reach        `json:"reaches,omitempty"`
	Gains     []Gain         `json:"gains,omitempty"`
	Open      []string       `json:"unknown,omitempty"` // why perhaps it may do more
}

// Reach is what can be done to one resource, or to everything of a kind.
type Reach struct {
	App      string `json:"app,omitempty"` // where the resource is in another one
	Resource string `json:"resource,omitempty"`
	Service  string `json:"service"`
	Named    string `json:"named,omitempty"` // instead of a resource: an ARN that no template here has
	Kind     string `json:"kind,omitempty"`  // instead of both: everything of this kind
	Does     []Deed `json:"does"`
}

// Deed is what can be done at one level: read, write, delete, administer.
type Deed struct {
	Level   string   `json:"level"`
	Perhaps bool     `json:"perhaps,omitempty"` // only under a condition, or by what deployment decides
	Actions []string `json:"actions"`
}

// Gain is a way to more permissions.
type Gain struct {
	Method  string   `json:"method"`
	Title   string   `json:"title"`
	Through string   `json:"through,omitempty"` // the role whose permissions it gains
	By      string   `json:"by,omitempty"`      // the resource by which
	Leads   string   `json:"leads,omitempty"`   // what that role may do
	Actions []string `json:"actions"`
	Answer  string   `json:"answer"` // yes or unknown
	Reason  string   `json:"reason,omitempty"`
	At      string   `json:"at,omitempty"` // of the statement that allows the last action
	Source  string   `json:"reference"`
}

// Holders lists the roles, users and groups of all applications, those of the most exposed functions first in each.
func Holders(p *link.Program) []Holder {
	var out []Holder
	for _, app := range p.Apps {
		var here []Holder
		for _, r := range app.Resources {
			if r.Tool || !slices.Contains([]string{"AWS::IAM::Role", "AWS::IAM::User", "AWS::IAM::Group"}, r.Type) {
				continue
			}
			if w := p.PowersOf(app, r); w != nil {
				here = append(here, holder(p, app, w))
			}
		}
		sort.SliceStable(here, func(i, j int) bool { return level(here[i]) > level(here[j]) })
		out = append(out, here...)
	}
	return out
}

// level orders holders: those of functions before others, the more exposed before the less.
func level(h Holder) int {
	return 1 + slices.Index([]model.Exposure{"", model.Undecided, model.Internal, model.Account, model.Authenticated, model.Public}, h.Exposure)
}

func holder(p *link.Program, app *model.App, w *link.Powers) Holder {
	h := Holder{App: app.File, ID: w.Role.ID, At: w.Role.Origin.Pos, Open: w.Open}
	for _, f := range app.Functions {
		if f.Role != nil && f.Role == w.Role {
			h.Functions = append(h.Functions, f.Name)
			if h.Exposure == "" {
				h.Exposure = f.Exposure
			}
			h.Exposure = h.Exposure.Wider(f.Exposure)
		}
	}
	for _, d := range w.Docs {
		h.Policies = append(h.Policies, d.Name)
	}
	radius := privilege.RadiusOf(p, w)
	h.All = radius.Everything
	for _, r := range radius.Reaches {
		h.Reaches = append(h.Reaches, reach(app, r))
	}
	paths := privilege.Escalations(p, w)
	for i := range paths {
		h.Gains = append(h.Gains, gain(p, app, &paths[i]))
	}
	return h
}

func reach(app *model.App, r privilege.Reach) Reach {
	out := Reach{Service: r.Service, Kind: r.Kind}
	for _, d := range r.Does {
		out.Does = append(out.Does, Deed(d))
	}
	if r.Named != nil {
		out.Named = shown(r.Named)
	}
	if r.Resource == nil {
		return out
	}
	out.Resource = r.Resource.ID
	if r.App != app {
		out.App = r.App.File
	}
	return out
}

// fileOf is the template in front of what only one template means.
var fileOf = regexp.MustCompile(`\$\{[^}#]*#`)

// shown is an ARN for a person: without what says nothing of one's own account.
func shown(v *model.Value) string {
	s := fileOf.ReplaceAllString(v.String(), "$${")
	if f := strings.SplitN(s, ":", 6); len(f) == 6 && f[0] == "arn" && (f[4] == "*" || f[4] == "") && (f[3] == "*" || f[3] == "") {
		return f[2] + ":" + f[5]
	}
	return s
}

func gain(p *link.Program, app *model.App, path *privilege.Path) Gain {
	g := Gain{Method: path.Method.ID, Title: path.Method.Title, Answer: path.Answer.String(), Reason: path.Reason, Source: path.Method.Reference}
	for _, s := range path.Steps {
		g.Actions = append(g.Actions, s.Action)
		if s.By != nil && s.By.Origin.File != "" {
			g.At = s.By.Origin.Pos.String()
		}
	}
	if path.Through != nil {
		g.Through = path.Through.ID
		g.Leads, _ = privilege.Strong(p, app, path.Through)
		if path.By != nil && path.By != path.Through.Resource {
			g.By = path.By.ID
		}
	}
	return g
}

// JSON writes the view as one document.
func JSON(w io.Writer, p *link.Program, roles []*least.Role) error {
	return escape.WriteJSON(w, struct {
		Format    string     `json:"format"`
		Root      string     `json:"root"`
		Functions []Function `json:"functions"`
		Holders   []Holder   `json:"holders"`
	}{"privileges-v1", p.Root, append([]Function{}, Functions(p, roles)...), append([]Holder{}, Holders(p)...)})
}

// Tree writes the view for a person at a terminal.
func Tree(w io.Writer, p *link.Program, roles []*least.Role, opts Options) error {
	if opts.Width <= 0 {
		opts.Width = screen.DefaultWidth
	}
	t := &page{ink: screen.Ink{Color: opts.Color}, width: opts.Width}
	app := ""
	for _, h := range Holders(p) {
		if h.App != app {
			if app != "" {
				t.line()
			}
			app = h.App
			t.line(t.ink.Bold("== " + app))
		}
		t.line()
		t.holder(h)
	}
	if app == "" {
		t.line("no role was found below ", t.ink.Plain(p.Root))
	}
	t.functions(Functions(p, roles))
	_, err := w.Write(t.out.Bytes())
	return err
}

// page is the view on its way to the terminal.
type page struct {
	out   bytes.Buffer
	ink   screen.Ink
	width int
}

func (t *page) line(parts ...string) {
	t.out.WriteString(strings.TrimRight(strings.Join(parts, ""), " "))
	t.out.WriteByte('\n')
}

func (t *page) holder(h Holder) {
	title := "  " + t.ink.Bold(h.ID)
	if len(h.Functions) > 0 {
		title += "  " + t.ink.Exposure(h.Exposure, "["+string(h.Exposure)+"]")
	}
	t.line(title)
	if len(h.Functions) > 0 {
		t.entry("used by", t.ink.Plain, strings.Join(h.Functions, ", "))
	}
	switch {
	case h.All:
		t.entry("may do", t.ink.Bad, "everything")
	case len(h.Reaches) == 0 && len(h.Open) == 0:
		t.entry("may do", t.ink.Dim, "nothing to anything but its own logs")
	}
	for i := len(privilege.Levels) - 1; i >= 0; i-- {
		t.level(h, privilege.Levels[i])
	}
	t.gains(h)
	for _, why := range h.Open {
		t.entry("unknown", t.ink.Dim, why)
	}
}

// entry writes a label and a text beside it, in as many lines as it takes.
func (t *page) entry(label string, ink func(string) string, text string) {
	for _, line := range screen.Wrap(text, max(30, t.width-17)) {
		t.line("    ", t.ink.Dim(screen.Pad(label, 11)), "  ", ink(line))
		label = ""
	}
}

// most is how many of a kind are named before the rest is counted.
const most = 12

func (t *page) level(h Holder, level string) {
	var own, any []string
	kinds := map[string][]string{}
	for _, r := range h.Reaches {
		i := slices.IndexFunc(r.Does, func(d Deed) bool { return d.Level == level })
		if i < 0 {
			continue
		}
		mark := ""
		if r.Does[i].Perhaps {
			mark = " (perhaps)"
		}
		if r.Resource != "" || r.Named != "" {
			own = append(own, r.Resource+r.Named+mark)
			continue
		}
		if r.Kind == "" && (level == "read" || mark != "") {
			continue // lists and descriptions, which are about nothing in particular
		}
		if kinds[r.Service] == nil {
			any = append(any, r.Service)
		}
		kinds[r.Service] = append(kinds[r.Service], r.Kind+mark)
	}
	if len(own) > 0 {
		t.entry(level, t.ink.Plain, few(own))
	}
	var wide []string
	for _, service := range any {
		wide = append(wide, "every "+named(kinds[service])+" of "+service)
	}
	if len(wide) > 0 {
		label := level
		if len(own) > 0 {
			label = ""
		}
		t.entry(label, t.ink.Warn, few(wide))
	}
}

// named are kinds of a service in words, the first three of many.
func named(kinds []string) string {
	var out []string
	for _, k := range kinds {
		if strings.TrimSpace(k) != "" {
			out = append(out, k)
		}
	}
	switch {
	case len(out) == 0:
		return "thing"
	case len(out) > 3:
		out = append(out[:3], "…")
	}
	return strings.Join(out, ", ")
}

func few(all []string) string {
	if len(all) > most {
		return strings.Join(all[:most], "; ") + " and " + screen.Count(len(all)-most, "other")
	}
	return strings.Join(all, "; ")
}

// gains writes the ways to more, the first few.
func (t *page) gains(h Holder) {
	const shown = 4
	n := 0
	for _, g := range h.Gains {
		if g.Answer != "yes" {
			continue
		}
		if n++; n > shown {
			continue
		}
		text := g.Title + " (" + strings.Join(g.Actions, ", ") + ")"
		if g.Through != "" {
			by := ""
			if g.By != "" {
				by = " of " + g.By
			}
			text = g.Through + by + ": " + text
			if g.Leads != "" {
				text += "; it " + g.Leads
			}
		}
		label := "gains"
		if g.Through != "" {
			label = "leads to"
		}
		if g.At != "" {
			text += "  " + g.At
		}
		t.entry(label, t.ink.Bad, text)
	}
	if n > shown {
		t.entry("", t.ink.Dim, "and "+screen.Count(n-shown, "other way"))
	}
}

package appmap

import (
	"fmt"
	"io"
	"slices"
	"sort"
	"strconv"
	"strings"

	"wardlet.example/internal/model"
	"wardlet.example/internal/report/escape"
	"wardlet.example/internal/report/screen"
)

// Unknown is one thing that the files do not decide.
type Unknown struct {
	App    string    `json:"app"`
	At     model.Pos `json:"at"`     // where it is written, or would be
	Where  string    `json:"where"`  // what it is a part of: the logical ID and the path of the property
	Uses   int       `json:"uses"`   // how many properties it decides
	Reason string    `json:"reason"` // why it is not known
}

// maxUnknownSteps bounds the values looked through for one resource.
const maxUnknownSteps = 100_000

// Unknowns lists what could not be resolved and why, by application and place: values of properties, callers of functions,
// code, and what was not read at all. What several properties take from one place is listed once.
func Unknowns(ws *model.Workspace) []Unknown {
	var out []Unknown
	for _, app := range ws.Apps {
		c := &collector{app: app, at: map[string]int{}, seen: map[*model.Value]bool{}}
		for _, r := range app.Resources {
			if r.Type == model.ParameterType || r.Tool {
				continue
			}
			budget := maxUnknownSteps
			c.seen = map[*model.Value]bool{}
			c.value(r.ID, r.Props, &budget)
			c.document(r)
			if r.Condition != nil && r.Condition.Kind == model.Unknown {
				c.add(r.Condition.Origin.Pos, r.ID+".Condition", r.Condition.Str)
			}
		}
		for _, f := range app.Functions {
			if f.Unseen != "" {
				c.add(f.Origin.Pos, orElse(f.Name, f.ID)+" events", f.Unseen)
			}
			if role := f.Resource.Props.Get("Role"); f.Role == nil && role.IsSet() == model.Yes && role.Kind != model.Unknown {
				c.add(role.Origin.Pos, orElse(f.Name, f.ID)+" role", "the role "+role.String()+" is in no template")
			}
			for _, t := range f.Triggers {
				c.claimed(f, t)
			}
			if f.Code.State == model.CodeMissing || f.Code.State == model.CodeUnknown {
				c.add(f.Origin.Pos, orElse(f.Name, f.ID)+" code", orElse(f.Code.Reason, "the template does not say where it is"))
			}
		}
		sort.SliceStable(c.out, func(i, j int) bool {
			a, b := c.out[i].At, c.out[j].At
			return a.File < b.File || a.File == b.File && a.Line < b.Line
		})
		out = append(out, c.out...)
	}
	return append(out, unread(ws)...)
}

// document adds a document in a bucket that would decide what a resource does, where nothing stands in the template instead.
func (c *collector) document(r *model.Resource) {
	key, instead, reason := "", "", ""
	switch r.Type {
	case "AWS::ApiGateway::RestApi", "AWS::ApiGatewayV2::Api":
		key, instead = "BodyS3Location", "Body"
		reason = "the document of the API is not read, so neither are its routes, nor which functions they call"
	case "AWS::StepFunctions::StateMachine":
		key, instead = "DefinitionS3Location", "Definition"
		reason = "the definition of the state machine is not read, so neither is what it calls"
	}
	if at := r.Props.Get(key); key != "" && at.IsSet() == model.Yes && r.Props.Get(instead).Kind == model.Absent {
		c.add(at.Origin.Pos, r.ID+"."+key, reason)
	}
}

// unread are the parts of files that were not read or cannot be worked out, as the diagnostics say.
func unread(ws *model.Workspace) []Unknown {
	var out []Unknown
	for _, d := range ws.Diagnostics {
		switch {
		case d.Incomplete:
			out = append(out, Unknown{App: d.File, At: d.Pos, Where: "not read", Uses: 1, Reason: d.Message})
		case d.Unresolved:
			out = append(out, Unknown{App: d.File, At: d.Pos, Where: "not valid", Uses: 1, Reason: d.Message})
		}
	}
	for _, d := range ws.Open {
		out = append(out, Unknown{App: d.File, At: d.Pos, Where: "at run time", Uses: 1, Reason: d.Message})
	}
	return out
}

// claimed tells of a source that several templates have one of, by its name.
func (c *collector) claimed(f *model.Function, t *model.Trigger) {
	if t.Source != nil || t.Target == nil || c.app.Directory == nil {
		return
	}
	if n := c.app.Directory.Named(t.Target); n > 1 {
		c.add(t.Target.Origin.Pos, orElse(f.Name, f.ID)+" source", fmt.Sprintf("%d templates of the repository have what %s names", n, t.Target))
	}
}

type collector struct {
	app  *model.App
	out  []Unknown
	at   map[string]int
	seen map[*model.Value]bool // of the resource at hand; values share children
}

func (c *collector) add(at model.Pos, where, reason string) {
	key := at.String() + "\x00" + reason
	if i, ok := c.at[key]; ok {
		c.out[i].Uses++
		return
	}
	c.at[key] = len(c.out)
	c.out = append(c.out, Unknown{App: c.app.File, At: at, Where: where, Uses: 1, Reason: reason})
}

func (c *collector) value(where string, v *model.Value, budget *int) {
	if *budget--; v == nil || *budget < 0 || v.Kind <= model.String || c.seen[v] {
		return
	}
	c.seen[v] = true
	switch v.Kind {
	case model.Unknown:
		c.unknown(where, v)
		return
	case model.Ref:
		c.nested(where, v)
		return
	case model.Map:
		for _, f := range v.Fields {
			c.value(where+"."+f.Key, f.Value, budget)
		}
	case model.OneOf:
		for _, choice := range v.Choices {
			c.value(where, choice.Value, budget)
		}
	default:
		for i, item := range v.Items {
			at := where
			if v.Kind == model.List {
				at += "[" + strconv.Itoa(i) + "]"
			}
			c.value(at, item, budget)
		}
	}
}

// unknown adds a value that is not decided, unless another template of the workspace decides it.
func (c *collector) unknown(where string, v *model.Value) {
	reason := v.Str
	if _, _, ok := v.Elsewhere(); ok && c.app.Directory != nil {
		switch ends, circle := c.app.Directory.Leads(c.app, v); {
		case circle:
			c.add(v.Origin.Pos, where, reason+"; the templates ask each other for it in a circle")
			return
		case ends:
			return
		}
		if n := c.app.Directory.Claims(v); n > 1 {
			reason += fmt.Sprintf("; %d templates of the repository answer to it", n)
		}
	}
	c.add(v.Origin.Pos, where, reason)
}

// nested tells of an output that a nested stack of the repository does not have.
func (c *collector) nested(where string, v *model.Value) {
	child := c.app.Nested[v.Str]
	name, ok := strings.CutPrefix(v.Attr, "Outputs.")
	if child == nil || !ok || slices.ContainsFunc(child.Outputs, func(o model.Output) bool { return o.Name == name }) {
		return
	}
	c.add(v.Origin.Pos, where, "the stack "+v.Str+" ("+child.File+") has no output "+name)
}

// UnknownTree writes what could not be resolved for a person at a terminal, by reason within each application.
func UnknownTree(w io.Writer, ws *model.Workspace, opts Options) error {
	if opts.Width <= 0 {
		opts.Width = screen.DefaultWidth
	}
	p := &page{ink: screen.Ink{Color: opts.Color}, width: opts.Width}
	all := Unknowns(ws)
	app := ""
	for _, u := range all {
		if u.App != app {
			if app != "" {
				p.line()
			}
			app = u.App
			p.line(p.ink.Bold("== " + u.App))
		}
		place := u.At.File
		if u.At.Line > 0 {
			place += ":" + strconv.Itoa(u.At.Line)
		}
		uses := ""
		if u.Uses > 1 {
			uses = fmt.Sprintf("  and %d more", u.Uses-1)
		}
		p.line("  ", p.ink.Plain(place), "  ", p.ink.Bold(u.Where), p.ink.Dim(uses))
		for _, line := range screen.Wrap(u.Reason, max(20, p.width-6)) {
			p.line("      ", p.ink.Plain(line))
		}
	}
	if len(all) == 0 {
		p.line("everything that the templates say is known")
	} else {
		p.line()
		p.line(p.ink.Plain(screen.Count(len(all), "thing") + " in " + screen.Count(apps(all), "application") + " not known"))
	}
	_, err := w.Write(p.out.Bytes())
	return err
}

func apps(all []Unknown) int {
	seen := map[string]bool{}
	for _, u := range all {
		seen[u.App] = true
	}
	return len(seen)
}

// UnknownJSON writes the same list as one JSON document.
func UnknownJSON(w io.Writer, ws *model.Workspace) error {
	return escape.WriteJSON(w, struct {
		Format  string    `json:"format"`
		Root    string    `json:"root"`
		Unknown []Unknown `json:"unknown"`
	}{"unknown-v1", ws.Root, append([]Unknown{}, Unknowns(ws)...)})
}

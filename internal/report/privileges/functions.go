package privileges

import (
	"fmt"
	"slices"
	"sort"
	"strings"

	"wardlet.example/internal/least"
	"wardlet.example/internal/link"
	"wardlet.example/internal/model"
	"wardlet.example/internal/policy"
	"wardlet.example/internal/privilege"
)

// Function is what one function may do against what it does.
type Function struct {
	App       string         `json:"app"`
	Name      string         `json:"name"`
	Exposure  model.Exposure `json:"exposure,omitempty"`
	Role      string         `json:"role"`
	Shared    []string       `json:"sharedWith,omitempty"` // other functions that have the role too
	Granted   []Entry        `json:"granted"`              // as the policies of the role say it
	Used      []Entry        `json:"used"`                 // what the function needs
	Unused    []Entry        `json:"unused"`               // what the role grants and this function certainly does not need
	Missing   []Entry        `json:"missing"`              // what it needs and the role certainly does not allow
	Uncertain []Entry        `json:"uncertain"`            // what is granted, and perhaps needed
	Actions   Change         `json:"actions"`              // how many it may call, and how many it needs
	Reach     *Reaching      `json:"blastRadius,omitempty"`
	Unknown   string         `json:"unknown,omitempty"` // why nothing is said of the role
	At        model.Pos      `json:"at"`
}

// Change is a number before and after the role is narrowed to what the function needs.
type Change struct {
	Before int `json:"before"`
	After  int `json:"after"`
}

// Reaching is what whoever takes the function over can do, before and after the role is narrowed: all, wide or own.
type Reaching struct {
	Before model.BlastReach `json:"before"`
	After  model.BlastReach `json:"after"`
	Note   string           `json:"note,omitempty"` // the worst of it before, in a few words
}

// Entry is an action, or a pattern of actions, on what, and where that stands: the statement that grants it, the calls that need it.
type Entry struct {
	Action    string      `json:"action"`
	Resources []string    `json:"resources"`
	Places    []model.Pos `json:"places"`
	Policy    string      `json:"policy,omitempty"` // that AWS manages, where the grant is of one
	Reason    string      `json:"reason,omitempty"` // what the platform needs it for; why it is uncertain
}

// Functions lists what every function may do against what it does.
func Functions(p *link.Program, roles []*least.Role) []Function {
	var out []Function
	for _, r := range roles {
		for _, f := range r.Functions {
			out = append(out, function(p, r, f))
		}
	}
	return out
}

// narrowed tells what narrowing the role to what the function needs would change.
func (out *Function) narrowed(p *link.Program, r *least.Role, f *least.Function, grants []least.Grant) {
	before, after := map[string]bool{}, map[string]bool{}
	for i := range grants {
		g := &grants[i]
		all := policy.Expand(g.Pattern)
		for _, a := range all {
			before[a.Key] = true
			if g.Verdict == least.Uncertain || r.Unknown != "" {
				after[a.Key] = true
			}
		}
		for _, n := range g.Needed {
			after[n.Action.Key] = true
		}
	}
	out.Actions = Change{len(before), len(after)}
	if r.Powers == nil || r.Unknown != "" {
		return
	}
	was := privilege.BlastWith(p, r.App, r.Powers)
	is := was
	if was.Reach != model.BlastOwn {
		is = privilege.BlastWith(p, r.App, r.Least(f))
	}
	out.Reach = &Reaching{was.Reach, is.Reach, was.Note}
}

func function(p *link.Program, r *least.Role, f *least.Function) Function {
	out := Function{
		App: f.App.File, Name: f.Function.Name, Exposure: f.Function.Exposure, Role: r.Role.ID, Unknown: r.Unknown, At: f.Function.Origin.Pos,
		Granted: []Entry{}, Used: []Entry{}, Unused: []Entry{}, Missing: []Entry{}, Uncertain: []Entry{},
	}
	for _, other := range r.Functions {
		if other != f {
			out.Shared = append(out.Shared, other.Function.Name)
		}
	}
	for _, n := range f.Needs {
		e := Entry{Action: n.Action.String(), Resources: []string{on(n.On)}, Places: n.Places, Reason: n.Why}
		if n.Perhaps {
			e.Reason = "perhaps, by its arguments"
		}
		out.Used = merge(out.Used, e)
	}
	grants := r.Of(f)
	for i := range grants {
		out.grant(r, &grants[i])
	}
	out.narrowed(p, r, f, grants)
	for _, m := range r.Missing {
		if m.Function == f {
			out.Missing = merge(out.Missing, Entry{Action: m.Need.Action.String(), Resources: []string{on(m.Need.On)}, Places: m.Need.Places, Reason: m.Reason})
		}
	}
	return out
}

// grant adds a grant of the role, and what this function does with it.
func (out *Function) grant(r *least.Role, g *least.Grant) {
	e := Entry{Action: g.Pattern}
	for _, v := range g.Statement.Resources {
		e.Resources = append(e.Resources, on(v))
	}
	if g.Doc.Managed {
		e.Policy = g.Doc.Name
	} else if pos := g.Statement.Origin.Pos; !pos.IsZero() {
		e.Places = []model.Pos{pos}
	}
	out.Granted = append(out.Granted, e)
	switch {
	case r.Unknown != "":
	case g.Verdict == least.Uncertain && g.Doubt != nil:
		e.Reason = g.Doubt.Reason
		out.Uncertain = append(out.Uncertain, e)
	case g.Verdict == least.Uncertain:
		e.Reason = "no table says what this action is"
		out.Uncertain = append(out.Uncertain, e)
	case g.Verdict == least.Unused:
		out.Unused = append(out.Unused, e)
	case g.Verdict == least.Broader:
		e.Reason = fmt.Sprintf("%s of %d actions are needed", names(g), g.Actions)
		out.Unused = append(out.Unused, e)
	case g.Verdict == least.Wider:
		e.Reason = onLess
		out.Unused = append(out.Unused, e)
	}
}

// onLess is what is said of an action that is needed, on less than it is granted on.
const onLess = "needed on less"

// names are the actions of a grant that are needed.
func names(g *least.Grant) string {
	var out []string
	for _, n := range g.Needed {
		if name := n.Action.Name; !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	sort.Strings(out)
	if len(out) > 4 {
		return fmt.Sprintf("only %d", len(out))
	}
	return "only " + strings.Join(out, ", ")
}

// merge adds an entry, or what is new of it to one about the same action.
func merge(all []Entry, e Entry) []Entry {
	for i, o := range all {
		if o.Action == e.Action && o.Reason == e.Reason {
			for _, r := range e.Resources {
				if !slices.Contains(o.Resources, r) {
					all[i].Resources = append(all[i].Resources, r)
				}
			}
			for _, p := range e.Places {
				if !slices.Contains(o.Places, p) {
					all[i].Places = append(all[i].Places, p)
				}
			}
			return all
		}
	}
	return append(all, e)
}

// on is an ARN for a person.
func on(v *model.Value) string {
	if v == nil {
		return "?"
	}
	return shown(v)
}

// functions writes the table of functions.
func (t *page) functions(all []Function) {
	app := ""
	for i := range all {
		f := &all[i]
		if f.App != app {
			app = f.App
			t.line()
			t.line(t.ink.Bold("== "+app), "  ", t.ink.Dim("what each function may do against what it does"))
		}
		t.line()
		t.one(f)
	}
}

func (t *page) one(f *Function) {
	role := "role " + f.Role
	if n := len(f.Shared); n > 0 {
		role += fmt.Sprintf(", shared with %d others", n)
	}
	t.line("  ", t.ink.Bold(f.Name), "  ", t.ink.Exposure(f.Exposure, "["+string(f.Exposure)+"]"), "  ", t.ink.Dim(role))
	t.list("needs", t.ink.Plain, f.Used, func(e Entry) bool { return e.Reason == "" || strings.HasPrefix(e.Reason, "perhaps") })
	if f.Unknown != "" {
		t.entry("unknown", t.ink.Dim, f.Unknown)
		return
	}
	if f.Actions.After < f.Actions.Before {
		text := fmt.Sprintf("%d actions, %d of them needed", f.Actions.Before, f.Actions.After)
		if f.Reach != nil && f.Reach.Before != f.Reach.After {
			text += fmt.Sprintf("; taken over, it reaches %s (%s); narrowed, %s", words[f.Reach.Before], f.Reach.Note, words[f.Reach.After])
		}
		t.entry("may", t.ink.Plain, text)
	}
	t.list("unused", t.ink.Warn, f.Unused, func(e Entry) bool { return !strings.HasPrefix(e.Action, "logs:") || e.Reason != onLess })
	t.list("missing", t.ink.Bad, f.Missing, func(Entry) bool { return true })
	t.list("uncertain", t.ink.Dim, f.Uncertain, func(Entry) bool { return true })
}

// words say how far permissions reach.
var words = map[model.BlastReach]string{model.BlastAll: "everything", model.BlastWide: "beyond the application", model.BlastOwn: "what the application has"}

// list writes entries, those about the same things together.
func (t *page) list(label string, ink func(string) string, all []Entry, shown func(Entry) bool) {
	var texts []string
	managed := map[string][]string{}
	on := map[string][]string{} // actions by what they are on, and why
	var order []string
	for _, e := range all {
		if !shown(e) {
			continue
		}
		key := strings.Join(short(e.Resources), ", ")
		if e.Reason != "" {
			key += " (" + e.Reason + ")"
		}
		if e.Policy != "" {
			key = "the policy " + e.Policy
			managed[key] = append(managed[key], e.Action)
		}
		if on[key] == nil {
			order = append(order, key)
		}
		on[key] = append(on[key], e.Action)
	}
	for _, key := range order {
		switch names := managed[key]; {
		case len(names) > 1:
			texts = append(texts, fmt.Sprintf("%s: %s and %d others", key, names[0], len(names)-1))
		case len(names) == 1:
			texts = append(texts, key+": "+names[0])
		default:
			texts = append(texts, together(on[key])+" on "+key)
		}
	}
	if len(texts) > 0 {
		t.entry(label, ink, few(texts))
	}
}

// together names actions with their service once: dynamodb:GetItem, Query.
func together(actions []string) string {
	out, last := "", ""
	for i, a := range actions {
		service, name, ok := strings.Cut(a, ":")
		switch {
		case i == 0:
			out = a
		case ok && service == last:
			out += ", " + name
		default:
			out += ", " + a
		}
		last = service
	}
	return out
}

// short are the names of resources without what their service says already.
func short(all []string) []string {
	var out []string
	for _, r := range all {
		if i := strings.Index(r, "${"); i >= 0 {
			r = strings.NewReplacer("${", "", "}", "", ".Arn", "").Replace(r[i:])
		}
		if n := len(out); n > 0 && r == out[n-1]+"/index/*" {
			out[n-1] += " and its indexes"
			continue
		}
		if n := len(out); n > 0 && r == out[n-1]+"/*" {
			out[n-1] += " and what is in it"
			continue
		}
		out = append(out, r)
	}
	return out
}

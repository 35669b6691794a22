// Package privilege is the engine for what roles grant against what the functions need that have them.
package privilege

import (
	"fmt"
	"slices"
	"sort"
	"strings"

	"wardlet.example/internal/expr"
	"wardlet.example/internal/finding"
	"wardlet.example/internal/least"
	"wardlet.example/internal/link"
	"wardlet.example/internal/model"
	"wardlet.example/internal/paths"
	"wardlet.example/internal/rule"
)

// Name is what rules call this engine.
const Name = "privilege"

// Variables are the names that messages of this engine may use.
func Variables() []string { return []string{"name", "functions", "count", "grants", "action", "on"} }

// Engine holds the rules that are ready to run.
type Engine struct{ rules []bound }

type bound struct {
	*rule.Rule
	message *expr.Template
	check   check
}

// check makes the findings of a rule about one role.
type check func(*work, bound, *least.Role)

func checks() map[string]check {
	return map[string]check{"excess-permissions": (*work).excess, "unused-permissions": (*work).unused, "missing-permission": (*work).missing, "trust-beyond-use": (*work).trust}
}

// New binds the rules of this engine.
func New(c *rule.Catalogue) (*Engine, error) {
	joined, err := rule.Bind(c, Name, checks())
	if err != nil {
		return nil, err
	}
	e := &Engine{}
	for _, j := range joined {
		message, err := expr.ParseTemplate(j.Rule.Message, Variables())
		if err != nil {
			return nil, fmt.Errorf("%s: message: %w", j.Rule.File, err)
		}
		e.rules = append(e.rules, bound{j.Rule, message, j.Run})
	}
	return e, nil
}

// Wanted reports whether any rule of this engine is selected.
func (e *Engine) Wanted(selected func(string) bool) bool {
	return slices.ContainsFunc(e.rules, func(b bound) bool { return selected(b.ID) })
}

// Report is what the engine found.
type Report struct {
	Findings []finding.Finding
	Outcomes []finding.Outcome
}

type work struct {
	program *link.Program
	report  Report
	failed  bool
}

// Run asks the rules of every role of functions whose code was followed.
func (e *Engine) Run(p *link.Program, nodes []*paths.Node, selected func(string) bool) Report {
	w := &work{program: p}
	for _, r := range least.Roles(p, nodes) {
		for _, b := range e.rules {
			if !selected(b.ID) {
				continue
			}
			w.failed = false
			open := r.Unknown
			if b.ID == trustRule {
				open = "" // whoever else has the role is what it asks for
			}
			if open == "" {
				b.check(w, b, r)
			}
			o := finding.Outcome{Rule: b.ID, App: r.App.File, Subject: r.Role.ID, State: finding.Passed, At: r.Role.Origin.Pos}
			switch {
			case w.failed:
				o.State = finding.Failed
			case open != "":
				o.State, o.Reason = finding.NotChecked, open
			case b.ID != trustRule && uncertain(r) != "":
				o.State, o.Reason = finding.NotChecked, uncertain(r)
			}
			w.report.Outcomes = append(w.report.Outcomes, o)
		}
	}
	return w.report
}

// uncertain is why a verdict about a role is open; empty where none is.
func uncertain(r *least.Role) string {
	for _, g := range r.Grants {
		if g.Doubt != nil && g.Verdict == least.Uncertain {
			return g.Doubt.Reason
		}
	}
	return ""
}

// excess tells of roles that grant much more than is needed.
func (w *work) excess(b bound, r *least.Role) {
	var all []*least.Grant
	for i := range r.Grants {
		if r.Grants[i].Broad() {
			all = append(all, &r.Grants[i])
		}
	}
	if len(all) > 0 {
		w.tell(b, r, all)
	}
}

// unused tells of roles that grant a few actions more than is needed.
func (w *work) unused(b bound, r *least.Role) {
	var all []*least.Grant
	for i := range r.Grants {
		g := &r.Grants[i]
		switch {
		case g.Broad():
			return // the other rule tells it all
		case g.Doc.Managed || g.OfLogs() || g.Actions == 0: // there is no such action: it allows nothing
		case g.Verdict == least.Unused || g.Verdict == least.Broader || g.Verdict == least.Wider:
			all = append(all, g)
		}
	}
	if len(all) > 0 {
		w.tell(b, r, all)
	}
}

// tell makes the finding about a role with all that it grants too much.
func (w *work) tell(b bound, r *least.Role, all []*least.Grant) {
	count := 0
	var words []string
	for _, g := range all {
		count += g.Actions - len(actions(g))
		words = append(words, g.Pattern)
	}
	f := w.finding(b, r, placeOf(all, r), map[string]string{
		"name": r.Role.ID, "functions": functions(r), "count": fmt.Sprint(count), "grants": some(words),
	})
	for _, g := range all {
		pos := g.Statement.Origin.Pos
		if g.Doc.Managed || pos.IsZero() {
			pos = r.Role.Origin.Pos
		}
		f.Trace = append(f.Trace, finding.Step{Place: finding.Place{Pos: pos}, Message: detail(g)})
	}
	if len(f.Trace) > maxDetails {
		f.Trace = f.Trace[:maxDetails]
	}
	f.Anchor = "role " + r.Role.ID
	w.report.Findings = append(w.report.Findings, f)
	w.failed = true
}

// maxDetails bounds the grants that a finding lists.
const maxDetails = 40

// detail says of one grant what of it is needed.
func detail(g *least.Grant) string {
	text := g.Pattern + " on " + resources(g)
	if g.Doc.Managed {
		text = "the policy " + g.Doc.Name + ": " + text
	}
	switch needed := actions(g); {
	case g.Verdict == least.Unused:
		return text + ": nobody needs it"
	case g.Verdict == least.Wider:
		return text + ": needed on " + needs(g)
	case len(needed) <= 6:
		return text + ": only " + strings.Join(needed, ", ") + " needed, on " + needs(g)
	default:
		return fmt.Sprintf("%s: only %d of %d actions are needed", text, len(needed), g.Actions)
	}
}

// actions are the names of the actions of a grant that are needed.
func actions(g *least.Grant) []string {
	var out []string
	for _, n := range g.Needed {
		if name := n.Action.Name; !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	sort.Strings(out)
	return out
}

// needs are the things that a grant is needed on.
func needs(g *least.Grant) string {
	var out []string
	for _, n := range g.Needed {
		text := "what is not known"
		if n.On != nil {
			text = plain(n.On)
		}
		if !slices.Contains(out, text) {
			out = append(out, text)
		}
	}
	return some(out)
}

func resources(g *least.Grant) string {
	var out []string
	for _, v := range g.Statement.Resources {
		out = append(out, plain(v))
	}
	return some(out)
}

// plain is an ARN for a person: the resource that it refers to, or its last part.
func plain(v *model.Value) string {
	s := v.String()
	if i := strings.Index(s, "${"); i >= 0 {
		s = strings.NewReplacer("${", "", "}", "").Replace(s[i:])
		if j := strings.IndexByte(s, '#'); j >= 0 {
			s = s[j+1:]
		}
		return s
	}
	if parts := strings.SplitN(s, ":", 6); len(parts) == 6 {
		return parts[2] + ":" + parts[5]
	}
	return s
}

// some names a few of a list.
func some(all []string) string {
	const few = 4
	if len(all) > few {
		return fmt.Sprintf("%s and %d more", strings.Join(all[:few], ", "), len(all)-few)
	}
	return strings.Join(all, ", ")
}

func functions(r *least.Role) string {
	var out []string
	for _, f := range r.Functions {
		out = append(out, f.Function.Name)
	}
	return some(out)
}

// placeOf is where the first of some grants stands.
func placeOf(all []*least.Grant, r *least.Role) model.Pos {
	for _, g := range all {
		if pos := g.Statement.Origin.Pos; !g.Doc.Managed && !pos.IsZero() {
			return pos
		}
	}
	return r.Role.Origin.Pos
}

// missing tells of what a function needs and is not allowed.
func (w *work) missing(b bound, r *least.Role) {
	for _, m := range r.Missing {
		pos := m.Function.Function.Origin.Pos
		if len(m.Need.Places) > 0 {
			pos = m.Need.Places[0]
		}
		f := w.finding(b, r, pos, map[string]string{
			"name": m.Function.Function.Name, "action": m.Need.Action.String(), "on": plain(m.Need.On), "functions": functions(r),
		})
		f.Subject, f.Exposure = m.Function.Function.ID, m.Function.Function.Exposure
		if name := m.Function.Function.Name; name != f.Subject {
			f.Name = name
		}
		f.Anchor = m.Need.Action.String() + " " + plain(m.Need.On)
		w.report.Findings = append(w.report.Findings, f)
		w.failed = true
	}
}

const trustRule = "trust-beyond-use"

// trust tells of services that may assume a role of functions, and of which nothing in the application has it.
func (w *work) trust(b bound, r *least.Role) {
	role := r.Role.Resource
	if role == nil || role.Props.Get("RoleName").IsSet() != model.No || w.given(r) {
		return
	}
	var services []string
	for _, st := range r.Role.Trust.Get("Statement").Elements() {
		if st.Get("Condition").IsSet() != model.No || st.Get("Effect").EqualsText("Allow") != model.Yes {
			continue
		}
		for _, v := range st.Path("Principal", "Service").Elements() {
			name, ok := v.Scalar()
			if ok && name != "lambda.amazonaws.com" && name != "edgelambda.amazonaws.com" && !slices.Contains(services, name) {
				services = append(services, name)
			}
		}
	}
	if len(services) == 0 {
		return
	}
	f := w.finding(b, r, r.Role.Origin.Pos, map[string]string{"name": r.Role.ID, "functions": functions(r), "grants": some(services)})
	f.Anchor = "trust of " + r.Role.ID
	w.report.Findings = append(w.report.Findings, f)
	w.failed = true
}

// given reports whether anything but a function has a role, or its ARN goes to somebody who is not here.
func (w *work) given(r *least.Role) bool {
	for _, o := range w.program.Referrers(r.App, r.Role.Resource) {
		switch o.Type {
		case "AWS::Lambda::Function", "AWS::IAM::Policy", "AWS::IAM::RolePolicy":
		default:
			return true
		}
	}
	return slices.ContainsFunc(r.App.Outputs, func(o model.Output) bool {
		return slices.ContainsFunc(o.Value.Refs(), func(ref *model.Value) bool { return ref.Str == r.Role.ID })
	})
}

func (w *work) finding(b bound, r *least.Role, pos model.Pos, fields map[string]string) finding.Finding {
	conf := b.Confidence
	if conf == "" {
		conf = finding.Likely
	}
	out := finding.Finding{
		Rule: b.ID, Title: b.Title, Severity: b.Severity, Confidence: conf, Place: finding.Place{Pos: pos}, App: r.App.File, Subject: r.Role.ID,
		Message:   b.message.Render(func(name string) *model.Value { return model.NewString(fields[name], model.Origin{}) }),
		Practices: b.Practices, CWE: b.CWE, Strict: b.Profile == rule.Strict, Group: b.ID,
	}
	for _, f := range r.Functions {
		out.Exposure = out.Exposure.Wider(f.Function.Exposure)
	}
	return out
}

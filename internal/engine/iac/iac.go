// Package iac is the engine for what templates decide: rules over resources and over what assembly made of them.
//
// A rule is a CEL expression (fail) or a named check (check: iac/name, see checks.go). The engine asks each rule of each
// subject it is for and says passed, failed or not checked; what is shown of that is left to scan.
package iac

import (
	"context"
	"fmt"
	"sort"
	"strings"
	"sync"
	"time"

	"wardlet.example/internal/expr"
	"wardlet.example/internal/finding"
	"wardlet.example/internal/link"
	"wardlet.example/internal/model"
	"wardlet.example/internal/parallel"
	"wardlet.example/internal/rule"
)

// Name is what rules call this engine.
const Name = "iac"

// Options are what the engine depends on besides the program.
type Options struct {
	Now  time.Time // the day against which ends of support are compared
	Jobs int       // how many applications are worked on at once; at least 1
}

// Engine holds the rules that are ready to run.
type Engine struct {
	options Options
	env     *expr.Env
	rules   []*bound
	byWord  map[string][]*bound // by resource type or subject word
}

// bound is one rule with what runs it, compiled when a subject first needs it.
type bound struct {
	*rule.Rule
	check   Check
	env     *expr.Env
	once    sync.Once
	when    *expr.Program
	fail    *expr.Program // "when" and "fail" together, so that worlds come out right
	message *expr.Template
	err     error
}

// Variables are the names that expressions and messages of this engine may use.
func Variables() []string {
	return []string{"props", "attributes", "exists", "id", "name", "type", "related", "linked", "fn", "trigger", "role", "app", "detail"}
}

// New binds the rules of this engine to their checks. It fails if a rule names a check that does not exist, or a check
// has no rule.
func New(c *rule.Catalogue, o Options) (*Engine, error) {
	joined, err := rule.Bind(c, Name, checks())
	if err != nil {
		return nil, err
	}
	env, err := expr.New(Variables())
	if err != nil {
		return nil, err
	}
	e := &Engine{options: o, env: env, byWord: map[string][]*bound{}}
	for _, j := range joined {
		b := &bound{Rule: j.Rule, check: j.Run, env: env}
		e.rules = append(e.rules, b)
		for _, word := range b.On {
			e.byWord[word] = append(e.byWord[word], b)
		}
	}
	return e, nil
}

// compile prepares a rule's expressions.
func (b *bound) compile() error {
	b.once.Do(func() {
		if b.message, b.err = expr.ParseTemplate(b.Message, Variables()); b.err != nil {
			b.err = b.located("message", b.err)
			return
		}
		if b.Fail == "" {
			return
		}
		source := b.Fail
		if b.When != "" {
			if b.when, b.err = b.env.Compile(b.When); b.err != nil {
				b.err = b.located("when", b.err)
				return
			}
			source = "(" + b.When + ") && (" + b.Fail + ")"
		}
		if _, err := b.env.Compile(b.Fail); err != nil {
			b.err = b.located("fail", err)
			return
		}
		b.fail, b.err = b.env.Compile("exists && (" + source + ")")
	})
	return b.err
}

func (b *bound) located(key string, err error) error {
	return fmt.Errorf("%s:%d: %s: %w", b.File, b.Line(key), key, err)
}

// Compile compiles every rule and type-checks it; for tests and for authors of rules.
func (e *Engine) Compile() []error {
	var errs []error
	for _, b := range e.rules {
		if err := b.compile(); err != nil {
			errs = append(errs, err)
			continue
		}
		for key, source := range map[string]string{"when": b.When, "fail": b.Fail} {
			if source == "" {
				continue
			}
			if err := e.env.CheckTypes(source); err != nil {
				errs = append(errs, b.located(key, err))
			}
		}
	}
	return errs
}

// Paths are the property paths that a rule's expressions and message use, by rule ID.
func (e *Engine) Paths(id string) []expr.Path {
	for _, b := range e.rules {
		if b.ID != id || b.compile() != nil {
			continue
		}
		paths := b.message.Paths()
		for _, p := range []*expr.Program{b.when, b.fail} {
			if p != nil {
				paths = append(paths, p.Paths()...)
			}
		}
		return paths
	}
	return nil
}

// Report is what the engine found.
type Report struct {
	Findings    []finding.Finding
	Outcomes    []finding.Outcome
	Diagnostics []model.Diagnostic // broken rules
}

// Run asks the selected rules of every subject of the program. The order of the report does not depend on Jobs. When the
// context ends, the applications that are left are not checked, and a diagnostic says so.
func (e *Engine) Run(ctx context.Context, p *link.Program, selected func(id string) bool) Report {
	apps := p.All()
	reports := make([]Report, len(apps))
	parallel.Each(e.options.Jobs, len(apps), func(i int) {
		if ctx.Err() != nil {
			reports[i].Diagnostics = []model.Diagnostic{unfinished(apps[i])}
			return
		}
		reports[i] = e.app(p, apps[i], selected)
	})
	var all Report
	for i := 0; i < len(reports); {
		app := apps[i]
		end := i + 1 + len(app.Variants)
		r := acrossStages(app, reports[i:end])
		i = end
		all.Findings = append(all.Findings, r.Findings...)
		all.Outcomes = append(all.Outcomes, r.Outcomes...)
		all.Diagnostics = append(all.Diagnostics, r.Diagnostics...)
	}
	all.Diagnostics = distinct(all.Diagnostics)
	return all
}

// Secrets runs the rules that find secrets and were not selected. What they find is not reported; it only says what must
// not be shown.
func (e *Engine) Secrets(ctx context.Context, p *link.Program, selected func(id string) bool) []finding.Finding {
	wanted := map[string]bool{}
	for _, b := range e.rules {
		wanted[b.ID] = secretChecks[b.Check] && !selected(b.ID)
	}
	return e.Run(ctx, p, func(id string) bool { return wanted[id] }).Findings
}

func unfinished(app *model.App) model.Diagnostic {
	return model.Diagnostic{
		Pos: model.Pos{File: app.File}, Level: model.Error, Message: app.File + " was not checked: the time was up",
		Hint: "give more with --timeout", Incomplete: true,
	}
}

func distinct(all []model.Diagnostic) []model.Diagnostic {
	seen := map[string]bool{}
	var out []model.Diagnostic
	for _, d := range all {
		if !seen[d.Message] {
			seen[d.Message] = true
			out = append(out, d)
		}
	}
	return out
}

func (e *Engine) app(p *link.Program, app *model.App, selected func(string) bool) Report {
	a := &asking{engine: e, program: p, app: app, selected: selected}
	shared := &appIndex{}
	for _, r := range app.Resources {
		if passedOver(r) {
			continue
		}
		a.ask(r.Type, &Subject{Program: p, App: app, Resource: r, Now: e.options.Now, index: shared})
	}
	for _, f := range app.Functions {
		if passedOver(f.Resource) {
			continue
		}
		a.ask("function", &Subject{Program: p, App: app, Resource: f.Resource, Function: f, Now: e.options.Now, index: shared})
		for _, t := range f.Triggers {
			a.ask("trigger", &Subject{Program: p, App: app, Resource: f.Resource, Function: f, Trigger: t, Now: e.options.Now, index: shared})
		}
	}
	for _, r := range app.Roles {
		if passedOver(r.Resource) {
			continue
		}
		a.ask("role", &Subject{Program: p, App: app, Resource: r.Resource, Role: r, Now: e.options.Now, index: shared})
	}
	a.ask("app", &Subject{Program: p, App: app, Now: e.options.Now, index: shared})
	a.report.once()
	return a.report
}

// passedOver reports whether no rule is asked of a resource: its condition is false whatever is deployed, or it serves only
// the tool that deploys, and who uses the tool cannot mend it.
func passedOver(r *model.Resource) bool {
	return r.Tool || r.Condition != nil && r.Condition.EqualsText("false") == model.Yes
}

// asking is the work on one application.
type asking struct {
	engine   *Engine
	program  *link.Program
	app      *model.App
	selected func(string) bool
	report   Report
}

func (a *asking) ask(word string, s *Subject) {
	for _, b := range a.engine.byWord[word] {
		if !a.selected(b.ID) {
			continue
		}
		if err := b.compile(); err != nil {
			a.broken(b, err)
			continue
		}
		if b.check != nil {
			a.answer(b, s, b.check(s))
			continue
		}
		a.evaluate(b, s)
	}
}

func (a *asking) broken(b *bound, err error) {
	a.report.Diagnostics = append(a.report.Diagnostics, model.Diagnostic{
		Pos: model.Pos{File: b.File, Line: b.Line("fail")}, Level: model.Error,
		Message: "rule " + b.ID + " does not work: " + err.Error(), Hint: "mend the rule, or leave it out with --skip " + b.ID, Incomplete: true,
	})
}

func (a *asking) evaluate(b *bound, s *Subject) {
	if b.when != nil {
		guard, err := b.when.Eval(s.lookup, a.program.Uncertain)
		if err != nil {
			a.broken(b, err)
			return
		}
		if guard.State == model.No {
			return // the rule is not for this subject
		}
	}
	verdict, err := b.fail.Eval(s.lookup, a.program.Uncertain)
	if err != nil {
		a.broken(b, err)
		return
	}
	switch verdict.State {
	case model.No:
		a.answer(b, s, Answer{})
	case model.Maybe:
		a.answer(b, s, Answer{Unknown: reason(verdict.Causes)})
	case model.Yes:
		a.answer(b, s, Answer{Hits: []Hit{{At: b.At, Worlds: verdict.Worlds, Confidence: confidence(verdict)}}})
	}
}

func confidence(v expr.Verdict) finding.Confidence {
	switch {
	case len(v.Worlds) == 0:
		return finding.Certain
	case v.Default:
		return finding.Likely
	}
	return finding.Possible
}

func reason(causes []*model.Value) string {
	var parts []string
	for _, c := range causes {
		text := c.Str
		if c.Kind == model.OneOf {
			text = "depends on " + c.Str
		}
		if !c.Origin.IsZero() {
			text += " (" + c.Origin.Pos.String() + ")"
		}
		parts = append(parts, text)
	}
	if len(parts) == 0 {
		return "not decided by the template"
	}
	return strings.Join(parts, "; ")
}

// answer notes what became of a rule on a subject.
func (a *asking) answer(b *bound, s *Subject, answer Answer) {
	if answer.Skip {
		return
	}
	out := finding.Outcome{Rule: b.ID, App: a.app.File, Subject: s.ID(), State: finding.Passed, At: s.Origin().Pos}
	for _, h := range answer.Hits {
		out.State = finding.Failed
		a.report.Findings = append(a.report.Findings, a.finding(b, s, h))
	}
	if answer.Unknown != "" && len(answer.Hits) == 0 {
		out.State, out.Reason = finding.NotChecked, answer.Unknown
	}
	a.report.Outcomes = append(a.report.Outcomes, out)
}

func (a *asking) finding(b *bound, s *Subject, h Hit) finding.Finding {
	s.detail = h.Detail
	pos, anchor := s.place(h)
	conf := h.Confidence
	if conf == "" {
		conf = finding.Certain
	}
	if b.Confidence != "" {
		conf = b.Confidence
	}
	f := finding.Finding{
		Rule: b.ID, Title: b.Title, Severity: b.Severity, Confidence: conf,
		Message: b.message.Render(s.lookup), Place: finding.Place{Pos: pos},
		App: a.app.File, Subject: s.ID(), Exposure: s.exposure(), When: worlds(h.Worlds),
		Practices: b.Practices, CWE: b.CWE, Strict: b.Profile == rule.Strict,
		Group: b.ID, Anchor: anchor, Secrets: h.Secrets,
	}
	if name := s.Name(); name != f.Subject {
		f.Name = name
	}
	if h.Trace != nil {
		f.Trace = h.Trace
	}
	return f
}

// worlds says each world in words: "Stage=prod", sorted.
func worlds(all []model.World) []string {
	var out []string
	for _, w := range all {
		var parts []string
		for k, v := range w {
			parts = append(parts, k+"="+v)
		}
		sort.Strings(parts)
		out = append(out, strings.Join(parts, ", "))
	}
	sort.Strings(out)
	return out
}

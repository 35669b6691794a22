// Package sast is the engine for what code does with outsiders' data: rules over the ways that data takes through the functions of
// an application, and over the patterns of their code.
package sast

import (
	"context"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"sort"
	"strings"

	"wardlet.example/data/iam"
	"wardlet.example/internal/dataflow"
	"wardlet.example/internal/expr"
	"wardlet.example/internal/finding"
	"wardlet.example/internal/ir"
	"wardlet.example/internal/link"
	"wardlet.example/internal/model"
	"wardlet.example/internal/parallel"
	"wardlet.example/internal/paths"
	"wardlet.example/internal/policy"
	"wardlet.example/internal/privilege"
	"wardlet.example/internal/query"
	"wardlet.example/internal/rule"
	"wardlet.example/internal/syntax"
)

// Name is what rules call this engine.
const Name = "sast"

// Options are what the engine depends on besides the program.
type Options struct {
	Files  func(*model.App) dataflow.Files
	Models func() (*dataflow.Models, []model.Diagnostic) // read when the first function is followed
	Pages  func() []Page                                 // what runs in browsers, read when it is asked for; nil for none
	Jobs   int                                           // how many applications are worked on at once; at least 1
}

// Engine holds the rules that are ready to run.
type Engine struct {
	options Options
	taints  map[string][]*bound // by what data does where it ends
	matches []*bound
	checks  map[string][]*bound // by the name of the check
	trees   dataflow.Trees

	problems []model.Diagnostic // rules that do not work
}

type bound struct {
	*rule.Rule
	message *expr.Template
	queries map[ir.Language]*query.Query // of a rule about patterns
}

// languages are what rules call the languages of code.
var languages = map[string]ir.Language{"javascript": ir.Node, "python": ir.Python, "go": ir.Go}

// Variables are the names that messages of this engine may use.
func Variables() []string { return []string{"name", "source", "call", "here", "to", "others"} }

// New binds the rules of this engine.
func New(c *rule.Catalogue, o Options) (*Engine, error) {
	joined, err := rule.Bind(c, Name, checkNames())
	if err != nil {
		return nil, err
	}
	e := &Engine{options: o, taints: map[string][]*bound{}, checks: map[string][]*bound{}}
	for _, j := range joined {
		b, err := bind(j.Rule)
		if err != nil { // the others still run
			e.problems = append(e.problems, model.Diagnostic{
				Pos: model.Pos{File: j.Rule.File, Line: j.Rule.Line("match")}, Level: model.Error, Incomplete: true,
				Message: "rule " + j.Rule.ID + " does not work: " + err.Error(), Hint: "mend the rule, or leave it out with --skip " + j.Rule.ID,
			})
			continue
		}
		if b.Taint != "" {
			e.taints[b.Taint] = append(e.taints[b.Taint], b)
		}
		if b.Check != "" {
			e.checks[b.Check] = append(e.checks[b.Check], b)
		}
		if len(b.queries) > 0 {
			e.matches = append(e.matches, b)
		}
	}
	return e, nil
}

// bind compiles what a rule says.
func bind(r *rule.Rule) (*bound, error) {
	b := &bound{Rule: r, queries: map[ir.Language]*query.Query{}}
	variables := Variables()
	for name, source := range r.Match {
		q, err := query.Parse(source)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		b.queries[languages[name]] = q
		for _, c := range q.Captures() {
			if !slices.Contains(variables, c) {
				variables = append(variables, c)
			}
		}
	}
	var err error
	if b.message, err = expr.ParseTemplate(r.Message, variables); err != nil {
		return nil, fmt.Errorf("message: %w", err)
	}
	return b, nil
}

// Report is what the engine found.
type Report struct {
	Findings    []finding.Finding
	Outcomes    []finding.Outcome
	Diagnostics []model.Diagnostic
	Graph       *paths.Graph            // the ways of data between functions
	Trees       map[string]*syntax.Tree // of the files that were read, by path
}

// Run follows the functions of every application, also where no rule of this engine is selected but another one needs what is known of the
// code (follow). The order of the report does not depend on Jobs.
func (e *Engine) Run(ctx context.Context, p *link.Program, selected func(id string) bool, follow bool) Report {
	if !e.wanted(selected) && !follow {
		return Report{Diagnostics: slices.Clone(e.problems)}
	}
	all := Report{Diagnostics: append(slices.Clone(e.problems), notFollowed(p.Apps)...)}
	if !slices.ContainsFunc(p.Apps, hasCode) {
		return all
	}
	all.Trees = map[string]*syntax.Tree{}
	models, problems := e.options.Models()
	all.Diagnostics = append(all.Diagnostics, problems...)
	reports, works := make([]Report, len(p.Apps)), make([]*work, len(p.Apps))
	carries := paths.Calls()
	parallel.Each(e.options.Jobs, len(p.Apps), func(i int) {
		if ctx.Err() != nil {
			reports[i].Diagnostics = []model.Diagnostic{unfinished(p.Apps[i])}
			return
		}
		w := &work{
			engine: e, app: p.Apps[i], selected: selected, linked: p, blasts: map[*model.Role]model.Blast{},
			program: dataflow.New(e.options.Files(p.Apps[i]), models, &e.trees),
		}
		w.program.Carries, w.program.Settings = carries, settingsOf(p.Apps[i])
		w.follow()
		works[i] = w
	})
	graph := e.joined(p, works, &all)
	all.Graph = graph
	apart := graph.Apart(p.Apps)
	parallel.Each(e.options.Jobs, len(apart), func(group int) {
		for _, i := range apart[group] {
			if works[i] != nil {
				reports[i] = works[i].tell(graph)
			}
		}
	})
	if graph != nil {
		all.Diagnostics = append(all.Diagnostics, graph.Unfinished()...)
	}
	for _, r := range reports {
		all.Findings = append(all.Findings, r.Findings...)
		all.Outcomes = append(all.Outcomes, r.Outcomes...)
		all.Diagnostics = append(all.Diagnostics, r.Diagnostics...)
		maps.Copy(all.Trees, r.Trees)
	}
	all.Findings = append(all.Findings, e.plainPages(p, func(path string) bool { return all.Trees[path] != nil }, selected)...)
	all.Findings = e.firstLines(once(all.Findings))
	told := map[string]bool{}
	all.Diagnostics = slices.DeleteFunc(all.Diagnostics, func(d model.Diagnostic) bool {
		key := d.Pos.String() + d.Message
		was := told[key]
		told[key] = true
		return was
	})
	return all
}

// notFollowed tells of functions whose code no rule was asked of, because of its language or because it was not found.
func notFollowed(apps []*model.App) []model.Diagnostic {
	var out []model.Diagnostic
	counts := map[string]int{}
	sum := 0
	for _, app := range apps {
		for _, f := range app.Functions {
			if f.Code.State == model.CodeResolved && f.Code.Reason != "" {
				out = append(out, model.Diagnostic{
					Pos: f.Code.At, Level: model.Warning, Message: f.Name + " is not found as it is written: " + f.Code.Reason, Hint: "write the handler as the file and its export are called",
				})
			}
			if followed(f) || f.Resource != nil && f.Resource.Tool {
				continue
			}
			if f.Code.State == model.CodeMissing && f.Code.File != "" { // it is there, and cannot be read
				out = append(out, model.Diagnostic{
					Pos: model.Pos{File: f.Code.File}, Level: model.Warning, Incomplete: true, Message: "the code of " + f.Name + " was not analysed: " + f.Code.Reason,
					Hint: "correct the file, or the name of the handler",
				})
				continue
			}
			what := f.Code.Language
			switch {
			case f.Code.State == model.CodeInline:
				what = "in the template"
			case f.Code.State == model.CodeImage:
				what = "container image"
			case f.Code.State == model.CodeMissing, what == "":
				what = "not found"
			}
			counts[what]++
			sum++
		}
	}
	if sum == 0 {
		return out
	}
	var parts []string
	for _, what := range slices.Sorted(maps.Keys(counts)) {
		parts = append(parts, fmt.Sprintf("%s %d", what, counts[what]))
	}
	return append(out, model.Diagnostic{
		Level: model.Note, Message: fmt.Sprintf("the code of %d functions is not followed: %s", sum, strings.Join(parts, ", ")),
		Hint: "JavaScript, TypeScript, Python and Go are followed",
	})
}

// hasCode reports whether an application has a function whose code can be followed.
func hasCode(app *model.App) bool { return slices.ContainsFunc(app.Functions, followed) }

func followed(f *model.Function) bool {
	return dataflow.LanguageOf(module(f)) != "" && (f.Resource == nil || !f.Resource.Tool)
}

// module is the file that the code of a function is in, or the name of the one that its template stands for; empty if there is none.
func module(f *model.Function) string {
	switch f.Code.State {
	case model.CodeResolved:
		return f.Code.File
	case model.CodeInline:
		return f.Code.Module
	}
	return ""
}

func (e *Engine) wanted(selected func(id string) bool) bool {
	for _, kind := range []map[string][]*bound{e.taints, e.checks} {
		for _, list := range kind {
			if slices.ContainsFunc(list, func(b *bound) bool { return selected(b.ID) }) {
				return true
			}
		}
	}
	return slices.ContainsFunc(e.matches, func(b *bound) bool { return selected(b.ID) })
}

func unfinished(app *model.App) model.Diagnostic {
	return model.Diagnostic{
		Pos: model.Pos{File: app.File}, Level: model.Error, Message: "the code of " + app.File + " was not checked: the time was up",
		Hint: "give more with --timeout", Incomplete: true,
	}
}

// work is what is done for one application.
type work struct {
	engine   *Engine
	app      *model.App
	selected func(string) bool
	program  *dataflow.Program
	linked   *link.Program
	blasts   map[*model.Role]model.Blast
	nodes    []*paths.Node
	graph    *paths.Graph
	report   Report
	known    known
	matches  map[matched][]query.Match

	waitWords map[*ir.File]waitWords
	jsonLines map[*paths.Node]bool // functions whose logs are lines of JSON
	sentences *sentences           // what its functions write into sentences; nil until somebody asks
}

// known is what several checks ask of the function at hand.
type known struct {
	of        *paths.Node
	logins    []*login
	swallowed []spot
	unread    []spot
}

// ask is what is known of a function.
func (w *work) ask(n *paths.Node) known {
	if w.known.of != n {
		w.known = known{of: n, logins: logins(n)}
		w.known.swallowed, w.known.unread = swallowed(n)
	}
	return w.known
}

// follow runs the code of every function.
func (w *work) follow() {
	for _, f := range w.app.Functions {
		if followed(f) {
			r := w.program.Run(dataflow.Entry{File: module(f), Symbol: f.Code.Symbol, Quiet: onlyPlatform(f), Loose: !overHTTP(f), Typed: onlyGraphQL(f), Own: w.onlyCode(f), Mute: answersNobody(w.app, f)})
			w.nodes = append(w.nodes, &paths.Node{App: w.app, Function: f, Result: r})
		}
	}
	for _, n := range w.nodes {
		w.program.Tell(&n.Result)
	}
}

// joined are the functions of all applications with the ways between them.
func (e *Engine) joined(p *link.Program, works []*work, all *Report) *paths.Graph {
	var nodes []*paths.Node
	for _, w := range works {
		if w != nil {
			nodes = append(nodes, w.nodes...)
		}
	}
	graph, err := paths.Build(p, nodes)
	if err != nil {
		all.Diagnostics = append(all.Diagnostics, model.Diagnostic{Level: model.Error, Incomplete: true, Message: "the ways between functions were not followed: " + err.Error()})
	}
	return graph
}

// ofAnswer are the rules about what is answered, which nobody gets who sends events.
var ofAnswer = map[string]bool{"service-error": true, "database-error": true, "error-details": true}

// tell makes findings of what was found in each function, and of the ways that lead to it.
func (w *work) tell(graph *paths.Graph) Report {
	w.graph = graph
	failed := map[string]map[string]bool{}
	for _, n := range w.nodes {
		f := n.Function
		for _, h := range n.Result.Hits {
			if ofAnswer[h.Rule] && w.app.Kind == model.Convention && onlyEvents(n) {
				continue
			}
			if h.Leak == nil {
				w.hit(n, h, failed)
			}
		}
		for _, h := range n.Result.Places {
			if h.Setting != "" {
				h = plainly(f, h)
			}
			if h == nil || h.Setting == "" && gives(f, h.Unless) || h.Given != "" && !differs(f, h) || h.Rule == weakHash && (digests{n, h.File}).spares(h.At) {
				continue
			}
			w.hit(n, h, failed)
		}
		w.disclosed(n, failed)
		w.check(n, failed)
		w.patterns(n, failed)
	}
	for _, n := range w.nodes {
		w.outcomes(n.Function, n.Result, failed[n.Function.ID])
	}
	w.notes()
	w.report.Trees = w.program.Sources()
	return w.report
}

// hit makes findings of what reached a sink.
func (w *work) hit(n *paths.Node, h *dataflow.Hit, failed map[string]map[string]bool) {
	f := n.Function
	if h = w.withoutOwn(n, h); h == nil {
		return
	}
	reach := w.reach(n, h)
	w.siblings(n, h, reach, failed)
	for _, b := range w.engine.taints[h.Rule] {
		if !w.selected(b.ID) || !w.concerns(h, n, reach) {
			continue
		}
		if reach.path == nil && (h.Own || h.Stored && !second[h.Rule]) || h.Rule == "user-controlled-target" && !w.mayReach(f, h.Needs) || saidByItself(h, f, reach) {
			continue
		}
		if w.fits(b, h) || (h.Rule == "number" || h.Rule == "size") && gatewayChecks(f) {
			continue
		}
		fail(failed, f, b)
		found := w.finding(b, f, h, reach)
		if h.Rule == "plain-http" {
			atAddress(w, n, h, &found)
		}
		if byCallersUnknown(h, n) || searchesObjects(h) {
			found.Severity, found.Confidence = finding.Low, finding.Possible
		}
		found.Strict = found.Strict || h.Rule == forged && w.writesJSONLines(n)
		w.report.Findings = append(w.report.Findings, found)
	}
}

// searchesObjects reports whether an outsider says nothing but with what the keys begin that are listed: that gives names and no object, and
// only the application knows whether it keeps anybody to a folder.
func searchesObjects(h *dataflow.Hit) bool {
	return h.Rule == "object-key" && strings.HasPrefix(h.What, "s3:ListObjects")
}

// settingsOf are the texts that functions of an application get as their environment, those that are the same wherever they are given.
func settingsOf(app *model.App) map[string]string {
	out, unclear := map[string]string{}, map[string]bool{}
	for _, f := range app.Functions {
		for _, e := range f.Env {
			text, ok := e.Value.Scalar()
			if before, given := out[e.Name]; !ok || given && before != text {
				unclear[e.Name] = true
			}
			out[e.Name] = text
		}
	}
	maps.DeleteFunc(out, func(name, _ string) bool { return unclear[name] })
	return out
}

// gives reports whether a template gives a function a setting.
func gives(f *model.Function, setting string) bool {
	return setting != "" && slices.ContainsFunc(f.Env, func(e model.EnvVar) bool { return e.Name == setting })
}

// differs reports whether a template gives a function a setting that is certainly not the one value with which all would be well, or certainly
// gives it none.
func differs(f *model.Function, h *dataflow.Hit) bool {
	if f.Resource != nil && !gives(f, h.Given) {
		return f.Resource.Props.Path("Environment", "Variables", h.Given).IsSet() == model.No
	}
	return slices.ContainsFunc(f.Env, func(e model.EnvVar) bool {
		text, ok := e.Value.Scalar()
		return e.Name == h.Given && ok && text != h.But
	})
}

// fits reports whether a pattern of the same rule fits where data comes from that reached a sink: then the pattern tells of it.
func (w *work) fits(b *bound, h *dataflow.Hit) bool {
	from := dataflow.Step{File: h.File, At: h.At}
	if len(h.Steps) > 0 {
		from = h.Steps[0]
	}
	q := b.queries[from.File.Language]
	if q == nil {
		return false
	}
	matches, _ := q.Find(from.File.Tree)
	return slices.ContainsFunc(matches, func(m query.Match) bool {
		node := from.File.Tree.Nodes[m["here"]]
		return int32(node.Start) <= from.At && from.At < int32(node.End)
	})
}

func fail(failed map[string]map[string]bool, f *model.Function, b *bound) {
	if failed[f.ID] == nil {
		failed[f.ID] = map[string]bool{}
	}
	failed[f.ID][b.ID] = true
}

// overHTTPOnly are kinds of harm to whoever reads the answer of a function.
var overHTTPOnly = map[string]bool{"html-response": true, "header-injection": true, "open-redirect": true, "jwt-unverified": true, "error-details": true, "stack-trace": true, "cors-echo": true, "number": true, "size": true}

// bySender are kinds of harm that are less of one where the application calls a function itself, and says on what it works.
var bySender = map[string]bool{"user-controlled-target": true, "object-key": true, "mass-assignment": true, "redos": true, "path-traversal": true}

// saidByItself reports whether the application itself says on what a function works: all who send it that part are known, and no outsider
// decides what they send.
func saidByItself(h *dataflow.Hit, f *model.Function, reach reached) bool {
	if !bySender[h.Rule] && !isOfNames(h) || outward(f) || reach.path != nil || len(reach.callers) == 0 {
		return false
	}
	return !slices.ContainsFunc(reach.callers, func(c paths.Caller) bool { return c.State != paths.Fixed && c.State != paths.Checks })
}

// isOfNames reports whether nothing but names of fields has reached a sink: those of a record that code goes through.
func isOfNames(h *dataflow.Hit) bool {
	return len(h.Ways) > 0 && !slices.ContainsFunc(h.Ways, func(way dataflow.Way) bool { return !way.Taint.OfNames() })
}

// withoutOwn is what reached a sink without the parts of messages that only the application itself writes, as far as its code shows where no
// template says who sends what; nil where nothing else has reached it.
func (w *work) withoutOwn(n *paths.Node, h *dataflow.Hit) *dataflow.Hit {
	if !bySender[h.Rule] || w.app.Kind != model.Convention || len(n.Function.Triggers) > 0 || w.graph == nil || len(h.Ways) == 0 {
		return h
	}
	left := slices.DeleteFunc(slices.Clone(h.Ways), func(way dataflow.Way) bool { return w.graph.WrittenHere(n, way, h.Rule) })
	switch {
	case len(left) == 0:
		return nil
	case slices.ContainsFunc(left, func(way dataflow.Way) bool { return way.Taint.Path == h.Path }):
		return h
	}
	other := *h
	other.Ways, other.Path, other.Steps = left, left[0].Taint.Path, left[0].Steps()
	return &other
}

// concerns reports whether a kind of harm is one for a function, by who calls it, or by what other functions bring to it.
func (w *work) concerns(h *dataflow.Hit, n *paths.Node, reach reached) bool {
	f := n.Function
	if h.Rule == "jwt-unverified" && verified(f) || h.Rule == "user-controlled-recipient" && f.Exposure != model.Public && len(f.Triggers) > 0 {
		return false
	}
	if ofOrigins[h.Rule] && setsHeadersItself(f) {
		return false
	}
	if byCallersUnknown(h, n) {
		return !isSent(n) && !onlyPlatform(f) && !w.fedByPlatform(h, f)
	}
	if h.Rule == ofAnswers && h.What == "the response" && h.End != nil && answersNothing(n, place{h.End.File, h.End.At}) {
		return false
	}
	if h.Rule == "jwt-unverified" && len(f.Triggers) == 0 && ofRequest.MatchString(h.Path) { // an authorizer that is named elsewhere
		return true
	}
	return !overHTTPOnly[h.Rule] || outward(f) || h.Away && (reach.path != nil || writtenElsewhere(n))
}

// ofRequest are paths of where requests over HTTP have their tokens, as functions and authorizers get them.
var ofRequest = regexp.MustCompile(`^event\.(headers|multiValueHeaders|authorizationToken|identitySource|cookies)\b`)

// byCallersUnknown reports whether a number comes to a function from somebody of whom nothing is known, who perhaps has looked at it before:
// a direct call, a message. That is told of where no other function of the application sends it, and is less of a harm.
func byCallersUnknown(h *dataflow.Hit, n *paths.Node) bool {
	if h.Rule != "number" && h.Rule != "size" {
		return false
	}
	byRoute := n.Result.Routes > 0 && !strings.HasPrefix(h.Path, "event")
	return len(n.Function.Triggers) == 0 && !byRoute && (!httpPart.MatchString(h.Path) || inMessage.MatchString(h.Path)) || !outward(n.Function)
}

// inMessage are paths of what stands in records and in files that were uploaded.
var inMessage = regexp.MustCompile(`^event\.Records|^event\.records|^` + dataflow.Uploaded)

// fedByPlatform reports whether a service of the platform writes the messages in which a number comes.
func (w *work) fedByPlatform(h *dataflow.Hit, f *model.Function) bool {
	return inMessage.MatchString(h.Path) && slices.ContainsFunc(f.Triggers, w.byPlatform)
}

// writtenElsewhere reports whether a function gets what is stored in a table into which no function that is known here writes: another
// application does, for people whom it serves.
func writtenElsewhere(n *paths.Node) bool {
	return len(n.In) == 0 && slices.ContainsFunc(n.Function.Triggers, func(t *model.Trigger) bool {
		return t.Kind == model.TriggerStream
	})
}

// httpPart are paths of parts of requests over HTTP.
var httpPart = regexp.MustCompile(`(?i)(^|\.)(json_)?body\b|queryString|pathParameters|^(req|request|ctx|c)\.`)

// onlyGraphQL reports whether nothing but a schema of GraphQL lets data in to a function.
func onlyGraphQL(f *model.Function) bool {
	return len(f.Triggers) > 0 && !slices.ContainsFunc(f.Triggers, func(t *model.Trigger) bool { return t.Kind != model.TriggerGraphQL })
}

// onlyCode reports whether nothing but code and state machines calls a function: its template is known and declares nothing else.
func (w *work) onlyCode(f *model.Function) bool {
	if w.app.Kind == model.Convention || f.Unseen != "" {
		return false
	}
	return !slices.ContainsFunc(f.Triggers, func(t *model.Trigger) bool { return t.Kind != model.TriggerState })
}

// mayReach reports whether the role of a function lets it do what a call needs on more than what its policies name: where it does not,
// it makes no difference what an outsider names.
func (w *work) mayReach(f *model.Function, actions []string) bool {
	if f.Role == nil || len(actions) == 0 {
		return true
	}
	powers := w.linked.Powers(w.app, f.Role)
	if powers == nil || len(powers.Open) > 0 {
		return true
	}
	spoken, allowed := false, map[string]string{}
	for _, name := range actions {
		if a := iam.Find(name); a == nil || privilege.Anywhere(powers, a) {
			return true
		}
		for _, s := range powers.Statements() {
			if s.SpeaksOf(name) == model.No {
				continue
			}
			spoken = true
			if s.Effect == policy.Allow && slices.ContainsFunc(s.Resources, namesMany) {
				return true
			}
			for _, r := range s.Resources {
				if s.Effect != policy.Allow {
					break
				}
				kind, name := kindAndName(r)
				if before, known := allowed[kind]; known && before != name {
					return true // there is a choice
				}
				allowed[kind] = name
			}
		}
	}
	return !spoken // what the templates do not grant at all is granted elsewhere
}

func (w *work) finding(b *bound, f *model.Function, h *dataflow.Hit, reach reached) finding.Finding {
	pos := w.position(h.File, h.At)
	conf := finding.Likely
	if h.Unsure || h.Stored || handedOn(f) || bySender[h.Rule] && !outward(f) {
		conf = finding.Possible
	}
	if b.Confidence != "" {
		conf = b.Confidence
	}
	out := finding.Finding{
		Rule: b.ID, Title: b.Title, Severity: b.Severity, Confidence: conf, Place: finding.Place{Pos: pos},
		Message: w.render(b, b.fields(f, h)),
		App:     w.app.File, Subject: f.ID, Exposure: f.Exposure, Practices: b.Practices, CWE: b.CWE, Strict: b.Profile == rule.Strict,
		Group: b.ID, Anchor: h.What + " " + h.Path + " " + around(h.File, h.At),
	}
	if h.Inside && out.Severity.AtLeast(finding.High) {
		out.Severity = finding.Medium
	}
	if f.Name != f.ID {
		out.Name = f.Name
	}
	blast := w.blast(f)
	out.Power = blast.Reach
	out.Trace = w.steps(h.Steps)
	if len(out.Trace) > 0 && !h.Stored && (h.Leak == nil || h.Leak.Sent) {
		out.Trace[0].Message += doors(f)
	}
	w.alongPath(&out, b, f, reach, h.Stored)
	last := "reaches " + h.What
	if h.End != nil && h.End.Note != "" {
		last = "reaches " + h.End.Note
	}
	if blast.Note != "" && takesOver[h.Rule] {
		last += "; whoever takes the function over " + blast.Note
	}
	if h.End != nil {
		pos = w.position(h.End.File, h.End.At)
	}
	out.Trace = append(out.Trace, finding.Step{Place: finding.Place{Pos: pos}, Message: last})
	out.Trace = shortened(out.Trace)
	return out
}

// fields are what a message can say of a hit. Where a rule knows patterns too, what they name stands for the same here.
func (b *bound) fields(f *model.Function, h *dataflow.Hit) map[string]string {
	out := map[string]string{"name": f.Name, "source": h.Path, "call": h.What, "to": h.Kept}
	for _, q := range b.queries {
		for _, c := range q.Captures() {
			out[c] = h.Path
		}
		out["here"] = h.What
	}
	return out
}

// steps are the stops of a way as a report has them.
func (w *work) steps(all []dataflow.Step) []finding.Step {
	var out []finding.Step
	for _, s := range all {
		out = append(out, finding.Step{Place: finding.Place{Pos: w.position(s.File, s.At)}, Message: s.Note})
	}
	return out
}

// takesOver are kinds of harm by which the function itself is taken over, or lends its permissions.
var takesOver = map[string]bool{"os-command": true, "code-eval": true, "deserialization": true, "template-injection": true, "ssrf": true, "user-controlled-target": true}

// doors say by what a function is called: "by POST /orders and 2 others, open to everyone".
func doors(f *model.Function) string {
	if len(f.Triggers) == 0 {
		return ""
	}
	out := " by " + f.Triggers[0].Detail
	if n := len(f.Triggers) - 1; n == 1 {
		out += " and another"
	} else if n > 1 {
		out += fmt.Sprintf(" and %d others", n)
	}
	switch f.Exposure {
	case model.Public:
		out += ", open to everyone"
	case model.Authenticated:
		out += ", open to whoever is signed in"
	}
	return out
}

// blast is what whoever takes over a function can do, worked out once for each role.
func (w *work) blast(f *model.Function) model.Blast {
	if f.Role == nil {
		return model.Blast{Reach: model.BlastOwn}
	}
	known, ok := w.blasts[f.Role]
	if !ok {
		known = privilege.BlastOf(w.linked, w.app, f.Role)
		w.blasts[f.Role] = known
	}
	return known
}

// shortened leaves out steps that stand on the line of the one before.
func shortened(all []finding.Step) []finding.Step {
	var out []finding.Step
	for i, s := range all {
		if n := len(out); n > 1 && out[n-1].File == s.File && out[n-1].Line == s.Line && i < len(all)-1 {
			continue
		}
		out = append(out, s)
	}
	return out
}

func (w *work) render(b *bound, fields map[string]string) string {
	return b.message.Render(func(name string) *model.Value { return model.NewString(fields[name], model.Origin{}) })
}

// position is a place of a source file; one in code that a template holds is a place in the template.
func (w *work) position(f *ir.File, at int32) model.Pos {
	line, col := f.Tree.Position(int(at))
	code := w.inTemplate(f.Path)
	switch {
	case code == nil:
		return model.Pos{File: f.Path, Line: line, Col: col}
	case code.Apart:
		return code.At
	}
	return model.Pos{File: code.File, Line: line, Col: col}
}

// inTemplate is the code that a template holds under the name of a source file; nil for others.
func (w *work) inTemplate(file string) *model.Code {
	if !strings.Contains(file, "#") {
		return nil
	}
	for _, app := range append([]*model.App{w.app}, w.linked.Apps...) { // a way can begin in another application
		for _, f := range app.Functions {
			if f.Code.Module == file {
				return &f.Code
			}
		}
	}
	return nil
}

// around is the line at an offset without spaces, which stays when others are written before it.
func around(f *ir.File, at int32) string {
	source := string(f.Tree.Source)
	start := strings.LastIndexByte(source[:at], '\n') + 1
	end := len(source)
	if i := strings.IndexByte(source[at:], '\n'); i >= 0 {
		end = int(at) + i
	}
	return strings.Join(strings.Fields(source[start:end]), "")
}

// outcomes say of each rule what became of it for a function.
func (w *work) outcomes(f *model.Function, r dataflow.Result, failed map[string]bool) {
	var ids []string
	for _, kind := range []map[string][]*bound{w.engine.taints, w.engine.checks} {
		for _, list := range kind {
			for _, b := range list {
				if w.selected(b.ID) {
					ids = append(ids, b.ID)
				}
			}
		}
	}
	for _, b := range w.engine.matches {
		if w.selected(b.ID) && b.queries[dataflow.LanguageOf(module(f))] != nil {
			ids = append(ids, b.ID)
		}
	}
	sort.Strings(ids)
	for _, id := range ids {
		o := finding.Outcome{Rule: id, App: w.app.File, Subject: f.ID, State: finding.Passed, At: f.Code.At}
		switch {
		case failed[id]:
			o.State = finding.Failed
		case !r.Found:
			o.State, o.Reason = finding.NotChecked, noFunction(f)
		case r.Cut:
			o.State, o.Reason = finding.NotChecked, "the function takes too many steps to follow to the end"
		}
		w.report.Outcomes = append(w.report.Outcomes, o)
	}
}

// noFunction says that what stands under the name of a handler leads to no function of the files.
func noFunction(f *model.Function) string {
	return "what " + f.Code.File + " gives as " + f.Code.Symbol + " is not known to be a function"
}

// notes tell of files that were not read in full, and of functions whose code was not followed.
func (w *work) notes() {
	for _, n := range w.nodes {
		if f := n.Function; !n.Result.Found && (f.Resource == nil || !f.Resource.Tool) {
			w.report.Diagnostics = append(w.report.Diagnostics, model.Diagnostic{
				Pos: f.Code.At, Level: model.Warning, Message: "the code of " + f.Name + " is not followed: " + noFunction(f),
				Hint: "write the function under that name; where a package makes it that is not here, nothing can be said of it",
			})
		}
	}
	var files []string
	for file := range w.program.Broken {
		files = append(files, file)
	}
	for file := range w.program.Cut {
		files = append(files, file)
	}
	sort.Strings(files)
	for _, file := range slices.Compact(files) {
		at := model.Pos{File: file}
		if code := w.inTemplate(file); code != nil {
			at = code.At
		}
		d := model.Diagnostic{Pos: at, Level: model.Warning}
		if reason, cut := w.program.Cut[file]; cut {
			d.Message, d.Incomplete = "the code was not analysed in full: "+strings.TrimPrefix(strings.TrimPrefix(reason, file+": "), "not parsed: "), true
		} else {
			d.Message = "the code has syntax errors: what parses was analysed"
		}
		w.report.Diagnostics = append(w.report.Diagnostics, d)
	}
}

// once keeps the first of findings that say the same of the same place, as exposed as the most exposed of them.
func once(all []finding.Finding) []finding.Finding {
	at := map[string]int{}
	var out []finding.Finding
	for _, f := range all {
		key := f.Rule + "\x00" + f.Place.String()
		i, ok := at[key]
		if !ok {
			at[key] = len(out)
			out = append(out, f)
			continue
		}
		first := &out[i]
		if f.Exposure != first.Exposure && f.Exposure.Wider(first.Exposure) == f.Exposure {
			f.Also, first.Also = first.Also, nil
			f, *first = *first, f
		}
		if f.Subject != first.Subject && !slices.Contains(first.Also, f.Called()) {
			first.Also = append(first.Also, f.Called())
		}
	}
	return out
}

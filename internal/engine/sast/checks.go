package sast

import (
	"maps"
	"slices"
	"strings"

	"wardlet.example/internal/finding"
	"wardlet.example/internal/ir"
	"wardlet.example/internal/model"
	"wardlet.example/internal/paths"
	"wardlet.example/internal/rule"
)

// Named checks of functions: what their code does, together with what the template says of them. A check gives the places that it found;
// which rule asks for it says what is wrong there.

// spot is a place that a check found in the code of a function, with what the message of the rule may name.
type spot struct {
	file   *ir.File
	at     int32
	fields map[string]string
	trace  []finding.Step
	unsure bool // something that is not in the repository perhaps makes it right
}

// functionChecks are the checks by the names that rules have for them: check: sast/NAME.
var functionChecks = map[string]func(w *work, n *paths.Node) []spot{
	"access-state-in-memory":        rememberedHere,
	"account-change-not-recorded":   unrecordedChanges,
	"authorizer-allows-on-error":    allowing,
	"batch-result-ignored":          partly,
	"client-per-event":              perEvent,
	"database-without-tls":          unencrypted,
	"default-made-once":             madeOnce,
	"empty-error-handler":           emptyHandlers,
	"error-logged-without-stack":    stackless,
	"error-answered-to-nobody":      toNobody,
	"error-not-logged":              unlogged,
	"error-swallowed":               forgotten,
	"failed-login-without-origin":   withoutOrigin,
	"function-triggers-itself":      callingItself,
	"json-not-guarded":              unguarded,
	"json-not-guarded-in-batch":     unguardedInBatch,
	"login-not-recorded":            unrecorded,
	"login-without-attempt-limit":   unlimitedLogins,
	"paid-text-without-limit":       dear,
	"payment-not-recorded":          unrecordedPayments,
	"request-not-checked":           unlooked,
	"retry-repeats-write":           repeatedly,
	"same-page-again":               samePages,
	"shape-checked-differently":     differently,
	"side-effects-with-decisions":   sideEffects,
	"stack-trace-by-default":        errorPages,
	"successful-login-not-recorded": unrecordedSuccess,
	"text-without-limit":            endless,
	"unawaited-call":                unawaited,
	"unbounded-scan":                lookUps,
	"unstructured-logging":          unstructured,
	"validation-ignored":            ignored,
	"client-waits-longer":           waitsLonger,
}

// checkNames are the names of all checks of this engine.
func checkNames() map[string]struct{} {
	out := map[string]struct{}{siblingCheck: {}}
	for name := range maps.Keys(functionChecks) {
		out[name] = struct{}{}
	}
	return out
}

// ofInstances are checks of what is wrong only where instances come and go: a server that runs by itself may remember, and goes on after it
// has answered.
var ofInstances = map[string]bool{"access-state-in-memory": true, "client-per-event": true, "unawaited-call": true, "side-effects-with-decisions": true}

// ofRequests are checks of what is done for requests: a program without a route gets none.
var ofRequests = map[string]bool{
	"validation-ignored": true, "login-not-recorded": true, "login-without-attempt-limit": true, "failed-login-without-origin": true,
	"successful-login-not-recorded": true, "account-change-not-recorded": true, "payment-not-recorded": true, "unbounded-scan": true,
	"error-logged-without-stack": true,
}

// runsAlone reports whether a function is a program of its own.
func runsAlone(f *model.Function) bool {
	return f.Code.State == model.CodeResolved && f.Code.Symbol == ""
}

// check asks the named checks of rules that are selected about a function.
func (w *work) check(n *paths.Node, failed map[string]map[string]bool) {
	if !n.Result.Found {
		return
	}
	for _, name := range slices.Sorted(maps.Keys(functionChecks)) {
		if runsAlone(n.Function) && (ofInstances[name] || ofRequests[name] && n.Result.Routes == 0) {
			continue
		}
		for _, b := range w.engine.checks[name] {
			if !w.selected(b.ID) {
				continue
			}
			for _, s := range functionChecks[name](w, n) {
				fail(failed, n.Function, b)
				w.report.Findings = append(w.report.Findings, w.spotted(b, n, s))
			}
		}
	}
}

func (w *work) spotted(b *bound, n *paths.Node, s spot) finding.Finding {
	f := n.Function
	fields := map[string]string{"name": f.Name}
	maps.Copy(fields, s.fields)
	conf := b.Confidence
	if conf == "" {
		conf = finding.Likely
	}
	if s.unsure {
		conf = finding.Possible
	}
	out := finding.Finding{
		Rule: b.ID, Title: b.Title, Severity: b.Severity, Confidence: conf, Place: finding.Place{Pos: w.position(s.file, s.at)},
		Message: w.render(b, fields), App: w.app.File, Subject: f.ID, Exposure: f.Exposure, Practices: b.Practices, CWE: b.CWE,
		Strict: b.Profile == rule.Strict, Group: b.ID, Anchor: around(s.file, s.at), Trace: s.trace,
	}
	if f.Name != f.ID {
		out.Name = f.Name
	}
	return out
}

// rememberedHere are conditions by which somebody is turned away that ask what one instance remembers of callers.
func rememberedHere(w *work, n *paths.Node) []spot {
	if !outward(n.Function) {
		return nil
	}
	var out []spot
	for _, g := range n.Result.Guards {
		if w.program.Remembers(g) {
			text, _, _ := strings.Cut(g.Ref, "\n")
			out = append(out, spot{file: g.File, at: g.At, fields: map[string]string{"source": text}})
		}
	}
	return out
}

// unawaited are calls of services, and of functions of the application that make some, whose promise nobody waits for: an asynchronous
// function has returned before they are done, and what the platform freezes then goes on in the next event, or never.
func unawaited(_ *work, n *paths.Node) []spot {
	var out []spot
	for _, u := range n.Result.Unawaited {
		out = append(out, spot{file: u.File, at: u.At, fields: map[string]string{"call": u.Ref}})
	}
	return append(out, droppedTasks(n)...)
}

package dataflow

import (
	"slices"
	"strings"

	"wardlet.example/internal/ir"
)

// A function that many others share, and that hands on what it is given, is where their data comes to a sink, and not where anything is wrong:
// query(statement), put(item), get(url). What comes there is told of at the calls that give it, one by one: each has its own cure. Within one
// file that holds for what the callers make, such as a statement with a name in it: what they only hand on themselves is seen at the sink.

// madeByCaller are the rules for which what matters is how a value was made, and not by which call it ends.
var madeByCaller = set(`sql nosql os-command dynamodb-expression path-traversal object-key ssrf html-response open-redirect header-injection template-injection
	ldap-injection xpath-injection mass-assignment user-controlled-target regex-injection`)

// meeting is one coming of a taint to a sink.
type meeting struct {
	hit    *Hit
	taint  *Taint
	where  []Fact
	sites  []site // the calls that lead there
	unsure bool
}

// mostMeetings bounds the meetings of one hit.
const mostMeetings = 60

// comesTo notes that a taint comes to the sink of a hit by some calls.
func (in *interp) comesTo(m meeting) {
	if !madeByCaller[m.hit.Rule] || len(m.hit.meetings) >= mostMeetings || len(m.sites) == 0 {
		return
	}
	if last := m.sites[len(m.sites)-1].fn; last.File != m.hit.File || m.hit.At < last.Start || m.hit.At >= last.End {
		return // it is told of elsewhere already
	}
	m.sites = slices.Clone(m.sites)
	m.hit.meetings = append(m.hit.meetings, m)
	in.meetings = append(in.meetings, m)
}

// keepsMeetings keeps what came to sinks in a call, for others that do the same.
func (in *interp) keepsMeetings(call string, all []meeting) {
	if len(all) == 0 {
		return
	}
	if in.meetingsOf == nil {
		in.meetingsOf = map[string][]meeting{}
	}
	in.meetingsOf[call] = slices.Clone(all)
}

// meetsAgain notes what comes to sinks by a call that is like one before: it stands elsewhere.
func (in *interp) meetsAgain(here site, call string) {
	for _, m := range in.meetingsOf[call] {
		i := slices.IndexFunc(m.sites, func(s site) bool { return s.fn == here.fn })
		if i < 0 {
			continue
		}
		m.sites = slices.Concat(in.sites, []site{here}, m.sites[i+1:])
		in.comesTo(m)
	}
}

// codePlace is a place in the code.
type codePlace struct {
	file *ir.File
	at   int32
}

// callSites are the places that call a function of the program, at most two of them: more make no difference.
type callSites [2]codePlace

// isCalledAt notes a place that calls a function.
func (p *Program) isCalledAt(fn *ir.Func, at codePlace) {
	if p.callers == nil {
		p.callers = map[*ir.Func]callSites{}
	}
	known := p.callers[fn]
	switch {
	case fn.File == at.file && fn.Start <= at.at && at.at < fn.End: // it calls itself
	case known[0] == at || known[1].file != nil:
		return
	case known[0].file == nil:
		known[0] = at
	default:
		known[1] = at
	}
	p.callers[fn] = known
}

// isShared reports whether several places call a function.
func (p *Program) isShared(fn *ir.Func) bool { return fn != nil && p.callers[fn][1].file != nil }

// toldAt is where something is told of that came to a sink: the outermost of the calls that hand it on as it is to functions that are shared.
func (p *Program) toldAt(m meeting) codePlace {
	at, came := codePlace{m.hit.File, m.hit.At}, m.taint.step
	for _, s := range slices.Backward(m.sites) {
		if came != nil && came.file == s.file && came.at == s.at { // it was given to the function
			came = came.prev
		}
		if !s.direct || !p.isShared(s.fn) || s.given == nil || !s.given.hold(m.taint.asOf(came)) {
			break
		}
		if s.file != s.fn.File || came.makes() {
			at = codePlace{s.file, s.at}
		}
	}
	return at
}

// makes reports whether something was made of data in a step, and not only handed on or read.
func (s *step) makes() bool {
	return s != nil && (s.note == intoText || strings.HasPrefix(s.note, "goes through ") || strings.HasSuffix(s.note, "()"))
}

// asOf finds a taint as it was after a step.
func (t *Taint) asOf(came *step) func(*Value) bool {
	return func(v *Value) bool {
		return slices.ContainsFunc(v.taints, func(u *Taint) bool { return u.step == came && u.Source == t.Source && u.Path == t.Path })
	}
}

// Tell makes one hit of each place that gives a shared function what it hands on to a sink. It is to be called after all entries of the
// program were run: which functions are shared is known only then.
func (p *Program) Tell(r *Result) {
	var out []*Hit
	for _, h := range r.Hits {
		out = append(out, p.byPlace(h)...)
	}
	r.Hits = out
}

func (p *Program) byPlace(h *Hit) []*Hit {
	if len(h.meetings) == 0 {
		return []*Hit{h}
	}
	var order []codePlace
	at := map[codePlace][]meeting{}
	for _, m := range h.meetings {
		told := p.toldAt(m)
		if at[told] == nil {
			order = append(order, told)
		}
		at[told] = append(at[told], m)
	}
	if len(order) == 1 && order[0] == (codePlace{h.File, h.At}) {
		return []*Hit{h}
	}
	var out []*Hit
	for _, told := range order {
		c := *h
		c.meetings, c.Ways = nil, nil
		c.File, c.At, c.End = told.file, told.at, &Step{h.File, h.At, h.What}
		for i, m := range at[told] {
			if i == 0 || m.taint.doubt() < c.doubt {
				c.begins(m.taint, m.sites)
				c.Unsure = m.unsure
			}
			c.also(m.taint, m.sites, m.where)
		}
		out = append(out, &c)
	}
	return out
}

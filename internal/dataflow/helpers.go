package dataflow

import (
	"slices"
	"strings"

	"wardlet.example/internal/ir"
)

// Answers are often made by a function that all handlers share. What such a function is given is told of where it is given to it, once for
// each answer, however many places the answer comes by afterwards.

// directCall is a place where the program calls a function of its own.
type directCall struct {
	file *ir.File
	at   int32
	fn   *ir.Func
}

// callsDirectly notes that a call is one of functions of the program.
func (in *interp) callsDirectly(f frame, e *ir.Expr, callee *Value) {
	for _, c := range callee.fns {
		if in.direct == nil {
			in.direct = map[directCall]bool{}
		}
		in.direct[directCall{f.file, e.At, c.fn}] = true
		in.p.isCalledAt(c.fn, codePlace{f.file, e.At})
	}
}

// siteOf is a call of a function.
func (in *interp) siteOf(f frame, c *closure, this *Value, args *arguments, at int32) site {
	return site{f.file, at, orElse(c.fn.Name, "a function"), in.steps, args, this, c.fn, in.direct[directCall{f.file, at, c.fn}], f.s}
}

// givenAt is where something was given to the functions that are at work, by the outermost of the calls that hand it on, and the function
// in which that call stands.
func (in *interp) givenAt(f frame, at int32, is func(*Value) bool) (*ir.File, int32, *ir.Func) {
	file, n := f.file, len(in.sites)
	for n > 0 && len(in.stack) == len(in.sites) {
		s := in.sites[n-1]
		if !s.direct || !s.given.hold(is) && !s.ofObject(is) {
			break
		}
		file, at = s.file, s.at
		n--
	}
	if n == 0 {
		return file, at, nil
	}
	return file, at, in.stack[n-1]
}

// ofObject reports whether what a method is called of holds something: new Answer(err.message).toResponse().
func (s site) ofObject(is func(*Value) bool) bool {
	return s.this != nil && s.this.class != nil && holdsAny(s.this, is, 0)
}

// hold reports whether arguments are something, or hold it.
func (a *arguments) hold(is func(*Value) bool) bool {
	return slices.ContainsFunc(append(kwValues(a), a.list...), func(v *Value) bool {
		return !strings.HasSuffix(v.ref, ".Request") && !strings.HasSuffix(v.ref, ".Response") && v.ref != koaContext && holdsAny(v, is, 0) // a request, and what answers it, are given to all that do
	})
}

// holdsAny reports whether a value, or what is in it, is something.
func holdsAny(v *Value, is func(*Value) bool, depth int) bool {
	if v == nil || depth > deepestJoin {
		return false
	}
	if is(v) || holdsAny(v.elem, is, depth+1) || holdsAny(v.json, is, depth+1) {
		return true
	}
	for _, x := range v.fields {
		if holdsAny(x, is, depth+1) {
			return true
		}
	}
	return false
}

// readFrom finds what was read from the same place.
func readFrom(s *Source) func(*Value) bool {
	return func(v *Value) bool {
		return slices.ContainsFunc(v.taints, func(t *Taint) bool { return t.Source == s })
	}
}

// sameLeak finds the sensitive data that is let out.
func (d *disclosed) sameLeak() func(*Value) bool {
	switch {
	case d.taint != nil:
		return readFrom(d.taint.Source)
	case d.held:
		return func(v *Value) bool { return len(v.holds) > 0 }
	}
	return func(v *Value) bool { return v.secret != nil && v.secret.what == d.what }
}

// answerMade is what was let out by an answer.
type answerMade struct {
	rule, what string
	source     *Source
}

// answeredBefore reports whether an answer that comes from elsewhere lets out what was told of where the answer was made.
func (in *interp) answeredBefore(m answerMade) bool {
	if in.handsOn && in.answersMade[m] {
		return true
	}
	if in.answersMade == nil {
		in.answersMade = map[answerMade]bool{}
	}
	in.answersMade[m] = true
	return false
}

// respondAgain checks an answer that was made elsewhere, where it is handed on. A call that is given what the answer lets out makes it.
func (in *interp) respondAgain(f frame, v *Value, x *ir.Expr, at int32) {
	before := in.handsOn
	if in.handsOn = x == nil || x.Kind != ir.Call || !in.isGivenMore(f, x); !in.handsOn {
		at = x.At
	}
	in.respond(f, v, at, at)
	in.handsOn = before
}

// isGivenMore reports whether a call is given something of which an answer can tell too much.
func (in *interp) isGivenMore(f frame, call *ir.Expr) bool {
	return slices.ContainsFunc(call.List, func(x *ir.Expr) bool { return holdsAny(in.quiet(f, x), tellsMore, 0) })
}

// tellsMore reports whether a value was read or is secret, or is an error that has more in it than its message.
func tellsMore(v *Value) bool {
	return len(v.holds) > 0 || v.secret != nil || strings.HasPrefix(v.ref, databaseError) || strings.HasPrefix(v.ref, axiosError) || strings.HasPrefix(v.ref, serviceError) || v.ref == databaseOrOther ||
		slices.ContainsFunc(v.taints, func(t *Taint) bool { return t.Source != nil && t.Source.Stored })
}

// answerAt is an answer, or a part of one, and where it is made.
type answerAt struct {
	frame  frame
	at     int32
	what   string
	answer *Value
	status answerStatus
}

// tellsAnswer tells of what an answer lets out.
func (in *interp) tellsAnswer(a answerAt) {
	if holdsAny(a.answer, tellsMore, 0) {
		in.telling = append(in.telling, a)
	}
	in.tellsRequest(a.frame, a.at, a.what, a.answer, a.status)
	in.tellsTrace(a.frame, a.at, a.what, a.answer)
	in.tellsSecret(a.frame, a.at, a.what, a.answer)
}

// keepsAnswers keeps the answers that a call made of which something can be told, for others that do the same.
func (in *interp) keepsAnswers(call string, all []answerAt) {
	if len(all) == 0 {
		return
	}
	if in.answersOf == nil {
		in.answersOf = map[string][]answerAt{}
	}
	in.answersOf[call] = slices.Clone(all)
}

// tellsAgain tells of the answers of a call that is like one before: it stands elsewhere.
func (in *interp) tellsAgain(f frame, c *closure, this *Value, args *arguments, at int32, call string) {
	if len(in.answersOf[call]) == 0 {
		return
	}
	in.stack, in.running = append(in.stack, c.fn), append(in.running, &scope{})
	in.sites = append(in.sites, in.siteOf(f, c, this, args, at))
	for _, a := range in.answersOf[call] {
		in.tellsAnswer(a)
	}
	in.stack, in.running = in.stack[:len(in.stack)-1], in.running[:len(in.running)-1]
	in.sites = in.sites[:len(in.sites)-1]
}

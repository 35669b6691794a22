package dataflow

import (
	"regexp"

	"wardlet.example/internal/ir"
)

// roll is a random number that others can work out, and what became of it.
type roll struct {
	file   *ir.File
	at     int32
	picked bool // it only chose one of several things that are there already
}

// pick is what is chosen by a random number.
func (r *roll) pick() *roll { return &roll{r.file, r.at, true} }

// signs is what a random number is as a part of a text: one sign of several that were chosen is no choice any more.
func (r *roll) signs() *roll {
	if r == nil || !r.picked {
		return r
	}
	return &roll{r.file, r.at, false}
}

// rolls are functions that give random numbers which can be guessed, picks those that choose by one.
var (
	rolls = set("builtin.Math.random random.random random.randint random.randrange random.getrandbits random.uniform lodash.random underscore.random")
	picks = set("random.choice random.choices random.sample lodash.sample lodash.sampleSize underscore.sample")
)

// keepsRandom are functions that bring a random number into another form.
var keepsRandom = set(`floor round ceil trunc abs toString String str int parseInt Number toFixed slice substring substr padStart padEnd zfill charAt fromCharCode chr
	toUpperCase toLowerCase upper lower replace concat hex format Buffer from encode btoa b64encode toLocaleString`)

// rolled is what a call gives, with the random number that it makes or only brings into another form.
func rolled(f frame, e *ir.Expr, recv, callee *Value, args *arguments, v *Value) *Value {
	if v == nil {
		return v
	}
	from, name := v.random, lastPart(textOf(e.X))
	if e.X.Kind == ir.Member {
		name = e.X.Str
	}
	switch {
	case rolls[callee.ref]:
		from = &roll{file: f.file, at: e.At}
	case picks[callee.ref]:
		from = &roll{f.file, e.At, true}
	case name == "join" && recv != nil:
		for _, list := range append([]*Value{recv}, args.list...) {
			from = firstRoll(from, firstRoll(list.random.signs(), orNothing(list.elem).random.signs()))
			if x := list.fields["0"]; x != nil {
				from = firstRoll(from, x.random.signs())
			}
		}
	case from == nil && keepsRandom[name]:
		from = orNothing(recv).random
		for _, a := range args.list {
			from = firstRoll(from, a.random)
		}
		if from != nil && name == "charAt" {
			from = from.pick()
		}
	}
	if from == nil || from == v.random {
		return v
	}
	c := *v
	c.random = from
	return &c
}

// ofNumbers is the random number that is in the result of a calculation.
func ofNumbers(operator string, x, y *Value) *roll {
	switch operator {
	case "-", "*", "/", "%", "|", "^", "<<", ">>", ">>>", "**", "//":
		return firstRoll(x.random, y.random)
	}
	return nil
}

// firstRoll is the first of two random numbers that is one.
func firstRoll(a, b *roll) *roll {
	if a != nil {
		return a
	}
	return b
}

// lastName is the name of what is assigned to.
func lastName(e *ir.Expr) string {
	if e.Kind == ir.Index && e.Y != nil && e.Y.Kind == ir.Const {
		return e.Y.Str
	}
	return lastPart(textOf(e))
}

// setsByName are methods that keep something under a name.
var setsByName = set("cookie set setCookie set_cookie setHeader append header put setex")

// ofVisits are names of what is kept in a browser.
var ofVisits = regexp.MustCompile(`(?i)cookies?$|authorization$`)

// guessable tells of a random number that was made elsewhere and becomes something by which somebody is let in. What is made where the name
// stands is told of by the patterns of the rule.
func (in *interp) guessable(f frame, name string, from *ir.Expr, v *Value) {
	r := v.random
	if r == nil || r.picked || name == "" || from == nil || r.file == f.file && from.At <= r.at && r.at < from.End {
		return
	}
	if kind := in.p.sensitive(name); kind != ofToken && kind != ofPassword || ofVisits.MatchString(name) {
		return
	}
	before := len(in.hits)
	in.place(frame{f.s, r.file}, r.at, "insecure-random", "what is called "+name, name)
	for _, h := range in.hits[before:] {
		h.Steps = []Step{{r.file, r.at, "a random number is made that can be worked out"}}
		h.End = &Step{File: f.file, At: from.At}
	}
}

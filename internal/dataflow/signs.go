package dataflow

import (
	"slices"

	"wardlet.example/internal/ir"
)

// Codes that are compared by hand, sign by sign: for i := range a { if a[i] != b[i] { return false } }. Where that stops at the first difference it
// tells by its time how far a guess was right, as an operator does. Where it goes on to the end it does not.

// takesSign are methods that give one sign of a text.
var takesSign = set("charCodeAt charAt codePointAt at readUInt8")

// splits are functions and methods that take a text apart into several, unless they do so at every sign of it.
var splits = set("split rsplit splitlines Split SplitN SplitAfter Fields FieldsFunc")

// ofPieces marks what was taken apart into several texts: each of them is one of its own, and no sign.
var ofPieces = &Value{}

// signOf is what stands somewhere in a value, as a sign of it where that is a text by which somebody is let in.
func signOf(text, v *Value) *Value {
	if text == nil || v == nil || len(text.fields) > 0 || text.sign == ofPieces || !letsInAs(text) || text.secret != nil { // what is kept as a secret is perhaps a list
		return v
	}
	if text.sign != nil { // a list of its signs
		text = text.sign
	}
	c := *v
	c.sign = text
	return &c
}

// letsInAs reports whether a value is a code of a key, a secret or a setting, or the signs of one.
func letsInAs(v *Value) bool {
	return len(v.signs) > 0 || isSign(v) || v.secret != nil && v.secret.members == nil && v.secret.made == plainData || settingOf(v) != ""
}

// signAt is what stands at some place of a value: also of a text of which only the form was checked, which is nobody's data any more.
func signAt(text, v *Value) *Value {
	if len(text.safe) == 0 || len(text.taints)+len(text.fields) > 0 || text.elem != nil || text.class != nil || v == nil {
		return signOf(text, v)
	}
	c := *v
	c.sign = text
	return &c
}

// signTaken is what a method gives that takes a sign of a text: also of what was sent, of which a number does no harm.
func signTaken(e *ir.Expr, text *Value, args *arguments, v *Value) *Value {
	if v == nil || e.X == nil || e.X.Kind != ir.Member {
		return v
	}
	if splits[e.X.Str] && letsInAs(v) && !slices.ContainsFunc(args.list, func(x *Value) bool { return x.known && x.text == "" }) {
		c := *v
		c.sign = ofPieces
		return &c
	}
	if !takesSign[e.X.Str] || text == nil || len(text.fields) > 0 || !letsInAs(text) && len(text.taints) == 0 {
		return v
	}
	c := *v
	c.sign = text
	return &c
}

// texts are what an equation of two signs is about: the texts that they are signs of, where it stops at the first difference, and nothing where it
// does not. Of other values it is about themselves.
func (in *interp) texts(e *ir.Expr, x, y *Value) (*Value, *Value) {
	if countsSigns(e.X) || countsSigns(e.Y) {
		return nothing, nothing
	}
	if !isSign(x) && !isSign(y) || e.X.Kind == ir.Const || e.Y.Kind == ir.Const {
		return x, y
	}
	if !in.stopsAtDifference(e) {
		return nothing, nothing
	}
	return ofSign(x), ofSign(y)
}

func isSign(v *Value) bool { return v.sign != nil && v.sign != ofPieces }

// countsSigns reports whether an expression is how long a text is.
func countsSigns(e *ir.Expr) bool {
	if e.Kind == ir.Call {
		return lastPart(textOf(e.X)) == "len" || lastPart(textOf(e.X)) == "byteLength"
	}
	return e.Kind == ir.Member && (e.Str == "length" || e.Str == "byteLength")
}

// ofSign is the text that a value is a sign of, or the value itself.
func ofSign(v *Value) *Value {
	if isSign(v) {
		return v.sign
	}
	return v
}

// untilOne are functions that go through a list until one of its elements decides.
var untilOne = set("every some find findIndex all any")

// stopsAtDifference reports whether an equation ends a loop, or decides for a function that goes through a list whether it goes on.
func (in *interp) stopsAtDifference(e *ir.Expr) bool {
	if len(in.stack) == 0 {
		return false
	}
	fn := in.stack[len(in.stack)-1]
	if endsLoop(fn.Body, e, false) {
		return true
	}
	return len(in.stack) > 1 && givesOnly(fn.Body, e) && decidesForList(in.stack[len(in.stack)-2].Body, fn)
}

// endsLoop reports whether an equation is what a loop goes on by, or leaves by.
func endsLoop(body []*ir.Stmt, e *ir.Expr, looping bool) bool {
	for _, s := range body {
		switch {
		case s.Kind == ir.Loop && s.X == nil && standsIn(s.Y, e):
			return true
		case s.Kind == ir.If && looping && standsIn(s.X, e):
			return ir.Ends(s.Body) || ir.Ends(s.Else)
		}
		looping := looping || s.Kind == ir.Loop
		if endsLoop(s.Body, e, looping) || endsLoop(s.Else, e, looping) {
			return true
		}
	}
	return false
}

// standsIn reports whether an expression is another one, or a part of it, outside of functions.
func standsIn(whole, e *ir.Expr) bool {
	found := false
	ir.WalkExpr(whole, nil, func(x *ir.Expr) bool {
		found = found || x == e
		return !found && x.Kind != ir.Lambda
	})
	return found
}

// givesOnly reports whether all that a function gives back is an equation, or its opposite; in Python for each round of a comprehension.
func givesOnly(body []*ir.Stmt, e *ir.Expr) bool {
	if len(body) != 1 {
		return false
	}
	s := body[0]
	if s.Kind == ir.Loop {
		return givesOnly(s.Body, e)
	}
	x := s.X
	if x != nil && x.Kind == ir.Array && len(x.List) == 1 {
		x = x.List[0]
	}
	if x != nil && x.Kind == ir.Not {
		x = x.X
	}
	return s.Kind == ir.Return && x == e
}

// decidesForList reports whether a function is given, where it is written, to one that goes through a list until one of its elements decides.
func decidesForList(body []*ir.Stmt, fn *ir.Func) bool {
	found := false
	is := func(x *ir.Expr) bool {
		if x.Kind == ir.Call && len(x.List) == 0 { // a comprehension
			x = x.X
		}
		return x.Kind == ir.Lambda && x.Fn == fn
	}
	ir.Walk(body, nil, func(x *ir.Expr) bool {
		found = found || x.Kind == ir.Call && (x.X.Kind == ir.Name || x.X.Kind == ir.Member) && untilOne[x.X.Str] && slices.ContainsFunc(x.List, is)
		return !found
	})
	return found
}

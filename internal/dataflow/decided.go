package dataflow

import (
	"slices"
	"strings"

	"wardlet.example/internal/ir"
)

// A function that is given a constant takes one way: urlFor("email") gives one address. Only parameters decide that, for what is known of
// other names is perhaps not known for good.

// decided is the answer of a condition that a constant which a function was given decides; anyAnswer for others.
func (in *interp) decided(f frame, e *ir.Expr) answer {
	if e == nil || in.proving > 0 {
		return anyAnswer
	}
	switch e.Kind {
	case ir.Not:
		return opposite(in.decided(f, e.X))
	case ir.Name:
		if l, ok := in.constantGiven(f, e); ok {
			isTrue, isFalse := l.counts()
			return toAnswer(isTrue, isFalse)
		}
	case ir.Call:
		if e.X.Kind == ir.Member && (e.X.Str == "includes" || e.X.Str == "has") && len(e.List) == 1 {
			return in.isGiven(f, e.List[0], in.constants(f, e.X.X))
		}
		switch name := textOf(e.X); {
		case name == "Array.isArray" && len(e.List) == 1 && in.quiet(f, e.List[0]).isSentText():
			return no
		case name == "isinstance" && len(e.List) == 2 && in.isNoneOf(f, e.List[0], e.List[1]):
			return no
		}
	case ir.Binary:
		switch e.Str {
		case "&&", "||":
			return either(e.Str == "||", in.decided(f, e.X), in.decided(f, e.Y))
		case "===", "==":
			return in.equalToGiven(f, e)
		case "!==", "!=":
			return opposite(in.equalToGiven(f, e))
		case "instanceof":
			if in.isNoneOf(f, e.X, e.Y) {
				return no
			}
		case "in":
			return in.isGiven(f, e.X, in.constants(f, e.Y))
		case "not in":
			return opposite(in.isGiven(f, e.X, in.constants(f, e.Y)))
		}
	}
	return anyAnswer
}

// isNoneOf reports whether a value came from outside as it is, and so is no object of a class of the program.
func (in *interp) isNoneOf(f frame, x, kind *ir.Expr) bool {
	c := in.quiet(f, kind)
	return c.class != nil && c.isType && in.quiet(f, x).isSent()
}

// isSent reports whether a value is what an outsider sent or stored, as it came or taken out of it.
func (v *Value) isSent() bool {
	return len(v.taints) > 0 && v.class == nil && len(v.others) == 0 && len(v.fields) == 0 && len(v.fns) == 0 && v.ref == "" && !v.mixed &&
		!slices.ContainsFunc(v.taints, func(t *Taint) bool { return t.unsure || t.Source == nil })
}

// isSentText reports whether a value is a text that an outsider sent.
func (v *Value) isSentText() bool {
	return v.isSent() && v.elem == nil && !v.isList && !slices.ContainsFunc(v.taints, func(t *Taint) bool {
		return t.Source.Stored || t.object || t.pieces || strings.Contains(t.Path, "multiValue")
	})
}

func (in *interp) equalToGiven(f frame, e *ir.Expr) answer {
	for _, side := range [][2]*ir.Expr{{e.X, e.Y}, {e.Y, e.X}} {
		if l, ok := in.quiet(f, side[1]).Literal(); ok {
			if a := in.isGiven(f, side[0], []Literal{l}); a != anyAnswer {
				return a
			}
		}
	}
	return anyAnswer
}

// isGiven is whether the constant that a function was given is one of some.
func (in *interp) isGiven(f frame, e *ir.Expr, of []Literal) answer {
	l, ok := in.constantGiven(f, e)
	if !ok || len(of) == 0 {
		return anyAnswer
	}
	return toAnswer(slices.ContainsFunc(of, l.same), !slices.ContainsFunc(of, func(m Literal) bool { return !l.other(m) }))
}

// constantGiven is the constant that a function was given for a parameter.
func (in *interp) constantGiven(f frame, e *ir.Expr) (Literal, bool) {
	if e.Kind != ir.Name {
		return "", false
	}
	for s := f.s; s != nil; s = s.parent {
		if v, ok := s.own(e.Str); ok {
			l, known := v.Literal()
			return l, known && s.given[e.Str]
		}
	}
	return "", false
}

// gives notes that a function was certainly given a constant for a parameter, or nothing where the parameter has one.
func (s *scope) gives(fn *ir.Func, name *ir.Expr, args *arguments, at int) {
	if name.Kind != ir.Name {
		return
	}
	v, passed := args.kw[name.Str]
	if !passed {
		v, passed = args.get(at), at < len(args.list)
	}
	if _, known := v.Literal(); passed && !known || args.rest != nil || args.dict != nil || setAnew(fn, name.Str) {
		return
	}
	if s.given == nil {
		s.given = map[string]bool{}
	}
	s.given[name.Str] = true
}

// setAnew reports whether the text of a function perhaps sets a name to something else.
func setAnew(fn *ir.Func, name string) bool {
	if len(fn.Body) == 0 || name == "" { // a parameter that the parser made up
		return false
	}
	text := string(fn.File.Tree.Source[fn.Body[0].At:fn.End])
	for {
		i := strings.Index(text, name)
		if i < 0 {
			return false
		}
		before := text[:i]
		text = text[i+len(name):]
		if strings.HasPrefix(text, "++") || strings.HasPrefix(text, "--") || strings.HasSuffix(before, "++") || strings.HasSuffix(before, "--") {
			return true
		}
		rest := strings.TrimLeft(text, " \t+-*/%|&?")
		if strings.HasPrefix(rest, "=") && !strings.HasPrefix(rest, "==") && !strings.HasPrefix(rest, "=>") {
			return true
		}
	}
}

func toAnswer(isTrue, isFalse bool) answer {
	switch {
	case isTrue:
		return yes
	case isFalse:
		return no
	}
	return anyAnswer
}

func opposite(a answer) answer {
	switch a {
	case yes:
		return no
	case no:
		return yes
	}
	return anyAnswer
}

// either is whether one of two conditions holds, or both of them.
func either(one bool, a, b answer) answer {
	enough := no
	if one {
		enough = yes
	}
	if a == enough || b == enough {
		return enough
	}
	if a == b {
		return a
	}
	return anyAnswer
}

// changedCase is a constant in capital or small letters.
func changedCase(recv *Value, method string) (*Value, bool) {
	if recv == nil || !recv.known || recv.written == bareWord {
		return nil, false
	}
	c := *recv
	switch method {
	case "toUpperCase", "upper":
		c.text = strings.ToUpper(recv.text)
	case "toLowerCase", "lower":
		c.text = strings.ToLower(recv.text)
	default:
		return nil, false
	}
	return &c, true
}

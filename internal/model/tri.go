package model

import "strings"

// Tri is an answer of three: yes, no, or not decidable.
type Tri int8

// Answers.
const (
	Maybe Tri = 0
	Yes   Tri = 1
	No    Tri = -1
)

// String is yes, no or unknown.
func (t Tri) String() string {
	switch t {
	case Yes:
		return "yes"
	case No:
		return "no"
	}
	return "unknown"
}

// MarshalText writes the answer as its word.
func (t Tri) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

// And is yes when both are, no when one is no.
func (t Tri) And(u Tri) Tri { return min(t, u) }

// TriOf is yes or no.
func TriOf(b bool) Tri {
	if b {
		return Yes
	}
	return No
}

// Equal compares two values the way a template would: scalars by their text ("true" equals true). A reference to a
// resource never equals a literal, because its value is made at deployment. What is not decided by the known parts is Maybe.
func Equal(a, b *Value) Tri {
	s, okA := a.Scalar()
	t, okB := b.Scalar()
	switch {
	case okA && okB:
		return TriOf(s == t)
	case okA:
		return b.EqualsText(s)
	case okB:
		return a.EqualsText(t)
	case a.Kind == Absent || b.Kind == Absent:
		if a.Kind == b.Kind {
			return Yes
		}
		return maybeSet(a, b)
	case a.Kind == Ref && b.Kind == Ref && a.Str == b.Str && a.Attr == b.Attr:
		return Yes
	}
	return Maybe
}

func maybeSet(a, b *Value) Tri {
	if a.IsSet() == Maybe || b.IsSet() == Maybe {
		return Maybe
	}
	return No
}

// EqualsText reports whether the value is this text: No as soon as its known parts cannot make it.
func (v *Value) EqualsText(s string) Tri {
	if t, ok := v.Scalar(); ok {
		return TriOf(s == t)
	}
	switch v.Kind {
	case Text:
		return v.couldBe(s)
	case Unknown:
		return Maybe
	case OneOf:
		return agree(v, func(c *Value) Tri { return c.EqualsText(s) })
	}
	return No
}

// couldBe matches s against the known parts of a Text in order; open parts take any text.
func (v *Value) couldBe(s string) Tri {
	last := len(v.Items) - 1
	for i, p := range v.Items {
		if p.Kind != String {
			continue
		}
		switch {
		case i == 0:
			if !strings.HasPrefix(s, p.Str) {
				return No
			}
			s = s[len(p.Str):]
		case i == last:
			if !strings.HasSuffix(s, p.Str) {
				return No
			}
			s = ""
		default:
			at := strings.Index(s, p.Str)
			if at < 0 {
				return No
			}
			s = s[at+len(p.Str):]
		}
	}
	return Maybe
}

// HasPrefix reports whether the value's text begins with s.
func (v *Value) HasPrefix(s string) Tri {
	if t, ok := v.Scalar(); ok {
		return TriOf(strings.HasPrefix(t, s))
	}
	switch v.Kind {
	case Text:
		if first := v.Items[0]; first.Kind == String {
			if len(first.Str) >= len(s) || !strings.HasPrefix(s, first.Str) {
				return TriOf(strings.HasPrefix(first.Str, s))
			}
		}
		return Maybe
	case OneOf:
		return agree(v, func(c *Value) Tri { return c.HasPrefix(s) })
	case Ref, Unknown:
		return Maybe
	}
	return No
}

// HasSuffix reports whether the value's text ends with s.
func (v *Value) HasSuffix(s string) Tri {
	if t, ok := v.Scalar(); ok {
		return TriOf(strings.HasSuffix(t, s))
	}
	switch v.Kind {
	case Text:
		if last := v.Items[len(v.Items)-1]; last.Kind == String {
			if len(last.Str) >= len(s) || !strings.HasSuffix(s, last.Str) {
				return TriOf(strings.HasSuffix(last.Str, s))
			}
		}
		return Maybe
	case OneOf:
		return agree(v, func(c *Value) Tri { return c.HasSuffix(s) })
	case Ref, Unknown:
		return Maybe
	}
	return No
}

// ContainsText reports whether the value's text contains s: Yes when a known part does.
func (v *Value) ContainsText(s string) Tri {
	if t, ok := v.Scalar(); ok {
		return TriOf(strings.Contains(t, s))
	}
	switch v.Kind {
	case Text:
		for _, p := range v.Items {
			if p.Kind == String && strings.Contains(p.Str, s) {
				return Yes
			}
		}
		return Maybe
	case OneOf:
		return agree(v, func(c *Value) Tri { return c.ContainsText(s) })
	case Ref, Unknown:
		return Maybe
	}
	return No
}

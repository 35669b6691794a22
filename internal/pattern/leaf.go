package pattern

import (
	"wardlet.example/internal/model"
)

// leaf is the list at the end of a pattern's path: one of its tests must hold for one of the values of the event.
type leaf struct {
	dialect dialect
	tests   []test
	present bool // {"exists": true} is among the tests
	missing bool // {"exists": false} is among the tests
	unsure  bool // a test that nobody can read is among them, or the list is not known
}

// test is a comparison with one value. v is a known scalar, a Text, a Ref or Null.
type test interface {
	holds(m *matcher, v *model.Value) model.Tri
}

func (l *leaf) match(m *matcher, v *model.Value, present bool) model.Tri {
	if !m.spend(1) {
		return model.Maybe
	}
	if !present {
		return l.absent()
	}
	if answer, decided := over(m, l, v); decided {
		return answer
	}
	switch v.Kind {
	case model.Map:
		return l.inner()
	case model.List:
		return l.list(m, v)
	case model.Unknown:
		if !isNull(v) {
			return model.Maybe // tests that hold for everything together are not looked for
		}
	}
	return or(l.value(m, v), l.exists(v))
}

// absent is the answer where the event has nothing at the place.
func (l *leaf) absent() model.Tri {
	switch {
	case l.missing:
		return model.Yes
	case l.unsure:
		return model.Maybe
	}
	return model.No
}

// inner is the answer where the event goes on with a map: comparisons look at values alone. What exists means there is not
// the same in all services.
func (l *leaf) inner() model.Tri {
	if l.present || l.missing || l.unsure {
		return model.Maybe
	}
	for _, t := range l.tests {
		if negates(t) {
			return model.Maybe
		}
	}
	return model.No
}

// negates reports whether a test may be one that holds for what others do not hold for.
func negates(t test) bool {
	switch t := t.(type) {
	case butTest, unsureTest:
		return true
	case eitherTest:
		for _, u := range t {
			if negates(u) {
				return true
			}
		}
	}
	return false
}

// list asks about each value of a list, also of lists inside it.
func (l *leaf) list(m *matcher, v *model.Value) model.Tri {
	if len(v.Items) == 0 {
		return l.inner()
	}
	answer := model.No
	for _, item := range v.Items {
		if answer = or(answer, l.match(m, item, true)); answer == model.Yes {
			break
		}
	}
	return answer
}

// exists is the answer of the exists operator about a value that is there.
func (l *leaf) exists(v *model.Value) model.Tri {
	if !l.present && !l.missing {
		return model.No
	}
	if l.dialect.strict && (isNull(v) || v.Kind == model.String && v.Str == "") {
		return model.Maybe
	}
	return model.TriOf(l.present)
}

// value is the answer of the comparisons.
func (l *leaf) value(m *matcher, v *model.Value) model.Tri {
	answer := model.No
	if l.unsure {
		answer = model.Maybe
	}
	for _, t := range l.tests {
		if answer = or(answer, t.holds(m, v)); answer == model.Yes {
			break
		}
	}
	return answer
}

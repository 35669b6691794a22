package pattern

import (
	"net/netip"
	"strings"

	"wardlet.example/internal/model"
)

// textTest compares with a text: exact, with wildcards, with or without case.
type textTest struct {
	want  phrase
	fold  bool
	loose string // what a number or truth value must look like to perhaps be this text; empty: kinds are certain
}

func (t textTest) holds(m *matcher, v *model.Value) model.Tri {
	switch v.Kind {
	case model.String, model.Text, model.Ref:
		return t.compare(m, v)
	case model.Number, model.Bool:
		if s, _ := v.Scalar(); t.loose != "" && s == t.loose {
			return model.Maybe
		}
	}
	return model.No
}

func (t textTest) compare(m *matcher, v *model.Value) model.Tri {
	if !m.spend(textLength(v)) {
		return model.Maybe
	}
	text := speak(v, t.fold, orNone(t.want.refs))
	answer := t.want.match(m, text)
	if answer == model.No && t.fold && !(t.want.ascii && text.ascii) {
		return model.Maybe // how the services fold letters outside ASCII is not written anywhere
	}
	return answer
}

func textLength(v *model.Value) int {
	n := len(v.Str)
	for _, p := range v.Items {
		n += 1 + len(p.Str)
	}
	return n
}

// orNone keeps speak from numbering references: the event's are looked up only.
func orNone(refs []string) []string {
	if refs == nil {
		return []string{}
	}
	return refs
}

// plainTest compares with true, false or null.
type plainTest struct {
	null  bool
	is    bool
	loose bool
}

func (t plainTest) holds(_ *matcher, v *model.Value) model.Tri {
	switch {
	case isNull(v):
		return model.TriOf(t.null)
	case t.null:
		return model.No
	case v.Kind == model.Bool:
		return model.TriOf(v.Bool == t.is)
	case v.Kind == model.Ref:
		return model.Maybe
	case t.loose && v.Kind == model.String && v.Str == model.NewBool(t.is, v.Origin).String():
		return model.Maybe
	}
	return model.No
}

// bound is one comparison of a numeric operator.
type bound struct {
	op    string // = < <= > >=
	value float64
}

func (b bound) holds(n float64) bool {
	switch b.op {
	case "<":
		return n < b.value
	case "<=":
		return n <= b.value
	case ">":
		return n > b.value
	case ">=":
		return n >= b.value
	}
	return n == b.value
}

// numberTest compares with numbers; all bounds must hold.
type numberTest struct {
	bounds []bound
	doubt  bool // the number came through a parameter, which may have made it a text
	loose  bool // texts that hold a number are perhaps numbers
}

func (t numberTest) holds(_ *matcher, v *model.Value) model.Tri {
	switch v.Kind {
	case model.Number:
		return t.doubted(model.TriOf(t.all(v.Num)))
	case model.Ref:
		return model.Maybe
	case model.String:
		if n, ok := number(v.Str); t.loose && ok && t.all(n) {
			return model.Maybe
		}
	case model.Text:
		if t.loose {
			return model.Maybe
		}
	}
	return model.No
}

func (t numberTest) doubted(answer model.Tri) model.Tri {
	if t.doubt && answer == model.Yes {
		return model.Maybe
	}
	return answer
}

func (t numberTest) all(n float64) bool {
	for _, b := range t.bounds {
		if !b.holds(n) {
			return false
		}
	}
	return true
}

// cidrTest compares with a network.
type cidrTest struct{ network netip.Prefix }

func (t cidrTest) holds(_ *matcher, v *model.Value) model.Tri {
	switch v.Kind {
	case model.Text, model.Ref:
		return model.Maybe
	case model.String:
		return t.contains(v.Str)
	}
	return model.No
}

func (t cidrTest) contains(s string) model.Tri {
	if ip, err := netip.ParseAddr(s); err == nil && ip.Zone() == "" {
		return model.TriOf(t.network.Contains(ip) || t.network.Contains(ip.Unmap()))
	}
	if strings.ContainsAny(s, ".:") && strings.Trim(strings.ToLower(s), "0123456789abcdef.:/%") == "" {
		return model.Maybe // an address in a form that services may read
	}
	return model.No
}

// butTest is anything-but: it holds for every value for which none of the tests holds, of whatever kind.
type butTest struct {
	tests []test
	texts bool // all tests compare texts
	mixed bool // the service does not say what a value of another kind does
}

func (t butTest) holds(m *matcher, v *model.Value) model.Tri {
	answer := model.No
	for _, u := range t.tests {
		if answer = or(answer, u.holds(m, v)); answer == model.Yes {
			break
		}
	}
	if t.mixed && answer == model.No && t.otherKind(v) {
		return model.Maybe
	}
	return not(answer)
}

func (t butTest) otherKind(v *model.Value) bool {
	text := v.Kind == model.String || v.Kind == model.Text
	return text != t.texts || isNull(v) || v.Kind == model.Bool
}

// unsureTest is a test whose operands are not known.
type unsureTest struct{}

func (unsureTest) holds(*matcher, *model.Value) model.Tri { return model.Maybe }

// nullOrNothing is an element of a list that is null or was left out.
type nullOrNothing struct{}

func (nullOrNothing) holds(_ *matcher, v *model.Value) model.Tri {
	if isNull(v) {
		return model.Maybe
	}
	return model.No
}

// eitherTest is a test that is one of several, depending on a variable.
type eitherTest []test

func (e eitherTest) holds(m *matcher, v *model.Value) model.Tri {
	answer := e[0].holds(m, v)
	for _, t := range e[1:] {
		if answer == model.Maybe || t.holds(m, v) != answer {
			return model.Maybe
		}
	}
	return answer
}

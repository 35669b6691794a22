package policy

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"wardlet.example/internal/jsontext"
	"wardlet.example/internal/model"
)

// Condition is when a statement applies: all of its tests have to hold.
type Condition struct {
	Tests []Test
	Open  string // why perhaps there are more; empty if there are not
}

// Test is one key under one operator: it holds if one of the values fits (for negated operators: if none does).
type Test struct {
	Operator string // as written
	Key      string
	Values   []*model.Value
	there    model.Tri
	op       operator
	set      string // forallvalues, foranyvalue, or empty
	ifExists bool
	known    bool // whether there is such an operator
}

// operator is how values are compared.
type operator struct {
	fits    func(want text, wanted *model.Value, got string) model.Tri
	negated bool
}

// operators are the condition operators, in lower case (IAM User Guide, "Condition operators").
var operators = map[string]operator{
	"stringequals":              {fits: equal},
	"stringnotequals":           {fits: equal, negated: true},
	"stringequalsignorecase":    {fits: equalFold},
	"stringnotequalsignorecase": {fits: equalFold, negated: true},
	"stringlike":                {fits: like},
	"stringnotlike":             {fits: like, negated: true},
	"numericequals":             {fits: number(func(c int) bool { return c == 0 })},
	"numericnotequals":          {fits: number(func(c int) bool { return c == 0 }), negated: true},
	"numericlessthan":           {fits: number(func(c int) bool { return c < 0 })},
	"numericlessthanequals":     {fits: number(func(c int) bool { return c <= 0 })},
	"numericgreaterthan":        {fits: number(func(c int) bool { return c > 0 })},
	"numericgreaterthanequals":  {fits: number(func(c int) bool { return c >= 0 })},
	"dateequals":                {fits: date(func(c int) bool { return c == 0 })},
	"datenotequals":             {fits: date(func(c int) bool { return c == 0 }), negated: true},
	"datelessthan":              {fits: date(func(c int) bool { return c < 0 })},
	"datelessthanequals":        {fits: date(func(c int) bool { return c <= 0 })},
	"dategreaterthan":           {fits: date(func(c int) bool { return c > 0 })},
	"dategreaterthanequals":     {fits: date(func(c int) bool { return c >= 0 })},
	"bool":                      {fits: equalFold},
	"binaryequals":              {fits: equal},
	"ipaddress":                 {fits: inRange},
	"notipaddress":              {fits: inRange, negated: true},
	"arnequals":                 {fits: likeARN},
	"arnlike":                   {fits: likeARN},
	"arnnotequals":              {fits: likeARN, negated: true},
	"arnnotlike":                {fits: likeARN, negated: true},
	"null":                      {},
}

func (d *Document) condition(v *model.Value) *Condition {
	v = v.Settled()
	c := &Condition{}
	switch {
	case v.Kind == model.Absent:
		return nil
	case v.Kind != model.Map:
		if v.Kind != model.Unknown && v.Kind != model.Ref {
			d.problem(v, "the Condition is a "+v.Kind.String(), "write a map of operators, each with a map of keys")
		}
		c.Open = "the condition is not known"
		return c
	}
	for _, f := range v.Fields {
		tests := f.Value.Settled()
		if jsontext.IsOpen(f.Key) || tests.Kind != model.Map {
			if tests.Kind != model.Absent {
				c.Open = "the condition is not known in full"
			}
			continue
		}
		for _, g := range tests.Fields {
			c.Tests = append(c.Tests, d.test(f, g))
		}
	}
	return c
}

func (d *Document) test(operatorField, keyField model.Field) Test {
	t := Test{Operator: operatorField.Key, Key: keyField.Key, Values: elements(keyField.Value), there: keyField.Value.IsSet()}
	name := strings.ToLower(t.Operator)
	for _, set := range []string{"forallvalues", "foranyvalue"} {
		if rest, ok := strings.CutPrefix(name, set+":"); ok {
			t.set, name = set, rest
		}
	}
	name, t.ifExists = strings.CutSuffix(name, "ifexists")
	t.op, t.known = operators[name]
	if !t.known {
		at := keyField.Value
		if at.Origin.IsZero() {
			at = at.At(model.Origin{Pos: operatorField.At})
		}
		d.problem(at, "there is no condition operator "+t.Operator, "write one of the IAM User Guide, such as StringEquals or ArnLike")
	}
	if jsontext.IsOpen(t.Key) {
		t.known = false
	}
	return t
}

// Context is what is known of a request beyond who asks for what.
type Context struct {
	Keys map[string][]string // values by condition key in lower case; no value: the key is not in the request
	Open func(key string) bool
}

// look gives the values of a key; known is false where nobody knows whether it is in the request.
func (c *Context) look(key string) (values []string, there, known bool) {
	key = strings.ToLower(key)
	if c == nil {
		return nil, false, false
	}
	if values, there = c.Keys[key]; there {
		return values, len(values) > 0, true
	}
	if c.Open != nil && c.Open(key) {
		return nil, false, false
	}
	return nil, false, true
}

// holds is whether a condition is met.
func (c *Condition) holds(r *Request, variables bool) model.Tri {
	if c == nil {
		return model.Yes
	}
	answer := model.Yes
	if c.Open != "" {
		answer = model.Maybe
	}
	for i := range c.Tests {
		t := &c.Tests[i]
		a := t.holds(r, variables)
		if t.there != model.Yes && a == model.No {
			a = model.Maybe
			if t.there == model.No {
				a = model.Yes
			}
		}
		answer = min(answer, a)
	}
	return answer
}

func (t *Test) holds(r *Request, variables bool) model.Tri {
	if !t.known {
		return model.Maybe
	}
	got, there, known := r.Context.look(t.Key)
	switch {
	case !known:
		return t.whenOpen()
	case t.op.fits == nil:
		return t.null(there)
	case !there && t.set == "forallvalues":
		return model.Yes
	case !there && t.set == "foranyvalue":
		return model.TriOf(t.ifExists)
	case !there:
		return model.TriOf(t.ifExists || t.op.negated)
	case t.set == "forallvalues":
		answer := model.Yes
		for _, g := range got {
			answer = min(answer, t.one(r, g, variables))
		}
		return answer
	}
	answer := model.No
	for _, g := range got {
		answer = max(answer, t.one(r, g, variables))
	}
	return answer
}

// whenOpen is the answer where nobody knows the key: some tests hold or fail whatever it is.
func (t *Test) whenOpen() model.Tri {
	if t.op.fits != nil && !t.op.negated && !t.ifExists && t.set != "forallvalues" && len(t.Values) == 0 {
		return model.No
	}
	return model.Maybe
}

// null is the test of whether a key is in the request at all.
func (t *Test) null(there bool) model.Tri {
	answer := model.No
	for _, v := range t.Values {
		switch s, ok := v.Scalar(); {
		case !ok:
			answer = max(answer, model.Maybe)
		case strings.EqualFold(s, "true"):
			answer = max(answer, model.TriOf(!there))
		case strings.EqualFold(s, "false"):
			answer = max(answer, model.TriOf(there))
		}
	}
	return answer
}

// one is whether a value of the request fits one of the values of the test; for negated operators, none of them.
func (t *Test) one(r *Request, got string, variables bool) model.Tri {
	answer := model.No
	for _, v := range t.Values {
		v = r.replaced(v, variables)
		if v.Kind == model.Absent { // a variable that has no value
			continue
		}
		answer = max(answer, t.op.fits(patternOf(v), v, got))
	}
	if t.op.negated {
		return -answer
	}
	return answer
}

func equal(_ text, want *model.Value, got string) model.Tri {
	return unmarked(want).EqualsText(got)
}

func equalFold(_ text, want *model.Value, got string) model.Tri {
	if s, ok := unmarked(want).Scalar(); ok {
		return model.TriOf(strings.EqualFold(s, got))
	}
	return model.Maybe
}

func like(want text, _ *model.Value, got string) model.Tri {
	return want.matches(takeString(got, false))
}

// likeARN compares the six parts of ARNs one by one: no wildcard reaches over a colon, except in the last part.
func likeARN(want text, v *model.Value, got string) model.Tri {
	s, ok := v.Scalar()
	if !ok {
		return want.matches(takeString(got, false))
	}
	p, g := strings.SplitN(s, ":", 6), strings.SplitN(got, ":", 6)
	if s == "*" {
		return model.Yes
	}
	if len(p) != 6 || len(g) != 6 {
		return model.No
	}
	for i := range p {
		if !glob(p[i], g[i]) {
			return model.No
		}
	}
	return model.Yes
}

func number(is func(int) bool) func(text, *model.Value, string) model.Tri {
	return func(_ text, want *model.Value, got string) model.Tri {
		s, ok := want.Scalar()
		if !ok {
			return model.Maybe
		}
		w, err1 := strconv.ParseFloat(s, 64)
		g, err2 := strconv.ParseFloat(got, 64)
		if err1 != nil || err2 != nil {
			return model.No
		}
		switch {
		case g < w:
			return model.TriOf(is(-1))
		case g > w:
			return model.TriOf(is(1))
		}
		return model.TriOf(is(0))
	}
}

var dateForms = []string{time.RFC3339, "2006-01-02T15:04:05Z0700", "2006-01-02T15:04Z07:00", "2006-01-02"}

func dateOf(s string) (time.Time, bool) {
	for _, form := range dateForms {
		if t, err := time.Parse(form, s); err == nil {
			return t, true
		}
	}
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		return time.Unix(n, 0), true
	}
	return time.Time{}, false
}

func date(is func(int) bool) func(text, *model.Value, string) model.Tri {
	return func(_ text, want *model.Value, got string) model.Tri {
		s, ok := want.Scalar()
		if !ok {
			return model.Maybe
		}
		w, ok1 := dateOf(s)
		g, ok2 := dateOf(got)
		return model.TriOf(ok1 && ok2 && is(g.Compare(w)))
	}
}

func inRange(_ text, want *model.Value, got string) model.Tri {
	s, ok := want.Scalar()
	if !ok {
		return model.Maybe
	}
	ip, err := netip.ParseAddr(got)
	if err != nil {
		return model.No
	}
	if !strings.Contains(s, "/") {
		w, err := netip.ParseAddr(s)
		return model.TriOf(err == nil && w == ip)
	}
	w, err := netip.ParsePrefix(s)
	return model.TriOf(err == nil && w.Contains(ip))
}

// Keys are the condition keys that a condition tests, in lower case, each once.
func (c *Condition) Keys() []string {
	var out []string
	if c == nil {
		return nil
	}
	for _, t := range c.Tests {
		if key := strings.ToLower(t.Key); !slices.Contains(out, key) {
			out = append(out, key)
		}
	}
	return out
}

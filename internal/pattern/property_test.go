package pattern_test

import (
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"wardlet.example/internal/model"
	"wardlet.example/internal/pattern"
)

func sampled[T any](t *rapid.T, label string, from ...T) T {
	return rapid.SampledFrom(from).Draw(t, label)
}

// A small vocabulary makes matches as likely as misses.
func words(t *rapid.T) *model.Value {
	return model.NewString(sampled(t, "word", "", "a", "b", "ab", "aab", "A", "1", "true", "10.0.0.1"), nowhere)
}

func scalars(t *rapid.T) *model.Value {
	switch rapid.IntRange(0, 5).Draw(t, "kind") {
	case 0:
		return model.NewInt(rapid.IntRange(0, 2).Draw(t, "number"), nowhere)
	case 1:
		return model.NewBool(rapid.Bool().Draw(t, "bool"), nowhere)
	}
	return words(t)
}

func eventValues(t *rapid.T, depth int) *model.Value {
	switch rapid.IntRange(0, 9).Draw(t, "shape") {
	case 0:
		return pattern.Null(nowhere)
	case 1:
		return model.NewAbsent(nowhere)
	case 2:
		return openPart("Queue")
	case 3:
		return model.NewText([]*model.Value{words(t), openPart(sampled(t, "open", "Queue", "!")), words(t)}, nowhere)
	case 4:
		return model.NewOneOf("Stage", []model.Choice{{Label: "dev", Value: scalars(t)}, {Label: "prod", Value: model.NewAbsent(nowhere)}}, 0, nowhere)
	case 5:
		if depth > 0 {
			return model.NewList(manyOf(t, func() *model.Value { return eventValues(t, depth-1) }), nowhere)
		}
	case 6, 7:
		if depth > 0 {
			return events(t, depth-1)
		}
	}
	return scalars(t)
}

func manyOf(t *rapid.T, f func() *model.Value) []*model.Value {
	out := make([]*model.Value, rapid.IntRange(0, 3).Draw(t, "count"))
	for i := range out {
		out[i] = f()
	}
	return out
}

func fieldsOf(t *rapid.T, f func() *model.Value) *model.Value {
	var fields []model.Field
	for _, key := range []string{"x", "y", "detail"} {
		if rapid.Bool().Draw(t, key) {
			fields = append(fields, model.Field{Key: key, Value: f()})
		}
	}
	return model.NewMap(fields, nowhere)
}

func events(t *rapid.T, depth int) *model.Value {
	return fieldsOf(t, func() *model.Value { return eventValues(t, depth) })
}

func operator(name string, v *model.Value) *model.Value {
	return model.NewMap([]model.Field{{Key: name, Value: v}}, nowhere)
}

func comparisons(t *rapid.T) *model.Value {
	texts := func() *model.Value {
		if rapid.IntRange(0, 3).Draw(t, "open") == 0 {
			return model.NewText([]*model.Value{words(t), openPart("Queue"), words(t)}, nowhere)
		}
		return words(t)
	}
	switch name := sampled(t, "operator", "", "", "null", "exists", "prefix", "suffix", "equals-ignore-case", "wildcard", "anything-but", "but-map", "numeric", "cidr", "bad"); name {
	case "":
		return scalars(t)
	case "null":
		return model.NewAbsent(nowhere)
	case "exists":
		return operator(name, model.NewBool(rapid.Bool().Draw(t, "exists"), nowhere))
	case "wildcard":
		return operator(name, model.NewString(sampled(t, "glob", "*", "a*", "*b", "a*b", "*a*"), nowhere))
	case "anything-but":
		return operator(name, model.NewList(append(manyOf(t, scalars2(t)), texts()), nowhere))
	case "but-map":
		return operator("anything-but", operator(sampled(t, "inner", "prefix", "suffix", "equals-ignore-case", "wildcard"), texts()))
	case "numeric":
		n := model.NewInt(rapid.IntRange(0, 2).Draw(t, "bound"), nowhere)
		return operator(name, model.NewList([]*model.Value{model.NewString(sampled(t, "op", "=", "<", "<=", ">", ">="), nowhere), n}, nowhere))
	case "cidr":
		return operator(name, model.NewString("10.0.0.0/24", nowhere))
	default:
		return operator(name, texts())
	}
}

func scalars2(t *rapid.T) func() *model.Value { return func() *model.Value { return scalars(t) } }

func patternNodes(t *rapid.T, depth int) *model.Value {
	if depth > 0 && rapid.IntRange(0, 2).Draw(t, "inner") == 0 {
		return patterns(t, depth-1)
	}
	return model.NewList(append(manyOf(t, func() *model.Value { return comparisons(t) }), comparisons(t)), nowhere)
}

func patterns(t *rapid.T, depth int) *model.Value {
	p := fieldsOf(t, func() *model.Value { return patternNodes(t, depth) })
	if depth > 0 && rapid.IntRange(0, 3).Draw(t, "or") == 0 {
		both := model.NewList([]*model.Value{patterns(t, depth-1), patterns(t, depth-1)}, nowhere)
		p = model.NewMap(append(p.Fields, model.Field{Key: "$or", Value: both}), nowhere)
	}
	return p
}

// forget replaces the part of v with this number by an unknown.
func forget(v *model.Value, at *int, with *model.Value) *model.Value {
	*at--
	if *at < 0 {
		if *at == -1 {
			return with
		}
		return v
	}
	w := *v
	w.Items, w.Fields, w.Choices = nil, nil, nil
	for _, item := range v.Items {
		w.Items = append(w.Items, forget(item, at, with))
	}
	for _, f := range v.Fields {
		f.Value = forget(f.Value, at, with)
		w.Fields = append(w.Fields, f)
	}
	for _, c := range v.Choices {
		c.Value = forget(c.Value, at, with)
		w.Choices = append(w.Choices, c)
	}
	return &w
}

func forgetSome(t *rapid.T, label string, v *model.Value) *model.Value {
	at := rapid.IntRange(0, int(v.Size)-1).Draw(t, label)
	with := model.NewUnknown("forgotten", nowhere)
	return forget(v, &at, with)
}

// lessKnown reports whether an answer may come from less knowledge than another: it is the same or open.
func lessKnown(less, more model.Tri) bool { return less == more || less == maybe }

// Who knows less never knows better: replacing a part of the event or of the pattern by an unknown keeps the answer or
// opens it.
func TestForgettingOnlyOpens(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, e := patterns(t, 2), events(t, 2)
		answer := pattern.EventBridge(p).Matches(e)
		if got := pattern.EventBridge(p).Matches(forgetSome(t, "event part", e)); !lessKnown(got, answer) {
			t.Fatalf("%s became %s with a part of the event forgotten", answer, got)
		}
		if got := pattern.EventBridge(forgetSome(t, "pattern part", p)).Matches(e); !lessKnown(got, answer) {
			t.Fatalf("%s became %s with a part of the pattern forgotten", answer, got)
		}
		if got := pattern.EventBridge(p).Matches(pattern.Open(e)); !lessKnown(got, answer) {
			t.Fatalf("%s became %s with an open event", answer, got)
		}
	})
}

// The same holds for the other filters.
func TestForgettingOnlyOpensElsewhere(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		policy, attributes := patterns(t, 0), events(t, 1)
		event := model.NewMap([]model.Field{{Key: "MessageAttributes", Value: attributes}}, nowhere)
		answer := pattern.SNS(policy, nil).Matches(event)
		if got := pattern.SNS(policy, nil).Matches(forgetSome(t, "attribute", event)); !lessKnown(got, answer) {
			t.Fatalf("SNS: %s became %s", answer, got)
		}
		if got := pattern.SNS(policy, model.NewUnknown("", nowhere)).Matches(event); !lessKnown(got, answer) {
			t.Fatalf("SNS: %s became %s with an unknown scope", answer, got)
		}
		criteria := operator("Filters", model.NewList([]*model.Value{operator("Pattern", operator("body", patternNodes(t, 1)))}, nowhere))
		record := operator("body", eventValues(t, 1))
		answer = pattern.FilterCriteria(criteria, pattern.SQS).Matches(record)
		if got := pattern.FilterCriteria(forgetSome(t, "criteria", criteria), pattern.SQS).Matches(record); !lessKnown(got, answer) {
			t.Fatalf("SQS: %s became %s with a part of the criteria forgotten", answer, got)
		}
		if got := pattern.FilterCriteria(criteria, pattern.SQS).Matches(forgetSome(t, "record", record)); !lessKnown(got, answer) {
			t.Fatalf("SQS: %s became %s with a part of the record forgotten", answer, got)
		}
		if got := pattern.FilterCriteria(criteria, pattern.OtherSource).Matches(record); !lessKnown(got, answer) {
			t.Fatalf("SQS: %s became %s with an unknown source", answer, got)
		}
	})
}

// Of a value, anything-but says the opposite of what the values themselves say.
func TestAnythingButIsTheOpposite(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := append(manyOf(t, scalars2(t)), words(t))
		for i, v := range values {
			if v.Kind == model.Bool {
				values[i] = words(t)
			}
		}
		list := model.NewList(values, nowhere)
		e := operator("x", sampled(t, "value", scalars(t), pattern.Null(nowhere), openPart("Queue")))
		exact := pattern.EventBridge(operator("x", list)).Matches(e)
		but := pattern.EventBridge(operator("x", model.NewList([]*model.Value{operator("anything-but", list)}, nowhere))).Matches(e)
		if but != -exact {
			t.Fatalf("exact says %s, anything-but %s", exact, but)
		}
	})
}

// On known texts a wildcard is a regular expression, and an open text is answered as all texts it can be.
func TestWildcardIsARegularExpression(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		glob := regexp.MustCompile(`\*+`).ReplaceAllString(rapid.StringMatching(`[ab*]{0,8}`).Draw(t, "glob"), "*")
		want := regexp.MustCompile("^(?s:" + strings.ReplaceAll(glob, "*", ".*") + ")$")
		p := pattern.EventBridge(operator("x", model.NewList([]*model.Value{operator("wildcard", model.NewString(glob, nowhere))}, nowhere)))
		ask := func(v *model.Value) model.Tri { return p.Matches(operator("x", v)) }

		first, middle, last := rapid.StringMatching(`[ab]{0,4}`), rapid.StringMatching(`[ab]{0,4}`), rapid.StringMatching(`[ab]{0,4}`)
		a, b, c := first.Draw(t, "first"), middle.Draw(t, "middle"), last.Draw(t, "last")
		known := ask(model.NewString(a+b+c, nowhere))
		if known != model.TriOf(want.MatchString(a+b+c)) {
			t.Fatalf("%s on %s: %s", glob, a+b+c, known)
		}
		open := ask(model.NewText([]*model.Value{model.NewString(a, nowhere), openPart("!"), model.NewString(c, nowhere)}, nowhere))
		if !lessKnown(open, known) {
			t.Fatalf("%s on %s...%s: %s, but on %s: %s", glob, a, c, open, a+b+c, known)
		}
	})
}

// What is said of an open text is exactly what all texts in its place have in common.
func TestOpenTextIsExact(t *testing.T) {
	fillings := []string{"", "c"}
	for range 3 {
		for _, s := range fillings {
			fillings = append(fillings, s+"a", s+"b")
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		name := sampled(t, "operator", "prefix", "suffix", "equals-ignore-case")
		p := pattern.EventBridge(operator("x", model.NewList([]*model.Value{operator(name, model.NewString(rapid.StringMatching(`[ab]{0,3}`).Draw(t, "operand"), nowhere))}, nowhere)))
		a, c := rapid.StringMatching(`[ab]{0,3}`).Draw(t, "first"), rapid.StringMatching(`[ab]{0,3}`).Draw(t, "last")
		lowest, highest := yes, no
		for _, b := range fillings {
			got := p.Matches(operator("x", model.NewString(a+b+c, nowhere)))
			lowest, highest = min(lowest, got), max(highest, got)
		}
		want := maybe
		if lowest == highest {
			want = lowest
		}
		open := model.NewText([]*model.Value{model.NewString(a, nowhere), openPart("!"), model.NewString(c, nowhere)}, nowhere)
		if got := p.Matches(operator("x", open)); got != want {
			t.Fatalf("%s on %s...%s: %s, want %s", name, a, c, got, want)
		}
	})
}

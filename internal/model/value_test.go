package model_test

import (
	"testing"

	"pgregory.net/rapid"

	"wardlet.example/internal/model"
)

var (
	nowhere = model.Origin{}
	open    = model.NewPresent("not known before deployment", nowhere)
	maybe   = model.NewUnknown("not known", nowhere)
	ref     = model.NewRef("Table", "Arn", nowhere)
	prod    = model.NewOneOf("Stage", []model.Choice{
		{Label: "dev", Value: text("small")}, {Label: "prod", Value: text("big")},
	}, 0, nowhere)
	optional = model.NewOneOf("Stage", []model.Choice{
		{Label: "dev", Value: model.NewAbsent(nowhere)}, {Label: "prod", Value: text("big")},
	}, 0, nowhere)
)

func text(s string) *model.Value { return model.NewString(s, nowhere) }

func join(parts ...*model.Value) *model.Value { return model.NewText(parts, nowhere) }

// A text that is known in parts answers as soon as its known parts decide.
func TestKnownPartsDecide(t *testing.T) {
	arn := join(text("arn:aws:s3:::"), open, text("/*"))
	tests := []struct {
		name string
		got  model.Tri
		want model.Tri
	}{
		{"is not *", arn.EqualsText("*"), model.No},
		{"may be a bucket", arn.EqualsText("arn:aws:s3:::b/*"), model.Maybe},
		{"is no queue", arn.EqualsText("arn:aws:sqs:::b/*"), model.No},
		{"begins like an ARN", arn.HasPrefix("arn:"), model.Yes},
		{"does not begin otherwise", arn.HasPrefix("http"), model.No},
		{"may begin with a bucket", arn.HasPrefix("arn:aws:s3:::logs"), model.Maybe},
		{"ends in a star", arn.HasSuffix("/*"), model.Yes},
		{"does not end otherwise", arn.HasSuffix(".zip"), model.No},
		{"contains s3", arn.ContainsText("s3"), model.Yes},
		{"may contain anything", arn.ContainsText("logs"), model.Maybe},
		{"a reference is no literal", ref.EqualsText("*"), model.No},
		{"an unknown may be", maybe.EqualsText("*"), model.Maybe},
		{"alternatives agree", prod.EqualsText("medium"), model.No},
		{"alternatives differ", prod.EqualsText("big"), model.Maybe},
		{"the middle counts", join(open, text(":table/"), open).EqualsText("arn:queue/x"), model.No},
	}
	for _, test := range tests {
		if test.got != test.want {
			t.Errorf("%s: %s, want %s", test.name, test.got, test.want)
		}
	}
}

func TestIsSet(t *testing.T) {
	tests := []struct {
		name string
		v    *model.Value
		want model.Tri
	}{
		{"nothing", nil, model.No},
		{"absent", model.NewAbsent(nowhere), model.No},
		{"text", text(""), model.Yes},
		{"unknown", maybe, model.Maybe},
		{"unknown but written", open, model.Yes},
		{"reference", ref, model.Yes},
		{"set in all worlds", prod, model.Yes},
		{"set in one world", optional, model.Maybe},
	}
	for _, test := range tests {
		if got := test.v.IsSet(); got != test.want {
			t.Errorf("%s: %s, want %s", test.name, got, test.want)
		}
	}
}

func TestPath(t *testing.T) {
	v := model.NewMap([]model.Field{
		{Key: "Cors", Value: model.NewMap([]model.Field{{Key: "Origins", Value: model.NewList([]*model.Value{text("*")}, nowhere)}}, nowhere)},
		{Key: "Later", Value: open},
		{Key: "Either", Value: model.NewOneOf("P", []model.Choice{
			{Label: "a", Value: model.NewMap([]model.Field{{Key: "X", Value: text("1")}}, nowhere)},
			{Label: "b", Value: model.NewMap(nil, nowhere)},
		}, 0, nowhere)},
	}, nowhere)
	tests := []struct {
		path []string
		want string
	}{
		{[]string{"Cors", "Origins", "0"}, "*"},
		{[]string{"Cors", "Origins", "1"}, "absent"},
		{[]string{"Cors", "Nothing", "Below"}, "absent"},
		{[]string{"Later", "Anything"}, "?"},
		{[]string{"Either", "X"}, "1 | absent"},
	}
	for _, test := range tests {
		if got := v.Path(test.path...).String(); got != test.want {
			t.Errorf("%v = %s, want %s", test.path, got, test.want)
		}
	}
	if v.Path("Later", "Anything").IsSet() != model.Maybe {
		t.Error("what stands below an unknown may be absent")
	}
}

// Sharing one list ten levels deep makes a graph of eleven nodes and an expanded size that must not overflow.
func TestSizeSaturates(t *testing.T) {
	v := text("x")
	for range 60 {
		v = model.NewList([]*model.Value{v, v}, nowhere)
	}
	if v.Size != model.MaxSize {
		t.Errorf("size %d, want it saturated at %d", v.Size, model.MaxSize)
	}
	steps := 0
	if v.Walk(1000, func(*model.Value) { steps++ }) {
		t.Error("a walk must tell that its budget was used up")
	}
	if steps != 1000 {
		t.Errorf("walked %d steps, want 1000", steps)
	}
}

// Whatever an open part turns out to be, an answer that was decided stays true.
func TestDecidedStaysDecided(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.StringMatching(`[ab:*]{0,4}`)
		before, inside, after, asked := word.Draw(t, "before"), word.Draw(t, "inside"), word.Draw(t, "after"), word.Draw(t, "asked")
		partly := join(text(before), open, text(after))
		known := text(before + inside + after)
		for name, ask := range map[string]func(*model.Value, string) model.Tri{
			"equals": (*model.Value).EqualsText, "prefix": (*model.Value).HasPrefix,
			"suffix": (*model.Value).HasSuffix, "contains": (*model.Value).ContainsText,
		} {
			if got := ask(partly, asked); got != model.Maybe && got != ask(known, asked) {
				t.Fatalf("%s %q: %s for %s, but %s once it is %q", name, asked, got, partly, ask(known, asked), known)
			}
		}
	})
}

func TestNumber(t *testing.T) {
	shared := model.NewUnknown("x", nowhere)
	ws := &model.Workspace{Apps: []*model.App{{Resources: []*model.Resource{{
		Props: model.NewList([]*model.Value{shared, prod, shared}, nowhere),
	}}}}}
	ws.Number()
	if len(ws.Uncertain) != 2 || ws.Uncertain[shared.ID-1] != shared {
		t.Errorf("numbered %v", ws.Uncertain)
	}
}

package pattern_test

import (
	"strings"
	"testing"

	"wardlet.example/internal/model"
	"wardlet.example/internal/pattern"
)

// Hostile patterns and events cost steps, not time.
func TestBudget(t *testing.T) {
	stars := `{"k": [{"wildcard": "` + strings.Repeat("a*", 2000) + `b"}]}`
	deep := strings.Repeat(`{"a":`, 90) + `[1]` + strings.Repeat(`}`, 90)
	wide := model.NewString("x", nowhere)
	for range 60 {
		wide = model.NewList([]*model.Value{wide, wide}, nowhere)
	}
	tests := []struct {
		name    string
		pattern string
		event   *model.Value
		want    model.Tri
	}{
		{"wildcards", stars, value(t, `{"k": "`+strings.Repeat("a", 20_000)+`"}`), no},
		{"wildcards on a text that nearly matches", stars, value(t, `{"k": "`+strings.Repeat("a", 2000)+strings.Repeat("b", 100_000)+`c"}`), no},
		{"wildcards on an open text", stars, value(t, `{"k": "`+strings.Repeat("a", 20_000)+`${!}"}`), maybe},
		{"depth", deep, value(t, deep), yes},
		{"shared lists", `{"k": ["y"]}`, model.NewMap([]model.Field{{Key: "k", Value: wide}}, nowhere), maybe},
	}
	for _, test := range tests {
		if got := pattern.EventBridge(value(t, test.pattern)).Matches(test.event); got != test.want {
			t.Errorf("%s: %s, want %s", test.name, got, test.want)
		}
	}
}

// Values share children: what is small to write can be endless to walk.
func TestSharedValues(t *testing.T) {
	v := value(t, `["x"]`)
	oneOf := text("x")
	for range 60 {
		v = model.NewMap([]model.Field{{Key: "a", Value: v}, {Key: "b", Value: v}}, nowhere)
		oneOf = model.NewOneOf("Stage", []model.Choice{{Label: "dev", Value: oneOf}, {Label: "prod", Value: model.NewOneOf("Other", []model.Choice{{Label: "a", Value: oneOf}, {Label: "b", Value: text("y")}}, 0, nowhere)}}, 0, nowhere)
	}
	for name, p := range map[string]*pattern.Pattern{"fields": pattern.EventBridge(v), "choices": pattern.Logs(oneOf), "key": pattern.S3Key(oneOf)} {
		if got := p.Matches(value(t, `{"a": 1}`)); got != maybe || len(p.Problems()) != 1 {
			t.Errorf("%s: %s with %v, want unknown and one problem", name, got, p.Problems())
		}
	}
	key := pattern.S3Key(value(t, `[{"Name": "prefix", "Value": "in/"}]`))
	if got := key.Matches(oneOf); got != maybe {
		t.Errorf("a key: %s, want unknown", got)
	}
	body := pattern.SNS(value(t, `{"a": ["z"]}`), value(t, `"MessageBody"`))
	if got := body.Matches(model.NewMap([]model.Field{{Key: "Message", Value: oneOf}}, nowhere)); got != maybe {
		t.Errorf("a message: %s, want unknown", got)
	}
}

func TestTooLargePattern(t *testing.T) {
	v := model.NewString("x", nowhere)
	items := make([]*model.Value, 30_000)
	for i := range items {
		items[i] = v
	}
	p := pattern.EventBridge(model.NewMap([]model.Field{{Key: "k", Value: model.NewList(items, nowhere)}}, nowhere))
	if got := p.Matches(value(t, `{"k": "y"}`)); got != maybe || len(p.Problems()) != 1 {
		t.Errorf("%s with %v, want unknown and one problem", got, p.Problems())
	}
	var deep = value(t, `["x"]`)
	for range 200 {
		deep = model.NewMap([]model.Field{{Key: "a", Value: deep}}, nowhere)
	}
	if p := pattern.EventBridge(deep); len(p.Problems()) != 1 || !strings.Contains(p.Problems()[0].Message, "maps deep") {
		t.Errorf("problems %v, want one about the depth", p.Problems())
	}
}

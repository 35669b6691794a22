package pattern_test

import (
	"testing"

	"wardlet.example/internal/model"
	"wardlet.example/internal/pattern"
)

// What is not known in the event leaves the answer open, unless the rest decides.
func TestUnknownEvents(t *testing.T) {
	runEvents(t, []matching{
		{`{"source": ["shop"], "n": [1]}`, `${?}`, maybe},
		{`{"source": ["shop"], "n": [1]}`, `{"source": ${?}, "n": 2}`, no},
		{`{"source": ["shop"], "n": [1]}`, `{"source": ${?}, "n": 1}`, maybe},
		{`{"source": ["shop"]}`, `{${?}}`, maybe},
		{`{"source": ["shop"]}`, `{"n": 1, ${?}}`, maybe},
		{`{"source": ["shop"], "n": [1]}`, `{"n": 2, ${?}}`, no},
		{`{"detail": {"a": ["x"]}}`, `{"detail": ${!}}`, maybe},
		{`{"detail": {"a": ["x"]}}`, `{"detail": ${Ref}}`, maybe},
		{`{"s": ["dev", "prod"]}`, `{"s": ${dev|prod}}`, yes},
		{`{"s": ["dev"]}`, `{"s": ${dev|prod}}`, maybe},
		{`{"s": ["test"]}`, `{"s": ${dev|prod}}`, no},
		{`{"s": ["dev"]}`, `{"s": ${-|dev}}`, maybe},
		{`{"s": ["dev"]}`, `{"s": ${-|prod}}`, no},
		{`{"s": ["order.${!}"]}`, `{"s": "order.${!}"}`, maybe},
		{`{"s": ["order.new"]}`, `{"s": "order.${!}"}`, maybe},
		{`{"s": ["order.new"]}`, `{"s": "payment.${!}"}`, no},
		{`{"s": [{"prefix": "order."}]}`, `{"s": "order.${!}"}`, yes},
		{`{"s": [{"suffix": ".new"}]}`, `{"s": "order.${!}.new"}`, yes},
		{`{"s": [{"suffix": ".new"}]}`, `{"s": "order.${!}.old"}`, no},
		{`{"s": [{"equals-ignore-case": "ORDER"}]}`, `{"s": "or${!}"}`, maybe},
		{`{"s": [{"equals-ignore-case": "ORDER"}]}`, `{"s": "pay${!}"}`, no},
	})
}

// What is not known in the pattern does too. References equal themselves.
func TestUnknownPatterns(t *testing.T) {
	runEvents(t, []matching{
		{`${?}`, `{"source": "shop"}`, maybe},
		{`{"source": ${?}}`, `{"source": "shop"}`, maybe},
		{`{"source": ${?}, "n": [1]}`, `{"n": 2}`, no},
		{`{"source": [${?}]}`, `{"source": "shop"}`, maybe},
		{`{"source": [${?}, "shop"]}`, `{"source": "shop"}`, yes},
		{`{"source": [${?}]}`, `{}`, maybe}, // it may be {"exists": false}
		{`{"source": [${Bus}]}`, `{"source": ${Bus}}`, yes},
		{`{"source": [${Bus}]}`, `{"source": ${Other}}`, maybe},
		{`{"source": [${Bus}]}`, `{"source": "shop"}`, maybe},
		{`{"source": [${Bus}]}`, `{"source": 5}`, no},
		{`{"source": [{"anything-but": ${Bus}}]}`, `{"source": ${Bus}}`, no},
		{`{"source": ["shop.${Stage}"]}`, `{"source": "shop.${Stage}"}`, yes},
		{`{"source": ["shop.${Stage}"]}`, `{"source": "shop.${Stage}.x"}`, maybe}, // it cannot be, but references are not solved for
		{`{"source": [{"prefix": "shop.${Stage}"}]}`, `{"source": "shop.${Stage}.x"}`, yes},
		{`{"source": ["${dev|prod}"]}`, `{"source": "dev"}`, maybe},
		{`{"source": ["${dev|prod}"]}`, `{"source": "test"}`, no},
		{`{"source": ["${-|prod}"]}`, `{"source": "test"}`, no},
		{`{"source": ["${-|prod}"]}`, `{"source": "prod"}`, maybe},
		{`{"source": [{"prefix": ${dev|prod}}]}`, `{"source": "test"}`, no},
		{`{"source": [{"prefix": ${?}}]}`, `{"source": 5}`, maybe},
		{`{"a": [{"exists": ${?}}]}`, `{"a": 1}`, maybe},
		{`{"a": [{"cidr": ${Net}}]}`, `{"a": "10.0.0.1"}`, maybe},
		{`{"a": [{"numeric": ${?}}]}`, `{"a": 1}`, maybe},
		{`{"$or": ${?}, "n": [1]}`, `{"n": 1}`, maybe},
		{`{"$or": [${?}, {"n": [1]}]}`, `{"n": 1}`, yes},
	})
}

// What nobody can deploy is told with a way out, and is Maybe where it decides.
func TestMalformedPatterns(t *testing.T) {
	tests := []struct {
		matching
		problem string
	}{
		{matching{`{"a": [{"begins": "x"}]}`, `{"a": "x"}`, maybe}, `the operator "begins" is not known`},
		{matching{`{"a": ["x", {"begins": "x"}]}`, `{"a": "x"}`, yes}, `the operator "begins" is not known`},
		{matching{`{"a": [{"begins": "x"}], "b": [1]}`, `{"b": 2}`, no}, `the operator "begins" is not known`},
		{matching{`{"a": [{"prefix": "x", "suffix": "y"}]}`, `{"a": "x"}`, maybe}, "a comparison has 2 operators"},
		{matching{`{"a": "x"}`, `{"a": "y"}`, maybe}, "a field of the event pattern has no list"},
		{matching{`{"a": []}`, `{"a": "y"}`, maybe}, "a field of the event pattern has an empty list, which nothing can match"},
		{matching{`{"a": {}}`, `{"a": "y"}`, maybe}, "a field of the event pattern is an empty map"},
		{matching{`{}`, `{"a": "y"}`, maybe}, "the event pattern is empty"},
		{matching{`[1]`, `{"a": "y"}`, maybe}, "the event pattern is a list"},
		{matching{`{"a": [["x"]]}`, `{"a": "x"}`, maybe}, "a list stands inside the list of values"},
		{matching{`{"a": [{"prefix": 5}]}`, `{"a": "x"}`, maybe}, "prefix has no text"},
		{matching{`{"a": [{"exists": "true"}]}`, `{"a": "x"}`, maybe}, "exists has no truth value"},
		{matching{`{"a": [{"numeric": [">"]}]}`, `{"a": 1}`, maybe}, "numeric has no list of comparisons"},
		{matching{`{"a": [{"numeric": ["!=", 1]}]}`, `{"a": 1}`, maybe}, "numeric has something else than a comparison and a number"},
		{matching{`{"a": [{"numeric": [">", "1"]}]}`, `{"a": 1}`, maybe}, "numeric has something else than a comparison and a number"},
		{matching{`{"a": [{"cidr": "10.0.0.0"}]}`, `{"a": "10.0.0.0"}`, maybe}, "cidr has no network"},
		{matching{`{"a": [{"wildcard": "a**b"}]}`, `{"a": "ab"}`, maybe}, `the wildcard has ** or an escape other than \* and \\`},
		{matching{`{"a": [{"wildcard": "a\\b"}]}`, `{"a": "ab"}`, maybe}, `the wildcard has ** or an escape other than \* and \\`},
		{matching{`{"a": [{"anything-but": []}]}`, `{"a": "ab"}`, maybe}, "anything-but has no values"},
		{matching{`{"a": [{"anything-but": {"numeric": ["=", 1]}}]}`, `{"a": 1}`, maybe}, "anything-but has a map that is not one of its comparisons"},
		{matching{`{"a": [{"anything-but": [true]}]}`, `{"a": 1}`, maybe}, "anything-but has something else than texts and numbers"},
		{matching{`{"$or": [{"a": [1]}]}`, `{"a": 2}`, maybe}, "$or has fewer than two alternatives"},
		{matching{`{"$or": {"a": [1]}}`, `{"a": 2}`, maybe}, "$or has no list of maps"},
		{matching{`{"$or": [{"prefix": "x"}, {"a": [1]}]}`, `{"a": 2}`, maybe}, `an alternative of $or has the operator "prefix" where a field is expected`},
		{matching{`{"$or": ["a", {"a": [1]}]}`, `{"a": 2}`, maybe}, "an alternative of $or is no map"},
		{matching{`{"$or": [{}, {"a": [1]}]}`, `{"a": 1}`, yes}, "an alternative of $or is empty"},
	}
	for _, test := range tests {
		p := pattern.EventBridge(value(t, test.pattern))
		if got := p.Matches(value(t, test.event)); got != test.want {
			t.Errorf("pattern %s\n  event %s\n  %s, want %s", test.pattern, test.event, got, test.want)
		}
		if len(p.Problems()) != 1 || p.Problems()[0].Message != test.problem || p.Problems()[0].Hint == "" || p.Problems()[0].IsZero() {
			t.Errorf("pattern %s: problems %v, want %q with a place and a way out", test.pattern, p.Problems(), test.problem)
		}
	}
}

func TestInvalidJSON(t *testing.T) {
	tests := []struct{ pattern, problem string }{
		{`{"source": ["shop"]`, "the event pattern is not valid JSON: line 1, column 20 of the text: a comma or } is missing behind a field"},
		{"{\n  'source': []}", "the event pattern is not valid JSON: line 2, column 3 of the text: a key in double quotes is missing"},
		{`{"source": [shop]}`, `the event pattern is not valid JSON: line 1, column 13 of the text: "shop" is no JSON value; texts stand in double quotes`},
		{`"shop"`, "the event pattern is a text, not a map"},
		{``, "the event pattern is not valid JSON: line 1, column 1 of the text: a value is missing"},
	}
	for _, test := range tests {
		p := pattern.EventBridge(text(test.pattern))
		if got := p.Matches(value(t, `{"source": "bank"}`)); got != maybe {
			t.Errorf("%s: %s, want unknown", test.pattern, got)
		}
		if len(p.Problems()) != 1 || p.Problems()[0].Message != test.problem {
			t.Errorf("%s: problems %v, want %q", test.pattern, p.Problems(), test.problem)
		}
	}
}

func TestWithoutPattern(t *testing.T) {
	event := value(t, `{"source": "shop"}`)
	for name, v := range map[string]*model.Value{"nil": nil, "absent": model.NewAbsent(nowhere)} {
		if got := pattern.EventBridge(v).Matches(event); got != yes {
			t.Errorf("%s: %s, want yes", name, got)
		}
	}
	if got := pattern.EventBridge(value(t, `{"source": ["shop"]}`)).Matches(nil); got != no {
		t.Errorf("an event without anything: %s, want no", got)
	}
}

// A map is closed: what it does not have the event certainly does not have. Open says otherwise, for one map.
func TestOpen(t *testing.T) {
	p := pattern.EventBridge(value(t, `{"source": ["shop"], "detail": {"id": ["1"]}}`))
	closed, inner := value(t, `{"source": "shop"}`), value(t, `{"id": "2"}`)
	if got := p.Matches(closed); got != no {
		t.Errorf("closed: %s, want no", got)
	}
	if got := p.Matches(pattern.Open(closed)); got != maybe {
		t.Errorf("open: %s, want unknown", got)
	}
	event := pattern.Open(model.NewMap([]model.Field{{Key: "detail", Value: inner}}, nowhere))
	if got := p.Matches(event); got != no {
		t.Errorf("a closed map inside an open one: %s, want no", got)
	}
	if got := pattern.Open(inner); inner.Size == got.Size || len(inner.Fields) != 1 {
		t.Error("Open must not change the map it is given")
	}
	if v := text("x"); pattern.Open(v) != v || pattern.Open(nil) != nil {
		t.Error("Open returns what is not a map as it is")
	}
}

// A number that came through a parameter may be a text when it arrives.
func TestNumbersThroughParameters(t *testing.T) {
	five := model.NewInt(5, nowhere.Through("default of parameter N", nowhere.Pos))
	list := model.NewList([]*model.Value{five}, nowhere)
	p := pattern.EventBridge(model.NewMap([]model.Field{{Key: "n", Value: list}}, nowhere))
	for event, want := range map[string]model.Tri{`{"n": 5}`: maybe, `{"n": "5"}`: maybe, `{"n": 6}`: no, `{"n": "x"}`: no} {
		if got := p.Matches(value(t, event)); got != want {
			t.Errorf("%s: %s, want %s", event, got, want)
		}
	}
}

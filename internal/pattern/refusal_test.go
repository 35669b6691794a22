package pattern_test

import (
	"testing"

	"wardlet.example/internal/pattern"
)

// The field that refuses an event is named as deep as it can be.
func TestRefusal(t *testing.T) {
	const order = `{"source": ["shop"], "detail": {"order": {"state": ["paid"]}, "n": [1]}, "$or": [{"a": [1]}, {"b": [1]}]}`
	tests := []struct {
		event, path string
		refused     bool
	}{
		{`{"source": "bank", "detail": {"order": {"state": "new"}, "n": 1}, "a": 1}`, "source", true},
		{`{"source": "shop", "detail": {"order": {"state": "new"}, "n": 1}, "a": 1}`, "detail.order.state", true},
		{`{"source": ${?}, "detail": {"order": ${?}, "n": 2}, "a": 1}`, "detail.n", true},
		{`{"source": "shop", "a": 1}`, "detail", true},
		{`{"source": "shop", "detail": "{}", "a": 1}`, "detail", true},
		{`{"source": "shop", "detail": {"order": {"state": "paid"}, "n": 1}}`, "", true}, // neither of the $or
		{`{"source": "shop", "detail": {"order": {"state": "paid"}, "n": 1}, "a": 1}`, "", false},
		{`{"source": ${?}, "detail": {"order": {"state": "paid"}, "n": 1}, "a": 1}`, "", false},
	}
	p := pattern.EventBridge(value(t, order))
	for _, test := range tests {
		r, refused := p.Refusal(value(t, test.event))
		if r.Path != test.path || refused != test.refused || r.Path != "" && r.At.IsZero() {
			t.Errorf("%s: %+v %t, want %s %t", test.event, r, refused, test.path, test.refused)
		}
	}
	sns := pattern.SNS(value(t, `{"store": ["berlin"], "price": [{"numeric": [">", 5]}]}`), nil)
	event := value(t, `{"MessageAttributes": {"store": "berlin", "price": {"DataType": "Number", "StringValue": "3"}}}`)
	if r, refused := sns.Refusal(event); r.Path != "price" || !refused {
		t.Errorf("a filter policy: %+v %t, want price", r, refused)
	}
	if r, refused := pattern.S3Key(value(t, `[{"Name": "prefix", "Value": "in/"}]`)).Refusal(text("out/a")); r.Path != "" || !refused {
		t.Errorf("a key filter: %+v %t, want a refusal without a field", r, refused)
	}
	if _, refused := p.Refusal(nil); !refused {
		t.Error("an event without anything is refused")
	}
}

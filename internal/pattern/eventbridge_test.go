package pattern_test

import (
	"testing"

	"wardlet.example/internal/model"
	"wardlet.example/internal/pattern"
)

const (
	yes   = model.Yes
	no    = model.No
	maybe = model.Maybe
)

// matching is one example: does the event pass the pattern?
type matching struct {
	pattern string
	event   string
	want    model.Tri
}

func runEvents(t *testing.T, tests []matching) {
	t.Helper()
	for _, test := range tests {
		p := pattern.EventBridge(value(t, test.pattern))
		if got := p.Matches(value(t, test.event)); got != test.want {
			t.Errorf("pattern %s\n  event %s\n  %s, want %s", test.pattern, test.event, got, test.want)
		}
		if written := len(p.Problems()); written > 0 {
			t.Errorf("pattern %s: %v", test.pattern, p.Problems())
		}
	}
}

// All fields of the pattern must match; what it does not name does not matter.
func TestFields(t *testing.T) {
	runEvents(t, []matching{
		{`{"source": ["shop"]}`, `{"source": "shop"}`, yes},
		{`{"source": ["shop"]}`, `{"source": "bank"}`, no},
		{`{"source": ["shop", "bank"]}`, `{"source": "bank"}`, yes},
		{`{"source": ["shop"]}`, `{"source": "shop", "detail": {"id": 1}}`, yes},
		{`{"source": ["shop"], "detail-type": ["Order"]}`, `{"source": "shop", "detail-type": "Order"}`, yes},
		{`{"source": ["shop"], "detail-type": ["Order"]}`, `{"source": "shop", "detail-type": "Payment"}`, no},
		{`{"source": ["shop"], "detail-type": ["Order"]}`, `{"source": "shop"}`, no},
		{`{"detail": {"order": {"state": ["paid"]}}}`, `{"detail": {"order": {"state": "paid"}}}`, yes},
		{`{"detail": {"order": {"state": ["paid"]}}}`, `{"detail": {"order": {"state": "new"}}}`, no},
		{`{"detail": {"order": {"state": ["paid"]}}}`, `{"detail": {"order": "paid"}}`, no},
		{`{"detail": {"order": {"state": ["paid"]}}}`, `{"detail": {}}`, no},
		{`{"detail": {"order": {"state": ["paid"]}}}`, `{}`, no},
		{`{"detail": ["paid"]}`, `{"detail": {"state": "paid"}}`, no},
		{`{"detail.state": ["paid"]}`, `{"detail": {"state": "paid"}}`, maybe},
		{`{"detail.state": ["paid"]}`, `{"detail.state": "paid"}`, yes},
		{`{"detail": {"state": ["paid"]}}`, `{"detail.state": "paid"}`, maybe},
		{`{"detail": {"state": ["paid"]}}`, `{"details": {"state": "paid"}}`, no},
	})
}

// The detail of an event may be given as the text that PutEvents takes.
func TestDetailAsText(t *testing.T) {
	runEvents(t, []matching{
		{`{"detail": {"state": ["paid"]}}`, `{"detail": "{\"state\": \"paid\"}"}`, yes},
		{`{"detail": {"state": ["paid"]}}`, `{"detail": "{\"state\": \"new\"}"}`, no},
		{`{"detail": {"state": ["paid"]}}`, `{"detail": "{\"state\": \"${!}\"}"}`, maybe},
		{`{"detail": {"state": ["paid"]}}`, `{"detail": "paid"}`, maybe},
		{`{"detail": {"state": ["paid"]}}`, `{"detail": ${-|paid}}`, maybe},
		{`{"$or": [{"detail": {"a": [1]}}, {"source": ["x"]}]}`, `{"detail": "{\"a\": 1}"}`, yes},
	})
}

// A list in the event matches when one of its elements does.
func TestListsInEvents(t *testing.T) {
	runEvents(t, []matching{
		{`{"resources": ["a", "b"]}`, `{"resources": ["b", "c"]}`, yes},
		{`{"resources": ["a", "b"]}`, `{"resources": ["c", "d"]}`, no},
		{`{"resources": ["a"]}`, `{"resources": []}`, no},
		{`{"resources": ["a"]}`, `{"resources": [["a"]]}`, yes},
		{`{"resources": [{"prefix": "arn:"}]}`, `{"resources": ["x", "arn:aws:s3:::b"]}`, yes},
		{`{"resources": [{"anything-but": "a"}]}`, `{"resources": ["a", "b"]}`, yes},
		{`{"resources": [{"anything-but": "a"}]}`, `{"resources": ["a", "a"]}`, no},
		{`{"resources": ["a"]}`, `{"resources": ["b", ${?}]}`, maybe},
		{`{"resources": ["a"]}`, `{"resources": ["a", ${?}]}`, yes},
		{`{"items": {"sku": ["x"], "count": [2]}}`, `{"items": [{"sku": "x", "count": 1}, {"sku": "x", "count": 2}]}`, yes},
		{`{"items": {"sku": ["x"], "count": [2]}}`, `{"items": [{"sku": "x", "count": 1}, {"sku": "y", "count": 2}]}`, no},
		{`{"items": {"sku": [{"exists": false}]}}`, `{"items": [{"id": 1}, {"sku": "x"}]}`, maybe},
		{`{"items": {"sku": [{"exists": false}]}}`, `{"items": [{"id": 1}, {"id": 2}]}`, yes},
		{`{"items": {"sku": [{"exists": false}]}}`, `{"items": [{"sku": "y"}, {"sku": "x"}]}`, no},
		{`{"items": {"sku": ["x"]}}`, `{"items": ["x"]}`, no},
	})
}

// Kinds matter: "5" is not 5, and null is neither missing nor empty.
func TestKindsOfValues(t *testing.T) {
	runEvents(t, []matching{
		{`{"n": [5]}`, `{"n": 5}`, yes},
		{`{"n": [5]}`, `{"n": 5.0}`, yes},
		{`{"n": [300]}`, `{"n": 3.0e2}`, yes},
		{`{"n": [5]}`, `{"n": 6}`, no},
		{`{"n": [5]}`, `{"n": "6"}`, no},
		{`{"n": [5]}`, `{"n": "5"}`, maybe}, // the template may have made the 5 a "5" on its way
		{`{"n": ["5"]}`, `{"n": 5}`, maybe},
		{`{"n": ["5"]}`, `{"n": 6}`, no},
		{`{"b": [true]}`, `{"b": true}`, yes},
		{`{"b": [true]}`, `{"b": false}`, no},
		{`{"b": [true]}`, `{"b": "true"}`, maybe},
		{`{"b": [true]}`, `{"b": "yes"}`, no},
		{`{"b": ["true"]}`, `{"b": true}`, maybe},
		{`{"x": [null]}`, `{"x": ${null}}`, yes},
		{`{"x": [null]}`, `{"x": ""}`, no},
		{`{"x": [null]}`, `{}`, no},
		{`{"x": [null]}`, `{"x": null}`, maybe}, // a written but absent field is null or left out
		{`{"x": [null, {"exists": false}]}`, `{"x": null}`, yes},
		{`{"x": [null]}`, `{"x": "null"}`, no},
		{`{"x": [null]}`, `{"x": ${Queue}}`, no},
		{`{"x": ["a"]}`, `{"x": null}`, no},
		{`{"x": [""]}`, `{"x": ""}`, yes},
		{`{"x": [""]}`, `{"x": ${null}}`, no},
	})
}

// A pattern that is written as JSON text has certain kinds.
func TestJSONText(t *testing.T) {
	tests := []matching{
		{`{"source": ["shop"]}`, `{"source": "shop"}`, yes},
		{`{"source": ["shop"]}`, `{"source": "bank"}`, no},
		{`{"n": [5]}`, `{"n": "5"}`, no},
		{`{"n": ["5"]}`, `{"n": 5}`, no},
		{`{"b": [true]}`, `{"b": "true"}`, no},
		{`{"source": ["${Stack}.orders"]}`, `{"source": "${Stack}.orders"}`, yes},
		{`{"source": ["${Stack}.orders"]}`, `{"source": "${Stack}.payments"}`, no},
		{`{"source": ["${Stack}.orders"]}`, `{"source": "shop.orders"}`, maybe},
		{`{"source": ["${Stack}.orders"]}`, `{"source": "shop.payments"}`, no},
		{`{"source": [${Sources}]}`, `{"source": "shop"}`, maybe},
		{`{"source": ["shop"], ${More}}`, `{"source": "shop"}`, maybe},
		{`{"source": ["shop"], ${More}}`, `{"source": "bank"}`, no},
		{`{"${Field}": ["shop"]}`, `{"source": "bank"}`, maybe},
	}
	for _, test := range tests {
		if got := pattern.EventBridge(text(test.pattern)).Matches(value(t, test.event)); got != test.want {
			t.Errorf("pattern %s\n  event %s\n  %s, want %s", test.pattern, test.event, got, test.want)
		}
	}
}

func TestTextOperators(t *testing.T) {
	runEvents(t, []matching{
		{`{"k": [{"prefix": "in/"}]}`, `{"k": "in/a.png"}`, yes},
		{`{"k": [{"prefix": "in/"}]}`, `{"k": "out/a.png"}`, no},
		{`{"k": [{"prefix": "in/"}]}`, `{"k": "in"}`, no},
		{`{"k": [{"prefix": ""}]}`, `{"k": "a"}`, yes},
		{`{"k": [{"prefix": "5"}]}`, `{"k": 51}`, no},
		{`{"k": [{"prefix": "in/"}]}`, `{}`, no},
		{`{"k": [{"prefix": {"equals-ignore-case": "IN/"}}]}`, `{"k": "In/a"}`, yes},
		{`{"k": [{"prefix": {"equals-ignore-case": "IN/"}}]}`, `{"k": "out"}`, no},
		{`{"k": [{"suffix": ".png"}]}`, `{"k": "a.png"}`, yes},
		{`{"k": [{"suffix": ".png"}]}`, `{"k": "a.PNG"}`, no},
		{`{"k": [{"suffix": {"equals-ignore-case": ".png"}}]}`, `{"k": "a.PNG"}`, yes},
		{`{"k": [{"suffix": ".png"}]}`, `{"k": "png"}`, no},
		{`{"k": [{"equals-ignore-case": "Paid"}]}`, `{"k": "PAID"}`, yes},
		{`{"k": [{"equals-ignore-case": "Paid"}]}`, `{"k": "pay"}`, no},
		{`{"k": [{"equals-ignore-case": "Straße"}]}`, `{"k": "STRASSE"}`, maybe},
		{`{"k": [{"equals-ignore-case": "Öl"}]}`, `{"k": "ÖL"}`, yes},
		{`{"k": [{"prefix": "in/"}, {"suffix": ".png"}]}`, `{"k": "out/a.png"}`, yes},
	})
}

func TestWildcards(t *testing.T) {
	runEvents(t, []matching{
		{`{"k": [{"wildcard": "dir/*.png"}]}`, `{"k": "dir/a/b.png"}`, yes},
		{`{"k": [{"wildcard": "dir/*.png"}]}`, `{"k": "dir/.png"}`, yes},
		{`{"k": [{"wildcard": "dir/*.png"}]}`, `{"k": "dir/a.gif"}`, no},
		{`{"k": [{"wildcard": "*"}]}`, `{"k": ""}`, yes},
		{`{"k": [{"wildcard": "a*b*c"}]}`, `{"k": "aXbbYc"}`, yes},
		{`{"k": [{"wildcard": "a*b*c"}]}`, `{"k": "acb"}`, no},
		{`{"k": [{"wildcard": "a\\*b"}]}`, `{"k": "a*b"}`, yes},
		{`{"k": [{"wildcard": "a\\*b"}]}`, `{"k": "axb"}`, no},
		{`{"k": [{"wildcard": "a\\\\*"}]}`, `{"k": "a\\b"}`, yes},
		{`{"k": [{"wildcard": "dir/*.png"}]}`, `{"k": "dir/${!}.png"}`, yes},
		{`{"k": [{"wildcard": "dir/*.png"}]}`, `{"k": "dir/${!}"}`, maybe},
		{`{"k": [{"wildcard": "dir/*.png"}]}`, `{"k": "tmp/${!}"}`, no},
		{`{"k": [{"wildcard": "*/lib/*"}]}`, `{"k": "${!}/lib/${!}"}`, yes},
		{`{"k": [{"wildcard": "*x*"}]}`, `{"k": "a${!}b"}`, maybe},
	})
}

func TestAnythingBut(t *testing.T) {
	runEvents(t, []matching{
		{`{"s": [{"anything-but": "new"}]}`, `{"s": "paid"}`, yes},
		{`{"s": [{"anything-but": "new"}]}`, `{"s": "new"}`, no},
		{`{"s": [{"anything-but": "new"}]}`, `{}`, no},
		{`{"s": [{"anything-but": "new"}]}`, `{"s": ${?}}`, maybe},
		{`{"s": [{"anything-but": "new"}]}`, `{"s": 5}`, yes},
		{`{"s": [{"anything-but": "new"}]}`, `{"s": ${null}}`, yes},
		{`{"s": [{"anything-but": ["new", "old"]}]}`, `{"s": "old"}`, no},
		{`{"s": [{"anything-but": ["new", "old"]}]}`, `{"s": "paid"}`, yes},
		{`{"s": [{"anything-but": [100, 200]}]}`, `{"s": 200.0}`, no},
		{`{"s": [{"anything-but": 100}]}`, `{"s": 101}`, yes},
		{`{"s": [{"anything-but": {"prefix": "init"}}]}`, `{"s": "initial"}`, no},
		{`{"s": [{"anything-but": {"prefix": "init"}}]}`, `{"s": "done"}`, yes},
		{`{"s": [{"anything-but": {"prefix": ["init", "err"]}}]}`, `{"s": "error"}`, no},
		{`{"s": [{"anything-but": {"suffix": ".png"}}]}`, `{"s": "a.png"}`, no},
		{`{"s": [{"anything-but": {"suffix": [".png", ".gif"]}}]}`, `{"s": "a.txt"}`, yes},
		{`{"s": [{"anything-but": {"equals-ignore-case": "Stopped"}}]}`, `{"s": "STOPPED"}`, no},
		{`{"s": [{"anything-but": {"equals-ignore-case": ["Stopped"]}}]}`, `{"s": "run"}`, yes},
		{`{"s": [{"anything-but": {"wildcard": "*/lib/*"}}]}`, `{"s": "a/lib/b"}`, no},
		{`{"s": [{"anything-but": {"wildcard": "*/lib/*"}}]}`, `{"s": "a/bin/b"}`, yes},
		{`{"s": [{"anything-but": "new-${Stage}"}]}`, `{"s": "old"}`, yes},
		{`{"s": [{"anything-but": "new-${Stage}"}]}`, `{"s": "new-${Stage}"}`, no},
		{`{"s": [{"anything-but": "new-${Stage}"}]}`, `{"s": "new-dev"}`, maybe},
		{`{"s": [{"anything-but": ["a", ${?}]}]}`, `{"s": "a"}`, no},
		{`{"s": [{"anything-but": ["a", ${?}]}]}`, `{"s": "b"}`, maybe},
		{`{"s": [{"anything-but": "a"}]}`, `{"s": {"t": "a"}}`, maybe},
	})
}

func TestNumeric(t *testing.T) {
	runEvents(t, []matching{
		{`{"n": [{"numeric": [">", 0, "<=", 5]}]}`, `{"n": 5}`, yes},
		{`{"n": [{"numeric": [">", 0, "<=", 5]}]}`, `{"n": 0}`, no},
		{`{"n": [{"numeric": [">", 0, "<=", 5]}]}`, `{"n": 5.01}`, no},
		{`{"n": [{"numeric": ["=", 3.018e2]}]}`, `{"n": 301.8}`, yes},
		{`{"n": [{"numeric": ["<", 10]}]}`, `{"n": -3}`, yes},
		{`{"n": [{"numeric": [">=", 10]}]}`, `{"n": 10}`, yes},
		{`{"n": [{"numeric": ["<", 10]}]}`, `{"n": "5"}`, no},
		{`{"n": [{"numeric": ["<", 10]}]}`, `{"n": "five"}`, no},
		{`{"n": [{"numeric": ["<", 10]}]}`, `{}`, no},
		{`{"n": [{"numeric": ["<", 10]}]}`, `{"n": ${?}}`, maybe},
		{`{"n": [{"numeric": ["<", ${!}]}]}`, `{"n": 5}`, maybe},
		{`{"n": [{"numeric": ["<", 0]}, {"numeric": [">", 9]}]}`, `{"n": 12}`, yes},
	})
}

func TestExists(t *testing.T) {
	runEvents(t, []matching{
		{`{"a": [{"exists": true}]}`, `{"a": 1}`, yes},
		{`{"a": [{"exists": true}]}`, `{"a": ""}`, yes},
		{`{"a": [{"exists": true}]}`, `{"a": ${null}}`, yes},
		{`{"a": [{"exists": true}]}`, `{}`, no},
		{`{"a": [{"exists": true}]}`, `{"a": ${?}}`, maybe},
		{`{"a": [{"exists": true}]}`, `{"a": "x${!}"}`, yes},
		{`{"a": [{"exists": true}]}`, `{"a": ${Queue}}`, yes},
		{`{"a": [{"exists": true}]}`, `{"a": {"b": 1}}`, maybe},
		{`{"a": [{"exists": true}]}`, `{"a": []}`, maybe},
		{`{"a": [{"exists": true}]}`, `{"a": null}`, maybe},
		{`{"a": [{"exists": true}]}`, `{"a": [1]}`, yes},
		{`{"a": [{"exists": false}]}`, `{"a": 1}`, no},
		{`{"a": [{"exists": false}]}`, `{"b": 1}`, yes},
		{`{"a": [{"exists": false}]}`, `{"a": {"b": 1}}`, maybe},
		{`{"a": [{"exists": false}]}`, `{"a": [1, 2]}`, no},
		{`{"a": [{"exists": false}]}`, `${?}`, maybe},
		{`{"d": {"a": [{"exists": false}]}}`, `{}`, yes},
		{`{"a": [{"exists": false}, "x"]}`, `{"a": "x"}`, yes},
		{`{"a": [{"exists": false}, "x"]}`, `{"a": "y"}`, no},
		{`{"a": [{"exists": false}, {"exists": true}]}`, `{"a": ${?}}`, maybe}, // it may be a map, see above
	})
}

func TestCIDR(t *testing.T) {
	runEvents(t, []matching{
		{`{"ip": [{"cidr": "10.0.0.0/24"}]}`, `{"ip": "10.0.0.200"}`, yes},
		{`{"ip": [{"cidr": "10.0.0.0/24"}]}`, `{"ip": "10.0.1.1"}`, no},
		{`{"ip": [{"cidr": "10.0.0.7/24"}]}`, `{"ip": "10.0.0.1"}`, yes},
		{`{"ip": [{"cidr": "2001:db8::/32"}]}`, `{"ip": "2001:db8::1"}`, yes},
		{`{"ip": [{"cidr": "2001:db8::/32"}]}`, `{"ip": "2001:db9::1"}`, no},
		{`{"ip": [{"cidr": "10.0.0.0/24"}]}`, `{"ip": "localhost"}`, no},
		{`{"ip": [{"cidr": "10.0.0.0/24"}]}`, `{"ip": "010.0.0.1"}`, maybe},
		{`{"ip": [{"cidr": "10.0.0.0/24"}]}`, `{"ip": 10}`, no},
		{`{"ip": [{"cidr": "10.0.0.0/24"}]}`, `{"ip": "10.0.0.${!}"}`, maybe},
	})
}

func TestOr(t *testing.T) {
	const either = `{"$or": [{"a": ["x"]}, {"b": [{"numeric": [">", 1]}]}]}`
	const nested = `{"source": ["shop"], "detail": {"$or": [{"a": ["x"], "c": ["z"]}, {"b": ["y"]}]}}`
	runEvents(t, []matching{
		{either, `{"a": "x"}`, yes},
		{either, `{"a": "q", "b": 2}`, yes},
		{either, `{"a": "q", "b": 1}`, no},
		{either, `{}`, no},
		{either, `{"a": ${?}, "b": 1}`, maybe},
		{either, `{"a": ${?}, "b": 2}`, yes},
		{nested, `{"source": "shop", "detail": {"b": "y"}}`, yes},
		{nested, `{"source": "shop", "detail": {"a": "x"}}`, no},
		{nested, `{"source": "bank", "detail": {"b": "y"}}`, no},
		{nested, `{"source": "shop"}`, no},
	})
}

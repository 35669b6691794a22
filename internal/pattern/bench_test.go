package pattern_test

import (
	"testing"

	"wardlet.example/internal/pattern"
)

// BenchmarkMatches asks a pattern of usual size about an event of usual size.
func BenchmarkMatches(b *testing.B) {
	p := pattern.EventBridge(value(b, `{"source": ["shop", "bank"], "detail-type": [{"prefix": "Order"}],
		"detail": {"order": {"state": ["paid", {"wildcard": "part*paid"}], "total": [{"numeric": [">", 100]}]}}}`))
	event := value(b, `{"source": "bank", "detail-type": "Order Placed", "account": "123456789012", "region": "eu-west-1",
		"detail": {"order": {"id": "o-1", "state": "partly paid", "total": 120}, "user": {"name": "${!}"}}}`)
	b.ReportAllocs()
	for b.Loop() {
		if p.Matches(event) != yes {
			b.Fatal("the event passes")
		}
	}
}

// BenchmarkCompile compiles the same pattern from its text.
func BenchmarkCompile(b *testing.B) {
	written := text(`{"source": ["shop", "bank"], "detail-type": [{"prefix": "Order"}],
		"detail": {"order": {"state": ["paid", {"wildcard": "part*paid"}], "total": [{"numeric": [">", 100]}]}}}`)
	b.ReportAllocs()
	for b.Loop() {
		if p := pattern.EventBridge(written); len(p.Problems()) > 0 {
			b.Fatal(p.Problems())
		}
	}
}

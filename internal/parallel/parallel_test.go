package parallel

import (
	"sync/atomic"
	"testing"
)

// Each thing is done once, however many threads there are and however few things.
func TestEach(t *testing.T) {
	for _, test := range []struct{ jobs, n int }{{1, 5}, {4, 100}, {8, 3}, {0, 2}, {2, 0}} {
		times := make([]atomic.Int32, test.n)
		Each(test.jobs, test.n, func(i int) { times[i].Add(1) })
		for i := range times {
			if done := times[i].Load(); done != 1 {
				t.Errorf("%d jobs, %d things: %d is done %d times", test.jobs, test.n, i, done)
			}
		}
	}
}

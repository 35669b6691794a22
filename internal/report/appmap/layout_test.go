package appmap

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestInversionsCountsPairsInWrongOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		all := rapid.SliceOf(rapid.IntRange(0, 20)).Draw(t, "ends")
		want := 0
		for i, a := range all {
			for _, b := range all[i+1:] {
				if a > b {
					want++
				}
			}
		}
		if got := inversions(all); got != want {
			t.Fatalf("inversions(%v) is %d, want %d", all, got, want)
		}
	})
}

func TestAscendingKeepsWhatAscends(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		wanted := rapid.SliceOf(rapid.Float64Range(-1e3, 1e3)).Draw(t, "wanted")
		weights := make([]float64, len(wanted))
		for i := range weights {
			weights[i] = 1
		}
		got := ascending(wanted, weights)
		if !slices.IsSorted(got) {
			t.Fatalf("%v does not ascend", got)
		}
		if slices.IsSorted(wanted) && !slices.Equal(got, wanted) {
			t.Fatalf("%v became %v without need", wanted, got)
		}
	})
}

// Whatever the edges, boxes of one layer never overlap and every hop goes to a later layer or is turned around.
func TestBoxesNeverOverlap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := randomGraph(t)
		l := newLayout(g, boxSize)
		for _, layer := range l.layers {
			for i := 1; i < len(layer); i++ {
				above, below := l.slots[layer[i-1]], l.slots[layer[i]]
				if above.y+above.height/2 > below.y-below.height/2+0.01 {
					t.Fatalf("slots %d and %d overlap", layer[i-1], layer[i])
				}
			}
		}
		for _, r := range l.routes {
			first, last := l.slots[r.slots[0]], l.slots[r.slots[len(r.slots)-1]]
			if first.layer >= last.layer && !g.edges[r.edge].denied {
				t.Fatalf("edge %d runs inside layer %d", r.edge, first.layer)
			}
		}
	})
}

func randomGraph(t *rapid.T) *graph {
	g := &graph{byEnds: map[[2]int]int{}}
	n := rapid.IntRange(1, 15).Draw(t, "nodes")
	for range n {
		g.add(&node{kind: nodeKind(rapid.IntRange(0, 4).Draw(t, "kind")), title: "x"})
	}
	for range rapid.IntRange(0, 30).Draw(t, "edges") {
		from, to := rapid.IntRange(0, n-1).Draw(t, "from"), rapid.IntRange(0, n-1).Draw(t, "to")
		if from != to {
			g.connect(edge{from: from, to: to, denied: rapid.IntRange(0, 5).Draw(t, "denied") == 0})
		}
	}
	return g
}

package paths

import (
	"slices"

	"wardlet.example/internal/dataflow"
)

// ways are edges while they are found: what comes by the same way from several states, or messages of one call, is one edge.
type ways struct {
	edges []*Edge
	at    map[way]*Edge
	found int // how many there were
}

type way struct {
	from, to   *Node
	send, read *dataflow.Send
	via        string
}

func (w *ways) add(e *Edge) {
	w.found++
	key := way{e.From, e.To, e.Send, e.Read, ""}
	for _, r := range e.Via {
		key.via += r.ID + "\x00"
	}
	known := w.at[key]
	if known == nil {
		w.at[key] = e
		w.edges = append(w.edges, e)
		return
	}
	if known.Holds() != e.Holds() { // what does not get there is not what comes
		if e.Holds() {
			*known = *e
		}
		return
	}
	known.Granted, known.Matches, known.Guessed = max(known.Granted, e.Granted), max(known.Matches, e.Matches), known.Guessed && e.Guessed
	first := known.back
	known.back = func(path []string) [][]string { return distinct(slices.Concat(first(path), e.back(path))) }
}

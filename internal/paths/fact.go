package paths

import (
	"slices"
	"strings"

	"wardlet.example/internal/dataflow"
)

// contradicts tells why what a sender puts into a message can't come to a place where something certainly holds of it; empty where it
// perhaps can: a part that is not known, or that an outsider decides, can be anything.
func (e *Edge) contradicts(facts []dataflow.Fact) string {
	for _, f := range facts {
		sent, known := e.sent(origin{taint: &dataflow.Taint{Path: f.Path, Source: f.Source}}.part())
		if known && !slices.ContainsFunc(sent, func(s string) bool { return slices.Contains(f.Is, s) }) {
			return strings.Join(sent, ", ") + " is not " + strings.Join(f.Is, " or ") + ", which is asked for there"
		}
	}
	return ""
}

// sent are the texts that a sender puts at a place of the event, and whether all of them are known.
func (e *Edge) sent(part []string) ([]string, bool) {
	var out []string
	for _, path := range e.back(part) {
		for _, v := range e.Send.Params.All(path...) {
			for _, one := range e.From.Alternatives(v) {
				text, ok := e.From.Value(one).Scalar()
				if !ok || text == "" {
					return nil, false
				}
				out = append(out, text)
			}
		}
	}
	return out, len(out) > 0
}

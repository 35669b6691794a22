package paths

import (
	"slices"
	"strings"

	"wardlet.example/internal/dataflow"
	"wardlet.example/internal/model"
)

// contradicts tells why what a sender puts into a message can't come to a place where something certainly holds of it; empty where it
// perhaps can: a part that is not known, or that an outsider decides, can be anything.
func (e *Edge) contradicts(facts []dataflow.Fact) string {
	for _, f := range facts {
		part := origin{taint: &dataflow.Taint{Path: f.Path, Source: f.Source}}.part()
		if sent, known := e.sent(part); known && refusesAll(f, sent) && !e.otherwise(f, part) {
			return texts(sent) + " is sent, and " + f.String() + " is asked for there"
		}
	}
	return ""
}

func refusesAll(f dataflow.Fact, sent []dataflow.Literal) bool {
	return !slices.ContainsFunc(sent, func(l dataflow.Literal) bool { return !f.Refuses(l) })
}

// otherwise reports whether a part of what the receiver gets is perhaps not what this sender put there: what an item was before, what an
// update has set since, what a state machine sets.
func (e *Edge) otherwise(f dataflow.Fact, part []string) bool {
	if slices.Contains(part, "OldImage") || e.settled != nil && !e.settled(part) {
		return true
	}
	table := e.table()
	return table != nil && slices.ContainsFunc(e.To.In, func(o *Edge) bool {
		if o == e || o.table() != table || o.Read != e.Read || !updating[o.Send.Key] || !o.touches(part) {
			return false
		}
		sent, known := o.sent(part)
		return !known || !refusesAll(f, sent)
	})
}

// updating are calls that set parts of items that others have put.
var updating = map[string]bool{"dynamodb:UpdateItem": true, "dynamodb:TransactWriteItems": true}

// table is the table that an edge goes through.
func (e *Edge) table() *model.Resource {
	for _, r := range e.Via {
		if r.Type == "AWS::DynamoDB::Table" {
			return r
		}
	}
	return nil
}

// touches reports whether a sender perhaps sets a part of what the receiver gets.
func (e *Edge) touches(part []string) bool {
	return slices.ContainsFunc(e.back(part), func(path []string) bool {
		return len(e.Send.Params.All(path...)) > 0 || len(e.Send.Params.Origins(path)) > 0
	})
}

func texts(literals []dataflow.Literal) string {
	var out []string
	for _, l := range literals {
		if l == dataflow.Nothing {
			out = append(out, "nothing")
		} else {
			out = append(out, l.Text())
		}
	}
	return strings.Join(out, ", ")
}

// sent are the constants that a sender puts at a place of the event, and whether all of them are known.
func (e *Edge) sent(part []string) ([]dataflow.Literal, bool) {
	var out []dataflow.Literal
	for _, path := range e.back(part) {
		if e.whole && e.Send.Params.Lacks(path...) {
			out = append(out, dataflow.Nothing)
			continue
		}
		for _, v := range e.Send.Params.All(path...) {
			if v.Varies() {
				return nil, false
			}
			for _, one := range e.From.Alternatives(v) {
				l, ok := e.constant(one)
				if !ok {
					return nil, false
				}
				out = append(out, l)
			}
		}
	}
	return out, len(out) > 0
}

// constant is what code or the environment gives a value.
func (e *Edge) constant(v *dataflow.Value) (dataflow.Literal, bool) {
	if _, known := v.Is(); known {
		return v.Literal()
	}
	text, ok := e.From.Value(v).Scalar()
	return dataflow.Quoted(text), ok && text != ""
}

// wholeKinds are resources that hand on messages as they were sent.
var wholeKinds = []string{"AWS::SQS::Queue", "AWS::SNS::Topic", "AWS::Events::EventBus", "AWS::Kinesis::Stream", "AWS::Kinesis::StreamConsumer"}

// isWhole reports whether the receiver gets a message as it was sent, and nothing else puts parts into it.
func isWhole(e *Edge, chain []mapping) bool {
	return e.Read == nil && !slices.ContainsFunc(chain, func(m mapping) bool { return m.made || m.typed }) &&
		!slices.ContainsFunc(e.Via, func(r *model.Resource) bool { return !slices.Contains(wholeKinds, r.Type) })
}

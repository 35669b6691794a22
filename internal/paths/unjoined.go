package paths

import (
	"slices"

	"wardlet.example/internal/dataflow"
)

// Where no template says what goes where, messages still show by their fields who sends them: the functions of one application that write a
// message with a field are taken for those that send it to the one that reads the field.

// messageWays are the resources that messages come through from the call that sends them to a function.
var messageWays = [][]string{
	{"AWS::SQS::Queue", "AWS::Lambda::Function"},
	{"AWS::SNS::Topic", "AWS::Lambda::Function"},
	{"AWS::SNS::Topic", "AWS::SQS::Queue", "AWS::Lambda::Function"},
	{"AWS::Events::EventBus", "AWS::Events::Rule", "AWS::Lambda::Function"},
	{"AWS::Kinesis::Stream", "AWS::Lambda::Function"},
}

// WrittenHere reports whether functions of the same application write the messages that have a part which a function without triggers gets, and
// none of them lets an outsider decide that part in a way that does harm. A message of which not all is known may have any field.
func (g *Graph) WrittenHere(n *Node, way dataflow.Way, rule string) bool {
	o := origin{way.Taint, nil, way.Where}
	if o.read() != nil {
		return false
	}
	written := false
	for _, sender := range g.Nodes {
		if sender.App != n.App {
			continue
		}
		for _, s := range sender.Result.Sends {
			for _, path := range g.fieldsSent(s, o.part()) {
				if s.Params.Lacks(path...) {
					continue
				}
				if len(s.Params.All(path...)) == 0 || slices.ContainsFunc(g.sentAt(s, path, way.Taint, rule), func(from dataflow.Origin) bool { return !from.Safe && from.Taint.Harms(rule, from.Rest) }) {
					return false
				}
				written = true
			}
		}
	}
	return written
}

// fieldsSent are the paths of the request of a call that sends messages by which a field of a message comes to a part of an event.
func (g *Graph) fieldsSent(s *dataflow.Send, part []string) [][]string {
	var out [][]string
	for _, row := range g.rows.calls[s.Key] {
		for _, through := range messageWays {
			if row.kind != through[0] {
				continue
			}
			chain := []mapping{row.gives}
			for i, from := range through[:len(through)-1] {
				chain = append(chain, g.rows.deliveries[[2]string{from, through[i+1]}].gives)
			}
			for _, path := range compose(part, chain) {
				if slices.ContainsFunc(row.gives.pairs, func(p pair) bool { return begins(path, p.from) && len(path) > len(p.from) }) {
					out = append(out, path)
				}
			}
		}
	}
	return distinct(out)
}

// sentAt are the origins of what stands at a path of a request.
func (g *Graph) sentAt(s *dataflow.Send, path []string, t *dataflow.Taint, rule string) []dataflow.Origin {
	if t.Parsed() {
		return s.Params.Decoded(path, rule)
	}
	return s.Params.Origins(path)
}

// Package asl reads state machines written in the Amazon States Language: which states there are, what follows what, which
// task calls which service on which resource, and where the data of each call comes from.
//
//	m, problems := asl.Parse(asl.Substitute(definition, substitutions))
//	for _, s := range m.All() {
//		if s.Call != nil {
//			fmt.Println(s.Name, s.Call.Service, s.Call.Operation, s.Call.Targets)
//		}
//	}
//
// A definition is a Map, as templates write it in YAML or JSON, or a text that holds JSON. Parts of it that are not known
// before deployment stay the Values they are, so a queue's URL that is a Ref to the queue leads to the queue. Values of a
// text all have the origin of the text.
//
// What is wrong with a definition is told and the rest is read: a state machine that AWS would refuse still has tasks.
//
// The shapes follow the pages "State machine structure in Amazon States Language for Step Functions workflows",
// "Integrating services with Step Functions", "Processing input and output in Step Functions", "Transforming data with
// JSONata in Step Functions", "Passing data between states with variables" and "Intrinsics for JSONPath states" of the Step
// Functions guide, and the Amazon States Language specification.
//
// Which resource a reference means, whether the machine's role may make a call, and where data goes after that is left to
// others.
package asl

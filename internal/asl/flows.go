package asl

import "wardlet.example/internal/model"

// EdgeKind tells why one state follows another.
type EdgeKind string

// Kinds of Edge. The first four are also the kinds of Transition.
const (
	Next    EdgeKind = "next"
	Choose  EdgeKind = "choice"  // a rule of a Choice state holds
	Default EdgeKind = "default" // no rule of a Choice state holds
	Catch   EdgeKind = "catch"   // an error was caught
	Branch  EdgeKind = "branch"  // from a Parallel state to the first state of a branch
	Item    EdgeKind = "item"    // from a Map state to the first state of what is done with each item
)

// Edge is one step of data from a state to the next. What comes out of the last states of a branch or an item goes back to
// the Parallel or Map state, whose own edges lead on.
type Edge struct {
	From, To *State
	Kind     EdgeKind
	Rule     *model.Value // of a choice or catch, as in Transition
	At       model.Pos
}

// StateInput says what a state gives to what it calls, or to the states inside it.
type StateInput struct {
	State  *State
	Leaves []Leaf
}

// Flows is how data can go through a machine: along the edges between states, and in each state from its Sources (input,
// context, variables) into the arguments of its call. A reader follows a value backwards: from a leaf of a task's
// arguments to a path of the state's input, over the edges to the states before, whose Data says what they made of it.
type Flows struct {
	Edges  []Edge       // in the order of the states, those of inner machines behind their state's own
	Inputs []StateInput // of the Task, Pass, Parallel and Map states, in the same order
}

// Flows collects the edges and inputs of this machine and of those inside it. Transitions to states that do not exist or
// are not known have no edge.
func (m *Machine) Flows() Flows {
	var f Flows
	for _, s := range m.All() {
		f.edges(s)
		switch s.Type {
		case Task, Pass, Parallel, Map:
			f.Inputs = append(f.Inputs, StateInput{s, s.Inputs()})
		}
	}
	return f
}

func (f *Flows) edges(s *State) {
	for _, t := range s.Transitions {
		if to := s.Machine.State(t.To); to != nil {
			f.Edges = append(f.Edges, Edge{From: s, To: to, Kind: t.Kind, Rule: t.Rule, At: t.At})
		}
	}
	for _, inner := range s.Machines() {
		kind := Branch
		if inner == s.Processor {
			kind = Item
		}
		if to := inner.State(inner.StartAt); to != nil {
			f.Edges = append(f.Edges, Edge{From: s, To: to, Kind: kind, At: inner.Origin.Pos})
		}
	}
}

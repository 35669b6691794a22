package asl

import "wardlet.example/internal/model"

// Machine is a state machine, or the machine inside a branch of a Parallel state or inside a Map state.
type Machine struct {
	StartAt  string   // name of the first state; empty if not known
	Language Language // of the states that do not name their own
	States   []*State // in the order written
	Parent   *State   // the Parallel or Map state this machine is inside; nil for the whole one
	Origin   model.Origin

	byName map[string]*State
	open   bool // states or transitions that are not known may exist
}

// Complete reports whether all states and transitions are known.
func (m *Machine) Complete() bool { return !m.open }

// State is the state of this name in this machine, not in those inside it; nil if there is none.
func (m *Machine) State(name string) *State { return m.byName[name] }

// All lists the states of this machine and of those inside it, each followed by what is inside it.
func (m *Machine) All() []*State {
	var out []*State
	for _, s := range m.States {
		out = append(out, s)
		for _, inner := range s.Machines() {
			out = append(out, inner.All()...)
		}
	}
	return out
}

// Language is how a state describes data.
type Language string

// Languages.
const (
	JSONPath        Language = "JSONPath" // the default: Parameters with keys ending in .$
	JSONata         Language = "JSONata"  // Arguments with {% expressions %}
	UnknownLanguage Language = ""         // QueryLanguage is not known; both ways are looked for
)

// Type is the type of a state.
type Type string

// Types of State. A state of a type that is none of these keeps what is written.
const (
	Task     Type = "Task"
	Pass     Type = "Pass"
	Choice   Type = "Choice"
	Wait     Type = "Wait"
	Succeed  Type = "Succeed"
	Fail     Type = "Fail"
	Parallel Type = "Parallel"
	Map      Type = "Map"
)

// State is one state of a machine.
type State struct {
	Name        string
	Type        Type
	Language    Language
	Machine     *Machine // the machine it belongs to
	Transitions []Transition
	End         bool           // the machine ends behind it
	Retry       []*model.Value // after which errors it is tried again, and how, as written
	Call        *Call
	Branches    []*Machine // of a Parallel state
	Processor   *Machine   // of a Map state: what is done with each item (ItemProcessor, in old definitions Iterator)
	Reader      *Call      // of a distributed Map state: where the items are read from
	Writer      *Call      // of a distributed Map state: where the results are written to
	Data        Data
	At          model.Pos    // of its name
	Origin      model.Origin // of its fields
}

// Machines lists the machines inside a Parallel or Map state.
func (s *State) Machines() []*Machine {
	if s.Processor != nil {
		return append(s.Branches[:len(s.Branches):len(s.Branches)], s.Processor)
	}
	return s.Branches
}

// Transition is one way on from a state.
type Transition struct {
	Kind EdgeKind     // Next, Choose, Default or Catch
	To   string       // name of the state; empty if not known or not written
	Rule *model.Value // Choose, Catch: the element of Choices or Catch as written; else nil
	At   model.Pos    // of the name
}

// Data holds how a state forms its input and output, as written; Absent where a field is not written. Fields of the other
// query language than the state's own are kept too, because the definition may have them.
type Data struct {
	InputPath      *model.Value // JSONPath: which part of the input is used
	Parameters     *model.Value // JSONPath: what the task, the branches or (in old definitions) the items get
	Arguments      *model.Value // JSONata: what the task or the branches get
	ResultSelector *model.Value // JSONPath: what is kept of the result
	ResultPath     *model.Value // JSONPath: where in the input the result is put
	OutputPath     *model.Value // JSONPath: which part of that goes on
	Output         *model.Value // JSONata: what goes on
	Assign         *model.Value // variables that later states can read
	Items          *model.Value // JSONata Map: the items
	ItemsPath      *model.Value // JSONPath Map: the items
	ItemSelector   *model.Value // Map: what is done with each item gets
	ItemBatcher    *model.Value // Map: how items are put together
	Result         *model.Value // JSONPath Pass: a fixed result
	Discards       Discards
}

// Discards tells which paths of a state are written as null: the data is thrown away there.
type Discards struct {
	Input  bool // InputPath: the task gets an empty map
	Result bool // ResultPath: the result is dropped, the input goes on
	Output bool // OutputPath: an empty map goes on
}

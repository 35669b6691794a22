package paths

import (
	"slices"
	"strconv"
	"strings"

	"wardlet.example/internal/asl"
	"wardlet.example/internal/model"
)

// backwards goes from a state to where data comes from.
type backwards struct {
	machine *machine
	seen    map[visited]bool
	found   *places
	without [][]string // parts that later states have written over
}

// visited is what was asked of a state before.
type visited struct {
	state *asl.State
	what  string
	path  string
}

// below follows a part of what stands below a name in the arguments of a state.
func (w *backwards) below(s *asl.State, root string, path []string) {
	for _, l := range s.Inputs() {
		at := segments(l.Path)
		if root != "" && l.Path != "" {
			if len(at) == 0 || at[0] != root {
				continue
			}
			at = at[1:]
		}
		w.leaf(s, l, at, path)
	}
}

// leaves follows a part of what a template makes.
func (w *backwards) leaves(s *asl.State, leaves []asl.Leaf, path []string) {
	for _, l := range leaves {
		w.leaf(s, l, segments(l.Path), path)
	}
}

// leaf follows a value of a template that stands at a path, where a part of the whole is asked for.
func (w *backwards) leaf(s *asl.State, l asl.Leaf, at, path []string) {
	rest, inside, around := meet(path, at)
	if !inside && !around {
		return
	}
	for _, source := range l.Sources {
		w.source(s, source, rest)
	}
}

func (w *backwards) source(s *asl.State, source asl.Source, rest []string) {
	path := append(segments(source.Path), rest...)
	switch source.Root {
	case asl.Input:
		w.input(s, path)
	case asl.Result:
		w.result(s, path)
	case asl.Context:
		w.context(s, path)
	case asl.Variable:
		w.variable(source.Name, path)
	}
}

// input follows a part of what comes into a state.
func (w *backwards) input(s *asl.State, path []string) {
	if !w.visit(s, "in", path) {
		return
	}
	if s.Machine.StartAt == s.Name {
		w.begin(s, path)
	}
	for _, e := range w.machine.before[s] {
		if e.Kind == asl.Catch {
			w.caught(e, path)
		} else {
			w.output(e.From, path)
		}
	}
}

// caught follows a part of what a state gives on that has failed: the error, which holds nothing that is followed, is put into its input,
// in place of it where nothing is written.
func (w *backwards) caught(e asl.Edge, path []string) {
	output, at := e.Rule.Get("Output"), e.Rule.Get("ResultPath")
	switch {
	case output.IsSet() != model.No && e.From.Language != asl.JSONPath:
		w.leaves(e.From, e.From.Leaves(output, asl.Failure), path)
	case e.From.Language == asl.JSONata:
	case at.IsSet() != model.No:
		w.beside(e.From, segments(at.String()), path)
	case asl.Discarded(e.Rule, "ResultPath"):
		w.input(e.From, path)
	}
}

// beside follows a part of the input of a state where something else was put at a path of it.
func (w *backwards) beside(s *asl.State, at, path []string) {
	_, inside, around := meet(path, at)
	switch {
	case inside:
	case around && !w.overwritten(at) && w.machine.written[strings.Join(at, ".")] > 1:
		w.without = append(w.without, at)
		w.input(s, path)
		w.without = w.without[:len(w.without)-1]
	default:
		w.input(s, path)
	}
}

func (w *backwards) visit(s *asl.State, what string, path []string) bool {
	key := visited{s, what, strings.Join(path, ".")}
	for _, p := range w.without {
		key.path += "\x00" + strings.Join(p, ".")
	}
	if w.seen[key] {
		return false
	}
	if w.machine.left--; w.machine.left < 0 {
		w.machine.cut = true
		return false
	}
	w.seen[key] = true
	return true
}

// begin follows what the first state of a machine gets.
func (w *backwards) begin(s *asl.State, path []string) {
	parent := s.Machine.Parent
	if parent == nil {
		w.found.add(nil, path)
		return
	}
	w.leaves(parent, parent.Inputs(), path)
}

// context follows a part of the context object: the input of the execution, the item of a Map state.
func (w *backwards) context(s *asl.State, path []string) {
	switch {
	case begins(path, []string{"Execution", "Input"}):
		w.found.add(nil, path[2:])
	case begins(path, []string{"Map", "Item", "Value"}):
		for q := s; q != nil; q = q.Machine.Parent {
			if q.Type == asl.Map {
				w.leaf(q, q.ItemSource(), nil, path[3:])
				return
			}
		}
	}
}

// variable follows a variable to the states that assign it.
func (w *backwards) variable(name string, path []string) {
	for _, q := range w.machine.assigns {
		if !w.visit(q, "assign "+name, path) {
			continue
		}
		path := append([]string{name}, path...)
		w.leaves(q, q.Leaves(q.Data.Assign, asl.Result), path)
		for _, t := range q.Transitions {
			if t.Kind == asl.Catch {
				w.leaves(q, q.Leaves(t.Rule.Get("Assign"), asl.Failure), path)
			}
		}
	}
}

// assigns reports whether a state sets variables.
func assigns(s *asl.State) bool {
	for _, t := range s.Transitions {
		if t.Kind == asl.Catch && t.Rule.Get("Assign").IsSet() != model.No {
			return true
		}
	}
	return s.Data.Assign.IsSet() != model.No
}

// output follows a part of what a state gives to the next one.
func (w *backwards) output(s *asl.State, path []string) {
	if !w.visit(s, "out", path) {
		return
	}
	if s.Data.Output.IsSet() != model.No && s.Language != asl.JSONPath {
		w.leaves(s, s.Leaves(s.Data.Output, asl.Result), path)
		return
	}
	gives := s.Type == asl.Task || s.Type == asl.Parallel || s.Type == asl.Map || s.Type == asl.Pass
	if s.Language == asl.JSONata {
		if gives && s.Type != asl.Pass {
			w.result(s, path)
		} else {
			w.input(s, path)
		}
		return
	}
	if s.Data.Discards.Output {
		return
	}
	if out, ok := s.Data.OutputPath.Scalar(); ok {
		path = append(segments(out), path...)
	}
	if !gives {
		w.input(s, append(inputPath(s), path...))
		return
	}
	w.placed(s, path)
}

// placed follows a part of what a state gives on, of which its result is put at ResultPath.
func (w *backwards) placed(s *asl.State, path []string) {
	if s.Data.Discards.Result {
		w.input(s, path)
		return
	}
	at := []string(nil)
	if p, ok := s.Data.ResultPath.Scalar(); ok {
		at = segments(p)
	}
	rest, inside, around := meet(path, at)
	if inside {
		w.result(s, rest)
		return
	}
	if around && !w.overwritten(at) {
		w.result(s, nil)
	}
	w.beside(s, at, path)
}

// overwritten reports whether a later state has put its result where this one did.
func (w *backwards) overwritten(at []string) bool {
	for _, p := range w.without {
		if len(at) > 0 && begins(at, p) {
			return true
		}
	}
	return false
}

func inputPath(s *asl.State) []string {
	if p, ok := s.Data.InputPath.Scalar(); ok {
		return segments(p)
	}
	return nil
}

// result follows a part of the result of a state.
func (w *backwards) result(s *asl.State, path []string) {
	if !w.visit(s, "result", path) {
		return
	}
	if s.Data.ResultSelector.IsSet() != model.No && s.Language != asl.JSONata {
		for _, l := range s.Leaves(s.Data.ResultSelector, asl.Result) {
			rest, inside, around := meet(path, segments(l.Path))
			for _, source := range l.Sources {
				if source.Root == asl.Result && (inside || around) {
					w.plain(s, append(segments(source.Path), rest...))
				}
			}
		}
		return
	}
	w.plain(s, path)
}

// plain follows a part of what a task's call, the branches or the items gave.
func (w *backwards) plain(s *asl.State, path []string) {
	switch s.Type {
	case asl.Pass:
		w.leaves(s, s.Inputs(), path)
	case asl.Task:
		n := w.machine.tasks[s]
		if n == nil {
			return
		}
		if s.Call.Kind == asl.CallIntegration {
			if len(path) > 0 && path[0] != "Payload" {
				return
			}
			path = path[min(1, len(path)):]
		}
		w.found.add(n, path)
	case asl.Parallel, asl.Map:
		w.branches(s, path)
	}
}

// branches follows a part of the list of what the branches of a state gave, or what came of its items.
func (w *backwards) branches(s *asl.State, path []string) {
	branch := ""
	if len(path) > 0 && isPlace(path[0]) {
		branch, path = path[0], path[1:]
	}
	for i, inner := range s.Machines() {
		if s.Type == asl.Parallel && branch != "" && branch != "["+strconv.Itoa(i)+"]" {
			continue
		}
		for _, q := range inner.States {
			if q.End {
				w.output(q, path)
			}
		}
	}
}

// segments are the names of a path and the places in its lists: $.items[0].id as items, [0], id.
func segments(path string) []string {
	var out []string
	for part := range strings.SplitSeq(strings.TrimPrefix(path, "$"), ".") {
		name, rest, _ := strings.Cut(part, "[")
		if name != "" {
			out = append(out, name)
		}
		for rest != "" {
			var inside string
			inside, rest, _ = strings.Cut(rest, "]")
			if name := strings.Trim(inside, `'"`); name != inside {
				out = append(out, name)
			} else if inside != "" && inside != "*" {
				out = append(out, "["+inside+"]")
			}
			rest = strings.TrimPrefix(rest, "[")
		}
	}
	return out
}

// isPlace reports whether a part of a path is a place in a list.
func isPlace(name string) bool { return name[0] == '[' }

// withoutPlaces is a path as the data of functions has it.
func withoutPlaces(path []string) []string {
	return slices.DeleteFunc(slices.Clone(path), isPlace)
}

// meet holds the path that is asked for against the one where something stands: whether it is inside of that, with what remains of it, or
// around that. Where only one of them names the place in a list, any place is meant.
func meet(path, at []string) (rest []string, inside, around bool) {
	for len(path) > 0 && len(at) > 0 {
		switch {
		case path[0] == at[0]:
			path, at = path[1:], at[1:]
		case isPlace(path[0]) && !isPlace(at[0]):
			path = path[1:]
		case isPlace(at[0]) && !isPlace(path[0]):
			at = at[1:]
		default:
			return nil, false, false
		}
	}
	return path, len(at) == 0, len(path) == 0
}

package expr

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"wardlet.example/internal/model"
)

// Limits of the split into worlds.
const (
	maxVariables = 4
	maxWorlds    = 16
)

// worlds is the split of an undecided answer: one leaf for each way in which the variables that mattered can be set.
type worlds struct {
	p        *Program
	ev       *evaluation
	leaves   []leaf
	defaults map[string]string // the label of each variable that holds by default
}

// leaf is the answer in a world that sets only the variables asked about.
type leaf struct {
	world  model.World
	state  model.Tri
	causes []*model.Value
}

// inWorlds decides an unknown answer by the values that are one of several.
func (p *Program) inWorlds(ev *evaluation, answer *types.Unknown) (Verdict, error) {
	w := &worlds{p: p, ev: ev, defaults: map[string]string{}}
	ev.world, ev.domains = model.World{}, map[string][]string{}
	if err := w.explore(answer); err != nil {
		return Verdict{}, err
	}
	return w.verdict(), nil
}

// explore adds the leaves below the present world, where the answer was this one.
func (w *worlds) explore(answer ref.Val) error {
	u, ok := answer.(*types.Unknown)
	if !ok {
		w.leaf(model.TriOf(answer == types.True), nil)
		return nil
	}
	causes := w.ev.causes(u)
	next := w.nextVariable(causes)
	if next == nil {
		w.leaf(model.Maybe, causes)
		return nil
	}
	return w.split(next)
}

func (w *worlds) leaf(state model.Tri, causes []*model.Value) {
	w.leaves = append(w.leaves, leaf{maps.Clone(w.ev.world), state, causes})
}

// nextVariable is the first cause that can be settled by setting a variable; nil if there is none, or no room for more.
func (w *worlds) nextVariable(causes []*model.Value) *model.Value {
	if len(w.ev.world) == maxVariables || len(w.leaves) >= maxWorlds {
		return nil
	}
	for _, c := range causes {
		if _, isSet := w.ev.world[c.Str]; c.Kind == model.OneOf && !isSet {
			return c
		}
	}
	return nil
}

// split evaluates once for each label of a variable. Labels that other values of the same variable bring are met on the
// way, so the list may grow while it is gone through.
func (w *worlds) split(v *model.Value) error {
	name := v.Str
	if v.Default >= 0 && int(v.Default) < len(v.Choices) {
		w.defaults[name] = v.Choices[v.Default].Label
	}
	for _, c := range v.Choices {
		if !slices.Contains(w.ev.domains[name], c.Label) {
			w.ev.domains[name] = append(w.ev.domains[name], c.Label)
		}
	}
	for i := 0; i < len(w.ev.domains[name]); i++ {
		if len(w.leaves) >= maxWorlds {
			w.leaves = append(w.leaves, leaf{maps.Clone(w.ev.world), model.Maybe, []*model.Value{v}})
			break
		}
		w.ev.world[name] = w.ev.domains[name][i]
		answer, err := w.p.run(w.ev)
		if err == nil {
			err = w.explore(answer)
		}
		if err != nil {
			return err
		}
		delete(w.ev.world, name)
	}
	delete(w.ev.world, name)
	return nil
}

// verdict sums up the leaves.
func (w *worlds) verdict() Verdict {
	count := map[model.Tri]int{}
	for _, l := range w.leaves {
		count[l.state]++
	}
	switch {
	case count[model.Yes] == len(w.leaves):
		return Verdict{State: model.Yes, Default: true}
	case count[model.Yes] > 0:
		return Verdict{State: model.Yes, Worlds: w.describe(), Default: w.holdsByDefault()}
	case count[model.Maybe] > 0:
		return Verdict{State: model.Maybe, Causes: w.causes()}
	}
	return Verdict{State: model.No}
}

// holdsByDefault reports whether the answer is yes when every variable has its default.
func (w *worlds) holdsByDefault() bool {
	return slices.ContainsFunc(w.leaves, func(l leaf) bool {
		for name, label := range l.world {
			if def, ok := w.defaults[name]; !ok || def != label {
				return false
			}
		}
		return l.state == model.Yes
	})
}

// causes are those of all undecided leaves, in the order of their numbers.
func (w *worlds) causes() []*model.Value {
	var u *types.Unknown
	for _, l := range w.leaves {
		for _, c := range l.causes {
			u = types.MergeUnknowns(u, types.NewUnknown(w.ev.number(c), nil))
		}
	}
	return w.ev.causes(u)
}

// describe is the smallest description found of the worlds with the answer yes: each without the variables that do not
// matter, and without those that the others cover.
func (w *worlds) describe() []model.World {
	var out []model.World
	for _, l := range w.leaves {
		if l.state == model.Yes {
			out = append(out, w.without(l.world))
		}
	}
	slices.SortStableFunc(out, func(a, b model.World) int {
		return cmp.Or(cmp.Compare(len(a), len(b)), strings.Compare(worldKey(a), worldKey(b)))
	})
	out = slices.CompactFunc(out, maps.Equal[model.World])
	out = w.needed(out)
	slices.SortFunc(out, func(a, b model.World) int { return strings.Compare(worldKey(a), worldKey(b)) })
	return out
}

// without drops the variables from a world that do not change the answer.
func (w *worlds) without(world model.World) model.World {
	out := maps.Clone(world)
	for _, name := range slices.Sorted(maps.Keys(world)) {
		label := out[name]
		delete(out, name)
		if slices.ContainsFunc(w.leaves, func(l leaf) bool { return l.state != model.Yes && agree(l.world, out) }) {
			out[name] = label
		}
	}
	return out
}

// needed drops the worlds, longest first, whose leaves the others cover.
func (w *worlds) needed(all []model.World) []model.World {
	for i := len(all) - 1; i >= 0; i-- {
		others := slices.Delete(slices.Clone(all), i, i+1)
		uncovered := slices.ContainsFunc(w.leaves, func(l leaf) bool {
			return l.state == model.Yes && agree(l.world, all[i]) &&
				!slices.ContainsFunc(others, func(o model.World) bool { return within(l.world, o) })
		})
		if !uncovered {
			all = others
		}
	}
	return all
}

// agree reports whether two worlds can both be the case.
func agree(a, b model.World) bool {
	for name, label := range a {
		if other, ok := b[name]; ok && other != label {
			return false
		}
	}
	return true
}

// within reports whether all of a is part of b.
func within(a, b model.World) bool {
	for name, label := range b {
		if a[name] != label {
			return false
		}
	}
	return true
}

func worldKey(w model.World) string {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(w)) {
		b.WriteString(name + "=" + w[name] + "\n")
	}
	return b.String()
}

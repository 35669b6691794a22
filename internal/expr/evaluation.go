package expr

import (
	"reflect"
	"slices"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/interpreter"

	"wardlet.example/internal/model"
)

// selfName is the hidden variable through which functions find the evaluation they belong to. No expression can
// contain it, since names do not begin with an at sign.
const selfName = "@evaluation"

// evaluation is one call of Program.Eval: where its variables come from, the world it is in, what it met. It is the
// activation of the CEL evaluator.
type evaluation struct {
	scope     Scope
	uncertain []*model.Value
	vars      []variable     // asked so far
	extra     []*model.Value // causes without a number in uncertain; their numbers follow those
	world     model.World
	domains   map[string][]string // the labels of each variable of the world, as far as met
	budget    int                 // steps left
	nodes     [8]node             // the first nodes of a run, to spare allocations
	used      int
}

type variable struct {
	name  string
	value *model.Value
}

// begin readies the evaluation for a subject.
func (ev *evaluation) begin(scope Scope, uncertain []*model.Value, budget int) {
	ev.scope, ev.uncertain, ev.budget = scope, uncertain, budget
}

// end lets go of everything the evaluation referred to, so that it can be used again.
func (ev *evaluation) end() {
	clear(ev.vars)
	*ev = evaluation{vars: ev.vars[:0]}
}

// ResolveName gives the evaluator a variable; each is asked of the scope once.
func (ev *evaluation) ResolveName(name string) (any, bool) {
	for i := range ev.vars {
		if ev.vars[i].name == name {
			return ev.node(ev.vars[i].value), true
		}
	}
	if name == selfName {
		return ev, true
	}
	v := ev.scope(name)
	if v == nil {
		v = absent.v
	}
	ev.vars = append(ev.vars, variable{name, v})
	return ev.node(v), true
}

// Parent tells the evaluator that there are no outer variables.
func (ev *evaluation) Parent() interpreter.Activation { return nil }

// self finds the evaluation that a frame belongs to.
func self(frame *interpreter.ExecutionFrame) *evaluation {
	if frame == nil {
		return nil
	}
	found, _ := frame.ResolveName(selfName)
	ev, _ := found.(*evaluation)
	return ev
}

// node is the value in the world of the evaluation.
func (ev *evaluation) node(v *model.Value) *node {
	if ev == nil {
		return &node{v: v}
	}
	v = ev.settle(v)
	if ev.used < len(ev.nodes) {
		n := &ev.nodes[ev.used]
		ev.used++
		*n = node{v, ev}
		return n
	}
	return &node{v, ev}
}

// settle is the value in the world, where there is one.
func (ev *evaluation) settle(v *model.Value) *model.Value {
	if len(ev.world) == 0 {
		return v
	}
	return ev.given(v)
}

// given is the value in the world. Variables whose values do not all name the same labels get the labels of all.
func (ev *evaluation) given(v *model.Value) *model.Value {
	for v.Kind == model.OneOf {
		labels, ok := ev.domains[v.Str]
		if !ok {
			return v
		}
		for _, c := range v.Choices {
			if !slices.Contains(labels, c.Label) {
				labels = append(labels, c.Label)
				ev.domains[v.Str] = labels
			}
		}
		next := v.Given(model.World{v.Str: ev.world[v.Str]})
		if next == v {
			return v
		}
		v = next
	}
	if v.Kind == model.Text {
		return ev.givenText(v)
	}
	return v
}

// givenText settles the parts of a text.
func (ev *evaluation) givenText(v *model.Value) *model.Value {
	if !slices.ContainsFunc(v.Items, func(p *model.Value) bool { return p.Kind == model.OneOf }) {
		return v
	}
	parts := make([]*model.Value, len(v.Items))
	for i, p := range v.Items {
		parts[i] = ev.given(p)
	}
	return model.NewText(parts, v.Origin)
}

// spend takes steps from the budget and reports whether it lasts.
func (ev *evaluation) spend(steps int) bool {
	if ev == nil {
		return true
	}
	ev.budget -= steps
	return ev.budget >= 0
}

// unknown is the CEL unknown that names the value as its cause. A text names its open parts.
func (ev *evaluation) unknown(v *model.Value) *types.Unknown {
	if v.Kind != model.Text {
		return types.NewUnknown(ev.number(v), nil)
	}
	var out *types.Unknown
	for _, p := range v.Items {
		if !p.IsScalar() {
			out = types.MergeUnknowns(out, types.NewUnknown(ev.number(p), nil))
		}
	}
	return out
}

// number is the value's ID, or a new one after those of the workspace.
func (ev *evaluation) number(v *model.Value) int64 {
	if v.ID > 0 && int(v.ID) <= len(ev.uncertain) {
		return int64(v.ID)
	}
	at := slices.IndexFunc(ev.extra, func(w *model.Value) bool { return sameCause(v, w) })
	if at < 0 {
		at = len(ev.extra)
		ev.extra = append(ev.extra, v)
	}
	return int64(len(ev.uncertain) + at + 1)
}

// sameCause reports whether two values without number stand for one cause: Get copies an unknown as it descends.
func sameCause(v, w *model.Value) bool {
	return v == w || v.Kind == w.Kind && v.Str == w.Str && v.Attr == w.Attr && v.Origin == w.Origin
}

// causes are the values that an unknown names, in the order of their numbers.
func (ev *evaluation) causes(u *types.Unknown) []*model.Value {
	var out []*model.Value
	for _, id := range u.IDs() {
		if n := int(id) - 1; n < len(ev.uncertain) {
			out = append(out, ev.uncertain[n])
		} else {
			out = append(out, ev.extra[n-len(ev.uncertain)])
		}
	}
	return out
}

// An evaluation must be a CEL value to be found as a variable; it never is an operand.

func (ev *evaluation) ConvertToNative(reflect.Type) (any, error) { return nil, errNotNative }
func (ev *evaluation) ConvertToType(ref.Type) ref.Val            { return types.NewErr("%v", errNotNative) }
func (ev *evaluation) Equal(ref.Val) ref.Val                     { return types.False }
func (ev *evaluation) Type() ref.Type                            { return types.DynType }
func (ev *evaluation) Value() any                                { return nil }

package expr

import (
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/interpreter"

	"wardlet.example/internal/model"
)

// maxPolicyDepth bounds lists of documents within documents.
const maxPolicyDepth = 20

// statements is statements(x): the statements of IAM policy documents in one form. What is unknown in them stays
// unknown, and so does a statement that is unknown as a whole.
func statements(frame *interpreter.ExecutionFrame, x any) ref.Val {
	r := &policyReader{ev: self(frame), out: &elements{}}
	switch x := x.(type) {
	case *node:
		r.read(x.v, nil, 0)
	case types.String:
		r.read(model.NewString(string(x), model.Origin{}), nil, 0)
	case *elements:
		x.each(func(it item) bool {
			if n, ok := it.value.(*node); ok {
				r.read(n.v, it.maybe, 1)
			} else if it.maybe != nil {
				r.out.items = append(r.out.items, it)
			}
			return true
		})
	}
	return r.out
}

// policyReader collects statements.
type policyReader struct {
	ev  *evaluation
	out *elements
}

// read takes a document, a policy that holds one, a statement, JSON text, or a list of these. maybe is why it is not
// certain that it is there.
func (r *policyReader) read(v *model.Value, maybe *types.Unknown, depth int) {
	if depth > maxPolicyDepth || !r.ev.spend(1) {
		return
	}
	switch v = r.ev.settle(v); v.Kind {
	case model.Unknown, model.OneOf, model.Ref:
		r.undecided(v, maybe)
	case model.List:
		for _, i := range v.Items {
			r.read(i, maybe, depth+1)
		}
	case model.Map:
		r.readMap(v, maybe, depth)
	case model.String:
		r.readText(v, maybe, depth)
	case model.Text:
		if v.HasPrefix("{") != model.No || v.HasPrefix("[") != model.No {
			r.undecided(v, maybe)
		}
	}
}

// undecided adds a statement of which nothing is known, nor whether there is one.
func (r *policyReader) undecided(v *model.Value, maybe *types.Unknown) {
	u := types.MergeUnknowns(r.ev.unknown(v), maybe)
	r.out.items = append(r.out.items, item{u, u})
}

func (r *policyReader) readMap(v *model.Value, maybe *types.Unknown, depth int) {
	for _, key := range []string{"PolicyDocument", "Statement"} {
		if inner := r.ev.settle(v.Get(key)); inner.IsSet() != model.No {
			r.read(inner, maybe, depth+1)
			return
		}
	}
	if isStatement := r.hasAny(v, "Effect", "Action", "NotAction", "Resource", "NotResource"); isStatement != types.False {
		why := types.MergeUnknowns(maybe, merged(isStatement, nil))
		r.out.items = append(r.out.items, item{r.ev.node(r.statement(v)), why})
	}
}

// hasAny is whether one of the keys of a map is set.
func (r *policyReader) hasAny(v *model.Value, keys ...string) ref.Val {
	var undecided *types.Unknown
	for _, key := range keys {
		switch field := r.ev.settle(v.Get(key)); field.IsSet() {
		case model.Yes:
			return types.True
		case model.Maybe:
			undecided = types.MergeUnknowns(undecided, r.ev.unknown(field))
		}
	}
	return decidedUnless(undecided, types.False)
}

// readText reads a document written as JSON. Text that is none, such as the ARN of a managed policy, has no statements.
func (r *policyReader) readText(v *model.Value, maybe *types.Unknown, depth int) {
	if !looksLikeJSON(v.Str) {
		return
	}
	inner, err := parseJSON(v.Str, v.Origin)
	if err != nil || !r.ev.spend(int(inner.Size)) {
		r.undecided(v, maybe)
		return
	}
	r.read(inner, maybe, depth+1)
}

// statement is a statement in one form.
func (r *policyReader) statement(v *model.Value) *model.Value {
	fields := make([]model.Field, len(v.Fields))
	for i, f := range v.Fields {
		fields[i] = f
		switch f.Key {
		case "Action", "NotAction", "Resource", "NotResource":
			fields[i].Value = r.list(f.Value)
		case "Principal", "NotPrincipal":
			fields[i].Value = r.principals(f.Value)
		}
	}
	return model.NewMap(fields, v.Origin)
}

// list makes a list of a single value.
func (r *policyReader) list(v *model.Value) *model.Value {
	switch v = r.ev.settle(v); v.Kind {
	case model.Absent, model.List, model.Unknown:
		return v
	case model.OneOf:
		return overEach(v, r.list)
	}
	return model.NewList([]*model.Value{v}, v.Origin)
}

// principals makes a map of lists of a principal; "*" is every AWS principal.
func (r *policyReader) principals(v *model.Value) *model.Value {
	switch v = r.ev.settle(v); v.Kind {
	case model.Absent, model.Unknown:
		return v
	case model.OneOf:
		return overEach(v, r.principals)
	case model.Map:
		fields := make([]model.Field, len(v.Fields))
		for i, f := range v.Fields {
			fields[i] = model.Field{Key: f.Key, At: f.At, Value: r.list(f.Value)}
		}
		return model.NewMap(fields, v.Origin)
	}
	return model.NewMap([]model.Field{{Key: "AWS", At: v.Origin.Pos, Value: r.list(v)}}, v.Origin)
}

package cloudformation

import (
	"strings"

	"wardlet.example/internal/model"
)

const (
	loopPrefix = "Fn::ForEach::"

	// maxUnrolled bounds the values that loops of one template may make: nested loops multiply.
	maxUnrolled = 300_000

	// maxPasses bounds the turns of all loops of one template. A stack has at most 500 resources.
	maxPasses = 5_000
)

// unroller writes out what stands for text of the template: loops (Fn::ForEach) and included files (AWS::Include).
type unroller struct {
	t      *Template
	done   map[*model.Value]*model.Value
	values int // that loops may still make
	passes int // that loops may still take
	depth  int
	files  []string // being included, against cycles

	included int // files so far
}

// Prepare writes out the loops and included files of the template. It changes Root; calling it again does nothing.
// Resources and Parameters call it; whoever reads Root itself calls it first.
func (t *Template) Prepare() {
	if t.prepared {
		return
	}
	t.prepared = true
	u := t.unroller
	t.Root = u.topLevel(t.Root)
	for _, section := range []string{"Mappings", "Conditions", "Resources"} { // collections look into the first two
		u.section(section)
	}
	for _, f := range t.Root.Fields {
		u.section(f.Key)
	}
	for _, f := range t.Root.Get("Resources").Fields {
		t.resources[f.Key] = true
	}
}

// section writes out one section of the template. What was worked out of the text before is forgotten where conditions
// come to light, because they say which values of parameters matter.
func (u *unroller) section(name string) {
	before := u.t.Root.Get(name)
	if before.Kind != model.Map {
		return
	}
	levels := 0
	switch name {
	case "Resources", "Outputs", "Conditions":
		levels = 2
	}
	after := u.value(before, levels)
	if after == before {
		return
	}
	u.t.Root = replaced(u.t.Root, name, after)
	if name == "Conditions" {
		u.t.forget()
		u.t.collectLiterals(after, 0)
	}
}

func (t *Template) forget() {
	t.literals = map[string][]*model.Value{}
	t.params = map[string]*model.Value{}
	t.conditions = map[string]*model.Value{}
	t.done = map[*model.Value]*model.Value{}
}

// replaced is a map with one of its fields replaced.
func replaced(m *model.Value, key string, v *model.Value) *model.Value {
	fields := append([]model.Field{}, m.Fields...)
	for i := range fields {
		if fields[i].Key == key {
			fields[i].Value = v
			break
		}
	}
	return model.NewMap(fields, m.Origin)
}

// value writes out one value. In maps of the first levels what is known stands although something beside it is not; a
// map further down is unknown as a whole, because nobody can tell what else is in it.
func (u *unroller) value(v *model.Value, levels int) *model.Value {
	if v.Kind != model.Map && v.Kind != model.List && v.Kind != model.OneOf {
		return v
	}
	if w, ok := u.done[v]; ok {
		return w
	}
	if u.depth > maxDepth {
		u.t.warn(v.Origin, "the template is too deep to be worked out here", "split the template")
		return model.NewUnknown("too deep", v.Origin)
	}
	u.depth++
	var w *model.Value
	switch v.Kind {
	case model.List:
		w = u.list(v)
	case model.OneOf:
		w = mapChoices(v, func(c *model.Value) *model.Value { return u.value(c, levels) })
	default:
		w = u.fields(v, levels)
	}
	u.depth--
	u.done[v] = w
	return w
}

func (u *unroller) list(v *model.Value) *model.Value {
	items, changed := make([]*model.Value, len(v.Items)), false
	for i, item := range v.Items {
		items[i] = u.value(item, 0)
		changed = changed || items[i] != item
	}
	if !changed {
		return v
	}
	return model.NewList(items, v.Origin)
}

func (u *unroller) fields(v *model.Value, levels int) *model.Value {
	out, changed := make([]model.Field, 0, len(v.Fields)), false
	for _, f := range v.Fields {
		made, whole, why := u.field(v, f, levels)
		switch {
		case whole != nil:
			return whole
		case why != "" && levels == 0:
			return model.NewUnknown(why, v.Origin)
		case why != "":
			u.t.incomplete(model.Origin{Pos: f.At}, f.Key+" is not worked out, so what it makes is not seen: "+why, hintFor(f.Key))
			u.t.unseen = u.t.unseen || levels == 2
			changed = true
			continue
		}
		changed = changed || len(made) != 1 || made[0].Value != f.Value || made[0].Key != f.Key
		out = append(out, made...)
	}
	if !changed {
		return v
	}
	return model.NewMap(u.unique(out), v.Origin)
}

// field gives what one field of a map stands for: fields in its place, or the value of the whole map; or why that is not
// known.
func (u *unroller) field(in *model.Value, f model.Field, levels int) (made []model.Field, whole *model.Value, why string) {
	switch {
	case strings.HasPrefix(f.Key, loopPrefix):
		made, why = u.loop(f, levels)
		return made, nil, why
	case f.Key == "Fn::Transform", f.Key == "Transform":
		if location, ok := include(f.Value); ok {
			return u.include(in, location, levels)
		}
		if f.Key == "Fn::Transform" && levels == 2 {
			return nil, nil, "a macro makes it at deployment"
		}
	}
	f.Value = u.value(f.Value, max(0, levels-1))
	return []model.Field{f}, nil, ""
}

// unique leaves of fields with one key the first.
func (u *unroller) unique(fields []model.Field) []model.Field {
	seen := make(map[string]bool, len(fields))
	out := fields[:0]
	for _, f := range fields {
		if seen[f.Key] {
			u.t.warn(model.Origin{Pos: f.At}, f.Key+" is made twice", "let the key contain what the loop runs over")
			continue
		}
		seen[f.Key] = true
		out = append(out, f)
	}
	return out
}

// loop is what a loop makes: its body for each item of its collection.
func (u *unroller) loop(f model.Field, levels int) ([]model.Field, string) {
	args := f.Value
	at := model.Origin{Pos: f.At}
	if args.Kind != model.List || len(args.Items) != 3 || args.Items[2].Kind != model.Map {
		u.t.bad(at, f.Key, f.Key+": [Identifier, [a, b], {'Name${Identifier}': ...}]")
		return nil, "its arguments do not fit"
	}
	id, ok := args.Items[0].Scalar()
	if !ok || id == "" {
		u.t.bad(at, f.Key, "the name of the loop's variable as its first argument")
		return nil, "its arguments do not fit"
	}
	items, why := u.collection(u.value(args.Items[1], 0), at, f.Key)
	if why != "" {
		return nil, why
	}
	var out []model.Field
	for _, item := range items {
		if u.passes--; u.passes < 0 || u.values < 0 {
			return nil, "the loops of the template make too much"
		}
		s, _ := item.Scalar()
		turn := turn{unroller: u, id: id, item: item, text: s, how: f.Key + " with " + s, at: f.At}
		body := turn.value(args.Items[2])
		if levels > 0 {
			body = u.value(body, levels)
		} else if body = u.value(body, 0); body.Kind == model.Unknown {
			return nil, body.Str
		}
		out = append(out, body.Fields...)
	}
	if u.values < 0 {
		return nil, "the loops of the template make too much"
	}
	return out, ""
}

func hintFor(key string) string {
	if strings.HasPrefix(key, loopPrefix) {
		return "write its collection as a list, or give the parameter it names a default"
	}
	return ""
}

// collection lists the items a loop runs over; otherwise it says why they are not known. One that depends on a parameter is
// that of the parameter's default, and a note says so.
func (u *unroller) collection(written *model.Value, at model.Origin, name string) ([]*model.Value, string) {
	v := u.settled(u.t.Resolve(written), at, name)
	if v.Kind != model.List {
		return nil, notKnown("its collection", v)
	}
	var out []*model.Value
	for _, item := range v.Items {
		item = u.settled(item, at, name)
		switch {
		case item.IsScalar():
			out = append(out, item)
		case item.Kind == model.List:
			more, why := u.collection(item, at, name)
			if why != "" {
				return nil, why
			}
			out = append(out, more...)
		default:
			return nil, notKnown("an item of its collection", item)
		}
	}
	return out, ""
}

func (u *unroller) settled(v *model.Value, at model.Origin, name string) *model.Value {
	for v.Kind == model.OneOf && v.Default >= 0 {
		c := v.Choices[v.Default]
		u.t.note(at, name+" depends on "+v.Str+": it is worked out for its default, "+c.Label)
		v = c.Value
	}
	return v
}

func notKnown(what string, v *model.Value) string {
	switch v.Kind {
	case model.Unknown:
		return what + " is not known (" + v.Str + ")"
	case model.OneOf:
		return what + " depends on " + v.Str + ", which has no default"
	case model.Ref, model.Text:
		return what + " is only known at deployment"
	}
	return what + " is a " + v.Kind.String()
}

// turn is one turn of a loop: it puts the item in place of the loop's variable.
type turn struct {
	*unroller
	id   string
	item *model.Value
	text string
	how  string
	at   model.Pos
}

func (r turn) value(v *model.Value) *model.Value {
	r.values--
	switch v.Kind {
	case model.String:
		if s := r.string(v.Str); s != v.Str {
			return model.NewString(s, v.Origin.Through(r.how, r.at))
		}
	case model.Text, model.List:
		return r.list(v)
	case model.Map:
		return r.fields(v)
	case model.OneOf:
		return mapChoices(v, r.value)
	}
	return v
}

// string replaces ${Identifier} by the item and &{Identifier} by what of it can be part of a logical ID.
func (r turn) string(s string) string {
	s = strings.ReplaceAll(s, "${"+r.id+"}", r.text)
	return strings.ReplaceAll(s, "&{"+r.id+"}", notName.ReplaceAllString(r.text, ""))
}

func (r turn) list(v *model.Value) *model.Value {
	items, changed := make([]*model.Value, len(v.Items)), false
	for i, item := range v.Items {
		if r.values < 0 {
			return model.NewUnknown("the loops of the template make too much", v.Origin)
		}
		items[i] = r.value(item)
		changed = changed || items[i] != item
	}
	switch {
	case !changed:
		return v
	case v.Kind == model.Text:
		return model.NewText(items, v.Origin)
	}
	return model.NewList(items, v.Origin)
}

func (r turn) fields(v *model.Value) *model.Value {
	if name, arg, ok := call(v); ok && name == "Ref" && arg.Kind == model.String && arg.Str == r.id {
		return r.item.At(r.item.Origin.Through(r.how, r.at))
	}
	fields, changed := make([]model.Field, len(v.Fields)), false
	for i, f := range v.Fields {
		if r.values < 0 {
			return model.NewUnknown("the loops of the template make too much", v.Origin)
		}
		fields[i] = model.Field{Key: r.string(f.Key), At: f.At, Value: r.value(f.Value)}
		changed = changed || fields[i].Value != f.Value || fields[i].Key != f.Key
	}
	if !changed {
		return v
	}
	return model.NewMap(fields, v.Origin.Through(r.how, r.at))
}

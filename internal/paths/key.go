package paths

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"wardlet.example/internal/dataflow"
	"wardlet.example/internal/model"
)

// key names a thing that is kept: by the attributes of an item, or by a text, which stands below the empty name.
type key map[string]*model.Value

// condition stands for what the conditions of a query ask of items.
const condition = "!condition"

// otherKey reports whether what is written is certainly not what is read: each key of the one differs from each of the other.
func (t *trail) otherKey(of *model.Resource, by reader) bool {
	written, read := t.graph.keys(t.node, t.send.Params, t.row.key), t.graph.keys(by.node, by.read.Params, by.row.key)
	for _, w := range written {
		for _, r := range read {
			if !w.apart(r, func(attribute string) bool { return t.graph.stays(of, attribute) }) {
				return false
			}
		}
	}
	return len(written) > 0 && len(read) > 0
}

// stays reports whether an attribute of an item is, as long as the item is there, what it was when the item was put there: it belongs to the
// key of the table, or no call updates it. The name of what is no item is empty.
func (g *Graph) stays(table *model.Resource, attribute string) bool {
	if attribute == "" || table.Type != "AWS::DynamoDB::Table" {
		return true
	}
	for _, k := range table.Props.Get("KeySchema").Elements() {
		if k.Get("AttributeName").EqualsText(attribute) == model.Yes {
			return true
		}
	}
	updates := g.updates[table]
	asked := asking{table, attribute, len(updates)}
	stays, known := g.lasting[asked]
	if !known {
		stays = !slices.ContainsFunc(updates, func(u *dataflow.Value) bool { return sets(u, attribute) })
		g.lasting[asked] = stays
	}
	return stays
}

// asking is an attribute of the items of a table, with how many updates of the table are known: each is asked once.
type asking struct {
	table     *model.Resource
	attribute string
	updates   int
}

// updated notes what a call sets in items of tables.
func (g *Graph) updated(n *Node, s *dataflow.Send) {
	for _, row := range g.rows.calls[s.Key] {
		if !row.updates() {
			continue
		}
		for _, at := range g.targets(n, s, row) {
			for _, p := range row.gives.pairs {
				if i := slices.Index(p.from, update); i >= 0 && at.resource != nil {
					g.updates[at.resource] = append(g.updates[at.resource], s.Params.All(p.from[:i]...)...)
				}
			}
		}
	}
}

// sets reports whether an update perhaps sets an attribute.
func sets(u *dataflow.Value, attribute string) bool {
	text := textsOf(u)
	expression, ok := text("UpdateExpression")
	if !ok {
		return true
	}
	for _, a := range assignments(expression) {
		if at := a.attribute(text, []string{attribute}); len(at) > 0 && at[0] == attribute {
			return true
		}
	}
	return false
}

// keys are those that a request has at a path. An item that is written back, with whatever was changed of it, has the key by which it
// was read.
func (g *Graph) keys(n *Node, params *dataflow.Value, at []string) []key {
	if len(at) == 0 || at[0] == condition {
		return n.keys(params, at)
	}
	var out []key
	for _, v := range params.All(at...) {
		written, read := n.keysIn(v), g.keysOfRead(n, v)
		for _, w := range written {
			if len(read) == 0 {
				out = append(out, w)
			}
			for _, r := range read {
				both := maps.Clone(r)
				maps.Copy(both, w)
				out = append(out, both)
			}
		}
	}
	return out
}

// keysOfRead are the keys by one of which all of an item was read; nil for others.
func (g *Graph) keysOfRead(n *Node, item *dataflow.Value) []key {
	var out []key
	for _, read := range item.Reads() {
		before := len(out)
		for _, row := range g.rows.reads[read.Call.Key] {
			if slices.Equal(read.Path, row.gives.pairs[0].to) {
				out = append(out, n.keys(read.Call.Params, row.key)...)
			}
		}
		if len(out) == before || len(out) > mostKeys {
			return nil
		}
	}
	return out
}

// keys are those that a request has written at a path.
func (n *Node) keys(params *dataflow.Value, at []string) []key {
	switch {
	case len(at) == 0:
		return nil
	case at[0] == condition:
		return n.asked(params)
	}
	var out []key
	for _, v := range params.All(at...) {
		out = append(out, n.keysIn(v)...)
	}
	return out
}

// mostKeys bounds the keys that one request can have.
const mostKeys = 12

// keysIn are the keys that a value perhaps is: several where an attribute is one of some texts.
func (n *Node) keysIn(v *dataflow.Value) []key {
	if len(v.Fields()) == 0 {
		return []key{{"": n.Value(v)}}
	}
	out := []key{{}}
	for _, name := range slices.Sorted(maps.Keys(v.Fields())) {
		x := untyped(v.Fields()[name])
		choices := []*dataflow.Value{x}
		if !x.Varies() {
			choices = n.Alternatives(x)
		}
		if len(choices)*len(out) > mostKeys {
			choices = []*dataflow.Value{x}
		}
		var next []key
		for _, k := range out {
			for _, one := range choices {
				with := maps.Clone(k)
				with[name] = n.Value(one)
				next = append(next, with)
			}
		}
		out = next
	}
	return out
}

// equation is an attribute, and no part of one, that the condition of a query compares with a value, or with the beginning of one.
var equation = regexp.MustCompile(`(?:^|[^.#\w\]])([#\w]+)\s*=\s*(:\w+)|(begins_with)\s*\(\s*([#\w]+)\s*,\s*(:\w+)\s*\)`)

// anyOf finds what makes one equation of a condition hold only perhaps.
var anyOf = regexp.MustCompile(`(?i)\b(OR|NOT)\b`)

// asked is what the conditions of a query ask for, as far as it is known: of the key, and of other attributes.
func (n *Node) asked(params *dataflow.Value) []key {
	k := key{}
	for name, x := range params.At("!asked").Fields() {
		k[name] = n.Value(x)
	}
	text, _ := params.At("KeyConditionExpression").Is()
	if filter, _ := params.At("FilterExpression").Is(); !anyOf.MatchString(filter) {
		text += " AND " + filter
	}
	for _, m := range equation.FindAllStringSubmatch(text, -1) {
		name, value := m[1]+m[4], n.Value(untyped(params.At("ExpressionAttributeValues", m[2]+m[5])))
		if known, ok := params.At("ExpressionAttributeNames", name).Is(); ok {
			name = known
		}
		if m[3] != "" {
			value = model.NewText([]*model.Value{value, model.NewPresent("what comes behind it", value.Origin)}, value.Origin)
		}
		k[name] = value
	}
	if len(k) == 0 {
		return nil
	}
	return []key{k}
}

// untyped is a value without the name of its type above it, which DynamoDB has there.
func untyped(v *dataflow.Value) *dataflow.Value {
	for _, name := range types {
		if x := v.Fields()[name]; x != nil && len(v.Fields()) == 1 {
			return x
		}
	}
	return v
}

// apart reports whether two keys certainly differ in something that both have, and that stays as it is.
func (k key) apart(other key, stays func(attribute string) bool) bool {
	for name, x := range k {
		y := other[name]
		if y != nil && (textsApart(x, y, firstOf, strings.HasPrefix) || textsApart(x, y, lastOf, strings.HasSuffix)) && stays(name) {
			return true
		}
	}
	return false
}

// textsApart reports whether two texts certainly differ at one end.
func textsApart(x, y *model.Value, end func([]*model.Value) *model.Value, has func(s, part string) bool) bool {
	a, whole := knownEnd(x, end)
	b, all := knownEnd(y, end)
	switch {
	case whole && all:
		return a != b
	case whole:
		return !has(a, b)
	case all:
		return !has(b, a)
	case len(a) < len(b):
		return !has(b, a)
	}
	return !has(a, b)
}

func firstOf(parts []*model.Value) *model.Value { return parts[0] }

func lastOf(parts []*model.Value) *model.Value { return parts[len(parts)-1] }

// knownEnd is what is known of one end of a text, and whether that is all of it.
func knownEnd(v *model.Value, end func([]*model.Value) *model.Value) (string, bool) {
	if s, ok := v.Scalar(); ok {
		return s, true
	}
	if v.Kind == model.Text && len(v.Items) > 0 {
		if s, ok := end(v.Items).Scalar(); ok {
			return s, false
		}
	}
	return "", false
}

package javascript

import (
	"math"
	"strconv"
	"strings"

	"wardlet.example/internal/model"
)

// value works out an expression.
func (r *reader) value(s *source, node int) *model.Value {
	if !r.enter() {
		return s.unknown(node, "too much to follow")
	}
	defer func() { r.depth-- }()
	node = s.undressed(node)
	switch s.tree.Kind(node) {
	case "object":
		return r.object(s, node)
	case "array":
		return r.array(s, node)
	case "string", "template_string":
		return r.text(s, node)
	case "identifier", "shorthand_property_identifier":
		return r.named(s, s.tree.Text(node), node)
	case "member_expression", "subscript_expression":
		return r.memberValue(s, node)
	case "binary_expression":
		return r.binary(s, node)
	case "unary_expression":
		return r.unary(s, node)
	case "call_expression":
		return r.call(s, node)
	case "ternary_expression":
		return r.chosen(s, node)
	case "enum_declaration":
		return r.enum(s, node)
	}
	return s.plain(node)
}

// plain is an expression without others inside, or one that only running tells.
func (s *source) plain(node int) *model.Value {
	switch kind := s.tree.Kind(node); {
	case kind == "true" || kind == "false":
		return model.NewBool(kind == "true", s.at(node))
	case kind == "null" || kind == "undefined":
		return model.NewAbsent(s.at(node))
	case kind == "number":
		return s.number(node, parseNumber(s.tree.Text(node)))
	case kind == "ternary_expression":
		return s.unknown(node, "a condition decides: "+s.brief(s.tree.Child(node, "condition")))
	case kind == "await_expression":
		return s.unknown(node, "waited for when it runs")
	case kind == "new_expression":
		return s.present(node, "made by new "+s.brief(s.tree.Child(node, "constructor")))
	case isFunction(kind):
		return s.present(node, "a function")
	case isClass(kind):
		return s.present(node, "a class")
	}
	return s.unknown(node, "computed: "+s.brief(node))
}

// number is a known number as JavaScript prints it; those it prints with an
// exponent do not occur in templates.
func (s *source) number(node int, n float64) *model.Value {
	if size := math.Abs(n); size != 0 && (size < 1e-6 || size >= 1e21) || math.IsNaN(n) {
		return s.unknown(node, "a number that is not read: "+s.brief(node))
	}
	if n == 0 {
		n = 0 // not -0
	}
	return model.NewNumber(n, strconv.FormatFloat(n, 'f', -1, 64), s.at(node))
}

// parseNumber reads a number as it is written, or gives NaN.
func parseNumber(text string) float64 {
	text = strings.ReplaceAll(text, "_", "")
	if n, err := strconv.ParseInt(strings.TrimSuffix(text, "n"), 0, 64); err == nil {
		return float64(n)
	}
	if n, err := strconv.ParseFloat(text, 64); err == nil {
		return n
	}
	return math.NaN()
}

// fieldList collects the fields of an object. One that is set again keeps its
// place, as in JavaScript.
type fieldList struct {
	fields []model.Field
	index  map[string]int
}

func (l *fieldList) put(f model.Field) {
	if i, ok := l.index[f.Key]; ok {
		l.fields[i] = f
		return
	}
	if l.index == nil {
		l.index = map[string]int{}
	}
	l.index[f.Key] = len(l.fields)
	l.fields = append(l.fields, f)
}

func (l *fieldList) putAll(v *model.Value) {
	for _, f := range v.Fields {
		l.put(f)
	}
}

func (r *reader) object(s *source, node int) *model.Value {
	var all fieldList
	for child := range s.tree.NamedChildren(node) {
		// Where one key is not known none is: it may be any of them.
		if reason := r.entry(s, child, &all); reason != "" {
			return s.present(child, reason)
		}
	}
	return model.NewMap(all.fields, s.at(node))
}

// entry adds what stands between two commas of an object, or says why it cannot.
func (r *reader) entry(s *source, node int, all *fieldList) string {
	var key, value int
	switch s.tree.Kind(node) {
	case "spread_element":
		return r.spread(s, s.tree.FirstNamed(node), all)
	case "pair":
		key, value = s.tree.Child(node, "key"), s.tree.Child(node, "value")
	case "method_definition":
		key, value = s.tree.Child(node, "name"), node
	case "shorthand_property_identifier":
		key, value = node, node
	default:
		return "not written correctly: " + s.brief(node)
	}
	name, ok := r.key(s, key)
	if !ok {
		return "a key is computed: " + s.brief(key)
	}
	all.put(model.Field{Key: name, At: r.keyPos(s, key), Value: r.value(s, value)})
	return ""
}

// keyPos is where a key is written. One that a function computes of what it is given stands where that is written.
func (r *reader) keyPos(s *source, key int) model.Pos {
	if s.scope != nil && s.tree.Kind(key) == "computed_property_name" {
		return r.value(s, s.tree.FirstNamed(key)).Origin.Pos
	}
	return s.at(key).Pos
}

func (r *reader) key(s *source, node int) (string, bool) {
	switch s.tree.Kind(node) {
	case "string":
		return r.text(s, node).Scalar()
	case "number":
		return s.plain(node).Scalar()
	case "computed_property_name":
		return r.value(s, s.tree.FirstNamed(node)).Scalar()
	}
	name := s.tree.Text(node)
	return name, name != "" && name != "__proto__"
}

// spread adds the fields of another object. Of one that a condition adds, the
// keys are known, and their values are not.
func (r *reader) spread(s *source, node int, all *fieldList) string {
	node = s.undressed(node)
	var maybe []int
	switch s.tree.Kind(node) {
	case "ternary_expression":
		maybe = []int{s.tree.Child(node, "consequence"), s.tree.Child(node, "alternative")}
	case "binary_expression":
		if s.tree.Is(s.tree.Child(node, "operator"), "&&") {
			maybe = []int{s.tree.Child(node, "right")}
		}
	}
	if maybe == nil || r.value(s, node).Kind != model.Unknown {
		return r.spreadValue(s, node, all, false)
	}
	for _, part := range maybe {
		if reason := r.spreadValue(s, part, all, true); reason != "" {
			return reason
		}
	}
	return ""
}

func (r *reader) spreadValue(s *source, node int, all *fieldList, maybe bool) string {
	v := r.value(s, node)
	switch {
	case v.Kind == model.Absent || v.Kind == model.Bool || v.Kind == model.Number:
		return ""
	case v.Kind != model.Map || !r.spend(len(v.Fields)):
		return "not known what is spread: " + s.brief(node)
	}
	for _, f := range v.Fields {
		if maybe {
			f.Value = model.NewUnknown("a condition decides", f.Value.Origin)
		}
		all.put(f)
	}
	return ""
}

func (r *reader) array(s *source, node int) *model.Value {
	var items []*model.Value
	for child := range s.tree.NamedChildren(node) {
		if s.tree.Kind(child) != "spread_element" {
			items = append(items, r.value(s, child))
			continue
		}
		v := r.value(s, s.tree.FirstNamed(child))
		if v.Kind != model.List || !r.spend(len(v.Items)) {
			// The other elements stand; what is spread may be none, one or many.
			items = append(items, s.unknown(child, "not known what is spread: "+s.brief(s.tree.FirstNamed(child))))
			continue
		}
		items = append(items, v.Items...)
	}
	return model.NewList(items, s.at(node))
}

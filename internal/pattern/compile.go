package pattern

import (
	"errors"
	"fmt"

	"wardlet.example/internal/jsontext"
	"wardlet.example/internal/model"
)

// compiler turns the Values of one pattern into nodes.
type compiler struct {
	dialect
	parts    int  // left
	bytes    int  // of JSON text, left
	typed    bool // read from JSON text, where the kinds of scalars are certain
	full     bool // the limit was told
	problems []model.Diagnostic
}

// compile makes a Pattern of v. Values share children, so one that is small to write can be very large to walk.
func compile(v *model.Value, d dialect, root func(*compiler) node) *Pattern {
	c := &compiler{dialect: d, parts: maxParts, bytes: jsontext.MaxBytes}
	if v != nil && v.Size > maxSize {
		return &Pattern{c.malformed(v, fmt.Sprintf("the %s has over %d values", d.name, maxSize), "write a smaller one; this one is not read"), c.problems}
	}
	n := root(c)
	return &Pattern{n, c.problems}
}

// top compiles a whole pattern: a map or a text with JSON.
func (c *compiler) top(v *model.Value) node {
	if v == nil {
		return constant(model.Yes)
	}
	switch v.Kind {
	case model.Absent:
		return constant(model.Yes)
	case model.Map:
		return c.topMap(v)
	case model.String, model.Text:
		return c.text(v)
	case model.OneOf:
		return c.choices(v, c.top)
	case model.Unknown, model.Ref:
		return constant(model.Maybe)
	}
	return c.malformed(v, fmt.Sprintf("the %s is a %s", c.name, v.Kind), "write a map of fields, or a text with such a map in JSON")
}

func (c *compiler) topMap(v *model.Value) node {
	if len(v.Fields) > 0 {
		return c.object(v, 0)
	}
	if c.emptyPasses {
		return constant(model.Yes)
	}
	return c.malformed(v, fmt.Sprintf("the %s is empty", c.name), "name at least one field, or leave the filter out")
}

// text compiles a pattern that is written as JSON in a text.
func (c *compiler) text(v *model.Value) node {
	if c.bytes -= textLength(v); c.bytes < 0 {
		return c.malformed(v, fmt.Sprintf("the %s is over 4 MB long", c.name), "what is behind is not looked at")
	}
	parsed, err := jsontext.Parse(v)
	if err != nil {
		return c.malformed(v, fmt.Sprintf("the %s is not valid JSON: %s", c.name, reason(err)), "correct the JSON; texts and keys stand in double quotes")
	}
	was := c.typed
	c.typed = true
	defer func() { c.typed = was }()
	if parsed.Kind == model.String || parsed.Kind == model.Text {
		return c.malformed(v, fmt.Sprintf("the %s is a text, not a map", c.name), "write a map of fields in JSON")
	}
	return c.top(parsed)
}

func reason(err error) string {
	var e *jsontext.Error
	if errors.As(err, &e) {
		return e.Error()
	}
	return "it cannot be read"
}

func (c *compiler) choices(v *model.Value, compile func(*model.Value) node) node {
	out := make(either, 0, len(v.Choices))
	for _, choice := range v.Choices {
		out = append(out, compile(choice.Value))
	}
	return out
}

// spend takes one part of the pattern; when there are too many, it says so once.
func (c *compiler) spend(at *model.Value) bool {
	c.parts--
	if c.parts > 0 {
		return true
	}
	if !c.full {
		c.full = true
		c.problem(at.Origin.Pos, fmt.Sprintf("the %s has over %d parts", c.name, maxParts), "what is behind is not looked at")
	}
	return false
}

// maxProblems bounds what is told of one pattern.
const maxProblems = 50

func (c *compiler) problem(at model.Pos, message, hint string) {
	if len(c.problems) == maxProblems {
		return
	}
	c.problems = append(c.problems, model.Diagnostic{Pos: at, Level: model.Warning, Message: message, Hint: hint, Unresolved: true})
}

func (c *compiler) malformed(v *model.Value, message, hint string) node {
	c.problem(v.Origin.Pos, message, hint)
	return constant(model.Maybe)
}

// object compiles a map of fields.
func (c *compiler) object(v *model.Value, depth int) node {
	if depth > maxDepth {
		return c.malformed(v, fmt.Sprintf("the %s is over %d maps deep", c.name, maxDepth), "nest less")
	}
	o := &object{}
	for _, f := range v.Fields {
		if !c.spend(f.Value) {
			return constant(model.Maybe)
		}
		switch {
		case jsontext.IsOpen(f.Key):
			o.fields = append(o.fields, field{key: f.Key, at: f.At, node: constant(model.Maybe)})
		case f.Key == "$or":
			c.or(o, f, depth)
		default:
			o.fields = append(o.fields, field{key: f.Key, at: f.At, node: c.field(f.Value, depth)})
		}
	}
	o.absence = asksAbsence(o)
	return o
}

// field compiles what a key leads to: a list of values, or a map that goes on.
func (c *compiler) field(v *model.Value, depth int) node {
	switch v.Kind {
	case model.Map:
		if len(v.Fields) == 0 {
			return c.malformed(v, "a field of the "+c.name+" is an empty map", "list the values that pass, or leave the field out")
		}
		return c.object(v, depth+1)
	case model.List:
		if len(v.Items) == 0 {
			return c.malformed(v, "a field of the "+c.name+" has an empty list, which nothing can match", "list the values that pass, or leave the field out")
		}
		return c.leaf(v)
	case model.OneOf:
		return c.choices(v, func(w *model.Value) node { return c.optional(w, depth) })
	case model.Unknown, model.Ref:
		return constant(model.Maybe)
	}
	return c.malformed(v, "a field of the "+c.name+" has no list", "write [value], even for a single one")
}

// optional is the field of one choice: an absent one is left out of the pattern.
func (c *compiler) optional(v *model.Value, depth int) node {
	if v.Kind == model.Absent {
		return constant(model.Yes)
	}
	return c.field(v, depth)
}

func (c *compiler) leaf(v *model.Value) node {
	l := &leaf{dialect: c.dialect}
	for _, item := range v.Items {
		if !c.spend(item) {
			l.unsure = true
			return l
		}
		c.item(l, item)
	}
	return l
}

// or compiles a $or. With fewer than two maps, or with an operator's name as a field of one, the services take it for a
// field of that name.
func (c *compiler) or(o *object, f model.Field, depth int) {
	v := f.Value
	if v.Kind != model.List {
		n := node(constant(model.Maybe))
		if v.Kind != model.Unknown && v.Kind != model.OneOf {
			n = c.malformed(v, "$or has no list of maps", "write $or: [{field: [...]}, {field: [...]}]")
		}
		o.fields = append(o.fields, field{key: f.Key, at: f.At, node: n})
		return
	}
	if len(v.Items) < 2 {
		c.problem(v.Origin.Pos, "$or has fewer than two alternatives", "write two or more maps, or leave $or out")
		o.ors = append(o.ors, alternatives{constant(model.Maybe)})
		return
	}
	var all alternatives
	for _, item := range v.Items {
		all = append(all, c.alternative(item, depth+1))
	}
	o.ors = append(o.ors, all)
}

func (c *compiler) alternative(v *model.Value, depth int) node {
	switch v.Kind {
	case model.Map:
		for _, f := range v.Fields {
			if isOperator(f.Key) {
				return c.malformed(v, fmt.Sprintf("an alternative of $or has the operator %q where a field is expected", f.Key), "write {field: [{"+f.Key+": ...}]}")
			}
		}
		if len(v.Fields) == 0 {
			return c.malformed(v, "an alternative of $or is empty", "name at least one field")
		}
		return c.object(v, depth)
	case model.OneOf:
		return c.choices(v, func(w *model.Value) node { return c.alternative(w, depth) })
	case model.Unknown, model.Ref, model.Absent:
		return constant(model.Maybe)
	}
	return c.malformed(v, "an alternative of $or is no map", "write {field: [...]}")
}

// asksAbsence reports whether a part of a pattern wants a field not to exist.
func asksAbsence(n node) bool {
	switch n := n.(type) {
	case *leaf:
		return n.missing || n.unsure
	case *object:
		for _, f := range n.fields {
			if asksAbsence(f.node) {
				return true
			}
		}
		for _, a := range n.ors {
			if anyAbsence(a) {
				return true
			}
		}
	case either:
		return anyAbsence(n)
	case constant:
		return n == constant(model.Maybe)
	}
	return false
}

func anyAbsence(nodes []node) bool {
	for _, n := range nodes {
		if asksAbsence(n) {
			return true
		}
	}
	return false
}

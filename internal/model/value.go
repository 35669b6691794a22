package model

import (
	"strconv"
	"strings"
)

// Kind tells what a Value is.
type Kind uint8

// Kinds of Value. The zero Value is Absent.
const (
	Absent  Kind = iota // nothing written: the platform's default applies
	Bool                // Bool
	Number              // Num, as written in Str
	String              // Str
	Text                // a string whose parts (Items) are not all known before deployment
	List                // Items
	Map                 // Fields
	Ref                 // what another resource (or AWS:: pseudo parameter) gives: logical ID in Str, attribute in Attr
	Unknown             // not decidable from the files; the reason in Str
	OneOf               // one of Choices, depending on the variable named in Str
)

var kindNames = [...]string{"absent", "bool", "number", "string", "text", "list", "map", "ref", "unknown", "one-of"}

// String is the kind's name in messages.
func (k Kind) String() string { return kindNames[k] }

// Value is one value of a template: known, absent, unknown or one of several, with its origin. Values are immutable
// once built and share children, so they form a graph: walk it with a budget (Size).
type Value struct {
	Kind    Kind
	Bool    bool
	Present bool  // Unknown: something is certainly written, only its content is not known
	ID      int32 // Unknown, OneOf: number within its workspace, given by Workspace.Number; 0 before
	Size    int32 // number of values below and including this one, shared ones counted each time, saturating
	Default int32 // OneOf: index of the choice that holds when nobody sets the variable; -1 if there is none
	Num     float64
	Str     string
	Attr    string
	Items   []*Value
	Fields  []Field
	Choices []Choice
	Origin  Origin
}

// Field is one entry of a Map, in the order written.
type Field struct {
	Key   string
	At    Pos // of the key
	Value *Value
}

// Choice is one alternative of a OneOf: the value that holds when the variable has this label.
type Choice struct {
	Label string
	Value *Value
}

// MaxSize is where Size saturates.
const MaxSize = 1 << 30

var absent = &Value{Kind: Absent, Size: 1}

// NewAbsent is the value of what nobody wrote; at is the place where one would write it.
func NewAbsent(at Origin) *Value { return &Value{Kind: Absent, Size: 1, Origin: at} }

// NewString is a known string.
func NewString(s string, at Origin) *Value {
	return &Value{Kind: String, Str: s, Size: 1, Origin: at}
}

// NewBool is a known truth value.
func NewBool(b bool, at Origin) *Value { return &Value{Kind: Bool, Bool: b, Size: 1, Origin: at} }

// NewNumber is a known number with the text that stood for it.
func NewNumber(n float64, text string, at Origin) *Value {
	return &Value{Kind: Number, Num: n, Str: text, Size: 1, Origin: at}
}

// NewInt is a known whole number.
func NewInt(n int, at Origin) *Value { return NewNumber(float64(n), strconv.Itoa(n), at) }

// NewList is a known list.
func NewList(items []*Value, at Origin) *Value {
	return &Value{Kind: List, Items: items, Size: sizeOf(items), Origin: at}
}

// NewMap is a known map; its fields keep their order.
func NewMap(fields []Field, at Origin) *Value {
	size := int32(1)
	for _, f := range fields {
		size = addSize(size, f.Value.Size)
	}
	return &Value{Kind: Map, Fields: fields, Size: size, Origin: at}
}

// NewRef is a reference to a resource (attr empty: its Ref) or to a pseudo parameter such as AWS::Region.
func NewRef(id, attr string, at Origin) *Value {
	return &Value{Kind: Ref, Str: id, Attr: attr, Size: 1, Origin: at}
}

// NewUnknown is a value that the files do not decide, with the reason. It may turn out to be absent.
func NewUnknown(reason string, at Origin) *Value {
	return &Value{Kind: Unknown, Str: reason, Size: 1, Origin: at}
}

// NewPresent is an unknown of which it is certain that something is written.
func NewPresent(reason string, at Origin) *Value {
	v := NewUnknown(reason, at)
	v.Present = true
	return v
}

// NewOneOf is a value that depends on a variable (a parameter or condition). def is the index of the choice that holds
// by default, -1 for none. Choices that all hold the same known scalar collapse into it.
func NewOneOf(variable string, choices []Choice, def int, at Origin) *Value {
	if same(choices) {
		return choices[0].Value
	}
	size := int32(1)
	for _, c := range choices {
		size = addSize(size, c.Value.Size)
	}
	return &Value{Kind: OneOf, Str: variable, Choices: choices, Default: int32(def), Size: size, Origin: at}
}

func same(choices []Choice) bool {
	first := choices[0].Value
	for _, c := range choices[1:] {
		if c.Value == first {
			continue
		}
		if !c.Value.IsScalar() || c.Value.Kind != first.Kind || Equal(c.Value, first) != Yes {
			return false
		}
	}
	return true
}

// MaxText is how long a joined text may get, in bytes. Texts that refer to each other can double at every step, so what
// would be longer is unknown.
const MaxText = 256 << 10

// NewText joins parts into one string. Known neighbours are merged; if all are known the result is a String.
// Parts that are Text themselves are flattened. A list or map among the parts makes the whole unknown.
func NewText(parts []*Value, at Origin) *Value {
	var out []*Value
	push := func(v *Value) {
		s, ok := v.Scalar()
		if !ok {
			out = append(out, v)
			return
		}
		if n := len(out); n > 0 && out[n-1].Kind == String {
			out[n-1] = NewString(out[n-1].Str+s, out[n-1].Origin)
			return
		}
		if s != "" {
			out = append(out, NewString(s, v.Origin))
		}
	}
	for _, p := range parts {
		switch p.Kind {
		case Text:
			for _, q := range p.Items {
				push(q)
			}
		case List, Map:
			return NewPresent("a list or map stands inside a string", at)
		case Absent:
		default:
			push(p)
		}
	}
	length := len(out)
	for _, p := range out {
		length += len(p.Str)
	}
	switch {
	case length > MaxText:
		return NewPresent("a text of over 256 kB is made of its parts", at)
	case len(out) == 0:
		return NewString("", at)
	case len(out) == 1 && out[0].Kind == String:
		return NewString(out[0].Str, at)
	}
	return &Value{Kind: Text, Items: out, Size: sizeOf(out), Origin: at}
}

func sizeOf(items []*Value) int32 {
	size := int32(1)
	for _, v := range items {
		size = addSize(size, v.Size)
	}
	return size
}

func addSize(a, b int32) int32 {
	return int32(min(int64(a)+int64(max(b, 1)), MaxSize))
}

// At returns the same value with another origin. Children are shared.
func (v *Value) At(o Origin) *Value {
	w := *v
	w.Origin = o
	return &w
}

// IsScalar reports whether the value is a known bool, number or string.
func (v *Value) IsScalar() bool {
	return v != nil && (v.Kind == Bool || v.Kind == Number || v.Kind == String)
}

// Scalar is the text of a known scalar, as a template writes it.
func (v *Value) Scalar() (string, bool) {
	switch {
	case v == nil:
		return "", false
	case v.Kind == String, v.Kind == Number:
		return v.Str, true
	case v.Kind == Bool:
		return strconv.FormatBool(v.Bool), true
	}
	return "", false
}

// IsSet reports whether something is written: yes, no, or unknown. A OneOf answers when its choices agree.
func (v *Value) IsSet() Tri {
	switch {
	case v == nil || v.Kind == Absent:
		return No
	case v.Kind == Unknown && !v.Present:
		return Maybe
	case v.Kind == OneOf:
		return agree(v, (*Value).IsSet)
	}
	return Yes
}

func agree(v *Value, f func(*Value) Tri) Tri {
	answer := f(v.Choices[0].Value)
	for _, c := range v.Choices[1:] {
		if f(c.Value) != answer {
			return Maybe
		}
	}
	return answer
}

// Get returns the field of a map, Absent where there is none. On an Unknown it is that Unknown (no longer Present),
// on a OneOf a OneOf of the fields. Any other kind has no fields.
func (v *Value) Get(key string) *Value {
	if v == nil {
		return absent
	}
	switch v.Kind {
	case Map:
		for i := range v.Fields {
			if v.Fields[i].Key == key {
				return v.Fields[i].Value
			}
		}
	case Unknown:
		if !v.Present {
			return v
		}
		w := *v
		w.Present = false
		return &w
	case OneOf:
		choices := make([]Choice, len(v.Choices))
		for i, c := range v.Choices {
			choices[i] = Choice{c.Label, c.Value.Get(key)}
		}
		if same(choices) {
			return choices[0].Value
		}
		w := NewOneOf(v.Str, choices, int(v.Default), v.Origin)
		w.ID = v.ID
		return w
	}
	return NewAbsent(v.Origin)
}

// Path follows keys downwards with Get; a number picks an element of a list.
func (v *Value) Path(keys ...string) *Value {
	for _, k := range keys {
		if v != nil && v.Kind == List {
			i, err := strconv.Atoi(k)
			if err != nil || i < 0 || i >= len(v.Items) {
				return NewAbsent(v.Origin)
			}
			v = v.Items[i]
			continue
		}
		v = v.Get(k)
	}
	if v == nil {
		return absent
	}
	return v
}

// KeyPos is the place of a map's key; the map's own place when it has no such key.
func (v *Value) KeyPos(key string) Pos {
	for i := range v.Fields {
		if v.Fields[i].Key == key {
			return v.Fields[i].At
		}
	}
	return v.Origin.Pos
}

// Elements is the value as a list: its items, the value itself where a single one is written, nothing where absent.
func (v *Value) Elements() []*Value {
	switch {
	case v == nil || v.Kind == Absent:
		return nil
	case v.Kind == List:
		return v.Items
	}
	return []*Value{v}
}

// Settled is the value that holds when nobody sets anything: the default choice of a OneOf (the first where there is no
// default), any other value itself.
func (v *Value) Settled() *Value {
	for v != nil && v.Kind == OneOf {
		v = v.Choices[max(0, v.Default)].Value
	}
	return v
}

// Given is the value in a world: OneOfs on the variables of the world are replaced by their choice, at the top only.
func (v *Value) Given(world World) *Value {
	for v.Kind == OneOf {
		label, ok := world[v.Str]
		if !ok {
			return v
		}
		next := v.choice(label)
		if next == nil {
			return v
		}
		v = next
	}
	return v
}

func (v *Value) choice(label string) *Value {
	for _, c := range v.Choices {
		if c.Label == label {
			return c.Value
		}
	}
	return nil
}

// World assigns labels to variables: one way the application can be deployed.
type World map[string]string

// String shows a value in messages: scalars as they are, references as ${Name.Attr}, the rest by kind.
func (v *Value) String() string {
	if s, ok := v.Scalar(); ok {
		return s
	}
	if v == nil {
		return "absent"
	}
	switch v.Kind {
	case Ref:
		if v.Attr != "" {
			return "${" + v.Str + "." + v.Attr + "}"
		}
		return "${" + v.Str + "}"
	case Text:
		var b strings.Builder
		for _, p := range v.Items {
			b.WriteString(p.String())
		}
		return b.String()
	case OneOf:
		var parts []string
		for _, c := range v.Choices {
			parts = append(parts, c.Value.String())
		}
		return strings.Join(parts, " | ")
	case Unknown:
		return "?"
	}
	return v.Kind.String()
}

// Refs lists the references inside a value, in order, at most limit steps deep into its graph.
func (v *Value) Refs() []*Value {
	var out []*Value
	budget := 10_000
	v.walk(&budget, func(w *Value) {
		if w.Kind == Ref {
			out = append(out, w)
		}
	})
	return out
}

// Walk calls f for the value and all below it, in order, until the budget of steps is used up; it reports whether it
// was enough.
func (v *Value) Walk(budget int, f func(*Value)) bool {
	v.walk(&budget, f)
	return budget > 0
}

func (v *Value) walk(budget *int, f func(*Value)) {
	if v == nil || *budget <= 0 {
		return
	}
	*budget--
	f(v)
	for _, w := range v.Items {
		w.walk(budget, f)
	}
	for i := range v.Fields {
		v.Fields[i].Value.walk(budget, f)
	}
	for i := range v.Choices {
		v.Choices[i].Value.walk(budget, f)
	}
}

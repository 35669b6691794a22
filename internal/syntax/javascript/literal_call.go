package javascript

import (
	"strings"

	"wardlet.example/internal/model"
	"wardlet.example/internal/syntax"
)

// scope holds the names inside of a function or loop that is worked out.
type scope struct {
	names map[string]*local
	outer *scope
}

// local is what such a name stands for at the moment.
type local struct {
	value *model.Value
	// source and function are what is called by the name, where it is a function.
	source   *source
	function int
	// shared says that other names may hold the same object: it is not followed
	// then how the object is changed.
	shared bool
}

// within is the file as seen from inside of a function of it.
func (s *source) within() *source {
	inner := *s
	inner.file = s.top()
	inner.scope = &scope{map[string]*local{}, s.scope}
	return &inner
}

// top is the file as seen from its top level.
func (s *source) top() *source {
	if s.file != nil {
		return s.file
	}
	return s
}

// local finds a name of the functions around, or nil.
func (s *source) local(name string) *local {
	for at := s.scope; at != nil; at = at.outer {
		if l := at.names[name]; l != nil {
			return l
		}
	}
	return nil
}

// applied is what a call of a function of the repository gives, or nil.
func (r *reader) applied(s *source, call int) *model.Value {
	t, function, ok := r.function(s, s.tree.Child(call, "function"))
	if !ok {
		return nil
	}
	var args []*local
	for arg := range s.arguments(call) {
		if s.tree.Kind(arg) == "spread_element" {
			return nil
		}
		args = append(args, r.given(s, arg))
	}
	v := r.apply(t, function, args)
	if v == nil || v.Kind == model.Unknown {
		return nil
	}
	return v.At(v.Origin.Through(s.brief(s.tree.Child(call, "function")), s.at(call).Pos))
}

// given is what an expression hands to a name.
func (r *reader) given(s *source, node int) *local {
	l := &local{value: r.value(s, node)}
	switch s.tree.Kind(s.undressed(node)) {
	case "object", "array", "call_expression":
	default:
		l.shared = true
	}
	if l.value.Kind == model.Unknown {
		if t, function, ok := r.function(s, node); ok {
			l.source, l.function = t, function
		}
	}
	return l
}

// apply works out a function that declares, fills and returns values. It is nil
// where the function does anything else.
func (r *reader) apply(s *source, function int, args []*local) *model.Value {
	this := code{s.tree, function}
	if r.running[this] || !r.enter() {
		return nil
	}
	r.running[this] = true
	defer func() { r.depth--; delete(r.running, this) }()
	if s.tree.HasToken(function, "async") || strings.HasPrefix(s.tree.Kind(function), "generator") || !r.orderly(s, function) {
		return nil
	}
	inner := s.within()
	if !r.bindAll(inner, function, args) {
		return nil
	}
	body := s.tree.Child(function, "body")
	if s.tree.Kind(body) != "statement_block" {
		return r.value(inner, body)
	}
	v, ok := r.runAll(inner, body)
	if ok && v == nil {
		return model.NewAbsent(s.at(function))
	}
	return v
}

// orderly tells whether values change only where statements do that and nothing
// else, in a function or loop: then the order in which it is read is the one in which it runs.
func (r *reader) orderly(s *source, node int) bool {
	end := s.tree.End(node)
	if !r.spend((end - node) / 8) {
		return false
	}
	statements := map[int]bool{}
	for ; node < end; node++ {
		switch s.tree.Kind(node) {
		case "expression_statement":
			statements[s.tree.FirstNamed(node)] = true
		case "augmented_assignment_expression", "update_expression", "await_expression", "yield_expression":
			return false
		case "unary_expression":
			if s.tree.Is(s.tree.Child(node, "operator"), "delete") {
				return false
			}
		case "assignment_expression":
			if !statements[node] {
				return false
			}
		case "call_expression":
			if changed, _, _ := s.rootOf(s.mutated(node)); changed != "" && !statements[node] {
				return false
			}
		}
	}
	return true
}

// bindAll gives the parameters of a function their values.
func (r *reader) bindAll(s *source, function int, args []*local) bool {
	if only := s.tree.Child(function, "parameter"); only != syntax.None {
		return r.bind(s, only, argument(s, function, args, 0))
	}
	i := 0
	for param := range s.tree.NamedChildren(s.tree.Child(function, "parameters")) {
		if s.tree.Kind(param) == "comment" {
			continue
		}
		if !r.bind(s, param, argument(s, function, args, i)) {
			return false
		}
		i++
	}
	return true
}

func argument(s *source, function int, args []*local, i int) *local {
	if i < len(args) {
		return args[i]
	}
	return &local{value: model.NewAbsent(s.at(function))}
}

// bind gives the names of a pattern their values.
func (r *reader) bind(s *source, pattern int, l *local) bool {
	if !r.enter() {
		return false
	}
	defer func() { r.depth-- }()
	switch s.tree.Kind(pattern) {
	case "required_parameter", "optional_parameter":
		return r.bind(s, s.tree.Child(pattern, "pattern"), r.orDefault(s, s.tree.Child(pattern, "value"), l))
	case "assignment_pattern", "object_assignment_pattern":
		return r.bind(s, s.tree.Child(pattern, "left"), r.orDefault(s, s.tree.Child(pattern, "right"), l))
	case "identifier", "shorthand_property_identifier_pattern":
		s.scope.names[s.tree.Text(pattern)] = l
		return true
	case "object_pattern":
		return r.bindMembers(s, pattern, l.value)
	case "array_pattern":
		i := 0
		for element := range s.tree.NamedChildren(pattern) {
			if l.value.Kind != model.List || s.tree.Kind(element) == "rest_pattern" || i >= len(l.value.Items) {
				return false
			}
			if !r.bind(s, element, &local{value: l.value.Items[i], shared: true}) {
				return false
			}
			i++
		}
		return true
	}
	return false
}

func (r *reader) orDefault(s *source, value int, l *local) *local {
	if value == syntax.None || l.value.Kind != model.Absent {
		return l
	}
	return r.given(s, value)
}

func (r *reader) bindMembers(s *source, pattern int, v *model.Value) bool {
	if v.Kind != model.Map && v.Kind != model.Unknown && v.Kind != model.Absent {
		return false
	}
	taken := map[string]bool{}
	for element := range s.tree.NamedChildren(pattern) {
		target, key := element, ""
		switch s.tree.Kind(element) {
		case "shorthand_property_identifier_pattern":
			key = s.tree.Text(element)
		case "object_assignment_pattern":
			key = s.tree.Text(s.tree.Child(element, "left"))
		case "pair_pattern":
			target, key = s.tree.Child(element, "value"), s.keyName(s.tree.Child(element, "key"))
		case "rest_pattern":
			rest := &local{value: without(v, taken)}
			if !r.bind(s, s.tree.FirstNamed(element), rest) {
				return false
			}
			continue
		}
		if key == "" || !r.bind(s, target, &local{value: v.Get(key), shared: true}) {
			return false
		}
		taken[key] = true
	}
	return true
}

func without(v *model.Value, taken map[string]bool) *model.Value {
	if v.Kind != model.Map {
		return v
	}
	var rest []model.Field
	for _, f := range v.Fields {
		if !taken[f.Key] {
			rest = append(rest, f)
		}
	}
	return model.NewMap(rest, v.Origin)
}

// runAll runs the statements of a block in order: what is returned, or nil where
// it goes on after the block. It is not ok where a statement is not followed.
func (r *reader) runAll(s *source, block int) (*model.Value, bool) {
	for statement := range s.tree.NamedChildren(block) {
		if v, ok := r.run(s, statement); !ok || v != nil {
			return v, ok
		}
	}
	return nil, true
}

func (r *reader) run(s *source, statement int) (*model.Value, bool) {
	if !r.enter() {
		return nil, false
	}
	defer func() { r.depth-- }()
	switch s.tree.Kind(statement) {
	case "comment", "empty_statement", "type_alias_declaration", "interface_declaration":
		return nil, true
	case "statement_block":
		return r.runAll(s.within(), statement)
	case "lexical_declaration", "variable_declaration":
		return nil, r.runDeclaration(s, statement)
	case "function_declaration":
		name := s.tree.Text(s.tree.Child(statement, "name"))
		s.scope.names[name] = &local{value: s.present(statement, "a function"), source: s, function: statement}
		return nil, true
	case "return_statement":
		if value := s.tree.FirstNamed(statement); value != syntax.None {
			return r.value(s, value), true
		}
		return model.NewAbsent(s.at(statement)), true
	case "if_statement":
		return r.runIf(s, statement)
	case "for_in_statement":
		return r.runLoop(s, statement)
	case "expression_statement":
		return nil, r.runExpression(s, s.tree.FirstNamed(statement))
	}
	return nil, false
}

func (r *reader) runDeclaration(s *source, statement int) bool {
	for declarator := range s.tree.NamedChildren(statement) {
		value := s.tree.Child(declarator, "value")
		l := &local{value: model.NewAbsent(s.at(declarator))}
		if value != syntax.None {
			l = r.given(s, value)
		}
		if !r.bind(s, s.tree.Child(declarator, "name"), l) {
			return false
		}
	}
	return true
}

func (r *reader) runIf(s *source, statement int) (*model.Value, bool) {
	holds, known := truth(r.value(s, s.tree.Child(statement, "condition")))
	if !known {
		return nil, false
	}
	if holds {
		return r.run(s, s.tree.Child(statement, "consequence"))
	}
	other := s.tree.Child(statement, "alternative")
	if s.tree.Kind(other) == "else_clause" {
		other = s.tree.FirstNamed(other)
	}
	if other == syntax.None {
		return nil, true
	}
	return r.run(s, other)
}

// runLoop runs for (const a of list) and for (const key in object).
func (r *reader) runLoop(s *source, statement int) (*model.Value, bool) {
	over := r.value(s, s.tree.Child(statement, "right"))
	if s.tree.Is(s.tree.Child(statement, "operator"), "in") {
		over = keys(over)
	}
	items, ok := allOf(over)
	if !ok {
		return nil, false
	}
	for _, item := range items {
		inner := s.within()
		if !r.bind(inner, s.tree.Child(statement, "left"), &local{value: item, shared: true}) {
			return nil, false
		}
		if v, ok := r.run(inner, s.tree.Child(statement, "body")); !ok || v != nil {
			return v, ok
		}
	}
	return nil, true
}

// runExpression runs what a statement does to names: an assignment, a list that
// grows, or a function for each element of a list.
func (r *reader) runExpression(s *source, node int) bool {
	switch s.tree.Kind(node) {
	case "string": // "use strict"
		return true
	case "assignment_expression":
		return r.put(s, s.tree.Child(node, "left"), r.value(s, s.tree.Child(node, "right")))
	case "call_expression":
	default:
		return false
	}
	object, name := s.member(s.tree.Child(node, "function"))
	switch {
	case s.tree.Is(object, "console"):
		return true
	case name == "assign" && s.tree.Is(object, "Object"):
		v := r.objectCall(s, name, node)
		return v != nil && r.put(s, s.tree.FirstNamed(s.tree.Child(node, "arguments")), v)
	case name == "push":
		items, ok := allOf(r.value(s, object))
		added, good := r.allValues(s, node)
		return ok && good && r.put(s, object, model.NewList(append(items[:len(items):len(items)], added...), s.at(node)))
	case name == "forEach":
		_, ok := r.each(s, node, object)
		return ok
	}
	return false
}

// allValues are those of all arguments of a call.
func (r *reader) allValues(s *source, call int) ([]*model.Value, bool) {
	var out []*model.Value
	for arg := range s.arguments(call) {
		if s.tree.Kind(arg) == "spread_element" {
			items, ok := allOf(r.value(s, s.tree.FirstNamed(arg)))
			if !ok {
				return nil, false
			}
			out = append(out, items...)
			continue
		}
		out = append(out, r.value(s, arg))
	}
	return out, r.spend(len(out))
}

// put sets a name of the functions around, or a member of what it stands for.
func (r *reader) put(s *source, target int, value *model.Value) bool {
	var path []string // innermost first
	for {
		target = s.undressed(target)
		switch s.tree.Kind(target) {
		case "identifier":
			l := s.local(s.tree.Text(target))
			if l == nil { // a name of the file: its changes are noted there
				return true
			}
			if l.source != nil || l.shared && len(path) > 0 {
				return false
			}
			v, ok := r.with(l.value, path, value)
			l.value = v
			return ok
		case "member_expression":
			_, name := s.member(target)
			path = append(path, name)
		case "subscript_expression":
			key, ok := r.value(s, s.tree.Child(target, "index")).Scalar()
			if !ok {
				return false
			}
			path = append(path, key)
		default:
			return false
		}
		target = s.tree.Child(target, "object")
	}
}

// with is an object with one member set, deep inside.
func (r *reader) with(v *model.Value, path []string, value *model.Value) (*model.Value, bool) {
	if len(path) == 0 {
		return value, true
	}
	last := len(path) - 1
	key := path[last]
	if v.Kind != model.Map || key == "" || key == "__proto__" || !r.spend(len(v.Fields)) {
		return nil, false
	}
	set, ok := r.with(v.Get(key), path[:last], value)
	if !ok {
		return nil, false
	}
	var all fieldList
	all.putAll(v)
	at := set.Origin.Pos
	if _, known := all.index[key]; known {
		at = v.KeyPos(key)
	}
	all.put(model.Field{Key: key, At: at, Value: set})
	return model.NewMap(all.fields, v.Origin), true
}

// truth tells what a value is as a condition, where that is known.
func truth(v *model.Value) (holds, known bool) {
	switch v.Kind {
	case model.Absent:
		return false, true
	case model.Map, model.List:
		return true, true
	case model.Bool, model.Number, model.String:
		return !isFalse(v), true
	}
	return false, false
}

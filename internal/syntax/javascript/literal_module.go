package javascript

import (
	"strings"

	"wardlet.example/internal/model"
	"wardlet.example/internal/syntax"
)

func (r *reader) source(tree *syntax.Tree) *source {
	if s := r.sources[tree]; s != nil {
		return s
	}
	s := &source{
		module: &module{tree: tree, names: map[string]binding{}, members: map[int]*properties{}},
		whole:  syntax.None, givenAt: map[string]int{}, loop: syntax.None, settled: map[int]bool{}, changes: map[string]*changes{},
	}
	for statement := range tree.NamedChildren(tree.Root()) {
		s.statement(statement)
	}
	s.readChanges()
	r.sources[tree] = s
	return s
}

func (s *source) at(node int) model.Origin {
	line, col := 1, 1
	if node >= 0 {
		line, col = s.tree.Position(int(s.tree.Nodes[node].Start))
	}
	return model.Origin{Pos: model.Pos{File: s.tree.Name, Line: line, Col: col}}
}

func (s *source) unknown(node int, reason string) *model.Value {
	return model.NewUnknown(reason, s.at(node))
}

func (s *source) present(node int, reason string) *model.Value {
	return model.NewPresent(reason, s.at(node))
}

// brief is the source of a node in messages.
func (s *source) brief(node int) string {
	text := s.tree.Text(node)
	words := strings.Join(strings.Fields(text[:min(len(text), 400)]), " ")
	if runes := []rune(words); len(runes) > 40 {
		return string(runes[:40]) + "..."
	}
	return words
}

// statement reads what a statement at top level declares and exports.
func (s *source) statement(node int) {
	switch s.tree.Kind(node) {
	case "lexical_declaration", "variable_declaration":
		for declarator := range s.tree.NamedChildren(node) {
			s.visit(declarator)
		}
	case "expression_statement":
		s.assignment(s.tree.FirstNamed(node))
	case "export_statement":
		if !s.tree.HasToken(node, "type") {
			s.export(node)
		}
	case "import_statement", "function_declaration", "generator_function_declaration",
		"class_declaration", "abstract_class_declaration", "enum_declaration":
		s.visit(node)
	}
}

// assignment reads exports.a = module.exports = value.
func (s *source) assignment(node int) {
	for ; s.tree.Kind(node) == "assignment_expression"; node = s.tree.Child(node, "right") {
		s.settled[node] = true
		left := s.tree.Child(node, "left")
		object, name := s.member(left)
		switch {
		case s.isModuleExports(left):
			s.whole = s.tree.Child(node, "right")
		case name != "" && name != "__esModule" && s.isExportsObject(object):
			s.give(given{name: name, at: left, value: s.tree.Child(node, "right")})
		}
	}
}

func (s *source) isExportsObject(node int) bool {
	return s.tree.Is(node, "exports") || s.isModuleExports(node)
}

// give adds an export; a later one of the same name counts.
func (s *source) give(g given) {
	if i, ok := s.givenAt[g.name]; ok {
		s.given[i] = g
		return
	}
	s.givenAt[g.name] = len(s.given)
	s.given = append(s.given, g)
}

func (s *source) find(name string) (given, bool) {
	i, ok := s.givenAt[name]
	if !ok {
		return given{}, false
	}
	return s.given[i], true
}

// main is the export that stands for the module as a whole.
func (s *source) main() string {
	if _, ok := s.find("default"); ok && s.whole == syntax.None {
		return "default"
	}
	return "*"
}

func (s *source) export(node int) {
	clause, value := s.tree.ChildOfKind(node, "export_clause"), s.tree.Child(node, "value")
	switch from := s.tree.Child(node, "source"); {
	case from != syntax.None:
		s.exportFromModule(node, clause, s.stringValue(from))
	case clause != syntax.None:
		for name, local := range s.specifiers(clause) {
			s.give(given{name: name, at: local, local: s.tree.Text(local)})
		}
	case s.tree.HasToken(node, "="):
		s.whole = s.tree.FirstNamed(node)
		return
	case value != syntax.None:
		s.give(given{name: "default", at: value, value: value})
	default:
		s.exportDeclared(s.tree.Child(node, "declaration"), s.tree.HasToken(node, "default"))
	}
	s.esm = true
}

func (s *source) exportFromModule(node, clause int, module string) {
	if clause != syntax.None {
		for name, imported := range s.specifiers(clause) {
			s.give(given{name: name, at: imported, from: origin{module, s.keyName(imported)}})
		}
		return
	}
	if namespace := s.tree.ChildOfKind(node, "namespace_export"); namespace != syntax.None {
		name := s.tree.FirstNamed(namespace)
		s.give(given{name: s.keyName(name), at: name, from: origin{module, "*"}})
		return
	}
	s.stars = append(s.stars, module)
}

func (s *source) exportDeclared(declaration int, isDefault bool) {
	s.statement(declaration)
	switch kind := s.tree.Kind(declaration); {
	case isDefault:
		s.give(given{name: "default", at: declaration, value: declaration})
	case isFunction(kind) || isClass(kind) || kind == "enum_declaration":
		s.give(given{name: s.tree.Text(s.tree.Child(declaration, "name")), at: declaration, value: declaration})
	case kind == "lexical_declaration" || kind == "variable_declaration":
		s.exportVariables(declaration)
	}
}

func (s *source) exportVariables(declaration int) {
	for declarator := range s.tree.NamedChildren(declaration) {
		pattern := s.tree.Child(declarator, "name")
		if s.tree.Kind(pattern) == "identifier" {
			s.give(given{name: s.tree.Text(pattern), at: pattern, local: s.tree.Text(pattern)})
		}
		if s.tree.Kind(pattern) == "object_pattern" {
			for name := range s.destructured(pattern) {
				s.give(given{name: name, at: pattern, local: name})
			}
		}
	}
}

const exportsChanged = "exports are changed while the program runs"

// readChanges notes what may happen to names after their declaration, anywhere
// in the file: what is changed by a program is no literal any more. A name of an
// inner scope counts for the outer one too; that only makes more unknown.
func (s *source) readChanges() {
	loops := s.loops()
	for node := range s.tree.Nodes {
		if loops[node] {
			s.loop = node
		} else if node >= s.tree.End(s.loop) {
			s.loop = syntax.None
		}
		switch s.tree.Kind(node) {
		case "assignment_expression":
			s.changedBy(node)
		case "augmented_assignment_expression":
			s.change(s.tree.Child(node, "left"), syntax.None)
		case "for_in_statement":
			s.change(s.tree.Child(node, "left"), syntax.None)
			s.handedOver(s.tree.Child(node, "right"))
		case "update_expression":
			s.change(s.tree.Child(node, "argument"), syntax.None)
		case "unary_expression":
			if s.tree.Is(s.tree.Child(node, "operator"), "delete") {
				s.change(s.tree.Child(node, "argument"), syntax.None)
			}
		case "call_expression":
			s.changedByCall(node)
		case "expression_statement":
			s.called(s.tree.FirstNamed(node))
		}
	}
	if s.changes["module"] != nil || s.changes["exports"] != nil {
		s.closed = exportsChanged
	}
}

// loops are the statements at top level that do the same for each element of something.
func (s *source) loops() map[int]bool {
	found := map[int]bool{}
	for statement := range s.tree.NamedChildren(s.tree.Root()) {
		switch s.tree.Kind(statement) {
		case "for_in_statement":
			found[statement] = true
		case "expression_statement":
			if call := s.tree.FirstNamed(statement); s.tree.Kind(call) == "call_expression" && s.calleeName(call) == "forEach" {
				found[statement] = true
			}
		}
	}
	return found
}

func (s *source) changedBy(assignment int) {
	left, value := s.tree.Child(assignment, "left"), syntax.None
	if s.settled[assignment] {
		value = s.tree.Child(assignment, "right")
	}
	if s.settled[assignment] && s.tree.Is(left, "exports") { // exports = module.exports = value
		return
	}
	if object, _ := s.member(left); s.isModuleExports(left) || s.isExportsObject(object) {
		if value == syntax.None {
			s.closed = exportsChanged
		}
		return
	}
	s.change(left, value)
}

// changedByCall notes calls that change what they are called on, list.push(x),
// or the first they are given, Object.assign(a, b).
func (s *source) changedByCall(call int) {
	if changed := s.mutated(call); changed != syntax.None {
		s.changeInside(changed)
	}
}

func (s *source) mutated(call int) int {
	object, _ := s.member(s.tree.Child(call, "function"))
	switch s.calleeName(call) {
	case "push", "pop", "shift", "unshift", "splice", "sort", "reverse", "fill", "copyWithin":
		return object
	case "assign", "merge", "defaultsDeep", "extend", "set", "defineProperty", "defineProperties":
		for arg := range s.arguments(call) {
			return arg
		}
	}
	return syntax.None
}

// called notes what is given to a call whose result nobody takes: such a call is
// there for what it does to others.
func (s *source) called(node int) {
	if s.tree.Kind(node) == "await_expression" {
		node = s.tree.FirstNamed(node)
	}
	if s.tree.Kind(node) == "call_expression" {
		s.handedOver(node)
	}
}

// handedOver notes what a call or a loop has in its hands: objects it is given,
// and those whose methods are called.
func (s *source) handedOver(node int) {
	for s.tree.Kind(node) == "call_expression" {
		object, _ := s.member(s.tree.Child(node, "function"))
		if s.tree.Is(object, "console") {
			return
		}
		for arg := range s.arguments(node) {
			s.changeInside(arg)
		}
		node = object
	}
	s.changeInside(node)
}

// changeInside notes that any member of an object may be changed.
func (s *source) changeInside(object int) {
	switch name, member, _ := s.rootOf(object); {
	case name == "":
	case member == "":
		s.changing(name).touched = true
	default:
		s.changing(name).add(member, syntax.None)
	}
}

// change notes that the target of an assignment gets a value.
func (s *source) change(target, value int) {
	switch s.tree.Kind(target) {
	case "array_pattern", "object_pattern":
		for node := target; node < s.tree.End(target); node++ {
			switch s.tree.Kind(node) {
			case "identifier", "shorthand_property_identifier_pattern":
				s.changing(s.tree.Text(node)).assigned = true
			}
		}
		return
	}
	name, member, steps := s.rootOf(target)
	switch {
	case name == "":
	case steps == 0:
		s.changing(name).assigned = true
	case member == "":
		s.changing(name).touched = true
	case steps > 1:
		s.changing(name).add(member, syntax.None)
	default:
		s.changing(name).add(member, value)
	}
}

// rootOf splits a.b.c into the name a, its member b, and the number of steps.
// The member is empty where it is computed.
func (s *source) rootOf(node int) (name, member string, steps int) {
	for ; ; steps++ {
		node = s.undressed(node)
		switch s.tree.Kind(node) {
		case "identifier":
			return s.tree.Text(node), member, steps
		case "member_expression", "subscript_expression":
			_, member = s.member(node)
			node = s.tree.Child(node, "object")
		default:
			return "", "", steps
		}
	}
}

func (s *source) changesOf(name string) *changes {
	if s.changes[name] == nil {
		s.changes[name] = &changes{set: map[string]int{}}
	}
	return s.changes[name]
}

// changing is where a change is noted, and whether it is one of a loop at top
// level, which can be run to see what it makes.
func (s *source) changing(name string) *changes {
	c := s.changesOf(name)
	if s.loop == syntax.None {
		c.elsewhere = true
	} else if n := len(c.loops); n == 0 || c.loops[n-1] != s.loop {
		c.loops = append(c.loops, s.loop)
	}
	return c
}

// add notes a member that is set. Set twice, it is not known which one counts.
func (c *changes) add(member string, value int) {
	if _, ok := c.set[member]; ok {
		value = syntax.None
	} else {
		c.order = append(c.order, member)
	}
	c.set[member] = value
}

// undressed takes off what does not change a value: brackets, types, and the
// assignment to another name on the way.
func (s *source) undressed(node int) int {
	for {
		switch s.tree.Kind(node) {
		case "parenthesized_expression", "as_expression", "satisfies_expression", "non_null_expression":
			node = s.tree.FirstNamed(node)
		case "type_assertion":
			node = s.lastNamed(node)
		case "assignment_expression":
			node = s.tree.Child(node, "right")
		default:
			return node
		}
	}
}

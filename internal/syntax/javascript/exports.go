package javascript

import (
	"strings"

	"wardlet.example/internal/syntax"
)

// export is one exported name and what it stands for.
type export struct {
	name   string
	target target
}

func (m *module) readExports() {
	for _, node := range m.candidates {
		switch m.tree.Kind(node) {
		case "export_statement":
			m.exportStatement(node)
		case "assignment_expression":
			m.exportAssignment(node)
		case "call_expression":
			m.exportCall(node)
		}
	}
}

// give exports the value of an expression under the name.
func (m *module) give(name string, value int) {
	m.steps--
	if m.isVoid(value) {
		return // exports.a = void 0 only says that a will come
	}
	found := m.resolve(value)
	if found.origin != (origin{}) {
		m.giveFrom(name, found.origin, found.node)
		return
	}
	m.giveTarget(name, found)
}

// giveTarget exports what was found. A later export of the same name replaces
// an earlier one, unless it says less.
func (m *module) giveTarget(name string, found target) {
	if name == "" || name == "__esModule" {
		return
	}
	at, ok := m.exportAt[name]
	if !ok {
		m.exportAt[name] = len(m.exports)
		m.exports = append(m.exports, export{name, found})
		return
	}
	if found.kind != syntax.Value || m.exports[at].target.kind == syntax.Value {
		m.exports[at].target = found
	}
}

func (m *module) giveFrom(name string, from origin, node int) {
	if name == "" || name == "__esModule" {
		return
	}
	// Compilers say some twice, for CommonJS and for tools that read ESM.
	said := syntax.Reexport{Name: name, Module: from.module, Imported: from.name}
	if m.said[said] {
		return
	}
	m.said[said] = true
	said.Line, said.Col = m.tree.Position(int(m.tree.Nodes[node].Start))
	m.reexports = append(m.reexports, said)
}

func (m *module) exported(name string) (target, bool) {
	at, ok := m.exportAt[name]
	if !ok {
		return target{}, false
	}
	return m.exports[at].target, true
}

func (m *module) isVoid(node int) bool {
	node = m.bare(node)
	return node == syntax.None || m.tree.Is(node, "undefined") ||
		m.tree.Kind(node) == "unary_expression" && m.tree.Is(m.tree.Child(node, "operator"), "void")
}

// isExports recognises the object that holds the exports of a CommonJS module.
func (m *module) isExports(node int) bool {
	switch m.tree.Kind(node) {
	case "this":
		return true // the walk leaves out those that are something else
	case "identifier":
		return m.tree.Is(node, "exports") || m.tree.Is(node, "__webpack_exports__") || m.isExportsAlias(node)
	}
	return m.isModuleExports(node)
}

func (m *module) isModuleExports(node int) bool {
	object, name := m.member(node)
	return name == "exports" && m.tree.Is(object, "module")
}

// isExportsAlias recognises const self = exports, const api = module.exports = {}.
func (m *module) isExportsAlias(name int) bool {
	known, ok := m.names[m.tree.Text(name)]
	if !ok || known.property != "" || known.value == syntax.None {
		return false
	}
	value := known.value
	for m.tree.Kind(value) == "assignment_expression" {
		if m.isModuleExports(m.tree.Child(value, "left")) {
			return true
		}
		value = m.tree.Child(value, "right")
	}
	return m.isModuleExports(value) || m.tree.Is(value, "exports")
}

func (m *module) exportAssignment(node int) {
	left, right := m.tree.Child(node, "left"), m.tree.Child(node, "right")
	if m.isModuleExports(left) {
		m.exportModule(right)
		return
	}
	object, name := m.member(left)
	if name != "" && m.isExports(object) {
		m.give(name, right)
	}
}

// exportModule handles a value that is the module as a whole:
// module.exports = value, export = value.
func (m *module) exportModule(value int) {
	value = m.bare(value)
	before := len(m.exports) + len(m.reexports)
	m.exportMembers(value)
	if before != len(m.exports)+len(m.reexports) || m.tree.Kind(value) == "object" || m.isNamespace(value) {
		return
	}
	m.give("default", value)
	m.exportStatic(value)
}

// exportStatic exports the methods of a class that is the module itself: module.exports = Orders.
func (m *module) exportStatic(value int) {
	class := m.resolve(value)
	if class.kind != syntax.Class || class.origin != (origin{}) {
		return
	}
	for _, p := range m.membersOf(class.node).all {
		if found := m.resolve(p.value); found.kind == syntax.Function && m.tree.HasToken(found.node, "static") {
			found.receiver = m.tree.Text(m.tree.Child(class.node, "name"))
			m.giveTarget(p.name, found)
		}
	}
}

// isNamespace tells names that only hold exports and are no value of their own.
func (m *module) isNamespace(value int) bool {
	return m.isExports(value) || m.tree.Kind(value) == "call_expression" && m.calleeName(value) == "__toCommonJS"
}

// exportMembers exports what an object has: each property of a literal, each
// method of an instance, all of another module.
func (m *module) exportMembers(value int) {
	if m.steps--; m.steps <= 0 {
		return
	}
	value = m.bare(value)
	switch m.tree.Kind(value) {
	case "object":
		m.exportLiteral(value)
	case "identifier":
		m.exportNamed(value)
	case "new_expression":
		m.exportMethods(value)
	case "call_expression":
		m.exportCalled(value)
	default:
		if found := m.resolve(value); found.origin.name == "*" {
			m.giveFrom("*", found.origin, value)
		}
	}
}

func (m *module) exportLiteral(object int) {
	for _, p := range m.membersOf(object).all {
		m.give(p.name, p.value)
	}
	for child := range m.tree.NamedChildren(object) {
		if m.tree.Kind(child) == "spread_element" {
			m.exportMembers(m.tree.FirstNamed(child))
		}
	}
}

// exportNamed exports the members of an object that has a name, with those
// assigned to it one by one.
func (m *module) exportNamed(node int) {
	name := m.tree.Text(node)
	if m.expanding[name] {
		return // const a = { ...a }
	}
	m.expanding[name] = true
	defer delete(m.expanding, name)
	switch known := m.names[name]; {
	case known.origin.name == "*" || known.origin.name == "default":
		m.giveFrom("*", origin{known.origin.module, "*"}, node)
	case known.origin != (origin{}), known.property != "":
	case known.declared != 0 && known.value != syntax.None:
		m.exportMembers(known.value)
	}
	if added := m.properties[name]; added != nil {
		for _, p := range added.all {
			m.give(p.name, p.value)
		}
	}
}

// exportMethods exports the methods of a class of which the module is an instance.
func (m *module) exportMethods(instance int) {
	class := m.resolve(m.tree.Child(instance, "constructor"))
	if class.kind != syntax.Class {
		return
	}
	name := m.tree.Text(m.tree.Child(class.node, "name"))
	for _, p := range m.membersOf(class.node).all {
		found := m.resolve(p.value)
		if found.kind != syntax.Function || p.name == "constructor" || strings.HasPrefix(p.name, "#") {
			continue
		}
		found.receiver = name
		m.giveTarget(p.name, found)
	}
}

func (m *module) exportCalled(call int) {
	if from, ok := m.required(call); ok {
		m.giveFrom("*", from, call)
		return
	}
	switch m.calleeName(call) {
	case "__toCommonJS", "freeze", "assign", "__spreadValues", "__spreadProps", "__assign":
		for arg := range m.arguments(call) {
			m.exportMembers(arg)
		}
	}
}

// exportCall handles the calls that add to the exports.
func (m *module) exportCall(call int) {
	switch m.calleeName(call) {
	case "assign":
		m.exportAssigned(call)
	case "defineProperty":
		m.exportDefined(call)
	case "__exportStar", "__export", "__reExport":
		m.exportStar(call)
	case "d":
		m.exportNamespace(call)
	case "forEach":
		m.exportEach(call)
	}
}

// exportAssigned handles Object.assign(exports, a, b).
func (m *module) exportAssigned(call int) {
	first := true
	for arg := range m.arguments(call) {
		if first && !m.isExports(arg) {
			return
		}
		if !first {
			m.exportMembers(arg)
		}
		first = false
	}
}

// exportDefined handles Object.defineProperty(exports, "a", { value }) and the
// same with a getter, which compilers write for re-exports.
func (m *module) exportDefined(call int) {
	args := make([]int, 0, 3)
	for arg := range m.arguments(call) {
		if args = append(args, arg); len(args) > 3 {
			return
		}
	}
	if len(args) < 3 || !m.isExports(args[0]) || m.tree.Kind(args[1]) != "string" || m.tree.Kind(args[2]) != "object" {
		return
	}
	name, descriptor := m.stringValue(args[1]), m.membersOf(args[2])
	if value := descriptor.value("value"); value != syntax.None {
		m.give(name, value)
	} else if getter := descriptor.value("get"); getter != syntax.None {
		m.give(name, m.returned(m.resolve(getter).node))
	}
}

// exportStar handles __exportStar(require("./x"), exports) and its relatives.
func (m *module) exportStar(call int) {
	for arg := range m.arguments(call) {
		if found := m.resolve(arg); found.origin.name == "*" {
			m.giveFrom("*", found.origin, arg)
		}
	}
}

// exportNamespace handles __webpack_require__.d(exports, { a: () => a }).
func (m *module) exportNamespace(call int) {
	namespace, members := m.twoArguments(call)
	if !m.tree.Is(m.tree.Child(call, "function"), "__webpack_require__.d") ||
		!m.isExports(namespace) || m.tree.Kind(members) != "object" {
		return
	}
	for _, p := range m.membersOf(members).all {
		m.give(p.name, m.returned(p.value))
	}
}

// exportEach handles what Babel writes for export * from "./x":
// Object.keys(_x).forEach(function (key) { ... exports[key] ... }).
func (m *module) exportEach(call int) {
	keys, _ := m.member(m.tree.Child(call, "function"))
	if m.tree.Kind(keys) != "call_expression" || m.calleeName(keys) != "keys" {
		return
	}
	if !strings.Contains(m.tree.Text(m.tree.Child(call, "arguments")), "exports") {
		return
	}
	for arg := range m.arguments(keys) {
		if found := m.resolve(arg); found.origin.name == "*" {
			m.giveFrom("*", found.origin, arg)
		}
	}
}

func (m *module) exportStatement(node int) {
	if m.tree.HasToken(node, "type") {
		return
	}
	if source := m.tree.Child(node, "source"); source != syntax.None {
		m.exportFrom(node, m.stringValue(source))
		return
	}
	if clause := m.tree.ChildOfKind(node, "export_clause"); clause != syntax.None {
		for name, value := range m.specifiers(clause) {
			m.give(name, value)
		}
		return
	}
	if m.tree.HasToken(node, "=") {
		m.exportModule(m.tree.FirstNamed(node))
		return
	}
	if value := m.tree.Child(node, "value"); value != syntax.None {
		m.give("default", value)
		return
	}
	m.exportDeclaration(m.tree.Child(node, "declaration"), m.tree.HasToken(node, "default"))
}

func (m *module) exportFrom(node int, module string) {
	if clause := m.tree.ChildOfKind(node, "export_clause"); clause != syntax.None {
		for name, value := range m.specifiers(clause) {
			m.giveFrom(name, origin{module, m.keyName(value)}, value)
		}
		return
	}
	name := "*"
	if namespace := m.tree.ChildOfKind(node, "namespace_export"); namespace != syntax.None {
		name = m.keyName(m.tree.FirstNamed(namespace))
	}
	m.giveFrom(name, origin{module, "*"}, node)
}

// specifiers yields what stands in the braces of an export: the name given and
// the node of the name it has here.
func (m *module) specifiers(clause int) func(yield func(string, int) bool) {
	return func(yield func(string, int) bool) {
		for specifier := range m.tree.NamedChildren(clause) {
			name, alias := m.tree.Child(specifier, "name"), m.tree.Child(specifier, "alias")
			if alias == syntax.None {
				alias = name
			}
			if m.tree.HasToken(specifier, "type") || name == syntax.None {
				continue
			}
			if !yield(m.keyName(alias), name) {
				return
			}
		}
	}
}

func (m *module) exportDeclaration(node int, isDefault bool) {
	switch kind := m.tree.Kind(node); {
	case isDefault && (isFunction(kind) || isClass(kind)):
		m.give("default", node)
	case isFunction(kind) || isClass(kind):
		m.give(m.tree.Text(m.tree.Child(node, "name")), node)
	case kind == "enum_declaration":
		m.giveTarget(m.tree.Text(m.tree.Child(node, "name")), target{node: node, kind: syntax.Value})
	case kind == "lexical_declaration" || kind == "variable_declaration":
		for declarator := range m.tree.NamedChildren(node) {
			m.exportDeclarator(declarator)
		}
	}
}

func (m *module) exportDeclarator(node int) {
	pattern, value := m.tree.Child(node, "name"), m.tree.Child(node, "value")
	switch m.tree.Kind(pattern) {
	case "identifier":
		m.give(m.tree.Text(pattern), pattern)
	case "array_pattern":
		for element := range m.tree.NamedChildren(pattern) {
			if m.tree.Kind(element) == "identifier" {
				m.give(m.tree.Text(element), element)
			}
		}
	case "object_pattern":
		for name, property := range m.destructured(pattern) {
			m.giveProperty(name, value, property, node)
		}
	}
}

// giveProperty exports one destructured name.
func (m *module) giveProperty(name string, value int, property string, declared int) {
	found := m.orValueAt(declared, m.propertyOf(value, property, maxHops))
	if found.origin != (origin{}) {
		m.giveFrom(name, found.origin, found.node)
		return
	}
	m.giveTarget(name, found)
}

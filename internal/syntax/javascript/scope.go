package javascript

import (
	"iter"
	"strings"

	"wardlet.example/internal/syntax"
)

// module is one source file while its exports are being read.
//
// Only code that runs when the file is loaded counts: the walk goes into blocks
// and functions called on the spot, and not into other functions. Scopes are not
// kept apart, since what is exported is rarely shadowed at that level.
type module struct {
	tree *syntax.Tree
	// names is what the declared names stand for.
	names map[string]binding
	// properties are assignments to a declared name's property, app.x = value,
	// and the members a bundler gives to a namespace object.
	properties map[string]*properties
	// members are those of the object literals and classes looked into so far.
	members map[int]*properties
	// candidates are the nodes that may export something, in source order.
	candidates []int
	// calledOnTheSpot are functions that run where they are written.
	calledOnTheSpot map[int]bool

	exports   []export
	exportAt  map[string]int // name to index in exports
	reexports []syntax.Reexport
	said      map[syntax.Reexport]bool // re-exports without their positions
	expanding map[string]bool          // objects whose members are being exported
	// steps is how much following of names is left; see maxSteps.
	steps int
}

// maxSteps bounds how many expressions are looked at to resolve the exports of
// one file. Bundles of a thousand exports take some ten thousand.
const maxSteps = 1 << 20

// binding is what a declared name stands for: a value in the file, one property
// of it, or something imported.
type binding struct {
	declared int    // the node that declares the name
	value    int    // function, class or expression; syntax.None if not given
	property string // the name is this property of the value
	origin   origin
}

// origin is a name in another module. The zero origin is none.
type origin struct {
	module string
	name   string // "*" is the module as a whole
}

type property struct {
	name  string
	value int
}

// properties keeps properties in source order. Of one name the last counts.
type properties struct {
	all    []property
	values map[string]int
}

func (p *properties) add(name string, value int) {
	if p.values == nil {
		p.values = map[string]int{}
	}
	p.all = append(p.all, property{name, value})
	p.values[name] = value
}

// value returns the value of the property, or syntax.None.
func (p *properties) value(name string) int {
	if p == nil {
		return syntax.None
	}
	if value, ok := p.values[name]; ok {
		return value
	}
	return syntax.None
}

func newModule(tree *syntax.Tree) *module {
	m := &module{
		tree:            tree,
		names:           map[string]binding{},
		properties:      map[string]*properties{},
		members:         map[int]*properties{},
		exportAt:        map[string]int{},
		said:            map[syntax.Reexport]bool{},
		expanding:       map[string]bool{},
		steps:           maxSteps,
		calledOnTheSpot: map[int]bool{},
	}
	m.walk()
	return m
}

func (m *module) walk() {
	// Inside of a function called on the spot, "this" is not the module.
	thisElsewhere := 0
	for i := 0; i < len(m.tree.Nodes); {
		enter := m.visit(i)
		if !enter {
			i = m.tree.End(i)
			continue
		}
		if kind := m.tree.Kind(i); isFunction(kind) && kind != "arrow_function" {
			thisElsewhere = max(thisElsewhere, m.tree.End(i))
		}
		if m.tree.Kind(i) == "assignment_expression" {
			m.assign(i, i < thisElsewhere)
		}
		i++
	}
}

// visit notes what the node declares or may export, and reports whether what is
// below it runs when the file is loaded.
func (m *module) visit(node int) bool {
	kind := m.tree.Kind(node)
	switch kind {
	case "variable_declarator":
		m.declarePattern(m.tree.Child(node, "name"), m.tree.Child(node, "value"), node)
	case "function_declaration", "generator_function_declaration",
		"class_declaration", "abstract_class_declaration", "enum_declaration":
		m.declare(m.tree.Text(m.tree.Child(node, "name")), binding{declared: node, value: node})
	case "import_statement":
		m.declareImports(node)
	case "export_statement":
		m.candidates = append(m.candidates, node)
	case "call_expression":
		m.call(node)
	case "class_static_block", "internal_module", "module", "ambient_declaration":
		return false
	}
	return !isFunction(kind) || m.calledOnTheSpot[node]
}

func isFunction(kind string) bool {
	switch kind {
	case "function_declaration", "generator_function_declaration", "function_expression",
		"generator_function", "arrow_function", "method_definition":
		return true
	}
	return false
}

func isClass(kind string) bool {
	return kind == "class_declaration" || kind == "abstract_class_declaration" || kind == "class"
}

// declare keeps the first declaration that has a value.
func (m *module) declare(name string, b binding) {
	if old, ok := m.names[name]; !ok || old.value == syntax.None && old.origin == (origin{}) {
		m.names[name] = b
	}
}

// declarePattern declares the names on the left of const { a, b: c } = value.
func (m *module) declarePattern(pattern, value, declared int) {
	switch m.tree.Kind(pattern) {
	case "identifier":
		m.declare(m.tree.Text(pattern), binding{declared: declared, value: value})
	case "object_pattern":
		for name, property := range m.destructured(pattern) {
			m.declare(name, binding{declared: declared, value: value, property: property})
		}
	case "array_pattern":
		for element := range m.tree.NamedChildren(pattern) {
			m.declarePattern(element, syntax.None, declared)
		}
	}
}

// destructured yields the names an object pattern declares, each with the
// property it takes. Nested patterns are left out.
func (m *module) destructured(pattern int) iter.Seq2[string, string] {
	return func(yield func(name, property string) bool) {
		for element := range m.tree.NamedChildren(pattern) {
			name, property := m.destructuredName(element)
			if name != "" && !yield(name, property) {
				return
			}
		}
	}
}

func (m *module) destructuredName(element int) (name, property string) {
	switch m.tree.Kind(element) {
	case "shorthand_property_identifier_pattern":
		return m.tree.Text(element), m.tree.Text(element)
	case "object_assignment_pattern": // { a = 1 }
		return m.destructuredName(m.tree.Child(element, "left"))
	case "pair_pattern":
		value := m.tree.Child(element, "value")
		if m.tree.Kind(value) == "assignment_pattern" { // { a: b = 1 }
			value = m.tree.Child(value, "left")
		}
		if m.tree.Kind(value) == "identifier" {
			return m.tree.Text(value), m.keyName(m.tree.Child(element, "key"))
		}
	}
	return "", ""
}

func (m *module) declareImports(statement int) {
	source := m.tree.Child(statement, "source")
	if require := m.tree.ChildOfKind(statement, "import_require_clause"); require != syntax.None {
		from := origin{m.stringValue(m.tree.Child(require, "source")), "*"}
		m.declareImport(m.tree.FirstNamed(require), from)
		return
	}
	module := m.stringValue(source)
	clause := m.tree.ChildOfKind(statement, "import_clause")
	for child := range m.tree.NamedChildren(clause) {
		switch m.tree.Kind(child) {
		case "identifier":
			m.declareImport(child, origin{module, "default"})
		case "namespace_import":
			m.declareImport(m.tree.FirstNamed(child), origin{module, "*"})
		case "named_imports":
			m.declareNamedImports(child, module)
		}
	}
}

func (m *module) declareNamedImports(list int, module string) {
	for specifier := range m.tree.NamedChildren(list) {
		name := m.tree.Child(specifier, "name")
		alias := m.tree.Child(specifier, "alias")
		if alias == syntax.None {
			alias = name
		}
		m.declareImport(alias, origin{module, m.keyName(name)})
	}
}

func (m *module) declareImport(name int, from origin) {
	m.declare(m.tree.Text(name), binding{declared: name, value: syntax.None, origin: from})
}

// assign notes name = value, object.name = value and assignments that export.
func (m *module) assign(node int, thisElsewhere bool) {
	left, right := m.tree.Child(node, "left"), m.tree.Child(node, "right")
	if m.tree.Kind(left) == "identifier" {
		m.assignName(m.tree.Text(left), node, right)
		return
	}
	object, name := m.member(left)
	if m.tree.Kind(object) == "this" && thisElsewhere {
		return
	}
	m.candidates = append(m.candidates, node)
	if m.tree.Kind(object) == "identifier" && name != "" {
		m.addProperty(m.tree.Text(object), name, right)
	}
}

func (m *module) addProperty(object, name string, value int) {
	if m.properties[object] == nil {
		m.properties[object] = &properties{}
	}
	m.properties[object].add(name, value)
}

// assignName gives a value to a name declared without one: let a; a = value.
func (m *module) assignName(name string, node, value int) {
	if old, ok := m.names[name]; ok && old.value == syntax.None && old.property == "" {
		m.declare(name, binding{declared: node, value: value})
	}
}

// member splits object.name and object["name"].
func (m *module) member(node int) (object int, name string) {
	switch m.tree.Kind(node) {
	case "member_expression":
		return m.tree.Child(node, "object"), m.tree.Text(m.tree.Child(node, "property"))
	case "subscript_expression":
		index := m.tree.Child(node, "index")
		if m.tree.Kind(index) == "string" {
			return m.tree.Child(node, "object"), m.stringValue(index)
		}
	}
	return syntax.None, ""
}

// call notes functions called on the spot, and calls that may export.
func (m *module) call(node int) {
	callee := m.bare(m.tree.Child(node, "function"))
	if object, name := m.member(callee); name == "call" || name == "apply" {
		callee = m.bare(object)
	}
	if isFunction(m.tree.Kind(callee)) {
		m.calledOnTheSpot[callee] = true
		return
	}
	m.fillNamespace(node)
	m.candidates = append(m.candidates, node)
}

// fillNamespace reads how bundlers fill a namespace object:
// __export(ns, { a: () => a }) and __webpack_require__.d(ns, { a: () => a }).
func (m *module) fillNamespace(call int) {
	callee := m.tree.Child(call, "function")
	if !m.tree.Is(callee, "__export") && !m.tree.Is(callee, "__webpack_require__.d") {
		return
	}
	namespace, members := m.twoArguments(call)
	if m.tree.Kind(namespace) != "identifier" || m.tree.Kind(members) != "object" {
		return
	}
	for _, p := range m.membersOf(members).all {
		if returned := m.returned(p.value); returned != syntax.None {
			m.addProperty(m.tree.Text(namespace), p.name, returned)
		}
	}
}

// membersOf returns the properties of an object literal or the methods and
// fields of a class, as far as their names are known. The value of a shorthand
// { a } is the name itself; that of a getter is what it returns.
func (m *module) membersOf(node int) *properties {
	if known, ok := m.members[node]; ok {
		return known
	}
	found := &properties{}
	m.members[node] = found
	list := node
	if isClass(m.tree.Kind(node)) {
		list = m.tree.Child(node, "body")
	}
	for child := range m.tree.NamedChildren(list) {
		if name, value := m.memberOf(child); name != "" && value != syntax.None {
			found.add(name, value)
		}
	}
	return found
}

func (m *module) memberOf(node int) (name string, value int) {
	key := "name"
	switch m.tree.Kind(node) {
	case "shorthand_property_identifier":
		return m.tree.Text(node), node
	case "method_definition":
		return m.keyName(m.tree.Child(node, "name")), m.getterValue(node)
	case "pair":
		key = "key"
	case "field_definition": // of a JavaScript class
		key = "property"
	case "public_field_definition": // of a TypeScript class
	default:
		return "", syntax.None
	}
	return m.keyName(m.tree.Child(node, key)), m.tree.Child(node, "value")
}

func (m *module) getterValue(method int) int {
	if !m.tree.HasToken(method, "get") {
		return method
	}
	return m.returned(method)
}

// returned returns the expression a function returns first, or syntax.None.
func (m *module) returned(function int) int {
	body := m.tree.Child(function, "body")
	if m.tree.Kind(body) != "statement_block" {
		return body
	}
	return m.tree.FirstNamed(m.tree.ChildOfKind(body, "return_statement"))
}

// arguments yields the arguments of a call.
func (m *module) arguments(call int) iter.Seq[int] {
	return m.tree.NamedChildren(m.tree.Child(call, "arguments"))
}

// twoArguments returns the arguments of a call that has exactly two.
func (m *module) twoArguments(call int) (first, second int) {
	count := 0
	first, second = syntax.None, syntax.None
	for arg := range m.arguments(call) {
		first, second = second, arg
		if count++; count > 2 {
			return syntax.None, syntax.None
		}
	}
	return first, second
}

// keyName returns the name a property key gives, or "" for a computed one.
func (m *module) keyName(key int) string {
	switch m.tree.Kind(key) {
	case "string":
		return m.stringValue(key)
	case "computed_property_name":
		if inner := m.tree.FirstNamed(key); m.tree.Kind(inner) == "string" {
			return m.stringValue(inner)
		}
		return ""
	}
	return m.tree.Text(key)
}

// stringValue returns a literal without its quotes. Escapes stay as written:
// they do not occur in the names of modules and exports.
func (m *module) stringValue(node int) string {
	return strings.Trim(m.tree.Text(node), "'\"`")
}

// bare takes off what does not change a value: brackets, types, await, and all
// but the last of a sequence.
func (m *module) bare(node int) int {
	for {
		switch m.tree.Kind(node) {
		case "parenthesized_expression", "as_expression", "satisfies_expression",
			"non_null_expression", "await_expression":
			node = m.tree.FirstNamed(node)
		case "sequence_expression", "type_assertion":
			node = m.lastNamed(node)
		case "assignment_expression":
			node = m.tree.Child(node, "right")
		default:
			return node
		}
	}
}

func (m *module) lastNamed(node int) int {
	last := syntax.None
	for child := range m.tree.NamedChildren(node) {
		last = child
	}
	return last
}

package python

import (
	"slices"
	"strings"

	"wardlet.example/internal/syntax"
)

// Symbols parses the source and returns the names the module defines. The
// errors are those of Parse.
func Symbols(name string, source []byte) (*syntax.Symbols, error) {
	tree, err := Parse(name, source)
	if err != nil {
		return nil, err
	}
	return SymbolsOf(tree), nil
}

// SymbolsOf returns the names a parsed module defines.
func SymbolsOf(tree *syntax.Tree) *syntax.Symbols {
	m := &module{tree: tree, names: map[string]target{}, methods: map[int]map[string]int{}}
	m.block(tree.Root())
	symbols := &syntax.Symbols{Reexports: m.reexports, Imports: m.importsOf(), Broken: tree.Broken(), Truncated: tree.Truncated}
	for _, name := range m.order {
		t := m.names[name]
		if t.origin != (origin{}) {
			continue
		}
		def := m.def(name, t)
		symbols.Defs = append(symbols.Defs, def)
		if m.isHandler(def, t) {
			symbols.Handlers = append(symbols.Handlers, def)
		}
	}
	return symbols
}

// importsOf lists the modules that are imported, wherever that happens; what is imported from one may be one itself.
func (m *module) importsOf() []string {
	var out []string
	seen := map[string]bool{"": true}
	add := func(name string) {
		if !seen[name] {
			seen[name] = true
			out = append(out, name)
		}
	}
	for i := range m.tree.Nodes {
		kind := m.tree.Kind(i)
		if kind != "import_statement" && kind != "import_from_statement" {
			continue
		}
		from := m.tree.Text(m.tree.Child(i, "module_name"))
		add(from)
		if from != "" && !strings.HasSuffix(from, ".") {
			from += "."
		}
		for child := range m.tree.NamedChildren(i) {
			if m.tree.Field(child) != "name" {
				continue
			}
			if m.tree.Kind(child) == "aliased_import" {
				child = m.tree.Child(child, "name")
			}
			add(from + m.tree.Text(child))
		}
	}
	return out
}

// module is one source file while its names are read. Statements are read in
// the order they run, so that a name always stands for what it was last given:
// handler = traced(handler) still finds the function.
type module struct {
	tree      *syntax.Tree
	names     map[string]target
	order     []string // names in order of first appearance
	reexports []syntax.Reexport
	methods   map[int]map[string]int // of the classes looked into so far
}

// target is what a name stands for.
type target struct {
	node     int // the function, the class, or else the value
	kind     syntax.DefKind
	wrapped  bool
	assigned bool // by an assignment, not by def or class
	adorned  bool // a decorator stands above it
	receiver string
	origin   origin // set when it is imported
	class    int    // class of which the value is an instance, or syntax.None
}

// origin is a name in another module. The zero origin is none.
type origin struct {
	module string
	name   string // "*" is the module itself
}

func (m *module) set(name string, t target) {
	if _, ok := m.names[name]; !ok {
		m.order = append(m.order, name)
	}
	m.names[name] = t
}

// block reads the statements of a block that runs when the module is imported.
func (m *module) block(node int) {
	for child := range m.tree.NamedChildren(node) {
		m.statement(child)
	}
}

func (m *module) statement(node int) {
	switch m.tree.Kind(node) {
	case "function_definition":
		m.define(node, syntax.Function)
	case "class_definition":
		m.define(node, syntax.Class)
	case "decorated_definition":
		m.decorated(m.tree.Child(node, "definition"))
	case "expression_statement":
		m.assignments(node)
	case "import_statement":
		m.imports(node)
	case "import_from_statement":
		m.importsFrom(node)
	case "if_statement":
		m.conditional(node)
	case "try_statement", "with_statement", "for_statement", "while_statement", "match_statement",
		"elif_clause", "else_clause", "except_clause", "finally_clause", "case_clause", "block", "ERROR":
		m.block(node)
	}
}

// decorated notes of a function or class that a decorator stands above it.
func (m *module) decorated(node int) {
	m.statement(node)
	if name := m.tree.Child(node, "name"); name != syntax.None {
		t := m.names[m.tree.Text(name)]
		t.adorned = true
		m.names[m.tree.Text(name)] = t
	}
}

func (m *module) define(node int, kind syntax.DefKind) {
	if name := m.tree.Child(node, "name"); name != syntax.None {
		m.set(m.tree.Text(name), target{node: node, kind: kind, class: syntax.None})
	}
}

// conditional leaves out what runs only when the file is started as a program.
func (m *module) conditional(node int) {
	program := m.isMainCheck(m.tree.Child(node, "condition"))
	for child := range m.tree.NamedChildren(node) {
		if program && m.tree.Field(child) == "consequence" {
			continue
		}
		m.statement(child)
	}
}

func (m *module) isMainCheck(condition int) bool { return isMainCheck(m.tree, condition) }

// OnlyAsProgram reports whether what stands at an offset runs only when the file is started as a program, and not when it is imported.
func OnlyAsProgram(tree *syntax.Tree, offset uint32) bool {
	for child := range tree.NamedChildren(tree.Root()) {
		if n := tree.Nodes[child]; tree.Kind(child) != "if_statement" || offset < n.Start || n.End <= offset || !isMainCheck(tree, tree.Child(child, "condition")) {
			continue
		}
		runs := tree.Child(child, "consequence")
		return runs != syntax.None && tree.Nodes[runs].Start <= offset && offset < tree.Nodes[runs].End
	}
	return false
}

func isMainCheck(tree *syntax.Tree, condition int) bool {
	if tree.Kind(condition) != "comparison_operator" {
		return false
	}
	text := tree.Text(condition)
	return strings.Contains(text, "__name__") && strings.Contains(text, "__main__")
}

// assignments reads a = value, a = b = value, a, b = values and a: Type = value.
func (m *module) assignments(statement int) {
	assignment := m.tree.ChildOfKind(statement, "assignment")
	if assignment == syntax.None {
		return
	}
	var left []int
	value := assignment
	for m.tree.Kind(value) == "assignment" {
		left = append(left, m.tree.Child(value, "left"))
		value = m.tree.Child(value, "right")
	}
	if value == syntax.None {
		return // only a type: the name is not defined
	}
	t := m.resolve(value, maxHops)
	t.assigned = true
	for _, pattern := range left {
		m.assign(pattern, value, t)
	}
}

func (m *module) assign(pattern, value int, t target) {
	switch m.tree.Kind(pattern) {
	case "identifier":
		m.set(m.tree.Text(pattern), t)
		if t.origin != (origin{}) {
			m.giveFrom(m.tree.Text(pattern), t.origin, value)
		}
	case "pattern_list", "tuple_pattern", "list_pattern":
		for element := range m.tree.NamedChildren(pattern) {
			m.assign(element, value, target{node: element, kind: syntax.Value, assigned: true, class: syntax.None})
		}
	}
}

func (m *module) imports(statement int) {
	for child := range m.tree.NamedChildren(statement) {
		switch m.tree.Kind(child) {
		case "dotted_name": // import a.b defines a
			top, _, _ := strings.Cut(m.tree.Text(child), ".")
			m.set(top, target{node: child, kind: syntax.Value, origin: origin{top, "*"}, class: syntax.None})
		case "aliased_import":
			from := origin{m.tree.Text(m.tree.Child(child, "name")), "*"}
			alias := m.tree.Text(m.tree.Child(child, "alias"))
			m.set(alias, target{node: child, kind: syntax.Value, origin: from, class: syntax.None})
		}
	}
}

func (m *module) importsFrom(statement int) {
	module := m.tree.Text(m.tree.Child(statement, "module_name"))
	for child := range m.tree.NamedChildren(statement) {
		if m.tree.Kind(child) == "wildcard_import" {
			m.giveFrom("*", origin{module, "*"}, child)
			continue
		}
		if m.tree.Field(child) != "name" {
			continue
		}
		name, alias := m.tree.Text(child), m.tree.Text(child)
		if m.tree.Kind(child) == "aliased_import" {
			name, alias = m.tree.Text(m.tree.Child(child, "name")), m.tree.Text(m.tree.Child(child, "alias"))
		}
		from := origin{module, name}
		m.set(alias, target{node: child, kind: syntax.Value, origin: from, class: syntax.None})
		m.giveFrom(alias, from, child)
	}
}

func (m *module) giveFrom(name string, from origin, node int) {
	line, col := m.tree.Position(int(m.tree.Nodes[node].Start))
	m.reexports = append(m.reexports, syntax.Reexport{
		Name: name, Module: from.module, Imported: from.name, Line: line, Col: col,
	})
}

func (m *module) def(name string, t target) syntax.Def {
	node := m.tree.Nodes[t.node]
	def := syntax.Def{
		Name:     name,
		Kind:     t.kind,
		Wrapped:  t.wrapped,
		Receiver: t.receiver,
		Start:    int(node.Start),
		End:      int(node.End),
	}
	def.Line, def.Col = m.tree.Position(def.Start)
	def.EndLine, _ = m.tree.Position(def.End)
	if t.kind == syntax.Function {
		def.Params = m.params(t)
	}
	return def
}

func (m *module) params(t target) []string {
	var names []string
	for param := range m.tree.NamedChildren(m.tree.Child(t.node, "parameters")) {
		if name := m.paramName(param); name != "" {
			names = append(names, name)
		}
	}
	if t.receiver != "" && len(names) > 0 {
		return names[1:] // self or cls
	}
	return names
}

func (m *module) paramName(param int) string {
	switch m.tree.Kind(param) {
	case "identifier", "list_splat_pattern", "dictionary_splat_pattern":
		return m.tree.Text(param)
	case "typed_parameter":
		return m.paramName(m.tree.FirstNamed(param))
	case "default_parameter", "typed_default_parameter":
		return m.paramName(m.tree.Child(param, "name"))
	case "tuple_pattern":
		return "()"
	}
	return "" // the separators / and *
}

// isHandler tells a Lambda handler by its name and what it takes.
func (m *module) isHandler(def syntax.Def, t target) bool {
	switch {
	case def.Name == "lambda_handler":
		return def.Kind == syntax.Function || def.Wrapped
	case def.Kind == syntax.Function:
		return (!t.assigned || def.Name == "handler") && (takesEventAndContext(def.Params) || takesContext(def) || takesEventAndMore(def, t.adorned))
	}
	return def.Name == "handler" && m.isAdapter(t.node) || m.isApplication(t.node) || m.tree.Kind(t.node) == "call" && m.givesFunctions(def.Name)
}

func takesEventAndContext(params []string) bool {
	return len(params) == 2 &&
		slices.Contains([]string{"event", "_event", "_"}, params[0]) &&
		slices.Contains([]string{"context", "_context", "_"}, params[1])
}

// takesContext tells a handler that calls what it gets by a name of its own, as a task of a state machine does.
func takesContext(def syntax.Def) bool {
	return def.Name == "handler" && len(def.Params) == 2 && strings.TrimPrefix(def.Params[1], "_") == "context"
}

// takesEventAndMore tells a handler that leaves what comes after the event to its decorator, or takes it without a name: handler(event, *_).
func takesEventAndMore(def syntax.Def, adorned bool) bool {
	if def.Name != "handler" || len(def.Params) == 0 || strings.TrimPrefix(def.Params[0], "_") != "event" {
		return false
	}
	return len(def.Params) == 1 && adorned || len(def.Params) == 2 && strings.HasPrefix(def.Params[1], "*")
}

// isApplication recognises an application that is its own handler.
func (m *module) isApplication(node int) bool {
	callee := m.tree.Child(node, "function")
	for _, name := range []string{"Chalice", "chalice.Chalice", "FlaskLambda", "flask_lambda.FlaskLambda"} {
		if m.tree.Is(callee, name) {
			return true
		}
	}
	return false
}

// givesFunctions recognises an application of Chalice, of whatever class it is, by a function that it deploys by itself beside its routes.
func (m *module) givesFunctions(name string) bool {
	for i := range m.tree.Nodes {
		if m.tree.Kind(i) != "decorator" {
			continue
		}
		callee := m.tree.Child(m.tree.FirstNamed(i), "function")
		if callee != syntax.None && m.tree.Is(callee, name+".lambda_function") {
			return true
		}
	}
	return false
}

// isAdapter recognises the call that makes a handler of a web application.
func (m *module) isAdapter(node int) bool {
	callee := m.tree.Child(node, "function")
	return m.tree.Is(callee, "Mangum") || m.tree.Is(callee, "mangum.Mangum")
}

package python

import (
	"strings"

	"wardlet.example/internal/syntax"
)

// maxHops bounds how deep an expression is looked into.
const maxHops = 24

// resolve follows an expression to the function or class it stands for, with
// the names as they are at this point of the module.
func (m *module) resolve(node, hops int) target {
	value := target{node: node, kind: syntax.Value, class: syntax.None}
	if hops <= 0 {
		return value
	}
	switch m.tree.Kind(node) {
	case "lambda":
		value.kind = syntax.Function
	case "identifier":
		if known, ok := m.names[m.tree.Text(node)]; ok {
			return known
		}
	case "attribute":
		return m.attribute(node, hops)
	case "call":
		return m.call(node, hops)
	case "parenthesized_expression":
		return m.resolve(m.tree.FirstNamed(node), hops-1)
	case "conditional_expression", "boolean_operator":
		return m.firstFunction(node, hops)
	}
	return value
}

// attribute resolves object.name, where the object is an imported module, a
// class or an instance.
func (m *module) attribute(node, hops int) target {
	value := target{node: node, kind: syntax.Value, class: syntax.None}
	object := m.resolve(m.tree.Child(node, "object"), hops-1)
	name := m.tree.Text(m.tree.Child(node, "attribute"))
	switch {
	case object.origin.name == "*":
		value.origin = origin{object.origin.module, name}
	case object.origin != (origin{}):
		// A member of something imported by name, often a submodule.
		value.origin = origin{joinModule(object.origin.module, object.origin.name), name}
	case object.kind == syntax.Class:
		return m.method(object.node, name, value)
	case object.class != syntax.None:
		return m.method(object.class, name, value)
	}
	return value
}

func joinModule(module, name string) string {
	if strings.HasSuffix(module, ".") {
		return module + name
	}
	return module + "." + name
}

// method finds a method in the body of a class.
func (m *module) method(class int, name string, missing target) target {
	if m.methods[class] == nil {
		m.methods[class] = m.methodsOf(class)
	}
	node, ok := m.methods[class][name]
	if !ok {
		return missing
	}
	receiver := m.tree.Text(m.tree.Child(class, "name"))
	return target{node: node, kind: syntax.Function, receiver: receiver, class: syntax.None}
}

func (m *module) methodsOf(class int) map[string]int {
	found := map[string]int{}
	for member := range m.tree.NamedChildren(m.tree.Child(class, "body")) {
		if m.tree.Kind(member) == "decorated_definition" {
			member = m.tree.Child(member, "definition")
		}
		if m.tree.Kind(member) == "function_definition" {
			found[m.tree.Text(m.tree.Child(member, "name"))] = member
		}
	}
	return found
}

// call resolves to the function that a call wraps: the first argument that is
// one. A call of a class is an instance of it.
func (m *module) call(node, hops int) target {
	value := target{node: node, kind: syntax.Value, wrapped: true, class: syntax.None}
	callee := m.resolve(m.tree.Child(node, "function"), hops-1)
	for arg := range m.tree.NamedChildren(m.tree.Child(node, "arguments")) {
		if found := m.resolve(arg, hops-1); found.kind == syntax.Function {
			found.wrapped = true
			return found
		}
	}
	switch {
	case callee.kind == syntax.Class:
		value.class = callee.node
	case callee.wrapped && callee.kind == syntax.Function: // wrap(options)(fn), wrap(fn)(options)
		return callee
	}
	return value
}

// firstFunction takes the first operand that is a function, or the first.
func (m *module) firstFunction(node, hops int) target {
	first := target{node: node, kind: syntax.Value, class: syntax.None}
	for operand := range m.tree.NamedChildren(node) {
		if found := m.resolve(operand, hops-1); found.kind == syntax.Function {
			return found
		}
	}
	return first
}

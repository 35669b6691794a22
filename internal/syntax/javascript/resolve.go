package javascript

import (
	"strings"

	"wardlet.example/internal/syntax"
)

// maxHops bounds how far a name is followed, so that names defined by each
// other come to an end.
const maxHops = 24

// target is what an expression turned out to be.
type target struct {
	node     int // the function, the class, or else the value
	kind     syntax.DefKind
	wrapped  bool
	receiver string
	origin   origin // set when it comes from another module; then node is the expression
}

// resolve follows an expression to the function or class it stands for, as far
// as that can be seen in the file.
func (m *module) resolve(node int) target {
	return m.follow(node, maxHops)
}

func (m *module) follow(node, hops int) target {
	node = m.bare(node)
	value := target{node: node, kind: syntax.Value}
	if hops <= 0 || m.steps <= 0 {
		return value
	}
	m.steps--
	kind := m.tree.Kind(node)
	switch {
	case isFunction(kind):
		return target{node: node, kind: syntax.Function}
	case isClass(kind):
		return target{node: node, kind: syntax.Class}
	}
	switch kind {
	case "identifier", "shorthand_property_identifier":
		return m.followName(node, hops-1)
	case "member_expression", "subscript_expression":
		return m.followMember(node, hops-1)
	case "call_expression":
		return m.followCall(node, hops-1)
	case "ternary_expression":
		return m.followEither(m.tree.Child(node, "consequence"), m.tree.Child(node, "alternative"), hops-1)
	case "binary_expression": // a || b, a ?? b
		return m.followEither(m.tree.Child(node, "left"), m.tree.Child(node, "right"), hops-1)
	}
	return value
}

// followEither takes the first that is a function, or the first.
func (m *module) followEither(a, b, hops int) target {
	first := m.follow(a, hops/2)
	if first.kind == syntax.Value && first.origin == (origin{}) {
		if second := m.follow(b, hops/2); second.kind == syntax.Function {
			return second
		}
	}
	return first
}

func (m *module) followName(node, hops int) target {
	known, ok := m.names[m.tree.Text(node)]
	switch {
	case !ok:
		return target{node: node, kind: syntax.Value}
	case known.origin != (origin{}):
		return target{node: node, kind: syntax.Value, origin: known.origin}
	case known.property != "":
		return m.orValueAt(known.declared, m.propertyOf(known.value, known.property, hops))
	case known.value == syntax.None:
		return target{node: known.declared, kind: syntax.Value}
	}
	return m.orValueAt(known.declared, m.follow(known.value, hops))
}

// orValueAt places a value where its name is declared. Functions, classes and
// imported things keep their own place.
func (m *module) orValueAt(declared int, t target) target {
	if t.kind == syntax.Value && t.origin == (origin{}) {
		t.node = declared
	}
	return t
}

func (m *module) followMember(node, hops int) target {
	object, name := m.member(node)
	if name == "" {
		return target{node: node, kind: syntax.Value}
	}
	if m.isExports(object) {
		if found, ok := m.exported(name); ok {
			return found
		}
	}
	found := m.propertyOf(object, name, hops)
	if found.kind == syntax.Value {
		found.node = node
	}
	return found
}

// propertyOf returns what object.name is: an export of an imported module, a
// property of an object literal, a method of a class or of its instance.
func (m *module) propertyOf(object int, name string, hops int) target {
	object = m.bare(object)
	unknown := target{node: object, kind: syntax.Value}
	if object == syntax.None || hops <= 0 {
		return unknown
	}
	if m.tree.Kind(object) == "identifier" {
		if value := m.properties[m.tree.Text(object)].value(name); value != syntax.None {
			return m.follow(value, hops-1)
		}
	}
	holder := m.holder(object, hops-1)
	switch kind := m.tree.Kind(holder.node); {
	case holder.origin != (origin{}):
		return target{node: object, kind: syntax.Value, origin: importedMember(holder.origin, name)}
	case kind == "object":
		return m.follow(m.membersOf(holder.node).value(name), hops-1)
	case isClass(kind):
		found := m.follow(m.membersOf(holder.node).value(name), hops-1)
		found.receiver = m.tree.Text(m.tree.Child(holder.node, "name"))
		return found
	}
	return unknown
}

// importedMember names a member of something imported. A default import is taken for
// the module as a whole, which it is for CommonJS modules; of a member of a
// named import nothing is known.
func importedMember(from origin, name string) origin {
	if from.name == "*" || from.name == "default" {
		return origin{from.module, name}
	}
	return origin{}
}

// holder finds the object literal or class whose members an expression has.
func (m *module) holder(node, hops int) target {
	node = m.bare(node)
	if hops <= 0 {
		return target{node: node, kind: syntax.Value}
	}
	switch m.tree.Kind(node) {
	case "identifier":
		known, ok := m.names[m.tree.Text(node)]
		if ok && known.origin == (origin{}) && known.property == "" && known.value != node {
			return m.holder(known.value, hops-1)
		}
	case "new_expression":
		return m.holder(m.tree.Child(node, "constructor"), hops-1)
	case "member_expression":
		if object, name := m.member(node); name == "prototype" {
			return m.holder(object, hops-1)
		}
	}
	return m.follow(node, hops-1)
}

func (m *module) followCall(call, hops int) target {
	if from, ok := m.required(call); ok {
		return target{node: call, kind: syntax.Value, origin: from}
	}
	if object, name := m.member(m.tree.Child(call, "function")); name == "bind" {
		return m.follow(object, hops)
	}
	if inner := m.wrappedFunction(call, hops); inner.kind == syntax.Function {
		inner.wrapped = true
		return inner
	}
	return target{node: call, kind: syntax.Value, wrapped: true}
}

// required recognises require("x"), import("x"), and either inside of a
// compiler's interop call such as __importStar(require("x")).
func (m *module) required(call int) (origin, bool) {
	arg := m.tree.FirstNamed(m.tree.Child(call, "arguments"))
	callee := m.calleeName(call)
	switch kind := m.tree.Kind(arg); {
	case callee == "require" && kind == "string", callee == "import" && kind == "string":
		return origin{m.stringValue(arg), "*"}, true
	case isInterop(callee) && kind == "call_expression" && !isInterop(m.calleeName(arg)):
		return m.required(arg)
	}
	return origin{}, false
}

func isInterop(callee string) bool {
	return strings.HasPrefix(callee, "_interop") || strings.HasPrefix(callee, "__import") || callee == "__toESM"
}

// calleeName returns the last name of what is called: b for a.b(), (0, a.b)().
func (m *module) calleeName(call int) string {
	callee := m.bare(m.tree.Child(call, "function"))
	switch m.tree.Kind(callee) {
	case "identifier", "import":
		return m.tree.Text(callee)
	}
	_, name := m.member(callee)
	return name
}

// wrappedFunction finds the function that a call wraps: the first argument that
// is one, also through calls in calls. Of a chain, wrap(fn).use(x), the start is
// asked first; what is handed to use, before, after and onError is middleware.
func (m *module) wrappedFunction(call, hops int) target {
	none := target{node: call, kind: syntax.Value}
	if hops <= 0 {
		return none
	}
	callee := m.bare(m.tree.Child(call, "function"))
	object, name := m.member(callee)
	if object = m.bare(object); m.tree.Kind(object) == "call_expression" {
		if found := m.wrappedFunction(object, hops-1); found.kind == syntax.Function {
			return found
		}
	}
	if !isMiddleware(name) {
		for arg := range m.arguments(call) {
			m.steps--
			if found := m.wrappedArgument(arg, hops/2); found.kind == syntax.Function {
				return found
			}
		}
	}
	if m.tree.Kind(callee) == "call_expression" { // wrap(options)(fn)
		return m.wrappedFunction(callee, hops-1)
	}
	return none
}

func isMiddleware(method string) bool {
	switch method {
	case "use", "before", "after", "onError":
		return true
	}
	return false
}

func (m *module) wrappedArgument(arg, hops int) target {
	switch m.tree.Kind(m.bare(arg)) {
	case "object", "string", "number":
		return target{node: arg, kind: syntax.Value}
	}
	return m.follow(arg, hops)
}

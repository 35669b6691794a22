package javascript

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"wardlet.example/internal/syntax"
)

// Symbols parses the source and returns what it exports. The errors are those
// of Parse.
func Symbols(name string, source []byte) (*syntax.Symbols, error) {
	tree, err := Parse(name, source)
	if err != nil {
		return nil, err
	}
	return SymbolsOf(tree), nil
}

// SymbolsOf returns what a parsed source exports.
func SymbolsOf(tree *syntax.Tree) *syntax.Symbols {
	m := newModule(tree)
	m.readExports()
	symbols := &syntax.Symbols{
		Reexports: m.reexports,
		Imports:   m.importsOf(),
		Broken:    tree.Broken(),
		Truncated: tree.Truncated,
	}
	for _, e := range m.exports {
		def := m.def(e)
		symbols.Defs = append(symbols.Defs, def)
		if m.isHandler(def, e.target) {
			symbols.Handlers = append(symbols.Handlers, def)
		}
	}
	return symbols
}

// importsOf lists the modules that are imported or required by a literal name, wherever that happens.
func (m *module) importsOf() []string {
	var out []string
	seen := map[string]bool{"": true}
	add := func(literal int) {
		if m.tree.Kind(literal) != "string" {
			return
		}
		if name := m.stringValue(literal); !seen[name] {
			seen[name] = true
			out = append(out, name)
		}
	}
	for i := range m.tree.Nodes {
		switch m.tree.Kind(i) {
		case "import_statement", "export_statement", "import_require_clause":
			add(m.tree.Child(i, "source"))
		case "call_expression":
			if f := m.tree.Child(i, "function"); m.tree.Is(f, "require") || m.tree.Kind(f) == "import" {
				add(m.tree.FirstNamed(m.tree.Child(i, "arguments")))
			}
		}
	}
	return out
}

func (m *module) def(e export) syntax.Def {
	node := m.tree.Nodes[max(e.target.node, 0)]
	def := syntax.Def{
		Name:     e.name,
		Kind:     e.target.kind,
		Wrapped:  e.target.wrapped,
		Receiver: e.target.receiver,
		Start:    int(node.Start),
		End:      int(node.End),
	}
	def.Line, def.Col = m.tree.Position(def.Start)
	def.EndLine, _ = m.tree.Position(def.End)
	if def.Kind == syntax.Function {
		def.Params = m.params(e.target.node)
	}
	return def
}

func (m *module) params(function int) []string {
	if only := m.tree.Child(function, "parameter"); only != syntax.None { // x => x
		return []string{m.tree.Text(only)}
	}
	var names []string
	for param := range m.tree.NamedChildren(m.tree.Child(function, "parameters")) {
		if name := m.paramName(param); name != "" {
			names = append(names, name)
		}
	}
	return names
}

func (m *module) paramName(param int) string {
	switch m.tree.Kind(param) {
	case "identifier":
		return m.tree.Text(param)
	case "object_pattern":
		return "{}"
	case "array_pattern":
		return "[]"
	case "assignment_pattern":
		return m.paramName(m.tree.Child(param, "left"))
	case "rest_pattern":
		return "..." + m.paramName(m.tree.FirstNamed(param))
	case "required_parameter", "optional_parameter":
		return m.paramName(m.tree.Child(param, "pattern"))
	}
	return "" // TypeScript's "this", and text that could not be parsed
}

// isHandler tells a Lambda handler by its name and what it takes. It is strict,
// because it is asked where no template says what is a handler, and browser code
// has handlers too.
func (m *module) isHandler(def syntax.Def, t target) bool {
	if len(def.Params) > 3 {
		return false
	}
	switch {
	case def.Name == "handler" || def.Name == "lambdaHandler" || def.Name == "lambda_handler":
		return def.Wrapped || def.Kind == syntax.Function && (mayTakeEvent(def.Params) || m.takesInput(def, t))
	case def.Kind != syntax.Function:
		return false
	case def.Name == "default":
		return !def.Wrapped && len(def.Params) > 0 && def.Params[0] == "event"
	case strings.HasSuffix(def.Name, "Handler"):
		return m.isNamedHandler(def, t)
	}
	return m.answersEvents(def, t) || m.isTyped(def, t)
}

// handlerType and eventType are types of @types/aws-lambda before a function, and of its first parameter.
var (
	handlerType = regexp.MustCompile(`:\s*(?:\w+\.)?\w*Handler(?:V2)?\s*(?:<[^=;]*>)?\s*=\s*$`)
	eventType   = regexp.MustCompile(`^(?:async\b)?[^(]*\(\s*[^,):]+:\s*(?:\w+\.)?\w*Event(?:V2)?\b`)
)

// isTyped tells a handler by its type, where the types of Lambda are imported.
func (m *module) isTyped(def syntax.Def, t target) bool {
	if len(def.Params) == 0 || def.Receiver != "" || hasMarkup(m.tree.Name) || !slices.Contains(m.importsOf(), "aws-lambda") {
		return false
	}
	before := m.tree.Source[max(0, def.Start-200):def.Start]
	return handlerType.Match(before) || eventType.MatchString(m.tree.Text(t.node))
}

// takesInput tells a handler that calls what it gets by a name of its own, as a task of a state machine does: it takes one thing, waits,
// and its file speaks to AWS.
func (m *module) takesInput(def syntax.Def, t target) bool {
	return len(def.Params) == 1 && m.tree.HasToken(t.node, "async") && slices.ContainsFunc(m.importsOf(), func(name string) bool {
		return strings.HasPrefix(name, "@aws-sdk/") || strings.HasPrefix(name, "aws-sdk") || strings.HasPrefix(name, "@aws-lambda-powertools/") || name == "aws-lambda"
	})
}

// answersEvents tells a handler of any name, such as createOrder, by what it takes: an event with its context, or an event of
// which it reads what only events of Lambda have, or that it answers as API Gateway wants it.
func (m *module) answersEvents(def syntax.Def, t target) bool {
	if len(def.Params) == 0 || def.Receiver != "" || !isEvent(def.Params[0]) || hasMarkup(m.tree.Name) {
		return false
	}
	if len(def.Params) > 1 {
		name := strings.TrimPrefix(def.Params[1], "_")
		return name == "" || name == "context"
	}
	if !m.tree.HasToken(t.node, "async") {
		return false
	}
	text := m.tree.Text(t.node)
	for _, mark := range []string{"statusCode", def.Params[0] + ".body", ".pathParameters", ".queryStringParameters", ".requestContext", ".Records", ".multiValueHeaders", ".authorizationToken", "isAuthorized"} {
		if strings.Contains(text, mark) {
			return true
		}
	}
	return false
}

// hasMarkup tells files of user interfaces, whose events are clicks.
func hasMarkup(name string) bool {
	switch strings.ToLower(path.Ext(name)) {
	case ".jsx", ".tsx":
		return true
	}
	return false
}

// isNamedHandler judges names such as createOrderHandler. A handler of clicks is
// called the same; it is in a file with markup, or takes an event and no more
// and does not wait for anything.
func (m *module) isNamedHandler(def syntax.Def, t target) bool {
	if hasMarkup(m.tree.Name) {
		return false
	}
	waits := def.Wrapped || len(def.Params) > 1 || m.tree.HasToken(t.node, "async")
	return waits && len(def.Params) > 0 && isEvent(def.Params[0])
}

func mayTakeEvent(params []string) bool {
	return len(params) == 0 || isEvent(params[0]) || params[0] == "e" || params[0] == "_" || params[0] == "{}" ||
		strings.HasPrefix(params[0], "...")
}

func isEvent(param string) bool {
	switch strings.TrimPrefix(param, "_") {
	case "event", "evt":
		return true
	}
	return false
}

package javascript

import (
	"bytes"
	"math"
	"path"
	"strings"
	"unicode/utf16"

	"wardlet.example/internal/model"
	"wardlet.example/internal/syntax"
)

// path works out a call that tells where a file lies in the service, such as
// handlerPath(__dirname). The repository is thought to lie in two places: only
// what comes out the same for both does not depend on the machine. Neither place
// may be found again further inside, as "/r" is in "/r/recovery": helpers split at it.
func (r *reader) path(s *source, call int) (string, bool) {
	at := s.tree.Nodes[call]
	if s.scope == nil && !bytes.Contains(s.tree.Source[at.Start:at.End], []byte("__dirname")) {
		return "", false
	}
	here, ok := (&frame{reader: r, source: s, root: "/wardlet.here"}).eval(call).(string)
	there, _ := (&frame{reader: r, source: s, root: "/home/wardlet/elsewhere"}).eval(call).(string)
	return here, ok && here == there
}

// frame is one function at work on paths. Its values are string, []string, int
// and pattern; nil is what is not known.
type frame struct {
	*reader
	source *source
	root   string // where the repository lies
	vars   map[string]any
}

// pattern is a regular expression that stands for one fixed text.
type pattern struct {
	text       string
	start, end bool // only at the beginning, only at the end
	all        bool
}

func (f *frame) eval(node int) any {
	if !f.enter() {
		return nil
	}
	defer func() { f.depth-- }()
	s := f.source
	node = s.undressed(node)
	switch s.tree.Kind(node) {
	case "string", "template_string":
		return f.text(node)
	case "number":
		if n := parseNumber(s.tree.Text(node)); n >= 0 && n < 1000 && n == math.Trunc(n) {
			return int(n)
		}
	case "regex":
		return s.pattern(node)
	case "identifier":
		return f.name(s.tree.Text(node))
	case "member_expression":
		return f.member(node)
	case "subscript_expression":
		list, _ := f.eval(s.tree.Child(node, "object")).([]string)
		if i, ok := f.eval(s.tree.Child(node, "index")).(int); ok && i < len(list) {
			return list[i]
		}
	case "binary_expression":
		return f.sum(node)
	case "call_expression":
		return f.call(node)
	}
	return nil
}

func (f *frame) text(node int) any {
	var units []uint16
	if f.source.tree.Has(node, syntax.HasError) {
		return nil
	}
	for piece := range f.source.pieces(node) {
		if piece.value != syntax.None {
			put, ok := f.eval(piece.value).(string)
			if !ok {
				return nil
			}
			piece.text = utf16.Encode([]rune(put))
		}
		if units = append(units, piece.text...); len(units) > maxPath {
			return nil
		}
	}
	return short(string(utf16.Decode(units)))
}

// maxPath is how long a path may be.
const maxPath = 4096

// short refuses texts that are no paths.
func short(text string) any {
	if len(text) > maxPath {
		return nil
	}
	return text
}

func (f *frame) name(name string) any {
	if v, ok := f.vars[name]; ok {
		return v
	}
	if l := f.source.local(name); l != nil {
		return f.placed(l.value)
	}
	known, ok := f.source.names[name]
	switch {
	case ok && known.value != syntax.None && known.property == "" && f.source.changes[name] == nil:
		return (&frame{reader: f.reader, source: f.source, root: f.root}).eval(known.value)
	case !ok && name == "__dirname":
		return path.Join(f.root, path.Dir(f.source.tree.Name))
	case !ok && name == "__filename":
		return path.Join(f.root, f.source.tree.Name)
	}
	return nil
}

// placed is a value that was worked out before, as text in the place of the repository.
func (f *frame) placed(v *model.Value) any {
	switch v.Kind {
	case model.String:
		return short(strings.ReplaceAll(v.Str, somewhere, f.root))
	case model.Number:
		if v.Num >= 0 && v.Num < 1000 && v.Num == math.Trunc(v.Num) {
			return int(v.Num)
		}
	}
	return nil
}

// somewhere stands for the place of the repository in texts that are not worked out to their end.
const somewhere = "\x00somewhere"

// place is the folder of a file, or the file itself.
func (r *reader) place(s *source, name string, at int) *model.Value {
	r.placed = true
	file := somewhere + "/" + s.tree.Name
	if name == "__dirname" {
		file = path.Dir(file)
	}
	return model.NewString(file, s.at(at))
}

// placeless makes unknown what depends on where the repository lies.
func (r *reader) placeless(v *model.Value) *model.Value {
	if !r.placed || v.Size > maxLiteralValues || higher(v, maxLiteralHeight) {
		return v
	}
	return withoutPlace(v, map[*model.Value]*model.Value{})
}

func withoutPlace(v *model.Value, done map[*model.Value]*model.Value) *model.Value {
	if found := done[v]; found != nil {
		return found
	}
	out := v
	switch v.Kind {
	case model.String:
		if strings.Contains(v.Str, somewhere) {
			out = model.NewUnknown("a place on the machine that deploys", v.Origin)
		}
	case model.List, model.Text:
		var items []*model.Value
		for _, item := range v.Items {
			items = append(items, withoutPlace(item, done))
		}
		if out = model.NewList(items, v.Origin); v.Kind == model.Text {
			out = model.NewText(items, v.Origin)
		}
	case model.Map:
		var fields []model.Field
		for _, f := range v.Fields {
			f.Value = withoutPlace(f.Value, done)
			fields = append(fields, f)
		}
		out = model.NewMap(fields, v.Origin)
	}
	done[v] = out
	return out
}

func (f *frame) member(node int) any {
	object, name := f.source.member(node)
	if f.vars == nil && f.source.scope != nil {
		if v := f.placed(f.value(f.source, node)); v != nil {
			return v
		}
	}
	switch name {
	case "sep":
		if f.isPathModule(object) {
			return "/"
		}
	case "length":
		switch v := f.eval(object).(type) {
		case string:
			return len(utf16.Encode([]rune(v)))
		case []string:
			return len(v)
		}
	}
	return nil
}

func (f *frame) sum(node int) any {
	operator := f.source.tree.Text(f.source.tree.Child(node, "operator"))
	a, b := f.eval(f.source.tree.Child(node, "left")), f.eval(f.source.tree.Child(node, "right"))
	if s, ok := a.(string); ok && operator == "+" {
		if t, ok := b.(string); ok {
			return short(s + t)
		}
		return nil
	}
	n, ok := a.(int)
	m, both := b.(int)
	switch {
	case ok && both && operator == "+":
		return n + m
	case ok && both && operator == "-" && n >= m:
		return n - m
	}
	return nil
}

func (f *frame) call(node int) any {
	s := f.source
	callee := s.undressed(s.tree.Child(node, "function"))
	var args []any
	for arg := range s.arguments(node) {
		args = append(args, f.eval(arg))
	}
	if !f.spend(256) || len(args) > 16 {
		return nil
	}
	object, name := s.member(callee)
	switch {
	case name == "cwd" && s.tree.Is(object, "process"):
		return path.Join(f.root, f.options.Dir)
	case name != "" && f.isPathModule(object):
		return pathCall(name, args)
	case s.tree.Kind(callee) == "identifier" && isPath(s.sourceOf(s.tree.Text(callee)).module):
		return pathCall(s.sourceOf(s.tree.Text(callee)).name, args)
	}
	if t, function, ok := f.function(s, callee); ok {
		return f.apply(t, function, args)
	}
	if name == "" {
		return nil
	}
	switch v := f.eval(object).(type) {
	case string:
		return stringCall(v, name, args)
	case []string:
		return listCall(v, name, args)
	}
	return nil
}

// isPathModule recognises path and path.posix of Node.js.
func (f *frame) isPathModule(node int) bool {
	s := f.source
	if object, name := s.member(node); name == "posix" {
		node = object
	}
	return s.tree.Kind(node) == "identifier" && isPath(s.sourceOf(s.tree.Text(node)).module)
}

func isPath(module string) bool { return module == "path" || module == "node:path" }

// sourceOf is where a name comes from, by import or require.
func (s *source) sourceOf(name string) origin {
	if s.local(name) != nil {
		return origin{}
	}
	known := s.names[name]
	if known.origin != (origin{}) || known.value == syntax.None || s.tree.Kind(known.value) != "call_expression" {
		return known.origin
	}
	from, _ := s.required(known.value)
	if from.module != "" && known.property != "" {
		from.name = known.property
	}
	return from
}

// function finds the function of the repository that an expression names.
func (r *reader) function(s *source, node int) (*source, int, bool) {
	if !r.enter() {
		return nil, syntax.None, false
	}
	defer func() { r.depth-- }()
	node = s.undressed(node)
	switch kind := s.tree.Kind(node); {
	case isFunction(kind):
		return s, node, true
	case kind == "identifier" || kind == "shorthand_property_identifier":
		name := s.tree.Text(node)
		if l := s.local(name); l != nil {
			return l.source, l.function, l.source != nil
		}
		if from := s.sourceOf(name); from != (origin{}) {
			return r.functionFrom(s, from)
		}
		if known, ok := s.names[name]; ok && known.property == "" && s.changes[name] == nil {
			return r.function(s.top(), known.value)
		}
	case kind == "member_expression":
		object, name := s.member(node)
		if from := s.sourceOf(s.tree.Text(object)); from != (origin{}) {
			return r.functionFrom(s, importedMember(from, name))
		}
		known, ok := s.names[s.tree.Text(object)]
		if ok && s.local(s.tree.Text(object)) == nil && s.changes[s.tree.Text(object)] == nil && s.tree.Kind(s.undressed(known.value)) == "object" {
			return r.function(s.top(), s.membersOf(s.undressed(known.value)).value(name))
		}
	}
	return nil, syntax.None, false
}

func (r *reader) functionFrom(s *source, from origin) (*source, int, bool) {
	_, t, reason := r.module(s, from.module)
	if t == nil || reason != "" || t.closed != "" || !r.enter() {
		return nil, syntax.None, false
	}
	defer func() { r.depth-- }()
	if g, ok := t.find(from.name); ok {
		switch {
		case g.from != (origin{}):
			return r.functionFrom(t, g.from)
		case g.local == "":
			return r.function(t, g.value)
		}
		if again := t.sourceOf(g.local); again != (origin{}) {
			return r.functionFrom(t, again)
		}
		return r.function(t, t.names[g.local].value)
	}
	whole := t.undressed(t.whole)
	if t.tree.Kind(whole) == "object" {
		return r.function(t, t.membersOf(whole).value(from.name))
	}
	return r.function(t, whole)
}

// apply runs through a function that only declares constants and returns.
func (f *frame) apply(s *source, function int, args []any) any {
	if s.tree.HasToken(function, "async") || strings.HasPrefix(s.tree.Kind(function), "generator") {
		return nil
	}
	this := code{s.tree, function}
	if f.running[this] {
		return nil
	}
	f.running[this] = true
	defer delete(f.running, this)
	inner := &frame{reader: f.reader, source: s, root: f.root, vars: map[string]any{}}
	for i, name := range s.params(function) {
		if strings.ContainsAny(name, "{[.") {
			return nil
		}
		inner.vars[name] = nil
		if i < len(args) {
			inner.vars[name] = args[i]
		}
	}
	body := s.tree.Child(function, "body")
	if s.tree.Kind(body) != "statement_block" {
		return inner.eval(body)
	}
	for statement := range s.tree.NamedChildren(body) {
		switch s.tree.Kind(statement) {
		case "lexical_declaration":
			if !inner.declare(statement) {
				return nil
			}
		case "return_statement":
			return inner.eval(s.tree.FirstNamed(statement))
		default:
			return nil
		}
	}
	return nil
}

func (f *frame) declare(statement int) bool {
	t := f.source.tree
	for declarator := range t.NamedChildren(statement) {
		name := t.Child(declarator, "name")
		if t.Kind(name) != "identifier" {
			return false
		}
		f.vars[t.Text(name)] = f.eval(t.Child(declarator, "value"))
	}
	return true
}

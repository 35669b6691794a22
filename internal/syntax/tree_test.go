package syntax_test

import (
	"strings"
	"testing"

	"wardlet.example/internal/syntax"
	"wardlet.example/internal/syntax/javascript"
	"wardlet.example/internal/syntax/python"
)

func parse(t *testing.T, source string) *syntax.Tree {
	t.Helper()
	tree, err := javascript.Parse("a.js", []byte(source))
	if err != nil {
		t.Fatal(err)
	}
	return tree
}

// find returns the first node of the kind.
func find(t *testing.T, tree *syntax.Tree, kind string) int {
	t.Helper()
	for i := range tree.Nodes {
		if tree.Kind(i) == kind {
			return i
		}
	}
	t.Fatalf("no %s in %s", kind, tree)
	return syntax.None
}

func TestTreeShape(t *testing.T) {
	tree := parse(t, "// why\nexports.handler = a + `x${b}`;")
	want := "(program (comment) (expression_statement (assignment_expression" +
		" left: (member_expression object: (identifier) property: (property_identifier))" +
		" right: (binary_expression left: (identifier) operator: (+)" +
		" right: (template_string (string_fragment) (template_substitution (identifier)))))))"
	if got := tree.String(); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestSkipLeadsToSiblings(t *testing.T) {
	tree := parse(t, "a(1, 2); b; c = d;")
	var texts []string
	for i := 1; i < len(tree.Nodes); i += int(tree.Nodes[i].Skip) {
		texts = append(texts, tree.Text(i))
	}
	if got := strings.Join(texts, " "); got != "a(1, 2); b; c = d;" {
		t.Errorf("statements are %q", got)
	}
	if tree.End(tree.Root()) != len(tree.Nodes) {
		t.Errorf("the root spans %d nodes of %d", tree.End(tree.Root()), len(tree.Nodes))
	}
}

func TestChildren(t *testing.T) {
	tree := parse(t, "f(a, /* why */ b)")
	call := find(t, tree, "call_expression")
	if got := tree.Text(tree.Child(call, "function")); got != "f" {
		t.Errorf("function is %q", got)
	}
	arguments := tree.ChildOfKind(call, "arguments")
	var names []string
	for argument := range tree.NamedChildren(arguments) {
		names = append(names, tree.Text(argument))
	}
	if got := strings.Join(names, " "); got != "a b" {
		t.Errorf("arguments without the comment are %q", got)
	}
	if !tree.Is(tree.FirstNamed(arguments), "a") || tree.Is(arguments, "a") {
		t.Error("Is does not compare the text of the node")
	}
}

func TestNothingOfNone(t *testing.T) {
	tree := parse(t, "")
	none := tree.Child(tree.Child(tree.Root(), "left"), "object")
	if none != syntax.None {
		t.Fatalf("got node %d", none)
	}
	for child := range tree.Children(none) {
		t.Errorf("None has the child %d", child)
	}
	text := tree.Kind(none) + tree.Field(none) + tree.Text(none)
	if text != "" || tree.Has(none, 0) || tree.HasToken(none, "x") || tree.End(none) != 0 {
		t.Errorf("None is something: %q", text)
	}
}

func TestHasToken(t *testing.T) {
	tree := parse(t, "export default async function asynchronous() { return await 1 }")
	export, function := find(t, tree, "export_statement"), find(t, tree, "function_declaration")
	examples := []struct {
		node int
		word string
		want bool
	}{
		{export, "default", true},
		{export, "async", false}, // it stands in the child
		{function, "async", true},
		{function, "asynchronous", false}, // a child, and no token
		{function, "await", false},
	}
	for _, example := range examples {
		if got := tree.HasToken(example.node, example.word); got != example.want {
			t.Errorf("%s has %q: %v", tree.Kind(example.node), example.word, got)
		}
	}
}

func TestErrorsAreMarked(t *testing.T) {
	tree := parse(t, "good(); f(; also(); = )")
	if !tree.Broken() || !tree.Has(tree.Root(), syntax.HasError) {
		t.Error("the root is not marked")
	}
	if good := find(t, tree, "call_expression"); tree.Has(good, syntax.HasError) {
		t.Errorf("%q is marked", tree.Text(good))
	}
	marked := false
	for i := range tree.Nodes {
		marked = marked || tree.Has(i, syntax.Error) || tree.Has(i, syntax.Missing)
	}
	if !marked {
		t.Errorf("no node is an error in %s", tree)
	}
	if parse(t, "good()").Broken() {
		t.Error("a whole source is broken")
	}
}

func TestPosition(t *testing.T) {
	examples := []struct {
		name, source, at string
		line, column     int
	}{
		{"the beginning", "abc", "a", 1, 1},
		{"a later line", "a\nb\n  c", "c", 3, 3},
		{"after carriage return", "a\r\nb", "b", 2, 1},
		{"after other characters", "äöü€😀x", "x", 1, 6},
		{"after a byte order mark", "\ufeffx", "x", 1, 1},
		{"far into a long line", strings.Repeat("ä", 3000) + "x", "x", 1, 3001},
		{"far into a long second line", "\n" + strings.Repeat("€", 3000) + "x", "x", 2, 3001},
	}
	for _, example := range examples {
		lines := syntax.NewLines([]byte(example.source))
		line, column := lines.Position(strings.Index(example.source, example.at))
		if line != example.line || column != example.column {
			t.Errorf("%s: %d:%d, want %d:%d", example.name, line, column, example.line, example.column)
		}
	}
}

func TestPositionOutside(t *testing.T) {
	lines := syntax.NewLines([]byte("a\nbc"))
	if line, column := lines.Position(99); line != 2 || column != 3 {
		t.Errorf("after the end is %d:%d", line, column)
	}
	if line, column := lines.Position(-1); line != 1 || column != 1 {
		t.Errorf("before the beginning is %d:%d", line, column)
	}
	if line, column := syntax.NewLines(nil).Position(0); line != 1 || column != 1 {
		t.Errorf("an empty source begins at %d:%d", line, column)
	}
}

// TestTreesAreWellFormed checks what every walk relies on, on a broken source too.
func TestTreesAreWellFormed(t *testing.T) {
	source := []byte("class A:\n  def f(self, *a, b: int = 1):\n    return [x for x in a if (]\n\n@d\nasync def g(): pass\n")
	tree, err := python.Parse("a.py", source)
	if err != nil {
		t.Fatal(err)
	}
	for i, node := range tree.Nodes {
		if node.Skip < 1 || tree.End(i) > len(tree.Nodes) || node.Start > node.End || int(node.End) > len(source) {
			t.Fatalf("node %d is %+v of %d nodes", i, node, len(tree.Nodes))
		}
		for child := range tree.Children(i) {
			if c := tree.Nodes[child]; c.Start < node.Start || c.End > node.End || tree.End(child) > tree.End(i) {
				t.Errorf("%s %+v is not inside of %s %+v", tree.Kind(child), c, tree.Kind(i), node)
			}
		}
	}
}

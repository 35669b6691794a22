// Package syntax holds what is read from one source file: a flat tree with
// positions, and the names the file gives to others.
//
// A tree is one slice of 16-byte nodes in preorder. There are no pointers in
// it, so it costs about two bytes for each byte of source, is cheap to keep and
// to hash, and a scan over every node is a loop. The languages are subpackages:
// javascript and python fill trees through treesitter, golang uses go/parser
// and gives symbols only. What the names mean for a deployed function, and what
// data does inside it, is for others to find out.
package syntax

import (
	"bytes"
	"iter"
	"strings"
)

// None is the node that is not there. Every method of Tree takes it and answers
// with nothing, so that look-ups can be chained.
const None = -1

// MaxSource is the size in bytes above which a source file is refused. Hostile
// sources of this size cost about 200 MB and a second; larger ones cost more
// and are generated code in practice.
const MaxSource = 512 << 10

// MaxDepth is how deep nodes may nest before the tree is cut.
const MaxDepth = 2000

// Flags tell what is special about a node.
type Flags uint8

const (
	// Named is set on nodes that are a rule of the grammar, and not on kept
	// tokens such as an operator.
	Named Flags = 1 << iota
	// Error is set on text the parser could not place.
	Error
	// Missing is set on a node the parser invented to go on; it has no text.
	Missing
	// HasError is set on nodes with an Error or a Missing below or at them.
	HasError
)

// Node is one node of a Tree. The children of node i start at i+1; its next
// sibling is at i+Skip.
type Node struct {
	Kind  uint16 // index into Grammar.Kinds
	Field uint8  // index into Grammar.Fields; 0 is no field
	Flags Flags
	Start uint32 // offset of the first byte
	End   uint32 // offset after the last byte
	Skip  uint32 // number of nodes in the subtree, this one included
}

// Grammar names the kinds and fields of the nodes of one language. Trees of the
// same language share it; it must not be changed.
type Grammar struct {
	Language string   // such as "python"
	Kinds    []string // kind names, such as "call_expression"
	Fields   []string // field names, such as "left"; the first is ""
}

// Tree is one parsed source file. It is complete once built and may be read by
// many at a time.
//
// Only nodes that are named or stand in a field are kept. The tokens in between
// (keywords, brackets) are still in the source: see HasToken.
type Tree struct {
	Name    string // the file's name, for messages
	Source  []byte
	Nodes   []Node
	Grammar *Grammar
	// Truncated says which limit cut the tree, or is empty when it is whole.
	Truncated string

	lines Lines
}

// NewTree joins nodes and their source to a tree. The nodes must be in preorder
// with offsets inside the source.
func NewTree(name string, source []byte, nodes []Node, grammar *Grammar) *Tree {
	return &Tree{Name: name, Source: source, Nodes: nodes, Grammar: grammar, lines: NewLines(source)}
}

// Root returns the first node, or None for an empty tree.
func (t *Tree) Root() int {
	if len(t.Nodes) == 0 {
		return None
	}
	return 0
}

// Broken reports whether the source has syntax errors.
func (t *Tree) Broken() bool {
	return t.Has(t.Root(), HasError)
}

// Has reports whether the node carries all of the flags.
func (t *Tree) Has(node int, flags Flags) bool {
	return node >= 0 && t.Nodes[node].Flags&flags == flags
}

// Kind returns the name of the node's kind, or "" for None.
func (t *Tree) Kind(node int) string {
	if node < 0 {
		return ""
	}
	return t.Grammar.Kinds[t.Nodes[node].Kind]
}

// Field returns the name of the field the node stands in, or "".
func (t *Tree) Field(node int) string {
	if node < 0 {
		return ""
	}
	return t.Grammar.Fields[t.Nodes[node].Field]
}

// Text returns the source of the node, or "" for None.
func (t *Tree) Text(node int) string {
	if node < 0 {
		return ""
	}
	return string(t.Source[t.Nodes[node].Start:t.Nodes[node].End])
}

// Is reports whether the source of the node is exactly the text.
func (t *Tree) Is(node int, text string) bool {
	return node >= 0 && string(t.Source[t.Nodes[node].Start:t.Nodes[node].End]) == text
}

// End returns the index after the last node of the subtree. It is the next
// sibling where there is one.
func (t *Tree) End(node int) int {
	if node < 0 {
		return 0
	}
	return node + int(t.Nodes[node].Skip)
}

// Children yields the direct children of the node in source order.
func (t *Tree) Children(node int) iter.Seq[int] {
	return func(yield func(int) bool) {
		if node < 0 {
			return
		}
		for child, end := node+1, t.End(node); child < end; child = t.End(child) {
			if !yield(child) {
				return
			}
		}
	}
}

// NamedChildren yields the direct children that are named and no comment.
func (t *Tree) NamedChildren(node int) iter.Seq[int] {
	return func(yield func(int) bool) {
		for child := range t.Children(node) {
			if t.Has(child, Named) && t.Kind(child) != "comment" && !yield(child) {
				return
			}
		}
	}
}

// Child returns the first child in the field, or None.
func (t *Tree) Child(node int, field string) int {
	for child := range t.Children(node) {
		if t.Field(child) == field {
			return child
		}
	}
	return None
}

// ChildOfKind returns the first child of the kind, or None.
func (t *Tree) ChildOfKind(node int, kind string) int {
	for child := range t.Children(node) {
		if t.Kind(child) == kind {
			return child
		}
	}
	return None
}

// FirstNamed returns the first named child that is no comment, or None.
func (t *Tree) FirstNamed(node int) int {
	for child := range t.NamedChildren(node) {
		return child
	}
	return None
}

// HasToken reports whether the word stands in the node outside of its children:
// a keyword or a sign the tree does not keep, such as the "default" of an export.
func (t *Tree) HasToken(node int, word string) bool {
	if node < 0 {
		return false
	}
	from := t.Nodes[node].Start
	for child := range t.Children(node) {
		if hasWord(t.Source[from:max(from, t.Nodes[child].Start)], word) {
			return true
		}
		from = t.Nodes[child].End
	}
	return hasWord(t.Source[from:max(from, t.Nodes[node].End)], word)
}

// hasWord compares whole words only where words touch: between two children
// there is rarely more than one token, but "async function" is two.
func hasWord(gap []byte, word string) bool {
	if !isLetter(word[0]) {
		return bytes.Contains(gap, []byte(word))
	}
	for _, part := range bytes.FieldsFunc(gap, func(r rune) bool { return r < 128 && !isLetter(byte(r)) }) {
		if string(part) == word {
			return true
		}
	}
	return false
}

func isLetter(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == '_'
}

// Comment is one comment of a source.
type Comment struct {
	Line, Col int    // where it begins
	Text      string // without the signs around it
	Alone     bool   // nothing stands before it on its line
}

// Comments lists the comments in source order.
func (t *Tree) Comments() []Comment {
	var out []Comment
	for node := range t.Nodes {
		if t.Kind(node) != "comment" {
			continue
		}
		start := int(t.Nodes[node].Start)
		line, col := t.Position(start)
		before := t.Source[:start]
		before = before[bytes.LastIndexByte(before, '\n')+1:]
		text := strings.TrimSuffix(strings.TrimLeft(t.Text(node), "/*#"), "*/")
		out = append(out, Comment{Line: line, Col: col, Text: strings.TrimSpace(text), Alone: len(bytes.TrimSpace(before)) == 0})
	}
	return out
}

// Position returns the line and the column of an offset, both counted from 1.
// Columns count characters (runes), not bytes.
func (t *Tree) Position(offset int) (line, column int) {
	return t.lines.Position(offset)
}

// String writes the tree as nested brackets, with the field before a node it
// stands in: (assignment_expression left: (identifier) right: (number)).
func (t *Tree) String() string {
	var out strings.Builder
	t.write(&out, t.Root())
	return out.String()
}

func (t *Tree) write(out *strings.Builder, node int) {
	if node < 0 {
		return
	}
	// One loop with a stack of ends, since trees may be deep.
	var ends []int
	for i := node; i < t.End(node); i++ {
		for len(ends) > 0 && i == ends[len(ends)-1] {
			out.WriteByte(')')
			ends = ends[:len(ends)-1]
		}
		if i > node {
			out.WriteByte(' ')
		}
		if field := t.Field(i); field != "" {
			out.WriteString(field + ": ")
		}
		out.WriteByte('(')
		if t.Has(i, Missing) {
			out.WriteString("missing ")
		}
		out.WriteString(t.Kind(i))
		ends = append(ends, t.End(i))
	}
	out.WriteString(strings.Repeat(")", len(ends)))
}

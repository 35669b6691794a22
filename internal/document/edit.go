package document

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"sort"

	"go.yaml.in/yaml/v3"

	"wardlet.example/internal/model"
)

// Editor changes single values of a YAML or JSON file and leaves every other byte as it is: comments, quotes, order and
// indentation stay. Changes are noted first and made all together by Bytes.
type Editor struct {
	src     *source
	data    []byte // as it was given
	root    *yaml.Node
	parents map[*yaml.Node]*yaml.Node
	tag     func(key string) (tag string, ok bool)

	removed  map[*yaml.Node]bool
	replaced map[*yaml.Node]*model.Value
	added    map[*yaml.Node][]*model.Value // to the end of a list, or of a map: maps of one field
	err      error
}

// yamlNode is a node of the library.
type yamlNode = yaml.Node

// Node is a value of a file that is edited.
type Node struct {
	e *Editor
	n *yaml.Node
}

// NewEditor reads a file to change it. tag gives the YAML tag that a key is written as where that is usual, "!Ref" for "Ref"; it
// may be nil. The error says where and why a file cannot be changed.
func NewEditor(file string, data []byte, tag func(key string) (string, bool)) (*Editor, error) {
	if bytes.HasPrefix(data, []byte(utf16BEBOM)) || bytes.HasPrefix(data, []byte(utf16LEBOM)) {
		return nil, &refusal{model.Pos{File: file}, "is UTF-16, which is read but not changed", "save the file as UTF-8"}
	}
	src, refused := newSource(file, data)
	if refused != nil {
		return nil, refused
	}
	if tooDense(src.text, defaultMaxValues) {
		return nil, &refusal{src.pos(0), "is too large to be changed", ""}
	}
	if chooseStandIns(src.text).put != nil {
		return nil, &refusal{src.pos(0), "holds line breaks that only YAML 1.1 knows", "replace NEL, LS and PS by ordinary line breaks"}
	}
	root, refused := decode(src)
	if refused != nil {
		return nil, refused
	}
	if root == nil {
		return nil, &refusal{src.pos(0), "is empty", ""}
	}
	e := &Editor{
		src: src, data: data, root: root, parents: map[*yaml.Node]*yaml.Node{}, tag: tag,
		removed: map[*yaml.Node]bool{}, replaced: map[*yaml.Node]*model.Value{}, added: map[*yaml.Node][]*model.Value{},
	}
	e.adopt(root, 0)
	if e.err != nil {
		return nil, e.err
	}
	return e, nil
}

func (e *Editor) adopt(n *yaml.Node, depth int) {
	if depth > maxDepth {
		e.err = tooDeep(e.pos(n))
		return
	}
	for _, c := range n.Content {
		e.parents[c] = n
		e.adopt(c, depth+1)
	}
}

// Root is the outermost value of the file.
func (e *Editor) Root() Node { return Node{e, e.root} }

// JSON reports whether the file is written as JSON.
func (e *Editor) JSON() bool { return e.inFlow(e.root) && looksLikeJSON(e.src.text) }

// At gives the innermost value that begins at a place: the scalar, or the list or map where no scalar begins there. A key counts
// as a scalar. ok is false where nothing begins there.
func (e *Editor) At(pos model.Pos) (n Node, ok bool) {
	var found *yaml.Node
	e.walk(e.root, func(n *yaml.Node) {
		if n.Line == pos.Line && n.Column == pos.Col {
			found = n
		}
	})
	return Node{e, found}, found != nil
}

// MapAt is the innermost map that begins at a place.
func (e *Editor) MapAt(pos model.Pos) (n Node, ok bool) {
	var found *yaml.Node
	e.walk(e.root, func(n *yaml.Node) {
		if n.Line == pos.Line && n.Column == pos.Col && n.Kind == yaml.MappingNode {
			found = n
		}
	})
	return Node{e, found}, found != nil
}

func (e *Editor) walk(n *yaml.Node, visit func(*yaml.Node)) {
	visit(n)
	for _, c := range n.Content {
		e.walk(c, visit)
	}
}

// Text is the text of a scalar; empty for lists and maps.
func (n Node) Text() string {
	if n.n == nil || n.n.Kind != yaml.ScalarNode {
		return ""
	}
	return n.n.Value
}

// IsList reports whether a value is a list.
func (n Node) IsList() bool { return n.n != nil && n.n.Kind == yaml.SequenceNode }

// Items are the values of a list, one for a value that is none.
func (n Node) Items() []Node {
	if n.n == nil {
		return nil
	}
	if n.n.Kind != yaml.SequenceNode {
		return []Node{n}
	}
	var out []Node
	for _, c := range n.n.Content {
		out = append(out, Node{n.e, c})
	}
	return out
}

// Get is the value of a key of a map.
func (n Node) Get(key string) (Node, bool) {
	if n.n == nil || n.n.Kind != yaml.MappingNode {
		return Node{}, false
	}
	for i := 0; i+1 < len(n.n.Content); i += 2 {
		if n.n.Content[i].Value == key {
			return Node{n.e, n.n.Content[i+1]}, true
		}
	}
	return Node{}, false
}

// Up is the list or map that a value stands in; ok is false for the root.
func (n Node) Up() (up Node, ok bool) {
	p := n.e.parents[n.n]
	return Node{n.e, p}, p != nil
}

// Len is the number of elements of a list, or of entries of a map.
func (n Node) Len() int {
	if n.n == nil {
		return 0
	}
	if n.n.Kind == yaml.MappingNode {
		return len(n.n.Content) / 2
	}
	return len(n.n.Content)
}

// Tag is the tag that a value is written with, such as !Ref; empty where there is none.
func (n Node) Tag() string {
	if n.n == nil || !isTagged(n.n) || isStandardTag(n.n.Tag) {
		return ""
	}
	return n.n.Tag
}

// Only is the one entry of a map.
func (n Node) Only() (key string, v Node, ok bool) {
	if n.n == nil || n.n.Kind != yaml.MappingNode || len(n.n.Content) != 2 {
		return "", Node{}, false
	}
	return n.n.Content[0].Value, Node{n.e, n.n.Content[1]}, true
}

// IsKeyed reports whether a value is that of a key.
func (n Node) IsKeyed(key string) bool {
	p := n.e.parents[n.n]
	if p == nil || p.Kind != yaml.MappingNode {
		return false
	}
	i := slices.Index(p.Content, n.n)
	return i%2 == 1 && p.Content[i-1].Value == key
}

// InJSON reports whether the file of a value is written as JSON.
func (n Node) InJSON() bool { return n.e.JSON() }

// Rename writes another text in the place of a key.
func (n Node) Rename(key string) error {
	if !n.IsKey() || n.n.Kind != yaml.ScalarNode {
		return &refusal{n.e.pos(n.n), "is no key", ""}
	}
	if err := n.e.mayChange(n.n); err != nil {
		return err
	}
	n.e.replaced[n.n] = model.NewString(key, model.Origin{})
	return nil
}

// IsKey reports whether a value is the key of a map.
func (n Node) IsKey() bool {
	p := n.e.parents[n.n]
	return p != nil && p.Kind == yaml.MappingNode && slices.Index(p.Content, n.n)%2 == 0
}

// Lines are the first and the last line of a value.
func (n Node) Lines() (first, last int) {
	w := &writing{Editor: n.e}
	return n.n.Line, n.e.src.pos(max(w.start(n.n), w.end(n.n)-1)).Line
}

// Remove takes an element out of its list, or an entry out of its map, named by its key or value. Lists and maps that get empty by
// that go as well.
func (n Node) Remove() error {
	if err := n.e.mayChange(n.n); err != nil {
		return err
	}
	p := n.e.parents[n.n]
	if p == nil {
		return &refusal{n.e.pos(n.n), "is the whole file", ""}
	}
	if p.Kind == yaml.MappingNode {
		value := p.Content[slices.Index(p.Content, n.n)|1]
		if err := n.e.mayChange(value); err != nil {
			return err
		}
		n.e.removed[value] = true
		return nil
	}
	n.e.removed[n.n] = true
	return nil
}

// Replace puts another value in the place of one.
func (n Node) Replace(v *model.Value) error {
	if err := n.e.mayChange(n.n); err != nil {
		return err
	}
	if n.IsKey() {
		return &refusal{n.e.pos(n.n), "a key is not replaced", ""}
	}
	n.e.replaced[n.n] = v
	return nil
}

// Append adds a value to the end of a list; a map of one field adds that field to a map.
func (n Node) Append(v *model.Value) error {
	if err := n.e.mayChange(n.n); err != nil {
		return err
	}
	if len(n.n.Content) == 0 || n.n.Kind != yaml.SequenceNode && (n.n.Kind != yaml.MappingNode || v.Kind != model.Map || len(v.Fields) != 1) {
		return &refusal{n.e.pos(n.n), "nothing can be added here", ""}
	}
	n.e.added[n.n] = append(n.e.added[n.n], v)
	return nil
}

// mayChange refuses what is shared with other places of the file.
func (e *Editor) mayChange(n *yaml.Node) error {
	for up := n; up != nil; up = e.parents[up] {
		switch {
		case up.Kind == yaml.AliasNode:
			return &refusal{e.pos(up), fmt.Sprintf("*%s stands for a text elsewhere", shorten(up.Value)), "change it where its anchor is"}
		case up.Anchor != "":
			return &refusal{e.pos(up), fmt.Sprintf("the anchor &%s shares this text with other places", shorten(up.Anchor)), "change it by hand"}
		}
	}
	var inside error
	e.walk(n, func(n *yaml.Node) {
		if n.Anchor != "" && inside == nil {
			inside = &refusal{e.pos(n), fmt.Sprintf("the anchor &%s shares this text with other places", shorten(n.Anchor)), "change it by hand"}
		}
	})
	return inside
}

func (e *Editor) pos(n *yaml.Node) model.Pos {
	return model.Pos{File: e.src.file, Line: n.Line, Col: n.Column}
}

// change is a range of bytes with what stands there afterwards.
type change struct {
	start, end int
	text       string
}

// Bytes is the file with all changes. It is read again and held against what was meant: nothing else may differ, and no comment may
// be lost that does not stand in what was changed.
func (e *Editor) Bytes() ([]byte, error) {
	e.prune(e.root)
	if e.removed[e.root] {
		return nil, &refusal{e.pos(e.root), "nothing of the file would be left", "delete it"}
	}
	w := &writing{Editor: e}
	w.visit(e.root)
	sort.SliceStable(w.changes, func(i, j int) bool { return w.changes[i].start < w.changes[j].start })
	bom := len(e.data) - len(e.src.text)
	out := append([]byte{}, e.data[:bom]...)
	at := 0
	for _, c := range w.changes {
		if c.start < at {
			return nil, &refusal{e.src.pos(c.start), "two changes meet here", "change it by hand"}
		}
		out = append(append(out, e.src.text[at:c.start]...), c.text...)
		at = c.end
	}
	out = append(out, e.src.text[at:]...)
	if err := e.check(out, w.changes); err != nil {
		return nil, err
	}
	return out, nil
}

// prune marks lists and maps as removed whose entries all are.
func (e *Editor) prune(n *yaml.Node) {
	if e.replaced[n] != nil || len(n.Content) == 0 {
		return
	}
	all := true
	for i, c := range n.Content {
		if n.Kind == yaml.MappingNode && i%2 == 0 {
			continue
		}
		e.prune(c)
		all = all && e.removed[c]
	}
	switch added := e.added[n]; {
	case all && len(added) == 0:
		e.removed[n] = true
	case all: // nothing of it stays but what is new
		e.replaced[n] = model.NewList(added, model.Origin{})
		if n.Kind == yaml.MappingNode {
			var fields []model.Field
			for _, v := range added {
				fields = append(fields, v.Fields...)
			}
			e.replaced[n] = model.NewMap(fields, model.Origin{})
		}
	}
}

var errOtherChanges = errors.New("the file would not be the same elsewhere")

// check reads the changed file and compares it with what was meant.
func (e *Editor) check(out []byte, changes []change) error {
	src, refused := newSource(e.src.file, out)
	if refused != nil {
		return refused
	}
	root, refused := decode(src)
	if refused != nil {
		return fmt.Errorf("%s: after the change: %w", e.src.file, refused)
	}
	if !same(e.meant(e.root), root) {
		return fmt.Errorf("%s: %w: change it by hand", e.src.file, errOtherChanges)
	}
	before, after := e.comments(e.src, e.root), e.comments(src, root)
	i := 0
	for _, c := range before {
		at := e.src.offset(c.Line, c.Col)
		if slices.ContainsFunc(changes, func(c change) bool { return at >= c.start && at < c.end }) {
			continue
		}
		if i >= len(after) || after[i].Text != c.Text {
			return fmt.Errorf("%s:%d: the comment here would be lost: change it by hand", e.src.file, c.Line)
		}
		i++
	}
	return nil
}

func (e *Editor) comments(src *source, root *yaml.Node) []Comment {
	return newCommentScan(src, standIns{}, root).all()
}

// meant is the tree as it is to be.
func (e *Editor) meant(n *yaml.Node) *yaml.Node {
	if v := e.replaced[n]; v != nil {
		return e.made(v)
	}
	out := *n
	out.Content = nil
	for i := 0; i < len(n.Content); i++ {
		c := n.Content[i]
		if n.Kind == yaml.MappingNode {
			if i++; e.removed[n.Content[i]] {
				continue
			}
			if v := e.replaced[c]; v != nil {
				c = e.made(v)
			}
			out.Content = append(out.Content, c)
			c = n.Content[i]
		} else if e.removed[c] {
			continue
		}
		out.Content = append(out.Content, e.meant(c))
	}
	for _, v := range e.added[n] {
		m := e.made(v)
		if n.Kind == yaml.MappingNode {
			out.Content = append(out.Content, m.Content...)
		} else {
			out.Content = append(out.Content, m)
		}
	}
	return &out
}

// same reports whether two trees say the same.
func same(a, b *yaml.Node) bool {
	if a.Kind != b.Kind || a.Anchor != b.Anchor || a.ShortTag() != b.ShortTag() || a.Value != b.Value || len(a.Content) != len(b.Content) {
		return false
	}
	for i := range a.Content {
		if !same(a.Content[i], b.Content[i]) {
			return false
		}
	}
	return true
}

package document

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"

	"wardlet.example/internal/model"
)

// writing turns what is to change into ranges of bytes.
type writing struct {
	*Editor
	changes []change
	double  bool // texts are written in double quotes, as what stood there
}

func (w *writing) put(start, end int, text string) {
	w.changes = append(w.changes, change{start, end, text})
}

// visit goes through what stays.
func (w *writing) visit(n *yaml.Node) {
	if v := w.replaced[n]; v != nil {
		w.replace(n, v)
		return
	}
	if n.Kind == yaml.AliasNode || len(n.Content) == 0 {
		return
	}
	all := w.entries(n)
	if w.inFlow(n) {
		w.removeFlow(all)
	} else {
		w.removeBlock(all)
	}
	for _, it := range all {
		if it.gone {
			continue
		}
		if v := w.replaced[it.first]; v != nil && it.first != it.value { // another key
			w.put(w.start(it.first), w.end(it.first), w.key(n, v.Str))
		}
		w.visit(it.value)
	}
	w.append(n, all)
}

// entry is an element of a list, or a key with its value.
type entry struct {
	first, value *yaml.Node // the key, or the element itself
	gone         bool
}

func (w *writing) entries(n *yaml.Node) []entry {
	var out []entry
	for i := 0; i < len(n.Content); i++ {
		it := entry{first: n.Content[i], value: n.Content[i]}
		if n.Kind == yaml.MappingNode {
			i++
			it.value = n.Content[i]
		}
		it.gone = w.removed[it.value]
		out = append(out, it)
	}
	return out
}

// inFlow reports whether a list or map is written with brackets, or stands in one that is.
func (e *Editor) inFlow(n *yaml.Node) bool {
	for ; n != nil; n = e.parents[n] {
		if n.Style&yaml.FlowStyle != 0 {
			return true
		}
	}
	return false
}

// removeFlow takes entries out of a list or map with brackets, with the comma before or after them.
func (w *writing) removeFlow(all []entry) {
	kept := -1
	for i := 0; i < len(all); {
		if !all[i].gone {
			kept = i
			i++
			continue
		}
		j := i
		for j < len(all) && all[j].gone {
			j++
		}
		switch {
		case j < len(all):
			w.put(w.start(all[i].first), w.start(all[j].first), "")
		case kept >= 0:
			w.put(w.end(all[kept].value), w.end(all[j-1].value), "")
		}
		i = j
	}
}

// removeBlock takes whole lines out. The first entry of a map may stand behind a dash; then the next one moves there.
func (w *writing) removeBlock(all []entry) {
	for i := 0; i < len(all); {
		if !all[i].gone {
			i++
			continue
		}
		j := i
		for j < len(all) && all[j].gone {
			j++
		}
		start := w.entryStart(all[i])
		lineStart := w.src.lines[w.src.pos(start).Line-1]
		if len(bytes.TrimSpace(w.src.text[lineStart:start])) > 0 {
			if j < len(all) {
				w.put(start, w.entryStart(all[j]), "")
			}
		} else {
			w.put(lineStart, w.afterLine(w.end(all[j-1].value)), "")
		}
		i = j
	}
}

// entryStart is where an entry begins: at the dash of an element.
func (w *writing) entryStart(it entry) int {
	at := w.start(it.first)
	if p := w.parents[it.first]; p.Kind == yaml.SequenceNode {
		for i := at - 1; i >= 0; i-- {
			if c := w.src.text[i]; c == '-' {
				return i
			} else if !isSpace(c) {
				break
			}
		}
	}
	return at
}

// afterLine is where the line after a place begins.
func (w *writing) afterLine(at int) int {
	if at > 0 && at <= len(w.src.text) && isBreak(w.src.text[at-1]) { // a block ends with its line
		return at
	}
	return at + lineEnd(w.src.text[at:])
}

func (w *writing) start(n *yaml.Node) int { return w.src.offset(n.Line, n.Column) }

// end is where the text of a value ends.
func (w *writing) end(n *yaml.Node) int {
	text, at := w.src.text, w.start(n)
	if n.Kind == yaml.AliasNode {
		return at + 1 + len(n.Value)
	}
	content := skipProperties(text, at)
	switch {
	case n.Kind == yaml.ScalarNode && isQuoted(n):
		if n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0 {
			return textEnd(text, content+lineEnd(text[content:]), n)
		}
		return textEnd(text, content, n)
	case n.Kind == yaml.ScalarNode && n.Value == "":
		for at < len(text) && (text[at] == '!' || text[at] == '&') { // a tag alone
			for at < len(text) && !isSpace(text[at]) {
				at++
			}
		}
		return at
	case n.Kind == yaml.ScalarNode:
		return plainEnd(text, content, n.Value)
	case n.Style&yaml.FlowStyle != 0:
		inner := content + 1
		if len(n.Content) > 0 {
			inner = w.end(n.Content[len(n.Content)-1])
		}
		return closing(text, inner)
	case len(n.Content) == 0:
		return content
	}
	return w.end(n.Content[len(n.Content)-1])
}

// plainEnd is where a scalar without quotes ends, which may go over lines.
func plainEnd(text []byte, at int, value string) int {
	for _, c := range []byte(value) {
		if isSpace(c) {
			continue
		}
		for at < len(text) && isSpace(text[at]) {
			at++
		}
		if at < len(text) {
			at++
		}
	}
	return at
}

// closing is the place after the bracket that closes a list or map, from the end of its last value.
func closing(text []byte, at int) int {
	for at < len(text) {
		switch c := text[at]; {
		case c == ']' || c == '}':
			return at + 1
		case c == '#' && isSpace(text[at-1]):
			at += lineEnd(text[at:])
		default:
			at++
		}
	}
	return at
}

// inDouble reports whether the first text of a value is written in double quotes.
func inDouble(n *yaml.Node) bool {
	for n.Kind == yaml.SequenceNode && len(n.Content) > 0 {
		n = n.Content[0]
	}
	return n.Kind == yaml.ScalarNode && n.Style&yaml.DoubleQuotedStyle != 0
}

// replace writes another value in the place of one.
func (w *writing) replace(n *yaml.Node, v *model.Value) {
	w.double = inDouble(n)
	defer func() { w.double = false }()
	start, end := w.start(n), w.end(n)
	p := w.parents[n]
	if w.inFlow(n) || p != nil && w.inFlow(p) {
		w.put(start, end, w.flow(v, w.lineIndent(start), bytes.ContainsAny(w.src.text[start:end], "\r\n")))
		return
	}
	if isScalarLike(v, w.tag) {
		if !isSpace(w.before(start)) || n.Kind == yaml.ScalarNode || p.Kind == yaml.SequenceNode {
			w.put(start, end, w.scalar(v))
			return
		}
		w.put(w.afterKey(start), end, " "+w.scalar(v)) // a list below its key
		return
	}
	indent := n.Column - 1
	if p != nil && p.Kind == yaml.MappingNode {
		key := p.Content[indexOf(p, n)-1]
		if indent = key.Column - 1 + w.step(); v.Kind == model.List {
			indent = key.Column - 1 + w.listStep()
		}
		w.put(w.afterKey(start), end, w.newline()+w.block(v, indent))
		return
	}
	w.put(start, end, strings.TrimLeft(w.block(v, indent), " "))
}

func (w *writing) before(at int) byte {
	if at == 0 {
		return '\n'
	}
	return w.src.text[at-1]
}

// afterKey is the place after the colon before a value.
func (w *writing) afterKey(start int) int {
	for at := start - 1; at >= 0; at-- {
		if w.src.text[at] == ':' {
			return at + 1
		}
	}
	return start
}

func indexOf(p, n *yaml.Node) int {
	for i, c := range p.Content {
		if c == n {
			return i
		}
	}
	return -1
}

// append adds values at the end of a list or map.
func (w *writing) append(n *yaml.Node, all []entry) {
	added := w.added[n]
	if len(added) == 0 {
		return
	}
	w.double = n.Kind == yaml.SequenceNode && inDouble(n)
	defer func() { w.double = false }()
	last := all[len(all)-1]
	if last.gone { // what is removed at the end makes room for what is added
		for i := len(all) - 1; i >= 0 && last.gone; i-- {
			last = all[i]
		}
	}
	at := w.end(all[len(all)-1].value)
	if w.inFlow(n) {
		many := bytes.ContainsAny(w.src.text[w.start(n):w.end(n)], "\r\n")
		indent := w.lineIndent(w.start(all[0].first))
		for _, v := range added {
			sep := ", "
			if many {
				sep = "," + w.newline() + strings.Repeat(" ", indent)
			}
			text := w.flow(v, indent, many)
			if n.Kind == yaml.MappingNode {
				text = strings.TrimSpace(strings.TrimSuffix(strings.TrimPrefix(text, "{"), "}"))
			}
			w.put(at, at, sep+text)
		}
		return
	}
	at = w.afterLine(at)
	var text strings.Builder
	if at > 0 && !isBreak(w.src.text[at-1]) {
		text.WriteString(w.newline())
	}
	first := w.entryStart(all[0])
	indent := w.src.pos(first).Col - 1
	for _, v := range added {
		if n.Kind == yaml.SequenceNode {
			v = model.NewList([]*model.Value{v}, v.Origin)
		}
		text.WriteString(w.block(v, indent) + w.newline())
	}
	w.put(at, at, text.String())
}

// newline is the line break of the file.
func (w *writing) newline() string {
	if i := bytes.IndexByte(w.src.text, '\n'); i > 0 && w.src.text[i-1] == '\r' {
		return "\r\n"
	}
	return "\n"
}

// step is by how much maps are indented below their keys, listStep by how much lists are: as the file has it most often.
func (w *writing) step() int     { return w.indents(yaml.MappingNode, 2) }
func (w *writing) listStep() int { return w.indents(yaml.SequenceNode, w.step()) }

func (w *writing) indents(kind yaml.Kind, usual int) int {
	count := map[int]int{}
	w.walk(w.root, func(n *yaml.Node) {
		p := w.parents[n]
		if n.Kind != kind || p == nil || p.Kind != yaml.MappingNode || n.Style&yaml.TaggedStyle != 0 || w.inFlow(n) {
			return
		}
		if at := indexOf(p, n); at%2 == 1 && n.Line > p.Content[at-1].Line {
			count[n.Column-p.Content[at-1].Column]++
		}
	})
	best := usual
	for step, times := range count {
		if times > count[best] || times == count[best] && step < best {
			best = step
		}
	}
	return best
}

// lineIndent is how far the line of a place is indented.
func (w *writing) lineIndent(at int) int {
	line := w.src.line(w.src.pos(at).Line)
	return len(line) - len(bytes.TrimLeft(line, " \t"))
}

// block writes a value in lines, each with so many blanks before it, without a line break at the end.
func (w *writing) block(v *model.Value, indent int) string {
	pad := strings.Repeat(" ", indent)
	var lines []string
	switch {
	case isScalarLike(v, w.tag):
		return pad + w.scalar(v)
	case v.Kind == model.List:
		for _, it := range v.Items {
			text := w.block(it, indent+2)
			lines = append(lines, pad+"- "+text[indent+2:])
		}
	default:
		for _, f := range v.Fields {
			if isScalarLike(f.Value, w.tag) {
				lines = append(lines, pad+plainKey(f.Key)+": "+w.scalar(f.Value))
				continue
			}
			step := w.step()
			if f.Value.Kind == model.List {
				step = w.listStep()
			}
			lines = append(lines, pad+plainKey(f.Key)+":"+w.newline()+w.block(f.Value, indent+step))
		}
	}
	return strings.Join(lines, w.newline())
}

// isScalarLike reports whether a value is written on the line of its key.
func isScalarLike(v *model.Value, tag func(string) (string, bool)) bool {
	_, tagged := tagOf(v, tag)
	return tagged || v.Kind != model.List && v.Kind != model.Map || len(v.Items)+len(v.Fields) == 0
}

// tagOf is the tag that a map of one field is written as, where its value is a text.
func tagOf(v *model.Value, tag func(string) (string, bool)) (string, bool) {
	if v.Kind != model.Map || len(v.Fields) != 1 || tag == nil {
		return "", false
	}
	if _, ok := v.Fields[0].Value.Scalar(); !ok {
		return "", false
	}
	return tag(v.Fields[0].Key)
}

func (w *writing) scalar(v *model.Value) string {
	if tag, ok := tagOf(v, w.tag); ok {
		text, _ := v.Fields[0].Value.Scalar()
		if isPlain(text) {
			return tag + " " + text
		}
		return tag + " " + w.quoted(text)
	}
	if v.Kind == model.List {
		return "[]"
	}
	if v.Kind == model.Map {
		return "{}"
	}
	s, _ := v.Scalar()
	if v.Kind != model.String || isPlain(s) && !w.double {
		return s
	}
	return w.quoted(s)
}

// quoted is a text in the quotes of what stood there.
func (w *writing) quoted(s string) string {
	if w.double {
		return jsonText(s)
	}
	return "'" + strings.ReplaceAll(s, "'", "''") + "'"
}

var plainText = regexp.MustCompile(`^[A-Za-z_/][A-Za-z0-9_./:*@+-]*[A-Za-z0-9_/*]$|^[A-Za-z_]$`)

// isPlain reports whether a text can be written without quotes and is a text then.
func isPlain(s string) bool {
	var n yaml.Node
	if !plainText.MatchString(s) || yaml.Unmarshal([]byte(s), &n) != nil || len(n.Content) != 1 {
		return false
	}
	return n.Content[0].Tag == "!!str" && n.Content[0].Value == s
}

// key writes the key of a map.
func (w *writing) key(n *yaml.Node, s string) string {
	if w.inFlow(n) {
		return w.quote(s)
	}
	return plainKey(s)
}

func plainKey(s string) string {
	if isPlain(s) {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", "''") + "'"
}

// flow writes a value with brackets, as JSON where the file is JSON.
func (w *writing) flow(v *model.Value, indent int, lines bool) string {
	if tag, ok := tagOf(v, w.tag); ok && !w.JSON() {
		return tag + " " + w.flow(v.Fields[0].Value, indent, lines)
	}
	var parts []string
	open, shut := "[", "]"
	switch v.Kind {
	case model.List:
		for _, it := range v.Items {
			parts = append(parts, w.flow(it, indent+2, lines))
		}
	case model.Map:
		open, shut = "{", "}"
		for _, f := range v.Fields {
			parts = append(parts, w.quote(f.Key)+": "+w.flow(f.Value, indent+2, lines))
		}
	case model.String:
		return w.quote(v.Str)
	default:
		s, _ := v.Scalar()
		return s
	}
	if !lines || len(parts) == 0 {
		return open + strings.Join(parts, ", ") + shut
	}
	pad := w.newline() + strings.Repeat(" ", indent+2)
	return open + pad + strings.Join(parts, ","+pad) + w.newline() + strings.Repeat(" ", indent) + shut
}

func (w *writing) quote(s string) string {
	if w.JSON() {
		return jsonText(s)
	}
	if isPlain(s) && !w.double {
		return s
	}
	return w.quoted(s)
}

// jsonText is a text in double quotes.
func jsonText(s string) string {
	b := &bytes.Buffer{}
	enc := json.NewEncoder(b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(s); err != nil {
		return fmt.Sprintf("%q", s)
	}
	return strings.TrimSpace(b.String())
}

// made is a value as a node of the library.
func (e *Editor) made(v *model.Value) *yaml.Node {
	if tag, ok := tagOf(v, e.tag); ok && !e.JSON() {
		n := e.made(v.Fields[0].Value)
		n.Tag, n.Style = tag, yaml.TaggedStyle
		return n
	}
	switch v.Kind {
	case model.List:
		n := &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq"}
		for _, it := range v.Items {
			n.Content = append(n.Content, e.made(it))
		}
		return n
	case model.Map:
		n := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
		for _, f := range v.Fields {
			n.Content = append(n.Content, &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: f.Key}, e.made(f.Value))
		}
		return n
	}
	s, _ := v.Scalar()
	n := &yaml.Node{Kind: yaml.ScalarNode, Value: s, Tag: "!!str"}
	if v.Kind != model.String {
		n.Tag = ""
	}
	return n
}

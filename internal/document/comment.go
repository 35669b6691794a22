package document

import (
	"bytes"
	"strings"

	"go.yaml.in/yaml/v3"
)

// commentScan finds the comments of a YAML text. The library attaches comments to nodes by guessing and loses some, so
// the text is read once more; the nodes only tell where quoted texts and blocks stand, in which "#" means nothing.
type commentScan struct {
	src   *source
	stand standIns
	start int          // where the root begins; a "---" after it ends the document
	texts []*yaml.Node // quoted scalars and blocks in the order of the file
	found []Comment
	end   int // where the document ended before the file; -1 if it did not
}

func newCommentScan(src *source, stand standIns, root *yaml.Node) *commentScan {
	s := &commentScan{src: src, stand: stand, start: len(src.text), end: -1}
	if root != nil {
		s.start = src.offset(root.Line, root.Column)
		s.collect(root)
	}
	return s
}

func (s *commentScan) collect(n *yaml.Node) {
	if isQuoted(n) {
		s.texts = append(s.texts, n)
	}
	for _, c := range n.Content {
		s.collect(c)
	}
}

func (s *commentScan) all() []Comment {
	at := 0
	for _, n := range s.texts {
		start := skipProperties(s.src.text, s.src.offset(n.Line, n.Column))
		if n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0 {
			start += lineEnd(s.src.text[start:]) // a comment may stand after the "|"
		}
		s.between(at, start)
		at = max(at, textEnd(s.src.text, start, n))
	}
	s.between(at, len(s.src.text))
	return s.found
}

// between finds the comments in a part of the text that has neither quotes nor blocks.
func (s *commentScan) between(from, to int) {
	for from < to && s.end < 0 {
		stop := to
		if end := documentEnd(s.src.text, max(from, s.start), to); end >= 0 {
			stop, s.end = end, end
		}
		for from < stop {
			i := bytes.IndexByte(s.src.text[from:stop], '#')
			if i < 0 {
				break
			}
			from = s.comment(from + i)
		}
		from = stop
	}
}

// comment takes the comment at a "#", if it is one, and says where to go on.
func (s *commentScan) comment(at int) int {
	text := s.src.text
	if at > 0 && !isSpace(text[at-1]) {
		return at + 1
	}
	end := at + lineEnd(text[at:])
	pos := s.src.pos(at)
	before := text[s.src.lines[pos.Line-1]:at]
	s.found = append(s.found, Comment{
		Line:  pos.Line,
		Col:   pos.Col,
		Text:  s.stand.restore(strings.TrimSpace(strings.TrimLeft(string(text[at:end]), "#"))),
		Alone: len(bytes.TrimLeft(before, " \t")) == 0,
	})
	return end
}

// documentEnd is where a line "---" or "..." begins, -1 where there is none.
func documentEnd(text []byte, from, to int) int {
	for from < to {
		i := bytes.IndexByte(text[from:to], '\n')
		if i < 0 {
			return -1
		}
		from += i + 1
		if isMarker(text[from:to]) {
			return from
		}
	}
	return -1
}

func isMarker(line []byte) bool {
	if !bytes.HasPrefix(line, []byte("---")) && !bytes.HasPrefix(line, []byte("...")) {
		return false
	}
	return len(line) == 3 || isSpace(line[3])
}

// rest is where something is written after the end of the document, -1 if nothing is.
func (s *commentScan) rest() int {
	if s.end < 0 {
		return -1
	}
	text := s.src.text
	for at := s.end; at < len(text); at += lineEnd(text[at:]) {
		line := text[at : at+lineEnd(text[at:])]
		if isMarker(line) {
			line = line[3:]
		}
		line = bytes.TrimSpace(line)
		if len(line) > 0 && line[0] != '#' {
			return at
		}
	}
	return -1
}

// textEnd is where a quoted scalar that begins at start, or a block whose first line does, ends.
func textEnd(text []byte, start int, n *yaml.Node) int {
	if n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0 {
		return blockEnd(text, start, n.Value)
	}
	return quoteEnd(text, start)
}

func quoteEnd(text []byte, start int) int {
	if start >= len(text) {
		return len(text)
	}
	quote := text[start]
	for at := start + 1; at < len(text); at++ {
		switch {
		case text[at] == '\\' && quote == '"':
			at++
		case text[at] != quote:
		case quote == '\'' && at+1 < len(text) && text[at+1] == '\'':
			at++
		default:
			return at + 1
		}
	}
	return len(text)
}

// blockEnd is where the lines of a block end: at the first line that is indented less. Blank lines have no indentation.
func blockEnd(text []byte, at int, value string) int {
	indent, ok := blockIndent(text, at, value)
	if !ok {
		return at
	}
	for at < len(text) {
		end := at + lineEnd(text[at:])
		line := text[at:end]
		if len(bytes.TrimSpace(line)) > 0 && leadingSpaces(line) < indent {
			return at
		}
		at = end
	}
	return at
}

// blockIndent is the number of spaces before each line of a block that are not part of its value.
func blockIndent(text []byte, at int, value string) (int, bool) {
	if strings.TrimSpace(value) == "" {
		return 0, false
	}
	inText := leadingSpaces(firstFilled(text[at:]))
	inValue := leadingSpaces(firstFilled([]byte(value)))
	return max(0, inText-inValue), true
}

// firstFilled is the first line that is not blank.
func firstFilled(text []byte) []byte {
	for len(text) > 0 {
		line := text[:lineEnd(text)]
		if len(bytes.TrimSpace(line)) > 0 {
			return line
		}
		text = text[len(line):]
	}
	return nil
}

func leadingSpaces(line []byte) int { return len(line) - len(bytes.TrimLeft(line, " ")) }

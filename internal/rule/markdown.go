package rule

import "strings"

// block is a heading or a fence: the parts of Markdown that give a rule file its form. Lines are indexes, end is
// after the last.
type block struct {
	level      int    // of a heading; 0 for a fence
	text       string // of the heading, or the words after the opening fence
	start, end int
	indent     int // of a fence: spaces before it, which its lines may have too
}

// fence is the run of backquotes or tildes that opens a block of code.
type fence struct {
	mark   byte
	length int
	indent int
	info   string
}

// scan finds the headings and fences of the body. What stands in a fence is code, whatever it looks like.
func (r *bodyReader) scan() []block {
	var blocks []block
	for i := 0; i < len(r.lines); i++ {
		if f, ok := opening(r.lines[i]); ok {
			end, closed := r.closing(i+1, f)
			if !closed {
				r.add(r.first+i, "close it with a line of "+strings.Repeat(string(f.mark), f.length), "fence is not closed")
			}
			blocks = append(blocks, block{text: f.info, start: i, end: end, indent: f.indent})
			i = end - 1
		} else if level, text := heading(r.lines[i]); level > 0 {
			blocks = append(blocks, block{level: level, text: text, start: i, end: i + 1})
		}
	}
	return blocks
}

// closing is the index after the line that closes a fence: one of at least as many of the same marks, and no more.
func (r *bodyReader) closing(from int, f fence) (end int, closed bool) {
	for i := from; i < len(r.lines); i++ {
		if g, ok := opening(r.lines[i]); ok && g.mark == f.mark && g.length >= f.length && g.info == "" {
			return i + 1, true
		}
	}
	return len(r.lines), false
}

// opening reads a line as the opening of a fence.
func opening(line string) (fence, bool) {
	rest := strings.TrimLeft(line, " ")
	indent := len(line) - len(rest)
	if indent > 3 || rest == "" || (rest[0] != '`' && rest[0] != '~') {
		return fence{}, false
	}
	info := strings.TrimLeft(rest, rest[:1])
	length := len(rest) - len(info)
	if length < 3 || (rest[0] == '`' && strings.Contains(info, "`")) {
		return fence{}, false
	}
	return fence{rest[0], length, indent, strings.TrimSpace(info)}, true
}

// heading reads a line as a heading; level 0 if it is none.
func heading(line string) (level int, text string) {
	rest := strings.TrimLeft(line, "#")
	level = len(line) - len(rest)
	if level == 0 || level > 6 || (rest != "" && rest[0] != ' ' && rest[0] != '\t') {
		return 0, ""
	}
	return level, strings.TrimSpace(rest)
}

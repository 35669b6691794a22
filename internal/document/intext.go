package document

import (
	"strings"

	"wardlet.example/internal/model"
)

// InText is the place of a part of a known string: offset is in bytes from the beginning of v.Str, data the content of the
// file that v.Origin names. The content of a "|" or ">" block begins on the line after its indicator; escapes and folded
// lines are followed. Where the text does not fit the value (one put together from several, say), it is the value's own
// place.
func InText(data []byte, v *model.Value, offset int) model.Pos {
	at := v.Origin.Pos
	s := &source{file: at.File}
	s.setText(toUTF8(data))
	if v.Kind != model.String || at.Line < 1 || at.Line > len(s.lines) {
		return at
	}
	offset = min(max(offset, 0), len(v.Str))
	start := skipProperties(s.text, s.offset(at.Line, max(at.Col, 1)))
	if start >= len(s.text) {
		return at
	}
	if found := find(s.text, start, v.Str, offset); found >= 0 {
		return s.pos(found)
	}
	return at
}

// find is the offset in the text for one in the value whose text begins at start, -1 where the two do not fit.
func find(text []byte, start int, value string, offset int) int {
	p := pairing{text: text, at: start, value: value}
	switch c := text[start]; c {
	case '|':
		return inLiteral(text, start+lineEnd(text[start:]), value, offset)
	case '>':
		p.at += lineEnd(text[start:])
		p.skipSpace()
	case '"', '\'':
		p.quote = c
		p.at++
	}
	return p.find(offset)
}

// inLiteral counts lines: a "|" block has one for each line of its value.
func inLiteral(text []byte, at int, value string, offset int) int {
	indent, _ := blockIndent(text, at, value)
	before := value[:offset]
	for n := strings.Count(before, "\n"); n > 0 && at < len(text); n-- {
		at += lineEnd(text[at:])
	}
	inLine := offset - (strings.LastIndexByte(before, '\n') + 1)
	return min(at+indent+inLine, len(text))
}

// pairing walks through a string and the text that stands for it, side by side.
type pairing struct {
	text  []byte
	at    int
	value string
	done  int  // bytes of value
	quote byte // 0 for plain texts and folded blocks
}

// find is the offset in the text for one in the value, -1 where the two do not fit.
func (p *pairing) find(offset int) int {
	if p.quote == 0 && p.done < offset {
		p.skipLeading(offset)
	}
	for p.done < offset {
		if p.at >= len(p.text) || !p.step(offset) {
			return -1
		}
	}
	if p.quote == '"' && p.atContinuation() {
		p.escape()
	}
	return p.at
}

// skipLeading passes the white space that a folded block may begin with.
func (p *pairing) skipLeading(offset int) {
	for p.done < offset && isSpace(p.value[p.done]) {
		p.done++
	}
}

func (p *pairing) step(offset int) bool {
	switch c := p.text[p.at]; {
	case p.quote == '"' && c == '\\':
		return p.escape()
	case p.quote == '\'' && c == '\'':
		p.at++ // the first of two
	case p.atBreak():
		p.fold(offset)
		return true
	}
	return p.same()
}

// same passes a character that is the same on both sides.
func (p *pairing) same() bool {
	if p.at >= len(p.text) {
		return false
	}
	n := runeLen(p.text[p.at:])
	if !strings.HasPrefix(p.value[p.done:], string(p.text[p.at:p.at+n])) {
		return false
	}
	p.at += n
	p.done += n
	return true
}

// atBreak reports whether only blanks stand before the end of the line.
func (p *pairing) atBreak() bool {
	for at := p.at; at < len(p.text); at++ {
		if !isBlank(p.text[at]) {
			return isBreak(p.text[at])
		}
	}
	return false
}

// fold passes the white space around a line break in the text and what is left of it in the value.
func (p *pairing) fold(offset int) {
	for p.done < offset && isSpace(p.value[p.done]) {
		p.done++
	}
	if p.done < len(p.value) && isSpace(p.value[p.done]) {
		return // the fold itself is what is looked for
	}
	p.skipSpace()
}

func (p *pairing) skipSpace() {
	for p.at < len(p.text) && isSpace(p.text[p.at]) {
		p.at++
	}
}

// escape passes a backslash and what belongs to it in a string in double quotes.
func (p *pairing) escape() bool {
	rest := p.text[p.at:]
	if p.atContinuation() {
		p.at++
		p.skipSpace()
		return true
	}
	n := len(`\n`)
	if len(rest) > 1 {
		n += escapeDigits(rest[1])
	}
	if _, pair := unescape(rest); pair > n {
		n = pair // two halves of one character
	}
	p.at += n
	p.done += runeLen(p.value[p.done:])
	return true
}

// atContinuation reports whether the line goes on in the next one, without a space between them.
func (p *pairing) atContinuation() bool {
	return p.at+1 < len(p.text) && p.text[p.at] == '\\' && isBreak(p.text[p.at+1])
}

// escapeDigits is how many hexadecimal digits follow an escape.
func escapeDigits(kind byte) int {
	switch kind {
	case 'x':
		return 2
	case 'u':
		return 4
	case 'U':
		return 8
	}
	return 0
}

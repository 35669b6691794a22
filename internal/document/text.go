package document

import (
	"bytes"
	"encoding/binary"
	"sort"
	"unicode/utf16"
	"unicode/utf8"

	"wardlet.example/internal/model"
)

const (
	utf8BOM    = "\xef\xbb\xbf"
	utf16BEBOM = "\xfe\xff"
	utf16LEBOM = "\xff\xfe"
)

// Line is the n-th line of a file, counted from 1, without its line break; empty where there is no such line.
func Line(data []byte, n int) string {
	text := toUTF8(data)
	for ; n > 1 && len(text) > 0; n-- {
		text = text[lineEnd(text):]
	}
	if n != 1 {
		return ""
	}
	return string(bytes.TrimRight(text[:lineEnd(text)], "\r\n"))
}

// Lines are all lines of a file, without their line breaks; line n is Lines(data)[n-1].
func Lines(data []byte) []string {
	text := toUTF8(data)
	var out []string
	for len(text) > 0 {
		end := lineEnd(text)
		out = append(out, string(bytes.TrimRight(text[:end], "\r\n")))
		text = text[end:]
	}
	return out
}

// lineEnd is where the line after the first one begins. Lines end with LF, CR LF or CR.
func lineEnd(text []byte) int {
	i := bytes.IndexAny(text, "\r\n")
	switch {
	case i < 0:
		return len(text)
	case text[i] == '\r' && i+1 < len(text) && text[i+1] == '\n':
		return i + 2
	}
	return i + 1
}

// toUTF8 takes a byte order mark away and turns UTF-16 into UTF-8.
func toUTF8(data []byte) []byte {
	switch {
	case bytes.HasPrefix(data, []byte(utf8BOM)):
		return data[len(utf8BOM):]
	case bytes.HasPrefix(data, []byte(utf16BEBOM)):
		return fromUTF16(data[2:], binary.BigEndian)
	case bytes.HasPrefix(data, []byte(utf16LEBOM)):
		return fromUTF16(data[2:], binary.LittleEndian)
	}
	return data
}

func fromUTF16(data []byte, order binary.ByteOrder) []byte {
	units := make([]uint16, len(data)/2)
	for i := range units {
		units[i] = order.Uint16(data[2*i:])
	}
	return []byte(string(utf16.Decode(units)))
}

// source is the text of a file in UTF-8, with the places of its lines.
type source struct {
	file  string
	text  []byte
	lines []int // offset of the first byte of each line
	// Texts are read forwards, so both directions of translation remember where they were last; without that, a file
	// that is one long line would cost its length for each value.
	last place
}

// place is a byte offset with its line (an index into lines) and column (in runes, from 1).
type place struct{ off, line, col int }

// newSource refuses text that is in no encoding we know.
func newSource(file string, data []byte) (*source, *refusal) {
	s := &source{file: file}
	s.setText(toUTF8(data))
	if at := invalidUTF8(s.text); at >= 0 {
		return nil, &refusal{s.pos(at), "not valid UTF-8", "save the file as UTF-8"}
	}
	return s, nil
}

func (s *source) setText(text []byte) {
	s.text = text
	s.lines = lineStarts(text)
	s.last = place{0, 0, 1}
}

func invalidUTF8(text []byte) int {
	if utf8.Valid(text) {
		return -1
	}
	for i := 0; ; {
		r, n := utf8.DecodeRune(text[i:])
		if r == utf8.RuneError && n <= 1 {
			return i
		}
		i += n
	}
}

func lineStarts(text []byte) []int {
	starts := make([]int, 1, 1+bytes.Count(text, []byte("\n")))
	next := lineEnd
	if bytes.IndexByte(text, '\r') < 0 {
		next = lineFeed // much quicker
	}
	for at := 0; at < len(text); {
		at += next(text[at:])
		if isBreak(text[at-1]) {
			starts = append(starts, at)
		}
	}
	return starts
}

// lineFeed is lineEnd for a text without CR.
func lineFeed(text []byte) int {
	if i := bytes.IndexByte(text, '\n'); i >= 0 {
		return i + 1
	}
	return len(text)
}

// count is the number of lines; a line break at the end begins no new line.
func (s *source) count() int {
	n := len(s.lines)
	if s.lines[n-1] == len(s.text) {
		n--
	}
	return n
}

// pos is the place of a byte offset.
func (s *source) pos(off int) model.Pos {
	if off < s.last.off {
		s.toLine(sort.SearchInts(s.lines, off+1) - 1)
	}
	for next := s.last.line + 1; next < len(s.lines) && s.lines[next] <= off; next++ {
		s.toLine(next)
	}
	for s.last.off < min(off, len(s.text)) {
		s.forward()
	}
	return model.Pos{File: s.file, Line: s.last.line + 1, Col: s.last.col}
}

// offset is the byte offset of a line and column, both counted from 1.
func (s *source) offset(line, col int) int {
	line = min(max(line, 1), len(s.lines)) - 1
	if line != s.last.line || col < s.last.col {
		s.toLine(line)
	}
	for s.last.col < col && s.last.off < len(s.text) {
		s.forward()
	}
	return s.last.off
}

func (s *source) toLine(line int) { s.last = place{s.lines[line], line, 1} }

func (s *source) forward() {
	s.last.off += runeLen(s.text[s.last.off:])
	s.last.col++
}

// line is the text of a line, counted from 1.
func (s *source) line(n int) []byte {
	if n < 1 || n > len(s.lines) {
		return nil
	}
	rest := s.text[s.lines[n-1]:]
	return bytes.TrimRight(rest[:lineEnd(rest)], "\r\n")
}

// runeLen is the length of the first character in bytes.
func runeLen[T string | []byte](s T) int {
	if s[0] < utf8.RuneSelf {
		return 1
	}
	_, n := utf8.DecodeRuneInString(string(s[:min(len(s), utf8.UTFMax)]))
	return n
}

func isBreak(c byte) bool { return c == '\n' || c == '\r' }

func isBlank(c byte) bool { return c == ' ' || c == '\t' }

func isSpace(c byte) bool { return isBlank(c) || isBreak(c) }

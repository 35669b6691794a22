package syntax

import (
	"bytes"
	"sort"
)

// Lines is the index of one source for finding lines and columns.
type Lines struct {
	source []byte
	starts []uint32 // offset of each line
	runes  []uint32 // characters before each chunk of the source
}

// chunk is how many bytes lie between two counts of characters. Without them
// every position in a minified file would count from the file's beginning.
const chunk = 1024

// byteOrderMark opens some files; editors do not count it as a column.
const byteOrderMark = "\ufeff"

// NewLines builds the index.
func NewLines(source []byte) Lines {
	l := Lines{source: source, starts: make([]uint32, 1, 1+bytes.Count(source, []byte{'\n'}))}
	if bytes.HasPrefix(source, []byte(byteOrderMark)) {
		l.starts[0] = uint32(len(byteOrderMark))
	}
	for i, c := range source {
		if c == '\n' {
			l.starts = append(l.starts, uint32(i+1))
		}
	}
	count := 0
	for from := 0; from <= len(source); from += chunk {
		l.runes = append(l.runes, uint32(count))
		count += countRunes(source[from:min(from+chunk, len(source))])
	}
	return l
}

// Position returns the line and the column of an offset, both from 1, the column
// in characters. An offset outside of the source counts as the nearest inside.
func (l Lines) Position(offset int) (line, column int) {
	offset = min(max(offset, 0), len(l.source))
	line = sort.Search(len(l.starts), func(i int) bool { return int(l.starts[i]) > offset })
	if line == 0 {
		return 1, 1
	}
	return line, l.runesBefore(offset) - l.runesBefore(int(l.starts[line-1])) + 1
}

func (l Lines) runesBefore(offset int) int {
	whole := offset / chunk
	return int(l.runes[whole]) + countRunes(l.source[whole*chunk:offset])
}

// countRunes counts the bytes that begin a character, so that the counts of two
// halves add up wherever the cut is.
func countRunes(part []byte) int {
	count := 0
	for _, c := range part {
		if c&0xC0 != 0x80 {
			count++
		}
	}
	return count
}

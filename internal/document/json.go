package document

import (
	"bytes"
	"fmt"
	"strconv"
	"unicode/utf8"

	"wardlet.example/internal/model"
)

// ParseJSON reads a JSON file as RFC 8259 has it: no comments, no trailing commas; null is Absent. Where the file cannot
// be read the Document is nil and a diagnostic of level Error says why. Options.Tag is not used.
func ParseJSON(file string, data []byte, o Options) (*Document, []model.Diagnostic) {
	warn := &warnings{}
	src, err := newSource(file, data)
	if err != nil {
		return warn.finish(nil, err)
	}
	r := &jsonReader{src: src, text: src.text, warn: warn, max: o.maxValues()}
	root, err := r.document()
	if err != nil {
		return warn.finish(nil, err)
	}
	return warn.finish(&Document{Root: root, Lines: src.count()}, nil)
}

// jsonReader reads one JSON text from front to back.
type jsonReader struct {
	src    *source
	text   []byte
	at     int // offset of what is read next
	values int // read so far
	max    int
	warn   *warnings
}

func (r *jsonReader) document() (*model.Value, *refusal) {
	r.space()
	v, err := r.value(1)
	if err != nil {
		return nil, err
	}
	if r.space(); r.at < len(r.text) {
		return nil, r.expected("the end of the file")
	}
	return v, nil
}

func (r *jsonReader) value(depth int) (*model.Value, *refusal) {
	at := r.origin()
	if r.values++; r.values > r.max {
		return nil, tooManyValues(at.Pos, r.max)
	}
	switch c := r.peek(); {
	case depth > maxDepth:
		return nil, tooDeep(at.Pos)
	case c == '{':
		return r.object(at, depth)
	case c == '[':
		return r.array(at, depth)
	case c == '"':
		s, err := r.string()
		return model.NewString(s, at), err
	case c == '-' || isDigit(c):
		return r.number(at)
	}
	return r.word(at)
}

func (r *jsonReader) object(at model.Origin, depth int) (*model.Value, *refusal) {
	var fields fieldSet
	r.at++
	if r.space(); r.take('}') {
		return model.NewMap(fields.list, at), nil
	}
	for {
		f, err := r.field(depth)
		if err != nil {
			return nil, err
		}
		fields.put(f, r.warn)
		if r.space(); r.take('}') {
			return model.NewMap(fields.list, at), nil
		}
		if err := r.comma('}'); err != nil {
			return nil, err
		}
	}
}

func (r *jsonReader) field(depth int) (model.Field, *refusal) {
	at := r.origin().Pos
	if r.peek() != '"' {
		return model.Field{}, r.expected("a key in double quotes")
	}
	key, err := r.string()
	if err != nil {
		return model.Field{}, err
	}
	if r.space(); !r.take(':') {
		return model.Field{}, r.expected("a colon after the key")
	}
	r.space()
	v, err := r.value(depth + 1)
	return model.Field{Key: key, At: at, Value: v}, err
}

func (r *jsonReader) array(at model.Origin, depth int) (*model.Value, *refusal) {
	var items []*model.Value
	r.at++
	if r.space(); r.take(']') {
		return model.NewList(items, at), nil
	}
	for {
		v, err := r.value(depth + 1)
		if err != nil {
			return nil, err
		}
		items = append(items, v)
		if r.space(); r.take(']') {
			return model.NewList(items, at), nil
		}
		if err := r.comma(']'); err != nil {
			return nil, err
		}
	}
}

// comma takes the comma between two entries and refuses one that no entry follows.
func (r *jsonReader) comma(closing byte) *refusal {
	comma := r.at
	if !r.take(',') {
		err := r.expected(fmt.Sprintf("a comma or %q", closing))
		if bytes.IndexByte([]byte(`"{[`), r.peek()) >= 0 {
			err.hint = "add a comma before this place"
		}
		return err
	}
	if r.space(); r.peek() == closing && r.at < len(r.text) {
		return r.fail(comma, fmt.Sprintf("a comma stands before %q", closing), "remove the comma; JSON allows none after the last entry")
	}
	return nil
}

func (r *jsonReader) word(at model.Origin) (*model.Value, *refusal) {
	switch {
	case r.takeWord("true"):
		return model.NewBool(true, at), nil
	case r.takeWord("false"):
		return model.NewBool(false, at), nil
	case r.takeWord("null"):
		return model.NewAbsent(at), nil
	}
	return nil, r.expected("a value")
}

func (r *jsonReader) takeWord(word string) bool {
	rest := r.text[r.at:]
	if !bytes.HasPrefix(rest, []byte(word)) || len(rest) > len(word) && isLetter(rest[len(word)]) {
		return false
	}
	r.at += len(word)
	return true
}

func (r *jsonReader) number(at model.Origin) (*model.Value, *refusal) {
	start := r.at
	r.take('-')
	if !r.take('0') && !r.digits() {
		return nil, r.expected("a digit")
	}
	if isDigit(r.peek()) {
		return nil, r.fail(start, "a number begins with 0", "write it without the 0, or as a string in double quotes")
	}
	if r.take('.') && !r.digits() {
		return nil, r.expected("a digit after the point")
	}
	if r.take('e') || r.take('E') {
		if !r.take('+') {
			r.take('-')
		}
		if !r.digits() {
			return nil, r.expected("a digit in the exponent")
		}
	}
	text := string(r.text[start:r.at])
	// The only error left is "out of range", which gives an infinity; the text is exact.
	n, _ := strconv.ParseFloat(text, 64)
	return model.NewNumber(n, text, at), nil
}

func (r *jsonReader) digits() bool {
	start := r.at
	for isDigit(r.peek()) {
		r.at++
	}
	return r.at > start
}

// string reads a string; the text is at its opening quote.
func (r *jsonReader) string() (string, *refusal) {
	start := r.at + 1
	for i := start; i < len(r.text); i++ {
		switch c := r.text[i]; {
		case c == '"':
			r.at = i + 1
			return string(r.text[start:i]), nil
		case c == '\\':
			return r.escaped(start, i)
		case c < ' ':
			return "", r.control(i)
		}
	}
	return "", r.fail(r.at, "a string is not closed", "add the closing double quote")
}

// escaped reads a string on from its first backslash.
func (r *jsonReader) escaped(start, i int) (string, *refusal) {
	out := append([]byte(nil), r.text[start:i]...)
	for i < len(r.text) {
		switch c := r.text[i]; {
		case c == '"':
			r.at = i + 1
			return string(out), nil
		case c < ' ':
			return "", r.control(i)
		case c != '\\':
			out = append(out, c)
			i++
		default:
			char, n := unescape(r.text[i:])
			if n == 0 {
				return "", r.fail(i, "expected one of \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX", "write \\\\ for a backslash")
			}
			out = utf8.AppendRune(out, char)
			i += n
		}
	}
	return "", r.fail(r.at, "a string is not closed", "add the closing double quote")
}

func (r *jsonReader) control(at int) *refusal {
	if isBreak(r.text[at]) {
		return r.fail(at, "a string goes over the end of its line", "close the string, or write \\n for a line break")
	}
	return r.fail(at, "a control character stands in a string", fmt.Sprintf("write \\u%04x for it", r.text[at]))
}

func (r *jsonReader) space() {
	for r.at < len(r.text) && isSpace(r.text[r.at]) {
		r.at++
	}
}

// peek is the next byte, 0 at the end.
func (r *jsonReader) peek() byte {
	if r.at >= len(r.text) {
		return 0
	}
	return r.text[r.at]
}

func (r *jsonReader) take(c byte) bool {
	if r.at >= len(r.text) || r.text[r.at] != c {
		return false
	}
	r.at++
	return true
}

func (r *jsonReader) origin() model.Origin { return model.Origin{Pos: r.src.pos(r.at)} }

func (r *jsonReader) fail(at int, text, hint string) *refusal {
	return &refusal{r.src.pos(at), "not valid JSON: " + text, hint}
}

// expected says what should stand here and what does, with a hint where the cause is a usual one.
func (r *jsonReader) expected(what string) *refusal {
	rest := r.text[r.at:]
	text, hint := "expected "+what, "check what stands before this place"
	switch {
	case len(bytes.TrimSpace(r.text)) == 0:
		return r.fail(r.at, text+"; the file is empty", "remove the file, or write {} into it")
	case len(rest) == 0:
		return r.fail(r.at, text+", found the end of the file", "the file is cut off, or a bracket is not closed")
	case rest[0] == '#', bytes.HasPrefix(rest, []byte("//")), bytes.HasPrefix(rest, []byte("/*")):
		return r.fail(r.at, text+", found a comment", "JSON has no comments: remove it, or write the file in YAML")
	case rest[0] == '\'':
		hint = "JSON takes double quotes only"
	case isLetter(rest[0]):
		hint = "put texts and keys in double quotes"
	}
	return r.fail(r.at, fmt.Sprintf("%s, found %q", text, firstRune(rest)), hint)
}

func firstRune(text []byte) rune {
	c, _ := utf8.DecodeRune(text)
	return c
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func isLetter(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' }

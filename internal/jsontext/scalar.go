package jsontext

import (
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"wardlet.example/internal/model"
)

// bare reads what stands without quotes: a number, a word, an open part, or a mixture whose value is not known.
func (r *reader) bare() (*model.Value, error) {
	start, open := r.pos, []*model.Value(nil)
	for r.pos < len(r.text) && strings.IndexByte(",:]}[{\" \t\r\n", r.text[r.pos]) < 0 {
		if r.text[r.pos] == hole {
			open = append(open, r.nextHole())
		}
		r.pos++
	}
	word := r.text[start:r.pos]
	switch {
	case len(open) == 1 && len(word) == 1:
		return open[0], nil
	case len(open) > 0:
		return model.NewPresent("parts of the value are not known before deployment", r.at), nil
	}
	if v := literal(word, r.at); v != nil {
		return v, nil
	}
	r.pos = start
	if word == "" {
		return nil, r.errorf("a value is missing")
	}
	return nil, r.errorf("%q is no JSON value; texts stand in double quotes", short(word))
}

func short(s string) string {
	if len(s) > 40 {
		return strings.ToValidUTF8(s[:40], "") + "..."
	}
	return s
}

func literal(word string, at model.Origin) *model.Value {
	switch word {
	case "true", "false":
		return model.NewBool(word == "true", at)
	case "null":
		return model.NewAbsent(at)
	}
	if !isNumber(word) {
		return nil
	}
	n, err := strconv.ParseFloat(word, 64)
	if err != nil {
		return nil
	}
	return model.NewNumber(n, word, at)
}

// isNumber keeps out what strconv reads and JSON does not write: Inf, 0x1p4, 1_000, a leading plus or zero.
func isNumber(s string) bool {
	s = strings.TrimPrefix(s, "-")
	whole := digits(s)
	if whole == 0 || whole > 1 && s[0] == '0' {
		return false
	}
	s = s[whole:]
	if strings.HasPrefix(s, ".") {
		n := digits(s[1:])
		if n == 0 {
			return false
		}
		s = s[1+n:]
	}
	if s != "" && (s[0] == 'e' || s[0] == 'E') {
		s = strings.TrimPrefix(strings.TrimPrefix(s[1:], "-"), "+")
		return s != "" && digits(s) == len(s)
	}
	return s == ""
}

func digits(s string) int {
	n := 0
	for n < len(s) && s[n] >= '0' && s[n] <= '9' {
		n++
	}
	return n
}

// str reads a string in quotes: a String, or a Text where open parts stand inside. A string that is one open part is that
// part.
func (r *reader) str() (*model.Value, error) {
	r.pos++
	var parts []*model.Value
	var b strings.Builder
	flush := func() {
		if b.Len() > 0 {
			parts = append(parts, model.NewString(b.String(), r.at))
			b.Reset()
		}
	}
	for {
		switch c := r.peek(); {
		case r.pos >= len(r.text):
			return nil, r.errorf("the closing quote of a text is missing")
		case c == '"':
			r.pos++
			flush()
			if len(parts) == 1 && parts[0].Kind != model.String {
				return parts[0], nil
			}
			return model.NewText(parts, r.at), nil
		case c == hole:
			r.pos++
			flush()
			parts = append(parts, r.nextHole())
		case c == '\\':
			if err := r.escape(&b); err != nil {
				return nil, err
			}
		case c < 0x20:
			return nil, r.errorf("a line break or control character stands inside a text; write \\n")
		default:
			b.WriteByte(c)
			r.pos++
		}
	}
}

const (
	escapes = `"\/bfnrt`
	escaped = "\"\\/\b\f\n\r\t"
)

func (r *reader) escape(b *strings.Builder) error {
	if r.pos+1 < len(r.text) {
		if i := strings.IndexByte(escapes, r.text[r.pos+1]); i >= 0 {
			b.WriteByte(escaped[i])
			r.pos += 2
			return nil
		}
	}
	unit, ok := r.unit()
	if !ok {
		return r.errorf("a backslash is followed by no escape that JSON knows")
	}
	if utf16.IsSurrogate(unit) {
		before := r.pos
		second, _ := r.unit()
		if unit = utf16.DecodeRune(unit, second); unit == utf8.RuneError {
			r.pos = before // a half pair stands for itself
		}
	}
	b.WriteRune(unit)
	return nil
}

// unit reads \uXXXX.
func (r *reader) unit() (rune, bool) {
	if r.pos+6 > len(r.text) || r.text[r.pos:r.pos+2] != `\u` {
		return 0, false
	}
	n, err := strconv.ParseUint(r.text[r.pos+2:r.pos+6], 16, 32)
	if err != nil {
		return 0, false
	}
	r.pos += 6
	return rune(n), true
}

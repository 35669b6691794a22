package jsontext

import (
	"fmt"
	"strings"

	"wardlet.example/internal/model"
)

// Limits of one text.
const (
	MaxDepth = 100     // lists and maps inside each other
	MaxBytes = 4 << 20 // length
)

// Error says what is wrong with a text, and where in it: lines and columns count from 1, columns in bytes.
type Error struct {
	Line, Col int
	Text      string
}

// Error is the message with the place inside the text.
func (e *Error) Error() string {
	return fmt.Sprintf("line %d, column %d of the text: %s", e.Line, e.Col, e.Text)
}

// hole stands for an open part in the joined text.
const hole = 0

// reader walks once over the text. Open parts are the byte 0, which JSON cannot contain; they are met in order.
type reader struct {
	text  string
	pos   int
	holes []*model.Value
	at    model.Origin
}

// Parse reads a String or Text as JSON. The error, if any, is an *Error.
func Parse(text *model.Value) (*model.Value, error) {
	r, err := newReader(text)
	if err != nil {
		return nil, err
	}
	r.space()
	v, err := r.value(0)
	if err != nil {
		return nil, err
	}
	if r.space(); r.pos < len(r.text) {
		return nil, r.errorf("something stands behind the end of the JSON")
	}
	return v, nil
}

func newReader(text *model.Value) (*reader, error) {
	r := &reader{at: text.Origin}
	parts := text.Items
	if text.Kind != model.Text {
		parts = []*model.Value{text}
	}
	var b strings.Builder
	for _, p := range parts {
		s, known := p.Scalar()
		switch {
		case !known:
			b.WriteByte(hole)
			r.holes = append(r.holes, p)
		case strings.IndexByte(s, hole) >= 0:
			return nil, &Error{1, 1, "a zero byte stands in the text"}
		default:
			b.WriteString(s)
		}
		if b.Len() > MaxBytes {
			return nil, &Error{1, 1, "the text is over 4 MB long"}
		}
	}
	r.text = b.String()
	return r, nil
}

func (r *reader) errorf(format string, args ...any) error {
	before := r.text[:min(r.pos, len(r.text))]
	line := strings.Count(before, "\n") + 1
	return &Error{line, len(before) - strings.LastIndexByte(before, '\n'), fmt.Sprintf(format, args...)}
}

func (r *reader) space() {
	for r.pos < len(r.text) && strings.IndexByte(" \t\r\n", r.text[r.pos]) >= 0 {
		r.pos++
	}
}

// peek is the next byte; 0xff, which no JSON contains, at the end.
func (r *reader) peek() byte {
	if r.pos >= len(r.text) {
		return 0xff
	}
	return r.text[r.pos]
}

func (r *reader) take(c byte) bool {
	if r.peek() != c || r.pos >= len(r.text) {
		return false
	}
	r.pos++
	return true
}

func (r *reader) nextHole() *model.Value {
	h := r.holes[0]
	r.holes = r.holes[1:]
	return h
}

func (r *reader) value(depth int) (*model.Value, error) {
	switch {
	case depth > MaxDepth:
		return nil, r.errorf("more than %d lists and maps inside each other", MaxDepth)
	case r.take('{'):
		return r.fields(depth)
	case r.take('['):
		return r.list(depth)
	case r.peek() == '"':
		return r.str()
	}
	return r.bare()
}

func (r *reader) list(depth int) (*model.Value, error) {
	var items []*model.Value
	r.space()
	if r.take(']') {
		return model.NewList(nil, r.at), nil
	}
	for {
		r.space()
		v, err := r.value(depth + 1)
		if err != nil {
			return nil, err
		}
		items = append(items, v)
		r.space()
		if r.take(']') {
			return model.NewList(items, r.at), nil
		}
		if !r.take(',') {
			return nil, r.errorf("a comma or ] is missing behind an element")
		}
	}
}

func (r *reader) fields(depth int) (*model.Value, error) {
	var fields []model.Field
	r.space()
	if r.take('}') {
		return model.NewMap(nil, r.at), nil
	}
	for {
		r.space()
		f, err := r.field(depth)
		if err != nil {
			return nil, err
		}
		fields = append(fields, f)
		r.space()
		if r.take('}') {
			return model.NewMap(fields, r.at), nil
		}
		if !r.take(',') && !IsOpen(f.Key) {
			return nil, r.errorf("a comma or } is missing behind a field")
		}
	}
}

// field reads key and value. An open part instead of a key can stand for any number of fields.
func (r *reader) field(depth int) (model.Field, error) {
	if r.take(hole) {
		h := r.nextHole()
		if r.space(); r.peek() != ':' {
			return model.Field{Key: OpenKey(h.String()), At: r.at.Pos, Value: model.NewUnknown("the fields are not known before deployment", r.at)}, nil
		}
		return r.keyed(OpenKey(h.String()), depth)
	}
	if r.peek() != '"' {
		return model.Field{}, r.errorf("a key in double quotes is missing")
	}
	key, err := r.str()
	if err != nil {
		return model.Field{}, err
	}
	name, known := key.Scalar()
	if !known {
		name = OpenKey(key.String())
	}
	return r.keyed(name, depth)
}

func (r *reader) keyed(key string, depth int) (model.Field, error) {
	r.space()
	if !r.take(':') {
		return model.Field{}, r.errorf("a colon is missing behind the key %q", Shown(key))
	}
	r.space()
	v, err := r.value(depth + 1)
	return model.Field{Key: key, At: r.at.Pos, Value: v}, err
}

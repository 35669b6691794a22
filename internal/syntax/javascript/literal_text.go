package javascript

import (
	"math"
	"strconv"
	"strings"
	"unicode/utf16"

	"wardlet.example/internal/model"
	"wardlet.example/internal/syntax"
)

// text is a string or a template string.
func (r *reader) text(s *source, node int) *model.Value {
	if s.tree.Has(node, syntax.HasError) {
		return s.present(node, "not written correctly: "+s.brief(node))
	}
	var parts []*model.Value
	var known []uint16 // in UTF-16, since an escape may be half of a character
	for piece := range s.pieces(node) {
		if piece.value == syntax.None {
			known = append(known, piece.text...)
			continue
		}
		parts = append(parts, model.NewString(string(utf16.Decode(known)), s.at(node)), r.value(s, piece.value))
		known = nil
	}
	return r.joined(append(parts, model.NewString(string(utf16.Decode(known)), s.at(node))), s.at(node))
}

// piece is a part of a string: text, or an expression to be put in.
type piece struct {
	text  []uint16
	value int
}

// pieces yields the parts of a string in order.
func (s *source) pieces(node int) func(yield func(piece) bool) {
	return func(yield func(piece) bool) {
		from, end := s.tree.Nodes[node].Start+1, s.tree.Nodes[node].End
		for child := range s.tree.Children(node) {
			at := s.tree.Nodes[child]
			next := piece{value: syntax.None}
			switch s.tree.Kind(child) {
			case "escape_sequence":
				next.text = unescape(s.tree.Text(child))
			case "template_substitution":
				next.value = s.tree.FirstNamed(child)
			default:
				continue
			}
			if !yield(s.raw(from, at.Start)) || !yield(next) {
				return
			}
			from = at.End
		}
		yield(s.raw(from, end-1))
	}
}

func (s *source) raw(from, to uint32) piece {
	return piece{utf16.Encode([]rune(string(s.tree.Source[from:max(from, to)]))), syntax.None}
}

// unescape gives what an escape sequence stands for.
func unescape(sequence string) []uint16 {
	body := strings.TrimPrefix(sequence, `\`)
	if body == "" || strings.ContainsAny(body[:1], "\r\n") {
		return nil // the line goes on
	}
	switch c := body[0]; {
	case c == 'x' || c == 'u':
		return codePoint(strings.Trim(body[1:], "{}"), 16)
	case c >= '0' && c <= '7':
		return codePoint(body, 8)
	}
	if i := strings.IndexByte("bfnrtv", body[0]); i >= 0 {
		return []uint16{uint16("\b\f\n\r\t\v"[i])}
	}
	return utf16.Encode([]rune(body))
}

func codePoint(digits string, base int) []uint16 {
	n, err := strconv.ParseUint(digits, base, 21)
	switch {
	case err != nil:
		return nil
	case n <= math.MaxUint16:
		return []uint16{uint16(n)}
	}
	return utf16.AppendRune(nil, rune(n))
}

// joined makes one text of parts. Variables of the framework, ${self:a}, stay in
// it as text. Where an unknown stands after the beginning of one it may be a part
// of it, and nobody could resolve it any more: the rest is unknown then.
func (r *reader) joined(parts []*model.Value, at model.Origin) *model.Value {
	var out []*model.Value
	var known strings.Builder
	whole := true
	for _, p := range flat(parts) {
		text, ok := p.Scalar()
		if !r.spend(1 + len(text)/16) {
			return model.NewPresent("too much text", at)
		}
		known.WriteString(text)
		if !ok {
			whole = false
			out = append(out, model.NewString(known.String(), at), p)
			known.Reset()
		}
	}
	if whole {
		return model.NewString(known.String(), at)
	}
	return model.NewText(untilVariable(append(out, model.NewString(known.String(), at)), at), at)
}

// flat takes texts apart, and makes unknown what would not read as text.
func flat(parts []*model.Value) []*model.Value {
	var out []*model.Value
	for _, p := range parts {
		switch p.Kind {
		case model.Text:
			out = append(out, p.Items...)
		case model.Absent, model.List, model.Map:
			out = append(out, model.NewPresent("no text stands inside of a text", p.Origin))
		default:
			out = append(out, p)
		}
	}
	return out
}

func untilVariable(parts []*model.Value, at model.Origin) []*model.Value {
	for i, p := range parts {
		if p.Kind != model.String {
			continue
		}
		if before, _, found := strings.Cut(p.Str, "${"); found {
			rest := model.NewPresent("a variable beside something that is not known", at)
			return append(parts[:i:i], model.NewString(before, p.Origin), rest)
		}
	}
	return parts
}

package pattern

import (
	"strings"
	"unicode/utf8"

	"wardlet.example/internal/model"
)

// A phrase is a text as comparisons see it: a sequence of marks. A mark is a byte of known text, or one of these, or (from
// firstRef on) the number of a reference in the phrase of the pattern.
const (
	anyText  = -1 // a wildcard of the pattern: whatever stands there is accepted
	openText = -2 // an open part: some text that nobody knows yet
	firstRef = 256
)

// maxRefs bounds the references of one text that keep their identity.
const maxRefs = 64

// phrase is a text in marks. What the same reference gives is the same text on both sides, so references keep their
// identity; refs names them by number.
type phrase struct {
	marks []int32
	refs  []string
	known bool // made of bytes and wildcards alone
	ascii bool
}

// speak turns a String, Text or Ref into a phrase. References that vocabulary does not have are open parts; where it is nil
// they are numbered.
func speak(v *model.Value, fold bool, vocabulary []string) phrase {
	p := phrase{known: true, ascii: true, refs: vocabulary}
	parts := v.Items
	if v.Kind != model.Text {
		parts = []*model.Value{v}
	}
	for _, part := range parts {
		if s, ok := part.Scalar(); ok {
			p.text(s, fold)
			continue
		}
		p.known = false
		p.marks = append(p.marks, p.reference(part, vocabulary == nil))
	}
	return p
}

func (p *phrase) text(s string, fold bool) {
	if fold {
		s = strings.ToLower(s)
	}
	for i := range len(s) {
		p.ascii = p.ascii && s[i] < utf8.RuneSelf
		p.marks = append(p.marks, int32(s[i]))
	}
}

// reference is the mark of an open part.
func (p *phrase) reference(v *model.Value, add bool) int32 {
	if v.Kind != model.Ref {
		return openText
	}
	name := v.Str + "\x00" + v.Attr
	for i, known := range p.refs {
		if known == name {
			return int32(firstRef + i)
		}
	}
	if !add || len(p.refs) == maxRefs {
		return openText
	}
	p.refs = append(p.refs, name)
	return int32(firstRef + len(p.refs) - 1)
}

// match reports whether text, spoken with the phrase's refs, is what the phrase describes.
func (p *phrase) match(m *matcher, text phrase) model.Tri {
	if certain(m, p.marks, text.marks) {
		return model.Yes
	}
	if m.steps > 0 && p.known && text.known || !possible(m, p.marks, text.marks) {
		return model.No
	}
	return model.Maybe
}

// certain reports whether the text matches whatever its open parts are: only a wildcard takes an open part, and an open
// part of the pattern takes nothing. It goes back to the last wildcard alone, so it costs the product of the lengths at most.
func certain(m *matcher, want, text []int32) bool {
	i, j := 0, 0
	star, resume := -1, 0
	for j < len(text) {
		if !m.spend(1) {
			return false
		}
		switch {
		case i < len(want) && want[i] == anyText:
			star, resume = i, j
			i++
		case i < len(want) && want[i] == text[j] && text[j] != openText:
			i++
			j++
		case star >= 0:
			resume++
			i, j = star+1, resume
		default:
			return false
		}
	}
	for i < len(want) && want[i] == anyText {
		i++
	}
	return i == len(want)
}

// possible reports whether there are texts for all open parts of both sides with which the text matches. Row by row it
// keeps which beginnings of want can describe the beginning of text read so far. When the steps are used up it says yes.
func possible(m *matcher, want, text []int32) bool {
	if !m.spend(len(want)) {
		return true
	}
	row := make([]bool, len(want)+1)
	row[0] = true
	extend(row, want)
	for _, mark := range text {
		if !m.spend(len(row)) {
			return true
		}
		advance(row, want, mark)
		extend(row, want)
	}
	return row[len(want)]
}

// extend adds what is reached by letting wild marks of want stand for nothing.
func extend(row []bool, want []int32) {
	for i, w := range want {
		if row[i] && wild(w) {
			row[i+1] = true
		}
	}
}

// advance moves the row over one mark of the text.
func advance(row []bool, want []int32, mark int32) {
	if wild(mark) { // it can be nothing, or any number of marks of want
		for i := range want {
			row[i+1] = row[i+1] || row[i]
		}
		return
	}
	for i := len(want); i >= 0; i-- {
		stays := i < len(want) && row[i] && wild(want[i]) // the wild mark in front of i takes it
		moves := i > 0 && row[i-1] && (want[i-1] == mark || wild(want[i-1]))
		row[i] = stays || moves
	}
}

// wild reports whether a mark can be any text. References can, for they may give what a literal says.
func wild(mark int32) bool { return mark < 0 || mark >= firstRef }

package pattern

import (
	"strings"

	"wardlet.example/internal/model"
)

// Logs compiles the FilterPattern of a CloudWatch Logs subscription or metric filter. Only patterns of plain terms decide:
//
//	ERROR                  the message has the word
//	ERROR "out of memory"  it has all of them
//	?ERROR ?WARN           it has one of them
//	ERROR -timeout         it has the one and not the other
//
// Patterns for JSON ({...}), for columns ([...]) and with regular expressions (%...%) are Maybe, and so is a word that the
// message has as part of a longer one. An empty pattern lets every message through. Matches is asked about the message.
func Logs(v *model.Value) *Pattern {
	if v == nil || v.Kind == model.Absent {
		return &Pattern{root: constant(model.Yes)}
	}
	return compile(v, dialect{name: "filter pattern"}, func(*compiler) node { return asText{logPattern(v)} })
}

func logPattern(v *model.Value) node {
	switch {
	case v.Kind == model.OneOf:
		var all either
		for _, c := range v.Choices {
			all = append(all, logPattern(c.Value))
		}
		return all
	case v.Kind == model.Absent:
		return constant(model.Yes)
	case v.Kind != model.String:
		return constant(model.Maybe)
	}
	return termsOf(strings.TrimSpace(v.Str), v.Origin)
}

// terms are the terms of a pattern by their sign: none, ? or -.
type terms struct {
	all, any, none []node
}

func termsOf(s string, at model.Origin) node {
	if s == "" {
		return constant(model.Yes)
	}
	if strings.ContainsAny(s[:1], "{[%") || len(s) > maxTermText {
		return constant(model.Maybe)
	}
	t, ok := readTerms(s, at)
	if !ok || len(t.any) > 0 && len(t.all)+len(t.none) > 0 {
		return constant(model.Maybe)
	}
	if len(t.any) > 0 {
		return alternatives(t.any)
	}
	return every(append(t.all, t.none...))
}

// maxTermText is how long a filter pattern can be; CloudWatch Logs takes 1,024 characters.
const maxTermText = 4096

func readTerms(s string, at model.Origin) (t terms, ok bool) {
	for s = strings.TrimSpace(s); s != ""; s = strings.TrimSpace(s) {
		sign := s[0]
		if sign == '?' || sign == '-' {
			s = s[1:]
		}
		word, rest, ok := cutTerm(s)
		if !ok {
			return t, false
		}
		s = rest
		n := term(word, at)
		switch sign {
		case '?':
			t.any = append(t.any, n)
		case '-':
			t.none = append(t.none, inverse{n})
		default:
			t.all = append(t.all, n)
		}
	}
	return t, true
}

// cutTerm takes a word or a quoted phrase from the front.
func cutTerm(s string) (word, rest string, ok bool) {
	if quoted, found := strings.CutPrefix(s, `"`); found {
		word, rest, ok = strings.Cut(quoted, `"`)
		ok = ok && word != "" && !strings.Contains(word, `\`)
	} else {
		end := strings.IndexAny(s, " \t")
		if end < 0 {
			end = len(s)
		}
		word, rest = s[:end], s[end:]
		ok = word != "" && strings.IndexFunc(word, func(r rune) bool { return !wordRune(r) }) < 0
	}
	return word, rest, ok && (rest == "" || rest[0] == ' ' || rest[0] == '\t')
}

func wordRune(r rune) bool {
	return r == '_' || r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z'
}

func term(word string, at model.Origin) node {
	want := speak(model.NewString("*"+word+"*", at), false, nil)
	want.marks[0], want.marks[len(want.marks)-1] = anyText, anyText
	return termNode{word, want}
}

// termNode asks whether a message has a term. How CloudWatch Logs cuts a message into words is not written, so a term inside
// a longer word leaves it open.
type termNode struct {
	word string
	want phrase
}

func (t termNode) match(m *matcher, v *model.Value, _ bool) model.Tri {
	if !m.spend(textLength(v)) {
		return model.Maybe
	}
	answer := t.want.match(m, speak(v, false, []string{}))
	if answer != model.Yes {
		return answer
	}
	for _, s := range knownTexts(v) {
		if standsAlone(s, t.word) {
			return model.Yes
		}
	}
	return model.Maybe
}

func knownTexts(v *model.Value) []string {
	parts := v.Items
	if v.Kind == model.String {
		return []string{v.Str}
	}
	var out []string
	for i, p := range parts {
		if p.Kind != model.String {
			continue
		}
		s := p.Str
		if i > 0 { // the neighbours may go on with the word
			s = "_" + s
		}
		if i < len(parts)-1 {
			s += "_"
		}
		out = append(out, s)
	}
	return out
}

func standsAlone(s, word string) bool {
	for from := 0; ; {
		i := strings.Index(s[from:], word)
		if i < 0 {
			return false
		}
		start, end := from+i, from+i+len(word)
		if (start == 0 || !wordByte(s[start-1])) && (end == len(s) || !wordByte(s[end])) {
			return true
		}
		from = start + 1
	}
}

func wordByte(b byte) bool { return b >= 0x80 || wordRune(rune(b)) }

// inverse is a part that must not pass.
type inverse struct{ node }

func (i inverse) match(m *matcher, v *model.Value, present bool) model.Tri {
	return not(i.node.match(m, v, present))
}

package policy

import (
	"strings"

	"wardlet.example/internal/model"
)

// A pattern or the text that it is held against, in parts: literal characters, wildcards, and holes, which stand for text
// that only deployment knows.
type token struct {
	kind tokenKind
	char byte
	hole string // what the hole is, so that the same one is known to be equal
	name bool   // the hole is the generated name of a resource: never the same as another's, nor as a plain text
}

type tokenKind byte

const (
	literal tokenKind = iota
	star
	question
	hole
)

// text is a value taken apart. open says that nothing at all is known of it.
type text struct {
	tokens []token // where there are holes
	plain  string  // all of it, where there are none
	holes  bool
	wild   bool // plain has wildcards
	open   bool
}

// patternOf takes a pattern apart, in which * and ? are wildcards.
func patternOf(v *model.Value) text { return take(v, true) }

// subjectOf takes apart what a pattern is held against. Its own wildcards stand for themselves: a set of things.
func subjectOf(v *model.Value) text { return take(v, false) }

func take(v *model.Value, wild bool) text {
	if s, ok := v.Scalar(); ok {
		return takeString(s, wild)
	}
	t := text{holes: true}
	switch v.Kind {
	case model.Text:
		for _, p := range v.Items {
			if s, ok := p.Scalar(); ok {
				t.tokens = append(t.tokens, takeString(s, wild).all()...)
			} else {
				t.tokens = append(t.tokens, holeOf(p))
			}
		}
	case model.Ref:
		t.tokens = []token{holeOf(v)}
	default:
		t.open = true
	}
	return t
}

// takeString takes a known text apart.
func takeString(s string, wild bool) text {
	if wild && strings.Contains(s, plainMark) {
		return text{holes: true, tokens: escapedTokens(s)}
	}
	return text{plain: s, wild: wild && strings.ContainsAny(s, "*?")}
}

// escapedTokens takes apart a pattern of which some * and ? are no wildcards.
func escapedTokens(s string) []token {
	var out []token
	for s != "" {
		before, after, found := strings.Cut(s, plainMark)
		out = append(out, text{plain: before, wild: true}.all()...)
		if !found || after == "" {
			break
		}
		out = append(out, token{char: after[0]})
		s = after[1:]
	}
	return out
}

// all is the text in tokens.
func (t text) all() []token {
	if t.holes {
		return t.tokens
	}
	out := make([]token, 0, len(t.plain))
	for i := range len(t.plain) {
		switch c := t.plain[i]; {
		case t.wild && c == '*':
			if n := len(out); n == 0 || out[n-1].kind != star {
				out = append(out, token{kind: star})
			}
		case t.wild && c == '?':
			out = append(out, token{kind: question})
		default:
			out = append(out, token{char: c})
		}
	}
	return out
}

func holeOf(v *model.Value) token {
	switch v.Kind {
	case model.Ref:
		return token{kind: hole, hole: v.Str + "." + v.Attr, name: !strings.HasPrefix(v.Str, "AWS::")}
	case model.Unknown:
		if from, key, ok := v.Elsewhere(); ok {
			return token{kind: hole, hole: string(from) + " " + key.String()}
		}
	}
	return token{kind: hole}
}

// same reports whether two holes are certainly the same text.
func (t token) same(u token) bool {
	return t.kind == hole && u.kind == hole && t.hole != "" && t.hole == u.hole
}

// matches reports whether a pattern covers a text: Yes if it does whatever the holes are, No if it cannot.
func (t text) matches(s text) model.Tri {
	switch {
	case !t.holes && t.plain == "*":
		return model.Yes
	case t.open || s.open:
		return model.Maybe
	case !t.holes && !s.holes && !t.wild:
		return model.TriOf(t.plain == s.plain)
	case !t.holes && !s.holes:
		return model.TriOf(glob(t.plain, s.plain))
	}
	p, q := t.all(), s.all()
	n, wild := inCommon(p, q), wildSegments(p)
	switch {
	case covers(p[n:], q[n:], wild[n:], false):
		return model.Yes
	case covers(p[n:], q[n:], wild[n:], true):
		return model.Maybe
	}
	return model.No
}

// inCommon is how many tokens a pattern and a text have in common at their beginning: a hole that both have there is the same text in both,
// whatever that is.
func inCommon(p, q []token) int {
	n := 0
	for n < len(p) && n < len(q) && (p[n].kind == literal && p[n] == q[n] || p[n].same(q[n])) {
		n++
	}
	return n
}

// covers matches tokens by the usual two rows of a table. With hope, holes are taken for whatever makes it fit.
func covers(p, q []token, wildSegment []bool, hope bool) bool {
	row := make([]bool, len(q)+1) // row[j]: p[:i] covers q[:j]
	row[0] = true
	if hope {
		for j := range q { // holes can be empty
			row[j+1] = row[j] && q[j].kind == hole && !q[j].name
		}
	}
	next := make([]bool, len(q)+1)
	for i, t := range p {
		next[0] = row[0] && (t.kind == star || hope && t.kind == hole && !t.name)
		for j, s := range q {
			next[j+1] = step(t, s, row, next, j, hope, wildSegment[i])
		}
		row, next = next, row
	}
	return row[len(q)]
}

// step is whether a pattern up to and with t covers a text up to and with s, the one at j.
func step(t, s token, row, next []bool, j int, hope, wild bool) bool {
	before, above, left := row[j], row[j+1], next[j]
	switch {
	case t.kind == star:
		return above || left
	case t.kind == hole:
		if t.same(s) && before {
			return true
		}
		if !hope {
			return false
		}
		if t.name && (s.name || s.kind == literal) {
			return false // two resources never have one name, and none is made to be a name that is written somewhere
		}
		return above || left || before
	case s.kind == hole:
		if !hope || s.name && !wild {
			return false
		}
		return above || left || before
	case t.kind == question:
		return before
	}
	return before && s.kind == literal && t.char == s.char
}

// wildSegments tells for each token of a pattern whether a wildcard or hole stands in its segment between colons: only
// there can it be a part of a generated name.
func wildSegments(p []token) []bool {
	out := make([]bool, len(p))
	start, wild := 0, false
	flush := func(end int) {
		for i := start; i < end; i++ {
			out[i] = wild
		}
		start, wild = end, false
	}
	for i, t := range p {
		if t.kind == literal && (t.char == ':' || t.char == '/') {
			flush(i)
		}
		wild = wild || t.kind != literal
	}
	flush(len(p))
	return out
}

// glob reports whether a pattern without holes covers a plain text; both in the same case.
func glob(pattern, s string) bool {
	star, mark := -1, 0
	i, j := 0, 0
	for j < len(s) {
		switch {
		case i < len(pattern) && (pattern[i] == '?' || pattern[i] == s[j]) && pattern[i] != '*':
			i++
			j++
		case i < len(pattern) && pattern[i] == '*':
			star, mark = i, j
			i++
		case star >= 0:
			i = star + 1
			mark++
			j = mark
		default:
			return false
		}
	}
	for i < len(pattern) && pattern[i] == '*' {
		i++
	}
	return i == len(pattern)
}

package expr

import (
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/interpreter"

	"wardlet.example/internal/model"
)

// maxGlob bounds the work of one glob: length of the pattern times length of the text.
const maxGlob = 1 << 22

// openPart stands in a text for a part that is not known.
const openPart rune = -1

// glob is glob(pattern, text). With open parts it is true where it matches whatever they are, false where it matches
// for no text in their place, and undecided else. Unknown arguments do not arrive here.
func glob(fold func(string) string) func(*interpreter.ExecutionFrame, any, any) ref.Val {
	return func(frame *interpreter.ExecutionFrame, x, y any) ref.Val {
		if isAbsent(x) || isAbsent(y) {
			return types.False
		}
		for _, arg := range []any{x, y} {
			if err := single("glob", arg); err != nil {
				return err
			}
		}
		pattern, text := runes(x, fold), runes(y, fold)
		if work := len(pattern) * len(text); work > maxGlob || !self(frame).spend(work/64) {
			return types.NewErr("glob is too much work on %s", describe(y))
		}
		switch {
		case !globMatches(pattern, text, true):
			return types.False
		case globMatches(pattern, text, false):
			return types.True
		}
		return types.MergeUnknowns(partial(x), partial(y))
	}
}

// runes are the characters of a single value, open parts as openPart.
func runes(x any, fold func(string) string) []rune {
	if s, ok := plainText(x); ok {
		return []rune(fold(s))
	}
	n, ok := x.(*node)
	if !ok || n.v.Kind != model.Text {
		return []rune{openPart}
	}
	var out []rune
	for _, p := range n.v.Items {
		if s, ok := p.Scalar(); ok {
			out = append(out, []rune(fold(s))...)
		} else {
			out = append(out, openPart)
		}
	}
	return out
}

// globMatches reports whether the text matches the pattern: with hope, for some text in place of the open parts;
// without, for any. reach[i] says that the text so far matches the first i characters of the pattern.
func globMatches(pattern, text []rune, hope bool) bool {
	reach := make([]bool, len(pattern)+1)
	reach[0] = true
	skipStars(pattern, reach, hope)
	next := make([]bool, len(pattern)+1)
	for _, c := range text {
		clear(next)
		for i, ok := range reach {
			if !ok {
				continue
			}
			if c == openPart && hope {
				openReach(next, i)
				break
			}
			if i < len(pattern) {
				step(pattern[i], c, i, next, hope)
			}
		}
		skipStars(pattern, next, hope)
		reach, next = next, reach
	}
	return reach[len(pattern)]
}

// openReach marks all that an open part can lead to from the i-th character: anything behind it.
func openReach(next []bool, i int) {
	for ; i < len(next); i++ {
		next[i] = true
	}
}

// step moves over one character of the text.
func step(p, c rune, i int, next []bool, hope bool) {
	switch {
	case p == '*', p == openPart && hope:
		next[i] = true
	case c != openPart && (p == '?' || p == c):
		next[i+1] = true
	}
}

// skipStars lets stars stand for nothing.
func skipStars(pattern []rune, reach []bool, hope bool) {
	for i, p := range pattern {
		if reach[i] && (p == '*' || p == openPart && hope) {
			reach[i+1] = true
		}
	}
}

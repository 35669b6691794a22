package repo

import (
	"fmt"
	"strings"
)

// matcher matches paths against patterns and counts its steps, because both come from the repository.
type matcher struct {
	steps int64
}

// path matches a path against a pattern, segment by segment. A segment "**" stands for any number of segments; at the
// end of the pattern it stands for at least one. Like segment it goes back to the last wildcard only, which is enough
// and keeps the time within the product of both lengths.
func (m *matcher) path(pattern, path []string) bool {
	p, s := 0, 0
	star, mark := -1, 0
	for s < len(path) {
		m.steps++
		switch {
		case p < len(pattern) && pattern[p] == "**":
			if p == len(pattern)-1 {
				return true
			}
			star, mark = p, s
			p++
		case p < len(pattern) && m.segment(pattern[p], path[s]):
			p++
			s++
		case star >= 0:
			mark++
			p, s = star+1, mark
		default:
			return false
		}
	}
	return p == len(pattern)
}

// segment matches one segment of a path, byte by byte as git does: "*" any text, "?" one byte, [a-z] one of a set,
// "\" takes the next byte as it is.
func (m *matcher) segment(pattern, s string) bool {
	if pattern != "" && s != "" && pattern[0] != s[0] && !hasWildcard(pattern[:1]) {
		return false
	}
	p, i := 0, 0
	star, mark := -1, 0
	for i < len(s) {
		m.steps++
		if p < len(pattern) && pattern[p] == '*' {
			star, mark = p, i
			p++
			continue
		}
		if n := matchByte(pattern[p:], s[i]); n > 0 {
			p += n
			i++
			continue
		}
		if star < 0 {
			return false
		}
		mark++
		p, i = star+1, mark
	}
	return strings.Trim(pattern[p:], "*") == ""
}

// matchByte is the length of the element at the beginning of a pattern, if it matches a byte; otherwise 0.
func matchByte(pattern string, c byte) int {
	if pattern == "" {
		return 0
	}
	switch pattern[0] {
	case '?':
		return 1
	case '[':
		in, n := matchSet(pattern, c)
		if !in {
			return 0
		}
		return n
	case '\\':
		if len(pattern) < 2 || pattern[1] != c {
			return 0
		}
		return 2
	}
	if pattern[0] != c {
		return 0
	}
	return 1
}

// matchSet reports whether a byte is in the set that a pattern begins with, and how long the set is. A set that is not
// closed holds nothing.
func matchSet(pattern string, c byte) (in bool, n int) {
	i := 1
	negated := i < len(pattern) && (pattern[i] == '!' || pattern[i] == '^')
	if negated {
		i++
	}
	for first := true; i < len(pattern); first = false {
		if pattern[i] == ']' && !first {
			return in != negated, i + 1
		}
		hit, next := matchItem(pattern, i, c)
		if next == 0 {
			return false, 0
		}
		in = in || hit
		i = next
	}
	return false, 0
}

// matchItem matches one item of a set: a class such as [:digit:], a range, or a byte. next is 0 where the set is broken.
func matchItem(pattern string, i int, c byte) (hit bool, next int) {
	if strings.HasPrefix(pattern[i:], "[:") {
		if end := strings.Index(pattern[i:], ":]"); end >= 2 {
			class, known := classes(pattern[i+2 : i+end])
			if !known {
				return false, 0
			}
			return class(c), i + end + 2
		}
	}
	low, i, ok := setByte(pattern, i)
	if !ok {
		return false, 0
	}
	if i+1 >= len(pattern) || pattern[i] != '-' || pattern[i+1] == ']' {
		return c == low, i
	}
	high, i, ok := setByte(pattern, i+1)
	if !ok {
		return false, 0
	}
	return c == low || low <= c && c <= high, i // also of a range that runs backwards git takes the first
}

func setByte(pattern string, i int) (c byte, next int, ok bool) {
	if i < len(pattern) && pattern[i] == '\\' {
		i++
	}
	if i >= len(pattern) {
		return 0, 0, false
	}
	return pattern[i], i + 1, true
}

func classes(name string) (func(byte) bool, bool) {
	between := func(low, high byte) func(byte) bool {
		return func(c byte) bool { return low <= c && c <= high }
	}
	lower, upper, digit := between('a', 'z'), between('A', 'Z'), between('0', '9')
	alpha := func(c byte) bool { return lower(c) || upper(c) }
	graph := between('!', '~')
	class, ok := map[string]func(byte) bool{
		"alpha":  alpha,
		"alnum":  func(c byte) bool { return alpha(c) || digit(c) },
		"blank":  func(c byte) bool { return c == ' ' || c == '\t' },
		"cntrl":  func(c byte) bool { return c < ' ' || c == 0x7f },
		"digit":  digit,
		"graph":  graph,
		"lower":  lower,
		"print":  between(' ', '~'),
		"punct":  func(c byte) bool { return graph(c) && !alpha(c) && !digit(c) },
		"space":  func(c byte) bool { return c == ' ' || '\t' <= c && c <= '\r' },
		"upper":  upper,
		"xdigit": func(c byte) bool { return digit(c) || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F' },
	}[name]
	return class, ok
}

// maxAlternatives bounds what the braces of one pattern expand to.
const maxAlternatives = 1000

// expand writes out the braces of a pattern and splits the results into segments.
func expand(pattern string) ([][]string, error) {
	open := []string{pattern}
	var done [][]string
	for len(open) > 0 {
		p := open[len(open)-1]
		open = open[:len(open)-1]
		before, choices, after := cutBraces(p)
		if choices == nil {
			done = append(done, strings.Split(p, "/"))
		}
		for _, c := range choices {
			open = append(open, before+c+after)
		}
		if len(open)+len(done) > maxAlternatives {
			return nil, fmt.Errorf("pattern %.60q has more than %d alternatives\nhint: use * instead of braces", pattern, maxAlternatives)
		}
	}
	return done, nil
}

// cutBraces splits a pattern around its last innermost {a,b}; choices is nil where it has none.
func cutBraces(p string) (before string, choices []string, after string) {
	start := strings.LastIndexByte(p, '{')
	if start < 0 {
		return p, nil, ""
	}
	end := strings.IndexByte(p[start:], '}')
	if end < 0 {
		return p, nil, ""
	}
	end += start
	return p[:start], strings.Split(p[start+1:end], ","), p[end+1:]
}

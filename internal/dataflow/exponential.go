package dataflow

import (
	"regexp"
	"regexp/syntax"
	"strings"
)

// mustNotStand are parts of a pattern that say what must not come, or have come: (?!admin|root), (?<![.-]). One that counts may bound the text.
var mustNotStand = regexp.MustCompile(`\(\?<?!(?:[^()\\{}]|\\.)*\)`)

// maxPositions bounds the places of a pattern that are compared in pairs.
const maxPositions = 160

// exponential reports whether a backtracking matcher takes twice as long for each further letter of some text: a loop of the pattern
// can read the same text in two ways, and what follows the loop can fail. Patterns with what RE2 does not know (looking around, groups
// that are repeated by number) are not judged, but for what must not stand somewhere: that hinders few of the texts that take long.
//
// The pattern becomes the automaton of its places (Glushkov). It is ambiguous without bound where two ways that begin at one place and
// part come together there again, having read the same (Weber and Seidl, 1991).
func exponential(pattern string) bool {
	pattern = mustNotStand.ReplaceAllString(pattern, "")
	re, err := syntax.Parse(strings.ReplaceAll(pattern, "(?:", "("), syntax.Perl) // what is not captured would be simplified: (?:a+)+
	if err != nil {
		return false
	}
	g := &places{}
	all := g.of(re.Simplify())
	if len(g.reads) == 0 || len(g.reads) > maxPositions {
		return false
	}
	done := map[int]bool{} // places where the match may end at once, so that what was read so far is never tried in other ways
	for _, i := range all.last {
		done[i] = !g.ends
	}
	for from := range g.reads {
		if !done[from] && g.partsAndMeets(from, done) {
			return true
		}
	}
	return false
}

// places are the places of a pattern where it reads a letter: which letters, and which places may come next.
type places struct {
	reads []*syntax.Regexp
	next  []map[int]int // in how many ways: two where (a+)+ goes on in the inner loop, or the outer
	ends  bool          // the pattern asks for the end of the text
}

// piece is a part of a pattern: where it can begin and end, and whether it may read nothing.
type piece struct {
	first, last []int
	empty       bool
}

func (g *places) of(re *syntax.Regexp) piece {
	switch re.Op {
	case syntax.OpLiteral:
		out := piece{empty: true}
		for _, r := range re.Rune {
			out = g.then(out, g.read(&syntax.Regexp{Op: syntax.OpCharClass, Rune: letters(r, re.Flags&syntax.FoldCase != 0)}))
		}
		return out
	case syntax.OpCharClass, syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		return g.read(re)
	case syntax.OpCapture:
		return g.of(re.Sub[0])
	case syntax.OpStar, syntax.OpPlus:
		p := g.of(re.Sub[0])
		g.follow(p.last, p.first)
		p.empty = p.empty || re.Op == syntax.OpStar
		return p
	case syntax.OpQuest:
		p := g.of(re.Sub[0])
		p.empty = true
		return p
	case syntax.OpConcat:
		out := piece{empty: true}
		for _, sub := range re.Sub {
			out = g.then(out, g.of(sub))
		}
		return out
	case syntax.OpAlternate:
		var out piece
		for _, sub := range re.Sub {
			p := g.of(sub)
			out = piece{append(out.first, p.first...), append(out.last, p.last...), out.empty || p.empty}
		}
		return out
	case syntax.OpEndLine, syntax.OpEndText:
		g.ends = true
	}
	return piece{empty: true}
}

// letters is a letter as a class; without regard to case it is both of its forms.
func letters(r rune, fold bool) []rune {
	if !fold {
		return []rune{r, r}
	}
	lower, upper := []rune(strings.ToLower(string(r)))[0], []rune(strings.ToUpper(string(r)))[0]
	return []rune{lower, lower, upper, upper}
}

func (g *places) read(re *syntax.Regexp) piece {
	g.reads = append(g.reads, re)
	g.next = append(g.next, nil)
	at := []int{len(g.reads) - 1}
	return piece{first: at, last: at}
}

func (g *places) then(a, b piece) piece {
	g.follow(a.last, b.first)
	out := piece{first: a.first, last: b.last, empty: a.empty && b.empty}
	if a.empty {
		out.first = append(append([]int(nil), a.first...), b.first...)
	}
	if b.empty {
		out.last = append(append([]int(nil), a.last...), b.last...)
	}
	return out
}

func (g *places) follow(from, to []int) {
	for _, i := range from {
		for _, j := range to {
			if i < len(g.next) {
				if g.next[i] == nil {
					g.next[i] = map[int]int{}
				}
				g.next[i][j]++
			}
		}
	}
}

// partsAndMeets reports whether two ways of the same letters lead from a place to it again and are apart between, past no place that is
// done.
func (g *places) partsAndMeets(from int, done map[int]bool) bool {
	type pair struct {
		a, b  int
		apart bool
	}
	start := pair{from, from, false}
	seen := map[pair]bool{start: true}
	todo := []pair{start}
	for len(todo) > 0 {
		p := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		for a, ways := range g.next[p.a] {
			for b := range g.next[p.b] {
				if done[a] || done[b] || !overlap(g.reads[a], g.reads[b]) {
					continue
				}
				q := pair{a, b, p.apart || a != b || p.a == p.b && ways > 1}
				if q.apart && a == from && b == from {
					return true
				}
				if !seen[q] {
					seen[q] = true
					todo = append(todo, q)
				}
			}
		}
	}
	return false
}

// overlap reports whether two places can read the same letter.
func overlap(a, b *syntax.Regexp) bool {
	x, y := ranges(a), ranges(b)
	for i := 0; i+1 < len(x); i += 2 {
		for j := 0; j+1 < len(y); j += 2 {
			if x[i] <= y[j+1] && y[j] <= x[i+1] {
				return true
			}
		}
	}
	return false
}

func ranges(re *syntax.Regexp) []rune {
	switch re.Op {
	case syntax.OpAnyChar:
		return []rune{0, 0x10ffff}
	case syntax.OpAnyCharNotNL:
		return []rune{0, '\n' - 1, '\n' + 1, 0x10ffff}
	}
	return re.Rune
}

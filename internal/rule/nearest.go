package rule

import "strings"

// longest is how much of a name is compared; longer ones are not names that anybody meant.
const longest = 80

// nearest is the word that was probably meant: the one with the fewest slips of the pen, else the first that
// contains it; empty if none is near.
func nearest(name string, words []string) string {
	if name == "" || len(name) > longest {
		return ""
	}
	name = strings.ToLower(name)
	best, fewest := "", len(name)/3+2
	for _, w := range words {
		if d := distance(name, strings.ToLower(w)); d < fewest {
			best, fewest = w, d
		}
	}
	if best != "" || len(name) < 3 {
		return best
	}
	return containing(name, words)
}

func containing(name string, words []string) string {
	for _, w := range words {
		if strings.Contains(strings.ToLower(w), name) {
			return w
		}
	}
	return ""
}

// didYouMean is a hint that names the nearest word and what is known.
func didYouMean(name string, words []string) string {
	known := "known are " + strings.Join(words, ", ")
	if near := nearest(name, words); near != "" {
		return "did you mean " + near + "? " + known
	}
	return known
}

// distance counts the letters to insert, remove, replace or swap with their neighbour to turn a into b.
func distance(a, b string) int {
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+differ(a[i-1], b[j-1]))
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}

func differ(a, b byte) int {
	if a == b {
		return 0
	}
	return 1
}

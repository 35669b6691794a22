package dataflow

import (
	"strings"

	"wardlet.example/internal/ir"
)

// Methods of texts and patterns that look for a match.
var (
	ofPatterns = set("test exec match search fullmatch findall finditer sub subn split")
	ofTexts    = set("match matchAll replace replaceAll search split")
	ofRegexp2  = set("MatchString MatchRunes FindStringMatch FindRunesMatch Replace ReplaceFunc") // the one matcher of Go that goes back
)

// slow tells where a pattern of the program that can take exponential time is held against an outsider's text.
func (in *interp) slow(f frame, e *ir.Expr, recv *Value, method string, callee *Value, args *arguments) {
	pattern, text := nothing, nothing
	switch {
	case recv == nil:
	case f.file.Language == ir.Node && ofPatterns[method] && patternIn(recv) != nil:
		pattern, text = patternIn(recv), args.get(0)
	case f.file.Language == ir.Node && ofTexts[method] && patternIn(args.get(0)) != nil:
		pattern, text = patternIn(args.get(0)), recv
	case f.file.Language == ir.Go && ofRegexp2[method]:
		if !strings.HasPrefix(recv.ref, "github_com/dlclark/regexp2.") || in.fieldOf(f, recv, "MatchTimeout") != nothing || len(recv.args) == 0 {
			return
		}
		pattern, text = recv.args[0], args.get(0)
	case f.file.Language == ir.Python && ofPatterns[method]:
		given := args.list
		if pattern = patternIn(recv); pattern == nil { // re.match(pattern, text)
			if callee.ref != "re."+method || len(given) == 0 {
				return
			}
			pattern, given = given[0], given[1:]
		}
		if (method == "sub" || method == "subn") && len(given) > 0 {
			given = given[1:]
		}
		if len(given) > 0 {
			text = given[0]
		}
	}
	if pattern == nothing || len(text.taints) == 0 {
		return
	}
	for _, one := range eachPattern(pattern) {
		if source := bare(one); in.p.exponential(source) {
			in.hit(f, e.At, "inefficient-regex", source, text.taints, false)
			return
		}
	}
}

// eachPattern are the patterns of which a value is one: those of a table of checks are held against what belongs to each.
func eachPattern(pattern *Value) []*Value {
	if pattern.known {
		return []*Value{pattern}
	}
	var out []*Value
	for _, text := range pattern.alts {
		out = append(out, &Value{text: text, known: true, regexp: pattern.regexp})
	}
	return out
}

// patternIn is the pattern that a value is: /x/, new RegExp("x"), re.compile("x").
func patternIn(v *Value) *Value {
	if v == nil {
		return nil
	}
	if v.regexp {
		return v
	}
	if (v.ref == "re.compile()" || v.ref == "builtin.RegExp()") && len(v.args) > 0 {
		return v.args[0]
	}
	return nil
}

// exponential is the answer for a pattern, worked out once.
func (p *Program) exponential(pattern string) bool {
	known, ok := p.patterns[pattern]
	if !ok {
		known = exponential(pattern)
		p.patterns[pattern] = known
	}
	return known
}

package dataflow

import (
	"regexp"
	"slices"
	"strings"

	"wardlet.example/internal/ir"
)

// anchored reports whether a regular expression is about a text as a whole.
func anchored(v *Value, begins, ends bool) bool {
	s := v.text
	if t := strings.TrimPrefix(s, "/"); t != s {
		if i := strings.LastIndexByte(t, '/'); i >= 0 {
			s = t[:i]
		}
	}
	begins = begins || strings.HasPrefix(s, "^") || strings.HasPrefix(s, `\A`)
	ends = ends || strings.HasSuffix(s, "$") || strings.HasSuffix(s, `\Z`) || strings.HasSuffix(s, `\z`)
	s = ofOne.ReplaceAllString(s, "x")
	return begins && ends && !strings.Contains(s, ".*") && !strings.Contains(s, ".+")
}

// ofOne is what a pattern says of one character where a dot stands for a dot only: a class, or an escaped character.
var ofOne = regexp.MustCompile(`\\.|\[(\\.|[^\]\\])*\]`)

// patternOf is the regular expression of a test: /x/.test(s), s.match(/x/), re.match("x", s), compiled.match(s).
func (in *interp) patternOf(f frame, e *ir.Expr) *Value {
	if e.X.Kind != ir.Member {
		return nothing
	}
	for _, x := range append([]*ir.Expr{e.X.X}, e.List...) {
		v := in.quiet(f, x)
		if x.Kind == ir.Const && x.Regexp {
			v = &Value{text: x.Str, known: true, regexp: true}
		}
		if p := patternIn(v); p != nil {
			return p
		}
	}
	if textOf(e.X.X) == "re" && len(e.List) > 0 {
		return in.quiet(f, e.List[0])
	}
	return nothing
}

// bare is a regular expression without its slashes and flags.
func bare(v *Value) string {
	s := v.text
	if t, ok := strings.CutPrefix(s, "/"); ok {
		if i := strings.LastIndexByte(t, '/'); i >= 0 {
			return t[:i]
		}
	}
	return s
}

// tellsHost reports whether a pattern fixes the host of an address: /^https:\/\/([a-z]+\.)?example\.com\//
func (in *interp) tellsHost(f frame, e *ir.Expr) bool {
	p := in.patternOf(f, e)
	if !p.known {
		return false
	}
	s := bare(p)
	s = strings.ReplaceAll(s, `\/`, "/")
	before, after, ok := strings.Cut(s, "://")
	host, _, ended := strings.Cut(after, "/")
	return ok && ended && strings.HasPrefix(before, "^") && !strings.Contains(host, ".*") && !strings.Contains(host, ".+") && !strings.Contains(host, "[^")
}

// noOther: a text in which none but harmless characters were found: if (/[^a-z0-9]/.test(s)) throw ...
func (in *interp) noOther(f frame, e *ir.Expr, holds bool) {
	if holds || e.X.Kind != ir.Member {
		return
	}
	p := in.patternOf(f, e)
	if !p.known {
		return
	}
	s := bare(p)
	class, ok := strings.CutPrefix(s, "[^")
	class, closed := strings.CutSuffix(strings.TrimRight(class, "+"), "]")
	if !ok || !closed || strings.ContainsAny(class, ";|&$`<>()'\" \n/") || strings.Contains(class, `\s`) || strings.Contains(class, `\S`) || strings.Contains(class, `\W`) {
		return
	}
	x := e.X.X
	if in.quiet(f, x).regexp || x.Kind == ir.Const || textOf(x) == "re" {
		x = first0(e.List)
		if textOf(e.X.X) == "re" && len(e.List) > 1 {
			x = e.List[1]
		}
	}
	in.trust(f, x, []string{"all"})
}

// ajv: a schema that was compiled, or one that is given with what is checked.
func (in *interp) ajv(f frame, e *ir.Expr) {
	callee := in.quiet(f, e.X)
	if !strings.HasPrefix(callee.ref, "ajv") {
		return
	}
	switch {
	case strings.HasSuffix(callee.ref, ".compile()") && len(callee.args) > 0:
		in.byJSONSchema(f, e.List[0], in.quiet(f, e.List[0]), callee.args[0])
	case strings.HasSuffix(callee.ref, ".validate") && len(e.List) > 1:
		in.byJSONSchema(f, e.List[1], in.quiet(f, e.List[1]), in.quiet(f, e.List[0]))
	}
}

// matched reports whether what a regular expression has found in a text is harmless, because the expression tells what all of it is.
func (in *interp) matched(f frame, e *ir.Expr) bool {
	p := in.patternOf(f, e)
	begins, ends := e.X.Str == "match" && textOf(e.X.X) == "re" || e.X.Str == "fullmatch", e.X.Str == "fullmatch"
	if oneOf := p.choices(); len(oneOf) > 0 { // of a table of patterns
		return !slices.ContainsFunc(oneOf, func(text string) bool { return !anchored(constant(text), begins, ends) })
	}
	return p.known && p.text != "" && anchored(p, begins, ends)
}

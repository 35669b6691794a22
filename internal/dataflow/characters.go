package dataflow

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

	"wardlet.example/internal/ir"
)

// characters is a loop through the characters of a text.
type characters struct {
	in      *interp
	f       frame
	name    string                    // of one character
	refuses func(given *ir.Expr) bool // whether a return with that turns the text away
}

// charactersChecked: behind a loop that leaves the function at the first character of a text that it refuses, the text has none of those. Which
// characters that are is tried out with each that does harm somewhere.
func (in *interp) charactersChecked(f frame, loop *ir.Stmt, text *Value, refuses func(*ir.Expr) bool) {
	name := elementName(loop)
	if name == "" || textOf(loop.Y) == "" || !in.isText(f, loop.Y, text) {
		return
	}
	refused, each := "", &characters{in, f, name, refuses}
	if !each.goesToEnd(loop.Body) {
		return
	}
	for _, c := range harmfulCharacters {
		if each.wayOf(loop.Body, c) == turnedAway {
			refused += string(c)
		}
	}
	switch {
	case refused == "":
		return
	case refused == harmfulCharacters:
		in.trust(f, loop.Y, []string{"all"})
		return
	}
	var rules []string
	for rule, characters := range sorted(harmful) {
		if lacksAll(refused, characters) {
			rules = append(rules, rule)
		}
	}
	if len(rules) > 0 {
		in.trust(f, loop.Y, rules)
	}
}

// elementName is the name of an element of what a loop goes through; empty where that is not known.
func elementName(loop *ir.Stmt) string {
	x := loop.X
	if x != nil && x.Kind == ir.Array && len(x.List) == 2 { // for _, x := range xs
		x = x.List[1]
	}
	if x == nil || x.Kind != ir.Name || x.Str == "_" || loop.Str == "keys" || loop.Y == nil {
		return ""
	}
	return x.Str
}

// goesToEnd reports whether a loop looks at all characters of a text that it does not turn away.
func (l *characters) goesToEnd(body []*ir.Stmt) bool {
	all := true
	ir.Walk(body, func(s *ir.Stmt) bool {
		all = all && (s.Kind != ir.Return || l.refuses(s.X)) && (s.Kind != ir.Leave || saysContinue.Match(l.f.file.Tree.Source[s.At:]))
		return all
	}, nil)
	return all
}

// makesList are methods that make a list of a text: its elements are more than characters.
var makesList = set("split splitlines rsplit match matchAll findall partition keys values items")

// isText reports whether a loop goes through characters. In Go the constants say that: see isCharacter.
func (in *interp) isText(f frame, x *ir.Expr, v *Value) bool {
	if f.file.Language == ir.Go {
		return true
	}
	if x.Kind == ir.Name {
		if made := in.testOf(f, x.Str); made != nil && made.Kind == ir.Call && makesList[lastPart(textOf(made.X))] {
			return false
		}
	}
	if len(v.taints) == 0 || len(v.fields) > 0 || v.elem != nil || v.isList || v.isDict || v.ref != "" && !makesTexts[strings.TrimSuffix(v.ref, "()")] {
		return false
	}
	return !slices.ContainsFunc(v.taints, func(t *Taint) bool { return t.pieces || t.object && !t.clean["nosql"] })
}

// wayOut is where a character leads in the body of a loop.
type wayOut uint8

const (
	goesOn     wayOut = iota // to what comes next
	somewhere                // perhaps to the end of the loop, or where is not known
	nextOne                  // to the next character
	turnedAway               // out of the function
)

// wayOf is where a character leads in the body of a loop.
func (l *characters) wayOf(body []*ir.Stmt, c rune) wayOut {
	for _, s := range body {
		way := goesOn
		switch s.Kind {
		case ir.Return, ir.Throw:
			return turnedAway
		case ir.Leave:
			return nextOne
		case ir.Block:
			way = l.wayOf(s.Body, c)
		case ir.If:
			switch l.answerOf(s.X, c) {
			case yes:
				way = l.wayOf(s.Body, c)
			case no:
				way = l.wayOf(s.Else, c)
			default:
				return somewhere
			}
		case ir.Eval:
			if s.X != nil && s.X.Kind == ir.Assign && mentionsName(s.X.X, l.name) {
				return somewhere
			}
		default:
			return somewhere
		}
		if way != goesOn {
			return way
		}
	}
	return goesOn
}

// saysContinue is what goes on with the next round of the loop that it stands in.
var saysContinue = regexp.MustCompile(`^continue[ \t]*([;\r\n}#/]|$)`)

// answerOf is the answer of a condition for a character that a name stands for.
func (l *characters) answerOf(e *ir.Expr, c rune) answer {
	switch e.Kind {
	case ir.Not:
		return opposite(l.answerOf(e.X, c))
	case ir.Call:
		return l.saysOf(e, c)
	case ir.Binary:
		switch e.Str {
		case "&&", "||":
			return either(e.Str == "||", l.answerOf(e.X, c), l.answerOf(e.Y, c))
		case "in", "not in":
			among := anyAnswer
			if isName(e.X, l.name) {
				among = l.isOneOf(e.Y, c)
			}
			if e.Str == "not in" {
				return opposite(among)
			}
			return among
		}
		x, y := l.characterOf(e.X, c), l.characterOf(e.Y, c)
		if x < 0 || y < 0 {
			return anyAnswer
		}
		return isBetween(e.Str, x, y)
	}
	return anyAnswer
}

func isName(e *ir.Expr, name string) bool { return e.Kind == ir.Name && e.Str == name }

// isBetween compares two characters.
func isBetween(operator string, x, y rune) answer {
	var holds bool
	switch operator {
	case "===", "==":
		holds = x == y
	case "!==", "!=":
		holds = x != y
	case "<":
		holds = x < y
	case "<=":
		holds = x <= y
	case ">":
		holds = x > y
	case ">=":
		holds = x >= y
	default:
		return anyAnswer
	}
	return toAnswer(holds, !holds)
}

// characterOf is the character that an expression is: the one that is tried out, or a constant. In Go only a rune is one, in other languages a
// text that is no longer; -1 for others.
func (l *characters) characterOf(e *ir.Expr, c rune) rune {
	if isName(e, l.name) {
		return c
	}
	text := []rune(e.Str)
	if e.Kind != ir.Const || e.Bare || len(text) != 1 || l.f.file.Language == ir.Go && l.f.file.Tree.Source[e.At] != '\'' {
		return -1
	}
	return text[0]
}

// isOneOf tells whether a character stands in a constant text or list.
func (l *characters) isOneOf(e *ir.Expr, c rune) answer {
	v := l.in.quiet(l.f, e)
	if v.known && v.written != bareWord {
		found := strings.ContainsRune(v.text, c)
		return toAnswer(found, !found)
	}
	if len(v.args) == 1 && (v.ref == "builtin.Set()" || v.ref == "builtin.set()" || v.ref == "builtin.frozenset()") {
		v = v.args[0]
		if v.known {
			found := strings.ContainsRune(v.text, c)
			return toAnswer(found, !found)
		}
	}
	if len(v.fields) == 0 || !v.hasOnlyFields() || len(v.some) > 0 {
		return anyAnswer
	}
	for _, x := range v.fields {
		switch {
		case !x.known:
			return anyAnswer
		case x.text == string(c):
			return yes
		}
	}
	return no
}

// kindsOfCharacters are functions that tell what kind of character one is, by the last part of their names.
var kindsOfCharacters = map[string]func(rune) bool{
	"IsLetter": unicode.IsLetter, "IsDigit": unicode.IsDigit, "IsNumber": unicode.IsNumber, "IsUpper": unicode.IsUpper, "IsLower": unicode.IsLower,
	"IsSpace": unicode.IsSpace, "IsPunct": unicode.IsPunct, "IsControl": unicode.IsControl, "IsSymbol": unicode.IsSymbol, "IsPrint": unicode.IsPrint,
	"isalpha": unicode.IsLetter, "isdigit": unicode.IsDigit, "isnumeric": unicode.IsNumber, "isdecimal": unicode.IsDigit, "isupper": unicode.IsUpper,
	"islower": unicode.IsLower, "isspace": unicode.IsSpace, "isprintable": unicode.IsPrint, "isalnum": func(c rune) bool { return unicode.IsLetter(c) || unicode.IsNumber(c) },
}

// saysOf is what a call says of a character: unicode.IsLetter(c), c.isalnum(), ALLOWED.has(c), strings.ContainsRune(ALLOWED, c), /[a-z]/.test(c).
func (l *characters) saysOf(e *ir.Expr, c rune) answer {
	if e.X.Kind != ir.Member {
		return anyAnswer
	}
	is := kindsOfCharacters[e.X.Str]
	switch n := len(e.List); {
	case is != nil && (n == 1 && isName(e.X.X, "unicode") && isName(e.List[0], l.name) || n == 0 && isName(e.X.X, l.name)):
		return toAnswer(is(c), !is(c))
	case n == 1 && isName(e.List[0], l.name) && (e.X.Str == "has" || e.X.Str == "includes"):
		return l.isOneOf(e.X.X, c)
	case n == 2 && isName(e.List[1], l.name) && textOf(e.X) == "strings.ContainsRune":
		return l.isOneOf(e.List[0], c)
	case n == 1 && isName(e.List[0], l.name) && e.X.Str == "test" && e.X.X.Kind == ir.Const && e.X.X.Regexp:
		if p, err := regexp.Compile(bare(constant(e.X.X.Str))); err == nil && strings.HasSuffix(e.X.X.Str, "/") {
			return toAnswer(p.MatchString(string(c)), !p.MatchString(string(c)))
		}
	}
	return anyAnswer
}

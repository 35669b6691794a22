package dataflow

import (
	"slices"
	"strconv"
	"strings"
)

// Literal is a constant with what is known of its kind, which its first sign says: ' for a text, # for a number, a truth value or nothing,
// ? where it can be either.
type Literal string

// Nothing is what a field is that is not there.
const Nothing Literal = "#null"

// Quoted is a text.
func Quoted(s string) Literal { return "'" + Literal(s) }

// Text is the constant as the program writes it, without quotes.
func (l Literal) Text() string { return string(l[1:]) }

// written is how constants are written.
type written uint8

const (
	anyhow   written = iota // not known
	inQuotes                // a text
	bareWord                // a number, a truth value or nothing
	asAnswer                // not at all: the answer of a question about what an outsider sent, yes or no
)

// literal is a value that is known.
func (v *Value) literal() Literal {
	return Literal("?'#?"[v.written:][:1] + v.text)
}

// Literal is a value as a constant, where it is certainly one and always.
func (v *Value) Literal() (Literal, bool) {
	if v == nil || !v.known || v.perhaps {
		return "", false
	}
	return v.literal(), true
}

// plainly is what a constant is whatever its kind: 2.0 is 2, True is true.
func (l Literal) plainly() string {
	s := l.Text()
	switch s {
	case "True", "False":
		return strings.ToLower(s)
	case "None", "undefined":
		return "null"
	}
	if n, err := strconv.ParseFloat(s, 64); err == nil {
		return strconv.FormatFloat(n, 'g', -1, 64)
	}
	return s
}

// empty are constants that are perhaps equal to each other, and that count as false.
var emptyConstants = []string{"", "null", "false", "0"}

// other reports whether two constants are certainly not equal, however languages compare.
func (l Literal) other(m Literal) bool {
	a, b := l.plainly(), m.plainly()
	switch {
	case a == b, slices.Contains(emptyConstants, a) && slices.Contains(emptyConstants, b):
		return false
	}
	return !(a == "1" && b == "true" || a == "true" && b == "1")
}

// same reports whether two constants are certainly equal, however languages compare.
func (l Literal) same(m Literal) bool {
	if l.Text() != m.Text() && (l[0] != '#' || m[0] != '#' || l.plainly() != m.plainly()) {
		return false
	}
	return !ambiguous(l.Text()) && l.Text() != "undefined" || l[0] == m[0] && l[0] != '?'
}

// counts reports whether a constant counts as true, or as false; neither where that depends on what is not known.
func (l Literal) counts() (isTrue, isFalse bool) {
	empty := slices.Contains(emptyConstants, l.plainly())
	if l[0] == '#' || l.Text() == "" {
		return !empty, empty
	}
	return l[0] == '\'' || !empty, false
}

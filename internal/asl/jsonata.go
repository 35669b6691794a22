package asl

import "strings"

// isExpression reports whether a text is a JSONata expression: {% ... %}.
func isExpression(s string) bool {
	s = strings.TrimSpace(s)
	return strings.HasPrefix(s, "{%") && strings.HasSuffix(s, "%}") && len(s) >= 4
}

// readExpression finds which data a JSONata expression reads. It does not evaluate: an expression that is more than one path
// is not exact, and what it makes of its sources is not followed. $states.input, .context, .result and .errorOutput are the
// roots; other names are variables, unless the expression binds them itself or calls them.
func readExpression(s string) (sources []Source, exact bool) {
	s = strings.TrimSpace(s)
	s = strings.TrimSpace(s[2 : len(s)-2])
	e := &expression{text: s, bound: boundNames(s)}
	e.scan()
	switch {
	case e.doubt:
		return addSource(e.sources, Source{Root: Other}), false
	case len(e.sources) == 0:
		return []Source{{Root: Constant}}, false
	}
	return e.sources, e.whole && len(e.sources) == 1 && e.sources[0].Root != Other
}

type expression struct {
	text    string
	bound   map[string]bool // names that the expression gives itself
	sources []Source
	whole   bool // the expression is one path and nothing else
	doubt   bool // there may be more than was found
}

// scan looks at every name that begins with $, outside quotes.
func (e *expression) scan() {
	s := e.text
	// A quote inside a regular expression or a comment would hide what follows, and both begin with a slash.
	e.doubt = strings.ContainsAny(s, "/"+openPart)
	for i := 0; i < len(s); {
		switch c := s[i]; c {
		case '"', '\'', '`':
			i = afterQuote(s, i)
		case '$':
			i = e.name(i)
		default:
			i++
		}
	}
}

// afterQuote is the index behind a quoted text.
func afterQuote(s string, start int) int {
	for i := start + 1; i < len(s); i++ {
		switch {
		case s[i] == '\\':
			i++
		case s[i] == s[start]:
			return i + 1
		}
	}
	return len(s)
}

// name reads $name.a.b[0] at i and gives the index behind it.
func (e *expression) name(i int) int {
	s := e.text
	n := variableLength(s[i+1:])
	name := s[i+1 : i+1+n]
	end := i + 1 + n
	if n == 0 || strings.HasPrefix(strings.TrimLeft(s[end:], " \t\r\n"), "(") || e.bound[name] {
		return end // the current item, a function, or a name bound in the expression
	}
	steps, rest := cutSteps(s[end:])
	source := Source{Root: Variable, Name: name, Path: "$" + steps}
	if name == "states" {
		source = stateSource(steps)
	}
	e.sources = addSource(e.sources, source)
	e.whole = i == 0 && rest == ""
	return len(s) - len(rest)
}

func variableLength(s string) int {
	n := 0
	for n < len(s) && s[n] != '-' && nameByte(s[n]) {
		n++
	}
	return n
}

// stateSource is what $states.input.a and its siblings read.
func stateSource(steps string) Source {
	first, rest := steps, ""
	if i := strings.IndexAny(strings.TrimPrefix(steps, "."), ".["); i >= 0 {
		first, rest = steps[:i+1], steps[i+1:]
	}
	switch first {
	case ".input":
		return Source{Root: Input, Path: "$" + rest}
	case ".context":
		return Source{Root: Context, Path: "$" + rest}
	case ".result":
		return Source{Root: Result, Path: "$" + rest}
	case ".errorOutput":
		return Source{Root: Failure, Path: "$" + rest}
	}
	return Source{Root: Other}
}

// boundNames are the names that an expression gives itself: $x := ..., and the parameters of its functions.
func boundNames(s string) map[string]bool {
	bound := map[string]bool{}
	for at := strings.Index(s, ":="); at >= 0; {
		before := strings.TrimRight(s[:at], " \t\r\n")
		start := len(before)
		for start > 0 && nameByte(before[start-1]) {
			start--
		}
		if start > 0 && before[start-1] == '$' {
			bound[before[start:]] = true
		}
		next := strings.Index(s[at+2:], ":=")
		if next < 0 {
			break
		}
		at += 2 + next
	}
	for _, keyword := range []string{"function", "\u03bb"} {
		for _, after := range strings.Split(s, keyword)[1:] {
			bindParameters(bound, after)
		}
	}
	return bound
}

func bindParameters(bound map[string]bool, after string) {
	list, found := strings.CutPrefix(strings.TrimLeft(after, " \t\r\n"), "(")
	list, _, closed := strings.Cut(list, ")")
	if !found || !closed {
		return
	}
	for _, parameter := range strings.Split(list, ",") {
		bound[strings.TrimPrefix(strings.TrimSpace(parameter), "$")] = true
	}
}

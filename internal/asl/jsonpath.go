package asl

import "strings"

// readPath reads the value of a key that ends in .$: a path ($.a into root, $$.a into the context object, $name.a into a
// variable) or an intrinsic function.
func readPath(s string, root Root) (sources []Source, exact bool, function string) {
	s = strings.TrimSpace(s)
	if strings.HasPrefix(s, "$") {
		source, rest, exact := cutPath(s, root)
		if rest != "" || strings.Contains(s, openPart) {
			return []Source{source}, false, ""
		}
		return []Source{source}, exact, ""
	}
	r := &intrinsic{rest: s, root: root}
	function = r.call(0)
	if r.failed || strings.TrimSpace(r.rest) != "" || function == "" {
		return append(r.sources, Source{Root: Other}), false, function
	}
	if len(r.sources) == 0 {
		r.sources = []Source{{Root: generated(function)}}
	}
	return r.sources, false, function
}

// generated is the root of an intrinsic function that takes nothing from the data.
func generated(function string) Root {
	switch function {
	case "States.UUID", "States.MathRandom":
		return Other
	}
	return Constant
}

// cutPath takes a path from the front of s. exact is false where it is more than a chain of names and numbers.
func cutPath(s string, root Root) (source Source, rest string, exact bool) {
	s = s[1:]
	switch {
	case strings.HasPrefix(s, "$"):
		source, s = Source{Root: Context}, s[1:]
	default:
		n := nameLength(s)
		if source = (Source{Root: root}); n > 0 {
			source = Source{Root: Variable, Name: s[:n]}
		}
		s = s[n:]
	}
	steps, rest := cutSteps(s)
	source.Path = "$" + steps
	exact = rest == "" || strings.IndexByte(", )", rest[0]) >= 0
	return source, skipStep(rest), exact
}

// skipStep leaves out the part of a path that is not followed: filters, wildcards, descent. It ends at a comma or at a
// closing parenthesis that was not opened in it.
func skipStep(s string) string {
	depth := 0
	var quote byte
	for i := range len(s) {
		c := s[i]
		switch {
		case quote != 0:
			if c == quote && s[i-1] != '\\' {
				quote = 0
			}
		case c == '\'' || c == '"':
			quote = c
		case c == '(' || c == '[':
			depth++
		case (c == ')' || c == ']') && depth > 0:
			depth--
		case c == ')' || c == ',' && depth == 0:
			return s[i:]
		}
	}
	return ""
}

// cutSteps takes .name, ['name'] and [0] from the front of s, and writes names as .name.
func cutSteps(s string) (steps, rest string) {
	var b strings.Builder
	for {
		step, after, ok := cutStep(s)
		if !ok {
			return b.String(), s
		}
		b.WriteString(step)
		s = after
	}
}

func cutStep(s string) (step, rest string, ok bool) {
	switch {
	case strings.HasPrefix(s, "."):
		if n := nameLength(s[1:]); n > 0 {
			return s[:n+1], s[n+1:], true
		}
	case strings.HasPrefix(s, "['"), strings.HasPrefix(s, `["`):
		name, after, found := strings.Cut(s[2:], s[1:2]+"]")
		if found && !strings.ContainsAny(name, `'"\`) {
			return "." + name, after, true
		}
	case strings.HasPrefix(s, "["):
		index, after, found := strings.Cut(s[1:], "]")
		if found && index != "" && strings.Trim(index, "0123456789") == "" {
			return "[" + index + "]", after, true
		}
	}
	return "", s, false
}

// nameLength is how many bytes at the front can be a name: letters, digits, _ and -, and whatever is not ASCII.
func nameLength(s string) int {
	n := 0
	for n < len(s) && nameByte(s[n]) {
		n++
	}
	return n
}

func nameByte(c byte) bool {
	return c == '_' || c == '-' || c >= 0x80 || c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z'
}

// intrinsic reads States.Name(argument, ...), and collects the paths among the arguments.
type intrinsic struct {
	rest    string
	root    Root
	sources []Source
	failed  bool
}

// maxCalls bounds functions inside each other; Step Functions takes ten.
const maxCalls = 50

// call reads one function and gives its name; empty where there is none.
func (r *intrinsic) call(depth int) string {
	open := strings.IndexByte(r.rest, '(')
	if open < 0 || depth > maxCalls || !strings.HasPrefix(r.rest, "States.") || strings.ContainsAny(r.rest[:open], " ,')"+openPart) {
		r.failed = true
		return ""
	}
	name := r.rest[:open]
	r.rest = strings.TrimSpace(r.rest[open+1:])
	for !r.failed && !r.take(')') {
		r.argument(depth)
		if !r.take(',') && !strings.HasPrefix(r.rest, ")") {
			r.failed = true
		}
	}
	return name
}

func (r *intrinsic) take(c byte) bool {
	r.rest = strings.TrimSpace(r.rest)
	if r.rest == "" || r.rest[0] != c {
		return false
	}
	r.rest = strings.TrimSpace(r.rest[1:])
	return true
}

// argument reads a path, a text in single quotes, a number or word, or another function.
func (r *intrinsic) argument(depth int) {
	switch {
	case strings.HasPrefix(r.rest, "$"):
		source, rest, _ := cutPath(r.rest, r.root)
		r.sources = addSource(r.sources, source)
		r.rest = rest
	case strings.HasPrefix(r.rest, "'"):
		r.quoted()
	case strings.HasPrefix(r.rest, "States."):
		r.call(depth + 1)
	default:
		r.word()
	}
}

// quoted skips a text; \' stands for a quote in it.
func (r *intrinsic) quoted() {
	for i := 1; i < len(r.rest); i++ {
		switch r.rest[i] {
		case '\\':
			i++
		case '\'':
			r.rest = r.rest[i+1:]
			return
		case openPart[0]:
			r.sources = addSource(r.sources, Source{Root: Constant})
		}
	}
	r.failed = true
}

func (r *intrinsic) word() {
	end := strings.IndexAny(r.rest, ",)")
	if end <= 0 {
		r.failed = true
		return
	}
	if strings.Contains(r.rest[:end], openPart) {
		r.failed = true
	}
	r.rest = r.rest[end:]
}

package javascript

import (
	"path"
	"strings"
	"unicode/utf16"
)

// pathCall is a function of Node's path module.
func pathCall(name string, args []any) any {
	texts := make([]string, len(args))
	for i, a := range args {
		text, ok := a.(string)
		if !ok {
			return nil
		}
		texts[i] = text
	}
	switch {
	case name == "join":
		return short(path.Join(texts...))
	case name == "relative" && len(texts) == 2 && path.IsAbs(texts[0]) && path.IsAbs(texts[1]):
		return relative(texts[0], texts[1])
	case name == "normalize" && len(texts) == 1:
		return path.Clean(texts[0])
	case name == "dirname" && len(texts) == 1:
		return path.Dir(texts[0])
	case name == "basename" && len(texts) == 1:
		return path.Base(texts[0])
	}
	return nil
}

// relative is the way from one absolute path to another.
func relative(from, to string) string {
	a, b := segments(from), segments(to)
	for len(a) > 0 && len(b) > 0 && a[0] == b[0] {
		a, b = a[1:], b[1:]
	}
	return strings.Join(append(strings.Split(strings.Repeat("../", len(a)), "/")[:len(a)], b...), "/")
}

func segments(p string) []string {
	return strings.FieldsFunc(path.Clean(p), func(r rune) bool { return r == '/' })
}

func stringCall(v, name string, args []any) any {
	switch name {
	case "split":
		if sep, ok := only(args).(string); ok && sep != "" {
			return strings.Split(v, sep)
		}
	case "substring", "slice", "substr":
		return cut(v, name, args)
	case "replace", "replaceAll":
		return replaced(v, name, args)
	}
	return nil
}

func only(args []any) any {
	if len(args) != 1 {
		return nil
	}
	return args[0]
}

// cut is substring(from, to), slice(from, to) and substr(from, count).
func cut(v, name string, args []any) any {
	units := utf16.Encode([]rune(v))
	if len(args) == 0 || len(args) > 2 {
		return nil
	}
	from, ok := args[0].(int)
	if !ok {
		return nil
	}
	to := len(units)
	if len(args) == 2 {
		if to, ok = args[1].(int); !ok {
			return nil
		}
		if name == "substr" {
			to += from
		}
	}
	to = min(to, len(units))
	if from > to {
		return nil
	}
	return string(utf16.Decode(units[from:to]))
}

func replaced(v, name string, args []any) any {
	if len(args) != 2 {
		return nil
	}
	with, ok := args[1].(string)
	if !ok || strings.Contains(with, "$") {
		return nil
	}
	p, isPattern := args[0].(pattern)
	if text, ok := args[0].(string); ok {
		p = pattern{text: text, all: name == "replaceAll"}
	} else if !isPattern {
		return nil
	}
	if len(v)+strings.Count(v, p.text)*len(with) > maxPath {
		return nil
	}
	return p.replace(v, with)
}

func (p pattern) replace(v, with string) string {
	switch {
	case p.start && p.end && v == p.text:
		return with
	case p.start && p.end:
		return v
	case p.start && strings.HasPrefix(v, p.text):
		return with + v[len(p.text):]
	case p.end && strings.HasSuffix(v, p.text):
		return strings.TrimSuffix(v, p.text) + with
	case p.start || p.end:
		return v
	case p.all:
		return strings.ReplaceAll(v, p.text, with)
	}
	return strings.Replace(v, p.text, with, 1)
}

// pattern reads a regular expression that stands for one text, /\\/g or /^\//.
func (s *source) pattern(node int) any {
	text := s.tree.Text(s.tree.Child(node, "pattern"))
	flags := s.tree.Text(s.tree.Child(node, "flags"))
	if flags != "" && flags != "g" {
		return nil
	}
	p := pattern{all: flags == "g"}
	text, p.start = strings.CutPrefix(text, "^")
	for text != "" {
		switch c := text[0]; {
		case text == "$":
			p.end = true
		case c == '\\' && len(text) > 1 && strings.IndexByte(`\/.-$^`, text[1]) >= 0:
			text = text[1:]
			p.text += text[:1]
		case strings.IndexByte(`\.^$*+?()[]{}|`, c) >= 0:
			return nil
		default:
			p.text += text[:1]
		}
		text = text[1:]
	}
	if p.text == "" {
		return nil
	}
	return p
}

func listCall(v []string, name string, args []any) any {
	switch name {
	case "join":
		if sep, ok := only(args).(string); ok && len(v)*len(sep) <= maxPath {
			return short(strings.Join(v, sep))
		}
	case "slice":
		if from, ok := only(args).(int); ok && from <= len(v) {
			return v[from:]
		}
	}
	return nil
}

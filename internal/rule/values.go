package rule

import (
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// scalar is the text of a value that must be one non-empty text.
func (r *reader) scalar(k *Key, value *yaml.Node) (string, bool) {
	switch {
	case value.Kind != yaml.ScalarNode:
		r.add(value.Line, "write it like "+firstLine(k.Example), "%s has a list or map where text belongs", k.Name)
	case strings.TrimSpace(value.Value) == "" || value.Tag == "!!null":
		r.add(value.Line, "write it like "+firstLine(k.Example), "%s is empty", k.Name)
	case value.Tag != "!!str":
		r.add(value.Line, "quote it", "%s is %s, not text", k.Name, strings.TrimPrefix(value.Tag, "!!"))
	default:
		return value.Value, true
	}
	return "", false
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return line
}

// fits checks a text against the key's words and shape.
func (r *reader) fits(k *Key, line int, s string, want shape) bool {
	if len(k.Words) > 0 && !slices.Contains(k.Words, s) {
		r.add(line, didYouMean(s, k.Words), "unknown %s %q", k.Name, s)
		return false
	}
	if want.ok != nil && !want.ok(s) {
		r.add(line, want.hint, "%s %q is not %s", k.Name, s, want.name)
		return false
	}
	return true
}

// text reads a key that holds one text.
func text[T ~string](field func(*Rule) *T, want shape) read {
	return func(r *reader, k *Key, value *yaml.Node) {
		if s, ok := r.scalar(k, value); ok && r.fits(k, value.Line, s, want) {
			*field(r.rule) = T(s)
		}
	}
}

// texts reads a key that holds a list of texts.
func texts(field func(*Rule) *[]string, want shape) read {
	return func(r *reader, k *Key, value *yaml.Node) {
		for _, item := range r.items(k, value) {
			if s, ok := r.scalar(k, item); ok && r.fits(k, item.Line, s, want) {
				*field(r.rule) = append(*field(r.rule), s)
			}
		}
	}
}

// items are the values of a list that must not be empty.
func (r *reader) items(k *Key, value *yaml.Node) []*yaml.Node {
	if value.Kind != yaml.SequenceNode {
		r.add(value.Line, "write it like "+k.Example, "%s must be a %s", k.Name, k.Form)
		return nil
	}
	if len(value.Content) == 0 {
		r.add(value.Line, "write it like "+k.Example+", or leave the key out", "%s is empty", k.Name)
	}
	return value.Content
}

// expression reads a CEL expression, which must stand in a block.
func expression(field func(*Rule) *string) read {
	return func(r *reader, k *Key, value *yaml.Node) {
		if value.Kind != yaml.ScalarNode || value.Style&yaml.LiteralStyle == 0 {
			r.add(value.Line, r.blockHint(k, ""), "%s is not written as a block", k.Name)
			return
		}
		if s, ok := r.scalar(k, value); ok {
			*field(r.rule) = strings.TrimRight(s, " \t\n")
		}
	}
}

// on reads one subject or a list of them.
func on(r *reader, k *Key, value *yaml.Node) {
	nodes := []*yaml.Node{value}
	if value.Kind == yaml.SequenceNode {
		nodes = r.items(k, value)
	}
	hint := "write a type like AWS::Lambda::Url, or one of " + strings.Join(Subjects(), ", ")
	for _, n := range nodes {
		if s, ok := r.scalar(k, n); ok && r.fits(k, n.Line, s, shape{isSubject, "a resource type", hint}) {
			r.rule.On = append(r.rule.On, s)
		}
	}
}

// practices reads the list of practice numbers.
func practices(r *reader, k *Key, value *yaml.Node) {
	for _, item := range r.items(k, value) {
		n, err := strconv.Atoi(item.Value)
		if item.Kind != yaml.ScalarNode || err != nil || n < 1 || n > 10 {
			r.add(item.Line, "use numbers from 1 to 10", "unknown practice %q", item.Value)
			continue
		}
		r.rule.Practices = append(r.rule.Practices, n)
	}
}

// match reads patterns of code by language, each written as a block.
func match(r *reader, k *Key, value *yaml.Node) {
	if value.Kind != yaml.MappingNode || len(value.Content) == 0 {
		r.add(value.Line, "write it like "+k.Example, "%s must be a %s", k.Name, k.Form)
		return
	}
	r.rule.Match = map[string]string{}
	for i := 0; i+1 < len(value.Content); i += 2 {
		language, query := value.Content[i], value.Content[i+1]
		if language.Value != "javascript" && language.Value != "python" {
			r.add(language.Line, didYouMean(language.Value, []string{"javascript", "python"}), "unknown language %q", language.Value)
			continue
		}
		if s, ok := r.scalar(k, query); ok {
			r.rule.Match[language.Value] = s
		}
	}
}

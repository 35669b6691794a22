package rule

import (
	"fmt"
	"path"
	"slices"
	"strings"
	"sync"

	"go.yaml.in/yaml/v3"
)

const (
	maxFront = 16 << 10 // bytes of front matter; the largest of the catalogue has a tenth of it
	maxCuts  = 200      // lines looked at to find where front matter stops being YAML
)

// reader reads the front matter of one file.
type reader struct {
	mistakes
	*format
	rule    *Rule
	refused bool            // a reserved key was there: nothing more is said of a missing check
	meant   map[string]bool // keys that unknown ones were taken for: nobody misses them
}

// format is the reference, ready for reading many files.
type format struct {
	keys   []Key
	byName map[string]*Key
}

func newFormat() *format {
	f := &format{keys: Reference(), byName: map[string]*Key{}}
	for i := range f.keys {
		f.byName[f.keys[i].Name] = &f.keys[i]
	}
	return f
}

// names lists the keys in their order.
func (f *format) names() []string {
	var names []string
	for _, k := range f.keys {
		names = append(names, k.Name)
	}
	return names
}

// parse reads the front matter of a rule file and keeps its body for later. file is what errors call it; its last two
// elements are the family and the name.
func parse(file, src string, f *format) (*Rule, []*Error) {
	src = unixLines(src)
	r := &reader{
		mistakes: mistakes{file: file}, format: f, meant: map[string]bool{},
		rule: &Rule{File: file, Family: path.Base(path.Dir(file)), Profile: Default, lines: map[string]int{}},
	}
	front, body, ok := r.split(src)
	if !ok || !r.front(front) {
		return nil, r.list
	}
	r.judge()
	if len(r.list) > 0 {
		return nil, r.list
	}
	first := strings.Count(front, "\n") + 2 // after the closing line
	r.rule.body = sync.OnceValues(func() (*Body, error) { return parseBody(file, body, first) })
	return r.rule, nil
}

// unixLines ends all lines alike and cuts the mark that some editors put at the start of a file.
func unixLines(src string) string {
	src = strings.TrimPrefix(src, "\ufeff")
	return strings.ReplaceAll(strings.ReplaceAll(src, "\r\n", "\n"), "\r", "\n")
}

// split cuts the file at the line that closes the front matter. The opening line stays with the front matter, where
// it is valid YAML, so that lines count as in the file.
func (r *reader) split(src string) (front, body string, ok bool) {
	first, rest, _ := strings.Cut(src, "\n")
	if strings.TrimRight(first, " \t") != "---" {
		r.add(1, "begin the file with a line of three hyphens, the keys, and another such line", "no front matter")
		return "", "", false
	}
	at := len(src) - len(rest)
	for line := range strings.SplitAfterSeq(rest, "\n") {
		end := at + len(line)
		if strings.TrimRight(line, " \t\n") == "---" {
			return r.limit(src[:at], src[end:])
		}
		at = end
	}
	r.add(1, "end it with a line of three hyphens", "front matter is not closed")
	return "", "", false
}

func (r *reader) limit(front, body string) (string, string, bool) {
	if len(front) > maxFront {
		r.add(1, "move what explains the rule to its body", "front matter is longer than %d kB", maxFront>>10)
		return "", "", false
	}
	return front, body, true
}

// front reads all keys. It reports whether there was a mapping to read.
func (r *reader) front(front string) bool {
	var doc yaml.Node
	if err := yaml.Unmarshal([]byte(front), &doc); err != nil {
		r.syntax(front, err)
		return false
	}
	if !r.wholeDocument(front) {
		return false
	}
	if len(doc.Content) == 0 || doc.Content[0].Kind != yaml.MappingNode {
		r.add(1, "write one key and its value on each line, like severity: high", "front matter has no keys")
		return false
	}
	root := doc.Content[0]
	for i := 0; i+1 < len(root.Content); i += 2 {
		r.key(root.Content[i], root.Content[i+1])
	}
	return true
}

// wholeDocument refuses what would end the YAML document, or its lines, before the front matter ends: the parser
// leaves out what follows without a word, and counts lines otherwise than people do.
func (r *reader) wholeDocument(front string) bool {
	for _, end := range [...]string{"\n...", "\n---", "\u0085", "\u2028", "\u2029"} {
		if at := strings.Index(front, end); at >= 0 {
			line := 1 + strings.Count(front[:at+1], "\n")
			r.add(line, "remove it, or begin the line otherwise", "%q ends the YAML document or line", strings.TrimSpace(end))
			return false
		}
	}
	return true
}

// syntax reports front matter that is no YAML. The line is found by cutting lines off the end until the rest can be
// read: the parser itself often names the first line of the mapping.
func (r *reader) syntax(front string, err error) {
	end := len(front)
	for cuts := 0; end > 0 && cuts < maxCuts; cuts++ {
		end = strings.LastIndexByte(front[:end-1], '\n') + 1
		var doc yaml.Node
		if yaml.Unmarshal([]byte(front[:end]), &doc) == nil {
			break
		}
	}
	line := 1 + strings.Count(front[:end], "\n")
	r.add(line, "quote the text, or write an expression as a block under `|`", "not valid YAML (%s)", reason(err))
}

// reason is what a YAML error says, without the line it guessed.
func reason(err error) string {
	s := strings.TrimPrefix(err.Error(), "yaml: ")
	if rest, ok := strings.CutPrefix(s, "line "); ok {
		if _, after, found := strings.Cut(rest, ": "); found {
			return after
		}
	}
	return s
}

// key reads one entry of the front matter.
func (r *reader) key(name, value *yaml.Node) {
	k, known := r.byName[name.Value]
	switch {
	case slices.Contains(reserved(), name.Value):
		r.refused = true
		r.add(name.Line, "use fail or check", "%s rules are not supported by this version", name.Value)
	case !known || name.Kind != yaml.ScalarNode:
		r.add(name.Line, didYouMean(name.Value, r.names()), "unknown key %q", name.Value)
		r.meant[nearest(name.Value, r.names())] = true
	case r.rule.lines[k.Name] > 0:
		r.add(name.Line, "keep one of them", "%s is written twice", k.Name)
	default:
		r.rule.lines[k.Name] = name.Line
		if r.plain(k, value) {
			k.read(r, k, value)
		}
	}
}

// plain refuses the parts of YAML that change a value unseen: tags, anchors and aliases. `fail: !has(x)` is an empty
// text with the tag !has(x).
func (r *reader) plain(k *Key, value *yaml.Node) bool {
	switch {
	case value.Kind == yaml.AliasNode || value.Anchor != "":
		r.add(value.Line, r.blockHint(k, "write the value out, or quote it"),
			"%s has a YAML anchor or alias (& or *)", k.Name)
	case value.Style&yaml.TaggedStyle != 0:
		r.add(value.Line, r.blockHint(k, "quote the value"), "%s begins with a YAML tag (!)", k.Name)
	case value.Kind == yaml.SequenceNode:
		for _, item := range value.Content {
			if !r.plain(k, item) {
				return false
			}
		}
		return true
	default:
		return true
	}
	return false
}

// blockHint is the way out for values that YAML misreads: expressions go under a block, others have their own.
func (r *reader) blockHint(k *Key, other string) string {
	if k.Name == "fail" || k.Name == "when" {
		return fmt.Sprintf("write `%s: |` and the expression indented on the next line", k.Name)
	}
	return other
}

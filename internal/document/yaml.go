package document

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"go.yaml.in/yaml/v3"

	"wardlet.example/internal/model"
)

// ParseYAML reads a YAML file by the core schema of YAML 1.2, with "<<" merges. Of several YAML documents in the file the
// first that is not empty is used.
//
// An alias gives the value of its anchor: the origin is where the anchor stands, with one hop that names the alias. A field
// that came through "<<" has a hop "merge". A tagged node becomes a map of one key whose value begins after the tag.
// Where the file cannot be read the Document is nil and a diagnostic of level Error says why.
func ParseYAML(file string, data []byte, o Options) (*Document, []model.Diagnostic) {
	warn := &warnings{}
	src, err := newSource(file, data)
	if err != nil {
		return warn.finish(nil, err)
	}
	doc, err := parseYAML(src, o, warn)
	return warn.finish(doc, err)
}

func parseYAML(src *source, o Options, warn *warnings) (*Document, *refusal) {
	if tooDense(src.text, o.maxValues()) {
		return nil, &refusal{src.pos(0), fmt.Sprintf("has more lines and separators than %d values need", o.maxValues()),
			"split the file, or exclude it from the scan"}
	}
	stand := chooseStandIns(src.text)
	src.setText(stand.replace(src.text))
	root, err := decode(src)
	if err != nil {
		return nil, err
	}
	doc := &Document{Root: model.NewAbsent(model.Origin{Pos: src.pos(0)}), Lines: src.count()}
	if root != nil {
		b := &builder{src: src, stand: stand, options: o, max: o.maxValues(), warn: warn, anchors: map[*yaml.Node]*built{}}
		v, err := b.build(root, 1)
		if err != nil {
			return nil, err
		}
		doc.Root = v.value
	}
	scan := newCommentScan(src, stand, root)
	doc.Comments = scan.all()
	if rest := scan.rest(); rest >= 0 {
		warn.add(src.pos(rest), model.Note, "move the other documents to files of their own",
			"only the first YAML document of the file is read")
	}
	return doc, nil
}

// tooDense reports whether a text has so many signs between values that the tree of the library, some 200 bytes for each
// key and value, would be very large.
func tooDense(text []byte, limit int) bool {
	if len(text) < 2*limit {
		return false
	}
	n := 0
	for _, c := range text {
		if c == ',' || c == ':' || c == '\n' || c == '[' || c == '{' {
			n++
		}
	}
	return n > 2*limit
}

// decode gives the root node of the first document that is not empty, nil where there is none.
func decode(src *source) (root *yaml.Node, err *refusal) {
	// The library panics on what it believes cannot happen; hostile input must not end the scan.
	defer func() {
		if recover() != nil {
			root, err = nil, &refusal{model.Pos{File: src.file}, "the YAML parser gave up on this file", "check it with another YAML tool"}
		}
	}()
	d := yaml.NewDecoder(bytes.NewReader(src.text))
	for {
		var n yaml.Node
		if e := d.Decode(&n); errors.Is(e, io.EOF) {
			return nil, nil
		} else if e != nil {
			return nil, syntaxError(src, e)
		}
		if len(n.Content) == 1 && !isEmpty(n.Content[0]) {
			return n.Content[0], nil
		}
	}
}

// isEmpty reports whether nothing at all is written in a document.
func isEmpty(n *yaml.Node) bool {
	return n.Kind == yaml.ScalarNode && n.Value == "" && n.Style == 0 && n.Anchor == ""
}

// standIns replace the characters that only YAML 1.1, and so the library, takes for line breaks (NEL, LS, PS) while the
// text is parsed. With them lines would be counted otherwise than in every editor, and an invisible character could
// move an ignore comment to another line.
type standIns struct {
	put, back *strings.Replacer // nil where the text has none of them
}

func chooseStandIns(text []byte) standIns {
	var special []rune
	for _, c := range []rune{'\u0085', '\u2028', '\u2029'} {
		if bytes.ContainsRune(text, c) {
			special = append(special, c)
		}
	}
	if special == nil {
		return standIns{}
	}
	seen := map[rune]bool{}
	for _, c := range string(text) {
		seen[c] = true
	}
	var put, back []string
	other := '\ue000' // where the private use area begins
	for _, c := range special {
		for seen[other] {
			other++
		}
		put = append(put, string(c), string(other))
		back = append(back, string(other), string(c))
		other++
	}
	return standIns{strings.NewReplacer(put...), strings.NewReplacer(back...)}
}

func (s standIns) replace(text []byte) []byte {
	if s.put == nil {
		return text
	}
	return []byte(s.put.Replace(string(text)))
}

func (s standIns) restore(text string) string {
	if s.back == nil {
		return text
	}
	return s.back.Replace(text)
}

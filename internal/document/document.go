// Package document reads YAML and JSON files into values that know where they stand.
//
// Every value and every key carries its file, line and column, so that a finding can point at it and a fix can change it.
// Whatever may be wrong with a file (syntax, encoding, alias bombs, nesting without end) becomes a diagnostic that names
// the place and a way out; nothing here panics or takes unbounded time. What the values mean is left to the template
// languages above.
package document

import (
	"bytes"
	"path"
	"strings"

	"wardlet.example/internal/model"
)

// Options say how a document is read. The zero value is ready to use.
type Options struct {
	// Tag turns a YAML tag such as "!Ref" into the key it stands for ("Ref"); the tagged node becomes a map of that one
	// key. With ok == false the tag is not known: that is a diagnostic, and the value is kept as if it had no tag.
	// Without a function all custom tags are unknown.
	Tag func(tag string) (key string, ok bool)
	// MaxValues bounds the size of the document with all aliases expanded (model.Value.Size). 0 stands for 1,000,000.
	MaxValues int
}

// defaultMaxValues is Options.MaxValues where nothing is set.
const defaultMaxValues = 1_000_000

// maxDepth is how deeply maps and lists may be nested, aliases expanded. Readers of values recurse, so this bounds them.
const maxDepth = 1000

func (o Options) maxValues() int {
	if o.MaxValues <= 0 {
		return defaultMaxValues
	}
	return o.MaxValues
}

// Document is one parsed file.
type Document struct {
	Root     *model.Value // Absent for a file that is empty or holds only comments
	Comments []Comment    // in the order of the file; none in JSON
	Lines    int          // number of lines of the file
}

// Comment is one comment of a file.
type Comment struct {
	Line, Col int    // of its "#"; Col counts runes from 1
	Text      string // without leading "#" and without blanks around it
	Alone     bool   // nothing else stands on its line
}

// Parse reads a file in the language that its name says: .json as JSON, anything else as YAML. Where the text of a YAML
// file begins with "{", JSON is tried first: it is faster, and YAML does not hold all of JSON.
//
// Where the file cannot be read the Document is nil and a diagnostic of level Error says why.
func Parse(file string, data []byte, o Options) (*Document, []model.Diagnostic) {
	if strings.EqualFold(path.Ext(file), ".json") {
		return ParseJSON(file, data, o)
	}
	if looksLikeJSON(data) {
		if doc, diags := ParseJSON(file, data, o); doc != nil {
			return doc, diags
		}
	}
	return ParseYAML(file, data, o)
}

func looksLikeJSON(data []byte) bool {
	data = bytes.TrimLeft(bytes.TrimPrefix(data, []byte(utf8BOM)), " \t\r\n")
	return len(data) > 0 && data[0] == '{'
}

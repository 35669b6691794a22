package document

import (
	"fmt"

	"wardlet.example/internal/model"
)

// maxWarnings is how many warnings one file may cause; a file of 100,000 duplicate keys says it once more and then stops.
const maxWarnings = 50

// refusal is why a document is not read: it ends the reading.
type refusal struct {
	pos  model.Pos
	text string
	hint string
}

// Error makes a refusal an error.
func (r *refusal) Error() string { return r.pos.String() + ": " + r.text }

func (r *refusal) diagnostic() model.Diagnostic {
	return model.Diagnostic{Pos: r.pos, Level: model.Error, Message: r.text, Hint: r.hint, Incomplete: true}
}

func tooDeep(at model.Pos) *refusal {
	return &refusal{at, fmt.Sprintf("nested more than %d levels deep", maxDepth), "split the file, or exclude it from the scan"}
}

func tooManyValues(at model.Pos, limit int) *refusal {
	return &refusal{at, fmt.Sprintf("holds more than %d values with its aliases expanded", limit),
		"split the file, or exclude it from the scan"}
}

// warnings collects what is odd about a document that can be read all the same.
type warnings struct {
	list []model.Diagnostic
}

func (w *warnings) add(at model.Pos, level model.Level, hint, format string, args ...any) {
	switch n := len(w.list); {
	case n < maxWarnings:
		w.list = append(w.list, model.Diagnostic{Pos: at, Level: level, Message: fmt.Sprintf(format, args...), Hint: hint})
	case n == maxWarnings:
		w.list = append(w.list, model.Diagnostic{Pos: at, Level: model.Warning, Message: "more warnings about this file are left out"})
	}
}

func (w *warnings) duplicate(key string, first, second model.Pos) {
	w.add(second, model.Warning, "remove one of the two",
		"key %q is written twice, on line %d and on line %d; the last one is used", shorten(key), first.Line, second.Line)
}

// finish ends a reading: either with the document and its warnings or with the reason why there is none.
func (w *warnings) finish(doc *Document, err *refusal) (*Document, []model.Diagnostic) {
	if err != nil {
		return nil, append(w.list, err.diagnostic())
	}
	return doc, w.list
}

// shorten keeps a text from the file short enough for a message.
func shorten(s string) string {
	const most = 60
	for i, n := 0, 0; i < len(s); n++ {
		if n == most {
			return s[:i] + "..."
		}
		i += runeLen(s[i:])
	}
	return s
}

package escape

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"unicode/utf16"
	"unicode/utf8"
)

// WriteJSON writes v as indented JSON. Its strings keep their value; what a terminal would act on or a reader would not
// see is written as \uXXXX, so that a document can be looked at safely.
func WriteJSON(w io.Writer, v any) error {
	var raw bytes.Buffer
	enc := json.NewEncoder(&raw)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(v); err != nil {
		return err
	}
	_, err := w.Write(hidden(raw.Bytes()))
	return err
}

// hidden spells out the unseen runes of a JSON document. Those above ASCII stand inside strings only, and those of ASCII
// the encoder has spelled out already, except DEL.
func hidden(doc []byte) []byte {
	out := make([]byte, 0, len(doc))
	for len(doc) > 0 {
		if doc[0] < 0x7f {
			out = append(out, doc[0])
			doc = doc[1:]
			continue
		}
		r, size := utf8.DecodeRune(doc)
		if shown(r) {
			out = append(out, doc[:size]...)
		} else {
			for _, u := range utf16.Encode([]rune{r}) {
				out = fmt.Appendf(out, `\u%04x`, u)
			}
		}
		doc = doc[size:]
	}
	return out
}

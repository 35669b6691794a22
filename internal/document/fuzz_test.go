package document

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"wardlet.example/internal/model"
)

// tooLong is what no small input may take.
const tooLong = 3 * time.Second

// checkDocument holds what must be so for any input: a document or an error, and places that exist.
func checkDocument(t *testing.T, data []byte, doc *Document, diags []model.Diagnostic, took time.Duration) {
	if took > tooLong {
		t.Errorf("took %s", took)
	}
	last := len(lineStarts(toUTF8(data))) // the place of an empty last line exists too
	for _, d := range diags {
		if d.File != "t" || d.Message == "" || d.Line > last {
			t.Errorf("diagnostic %+v for %d lines", d, last)
		}
	}
	if doc == nil {
		if len(diags) == 0 || diags[len(diags)-1].Level != model.Error {
			t.Error("no document and no error")
		}
		return
	}
	for _, c := range doc.Comments[:min(100, len(doc.Comments))] {
		if !strings.Contains(Line(data, c.Line), "#") {
			t.Errorf("no comment on line %d, but %+v", c.Line, c)
		}
	}
	doc.Root.Walk(100, func(v *model.Value) {
		if v.Origin.Line < 1 || v.Origin.Col < 1 || v.Origin.Line > last {
			t.Errorf("%v at %v in %d lines", v, v.Origin.Pos, last)
		}
		if at := InText(data, v, len(v.Str)/2); at.Line < v.Origin.Line || at.Line > last {
			t.Errorf("inside of %q at %v, the value at %v", v.Str, at, v.Origin.Pos)
		}
	})
}

func FuzzYAML(f *testing.F) {
	for _, s := range []string{
		"a: &x !Ref [b, {c: 'd'}] # e\n<<: *x\n", "a: |2-\n   b\n # c\nd: >+\n e\n\n", "? [a]\n: - - b\n---\nc\n",
		"%YAML 1.2\n--- !!str \"\\x41\\\n  b\"\n...\n", "a:\n\tb: *\n", "{a: {{b}}, \"c\": d}", "\xff\xfea\x00", "a: p\u2028q\u0085 # r\r\nb: ''''\n",
		bomb(12, "*l"), mergeChain(5),
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		start := time.Now()
		doc, diags := ParseYAML("t", data, Options{Tag: intrinsics, MaxValues: 100_000})
		checkDocument(t, data, doc, diags, time.Since(start))
	})
}

func FuzzJSON(f *testing.F) {
	for _, s := range []string{
		`{"a": [1, -2.5e+3, true, null], "a": "\u00e9\ud83d\ude00\n"}`, "[1,]", "// a", "\xef\xbb\xbf[\"\xff\"]", "[[[[", `{"a"`, "1e999 ",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		start := time.Now()
		doc, diags := ParseJSON("t", data, Options{})
		checkDocument(t, data, doc, diags, time.Since(start))
		text := toUTF8(data)
		if utf8.Valid(text) && strings.Count(string(text), "[")+strings.Count(string(text), "{") < maxDepth && json.Valid(text) != (doc != nil) {
			t.Errorf("encoding/json finds valid: %v; diagnostics %q", json.Valid(text), said(diags))
		}
	})
}

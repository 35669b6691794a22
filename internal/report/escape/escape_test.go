package escape_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"pgregory.net/rapid"

	"wardlet.example/internal/report/escape"
)

func TestTerminal(t *testing.T) {
	tests := map[string]string{
		"src/app.js":                "src/app.js",
		"Bestellung für 漢字":         "Bestellung für 漢字",
		"\x1b[2J":                   `\x1b[2J`,
		"\u009b1m":                  `\x9b1m`,
		"a\r\nb\tc":                 `a\r\nb\tc`,
		"a\x7f":                     `a\x7f`,
		"user\u202etxt.exe":         "user<U+202E>txt.exe",
		"\u2066x\u2069":             "<U+2066>x<U+2069>",
		"zero\u200bwidth\ufeff":     "zero<U+200B>width<U+FEFF>",
		"line\u2028end":             "line<U+2028>end",
		"\u3164":                    "<U+3164>",
		"tag\U000e0041":             "tag<U+E0041>",
		"not utf8 \xff\xc3(":        `not utf8 \xff\xc3(`,
		"a real replacement \ufffd": "a real replacement \ufffd",
	}
	for in, want := range tests {
		if got := escape.Terminal(in); got != want {
			t.Errorf("Terminal(%q) is %q, want %q", in, got, want)
		}
	}
}

func TestLinesKeepsLineEnds(t *testing.T) {
	if got := escape.Lines("a\r\n\tb\x1b"); got != "a\n    b\\x1b" {
		t.Errorf("got %q", got)
	}
}

func TestMarkdown(t *testing.T) {
	tests := map[string]string{
		"*a* [b](c) <d>": `\*a\* \[b\]\(c\) &lt;d&gt;`,
		"a|b\n# c":       `a\|b\\n\# c`,
		"`x`":            "\\`x\\`",
	}
	for in, want := range tests {
		if got := escape.Markdown(in); got != want {
			t.Errorf("Markdown(%q) is %q, want %q", in, got, want)
		}
	}
}

func TestCode(t *testing.T) {
	tests := map[string]string{"": "", "a": "`a`", "a`b": "``a`b``", "`": "`` ` ``", " ": "`   `", "a\n```": "```` a\\n``` ````"}
	for in, want := range tests {
		if got := escape.Code(in); got != want {
			t.Errorf("Code(%q) is %q, want %q", in, got, want)
		}
	}
}

func TestMermaid(t *testing.T) {
	if got := escape.Mermaid(`GET /a "b" <i> #1; %%`); got != "GET /a #34;b#34; #60;i#62; #35;1#59; #37;#37;" {
		t.Errorf("got %q", got)
	}
}

// No text at all can bring a rune to a terminal that acts on it or stays unseen; and escaping twice changes nothing.
func TestTerminalIsSafeForAllText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := string(rapid.SliceOf(rapid.Byte()).Draw(t, "bytes")) + rapid.String().Draw(t, "text")
		out := escape.Terminal(in)
		for _, r := range out {
			if !unicode.IsGraphic(r) {
				t.Fatalf("%q holds %U", out, r)
			}
		}
		if !utf8.ValidString(out) || escape.Terminal(out) != out {
			t.Fatalf("%q is not valid or changes again", out)
		}
	})
}

// A parser of XML reads back, as one text, just what a terminal would show.
func TestMarkupIsOneText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := rapid.String().Draw(t, "text") + rapid.SampledFrom([]string{"<b>", "]]>", "&amp;", `"'`, "\x00"}).Draw(t, "tail")
		var doc struct {
			Attr string `xml:"a,attr"`
			Text string `xml:",chardata"`
		}
		if err := xml.Unmarshal([]byte(`<x a="`+escape.Markup(in)+`">`+escape.Markup(in)+`</x>`), &doc); err != nil {
			t.Fatal(err)
		}
		if want := escape.Terminal(in); doc.Text != want || doc.Attr != want {
			t.Fatalf("read %q and %q, want %q", doc.Text, doc.Attr, want)
		}
	})
}

func TestWriteJSONKeepsValuesAndShowsAll(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := rapid.String().Draw(t, "text") + rapid.SampledFrom([]string{"", "\u202e", "\U000e0041", "\x7f", "<&>"}).Draw(t, "tail")
		var b bytes.Buffer
		if err := escape.WriteJSON(&b, []string{in}); err != nil {
			t.Fatal(err)
		}
		for _, r := range b.String() {
			if r != '\n' && !unicode.IsGraphic(r) {
				t.Fatalf("%q holds %U", b.String(), r)
			}
		}
		var out []string
		if err := json.Unmarshal(b.Bytes(), &out); err != nil || out[0] != strings.ToValidUTF8(in, "\ufffd") {
			t.Fatalf("read %q (%v), want %q", out, err, in)
		}
	})
}

package document

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"wardlet.example/internal/model"
)

func TestJSONValuesAndPlaces(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"everything", "{\"a\": [1, -2.5e3, true, false, null],\n \"b\": {}}",
			`{a@1:2: [1@1:8, -2.5e3@1:11, true@1:19, false@1:25, null@1:32]@1:7, b@2:2: {}@2:7}@1:1`},
		{"escapes", `["\"\\\/\b\f\n\r\t", "\u00e9\ud83d\ude00", "\ud83dx"]`,
			`["\"\\/\b\f\n\r\t"@1:2, "é😀"@1:22, "�x"@1:44]@1:1`},
		{"columns count characters", `{"é🎉": "ü", "x": 1}`, `{é🎉@1:2: "ü"@1:8, x@1:13: 1@1:18}@1:1`},
		{"byte order mark", "\xef\xbb\xbf[1]", `[1@1:2]@1:1`},
		{"large number", "123456789012345678901234567890", `123456789012345678901234567890@1:1`},
		{"beyond all numbers", "1e999", `1e999@1:1`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			doc, diags := ParseJSON("t.json", []byte(tt.text), Options{})
			if len(diags) > 0 {
				t.Fatalf("diagnostics: %q", said(diags))
			}
			if got := show(doc.Root); got != tt.want {
				t.Errorf("\n got %s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestJSONDuplicateKey(t *testing.T) {
	doc, diags := ParseJSON("t.json", []byte("{\"a\": 1,\n\"a\": 2}"), Options{})
	if got, want := show(doc.Root), `{a@2:1: 2@2:6}@1:1`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	want := []string{`2:1 warning: key "a" is written twice, on line 1 and on line 2; the last one is used`}
	if diff := cmp.Diff(want, said(diags)); diff != "" {
		t.Error(diff)
	}
}

func TestJSONErrors(t *testing.T) {
	tests := []struct{ name, text, want, hint string }{
		{"empty", "", "1:1 error: not valid JSON: expected a value; the file is empty", "remove the file"},
		{"comma forgotten", "{\"a\": 1\n\"b\": 2}", "2:1 error: not valid JSON: expected a comma or '}', found '\"'", "add a comma"},
		{"cut off", `{"a": [1,`, "1:10 error: not valid JSON: expected a value, found the end of the file", "cut off"},
		{"trailing comma in a list", "[1,\n2,\n]", "2:2 error: not valid JSON: a comma stands before ']'", "remove the comma"},
		{"trailing comma in a map", `{"a": 1, }`, "1:8 error: not valid JSON: a comma stands before '}'", "remove the comma"},
		{"line comment", "{\n// a\n\"a\": 1}", "2:1 error: not valid JSON: expected a key in double quotes, found a comment", "no comments"},
		{"block comment", "[1 /* a */]", "1:4 error: not valid JSON: expected a comma or ']', found a comment", "no comments"},
		{"single quotes", "{'a': 1}", "1:2 error: not valid JSON: expected a key in double quotes, found '\\''", "double quotes only"},
		{"key without quotes", "{a: 1}", "1:2 error: not valid JSON: expected a key in double quotes, found 'a'", "put texts and keys"},
		{"word", "[True]", "1:2 error: not valid JSON: expected a value, found 'T'", "put texts and keys"},
		{"longer word", "[nullx]", "1:2 error: not valid JSON: expected a value, found 'n'", "put texts and keys"},
		{"no colon", `{"a" 1}`, "1:6 error: not valid JSON: expected a colon after the key, found '1'", "before this place"},
		{"no comma", "[1\n2]", "2:1 error: not valid JSON: expected a comma or ']', found '2'", "before this place"},
		{"more after the end", "{} {}", "1:4 error: not valid JSON: expected the end of the file, found '{'", "before this place"},
		{"leading zero", "[012]", "1:2 error: not valid JSON: a number begins with 0", "as a string"},
		{"no digit", "[-]", "1:3 error: not valid JSON: expected a digit, found ']'", ""},
		{"no fraction", "[1.]", "1:4 error: not valid JSON: expected a digit after the point, found ']'", ""},
		{"no exponent", "[1e]", "1:4 error: not valid JSON: expected a digit in the exponent, found ']'", ""},
		{"string not closed", `["a`, "1:2 error: not valid JSON: a string is not closed", "closing"},
		{"line break in a string", "[\"a\nb\"]", "1:4 error: not valid JSON: a string goes over the end of its line", `\n`},
		{"control character", "[\"\\n\x01\"]", "1:5 error: not valid JSON: a control character stands in a string", `\u0001`},
		{"unknown escape", `["\x"]`, `1:3 error: not valid JSON: expected one of \" \\ \/ \b \f \n \r \t \uXXXX`, `\\`},
		{"not UTF-8", "[\"\xff\"]", "1:3 error: not valid UTF-8", "UTF-8"},
		{"too deep", strings.Repeat("[", 2000), "1:1001 error: nested more than 1000 levels deep", "split"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			doc, diags := ParseJSON("t.json", []byte(tt.text), Options{})
			if doc != nil || len(diags) != 1 {
				t.Fatalf("was read, with diagnostics %q", said(diags))
			}
			if got := said(diags)[0]; got != tt.want || !strings.Contains(diags[0].Hint, tt.hint) {
				t.Errorf("\n got %s (hint: %s)\nwant %s (hint: %s)", got, diags[0].Hint, tt.want, tt.hint)
			}
		})
	}
}

// randomJSON draws a JSON document as encoding/json writes it.
func randomJSON(t *rapid.T) []byte {
	var value func(depth int) any
	text := rapid.StringOfN(rapid.RuneFrom([]rune("ab:#-'\"\\/{}[]&*!|>%@` \n\t\u00e9\u2028\U0001f389<~0")), 0, 12, -1)
	value = func(depth int) any {
		kind := rapid.IntRange(0, 7).Draw(t, "kind")
		if depth > 5 {
			kind %= 5
		}
		switch kind {
		case 0:
			return nil
		case 1:
			return rapid.Bool().Draw(t, "bool")
		case 2:
			return rapid.Float64().Draw(t, "number")
		case 3:
			return float64(rapid.Int32().Draw(t, "integer"))
		case 4, 5:
			return text.Draw(t, "text")
		case 6:
			list := []any{}
			for range rapid.IntRange(0, 4).Draw(t, "items") {
				list = append(list, value(depth+1))
			}
			return list
		}
		m := map[string]any{}
		for range rapid.IntRange(0, 15).Draw(t, "fields") {
			m[text.Draw(t, "key")] = value(depth + 1)
		}
		return m
	}
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(rapid.Bool().Draw(t, "escape"))
	if rapid.Bool().Draw(t, "indent") {
		e.SetIndent("", "  ")
	}
	if err := e.Encode(value(0)); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func agrees(t *rapid.T, text []byte, parse func(string, []byte, Options) (*Document, []model.Diagnostic)) {
	var want any
	if err := json.Unmarshal(text, &want); err != nil {
		t.Fatal(err)
	}
	doc, diags := parse("t", text, Options{})
	if len(diags) > 0 {
		t.Fatalf("%q: %q", text, said(diags))
	}
	if diff := cmp.Diff(want, plain(doc.Root)); diff != "" {
		t.Fatalf("%q: %s", text, diff)
	}
}

func TestAgreesWithEncodingJSON(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) { agrees(t, randomJSON(t), ParseJSON) })
}

func TestYAMLReadsJSONTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) { agrees(t, randomJSON(t), ParseYAML) })
}

func TestJSONAndYAMLAgreeOnPlaces(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := randomJSON(t)
		a, _ := ParseJSON("t", text, Options{})
		b, _ := ParseYAML("t", text, Options{})
		if diff := cmp.Diff(show(a.Root), show(b.Root)); diff != "" {
			t.Fatalf("%q: %s", text, diff)
		}
	})
}

package document

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"wardlet.example/internal/model"
)

// intrinsics knows the tags of CloudFormation that the tests use.
func intrinsics(tag string) (string, bool) {
	key, ok := map[string]string{
		"!Ref": "Ref", "!Sub": "Fn::Sub", "!GetAtt": "Fn::GetAtt", "!If": "Fn::If", "!Select": "Fn::Select",
		"!GetAZs": "Fn::GetAZs", "!Join": "Fn::Join",
	}[tag]
	return key, ok
}

// show writes a value in one line: {key@line:col: kind text@line:col ...}, with the hops of its origin.
func show(v *model.Value) string {
	var b strings.Builder
	write(&b, v)
	return b.String()
}

func write(b *strings.Builder, v *model.Value) {
	switch v.Kind {
	case model.Map:
		b.WriteString("{")
		for i, f := range v.Fields {
			if i > 0 {
				b.WriteString(", ")
			}
			fmt.Fprintf(b, "%s@%d:%d: ", f.Key, f.At.Line, f.At.Col)
			write(b, f.Value)
		}
		b.WriteString("}")
	case model.List:
		b.WriteString("[")
		for i, w := range v.Items {
			if i > 0 {
				b.WriteString(", ")
			}
			write(b, w)
		}
		b.WriteString("]")
	case model.Absent:
		b.WriteString("null")
	case model.String:
		fmt.Fprintf(b, "%q", v.Str)
	default:
		b.WriteString(v.String())
	}
	fmt.Fprintf(b, "@%d:%d", v.Origin.Line, v.Origin.Col)
	for hop := v.Origin.Via; hop != nil; hop = hop.Next {
		fmt.Fprintf(b, "<%s@%d:%d", hop.How, hop.At.Line, hop.At.Col)
	}
}

// plain is a value without places, for comparing what was read.
func plain(v *model.Value) any {
	switch v.Kind {
	case model.Map:
		m := map[string]any{}
		for _, f := range v.Fields {
			m[f.Key] = plain(f.Value)
		}
		return m
	case model.List:
		l := []any{}
		for _, w := range v.Items {
			l = append(l, plain(w))
		}
		return l
	case model.Absent:
		return nil
	case model.Bool:
		return v.Bool
	case model.Number:
		return v.Num
	}
	return v.Str
}

// said lists diagnostics as "line:col level: message".
func said(diags []model.Diagnostic) []string {
	var out []string
	for _, d := range diags {
		out = append(out, fmt.Sprintf("%d:%d %s: %s", d.Line, d.Col, d.Level, d.Message))
	}
	return out
}

func TestYAMLValuesAndPlaces(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"map", "a: 1\nb:\n  c: x", `{a@1:1: 1@1:4, b@2:1: {c@3:3: "x"@3:6}@3:3}@1:1`},
		{"list", "- a\n- [b, 2]", `["a"@1:3, ["b"@2:4, 2@2:7]@2:3]@1:1`},
		{"nothing written", "a:\nb: ~\nc: null", `{a@1:1: null@1:3, b@2:1: null@2:4, c@3:1: null@3:4}@1:1`},
		{"empty file", "", `null@1:1`},
		{"only comments", "# nothing\n", `null@1:1`},
		{"core schema", "[yes, off, True, 2012-10-17, 0o17, 0x1F, 1e3, .5, 1_000, 12:30:45, +.inf]",
			`["yes"@1:2, "off"@1:7, true@1:12, "2012-10-17"@1:18, 0o17@1:30, 0x1F@1:36, 1e3@1:42, .5@1:47, "1_000"@1:51, "12:30:45"@1:58, +.inf@1:68]@1:1`},
		{"quoted scalars are strings", `["1", 'true', "", "~"]`, `["1"@1:2, "true"@1:7, ""@1:15, "~"@1:19]@1:1`},
		{"an account ID keeps its text", "012345678901", `012345678901@1:1`},
		{"a large number keeps its text", "0xFFFFFFFFFFFFFFFFFFFF", `0xFFFFFFFFFFFFFFFFFFFF@1:1`},
		{"columns count characters", "{é🎉: ü, x: y}", `{é🎉@1:2: "ü"@1:6, x@1:9: "y"@1:12}@1:1`},
		{"block scalar", "a: |\n  x\n  y\nb: >-\n  x\n  y", `{a@1:1: "x\ny\n"@1:4, b@4:1: "x y"@4:4}@1:1`},
		{"byte order mark", "\xef\xbb\xbfa: b", `{a@1:1: "b"@1:4}@1:1`},
		{"UTF-16", "\xff\xfea\x00:\x00 \x00b\x00", `{a@1:1: "b"@1:4}@1:1`},
		{"Windows line breaks", "a: 1\r\nb: 2\r\n", `{a@1:1: 1@1:4, b@2:1: 2@2:4}@1:1`},
		{"empty first document", "---\n---\na: 1\n", `{a@3:1: 1@3:4}@3:1`},
		{"explicit key", "? a\n: b\n", `{a@1:3: "b"@2:3}@1:1`},
		{"standard tags", `[!!str 12, !!str "a", !!map {}]`, `["12"@1:2, "a"@1:12, {}@1:23]@1:1`},
		{"line separator is no line break", "a: \"p\u2028q\"\nb: 1", `{a@1:1: "p\u2028q"@1:4, b@2:1: 1@2:4}@1:1`},

		{"tag on a scalar", "a: !Ref B", `{a@1:1: {Ref@1:4: "B"@1:9}@1:4}@1:1`},
		{"tag on a number", "!Sub 1", `{Fn::Sub@1:1: "1"@1:6}@1:1`},
		{"tag with dots", "!GetAtt a.b", `{Fn::GetAtt@1:1: "a.b"@1:9}@1:1`},
		{"tag on a list", "!Sub [x, {y: z}]", `{Fn::Sub@1:1: ["x"@1:7, {y@1:11: "z"@1:14}@1:10]@1:6}@1:1`},
		{"tag on a block list", "a: !If\n  - b # c\n  - 1\n  - ~",
			`{a@1:1: {Fn::If@1:4: ["b"@2:5, 1@3:5, null@4:5]@2:3}@1:4}@1:1`},
		{"tag on a block scalar", "a: !Sub |\n  x", `{a@1:1: {Fn::Sub@1:4: "x"@1:9}@1:4}@1:1`},
		{"tags inside tags", `!Select [0, !GetAZs ""]`, `{Fn::Select@1:1: [0@1:10, {Fn::GetAZs@1:13: ""@1:21}@1:13]@1:9}@1:1`},
		{"tag without value", "a: !GetAZs\nb: 1", `{a@1:1: {Fn::GetAZs@1:4: ""@1:4}@1:4, b@2:1: 1@2:4}@1:1`},
		{"tag and anchor", "a: !Ref &x B\nb: *x", `{a@1:1: {Ref@1:4: "B"@1:12}@1:4, b@2:1: {Ref@1:4: "B"@1:12}@1:4<alias *x@2:4}@1:1`},

		{"alias", "a: &x {b: 1}\nc: *x", `{a@1:1: {b@1:8: 1@1:11}@1:4, c@2:1: {b@1:8: 1@1:11}@1:4<alias *x@2:4}@1:1`},
		{"alias as key", "- &x k\n- *x : 1", `["k"@1:3, {k@2:3: 1@2:8}@2:3]@1:1`},
		{"merge: own keys win", "x: &x {a: 1, b: 2}\ny:\n  b: 3\n  <<: *x",
			`{x@1:1: {a@1:8: 1@1:11, b@1:14: 2@1:17}@1:4, y@2:1: {b@3:3: 3@3:6, a@1:8: 1@1:11<merge@4:3}@3:3}@1:1`},
		{"merge: the first of a list wins", "- &x {a: 1}\n- &y {a: 2, b: 3}\n- <<: [*x, *y]",
			`[{a@1:7: 1@1:10}@1:3, {a@2:7: 2@2:10, b@2:13: 3@2:16}@2:3, {a@1:7: 1@1:10<merge@3:3, b@2:13: 3@2:16<merge@3:3}@3:3]@1:1`},
		{"merge of a merge", "- &x {a: 1}\n- &y {<<: *x}\n- <<: *y",
			`[{a@1:7: 1@1:10}@1:3, {a@1:7: 1@1:10<merge@2:7}@2:3, {a@1:7: 1@1:10<merge@3:3<merge@2:7}@3:3]@1:1`},
		{"quoted << is a key", `"<<": {a: 1}`, `{<<@1:1: {a@1:8: 1@1:11}@1:7}@1:1`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			doc, diags := ParseYAML("t.yaml", []byte(tt.text), Options{Tag: intrinsics})
			if len(diags) > 0 {
				t.Fatalf("diagnostics: %q", said(diags))
			}
			if got := show(doc.Root); got != tt.want {
				t.Errorf("\n got %s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestYAMLWarnings(t *testing.T) {
	tests := []struct{ name, text, value, want string }{
		{"duplicate key: the last wins", "a: 1\nb: 2\na: 3", `{a@3:1: 3@3:4, b@2:1: 2@2:4}@1:1`,
			`3:1 warning: key "a" is written twice, on line 1 and on line 3; the last one is used`},
		{"unknown tag keeps the value", "!Nope 1", `1@1:1`, `1:1 warning: tag !Nope is not known here`},
		{"alias of itself", "a: &x [*x, 1]", `{a@1:1: [?@1:8, 1@1:12]@1:4}@1:1`,
			`1:8 warning: alias *x stands inside the value that it names`},
		{"merge of itself", "a: &x\n  <<: *x", `{a@1:1: {<<@2:3: ?@2:7}@1:4}@1:1`,
			`2:7 warning: alias *x stands inside the value that it names|2:3 warning: << merges maps, and its value is none; it is kept as an ordinary key`},
		{"map as key", "{a: 1}: 2\nb: 3", `{b@2:1: 3@2:4}@1:1`,
			`1:1 warning: a list or map stands as a key; the entry is left out`},
		{"unquoted braces", "a: {{x}}", `{a@1:1: {}@1:4}@1:1`,
			`1:5 warning: a list or map stands as a key; the entry is left out`},
		{"second document", "a: 1\n---\n# nothing\nb: 2", `{a@1:1: 1@1:4}@1:1`,
			`4:1 note: only the first YAML document of the file is read`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			doc, diags := ParseYAML("t.yaml", []byte(tt.text), Options{Tag: intrinsics})
			if doc == nil {
				t.Fatalf("not read: %q", said(diags))
			}
			if got := show(doc.Root); got != tt.value {
				t.Errorf("\n got %s\nwant %s", got, tt.value)
			}
			if got := strings.Join(said(diags), "|"); got != tt.want {
				t.Errorf("\n got %s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestOneDocumentWithMarkersIsNoSecond(t *testing.T) {
	_, diags := ParseYAML("t.yaml", []byte("---\na: |\n  x\n  ---\nb: \"\n  --- \"\n...\n# end\n---\n"), Options{})
	if len(diags) > 0 {
		t.Errorf("diagnostics: %q", said(diags))
	}
}

func TestYAMLErrors(t *testing.T) {
	tests := []struct {
		name, text string
		line       int
		want, hint string // parts
	}{
		{"tab", "a:\n\tb: 1\n", 2, "a tab stands in the indentation", "spaces"},
		{"tab further in", "a: 1\n\tb: 2\n", 2, "a tab stands in the indentation", "spaces"},
		{"tab in a block", "a: |\n\tfoo\n", 2, "a tab stands in the indentation", "spaces"},
		{"colon in a value", "x: 1\na: b: c\n", 2, "mapping values are not allowed", "quote"},
		{"bare asterisk", "x: 1\nAction: *\nb: c\n", 2, "alphabetic", `"*"`},
		{"bare asterisk on the first line", "Action: *\nb: c\n", 1, "alphabetic", `"*"`},
		{"no such anchor", "x: 1\na: *foo\nb: c\n", 2, "unknown anchor", "define the anchor"},
		{"at sign", "a: 1\nb: @x\nc: d\n", 2, "cannot start any token", "quote"},
		{"list not closed", "a: [x\n\n\nb: y\nc: z\n", 5, "',' or ']'", "close the list"},
		{"indented too little", "a:\n    x: 1\n    y: 2\n  z: 4\nb: c\n", 4, "expected key", "line it up"},
		{"far from the begin of the block", "a: 1\n" + strings.Repeat("b:\n  - c\n", 9) + "- d\ne: f\n", 20, "expected key", "line it up"},
		{"quote not closed", "a: \"x\nb: c\n", 3, "unexpected end of stream", "quote is not closed"},
		{"Jinja", "a: 1\nb: {{ x }}-y\n", 2, "expected key", "template of another tool"},
		{"no colon", "a: 1\na: 2\nb 3\nc: 4\n", 3, "expected ':'", "key: value"},
		{"control character", "a: 1\nb: \x01\n", 2, "control characters", "text file"},
		{"not UTF-8", "a: 1\nb: caf\xe9\n", 2, "not valid UTF-8", "UTF-8"},
		{"too deep", strings.Repeat("[", 1001) + strings.Repeat("]", 1001), 1, "nested more than 1000", "split"},
		{"much too deep", strings.Repeat("[", 20_000), 1, "max depth", "split"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			doc, diags := ParseYAML("t.yaml", []byte(tt.text), Options{})
			if doc != nil || len(diags) == 0 {
				t.Fatalf("was read, with diagnostics %q", said(diags))
			}
			d := diags[len(diags)-1]
			if d.Line != tt.line || d.File != "t.yaml" || d.Level != model.Error || !d.Incomplete {
				t.Errorf("got %+v, want an error on line %d", d, tt.line)
			}
			if !strings.Contains(d.Message, tt.want) || !strings.Contains(d.Hint, tt.hint) {
				t.Errorf("got %q, hint %q; want %q, hint %q", d.Message, d.Hint, tt.want, tt.hint)
			}
		})
	}
}

func TestColumnOfErrors(t *testing.T) {
	_, diags := ParseYAML("t.yaml", []byte("a: 1\né: \xff"), Options{})
	if got := diags[0].Pos.String(); got != "t.yaml:2:4" {
		t.Errorf("invalid byte at %s, want t.yaml:2:4", got)
	}
}

// bomb is a document of n levels, each with nine aliases of the one before.
func bomb(n int, alias string) string {
	var b strings.Builder
	b.WriteString("l0: &l0 x\n")
	for i := 1; i <= n; i++ {
		fmt.Fprintf(&b, "l%d: &l%d [%s]\n", i, i, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("%s%d, ", alias, i-1), 9), ", "))
	}
	return b.String()
}

func mergeChain(n int) string {
	var b strings.Builder
	b.WriteString("m0: &m0 {k: v}\n")
	for i := 1; i <= n; i++ {
		fmt.Fprintf(&b, "m%d: &m%d {<<: *m%d, k%d: v}\n", i, i, i-1, i)
	}
	return b.String()
}

func deepAliases(n int) string {
	var b strings.Builder
	b.WriteString("a0: &a0 x\n")
	for i := 1; i <= n; i++ {
		fmt.Fprintf(&b, "a%d: &a%d [*a%d]\n", i, i, i-1)
	}
	return b.String()
}

func TestBombsAreRefusedQuickly(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"aliases", bomb(30, "*l"), "holds more than 1000000 values with its aliases expanded"},
		{"merges", mergeChain(20_000), "merges (<<) unfold to too many values"},
		{"depth through aliases", deepAliases(1100), "nested more than 1000 levels deep"},
		{"many small values", "[" + strings.Repeat("0,", 2_500_000) + "]", "has more lines and separators than 1000000 values need"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			start := time.Now()
			doc, diags := ParseYAML("t.yaml", []byte(tt.text), Options{})
			if doc != nil || len(diags) != 1 || diags[0].Message != tt.want || diags[0].Line == 0 {
				t.Errorf("got %q, want %q", said(diags), tt.want)
			}
			if took := time.Since(start); took > 5*time.Second {
				t.Errorf("took %s", took)
			}
		})
	}
}

func TestHostileTextsTakeNoTime(t *testing.T) {
	for _, piece := range []string{
		"[", "{a: ", "- ", "? ", "\r", "x\r", "#", "# x\n", "a: b # c\n", "!a b, ", "\"", "''", "b ", ":", "!", "!a\n", "&a ", "<<: {a: 1}\n",
		"a: \u2028b\n", "\x00", "\t", "- *a\n", "--- a\n", "a: |\n", "\"a\": {\"b\"", "\\",
	} {
		for _, before := range []string{"", "a: &a\n", "[", "\"", "a: |\n  "} {
			text := before + strings.Repeat(piece, 50_000/len(piece))
			for name, parse := range map[string]func(string, []byte, Options) (*Document, []model.Diagnostic){"YAML": ParseYAML, "JSON": ParseJSON} {
				start := time.Now()
				parse("t", []byte(text), Options{Tag: intrinsics, MaxValues: 100_000})
				if took := time.Since(start); took > 3*time.Second {
					t.Errorf("%s %.20q took %s", name, text, took)
				}
			}
		}
	}
}

func TestSmallerBombIsShared(t *testing.T) {
	doc, diags := ParseYAML("t.yaml", []byte(bomb(6, "*l")), Options{})
	if doc == nil {
		t.Fatalf("not read: %q", said(diags))
	}
	if size := doc.Root.Size; size < 531_441 {
		t.Errorf("expanded size %d, want at least 9^6", size)
	}
	top := doc.Root.Get("l6")
	if top.Items[0].Items[0] != top.Items[8].Items[0] {
		t.Error("aliases of one anchor do not share their children")
	}
}

func TestMaxValues(t *testing.T) {
	for _, parse := range []func(string, []byte, Options) (*Document, []model.Diagnostic){ParseYAML, ParseJSON} {
		if doc, _ := parse("t", []byte("[1, 2, 3]"), Options{MaxValues: 4}); doc == nil {
			t.Error("4 values refused with a limit of 4")
		}
		if doc, _ := parse("t", []byte("[1, 2, 3]"), Options{MaxValues: 3}); doc != nil {
			t.Error("4 values taken with a limit of 3")
		}
	}
}

func TestWarningsAreBounded(t *testing.T) {
	_, diags := ParseYAML("t.yaml", []byte(strings.Repeat("a: 1\n", 5000)), Options{})
	if len(diags) != maxWarnings+1 {
		t.Errorf("%d diagnostics, want %d", len(diags), maxWarnings+1)
	}
}

func TestComments(t *testing.T) {
	text := `# wardlet:ignore a-rule until=2027-01-31 reason
a: b # after a value
c: "# in quotes" # after quotes
d: 'it''s # in quotes'   ## two
e: | # after the indicator
  # in a block
    # also
# between
f: >2-
    # folded
  x
g: a#b http://x/#y
h: !Sub "#" # tagged
i: [1, # in a list
  2] #
"#": "\"#" # é
j: |

# the block is empty
k: |+
  x

 # indented less
---
# another document
`
	want := []Comment{
		{1, 1, "wardlet:ignore a-rule until=2027-01-31 reason", true},
		{2, 6, "after a value", false},
		{3, 18, "after quotes", false},
		{4, 26, "two", false},
		{5, 6, "after the indicator", false},
		{8, 1, "between", true},
		{13, 13, "tagged", false},
		{14, 8, "in a list", false},
		{15, 6, "", false},
		{16, 12, "é", false},
		{19, 1, "the block is empty", true},
		{23, 2, "indented less", true},
	}
	doc, diags := ParseYAML("t.yaml", []byte(text), Options{Tag: intrinsics})
	if doc == nil {
		t.Fatalf("not read: %q", said(diags))
	}
	if diff := cmp.Diff(want, doc.Comments); diff != "" {
		t.Error(diff)
	}
	if doc.Lines != 25 {
		t.Errorf("%d lines, want 25", doc.Lines)
	}
}

func TestCommentsOfAnEmptyFile(t *testing.T) {
	doc, _ := ParseYAML("t.yaml", []byte("# one\n\n  # two"), Options{})
	want := []Comment{{1, 1, "one", true}, {3, 3, "two", true}}
	if diff := cmp.Diff(want, doc.Comments); diff != "" || doc.Lines != 3 {
		t.Errorf("%d lines; %s", doc.Lines, diff)
	}
}

func TestParseChoosesTheLanguage(t *testing.T) {
	tests := []struct {
		file, text, want string
		fails            string
	}{
		{"a.json", `{"a": 1}`, `{a@1:2: 1@1:7}@1:1`, ""},
		{"a.JSON", `{a: 1}`, "", "not valid JSON"},
		{"a.yaml", `{"a": 1}`, `{a@1:2: 1@1:7}@1:1`, ""},
		{"a.yaml", `{a: 1}`, `{a@1:2: 1@1:5}@1:1`, ""},
		{"a.template", "\xef\xbb\xbf\n{\"a\":\n1}", `{a@2:2: 1@3:1}@2:1`, ""},
		{"a.template", "a: 1", `{a@1:1: 1@1:4}@1:1`, ""},
		{"a.yml", `{"a": 1,, }`, "", "not valid YAML"},
	}
	for _, tt := range tests {
		doc, diags := Parse(tt.file, []byte(tt.text), Options{})
		switch {
		case tt.fails != "":
			if doc != nil || !strings.Contains(diags[0].Message, tt.fails) {
				t.Errorf("%s %q: got %q, want %q", tt.file, tt.text, said(diags), tt.fails)
			}
		case doc == nil || show(doc.Root) != tt.want:
			t.Errorf("%s %q: got %+v %q", tt.file, tt.text, doc, said(diags))
		}
	}
}

func TestLine(t *testing.T) {
	data := []byte("\xef\xbb\xbfone\r\ntwo\rthree\n\nfive")
	for n, want := range []string{"", "one", "two", "three", "", "five", "", ""} {
		if got := Line(data, n); got != want {
			t.Errorf("line %d is %q, want %q", n, got, want)
		}
	}
}

func TestInText(t *testing.T) {
	tests := []struct{ name, text, part, want string }{
		{"block", "a: |\n  one\n\n    two\n", "two", "4:5"},
		{"block with tag", "a: !Sub |\n  one\n  two\n", "two", "3:3"},
		{"block that begins with blanks", "a: |2\n    one\n  two\n", "two", "3:3"},
		{"line break of a block", "a: |\n  one\n  two\n", "\n", "2:6"},
		{"folded", "a: >\n  one\n  two\n\n  three\n", "three", "5:3"},
		{"plain over lines", "a: one\n  two\n  three\n", "three", "3:3"},
		{"plain", "a: one two", "two", "1:8"},
		{"single quotes", "a: 'it''s here'", "here", "1:11"},
		{"double quotes", `a: "x\n\u00e9\"y"`, "y", "1:16"},
		{"continued line", "a: \"one \\\n  two\"", "two", "2:3"},
		{"surrogates", `{"a": "\ud83d\ude00 x"}`, "x", "1:21"},
		{"characters of several bytes", "a: éé x", "x", "1:7"},
		{"begin", "a: one", "one", "1:4"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			doc, diags := Parse("t.yaml", []byte(tt.text), Options{Tag: intrinsics})
			if doc == nil {
				t.Fatalf("not read: %q", said(diags))
			}
			v := doc.Root.Fields[0].Value
			if v.Kind == model.Map {
				v = v.Fields[0].Value
			}
			pos := InText([]byte(tt.text), v, strings.Index(v.Str, tt.part))
			if got := fmt.Sprintf("%d:%d", pos.Line, pos.Col); got != tt.want {
				t.Errorf("%q in %q at %s, want %s", tt.part, v.Str, got, tt.want)
			}
		})
	}
}

func TestInTextFallsBackToTheValue(t *testing.T) {
	v := model.NewString("nothing like the file", model.Origin{Pos: model.Pos{File: "f", Line: 1, Col: 4}})
	if got := InText([]byte("a: other"), v, 5); got != v.Origin.Pos {
		t.Errorf("got %v", got)
	}
}

func BenchmarkYAML(b *testing.B) {
	unit := "  Function:\n    Type: AWS::Serverless::Function # one\n    Properties:\n      Handler: \"src/app.handler\"\n      Timeout: 30\n      Policies: [!Ref A, !Sub 'x${b}']\n"
	text := []byte("Resources:\n")
	for i := 0; len(text) < 1<<20; i++ {
		text = append(text, strings.Replace(unit, "Function:", fmt.Sprintf("Function%d:", i), 1)...)
	}
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		if doc, _ := ParseYAML("t.yaml", text, Options{Tag: intrinsics}); doc == nil {
			b.Fatal("not read")
		}
	}
}

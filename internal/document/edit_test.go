package document

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"wardlet.example/internal/model"
)

// testTag writes !Ref, !GetAtt and !Sub.
func testTag(key string) (string, bool) {
	switch key {
	case "Ref":
		return "!Ref", true
	case "Fn::GetAtt", "Fn::Sub":
		return "!" + strings.TrimPrefix(key, "Fn::"), true
	}
	return "", false
}

func text(s string) *model.Value { return model.NewString(s, model.Origin{}) }

func items(all ...*model.Value) *model.Value { return model.NewList(all, model.Origin{}) }

func object(key string, v *model.Value, more ...model.Field) *model.Value {
	return model.NewMap(append([]model.Field{{Key: key, Value: v}}, more...), model.Origin{})
}

// findText is the value whose text is given, the first of them.
func findText(t *testing.T, e *Editor, s string) Node {
	t.Helper()
	at := strings.Index(string(e.src.text), s)
	if at < 0 {
		t.Fatalf("%q does not stand there", s)
	}
	n, ok := e.At(e.src.pos(at))
	if !ok {
		t.Fatalf("nothing begins at %q", s)
	}
	return n
}

// Each case changes a text in one way. Everything else stays as it is, to the last byte.
func TestEdit(t *testing.T) {
	remove := func(texts ...string) func(*testing.T, *Editor) error {
		return func(t *testing.T, e *Editor) error {
			for _, s := range texts {
				if err := findText(t, e, s).Remove(); err != nil {
					return err
				}
			}
			return nil
		}
	}
	replace := func(s string, v *model.Value) func(*testing.T, *Editor) error {
		return func(t *testing.T, e *Editor) error { return findText(t, e, s).Replace(v) }
	}
	up := func(s string, do func(Node) error) func(*testing.T, *Editor) error {
		return func(t *testing.T, e *Editor) error {
			n, _ := findText(t, e, s).Up()
			return do(n)
		}
	}
	tests := []struct {
		name, file, before, after string
		change                    func(*testing.T, *Editor) error
	}{
		{"an element of a list", "a.yaml",
			"Action:\n  - s3:Get # reads\n  # lists\n  - s3:List   # all\n  - s3:Put\nOther: 1\n",
			"Action:\n  - s3:Get # reads\n  # lists\n  - s3:Put\nOther: 1\n", remove("s3:List")},
		{"the last element, without a line break at the end", "a.yaml", "Action:\n- a\n- b", "Action:\n- a\n", remove("b")},
		{"all elements take the key with them", "a.yaml", "x: 1\nAction:\n- a\n- b\ny: 2\n", "x: 1\ny: 2\n", remove("a\n", "b\n")},
		{"a map behind a dash", "a.yaml",
			"S:\n  - Effect: Allow\n    Action: a\n    Resource: '*'\n  - Effect: Deny\n    Action: b\n",
			"S:\n  - Effect: Deny\n    Action: b\n", up("Effect: Allow", Node.Remove)},
		{"the first entry behind a dash", "a.yaml", "S:\n  - Sid: x\n    Effect: Allow\n    Action: a\n", "S:\n  - Effect: Allow\n    Action: a\n", remove("Sid")},
		{"an entry with a block of text", "a.yaml", "a: |\n  one\n\n  two\nb: 1\n", "b: 1\n", remove("a: |")},
		{"elements of a list with brackets", "a.yaml", "Action: [a, 'b', c] # three\n", "Action: ['b'] # three\n", remove("a, 'b'", "c]")},
		{"elements of a list with brackets over lines", "a.yaml", "Action: [\n  a,\n  b, # why\n  c\n]\n", "Action: [\n  a,\n  c\n]\n", remove("b, # why")},
		{"an element of JSON", "a.json", "{\n  \"Action\": [\n    \"a\",\n    \"b\"\n  ],\n  \"x\": 1\n}\n", "{\n  \"Action\": [\n    \"a\"\n  ],\n  \"x\": 1\n}\n", remove(`"b"`)},
		{"an entry of JSON", "a.json", "{\"a\": {\"b\": [1, 2]}, \"c\": 3}", "{\"c\": 3}", remove(`"a"`)},
		{"a text by a text", "a.yaml", "Action: 's3:*' # all\nx: 1\n", "Action: s3:GetObject # all\nx: 1\n", replace("'s3:*'", text("s3:GetObject"))},
		{"a text by a list", "a.yaml", "S:\n  Action: s3:*\n  Resource: x\n", "S:\n  Action:\n    - s3:Get\n    - s3:Put\n  Resource: x\n", replace("s3:*", items(text("s3:Get"), text("s3:Put")))},
		{"a text by a list, where lists are not indented", "a.yaml", "L:\n- x\nS:\n  Action: s3:*\n", "L:\n- x\nS:\n  Action:\n  - s3:Get\n  - s3:Put\n", replace("s3:*", items(text("s3:Get"), text("s3:Put")))},
		{"a text in double quotes by a list of such", "a.yaml", "S:\n  Action: \"s3:*\"\n", "S:\n  Action:\n    - \"s3:Get\"\n    - \"s3:Put\"\n", replace("\"s3:*\"", items(text("s3:Get"), text("s3:Put")))},
		{"a star in double quotes by a reference", "a.yaml", "Resource: \"*\"\n", "Resource: !Sub \"${B.Arn}/*\"\n", replace("\"*\"", object("Fn::Sub", text("${B.Arn}/*")))},
		{"a list by a text", "a.yaml", "Action:\n  - a\n  - b\nx: 1\n", "Action: c\nx: 1\n", up("a\n", func(n Node) error { return n.Replace(text("c")) })},
		{"a star by a reference", "a.yaml", "Resource: '*'\n", "Resource: !GetAtt Table.Arn\n", replace("'*'", object("Fn::GetAtt", text("Table.Arn")))},
		{"a star of JSON by a reference", "a.json", "{\"Resource\": \"*\"}", "{\"Resource\": {\"Fn::GetAtt\": [\"Table\", \"Arn\"]}}", replace(`"*"`, object("Fn::GetAtt", items(text("Table"), text("Arn"))))},
		{"a text with signs", "a.yaml", "Resource: '*'\n", "Resource: !Sub '${Bucket.Arn}/*'\n", replace("'*'", object("Fn::Sub", text("${Bucket.Arn}/*")))},
		{"a reference with a tag by a text", "a.yaml", "- !Ref A\n- !Sub 'x'\n", "- b\n- !Sub 'x'\n", replace("!Ref A", text("b"))},
		{"an element by a map", "a.yaml", "Policies:\n  - AmazonS3FullAccess # all of it\n  - X\n",
			"Policies:\n  - Statement:\n      - Effect: Allow\n        Action: s3:GetObject # all of it\n  - X\n",
			replace("AmazonS3FullAccess", object("Statement", items(object("Effect", text("Allow"), model.Field{Key: "Action", Value: text("s3:GetObject")}))))},
		{"added to a list", "a.yaml", "L:\n  - a # one\nx: 1\n", "L:\n  - a # one\n  - b: 1\n    c: d\nx: 1\n",
			up("a #", func(n Node) error {
				return n.Append(object("b", model.NewNumber(1, "1", model.Origin{}), model.Field{Key: "c", Value: text("d")}))
			})},
		{"added to a map", "a.yaml", "R:\n  a: 1\nx: 1\n", "R:\n  a: 1\n  b:\n    - c\nx: 1\n",
			up("a: 1", func(n Node) error { return n.Append(object("b", items(text("c")))) })},
		{"added to JSON", "a.json", "{\n  \"L\": [\n    \"a\"\n  ]\n}\n", "{\n  \"L\": [\n    \"a\",\n    \"b\"\n  ]\n}\n",
			up(`"a"`, func(n Node) error { return n.Append(text("b")) })},
		{"all elements of JSON by another", "a.json", "{\"L\": [\"a\", \"b\"]}", "{\"L\": [\"c\"]}", func(t *testing.T, e *Editor) error {
			l, _ := findText(t, e, `"a"`).Up()
			return errors.Join(findText(t, e, `"a"`).Remove(), findText(t, e, `"b"`).Remove(), l.Append(text("c")))
		}},
		{"all elements by another", "a.yaml", "L:\n  - a\n  - b\nx: 1\n", "L:\n  - c\nx: 1\n", func(t *testing.T, e *Editor) error {
			l, _ := findText(t, e, "a\n").Up()
			return errors.Join(findText(t, e, "a\n").Remove(), findText(t, e, "b\n").Remove(), l.Append(text("c")))
		}},
		{"line breaks of Windows and a byte order mark", "a.yaml", "\xef\xbb\xbfA:\r\n  - a\r\n  - b\r\nx: 1\r\n", "\xef\xbb\xbfA:\r\n  - b\r\nx: 1\r\n", remove("a\r\n")},
		{"letters of more bytes before it", "a.yaml", "A: [ä, 'ö', ü]\n", "A: [ä, ü]\n", remove("'ö'")},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			e, err := NewEditor(test.file, []byte(test.before), testTag)
			if err != nil {
				t.Fatal(err)
			}
			if err := test.change(t, e); err != nil {
				t.Fatal(err)
			}
			got, err := e.Bytes()
			if err != nil {
				t.Fatal(err)
			}
			if string(got) != test.after {
				t.Errorf("got:\n%s\nwant:\n%s", got, test.after)
			}
		})
	}
}

// What is shared, generated or not understood is refused with its place.
func TestEditRefuses(t *testing.T) {
	tests := []struct{ before, at, want string }{
		{"a: &x\n  - one\nb: *x\n", "one", "a.yaml:1:4: the anchor &x shares this text with other places"},
		{"a: &x one\nb:\n  c: *x\n", "*x", "a.yaml:2:6: *x stands for a text elsewhere"},
		{"b:\n  c: &y 1\n", "b:", "a.yaml:2:6: the anchor &y shares this text with other places"},
	}
	for _, test := range tests {
		e, err := NewEditor("a.yaml", []byte(test.before), nil)
		if err != nil {
			t.Fatal(err)
		}
		err = findText(t, e, test.at).Remove()
		if err == nil || !strings.Contains(err.Error(), strings.SplitN(test.want, ":", 4)[3]) {
			t.Errorf("%q: %v, want %s", test.before, err, test.want)
		}
	}
	for file, data := range map[string]string{"a.yaml": "a: [", "b.yaml": "", "c.yaml": "\xff\xfea\x00", "d.yaml": "a: \u2028b"} {
		if _, err := NewEditor(file, []byte(data), nil); err == nil || !strings.HasPrefix(err.Error(), file) {
			t.Errorf("%q: %v", data, err)
		}
	}
}

// FuzzEdit takes out or exchanges any one value of a text. Bytes itself tells whether anything else changed, and what it gives must be
// readable.
func FuzzEdit(f *testing.F) {
	for _, s := range []string{
		"a:\n  - b\n  - c: 1\n    d: [x, {y: z}]\n", "{\"a\": [1, 2, {\"b\": null}], \"c\": \"d\"}", "- - a\n  - b\n- |\n  text\n\n- > \n  more\n",
		"a: &x [1]\nb: *x\n<<: {c: d}\n", "? a\n: b\n", "a: !Ref b\nc: !GetAtt\n  - d\n  - e\n", "a: 'it''s'\nb: \"q\\\"\" # c\n# d\n", "a:\nb:\n  c:\n", "a: one\n  two\nb: 1",
	} {
		for i := range 8 {
			f.Add(s, uint8(i), i%2 == 0)
		}
	}
	f.Fuzz(func(t *testing.T, s string, which uint8, takeOut bool) {
		e, err := NewEditor("a.yaml", []byte(s), testTag)
		if err != nil {
			return
		}
		n := Node{e, e.root}
		i := int(which)
		e.walk(e.root, func(x *yamlNode) {
			if i == 0 {
				n = Node{e, x}
			}
			i--
		})
		if takeOut {
			err = n.Remove()
		} else if n.IsKey() {
			return
		} else {
			err = n.Replace(items(text("s3:GetObject"), object("Ref", text("X"))))
		}
		if err != nil {
			return
		}
		out, err := e.Bytes()
		if err != nil {
			if strings.Contains(err.Error(), "after the change") {
				t.Logf("refused: %v", err)
			}
			return
		}
		if doc, _ := ParseYAML("a.yaml", out, Options{}); doc == nil {
			t.Errorf("%q became %q, which cannot be read", s, out)
		}
	})
}

// Elements and entries of whole templates can be taken out, one at a time: about 150 of each.
func TestEditOfExamples(t *testing.T) {
	files, err := filepath.Glob("../../examples/*/*.y*ml")
	if err != nil || len(files) == 0 {
		t.Fatal("no examples", err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		count := 0
		first, err := NewEditor(file, data, testTag)
		if err != nil {
			t.Fatal(err)
		}
		first.walk(first.root, func(*yamlNode) { count++ })
		for i := 1; i < count; i += 1 + count/150 {
			e, err := NewEditor(file, data, testTag)
			if err != nil {
				t.Fatal(err)
			}
			var n Node
			at := 0
			e.walk(e.root, func(x *yamlNode) {
				if at == i {
					n = Node{e, x}
				}
				at++
			})
			if err := n.Remove(); err != nil {
				continue
			}
			if _, err := e.Bytes(); err != nil {
				t.Errorf("%s: without line %d: %v", file, n.n.Line, err)
			}
		}
	}
}

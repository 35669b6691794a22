package jsontext_test

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"wardlet.example/internal/jsontext"
	"wardlet.example/internal/model"
)

var nowhere = model.Origin{Pos: model.Pos{File: "template.yaml", Line: 7, Col: 3}}

// text reads a text in which ${Name} is a reference.
func text(s string) *model.Value {
	var parts []*model.Value
	for {
		before, rest, found := strings.Cut(s, "${")
		parts = append(parts, model.NewString(before, nowhere))
		if !found {
			return model.NewText(parts, nowhere)
		}
		name, after, _ := strings.Cut(rest, "}")
		parts = append(parts, model.NewRef(name, "", nowhere))
		s = after
	}
}

// show writes a value so that its kind can be seen: texts in quotes, open parts as ${Name}, null as absent.
func show(v *model.Value) string {
	var parts []string
	switch v.Kind {
	case model.String, model.Text:
		return strconv.Quote(v.String())
	case model.List:
		for _, item := range v.Items {
			parts = append(parts, show(item))
		}
		return "[" + strings.Join(parts, " ") + "]"
	case model.Map:
		for _, f := range v.Fields {
			key := strconv.Quote(jsontext.Shown(f.Key))
			if jsontext.IsOpen(f.Key) {
				key = "open " + jsontext.Shown(f.Key)
			}
			parts = append(parts, key+": "+show(f.Value))
		}
		return "{" + strings.Join(parts, " ") + "}"
	}
	return v.String()
}

func TestParse(t *testing.T) {
	tests := []struct{ in, want string }{
		{`{"a": [1, -2.5e3, true, false, null], "b": {}}`, `{"a": [1 -2.5e3 true false absent] "b": {}}`},
		{" \t\r\n[ ] ", `[]`},
		{`"\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00"`, `"\"\\/\b\f\n\r\té😀"`},
		{`"\ud83d x"`, `"� x"`},
		{`{"a": 1, "a": 2}`, `{"a": 1 "a": 2}`},

		{`{"a": "${Queue}"}`, `{"a": ${Queue}}`},
		{`{"a": "x ${Queue} y"}`, `{"a": "x ${Queue} y"}`},
		{`{"a": "${Queue}${Stage}"}`, `{"a": "${Queue}${Stage}"}`},
		{`{"a": ${Count}}`, `{"a": ${Count}}`},
		{`{"a": 1${Count}}`, `{"a": ?}`},
		{`[${A}, ${B}]`, `[${A} ${B}]`},
		{`${All}`, `${All}`},
		{`{"${Key}": 1}`, `{open ${Key}: 1}`},
		{`{"x${Key}": 1}`, `{open x${Key}: 1}`},
		{`{${Key}: 1}`, `{open ${Key}: 1}`},
		{`{${Fields}}`, `{open ${Fields}: ?}`},
		{`{${Fields}, "a": 1}`, `{open ${Fields}: ? "a": 1}`},
		{`{${Fields} "a": 1}`, `{open ${Fields}: ? "a": 1}`}, // the fields may end in a comma
		{`{"a": 1, ${Fields}}`, `{"a": 1 open ${Fields}: ?}`},
	}
	for _, test := range tests {
		v, err := jsontext.Parse(text(test.in))
		if err != nil {
			t.Errorf("%s: %v", test.in, err)
			continue
		}
		if got := show(v); got != test.want {
			t.Errorf("%s\n got %s\nwant %s", test.in, got, test.want)
		}
		if v.Kind != model.Ref && v.Origin != nowhere {
			t.Errorf("%s: origin %v, want that of the text", test.in, v.Origin)
		}
	}
}

func TestErrors(t *testing.T) {
	deep := strings.Repeat("[", 200)
	tests := []struct{ in, want string }{
		{``, "line 1, column 1 of the text: a value is missing"},
		{"{\n  \"a\" 1}", "line 2, column 7 of the text: a colon is missing behind the key \"a\""},
		{`{"a": 1,}`, "line 1, column 9 of the text: a key in double quotes is missing"},
		{`{"a": 1 "b": 2}`, "line 1, column 9 of the text: a comma or } is missing behind a field"},
		{`[1 2]`, "line 1, column 4 of the text: a comma or ] is missing behind an element"},
		{`[1,]`, "line 1, column 4 of the text: a value is missing"},
		{`[1`, "line 1, column 3 of the text: a comma or ] is missing behind an element"},
		{`"abc`, "line 1, column 5 of the text: the closing quote of a text is missing"},
		{`"a\q"`, "line 1, column 3 of the text: a backslash is followed by no escape that JSON knows"},
		{`"a\u12"`, "line 1, column 3 of the text: a backslash is followed by no escape that JSON knows"},
		{`"a\`, "line 1, column 3 of the text: a backslash is followed by no escape that JSON knows"},
		{"\"a\nb\"", "line 1, column 3 of the text: a line break or control character stands inside a text; write \\n"},
		{`hello`, `line 1, column 1 of the text: "hello" is no JSON value; texts stand in double quotes`},
		{`01`, `line 1, column 1 of the text: "01" is no JSON value; texts stand in double quotes`},
		{`+1`, `line 1, column 1 of the text: "+1" is no JSON value; texts stand in double quotes`},
		{`1.`, `line 1, column 1 of the text: "1." is no JSON value; texts stand in double quotes`},
		{`1e`, `line 1, column 1 of the text: "1e" is no JSON value; texts stand in double quotes`},
		{`1e999`, `line 1, column 1 of the text: "1e999" is no JSON value; texts stand in double quotes`},
		{`0x10`, `line 1, column 1 of the text: "0x10" is no JSON value; texts stand in double quotes`},
		{`Infinity`, `line 1, column 1 of the text: "Infinity" is no JSON value; texts stand in double quotes`},
		{strings.Repeat("x", 50), `line 1, column 1 of the text: "` + strings.Repeat("x", 40) + `..." is no JSON value; texts stand in double quotes`},
		{`{} {}`, "line 1, column 4 of the text: something stands behind the end of the JSON"},
		{deep, "line 1, column 102 of the text: more than 100 lists and maps inside each other"},
		{"\x00", "line 1, column 1 of the text: a zero byte stands in the text"},
		{`"` + strings.Repeat("x", 5<<20) + `"`, "line 1, column 1 of the text: the text is over 4 MB long"},
	}
	for _, test := range tests {
		_, err := jsontext.Parse(model.NewString(test.in, nowhere))
		if err == nil || err.Error() != test.want {
			t.Errorf("%.40s: %v, want %s", test.in, err, test.want)
		}
	}
}

func TestKeys(t *testing.T) {
	open := jsontext.OpenKey("${Name}")
	if !jsontext.IsOpen(open) || jsontext.IsOpen("${Name}") || jsontext.Shown(open) != "${Name}" || jsontext.Shown("a") != "a" {
		t.Error("an open key is told apart from one that is only written like it, and shown as it is written")
	}
}

// FuzzParse: what encoding/json accepts is read with the same content, what it refuses is refused, and nothing panics.
func FuzzParse(f *testing.F) {
	for _, s := range []string{`{"a": [1, -2.5e+3, true, null], "b": "\u00e9\ud83d\ude00\n"}`, "[1,]", "{\"a\"", `{"${A}": ${B}, ${C}}`, "1e999 ", "\"\\ud83d\""} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		jsontext.Parse(text(s))
		v, err := jsontext.Parse(model.NewString(s, nowhere))
		var want any
		decoder := json.NewDecoder(strings.NewReader(s))
		decoder.UseNumber()
		valid := json.Valid([]byte(s)) && decoder.Decode(&want) == nil
		switch {
		case !valid && err == nil:
			t.Errorf("%q is no JSON and was read as %s", s, show(v))
		case valid && err == nil && show(v) != showAny(want) && !strings.Contains(s, `"`):
			t.Errorf("%q was read as %s, want %s", s, show(v), showAny(want))
		case valid && err != nil && len(s) < 300 && !strings.ContainsAny(s, "eE[{"): // beyond our limits: large numbers, depth
			t.Errorf("%q was refused: %v", s, err)
		}
	})
}

func showAny(v any) string {
	switch v := v.(type) {
	case nil:
		return "absent"
	case []any:
		var parts []string
		for _, item := range v {
			parts = append(parts, showAny(item))
		}
		return "[" + strings.Join(parts, " ") + "]"
	case map[string]any:
		return "{}"
	}
	return fmt.Sprint(v)
}

package asl_test

import (
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"wardlet.example/internal/asl"
	"wardlet.example/internal/jsontext"
	"wardlet.example/internal/model"
)

// FuzzASL: no definition makes reading it panic or hang, and what is read hangs together.
func FuzzASL(f *testing.F) {
	examples, _ := filepath.Glob("testdata/*.txtar")
	for _, name := range examples {
		archive, err := txtar.ParseFile(name)
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range archive.Files {
			if file.Name == "definition.json" || file.Name == "definition.sub" {
				f.Add(string(file.Data), "")
			}
		}
	}
	f.Add(`{"StartAt": "A", "States": {"A": {"Type": "Map", "ItemsPath": "$.a", "Iterator": {}, "Parameters": {"x.$": "States.Format('{}', $.a[?(@.b)])"}}}}`, "A")
	f.Add(`{"QueryLanguage": "JSONata", "States": {"A": {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage", "Arguments": "{% $x := function($a){$a} %}"}}}`, "${A}")
	f.Fuzz(func(t *testing.T, definition, substitute string) {
		if len(definition) > 20_000 {
			return
		}
		values := model.NewMap([]model.Field{{Key: "A", Value: whole(text(substitute))}}, nowhere)
		written := whole(text(definition))
		for _, v := range []*model.Value{written, asl.Substitute(model.NewString(definition, nowhere), values)} {
			check(t, v)
			if parsed, err := jsontext.Parse(v); err == nil {
				check(t, asl.Substitute(parsed, values))
			}
		}
	})
}

func check(t *testing.T, v *model.Value) {
	t.Helper()
	m, problems := asl.Parse(v)
	flows := m.Flows()
	states := map[*asl.State]bool{}
	for _, s := range m.All() {
		states[s] = true
		s.ItemSource()
		s.Leaves(s.Data.Assign, asl.Result)
	}
	for _, e := range flows.Edges {
		if !states[e.From] || !states[e.To] {
			t.Error("an edge leads out of the machine")
		}
	}
	for _, in := range flows.Inputs {
		for _, l := range in.Leaves {
			if len(l.Sources) == 0 {
				t.Errorf("the leaf %s of %s has no source", l.Path, in.State.Name)
			}
		}
	}
	for _, p := range problems {
		if p.Message == "" || p.Hint == "" {
			t.Errorf("%v has no message or no way out", p)
		}
	}
}

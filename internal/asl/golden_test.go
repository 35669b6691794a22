package asl_test

import (
	"fmt"
	"strings"
	"testing"

	"wardlet.example/internal/asl"
	"wardlet.example/internal/document"
	"wardlet.example/internal/golden"
	"wardlet.example/internal/model"
)

var nowhere = model.Origin{Pos: model.Pos{File: "template.yaml", Line: 1, Col: 1}}

// TestExamples reads the definitions of testdata and shows what is found in them. A definition is one of
//
//	definition.yaml   a map, as in a template
//	definition.json   a text with JSON, as in DefinitionString
//	definition.sub    a text with JSON in which ${Name} and ${Name.Attr} are references, as Fn::Sub makes it
//
// and substitutions.yaml are its DefinitionSubstitutions, in which "${Name.Attr}" is a reference and "${?}" not known.
func TestExamples(t *testing.T) {
	golden.Run(t, func(t *testing.T, files map[string]string) string {
		m, problems := asl.Parse(asl.Substitute(definition(t, files), substitutions(t, files)))
		var b strings.Builder
		for _, p := range problems {
			fmt.Fprintf(&b, "%s: %s: %s\n    %s\n", p.Pos, p.Level, p.Message, p.Hint)
		}
		show(&b, m, "")
		for _, e := range m.Flows().Edges {
			fmt.Fprintf(&b, "%s -%s-> %s\n", e.From.Name, e.Kind, e.To.Name)
		}
		return b.String()
	})
}

func definition(t *testing.T, files map[string]string) *model.Value {
	t.Helper()
	if s, ok := files["definition.json"]; ok {
		return model.NewString(s, nowhere)
	}
	if s, ok := files["definition.sub"]; ok {
		return text(s)
	}
	return yaml(t, "definition.yaml", files["definition.yaml"])
}

func yaml(t *testing.T, name, s string) *model.Value {
	t.Helper()
	doc, problems := document.ParseYAML(name, []byte(s), document.Options{})
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return doc.Root
}

func substitutions(t *testing.T, files map[string]string) *model.Value {
	t.Helper()
	v := yaml(t, "substitutions.yaml", files["substitutions.yaml"])
	var fields []model.Field
	for _, f := range v.Fields {
		if f.Value.Kind == model.String {
			f.Value = whole(text(f.Value.Str))
		}
		fields = append(fields, f)
	}
	if fields == nil {
		return nil
	}
	return model.NewMap(fields, v.Origin)
}

// text reads a text in which ${Name.Attr} is a reference and ${?} not known.
func text(s string) *model.Value {
	var parts []*model.Value
	for {
		before, rest, found := strings.Cut(s, "${")
		parts = append(parts, model.NewString(before, nowhere))
		if !found {
			return model.NewText(parts, nowhere)
		}
		name, after, _ := strings.Cut(rest, "}")
		part := model.NewPresent("not known", nowhere)
		if name != "?" {
			id, attr, _ := strings.Cut(name, ".")
			part = model.NewRef(id, attr, nowhere)
		}
		parts = append(parts, part)
		s = after
	}
}

// whole is the one part of a text that has no other.
func whole(v *model.Value) *model.Value {
	if v.Kind == model.Text && len(v.Items) == 1 {
		return v.Items[0]
	}
	return v
}

func show(b *strings.Builder, m *asl.Machine, indent string) {
	fmt.Fprintf(b, "%sstarts at %s\n", indent, m.StartAt)
	for _, s := range m.States {
		fmt.Fprintf(b, "%s%s: %s", indent, s.Name, s.Type)
		switch s.Language {
		case asl.JSONata:
			b.WriteString(" in JSONata")
		case asl.UnknownLanguage:
			b.WriteString(" in an unknown language")
		}
		if s.End {
			b.WriteString(", the end")
		}
		b.WriteString("\n")
		showState(b, s, indent+"  ")
		for _, inner := range s.Machines() {
			show(b, inner, indent+"  | ")
		}
	}
}

func showState(b *strings.Builder, s *asl.State, indent string) {
	for _, c := range []*asl.Call{s.Call, s.Reader, s.Writer} {
		if c != nil {
			showCall(b, c, indent)
		}
	}
	switch s.Type {
	case asl.Task, asl.Pass, asl.Parallel, asl.Map:
		showLeaves(b, indent, "input", s.Inputs())
	}
	if s.Type == asl.Map {
		showLeaves(b, indent, "items", []asl.Leaf{s.ItemSource()})
	}
	showLeaves(b, indent, "result", s.Leaves(s.Data.ResultSelector, asl.Result))
	showLeaves(b, indent, "assign", s.Leaves(s.Data.Assign, asl.Result))
	showLeaves(b, indent, "output", s.Leaves(s.Data.Output, asl.Result))
	if d := s.Data.Discards; d.Input || d.Result || d.Output {
		fmt.Fprintf(b, "%sdiscards input %t, result %t, output %t\n", indent, d.Input, d.Result, d.Output)
	}
}

func showCall(b *strings.Builder, c *asl.Call, indent string) {
	fmt.Fprintf(b, "%scalls %s", indent, c.Kind)
	if c.Service != "" || c.Operation != "" {
		fmt.Fprintf(b, " %s:%s", c.Service, c.Operation)
	}
	if c.SDK {
		b.WriteString(" by SDK")
	}
	if c.Wait != asl.RequestResponse {
		fmt.Fprintf(b, ", %s", c.Wait)
	}
	b.WriteString("\n")
	for _, target := range c.Targets {
		fmt.Fprintf(b, "%s  on %s = %s", indent, target.Name, target.Value)
		if target.From != nil {
			fmt.Fprintf(b, " from %s", sources(*target.From))
		}
		b.WriteString("\n")
	}
}

func showLeaves(b *strings.Builder, indent, what string, leaves []asl.Leaf) {
	for _, l := range leaves {
		path := l.Path
		if path == "" {
			path = "whole"
		}
		fmt.Fprintf(b, "%s%s %s <- %s\n", indent, what, path, sources(l))
	}
}

func sources(l asl.Leaf) string {
	var out []string
	for _, s := range l.Sources {
		out = append(out, s.String())
	}
	all := strings.Join(out, ", ")
	switch {
	case l.Function != "":
		return l.Function + " of " + all
	case !l.Exact:
		return "something of " + all
	case l.Sources[0].Root == asl.Constant:
		return all + " " + l.Value.String()
	}
	return all
}

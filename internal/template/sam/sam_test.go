package sam_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"wardlet.example/internal/document"
	"wardlet.example/internal/golden"
	"wardlet.example/internal/model"
	"wardlet.example/internal/template/cloudformation"
	"wardlet.example/internal/template/sam"
)

// TestExpand runs the examples of testdata: each is a text, the files of a template, and the resources they give with the
// line where each of their properties would be changed.
func TestExpand(t *testing.T) {
	golden.Run(t, expand)
}

func expand(t *testing.T, files map[string]string) string {
	root := parse(t, "template.yaml", []byte(files["template.yaml"]))
	if !sam.Recognise(root) {
		t.Fatal("the template is not recognised")
	}
	tpl := cloudformation.New("template.yaml", root)
	load := func(path string) *model.Value {
		if data, ok := files[strings.TrimPrefix(path, "./")]; ok {
			return parse(t, path, []byte(data))
		}
		return nil
	}
	var b strings.Builder
	for _, r := range sam.Expand(tpl, sam.Options{Load: load}) {
		show(&b, r)
	}
	for _, d := range tpl.Diagnostics() {
		fmt.Fprintf(&b, "%s: %s", d.Pos, d.Message)
		if d.Hint != "" {
			fmt.Fprintf(&b, " [%s]", d.Hint)
		}
		b.WriteString("\n")
	}
	return b.String()
}

func parse(t testing.TB, name string, data []byte) *model.Value {
	doc, diagnostics := document.Parse(name, data, document.Options{Tag: cloudformation.Tag})
	if doc == nil {
		t.Fatal(name, diagnostics)
	}
	return doc.Root
}

// show writes a resource: its type and ID with the line it stands on and what made it, then its properties.
func show(b *strings.Builder, r *model.Resource) {
	fmt.Fprintf(b, "%s %s  %s", r.Type, r.ID, place(r.Origin))
	if r.Generated != "" {
		fmt.Fprintf(b, "  (%s)", r.Generated)
	}
	if r.Condition != nil {
		fmt.Fprintf(b, "  if %s", oneLine(r.Condition))
	}
	b.WriteString("\n")
	showFields(b, r.Props, "  ")
	if len(r.Attributes.Fields) > 0 {
		b.WriteString("  + attributes\n")
		showFields(b, r.Attributes, "    ")
	}
}

func showFields(b *strings.Builder, v *model.Value, indent string) {
	for _, f := range v.Fields {
		showValue(b, f.Key+":", f.Value, indent)
	}
}

func showValue(b *strings.Builder, name string, v *model.Value, indent string) {
	switch {
	case v.Kind == model.Map:
		fmt.Fprintf(b, "%s%s\n", indent, name)
		showFields(b, v, indent+"  ")
	case v.Kind == model.List && !plain(v):
		fmt.Fprintf(b, "%s%s\n", indent, name)
		for _, w := range v.Items {
			showValue(b, "-", w, indent+"  ")
		}
	default:
		fmt.Fprintf(b, "%s%s %s  %s\n", indent, name, oneLine(v), place(v.Origin))
	}
}

func plain(v *model.Value) bool {
	for _, w := range v.Items {
		if w.Kind == model.Map || w.Kind == model.List || w.Origin.Line != v.Items[0].Origin.Line {
			return false
		}
	}
	return true
}

func oneLine(v *model.Value) string {
	switch v.Kind {
	case model.List:
		parts := make([]string, len(v.Items))
		for i, w := range v.Items {
			parts[i] = oneLine(w)
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case model.Map:
		parts := make([]string, len(v.Fields))
		for i, f := range v.Fields {
			parts[i] = f.Key + ": " + oneLine(f.Value)
		}
		return "{" + strings.Join(parts, ", ") + "}"
	case model.OneOf:
		parts := make([]string, len(v.Choices))
		for i, c := range v.Choices {
			parts[i] = v.Str + "=" + c.Label + ": " + oneLine(c.Value)
		}
		return strings.Join(parts, " | ")
	case model.Unknown:
		return "? " + v.Str
	}
	return v.String()
}

func place(o model.Origin) string {
	s := o.Pos
	s.Col = 0
	if o.Via != nil && o.Via.How == "Globals" {
		return "@" + strings.TrimPrefix(s.String(), "template.yaml:") + " by Globals"
	}
	return "@" + strings.TrimPrefix(s.String(), "template.yaml:")
}

func TestRecognise(t *testing.T) {
	for template, want := range map[string]bool{
		"Transform: AWS::Serverless-2016-10-31":                            true,
		"Transform: [AWS::LanguageExtensions, AWS::Serverless-2016-10-31]": true,
		"Resources: {F: {Type: AWS::Serverless::Function}}":                true,
		"Resources: {F: {Type: AWS::Lambda::Function}}":                    false,
		"Transform: AWS::LanguageExtensions":                               false,
		"Resources: [AWS::Serverless::Function]":                           false,
		"service: shop\nfunctions: {list: {handler: src/list.handler}}":    false,
	} {
		if got := sam.Recognise(parse(t, "template.yaml", []byte(template))); got != want {
			t.Errorf("%q: got %v", template, got)
		}
	}
}

// TestExpandDeclares shows that what is worked out after the expansion, such as outputs, can refer to what was made.
func TestExpandDeclares(t *testing.T) {
	root := parse(t, "template.yaml", []byte(`
Transform: AWS::Serverless-2016-10-31
Resources:
  Fn:
    Type: AWS::Serverless::Function
    Properties: {AutoPublishAlias: live, Events: {Get: {Type: Api, Properties: {Path: /, Method: get}}}}
Outputs:
  A: {Value: !Ref Fn.Alias}
  B: {Value: !GetAtt FnRole.Arn}
  C: {Value: !Ref ServerlessRestApi.Stage}
  D: {Value: !Ref FnNothing}
`))
	tpl := cloudformation.New("template.yaml", root)
	sam.Expand(tpl, sam.Options{})
	var got []string
	for _, f := range tpl.Resolve(root.Get("Outputs")).Fields {
		got = append(got, oneLine(f.Value.Get("Value")))
	}
	want := []string{"${FnAliaslive}", "${FnRole.Arn}", "${ServerlessRestApiProdStage}", "? FnNothing is not declared"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

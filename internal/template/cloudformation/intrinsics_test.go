package cloudformation_test

import (
	"errors"
	"path"
	"strings"
	"testing"

	"wardlet.example/internal/document"
	"wardlet.example/internal/model"
	"wardlet.example/internal/template/cloudformation"
)

// read parses a template that must be sound.
func read(t *testing.T, text string) *cloudformation.Template {
	t.Helper()
	doc, diagnostics := document.ParseYAML("template.yaml", []byte(text), document.Options{Tag: cloudformation.Tag})
	if doc == nil {
		t.Fatalf("template does not parse: %v", diagnostics)
	}
	return cloudformation.New("template.yaml", doc.Root)
}

// load gives the files of the table.
func load(t *testing.T) func(string) (*model.Value, error) {
	return func(name string) (*model.Value, error) {
		name = path.Clean(name)
		text, ok := files[name]
		if !ok {
			return nil, errors.New("there is no such file")
		}
		doc, diagnostics := document.ParseYAML(name, []byte(text), document.Options{Tag: cloudformation.Tag})
		if doc == nil {
			t.Fatalf("%s does not parse: %v", name, diagnostics)
		}
		return doc.Root, nil
	}
}

// thing works out the property V of the resource Thing; told are the messages about it.
func thing(t *testing.T, value string) (v *model.Value, told string) {
	t.Helper()
	template := read(t, surroundings+value)
	template.Load = load(t)
	for _, r := range template.Resources() {
		if r.ID == "Thing" {
			v = r.Props.Get("V")
		}
	}
	if v == nil {
		t.Fatal("the resource is lost")
	}
	for _, d := range template.Diagnostics() {
		told += d.Message + "\n"
	}
	return v, told
}

// written is a value with all that is in it.
func written(v *model.Value) string {
	var parts []string
	switch v.Kind {
	case model.List:
		for _, item := range v.Items {
			parts = append(parts, written(item))
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case model.Map:
		for _, f := range v.Fields {
			parts = append(parts, f.Key+": "+written(f.Value))
		}
		return "{" + strings.Join(parts, ", ") + "}"
	case model.OneOf:
		for _, c := range v.Choices {
			parts = append(parts, written(c.Value))
		}
		return strings.Join(parts, " | ")
	}
	return v.String()
}

func TestIntrinsics(t *testing.T) {
	for function, rows := range table {
		for _, r := range rows {
			t.Run(function+"/"+r.name, func(t *testing.T) {
				v, told := thing(t, r.value)
				if got := written(v); got != r.want {
					t.Errorf("%s = %q, want %q", r.value, got, r.want)
				}
				if r.warning == "" && told != "" || !strings.Contains(told, r.warning) {
					t.Errorf("%s tells %q, want %q", r.value, told, r.warning)
				}
			})
		}
	}
}

// Functions inside of functions inside of functions: each of the table's insides in each pair of its wrappers.
func TestNesting(t *testing.T) {
	for _, outer := range wrappers {
		for _, inner := range wrappers {
			for _, in := range insides {
				value := strings.Replace(outer.value, "%s", strings.Replace(inner.value, "%s", in.value, 1), 1)
				middle := strings.Replace(inner.want, "%s", in.want, 1)
				if strings.Contains(outer.value, "ToJsonString") {
					middle = strings.ReplaceAll(middle, `"`, `\"`)
				}
				want := strings.Replace(outer.want, "%s", middle, 1)
				v, told := thing(t, value)
				if got := written(v); got != want || told != "" {
					t.Errorf("%s = %q, want %q (%s)", value, got, want, told)
				}
			}
		}
	}
}

// Two values that depend on one parameter are settled together: no world mixes them.
func TestChoicesFollowTheirVariable(t *testing.T) {
	template := read(t, surroundings+"{A: !Ref Stage, B: !If [IsProd, big, small], C: !If [Both, x, y]}")
	v := template.Resources()[1].Props.Get("V")
	for stage, want := range map[string]string{"dev": "small", "prod": "big"} {
		world := model.World{"Stage": stage}
		if a, b := v.Get("A").Given(world).String(), v.Get("B").Given(world).String(); a != stage || b != want {
			t.Errorf("in %v A = %s and B = %s, want %s and %s", world, a, b, stage, want)
		}
	}
	if got := v.Get("C").Given(model.World{"Stage": "prod", "Domain": "another value"}).String(); got != "x" {
		t.Errorf("both conditions hold, but C = %s", got)
	}
}

// An element that a condition removes is gone from its list.
func TestNoValueLeavesLists(t *testing.T) {
	v := read(t, surroundings+"[a, !Ref 'AWS::NoValue', b]").Resources()[1].Props.Get("V")
	if len(v.Items) != 2 {
		t.Errorf("got %d elements, want 2", len(v.Items))
	}
}

// A value knows the line a person must change, and the way it came.
func TestOrigins(t *testing.T) {
	template := read(t, surroundings+"!Ref Size")
	v := template.Resources()[1].Props.Get("V")
	if v.Origin.Line != 8 {
		t.Errorf("origin is %s, want the default on line 8", v.Origin.Pos)
	}
	if v.Origin.Via == nil || !strings.Contains(v.Origin.Via.How, "Size") {
		t.Errorf("the way through the parameter is lost: %+v", v.Origin.Via)
	}
}

func TestRecognise(t *testing.T) {
	tests := []struct {
		text string
		want bool
	}{
		{"Resources: {A: {Type: 'AWS::S3::Bucket'}}", true},
		{"AWSTemplateFormatVersion: '2010-09-09'\nResources: {A: {Type: 'Custom::X'}}", true},
		{"Resources: {A: {Type: 'Microsoft.Web/sites'}}", false},
		{"resources: {A: {Type: 'AWS::S3::Bucket'}}", false},
		{"- a\n- b", false},
		{"Resources: [a]", false},
	}
	for _, test := range tests {
		doc, _ := document.ParseYAML("t.yaml", []byte(test.text), document.Options{Tag: cloudformation.Tag})
		if got := cloudformation.Recognise(doc.Root); got != test.want {
			t.Errorf("%q: %v, want %v", test.text, got, test.want)
		}
	}
}

// Whatever is wrong with a template is told with its line, and the rest still stands.
func TestBadTemplates(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"cyclic conditions", "Conditions:\n  A: !Not [!Condition B]\n  B: !Not [!Condition A]\nResources:\n  T: {Type: 'AWS::S3::Bucket', Condition: A}", "depends on itself"},
		{"no type", "Resources:\n  T: {Properties: {}}\n  U: {Type: 'AWS::S3::Bucket'}", "template.yaml:2:3: resource T has no Type"},
		{"unknown function", "Resources:\n  T: {Type: 'AWS::S3::Bucket', Properties: {BucketName: !Sbu x}}", "Fn::Sbu is not a known intrinsic function"},
		{"bad if", "Resources:\n  T: {Type: 'AWS::S3::Bucket', Properties: {BucketName: !If [A]}}", "Fn::If is called with arguments that do not fit"},
		{"missing condition", "Resources:\n  T: {Type: 'AWS::S3::Bucket', Condition: Nope}", "condition Nope is not declared"},
		{"loop", "Resources:\n  Fn::ForEach::X: [A, [b], x]\n  U: {Type: 'AWS::S3::Bucket'}", "Fn::ForEach::X is called with arguments that do not fit"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			template := read(t, test.text)
			resources := template.Resources()
			if len(resources) == 0 {
				t.Error("the rest of the template is lost")
			}
			var all []string
			for _, d := range template.Diagnostics() {
				all = append(all, d.Pos.String()+": "+d.Message)
			}
			if !strings.Contains(strings.Join(all, "\n"), test.want) {
				t.Errorf("diagnostics:\n%s\nwant one with %q", strings.Join(all, "\n"), test.want)
			}
		})
	}
}

func FuzzTemplate(f *testing.F) {
	f.Add(surroundings + "!Sub '${Name}'")
	f.Add("Resources: {A: {Type: 'AWS::ApiGateway::RestApi', Properties: {Body: {paths: {/a: {get: {security: [{x: []}]}}}}}}}")
	f.Add("Parameters: {P: {Type: String, AllowedValues: [a, b]}}\nConditions: {C: !Equals [!Ref P, a]}\nResources: {A: {Type: T, Condition: C, Properties: !If [C, {x: !Ref A}, !Select [0, !Split [a, b]]]}}")
	f.Add("Resources: {'Fn::ForEach::A': [I, [a, b], {'R${I}': {Type: 'AWS::SNS::Topic', Properties: {'Fn::ForEach::B': [J, !Split [',', 'a,b'], {'${J}&{I}': {'Fn::ToJsonString': [!Ref I]}}]}}}]}")
	f.Add("Transform: {Name: 'AWS::Include', Parameters: {Location: a}}\nResources: {A: {Type: 'X::Y', Properties: {V: !Cidr ['10.0.0.0/8', 3, 8], W: {'Fn::Contains': [[a], a]}}}}")
	f.Fuzz(func(_ *testing.T, text string) {
		doc, _ := document.ParseYAML("t.yaml", []byte(text), document.Options{Tag: cloudformation.Tag})
		if doc == nil {
			return
		}
		template := cloudformation.New("t.yaml", doc.Root)
		for _, r := range template.Resources() {
			cloudformation.FromBody(r)
		}
		template.Parameters()
	})
}

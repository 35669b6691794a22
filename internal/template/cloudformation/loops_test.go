package cloudformation_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"wardlet.example/internal/document"
	"wardlet.example/internal/model"
	"wardlet.example/internal/template/cloudformation"
)

// made lists the resources of a template, each with its place and properties, and then what is told.
func made(t *testing.T, text string) (resources, told []string) {
	t.Helper()
	template := read(t, text)
	template.Load = func(name string) (*model.Value, error) {
		text := map[string]string{
			"more.yaml":     "Resources: {B: {Type: 'AWS::SQS::Queue'}, A: {Type: 'AWS::SNS::Topic'}}\nParameters: {P: {Default: x}}",
			"queue.yaml":    "Queue: {Type: 'AWS::SQS::Queue', Properties: {QueueName: !Ref Name}}",
			"settings.yaml": "Properties: {QueueName: included}\nDeletionPolicy: Retain",
		}[name]
		if text == "" {
			return nil, fmt.Errorf("there is no such file")
		}
		doc, _ := document.ParseYAML(name, []byte(text), document.Options{Tag: cloudformation.Tag})
		return doc.Root, nil
	}
	for _, r := range template.Resources() {
		line := fmt.Sprintf("%s %s %s:%d", r.ID, strings.TrimPrefix(r.Type, "AWS::"), r.Origin.File, r.Origin.Line)
		if len(r.Props.Fields) > 0 || r.Props.Kind != model.Map {
			line += " " + written(r.Props)
		}
		if r.Condition != nil {
			line += " if " + written(r.Condition)
		}
		resources = append(resources, line)
	}
	for _, d := range template.Diagnostics() {
		line := fmt.Sprintf("%d %s", d.Line, d.Message)
		if d.Incomplete {
			line += " (incomplete)"
		}
		told = append(told, line)
	}
	return resources, told
}

// Loops and included files where they make resources: what is known stands, and what is not is told.
func TestSectionsAreWrittenOut(t *testing.T) {
	tests := []struct {
		name, text      string
		resources, told []string
	}{
		{"a loop makes resources", `
Resources:
  Fn::ForEach::Queues:
    - Name
    - [orders, mail]
    - "Queue${Name}":
        Type: AWS::SQS::Queue
        Properties: {QueueName: !Ref Name, Arn: {Fn::GetAtt: [!Sub "Queue${Name}", Arn]}}
`, []string{
			"Queueorders SQS::Queue template.yaml:6 {QueueName: orders, Arn: ${Queueorders.Arn}}",
			"Queuemail SQS::Queue template.yaml:6 {QueueName: mail, Arn: ${Queuemail.Arn}}",
		}, nil},
		{"loops in each other, over parameters and mappings", `
Parameters: {Names: {Type: CommaDelimitedList, Default: "a,b"}}
Mappings: {Kinds: {a: {of: [x]}, b: {of: [x, y]}}}
Resources:
  Fn::ForEach::Outer:
    - N
    - !Ref Names
    - Fn::ForEach::Inner:
        - K
        - !FindInMap [Kinds, !Ref N, of]
        - "T${N}${K}": {Type: "AWS::SNS::Topic", DependsOn: "D${N}", Properties: {N: !Sub "${N}-${K}-${AWS::Region}"}}
`, []string{
			"Tax SNS::Topic template.yaml:11 {N: a-x-${AWS::Region}}",
			"Tbx SNS::Topic template.yaml:11 {N: b-x-${AWS::Region}}",
			"Tby SNS::Topic template.yaml:11 {N: b-y-${AWS::Region}}",
		}, nil},
		{"loops over conditions and mappings", `
Parameters: {Stage: {Type: String, Default: dev}}
Mappings:
  Fn::ForEach::M: [S, [dev, prod], {"Map${S}": {top: {name: !Ref S}}}]
Conditions:
  Fn::ForEach::C: [S, [dev, prod], {"Is${S}": !Equals [!Ref Stage, !Ref S]}]
Resources:
  A: {Type: "AWS::SNS::Topic", Condition: Isprod, Properties: {N: !FindInMap [Mapprod, top, name]}}
`, []string{"A SNS::Topic template.yaml:8 {N: prod} if false | true | false"}, nil},
		{"a collection that is not known", `
Parameters: {Names: {Type: CommaDelimitedList}}
Resources:
  Fn::ForEach::Queues: [N, !Ref Names, {"Queue${N}": {Type: "AWS::SQS::Queue"}}]
  A: {Type: "AWS::SNS::Topic", Properties: {N: !Ref Queuea}}
`, []string{"A SNS::Topic template.yaml:5 {N: ?}"}, []string{
			"4 Fn::ForEach::Queues is not worked out, so what it makes is not seen: its collection is not known (parameter Names has no default) (incomplete)",
		}},
		{"a collection of resources", `
Resources:
  A: {Type: "AWS::SNS::Topic"}
  Fn::ForEach::Queues: [N, [!Ref A], {"Queue${N}": {Type: "AWS::SQS::Queue"}}]
`, []string{"A SNS::Topic template.yaml:3"}, []string{
			"4 Fn::ForEach::Queues is not worked out, so what it makes is not seen: an item of its collection is only known at deployment (incomplete)",
		}},
		{"every turn makes the same", `
Resources:
  Fn::ForEach::Queues: [N, [a, b], {Queue: {Type: "AWS::SQS::Queue"}}]
`, []string{"Queue SQS::Queue template.yaml:3"}, []string{"3 Queue is made twice"}},
		{"a file among the resources", `
Parameters: {Name: {Type: String, Default: q}}
Resources:
  A: {Type: "AWS::SNS::Topic"}
  Fn::Transform: {Name: "AWS::Include", Parameters: {Location: queue.yaml}}
`, []string{"A SNS::Topic template.yaml:4", "Queue SQS::Queue queue.yaml:1 {QueueName: q}"}, nil},
		{"a file in a resource", `
Resources:
  A:
    Type: AWS::SQS::Queue
    Fn::Transform: {Name: "AWS::Include", Parameters: {Location: settings.yaml}}
`, []string{"A SQS::Queue template.yaml:3 {QueueName: included}"}, nil},
		{"a file at the top", `
Transform: [{Name: "AWS::Include", Parameters: {Location: more.yaml}}]
Resources:
  A: {Type: "AWS::S3::Bucket", Properties: {BucketName: !Ref P}}
`, []string{"A S3::Bucket template.yaml:4 {BucketName: x}", "B SQS::Queue more.yaml:1"}, nil},
		{"a file at the top, as a function", `
Fn::Transform: {Name: "AWS::Include", Parameters: {Location: more.yaml}}
Resources:
  A: {Type: "AWS::S3::Bucket"}
`, []string{"A S3::Bucket template.yaml:4", "B SQS::Queue more.yaml:1"}, nil},
		{"a file that is elsewhere", `
Transform: {Name: "AWS::Include", Parameters: {Location: "s3://bucket/more.yaml"}}
Resources:
  A: {Type: "AWS::S3::Bucket"}
  Fn::Transform: {Name: "AWS::Include", Parameters: {Location: "s3://bucket/more.yaml"}}
`, []string{"A S3::Bucket template.yaml:4"}, []string{
			"2 AWS::Include is not worked out, so what it makes is not seen: the included file s3://bucket/more.yaml is not in the repository (incomplete)",
			"5 Fn::Transform is not worked out, so what it makes is not seen: the included file s3://bucket/more.yaml is not in the repository (incomplete)",
		}},
		{"a macro among the resources", `
Resources:
  A: {Type: "AWS::S3::Bucket"}
  Fn::Transform: {Name: Macro}
`, []string{"A S3::Bucket template.yaml:3"}, []string{
			"4 Fn::Transform is not worked out, so what it makes is not seen: a macro makes it at deployment (incomplete)",
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			resources, told := made(t, test.text)
			if diff := cmp.Diff(test.resources, resources); diff != "" {
				t.Errorf("resources (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(test.told, told); diff != "" {
				t.Errorf("diagnostics (-want +got):\n%s", diff)
			}
		})
	}
}

// A value that a loop made knows the item, and the line of the loop.
func TestOriginOfLoops(t *testing.T) {
	template := read(t, `
Resources:
  Fn::ForEach::Queues:
    - N
    - - orders
      - mail
    - "Q${N}": {Type: "AWS::SQS::Queue", Properties: {QueueName: !Ref N, Other: !Sub "x${N}"}}
`)
	props := template.Resources()[1].Props
	name, other := props.Get("QueueName").Origin, props.Get("Other").Origin
	if name.Line != 6 || other.Line != 7 {
		t.Errorf("the item is on line %d, the text on line %d; want 6 and 7", name.Line, other.Line)
	}
	if name.Via == nil || name.Via.How != "Fn::ForEach::Queues with mail" || name.Via.At.Line != 3 {
		t.Errorf("the way through the loop is lost: %+v", name.Via)
	}
}

// Nested loops multiply: the template says that they make too much, and the rest stands.
func TestLoopsAreBounded(t *testing.T) {
	items := strings.Repeat("a,", 99) + "a"
	loop := "'R${I0}x${I1}x${I2}x${I3}x${I4}': {Type: 'AWS::SNS::Topic'}"
	for i := range 5 {
		loop = fmt.Sprintf("'Fn::ForEach::L%d': [I%d, [%s], {%s}]", i, i, items, loop)
	}
	resources, told := made(t, "Resources: {A: {Type: 'AWS::S3::Bucket'}, "+loop+"}")
	if len(resources) != 1 || !strings.Contains(strings.Join(told, "\n"), "make too much (incomplete)") {
		t.Errorf("got %d resources and %q", len(resources), told)
	}
}

// Files that include many others, which include them again, are read only so often.
func TestIncludesAreBounded(t *testing.T) {
	var all []string
	for i := range 20 {
		all = append(all, fmt.Sprintf("K%d: {'Fn::Transform': {Name: 'AWS::Include', Parameters: {Location: f%d.yaml}}}", i, i))
	}
	body := "{" + strings.Join(all, ", ") + "}"
	template := read(t, "Resources: {A: {Type: 'AWS::S3::Bucket', Properties: "+body+"}, B: {Type: 'AWS::SNS::Topic'}}")
	loads := 0
	template.Load = func(name string) (*model.Value, error) {
		loads++
		doc, _ := document.ParseYAML(name, []byte(body), document.Options{Tag: cloudformation.Tag})
		return doc.Root, nil
	}
	if got := len(template.Resources()); got != 2 {
		t.Errorf("got %d resources, want 2", got)
	}
	if loads > 20*500 {
		t.Errorf("%d files were read", loads)
	}
}

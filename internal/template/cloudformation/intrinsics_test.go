package cloudformation_test

import (
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

const surroundings = `
Parameters:
  Stage: {Type: String, Default: dev, AllowedValues: [dev, prod]}
  Name: {Type: String, Default: shop}
  Tier: {Type: String, Default: small}
  Token: {Type: String, NoEcho: true}
  Size: {Type: Number, Default: "512"}
  Password: {Type: String, NoEcho: true}
  Subnets: {Type: CommaDelimitedList, Default: "a, b"}
  Domain: {Type: String, Default: ""}
  Image: {Type: "AWS::SSM::Parameter::Value<String>", Default: /images/latest}
Mappings:
  Sizes:
    dev: {memory: 128}
    prod: {memory: 1024}
  Regions:
    eu-west-1: {bucket: eu}
    us-east-1: {bucket: us}
Conditions:
  IsProd: !Equals [!Ref Stage, prod]
  HasDomain: !Not [!Equals [!Ref Domain, ""]]
  Both: !And [!Condition IsProd, !Condition HasDomain]
  Either: !Or [{Condition: IsProd}, !Equals [!Ref Tier, other]]
  InRegion: !Equals [!Ref "AWS::Region", eu-west-1]
  Secret: !Equals [!Ref Password, x]
Resources:
  Table: {Type: "AWS::DynamoDB::Table"}
  Thing:
    Type: AWS::Test::Thing
    Properties:
      V: `

// Each intrinsic, written as people write it, with what it comes to. A reference is ${Name.Attr}, alternatives are
// separated by |, what the template does not decide is ?.
func TestIntrinsics(t *testing.T) {
	tests := []struct{ name, value, want string }{
		{"resource", "!Ref Table", "${Table}"},
		{"long form", "{Ref: Table}", "${Table}"},
		{"pseudo parameter", "!Ref AWS::Region", "${AWS::Region}"},
		{"no value", "!Ref AWS::NoValue", "absent"},
		{"parameter with default", "!Ref Size", "512"},
		{"parameter with allowed values", "!Ref Stage", "dev | prod"},
		{"parameter without default", "!Ref Token", "?"},
		{"list parameter", "!Join ['-', !Ref Subnets]", "a-b"},
		{"parameter from the parameter store", "!Ref Image", "?"},
		{"parameter that a condition compares", "!Ref Domain", " | ?"},
		{"unknown name", "!Ref Nobody", "?"},

		{"attribute", "!GetAtt Table.Arn", "${Table.Arn}"},
		{"attribute as list", "!GetAtt [Table, Arn]", "${Table.Arn}"},
		{"nested attribute", "!GetAtt Table.Stream.Arn", "${Table.Stream.Arn}"},
		{"attribute of nothing", "!GetAtt Nobody.Arn", "?"},

		{"sub", `!Sub "${Name}-${Table.Arn}-${AWS::Region}"`, "shop-${Table.Arn}-${AWS::Region}"},
		{"sub with variables", `!Sub ["${X}/*", {X: !GetAtt Table.Arn}]`, "${Table.Arn}/*"},
		{"sub with literal", `!Sub "${!Literal}-${Name}"`, "${Literal}-shop"},
		{"sub of alternatives", `!Sub "x-${Stage}"`, "x-dev | x-prod"},
		{"sub in if", `!If [IsProd, !Sub "${Name}-p", !Sub "${Name}-d"]`, "shop-d | shop-p"},
		{"sub of nothing", `!Sub "${Nobody}"`, "?"},

		{"join", "!Join [':', [arn, !Ref 'AWS::Partition', s3]]", "arn:${AWS::Partition}:s3"},
		{"join of unknown list", "!Join [',', !GetAZs '']", "?"},
		{"select", "!Select [1, [a, b]]", "b"},
		{"select from split", "!Select [0, !Split ['.', 'www.example.org']]", "www"},
		{"select outside", "!Select [5, [a]]", "?"},
		{"select from parameter", "!Select [1, !Ref Subnets]", "b"},
		{"find in map", "!FindInMap [Sizes, dev, memory]", "128"},
		{"find by parameter", "!FindInMap [Sizes, !Ref Stage, memory]", "128 | 1024"},
		{"find by region", "!FindInMap [Regions, !Ref 'AWS::Region', bucket]", "eu | us"},
		{"find nothing", "!FindInMap [Sizes, test, memory]", "?"},
		{"find with default", "!FindInMap [Sizes, test, memory, {DefaultValue: 1}]", "1"},
		{"find in no map", "!FindInMap [Nope, a, b]", "?"},

		{"if on parameter", "!If [IsProd, a, b]", "b | a"},
		{"if no value", "!If [IsProd, a, !Ref 'AWS::NoValue']", "absent | a"},
		{"if nested", "!If [IsProd, !If [HasDomain, c, d], e]", "e | d | c"},
		{"if on the region", "!If [InRegion, a, b]", "a | b"},
		{"if on a parameter without default", "!If [Secret, a, b]", "a | b"},
		{"if on or", "!If [Either, a, b]", "b | a | b | a"},
		{"if undeclared", "!If [Nope, a, b]", "?"},
		{"if same both", "!If [IsProd, a, a]", "a"},

		{"import", "!ImportValue other-stack", "?"},
		{"import of sub", `!ImportValue {"Fn::Sub": "${Name}-arn"}`, "?"},
		{"base64", `!Base64 "text"`, "text"},
		{"azs", "!GetAZs ''", "?"},
		{"cidr", "!Cidr ['10.0.0.0/16', 2, 8]", "?"},
		{"length", `{"Fn::Length": [a, b]}`, "2"},
		{"transform", "{'Fn::Transform': {Name: Macro}}", "?"},
		{"unknown function", "!Nonsense x", "?"},
		{"ref to a list", "!Ref [a]", "?"},
		{"sub of a number", "!Sub 5", "5"},

		{"secret reference", "'{{resolve:secretsmanager:db:SecretString:password}}'", "?"},
		{"secret inside text", "'user:{{resolve:ssm:/db/password:1}}@host'", "user:?@host"},
		{"plain", "hello", "hello"},
		{"true stays a truth value", "true", "true"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			template := read(t, surroundings+test.value)
			for _, r := range template.Resources() {
				if r.ID == "Thing" {
					if got := r.Props.Get("V").String(); got != test.want {
						t.Errorf("%s = %q, want %q", test.value, got, test.want)
					}
				}
			}
		})
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
	if v.Origin.Line != 7 {
		t.Errorf("origin is %s, want the default on line 7", v.Origin.Pos)
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
		{"loop", "Resources:\n  Fn::ForEach::X: [A, [b], {}]\n  U: {Type: 'AWS::S3::Bucket'}", "Fn::ForEach::X among the resources"},
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

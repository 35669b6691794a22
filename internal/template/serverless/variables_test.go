package serverless

import (
	"errors"
	"strings"
	"testing"

	"wardlet.example/internal/document"
	"wardlet.example/internal/model"
	"wardlet.example/internal/template/cloudformation"
)

func parse(t *testing.T, file, text string) *model.Value {
	t.Helper()
	doc, diagnostics := document.ParseYAML(file, []byte(text), document.Options{Tag: cloudformation.Tag})
	if doc == nil {
		t.Fatalf("%s does not parse: %v", file, diagnostics)
	}
	return doc.Root
}

const service = `
service: shop
params:
  default: {domain: example.org, size: 1}
  prod: {domain: shop.example.org}
provider:
  name: aws
  stage: ${opt:stage, 'dev'}
custom:
  table: orders-${sls:stage}
  nested: {dev: {level: low}, prod: {level: high}}
  list: [a, b]
  on: true
  number: 3
  loop: ${self:custom.loop2}
  loop2: ${self:custom.loop}
  chain: ${self:custom.table}
value: `

// Each source of variables, with nesting, defaults and failure. A value that the files do not decide is ?.
func TestVariables(t *testing.T) {
	files := map[string]string{
		"config.yml":      "dev:\n  key: from-file\n  again: ${self:custom.table}\n",
		"parts/list.json": `["x", "y"]`,
		"note.txt":        "hello",
		"broken.yml":      "a: [",
	}
	tests := []struct{ name, value, stage, want string }{
		{"self", "${self:custom.table}", "", "orders-dev"},
		{"self with stage", "${self:custom.table}", "prod", "orders-prod"},
		{"self through self", "${self:custom.chain}", "", "orders-dev"},
		{"self in text", "x-${self:custom.table}-y", "", "x-orders-dev-y"},
		{"self list element", "${self:custom.list.1}", "", "b"},
		{"self keeps kinds", "${self:custom.on}", "", "true"},
		{"self service", "${self:service}", "", "shop"},
		{"self of nothing", "${self:custom.nothing}", "", "?"},
		{"self default", "${self:custom.nothing, 'd'}", "", "d"},
		{"default from another variable", "${self:custom.nothing, self:custom.number}", "", "3"},
		{"default in its own braces", "${self:custom.nothing, ${self:custom.number}}", "", "3"},
		{"chain of defaults", "${opt:x, self:custom.y, 'z'}", "", "z"},
		{"double quotes", `${self:custom.nothing, "d"}`, "", "d"},
		{"empty default", "${self:custom.nothing, ''}", "", ""},
		{"null default", "${self:custom.nothing, null}", "", "absent"},
		{"number default", "${self:custom.nothing, 5}", "", "5"},
		{"comma in quotes", "${self:custom.nothing, 'a,b'}", "", "a,b"},
		{"nested address", "${self:custom.nested.${sls:stage}.level}", "", "low"},
		{"nested address in prod", "${self:custom.nested.${opt:stage, 'dev'}.level}", "prod", "high"},
		{"cycle", "${self:custom.loop}", "", "?"},
		{"provider defaults", "${self:provider.region}", "", "us-east-1"},

		{"opt stage", "${opt:stage}", "", "dev"},
		{"opt stage given", "${opt:stage}", "prod", "prod"},
		{"opt not given", "${opt:tier}", "", "?"},
		{"opt with default", "${opt:tier, 'free'}", "", "free"},
		{"sls stage", "${sls:stage}", "", "dev"},
		{"sls instance", "${sls:instanceId}", "", "?"},
		{"param of the stage", "${param:domain}", "prod", "shop.example.org"},
		{"param default", "${param:size}", "prod", "1"},
		{"param of nothing", "${param:nothing}", "", "?"},
		{"param with fallback", "${param:nothing, 'p'}", "", "p"},

		{"env is never read", "${env:HOME}", "", "?"},
		{"env with default", "${env:HOME, '/home/app'}", "", "/home/app"},
		{"env in text", "a-${env:HOME}", "", "a-?"},

		{"file", "${file(./config.yml):dev.key}", "", "from-file"},
		{"file by stage", "${file(./config.yml):${sls:stage}.key}", "", "from-file"},
		{"file with variables inside", "${file(config.yml):dev.again}", "", "orders-dev"},
		{"file as list", "${file(parts/list.json)}", "", "list"},
		{"file as text", "${file(note.txt)}", "", "hello"},
		{"file with quotes", "${file('note.txt')}", "", "hello"},
		{"file that is not there", "${file(nope.yml):a}", "", "?"},
		{"file that is broken", "${file(broken.yml):a}", "", "?"},
		{"file with default", "${file(nope.yml):a, 'f'}", "", "f"},
		{"file that is a program", "${file(config.js):a}", "", "?"},
		{"file by stage name", "${file(${sls:stage}.yml):a, 'none'}", "", "none"},

		{"strToBool", "${strToBool(true)}", "", "true"},
		{"strToBool of a variable", "${strToBool(${self:custom.on})}", "", "true"},
		{"strToBool no", "${strToBool('0')}", "", "false"},
		{"strToBool nonsense", "${strToBool(perhaps)}", "", "?"},

		{"aws account", "${aws:accountId}", "", "${AWS::AccountId}"},
		{"aws region", "x-${aws:region}", "", "x-${AWS::Region}"},
		{"cf", "${cf:other-stack.Output}", "", "?"},
		{"cf with region", "${cf(eu-west-1):other-stack.Output}", "", "?"},
		{"ssm", "${ssm:/path/to/secret}", "", "?"},
		{"s3", "${s3:bucket/key}", "", "?"},
		{"plugin", "${secrets:KEY}", "", "?"},
		{"git", "${git:sha1}", "", "?"},

		{"cloudformation's own", "${AWS::Region}", "", "${AWS::Region}"},
		{"sub's own", "${TableName}", "", "${TableName}"},
		{"both", "${AWS::Region}-${self:service}", "", "${AWS::Region}-shop"},
		{"not closed", "${self:service", "", "${self:service"},
		{"map in text", "x${self:custom.nested}", "", "x?"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			root := parse(t, "serverless.yml", service+"'"+strings.ReplaceAll(test.value, "'", "''")+"'")
			options := map[string]string{}
			if test.stage != "" {
				options["stage"] = test.stage
			}
			vars := newVariables("serverless.yml", root, options, loader(t, files))
			if got := vars.value(root.Get("value")).String(); got != test.want {
				t.Errorf("%s = %q, want %q", test.value, got, test.want)
			}
		})
	}
}

// loader serves files from a map, as assembly serves those of a repository.
func loader(t *testing.T, files map[string]string) func(string) (*model.Value, error) {
	return func(name string) (*model.Value, error) {
		text, ok := files[strings.TrimPrefix(name, "./")]
		switch {
		case !ok:
			return nil, errors.New("there is no such file")
		case name == "broken.yml":
			return nil, errors.New("not valid YAML")
		case strings.HasSuffix(name, ".txt"):
			return model.NewString(text, model.Origin{}), nil
		}
		return parse(t, name, text), nil
	}
}

// A value taken from elsewhere points at the line to change there, and knows the way.
func TestVariableOrigin(t *testing.T) {
	root := parse(t, "serverless.yml", service+"${file(config.yml):dev.key}")
	vars := newVariables("serverless.yml", root, nil, loader(t, map[string]string{"config.yml": "dev:\n  key: from-file\n"}))
	v := vars.value(root.Get("value"))
	if got := v.Origin.Pos.String(); got != "config.yml:2:8" {
		t.Errorf("origin is %s, want config.yml:2:8", got)
	}
	if v.Origin.Via == nil || v.Origin.Via.At.File != "serverless.yml" {
		t.Errorf("the use is lost: %+v", v.Origin.Via)
	}
}

func FuzzService(f *testing.F) {
	f.Add(service + "${self:custom.table}")
	f.Add("service: a\nprovider: {name: aws, iam: {role: {statements: [{Effect: Allow, Action: '*', Resource: '*'}]}}}\nfunctions: {f: {handler: a.b, url: true, events: [{http: 'GET /a/{b}'}, {sqs: arn}, {s3: b}, {schedule: rate(1 day)}, {httpApi: '*'}, {websocket: $connect}, {cognitoUserPool: {pool: p, trigger: PreSignUp}}]}}")
	f.Add("service: {name: x}\nprovider: aws\nfunctions: [{a: {handler: b}}, '${file(x.yml)}']\nresources: [{Resources: {T: {Type: X}}}]")
	f.Fuzz(func(_ *testing.T, text string) {
		doc, _ := document.ParseYAML("serverless.yml", []byte(text), document.Options{Tag: cloudformation.Tag})
		if doc == nil {
			return
		}
		Read("serverless.yml", doc.Root, Options{Load: func(string) (*model.Value, error) { return nil, errors.New("none") }})
	})
}

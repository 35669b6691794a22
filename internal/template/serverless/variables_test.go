package serverless

import (
	"errors"
	"fmt"
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
  index: 1
  dev: number
  prod: on
constructs:
  jobs: {type: queue, worker: {handler: app.work}}
stages:
  prod: {params: {tier: gold}}
  default: {params: {tier: free, domain: not.this}}
value: `

// Each source of variables, with nesting, defaults and failure. A value that the files do not decide is ?.
func TestVariables(t *testing.T) {
	files := map[string]string{
		"config.yml":      "dev:\n  key: from-file\n  again: ${self:custom.table}\n",
		"parts/list.json": `["x", "y"]`,
		"note.txt":        "hello",
		"circle.txt":      "x ${file(circle.txt)}",
		"broken.yml":      "a: [",
		"one.yml":         "a: ${file(two.yml):b}\n",
		"two.yml":         "b: from-two\n",
		"circle-a.yml":    "a: ${file(circle-b.yml):b}\n",
		"circle-b.yml":    "b: ${file(circle-a.yml):a}\n",
		"self.yml":        "a: ${file(self.yml)}\n",
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
		{"text that includes itself", "${file(circle.txt)}", "", "x ?"},
		{"two addresses of nothing", "${self:custom.nothing, self:custom.neither}", "", "?"},
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
		{"option given for another name", "${opt:region, 'us-east-1'}", "", "us-east-1"},
		{"option without default", "${opt:region}", "", "?"},
		{"option falls back to self", "${opt:region, self:provider.region}", "", "us-east-1"},
		{"parameter of a stage's section", "${param:tier}", "prod", "gold"},
		{"parameter of the default section", "${param:tier}", "", "free"},
		{"params count before sections", "${param:domain}", "", "example.org"},
		{"env with a default from self", "${env:LEVEL, ${self:custom.nested.${sls:stage}.level}}", "", "low"},
		{"env with another env as default", "${env:A, env:B, 'c'}", "", "c"},
		{"key by variable by option", "${self:custom.${self:custom.${opt:stage}}}", "", "3"},
		{"key by variable by option in prod", "${self:custom.${self:custom.${opt:stage}}}", "prod", "true"},
		{"key by a number", "${self:custom.list.${self:custom.index}}", "", "b"},
		{"key by a map", "${self:custom.${self:custom.nested}}", "", "?"},
		{"key by an unknown", "${self:custom.${env:KEY}}", "", "?"},
		{"key by an unknown with default", "${self:custom.${env:KEY}, 'd'}", "", "?"},
		{"list index beyond the end", "${self:custom.list.9}", "", "?"},
		{"into a text", "${self:custom.number.deeper}", "", "?"},
		{"map", "${self:custom.nested}", "", "map"},
		{"instance in text", "x-${sls:instanceId}", "", "x-?"},
		{"account in text", "arn:aws:iam::${aws:accountId}:role/${self:service}", "", "arn:aws:iam::${AWS::AccountId}:role/shop"},
		{"unknown of aws", "${aws:partition}", "", "?"},
		{"region of aws with default", "${aws:region, 'eu-west-1'}", "", "${AWS::Region}"},
		{"construct", "${construct:jobs.queueUrl}", "", "${jobsQueueCEDBAE3E}"},
		{"construct in text", "${construct:jobs.dlqArn}/x", "", "${jobsDlqD18CF374.Arn}/x"},
		{"construct that does not give it", "${construct:jobs.bucketName}", "", "?"},
		{"construct that is not there", "${construct:nothing.queueUrl}", "", "?"},
		{"stack output with default", "${cf:other.Output, 'd'}", "", "?"},
		{"parameter store with default", "${ssm:/path, 'd'}", "", "?"},
		{"object with default", "${s3:bucket/key, 'd'}", "", "?"},
		{"stack output by stage in text", "a-${cf:other-${sls:stage}.Output}", "", "a-?"},
		{"file of another file", "${file(one.yml):a}", "", "from-two"},
		{"files in a circle", "${file(circle-a.yml):a}", "", "?"},
		{"file that includes itself as a whole", "${file(self.yml):a.a.b}", "", "?"},
		{"file of a list's element", "${file(parts/list.json):1}", "", "y"},
		{"file of a list's element beyond the end", "${file(parts/list.json):7, 'none'}", "", "none"},
		{"program with default", "${file(config.js):a, 'd'}", "", "?"},
		{"program of another kind", "${file(config.ts):a}", "", "?"},
		{"strToBool of a text", "${strToBool('yes')}", "", "true"},
		{"strToBool of an unknown", "${strToBool(${env:ON})}", "", "?"},

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

// What is not known says why, in words that name what is missing: they end up in front of the user.
func TestVariableReasons(t *testing.T) {
	files := map[string]string{"broken.yml": "a: ["}
	tests := []struct{ value, want string }{
		{"${opt:tier}", "${opt:tier} leads nowhere"},
		{"${self:custom.nothing}", "${self:custom.nothing} leads nowhere"},
		{"${param:nothing}", "${param:nothing} leads nowhere"},
		{"${self:custom.loop}", "refers to itself"},
		{"${self:custom.${env:KEY}}", "${self:custom.${env:KEY}} depends on a value that is not known"},
		{"${env:HOME}", "environment variable HOME"},
		{"a-${env:HOME}", "environment variable HOME"},
		{"${sls:instanceId}", "${sls:instanceId} is made at deployment"},
		{"${aws:partition}", "${aws:partition} is read at deployment"},
		{"${cf:other-stack.Output}", "${cf:other-stack.Output} is an output of another stack"},
		{"${cf(eu-west-1):other.Output}", "${cf:other.Output} is an output of another stack"},
		{"${ssm:/path/to/secret}", "${ssm:/path/to/secret} is read from the SSM parameter store"},
		{"${s3:bucket/key}", "${s3:bucket/key} is read at deployment"},
		{"${secrets:KEY}", "${secrets:KEY} is read at deployment"},
		{"${construct:jobs.nothing}", "${construct:jobs.nothing} is made by a plugin"},
		{"${file(nope.yml):a}", "file(nope.yml) cannot be read"},
		{"${file(broken.yml):a}", "file(broken.yml) cannot be read"},
		{"${file(config.js):a}", "config.js is a program"},
		{"${file(parts/config.ts)}", "parts/config.ts is a program"},
		{"${strToBool(perhaps)}", "not a truth value: perhaps"},
		{"x-${self:custom.nested}", "${self:custom.nested} is not a text"},
		{"${self:custom." + strings.Repeat("a", 5000) + "}", "over 4,096 characters"},
	}
	for _, test := range tests {
		root := parse(t, "serverless.yml", service+"'"+test.value+"'")
		vars := newVariables("serverless.yml", root, nil, loader(t, files))
		reason := ""
		vars.value(root.Get("value")).Walk(10, func(v *model.Value) {
			if v.Kind == model.Unknown && reason == "" {
				reason = v.Str
			}
		})
		if !strings.Contains(reason, test.want) {
			t.Errorf("%.60s is unknown because %q, want %q", test.value, reason, test.want)
		}
	}
}

// A long chain of variables is followed to its end: no depth of nesting may stop a scan or bring it down.
func TestVariableChain(t *testing.T) {
	const length = 3000
	var text strings.Builder
	for i := range length {
		fmt.Fprintf(&text, "a%d: ${self:a%d}\n", i, i+1)
	}
	fmt.Fprintf(&text, "a%d: end\n", length)
	root := parse(t, "serverless.yml", text.String())
	vars := newVariables("serverless.yml", root, nil, loader(t, nil))
	if got := vars.value(root.Get("a0")).String(); got != "end" {
		t.Errorf("the chain ends at %q", got)
	}
	deep := strings.Repeat("${self:", 500) + "a0" + strings.Repeat("}", 500)
	if got := vars.value(model.NewString(deep, model.Origin{})); got.Kind != model.Unknown {
		t.Errorf("variables in variables give %q", got)
	}
}

// loader serves files from a map, as assembly serves those of a repository: each is read once.
func loader(t *testing.T, files map[string]string) func(string) (*model.Value, error) {
	read := map[string]*model.Value{}
	return func(name string) (*model.Value, error) {
		name = strings.TrimPrefix(name, "./")
		text, ok := files[name]
		switch {
		case read[name] != nil:
			return read[name], nil
		case !ok:
			return nil, errors.New("there is no such file")
		case name == "broken.yml":
			return nil, errors.New("not valid YAML")
		case strings.HasSuffix(name, ".txt"):
			return model.NewString(text, model.Origin{}), nil
		}
		read[name] = parse(t, name, text)
		return read[name], nil
	}
}

// A section that is included as a whole may refer to itself: only what is asked for is resolved.
func TestIncludedSections(t *testing.T) {
	root := parse(t, "serverless.yml", `
service: shop
custom: ${file(custom.yml)}
provider: ${file(provider.yml)}
other: {deep: "${self:custom.more}"}
same: ${self:same.same}
`)
	vars := newVariables("serverless.yml", root, nil, loader(t, map[string]string{
		"custom.yml":   "mode: NONE\nauth: ${self:custom.mode}\nlevel: ${self:custom.auth}-${self:provider.stage}\nmore: ${file(more.yml)}\n",
		"provider.yml": "stage: ${opt:stage, 'dev'}\nname: ${self:service}-${self:provider.stage}\n",
		"more.yml":     "a: ${self:other.deep.b}\nb: ${self:custom.auth}\n",
	}))
	for address, want := range map[string]string{
		"custom.auth": "NONE", "custom.level": "NONE-dev", "provider.name": "shop-dev", "custom.more.a": "NONE", "other.deep.a": "NONE", "same": "?",
	} {
		if got := vars.self(address, model.Origin{}).String(); got != want {
			t.Errorf("%s is %q, want %q", address, got, want)
		}
	}
	if got := vars.value(root).Path("custom", "level").String(); got != "NONE-dev" {
		t.Errorf("the whole service has level %q", got)
	}
	for _, d := range vars.diagnostics {
		if d.Pos.Line != 6 {
			t.Errorf("unexpected: %s %s", d.Pos, d.Message)
		}
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

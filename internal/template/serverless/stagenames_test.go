package serverless

import (
	"fmt"
	"strings"
	"testing"
)

// Each way in which a service names the stages that it may be deployed to. Its own stage is dev unless it says another.
func TestStageNames(t *testing.T) {
	files := map[string]string{
		"config.yml":           "dev: {key: a}\nprod: {key: b}\nbroken: {other: c}\n",
		"env/dev.json":         `{"key": "a"}`,
		"env/prod.json":        `{"key": "b"}`,
		"env/notes.txt":        "nothing",
		"settings.staging.yml": "key: s",
		"inner.yml":            "table: ${self:custom.tables.${sls:stage}}\n",
	}
	var many strings.Builder
	for i := range 12 {
		fmt.Fprintf(&many, "  s%02d: {a: b}\n", i)
	}
	tests := []struct{ name, service, want string }{
		{"nothing to find", "custom: {a: b}\n", ""},
		{"parameters", "params:\n  default: {a: b}\n  prod: {a: c}\n  test: {a: d}\n", "prod test"},
		{"sections of version 4", "stages:\n  default: {params: {a: b}}\n  prod: {params: {a: c}}\n", "prod"},
		{"key by stage", "custom:\n  of: {dev: 1, prod: 2}\nvalue: ${self:custom.of.${sls:stage}}\n", "prod"},
		{"key by option", "custom:\n  of: {dev: 1, prod: 2}\nvalue: ${self:custom.of.${opt:stage}}\n", "prod"},
		{"key by option with default", "custom:\n  of: {dev: 1, prod: 2}\nvalue: \"${self:custom.of.${opt:stage, 'dev'}}\"\n", "prod"},
		{"key by the provider's stage", "custom:\n  of: {dev: 1, prod: 2}\nprovider: {name: aws, stage: '${opt:stage, \"dev\"}'}\nvalue: ${self:custom.of.${self:provider.stage}}\n", "prod"},
		{"key by a stage that is renamed", "custom:\n  stage: ${opt:stage, 'dev'}\n  of: {dev: 1, prod: 2}\nvalue: ${self:custom.of.${self:custom.stage}}\n", "prod"},
		{"part of a key", "custom: {of-dev: 1, of-prod: 2, by-test: 3}\nvalue: ${self:custom.of-${sls:stage}}\n", "prod"},
		{"only keys from which the address leads on", "custom:\n  of: {dev: {x: 1}, prod: {x: 2}, region: {y: 3}}\nvalue: ${self:custom.of.${sls:stage}.x}\n", "prod"},
		{"keys that lead through a variable", "custom:\n  of: {dev: {x: 1}, prod: '${file(config.yml):prod}'}\nvalue: ${self:custom.of.${sls:stage}.x}\n", "prod"},
		{"default is no stage", "custom:\n  of: {default: 1, prod: 2}\nvalue: ${self:custom.of.${sls:stage}, self:custom.of.default}\n", "prod"},
		{"among alternatives", "custom:\n  of: {dev: 1, prod: 2}\nvalue: \"${opt:x, self:custom.of.${sls:stage}, 'none'}\"\n", "prod"},
		{"inside an alternative's braces", "custom:\n  of: {dev: 1, prod: 2}\nvalue: '${opt:x, ${self:custom.of.${sls:stage}}}'\n", "prod"},
		{"inside a text", "custom:\n  of: {dev: 1, prod: 2}\nvalue: a-${self:service}-${self:custom.of.${sls:stage}}-b\n", "prod"},
		{"file by stage", "value: ${file(env/${sls:stage}.json)}\n", "prod"},
		{"file by stage from here", "value: ${file(./settings.${sls:stage}.yml):key}\n", "staging"},
		{"file in quotes", "value: \"${file('env/${sls:stage}.json'):key}\"\n", "prod"},
		{"key of a file by stage", "value: ${file(config.yml):${sls:stage}.key}\n", "prod"},
		{"inside a file that is included", "custom:\n  tables: {dev: a, prod: b}\nvalue: ${file(inner.yml):table}\n", "prod"},
		{"a file that is not there", "value: ${file(nope.yml):${sls:stage}.key}\n", ""},
		{"a program names no stages", "value: ${file(config.js):${sls:stage}.key}\n", ""},
		{"the service's own stage is left out", "params:\n  dev: {a: b}\n  prod: {a: c}\nprovider: {name: aws, stage: prod}\n", "dev"},
		{"twice by stage says nothing", "custom:\n  of: {dev: {dev: 1}, prod: {prod: 2}}\nvalue: ${self:custom.of.${sls:stage}.${sls:stage}}\n", ""},
		{"keys that are no names", "custom:\n  of: {'*': 1, 'a b': 2, prod: 3}\nvalue: ${self:custom.of.${sls:stage}}\n", "prod"},
		{"however many", "params:\n" + many.String(), "s00 s01 s02 s03 s04 s05 s06 s07 s08 s09 s10 s11"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			text := "service: shop\n" + test.service
			if !strings.Contains(text, "provider:") {
				text += "provider: aws\n"
			}
			names := func() []string {
				var out []string
				for name := range files {
					out = append(out, name)
				}
				return out
			}
			got := StageNames("serverless.yml", parse(t, "serverless.yml", text), Options{Load: loader(t, files)}, names)
			if strings.Join(got, " ") != test.want {
				t.Errorf("stages are %q, want %q", strings.Join(got, " "), test.want)
			}
		})
	}
}

// Without a list of files those by stage are not looked for; what else is found stays.
func TestStageNamesWithoutFiles(t *testing.T) {
	root := parse(t, "serverless.yml", "service: a\nprovider: aws\nparams: {prod: {a: b}}\nvalue: ${file(${sls:stage}.yml)}\n")
	if got := StageNames("serverless.yml", root, Options{Load: loader(t, nil)}, nil); len(got) != 1 || got[0] != "prod" {
		t.Errorf("stages are %q, want prod", got)
	}
}

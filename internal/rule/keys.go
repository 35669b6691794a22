package rule

import (
	"slices"

	"go.yaml.in/yaml/v3"

	"wardlet.example/internal/finding"
)

// Key describes one key of the front matter. The same table reads the files and makes the documentation.
type Key struct {
	Name     string
	Form     string   // how its value is written
	Words    []string // the only values it takes; empty: any of its form
	Required bool
	Default  string // what holds when it is left out; empty if there is nothing to say
	Doc      string // one or two sentences of Markdown
	Example  string // the key as it stands in a file

	read read
}

// read takes a key's value into the rule and notes what is wrong with it.
type read func(r *reader, k *Key, value *yaml.Node)

// Reference lists all keys of the front matter, in the order they are best written.
func Reference() []Key { return slices.Concat(identityKeys(), checkKeys(), crossReferenceKeys()) }

// identityKeys say what a rule is and how much it matters.
func identityKeys() []Key {
	return []Key{
		{
			Name: "id", Form: "kebab-case name", Required: true,
			Doc:     "Name of the rule, stable for ever. The file is called `<id>.md`.",
			Example: "id: function-url-without-auth",
			read:    text(func(r *Rule) *string { return &r.ID }, kebab()),
		},
		{
			Name: "title", Form: "text", Required: true,
			Doc:     "What is wrong, as a short sentence without a period.",
			Example: "title: Function URL accepts unauthenticated calls",
			read:    text(func(r *Rule) *string { return &r.Title }, sentence()),
		},
		{
			Name: "severity", Form: "word", Words: severities(), Required: true,
			Doc:     "What happens if it is true. `critical` and `high` are always `profile: default`.",
			Example: "severity: high",
			read:    text(func(r *Rule) *finding.Severity { return &r.Severity }, shape{}),
		},
		{
			Name: "practices", Form: "list of numbers from 1 to 10", Required: true,
			Doc:     "The practices of serverless security that the rule serves.",
			Example: "practices: [3]",
			read:    practices,
		},
		{
			Name: "cwe", Form: "list of CWE numbers",
			Doc:     "The weaknesses it is an instance of.",
			Example: "cwe: [CWE-306]",
			read:    texts(func(r *Rule) *[]string { return &r.CWE }, numbered("CWE-", "a CWE number", "CWE-306")),
		},
		{
			Name: "engine", Form: "word", Words: Engines(), Required: true,
			Doc:     "The engine that runs the rule.",
			Example: "engine: iac",
			read:    text(func(r *Rule) *string { return &r.Engine }, shape{}),
		},
		{
			Name: "profile", Form: "word", Words: []string{string(Default), string(Strict)}, Default: string(Default),
			Doc:     "`strict` marks hardening advice, which is shown only with `--profile strict`.",
			Example: "profile: default",
			read:    text(func(r *Rule) *Profile { return &r.Profile }, shape{}),
		},
	}
}

// checkKeys say what a rule looks at and what it finds there.
func checkKeys() []Key {
	return []Key{
		{
			Name: "on", Form: "one name or a list", Default: "for `check`, what the check looks at by itself",
			Doc: "What the rule is asked of: resource types under their CloudFormation names, native types of other " +
				"clouds, or the words `function`, `role`, `trigger`, `app`, `workflow`, `parameter`, `wrangler`. " +
				"`fail` needs it.",
			Example: "on: AWS::Lambda::Url",
			read:    on,
		},
		{
			Name: "when", Form: "CEL expression under `|`", Default: "every subject of `on`",
			Doc:     "Guard: the rule passes on subjects for which this is false.",
			Example: "when: |\n  is_set(props, \"Cors\")",
			read:    expression(func(r *Rule) *string { return &r.When }),
		},
		{
			Name: "fail", Form: "CEL expression under `|`",
			Doc: "The rule fails on subjects for which this is true. A rule has one of `fail`, `check`, `taint`, `match`, or `taint` and `match` together. Always written " +
				"as a block (`fail: |`), because YAML reads `!`, `*`, `?` and `:` as its own.",
			Example: "fail: |\n  props.AuthType == \"NONE\"",
			read:    expression(func(r *Rule) *string { return &r.Fail }),
		},
		{
			Name: "check", Form: "engine/name",
			Doc:     "A named check of the engine, for what an expression cannot say.",
			Example: "check: privilege/unused-actions",
			read:    text(func(r *Rule) *string { return &r.Check }, checkName()),
		},
		{
			Name: "taint", Form: "kebab-case name",
			Doc: "For engine `sast`: what outsiders' data does where it ends, as rows of models call it (`rule` of a sink, see " +
				"`data/models/README.md`). A finding is data that comes from outside and reaches such a sink.",
			Example: "taint: sql",
			read:    text(func(r *Rule) *string { return &r.Taint }, kebab()),
		},
		{
			Name: "match", Form: "map of languages",
			Doc: "For engine `sast`: patterns of code as tree-sitter queries, by language (`javascript`, which is TypeScript too, or " +
				"`python`). What `@here` catches is where the finding points. See `docs/code-patterns.md`.",
			Example: "match:\n  python: |\n    (call function: (identifier) @f (#eq? @f \"eval\")) @here",
			read:    match,
		},
		{
			Name: "at", Form: "path of a property", Default: "the whole subject",
			Doc: "Where findings point: keys joined by dots, list items by number or `*` in brackets. Of a property that " +
				"is not written, the nearest one above.",
			Example: "at: Cors.AllowOrigins[*]",
			read:    text(func(r *Rule) *string { return &r.At }, propertyPath()),
		},
		{
			Name: "message", Form: "text with {{fields}}", Required: true,
			Doc:     "What a finding says, as a sentence without a period.",
			Example: `message: "{{name}} can be called by anyone on the internet"`,
			read:    text(func(r *Rule) *string { return &r.Message }, template()),
		},
		{
			Name: "confidence", Form: "word", Words: confidences(), Default: "the engine decides; `certain` for `fail`",
			Doc:     "How sure its findings are, where all of them are less sure than the engine would say.",
			Example: "confidence: likely",
			read:    text(func(r *Rule) *finding.Confidence { return &r.Confidence }, shape{}),
		},
	}
}

// crossReferenceKeys say where else the same is told.
func crossReferenceKeys() []Key {
	return []Key{
		{
			Name: "catalogue", Form: "list of catalogue numbers",
			Doc:     "Numbers of the checks in the catalogue that the rule does.",
			Example: "catalogue: [LAM-001]",
			read:    texts(func(r *Rule) *[]string { return &r.Catalogue }, catalogueNumber()),
		},
		{
			Name: "equivalents", Form: "list of ids",
			Doc:     "Ids of the same check in other tools.",
			Example: "equivalents: [CKV_AWS_258]",
			read:    texts(func(r *Rule) *[]string { return &r.Equivalents }, word()),
		},
		{
			Name: "references", Form: "list of addresses", Default: "the links under *References*",
			Doc:     "Pages to read. Links under *References* in the body are added.",
			Example: "references: [https://cwe.mitre.org/data/definitions/306.html]",
			read:    texts(func(r *Rule) *[]string { return &r.References }, address()),
		},
	}
}

// reserved lists keys of the form that this version does not run.
func reserved() []string { return []string{"secret"} }

func severities() []string {
	var words []string
	for _, s := range finding.Severities() {
		words = append(words, string(s))
	}
	return words
}

// confidences leaves out proven: only running something proves it.
func confidences() []string {
	return []string{string(finding.Certain), string(finding.Likely), string(finding.Possible)}
}

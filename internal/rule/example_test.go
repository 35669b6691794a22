package rule_test

import (
	"fmt"
	"strings"
	"testing/fstest"

	"wardlet.example/internal/rule"
)

// publicURL is a rule as it stands in the catalogue. Three apostrophes stand for the backquotes of a fence: see
// fenced.
const publicURL = `---
id: function-url-without-auth
title: Function URL accepts unauthenticated calls
severity: high
practices: [3]
cwe: [CWE-306]
engine: iac
profile: default
on: AWS::Lambda::Url
fail: |
  props.AuthType == "NONE"
at: AuthType
message: "{{name}} can be called by anyone on the internet"
catalogue: [LAM-001]
equivalents: [CKV_AWS_258]
---
## Why

Anybody can call it.

## Examples

### Public URL in SAM

'''yaml vulnerable template.yaml
FunctionUrlConfig:
  AuthType: NONE   # <-
'''

'''yaml fixed template.yaml
FunctionUrlConfig:
  AuthType: AWS_IAM
'''

'''js both src/app.js
exports.handler = async () => ({});
'''

## Fix

Use AWS_IAM.

## References

- [CWE-306](https://cwe.mitre.org/data/definitions/306.html)
`

// fenced puts backquotes where a Go text cannot hold them.
func fenced(s string) string { return strings.ReplaceAll(s, "'''", "```") }

// folder is a folder of rules, by file name.
func folder(files map[string]string) fstest.MapFS {
	fsys := fstest.MapFS{}
	for name, text := range files {
		fsys[name] = &fstest.MapFile{Data: []byte(fenced(text))}
	}
	return fsys
}

func ExampleLoad() {
	catalogue, err := rule.Load(folder(map[string]string{"api/function-url-without-auth.md": publicURL}))
	if err != nil {
		fmt.Println(err)
		return
	}
	r := catalogue.Get("function-url-without-auth")
	fmt.Println(r.Family, r.Severity, r.On, r.Fail)
	fmt.Println(catalogue.Get("function-url-without-ath"), catalogue.Nearest("function-url-without-ath"))
	// Output:
	// api high [AWS::Lambda::Url] props.AuthType == "NONE"
	// <nil> function-url-without-auth
}

func ExampleRule_Body() {
	catalogue, err := rule.Load(folder(map[string]string{"api/function-url-without-auth.md": publicURL}))
	if err != nil {
		fmt.Println(err)
		return
	}
	body, err := catalogue.Get("function-url-without-auth").Body()
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("Why:", body.Why)
	fmt.Println("Read:", body.Links)
	for _, c := range body.Cases {
		fmt.Println("Case:", c.Name)
		fmt.Printf("vulnerable: %q\n", c.Vulnerable())
		fmt.Printf("fixed: %q\n", c.Fixed())
		fmt.Println("found in line", c.Files[0].Marks[0].Line, "of", c.Files[0].Name)
	}
	// Output:
	// Why: Anybody can call it.
	// Read: [https://cwe.mitre.org/data/definitions/306.html]
	// Case: Public URL in SAM
	// vulnerable: map["src/app.js":"exports.handler = async () => ({});\n" "template.yaml":"FunctionUrlConfig:\n  AuthType: NONE\n"]
	// fixed: map["src/app.js":"exports.handler = async () => ({});\n" "template.yaml":"FunctionUrlConfig:\n  AuthType: AWS_IAM\n"]
	// found in line 2 of template.yaml
}

func ExampleBind() {
	catalogue, err := rule.Load(folder(map[string]string{
		"api/function-url-without-auth.md": publicURL,
		"api/open-door.md": `---
id: open-door
title: Door is open
severity: low
practices: [3]
engine: iac
check: iac/doors
message: "{{name}} is open"
---
`}))
	if err != nil {
		fmt.Println(err)
		return
	}
	doors := func() string { return "looked at the doors" }
	bound, err := rule.Bind(catalogue, "iac", map[string]func() string{"doors": doors})
	for _, b := range bound {
		if b.Run == nil {
			fmt.Println(b.Rule.ID, "has an expression:", b.Rule.Fail)
		} else {
			fmt.Println(b.Rule.ID, b.Run())
		}
	}
	fmt.Println(err)

	_, err = rule.Bind(catalogue, "iac", map[string]func() string{"door": doors})
	fmt.Println(err)
	// Output:
	// function-url-without-auth has an expression: props.AuthType == "NONE"
	// open-door looked at the doors
	// <nil>
	// rules/api/open-door.md:7: engine iac has no check "doors": did you mean door? known are door
	// no rule has check: iac/door: write one, or remove the check; rules name doors
}

package rule_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"wardlet.example/internal/rule"
)

// mistake is one slip in an otherwise sound rule file, and what is said about it.
type mistake struct {
	name     string
	old, new string // what is replaced in publicURL
	want     string // without the file's name
}

// spoil makes the slip.
func (m mistake) spoil(t *testing.T) string {
	t.Helper()
	old, sound := fenced(m.old), fenced(publicURL)
	if strings.Count(sound, old) < 1 {
		t.Fatalf("%q is not in the sound rule", old)
	}
	return strings.Replace(sound, old, fenced(m.new), 1)
}

const file = "rules/api/function-url-without-auth.md"

// loadOne loads one file of the family api.
func loadOne(text string) (*rule.Catalogue, []*rule.Error) {
	return rule.LoadLenient(fstest.MapFS{
		"api/function-url-without-auth.md": &fstest.MapFile{Data: []byte(text)},
	}, "rules")
}

const (
	allKeys = "known are id, title, severity, practices, cwe, engine, profile, on, when, fail, check, taint, match, at, message, " +
		"confidence, catalogue, equivalents, references"
	asBlock = "write `fail: |` and the expression indented on the next line"
	expr    = "fail: |\n  props.AuthType == \"NONE\"\n"
)

var frontMistakes = []mistake{
	{"no front matter", "---\nid:", "id:",
		":1: no front matter: begin the file with a line of three hyphens, the keys, and another such line"},
	{"front matter not closed", "---\n## Why", "## Why",
		":1: front matter is not closed: end it with a line of three hyphens"},
	{"document ended early", "severity:", "...\nseverity:",
		`:4: "..." ends the YAML document or line: remove it, or begin the line otherwise`},
	{"second document", "severity:", "--- # more\nseverity:",
		`:4: "---" ends the YAML document or line: remove it, or begin the line otherwise`},
	{"key with a typo", "severity: high", "severty: high",
		`:4: unknown key "severty": did you mean severity? ` + allKeys},
	{"key twice", "profile: default", "severity: low",
		":8: severity is written twice: keep one of them"},
	{"missing title", "title: Function URL accepts unauthenticated calls\n", "",
		":1: title is missing: add it, like title: Function URL accepts unauthenticated calls"},
	{"empty title", "title: Function URL accepts unauthenticated calls", "title:",
		":3: title is empty: write it like title: Function URL accepts unauthenticated calls"},
	{"title in sentences", "unauthenticated calls\n", "calls.\n",
		`:3: title "Function URL accepts calls." is not one line without a period: shorten it, and tell the rest under ## Why`},
	{"title that YAML takes for a number", "title: Function URL accepts unauthenticated calls", "title: 404",
		":3: title is int, not text: quote it"},
	{"title that YAML takes for a comment", "title: Function URL", "title: #1 Function URL",
		":3: title is empty: write it like title: Function URL accepts unauthenticated calls"},
	{"colon in a title", "title: Function URL", "title: Function URL: it",
		":3: not valid YAML (mapping values are not allowed in this context): quote the text, or write an expression as a block under `|`"},
	{"id not kebab-case", "id: function-url-without-auth", "id: FunctionURL",
		`:2: id "FunctionURL" is not kebab-case: write lower-case words joined by hyphens, like function-url-without-auth`},
	{"id unlike the file", "id: function-url-without-auth", "id: function-url",
		":2: file of rule function-url is called function-url-without-auth.md: rename the file to function-url.md"},
	{"unknown severity", "severity: high", "severity: hihg",
		`:4: unknown severity "hihg": did you mean high? known are critical, high, medium, low, info`},
	{"grave but strict", "profile: default", "profile: strict",
		":8: high rules cannot be strict: they are never hidden: use profile: default, or lower the severity"},
	{"unknown engine", "engine: iac", "engine: icc",
		`:7: unknown engine "icc": did you mean iac? known are iac, sast, privilege, deps, secrets`},
	{"no practice", "practices: [3]", "practices: []",
		":5: practices is empty: write it like practices: [3], or leave the key out"},
	{"practice as a number alone", "practices: [3]", "practices: 3",
		":5: practices must be a list of numbers from 1 to 10: write it like practices: [3]"},
	{"eleventh practice", "practices: [3]", "practices: [3, 11]",
		`:5: unknown practice "11": use numbers from 1 to 10`},
	{"CWE without its prefix", "cwe: [CWE-306]", "cwe:\n  - CWE-306\n  - \"287\"",
		`:8: cwe "287" is not a CWE number: write it like CWE-306`},
	{"type with a single colon", "on: AWS::Lambda::Url", "on: [AWS::Lambda::Url, AWS:S3:Bucket]",
		`:9: on "AWS:S3:Bucket" is not a resource type: write a type like AWS::Lambda::Url, or one of function, role, ` +
			"trigger, app, workflow, parameter, wrangler"},
	{"on left out", "on: AWS::Lambda::Url\n", "",
		":9: fail is asked of nothing: on is missing: add the resource type, like on: AWS::Lambda::Url"},
	{"neither fail nor check", expr, "",
		":1: neither fail nor check is written: add a condition under `fail: |`, or a named check, like check: privilege/unused-actions"},
	{"both fail and check", "at: AuthType", "check: iac/public-url",
		":12: both fail and check are written: keep one of them"},
	{"check of another engine", expr, "check: sast/public-url\n",
		":10: check of engine sast in a rule of engine iac: write check: iac/public-url, or engine: sast"},
	{"check without engine", expr, "check: public-url\n",
		`:10: check "public-url" is not engine/name: write it like privilege/unused-actions`},
	{"expression that is a YAML tag", expr, "fail: !is_set(props)\n",
		":10: fail begins with a YAML tag (!): " + asBlock},
	{"expression that is a YAML anchor", expr, "fail: &props\n",
		":10: fail has a YAML anchor or alias (& or *): " + asBlock},
	{"expression that begins with a quote", expr, "fail: \"*\" in props.Actions\n",
		":10: not valid YAML (did not find expected key): quote the text, or write an expression as a block under `|`"},
	{"expression with a colon", expr, "fail: a ? b : c\n",
		":10: not valid YAML (mapping values are not allowed in this context): quote the text, or write an expression as a block under `|`"},
	{"expression on one line", expr, "fail: props.AuthType == \"NONE\"\n",
		":10: fail is not written as a block: " + asBlock},
	{"folded expression", "fail: |", "fail: >",
		":10: fail is not written as a block: " + asBlock},
	{"empty expression", expr, "fail: |\n",
		":10: fail is empty: write it like fail: |"},
	{"guard on one line", "at: AuthType", "when: true",
		":12: when is not written as a block: write `when: |` and the expression indented on the next line"},
	{"kind of rule that does not run yet", expr, "secret: |\n  (call)\n",
		":10: secret rules are not supported by this version: use fail or check"},
	{"path with a hole", "at: AuthType", "at: Cors..Origins[x]",
		`:12: at "Cors..Origins[x]" is not the path of a property: write it like Cors.AllowOrigins[*]`},
	{"field not closed", `"{{name}} can`, `"{{name} can`,
		`:13: message "{{name} can be called by anyone on the internet" is not a message: write one line without a period, ` +
			"and close each {{ with }} around one name, like {{name}}"},
	{"sure without a proof", "at: AuthType", "confidence: proven",
		`:12: unknown confidence "proven": known are certain, likely, possible`},
	{"catalogue by title", "catalogue: [LAM-001]", "catalogue: [LAM-1]",
		`:14: catalogue "LAM-1" is not a catalogue number: write it like LAM-001`},
	{"list in a list", "equivalents: [CKV_AWS_258]", "equivalents: [[CKV_AWS_258]]",
		":15: equivalents has a list or map where text belongs: write it like equivalents: [CKV_AWS_258]"},
	{"reference that is no address", "equivalents: [CKV_AWS_258]", "references: [aws.amazon.com]",
		`:15: references "aws.amazon.com" is not an address: write it like https://cwe.mitre.org/data/definitions/306.html`},
}

func TestMistakesInFrontMatter(t *testing.T) {
	for _, m := range frontMistakes {
		t.Run(m.name, func(t *testing.T) {
			catalogue, mistakes := loadOne(m.spoil(t))
			if len(catalogue.Rules()) != 0 {
				t.Error("the rule was loaded")
			}
			compare(t, joined(mistakes), m.want)
		})
	}
}

const form = "write language, kind and file, like ```yaml vulnerable template.yaml"

var bodyMistakes = []mistake{
	{"section left out", "## Fix\n\nUse AWS_IAM.\n", "",
		":17: section Fix is missing: add ## Fix"},
	{"empty section", "Anybody can call it.", "",
		":17: section Why is empty: write it, or remove an optional section"},
	{"example outside of its section", "## References", "'''yaml fixed template.yaml\nResources: {}\n'''\n\n## References",
		`:43: an example stands in section Fix, where nothing runs it: move it under ## Examples`},
	{"unknown section", "## References", "## Refrences",
		`:43: unknown section "Refrences": did you mean References? known are Why, Examples, When it stays silent, Fix, References`},
	{"section twice", "## References", "## Why",
		":43: section Why is written twice: join the two"},
	{"title in the body", "## Why", "# Function URL\n\n## Why",
		":17: headings of a rule begin with ##: use ##\n" + file + ":17: text before the first section: put it under ## Why"},
	{"text before the sections", "## Why", "\nA word before.\n\n## Why",
		":18: text before the first section: put it under ## Why"},
	{"fence left open", "exports.handler = async () => ({});\n'''", "exports.handler = async () => ({});",
		":17: section Fix is missing: add ## Fix\n" + file + ":35: fence is not closed: close it with a line of ```"},
	{"example before the first case", "### Public URL in SAM\n", "",
		":24: example outside of a case: write ### and a name for the case above it\n" + file +
			":29: example outside of a case: write ### and a name for the case above it\n" + file +
			":34: example outside of a case: write ### and a name for the case above it"},
	{"case without a name", "### Public URL in SAM", "###",
		":23: case without a name: write what it shows after ###"},
	{"case without files", "### Public URL in SAM", "### Another\n\n### Public URL in SAM",
		`:23: case "Another" has no file: ` + form},
	{"cases of one name", "### Public URL in SAM", "### Public URL in SAM\n\n'''yaml fixed a.yaml\n'''\n\n### Public URL in SAM",
		`:28: two cases are called "Public URL in SAM": rename one of them`},
	{"unknown word", "yaml vulnerable", "yaml vulnerabel",
		`:25: unknown word "vulnerabel" after the fence: did you mean vulnerable? known are vulnerable, fixed, both`},
	{"language left out", "js both src/app.js", "both src/app.js",
		":35: fence of an example without language, kind and file: " + form},
	{"word too many", "js both src/app.js", "js both src/app.js here",
		`:35: unknown word "here" after the fence: ` + form},
	{"path outside", "js both src/app.js", "js both ../app.js",
		":35: file ../app.js is outside of the application: name it relative to the application, like src/app.js"},
	{"absolute path", "js both src/app.js", "js both /app.js",
		":35: file /app.js is outside of the application: name it relative to the application, like src/app.js"},
	{"path of Windows", "js both src/app.js", `js both C:\app.js`,
		`:35: file C:\app.js is outside of the application: name it relative to the application, like src/app.js`},
	{"file twice", "js both src/app.js", "yaml both template.yaml",
		":35: template.yaml is in the case twice: rename one of them, or remove it"},
	{"no mark", "   # <-", "",
		`:23: case "Public URL in SAM" has no mark: end the line that has the flaw with # <- or // <-`},
	{"mark in a fixed file", "AuthType: AWS_IAM", "AuthType: AWS_IAM # <-",
		":32: mark in the fixed file template.yaml: remove the mark: nothing may be found in a fixed file"},
	{"mark on an empty line", "   # <-", "   # <-\n  # <-",
		":28: mark on an empty line: put it at the end of the line that has the flaw"},
	{"mark, but nothing vulnerable", "yaml vulnerable template.yaml", "yaml both other.yaml",
		`:23: case "Public URL in SAM" has a mark but no vulnerable file: add a file of kind vulnerable`},
	{"nothing fixed", "yaml fixed template.yaml", "yaml both other.yaml",
		":17: no fixed example: " + form},
	{"nothing vulnerable", "### Public URL in SAM\n\n'''yaml vulnerable template.yaml\nFunctionUrlConfig:\n  AuthType: NONE   # <-\n'''",
		"### Public URL in SAM", ":17: no vulnerable example: " + form},
}

func TestMistakesInTheBody(t *testing.T) {
	for _, m := range bodyMistakes {
		t.Run(m.name, func(t *testing.T) {
			catalogue, mistakes := loadOne(m.spoil(t))
			if len(mistakes) > 0 {
				t.Fatalf("front matter has mistakes: %v", joined(mistakes))
			}
			body, err := catalogue.Rules()[0].Body()
			if err == nil || body != nil {
				t.Fatalf("no error; body %v", body)
			}
			compare(t, err.Error(), m.want)
		})
	}
}

func TestAllMistakesOfAFileAreTold(t *testing.T) {
	text := strings.NewReplacer("severity: high", "severity: grave", "practices: [3]", "practices: [0]").Replace(publicURL)
	_, mistakes := loadOne(text)
	compare(t, joined(mistakes), `:4: unknown severity "grave": known are critical, high, medium, low, info
`+file+`:5: unknown practice "0": use numbers from 1 to 10`)
}

func joined(mistakes []*rule.Error) string {
	var lines []string
	for _, m := range mistakes {
		lines = append(lines, m.Error())
	}
	return strings.Join(lines, "\n")
}

// compare compares messages; want goes on after the name of the file.
func compare(t *testing.T, got, want string) {
	t.Helper()
	if got != file+want {
		t.Errorf("got:  %s\nwant: %s%s", got, file, want)
	}
}

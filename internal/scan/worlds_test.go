package scan

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"wardlet.example/internal/finding"
)

// scanText scans one template with one rule.
func scanText(t *testing.T, rule, text string) *finding.Result {
	t.Helper()
	s, err := scanFiles(catalogue(t), map[string]string{"template.yaml": text}, rule)
	if err != nil {
		t.Fatal(err)
	}
	return s.Result
}

const door = `
Parameters:
  Stage: {Type: String, Default: %s, AllowedValues: [dev, prod]}
  Auth: {Type: String}
Conditions:
  IsProd: !Equals [!Ref Stage, prod]
  Never: !Equals [a, b]
Resources:
  F: {Type: AWS::Lambda::Function, Properties: {Runtime: nodejs24.x, Handler: index.handler, Code: {ZipFile: x}}}
  Url:
    Type: AWS::Lambda::Url
    %s
    Properties: {TargetFunctionArn: !Ref F, AuthType: %s}
`

// A value that depends on a parameter is judged in each of its worlds: the finding names those in which it holds, and is
// less sure when they are not the default.
func TestWorlds(t *testing.T) {
	tests := []struct {
		name, stage, condition, auth string
		want                         string
	}{
		{"always open", "dev", "", "NONE", "certain []"},
		{"open by default", "dev", "", "!If [IsProd, AWS_IAM, NONE]", "likely [Stage=dev]"},
		{"open in another stage", "prod", "", "!If [IsProd, AWS_IAM, NONE]", "possible [Stage=dev]"},
		{"open in both branches", "dev", "", "!If [IsProd, NONE, NONE]", "certain []"},
		{"closed in both branches", "dev", "", "!If [IsProd, AWS_IAM, AWS_IAM]", "passed"},
		{"open, but only deployed in one stage", "dev", "Condition: IsProd", "NONE", "possible [Stage=prod]"},
		{"open only where it is not deployed", "dev", "Condition: IsProd", "!If [IsProd, AWS_IAM, NONE]", "passed"},
		{"never deployed", "dev", "Condition: Never", "NONE", "nothing"},
		{"left to deployment", "dev", "", "!Ref Auth", "not checked: parameter Auth has no default"},
		{"left to another stack", "dev", "", "!ImportValue auth", "not checked: imported from another stack"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := scanText(t, "function-url-without-auth", fmt.Sprintf(door, test.stage, test.condition, test.auth))
			if got := verdict(r); !strings.HasPrefix(got, test.want) {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func verdict(r *finding.Result) string {
	if len(r.Findings) > 0 {
		return fmt.Sprintf("%s %v", r.Findings[0].Confidence, r.Findings[0].When)
	}
	if len(r.Outcomes) == 0 {
		return "nothing"
	}
	o := r.Outcomes[0]
	if o.Reason != "" {
		return string(o.State) + ": " + o.Reason
	}
	return string(o.State)
}

// The same repository gives the same bytes with one worker and with many.
func TestWorkersDoNotMatter(t *testing.T) {
	dir := t.TempDir()
	for i := range 12 {
		text := fmt.Sprintf("service: s%d\nprovider: {name: aws, runtime: nodejs12.x}\nfunctions:\n  a: {handler: a.b, url: true}\n  b: {handler: a.c, events: [{http: GET /x}, {http: POST /y}]}\n", i)
		file := filepath.Join(dir, fmt.Sprint(i), "serverless.yml")
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var first []byte
	for _, jobs := range []int{1, 2, 8} {
		s, err := Run(context.Background(), Options{Path: dir, Catalogue: catalogue(t), Now: exampleDay, Jobs: jobs})
		if err != nil {
			t.Fatal(err)
		}
		got, err := json.Marshal(s.Result)
		if err != nil {
			t.Fatal(err)
		}
		if first == nil {
			first = got
		}
		if !bytes.Equal(got, first) || len(s.Result.Findings) == 0 {
			t.Errorf("%d workers give another result", jobs)
		}
	}
}

// When the time is up a scan says what it left out.
func TestTimeIsUp(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "serverless.yml")
	if err := os.WriteFile(file, []byte("service: s\nprovider: {name: aws}\nfunctions: {a: {handler: a.b, url: true}}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	s, err := Run(ctx, Options{Path: dir, Catalogue: catalogue(t)})
	if err != nil {
		t.Fatal(err)
	}
	if s.Result.Complete || len(s.Result.Diagnostics) == 0 {
		t.Errorf("complete %v, diagnostics %v", s.Result.Complete, s.Result.Diagnostics)
	}
}

// A secret appears in no output, wherever its line is shown.
func TestSecretsAreMasked(t *testing.T) {
	const secret = "hunter2-correct-horse-battery"
	s, err := scanFiles(catalogue(t), map[string]string{"serverless.yml": "service: s\nprovider: {name: aws, runtime: nodejs12.x}\nfunctions:\n  a: {handler: a.b, url: true, environment: {DB_PASSWORD: " + secret + "}}\n"}, "lambda")
	if err != nil {
		t.Fatal(err)
	}
	found := false
	for _, f := range s.Result.Findings {
		found = found || f.Rule == "secret-in-environment"
	}
	if !found {
		t.Error("the secret was not found")
	}
	got, err := json.Marshal(s.Result)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(got, []byte(secret)) {
		t.Error("the secret is in the result")
	}
}

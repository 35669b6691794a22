package sarif_test

import (
	"bytes"
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	gosarif "github.com/owenrumney/go-sarif/v3/pkg/report"

	"wardlet.example/internal/finding"
	"wardlet.example/internal/report/reporttest"
	"wardlet.example/internal/report/sarif"
)

func write(t *testing.T, r *finding.Result) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := sarif.Write(&b, r); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func results() map[string]*finding.Result {
	return map[string]*finding.Result{
		"shop.sarif":    reporttest.Result(),
		"empty.sarif":   reporttest.Empty(),
		"clean.sarif":   reporttest.Clean(),
		"hostile.sarif": reporttest.HostileResult(),
		"nothing.sarif": {},
	}
}

func TestGolden(t *testing.T) {
	for name, r := range results() {
		t.Run(name, func(t *testing.T) { reporttest.Golden(t, name, write(t, r)) })
	}
}

func TestEveryLogFitsTheStandard(t *testing.T) {
	text, err := officialSchema()
	if err != nil {
		t.Fatal(err)
	}
	schema := reporttest.Schema(t, text)
	for name, r := range results() {
		t.Run(name, func(t *testing.T) { reporttest.Fits(t, schema, write(t, r)) })
	}
}

func TestHostileTextIsHarmless(t *testing.T) {
	out := write(t, reporttest.HostileResult())
	reporttest.Safe(t, out)
	if bytes.Contains(out, []byte(`\u001b`)) || bytes.Contains(out, []byte(`\u202e`)) {
		t.Error("a viewer would print an escape sequence or reverse text")
	}
	if !strings.Contains(string(out), `"uri": "evil%1B%5B2J%E2%80%AEtxt%0A%3Cscript%3Ealert%28%27x%27%29%3C/script%3E`) {
		t.Error("a hostile path is not encoded")
	}
}

func TestSameBytesTwice(t *testing.T) {
	if a, b := write(t, reporttest.Result()), write(t, reporttest.Result()); !bytes.Equal(a, b) {
		t.Error("two writes of one result differ")
	}
}

// fields are what tests look at of a result.
type fields struct {
	RuleID    string
	Message   struct{ Text string }
	Locations []struct {
		PhysicalLocation struct{ ArtifactLocation struct{ URI string } }
	}
	Suppressions []struct{ Kind, Justification string }
}

func resultsOf(t *testing.T, out []byte) []fields {
	t.Helper()
	var doc struct{ Runs []struct{ Results []fields } }
	if err := json.Unmarshal(out, &doc); err != nil {
		t.Fatal(err)
	}
	return doc.Runs[0].Results
}

func TestPathsAreRelativeURIs(t *testing.T) {
	tests := map[string]string{
		"src/app.js":         "src/app.js",
		"a b/ü#1?.js":        "a%20b/%C3%BC%231%3F.js",
		"c:/x.js":            "c%3A/x.js",
		"javascript:alert()": "javascript%3Aalert%28%29",
		"../../etc/passwd":   "etc/passwd",
		"100%.js":            "100%25.js",
	}
	for file, want := range tests {
		r := &finding.Result{Findings: []finding.Finding{{Rule: "r", Place: reporttest.Place(file, 1, 1, 2, "")}}}
		got := resultsOf(t, write(t, r))[0].Locations[0].PhysicalLocation.ArtifactLocation.URI
		if got != want {
			t.Errorf("%s becomes %s, want %s", file, got, want)
		}
	}
}

// A message of the repository can make neither a link nor an argument.
func TestMessagesAreLiteral(t *testing.T) {
	tests := map[string]string{
		"uses ${Orders.Arn} and a[0]":    "uses ${Orders.Arn} and a[0]",
		"see [docs](https://evil.test/)": `see \[docs\](https://evil.test/)`,
		"argument {0}":                   "argument {{0}}",
	}
	for text, want := range tests {
		r := &finding.Result{Findings: []finding.Finding{{Rule: "r", Message: text}}}
		if got := resultsOf(t, write(t, r))[0].Message.Text; got != want {
			t.Errorf("%s becomes %s, want %s", text, got, want)
		}
	}
}

func TestIgnoredFindingsAreSuppressed(t *testing.T) {
	n := 0
	for _, res := range resultsOf(t, write(t, reporttest.Result())) {
		if res.Suppressions == nil {
			t.Errorf("%s has no list of suppressions though others have", res.RuleID)
		}
		for _, s := range res.Suppressions {
			n++
			if diff := cmp.Diff("health check, answers with a constant (until 2027-01-31)", s.Justification); diff != "" || s.Kind != "inSource" {
				t.Errorf("suppression of kind %s: %s", s.Kind, diff)
			}
		}
	}
	if n != 1 {
		t.Errorf("%d suppressions, want 1", n)
	}
}

// officialSchema is the JSON Schema of SARIF 2.1.0 that OASIS publishes, as the module go-sarif carries it: a constant that
// it does not export, so it is read from the module's source.
func officialSchema() ([]byte, error) {
	_ = gosarif.NewV210Report // the module stays pinned in go.mod
	dir, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/owenrumney/go-sarif/v3").Output()
	if err != nil {
		return nil, err
	}
	file := filepath.Join(strings.TrimSpace(string(dir)), "pkg", "report", "v210", "sarif", "schema.go")
	source, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
	if err != nil {
		return nil, err
	}
	var longest string
	ast.Inspect(source, func(n ast.Node) bool {
		if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING && len(lit.Value) > len(longest) {
			longest = lit.Value
		}
		return true
	})
	text, err := strconv.Unquote(longest)
	return []byte(text), err
}

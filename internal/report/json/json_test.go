package jsonreport_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"wardlet.example/internal/finding"
	"wardlet.example/internal/report/reporttest"

	jsonreport "wardlet.example/internal/report/json"
)

func write(t *testing.T, r *finding.Result) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jsonreport.Write(&b, r); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func results() map[string]*finding.Result {
	return map[string]*finding.Result{
		"shop.json":    reporttest.Result(),
		"empty.json":   reporttest.Empty(),
		"clean.json":   reporttest.Clean(),
		"hostile.json": reporttest.HostileResult(),
	}
}

func TestGolden(t *testing.T) {
	for name, r := range results() {
		t.Run(name, func(t *testing.T) { reporttest.Golden(t, name, write(t, r)) })
	}
}

func TestEveryDocumentFitsTheSchema(t *testing.T) {
	schema := reporttest.Schema(t, []byte(jsonreport.Schema))
	for name, r := range results() {
		t.Run(name, func(t *testing.T) { reporttest.Fits(t, schema, write(t, r)) })
	}
}

// Text of the repository arrives at a program as it was written, and stands in the document harmless.
func TestHostileTextKeepsItsValue(t *testing.T) {
	out := write(t, reporttest.HostileResult())
	reporttest.Safe(t, out)
	var doc struct {
		Findings []struct{ Message string }
	}
	if err := json.Unmarshal(out, &doc); err != nil {
		t.Fatal(err)
	}
	if want := strings.ToValidUTF8(reporttest.Hostile, "\ufffd"); doc.Findings[0].Message != want {
		t.Errorf("message is %q, want %q", doc.Findings[0].Message, want)
	}
}

func TestSameBytesTwice(t *testing.T) {
	if a, b := write(t, reporttest.Result()), write(t, reporttest.Result()); !bytes.Equal(a, b) {
		t.Error("two writes of one result differ")
	}
}

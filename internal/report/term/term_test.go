package term_test

import (
	"bytes"
	"strings"
	"testing"

	"wardlet.example/internal/finding"
	"wardlet.example/internal/model"
	"wardlet.example/internal/report/reporttest"
	"wardlet.example/internal/report/term"
)

func write(t *testing.T, r *finding.Result, opts term.Options) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := term.Write(&b, r, opts); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestGolden(t *testing.T) {
	tests := []struct {
		name   string
		result *finding.Result
		opts   term.Options
	}{
		{"shop.txt", reporttest.Result(), term.Options{}},
		{"shop-narrow.txt", reporttest.Result(), term.Options{Width: 60}},
		{"shop-verbose.txt", reporttest.Result(), term.Options{Verbose: true}},
		{"shop-color.txt", reporttest.Result(), term.Options{Color: true}},
		{"empty.txt", reporttest.Empty(), term.Options{}},
		{"clean.txt", reporttest.Clean(), term.Options{}},
		{"hostile.txt", reporttest.HostileResult(), term.Options{Verbose: true}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			reporttest.Golden(t, test.name, write(t, test.result, test.opts))
		})
	}
}

func TestHostileTextIsHarmless(t *testing.T) {
	out := write(t, reporttest.HostileResult(), term.Options{Verbose: true})
	reporttest.Safe(t, out)
	for _, want := range []string{`\x1b[2J`, "<U+202E>", `\n<script>`, "<U+200B>", `\xff`, `\x9b`} {
		if !strings.Contains(string(out), want) {
			t.Errorf("%q is not made visible", want)
		}
	}
}

func TestSameBytesTwice(t *testing.T) {
	opts := term.Options{Color: true, Verbose: true}
	if a, b := write(t, reporttest.Result(), opts), write(t, reporttest.Result(), opts); !bytes.Equal(a, b) {
		t.Error("two writes of one result differ")
	}
}

// The marks below a line of code stand under what they mean, whatever comes before it.
func TestMarks(t *testing.T) {
	tests := []struct {
		name, snippet string
		col, endCol   int
		code, mark    string
	}{
		{"simple", "a: NONE", 4, 8, "a: NONE", "   ^^^^"},
		{"after a tab", "\ta: NONE", 5, 9, "    a: NONE", "       ^^^^"},
		{"after wide letters", "漢字: x", 5, 6, "漢字: x", "      ^"},
		{"after an escape sequence", "\x1b[2J x", 6, 7, `\x1b[2J x`, "        ^"},
		{"without an end", "a: NONE", 4, 0, "a: NONE", "   ^"},
		{"at the end of the line", "a:", 3, 0, "a:", "  ^"},
		{"end beyond the line", "abc", 2, 99, "abc", " ^^"},
		{"far right", strings.Repeat("x", 300) + "HERE" + strings.Repeat("y", 300), 301, 305, "", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f := finding.Finding{Rule: "r", Severity: finding.Low, Place: reporttest.Place("f", 1, test.col, test.endCol, test.snippet)}
			out := string(write(t, &finding.Result{Findings: []finding.Finding{f}}, term.Options{}))
			code, mark := frameOf(t, out)
			if test.name == "far right" {
				at := len([]rune(mark[:strings.Index(mark, "^^^^")]))
				if got := string([]rune(code)[at : at+4]); got != "HERE" || len([]rune(code)) > 100 {
					t.Errorf("marked %q in %q", got, code)
				}
				return
			}
			if code != test.code || mark != test.mark {
				t.Errorf("got\n%q\n%q, want\n%q\n%q", code, mark, test.code, test.mark)
			}
		})
	}
}

// frameOf cuts the line of code and its marks out of a report.
func frameOf(t *testing.T, out string) (code, mark string) {
	t.Helper()
	_, rest, ok := strings.Cut(out, "1 | ")
	if !ok {
		t.Fatalf("no frame in\n%s", out)
	}
	code, rest, _ = strings.Cut(rest, "\n")
	line, _, _ := strings.Cut(rest, "\n")
	_, mark, _ = strings.Cut(line, "| ")
	return code, mark
}

func TestManyDiagnosticsAreCut(t *testing.T) {
	r := reporttest.Clean()
	for range 9 {
		r.Diagnostics = append(r.Diagnostics, model.Diagnostic{Level: model.Warning, Message: "odd"})
	}
	out := string(write(t, r, term.Options{}))
	if n := strings.Count(out, "warning: odd"); n != 5 || !strings.Contains(out, "… and 4 problems more") {
		t.Errorf("%d warnings shown in\n%s", n, out)
	}
	if n := strings.Count(string(write(t, r, term.Options{Verbose: true})), "warning: odd"); n != 9 {
		t.Errorf("%d warnings shown by verbose", n)
	}
}

func TestNothingAppliedIsSaid(t *testing.T) {
	r := reporttest.Clean()
	r.Outcomes = nil
	if out := string(write(t, r, term.Options{})); !strings.Contains(out, "nothing was checked: no rule applies") {
		t.Errorf("silent about it:\n%s", out)
	}
}

package screen_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"wardlet.example/internal/finding"
	"wardlet.example/internal/report/screen"
)

func TestInkEscapesWhatItPaints(t *testing.T) {
	for _, ink := range []screen.Ink{{}, {Color: true}} {
		out := ink.Severity(finding.High, "a\x1b[2J") + ink.Plain("\x1b[2J") + ink.Dim("\x1b[2J") + ink.Bold("\x1b[2J")
		if strings.Contains(out, "\x1b[2J") {
			t.Errorf("with %+v an escape sequence passes: %q", ink, out)
		}
	}
}

func TestNoColourMeansNoSequences(t *testing.T) {
	var ink screen.Ink
	if out := ink.Bad("x") + ink.Good("x") + ink.Severity(finding.Critical, "x"); out != "xxx" {
		t.Errorf("got %q", out)
	}
}

func TestWrap(t *testing.T) {
	got := screen.Wrap("one two  three 漢字漢字 x", 8)
	if diff := cmp.Diff([]string{"one two", "three", "漢字漢字", "x"}, got); diff != "" {
		t.Errorf("lines differ (-want +got):\n%s", diff)
	}
}

func TestCrop(t *testing.T) {
	tests := []struct {
		in    string
		width int
		want  string
	}{{"abc", 3, "abc"}, {"abcd", 3, "ab…"}, {"漢字漢", 4, "漢…"}, {"", 0, ""}}
	for _, test := range tests {
		if got := screen.Crop(test.in, test.width); got != test.want || screen.Width(got) > max(test.width, 1) {
			t.Errorf("Crop(%q, %d) is %q, want %q", test.in, test.width, got, test.want)
		}
	}
}

func TestCropStart(t *testing.T) {
	for in, want := range map[string]string{"abc": "abc", "abcd": "…cd", "漢漢字": "…字"} {
		if got := screen.CropStart(in, 3); got != want {
			t.Errorf("CropStart(%q, 3) is %q, want %q", in, got, want)
		}
	}
}

func TestWidthIgnoresColour(t *testing.T) {
	if n := screen.Width(screen.Ink{Color: true}.Bad("漢x")); n != 3 {
		t.Errorf("width is %d, want 3", n)
	}
}

// Package screen is what text needs to stand in a terminal: colours by meaning, width in columns, wrapping, cropping.
//
// Every method of Ink escapes its text first, so text of a repository can only reach the terminal harmless. Whether
// there is a terminal at all, and how wide it is, the command line decides.
package screen

import (
	"fmt"
	"image/color"
	"strings"

	"charm.land/lipgloss/v2"

	"wardlet.example/internal/finding"
	"wardlet.example/internal/model"
	"wardlet.example/internal/report/escape"
)

// DefaultWidth is the width that text is set to where none is given, in columns.
const DefaultWidth = 100

// Ink writes text by its meaning. The zero Ink has no colour.
type Ink struct{ Color bool }

// Plain is text as it is, escaped.
func (k Ink) Plain(s string) string { return escape.Terminal(s) }

// Bold is text that leads: headings.
func (k Ink) Bold(s string) string { return k.paint(lipgloss.NewStyle().Bold(true), s) }

// Dim is text that may be passed over.
func (k Ink) Dim(s string) string { return k.paint(lipgloss.NewStyle().Faint(true), s) }

// Good is text that says all is well.
func (k Ink) Good(s string) string { return k.bold(lipgloss.Green, s) }

// Bad is text that says something fails.
func (k Ink) Bad(s string) string { return k.bold(lipgloss.Red, s) }

// Warn is text that asks for care.
func (k Ink) Warn(s string) string { return k.bold(lipgloss.Yellow, s) }

// Place is a file and line.
func (k Ink) Place(p model.Pos) string {
	return k.paint(lipgloss.NewStyle().Foreground(lipgloss.Cyan), p.String())
}

// Severity is text in the colour of a severity.
func (k Ink) Severity(sev finding.Severity, s string) string {
	switch sev {
	case finding.Critical:
		return k.paint(lipgloss.NewStyle().Bold(true).Reverse(true).Foreground(lipgloss.Red), s)
	case finding.High:
		return k.bold(lipgloss.Red, s)
	case finding.Medium:
		return k.bold(lipgloss.Yellow, s)
	case finding.Low:
		return k.bold(lipgloss.Blue, s)
	}
	return k.Bold(s)
}

// Exposure is text in the colour of an exposure.
func (k Ink) Exposure(e model.Exposure, s string) string {
	switch e {
	case model.Public:
		return k.bold(lipgloss.Red, s)
	case model.Authenticated:
		return k.paint(lipgloss.NewStyle().Foreground(lipgloss.Yellow), s)
	case model.Account:
		return k.paint(lipgloss.NewStyle().Foreground(lipgloss.Blue), s)
	}
	return k.Dim(s)
}

func (k Ink) bold(c color.Color, s string) string {
	return k.paint(lipgloss.NewStyle().Bold(true).Foreground(c), s)
}

func (k Ink) paint(style lipgloss.Style, s string) string {
	s = escape.Terminal(s)
	if !k.Color || s == "" {
		return s
	}
	return style.Render(s)
}

// Width is how many columns a line takes in a terminal; colours take none.
func Width(s string) int { return lipgloss.Width(s) }

// Pad fills a line with spaces up to a width.
func Pad(s string, width int) string {
	return s + strings.Repeat(" ", max(0, width-Width(s)))
}

// Crop cuts text that is wider than a width and ends it with an ellipsis. The text must be escaped and without colour.
func Crop(s string, width int) string {
	if Width(s) <= width {
		return s
	}
	used := 0
	for i, r := range s {
		w := Width(string(r))
		if used+w > width-1 {
			return s[:i] + "…"
		}
		used += w
	}
	return s
}

// CropStart is Crop for text whose end matters more, such as a path.
func CropStart(s string, width int) string {
	if Width(s) <= width {
		return s
	}
	runes := []rune(s)
	used := 0
	for i := len(runes) - 1; i >= 0; i-- {
		if used += Width(string(runes[i])); used > width-1 {
			return "…" + string(runes[i+1:])
		}
	}
	return s
}

// Wrap breaks text at spaces into lines of at most a width. A word that is wider gets a line of its own, uncut: paths
// and names must stay whole to be copied. The text must be without colour.
func Wrap(s string, width int) []string {
	var lines []string
	line, used := "", 0
	for _, word := range strings.Fields(escape.Terminal(s)) {
		w := Width(word)
		switch {
		case line == "":
			line, used = word, w
		case used+1+w > width:
			lines = append(lines, line)
			line, used = word, w
		default:
			line += " " + word
			used += 1 + w
		}
	}
	if line == "" {
		return lines
	}
	return append(lines, line)
}

// Count is a number with its noun: "1 finding", "2 findings". Every noun here takes a plain s.
func Count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

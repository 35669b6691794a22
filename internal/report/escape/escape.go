// Package escape makes text of a scanned repository safe to print.
//
// Names, paths and snippets come from whoever wrote the repository. Printed as they are, they could clear a terminal,
// forge lines of a report, reverse the order of letters or add markup. Each function here is for one medium; all of them
// first make visible what a reader would not see. Secrets are masked before findings are made, not here.
package escape

import (
	"fmt"
	"html"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Terminal returns s on one line, with everything that moves the cursor, changes the direction of writing or stays
// invisible spelled out: \n, \x1b, <U+202E>. Bytes that are not UTF-8 appear as \xNN.
func Terminal(s string) string {
	if plain(s) {
		return s
	}
	var b strings.Builder
	for len(s) > 0 {
		r, size := utf8.DecodeRuneInString(s)
		b.WriteString(visible(r, s[:size]))
		s = s[size:]
	}
	return b.String()
}

// Lines is Terminal for text of several lines: line ends stay.
func Lines(s string) string {
	lines := strings.Split(strings.ReplaceAll(s, "\r\n", "\n"), "\n")
	for i, line := range lines {
		lines[i] = Terminal(strings.ReplaceAll(line, "\t", "    "))
	}
	return strings.Join(lines, "\n")
}

// plain reports whether s is printable ASCII, as nearly every string is.
func plain(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

func visible(r rune, text string) string {
	switch {
	case r == utf8.RuneError && len(text) == 1:
		return fmt.Sprintf(`\x%02x`, text[0])
	case r == '\n':
		return `\n`
	case r == '\r':
		return `\r`
	case r == '\t':
		return `\t`
	case r <= 0x9f && unicode.IsControl(r):
		return fmt.Sprintf(`\x%02x`, r)
	case !shown(r):
		return fmt.Sprintf("<U+%04X>", r)
	}
	return text
}

// shown reports whether a reader sees the rune: no control or format character, and none of the letters and marks that
// Unicode draws as nothing.
func shown(r rune) bool {
	return unicode.IsGraphic(r) && !unicode.In(r, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
}

// Markup returns s as text or a quoted attribute of HTML, XML or SVG.
func Markup(s string) string { return html.EscapeString(Terminal(s)) }

// Markdown returns s as running text of a Markdown document: on one line, without effect on its structure. GitHub still
// turns @name and #1 in running text into links; use Code where that matters.
func Markdown(s string) string {
	var b strings.Builder
	for _, r := range Terminal(s) {
		switch {
		case r == '<' || r == '>' || r == '&':
			b.WriteString(html.EscapeString(string(r)))
			continue
		case strings.ContainsRune("\\`*_{}[]()#+-.!|~:@$=\"'", r):
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// Code returns s as a code span of Markdown, fenced by more backticks than it holds. The empty string has no code span
// and stays empty. Inside a table, a | still ends the cell: the caller escapes it.
func Code(s string) string {
	if s == "" {
		return ""
	}
	s = Terminal(s)
	fence := strings.Repeat("`", longestRun(s, '`')+1)
	if strings.HasPrefix(s, "`") || strings.HasSuffix(s, "`") || strings.TrimSpace(s) == "" {
		s = " " + s + " "
	}
	return fence + s + fence
}

func longestRun(s string, c byte) int {
	longest, run := 0, 0
	for i := range len(s) {
		run++
		if s[i] != c {
			run = 0
		}
		longest = max(longest, run)
	}
	return longest
}

// Mermaid returns s as (part of) a quoted label: every character with a meaning to Mermaid or to the HTML that it makes
// becomes one of its entity codes.
func Mermaid(s string) string {
	var b strings.Builder
	for _, r := range Terminal(s) {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune(" ._-/:,", r) {
			b.WriteRune(r)
			continue
		}
		fmt.Fprintf(&b, "#%d;", r)
	}
	return b.String()
}

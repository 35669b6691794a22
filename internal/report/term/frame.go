package term

import (
	"fmt"
	"strings"

	"wardlet.example/internal/finding"
	"wardlet.example/internal/report/escape"
	"wardlet.example/internal/report/screen"
)

// frame shows a place as compilers do:
//
//	 --> template.yaml:42:17  CheckoutUrl
//	   |
//	42 |       AuthType: NONE
//	   |                 ^^^^
func (p *page) frame(at *finding.Place, subject string) {
	number := fmt.Sprint(at.Line)
	margin := body + strings.Repeat(" ", len(number))
	place := margin + p.ink.Dim("--> ") + p.ink.Place(at.Pos)
	if subject != "" {
		place += "  " + p.ink.Plain(subject)
	}
	p.line(place)
	if at.Snippet == "" || at.Line == 0 {
		return
	}
	code, mark := excerpt(at, p.opts.Width-len(margin)-3)
	p.line(margin, p.ink.Dim(" |"))
	p.line(body, p.ink.Dim(number+" | "), p.ink.Plain(code))
	if mark != "" {
		p.line(margin, p.ink.Dim(" | "), p.ink.Warn(mark), noteAfter(at.Note, p.ink.Dim))
	} else if at.Note != "" {
		p.line(margin, p.ink.Dim(" = "), p.ink.Plain(at.Note))
	}
}

func noteAfter(note string, paint func(string) string) string {
	if note == "" {
		return ""
	}
	return " " + paint(note)
}

// excerpt is the line of a place, escaped and cut to a width around what it marks, and the line of carets below it
// (empty where no column is known).
func excerpt(at *finding.Place, width int) (code, mark string) {
	line, _, _ := strings.Cut(at.Snippet, "\n")
	runes := []rune(line)
	from, to := span(at, len(runes))
	before, marked, after := show(runes[:from]), show(runes[from:to]), show(runes[to:])
	if spare := width - screen.Width(marked); screen.Width(before) > spare*2/3 && screen.Width(before+marked+after) > width {
		before = screen.CropStart(before, max(8, spare*2/3))
	}
	code = screen.Crop(before+marked+after, max(width, 20))
	if at.Col <= 0 || at.Col > len(runes)+1 {
		return code, ""
	}
	start := screen.Width(before)
	length := max(1, min(screen.Width(marked), screen.Width(code)-start))
	return code, strings.Repeat(" ", start) + strings.Repeat("^", length)
}

// span is the marked part of a line of n runes, as indices. A place that goes on in the next line marks all to the end,
// one without an end a single rune.
func span(at *finding.Place, n int) (from, to int) {
	from = min(max(0, at.Col-1), n)
	switch {
	case at.Col <= 0:
		return 0, 0
	case at.EndLine > at.Line:
		to = n
	case at.EndCol > at.Col:
		to = at.EndCol - 1
	default:
		to = from + 1
	}
	return from, min(max(to, from), n)
}

// show is code as it can stand in a terminal: tabs as four spaces, the rest escaped.
func show(runes []rune) string {
	return escape.Terminal(strings.ReplaceAll(string(runes), "\t", "    "))
}

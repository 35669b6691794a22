package rule

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"
)

// FileKind says in which application of a case a file is.
type FileKind string

// Kinds of CaseFile.
const (
	Vulnerable FileKind = "vulnerable"
	Fixed      FileKind = "fixed"
	Both       FileKind = "both"
)

func fileKinds() []string { return []string{string(Vulnerable), string(Fixed), string(Both)} }

// Case is one example of a rule: a small application twice, before and after the fix. A case may also show only one
// of the two.
type Case struct {
	Name  string
	Line  int // of its heading in the rule's file
	Files []CaseFile
}

// CaseFile is one file of a case.
type CaseFile struct {
	Name  string // slash-separated, relative to the application
	Lang  string // as written after the fence
	Kind  FileKind
	Text  string // without marks
	Marks []Mark // where the vulnerable application must give the rule's finding
	Line  int    // of the fence in the rule's file: line n of Text is line Line+n there
}

// Mark is a line that must give a finding.
type Mark struct {
	Line  int    // of Text, from 1
	Label string // tells several marks apart; mostly empty
}

// Vulnerable is the application that must give the rule's finding on each mark, as texts by file name; nil if the
// case shows only the fixed one.
func (c *Case) Vulnerable() map[string]string { return c.app(Vulnerable) }

// Fixed is the application that must not give the rule's finding; nil if the case shows only the vulnerable one.
func (c *Case) Fixed() map[string]string { return c.app(Fixed) }

func (c *Case) app(kind FileKind) map[string]string {
	if !c.has(kind) {
		return nil
	}
	files := map[string]string{}
	for _, f := range c.Files {
		if f.Kind == kind || f.Kind == Both {
			files[f.Name] = f.Text
		}
	}
	return files
}

func (c *Case) has(kind FileKind) bool {
	for _, f := range c.Files {
		if f.Kind == kind {
			return true
		}
	}
	return false
}

// marked reports whether a finding is expected anywhere.
func (c *Case) marked() bool {
	for _, f := range c.Files {
		if len(f.Marks) > 0 {
			return true
		}
	}
	return false
}

// form is how a fence of an example is opened.
const form = "write language, kind and file, like ```yaml vulnerable template.yaml"

// examples reads the cases of the section Examples.
func (r *bodyReader) examples(blocks []block) {
	var current *Case
	for _, b := range blocks {
		switch {
		case b.level == 3:
			current = &Case{Name: b.text, Line: r.first + b.start}
			r.body.Cases = append(r.body.Cases, current)
		case b.level > 0: // a smaller heading is prose
		case current == nil:
			r.add(r.first+b.start, "write ### and a name for the case above it", "example outside of a case")
		default:
			r.file(current, b)
		}
	}
	r.judgeCases()
}

// file takes one fence into the case.
func (r *bodyReader) file(c *Case, b block) {
	f, ok := r.fileHead(b)
	if !ok {
		return
	}
	for _, g := range c.Files {
		if g.Name == f.Name && (g.Kind == f.Kind || g.Kind == Both || f.Kind == Both) {
			r.add(f.Line, "rename one of them, or remove it", "%s is in the case twice", f.Name)
			return
		}
	}
	r.fileText(&f, b)
	c.Files = append(c.Files, f)
}

// fileHead reads the words after the opening fence.
func (r *bodyReader) fileHead(b block) (f CaseFile, ok bool) {
	line, words := r.first+b.start, strings.Fields(b.text)
	if len(words) > 3 {
		r.add(line, form, "unknown word %q after the fence", words[3])
		return f, false
	}
	if len(words) < 3 {
		r.add(line, form, "fence of an example without language, kind and file")
		return f, false
	}
	f = CaseFile{Lang: words[0], Kind: FileKind(words[1]), Name: words[2], Line: line}
	if !slices.Contains(fileKinds(), words[1]) {
		r.add(line, didYouMean(words[1], fileKinds()), "unknown word %q after the fence", words[1])
		return f, false
	}
	if !fs.ValidPath(f.Name) || f.Name == "." || strings.ContainsAny(f.Name, `\:`) {
		r.add(line, "name it relative to the application, like src/app.js", "file %s is outside of the application", f.Name)
		return f, false
	}
	return f, true
}

// fileText takes the lines of a fence, and cuts their marks.
func (r *bodyReader) fileText(f *CaseFile, b block) {
	var text strings.Builder
	inner := r.lines[b.start+1 : max(b.end-1, b.start+1)]
	for i, line := range inner {
		line = unindent(line, b.indent)
		rest, label, marked := cutMark(line)
		if marked {
			r.mark(f, Mark{i + 1, label}, rest)
		}
		text.WriteString(rest + "\n")
	}
	f.Text = text.String()
}

// mark takes a mark where one may stand.
func (r *bodyReader) mark(f *CaseFile, m Mark, rest string) {
	switch {
	case f.Kind == Fixed:
		r.add(f.Line+m.Line, "remove the mark: nothing may be found in a fixed file", "mark in the fixed file %s", f.Name)
	case rest == "":
		r.add(f.Line+m.Line, "put it at the end of the line that has the flaw", "mark on an empty line")
	default:
		f.Marks = append(f.Marks, m)
	}
}

// unindent removes at most n spaces.
func unindent(line string, n int) string {
	for n > 0 && strings.HasPrefix(line, " ") {
		line, n = line[1:], n-1
	}
	return line
}

// cutMark splits a line into its text and the mark at its end: an arrow in a comment of any language, with an
// optional label. It is cut before anything is scanned, so it works in files that have no comments.
func cutMark(line string) (rest, label string, ok bool) {
	trimmed := strings.TrimRight(line, " \t")
	if inner, found := strings.CutSuffix(trimmed, "-->"); found {
		return cutAt(line, inner, "<!-- <-")
	}
	for _, comment := range [...]string{"# <-", "// <-", "-- <-"} {
		if rest, label, ok = cutAt(line, trimmed, comment); ok {
			return rest, label, true
		}
	}
	return line, "", false
}

// cutAt cuts a mark that begins with the given comment off the text; line is returned if there is none.
func cutAt(line, text, comment string) (rest, label string, ok bool) {
	at := strings.LastIndex(text, comment)
	if at < 0 {
		return line, "", false
	}
	before, label := text[:at], text[at+len(comment):]
	rest = strings.TrimRight(before, " \t")
	apart := len(rest) < len(before) || before == ""
	if !apart || !isLabel(label) {
		return line, "", false
	}
	return rest, strings.TrimSpace(label), true
}

// isLabel reports whether s, what follows the arrow, is nothing or a space and words.
func isLabel(s string) bool {
	isLabelRune := func(r rune) bool { return isAlphanumeric(r) || strings.ContainsRune(" _-", r) }
	return s == "" || (s[0] == ' ' && all(s, isLabelRune))
}

// judgeCases checks what single fences cannot know.
func (r *bodyReader) judgeCases() {
	names := map[string]bool{}
	vulnerable, fixed := false, false
	for _, c := range r.body.Cases {
		r.judgeCase(c)
		if names[c.Name] {
			r.add(c.Line, "rename one of them", "two cases are called %q", c.Name)
		}
		names[c.Name] = true
		vulnerable = vulnerable || c.has(Vulnerable)
		fixed = fixed || c.has(Fixed)
	}
	if len(r.list) == 0 && (!vulnerable || !fixed) {
		r.add(r.first, form, "no %s example", map[bool]FileKind{false: Vulnerable, true: Fixed}[vulnerable])
	}
}

func (r *bodyReader) judgeCase(c *Case) {
	shows := c.has(Vulnerable) || c.has(Fixed)
	switch {
	case c.Name == "":
		r.add(c.Line, "write what it shows after ###", "case without a name")
	case len(c.Files) > 0 && !shows:
		r.add(c.Line, form, "case %q has neither a vulnerable nor a fixed file", c.Name)
	case len(c.Files) == 0 && len(r.list) == 0:
		r.add(c.Line, form, "case %q has no file", c.Name)
	case c.has(Vulnerable) && !c.marked():
		r.add(c.Line, "end the line that has the flaw with # <- or // <-", "case %q has no mark", c.Name)
	case c.marked() && !c.has(Vulnerable):
		r.add(c.Line, fmt.Sprintf("add a file of kind %s", Vulnerable), "case %q has a mark but no vulnerable file", c.Name)
	}
}

package rule

import (
	"slices"
	"strings"
)

// Body is what a rule file says below its front matter.
type Body struct {
	Why        string   // Markdown, as all sections
	Examples   string   // as written, with marks
	Silence    string   // "When it stays silent"; empty if not written
	Fix        string   // what to do
	References string   // empty if not written
	Links      []string // the addresses in References, in order
	Cases      []*Case  // what Examples holds
}

// section describes one section of the body.
type section struct {
	title    string
	required bool
	field    func(*Body) *string
}

func sections() []section {
	return []section{
		{"Why", true, func(b *Body) *string { return &b.Why }},
		{"Examples", true, func(b *Body) *string { return &b.Examples }},
		{"When it stays silent", false, func(b *Body) *string { return &b.Silence }},
		{"Fix", true, func(b *Body) *string { return &b.Fix }},
		{"References", false, func(b *Body) *string { return &b.References }},
	}
}

// Sections lists the titles of the sections a rule file can have, in the order they are best written.
func Sections() []string {
	var titles []string
	for _, s := range sections() {
		titles = append(titles, s.title)
	}
	return titles
}

// bodyReader reads the sections of one file.
type bodyReader struct {
	mistakes
	first  int // line of the file that lines[0] is
	lines  []string
	blocks []block
	body   *Body
	seen   map[string]bool
}

// parseBody reads the text after the front matter; its first line is line first of the file.
func parseBody(file, src string, first int) (*Body, error) {
	r := &bodyReader{
		mistakes: mistakes{file: file}, first: first, lines: strings.Split(src, "\n"),
		body: &Body{}, seen: map[string]bool{},
	}
	r.blocks = r.scan()
	starts := r.starts()
	r.preface(starts)
	for i, at := range starts {
		end := len(r.blocks)
		if i+1 < len(starts) {
			end = starts[i+1]
		}
		r.section(r.blocks[at], r.blocks[at+1:end], r.lineAt(end))
	}
	r.missing()
	if len(r.list) > 0 {
		sortMistakes(r.list)
		return nil, join(r.list)
	}
	return r.body, nil
}

// starts are the blocks that begin a section.
func (r *bodyReader) starts() []int {
	var at []int
	for i, b := range r.blocks {
		if b.level == 1 {
			r.add(r.first+b.start, "use ##", "headings of a rule begin with ##")
		}
		if b.level == 2 {
			at = append(at, i)
		}
	}
	return at
}

// lineAt is the index of the line where a block starts; the end of the file after the last one.
func (r *bodyReader) lineAt(block int) int {
	if block < len(r.blocks) {
		return r.blocks[block].start
	}
	return len(r.lines)
}

// preface refuses text that belongs to no section: nobody would ever show it.
func (r *bodyReader) preface(starts []int) {
	end := len(r.lines)
	if len(starts) > 0 {
		end = r.blocks[starts[0]].start
	}
	for i, line := range r.lines[:end] {
		if strings.TrimSpace(line) != "" {
			r.add(r.first+i, "put it under ## Why", "text before the first section")
			return
		}
	}
}

// section takes one section into the body. end is the index of the line after it.
func (r *bodyReader) section(head block, inner []block, end int) {
	for _, s := range sections() {
		if s.title != head.text {
			continue
		}
		if r.seen[s.title] {
			r.add(r.first+head.start, "join the two", "section %s is written twice", s.title)
			return
		}
		r.seen[s.title] = true
		r.fill(s, head, inner, end)
		return
	}
	r.add(r.first+head.start, didYouMean(head.text, Sections()), "unknown section %q", head.text)
}

func (r *bodyReader) fill(s section, head block, inner []block, end int) {
	text := strings.TrimSpace(strings.Join(r.lines[head.end:end], "\n"))
	*s.field(r.body) = text
	if text == "" {
		r.add(r.first+head.start, "write it, or remove an optional section", "section %s is empty", s.title)
		return
	}
	switch s.title {
	case "Examples":
		r.examples(inner)
	case "References":
		r.body.Links = links(text)
	}
	if s.title != "Examples" {
		r.astray(s.title, inner)
	}
}

// astray refuses examples outside of their section, where nothing would run them.
func (r *bodyReader) astray(title string, inner []block) {
	for _, b := range inner {
		words := strings.Fields(b.text)
		if b.level == 0 && len(words) > 1 && slices.Contains([]string{"vulnerable", "fixed", "both"}, words[1]) {
			r.add(r.first+b.start, "move it under ## Examples", "an example stands in section %s, where nothing runs it", title)
			return
		}
	}
}

// missing names the sections that must be there and are not.
func (r *bodyReader) missing() {
	for _, s := range sections() {
		if s.required && !r.seen[s.title] {
			r.add(r.first, "add ## "+s.title, "section %s is missing", s.title)
		}
	}
}

// links are the addresses in a text, each once.
func links(text string) []string {
	var found []string
	for {
		at := strings.Index(text, "http")
		if at < 0 {
			return union(found, nil)
		}
		url := addressIn(text[at:])
		if _, rest, ok := strings.Cut(url, "://"); ok && rest != "" {
			found = append(found, url)
		}
		text = text[at+max(len(url), 1):]
	}
}

// addressIn is the address that a text begins with: up to a space, a quote or a bracket that it did not open.
func addressIn(text string) string {
	depth := 0
	end := strings.IndexFunc(text, func(r rune) bool {
		switch r {
		case '(':
			depth++
		case ')':
			depth--
		}
		return depth < 0 || strings.ContainsRune(" \t\n<>[]\"`", r)
	})
	if end < 0 {
		end = len(text)
	}
	return strings.TrimRight(text[:end], ".,;:!?*")
}

package repo

import (
	"bytes"
	"strings"
)

// ignoreList holds the patterns of the ignore files of one folder.
type ignoreList struct {
	depth    int // of the folder: patterns see only the segments below it
	patterns []pattern
}

// pattern is one line of an ignore file.
type pattern struct {
	negated  bool     // takes back what an earlier one excluded
	dirOnly  bool     // matches folders only
	name     string   // matched against the last segment, where the line names no folder
	segments []string // otherwise: matched against the whole path
	suffix   bool     // name is the part after the "*" of a pattern such as *.log
	literal  bool     // name is no pattern
}

// parseIgnore reads an ignore file. Every line is valid; one that makes no sense matches nothing.
func parseIgnore(text []byte, depth int) *ignoreList {
	list := &ignoreList{depth: depth}
	text = bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSuffix(strings.TrimSuffix(line, "\n"), "\r")
		if p, ok := parsePattern(line); ok {
			list.patterns = append(list.patterns, p)
		}
	}
	return list
}

func parsePattern(line string) (pattern, bool) {
	var p pattern
	if strings.HasPrefix(line, "#") {
		return p, false
	}
	line = trimSpaces(line)
	line, p.negated = strings.CutPrefix(line, "!")
	line, p.dirOnly = strings.CutSuffix(line, "/")
	if line == "" {
		return p, false
	}
	if !strings.Contains(line, "/") {
		p.name = line
		p.literal = !hasWildcard(line)
		if rest, ok := strings.CutPrefix(line, "*"); ok && !hasWildcard(rest) {
			p.name, p.suffix = rest, true
		}
		return p, true
	}
	p.segments = strings.Split(plainSlashes(strings.TrimPrefix(line, "/")), "/")
	for i, s := range p.segments {
		if len(s) > 2 && strings.Trim(s, "*") == "" {
			p.segments[i] = "**"
		}
	}
	return p, true
}

// plainSlashes takes away backslashes before slashes, which change nothing but that "**" before one stands for at least one folder.
func plainSlashes(line string) string {
	if !strings.Contains(line, `\/`) {
		return line
	}
	var b strings.Builder
	for i := 0; i < len(line); i++ {
		if line[i] == '\\' && i+1 < len(line) {
			if i++; line[i] != '/' {
				b.WriteByte('\\')
			} else if done := b.String(); strings.HasSuffix(done, "**") && strings.Trim(done[strings.LastIndexByte(done, '/')+1:], "*") == "" {
				b.WriteString("/*")
			}
		}
		b.WriteByte(line[i])
	}
	return b.String()
}

func hasWildcard(s string) bool { return strings.ContainsAny(s, `*?[\`) }

// trimSpaces removes spaces at the end, except one after a backslash.
func trimSpaces(line string) string {
	trimmed := strings.TrimRight(line, " ")
	slashes := len(trimmed) - len(strings.TrimRight(trimmed, `\`))
	if slashes%2 == 1 && len(trimmed) < len(line) {
		return line[:len(trimmed)+1]
	}
	return trimmed
}

// match finds the last pattern that matches a path and reports whether that one excludes it.
func (l *ignoreList) match(m *matcher, path []string, isDir bool) (found, ignored bool) {
	below := path[l.depth:]
	m.steps += int64(len(l.patterns))
	for i := len(l.patterns) - 1; i >= 0; i-- {
		if p := &l.patterns[i]; p.match(m, below, isDir) {
			return true, !p.negated
		}
	}
	return false, false
}

func (p *pattern) match(m *matcher, path []string, isDir bool) bool {
	last := path[len(path)-1]
	switch {
	case p.dirOnly && !isDir:
		return false
	case p.literal:
		return p.name == last
	case p.suffix:
		return strings.HasSuffix(last, p.name)
	case p.segments == nil:
		return m.segment(p.name, last)
	}
	return m.path(p.segments, path)
}

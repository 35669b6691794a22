package document

import (
	"bytes"
	"io"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"wardlet.example/internal/model"
)

// syntaxError says where and why a text is no YAML, and what to do about it.
func syntaxError(src *source, err error) *refusal {
	line, text := splitMessage(err.Error())
	pos := model.Pos{File: src.file, Line: line}
	switch {
	case strings.Contains(text, "control characters"):
		pos = src.pos(max(0, bytes.IndexFunc(src.text, isControl)))
	case strings.HasPrefix(text, "unknown anchor"):
		pos = anchorPos(src, text)
	case line == 0 || inParser(text):
		pos.Line = narrow(src, text, stuckLine(src))
	}
	line = pos.Line
	if tab := tabNear(src, line); tab > 0 && strings.Contains(text, "character") {
		return &refusal{model.Pos{File: src.file, Line: tab, Col: 1}, "not valid YAML: a tab stands in the indentation",
			"indent with spaces; YAML allows no tabs there"}
	}
	return &refusal{pos, "not valid YAML: " + text, hintFor(text, src.line(line))}
}

var lineNumber = regexp.MustCompile(`^yaml: (?:line (\d+): )?`)

// splitMessage splits a message of the library into line (0 where it gives none) and text.
func splitMessage(message string) (int, string) {
	m := lineNumber.FindStringSubmatch(message)
	if m == nil {
		return 0, message
	}
	line, _ := strconv.Atoi(m[1])
	return line, message[len(m[0]):]
}

// inParser reports whether an error comes from the library's parser, which names the line where the block around the
// error begins. Its scanner names the right one.
func inParser(text string) bool {
	return strings.HasPrefix(text, "did not find expected") && !strings.Contains(text, "alphabetic")
}

// stuckLine is the line that the library had reached when it gave up: it is fed again, byte by byte, and what it took
// is counted. It looks four characters ahead.
func stuckLine(src *source) int {
	feed := &byteReader{data: src.text}
	var n yaml.Node
	for d := yaml.NewDecoder(feed); d.Decode(&n) == nil; {
	}
	at := max(0, feed.at-4)
	for at > 0 && (at >= len(src.text) || isSpace(src.text[at])) {
		at--
	}
	return src.pos(at).Line
}

// narrow goes up from the line where the library gave up to the one that it gave up for: as long as the text before a line
// has the same error. Brackets that are not closed would give it in every line.
func narrow(src *source, text string, line int) int {
	if !strings.Contains(text, "key") && !strings.Contains(text, "indicator") {
		return line
	}
	for lowest := max(1, line-3); line > lowest; line-- {
		var n yaml.Node
		err := yaml.Unmarshal(src.text[:src.lines[line-1]], &n)
		if err == nil || !strings.HasSuffix(err.Error(), text) {
			break
		}
	}
	return line
}

type byteReader struct {
	data []byte
	at   int
}

// Read gives one byte.
func (r *byteReader) Read(p []byte) (int, error) {
	if r.at >= len(r.data) {
		return 0, io.EOF
	}
	p[0] = r.data[r.at]
	r.at++
	return 1, nil
}

// isControl reports what the library calls a control character.
func isControl(c rune) bool {
	switch {
	case c == '\t' || c == '\n' || c == '\r' || c == 0x85:
		return false
	}
	return c < ' ' || c >= 0x7f && c < 0xa0 || c == 0xfffe || c == 0xffff
}

// anchorPos finds the alias that has no anchor; the library does not tell its place.
func anchorPos(src *source, message string) model.Pos {
	_, name, _ := strings.Cut(message, "'")
	name, _, _ = strings.Cut(name, "'")
	return src.pos(max(0, bytes.Index(src.text, []byte("*"+name))))
}

// tabNear is the line that is indented with a tab, this one or the next; 0 if neither is.
func tabNear(src *source, line int) int {
	for _, n := range []int{line, line + 1} {
		text := src.line(n)
		if rest := bytes.TrimLeft(text, " "); len(rest) > 0 && rest[0] == '\t' {
			return n
		}
	}
	return 0
}

// yamlHints gives the usual cause of each message of the library, by a part of the message.
func yamlHints() [][2]string {
	return [][2]string{
		{"mapping values are not allowed", "check the indentation, and quote a value that contains \": \""},
		{"alphabetic or numeric character", "quote a value that begins with * or &, such as \"*\""},
		{"unknown anchor", "quote a value that begins with *, or define the anchor before this line"},
		{"cannot start any token", "quote a value that begins with @, % or a backtick"},
		{"expected ':'", "write \"key: value\", or indent the line to make it part of the value above"},
		{"',' or ']'", "close the list with ], and quote its values"},
		{"',' or '}'", "close the map with }, and quote its values"},
		{"expected key", "line it up with the keys above it; nothing may follow a closing quote"},
		{"'-' indicator", "line it up with the - of the list above it"},
		{"unexpected end of stream", "a quote is not closed"},
		{"block sequence entries", "begin the list on a line of its own"},
		{"escape", "inside double quotes write \\\\ for a backslash, or use single quotes"},
		{"control characters", "remove the character; is this a text file?"},
		{"exceeded max depth", "split the file, or exclude it from the scan"},
		{"<document start>", "separate documents with a line ---"},
	}
}

func hintFor(text string, line []byte) string {
	if bytes.Contains(line, []byte("{{")) || bytes.Contains(line, []byte("{%")) {
		return "this looks like a template of another tool: scan its output, or quote the braces"
	}
	for _, h := range yamlHints() {
		if strings.Contains(text, h[0]) {
			return h[1]
		}
	}
	return "check this line and the one above it"
}

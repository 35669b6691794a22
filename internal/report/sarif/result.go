package sarif

import (
	"cmp"
	"net/url"
	"path"
	"strconv"
	"strings"

	"wardlet.example/internal/finding"
	"wardlet.example/internal/report/escape"
)

const root = "SRCROOT" // the base that all paths are relative to

func newResult(f *finding.Finding) result {
	at := location{Physical: physicalOf(f.Place)}
	if f.Subject != "" {
		name := escape.Terminal(f.Subject)
		at.Logical = []logicalLocation{{Name: escape.Terminal(f.Called()), Qualified: qualified(f.App, name), Kind: "resource"}}
	}
	res := result{
		RuleID:       escape.Terminal(f.Rule),
		Level:        level(f.Severity),
		Message:      message{Text: plain(said(f))},
		Locations:    []location{at},
		Fingerprints: map[string]string{"wardlet/v1": f.Fingerprint},
		Properties:   about(f),
	}
	switch steps := trace(f.Trace); {
	case len(steps) > 1:
		res.CodeFlows = []codeFlow{{ThreadFlows: []threadFlow{{Locations: steps}}}}
	case len(steps) == 1:
		related := steps[0].Location
		related.ID = 1
		res.Related = []location{related}
	}
	return res
}

// said is the message with the stages and worlds in which it holds. A result must say something.
func said(f *finding.Finding) string {
	text := cmp.Or(f.Message, f.Title, f.Rule)
	if in := f.InStages(); in != "" {
		text += " (" + in + ")"
	}
	if len(f.When) > 0 {
		text += " (only when " + strings.Join(f.When, " or ") + ")"
	}
	return text
}

func qualified(app, subject string) string {
	if app == "" {
		return subject
	}
	return escape.Terminal(app) + "#" + subject
}

// level is the standard's word for a severity.
func level(s finding.Severity) string {
	switch s {
	case finding.Critical, finding.High:
		return "error"
	case finding.Medium:
		return "warning"
	}
	return "note"
}

func about(f *finding.Finding) properties {
	p := properties{"severity": string(f.Severity), "confidence": string(f.Confidence), "group": escape.Terminal(f.Group)}
	if f.Exposure != "" {
		p["exposure"] = string(f.Exposure)
	}
	if f.Power != "" {
		p["power"] = string(f.Power)
	}
	if f.App != "" {
		p["app"] = escape.Terminal(f.App)
	}
	if len(f.Practices) > 0 {
		p["practices"] = f.Practices
	}
	if len(f.Stages) > 0 {
		p["stages"] = terminals(f.Stages)
	}
	if len(f.When) > 0 {
		p["when"] = terminals(f.When)
	}
	if len(f.Path) > 0 {
		p["path"], p["doors"] = terminals(f.Path), terminals(f.Doors)
	}
	if len(f.Callers) > 0 {
		p["callers"] = callers(f.Callers)
	}
	return p
}

// callers are the functions that send to the one of a finding, each with what it does.
func callers(all []finding.Caller) []string {
	var out []string
	for _, c := range all {
		text := c.Name + ": " + c.State
		if len(c.Via) > 0 {
			text += ", through " + strings.Join(c.Via, ", ")
		}
		if c.Calls > 1 {
			text += ", in " + strconv.Itoa(c.Calls) + " calls"
		}
		if c.Reason != "" {
			text += ", " + c.Reason
		}
		out = append(out, escape.Terminal(text))
	}
	return out
}

func trace(steps []finding.Step) []threadFlowLocation {
	var out []threadFlowLocation
	for i := range steps {
		s := &steps[i]
		at := location{Physical: physicalOf(s.Place), Message: &message{Text: plain(s.Message)}}
		out = append(out, threadFlowLocation{Location: at})
	}
	return out
}

// suppressions is never nil: where one result of a run has the list, the standard wants it in all.
func suppressions(f *finding.Finding) []suppression {
	if f.Ignored == nil {
		return []suppression{}
	}
	reason := f.Ignored.Reason
	if f.Ignored.Until != "" {
		reason += " (until " + f.Ignored.Until + ")"
	}
	s := suppression{Kind: "inSource", Status: "accepted", Justification: escape.Terminal(reason)}
	if file, line, ok := cutLine(f.Ignored.At); ok {
		s.Location = &location{Physical: &physical{Artifact: artifact{URI: uri(file), BaseID: root}, Region: &region{StartLine: line}}}
	}
	return []suppression{s}
}

// cutLine splits file:line, where the name of the file may hold colons of its own.
func cutLine(at string) (file string, line int, ok bool) {
	i := strings.LastIndexByte(at, ':')
	if i <= 0 {
		return "", 0, false
	}
	line, err := strconv.Atoi(at[i+1:])
	return at[:i], line, err == nil && line > 0
}

// physicalOf is a place in a file, nil for none. Columns are left out where they are not known.
func physicalOf(p finding.Place) *physical {
	if p.File == "" {
		return nil
	}
	out := &physical{Artifact: artifact{URI: uri(p.File), BaseID: root}}
	if p.Line <= 0 {
		return out
	}
	out.Region = &region{StartLine: p.Line, StartColumn: max(0, p.Col)}
	if p.EndLine >= p.Line {
		out.Region.EndLine = p.EndLine
	}
	if p.Col > 0 && (p.EndCol > p.Col || p.EndLine > p.Line) {
		out.Region.EndColumn = max(0, p.EndCol)
	}
	if p.Snippet != "" {
		out.Region.Snippet = marked(p)
		out.Context = &region{StartLine: p.Line, Snippet: &content{Text: escape.Lines(p.Snippet)}}
	}
	return out
}

// marked is the text of a place within its line, nil where its columns do not say.
func marked(p finding.Place) *content {
	line := []rune(p.Snippet)
	if p.Col <= 0 || p.EndCol <= p.Col || p.EndLine > p.Line || p.EndCol-1 > len(line) {
		return nil
	}
	return &content{Text: escape.Lines(string(line[p.Col-1 : p.EndCol-1]))}
}

// uri is a path as a relative URI. A colon is encoded too: in the first part it would read as a scheme.
func uri(file string) string {
	parts := strings.Split(strings.TrimPrefix(path.Clean("/"+file), "/"), "/")
	for i, p := range parts {
		parts[i] = strings.ReplaceAll(url.PathEscape(p), ":", "%3A")
	}
	return strings.Join(parts, "/")
}

// plain is text of a message, which viewers read for two forms: [text](target) is a link, {0} an argument. Text that
// looks like either is quoted as the standard says; all other stays as it is, since not every viewer takes quotes away.
func plain(s string) string {
	s = escape.Terminal(s)
	if strings.Contains(s, "](") {
		s = strings.NewReplacer(`\`, `\\`, "[", `\[`, "]", `\]`).Replace(s)
	}
	return argument.ReplaceAllString(s, "{$0}")
}

func terminals(all []string) []string {
	out := make([]string, len(all))
	for i, s := range all {
		out[i] = escape.Terminal(s)
	}
	return out
}

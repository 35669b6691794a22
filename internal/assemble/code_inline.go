package assemble

import (
	"path"
	"strings"

	"wardlet.example/internal/model"
)

// inline is code that stands in a template. Its source is given with the lines where the template has them, so that every place in it
// is one in the template; where the template writes it in another way than as a block of lines, it all stands where it begins.
func (l *locator) inline(zip *model.Value) model.Code {
	at := zip.Origin.Pos
	handler, _ := l.f.Handler.Settled().Scalar()
	symbol := handler[strings.LastIndexByte(handler, '.')+1:]
	code := model.Code{State: model.CodeInline, Language: l.language(), File: at.File, At: at, Symbol: symbol}
	if code.Language == "" && strings.HasSuffix(symbol, "lambda_handler") {
		code.Language = "python"
	}
	ext := map[string]string{"javascript": ".js", "python": ".py"}[code.Language]
	if ext == "" || symbol == "" {
		return code
	}
	text := l.block(at, code.Language == "python")
	if text == "" {
		written, ok := zip.Settled().Scalar()
		if !ok {
			return code
		}
		text = written
		code.Apart = true
	}
	code.Module = at.File + "#" + l.f.ID + ext
	code.Source = []byte(text)
	return code
}

// block is the source in the block of lines that begins at a place of a template or just behind it, each on the line that it has there,
// with its indentation; empty if there is no such block.
func (l *locator) block(at model.Pos, indented bool) string {
	switch path.Ext(at.File) {
	case ".json":
		return ""
	}
	data, err := l.repo.Read(at.File)
	if err != nil {
		return ""
	}
	lines := strings.Split(string(data), "\n")
	head := at.Line - 1
	for ; head < len(lines) && head < at.Line+1 && !opensBlock(lines[head]); head++ {
	}
	if head < 0 || head >= len(lines) || !opensBlock(lines[head]) {
		return ""
	}
	end, least := head+1, -1
	for ; end < len(lines); end++ {
		text := strings.TrimRight(lines[end], " \t\r")
		indent := len(text) - len(strings.TrimLeft(text, " "))
		if text == "" {
			continue
		}
		if least < 0 {
			least = indent
		}
		if indent < least || least == 0 {
			break
		}
	}
	if least <= 0 {
		return ""
	}
	out := strings.Repeat("\n", head)
	if indented {
		out += "if True:"
	}
	return out + "\n" + strings.Join(lines[head+1:end], "\n") + "\n"
}

// opensBlock reports whether a line of YAML ends in the sign of a literal block.
func opensBlock(line string) bool {
	line = strings.TrimRight(line, " \t\r")
	line = strings.TrimRight(line, "+-0123456789")
	return strings.HasSuffix(line, ": |") || strings.HasSuffix(line, "Sub |")
}

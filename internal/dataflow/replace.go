package dataflow

import (
	"regexp"
	"slices"
	"strings"

	"wardlet.example/internal/ir"
)

// replaced is a text in which something was replaced, where that makes it harmless for some rules; nil where nothing is known of it.
func (in *interp) replaced(f frame, e *ir.Expr, recv *Value, method string, args *arguments) *Value {
	pattern := args.get(0)
	if len(recv.taints) == 0 || !pattern.known || !args.get(1).known && len(args.get(1).fns) == 0 {
		return nil
	}
	if !pattern.regexp && f.file.Language == ir.Node && method == "replace" {
		return nil // the first one only
	}
	if pattern.regexp && !strings.Contains(pattern.text[strings.LastIndexByte(pattern.text, '/')+1:], "g") && method == "replace" && !strings.HasPrefix(pattern.text, "/^") {
		return nil
	}
	text := pattern
	if !pattern.regexp {
		text = constant(regexp.QuoteMeta(escaped.Replace(pattern.text)))
	}
	return in.without(f, recv, text, e.At)
}

// escaped are characters as texts of JavaScript and Python are written, with what they stand for.
var escaped = strings.NewReplacer(`\\`, `\`, `\n`, "\n", `\r`, "\r", `\t`, "\t", `\"`, `"`, `\'`, "'")

// goReplaceAll: strings.ReplaceAll(text, old, new).
func (in *interp) goReplaceAll(c call) (*Value, bool) {
	text, old := c.args.get(0), c.args.get(1)
	if len(text.taints) == 0 || !old.known || old.text == "" || !c.args.get(2).known {
		return nil, false
	}
	return in.without(c.f, text, constant(regexp.QuoteMeta(old.text)), c.e.At), true
}

// goReplaces: strings.NewReplacer(old, new, ...).Replace(text), where all is known that it replaces.
func (in *interp) goReplaces(c call) (*Value, bool) {
	text := c.args.get(0)
	if len(text.taints) == 0 || c.recv == nil || len(c.recv.args) == 0 {
		return nil, false
	}
	var old []string
	for i, x := range c.recv.args {
		if !x.known || i%2 == 0 && x.text == "" {
			return nil, false
		}
		if i%2 == 0 {
			old = append(old, regexp.QuoteMeta(x.text))
		}
	}
	return in.without(c.f, text, constant(strings.Join(old, "|")), c.e.At), true
}

// translates: text.translate(str.maketrans({"<": "&lt;"})), where all is known that it replaces.
func (in *interp) translates(c call) (*Value, bool) {
	table := c.args.get(0)
	if len(c.recv.taints) == 0 || table.ref != "builtin.str.maketrans()" {
		return nil, false
	}
	return in.without(c.f, c.recv, constant(strings.Join(translated(table.args), "|")), c.e.At), true
}

// translated are patterns of the characters that a table for translate exchanges for others: of maketrans({"<": ...}), maketrans("<>", "  ")
// and maketrans("", "", "<>").
func translated(given []*Value) []string {
	var gone []string
	add := func(text string) { gone = append(gone, regexp.QuoteMeta(text)) }
	switch {
	case len(given) == 1:
		for key, to := range sorted(given[0].fields) {
			if key = escaped.Replace(key); isNothingText(to) || to.known && !strings.Contains(escaped.Replace(to.text), key) {
				add(key)
			}
		}
	case len(given) > 1 && given[0].known && given[1].known:
		to := escaped.Replace(given[1].text)
		for _, r := range escaped.Replace(given[0].text) {
			if !strings.ContainsRune(to, r) {
				add(string(r))
			}
		}
		if len(given) > 2 && given[2].known {
			for _, r := range escaped.Replace(given[2].text) {
				add(string(r))
			}
		}
	}
	return gone
}

// isNothingText reports whether a character is exchanged for nothing: None.
func isNothingText(v *Value) bool { return v == nil || v == nothing || v.known && v.text == "" }

// without is a text from which whatever fits a pattern was taken: it is harmless where that was what does harm.
func (in *interp) without(f frame, v, pattern *Value, at int32) *Value {
	return lacking(in.stepped(f, v.taints, at, "some characters are replaced"), pattern)
}

// lacking is a text of which no part fits a pattern.
func lacking(taints []*Taint, pattern *Value) *Value {
	out := &Value{taints: slices.Clone(taints)}
	if !pattern.known {
		return out
	}
	source := pattern.text
	if t, ok := strings.CutPrefix(source, "/"); ok && pattern.regexp {
		if i := strings.LastIndexByte(t, '/'); i >= 0 {
			source = t[:i]
		}
	}
	source = codePoint.ReplaceAllString(source, `\x{$1}`)
	removed, err := regexp.Compile(strings.NewReplacer(`\/`, "/", `\p{L}`, "a-zA-Z", `\p{N}`, "0-9").Replace(source))
	if err != nil {
		return out
	}
	for i, t := range out.taints {
		u := *t
		for _, c := range harmfulCharacters {
			if !strings.ContainsRune(u.gone, c) && takesAway(removed, string(c)) {
				u.gone += string(c)
			}
		}
		var rules []string
		for rule, characters := range sorted(harmful) {
			if lacksAll(u.gone, characters) {
				rules = append(rules, rule)
			}
		}
		once := u.quotes || !u.clean["html-response"]
		c := u.cleaned(rules)
		c.quotes = once && c.clean["html-response"] && !lacksAll(c.gone, `"'`)
		out.taints[i] = c
	}
	return out
}

// takesAway reports whether a pattern fits a character wherever it stands in a text, and not at its beginning or its end only.
func takesAway(pattern *regexp.Regexp, c string) bool {
	for _, text := range []string{c, "x" + c + "x", c + c + c} {
		if strings.Contains(pattern.ReplaceAllLiteralString(text, ""), c) {
			return false
		}
	}
	return true
}

// codePoint is a character as patterns of JavaScript and Python name it by its number.
var codePoint = regexp.MustCompile(`\\u\{?([0-9a-fA-F]{2,6})\}?`)

// lacksAll reports whether all of some characters are gone.
func lacksAll(gone, characters string) bool {
	for _, c := range characters {
		if !strings.ContainsRune(gone, c) {
			return false
		}
	}
	return true
}

// harmfulCharacters are all that do harm for some rule.
var harmfulCharacters = func() string {
	all := ""
	for _, characters := range sorted(harmful) {
		for _, c := range characters {
			if !strings.ContainsRune(all, c) {
				all += string(c)
			}
		}
	}
	return all
}()

// harmful are the characters without which a text does no harm, by rule.
var harmful = map[string]string{
	"os-command": ";|&$`<>()\n\"'", "sql": "'\"\\;", "path-traversal": "/", "html-response": "<>", "log-injection": "\n", "header-injection": "\n",
	"code-eval": "();\"'`.=", "template-injection": "{}<%$", "dynamodb-expression": "'\" :#", "xpath": "'\"", "ldap": "()*\\", "object-key": "/",
	"redos": "*+({|", "ssrf": "./:", "open-redirect": "/",
}

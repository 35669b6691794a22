package dataflow

import (
	"regexp"
	"strings"

	"wardlet.example/internal/ir"
)

// replaced is a text in which something was replaced, where that makes it harmless for some rules; nil where nothing is known of it.
func (in *interp) replaced(f frame, e *ir.Expr, recv *Value, method string, args *arguments) *Value {
	pattern := args.get(0)
	if len(recv.taints) == 0 || !pattern.known || !args.get(1).known {
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
		text = constant(regexp.QuoteMeta(pattern.text))
	}
	return in.without(f, recv, text, e.At)
}

// without is a text from which whatever fits a pattern was taken: it is harmless where that was what does harm.
func (in *interp) without(f frame, v, pattern *Value, at int32) *Value {
	out := &Value{taints: in.stepped(f, v.taints, at, "some characters are replaced")}
	if !pattern.known {
		return out
	}
	source := pattern.text
	if t, ok := strings.CutPrefix(source, "/"); ok && pattern.regexp {
		if i := strings.LastIndexByte(t, '/'); i >= 0 {
			source = t[:i]
		}
	}
	removed, err := regexp.Compile(strings.NewReplacer(`\/`, "/", `\p{L}`, "a-zA-Z", `\p{N}`, "0-9").Replace(source))
	if err != nil {
		return out
	}
	var rules []string
	for rule, characters := range harmful {
		if takesAll(removed, characters) {
			rules = append(rules, rule)
		}
	}
	return cleanedBy(out, rules)
}

// harmful are the characters without which a text does no harm, by rule.
var harmful = map[string]string{
	"os-command": ";|&$`<>()\n\"'", "sql": "'\"\\;", "path-traversal": "/", "html-response": "<>", "log-injection": "\n", "header-injection": "\n",
	"code-eval": "();\"'`.=", "template-injection": "{}<%$", "dynamodb-expression": "'\" :#", "xpath": "'\"", "ldap": "()*\\", "object-key": "/",
	"redos": "*+({|", "ssrf": "./:", "open-redirect": "/",
}

// takesAll reports whether a pattern fits each of some characters by itself.
func takesAll(pattern *regexp.Regexp, characters string) bool {
	for _, c := range characters {
		if !pattern.MatchString(string(c)) {
			return false
		}
	}
	return true
}

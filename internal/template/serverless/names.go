package serverless

import (
	"regexp"
	"strings"
	"unicode"
)

// The framework spells logical IDs in a few ways; each function here is one of them. Source: the framework's documentation
// ("AWS CloudFormation Resource Reference") and what `package` writes.

// logicalName spells the name of a function, layer or authorizer: dashes and underscores in words.
func logicalName(name string) string {
	return upperFirst(strings.NewReplacer("-", "Dash", "_", "Underscore").Replace(name))
}

// plainName keeps letters and digits: the names of topics, buckets, queues and streams.
func plainName(name string) string {
	return upperFirst(strings.Map(func(c rune) rune {
		if c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' {
			return c
		}
		return -1
	}, name))
}

var (
	pathVariable = regexp.MustCompile(`\{(.*)\}`)
	notInName    = regexp.MustCompile(`[^0-9A-Za-z]`)
)

// pathName spells a path: /users/{userId} gives UsersUseridVar.
func pathName(path string) string {
	var b strings.Builder
	for _, part := range strings.Split(path, "/") {
		part = upperFirst(strings.ToLower(part))
		part = strings.ReplaceAll(part, "-", "Dash")
		part = pathVariable.ReplaceAllString(part, "${1}Var")
		b.WriteString(upperFirst(notInName.ReplaceAllString(part, "")))
	}
	return b.String()
}

// routeName spells the key of a WebSocket route: $connect gives Sconnect.
func routeName(key string) string {
	return strings.NewReplacer("$", "S", "/", "Slash", "-", "Dash", "_", "Underscore", ".", "Period").Replace(key)
}

func upperFirst(s string) string {
	if s == "" {
		return s
	}
	r := []rune(s)
	r[0] = unicode.ToUpper(r[0])
	return string(r)
}

// words splits a name the way lodash does for camel and start case: at what is no letter or digit, where lower case turns
// to upper, and between letters and digits.
func words(s string) []string {
	var out []string
	var word []rune
	flush := func() {
		if len(word) > 0 {
			out = append(out, string(word))
			word = nil
		}
	}
	runes := []rune(s)
	for i, c := range runes {
		if !unicode.IsLetter(c) && !unicode.IsDigit(c) {
			flush()
			continue
		}
		if i > 0 && len(word) > 0 {
			before := word[len(word)-1]
			next := i+1 < len(runes) && unicode.IsLower(runes[i+1])
			switch {
			case unicode.IsLower(before) && unicode.IsUpper(c), unicode.IsDigit(before) != unicode.IsDigit(c),
				unicode.IsUpper(before) && unicode.IsUpper(c) && next:
				flush()
			}
		}
		word = append(word, c)
	}
	flush()
	return out
}

// startCase joins the words of a name with each starting upper-case: application/json gives ApplicationJson.
func startCase(s string) string {
	var b strings.Builder
	for _, w := range words(s) {
		b.WriteString(upperFirst(w))
	}
	return b.String()
}

// camelName joins the words of a name, each in lower case but its first letter: post-create-model gives PostCreateModel.
func camelName(s string) string {
	var b strings.Builder
	for _, w := range words(s) {
		b.WriteString(upperFirst(strings.ToLower(w)))
	}
	return b.String()
}

// shortened cuts a part of a logical ID to the length that the framework leaves it.
func shortened(s string, n int) string { return s[:min(n, len(s))] }

// orDefault is def for an empty text.
func orDefault(s, def string) string {
	if s == "" {
		return def
	}
	return s
}

// lastPart is what follows the last separator; all of s where there is none.
func lastPart(s, sep string) string { return s[strings.LastIndex(s, sep)+1:] }
